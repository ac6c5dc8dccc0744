//! Rules that turn gradients into updates, as PyTorch has them.

use super::{OptimizerKind, RunSpec};

/// Decay of Adam's mean of gradients.
const BETA1: f32 = 0.9;
/// Decay of Adam's mean of squared gradients.
const BETA2: f32 = 0.999;
/// Keeps Adam from dividing by zero.
const EPSILON: f32 = 1e-8;

/// An update rule and what it remembers of earlier gradients.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimizer {
    kind: OptimizerKind,
    momentum: f32,
    weight_decay: f32,
    /// The velocity (SGD, Nesterov) or the mean of gradients (Adam).
    first: Vec<f32>,
    /// Adam's mean of squared gradients; empty for the others.
    second: Vec<f32>,
    /// β₁ᵗ and β₂ᵗ after t steps. Products, not powers: those differ in their last bits between machines.
    powers: (f64, f64),
}

impl Optimizer {
    /// The rule of `spec` for `len` weights, before the first step.
    pub fn new(spec: &RunSpec, len: usize) -> Self {
        let second = match spec.optimizer {
            OptimizerKind::Sgd | OptimizerKind::Nesterov => 0,
            OptimizerKind::Adam | OptimizerKind::AdamW => len,
        };
        Self {
            kind: spec.optimizer,
            momentum: spec.momentum,
            weight_decay: spec.weight_decay,
            first: vec![0.0; len],
            second: vec![0.0; second],
            powers: (1.0, 1.0),
        }
    }

    /// Moves `weights` by one step of size `rate` along `gradient`.
    ///
    /// With the decay λ and g the gradient:
    /// - SGD: `g += λ·w`, `v = momentum·v + g`, `w −= rate·v`; Nesterov: `w −= rate·(g + momentum·v)`.
    /// - Adam: `g += λ·w`, `m += (1 − β₁)·(g − m)`, `s = β₂·s + (1 − β₂)·g²`,
    ///   `w −= rate/(1 − β₁ᵗ)·m/(√s/√(1 − β₂ᵗ) + ε)`; AdamW: `w *= 1 − rate·λ` instead of the first.
    ///
    /// # Source
    /// The algorithms in the documentation of `torch.optim.SGD`, `Adam` and `AdamW`.
    pub fn step(&mut self, rate: f32, weights: &mut [f32], gradient: &[f32]) {
        match self.kind {
            OptimizerKind::Sgd | OptimizerKind::Nesterov => self.sgd(rate, weights, gradient),
            OptimizerKind::Adam | OptimizerKind::AdamW => self.adam(rate, weights, gradient),
        }
    }

    /// What is remembered, in two rows: for a snapshot.
    pub(super) fn state(&self) -> (&[f32], &[f32]) {
        (&self.first, &self.second)
    }

    /// The rows of [`state`](Self::state), to be filled from a snapshot taken after `steps` steps.
    pub(super) fn restore(&mut self, steps: u32) -> (&mut [f32], &mut [f32]) {
        self.powers = (1.0, 1.0);
        for _ in 0..steps {
            self.count_step();
        }
        (&mut self.first, &mut self.second)
    }

    fn sgd(&mut self, rate: f32, weights: &mut [f32], gradient: &[f32]) {
        let (momentum, decay) = (self.momentum, self.weight_decay);
        // How much of the gradient and of the velocity make the step.
        let (ahead, share) = if self.kind == OptimizerKind::Nesterov { (1.0, momentum) } else { (0.0, 1.0) };
        for ((w, g), v) in weights.iter_mut().zip(gradient).zip(&mut self.first) {
            let g = g + decay * *w;
            *v = momentum * *v + g;
            *w -= rate * (ahead * g + share * *v);
        }
    }

    fn adam(&mut self, rate: f32, weights: &mut [f32], gradient: &[f32]) {
        self.count_step();
        let (keep, decay) = match self.kind {
            OptimizerKind::AdamW => (1.0 - rate * self.weight_decay, 0.0),
            _ => (1.0, self.weight_decay),
        };
        let size = rate / single(1.0 - self.powers.0);
        let spread = single((1.0 - self.powers.1).sqrt());
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((w, g), (m, s)) in weights.iter_mut().zip(gradient).zip(moments) {
            let g = g + decay * *w;
            *m += (1.0 - BETA1) * (g - *m);
            *s = BETA2 * *s + (1.0 - BETA2) * g * g;
            *w = keep * *w - size * *m / (s.sqrt() / spread + EPSILON);
        }
    }

    fn count_step(&mut self) {
        self.powers.0 *= f64::from(BETA1);
        self.powers.1 *= f64::from(BETA2);
    }
}

fn single(value: f64) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "the engine's precision")]
    let value = value as f32;
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: OptimizerKind, momentum: f32, weight_decay: f32, expect: [f32; 2]) {
        let spec = RunSpec { optimizer: kind, momentum, weight_decay, ..RunSpec::default() };
        let mut optimizer = Optimizer::new(&spec, 1);
        let mut weights = [1.0];
        for expect in expect {
            optimizer.step(0.1, &mut weights, &[0.5]);
            assert!((weights[0] - expect).abs() < 1e-6, "{weights:?} where {expect} is expected");
        }
    }

    #[test]
    fn two_steps_by_hand() {
        check(OptimizerKind::Sgd, 0.0, 0.0, [0.95, 0.9]);
        check(OptimizerKind::Sgd, 0.9, 0.0, [0.95, 0.855]);
        check(OptimizerKind::Sgd, 0.0, 0.1, [0.94, 0.8806]);
        check(OptimizerKind::Nesterov, 0.9, 0.0, [0.905, 0.7695]);
        // With equal gradients every step of Adam has the size of the rate.
        check(OptimizerKind::Adam, 0.0, 0.0, [0.9, 0.8]);
        check(OptimizerKind::AdamW, 0.0, 0.1, [0.89, 0.7811]);
    }
}
