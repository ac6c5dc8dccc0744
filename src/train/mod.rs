//! Training: optimisers, metrics and one step after another. No clock, no files, no threads.

mod spec;

pub use spec::{OptimizerKind, RunSpec};
