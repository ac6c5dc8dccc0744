//! A bench, wherever it stands: title, grids, sum, transport, settings. It knows no address and no page: what is around
//! it, its page tells it by its [`Standing`].

mod arithmetic;
mod commands;
mod export;
mod export_menu;
mod extras;
mod group;
mod head;
mod linked;
mod live;
mod paste;
mod question;
pub(crate) mod settings;
mod shape;
mod transport;

use leptos::{ev::DragEvent, prelude::*};
use receptive::{
    bench::Event,
    lab::{operation::Action, scene::PlateId},
    link::Panel,
};

pub(crate) use extras::{Extras, LabPart};
pub(crate) use group::{Group, listen};
pub(crate) use head::target_of;
pub(crate) use linked::{Coming, Labs, LinkedBench, arriving};
pub(crate) use live::{LiveBench, Standing};

use crate::ui::{
    component::{GridEvent, Icon, Shape, Stage, StageEvent},
    platform::{self, resize_of},
    signal::{RwSignal, Signal},
    view::{attr, effect, live, on, when},
};
use arithmetic::ArithmeticRegion;
use head::Head;
use question::Question;
use settings::Settings;
use transport::Transport;

/// A bench; `foot` is what its page puts beside the transport.
#[component]
pub(crate) fn BenchView(
    bench: LiveBench,
    extras: &'static Extras,
    /// Whether the page is being printed.
    #[prop(optional)]
    paper: Option<RwSignal<bool>>,
    #[prop(optional)] foot: Option<AnyView>,
) -> impl IntoView {
    let LiveBench { scene, open, .. } = bench;
    let host = NodeRef::<leptos::html::Div>::new();
    if !bench.standing.fills {
        effect(move || {
            if let Some(host) = host.get() {
                resize_of(&host, bench.width);
            }
        });
    }
    let has_panel = move || !bench.hides(Panel::Settings) || !bench.hides(Panel::Shape);
    let dropped = move |event: DragEvent| {
        if !(extras.takes)(bench, &event) {
            head::dropped(bench, &event);
        }
    };
    let style = Signal::derive(move || bench.style());
    let between = Signal::derive(move || match (bench.asks.get() && !bench.standing.bare, bench.lecture()) {
        (false, _) => 0.0,
        (true, false) => question::HEIGHT,
        (true, true) => question::HEIGHT_IN_LECTURE,
    });
    view! {
        <div
            class=live(move || {
                let flows = if bench.standing.fills { "" } else { " flows" };
                let bare = if has_panel() { "" } else { " bare" };
                let asks = if bench.asks.get() { " asks" } else { "" };
                let alone = if bench.standing.bare { " alone" } else { "" };
                [bench.breadth.get().classes(), flows, bare, asks, alone].concat()
            })
            node_ref=host
            on:dragover=on(head::dragged)
            on:drop=on(dropped)
        >
            <section class="lab-main">
                <Head bench/>
                {(extras.above)(bench)}
                <Stage
                    id=bench.id("stage")
                    scene
                    style
                    speed=bench.speed
                    still=bench.still
                    flows=!bench.standing.fills
                    diagram=extras.diagram
                    paper
                    between
                    on_event=move |(plate, event): StageEvent| stage_event(bench, plate, event)
                >
                    {when(move || !bench.standing.bare, move || view! { <Question bench/> })}
                    {when(move || !bench.hides(Panel::Arithmetic), move || view! { <ArithmeticRegion bench/> })}
                </Stage>
                <div class="dock">
                    <Transport bench/>
                    {question::toggle(bench, "in-dock")}
                    {when(move || !bench.hides(Panel::Settings) && !bench.lecture(), move || view! {
                        <button
                            {..attr("id", bench.id("settings-button"))}
                            class="btn line panel-toggle"
                            {..attr("aria-expanded", live(move || open.get().to_string()))}
                            {..attr("aria-controls", bench.id("settings"))}
                            on:click=on(move |_| {
                                open.update(|open| *open = !*open);
                                if open.get_untracked() {
                                    // Once they are there. On a phone they cover the lower half: the stage goes above.
                                    platform::next_frame(move || {
                                        if bench.standing.fills {
                                            platform::reveal(&bench.id("stage"));
                                        }
                                        platform::focus(&bench.id("settings"));
                                    });
                                }
                            })
                        >
                            <Icon shape=Shape::Settings/>
                            "Settings"
                        </button>
                    })}
                    {foot}
                </div>
            </section>
            {when(has_panel, move || view! { <Settings bench control=extras.control/> })}
        </div>
    }
}

/// What happens on the stage.
fn stage_event(bench: LiveBench, plate: PlateId, event: GridEvent) {
    match event {
        GridEvent::Edit { row, col, text } => {
            bench.change(Action::SetCell { plate, row, col, text });
        }
        GridEvent::Paste { row, col, pasted } => paste::into_grid(bench, (plate, row, col), pasted),
        GridEvent::Point(at) => bench.send(Event::Point(at.map(|at| (plate, at)))),
        GridEvent::Pick { row, col } => bench.send(Event::Pick(plate, (row, col))),
    }
}
