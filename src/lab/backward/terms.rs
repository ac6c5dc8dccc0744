//! The terms of a step, by number, and which of them are added.

use super::{BackwardLab, ForwardKind};
use crate::{
    lab::scene::Playhead,
    trace::{BackwardStep, PoolingKind},
};

/// A cell of a finished gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FinishedCell {
    Input((usize, usize)),
    Kernel((usize, usize)),
    Bias,
}

/// Which terms of a step are added, and which is lit.
#[derive(Clone, Copy)]
pub(super) struct Added {
    pub(super) head: Playhead,
    /// Terms before this one are added.
    pub(super) before: usize,
}

impl Added {
    /// Those of a step that is looked at.
    pub(super) fn of(head: Playhead, asked: bool) -> Self {
        Self { head, before: if asked { 0 } else { head.adding().unwrap_or(usize::MAX) } }
    }

    /// Whether term `index` is added.
    pub(super) fn has(self, index: usize) -> bool {
        index < self.before
    }

    /// Whether term `index` is pointed at, or being added.
    pub(super) fn lit(self, index: usize) -> bool {
        self.head.lit.or(self.head.adding()) == Some(index)
    }

    /// Whether term `index` waits for its turn.
    pub(super) fn waiting(self, index: usize) -> bool {
        self.head.adding().is_some_and(|adding| index > adding)
    }

    /// Whether any term is.
    pub(super) fn any_lit(self) -> bool {
        self.head.lit.or(self.head.adding()).is_some()
    }
}

/// The numbers of a step's terms, counted through all lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Terms {
    /// To the input for each tap, to the kernel for each tap, to the bias.
    Convolution { taps: usize },
    /// The candidates, then what the winner gets.
    Max { candidates: usize },
    /// The share, then what each cell gets.
    Average,
}

impl Terms {
    /// Those of a step.
    pub(super) fn of(lab: &BackwardLab, step: &BackwardStep) -> Self {
        let cells = step.flows.len();
        match lab.operation {
            ForwardKind::Convolution => Self::Convolution { taps: cells },
            ForwardKind::Pooling(PoolingKind::Max) => Self::Max { candidates: cells },
            ForwardKind::Pooling(PoolingKind::Average) => Self::Average,
        }
    }

    /// How many there are in a step.
    pub(super) fn count(self, step: &BackwardStep) -> usize {
        match self {
            Self::Convolution { taps } => 2 * taps + 1,
            Self::Max { candidates } => candidates + 1,
            Self::Average => step.flows.len() + 1,
        }
    }

    /// The one that adds to the input's gradient what flow `index` sends; of a maximum that of the winner.
    pub(super) fn to_input(self, index: usize) -> usize {
        match self {
            Self::Convolution { .. } => index,
            Self::Max { candidates } => candidates,
            Self::Average => index + 1,
        }
    }

    /// The one that adds to the kernel's gradient, or that reads the input.
    pub(super) fn reads(self, index: usize) -> usize {
        match self {
            Self::Convolution { taps } => taps + index,
            Self::Max { .. } => index,
            Self::Average => index + 1,
        }
    }

    /// The one that adds to the bias's gradient.
    pub(super) fn to_bias(self) -> Option<usize> {
        if let Self::Convolution { taps } = self { Some(2 * taps) } else { None }
    }
}
