//! `#/lessons`.

use leptos::prelude::*;

/// The page.
#[component]
pub(super) fn Lessons() -> impl IntoView {
    view! {
        <main id="main" tabindex="-1" class="lessons">
            <h1>"Course"</h1>
        </main>
    }
}
