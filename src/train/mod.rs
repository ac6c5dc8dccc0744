//! Training: optimisers, metrics and one step after another. No clock, no files, no threads.

mod optimizer;
mod shards;
mod snapshot;
mod spec;
mod trainer;

use serde::{Deserialize, Serialize};

pub use optimizer::Optimizer;
pub use shards::{MAX_SHARDS, Seat, Shards};
pub use snapshot::SnapshotError;
pub use spec::{MAX_BATCH, MAX_EPOCHS, MAX_SMOOTHING, OptimizerKind, RunSpec, Schedule, SpecError};
pub use trainer::{Diverged, Event, Share, Trainer};

/// One optimiser step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    /// Counts from 1 over all epochs.
    pub step: u32,
    /// Mean loss of the batch in nats, before the update.
    pub loss: f32,
    /// Images of the batch classified right, before the update.
    pub correct: u32,
    /// Images in the batch (the last one of an epoch can be smaller).
    pub batch: u32,
}

/// The figures after an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EpochReport {
    /// Counts from 1.
    pub epoch: u32,
    /// Steps done.
    pub step: u32,
    /// Mean loss over the test images in nats.
    pub test_loss: f32,
    /// Test images classified right.
    pub test_correct: u32,
    /// Test images.
    pub test_images: u32,
}
