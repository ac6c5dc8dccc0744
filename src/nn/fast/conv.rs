//! Convolution of a batch, of any geometry, as products of matrices.
//!
//! What trains in the lead has a pass of its own, [`ConvReluPool`](super::ConvReluPool); for maps channels last there is
//! [`nhwc::Conv2d`](super::nhwc::Conv2d), which is faster.

use super::{
    holds, lanes,
    product::{Extents, add_product, product, transposed_product},
};
use crate::nn::shape::{Axis, Padding, ShapeError, Window};

/// What a [`Conv2d`] is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvGeometry {
    /// Channels of the input.
    pub channels_in: usize,
    /// Filters.
    pub channels_out: usize,
    /// Groups of channels that do not see each other; 1 for none.
    pub groups: usize,
    /// Height and width of the kernels.
    pub kernel: (usize, usize),
    /// Cells between neighbouring windows, along height and width.
    pub stride: (usize, usize),
    /// Cells between neighbouring taps, along height and width.
    pub dilation: (usize, usize),
    /// Zeros around the input.
    pub padding: Padding,
    /// Height and width of the input.
    pub input: (usize, usize),
}

impl ConvGeometry {
    /// The windows along height and width, and how many there are of each.
    ///
    /// # Errors
    /// [`ShapeError`] if the groups do not divide the channels, a count is 0 or the dilated kernel does not fit.
    pub(super) fn windows(&self) -> Result<([Window; 2], (usize, usize)), ShapeError> {
        let Self { channels_in, channels_out, groups, kernel, stride, dilation, padding, input } = *self;
        let divides = |channels: usize| channels > 0 && channels.checked_rem(groups) == Some(0);
        if !(divides(channels_in) && divides(channels_out)) {
            return Err(ShapeError::Groups { groups, channels_in, channels_out });
        }
        let [rows, cols] =
            [Axis::Height, Axis::Width].map(|axis| Window::along(axis, kernel, stride, dilation, padding));
        let output = (rows.output(Axis::Height, input.0)?, cols.output(Axis::Width, input.1)?);
        Ok(([rows, cols], output))
    }
}

/// `y[o, i, j] = b[o] + Σ w[o, c, u, v]·x[c, i·s + u·d, j·s + v·d]` over the channels c of o's group and the kernel's
/// cells (u, v), for each example; x is padded with zeros.
///
/// # Shapes
/// x is N×`channels_in`×H×W, w is `channels_out`×(`channels_in`/`groups`)×K×K, b has `channels_out` values; y is
/// N×`channels_out`×H′×W′ with the extents of [`output`](Self::output).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conv2d {
    geometry: ConvGeometry,
    output: (usize, usize),
    padded: (usize, usize),
    /// Where each tap of a filter lies in the padded input of its group, relative to the window's first cell; in the
    /// order of the weights.
    offsets: Vec<usize>,
}

/// Buffers of one [`Conv2d`].
#[derive(Debug, Clone, Default)]
pub struct ConvScratch {
    /// The batch's inputs, padded; empty where there is no padding.
    inputs: Vec<f32>,
    /// What each tap reads, or its gradient, for one example and group: `[tap][window]`; `[window][tap]` for the
    /// gradient of weights.
    taps: Vec<f32>,
    /// One example's gradient of the padded input.
    grad_padded: Vec<f32>,
}

impl Conv2d {
    /// Checks the geometry.
    ///
    /// # Errors
    /// [`ShapeError`] if the groups do not divide the channels, a count is 0 or the dilated kernel does not fit.
    pub fn new(geometry: ConvGeometry) -> Result<Self, ShapeError> {
        let ConvGeometry { channels_in, groups, kernel, dilation, input, .. } = geometry;
        let ([rows, cols], output) = geometry.windows()?;
        let padded = (rows.padded(input.0), cols.padded(input.1));

        let mut offsets = Vec::with_capacity(channels_in / groups * kernel.0 * kernel.1);
        for c in 0..channels_in / groups {
            for u in 0..kernel.0 {
                for v in 0..kernel.1 {
                    offsets.push((c * padded.0 + u * dilation.0) * padded.1 + v * dilation.1);
                }
            }
        }
        Ok(Self { geometry, output, padded, offsets })
    }

    /// What it was made from.
    pub fn geometry(&self) -> ConvGeometry {
        self.geometry
    }

    /// Height and width of the output.
    pub fn output(&self) -> (usize, usize) {
        self.output
    }

    /// Cells of one example's input.
    pub fn input_len(&self) -> usize {
        self.geometry.channels_in * self.geometry.input.0 * self.geometry.input.1
    }

    /// Cells of one example's output.
    pub fn output_len(&self) -> usize {
        self.geometry.channels_out * self.cells()
    }

    /// Number of weights, biases left out.
    pub fn weight_len(&self) -> usize {
        self.geometry.channels_out * self.offsets.len()
    }

    /// Scratch for up to `batch` examples.
    pub fn scratch(&self, batch: usize) -> ConvScratch {
        ConvScratch {
            inputs: if self.is_padded() { vec![0.0; batch * self.padded_len()] } else { Vec::new() },
            taps: vec![0.0; self.offsets.len() * self.cells()],
            grad_padded: vec![0.0; self.padded_len()],
        }
    }

    /// Makes the outputs of `batch` examples.
    ///
    /// # Shapes
    /// As told of [`Conv2d`]; `scratch` is for N examples or more.
    pub fn forward(
        &self,
        batch: usize,
        input: &[f32],
        weight: &[f32],
        bias: &[f32],
        output: &mut [f32],
        scratch: &mut ConvScratch,
    ) {
        debug_assert!(
            holds(input, batch, self.input_len()) && holds(output, batch, self.output_len()),
            "inputs, outputs"
        );
        debug_assert_eq!((weight.len(), bias.len()), self.parameter_lens(), "weights and biases");
        let ConvScratch { inputs, taps, .. } = scratch;
        let (filters, cells) = (self.filters(), self.cells());
        let extents = Extents { m: filters, k: self.offsets.len(), n: cells };
        let inputs = self.padded_inputs(batch, input, inputs);
        let examples = inputs.chunks_exact(self.padded_len()).zip(output.chunks_exact_mut(self.output_len()));
        for (x, y) in examples.take(batch) {
            let groups = x.chunks_exact(self.group_len()).zip(y.chunks_exact_mut(filters * cells));
            let weights = weight.chunks_exact(filters * self.offsets.len()).zip(bias.chunks_exact(filters));
            for ((x, y), (weight, bias)) in groups.zip(weights) {
                for (offset, taps) in self.offsets.iter().zip(taps.chunks_exact_mut(cells)) {
                    for (first, row) in self.rows().zip(taps.chunks_exact_mut(self.output.1)) {
                        self.read_row(&x[first + offset..], row);
                    }
                }
                product(y, weight, taps, extents);
                for (y, bias) in y.chunks_exact_mut(cells).zip(bias) {
                    for y in y {
                        *y += bias;
                    }
                }
            }
        }
    }

    /// Adds this batch's gradients of weights and biases to `grad_weight` and `grad_bias`.
    ///
    /// The batch is the one that [`forward`](Self::forward) saw last: its padded inputs are still in `scratch`.
    ///
    /// # Shapes
    /// `grad` is as the output; the sums are as long as weights and biases.
    pub fn backward_weight(
        &self,
        batch: usize,
        input: &[f32],
        grad: &[f32],
        grad_weight: &mut [f32],
        grad_bias: &mut [f32],
        scratch: &mut ConvScratch,
    ) {
        debug_assert!(
            holds(input, batch, self.input_len()) && holds(grad, batch, self.output_len()),
            "inputs, gradients"
        );
        debug_assert_eq!((grad_weight.len(), grad_bias.len()), self.parameter_lens(), "sums of gradients");
        let ConvScratch { inputs, taps, .. } = scratch;
        let inputs = if self.is_padded() { &**inputs } else { input };
        let (filters, cells) = (self.filters(), self.cells());
        let extents = Extents { m: filters, k: cells, n: self.offsets.len() };
        let examples = inputs.chunks_exact(self.padded_len()).zip(grad.chunks_exact(self.output_len()));
        for (x, dy) in examples.take(batch) {
            let groups = x.chunks_exact(self.group_len()).zip(dy.chunks_exact(filters * cells));
            for ((x, dy), grad_weight) in groups.zip(grad_weight.chunks_exact_mut(filters * self.offsets.len())) {
                for (first, row) in self.windows().zip(taps.chunks_exact_mut(self.offsets.len())) {
                    self.offsets.iter().zip(row).for_each(|(offset, cell)| *cell = x[first + offset]);
                }
                add_product(grad_weight, dy, taps, extents);
            }
            for (dy, grad) in dy.chunks_exact(cells).zip(&mut *grad_bias) {
                *grad += dy.iter().sum::<f32>();
            }
        }
    }

    /// Writes the gradient of the inputs.
    ///
    /// # Shapes
    /// `grad` is as the output, `grad_input` as the input.
    pub fn backward_input(
        &self,
        batch: usize,
        weight: &[f32],
        grad: &[f32],
        grad_input: &mut [f32],
        scratch: &mut ConvScratch,
    ) {
        debug_assert!(holds(grad, batch, self.output_len()) && holds(grad_input, batch, self.input_len()), "gradients");
        debug_assert_eq!(weight.len(), self.weight_len(), "weights");
        let ConvScratch { taps, grad_padded, .. } = scratch;
        let (filters, cells) = (self.filters(), self.cells());
        let extents = Extents { m: self.offsets.len(), k: filters, n: cells };
        let examples = grad.chunks_exact(self.output_len()).zip(grad_input.chunks_exact_mut(self.input_len()));
        for (dy, dx) in examples.take(batch) {
            grad_padded.fill(0.0);
            let groups = dy.chunks_exact(filters * cells).zip(weight.chunks_exact(filters * self.offsets.len()));
            for ((dy, weight), dx) in groups.zip(grad_padded.chunks_exact_mut(self.group_len())) {
                transposed_product(taps, weight, dy, extents);
                for (offset, taps) in self.offsets.iter().zip(taps.chunks_exact(cells)) {
                    for (first, row) in self.rows().zip(taps.chunks_exact(self.output.1)) {
                        self.add_row(&mut dx[first + offset..], row);
                    }
                }
            }
            self.crop(grad_padded, dx);
        }
    }

    /// How many weights and biases there are.
    fn parameter_lens(&self) -> (usize, usize) {
        (self.weight_len(), self.geometry.channels_out)
    }

    fn filters(&self) -> usize {
        self.geometry.channels_out / self.geometry.groups
    }

    /// Cells of one output channel.
    fn cells(&self) -> usize {
        self.output.0 * self.output.1
    }

    fn is_padded(&self) -> bool {
        self.padded != self.geometry.input
    }

    /// Cells of one example's padded input.
    fn padded_len(&self) -> usize {
        self.geometry.channels_in * self.padded.0 * self.padded.1
    }

    /// Cells of one group of channels of the padded input.
    fn group_len(&self) -> usize {
        self.padded_len() / self.geometry.groups
    }

    /// Where each row of windows begins in the padded input.
    fn rows(&self) -> impl Iterator<Item = usize> {
        (0..self.output.0).map(|i| i * self.geometry.stride.0 * self.padded.1)
    }

    /// What one tap reads of a row of windows, of which the first reads the first cell of `x`.
    fn read_row(&self, x: &[f32], row: &mut [f32]) {
        match self.geometry.stride.1 {
            1 => row.copy_from_slice(&x[..row.len()]),
            stride => x.iter().step_by(stride).zip(row).for_each(|(x, cell)| *cell = *x),
        }
    }

    /// Adds where one tap has read.
    fn add_row(&self, dx: &mut [f32], row: &[f32]) {
        match self.geometry.stride.1 {
            1 => lanes::add(&mut dx[..row.len()], row),
            stride => dx.iter_mut().step_by(stride).zip(row).for_each(|(dx, grad)| *dx += grad),
        }
    }

    /// Where each window begins in the padded input, row by row.
    fn windows(&self) -> impl Iterator<Item = usize> {
        let (stride, pitch, cols) = (self.geometry.stride, self.padded.1, self.output.1);
        (0..self.output.0).flat_map(move |i| (0..cols).map(move |j| i * stride.0 * pitch + j * stride.1))
    }

    /// The inputs with their padding. The zeros are there since the scratch was made; only the inside is written.
    fn padded_inputs<'a>(&self, batch: usize, input: &'a [f32], padded: &'a mut [f32]) -> &'a [f32] {
        if !self.is_padded() {
            return input;
        }
        let ConvGeometry { channels_in, padding, input: (h, w), .. } = self.geometry;
        let (ph, pw) = self.padded;
        let planes = input.chunks_exact(h * w).zip(padded.chunks_exact_mut(ph * pw));
        for (plane, padded) in planes.take(batch * channels_in) {
            let rows = padded[padding.top * pw..].chunks_mut(pw);
            for (row, padded) in plane.chunks_exact(w).zip(rows) {
                padded[padding.left..][..w].copy_from_slice(row);
            }
        }
        padded
    }

    /// The inside of a padded gradient.
    fn crop(&self, padded: &[f32], dx: &mut [f32]) {
        let ConvGeometry { padding, input: (h, w), .. } = self.geometry;
        let (ph, pw) = self.padded;
        for (padded, plane) in padded.chunks_exact(ph * pw).zip(dx.chunks_exact_mut(h * w)) {
            let rows = padded[padding.top * pw..].chunks(pw);
            for (padded, row) in rows.zip(plane.chunks_exact_mut(w)) {
                row.copy_from_slice(&padded[padding.left..][..w]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The course's first example, with any padding and stride.
    #[track_caller]
    fn check(padding: usize, stride: (usize, usize), expect: &[f32]) {
        let geometry = ConvGeometry {
            channels_in: 1,
            channels_out: 1,
            groups: 1,
            kernel: (2, 2),
            stride,
            dilation: (1, 1),
            padding: Padding::per_side(padding),
            input: (3, 3),
        };
        let conv = Conv2d::new(geometry).unwrap();
        let mut scratch = conv.scratch(1);
        let mut output = vec![0.0; conv.output_len()];
        let input = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        conv.forward(1, &input, &[0.0, 1.0, 2.0, 3.0], &[0.0], &mut output, &mut scratch);
        assert_eq!(output, expect);
    }

    #[test]
    fn worked_examples_of_the_course() {
        check(0, (1, 1), &[19.0, 25.0, 37.0, 43.0]);
        check(1, (3, 2), &[0.0, 8.0, 6.0, 8.0]);
        let padded = [0.0, 3.0, 8.0, 4.0, 9.0, 19.0, 25.0, 10.0, 21.0, 37.0, 43.0, 16.0, 6.0, 7.0, 8.0, 0.0];
        check(1, (1, 1), &padded);
    }

    #[test]
    fn groups_must_divide_the_channels() {
        let geometry = ConvGeometry {
            channels_in: 4,
            channels_out: 6,
            groups: 4,
            kernel: (3, 3),
            stride: (1, 1),
            dilation: (1, 1),
            padding: Padding::default(),
            input: (5, 5),
        };
        assert_eq!(
            Conv2d::new(geometry).unwrap_err(),
            ShapeError::Groups { groups: 4, channels_in: 4, channels_out: 6 }
        );
        let none = ConvGeometry { groups: 0, ..geometry };
        assert_eq!(Conv2d::new(none).unwrap_err(), ShapeError::Groups { groups: 0, channels_in: 4, channels_out: 6 });
        let large = ConvGeometry { groups: 2, dilation: (1, 3), ..geometry };
        assert_eq!(
            Conv2d::new(large).unwrap_err(),
            ShapeError::WindowExceedsInput { axis: Axis::Width, window: 7, padded: 5 }
        );
    }
}
