//! The channels lab: what can be done and what can't, scenes drawn as text, counts, answers and their mistakes.

#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them with a hash")]

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::settings::{GROUPS, GROUPS_BY_NAME};
use super::*;
use crate::lab::control::{ControlId, Value};
use crate::lab::setting::Described as _;
use crate::{
    formula::PaddingConvention,
    lab::{
        Lab as _, OperationLab,
        operation::Action,
        predict::{Verdict, judge},
        scene::{CellKind, PlateKind, Playhead, tests::draw_scene},
        setting::Choice as _,
        sliding,
    },
    nn::{reference::PaddingMode, shape::Padding},
    num::close,
};

const INPUT: PlateId = PlateId::Input(0);

fn kernel(filter: usize, channel: usize) -> PlateId {
    PlateId::Kernel { filter, channel }
}

fn cell(plate: PlateId, row: usize, col: usize, text: &str) -> Action {
    Action::SetCell { plate, row, col, text: text.into() }
}

fn count(control: ControlId, count: usize) -> Action {
    Action::Set(control, Value::Count(count))
}

fn pair(control: ControlId, height: usize, width: usize) -> Action {
    Action::Set(control, Value::Pair((height, width)))
}

fn choose(control: ControlId, index: usize) -> Action {
    Action::Set(control, Value::Choice(index))
}

fn flip() -> Action {
    Action::Set(sliding::FLIP, Value::Switch(true))
}

fn bias(text: &str) -> Action {
    Action::Set(ControlId::BIAS, Value::Text(text.into()))
}

fn sides(top: usize, bottom: usize, left: usize, right: usize) -> Action {
    Action::Set(ControlId::PADDING, Value::Padding(Padding { top, bottom, left, right }))
}

fn plane(rows: usize, cols: usize, value: f64) -> Grid<Entry> {
    Grid::from_fn(rows, cols, |_, _| Entry::Number(value))
}

/// Another filter, of ones.
fn two_filters() -> Vec<Action> {
    let ones = Action::Replace { plate: kernel(1, 0), planes: vec![plane(2, 2, 1.0), plane(2, 2, 1.0)] };
    vec![count(ControlId::FILTERS, 2), ones]
}

fn after(actions: Vec<Action>) -> (OperationLab, String) {
    let mut lab = OperationLab::of(ChannelsLab::default());
    let mut refused = String::new();
    for action in actions {
        if let Err(refusal) = lab.apply(action) {
            refused = format!("{refusal} [{}] ", refusal.repairs[0].label);
        }
    }
    (lab, refused)
}

fn outcome(lab: &OperationLab) -> String {
    match lab.operation().compute() {
        Ok(computed) => {
            let rows =
                |plane: &Grid<f64>| plane.iter_rows().map(|row| format!("{row:?}")).collect::<Vec<_>>().join(" ");
            computed.output().iter().map(rows).collect::<Vec<_>>().join(" | ")
        }
        Err(problem) => {
            let labels: Vec<_> = problem.repairs.iter().map(|repair| repair.label.as_str()).collect();
            format!("{:?}: {} [{}]", problem.control, problem.sentence, labels.join("] ["))
        }
    }
}

#[track_caller]
fn check(actions: Vec<Action>, expect: &str) {
    let (lab, refused) = after(actions);
    assert_eq!(format!("{refused}{}", outcome(&lab)), expect);
}

#[test]
fn what_can_be_done() {
    check(vec![], "[56.0, 72.0] [104.0, 120.0]");
    check(vec![cell(INPUT, 0, 1, "2"), cell(kernel(0, 1), 0, 0, "0")], "[56.0, 70.0] [100.0, 115.0]");
    check(vec![cell(PlateId::Input(7), 0, 0, "10"), cell(kernel(3, 0), 0, 0, "10")], "[56.0, 72.0] [104.0, 120.0]");
    check(vec![bias("-6")], "[50.0, 66.0] [98.0, 114.0]");
    check(vec![sides(1, 1, 1, 1), pair(ControlId::STRIDE, 3, 3)], "[4.0, 13.0] [20.0, 9.0]");
    check(vec![flip()], "[28.0, 44.0] [76.0, 92.0]");
    check(vec![pair(ControlId::INPUT_SIZE, 2, 2)], "[56.0]");
    check(
        vec![pair(ControlId::KERNEL_SIZE, 1, 1), cell(kernel(0, 0), 0, 0, "1")],
        "[1.0, 3.0, 5.0] [7.0, 9.0, 11.0] [13.0, 15.0, 17.0]",
    );
    check(vec![count(ControlId::CHANNELS, 3)], "[56.0, 72.0] [104.0, 120.0]");
    check(vec![count(ControlId::CHANNELS, 1)], "[19.0, 25.0] [37.0, 43.0]");
    check(vec![count(ControlId::CHANNELS, 1), count(ControlId::CHANNELS, 2)], "[19.0, 25.0] [37.0, 43.0]");
    check([two_filters(), vec![bias("0, 1")]].concat(), "[56.0, 72.0] [104.0, 120.0] | [21.0, 29.0] [45.0, 53.0]");
    check([two_filters(), vec![bias("1")]].concat(), "[57.0, 73.0] [105.0, 121.0] | [21.0, 29.0] [45.0, 53.0]");
    // Fewer groups keep the output.
    let grouped = || [two_filters(), vec![count(GROUPS, 2)]].concat();
    check(grouped(), "[19.0, 25.0] [37.0, 43.0] | [12.0, 16.0] [24.0, 28.0]");
    check([grouped(), vec![count(GROUPS, 1)]].concat(), "[19.0, 25.0] [37.0, 43.0] | [12.0, 16.0] [24.0, 28.0]");
    // On the way past a number of groups that does not divide, no kernel is lost.
    let four = || vec![count(ControlId::CHANNELS, 4), count(ControlId::FILTERS, 4)];
    let quartered = |groups: &[usize]| {
        let ones = |filter| Action::Replace { plate: kernel(filter, 0), planes: vec![plane(2, 2, 1.0); 4] };
        let groups = groups.iter().map(|&groups| count(GROUPS, groups));
        four().into_iter().chain((0..4).map(ones)).chain(groups).collect::<Vec<_>>()
    };
    let (direct, _) = after(quartered(&[4]));
    let (stepwise, _) = after(quartered(&[2, 3, 4]));
    assert_eq!(direct, stepwise);
    // One filter's partial sums become output channels.
    check(vec![choose(GROUPS_BY_NAME, 1)], "[19.0, 25.0] [37.0, 43.0] | [37.0, 47.0] [67.0, 77.0]");
    check(
        vec![choose(GROUPS_BY_NAME, 1), choose(GROUPS_BY_NAME, 0)],
        "[19.0, 25.0] [37.0, 43.0] | [37.0, 47.0] [67.0, 77.0]",
    );
    // Pasting: one plane, a stack that makes more channels, kernels that make more filters.
    check(
        vec![Action::Replace { plate: PlateId::Input(1), planes: vec![plane(3, 3, 0.0)] }],
        "[19.0, 25.0] [37.0, 43.0]",
    );
    check(vec![Action::Replace { plate: INPUT, planes: vec![plane(2, 2, 1.0); 3] }], "[16.0]");
    let stack = (0..4).map(|value| plane(2, 2, f64::from(value))).collect();
    check(
        vec![Action::Replace { plate: kernel(0, 0), planes: stack }],
        "[12.0, 16.0] [24.0, 28.0] | [52.0, 72.0] [112.0, 132.0]",
    );
    let block = Action::PutBlock { plate: kernel(0, 1), row: 2, col: 2, block: plane(1, 1, 1.0) };
    check(vec![block], "[65.0]");
}

#[test]
fn what_can_not() {
    check(
        vec![cell(PlateId::Input(1), 1, 2, "abc")],
        "input: Input channel 1, row 1, column 2: “abc” is not a number. [Use 0]",
    );
    check(
        vec![cell(kernel(0, 1), 0, 0, ""), cell(kernel(0, 1), 1, 1, "x")],
        "kernel: Kernel channel 1, row 0, column 0 is empty; 1 other cell is not a number either. [Use 0 for both]",
    );
    check(
        [two_filters(), vec![cell(kernel(1, 0), 0, 0, "")]].concat(),
        "kernel: Kernel channel 0 of filter 1, row 0, column 0 is empty. [Use 0]",
    );
    check(vec![bias("x")], "bias: The bias “x” is not a number. [Use 0]");
    check([two_filters(), vec![bias("1, x")]].concat(), "bias: The bias of filter 1 “x” is not a number. [Use 0]");
    check(
        [two_filters(), vec![bias("y, ")]].concat(),
        "bias: The bias of filter 0 “y” is not a number. [Use 0 for both]",
    );
    check(vec![bias("1, 2")], "bias: 2 biases for 1 filter: each filter has one. [Use the first]");
    check(
        [two_filters(), vec![count(ControlId::FILTERS, 3), bias("1, 2")]].concat(),
        "bias: 2 biases for 3 filters: each filter has one. [Use 0 for the others]",
    );
    check(
        vec![bias("1,2,3,4,5,6,7,8,9")],
        "9 biases are more than there can be filters, 8. [Use the first 8] [56.0, 72.0] [104.0, 120.0]",
    );
}

#[test]
fn counts_and_sizes_that_do_not_fit() {
    check(
        vec![count(GROUPS, 0)],
        "groups: 0 groups leave no channel to read; 1 group is all channels together. [Use 1 group]",
    );
    check(
        vec![count(GROUPS, 2)],
        "groups: 2 groups do not divide 2 input and 1 output channels. [Use 1 group] [Use 2 filters]",
    );
    check(
        vec![count(ControlId::CHANNELS, 6), count(ControlId::FILTERS, 6), count(GROUPS, 4)],
        "groups: 4 groups do not divide 6 input and 6 output channels. [Use 3 groups] [Use 6 groups] [Use 8 channels] [Use 8 filters]",
    );
    check(vec![count(GROUPS, 9999)], "groups: 9999 groups do not divide 2 input and 1 output channels. [Use 1 group]");
    check(
        vec![count(ControlId::CHANNELS, 9)],
        "9 channels can't be shown: there are 1 to 8. [Use 8 channels] [56.0, 72.0] [104.0, 120.0]",
    );
    check(
        vec![count(ControlId::FILTERS, 0)],
        "0 filters can't be shown: there are 1 to 8. [Use 1 filter] [56.0, 72.0] [104.0, 120.0]",
    );
    check(
        vec![pair(ControlId::INPUT_SIZE, 29, 3)],
        "An input of 29 × 3 is not possible: each side has 1 to 28 cells. [Use 28 × 3] [56.0, 72.0] [104.0, 120.0]",
    );
    check(
        vec![pair(ControlId::KERNEL_SIZE, 9999, 9999)],
        "A kernel of 9999 × 9999 is not possible: each side has 1 to 8 cells. [Use 8 × 8] [56.0, 72.0] [104.0, 120.0]",
    );
    check(
        vec![Action::Replace { plate: INPUT, planes: vec![plane(4, 4, 1.0)] }],
        "input-size: Input channel 1 is 3 × 3, input channel 0 is 4 × 4. All channels have one size. [Use 4 × 4 for all] [Use 3 × 3 for all]",
    );
    check(
        vec![Action::Replace { plate: kernel(0, 1), planes: vec![plane(1, 2, 1.0)] }],
        "kernel-size: Kernel channel 1 is 1 × 2, kernel channel 0 is 2 × 2. All kernels have one size. [Use 2 × 2 for all] [Use 1 × 2 for all]",
    );
    check(
        vec![Action::Replace { plate: INPUT, planes: vec![plane(2, 2, 1.0); 9] }],
        "There is room for 8 channels from here on, not for 9. [Put the first 8] [56.0, 72.0] [104.0, 120.0]",
    );
    check(
        vec![Action::Replace { plate: kernel(0, 1), planes: vec![plane(2, 2, 1.0); 16] }],
        "There is room for 15 kernels from here on, not for 16. [Put the first 15] [56.0, 72.0] [104.0, 120.0]",
    );
    check(
        vec![pair(ControlId::STRIDE, 0, 1)],
        "stride: A stride of 0 never moves the window along the height; the smallest stride is 1. [Use stride 1]",
    );
    check(
        vec![pair(ControlId::KERNEL_SIZE, 4, 4)],
        "kernel-size: A 4 × 4 kernel does not fit a 3 × 3 input. [Use a 3 × 3 kernel] [Use padding 1]",
    );
    check(
        vec![sides(3, 0, 0, 0), choose(ControlId::MODE, 1)],
        "padding: A reflect padding of 3 is not possible with 3 rows: the border is not repeated, so that 2 is the most. [Use padding 2] [Use zeros]",
    );
}

/// A state that no control makes: a link can.
#[track_caller]
fn check_link(change: fn(&mut ChannelsLab), expect: &str) {
    let mut lab = ChannelsLab::default();
    change(&mut lab);
    assert_eq!(outcome(&OperationLab::of(lab)), expect);
}

#[test]
fn what_a_link_can_break() {
    check_link(
        |lab| lab.inputs.push(plane(3, 3, 1.0)),
        "channels: Filter 0 has 2 kernels; with 3 channels in 1 group it needs 3. [Use 3 kernels, new ones 0] [Use 2 channels]",
    );
    check_link(
        |lab| lab.filters.push(vec![plane(2, 2, 1.0)]),
        "channels: Filter 1 has 1 kernel; with 2 channels in 1 group it needs 2. [Use 2 kernels, new ones 0] [Use 1 channel]",
    );
    check_link(
        |lab| drop(lab.inputs.pop()),
        "channels: Filter 0 has 2 kernels; with 1 channel in 1 group it needs 1. [Use the first kernel] [Use 2 channels]",
    );
    check_link(
        |lab| lab.filters[0].clear(),
        "channels: Filter 0 has 0 kernels; with 2 channels in 1 group it needs 2. [Use 2 kernels, new ones 0]",
    );
    check_link(|lab| lab.filters.clear(), "input: These settings can't be computed. [Start over]");
    check_link(|lab| lab.inputs.clear(), "input: These settings can't be computed. [Start over]");
    check_link(
        |lab| {
            lab.filters.push(vec![plane(2, 2, 1.0)]);
            lab.groups = 2;
        },
        "channels: Filter 0 has 2 kernels; with 2 channels in 2 groups it needs 1. [Use the first kernel] [Use 4 channels]",
    );
}

#[track_caller]
fn scene(actions: Vec<Action>, head: Playhead, expect: &Expect) {
    let (lab, _) = after(actions);
    let scene = match lab.operation().compute() {
        Ok(computed) => computed.scene(head),
        Err(_) => lab.operation().broken_scene(Playhead::default()),
    };
    let mut drawn = draw_scene(&scene);
    for beam in &scene.beams {
        let names: Vec<_> = beam
            .iter()
            .map(|target| format!("{} {:?} {:?}", scene.plates[target.plate].name, target.at, target.extent))
            .collect();
        writeln!(drawn, "{}", names.join(" – ")).unwrap();
    }
    expect.assert_eq(&drawn);
}

#[test]
fn the_slides_two_channels() {
    scene(
        vec![],
        Playhead::default(),
        &expect![[r#"
        Input channel 0 (3 × 3)
         a0' b1'   2
         c3' d4'   5
           6   7   8

        Input channel 1 (3 × 3)
         a1' b2'   3
         c4' d5'   6
           7   8   9

        Kernel channel 0 (2 × 2)
          a0  b1
          c2  d3

        Kernel channel 1 (2 × 2)
          a1  b2
          c3  d4

        Partial sum channel 0 (2 × 2)
        A19!


        Partial sum channel 1 (2 × 2)
        B37!


        Output channel 0 (2 × 2)
         56!


        channel 0: 0×0 + 1×1 + 3×2 + 4×3 = 19; channel 1: 1×1 + 2×2 + 4×3 + 5×4 = 37; 19 + 37 = 56
        Input channel 0 (0, 0) (2, 2) – Kernel channel 0 (0, 0) (2, 2) – Partial sum channel 0 (0, 0) (1, 1) – Output channel 0 (0, 0) (1, 1)
        Input channel 1 (0, 0) (2, 2) – Kernel channel 1 (0, 0) (2, 2) – Partial sum channel 1 (0, 0) (1, 1) – Output channel 0 (0, 0) (1, 1)
    "#]],
    );
}

#[test]
fn a_pointed_cell_of_another_filter() {
    let head = Playhead { step: 1, pointed: Some(6), lit: Some(5), ..Playhead::default() };
    scene(
        [two_filters(), vec![bias("0, -2")]].concat(),
        head,
        &expect![[r#"
        Input channel 0 (3 × 3)
           0   1   2
         a3' b4'   5
         c6' d7'   8

        Input channel 1 (3 × 3)
           1   2   3
         a4' b5*   6
         c7' d8'   9

        Kernel channel 0 (filter 1, 2 × 2)
          a1  b1
          c1  d1

        Kernel channel 1 (filter 1, 2 × 2)
          a1 b1*
          c1  d1

        Partial sum channel 0 (2 × 2)

        A20!

        Partial sum channel 1 (2 × 2)

        B24!

        Output channel 0 (2 × 2)
          56  72


        Output channel 1 (2 × 2)

         42!

        channel 0: 3×1 + 4×1 + 6×1 + 7×1 = 20; channel 1: 4×1 + 5×1 + 7×1 + 8×1 = 24; 20 + 24 + (−2) = 42
        Input channel 0 (1, 0) (2, 2) – Kernel channel 0 (0, 0) (2, 2) – Partial sum channel 0 (1, 0) (1, 1) – Output channel 1 (1, 0) (1, 1)
        Input channel 1 (1, 0) (2, 2) – Kernel channel 1 (0, 0) (2, 2) – Partial sum channel 1 (1, 0) (1, 1) – Output channel 1 (1, 0) (1, 1)
    "#]],
    );
}

#[test]
fn a_group_reads_its_channels() {
    let stack = (0..2).map(|first| Grid::from_fn(3, 3, |i, j| Entry::Number((i * j + first) as f64))).collect();
    let actions = [
        vec![count(ControlId::CHANNELS, 4), Action::Replace { plate: PlateId::Input(2), planes: stack }],
        two_filters(),
        vec![Action::Replace { plate: kernel(1, 2), planes: vec![plane(2, 2, -1.0), plane(2, 2, 2.0)] }],
        vec![count(GROUPS, 2), sides(1, 0, 0, 0), choose(ControlId::MODE, 2)],
    ];
    scene(
        actions.concat(),
        Playhead { step: 7, lit: Some(8), ..Playhead::default() },
        &expect![[r#"
            Input channel 2 (3 × 3, padded to 4 × 3)
              0# a0' b0'
               0 c0' d0'
               0   1   2
               0   2   4

            Kernel channel 2 (filter 1, 2 × 2)
             a−1 b−1
             c−1 d−1

            Partial sum channel 2 ()
               0 A0!



            Output channel 0 (3 × 2)
              20  36
              56  72
             104 120

            Output channel 1 (3 × 2)
               8  8!



            channel 2: 0×(−1) + 0×(−1) + 0×(−1) + 0×(−1) = 0; channel 3: 1×2 + 1×2 + 1×2 + 1×2 = 8; 0 + 8 = 8
            Input channel 2 (0, 1) (2, 2) – Kernel channel 2 (0, 0) (2, 2) – Partial sum channel 2 (0, 1) (1, 1) – Output channel 1 (0, 1) (1, 1)
        "#]],
    );
}

#[test]
fn depthwise_has_no_partial_sums() {
    scene(
        vec![choose(GROUPS_BY_NAME, 1), bias("0, 1/3")],
        Playhead { step: 4, ..Playhead::default() },
        &expect![[r#"
        Input channel 0 (3 × 3, not read by filter 1)
           0   1   2
           3   4   5
           6   7   8

        Input channel 1 (3 × 3)
         a1' b2'   3
         c4' d5'   6
           7   8   9

        Kernel channel 1 (filter 1, 2 × 2)
          a1  b2
          c3  d4

        Output channel 0 (2 × 2)
          19  25
          37  43

        Output channel 1 (2 × 2)
        37.3!


        channel 1: 1×1 + 2×2 + 4×3 + 5×4 + 1/3 ≈ 37.3
        Input channel 1 (0, 0) (2, 2) – Kernel channel 1 (0, 0) (2, 2) – Output channel 1 (0, 0) (1, 1)
    "#]],
    );
}

#[test]
fn what_is_typed_while_it_can_not_be_computed() {
    let actions = [two_filters(), vec![cell(kernel(1, 1), 0, 1, "a"), sides(0, 1, 0, 0)]].concat();
    scene(
        actions,
        Playhead::default(),
        &expect![[r#"
        Input channel 0 (3 × 3, padded to 4 × 3)
           0   1   2
           3   4   5
           6   7   8
          0#  0#  0#

        Input channel 1 (3 × 3, padded to 4 × 3)
           1   2   3
           4   5   6
           7   8   9
          0#  0#  0#

        Kernel channel 0 (filter 1, 2 × 2)
           1   1
           1   1

        Kernel channel 1 (filter 1, 2 × 2)
           1   a
           1   1

    "#]],
    );
}

#[test]
fn a_step_is_added_channel_by_channel() {
    let (lab, _) = after(vec![bias("1")]);
    let computed = lab.operation().compute().unwrap_or_else(|problem| panic!("{problem}"));
    assert_eq!(computed.terms(1), 10);
    let mut drawn = String::new();
    let heads = [None, Some(0), Some(3), Some(4), Some(8), Some(9), Some(10)].map(|adding| Playhead {
        step: 1,
        adding,
        ..Playhead::default()
    });
    let asked = Playhead { step: 1, asked: true, ..Playhead::default() };
    for head in heads.into_iter().chain([asked]) {
        let scene = computed.scene(head);
        let shown = |id| scene.plate(id).unwrap().view.cells.get(0, 1).unwrap().text();
        let lines = scene.sum.as_ref().unwrap().rows.iter().map(|row| {
            let term = |term: &crate::lab::scene::Term| {
                format!("{}{}{}", if term.lit { "*" } else { "" }, term.factors, if term.waiting { "…" } else { "" })
            };
            let terms: Vec<_> = row.terms.iter().map(term).collect();
            format!("{} = {}", terms.join(" + "), row.result.as_deref().unwrap_or("_"))
        });
        let cells = [PlateId::Partial(0), PlateId::Partial(1), PlateId::Output(0)].map(shown);
        writeln!(drawn, "{:?}{}: {cells:?}", head.adding, if head.asked { " asked" } else { "" }).unwrap();
        for line in lines {
            writeln!(drawn, "  {line}").unwrap();
        }
    }
    expect![[r#"
        None: ["25", "47", "73"]
          1 × 0 + 2 × 1 + 4 × 2 + 5 × 3 = 25
          2 × 1 + 3 × 2 + 5 × 3 + 6 × 4 = 47
          25 + 47 = 73
        Some(0): ["", "", ""]
          *1 × 0 + 2 × 1… + 4 × 2… + 5 × 3… = _
          2 × 1… + 3 × 2… + 5 × 3… + 6 × 4… = _
          ?… + ?… = _
        Some(3): ["", "", ""]
          1 × 0 + 2 × 1 + 4 × 2 + *5 × 3 = _
          2 × 1… + 3 × 2… + 5 × 3… + 6 × 4… = _
          ?… + ?… = _
        Some(4): ["25", "", ""]
          1 × 0 + 2 × 1 + 4 × 2 + 5 × 3 = 25
          *2 × 1 + 3 × 2… + 5 × 3… + 6 × 4… = _
          25… + ?… = _
        Some(8): ["25", "47", ""]
          1 × 0 + 2 × 1 + 4 × 2 + 5 × 3 = 25
          2 × 1 + 3 × 2 + 5 × 3 + 6 × 4 = 47
          *25 + 47… = _
        Some(9): ["25", "47", ""]
          1 × 0 + 2 × 1 + 4 × 2 + 5 × 3 = 25
          2 × 1 + 3 × 2 + 5 × 3 + 6 × 4 = 47
          25 + *47 = _
        Some(10): ["25", "47", ""]
          1 × 0 + 2 × 1 + 4 × 2 + 5 × 3 = 25
          2 × 1 + 3 × 2 + 5 × 3 + 6 × 4 = 47
          25 + 47 = 73
        None asked: ["", "", ""]
          1 × 0 + 2 × 1 + 4 × 2 + 5 × 3 = _
          2 × 1 + 3 × 2 + 5 × 3 + 6 × 4 = _
          ? + ? = _
    "#]]
    .assert_eq(&drawn);
}

#[test]
fn counts_are_worked_out() {
    let shape = |actions: Vec<Action>| {
        let (lab, _) = after(actions);
        let lab = lab.operation();
        let shape = lab.shape(lab.compute().ok().as_deref());
        let counts = shape.counts.iter().map(|(name, text)| format!("{name}: {text}"));
        let lines: Vec<_> = [lab.subtitle(), shape.result].into_iter().chain(counts).chain(shape.notes).collect();
        lines.join("\n") + "\n"
    };
    expect![[r#"
        Two input channels, one filter of two kernels, one output channel.
        1 × 2 × 2
        Weight tensor: c_o × c_i/g × k_h × k_w = 1 × 2 × 2 × 2
        Parameters: c_o·(c_i/g·k_h·k_w + 1) = 1·(2·2·2 + 1) = 9
        Multiply-adds: c_o·o_h·o_w · c_i/g·k_h·k_w = 1·2·2 · 2·2·2 = 32
        The sum over the channels runs from 0 to c_i/g − 1, and the bias is added once, after it.
        A multiply-add is one multiplication and one addition; the course's “multiplications” are the same count.
    "#]]
    .assert_eq(&shape(vec![]));
    let grouped = vec![
        count(ControlId::CHANNELS, 4),
        count(ControlId::FILTERS, 8),
        count(GROUPS, 2),
        pair(ControlId::INPUT_SIZE, 26, 24),
        sides(1, 1, 0, 0),
        pair(ControlId::STRIDE, 3, 3),
    ];
    expect![[r#"
        Four input channels, eight filters of two kernels, eight output channels.
        8 × 9 × 8
        Weight tensor: c_o × c_i/g × k_h × k_w = 8 × 2 × 2 × 2
        Parameters: c_o·(c_i/g·k_h·k_w + 1) = 8·(4/2·2·2 + 1) = 72
        Multiply-adds: c_o·o_h·o_w · c_i/g·k_h·k_w = 8·9·8 · 4/2·2·2 = 4,608
        The floor drops 2 rows and 1 column: the last window ends before them.
        The sum over the channels runs from 0 to c_i/g − 1, and the bias is added once, after it.
        Each output channel has its own bias, the + 1: a slide that writes one b means one for each.
        Without groups each filter would read all 4 channels: 2 times as many weights.
        A multiply-add is one multiplication and one addition; the course's “multiplications” are the same count.
    "#]]
    .assert_eq(&shape(grouped));
    expect![[r#"
        Two input channels, one filter of two kernels, one output channel.
        none
        A multiply-add is one multiplication and one addition; the course's “multiplications” are the same count.
    "#]]
    .assert_eq(&shape(vec![count(GROUPS, 2)]));
}

#[test]
fn the_controls_say_what_is_set() {
    let (lab, _) = after(vec![choose(GROUPS_BY_NAME, 1), bias("1/2, −3")]);
    let mut drawn = String::new();
    for control in lab.operation().controls() {
        writeln!(drawn, "{}: {:?} {:?} {}", control.name, control.form, control.value.unwrap(), control.note).unwrap();
    }
    expect![[r#"
        Input channels: Count(1) Count(2) 
        Filters: Count(1) Count(2) one output channel each
        Groups: Count(1) Count(2) 
        Groups by name: Segments([Named { link: "", name: "One group" }, Named { link: "", name: "Depthwise" }]) Choice(1) one filter for each channel, which reads it alone
        Input: Pair(1) Pair((3, 3)) 
        Kernel: Pair(1) Pair((2, 2)) 
        Padding: Sides(PerSide) Padding(Padding { top: 0, bottom: 0, left: 0, right: 0 }) 
        Padding is counted: Segments([Named { link: "side", name: "per side" }, Named { link: "total", name: "total (course)" }]) Choice(0) 
        Padding by name: Segments([Named { link: "", name: "None" }, Named { link: "", name: "SAME" }, Named { link: "", name: "Full" }]) Choice(0) 
        Padding holds: Select([Named { link: "zeros", name: "zeros" }, Named { link: "reflect", name: "reflect" }, Named { link: "replicate", name: "replicate" }, Named { link: "circular", name: "circular" }]) Choice(0) 
        Stride: Pair(1) Pair((1, 1)) 
        Dilation: Pair(1) Pair((1, 1)) 
        Bias: Text Text("1/2, -3") one for each filter, with commas between
        Flip kernel: Switch Switch(false) off: cross-correlation
    "#]].assert_eq(&drawn);
}

#[test]
fn the_program_computes_what_is_on_screen() {
    let code = |actions: Vec<Action>| program(&after(actions).0);
    expect![[r#"
        import torch
        import torch.nn.functional as F

        torch.set_default_dtype(torch.float64)

        # 1 example, 2 channels
        x = torch.tensor([
            [[[0, 1, 2],
               [3, 4, 5],
               [6, 7, 8]],
              [[1, 2, 3],
               [4, 5, 6],
               [7, 8, 9]]],
        ]).double()
        # 1 filter of 2 kernels
        w = torch.tensor([
            [[[0, 1],
               [2, 3]],
              [[1, 2],
               [3, 4]]],
        ]).double()
        b = torch.tensor([0]).double()

        y = F.conv2d(x, w, b)
        print(y)
    "#]]
    .assert_eq(&code(vec![]));
    let actions = vec![
        count(ControlId::FILTERS, 2),
        count(GROUPS, 2),
        cell(kernel(1, 1), 0, 0, "-1/16"),
        cell(INPUT, 0, 0, "?"),
        bias("0.5, x"),
        flip(),
        sides(1, 0, 1, 0),
        choose(ControlId::MODE, 1),
        pair(ControlId::STRIDE, 1, 2),
        pair(ControlId::DILATION, 2, 2),
    ];
    expect![[r#"
        import torch
        import torch.nn.functional as F

        torch.set_default_dtype(torch.float64)

        # 1 example, 2 channels
        x = torch.tensor([
            [[[float('nan'), 1, 2],
               [3, 4, 5],
               [6, 7, 8]],
              [[1, 2, 3],
               [4, 5, 6],
               [7, 8, 9]]],
        ]).double()
        # 2 filters of 1 kernel
        w = torch.tensor([
            [[[0, 1],
               [2, 3]]],
            [[[-1/16, 0],
               [0, 0]]],
        ]).double()
        b = torch.tensor([0.5, float('nan')]).double()

        w = w.flip(2, 3)  # F.conv2d is cross-correlation
        x = F.pad(x, (1, 0, 1, 0), mode="reflect")  # left, right, top, bottom
        y = F.conv2d(x, w, b, stride=(1, 2), dilation=2, groups=2)
        print(y)
    "#]]
    .assert_eq(&code(actions));
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
    // 19 + 37 = 56
    predicted(vec![], 0, "56", "right");
    predicted(vec![bias("3")], 0, "56", "That is the sum without the bias: 3 is still to be added.");
    predicted(
        vec![bias("3")],
        0,
        "62",
        "The bias of 3 was added twice: it comes once for each output, not for each channel.",
    );
    predicted(vec![], 0, "19", "That is channel 0 alone. The filter reads 2 channels, and their sums are added up.");
    predicted(
        vec![bias("3")],
        0,
        "40",
        "That is channel 1 alone. The filter reads 2 channels, and their sums are added up.",
    );
    predicted(vec![], 0, "28", "That is the mean over the channels. Their sums are added up and not divided.");
    predicted(vec![], 0, "23", "23 is not right, and no usual mistake gives it.");
    predicted(vec![], 0, "72", "That window lies one column too far right: it begins at row 0, column 0 of the input.");
    predicted(vec![], 1, "56", "That lays the first kernel on every channel. Each channel has a kernel of its own.");
    let different = || vec![cell(kernel(0, 1), 0, 0, "10")];
    predicted(
        different(),
        0,
        "52",
        "That lays the kernels on the wrong channels: kernel channel 0 belongs to the first, and so on.",
    );
    predicted(two_filters(), 0, "20", "That is output channel 1. Output channel 0 is made by filter 0.");
    predicted(two_filters(), 4, "56", "That is output channel 0. Output channel 1 is made by filter 1.");
    predicted([two_filters(), vec![bias("0, 5")]].concat(), 0, "61", "That adds the bias of filter 1. Filter 0 has 0.");
    predicted(vec![choose(GROUPS_BY_NAME, 1)], 0, "25", "That reads channel 1. Filter 0 reads channel 0.");
    let three = || {
        vec![
            count(ControlId::CHANNELS, 3),
            Action::Replace { plate: PlateId::Input(2), planes: vec![plane(3, 3, 1.0)] },
            cell(kernel(0, 2), 0, 0, "5"),
        ]
    };
    predicted(three(), 0, "24", "That leaves out channel 1: its 37 is still to be added.");
    predicted(
        [three(), vec![bias("2")]].concat(),
        0,
        "67",
        "The bias of 2 was added for each channel. It comes once for each output.",
    );
    predicted(vec![sides(1, 1, 1, 1)], 0, "56", "That forgets the padding: the first window begins in the ring.");
    predicted(
        vec![choose(sliding::CONVENTION, 1), sides(1, 1, 1, 1)],
        5,
        "4",
        "That takes p = 2 for each side. Here it is the total: 1 above and 1 below.",
    );
    predicted(
        vec![sides(2, 2, 2, 2)],
        7,
        "56",
        "That takes p = 2 as the total of both sides. Here it is per side: 2 above and 2 below.",
    );
    predicted(
        vec![sides(1, 1, 1, 1), choose(ControlId::MODE, 2)],
        0,
        "4",
        "That takes the ring for zeros. Here it copies the input.",
    );
    predicted(
        vec![pair(ControlId::INPUT_SIZE, 4, 4), pair(ControlId::STRIDE, 2, 2)],
        1,
        "72",
        "That is right for stride 1. Here the window moves by 2 down and by 2 across.",
    );
    predicted(
        vec![flip()],
        0,
        "56",
        "That is cross-correlation: here Flip is on, so each kernel is turned by half a turn first.",
    );
}

fn any_lab() -> impl Strategy<Value = ChannelsLab> {
    let settings = (
        (1usize..6, 1usize..6, 1usize..4, 1usize..4),
        (1usize..4, 1usize..4, 1usize..3),
        (1usize..4, 1usize..4, 1usize..3, 1usize..3),
        (0usize..3, 0usize..3, 0usize..3, 0usize..3),
        (any::<bool>(), any::<bool>(), 0..PaddingMode::NAMES.len(), 0usize..100),
    );
    settings.prop_map(|((n, m, k, l), (groups, channels, filters), (s, t, d, e), sides, (flip, total, mode, seed))| {
        let value = move |i: usize, j: usize, of: usize| {
            Entry::Number(((seed * 7 + 5 * of + 13 * i + 31 * j + of * i * j) % 19) as f64 - 9.0)
        };
        let plane = |rows, cols, of| Grid::from_fn(rows, cols, |i, j| value(i, j, of));
        let filter = |o: usize| (0..channels).map(|c| plane(k, l, 7 + 3 * o + c)).collect();
        let (top, bottom, left, right) = sides;
        ChannelsLab {
            looked: seed % (groups * channels),
            inputs: (0..groups * channels).map(|c| plane(n, m, c)).collect(),
            filters: (0..groups * filters).map(filter).collect(),
            biases: (0..groups * filters).map(|o| value(o, 3, 1)).collect(),
            groups,
            sliding: Sliding {
                padding: Padding { top, bottom, left, right },
                mode: PaddingMode::at(mode).unwrap(),
                stride: (s, t),
                dilation: (d, e),
                flip,
                convention: if total { PaddingConvention::Total } else { PaddingConvention::PerSide },
            },
        }
    })
}

/// A lab in which nothing needs to fit.
fn any_broken_lab() -> impl Strategy<Value = ChannelsLab> {
    let entry = prop_oneof![9 => Just(Entry::Number(1.0)), 1 => Just(Entry::Unreadable("?".into()))];
    let plane = |limit: usize| {
        let extent = || prop_oneof![3 => Just(2usize), 1 => 1..=limit];
        (extent(), extent(), entry.clone()).prop_map(|(rows, cols, entry)| {
            let mut plane = plane(rows, cols, 1.0);
            *plane.get_mut(0, 0).unwrap() = entry;
            plane
        })
    };
    let filter = prop::collection::vec(plane(MAX_KERNEL_EXTENT), 0..=4);
    (
        prop::collection::vec(plane(MAX_EXTENT), 0..=MAX_CHANNELS),
        prop::collection::vec(filter, 0..=MAX_FILTERS),
        prop::collection::vec(entry.clone(), 0..=MAX_FILTERS),
        prop_oneof![4 => 0usize..5, 1 => 0usize..=9_999],
        (prop_oneof![4 => 0usize..3, 1 => Just(5_000)], 0usize..4, 0usize..3, 0..PaddingMode::NAMES.len()),
    )
        .prop_map(|(inputs, filters, biases, groups, (left, stride, dilation, mode))| ChannelsLab {
            looked: 0,
            inputs,
            filters,
            biases,
            groups,
            sliding: Sliding {
                padding: Padding { left, ..Padding::default() },
                stride: (stride, 1),
                dilation: (1, dilation),
                mode: PaddingMode::at(mode).unwrap(),
                ..Sliding::default()
            },
        })
}

/// The sum of a line such as `2×(−3) + 4×1 + (−1)`.
fn worked_out(sum: &str) -> f64 {
    let number = |text: &str| Entry::parse(text.trim_start_matches('(').trim_end_matches(')')).value().unwrap();
    sum.split(" + ").map(|term| term.split('×').map(number).product::<f64>()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// What is written adds up to the reference's numbers; each number leads to its step, each term to its cells.
    #[test]
    fn every_number_leads_to_its_sum(lab in any_lab()) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        let reference = lab.channels().unwrap().output().unwrap();
        prop_assert_eq!(computed.output(), &reference);
        let len = computed.len();
        prop_assert_eq!(len, reference.iter().map(|plane| plane.cells().len()).sum::<usize>());
        for step in 0..len {
            let scene = computed.scene(Playhead { step, ..Playhead::default() });
            for beam in &scene.beams {
                for target in beam {
                    let (rows, cols) = scene.plates[target.plate].view.cells.shape();
                    prop_assert!(target.at.0 + target.extent.0 <= rows && target.at.1 + target.extent.1 <= cols);
                }
            }
            let sum = scene.sum.as_ref().unwrap();
            let terms: usize = sum.rows.iter().map(|row| row.unseen + row.terms.len()).sum();
            prop_assert_eq!(terms, computed.terms(step));
            let value = computed.answer(step).unwrap().value;
            let mut last = f64::NAN;
            for line in sum.text.split("; ") {
                let line = line.rsplit(": ").next().unwrap();
                let (left, right) = line.split_once(" = ").unwrap();
                last = Entry::parse(right).value().unwrap();
                prop_assert!(close(worked_out(left), last, 1e-12), "{}", &sum.text);
            }
            prop_assert!(close(last, value, 1e-12), "{}", &sum.text);
            let mut lit_terms = vec![0; terms];
            for plate in &scene.plates {
                for (index, cell) in plate.view.cells.iter().enumerate() {
                    let cols = plate.view.cells.cols();
                    let Some(at) = plate.view.inside(index / cols, index % cols) else { continue };
                    if cell.now {
                        prop_assert_eq!(computed.step_of(plate.id, at), Some(step), "{:?} {:?}", plate.id, at);
                    }
                    if matches!(plate.kind, PlateKind::Result | PlateKind::Derived) {
                        prop_assert!(computed.step_of(plate.id, at).is_some());
                    } else {
                        prop_assert_eq!(computed.step_of(plate.id, at), None);
                    }
                    let term = computed.term_of(step, plate.id, at);
                    if let Some(term) = term {
                        lit_terms[term] += 1;
                    }
                    // A letter stands on what is a term now; a cell that only the ring copies has none.
                    prop_assert!(cell.letter.is_none() || term.is_some() || plate.kind == PlateKind::Result, "{:?} {:?}", plate.id, at);
                }
                if let PlateId::Output(filter) = plate.id {
                    for cell in plate.view.cells.iter().filter(|cell| cell.now) {
                        let found = computed.output()[filter].cells()[step % (len / reference.len())];
                        prop_assert_eq!(&cell.text(), &format::shown(found));
                        prop_assert!(close(found, value, 1e-12));
                    }
                }
            }
            prop_assert!(terms == 0 || lit_terms.iter().any(|&count| count > 0));
        }
        let last = computed.scene(Playhead { step: len - 1, ..Playhead::default() });
        for plate in last.plates.iter().filter(|plate| plate.kind != PlateKind::Edited) {
            prop_assert!(plate.view.cells.iter().all(|cell| cell.kind == CellKind::Output));
        }
    }

    /// A term that is pointed at lights the cells that lead to it, and no others.
    #[test]
    fn a_lit_term_lights_its_cells(mut lab in any_lab(), step in 0usize..40, term in 0usize..40) {
        let Ok(computed) = lab.compute() else { return Ok(()) };
        let step = step % computed.len();
        let term = term % computed.terms(step);
        // Where one channel is shown at a time, the term's.
        let (taps, kernels) = (lab.kernel_shape().0 * lab.kernel_shape().1, lab.filters[0].len());
        let kernel = if term < kernels * taps { term / taps } else { term - kernels * taps };
        lab.looked = lab.first_channel(step / computed.output()[0].cells().len()) + kernel;
        let Ok(computed) = lab.compute() else { return Ok(()) };
        let scene = computed.scene(Playhead { step, lit: Some(term), ..Playhead::default() });
        let mut lit = 0;
        for plate in &scene.plates {
            for (index, cell) in plate.view.cells.iter().enumerate() {
                let cols = plate.view.cells.cols();
                lit += usize::from(cell.lit);
                let Some(at) = plate.view.inside(index / cols, index % cols) else { continue };
                let leads = computed.term_of(step, plate.id, at) == Some(term);
                // Two taps may read one input cell, the one of them through the ring: the first is the cell's.
                let in_ring = matches!(plate.id, PlateId::Input(_)) && !cell.seen;
                prop_assert!(in_ring || leads == cell.lit, "{:?} {:?}", plate.id, at);
            }
        }
        prop_assert!(lit == 1 || lit == 2, "{}", lit);
        let lit_terms = scene.sum.unwrap().rows.iter().flat_map(|row| row.terms.clone()).filter(|term| term.lit).count();
        prop_assert_eq!(lit_terms, 1);
    }

    #[test]
    fn repairs_end_in_an_output(lab in any_broken_lab(), choices in prop::collection::vec(0usize..4, 24)) {
        let mut lab = OperationLab::of(lab);
        for choice in choices {
            let computed = lab.operation().compute();
            let Err(problem) = computed else {
                prop_assert!(!program(&lab).is_empty());
                return Ok(());
            };
            prop_assert!(problem.sentence.ends_with('.') && !problem.repairs.is_empty(), "{:?}", problem);
            let _ = lab.operation().broken_scene(Playhead::default());
            prop_assert_eq!(lab.operation().shape(None).result, "none");
            prop_assert!(program(&lab).starts_with("import torch"));
            let repair = problem.repairs.get(choice).unwrap_or(&problem.repairs[0]);
            prop_assert!(lab.apply(repair.action.clone()).is_ok(), "{:?}", repair);
        }
        prop_assert!(false, "not repaired: {:?}", lab.operation().compute().err());
    }
}

fn program(lab: &OperationLab) -> String {
    lab.state().map(ChannelsLab::program).unwrap_or_default()
}
