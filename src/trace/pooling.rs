//! A pooling of one plane, output cell by output cell.

use ndarray::Array4;

use super::convolution::changed;

use crate::{
    nn::{
        reference::{Pool2d, average_pool2d, max_pool2d},
        shape::{Axis, Padding, ShapeError, Window},
    },
    num::{Grid, Matrix},
};

/// What becomes of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PoolingKind {
    /// Its largest number.
    #[default]
    Max,
    /// Its mean.
    Average,
}

/// What is pooled, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Pooling {
    /// The input plane.
    pub input: Matrix,
    /// Maximum or average.
    pub kind: PoolingKind,
    /// Rows and columns of the window.
    pub window: (usize, usize),
    /// (height, width)
    pub stride: (usize, usize),
    /// Cells around the input, smaller than the window on every side.
    pub padding: Padding,
    /// Whether a last window that hangs over the padded input's edge is kept.
    pub ceil: bool,
    /// Whether padding counts in an average.
    pub count_padding: bool,
}

/// One cell that takes part in a step: a candidate of the maximum, or a term of the mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PooledCell {
    /// Its place in the window, row by row from 0.
    pub tap: usize,
    /// Row and column in the padded input.
    pub padded: (usize, usize),
    /// Row and column in the input; `None` in the padding.
    pub input: Option<(usize, usize)>,
    /// The number; in the padding −∞ for a maximum, 0 for a mean.
    pub x: f64,
}

/// One output cell and the numbers that make it.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolingStep {
    /// Row and column of the output.
    pub output: (usize, usize),
    /// Row and column of the window's first cell in the padded input.
    pub origin: (usize, usize),
    /// The cells that take part, row by row; of a mean, as many as it is divided by.
    pub cells: Vec<PooledCell>,
    /// Which of them is the maximum, the first of equals; `None` for a mean.
    pub winner: Option<usize>,
    /// The largest, or the sum over their number.
    pub value: f64,
}

/// All of the output.
#[derive(Debug, Clone, PartialEq)]
pub struct Pooled {
    /// One number a window.
    pub values: Matrix,
    /// Row and column of each maximum in the input; `None` for means.
    pub winners: Option<Grid<(usize, usize)>>,
}

impl Pooling {
    /// The window along one axis.
    pub fn along(&self, axis: Axis) -> Window {
        Window::along(axis, self.window, self.stride, (1, 1), self.padding)
    }

    /// Rows and columns of the output.
    ///
    /// # Errors
    /// [`ShapeError`] of the first axis whose window has no place, or where padding alone could fill a window.
    pub fn output_shape(&self) -> Result<(usize, usize), ShapeError> {
        let rows = self.along(Axis::Height).output_pool(Axis::Height, self.input.rows(), self.ceil)?;
        let cols = self.along(Axis::Width).output_pool(Axis::Width, self.input.cols(), self.ceil)?;
        Ok((rows, cols))
    }

    /// The output: `y[i,j]` is the maximum, or the mean, of `x̃[i·s + u, j·s + v]`, with x̃ the padded input.
    ///
    /// # Errors
    /// As [`output_shape`](Self::output_shape).
    ///
    /// ```
    /// # use receptive::{num::Grid, nn::shape::Padding, trace::{Pooling, PoolingKind}};
    /// let slide = Pooling {
    ///     input: Grid::from_fn(3, 3, |i, j| (3 * i + j) as f64),
    ///     kind: PoolingKind::Max,
    ///     window: (2, 2),
    ///     stride: (1, 1),
    ///     padding: Padding::default(),
    ///     ceil: false,
    ///     count_padding: true,
    /// };
    /// assert_eq!(slide.output().unwrap().values.cells(), [4.0, 5.0, 7.0, 8.0]);
    /// ```
    pub fn output(&self) -> Result<Pooled, ShapeError> {
        // The reference divides by the stride; it is asked only for windows that have a place.
        let (rows, cols) = self.output_shape()?;
        let (height, width) = self.input.shape();
        let x = Array4::from_shape_fn((1, 1, height, width), |(_, _, i, j)| {
            self.input.get(i, j).copied().unwrap_or(f64::NAN)
        });
        let pool = Pool2d {
            kernel: self.window,
            stride: self.stride,
            padding: self.padding,
            ceil_mode: self.ceil,
            count_include_pad: self.count_padding,
        };
        let plane =
            |y: &Array4<f64>| Grid::from_fn(rows, cols, |i, j| y.get((0, 0, i, j)).copied().unwrap_or(f64::NAN));
        match self.kind {
            PoolingKind::Average => Ok(Pooled { values: plane(&average_pool2d(&x, &pool)?), winners: None }),
            PoolingKind::Max => {
                let pooled = max_pool2d(&x, &pool)?;
                let winner = |i, j| {
                    let at = pooled.argmax.get((0, 0, i, j)).copied().unwrap_or(0);
                    (at / width, at % width)
                };
                Ok(Pooled { values: plane(&pooled.output), winners: Some(Grid::from_fn(rows, cols, winner)) })
            }
        }
    }

    /// The output, made of that of `before`, which may differ in a few numbers of the input: only windows that read one of
    /// them are pooled anew. `None` where more differs.
    pub fn output_after(&self, before: &Self, output: &Pooled) -> Option<Pooled> {
        let alike = Self { input: self.input.clone(), ..before.clone() } == *self;
        if !alike {
            return None;
        }
        let mut output = output.clone();
        let (rows, cols) = output.values.shape();
        for (i, j) in changed(&before.input, &self.input)? {
            // The windows that begin at the cell or up to a window before it.
            let along = |at: usize, window: usize, stride: usize, positions: usize| {
                ((at + 1).saturating_sub(window).div_ceil(stride))..(at / stride + 1).min(positions)
            };
            for row in along(i + self.padding.top, self.window.0, self.stride.0, rows) {
                for col in along(j + self.padding.left, self.window.1, self.stride.1, cols) {
                    let step = self.step_at((row, col))?;
                    *output.values.get_mut(row, col)? = step.value;
                    if let Some(winners) = &mut output.winners {
                        *winners.get_mut(row, col)? = step.cells.get(step.winner?)?.input?;
                    }
                }
            }
        }
        Some(output)
    }

    /// Output cell (`row`, `col`) with its arithmetic; `output` is [`output`](Self::output)'s.
    pub fn step(&self, output: &Pooled, row: usize, col: usize) -> Option<PoolingStep> {
        let value = *output.values.get(row, col)?;
        let cells = self.cells(row, col);
        let winner = output
            .winners
            .as_ref()
            .and_then(|winners| winners.get(row, col))
            .and_then(|at| cells.iter().position(|cell| cell.input == Some(*at)));
        let origin = (row * self.stride.0, col * self.stride.1);
        Some(PoolingStep { output: (row, col), origin, cells, winner, value })
    }

    /// The same by its definition, if there is such an output, without all the others.
    pub fn step_at(&self, (row, col): (usize, usize)) -> Option<PoolingStep> {
        let (rows, cols) = self.output_shape().ok()?;
        if row >= rows || col >= cols {
            return None;
        }
        let cells = self.cells(row, col);
        let x = || cells.iter().map(|cell| cell.x);
        let (winner, value) = match self.kind {
            PoolingKind::Average => (None, x().sum::<f64>() / cells.len() as f64),
            PoolingKind::Max => {
                let largest = x().fold(f64::NEG_INFINITY, f64::max);
                (x().position(|x| x >= largest), largest)
            }
        };
        let origin = (row * self.stride.0, col * self.stride.1);
        Some(PoolingStep { output: (row, col), origin, cells, winner, value })
    }

    /// The cells that take part in output cell (`row`, `col`).
    fn cells(&self, row: usize, col: usize) -> Vec<PooledCell> {
        let (rows, cols) =
            (self.along(Axis::Height).padded(self.input.rows()), self.along(Axis::Width).padded(self.input.cols()));
        let mut cells = Vec::with_capacity(self.window.0 * self.window.1);
        for u in 0..self.window.0 {
            for v in 0..self.window.1 {
                let padded = (row * self.stride.0 + u, col * self.stride.1 + v);
                let input = self.inside(padded);
                // Past the padded input's edge there is no cell; padding that does not count is none either.
                let is_cell = padded.0 < rows && padded.1 < cols && (input.is_some() || self.padding_takes_part());
                if is_cell {
                    let x = input.and_then(|(i, j)| self.input.get(i, j)).copied().unwrap_or(self.padding_holds());
                    cells.push(PooledCell { tap: u * self.window.1 + v, padded, input, x });
                }
            }
        }
        cells
    }

    /// Whether padding is among the numbers of a step.
    pub fn padding_takes_part(&self) -> bool {
        self.kind == PoolingKind::Max || self.count_padding
    }

    /// What the padding stands for: −∞ for a maximum, so that it never wins.
    pub fn padding_holds(&self) -> f64 {
        match self.kind {
            PoolingKind::Max => f64::NEG_INFINITY,
            PoolingKind::Average => 0.0,
        }
    }

    /// Where a cell of the padded input is in the input; `None` in the padding and past it.
    pub fn inside(&self, (row, col): (usize, usize)) -> Option<(usize, usize)> {
        let (i, j) = (row.checked_sub(self.padding.top)?, col.checked_sub(self.padding.left)?);
        (i < self.input.rows() && j < self.input.cols()).then_some((i, j))
    }

    /// Rows and columns by which the last windows hang over the padded input's edge; only `ceil` lets them.
    ///
    /// # Errors
    /// As [`output_shape`](Self::output_shape).
    pub fn overhang(&self) -> Result<(usize, usize), ShapeError> {
        let (rows, cols) = self.output_shape()?;
        let past = |axis: Axis, positions: usize, extent: usize| {
            let window = self.along(axis);
            ((positions - 1) * window.stride + window.kernel).saturating_sub(window.padded(extent))
        };
        Ok((past(Axis::Height, rows, self.input.rows()), past(Axis::Width, cols, self.input.cols())))
    }

    /// (windows, input numbers that all of them read together): a maximum of m numbers takes m − 1 comparisons, a mean as
    /// many additions. Padding needs neither.
    ///
    /// # Errors
    /// As [`output_shape`](Self::output_shape).
    pub fn counts(&self) -> Result<(u64, u64), ShapeError> {
        let (rows, cols) = self.output_shape()?;
        let read = |axis: Axis, positions: usize, extent: usize| -> u64 {
            let Window { kernel, stride, padding: (before, _), .. } = self.along(axis);
            let covered = |i: usize| (i * stride + kernel).min(before + extent) - (i * stride).max(before);
            (0..positions).map(|i| covered(i) as u64).sum()
        };
        let read = read(Axis::Height, rows, self.input.rows()) * read(Axis::Width, cols, self.input.cols());
        Ok((rows as u64 * cols as u64, read))
    }

    /// The input cells that no window reads: past the last window, or skipped by a stride larger than the window.
    ///
    /// # Errors
    /// As [`output_shape`](Self::output_shape).
    pub fn unread(&self) -> Result<Grid<bool>, ShapeError> {
        let (rows, cols) = self.output_shape()?;
        // A cell is read if the window that starts last before it reaches it, and there is such a window.
        let read = |axis: Axis, positions: usize, at: usize| {
            let window = self.along(axis);
            let padded = at + window.padding.0;
            padded - (padded / window.stride).min(positions - 1) * window.stride < window.kernel
        };
        // A window reads whole rows of columns, so a cell is read if its row and its column are.
        let is_read = |i, j| read(Axis::Height, rows, i) && read(Axis::Width, cols, j);
        Ok(Grid::from_fn(self.input.rows(), self.input.cols(), |i, j| !is_read(i, j)))
    }
}

impl PoolingStep {
    /// The sum of the step's numbers.
    pub fn sum(&self) -> f64 {
        self.cells.iter().map(|cell| cell.x).sum()
    }

    /// The input's numbers among them.
    pub fn typed(&self) -> impl Iterator<Item = f64> {
        self.cells.iter().filter(|cell| cell.input.is_some()).map(|cell| cell.x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::close;
    use proptest::prelude::*;

    prop_compose! {
        fn any_pooling()(
            (n, m) in (1usize..9, 1usize..9),
            window in (1usize..5, 1usize..5),
            stride in (1usize..5, 1usize..5),
            sides in (0usize..4, 0usize..4, 0usize..4, 0usize..4),
            (average, ceil, count_padding) in any::<(bool, bool, bool)>(),
            seed in 0usize..1000,
        ) -> Pooling {
            // Few numbers, so that there are equal maxima, and planes that are all negative.
            let value = move |i: usize, j: usize| ((seed * 7 + 13 * i + 31 * j) % 11) as f64 / 4.0 - (seed % 4) as f64;
            Pooling {
                input: Grid::from_fn(n, m, value),
                kind: if average { PoolingKind::Average } else { PoolingKind::Max },
                window,
                stride,
                padding: Padding { top: sides.0, bottom: sides.1, left: sides.2, right: sides.3 },
                ceil,
                count_padding,
            }
        }
    }

    proptest! {
        #[test]
        fn what_follows_a_change_is_what_all_of_it_gives(
            lab in any_pooling(), (i, j) in (0usize..9, 0usize..9), value in -3.0f64..3.0,
        ) {
            let Ok(output) = lab.output() else { return Ok(()) };
            let mut other = lab.clone();
            if let Some(cell) = other.input.get_mut(i, j) {
                *cell = value;
            }
            prop_assert_eq!(other.output_after(&lab, &output), Some(other.output().unwrap()));
            let other = Pooling { window: (lab.window.0 + 1, lab.window.1), ..lab.clone() };
            prop_assert_eq!(other.output_after(&lab, &output), None);
        }

        #[test]
        fn every_step_comes_to_the_reference(lab in any_pooling()) {
            let Ok(output) = lab.output() else { return Ok(()) };
            for row in 0..output.values.rows() {
                for col in 0..output.values.cols() {
                    let step = lab.step(&output, row, col).unwrap();
                    let by_definition = lab.step_at((row, col)).unwrap();
                    prop_assert!(close(by_definition.value, step.value, 1e-12));
                    prop_assert_eq!(PoolingStep { value: step.value, ..by_definition }, step.clone());
                    let largest = step.cells.iter().map(|cell| cell.x).fold(f64::NEG_INFINITY, f64::max);
                    match lab.kind {
                        PoolingKind::Average => {
                            prop_assert!(close(step.sum() / step.cells.len() as f64, step.value, 1e-12));
                            prop_assert_eq!(step.winner, None);
                        }
                        PoolingKind::Max => {
                            prop_assert_eq!(largest.to_bits(), step.value.to_bits());
                            let first = step.cells.iter().position(|cell| cell.x >= largest);
                            prop_assert_eq!(step.winner, first);
                        }
                    }
                    prop_assert!(step.typed().next().is_some(), "a window of padding alone");
                    for cell in &step.cells {
                        prop_assert_eq!(cell.input, lab.inside(cell.padded));
                        prop_assert_eq!(cell.padded.0 - step.origin.0, cell.tap / lab.window.1);
                        prop_assert_eq!(cell.padded.1 - step.origin.1, cell.tap % lab.window.1);
                    }
                }
            }
            prop_assert_eq!(lab.step(&output, output.values.rows(), 0), None);
            prop_assert_eq!(lab.step_at((output.values.rows(), 0)), None);
        }

        #[test]
        fn unread_cells_are_in_no_step(lab in any_pooling()) {
            let Ok(output) = lab.output() else { return Ok(()) };
            let mut read = lab.input.map(|_| false);
            let (mut past, mut reads) = ((0, 0), 0);
            let padded = (lab.along(Axis::Height).padded(lab.input.rows()), lab.along(Axis::Width).padded(lab.input.cols()));
            for row in 0..output.values.rows() {
                for col in 0..output.values.cols() {
                    let step = lab.step(&output, row, col).unwrap();
                    for (i, j) in step.cells.iter().filter_map(|cell| cell.input) {
                        *read.get_mut(i, j).unwrap() = true;
                        reads += 1;
                    }
                    past.0 = past.0.max((step.origin.0 + lab.window.0).saturating_sub(padded.0));
                    past.1 = past.1.max((step.origin.1 + lab.window.1).saturating_sub(padded.1));
                }
            }
            prop_assert_eq!(lab.unread().unwrap(), read.map(|read| !read));
            prop_assert_eq!(lab.overhang().unwrap(), past);
            prop_assert_eq!(lab.counts().unwrap(), (output.values.cells().len() as u64, reads));
            prop_assert!(lab.ceil || past == (0, 0));
        }
    }
}
