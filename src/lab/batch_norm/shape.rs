//! The formulas, what there is to count, and what to say.

use super::{Batch, BatchNormLab, NormMode, NormView, gradients::largest_error};
use crate::{
    formula::{central_difference, norm_gradients, norm_values},
    lab::operation::{Computation, ShapeView, taken_over},
    num::format,
};

/// The output's size with the formulas; `computed` is there where there is no problem.
pub(super) fn shape(lab: &BatchNormLab, computed: Option<&dyn Computation>) -> ShapeView {
    let batch: Option<&Batch> = taken_over(computed);
    let (examples, features) = lab.input.shape();
    let formulas = match lab.view {
        NormView::Forward => norm_values(lab.trains()),
        NormView::Backward => norm_gradients(lab.trains()),
        NormView::Check => vec![central_difference()],
    };
    let mut counts = Vec::new();
    if let Some(batch) = batch.filter(|_| lab.view != NormView::Forward) {
        counts.push(("largest relative error", format::shown(largest_error(batch))));
    } else {
        let both = format!("2 × {features} = {}", 2 * features);
        counts.extend([("learned: γ, β", both.clone()), ("kept: running μ, σ²", both)]);
    }
    ShapeView {
        result: batch.map_or_else(|| "none".to_owned(), |_| format::shape(&[examples, features])),
        // Each a block of its own: fractions below each other would touch.
        formulas: formulas.into_iter().map(|formula| vec![formula]).collect(),
        counts,
        notes: batch.map(notes).unwrap_or_default(),
        ..ShapeView::default()
    }
}

/// What there is to say, the most telling first.
fn notes(batch: &Batch) -> Vec<String> {
    let lab = &batch.lab;
    let mut notes = Vec::new();
    let m = batch.norm.examples();
    match (lab.view, lab.mode) {
        (NormView::Forward, NormMode::Training) => {
            notes.extend(by_epsilon_alone(batch));
            notes.push(format!(
                "m = {m} examples. x̂ takes the variance divided by m, the running one that divided by m − 1 = {}.",
                m - 1
            ));
            notes.push(
                "In a convolution a feature is a channel, and m counts all its pixels of all examples.".to_owned(),
            );
        }
        (NormView::Forward, NormMode::Evaluation) => {
            let untouched = |values: &[f64], usual: f64| values.iter().all(|value| value.to_bits() == usual.to_bits());
            let running = &batch.norm.running;
            if untouched(&running.mean, 0.0) && untouched(&running.variance, 1.0) {
                notes.push(
                    "Running mean 0 and variance 1 are what training begins with: untrained, x̂ is x, but for ε."
                        .to_owned(),
                );
            }
            notes.push("An example's output does not depend on the others: a batch of 1 will do.".to_owned());
        }
        (NormView::Backward, NormMode::Training) => {
            notes.push("dβ/m flows through the mean, x̂·dγ/m through the variance.".to_owned());
            notes.push(
                "Each column of dx adds up to 0: a feature that is shifted as a whole changes nothing.".to_owned(),
            );
        }
        (NormView::Backward, NormMode::Evaluation) => {
            notes.push("The running statistics are constants: dx is dy, scaled.".to_owned());
        }
        (NormView::Check, _) => {
            notes.push("L = Σ dy·y. h is about a 4,096th of the feature's deviation.".to_owned());
            notes.push(
                "Relative error: |a − b| by the larger of the two, or by a thousandth of the largest gradient."
                    .to_owned(),
            );
        }
    }
    notes
}

/// What is said of features without spread.
fn by_epsilon_alone(batch: &Batch) -> Option<String> {
    let is_flat = |feature: &usize| {
        let values = batch.norm.feature(*feature);
        values.windows(2).all(|pair| pair.first() == pair.last())
    };
    let feature = (0..batch.norm.features()).find(is_flat)?;
    Some(format!(
        "All numbers of column {feature} are equal: their variance is 0, ε alone is under the root, and every output is β."
    ))
}
