//! A rectangle of values that is never empty and never ragged.

use thiserror::Error;

/// Rows of equal length, at least one row and one column, stored row by row from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid<T> {
    rows: usize,
    cols: usize,
    cells: Vec<T>,
}

/// A grid of numbers in the labs' precision.
pub type Matrix = Grid<f64>;

/// Why rows of values make no grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GridError {
    /// There is no row, or the rows have no cell.
    #[error("A matrix needs at least one number.")]
    Empty,
    /// A row has another length than the first one.
    #[error("Row {row} has {len} numbers where the first row has {expected}.")]
    Ragged {
        /// The row that differs, counted from 0.
        row: usize,
        /// Its length.
        len: usize,
        /// The length of row 0.
        expected: usize,
    },
}

impl<T> Grid<T> {
    /// Makes a grid of `rows` by `cols` (each at least 1, smaller counts are taken as 1) from `value(row, column)`.
    pub fn from_fn(rows: usize, cols: usize, mut value: impl FnMut(usize, usize) -> T) -> Self {
        let (rows, cols) = (rows.max(1), cols.max(1));
        let cells = (0..rows * cols).map(|i| value(i / cols, i % cols)).collect();
        Self { rows, cols, cells }
    }

    /// Makes a grid from its rows.
    ///
    /// # Errors
    /// [`GridError`] if there is no cell or the rows differ in length.
    ///
    /// ```
    /// # use receptive::num::{Grid, GridError};
    /// assert_eq!(Grid::from_rows(vec![vec![0, 1], vec![2, 3]]).map(|g| g.shape()), Ok((2, 2)));
    /// assert_eq!(
    ///     Grid::from_rows(vec![vec![0, 1], vec![2]]),
    ///     Err(GridError::Ragged { row: 1, len: 1, expected: 2 })
    /// );
    /// ```
    pub fn from_rows(rows: Vec<Vec<T>>) -> Result<Self, GridError> {
        let expected = rows.first().map_or(0, Vec::len);
        if expected == 0 {
            return Err(GridError::Empty);
        }
        for (row, cells) in rows.iter().enumerate() {
            if cells.len() != expected {
                return Err(GridError::Ragged { row, len: cells.len(), expected });
            }
        }
        Ok(Self { rows: rows.len(), cols: expected, cells: rows.into_iter().flatten().collect() })
    }

    /// Number of rows, at least 1.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns, at least 1.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// `(rows, columns)`.
    pub fn shape(&self) -> (usize, usize) {
        (self.rows, self.cols)
    }

    /// The cell in row `row` and column `col`, both from 0.
    pub fn get(&self, row: usize, col: usize) -> Option<&T> {
        if col < self.cols { self.cells.get(row * self.cols + col) } else { None }
    }

    /// Its place in [`cells`](Self::cells); `None` outside the grid.
    pub fn index(&self, row: usize, col: usize) -> Option<usize> {
        (row < self.rows && col < self.cols).then(|| row * self.cols + col)
    }

    /// The same cell, to change it.
    pub fn get_mut(&mut self, row: usize, col: usize) -> Option<&mut T> {
        if col < self.cols { self.cells.get_mut(row * self.cols + col) } else { None }
    }

    /// All cells in row-major order.
    pub fn cells(&self) -> &[T] {
        &self.cells
    }

    /// The cells of a row; none past the last.
    pub fn row(&self, row: usize) -> &[T] {
        self.cells.get(row * self.cols..(row + 1) * self.cols).unwrap_or_default()
    }

    /// The same cells, to change them.
    pub fn row_mut(&mut self, row: usize) -> &mut [T] {
        self.cells.get_mut(row * self.cols..(row + 1) * self.cols).unwrap_or_default()
    }

    /// The rows from the top.
    pub fn iter_rows(&self) -> impl ExactSizeIterator<Item = &[T]> {
        self.cells.chunks_exact(self.cols)
    }

    /// The grid of `f(cell)`.
    pub fn map<U>(&self, f: impl FnMut(&T) -> U) -> Grid<U> {
        Grid { rows: self.rows, cols: self.cols, cells: self.cells.iter().map(f).collect() }
    }

    /// The grid of `f(cell)`, or `None` if any of them is.
    pub fn try_map<U>(&self, f: impl FnMut(&T) -> Option<U>) -> Option<Grid<U>> {
        let cells = self.cells.iter().map(f).collect::<Option<Vec<U>>>()?;
        Some(Grid { rows: self.rows, cols: self.cols, cells })
    }
}

impl<T: Clone> Grid<T> {
    /// The top left `rows` by `cols` of this grid, with `fill` where it has no cell.
    #[must_use]
    pub fn resized(&self, rows: usize, cols: usize, fill: &T) -> Self {
        Self::from_fn(rows, cols, |i, j| self.get(i, j).unwrap_or(fill).clone())
    }

    /// The grid turned by half a turn: what "flip the kernel" does.
    #[must_use]
    pub fn flipped(&self) -> Self {
        Self { rows: self.rows, cols: self.cols, cells: self.cells.iter().rev().cloned().collect() }
    }

    /// The grid turned by half a turn where `flip` says so, else as it is: a kernel as the window uses it, and back.
    #[must_use]
    pub fn flipped_if(&self, flip: bool) -> Self {
        if flip { self.flipped() } else { self.clone() }
    }
}
