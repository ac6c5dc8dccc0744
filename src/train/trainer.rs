//! A run: one piece of work after another.

use std::sync::Arc;

use thiserror::Error;

use super::{EpochReport, Optimizer, RunSpec, SpecError, StepReport, snapshot::Position, spec::check_rate};
use crate::{
    data::{Augmentation, Batches, Dataset, Loader},
    model::{Network, SHARD},
    nn::fast::{BatchLoss, CrossEntropy},
};

/// The most examples that one call of [`Trainer::advance`] trains on, a multiple of the shard.
///
/// A larger batch takes several calls, so that a caller can listen for messages in between.
const TRAIN_PIECE: usize = 64;
/// The same for test images, which go forward only.
const TEST_PIECE: usize = 128;

/// A run that goes on whenever it is told to, and knows nothing of time.
///
/// The same spec and the same images give the same bits on every machine, however the calls are spread out, whether or
/// not the run was stored in a snapshot in between.
#[derive(Debug, Clone)]
pub struct Trainer {
    pub(super) spec: RunSpec,
    pub(super) dataset: Arc<Dataset>,
    pub(super) network: Network,
    pub(super) optimizer: Optimizer,
    pub(super) learning_rate: f32,
    /// Steps done.
    pub(super) step: u32,
    phase: Phase,
    /// The epoch's order; made again where an epoch begins.
    batches: Batches,
    loader: Loader,
    gradient: Vec<f32>,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    /// In a step of which these examples are done; their gradient is in `gradient`.
    Training(BatchLoss),
    /// In an epoch's test of which these images are done.
    Testing(BatchLoss),
    Finished,
    Diverged(Diverged),
}

/// What one piece of work led to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    /// A part of a large batch; the step is not done yet.
    Part,
    /// An optimiser step.
    Step(StepReport),
    /// A part of an epoch's test.
    Testing {
        /// Images classified so far.
        done: u32,
        /// Of how many.
        of: u32,
    },
    /// The last part of an epoch's test.
    Epoch(EpochReport),
    /// Nothing is left to do.
    Finished,
}

/// The loss or a weight is not finite any more.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[error("The run diverged in step {step}: its loss is {loss}.")]
pub struct Diverged {
    /// The step that did it, counted from 1.
    pub step: u32,
    /// Its loss, possibly infinite or NaN.
    pub loss: f32,
}

impl Trainer {
    /// A run at step 0.
    ///
    /// # Errors
    /// [`SpecError`] for settings that make no run with these images.
    pub fn new(spec: RunSpec, dataset: Arc<Dataset>) -> Result<Self, SpecError> {
        spec.check(dataset.train.len())?;
        let Ok(network) = Network::new(&spec.model.spec(), spec.seed) else { return Err(SpecError::Network) };
        let len = network.weights().len();
        Ok(Self {
            optimizer: Optimizer::new(&spec, len),
            learning_rate: spec.learning_rate,
            step: 0,
            phase: Phase::Training(BatchLoss::default()),
            batches: Batches::new(spec.train_images, spec.batch, spec.seed, 1),
            loader: Loader::new(spec.model.normalization()),
            gradient: vec![0.0; len],
            spec,
            dataset,
            network,
        })
    }

    /// What the run was started with.
    pub fn spec(&self) -> &RunSpec {
        &self.spec
    }

    /// Steps done.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Whether an epoch's test is next, or on its way.
    pub fn is_testing(&self) -> bool {
        matches!(self.phase, Phase::Testing(_))
    }

    /// What the schedule is applied to.
    pub fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    /// Changes what the schedule is applied to, from the next update on.
    ///
    /// # Errors
    /// [`SpecError::LearningRate`] for a rate that is none; the old one stays.
    pub fn set_learning_rate(&mut self, rate: f32) -> Result<(), SpecError> {
        check_rate(rate)?;
        self.learning_rate = rate;
        Ok(())
    }

    /// Does the next piece of work: a step, or a part of one where the batch is large, or a part of a test.
    ///
    /// # Errors
    /// [`Diverged`], then and ever after, once the loss or a weight is not finite.
    pub fn advance(&mut self) -> Result<Event, Diverged> {
        match self.phase {
            Phase::Training(done) => self.train(done),
            Phase::Testing(done) => Ok(self.test(done)),
            Phase::Finished => Ok(Event::Finished),
            Phase::Diverged(diverged) => Err(diverged),
        }
    }

    /// Where the run is, for a snapshot.
    pub(super) fn position(&self) -> Position {
        let tested = self.step / self.spec.steps_per_epoch() - u32::from(self.is_testing());
        Position { step: self.step, tested }
    }

    /// Goes to a position at which [`position`](Self::position) was taken. A step or a test on its way begins again.
    pub(super) fn go_to(&mut self, Position { step, tested }: Position) {
        self.step = step;
        let trained = step / self.spec.steps_per_epoch();
        self.phase = if tested < trained {
            Phase::Testing(BatchLoss::default())
        } else if trained == self.spec.epochs {
            Phase::Finished
        } else {
            Phase::Training(BatchLoss::default())
        };
        self.gradient.fill(0.0);
        self.shuffle();
    }

    /// The order of the epoch that the next step belongs to.
    fn shuffle(&mut self) {
        let RunSpec { train_images, batch, seed, .. } = self.spec;
        self.batches = Batches::new(train_images, batch, seed, self.step / self.spec.steps_per_epoch() + 1);
    }

    fn train(&mut self, mut done: BatchLoss) -> Result<Event, Diverged> {
        let batch = self.batches.get((self.step % self.spec.steps_per_epoch()) as usize);
        let RunSpec { label_smoothing, augment: kind, seed, .. } = self.spec;
        let loss = CrossEntropy { classes: self.network.classes(), label_smoothing };
        let augmentation = Augmentation { kind, seed, epoch: self.step / self.spec.steps_per_epoch() + 1 };
        let (_, rest) = batch.split_at(batch.len().min(done.examples as usize));
        for shard in rest.chunks(SHARD).take(TRAIN_PIECE / SHARD) {
            let indices = shard.iter().map(|index| *index as usize);
            let (inputs, labels) = self.loader.load_augmented(&self.dataset.train, indices, augmentation);
            done += self.network.loss_and_gradient(inputs, labels, loss, batch.len() as f32, &mut self.gradient);
        }
        if (done.examples as usize) < batch.len() {
            self.phase = Phase::Training(done);
            return Ok(Event::Part);
        }
        self.update(done)
    }

    /// Ends a step whose whole gradient is known.
    fn update(&mut self, done: BatchLoss) -> Result<Event, Diverged> {
        let Self { spec, optimizer, network, gradient, .. } = self;
        let rate = self.learning_rate * spec.schedule.factor(self.step, spec.steps());
        network.update(|weights| optimizer.step(rate, weights, gradient));
        gradient.fill(0.0);
        self.step += 1;
        let report = StepReport { step: self.step, loss: done.mean(), correct: done.correct, batch: done.examples };
        // Without an early exit the compiler checks many weights at once.
        let finite = self.network.weights().iter().fold(true, |finite, w| finite & w.is_finite());
        if !(finite && report.loss.is_finite()) {
            let diverged = Diverged { step: report.step, loss: report.loss };
            self.phase = Phase::Diverged(diverged);
            return Err(diverged);
        }
        let next = BatchLoss::default();
        let epoch_ends = self.step.is_multiple_of(self.spec.steps_per_epoch());
        self.phase = if epoch_ends { Phase::Testing(next) } else { Phase::Training(next) };
        Ok(Event::Step(report))
    }

    fn test(&mut self, mut done: BatchLoss) -> Event {
        let images = self.dataset.test.len();
        let start = done.examples as usize;
        let loss = CrossEntropy { classes: self.network.classes(), label_smoothing: 0.0 };
        for shard in (start..images.min(start + TEST_PIECE)).step_by(SHARD) {
            let indices = shard..images.min(shard + SHARD);
            let (inputs, labels) = self.loader.load(&self.dataset.test, indices);
            done += self.network.loss(inputs, labels, loss);
        }
        if (done.examples as usize) < images {
            self.phase = Phase::Testing(done);
            return Event::Testing { done: done.examples, of: count(images) };
        }
        if self.step == self.spec.steps() {
            self.phase = Phase::Finished;
        } else {
            self.phase = Phase::Training(BatchLoss::default());
            self.shuffle();
        }
        Event::Epoch(EpochReport {
            epoch: self.step / self.spec.steps_per_epoch(),
            step: self.step,
            test_loss: done.mean(),
            test_correct: done.correct,
            test_images: done.examples,
        })
    }
}

/// A number of images, of which a split has at most a million.
fn count(images: usize) -> u32 {
    u32::try_from(images).unwrap_or(u32::MAX)
}
