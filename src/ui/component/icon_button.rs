//! Buttons that show an icon and are called by a name.

use crate::ui::view::{live, on};
use leptos::prelude::*;
use receptive::command::Command;

use super::{Icon, Shape};
use crate::ui::{commands::Commands, platform};

/// The button of a command: its name, its keys, and whether it can be done are the command's own.
#[component]
pub(crate) fn CommandButton(
    command: Command,
    shape: Shape,
    /// A class of its own, where a mode hides it.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let commands = Commands::get();
    button(
        command.name(),
        command.title(platform::keyboard()),
        shape,
        class,
        Signal::derive(move || !commands.can(command)),
        Callback::new(move |()| {
            commands.run(command);
        }),
    )
}

/// The button named `name`; `key` is what does the same from the keyboard.
#[component]
pub(crate) fn IconButton(
    name: &'static str,
    key: &'static str,
    shape: Shape,
    /// A class of its own, where a mode hides it.
    #[prop(optional)]
    class: &'static str,
    #[prop(into)] disabled: Signal<bool>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    button(name, format!("{name} ({key})"), shape, class, disabled, on_press)
}

fn button(
    name: &'static str,
    title: String,
    shape: Shape,
    class: &'static str,
    disabled: Signal<bool>,
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            class=["btn quiet square ", class].concat()
            aria-label=name
            title=title
            disabled=live(move || disabled.get())
            on:click=on(move |_| on_press.run(()))
        >
            <Icon shape/>
        </button>
    }
}
