//! A button of a command, which shows an icon and is called by the command's name.

use leptos::prelude::*;
use receptive::command::Command;

use super::{Icon, Shape};
use crate::ui::{
    platform,
    signal::Signal,
    view::{attr, live, on},
};

/// The button of a command, whose name and keys are the command's own.
#[component]
pub(crate) fn CommandButton(
    command: Command,
    shape: Shape,
    /// A class of its own, where a mode hides it.
    class: &'static str,
    /// Whether it can be done.
    can: Signal<bool>,
    run: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            class=["btn quiet square ", class].concat()
            {..attr("aria-label", command.name())}
            {..attr("title", command.title(platform::keyboard()))}
            {..attr("disabled", live(move || !can.get()))}
            on:click=on(move |_| run.run(()))
        >
            <Icon shape/>
        </button>
    }
}
