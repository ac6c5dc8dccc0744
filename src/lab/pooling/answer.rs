//! Predict first: the next number, and what wrong ones mean.

use super::{lines, pane::Pane};
use crate::{
    lab::{operation::Answer, predict::telling, scene::letter},
    nn::shape::Padding,
    num::{Matrix, format},
    trace::{Pooling, PoolingKind, PoolingStep},
};

/// What is asked for at a step of `pane`; `shifted` is the one that it is compared with.
pub(super) fn answer(pane: &Pane, shifted: Option<&Pane>, index: usize) -> Option<Answer> {
    let (pooling, output) = (&pane.pooling, &pane.pooled.values);
    let (row, col) = (index / output.cols(), index % output.cols());
    let step = pane.step(index)?;
    let question = format!("Output row {row}, column {col}");
    let mut mistakes = of_the_window(pooling, &step);
    mistakes.extend(of_the_place(pooling, &step));
    let mut add = |value: Option<f64>, sentence: String| mistakes.extend(value.map(|value| (value, sentence)));
    if pooling.padding != Padding::default() {
        let bare = Pooling { padding: Padding::default(), ..pooling.clone() };
        let value = bare.output().ok().and_then(|pooled| pooled.values.get(row, col).copied());
        add(value, "That forgets the padding: row 0 of the output begins in the ring.".to_owned());
    }
    let other = shifted.and_then(|pane| pane.pooled.values.get(row, col).copied());
    add(other, "That is what the shifted input gives.".to_owned());
    if row != col {
        add(output.get(col, row).copied(), format!("That is row {col}, column {row}. Rows come first."));
    }
    if let Some(winner) = step.winner.and_then(|winner| step.cells.get(winner)) {
        let taps = pooling.window.0 * pooling.window.1;
        let name = letter(winner.tap, taps, winner.input.unwrap_or(winner.padded), true).unwrap_or_default();
        for x in step.typed() {
            let (x_shown, largest) = (format::shown(x), format::shown(step.value));
            add(Some(x), format!("{x_shown} is in the window, but {name} is larger: {largest}."));
        }
    }
    Some(Answer { question, value: step.value, mistakes: telling(step.value, mistakes) })
}

/// Another number made of the right window.
fn of_the_window(pooling: &Pooling, step: &PoolingStep) -> Vec<(f64, String)> {
    let typed: Vec<f64> = step.typed().collect();
    let (count, sum) = (typed.len(), typed.iter().sum::<f64>());
    let largest = typed.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let smallest = typed.iter().copied().fold(f64::INFINITY, f64::min);
    let mut mistakes = Vec::new();
    let mut add = |value: f64, sentence: String| mistakes.push((value, sentence));
    match pooling.kind {
        PoolingKind::Max => {
            if count < step.cells.len() && largest < 0.0 {
                add(
                    0.0,
                    "That lets a 0 of the padding win. In a maximum padding stands for −∞ and never wins.".to_owned(),
                );
            }
            add(sum / count as f64, "That is the mean of the window. Here its largest number is asked for.".to_owned());
            add(smallest, "That is the smallest number of the window. The largest is asked for.".to_owned());
            add(sum, "That is the sum of the window. Nothing is added up in a maximum.".to_owned());
        }
        PoolingKind::Average => {
            let area = step.cells.len();
            let window = pooling.window.0 * pooling.window.1;
            let divided = |by: usize| format!("That divides the sum by {by}.");
            add(sum, format!("That is the sum of the window. It is still to be divided by {area}."));
            add(largest, "That is the largest number of the window. Here its mean is asked for.".to_owned());
            if count < area {
                let why = format!("{} Padding counts here, so it is divided by {area}.", divided(count));
                add(sum / count as f64, why);
            }
            if let Some(with_padding) = with_padding(pooling, step).filter(|&with_padding| with_padding != area) {
                let why = format!("{} Padding does not count here, so it is divided by {area}.", divided(with_padding));
                add(sum / with_padding as f64, why);
            }
            if window != area {
                let why = format!("{} The window has only {area} numbers here.", divided(window));
                add(sum / window as f64, why);
            }
            add(smallest, "That is the smallest number of the window. Its mean is asked for.".to_owned());
        }
    }
    mistakes
}

/// How many cells the window has with its padding, and without what hangs over.
fn with_padding(pooling: &Pooling, step: &PoolingStep) -> Option<usize> {
    let counted = Pooling { count_padding: true, ..pooling.clone() };
    let output = counted.output().ok()?;
    counted.step(&output, step.output.0, step.output.1).map(|step| step.cells.len())
}

/// The right number of another window.
fn of_the_place(pooling: &Pooling, step: &PoolingStep) -> Vec<(f64, String)> {
    // Every place that a window has within the padded input.
    let dense = Pooling { stride: (1, 1), ceil: false, ..pooling.clone() }.output().ok().map(|pooled| pooled.values);
    let at = |(row, col): (usize, usize)| dense.as_ref().and_then(|dense: &Matrix| dense.get(row, col)).copied();
    let mut mistakes = Vec::new();
    let mut add = |value: Option<f64>, sentence: String| mistakes.extend(value.map(|value| (value, sentence)));
    let (row, col) = step.origin;
    for (down, right, words) in [
        (0, 1, "one column too far right"),
        (1, 0, "one row too low"),
        (0, -1, "one column too far left"),
        (-1, 0, "one row too high"),
    ] {
        let moved = row.checked_add_signed(down).zip(col.checked_add_signed(right));
        let begins = if pooling.padding == Padding::default() { "input" } else { "padded input" };
        add(
            moved.and_then(at),
            format!("That window lies {words}: it begins at row {row}, column {col} of the {begins}."),
        );
    }
    if pooling.stride != (1, 1) {
        let (rows, cols) = pooling.stride;
        let by = lines(rows, cols).unwrap_or_default();
        add(at(step.output), format!("That is right for stride 1. Here the window moves by {by}."));
    }
    mistakes
}
