//! Every operation in `f64`, readable before fast: one line for each symbol of its formula, forward and backward side
//! by side.
//!
//! This is what the labs show and what the fast path is measured against; it is never optimised.
//! Gradients are those of a scalar loss L: an argument `grad_output` is ∂L/∂y, a result's field `input` is ∂L/∂x.
//! Names follow the formulas: x input, w weight, b bias, y output, d… the gradient with respect to …; n counts
//! examples, c input channels, o output channels, (i, j) output cells, (u, v) kernel cells.
//!
//! Arguments are [`ndarray::ArrayRef`]s: `&array` and `&view` both pass.
//!
//! ```
//! use ndarray::{Array, array};
//! use receptive::nn::reference::{Conv2d, conv2d};
//!
//! // The course's first example: 0..8 in 3×3 with the kernel [0 1; 2 3].
//! let x = Array::range(0.0, 9.0, 1.0).into_shape_with_order((1, 1, 3, 3))?;
//! let w = array![[[[0.0, 1.0], [2.0, 3.0]]]];
//! let y = conv2d(&x, &w, None, &Conv2d::default())?;
//! assert_eq!(y, array![[[[19.0, 25.0], [37.0, 43.0]]]]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![allow(clippy::indexing_slicing, reason = "the indices are the formulas'; every function checks the extents first")]

mod activation;
mod batch_norm;
mod conv;
mod conv_transpose;
mod linear;
mod loss;
mod optimizer;
mod pad;
mod pool;

pub use activation::{Activation, activation, activation_grad};
pub use batch_norm::{BatchNorm2d, BatchNorm2dForward, BatchNorm2dGrad, Running};
pub use batch_norm::{batch_norm2d, batch_norm2d_eval, batch_norm2d_eval_grad, batch_norm2d_grad, batch_statistics};
pub use conv::{Conv2d, Conv2dGrad, conv2d, conv2d_grad};
pub use conv_transpose::{ConvTranspose2d, conv_transpose2d, conv_transpose2d_grad};
pub use linear::{LinearGrad, linear, linear_grad};
pub use loss::{CrossEntropy, softmax, softmax_cross_entropy, softmax_cross_entropy_grad};
pub use optimizer::{Adam, Sgd};
pub use pad::{PaddingMode, pad, pad_grad};
pub use pool::{MaxPool2d, Pool2d, average_pool2d, average_pool2d_grad, max_pool2d, max_pool2d_grad};

use super::shape::ShapeError;

/// Checks that two shapes are equal, extent by extent.
fn same_extents(expected: &[usize], found: &[usize]) -> Result<(), ShapeError> {
    for (&expected, &found) in expected.iter().zip(found) {
        same_extent(expected, found)?;
    }
    same_extent(expected.len(), found.len())
}

/// Checks that two extents are equal.
fn same_extent(expected: usize, found: usize) -> Result<(), ShapeError> {
    if expected == found { Ok(()) } else { Err(ShapeError::Length { expected, found }) }
}
