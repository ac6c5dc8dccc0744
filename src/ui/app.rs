//! The shell around the pages: header, notices, what was said last.

use leptos::prelude::*;
use receptive::link::Page;

use super::{
    bench::Labs,
    commands::Commands,
    component::{Header, Notices},
    everywhere, page, platform,
    route::Route,
    said::Said,
    view::{attr, part, when},
};

#[component]
pub(super) fn App(route: Route) -> impl IntoView {
    let (commands, said) = (Commands::provide(), Said::provide());
    everywhere::offer(commands, route, said);
    provide_context(Labs(page::lab));
    // A lecture has no header on any screen.
    let bare = move || route.lecture() || route.page.get() == Page::Lecture || route.shared.with(|shared| shared.embed);
    view! {
        <a class="skip" {..attr("href", "#main")} on:click=|event| { event.prevent_default(); platform::focus("main"); }>
            "Skip to content"
        </a>
        {when(move || !bare(), move || view! { <Header/> })}
        <Notices/>
        {part(move || page::show(route.page.get()))}
        <p class="said-last" {..attr("role", "status")}>{said.0.live()}</p>
    }
}
