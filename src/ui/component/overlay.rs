//! What the dialogs over a page have alike, and the one that shows a text to be copied by hand.

use crate::ui::platform;

/// The button that closes the dialog, for those without Esc.
pub(super) const CLOSE: &str = "<button id=\"overlay-close\" class=\"btn quiet square\" data-close aria-label=\"Close\">\
    <svg width=\"16\" height=\"16\" viewBox=\"0 0 20 20\" aria-hidden=\"true\">\
    <path d=\"M5 5l10 10M15 5 5 15\" stroke=\"currentColor\" stroke-width=\"2\"/></svg></button></div>";

/// A key as markup.
pub(super) fn key(text: &str) -> String {
    ["<kbd>", text, "</kbd>"].concat()
}

/// Shows a text to be copied by hand, under these words.
pub(crate) fn show_text(words: &str, text: &str) {
    let html = [
        "<div class=\"overlay-head\"><label for=\"by-hand\">",
        words,
        "</label>",
        CLOSE,
        "<textarea id=\"by-hand\" rows=\"4\" readonly></textarea>",
    ];
    platform::show_modal("Copy by hand", &html.concat(), "by-hand");
    platform::select_text("by-hand", text);
}
