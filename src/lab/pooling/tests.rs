//! The pooling lab: scenes drawn as text, what can't be computed with its repairs, answers, programs; for any lab, that
//! what is written adds up.

#![allow(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "expect-test writes the strings and hands them over by value; a table of cases is as long as it is"
)]

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::settings::{CEIL, KIND};
use super::*;
use crate::lab::control::{ControlId, Value};
use crate::lab::setting::Described as _;
use crate::{
    formula::Expr,
    lab::setting::Choice,
    lab::{
        Lab as _, OperationLab,
        operation::{Action, Repair},
        predict::{Verdict, judge},
        scene::{CellKind, Playhead, Term, tests::draw_scene},
    },
    num::{close, format::MINUS},
};

fn lab(lab: PoolingLab) -> OperationLab {
    OperationLab::of(lab)
}

fn numbers(rows: usize, cols: usize, value: impl Fn(usize, usize) -> f64) -> Grid<Entry> {
    Grid::from_fn(rows, cols, |i, j| Entry::Number(value(i, j)))
}

fn counting(rows: usize, cols: usize) -> Grid<Entry> {
    numbers(rows, cols, |i, j| (i * cols + j) as f64)
}

fn labels(repairs: &[Repair]) -> String {
    repairs.iter().flat_map(|repair| [" [", &repair.label, "]"]).collect()
}

fn found(lab: &OperationLab) -> String {
    match lab.operation().compute() {
        Ok(computed) => {
            let [output] = computed.output() else { panic!("one channel") };
            output.iter_rows().map(|row| format!("{row:?}")).collect::<Vec<_>>().join(" ")
        }
        Err(problem) => format!("{:?}: {}{}", problem.control, problem.sentence, labels(&problem.repairs)),
    }
}

#[track_caller]
fn check(start: PoolingLab, actions: Vec<Action>, expect: &str) {
    let mut lab = lab(start);
    let mut refused = String::new();
    for action in actions {
        if let Err(problem) = lab.apply(action) {
            refused = format!("{}{} / ", problem.sentence, labels(&problem.repairs));
        }
    }
    assert_eq!(format!("{refused}{}", found(&lab)), expect);
}

fn cell(row: usize, col: usize, text: &str) -> Action {
    Action::SetCell { plate: PlateId::Input(0), row, col, text: text.into() }
}

fn pair(control: ControlId, rows: usize, cols: usize) -> Action {
    Action::Set(control, Value::Pair((rows, cols)))
}

fn choice(control: ControlId, index: usize) -> Action {
    Action::Set(control, Value::Choice(index))
}

fn pad(padding: Padding) -> Action {
    Action::Set(ControlId::PADDING, Value::Padding(padding))
}

#[test]
fn what_can_be_done() {
    let check = |actions, expect| check(PoolingLab::default(), actions, expect);
    check(vec![], "[4.0, 5.0] [7.0, 8.0]");
    check(vec![cell(0, 0, "10")], "[10.0, 5.0] [7.0, 8.0]");
    check(vec![choice(KIND, 1)], "[2.0, 3.0] [5.0, 6.0]");
    check(vec![choice(KIND, 7)], "[4.0, 5.0] [7.0, 8.0]");
    check(vec![pair(ControlId::WINDOW, 3, 1)], "[6.0, 7.0, 8.0]");
    check(vec![pair(ControlId::STRIDE, 2, 2)], "[4.0]");
    check(vec![pair(ControlId::STRIDE, 2, 2), Action::Set(CEIL, Value::Switch(true))], "[4.0, 5.0] [7.0, 8.0]");
    check(vec![pad(Padding::per_side(1)), pair(ControlId::STRIDE, 2, 2)], "[0.0, 2.0] [6.0, 8.0]");
    let average = vec![choice(KIND, 1), pad(Padding::per_side(1)), pair(ControlId::STRIDE, 2, 2)];
    check(average.clone(), "[0.0, 0.75] [2.25, 6.0]");
    let inside = [average, vec![Action::Set(ControlId::COUNT_PADDING, Value::Switch(false))]].concat();
    check(inside, "[0.0, 1.5] [4.5, 6.0]");
    check(vec![choice(ControlId::VIEW, 2)], "[4.0, 5.0] [7.0, 8.0]");
    check(vec![pair(ControlId::INPUT_SIZE, 2, 2)], "[4.0]");
    let block = counting(1, 5);
    check(
        vec![Action::Replace { plate: PlateId::Input(0), planes: vec![block] }, pair(ControlId::WINDOW, 1, 4)],
        "[3.0, 4.0]",
    );
}

#[test]
fn the_ceiling_keeps_a_window_larger_than_the_input() {
    let ceiling = |rows, cols, window| PoolingLab {
        input: Grid::from_fn(rows, cols, |i, j| Entry::Number((cols * i + j + 1) as f64)),
        window: (window, window),
        stride: (2, 2),
        ceil: true,
        ..PoolingLab::default()
    };
    check(ceiling(2, 2, 3), vec![], "[4.0]");
    check(ceiling(1, 1, 2), vec![], "[1.0]");
    check(ceiling(1, 5, 2), vec![], "[2.0, 4.0, 5.0]");
    let notes = ceiling(2, 2, 3).shape(None).notes;
    assert_eq!(
        notes.first().map(String::as_str),
        Some("The ceiling keeps a last window that hangs over by 1 row and 1 column: there it has no cells.")
    );
    // Padding counts, what hangs over the padding does not.
    let mean = PoolingLab { kind: PoolingKind::Average, ..ceiling(2, 2, 3) };
    check(mean.clone(), vec![], "[2.5]");
    check(mean, vec![pad(Padding { top: 1, ..Padding::default() })], "[1.6666666666666667]");
}

#[test]
fn what_can_not() {
    let default = PoolingLab::default;
    check(default(), vec![cell(1, 2, "abc")], "input: Input row 1, column 2: “abc” is not a number. [Use 0]");
    check(
        default(),
        vec![pair(ControlId::STRIDE, 1, 0)],
        "stride: A stride of 0 never moves the window along the width; the smallest stride is 1. [Use stride 1]",
    );
    check(
        default(),
        vec![pair(ControlId::WINDOW, 0, 2)],
        "window: A window of 0 × 2 has no cell; each side has 1 at least. [Use window 1]",
    );
    check(default(), vec![pair(ControlId::WINDOW, 17, 2)], "window: A window of 17 is past the largest, 16. [Use 16]");
    check(
        default(),
        vec![pair(ControlId::WINDOW, 4, 4)],
        "window: A 4 × 4 window does not fit a 3 × 3 input. [Use a 3 × 3 window] [Use padding 1]",
    );
    // The ceiling keeps a window that is too large by less than a stride.
    check(
        PoolingLab { input: counting(1, 1), window: (3, 3), stride: (2, 2), ceil: true, ..default() },
        vec![],
        "window: A 3 × 3 window does not fit a 1 × 1 input. [Use a 1 × 1 window] [Use padding 1]",
    );
    check(
        PoolingLab { input: counting(1, 8), window: (8, 2), ..default() },
        vec![pad(Padding { top: 1, ..Padding::default() })],
        "window: An 8 × 2 window does not fit a 2 × 8 padded input. [Use a 2 × 2 window]",
    );
    check(
        default(),
        vec![pad(Padding::per_side(2))],
        "padding: A padding of 2 fills a window of 2 along the height: 1 at most, one less than the window. \
         (PyTorch takes half of the window, 1.) [Use padding 1] [Use a 3 × 3 window]",
    );
    check(
        PoolingLab { window: (2, 5), ..default() },
        vec![pad(Padding { left: 6, ..Padding::default() })],
        "padding: A padding of 6 fills a window of 5 along the width: 4 at most, one less than the window. \
         (PyTorch takes half of the window, 2.) [Use padding 4] [Use padding 2, as PyTorch would take] [Use a 2 × 7 window]",
    );
    check(
        default(),
        vec![pad(Padding { top: 5000, ..Padding::default() })],
        "padding: A padding of 5,000 is past the largest, 16 on a side. [Use 16]",
    );
    check(
        default(),
        vec![Action::Resize { plate: PlateId::Input(0), rows: 200, cols: 3 }],
        "An input of 200 × 3 is not possible: each side has 1 to 64 cells. [Use 64 × 3] / [4.0, 5.0] [7.0, 8.0]",
    );
}

#[track_caller]
fn check_scene(lab: PoolingLab, head: Playhead, expect: Expect) {
    let scene = match lab.compute() {
        Ok(computed) => computed.scene(head),
        Err(_) => lab.broken_scene(Playhead::default()),
    };
    expect.assert_eq(&draw_scene(&scene));
}

fn at(step: usize) -> Playhead {
    Playhead { step, ..Playhead::default() }
}

#[test]
fn scenes() {
    let default = PoolingLab::default;
    check_scene(
        default(),
        at(1),
        expect![[r#"
        Input (3 × 3)
           0 a1' b2'
           3 c4' d5^
           6   7   8

        Output (2 × 2)
           4  5!


        max(1, 2, 4, 5) = 5
    "#]],
    );
    check_scene(
        PoolingLab { kind: PoolingKind::Average, ..default() },
        Playhead { lit: Some(1), ..at(0) },
        expect![[r#"
        Input (3 × 3)
         a0' b1*   2
         c3' d4'   5
           6   7   8

        Output (2 × 2)
          2!


        (0 + 1 + 3 + 4) / 4 = 2
    "#]],
    );
    // While a step plays, and while it is asked for, the winner is not told.
    check_scene(
        default(),
        Playhead { adding: Some(2), ..at(0) },
        expect![[r#"
        Input (3 × 3)
         a0' b1'   2
         c3* d4'   5
           6   7   8

        Output (2 × 2)
           !


        max(0, 1, 3, 4) = 4
    "#]],
    );
    check_scene(
        default(),
        Playhead { asked: true, ..at(0) },
        expect![[r#"
        Input (3 × 3)
         a0' b1'   2
         c3' d4'   5
           6   7   8

        Output (2 × 2)
           !


        max(0, 1, 3, 4) = 4
    "#]],
    );
    check_scene(
        default(),
        Playhead { asked: true, pointed: Some(3), ..at(0) },
        expect![[r#"
        Input (3 × 3)
           0   1   2
           3 a4' b5'
           6 c7' d8'

        Output (2 × 2)

               !

        max(4, 5, 7, 8) = 8
    "#]],
    );
    let negative = numbers(2, 2, |i, j| -((2 * i + j) as f64) - 0.5);
    check_scene(
        PoolingLab { input: negative, padding: Padding::per_side(1), stride: (2, 2), ..default() },
        at(2),
        expect![[r#"
            Input (2 × 2, padded to 4 × 4)
             −∞# −∞# −∞# −∞#
             −∞#−0.5−1.5 −∞#
            a−∞'b−2.5^−3.5 −∞#
            c−∞'d−∞' −∞# −∞#

            Output (2 × 2)
            −0.5−1.5
            −2.5!

            max(−∞, −2.5, −∞, −∞) = −2.5
        "#]],
    );
    check_scene(
        PoolingLab { kind: PoolingKind::Average, padding: Padding::per_side(1), count_padding: false, ..default() },
        at(1),
        expect![[r#"
            Input (3 × 3, padded to 5 × 5)
              0~  0'  0'  0~  0~
              0~ c0' d1'   2  0~
              0~   3   4   5  0~
              0~   6   7   8  0~
              0~  0~  0~  0~  0~

            Output (4 × 4)
               00.5!




            (0 + 1) / 2 = 0.5
        "#]],
    );
    check_scene(
        PoolingLab { kind: PoolingKind::Average, stride: (2, 3), ceil: true, ..default() },
        at(1),
        expect![[r#"
            Input (3 × 3)
               0   1  2~
               3   4  5~
             a6' b7'  8~
               '   '   ~

            Output (2 × 1)
               2
            6.5!

            (6 + 7) / 2 = 6.5
        "#]],
    );
    check_scene(
        PoolingLab {
            padding: Padding { left: 1, ..Padding::default() },
            window: (2, 3),
            ceil: true,
            stride: (2, 2),
            ..default()
        },
        at(3),
        expect![[r#"
            Input (3 × 3, padded to 3 × 4)
             −∞#   0   1   2   ~
             −∞#   3   4   5   ~
             −∞#   6 a7' b8^   '
               ~   ~   '   '   '

            Output (2 × 2)
               4   5
               7  8!

            max(7, 8) = 8
        "#]],
    );
    check_scene(
        PoolingLab { padding: Padding::per_side(2), ..default() },
        at(0),
        expect![[r#"
        Input (3 × 3, padded to 7 × 7)
         −∞# −∞# −∞# −∞# −∞# −∞# −∞#
         −∞# −∞# −∞# −∞# −∞# −∞# −∞#
         −∞# −∞#   0   1   2 −∞# −∞#
         −∞# −∞#   3   4   5 −∞# −∞#
         −∞# −∞#   6   7   8 −∞# −∞#
         −∞# −∞# −∞# −∞# −∞# −∞# −∞#
         −∞# −∞# −∞# −∞# −∞# −∞# −∞#

    "#]],
    );
    check_scene(
        PoolingLab {
            input: numbers(4, 4, |i, j| f64::from(u8::from((i, j) == (1, 1) || (i, j) == (2, 2)))),
            stride: (2, 2),
            shift: Some(Direction::Right),
            ..default()
        },
        Playhead { lit: Some(5), ..at(1) },
        expect![[r#"
            Input (4 × 4)
               0   0 a0^ b0'
               0   1 c0' d0'
               0   0   1   0
               0   0   0   0

            Output (2 × 2)
               1  0!


            Shifted right (4 × 4, 4 of 16 differ)
               0   0 a0' b0*
               0  0≠ c1^ d0'
               0   0  0≠  1≠
               0   0   0   0

            Shifted and pooled (2 × 2, 2 of 4 differ)
              0≠  1!


            input: max(0, 0, 0, 0) = 0; shifted: max(0, 0, 1, 0) = 1
        "#]],
    );
}

#[test]
fn fractions_are_rounded_only_where_they_look_different() {
    let third = Grid::from_fn(1, 2, |_, _| Entry::parse("1/3"));
    let text = |lab: PoolingLab| lab.compute().unwrap().scene(at(0)).sum.unwrap().text;
    let wide = PoolingLab { input: third, window: (1, 2), ..PoolingLab::default() };
    assert_eq!(text(wide.clone()), "max(1/3, 1/3) ≈ 0.333");
    assert_eq!(
        text(PoolingLab { input: numbers(1, 2, |_, _| 1.0 / 3.0), ..wide.clone() }),
        "max(0.333, 0.333) = 0.333"
    );
    let half = Grid::from_fn(1, 2, |_, j| if j == 0 { Entry::parse("1/2") } else { Entry::Number(-3.0) });
    assert_eq!(text(PoolingLab { input: half.clone(), ..wide.clone() }), "max(1/2, −3) = 0.5");
    assert_eq!(text(PoolingLab { input: half, kind: PoolingKind::Average, ..wide }), "(1/2 + (−3)) / 2 = −1.25");
}

#[track_caller]
fn check_shape(lab: PoolingLab, expect: Expect) {
    let computed = lab.compute().ok();
    let shape = lab.shape(computed.as_deref());
    let mut lines = vec![shape.result];
    lines.extend(shape.formulas.iter().map(|lines| lines.iter().map(Expr::plain).collect::<Vec<_>>().join(" ")));
    lines.extend(shape.counts.iter().map(|(name, count)| format!("{name} {count}")));
    lines.extend(shape.notes);
    expect.assert_eq(&lines.join("\n"));
}

#[test]
fn shapes() {
    let default = PoolingLab::default;
    check_shape(
        default(),
        expect![[r#"
        2 × 2
        o = ⌊(n + 2p − k)/s⌋ + 1 = ⌊(3 + 2·0 − 2)/1⌋ + 1 = 2
        parameters 0
        comparisons 12
        Each channel is pooled by itself, so as many come out as go in, and nothing is learned."#]],
    );
    check_shape(
        PoolingLab { kind: PoolingKind::Average, stride: (2, 3), ..default() },
        expect![[r#"
        1 × 1
        o_h = ⌊(n_h + 2p_h − k_h)/s_h⌋ + 1 = ⌊(3 + 2·0 − 2)/2⌋ + 1 = 1
        o_w = ⌊(n_w + 2p_w − k_w)/s_w⌋ + 1 = ⌊(3 + 2·0 − 2)/3⌋ + 1 = 1
        parameters 0
        additions 3
        divisions 1
        The floor drops 1 row and 1 column: the last window ends before.
        Each channel is pooled by itself, so as many come out as go in, and nothing is learned.
        LeNet-5's subsampling was learned: a weight and a bias for each map, 12 and 32 parameters in its two layers."#]],
    );
    check_shape(
        PoolingLab { stride: (2, 2), ceil: true, ..default() },
        expect![[r#"
        2 × 2
        o = ⌈(n + 2p − k)/s⌉ + 1 = ⌈(3 + 2·0 − 2)/2⌉ + 1 = 2
        parameters 0
        comparisons 5
        The ceiling keeps a last window that hangs over by 1 row and 1 column: there it has no cells.
        Each channel is pooled by itself, so as many come out as go in, and nothing is learned."#]],
    );
    check_shape(
        PoolingLab { stride: (2, 2), ceil: true, padding: Padding::per_side(1), ..default() },
        expect![[r#"
        2 × 2
        o = ⌈(n + 2p − k)/s⌉ + 1 − 1 = ⌈(3 + 2·1 − 2)/2⌉ + 1 − 1 = 2
        parameters 0
        comparisons 5
        − 1: a window that starts in the padding after the input is dropped.
        Each channel is pooled by itself, so as many come out as go in, and nothing is learned."#]],
    );
    check_shape(
        PoolingLab { window: (3, 3), padding: Padding::per_side(2), ..default() },
        expect![[r#"
            5 × 5
            o = ⌊(n + 2p − k)/s⌋ + 1 = ⌊(3 + 2·2 − 3)/1⌋ + 1 = 5
            parameters 0
            comparisons 56
            PyTorch's own padding stops at half of the window, 1 here; the code pads before it pools.
            Each channel is pooled by itself, so as many come out as go in, and nothing is learned."#]],
    );
    check_shape(
        PoolingLab { window: (5, 4), ..default() },
        expect![[r#"
        none
        o_h = ⌊(n_h + 2p_h − k_h)/s_h⌋ + 1 = ⌊(3 + 2·0 − 5)/1⌋ + 1
        o_w = ⌊(n_w + 2p_w − k_w)/s_w⌋ + 1 = ⌊(3 + 2·0 − 4)/1⌋ + 1
        parameters 0
        Each channel is pooled by itself, so as many come out as go in, and nothing is learned."#]],
    );
    check_shape(
        PoolingLab {
            input: numbers(6, 6, |i, j| if i == 2 && (j == 0 || j == 3) { 9.0 } else { 0.0 }),
            stride: (2, 2),
            shift: Some(Direction::Right),
            ..default()
        },
        expect![[r#"
            3 × 3
            o = ⌊(n + 2p − k)/s⌋ + 1 = ⌊(6 + 2·0 − 2)/2⌋ + 1 = 3
            parameters 0
            comparisons 27
            Shifted right by one, 4 of 36 input cells change, 2 of 9 pooled cells. Pooling makes a network less sensitive to small shifts, not invariant to them.
            Each channel is pooled by itself, so as many come out as go in, and nothing is learned."#]],
    );
}

#[track_caller]
fn check_answer(lab: &PoolingLab, step: usize, typed: &str, expect: &str) {
    let answer = lab.compute().unwrap().answer(step).unwrap();
    let said = match judge(typed, &answer) {
        Verdict::Right => "right".to_owned(),
        Verdict::Wrong(sentence) => sentence,
        Verdict::Unreadable(sentence) => format!("unreadable: {sentence}"),
    };
    assert_eq!(said, expect, "{}", answer.question);
}

#[test]
fn what_a_prediction_confuses() {
    let quiz = [12.0, 20.0, 30.0, 0.0, 20.0, 13.0, 2.0, 0.0, 0.0, 70.0, 5.0, 2.0, 8.0, 2.0, 90.0, 3.0];
    let max = PoolingLab { input: numbers(4, 4, |i, j| quiz[4 * i + j]), stride: (2, 2), ..PoolingLab::default() };
    check_answer(&max, 0, "20", "right");
    check_answer(&max, 0, "16.25", "That is the mean of the window. Here its largest number is asked for.");
    check_answer(&max, 0, "65", "That is the sum of the window. Nothing is added up in a maximum.");
    check_answer(&max, 0, "12", "That is the smallest number of the window. The largest is asked for.");
    check_answer(&max, 0, "13", "13 is in the window, but b is larger: 20.");
    check_answer(
        &max,
        0,
        "30",
        "That window lies one column too far right: it begins at row 0, column 0 of the input.",
    );
    check_answer(&max, 0, "70", "That window lies one row too low: it begins at row 0, column 0 of the input.");
    check_answer(&max, 3, "5", "That window lies one row too high: it begins at row 2, column 2 of the input.");
    let ones = PoolingLab { input: numbers(4, 4, |i, j| if (i, j) == (0, 2) { 7.0 } else { 1.0 }), ..max.clone() };
    check_answer(&PoolingLab { stride: (1, 2), ..ones }, 0, "8", "8 is not right, and no usual mistake gives it.");
    let wide = PoolingLab { input: counting(6, 9), stride: (2, 3), ..PoolingLab::default() };
    check_answer(
        &wide,
        4,
        "30",
        "That window lies one column too far left: it begins at row 2, column 3 of the input.",
    );
    check_answer(&wide, 4, "20", "That is right for stride 1. Here the window moves by 2 down and by 3 across.");
    check_answer(&wide, 1, "28", "That is row 1, column 0. Rows come first.");

    let average = PoolingLab { kind: PoolingKind::Average, ..max };
    check_answer(&average, 1, "8", "right");
    check_answer(&average, 1, "32", "That is the sum of the window. It is still to be divided by 4.");
    check_answer(&average, 1, "30", "That is the largest number of the window. Here its mean is asked for.");

    let negative = PoolingLab {
        input: numbers(3, 3, |i, j| -((3 * i + j) as f64) - 4.0),
        padding: Padding::per_side(1),
        ..PoolingLab::default()
    };
    check_answer(&negative, 0, "-4", "right");
    check_answer(
        &negative,
        0,
        "0",
        "That lets a 0 of the padding win. In a maximum padding stands for −∞ and never wins.",
    );

    let padded = PoolingLab { kind: PoolingKind::Average, padding: Padding::per_side(1), ..PoolingLab::default() };
    check_answer(&padded, 1, "0.5", "That divides the sum by 2. Padding counts here, so it is divided by 4.");
    let inside = PoolingLab { count_padding: false, ..padded };
    check_answer(&inside, 1, "1/4", "That divides the sum by 4. Padding does not count here, so it is divided by 2.");
    let hanging = PoolingLab { kind: PoolingKind::Average, stride: (2, 2), ceil: true, ..PoolingLab::default() };
    check_answer(&hanging, 1, "3.5", "right");
    check_answer(&hanging, 1, "1.75", "That divides the sum by 4. The window has only 2 numbers here.");

    let shifted = PoolingLab { shift: Some(Direction::Down), ..PoolingLab::default() };
    check_answer(&shifted, 2, "4", "That window lies one row too high: it begins at row 1, column 0 of the input.");
    let right = PoolingLab { shift: Some(Direction::Up), ..hanging };
    check_answer(&right, 0, "0", "That is the smallest number of the window. Its mean is asked for.");
    check_answer(&right, 2, "0", "That is what the shifted input gives.");
}

#[track_caller]
fn check_code(lab: PoolingLab, expect: Expect) {
    expect.assert_eq(&lab.program());
}

#[test]
fn programs() {
    let default = PoolingLab::default;
    check_code(
        default(),
        expect![[r#"
            import torch
            import torch.nn.functional as F

            torch.set_default_dtype(torch.float64)

            x = torch.tensor([[0, 1, 2],
                              [3, 4, 5],
                              [6, 7, 8]], dtype=torch.float64).reshape(1, 1, 3, 3)

            y = F.max_pool2d(x, 2, stride=1)
            print(y)
            print(y.shape)
        "#]],
    );
    check_code(
        PoolingLab {
            input: Grid::from_fn(1, 4, |_, j| Entry::parse(if j == 0 { "1/16" } else { "-2" })),
            kind: PoolingKind::Average,
            window: (1, 2),
            padding: Padding { left: 1, right: 1, ..Padding::default() },
            ceil: true,
            count_padding: false,
            ..default()
        },
        expect![[r#"
            import torch
            import torch.nn.functional as F

            torch.set_default_dtype(torch.float64)

            x = torch.tensor([[1/16, -2, -2, -2]], dtype=torch.float64).reshape(1, 1, 1, 4)

            y = F.avg_pool2d(x, (1, 2), stride=1, padding=(0, 1), ceil_mode=True, count_include_pad=False)
            print(y)
            print(y.shape)
        "#]],
    );
    let by_hand = PoolingLab {
        window: (2, 3),
        stride: (2, 2),
        padding: Padding { top: 1, bottom: 0, left: 2, right: 2 },
        ceil: true,
        ..default()
    };
    check_code(
        by_hand.clone(),
        expect![[r#"
            import torch
            import torch.nn.functional as F

            torch.set_default_dtype(torch.float64)

            x = torch.tensor([[0, 1, 2],
                              [3, 4, 5],
                              [6, 7, 8]], dtype=torch.float64).reshape(1, 1, 3, 3)

            padded = F.pad(x, (2, 2, 1, 0), value=-torch.inf)  # left, right, top, bottom
            y = F.max_pool2d(padded, (2, 3), stride=2, ceil_mode=True)
            print(y)
            print(y.shape)
        "#]],
    );
    check_code(
        PoolingLab { kind: PoolingKind::Average, count_padding: false, shift: Some(Direction::Left), ..by_hand },
        expect![[r#"
            import torch
            import torch.nn.functional as F

            torch.set_default_dtype(torch.float64)

            x = torch.tensor([[0, 1, 2],
                              [3, 4, 5],
                              [6, 7, 8]], dtype=torch.float64).reshape(1, 1, 3, 3)

            def pool(x):
                padded = F.pad(x, (2, 2, 1, 0))  # left, right, top, bottom
                inside = F.pad(torch.ones_like(x), (2, 2, 1, 0))
                y = F.avg_pool2d(padded, (2, 3), stride=2, ceil_mode=True) / F.avg_pool2d(inside, (2, 3), stride=2, ceil_mode=True)
                return y

            shifted = F.pad(x, (-1, 1, 0, 0))  # left by one, zeros come in
            y, y_shifted = pool(x), pool(shifted)
            print(y)
            print(y.shape)
            print(y_shifted)
            print((shifted != x).sum().item(), "of", x.numel(), "input cells change")
            print((~torch.isclose(y_shifted, y)).sum().item(), "of", y.numel(), "pooled cells change")
        "#]],
    );
    check_code(
        PoolingLab { shift: Some(Direction::Down), ..default() },
        expect![[r#"
            import torch
            import torch.nn.functional as F

            torch.set_default_dtype(torch.float64)

            x = torch.tensor([[0, 1, 2],
                              [3, 4, 5],
                              [6, 7, 8]], dtype=torch.float64).reshape(1, 1, 3, 3)

            def pool(x):
                return F.max_pool2d(x, 2, stride=1)

            shifted = F.pad(x, (0, 0, 1, -1))  # down by one, zeros come in
            y, y_shifted = pool(x), pool(shifted)
            print(y)
            print(y.shape)
            print(y_shifted)
            print((shifted != x).sum().item(), "of", x.numel(), "input cells change")
            print((~torch.isclose(y_shifted, y)).sum().item(), "of", y.numel(), "pooled cells change")
        "#]],
    );
}

prop_compose! {
    /// Any settings, most of which fit.
    fn any_lab(most: usize)(
        (rows, cols) in (1usize..9, 1usize..9),
        window in (0..=most, 0..=most),
        stride in (0..=most, 0..=most),
        sides in (0..=most, 0..=most, 0..=most, 0..=most),
        padded: bool,
        (average, ceil, count_padding) in any::<(bool, bool, bool)>(),
        shift in (0..<Option<Direction>>::NAMES.len()).prop_map(|place| Choice::at(place).unwrap()),
        seed in 0usize..1000,
    ) -> PoolingLab {
        let value = move |i: usize, j: usize| ((seed * 7 + 13 * i + 31 * j) % 11) as f64 / 4.0 - (seed % 4) as f64;
        let (top, bottom, left, right) = if padded { sides } else { (0, 0, 0, 0) };
        let kind = if average { PoolingKind::Average } else { PoolingKind::Max };
        let slides =
            PoolingLab { window, stride, padding: Padding { top, bottom, left, right }, ..PoolingLab::default() };
        PoolingLab { input: numbers(rows, cols, value), kind, ceil, count_padding, shift, ..slides }
    }
}

/// The number that a term shows.
fn read(term: &Term) -> f64 {
    let text = term.factors.trim_matches(['(', ')']).replace(MINUS, "-");
    if text == "-∞" { f64::NEG_INFINITY } else { text.parse().unwrap() }
}

proptest! {
    /// What is written out comes to what is shown, in both lines of a shifted input.
    #[test]
    fn every_line_comes_to_its_output(lab in any_lab(4)) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        for step in 0..computed.len() {
            let scene = computed.scene(at(step));
            let sum = scene.sum.unwrap();
            prop_assert_eq!(sum.rows.len(), if lab.shift.is_some() { 2 } else { 1 });
            let outputs = [PlateId::Output(0), SHIFTED_OUTPUT];
            let mut terms = 0;
            for (row, output) in sum.rows.iter().zip(outputs) {
                let numbers = row.terms.iter().map(read);
                let value = if row.before == "max(" {
                    numbers.fold(f64::NEG_INFINITY, f64::max)
                } else {
                    let area: f64 = row.after.trim_start_matches(") / ").parse().unwrap();
                    prop_assert!(close(area, row.terms.len() as f64, 0.0));
                    numbers.sum::<f64>() / area
                };
                let plate = scene.plates.iter().find(|plate| plate.id == output).unwrap();
                let now: Vec<_> = plate.view.cells.iter().filter(|cell| cell.now).collect();
                prop_assert_eq!(now.len(), 1);
                prop_assert_eq!(Some(&now[0].text()), row.result.as_ref());
                prop_assert_eq!(&now[0].text(), &format::shown(value));
                terms += row.terms.len();
            }
            prop_assert_eq!(terms, computed.terms(step));
            prop_assert_eq!(scene.beams.len(), sum.rows.len());
            for beam in &scene.beams {
                for target in beam {
                    let (rows, cols) = scene.plates[target.plate].view.cells.shape();
                    prop_assert!(target.at.0 + target.extent.0 <= rows && target.at.1 + target.extent.1 <= cols);
                }
            }
        }
    }

    /// A cell that has a letter is read by the term of that letter, and each term by one cell; outputs know their step.
    #[test]
    fn marks_and_terms_agree(lab in any_lab(4), step in 0usize..9) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        let step = step % computed.len();
        let scene = computed.scene(at(step));
        let sum = scene.sum.clone().unwrap();
        let terms: Vec<&Term> = sum.rows.iter().flat_map(|row| &row.terms).collect();
        let mut met = vec![0; terms.len()];
        for plate in &scene.plates {
            for i in 0..plate.view.shape.0 {
                for j in 0..plate.view.shape.1 {
                    let (row, col) = plate.view.place(i, j);
                    let cell = plate.view.cells.get(row, col).unwrap();
                    let term = computed.term_of(step, plate.id, (i, j));
                    match plate.id {
                        PlateId::Input(0) | SHIFTED_INPUT => {
                            prop_assert_eq!(computed.step_of(plate.id, (i, j)), None);
                            prop_assert_eq!(term.is_some(), cell.letter.is_some());
                            prop_assert!(cell.seen || term.is_none());
                        }
                        _ => {
                            prop_assert_eq!(term, None);
                            let made = computed.step_of(plate.id, (i, j)).unwrap();
                            prop_assert_eq!(made == step, cell.now);
                            prop_assert_eq!(made > step, cell.kind == CellKind::NotYet);
                        }
                    }
                    if let Some(term) = term {
                        met[term] += 1;
                        prop_assert_eq!(&terms[term].letter, &cell.letter);
                        prop_assert_eq!(terms[term].won, cell.won);
                        prop_assert_eq!(&terms[term].factors.trim_matches(['(', ')']), &cell.text());
                        let lit = computed.scene(Playhead { lit: Some(term), ..at(step) });
                        let lit = &lit.plates.iter().find(|lit| lit.id == plate.id).unwrap().view;
                        prop_assert!(lit.cells.get(row, col).unwrap().lit);
                    }
                }
            }
        }
        for (term, met) in terms.iter().zip(met) {
            prop_assert_eq!(met, usize::from(!term.padding));
        }
        let winners = terms.iter().filter(|term| term.won).count();
        prop_assert_eq!(winners, if lab.kind == PoolingKind::Max { sum.rows.len() } else { 0 });
    }

    /// Pressing repairs, whichever, ends in an output.
    #[test]
    fn repairs_repair(lab in any_lab(20), choice in 0usize..3, unreadable: bool) {
        let mut broken = lab;
        if unreadable {
            broken.input = broken.input.map(|_| Entry::Unreadable("?".into()));
        }
        prop_assert!(broken.broken_scene(Playhead::default()).plates.len() == 1);
        let mut lab = OperationLab::of(broken);
        let mut presses = 0;
        while let Err(problem) = lab.operation().compute() {
            let repair = problem.repairs.get(choice).or(problem.repairs.first()).unwrap();
            prop_assert!(lab.apply(repair.action.clone()).is_ok());
            presses += 1;
            prop_assert!(presses < 10, "{problem:?} is not repaired");
        }
    }

    /// What is said of a shift is what is marked, once all is computed.
    #[test]
    fn marked_differences_are_the_counted_ones(lab in any_lab(4)) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        let scene = computed.scene(at(computed.len()));
        let marked = |id| {
            let plate = scene.plates.iter().find(|plate| plate.id == id)?;
            Some(plate.view.cells.iter().filter(|cell| cell.differs).count())
        };
        let said = lab.shape(Some(&*computed)).notes.into_iter().find(|note| note.starts_with("Shifted"));
        let counted = marked(SHIFTED_INPUT).zip(marked(SHIFTED_OUTPUT)).map(|(before, after)| {
            format!(
                "Shifted {} by one, {before} of {} input cells change, {after} of {} pooled cells.",
                lab.shift.unwrap().side(),
                lab.input.cells().len(),
                computed.len()
            )
        });
        prop_assert_eq!(said.is_some(), lab.shift.is_some());
        prop_assert!(said.unwrap_or_default().starts_with(&counted.unwrap_or_default()));
    }

    /// No known mistake is the right answer, and none is named twice.
    #[test]
    fn mistakes_are_mistakes(lab in any_lab(4)) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        for step in 0..computed.len() {
            let answer = computed.answer(step).unwrap();
            let value = computed.output()[0].cells()[step];
            prop_assert_eq!(answer.value.to_bits(), value.to_bits());
            prop_assert!(answer.mistakes.iter().all(|mistaken| !close(mistaken.value, value, 1e-9)));
        }
    }
}
