//! The convolution lab: what can be done and what can't, with its sentences and repairs; scenes drawn as text; answers and
//! their mistakes; for any lab, that what is written adds up and each number leads to its step.

#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them with a hash")]

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::settings::{NAMED_CUT, OUTPUT_PADDING, TRANSPOSED};
use super::*;
use crate::lab::control::{ControlId, Value};
use crate::lab::setting::Described as _;
use crate::{
    lab::{
        Lab as _, OperationLab,
        predict::{Verdict, judge},
        scene::{CellKind, PlateKind, Playhead, tests::draw_scene},
        sliding,
    },
    nn::reference::PaddingMode,
    num::close,
};

const INPUT: PlateId = PlateId::Input(0);

fn cell(plate: PlateId, row: usize, col: usize, text: &str) -> Action {
    Action::SetCell { plate, row, col, text: text.into() }
}

fn pair(control: ControlId, height: usize, width: usize) -> Action {
    Action::Set(control, Value::Pair((height, width)))
}

fn on(control: ControlId) -> Action {
    Action::Set(control, Value::Switch(true))
}

fn choose(control: ControlId, index: usize) -> Action {
    Action::Set(control, Value::Choice(index))
}

fn sides(top: usize, bottom: usize, left: usize, right: usize) -> Action {
    Action::Set(ControlId::PADDING, Value::Padding(Padding { top, bottom, left, right }))
}

fn after(actions: Vec<Action>) -> (OperationLab, String) {
    let mut lab = OperationLab::of(ConvolutionLab::default());
    let mut refused = String::new();
    for action in actions {
        if let Err(refusal) = lab.apply(action) {
            refused = format!("{refusal} [{}] ", refusal.repairs[0].label);
        }
    }
    (lab, refused)
}

#[track_caller]
fn check(actions: Vec<Action>, expect: &str) {
    let (lab, refused) = after(actions);
    let found = match lab.operation().compute() {
        Ok(computed) => computed.output()[0].iter_rows().map(|row| format!("{row:?}")).collect::<Vec<_>>().join(" "),
        Err(problem) => {
            let labels: Vec<_> = problem.repairs.iter().map(|repair| repair.label.as_str()).collect();
            format!("{:?}: {} [{}]", problem.control, problem.sentence, labels.join("] ["))
        }
    };
    assert_eq!(format!("{refused}{found}"), expect);
}

#[test]
fn what_can_be_done() {
    check(vec![], "[19.0, 25.0] [37.0, 43.0]");
    check(vec![cell(INPUT, 0, 0, "10"), cell(PlateId::KERNEL, 0, 0, "1")], "[29.0, 26.0] [40.0, 47.0]");
    check(vec![cell(INPUT, 9, 9, "10")], "[19.0, 25.0] [37.0, 43.0]");
    check(vec![cell(PlateId::Input(7), 0, 0, "10")], "[19.0, 25.0] [37.0, 43.0]");
    check(vec![Action::Set(ControlId::BIAS, Value::Text("1/2".into()))], "[19.5, 25.5] [37.5, 43.5]");
    check(vec![sides(1, 1, 1, 1), pair(ControlId::STRIDE, 3, 2)], "[0.0, 8.0] [6.0, 8.0]");
    check(vec![on(sliding::FLIP)], "[5.0, 11.0] [23.0, 29.0]");
    check(vec![pair(ControlId::DILATION, 2, 2)], "[38.0]");
    check(vec![pair(ControlId::INPUT_SIZE, 2, 4)], "[19.0, 25.0, 10.0]");
    check(vec![Action::Resize { plate: INPUT, rows: 2, cols: 4 }], "[19.0, 25.0, 10.0]");
    check(vec![Action::Set(ControlId::WINDOW, Value::Count(3))], "[19.0, 25.0] [37.0, 43.0]");
    let block = Grid::from_fn(1, 2, |_, j| Entry::Number(j as f64));
    let put = Action::PutBlock { plate: PlateId::KERNEL, row: 1, col: 1, block: block.clone() };
    check(vec![put], "[12.0] [24.0]");
    check(vec![Action::Replace { plate: PlateId::KERNEL, planes: vec![block] }], "[1.0, 2.0] [4.0, 5.0] [7.0, 8.0]");
    // The paddings that have a name, in both ways of counting.
    check(vec![choose(ControlId::NAMED_PADDING, 1)], "[19.0, 25.0, 10.0] [37.0, 43.0, 16.0] [7.0, 8.0, 0.0]");
    check(
        vec![choose(sliding::CONVENTION, 1), choose(ControlId::NAMED_PADDING, 1)],
        "[0.0, 3.0, 8.0] [9.0, 19.0, 25.0] [21.0, 37.0, 43.0]",
    );
    check(
        vec![choose(ControlId::NAMED_PADDING, 2)],
        "[0.0, 3.0, 8.0, 4.0] [9.0, 19.0, 25.0, 10.0] [21.0, 37.0, 43.0, 16.0] [6.0, 7.0, 8.0, 0.0]",
    );
    check(vec![choose(ControlId::NAMED_PADDING, 2), choose(ControlId::NAMED_PADDING, 0)], "[19.0, 25.0] [37.0, 43.0]");
    check(vec![sides(1, 0, 0, 0), choose(ControlId::MODE, 1)], "[7.0, 13.0] [19.0, 25.0] [37.0, 43.0]");
}

#[test]
fn what_transposed_can() {
    let small = || vec![pair(ControlId::INPUT_SIZE, 2, 2), cell(INPUT, 1, 0, "2"), cell(INPUT, 1, 1, "3")];
    let with = |more: Vec<Action>| [small(), vec![on(TRANSPOSED)], more].concat();
    check(with(vec![]), "[0.0, 0.0, 1.0] [0.0, 4.0, 6.0] [4.0, 12.0, 9.0]");
    check(
        with(vec![pair(ControlId::STRIDE, 2, 2)]),
        "[0.0, 0.0, 0.0, 1.0] [0.0, 0.0, 2.0, 3.0] [0.0, 2.0, 0.0, 3.0] [4.0, 6.0, 6.0, 9.0]",
    );
    check(with(vec![sides(1, 1, 1, 1)]), "[4.0]");
    check(
        with(vec![sides(2, 1, 1, 1)]),
        "padding: A padding of 3 in total along the height cuts off all of the 3 rows: 2 at most. [Use padding 0]",
    );
    check(
        with(vec![pair(OUTPUT_PADDING, 1, 0)]),
        "output-padding: An output padding of 1 × 0 has to be smaller than the stride or the dilation: 0 at most. [Use output padding 0]",
    );
    check(
        with(vec![pair(ControlId::STRIDE, 0, 1), pair(OUTPUT_PADDING, 1, 0)]),
        "stride: A stride of 0 never moves the window along the height; the smallest stride is 1. [Use stride 1]",
    );
    check(
        [with(vec![pair(ControlId::STRIDE, 16, 16)]), vec![pair(ControlId::INPUT_SIZE, 28, 28)]].concat(),
        "stride: With stride 16 the stretched input would have 189,225 cells; up to 20,000 are shown. [Use stride 5] [Use a 6 × 6 input]",
    );
    check(with(vec![choose(ControlId::VIEW, 1)]), "[0.0, 0.0, 1.0] [0.0, 4.0, 6.0] [4.0, 12.0, 9.0]");
    // Keras's SAME, where the kernel is larger than the stride by 1, and where it is smaller.
    check(with(vec![choose(NAMED_CUT, 1)]), "[0.0, 0.0] [0.0, 4.0]");
    check(
        with(vec![pair(ControlId::STRIDE, 3, 2), choose(NAMED_CUT, 1)]),
        "[0.0, 0.0, 0.0, 1.0] [0.0, 0.0, 2.0, 3.0] [0.0, 0.0, 0.0, 0.0] [0.0, 2.0, 0.0, 3.0] [4.0, 6.0, 6.0, 9.0] [0.0, 0.0, 0.0, 0.0]",
    );
    check(with(vec![choose(NAMED_CUT, 1), choose(NAMED_CUT, 0)]), "[0.0, 0.0, 1.0] [0.0, 4.0, 6.0] [4.0, 12.0, 9.0]");
}

#[test]
fn what_can_not() {
    check(vec![cell(INPUT, 1, 2, "abc")], "input: Input row 1, column 2: “abc” is not a number. [Use 0]");
    check(
        vec![cell(PlateId::KERNEL, 0, 0, ""), cell(PlateId::KERNEL, 0, 1, "1/0")],
        "kernel: Kernel row 0, column 0 is empty; 1 other cell is not a number either. [Use 0 for both]",
    );
    check(vec![Action::Set(ControlId::BIAS, Value::Text("x".into()))], "bias: The bias “x” is not a number. [Use 0]");
    check(
        vec![cell(INPUT, 0, 0, "2e9")],
        "input: Input row 0, column 0: 2e9 is past the largest number, ±1,000,000,000. [Use 0]",
    );
    check(
        vec![pair(ControlId::STRIDE, 0, 1)],
        "stride: A stride of 0 never moves the window along the height; the smallest stride is 1. [Use stride 1]",
    );
    check(
        vec![pair(ControlId::DILATION, 1, 0)],
        "dilation: A dilation of 0 puts all taps on one cell along the width; the smallest dilation is 1. [Use dilation 1]",
    );
    check(
        vec![pair(ControlId::KERNEL_SIZE, 4, 4)],
        "kernel-size: A 4 × 4 kernel does not fit a 3 × 3 input. [Use a 3 × 3 kernel] [Use padding 1]",
    );
    check(
        vec![pair(ControlId::DILATION, 3, 3), sides(0, 0, 1, 0)],
        "dilation: A 2 × 2 kernel with dilation 3 spans 4 × 4 cells; the padded input has 3 × 4. [Use dilation 2 × 3] [Use padding 1]",
    );
    check(vec![sides(5000, 0, 0, 0)], "padding: A padding of 5,000 is past the largest, 16 on a side. [Use 16]");
    check(
        vec![sides(3, 0, 0, 0), choose(ControlId::MODE, 1)],
        "padding: A reflect padding of 3 is not possible with 3 rows: the border is not repeated, so that 2 is the most. [Use padding 2] [Use zeros]",
    );
    check(
        vec![pair(ControlId::INPUT_SIZE, 200, 3)],
        "An input of 200 × 3 is not possible: each side has 1 to 64 cells. [Use 64 × 3] [19.0, 25.0] [37.0, 43.0]",
    );
    check(
        vec![pair(ControlId::INPUT_SIZE, 64, 64), choose(ControlId::VIEW, 1)],
        "view: The matrix would have 3969 × 4 = 15,876 cells; up to 8,192 are shown. [Show the sliding window] [Use a 6 × 6 input]",
    );
}

#[test]
fn repairs_repair() {
    for (rows, dilation, padding) in
        [(4, 1, 0), (2, 16, 0), (16, 16, 0), (3, 2, 5000), (2, 17, 0), (9, 1, 0), (1, 1, 9)]
    {
        for (mode, view) in [
            (0, ConvolutionView::Window),
            (1, ConvolutionView::Im2col),
            (3, ConvolutionView::Conventions),
            (2, ConvolutionView::Toeplitz),
        ] {
            for transposed in [false, true] {
                let broken = ConvolutionLab {
                    kernel: Grid::from_fn(rows, 2, |_, _| Entry::Unreadable("?".into())),
                    sliding: Sliding {
                        dilation: (dilation, dilation),
                        padding: Padding { left: padding, ..Padding::default() },
                        stride: (0, 0),
                        mode: PaddingMode::at(mode).unwrap(),
                        ..Sliding::default()
                    },
                    transposed,
                    output_padding: (rows, 0),
                    view,
                    ..ConvolutionLab::default()
                };
                for choice in 0..2 {
                    let mut lab = OperationLab::of(broken.clone());
                    let mut presses = 0;
                    while let Err(problem) = lab.operation().compute() {
                        let repair = problem.repairs.get(choice).or(problem.repairs.first());
                        lab.apply(repair.expect("every problem has a repair").action.clone()).unwrap();
                        presses += 1;
                        assert!(presses < 12, "{problem:?} is not repaired");
                    }
                }
            }
        }
    }
}

#[track_caller]
fn scene(actions: Vec<Action>, head: Playhead, expect: &Expect) {
    let (lab, _) = after(actions);
    let scene = match lab.operation().compute() {
        Ok(computed) => computed.scene(head),
        Err(_) => lab.operation().broken_scene(Playhead::default()),
    };
    expect.assert_eq(&draw_scene(&scene));
}

#[test]
fn the_courses_first_example() {
    scene(
        vec![],
        Playhead::default(),
        &expect![[r#"
        Input (3 × 3)
         a0' b1'   2
         c3' d4'   5
           6   7   8

        Kernel (2 × 2)
          a0  b1
          c2  d3

        Output (2 × 2)
         19!


        0×0 + 1×1 + 3×2 + 4×3 = 19
    "#]],
    );
}

#[test]
fn a_pointed_cell_is_looked_at_and_nothing_is_forgotten() {
    let head = Playhead { step: 1, pointed: Some(3), lit: Some(2), ..Playhead::default() };
    scene(
        vec![on(sliding::FLIP)],
        head,
        &expect![[r#"
        Input (3 × 3)
           0   1   2
           3 a4' b5'
           6 c7* d8'

        Kernel (2 × 2)
          d0 c1*
          b2  a3

        Output (2 × 2)
           5  11
             29!

        4×3 + 5×2 + 7×1 + 8×0 = 29
    "#]],
    );
}

#[test]
fn negative_factors_bias_and_rounding() {
    let actions = vec![
        cell(PlateId::KERNEL, 0, 1, "-1"),
        cell(PlateId::KERNEL, 1, 0, "1/3"),
        Action::Set(ControlId::BIAS, Value::Text("-2".into())),
    ];
    scene(
        actions,
        Playhead::default(),
        &expect![[r#"
        Input (3 × 3)
         a0' b1'   2
         c3' d4'   5
           6   7   8

        Kernel (2 × 2)
          a0 b−1
        c1/3  d3

        Output (2 × 2)
         10!


        0×0 + 1×(−1) + 3×1/3 + 4×3 + (−2) = 10
    "#]],
    );
}

#[test]
fn unread_cells_are_marked() {
    let head = Playhead { step: 9, ..Playhead::default() };
    scene(
        vec![pair(ControlId::STRIDE, 2, 2), sides(1, 0, 0, 0)],
        head,
        &expect![[r#"
        Input (3 × 3, padded to 4 × 3)
          0#  0#  0#
           0   1  2~
         a3' b4'  5~
         c6' d7'  8~

        Kernel (2 × 2)
          a0  b1
          c2  d3

        Output (2 × 1)
           3
         37!

        3×0 + 4×1 + 6×2 + 7×3 = 37
    "#]],
    );
}

#[test]
fn a_mirrored_ring_shows_what_it_copies() {
    scene(
        vec![sides(1, 0, 1, 0), choose(ControlId::MODE, 1)],
        Playhead::default(),
        &expect![[r#"
        Input (3 × 3, padded to 4 × 4)
         a4' b3'  4#  5#
         c1' d0'   1   2
          4#   3   4   5
          7#   6   7   8

        Kernel (2 × 2)
          a0  b1
          c2  d3

        Output (3 × 3)
          5!



        4×0 + 3×1 + 1×2 + 0×3 = 5
    "#]],
    );
}

#[test]
fn windows_become_rows() {
    scene(
        vec![choose(ControlId::VIEW, 1)],
        Playhead { step: 2, ..Playhead::default() },
        &expect![[r#"
        Input (3 × 3)
           0   1   2
         a3' b4'   5
         c6' d7'   8

        Kernel (2 × 2)
          a0  b1
          c2  d3

        Windows as rows (4 × 4)
           0   1   3   4
           1   2   4   5
         a3' b4' c6' d7'
           4   5   7   8

        Kernel, flat (4 × 1)
         a0'
         b1'
         c2'
         d3'

        Output (from 2 × 2)
          19
          25
         37!


        3×0 + 4×1 + 6×2 + 7×3 = 37
    "#]],
    );
}

#[test]
fn the_kernel_becomes_a_matrix() {
    scene(
        vec![choose(ControlId::VIEW, 2)],
        Playhead { step: 1, ..Playhead::default() },
        &expect![[r#"
        Input (3 × 3)
           0 a1' b2'
           3 c4' d5'
           6   7   8

        Kernel (2 × 2)
          a0  b1
          c2  d3

        Kernel as a matrix (4 × 9)
           0   1   0   2   3   0   0   0   0
           0 a0' b1'   0 c2' d3'   0   0   0
           0   0   0   0   1   0   2   3   0
           0   0   0   0   0   1   0   2   3

        Input, flat (9 × 1)
           0
         a1'
         b2'
           3
         c4'
         d5'
           6
           7
           8

        Output (from 2 × 2)
          19
         25!



        1×0 + 2×1 + 4×2 + 5×3 = 25
    "#]],
    );
}

#[test]
fn two_conventions_side_by_side() {
    scene(
        vec![choose(ControlId::VIEW, 3), sides(1, 1, 1, 1)],
        Playhead { step: 1, ..Playhead::default() },
        &expect![[r#"
        Input, p per side (1 on every side)
          0# a0' b0'  0#  0#
          0# c0' d1'   2  0#
          0#   3   4   5  0#
          0#   6   7   8  0#
          0#  0#  0#  0#  0#

        Output, p per side (4 × 4)
           0  3!




        Input, p in total (course) (1 above and left)
          0# a0' b0'  0#
          0# c0' d1'   2
          0#   3   4   5
          0#   6   7   8

        Output, p in total (course) (3 × 3)
           0  3!



        Kernel (2 × 2)
          a0  b1
          c2  d3

        p per side: 0×0 + 0×1 + 0×2 + 1×3 = 3; p in total (course): 0×0 + 0×1 + 0×2 + 1×3 = 3
    "#]],
    );
}

fn two_by_two(more: Vec<Action>) -> Vec<Action> {
    let small = vec![
        pair(ControlId::INPUT_SIZE, 2, 2),
        cell(INPUT, 1, 0, "2"),
        cell(INPUT, 1, 1, "3"),
        pair(ControlId::STRIDE, 2, 2),
        on(TRANSPOSED),
    ];
    [small, more].concat()
}

#[test]
fn an_input_cell_paints() {
    scene(
        two_by_two(vec![]),
        Playhead { step: 2, ..Playhead::default() },
        &expect![[r#"
        Input (2 × 2)
           0   1
          2*   3

        Kernel (2 × 2)
          a0  b1
          c2  d3

        Output (4 × 4)
           0   0   0   1
           0   0   2   3
         a0' b2'
         c4' d6'

        2×0, 2×1, 2×2, 2×3: added to rows 2 to 3, columns 0 to 1
    "#]],
    );
}

#[test]
fn a_painted_cell_has_its_whole_sum() {
    let head = Playhead { step: 1, pointed: Some(4 + 4), ..Playhead::default() };
    scene(
        two_by_two(vec![pair(ControlId::STRIDE, 1, 1)]),
        head,
        &expect![[r#"
        Input (2 × 2)
         a0' b1'
         c2' d3'

        Kernel (2 × 2)
          d0  c1
          b2  a3

        Output (3 × 3)
           0   0   1
           0  4!   3


        0×3 + 1×2 + 2×1 + 3×0 = 4
    "#]],
    );
}

#[test]
fn the_stretched_input() {
    scene(
        two_by_two(vec![choose(ControlId::VIEW, 1)]),
        Playhead { step: 5, ..Playhead::default() },
        &expect![[r#"
        Input (2 × 2, stretched to 5 × 5)
          0#  0#  0#  0#  0#
          0# a0' b0'   1  0#
          0# c0' d0'  0#  0#
          0#   2  0#   3  0#
          0#  0#  0#  0#  0#

        Kernel (2 × 2, turned 180°)
          d0  c1
          b2  a3

        Output (4 × 4)
           0   0   0   1
           0  0!



        0×3 + 0×2 + 0×1 + 0×0 = 0
    "#]],
    );
}

#[test]
fn the_matrix_turned_over() {
    scene(
        two_by_two(vec![choose(ControlId::VIEW, 2)]),
        Playhead { step: 3, ..Playhead::default() },
        &expect![[r#"
        Input (2 × 2)
           0 a1'
           2   3

        Kernel (2 × 2)
           0  a1
           2   3

        Kernel as a matrix (16 × 4)
           0   0   0   0
           1   0   0   0
           0   0   0   0
           0 a1'   0   0
           2   0   0   0
           3   0   0   0
           0   2   0   0
           0   3   0   0
           0   0   0   0
           0   0   1   0
           0   0   0   0
           0   0   0   1
           0   0   2   0
           0   0   3   0
           0   0   0   2
           0   0   0   3

        Input, flat (4 × 1)
           0
         a1'
           2
           3

        Output (from 4 × 4)
           0
           0
           0
          1!













        1×1 = 1
    "#]],
    );
}

#[test]
fn a_step_that_is_being_added_has_no_result_yet() {
    let (lab, _) = after(vec![]);
    let computed = lab.operation().compute().unwrap_or_else(|problem| panic!("{problem}"));
    let scene = computed.scene(Playhead { step: 1, adding: Some(2), ..Playhead::default() });
    let sum = &scene.sum.as_ref().unwrap().rows[0];
    assert_eq!(
        sum.terms.iter().map(|term| (term.lit, term.waiting)).collect::<Vec<_>>(),
        [(false, false), (false, false), (true, false), (false, true)]
    );
    assert_eq!(sum.result, None);
    let output = scene.plate(PlateId::Output(0)).unwrap();
    assert_eq!(output.view.cells.get(0, 1).unwrap().text(), "");
}

#[track_caller]
fn predicted(actions: Vec<Action>, step: usize, typed: &str, expect: &str) {
    let (lab, _) = after(actions);
    let computed = lab.operation().compute().unwrap_or_else(|problem| panic!("{problem}"));
    let found = match judge(typed, &computed.answer(step).unwrap()) {
        Verdict::Right => "right".to_owned(),
        Verdict::Wrong(sentence) | Verdict::Unreadable(sentence) => sentence,
    };
    assert_eq!(found, expect);
}

#[test]
fn wrong_numbers_are_named() {
    let bias = || vec![Action::Set(ControlId::BIAS, Value::Text("2".into()))];
    predicted(vec![], 1, "25", "right");
    predicted(bias(), 1, "25", "That is the sum without the bias: 2 is still to be added.");
    predicted(
        vec![],
        0,
        "5",
        "That is the sum with the kernel turned by half a turn. Here it is laid on as it is written: cross-correlation.",
    );
    predicted(
        vec![on(sliding::FLIP)],
        0,
        "19",
        "That is cross-correlation: here Flip is on, so the kernel is turned by half a turn first.",
    );
    predicted(vec![], 0, "25", "That window lies one column too far right: it begins at row 0, column 0 of the input.");
    predicted(vec![], 0, "8", "That is the sum of the window, without the kernel's numbers.");
    predicted(vec![], 0, "13", "That leaves out tap c: 3 × 2.");
    predicted(vec![], 3, "100", "100 is not right, and no usual mistake gives it.");
    predicted(vec![cell(PlateId::KERNEL, 1, 1, "-3")], 0, "19", "A minus of the kernel was lost.");
    predicted(
        vec![sides(1, 1, 1, 1), pair(ControlId::STRIDE, 2, 2)],
        3,
        "19",
        "That is right for stride 1. Here the window moves by 2 down and by 2 across.",
    );
    predicted(
        vec![choose(sliding::CONVENTION, 1), sides(1, 0, 1, 0)],
        4,
        "100",
        "100 is not right, and no usual mistake gives it.",
    );
    predicted(
        two_by_two(vec![pair(ControlId::STRIDE, 1, 1)]),
        2,
        "2",
        "That is this step's product alone: the cell held 2 before.",
    );
}

fn any_lab() -> impl Strategy<Value = ConvolutionLab> {
    let settings = (
        (1usize..7, 1usize..7, 1usize..4, 1usize..4),
        (1usize..4, 1usize..4, 1usize..3, 1usize..3),
        (0usize..3, 0usize..3, 0usize..3, 0usize..3),
        (any::<bool>(), any::<bool>(), any::<bool>(), 0..PaddingMode::NAMES.len(), 0..ConvolutionView::NAMES.len()),
        (0usize..2, 0usize..2, 0usize..100, 0..Counted::NAMES.len()),
    );
    settings.prop_map(
        |((n, m, k, l), (s, t, d, e), (top, bottom, left, right), (flip, total, transposed, mode, view), more)| {
            let (a, b, seed, counted) = more;
            let value = move |i: usize, j: usize, of: usize| match (seed * 7 + of + 13 * i + 31 * j) % 19 {
                7 => Entry::Fraction { numerator: -1.0, denominator: 3.0 },
                number => Entry::Number(number as f64 / 2.0 - 4.0),
            };
            ConvolutionLab {
                input: Grid::from_fn(n, m, |i, j| value(i, j, 0)),
                kernel: Grid::from_fn(k, l, |i, j| value(i, j, 5)),
                bias: value(1, 1, 3),
                sliding: Sliding {
                    padding: Padding { top, bottom, left, right },
                    mode: PaddingMode::at(mode).unwrap(),
                    stride: (s, t),
                    dilation: (d, e),
                    flip,
                    convention: if total { PaddingConvention::Total } else { PaddingConvention::PerSide },
                },
                transposed,
                output_padding: (a, b),
                view: ConvolutionView::at(view).unwrap(),
                compared: (Counted::at(counted).unwrap(), Counted::Total),
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// As Keras has it: n·s outputs, by the map that the SAME convolution of so many makes the gradient with.
    #[test]
    fn the_transposed_same_is_the_same_convolutions_turned_over(lab in any_lab()) {
        let set = |lab: ConvolutionLab, action| {
            let mut lab = OperationLab::of(lab);
            lab.apply(action).unwrap();
            lab.state::<ConvolutionLab>().unwrap().clone()
        };
        let sliding = Sliding { mode: PaddingMode::Zeros, convention: PaddingConvention::PerSide, ..lab.sliding };
        let plain = ConvolutionLab { sliding, bias: Entry::Number(0.0), view: ConvolutionView::Window, ..lab };
        let transposed = set(ConvolutionLab { transposed: true, ..plain.clone() }, choose(NAMED_CUT, 1));
        let (_, output) = transposed.transposed_convolution().unwrap();
        let (n, m) = plain.input.shape();
        let (rows, cols) = (n * sliding.stride.0, m * sliding.stride.1);
        prop_assert_eq!(output.shape(), (rows, cols));

        let input = Grid::from_fn(rows, cols, |i, j| Entry::Number(((5 * i + 3 * j) % 7) as f64 - 2.0));
        let same = ConvolutionLab { input: input.clone(), transposed: false, ..plain.clone() };
        let same = set(same, choose(ControlId::NAMED_PADDING, 1)).convolution().unwrap().output().unwrap();
        let dot = |a: &Grid<Entry>, b: &Matrix| -> f64 {
            a.cells().iter().zip(b.cells()).map(|(a, b)| a.value().unwrap() * b).sum()
        };
        prop_assert_eq!(same.shape(), (n, m));
        prop_assert!((dot(&plain.input, &same) - dot(&input, &output)).abs() < 1e-6);
    }

    /// In every view: the output is the reference's, what is written adds up to what is shown, each number leads to its
    /// step, and each term to its numbers.
    #[test]
    fn every_view_shows_the_same_numbers(lab in any_lab()) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        let reference = if lab.transposed {
            lab.transposed_convolution().map(|(_, output)| output).unwrap()
        } else if lab.shown_view() == ConvolutionView::Conventions {
            computed.output()[0].clone()
        } else {
            lab.convolution().map(|convolution| convolution.output().unwrap()).unwrap()
        };
        prop_assert_eq!(&computed.output()[0], &reference);
        let len = computed.len();
        for step in 0..len {
            let scene = computed.scene(Playhead { step, ..Playhead::default() });
            for beam in &scene.beams {
                for target in beam {
                    let (rows, cols) = scene.plates[target.plate].view.cells.shape();
                    prop_assert!(target.at.0 + target.extent.0 <= rows && target.at.1 + target.extent.1 <= cols);
                }
            }
            let sum = scene.sum.as_ref().unwrap();
            for row in &sum.rows {
                prop_assert!(row.terms.len() <= computed.terms(step));
            }
            // The cell that is made now is the one that leads here.
            for plate in &scene.plates {
                for (index, cell) in plate.view.cells.iter().enumerate() {
                    let cols = plate.view.cells.cols();
                    let Some(at) = plate.view.inside(index / cols, index % cols) else { continue };
                    if cell.now {
                        prop_assert_eq!(computed.step_of(plate.id, at), Some(step), "{:?} {:?}", plate.id, at);
                        if plate.id == PlateId::Output(0) {
                            let value = computed.output()[0].cells()[index];
                            prop_assert_eq!(&cell.text(), &format::shown(value));
                            prop_assert!(close(computed.answer(step).unwrap().value, value, 1e-12));
                        }
                    }
                    if plate.kind == PlateKind::Result && cell.kind == CellKind::Output && !lab.transposed {
                        prop_assert!(computed.step_of(plate.id, at).is_some());
                    }
                    if let Some(term) = computed.term_of(step, plate.id, at) {
                        prop_assert!(term < computed.terms(step).max(1), "{:?} {:?} {}", plate.id, at, term);
                    }
                }
            }
        }
        // After the last step everything is there.
        let last = computed.scene(Playhead { step: len - 1, ..Playhead::default() });
        for plate in last.plates.iter().filter(|plate| plate.kind == PlateKind::Result) {
            prop_assert!(plate.view.cells.iter().all(|cell| cell.kind == CellKind::Output));
        }
    }

    #[test]
    fn what_stands_in_the_way_is_said_with_a_way_out(lab in any_lab(), stride in 0usize..2, bias in "[0-9a]{0,2}") {
        let lab = ConvolutionLab { sliding: Sliding { stride: (stride, 1), ..lab.sliding }, bias: Entry::parse(&bias), ..lab };
        if let Err(problem) = lab.compute() {
            prop_assert!(problem.sentence.ends_with('.') && !problem.repairs.is_empty());
            prop_assert!(!lab.broken_scene(Playhead::default()).plates.is_empty());
        }
        prop_assert!(lab.program().starts_with("import torch"));
    }
}
