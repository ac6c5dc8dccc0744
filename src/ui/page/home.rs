//! The page.

use leptos::prelude::*;

/// The page.
#[component]
pub(crate) fn Home() -> impl IntoView {
    view! { <main id="main" tabindex="-1"><h1>"Home"</h1></main> }
}
