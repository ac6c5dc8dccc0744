//! What stands over the page: a dialog for commands, keys and texts, and a line that says what was done.

use crate::ui::view::{live, on, part};
use leptos::prelude::*;

use super::{Icon, Shape, palette::Palette, shortcut_sheet::ShortcutSheet};
use crate::ui::{
    commands::{Commands, Overlay},
    platform,
};

/// The dialog. A native one: it holds the focus, closes on Esc, and gives the focus back.
#[component]
pub(crate) fn OverlayDialog() -> impl IntoView {
    let commands = Commands::get();
    let name = move || match commands.overlay.get() {
        Some(Overlay::Palette) => "Commands",
        Some(Overlay::Shortcuts) => "Keyboard shortcuts",
        Some(Overlay::ByHand(_)) | None => "Copy by hand",
    };
    view! {
        <dialog
            id=platform::DIALOG
            class="overlay"
            aria-label=live(name)
            // On Esc the browser closes it.
            on:close=on(move |_: leptos::ev::Event| commands.closed())
            on:click=on(move |event: leptos::ev::MouseEvent| if platform::is_backdrop(&event) { commands.close() })
        >
            {part(move || commands.overlay.get().map(|overlay| match overlay {
                Overlay::Palette => view! { <Palette/> }.into_any(),
                Overlay::Shortcuts => view! { <ShortcutSheet/> }.into_any(),
                Overlay::ByHand(words) => view! { <ByHand words/> }.into_any(),
            }))}
        </dialog>
    }
}

/// The button that closes it, for those without Esc.
#[component]
pub(crate) fn CloseOverlay() -> impl IntoView {
    let commands = Commands::get();
    view! {
        <button id="overlay-close" class="btn quiet square" aria-label="Close" on:click=on(move |_| commands.close())>
            <Icon shape=Shape::Cross size=16/>
        </button>
    }
}

/// A text to be copied by hand, selected.
#[component]
fn ByHand(words: &'static str) -> impl IntoView {
    let text = Commands::get().by_hand;
    Effect::new(move |_| platform::focus_text("by-hand"));
    view! {
        <div class="overlay-head">
            <label for="by-hand">{words}</label>
            <CloseOverlay/>
        </div>
        <input id="by-hand" class="by-hand" readonly prop:value=live(move || text.get())/>
    }
}

/// What was done last, for a moment.
#[component]
pub(crate) fn Said() -> impl IntoView {
    let said = Commands::get().said;
    view! { <p class="said-last" role="status">{said}</p> }
}
