//! `#/depth`: nets of growing depth, plain and residual, learn side by side in this tab.

mod session;
mod ways;

use leptos::{prelude::*, task::spawn_local};
use receptive::{
    command::Command,
    lab::depth::{DepthAction, csv, markup},
    link::{
        Page,
        depth::{decode, encode},
    },
};

use crate::ui::{
    commands::Commands,
    platform::{
        self,
        export::{Content, save_as},
    },
    route::Route,
    said::Said,
    view::{attr, effect, html, on},
};
use session::Session;

/// The page.
#[component]
pub(crate) fn Depth() -> impl IntoView {
    let (route, said) = (Route::get(), Said::get());
    let opened = route.opened(Page::Depth);
    let (settings, warnings) = opened.with_untracked(|(_, fields)| decode(fields));
    route.warn(warnings);
    let session = Session::new(settings);
    Effect::new(move |before: Option<()>| {
        let (settings, warnings) = opened.with(|(_, fields)| decode(fields));
        // The fields the page was made with are in it already, and its elements are there now.
        if before.is_some() {
            route.warn(warnings);
            session.dispatch(DepthAction::Open(settings));
        } else {
            session.follow();
        }
    });
    effect(move || {
        session.settings.track();
        // Who leaves the page has what was typed last.
        route.publish(Page::Depth, move || session.with(|lab| encode(lab.settings())).unwrap_or_default());
    });
    let save = move || {
        let text = session.with(csv).unwrap_or_default();
        spawn_local(async move {
            let (Ok(words) | Err(words)) = save_as("depth.csv".into(), Content::Text("text/csv", text)).await;
            said.say(&words);
        });
    };
    Commands::get().on(
        &[Command::Train, Command::SaveCsv],
        move |command| command == Command::Train || session.has_values.get(),
        move |command| if command == Command::Train { session.dispatch(DepthAction::Toggle) } else { save() },
    );
    let asked = move |asked: Option<String>, text: &str| match asked.as_deref() {
        Some("save") => save(),
        Some("to-settings") => platform::reveal("depth-settings"),
        Some(asked) => {
            if let Some(Some(action)) = session.with(|lab| markup::action(lab, asked, text)) {
                session.dispatch(action);
            }
        }
        None => {}
    };
    let pressed =
        move |event: leptos::ev::MouseEvent| asked(platform::closest_attribute(event.target(), "data-act"), "");
    let changed = move |event: leptos::ev::Event| {
        let text = platform::typed(&event).unwrap_or_default();
        asked(platform::closest_attribute(event.target(), "data-set"), &text);
    };
    view! {
        <main
            {..attr("id", "main")}
            {..attr("tabindex", "-1")}
            class="depth"
            on:click=on(pressed)
            on:change=on(changed)
            inner_html=html(markup::page)
        ></main>
    }
}
