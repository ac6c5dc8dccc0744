//! The gradient that comes from above: as large as the output, whatever the output's size becomes.

use crate::num::{Entry, Grid};

/// The upstream gradient's cells, and those that fell out of it when the output became smaller: they come back with its
/// size.
#[derive(Debug, Clone)]
pub struct Upstream {
    cells: Grid<Entry>,
    /// At least as large as `cells`, which are newer where both have a cell.
    kept: Grid<Entry>,
    /// Whether a person gave it; else it is as large as the output from the beginning.
    given: bool,
}

/// What was typed is what counts: what fell out is not on screen, nor in a link.
impl PartialEq for Upstream {
    fn eq(&self, other: &Self) -> bool {
        self.cells == other.cells
    }
}

impl Default for Upstream {
    /// One number of each sign and a 0, which sends nothing back.
    fn default() -> Self {
        let number = |i, j| match (i, j) {
            (0, 0) => 2.0,
            (0, _) => -1.0,
            (_, 0) => 0.0,
            _ => 1.0,
        };
        let cells = Grid::from_fn(2, 2, |i, j| Entry::Number(number(i, j)));
        Self { kept: cells.clone(), cells, given: false }
    }
}

impl From<Grid<Entry>> for Upstream {
    fn from(cells: Grid<Entry>) -> Self {
        Self { kept: cells.clone(), cells, given: true }
    }
}

impl Upstream {
    /// Its cells.
    pub fn cells(&self) -> &Grid<Entry> {
        &self.cells
    }

    /// The same, to be changed.
    pub fn cells_mut(&mut self) -> &mut Grid<Entry> {
        self.given = true;
        &mut self.cells
    }

    /// Gives it a size: cells that stay keep their numbers, those that were there before come back, new ones are 1.
    ///
    /// ```
    /// # use receptive::{lab::backward::Upstream, num::Entry};
    /// let mut upstream = Upstream::default();
    /// upstream.fit((1, 3));
    /// let typed = |upstream: &Upstream| upstream.cells().map(Entry::typed).cells().join(" ");
    /// assert_eq!(typed(&upstream), "2 -1 1");
    /// upstream.fit((2, 2));
    /// assert_eq!(typed(&upstream), "2 -1 0 1");
    /// ```
    pub fn fit(&mut self, (rows, cols): (usize, usize)) {
        let high = rows.max(self.kept.rows()).max(self.cells.rows());
        let wide = cols.max(self.kept.cols()).max(self.cells.cols());
        let one = Entry::Number(1.0);
        self.kept = Grid::from_fn(high, wide, |i, j| {
            self.cells.get(i, j).or_else(|| self.kept.get(i, j)).unwrap_or(&one).clone()
        });
        self.cells = self.kept.resized(rows, cols, &one);
    }

    /// Puts `entry` into every cell of a grid of that size; the loss is then the sum of the outputs, or a multiple of it.
    pub fn fill(&mut self, (rows, cols): (usize, usize), entry: &Entry) {
        *self = Grid::from_fn(rows, cols, |_, _| entry.clone()).into();
    }

    /// Gives it a size where nobody gave it any.
    pub fn settle(&mut self, size: (usize, usize)) {
        if !self.given {
            self.fit(size);
        }
    }
}
