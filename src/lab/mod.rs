//! Labs: one plain state each, a closed set of actions, one pure transition, and a history for undo and redo.

pub mod benchmark;
pub mod convolution;
mod history;
pub mod stage;
pub mod train;

pub use history::{History, Undo};

/// A lab: plain state that changes in one place.
pub trait Lab: Clone + PartialEq {
    /// Everything a person can do to the state.
    type Action;
    /// Why an action can't be done; the state is unchanged then.
    type Error;

    /// Applies `action` and says how the history records it.
    ///
    /// # Errors
    /// The lab's error; the state is unchanged.
    fn apply(&mut self, action: Self::Action) -> Result<Undo, Self::Error>;
}
