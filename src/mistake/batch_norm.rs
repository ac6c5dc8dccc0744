//! Mistakes at a number of a batch normalisation.

use super::{Found, Mistake, Mistaken};
use crate::{
    num::{Matrix, format::shown},
    trace::{BatchNorm, BatchNormGradients, NormStep, Normalised},
};

/// A batch normalisation with all of its numbers.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What is normalised.
    pub norm: &'a BatchNorm,
    /// What comes out.
    pub all: &'a Normalised,
}

/// The mistakes at a number of the forward pass.
pub fn at_value(case: Case, step: NormStep) -> Vec<Mistaken> {
    match step {
        NormStep::Mean(feature) => at_mean(case, feature),
        NormStep::Variance(feature) => at_variance(case, feature),
        NormStep::Normal(example, feature) => at_normal(case, (example, feature)),
        NormStep::Output(example, feature) => at_output(case, (example, feature)),
        NormStep::RunningMean(feature) | NormStep::RunningVariance(feature) => at_running(case, step, feature),
        _ => Vec::new(),
    }
}

/// The mistakes at a number of the backward pass, where `upstream` comes from above.
pub fn at_gradient(case: Case, gradients: &BatchNormGradients, upstream: &Matrix, step: NormStep) -> Vec<Mistaken> {
    match step {
        NormStep::BetaGradient(feature) | NormStep::GammaGradient(feature) => {
            at_parameter(case, gradients, upstream, step, feature)
        }
        NormStep::InputGradient(example, feature) => at_input(case, gradients, upstream, (example, feature)),
        _ => Vec::new(),
    }
}

/// (mean, biased variance); of no numbers NaN.
fn moments(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (mean, values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count)
}

impl Case<'_> {
    fn of(values: &[f64], feature: usize) -> f64 {
        values.get(feature).copied().unwrap_or(f64::NAN)
    }

    fn x(self, (example, feature): (usize, usize)) -> f64 {
        self.norm.input.get(example, feature).copied().unwrap_or(f64::NAN)
    }

    fn normal(self, (example, feature): (usize, usize)) -> f64 {
        self.all.normal.get(example, feature).copied().unwrap_or(f64::NAN)
    }

    /// (mean, variance) that are used.
    fn used(self, feature: usize) -> (f64, f64) {
        (Self::of(&self.all.moments.mean, feature), Self::of(&self.all.moments.variance, feature))
    }

    fn deviation(self, feature: usize) -> f64 {
        (self.used(feature).1 + self.norm.epsilon).sqrt()
    }

    fn parameters(self, feature: usize) -> (f64, f64) {
        (Self::of(&self.norm.gamma, feature), Self::of(&self.norm.beta, feature))
    }

    fn examples(self) -> f64 {
        self.norm.examples() as f64
    }
}

fn at_mean(case: Case, feature: usize) -> Vec<Mistaken> {
    let mut found = Found::new(case.used(feature).0);
    let (sum, m) = (case.norm.feature(feature).iter().sum::<f64>(), case.examples());
    let words = format_args!("That is the sum over the examples. Their number divides it: {m}.", m = shown(m));
    found.add(Mistake::Undivided, sum, words);
    if feature < case.norm.examples() {
        let (row, _) = moments(case.norm.input.row(feature));
        let words = format_args!(
            "That is the mean of row {feature}: one example over its features, as layer normalisation takes it. Here it \
             is one feature over the examples."
        );
        found.add(Mistake::ExampleForFeature, row, words);
    }
    let running = Case::of(&case.norm.running.mean, feature);
    let words = format_args!("That is the running mean. In training the batch's own is used.");
    found.add(Mistake::OtherStatistics, running, words);
    let words = format_args!("A mean is divided by the number of examples, {m}, not by m − 1.", m = shown(m));
    found.add(Mistake::DividedOtherwise, sum / (m - 1.0), words);
    found.into_list()
}

fn at_variance(case: Case, feature: usize) -> Vec<Mistaken> {
    let (mean, variance) = case.used(feature);
    let (x, m) = (case.norm.feature(feature), case.examples());
    let mut found = Found::new(variance);
    let words = format_args!(
        "That divides by m − 1 = {}. The batch is normalised with the biased variance, divided by m = {m}; the running \
         variance takes the other.",
        shown(m - 1.0),
        m = shown(m)
    );
    found.add(Mistake::VarianceCounted, variance * m / (m - 1.0), words);
    let words = format_args!("That is the sum of the squares. It is still to be divided by m = {m}.", m = shown(m));
    found.add(Mistake::Undivided, variance * m, words);
    let words = format_args!("That is the standard deviation. The variance is its square.");
    found.add(Mistake::VarianceForDeviation, variance.sqrt(), words);
    let squares = x.iter().map(|x| x * x).sum::<f64>() / m;
    let words = format_args!("That squares the numbers as they are. The mean {} is subtracted first.", shown(mean));
    found.add(Mistake::MeanLeftOut, squares, words);
    let sizes = x.iter().map(|x| (x - mean).abs()).sum::<f64>() / m;
    let words = format_args!("That is the mean distance from the mean. Each difference is squared.");
    found.add(Mistake::NotSquared, sizes, words);
    let words = format_args!("The differences alone add up to 0. Each is squared before they are added.");
    found.add(Mistake::NotSquared, 0.0, words);
    let running = Case::of(&case.norm.running.variance, feature);
    let words = format_args!("That is the running variance. In training the batch's own is used.");
    found.add(Mistake::OtherStatistics, running, words);
    found.into_list()
}

fn at_normal(case: Case, at: (usize, usize)) -> Vec<Mistaken> {
    let (example, feature) = at;
    let (mean, variance) = case.used(feature);
    let (x, m, epsilon, deviation) = (case.x(at), case.examples(), case.norm.epsilon, case.deviation(feature));
    let from_mean = x - mean;
    let mut found = Found::new(case.normal(at));
    let words = format_args!(
        "That divides by {}, σ² + ε. It is divided by the root of that, {}.",
        shown(variance + epsilon),
        shown(deviation)
    );
    found.add(Mistake::VarianceForDeviation, from_mean / (variance + epsilon), words);
    if case.norm.training {
        let words = format_args!(
            "That takes the variance divided by m − 1. Within the batch it is divided by m = {m}.",
            m = shown(m)
        );
        let unbiased = variance * m / (m - 1.0);
        found.add(Mistake::VarianceCounted, from_mean / (unbiased + epsilon).sqrt(), words);
    }
    let words = format_args!("That adds ε outside of the root: √σ² + ε. It is √(σ² + ε).");
    found.add(Mistake::EpsilonOutside, from_mean / (variance.sqrt() + epsilon), words);
    let words = format_args!("That leaves ε = {} out of the root.", shown(epsilon));
    found.add(Mistake::EpsilonLeftOut, from_mean / variance.sqrt(), words);
    let words =
        format_args!("That is the difference from the mean. It is still to be divided by {}.", shown(deviation));
    found.add(Mistake::DeviationLeftOut, from_mean, words);
    let words = format_args!("That divides the number as it is. The mean {} is subtracted before.", shown(mean));
    found.add(Mistake::MeanLeftOut, x / deviation, words);
    let (row_mean, row_variance) = moments(case.norm.input.row(example));
    let words = format_args!(
        "That takes mean and variance of row {example}, as layer normalisation does. Batch normalisation takes those of \
         column {feature}."
    );
    found.add(Mistake::ExampleForFeature, (x - row_mean) / (row_variance + epsilon).sqrt(), words);
    let (own_mean, own_variance) = moments(&case.norm.feature(feature));
    let running = &case.norm.running;
    let (other, words) = if case.norm.training {
        let other = (Case::of(&running.mean, feature), Case::of(&running.variance, feature));
        (other, "That takes the running statistics. They are for evaluation; in training the batch has its own.")
    } else {
        let other = (own_mean, own_variance);
        (
            other,
            "That takes the batch's own statistics. In evaluation the running ones are used, whatever the batch is.",
        )
    };
    found.add(Mistake::OtherStatistics, (x - other.0) / (other.1 + epsilon).sqrt(), format_args!("{words}"));
    found.into_list()
}

fn at_output(case: Case, at: (usize, usize)) -> Vec<Mistaken> {
    let feature = at.1;
    let ((gamma, beta), normal) = (case.parameters(feature), case.normal(at));
    let mut found = Found::new(gamma * normal + beta);
    let words = format_args!("That leaves γ = {} out: it multiplies x̂.", shown(gamma));
    found.add(Mistake::GammaLeftOut, normal + beta, words);
    let words = format_args!("That leaves β = {} out: it is added at the end.", shown(beta));
    found.add(Mistake::BetaLeftOut, gamma * normal, words);
    let words = format_args!("That is x̂. γ and β are still to come.");
    found.add(Mistake::GammaLeftOut, normal, words);
    let words = format_args!("That multiplies β as well. γ multiplies x̂ alone.");
    found.add(Mistake::BetaScaled, gamma * (normal + beta), words);
    let words = format_args!("That is γ·x + β. γ multiplies the normalised number, {}.", shown(normal));
    found.add(Mistake::NotNormalised, gamma * case.x(at) + beta, words);
    for other in (0..case.norm.features()).filter(|other| *other != feature) {
        let (gamma, beta) = case.parameters(other);
        let words = format_args!("That takes γ and β of column {other}. This is column {feature}.");
        found.add(Mistake::OtherFeature, gamma * normal + beta, words);
    }
    found.into_list()
}

fn at_running(case: Case, step: NormStep, feature: usize) -> Vec<Mistaken> {
    let (m, a) = (case.examples(), case.norm.momentum);
    let (mean, variance) = case.used(feature);
    let is_mean = step == NormStep::RunningMean(feature);
    let (old, new, after) = if is_mean {
        let of = |values: &[f64]| Case::of(values, feature);
        (of(&case.norm.running.mean), mean, of(&case.all.running.mean))
    } else {
        let of = |values: &[f64]| Case::of(values, feature);
        (of(&case.norm.running.variance), variance * m / (m - 1.0), of(&case.all.running.variance))
    };
    let mut found = Found::new(after);
    let words = format_args!(
        "That keeps {} of the old number. In PyTorch the momentum is the share of the new one, {}.",
        shown(a),
        shown(a)
    );
    found.add(Mistake::MomentumReversed, a * old + (1.0 - a) * new, words);
    if !is_mean {
        let words = format_args!(
            "That takes the variance divided by m. The running variance takes the unbiased one, divided by m − 1 = {}.",
            shown(m - 1.0)
        );
        found.add(Mistake::VarianceCounted, (1.0 - a) * old + a * variance, words);
    }
    let words = format_args!("That is the batch's own. Only {} of it is taken.", shown(a));
    found.add(Mistake::OtherStatistics, new, words);
    let words = format_args!("The old number does not stay: {} of it is kept.", shown(1.0 - a));
    found.add(Mistake::StepLeftOut, old, words);
    found.into_list()
}

fn at_parameter(
    case: Case,
    gradients: &BatchNormGradients,
    upstream: &Matrix,
    step: NormStep,
    feature: usize,
) -> Vec<Mistaken> {
    let (beta, gamma) = (Case::of(&gradients.beta, feature), Case::of(&gradients.gamma, feature));
    let is_beta = step == NormStep::BetaGradient(feature);
    let (right, other) = if is_beta { (beta, gamma) } else { (gamma, beta) };
    let mut found = Found::new(right);
    let words = if is_beta {
        "That multiplies by x̂, which is dγ. β is added: its gradient is the sum alone."
    } else {
        "That is dβ. γ multiplies x̂, and so does its gradient."
    };
    found.add(Mistake::OtherParameter, other, format_args!("{words}"));
    let words =
        format_args!("Nothing divides this sum. What is divided by m = {} is its share in dx.", shown(case.examples()));
    found.add(Mistake::SumDivided, right / case.examples(), words);
    let column = |grid: &Matrix| -> Vec<f64> { grid.iter_rows().filter_map(|row| row.get(feature).copied()).collect() };
    let with = |other: &[f64]| column(upstream).iter().zip(other).map(|(dy, x)| dy * x).sum::<f64>();
    if !is_beta {
        let words = format_args!("That multiplies by x as it was typed. γ multiplies the normalised x̂.");
        found.add(Mistake::NotNormalised, with(&case.norm.feature(feature)), words);
        let words = format_args!("That multiplies by the outputs. γ's factor is x̂, before γ and β.");
        found.add(Mistake::OtherFactor, with(&column(&case.all.output)), words);
    }
    found.into_list()
}

fn at_input(case: Case, gradients: &BatchNormGradients, upstream: &Matrix, at: (usize, usize)) -> Vec<Mistaken> {
    let (example, feature) = at;
    let (m, normal, deviation) = (case.examples(), case.normal(at), case.deviation(feature));
    let (gamma, _) = case.parameters(feature);
    let dy = upstream.get(example, feature).copied().unwrap_or(f64::NAN);
    let scale = gamma / deviation;
    let right = gradients.input.get(example, feature).copied().unwrap_or(f64::NAN);
    let mut found = Found::new(right);
    let (dbeta, dgamma) = (Case::of(&gradients.beta, feature), Case::of(&gradients.gamma, feature));
    if case.norm.training {
        let words = format_args!(
            "That takes mean and variance as constants. In training both depend on every example of the batch."
        );
        found.add(Mistake::StatisticsConstant, scale * dy, words);
        let words = format_args!("That leaves out what flows through the variance: x̂·dγ/m.");
        found.add(Mistake::PathLeftOut, scale * (dy - dbeta / m), words);
        let words = format_args!("That leaves out what flows through the mean: dβ/m.");
        found.add(Mistake::PathLeftOut, scale * (dy - normal * dgamma / m), words);
        let words = format_args!("dβ and dγ are divided by m = {m} before they are taken away.", m = shown(m));
        found.add(Mistake::Undivided, scale * (dy - dbeta - normal * dgamma), words);
    } else {
        let words = format_args!(
            "That is the gradient in training. In evaluation the statistics do not depend on this batch: dy alone flows."
        );
        found.add(Mistake::OtherStatistics, scale * (dy - dbeta / m - normal * dgamma / m), words);
    }
    let words = format_args!("That leaves γ = {} out: what was multiplied by it flows back through it.", shown(gamma));
    found.add(Mistake::GammaLeftOut, right / gamma, words);
    let words = format_args!("That leaves out the division by the deviation, {}.", shown(deviation));
    found.add(Mistake::DeviationLeftOut, right * deviation, words);
    let words = format_args!("That is what comes from above. It is still to go through γ and the deviation.");
    found.add(Mistake::DeviationLeftOut, dy, words);
    found.into_list()
}
