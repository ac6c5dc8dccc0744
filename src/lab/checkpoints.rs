//! Sums that grow from step to step, kept as they are once in so many steps.

use std::ops::Range;

/// Of steps that stand in rows, the sums are kept once in so many rows: to copy them takes as long as to add some up.
pub(super) const KEPT_ROWS: usize = 2;

/// What all steps before one have added up. A step is a function of its number, and yet the sums before it are not added
/// up from the beginning each time: those before every so many are kept.
pub(super) struct Checkpoints<T> {
    every: usize,
    kept: Vec<T>,
    /// What all steps have added up.
    all: T,
}

impl<T: Clone> Checkpoints<T> {
    /// Of so many `steps`, kept before every so many: `sums` are those before the first, `advance` adds what some steps add.
    pub(super) fn new((steps, every): (usize, usize), mut sums: T, advance: &dyn Fn(&mut T, Range<usize>)) -> Self {
        let every = every.max(1);
        let mut kept = Vec::new();
        for begins in (0..steps).step_by(every) {
            kept.push(sums.clone());
            advance(&mut sums, begins..(begins + every).min(steps));
        }
        Self { every, kept, all: sums }
    }

    /// The sums of all steps.
    pub(super) fn all(&self) -> &T {
        &self.all
    }

    /// The sums before step number `count`; `advance` is what they were made with.
    pub(super) fn before(&self, count: usize, advance: &dyn Fn(&mut T, Range<usize>)) -> T {
        let begins = count / self.every;
        let Some(sums) = self.kept.get(begins) else { return self.all.clone() };
        let mut sums = sums.clone();
        advance(&mut sums, begins * self.every..count);
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
