//! Predict first: the next number is typed before it is shown, and a wrong one is named by what makes it.

use std::sync::Arc;

use leptos::prelude::*;
use receptive::{
    bench::{Event, QuestionView},
    command::Command,
    lab::predict::Verdict,
};

use super::{commands, live::LiveBench};
use crate::ui::{
    component::{Icon, Shape},
    platform,
    view::{attr, live, on, part, when},
};

/// How high the question is with its verdict, in pixels, as the style sheet sets it.
pub(super) const HEIGHT: f64 = 96.0;
/// The same in lecture mode.
pub(super) const HEIGHT_IN_LECTURE: f64 = 124.0;

/// The button that asks for numbers, or no longer.
pub(super) fn toggle(bench: LiveBench, class: &'static str) -> AnyView {
    let title = Command::Predict.title(platform::keyboard());
    view! {
        <button
            class=["btn quiet predict-toggle ", class].concat()
            {..attr("aria-label", Command::Predict.name())}
            {..attr("aria-pressed", live(move || bench.asks.get().to_string()))}
            {..attr("title", title)}
            {..attr("disabled", live(move || bench.len.get() == 0))}
            on:click=on(move |_| commands::run(bench, Command::Predict))
        >
            <Icon shape=Shape::Question/>
            <span>"Predict first"</span>
        </button>
    }
    .into_any()
}

/// The question, the verdict, and what comes next.
#[component]
pub(super) fn Question(bench: LiveBench) -> impl IntoView {
    let of = move |of: fn(&QuestionView) -> bool| bench.part(move |view| view.question.as_ref().is_some_and(of));
    let (open, last) = (of(|question| question.open), of(|question| question.last));
    let words =
        bench.part(|view| view.question.as_ref().map_or_else(|| "".into(), |question| Arc::clone(&question.words)));
    let typed = bench.part(|view| view.question.as_ref().map(|question| question.typed.clone()).unwrap_or_default());
    let verdict = bench.part(|view| view.question.as_ref().and_then(|question| question.verdict.clone()));
    // Where the focus goes: what had it is gone, or is to be tried again.
    let follow = move || {
        let next = match (open.get_untracked(), last.get_untracked()) {
            (true, _) => "prediction",
            (false, false) => "predict-next",
            (false, true) => "predict-stop",
        };
        let next = bench.id(next);
        platform::next_frame(move || platform::focus(&next));
    };
    let send = move |event: Event| {
        bench.send(event);
        follow();
    };
    let next = move |_| {
        commands::run(bench, Command::StepForward);
        let field = bench.id("prediction");
        platform::next_frame(move || platform::focus(&field));
    };
    let said = move || {
        verdict.get().map(|verdict| match verdict {
            Verdict::Right => view! { <p class="verdict right"><Icon shape=Shape::Tick/>"Right."</p> }.into_any(),
            Verdict::Wrong(sentence) => {
                view! { <p class="verdict wrong"><Icon shape=Shape::Cross/>{sentence}</p> }.into_any()
            }
            Verdict::Unreadable(sentence) => view! { <p class="verdict">{sentence}</p> }.into_any(),
        })
    };
    let form = move || {
        let id = bench.id("prediction");
        view! {
            <label {..attr("for", id.clone())}>{live(move || [&*words.get(), " ="].concat())}</label>
            <input
                {..attr("id", id)}
                class="field prediction"
                {..attr("autocomplete", "off")}
                {..attr("inputmode", "text")}
                prop:value=live(move || typed.get())
                on:input=on(move |event: leptos::ev::Event| bench.send(Event::Type(event_target_value(&event))))
                on:keydown=on(move |event: leptos::ev::KeyboardEvent| {
                    if event.key() == "Enter" {
                        event.prevent_default();
                        send(Event::Check);
                    }
                })
            />
            <button class="btn solid" on:click=on(move |_| send(Event::Check))>"Check"</button>
            <button class="btn quiet" on:click=on(move |_| bench.send(Event::Hint))>"Show the products"</button>
            <button class="btn quiet" on:click=on(move |_| send(Event::Reveal))>"Reveal"</button>
        }
    };
    let after = move || {
        view! {
            <button {..attr("id", bench.id("predict-next"))} class="btn line" {..attr("disabled", live(move || last.get()))} on:click=on(next)>
                {live(move || if last.get() { "That was the last step" } else { "Next step" })}
            </button>
            <button
                {..attr("id", bench.id("predict-stop"))}
                class="btn quiet"
                on:click=on(move |_| commands::run(bench, Command::Predict))
            >
                "Stop predicting"
            </button>
        }
    };
    view! {
        {when(move || bench.asks.get(), move || view! {
            <section class="predict" {..attr("role", "region")} {..attr("aria-label", bench.name("Prediction"))}>
                {when(move || open.get(), form)}
                {when(move || !open.get(), after)}
                <div {..attr("role", "status")}>{part(said)}</div>
            </section>
        })}
    }
}
