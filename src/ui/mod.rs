//! The shell around the pages: header, notices, theme, lecture mode.

mod benchmark;
mod commands;
mod component;
mod files;
mod page;
mod platform;
mod player;
mod route;
mod session;
mod training;
mod view;
mod worker;

use leptos::prelude::*;
use receptive::link::Page;
use view::{part, when};

use commands::Commands;
use component::{Header, Notices};
use route::Route;

/// Puts the app in the place of the page's skeleton.
pub(crate) fn start() {
    let Some(root) = platform::app_root() else { return };
    root.set_inner_html("");
    let handle = mount_to(root, App);
    // The app lives as long as the tab.
    handle.forget();
}

#[component]
fn App() -> impl IntoView {
    let route = Route::provide();
    let commands = Commands::provide(route);
    let bare = move || route.lecture() || route.shared.with(|shared| shared.embed);
    view! {
        <a class="skip" href="#main" on:click=|event| { event.prevent_default(); platform::focus("main"); }>
            "Skip to content"
        </a>
        {when(move || !bare(), move || view! {
            <Header/>
    })}
            <Notices/>
            {part(move || match route.page.get() {
                Page::Home => view! { <page::Home/> }.into_any(),
                Page::Convolution => view! { <page::Convolution/> }.into_any(),
                Page::Train => view! { <page::Train/> }.into_any(),
                Page::Benchmark => view! { <page::Benchmark/> }.into_any(),
                Page::Unknown => view! { <page::Missing/> }.into_any(),
            })}
            <p class="said-last" role="status">{commands.said}</p>
        }
}
