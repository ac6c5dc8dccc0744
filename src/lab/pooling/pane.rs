//! An input and its pooling.

use crate::{
    num::{Entry, Grid},
    trace::{Pooled, Pooling, PoolingStep},
};

/// An input with what pooling makes of it.
pub(super) struct Pane {
    /// The input as it was typed.
    pub(super) entries: Grid<Entry>,
    /// The same in numbers.
    pub(super) pooling: Pooling,
    /// The output.
    pub(super) pooled: Pooled,
}

impl Pane {
    /// The step that makes that number of the output.
    pub(super) fn step(&self, index: usize) -> Option<PoolingStep> {
        let cols = self.pooled.values.cols();
        self.pooling.step(&self.pooled, index / cols, index % cols)
    }
}
