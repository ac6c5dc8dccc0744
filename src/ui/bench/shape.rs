//! The output's shape: formula, numbers, result, and what is counted.

use std::sync::Arc;

use leptos::prelude::*;
use receptive::lab::markup;

use super::live::LiveBench;
use crate::ui::{
    platform,
    view::{html, live, on, part},
};

/// The region "Output shape". Pointing at a symbol lights its control; pressing it goes there.
#[component]
pub(super) fn OutputShape(bench: LiveBench, hovered: RwSignal<Option<String>>) -> impl IntoView {
    let shape = bench.shared(|view| Arc::clone(&view.shape));
    let title = bench.part(|view| view.shape_title);
    let leads = bench.part(|view| view.table_leads);
    let below = move || shape.with(|shape| markup::shape(shape, leads.get()));
    view! {
        <section
            class="shape"
            role="region"
            aria-label=live(move || bench.name(title.get()))
            // It can have more than fits: the keys scroll it.
            tabindex="0"
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
            <div class="shape-lines" inner_html=html(below)></div>
        </section>
    }
}
