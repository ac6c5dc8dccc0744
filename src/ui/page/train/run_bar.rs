//! The row that runs: start, pause, one batch, reset, and how far it is.

use super::training::Training;
use crate::ui::view::{attr, live, on, part, when};
use leptos::prelude::*;
use receptive::{
    lab::train::{MainButton, Phase, TrainAction, TrainState},
    num::decimal::fixed,
};

use crate::ui::{
    component::{Icon, Shape},
    platform,
    route::Route,
};

/// Buttons, status and progress.
#[component]
pub(crate) fn RunBar(training: Training) -> impl IntoView {
    view! {
        <div class="run-bar">
            <Buttons training/>
            <Progress training/>
            <LeaveLecture/>
        </div>
    }
}

#[component]
fn Buttons(training: Training) -> impl IntoView {
    let main = training.part(TrainState::main_button);
    let can_toggle = training.part(TrainState::can_toggle);
    let can_step = training.part(TrainState::can_step);
    let can_reset = training.part(TrainState::can_reset);
    let press = move |_| {
        training.dispatch(match main.get_untracked() {
            MainButton::Start => TrainAction::Start,
            MainButton::Pause => TrainAction::Pause,
            MainButton::Resume => TrainAction::Resume,
        });
    };
    let why_not = training.part(|lab| match lab.phase() {
        Phase::Stopped(_) => "This run can't go on: reset it first",
        _ if lab.can_toggle() => "Space or PageDown",
        _ => "A setting is wrong: see there",
    });
    let why_no_step = training.part(|lab| match lab.phase() {
        _ if lab.can_step() => "Trains on one batch, then waits",
        Phase::Running | Phase::Preparing => "Pause first",
        Phase::Finished | Phase::Stopped(_) => "Reset first",
        Phase::Empty | Phase::Paused => "A setting is wrong: see there",
    });
    view! {
        <div class="run-buttons">
            // One button for start, pause and resume: whoever has pressed it keeps the focus.
            <button class="btn solid" {..attr("disabled", live(move || !can_toggle.get()))} {..attr("title", why_not.live())} on:click=on(press)>
                {part(move || match main.get() {
                    MainButton::Start | MainButton::Resume => view! { <Icon shape=Shape::Play/> },
                    MainButton::Pause => view! { <Icon shape=Shape::Pause/> },
                })}
                <span>
                    {part(move || match main.get() {
                        MainButton::Start => "Start training",
                        MainButton::Pause => "Pause",
                        MainButton::Resume => "Resume",
                    })}
                </span>
            </button>
            <button
                class="btn line"
                {..attr("disabled", live(move || !can_step.get()))}
                {..attr("title", why_no_step.live())}
                on:click=on(move |_| training.dispatch(TrainAction::StepOnce))
            >
                <Icon shape=Shape::Forward/>
                <span>"Step one batch"</span>
            </button>
            <button
                class="btn quiet"
                {..attr("disabled", live(move || !can_reset.get()))}
                {..attr("title", live(move || if can_reset.get() { "Ends this run" } else { "There is no run yet" }))}
                on:click=on(move |_| training.dispatch(TrainAction::Reset))
            >
                <Icon shape=Shape::Reset/>
                <span>"Reset"</span>
            </button>
            <button class="btn line to-settings" on:click=on(move |_| platform::reveal("training-settings"))>
                <Icon shape=Shape::Settings/>
                <span>"Settings"</span>
            </button>
        </div>
    }
}

#[component]
fn Progress(training: Training) -> impl IntoView {
    let progress = training.part(TrainState::progress);
    let share = move || {
        let (done, of) = progress.get();
        ["--share: ", &fixed(done as f64 / of.max(1) as f64, 4)].concat()
    };
    // A tick where each test ends; beyond some they are a grey bar.
    let epochs = training.part(|lab| lab.run().map_or(1, |run| run.spec.epochs));
    let ticks = move || {
        let epochs = epochs.get();
        let inner = if epochs <= 20 { 1..epochs } else { 1..1 };
        inner
            .map(|epoch| {
                let at = ["--share: ", &fixed(f64::from(epoch) / f64::from(epochs), 4)].concat();
                view! { <s style=at></s> }
            })
            .collect_view()
    };
    let left = training.part(|lab| match lab.phase() {
        Phase::Running => lab.run().and_then(receptive::lab::train::Run::time_left),
        _ => None,
    });
    let status = training.status;
    view! {
        <div class="run-progress">
            <div class="run-text">
                // Read out at the end of an epoch only, by the page's announcement.
                <p {..attr("role", "status")} {..attr("aria-label", "Training status")} {..attr("aria-live", "off")}>{status.live()}</p>
                <p class="left dim">{part(move || left.get().map(|left| format!("about {left} left")))}</p>
            </div>
            <div
                class="bar-track"
                {..attr("role", "progressbar")}
                {..attr("aria-label", "Training progress")}
                {..attr("aria-valuemin", "0")}
                {..attr("aria-valuenow", live(move || progress.get().0.to_string()))}
                {..attr("aria-valuemax", live(move || progress.get().1.to_string()))}
            >
                <i style=share></i>
                {ticks}
            </div>
        </div>
    }
}

/// The way out, on a projector.
#[component]
fn LeaveLecture() -> impl IntoView {
    let route = Route::get();
    view! {
        {when(move || route.lecture(), move || view! {
            <p class="hint">
                <button class="btn quiet leave" on:click=on(move |_| route.set_lecture(false))>
                    <kbd>"Esc"</kbd>
                    " leave"
                </button>
            </p>
    })}
        }
}
