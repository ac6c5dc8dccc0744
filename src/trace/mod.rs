//! An operation as a list of steps: each says what is looked at and writes its arithmetic out.
//!
//! A step is a function of its number, so a lab can go back as easily as forth. What is shown comes from
//! [`nn::reference`](crate::nn::reference) alone.

mod backward;
mod batch_norm;
mod channels;
mod convolution;
mod highway;
mod pooling;
mod receptive_field;
mod transposed;

pub use backward::{Backward, BackwardStep, Contest, Difference, Flow, Forward, Gradients, Parameter, Running};
pub use batch_norm::{BatchNorm, BatchNormGradients, Moments, NormStep, Normalised};
pub use channels::{Channels, ChannelsStep, first_channel};
pub use convolution::{Convolution, ConvolutionStep, Slide, Tap};
pub use highway::{Highway, HighwayGradients, HighwayStep, HighwayValues, Skip};
pub use pooling::{Pooled, PooledCell, Pooling, PoolingKind, PoolingStep};
pub use receptive_field::{LayerKind, Reach, Sight, Stack, StackLayer};
pub use transposed::{Paint, PaintStep, Transposed};

/// The most taps that have a letter each; past it the pointed one shows its row and column.
const LETTERS: usize = 26;

/// The letter of tap number `tap` of `taps`, which stands at `at`; where there are too many, its row and column while it
/// is `lit`.
pub fn letter(tap: usize, taps: usize, at: (usize, usize), lit: bool) -> Option<String> {
    if taps <= LETTERS {
        let offset = u8::try_from(tap).ok()?;
        Some(char::from(b'a' + offset).to_string())
    } else {
        lit.then(|| format!("{},{}", at.0, at.1))
    }
}
