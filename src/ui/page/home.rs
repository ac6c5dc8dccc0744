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
    site::Way,
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

/// The home page.
#[component]
pub(crate) fn Home() -> impl IntoView {
    let route = Route::get();
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
            <section class="ways" aria-label="What is here" inner_html=live(move || ways(route))></section>
        </main>
    }
}

/// The ways to other pages, as markup: views of them would weigh twice as much.
fn ways(route: Route) -> String {
    let mut html = String::new();
    for &page in Page::ALL {
        if let Some(Way { name, words, picture }) = page.way() {
            let href = route.href(page).replace('&', "&amp;").replace('"', "&quot;");
            html.extend([
                "<a href=\"",
                &href,
                "\"><svg width=62 height=62 viewBox=\"0 0 44 44\" aria-hidden=true>",
                picture,
                "</svg><b>",
                name,
                "</b><span class=dim>",
                words,
                "</span></a>",
            ]);
        }
    }
    html
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
