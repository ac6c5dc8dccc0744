//! `#/architectures`: networks counted layer by layer, two side by side, one of them edited.

mod session;
mod tools;

use leptos::prelude::*;
use receptive::{
    lab::architectures::{ArchitecturesAction, Towards, markup},
    link::{
        Page, Panel,
        architectures::{decode, encode},
    },
};

use crate::ui::{
    platform,
    route::Route,
    view::{attr, effect, html, live, memo, on},
};
use session::Session;
use tools::Tools;

/// The page.
#[component]
pub(crate) fn Architectures() -> impl IntoView {
    let route = Route::get();
    let opened = route.opened(Page::Architectures);
    let (lab, warnings) = opened.with_untracked(|(_, fields)| decode(fields));
    route.warn(warnings);
    let session = Session::new(lab);
    Effect::new(move |before: Option<()>| {
        let (lab, warnings) = opened.with(|(_, fields)| decode(fields));
        // The fields the page was made with are in it already.
        if before.is_some() {
            route.warn(warnings);
            session.dispatch(ArchitecturesAction::Open(Box::new(lab)));
        }
    });
    effect(move || {
        session.lab.track();
        // Who leaves the page has what was typed last.
        route.publish(Page::Architectures, move || session.lab.with_untracked(encode));
    });
    let looks =
        memo(move || session.lab.with(|lab| lab.layer.is_some_and(|at| at < lab.net.architecture().layers.len())));
    let beside = memo(move || session.lab.with(|lab| lab.beside.is_some()));
    let choice = session.fills("arch-choice", |lab, _| markup::choices(lab));
    let finding = session.fills("arch-finding", |lab, _| markup::finding(lab));
    let here = session.fills("arch-here", |lab, _| markup::network(lab));
    let layer = session.fills("arch-layer", markup::layer);
    let other = session.fills("arch-beside", |lab, _| markup::beside(lab));
    let differs = session.fills("arch-differs", |lab, _| markup::differences(lab));
    let asked = move |asked: Option<String>, text: &str| {
        let action = asked.and_then(|asked| session.lab.with_untracked(|lab| markup::action(lab, &asked, text)));
        if let Some(action) = action {
            let (looks, closes) = match action {
                ArchitecturesAction::Look(layer) => (layer.is_some(), layer.is_none()),
                _ => (false, false),
            };
            let row = session.row();
            session.dispatch(action);
            if closes {
                focus_row(row);
            } else if looks {
                // Where the panel is not beside the table, it may be out of sight.
                platform::next_frame(|| platform::reveal_nearest("arch-layer"));
            }
        }
    };
    let pressed = move |event: leptos::ev::MouseEvent| {
        let value = platform::closest_attribute(event.target(), "data-value").unwrap_or_default();
        asked(platform::closest_attribute(event.target(), "data-act"), &value);
    };
    let changed = move |event: leptos::ev::Event| {
        let text = platform::typed(&event).unwrap_or_default();
        asked(platform::closest_attribute(event.target(), "data-set"), &text);
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        let row = platform::closest_attribute(event.target(), "data-row").and_then(|row| row.parse().ok());
        let Some(row) = row else { return };
        let action = match (event.key().as_str(), event.alt_key()) {
            ("ArrowUp", true) => ArchitecturesAction::Move(row, Towards::Input),
            ("ArrowDown", true) => ArchitecturesAction::Move(row, Towards::Output),
            ("Delete", _) => ArchitecturesAction::Remove(row),
            _ => return,
        };
        event.prevent_default();
        session.dispatch(action);
        focus_row(session.row().or(Some(row)));
    };
    view! {
        <main {..attr("id", "main")} {..attr("tabindex", "-1")} class="arch" on:click=on(pressed) on:change=on(changed) on:keydown=on(key)>
            <div class="arch-head">
                <h1>"Architectures"</h1>
                <div
                    {..attr("id", "arch-choice")}
                    inner_html=html(move || choice.clone())
                    class="arch-choice"
                    {..attr("role", "region")}
                    {..attr("aria-label", "Settings")}
                    {..attr("hidden", live(move || route.hides(Panel::Settings)))}
                ></div>
                <Tools session/>
            </div>
            <p
                {..attr("id", "arch-finding")}
                inner_html=html(move || finding.clone())
                class="arch-finding"
                {..attr("role", "status")}
                {..attr("hidden", live(move || !beside.get()))}
            ></p>
            <div class="arch-nets" class:alone=live(move || !beside.get() && !looks.get())>
                <section {..attr("id", "arch-here")} inner_html=html(move || here.clone()) class="arch-net"></section>
                <section
                    {..attr("id", "arch-layer")}
                    inner_html=html(move || layer.clone())
                    class="arch-layer"
                    {..attr("role", "region")}
                    {..attr("aria-label", "Layer")}
                    {..attr("hidden", live(move || !looks.get() || route.hides(Panel::Arithmetic)))}
                ></section>
                <section
                    {..attr("id", "arch-beside")}
                    inner_html=html(move || other.clone())
                    class="arch-net"
                    {..attr("hidden", live(move || !beside.get() || looks.get()))}
                ></section>
            </div>
            <section
                {..attr("id", "arch-differs")}
                inner_html=html(move || differs.clone())
                class="arch-differs"
                {..attr("hidden", live(move || !beside.get()))}
            ></section>
        </main>
    }
}

/// The focus goes on with a row, once it is there.
fn focus_row(row: Option<usize>) {
    if let Some(row) = row {
        // The table is written anew in the next frame.
        platform::next_frame(move || platform::next_frame(move || platform::focus(&format!("row-{row}"))));
    }
}
