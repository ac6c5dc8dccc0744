//! The clipboard, where the browser allows it.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Copies `text`; `false` where the browser does not let a page do that (plain http, a denied permission).
pub(crate) async fn copy_text(text: &str) -> bool {
    // `navigator.clipboard` is undefined outside secure contexts, which the bindings do not tell.
    let clipboard = js_sys::Reflect::get(&window().navigator(), &JsValue::from_str("clipboard"));
    let Ok(clipboard) = clipboard.unwrap_or_default().dyn_into::<leptos::web_sys::Clipboard>() else { return false };
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}
