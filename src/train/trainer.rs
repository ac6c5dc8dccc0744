//! A run: one piece of work after another.

use std::{collections::VecDeque, ops::Range, sync::Arc};

use thiserror::Error;

use serde::{Deserialize, Serialize};

use super::{
    EpochReport, MAX_SHARDS, Optimizer, RunSpec, Seat, Shards, SpecError, StepReport,
    shards::{GradientTree, nodes},
    spec::check_rate,
};
use crate::{
    data::{Augmentation, Batches, Dataset, Loader},
    model::{Network, TILE, Trainable},
    nn::fast::{BatchLoss, CrossEntropy, all_finite},
    num::single,
};

/// The most examples that one call of [`Trainer::advance`] trains on, a multiple of the tile.
///
/// A larger batch takes several calls, so that a caller can listen for messages in between.
const TRAIN_PIECE: usize = 64;
/// Share of a batch's statistics in the running ones, as PyTorch has it.
const MOMENTUM: f32 = 0.1;
/// Test images of one call, which go forward only; the shards of a test.
const TEST_PIECE: usize = 128;

/// Where a run is between two pieces of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// Steps done.
    pub(super) step: u32,
    /// Epochs tested.
    pub(super) tested: u32,
}

/// A run that goes on whenever it is told to, and knows nothing of time.
///
/// The same spec and the same images give the same bits on every machine, however the calls are spread out, whether or
/// not the run was stored in a snapshot in between, and for any number of trainers that share the work: each has a
/// [`Seat`], computes its part, and gives its [`Share`] to the others.
#[derive(Debug, Clone)]
pub struct Trainer<N: Trainable = Network> {
    pub(super) spec: RunSpec<N::Spec>,
    pub(super) dataset: Arc<Dataset>,
    pub(super) network: N,
    pub(super) optimizer: Optimizer,
    pub(super) learning_rate: f32,
    /// Steps done.
    pub(super) step: u32,
    /// Those who follow the run, this one among them.
    seat: Seat,
    /// How many of them compute, and how many are to.
    active: usize,
    wanted: Wanted,
    phase: Phase,
    /// The epoch's order; made again where an epoch begins.
    batches: Batches,
    loader: Loader,
    gradient: GradientTree,
    /// The norm of each layer's gradient in the last step.
    norms: Vec<f32>,
    work: Work,
    /// Shares of the others, in the order in which they came: some are a step ahead.
    inbox: Vec<VecDeque<Received>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    /// In a step.
    Training,
    /// In an epoch's test.
    Testing,
    Finished,
    Diverged(Diverged),
}

/// How many workers are to share the next step.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    workers: u8,
    /// Whether the others are not needed any more.
    settled: bool,
}

/// How far a step or a test is.
#[derive(Debug, Clone, Default)]
struct Work {
    /// This worker's shards that are not done yet.
    left: Range<usize>,
    /// The gradient of the shard in work, of which these examples are in.
    shard: Option<(Vec<f32>, BatchLoss)>,
    /// The losses of this worker's shards.
    losses: Vec<BatchLoss>,
    /// Whether the others were given their share, and with which wishes for all.
    shared: Option<(f32, Wanted)>,
}

/// What a worker tells the others of its part of a step or a test. Its gradients go along.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Steps done before.
    step: u32,
    /// Whether it is of a test, which has no gradients.
    testing: bool,
    /// The sender's learning rate.
    rate: f32,
    /// How many it wants to share the next one, and whether for good. Worker 0 decides.
    workers: u8,
    settled: bool,
    /// The loss of each of its shards.
    losses: Vec<BatchLoss>,
}

#[derive(Debug, Clone)]
struct Received {
    share: Share,
    gradients: Vec<Vec<f32>>,
}

/// What one piece of work led to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    /// A part of a large batch; the step is not done yet.
    Part,
    /// This worker's part is done: [`share`](Trainer::share) is to be given to the others.
    Share,
    /// Others have not given theirs.
    Waiting,
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

impl<N: Trainable> Trainer<N> {
    /// A run at step 0, alone.
    ///
    /// # Errors
    /// [`SpecError`] for settings that make no run with these images.
    pub fn new(spec: RunSpec<N::Spec>, dataset: Arc<Dataset>) -> Result<Self, SpecError> {
        Self::with_seat(spec, dataset, Seat::default())
    }

    /// A run at step 0, one of several that share the work.
    ///
    /// # Errors
    /// [`SpecError`] for settings that make no run with these images.
    pub fn with_seat(spec: RunSpec<N::Spec>, dataset: Arc<Dataset>, seat: Seat) -> Result<Self, SpecError> {
        spec.check(dataset.train.len())?;
        let Some(network) = N::build(&spec.model, spec.seed) else { return Err(SpecError::Network) };
        let len = network.weights().len();
        let mut trainer = Self {
            optimizer: Optimizer::new(&spec, network.learned()),
            learning_rate: spec.learning_rate,
            step: 0,
            seat,
            active: seat.workers,
            wanted: Wanted { workers: small(seat.workers), settled: false },
            phase: Phase::Training,
            batches: Batches::new(spec.train_images, spec.batch, spec.seed, 1),
            loader: Loader::new(N::normalization(&spec.model)),
            gradient: GradientTree::new(len),
            norms: vec![0.0; network.layers().len()],
            work: Work::default(),
            inbox: vec![VecDeque::new(); seat.workers],
            spec,
            dataset,
            network,
        };
        trainer.begin(Phase::Training);
        Ok(trainer)
    }

    /// What the run was started with.
    pub fn spec(&self) -> &RunSpec<N::Spec> {
        &self.spec
    }

    /// How many follow the run, this one among them.
    pub fn workers(&self) -> usize {
        self.seat.workers
    }

    /// Lets the first `workers` share the run, from the step on that follows the next share; the leader decides. The
    /// others keep up, so that they can be asked again, or end where this is `settled`.
    pub fn share_among(&mut self, workers: usize, settled: bool) {
        self.wanted = Wanted { workers: small(workers), settled };
    }

    /// Steps done.
    pub fn step(&self) -> u32 {
        self.step
    }

    /// The network as it is now.
    pub fn network(&self) -> &N {
        &self.network
    }

    /// The norm of each layer's gradient in the last step, before it was shortened: of those of
    /// [`layers`](Trainable::layers).
    pub fn norms(&self) -> &[f32] {
        &self.norms
    }

    /// Whether an epoch's test is next, or on its way.
    pub fn is_testing(&self) -> bool {
        self.phase == Phase::Testing
    }

    /// Whether the others were given this worker's share of a step that is not done: they may do it at any time, with
    /// the learning rate that went along.
    pub fn has_shared_step(&self) -> bool {
        self.phase == Phase::Training && self.work.shared.is_some()
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
            Phase::Training => {
                self.train();
                if !self.work.left.is_empty() {
                    return Ok(Event::Part);
                }
            }
            Phase::Testing => {
                if let Some(shard) = self.work.left.next() {
                    self.test(shard);
                }
                if !self.work.left.is_empty() {
                    return Ok(self.testing());
                }
            }
            Phase::Finished => return Ok(Event::Finished),
            Phase::Diverged(diverged) => return Err(diverged),
        }
        if self.seat.workers > 1 && self.seat.worker < self.active && self.work.shared.is_none() {
            self.work.shared = Some((self.learning_rate, self.wanted));
            return Ok(Event::Share);
        }
        let Some((rate, done)) = self.gather() else { return Ok(Event::Waiting) };
        if self.phase == Phase::Testing { Ok(self.end_epoch(done)) } else { self.update(rate, done) }
    }

    /// What the others are to be given after [`Event::Share`], and the gradients that go along, each as long as the
    /// weights.
    pub fn share(&self) -> (Share, impl Iterator<Item = &[f32]>) {
        let (rate, Wanted { workers, settled }) = self.work.shared.unwrap_or((self.learning_rate, self.wanted));
        let share = Share {
            step: self.step,
            testing: self.is_testing(),
            rate,
            workers,
            settled,
            losses: self.work.losses.clone(),
        };
        (share, self.gradient.nodes())
    }

    /// Takes what `worker` gave. `fill` writes the gradients that came along, `len` numbers, one after another into the
    /// rows it is given. `false` if there is no such worker, or not such a number.
    pub fn receive(&mut self, worker: usize, share: Share, len: usize, mut fill: impl FnMut(&mut [f32])) -> bool {
        let weights = self.network.weights().len();
        let whole = len.is_multiple_of(weights) && len <= weights * MAX_SHARDS;
        let Some(inbox) = self.inbox.get_mut(worker).filter(|_| whole && worker != self.seat.worker) else {
            return false;
        };
        let gradients = (0..len / weights).map(|_| {
            let mut buffer = self.gradient.buffer();
            fill(&mut buffer);
            buffer
        });
        let gradients = gradients.collect();
        inbox.push_back(Received { share, gradients });
        true
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
        self.shuffle();
        self.inbox.iter_mut().for_each(VecDeque::clear);
        self.begin(if tested < trained {
            Phase::Testing
        } else if trained == self.spec.epochs {
            Phase::Finished
        } else {
            Phase::Training
        });
    }

    /// The order of the epoch that the next step belongs to.
    fn shuffle(&mut self) {
        let RunSpec { train_images, batch, seed, .. } = self.spec;
        self.batches = Batches::new(train_images, batch, seed, self.step / self.spec.steps_per_epoch() + 1);
    }

    /// This worker's part of `shards` shards.
    fn own(&self, shards: usize) -> Range<usize> {
        let Seat { worker, .. } = self.seat;
        if worker < self.active { Seat { worker, workers: self.active }.own(shards) } else { 0..0 }
    }

    /// Begins a step, a test, or the end.
    fn begin(&mut self, phase: Phase) {
        // Whoever is not needed any more has nothing left to do.
        let phase = if self.seat.worker < self.seat.workers { phase } else { Phase::Finished };
        self.phase = phase;
        let shards = match phase {
            Phase::Training => self.shards_at(self.step).count(),
            Phase::Testing => self.test_shards().count(),
            Phase::Finished | Phase::Diverged(_) => 0,
        };
        self.gradient.begin(shards);
        self.work.left = self.own(shards);
        self.work.shard = None;
        self.work.losses.clear();
        self.work.shared = None;
    }

    /// The shards of the batch of a step.
    fn shards_at(&self, step: u32) -> Shards {
        Shards::of(self.batches.get((step % self.spec.steps_per_epoch()) as usize).len())
    }

    fn test_shards(&self) -> Shards {
        Shards::sized(self.test_images(), TEST_PIECE)
    }

    fn test_images(&self) -> usize {
        self.dataset.test.len().min(self.spec.test_images as usize)
    }

    /// Goes on with this worker's part of a batch, for at most [`TRAIN_PIECE`] examples.
    fn train(&mut self) {
        let Self { network, loader, gradient, work, .. } = self;
        let batch = self.batches.get((self.step % self.spec.steps_per_epoch()) as usize);
        let shards = Shards::of(batch.len());
        let RunSpec { label_smoothing, augment: kind, seed, .. } = self.spec;
        let loss = CrossEntropy { classes: network.classes(), label_smoothing };
        let augmentation = Augmentation { kind, seed, epoch: self.step / self.spec.steps_per_epoch() + 1 };
        let mut room = TRAIN_PIECE;
        while room > 0 && !work.left.is_empty() {
            let shard = batch.get(shards.get(work.left.start)).unwrap_or_default();
            let (mut sum, mut done) = work.shard.take().unwrap_or_else(|| {
                let mut buffer = gradient.buffer();
                buffer.fill(0.0);
                (buffer, BatchLoss::default())
            });
            let (_, rest) = shard.split_at(shard.len().min(done.examples as usize));
            let (piece, rest) = rest.split_at(rest.len().min(room));
            for tile in piece.chunks(TILE) {
                let indices = tile.iter().map(|index| *index as usize);
                let (inputs, labels) = loader.load_augmented(&self.dataset.train, indices, augmentation);
                done += network.loss_and_gradient(inputs, labels, loss, batch.len() as f32, &mut sum);
            }
            room -= piece.len();
            if rest.is_empty() {
                gradient.insert(work.left.start..work.left.start + 1, sum);
                work.losses.push(done);
                work.left.start += 1;
            } else {
                work.shard = Some((sum, done));
            }
        }
    }

    /// Classifies the images of one shard of a test.
    fn test(&mut self, shard: usize) {
        let images = self.test_shards().get(shard);
        let loss = CrossEntropy { classes: self.network.classes(), label_smoothing: 0.0 };
        let mut done = BatchLoss::default();
        for tile in images.clone().step_by(TILE) {
            let indices = tile..images.end.min(tile + TILE);
            let (inputs, labels) = self.loader.load(&self.dataset.test, indices);
            done += self.network.loss(inputs, labels, loss);
        }
        self.work.losses.push(done);
    }

    /// How far a test is: the others are taken to be as far as this worker.
    fn testing(&self) -> Event {
        let (shards, all) = (self.test_shards(), self.test_images());
        let own: usize = self.own(shards.count()).map(|shard| shards.get(shard).len()).sum();
        let done: usize = self.work.losses.iter().map(|loss| loss.examples as usize).sum();
        Event::Testing { done: count(done * all / own.max(1)), of: count(all) }
    }

    /// The leader's learning rate and the loss of the whole batch or test, once all have given their shares; the
    /// gradients are then added up.
    fn gather(&mut self) -> Option<(f32, BatchLoss)> {
        let (step, testing) = (self.step, self.is_testing());
        let is_there = |(worker, inbox): (usize, &VecDeque<Received>)| {
            let first = inbox.front().map(|received| (received.share.step, received.share.testing));
            worker == self.seat.worker || worker >= self.active || first == Some((step, testing))
        };
        if !self.inbox.iter().enumerate().all(is_there) {
            return None;
        }
        let shards = if testing { self.test_shards() } else { self.shards_at(step) }.count();
        let (mut rate, mut wanted) = self.work.shared.unwrap_or((self.learning_rate, self.wanted));
        let active = Seat { workers: self.active, ..self.seat };
        let mut done = BatchLoss::default();
        for (worker, inbox) in self.inbox.iter_mut().enumerate().take(self.active) {
            if worker == self.seat.worker {
                self.work.losses.iter().for_each(|loss| done += *loss);
            } else if let Some(Received { share, gradients }) = inbox.pop_front() {
                share.losses.iter().for_each(|loss| done += *loss);
                let own = Seat { worker, ..active }.own(shards);
                for (node, gradient) in nodes(own, shards).into_iter().zip(gradients) {
                    self.gradient.insert(node, gradient);
                }
                if worker == 0 {
                    (rate, wanted) = (share.rate, Wanted { workers: share.workers, settled: share.settled });
                }
            }
        }
        self.active = usize::from(wanted.workers).clamp(1, self.seat.workers);
        if wanted.settled {
            self.seat.workers = self.active;
        }
        Some((rate, done))
    }

    /// Ends a step whose whole gradient is known.
    fn update(&mut self, rate: f32, done: BatchLoss) -> Result<Event, Diverged> {
        let Self { spec, optimizer, network, gradient, .. } = self;
        if self.seat.worker > 0 {
            self.learning_rate = rate;
        }
        let mut rate = rate * spec.schedule.factor(self.step, spec.steps());
        if self.step < spec.warm_up {
            rate *= (self.step + 1) as f32 / spec.warm_up as f32;
        }
        if let Some(gradient) = gradient.root_mut() {
            for (norm, layer) in self.norms.iter_mut().zip(network.layers()) {
                *norm = length(gradient.get(layer.clone()).unwrap_or_default());
            }
            let (learned, statistics) = gradient.split_at_mut(optimizer.len());
            if spec.clip > 0.0 {
                shorten(learned, spec.clip);
            }
            network.update(|weights| {
                let (weights, kept) = weights.split_at_mut(learned.len().min(weights.len()));
                optimizer.step(rate, weights, learned);
                kept.iter_mut().zip(statistics).for_each(|(kept, new)| *kept += MOMENTUM * (*new - *kept));
            });
        }
        self.step += 1;
        let report = StepReport { step: self.step, loss: done.mean(), correct: done.correct, batch: done.examples };
        if !(all_finite(self.network.weights()) && report.loss.is_finite()) {
            let diverged = Diverged { step: report.step, loss: report.loss };
            self.begin(Phase::Diverged(diverged));
            return Err(diverged);
        }
        let epoch_ends = self.step.is_multiple_of(self.spec.steps_per_epoch());
        self.begin(if epoch_ends { Phase::Testing } else { Phase::Training });
        Ok(Event::Step(report))
    }

    /// Ends a test whose whole loss is known.
    fn end_epoch(&mut self, done: BatchLoss) -> Event {
        if self.step == self.spec.steps() {
            self.begin(Phase::Finished);
        } else {
            self.shuffle();
            self.begin(Phase::Training);
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

/// The length of a gradient.
fn length(gradient: &[f32]) -> f32 {
    single(gradient.iter().map(|g| f64::from(*g) * f64::from(*g)).sum::<f64>().sqrt())
}

/// Shortens a gradient that is longer than `most`.
fn shorten(gradient: &mut [f32], most: f32) {
    let norm = length(gradient);
    // As PyTorch does it; a norm that is no number changes nothing, and the run ends by itself.
    let factor = most / (norm + 1e-6);
    if factor < 1.0 {
        for g in gradient {
            *g *= factor;
        }
    }
}

/// A number of workers, of which there are at most [`MAX_SHARDS`].
#[expect(clippy::cast_possible_truncation, reason = "a few")]
fn small(workers: usize) -> u8 {
    workers as u8
}

/// A number of images, of which a split has at most a million.
fn count(images: usize) -> u32 {
    u32::try_from(images).unwrap_or(u32::MAX)
}
