//! `#/benches`, for developers: several labs on one page, each with its own numbers, keys, undo and names.

use leptos::prelude::*;
use receptive::link::{Page, Shared};

use crate::ui::{
    bench::{Group, LinkedBench, Standing},
    route::Route,
};

/// What stands there: a name, and what it begins with.
const BENCHES: [(&str, &str); 6] = [
    ("Convolution", "#/convolution"),
    ("Convolution with padding", "#/convolution?pad=1&step=5"),
    ("Pooling", "#/pooling"),
    ("Backpropagation", "#/backward"),
    ("Filters on pictures", "#/filters"),
    ("Receptive field", "#/receptive-field"),
];

/// The page.
#[component]
pub(super) fn Benches() -> impl IntoView {
    let route = Route::get();
    route.publish(Page::Benches, Vec::new);
    let group = Group::provide();
    let shared = Signal::derive(move || Shared { lecture: false, ..route.shared.get() });
    let benches = BENCHES.iter().enumerate().map(|(index, (name, link))| {
        let standing = Standing::among(index + 1, name, shared);
        view! { <LinkedBench link group standing/> }
    });
    view! {
        <main id="main" tabindex="-1" class="benches">
            <h1>"Benches"</h1>
            <p class="lead dim">"Six labs on one page. Keys go to the one that was used last."</p>
            <div class="bench-list">{benches.collect_view()}</div>
        </main>
    }
}
