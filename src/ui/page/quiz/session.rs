//! The page's hands: does what is asked for, keeps what is to be remembered, and puts the parts on the page.

use leptos::{prelude::*, task::spawn_local};
use receptive::{
    course::{
        QUIZ,
        quiz::{
            markup::PARTS,
            results::RESULTS_ID,
            sheet::{Place, Settings},
            state::{Action, Quiz},
        },
    },
    link::Page,
    markup::Markup,
};

use super::results::results;
use crate::ui::{platform, route::Route};

/// The page's session.
#[derive(Clone, Copy)]
pub(super) struct Session {
    quiz: StoredValue<Quiz>,
    shown: StoredValue<Vec<Option<Markup>>>,
    kept: StoredValue<String>,
    /// The codes whose results are on the page.
    read: StoredValue<String>,
    route: Route,
}

impl Session {
    /// Begins with what a link says and with what was remembered.
    pub(super) fn new(settings: Settings) -> Self {
        let kept = platform::stored(QUIZ);
        let quiz = Quiz::new(settings, kept.as_deref().unwrap_or_default(), platform::keeps(), platform::moment());
        Self {
            quiz: StoredValue::new(quiz),
            shown: StoredValue::new(vec![None; PARTS.len()]),
            kept: StoredValue::new(kept.unwrap_or_default()),
            read: StoredValue::new(String::new()),
            route: Route::get(),
        }
    }

    /// Does `action`, and moves the focus where the next thing is to be done.
    pub(super) fn dispatch(self, action: Action) {
        // What is typed stands in its field already.
        let is_typed = matches!(action, Action::Type(..));
        let Some(focus) = self.quiz.try_update_value(|quiz| quiz.apply(action)) else { return };
        self.publish();
        if !is_typed {
            self.keep();
            self.show();
        }
        if let Some(id) = focus {
            platform::next_frame(move || platform::focus(&id));
        }
    }

    /// Whether an answer can be checked with Enter.
    pub(super) fn check(self) {
        self.dispatch(Action::Check);
    }

    fn keep(self) {
        let Some(text) = self.quiz.try_with_value(Quiz::write) else { return };
        if self.kept.try_with_value(|kept| *kept != text) == Some(true) {
            platform::store(QUIZ, &text);
            self.kept.set_value(text);
        }
    }

    /// Tells the address what is shown.
    pub(super) fn publish(self) {
        self.route.publish(Page::Quiz, move || self.quiz.try_with_value(Quiz::fields).unwrap_or_default());
    }

    /// Writes the parts that differ.
    pub(super) fn show(self) {
        self.quiz.try_with_value(|quiz| {
            self.shown.try_update_value(|shown| {
                let mut is_new = false;
                for (at, part) in PARTS.iter().enumerate() {
                    let html = (part.of)(quiz);
                    let Some(before) = shown.get_mut(at) else { continue };
                    if !is_new && before.as_ref() == Some(&html) {
                        continue;
                    }
                    // What was in it has to be put there again.
                    is_new = is_new || at == 0;
                    let is_there = platform::rewrite_around_focus(part.id, &html);
                    *before = Some(html).filter(|_| is_there);
                }
                if is_new {
                    self.read.set_value(String::new());
                }
            });
        });
        self.show_results();
    }

    /// Writes the results of the codes that were pasted, as soon as their part is there.
    fn show_results(self) {
        let pasted = |quiz: &Quiz| (quiz.settings.place == Place::Results).then(|| quiz.codes.clone());
        let pasted = move || self.quiz.try_with_value(pasted).flatten();
        let Some(codes) = pasted().filter(|codes| self.read.get_value() != *codes) else { return };
        self.read.set_value(codes.clone());
        spawn_local(async move {
            let html = results(codes.clone()).await.unwrap_or_else(|sentence| {
                // It is asked for again with the next change.
                self.read.try_update_value(String::clear);
                let mut html = Markup::raw("<p class=\"quiz-trouble\">");
                html.push_text(&sentence).push_raw("</p>");
                html
            });
            if pasted().as_ref() == Some(&codes) {
                platform::rewrite_around_focus(RESULTS_ID, &html);
            }
        });
    }
}
