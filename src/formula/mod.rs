//! Formulas as expression trees, rendered as MathML, LaTeX, plain text and speech from the same tree.
//!
//! A tree keeps which symbol a part stands for ([`Symbol`]), also where a number has taken the symbol's place, so the
//! page can colour it, underline it and tie it to its control. Nothing here is parsed from strings.
//!
//! ```
//! use receptive::formula::{OutputSize, PaddingConvention};
//! use receptive::nn::shape::Window;
//!
//! let size = OutputSize {
//!     axis: None,
//!     input: 7,
//!     window: Window { kernel: 3, stride: 2, dilation: 1, padding: (0, 0) },
//!     convention: PaddingConvention::PerSide,
//! };
//! assert_eq!(size.symbols().plain(), "⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1");
//! assert_eq!(size.numbers().plain(), "⌊(7 + 2·0 − 1·(3 − 1) − 1)/2⌋ + 1");
//! assert_eq!(size.result(), Ok(3));
//! ```

mod batch_norm;
mod expr;
mod gradients;
mod highway;
mod mathml;
mod output_size;
mod pooled_size;
mod receptive_field;
mod sum;
mod text;
mod transposed_size;

#[cfg(test)]
mod tests;

pub use batch_norm::{norm_gradients, norm_values};
pub use expr::{Expr, Index, Role, Sign, Symbol};
pub use gradients::{
    bias_gradient, central_difference, full_convolution, input_gradient, kernel_gradient, loss, pooling_gradient,
    read_position, sending_position,
};
pub use highway::{highway_gradients, highway_values};
pub use mathml::{Content, Element, Tag};
pub use output_size::{OutputSize, PaddingConvention};
pub use pooled_size::PooledSize;
pub use receptive_field::FieldRecursion;
pub use sum::convolution_sum;
pub use transposed_size::TransposedSize;
