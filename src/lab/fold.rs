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
