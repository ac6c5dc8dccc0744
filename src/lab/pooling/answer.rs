//! Predict first: the next number, and what wrong ones mean.

use super::pane::Pane;
use crate::{lab::operation::Answer, mistake};

/// What is asked for at a step of `pane`; `shifted` is the one that it is compared with.
pub(super) fn answer(pane: &Pane, shifted: Option<&Pane>, index: usize) -> Option<Answer> {
    let step = pane.step(index)?;
    let (row, col) = step.output;
    let shifted = shifted.and_then(|pane| pane.pooled.values.get(row, col).copied());
    let mistakes = mistake::pooling::at(&pane.pooling, &pane.pooled.values, &step, shifted);
    Some(Answer { question: format!("Output row {row}, column {col}"), value: step.value, mistakes })
}
