//! Feature maps channels last, N×H×W×C: whatever the window, a register holds neighbouring channels of one cell, and a
//! row of a window is one run of memory.

mod batch_norm;
mod conv;
mod gather;
mod pool;

pub use batch_norm::{BatchNorm2d, BatchNormScratch, RunningStatistics};
pub use conv::{Conv2d, ConvScratch};
pub use pool::{AveragePool2d, MaxPool2d};

/// A place in an example's maps, which are far smaller than 2³² values.
fn place(value: usize) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "2³² values do not fit into a 32-bit memory")]
    let value = value as u32;
    value
}
