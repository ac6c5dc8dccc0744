//! Speeds that the trainer measures by itself, round after round. The clock comes in from outside.

use std::{hint::black_box, sync::Arc};

use crate::{
    data::{Dataset, Loader},
    model::{TILE, Trainable},
    nn::fast::PeakLoops,
    train::MAX_BATCH,
};

/// Least length of a round in milliseconds: long against the steps of a browser's clock, short enough to answer a
/// message in between.
const ROUND: f64 = 25.0;

/// What is being measured, and what has come of it.
#[derive(Debug)]
pub(super) struct Measurement<N> {
    work: Work<N>,
    /// Rounds that warm the machine up before each loop.
    warm_up: usize,
    /// Rounds whose median counts.
    rounds: usize,
    /// Rounds of the present loop that are done, the warm-up among them.
    done: usize,
    /// Units a second of each that counts, in order.
    speeds: Vec<f64>,
    /// The best median of the loops that are done.
    best: f64,
}

#[derive(Debug)]
enum Work<N> {
    Peak { loops: PeakLoops, index: usize },
    Inference(Box<Inference<N>>),
}

#[derive(Debug)]
struct Inference<N> {
    network: N,
    loader: Loader,
    dataset: Arc<Dataset>,
    batch: usize,
    /// The next test image.
    at: usize,
}

impl<N: Trainable> Measurement<N> {
    /// Of additions and multiplications a second.
    pub(super) fn of_peak() -> Self {
        Self::of(Work::Peak { loops: PeakLoops::default(), index: 0 }, 3, 5)
    }

    /// Of test images classified a second by `network` and its spec, or by one with its first weights; `None` for a
    /// batch that is none.
    pub(super) fn of_inference(batch: u32, trained: Option<(&N, &N::Spec)>, dataset: Arc<Dataset>) -> Option<Self> {
        if !(1..=MAX_BATCH).contains(&batch) || dataset.test.is_empty() {
            return None;
        }
        let first = N::Spec::default();
        let network = trained.map_or_else(|| N::build(&first, 1), |(network, _)| Some(network.clone()))?;
        let loader = Loader::new(N::normalization(trained.map_or(&first, |(_, spec)| spec)));
        let inference = Inference { network, loader, dataset, batch: batch as usize, at: 0 };
        Some(Self::of(Work::Inference(Box::new(inference)), 10, 21))
    }

    fn of(work: Work<N>, warm_up: usize, rounds: usize) -> Self {
        Self { work, warm_up, rounds, done: 0, speeds: Vec::new(), best: 0.0 }
    }

    /// Works for one round; the speed after the last one.
    pub(super) fn round(&mut self, clock: &dyn Fn() -> f64) -> Option<f64> {
        let (start, mut units) = (clock(), 0.0);
        let spent = loop {
            units += self.work.once();
            let spent = clock() - start;
            if spent >= ROUND {
                break spent;
            }
        };
        self.done += 1;
        if self.done > self.warm_up {
            let speed = units * 1_000.0 / spent;
            self.speeds.insert(self.speeds.partition_point(|other| *other < speed), speed);
        }
        if self.speeds.len() < self.rounds {
            return None;
        }
        self.best = self.best.max(self.speeds.get(self.rounds / 2).copied().unwrap_or_default());
        (self.done, self.speeds) = (0, Vec::new());
        self.work.is_done().then_some(self.best)
    }
}

impl<N: Trainable> Work<N> {
    /// Works once, and says how many units that were.
    fn once(&mut self) -> f64 {
        match self {
            Self::Peak { loops, index } => {
                loops.run(*index);
                PeakLoops::FLOP
            }
            Self::Inference(inference) => inference.classify(),
        }
    }

    /// Whether nothing else is to be measured; it goes on to the next loop otherwise.
    fn is_done(&mut self) -> bool {
        match self {
            Self::Peak { index, .. } => {
                *index += 1;
                *index == PeakLoops::COUNT
            }
            Self::Inference(_) => true,
        }
    }
}

impl<N: Trainable> Inference<N> {
    /// Classifies one batch.
    fn classify(&mut self) -> f64 {
        let Self { network, loader, dataset, batch, at } = self;
        let images = dataset.test.len();
        let mut left = *batch;
        while left > 0 {
            let together = left.min(TILE);
            let (inputs, _) = loader.load(&dataset.test, (0..together).map(|index| (*at + index) % images));
            black_box(network.logits(inputs));
            *at = (*at + together) % images;
            left -= together;
        }
        *batch as f64
    }
}
