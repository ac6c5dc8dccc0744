//! Sums that grow from step to step, kept as they are at the beginning of each row of steps.

use std::{ops::Range, sync::Mutex};

/// What all steps before one have added up. A step is a function of its number, and yet the sums before it are not added
/// up from the beginning each time: those before its row are kept once they were asked for.
pub(super) struct Checkpoints<T> {
    row: usize,
    rows: Mutex<Vec<T>>,
}

impl<T: Clone> Checkpoints<T> {
    /// Nothing asked for yet; `row` steps make a row.
    pub(super) fn new(row: usize) -> Self {
        Self { row: row.max(1), rows: Mutex::default() }
    }

    /// The sums before step number `count`: `begin` gives those before the first, `advance` adds what some steps add.
    pub(super) fn before(&self, count: usize, begin: impl Fn() -> T, advance: impl Fn(&mut T, Range<usize>)) -> T {
        let row = count / self.row;
        let mut sums = self.rows.lock().map_or_else(
            |_| begin(),
            |mut rows| {
                while rows.len() <= row {
                    let next = rows.len() * self.row;
                    let sums = rows.last().cloned().map(|mut sums| {
                        advance(&mut sums, next - self.row..next);
                        sums
                    });
                    rows.push(sums.unwrap_or_else(&begin));
                }
                rows.get(row).cloned().unwrap_or_else(&begin)
            },
        );
        advance(&mut sums, row * self.row..count);
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_do_not_depend_on_the_way_to_them() {
        let checkpoints = Checkpoints::new(3);
        let advance = |sum: &mut usize, steps: Range<usize>| *sum += steps.sum::<usize>();
        for count in [7, 0, 2, 9, 4, 10, 7] {
            assert_eq!(checkpoints.before(count, || 100, advance), 100 + (0..count).sum::<usize>());
        }
    }
}
