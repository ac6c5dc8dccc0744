//! Keys that work anywhere on a page, unless something with the focus wants them.

use leptos::prelude::*;
use leptos::web_sys;
use wasm_bindgen::JsCast;

/// Calls `f(key)` for keys that nothing with the focus uses; `true` says that it was taken.
pub(crate) fn on_global_key(f: impl Fn(&str) -> bool + 'static) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
        let free = event.key() == "Escape" || is_idle_target(&event);
        if plain && free && !event.default_prevented() && f(&event.key()) {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Calls `f(lower-case key, shift)` for keys pressed with Ctrl or ⌘ outside text fields, which have an undo of their own;
/// `true` says that it was taken.
pub(crate) fn on_command_key(f: impl Fn(&str, bool) -> bool + 'static) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        let command = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
        if command && !is_text_field(&event) && f(&event.key().to_ascii_lowercase(), event.shift_key()) {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Whether the key was pressed where it has no meaning of its own: not in a field, a grid, a list or an open dialog.
pub(crate) fn is_idle_target(event: &web_sys::KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else {
        return true;
    };
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
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| matches!(target.closest("input:not([type=range]), textarea"), Ok(Some(_))))
}
