//! The home page's demonstration: a bench that plays by itself, in a chunk of its own, so that the page does not wait.
#![allow(unsafe_code, reason = "what #[wasm_split] writes: the border between two modules of one program")]
#![allow(clippy::unnecessary_wraps, reason = "a split function says by its type that its chunk may not come")]

use leptos::prelude::*;
use receptive::{
    bench::Event,
    command::Command,
    lab::{scene::Term, stage::StageStyle},
    link::{Link, Page},
    markup::Markup,
};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::ui::{
    bench::{Coming, LabPart, Labs, LiveBench, Standing, arriving},
    commands::Commands,
    component::{Icon, Shape, Stage},
    platform::{self, chunk, visible_of},
    route::Route,
    signal::{RwSignal, Signal},
    view::{attr, effect, html, live, on, part},
};

/// A bright stroke, and a kernel that finds its vertical edges.
const DEMO: &str = "#/convolution?x=0,0,1,8,9;0,2,9,9,3;1,8,9,2,0;7,9,3,0,0;9,4,0,0,1&k=1,0,-1;2,0,-2;1,0,-1";

/// What is there until the demonstration is: its three grids, empty.
const OUTLINE: &str = "<svg class=outline viewBox=\"0 0 640 250\" aria-hidden=true fill=none stroke=\"var(--edge)\" \
    stroke-width=1.5><path d=\"M1 1h248v248H1zM295 51h148v148H295zM489 51h150v148H489z\"/></svg>";

/// The demonstration's place.
#[component]
pub(super) fn Demo() -> impl IntoView {
    let Labs(lab) = Labs::get();
    let fetch = move || -> Coming {
        Box::pin(async move {
            let lab = lab(Page::Convolution).await?;
            chunk::fetch("demo", "The demonstration").await?;
            load()
                .await
                .map_err(|_not_loaded| "The demonstration did not start. Reload, then try again.".to_owned())?;
            Ok(lab)
        })
    };
    let waits = |failed: Option<AnyView>| {
        let foot = failed.unwrap_or_else(|| view! { <div class="hero-f"></div> }.into_any());
        view! { <div inner_html=html(|| Markup::raw(OUTLINE))></div>{foot} }.into_any()
    };
    let there = |lab| chunk::now(view(lab)).and_then(Result::ok).unwrap_or_else(|| ().into_any());
    view! { <div class="hero-s">{arriving(fetch, waits, there)}</div> }
}

#[wasm_split(demo, fallible, preload(load))]
fn view(lab: LabPart) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Playing lab/> }.into_any())
}

/// Plays by itself, the only thing that does: it can be paused, and stands still while it is out of sight.
#[component]
fn Playing(lab: LabPart) -> impl IntoView {
    let route = Route::get();
    let link = (lab.kind.decode)(&Link::decode(DEMO).0.fields).0;
    let standing = Standing { looping: true, ..Standing::among(1, "Convolution", route.shared.into()) };
    let bench = lab.open(link, standing);
    let LiveBench { scene, at, len, playing, speed, still, .. } = bench;
    let host = NodeRef::<leptos::html::Div>::new();
    let seen = RwSignal::new(true);
    let wanted = RwSignal::new(!still.get_untracked());
    effect(move || {
        if let Some(host) = host.get() {
            visible_of(&host, seen);
        }
    });
    effect(move || {
        let plays = wanted.get() && seen.get();
        if plays != playing.get_untracked() {
            bench.send(Event::Command(Command::Play));
        }
    });
    Commands::get().on(
        &[Command::Play, Command::StepBack, Command::StepForward],
        |_| true,
        move |command| {
            if command == Command::Play {
                wanted.update(|wanted| *wanted = !*wanted);
            } else {
                wanted.set(false);
                bench.send(Event::Command(command));
            }
        },
    );
    let adding = bench.part(|view| view.playback.adding);
    // What is being added, else what came out.
    let caption = move || {
        scene.with(|scene| {
            let row = scene.sum.as_ref()?.rows.first()?;
            let term = adding.get().and_then(|tap| row.terms.get(tap));
            Some(match term {
                Some(Term { letter, factors, product, .. }) => {
                    let term = [letter.as_deref().unwrap_or_default(), ": ", factors, " = "].concat();
                    view! { {term}<b class="hl">{product.trim_start_matches('+').to_owned()}</b> }.into_any()
                }
                None => view! { "sum: "<b>{row.result.clone()}</b> }.into_any(),
            })
        })
    };
    let style = Signal::derive(move || if route.lecture() { StageStyle::LECTURE_DEMO } else { StageStyle::DEMO });
    let name = move || if wanted.get() { "Pause" } else { "Play" };
    view! {
        <div node_ref=host>
            <Stage scene style speed still demo=true diagram=None paper=None on_event=|_| {}/>
            <div class="hero-f">
                <span class="stepcount">"step "<b>{part(move || at.get() + 1)}</b>" of "{part(move || len.get())}</span>
                <span class="dim">{part(caption)}</span>
                <button
                    class="btn line square"
                    {..attr("aria-label", live(name))}
                    {..attr("title", live(move || Command::Play.title_as(name(), platform::keyboard())))}
                    on:click=on(move |_| wanted.update(|wanted| *wanted = !*wanted))
                >
                    {part(move || view! { <Icon shape=if wanted.get() { Shape::Pause } else { Shape::Play }/> })}
                </button>
            </div>
        </div>
    }
}
