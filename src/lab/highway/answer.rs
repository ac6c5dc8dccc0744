//! Predict first: the next number, and what wrong ones mean.

use super::Layer;
use crate::{
    lab::operation::Answer,
    mistake::highway::{Case, at},
    trace::HighwayStep,
};

/// What is asked for at a step.
pub(super) fn answer(made: &Layer, step: HighwayStep) -> Option<Answer> {
    let far = made.carried_far();
    let (all, gradients) = (&made.all, &made.gradients);
    let (what, values, element) = match step {
        HighwayStep::Transformed(element) => ("Transformed", &all.transformed, element),
        HighwayStep::Gate(element) => ("Gate", &all.gate, element),
        HighwayStep::Output(element) => ("Output", &all.output, element),
        HighwayStep::SumGradient(element) => ("Sum gradient", &gradients.sums, element),
        HighwayStep::GateGradient(element) => ("Gate gradient", &gradients.gate_sums, element),
        HighwayStep::InputGradient(element) => ("Input gradient", &gradients.input, element),
        HighwayStep::Carried(element) => ("Carried", &far, element),
    };
    let (layer, upstream, layers) = (&made.highway, made.upstream.as_slice(), made.lab.layers);
    let mistakes = at(Case { layer, all, gradients, upstream, layers }, step);
    Some(Answer { question: format!("{what} row {element}"), value: *values.get(element)?, mistakes })
}
