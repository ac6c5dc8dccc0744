//! What layers do that have learned nothing: a picture on its way through them, and the spread of the values.

use leptos::prelude::*;
use receptive::{
    lab::depth::{FUNCTIONS, Flow as Way},
    model::Function,
};

use super::{look, session::Session};
use crate::ui::{
    component::CanvasTile,
    platform::{self, Frames, Throttle, resize_of, visible_of},
    route::Route,
    view::{effect, html, live, memo, on, part},
};

/// So many milliseconds of a frame are computed in.
const SLICE: f64 = 12.0;
/// Pictures and plots are drawn at most so often.
const DRAWN_EVERY_MS: u32 = 200;

/// The section: computed while it is in sight, a layer after another.
#[component]
pub(super) fn Flow(session: Session) -> impl IntoView {
    let section = NodeRef::<leptos::html::Section>::new();
    let (visible, set_visible) = signal(false);
    let flow = RwSignal::new(session.lab.with_untracked(|lab| Way::new(lab.settings())));
    let drawn = RwSignal::new(0_u64);
    let throttle = Throttle::new(DRAWN_EVERY_MS);
    let draw = move || {
        throttle.run(move || {
            drawn.try_update(|drawn| *drawn += 1);
        });
    };
    let frames = Frames::new(move |began| {
        let goes_on = flow.try_update_untracked(|flow| {
            let mut goes_on = flow.advance();
            while goes_on && platform::now() - began < SLICE {
                goes_on = flow.advance();
            }
            goes_on
        });
        draw();
        goes_on == Some(true) && visible.try_get_untracked() == Some(true)
    });
    effect(move || {
        if let Some(section) = section.get() {
            visible_of(&section, set_visible);
        }
    });
    let settings = session.part(|lab| lab.settings().clone());
    let rows = RwSignal::new(flow.with_untracked(Way::rows));
    effect(move || {
        let settings = settings.get();
        if !flow.with_untracked(|flow| flow.fits(&settings)) {
            flow.set(Way::new(&settings));
            let latest = flow.with_untracked(Way::rows);
            if rows.with_untracked(|rows| *rows != latest) {
                rows.set(latest);
            }
            draw();
        }
        if visible.get() {
            frames.start();
        }
    });
    let finding = memo(move || {
        drawn.track();
        flow.with_untracked(Way::finding)
    });
    view! {
        <section class="depth-flow" aria-label="Before the first step" node_ref=section>
            <h2>"Before the first step " <small>"a picture on its way through layers that have learned nothing"</small></h2>
            <p class="depth-flow-finding" aria-live="polite" inner_html=html(move || finding.get())></p>
            <div class="depth-ways">
                {part(move || rows.get().into_iter().enumerate().map(|(row, (name, after))| view! {
                    <figure role="group" aria-label=name.clone()>
                        <figcaption class="small dim">{name.clone()}</figcaption>
                        <div>
                            {(0..after.len()).map(|place| view! { <Picture flow drawn row place/> }).collect_view()}
                        </div>
                    </figure>
                }).collect_view())}
            </div>
            <p class="small dim">
                "Channel 0 of 16, as dark as its largest value; below it the deviation of all values. A residual block adds
                its input to what its two convolutions make: near zero weights it is the identity. A plain pair makes
                nothing of nothing."
            </p>
            <div class="depth-spreads">
                {FUNCTIONS.map(|(function, _, name)| view! { <Spread flow drawn function name/> }).into_iter().collect_view()}
            </div>
        </section>
    }
}

/// The picture after some layers.
#[component]
fn Picture(flow: RwSignal<Way>, drawn: RwSignal<u64>, row: usize, place: usize) -> impl IntoView {
    let revision = memo(move || drawn.get());
    let caption = memo(move || {
        drawn.track();
        flow.with_untracked(|flow| flow.caption(row, place))
    });
    let tile = Box::new(move || {
        let picture = flow.with_untracked(|flow| flow.picture(row, place));
        Some(picture.map_or((1, vec![f32::NAN]), |strip| (strip.columns, strip.shares)))
    });
    view! {
        <span class="depth-picture" role="img" aria-label=caption>
            <CanvasTile revision tile/>
            <small>{caption}</small>
        </span>
    }
}

/// How the spread goes on with the layers, a line for each rule of the first weights.
#[component]
fn Spread(flow: RwSignal<Way>, drawn: RwSignal<u64>, function: Function, name: &'static str) -> impl IntoView {
    let route = Route::get();
    let frame = NodeRef::<leptos::html::Div>::new();
    let (size, set_size) = signal((0.0, 0.0));
    effect(move || {
        if let Some(frame) = frame.get() {
            resize_of(&frame, set_size);
        }
    });
    let chart = memo(move || {
        drawn.track();
        let look = look(size.get().0, route.lecture());
        flow.with_untracked(|flow| flow.chart(function, look).markup())
    });
    let table = memo(move || {
        drawn.track();
        flow.with_untracked(|flow| flow.table(function))
    });
    let as_table = RwSignal::new(false);
    let tabindex = move || as_table.get().then_some("0");
    view! {
        <section class="depth-panel" class:as-table=as_table aria-label=["Spread, ", name].concat()>
            <div class="depth-head">
                <h3>{name} " " <small>"deviation of the values, plain, by the start of the weights"</small></h3>
                <button
                    class="btn quiet"
                    aria-pressed=live(move || as_table.get().to_string())
                    aria-label=["Spread, ", name, ", as a table"].concat()
                    on:click=on(move |_| as_table.update(|on| *on = !*on))
                >
                    {part(move || if as_table.get() { "Plot" } else { "Table" })}
                </button>
            </div>
            <div class="depth-plots">
                <div class="depth-chart" node_ref=frame inner_html=html(move || chart.get())></div>
            </div>
            <div
                class="depth-values"
                class:vh=live(move || !as_table.get())
                tabindex=tabindex
                inner_html=html(move || table.get())
            ></div>
        </section>
    }
}
