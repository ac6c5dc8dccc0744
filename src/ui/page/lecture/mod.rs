//! `#/lecture`.

use leptos::prelude::*;

/// The page.
#[component]
pub(super) fn Lecture() -> impl IntoView {
    view! {
        <main id="main" tabindex="-1" class="lecture">
            <h1>"Lecture"</h1>
        </main>
    }
}
