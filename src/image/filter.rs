//! Kernels over whole pictures, in f32 and fast enough for a camera: a [`Stack`] of up to three, each with the ReLU and
//! the pooling that follow it.
//!
//! # Convention
//! Cross-correlation, as deep learning convolves: the kernel is not turned. The output is as large as the input: the
//! plane gets k − 1 rows and columns, half on each side, of an odd number the larger half on top and left (the course's
//! rule, [`Padding::total`]). So the window of an odd kernel has its output in its middle, and that of an even one at
//! row k/2, column k/2. Planes are filtered one by one with the same kernel.
//!
//! Sums are formed in f32, the bias first and then the taps row by row; where a kernel is a column times a row, in two
//! passes, which differs in the last places. Tests hold both against `nn::reference` and against `SciPy`.

use super::frame::Frame;
use crate::{
    nn::{
        fast::Lanes,
        reference::PaddingMode,
        shape::{Axis, Padding, ShapeError},
    },
    num::{Matrix, single},
};

/// The most rows or columns of a kernel.
pub const MAX_KERNEL: usize = 11;
/// The most filters of a stack.
pub const MAX_FILTERS: usize = 3;

/// The cells that a plane gets around itself, so that the output is as large.
pub fn padding(kernel: (usize, usize)) -> Padding {
    Padding::total(kernel.0.saturating_sub(1), kernel.1.saturating_sub(1))
}

/// A kernel that slides over a plane.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlation {
    shape: (usize, usize),
    edge: PaddingMode,
    bias: f32,
    /// The taps that are not 0: row, column, weight.
    taps: Vec<(usize, usize, f32)>,
    /// Where the kernel is a column times a row, and two passes take less: both, without their zeros.
    factors: Option<Factors>,
}

#[derive(Debug, Clone, PartialEq)]
struct Factors {
    column: Vec<(usize, f32)>,
    row: Vec<(usize, f32)>,
}

impl Correlation {
    /// `kernel` with `bias` added to every sum; `edge` is what the plane's padding holds.
    pub fn new(kernel: &Matrix, edge: PaddingMode, bias: f64) -> Self {
        let (rows, cols) = kernel.shape();
        let cells = kernel.cells().iter().enumerate();
        let taps: Vec<_> = cells
            .filter(|(_, weight)| **weight != 0.0)
            .map(|(at, weight)| (at / cols, at % cols, single(*weight)))
            .collect();
        // A second pass costs a store and a load, and each pass its bookkeeping: worth three taps.
        let factors = factors(kernel).filter(|Factors { column, row }| column.len() + row.len() + 3 < taps.len());
        Self { shape: (rows, cols), edge, bias: single(bias), taps, factors }
    }

    /// The same in one pass, whatever the kernel.
    #[must_use]
    pub fn in_one_pass(self) -> Self {
        Self { factors: None, ..self }
    }

    /// Whether it is done in two passes: a column, then a row.
    pub fn is_separated(&self) -> bool {
        self.factors.is_some()
    }

    /// Whether the edge has a value for every cell of the padding of a plane of that size.
    ///
    /// # Errors
    /// [`ShapeError::PaddingTooLarge`]: reflect needs less padding than the plane has cells, circular not more.
    pub fn check(&self, width: usize, height: usize) -> Result<(), ShapeError> {
        let padding = padding(self.shape);
        self.edge.check(Axis::Height, padding, height)?;
        self.edge.check(Axis::Width, padding, width)
    }

    /// Filters a plane of `width` columns: `y[i,j] = b + Σ_u Σ_v w[u,v] · x̃[i+u, j+v]`, with x̃ the padded plane.
    ///
    /// `scratch` keeps the padded plane and is used again; `out` holds as many numbers as `plane`.
    ///
    /// # Errors
    /// As [`check`](Self::check), and [`ShapeError::Length`] where `plane` is no whole rows, or `out` is not as large;
    /// `out` is as it was then.
    ///
    /// ```
    /// # use receptive::{image::filter::{Correlation, Scratch}, nn::reference::PaddingMode, num::Grid};
    /// // Each pixel less the one on its left.
    /// let kernel = Grid::from_rows(vec![vec![-1.0, 1.0]])?;
    /// let mut out = [0.0; 4];
    /// Correlation::new(&kernel, PaddingMode::Zeros, 0.0).run(&[5.0, 5.0, 9.0, 9.0], 4, &mut out, &mut Scratch::default())?;
    /// assert_eq!(out, [5.0, 0.0, 4.0, 0.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run(&self, plane: &[f32], width: usize, out: &mut [f32], scratch: &mut Scratch) -> Result<(), ShapeError> {
        let height = plane.len().checked_div(width).unwrap_or(0);
        if height * width != plane.len() || plane.len() != out.len() {
            return Err(ShapeError::Length { expected: height * width, found: out.len() });
        }
        self.check(width, height)?;
        if !plane.is_empty() {
            self.pad(plane, (height, width), &mut scratch.padded);
            self.slide(width, out, scratch, f32::NEG_INFINITY);
        }
        Ok(())
    }

    /// Filters the plane of that size that was padded last, with `floor` in the place of what is less: 0 for a ReLU.
    fn slide(&self, width: usize, out: &mut [f32], scratch: &mut Scratch, floor: f32) {
        let Scratch { padded, row, taps, more_taps } = scratch;
        let stride = width + self.shape.1.saturating_sub(1);
        let rows = out.chunks_exact_mut(width.max(1)).enumerate();
        let end = Ending { bias: self.bias, floor };
        taps.clear();
        match &self.factors {
            None => {
                taps.extend(self.taps.iter().map(|&(u, v, weight)| (u * stride + v, weight)));
                for (i, out) in rows {
                    weighted(padded.get(i * stride..).unwrap_or_default(), taps, end, out);
                }
            }
            Some(Factors { column, row: across }) => {
                taps.extend(column.iter().map(|&(u, weight)| (u * stride, weight)));
                more_taps.clear();
                more_taps.extend_from_slice(across);
                row.resize(stride, 0.0);
                let between = Ending { bias: 0.0, floor: f32::NEG_INFINITY };
                for (i, out) in rows {
                    weighted(padded.get(i * stride..).unwrap_or_default(), taps, between, row);
                    weighted(row, more_taps, end, out);
                }
            }
        }
    }

    /// Writes the padded plane.
    fn pad(&self, plane: &[f32], (height, width): (usize, usize), padded: &mut Vec<f32>) {
        let Padding { top, bottom, left, right } = padding(self.shape);
        let stride = left + width + right;
        padded.resize((top + height + bottom) * stride, 0.0);
        for (i, to) in padded.chunks_exact_mut(stride).enumerate() {
            let from = source(self.edge, i, top, height).and_then(|i| plane.get(i * width..(i + 1) * width));
            let Some(from) = from else {
                to.fill(0.0);
                continue;
            };
            let (before, rest) = to.split_at_mut(left);
            let (inside, after) = rest.split_at_mut(width);
            inside.copy_from_slice(from);
            let value = |j| source(self.edge, j, left, width).and_then(|j| from.get(j)).copied().unwrap_or(0.0);
            for (j, to) in before.iter_mut().enumerate() {
                *to = value(j);
            }
            for (j, to) in after.iter_mut().enumerate() {
                *to = value(left + width + j);
            }
        }
    }
}

/// Which of `n` cells the padded cell `i` copies, with `before` cells added before; `None` for a zero. Of its own, so
/// that the reference's is a second opinion.
fn source(edge: PaddingMode, i: usize, before: usize, n: usize) -> Option<usize> {
    let last = n.checked_sub(1)?;
    let (short, past) = (before.saturating_sub(i), i.saturating_sub(before + last));
    match (edge, short, past) {
        (_, 0, 0) => Some(i - before),
        (PaddingMode::Zeros, ..) => None,
        (PaddingMode::Replicate, 0, _) => Some(last),
        (PaddingMode::Replicate, ..) => Some(0),
        (PaddingMode::Reflect, 0, _) => last.checked_sub(past),
        (PaddingMode::Reflect, ..) => Some(short),
        (PaddingMode::Circular, 0, _) => Some(past - 1),
        (PaddingMode::Circular, ..) => n.checked_sub(short),
    }
}

/// The kernel as a column times a row, where it is that.
fn factors(kernel: &Matrix) -> Option<Factors> {
    /// What rounding may leave, as a share of the largest number.
    const LEFT: f64 = 1e-12;
    let cells = kernel.cells();
    let (at, pivot) =
        cells.iter().copied().enumerate().reduce(|most, next| if next.1.abs() > most.1.abs() { next } else { most })?;
    if pivot == 0.0 || !pivot.is_finite() {
        return None;
    }
    let (p, q) = (at / kernel.cols(), at % kernel.cols());
    let column = |u: usize| kernel.get(u, q).copied().unwrap_or(0.0);
    let row = |v: usize| kernel.get(p, v).copied().unwrap_or(0.0) / pivot;
    let exact = cells.iter().enumerate().all(|(at, weight)| {
        let product = column(at / kernel.cols()) * row(at % kernel.cols());
        (weight - product).abs() <= LEFT * pivot.abs()
    });
    let some = |weights: Vec<f64>| {
        weights.into_iter().enumerate().filter(|(_, weight)| *weight != 0.0).map(|(at, weight)| (at, single(weight)))
    };
    exact.then(|| Factors {
        column: some((0..kernel.rows()).map(column).collect()).collect(),
        row: some((0..kernel.cols()).map(row).collect()).collect(),
    })
}

/// What a sum begins with, and what it ends at.
#[derive(Clone, Copy)]
struct Ending {
    bias: f32,
    floor: f32,
}

/// `out[j] = max(floor, bias + Σ weight · from[offset + j])` over the taps.
///
/// Eight registers of sums are under way; what is left of a row goes in ones of four, and one by one.
fn weighted(from: &[f32], taps: &[(usize, f32)], end: Ending, out: &mut [f32]) {
    let (bias, floor) = (Lanes::splat(end.bias), Lanes::splat(end.floor));
    let floored = |x: Lanes| x.if_larger(floor, x, floor);
    let mut at = 0;
    let (wide, rest) = out.as_chunks_mut::<32>();
    for out in wide {
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = [bias; 8];
        for &(offset, weight) in taps {
            let [x0, x1, x2, x3, x4, x5, x6, x7, ..] = from.get(offset + at..).unwrap_or_default().as_chunks::<4>().0
            else {
                continue;
            };
            let weight = Lanes::splat(weight);
            (a, b) = (a + Lanes::load(x0) * weight, b + Lanes::load(x1) * weight);
            (c, d) = (c + Lanes::load(x2) * weight, d + Lanes::load(x3) * weight);
            (e, f) = (e + Lanes::load(x4) * weight, f + Lanes::load(x5) * weight);
            (g, h) = (g + Lanes::load(x6) * weight, h + Lanes::load(x7) * weight);
        }
        if let [y0, y1, y2, y3, y4, y5, y6, y7] = out.as_chunks_mut::<4>().0 {
            floored(a).store(y0);
            floored(b).store(y1);
            floored(c).store(y2);
            floored(d).store(y3);
            floored(e).store(y4);
            floored(f).store(y5);
            floored(g).store(y6);
            floored(h).store(y7);
        }
        at += 32;
    }
    let (fours, rest) = rest.as_chunks_mut::<4>();
    for out in fours {
        let mut sum = bias;
        for &(offset, weight) in taps {
            if let Some(x) = from.get(offset + at..).and_then(|from| from.first_chunk()) {
                sum = sum + Lanes::load(x) * Lanes::splat(weight);
            }
        }
        floored(sum).store(out);
        at += 4;
    }
    for out in rest {
        let mut sum = end.bias;
        for &(offset, weight) in taps {
            sum += from.get(offset + at).copied().unwrap_or(0.0) * weight;
        }
        *out = if sum > end.floor || sum.is_nan() { sum } else { end.floor };
        at += 1;
    }
}

/// What a [`Correlation`] keeps from one plane to the next.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    padded: Vec<f32>,
    row: Vec<f32>,
    taps: Vec<(usize, f32)>,
    more_taps: Vec<(usize, f32)>,
}

/// What follows a filter and its ReLU: tiles of 2 × 2 become one number. An odd last row or column is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Pool {
    /// Nothing.
    #[default]
    None,
    /// The largest of four.
    Max,
    /// The mean of four.
    Average,
}

impl Pool {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 3] = [Self::None, Self::Max, Self::Average];

    /// Rows and columns of what it makes of a plane; none where a plane is too small for one tile.
    pub fn output(self, width: usize, height: usize) -> (usize, usize) {
        if self == Self::None { (width, height) } else { (width / 2, height / 2) }
    }

    /// Pools `plane` in its own place: the first numbers are the pooled ones then.
    fn run(self, plane: &mut [f32], width: usize) {
        let (cols, rows) = self.output(width, plane.len().checked_div(width).unwrap_or(0));
        let join = |[a, b]: [f32; 2], [c, d]: [f32; 2]| match self {
            Self::Average => (a + b + c + d) * 0.25,
            _ => larger(larger(a, b), larger(c, d)),
        };
        if self == Self::None || cols == 0 || rows == 0 {
            return;
        }
        for i in 0..rows {
            // The pooled rows end where the two that are read begin, or before.
            let (done, left) = plane.split_at_mut(2 * i * width);
            if i == 0 {
                let (upper, lower) = left.split_at_mut(width);
                let lower = lower.as_chunks().0;
                for j in 0..cols {
                    let pair = upper.as_chunks().0.get(j).copied();
                    if let (Some(above), Some(below), Some(to)) = (pair, lower.get(j), upper.get_mut(j)) {
                        *to = join(above, *below);
                    }
                }
                continue;
            }
            let (upper, lower) = left.split_at(width);
            let pairs = upper.as_chunks().0.iter().zip(lower.as_chunks().0);
            for (to, (above, below)) in done.iter_mut().skip(i * cols).take(cols).zip(pairs) {
                *to = join(*above, *below);
            }
        }
    }
}

/// The larger of two; NaN where one is.
fn larger(a: f32, b: f32) -> f32 {
    if a > b || a.is_nan() { a } else { b }
}

/// One filter of a stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Pass {
    /// The kernel.
    pub correlation: Correlation,
    /// Whether what is below 0 becomes 0.
    pub relu: bool,
    /// What pools then.
    pub pool: Pool,
}

impl Pass {
    /// Filters the plane that was padded last into `plane`, of `size` columns and rows, which become those of the pooled.
    fn finish(&self, size: &mut (usize, usize), plane: &mut Vec<f32>, scratch: &mut Scratch) {
        let floor = if self.relu { 0.0 } else { f32::NEG_INFINITY };
        self.correlation.slide(size.0, plane, scratch, floor);
        self.pool.run(plane, size.0);
        *size = self.pool.output(size.0, size.1);
        plane.truncate(size.0 * size.1);
    }
}

/// Filters one after another, over every plane of a picture alike.
#[derive(Debug, Clone, Default)]
pub struct Stack {
    /// The filters, at most [`MAX_FILTERS`]; with none the picture stays as it is.
    pub passes: Vec<Pass>,
    scratch: Scratch,
    between: Vec<f32>,
}

impl Stack {
    /// The filters in their order.
    pub fn new(passes: Vec<Pass>) -> Self {
        Self { passes, ..Self::default() }
    }

    /// Columns and rows of what comes out.
    ///
    /// # Errors
    /// [`ShapeError`] where a plane on the way is too small for a kernel's padding or for pooling.
    pub fn output(&self, width: usize, height: usize) -> Result<(usize, usize), ShapeError> {
        self.passes.iter().try_fold((width, height), |(width, height), pass| {
            pass.correlation.check(width, height)?;
            let (cols, rows) = pass.pool.output(width, height);
            let (axis, padded) = if rows == 0 { (Axis::Height, height) } else { (Axis::Width, width) };
            let fits = rows > 0 && cols > 0;
            fits.then_some((cols, rows)).ok_or(ShapeError::WindowExceedsInput { axis, window: 2, padded })
        })
    }

    /// Filters all planes of `picture` into `out`. Buffers are used again: no memory is asked for where the picture
    /// before was as large.
    ///
    /// # Errors
    /// As [`output`](Self::output); `out` is as it was then.
    pub fn run(&mut self, picture: &Frame, out: &mut Frame) -> Result<(), ShapeError> {
        self.run_planes(picture, 0..picture.planes(), out)
    }

    /// The same for one plane alone.
    ///
    /// # Errors
    /// As [`output`](Self::output).
    pub fn run_plane(&mut self, picture: &Frame, plane: usize, out: &mut Frame) -> Result<(), ShapeError> {
        self.run_planes(picture, plane..plane + 1, out)
    }

    fn run_planes(
        &mut self,
        picture: &Frame,
        planes: std::ops::Range<usize>,
        out: &mut Frame,
    ) -> Result<(), ShapeError> {
        let size = (picture.width(), picture.height());
        let last = self.output(size.0, size.1)?;
        out.reshape(last.0, last.1, planes.len());
        let Self { passes, scratch, between } = self;
        for (to, from) in planes.enumerate() {
            let Some((first, others)) = passes.split_first() else {
                out.plane_mut(to).copy_from_slice(picture.plane(from));
                continue;
            };
            first.correlation.pad(picture.plane(from), (size.1, size.0), &mut scratch.padded);
            between.resize(size.0 * size.1, 0.0);
            let mut at = size;
            first.finish(&mut at, between, scratch);
            for pass in others {
                // The plane goes into the padded one before anything is written.
                pass.correlation.pad(between, (at.1, at.0), &mut scratch.padded);
                pass.finish(&mut at, between, scratch);
            }
            out.plane_mut(to).copy_from_slice(between);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array4};
    use proptest::prelude::*;

    use super::*;
    use crate::{
        image::{Layout, kernels::NAMED},
        nn::reference::{Conv2d, Pool2d, activation, average_pool2d, conv2d, max_pool2d},
        num::{Entry, Grid},
    };

    const EDGES: [PaddingMode; 4] =
        [PaddingMode::Zeros, PaddingMode::Reflect, PaddingMode::Replicate, PaddingMode::Circular];

    /// The same by the reference.
    fn expected(x: &Array4<f64>, kernel: &Matrix, edge: PaddingMode, bias: f64) -> Result<Array4<f64>, ShapeError> {
        let (rows, cols) = kernel.shape();
        let weight = Array4::from_shape_fn((1, 1, rows, cols), |(_, _, u, v)| *kernel.get(u, v).unwrap());
        let conv = Conv2d { padding: padding(kernel.shape()), mode: edge, ..Conv2d::default() };
        conv2d(x, &weight, Some(&Array1::from_elem(1, bias)), &conv)
    }

    fn array(plane: &[f32], width: usize) -> Array4<f64> {
        let data = plane.iter().map(|x| f64::from(*x)).collect();
        Array4::from_shape_vec((1, 1, plane.len() / width, width), data).unwrap()
    }

    fn picture(width: usize, height: usize, bytes: &[u8]) -> Frame {
        let mut frame = Frame::default();
        frame.read_rgba(bytes, width, height, Layout::Colour).unwrap();
        frame
    }

    prop_compose! {
        fn any_kernel()(rows in 1..=MAX_KERNEL, cols in 1..=MAX_KERNEL)(
            // Many zeros, and now and then one that is a column times a row.
            weights in prop::collection::vec(prop_oneof![1 => Just(0.0), 2 => -2.0..2.0_f64], rows * cols),
            product in any::<bool>(),
            cols in Just(cols),
            rows in Just(rows),
        ) -> Matrix {
            let weight = |u: usize, v: usize| weights[u * cols + v];
            Grid::from_fn(rows, cols, |u, v| if product { weight(u, 0) * weight(0, v) } else { weight(u, v) })
        }
    }

    prop_compose! {
        fn any_picture(most: usize)(width in 1..most, height in 1..most)(
            bytes in prop::collection::vec(any::<u8>(), width * height * 4),
            width in Just(width),
            height in Just(height),
        ) -> Frame {
            picture(width, height, &bytes)
        }
    }

    fn any_edge() -> impl Strategy<Value = PaddingMode> {
        prop::sample::select(EDGES.as_slice())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn every_plane_equals_the_reference(
            frame in any_picture(50), kernel in any_kernel(), edge in any_edge(), bias in -9.0..9.0_f64,
        ) {
            let (width, height) = (frame.width(), frame.height());
            let correlation = Correlation::new(&kernel, edge, bias);
            let size: f64 = kernel.cells().iter().map(|weight| weight.abs() * 255.0).sum();
            let mut scratch = Scratch::default();
            for plane in 0..3 {
                let mut out = vec![f32::NAN; width * height];
                let found = correlation.run(frame.plane(plane), width, &mut out, &mut scratch);
                match expected(&array(frame.plane(plane), width), &kernel, edge, bias) {
                    Ok(y) => {
                        prop_assert_eq!(found, Ok(()));
                        for (found, y) in out.iter().zip(&y) {
                            prop_assert!((f64::from(*found) - y).abs() <= 1e-6 * (size + 9.0), "{} for {}", found, y);
                        }
                    }
                    Err(error) => {
                        prop_assert_eq!(found, Err(error));
                        prop_assert!(out.iter().all(|x| x.is_nan()), "nothing was written");
                    }
                }
            }
        }

        #[test]
        fn a_stack_equals_the_reference_step_by_step(
            frame in any_picture(40),
            passes in prop::collection::vec((any_kernel(), any::<bool>(), 0..3_usize), 0..=MAX_FILTERS),
            edge in any_edge(),
        ) {
            let pass = |(kernel, relu, pool): &(Matrix, bool, usize)| Pass {
                correlation: Correlation::new(kernel, edge, 0.0), relu: *relu, pool: Pool::ALL[*pool],
            };
            let mut stack = Stack::new(passes.iter().map(pass).collect());
            let mut out = Frame::default();
            let found = stack.run(&frame, &mut out);
            for plane in 0..3 {
                let mut y = Ok(array(frame.plane(plane), frame.width()));
                let mut size = 255.0;
                for (kernel, relu, pool) in &passes {
                    let tile = Pool2d::tiles(2);
                    y = y.and_then(|y| expected(&y, kernel, edge, 0.0)).map(|y| {
                        if *relu { activation(&y, crate::nn::reference::Activation::Relu) } else { y }
                    });
                    size *= kernel.cells().iter().map(|weight| weight.abs()).sum::<f64>();
                    y = y.and_then(|y| match Pool::ALL[*pool] {
                        Pool::None => Ok(y),
                        Pool::Max => max_pool2d(&y, &tile).map(|pooled| pooled.output),
                        Pool::Average => average_pool2d(&y, &tile),
                    });
                }
                prop_assert_eq!(found.is_ok(), y.is_ok(), "{:?} for {:?}", &found, &y);
                let Ok(y) = y else { continue };
                prop_assert_eq!((out.height(), out.width(), out.planes()), (y.dim().2, y.dim().3, 3));
                prop_assert_eq!(stack.output(frame.width(), frame.height()), Ok((out.width(), out.height())));
                for (found, y) in out.plane(plane).iter().zip(&y) {
                    prop_assert!((f64::from(*found) - y).abs() <= 3e-6 * (size + 1.0), "{} for {}", found, y);
                }
                let mut alone = Frame::default();
                stack.run_plane(&frame, plane, &mut alone).unwrap();
                prop_assert_eq!(alone.plane(0), out.plane(plane));
            }
        }

        #[test]
        fn two_passes_equal_one(frame in any_picture(90), edge in any_edge(), bias in -9.0..9.0_f64) {
            let mut separated = 0;
            for named in NAMED {
                let kernel = named.kernel().try_map(Entry::value).unwrap();
                let correlation = Correlation::new(&kernel, edge, bias);
                separated += usize::from(correlation.is_separated());
                let mut outs = [vec![0.0; frame.plane(0).len()], vec![0.0; frame.plane(0).len()]];
                for (correlation, out) in [correlation.clone(), correlation.in_one_pass()].iter().zip(&mut outs) {
                    if correlation.run(frame.plane(0), frame.width(), out, &mut Scratch::default()).is_err() {
                        return Ok(());
                    }
                }
                let [two, one] = &outs;
                prop_assert!(two.iter().zip(one).all(|(two, one)| (two - one).abs() <= 1e-4), "{}", named.name);
            }
            prop_assert!(separated > 0);
        }
    }

    #[test]
    fn not_a_number_stays_where_it_is() {
        let mut plane = vec![1.0; 40 * 3];
        plane[41] = f32::NAN;
        let identity = Correlation::new(&Grid::from_fn(1, 1, |_, _| 1.0), PaddingMode::Zeros, 0.0);
        let mut frame = Frame::default();
        frame.reshape(40, 3, 1);
        frame.plane_mut(0).copy_from_slice(&plane);
        let mut stack = Stack::new(vec![Pass { correlation: identity, relu: true, pool: Pool::Max }]);
        let mut out = Frame::default();
        stack.run(&frame, &mut out).unwrap();
        assert!(out.plane(0)[0].is_nan() && out.plane(0)[1..].iter().all(|x| (x - 1.0).abs() < 1e-6));
    }

    #[test]
    fn lengths_that_are_wrong_are_told() {
        let one = Correlation::new(&Grid::from_fn(1, 1, |_, _| 1.0), PaddingMode::Zeros, 0.0);
        let run = |plane: &[f32], width, out: &mut [f32]| one.run(plane, width, out, &mut Scratch::default());
        assert!(run(&[1.0; 6], 4, &mut [0.0; 6]).is_err());
        assert!(run(&[1.0; 6], 0, &mut [0.0; 6]).is_err());
        assert!(run(&[1.0; 6], 3, &mut [0.0; 5]).is_err());
        assert!(run(&[], 0, &mut []).is_ok());
    }
}
