//! The page's state with its history, and what follows from it.

use leptos::prelude::*;
use receptive::{
    lab::{
        History,
        architectures::{ArchitecturesAction, ArchitecturesLab, Refusal, group, markup::control_of},
    },
    markup::Markup,
};

use crate::ui::{platform, said::Said, signal::RwSignal, view::effect};

/// The page's session.
#[derive(Clone, Copy)]
pub(super) struct Session {
    history: StoredValue<History<ArchitecturesLab>>,
    /// The present state.
    pub lab: RwSignal<ArchitecturesLab>,
    refusal: RwSignal<Option<Refusal>>,
    can: RwSignal<(bool, bool)>,
    said: Said,
}

impl Session {
    /// Begins with a state.
    pub(super) fn new(lab: ArchitecturesLab) -> Self {
        Self {
            history: StoredValue::new(History::new(lab.clone())),
            lab: RwSignal::new(lab),
            refusal: RwSignal::new(None),
            can: RwSignal::new((false, false)),
            said: Said::get(),
        }
    }

    /// Does something; what can't be done is told beside its control, or, where it has none, said.
    pub(super) fn dispatch(self, action: ArchitecturesAction) {
        let control = control_of(&action);
        let done = self.history.try_update_value(|history| history.apply(action));
        let refusal = match (done, control) {
            (Some(Err(sentence)), Some((control, text))) => Some(Refusal { control, text, sentence }),
            (Some(Err(sentence)), None) => {
                self.said.say(&sentence);
                None
            }
            _ => None,
        };
        self.refusal.set(refusal);
        self.show();
    }

    /// One step back or forth.
    pub(super) fn go(self, back: bool) {
        self.history.update_value(|history| if back { history.undo() } else { history.redo() });
        self.refusal.set(None);
        self.show();
    }

    /// Whether there is a step back, or forth.
    pub(super) fn can(self, back: bool) -> bool {
        let (undo, redo) = self.can.get();
        if back { undo } else { redo }
    }

    /// The row of the layer that is looked at.
    pub(super) fn row(self) -> Option<usize> {
        self.lab.with_untracked(|lab| lab.layer.map(|at| group(&lab.net.architecture().layers, at).start))
    }

    fn show(self) {
        self.history.with_value(|history| {
            self.can.set((history.can_undo(), history.can_redo()));
            if self.lab.with_untracked(|lab| lab != history.present()) {
                self.lab.set(history.present().clone());
            }
        });
    }

    /// What `of` makes of the state, to be put into the element of that id, which has it from then on; the focus stays
    /// with the control that has it.
    pub(super) fn fills(self, id: &'static str, of: fn(&ArchitecturesLab, Option<&Refusal>) -> Markup) -> Markup {
        let first = self.lab.with_untracked(|lab| of(lab, None));
        let shown = StoredValue::new(first.clone());
        effect(move || {
            let html = self.refusal.with(|refusal| self.lab.with(|lab| of(lab, refusal.as_ref())));
            // Not at once: a field that is left by Tab tells its change before the focus is at the next.
            platform::next_frame(move || {
                let is_new = shown.try_with_value(|shown| *shown != html) == Some(true);
                if is_new && platform::rewrite_around_focus(id, &html) {
                    shown.set_value(html);
                }
            });
        });
        first
    }
}
