//! Long sums as they are shown: of each of the window's rows its subtotal, of one row its terms.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by them")]

use proptest::prelude::*;
use receptive::{
    lab::{
        fold::{Line, lines},
        scene::{Playhead, Scene},
    },
    link::{Link, operation::LabKind},
    num::format,
};

fn scene(link: &str, head: Playhead) -> Scene {
    let (link, warnings) = Link::decode(link);
    assert!(warnings.is_empty(), "{warnings:?}");
    let (state, _) = (LabKind::of_page(link.page).unwrap().decode)(&link.fields);
    state.lab.operation().compute().unwrap_or_else(|problem| panic!("{problem}")).scene(head)
}

/// Label, terms, result of a line, and the numbers of its first two terms.
type Shown = (String, String, Option<String>, (usize, usize));

fn shown(link: &str, head: Playhead) -> Vec<Shown> {
    let scene = scene(link, head);
    let line = |Line { row, first, each }: Line<'_>| {
        let terms: Vec<_> = row.terms.iter().map(|term| term.factors.replace(' ', "")).collect();
        (row.label.clone(), terms.join(" "), row.result.clone(), (first, first + each))
    };
    lines(scene.sum.as_ref().unwrap()).into_iter().map(line).collect()
}

fn numbers(rows: usize, cols: usize) -> String {
    let row = |i: usize| (0..cols).map(|j| ((3 * i + j) % 5).to_string()).collect::<Vec<_>>().join(",");
    (0..rows).map(row).collect::<Vec<_>>().join(";")
}

fn line(label: &str, terms: &str, result: Option<&str>, places: (usize, usize)) -> Shown {
    (label.to_owned(), terms.to_owned(), result.map(str::to_owned), places)
}

#[test]
fn a_kernel_of_six_by_six_shows_a_row_and_the_subtotals_of_all() {
    let link = format!("#/convolution?x={}&k={}&b=2", numbers(6, 6), numbers(6, 6));
    let first = line("row 0", "0×0 1×1 2×2 3×3 4×4 0×0", Some("30"), (0, 1));
    assert_eq!(shown(&link, Playhead::default()), [first, line("all rows", "30 39 31 46 34 30", Some("212"), (0, 6))]);
    // A term that is pointed at opens its row.
    let lit = shown(&link, Playhead { lit: Some(14), ..Playhead::default() });
    assert_eq!(lit[0], line("row 2", "1×1 2×2 3×3 4×4 0×0 1×1", Some("31"), (12, 13)));
    // 5 × 5 has room.
    assert_eq!(shown(&format!("#/convolution?x={0}&k={0}", numbers(5, 5)), Playhead::default()).len(), 1);
}

#[test]
fn what_is_not_added_yet_is_a_dot() {
    let link = format!("#/convolution?x={0}&k={0}", numbers(6, 6));
    let adding = shown(&link, Playhead { adding: Some(13), ..Playhead::default() });
    assert_eq!((adding[0].0.as_str(), &adding[0].2), ("row 2", &None));
    assert_eq!(adding[1], line("all rows", "30 39 · · · ·", None, (0, 6)));
    let asked = shown(&link, Playhead { asked: true, ..Playhead::default() });
    assert_eq!((asked[0].2.as_deref(), asked[1].1.as_str()), (None, "· · · · · ·"));
    let pointed = shown(&link, Playhead { asked: true, lit: Some(35), ..Playhead::default() });
    assert_eq!(pointed[1].1, "· · · · · ·");
}

#[test]
fn a_maximum_is_that_of_the_rows_and_opens_its_own() {
    let link = format!("#/pooling?x={}&window=6&stride=6", numbers(6, 6).replace("0,1,2,3,4,0;3", "0,-1,2,3,9,0;3"));
    let lines = shown(&link, Playhead::default());
    assert_eq!(lines[0], line("row 0", "0 −1 2 3 9 0", Some("9"), (0, 1)));
    assert_eq!(lines[1], line("all rows", "9 4 4 4 4 4", Some("9"), (0, 6)));
    // Rows of padding alone have no largest number.
    let padded = shown("#/pooling?x=1,2;3,4&window=6&stride=1&pad=3", Playhead::default());
    assert!(padded.iter().any(|line| line.1.starts_with("−∞ ")), "{padded:?}");
}

#[test]
fn each_channel_has_its_subtotals() {
    let link = format!("#/channels?x={0}|{0}&k={0}|{0}", numbers(6, 6));
    let lines = shown(&link, Playhead { lit: Some(36 + 7), ..Playhead::default() });
    let labels: Vec<_> = lines.iter().map(|line| (line.0.as_str(), line.3.0)).collect();
    assert_eq!(labels, [("channel 0", 0), ("channel 1, row 1", 42), ("channel 1", 36), ("sum", 72)]);
}

proptest! {
    /// Whatever is folded: each term of the step is in reach, and the subtotals come to the result.
    #[test]
    fn subtotals_come_to_the_result(rows in 1_usize..9, cols in 1_usize..9, bias in -9_i32..9, stride in 1..3) {
        let (x, k) = (numbers(rows + 3, cols + 3), numbers(rows, cols));
        let scene = scene(&format!("#/convolution?x={x}&k={k}&b={bias}&stride={stride}&pad=1"), Playhead::default());
        let sum = scene.sum.unwrap();
        let lines = lines(&sum);
        let last = lines.last().unwrap();
        prop_assert_eq!(lines.len(), if rows * cols > 25 && rows > 1 { 2 } else { 1 });
        prop_assert_eq!(last.row.terms.len() * last.each, rows * cols);
        let total: f64 = last.row.terms.iter().map(|term| term.value).sum();
        let shown = format::shown(total + f64::from(bias));
        prop_assert_eq!(last.row.result.as_deref(), Some(shown.as_str()));
    }
}
