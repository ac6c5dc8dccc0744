//! Copying and saving what is on screen.
//!
//! All is made by a chunk of its own (`platform/export.rs`), which is loaded when the menu is opened or a command asks for
//! it. The link to what is on screen is all that it gets.

use leptos::{prelude::*, task::spawn_local};
use receptive::{bench::Event, command::Command, link::Link};

use super::live::LiveBench;
use crate::ui::{
    packing,
    platform::{self, export::Screen},
    said::BY_HAND,
};

/// What a command has made: its name in the chunk, and what is said of a text that was copied; of a file the chunk says
/// it.
pub(super) fn makes(command: Command) -> Option<(&'static str, &'static str)> {
    Some(match command {
        Command::CopyPytorch => ("pytorch", "PyTorch code copied"),
        Command::CopyLatex => ("latex", "Matrices copied as LaTeX"),
        Command::CopyTikz => ("tikz", "Figure copied as TikZ"),
        Command::SaveSvg => ("svg", ""),
        Command::SavePng => ("png", ""),
        Command::SaveFilmstrip => ("strip", ""),
        Command::SaveGif => ("gif", ""),
        _ => return None,
    })
}

/// Makes `kind` of what is on screen, one thing at a time: what is begun later ends the one before, and leaving the page
/// ends all. `said` is said of a text that was copied.
pub(super) fn make(bench: LiveBench, kind: String, said: String) {
    let announce = bench.announce;
    bench.send(Event::Pause);
    let last = bench.exports;
    let number = last.get_value() + 1;
    last.set_value(number);
    let is_wanted = move || last.try_get_value() == Some(number);
    // A film and an array are of all steps.
    let whole = matches!(kind.as_str(), "strip" | "gif") || kind.contains(' ');
    let shown = Screen { link: link(bench, whole), kind: bench.kind, pixels: (bench.pixels)(bench) };
    let making = async move {
        let say = move |words: String| {
            if is_wanted() {
                announce.say(&words);
            }
            is_wanted()
        };
        let made = platform::export::make(shown, kind, Box::new(say)).await;
        if is_wanted() { made } else { Err(String::new()) }
    };
    if said.is_empty() {
        spawn_local(async move {
            let (Ok(words) | Err(words)) = making.await;
            announce.say(&words);
        });
    } else {
        announce.copy_made(making, &said, BY_HAND);
    }
}

/// The link to what is on screen.
fn link(bench: LiveBench, whole: bool) -> String {
    let fields = (bench.kind.encode)(&bench.ask(|bench| bench.shown(whole)));
    packing::encode(&Link { page: bench.kind.page, fields, shared: bench.standing.shared.get_untracked() })
}
