//! What the dialogs over a page have alike, and the one that shows a text to be copied by hand.

use receptive::markup::Markup;

use crate::ui::platform;

/// The button that closes the dialog, for those without Esc.
pub(super) const CLOSE: &str = "<button id=\"overlay-close\" class=\"btn quiet square\" data-close aria-label=\"Close\">\
    <svg width=\"16\" height=\"16\" viewBox=\"0 0 20 20\" aria-hidden=\"true\">\
    <path d=\"M5 5l10 10M15 5 5 15\" stroke=\"currentColor\" stroke-width=\"2\"/></svg></button></div>";

/// Adds a key.
pub(super) fn push_key(html: &mut Markup, text: &str) {
    html.push_raw("<kbd>").push_text(text).push_raw("</kbd>");
}

/// Shows a text to be copied by hand, under these words.
pub(crate) fn show_text(words: &str, text: &str) {
    let mut html = Markup::raw("<div class=\"overlay-head\"><label for=\"by-hand\">");
    html.push_text(words).push_raw("</label>").push_raw(CLOSE);
    html.push_raw("<textarea id=\"by-hand\" rows=\"4\" readonly></textarea>");
    platform::show_modal("Copy by hand", &html, "by-hand");
    platform::select_text("by-hand", text);
}
