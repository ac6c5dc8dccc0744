//! The clipboard, where the browser allows it.

use leptos::{prelude::*, web_sys};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Copies `text`; `false` where the browser does not let a page do that (plain http, a denied permission).
pub(crate) async fn copy_text(text: &str) -> bool {
    // `navigator.clipboard` is undefined outside secure contexts, which the bindings do not tell.
    let clipboard = js_sys::Reflect::get(&window().navigator(), &JsValue::from_str("clipboard"));
    let Ok(clipboard) = clipboard.unwrap_or_default().dyn_into::<web_sys::Clipboard>() else { return false };
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// Calls `f` for each copy and paste on the page, as long as the owner lives.
pub(crate) fn on_clipboard(f: impl Fn(&web_sys::Event) + Clone + 'static) {
    let copied = f.clone();
    let handles = [
        window_event_listener(leptos::ev::copy, move |event| copied(&event)),
        window_event_listener(leptos::ev::paste, move |event| {
            if !event.default_prevented() {
                f(&event)
            }
        }),
    ];
    on_cleanup(move || handles.into_iter().for_each(WindowListenerHandle::remove));
}

/// The text of a paste.
pub(crate) fn clipboard_text(event: &web_sys::Event) -> Option<String> {
    let event: &web_sys::ClipboardEvent = event.dyn_ref()?;
    event.clipboard_data()?.get_data("text/plain").ok()
}

/// Puts text where a copy takes it from.
pub(crate) fn set_clipboard_text(event: &web_sys::Event, text: &str) -> bool {
    let event: Option<&web_sys::ClipboardEvent> = event.dyn_ref();
    event.and_then(web_sys::ClipboardEvent::clipboard_data).is_some_and(|to| to.set_data("text/plain", text).is_ok())
}
