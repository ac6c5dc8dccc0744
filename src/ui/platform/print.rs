//! Paper.

use leptos::{ev, prelude::*};

/// Opens the browser's dialog for printing; `false` where it has none, or the page may not open it.
pub(crate) fn print() -> bool {
    window().print().is_ok()
}

/// Calls `f(true)` before the page is printed, by whatever means, and `f(false)` after that.
pub(crate) fn on_print(f: impl Fn(bool) + Clone + 'static) {
    let after = f.clone();
    let handles = [
        window_event_listener(ev::beforeprint, move |_| f(true)),
        window_event_listener(ev::afterprint, move |_| after(false)),
    ];
    on_cleanup(move || handles.into_iter().for_each(WindowListenerHandle::remove));
}
