//! An operation as a list of steps: each says what is looked at and writes its arithmetic out.
//!
//! A step is a function of its number, so a lab can go back as easily as forth. What is shown comes from
//! [`nn::reference`](crate::nn::reference) alone.

mod backward;
mod channels;
mod convolution;
mod pooling;
mod receptive_field;
mod transposed;

pub use backward::{Backward, BackwardStep, Contest, Difference, Flow, Forward, Gradients, Parameter, Running};
pub use channels::{Channels, ChannelsStep, first_channel};
pub use convolution::{Convolution, ConvolutionStep, Tap};
pub use pooling::{Pooled, PooledCell, Pooling, PoolingKind, PoolingStep};
pub use receptive_field::{LayerKind, Reach, Sight, Stack, StackLayer};
pub use transposed::{Paint, PaintStep, Transposed};
