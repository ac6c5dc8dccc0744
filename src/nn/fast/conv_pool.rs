//! Convolution, ReLU and 2×2 max pooling in one pass forward, and only the work that is not zero on the way back.
//!
//! Feature maps are channels last here (N×H×W×C): a row of a window is then one run of memory, whatever the number of
//! channels, and neighbouring lanes of a register are neighbouring output channels.

use super::ConvGeometry;
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

/// Extents of windows and maps. Where they are known when this is compiled, the loops over them are unrolled.
trait Extents: Copy {
    /// Rows of a window.
    fn rows(self) -> usize;
    /// Values of a row.
    fn row(self) -> usize;
    fn channels_in(self) -> usize;
    fn channels_out(self) -> usize;
}

/// K×K windows.
#[derive(Clone, Copy)]
struct Known<const K: usize, const CHANNELS_IN: usize, const CHANNELS_OUT: usize>;

impl<const K: usize, const CHANNELS_IN: usize, const CHANNELS_OUT: usize> Extents
    for Known<K, CHANNELS_IN, CHANNELS_OUT>
{
    fn rows(self) -> usize {
        K
    }

    fn row(self) -> usize {
        K * CHANNELS_IN
    }

    fn channels_in(self) -> usize {
        CHANNELS_IN
    }

    fn channels_out(self) -> usize {
        CHANNELS_OUT
    }
}

impl Extents for ConvGeometry {
    fn rows(self) -> usize {
        self.kernel.0
    }

    fn row(self) -> usize {
        self.kernel.1 * self.channels_in
    }

    fn channels_in(self) -> usize {
        self.channels_in
    }

    fn channels_out(self) -> usize {
        self.channels_out
    }
}

/// An output cell that has a gradient.
#[derive(Debug, Clone, Copy, Default)]
struct Active {
    /// Where the winner's window begins in its example's padded input.
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
    pub fn pack(&self, weight: &[f32], bias: &[f32], scratch: &mut ConvPoolScratch) {
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
    pub fn forward(&self, batch: usize, input: &[f32], output: &mut [f32], scratch: &mut ConvPoolScratch) {
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
    pub fn backward_weight(
        &self,
        batch: usize,
        output: &[f32],
        grad: &[f32],
        grad_weight: &mut [f32],
        grad_bias: &mut [f32],
        scratch: &mut ConvPoolScratch,
    ) {
        self.list_active(batch, output, grad, scratch);
        match (self.geometry.kernel, self.geometry.channels_in) {
            ((5, 5), 1) => self.add_weight_gradient::<5, 5, 8>(batch, grad_weight, grad_bias, scratch),
            ((5, 5), 6) => self.add_weight_gradient::<1, 30, 32>(batch, grad_weight, grad_bias, scratch),
            _ => self.add_any_weight_gradient(batch, grad_weight, grad_bias, scratch),
        }
    }

    /// Writes the gradient of the inputs, for the active cells that [`backward_weight`](Self::backward_weight) found.
    pub fn backward_input(&self, batch: usize, grad_input: &mut [f32], scratch: &mut ConvPoolScratch) {
        let capacity = scratch.capacity(self);
        let ConvPoolScratch { rows, active, ends, batch: most, grad_padded, .. } = scratch;
        let filter = self.geometry.kernel.0 * self.filled_row_len();
        for (e, dx) in grad_input.chunks_exact_mut(self.input_len()).enumerate().take(batch) {
            grad_padded.fill(0.0);
            let first = e * self.padded_len();
            let channels = active.chunks_exact(capacity).zip(ends.chunks_exact(*most));
            for ((active, ends), rows) in channels.zip(rows.chunks_exact(filter)) {
                let start = if e == 0 { 0 } else { ends[e - 1] };
                match self.filled_row_len() {
                    32 => self.scatter::<32>(&active[start..ends[e]], first, rows, grad_padded),
                    _ => self.scatter_any(&active[start..ends[e]], first, rows, grad_padded),
                }
            }
            self.crop(grad_padded, dx);
        }
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
            // Four chains of shifts at a time: one would wait for itself.
            let (quads, rest) = row.as_chunks::<4>();
            let mut bits = [0_u64; 4];
            for (shift, quad) in (0_u32..).step_by(4).zip(quads) {
                for (lane, (bits, x)) in (0_u32..).zip(bits.iter_mut().zip(quad)) {
                    *bits |= u64::from(x.to_bits() != background.to_bits()) << (shift + lane);
                }
            }
            let [a, b, c, d] = bits;
            let mut all = a | b | c | d;
            for (i, x) in rest.iter().enumerate() {
                all |= u64::from(x.to_bits() != background.to_bits()) << (4 * quads.len() + i);
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
        match (kernel, channels_in, channels_out) {
            ((5, 5), 1, 6) => self.example_of(Known::<5, 1, 6>, x, (panels, biases), ink, (y, winners)),
            ((5, 5), 6, 16) => self.example_of(Known::<5, 6, 16>, x, (panels, biases), ink, (y, winners)),
            _ => self.example_of(self.geometry, x, (panels, biases), ink, (y, winners)),
        }
    }

    fn example_of<E: Extents>(
        &self,
        extents: E,
        x: &[f32],
        (panels, biases): (&[[f32; PANEL]], &[[f32; PANEL]]),
        ink: Option<&[u64]>,
        (y, winners): (&mut [f32], &mut [u32]),
    ) {
        let pitch = self.pitch();
        let offsets = self.window_offsets().map(place);
        // The columns that a pooling window's four windows see; a mask has as many bits or more.
        let cols = u64::MAX >> (MASK_BITS - 1).saturating_sub(self.geometry.kernel.1);
        let mut cells =
            y.chunks_exact_mut(extents.channels_out()).zip(winners.chunks_exact_mut(extents.channels_out()));
        for i in 0..self.output.0 {
            let seen = ink
                .map_or(u64::MAX, |masks| masks[2 * i..][..=extents.rows()].iter().fold(0, |seen, mask| seen | mask));
            for (j, (y, winners)) in cells.by_ref().take(self.output.1).enumerate() {
                if ink.is_some() && (seen >> (2 * j)) & cols == 0 {
                    continue;
                }
                let x = &x[2 * i * pitch + 2 * j * extents.channels_in()..];
                let panels = panels.chunks_exact(extents.rows() * extents.row()).zip(biases);
                let outputs = y.chunks_mut(PANEL).zip(winners.chunks_mut(PANEL));
                for ((panel, bias), (y, winners)) in panels.zip(outputs) {
                    let (best, winner) = pool(&window(extents, x, pitch, panel, *bias), offsets);
                    y.copy_from_slice(&best[..y.len()]);
                    winners.copy_from_slice(&winner[..winners.len()]);
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

    /// Adds the gradients of weights whose rows have `ROW` values, `FILLED` with their filling, `U` rows at a time.
    fn add_weight_gradient<const U: usize, const ROW: usize, const FILLED: usize>(
        &self,
        batch: usize,
        grad_weight: &mut [f32],
        grad_bias: &mut [f32],
        scratch: &ConvPoolScratch,
    ) {
        let ConvPoolScratch { inputs, active, ends, .. } = scratch;
        let ConvGeometry { channels_in, kernel, .. } = self.geometry;
        let pitch = self.pitch();
        let channels = active.chunks_exact(scratch.capacity(self)).zip(ends.chunks_exact(scratch.batch));
        let grads = grad_weight.chunks_exact_mut(kernel.0 * ROW).zip(grad_bias);
        for ((active, ends), (grad_weight, grad_bias)) in channels.zip(grads) {
            let active = &active[..ends[batch - 1]];
            *grad_bias += active.iter().map(|cell| cell.grad).sum::<f32>();
            for first in (0..kernel.0).step_by(U) {
                let mut sums = [[0.0; FILLED]; U];
                for cell in active {
                    let x = &inputs[cell.window as usize + first * pitch..];
                    for (u, sums) in sums.iter_mut().enumerate() {
                        for (sum, x) in sums.iter_mut().zip(&x[u * pitch..][..FILLED]) {
                            *sum += cell.grad * x;
                        }
                    }
                }
                for (u, sums) in sums.iter().enumerate() {
                    for (v, sums) in sums[..ROW].chunks_exact(channels_in).enumerate() {
                        for (c, sum) in sums.iter().enumerate() {
                            grad_weight[(c * kernel.0 + first + u) * kernel.1 + v] += sum;
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
        grad_weight: &mut [f32],
        grad_bias: &mut [f32],
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
    fn scatter<const FILLED: usize>(&self, active: &[Active], first: usize, rows: &[f32], dx: &mut [f32]) {
        let pitch = self.pitch();
        let (rows, _) = rows.as_chunks::<FILLED>();
        for cell in active {
            let dx = &mut dx[cell.window as usize - first..];
            for (u, row) in rows.iter().enumerate() {
                for (dx, w) in dx[u * pitch..][..FILLED].iter_mut().zip(row) {
                    *dx += cell.grad * w;
                }
            }
        }
    }

    /// [`scatter`](Self::scatter) for rows of any length.
    fn scatter_any(&self, active: &[Active], first: usize, rows: &[f32], dx: &mut [f32]) {
        for cell in active {
            let dx = &mut dx[cell.window as usize - first..];
            for (u, row) in rows.chunks_exact(self.filled_row_len()).enumerate() {
                for (dx, w) in dx[u * self.pitch()..].iter_mut().zip(&row[..self.row_len()]) {
                    *dx += cell.grad * w;
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

/// Sums of the four windows of a pooling window for a panel of channels, each begun with its bias.
#[inline]
fn window<E: Extents>(
    extents: E,
    x: &[f32],
    pitch: usize,
    panel: &[[f32; PANEL]],
    bias: [f32; PANEL],
) -> [[f32; PANEL]; 4] {
    let (row, c) = (extents.row(), extents.channels_in());
    let mut sums = [bias; 4];
    for (u, panel) in panel.chunks_exact(row).enumerate().take(extents.rows()) {
        let (top, bottom) = (&x[u * pitch..][..row + c], &x[(u + 1) * pitch..][..row + c]);
        for (t, w) in panel.iter().enumerate() {
            let x = [top[t], top[t + c], bottom[t], bottom[t + c]];
            for (sums, x) in sums.iter_mut().zip(x) {
                for (sum, w) in sums.iter_mut().zip(w) {
                    *sum += x * w;
                }
            }
        }
    }
    sums
}

/// The largest of four values in each lane, cut off below 0, and the offset of which it was: the first of equals.
#[inline]
fn pool(sums: &[[f32; PANEL]; 4], offsets: [u32; 4]) -> ([f32; PANEL], [u32; PANEL]) {
    let [mut best, others @ ..] = *sums;
    let [first, offsets @ ..] = offsets;
    let mut winners = [first; PANEL];
    for (sums, offset) in others.iter().zip(offsets) {
        for lane in 0..PANEL {
            // NaN beats every number.
            let beats = sums[lane] > best[lane] || sums[lane].is_nan();
            best[lane] = if beats { sums[lane] } else { best[lane] };
            winners[lane] = if beats { offset } else { winners[lane] };
        }
    }
    // Written so that NaN stays NaN.
    (best.map(|x| if x < 0.0 { 0.0 } else { x }), winners)
}
