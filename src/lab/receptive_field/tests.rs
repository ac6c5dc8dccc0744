//! The receptive field lab: stacks and what one cell sees of them, what can't be computed, pictures by their points.

#![allow(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "expect-test writes the strings and hands them over by value; a table of cases is as long as it is"
)]

use std::collections::HashSet;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::settings::{CELL, LAYER, LAYERS};
use super::*;
use crate::lab::control::{ControlId, Value};
use crate::{
    export::{Area, Ink, Item},
    formula::Expr,
    lab::{
        History, Lab as _, OperationLab,
        figure::{FigureStyle, figure},
        operation::Repair,
        predict::{Verdict, judge},
        scene::{Diagram, SumRow},
    },
    link::{
        Link,
        operation::{LabLink, read_lab},
    },
    num::format::MINUS,
};

fn open(query: &str) -> LabLink<ReceptiveFieldLab> {
    let (link, warnings) = Link::decode(&format!("#/receptive-field?{query}"));
    assert_eq!(warnings, []);
    let (link, warnings) = read_lab(&link.fields);
    assert_eq!(warnings, []);
    link
}

fn lab(query: &str) -> ReceptiveFieldLab {
    open(query).lab
}

fn layer(index: usize, kind: usize, counts: [usize; 4]) -> Action {
    Action::Set(LAYER.nth(index), Value::Layer(kind, counts.to_vec()))
}

fn set(control: ControlId, value: Value) -> Action {
    Action::Set(control, value)
}

fn labels(repairs: &[Repair]) -> String {
    repairs.iter().flat_map(|repair| [" [", &repair.label, "]"]).collect()
}

/// The field of the cell that looks and the planes, or the problem.
fn found(lab: &ReceptiveFieldLab) -> String {
    match lab.compute() {
        Ok(computed) => {
            let fit = lab.fit().unwrap();
            let planes: Vec<String> = fit.planes.iter().map(|&(rows, cols)| format!("{rows}x{cols}")).collect();
            let field = lab.shape(Some(computed.as_ref())).result;
            format!("{} sees {field} from {:?} of {}", planes.join(" "), fit.at, fit.layer)
        }
        Err(problem) => format!("{:?}: {}{}", problem.control, problem.sentence, labels(&problem.repairs)),
    }
}

#[track_caller]
fn check(query: &str, actions: Vec<Action>, expect: &str) {
    let mut lab = OperationLab::of(lab(query));
    let mut refused = String::new();
    for action in actions {
        if let Err(problem) = lab.apply(action) {
            refused = format!("{}{} / ", problem.sentence, labels(&problem.repairs));
        }
    }
    assert_eq!(format!("{refused}{}", found(lab.state().unwrap())), expect);
}

#[test]
fn what_can_be_done() {
    let seven = "32x32 28x28 24x24 20x20 16x16 12x12 8x8 4x4 sees 29 × 29 from (2, 2) of 7";
    check("", vec![], seven);
    let three = "n=9&layers=c3;c3;c3";
    check(three, vec![], "9x9 7x7 5x5 3x3 sees 7 × 7 from (1, 1) of 3");
    check(
        three,
        vec![set(ControlId::INPUT_SIZE, Value::Pair((8, 10)))],
        "8x10 6x8 4x6 2x4 sees 7 × 7 from (1, 2) of 3",
    );
    check(three, vec![layer(1, 0, [3, 2, 1, 1])], "9x9 7x7 4x4 2x2 sees 9 × 9 from (1, 1) of 3");
    check(
        three,
        vec![layer(0, 1, [2, 2, 0, 1])],
        "layer(2): Layer 3: a window of 3 does not fit 2 rows. [Use a kernel of 2] [Use padding 1] [Remove layer 3]",
    );
    check(three, vec![layer(0, 2, [2, 1, 0, 1])], "9x9 8x8 6x6 4x4 sees 6 × 6 from (2, 2) of 3");
    check(three, vec![layer(0, 7, [2, 1, 0, 1])], "9x9 7x7 5x5 3x3 sees 7 × 7 from (1, 1) of 3");
    // Without a dilation it keeps the one that it has.
    check(
        "n=9&layers=c3d2",
        vec![set(LAYER.nth(0), Value::Layer(0, vec![2, 1, 0]))],
        "9x9 7x7 sees 3 × 3 from (3, 3) of 1",
    );
    check(three, vec![set(LAYER.nth(1), Value::Removed)], "9x9 7x7 5x5 sees 5 × 5 from (2, 2) of 2");
    check(three, vec![set(LAYERS, Value::Count(4))], "9x9 7x7 5x5 3x3 1x1 sees 9 × 9 from (0, 0) of 4");
    check(three, vec![set(LAYERS, Value::Count(1))], "9x9 7x7 sees 3 × 3 from (3, 3) of 1");
    check("n=9&layers=c3", vec![set(LAYER.nth(0), Value::Removed)], "9x9 7x7 sees 3 × 3 from (3, 3) of 1");
    check(three, vec![set(CELL.nth(2), Value::Cell((2, 2)))], "9x9 7x7 5x5 3x3 sees 5 × 5 from (2, 2) of 2");
    check(three, vec![set(CELL.nth(1), Value::Cell((0, 6)))], "9x9 7x7 5x5 3x3 sees 3 × 3 from (0, 6) of 1");
    check(three, vec![set(ControlId::VIEW, Value::Choice(1))], "9x9 7x7 5x5 3x3 sees 7 × 7 from (1, 1) of 3");
    let from = |actions: Vec<Action>| [vec![set(CELL.nth(2), Value::Cell((0, 4)))], actions].concat();
    // The cell stays in its layer, whatever number that gets, and goes with it.
    check(three, from(vec![set(LAYER.nth(0), Value::Removed)]), "9x9 7x7 5x5 sees 3 × 3 from (0, 4) of 1");
    check(three, from(vec![set(LAYER.nth(1), Value::Removed)]), "9x9 7x7 5x5 sees 5 × 5 from (2, 2) of 2");
    check(three, from(vec![set(LAYER.nth(2), Value::Removed)]), "9x9 7x7 5x5 sees 5 × 5 from (0, 4) of 2");
    check(three, from(vec![set(LAYERS, Value::Count(1))]), "9x9 7x7 sees 3 × 3 from (3, 3) of 1");
}

#[test]
fn what_can_not() {
    let three = "n=9&layers=c3;c3;c3";
    check(
        three,
        vec![set(LAYERS, Value::Count(0))],
        "A stack of 0 layers is not possible: there are 1 to 10. [Use 1 layer] / 9x9 7x7 5x5 3x3 sees 7 × 7 from (1, 1) of 3",
    );
    check(
        three,
        vec![set(LAYERS, Value::Count(11))],
        "A stack of 11 layers is not possible: there are 1 to 10. [Use 10 layers] / 9x9 7x7 5x5 3x3 sees 7 × 7 from (1, 1) of 3",
    );
    check(
        "n=0,300",
        vec![],
        "input-size: An input of 0 × 300 is not possible: each side has 1 to 256 cells. [Use 1 × 256]",
    );
    check(
        "n=4,9&layers=c3;c5",
        vec![],
        "layer(1): Layer 2: a window of 5 does not fit 2 rows. [Use a kernel of 2] [Use padding 2] [Remove layer 2]",
    );
    check(
        "n=9,1&layers=c5d2p3",
        vec![],
        "layer(0): Layer 1: a window of 9 (kernel 5, dilation 2) does not fit 1 column with 3 of padding on each side. [Use dilation 1] [Use a kernel of 4] [Use padding 4]",
    );
    check(
        "layers=c0;c3",
        vec![],
        "layer(0): Layer 1: a kernel of 0 has no cell; the smallest is 1. [Use kernel 1] [Remove layer 1]",
    );
    check(
        "layers=c3s0",
        vec![],
        "layer(0): Layer 1: a stride of 0 never moves the window; the smallest is 1. [Use stride 1]",
    );
    check(
        "layers=c3;c3d0",
        vec![],
        "layer(1): Layer 2: a dilation of 0 puts all taps on one cell; the smallest is 1. [Use dilation 1] [Remove layer 2]",
    );
    check("layers=c3p9999", vec![], "layer(0): Layer 1: a padding of 9,999 is past the largest, 16. [Use padding 16]");
    check("layers=c17", vec![], "layer(0): Layer 1: a kernel of 17 is past the largest, 16. [Use kernel 16]");
    check(
        "layers=m2d3",
        vec![],
        "layer(0): Layer 1: max pooling has no dilation here, and its d is 3. [Use dilation 1] [Make it a convolution]",
    );
    check(
        "layers=a2p2",
        vec![],
        "layer(0): Layer 1: a padding of 2 fills a window of 2: 1 at most, one less than the window. [Use padding 1]",
    );
    check(
        "n=9&layers=c3&cell=7,2",
        vec![],
        "cell(1): Row 7, column 2 is outside of layer 1, which is 7 × 7 and counts from 0. [Use the middle] [Use row 6, column 2]",
    );
    check(
        "n=3&layers=c3&cell=1,0",
        vec![],
        "cell(1): Row 1, column 0 is outside of layer 1, which is 1 × 1 and counts from 0. [Use the middle]",
    );
    check(
        "n=9&layers=c3&cell=4,0,0",
        vec![],
        "cell(4): There is no layer 4 to look from: the stack has 1 layer, which count from 1. [Look from the last layer]",
    );
    check("n=9&layers=c3&cell=4,0,0", vec![set(CELL.nth(4), Value::Removed)], "9x9 7x7 sees 3 × 3 from (3, 3) of 1");
}

#[test]
fn each_layer_is_a_step_of_undo() {
    let mut history = History::new(OperationLab::of(lab("n=9&layers=c3;c3")));
    for kernel in [2, 1] {
        history.apply(layer(0, 0, [kernel, 1, 0, 1])).unwrap();
    }
    history.apply(layer(1, 0, [2, 1, 0, 1])).unwrap();
    history.undo();
    assert_eq!(*history.present(), OperationLab::of(lab("n=9&layers=c1;c3")));
    history.undo();
    assert_eq!(*history.present(), OperationLab::of(lab("n=9&layers=c3;c3")));
}

#[test]
fn each_cell_that_is_pressed_is_one_to_go_back_to() {
    let mut history = History::new(OperationLab::of(lab("n=9&layers=c3;c3")));
    let press = |at| set(CELL.nth(2), Value::Cell(at));
    history.apply(press((0, 0))).unwrap();
    history.apply(press((1, 4))).unwrap();
    history.undo();
    assert_eq!(history.present().state::<ReceptiveFieldLab>().unwrap().looking.unwrap().at, (0, 0));
    // A cell of the last layer stays one of the last.
    assert_eq!(history.present().state::<ReceptiveFieldLab>().unwrap().looking.unwrap().layer, None);
}

fn scene(query: &str, step: usize) -> Scene {
    lab(query).compute().unwrap().scene(Playhead { step, ..Playhead::default() })
}

/// What the topmost filled rectangle makes of a point: `@` looks, `#` seen, `+` will be seen, `.` not, `/` padding.
fn ink_at(diagram: &Diagram, (x, y): (f64, f64)) -> char {
    let within = |area: &Area| x > area.x && x < area.right() && y > area.y && y < area.bottom();
    let ink = diagram.picture.items.iter().rev().find_map(|item| match item {
        Item::Rect(area, Some(ink), _) if within(area) => Some(match ink {
            Ink::Lens => '@',
            Ink::BeamEdge => '#',
            Ink::Beam => '+',
            _ => '.',
        }),
        Item::Hatch(area, _) if within(area) => Some('/'),
        _ => None,
    });
    ink.unwrap_or(' ')
}

/// The middle of a cell of a place.
fn middle_of(place: &crate::lab::scene::Place, (row, col): (usize, usize)) -> (f64, f64) {
    let Area { x, y, w, h } = place.area;
    let share = |at: usize, of: usize, extent: f64| (at as f64 + 0.5) / of as f64 * extent;
    (x + share(col, place.shape.1, w), y + share(row, place.shape.0, h))
}

/// Each place's cells in the colours that the picture has there, planes side by side, then the arithmetic.
fn draw(scene: &Scene) -> String {
    let diagram = scene.diagram.as_ref().unwrap();
    let high = diagram.places.iter().map(|place| place.shape.0).max().unwrap_or(0);
    let mut text = format!("{}\n{}\n", diagram.picture.title, diagram.picture.description);
    for row in 0..high {
        let line = diagram.places.iter().map(|place| {
            let cells = (0..place.shape.1)
                .map(|col| if row < place.shape.0 { ink_at(diagram, middle_of(place, (row, col))) } else { ' ' });
            format!("{}  ", cells.collect::<String>())
        });
        text.push_str(line.collect::<String>().trim_end());
        text.push('\n');
    }
    if let Some(sum) = &scene.sum {
        text.push_str(&sum.text);
        text.push('\n');
    }
    text
}

#[track_caller]
fn check_scene(scene: Scene, expect: Expect) {
    expect.assert_eq(&draw(&scene));
}

#[test]
fn scenes() {
    check_scene(
        scene("n=9&layers=c3;c3s2", 0),
        expect![[r#"
            What row 1, column 1 of layer 2 sees
            Layer 2, 3 × 3 convolution, 3 × 3: the cell that looks. Layer 1, 3 × 3 convolution, 7 × 7: 3 rows, 2 to 4; 3 columns, 2 to 4. Input, 9 × 9.
            .........  .......  ...
            .........  .......  .@.
            ..+++++..  ..###..  ...
            ..+++++..  ..###..
            ..+++++..  ..###..
            ..+++++..  .......
            ..+++++..  .......
            .........
            .........
            first row, column: 2 × 1 = 2; last row, column: 2 × 1 + 1 × (3 − 1) = 4; seen of layer 1: 3 rows, 2 to 4; 3 columns, 2 to 4
        "#]],
    );
    check_scene(
        scene("n=9&layers=c3;c3s2", 1),
        expect![[r#"
            What row 1, column 1 of layer 2 sees
            Layer 2, 3 × 3 convolution, 3 × 3: the cell that looks. Layer 1, 3 × 3 convolution, 7 × 7: 3 rows, 2 to 4; 3 columns, 2 to 4. Input, 9 × 9: 5 rows, 2 to 6; 5 columns, 2 to 6.
            .........  .......  ...
            .........  .......  .@.
            ..#####..  ..###..  ...
            ..#####..  ..###..
            ..#####..  ..###..
            ..#####..  .......
            ..#####..  .......
            .........
            .........
            first row, column: 1 × 2 = 2; last row, column: 1 × 4 + 1 × (3 − 1) = 6; seen of the input: 5 rows, 2 to 6; 5 columns, 2 to 6
        "#]],
    );
    check_scene(
        scene("n=6,9&layers=c2;c3d2p2&cell=0,7", 1),
        expect![[r#"
            What row 0, column 7 of layer 2 sees
            Layer 2, 3 × 3 convolution, 5 × 8: the cell that looks. Layer 1, 2 × 2 convolution, 5 × 8: 5 rows, −2 to 2, 2 of them padding, 1 between the taps; 5 columns, 5 to 9, 2 of them padding, 1 between the taps. Input, 6 × 9: 4 rows, 0 to 3; 4 columns, 5 to 8.
            .....####  .....#.#  .......@
            .....####  ........  ........
            .....####  .....#.#  ........
            .....####  ........  ........
            .........  ........  ........
            .........
            first row: 1 × 0 = 0; last row: 1 × 2 + 1 × (2 − 1) = 3; first column: 1 × 5 = 5; last column: 1 × 7 + 1 × (2 − 1) = 8; seen of the input: 4 rows, 0 to 3; 4 columns, 5 to 8
        "#]],
    );
    check_scene(
        scene("n=7&layers=m2;c1;c1&cell=1,2,0", 0),
        expect![[r#"
            What row 2, column 0 of layer 1 sees
            Layer 3, 1 × 1 convolution, 3 × 3. Layer 2, 1 × 1 convolution, 3 × 3. Layer 1, 2 × 2 max pooling, 3 × 3: the cell that looks. Input, 7 × 7: 2 rows, 4 to 5; 2 columns, 0 to 1.
            .......  ...  ...  ...
            .......  ...  ...  ...
            .......  @..  ...  ...
            .......
            ##.....
            ##.....
            .......
            first row: 2 × 2 = 4; last row: 2 × 2 + 1 × (2 − 1) = 5; first column: 2 × 0 = 0; last column: 2 × 0 + 1 × (2 − 1) = 1; seen of the input: 2 rows, 4 to 5; 2 columns, 0 to 1
        "#]],
    );
    check_scene(
        scene("n=11&layers=c3;c3;c3&view=axis", 2),
        expect![[r#"
            What row 2, column 2 of layer 3 sees, along one axis
            Layer 3, 3 × 3 convolution, 5 × 5: the cell that looks. Layer 2, 3 × 3 convolution, 7 × 7: 3 rows, 2 to 4; 3 columns, 2 to 4. Layer 1, 3 × 3 convolution, 9 × 9: 5 rows, 2 to 6; 5 columns, 2 to 6. Input, 11 × 11: 7 rows, 2 to 8; 7 columns, 2 to 8. Paths from input columns 2 to 8: 1, 3, 6, 7, 6, 3, 1.
            ..#######..  ..#####..  ..###..  ..@..
            first row, column: 1 × 2 = 2; last row, column: 1 × 6 + 1 × (3 − 1) = 8; seen of the input: 7 rows, 2 to 8; 7 columns, 2 to 8
        "#]],
    );
    check_scene(
        scene("n=200&layers=c3s2;c3s2&view=axis&cell=0,40", 1),
        expect![[r#"
            What row 0, column 40 of layer 2 sees, along one axis
            Layer 2, 3 × 3 convolution, 49 × 49: the cell that looks. Layer 1, 3 × 3 convolution, 99 × 99: 3 rows, 0 to 2; 3 columns, 80 to 82. Input, 200 × 200: 7 rows, 0 to 6; 7 columns, 160 to 166. Paths from input columns 160 to 166: 1, 1, 2, 1, 2, 1, 1.
            .............................#######............................  ...............###..............  ........@.......
            first row: 2 × 0 = 0; last row: 2 × 2 + 1 × (3 − 1) = 6; first column: 2 × 80 = 160; last column: 2 × 82 + 1 × (3 − 1) = 166; seen of the input: 7 rows, 0 to 6; 7 columns, 160 to 166
        "#]],
    );
    // A window in the padding alone.
    check_scene(
        scene("n=3&layers=c1;c2p3&cell=0,0", 1),
        expect![[r#"
        What row 0, column 0 of layer 2 sees
        Layer 2, 2 × 2 convolution, 8 × 8: the cell that looks. Layer 1, 1 × 1 convolution, 3 × 3: 2 rows, −3 to −2, 2 of them padding; 2 columns, −3 to −2, 2 of them padding. Input, 3 × 3: nothing: its windows lie in the padding alone.
        ...  ...  @.......
        ...  ...  ........
        ...  ...  ........
                  ........
                  ........
                  ........
                  ........
                  ........
        seen of the input: nothing: its windows lie in the padding alone
    "#]],
    );
    let asked = Playhead { step: 1, asked: true, ..Playhead::default() };
    check_scene(
        lab("n=9&layers=c3;c3;c2").compute().unwrap().scene(asked),
        expect![[r#"
            What row 2, column 2 of layer 3 sees
            Layer 3, 2 × 2 convolution, 4 × 4: the cell that looks. Layer 2, 3 × 3 convolution, 5 × 5: 2 rows, 2 to 3; 2 columns, 2 to 3. Layer 1, 3 × 3 convolution, 7 × 7. Input, 9 × 9.
            .........  .......  .....  ....
            .........  .......  .....  ....
            .........  .......  ..##.  ..@.
            .........  .......  ..##.  ....
            .........  .......  .....
            .........  .......
            .........  .......
            .........
            .........
            first row, column: 1 × 2 = 2; last row, column: 1 × 3 + 1 × (3 − 1) = 5; seen of layer 1: 4 rows, 2 to 5; 4 columns, 2 to 5
        "#]],
    );
    check_scene(
        lab("n=6&layers=c3;c5").broken_scene(Playhead::default()),
        expect![[r#"
        A stack of layers
        Layer 1, 3 × 3 convolution, 4 × 4. Input, 6 × 6.
        ......  ....
        ......  ....
        ......  ....
        ......  ....
        ......
        ......
    "#]],
    );
    check_scene(
        lab("n=6&layers=c3&cell=9,9").broken_scene(Playhead::default()),
        expect![[r#"
        A stack of layers
        Layer 1, 3 × 3 convolution, 4 × 4. Input, 6 × 6.
        ......  ....
        ......  ....
        ......  ....
        ......  ....
        ......
        ......
    "#]],
    );
    check_scene(
        lab("n=999").broken_scene(Playhead::default()),
        expect![[r#"
        A stack of layers

    "#]],
    );
}

#[test]
fn shapes() {
    let shape = |query: &str, expect: Expect| {
        let lab = lab(query);
        let view = lab.shape(lab.compute().ok().as_deref());
        let formulas: Vec<String> =
            view.formulas.iter().map(|lines| lines.iter().map(Expr::plain).collect::<Vec<_>>().join(" ")).collect();
        let table = view.table.map(|table| {
            let rows = [vec![table.head.iter().map(|name| (*name).to_owned()).collect()], table.rows].concat();
            let rows: Vec<String> = rows.iter().map(|row: &Vec<String>| row.join(" | ")).collect();
            format!("{}\nlit {:?}\n", rows.join("\n"), table.lit)
        });
        let counts: Vec<String> = view.counts.iter().map(|(name, count)| format!("{name}: {count}\n")).collect();
        let counts = counts.concat();
        expect.assert_eq(&format!(
            "{}\n{}\n{}{counts}{}\n",
            view.result,
            formulas.join("\n"),
            table.unwrap_or_default(),
            view.notes.join("\n")
        ));
    };
    shape(
        "",
        expect![[r#"
            29 × 29
            r[7] = r[6] + d(k − 1)·j[6] = 25 + 1·(5 − 1)·1 = 29
            j[7] = j[6]·s = 1·1 = 1
            c[7] = c[6] + (d(k − 1)/2 − p)·j[6] = 12 + (1·(5 − 1)/2 − 0)·1 = 14
            layer | size | r | jump | centre
            input | 32 × 32 | 1 | 1 | 0
            1 conv | 28 × 28 | 5 | 1 | 2
            2 conv | 24 × 24 | 9 | 1 | 4
            3 conv | 20 × 20 | 13 | 1 | 6
            4 conv | 16 × 16 | 17 | 1 | 8
            5 conv | 12 × 12 | 21 | 1 | 10
            6 conv | 8 × 8 | 25 | 1 | 12
            7 conv | 4 × 4 | 29 | 1 | 14
            lit Some(7)
            weights a channel: 175
            in one kernel as large as the field: 841
            It has 29 × 29 = 841 cells, and all of them are seen.
            Cell 0 has its middle at c; row 2 of layer 7 at c + 2·j = 14 + 2·1 = 16, column 2 at 16.
            The middle counts most: up to 66,178,225 paths lead from an input cell there to the cell, few from the corners.
        "#]],
    );
    shape(
        "n=28&layers=c5p2;m2;c5;m2",
        expect![[r#"
            16 × 16
            r[4] = r[3] + d(k − 1)·j[3] = 14 + 1·(2 − 1)·2 = 16
            j[4] = j[3]·s = 2·2 = 4
            c[4] = c[3] + (d(k − 1)/2 − p)·j[3] = 9/2 + (1·(2 − 1)/2 − 0)·2 = 11/2
            layer | size | r | jump | centre
            input | 28 × 28 | 1 | 1 | 0
            1 conv | 28 × 28 | 5 | 1 | 0
            2 max | 14 × 14 | 6 | 2 | 0.5
            3 conv | 10 × 10 | 14 | 2 | 4.5
            4 max | 5 × 5 | 16 | 4 | 5.5
            lit Some(4)
            It has 16 × 16 = 256 cells, and all of them are seen.
            Cell 0 has its middle at c; row 2 of layer 4 at c + 2·j = 5.5 + 2·4 = 13.5, column 2 at 13.5.
            The middle counts most: up to 100 paths lead from an input cell there to the cell, few from the corners.
        "#]],
    );
    shape(
        "n=12&layers=c3p1;c3d2p1&cell=1,0,0",
        expect![[r#"
            3 × 3
            r[1] = r[0] + d(k − 1)·j[0] = 1 + 1·(3 − 1)·1 = 3
            j[1] = j[0]·s = 1·1 = 1
            c[1] = c[0] + (d(k − 1)/2 − p)·j[0] = 0 + (1·(3 − 1)/2 − 1)·1 = 0
            layer | size | r | jump | centre
            input | 12 × 12 | 1 | 1 | 0
            1 conv | 12 × 12 | 3 | 1 | 0
            2 conv | 10 × 10 | 7 | 1 | 1
            lit Some(1)
            In theory it has 3 × 3 = 9 cells; it hangs over the edge, and 4 are seen.
            Cell 0 has its middle at c; row 0 of layer 1 at c + 0·j = 0 + 0·1 = 0, column 0 at 0.
        "#]],
    );
    shape(
        "n=12&layers=c3d2;c3d2",
        expect![[r#"
            9 × 9
            r[2] = r[1] + d(k − 1)·j[1] = 5 + 2·(3 − 1)·1 = 9
            j[2] = j[1]·s = 1·1 = 1
            c[2] = c[1] + (d(k − 1)/2 − p)·j[1] = 2 + (2·(3 − 1)/2 − 0)·1 = 4
            layer | size | r | jump | centre
            input | 12 × 12 | 1 | 1 | 0
            1 conv | 8 × 8 | 5 | 1 | 2
            2 conv | 4 × 4 | 9 | 1 | 4
            lit Some(2)
            weights a channel: 18
            in one kernel as large as the field: 81
            Between its edges lie 9 × 9 = 81 cells; 25 are seen, the rest falls between the taps.
            Cell 0 has its middle at c; row 2 of layer 2 at c + 2·j = 4 + 2·1 = 6, column 2 at 6.
            The middle counts most: up to 9 paths lead from an input cell there to the cell, few from the corners.
        "#]],
    );
    shape(
        "n=6&layers=c3;c5",
        expect![[r#"
            none
            r[1] = r[0] + d(k − 1)·j[0] = 1 + 1·(3 − 1)·1 = 3
            j[1] = j[0]·s = 1·1 = 1
            c[1] = c[0] + (d(k − 1)/2 − p)·j[0] = 0 + (1·(3 − 1)/2 − 0)·1 = 1
            layer | size | r | jump | centre
            input | 6 × 6 | 1 | 1 | 0
            1 conv | 4 × 4 | 3 | 1 | 1
            lit Some(1)

        "#]],
    );
    shape(
        "n=999",
        expect![[r#"
        none


    "#]],
    );
}

/// What the presets say of their fields.
#[test]
fn presets_see_what_they_say() {
    let fields: Vec<String> = PRESETS
        .iter()
        .map(|preset| {
            let lab = lab(preset.query);
            let output =
                lab.stack.planes().map_or("misfit".to_owned(), |planes| format!("{:?}", planes.last().unwrap()));
            let sees = lab.compute().map_or("nothing".to_owned(), |computed| {
                let paths = &computed.output()[0];
                let seen = paths.cells().iter().filter(|paths| **paths > 0.0).count();
                let most = paths.cells().iter().copied().fold(0.0, f64::max);
                format!("{}, {seen} seen, {most}", lab.shape(Some(computed.as_ref())).result)
            });
            format!("{}: {output} sees {sees}", preset.name)
        })
        .collect();
    expect![[r#"
        Slide: 32 to 4 by seven 5×5: (4, 4) sees 29 × 29, 841 seen, 66178225
        The same along one axis: (4, 4) sees 29 × 29, 841 seen, 66178225
        Two 3×3 see as much as one 5×5: (5, 5) sees 5 × 5, 25 seen, 9
        Three 3×3 see as much as one 7×7: (5, 5) sees 7 × 7, 49 seen, 49
        Counting the paths of three 3×3: (5, 5) sees 7 × 7, 49 seen, 49
        Stride first: (6, 6) sees 11 × 11, 121 seen, 25
        Stride last: (8, 8) sees 7 × 7, 49 seen, 49
        Dilation 1, 2, 4: (5, 5) sees 15 × 15, 225 seen, 9
        Dilation 2, 2, 2: a grid of gaps: (7, 7) sees 13 × 13, 49 seen, 49
        Padding: a field over the edge: (12, 12) sees 7 × 7, 16 seen, 25
        A pyramid of poolings: (2, 2) sees 16 × 16, 256 seen, 1
        LeNet, 28×28: (5, 5) sees 16 × 16, 256 seen, 100
        LeNet-5 as published, 32×32: (1, 1) sees 32 × 32, 1024 seen, 625
        AlexNet's convolutions, 227×227: (6, 6) sees 195 × 195, 38025 seen, 390625
        VGG-16's first three blocks, 224×224: (28, 28) sees 44 × 44, 1936 seen, 1018081
        WaveNet's dilations along one axis: (1, 49) sees 16 × 16, 256 seen, 1
        One 5×5 too many: misfit sees nothing"#]]
    .assert_eq(&fields.join("\n"));
    let names: HashSet<&str> = PRESETS.iter().map(|preset| preset.name).collect();
    assert_eq!(names.len(), PRESETS.len());
    for preset in PRESETS {
        let link = open(preset.query);
        if let Ok(computed) = link.lab.compute() {
            assert!(link.step <= computed.len(), "{}", preset.name);
        }
    }
}

#[test]
fn predict_first() {
    let check = |query: &str, step: usize, typed: &str, expect: &str| {
        let answer = lab(query).compute().unwrap().answer(step).unwrap();
        let verdict = match judge(typed, &answer) {
            Verdict::Right => "right".to_owned(),
            Verdict::Wrong(sentence) | Verdict::Unreadable(sentence) => sentence,
        };
        assert_eq!(format!("{}: {verdict}", answer.question), expect, "{query} {typed}");
    };
    let plain = "Last row of layer 6 that row 2 of layer 7 reads";
    check("", 0, "6", &format!("{plain}: right"));
    check(
        "",
        0,
        "7",
        &format!("{plain}: That adds k, 5, where k − 1 belongs: the row that it begins with is one of the 5."),
    );
    check(
        "",
        0,
        "2",
        &format!("{plain}: That is where its window begins, s·i − p. The last row lies d·(k − 1) = 4 further."),
    );
    check("", 0, "5", &format!("{plain}: That is how many rows are seen. The number of the last is asked for."));
    let of = "Last row of the input that row 26 of layer 1 reads";
    check("", 6, "30", &format!("{of}: right"));
    check("", 6, "6", &format!("{of}: That is where the window of row 2 ends. Row 26 is asked for."));
    check(
        "",
        6,
        "28",
        &format!("{of}: That is the middle of its window, which reaches as far on the other side as on this one."),
    );
    check(
        "",
        6,
        "31",
        &format!("{of}: That adds k, 5, where k − 1 belongs: the row that it begins with is one of the 5."),
    );
    check("", 6, "29", &format!("{of}: That is how many rows are seen. The number of the last is asked for."));
    let stride = "n=21&layers=c3s2;c3;c3";
    let of = "Last row of the input that row 7 of layer 1 reads";
    check(stride, 2, "16", &format!("{of}: right"));
    check(stride, 2, "9", &format!("{of}: That forgets the stride: the window of row 7 begins at row 2 × 7."));
    check(stride, 2, "18", &format!("{of}: That is where the window of row 8 ends: rows count from 0."));
    check(
        "n=21&layers=c3;c3;c3s2",
        1,
        "99",
        "Last row of layer 1 that row 10 of layer 2 reads: 99 is not right, and no usual mistake gives it.",
    );
    check(
        "n=21&layers=c3;c3;c3s2",
        1,
        "22",
        "Last row of layer 1 that row 10 of layer 2 reads: That takes the stride of layer 3, 2. Here the windows of layer 2 \
         count, whose stride is 1.",
    );
    let dilated = "Last row of the input that row 2 of layer 1 reads";
    check("n=9&layers=c3d2", 0, "6", &format!("{dilated}: right"));
    check("n=9&layers=c3d2", 0, "4", &format!("{dilated}: That forgets the dilation: 3 taps reach over 5 rows."));
    check("n=9&layers=c3d2", 0, "8", &format!("{dilated}: That adds d·k. A window of 3 taps has 2 gaps: d·(k − 1)."));
    let padded = "Last row of the input that row 8 of layer 1 reads, be it padding";
    check("n=9&layers=c5p2&cell=8,3", 0, "10", &format!("{padded}: right"));
    check(
        "n=9&layers=c5p2&cell=8,3",
        0,
        "12",
        &format!("{padded}: That leaves the padding out: 2 rows of it come before row 0."),
    );
    check(
        "n=9&layers=c5p2&cell=8,3",
        0,
        "14",
        &format!("{padded}: That adds the padding. Its rows come before row 0, so it is subtracted."),
    );
    check(
        "n=9&layers=c5p2&cell=8,2",
        0,
        "4",
        &format!("{padded}: That is the last column. The last row is asked for."),
    );
    check(
        "n=3&layers=c1;c2p3&cell=0,0",
        1,
        "1",
        "Rows seen of the input: The windows lie in the padding alone: nothing is seen.",
    );
    check("n=9&layers=c3", 0, "three", "Last row of the input that row 3 of layer 1 reads: “three” is not a number.");
}

fn any_layer() -> impl Strategy<Value = StackLayer> {
    let kind = prop::sample::select(LayerKind::ALL.as_slice());
    (kind, 1..5usize, 1..4usize, 0..4usize, 1..4usize).prop_map(|(kind, kernel, stride, padding, dilation)| {
        let convolution = kind == LayerKind::Convolution;
        let padding = if convolution { padding } else { padding.min(kernel - 1) };
        StackLayer { kind, kernel, stride, padding, dilation: if convolution { dilation } else { 1 } }
    })
}

prop_compose! {
    /// A lab that computes, with any of its cells looking.
    fn any_lab()(
        size in (1..40usize, 1..40usize),
        layers in prop::collection::vec(any_layer(), 1..=MAX_LAYERS),
        (layer, row, col) in any::<(prop::sample::Index, prop::sample::Index, prop::sample::Index)>(),
        axis: bool,
    ) -> ReceptiveFieldLab {
        let mut stack = Stack { size, layers: Vec::new() };
        for layer in layers {
            stack.layers.push(layer);
            if stack.planes().is_err() {
                stack.layers.pop();
            }
        }
        if stack.layers.is_empty() {
            stack.layers.push(StackLayer::convolution(1));
        }
        let planes = stack.planes().unwrap();
        let layer = 1 + layer.index(planes.len() - 1);
        let (rows, cols) = planes[layer];
        let view = if axis { FieldView::Axis } else { FieldView::Planes };
        let looking = Some(Looking { layer: Some(layer), at: (row.index(rows), col.index(cols)) });
        ReceptiveFieldLab { stack, looking, view }
    }
}

/// What a factor as it is written comes to: `2 × 3`, `(−1)`, `2 × (3 − 1)`.
fn value_of(factors: &str) -> i64 {
    let number = |text: &str| text.trim().replace(MINUS, "-").parse::<i64>().unwrap();
    let part = |text: &str| {
        let text = text.trim().trim_start_matches('(').trim_end_matches(')');
        match text.split_once(" − ") {
            Some((a, b)) => number(a) - number(b),
            None => number(text),
        }
    };
    factors.split('×').map(part).product()
}

fn sum_of(row: &SumRow) -> i64 {
    row.terms.iter().map(|term| value_of(&term.factors)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_adds_up(lab in any_lab()) {
        let computed = lab.compute().unwrap();
        let sights = lab.stack.field(computed.len(), lab.looking.unwrap().at).unwrap();
        for step in 0..computed.len() {
            let scene = computed.scene(Playhead { step, ..Playhead::default() });
            let sum = scene.sum.unwrap();
            let (rows, cols) = &sights[computed.len() - 1 - step];
            let spans = rows.span.zip(cols.span);
            let mut ends = HashSet::new();
            for row in sum.rows.iter().filter(|row| !row.terms.is_empty()) {
                let result = row.result.as_ref().unwrap();
                prop_assert_eq!(&result.replace(MINUS, "-"), &sum_of(row).to_string());
                prop_assert!(sum.text.contains(&format!("= {result}")), "{}", sum.text);
                ends.insert(sum_of(row));
                for term in row.terms.iter().filter(|term| !term.product.is_empty()) {
                    let product = term.product.replace(MINUS, "-");
                    prop_assert_eq!(product.trim_start_matches('+'), value_of(&term.factors).to_string());
                }
            }
            let in_words: HashSet<i64> = spans.map(|((a, b), (c, d))| [a, b, c, d]).into_iter().flatten().collect();
            prop_assert_eq!(ends, in_words, "{}", sum.text);
            // Opening and closing brackets match, in the text as well.
            prop_assert_eq!(sum.text.matches('(').count(), sum.text.matches(')').count());
            prop_assert_eq!(computed.terms(step), sum.rows.iter().map(|row| row.terms.len()).sum::<usize>());
            let last_row = spans.map_or(0, |((_, last), _)| last);
            prop_assert!((computed.answer(step).unwrap().value - last_row as f64).abs() < 1e-9);
        }
    }

    #[test]
    fn the_picture_is_the_field(lab in any_lab(), narrow: bool, far: bool, step in 0..MAX_LAYERS, asked: bool) {
        let computed = lab.compute().unwrap();
        let step = step.min(computed.len() - 1);
        let scene = computed.scene(Playhead { step, asked, narrow, far, ..Playhead::default() });
        let diagram = scene.diagram.unwrap();
        let sights = lab.stack.field(computed.len(), lab.looking.unwrap().at).unwrap();
        let (width, height) = (diagram.picture.width, diagram.picture.height);
        prop_assert!(width.is_finite() && height.is_finite());
        prop_assert!(if narrow { width <= 360.0 } else { width <= 900.0 }, "{width}");
        for place in &diagram.places {
            let (plane, first) = plane_of(place.plate).unwrap();
            prop_assert!(place.at.0 < place.shape.0 && place.at.1 < place.shape.1);
            let inside = place.area.x >= -0.01 && place.area.y >= 0.0 && place.area.right() <= width + 0.01;
            prop_assert!(inside && place.area.bottom() <= height, "{:?}", place);
            let mark = match computed.len().checked_sub(plane) {
                None => '.',
                Some(0) => '@',
                Some(steps) if steps > step && asked => '.',
                Some(steps) if steps - 1 <= step => '#',
                Some(_) => '+',
            };
            for (row, col) in (0..place.shape.0).flat_map(|row| (0..place.shape.1).map(move |col| (row, col))) {
                let at = first + col;
                let seen = sights.get(plane).is_some_and(|(rows, cols)| match lab.view {
                    FieldView::Planes => rows.sees(row) && cols.sees(at),
                    FieldView::Axis => cols.sees(at),
                });
                let expect = if seen { mark } else { '.' };
                prop_assert_eq!(ink_at(&diagram, middle_of(place, (row, col))), expect, "{} {} {}", plane, row, at);
            }
        }
    }

    #[test]
    fn each_cell_leads_somewhere(lab in any_lab(), narrow: bool, far: bool) {
        let computed = lab.compute().unwrap();
        let scene = computed.scene(Playhead { narrow, far, ..Playhead::default() });
        let diagram = scene.diagram.unwrap();
        for place in &diagram.places {
            let (plane, first) = plane_of(place.plate).unwrap();
            for (row, col) in (0..place.shape.0).flat_map(|row| (0..place.shape.1).map(move |col| (row, col))) {
                let Some(action) = lab.pick(place.plate, (row, col)) else {
                    prop_assert_eq!(plane, 0);
                    prop_assert_eq!(computed.step_of(place.plate, (row, col)), Some(computed.len() - 1));
                    continue;
                };
                let mut other = OperationLab::of(lab.clone());
                other.apply(action).unwrap();
                let fit = other.state::<ReceptiveFieldLab>().unwrap().fit().unwrap();
                prop_assert_eq!((fit.layer, fit.at.1), (plane, first + col));
                if lab.view == FieldView::Planes {
                    prop_assert_eq!(fit.at.0, row);
                }
            }
            prop_assert_eq!(lab.pick(place.plate, (usize::MAX / 2, usize::MAX / 2)), None);
        }
    }

    /// A figure of any moment is made, whatever fits.
    #[test]
    fn any_moment_has_a_figure(lab in any_lab(), head in (0..12usize, any::<bool>(), prop::option::of(0..9usize))) {
        let (step, asked, adding) = head;
        let scene = lab.compute().unwrap().scene(Playhead { step, asked, adding, lit: adding, ..Playhead::default() });
        let picture = figure(&scene, &FigureStyle::default());
        prop_assert!(picture.width.is_finite() && picture.height.is_finite());
    }
}
