//! An address that names no page.

use crate::ui::view::live;
use leptos::prelude::*;
use receptive::link::Page;

use crate::ui::route::Route;

/// Says so, and where to go instead. Which name it was stands in the notice above.
#[component]
pub(crate) fn Missing() -> impl IntoView {
    let route = Route::get();
    view! {
        <main id="main" tabindex="-1" class="missing">
            <h1>"This address names no page"</h1>
            <p class="lead dim">"The pages there are:"</p>
            <ul>
                <li><a href=live(move || route.href(Page::Home))>"Home"</a></li>
                <li><a href=live(move || route.href(Page::Convolution))>"Convolution lab"</a></li>
                <li><a href=live(move || route.href(Page::Train))>"Train LeNet"</a></li>
                <li><a href=live(move || route.href(Page::Benchmark))>"Benchmark"</a></li>
            </ul>
        </main>
    }
}
