//! The arithmetic of the gradients: what a step adds, and the whole sum of a cell.

use super::{
    BackwardLab, ForwardKind,
    terms::{Added, FinishedCell, Terms},
};
use crate::{
    lab::{
        scene::{Arithmetic, Playhead, SumRow, Term, factor, letter, signed, whole as whole_number},
        sum::cols,
    },
    num::{Entry, Grid, format},
    trace::{BackwardStep, Flow, PoolingKind, Running},
};

/// One number that flows into a gradient's cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// Row and column of the output that sends it.
    pub(super) output: (usize, usize),
    /// The way it takes.
    pub(super) flow: Flow,
    /// How many cells the output reads.
    pub(super) cells: usize,
    /// The number.
    pub(super) product: f64,
}

/// The most terms that a sum is written out with.
const MOST_TERMS: usize = 300;

/// A line without a result.
fn line(label: impl Into<String>, terms: Vec<Term>) -> SumRow {
    SumRow {
        label: label.into(),
        before: "",
        between: ",",
        after: String::new(),
        terms,
        bias: None,
        equals: "",
        result: None,
        whole: None,
        ..SumRow::default()
    }
}

/// What a number of a gradient's cell becomes: `2 + 1 × (−3) = −1`.
struct Addition<'a> {
    old: f64,
    /// `1 × (−3)`, and whether a number in it is rounded.
    product: (String, bool),
    value: f64,
    letter: Option<String>,
    padding: bool,
    won: bool,
    texts: &'a mut Vec<String>,
}

impl Addition<'_> {
    fn term(self, index: usize, added: Added) -> Term {
        let Self { old, product: (product, rounded), value, letter, padding, won, texts } = self;
        let new = old + value;
        let rounded = rounded || format::is_rounded(old) || format::is_rounded(new);
        let equals = if rounded { "≈" } else { "=" };
        let (old, new) = (format::shown(old), format::shown(new));
        texts.push(format!("{old} + {} {equals} {new}", product.replace(" × ", "×")));
        let result = if added.has(index) { new.as_str() } else { "·" };
        Term {
            letter,
            factors: format!("{old} + {product} {equals} {result}"),
            product: String::new(),
            value,
            padding,
            lit: added.lit(index),
            waiting: added.waiting(index),
            won,
        }
    }
}

/// `2 × (−1)`, and whether a number in it is rounded.
fn product(x: &Entry, w: &Entry) -> (String, bool) {
    let ((x, x_rounded), (w, w_rounded)) = (factor(x), factor(w));
    (format!("{x} × {w}"), x_rounded || w_rounded)
}

/// An entry of a grid, 0 where it has none: a cell of the padding.
pub(super) fn entry_at(grid: &Grid<Entry>, at: Option<(usize, usize)>) -> Entry {
    at.and_then(|(i, j)| grid.get(i, j)).cloned().unwrap_or(Entry::Number(0.0))
}

/// What a step adds to each gradient; `before` are the gradients before it.
pub(super) fn of_step(lab: &BackwardLab, step: &BackwardStep, before: &Running, added: Added) -> Arithmetic {
    match lab.operation {
        ForwardKind::Convolution => of_convolution(lab, step, before, added),
        ForwardKind::Pooling(PoolingKind::Max) => of_max(lab, step, before, added),
        ForwardKind::Pooling(PoolingKind::Average) => of_average(lab, step, before, added),
    }
}

fn held(before: &Running, flow: &Flow) -> f64 {
    before.padded.get(flow.padded.0, flow.padded.1).copied().unwrap_or(f64::NAN)
}

fn of_convolution(lab: &BackwardLab, step: &BackwardStep, before: &Running, added: Added) -> Arithmetic {
    let terms = Terms::of(lab, step);
    let taps = step.flows.len();
    let g = entry_at(lab.upstream.cells(), Some(step.output));
    let named = |flow: &Flow, index: usize| flow.kernel.and_then(|at| letter(flow.tap, taps, at, added.lit(index)));
    let mut texts = [Vec::new(), Vec::new(), Vec::new()];
    let [to_input, to_kernel, to_bias] = &mut texts;
    let mut rows = [Vec::with_capacity(taps), Vec::with_capacity(taps), Vec::new()];
    let [input, kernel, bias] = &mut rows;
    for (index, flow) in step.flows.iter().enumerate() {
        let term = terms.to_input(index);
        let addition = Addition {
            old: held(before, flow),
            product: product(&g, &entry_at(&lab.kernel, flow.kernel)),
            value: flow.sent,
            letter: named(flow, term),
            padding: flow.padding,
            won: false,
            texts: to_input,
        };
        input.push(addition.term(term, added));
    }
    for (index, flow) in step.flows.iter().enumerate() {
        let term = terms.reads(index);
        let old = flow.kernel.and_then(|(u, v)| before.kernel.as_ref()?.get(u, v)).copied().unwrap_or(f64::NAN);
        let addition = Addition {
            old,
            product: product(&g, &entry_at(&lab.input, flow.input)),
            value: step.upstream * flow.x,
            letter: named(flow, term),
            padding: flow.padding,
            won: false,
            texts: to_kernel,
        };
        kernel.push(addition.term(term, added));
    }
    let addition = Addition {
        old: before.bias,
        product: factor(&g),
        value: step.upstream,
        letter: None,
        padding: false,
        won: false,
        texts: to_bias,
    };
    bias.push(addition.term(2 * taps, added));
    let labels = ["input gradient", "kernel gradient", "bias gradient"];
    let text = labels.iter().zip(&texts).map(|(label, texts)| format!("{label}: {}", texts.join(", ")));
    let text = text.collect::<Vec<_>>().join("; ");
    let cols = cols(step.flows.iter().map(|flow| flow.padded.0));
    let rows = labels.into_iter().zip(rows).map(|(label, terms)| SumRow { cols, ..line(label, terms) });
    Arithmetic { rows: rows.collect(), text }
}

fn of_max(lab: &BackwardLab, step: &BackwardStep, before: &Running, added: Added) -> Arithmetic {
    let taps = lab.window.0 * lab.window.1;
    let cells = step.flows.len();
    let is_known = added.before >= cells;
    let shown = |flow: &Flow| match flow.input {
        Some(at) => entry_at(&lab.input, Some(at)).shown(),
        None => "−∞".to_owned(),
    };
    let candidate = |(index, flow): (usize, &Flow)| Term {
        letter: letter(flow.tap, taps, flow.input.unwrap_or(flow.padded), added.lit(index)),
        factors: shown(flow),
        product: String::new(),
        value: flow.x,
        padding: flow.padding,
        lit: added.lit(index),
        waiting: added.waiting(index),
        won: is_known && step.winner == Some(index),
    };
    let terms: Vec<Term> = step.flows.iter().enumerate().map(candidate).collect();
    let maximum = format::shown(step.value);
    let winner = step.winner.and_then(|winner| step.flows.get(winner));
    let equals = if winner.is_some_and(|winner| shown(winner) != maximum) { "≈" } else { "=" };
    let joined = terms.iter().map(|term| term.factors.as_str()).collect::<Vec<_>>().join(", ");
    let mut text = format!("max({joined}) {equals} {maximum}");
    let window = SumRow {
        before: "max(",
        after: ")".to_owned(),
        equals,
        result: is_known.then_some(maximum),
        whole: whole_number(step.value),
        part: true,
        cols: cols(step.flows.iter().map(|flow| flow.padded.0)),
        added: added.before.min(cells),
        ..line("window", terms)
    };
    let mut texts = Vec::new();
    let mut rows = vec![window];
    if let Some(winner) = winner {
        let addition = Addition {
            old: held(before, winner),
            product: factor(&entry_at(lab.upstream.cells(), Some(step.output))),
            value: winner.sent,
            // Whose it is says who won.
            letter: is_known.then(|| letter(winner.tap, taps, winner.input.unwrap_or(winner.padded), true)).flatten(),
            padding: false,
            won: is_known,
            texts: &mut texts,
        };
        let mut term = addition.term(cells, added);
        // What the winner's cell held says who won, too.
        if !is_known {
            "·".clone_into(&mut term.factors);
        }
        rows.push(line("input gradient", vec![term]));
        let (row, col) = winner.input.unwrap_or(winner.padded);
        text = format!("{text}; input gradient row {row}, column {col}: {}", texts.join(", "));
    }
    Arithmetic { rows, text }
}

fn of_average(lab: &BackwardLab, step: &BackwardStep, before: &Running, added: Added) -> Arithmetic {
    let taps = lab.window.0 * lab.window.1;
    let cells = step.flows.len();
    let g = entry_at(lab.upstream.cells(), Some(step.output));
    let share = step.upstream / cells as f64;
    let (_, g_rounded) = factor(&g);
    let equals = if g_rounded || format::is_rounded(share) { "≈" } else { "=" };
    let upstream = Term {
        letter: None,
        factors: g.shown(),
        product: String::new(),
        value: step.upstream,
        padding: false,
        lit: added.lit(0),
        waiting: false,
        won: false,
    };
    let shown = format::shown(share);
    let text = format!("share: {} / {cells} {equals} {shown}", g.shown());
    let divided = SumRow {
        after: format!("/ {cells}"),
        equals,
        result: added.has(0).then(|| shown.clone()),
        whole: whole_number(share),
        part: true,
        ..line("share", vec![upstream])
    };
    let mut texts = Vec::with_capacity(cells);
    let mut terms = Vec::with_capacity(cells);
    for (index, flow) in step.flows.iter().enumerate() {
        let addition = Addition {
            old: held(before, flow),
            product: factor(&Entry::Number(share)),
            value: flow.sent,
            letter: letter(flow.tap, taps, flow.input.unwrap_or(flow.padded), added.lit(index + 1)),
            padding: flow.padding,
            won: false,
            texts: &mut texts,
        };
        let mut term = addition.term(index + 1, added);
        // The share is what is asked for.
        if added.before == 0 {
            "·".clone_into(&mut term.factors);
        }
        terms.push(term);
    }
    let text = format!("{text}; input gradient: {}", texts.join(", "));
    Arithmetic { rows: vec![divided, line("input gradient", terms)], text }
}

/// The whole sum of a finished cell.
pub(super) fn whole(lab: &BackwardLab, look: FinishedCell, pieces: &[Piece], value: f64, head: Playhead) -> Arithmetic {
    let at = |what: &str, (row, col): (usize, usize)| format!("{what} gradient row {row}, column {col}");
    let label = match look {
        FinishedCell::Input(cell) => at("input", cell),
        FinishedCell::Kernel(cell) => at("kernel", cell),
        FinishedCell::Bias => "bias gradient".to_owned(),
    };
    let mut rounded = format::is_rounded(value);
    let result = format::shown(value);
    let mut texts = Vec::new();
    let term = |(index, piece): (usize, &Piece)| {
        let g = entry_at(lab.upstream.cells(), Some(piece.output));
        let (text, is_rounded) = match (look, lab.operation) {
            (FinishedCell::Kernel(_), _) => product(&g, &entry_at(&lab.input, piece.flow.input)),
            (FinishedCell::Input(_), ForwardKind::Convolution) => {
                product(&g, &entry_at(&lab.kernel, piece.flow.kernel))
            }
            (FinishedCell::Input(_), ForwardKind::Pooling(PoolingKind::Average)) => {
                let (g, rounded) = factor(&g);
                (format!("{g} / {}", piece.cells), rounded || format::is_rounded(piece.product))
            }
            _ => factor(&g),
        };
        rounded |= is_rounded;
        texts.push(text.replace(" × ", "×"));
        let is_product = text.contains(['×', '/']);
        Term {
            letter: letter(index, pieces.len(), piece.output, head.lit == Some(index)),
            factors: text,
            product: if is_product { signed(piece.product) } else { String::new() },
            value: piece.product,
            padding: piece.flow.padding && matches!(look, FinishedCell::Kernel(_)),
            lit: head.lit == Some(index),
            waiting: false,
            won: false,
        }
    };
    let terms: Vec<Term> = if pieces.len() > MOST_TERMS {
        rounded = true;
        texts.push(format!("the sum of {} products", format::count(pieces.len() as u64)));
        Vec::new()
    } else {
        pieces.iter().enumerate().map(term).collect()
    };
    let equals = if rounded { "≈" } else { "=" };
    let (label, text) = match (pieces.len(), terms.len()) {
        (0, _) => (
            format!("{label}: no output sends anything here"),
            format!("{label}: no output sends anything here, {result}"),
        ),
        (count, 0) => {
            let label = format!("{label}: the sum of {} products", format::count(count as u64));
            let text = format!("{label} {equals} {result}");
            (label, text)
        }
        _ => {
            let text = format!("{label}: {} {equals} {result}", texts.join(" + "));
            (label, text)
        }
    };
    let row = SumRow { between: "+", equals, result: Some(result), whole: whole_number(value), ..line(label, terms) };
    Arithmetic { rows: vec![row], text }
}
