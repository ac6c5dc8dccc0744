//! The dialog over the page. There is one, so that two never stand over each other.

use leptos::{prelude::*, web_sys};
use wasm_bindgen::JsCast;

use super::focus_element;

/// The dialog's id.
pub(crate) const DIALOG: &str = "overlay";

fn dialog() -> Option<web_sys::HtmlDialogElement> {
    document().get_element_by_id(DIALOG)?.dyn_into().ok()
}

/// Shows the dialog. A menu that is open closes first, and gives the focus back: the dialog later returns it from there.
pub(crate) fn show_modal() {
    let menu = document().query_selector(":popover-open").ok().flatten();
    if let Some(menu) = menu.and_then(|menu| menu.dyn_into::<web_sys::HtmlElement>().ok()) {
        // It can have closed by itself; there is nothing to do then.
        drop(menu.hide_popover());
    }
    if let Some(dialog) = dialog().filter(|dialog| !dialog.open()) {
        // It fails for a dialog that is not in the page only.
        drop(dialog.show_modal());
    }
}

/// Closes it; the focus goes back.
pub(crate) fn close_modal() {
    if let Some(dialog) = dialog() {
        dialog.close();
    }
}

/// Whether a dialog holds the page.
pub(crate) fn is_modal() -> bool {
    matches!(document().query_selector("dialog:modal"), Ok(Some(_)))
}

/// Whether an event happened on the dialog itself: beside all that is in it.
pub(crate) fn is_backdrop(event: &web_sys::MouseEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.id() == DIALOG)
}

/// Moves the focus to the field of that id and selects its text.
pub(crate) fn focus_text(id: &str) {
    if let Some(field) = document().get_element_by_id(id).and_then(|field| field.dyn_into().ok()) {
        let field: web_sys::HtmlInputElement = field;
        focus_element(&field);
        field.select();
    }
}

/// Scrolls the element of that id into sight, as little as that takes.
pub(crate) fn reveal_nearest(id: &str) {
    let Some(element) = document().get_element_by_id(id) else { return };
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}
