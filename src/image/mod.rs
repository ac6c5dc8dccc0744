//! Pictures as numbers: read from a canvas, filtered, and turned into a canvas's bytes again.
//!
//! Nothing here opens a file: the browser decodes pictures. [`header`] reads how large one is before it does, [`origin`]
//! what it does to the numbers.

pub mod filter;
mod frame;
pub mod header;
pub mod kernels;
pub mod origin;

pub use frame::{Frame, Layout, Levels, Pixels, Show, SizeError};
pub use frame::{MAX_SIDE, fitted};
