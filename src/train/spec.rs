//! What a run is, as data: the same spec and the same images give the same curve, bit for bit.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    data::Augment,
    model::ModelKind,
    num::{single, trig::sin_cos},
};

/// The most images in a step.
pub const MAX_BATCH: u32 = 1024;
/// The most epochs of a run.
pub const MAX_EPOCHS: u32 = 100;
/// The largest label smoothing: half of the target is then spread over all digits.
pub const MAX_SMOOTHING: f32 = 0.5;

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
    /// It stays for half of the run, is a tenth for a quarter, and a hundredth for the last.
    Step,
    /// It falls along half a period of the cosine and would reach 0 after the last step.
    ///
    /// # Source
    /// Loshchilov & Hutter, *SGDR: stochastic gradient descent with warm restarts*, 2017, without the restarts.
    Cosine,
    /// It rises from 1/25 to the whole in the first quarter of the run, then falls to 1/250,000, both along cosines.
    ///
    /// # Source
    /// Smith & Topin, *Super-convergence*, 2018, as PyTorch's `OneCycleLR` has it with `pct_start=0.25`,
    /// `div_factor=25`, `final_div_factor=1e4` and `cycle_momentum=False`.
    OneCycle,
}

/// Where in a run one cycle has its peak.
const PEAK_AT: f64 = 0.25;
/// What one cycle begins with.
const CYCLE_START: f64 = 1.0 / 25.0;
/// What one cycle ends with.
const CYCLE_END: f64 = CYCLE_START / 1e4;

impl Schedule {
    /// What the learning rate is multiplied by in step `step` (from 0) of `steps`.
    ///
    /// ```
    /// # use receptive::train::Schedule;
    /// assert_eq!(Schedule::Linear.factor(0, 4), 1.0);
    /// assert_eq!(Schedule::Linear.factor(3, 4), 0.25);
    /// ```
    pub fn factor(self, step: u32, steps: u32) -> f32 {
        let done = f64::from(step) / f64::from(steps.max(1));
        match self {
            Self::Constant => 1.0,
            Self::Linear => steps.saturating_sub(step) as f32 / steps.max(1) as f32,
            Self::Step if done < 0.5 => 1.0,
            Self::Step if done < 0.75 => 0.1,
            Self::Step => 0.01,
            Self::Cosine => single(along_cosine(1.0, 0.0, done)),
            Self::OneCycle => single(one_cycle(step, steps)),
        }
    }
}

fn one_cycle(step: u32, steps: u32) -> f64 {
    let (step, last) = (f64::from(step), f64::from(steps) - 1.0);
    // In a run of fewer than five steps the peak is the first.
    let peak = (PEAK_AT * f64::from(steps) - 1.0).max(0.0);
    if step < peak {
        along_cosine(CYCLE_START, 1.0, step / peak)
    } else if last > peak {
        along_cosine(1.0, CYCLE_END, (step - peak) / (last - peak))
    } else {
        1.0
    }
}

/// From `from` to `to` along half a period of the cosine, `share` of the way.
fn along_cosine(from: f64, to: f64, share: f64) -> f64 {
    let (_, cos) = sin_cos(std::f64::consts::PI * share.min(1.0));
    to + (from - to) / 2.0 * (1.0 + cos)
}

/// A training run of a network on 28×28 images.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RunSpec<M = ModelKind> {
    /// The network.
    pub model: M,
    /// The update rule.
    pub optimizer: OptimizerKind,
    /// What the schedule is applied to; the user can change it while the run goes on.
    pub learning_rate: f32,
    /// How it goes on from there.
    pub schedule: Schedule,
    /// Share of the target that is spread over all digits while training, in 0..=[`MAX_SMOOTHING`].
    pub label_smoothing: f32,
    /// How training images are varied.
    pub augment: Augment,
    /// Share of the last update that is kept, in 0..1; SGD and Nesterov only.
    pub momentum: f32,
    /// L2 penalty (SGD, Nesterov, Adam) or decay (AdamW), per step times the rate.
    pub weight_decay: f32,
    /// Images in a step.
    pub batch: u32,
    /// Passes over the training images.
    pub epochs: u32,
    /// Seed of the weights, of each epoch's order and of the images' variations.
    pub seed: u32,
    /// How many of the training images are used, from the first.
    pub train_images: u32,
    /// How many of the test images are classified after an epoch, from the first; all where there are fewer.
    pub test_images: u32,
    /// Steps in which the rate rises in a straight line to what the schedule says; 0 for none.
    pub warm_up: u32,
    /// The largest norm of a gradient: a longer one is shortened to it, as PyTorch's `clip_grad_norm_` does. 0 for none.
    pub clip: f32,
}

impl RunSpec {
    /// The default: SGD with momentum at a rate that falls from 0.05, three epochs. With the rate constant, how good
    /// the weights are after the last step is a matter of luck.
    pub const DEFAULT: Self = Self {
        model: ModelKind::LeNet,
        optimizer: OptimizerKind::Sgd,
        learning_rate: 0.05,
        schedule: Schedule::Linear,
        label_smoothing: 0.0,
        augment: Augment::None,
        momentum: 0.9,
        weight_decay: 0.0,
        batch: 64,
        epochs: 3,
        seed: 1,
        train_images: 60_000,
        test_images: 10_000,
        warm_up: 0,
        clip: 0.0,
    };
}

impl Default for RunSpec {
    fn default() -> Self {
        Self::DEFAULT
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
    /// A target that says less than half, or more than all.
    #[error("The label smoothing is {0}; it must be at least 0 and at most {MAX_SMOOTHING}.")]
    LabelSmoothing(f32),
    /// No images, or too many.
    #[error("A batch of {0} images is not possible; it must have 1 to {MAX_BATCH}.")]
    Batch(u32),
    /// No epoch, or too many.
    #[error("{0} epochs are not possible; it must be 1 to {MAX_EPOCHS}.")]
    Epochs(u32),
    /// A bound that is none.
    #[error("The gradient's norm is to be at most {0}; it must be a number above 0, or 0 for no bound.")]
    Clip(f32),
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

impl<M> RunSpec<M> {
    /// The same run of another network.
    pub fn with_model<O>(self, model: O) -> RunSpec<O> {
        let Self { optimizer, learning_rate, schedule, label_smoothing, augment, momentum, weight_decay, .. } = self;
        let Self { batch, epochs, seed, train_images, test_images, warm_up, clip, .. } = self;
        RunSpec {
            model,
            optimizer,
            learning_rate,
            schedule,
            label_smoothing,
            augment,
            momentum,
            weight_decay,
            batch,
            epochs,
            seed,
            train_images,
            test_images,
            warm_up,
            clip,
        }
    }

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
        if !(0.0..=MAX_SMOOTHING).contains(&self.label_smoothing) {
            return Err(SpecError::LabelSmoothing(self.label_smoothing));
        }
        if !(1..=MAX_BATCH).contains(&self.batch) {
            return Err(SpecError::Batch(self.batch));
        }
        if !(1..=MAX_EPOCHS).contains(&self.epochs) {
            return Err(SpecError::Epochs(self.epochs));
        }
        if !(self.clip >= 0.0 && self.clip.is_finite()) {
            return Err(SpecError::Clip(self.clip));
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
        check(
            RunSpec { label_smoothing: 0.51, ..fine },
            "The label smoothing is 0.51; it must be at least 0 and at most 0.5.",
        );
        check(
            RunSpec { label_smoothing: f32::NAN, ..fine },
            "The label smoothing is NaN; it must be at least 0 and at most 0.5.",
        );
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

    #[test]
    fn schedules_go_as_pytorchs() {
        #[track_caller]
        fn check(schedule: Schedule, steps: u32, expect: &[f32]) {
            let found: Vec<f32> = (0..steps).map(|step| schedule.factor(step, steps)).collect();
            let close = found.iter().zip(expect).all(|(a, b)| (a - b).abs() < 1e-6);
            assert!(found.len() == expect.len() && close, "{schedule:?}: {found:?} where {expect:?} is expected");
        }
        check(Schedule::Constant, 3, &[1.0; 3]);
        check(Schedule::Linear, 4, &[1.0, 0.75, 0.5, 0.25]);
        check(Schedule::Step, 8, &[1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 0.01, 0.01]);
        check(Schedule::Cosine, 4, &[1.0, 0.853_553_4, 0.5, 0.146_446_6]);
        // OneCycleLR(optimizer, max_lr=1, total_steps=12, pct_start=0.25, cycle_momentum=False), step by step.
        let one_cycle = [
            0.04,
            0.52,
            1.0,
            0.969_846_4,
            0.883_022_8,
            0.750_001,
            0.586_825_7,
            0.413_178_3,
            0.250_003,
            0.116_981_2,
            0.030_157_6,
            0.000_004,
        ];
        check(Schedule::OneCycle, 12, &one_cycle);
        check(Schedule::OneCycle, 1, &[1.0]);
        check(Schedule::OneCycle, 2, &[1.0, 0.000_004]);
        check(Schedule::OneCycle, 4, &[1.0, 0.750_001, 0.250_003, 0.000_004]);
    }

    /// A rate's last bit would be every weight's last bit.
    #[test]
    fn the_bits_of_schedules_are_pinned() {
        let hashes = [Schedule::Step, Schedule::Cosine, Schedule::OneCycle].map(|schedule| {
            let bits = (0..1000).map(|step| u64::from(schedule.factor(step, 1000).to_bits()));
            bits.fold(0xcbf2_9ce4_8422_2325_u64, |hash, word| (hash ^ word).wrapping_mul(0x0100_0000_01b3))
        });
        let expect = [0xe45e_1be3_fcd9_8d07, 0x0d14_ec76_b7a8_18a3, 0x5f6d_4726_a9a9_9e85];
        assert_eq!(hashes, expect, "{hashes:#018x?}");
    }
}
