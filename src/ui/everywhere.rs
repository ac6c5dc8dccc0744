//! What can be done by name on every page.

use leptos::prelude::*;
use receptive::{
    command::{Command, Place},
    link::Theme,
};

use super::{
    commands::Commands,
    component::{palette, shortcut_sheet},
    platform,
    route::Route,
    said::Said,
};

/// Offers it as long as the app runs.
pub(super) fn offer(commands: Commands, route: Route, said: Said) {
    let can = move |command| match command {
        Command::LeaveLecture => route.lecture(),
        Command::Go(page) => page != route.page.get(),
        _ => true,
    };
    let everywhere: Vec<Command> =
        Command::ALL.iter().copied().filter(|command| command.place() == Place::Everywhere).collect();
    // One list for as long as the app runs.
    commands.on(everywhere.leak(), can, move |command| run(commands, route, said, command));
    platform::on_dialog(move |heard| palette::hear(commands, heard));
}

fn run(commands: Commands, route: Route, said: Said, command: Command) {
    match command {
        Command::Lecture => route.set_lecture(!route.lecture_now()),
        Command::LeaveLecture => route.set_lecture(false),
        Command::LightTheme => route.choose_theme(Some(Theme::Light)),
        Command::DarkTheme => route.choose_theme(Some(Theme::Dark)),
        Command::SystemTheme => route.choose_theme(None),
        Command::CopyLink => {
            let address = platform::address_of(&route.link().encode());
            said.copy(address, "Link copied", "This page may not copy by itself. Copy the link from here:");
        }
        Command::Palette => palette::toggle(commands),
        Command::Shortcuts => shortcut_sheet::open(commands),
        Command::Go(page) => route.go(page),
        _ => (),
    }
}
