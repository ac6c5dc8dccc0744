//! Grids that are as large as the batch makes them.

use crate::num::{Entry, Grid};

/// A grid beside the batch: one number for each of its features, or for each of its numbers.
#[derive(Debug, Clone)]
pub struct Fitted {
    cells: Grid<Entry>,
    /// Those of the lab that nobody changed.
    usual: Grid<Entry>,
    /// What a new cell holds.
    fill: f64,
    /// Whether it has a row for each example; else one in all.
    by_example: bool,
    /// Whether a link or a person gave it; else it is as large as the batch from the beginning.
    given: bool,
}

/// What was typed is what counts: how it came about is not on screen, nor in a link.
impl PartialEq for Fitted {
    fn eq(&self, other: &Self) -> bool {
        self.cells == other.cells
    }
}

impl Fitted {
    /// One number for each feature.
    pub fn row(usual: Grid<Entry>, fill: f64) -> Self {
        Self { cells: usual.clone(), usual, fill, by_example: false, given: false }
    }

    /// One for each number of the batch.
    pub fn batch(usual: Grid<Entry>, fill: f64) -> Self {
        Self { by_example: true, ..Self::row(usual, fill) }
    }

    /// Its cells.
    pub fn cells(&self) -> &Grid<Entry> {
        &self.cells
    }

    /// The same, to be changed.
    pub fn cells_mut(&mut self) -> &mut Grid<Entry> {
        self.given = true;
        &mut self.cells
    }

    /// Takes the cells of a link.
    pub fn give(&mut self, cells: Grid<Entry>) {
        *self.cells_mut() = cells;
    }

    /// Rows and columns beside a batch of so many rows and columns.
    pub fn size(&self, (examples, features): (usize, usize)) -> (usize, usize) {
        (if self.by_example { examples } else { 1 }, features)
    }

    /// Gives it the size beside such a batch: cells that stay keep their numbers.
    ///
    /// ```
    /// # use receptive::{lab::batch_norm::Fitted, num::{Entry, Grid}};
    /// let mut gamma = Fitted::row(Grid::from_fn(1, 2, |_, j| Entry::Number(j as f64 + 2.0)), 1.0);
    /// gamma.fit((5, 3));
    /// assert_eq!(gamma.cells().map(Entry::typed).cells().join(" "), "2 3 1");
    /// ```
    pub fn fit(&mut self, batch: (usize, usize)) {
        self.resize(self.size(batch));
    }

    /// Gives it any size.
    pub fn resize(&mut self, (rows, cols): (usize, usize)) {
        self.cells = self.cells.resized(rows, cols, &Entry::Number(self.fill));
    }

    /// Gives it the size of a link's batch where the link does not give it.
    pub fn settle(&mut self, batch: (usize, usize)) {
        if !self.given {
            self.fit(batch);
        }
    }

    /// Its cells where they are not those that a link without them opens beside such a batch.
    pub fn unless_usual(&self, batch: (usize, usize)) -> Option<&Grid<Entry>> {
        let (rows, cols) = self.size(batch);
        let usual = self.usual.resized(rows, cols, &Entry::Number(self.fill));
        (self.cells != usual).then_some(&self.cells)
    }
}
