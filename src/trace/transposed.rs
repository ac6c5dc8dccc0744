//! A transposed convolution of one plane, both ways: input cell by input cell, each painting the kernel into the
//! output, and output cell by output cell, as a convolution over the stretched input.

use std::ops::Range;

use super::convolution::{ConvolutionStep, Tap};
use crate::{
    nn::{
        reference::ConvTranspose2d,
        shape::{Axis, Padding, ShapeError},
    },
    num::{Grid, Matrix},
};

/// What is painted with what, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Transposed {
    /// The input plane.
    pub input: Matrix,
    /// The kernel as it is written down; `flip` turns it before use.
    pub kernel: Matrix,
    /// Added to every output cell once.
    pub bias: f64,
    /// Cells cut off around the result.
    pub padding: Padding,
    /// (height, width)
    pub stride: (usize, usize),
    /// (height, width)
    pub dilation: (usize, usize),
    /// Rows and columns added at the bottom and the right.
    pub output_padding: (usize, usize),
    /// Whether the kernel is turned by half a turn.
    pub flip: bool,
}

/// One product that an input cell sends to the output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paint {
    /// Row and column in the kernel as it is written down.
    pub kernel: (usize, usize),
    /// Row and column of the output; `None` where the padding cuts it off.
    pub output: Option<(usize, usize)>,
    /// The kernel's number.
    pub w: f64,
    /// `x·w`
    pub product: f64,
}

/// One input cell and all that it paints.
#[derive(Debug, Clone, PartialEq)]
pub struct PaintStep {
    /// Row and column of the input.
    pub input: (usize, usize),
    /// Its number.
    pub x: f64,
    /// The products in the kernel's row-major order of places.
    pub paints: Vec<Paint>,
}

impl Transposed {
    /// Rows and columns of the output: `s·(n − 1) + d·(k − 1) + 1 − p` and the output padding.
    ///
    /// # Errors
    /// [`ShapeError`] if stride or dilation is 0, or the padding leaves nothing.
    pub fn output_shape(&self) -> Result<(usize, usize), ShapeError> {
        self.settings().output_shape(self.input.shape(), self.kernel.shape())
    }

    fn settings(&self) -> ConvTranspose2d {
        let Self { stride, padding, output_padding, dilation, .. } = *self;
        ConvTranspose2d { stride, padding, output_padding, dilation }
    }

    /// The output: `ŷ[s·i + d·u, s·j + d·v] += x[i,j]·w[u,v]`, without its padding, plus b.
    ///
    /// # Errors
    /// As [`output_shape`](Self::output_shape).
    ///
    /// ```
    /// # use receptive::{num::Grid, trace::Transposed, nn::shape::Padding};
    /// let slide = Transposed {
    ///     input: Grid::from_fn(2, 2, |i, j| (2 * i + j) as f64),
    ///     kernel: Grid::from_fn(2, 2, |i, j| (2 * i + j) as f64),
    ///     bias: 0.0,
    ///     padding: Padding::default(),
    ///     stride: (1, 1),
    ///     dilation: (1, 1),
    ///     output_padding: (0, 0),
    ///     flip: false,
    /// };
    /// assert_eq!(slide.output().unwrap().cells(), [0.0, 0.0, 1.0, 0.0, 4.0, 6.0, 4.0, 12.0, 9.0]);
    /// ```
    pub fn output(&self) -> Result<Matrix, ShapeError> {
        Ok(self.painted(self.output_shape()?, usize::MAX))
    }

    /// What input cell (`row`, `col`) paints into an output of `shape`.
    pub fn paint(&self, shape: (usize, usize), row: usize, col: usize) -> Option<PaintStep> {
        let x = *self.input.get(row, col)?;
        let mut paints = Vec::with_capacity(self.kernel.cells().len());
        self.each_paint(shape, (row, col), |paint| paints.push(paint));
        Some(PaintStep { input: (row, col), x, paints })
    }

    /// Tells of each tap of an input cell what it paints into an output of `shape`, and where.
    fn each_paint(&self, shape: (usize, usize), (row, col): (usize, usize), mut tell: impl FnMut(Paint)) {
        let x = self.input.get(row, col).copied().unwrap_or(0.0);
        for (u, v, kernel) in self.taps() {
            let w = self.kernel.get(kernel.0, kernel.1).copied().unwrap_or(0.0);
            let along = |at: usize, tap: usize, stride: usize, dilation: usize, before: usize, extent: usize| {
                (at * stride + tap * dilation).checked_sub(before).filter(|&at| at < extent)
            };
            let i = along(row, u, self.stride.0, self.dilation.0, self.padding.top, shape.0);
            let j = along(col, v, self.stride.1, self.dilation.1, self.padding.left, shape.1);
            tell(Paint { kernel, output: i.zip(j), w, product: x * w });
        }
    }

    /// The output after the first `count` input cells have painted, the bias included from the beginning.
    pub fn painted(&self, shape: (usize, usize), count: usize) -> Matrix {
        let mut painted = Grid::from_fn(shape.0, shape.1, |_, _| (self.bias, false));
        self.advance(&mut painted, 0..count);
        painted.map(|(sum, _)| *sum)
    }

    /// Has these input cells paint into sums, each with whether anything has painted there.
    pub fn advance(&self, painted: &mut Grid<(f64, bool)>, cells: Range<usize>) {
        let weights = self.kernel.flipped_if(self.flip);
        for cell in cells.start..cells.end.min(self.input.cells().len()) {
            let (i, j) = (cell / self.input.cols() * self.stride.0, cell % self.input.cols() * self.stride.1);
            let Some(x) = self.input.cells().get(cell) else { continue };
            // Row by row, since an edit adds up a million products: the weights that the padding cuts off come first.
            let cut = self.padding.left.saturating_sub(j).div_ceil(self.dilation.1);
            let first = (j + cut * self.dilation.1).saturating_sub(self.padding.left);
            for (u, weights) in weights.iter_rows().enumerate() {
                let Some(row) = (i + u * self.dilation.0).checked_sub(self.padding.top) else { continue };
                let reached = painted.row_mut(row).iter_mut().skip(first).step_by(self.dilation.1);
                for ((sum, touched), w) in reached.zip(weights.iter().skip(cut)) {
                    *sum += x * w;
                    *touched = true;
                }
            }
        }
    }

    /// What output (`row`, `col`) holds after the first `count` input cells have painted, and whether any of them painted
    /// there: one number of [`painted`](Self::painted).
    pub fn held(&self, (row, col): (usize, usize), count: usize) -> (f64, bool) {
        let from = |at: usize, before: usize, tap: usize, stride: usize, n: usize| {
            let at = (at + before).checked_sub(tap)?;
            (at.checked_rem(stride)? == 0 && at / stride < n).then_some(at / stride)
        };
        let (rows, cols) = self.input.shape();
        let (mut held, mut is_touched) = (self.bias, false);
        // The last tap reads the first input cell.
        let (kernel_rows, kernel_cols) = self.kernel.shape();
        for u in (0..kernel_rows).rev() {
            let Some(i) = from(row, self.padding.top, u * self.dilation.0, self.stride.0, rows) else { continue };
            for v in (0..kernel_cols).rev() {
                let Some(j) = from(col, self.padding.left, v * self.dilation.1, self.stride.1, cols) else { continue };
                let kernel = if self.flip { (kernel_rows - 1 - u, kernel_cols - 1 - v) } else { (u, v) };
                let (x, w) = (self.input.get(i, j), self.kernel.get(kernel.0, kernel.1));
                if let (Some(x), Some(w)) = (x, w)
                    && i * cols + j < count
                {
                    held += x * w;
                    is_touched = true;
                }
            }
        }
        (held, is_touched)
    }

    /// Output (`row`, `col`) by its definition, if there is one, without all the others.
    pub fn at(&self, (row, col): (usize, usize)) -> Option<f64> {
        let is_inside = |axis: Axis, at: usize| {
            let (stride, dilation) = (axis.of(self.stride), axis.of(self.dilation));
            let (before, after) = self.padding.along(axis);
            let reach = dilation * (axis.of(self.kernel.shape()) - 1);
            let whole = (axis.of(self.input.shape()) - 1) * stride + reach + 1 + axis.of(self.output_padding);
            stride > 0 && dilation > 0 && at + before + after < whole
        };
        let is_output = is_inside(Axis::Height, row) && is_inside(Axis::Width, col);
        is_output.then(|| self.held((row, col), usize::MAX).0)
    }

    /// Rows and columns of zeros around the stretched input, as far as there are any, and rows and columns of the whole.
    ///
    /// The stretched input has s − 1 zeros between its cells and d(k − 1) − p around it; where p is larger, windows
    /// begin inside, as far inside as p is larger.
    pub fn stretched(&self, output: (usize, usize)) -> (Padding, (usize, usize)) {
        let along = |axis: Axis| {
            let (n, k) = (axis.of(self.input.shape()), axis.of(self.kernel.shape()));
            let reach = axis.of(self.dilation) * (k - 1);
            let (before, _) = self.padding.along(axis);
            let stuffed = (n - 1) * axis.of(self.stride) + 1;
            let around = reach.saturating_sub(before);
            // The last window ends at (o − 1) + d(k − 1), counted from its start.
            let end = axis.of(output) + reach + before.saturating_sub(reach);
            let whole = end.max(around + stuffed);
            (around, whole - around - stuffed, whole)
        };
        let ((top, bottom, rows), (left, right, cols)) = (along(Axis::Height), along(Axis::Width));
        (Padding { top, bottom, left, right }, (rows, cols))
    }

    /// Where the window of output (0, 0) begins in the stretched input.
    fn start(&self) -> (usize, usize) {
        let along = |axis: Axis| {
            let reach = axis.of(self.dilation) * (axis.of(self.kernel.shape()) - 1);
            self.padding.along(axis).0.saturating_sub(reach)
        };
        (along(Axis::Height), along(Axis::Width))
    }

    /// Output cell (`row`, `col`) as a convolution of the stretched input with the kernel turned by half a turn: taps
    /// in the window's order, `padded` counted in the stretched input; `output` is [`output`](Self::output)'s.
    pub fn step(&self, output: &Matrix, row: usize, col: usize) -> Option<ConvolutionStep> {
        let sum = *output.get(row, col)?;
        let (around, _) = self.stretched(output.shape());
        let (kernel_rows, kernel_cols) = self.kernel.shape();
        let start = self.start();
        let origin = (start.0 + row, start.1 + col);
        let mut taps = Vec::with_capacity(kernel_rows * kernel_cols);
        for (u, v, written) in self.taps() {
            // The window reads the turned kernel: its tap (u, v) is the kernel's (k − 1 − u, k − 1 − v).
            let kernel = (kernel_rows - 1 - written.0, kernel_cols - 1 - written.1);
            let padded = (origin.0 + u * self.dilation.0, origin.1 + v * self.dilation.1);
            let along = |at: usize, before: usize, stride: usize, n: usize| {
                let at = at.checked_sub(before)?;
                (at.is_multiple_of(stride) && at / stride < n).then_some(at / stride)
            };
            let input = along(padded.0, around.top, self.stride.0, self.input.rows()).zip(along(
                padded.1,
                around.left,
                self.stride.1,
                self.input.cols(),
            ));
            let x = input.and_then(|(i, j)| self.input.get(i, j)).copied().unwrap_or(0.0);
            let w = *self.kernel.get(kernel.0, kernel.1)?;
            taps.push(Tap { padded, input, padding: input.is_none(), kernel, x, w });
        }
        Some(ConvolutionStep { output: (row, col), origin, taps, bias: self.bias, sum })
    }

    /// The matrix of the convolution that this one transposes, turned over: row `i·o_w + j` holds, for every cell of the
    /// input as one column, the weight with which it paints output (i, j).
    ///
    /// # Errors
    /// As [`output`](Self::output).
    pub fn toeplitz(&self) -> Result<Matrix, ShapeError> {
        let (rows, cols) = self.output_shape()?;
        let inputs = self.input.cells().len();
        let mut matrix = Grid::from_fn(rows * cols, inputs, |_, _| 0.0);
        for cell in 0..inputs {
            let step = self.paint((rows, cols), cell / self.input.cols(), cell % self.input.cols());
            for paint in step.iter().flat_map(|step| &step.paints) {
                if let Some(at) = paint.output.and_then(|(i, j)| matrix.get_mut(i * cols + j, cell)) {
                    *at += paint.w;
                }
            }
        }
        Ok(matrix)
    }

    /// Places of the kernel in row-major order, and which cell of the kernel as it is written down stands there.
    fn taps(&self) -> impl Iterator<Item = (usize, usize, (usize, usize))> + use<> {
        let (rows, cols) = self.kernel.shape();
        let flip = self.flip;
        (0..rows * cols).map(move |tap| {
            let (u, v) = (tap / cols, tap % cols);
            (u, v, if flip { (rows - 1 - u, cols - 1 - v) } else { (u, v) })
        })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::arr1;
    use proptest::prelude::*;

    use super::*;
    use crate::{nn::reference::conv_transpose2d, num::close, trace::convolution::plane};

    prop_compose! {
        fn any_transposed()(
            (n, m, k, l) in (1usize..6, 1usize..6, 1usize..5, 1usize..5),
            stride in (1usize..4, 1usize..4),
            dilation in (1usize..3, 1usize..3),
            sides in (0usize..5, 0usize..5, 0usize..5, 0usize..5),
            output_padding in (0usize..3, 0usize..3),
            flip in any::<bool>(),
            seed in 0usize..1000,
        ) -> Transposed {
            let value =
                move |i: usize, j: usize, of: usize| ((seed * 7 + of + 13 * i + 31 * j) % 19) as f64 / 4.0 - 2.25;
            Transposed {
                input: Grid::from_fn(n, m, |i, j| value(i, j, 0)),
                kernel: Grid::from_fn(k, l, |i, j| value(i, j, 5)),
                bias: value(1, 1, 3),
                padding: Padding { top: sides.0, bottom: sides.1, left: sides.2, right: sides.3 },
                stride,
                dilation,
                output_padding,
                flip,
            }
        }
    }

    /// The output by the reference.
    fn expected(lab: &Transposed) -> Result<Matrix, ShapeError> {
        let weight = lab.kernel.flipped_if(lab.flip);
        let y = conv_transpose2d(&plane(&lab.input), &plane(&weight), Some(&arr1(&[lab.bias])), &lab.settings())?;
        let (_, _, rows, cols) = y.dim();
        Ok(Grid::from_fn(rows, cols, |i, j| y[(0, 0, i, j)]))
    }

    #[track_caller]
    fn all_close(found: &[f64], expect: &[f64]) {
        assert_eq!(found.len(), expect.len());
        assert!(found.iter().zip(expect).all(|(a, b)| close(*a, *b, 1e-12)), "{found:?} {expect:?}");
    }

    proptest! {
        #[test]
        fn both_ways_are_the_reference(lab in any_transposed()) {
            let expect = expected(&lab);
            prop_assert_eq!(lab.output().err(), expect.clone().err());
            let (Ok(output), Ok(expect)) = (lab.output(), expect) else { return Ok(()) };
            let shape = output.shape();
            all_close(output.cells(), expect.cells());
            let (_, whole) = lab.stretched(shape);
            let early = lab.painted(shape, 3);
            for row in 0..shape.0 {
                for col in 0..shape.1 {
                    prop_assert!(close(lab.at((row, col)).unwrap(), *output.get(row, col).unwrap(), 1e-12));
                    prop_assert_eq!(lab.held((row, col), 3).0.to_bits(), early.get(row, col).unwrap().to_bits());
                    let paints = |cell| lab.paint(shape, cell / lab.input.cols(), cell % lab.input.cols());
                    let is_painted = (0..3).filter_map(paints).flat_map(|step| step.paints);
                    let is_touched = is_painted.into_iter().any(|paint| paint.output == Some((row, col)));
                    prop_assert_eq!(lab.held((row, col), 3).1, is_touched);
                    let step = lab.step(&output, row, col).unwrap();
                    let sum = step.taps.iter().map(Tap::product).sum::<f64>() + step.bias;
                    prop_assert!(close(sum, step.sum, 1e-12), "{sum} {}", step.sum);
                    for tap in &step.taps {
                        prop_assert!(tap.padded.0 < whole.0 && tap.padded.1 < whole.1);
                        prop_assert_eq!(lab.kernel.get(tap.kernel.0, tap.kernel.1), Some(&tap.w));
                    }
                }
            }
            prop_assert_eq!(lab.step(&output, shape.0, 0), None);
            prop_assert_eq!((lab.at((shape.0, 0)), lab.at((0, shape.1))), (None, None));
        }

        #[test]
        fn it_is_the_matrix_of_a_convolution_turned_over(lab in any_transposed()) {
            let Ok(output) = lab.output() else { return Ok(()) };
            let column = lab.input.cells();
            let product: Vec<f64> = lab
                .toeplitz()
                .unwrap()
                .iter_rows()
                .map(|row| row.iter().zip(column).map(|(a, x)| a * x).sum::<f64>() + lab.bias)
                .collect();
            all_close(&product, output.cells());
        }
    }
}
