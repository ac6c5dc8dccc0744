//! All that can be done, found by typing.
//!
//! A combobox with its list: the focus stays in the field, and the list says which row is meant. The list is written as
//! one text, since views of its rows would be a tenth of what the palette weighs at most.

use crate::ui::view::{live, on};
use leptos::prelude::*;
use receptive::command::{Entry, palette};

use super::overlay::CloseOverlay;
use crate::ui::{commands::Commands, platform};

/// The field's id.
const FIELD: &str = "command-query";

/// The palette.
#[component]
pub(crate) fn Palette() -> impl IntoView {
    let commands = Commands::get();
    let query = RwSignal::new(String::new());
    let active = RwSignal::new(0usize);
    let entries = move || query.with(|query| palette(query, &commands.here()));
    let choose = move |index: usize| {
        let chosen = untrack(entries).get(index).filter(|entry| entry.why_not.is_none()).copied();
        if let Some(Entry { command, .. }) = chosen {
            // First closed: what the command moves the focus to must be within reach.
            commands.close();
            commands.run(command);
        }
    };
    let press = move |event: leptos::ev::KeyboardEvent| {
        let len = untrack(entries).len();
        let at = active.get_untracked();
        match event.key().as_str() {
            _ if event.is_composing() => return,
            "Enter" => choose(at),
            _ if len == 0 => return,
            "ArrowDown" => active.set(if at + 1 < len { at + 1 } else { 0 }),
            "ArrowUp" => active.set(if at > 0 { at - 1 } else { len - 1 }),
            _ => return,
        }
        event.prevent_default();
        platform::next_frame(move || {
            if let Some(at) = active.try_get_untracked() {
                platform::reveal_nearest(&id(at));
            }
        });
    };
    Effect::new(move |_| platform::focus(FIELD));
    view! {
        <div class="overlay-head">
            <input
                id=FIELD
                role="combobox"
                aria-label="Search commands"
                aria-expanded="true"
                aria-controls="command-list"
                aria-autocomplete="list"
                aria-activedescendant=live(move || (!entries().is_empty()).then(|| id(active.get())))
                autocomplete="off"
                spellcheck="false"
                placeholder="Search commands"
                on:input=on(move |event: leptos::ev::Event| {
                    active.set(0);
                    query.set(event_target_value(&event));
                })
                on:keydown=on(press)
            />
            <CloseOverlay/>
        </div>
        <ul
            id="command-list"
            class="command-list"
            role="listbox"
            aria-label="Commands"
            inner_html=live(move || rows(&entries(), active.get()))
            // The focus stays in the field.
            on:mousedown=on(move |event: leptos::ev::MouseEvent| event.prevent_default())
            on:click=on(move |event: leptos::ev::MouseEvent| {
                let index = platform::closest_attribute(event.target(), "data-index");
                if let Some(index) = index.and_then(|index| index.parse().ok()) {
                    choose(index);
                }
            })
        ></ul>
        <p class="no-command dim" role="status">
            {live(move || if entries().is_empty() { "No command is called that." } else { "" })}
        </p>
    }
}

fn id(index: usize) -> String {
    ["command-", &index.to_string()].concat()
}

/// The rows as markup. A group is named where it begins.
fn rows(entries: &[Entry], active: usize) -> String {
    let keyboard = platform::keyboard();
    let mut html = String::new();
    let mut last = "";
    for (index, Entry { command, why_not }) in entries.iter().enumerate() {
        let number = index.to_string();
        let group = command.group().name();
        html.push_str(
            &[
                "<li role=\"option\" id=\"command-",
                &number,
                "\" data-index=\"",
                &number,
                if index == active { "\" aria-selected=\"true" } else { "\" aria-selected=\"false" },
                if why_not.is_some() { "\" aria-disabled=\"true" } else { "" },
                "\"><i aria-hidden=\"true\">",
                if group == last { "" } else { group },
                "</i><span>",
                command.name(),
                "</span> ",
            ]
            .concat(),
        );
        match (why_not, command.strokes().first()) {
            (Some(why_not), _) => html.push_str(&["<small>", why_not, "</small>"].concat()),
            (None, Some(stroke)) => html.push_str(&key(&stroke.text(keyboard))),
            (None, None) => {}
        }
        html.push_str("</li>");
        last = group;
    }
    html
}

/// A key as markup.
pub(super) fn key(text: &str) -> String {
    ["<kbd>", text, "</kbd>"].concat()
}
