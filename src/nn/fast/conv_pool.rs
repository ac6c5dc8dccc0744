//! Convolution, ReLU and 2×2 max pooling in one pass forward, and only the work that is not zero on the way back.
//!
//! Feature maps are channels last here (N×H×W×C): a row of a window is then one run of memory, whatever the number of
//! channels, and neighbouring lanes of a register are neighbouring output channels.

use super::{
    ConvGeometry, holds,
    lanes::{self, Lanes},
};
use crate::nn::shape::{Axis, Padding, ShapeError, Window};

/// Output channels that are made together: two 128-bit registers for each of the four cells of a pooling window, so
/// that eight sums are under way at a time.
const PANEL: usize = 8;
/// Rows of weights are filled up with zeros to a multiple of this, so that they are read in whole registers.
const LANES: usize = 4;
/// What rows that are filled up may reach past the last cell.
const SLACK: usize = LANES;
/// The widest padded image of which blank windows are left out: a row's mask has 64 bits.
const MASK_BITS: usize = 64;

/// `y[p, o] = max over the 2×2 cells q of p of max(b[o] + Σ w[o, c, u, v]·x[q + (u, v), c], 0)` for each example, with
/// x padded with zeros; a last odd row or column of the convolution is dropped.
///
/// # Shapes
/// x is N×H×W×`channels_in`, w is `channels_out`×`channels_in`×K×K as in PyTorch, b has `channels_out` values; y is
/// N×H′×W′×`channels_out` with the extents of [`output`](Self::output). Of equal cells the first in row-major order wins.
///
/// # The way back
/// Of a pooling window only the winner has a gradient, and only where ReLU let it through. So the gradients are sums
/// over the *active* cells alone, those with y > 0: the same sums as the dense ones without the terms that are zero.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvReluPool {
    geometry: ConvGeometry,
    output: (usize, usize),
    padded: (usize, usize),
    background: Option<f32>,
}

/// Buffers of one [`ConvReluPool`], and its weights in the orders in which the loops read them.
#[derive(Debug, Clone, Default)]
pub struct ConvPoolScratch {
    /// Weights tap by tap, channels last: `[panel][u][v][c][channel]`.
    panels: Vec<[f32; PANEL]>,
    /// Biases, filled up to whole panels.
    biases: Vec<[f32; PANEL]>,
    /// Weights row by row: `[o][u][v][c]`, each row filled up with zeros.
    rows: Vec<f32>,
    /// The batch's padded inputs.
    inputs: Vec<f32>,
    /// A bit for each cell of each row of a padded input that is not background.
    masks: Vec<u64>,
    /// Where the window of the winner of each output begins, relative to the first of its four.
    winners: Vec<u32>,
    /// An image of background alone, padded, and what it gives.
    background: Vec<f32>,
    blank: Maps,
    /// The active cells of each output channel, example after example.
    active: Vec<Active>,
    /// How many active cells a channel has so far.
    counts: Vec<usize>,
    /// Where an example's active cells end, for each output channel: `[o][example]`.
    ends: Vec<usize>,
    /// The most examples of a batch.
    batch: usize,
    /// One example's gradient of the padded input.
    grad_padded: Vec<f32>,
}

/// One example's feature maps after pooling, and which of its four windows each output came from.
#[derive(Debug, Clone, Default)]
struct Maps {
    output: Vec<f32>,
    winners: Vec<u32>,
}

/// An output cell that has a gradient.
#[derive(Debug, Clone, Copy, Default)]
struct Active {
    /// Where the winner's window begins in the batch's padded inputs.
    window: u32,
    grad: f32,
}

impl ConvReluPool {
    /// Whether `geometry` is one that this pass knows: neighbouring windows, one group, one pooling window or more.
    pub fn fits(geometry: &ConvGeometry) -> bool {
        let ConvGeometry { groups, stride, dilation, kernel, .. } = *geometry;
        groups == 1 && stride == (1, 1) && dilation == (1, 1) && kernel.0 > 0 && kernel.1 > 0
    }

    /// Checks the geometry.
    ///
    /// `background` is a value that most cells of the images have: where a window sees nothing else, the outputs of a
    /// blank image are taken. They are the same bits, since the same code made them.
    ///
    /// # Errors
    /// [`ShapeError`] if a window does not fit, or if the geometry is none of those that [`fits`](Self::fits).
    pub fn new(geometry: ConvGeometry, background: Option<f32>) -> Result<Self, ShapeError> {
        let ConvGeometry { channels_in, channels_out, groups, kernel, padding, input, .. } = geometry;
        if !Self::fits(&geometry) || channels_in == 0 || channels_out == 0 {
            return Err(ShapeError::Groups { groups, channels_in, channels_out });
        }
        let window = |axis, kernel| Window { kernel, stride: 1, dilation: 1, padding: padding.along(axis) };
        let (rows, cols) = (window(Axis::Height, kernel.0), window(Axis::Width, kernel.1));
        let halves = |axis, extent| Window { kernel: 2, stride: 2, dilation: 1, padding: (0, 0) }.output(axis, extent);
        let output = (
            halves(Axis::Height, rows.output(Axis::Height, input.0)?)?,
            halves(Axis::Width, cols.output(Axis::Width, input.1)?)?,
        );
        let padded = (rows.padded(input.0), cols.padded(input.1));
        let background = background.filter(|_| channels_in == 1 && padded.1 <= MASK_BITS);
        Ok(Self { geometry, output, padded, background })
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
        self.geometry.channels_out * self.geometry.kernel.0 * self.row_len()
    }

    /// Scratch for up to `batch` examples.
    pub fn scratch(&self, batch: usize) -> ConvPoolScratch {
        let ConvGeometry { channels_out, kernel, .. } = self.geometry;
        let panels = channels_out.div_ceil(PANEL);
        let mut background = Vec::new();
        let mut blank = Maps::default();
        if let Some(value) = self.background {
            background.resize(self.padded_len(), 0.0);
            self.pad(&vec![value; self.input_len()], &mut background);
            blank = Maps { output: vec![0.0; self.output_len()], winners: vec![0; self.output_len()] };
        }
        ConvPoolScratch {
            panels: vec![[0.0; PANEL]; panels * kernel.0 * self.row_len()],
            biases: vec![[0.0; PANEL]; panels],
            rows: vec![0.0; channels_out * kernel.0 * self.filled_row_len()],
            inputs: vec![0.0; batch * self.padded_len() + SLACK],
            masks: vec![0; self.padded.0],
            winners: vec![0; batch * self.output_len()],
            background,
            blank,
            active: vec![Active::default(); channels_out * batch * self.cells()],
            counts: vec![0; channels_out],
            ends: vec![0; channels_out * batch],
            batch,
            grad_padded: vec![0.0; self.padded_len() + SLACK],
        }
    }

    /// Takes new weights and biases over into `scratch`; needed before the next pass.
    ///
    /// # Shapes
    /// As told of [`ConvReluPool`].
    pub fn pack(&self, weight: &[f32], bias: &[f32], scratch: &mut ConvPoolScratch) {
        debug_assert_eq!((weight.len(), bias.len()), self.parameter_lens(), "weights and biases");
        let (k, c) = (self.geometry.kernel, self.geometry.channels_in);
        let (row, filled) = (self.row_len(), self.filled_row_len());
        let taps = k.0 * row;
        for (o, (filter, bias)) in weight.chunks_exact(taps).zip(bias).enumerate() {
            let (panel, lane) = (o / PANEL, o % PANEL);
            scratch.biases[panel][lane] = *bias;
            let panel = &mut scratch.panels[panel * taps..][..taps];
            let rows = &mut scratch.rows[o * k.0 * filled..][..k.0 * filled];
            for (channel, kernel) in filter.chunks_exact(k.0 * k.1).enumerate() {
                for (u, weights) in kernel.chunks_exact(k.1).enumerate() {
                    for (v, w) in weights.iter().enumerate() {
                        panel[u * row + v * c + channel][lane] = *w;
                        rows[u * filled + v * c + channel] = *w;
                    }
                }
            }
        }
        if self.background.is_some() {
            let ConvPoolScratch { panels, biases, background, blank, .. } = scratch;
            self.example(background, panels, biases, None, &mut blank.output, &mut blank.winners);
        }
    }

    /// Makes the outputs of `batch` examples, with the weights last given to [`pack`](Self::pack).
    ///
    /// # Shapes
    /// As told of [`ConvReluPool`]; `scratch` is for N examples or more.
    pub fn forward(&self, batch: usize, input: &[f32], output: &mut [f32], scratch: &mut ConvPoolScratch) {
        debug_assert!(batch <= scratch.batch, "{batch} examples in scratch for {}", scratch.batch);
        debug_assert!(
            holds(input, batch, self.input_len()) && holds(output, batch, self.output_len()),
            "inputs, outputs"
        );
        let ConvPoolScratch { panels, biases, inputs, masks, winners, blank, .. } = scratch;
        let examples = input.chunks_exact(self.input_len()).zip(inputs.chunks_exact_mut(self.padded_len()));
        let outputs = output.chunks_exact_mut(self.output_len()).zip(winners.chunks_exact_mut(self.output_len()));
        for ((x, padded), (y, winners)) in examples.zip(outputs).take(batch) {
            self.pad(x, padded);
            if let Some(background) = self.background {
                self.mark_ink(x, background, masks);
                y.copy_from_slice(&blank.output);
                winners.copy_from_slice(&blank.winners);
            }
            self.example(padded, panels, biases, self.background.map(|_| &**masks), y, winners);
        }
    }

    /// Adds this batch's gradients of weights and biases to `grad_weight` and `grad_bias`.
    ///
    /// The batch is the one that [`forward`](Self::forward) saw last: its inputs are still in `scratch`. `output` is what
    /// it made, `grad` the loss's gradient with respect to that.
    ///
    /// # Shapes
    /// `grad` is as `output`; the sums are as long as weights and biases.
    pub fn backward_weight(
        &self,
        batch: usize,
        output: &[f32],
        grad: &[f32],
        grad_weight: &mut [f32],
        grad_bias: &mut [f32],
        scratch: &mut ConvPoolScratch,
    ) {
        debug_assert!((1..=scratch.batch).contains(&batch), "{batch} examples in scratch for {}", scratch.batch);
        debug_assert!(holds(output, batch, self.output_len()) && holds(grad, batch, self.output_len()), "gradients");
        debug_assert_eq!((grad_weight.len(), grad_bias.len()), self.parameter_lens(), "sums of gradients");
        self.list_active(batch, output, grad, scratch);
        let grads = (grad_weight, grad_bias);
        match (self.geometry.kernel.0, self.filled_row_len()) {
            (5, 8) => self.add_weight_gradient(batch, grads, scratch, five_short_rows),
            (_, 32) => self.add_weight_gradient(batch, grads, scratch, one_long_row),
            _ => self.add_any_weight_gradient(batch, grads, scratch),
        }
    }

    /// Writes the gradient of the inputs, for the active cells that [`backward_weight`](Self::backward_weight) found.
    ///
    /// # Shapes
    /// `grad_input` is as the input.
    pub fn backward_input(&self, batch: usize, grad_input: &mut [f32], scratch: &mut ConvPoolScratch) {
        debug_assert!(batch <= scratch.batch, "{batch} examples in scratch for {}", scratch.batch);
        debug_assert!(holds(grad_input, batch, self.input_len()), "gradients of inputs");
        let capacity = scratch.capacity(self);
        let ConvPoolScratch { rows, active, ends, batch: most, grad_padded, .. } = scratch;
        let filter = self.geometry.kernel.0 * self.filled_row_len();
        for (e, dx) in grad_input.chunks_exact_mut(self.input_len()).enumerate().take(batch) {
            grad_padded.fill(0.0);
            let first = e * self.padded_len();
            let channels = active.chunks_exact(capacity).zip(ends.chunks_exact(*most));
            for ((active, ends), rows) in channels.zip(rows.chunks_exact(filter)) {
                let start = if e == 0 { 0 } else { ends[e - 1] };
                self.scatter(&active[start..ends[e]], first, rows, grad_padded);
            }
            self.crop(grad_padded, dx);
        }
    }

    /// How many weights and biases there are.
    fn parameter_lens(&self) -> (usize, usize) {
        (self.weight_len(), self.geometry.channels_out)
    }

    /// Cells of one output channel.
    fn cells(&self) -> usize {
        self.output.0 * self.output.1
    }

    /// Values of a row of a window.
    fn row_len(&self) -> usize {
        self.geometry.kernel.1 * self.geometry.channels_in
    }

    fn filled_row_len(&self) -> usize {
        self.row_len().next_multiple_of(LANES)
    }

    /// Cells of one example's padded input.
    fn padded_len(&self) -> usize {
        self.padded.0 * self.pitch()
    }

    /// Values of a row of the padded input.
    fn pitch(&self) -> usize {
        self.padded.1 * self.geometry.channels_in
    }

    /// Copies an input into its padding, whose zeros are there since the scratch was made.
    fn pad(&self, x: &[f32], padded: &mut [f32]) {
        let ConvGeometry { channels_in, padding: Padding { top, left, .. }, input, .. } = self.geometry;
        let rows = padded[top * self.pitch()..].chunks_mut(self.pitch());
        for (row, padded) in x.chunks_exact(input.1 * channels_in).zip(rows) {
            padded[left * channels_in..][..row.len()].copy_from_slice(row);
        }
    }

    /// The inside of a padded gradient.
    fn crop(&self, padded: &[f32], dx: &mut [f32]) {
        let ConvGeometry { channels_in, padding: Padding { top, left, .. }, input, .. } = self.geometry;
        let rows = padded[top * self.pitch()..].chunks(self.pitch());
        for (row, padded) in dx.chunks_exact_mut(input.1 * channels_in).zip(rows) {
            row.copy_from_slice(&padded[left * channels_in..][..row.len()]);
        }
    }

    /// Marks the cells of `x` that are not background, in the columns of the padded input.
    fn mark_ink(&self, x: &[f32], background: f32, masks: &mut [u64]) {
        let ConvGeometry { padding: Padding { top, left, .. }, input, .. } = self.geometry;
        for (row, mask) in x.chunks_exact(input.1).zip(&mut masks[top..]) {
            let mut all = 0;
            for (j, x) in row.iter().enumerate() {
                all |= u64::from(x.to_bits() != background.to_bits()) << j;
            }
            *mask = all << left;
        }
    }

    /// The outputs of one padded example; with the masks of its ink only those whose windows see some.
    fn example(
        &self,
        x: &[f32],
        panels: &[[f32; PANEL]],
        biases: &[[f32; PANEL]],
        ink: Option<&[u64]>,
        y: &mut [f32],
        winners: &mut [u32],
    ) {
        let ConvGeometry { channels_in, channels_out, kernel, .. } = self.geometry;
        let (row, pitch) = (self.row_len(), self.pitch());
        let offsets = self.window_offsets().map(place);
        // The columns that a pooling window's four windows see; a mask has as many bits or more.
        let cols = u64::MAX >> (MASK_BITS - 1).saturating_sub(kernel.1);
        let mut cells = y.chunks_exact_mut(channels_out).zip(winners.chunks_exact_mut(channels_out));
        for i in 0..self.output.0 {
            let seen =
                ink.map_or(u64::MAX, |masks| masks[2 * i..][..=kernel.0].iter().fold(0, |seen, mask| seen | mask));
            for (j, (y, winners)) in cells.by_ref().take(self.output.1).enumerate() {
                if ink.is_some() && (seen >> (2 * j)) & cols == 0 {
                    continue;
                }
                let x = &x[2 * i * pitch + 2 * j * channels_in..];
                let panels = panels.chunks_exact(kernel.0 * row).zip(biases);
                let outputs = y.chunks_mut(PANEL).zip(winners.chunks_mut(PANEL));
                for ((panel, bias), (y, winners)) in panels.zip(outputs) {
                    let (best, winner) = window(x, (pitch, row, channels_in), panel, bias, offsets);
                    for ((y, best), (to, winner)) in y.iter_mut().zip(best).zip(winners.iter_mut().zip(winner)) {
                        (*y, *to) = (best, winner.to_bits());
                    }
                }
            }
        }
    }

    /// Where the four windows of a pooling window begin, relative to the first.
    fn window_offsets(&self) -> [usize; 4] {
        let right = self.geometry.channels_in;
        [0, right, self.pitch(), self.pitch() + right]
    }

    /// Finds the active cells of a batch, channel by channel.
    fn list_active(&self, batch: usize, output: &[f32], grad: &[f32], scratch: &mut ConvPoolScratch) {
        let ConvGeometry { channels_in, channels_out, .. } = self.geometry;
        let capacity = scratch.capacity(self);
        let ConvPoolScratch { winners, active, counts, ends, batch: most, .. } = scratch;
        let len = self.output_len();
        let maps = output.chunks_exact(len).zip(winners.chunks_exact(len)).zip(grad.chunks_exact(len));
        counts.fill(0);
        for (e, ((y, winners), dy)) in maps.enumerate().take(batch) {
            let mut cells =
                y.chunks_exact(channels_out).zip(winners.chunks_exact(channels_out)).zip(dy.chunks_exact(channels_out));
            for i in 0..self.output.0 {
                let first = e * self.padded_len() + 2 * i * self.pitch();
                for (j, ((y, winners), dy)) in cells.by_ref().take(self.output.1).enumerate() {
                    let first = place(first + 2 * j * channels_in);
                    let lists = active.chunks_exact_mut(capacity).zip(&mut *counts);
                    for (((y, winner), dy), (list, count)) in y.iter().zip(winners).zip(dy).zip(lists) {
                        // Written in any case and counted if it is active: a branch would be guessed wrong half the
                        // time.
                        list[*count] = Active { window: first + winner, grad: *dy };
                        *count += usize::from(*y > 0.0 && *dy != 0.0);
                    }
                }
            }
            for (count, ends) in counts.iter().zip(ends.chunks_exact_mut(*most)) {
                ends[e] = *count;
            }
        }
    }

    /// Adds the gradients of weights. `sums` makes those of `U` rows, filled up to `FILLED` values each, for the cells
    /// given: from the inputs, which begin with the first row, and the pitch.
    fn add_weight_gradient<const U: usize, const FILLED: usize>(
        &self,
        batch: usize,
        (grad_weight, grad_bias): (&mut [f32], &mut [f32]),
        scratch: &ConvPoolScratch,
        sums: impl Fn(&[Active], &[f32], usize) -> [[f32; FILLED]; U],
    ) {
        let ConvPoolScratch { inputs, active, ends, .. } = scratch;
        let ConvGeometry { kernel: k, channels_in, .. } = self.geometry;
        let channels = active.chunks_exact(scratch.capacity(self)).zip(ends.chunks_exact(scratch.batch));
        let grads = grad_weight.chunks_exact_mut(k.0 * self.row_len()).zip(grad_bias);
        for ((active, ends), (grad_weight, grad_bias)) in channels.zip(grads) {
            let active = &active[..ends[batch - 1]];
            *grad_bias += active.iter().map(|cell| cell.grad).sum::<f32>();
            for first in (0..k.0).step_by(U) {
                for (u, sums) in sums(active, &inputs[first * self.pitch()..], self.pitch()).iter().enumerate() {
                    for (v, sums) in sums[..self.row_len()].chunks_exact(channels_in).enumerate() {
                        for (c, sum) in sums.iter().enumerate() {
                            grad_weight[(c * k.0 + first + u) * k.1 + v] += sum;
                        }
                    }
                }
            }
        }
    }

    /// [`add_weight_gradient`](Self::add_weight_gradient) for rows of any length.
    fn add_any_weight_gradient(
        &self,
        batch: usize,
        (grad_weight, grad_bias): (&mut [f32], &mut [f32]),
        scratch: &ConvPoolScratch,
    ) {
        let ConvPoolScratch { inputs, active, ends, .. } = scratch;
        let ConvGeometry { channels_in, kernel, .. } = self.geometry;
        let channels = active.chunks_exact(scratch.capacity(self)).zip(ends.chunks_exact(scratch.batch));
        let grads = grad_weight.chunks_exact_mut(kernel.0 * self.row_len()).zip(grad_bias);
        for ((active, ends), (grad_weight, grad_bias)) in channels.zip(grads) {
            let active = &active[..ends[batch - 1]];
            *grad_bias += active.iter().map(|cell| cell.grad).sum::<f32>();
            for (index, grad) in grad_weight.iter_mut().enumerate() {
                let (c, u, v) = (index / kernel.1 / kernel.0, index / kernel.1 % kernel.0, index % kernel.1);
                let offset = u * self.pitch() + v * channels_in + c;
                *grad += active.iter().map(|cell| cell.grad * inputs[cell.window as usize + offset]).sum::<f32>();
            }
        }
    }

    /// Adds `grad·w` where the windows of `active` read the padded input of their example, which begins at `first`.
    fn scatter(&self, active: &[Active], first: usize, rows: &[f32], dx: &mut [f32]) {
        let filled = self.filled_row_len();
        for cell in active {
            let (dx, grad) = (&mut dx[cell.window as usize - first..], Lanes::splat(cell.grad));
            for (u, row) in rows.chunks_exact(filled).enumerate() {
                let (dx, _) = dx[u * self.pitch()..][..filled].as_chunks_mut();
                for (dx, w) in dx.iter_mut().zip(row.as_chunks().0) {
                    (Lanes::load(dx) + grad * Lanes::load(w)).store(dx);
                }
            }
        }
    }
}

impl ConvPoolScratch {
    /// The most active cells of a channel.
    fn capacity(&self, conv: &ConvReluPool) -> usize {
        self.batch * conv.cells()
    }
}

/// A place in a padded input, which is far smaller than 2³² cells.
fn place(cell: usize) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "2³² cells do not fit into a 32-bit memory")]
    let cell = cell as u32;
    cell
}

/// The largest of the four windows of a pooling window for a panel of channels, cut off below 0, and the offset of
/// which it was: the first of equals. Each window's sum begins with its bias.
#[inline(always)]
fn window(
    x: &[f32],
    (pitch, row, channels): (usize, usize, usize),
    panel: &[[f32; PANEL]],
    bias: &[f32; PANEL],
    offsets: [u32; 4],
) -> ([f32; PANEL], [f32; PANEL]) {
    let [b0, b1] = lanes::pair(bias);
    // The windows from left to right and from top to bottom, with two registers of channels each.
    let (mut p0, mut p1, mut q0, mut q1) = (b0, b1, b0, b1);
    let (mut r0, mut r1, mut s0, mut s1) = (b0, b1, b0, b1);
    for (u, panel) in panel.chunks_exact(row).enumerate() {
        let [top, bottom] = [u, u + 1].map(|u| &x[u * pitch..][..row + channels]);
        let top = top.iter().zip(&top[channels..]);
        let bottom = bottom.iter().zip(&bottom[channels..]);
        for (((p, q), (r, s)), w) in top.zip(bottom).zip(panel) {
            let [w0, w1] = lanes::pair(w);
            let (p, q, r, s) = (Lanes::splat(*p), Lanes::splat(*q), Lanes::splat(*r), Lanes::splat(*s));
            p0 = p0 + p * w0;
            p1 = p1 + p * w1;
            q0 = q0 + q * w0;
            q1 = q1 + q * w1;
            r0 = r0 + r * w0;
            r1 = r1 + r * w1;
            s0 = s0 + s * w0;
            s1 = s1 + s * w1;
        }
    }
    let offsets = offsets.map(|offset| Lanes::splat(f32::from_bits(offset)));
    let (y0, winner0) = pool([p0, q0, r0, s0], offsets);
    let (y1, winner1) = pool([p1, q1, r1, s1], offsets);
    let (mut y, mut winners) = ([0.0; PANEL], [0.0; PANEL]);
    lanes::store([y0, y1], &mut y);
    lanes::store([winner0, winner1], &mut winners);
    (y, winners)
}

/// The largest of four sums in each lane and its offset; NaN beats every number.
#[inline(always)]
fn pool([p, q, r, s]: [Lanes; 4], [at_p, at_q, at_r, at_s]: [Lanes; 4]) -> (Lanes, Lanes) {
    let (winner, best) = (q.if_larger(p, at_q, at_p), q.if_larger(p, q, p));
    let (winner, best) = (r.if_larger(best, at_r, winner), r.if_larger(best, r, best));
    let (winner, best) = (s.if_larger(best, at_s, winner), s.if_larger(best, s, best));
    (best.if_larger(Lanes::ZERO, best, Lanes::ZERO), winner)
}

/// `sums[v] = Σ grad·x[v]` over the active cells, for one row of a window with up to 32 values.
#[inline(always)]
fn one_long_row(active: &[Active], inputs: &[f32], _pitch: usize) -> [[f32; 32]; 1] {
    let [mut s0, mut s1, mut s2, mut s3, mut s4, mut s5, mut s6, mut s7] = [Lanes::ZERO; 8];
    for cell in active {
        let (x, _) = inputs[cell.window as usize..][..32].as_chunks();
        let grad = Lanes::splat(cell.grad);
        s0 = s0 + grad * Lanes::load(&x[0]);
        s1 = s1 + grad * Lanes::load(&x[1]);
        s2 = s2 + grad * Lanes::load(&x[2]);
        s3 = s3 + grad * Lanes::load(&x[3]);
        s4 = s4 + grad * Lanes::load(&x[4]);
        s5 = s5 + grad * Lanes::load(&x[5]);
        s6 = s6 + grad * Lanes::load(&x[6]);
        s7 = s7 + grad * Lanes::load(&x[7]);
    }
    let mut sums = [[0.0; 32]];
    lanes::store([s0, s1, s2, s3, s4, s5, s6, s7], &mut sums[0]);
    sums
}

/// The same for five rows of up to 8 values, which is few: so all five go at a time.
#[inline(always)]
fn five_short_rows(active: &[Active], inputs: &[f32], pitch: usize) -> [[f32; 8]; 5] {
    let [mut a0, mut a1, mut b0, mut b1, mut c0] = [Lanes::ZERO; 5];
    let [mut c1, mut d0, mut d1, mut e0, mut e1] = [Lanes::ZERO; 5];
    for cell in active {
        let x = &inputs[cell.window as usize..][..4 * pitch + 8];
        let row = |u: usize| {
            let (x, _) = x[u * pitch..][..8].as_chunks();
            [Lanes::load(&x[0]), Lanes::load(&x[1])]
        };
        let grad = Lanes::splat(cell.grad);
        let [x0, x1] = row(0);
        (a0, a1) = (a0 + grad * x0, a1 + grad * x1);
        let [x0, x1] = row(1);
        (b0, b1) = (b0 + grad * x0, b1 + grad * x1);
        let [x0, x1] = row(2);
        (c0, c1) = (c0 + grad * x0, c1 + grad * x1);
        let [x0, x1] = row(3);
        (d0, d1) = (d0 + grad * x0, d1 + grad * x1);
        let [x0, x1] = row(4);
        (e0, e1) = (e0 + grad * x0, e1 + grad * x1);
    }
    let mut sums = [[0.0; 8]; 5];
    lanes::store([a0, a1, b0, b1, c0, c1, d0, d1, e0, e1], sums.as_flattened_mut());
    sums
}
