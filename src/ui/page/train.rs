//! The page.

use leptos::prelude::*;

/// The page.
#[component]
pub(crate) fn Train() -> impl IntoView {
    view! { <main id="main" tabindex="-1"><h1>"Train"</h1></main> }
}
