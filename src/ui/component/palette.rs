//! All that can be done, found by typing.
//!
//! A combobox with its list: the focus stays in the field, whose `aria-activedescendant` says which row is meant. The
//! field is there at once; what fills the list is a chunk of its own, with the list of keys.
#![allow(unsafe_code, reason = "what #[wasm_split] writes: the border between two modules of one program")]
#![allow(clippy::unnecessary_wraps, reason = "a split function says by its type that its chunk may not come")]

use std::cell::Cell;

use leptos::task::spawn_local;
use receptive::{
    command::{Entry, palette},
    markup::Markup,
};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{
    overlay::{CLOSE, push_key},
    shortcut_sheet,
};
use crate::ui::{
    commands::Commands,
    platform::{self, Heard, chunk},
};

/// The field's id.
const FIELD: &str = "command-query";
/// The list's id.
const LIST: &str = "command-list";
/// The id of what is said where the list has nothing.
const NONE: &str = "no-command";

thread_local! {
    /// Whether the chunk is there.
    static HERE: Cell<bool> = const { Cell::new(false) };
}

/// Opens the palette; closes it where it is open.
pub(crate) fn toggle(commands: Commands) {
    if platform::text_of(FIELD).is_some() {
        platform::close_modal();
        return;
    }
    let mut html = Markup::raw(
        "<div class=\"overlay-head\"><input id=\"command-query\" role=\"combobox\" aria-label=\"Search commands\" \
        placeholder=\"Search commands\" aria-expanded=\"true\" aria-controls=\"command-list\" \
        aria-autocomplete=\"list\" autocomplete=\"off\" spellcheck=\"false\">",
    );
    html.push_raw(CLOSE).push_raw(
        "<ul id=\"command-list\" role=\"listbox\" aria-label=\"Commands\"></ul>\
        <p id=\"no-command\" class=\"dim\" role=\"status\"></p>",
    );
    platform::show_modal("Commands", &html, FIELD);
    act(commands, Heard::Text);
}

/// What a person does in the palette; `true` where a key was taken.
pub(crate) fn hear(commands: Commands, heard: Heard) -> bool {
    if platform::text_of(FIELD).is_none() {
        return false;
    }
    let taken = match &heard {
        Heard::Text => false,
        Heard::Pick(_) => true,
        Heard::Key(key) => ["Enter", "ArrowDown", "ArrowUp"].contains(&key.as_str()),
    };
    if taken || matches!(heard, Heard::Text) {
        act(commands, heard);
    }
    taken
}

/// Answers it, as soon as the chunk is there: what was pressed before is not lost. Once it is there, at once: what a press
/// allows, such as to write to the clipboard, some browsers allow to nobody who asks later.
fn act(commands: Commands, heard: Heard) {
    if HERE.get() {
        let _done: Option<Result<(), SplitLoaderError>> = chunk::now(answer(commands, heard));
        return;
    }
    spawn_local(async move {
        match chunk::fetch("commands", "The list of commands").await {
            Ok(()) => HERE.set(answer(commands, heard).await.is_ok()),
            Err(sentence) => platform::rewrite(NONE, &Markup::text(&sentence)),
        }
    });
}

/// Opens the list of keys.
///
/// # Errors
/// A sentence, where the chunk does not come.
pub(crate) async fn shortcuts(commands: Commands) -> Result<(), String> {
    chunk::fetch("commands", "The list of shortcuts").await?;
    drop(keys(commands).await);
    Ok(())
}

#[wasm_split(commands, fallible)]
fn keys(commands: Commands) -> Result<(), SplitLoaderError> {
    shortcut_sheet::open(commands);
    Ok(())
}

#[wasm_split(commands, fallible)]
fn answer(commands: Commands, heard: Heard) -> Result<(), SplitLoaderError> {
    let Some(query) = platform::text_of(FIELD) else { return Ok(()) };
    let entries = palette(&query, &commands.here());
    let (at, len) = (commands.active.get_untracked(), entries.len());
    let to = match heard {
        Heard::Text => {
            list(commands, &entries);
            return Ok(());
        }
        Heard::Pick(index) => {
            choose(commands, entries.get(index));
            return Ok(());
        }
        Heard::Key(key) => match key.as_str() {
            "Enter" => {
                choose(commands, entries.get(at));
                return Ok(());
            }
            _ if len == 0 => return Ok(()),
            "ArrowDown" if at + 1 < len => at + 1,
            "ArrowDown" => 0,
            _ => at.checked_sub(1).unwrap_or(len - 1),
        },
    };
    platform::mark(&id(at), "aria-selected", "false");
    mean(commands, to);
    Ok(())
}

/// Does it and closes, if it can be done.
fn choose(commands: Commands, entry: Option<&Entry>) {
    if let Some(Entry { command, why_not: None }) = entry {
        // First closed: what the command moves the focus to must be within reach.
        platform::close_modal();
        commands.run(*command);
    }
}

/// Lists what fits the field's text, and means the first.
fn list(commands: Commands, entries: &[Entry]) {
    platform::rewrite(LIST, &rows(entries));
    platform::rewrite(NONE, &Markup::raw(if entries.is_empty() { "No command is called that." } else { "" }));
    if entries.is_empty() {
        platform::mark(FIELD, "aria-activedescendant", "");
    } else {
        mean(commands, 0);
    }
}

/// Means the row `index`.
fn mean(commands: Commands, index: usize) {
    commands.active.set(index);
    let id = id(index);
    platform::mark(&id, "aria-selected", "true");
    platform::mark(FIELD, "aria-activedescendant", &id);
    platform::reveal_nearest(&id);
}

fn id(index: usize) -> String {
    ["command-", &index.to_string()].concat()
}

/// The rows as markup. A group is named where it begins.
fn rows(entries: &[Entry]) -> Markup {
    let keyboard = platform::keyboard();
    let mut html = Markup::default();
    let mut last = "";
    for (index, Entry { command, why_not }) in entries.iter().enumerate() {
        let group = command.group().name();
        html.push_raw("<li role=\"option\" aria-selected=\"false\" id=\"").push_text(&id(index));
        html.push_raw("\" data-index=\"").push_text(&index.to_string());
        html.push_raw(if why_not.is_some() { "\" aria-disabled=\"true" } else { "" });
        html.push_raw("\"><i aria-hidden=\"true\">").push_text(if group == last { "" } else { group });
        html.push_raw("</i><span>").push_text(command.name()).push_raw("</span> ");
        match (why_not, command.strokes().first()) {
            (Some(why_not), _) => {
                html.push_raw("<small>").push_text(why_not).push_raw("</small>");
            }
            (None, Some(stroke)) => push_key(&mut html, &stroke.text(keyboard)),
            (None, None) => {}
        }
        html.push_raw("</li>");
        last = group;
    }
    html
}
