//! One lab's state on a page: the only way to change it is an action.

use crate::ui::view::memo;
use leptos::prelude::*;
use receptive::lab::{History, Lab};

/// A lab's history and its last error, in one signal each.
pub(crate) struct Session<L: Lab + Send + Sync + 'static>
where
    L::Error: Send + Sync + 'static,
{
    history: RwSignal<History<L>>,
    refused: RwSignal<Option<L::Error>>,
}

#[expect(clippy::expl_impl_clone_on_copy, reason = "a derived one would ask the lab to be Copy")]
impl<L: Lab + Send + Sync + 'static> Clone for Session<L>
where
    L::Error: Send + Sync + 'static,
{
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: Lab + Send + Sync + 'static> Copy for Session<L> where L::Error: Send + Sync + 'static {}

impl<L: Lab + Send + Sync + 'static> Session<L>
where
    L::Error: Clone + PartialEq + Send + Sync + 'static,
{
    /// Begins at `present`.
    pub(crate) fn new(present: L) -> Self {
        Self { history: RwSignal::new(History::new(present)), refused: RwSignal::new(None) }
    }

    /// Does `action`, or says why not.
    pub(crate) fn dispatch(self, action: L::Action) {
        let mut refused = None;
        self.history.update(|history| refused = history.apply(action).err());
        if self.refused.with_untracked(|before| *before != refused) {
            self.refused.set(refused);
        }
    }

    /// Takes what was waited for, and nobody did: what was refused before stays refused.
    pub(crate) fn arrive(self, action: L::Action) {
        // What arrives for a state that is gone is of no use, and nothing to tell.
        self.history.update(|history| drop(history.apply(action)));
    }

    /// The present state through `f`, tracked.
    pub(crate) fn with<T>(self, f: impl FnOnce(&L) -> T) -> T {
        self.history.with(|history| f(history.present()))
    }

    /// The same without tracking.
    pub(crate) fn peek<T>(self, f: impl FnOnce(&L) -> T) -> T {
        self.history.with_untracked(|history| f(history.present()))
    }

    /// Follows every change of the state.
    pub(crate) fn track(self) {
        self.history.track();
    }

    /// A part of the state that tells its readers only when it differs.
    pub(crate) fn part<T: PartialEq + Send + Sync + 'static>(
        self,
        f: impl Fn(&L) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        memo(move || self.with(&f))
    }

    /// Why the last action was not done.
    pub(crate) fn refused(self) -> RwSignal<Option<L::Error>> {
        self.refused
    }

    /// Undoes the last action.
    pub(crate) fn undo(self) {
        self.refused.set(None);
        self.history.update(History::undo);
    }

    /// Does what was undone again.
    pub(crate) fn redo(self) {
        self.refused.set(None);
        self.history.update(History::redo);
    }

    /// Whether there is something to undo.
    pub(crate) fn can_undo(self) -> bool {
        self.history.with(History::can_undo)
    }

    /// Whether there is something to redo.
    pub(crate) fn can_redo(self) -> bool {
        self.history.with(History::can_redo)
    }
}
