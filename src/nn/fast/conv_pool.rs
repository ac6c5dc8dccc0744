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
/// N×H′×W′×`channels_out` with the extents of [`output`](Self::output). An argmax is 0 to 3, the winner's place in its
/// window in row-major order; the first of equals wins.
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
    /// Which cell of its window each output of the batch came from.
    argmax: Vec<u8>,
    /// What an image of background alone gives.
    blank: Maps,
    /// The active cells of each output channel, example after example.
    active: Vec<Active>,
    /// Where an example's active cells end, for each output channel: `[o][example]`.
    ends: Vec<usize>,
    /// One example's gradient of the padded input.
    grad_padded: Vec<f32>,
}

/// Feature maps after pooling, and which cell of its window each came from.
#[derive(Debug, Clone, Default)]
struct Maps {
    output: Vec<f32>,
    argmax: Vec<u8>,
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
        ConvPoolScratch {
            panels: vec![[0.0; PANEL]; panels * kernel.0 * self.row_len()],
            biases: vec![[0.0; PANEL]; panels],
            rows: vec![0.0; channels_out * kernel.0 * self.filled_row_len()],
            inputs: vec![0.0; batch * self.padded_len() + SLACK],
            masks: vec![0; self.padded.0],
            argmax: vec![0; batch * self.output_len()],
            blank: Maps::default(),
            active: vec![Active::default(); channels_out * batch * self.cells()],
            ends: vec![0; channels_out * batch],
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
        if let Some(background) = self.background {
            let mut blank = std::mem::take(&mut scratch.blank);
            blank.output.resize(self.output_len(), 0.0);
            blank.argmax.resize(self.output_len(), 0);
            let image = vec![background; self.input_len()];
            let mut padded = vec![0.0; self.padded_len()];
            self.pad(&image, &mut padded);
            self.example(&padded, &scratch.panels, &scratch.biases, None, &mut blank.output, &mut blank.argmax);
            scratch.blank = blank;
        }
    }

    /// Makes the outputs of `batch` examples, with the weights last given to [`pack`](Self::pack).
    pub fn forward(&self, batch: usize, input: &[f32], output: &mut [f32], scratch: &mut ConvPoolScratch) {
        let ConvPoolScratch { panels, biases, inputs, masks, argmax, blank, .. } = scratch;
        let examples = input.chunks_exact(self.input_len()).zip(inputs.chunks_exact_mut(self.padded_len()));
        let outputs = output.chunks_exact_mut(self.output_len()).zip(argmax.chunks_exact_mut(self.output_len()));
        for ((x, padded), (y, argmax)) in examples.zip(outputs).take(batch) {
            self.pad(x, padded);
            let ink = self.background.map(|background| {
                self.mark_ink(x, background, masks);
                Ink { masks, blank }
            });
            self.example(padded, panels, biases, ink, y, argmax);
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
        let ConvPoolScratch { rows, active, ends, grad_padded, .. } = scratch;
        let capacity = active.len() / self.geometry.channels_out;
        let examples = ends.len() / self.geometry.channels_out;
        let filter = self.geometry.kernel.0 * self.filled_row_len();
        for (e, dx) in grad_input.chunks_exact_mut(self.input_len()).enumerate().take(batch) {
            grad_padded.fill(0.0);
            let channels = active.chunks_exact(capacity).zip(ends.chunks_exact(examples));
            for ((active, ends), rows) in channels.zip(rows.chunks_exact(filter)) {
                let start = if e == 0 { 0 } else { ends[e - 1] };
                match self.filled_row_len() {
                    32 => self.scatter::<32>(&active[start..ends[e]], rows, grad_padded),
                    _ => self.scatter_any(&active[start..ends[e]], rows, grad_padded),
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

    /// The outputs of one padded example.
    fn example(
        &self,
        x: &[f32],
        panels: &[[f32; PANEL]],
        biases: &[[f32; PANEL]],
        ink: Option<Ink<'_>>,
        y: &mut [f32],
        argmax: &mut [u8],
    ) {
        match (self.geometry.kernel, self.geometry.channels_in) {
            ((5, 5), 1) => self.example_of::<5, 5, 1>(x, panels, biases, ink, y, argmax),
            ((5, 5), 6) => self.example_of::<5, 30, 6>(x, panels, biases, ink, y, argmax),
            // 0: read from the geometry instead.
            _ => self.example_of::<0, 0, 0>(x, panels, biases, ink, y, argmax),
        }
    }

    /// [`example`](Self::example) for windows of `K` rows of `ROW` values, the next window `C` values further; with
    /// zeros for extents that are known at run time only.
    fn example_of<const K: usize, const ROW: usize, const C: usize>(
        &self,
        x: &[f32],
        panels: &[[f32; PANEL]],
        biases: &[[f32; PANEL]],
        ink: Option<Ink<'_>>,
        y: &mut [f32],
        argmax: &mut [u8],
    ) {
        let ConvGeometry { channels_in, channels_out, kernel, .. } = self.geometry;
        let (k, row, c) = if K == 0 { (kernel.0, self.row_len(), channels_in) } else { (K, ROW, C) };
        let pitch = self.pitch();
        // The columns that a pooling window's four windows see; a mask has as many bits or more.
        let cols = u64::MAX >> (MASK_BITS - 1).saturating_sub(kernel.1);
        let cells = y.chunks_exact_mut(channels_out).zip(argmax.chunks_exact_mut(channels_out));
        let places = (0..self.output.0).flat_map(|i| (0..self.output.1).map(move |j| (i, j)));
        for (p, ((i, j), (y, argmax))) in places.zip(cells).enumerate() {
            if let Some(Ink { masks, blank }) = ink {
                let seen = masks[2 * i..][..=k].iter().fold(0, |seen, mask| seen | mask);
                if (seen >> (2 * j)) & cols == 0 {
                    y.copy_from_slice(&blank.output[p * channels_out..][..channels_out]);
                    argmax.copy_from_slice(&blank.argmax[p * channels_out..][..channels_out]);
                    continue;
                }
            }
            let x = &x[2 * i * pitch + 2 * j * c..];
            let outputs = y.chunks_mut(PANEL).zip(argmax.chunks_mut(PANEL));
            for ((panel, bias), (y, argmax)) in panels.chunks_exact(k * row).zip(biases).zip(outputs) {
                let (best, winner) = pool(&window(x, pitch, (k, row, c), panel, *bias));
                if let (Some(y), Some(argmax)) = (y.first_chunk_mut::<PANEL>(), argmax.first_chunk_mut::<PANEL>()) {
                    (*y, *argmax) = (best, winner);
                } else {
                    y.copy_from_slice(&best[..y.len()]);
                    argmax.copy_from_slice(&winner[..argmax.len()]);
                }
            }
        }
    }

    /// Finds the active cells of a batch, channel by channel.
    fn list_active(&self, batch: usize, output: &[f32], grad: &[f32], scratch: &mut ConvPoolScratch) {
        let ConvGeometry { channels_in, channels_out, .. } = self.geometry;
        let ConvPoolScratch { argmax, active, ends, .. } = scratch;
        let (capacity, examples) = (active.len() / channels_out, ends.len() / channels_out);
        let (pitch, len) = (self.pitch(), self.output_len());
        let offsets = [0, channels_in, pitch, pitch + channels_in];
        let maps = output.chunks_exact(len).zip(argmax.chunks_exact(len)).zip(grad.chunks_exact(len));
        let mut counts = vec![0; channels_out];
        for (e, ((y, argmax), dy)) in maps.enumerate().take(batch) {
            let cells = y.chunks_exact(channels_out).zip(argmax.chunks_exact(channels_out));
            let places = (0..self.output.0).flat_map(|i| (0..self.output.1).map(move |j| (i, j)));
            for ((i, j), ((y, argmax), dy)) in places.zip(cells.zip(dy.chunks_exact(channels_out))) {
                let first = e * self.padded_len() + 2 * i * pitch + 2 * j * channels_in;
                let windows = offsets.map(|offset| place(first + offset));
                let lists = active.chunks_exact_mut(capacity).zip(&mut counts);
                for (((y, argmax), dy), (list, count)) in y.iter().zip(argmax).zip(dy).zip(lists) {
                    // Written in any case and counted if it is active: a branch would be guessed wrong half the time.
                    list[*count] = Active { window: windows[usize::from(argmax & 3)], grad: *dy };
                    *count += usize::from(*y > 0.0 && *dy != 0.0);
                }
            }
            for (count, ends) in counts.iter().zip(ends.chunks_exact_mut(examples)) {
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
        let ConvGeometry { channels_in, channels_out, kernel, .. } = self.geometry;
        let (capacity, examples) = (active.len() / channels_out, ends.len() / channels_out);
        let pitch = self.pitch();
        let channels = active.chunks_exact(capacity).zip(ends.chunks_exact(examples));
        let grads = grad_weight.chunks_exact_mut(kernel.0 * ROW).zip(grad_bias);
        for ((active, ends), (grad_weight, grad_bias)) in channels.zip(grads) {
            let active = &active[..ends[batch - 1]];
            *grad_bias += active.iter().map(|cell| cell.grad).sum::<f32>();
            for first in (0..kernel.0).step_by(U) {
                let mut sums = [[0.0; FILLED]; U];
                for cell in active {
                    let x = &inputs[cell.window as usize + first * pitch..];
                    for (u, sums) in sums.iter_mut().enumerate() {
                        let Some(x) = x.get(u * pitch..).and_then(<[f32]>::first_chunk::<FILLED>) else { break };
                        for (sum, x) in sums.iter_mut().zip(x) {
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
        let ConvGeometry { channels_in, channels_out, kernel, .. } = self.geometry;
        let (capacity, examples) = (active.len() / channels_out, ends.len() / channels_out);
        let channels = active.chunks_exact(capacity).zip(ends.chunks_exact(examples));
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

    /// Adds `grad·w` where the windows of `active` read the padded input of their example.
    fn scatter<const FILLED: usize>(&self, active: &[Active], rows: &[f32], dx: &mut [f32]) {
        let (pitch, len) = (self.pitch(), self.padded_len());
        let (rows, _) = rows.as_chunks::<FILLED>();
        for cell in active {
            let dx = &mut dx[cell.window as usize % len..];
            for (u, row) in rows.iter().enumerate() {
                let Some(dx) = dx.get_mut(u * pitch..).and_then(<[f32]>::first_chunk_mut::<FILLED>) else { break };
                for (dx, w) in dx.iter_mut().zip(row) {
                    *dx += cell.grad * w;
                }
            }
        }
    }

    /// [`scatter`](Self::scatter) for rows of any length.
    fn scatter_any(&self, active: &[Active], rows: &[f32], dx: &mut [f32]) {
        let (pitch, len) = (self.pitch(), self.padded_len());
        for cell in active {
            let dx = &mut dx[cell.window as usize % len..];
            for (u, row) in rows.chunks_exact(self.filled_row_len()).enumerate() {
                for (dx, w) in dx[u * pitch..].iter_mut().zip(&row[..self.row_len()]) {
                    *dx += cell.grad * w;
                }
            }
        }
    }
}

/// What is known of an image's blank parts.
#[derive(Clone, Copy)]
struct Ink<'a> {
    masks: &'a [u64],
    blank: &'a Maps,
}

/// A place in a padded input, which is far smaller than 2³² cells.
fn place(cell: usize) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "2³² cells do not fit into a 32-bit memory")]
    let cell = cell as u32;
    cell
}

/// Sums of the four windows of a pooling window for a panel of channels, each begun with its bias.
#[inline]
fn window(
    x: &[f32],
    pitch: usize,
    (k, row, c): (usize, usize, usize),
    panel: &[[f32; PANEL]],
    bias: [f32; PANEL],
) -> [[f32; PANEL]; 4] {
    let mut sums = [bias; 4];
    for (u, panel) in panel.chunks_exact(row).enumerate().take(k) {
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

/// The largest of four values in each lane, cut off below 0, and which it was: the first of equals.
#[inline]
fn pool(sums: &[[f32; PANEL]; 4]) -> ([f32; PANEL], [u8; PANEL]) {
    let [mut best, others @ ..] = *sums;
    let mut winner = [0_u32; PANEL];
    for (k, sums) in (1..).zip(&others) {
        for lane in 0..PANEL {
            let beaten = sums[lane] > best[lane];
            best[lane] = if beaten { sums[lane] } else { best[lane] };
            winner[lane] = if beaten { k } else { winner[lane] };
        }
    }
    // Written so that NaN stays NaN.
    (best.map(|x| if x < 0.0 { 0.0 } else { x }), winner.map(|k| k.to_le_bytes()[0]))
}
