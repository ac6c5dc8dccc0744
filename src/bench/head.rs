//! The play head: which step is shown, whether it moves, how fast. Not part of undo.

use super::Surroundings;
use crate::link::operation::SPEEDS;

/// How long a step is shown at speed 1, in milliseconds.
pub(super) const DWELL_MS: f64 = 900.0;

/// The part of a step in which its terms are added one by one; then the result stands.
const ADDING_SHARE: f64 = 0.6;

/// The fastest speed at which the terms are still added one by one.
const MOST_ADDING_SPEED: f64 = 2.0;

/// Steps through something that has a length, which may change: the step can be past its end, and [`at`](Self::at) is
/// what is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlayHead {
    /// The step from 0.
    pub(super) step: usize,
    pub(super) playing: bool,
    /// Times the usual speed.
    pub(super) speed: f64,
    /// While it plays slowly: the term that is being added.
    pub(super) adding: Option<usize>,
    /// When the step on screen began, in the milliseconds of the ticks; none before the first tick.
    since: Option<f64>,
}

impl PlayHead {
    pub(super) fn new(step: usize, speed: f64) -> Self {
        Self { step, playing: false, speed, adding: None, since: None }
    }

    /// The step that is shown of `len`, from 0.
    pub(super) fn at(&self, len: usize) -> usize {
        self.step.min(len.saturating_sub(1))
    }

    /// Plays, from the beginning where it stands at the end.
    pub(super) fn play(&mut self, len: usize) {
        if len == 0 {
            return;
        }
        if self.at(len) + 1 >= len {
            self.step = 0;
        }
        self.playing = true;
        self.since = None;
    }

    /// Stands still, with the step complete.
    pub(super) fn pause(&mut self) {
        (self.playing, self.adding) = (false, None);
    }

    /// Goes to a step by hand.
    pub(super) fn go(&mut self, step: usize, len: usize) {
        self.pause();
        self.step = step.min(len.saturating_sub(1));
    }

    /// The speed `by` places from the present one in the list.
    pub(super) fn nearby(&self, by: isize) -> Option<f64> {
        let at = SPEEDS.iter().position(|other| other.to_bits() == self.speed.to_bits())?;
        SPEEDS.get(at.checked_add_signed(by)?).copied()
    }

    /// One frame: a function of the time since the step began. `terms` tells how many a step has.
    pub(super) fn tick(&mut self, now: f64, len: usize, terms: impl Fn(usize) -> usize, around: Surroundings) {
        let Surroundings { still, looping, .. } = around;
        if !self.playing {
            return;
        }
        // With less motion asked for, a step stands at least its whole dwell.
        let pace = if still { self.speed.min(1.0) } else { self.speed };
        let mut elapsed = (now - *self.since.get_or_insert(now)) * pace;
        if elapsed >= DWELL_MS {
            let at_end = self.at(len) + 1 >= len;
            if at_end && !looping {
                self.pause();
                return;
            }
            self.step = if at_end { 0 } else { self.at(len) + 1 };
            self.since = Some(now);
            elapsed = 0.0;
        }
        let share = elapsed / (DWELL_MS * ADDING_SHARE);
        let adds = !still && self.speed <= MOST_ADDING_SPEED && share < 1.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a small count")]
        let term = |count: usize| (share * count as f64) as usize;
        self.adding = adds.then(|| term(terms(self.at(len))));
    }
}
