//! The batch normalisation lab: steps and their arithmetic, what can't be computed with its repairs, answers, programs; for any
//! lab, that what is written comes to what is shown.

#![allow(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "expect-test writes the strings and hands them over by value; a table of cases is as long as it is"
)]

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::{
    lab::{
        Lab as _, OperationLab,
        operation::Operation as _,
        predict::{Verdict, judge},
        scene::tests::draw_scene,
        setting::Described as _,
        worked::tests::{lines_come_to_their_numbers, marks_and_terms_agree},
    },
    num::close,
};

fn numbers(rows: &[&[f64]]) -> Grid<Entry> {
    Grid::from_fn(rows.len(), rows[0].len(), |i, j| Entry::from(rows[i][j]))
}

fn at(step: usize) -> Playhead {
    Playhead { step, ..Playhead::default() }
}

#[track_caller]
fn check(lab: &BatchNormLab, step: usize, expect: Expect) {
    expect.assert_eq(&draw_scene(&lab.compute().unwrap().scene(at(step))));
}

/// The arithmetic of each kind of step.
#[track_caller]
fn check_sums(lab: &BatchNormLab, steps: &[usize], expect: Expect) {
    let computed = lab.compute().unwrap();
    let text = |step: &usize| computed.scene(at(*step)).sum.unwrap().text;
    expect.assert_eq(&steps.iter().map(text).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_step_among_its_grids() {
    check(
        &BatchNormLab::default(),
        2,
        expect![[r#"
        Input (5 × 2)
          8'  90
           2 130
           5  70
           4 100
           6 110

        Mean ()
          5'

        Variance ()
          4'

        Normalised (5 × 2)
        1.5!





        Scale γ ()
           2  10

        Shift β ()
           1   5

        Output (5 × 2)






        Running mean ()
           0   0

        Running variance ()
           1   1

        New running mean ()


        New running variance ()


        √(σ² + ε): √(4 + 0) = 2; x̂: (8 − 5) / 2 = 1.5
    "#]],
    );
}

#[test]
fn what_is_worked_out_forward() {
    check_sums(
        &BatchNormLab::default(),
        &[0, 1, 2, 7, 12, 13, 14, 15, 27],
        expect![[r#"
        (8 + 2 + 5 + 4 + 6) / 5 = 5
        ((8 − 5)² + (2 − 5)² + (5 − 5)² + (4 − 5)² + (6 − 5)²) / 5 = 4
        √(σ² + ε): √(4 + 0) = 2; x̂: (8 − 5) / 2 = 1.5
        2×1.5 + 1 = 4
        0.9×0 + 0.1×5 = 0.5
        unbiased σ²: 4 × 5 / 4 = 5; new σ²: 0.9×1 + 0.1×5 = 1.4
        (90 + 130 + 70 + 100 + 110) / 5 = 100
        ((90 − 100)² + (130 − 100)² + (70 − 100)² + (100 − 100)² + (110 − 100)²) / 5 = 400
        unbiased σ²: 400 × 5 / 4 = 500; new σ²: 0.9×1 + 0.1×500 = 50.9"#]],
    );
}

#[test]
fn what_is_worked_out_in_evaluation() {
    let lab = BatchNormLab { mode: NormMode::Evaluation, ..BatchNormLab::default() };
    check_sums(
        &lab,
        &[0, 5, 10],
        expect![[r#"
        √(σ² + ε): √(1 + 0) = 1; x̂: (8 − 0) / 1 = 8
        2×8 + 1 = 17
        √(σ² + ε): √(1 + 0) = 1; x̂: (90 − 0) / 1 = 90"#]],
    );
}

#[test]
fn what_is_worked_out_backward() {
    let lab = BatchNormLab { view: NormView::Backward, ..BatchNormLab::default() };
    check_sums(
        &lab,
        &[0, 1, 2, 3, 9],
        expect![[r#"
            5 + 0 + 0 + 0 + 0 = 5
            5×1.5 + 0×(−1.5) + 0×0 + 0×(−0.5) + 0×0.5 = 7.5
            s = γ / √(σ² + ε): 2 / √(4 + 0) = 1; x̂ · dγ / m: 1.5×7.5 / 5 = 2.25; dx: (5 − 5 / 5 − 2.25) × 1 = 1.75
            s = γ / √(σ² + ε): 2 / √(4 + 0) = 1; x̂ · dγ / m: (−1.5)×7.5 / 5 = −2.25; dx: (0 − 5 / 5 − (−2.25)) × 1 = 1.25
            s = γ / √(σ² + ε): 10 / √(400 + 0) = 0.5; x̂ · dγ / m: (−0.5)×10 / 5 = −1; dx: (0 − 10 / 5 − (−1)) × 0.5 = −0.5"#]],
    );
    let lab = BatchNormLab { mode: NormMode::Evaluation, ..lab };
    check_sums(
        &lab,
        &[0, 1, 2],
        expect![[r#"
        5 + 0 + 0 + 0 + 0 = 5
        5×8 + 0×2 + 0×5 + 0×4 + 0×6 = 40
        s = γ / √(σ² + ε): 2 / √(1 + 0) = 2; dx: 2×5 = 10"#]],
    );
}

#[test]
fn what_is_worked_out_by_finite_differences() {
    let lab = BatchNormLab { view: NormView::Check, ..BatchNormLab::default() };
    check_sums(
        &lab,
        &[0, 1, 2],
        expect![[r#"
        L at β ± h, h = 1/2048: (170.002441406 − 169.997558594) / 2h ≈ 5; against 5 by backpropagation, relative error: 0
        L at γ ± h, h = 1/2048: (170.003662109 − 169.996337891) / 2h ≈ 7.5; against 7.5 by backpropagation, relative error: 0
        L at x ± h, h = 1/2048: (170.000854398 − 169.999145414) / 2h ≈ 1.75; against 1.75 by backpropagation, relative error: 8.65e−9"#]],
    );
}

/// The numbers of the default are written in full, all of them.
#[test]
fn the_default_is_exact() {
    for (view, mode) in [
        (NormView::Forward, NormMode::Training),
        (NormView::Backward, NormMode::Training),
        (NormView::Forward, NormMode::Evaluation),
        (NormView::Backward, NormMode::Evaluation),
    ] {
        let lab = BatchNormLab { view, mode, ..BatchNormLab::default() };
        lines_come_to_their_numbers(lab.compute().unwrap().as_ref(), true);
    }
}

#[test]
fn each_gradient_agrees_with_its_difference() {
    let lab = BatchNormLab { view: NormView::Backward, ..BatchNormLab::default() };
    let shape = lab.shape(Some(lab.compute().unwrap().as_ref()));
    let [("largest relative error", error)] = shape.counts.as_slice() else { panic!("{:?}", shape.counts) };
    assert!(error.contains("e−"), "{error}");
}

#[track_caller]
fn check_problem(lab: &BatchNormLab, expect: Expect) {
    let Err(problem) = lab.compute() else { panic!("{lab:?} computes") };
    let repairs: Vec<&str> = problem.repairs.iter().map(|repair| repair.label.as_str()).collect();
    expect.assert_eq(&format!("{:?}: {} [{}]", problem.control, problem.sentence, repairs.join(", ")));
}

#[test]
fn what_stands_in_the_way() {
    let default = BatchNormLab::default;
    check_problem(
        &BatchNormLab { input: numbers(&[&[8.0, 90.0]]), ..default() },
        expect![
            "input-size: One example has no spread: its mean is itself, its variance 0, and every output would be β. PyTorch stops: “Expected more than 1 value per channel when training, got input size torch.Size([1, 2])”. [Use evaluation, Use 2 examples]"
        ],
    );
    check_problem(
        &BatchNormLab { input: numbers(&[&[3.0, 9.0], &[3.0, 1.0]]), ..default() },
        expect![
            "epsilon: All 2 numbers of column 0 are 3: their variance is 0, and with ε = 0 the division is by 0. ε is there for this. [Use ε = 0.00001, Use ε = 1]"
        ],
    );
    let tenth = numbers(&[&[0.1, 9.0], &[0.1, 1.0], &[0.1, 2.0]]);
    check_problem(
        &BatchNormLab { input: tenth, ..default() },
        expect![
            "epsilon: All 3 numbers of column 0 are 0.1: their variance is 0, and with ε = 0 the division is by 0. ε is there for this. [Use ε = 0.00001, Use ε = 1]"
        ],
    );
    let near = numbers(&[&[1e-200, 9.0], &[2e-200, 1.0]]);
    check_problem(
        &BatchNormLab { input: near, ..default() },
        expect![
            "epsilon: The numbers of column 0 are so near each other that their variance is 0, and with ε = 0 the division is by 0. ε is there for this. [Use ε = 0.00001, Use ε = 1]"
        ],
    );
    check_problem(
        &BatchNormLab { epsilon: Entry::Number(-1.0), ..default() },
        expect![
            "epsilon: ε = −1 could make σ² + ε negative, which has no root: ε is at least 0. [Use ε = 0.00001, Use ε = 0]"
        ],
    );
    check_problem(
        &BatchNormLab { momentum: Entry::Number(1.5), ..default() },
        expect![
            "momentum: A momentum of 1.5 is no share: the running statistics take between 0 and 1 of the new batch. [Use 0.1]"
        ],
    );
    let mut lab = default();
    lab.variance.give(numbers(&[&[1.0, -2.0]]));
    check_problem(
        &lab,
        expect!["running-variance: Running variance column 1 is −2: a mean of squares is never negative. [Use 1]"],
    );
    lab.variance.give(numbers(&[&[0.0, 2.0]]));
    check_problem(
        &BatchNormLab { mode: NormMode::Evaluation, ..lab },
        expect![
            "epsilon: The running variance of column 0 is 0, and with ε = 0 the division is by 0. ε is there for this. [Use ε = 0.00001, Use ε = 1]"
        ],
    );
    let mut lab = default();
    lab.gamma.give(numbers(&[&[1.0, 2.0, 3.0]]));
    check_problem(&lab, expect!["scale: γ has 1 × 3; beside an input of 5 × 2 it has 1 × 2. [Use 1 × 2]"]);
    // What is not asked for stands in nobody's way.
    let mut lab = BatchNormLab { view: NormView::Backward, momentum: Entry::parse("x"), ..default() };
    lab.mean.give(numbers(&[&[1.0]]));
    assert!(lab.compute().is_ok());
    lab.upstream.give(numbers(&[&[1.0]]));
    check_problem(
        &lab,
        expect!["upstream: Upstream gradient has 1 × 1; beside an input of 5 × 2 it has 5 × 2. [Use 5 × 2]"],
    );
}

#[test]
fn the_other_grids_follow_the_batch() {
    let mut lab = BatchNormLab::default();
    lab.resize(PlateId::Input(0), 3, 3);
    assert_eq!(lab.gamma.cells(), &numbers(&[&[2.0, 10.0, 1.0]]));
    assert_eq!(lab.variance.cells(), &numbers(&[&[1.0, 1.0, 1.0]]));
    assert_eq!(lab.upstream.cells().shape(), (3, 3));
    lab.replace(PlateId::Input(0), vec![numbers(&[&[1.0], &[3.0]])]).unwrap();
    assert_eq!(lab.mean.cells(), &numbers(&[&[0.0]]));
    assert!(lab.compute().is_ok());
}

#[track_caller]
fn check_answer(lab: &BatchNormLab, step: usize, typed: &str, expect: &str) {
    let answer = lab.compute().unwrap().answer(step).unwrap();
    let said = match judge(typed, &answer) {
        Verdict::Right => "right".to_owned(),
        Verdict::Wrong(sentence) | Verdict::Unreadable(sentence) => sentence,
    };
    assert_eq!(said, expect, "{}", answer.question);
}

#[test]
fn wrong_numbers_are_named() {
    let lab = BatchNormLab { epsilon: Entry::Number(12.0), ..BatchNormLab::default() };
    check_answer(&lab, 2, "0.75", "right");
    check_answer(&lab, 2, "3/16", "That divides by 16, σ² + ε. It is divided by the root of that, 4.");
    check_answer(&lab, 2, "3/14", "That adds ε outside of the root: √σ² + ε. It is √(σ² + ε).");
    check_answer(&lab, 2, "1.5", "That leaves ε = 12 out of the root.");
    check_answer(&lab, 2, "3", "That is the difference from the mean. It is still to be divided by 4.");
    let unbiased = "That takes the variance divided by m − 1. Within the batch it is divided by m = 5.";
    check_answer(&lab, 2, "0.728", unbiased);
    let row = "That takes mean and variance of row 0, as layer normalisation does. Batch normalisation takes those of \
               column 0.";
    check_answer(&lab, 2, "-0.996", row);
    let running = "That takes the running statistics. They are for evaluation; in training the batch has its own.";
    check_answer(&lab, 2, "2.22", running);
    let sum = "That is the sum of the squares. It is still to be divided by m = 5.";
    check_answer(&lab, 1, "20", sum);
    check_answer(&lab, 7, "2.5", "right");
    check_answer(&lab, 7, "3.5", "That multiplies β as well. γ multiplies x̂ alone.");
    check_answer(&lab, 12, "0.5", "right");
    let reversed = "That keeps 0.1 of the old number. In PyTorch the momentum is the share of the new one, 0.1.";
    check_answer(&lab, 12, "4.5", reversed);
    let evaluated = BatchNormLab { mode: NormMode::Evaluation, ..BatchNormLab::default() };
    let own = "That takes the batch's own statistics. In evaluation the running ones are used, whatever the batch is.";
    check_answer(&evaluated, 0, "1.5", own);
    let backward = BatchNormLab { view: NormView::Backward, ..BatchNormLab::default() };
    let constants = "That takes mean and variance as constants. In training both depend on every example of the batch.";
    check_answer(&backward, 2, "5", constants);
    check_answer(&backward, 2, "4", "That leaves out what flows through the variance: x̂·dγ/m.");
    check_answer(&backward, 0, "7.5", "That multiplies by x̂, which is dγ. β is added: its gradient is the sum alone.");
}

fn any_lab() -> impl Strategy<Value = BatchNormLab> {
    let cell = || prop_oneof![(-9i32..10).prop_map(|value| Entry::from(f64::from(value))), Just(Entry::parse("1/4"))];
    let grid = move |rows: usize, cols: usize| {
        prop::collection::vec(cell(), rows * cols)
            .prop_map(move |cells| Grid::from_fn(rows, cols, |i, j| cells[i * cols + j].clone()))
    };
    (1usize..6, 1usize..5)
        .prop_flat_map(move |(rows, cols)| {
            (grid(rows, cols), grid(1, cols), grid(1, cols), grid(1, cols), grid(1, cols), grid(rows, cols))
        })
        .prop_flat_map(|grids| {
            let view = prop::sample::select(vec![NormView::Forward, NormView::Backward, NormView::Check]);
            let mode = prop::sample::select(vec![NormMode::Training, NormMode::Evaluation]);
            let epsilon = prop::sample::select(vec!["0", "1e-5", "1/4", "1", "-1"]);
            (Just(grids), view, mode, epsilon, prop::sample::select(vec!["0", "0.1", "1", "2"]))
        })
        .prop_map(|((input, gamma, beta, mean, variance, upstream), view, mode, epsilon, momentum)| {
            let mut lab = BatchNormLab {
                view,
                mode,
                input,
                epsilon: Entry::parse(epsilon),
                momentum: Entry::parse(momentum),
                ..BatchNormLab::default()
            };
            for (fitted, cells) in lab.fitted().into_iter().zip([gamma, beta, mean, variance, upstream]) {
                fitted.give(cells);
            }
            lab
        })
}

proptest! {
    #[test]
    fn what_is_written_comes_to_what_is_shown(lab in any_lab()) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        lines_come_to_their_numbers(computed.as_ref(), false);
    }

    #[test]
    fn marks_terms_and_steps_agree(lab in any_lab(), step in 0usize..99) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        marks_and_terms_agree(computed.as_ref(), step % computed.len());
    }

    /// Nothing that is shown is infinite or no number.
    #[test]
    fn numbers_are_numbers(lab in any_lab()) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        prop_assert!(computed.output().iter().flat_map(Grid::cells).all(|value| value.is_finite()));
    }

    /// Pressing repairs, whichever, ends in an output.
    #[test]
    fn repairs_repair(lab in any_lab(), choice in 0usize..3, odd in 0usize..8) {
        let mut broken = lab;
        match odd {
            0 => broken.input = broken.input.map(|_| Entry::Unreadable("?".into())),
            1 => broken.gamma.give(numbers(&[&[1.0, 2.0], &[3.0, 4.0]])),
            2 => broken.upstream.give(numbers(&[&[1.0]])),
            3 => broken.epsilon = Entry::parse("?"),
            4 => broken.momentum = Entry::parse(""),
            _ => {}
        }
        for narrow in [false, true] {
            let scene = broken.broken_scene(Playhead { narrow, ..Playhead::default() });
            prop_assert!(scene.plates.iter().all(|plate| plate.kind == crate::lab::scene::PlateKind::Edited));
        }
        let mut lab = OperationLab::of(broken);
        let mut presses = 0;
        while let Err(problem) = lab.operation().compute() {
            let repair = problem.repairs.get(choice).or(problem.repairs.first()).unwrap();
            prop_assert!(lab.apply(repair.action.clone()).is_ok());
            presses += 1;
            prop_assert!(presses < 30, "{problem:?} is not repaired");
        }
    }

    /// No known mistake is the right answer.
    #[test]
    fn mistakes_are_mistakes(lab in any_lab()) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        for step in 0..computed.len() {
            let Some(answer) = computed.answer(step) else {
                prop_assert_eq!(lab.view, NormView::Check);
                continue;
            };
            prop_assert!(answer.mistakes.iter().all(|mistaken| !close(mistaken.value, answer.value, 1e-9)));
        }
    }
}

#[test]
fn programs() {
    expect![[r#"
        import torch
        import torch.nn.functional as F

        torch.set_default_dtype(torch.float64)

        x = torch.tensor([[8, 90],
                          [2, 130],
                          [5, 70],
                          [4, 100],
                          [6, 110]], dtype=torch.float64).reshape(5, 2)
        gamma = torch.tensor([[2, 10]], dtype=torch.float64).reshape(1, 2).flatten()
        beta = torch.tensor([[1, 5]], dtype=torch.float64).reshape(1, 2).flatten()
        running_mean = torch.tensor([[0, 0]], dtype=torch.float64).reshape(1, 2).flatten()
        running_var = torch.tensor([[1, 1]], dtype=torch.float64).reshape(1, 2).flatten()

        mean, var = x.mean(0), x.var(0, unbiased=False)  # F.batch_norm takes no eps of 0
        y = (x - mean) / var.sqrt() * gamma + beta
        running_mean = (1 - 0.1) * running_mean + 0.1 * mean
        running_var = (1 - 0.1) * running_var + 0.1 * x.var(0)
        print(y)
        print(running_mean)
        print(running_var)
    "#]]
    .assert_eq(&BatchNormLab::default().program());
    let lab = BatchNormLab { view: NormView::Backward, mode: NormMode::Evaluation, ..BatchNormLab::default() };
    expect![[r#"
        import torch
        import torch.nn.functional as F

        torch.set_default_dtype(torch.float64)

        x = torch.tensor([[8, 90],
                          [2, 130],
                          [5, 70],
                          [4, 100],
                          [6, 110]], dtype=torch.float64).reshape(5, 2).requires_grad_()
        gamma = torch.tensor([[2, 10]], dtype=torch.float64).reshape(1, 2).flatten().requires_grad_()
        beta = torch.tensor([[1, 5]], dtype=torch.float64).reshape(1, 2).flatten().requires_grad_()
        running_mean = torch.tensor([[0, 0]], dtype=torch.float64).reshape(1, 2).flatten()
        running_var = torch.tensor([[1, 1]], dtype=torch.float64).reshape(1, 2).flatten()

        mean, var = running_mean, running_var  # F.batch_norm takes no eps of 0
        y = (x - mean) / var.sqrt() * gamma + beta
        dy = torch.tensor([[5, 0],
                           [0, 5],
                           [0, 0],
                           [0, 0],
                           [0, 5]], dtype=torch.float64).reshape(5, 2)

        y.backward(dy)
        print(x.grad)
        print(gamma.grad)
        print(beta.grad)
    "#]]
    .assert_eq(&lab.program());
    let lab = BatchNormLab { epsilon: Entry::Number(1e-5), momentum: Entry::parse("1/3"), ..BatchNormLab::default() };
    let program = lab.program();
    expect![[r#"

        y = F.batch_norm(x, running_mean, running_var, gamma, beta, training=True, momentum=1/3, eps=1e-5)
        print(y)
        print(running_mean)
        print(running_var)"#]]
    .assert_eq(program.lines().skip(14).collect::<Vec<_>>().join("\n").as_str());
}
