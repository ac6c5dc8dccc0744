//! What the page and the trainer say to each other, as bytes.
//!
//! A message is one [`postcard`] header; large payloads (images, a snapshot) travel beside it as a transferred buffer.
//! Every message names its run: answers of an older run are dropped by the page.

mod responder;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;

pub use crate::train::{EpochReport, StepReport};
pub use responder::{Answer, Responder};

use crate::{
    data::{IdxError, SplitError},
    train::{RunSpec, SpecError},
};

/// Bumped on any change of this file. The worker's file carries no content hash, so a stale one is possible.
pub const PROTOCOL: u16 = 2;

/// The most bytes of a header or a payload: more are not read. MNIST's largest file has 47,040,016.
pub const MAX_BYTES: u32 = 64 << 20;

/// Names one run; a new one for every start.
pub type RunId = u32;

/// From the page to the trainer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ToTrainer {
    /// One file of the data set, decompressed IDX bytes in the payload. Kept over runs.
    Data {
        /// Which of the four.
        part: DataPart,
    },
    /// Makes a run ready at step 0, or where the snapshot in the payload was taken. It waits for `Resume`.
    Start {
        /// The run's name.
        run: RunId,
        /// What to train and how.
        spec: RunSpec,
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
        /// Examples a second while training (tests and pauses left out), over the last second or so.
        examples_per_second: f32,
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
    /// A file is not what its name says.
    BadData {
        /// Which.
        part: DataPart,
        /// What is wrong with it.
        why: DataError,
    },
    /// A run was started before all four files came.
    MissingData,
    /// The settings make no run.
    BadSpec {
        /// What is wrong.
        why: SpecError,
    },
    /// The snapshot is not one of this run's.
    BadSnapshot,
    /// A message could not be read.
    BadMessage,
}

/// Why a file is no part of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum DataError {
    /// It is no IDX file of its kind.
    #[error(transparent)]
    Idx(#[from] IdxError),
    /// It does not belong to the others.
    #[error(transparent)]
    Split(#[from] SplitError),
}

/// Encodes a message's header.
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    // Serialising these enums into a growing vector has no way to fail.
    postcard::to_allocvec(message).unwrap_or_default()
}

/// Decodes a message's header; `None` for any bytes that are none.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    match postcard::take_from_bytes(bytes) {
        Ok((message, [])) => Some(message),
        _ => None,
    }
}
