//! The browser, behind functions that say what they are for. Nothing else in `ui` calls `web_sys` for its own ends.

mod bytes;
mod camera;
pub(crate) mod chunk;
mod clipboard;
mod dialog;
mod download;
pub(crate) mod export;
pub(crate) mod host;
mod import;
mod key;
mod media;
mod picture;
mod print;
mod storage;
mod talk;
mod timer;

pub(crate) use bytes::{Bytes, gunzip, sha256};
pub(crate) use camera::{Camera, CameraError};
pub(crate) use clipboard::{Copied, copy_made, on_clipboard, pasted, set_clipboard_text};
pub(crate) use dialog::{
    Heard, close_modal, mark, on_dialog, reveal_nearest, rewrite, select_text, show_modal, text_of,
};
pub(crate) use download::{FetchError, download, site_address};
pub(crate) use import::{Import, import_chosen, import_drop};
pub(crate) use key::{Press, keyboard, on_press};
pub(crate) use media::{matches_media, reading_of, resize_of, viewport, visible_of};
pub(crate) use picture::{Canvas, PictureFile, Rgba, canvas_of, on_pasted_picture, paint, pixel_at};
pub(crate) use print::{on_print, print};
pub(crate) use storage::{keeps, store, store_theme, stored, stored_theme};
pub(crate) use talk::{Channel, every, open_window, stay_awake, toggle_full_screen};
pub(crate) use timer::{Frames, Throttle, after, moment, next_frame, now};

use leptos::prelude::*;
use leptos::web_sys;
use receptive::{export::Redrawn, link::Theme, markup::Markup, num::format::ascii};
use wasm_bindgen::{JsCast, JsValue};

/// Puts elements into `element`, in the place of what is there. The one way for them besides [`crate::ui::view::html`] and
/// [`replace_children`].
pub(crate) fn fill(element: &web_sys::Element, markup: &Markup) {
    element.set_inner_html(markup.as_str());
}

/// Puts other elements in the place of some children of `element`.
pub(crate) fn replace_children(element: &web_sys::Element, redrawn: &[Redrawn]) {
    // The list stays as it is while they go.
    let Ok(list) = element.query_selector_all(":scope > *") else { return };
    let child = |at: usize| list.item(u32::try_from(at).ok()?)?.dyn_into::<web_sys::Element>().ok();
    for Redrawn { children, markup } in redrawn {
        let put = match child(children.start) {
            Some(next) => next.insert_adjacent_html("beforebegin", markup.as_str()),
            None => element.insert_adjacent_html("beforeend", markup.as_str()),
        };
        drop(put);
        children.clone().filter_map(child).for_each(|child| child.remove());
    }
}

/// The content of the page's `meta` element of that name.
pub(crate) fn meta(name: &str) -> String {
    let meta = document().query_selector(&format!("meta[name={name}]")).ok().flatten();
    meta.and_then(|meta| meta.get_attribute("content")).unwrap_or_default()
}

/// The element the app is mounted in.
pub(crate) fn app_root() -> Option<web_sys::HtmlElement> {
    document().get_element_by_id("app")?.dyn_into().ok()
}

/// The address's part from the `#`.
pub(crate) fn hash() -> String {
    window().location().hash().unwrap_or_default()
}

/// Whether the address's part from the `#` is this one; a bare `#` is none.
pub(crate) fn is_at(hash: &str) -> bool {
    self::hash().trim_start_matches('#') == hash.trim_start_matches('#')
}

/// How many threads the machine runs at a time, as far as the browser tells.
pub(crate) fn cores() -> usize {
    let cores = window().navigator().hardware_concurrency();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count; `as` saturates")]
    let cores = cores as usize;
    cores.max(1)
}

/// Calls `f` at every press of a link within the app, before the browser follows it, while the owner lives.
pub(crate) fn on_link(f: impl Fn() + 'static) {
    let handle = window_event_listener(leptos::ev::click, move |event| {
        if closest_attribute(event.target(), "href").is_some_and(|href| href.starts_with('#')) {
            f();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Goes to another part of the app, as a link does.
pub(crate) fn go_to_hash(hash: &str) {
    // A sandboxed frame may forbid it; nothing else is lost.
    drop(window().location().set_hash(hash));
}

/// Replaces the address's part from the `#` without a history entry.
pub(crate) fn replace_hash(hash: &str) {
    if hash == self::hash() {
        return;
    }
    let address = address_of(hash);
    // A sandboxed frame may forbid it: the state is then not in the address, and nothing else is lost.
    let replaced =
        window().history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&address)));
    if replaced.is_err() {
        leptos::logging::warn!("this frame may not change its address");
    }
}

/// The whole address for a hash. Relative ones would resolve against `<base>`, which is another folder under a sub-path.
pub(crate) fn address_of(hash: &str) -> String {
    let location = window().location().href().unwrap_or_default();
    let page = location.split_once('#').map_or(location.as_str(), |(page, _)| page);
    format!("{page}{hash}")
}

/// The theme in force, `None` for the system's.
pub(crate) fn set_root_theme(theme: Option<Theme>) {
    let Some(root) = document().document_element() else { return };
    match theme {
        Some(Theme::Light) => set_attribute(&root, "data-theme", "light"),
        Some(Theme::Dark) => set_attribute(&root, "data-theme", "dark"),
        None => remove_attribute(&root, "data-theme"),
    }
}

/// Lecture mode's tokens apply from the root down.
pub(crate) fn set_root_lecture(on: bool) {
    let Some(root) = document().document_element() else { return };
    if on {
        set_attribute(&root, "data-mode", "lecture");
    } else {
        remove_attribute(&root, "data-mode");
    }
}

/// Scrolls to the element of that id and moves the focus there.
pub(crate) fn reveal(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.scroll_into_view();
        focus(id);
    }
}

/// Tells the menu of that id where the button of that id is, so that it can stand below its left or its right edge.
pub(crate) fn place_below(button: &str, menu: &str) {
    let by_id = |id: &str| document().get_element_by_id(id);
    let (Some(button), Some(menu)) = (by_id(button), by_id(menu)) else { return };
    let at = button.get_bounding_client_rect();
    let width = document().document_element().map_or(0.0, |root| f64::from(root.client_width()));
    let px = |length: f64| [&ascii(length.max(0.0).round()), "px"].concat();
    let style =
        ["--below:", &px(at.bottom()), ";--beside:", &px(width - at.right()), ";--from:", &px(at.left())].concat();
    set_attribute(&menu, "style", &style);
}

/// Closes the menu of that id; the focus goes back to its button.
pub(crate) fn close_menu(id: &str) {
    let menu = document().get_element_by_id(id).and_then(|menu| menu.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(menu) = menu {
        // It can have closed by itself; there is nothing to do then.
        drop(menu.hide_popover());
    }
}

/// Loads the page again.
pub(crate) fn reload() {
    // The browser may refuse in a frame; there is nothing else to do then.
    drop(window().location().reload());
}

/// The page's title in the tab.
pub(crate) fn set_title(title: &str) {
    document().set_title(title);
}

/// Moves the focus to the element of that id.
pub(crate) fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id).and_then(|element| element.dyn_into().ok()) {
        focus_element(&element);
    }
}

/// Moves the focus to an element without scrolling the page.
pub(crate) fn focus_element(element: &web_sys::HtmlElement) {
    // Focusing what can't be focused does nothing; there is no one to tell.
    drop(element.focus());
}

/// Moves the focus to an element without scrolling to it.
pub(crate) fn focus_quietly(element: &web_sys::HtmlElement) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    drop(element.focus_with_options(&options));
}

/// Presses the button after the one that `event` happened on, or before it, and moves the focus there.
pub(crate) fn press_beside(event: &web_sys::KeyboardEvent, after: bool) {
    let here = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let beside =
        here.and_then(|here| if after { here.next_element_sibling() } else { here.previous_element_sibling() });
    if let Some(beside) = beside.and_then(|beside| beside.dyn_into::<web_sys::HtmlElement>().ok()) {
        beside.click();
        focus_element(&beside);
    }
}

/// Before another page comes: what stands over this one closes, and what is being typed is taken, since the field that
/// has it hears of it only while its page lives.
pub(crate) fn let_go_of_page() {
    close_modal();
    let active = document().active_element().and_then(|active| active.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(active) = active.filter(|active| matches!(active.closest("main"), Ok(Some(_)))) {
        // It fails for no element that has the focus.
        drop(active.blur());
    }
}

/// How wide the element of that id is, in CSS pixels; 0 where there is none.
pub(crate) fn width_of(id: &str) -> f64 {
    document().get_element_by_id(id).map_or(0.0, |element| f64::from(element.client_width()))
}

/// Selects the text of the field that got the focus, so that typing replaces it.
pub(crate) fn select_all(event: &web_sys::FocusEvent) {
    event_target::<web_sys::HtmlInputElement>(event).select();
}

/// Sets an attribute whose name is known to be one.
pub(crate) fn set_attribute(element: &web_sys::Element, name: &str, value: &str) {
    drop(element.set_attribute(name, value));
}

/// Removes an attribute.
pub(crate) fn remove_attribute(element: &web_sys::Element, name: &str) {
    drop(element.remove_attribute(name));
}

/// Moves the focus to the first field inside the element of that id.
pub(crate) fn focus_inside(id: &str) {
    let field = document().get_element_by_id(id).and_then(|element| element.query_selector("input").ok().flatten());
    if let Some(field) = field.and_then(|field| field.dyn_into().ok()) {
        focus_element(&field);
    }
}

/// Puts elements into the element of that id, and gives the focus back to the control that had it, by its id; `false`
/// where there is no such element.
pub(crate) fn rewrite_around_focus(id: &str, html: &Markup) -> bool {
    let Some(element) = document().get_element_by_id(id) else { return false };
    let had = document().active_element().filter(|active| element.contains(Some(active))).map(|active| active.id());
    fill(&element, html);
    if let Some(had) = had.filter(|had| !had.is_empty()) {
        focus(&had);
    }
    true
}

/// What is typed or chosen in the field that an event happened on.
pub(crate) fn typed(event: &web_sys::Event) -> Option<String> {
    let field = event.target()?;
    let input = field.dyn_ref::<web_sys::HtmlInputElement>().map(web_sys::HtmlInputElement::value);
    let chosen = || field.dyn_ref::<web_sys::HtmlSelectElement>().map(web_sys::HtmlSelectElement::value);
    let long = || field.dyn_ref::<web_sys::HtmlTextAreaElement>().map(web_sys::HtmlTextAreaElement::value);
    input.or_else(chosen).or_else(long)
}

/// The symbol of a formula that an event happened on.
pub(crate) fn symbol_of(target: Option<web_sys::EventTarget>) -> Option<String> {
    closest_attribute(target, "data-sym")
}

/// The term of a sum that an event happened on.
pub(crate) fn term_of(target: Option<web_sys::EventTarget>) -> Option<usize> {
    closest_attribute(target, "data-term")?.parse().ok()
}

/// The attribute `name` of the nearest element around an event's target that has it.
pub(crate) fn closest_attribute(target: Option<web_sys::EventTarget>, name: &str) -> Option<String> {
    let element: web_sys::Element = target?.dyn_into().ok()?;
    element.closest(&format!("[{name}]")).ok()??.get_attribute(name)
}
