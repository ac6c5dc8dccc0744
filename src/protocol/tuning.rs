//! How many workers are the fastest: found by trying, while a run goes on.
//!
//! A browser may tell of more cores than there are, and every step waits for the slowest worker.

/// Steps before anything is measured: the browser still compiles what runs.
const WARM_UP: u32 = 60;
/// Steps that are left out after each change.
const SETTLE: u32 = 4;
/// Steps of a block.
const BLOCK: u32 = 16;
/// Blocks before a decision: of more and of fewer workers in turn, so that both see the same disturbances.
const BLOCKS: usize = 4;
/// Fewer workers are taken if they need at most so much more time. While it is tried, the others keep up with each step,
/// which costs about a tenth of it; and fewer leave the machine more for other things.
const MARGIN: f64 = 1.15;

/// Compares a number of workers with half as many, for as long as fewer are as fast.
#[derive(Debug)]
pub(super) struct Tuning {
    workers: usize,
    /// Blocks done.
    block: usize,
    /// Steps to be left out.
    skip: u32,
    /// Of the present block.
    steps: u32,
    examples: f64,
    milliseconds: f64,
    /// The least time for an example: with all, with half of them. What disturbs makes it only longer.
    best: [f64; 2],
}

/// How many are to share the run from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) workers: usize,
    /// Whether that is for good.
    pub(super) settled: bool,
}

impl Tuning {
    /// Begins with all `workers`.
    pub(super) fn new(workers: usize) -> Self {
        Self { workers, block: 0, skip: WARM_UP, steps: 0, examples: 0.0, milliseconds: 0.0, best: [f64::INFINITY; 2] }
    }

    /// The run stood still: its next steps are no measure.
    pub(super) fn disturb(&mut self) {
        self.skip = self.skip.max(SETTLE);
    }

    /// Takes a step on `examples` images, or a part of one, which has none; `Some` where the number changes.
    pub(super) fn take(&mut self, milliseconds: f64, examples: u32) -> Option<Choice> {
        let step = u32::from(examples > 0);
        if self.skip > 0 {
            self.skip -= step;
            return None;
        }
        self.milliseconds += milliseconds;
        self.examples += f64::from(examples);
        self.steps += step;
        if self.steps < BLOCK {
            return None;
        }
        let time = self.milliseconds / self.examples;
        let half = self.block % 2 == 1;
        let [all, fewer] = &mut self.best;
        let best = if half { &mut *fewer } else { &mut *all };
        *best = best.min(time);
        let as_fast = *fewer <= *all * MARGIN;
        (self.steps, self.examples, self.milliseconds, self.skip) = (0, 0.0, 0.0, SETTLE);
        self.block += 1;
        let half_as_many = self.workers.div_ceil(2);
        if self.block < BLOCKS {
            let workers = if half { self.workers } else { half_as_many };
            return Some(Choice { workers, settled: false });
        }
        if as_fast && half_as_many > 1 {
            // What half as many need is known, and what half of those need is not.
            (self.workers, self.block, self.best) = (half_as_many, 0, [f64::INFINITY; 2]);
            return Some(Choice { workers: half_as_many, settled: false });
        }
        Some(Choice { workers: if as_fast { half_as_many } else { self.workers }, settled: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is chosen where `time(workers, step)` says how long a step takes, and after how many steps.
    fn chosen(workers: usize, mut time: impl FnMut(usize, u32) -> f64) -> (usize, u32) {
        let mut tuning = Tuning::new(workers);
        let mut now = workers;
        for step in 1.. {
            match tuning.take(time(now, step), 64) {
                Some(Choice { workers, settled: true }) => return (workers, step),
                Some(choice) => now = choice.workers,
                None => {}
            }
        }
        unreachable!()
    }

    /// Milliseconds of a step on `cores` cores: work that is shared, and what each worker costs beside it.
    fn on(cores: usize) -> impl Fn(usize, u32) -> f64 {
        move |workers, _| 2.2 / workers.min(cores) as f64 * if workers > cores { 1.2 } else { 1.0 } + 0.1
    }

    #[test]
    fn as_many_workers_as_there_are_cores() {
        let check = |workers: usize, cores: usize, expect: usize| assert_eq!(chosen(workers, on(cores)).0, expect);
        check(2, 2, 2);
        check(4, 4, 4);
        check(4, 2, 2);
        check(3, 2, 2);
        check(4, 1, 1);
        check(2, 1, 1);
    }

    #[test]
    fn where_the_number_is_right_little_is_tried() {
        let mut fewer = 0;
        chosen(2, |workers, step| {
            fewer += u32::from(workers == 1);
            on(2)(workers, step)
        });
        assert_eq!(fewer, 2 * (SETTLE + BLOCK));
    }

    #[test]
    fn a_disturbed_block_decides_nothing() {
        let first = WARM_UP + 1..=WARM_UP + BLOCK;
        assert_eq!(
            chosen(2, |workers, step| on(2)(workers, step) + if first.contains(&step) { 50.0 } else { 0.0 }).0,
            2
        );
    }

    #[test]
    fn parts_of_steps_count_and_what_follows_a_pause_does_not() {
        let mut tuning = Tuning::new(2);
        for _ in 0..WARM_UP {
            assert_eq!((tuning.take(9.0, 0), tuning.take(9.0, 128)), (None, None));
        }
        tuning.disturb();
        for _ in 0..SETTLE {
            assert_eq!(tuning.take(1e9, 128), None);
        }
        for _ in 1..BLOCK {
            assert_eq!((tuning.take(1.0, 0), tuning.take(1.0, 128)), (None, None));
        }
        assert_eq!(tuning.take(2.0, 128), Some(Choice { workers: 1, settled: false }));
        assert_eq!(tuning.best[0].to_string(), (2.0 / 128.0_f64).to_string());
    }
}
