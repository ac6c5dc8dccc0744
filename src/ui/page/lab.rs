//! A page that is one lab: its address, its keys and its handout follow the bench.

use leptos::prelude::*;
use receptive::{bench::Event, command::Command};

use crate::ui::{
    bench::{BenchView, LabPart, LiveBench, Standing, listen},
    commands::Commands,
    packing, platform,
    route::Route,
    said::Said,
    signal::RwSignal,
    view::{attr, effect, on, when},
};

/// What the menu of copying and exporting has besides.
const BESIDES: &[Command] = &[Command::CopyLink, Command::AddToLecture, Command::Print];

/// A lab.
#[component]
pub(super) fn LabPage(lab: LabPart) -> impl IntoView {
    let LabPart { kind, extras } = lab;
    let route = Route::get();
    let (link, warnings) = route.opened(kind.page).with_untracked(|(_, fields)| (kind.decode)(fields));
    route.warn(warnings);
    let commands = Commands::get();
    let besides = Callback::new(move |command| {
        commands.run(command);
    });
    let standing = Standing { besides: Some((BESIDES, besides)), ..Standing::alone(route.shared.into()) };
    let bench = lab.open(link, standing);
    follow_address(bench);
    listen(bench);
    let said = Said::get();
    commands.on(
        &[Command::Print],
        |_| true,
        move |_| {
            bench.send(Event::Pause);
            said.print();
        },
    );
    // On paper the state is a link that can be typed.
    let (paper, address) = (RwSignal::new(false), RwSignal::new(String::new()));
    platform::on_print(move |begins| {
        if begins {
            bench.send(Event::Pause);
            address.set(platform::address_of(&packing::encode(&route.link())));
        }
        paper.set(begins);
    });
    let foot = view! { <LectureHint/> }.into_any();
    view! {
        <main {..attr("id", "main")} {..attr("tabindex", "-1")} class="lab-page">
            <BenchView bench extras paper foot/>
            <p class="on-paper">{address.live()}</p>
        </main>
    }
}

/// The address follows the state, and an edited address, or the back button, opens another: that can be undone.
fn follow_address(bench: LiveBench) {
    let route = Route::get();
    let kind = bench.kind;
    let opened = route.opened(kind.page);
    Effect::new(move |before: Option<()>| {
        let (_, fields) = opened.get();
        if before.is_some() {
            let (link, warnings) = (kind.decode)(&fields);
            route.warn(warnings);
            bench.send(Event::Open(Box::new(link)));
        }
    });
    effect(move || {
        bench.track_link();
        route.publish(kind.page, move || bench.fields());
    });
}

/// What the keys do, on a projector.
#[component]
fn LectureHint() -> impl IntoView {
    let route = Route::get();
    view! {
        {when(move || route.lecture(), move || view! {
            <p class="hint">
                <kbd>"Space"</kbd>" play "<kbd>"←"</kbd><kbd>"→"</kbd>" step "
                <button class="btn quiet leave" on:click=on(move |_| route.set_lecture(false))>
                    <kbd>"Esc"</kbd>" leave"
                </button>
            </p>
        })}
    }
}
