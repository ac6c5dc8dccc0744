//! The arithmetic of convolutional networks.
//!
//! # Conventions
//! - The operation is cross-correlation, which deep learning calls convolution; a flipped kernel gives the other.
//! - Tensors are N×C×H×W, convolution weights O×I×H×W; height before width; rows from the top; indices from 0.
//! - [`shape::Padding`] stores four sides. PyTorch counts per side; the course counts `p` as the total of rows added.
//! - Average pooling divides by the window's area, padding counted, unless asked otherwise.
//! - Equal maxima: the first in row-major order wins and gets the gradient.
//! - Loss is the batch mean in nats. One MAC is one multiplication and one addition; FLOPs are 2·MACs.
//!
//! [`mod@reference`] (f64, readable, what the labs show) and [`fast`] (f32, batched, what trains) do not know each other;
//! `tests/fast_equals_reference.rs` proves them equal.

pub mod fast;
pub mod init;
pub mod reference;
pub mod shape;
