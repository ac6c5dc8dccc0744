//! The backpropagation lab: gradients of any settings, scenes of all its views drawn as text, answers and their mistakes.

#![allow(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "expect-test writes the strings and hands them over by value; a table of cases is as long as it is"
)]

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::settings::OPERATION;
use super::*;
use crate::lab::control::{ControlId, Value};
use crate::lab::operation::State as _;
use crate::lab::setting::Described as _;
use crate::{
    formula::Expr,
    lab::setting::Choice as _,
    lab::{
        Lab as _, OperationLab,
        operation::{Action, Repair},
        predict::{Verdict, judge},
        scene::{Playhead, tests::draw_scene},
    },
    num::{
        close,
        format::{self, MINUS},
    },
    trace::Difference,
};

const MAX: ForwardKind = ForwardKind::Pooling(PoolingKind::Max);
const AVERAGE: ForwardKind = ForwardKind::Pooling(PoolingKind::Average);

fn numbers(rows: usize, cols: usize, value: impl Fn(usize, usize) -> f64) -> Grid<Entry> {
    Grid::from_fn(rows, cols, |i, j| Entry::Number(value(i, j)))
}

fn counting(rows: usize, cols: usize) -> Grid<Entry> {
    numbers(rows, cols, |i, j| (i * cols + j) as f64)
}

fn ones(rows: usize, cols: usize) -> Upstream {
    numbers(rows, cols, |_, _| 1.0).into()
}

fn labels(repairs: &[Repair]) -> String {
    repairs.iter().flat_map(|repair| [" [", &repair.label, "]"]).collect()
}

fn found(lab: &OperationLab) -> String {
    match lab.operation().compute() {
        Ok(computed) => {
            let row = |row: &[f64]| row.iter().map(|value| format::shown(*value)).collect::<Vec<_>>().join(" ");
            let plane = |plane: &Matrix| plane.iter_rows().map(row).collect::<Vec<_>>().join(" / ");
            computed.output().iter().map(plane).collect::<Vec<_>>().join(" | ")
        }
        Err(problem) => format!("{:?}: {}{}", problem.control, problem.sentence, labels(&problem.repairs)),
    }
}

#[track_caller]
fn check(start: BackwardLab, actions: Vec<Action>, expect: &str) {
    let mut lab = OperationLab::of(start);
    let mut refused = String::new();
    for action in actions {
        if let Err(problem) = lab.apply(action) {
            refused = format!("{}{} // ", problem.sentence, labels(&problem.repairs));
        }
    }
    assert_eq!(format!("{refused}{}", found(&lab)), expect);
}

fn cell(plate: PlateId, row: usize, col: usize, text: &str) -> Action {
    Action::SetCell { plate, row, col, text: text.into() }
}

fn pair(control: ControlId, rows: usize, cols: usize) -> Action {
    Action::Set(control, Value::Pair((rows, cols)))
}

fn choice(control: ControlId, index: usize) -> Action {
    Action::Set(control, Value::Choice(index))
}

fn pad(padding: usize) -> Action {
    Action::Set(ControlId::PADDING, Value::Padding(Padding::per_side(padding)))
}

#[test]
fn what_can_be_done() {
    let check = |actions, expect| check(BackwardLab::default(), actions, expect);
    check(vec![], "0 2 −1 / 4 4 −2 / 0 2 3 | 3 5 / 9 11 | 2");
    check(vec![cell(UPSTREAM, 1, 1, "0")], "0 2 −1 / 4 4 −3 / 0 0 0 | −1 0 / 2 3 | 1");
    check(vec![cell(PlateId::KERNEL, 0, 0, "1")], "2 1 −1 / 4 5 −2 / 0 2 3 | 3 5 / 9 11 | 2");
    check(vec![cell(PlateId::Input(0), 0, 0, "1/2")], "0 2 −1 / 4 4 −2 / 0 2 3 | 4 5 / 9 11 | 2");
    check(vec![Action::Set(ControlId::BIAS, Value::Text("7".into()))], "0 2 −1 / 4 4 −2 / 0 2 3 | 3 5 / 9 11 | 2");
    check(vec![choice(ControlId::VIEW, 1)], "0 2 −1 / 4 4 −2 / 0 2 3 | 3 5 / 9 11 | 2");
    check(vec![choice(ControlId::VIEW, 2)], "0 2 −1 / 4 4 −2 / 0 2 3 | 3 5 / 9 11 | 2");
    check(vec![choice(OPERATION, 1)], "0 0 0 / 0 2 −1 / 0 0 1");
    check(vec![choice(OPERATION, 1), choice(ControlId::VIEW, 1)], "0 0 0 / 0 2 −1 / 0 0 1");
    check(vec![choice(OPERATION, 2)], "0.5 0.25 −0.25 / 0.5 0.5 0 / 0 0.25 0.25");
    check(vec![choice(OPERATION, 7)], "0 2 −1 / 4 4 −2 / 0 2 3 | 3 5 / 9 11 | 2");
    check(vec![pair(ControlId::STRIDE, 2, 2)], "0 2 0 / 4 6 0 / 0 0 0 | 0 2 / 6 8 | 2");
    check(vec![pair(ControlId::DILATION, 2, 2)], "0 0 2 / 0 0 0 / 4 0 6 | 0 4 / 12 16 | 2");
    let average = vec![choice(OPERATION, 2), pad(1), pair(ControlId::STRIDE, 2, 2)];
    check(average.clone(), "0.5 −0.25 −0.25 / 0 0.25 0.25 / 0 0.25 0.25");
    let inside = [average, vec![Action::Set(ControlId::COUNT_PADDING, Value::Switch(false))]].concat();
    check(inside, "2 −0.5 −0.5 / 0 0.25 0.25 / 0 0.25 0.25");
    check(
        vec![
            Action::Replace { plate: PlateId::Input(0), planes: vec![counting(1, 5)] },
            pair(ControlId::KERNEL_SIZE, 1, 2),
        ],
        "0 2 −1 1 1 | 4 7 | 3",
    );
}

/// The upstream gradient follows the output's size, and nothing typed is lost on the way.
#[test]
fn the_upstream_gradient_follows_the_output() {
    let check = |actions: Vec<Action>, expect: &str| {
        let mut lab = OperationLab::of(BackwardLab::default());
        for action in actions {
            lab.apply(action).unwrap();
        }
        let upstream = lab.operation().plate(UPSTREAM).unwrap().map(Entry::typed);
        assert_eq!(upstream.iter_rows().map(|row| row.join(" ")).collect::<Vec<_>>().join(" / "), expect);
    };
    let stride = |stride| pair(ControlId::STRIDE, stride, stride);
    check(vec![], "2 -1 / 0 1");
    check(vec![stride(2)], "2");
    check(vec![stride(2), stride(1)], "2 -1 / 0 1");
    check(vec![stride(2), cell(UPSTREAM, 0, 0, "5"), stride(1)], "5 -1 / 0 1");
    check(vec![pad(1)], "2 -1 1 1 / 0 1 1 1 / 1 1 1 1 / 1 1 1 1");
    check(vec![pad(1), cell(UPSTREAM, 3, 0, "7"), pad(0)], "2 -1 / 0 1");
    check(vec![pad(1), cell(UPSTREAM, 3, 0, "7"), pad(0), pad(1)], "2 -1 1 1 / 0 1 1 1 / 1 1 1 1 / 7 1 1 1");
    check(vec![pair(ControlId::INPUT_SIZE, 2, 3)], "2 -1");
    check(vec![pair(ControlId::INPUT_SIZE, 2, 3), pair(ControlId::INPUT_SIZE, 3, 3)], "2 -1 / 0 1");
    // Settings that give no output leave it as it is.
    check(vec![pad(1), stride(0), stride(1), pad(0)], "2 -1 / 0 1");
    check(vec![pair(ControlId::KERNEL_SIZE, 3, 3), pair(ControlId::KERNEL_SIZE, 4, 4)], "2");
    check(vec![choice(OPERATION, 1), pair(ControlId::WINDOW, 3, 2)], "2 -1");
    // Losses that have a name.
    check(vec![choice(ControlId::UPSTREAM, 0)], "1 1 / 1 1");
    check(vec![choice(ControlId::UPSTREAM, 1)], "1/4 1/4 / 1/4 1/4");
    check(vec![stride(2), choice(ControlId::UPSTREAM, 1)], "1");
    check(vec![choice(ControlId::UPSTREAM, 2)], "2 -1 / 0 1");
    check(vec![Action::Resize { plate: UPSTREAM, rows: 3, cols: 1 }, choice(ControlId::UPSTREAM, 0)], "1 1 / 1 1");
    let pasted = Action::Replace { plate: UPSTREAM, planes: vec![counting(2, 2)] };
    check(vec![pasted, stride(2), stride(1)], "0 1 / 2 3");
}

#[test]
fn a_loss_that_has_a_name_is_known() {
    let check = |upstream: &str, expect: Option<usize>| {
        let row = |row: &str| row.split(' ').map(Entry::parse).collect();
        let upstream = Grid::from_rows(upstream.split(" / ").map(row).collect()).unwrap().into();
        let lab = BackwardLab { upstream, ..BackwardLab::default() };
        let controls = lab.controls();
        let control = controls.iter().find(|control| control.control == ControlId::UPSTREAM).unwrap();
        let chosen = match control.value {
            Some(Value::Choice(place)) => Some(place),
            None => None,
            _ => panic!("{control:?}"),
        };
        assert_eq!(chosen, expect);
    };
    check("1 1 / 1 1", Some(0));
    check("1/4 1/4 / 1/4 1/4", Some(1));
    check("1", Some(0));
    check("1 2 / 1 1", None);
    check("1 x / 1 1", None);
}

#[test]
fn what_can_not() {
    let default = BackwardLab::default;
    check(default(), vec![cell(UPSTREAM, 0, 1, "")], "upstream: Upstream gradient row 0, column 1 is empty. [Use 0]");
    check(
        default(),
        vec![cell(PlateId::KERNEL, 1, 1, "k")],
        "kernel: Kernel row 1, column 1: “k” is not a number. [Use 0]",
    );
    check(
        default(),
        vec![Action::Set(ControlId::BIAS, Value::Text("x".into()))],
        "bias: The bias “x” is not a number. [Use 0]",
    );
    // A pooling has no kernel and no bias.
    check(
        BackwardLab { operation: MAX, ..default() },
        vec![
            Action::Set(ControlId::BIAS, Value::Text("x".into())),
            cell(PlateId::KERNEL, 0, 0, "k"),
            cell(PlateId::Input(0), 2, 2, "?"),
        ],
        "input: Input row 2, column 2: “?” is not a number. [Use 0]",
    );
    check(
        default(),
        vec![Action::Replace { plate: UPSTREAM, planes: vec![counting(3, 3)] }],
        "upstream: The upstream gradient is 3 × 3, the output 2 × 2: each output has one gradient. [Make it 2 × 2]",
    );
    check(
        default(),
        vec![pair(ControlId::STRIDE, 0, 1)],
        "stride: A stride of 0 never moves the window along the height; the smallest stride is 1. [Use stride 1]",
    );
    check(
        default(),
        vec![pair(ControlId::KERNEL_SIZE, 4, 4)],
        "kernel-size: A 4 × 4 kernel does not fit a 3 × 3 input. [Use a 3 × 3 kernel] [Use padding 1]",
    );
    check(
        BackwardLab { operation: MAX, ..default() },
        vec![pad(2)],
        "padding: A padding of 2 fills a window of 2 along the height: 1 at most, one less than the window. \
         (PyTorch takes half of the window, 1.) [Use padding 1] [Use a 3 × 3 window]",
    );
    check(
        BackwardLab { operation: AVERAGE, ..default() },
        vec![pair(ControlId::WINDOW, 4, 4)],
        "window: A 4 × 4 window does not fit a 3 × 3 input. [Use a 3 × 3 window] [Use padding 1]",
    );
    check(
        BackwardLab { operation: AVERAGE, ..default() },
        vec![pair(ControlId::WINDOW, 99, 4)],
        "window: A window of 99 is past the largest, 16. [Use 16]",
    );
    check(
        default(),
        vec![Action::Resize { plate: UPSTREAM, rows: 100, cols: 2 }],
        "An upstream gradient of 100 × 2 is not possible: each side has 1 to 96 cells. [Use 96 × 2] // \
         0 2 −1 / 4 4 −2 / 0 2 3 | 3 5 / 9 11 | 2",
    );
    let mut large =
        BackwardLab { input: counting(64, 64), kernel: counting(16, 16), view: BackwardView::Check, ..default() };
    large.settle();
    check(
        large.clone(),
        vec![],
        "view: Changing every number would take about 650,310,850 products; up to 40,000,000 are computed. \
         [Show the steps] [Use a 16 × 16 input]",
    );
    large = BackwardLab { dilation: (6, 6), padding: Padding::per_side(16), view: BackwardView::Full, ..large };
    large.upstream = BackwardLab { upstream: Upstream::default(), ..large.clone() }.usual_upstream();
    check(
        large,
        vec![],
        "view: The stretched upstream gradient would have 154 × 154 = 23,716 cells; up to 20,000 are shown. \
         [Show the steps] [Use a 16 × 16 input]",
    );
}

#[track_caller]
fn check_scene(lab: BackwardLab, head: Playhead, expect: Expect) {
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
fn scenes_of_steps() {
    let default = BackwardLab::default;
    check_scene(
        default(),
        at(1),
        expect![[r#"
        Input (3 × 3)
           0 a1' b2'
           3 c4' d5'
           6   7   8

        Kernel (2 × 2)
          a0  b1
          c2  d3

        Upstream gradient (2 × 2)
           2 −1*
           0   1

        Input gradient (3 × 3)
           0 a2'b−1'
           4 c4'd−3'


        Kernel gradient (2 × 2)
         a−1  b0
          c2  d3

        Bias gradient (1 × 1)
           1

        input gradient: 2 + (−1)×0 = 2, 0 + (−1)×1 = −1, 6 + (−1)×2 = 4, 0 + (−1)×3 = −3; kernel gradient: 0 + (−1)×1 = −1, 2 + (−1)×2 = 0, 6 + (−1)×4 = 2, 8 + (−1)×5 = 3; bias gradient: 2 + (−1) = 1
    "#]],
    );
    check_scene(
        default(),
        Playhead { lit: Some(6), ..at(0) },
        expect![[r#"
        Input (3 × 3)
         a0' b1'   2
         c3* d4'   5
           6   7   8

        Kernel (2 × 2)
          a0  b1
          c2  d3

        Upstream gradient (2 × 2)
          2*  −1
           0   1

        Input gradient (3 × 3)
         a0' b2'
         c4' d6'


        Kernel gradient (2 × 2)
          a0  b2
         c6*  d8

        Bias gradient (1 × 1)
           2

        input gradient: 0 + 2×0 = 0, 0 + 2×1 = 2, 0 + 2×2 = 4, 0 + 2×3 = 6; kernel gradient: 0 + 2×0 = 0, 0 + 2×1 = 2, 0 + 2×3 = 6, 0 + 2×4 = 8; bias gradient: 0 + 2 = 2
    "#]],
    );
    // While a step plays, and while it is asked for.
    check_scene(
        default(),
        Playhead { adding: Some(2), ..at(1) },
        expect![[r#"
        Input (3 × 3)
           0 a1' b2'
           3 c4' d5'
           6   7   8

        Kernel (2 × 2)
          a0  b1
         c2*  d3

        Upstream gradient (2 × 2)
           2 −1*
           0   1

        Input gradient (3 × 3)
           0 a2'b−1'
           4 c6*  d'


        Kernel gradient (2 × 2)
          a0  b2
          c6  d8

        Bias gradient (1 × 1)
           2

        input gradient: 2 + (−1)×0 = 2, 0 + (−1)×1 = −1, 6 + (−1)×2 = 4, 0 + (−1)×3 = −3; kernel gradient: 0 + (−1)×1 = −1, 2 + (−1)×2 = 0, 6 + (−1)×4 = 2, 8 + (−1)×5 = 3; bias gradient: 2 + (−1) = 1
    "#]],
    );
    check_scene(
        default(),
        Playhead { asked: true, ..at(1) },
        expect![[r#"
        Input (3 × 3)
           0 a1' b2'
           3 c4' d5'
           6   7   8

        Kernel (2 × 2)
          a0  b1
          c2  d3

        Upstream gradient (2 × 2)
           2 −1*
           0   1

        Input gradient (3 × 3)
           0 a2'  b'
           4 c6'  d'


        Kernel gradient (2 × 2)
          a0  b2
          c6  d8

        Bias gradient (1 × 1)
           2

        input gradient: 2 + (−1)×0 = 2, 0 + (−1)×1 = −1, 6 + (−1)×2 = 4, 0 + (−1)×3 = −3; kernel gradient: 0 + (−1)×1 = −1, 2 + (−1)×2 = 0, 6 + (−1)×4 = 2, 8 + (−1)×5 = 3; bias gradient: 2 + (−1) = 1
    "#]],
    );
    check_scene(
        BackwardLab { padding: Padding::per_side(1), stride: (2, 2), ..default() },
        at(3),
        expect![[r#"
        Input (3 × 3, padded to 5 × 5)
          0#  0#  0#  0#  0#
          0#   0   1   2  0#
          0#   3 a4' b5'  0#
          0#   6 c7' d8'  0#
          0#  0#  0#  0#  0#

        Kernel (2 × 2)
          a0  b1
          c2  d3

        Upstream gradient (2 × 2)
           2  −1
           0  1*

        Input gradient (3 × 3, padded to 5 × 5)
          0#  2#  0# −1#   #
          4#   6  −2  −3   #
          0#   0 a0' b1'   #
          0#   0 c2' d3'   #
           #   #   #   #   #

        Kernel gradient (2 × 2)
          a4  b5
          c6  d6

        Bias gradient (1 × 1)
           2

        input gradient: 0 + 1×0 = 0, 0 + 1×1 = 1, 0 + 1×2 = 2, 0 + 1×3 = 3; kernel gradient: 0 + 1×4 = 4, 0 + 1×5 = 5, −1 + 1×7 = 6, −2 + 1×8 = 6; bias gradient: 1 + 1 = 2
    "#]],
    );
}

#[test]
fn scenes_of_poolings() {
    let default = BackwardLab::default;
    let max =
        BackwardLab { operation: MAX, input: numbers(3, 3, |i, j| f64::from(u8::from((i, j) == (1, 1)))), ..default() };
    check_scene(
        max.clone(),
        at(1),
        expect![[r#"
        Input (3 × 3)
           0 a0' b0'
           0 c1^ d0'
           0   0   0

        Upstream gradient (2 × 2)
           2 −1*
           0   1

        Input gradient (3 × 3)
               '   '
             c1^   '


        max(0, 0, 1, 0) = 1; input gradient row 1, column 1: 2 + (−1) = 1
    "#]],
    );
    check_scene(
        max,
        Playhead { asked: true, ..at(1) },
        expect![[r#"
        Input (3 × 3)
           0 a0' b0'
           0 c1' d0'
           0   0   0

        Upstream gradient (2 × 2)
           2 −1*
           0   1

        Input gradient (3 × 3)
               '   '
              2'   '


        max(0, 0, 1, 0) = 1; input gradient row 1, column 1: 2 + (−1) = 1
    "#]],
    );
    check_scene(
        BackwardLab { operation: MAX, padding: Padding::per_side(1), stride: (2, 2), ..default() },
        at(1),
        expect![[r#"
            Input (3 × 3, padded to 5 × 5)
             −∞# −∞#a−∞'b−∞' −∞#
             −∞#   0 c1' d2^ −∞#
             −∞#   3   4   5 −∞#
             −∞#   6   7   8 −∞#
             −∞# −∞# −∞# −∞# −∞#

            Upstream gradient (2 × 2)
               2 −1*
               0   1

            Input gradient (3 × 3, padded to 5 × 5)
               #   #   '   '   #
               #   2   'd−1^   #
               #               #
               #               #
               #   #   #   #   #

            max(−∞, −∞, 1, 2) = 2; input gradient row 0, column 2: 0 + (−1) = −1
        "#]],
    );
    check_scene(
        BackwardLab { operation: AVERAGE, padding: Padding::per_side(1), stride: (2, 2), ..default() },
        Playhead { lit: Some(3), ..at(1) },
        expect![[r#"
            Input (3 × 3, padded to 5 × 5)
              0#  0# a0' b0'  0#
              0#   0 c1* d2'  0#
              0#   3   4   5  0#
              0#   6   7   8  0#
              0#  0#  0#  0#  0#

            Upstream gradient (2 × 2)
               2 −1*
               0   1

            Input gradient (3 × 3, padded to 5 × 5)
            0.5#0.5#a−0.25'b−0.25'   #
            0.5# 0.5c−0.25*d−0.25'   #
               #               #
               #               #
               #   #   #   #   #

            share: −1 / 4 = −0.25; input gradient: 0 + (−0.25) = −0.25, 0 + (−0.25) = −0.25, 0 + (−0.25) = −0.25, 0 + (−0.25) = −0.25
        "#]],
    );
}

#[test]
fn scenes_of_finished_cells() {
    let pointed = |lab: &BackwardLab, plate: PlateId, cell: (usize, usize)| {
        let computed = lab.compute().unwrap();
        let look = computed.look_of(plate, cell);
        (lab.clone(), Playhead { pointed: look, ..at(computed.len() - 1) })
    };
    let check = |(lab, head): (BackwardLab, Playhead), expect: Expect| check_scene(lab, head, expect);
    let default = BackwardLab::default();
    check(
        pointed(&default, INPUT_GRADIENT, (1, 1)),
        expect![[r#"
        Input (3 × 3)
           0   1   2
           3   4   5
           6   7   8

        Kernel (2 × 2)
         d0' c1'
         b2' a3'

        Upstream gradient (2 × 2)
         a2'b−1'
         c0' d1'

        Input gradient (3 × 3)
           0   2  −1
           4  4!  −2
           0   2   3

        Kernel gradient (2 × 2)
           3   5
           9  11

        Bias gradient (1 × 1)
           2

        input gradient row 1, column 1: 2×3 + (−1)×2 + 0×1 + 1×0 = 4
    "#]],
    );
    check(
        pointed(&default, KERNEL_GRADIENT, (1, 0)),
        expect![[r#"
        Input (3 × 3)
           0   1   2
         a3' b4'   5
         c6' d7'   8

        Kernel (2 × 2)
           0   1
           2   3

        Upstream gradient (2 × 2)
         a2'b−1'
         c0' d1'

        Input gradient (3 × 3)
           0   2  −1
           4   4  −2
           0   2   3

        Kernel gradient (2 × 2)
           3   5
          9!  11

        Bias gradient (1 × 1)
           2

        kernel gradient row 1, column 0: 2×3 + (−1)×4 + 0×6 + 1×7 = 9
    "#]],
    );
    check(
        pointed(&default, BIAS_GRADIENT, (0, 0)),
        expect![[r#"
        Input (3 × 3)
           0   1   2
           3   4   5
           6   7   8

        Kernel (2 × 2)
           0   1
           2   3

        Upstream gradient (2 × 2)
         a2'b−1'
         c0' d1'

        Input gradient (3 × 3)
           0   2  −1
           4   4  −2
           0   2   3

        Kernel gradient (2 × 2)
           3   5
           9  11

        Bias gradient (1 × 1)
          2!

        bias gradient: 2 + (−1) + 0 + 1 = 2
    "#]],
    );
    let average = BackwardLab { operation: AVERAGE, ..default.clone() };
    check(
        pointed(&average, INPUT_GRADIENT, (1, 1)),
        expect![[r#"
        Input (3 × 3)
           0   1   2
           3   4   5
           6   7   8

        Upstream gradient (2 × 2)
         a2'b−1'
         c0' d1'

        Input gradient (3 × 3)
         0.50.25−0.25
         0.50.5!   0
           00.250.25

        input gradient row 1, column 1: 2 / 4 + (−1) / 4 + 0 / 4 + 1 / 4 = 0.5
    "#]],
    );
    let stride = BackwardLab { operation: MAX, stride: (2, 2), upstream: ones(1, 1), ..default };
    check(
        pointed(&stride, INPUT_GRADIENT, (2, 2)),
        expect![[r#"
        Input (3 × 3)
           0   1  2~
           3   4  5~
          6~  7~  8~

        Upstream gradient (1 × 1)
           1

        Input gradient (3 × 3)
           0   0   0
           0   1   0
           0   0  0!

        input gradient row 2, column 2: no output sends anything here, 0
    "#]],
    );
}

#[test]
fn scenes_of_the_full_convolution() {
    let full = BackwardLab { view: BackwardView::Full, ..BackwardLab::default() };
    check_scene(
        full.clone(),
        at(4),
        expect![[r#"
        Upstream gradient (2 × 2, stretched to 4 × 4)
          0#  0#  0#  0#
          0# a2'b−1'  0#
          0# c0' d1'  0#
          0#  0#  0#  0#

        Kernel (2 × 2)
          d0  c1
          b2  a3

        Kernel, turned (2 × 2)
          a3  b2
          c1  d0

        Input gradient (3 × 3)
           0   2  −1
           4  4!


        2×3 + (−1)×2 + 0×1 + 1×0 = 4
    "#]],
    );
    let mut stride = BackwardLab {
        input: counting(4, 4),
        stride: (2, 2),
        padding: Padding { top: 1, ..Padding::default() },
        ..full
    };
    stride.settle();
    check_scene(
        stride,
        Playhead { lit: Some(2), ..at(5) },
        expect![[r#"
        Upstream gradient (2 × 2, stretched to 5 × 5)
          0#   2  0#  −1  0#
          0# a0' b0'  0#  0#
          0# c0* d0'   1  0#
          0#  0#  0#  0#  0#
          0#  0#  0#  0#  0#

        Kernel (2 × 2)
          d0 c1*
          b2  a3

        Kernel, turned (2 × 2)
          a3  b2
         c1*  d0

        Input gradient (4 × 4)
           4   6  −2  −3
           0  0!



        0×3 + 0×2 + 0×1 + 0×0 = 0
    "#]],
    );
}

#[test]
fn scenes_of_the_check() {
    let default = || BackwardLab { view: BackwardView::Check, ..BackwardLab::default() };
    check_scene(
        default(),
        at(9),
        expect![[r#"
        Input (3 × 3)
           0   1   2
           3   4   5
           6   7   8

        Input gradient (3 × 3)
           0   2  −1
           4   4  −2
           0   2   3

        Input, finite differences (3 × 3)
           0   2  −1
           4   4  −2
           0   2   3

        Kernel (2 × 2)
          0'   1
           2   3

        Kernel gradient (2 × 2)
          3!


        Kernel, finite differences (2 × 2)
          3!


        Upstream gradient (2 × 2)
           2  −1
           0   1

        Bias gradient (1 × 1)


        Bias, finite differences (1 × 1)


        kernel row 0, column 0: (56.0234375 − 55.9765625) / 2h = 3, h = 1/128; by backpropagation 3, relative error 0
    "#]],
    );
    check_scene(
        default(),
        Playhead { asked: true, ..at(4) },
        expect![[r#"
        Input (3 × 3)
           0   1   2
           3  4'   5
           6   7   8

        Input gradient (3 × 3)
           0   2  −1
           4   !


        Input, finite differences (3 × 3)
           0   2  −1
           4   !


        Kernel (2 × 2)
           0   1
           2   3

        Kernel gradient (2 × 2)



        Kernel, finite differences (2 × 2)



        Upstream gradient (2 × 2)
           2  −1
           0   1

        Bias gradient (1 × 1)


        Bias, finite differences (1 × 1)


        input row 1, column 1: (56.03125 − 55.96875) / 2h = 4, h = 1/128; by backpropagation 4, relative error 0
    "#]],
    );
    let tie = BackwardLab {
        operation: MAX,
        input: numbers(2, 2, |i, j| if i == j { 1.0 } else { 4.0 }),
        upstream: ones(1, 1),
        ..default()
    };
    check_scene(
        tie,
        at(3),
        expect![[r#"
        Input (2 × 2)
           1   4
           4  1'

        Input gradient (2 × 2)
           0   1
           0  0!

        Input, finite differences (2 × 2)
           00.5≠
        0.5≠  0!

        Upstream gradient (1 × 1)
           1

        input row 1, column 1: (4 − 4) / 2h = 0, h = 1/128; by backpropagation 0, relative error 0
    "#]],
    );
}

#[test]
fn a_scene_of_what_does_not_fit() {
    check_scene(
        BackwardLab { stride: (0, 1), padding: Padding::per_side(1), ..BackwardLab::default() },
        at(0),
        expect![[r#"
            Input (3 × 3, padded to 5 × 5)
              0#  0#  0#  0#  0#
              0#   0   1   2  0#
              0#   3   4   5  0#
              0#   6   7   8  0#
              0#  0#  0#  0#  0#

            Kernel (2 × 2)
               0   1
               2   3

            Upstream gradient (2 × 2)
               2  −1
               0   1

        "#]],
    );
}

#[track_caller]
fn check_shape(lab: BackwardLab, expect: Expect) {
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
    let default = BackwardLab::default;
    check_shape(
        default(),
        expect![[r#"
            2 × 2
            o = ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1 = 2
            dx[r, c] = Σ_i Σ_j dy[i, j]·k[u, v] dk[u, v] = Σ_i Σ_j dy[i, j]·x[r, c] db = Σ_i Σ_j dy[i, j]
            r = i·s + u·d − p c = j·s + v·d − p
            largest relative error 0
            multiply-adds, forward 16
            multiply-adds, backward 16 for dx + 16 for dk = 32
            r, c is the cell that tap u, v reads for output i, j."#]],
    );
    let mut padded = BackwardLab {
        padding: Padding { top: 1, ..Padding::default() },
        stride: (3, 1),
        view: BackwardView::Full,
        ..default()
    };
    padded.settle();
    check_shape(
        padded,
        expect![[r#"
            1 × 2
            o_h = ⌊(n_h + p_t + p_b − d_h(k_h − 1) − 1)/s_h⌋ + 1 = 1
            o_w = ⌊(n_w + 2p_w − d_w(k_w − 1) − 1)/s_w⌋ + 1 = 2
            dx[r, c] = Σ_u Σ_v dy[i, j]·k[u, v]
            i = (r + p_t − u·d_h)/s_h j = (c + p_l − v·d_w)/s_w
            largest relative error 0
            multiply-adds, forward 8
            multiply-adds, backward 8 for dx + 8 for dk = 16
            dy is 1 × 2, with zeros 4 × 4; under the turned 2 × 2 kernel it gives 3 × 3.
            Between its numbers stand s − 1 zeros, around them d(k − 1) − p, and more where the stride left cells unread.
            What flows to the padding is dropped: nothing typed depends on it."#]],
    );
    check_shape(
        BackwardLab { view: BackwardView::Check, ..default() },
        expect![[r#"
            2 × 2
            o = ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1 = 2
            L = Σ_i Σ_j dy[i, j]·y[i, j] dx = (L[x + h] − L[x − h])/(2h)
            largest relative error 0
            multiply-adds, forward 16
            multiply-adds, backward 16 for dx + 16 for dk = 32
            h = 1/128: x + h is hardly rounded, and few maxima change hands.
            Relative error: |a − b| by the larger of the two, or by a thousandth of the largest gradient."#]],
    );
    let tie = numbers(3, 3, |i, j| f64::from(u8::from(i + j == 2)));
    check_shape(
        BackwardLab { operation: MAX, input: tie, view: BackwardView::Check, ..default() },
        expect![[r#"
            2 × 2
            o = ⌊(n + 2p − k)/s⌋ + 1 = 2
            L = Σ_i Σ_j dy[i, j]·y[i, j] dx = (L[x + h] − L[x − h])/(2h)
            largest relative error 0.5
            additions, backward 4
            Input row 0, column 2 and row 1, column 1 are equal: a maximum has a corner there, and no slope. Backpropagation takes the first one's side, a finite difference the middle.
            h = 1/128: x + h is hardly rounded, and few maxima change hands.
            Relative error: |a − b| by the larger of the two, or by a thousandth of the largest gradient."#]],
    );
    check_shape(
        BackwardLab { operation: AVERAGE, padding: Padding::per_side(1), upstream: ones(4, 4), ..default() },
        expect![[r#"
            4 × 4
            o = ⌊(n + 2p − k)/s⌋ + 1 = 4
            dx[r, c] = Σ_i Σ_j dy[i, j]/a
            largest relative error 0
            additions, backward 64
            dx adds up the windows that read the cell; a is how many cells each shares among.
            What flows to the padding is dropped: nothing typed depends on it."#]],
    );
    check_shape(
        BackwardLab { kernel: counting(4, 3), ..default() },
        expect![[r#"
            none
            o_h = ⌊(n_h + 2p_h − d_h(k_h − 1) − 1)/s_h⌋ + 1 = ⌊(3 + 2·0 − 1·(4 − 1) − 1)/1⌋ + 1
            o_w = ⌊(n_w + 2p_w − d_w(k_w − 1) − 1)/s_w⌋ + 1 = ⌊(3 + 2·0 − 1·(3 − 1) − 1)/1⌋ + 1 = 1
            dx[r, c] = Σ_i Σ_j dy[i, j]·k[u, v] dk[u, v] = Σ_i Σ_j dy[i, j]·x[r, c] db = Σ_i Σ_j dy[i, j]
            r = i·s_h + u·d_h − p_t c = j·s_w + v·d_w − p_l"#]],
    );
}

#[track_caller]
fn check_answer(lab: &BackwardLab, step: usize, typed: &str, expect: &str) {
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
    let default = BackwardLab::default();
    // Step 1 asks for the kernel's gradient, row 1, column 1: 2·4.
    check_answer(&default, 0, "8", "right");
    check_answer(&default, 0, "0", "That is what the cell held before: 8 is still to be added.");
    check_answer(&default, 0, "11", "That is the number after all steps: later outputs add to this cell as well.");
    check_answer(&default, 0, "6", "That multiplies by the kernel's number. Its gradient takes the window's.");
    check_answer(&default, 0, "76", "That multiplies by the output. The upstream gradient's number is asked for.");
    check_answer(&default, 0, "-8", "8 was taken away: it is added.");
    // Step 2 the input's, row 1, column 1: it held 6 and gets −2.
    check_answer(&default, 1, "4", "right");
    check_answer(&default, 1, "-2", "That is this step's product alone: the cell held 6 before.");
    check_answer(
        &default,
        1,
        "5",
        "That lays the kernel down turned. A step sends it as it is written; only the full convolution turns it.",
    );
    let mut stride = BackwardLab { input: counting(4, 4), stride: (2, 2), ..default.clone() };
    stride.settle();
    check_answer(&stride, 3, "3", "right");
    let strided = BackwardLab { upstream: ones(2, 2), ..stride };
    check_answer(&strided, 2, "21", "That is right for stride 1. Here the window moves by 2 down and by 2 across.");

    let full = BackwardLab { view: BackwardView::Full, ..default.clone() };
    check_answer(&full, 4, "4", "right");
    check_answer(
        &full,
        4,
        "2",
        "That lays the kernel on as it is written. For the full convolution it is turned by half a turn.",
    );
    check_answer(&full, 1, "4", "That is row 1, column 0. Rows come first.");

    let check = BackwardLab { view: BackwardView::Check, ..default.clone() };
    check_answer(&check, 1, "2", "right");
    check_answer(&check, 1, "1/32", "That is how much the loss changes. It is still to be divided by 2h = 1/64.");
    check_answer(&check, 1, "4", "That divides by h. From x − h to x + h it is 2h.");

    let peak = numbers(3, 3, |i, j| if (i, j) == (1, 1) { 9.0 } else { 0.0 });
    let max = BackwardLab {
        operation: MAX,
        input: peak,
        upstream: numbers(2, 2, |i, j| (i + j + 1) as f64).into(),
        ..default
    };
    check_answer(&max, 2, "5", "right");
    check_answer(&max, 2, "2", "That is this step's product alone: the cell held 3 before.");
    check_answer(
        &max,
        2,
        "3.5",
        "That shares the gradient among the 4 cells, as an average does. Here the winner gets all of it.",
    );
    check_answer(
        &max,
        1,
        "2",
        "The gradient goes to the winner alone, row 1, column 1: this cell is not the largest of its window.",
    );
    let average = BackwardLab { operation: AVERAGE, ..max };
    check_answer(&average, 2, "1.25", "right");
    check_answer(&average, 2, "2.75", "That adds all of the gradient. It is shared among 4 cells.");
}

#[test]
fn programs() {
    let check = |lab: BackwardLab, expect: Expect| expect.assert_eq(&lab.program());
    check(
        BackwardLab::default(),
        expect![[r#"
        import torch
        import torch.nn.functional as F

        torch.set_default_dtype(torch.float64)

        x = torch.tensor([[0, 1, 2],
                          [3, 4, 5],
                          [6, 7, 8]], dtype=torch.float64).reshape(1, 1, 3, 3).requires_grad_()
        w = torch.tensor([[0, 1],
                          [2, 3]], dtype=torch.float64).reshape(1, 1, 2, 2).requires_grad_()
        b = torch.tensor([0]).double().requires_grad_()

        y = F.conv2d(x, w, b)
        dy = torch.tensor([[2, -1],
                           [0, 1]], dtype=torch.float64).reshape(1, 1, 2, 2)

        y.backward(dy)
        print(x.grad)
        print(w.grad)
        print(b.grad)
    "#]],
    );
    let sides = Padding { top: 1, bottom: 0, left: 2, right: 0 };
    check(
        BackwardLab { padding: sides, stride: (2, 1), upstream: ones(2, 4), ..BackwardLab::default() },
        expect![[r#"
        import torch
        import torch.nn.functional as F

        torch.set_default_dtype(torch.float64)

        x = torch.tensor([[0, 1, 2],
                          [3, 4, 5],
                          [6, 7, 8]], dtype=torch.float64).reshape(1, 1, 3, 3).requires_grad_()
        w = torch.tensor([[0, 1],
                          [2, 3]], dtype=torch.float64).reshape(1, 1, 2, 2).requires_grad_()
        b = torch.tensor([0]).double().requires_grad_()

        padded = F.pad(x, (2, 0, 1, 0))  # left, right, top, bottom
        y = F.conv2d(padded, w, b, stride=(2, 1))
        dy = torch.tensor([[1, 1, 1, 1],
                           [1, 1, 1, 1]], dtype=torch.float64).reshape(1, 1, 2, 4)

        y.backward(dy)
        print(x.grad)
        print(w.grad)
        print(b.grad)
    "#]],
    );
    check(
        BackwardLab {
            operation: AVERAGE,
            padding: Padding::per_side(1),
            count_padding: false,
            ..BackwardLab::default()
        },
        expect![[r#"
            import torch
            import torch.nn.functional as F

            torch.set_default_dtype(torch.float64)

            x = torch.tensor([[0, 1, 2],
                              [3, 4, 5],
                              [6, 7, 8]], dtype=torch.float64).reshape(1, 1, 3, 3).requires_grad_()

            y = F.avg_pool2d(x, 2, stride=1, padding=1, count_include_pad=False)
            dy = torch.tensor([[2, -1],
                               [0, 1]], dtype=torch.float64).reshape(1, 1, 2, 2)

            y.backward(dy)
            print(x.grad)
        "#]],
    );
}

#[test]
fn gradients_that_are_nearly_nothing_are_compared_with_the_largest() {
    // 0.1 + 0.2 − 0.3 is not quite 0.
    let kernel = Grid::from_fn(1, 3, |_, j| Entry::parse(["0.1", "0.2", "-0.3"][j]));
    let mut lab = BackwardLab { input: numbers(1, 5, |_, j| j as f64 / 7.0), kernel, ..BackwardLab::default() };
    lab.settle();
    lab.upstream = ones(1, 3);
    let backward = lab.backward().unwrap();
    let gradients = planes(backward.gradients());
    assert!(check::largest_error(&backward, &gradients) < 1e-9);
}

prop_compose! {
    /// Any settings, most of which fit.
    fn any_lab(most: usize)(
        (rows, cols) in (1usize..8, 1usize..8),
        (kernel_rows, kernel_cols) in (1usize..4, 1usize..4),
        window in (0..=most, 0..=most),
        stride in (0..=most, 0..=most),
        dilation in (0..3usize, 0..3usize),
        sides in (0..=most, 0..=most, 0..=most, 0..=most),
        (padded, count_padding, fractions) in any::<(bool, bool, bool)>(),
        (operation, view) in (0usize..3, 0usize..3),
        seed in 0usize..1000,
    ) -> BackwardLab {
        let unit = if fractions { 3.0 } else { 1.0 };
        let value = move |seed: usize, i: usize, j: usize| {
            ((seed * 7 + 13 * i + 31 * j + 5 * i * j) % 11) as f64 / unit - (seed % 4) as f64
        };
        let (top, bottom, left, right) = if padded { sides } else { (0, 0, 0, 0) };
        let mut lab = BackwardLab {
            operation: ForwardKind::at(operation).unwrap(),
            input: numbers(rows, cols, |i, j| value(seed, i, j)),
            kernel: numbers(kernel_rows, kernel_cols, |i, j| value(seed + 1, i, j)),
            bias: Entry::Number(value(seed, 2, 3)),
            upstream: Upstream::default(),
            window,
            stride,
            padding: Padding { top, bottom, left, right },
            dilation,
            count_padding,
            view: BackwardView::at(view).unwrap(),
        };
        if let Some((rows, cols)) = lab.output_size() {
            lab.upstream = numbers(rows, cols, |i, j| value(seed + 2, i, j)).into();
        }
        lab
    }
}

fn parse(text: &str) -> f64 {
    text.trim().trim_matches(['(', ')']).replace(MINUS, "-").parse().unwrap()
}

/// What `1 + 2 × (−3) = −5` says: the sum of its left side, and its right side.
fn read(text: &str) -> (f64, f64) {
    let (left, right) = text.split_once([' ', '\u{a0}']).map(|_| text.split_once(['=', '≈']).unwrap()).unwrap();
    let (old, product) = left.split_once(" + ").unwrap();
    let product = match product.split_once(" × ") {
        Some((g, w)) => parse(g) * parse(w),
        None => parse(product),
    };
    (parse(old) + product, parse(right))
}

proptest! {
    /// The last step leaves the reference's gradients on screen, whatever the view.
    #[test]
    fn the_end_is_the_reference(lab in any_lab(4)) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        let expect = planes(lab.backward().unwrap().gradients());
        prop_assert_eq!(computed.output(), &expect);
        let scene = computed.scene(at(computed.len() - 1));
        for (plate, expect) in [INPUT_GRADIENT, KERNEL_GRADIENT, BIAS_GRADIENT].into_iter().zip(&expect) {
            let Some(plate) = scene.plate(plate) else {
                prop_assert_eq!(lab.shown_view(), BackwardView::Full);
                continue;
            };
            for i in 0..expect.rows() {
                for j in 0..expect.cols() {
                    let (row, col) = plate.view.place(i, j);
                    prop_assert_eq!(&plate.view.cells.get(row, col).unwrap().text(), &format::shown(expect.get(i, j).unwrap() + 0.0));
                }
            }
        }
    }

    /// The full convolution gives what the steps add up.
    #[test]
    fn the_full_convolution_is_the_input_gradient(lab in any_lab(4)) {
        let lab = BackwardLab { operation: ForwardKind::Convolution, view: BackwardView::Full, ..lab };
        let Ok(computed) = lab.compute() else { return Ok(()) };
        let backward = lab.backward().unwrap();
        let running = backward.running(backward.len());
        let steps = backward.without_padding(&running);
        for step in 0..computed.len() {
            let sum = computed.scene(at(step)).sum.unwrap();
            let answer = computed.answer(step).unwrap();
            let expect = steps.cells()[step];
            prop_assert!(close(answer.value, expect, 1e-9));
            let products: f64 = {
                let crate::trace::Forward::Convolution(convolution) = backward.forward() else { unreachable!() };
                let transposed = full::transposed(&lab, &convolution.kernel, backward.upstream());
                let output = transposed.output().unwrap();
                prop_assert_eq!(output.shape(), steps.shape());
                let step = transposed.step(&output, step / output.cols(), step % output.cols()).unwrap();
                let (_, shape) = transposed.stretched(output.shape());
                prop_assert!(step.taps.iter().all(|tap| tap.padded.0 < shape.0 && tap.padded.1 < shape.1));
                step.taps.iter().map(crate::trace::Tap::product).sum()
            };
            prop_assert!((products - expect).abs() < 1e-9);
            prop_assert_eq!(sum.rows[0].terms.len(), lab.kernel.cells().len());
        }
    }

    /// Finite differences of a convolution and an average agree to a millionth; those of a maximum where it has a slope.
    #[test]
    fn finite_differences_agree(lab in any_lab(4)) {
        let Ok(backward) = lab.backward() else { return Ok(()) };
        let gradients = planes(backward.gradients());
        let error = check::largest_error(&backward, &gradients);
        if backward.contests().is_empty() {
            prop_assert!(error < 1e-6, "{error}");
        }
        prop_assert!(lab.operation == MAX || backward.contests().is_empty());
    }

    /// What is written out adds up, and comes to what the grids show after the step.
    #[test]
    fn every_line_adds_up(lab in any_lab(4)) {
        let lab = BackwardLab { view: BackwardView::Steps, ..lab };
        let Ok(computed) = lab.compute() else { return Ok(()) };
        // To what the screen rounds.
        let near = |a: f64, b: f64| (a - b).abs() <= 0.02 * a.abs().max(b.abs()).max(10.0);
        for step in 0..computed.len() {
            let scene = computed.scene(at(step));
            let sum = scene.sum.clone().unwrap();
            let terms: Vec<_> = sum.rows.iter().flat_map(|row| &row.terms).collect();
            prop_assert_eq!(terms.len(), computed.terms(step));
            for row in sum.rows.iter().filter(|row| row.label.ends_with("gradient")) {
                let plate = match row.label.as_str() {
                    "input gradient" => INPUT_GRADIENT,
                    "kernel gradient" => KERNEL_GRADIENT,
                    _ => BIAS_GRADIENT,
                };
                let view = &scene.plate(plate).unwrap().view;
                for term in &row.terms {
                    let (left, right) = read(&term.factors);
                    prop_assert!(near(left, right), "{}", term.factors);
                    let is_it = |cell: &&crate::lab::scene::CellView| cell.letter == term.letter;
                    let cell = if term.letter.is_some() || plate != BIAS_GRADIENT {
                        view.cells.iter().filter(|cell| cell.letter.is_some()).find(is_it)
                    } else {
                        view.cells.iter().next()
                    };
                    let text = &cell.unwrap().text();
                    let after = term.factors.split(['=', '≈']).next_back().unwrap().trim();
                    prop_assert_eq!(text, after);
                }
            }
            for beam in &scene.beams {
                for target in beam {
                    let (rows, cols) = scene.plates[target.plate].view.cells.shape();
                    prop_assert!(target.at.0 + target.extent.0 <= rows && target.at.1 + target.extent.1 <= cols);
                }
            }
        }
    }

    /// Each number of a gradient leads to its step, and pointed at shows a sum that comes to it.
    #[test]
    fn each_number_leads_to_its_step_and_sum(lab in any_lab(4)) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        let gradients = [INPUT_GRADIENT, KERNEL_GRADIENT, BIAS_GRADIENT];
        for (plate, values) in gradients.into_iter().zip(computed.output()) {
            for (index, value) in values.cells().iter().enumerate() {
                let cell = (index / values.cols(), index % values.cols());
                let step = computed.step_of(plate, cell);
                let Some(look) = computed.look_of(plate, cell) else {
                    prop_assert!(lab.shown_view() == BackwardView::Full && plate != INPUT_GRADIENT);
                    continue;
                };
                if let Some(step) = step {
                    prop_assert!(step < computed.len());
                    let shown = |step: usize| {
                        let scene = computed.scene(at(step));
                        let view = &scene.plate(plate).unwrap().view;
                        let (row, col) = view.place(cell.0, cell.1);
                        view.cells.get(row, col).unwrap().text()
                    };
                    prop_assert_eq!(shown(step), shown(computed.len() - 1));
                }
                let scene = computed.scene(Playhead { pointed: Some(look), ..at(computed.len() - 1) });
                let sum = scene.sum.unwrap();
                if lab.shown_view() == BackwardView::Steps {
                    let row = &sum.rows[0];
                    prop_assert_eq!(row.result.clone().unwrap(), format::shown(value + 0.0));
                    // Nothing is written out where no output sends anything, and then no step does.
                    prop_assert_eq!(row.terms.is_empty(), step.is_none());
                    for term in 0..row.terms.len() {
                        let head = Playhead { pointed: Some(look), lit: Some(term), ..at(0) };
                        let lit = computed.scene(head);
                        let upstream = &lit.plate(UPSTREAM).unwrap().view;
                        prop_assert_eq!(upstream.cells.iter().filter(|cell| cell.lit).count(), 1);
                    }
                }
                let view = &scene.plates.iter().find(|shown| shown.id == plate).unwrap().view;
                let (row, col) = view.place(cell.0, cell.1);
                prop_assert_eq!(&view.cells.get(row, col).unwrap().text(), &format::shown(value + 0.0));
            }
        }
        let past = computed.scene(Playhead { pointed: Some(99_999), lit: Some(77), ..at(99_999) });
        prop_assert!(!past.plates.is_empty());
    }

    /// A term that is pointed at lights its cells, and a cell that is pointed at finds its term.
    #[test]
    fn marks_and_terms_agree(lab in any_lab(4), step in 0usize..99) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        let step = step % computed.len();
        let terms = computed.terms(step);
        let scene = computed.scene(at(step));
        for plate in &scene.plates {
            for i in 0..plate.view.shape.0 {
                for j in 0..plate.view.shape.1 {
                    let Some(term) = computed.term_of(step, plate.id, (i, j)) else { continue };
                    prop_assert!(term < terms);
                    let lit = computed.scene(Playhead { lit: Some(term), ..at(step) });
                    let (row, col) = plate.view.place(i, j);
                    prop_assert!(lit.plate(plate.id).unwrap().view.cells.get(row, col).unwrap().lit, "{:?}", plate.id);
                    let sum = lit.sum.unwrap();
                    let lit = sum.rows.iter().flat_map(|row| &row.terms).enumerate().filter(|(_, term)| term.lit);
                    prop_assert_eq!(lit.map(|(index, _)| index).collect::<Vec<_>>(), vec![term]);
                }
            }
        }
        // Played term by term, a step ends where it ends.
        let played = computed.scene(Playhead { adding: Some(terms), ..at(step) });
        prop_assert_eq!(played.sum.map(|sum| sum.text), scene.sum.map(|sum| sum.text));
    }

    /// On a phone the sum is the same, and the beams meet cells of the grids that are there.
    #[test]
    fn a_phone_shows_the_same(lab in any_lab(4), step in 0usize..99) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        let wide = computed.scene(at(step % computed.len()));
        let scene = computed.scene(Playhead { narrow: true, ..at(step % computed.len()) });
        prop_assert_eq!(&scene.sum, &wide.sum);
        for (beam, same) in scene.beams.iter().zip(&wide.beams) {
            prop_assert_eq!(beam.len(), same.len());
            for (target, same) in beam.iter().zip(same) {
                prop_assert_eq!(scene.plates[target.plate].id, wide.plates[same.plate].id);
                prop_assert_eq!((target.at, target.extent), (same.at, same.extent));
            }
        }
        for plate in &scene.plates {
            prop_assert_eq!(&plate.view, &wide.plate(plate.id).unwrap().view);
        }
    }

    /// Pressing repairs, whichever, ends in gradients.
    #[test]
    fn repairs_repair(lab in any_lab(20), choice in 0usize..3, unreadable: bool, other_size: bool) {
        let mut broken = lab;
        if unreadable {
            broken.input = broken.input.map(|_| Entry::Unreadable("?".into()));
            broken.upstream = broken.upstream.cells().map(|_| Entry::Unreadable(String::new())).into();
            broken.bias = Entry::Unreadable("b".into());
        }
        if other_size {
            broken.upstream = broken.upstream.cells().resized(9, 1, &Entry::Number(2.0)).into();
        }
        prop_assert!(!broken.broken_scene(Playhead::default()).plates.is_empty());
        let mut lab = OperationLab::of(broken);
        let mut presses = 0;
        while let Err(problem) = lab.operation().compute() {
            let repair = problem.repairs.get(choice).or(problem.repairs.first()).unwrap();
            prop_assert!(lab.apply(repair.action.clone()).is_ok());
            presses += 1;
            prop_assert!(presses < 12, "{problem:?} is not repaired");
        }
    }

    /// No known mistake is the right answer.
    #[test]
    fn mistakes_are_mistakes(lab in any_lab(4)) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        for step in 0..computed.len() {
            let answer = computed.answer(step).unwrap();
            prop_assert!(answer.value.is_finite() && !answer.question.is_empty());
            prop_assert!(answer.mistakes.iter().all(|mistaken| !close(mistaken.value, answer.value, 1e-9)));
        }
    }

    /// Before a number is asked for, nothing on screen tells it.
    #[test]
    fn what_is_asked_for_is_not_told(lab in any_lab(3), step in 0usize..99) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        let step = step % computed.len();
        let asked = computed.scene(Playhead { asked: true, ..at(step) });
        let plates = [INPUT_GRADIENT, KERNEL_GRADIENT, BIAS_GRADIENT];
        if lab.shown_view() == BackwardView::Steps {
            let before = step.checked_sub(1).map(|step| computed.scene(at(step)));
            for plate in plates.iter().filter_map(|plate| asked.plate(*plate)) {
                let texts = |plate: &crate::lab::scene::Plate| plate.view.cells.iter().map(crate::lab::scene::CellView::text).collect::<Vec<_>>();
                match before.as_ref().and_then(|scene| scene.plate(plate.id)) {
                    Some(before) => prop_assert_eq!(texts(plate), texts(before)),
                    None => prop_assert!(plate.view.cells.iter().all(|cell| cell.content.is_blank())),
                }
            }
        } else {
            let now = asked.plates.iter().flat_map(|plate| plate.view.cells.iter()).filter(|cell| cell.now);
            prop_assert!(now.into_iter().all(|cell| cell.content.is_blank()));
        }
        let rows = asked.sum.unwrap().rows;
        prop_assert!(rows.iter().all(|row| row.result.is_none()));
        prop_assert!(rows.iter().flat_map(|row| &row.terms).all(|term| !term.won));
    }

    #[test]
    fn the_differences_are_counted(lab in any_lab(4)) {
        let lab = BackwardLab { view: BackwardView::Check, ..lab };
        let Ok(computed) = lab.compute() else { return Ok(()) };
        prop_assert_eq!(computed.len(), lab.backward().unwrap().parameters());
        prop_assert!(Difference::H > 0.0);
        let shape = lab.shape(Some(&*computed));
        let said = shape.counts.iter().find(|(name, _)| *name == "largest relative error").unwrap();
        let marked = computed.scene(at(computed.len() - 1)).plates.iter().any(|plate| {
            plate.view.cells.iter().any(|cell| cell.differs)
        });
        let error: f64 = said.1.replace(MINUS, "-").parse().unwrap();
        prop_assert_eq!(marked, error > 1e-6);
        let explained = shape.notes.iter().any(|note| note.contains("corner"));
        prop_assert!(!marked || explained);
    }
}
