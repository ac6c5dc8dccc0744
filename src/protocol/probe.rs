//! Speeds that the trainer measures by itself, round after round. The clock comes in from outside.

use std::{hint::black_box, sync::Arc};

use crate::{
    data::{Dataset, Loader, Normalization},
    model::{ModelSpec, Network, SHARD},
    nn::fast::PeakLoops,
    train::MAX_BATCH,
};

/// Least length of a round in milliseconds: long against the steps of a browser's clock, short enough to answer a
/// message in between.
const ROUND: f64 = 25.0;

/// What is being measured, and what has come of it.
#[derive(Debug)]
pub(super) struct Measurement {
    work: Work,
    /// The last rounds that this work's speed follows from; those before warm the machine up.
    rounds: usize,
    warm_up: usize,
    /// Units a second of each round, the warm-up among them.
    speeds: Vec<f64>,
    /// The best median of the loops that are done.
    best: f64,
}

#[derive(Debug)]
enum Work {
    Peak { loops: PeakLoops, index: usize },
    Inference(Box<Inference>),
}

#[derive(Debug)]
struct Inference {
    network: Network,
    loader: Loader,
    dataset: Arc<Dataset>,
    batch: usize,
    /// The next test image.
    at: usize,
}

impl Measurement {
    /// Of additions and multiplications a second.
    pub(super) fn of_peak() -> Self {
        Self::of(Work::Peak { loops: PeakLoops::default(), index: 0 }, 3, 5)
    }

    /// Of test images classified a second by `network`, or by LeNet with its first weights; `None` for a batch that is
    /// none.
    pub(super) fn of_inference(batch: u32, network: Option<&Network>, dataset: Arc<Dataset>) -> Option<Self> {
        if !(1..=MAX_BATCH).contains(&batch) || dataset.test.is_empty() {
            return None;
        }
        let network = match network {
            Some(network) => network.clone(),
            None => Network::new(&ModelSpec::lenet(), 1).ok()?,
        };
        let loader = Loader::new(Normalization::mnist());
        let inference = Inference { network, loader, dataset, batch: batch as usize, at: 0 };
        Some(Self::of(Work::Inference(Box::new(inference)), 10, 21))
    }

    fn of(work: Work, warm_up: usize, rounds: usize) -> Self {
        Self { work, rounds, warm_up, speeds: Vec::new(), best: 0.0 }
    }

    /// Works for one round; the speed after the last one.
    pub(super) fn round(&mut self, clock: impl Fn() -> f64) -> Option<f64> {
        let (start, mut units) = (clock(), 0.0);
        let spent = loop {
            units += self.work.once();
            let spent = clock() - start;
            if spent >= ROUND {
                break spent;
            }
        };
        self.speeds.push(units * 1_000.0 / spent);
        if self.speeds.len() < self.warm_up + self.rounds {
            return None;
        }
        self.best = self.best.max(median(self.speeds.split_off(self.warm_up)));
        self.speeds.clear();
        self.work.is_done().then_some(self.best)
    }
}

impl Work {
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

impl Inference {
    /// Classifies one batch.
    fn classify(&mut self) -> f64 {
        let Self { network, loader, dataset, batch, at } = self;
        let images = dataset.test.len();
        let mut left = *batch;
        while left > 0 {
            let together = left.min(SHARD);
            let (inputs, _) = loader.load(&dataset.test, (0..together).map(|index| (*at + index) % images));
            if let Ok(logits) = network.forward(inputs) {
                black_box(logits);
            }
            *at = (*at + together) % images;
            left -= together;
        }
        *batch as f64
    }
}

/// The middle one, or the upper of the two.
fn median(mut speeds: Vec<f64>) -> f64 {
    speeds.sort_by(f64::total_cmp);
    speeds.get(speeds.len() / 2).copied().unwrap_or_default()
}
