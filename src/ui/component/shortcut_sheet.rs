//! The keys of the page that is on, by group.

use receptive::{
    command::{Command, sheet},
    markup::Markup,
};

use super::overlay::{CLOSE, push_key};
use crate::ui::{commands::Commands, platform};

/// What keys do in a grid, which needs them for itself.
const IN_A_GRID: [(&str, &[&str]); 5] = [
    ("Move", &["←", "→", "↑", "↓"]),
    ("Edit a number", &[]),
    ("Take it and move down", &["Enter"]),
    ("Take it and move on; else leave the grid", &["Tab"]),
    ("Restore it", &["Esc"]),
];

/// Opens the list.
pub(super) fn open(commands: Commands) {
    let mut html = Markup::raw("<div class=\"overlay-head\"><h2>Keyboard shortcuts</h2>");
    // It scrolls where the window is low, and so takes the focus.
    html.push_raw(CLOSE).push_raw("<div class=\"shortcuts\" tabindex=\"0\" role=\"region\" aria-label=\"Shortcuts\">");
    push_groups(&mut html, &commands.here());
    html.push_raw("</div>");
    platform::show_modal("Keyboard shortcuts", &html, "overlay-close");
}

fn push_groups(html: &mut Markup, here: &[(Command, bool)]) {
    let keyboard = platform::keyboard();
    for (group, commands) in sheet(here) {
        push_name(html, group.name());
        for command in commands {
            let keys: Vec<String> = command.strokes().iter().map(|stroke| stroke.text(keyboard)).collect();
            push_row(html, command.name(), &keys.iter().map(String::as_str).collect::<Vec<_>>());
        }
        html.push_raw("</dl></section>");
    }
    // What undoes edits has grids to edit.
    if here.iter().any(|(command, _)| *command == Command::Undo) {
        push_name(html, "In a grid");
        for (name, keys) in IN_A_GRID {
            push_row(html, name, keys);
        }
        html.push_raw("</dl></section>");
    }
}

fn push_name(html: &mut Markup, name: &str) {
    html.push_raw("<section><h3>").push_text(name).push_raw("</h3><dl>");
}

/// What is done, and its keys; what has none is typed.
fn push_row(html: &mut Markup, name: &str, keys: &[&str]) {
    html.push_raw("<div><dt>").push_text(name).push_raw("</dt><dd>");
    for (index, key) in keys.iter().enumerate() {
        html.push_raw(if index > 0 { " " } else { "" });
        push_key(html, key);
    }
    html.push_raw(if keys.is_empty() { "type it</dd></div>" } else { "</dd></div>" });
}
