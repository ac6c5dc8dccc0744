//! The output's shape: formula, numbers, result, and what is counted.

use std::sync::Arc;

use leptos::prelude::*;
use receptive::lab::markup;

use super::live::LiveBench;
use crate::ui::{
    platform::{self, resize_of},
    signal::RwSignal,
    view::{attr, effect, html, live, on, part, when},
};

/// The region "Output shape". Pointing at a symbol lights its control; pressing it goes there. Beside the stage the
/// settings go first: of what is told here whole parts stand where there is room left, and a button shows all, in place
/// of the settings.
#[component]
pub(super) fn OutputShape(bench: LiveBench, hovered: RwSignal<Option<String>>) -> impl IntoView {
    let shape = bench.shared(|view| Arc::clone(&view.shape));
    let title = bench.part(|view| view.shape.title);
    let below = move || shape.with(|shape| markup::shape(shape));
    let lines = NodeRef::<leptos::html::Div>::new();
    let room = RwSignal::new((0.0, 0.0));
    effect(move || {
        if let Some(lines) = lines.get() {
            resize_of(&lines, room);
        }
    });
    let (all, more) = (RwSignal::new(false), RwSignal::new(false));
    effect(move || {
        shape.track();
        let _: (f64, f64) = room.get();
        // What does not fit is put into a second column, out of sight, once it is laid out.
        platform::next_frame(move || {
            if let Some(Some(lines)) = lines.try_get_untracked() {
                more.try_set(lines.scroll_width() > lines.client_width());
            }
        });
    });
    view! {
        <section
            class="shape"
            class:all=live(move || all.get())
            {..attr("role", "region")}
            {..attr("aria-label", live(move || bench.name(title.get())))}
            // It can have more than fits: the keys scroll it.
            {..attr("tabindex", "0")}
            on:pointerover=on(move |event: leptos::ev::PointerEvent| hovered.set(platform::symbol_of(event.target())))
            on:pointerleave=on(move |_| hovered.set(None))
            on:click=on(move |event: leptos::ev::MouseEvent| {
                if let Some(symbol) = platform::symbol_of(event.target()) {
                    platform::focus_inside(&bench.id(&["control-", &symbol].concat()));
                }
            })
        >
            <h2>
                {part(move || title.get())}
                <output class="shape-result">{part(move || shape.with(|shape| shape.result.clone()))}</output>
            </h2>
            <div class="shape-lines" node_ref=lines inner_html=html(below)></div>
            {when(move || all.get() || more.get(), move || view! {
                <button class="btn quiet more-shape" on:click=on(move |_| all.update(|all| *all = !*all))>
                    {live(move || if all.get() { "Back to the settings" } else { "More" })}
                </button>
            })}
        </section>
    }
}
