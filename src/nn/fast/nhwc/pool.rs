//! Max and average pooling. Over the whole plane, an average is global average pooling.

use super::{
    super::{
        PoolGeometry, holds,
        lanes::{self, Lanes},
        pool::{Span, Windows},
    },
    place,
};
use crate::nn::shape::ShapeError;

/// Channels of a register.
const LANES: usize = 4;

/// The largest cell of each window; of equal ones the first in row-major order.
///
/// # Shapes
/// The input is N×H×W×C, the output N×H′×W′×C with the extents of [`output`](Self::output).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaxPool2d(Windows);

impl MaxPool2d {
    /// Checks the geometry.
    ///
    /// # Errors
    /// [`ShapeError`] if a count is 0, the window does not fit, or a window could lie in the padding altogether.
    pub fn new(geometry: PoolGeometry) -> Result<Self, ShapeError> {
        Windows::new(geometry).map(Self)
    }

    /// Height and width of the output.
    pub fn output(&self) -> (usize, usize) {
        self.0.output()
    }

    /// Makes the outputs of `batch` examples and, for the way back, where each came from: the index of the winner in
    /// its plane of the input.
    ///
    /// # Shapes
    /// `argmax` is as `output`.
    pub fn forward(&self, batch: usize, input: &[f32], output: &mut [f32], argmax: &mut [u32]) {
        let (channels, in_len, out_len) = lens(&self.0);
        debug_assert!(holds(input, batch, in_len) && holds(output, batch, out_len), "inputs and outputs");
        debug_assert!(holds(argmax, batch, out_len), "winners");
        let outputs = output.chunks_exact_mut(out_len).zip(argmax.chunks_exact_mut(out_len));
        for (maps, (output, argmax)) in input.chunks_exact(in_len).zip(outputs).take(batch) {
            let cells = output.chunks_exact_mut(channels).zip(argmax.chunks_exact_mut(channels));
            for ((rows, cols), (output, argmax)) in self.0.iter().zip(cells) {
                for first in registers(channels) {
                    let (mut best, mut winner) = (None, Lanes::ZERO);
                    for cell in self.0.cells(rows, cols) {
                        let x = Lanes::load_first(&maps[cell * channels + first..][..channels - first]);
                        let at = Lanes::splat(f32::from_bits(place(cell)));
                        (best, winner) = match best {
                            None => (Some(x), at),
                            Some(best) => (Some(x.if_larger(best, x, best)), x.if_larger(best, at, winner)),
                        };
                    }
                    let output = &mut output[first..];
                    lanes::store_first(&[best.unwrap_or(Lanes::ZERO)], output.len(), output);
                    let mut winners = [0.0; LANES];
                    winner.store(&mut winners);
                    for (to, winner) in argmax[first..].iter_mut().zip(winners) {
                        *to = winner.to_bits();
                    }
                }
            }
        }
    }

    /// Writes the gradient of the inputs: each output's goes to the cell that won.
    ///
    /// # Shapes
    /// `grad` and `argmax` are as the output, `grad_input` as the input.
    pub fn backward(&self, batch: usize, grad: &[f32], argmax: &[u32], grad_input: &mut [f32]) {
        let (channels, in_len, out_len) = lens(&self.0);
        debug_assert!(holds(grad, batch, out_len) && holds(grad_input, batch, in_len), "gradients");
        debug_assert!(holds(argmax, batch, out_len), "winners");
        let grads = grad.chunks_exact(out_len).zip(argmax.chunks_exact(out_len));
        for ((grad, argmax), maps) in grads.zip(grad_input.chunks_exact_mut(in_len)).take(batch) {
            maps.fill(0.0);
            for (grad, argmax) in grad.chunks_exact(channels).zip(argmax.chunks_exact(channels)) {
                for (c, (grad, winner)) in grad.iter().zip(argmax).enumerate() {
                    maps[*winner as usize * channels + c] += grad;
                }
            }
        }
    }
}

/// The mean of each window.
///
/// # Shapes
/// As [`MaxPool2d`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AveragePool2d {
    windows: Windows,
    /// Whether cells of the padding count as zeros of the window.
    count_padding: bool,
}

impl AveragePool2d {
    /// Checks the geometry. `count_padding` is PyTorch's `count_include_pad`.
    ///
    /// # Errors
    /// As [`MaxPool2d::new`].
    pub fn new(geometry: PoolGeometry, count_padding: bool) -> Result<Self, ShapeError> {
        Ok(Self { windows: Windows::new(geometry)?, count_padding })
    }

    /// Height and width of the output.
    pub fn output(&self) -> (usize, usize) {
        self.windows.output()
    }

    /// Makes the outputs of `batch` examples.
    pub fn forward(&self, batch: usize, input: &[f32], output: &mut [f32]) {
        let (channels, in_len, out_len) = lens(&self.windows);
        debug_assert!(holds(input, batch, in_len) && holds(output, batch, out_len), "inputs and outputs");
        for (maps, output) in input.chunks_exact(in_len).zip(output.chunks_exact_mut(out_len)).take(batch) {
            for ((rows, cols), output) in self.windows.iter().zip(output.chunks_exact_mut(channels)) {
                let divisor = self.divisor(rows, cols);
                for first in registers(channels) {
                    let mut sum = Lanes::ZERO;
                    for cell in self.windows.cells(rows, cols) {
                        sum = sum + Lanes::load_first(&maps[cell * channels + first..][..channels - first]);
                    }
                    let output = &mut output[first..];
                    lanes::store_first(&[sum / divisor], output.len(), output);
                }
            }
        }
    }

    /// Writes the gradient of the inputs: each window's is shared out evenly.
    ///
    /// # Shapes
    /// `grad` is as the output, `grad_input` as the input.
    pub fn backward(&self, batch: usize, grad: &[f32], grad_input: &mut [f32]) {
        let (channels, in_len, out_len) = lens(&self.windows);
        debug_assert!(holds(grad, batch, out_len) && holds(grad_input, batch, in_len), "gradients");
        for (grad, maps) in grad.chunks_exact(out_len).zip(grad_input.chunks_exact_mut(in_len)).take(batch) {
            maps.fill(0.0);
            for ((rows, cols), grad) in self.windows.iter().zip(grad.chunks_exact(channels)) {
                let divisor = self.divisor(rows, cols);
                for cell in self.windows.cells(rows, cols) {
                    lanes::each_with(&mut maps[cell * channels..][..channels], grad, |x, grad| x + grad / divisor);
                }
            }
        }
    }

    fn divisor(&self, rows: &Span, cols: &Span) -> Lanes {
        let count = if self.count_padding { rows.padded * cols.padded } else { rows.cells.len() * cols.cells.len() };
        Lanes::splat(count as f32)
    }
}

/// The first channel of each register. The last is moved back where it would reach past the channels: what it makes
/// once more is the same.
fn registers(channels: usize) -> impl Iterator<Item = usize> {
    (0..channels).step_by(LANES).map(move |first| first.min(channels.saturating_sub(LANES)))
}

/// Channels, and values of an example's input and output.
fn lens(windows: &Windows) -> (usize, usize, usize) {
    let channels = windows.geometry.channels;
    (channels, channels * windows.input_len(), channels * windows.output_len())
}
