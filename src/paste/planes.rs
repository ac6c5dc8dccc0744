//! Grids of one size with up to two dimensions in front: the channels of an input, the filters of a layer.

use crate::num::{Entry, Grid};

#[cfg(test)]
mod tests;

/// The most planes that are read: many times what a lab shows.
pub const MAX_PLANES: usize = 64;

/// The most dimensions that are read: filters, channels, rows, columns.
pub const MAX_DIMENSIONS: usize = 4;

/// Grids of one size in row-major order: one for a matrix, C for C × H × W, O·C for O × C × H × W.
#[derive(Debug, Clone, PartialEq)]
pub struct Planes {
    shape: Vec<usize>,
    planes: Vec<Grid<Entry>>,
}

impl Planes {
    /// Makes them from the extents in front (`[]`, `[channels]` or `[filters, channels]`) and one grid for each index.
    ///
    /// `None` if there are more than two extents, 0 or more than [`MAX_PLANES`] grids, another number of grids than
    /// the extents say, or grids of two sizes.
    ///
    /// ```
    /// # use receptive::{num::{Entry, Grid}, paste::Planes};
    /// let grid = Grid::from_fn(5, 5, |i, j| Entry::from((i * j) as f64));
    /// let planes = Planes::new(&[3], vec![grid; 3]).expect("three of one size");
    /// assert_eq!(planes.shape(), [3, 5, 5]);
    /// assert!(Planes::new(&[2], planes.into_planes()).is_none());
    /// ```
    pub fn new(leading: &[usize], planes: Vec<Grid<Entry>>) -> Option<Self> {
        let (rows, cols) = planes.first()?.shape();
        let count = leading.iter().try_fold(1_usize, |product, extent| product.checked_mul(*extent))?;
        let fits = leading.len() + 2 <= MAX_DIMENSIONS
            && count == planes.len()
            && count <= MAX_PLANES
            && planes.iter().all(|plane| plane.shape() == (rows, cols));
        let shape = [leading, &[rows, cols]].concat();
        fits.then_some(Self { shape, planes })
    }

    /// All extents: two to four, the last two those of each grid.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The extents in front of rows and columns.
    pub fn leading(&self) -> &[usize] {
        self.shape.get(..self.shape.len().saturating_sub(2)).unwrap_or_default()
    }

    /// `(rows, columns)` of each grid.
    pub fn size(&self) -> (usize, usize) {
        self.planes.first().map_or((1, 1), Grid::shape)
    }

    /// The first of four dimensions, else 1.
    pub fn filters(&self) -> usize {
        self.planes.len() / self.channels()
    }

    /// The dimension in front of rows and columns, 1 for a matrix.
    pub fn channels(&self) -> usize {
        self.leading().last().copied().unwrap_or(1)
    }

    /// The grids, the last of the extents in front running fastest.
    pub fn planes(&self) -> &[Grid<Entry>] {
        &self.planes
    }

    /// The same grids, given away.
    pub fn into_planes(self) -> Vec<Grid<Entry>> {
        self.planes
    }

    /// All cells in row-major order.
    pub fn cells(&self) -> impl Iterator<Item = &Entry> {
        self.planes.iter().flat_map(Grid::cells)
    }

    /// What a target of these limits takes: all channels and filters, of each grid the top left part. `None` if there
    /// are more channels or filters than it has.
    pub fn fitted(&self, limits: &Limits) -> Option<Self> {
        if self.channels() > limits.channels || self.filters() > limits.filters {
            return None;
        }
        let (rows, cols) = self.size();
        let (rows, cols) = (rows.min(limits.rows), cols.min(limits.cols));
        let planes = self.planes.iter().map(|plane| plane.resized(rows, cols, &Entry::Number(0.0))).collect();
        Self::new(self.leading(), planes)
    }
}

impl From<Grid<Entry>> for Planes {
    fn from(grid: Grid<Entry>) -> Self {
        Self { shape: vec![grid.rows(), grid.cols()], planes: vec![grid] }
    }
}

/// The most that a target takes of each dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Filters.
    pub filters: usize,
    /// Channels of the input or of each filter.
    pub channels: usize,
    /// Rows of each grid.
    pub rows: usize,
    /// Columns of each grid.
    pub cols: usize,
}

/// The extents in front for grids with gaps of two kinds between them, as texts have that write no extents: `wide` says
/// of each gap whether it is of the wider kind. Both kinds in equal groups make two dimensions.
pub(super) fn leading(wide: &[bool]) -> Vec<usize> {
    let count = wide.len() + 1;
    let groups: Vec<usize> = wide.split(|wide| *wide).map(|group| group.len() + 1).collect();
    match groups.first() {
        _ if count == 1 => Vec::new(),
        Some(first) if groups.len() > 1 && *first > 1 && groups.iter().all(|len| len == first) => {
            vec![groups.len(), *first]
        }
        _ => vec![count],
    }
}
