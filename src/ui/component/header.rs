//! The header: where one is, where one can go, theme, link, lecture mode.

use crate::ui::view::{attr, live, on};
use leptos::prelude::*;
use receptive::{
    command::Command,
    link::{Page, Theme},
    site::Group,
};

use super::{CopyLink, Icon, Shape};
use crate::ui::{commands::Commands, platform, route::Route};

/// The brand mark: a window, its beam, and the one number it makes.
#[component]
pub(crate) fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" width="34" height="24" viewBox="0 0 34 24" aria-hidden="true">
            <path d="M15 2.5 33 8.5v7L15 21.5z" fill="var(--lens)" opacity=".18"/>
            <path d="M15 2.5 29 9M15 21.5 29 15" stroke="var(--lens)" stroke-width="1.6" fill="none"/>
            <path
                d="M2.5 7V2.5H7M10.5 2.5H15V7M15 17v4.5h-4.5M7 21.5H2.5V17"
                stroke="var(--lens)"
                stroke-width="3"
                fill="none"
            />
            <rect x="26.5" y="8.5" width="7" height="7" fill="var(--ink)"/>
        </svg>
    }
}

/// The header; on a phone all but the brand is in a menu.
#[component]
pub(crate) fn Header() -> impl IntoView {
    let route = Route::get();
    let here = move || matches!(route.page.get().entry().group, Group::Labs | Group::Networks);
    view! {
        <header class="bar">
            <a class="brand" {..attr("href", live(move || route.href(Page::Home)))}>
                <Logo/>
                <span>"Receptive"</span>
            </a>
            <nav {..attr("aria-label", "Main")} class="wide-only">
                {pages(&[Group::Course])}
                <button
                    {..attr("id", "labs-button")}
                    class="btn quiet more"
                    class:here=live(here)
                    {..attr("popovertarget", "labs")}
                    on:click=on(|_: leptos::ev::MouseEvent| platform::place_below("labs-button", "labs"))
                >
                    "Labs"
                    <Icon shape=Shape::Down size=14/>
                </button>
                <div {..attr("id", "labs")} class="menu" {..attr("popover", "auto")}>
                    {pages(&[Group::Labs, Group::Networks])}
                </div>
                {pages(&[Group::Train, Group::Lecture])}
            </nav>
            <div class="bar-tools wide-only">
                <Tools/>
            </div>
            <button class="btn quiet square only-phone" {..attr("aria-label", "Menu")} {..attr("popovertarget", "menu")}>
                <Icon shape=Shape::Menu/>
            </button>
            // A native popover: it closes on Esc and on a press outside by itself.
            <div {..attr("id", "menu")} class="menu" {..attr("popover", "auto")}>
                <nav {..attr("aria-label", "Menu")}>
                    {pages(&[Group::Course, Group::Labs, Group::Networks, Group::Train, Group::Lecture])}
                </nav>
                <Tools/>
            </div>
        </header>
    }
}

/// Links to the pages of these groups.
fn pages(groups: &[Group]) -> AnyView {
    let route = Route::get();
    let wanted = Page::ALL.iter().copied().filter(|page| groups.contains(&page.entry().group));
    let links = wanted.map(|page| {
        view! {
            <li>
                <a
                    {..attr("href", live(move || route.href(page)))}
                    // The page that is on screen has its state: its own link must not take it back.
                    on:click=on(move |event: leptos::ev::MouseEvent| {
                        if route.page.get_untracked() == page {
                            event.prevent_default();
                        }
                        platform::close_menu("labs");
                    })
                    {..attr("aria-current", live(move || (route.page.get() == page).then_some("page")))}
                >
                    {page.entry().name}
                </a>
            </li>
        }
    });
    view! { <ul>{links.collect_view()}</ul> }.into_any()
}

#[component]
fn Tools() -> impl IntoView {
    let route = Route::get();
    let theme = move || match route.theme() {
        None => "match system",
        Some(Theme::Light) => "light",
        Some(Theme::Dark) => "dark",
    };
    let next_theme = move |_| {
        route.choose_theme(match route.theme() {
            None => Some(Theme::Light),
            Some(Theme::Light) => Some(Theme::Dark),
            Some(Theme::Dark) => None,
        });
    };
    let commands = Commands::get();
    let keyboard = platform::keyboard();
    let press = move |command: Command| {
        on(move |_: leptos::ev::MouseEvent| {
            commands.run(command);
        })
    };
    view! {
        <button
            class="btn quiet tool-commands"
            {..attr("aria-haspopup", "dialog")}
            {..attr("title", Command::Palette.title(keyboard))}
            on:click=press(Command::Palette)
        >
            <Icon shape=Shape::Commands/>
            <span>"Commands"</span>
            <kbd>{Command::Palette.strokes().first().map(|stroke| stroke.text(keyboard))}</kbd>
        </button>
        <button
            class="btn quiet tool-theme"
            {..attr("aria-label", live(move || format!("Theme: {}", theme())))}
            {..attr("title", live(move || format!("Theme: {}", theme())))}
            on:click=on(next_theme)
        >
            <Icon shape=Shape::Theme/>
            <span class="theme-name">{live(theme)}</span>
        </button>
        <CopyLink/>
        <button
            class="btn line"
            {..attr("title", Command::Lecture.title(keyboard))}
            on:click=press(Command::Lecture)
        >
            <Icon shape=Shape::Lecture/>
            <span>"Lecture mode"</span>
        </button>
    }
}
