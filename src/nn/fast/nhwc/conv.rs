//! Convolution of a batch, of any geometry.

use super::{
    super::{
        ConvGeometry, holds,
        lanes::{self, Lanes},
    },
    gather::{AxisPlan, Gather, Maps, NARROW, WIDE},
};
use crate::nn::shape::{Padding, ShapeError};

/// Cells whose products are summed before the sums are added to a weight's gradient: what they and their windows hold
/// stays in the fastest cache.
const BLOCK: usize = 64;

/// `y[i, j, o] = b[o] + Σ w[o, c, u, v]·x[i·s + u·d, j·s + v·d, c]` over the channels c of o's group and the kernel's
/// cells (u, v), for each example; x is padded with zeros.
///
/// # Shapes
/// x is N×H×W×`channels_in`, w is `channels_out`×(`channels_in`/`groups`)×K×K as in PyTorch, b has `channels_out`
/// values; y is N×H′×W′×`channels_out` with the extents of [`output`](Self::output).
///
/// # Order of sums
/// A cell's products are added to its bias row by row of the window, in each from left to right, and channel by channel
/// of a tap; where a row or a column of a window lies in padding, its products may be left out. The gradient of an input
/// cell is summed in the same order over a window of output gradients. Gradients of weights are sums over 64 cells of an
/// example, added up block after block and example after example, and then to what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conv2d {
    geometry: ConvGeometry,
    /// The padded input, and the padded gradients of the output.
    padded: Maps,
    padded_grad: Maps,
    output: Maps,
    forward: Gather,
    /// One for each pair of remainders of rows and columns by the strides.
    backward: Vec<Gather>,
    /// Rows and columns of padding before the gradients.
    before_grad: (usize, usize),
    /// Where each output cell's window begins in the padded input.
    sources: Vec<u32>,
    /// Where each value of a window is.
    offsets: Vec<u32>,
}

/// Buffers of one [`Conv2d`], and its weights in the orders in which the loops read them.
#[derive(Debug, Clone, Default)]
pub struct ConvScratch {
    /// The weights and biases of the forward pass.
    weights: Vec<f32>,
    biases: Vec<f32>,
    /// The weights of each gather of the gradient of the input, one after another, and as many zeros as the gradient
    /// needs for biases.
    weights_back: Vec<f32>,
    no_biases: Vec<f32>,
    /// The batch's inputs, padded; empty where there is no padding.
    inputs: Vec<f32>,
    /// The batch's gradients of the output, padded.
    grads: Vec<f32>,
    /// The gradients of a block of cells, for the channels of a panel.
    block: Vec<f32>,
    /// The gradients of weights and biases, packed as these are.
    grad_weights: Vec<f32>,
    grad_biases: Vec<f32>,
    /// The most examples of a batch.
    batch: usize,
}

impl Conv2d {
    /// Checks the geometry.
    ///
    /// # Errors
    /// [`ShapeError`] if the groups do not divide the channels, a count is 0 or the dilated kernel does not fit.
    pub fn new(geometry: ConvGeometry) -> Result<Self, ShapeError> {
        let ConvGeometry { channels_in, channels_out, groups, stride, input, .. } = geometry;
        let ([rows, cols], output) = geometry.windows()?;

        let maps = |(rows, cols), channels| Maps { rows, cols, channels };
        let padded = maps((rows.padded(input.0), cols.padded(input.1)), channels_in);
        let (plan_rows, plan_cols) =
            (AxisPlan::forward(rows, input.0, output.0), AxisPlan::forward(cols, input.1, output.1));
        let forward = Gather::new(padded, maps(output, channels_out), groups, &plan_rows, &plan_cols);

        let (rows, height) = AxisPlan::backward(rows, input.0, output.0);
        let (cols, width) = AxisPlan::backward(cols, input.1, output.1);
        let padded_grad = maps((height, width), channels_out);
        let (rows, cols) = (&rows, &cols);
        let backward = rows.iter().flat_map(|rows| {
            cols.iter().map(move |cols| Gather::new(padded_grad, maps(input, channels_in), groups, rows, cols))
        });
        let before_grad = (rows.first().map_or(0, AxisPlan::before), cols.first().map_or(0, AxisPlan::before));
        let source = |i, j| super::place((i * stride.0 * padded.cols + j * stride.1) * channels_in);
        Ok(Self {
            geometry,
            padded,
            padded_grad,
            output: maps(output, channels_out),
            backward: backward.collect(),
            before_grad,
            sources: (0..output.0).flat_map(|i| (0..output.1).map(move |j| source(i, j))).collect(),
            offsets: forward.offsets().collect(),
            forward,
        })
    }

    /// What it was made from.
    pub fn geometry(&self) -> ConvGeometry {
        self.geometry
    }

    /// Height and width of the output.
    pub fn output(&self) -> (usize, usize) {
        (self.output.rows, self.output.cols)
    }

    /// Cells of one example's input.
    pub fn input_len(&self) -> usize {
        self.geometry.channels_in * self.geometry.input.0 * self.geometry.input.1
    }

    /// Cells of one example's output.
    pub fn output_len(&self) -> usize {
        self.output.len()
    }

    /// Number of weights, biases left out.
    pub fn weight_len(&self) -> usize {
        self.geometry.channels_out * self.forward.depth()
    }

    /// Scratch for up to `batch` examples.
    pub fn scratch(&self, batch: usize) -> ConvScratch {
        let ConvGeometry { groups, .. } = self.geometry;
        let filled = |gather: &Gather| gather.panels().filled();
        ConvScratch {
            weights: vec![0.0; self.forward.packed_len()],
            biases: vec![0.0; groups * filled(&self.forward)],
            weights_back: vec![0.0; self.backward.iter().map(Gather::packed_len).sum()],
            no_biases: vec![0.0; groups * self.backward.first().map_or(0, filled)],
            inputs: if self.is_padded() { vec![0.0; batch * self.padded.len()] } else { Vec::new() },
            grads: vec![0.0; batch * self.padded_grad.len()],
            block: vec![0.0; BLOCK * WIDE],
            grad_weights: vec![0.0; self.forward.packed_len()],
            grad_biases: vec![0.0; groups * filled(&self.forward)],
            batch,
        }
    }

    /// Takes new weights and biases over into `scratch`; needed before the next pass.
    ///
    /// # Shapes
    /// As told of [`Conv2d`].
    pub fn pack(&self, weight: &[f32], bias: &[f32], scratch: &mut ConvScratch) {
        debug_assert_eq!((weight.len(), bias.len()), self.parameter_lens(), "weights and biases");
        let panels = self.forward.panels();
        self.forward.pack(&mut scratch.weights, |group, o, c, tap| weight[self.weight(group, o, c, tap)]);
        let biases = scratch.biases.chunks_exact_mut(panels.filled());
        for (to, from) in biases.zip(bias.chunks_exact(panels.channels)) {
            to[..from.len()].copy_from_slice(from);
        }
        let mut rest = &mut *scratch.weights_back;
        for gather in &self.backward {
            let (packed, others) = rest.split_at_mut(gather.packed_len());
            gather.pack(packed, |group, c, o, tap| weight[self.weight(group, o, c, tap)]);
            rest = others;
        }
    }

    /// Makes the outputs of `batch` examples, with the weights last given to [`pack`](Self::pack).
    ///
    /// # Shapes
    /// As told of [`Conv2d`]; `scratch` is for N examples or more.
    pub fn forward(&self, batch: usize, input: &[f32], output: &mut [f32], scratch: &mut ConvScratch) {
        debug_assert!(batch <= scratch.batch, "{batch} examples in scratch for {}", scratch.batch);
        debug_assert!(
            holds(input, batch, self.input_len()) && holds(output, batch, self.output_len()),
            "inputs, outputs"
        );
        let ConvScratch { weights, biases, inputs, .. } = scratch;
        if self.is_padded() {
            let Padding { top, left, .. } = self.geometry.padding;
            let inner = Maps { rows: self.geometry.input.0, cols: self.geometry.input.1, ..self.padded };
            copy_inside(batch, input, inner, inputs, self.padded, (top, left));
        }
        self.forward.run(batch, if self.is_padded() { inputs } else { input }, weights, biases, output);
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
        debug_assert!(batch <= scratch.batch, "{batch} examples in scratch for {}", scratch.batch);
        debug_assert!(
            holds(input, batch, self.input_len()) && holds(grad, batch, self.output_len()),
            "inputs, gradients"
        );
        debug_assert_eq!((grad_weight.len(), grad_bias.len()), self.parameter_lens(), "sums of gradients");
        let ConvScratch { inputs, grads, block, grad_weights, grad_biases, .. } = scratch;
        copy_inside(batch, grad, self.output, grads, self.padded_grad, self.before_grad);
        let inputs = if self.is_padded() { &**inputs } else { input };
        grad_weights.fill(0.0);
        grad_biases.fill(0.0);
        let examples = inputs.chunks_exact(self.padded.len()).zip(grad.chunks_exact(self.output.len()));
        for (x, dy) in examples.take(batch) {
            self.add_example(x, dy, block, grad_weights, grad_biases);
        }
        let panels = self.forward.panels();
        let biases = grad_bias.chunks_exact_mut(panels.channels).zip(grad_biases.chunks_exact(panels.filled()));
        for (grads, packed) in biases {
            lanes::add(grads, &packed[..panels.channels]);
        }
        self.forward.for_each_weight(|group, o, c, tap, at| {
            grad_weight[self.weight(group, o, c, tap)] += grad_weights[at];
        });
    }

    /// Writes the gradient of the inputs, for the gradients that [`backward_weight`](Self::backward_weight) was given.
    ///
    /// # Shapes
    /// `grad_input` is as the input.
    pub fn backward_input(&self, batch: usize, grad_input: &mut [f32], scratch: &ConvScratch) {
        debug_assert!(batch <= scratch.batch, "{batch} examples in scratch for {}", scratch.batch);
        debug_assert!(holds(grad_input, batch, self.input_len()), "gradients of inputs");
        let mut weights = &*scratch.weights_back;
        for gather in &self.backward {
            let (own, others) = weights.split_at(gather.packed_len());
            gather.run(batch, &scratch.grads, own, &scratch.no_biases, grad_input);
            weights = others;
        }
    }

    /// How many weights and biases there are.
    fn parameter_lens(&self) -> (usize, usize) {
        (self.weight_len(), self.geometry.channels_out)
    }

    fn is_padded(&self) -> bool {
        self.geometry.padding != Padding::default()
    }

    /// Where a weight is among PyTorch's; filter and channel are those of the group.
    fn weight(&self, group: usize, filter: usize, channel: usize, (u, v): (usize, usize)) -> usize {
        let ConvGeometry { channels_in, channels_out, groups, kernel, .. } = self.geometry;
        let filter = group * (channels_out / groups) + filter;
        ((filter * (channels_in / groups) + channel) * kernel.0 + u) * kernel.1 + v
    }

    /// Adds an example's gradients of weights and biases to the packed ones.
    fn add_example(&self, x: &[f32], dy: &[f32], block: &mut [f32], grad_weights: &mut [f32], grad_biases: &mut [f32]) {
        let ConvGeometry { channels_in, channels_out, groups, .. } = self.geometry;
        let (depth, panels) = (self.offsets.len(), self.forward.panels());
        for (sources, dy) in self.sources.chunks(BLOCK).zip(dy.chunks(BLOCK * channels_out)) {
            for group in 0..groups {
                let x = &x[group * channels_in / groups..];
                for (first, is_wide) in panels.iter() {
                    let bias = group * panels.filled() + first;
                    let (start, bias) = (bias * depth, &mut grad_biases[bias..]);
                    let (first, count) = (group * panels.channels + first, panels.channels - first);
                    if is_wide {
                        let block = panel::<WIDE>(dy, channels_out, (first, count), block, bias);
                        let (sums, _) = grad_weights[start..][..depth * WIDE].as_chunks_mut();
                        add_tiles(&self.offsets, sums, |offsets| wide(x, sources, offsets, block));
                    } else {
                        let block = panel::<NARROW>(dy, channels_out, (first, count), block, bias);
                        let (sums, _) = grad_weights[start..][..depth * NARROW].as_chunks_mut();
                        add_tiles(&self.offsets, sums, |offsets| narrow(x, sources, offsets, block));
                    }
                }
            }
        }
    }
}

/// Takes the channels of a panel, `count` or as many as it has, out of all, with zeros in place of what is missing, and
/// adds their sums over the cells to `sums`.
#[inline(always)]
fn panel<'a, const CHANNELS: usize>(
    maps: &[f32],
    channels: usize,
    (first, count): (usize, usize),
    panel: &'a mut [f32],
    sums: &mut [f32],
) -> &'a [[f32; CHANNELS]] {
    let (panel, _) = panel.as_chunks_mut::<CHANNELS>();
    let count = count.min(CHANNELS);
    for (i, sum) in sums.as_chunks_mut().0.iter_mut().enumerate().take(CHANNELS / 4) {
        let mut part = Lanes::ZERO;
        for (to, from) in panel.iter_mut().zip(maps.chunks_exact(channels)) {
            let cell = Lanes::load_first(from[first..][..count].get(4 * i..).unwrap_or_default());
            cell.store(&mut to.as_chunks_mut().0[i]);
            part = part + cell;
        }
        (Lanes::load(sum) + part).store(sum);
    }
    panel
}

/// Copies the maps of a batch into larger ones, whose other cells stay as they are.
fn copy_inside(batch: usize, from: &[f32], inner: Maps, to: &mut [f32], outer: Maps, (top, left): (usize, usize)) {
    let (len, pitch) = (inner.cols * inner.channels, outer.cols * outer.channels);
    let examples = from.chunks_exact(inner.len()).zip(to.chunks_exact_mut(outer.len()));
    for (from, to) in examples.take(batch) {
        for (from, to) in from.chunks_exact(len).zip(to[top * pitch..].chunks_exact_mut(pitch)) {
            to[left * outer.channels..][..len].copy_from_slice(from);
        }
    }
}

/// Adds the sums of all rows of a panel, `ROWS` at a time; what is missing in the last tile is its first row again.
#[inline(always)]
fn add_tiles<const ROWS: usize, const LANES: usize>(
    offsets: &[u32],
    sums: &mut [[f32; 4]],
    tile: impl Fn([usize; ROWS]) -> [[Lanes; LANES]; ROWS],
) {
    for (offsets, sums) in offsets.chunks(ROWS).zip(sums.chunks_mut(ROWS * LANES)) {
        let rows = std::array::from_fn(|row| *offsets.get(row).unwrap_or(&offsets[0]) as usize);
        let found = tile(rows);
        for (sum, found) in sums.iter_mut().zip(found.as_flattened()) {
            (Lanes::load(sum) + *found).store(sum);
        }
    }
}

/// `Σ x·dy` over cells, for two values of their windows and sixteen channels.
#[inline(always)]
fn wide(x: &[f32], sources: &[u32], [a, b]: [usize; 2], dy: &[[f32; WIDE]]) -> [[Lanes; WIDE / 4]; 2] {
    let (a, b) = (&x[a..], &x[b..]);
    let [mut s0, mut s1, mut s2, mut s3, mut t0, mut t1, mut t2, mut t3] = [Lanes::ZERO; 8];
    for (source, dy) in sources.iter().zip(dy) {
        let source = *source as usize;
        let (x, y, [dy0, dy1, dy2, dy3]) = (Lanes::splat(a[source]), Lanes::splat(b[source]), lanes::quad(dy));
        s0 = s0 + x * dy0;
        s1 = s1 + x * dy1;
        s2 = s2 + x * dy2;
        s3 = s3 + x * dy3;
        t0 = t0 + y * dy0;
        t1 = t1 + y * dy1;
        t2 = t2 + y * dy2;
        t3 = t3 + y * dy3;
    }
    [[s0, s1, s2, s3], [t0, t1, t2, t3]]
}

/// The same for four values and eight channels.
#[inline(always)]
fn narrow(x: &[f32], sources: &[u32], [a, b, c, d]: [usize; 4], dy: &[[f32; NARROW]]) -> [[Lanes; NARROW / 4]; 4] {
    let (a, b, c, d) = (&x[a..], &x[b..], &x[c..], &x[d..]);
    let [mut p0, mut p1, mut q0, mut q1, mut r0, mut r1, mut s0, mut s1] = [Lanes::ZERO; 8];
    for (source, dy) in sources.iter().zip(dy) {
        let source = *source as usize;
        let (p, q) = (Lanes::splat(a[source]), Lanes::splat(b[source]));
        let (r, s) = (Lanes::splat(c[source]), Lanes::splat(d[source]));
        let [dy0, dy1] = lanes::pair(dy);
        (p0, p1) = (p0 + p * dy0, p1 + p * dy1);
        (q0, q1) = (q0 + q * dy0, q1 + q * dy1);
        (r0, r1) = (r0 + r * dy0, r1 + r * dy1);
        (s0, s1) = (s0 + s * dy0, s1 + s * dy1);
    }
    [[p0, p1], [q0, q1], [r0, r1], [s0, s1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geometry(groups: usize, dilation: (usize, usize)) -> ConvGeometry {
        ConvGeometry {
            channels_in: 4,
            channels_out: 6,
            groups,
            kernel: (3, 3),
            stride: (2, 1),
            dilation,
            padding: Padding { top: 1, left: 2, ..Padding::default() },
            input: (7, 5),
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let check = |groups, dilation, expect: &str| {
            assert_eq!(Conv2d::new(geometry(groups, dilation)).unwrap_err().to_string(), expect);
        };
        check(4, (1, 1), "4 groups do not divide 4 input and 6 output channels.");
        check(0, (1, 1), "0 groups do not divide 4 input and 6 output channels.");
        check(2, (1, 4), "The window's width of 9 is larger than the padded input's 7.");
        check(2, (0, 1), "A dilation of 0 puts all taps on one cell along the height; the smallest dilation is 1.");
    }

    /// An example's bits do not depend on what stands beside it, nor on how large a batch the scratch is for.
    #[test]
    fn an_example_does_not_see_the_others() {
        let conv = Conv2d::new(geometry(2, (1, 1))).unwrap();
        let numbers = |len: usize, by: usize| (0..len).map(|i| (i * by % 101) as f32 / 7.0 - 6.0).collect::<Vec<_>>();
        let (weight, bias) = (numbers(conv.weight_len(), 13), numbers(6, 5));
        let (input, grad) = (numbers(3 * conv.input_len(), 29), numbers(3 * conv.output_len(), 31));
        let pass = |examples: std::ops::Range<usize>, room: usize| {
            let (batch, mut scratch) = (examples.len(), conv.scratch(room));
            let x = &input[examples.start * conv.input_len()..examples.end * conv.input_len()];
            let dy = &grad[examples.start * conv.output_len()..examples.end * conv.output_len()];
            let (mut y, mut dx) = (vec![0.0; dy.len()], vec![0.0; x.len()]);
            conv.pack(&weight, &bias, &mut scratch);
            conv.forward(batch, x, &mut y, &mut scratch);
            let mut sums = (vec![0.0; weight.len()], vec![0.0; bias.len()]);
            conv.backward_weight(batch, x, dy, &mut sums.0, &mut sums.1, &mut scratch);
            conv.backward_input(batch, &mut dx, &scratch);
            [y, dx].map(|values| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>())
        };
        let together = pass(0..3, 3);
        for e in 0..3 {
            for (all, own) in together.iter().zip(pass(e..e + 1, 5)) {
                assert_eq!(all[e * own.len()..][..own.len()], own, "example {e}");
            }
        }
    }
}
