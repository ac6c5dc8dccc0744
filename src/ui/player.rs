//! The play head: which step is shown, whether it moves, how fast. Not part of undo.

use leptos::prelude::*;

use super::platform::{Frames, matches_media, now};

/// How long a step is shown at speed 1, in milliseconds.
const DWELL_MS: f64 = 900.0;

/// The part of a step in which its terms are added one by one; then the result stands.
const ADDING_SHARE: f64 = 0.6;

/// Steps through something that has a length.
#[derive(Clone, Copy)]
pub(crate) struct Player {
    /// The step from 0. It can be past the end after an edit: [`at`](Self::at) is what is shown.
    pub step: RwSignal<usize>,
    /// Whether it moves by itself.
    pub playing: RwSignal<bool>,
    /// Times the usual speed.
    pub speed: RwSignal<f64>,
    /// While playing slowly: the tap that is being added.
    pub adding: RwSignal<Option<usize>>,
    /// Whether the system asks for less motion.
    pub still: ReadSignal<bool>,
    len: Memo<usize>,
    taps: Memo<usize>,
    since: StoredValue<f64>,
    frames: StoredValue<Option<Frames>>,
    looping: bool,
}

impl Player {
    /// A player of `len` steps, at step `step`, which has `taps` terms.
    pub(crate) fn new(step: RwSignal<usize>, speed: f64, len: Memo<usize>, taps: Memo<usize>) -> Self {
        Self::start(step, speed, len, taps, false)
    }

    /// One that begins again after its last step.
    pub(crate) fn looping(len: Memo<usize>, taps: Memo<usize>) -> Self {
        Self::start(RwSignal::new(0), 1.0, len, taps, true)
    }

    fn start(step: RwSignal<usize>, speed: f64, len: Memo<usize>, taps: Memo<usize>, looping: bool) -> Self {
        let player = Self {
            step,
            playing: RwSignal::new(false),
            speed: RwSignal::new(speed),
            adding: RwSignal::new(None),
            still: matches_media("(prefers-reduced-motion: reduce)"),
            len,
            taps,
            since: StoredValue::new(0.0),
            frames: StoredValue::new(None),
            looping,
        };
        let frames = Frames::new(move |now| player.tick(now));
        player.frames.set_value(Some(frames));
        player
    }

    /// How many steps there are.
    pub(crate) fn len(self) -> usize {
        self.len.get()
    }

    /// The step that is shown, from 0.
    pub(crate) fn at(self) -> usize {
        self.step.get().min(self.len.get().saturating_sub(1))
    }

    /// Plays, from the beginning if it stands at the end.
    pub(crate) fn play(self) {
        if self.len.get_untracked() == 0 {
            return;
        }
        if self.at_untracked() + 1 >= self.len.get_untracked() {
            self.step.set(0);
        }
        self.since.set_value(now());
        self.playing.set(true);
        if let Some(frames) = self.frames.get_value() {
            frames.start();
        }
    }

    /// Stands still, with the step complete.
    pub(crate) fn pause(self) {
        if self.playing.get_untracked() {
            self.playing.set(false);
        }
        if self.adding.get_untracked().is_some() {
            self.adding.set(None);
        }
    }

    /// Plays or pauses.
    pub(crate) fn toggle(self) {
        if self.playing.get_untracked() { self.pause() } else { self.play() }
    }

    /// Goes to a step by hand.
    pub(crate) fn go(self, step: usize) {
        self.pause();
        let step = step.min(self.len.get_untracked().saturating_sub(1));
        if self.step.get_untracked() != step {
            self.step.set(step);
        }
    }

    /// One step forward by hand.
    pub(crate) fn forward(self) {
        self.go(self.at_untracked() + 1);
    }

    /// One step back by hand.
    pub(crate) fn back(self) {
        self.go(self.at_untracked().saturating_sub(1));
    }

    /// To the last step.
    pub(crate) fn last(self) {
        self.go(usize::MAX);
    }

    /// The same, not tracked.
    pub(crate) fn at_untracked(self) -> usize {
        self.step.get_untracked().min(self.len.get_untracked().saturating_sub(1))
    }

    /// One frame: a function of the time since the step began.
    fn tick(self, now: f64) -> bool {
        if self.playing.try_get_untracked() != Some(true) {
            return false;
        }
        let still = self.still.get_untracked();
        let speed = self.speed.get_untracked();
        // With less motion asked for, a step stands at least its whole dwell.
        let pace = if still { speed.min(1.0) } else { speed };
        let elapsed = (now - self.since.get_value()) * pace;
        if elapsed >= DWELL_MS {
            let at_end = self.at_untracked() + 1 >= self.len.get_untracked();
            if at_end && !self.looping {
                self.pause();
                return false;
            }
            self.since.set_value(now);
            self.step.set(if at_end { 0 } else { self.at_untracked() + 1 });
        }
        let elapsed = (now - self.since.get_value()) * pace;
        let share = elapsed / (DWELL_MS * ADDING_SHARE);
        let taps = self.taps.get_untracked();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a small count")]
        let adding = (!still && speed <= 2.0 && share < 1.0).then_some((share * taps as f64) as usize);
        if self.adding.get_untracked() != adding {
            self.adding.set(adding);
        }
        true
    }
}
