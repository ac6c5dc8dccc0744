//! Predict first: the number that is asked for, and what a wrong one may have confused.

use super::{ChannelsLab, sums::Sums};
use crate::{lab::operation::Answer, mistake};

/// What is asked for at a step of `sums`, and the mistakes that are known.
pub(super) fn answer(lab: &ChannelsLab, sums: &Sums, index: usize) -> Option<Answer> {
    let (filter, row, col) = sums.at(index);
    let step = sums.step(index)?;
    let mistakes = mistake::channels::at(&sums.channels, &sums.output, &step, lab.sliding.convention);
    Some(Answer { question: format!("Output channel {filter}, row {row}, column {col}"), value: step.sum, mistakes })
}
