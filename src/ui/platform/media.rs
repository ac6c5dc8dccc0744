//! The window's size, media queries, the size of an element.

use std::{cell::Cell, rc::Rc};

use crate::ui::signal::RwSignal;
use leptos::prelude::*;
use leptos::web_sys;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// Whether a media query holds, followed while the owner lives.
pub(crate) fn matches_media(query: &str) -> RwSignal<bool> {
    let list = window().match_media(query).ok().flatten();
    let holds = RwSignal::new(list.as_ref().is_some_and(web_sys::MediaQueryList::matches));
    if let Some(list) = list {
        let follow =
            Closure::<dyn FnMut(web_sys::MediaQueryListEvent)>::new(move |event: web_sys::MediaQueryListEvent| {
                holds.try_set(event.matches());
            });
        list.set_onchange(Some(follow.as_ref().unchecked_ref()));
        let kept = StoredValue::new_local((list, follow));
        on_cleanup(move || {
            kept.try_with_value(|(list, _)| list.set_onchange(None));
        });
    }
    holds
}

/// Width and height of an element's content box, followed while the owner lives.
pub(crate) fn resize_of(element: &web_sys::Element, size: RwSignal<(f64, f64)>) {
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
pub(crate) fn visible_of(element: &web_sys::Element, visible: RwSignal<bool>) {
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
pub(crate) fn viewport() -> RwSignal<(f64, f64)> {
    let length = |value: Result<JsValue, JsValue>| value.ok().and_then(|length| length.as_f64()).unwrap_or(0.0);
    let measure = move || (length(window().inner_width()), length(window().inner_height()));
    let size = RwSignal::new(measure());
    let handle = window_event_listener(leptos::ev::resize, move |_| {
        size.try_set(measure());
    });
    on_cleanup(move || handle.remove());
    size
}

/// Which of the elements with this class is read, from 0, followed while the owner lives: the last whose top has passed
/// `share` of the window's height, and the last of all at the page's end.
pub(crate) fn reading_of(class: &'static str, share: f64, read: impl Fn(usize) + 'static) {
    let look = Rc::new(move || {
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
        let parts = document().get_elements_by_class_name(class);
        let tops =
            (0..parts.length()).filter_map(|at| parts.item(at)).map(|part| part.get_bounding_client_rect().top());
        let passed = tops.take_while(|top| *top <= height * share).count();
        let root = document().document_element();
        let is_end = root.is_some_and(|root| {
            let scrolled = f64::from(root.scroll_top());
            scrolled > 0.0 && scrolled + height >= f64::from(root.scroll_height()) - 2.0
        });
        let last = if is_end { parts.length() as usize } else { passed };
        read(last.saturating_sub(1));
    });
    let pending = Rc::new(Cell::new(false));
    let handle = window_event_listener_untyped("scroll", move |_| {
        if !pending.replace(true) {
            let (look, pending) = (Rc::clone(&look), Rc::clone(&pending));
            super::next_frame(move || {
                pending.set(false);
                look();
            });
        }
    });
    on_cleanup(move || handle.remove());
}
