//! Long lines of arithmetic, folded: of each of the window's rows its subtotal, of one row its terms.

use std::borrow::Cow;

use super::scene::{Arithmetic, SumRow, Term};
use crate::num::format;

/// A line as it is shown.
#[derive(Debug)]
pub struct Line<'a> {
    /// What stands in it.
    pub row: Cow<'a, SumRow>,
    /// The number of its first term among all of the step.
    pub first: usize,
    /// How many terms of the step each of its terms stands for.
    pub each: usize,
}

/// The lines of a step's arithmetic. A line that folds becomes two: the row whose term is pointed at or being added, and
/// the subtotals of all rows. Of several such lines one is open; where there is nothing to add up, each is.
pub fn lines(sum: &Arithmetic) -> Vec<Line<'_>> {
    let is_lit = |row: &SumRow| row.terms.iter().any(|term| term.lit);
    let open = sum.rows.iter().position(|row| row.folds() && is_lit(row));
    let open = open.or_else(|| sum.rows.iter().position(SumRow::folds));
    let (mut lines, mut first) = (Vec::new(), 0);
    for (index, row) in sum.rows.iter().enumerate() {
        first += row.unseen;
        if row.folds() {
            if open == Some(index) || row.equals.is_empty() {
                let at = open_row(row);
                lines.push(Line { row: Cow::Owned(one_row(row, at)), first: first + at * row.cols, each: 1 });
            }
            if !row.equals.is_empty() {
                lines.push(Line { row: Cow::Owned(subtotals(row)), first, each: row.cols });
            }
        } else {
            lines.push(Line { row: Cow::Borrowed(row), first, each: 1 });
        }
        first += row.terms.len();
    }
    lines
}

/// The row of the term that is looked at; else of the largest, else the first.
fn open_row(row: &SumRow) -> usize {
    let of = |is: fn(&Term) -> bool| row.terms.iter().position(is);
    of(|term| term.lit).or_else(|| of(|term| term.won)).unwrap_or(0) / row.cols.max(1)
}

/// What the terms of a row come to.
fn total(row: &SumRow, terms: &[Term]) -> f64 {
    let values = terms.iter().map(|term| term.value);
    if row.between == "," { values.fold(f64::NEG_INFINITY, f64::max) } else { values.sum() }
}

/// The largest of a row that is all padding is no number.
fn shown(value: f64) -> String {
    if value == f64::NEG_INFINITY { "−∞".to_owned() } else { format::shown(value) }
}

/// One of the window's rows, as a part of the whole line.
fn one_row(row: &SumRow, at: usize) -> SumRow {
    let terms = row.terms.chunks(row.cols.max(1)).nth(at).unwrap_or_default().to_vec();
    let total = total(row, &terms);
    let is_max = row.before == "max(";
    SumRow {
        label: [row.label.as_str(), if row.label.is_empty() { "" } else { ", " }, "row ", &at.to_string()].concat(),
        before: if is_max { row.before } else { "" },
        between: row.between,
        after: if is_max { row.after.clone() } else { String::new() },
        equals: if row.equals == "=" && total.is_finite() && format::is_rounded(total) { "≈" } else { row.equals },
        result: (row.added >= (at + 1) * row.cols && !row.equals.is_empty()).then(|| shown(total)),
        part: true,
        terms,
        ..SumRow::default()
    }
}

/// The whole line, with a subtotal in place of the terms of a row. What is not added up yet is a dot.
fn subtotals(row: &SumRow) -> SumRow {
    let mut equals = row.equals;
    let subtotal = |(at, terms): (usize, &[Term])| {
        let value = total(row, terms);
        if value.is_finite() && format::is_rounded(value) {
            equals = "≈";
        }
        // Between commas a sign needs no brackets, and the first may have one of its own before it.
        let is_bare = value >= 0.0 || row.between == "," || (at == 0 && !row.before.is_empty());
        let shown = if is_bare { shown(value) } else { ["(", &shown(value), ")"].concat() };
        let known = row.added >= (at + 1) * row.cols;
        let any = |is: fn(&Term) -> bool| terms.iter().any(is);
        Term {
            letter: None,
            factors: if known { shown } else { "·".to_owned() },
            product: String::new(),
            value,
            padding: terms.iter().all(|term| term.padding),
            lit: any(|term| term.lit),
            waiting: terms.iter().all(|term| term.waiting),
            won: any(|term| term.won),
        }
    };
    let terms = row.terms.chunks(row.cols.max(1)).enumerate().map(subtotal).collect();
    let label = if row.label.is_empty() { "all rows".to_owned() } else { row.label.clone() };
    SumRow { label, terms, equals, ..row.clone() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        lab::scene::{Playhead, Scene},
        link::{Link, operation::LabKind},
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
        assert_eq!(
            shown(&link, Playhead::default()),
            [first, line("all rows", "30 39 31 46 34 30", Some("212"), (0, 6))]
        );
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
        let link =
            format!("#/pooling?x={}&window=6&stride=6", numbers(6, 6).replace("0,1,2,3,4,0;3", "0,-1,2,3,9,0;3"));
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
}
