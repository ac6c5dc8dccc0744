//! Convolution of a batch, without im2col: windows are read where they lie in the padded input.

use super::product::{Extents, product, transpose};
use crate::nn::shape::{Axis, Padding, ShapeError, Window};

/// Output columns of a forward tile: one 128-bit register.
const COLS: usize = 4;
/// Output channels of a panel: two registers.
const PANEL: usize = 8;
/// Taps of a backward tile; 4·8 sums fill eight registers.
const TAPS: usize = 4;

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
    /// Where each tap of a filter lies in the padded input of its group, relative to the window's first cell.
    /// In the order of the weights, filled up with zeros to a multiple of `TAPS`.
    offsets: Vec<usize>,
    /// Taps of a filter: `channels_in/groups·K·K`.
    taps: usize,
}

/// Buffers of one [`Conv2d`], and its weights in the orders in which the loops read them.
#[derive(Debug, Clone, Default)]
pub struct ConvScratch {
    /// Panels of filters, tap by tap: `[group][panel][tap][channel]`.
    panels: Vec<f32>,
    /// The weights of each group transposed: `[group][tap][channel]`.
    transposed: Vec<f32>,
    /// The batch's inputs, padded; empty where there is no padding.
    inputs: Vec<f32>,
    /// One group's gradient of the outputs, channels last: `[panel][cell][channel]`.
    grad_output: Vec<[f32; PANEL]>,
    /// Gradients of the weights: `[group][panel][tap][channel]`.
    grad_weight: Vec<[f32; PANEL]>,
    /// One group's products of weights and output gradients: `[tap][cell]`.
    columns: Vec<f32>,
    /// One example's gradient of the padded input.
    grad_padded: Vec<f32>,
}

impl Conv2d {
    /// Checks the geometry.
    ///
    /// # Errors
    /// [`ShapeError`] if the groups do not divide the channels, a count is 0 or the dilated kernel does not fit.
    pub fn new(geometry: ConvGeometry) -> Result<Self, ShapeError> {
        let ConvGeometry { channels_in, channels_out, groups, kernel, stride, dilation, padding, input } = geometry;
        let divides = |channels: usize| channels > 0 && channels.checked_rem(groups) == Some(0);
        if !(divides(channels_in) && divides(channels_out)) {
            return Err(ShapeError::Groups { groups, channels_in, channels_out });
        }
        let window = |axis, kernel, stride, dilation| Window { kernel, stride, dilation, padding: padding.along(axis) };
        let rows = window(Axis::Height, kernel.0, stride.0, dilation.0);
        let cols = window(Axis::Width, kernel.1, stride.1, dilation.1);
        let output = (rows.output(Axis::Height, input.0)?, cols.output(Axis::Width, input.1)?);
        let padded = (rows.padded(input.0), cols.padded(input.1));

        let mut offsets = Vec::with_capacity((channels_in / groups * kernel.0 * kernel.1).next_multiple_of(TAPS));
        for c in 0..channels_in / groups {
            for u in 0..kernel.0 {
                for v in 0..kernel.1 {
                    offsets.push((c * padded.0 + u * dilation.0) * padded.1 + v * dilation.1);
                }
            }
        }
        let taps = offsets.len();
        offsets.resize(taps.next_multiple_of(TAPS), 0);
        Ok(Self { geometry, output, padded, offsets, taps })
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
        self.geometry.channels_out * self.taps
    }

    /// Scratch for up to `batch` examples.
    pub fn scratch(&self, batch: usize) -> ConvScratch {
        let ConvGeometry { channels_in, groups, .. } = self.geometry;
        let padded = channels_in * self.padded.0 * self.padded.1;
        let panels = self.filters().div_ceil(PANEL);
        ConvScratch {
            panels: vec![0.0; groups * self.filters().next_multiple_of(PANEL) * self.taps],
            transposed: vec![0.0; self.weight_len()],
            inputs: if self.is_padded() { vec![0.0; batch * padded] } else { Vec::new() },
            grad_output: vec![[0.0; PANEL]; panels * self.cells()],
            grad_weight: vec![[0.0; PANEL]; groups * panels * self.offsets.len()],
            columns: vec![0.0; self.taps * self.cells()],
            grad_padded: vec![0.0; padded],
        }
    }

    /// Takes new weights over into `scratch`; needed before the next pass.
    pub fn pack(&self, weight: &[f32], scratch: &mut ConvScratch) {
        let filters = self.filters();
        let panels = scratch.panels.chunks_exact_mut(filters.next_multiple_of(PANEL) * self.taps);
        for (group, panels) in weight.chunks_exact(filters * self.taps).zip(panels) {
            for (filters, panel) in group.chunks(PANEL * self.taps).zip(panels.chunks_mut(PANEL * self.taps)) {
                for (channel, filter) in filters.chunks_exact(self.taps).enumerate() {
                    for (tap, w) in filter.iter().enumerate() {
                        panel[tap * PANEL + channel] = *w;
                    }
                }
            }
        }
        let groups = weight.chunks_exact(filters * self.taps);
        for (group, transposed) in groups.zip(scratch.transposed.chunks_exact_mut(filters * self.taps)) {
            transpose(group, transposed, filters, self.taps);
        }
    }

    /// Makes the outputs of `batch` examples, with the weights last given to [`pack`](Self::pack).
    pub fn forward(&self, batch: usize, input: &[f32], bias: &[f32], output: &mut [f32], scratch: &mut ConvScratch) {
        let ConvScratch { panels, inputs, .. } = scratch;
        let inputs = self.padded_inputs(batch, input, inputs);
        let examples = inputs.chunks_exact(self.padded_len()).zip(output.chunks_exact_mut(self.output_len()));
        for (x, y) in examples.take(batch) {
            if self.has_wide_rows() {
                self.forward_example::<COLS>(x, panels, bias, y);
            } else {
                self.forward_example::<1>(x, panels, bias, y);
            }
        }
    }

    /// Adds this batch's gradients of weights and biases to `grad_weight` and `grad_bias`.
    ///
    /// The batch is the one that [`forward`](Self::forward) saw last: its padded inputs are still in `scratch`.
    pub fn backward_weight(
        &self,
        batch: usize,
        input: &[f32],
        grad: &[f32],
        grad_weight: &mut [f32],
        grad_bias: &mut [f32],
        scratch: &mut ConvScratch,
    ) {
        let ConvScratch { inputs, grad_output, grad_weight: sums, .. } = scratch;
        let inputs = if self.is_padded() { &**inputs } else { input };
        let (filters, cells, padded_taps) = (self.filters(), self.cells(), self.offsets.len());
        let group_sums = filters.div_ceil(PANEL) * padded_taps;
        sums.fill([0.0; PANEL]);
        let examples = inputs.chunks_exact(self.padded_len()).zip(grad.chunks_exact(self.output_len()));
        for (x, dy) in examples.take(batch) {
            let groups = dy.chunks_exact(filters * cells).zip(grad_bias.chunks_exact_mut(filters));
            for (g, (dy, grad_bias)) in groups.enumerate() {
                channels_last(dy, cells, grad_output);
                let x = &x[g * self.group_len()..];
                let panels = grad_output.chunks_exact(cells).zip(grad_bias.chunks_mut(PANEL));
                let sums = sums[g * group_sums..].chunks_exact_mut(padded_taps);
                for ((dy, grad_bias), sums) in panels.zip(sums) {
                    self.add_bias_gradient(dy, grad_bias);
                    if self.geometry.stride.1 == 1 {
                        self.add_weight_gradient::<true>(x, dy, sums);
                    } else {
                        self.add_weight_gradient::<false>(x, dy, sums);
                    }
                }
            }
        }
        let groups = grad_weight.chunks_exact_mut(filters * self.taps).zip(sums.chunks_exact(group_sums));
        for (grad_weight, sums) in groups {
            let panels = grad_weight.chunks_mut(PANEL * self.taps).zip(sums.chunks_exact(padded_taps));
            for (filters, sums) in panels {
                for (channel, filter) in filters.chunks_exact_mut(self.taps).enumerate() {
                    for (grad, sum) in filter.iter_mut().zip(sums) {
                        *grad += sum[channel];
                    }
                }
            }
        }
    }

    /// Writes the gradient of the inputs, with the weights last given to [`pack`](Self::pack).
    pub fn backward_input(&self, batch: usize, grad: &[f32], grad_input: &mut [f32], scratch: &mut ConvScratch) {
        let ConvScratch { transposed, columns, grad_padded, .. } = scratch;
        let (filters, cells) = (self.filters(), self.cells());
        let extents = Extents { m: self.taps, k: filters, n: cells };
        let examples = grad.chunks_exact(self.output_len()).zip(grad_input.chunks_exact_mut(self.input_len()));
        for (dy, dx) in examples.take(batch) {
            grad_padded.fill(0.0);
            let groups = dy.chunks_exact(filters * cells).zip(transposed.chunks_exact(filters * self.taps));
            for ((dy, weight), dx) in groups.zip(grad_padded.chunks_exact_mut(self.group_len())) {
                product(columns, weight, dy, extents);
                self.scatter(columns, dx);
            }
            self.crop(grad_padded, dx);
        }
    }

    fn filters(&self) -> usize {
        self.geometry.channels_out / self.geometry.groups
    }

    /// Cells of one output channel.
    fn cells(&self) -> usize {
        self.output.0 * self.output.1
    }

    /// Whether neighbouring windows of a row begin in neighbouring cells, and there are enough for a tile.
    fn has_wide_rows(&self) -> bool {
        self.geometry.stride.1 == 1 && self.output.1 >= COLS
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

    /// From the first cell that a row of windows reads with one tap to the last.
    fn span(&self) -> usize {
        (self.output.1 - 1) * self.geometry.stride.1 + 1
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

    /// One example, in tiles of a panel of output channels and NR columns of one output row.
    ///
    /// The last tile of a row is moved back to end at the edge; the cells it makes again get the same values.
    fn forward_example<const NR: usize>(&self, x: &[f32], panels: &[f32], bias: &[f32], y: &mut [f32]) {
        let (filters, cells) = (self.filters(), self.cells());
        let stride = self.geometry.stride;
        let offsets = &self.offsets[..self.taps];
        let groups = y.chunks_exact_mut(filters * cells).zip(bias.chunks_exact(filters));
        let panels = panels.chunks_exact(filters.next_multiple_of(PANEL) * self.taps);
        for (((y, bias), panels), x) in groups.zip(panels).zip(x.chunks_exact(self.group_len())) {
            let outputs = y.chunks_mut(PANEL * cells).zip(bias.chunks(PANEL));
            for ((y, bias), panel) in outputs.zip(panels.chunks_exact(PANEL * self.taps)) {
                let (panel, _) = panel.as_chunks::<PANEL>();
                for i in 0..self.output.0 {
                    for column in (0..self.output.1).step_by(NR) {
                        let j = column.min(self.output.1 - NR);
                        let window = &x[i * stride.0 * self.padded.1 + j * stride.1..];
                        let sums = forward_tile::<NR>(window, offsets, panel);
                        let first = i * self.output.1 + j;
                        for ((plane, b), sums) in y.chunks_exact_mut(cells).zip(bias).zip(&sums) {
                            for (y, sum) in plane[first..][..NR].iter_mut().zip(sums) {
                                *y = b + sum;
                            }
                        }
                    }
                }
            }
        }
    }

    fn add_bias_gradient(&self, dy: &[[f32; PANEL]], grad_bias: &mut [f32]) {
        let mut sums = [0.0; PANEL];
        for dy in dy {
            for (sum, dy) in sums.iter_mut().zip(dy) {
                *sum += dy;
            }
        }
        debug_assert_eq!(dy.len(), self.cells());
        for (grad, sum) in grad_bias.iter_mut().zip(sums) {
            *grad += sum;
        }
    }

    /// `sums[tap][channel] += Σ x[window's first cell + offset of tap]·dy[window][channel]` over all windows.
    fn add_weight_gradient<const DENSE: bool>(&self, x: &[f32], dy: &[[f32; PANEL]], sums: &mut [[f32; PANEL]]) {
        let (offsets, _) = self.offsets.as_chunks::<TAPS>();
        let (sums, _) = sums.as_chunks_mut::<TAPS>();
        for (offsets, sums) in offsets.iter().zip(sums) {
            let mut tile = [[0.0; PANEL]; TAPS];
            for (i, dy) in dy.chunks_exact(self.output.1).enumerate() {
                let first = i * self.geometry.stride.0 * self.padded.1;
                let rows = offsets.map(|offset| &x[first + offset..][..self.span()]);
                if DENSE {
                    let [r0, r1, r2, r3] = rows;
                    for ((((x0, x1), x2), x3), dy) in r0.iter().zip(r1).zip(r2).zip(r3).zip(dy) {
                        multiply_add(&mut tile, [*x0, *x1, *x2, *x3], dy);
                    }
                } else {
                    for (j, dy) in dy.iter().enumerate() {
                        multiply_add(&mut tile, rows.map(|row| row[j * self.geometry.stride.1]), dy);
                    }
                }
            }
            for (sums, tile) in sums.iter_mut().zip(tile) {
                for (sum, value) in sums.iter_mut().zip(tile) {
                    *sum += value;
                }
            }
        }
    }

    /// Adds each tap's row of `columns` where that tap read the padded input.
    fn scatter(&self, columns: &[f32], dx: &mut [f32]) {
        let stride = self.geometry.stride;
        for (column, offset) in columns.chunks_exact(self.cells()).zip(&self.offsets) {
            for (i, row) in column.chunks_exact(self.output.1).enumerate() {
                let dx = &mut dx[i * stride.0 * self.padded.1 + offset..][..self.span()];
                if stride.1 == 1 {
                    for (dx, grad) in dx.iter_mut().zip(row) {
                        *dx += grad;
                    }
                } else {
                    for (dx, grad) in dx.iter_mut().step_by(stride.1).zip(row) {
                        *dx += grad;
                    }
                }
            }
        }
    }
}

/// Sums of one tile: `sums[m][n] = Σₜ panel[t][m]·window[offsets[t] + n]`.
#[inline]
fn forward_tile<const NR: usize>(window: &[f32], offsets: &[usize], panel: &[[f32; PANEL]]) -> [[f32; NR]; PANEL] {
    let mut sums = [[0.0; NR]; PANEL];
    for (offset, weights) in offsets.iter().zip(panel) {
        // Always there: a window and its NR − 1 neighbours lie in the padded input.
        let Some(x) = window[*offset..].first_chunk::<NR>() else { break };
        for (sum, weight) in sums.iter_mut().zip(weights) {
            for n in 0..NR {
                sum[n] += weight * x[n];
            }
        }
    }
    sums
}

/// `tile[t][m] += x[t]·dy[m]`.
#[inline]
fn multiply_add(tile: &mut [[f32; PANEL]; TAPS], x: [f32; TAPS], dy: &[f32; PANEL]) {
    for (sums, x) in tile.iter_mut().zip(x) {
        for m in 0..PANEL {
            sums[m] += x * dy[m];
        }
    }
}

/// Reorders one group's `[channel][cell]` as `[panel][cell][channel]`; channels past the last stay zero.
fn channels_last(dy: &[f32], cells: usize, panels: &mut [[f32; PANEL]]) {
    for (channels, panel) in dy.chunks(PANEL * cells).zip(panels.chunks_exact_mut(cells)) {
        for (m, channel) in channels.chunks_exact(cells).enumerate() {
            for (cell, dy) in panel.iter_mut().zip(channel) {
                cell[m] = *dy;
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "small integers and equal computations are exact")]
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
        conv.pack(&[0.0, 1.0, 2.0, 3.0], &mut scratch);
        let input = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        conv.forward(1, &input, &[0.0], &mut output, &mut scratch);
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
