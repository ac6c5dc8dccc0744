//! Undo and redo of a lab's states.

use super::{Lab, control::ControlId};

/// How the history records an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undo {
    /// A step of its own.
    Record,
    /// One step with the action before it, if that set the same: a button held down, a slider dragged.
    Coalesce(ControlId),
    /// No step: what was waited for arrived, and nobody did anything. What was undone can still be done again.
    Arrived,
}

/// The most states that are kept to go back to.
const KEPT: usize = 200;

/// A lab's present state and the ways back and forth.
#[derive(Debug, Clone, PartialEq)]
pub struct History<L> {
    present: L,
    past: Vec<L>,
    future: Vec<L>,
    last: Option<ControlId>,
}

impl<L: Lab> History<L> {
    /// Begins at `present` with nothing to undo.
    pub fn new(present: L) -> Self {
        Self { present, past: Vec::new(), future: Vec::new(), last: None }
    }

    /// The state as it is.
    pub fn present(&self) -> &L {
        &self.present
    }

    /// Applies `action`, and tells whether it changed anything; what does not is not recorded.
    ///
    /// # Errors
    /// The lab's error; nothing is changed.
    pub fn apply(&mut self, action: L::Action) -> Result<bool, L::Error> {
        let mut next = self.present.clone();
        let undo = next.apply(action)?;
        if next == self.present {
            return Ok(false);
        }
        let mut before = std::mem::replace(&mut self.present, next);
        let key = match undo {
            Undo::Record => None,
            Undo::Coalesce(key) => Some(key),
            Undo::Arrived => return Ok(true),
        };
        if key.is_none() || key != self.last {
            before.shelve();
            self.past.push(before);
            if self.past.len() > KEPT {
                self.past.remove(0);
            }
        }
        self.future.clear();
        self.last = key;
        Ok(true)
    }

    /// Goes one step back, if there is one.
    pub fn undo(&mut self) {
        if let Some(before) = self.past.pop() {
            let mut after = std::mem::replace(&mut self.present, before);
            self.present.inherit(&after);
            after.shelve();
            self.future.push(after);
            self.last = None;
        }
    }

    /// Goes forth again after [`undo`](Self::undo).
    pub fn redo(&mut self) {
        if let Some(after) = self.future.pop() {
            let mut before = std::mem::replace(&mut self.present, after);
            self.present.inherit(&before);
            before.shelve();
            self.past.push(before);
            self.last = None;
        }
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to redo.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Counter(i32);

    impl Lab for Counter {
        type Action = (i32, Undo);
        type Error = ();
        fn apply(&mut self, (by, undo): Self::Action) -> Result<Undo, ()> {
            if by == i32::MAX {
                return Err(());
            }
            self.0 += by;
            Ok(undo)
        }
    }

    #[test]
    fn undo_and_redo() {
        let mut history = History::new(Counter(0));
        for by in [1, 2, 0, 4] {
            history.apply((by, Undo::Record)).unwrap();
        }
        assert!(history.apply((i32::MAX, Undo::Record)).is_err());
        let mut seen = vec![history.present().0];
        while history.can_undo() {
            history.undo();
            seen.push(history.present().0);
        }
        assert_eq!(seen, [7, 3, 1, 0], "no step for what changed nothing or failed");
        history.redo();
        history.redo();
        assert_eq!(history.present().0, 3);
        history.apply((10, Undo::Record)).unwrap();
        assert!(!history.can_redo(), "a new action forgets what was undone");
    }

    #[test]
    fn a_held_button_is_one_step() {
        let mut history = History::new(Counter(0));
        for _ in 0..5 {
            history.apply((1, Undo::Coalesce(ControlId::STRIDE))).unwrap();
        }
        history.apply((1, Undo::Coalesce(ControlId::PADDING))).unwrap();
        history.undo();
        assert_eq!(history.present().0, 5);
        history.undo();
        assert_eq!(history.present().0, 0);
    }

    #[test]
    fn what_arrives_is_no_step() {
        let mut history = History::new(Counter(0));
        for (by, undo) in [(1, Undo::Record), (10, Undo::Arrived), (2, Undo::Record)] {
            history.apply((by, undo)).unwrap();
        }
        history.undo();
        assert_eq!(history.present().0, 11);
        history.apply((100, Undo::Arrived)).unwrap();
        assert!(history.can_redo(), "nobody did anything since");
        history.undo();
        assert_eq!(history.present().0, 0);
    }
}
