//! Keys that work anywhere on a page, unless something with the focus wants them.

use leptos::prelude::*;
use leptos::web_sys;
use receptive::command::{Keyboard, Modifiers};
use wasm_bindgen::JsCast;

use super::dialog::is_modal;

/// A key that was pressed.
pub(crate) struct Press {
    /// What the browser calls it.
    pub key: String,
    /// What was held.
    pub modifiers: Modifiers,
    /// Whether it is held down.
    pub repeat: bool,
    /// Whether something with the focus wants it.
    pub wanted: bool,
}

/// Whose keys the names are.
pub(crate) fn keyboard() -> Keyboard {
    let platform = window().navigator().platform().unwrap_or_default();
    // Macintosh, iPhone, iPad.
    if platform.starts_with("Mac") || platform.starts_with("iP") { Keyboard::Apple } else { Keyboard::Other }
}

/// Calls `f` for each key that nobody has taken yet; `true` says that it was taken.
pub(crate) fn on_press(f: impl Fn(&Press) -> bool + 'static) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        let (command, foreign) = match keyboard() {
            Keyboard::Apple => (event.meta_key(), event.ctrl_key()),
            Keyboard::Other => (event.ctrl_key(), event.meta_key()),
        };
        if foreign || event.default_prevented() || event.is_composing() {
            return;
        }
        let key = event.key();
        let wanted = is_modal()
            || match (command, key.as_str()) {
                // Text fields have an undo of their own.
                (true, _) => is_text_field(&event),
                (false, "Escape") => false,
                (false, _) => !is_idle_target(&event),
            };
        let modifiers = Modifiers { command, shift: event.shift_key(), alt: event.alt_key() };
        if f(&Press { key, modifiers, repeat: event.repeat(), wanted }) {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// What the key was pressed in. A dialog that has just been closed can keep the focus until the next frame: what is
/// typed by then is for the page.
fn target_of(event: &web_sys::KeyboardEvent) -> Option<web_sys::Element> {
    let target: web_sys::Element = event.target()?.dyn_into().ok()?;
    matches!(target.closest("dialog:not([open])"), Ok(None)).then_some(target)
}

/// Whether the key was pressed where it has no meaning of its own: not in a field, a grid, a list or an open dialog.
fn is_idle_target(event: &web_sys::KeyboardEvent) -> bool {
    let Some(target) = target_of(event) else { return true };
    let own = match event.key().as_str() {
        // Space presses what has the focus; the other keys of a page mean nothing to a button or a link.
        " " => "input, textarea, select, button, a, summary, dialog, [role=grid], [role=slider], [role=switch]",
        "PageUp" | "PageDown" => "textarea, select, dialog",
        _ => "input, textarea, select, dialog, [role=grid], [role=slider]",
    };
    matches!(target.closest(own), Ok(None))
}

/// Whether the key was pressed in a field that text is typed into.
fn is_text_field(event: &web_sys::KeyboardEvent) -> bool {
    target_of(event).is_some_and(|target| matches!(target.closest("input:not([type=range]), textarea"), Ok(Some(_))))
}
