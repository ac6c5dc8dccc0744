//! What is remembered between visits. A browser that forbids storage forgets, and nothing else changes.

use leptos::prelude::*;
use leptos::web_sys::Storage;
use receptive::link::Theme;

const THEME: &str = "receptive.theme";

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What is kept under a name of ours; nothing where the browser forbids it.
pub(crate) fn stored(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Keeps a text under a name of ours; `false` where the browser does not.
pub(crate) fn store(name: &str, text: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(name, text).is_ok())
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
