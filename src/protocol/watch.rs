//! Whether workers are alive that say nothing: they are asked.

/// How often they are asked, in milliseconds.
pub const TICK: u32 = 1_000;
/// A worker that was silent for so many ticks is no more.
const SILENT: u32 = 10;

/// Asks workers whether they are alive, once a tick, and counts the ticks that each lets pass.
///
/// Ticks count, and not time: in a tab in the background or on a machine that slept they come late, and the answers
/// with them. A worker answers between two slices of work, however long a batch or a download takes.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    silent: Vec<u32>,
}

impl Watch {
    /// Worker `worker` said something, whatever it was.
    pub fn heard(&mut self, worker: usize) {
        if let Some(silent) = self.silent.get_mut(worker) {
            *silent = 0;
        }
    }

    /// A tick: whether none of `workers` workers was silent for too long. They are to be asked then.
    pub fn tick(&mut self, workers: usize) -> bool {
        self.silent.resize(workers, 0);
        self.silent.iter_mut().for_each(|silent| *silent += 1);
        self.silent.iter().all(|silent| *silent < SILENT)
    }

    /// Nothing is expected of them now.
    pub fn rest(&mut self) {
        self.silent.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In which of 30 ticks one of two workers is found dead, where `says(tick, worker)`.
    fn found(mut says: impl FnMut(u32, usize) -> bool) -> Option<u32> {
        let mut watch = Watch::default();
        (1..=30).find(|&tick| {
            let alive = watch.tick(2);
            (0..2).filter(|worker| says(tick, *worker)).for_each(|worker| watch.heard(worker));
            !alive
        })
    }

    #[test]
    fn a_worker_that_says_nothing_for_ten_ticks_is_dead() {
        assert_eq!(found(|_, _| false), Some(10));
        assert_eq!(found(|tick, _| tick <= 5), Some(15));
        // That another goes on answering does not help it.
        assert_eq!(found(|tick, worker| worker == 0 || tick <= 7), Some(17));
    }

    #[test]
    fn a_worker_that_answers_late_is_alive() {
        assert_eq!(found(|_, _| true), None);
        assert_eq!(found(|tick, worker| tick as usize % 9 == worker), None);
    }

    #[test]
    fn silence_while_nothing_is_expected_does_not_count() {
        let mut watch = Watch::default();
        for _ in 0..4 {
            assert!((1..SILENT).all(|_| watch.tick(2)));
            watch.rest();
        }
    }
}
