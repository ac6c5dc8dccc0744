//! The same input, shifted by one cell: what changes before pooling, and what after?

use crate::{
    lab::setting::{Choice, choices},
    num::{Grid, Matrix},
    trace::{Pooled, Pooling},
};

choices!(Option<Direction>:
    None, "no", "not at all";
    Some(Direction::Left), "left", "1 left";
    Some(Direction::Right), "right", "1 right";
    Some(Direction::Up), "up", "1 up";
    Some(Direction::Down), "down", "1 down";
);

/// Where the input is shifted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// By one column.
    Left,
    /// By one column.
    Right,
    /// By one row.
    Up,
    /// By one row.
    Down,
}

impl Direction {
    /// Where to, in a sentence.
    pub fn side(self) -> &'static str {
        Some(self).named().link
    }

    /// (rows down, columns to the right)
    fn offset(self) -> (isize, isize) {
        match self {
            Self::Left => (0, -1),
            Self::Right => (0, 1),
            Self::Up => (-1, 0),
            Self::Down => (1, 0),
        }
    }

    /// The grid shifted by one cell; `fill` moves in at the edge, and what leaves at the other is gone.
    pub fn shifted<T: Clone>(self, grid: &Grid<T>, fill: &T) -> Grid<T> {
        let (down, right) = self.offset();
        let came_from = |i: usize, j: usize| grid.get(i.checked_add_signed(-down)?, j.checked_add_signed(-right)?);
        Grid::from_fn(grid.rows(), grid.cols(), |i, j| came_from(i, j).unwrap_or(fill).clone())
    }
}

/// Which cells of two grids of one shape differ, by more than the rounding of a mean over the same numbers in another
/// order.
pub(super) fn differences(before: &Matrix, after: &Matrix) -> Grid<bool> {
    let largest = before.cells().iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    Grid::from_fn(before.rows(), before.cols(), |i, j| match (before.get(i, j), after.get(i, j)) {
        (Some(before), Some(after)) => (before - after).abs() > 1e-12 * largest.max(after.abs()),
        _ => true,
    })
}

/// How many cells are marked.
pub(super) fn count(marked: &Grid<bool>) -> usize {
    marked.cells().iter().filter(|&&marked| marked).count()
}

/// The pooling of the shifted input, and its output.
pub(super) fn pooled(pooling: &Pooling, direction: Direction) -> Option<(Pooling, Pooled)> {
    let shifted = Pooling { input: direction.shifted(&pooling.input, &0.0), ..pooling.clone() };
    let output = shifted.output().ok()?;
    Some((shifted, output))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_moves_every_cell_by_one() {
        let grid = Grid::from_fn(2, 3, |i, j| 3 * i + j + 1);
        let check = |direction: Direction, expect: [usize; 6]| {
            assert_eq!(direction.shifted(&grid, &0).cells(), expect, "{direction:?}");
        };
        check(Direction::Left, [2, 3, 0, 5, 6, 0]);
        check(Direction::Right, [0, 1, 2, 0, 4, 5]);
        check(Direction::Up, [4, 5, 6, 0, 0, 0]);
        check(Direction::Down, [0, 0, 0, 1, 2, 3]);
    }

    #[test]
    fn rounding_is_no_difference() {
        let of = |x: f64| Grid::from_fn(1, 2, |_, j| if j == 0 { x } else { 1.0 });
        assert_eq!(count(&differences(&of(0.1 + 0.2), &of(0.3))), 0);
        assert_eq!(count(&differences(&of(0.3), &of(0.300_001))), 1);
        let small = |x: f64| Grid::from_fn(1, 1, |_, _| x);
        assert_eq!(count(&differences(&small(0.0), &small(1e-15))), 1);
        assert_eq!(count(&differences(&small(0.0), &small(0.0))), 0);
    }
}
