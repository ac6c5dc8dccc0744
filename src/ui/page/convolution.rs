//! The page.

use leptos::prelude::*;

/// The page.
#[component]
pub(crate) fn Convolution() -> impl IntoView {
    view! { <main id="main" tabindex="-1"><h1>"Convolution"</h1></main> }
}
