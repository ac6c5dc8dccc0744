//! `#/quiz`.

use leptos::prelude::*;

/// The page.
#[component]
pub(super) fn Quiz() -> impl IntoView {
    view! {
        <main id="main" tabindex="-1" class="quiz">
            <h1>"Quiz"</h1>
        </main>
    }
}
