//! Sums over windows, in registers: what a convolution forward and the gradient of its input have in common.
//!
//! Each cell of the destination is a sum over a window of the source, so that it is written once. Lanes are channels of
//! the destination; a value of the source is multiplied with the weights of all of them.

use std::ops::Range;

use super::{
    super::lanes::{self, Lanes},
    place,
};
use crate::nn::shape::Window;

/// Channels of a wide panel: four registers for each of two cells, so that eight sums are under way at a time.
pub(super) const WIDE: usize = 16;
/// Channels of a narrow panel: two registers for each of four cells.
pub(super) const NARROW: usize = 8;

/// How the channels of a group are cut into panels: wide ones, and a narrow one for the last few.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Panels {
    pub(super) channels: usize,
}

impl Panels {
    /// Channels with those that fill up the last panel.
    pub(super) fn filled(self) -> usize {
        let rest = self.channels % WIDE;
        self.channels - rest + if rest > NARROW { WIDE } else { rest.next_multiple_of(NARROW) }
    }

    /// The first channel of each panel, and whether it is wide.
    pub(super) fn iter(self) -> impl Iterator<Item = (usize, bool)> {
        (0..self.channels).step_by(WIDE).map(move |first| (first, self.channels - first > NARROW))
    }
}

/// Windows along one axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AxisPlan {
    /// The cells that are made: where each is in the destination, and where its window begins in the padded source.
    cells: Vec<(usize, usize)>,
    /// The kernel's cells that a window has, and where each is in it, from the window's first cell on.
    taps: Vec<(usize, usize)>,
    /// What is not padding.
    inside: Range<usize>,
}

impl AxisPlan {
    /// The windows of a convolution that makes `output` cells of `input`.
    pub(super) fn forward(window: Window, input: usize, output: usize) -> Self {
        let Window { kernel, stride, dilation, padding } = window;
        Self {
            cells: (0..output).map(|i| (i, i * stride)).collect(),
            taps: (0..kernel).map(|u| (u, u * dilation)).collect(),
            inside: padding.0..padding.0 + input,
        }
    }

    /// The windows over `output` gradients that the gradient of `input` cells is made of, and the extent of the
    /// gradients with their padding.
    ///
    /// Output o reads the padded input's cell i by tap u where `i = o·s + u·d`. So cell `i = a·s + r` needs the taps
    /// with `u·d = q·s + r`, and of each the output `o = a − q`: for each of s remainders r a convolution with a part
    /// of the taps, whose stride is 1.
    pub(super) fn backward(window: Window, input: usize, output: usize) -> (Vec<Self>, usize) {
        let Window { kernel, stride, dilation, padding } = window;
        let classes: Vec<_> = (0..stride)
            .map(|r| {
                let cells: Vec<usize> = (padding.0..padding.0 + input).filter(|i| i % stride == r).collect();
                // The last tap reads the first output.
                let taps: Vec<usize> = (0..kernel).rev().filter(|u| u * dilation % stride == r).collect();
                (cells, taps)
            })
            .filter(|(cells, _)| !cells.is_empty())
            .collect();
        let reach = |u: &usize| u * dilation / stride;
        // How far before the first output windows begin, and how far they reach.
        let (mut before, mut end) = (0, output);
        for (cells, taps) in &classes {
            if let ([first, ..], [furthest, ..]) = (&**cells, &**taps) {
                before = before.max(reach(furthest).saturating_sub(first / stride));
            }
            if let ([.., last], [.., nearest]) = (&**cells, &**taps) {
                end = end.max((last / stride + 1).saturating_sub(reach(nearest)));
            }
        }
        let plans = classes.into_iter().map(|(cells, taps)| {
            let furthest = taps.first().map_or(0, reach);
            let start = |i: usize| (before + i / stride).saturating_sub(furthest);
            Self {
                cells: cells.into_iter().map(|i| (i - padding.0, start(i))).collect(),
                taps: taps.into_iter().map(|u| (u, furthest - reach(&u))).collect(),
                inside: before..before + output,
            }
        });
        (plans.collect(), before + end)
    }

    /// The taps of the window at `start` that do not fall into padding.
    fn seen(&self, start: usize) -> Range<usize> {
        let before = |end: usize| self.taps.iter().filter(|(_, offset)| start + offset < end).count();
        before(self.inside.start)..before(self.inside.end)
    }

    /// What windows see, each kind once.
    fn kinds(&self) -> Vec<Range<usize>> {
        let mut kinds = Vec::new();
        for (_, start) in &self.cells {
            let seen = self.seen(*start);
            if !kinds.contains(&seen) {
                kinds.push(seen);
            }
        }
        kinds
    }

    /// Cells of padding before the first that is not.
    pub(super) fn before(&self) -> usize {
        self.inside.start
    }

    fn is_dense(&self) -> bool {
        self.taps.windows(2).all(|pair| pair[0].1 + 1 == pair[1].1)
    }
}

/// Maps as they lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Maps {
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) channels: usize,
}

impl Maps {
    /// Values of one example.
    pub(super) fn len(self) -> usize {
        self.rows * self.cols * self.channels
    }
}

/// One cell that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell {
    /// Where its window begins in an example of the source.
    source: u32,
    /// Where it is in an example of the destination.
    target: u32,
    /// The rows of taps that see more than padding.
    rows: (u32, u32),
    /// The values of a run that are not all padding.
    values: (u32, u32),
}

/// Windows over a source, each of which makes a cell of a destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gather {
    source: Maps,
    target: Maps,
    groups: usize,
    cells: Vec<Cell>,
    /// Where each row of taps begins, relative to the window.
    rows: Vec<u32>,
    /// Where each run of values that lie side by side begins, relative to its row: one run if nothing is between taps.
    runs: Vec<u32>,
    /// Values of a run.
    run: usize,
    /// The kernel's cell of each tap, in the order in which they are summed.
    taps: Vec<(usize, usize)>,
}

impl Gather {
    /// `source` is padded.
    pub(super) fn new(source: Maps, target: Maps, groups: usize, rows: &AxisPlan, cols: &AxisPlan) -> Self {
        let (pitch, channels) = (source.cols * source.channels, source.channels / groups);
        let is_one_run = groups == 1 && cols.is_dense();
        let [row_kinds, mut col_kinds] = [rows.kinds(), cols.kinds()];
        if !is_one_run {
            // A run is a tap: it is read whole.
            col_kinds.truncate(1);
        }
        let mut cells = Vec::with_capacity(rows.cells.len() * cols.cells.len());
        // Side by side in a tile, cells that see the same of their windows leave out the same.
        for seen_rows in &row_kinds {
            for kind in &col_kinds {
                let seen = if is_one_run { kind.clone() } else { 0..1 };
                for (i, top) in &rows.cells {
                    if rows.seen(*top) != *seen_rows {
                        continue;
                    }
                    for (j, left) in &cols.cells {
                        if is_one_run && cols.seen(*left) != *kind {
                            continue;
                        }
                        cells.push(Cell {
                            source: place(top * pitch + left * source.channels),
                            target: place((i * target.cols + j) * target.channels),
                            rows: (place(seen_rows.start), place(seen_rows.end)),
                            values: (place(seen.start * channels), place(seen.end * channels)),
                        });
                    }
                }
            }
        }
        let of_cols = cols.taps.iter().take(if is_one_run { 1 } else { usize::MAX });
        Self {
            source,
            target,
            groups,
            cells,
            rows: rows.taps.iter().map(|(_, offset)| place(offset * pitch)).collect(),
            runs: of_cols.map(|(_, offset)| place(offset * source.channels)).collect(),
            run: if is_one_run { cols.taps.len() * channels } else { channels },
            taps: rows.taps.iter().flat_map(|(u, _)| cols.taps.iter().map(|(v, _)| (*u, *v))).collect(),
        }
    }

    /// Rows of a panel: products of a sum.
    pub(super) fn depth(&self) -> usize {
        self.taps.len() * self.source.channels / self.groups
    }

    /// Values of the packed weights.
    pub(super) fn packed_len(&self) -> usize {
        self.groups * self.depth() * self.panels().filled()
    }

    /// The panels of a group.
    pub(super) fn panels(&self) -> Panels {
        Panels { channels: self.target.channels / self.groups }
    }

    /// Where each of a window's values is, in the order of a panel's rows.
    pub(super) fn offsets(&self) -> impl Iterator<Item = u32> {
        let run = place(self.run);
        self.rows
            .iter()
            .flat_map(move |row| self.runs.iter().flat_map(move |first| (0..run).map(move |i| row + first + i)))
    }

    /// Puts weights into the order in which they are read: `[group][panel][tap][source channel][target channel]`, the
    /// last as wide as the panel. What fills a panel up stays as it is.
    ///
    /// `weight` has for each group, target channel and source channel of the group, and tap its weight.
    pub(super) fn pack(&self, packed: &mut [f32], weight: impl Fn(usize, usize, usize, (usize, usize)) -> f32) {
        debug_assert_eq!(packed.len(), self.packed_len(), "packed weights");
        self.for_each_weight(|group, target, source, tap, at| packed[at] = weight(group, target, source, tap));
    }

    /// Calls `f` with group, target and source channel of the group, tap, and where that weight is in the packed ones.
    pub(super) fn for_each_weight(&self, mut f: impl FnMut(usize, usize, usize, (usize, usize), usize)) {
        let (depth, channels, panels) = (self.depth(), self.source.channels / self.groups, self.panels());
        for group in 0..self.groups {
            for (first, is_wide) in panels.iter() {
                let width = if is_wide { WIDE } else { NARROW };
                let start = (group * panels.filled() + first) * depth;
                for (t, tap) in self.taps.iter().enumerate() {
                    for source in 0..channels {
                        let row = start + (t * channels + source) * width;
                        for lane in 0..width.min(panels.channels - first) {
                            f(group, first + lane, source, *tap, row + lane);
                        }
                    }
                }
            }
        }
    }

    /// Makes the cells of `batch` examples: each sum begins with its channel's bias.
    ///
    /// # Shapes
    /// `biases` has as many for each group as the panels have channels.
    pub(super) fn run(&self, batch: usize, source: &[f32], weights: &[f32], biases: &[f32], target: &mut [f32]) {
        let (depth, panels) = (self.depth(), self.panels());
        let filled = panels.filled();
        for group in 0..self.groups {
            let source = &source[group * self.source.channels / self.groups..];
            let weights = &weights[group * filled * depth..][..filled * depth];
            for (first, is_wide) in panels.iter() {
                let maps = (source, &mut target[group * panels.channels + first..]);
                let (bias, panel) = (&biases[group * filled + first..], &weights[first * depth..]);
                let count = panels.channels - first;
                if is_wide {
                    let (bias, panel) = (&bias.as_chunks().0[0], &panel.as_chunks().0[..depth]);
                    self.cells(batch, maps, count, |source, cells| self.wide(source, cells, panel, bias));
                } else {
                    let (bias, panel) = (&bias.as_chunks().0[0], &panel.as_chunks().0[..depth]);
                    self.cells(batch, maps, count, |source, cells| self.narrow(source, cells, panel, bias));
                }
            }
        }
    }

    /// Goes over the cells of all examples, `CELLS` at a time; the last tile of an example may have fewer.
    #[inline(always)]
    fn cells<const CELLS: usize, const LANES: usize>(
        &self,
        batch: usize,
        (source, target): (&[f32], &mut [f32]),
        channels: usize,
        tile: impl Fn(&[f32], &[Cell]) -> [[Lanes; LANES]; CELLS],
    ) {
        for e in 0..batch {
            let (source, target) = (&source[e * self.source.len()..], &mut target[e * self.target.len()..]);
            for cells in self.cells.chunks(CELLS) {
                let sums = tile(source, cells);
                for (sums, cell) in sums.iter().zip(cells) {
                    lanes::store_first(sums, channels, &mut target[cell.target as usize..]);
                }
            }
        }
    }

    /// The rows of taps and the values of their runs that are not all padding for any of the cells.
    #[inline(always)]
    fn seen(cells: &[Cell]) -> (Range<usize>, Range<usize>) {
        let (mut rows, mut values) = (cells[0].rows, cells[0].values);
        for cell in &cells[1..] {
            rows = (rows.0.min(cell.rows.0), rows.1.max(cell.rows.1));
            values = (values.0.min(cell.values.0), values.1.max(cell.values.1));
        }
        (rows.0 as usize..rows.1 as usize, values.0 as usize..values.1 as usize)
    }

    /// Two cells of sixteen channels.
    #[inline(always)]
    fn wide(
        &self,
        source: &[f32],
        cells: &[Cell],
        panel: &[[f32; WIDE]],
        bias: &[f32; WIDE],
    ) -> [[Lanes; WIDE / 4]; 2] {
        let [mut s0, mut s1, mut s2, mut s3] = lanes::quad(bias);
        let [mut t0, mut t1, mut t2, mut t3] = [s0, s1, s2, s3];
        let (rows, values) = Self::seen(cells);
        let (a, b) = (start(cells, 0), start(cells, 1));
        for row in rows {
            for (run, offset) in self.runs.iter().enumerate() {
                let at = (self.rows[row] + offset) as usize + values.start;
                let (x, y) = (&source[a + at..][..values.len()], &source[b + at..][..values.len()]);
                let panel = &panel[(row * self.runs.len() + run) * self.run..][values.clone()];
                for ((x, y), w) in x.iter().zip(y).zip(panel) {
                    let (x, y, [w0, w1, w2, w3]) = (Lanes::splat(*x), Lanes::splat(*y), lanes::quad(w));
                    s0 = s0 + x * w0;
                    s1 = s1 + x * w1;
                    s2 = s2 + x * w2;
                    s3 = s3 + x * w3;
                    t0 = t0 + y * w0;
                    t1 = t1 + y * w1;
                    t2 = t2 + y * w2;
                    t3 = t3 + y * w3;
                }
            }
        }
        [[s0, s1, s2, s3], [t0, t1, t2, t3]]
    }

    /// Four cells of eight channels.
    #[inline(always)]
    fn narrow(
        &self,
        source: &[f32],
        cells: &[Cell],
        panel: &[[f32; NARROW]],
        bias: &[f32; NARROW],
    ) -> [[Lanes; NARROW / 4]; 4] {
        let [mut p0, mut p1] = lanes::pair(bias);
        let [[mut q0, mut q1], [mut r0, mut r1], [mut s0, mut s1]] = [[p0, p1]; 3];
        let (rows, values) = Self::seen(cells);
        let (a, b, c, d) = (start(cells, 0), start(cells, 1), start(cells, 2), start(cells, 3));
        for row in rows {
            for (run, offset) in self.runs.iter().enumerate() {
                let at = (self.rows[row] + offset) as usize + values.start;
                let (p, q) = (&source[a + at..][..values.len()], &source[b + at..][..values.len()]);
                let (r, s) = (&source[c + at..][..values.len()], &source[d + at..][..values.len()]);
                let panel = &panel[(row * self.runs.len() + run) * self.run..][values.clone()];
                for (((p, q), (r, s)), w) in p.iter().zip(q).zip(r.iter().zip(s)).zip(panel) {
                    let [w0, w1] = lanes::pair(w);
                    let (p, q, r, s) = (Lanes::splat(*p), Lanes::splat(*q), Lanes::splat(*r), Lanes::splat(*s));
                    (p0, p1) = (p0 + p * w0, p1 + p * w1);
                    (q0, q1) = (q0 + q * w0, q1 + q * w1);
                    (r0, r1) = (r0 + r * w0, r1 + r * w1);
                    (s0, s1) = (s0 + s * w0, s1 + s * w1);
                }
            }
        }
        [[p0, p1], [q0, q1], [r0, r1], [s0, s1]]
    }
}

/// Where the window of a tile's cell begins; that of the first for one that is missing.
#[inline(always)]
fn start(cells: &[Cell], index: usize) -> usize {
    cells.get(index).unwrap_or(&cells[0]).source as usize
}
