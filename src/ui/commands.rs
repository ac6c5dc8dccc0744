//! What the app can do now: parts of pages say which [`Command`]s they have, and buttons, keys, the palette and the list
//! of shortcuts find them here.
//!
//! ```ignore
//! Commands::get().on(
//!     &[Command::Undo, Command::Redo],
//!     move |command| if command == Command::Undo { session.can_undo() } else { session.can_redo() },
//!     move |command| if command == Command::Undo { session.undo() } else { session.redo() },
//! );
//! ```
//!
//! That holds while the owner lives under which it was said; of two that have a command, the later is asked.

use std::{future::ready, rc::Rc, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use receptive::{
    command::{Command, Place},
    link::Theme,
};

use super::{
    component::{palette, shortcut_sheet},
    platform::{self, Copied},
    route::Route,
};

/// How long something is said at least.
const SAID_FOR: Duration = Duration::from_secs(3);
/// How long it takes to read a letter of it, slowly.
const A_LETTER: Duration = Duration::from_millis(80);

/// The commands that there are now. One for the whole app, in context.
#[derive(Clone, Copy)]
pub(crate) struct Commands {
    handlers: StoredValue<Vec<Handler>, LocalStorage>,
    /// Counts what was said and withdrawn; readers follow it.
    changes: RwSignal<usize>,
    /// What was done last, for a moment.
    pub said: RwSignal<String>,
    /// The row of the palette that Enter means.
    pub active: RwSignal<usize>,
}

/// Who does some commands.
#[derive(Clone)]
struct Handler {
    /// Its number among all that there ever were.
    number: usize,
    commands: &'static [Command],
    can: Rc<dyn Fn(Command) -> bool>,
    run: Rc<dyn Fn(Command)>,
}

impl Commands {
    /// Makes them, with those that every page has, follows the keys, and puts them into context.
    pub(crate) fn provide(route: Route) -> Self {
        let commands = Self {
            handlers: StoredValue::new_local(Vec::new()),
            changes: RwSignal::new(0),
            said: RwSignal::new(String::new()),
            active: RwSignal::new(0),
        };
        provide_context(commands);
        let can = move |command| match command {
            Command::LeaveLecture => route.lecture(),
            Command::Go(page) => page != route.page.get(),
            _ => true,
        };
        // One list for as long as the app runs.
        let everywhere: Vec<Command> =
            Command::ALL.iter().copied().filter(|command| command.place() == Place::Everywhere).collect();
        commands.on(everywhere.leak(), can, move |command| commands.do_everywhere(route, command));
        platform::on_press(move |press| commands.press(press));
        platform::on_dialog(move |heard| palette::hear(commands, heard));
        commands
    }

    /// The app's commands.
    pub(crate) fn get() -> Self {
        expect_context()
    }

    fn do_everywhere(self, route: Route, command: Command) {
        match command {
            Command::Lecture => route.set_lecture(!route.lecture_now()),
            Command::LeaveLecture => route.set_lecture(false),
            Command::LightTheme => route.choose_theme(Some(Theme::Light)),
            Command::DarkTheme => route.choose_theme(Some(Theme::Dark)),
            Command::SystemTheme => route.choose_theme(None),
            Command::CopyLink => {
                let address = platform::address_of(&route.link().encode());
                self.copy(address, "Link copied", "This page may not copy by itself. Copy the link from here:");
            }
            Command::Palette => palette::toggle(self),
            Command::Shortcuts => shortcut_sheet::open(self),
            Command::Go(page) => route.go(page),
            _ => (),
        }
    }

    /// A key; `true` where it was taken.
    fn press(self, press: &platform::Press) -> bool {
        let is_here = |command: Command| self.find(command).is_some();
        match Command::of_key(&press.key, press.modifiers, &is_here) {
            None => false,
            Some(command) if press.wanted && !command.interrupts() => false,
            Some(command) if press.repeat && !command.repeats() => true,
            // What can't be done now takes its key all the same, or Space would scroll the page. Esc has other uses:
            // it leaves menus.
            Some(command) => self.run(command) || command != Command::LeaveLecture,
        }
    }

    /// Says, as long as the present owner lives, who does some commands, and when that can be.
    pub(crate) fn on(
        self,
        commands: &'static [Command],
        can: impl Fn(Command) -> bool + 'static,
        run: impl Fn(Command) + 'static,
    ) {
        self.add(commands, Rc::new(can), Rc::new(run));
    }

    fn add(self, commands: &'static [Command], can: Rc<dyn Fn(Command) -> bool>, run: Rc<dyn Fn(Command)>) {
        let number = self.changes.get_untracked();
        self.handlers.update_value(|handlers| handlers.push(Handler { number, commands, can, run }));
        self.changes.set(number + 1);
        on_cleanup(move || {
            self.handlers.try_update_value(|handlers| handlers.retain(|handler| handler.number != number));
            self.changes.try_update(|changes| *changes += 1);
        });
    }

    fn find(self, command: Command) -> Option<Handler> {
        let has = |handler: &&Handler| handler.commands.contains(&command);
        self.handlers.with_value(|handlers| handlers.iter().rev().find(has).cloned())
    }

    /// Whether `command` can be done now.
    pub(crate) fn can(self, command: Command) -> bool {
        self.changes.track();
        self.find(command).is_some_and(|handler| (handler.can)(command))
    }

    /// Does `command`; `false` where it can't be done now.
    pub(crate) fn run(self, command: Command) -> bool {
        let handler = self.find(command).filter(|handler| untrack(|| (handler.can)(command)));
        if let Some(handler) = &handler {
            untrack(|| (handler.run)(command));
        }
        handler.is_some()
    }

    /// What the page does, and whether it can now.
    pub(crate) fn here(self) -> Vec<(Command, bool)> {
        let can = |&command: &Command| Some((command, untrack(|| self.find(command).map(|it| (it.can)(command)))?));
        Command::ALL.iter().filter_map(can).collect()
    }

    /// Says what was done, or why not, as long as it takes to read.
    pub(crate) fn say(self, words: &str) {
        if words.is_empty() {
            return;
        }
        let words = words.to_owned();
        let letters = u32::try_from(words.len()).unwrap_or(u32::MAX);
        self.said.set(words.clone());
        platform::after(SAID_FOR.max(A_LETTER.saturating_mul(letters)), move || {
            if self.said.try_with_untracked(|said| *said == words) == Some(true) {
                self.said.set(String::new());
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
                Copied::Refused(text) => palette::show_text(by_hand, &text),
                Copied::NotMade(why) => self.say(&why),
            }
        });
    }
}
