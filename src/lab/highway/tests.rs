//! The highway lab: steps and their arithmetic, what can't be computed with its repairs, answers, programs; for any lab, that
//! what is written comes to what is shown.

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

/// The arithmetic of steps, a line each.
#[track_caller]
fn check_sums(lab: &HighwayLab, expect: Expect) {
    let computed = lab.compute().unwrap();
    let text = |step: usize| computed.scene(at(step)).sum.unwrap().text;
    expect.assert_eq(&(0..computed.len()).map(text).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_step_among_its_grids() {
    let scene = HighwayLab::default().compute().unwrap().scene(at(2));
    expect![[r#"
        Input (3 × 1)
          2'
          −1
           1

        Weights (3 × 3)
           1   0   2
           0  −2   0
           0  −3   0

        Gate weights (3 × 3)
           1   0  −2
           0   4   0
           1   0   2

        Transformed (3 × 1)
          4'



        Gate (3 × 1)
        0.5'



        Output (3 × 1)
          3!



        0.5×4 + (1 − 0.5)×2 = 3
    "#]]
    .assert_eq(&draw_scene(&scene));
}

#[test]
fn what_is_worked_out() {
    let lab = HighwayLab::default();
    check_sums(
        &lab,
        expect![[r#"
        W · x + b: 1×2 + 0×(−1) + 2×1 = 4; H = ReLU: max(0, 4) = 4
        V · x + c: 1×2 + 0×(−1) + (−2)×1 = 0; T: σ(0) = 0.5
        0.5×4 + (1 − 0.5)×2 = 3
        W · x + b: 0×2 + (−2)×(−1) + 0×1 = 2; H = ReLU: max(0, 2) = 2
        V · x + c: 0×2 + 4×(−1) + 0×1 = −4; T: σ(−4) ≈ 0.018
        0.018×2 + (1 − 0.018)×(−1) ≈ −0.946
        W · x + b: 0×2 + (−3)×(−1) + 0×1 = 3; H = ReLU: max(0, 3) = 3
        V · x + c: 1×2 + 0×(−1) + 2×1 = 4; T: σ(4) ≈ 0.982
        0.982×3 + (1 − 0.982)×1 ≈ 2.96"#]],
    );
    check_sums(
        &HighwayLab { view: HighwayView::Backward, ..lab.clone() },
        expect![[r#"
            φ′: ReLU at 4: 1; dy · T · φ′: 1×0.5×1 = 0.5
            H − x: 4 − 2 = 2; σ′ = T · (1 − T): 0.5×(1 − 0.5) = 0.25; dt: 1×2×0.25 = 0.5
            φ′: ReLU at 2: 1; dy · T · φ′: 1×0.018×1 ≈ 0.018
            H − x: 2 − (−1) = 3; σ′ = T · (1 − T): 0.018×(1 − 0.018) ≈ 0.0177; dt: 1×3×0.0177 ≈ 0.053
            φ′: ReLU at 3: 1; dy · T · φ′: 1×0.982×1 ≈ 0.982
            H − x: 3 − 1 = 2; σ′ = T · (1 − T): 0.982×(1 − 0.982) ≈ 0.0177; dt: 1×2×0.0177 ≈ 0.0353
            past: (1 − T) · dy: (1 − 0.5)×1 = 0.5; w: through H: 1×0.5 + 0×0.018 + 0×0.982 ≈ 0.5; v: through T: 1×0.5 + 0×0.053 + 1×0.0353 ≈ 0.535; dx: 0.5 + 0.5 + 0.535 ≈ 1.54
            past: (1 − T) · dy: (1 − 0.018)×1 ≈ 0.982; w: through H: 0×0.5 + (−2)×0.018 + (−3)×0.982 ≈ −2.98; v: through T: 0×0.5 + 4×0.053 + 0×0.0353 ≈ 0.212; dx: 0.982 + (−2.98) + 0.212 ≈ −1.79
            past: (1 − T) · dy: (1 − 0.982)×1 ≈ 0.018; w: through H: 2×0.5 + 0×0.018 + 0×0.982 ≈ 1; v: through T: (−2)×0.5 + 0×0.053 + 2×0.0353 ≈ −0.929; dx: 0.018 + 1 + (−0.929) ≈ 0.0886"#]],
    );
    check_sums(
        &HighwayLab { view: HighwayView::Depth, ..lab.clone() },
        expect![[r#"
        1 − T: 1 − 0.5 = 0.5; 10 layers: 0.5^10 ≈ 0.000977
        1 − T: 1 − 0.018 ≈ 0.982; 10 layers: 0.982^10 ≈ 0.834
        1 − T: 1 − 0.982 ≈ 0.018; 10 layers: 0.018^10 ≈ 3.54e−18"#]],
    );
    check_sums(
        &HighwayLab { view: HighwayView::Depth, layers: 3, ..lab.clone() },
        expect![[r#"
        1 − T: 1 − 0.5 = 0.5; 3 layers: 0.5×0.5×0.5 = 0.125
        1 − T: 1 − 0.018 ≈ 0.982; 3 layers: 0.982×0.982×0.982 ≈ 0.947
        1 − T: 1 − 0.982 ≈ 0.018; 3 layers: 0.018×0.018×0.018 ≈ 5.82e−6"#]],
    );
    let lab = HighwayLab { input: numbers(&[&[2.0], &[-1.0]]), ..lab };
    let mut lab = HighwayLab { skip: Skip::Residual, ..lab };
    lab.fit();
    check_sums(
        &lab,
        expect![[r#"
        W · x + b: 1×2 + 0×(−1) = 2; H = ReLU: max(0, 2) = 2
        2 + 2 = 4
        W · x + b: 0×2 + (−2)×(−1) = 2; H = ReLU: max(0, 2) = 2
        2 + (−1) = 1"#]],
    );
    let lab = HighwayLab { view: HighwayView::Backward, activation: Activation::Tanh, ..lab };
    check_sums(
        &lab,
        expect![[r#"
            φ′ = 1 − H²: 1 − 0.964² ≈ 0.0707; dy · φ′: 1×0.0707 ≈ 0.0707
            φ′ = 1 − H²: 1 − 0.964² ≈ 0.0707; dy · φ′: 1×0.0707 ≈ 0.0707
            past: dy: 1 = 1; w: through H: 1×0.0707 + 0×0.0707 ≈ 0.0707; dx: 1 + 0.0707 ≈ 1.07
            past: dy: 1 = 1; w: through H: 0×0.0707 + (−2)×0.0707 ≈ −0.141; dx: 1 + (−0.141) ≈ 0.859"#]],
    );
    check_sums(
        &HighwayLab { view: HighwayView::Depth, ..lab.clone() },
        expect![[r#"
        as it is: y = H + x: 1; 10 layers: 1^10 = 1
        as it is: y = H + x: 1; 10 layers: 1^10 = 1"#]],
    );
    check_sums(
        &HighwayLab { skip: Skip::Plain, ..lab },
        expect![[r#"
            φ′ = 1 − H²: 1 − 0.964² ≈ 0.0707; dy · φ′: 1×0.0707 ≈ 0.0707
            φ′ = 1 − H²: 1 − 0.964² ≈ 0.0707; dy · φ′: 1×0.0707 ≈ 0.0707
            dx: 1×0.0707 + 0×0.0707 ≈ 0.0707
            dx: 0×0.0707 + (−2)×0.0707 ≈ −0.141"#]],
    );
}

#[track_caller]
fn check_problem(lab: &HighwayLab, expect: Expect) {
    let Err(problem) = lab.compute() else { panic!("{lab:?} computes") };
    let repairs: Vec<&str> = problem.repairs.iter().map(|repair| repair.label.as_str()).collect();
    expect.assert_eq(&format!("{:?}: {} [{}]", problem.control, problem.sentence, repairs.join(", ")));
}

#[test]
fn what_stands_in_the_way() {
    let default = HighwayLab::default;
    check_problem(
        &HighwayLab { input: numbers(&[&[1.0, 2.0]]), ..default() },
        expect!["input: The input is a column, one number for each element: 1 × 2 has 2 columns. [Use 1 × 1]"],
    );
    let mut lab = default();
    lab.gate_weights.give(numbers(&[&[1.0]]));
    check_problem(&lab, expect!["gate-weights: V has 1 × 1; beside an input of 3 × 1 it has 3 × 3. [Use 3 × 3]"]);
    // Without a gate its weights stand in nobody's way.
    assert!(HighwayLab { skip: Skip::Residual, ..lab }.compute().is_ok());
    check_problem(
        &HighwayLab { gate_bias: Entry::parse("x"), ..default() },
        expect!["gate-bias: The gate bias “x” is not a number. [Use 0]"],
    );
    check_problem(
        &HighwayLab { view: HighwayView::Depth, layers: 0, ..default() },
        expect!["layers: Through 0 layers nothing flows: there is 1 at least. [Use 1]"],
    );
    let refused = default().refuses(ControlId::INPUT_SIZE, &Value::Count(9)).unwrap();
    assert_eq!(refused.sentence, "9 elements are not possible: there are 1 to 4.");
}

#[test]
fn the_weights_follow_the_input() {
    let mut lab = OperationLab::of(HighwayLab::default());
    lab.apply(Action::Set(ControlId::INPUT_SIZE, Value::Count(2))).unwrap();
    let lab: &HighwayLab = lab.state().unwrap();
    assert_eq!(lab.weights.cells(), &numbers(&[&[1.0, 0.0], &[0.0, -2.0]]));
    assert!(lab.compute().is_ok());
}

#[track_caller]
fn check_answer(lab: &HighwayLab, step: usize, typed: &str, expect: &str) {
    let answer = lab.compute().unwrap().answer(step).unwrap();
    let said = match judge(typed, &answer) {
        Verdict::Right => "right".to_owned(),
        Verdict::Wrong(sentence) | Verdict::Unreadable(sentence) => sentence,
    };
    assert_eq!(said, expect, "{}", answer.question);
}

#[test]
fn wrong_numbers_are_named() {
    let lab = HighwayLab::default();
    check_answer(&lab, 2, "3", "right");
    check_answer(&lab, 2, "6", "That is H + x, as a residual layer has it. Here a gate shares between the two.");
    check_answer(&lab, 2, "2", "That is T·H alone. What is carried, (1 − T)·x, is still to come.");
    check_answer(&lab, 5, "1.946", "T and 1 − T are exchanged: T goes with H, 1 − T with x.");
    check_answer(&lab, 4, "-4", "That is the sum V·x + c. The sigmoid brings it between 0 and 1.");
    check_answer(&lab, 4, "0.982", "That is 1 − T, what is carried. T is how much of H gets through.");
    let deep = HighwayLab { view: HighwayView::Depth, ..lab };
    check_answer(&deep, 0, "5", "That multiplies by 10. Each layer multiplies again: it is a power.");
}

fn any_lab() -> impl Strategy<Value = HighwayLab> {
    let cell = || prop_oneof![(-4i32..5).prop_map(|value| Entry::from(f64::from(value))), Just(Entry::parse("1/4"))];
    let grid = move |rows: usize, cols: usize| {
        prop::collection::vec(cell(), rows * cols)
            .prop_map(move |cells| Grid::from_fn(rows, cols, |i, j| cells[i * cols + j].clone()))
    };
    (1usize..=MAX_ELEMENTS)
        .prop_flat_map(move |n| (grid(n, 1), grid(n, n), grid(n, n), grid(n, 1)))
        .prop_flat_map(|grids| {
            let view = prop::sample::select(vec![HighwayView::Forward, HighwayView::Backward, HighwayView::Depth]);
            let skip = prop::sample::select(vec![Skip::Highway, Skip::Residual, Skip::Plain]);
            let activation = prop::sample::select(vec![Activation::Relu, Activation::Tanh]);
            (Just(grids), view, skip, activation, -8i32..9, 1usize..12)
        })
        .prop_map(|((input, weights, gate_weights, upstream), view, skip, activation, bias, layers)| {
            let bias = Entry::from(f64::from(bias) / 2.0);
            let (bias, gate_bias) = (bias.clone(), bias);
            let mut lab =
                HighwayLab { view, skip, input, bias, activation, gate_bias, layers, ..HighwayLab::default() };
            for (fitted, cells) in lab.fitted().into_iter().zip([weights, gate_weights, upstream]) {
                fitted.give(cells);
            }
            lab
        })
}

proptest! {
    #[test]
    fn what_is_written_comes_to_what_is_shown(lab in any_lab()) {
        lines_come_to_their_numbers(lab.compute().unwrap().as_ref(), false);
    }

    #[test]
    fn marks_terms_and_steps_agree(lab in any_lab(), step in 0usize..99) {
        let computed = lab.compute().unwrap();
        marks_and_terms_agree(computed.as_ref(), step % computed.len());
    }

    /// Pressing repairs, whichever, ends in an output.
    #[test]
    fn repairs_repair(lab in any_lab(), odd in 0usize..8) {
        let mut broken = lab;
        match odd {
            0 => broken.input = broken.input.map(|_| Entry::Unreadable("?".into())),
            1 => broken.input = numbers(&[&[1.0, 2.0, 3.0]]),
            2 => broken.weights.give(numbers(&[&[1.0, 2.0]])),
            3 => broken.upstream.give(numbers(&[&[1.0, 2.0]])),
            4 => broken.gate_bias = Entry::parse(""),
            5 => broken.bias = Entry::parse("?"),
            _ => broken.layers = 0,
        }
        for narrow in [false, true] {
            let scene = broken.broken_scene(Playhead { narrow, ..Playhead::default() });
            prop_assert!(scene.plates.iter().all(|plate| plate.kind == crate::lab::scene::PlateKind::Edited));
        }
        let mut lab = OperationLab::of(broken);
        let mut presses = 0;
        while let Err(problem) = lab.operation().compute() {
            prop_assert!(lab.apply(problem.repairs[0].action.clone()).is_ok());
            presses += 1;
            prop_assert!(presses < 9, "{problem:?} is not repaired");
        }
    }

    /// No known mistake is the right answer.
    #[test]
    fn mistakes_are_mistakes(lab in any_lab()) {
        let computed = lab.compute().unwrap();
        for step in 0..computed.len() {
            let answer = computed.answer(step).unwrap();
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

        x = torch.tensor([[2],
                          [-1],
                          [1]], dtype=torch.float64).reshape(3, 1)
        w = torch.tensor([[1, 0, 2],
                          [0, -2, 0],
                          [0, -3, 0]], dtype=torch.float64).reshape(3, 3)
        v = torch.tensor([[1, 0, -2],
                          [0, 4, 0],
                          [1, 0, 2]], dtype=torch.float64).reshape(3, 3)

        t = torch.sigmoid(v @ x + 0)
        h = torch.relu(w @ x + 0)
        y = t * h + (1 - t) * x
        print(y)
    "#]]
    .assert_eq(&HighwayLab::default().program());
    let lab = HighwayLab { view: HighwayView::Backward, skip: Skip::Residual, ..HighwayLab::default() };
    expect![[r#"
        import torch
        import torch.nn.functional as F

        torch.set_default_dtype(torch.float64)

        x = torch.tensor([[2],
                          [-1],
                          [1]], dtype=torch.float64).reshape(3, 1).requires_grad_()
        w = torch.tensor([[1, 0, 2],
                          [0, -2, 0],
                          [0, -3, 0]], dtype=torch.float64).reshape(3, 3)

        h = torch.relu(w @ x + 0)
        y = h + x
        dy = torch.tensor([[1],
                           [1],
                           [1]], dtype=torch.float64).reshape(3, 1)

        y.backward(dy)
        print(x.grad)
    "#]]
    .assert_eq(&lab.program());
    let lab = HighwayLab { view: HighwayView::Depth, ..HighwayLab::default() };
    expect![[r#"
        import torch
        import torch.nn.functional as F

        torch.set_default_dtype(torch.float64)

        x = torch.tensor([[2],
                          [-1],
                          [1]], dtype=torch.float64).reshape(3, 1)
        v = torch.tensor([[1, 0, -2],
                          [0, 4, 0],
                          [1, 0, 2]], dtype=torch.float64).reshape(3, 3)

        t = torch.sigmoid(v @ x + 0)
        print((1 - t) ** 10)
    "#]]
    .assert_eq(&lab.program());
}
