//! The dialog over the page, which `index.html` has: native, so that it holds the focus, closes on Esc and gives the
//! focus back. There is one, so that two never stand over each other.
//!
//! What is in it is written as markup. As views of Leptos, whose code comes anew for each attribute, it would weigh as
//! much as a page.

use leptos::{prelude::*, web_sys};
use receptive::markup::Markup;
use wasm_bindgen::{JsCast, closure::Closure};

use super::{closest_attribute, fill, focus_element};

/// What happens in the dialog.
pub(crate) enum Heard {
    /// Another text stands in its field.
    Text,
    /// A key that the field has no use for.
    Key(String),
    /// A press on what has this `data-index`.
    Pick(usize),
}

fn by_id<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

fn dialog() -> Option<web_sys::HtmlDialogElement> {
    by_id("overlay")
}

/// The events of the dialog that matter.
const EVENTS: [&str; 5] = ["input", "keydown", "mousedown", "click", "close"];

/// Calls `hear` with what happens in the dialog; `true` says that a key was taken.
pub(crate) fn on_dialog(hear: impl Fn(Heard) -> bool + 'static) {
    let Some(dialog) = dialog() else { return };
    let on_event = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
        let target = event.target();
        let taken = match event.type_().as_str() {
            "input" => hear(Heard::Text),
            "keydown" => event
                .dyn_ref::<web_sys::KeyboardEvent>()
                .is_some_and(|event| !event.is_composing() && hear(Heard::Key(event.key()))),
            // The focus stays in the field.
            "mousedown" => closest_attribute(target, "data-index").is_some(),
            "click" => {
                if let Some(index) = closest_attribute(target.clone(), "data-index") {
                    index.parse().is_ok_and(|index| hear(Heard::Pick(index)))
                } else {
                    // On the button that closes it, or beside all that is in it.
                    let is_dialog = target.is_some_and(|target| target.dyn_ref() == self::dialog().as_ref());
                    if is_dialog || closest_attribute(event.target(), "data-close").is_some() {
                        close_modal();
                    }
                    false
                }
            }
            // It is closed. The event comes late: another may stand there by now.
            _ => {
                if let Some(dialog) = self::dialog().filter(|dialog| !dialog.open()) {
                    fill(&dialog, &Markup::default());
                }
                false
            }
        };
        if taken {
            event.prevent_default();
        }
    });
    for name in EVENTS {
        // It fails for no name of an event.
        drop(dialog.add_event_listener_with_callback(name, on_event.as_ref().unchecked_ref()));
    }
    // The other module of the app hears the same dialog when it is mounted.
    let on_event = StoredValue::new_local(Some(on_event));
    on_cleanup(move || {
        let (Some(dialog), Some(Some(on_event))) = (self::dialog(), on_event.try_update_value(Option::take)) else {
            return;
        };
        for name in EVENTS {
            drop(dialog.remove_event_listener_with_callback(name, on_event.as_ref().unchecked_ref()));
        }
    });
}

/// Shows `html` in the dialog, under the name `label`, with the focus on the element `first`.
pub(crate) fn show_modal(label: &str, html: &Markup, first: &str) {
    // A menu that is open closes before, and gives the focus back: the dialog later returns it to there.
    let menu = document().query_selector(":popover-open").ok().flatten();
    if let Some(menu) = menu.and_then(|menu| menu.dyn_into::<web_sys::HtmlElement>().ok()) {
        // It can have closed by itself; there is nothing to do then.
        drop(menu.hide_popover());
    }
    let Some(dialog) = dialog() else { return };
    super::set_attribute(&dialog, "aria-label", label);
    fill(&dialog, html);
    if !dialog.open() {
        // It fails for a dialog that is not in the page only.
        drop(dialog.show_modal());
    }
    if let Some(first) = by_id(first) {
        focus_element(&first);
    }
}

/// Closes it; the focus goes back.
pub(crate) fn close_modal() {
    if let Some(dialog) = dialog() {
        dialog.close();
        // Where the focus was nowhere before, it would stay in a field of the closed dialog until its event comes.
        fill(&dialog, &Markup::default());
    }
}

/// Whether a dialog holds the page.
pub(crate) fn is_modal() -> bool {
    matches!(document().query_selector("dialog:modal"), Ok(Some(_)))
}

/// What stands in the field of that id, if the dialog is open and has it.
pub(crate) fn text_of(id: &str) -> Option<String> {
    // Closed by Esc it is emptied only when its event comes.
    dialog().filter(web_sys::HtmlDialogElement::open)?;
    by_id::<web_sys::HtmlInputElement>(id).map(|field| field.value())
}

/// Puts a text into the field of that id, and selects it.
pub(crate) fn select_text(id: &str, text: &str) {
    if let Some(field) = by_id::<web_sys::HtmlTextAreaElement>(id) {
        field.set_value(text);
        field.select();
    }
}

/// Writes what is in the element of that id anew.
pub(crate) fn rewrite(id: &str, html: &Markup) {
    if let Some(element) = document().get_element_by_id(id) {
        fill(&element, html);
    }
}

/// Sets an attribute of the element of that id.
pub(crate) fn mark(id: &str, name: &str, value: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        super::set_attribute(&element, name, value);
    }
}

/// Scrolls the element of that id into sight, as little as that takes.
pub(crate) fn reveal_nearest(id: &str) {
    let Some(element) = document().get_element_by_id(id) else { return };
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}
