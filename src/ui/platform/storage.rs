//! What is remembered between visits. A browser that forbids storage forgets, and nothing else changes.

use std::cell::RefCell;

use leptos::prelude::*;
use leptos::web_sys::Storage;
use receptive::link::Theme;

const THEME: &str = "receptive.theme";

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// The theme chosen on an earlier visit.
pub(crate) fn stored_theme() -> Option<Theme> {
    match storage()?.get_item(THEME).ok()??.as_str() {
        "light" => Some(Theme::Light),
        "dark" => Some(Theme::Dark),
        _ => None,
    }
}

/// Remembers the theme; `None` forgets it.
pub(crate) fn store_theme(theme: Option<Theme>) {
    let Some(storage) = storage() else { return };
    // A full or read-only store forgets the theme: the choice still holds for this visit.
    drop(match theme {
        Some(Theme::Light) => storage.set_item(THEME, "light"),
        Some(Theme::Dark) => storage.set_item(THEME, "dark"),
        None => storage.remove_item(THEME),
    });
}

thread_local! {
    /// What the browser did not keep, as long as the page is open.
    static UNKEPT: RefCell<Vec<(&'static str, String)>> = const { RefCell::new(Vec::new()) };
}

/// Whether the browser keeps texts.
pub(crate) fn keeps() -> bool {
    const PROBE: &str = "receptive.probe";
    let Some(storage) = storage() else { return false };
    let is_kept = storage.set_item(PROBE, "1").is_ok();
    // It fails where it was not set.
    drop(storage.remove_item(PROBE));
    is_kept
}

/// The text that was kept under `key`, on this device or, where that is refused, since the page was opened.
pub(crate) fn stored(key: &'static str) -> Option<String> {
    let kept = storage().and_then(|storage| storage.get_item(key).ok().flatten());
    UNKEPT.with_borrow(|unkept| unkept.iter().find(|(known, _)| *known == key).map(|(_, text)| text.clone())).or(kept)
}

/// Keeps a text under `key`; `false` where the browser refuses, and it is kept as long as the page is open.
pub(crate) fn store(key: &'static str, text: &str) -> bool {
    let is_kept = storage().is_some_and(|storage| storage.set_item(key, text).is_ok());
    UNKEPT.with_borrow_mut(|unkept| {
        unkept.retain(|(known, _)| *known != key);
        if !is_kept {
            unkept.push((key, text.to_owned()));
        }
    });
    is_kept
}
