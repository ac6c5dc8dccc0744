//! The clipboard, where the browser allows it.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Array, Function, Promise, Reflect};
use leptos::{
    prelude::*,
    web_sys::{self, Blob, BlobPropertyBag},
};
use receptive::paste::Pasted;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// What came of a text that was to be copied.
pub(crate) enum Copied {
    /// It is in the clipboard.
    Yes,
    /// The browser does not let a page do that (plain http, a denied permission): the text, to be copied by hand.
    Refused(String),
    /// There is no text, for this reason.
    NotMade(String),
}

/// Copies the text that `making` comes to.
///
/// The clipboard is asked at once and given a promise: Safari lets a page write only in answer to a press, and by the
/// time that a text is made its press is too long ago.
pub(crate) fn copy_made(
    making: impl Future<Output = Result<String, String>> + 'static,
) -> impl Future<Output = Copied> {
    let made = Rc::new(RefCell::new(Err(String::new())));
    let slot = Rc::clone(&made);
    let promise = future_to_promise(async move {
        let text = making.await;
        let blob = text.as_ref().map_err(|_none| JsValue::UNDEFINED).and_then(|text| {
            let kind = BlobPropertyBag::new();
            kind.set_type(PLAIN);
            Blob::new_with_str_sequence_and_options(&Array::of1(&JsValue::from_str(text)), &kind)
        });
        *slot.borrow_mut() = text;
        blob.map(JsValue::from)
    });
    let asked = clipboard().and_then(|clipboard| Some(JsFuture::from(clipboard.write(&item(&promise)?))));
    let done = JsFuture::from(promise);
    async move {
        let is_copied = succeeds(asked).await;
        // A clipboard that refuses does so before the text is there.
        drop(done.await);
        match made.replace(Err(String::new())) {
            Err(why) => Copied::NotMade(why),
            Ok(_) if is_copied => Copied::Yes,
            // A browser without promises in its clipboard takes the text itself.
            Ok(text) => {
                let written = clipboard().map(|clipboard| JsFuture::from(clipboard.write_text(&text)));
                if succeeds(written).await { Copied::Yes } else { Copied::Refused(text) }
            }
        }
    }
}

async fn succeeds(asked: Option<JsFuture>) -> bool {
    match asked {
        Some(asked) => asked.await.is_ok(),
        None => false,
    }
}

const PLAIN: &str = "text/plain";

/// `navigator.clipboard` is undefined outside secure contexts, which the bindings do not tell.
fn clipboard() -> Option<web_sys::Clipboard> {
    Reflect::get(&window().navigator(), &JsValue::from_str("clipboard")).ok()?.dyn_into().ok()
}

/// What the clipboard takes, of a promised text; made by its name, since Firefox before 127 has none.
fn item(promise: &Promise) -> Option<JsValue> {
    let class: Function = Reflect::get(&window(), &JsValue::from_str("ClipboardItem")).ok()?.dyn_into().ok()?;
    let kinds = js_sys::Object::new();
    Reflect::set(&kinds, &JsValue::from_str(PLAIN), promise).ok()?;
    Some(Array::of1(&Reflect::construct(&class, &Array::of1(&kinds)).ok()?).into())
}

/// Calls `f` for each copy and paste on the page, as long as the owner lives.
pub(crate) fn on_clipboard(f: impl Fn(&web_sys::Event) + Clone + 'static) {
    let copied = f.clone();
    let handles = [
        window_event_listener(leptos::ev::copy, move |event| copied(&event)),
        window_event_listener(leptos::ev::paste, move |event| {
            if !event.default_prevented() {
                f(&event);
            }
        }),
    ];
    on_cleanup(move || handles.into_iter().for_each(WindowListenerHandle::remove));
}

/// What is pasted; `None` where it is no text, and no table of a web page.
pub(crate) fn pasted(event: &web_sys::Event) -> Option<Pasted> {
    let event: &web_sys::ClipboardEvent = event.dyn_ref()?;
    let data = event.clipboard_data()?;
    let text = data.get_data(PLAIN).unwrap_or_default();
    let html = data.get_data("text/html").unwrap_or_default();
    // Of a picture a page gives its address in HTML.
    let is_there = !text.is_empty() || html.contains("<table") || html.contains("<TABLE");
    is_there.then(|| Pasted { text, html, typed: String::new() })
}

/// Puts text where a copy takes it from.
pub(crate) fn set_clipboard_text(event: &web_sys::Event, text: &str) -> bool {
    let event: Option<&web_sys::ClipboardEvent> = event.dyn_ref();
    event.and_then(web_sys::ClipboardEvent::clipboard_data).is_some_and(|to| to.set_data(PLAIN, text).is_ok())
}
