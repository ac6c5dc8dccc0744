//! What the page and the trainer say to each other, as bytes.
//!
//! A message is one [`postcard`] header; large payloads (images, a snapshot) travel beside it as a transferred buffer.
//! Every message names its run: answers of an older run are dropped by the page.

mod probe;
mod responder;
mod tuning;
mod watch;

use postcard::ser_flavors::Flavor;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use crate::train::{EpochReport, StepReport};
pub use responder::{Outgoing, Reply, Responder};
pub use watch::{TICK, Watch};

use crate::train::{RunSpec, Share};

/// Bumped on any change of this file. The worker's file carries no content hash, so a stale one is possible.
pub const PROTOCOL: u16 = 5;

/// The most bytes of a header or a payload: more are not read. MNIST's largest file has 47,040,016.
pub const MAX_BYTES: u32 = 64 << 20;

/// Names one run; a new one for every start.
pub type RunId = u32;

/// From the page to the trainer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ToTrainer {
    /// Before anything else, where several workers share the work: which of them this is. A port to each of the others
    /// goes along, in the order of their numbers.
    Join {
        /// Its number. Worker 0 leads: it alone is told how far to go, and it alone tells of the run. The others go on
        /// as long as it does.
        worker: u8,
        /// How many there are.
        workers: u8,
        /// Whether fewer of them may share a run where that is faster, which is tried.
        tune: bool,
    },
    /// One file of the data set, decompressed IDX bytes in the payload. Kept over runs.
    Data {
        /// Which of the four.
        part: DataPart,
    },
    /// Makes a run ready at step 0, or where the snapshot in the payload was taken. It waits for `Resume`.
    Start {
        /// The run's name.
        run: RunId,
        /// How it is trained.
        spec: RunSpec<()>,
        /// What is trained: the trainer's own kind of [`Spec`](crate::model::Trainable::Spec), [encoded](encode).
        model: Vec<u8>,
    },
    /// Trains on.
    Resume {
        /// The run.
        run: RunId,
        /// How far.
        until: Until,
    },
    /// Stops after the current step; answered by `Paused`.
    Pause {
        /// The run.
        run: RunId,
    },
    /// Takes effect with the next step. A rate that is none is answered by `Failed` with `BadSpec`; the run goes on as
    /// it was.
    SetLearningRate {
        /// The run.
        run: RunId,
        /// The new rate, to which the run's schedule is applied.
        rate: f32,
    },
    /// Measures a speed, in place of any measurement before, and answers by `Measured`. A run that is not paused waits
    /// meanwhile.
    Measure {
        /// Names the measurement as `run` names a run; both are counted together.
        run: RunId,
        /// Which speed.
        probe: Probe,
    },
    /// Are you there? Answered by `Alive`, whatever else is going on.
    Ping,
}

/// A speed that the trainer measures by itself. That of training follows from a run's `Progress`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Probe {
    /// Additions and multiplications a second in the fastest of some loops.
    Peak,
    /// Test images classified a second, from bytes to logits, by the present run's network, or by one that was not
    /// trained.
    Inference {
        /// Images that are classified together.
        batch: u32,
    },
}

/// From one worker to the others: its share of a step or a test, with the gradients as numbers beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToPeer {
    /// The run.
    pub run: RunId,
    /// What it found.
    pub share: Share,
}

/// How far a run goes before it pauses by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Until {
    /// One optimiser step.
    Step,
    /// The last epoch's test.
    End,
}

/// The four files of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DataPart {
    /// 60,000 images.
    TrainImages,
    /// Their digits.
    TrainLabels,
    /// 10,000 images.
    TestImages,
    /// Their digits.
    TestLabels,
}

/// From the trainer to the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FromTrainer {
    /// The first message: the page queues its own until it comes.
    Ready {
        /// [`PROTOCOL`] of the trainer's build.
        protocol: u16,
    },
    /// The answer to `Ping`.
    Alive,
    /// The run waits at step `step`.
    Loaded {
        /// The run.
        run: RunId,
        /// Steps done, 0 unless a snapshot was given.
        step: u32,
    },
    /// Steps done since the last such message, oldest first; at most ten messages a second.
    Progress {
        /// The run.
        run: RunId,
        /// One report a step.
        reports: Vec<StepReport>,
        /// For each report the norm of each layer's gradient, before it was shortened; empty for LeNet.
        norms: Vec<f32>,
        /// Examples a second while training (tests and pauses left out), over the last second or so.
        examples_per_second: f32,
        /// How long the steps of `reports` took (tests and pauses left out).
        milliseconds: f32,
        /// How many workers share the run; 0 while that is being tried.
        workers: u8,
    },
    /// An epoch ended and the test images were classified.
    Epoch {
        /// The run.
        run: RunId,
        /// The figures.
        report: EpochReport,
    },
    /// The test goes on: the page shows how far.
    Testing {
        /// The run.
        run: RunId,
        /// Images classified so far.
        done: u32,
        /// Of how many.
        of: u32,
    },
    /// A snapshot in the payload, from which `Start` continues with the same bits.
    Snapshot {
        /// The run.
        run: RunId,
        /// Steps done when it was taken.
        step: u32,
    },
    /// The run stands still after `step` steps.
    Paused {
        /// The run.
        run: RunId,
        /// Steps done.
        step: u32,
    },
    /// The run reached its end.
    Finished {
        /// The run.
        run: RunId,
    },
    /// A measurement is done.
    Measured {
        /// Its name.
        run: RunId,
        /// What was measured, in its unit a second: the median of rounds after a warm-up.
        per_second: f64,
    },
    /// The run can't go on.
    Failed {
        /// The run; 0 where the data or the message itself was bad.
        run: RunId,
        /// Why.
        fault: Fault,
    },
}

/// Why a run can't go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Fault {
    /// The loss or a weight is not finite any more.
    Diverged {
        /// The step that did it.
        step: u32,
        /// Its loss, possibly infinite or NaN.
        loss: f32,
    },
    /// A file is not what its name says, which the page has made sure of before: its checksum was right.
    BadData {
        /// Which.
        part: DataPart,
    },
    /// A run was started before all four files came.
    MissingData,
    /// The settings make no run, which the page has made sure of before.
    BadSpec,
    /// The snapshot is not one of this run's.
    BadSnapshot,
    /// A message could not be read.
    BadMessage,
}

/// Encodes a message's header.
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    // Serialising these enums into a growing vector has no way to fail.
    postcard::serialize_with_flavor(message, Bytes(Vec::new())).unwrap_or_default()
}

/// A growing vector. postcard's own is compiled into every place that writes a byte, a fifth of the trainer's size.
struct Bytes(Vec<u8>);

impl Flavor for Bytes {
    type Output = Vec<u8>;

    #[inline(never)]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    #[inline(never)]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<Vec<u8>> {
        Ok(self.0)
    }
}

/// Decodes a message's header; `None` for any bytes that are none.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    match postcard::take_from_bytes(bytes) {
        Ok((message, [])) => Some(message),
        _ => None,
    }
}
