//! The shell around the pages: header, notices, theme, lecture mode.

mod alive;
#[cfg(feature = "training")]
mod benchmark;
mod commands;
mod component;
#[cfg(feature = "training")]
mod files;
mod module;
mod page;
mod platform;
mod player;
mod route;
mod session;
#[cfg(feature = "training")]
mod training;
mod view;
#[cfg(feature = "training")]
mod worker;

use leptos::prelude::*;
use view::{part, when};

use commands::Commands;
use component::{Header, Notices};
use route::Route;

pub(crate) use module::start;

#[component]
fn App(route: Route) -> impl IntoView {
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
            {part(move || page::show(route.page.get()))}
            <p class="said-last" role="status">{commands.said}</p>
        }
}
