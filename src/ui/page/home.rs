//! `#/`: what this is in one sentence, a small live convolution, and the ways in.

use std::sync::Arc;

use crate::ui::view::{effect, live, memo, on, part};
use leptos::prelude::*;
use receptive::{
    command::Command,
    lab::{
        ConvolutionLab,
        operation::{Computation, Operation as _},
        scene::{Playhead, Term},
        stage::StageStyle,
    },
    link::{Link, Page, convolution::decode},
};

use crate::ui::{
    commands::Commands,
    component::{Icon, Shape, Stage},
    platform::{self, visible_of},
    player::Player,
    route::Route,
};

/// The demonstration: a bright stroke, and a kernel that finds its vertical edges.
const DEMO: &str = "#/convolution?x=0,0,1,8,9;0,2,9,9,3;1,8,9,2,0;7,9,3,0,0;9,4,0,0,1&k=1,0,-1;2,0,-2;1,0,-1";

/// The ways in: page, picture, name, words.
const WAYS: [(Page, &str, &str, &str); 8] = [
    (
        Page::Convolution,
        "<path d=\"M0 0h8v8h-8zM9 0h8v8h-8zM18 0h8v8h-8zM27 0h8v8h-8zM36 0h8v8h-8zM0 9h8v8h-8zM36 9h8v8h-8zM0 18h8v8h-8zM36 18h8v8h-8zM0 27h8v8h-8zM36 27h8v8h-8zM0 36h8v8h-8zM9 36h8v8h-8zM18 36h8v8h-8zM27 36h8v8h-8zM36 36h8v8h-8z\" fill=\"var(--cell-quiet)\"/><path d=\"M9 9h8v8h-8zM18 9h8v8h-8zM27 9h8v8h-8zM9 18h8v8h-8zM18 18h8v8h-8zM27 18h8v8h-8zM9 27h8v8h-8zM18 27h8v8h-8zM27 27h8v8h-8z\" fill=\"var(--lens)\"/>",
        "Convolution",
        "Type into the input and the kernel, set padding, stride and dilation, and step through every sum, forwards and back.",
    ),
    (
        Page::Pooling,
        "<path d=\"M0 0h10v10h-10zM22 0h10v10h-10zM33 0h10v10h-10zM0 11h10v10h-10zM11 11h10v10h-10zM33 11h10v10h-10zM0 22h10v10h-10zM11 22h10v10h-10zM22 22h10v10h-10zM33 22h10v10h-10zM11 33h10v10h-10zM22 33h10v10h-10z\" fill=\"var(--cell-quiet)\"/><path d=\"M11 0h10v10h-10zM22 11h10v10h-10zM0 33h10v10h-10zM33 33h10v10h-10z\" fill=\"var(--lens)\"/>",
        "Pooling",
        "The largest of a window, or its mean; and what is left of a shift by one pixel.",
    ),
    (
        Page::Channels,
        "<path d=\"M16 0h28v28h-28z\" fill=\"var(--cell-quiet)\"/><path d=\"M8 8h28v28H8z\" fill=\"var(--cell-quiet)\" stroke=\"var(--paper)\" stroke-width=\"2\"/><path d=\"M0 16h28v28H0z\" fill=\"var(--cell-quiet)\" stroke=\"var(--paper)\" stroke-width=\"2\"/><path d=\"M4 20h12v12H4z\" fill=\"var(--lens)\"/>",
        "Channels",
        "Several channels and filters: a partial sum each, their sum, and how many parameters that takes.",
    ),
    (
        Page::Filters,
        "<path d=\"M0 0h44v44H0z\" fill=\"var(--cell-quiet)\"/><circle cx=\"15\" cy=\"15\" r=\"7\" fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"1.5\"/><path d=\"M2 38 17 24l8 8 7-7 10 11\" fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"1.5\"/><path d=\"M25 18h12v12H25z\" fill=\"none\" stroke=\"var(--lens)\" stroke-width=\"3\"/>",
        "Filters on pictures",
        "Edges, blur and Gabor on photos, your own picture or the camera, with the sum behind each pixel.",
    ),
    (
        Page::Backward,
        "<path d=\"M0 0h28v28H0z\" fill=\"var(--cell-quiet)\"/><path d=\"M0 9h18v18H0z\" fill=\"var(--lens)\" opacity=\".25\"/><path d=\"M18 9 34 31M0 27l34 13\" stroke=\"var(--lens)\" stroke-width=\"1.5\"/><path d=\"M0 9h18v18H0z\" fill=\"none\" stroke=\"var(--lens)\" stroke-width=\"2.5\"/><path d=\"M34 31h10v10H34z\" fill=\"var(--ink)\"/>",
        "Backpropagation",
        "How a gradient flows back through each window, checked by finite differences.",
    ),
    (
        Page::ReceptiveField,
        "<path d=\"M0 2h22v40H0z\" fill=\"var(--cell-quiet)\"/><path d=\"M27 10h9v24h-9z\" fill=\"var(--cell-quiet)\"/><path d=\"M0 10h22v24H0z\" fill=\"var(--lens)\" opacity=\".25\"/><path d=\"M22 10 27 17M22 34l5-7M36 17l5 3M36 27l5-3\" stroke=\"var(--lens)\" stroke-width=\"1.5\"/><path d=\"M27 17h9v10h-9z\" fill=\"var(--lens)\" opacity=\".5\"/><path d=\"M40 20h4v4h-4z\" fill=\"var(--ink)\"/>",
        "Receptive field",
        "Stack layers and see what one output sees in each of them, with the recursion written out.",
    ),
    (
        Page::Why,
        "<path d=\"M5 8 5 36M5 8 16 36M16 8 16 36M16 8 27 36M27 8 27 36M27 8 38 36\" stroke=\"var(--edge)\" stroke-width=\"1.2\"/><path d=\"M38 8 38 36M38 8 27 36\" stroke=\"var(--lens)\" stroke-width=\"2.4\"/><g fill=\"var(--ink)\"><circle cx=\"5\" cy=\"36\" r=\"4\"/><circle cx=\"16\" cy=\"36\" r=\"4\"/><circle cx=\"27\" cy=\"36\" r=\"4\"/><circle cx=\"38\" cy=\"36\" r=\"4\"/><circle cx=\"5\" cy=\"8\" r=\"4\"/><circle cx=\"16\" cy=\"8\" r=\"4\"/><circle cx=\"27\" cy=\"8\" r=\"4\"/><circle cx=\"38\" cy=\"8\" r=\"4\"/></g>",
        "Why convolution",
        "3.6 billion weights against 7,500: few connections, shared weights, and shifts that stay shifts.",
    ),
    (
        Page::Train,
        "<path d=\"M1 1v42h42\" fill=\"none\" stroke=\"var(--edge)\" stroke-width=\"1.5\"/><path d=\"M4 5l2 9 2 1 1 9 2-2 2 6 2-1 2 5 2-3 2 4 3-2 2 4 3-3 2 3 3-1 3 2 4-1\" fill=\"none\" stroke=\"var(--edge)\" stroke-width=\"1.2\"/><path d=\"M4 5c3 14 6 24 14 28s16 5 23 5\" fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"2.4\"/>",
        "Train LeNet on MNIST",
        "61,706 parameters learn 60,000 handwritten digits in this tab, with every batch on the curve.",
    ),
];

/// The home page.
#[component]
pub(crate) fn Home() -> impl IntoView {
    let route = Route::get();
    platform::set_title("Receptive · how convolutional networks compute");
    route.publish(Page::Home, Vec::new);
    view! {
        <main id="main" tabindex="-1" class="home">
            <section class="hero">
                <div class="hero-t">
                    <h1>"See every number a convolutional network computes."</h1>
                    <p class="lead dim">"Then change one, and watch what follows."</p>
                    <div class="hero-a">
                        <a class="btn solid big-b" href=live(move || route.href(Page::Convolution))>
                            "Open the convolution lab"
                            <Icon shape=Shape::Arrow/>
                        </a>
                        <a class="btn line big-b" href=live(move || route.href(Page::Train))>"Train LeNet"</a>
                    </div>
                </div>
                <Demo/>
            </section>
            <section class="ways" aria-label="What is here">
                {WAYS.map(|(page, picture, name, words)| view! {
                    <a href=live(move || route.href(page))>
                        <svg width="62" height="62" viewBox="0 0 44 44" aria-hidden="true" inner_html=picture/>
                        <b>{name}</b>
                        <span class="dim">{words}</span>
                    </a>
                }).collect_view()}
            </section>
        </main>
    }
}

/// Plays by itself, the only thing here that does: it can be paused, and stands still while it is out of sight.
#[component]
fn Demo() -> impl IntoView {
    let steps = Arc::new(decode(&Link::decode(DEMO).0.fields).0.lab.compute());
    let of_steps = |f: fn(&dyn Computation) -> usize| steps.as_ref().as_ref().map_or(0, |steps| f(steps.as_ref()));
    let (len, terms) = (of_steps(|steps| steps.len()), of_steps(|steps| steps.terms(0)));
    let player = Player::looping(memo(move || len), memo(move || terms));
    let scene = Memo::new_with_compare(
        move |_| {
            let head = Playhead { step: player.at(), adding: player.adding.get(), ..Playhead::default() };
            Arc::new(match steps.as_ref() {
                Ok(steps) => steps.scene(head),
                Err(_) => ConvolutionLab::default().broken_scene(),
            })
        },
        |_, _| true,
    );
    let host = NodeRef::<leptos::html::Div>::new();
    let (seen, set_seen) = signal(true);
    let wanted = RwSignal::new(!player.still.get_untracked());
    effect(move || {
        if let Some(host) = host.get() {
            visible_of(&host, set_seen);
        }
    });
    effect(move || if wanted.get() && seen.get() { player.play() } else { player.pause() });
    let commands = Commands::get();
    commands.on(
        &[Command::Play, Command::StepBack, Command::StepForward],
        |_| true,
        move |command| match command {
            Command::Play => wanted.update(|wanted| *wanted = !*wanted),
            command => {
                wanted.set(false);
                if command == Command::StepBack { player.back() } else { player.forward() }
            }
        },
    );
    // What is being added, else what came out.
    let caption = move || {
        scene.with(|scene| {
            let row = scene.sum.as_ref()?.rows.first()?;
            let term = player.adding.get().and_then(|tap| row.terms.get(tap));
            Some(match term {
                Some(Term { letter, factors, product, .. }) => {
                    let term = [letter.as_deref().unwrap_or_default(), ": ", factors, " = "].concat();
                    view! { {term}<b class="hl">{product.trim_start_matches('+').to_owned()}</b> }.into_any()
                }
                None => view! { "sum: "<b>{row.result.clone()}</b> }.into_any(),
            })
        })
    };
    let route = Route::get();
    let style = Signal::derive(move || if route.lecture() { StageStyle::LECTURE_DEMO } else { StageStyle::DEMO });
    let name = move || if wanted.get() { "Pause" } else { "Play" };
    view! {
        <div class="hero-s" node_ref=host>
            <Stage scene style player demo=true on_event=|_| {}/>
            <div class="hero-f">
                <span class="stepcount">"step "<b>{part(move || player.at() + 1)}</b>" of "{part(move || player.len())}</span>
                <span class="dim">{part(caption)}</span>
                <button
                    class="btn line square"
                    aria-label=live(name)
                    title=live(move || Command::Play.title_as(name(), platform::keyboard()))
                    on:click=on(move |_| {
                        commands.run(Command::Play);
                    })
                >
                    {part(move || view! { <Icon shape=if wanted.get() { Shape::Pause } else { Shape::Play }/> })}
                </button>
            </div>
        </div>
    }
}
