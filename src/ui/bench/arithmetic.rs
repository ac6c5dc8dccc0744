//! The current step's arithmetic; where there is none, why.

use leptos::prelude::*;
use receptive::{bench::Event, lab::scene::PlateId};

use super::live::LiveBench;
use crate::ui::{
    component::{Message, Sum},
    view::{attr, live, memo, part},
};

/// The region "Arithmetic".
#[component]
pub(super) fn ArithmeticRegion(bench: LiveBench) -> impl IntoView {
    let hides = bench.part(|view| view.hides);
    let sum = memo(move || {
        let shown = bench.view(|view| !view.hides || view.question.as_ref().is_some_and(|question| question.hint));
        bench.scene.with(|scene| scene.sum.clone().filter(|_| shown))
    });
    // What is asked for is not told either.
    let text = move || if hides.get() { None } else { sum.with(|sum| sum.as_ref().map(|sum| sum.text.clone())) };
    let cols =
        memo(move || bench.scene.with(|scene| scene.plate(PlateId::KERNEL).map_or(3, |plate| plate.view.shape.1)));
    let point = Callback::new(move |term: Option<usize>| bench.send(Event::Light(term)));
    let here = move || {
        let panel = bench.shows_panel();
        let (refused, problem) = bench.wrong.get();
        // Where the panel does not show, what was refused is said here.
        refused.filter(|_| !panel).or(problem).map(|problem| {
            if panel && !problem.control.is_on_stage() {
                view! { <p class="no-sum dim">"There is no sum until the settings fit together."</p> }.into_any()
            } else {
                view! { <Message sentence=problem.sentence.clone() repairs=bench.repairs(&problem.repairs)/> }
                    .into_any()
            }
        })
    };
    let said = bench.part(|view| view.said.clone());
    view! {
        <section class="arith" {..attr("role", "region")} {..attr("aria-label", bench.name("Arithmetic"))}>
            // Announced when stepping by hand; while playing it would talk over itself.
            <p class="vh" {..attr("aria-live", live(move || if bench.playing.get() { "off" } else { "polite" }))}>
                {part(text)}
            </p>
            <Sum arithmetic=sum cols point/>
            {part(here)}
            {part(move || said.get().map(|said| view! { <p class="said small" {..attr("role", "status")}>{said.to_string()}</p> }))}
        </section>
    }
}
