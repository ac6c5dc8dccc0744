//! Figures of scenes: nothing overlaps or is cut off, and text stays text.

#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them with a hash")]

use std::sync::Arc;

use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::{
    export::{
        Palette, document,
        gif::{MAX_PIXELS, MAX_SIDE},
        svg,
        tests::{check_tex, palette, texts},
        tikz,
    },
    lab::{
        OperationLab,
        convolution::PRESETS,
        operation::Computation,
        scene::{Arithmetic, Content, PlateId, PlateKind, Playhead, SumRow, Term},
    },
    link::{Link, operation},
    num::{Entry, Grid},
};

fn open(query: &str) -> OperationLab {
    let (link, _) = Link::decode(&format!("#/convolution?{query}"));
    (operation::LabKind::of_page(link.page).unwrap().decode)(&link.fields).0.lab
}

fn compute(query: &str) -> Arc<dyn Computation> {
    open(query).operation().compute().unwrap()
}

fn at(step: usize) -> Playhead {
    Playhead { step, ..Playhead::default() }
}

/// All texts that a scene asks for, sorted.
fn wanted(scene: &Scene) -> Vec<String> {
    let mut wanted = Vec::new();
    let mut put = |text: &str| {
        if !text.is_empty() {
            wanted.push(text.to_owned());
        }
    };
    for plate in &scene.plates {
        put(&plate.name);
        put(&plate.note);
        for cell in plate.view.cells.iter() {
            put(&cell.text());
            put(cell.letter.as_deref().unwrap_or(""));
            put(if cell.invalid { "!" } else { "" });
        }
    }
    // A sign stands between two columns: where there is no output, there is no place for the last.
    let columns = scene.plates.iter().map(|plate| plate.col).max().unwrap_or(0);
    scene.signs.iter().take(columns).for_each(|sign| put(sign));
    let rows = scene.sum.as_ref().map_or(&[][..], |Arithmetic { rows, .. }| rows);
    let most = rows.iter().map(|row| row.terms.len()).max().unwrap_or(0);
    let large = most <= if rows.len() > 1 { 4 } else { 12 };
    for SumRow { label, before, between, after, terms, bias, equals, result, .. } in rows {
        put(label);
        put(before);
        put(after);
        for (index, Term { letter, factors, product, .. }) in terms.iter().enumerate() {
            put(if index > 0 { between } else { "" });
            put(letter.as_deref().unwrap_or(""));
            put(factors);
            put(if large { product } else { "" });
        }
        if let Some(bias) = bias {
            put(if terms.is_empty() { "" } else { "+" });
            put("bias");
            put(bias);
        }
        put(equals);
        put(if equals.is_empty() { "" } else { result.as_deref().unwrap_or("·") });
    }
    wanted.sort();
    wanted
}

#[track_caller]
fn check_inside(picture: &Picture) {
    for item in &picture.items {
        let area = item.area();
        assert!(area.x >= 0.0 && area.y >= 0.0, "{item:?}");
        assert!(area.right() <= picture.width && area.bottom() <= picture.height, "{item:?}");
    }
}

/// A figure has every text of its scene as often as the scene, inside its frame, in files that can be read.
#[track_caller]
fn check(scene: &Scene) {
    let picture = figure(scene, &FigureStyle::default());
    check_inside(&picture);
    let mut found = texts(&svg(&picture, &palette()));
    found.sort();
    assert_eq!(found, wanted(scene));
    check_tex(&tikz(&picture, &palette()));
    check_tex(&document(&picture, &palette()));
    check_tex(&latex(scene));
}

#[test]
fn every_preset_is_a_figure() {
    for preset in PRESETS {
        let lab = open(preset.query);
        let Ok(computation) = lab.operation().compute() else {
            check(&lab.operation().broken_scene(Playhead::default()));
            continue;
        };
        let len = computation.len();
        for step in [0, len / 2, len - 1] {
            let terms = computation.terms(step);
            for head in [
                at(step),
                Playhead { lit: Some(terms / 2), pointed: Some(len - 1), ..at(step) },
                Playhead { adding: Some(terms / 2), ..at(step) },
                Playhead { asked: true, ..at(step) },
            ] {
                check(&computation.scene(head));
            }
        }
    }
}

#[test]
fn what_can_not_be_computed_is_a_figure_as_well() {
    check(&open("x=1,<b>,2;3,%26%22,5;6,7,$_%5E&k=0,1;2,3").operation().broken_scene(Playhead::default()));
    check(&open("stride=0").operation().broken_scene(Playhead::default()));
    let empty = Scene::default();
    check(&empty);
    check_inside(&Film::side_by_side(0, &FigureStyle::default(), &|_| empty.clone()).strip(3, &|_| empty.clone()));
}

fn row(terms: usize) -> SumRow {
    let term = |index: usize| Term {
        letter: (terms <= 26).then(|| "k".to_owned()),
        factors: format!("{index} × (−2)"),
        product: format!("−{}", 2 * index),
        value: -1.0,
        padding: index == 1,
        lit: index == 2,
        waiting: index > 6,
        won: index == 3,
    };
    SumRow {
        label: String::new(),
        before: "",
        between: "+",
        after: String::new(),
        terms: (0..terms).map(term).collect(),
        bias: None,
        equals: "=",
        result: Some("−123".into()),
        whole: None,
        ..SumRow::default()
    }
}

#[test]
fn arithmetic_of_every_kind() {
    let maximum = SumRow { before: "max(", between: ",", after: ")".into(), ..row(4) };
    let average = SumRow { before: "(", after: ") / 9".into(), equals: "≈", ..row(9) };
    let channel = |index: usize| SumRow { label: format!("channel {index}"), part: true, ..row(4) };
    let total = SumRow { label: "sum".into(), bias: Some("(−3)".into()), result: None, ..row(3) };
    for rows in [
        vec![maximum.clone()],
        vec![SumRow { equals: "", result: None, ..maximum }],
        vec![average.clone()],
        vec![SumRow { bias: Some("1/3".into()), ..average }],
        vec![channel(0), channel(1), channel(2), total.clone()],
        vec![SumRow { terms: row(25).terms, ..channel(0) }, SumRow { terms: row(25).terms, ..channel(1) }, total],
        vec![row(256)],
        vec![SumRow { bias: Some("1".into()), ..row(0) }],
    ] {
        check(&Scene { sum: Some(Arithmetic { rows, text: "1 + 1 = 2".into() }), ..compute("").scene(at(0)) });
    }
}

#[test]
fn a_text_too_long_for_its_cell_is_cut() {
    let check = |text: &str, expect: &str| {
        let cell = CellView { content: Content::entry(&Entry::Unreadable(text.into())), ..CellView::number(0.0) };
        let (found, size) = fitted(&cell, 46.0, true);
        assert_eq!(found, expect);
        assert!((6.5..20.0).contains(&size) && text_width(&found, size, true) <= 46.0, "{text} at {size}");
    };
    check("−3", "−3");
    check("−1.23e−300", "−1.23e−300");
    check("100000000000000000000", "10000000…");
    check("WWWWWWWWWWWWWWWW", "WWWW…");
    check("", "");
}

#[test]
fn title_and_caption_stand_above_and_below() {
    let scene = compute("").scene(at(0));
    let style = FigureStyle {
        title: "First example".into(),
        caption: "Four products make one number, and the window moves on: the next four make the next number.".into(),
        without_sum: true,
    };
    let picture = figure(&scene, &style);
    check_inside(&picture);
    let found = texts(&svg(&picture, &palette()));
    assert_eq!(found.first().unwrap(), "First example");
    let [.., first, second] = &*found else { panic!("{found:?}") };
    assert_eq!([first, " ", second].concat(), style.caption);
    assert!(!found.contains(&"19".to_owned()) || scene.plates.iter().any(|plate| plate.view.cells.shape() != (1, 1)));
    assert_eq!(picture.title, "First example");
    expect!["Input 3 × 3. Kernel 2 × 2. Output 2 × 2. 0×0 + 1×1 + 3×2 + 4×3 = 19"].assert_eq(&picture.description);
}

#[test]
fn a_film_shows_all_steps_in_one_size() {
    let computation = compute("pad=1");
    let scene = |step: usize| computation.scene(at(step));
    let film = Film::side_by_side(computation.len(), &FigureStyle::default(), &scene);
    assert_eq!((film.steps.len(), film.of, film.left_out()), (16, 16, None));
    let strip = film.strip(4, &scene);
    check_inside(&strip);
    assert_eq!(strip.title, "Input, Kernel, Output");
    assert_eq!(film.figure(2, &scene).unwrap().title, "Input, Kernel, Output, step 3 of 16");
    let found = texts(&svg(&strip, &palette()));
    for step in 1..=16 {
        assert_eq!(found.iter().filter(|text| **text == format!("step {step} of 16")).count(), 1);
    }
    let mut all: Vec<String> = (0..16).flat_map(|step| wanted(&scene(step))).collect();
    all.extend((1..=16).map(|step| format!("step {step} of 16")));
    all.sort();
    let mut found = found;
    found.sort();
    assert_eq!(found, all);
    // The grids stay where they are.
    let inputs = (0..16).map(|index| {
        let picture = film.figure(index, &scene).unwrap();
        assert_eq!((picture.width, picture.height), film.size);
        let label = picture.items.iter().find_map(|item| match item {
            Item::Text(text) if text.text == "Input" => Some(text.at),
            _ => None,
        });
        label.unwrap()
    });
    let inputs: Vec<_> = inputs.collect();
    assert!(inputs.windows(2).all(|pair| pair[0] == pair[1]), "{inputs:?}");
    assert!(film.figure(16, &scene).is_none());
}

#[test]
fn what_is_left_out_is_said() {
    let check = |side: usize, moving: bool, steps: usize, expect: &str| {
        let computation = compute(&format!("x={}", vec![vec!["0"; side].join(","); side].join(";")));
        let scene = |step: usize| computation.scene(at(step));
        let style = FigureStyle::default();
        let film = if moving {
            Film::moving(side * side / 2, &style, &scene)
        } else {
            Film::side_by_side(computation.len(), &style, &scene)
        };
        assert_eq!(film.steps.len(), steps);
        assert_eq!(film.left_out().unwrap_or_default(), expect);
        assert_eq!((film.steps.first(), film.steps.last()), (Some(&0), Some(&(film.of - 1))));
        let (width, height) = film.pixels(3.0);
        assert!(usize::from(width) * usize::from(height) <= MAX_PIXELS && width.max(height) <= MAX_SIDE);
        let (width, height) = (f64::from(width) / film.size.0, f64::from(height) / film.size.1);
        assert!((width - height).abs() < 0.01 && width <= 3.0, "{width} {height}");
    };
    check(9, false, 64, "");
    check(10, false, 64, "64 of 81 steps, evenly spread; 17 are left out.");
    check(24, true, 240, "240 of 288 steps, evenly spread; 48 are left out.");
    check(64, false, 7, "7 of 3,969 steps, evenly spread; 3,962 are left out.");
}

#[test]
fn a_scene_as_matrices() {
    let query = "k=0,-1;1/2,3&b=1";
    expect![[r#"
        % Needs \usepackage{amsmath}.
        \[
        \underset{\text{Input}}{\begin{bmatrix}
        0 & 1 & 2 \\
        3 & 4 & 5 \\
        6 & 7 & 8
        \end{bmatrix}}
        \star
        \underset{\text{Kernel}}{\begin{bmatrix}
        0 & -1 \\
        1/2 & 3
        \end{bmatrix}}
        =
        \underset{\text{Output}}{\begin{bmatrix}
        13.5 & 16 \\
        \cdot & \cdot
        \end{bmatrix}}
        \]
        \[
        \begin{aligned}
        &1 \times 0 + 2 \times (-1) + 4 \times 1/2 + 5 \times 3 + 1 = 16
        \end{aligned}
        \]
    "#]]
    .assert_eq(&latex(&compute(query).scene(at(1))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_cells_make_readable_files(
        (rows, cols, cells) in (1..5_usize, 1..5_usize)
            .prop_flat_map(|(rows, cols)| (Just(rows), Just(cols), prop::collection::vec(any::<String>(), rows * cols))),
        marks in any::<[bool; 6]>(),
        tint in any::<i8>(),
    ) {
        let [seen, lit, now, differs, won, invalid] = marks;
        let cells = Grid::from_fn(rows, cols, |i, j| CellView {
            kind: CellKind::Editable,
            content: Content::entry(&Entry::Unreadable(cells[i * cols + j].clone())),
            letter: Some("a".into()),
            seen, lit, now, differs, won, invalid, tint,
            ..CellView::default()
        });
        let name = cells.cells()[0].text();
        let plate = Plate::new(PlateId::Input(0), PlateKind::Edited, name, 0, PlateView::plain(cells));
        let scene = Scene {
            diagram: None,
            plates: vec![plate],
            signs: Vec::new(),
            beams: vec![vec![Target::cell(0, (0, 0)), Target::window(0, (0, 0), (1, 1)), Target::cell(7, (0, 0))]],
            sum: None,
        };
        let picture = figure(&scene, &FigureStyle::default());
        check_inside(&picture);
        let palette: Palette = palette();
        texts(&svg(&picture, &palette));
        check_tex(&tikz(&picture, &palette));
        check_tex(&latex(&scene));
    }
}
