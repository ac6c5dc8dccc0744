//! `#/quiz`: questions, sheets for a class, and a class's results.

mod results;
mod session;

use leptos::prelude::*;
use receptive::{
    course::quiz::{
        markup::action,
        sheet::decode,
        state::{Action, field},
    },
    link::Page,
    markup::Markup,
};

use crate::ui::{
    platform,
    route::Route,
    said::{BY_HAND, Said},
    view::{html, on},
};
use session::Session;

/// The page.
#[component]
pub(crate) fn Quiz() -> impl IntoView {
    let (route, said) = (Route::get(), Said::get());
    let opened = route.opened(Page::Quiz);
    let (settings, warnings) = opened.with_untracked(|(_, fields)| decode(fields));
    route.warn(warnings);
    let session = Session::new(settings);
    session.publish();
    Effect::new(move |before: Option<()>| {
        let (settings, warnings) = opened.with(|(_, fields)| decode(fields));
        // The fields the page was made with are in it already, and its elements are there now.
        if before.is_some() {
            route.warn(warnings);
            session.dispatch(Action::Open(settings));
            session.publish();
        } else {
            session.show();
        }
    });
    let asked = move |asked: Option<String>, text: &str| match asked.as_deref() {
        Some("print") => said.print(),
        Some("copy") => said.copy(text.to_owned(), "Code copied", BY_HAND),
        Some(asked) => {
            if let Some(action) = action(asked, text) {
                session.dispatch(action);
            }
        }
        None => {}
    };
    let pressed = move |event: leptos::ev::MouseEvent| {
        let value = platform::closest_attribute(event.target(), "data-value").unwrap_or_default();
        asked(platform::closest_attribute(event.target(), "data-act"), &value);
    };
    let typed = move |event: leptos::ev::Event| {
        let text = platform::typed(&event).unwrap_or_default();
        asked(platform::closest_attribute(event.target(), "data-set"), &text);
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        let set = platform::closest_attribute(event.target(), "data-set").unwrap_or_default();
        let Some(at) = set.strip_prefix("type ").or_else(|| set.strip_prefix("pick ")) else { return };
        let cols = platform::closest_attribute(event.target(), "data-cols").and_then(|cols| cols.parse().ok());
        let next = match (event.key().as_str(), at.parse::<usize>().ok(), cols) {
            ("Enter", ..) => {
                event.prevent_default();
                session.check();
                return;
            }
            // The arrows go through the cells of a matrix.
            ("ArrowUp", Some(at), Some(cols)) => at.checked_sub(cols),
            ("ArrowDown", Some(at), Some(cols)) => Some(at + cols),
            ("ArrowLeft", Some(at), Some(_)) => at.checked_sub(1),
            ("ArrowRight", Some(at), Some(_)) => Some(at + 1),
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = next {
            platform::focus(&field(next));
        }
    };
    view! {
        <main
            id="main"
            tabindex="-1"
            class="quiz"
            on:click=on(pressed)
            on:input=on(typed)
            on:keydown=on(key)
            inner_html=html(|| Markup::raw("<div id=\"quiz-screen\"></div>"))
        ></main>
    }
}
