//! `#/train`: LeNet learns MNIST in this tab.

mod figures;
mod layers;
mod run_bar;
mod settings;
mod training;

use crate::ui::view::{attr, effect, live, part};
use leptos::prelude::*;
use receptive::{
    command::Command,
    data::{DatasetKind, TEST_IMAGES, TRAIN_IMAGES},
    lab::train::{Files, HeadlinePart, Model, PAPER_COUNT, Phase, TrainAction, TrainState, download_size, megabytes},
    link::{
        Page,
        train::{decode, encode},
    },
    num::{decimal::fixed, format::count},
};

use crate::ui::{commands::Commands, component::Message, route::Route};
use figures::Figures;
use run_bar::RunBar;
use settings::Settings;
use training::Training;

/// The page.
#[component]
pub(crate) fn Train() -> impl IntoView {
    let route = Route::get();

    let opened = route.opened(Page::Train);
    let (settings, warnings) = opened.with_untracked(|(_, fields)| decode(fields));
    route.warn(warnings);
    let training = Training::new(settings);
    Effect::new(move |before: Option<()>| {
        let (settings, warnings) = opened.with(|(_, fields)| decode(fields));
        // The fields the page was made with are in it already.
        if before.is_some() {
            route.warn(warnings);
            training.dispatch(TrainAction::Open(settings));
        }
    });
    let settings = training.part(|lab| lab.settings().clone());
    effect(move || {
        settings.track();
        // Who leaves the page has what was typed last.
        route.publish(Page::Train, move || untrack(|| training.with(|lab| encode(lab.settings()))));
    });

    Commands::get().on(
        &[Command::Train, Command::TrainStep, Command::TrainReset],
        move |command| match command {
            Command::TrainStep => training.with(TrainState::can_step),
            Command::TrainReset => training.with(TrainState::can_reset),
            _ => training.with(TrainState::can_toggle),
        },
        move |command| {
            training.dispatch(match command {
                Command::TrainStep => TrainAction::StepOnce,
                Command::TrainReset => TrainAction::Reset,
                _ => TrainAction::Toggle,
            });
        },
    );

    let phase = training.part(|lab| match lab.phase() {
        Phase::Empty => "empty",
        Phase::Preparing => "preparing",
        Phase::Running => "running",
        Phase::Paused => "paused",
        Phase::Finished => "finished",
        Phase::Stopped(_) => "stopped",
    });
    view! {
        <main {..attr("id", "main")} {..attr("tabindex", "-1")} class="training" data-phase=phase.live()>
            <div class="training-title">
                <h1>{training.part(|lab| lab.settings().title()).live()}</h1>
                <p class="small dim">
                    {training.part(|lab| lab.parameters().map_or_else(String::new, |learned| count(learned) + " parameters, ")).live()}
                    "digits of MNIST. "
                    <a {..attr("href", live(move || route.href(Page::Benchmark)))}>"Benchmark"</a>
                </p>
            </div>
            <RunBar training/>
            <Settings training/>
            <div class="training-stage">
                <Trouble training/>
                <Headline training/>
                <Figures training/>
            </div>
            <Announcement training/>
        </main>
    }
}

/// What is wrong with the run, and the button that repairs it.
#[component]
fn Trouble(training: Training) -> impl IntoView {
    let trouble = training.part(TrainState::trouble);
    move || trouble.get().map(|(sentence, repair)| view! { <Message sentence repairs=training.repairs(repair)/> })
}

/// The fact that there is; before there is one, what will happen.
#[component]
fn Headline(training: Training) -> impl IntoView {
    let headline = training.part(TrainState::headline);
    let caption = training.part(TrainState::caption);
    let prepares = training.part(|lab| {
        let loading = matches!(lab.files(), Files::Loading { .. } | Files::Checking);
        *lab.phase() == Phase::Preparing && loading
    });
    view! {
        <div class="headline">
            {part(move || match headline.get() {
                Some(parts) => view! {
                    <h2>{parts.into_iter().map(headline_part).collect_view()}</h2>
                    <p class="small dim">{caption.live()}</p>
                }.into_any(),
                None if prepares.get() => view! { <Download training/> }.into_any(),
                None => view! { <Beginning training/> }.into_any(),
            })}
        </div>
    }
}

fn headline_part(part: HeadlinePart) -> AnyView {
    if part.number {
        view! { <b>{part.text}</b> }.into_any()
    } else {
        // A number and its unit stay on one line.
        part.text.replace(" %", "\u{a0}%").into_any()
    }
}

/// What a run will take, before there is one.
#[component]
fn Beginning(training: Training) -> impl IntoView {
    let paper = training.part(|lab| (lab.settings().model() != Model::Own).then_some(PAPER_COUNT));
    view! {
        <h2>
            <b>{count(TRAIN_IMAGES as u64)}</b>
            " digits to learn from, "
            <b>{count(TEST_IMAGES as u64)}</b>
            " to be tested on"
        </h2>
        <p class="small dim">
            "The images are an " {megabytes(download_size(DatasetKind::Mnist))}
            " download from this site. Everything is computed in this tab."
        </p>
        <p class="small dim">{paper.live()}</p>
    }
}

/// How the download goes on.
#[component]
fn Download(training: Training) -> impl IntoView {
    let received = training.part(|lab| lab.download().unwrap_or_default());
    let shown = move || fixed(f64::from(received.get().0) / 1e6, 1);
    let share = move || {
        let (received, of) = received.get();
        format!("--share: {}", fixed(f64::from(received) / f64::from(of.max(1)), 4))
    };
    let checking = training.part(|lab| lab.files() == Files::Checking);
    view! {
        <h2><b>{shown}</b> " of " {megabytes(download_size(DatasetKind::Mnist))}</h2>
        <div
            class="bar-track"
            {..attr("role", "progressbar")}
            {..attr("aria-label", "Download of the images")}
            {..attr("aria-valuemin", "0")}
            {..attr("aria-valuenow", live(move || received.get().0.to_string()))}
            {..attr("aria-valuemax", live(move || received.get().1.to_string()))}
            {..attr("aria-valuetext", live(move || format!("{} of {}", shown(), megabytes(download_size(DatasetKind::Mnist)))))}
        >
            <i style=share></i>
        </div>
        <p class="small dim">
            {part(move || if checking.get() {
                "Unpacking the images and comparing their SHA-256 with that of MNIST"
            } else {
                "The images of MNIST, from this site"
            })}
        </p>
    }
}

/// The end of an epoch, for those who listen.
#[component]
fn Announcement(training: Training) -> impl IntoView {
    let announcement = training.part(TrainState::announcement);
    view! { <p class="vh" {..attr("aria-live", "polite")}>{announcement.live()}</p> }
}
