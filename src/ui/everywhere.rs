//! What can be done by name on every page.

use leptos::task::spawn_local;
use receptive::{
    command::{Command, Place},
    course::{LECTURE, lecture::added},
    link::Theme,
};

use super::{commands::Commands, component::palette, packing, platform, route::Route, said::Said};

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
            let address = platform::address_of(&packing::encode(&route.link()));
            said.copy(address, "Link copied", "This page may not copy by itself. Copy the link from here:");
        }
        Command::AddToLecture => {
            let entry = route.page.get_untracked().entry();
            add_to_lecture(said, entry.name, &packing::encode(&route.link()));
        }
        Command::Palette => palette::toggle(commands),
        Command::Shortcuts => spawn_local(async move {
            if let Err(sentence) = palette::shortcuts(commands).await {
                said.say(&sentence);
            }
        }),
        Command::Go(page) => route.go(page),
        _ => (),
    }
}

/// Adds a scene to the lecture of one's own.
pub(super) fn add_to_lecture(said: Said, title: &str, link: &str) {
    let before = platform::stored(LECTURE).unwrap_or_default();
    said.say(match added(&before, title, link).map(|text| platform::store(LECTURE, &text)) {
        Some(true) => "Added to your lecture",
        Some(false) => "This browser keeps nothing for this site: the scene was not added.",
        None => "Your lecture is full: the scene was not added.",
    });
}
