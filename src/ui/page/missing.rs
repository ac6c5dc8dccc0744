//! An address that names no page.

use leptos::prelude::*;
use receptive::link::Page;

use crate::ui::{
    route::Route,
    view::{attr, live},
};

/// Says so, and where to go instead. Which name it was stands in the notice above.
#[component]
pub(crate) fn Missing() -> impl IntoView {
    let route = Route::get();
    let link = |page: &Page| {
        let page = *page;
        view! { <li><a {..attr("href", live(move || route.href(page)))}>{page.entry().name}</a></li> }
    };
    view! {
        <main {..attr("id", "main")} {..attr("tabindex", "-1")} class="missing">
            <h1>"This address names no page"</h1>
            <p class="lead dim">"The pages there are:"</p>
            <ul>{Page::ALL.iter().map(link).collect_view()}</ul>
        </main>
    }
}
