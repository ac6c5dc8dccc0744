//! What of a link could not be read: said once, in words, and put away by a button.

use crate::ui::view::{attr, on, part, when};
use leptos::prelude::*;

use super::{Icon, Shape};
use crate::ui::route::Route;

/// The notices under the header.
#[component]
pub(crate) fn Notices() -> impl IntoView {
    let route = Route::get();
    let warnings = route.warnings;
    view! {
        <div {..attr("role", "status")} class="notices">
            {when(move || warnings.with(|warnings| !warnings.is_empty()), move || view! {
                <div class="notice">
                    <ul>
                        {part(move || {
                            warnings.with(|warnings| {
                                warnings.iter().map(|warning| view! { <li>{warning.to_string()}</li> }).collect_view()
                            })
                        })}
                    </ul>
                    <button class="btn quiet square" {..attr("aria-label", "Dismiss")} on:click=on(move |_| warnings.set(Vec::new()))>
                        <Icon shape=Shape::Cross size=16/>
                    </button>
                </div>
    })}
            </div>
        }
}
