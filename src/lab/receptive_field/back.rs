//! One step back, from a layer's output to its input, and its sums.

use std::cmp::Ordering;

use super::{
    plane_name,
    words::{sights_in_words, whole},
};
use crate::{
    lab::{
        scene::{Arithmetic, Playhead, SumRow, Term},
        sum::At,
    },
    num::format,
    trace::{Sight, StackLayer},
};

/// One step back: the layer whose windows are looked through, and what lies above and below it.
pub(super) struct Back<'a> {
    /// The plane that is seen, from 0 for the input: the layer's input.
    pub(super) plane: usize,
    /// The layer.
    pub(super) layer: StackLayer,
    /// That layer and those after it, up to the cell's.
    pub(super) layers: &'a [StackLayer],
    /// What is seen of the layer's output: rows, columns.
    pub(super) above: &'a (Sight, Sight),
    /// What is seen of its input.
    pub(super) below: &'a (Sight, Sight),
}

/// One end of a window along an axis, as a sum: `s·i − p`, or `s·i − p + d·(k − 1)`.
pub(super) struct Line {
    label: &'static str,
    /// Symbol, factors and value.
    pub(super) terms: Vec<(&'static str, String, i64)>,
    result: i64,
}

/// The lines of a step: first and last row and column, once where both are the same.
pub(super) fn lines(back: &Back) -> Vec<Line> {
    let ((rows, cols), layer) = (back.above, back.layer);
    let axes: &[(&Sight, [&'static str; 2])] = if rows.ends() == cols.ends() {
        &[(rows, ["first row, column", "last row, column"])]
    } else {
        &[(rows, ["first row", "last row"]), (cols, ["first column", "last column"])]
    };
    let mut lines = Vec::new();
    // Where along one axis nothing is seen, nothing is: there is no window then.
    if rows.ends().is_none() || cols.ends().is_none() {
        return lines;
    }
    for (sight, [first_label, last_label]) in axes {
        let Some((first, last)) = sight.ends() else { continue };
        let [stride, padding, reach] = [layer.stride, layer.padding, layer.reach()].map(whole);
        let begins = |at: usize| {
            let mut terms = vec![("s·i", format!("{stride} × {at}"), stride * whole(at))];
            if padding > 0 {
                terms.push(("−p", format!("(−{padding})"), -padding));
            }
            terms
        };
        let first_terms = begins(first);
        let mut last_terms = begins(last);
        let taps = format!("{} × ({} − 1)", layer.dilation, layer.kernel);
        last_terms.push(("d(k − 1)", taps, reach));
        for (label, terms) in [(*first_label, first_terms), (*last_label, last_terms)] {
            let result = terms.iter().map(|(.., value)| value).sum();
            lines.push(Line { label, terms, result });
        }
    }
    lines
}

/// The sums of a step, and what is seen by them.
pub(super) fn arithmetic(back: &Back, head: Playhead) -> Arithmetic {
    let lines = lines(back);
    let (mut rows, mut texts) = (Vec::new(), Vec::new());
    let mut first = 0;
    for Line { label, terms, result } in &lines {
        let at = At::line(head, first);
        let result = format::exact(*result as f64);
        let part = |(index, (symbol, factors, value)): (usize, &(&str, String, i64))| match (index, *symbol) {
            (_, "−p") => format!(" − {}", -value),
            (0, _) => factors.clone(),
            _ => format!(" + {factors}"),
        };
        let sum: String = terms.iter().enumerate().map(part).collect();
        texts.push(format!("{label}: {sum} = {result}"));
        let row = SumRow {
            label: (*label).to_owned(),
            before: "",
            between: "+",
            after: String::new(),
            terms: terms
                .iter()
                .enumerate()
                .map(|(index, (symbol, factors, value))| Term {
                    letter: Some((*symbol).to_owned()),
                    factors: factors.clone(),
                    product: if factors.contains('×') { signed(*value) } else { String::new() },
                    value: *value as f64,
                    padding: *symbol == "−p",
                    lit: at.lit(index),
                    waiting: at.waiting(index),
                    won: false,
                })
                .collect(),
            bias: None,
            equals: "=",
            result: at.has_result(terms.len()).then_some(result),
            whole: None,
            ..SumRow::default()
        };
        first += terms.len();
        rows.push(row);
    }
    let seen = format!("seen of {}: {}", plane_name(back.plane), sights_in_words(back.below));
    if At::line(head, first).has_result(0) {
        rows.push(SumRow {
            label: seen.clone(),
            before: "",
            between: "",
            after: String::new(),
            terms: Vec::new(),
            bias: None,
            equals: "",
            result: None,
            whole: None,
            ..SumRow::default()
        });
    }
    texts.push(seen);
    Arithmetic { rows, text: texts.join("; ") }
}

fn signed(value: i64) -> String {
    let shown = format::exact(value as f64);
    if value.cmp(&0) == Ordering::Greater { format!("+{shown}") } else { shown }
}
