//! The keys of the page that is on, by group.

use receptive::command::{Command, sheet};

use super::overlay::{CLOSE, key};
use crate::ui::{commands::Commands, platform};

/// What keys do in a grid, which needs them for itself.
const IN_A_GRID: [(&str, &str); 5] = [
    ("Move", "<kbd>←</kbd> <kbd>→</kbd> <kbd>↑</kbd> <kbd>↓</kbd>"),
    ("Edit a number", "type it"),
    ("Take it and move down", "<kbd>Enter</kbd>"),
    ("Take it and move on; else leave the grid", "<kbd>Tab</kbd>"),
    ("Restore it", "<kbd>Esc</kbd>"),
];

/// Opens the list.
pub(crate) fn open(commands: Commands) {
    let html = [
        "<div class=\"overlay-head\"><h2>Keyboard shortcuts</h2>",
        CLOSE,
        // It scrolls where the window is low, and so takes the focus.
        "<div class=\"shortcuts\" tabindex=\"0\" role=\"region\" aria-label=\"Shortcuts\">",
        &groups(&commands.here()),
        "</div>",
    ];
    platform::show_modal("Keyboard shortcuts", &html.concat(), "overlay-close");
}

/// The groups as markup.
fn groups(here: &[(Command, bool)]) -> String {
    let keyboard = platform::keyboard();
    let mut html = String::new();
    for (group, commands) in sheet(here) {
        let rows = commands.iter().map(|command| {
            let keys = command.strokes().iter().map(|stroke| key(&stroke.text(keyboard)));
            (command.name(), keys.collect::<Vec<_>>().join(" "))
        });
        push_group(&mut html, group.name(), &rows.collect::<Vec<_>>());
    }
    // What undoes edits has grids to edit.
    if here.iter().any(|(command, _)| *command == Command::Undo) {
        push_group(&mut html, "In a grid", &IN_A_GRID.map(|(name, keys)| (name, keys.to_owned())));
    }
    html
}

fn push_group(html: &mut String, name: &str, rows: &[(&str, String)]) {
    html.push_str(&["<section><h3>", name, "</h3><dl>"].concat());
    for (name, keys) in rows {
        html.push_str(&["<div><dt>", name, "</dt><dd>", keys, "</dd></div>"].concat());
    }
    html.push_str("</dl></section>");
}
