//! Buttons that copy a text, and say so.

use crate::ui::view::{attr, on, part};
use leptos::prelude::*;
use receptive::command::Command;

use super::{Icon, Shape};
use crate::ui::{commands::Commands, said::Said};

/// "Copy link": the link to what is on screen.
#[component]
pub(crate) fn CopyLink() -> impl IntoView {
    let commands = Commands::get();
    let copy = Callback::new(move |()| {
        commands.run(Command::CopyLink);
    });
    button("Copy link", "Link copied", "Copies the address of exactly what is on screen", copy)
}

/// The button named `label`, which copies what `text` tells when it is pressed.
#[component]
pub(crate) fn CopyText(
    label: &'static str,
    /// What the button is called after that.
    said: &'static str,
    title: &'static str,
    /// What is said where the browser does not let a page copy.
    by_hand: &'static str,
    text: Callback<(), String>,
) -> impl IntoView {
    let announce = Said::get();
    button(label, said, title, Callback::new(move |()| announce.copy(untrack(|| text.run(())), said, by_hand)))
}

/// It is called otherwise as long as it is said that the text was copied.
fn button(label: &'static str, said: &'static str, title: &'static str, copy: Callback<()>) -> impl IntoView {
    let Said(now_said) = Said::get();
    view! {
        <button class="btn quiet" {..attr("title", title)} on:click=on(move |_| copy.run(()))>
            {part(move || {
                let copied = now_said.with(|now| now == said);
                let (shape, name) = if copied { (Shape::Tick, said) } else { (Shape::Link, label) };
                view! { <Icon shape/><span>{name}</span> }
            })}
        </button>
    }
}
