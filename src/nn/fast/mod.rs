//! The arithmetic of training: f32, in batches, as fast as WebAssembly gets.
//!
//! # Conventions
//! - Tensors are plain slices in N×C×H×W order, in [`nhwc`] and [`ConvReluPool`] N×H×W×C; weights are as
//!   PyTorch has them. Geometry is checked once, when an operation is made.
//! - Nothing allocates while training: the caller owns every buffer, scratch included.
//! - Inner loops are written out over registers of four numbers (`lanes`), with eight sums under way.
//! - The same bits everywhere: every sum has one fixed order, products are rounded before they are added (no fused
//!   multiply-add), and `exp` and `ln` come from [`libm`] or are written here. So a run gives the same weights natively and in a browser.
//! - NaN and infinity spread: a diverged run is noticed by its loss or its weights.
//!
//! # Contracts
//! Lengths follow from the geometry, which [`crate::model::Network`] keeps. `batch` examples stand at the beginning of
//! their buffer, which may have room for more: the rest is neither read nor written. Weights, biases and their gradients
//! are exactly as long as their shapes say. Debug builds check both at each call; a release panics, or leaves cells out.

#![expect(clippy::inline_always, reason = "a call would cost more than the few instructions that most of these are")]
#![expect(
    clippy::indexing_slicing,
    reason = "lengths follow from geometry checked at construction; the hot loops index fixed-size arrays"
)]

mod activation;
mod conv;
mod conv_pool;
mod lanes;
mod linear;
mod loss;
pub mod nhwc;
mod peak;
mod pool;
mod product;

pub use activation::Activation;
pub use conv::{Conv2d, ConvGeometry, ConvScratch};
pub use conv_pool::{ConvPoolScratch, ConvReluPool};
pub(crate) use lanes::{Lanes, Number};
pub use lanes::{add, add_relu, all_finite};
pub use linear::{Linear, LinearScratch};
pub use loss::{BatchLoss, CrossEntropy};
pub use peak::PeakLoops;
pub use pool::{AveragePool2d, MaxPool2d, PoolGeometry};
pub use product::transpose;

/// Whether a buffer has room for `batch` examples of `len` values.
fn holds<T>(buffer: &[T], batch: usize, len: usize) -> bool {
    buffer.len() >= batch * len
}
