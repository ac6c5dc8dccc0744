//! A convolution of one plane with one kernel, output cell by output cell.

use ndarray::{Array4, arr1};

use crate::{
    nn::{
        reference::{Conv2d, PaddingMode, conv2d},
        shape::{Axis, Padding, ShapeError, Window},
    },
    num::{Grid, Matrix},
};

/// What is convolved with what, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Convolution {
    /// The input plane.
    pub input: Matrix,
    /// The kernel as it is written down; `flip` turns it before use.
    pub kernel: Matrix,
    /// Added to every sum.
    pub bias: f64,
    /// Cells around the input.
    pub padding: Padding,
    /// What they hold.
    pub mode: PaddingMode,
    /// (height, width)
    pub stride: (usize, usize),
    /// (height, width)
    pub dilation: (usize, usize),
    /// Whether the kernel is turned by half a turn: convolution as mathematics defines it.
    pub flip: bool,
}

/// A kernel over a plane, both borrowed: for one number of the output by its definition, without all the others.
#[derive(Debug, Clone, Copy)]
pub struct Slide<'a> {
    /// The input plane.
    pub input: &'a Matrix,
    /// The kernel as it is written down.
    pub kernel: &'a Matrix,
    /// Stride, padding, dilation.
    pub conv: Conv2d,
    /// Whether the kernel is turned by half a turn.
    pub flip: bool,
}

impl Slide<'_> {
    fn window(&self, axis: Axis) -> Window {
        let Conv2d { stride, padding, dilation, .. } = self.conv;
        Window::along(axis, self.kernel.shape(), stride, dilation, padding)
    }

    /// Rows and columns of the output.
    ///
    /// # Errors
    /// [`ShapeError`] of the first axis whose window has no place, or whose padding has no values.
    pub fn output_shape(&self) -> Result<(usize, usize), ShapeError> {
        let Conv2d { padding, mode, .. } = self.conv;
        let rows = self.window(Axis::Height).output(Axis::Height, self.input.rows())?;
        let cols = self.window(Axis::Width).output(Axis::Width, self.input.cols())?;
        mode.check(Axis::Height, padding, self.input.rows())?;
        mode.check(Axis::Width, padding, self.input.cols())?;
        Ok((rows, cols))
    }

    /// `Σ x·w` of output (`row`, `col`), if there is one.
    pub fn at(&self, (row, col): (usize, usize)) -> Option<f64> {
        let (rows, cols) = self.output_shape().ok()?;
        let (down, right) = self.conv.stride;
        if row < rows && col < cols { self.sum_at((row * down, col * right)) } else { None }
    }

    /// `Σ x·w` of the window whose first cell is `origin` in the padded input, if the window lies on it.
    ///
    /// The output's cell (i, j) is that of origin (i·s, j·s); any other origin is what a window in the wrong place makes.
    pub fn sum_at(&self, origin: (usize, usize)) -> Option<f64> {
        let Conv2d { padding, mode, dilation, .. } = self.conv;
        let ((rows, cols), (height, width)) = (self.kernel.shape(), self.input.shape());
        let (d, e) = dilation;
        let padded = (height + padding.top + padding.bottom, width + padding.left + padding.right);
        if origin.0 + (rows - 1) * d >= padded.0 || origin.1 + (cols - 1) * e >= padded.1 {
            return None;
        }
        let mut sum = 0.0;
        for u in 0..rows {
            let Some(i) = mode.source(origin.0 + u * d, padding.top, height) else { continue };
            for v in 0..cols {
                let Some(j) = mode.source(origin.1 + v * e, padding.left, width) else { continue };
                let (p, q) = if self.flip { (rows - 1 - u, cols - 1 - v) } else { (u, v) };
                sum += self.input.get(i, j)? * self.kernel.get(p, q)?;
            }
        }
        Some(sum)
    }
}

/// One product of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tap {
    /// Row and column in the padded input.
    pub padded: (usize, usize),
    /// Row and column of the input cell that it reads, by copy where it is in the padding; `None` for a zero.
    pub input: Option<(usize, usize)>,
    /// Whether it reads a cell of the padding.
    pub padding: bool,
    /// Row and column in the kernel as it is written down.
    pub kernel: (usize, usize),
    /// The input's number.
    pub x: f64,
    /// The kernel's number.
    pub w: f64,
}

impl Tap {
    /// `x·w`.
    pub fn product(&self) -> f64 {
        self.x * self.w
    }
}

/// One output cell and the sum that makes it.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvolutionStep {
    /// Row and column of the output.
    pub output: (usize, usize),
    /// Row and column of the window's first cell in the padded input.
    pub origin: (usize, usize),
    /// The products in the window's row-major order.
    pub taps: Vec<Tap>,
    /// What is added to them.
    pub bias: f64,
    /// `Σ x·w + b`
    pub sum: f64,
}

impl Convolution {
    /// The window along one axis.
    pub fn window(&self, axis: Axis) -> Window {
        Window::along(axis, self.kernel.shape(), self.stride, self.dilation, self.padding)
    }

    /// The same for one number of the output at a time.
    pub fn slide(&self) -> Slide<'_> {
        let Self { padding, mode, stride, dilation, .. } = *self;
        let conv = Conv2d { stride, padding, mode, dilation, groups: 1 };
        Slide { input: &self.input, kernel: &self.kernel, conv, flip: self.flip }
    }

    /// Rows and columns of the output.
    ///
    /// # Errors
    /// As [`Slide::output_shape`].
    pub fn output_shape(&self) -> Result<(usize, usize), ShapeError> {
        self.slide().output_shape()
    }

    /// The output: `y[i,j] = Σ x̃[i·s + u·d, j·s + v·d]·w[u,v] + b`, with x̃ the padded input.
    ///
    /// # Errors
    /// As [`output_shape`](Self::output_shape).
    ///
    /// ```
    /// # use receptive::{num::Grid, trace::Convolution, nn::{reference::PaddingMode, shape::Padding}};
    /// let slide = Convolution {
    ///     input: Grid::from_fn(3, 3, |i, j| (3 * i + j) as f64),
    ///     kernel: Grid::from_fn(2, 2, |i, j| (2 * i + j) as f64),
    ///     bias: 0.0,
    ///     padding: Padding::default(),
    ///     mode: PaddingMode::Zeros,
    ///     stride: (1, 1),
    ///     dilation: (1, 1),
    ///     flip: false,
    /// };
    /// assert_eq!(slide.output().unwrap().cells(), [19.0, 25.0, 37.0, 43.0]);
    /// ```
    pub fn output(&self) -> Result<Matrix, ShapeError> {
        // The reference indexes by stride and dilation; it is asked only for windows that have a place.
        let (rows, cols) = self.output_shape()?;
        let weight = self.kernel.flipped_if(self.flip);
        let y = conv2d(&plane(&self.input), &plane(&weight), Some(&arr1(&[self.bias])), &self.slide().conv)?;
        Ok(Grid::from_fn(rows, cols, |i, j| y.get((0, 0, i, j)).copied().unwrap_or(f64::NAN)))
    }

    /// The output, made of that of `before`, which may differ in a few numbers of the input: only sums that read one of them
    /// are added up anew. `None` where more differs.
    pub fn output_after(&self, before: &Self, output: &Matrix) -> Option<Matrix> {
        let alike = Self { input: self.input.clone(), ..before.clone() } == *self;
        if !alike {
            return None;
        }
        let mut output = output.clone();
        for at in changed(&before.input, &self.input)? {
            for (row, col) in self.readers(output.shape(), at) {
                *output.get_mut(row, col)? = self.added_to(self.bias, row, col);
            }
        }
        Some(output)
    }

    /// The outputs, of so many rows and columns, whose window reads the number at `at` of the input.
    pub(super) fn readers(&self, shape: (usize, usize), at: (usize, usize)) -> Vec<(usize, usize)> {
        let along = |axis: Axis, positions: usize, at: usize| {
            let (window, extent) = (self.window(axis), axis.of(self.input.shape()));
            let source = move |padded: usize| self.mode.source(padded, window.padding.0, extent);
            let reads = move |position: &usize| {
                (0..window.kernel).any(|tap| source(position * window.stride + tap * window.dilation) == Some(at))
            };
            (0..positions).filter(reads).collect::<Vec<_>>()
        };
        let cols = along(Axis::Width, shape.1, at.1);
        let rows = along(Axis::Height, shape.0, at.0);
        rows.into_iter().flat_map(|row| cols.iter().map(move |&col| (row, col))).collect()
    }

    /// `sum` and the products of an output cell, one after the other as the reference adds them.
    pub(super) fn added_to(&self, mut sum: f64, row: usize, col: usize) -> f64 {
        self.each_read((row, col), |_, _, x, w| sum += w * x);
        sum
    }

    /// Tells of each tap of an output cell where it reads the padded input and the kernel, and both numbers.
    pub(super) fn each_read(
        &self,
        (row, col): (usize, usize),
        mut tell: impl FnMut((usize, usize), (usize, usize), f64, f64),
    ) {
        // Row by row: the sums before every step read millions of them.
        let (kernel_rows, kernel_cols) = self.kernel.shape();
        for u in 0..kernel_rows {
            let padded_row = row * self.stride.0 + u * self.dilation.0;
            let source = self.mode.source(padded_row, self.padding.top, self.input.rows());
            let input = source.map(|i| self.input.row(i)).unwrap_or_default();
            let kernel_row = if self.flip { kernel_rows - 1 - u } else { u };
            let weights = self.kernel.row(kernel_row);
            for v in 0..kernel_cols {
                let padded_col = col * self.stride.1 + v * self.dilation.1;
                let source = self.mode.source(padded_col, self.padding.left, self.input.cols());
                let x = source.and_then(|j| input.get(j)).copied().unwrap_or(0.0);
                let kernel_col = if self.flip { kernel_cols - 1 - v } else { v };
                let w = weights.get(kernel_col).copied().unwrap_or(0.0);
                tell((padded_row, padded_col), (kernel_row, kernel_col), x, w);
            }
        }
    }

    /// Output cell (`row`, `col`) as a sum written out; `output` is [`output`](Self::output)'s.
    pub fn step(&self, output: &Matrix, row: usize, col: usize) -> Option<ConvolutionStep> {
        self.summing_to(*output.get(row, col)?, row, col)
    }

    /// The window of output (`row`, `col`), of which the sum is known.
    pub(super) fn summing_to(&self, sum: f64, row: usize, col: usize) -> Option<ConvolutionStep> {
        let origin = (row * self.stride.0, col * self.stride.1);
        let mut taps = Vec::with_capacity(self.kernel.cells().len());
        for (padded, kernel) in self.reads(row, col) {
            let input = self.source(padded);
            let x = input.and_then(|(i, j)| self.input.get(i, j)).copied().unwrap_or(0.0);
            let w = *self.kernel.get(kernel.0, kernel.1)?;
            taps.push(Tap { padded, input, padding: self.inside(padded).is_none(), kernel, x, w });
        }
        Some(ConvolutionStep { output: (row, col), origin, taps, bias: self.bias, sum })
    }

    /// The input with its padding: what the windows read.
    pub(super) fn padded(&self) -> Matrix {
        let Padding { top, bottom, left, right } = self.padding;
        let (rows, cols) = (self.input.rows() + top + bottom, self.input.cols() + left + right);
        Grid::from_fn(rows, cols, |i, j| self.number_at((i, j)))
    }

    /// The number in a cell of the padded input.
    pub(super) fn number_at(&self, padded: (usize, usize)) -> f64 {
        self.source(padded).and_then(|(i, j)| self.input.get(i, j)).copied().unwrap_or(0.0)
    }

    /// Which input cell a cell of the padded input is or copies; `None` for a zero.
    pub fn source(&self, (row, col): (usize, usize)) -> Option<(usize, usize)> {
        Some((
            self.mode.source(row, self.padding.top, self.input.rows())?,
            self.mode.source(col, self.padding.left, self.input.cols())?,
        ))
    }

    /// Where a cell of the padded input is in the input; `None` in the padding.
    pub fn inside(&self, (row, col): (usize, usize)) -> Option<(usize, usize)> {
        let (i, j) = (row.checked_sub(self.padding.top)?, col.checked_sub(self.padding.left)?);
        (i < self.input.rows() && j < self.input.cols()).then_some((i, j))
    }

    /// The input cells that no window reads: past the last window, or skipped by stride and dilation.
    ///
    /// # Errors
    /// As [`output_shape`](Self::output_shape).
    pub fn unread(&self) -> Result<Grid<bool>, ShapeError> {
        let (rows, cols) = self.output_shape()?;
        let reads = |axis: Axis, positions: usize, extent: usize| {
            let window = self.window(axis);
            let mut read = vec![false; extent];
            for position in 0..positions {
                for tap in 0..window.kernel {
                    let padded = position * window.stride + tap * window.dilation;
                    let source = self.mode.source(padded, window.padding.0, extent);
                    if let Some(read) = source.and_then(|i| read.get_mut(i)) {
                        *read = true;
                    }
                }
            }
            read
        };
        // A window reads whole rows of columns, so a cell is read if its row and its column are.
        let read_rows = reads(Axis::Height, rows, self.input.rows());
        let read_cols = reads(Axis::Width, cols, self.input.cols());
        let is_read = |read: &[bool], i: usize| read.get(i).copied().unwrap_or(false);
        Ok(Grid::from_fn(self.input.rows(), self.input.cols(), |i, j| {
            !(is_read(&read_rows, i) && is_read(&read_cols, j))
        }))
    }

    /// The windows as rows: row `i·o_w + j` holds what the window of output (i, j) reads, in the order of the kernel's
    /// rows. Times the kernel as one column it is the output as one column (im2col).
    ///
    /// # Errors
    /// As [`output_shape`](Self::output_shape).
    ///
    /// # Source
    /// Chellapilla, Puri & Simard, *High performance convolutional neural networks for document processing*, 2006.
    pub fn columns(&self) -> Result<Matrix, ShapeError> {
        let (rows, cols) = self.output_shape()?;
        let (kernel_rows, kernel_cols) = self.kernel.shape();
        Ok(Grid::from_fn(rows * cols, kernel_rows * kernel_cols, |cell, tap| {
            let (u, v) = (tap / kernel_cols, tap % kernel_cols);
            let padded =
                (cell / cols * self.stride.0 + u * self.dilation.0, cell % cols * self.stride.1 + v * self.dilation.1);
            self.source(padded).and_then(|(i, j)| self.input.get(i, j)).copied().unwrap_or(0.0)
        }))
    }

    /// The kernel as a matrix: row `i·o_w + j` holds, for every cell of the input as one column, the weight with which
    /// output (i, j) reads it. At stride 1 each block is constant along its diagonals (Toeplitz).
    ///
    /// Cells of the padding that copy the input add their weight to the copied cell; zeros have no column.
    ///
    /// # Errors
    /// As [`output_shape`](Self::output_shape).
    pub fn toeplitz(&self) -> Result<Matrix, ShapeError> {
        let (rows, cols) = self.output_shape()?;
        let (input_rows, input_cols) = self.input.shape();
        let mut matrix = Grid::from_fn(rows * cols, input_rows * input_cols, |_, _| 0.0);
        for cell in 0..rows * cols {
            for (padded, kernel) in self.reads(cell / cols, cell % cols) {
                let Some((i, j)) = self.source(padded) else { continue };
                let weight = self.kernel.get(kernel.0, kernel.1).copied().unwrap_or(0.0);
                if let Some(at) = matrix.get_mut(cell, i * input_cols + j) {
                    *at += weight;
                }
            }
        }
        Ok(matrix)
    }

    /// What the window of an output reads: the cell of the padded input and the cell of the kernel as it is written down.
    fn reads(&self, row: usize, col: usize) -> impl Iterator<Item = ((usize, usize), (usize, usize))> + '_ {
        let (kernel_rows, kernel_cols) = self.kernel.shape();
        (0..kernel_rows * kernel_cols).map(move |tap| {
            let (u, v) = (tap / kernel_cols, tap % kernel_cols);
            let padded = (row * self.stride.0 + u * self.dilation.0, col * self.stride.1 + v * self.dilation.1);
            let kernel = if self.flip { (kernel_rows - 1 - u, kernel_cols - 1 - v) } else { (u, v) };
            (padded, kernel)
        })
    }
}

/// Where two planes differ; `None` where they do in more than a few places, or in shape.
pub(super) fn changed(before: &Matrix, now: &Matrix) -> Option<Vec<(usize, usize)>> {
    /// Past so many all is computed anew: it takes no longer.
    const FEW: usize = 8;
    if before.shape() != now.shape() {
        return None;
    }
    let cols = now.cols();
    let pairs = before.cells().iter().zip(now.cells()).enumerate();
    let differ = pairs.filter(|(_, (before, now))| before.to_bits() != now.to_bits());
    let places: Vec<_> = differ.map(|(index, _)| (index / cols, index % cols)).take(FEW + 1).collect();
    (places.len() <= FEW).then_some(places)
}

pub(super) fn plane(matrix: &Matrix) -> Array4<f64> {
    let (rows, cols) = matrix.shape();
    Array4::from_shape_fn((1, 1, rows, cols), |(_, _, i, j)| matrix.get(i, j).copied().unwrap_or(f64::NAN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::close;
    use proptest::prelude::*;

    fn any_mode() -> impl Strategy<Value = PaddingMode> {
        prop::sample::select(
            [PaddingMode::Zeros, PaddingMode::Reflect, PaddingMode::Replicate, PaddingMode::Circular].as_slice(),
        )
    }

    /// The product of a matrix and a column.
    fn times(matrix: &Matrix, column: &[f64]) -> Vec<f64> {
        matrix.iter_rows().map(|row| row.iter().zip(column).map(|(a, x)| a * x).sum()).collect()
    }

    prop_compose! {
        fn any_convolution()(
            (n, m, k, l) in (1usize..9, 1usize..9, 1usize..5, 1usize..5),
            stride in (1usize..4, 1usize..4),
            dilation in (1usize..3, 1usize..3),
            sides in (0usize..3, 0usize..3, 0usize..3, 0usize..3),
            (flip, mode) in (any::<bool>(), any_mode()),
            seed in 0usize..1000,
        ) -> Convolution {
            let value =
                move |i: usize, j: usize, of: usize| ((seed * 7 + of + 13 * i + 31 * j) % 19) as f64 / 4.0 - 2.25;
            Convolution {
                input: Grid::from_fn(n, m, |i, j| value(i, j, 0)),
                kernel: Grid::from_fn(k, l, |i, j| value(i, j, 5)),
                bias: value(1, 1, 3),
                padding: Padding { top: sides.0, bottom: sides.1, left: sides.2, right: sides.3 },
                mode,
                stride,
                dilation,
                flip,
            }
        }
    }

    proptest! {
        #[test]
        fn every_step_adds_up_to_the_reference(lab in any_convolution()) {
            let Ok(output) = lab.output() else { return Ok(()) };
            for row in 0..output.rows() {
                for col in 0..output.cols() {
                    let step = lab.step(&output, row, col).unwrap();
                    let sum = step.taps.iter().map(Tap::product).sum::<f64>() + step.bias;
                    prop_assert!(close(sum, step.sum, 1e-12), "{sum} {}", step.sum);
                    for tap in &step.taps {
                        let w = lab.kernel.get(tap.kernel.0, tap.kernel.1);
                        prop_assert_eq!(Some(&tap.w), w);
                        prop_assert_eq!(tap.padding, lab.inside(tap.padded).is_none());
                        prop_assert!(!tap.padding || lab.mode != PaddingMode::Zeros || tap.input.is_none());
                    }
                }
            }
            prop_assert_eq!(lab.step(&output, output.rows(), 0), None);
        }

        #[test]
        fn what_follows_a_change_is_what_all_of_it_gives(
            lab in any_convolution(), (i, j) in (0usize..9, 0usize..9), value in -3.0f64..3.0,
        ) {
            let Ok(output) = lab.output() else { return Ok(()) };
            let mut other = lab.clone();
            if let Some(cell) = other.input.get_mut(i, j) {
                *cell = value;
            }
            prop_assert_eq!(other.output_after(&lab, &output), Some(other.output().unwrap()));
            let other = Convolution { bias: lab.bias + 1.0, ..lab.clone() };
            prop_assert_eq!(other.output_after(&lab, &output), None);
        }

        #[test]
        fn a_step_is_one_row_times_one_column(lab in any_convolution()) {
            let Ok(output) = lab.output() else { return Ok(()) };
            let kernel = lab.kernel.flipped_if(lab.flip);
            let by_columns = times(&lab.columns().unwrap(), kernel.cells());
            let by_toeplitz = times(&lab.toeplitz().unwrap(), lab.input.cells());
            for ((y, a), b) in output.cells().iter().zip(by_columns).zip(by_toeplitz) {
                prop_assert!(close(a + lab.bias, *y, 1e-12) && close(b + lab.bias, *y, 1e-12), "{} {} {}", y, a, b);
            }
        }

        #[test]
        fn unread_cells_change_nothing(lab in any_convolution()) {
            let Ok(unread) = lab.unread() else { return Ok(()) };
            for i in 0..lab.input.rows() {
                for j in 0..lab.input.cols() {
                    let mut other = lab.clone();
                    *other.input.get_mut(i, j).unwrap() += 100.0;
                    // A kernel of zeros would hide that a cell is read.
                    for cell in 0..other.kernel.cells().len() {
                        let cols = other.kernel.cols();
                        *other.kernel.get_mut(cell / cols, cell % cols).unwrap() = 1.0;
                    }
                    let mut ones = lab.clone();
                    ones.kernel = other.kernel.clone();
                    let changed = other.output() != ones.output();
                    prop_assert_eq!(changed, !unread.get(i, j).unwrap());
                }
            }
        }
    }
}
