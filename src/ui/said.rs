//! What was done last, said for a moment, and texts that go to the clipboard.

use std::{future::ready, time::Duration};

use leptos::{prelude::*, task::spawn_local};

use super::{
    component::overlay,
    platform::{self, Copied},
};
use crate::ui::signal::RwSignal;

/// How long something is said at least.
const SAID_FOR: Duration = Duration::from_secs(3);
/// How long it takes to read a letter of it, slowly.
const A_LETTER: Duration = Duration::from_millis(80);

/// What is said over a text that the browser does not let a page copy.
pub(crate) const BY_HAND: &str = "This page may not copy by itself. Copy the text from here:";

/// What is being said. One for the whole app, in context.
#[derive(Clone, Copy)]
pub(crate) struct Said(pub(crate) RwSignal<String>);

impl Said {
    /// Makes it and puts it into context.
    pub(crate) fn provide() -> Self {
        let said = Self(RwSignal::new(String::new()));
        provide_context(said);
        said
    }

    /// The app's.
    pub(crate) fn get() -> Self {
        expect_context()
    }

    /// Says what was done, or why not, as long as it takes to read.
    pub(crate) fn say(self, words: &str) {
        if words.is_empty() {
            return;
        }
        let words = words.to_owned();
        let letters = u32::try_from(words.len()).unwrap_or(u32::MAX);
        self.0.set(words.clone());
        platform::after(SAID_FOR.max(A_LETTER.saturating_mul(letters)), move || {
            if self.0.try_with_untracked(|said| *said == words) == Some(true) {
                self.0.set(String::new());
            }
        });
    }

    /// Prints the page, once what covers it is gone, or says that it can't.
    pub(crate) fn print(self) {
        platform::next_frame(move || {
            if !platform::print() {
                self.say("A page can't print by itself in this browser. Use the browser's own menu.");
            }
        });
    }

    /// Copies `text` and says so; where the browser does not let a page copy, shows it under the words `by_hand`.
    pub(crate) fn copy(self, text: String, said: &str, by_hand: &'static str) {
        self.copy_made(ready(Ok(text)), said, by_hand);
    }

    /// The same of a text that has to be made first; why it was not made is said, if that is known.
    pub(crate) fn copy_made(
        self,
        making: impl Future<Output = Result<String, String>> + 'static,
        said: &str,
        by_hand: &'static str,
    ) {
        let said = said.to_owned();
        let copied = platform::copy_made(making);
        spawn_local(async move {
            match copied.await {
                Copied::Yes => self.say(&said),
                Copied::Refused(text) => overlay::show_text(by_hand, &text),
                Copied::NotMade(why) => self.say(&why),
            }
        });
    }
}
