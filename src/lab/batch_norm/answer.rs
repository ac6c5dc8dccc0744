//! Predict first: the next number, and what wrong ones mean.

use super::{Batch, NormView, of};
use crate::{
    lab::operation::Answer,
    mistake::batch_norm::{Case, at_gradient, at_value},
    trace::NormStep,
};

/// What is asked for at a step; a finite difference is not.
pub(super) fn answer(batch: &Batch, step: NormStep) -> Option<Answer> {
    if batch.lab.view == NormView::Check {
        return None;
    }
    let case = Case { norm: &batch.norm, all: &batch.all };
    let (all, gradients) = (&batch.all, &batch.gradients);
    let (question, value) = match step {
        NormStep::Mean(feature) => (format!("Mean, column {feature}"), of(&all.moments.mean, feature)),
        NormStep::Variance(feature) => (format!("Variance, column {feature}"), of(&all.moments.variance, feature)),
        NormStep::Normal(example, feature) => {
            (format!("Normalised row {example}, column {feature}"), *all.normal.get(example, feature)?)
        }
        NormStep::Output(example, feature) => {
            (format!("Output row {example}, column {feature}"), *all.output.get(example, feature)?)
        }
        NormStep::RunningMean(feature) => {
            (format!("New running mean, column {feature}"), of(&all.running.mean, feature))
        }
        NormStep::RunningVariance(feature) => {
            (format!("New running variance, column {feature}"), of(&all.running.variance, feature))
        }
        NormStep::BetaGradient(feature) => (format!("Shift gradient, column {feature}"), of(&gradients.beta, feature)),
        NormStep::GammaGradient(feature) => {
            (format!("Scale gradient, column {feature}"), of(&gradients.gamma, feature))
        }
        NormStep::InputGradient(example, feature) => {
            (format!("Input gradient row {example}, column {feature}"), *gradients.input.get(example, feature)?)
        }
    };
    let mistakes = match batch.lab.view {
        NormView::Forward => at_value(case, step),
        _ => at_gradient(case, gradients, &batch.upstream, step),
    };
    Some(Answer { question, value, mistakes })
}
