//! What a lecture asks of the browser: a second window that hears the first, a screen that stays on and is filled.

use std::time::Duration;

use js_sys::{Function, Promise, Reflect};
use leptos::web_sys;
use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    type BroadcastChannel;
    #[wasm_bindgen(constructor, catch)]
    fn new(name: &str) -> Result<BroadcastChannel, JsValue>;
    #[wasm_bindgen(method, catch, js_name = postMessage)]
    fn post(this: &BroadcastChannel, message: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, setter, js_name = onmessage)]
    fn set_on_message(this: &BroadcastChannel, hear: Option<&Function>);
    #[wasm_bindgen(method)]
    fn close(this: &BroadcastChannel);
}

/// What the windows of this site say to each other, while the owner lives.
#[derive(Clone, Copy)]
pub(crate) struct Channel(StoredValue<Option<Open>, LocalStorage>);

/// An open channel, and what hears it.
type Open = (BroadcastChannel, Closure<dyn FnMut(web_sys::MessageEvent)>);

impl Channel {
    /// Hears what other windows say under `name`; a browser without such channels hears nothing.
    pub(crate) fn open(name: &str, hear: impl Fn(&str) + 'static) -> Self {
        let heard = Closure::<dyn FnMut(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
            if let Some(text) = event.data().as_string() {
                hear(&text);
            }
        });
        let channel = BroadcastChannel::new(name).ok();
        if let Some(channel) = &channel {
            channel.set_on_message(Some(heard.as_ref().unchecked_ref()));
        }
        let kept = StoredValue::new_local(channel.map(|channel| (channel, heard)));
        on_cleanup(move || {
            if let Some(Some((channel, _))) = kept.try_update_value(Option::take) {
                channel.set_on_message(None);
                channel.close();
            }
        });
        Self(kept)
    }

    /// Whether there is one.
    pub(crate) fn is_open(self) -> bool {
        self.0.try_with_value(Option::is_some) == Some(true)
    }

    /// Says it to the other windows.
    pub(crate) fn say(self, text: &str) {
        // It fails for what can't be copied alone, and a text can.
        self.0.try_with_value(|kept| kept.as_ref().map(|(channel, _)| drop(channel.post(text))));
    }
}

/// Opens another window of the app at `address`; `false` where the browser does not let a page do so.
pub(crate) fn open_window(address: &str, name: &str) -> bool {
    matches!(window().open_with_url_and_target_and_features(address, name, "popup,width=1100,height=760"), Ok(Some(_)))
}

/// Fills the screen with the page, or no longer.
pub(crate) fn toggle_full_screen() {
    if document().fullscreen_element().is_some() {
        document().exit_fullscreen();
    } else if let Some(root) = document().document_element() {
        // A frame may not; nothing else is lost.
        drop(root.request_fullscreen());
    }
}

/// Asks that the screen stays on while the owner lives, again when the page comes back in sight; a browser that refuses
/// lets it go dark as ever.
pub(crate) fn stay_awake() {
    let kept = StoredValue::new_local(None::<JsValue>);
    let ask = move || {
        // Of a page that is out of sight browsers refuse it, and take back what they gave.
        if document().hidden() {
            return;
        }
        let Some(asked) = asked() else { return };
        leptos::task::spawn_local(async move {
            let Ok(light) = JsFuture::from(asked).await else { return };
            match kept.try_update_value(|kept| kept.replace(light.clone())) {
                Some(before) => before.iter().for_each(let_go),
                // The page was left meanwhile.
                None => let_go(&light),
            }
        });
    };
    ask();
    let handle = window_event_listener(leptos::ev::visibilitychange, move |_| ask());
    on_cleanup(move || {
        handle.remove();
        kept.try_update_value(Option::take).flatten().iter().for_each(let_go);
    });
}

/// Asks `navigator.wakeLock`, where there is one, for the screen.
fn asked() -> Option<Promise> {
    let lock = Reflect::get(&window().navigator(), &"wakeLock".into()).ok()?;
    let request = Reflect::get(&lock, &"request".into()).ok()?.dyn_into::<Function>().ok()?;
    request.call1(&lock, &"screen".into()).ok()?.dyn_into::<Promise>().ok()
}

/// Lets the screen go dark again.
fn let_go(light: &JsValue) {
    let release = Reflect::get(light, &"release".into()).ok().and_then(|release| release.dyn_into::<Function>().ok());
    drop(release.map(|release| release.call0(light)));
}

/// Calls `f` every so often, while the owner lives.
pub(crate) fn every(pause: Duration, f: impl Fn() + 'static) {
    if let Ok(handle) = set_interval_with_handle(f, pause) {
        on_cleanup(move || handle.clear());
    }
}
