//! Sums that grow from step to step, kept as they are at the beginning of each row of steps.

use std::ops::Range;

/// What all steps before one have added up. A step is a function of its number, and yet the sums before it are not added
/// up from the beginning each time: those before each row are kept.
pub(super) struct Checkpoints<T> {
    row: usize,
    rows: Vec<T>,
    /// What all steps have added up.
    all: T,
}

impl<T: Clone> Checkpoints<T> {
    /// Of so many `steps`, of which `row` make a row: `sums` are those before the first, `advance` adds what some steps add.
    pub(super) fn new((steps, row): (usize, usize), mut sums: T, advance: &dyn Fn(&mut T, Range<usize>)) -> Self {
        let row = row.max(1);
        let mut rows = Vec::new();
        for begins in (0..steps).step_by(row) {
            rows.push(sums.clone());
            advance(&mut sums, begins..(begins + row).min(steps));
        }
        Self { row, rows, all: sums }
    }

    /// The sums before step number `count`; `advance` is what they were made with.
    pub(super) fn before(&self, count: usize, advance: &dyn Fn(&mut T, Range<usize>)) -> T {
        let row = count / self.row;
        let Some(sums) = self.rows.get(row) else { return self.all.clone() };
        let mut sums = sums.clone();
        advance(&mut sums, row * self.row..count);
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_do_not_depend_on_the_way_to_them() {
        let advance = |sum: &mut usize, steps: Range<usize>| *sum += steps.sum::<usize>();
        for steps in 9..12 {
            let checkpoints = Checkpoints::new((steps, 3), 100, &advance);
            for count in 0..=steps {
                assert_eq!(checkpoints.before(count, &advance), 100 + (0..count).sum::<usize>());
            }
            assert_eq!(checkpoints.before(12, &advance), 100 + (0..steps).sum::<usize>());
        }
    }
}
