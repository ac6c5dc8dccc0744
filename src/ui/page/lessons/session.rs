//! A lesson that is being read, as a signal.

use leptos::prelude::*;
use receptive::{
    course::{
        self,
        lesson::{
            progress::Progress,
            state::{LessonAction, LessonState},
        },
    },
    lab::scene::Scene,
    link::Fields,
    markup::Markup,
};

use crate::ui::{platform, signal::RwSignal, view::effect};

/// What is done of all lessons, and whether the device keeps it.
#[derive(Clone, Copy)]
pub(super) struct Done {
    pub(super) progress: RwSignal<Progress>,
    pub(super) kept: bool,
}

impl Done {
    /// As the device has it.
    pub(super) fn open() -> Self {
        let progress = Progress::decode(&platform::stored(course::LESSONS).unwrap_or_default());
        Self { progress: RwSignal::new(progress), kept: platform::keeps() }
    }

    /// Changes it, and has the device keep it.
    pub(super) fn change(self, change: impl FnOnce(&mut Progress)) {
        let before = self.progress.get_untracked();
        let mut now = before;
        change(&mut now);
        if now != before {
            platform::store(course::LESSONS, &now.encode());
            self.progress.set(now);
        }
    }

    /// As the device has it by now.
    pub(super) fn read_again(self) {
        self.progress.set(Progress::decode(&platform::stored(course::LESSONS).unwrap_or_default()));
    }
}

/// A lesson that is being read.
#[derive(Clone, Copy)]
pub(super) struct Session {
    pub(super) state: RwSignal<LessonState>,
    done: Done,
}

impl Session {
    pub(super) fn new(state: LessonState, done: Done) -> Self {
        let session = Self { state: RwSignal::new(state), done };
        session.keep();
        session
    }

    /// What somebody did.
    pub(super) fn dispatch(self, action: LessonAction) {
        self.state.try_update(|state| state.apply(&action));
        self.keep();
    }

    /// What the lab beside part `part` shows.
    pub(super) fn look(self, part: usize, scene: &Scene, fields: &Fields, begins: &Fields, (at, len): (usize, usize)) {
        // Told only where it differs: each step of a lab comes here.
        if self.state.update_if(|state| state.look(part, scene, fields, begins, (at, len))) {
            self.keep();
        }
    }

    fn keep(self) {
        if let Some((at, kept)) = self.state.try_with_untracked(|state| (state.row().0, state.kept())) {
            self.done.change(|progress| {
                progress.set(at, kept);
                progress.last = Some(at);
            });
        }
    }

    /// Keeps what `of` makes of the state in the element of that id; what it was made of at first stands there already.
    pub(super) fn fills(self, id: String, of: impl Fn(&LessonState) -> Markup + 'static) {
        let shown = StoredValue::new(self.state.with_untracked(&of));
        effect(move || {
            let html = self.state.with(&of);
            if shown.with_value(|shown| *shown != html) && platform::rewrite_around_focus(&id, &html) {
                shown.set_value(html);
            }
        });
    }
}
