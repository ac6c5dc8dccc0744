//! What the app can do now: pages say which [`Command`]s they have, and buttons, keys, the palette and the list of
//! shortcuts find them here.
//!
//! ```ignore
//! let commands = Commands::get();
//! commands.on(Command::Undo, Signal::derive(move || session.can_undo()), move || session.undo());
//! ```
//!
//! It holds while the owner that said it lives; of two that say it, the later is asked.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use receptive::{
    command::Command,
    link::{Page, Theme},
};

use super::{platform, route::Route};

/// How long something is said.
const SAID_FOR: Duration = Duration::from_secs(3);

/// The pages there are.
const PAGES: [(Command, Page); 4] = [
    (Command::GoHome, Page::Home),
    (Command::GoConvolution, Page::Convolution),
    (Command::GoTraining, Page::Train),
    (Command::GoBenchmark, Page::Benchmark),
];

/// What stands over the page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overlay {
    /// All commands, to be searched.
    Palette,
    /// The keys of the page that is on.
    Shortcuts,
    /// A text to be copied by hand, under these words.
    ByHand(&'static str),
}

/// The commands of the page that is on. One for the whole app, in context.
#[derive(Clone, Copy)]
pub(crate) struct Commands {
    handlers: StoredValue<Vec<Handler>>,
    /// Counts what was said and withdrawn; readers follow it.
    changes: RwSignal<usize>,
    /// What stands over the page.
    pub overlay: RwSignal<Option<Overlay>>,
    /// What was done last, for a moment.
    pub said: RwSignal<String>,
    /// The text to be copied by hand.
    pub by_hand: RwSignal<String>,
}

#[derive(Clone, Copy)]
struct Handler {
    /// Its number among all that there ever were.
    number: usize,
    command: Command,
    enabled: Signal<bool>,
    run: Callback<()>,
}

impl Commands {
    /// Makes them, with those that every page has, follows the keys, and puts them into context.
    pub(crate) fn provide(route: Route) {
        let commands = Self {
            handlers: StoredValue::new(Vec::new()),
            changes: RwSignal::new(0),
            overlay: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            by_hand: RwSignal::new(String::new()),
        };
        provide_context(commands);
        commands.on(Command::Lecture, true, move || route.set_lecture(!route.lecture_now()));
        commands.on(Command::LeaveLecture, Signal::derive(move || route.lecture()), move || route.set_lecture(false));
        for (command, theme) in [
            (Command::LightTheme, Some(Theme::Light)),
            (Command::DarkTheme, Some(Theme::Dark)),
            (Command::SystemTheme, None),
        ] {
            commands.on(command, true, move || route.choose_theme(theme));
        }
        for (command, page) in PAGES {
            commands.on(command, Signal::derive(move || route.page.get() != page), move || route.go(page));
        }
        commands.on(Command::CopyLink, true, move || {
            let address = platform::address_of(&route.link().encode());
            commands.copy(address, "Link copied", "This page may not copy by itself. Copy the link from here:");
        });
        for (command, overlay) in [(Command::Palette, Overlay::Palette), (Command::Shortcuts, Overlay::Shortcuts)] {
            commands.on(command, true, move || commands.toggle(overlay));
        }
        platform::on_press(move |press| {
            let is_here = |command: Command| commands.find(command).is_some();
            match Command::of_key(&press.key, press.modifiers, &is_here) {
                None => false,
                Some(command) if press.wanted && !command.interrupts() => false,
                Some(command) if press.repeat && !command.repeats() => true,
                // What can't be done now takes its key all the same, or Space would scroll the page. Esc has other
                // uses: it leaves menus.
                Some(command) => commands.run(command) || command != Command::LeaveLecture,
            }
        });
    }

    /// The app's commands.
    pub(crate) fn get() -> Self {
        expect_context()
    }

    /// Says what `command` does, as long as the present owner lives, and when it can be done.
    pub(crate) fn on(self, command: Command, enabled: impl Into<Signal<bool>>, run: impl Fn() + Send + Sync + 'static) {
        self.add(command, enabled.into(), Callback::new(move |()| run()));
    }

    fn add(self, command: Command, enabled: Signal<bool>, run: Callback<()>) {
        let number = self.changes.get_untracked();
        self.handlers.update_value(|handlers| handlers.push(Handler { number, command, enabled, run }));
        self.changes.set(number + 1);
        on_cleanup(move || {
            self.handlers.try_update_value(|handlers| handlers.retain(|handler| handler.number != number));
            self.changes.try_update(|changes| *changes += 1);
        });
    }

    fn find(self, command: Command) -> Option<Handler> {
        self.handlers.with_value(|handlers| handlers.iter().rev().find(|handler| handler.command == command).copied())
    }

    /// Whether `command` can be done now.
    pub(crate) fn can(self, command: Command) -> bool {
        self.changes.track();
        self.find(command).is_some_and(|handler| handler.enabled.try_get() == Some(true))
    }

    /// Does `command`; `false` where it can't be done now.
    pub(crate) fn run(self, command: Command) -> bool {
        let handler = self.find(command).filter(|handler| handler.enabled.try_get_untracked() == Some(true));
        handler.is_some_and(|handler| handler.run.try_run(()).is_some())
    }

    /// What the page does, and whether it can now.
    pub(crate) fn here(self) -> Vec<(Command, bool)> {
        self.changes.track();
        let handlers = self.handlers.get_value();
        handlers.iter().rev().map(|handler| (handler.command, handler.enabled.try_get() == Some(true))).collect()
    }

    /// Shows something over the page, or puts it away.
    fn toggle(self, overlay: Overlay) {
        if self.overlay.get_untracked() == Some(overlay) {
            self.close();
        } else {
            self.show(overlay);
        }
    }

    fn show(self, overlay: Overlay) {
        self.overlay.set(Some(overlay));
        platform::show_modal();
    }

    /// Puts away what stands over the page. The focus goes back to where it was.
    pub(crate) fn close(self) {
        platform::close_modal();
        self.overlay.set(None);
    }

    /// The browser closed the dialog. The event comes late: another can stand there by then.
    pub(crate) fn closed(self) {
        if !platform::is_modal() {
            self.overlay.set(None);
        }
    }

    /// Says that something was done, for a moment.
    pub(crate) fn say(self, words: &str) {
        self.said.set(words.to_owned());
        let words = words.to_owned();
        platform::after(SAID_FOR, move || {
            if self.said.with_untracked(|said| *said == words) {
                self.said.set(String::new());
            }
        });
    }

    /// Copies `text` and says so; where the browser does not let a page copy, shows it under the words `by_hand`.
    pub(crate) fn copy(self, text: String, said: &'static str, by_hand: &'static str) {
        spawn_local(async move {
            if platform::copy_text(&text).await {
                self.say(said);
            } else {
                self.by_hand.set(text);
                self.show(Overlay::ByHand(by_hand));
            }
        });
    }
}
