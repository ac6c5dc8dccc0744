//! Rules that turn gradients into updates, as PyTorch has them.

use super::{OptimizerKind, RunSpec};
use crate::{
    nn::fast::{Lanes, Number},
    num::single,
};

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
    pub fn new<M>(spec: &RunSpec<M>, len: usize) -> Self {
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
    /// A velocity or mean of gradients within ±10⁻³⁰ becomes 0. It changes no weight that is not as small itself; else
    /// those of weights that have no gradient any more would end as denormal numbers, which take a processor a hundred
    /// times as long.
    ///
    /// # Shapes
    /// `weights` and `gradient` have the length that the rule was made for.
    ///
    /// # Source
    /// The algorithms in the documentation of `torch.optim.SGD`, `Adam` and `AdamW`.
    pub fn step(&mut self, rate: f32, weights: &mut [f32], gradient: &[f32]) {
        debug_assert_eq!((weights.len(), gradient.len()), (self.first.len(), self.first.len()), "weights and gradient");
        match self.kind {
            OptimizerKind::Sgd | OptimizerKind::Nesterov => self.sgd(rate, weights, gradient),
            OptimizerKind::Adam | OptimizerKind::AdamW => self.adam(rate, weights, gradient),
        }
    }

    /// How many weights it is for.
    pub(super) fn len(&self) -> usize {
        self.first.len()
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
        // How much of the gradient and of the velocity make the step.
        let (ahead, share) = if self.kind == OptimizerKind::Nesterov { (1.0, self.momentum) } else { (0.0, 1.0) };
        let rule = Sgd { rate, momentum: self.momentum, decay: self.weight_decay, ahead, share };
        let (w, g, v) = (weights.as_chunks_mut(), gradient.as_chunks(), self.first.as_chunks_mut());
        for ((w, g), v) in w.0.iter_mut().zip(g.0).zip(v.0) {
            let (new, velocity) = rule.step(Lanes::load(w), Lanes::load(g), Lanes::load(v));
            new.store(w);
            velocity.store(v);
        }
        for ((w, g), v) in w.1.iter_mut().zip(g.1).zip(v.1) {
            (*w, *v) = rule.step(*w, *g, *v);
        }
    }

    fn adam(&mut self, rate: f32, weights: &mut [f32], gradient: &[f32]) {
        self.count_step();
        let (keep, decay) = match self.kind {
            OptimizerKind::AdamW => (1.0 - rate * self.weight_decay, 0.0),
            _ => (1.0, self.weight_decay),
        };
        let size = rate / single(1.0 - self.powers.0);
        let rule = Adam { keep, decay, size, spread: single((1.0 - self.powers.1).sqrt()) };
        let (w, g) = (weights.as_chunks_mut(), gradient.as_chunks());
        let (m, s) = (self.first.as_chunks_mut(), self.second.as_chunks_mut());
        for ((w, g), (m, s)) in w.0.iter_mut().zip(g.0).zip(m.0.iter_mut().zip(s.0)) {
            let new = rule.step(Lanes::load(w), Lanes::load(g), Lanes::load(m), Lanes::load(s));
            for (new, row) in new.into_iter().zip([w, m, s]) {
                new.store(row);
            }
        }
        for ((w, g), (m, s)) in w.1.iter_mut().zip(g.1).zip(m.1.iter_mut().zip(s.1)) {
            [*w, *m, *s] = rule.step(*w, *g, *m, *s);
        }
    }

    fn count_step(&mut self) {
        self.powers.0 *= f64::from(BETA1);
        self.powers.1 *= f64::from(BETA2);
    }
}

/// One step of SGD for a weight, or for four at a time.
struct Sgd {
    rate: f32,
    momentum: f32,
    decay: f32,
    ahead: f32,
    share: f32,
}

impl Sgd {
    /// The new weight and velocity.
    #[inline]
    fn step<T: Number>(&self, w: T, g: T, v: T) -> (T, T) {
        let g = g + T::of(self.decay) * w;
        let v = (T::of(self.momentum) * v + g).flushed();
        (w - T::of(self.rate) * (T::of(self.ahead) * g + T::of(self.share) * v), v)
    }
}

/// One step of Adam.
struct Adam {
    /// What is left of a weight after the decoupled decay.
    keep: f32,
    decay: f32,
    /// The rate over 1 − β₁ᵗ.
    size: f32,
    /// √(1 − β₂ᵗ).
    spread: f32,
}

impl Adam {
    /// The new weight, mean of gradients and mean of their squares.
    #[inline]
    fn step<T: Number>(&self, w: T, g: T, m: T, s: T) -> [T; 3] {
        let g = g + T::of(self.decay) * w;
        let m = (m + T::of(1.0 - BETA1) * (g - m)).flushed();
        let s = T::of(BETA2) * s + T::of(1.0 - BETA2) * g * g;
        let w = T::of(self.keep) * w - T::of(self.size) * m / (s.sqrt() / T::of(self.spread) + T::of(EPSILON));
        [w, m, s]
    }
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

    /// Denormal numbers would make each step many times as long.
    #[test]
    fn what_is_remembered_ends_as_zero() {
        for optimizer in [OptimizerKind::Sgd, OptimizerKind::Nesterov, OptimizerKind::Adam, OptimizerKind::AdamW] {
            let spec = RunSpec { optimizer, momentum: 0.9, ..RunSpec::default() };
            // Four weights at a time, and one by itself.
            let (mut optimizer, mut weights) = (Optimizer::new(&spec, 5), [1.0; 5]);
            optimizer.step(0.1, &mut weights, &[0.5; 5]);
            for _ in 0..2000 {
                optimizer.step(0.1, &mut weights, &[0.0; 5]);
                let (first, _) = optimizer.state();
                assert!(first.iter().all(|v| *v == 0.0 || v.is_normal()), "{optimizer:?}");
            }
            assert!(optimizer.state().0.iter().all(|v| *v == 0.0), "{:?}", optimizer.state());
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
