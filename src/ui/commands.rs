//! What the app can do now: parts of pages say which [`Command`]s they have, and buttons, keys, the palette and the list
//! of shortcuts find them here.
//!
//! ```ignore
//! Commands::get().on(
//!     &[Command::Undo, Command::Redo],
//!     move |command| if command == Command::Undo { can_undo() } else { can_redo() },
//!     move |command| if command == Command::Undo { undo() } else { redo() },
//! );
//! ```
//!
//! That holds while the owner lives under which it was said; of two that have a command, the later is asked.

use std::rc::Rc;

use leptos::prelude::*;
use receptive::command::Command;

use super::platform;
use crate::ui::signal::RwSignal;

/// The commands that there are now. One for the whole app, in context.
#[derive(Clone, Copy)]
pub(crate) struct Commands {
    handlers: StoredValue<Vec<Handler>, LocalStorage>,
    /// How many there ever were.
    count: StoredValue<usize>,
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
    /// Makes them, follows the keys, and puts them into context.
    pub(crate) fn provide() -> Self {
        let commands =
            Self { handlers: StoredValue::new_local(Vec::new()), count: StoredValue::new(0), active: RwSignal::new(0) };
        provide_context(commands);
        platform::on_press(move |press| commands.press(press));
        commands
    }

    /// The app's commands.
    pub(crate) fn get() -> Self {
        expect_context()
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
        let number = self.count.get_value();
        self.handlers.update_value(|handlers| handlers.push(Handler { number, commands, can, run }));
        self.count.set_value(number + 1);
        on_cleanup(move || {
            self.handlers.try_update_value(|handlers| handlers.retain(|handler| handler.number != number));
        });
    }

    fn find(self, command: Command) -> Option<Handler> {
        let has = |handler: &&Handler| handler.commands.contains(&command);
        self.handlers.with_value(|handlers| handlers.iter().rev().find(has).cloned())
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
}
