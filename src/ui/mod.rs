//! The shell around the pages: header, notices, theme, lecture mode.

mod alive;
mod benchmark;
mod boot;
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
use view::{part, when};

use commands::Commands;
use component::{Header, Notices};
use route::Route;

pub(crate) use boot::start;

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
