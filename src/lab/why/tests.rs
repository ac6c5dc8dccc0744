//! The why lab: its three views' sentences, scenes, answers and mistakes; for any lab, that what is counted is there.

#![allow(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "expect-test writes the strings and hands them over by value; a table of cases is as long as it is"
)]

use std::collections::HashSet;

use expect_test::{Expect, expect};
use ndarray::{Array2, Array4};
use proptest::prelude::*;

use super::settings::{IMAGE_SIZE, SHIFT, UNITS};
use super::{
    connections::{Connectivity, WEIGHTS},
    count::Step,
    shift::{AFTER, BEFORE, DENSE_AFTER, DENSE_BEFORE, SHIFTED},
    *,
};
use crate::lab::control::{ControlId, Value};
use crate::lab::setting::Described as _;
use crate::{
    export::{Item, Picture},
    lab::setting::Choice as _,
    lab::{
        Lab as _, OperationLab,
        operation::{Action, Repair},
        predict::{Verdict, judge},
        scene::{CellKind, CellView, Diagram, Playhead, Term, tests::draw_scene},
    },
    model::Features,
    nn::reference::{Conv2d, conv2d, linear},
    num::{Matrix, close, format, format::MINUS},
};

fn numbers(rows: usize, cols: usize, value: impl Fn(usize, usize) -> f64) -> Grid<Entry> {
    Grid::from_fn(rows, cols, |i, j| Entry::Number(value(i, j)))
}

fn of_view(view: WhyView) -> WhyLab {
    WhyLab { view, ..WhyLab::default() }
}

fn at(step: usize) -> Playhead {
    Playhead { step, ..Playhead::default() }
}

fn labels(repairs: &[Repair]) -> String {
    repairs.iter().flat_map(|repair| [" [", &repair.label, "]"]).collect()
}

fn found(lab: &OperationLab) -> String {
    match lab.operation().compute() {
        Ok(computed) => {
            let row = |row: &[f64]| row.iter().map(|y| format::ascii(*y)).collect::<Vec<_>>().join(" ");
            let output = |output: &Matrix| output.iter_rows().map(row).collect::<Vec<_>>().join(" / ");
            computed.output().iter().map(output).collect::<Vec<_>>().join(" | ")
        }
        Err(problem) => format!("{:?}: {}{}", problem.control, problem.sentence, labels(&problem.repairs)),
    }
}

#[track_caller]
fn check(start: WhyLab, actions: Vec<Action>, expect: Expect) {
    let mut lab = OperationLab::of(start);
    let mut refused = String::new();
    for action in actions {
        if let Err(problem) = lab.apply(action) {
            refused = format!("{}{} / ", problem.sentence, labels(&problem.repairs));
        }
    }
    expect.assert_eq(&format!("{refused}{}", found(&lab)));
}

fn set(control: ControlId, value: Value) -> Action {
    Action::Set(control, value)
}

fn count(control: ControlId, count: usize) -> Action {
    set(control, Value::Count(count))
}

fn pair(control: ControlId, rows: usize, cols: usize) -> Action {
    set(control, Value::Pair((rows, cols)))
}

#[test]
fn what_can_be_done() {
    let count_view = |actions, expect| check(of_view(WhyView::Count), actions, expect);
    count_view(
        vec![],
        expect![
            "36000000 3600000000 3600000100 14400000400 / 7500 7600 30400 480000 / 3600000000 1197201600 89790120000 24.9417"
        ],
    );
}

#[test]
fn what_can_be_done_with_a_row() {
    let check = |actions, expect| check(of_view(WhyView::Connections), actions, expect);
    let cell = |plate, col, text: &str| Action::SetCell { plate, row: 0, col, text: text.into() };
    check(vec![], expect!["5 9 -17 -7 -1 1 / 8 -5 -2 0 -3 -2 / -1 5 7 1 0 4"]);
    check(
        vec![cell(PlateId::Input(0), 0, "10"), cell(PlateId::KERNEL, 2, "1/2")],
        expect!["-15 29 -27 -17 -21 -9 / -12 -5 -2 0 -3 -2 / 13.5 8 7 2.5 3 5.5"],
    );
    check(
        vec![count(ControlId::INPUT_SIZE, 3), count(ControlId::KERNEL_SIZE, 2), count(ControlId::SEED, 2)],
        expect!["8 7 / -2 1 / 2 7"],
    );
    check(
        vec![count(ControlId::INPUT_SIZE, 4), count(ControlId::STRIDE, 2), count(ControlId::PADDING, 1)],
        expect!["1 6 / 2 -5 / -1 5"],
    );
    check(
        vec![count(ControlId::INPUT_SIZE, 17)],
        expect!["17 inputs are not possible: 1 to 16. [Use 16] / 5 9 -17 -7 -1 1 / 8 -5 -2 0 -3 -2 / -1 5 7 1 0 4"],
    );
    check(
        vec![count(ControlId::KERNEL_SIZE, 0)],
        expect!["0 taps are not possible: 1 to 16. [Use 1] / 5 9 -17 -7 -1 1 / 8 -5 -2 0 -3 -2 / -1 5 7 1 0 4"],
    );
    check(
        vec![count(ControlId::SEED, 10_000)],
        expect![
            "10,000 as the seed is not possible: 0 to 9,999. [Use 9,999] / 5 9 -17 -7 -1 1 / 8 -5 -2 0 -3 -2 / -1 5 7 1 0 4"
        ],
    );
}

#[test]
fn what_can_be_done_with_a_picture() {
    let check = |actions, expect| check(of_view(WhyView::Shift), actions, expect);
    check(
        vec![],
        expect![
            "-7 36 7 / -14 27 14 / -7 9 7 | -36 -7 36 / -27 -14 27 / -9 -7 9 | 13 50 -16 / -2 29 -25 / -11 13 4 | -16 32 -4 / 32 -31 5 / -14 -29 -16"
        ],
    );
    check(
        vec![set(SHIFT, Value::Choice(2))],
        expect![
            "-7 36 7 / -14 27 14 / -7 9 7 | 0 27 0 / -7 36 7 / -14 27 14 | 13 50 -16 / -2 29 -25 / -11 13 4 | 2 59 13 / -4 7 -11 / -16 20 11"
        ],
    );
    check(
        vec![set(SHIFT, Value::Choice(99)), pair(ControlId::INPUT_SIZE, 3, 4)],
        expect!["-7 36 | -36 -7 | -14 22 | -11 23"],
    );
    check(
        vec![pair(ControlId::KERNEL_SIZE, 1, 1), pair(ControlId::INPUT_SIZE, 11, 4)],
        expect![
            "An input of 11 × 4 is not possible: each side has 1 to 10 cells. [Use 10 × 4] / 0 9 0 0 0 / 0 9 0 0 0 / 0 9 7 0 0 / 0 0 0 0 0 / 0 0 0 0 0 | 0 0 9 0 0 / 0 0 9 0 0 / 0 0 9 7 0 / 0 0 0 0 0 / 0 0 0 0 0 | 13 50 -16 -2 29 / -25 -11 13 4 -2 / 2 50 32 -25 -4 / -23 20 -25 -14 -32 / 32 32 -52 -41 38 | -16 32 -4 32 -31 / 5 -14 -29 -16 14 / -23 43 2 -16 38 / -50 32 -32 23 -11 / 2 34 -43 -23 16"
        ],
    );
}

#[test]
fn what_can_not_be_counted() {
    let check = |actions, expect| check(of_view(WhyView::Count), actions, expect);
    check(
        vec![pair(IMAGE_SIZE, 0, 28)],
        expect!["image-size: An image of 0 × 28 has no pixel; each side has 1 at least. [Use 1 where 0 is]"],
    );
    check(
        vec![pair(IMAGE_SIZE, 10_000, 28)],
        expect!["image-size: An image of 10000 × 28 is past the largest, 9,999 on a side. [Use 9,999]"],
    );
    check(
        vec![pair(ControlId::WINDOW, 5, 0)],
        expect!["window: A kernel of 5 × 0 has no tap; each side has 1 at least. [Use 1 where 0 is]"],
    );
    check(
        vec![count(ControlId::CHANNELS, 0)],
        expect!["channels: There are 0 channels: an image has 1 at least. [Use 1]"],
    );
    check(vec![count(UNITS, 0)], expect!["units: There are 0 units: a layer has 1 at least. [Use 1]"]);
    check(
        vec![count(ControlId::FILTERS, 10_000)],
        expect!["filters: 10,000 filters are past the most, 9,999. [Use 9,999]"],
    );
    check(
        vec![count(ControlId::STRIDE, 0)],
        expect![
            "stride: A stride of 0 never moves the window along the height; the smallest stride is 1. [Use stride 1]"
        ],
    );
    check(vec![count(ControlId::STRIDE, 17)], expect!["stride: A stride of 17 is past the largest, 16. [Use 16]"]);
    check(
        vec![count(ControlId::PADDING, 5_000)],
        expect!["padding: A padding of 5,000 is past the largest, 16 on a side. [Use 16]"],
    );
    check(
        vec![pair(IMAGE_SIZE, 8, 8), pair(ControlId::WINDOW, 11, 3)],
        expect!["window: An 11 × 3 kernel does not fit an 8 × 8 image. [Use an 8 × 3 kernel] [Use an 11 × 8 image]"],
    );
    check(
        vec![count(ControlId::PADDING, 1), pair(IMAGE_SIZE, 8, 8), pair(ControlId::WINDOW, 11, 3)],
        expect![
            "window: An 11 × 3 kernel does not fit a 10 × 10 padded image. [Use a 10 × 3 kernel] [Use an 11 × 8 image]"
        ],
    );
    check(
        vec![count(ControlId::CHANNELS, 9_999), count(UNITS, 9_999)],
        expect![
            "119988000000 1199760012000000 1199760012009999 4799040048039996 / 24997500 24997600 99990400 47995200 / 1199760012000000 1197201600 299270469960000 0.24944194419441945"
        ],
    );
    check(
        vec![pair(ControlId::WINDOW, 1_000, 1_000), count(ControlId::FILTERS, 9_999)],
        expect![
            "window: The convolution's multiply-adds, 2001 × 3001 × 9999 × 1000 × 1000 × 3, are past 9,007,199,254,740,991: up to there a count is exact. [Use a 5 × 5 kernel]"
        ],
    );
    check(
        vec![count(ControlId::CHANNELS, 9_999), count(ControlId::FILTERS, 9_999)],
        expect![
            "channels: The convolution's multiply-adds, 2996 × 3996 × 9999 × 5 × 5 × 9999, are past 9,007,199,254,740,991: up to there a count is exact. [Use 3 channels]"
        ],
    );
}

#[test]
fn what_stands_in_the_way_of_a_sum() {
    let row = of_view(WhyView::Connections);
    let check_row = |actions, expect| check(row.clone(), actions, expect);
    let replace =
        |plate, rows, cols| Action::Replace { plate, planes: vec![numbers(rows, cols, |i, j| (i * cols + j) as f64)] };
    check_row(
        vec![replace(PlateId::Input(0), 2, 3)],
        expect!["input: The input is 2 × 3: connections are drawn of one row. [Lay all 6 out in one row] [Use row 0]"],
    );
    check_row(
        vec![replace(PlateId::KERNEL, 6, 6)],
        expect!["kernel: The kernel is 6 × 6: connections are drawn of one row. [Use row 0]"],
    );
    check_row(
        vec![replace(PlateId::KERNEL, 1, 17)],
        expect![
            "A kernel of 1 × 17 is not possible: each side has 1 to 16 cells. [Use 1 × 16] / 5 9 -17 -7 -1 1 / 8 -5 -2 0 -3 -2 / -1 5 7 1 0 4"
        ],
    );
    check_row(
        vec![count(ControlId::KERNEL_SIZE, 13)],
        expect!["kernel-size: A 1 × 13 kernel does not fit a 1 × 8 input. [Use a 1 × 8 kernel] [Use padding 3]"],
    );
    check_row(
        vec![count(ControlId::PADDING, 3)],
        expect!["padding: A padding of 3 leaves the first window of 3 taps no input: 2 at most. [Use padding 2]"],
    );
    check_row(
        vec![count(ControlId::STRIDE, 0)],
        expect![
            "stride: A stride of 0 never moves the window along the width; the smallest stride is 1. [Use stride 1]"
        ],
    );
    check_row(
        vec![Action::SetCell { plate: PlateId::Input(0), row: 0, col: 1, text: "x".into() }],
        expect!["input: Input row 0, column 1: “x” is not a number. [Use 0]"],
    );
    let picture = of_view(WhyView::Shift);
    let check_picture = |actions, expect| check(picture.clone(), actions, expect);
    check_picture(
        vec![pair(ControlId::KERNEL_SIZE, 7, 2)],
        expect!["kernel-size: A 7 × 2 kernel does not fit a 5 × 5 input. [Use a 5 × 2 kernel] [Use padding 1]"],
    );
    check_picture(
        vec![count(ControlId::STRIDE, 0)],
        expect![
            "stride: A stride of 0 never moves the window along the height; the smallest stride is 1. [Use stride 1]"
        ],
    );
    check_picture(
        vec![Action::SetCell { plate: PlateId::KERNEL, row: 0, col: 1, text: "x".into() }],
        expect!["kernel: Kernel row 0, column 1: “x” is not a number. [Use 0]"],
    );
}

/// The counts are those of what is counted one by one.
#[test]
fn counts_are_those_of_small_layers() {
    for (size, channels, units, window, filters, stride, padding) in [
        ((1, 1), 1, 1, (1, 1), 1, 1, 0),
        ((4, 5), 2, 3, (2, 3), 4, 1, 0),
        ((5, 4), 3, 2, (3, 1), 2, 2, 1),
        ((6, 6), 1, 7, (6, 6), 3, 3, 2),
    ] {
        let lab = WhyLab { size, channels, units, window, filters, stride, padding, ..WhyLab::default() };
        let counts = lab.counts().unwrap();
        let value = |step: Step| counts.lines[step.index()].value;
        let inputs: Vec<(usize, usize, usize)> =
            (0..channels).flat_map(|c| (0..size.0).flat_map(move |i| (0..size.1).map(move |j| (c, i, j)))).collect();
        let same = |step: Step, count: usize| assert!(close(value(step), count as f64, 0.0), "{step:?} of {lab:?}");
        same(Step::Inputs, inputs.len());
        let edges = (0..units).flat_map(|unit| inputs.iter().map(move |input| (unit, input))).count();
        same(Step::DenseWeights, edges);
        same(Step::DenseMacs, edges);
        same(Step::DenseParameters, edges + units);
        same(Step::DenseBytes, (edges + units) * size_of::<f32>());
        // Every product of a real convolution, and which weight is in it.
        let mut weights = HashSet::new();
        let (mut outputs, mut macs) = (0, 0);
        for filter in 0..filters {
            for i in (0..size.0 + 2 * padding).step_by(stride) {
                for j in (0..size.1 + 2 * padding).step_by(stride) {
                    if i + window.0 > size.0 + 2 * padding || j + window.1 > size.1 + 2 * padding {
                        continue;
                    }
                    outputs += 1;
                    for channel in 0..channels {
                        for u in 0..window.0 {
                            for v in 0..window.1 {
                                weights.insert((filter, channel, u, v));
                                macs += 1;
                            }
                        }
                    }
                }
            }
        }
        same(Step::Weights, weights.len());
        same(Step::Parameters, weights.len() + filters);
        same(Step::Bytes, (weights.len() + filters) * size_of::<f32>());
        same(Step::Outputs, outputs);
        same(Step::Macs, macs);
        assert!(close(value(Step::WeightRatio), edges as f64 / weights.len() as f64, 1e-12));
        assert!(close(value(Step::MacRatio), macs as f64 / edges as f64, 1e-12));
        assert!(matches!(counts.convolution.output, Features::Maps { channels, .. } if channels == filters));
    }
}

/// The texts of a picture in their order, a line each.
fn texts(picture: &Picture) -> String {
    let text = |item: &Item| match item {
        Item::Text(text) => Some([&text.text, "\n"].concat()),
        _ => None,
    };
    picture.items.iter().filter_map(text).collect()
}

fn diagram(lab: &WhyLab, head: Playhead) -> Diagram {
    Diagram::clone(lab.compute().unwrap().scene(head).diagram.as_ref().unwrap())
}

fn drawn(lab: &WhyLab, head: Playhead) -> String {
    let scene = lab.compute().unwrap().scene(head);
    let picture = scene.diagram.as_ref().map_or_else(String::new, |diagram| {
        [&texts(&diagram.picture), "\n", &diagram.picture.description, "\n\n"].concat()
    });
    [picture, draw_scene(&scene)].concat()
}

#[test]
fn boards() {
    let check = |head, expect: Expect| expect.assert_eq(&drawn(&of_view(WhyView::Count), head));
    check(
        at(0),
        expect![[r#"
            36,000,000
            inputs, 3000 × 4000 × 3
            Fully connected, 100 units
            weights: inputs × units
            with biases
            bytes
            multiply-adds
            Convolution, 100 filters of 5 × 5 × 3
            weights: kernel × channels × filters
            with biases
            bytes
            outputs
            multiply-adds
            fully connected weights for each of the convolution
            convolution's multiply-adds for each fully connected

            inputs: 36,000,000.

            3,000 × 4,000 × 3 = 36,000,000
        "#]],
    );
    check(
        at(4),
        expect![[r#"
            36,000,000
            inputs, 3000 × 4000 × 3
            Fully connected, 100 units
            3,600,000,000
            weights: inputs × units
            an area a weight, both to one scale
            with biases
            3,600,000,100
            bytes
            14,400,000,400
            multiply-adds
            Convolution, 100 filters of 5 × 5 × 3
            7,500
            weights: kernel × channels × filters
            1/693 as wide, to the same scale; lens: 100 ×
            with biases
            bytes
            outputs
            multiply-adds
            fully connected weights for each of the convolution
            convolution's multiply-adds for each fully connected

            inputs: 36,000,000. weights, fully connected: 3,600,000,000. parameters, fully connected: 3,600,000,100. bytes, fully connected: 14,400,000,400. weights, convolution: 7,500.

            5 × 5 × 3 × 100 = 7,500
        "#]],
    );
    check(
        at(11),
        expect![[r#"
            36,000,000
            inputs, 3000 × 4000 × 3
            Fully connected, 100 units
            3,600,000,000
            weights: inputs × units
            an area a weight, both to one scale
            with biases
            3,600,000,100
            bytes
            14,400,000,400
            multiply-adds
            3,600,000,000
            Convolution, 100 filters of 5 × 5 × 3
            7,500
            weights: kernel × channels × filters
            1/693 as wide, to the same scale; lens: 100 ×
            with biases
            7,600
            bytes
            30,400
            outputs
            1,197,201,600
            multiply-adds
            89,790,120,000
            480,000
            fully connected weights for each of the convolution
            24.9
            convolution's multiply-adds for each fully connected

            inputs: 36,000,000. weights, fully connected: 3,600,000,000. parameters, fully connected: 3,600,000,100. bytes, fully connected: 14,400,000,400. weights, convolution: 7,500. parameters, convolution: 7,600. bytes, convolution: 30,400. weights of the fully connected layer for one of the convolution: 480,000. multiply-adds, fully connected: 3,600,000,000. outputs, convolution: 1,197,201,600. multiply-adds, convolution: 89,790,120,000. multiply-adds of the convolution for one of the fully connected layer: 24.9.

            89,790,120,000 / 3,600,000,000 ≈ 24.9
        "#]],
    );
    // Asked for, the number is not told; its factors are.
    check(
        Playhead { asked: true, ..at(1) },
        expect![[r#"
            36,000,000
            inputs, 3000 × 4000 × 3
            Fully connected, 100 units
            weights: inputs × units
            with biases
            bytes
            multiply-adds
            Convolution, 100 filters of 5 × 5 × 3
            weights: kernel × channels × filters
            with biases
            bytes
            outputs
            multiply-adds
            fully connected weights for each of the convolution
            convolution's multiply-adds for each fully connected

            inputs: 36,000,000.

            36,000,000 × 100 = 3,600,000,000
        "#]],
    );
}

#[test]
fn wirings() {
    let check = |lab: WhyLab, head, expect: Expect| expect.assert_eq(&drawn(&lab, head));
    check(
        of_view(WhyView::Connections),
        at(1),
        expect![[r#"
            Fully connected
            8 × 6 = 48 edges, 48 weights
            Locally connected
            6 × 3 = 18 edges, 18 weights
            Shared: convolution
            6 × 3 = 18 edges, 3 weights
            a
            b
            c

            Fully connected: 8 × 6 = 48 edges, 48 weights. Locally connected: 6 × 3 = 18 edges, 18 weights. Shared: convolution: 6 × 3 = 18 edges, 3 weights.

            Input (1 × 8)
               0 a1' b3' c2'   0   1   2   1

            Kernel (1 × 3)
              a1  b2 c−1

            Weights into output 1 (rows: full, local, shared)
               2   1   1   1  −2   1   2  −2
               0  −1  −2   1   0   0   0   0
               0  a1  b2 c−1   0   0   0   0

            Outputs (rows: full, local, shared)
               5  9!
               8 −5!
              −1  5!

            full: 0×2 + 1×1 + 3×1 + 2×1 + 0×(−2) + 1×1 + 2×2 + 1×(−2) = 9; local: 1×(−1) + 3×(−2) + 2×1 = −5; shared: 1×1 + 3×2 + 2×(−1) = 5
        "#]],
    );
    let padded = WhyLab { row: numbers(1, 5, |_, j| j as f64), stride: 2, padding: 1, ..of_view(WhyView::Connections) };
    check(
        padded.clone(),
        Playhead { lit: Some(7), ..at(1) },
        expect![[r#"
        Fully connected
        5 × 3 = 15 edges, 15 weights
        Locally connected
        3 × 3 − 2 = 7 edges, 7 weights
        Shared: convolution
        3 × 3 − 2 = 7 edges, 3 weights
        a
        b
        c

        Fully connected: 5 × 3 = 15 edges, 15 weights. Locally connected: 3 × 3 − 2 = 7 edges, 7 weights. Shared: convolution: 3 × 3 − 2 = 7 edges, 3 weights.

        Input (1 × 5)
           0 a1' b2' c3*   4

        Kernel (1 × 3)
          a1  b2 c−1

        Weights into output 1 (rows: full, local, shared)
           2   1   1   1  −2
           0  −1  −2  1*   0
           0  a1  b2 c−1   0

        Outputs (rows: full, local, shared)
          −1 −2!
           2 −2!
          −1  2!

        full: 0×2 + 1×1 + 2×1 + 3×1 + 4×(−2) = −2; local: 1×(−1) + 2×(−2) + 3×1 = −2; shared: 1×1 + 2×2 + 3×(−1) = 2
    "#]],
    );
    check(
        padded,
        Playhead { adding: Some(6), ..at(0) },
        expect![[r#"
        Fully connected
        5 × 3 = 15 edges, 15 weights
        Locally connected
        3 × 3 − 2 = 7 edges, 7 weights
        Shared: convolution
        3 × 3 − 2 = 7 edges, 3 weights
        b
        c

        Fully connected: 5 × 3 = 15 edges, 15 weights. Locally connected: 3 × 3 − 2 = 7 edges, 7 weights. Shared: convolution: 3 × 3 − 2 = 7 edges, 3 weights.

        Input (1 × 5)
         b0' c1*   2   3   4

        Kernel (1 × 3)
           1  b2 c−1

        Weights into output 0 (rows: full, local, shared)
          −2   2  −1   1  −1
           2  2*   0   0   0
          b2 c−1   0   0   0

        Outputs (rows: full, local, shared)
           !
           !
           !

        full: 0×(−2) + 1×2 + 2×(−1) + 3×1 + 4×(−1) = −1; local: 0×2 + 1×2 = 2; shared: 0×2 + 1×(−1) = −1
    "#]],
    );
}

#[test]
fn shifts() {
    let check = |lab: WhyLab, head, expect: Expect| expect.assert_eq(&drawn(&lab, head));
    check(
        of_view(WhyView::Shift),
        at(5),
        expect![[r#"
            x (5 × 5)
               0   9   0   0   0
               0 a9' b0' c0'   0
               0 d9' e7' f0'   0
               0 g0' h0' i0'   0
               0   0   0   0   0

            x′ (x, 1 right)
               0   0   9   0   0
               0   0 a9' b0' c0'
               0   0 d9' e7' f0'
               0   0 g0' h0' i0'
               0   0   0   0   0

            Kernel (3 × 3)
              a1  b0 c−1
              d2  e0 f−2
              g1  h0 i−1

            conv(x) (3 × 3)
              −7  36   7
             −14 27'  14
              −7   9   7

            conv(x′) (6/9 moved)
            −36≠  −7  36
            −27≠ −14 27!


            dense(x) (3 × 3)
              13  50 −16
              −2 29' −25
             −11  13   4

            dense(x′) (0/9 moved)
            −16≠ 32≠ −4≠
             32≠−31≠  5!


            conv(x): 9×1 + 0×0 + 0×(−1) + 9×2 + 7×0 + 0×(−2) + 0×1 + 0×0 + 0×(−1) = 27; conv(x′): 9×1 + 0×0 + 0×(−1) + 9×2 + 7×0 + 0×(−2) + 0×1 + 0×0 + 0×(−1) = 27; dense(x′): 9×2 + 9×(−2) + 9×(−1) + 7×2 = 5
        "#]],
    );
    check(
        of_view(WhyView::Shift),
        at(99),
        expect![[r#"
            x (5 × 5)
               0   9   0   0   0
               0   9   0   0   0
               0 a9' b7' c0'   0
               0 d0' e0' f0'   0
               0 g0' h0' i0'   0

            x′ (x, 1 right)
               0   0   9   0   0
               0   0   9   0   0
               0   0 a9' b7' c0'
               0   0 d0' e0' f0'
               0   0 g0' h0' i0'

            Kernel (3 × 3)
              a1  b0 c−1
              d2  e0 f−2
              g1  h0 i−1

            conv(x) (3 × 3)
              −7  36   7
             −14  27  14
              −7  9'   7

            conv(x′) (6/9 moved)
            −36≠  −7  36
            −27≠ −14  27
             −9≠  −7  9!

            dense(x) (3 × 3)
              13  50 −16
              −2  29 −25
             −11 13'   4

            dense(x′) (0/9 moved)
            −16≠ 32≠ −4≠
             32≠−31≠  5≠
            −14≠−29≠−16!

            conv(x): 9×1 + 7×0 + 0×(−1) + 0×2 + 0×0 + 0×(−2) + 0×1 + 0×0 + 0×(−1) = 9; conv(x′): 9×1 + 7×0 + 0×(−1) + 0×2 + 0×0 + 0×(−2) + 0×1 + 0×0 + 0×(−1) = 9; dense(x′): 9×2 + 9×(−1) + 9×(−2) + 7×(−1) = −16
        "#]],
    );
    let small = WhyLab {
        input: numbers(2, 3, |i, j| (3 * i + j + 1) as f64),
        kernel: numbers(1, 2, |_, j| j as f64 + 1.0),
        ..of_view(WhyView::Shift)
    };
    // No number comes from the left of column 0.
    check(
        small.clone(),
        at(0),
        expect![[r#"
            x (2 × 3)
               1   2   3
               4   5   6

            x′ (x, 1 right)
             a0' b1'   2
               0   4   5

            Kernel (1 × 2)
              a1  b2

            conv(x) (2 × 2)
               5   8
              14  17

            conv(x′) (2/4 moved)
              2!


            dense(x) (2 × 2)
             −10  22
             −23   1

            dense(x′) (0/4 moved)
             −3!


            conv(x): none: new at the edge; conv(x′): 0×1 + 1×2 = 2; dense(x′): 1×1 + 2×(−1) + 4×2 + 5×(−2) = −3
        "#]],
    );
    check(
        small.clone(),
        Playhead { asked: true, ..at(1) },
        expect![[r#"
            x (2 × 3)
             a1' b2'   3
               4   5   6

            x′ (x, 1 right)
               0 a1' b2'
               0   4   5

            Kernel (1 × 2)
              a1  b2

            conv(x) (2 × 2)
              5'   8
              14  17

            conv(x′) (2/4 moved)
              2≠   !


            dense(x) (2 × 2)
            −10'  22
             −23   1

            dense(x′) (0/4 moved)
             −3≠   !


            conv(x): 1×1 + 2×2 = 5; conv(x′): 1×1 + 2×2 = 5; dense(x′): 1×1 + 2×2 + 4×(−1) + 5×2 = 11
        "#]],
    );
    // The number that left the picture is looked at.
    check(
        small,
        Playhead { pointed: Some(4 + 1), ..at(1) },
        expect![[r#"
            x (2 × 3)
               1 a2' b3'
               4   5   6

            x′ (x, 1 right)
               0   1   2
               0   4   5

            Kernel (1 × 2)
              a1  b2

            conv(x) (2 × 2)
               5  8!
              14  17

            conv(x′) (2/4 moved)
              2≠   5
                  14

            dense(x) (2 × 2)
             −10 22!
             −23   1

            dense(x′) (0/4 moved)
             −3≠ 11≠
                 −2≠

            conv(x): 2×1 + 3×2 = 8; conv(x′): none: it left at the edge; dense(x′): none
        "#]],
    );
}

#[test]
fn shapes() {
    let check = |lab: WhyLab, expect: Expect| {
        let ShapeView { result, formulas, table, notes, .. } = lab.shape(None);
        let formulas = formulas.iter().flatten().map(|line| line.plain() + "\n").collect::<String>();
        let table = table
            .map_or_else(Vec::new, |table| table.rows)
            .iter()
            .map(|row| row.join(" | ") + "\n")
            .collect::<String>();
        expect.assert_eq(&format!("{result}\n{formulas}{table}{}\n", notes.join("\n")));
    };
    check(
        of_view(WhyView::Count),
        expect![[r#"
            100 × 2996 × 3996
            o = ⌊(n + 2p − k)/s⌋ + 1
            o_h = ⌊(3000 + 2·0 − 5)/1⌋ + 1 = 2996
            o_w = ⌊(4000 + 2·0 − 5)/1⌋ + 1 = 3996
            Not the same is computed: 100 outputs for the whole image, or 100 maps whose numbers see 75 inputs each.
            A convolution's weights do not grow with the image; its multiply-adds do.
        "#]],
    );
    check(
        of_view(WhyView::Connections),
        expect![[r#"
            6
            o = ⌊(n + 2p − k)/s⌋ + 1
            = ⌊(8 + 2·0 − 3)/1⌋ + 1
            = 6
            Sparse: an input reaches 3 outputs at most. So there are at most 8 × 3 = 24 edges, not 8 × 6 = 48.
            A convolution is a fully connected layer: most weights are 0, the others repeat.
        "#]],
    );
    check(
        of_view(WhyView::Shift),
        expect![[r#"
            3 × 3
            o = ⌊(n + 2p − k)/s⌋ + 1
            = ⌊(5 + 2·0 − 3)/1⌋ + 1
            = 3
            conv: 6 of 9 outputs moved along, 1 right; dense: 0 of 9. The others are marked.
            3 of conv see what came in at the edge.
            Equivariant: the output moves along. Invariant would be: it stays as it was.
        "#]],
    );
    check(
        WhyLab { stride: 2, ..of_view(WhyView::Shift) },
        expect![[r#"
            2 × 2
            o = ⌊(n + 2p − k)/s⌋ + 1
            = ⌊(5 + 2·0 − 3)/2⌋ + 1
            = 2
            With stride 2 a shift, 1 right, falls between two windows: no output moves along. Shift by the stride.
            Equivariant: the output moves along. Invariant would be: it stays as it was.
        "#]],
    );
    check(
        WhyLab { padding: 1, shift: Move { down: 0, right: -2 }, ..of_view(WhyView::Shift) },
        expect![[r#"
            5 × 5
            o = ⌊(n + 2p − k)/s⌋ + 1
            = ⌊(5 + 2·1 − 3)/1⌋ + 1
            = 5
            conv: 11 of 25 outputs moved along, 2 left; dense: 0 of 25. The others are marked.
            10 of conv see what came in at the edge; 4 more saw what left it, or see padding instead.
            Equivariant: the output moves along. Invariant would be: it stays as it was.
        "#]],
    );
    check(
        WhyLab { taps: numbers(1, 13, |_, _| 1.0), ..of_view(WhyView::Connections) },
        expect![[r#"
            none
            o = ⌊(n + 2p − k)/s⌋ + 1
            = ⌊(8 + 2·0 − 13)/1⌋ + 1

        "#]],
    );
}

#[test]
fn mistakes_are_named() {
    let check = |lab: WhyLab, step: usize, typed: &str, expect: Expect| {
        let answer = lab.compute().unwrap().answer(step).unwrap();
        let found = match judge(typed, &answer) {
            Verdict::Right => "right".to_owned(),
            Verdict::Wrong(sentence) | Verdict::Unreadable(sentence) => sentence,
        };
        expect.assert_eq(&format!("{}: {found}", answer.question));
    };
    let count = |step: Step, typed, expect| check(of_view(WhyView::Count), step.index(), typed, expect);
    count(Step::Inputs, "36,000,000", expect!["Inputs: right"]);
    count(Step::Inputs, "12000000", expect!["Inputs: That counts the pixels. Each has a number in every channel."]);
    count(Step::DenseWeights, "3.6e9", expect!["Weights, fully connected: right"]);
    count(
        Step::DenseWeights,
        "36000000",
        expect!["Weights, fully connected: That is one unit's share: each unit has a weight for every input."],
    );
    count(
        Step::DenseParameters,
        "3,600,000,000",
        expect!["Parameters, fully connected: That forgets the biases: one for each unit."],
    );
    count(Step::DenseBytes, "14,400,000,000", expect!["Bytes, fully connected: That forgets the biases' bytes."]);
    count(
        Step::Weights,
        "2500",
        expect!["Weights, convolution: That is a kernel without depth: a filter reaches through all channels."],
    );
    count(
        Step::Weights,
        "89,790,120,000",
        expect![
            "Weights, convolution: Those are weights for every place: a locally connected layer. A convolution shares them."
        ],
    );
    count(Step::Parameters, "7,500", expect!["Parameters, convolution: That forgets the biases: one for each filter."]);
    count(
        Step::WeightRatio,
        "480000",
        expect!["Weights of the fully connected layer for one of the convolution: right"],
    );
    count(
        Step::Outputs,
        "1,200,000,000",
        expect![
            "Outputs, convolution: That is right where the map is as large as the image. Look at padding and stride."
        ],
    );
    count(
        Step::Macs,
        "7500",
        expect!["Multiply-adds, convolution: Those are the weights: each is used at every place."],
    );
    count(
        Step::MacRatio,
        "24.9",
        expect!["Multiply-adds of the convolution for one of the fully connected layer: right"],
    );
    let row = |typed, expect| check(of_view(WhyView::Connections), 1, typed, expect);
    row("5", expect!["Shared weights, output 1: right"]);
    row("6", expect!["Shared weights, output 1: That is the sum of the window, without the kernel's numbers."]);
    row("12", expect!["Shared weights, output 1: 12 is not right, and no usual mistake gives it."]);
    let picture = |step, typed, expect| check(of_view(WhyView::Shift), step, typed, expect);
    picture(
        1,
        "36",
        expect![
            "conv(x′), row 0, column 1: That is conv(x) at the same place: the number has moved along. A convolution is not invariant."
        ],
    );
    picture(1, "-7", expect!["conv(x′), row 0, column 1: right"]);
}

#[test]
fn programs() {
    let check = |lab: WhyLab, expect: Expect| expect.assert_eq(&lab.program());
    check(
        of_view(WhyView::Count),
        expect![[r#"
        import torch
        from torch import nn

        # Layers on the meta device have shapes and no numbers: they need no memory.
        image = torch.empty(1, 3, 3000, 4000, device="meta")
        dense = nn.Linear(image.numel(), 100, device="meta")
        conv = nn.Conv2d(3, 100, 5, stride=1, padding=0, device="meta")

        def parameters(layer):
            return layer.weight.numel() + layer.bias.numel()

        outputs = conv(image).numel()
        dense_macs = dense.weight.numel()
        conv_macs = outputs * conv.weight[0].numel()

        counts = torch.tensor([
            [image.numel(), dense.weight.numel(), parameters(dense), parameters(dense) * 4],
            [conv.weight.numel(), parameters(conv), parameters(conv) * 4, dense.weight.numel() / conv.weight.numel()],
            [dense_macs, outputs, conv_macs, conv_macs / dense_macs],
        ], dtype=torch.float64)
        print(counts)
    "#]],
    );
    let row = WhyLab { row: numbers(1, 4, |_, j| j as f64), padding: 1, ..of_view(WhyView::Connections) };
    check(
        row,
        expect![[r#"
        import torch
        import torch.nn.functional as F

        torch.set_default_dtype(torch.float64)

        x = torch.tensor([[0, 1, 2, 3]], dtype=torch.float64).reshape(1, 1, 4)
        k = torch.tensor([[1, 2, -1]], dtype=torch.float64).reshape(1, 1, 3)
        full = torch.tensor([[-2, 2, -1, 1],
                             [2, 1, 1, 1],
                             [-1, -2, -2, -1],
                             [-1, -1, 2, -2]], dtype=torch.float64).reshape(4, 4)
        local = torch.tensor([[2, 2, 0, 0],
                              [-1, -2, 1, 0],
                              [0, -2, 2, -2],
                              [0, 0, -1, -2]], dtype=torch.float64).reshape(4, 4)

        shared = F.conv1d(x, k, stride=1, padding=1)
        y = torch.stack([full @ x[0, 0], local @ x[0, 0], shared[0, 0]])
        print(y)
        print(y.shape)
    "#]],
    );
    let small = WhyLab {
        input: numbers(2, 3, |i, j| (3 * i + j) as f64),
        kernel: numbers(1, 2, |_, _| 1.0),
        ..of_view(WhyView::Shift)
    };
    check(
        small,
        expect![[r#"
        import torch
        import torch.nn.functional as F

        torch.set_default_dtype(torch.float64)

        x = torch.tensor([[0, 1, 2],
                          [3, 4, 5]], dtype=torch.float64).reshape(1, 1, 2, 3)
        k = torch.tensor([[1, 1]], dtype=torch.float64).reshape(1, 1, 1, 2)
        w = torch.tensor([[1, 1, -1, -2, 2, -2],
                          [-1, 1, 2, 2, -1, 2],
                          [2, -2, 1, -2, -2, -1],
                          [-2, 2, -1, 1, 2, -2]], dtype=torch.float64).reshape(4, 6)

        def conv(x):
            return F.conv2d(x, k, stride=1, padding=0)

        def dense(x):
            return (w @ x.flatten()).reshape(2, 2)

        shifted = F.pad(x, (1, -1, 0, 0))  # 1 right, zeros come in
        print(conv(x))
        print(conv(shifted))
        print(dense(x))
        print(dense(shifted))
        print(conv(x).shape)
    "#]],
    );
}

prop_compose! {
    /// Any settings of any view, most of which fit.
    fn any_lab(most: usize)(
        view in (0..WhyView::NAMES.len()).prop_map(|place| WhyView::at(place).unwrap()),
        size in (0..=most * 3, 0..=most * 3),
        (channels, units, filters) in (0..=most, 0..=most, 0..=most),
        window in (0..=most, 0..=most),
        (inputs, taps) in (1usize..=16, 1usize..6),
        (rows, cols) in (1usize..8, 1usize..8),
        kernel in (1usize..5, 1usize..5),
        shift in (0..Move::NAMES.len()).prop_map(|place| Move::at(place).unwrap()),
        (stride, padding) in (0..=most, prop_oneof![2 => Just(0), 1 => 0..=most]),
        seed in 0usize..1000,
    ) -> WhyLab {
        let value = move |i: usize, j: usize| ((seed * 7 + 13 * i + 31 * j) % 11) as f64 / 4.0 - (seed % 4) as f64;
        WhyLab {
            view,
            size,
            channels,
            units,
            window,
            filters,
            row: numbers(1, inputs, value),
            taps: numbers(1, taps, |i, j| value(j + 2, i)),
            input: numbers(rows, cols, value),
            kernel: numbers(kernel.0, kernel.1, |i, j| value(j + 5, i)),
            shift,
            stride: if padding % 2 == 0 { stride.min(2) } else { stride },
            padding,
            seed,
        }
    }
}

/// The number that a factor or a product shows.
fn read(text: &str) -> f64 {
    text.trim_matches(['(', ')']).replace(MINUS, "-").replace(',', "").parse().unwrap()
}

/// What a term comes to: its factors multiplied, or divided.
fn worth(term: &Term) -> f64 {
    match term.factors.split_once(" / ") {
        Some((above, below)) => read(above) / read(below),
        None => term.factors.split(" × ").map(read).product(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// What is written out comes to what is shown, in each line, and as text.
    #[test]
    fn every_line_comes_to_its_number(lab in any_lab(4)) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        for step in 0..computed.len() {
            let scene = computed.scene(at(step));
            let sum = scene.sum.unwrap();
            let mut terms = 0;
            for row in &sum.rows {
                if row.equals.is_empty() {
                    prop_assert!(row.terms.is_empty() && row.before.starts_with("none"));
                    continue;
                }
                let value: f64 = row.terms.iter().map(worth).sum();
                // Quarters are shown in full, but for their third digit behind the point.
                let shown = read(row.result.as_ref().unwrap());
                let slack = 0.01 * row.terms.iter().map(|term| worth(term).abs()).sum::<f64>() + 0.01 * shown.abs() + 1e-9;
                prop_assert!((shown - value).abs() <= slack, "{row:?}");
                if row.equals == "=" {
                    prop_assert!(close(shown, value, 1e-9), "{row:?}");
                }
                let (label, result) = (&row.label, row.result.as_ref().unwrap());
                prop_assert!(sum.text.contains(label.as_str()) && sum.text.contains(result.as_str()));
                terms += row.terms.len();
            }
            prop_assert_eq!(terms, computed.terms(step));
            for beam in &scene.beams {
                for target in beam {
                    let (rows, cols) = scene.plates[target.plate].view.cells.shape();
                    prop_assert!(target.at.0 + target.extent.0 <= rows && target.at.1 + target.extent.1 <= cols);
                }
            }
        }
    }

    /// Every number that was made leads to its step, at which it is the one that is made; every place of a diagram leads
    /// somewhere, and terms light up what they read.
    #[test]
    fn every_number_leads_to_its_step(lab in any_lab(4), step in 0usize..40) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        let step = step % computed.len();
        let scene = computed.scene(at(step));
        for plate in &scene.plates {
            for i in 0..plate.view.shape.0 {
                for j in 0..plate.view.shape.1 {
                    let made = computed.step_of(plate.id, (i, j));
                    match plate.id {
                        PlateId::Output(_) => {
                            let made = made.unwrap();
                            prop_assert!(made < computed.len());
                            let there = computed.scene(at(made));
                            let cell = there.plate(plate.id).unwrap().view.cells.get(i, j).unwrap().clone();
                            prop_assert!(cell.now && !cell.content.is_blank());
                            let cell = plate.view.cells.get(i, j).unwrap();
                            prop_assert_eq!(cell.kind == CellKind::NotYet, made > step);
                        }
                        BEFORE | DENSE_BEFORE => {
                            let look = computed.look_of(plate.id, (i, j)).unwrap();
                            let there = computed.scene(Playhead { pointed: Some(look), ..at(step) });
                            prop_assert!(there.plate(plate.id).unwrap().view.cells.get(i, j).unwrap().seen);
                        }
                        _ => prop_assert_eq!(made, None),
                    }
                    if let Some(term) = computed.term_of(step, plate.id, (i, j)) {
                        prop_assert!(term < computed.terms(step));
                        let lit = computed.scene(Playhead { lit: Some(term), ..at(step) });
                        let (row, col) = plate.view.place(i, j);
                        prop_assert!(lit.plate(plate.id).unwrap().view.cells.get(row, col).unwrap().lit);
                        let terms: Vec<Term> = lit.sum.unwrap().rows.into_iter().flat_map(|row| row.terms).collect();
                        prop_assert!(terms[term].lit);
                    }
                    prop_assert_eq!(computed.step_of(plate.id, (99, 99)), None);
                }
            }
        }
        for place in scene.diagram.iter().flat_map(|diagram| &diagram.places) {
            prop_assert!(place.area.w > 0.0 && place.area.h > 0.0);
            for col in 0..place.shape.1 {
                let leads = computed.step_of(place.plate, (0, col));
                let reads = (0..computed.len()).any(|step| computed.term_of(step, place.plate, (0, col)).is_some());
                prop_assert!(leads.is_some_and(|step| step < computed.len()) || reads || lab.stride > 1);
            }
        }
    }

    /// What a picture holds lies within it, on a wide stage and on a phone, and its words are large enough to be read.
    #[test]
    fn diagrams_fit(lab in any_lab(12), step in 0usize..40, narrow: bool, far: bool) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        let head = Playhead { narrow, far, ..at(step) };
        let Some(diagram) = computed.scene(head).diagram else { return Ok(()) };
        let Picture { width, height, items, .. } = &diagram.picture;
        prop_assert!(*width <= 900.0 && (narrow || *height <= 430.0));
        for item in items {
            let area = item.area();
            // A text's width is the estimate for the widest font.
            let room = if matches!(item, Item::Text(_)) { 30.0 } else { 2.0 };
            prop_assert!(area.x >= -room && area.right() <= width + room, "{item:?}");
            prop_assert!(area.y >= -2.0 && area.bottom() <= height + 4.0, "{item:?}");
        }
        for place in &diagram.places {
            prop_assert!(place.area.x >= -1.0 && place.area.right() <= width + 13.0, "{place:?}");
        }
    }

    /// As many lines are drawn as edges are counted, and the counts are those of a network laid out one by one.
    #[test]
    fn edges_drawn_are_edges_counted(lab in any_lab(4)) {
        let lab = WhyLab { view: WhyView::Connections, ..lab };
        let Ok(connections) = lab.connections() else { return Ok(()) };
        let lines = diagram(&lab, at(0)).picture.items.iter().filter(|item| matches!(item, Item::Line(..))).count();
        let counted: usize = Connectivity::ALL.iter().map(|kind| connections.edge_count(*kind)).sum();
        prop_assert_eq!(lines, counted);
        let (m, k) = (lab.row.cols(), lab.taps.cols());
        let (inputs, n) = connections.extents();
        prop_assert_eq!(inputs, m);
        prop_assert_eq!(connections.edge_count(Connectivity::Full), m * n);
        let mut windows = HashSet::new();
        for output in 0..n {
            for tap in 0..k {
                let padded = output * lab.stride + tap;
                if padded >= lab.padding && padded < m + lab.padding {
                    windows.insert((padded - lab.padding, output));
                }
            }
        }
        for kind in [Connectivity::Local, Connectivity::Shared] {
            let found: HashSet<_> = (0..n)
                .flat_map(|output| connections.edges(kind, output).iter().map(move |edge| (edge.input, output)))
                .collect();
            prop_assert_eq!(&found, &windows);
            prop_assert_eq!(connections.edge_count(kind), windows.len());
            prop_assert!(connections.edge_count(kind) <= m * k);
        }
        prop_assert_eq!(connections.weight_count(Connectivity::Shared), k);
        prop_assert_eq!(connections.weight_count(Connectivity::Local), windows.len());
        let all = Connectivity::ALL.map(|kind| connections.edges_written(kind).split(" = ").nth(1).unwrap().parse::<usize>());
        prop_assert_eq!(all, Connectivity::ALL.map(|kind| Ok(connections.edge_count(kind))));
        // In the table of weights each number stands at the input that it is multiplied with.
        let weights = lab.compute().unwrap().scene(at(0)).plate(WEIGHTS).unwrap().view.clone();
        let here = |row: usize| (0..m).filter(|col| weights.cells.get(row, *col).unwrap().kind != CellKind::Absent).count();
        prop_assert_eq!(here(0), m);
        prop_assert_eq!(here(2), connections.edges(Connectivity::Shared, 0).len());
    }

    /// The sums of the three layers are those of the matrices by the reference, and the shared one is its convolution.
    #[test]
    fn layers_come_to_the_reference(lab in any_lab(4)) {
        let values = |grid: &Grid<Entry>| grid.cells().iter().filter_map(Entry::value).collect::<Vec<f64>>();
        let matrix = |grid: &Matrix| Array2::from_shape_vec(grid.shape(), grid.cells().to_vec()).unwrap();
        let plane = |grid: &Grid<Entry>| {
            Array4::from_shape_vec((1, 1, grid.rows(), grid.cols()), values(grid)).unwrap()
        };
        if let Ok(connections) = (WhyLab { view: WhyView::Connections, ..lab.clone() }).connections() {
            let x = Array2::from_shape_vec((1, lab.row.cols()), values(&lab.row)).unwrap();
            let (full, local) = connections.matrices();
            for (kind, matrix) in [(Connectivity::Full, matrix(&full)), (Connectivity::Local, matrix(&local))] {
                let y = linear(&x, &matrix, None).unwrap();
                for (output, expect) in y.iter().enumerate() {
                    prop_assert!(close(connections.value(kind, output).unwrap(), *expect, 1e-12));
                }
            }
            let padding = Padding { left: lab.padding, right: lab.padding, ..Padding::default() };
            let conv = Conv2d { stride: (1, lab.stride), padding, ..Conv2d::default() };
            let y = conv2d(&plane(&lab.row), &plane(&lab.taps), None, &conv).unwrap();
            for (output, expect) in y.iter().enumerate() {
                prop_assert!(close(connections.value(Connectivity::Shared, output).unwrap(), *expect, 1e-12));
                let edges = connections.edges(Connectivity::Shared, output);
                prop_assert!(close(edges.iter().map(|edge| edge.x * edge.weight).sum(), *expect, 1e-12));
            }
        }
        let lab = WhyLab { view: WhyView::Shift, ..lab };
        if let Ok(shifted) = lab.shifted() {
            let conv = Conv2d {
                stride: (lab.stride, lab.stride),
                padding: Padding::per_side(lab.padding),
                ..Conv2d::default()
            };
            let after = lab.shift.shifted(&lab.input, &Entry::Number(0.0));
            let weights = matrix(&lab.dense_weights(shifted.len()));
            for (input, [convolved, dense]) in [(&lab.input, [0, 2]), (&after, [1, 3])] {
                let y = conv2d(&plane(input), &plane(&lab.kernel), None, &conv).unwrap();
                let x = Array2::from_shape_vec((1, input.cells().len()), values(input)).unwrap();
                let d = linear(&x, &weights, None).unwrap();
                for (found, expect) in shifted.output()[convolved].cells().iter().zip(&y) {
                    prop_assert!(close(*found, *expect, 1e-12));
                }
                for (found, expect) in shifted.output()[dense].cells().iter().zip(&d) {
                    prop_assert!(close(*found, *expect, 1e-12));
                }
            }
        }
    }

    /// Away from the edge a convolution of the shifted picture is the shifted convolution, whatever picture and kernel.
    #[test]
    fn a_convolution_is_equivariant(lab in any_lab(2)) {
        let lab = WhyLab { view: WhyView::Shift, stride: lab.stride.max(1), ..lab };
        let Ok(shifted) = lab.shifted() else { return Ok(()) };
        let (down, right) = (isize::from(lab.shift.down), isize::from(lab.shift.right));
        let stride = isize::try_from(lab.stride).unwrap();
        let (before, after) = (&shifted.output()[0], &shifted.output()[1]);
        let (rows, cols) = lab.input.shape();
        let mut inner = 0;
        for i in 0..before.rows() {
            for j in 0..before.cols() {
                // The window before the shift lies on the picture, and so does what it becomes.
                let (top, left) = (i * lab.stride, j * lab.stride);
                let within = |at: isize, extent: usize, kernel: usize| {
                    at >= 0 && at + isize::try_from(kernel).unwrap() <= isize::try_from(extent).unwrap()
                };
                let origin = |at: usize| isize::try_from(at).unwrap() - isize::try_from(lab.padding).unwrap();
                let is_inner = within(origin(top), rows, lab.kernel.rows())
                    && within(origin(left), cols, lab.kernel.cols())
                    && within(origin(top) + down, rows, lab.kernel.rows())
                    && within(origin(left) + right, cols, lab.kernel.cols());
                if !is_inner || down % stride != 0 || right % stride != 0 {
                    continue;
                }
                let to = (i.checked_add_signed(down / stride).unwrap(), j.checked_add_signed(right / stride).unwrap());
                prop_assert!(close(*before.get(i, j).unwrap(), *after.get(to.0, to.1).unwrap(), 1e-12));
                inner += 1;
            }
        }
        // What is said of it is no less than that, and what is marked is the rest.
        let said = lab.shape(None).notes.into_iter().find(|note| note.starts_with("conv: "));
        let said: Option<usize> = said.and_then(|note| note.split(' ').nth(1)?.parse().ok());
        prop_assert_eq!(said.is_some(), down % stride == 0 && right % stride == 0);
        prop_assert!(said.unwrap_or(0) >= inner);
        let scene = shifted.scene(at(shifted.len()));
        let marked = |id| scene.plate(id).unwrap().view.cells.iter().filter(|cell| cell.differs).count();
        prop_assert_eq!(marked(AFTER), shifted.len() - said.unwrap_or(0));
        prop_assert!(marked(DENSE_AFTER) <= shifted.len());
        prop_assert_eq!(scene.plate(SHIFTED).unwrap().view.shape, lab.input.shape());
    }

    /// Pressing repairs, whichever, ends in an output.
    #[test]
    fn repairs_repair(lab in any_lab(40), large: bool, choice in 0usize..3, unreadable: bool, tall: bool) {
        let mut broken = lab;
        if unreadable {
            broken.input = broken.input.map(|_| Entry::Unreadable("?".into()));
            broken.taps = broken.taps.map(|_| Entry::Unreadable(String::new()));
        }
        if tall {
            broken.row = numbers(broken.row.cols(), 3, |i, _| i as f64);
        }
        if large {
            let huge = |count: usize| count * 20_000;
            broken.channels = huge(broken.channels);
            broken.filters = huge(broken.filters);
            broken.units = huge(broken.units);
            broken.size = (huge(broken.size.0), huge(broken.size.1));
            broken.window = (huge(broken.window.0), broken.window.1);
        }
        let _ = broken.broken_scene(Playhead::default());
        let mut lab = OperationLab::of(broken);
        let mut presses = 0;
        while let Err(problem) = lab.operation().compute() {
            prop_assert!(!problem.sentence.is_empty() && !problem.repairs.is_empty());
            let repair = problem.repairs.get(choice).or(problem.repairs.first()).unwrap();
            prop_assert!(lab.apply(repair.action.clone()).is_ok(), "{problem:?}");
            presses += 1;
            prop_assert!(presses < 20, "{problem:?} is not repaired");
        }
    }

    /// No known mistake is the right answer, and what is asked for is what the step makes.
    #[test]
    fn mistakes_are_mistakes(lab in any_lab(4)) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        for step in 0..computed.len() {
            let answer = computed.answer(step).unwrap();
            let sum = computed.scene(at(step)).sum.unwrap();
            let line = match lab.view {
                WhyView::Count => 0,
                WhyView::Connections => sum.rows.iter().position(|row| row.label == "shared").unwrap(),
                WhyView::Shift => sum.rows.iter().position(|row| row.label == "conv(x′)").unwrap(),
            };
            let shown = sum.rows[line].result.clone().unwrap().replace(',', "");
            prop_assert_eq!(shown, format::shown(answer.value));
            prop_assert!(answer.mistakes.iter().all(|mistaken| !close(mistaken.value, answer.value, 1e-9)));
            // While it is asked for, nothing on the stage tells it.
            let asked = computed.scene(Playhead { asked: true, ..at(step) });
            let told = |cell: &CellView| cell.now && !cell.content.is_blank();
            prop_assert!(!asked.plates.iter().any(|plate| plate.view.cells.iter().any(told)));
            prop_assert_eq!(&asked.sum.unwrap().rows[line].result, &None);
            if lab.view == WhyView::Count {
                let hidden = asked.diagram.unwrap();
                let known = hidden.picture.description.split_inclusive(". ").count();
                prop_assert!(known <= step.max(1) && hidden.places.len() == computed.len());
                let blank = computed.scene(Playhead { blank: true, ..at(computed.len()) }).diagram.unwrap();
                prop_assert_eq!(&blank.picture.description, "");
            }
        }
    }
}
