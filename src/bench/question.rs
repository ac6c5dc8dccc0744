//! Predict first: whether the next number is asked for before it is shown, and how far it is answered.

use crate::lab::predict::Verdict;

/// What is asked and what was answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Question {
    /// Whether numbers are asked for.
    pub(super) on: bool,
    /// The products are shown, without their sum.
    pub(super) hint: bool,
    /// Steps before this one are answered, or were there before.
    pub(super) answered: usize,
    /// What is being typed.
    pub(super) typed: String,
    /// What the last answer was.
    pub(super) verdict: Option<Verdict>,
}

impl Question {
    /// Asks for the numbers from step `answered` on, or for none.
    pub(super) fn new(on: bool, answered: usize) -> Self {
        Self { on, hint: false, answered, typed: String::new(), verdict: None }
    }

    /// Whether the number of `step` is asked for and not shown yet.
    pub(super) fn hides(&self, step: usize) -> bool {
        self.on && step >= self.answered
    }

    /// The first step whose number is not answered, while numbers are asked for.
    pub(super) fn first_open(&self) -> Option<usize> {
        self.on.then_some(self.answered)
    }

    /// Shows the number of `step`.
    pub(super) fn show(&mut self, step: usize) {
        self.hint = false;
        self.answered = step + 1;
    }

    /// Another step, or other numbers: another question.
    pub(super) fn anew(&mut self) {
        self.typed.clear();
        (self.verdict, self.hint) = (None, false);
    }
}
