//! What is done to a bench by name.

use leptos::prelude::*;
use receptive::{bench::Event, command::Command, link::Panel};

use super::{export, live::LiveBench};
use crate::ui::{
    component::{CommandButton, PasteRequest, Shape},
    platform::{self, Import},
    view::memo,
};

/// All that a bench does by name.
pub(crate) const ALL: &[Command] = &[
    Command::FirstStep,
    Command::StepBack,
    Command::Play,
    Command::StepForward,
    Command::LastStep,
    Command::Slower,
    Command::Faster,
    Command::Predict,
    Command::Undo,
    Command::Redo,
    Command::SamePadding,
    Command::FullPadding,
    Command::Paste,
    Command::Settings,
    Command::CopyPytorch,
    Command::CopyLatex,
    Command::CopyTikz,
    Command::SaveSvg,
    Command::SavePng,
    Command::SaveFilmstrip,
    Command::SaveGif,
];

/// Whether `command` can be done now, tracked.
pub(crate) fn can(bench: LiveBench, command: Command) -> bool {
    match command {
        Command::Paste => true,
        Command::Settings => !bench.lecture() && !bench.hides(Panel::Settings),
        _ if export::makes(command).is_some() => bench.len.get() > 0,
        _ => {
            bench.view(|_| ());
            bench.ask(|bench| bench.can(command))
        }
    }
}

/// Does `command`, where that can be.
pub(crate) fn run(bench: LiveBench, command: Command) {
    match command {
        Command::Paste => bench.pasting.set(Some(PasteRequest { taken: Import::Text(String::new()), target: 0 })),
        Command::Settings => {
            bench.open.set(true);
            focus(bench, "settings");
        }
        Command::Predict => {
            bench.send(Event::Command(command));
            if bench.asks.get_untracked() {
                focus(bench, "prediction");
            }
        }
        _ => match export::makes(command) {
            Some((kind, said)) => export::make(bench, kind.to_owned(), said.to_owned()),
            None => bench.send(Event::Command(command)),
        },
    }
}

/// The button of a command.
pub(super) fn button(bench: LiveBench, command: Command, shape: Shape, class: &'static str) -> AnyView {
    let can = memo(move || can(bench, command)).into();
    let run = Callback::new(move |()| run(bench, command));
    view! { <CommandButton command shape class can run/> }.into_any()
}

/// To what comes with the next frame.
fn focus(bench: LiveBench, name: &str) {
    let id = bench.id(name);
    platform::next_frame(move || platform::focus(&id));
}
