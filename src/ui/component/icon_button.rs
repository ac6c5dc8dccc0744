//! A button of a command, which shows an icon and is called by the command's name.

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
    view! {
        <button
            class=["btn quiet square ", class].concat()
            aria-label=command.name()
            title=command.title(platform::keyboard())
            disabled=live(move || !commands.can(command))
            on:click=on(move |_| {
                commands.run(command);
            })
        >
            <Icon shape/>
        </button>
    }
}
