//! A button that shows an icon and is called by a name.

use crate::ui::view::{live, on};
use leptos::prelude::*;

use super::{Icon, Shape};

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
    view! {
        <button
            class=format!("btn quiet square {class}")
            aria-label=name
            title=format!("{name} ({key})")
            disabled=live(move || disabled.get())
            on:click=on(move |_| on_press.run(()))
        >
            <Icon shape/>
        </button>
    }
}
