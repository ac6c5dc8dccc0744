//! What a person drops on the page or chooses in the file picker.

use js_sys::Uint8Array;
use leptos::task::spawn_local;
use leptos::{prelude::*, web_sys};
use wasm_bindgen_futures::JsFuture;

/// A text or a file that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Import {
    /// A text.
    Text(String),
    /// A file: its name and its bytes, or none where it can't be opened.
    File(String, Option<Vec<u8>>),
    /// A file of more bytes than were to be read.
    TooLong(String, usize),
}

/// Reads what was dropped, a file of at most `limit` bytes, and hands it to `then`. The browser's own way with it, which
/// for a file is to leave the page for it, is held back.
pub(crate) fn import_drop(event: &web_sys::DragEvent, limit: usize, then: Box<dyn FnOnce(Import)>) {
    event.prevent_default();
    let Some(data) = event.data_transfer() else { return };
    match data.files().and_then(|files| files.get(0)) {
        Some(file) => take_file(file, limit, then),
        None => then(Import::Text(data.get_data("text/plain").unwrap_or_default())),
    }
}

/// The same of the file that was chosen in an `<input type="file">`, which is emptied: the same file can be chosen again.
pub(crate) fn import_chosen(event: &web_sys::Event, limit: usize, then: Box<dyn FnOnce(Import)>) {
    let input: web_sys::HtmlInputElement = event_target(event);
    if let Some(file) = input.files().and_then(|files| files.get(0)) {
        take_file(file, limit, then);
    }
    input.set_value("");
}

fn take_file(file: web_sys::File, limit: usize, then: Box<dyn FnOnce(Import)>) {
    spawn_local(async move {
        let name = file.name();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size; `as` saturates")]
        let size = file.size() as usize;
        then(if size > limit {
            Import::TooLong(name, size)
        } else {
            let bytes = JsFuture::from(file.array_buffer()).await;
            Import::File(name, bytes.ok().map(|bytes| Uint8Array::new(&bytes).to_vec()))
        });
    });
}
