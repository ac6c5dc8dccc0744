//! The window's size, media queries, the size of an element.

use leptos::prelude::*;
use leptos::web_sys;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// Whether a media query holds, followed while the owner lives.
pub(crate) fn matches_media(query: &str) -> ReadSignal<bool> {
    let list = window().match_media(query).ok().flatten();
    let (read, write) = signal(list.as_ref().is_some_and(web_sys::MediaQueryList::matches));
    if let Some(list) = list {
        let follow =
            Closure::<dyn FnMut(web_sys::MediaQueryListEvent)>::new(move |event: web_sys::MediaQueryListEvent| {
                write.try_set(event.matches());
            });
        list.set_onchange(Some(follow.as_ref().unchecked_ref()));
        let kept = StoredValue::new_local((list, follow));
        on_cleanup(move || {
            kept.try_with_value(|(list, _)| list.set_onchange(None));
        });
    }
    read
}

/// Width and height of an element's content box, followed while the owner lives.
pub(crate) fn resize_of(element: &web_sys::Element, size: WriteSignal<(f64, f64)>) {
    let measure =
        move |element: &web_sys::Element| (f64::from(element.client_width()), f64::from(element.client_height()));
    size.set(measure(element));
    let target = element.clone();
    let follow = Closure::<dyn FnMut()>::new(move || {
        size.try_set(measure(&target));
    });
    if let Ok(observer) = web_sys::ResizeObserver::new(follow.as_ref().unchecked_ref()) {
        observer.observe(element);
        let kept = StoredValue::new_local((observer, follow));
        on_cleanup(move || {
            kept.try_with_value(|(observer, _)| observer.disconnect());
        });
    }
}

/// Whether an element is in sight, followed while the owner lives.
pub(crate) fn visible_of(element: &web_sys::Element, visible: WriteSignal<bool>) {
    let follow = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        let last = entries.pop().dyn_into::<web_sys::IntersectionObserverEntry>();
        if let Ok(entry) = last {
            visible.try_set(entry.is_intersecting());
        }
    });
    if let Ok(observer) = web_sys::IntersectionObserver::new(follow.as_ref().unchecked_ref()) {
        observer.observe(element);
        let kept = StoredValue::new_local((observer, follow));
        on_cleanup(move || {
            kept.try_with_value(|(observer, _)| observer.disconnect());
        });
    }
}

/// Width and height of the window, followed while the owner lives.
pub(crate) fn viewport() -> ReadSignal<(f64, f64)> {
    let length = |value: Result<JsValue, JsValue>| value.ok().and_then(|length| length.as_f64()).unwrap_or(0.0);
    let measure = move || (length(window().inner_width()), length(window().inner_height()));
    let (read, write) = signal(measure());
    let handle = window_event_listener(leptos::ev::resize, move |_| {
        write.try_set(measure());
    });
    on_cleanup(move || handle.remove());
    read
}
