//! What a run is, as data: the same spec and the same images give the same curve, bit for bit.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The most images in a step.
pub const MAX_BATCH: u32 = 1024;
/// The most epochs of a run.
pub const MAX_EPOCHS: u32 = 100;

/// Which rule turns gradients into updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OptimizerKind {
    /// Stochastic gradient descent, with `momentum` (0 for none).
    Sgd,
    /// SGD with Nesterov's momentum.
    Nesterov,
    /// Adam, β₁ 0.9, β₂ 0.999, ε 1e-8.
    Adam,
    /// Adam with decoupled weight decay.
    AdamW,
}

/// How the step size goes on from the learning rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Schedule {
    /// It stays.
    Constant,
    /// It falls in a straight line and would reach 0 after the last step.
    ///
    /// The noise of small batches keeps a constant rate from settling: how good the weights are after the last step
    /// would be a matter of luck.
    Linear,
}

impl Schedule {
    /// What the learning rate is multiplied by in step `step` (from 0) of `steps`.
    ///
    /// ```
    /// # use receptive::train::Schedule;
    /// assert_eq!(Schedule::Linear.factor(0, 4), 1.0);
    /// assert_eq!(Schedule::Linear.factor(3, 4), 0.25);
    /// ```
    pub fn factor(self, step: u32, steps: u32) -> f32 {
        match self {
            Self::Constant => 1.0,
            Self::Linear => steps.saturating_sub(step) as f32 / steps.max(1) as f32,
        }
    }
}

/// A training run of LeNet on MNIST.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RunSpec {
    /// The update rule.
    pub optimizer: OptimizerKind,
    /// Step size at the start; the user can change it while the run goes on.
    pub learning_rate: f32,
    /// How it goes on from there.
    pub schedule: Schedule,
    /// Share of the last update that is kept, in 0..1; SGD and Nesterov only.
    pub momentum: f32,
    /// L2 penalty (SGD, Nesterov, Adam) or decay (AdamW), per step times the rate.
    pub weight_decay: f32,
    /// Images in a step.
    pub batch: u32,
    /// Passes over the training images.
    pub epochs: u32,
    /// Seed of the weights and of each epoch's order.
    pub seed: u32,
    /// How many of the 60,000 training images are used, from the first.
    pub train_images: u32,
}

impl Default for RunSpec {
    /// SGD with momentum at a rate that falls from 0.05, three epochs: of the seeds 1 to 10 the worst reaches 98.79 %
    /// of the test images, the best 99.21 %, and the mean is 99.04 %. With the rate constant, some stay below 98.3 %.
    fn default() -> Self {
        Self {
            optimizer: OptimizerKind::Sgd,
            learning_rate: 0.05,
            schedule: Schedule::Linear,
            momentum: 0.9,
            weight_decay: 0.0,
            batch: 64,
            epochs: 3,
            seed: 1,
            train_images: 60_000,
        }
    }
}

/// Why settings make no run.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum SpecError {
    /// A rate that does not lead downhill.
    #[error("The learning rate is {0}; it must be a number above 0.")]
    LearningRate(f32),
    /// A momentum that forgets nothing, or less.
    #[error("The momentum is {0}; it must be at least 0 and below 1.")]
    Momentum(f32),
    /// Nesterov's rule without what it is about.
    #[error("Nesterov's rule needs a momentum above 0.")]
    NesterovWithoutMomentum,
    /// A decay that turns weights round.
    #[error("The weight decay is {0}; it must be at least 0 and at most 1.")]
    WeightDecay(f32),
    /// No images, or too many.
    #[error("A batch of {0} images is not possible; it must have 1 to {MAX_BATCH}.")]
    Batch(u32),
    /// No epoch, or too many.
    #[error("{0} epochs are not possible; it must be 1 to {MAX_EPOCHS}.")]
    Epochs(u32),
    /// No images, or more than there are.
    #[error("{found} training images were asked for; it must be 1 to {available}.")]
    TrainImages {
        /// What was asked for.
        found: u32,
        /// How many there are.
        available: usize,
    },
    /// The network does not fit the images, which would be a fault of this program.
    #[error("The network does not fit the images.")]
    Network,
}

impl RunSpec {
    /// Checks the settings against a training set of `available` images.
    ///
    /// # Errors
    /// The first [`SpecError`] found.
    ///
    /// ```
    /// # use receptive::train::{RunSpec, SpecError};
    /// let spec = RunSpec { batch: 0, ..RunSpec::default() };
    /// assert_eq!(spec.check(60_000), Err(SpecError::Batch(0)));
    /// ```
    pub fn check(&self, available: usize) -> Result<(), SpecError> {
        check_rate(self.learning_rate)?;
        if !(0.0..1.0).contains(&self.momentum) {
            return Err(SpecError::Momentum(self.momentum));
        }
        if self.optimizer == OptimizerKind::Nesterov && self.momentum <= 0.0 {
            return Err(SpecError::NesterovWithoutMomentum);
        }
        if !(0.0..=1.0).contains(&self.weight_decay) {
            return Err(SpecError::WeightDecay(self.weight_decay));
        }
        if !(1..=MAX_BATCH).contains(&self.batch) {
            return Err(SpecError::Batch(self.batch));
        }
        if !(1..=MAX_EPOCHS).contains(&self.epochs) {
            return Err(SpecError::Epochs(self.epochs));
        }
        if self.train_images == 0 || self.train_images as usize > available {
            return Err(SpecError::TrainImages { found: self.train_images, available });
        }
        Ok(())
    }

    /// Steps in an epoch; the last one can be smaller than `batch`.
    pub fn steps_per_epoch(&self) -> u32 {
        self.train_images.div_ceil(self.batch.max(1))
    }

    /// Steps of the whole run.
    pub fn steps(&self) -> u32 {
        self.steps_per_epoch().saturating_mul(self.epochs)
    }
}

/// Whether `rate` is a learning rate.
pub(super) fn check_rate(rate: f32) -> Result<(), SpecError> {
    if rate.is_finite() && rate > 0.0 { Ok(()) } else { Err(SpecError::LearningRate(rate)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(spec: RunSpec, expect: &str) {
        let found = spec.check(1000).map_or_else(|error| error.to_string(), |()| "fine".to_owned());
        assert_eq!(found, expect);
    }

    #[test]
    fn settings_are_checked() {
        let fine = RunSpec { train_images: 1000, ..RunSpec::default() };
        check(fine, "fine");
        check(RunSpec { learning_rate: 0.0, ..fine }, "The learning rate is 0; it must be a number above 0.");
        check(RunSpec { learning_rate: f32::NAN, ..fine }, "The learning rate is NaN; it must be a number above 0.");
        check(
            RunSpec { learning_rate: f32::INFINITY, ..fine },
            "The learning rate is inf; it must be a number above 0.",
        );
        check(RunSpec { momentum: 1.0, ..fine }, "The momentum is 1; it must be at least 0 and below 1.");
        check(RunSpec { momentum: f32::NAN, ..fine }, "The momentum is NaN; it must be at least 0 and below 1.");
        let nesterov = RunSpec { optimizer: OptimizerKind::Nesterov, ..fine };
        check(nesterov, "fine");
        check(RunSpec { momentum: 0.0, ..nesterov }, "Nesterov's rule needs a momentum above 0.");
        check(RunSpec { weight_decay: -0.1, ..fine }, "The weight decay is -0.1; it must be at least 0 and at most 1.");
        check(RunSpec { batch: 1025, ..fine }, "A batch of 1025 images is not possible; it must have 1 to 1024.");
        check(RunSpec { epochs: 0, ..fine }, "0 epochs are not possible; it must be 1 to 100.");
        check(RunSpec { train_images: 1001, ..fine }, "1001 training images were asked for; it must be 1 to 1000.");
    }

    #[test]
    fn steps_round_up() {
        assert_eq!(RunSpec::default().steps_per_epoch(), 938);
        assert_eq!(RunSpec::default().steps(), 2814);
        let largest = RunSpec { batch: 1, epochs: 100, ..RunSpec::default() };
        assert_eq!(largest.steps(), 6_000_000);
    }
}
