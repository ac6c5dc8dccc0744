//! A step's sum, line by line, as it is written on screen and as text.

use super::scene::{Playhead, SumRow, Term, factor, signed, whole};
use crate::num::{Entry, format};

/// One product as it is written.
#[derive(Debug, Clone)]
pub struct Factors<'a> {
    /// The letter of its tap.
    pub letter: Option<String>,
    /// The input's number, as it was typed.
    pub x: &'a Entry,
    /// The kernel's number, as it was typed.
    pub w: &'a Entry,
    /// `x·w`
    pub product: f64,
    /// Whether x is a cell of the padding.
    pub padding: bool,
}

/// Where the playhead is among the terms of a line, which are counted through all lines of a step.
#[derive(Debug, Clone, Copy)]
pub struct At {
    first: usize,
    lit: Option<usize>,
    adding: Option<usize>,
    asked: bool,
}

impl At {
    /// The line whose first term has the number `first`.
    pub fn line(head: Playhead, first: usize) -> Self {
        // Nothing from the asked step on is told, whatever is pointed at.
        let asked = head.asked && head.pointed.is_none_or(|pointed| pointed >= head.step);
        Self { first, lit: head.lit, adding: head.adding(), asked }
    }

    /// Whether term `index` of the line is pointed at, or the one that is being added.
    pub fn lit(self, index: usize) -> bool {
        self.lit.or(self.adding) == Some(self.first + index)
    }

    /// Whether term `index` of the line is not added yet.
    pub fn waiting(self, index: usize) -> bool {
        self.adding.is_some_and(|adding| self.first + index > adding)
    }

    /// Whether the line of `terms` has its result.
    pub fn has_result(self, terms: usize) -> bool {
        self.added(terms) == terms && !self.asked
    }

    /// How many of the line's `terms` are added up.
    pub fn added(self, terms: usize) -> usize {
        let added = self.adding.map_or(terms, |adding| adding.saturating_sub(self.first).min(terms));
        if self.asked { 0 } else { added }
    }
}

/// How many of a step's taps stand in a row of its window, by the rows of all in order.
pub fn cols(mut rows: impl Iterator<Item = usize>) -> usize {
    let first = rows.next();
    usize::from(first.is_some()) + rows.take_while(|row| Some(*row) == first).count()
}

/// `a×b + c×d + bias = sum`, and the same as text.
pub fn of_products<'a>(
    factors: impl Iterator<Item = Factors<'a>>,
    bias: Option<&Entry>,
    sum: f64,
    at: At,
) -> (SumRow, String) {
    let (mut text, mut terms) = (Vec::new(), Vec::new());
    let mut rounded = format::is_rounded(sum);
    for (index, Factors { letter, x, w, product, padding }) in factors.enumerate() {
        let ((x, x_rounded), (w, w_rounded)) = (factor(x), factor(w));
        rounded |= x_rounded || w_rounded;
        text.push(format!("{x}×{w}"));
        terms.push(Term {
            letter,
            factors: format!("{x} × {w}"),
            product: signed(product),
            value: product,
            padding,
            lit: at.lit(index),
            waiting: at.waiting(index),
            won: false,
        });
    }
    let bias = bias.filter(|bias| bias.value() != Some(0.0)).map(factor);
    if let Some((bias, bias_rounded)) = &bias {
        rounded |= bias_rounded;
        text.push(bias.clone());
    }
    let equals = if rounded { "≈" } else { "=" };
    let result = format::shown(sum);
    let text = format!("{} {equals} {result}", text.join(" + "));
    let row = SumRow {
        label: String::new(),
        before: "",
        between: "+",
        after: String::new(),
        result: at.has_result(terms.len()).then_some(result),
        added: at.added(terms.len()),
        terms,
        bias: bias.map(|(bias, _)| bias),
        equals,
        whole: whole(sum),
        ..SumRow::default()
    };
    (row, text)
}
