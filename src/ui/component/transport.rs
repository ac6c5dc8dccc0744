//! First, back, play, forward, last; a scrubber; the speed.

use crate::ui::view::{live, memo, on, part};
use leptos::prelude::*;
use receptive::{
    command::Command,
    link::operation::SPEEDS,
    num::{decimal, format},
};

use super::{CommandButton, Icon, Shape};
use crate::ui::{commands::Commands, platform, player::Player};

/// Past this many steps the scrubber marks rows of the output instead of steps.
const MOST_TICKS: usize = 64;

/// What the transport does.
const PLAYBACK: &[Command] = &[
    Command::FirstStep,
    Command::StepBack,
    Command::Play,
    Command::StepForward,
    Command::LastStep,
    Command::Slower,
    Command::Faster,
];

/// The buttons and the scrubber of a player, whose commands are the page's while it is there. `row` is the number of steps in a row of the output.
#[component]
pub(crate) fn Transport(player: Player, #[prop(into)] row: Signal<usize>) -> impl IntoView {
    let none = move || player.len() == 0;
    let speed = move |by| nearby(player.speed.get(), by);
    Commands::get().on(
        PLAYBACK,
        move |command| match command {
            Command::FirstStep | Command::StepBack => player.at() > 0,
            Command::StepForward | Command::LastStep => player.at() + 1 < player.len(),
            Command::Slower => speed(-1).is_some(),
            Command::Faster => speed(1).is_some(),
            _ => !none(),
        },
        move |command| match command {
            Command::FirstStep => player.go(0),
            Command::StepBack => player.back(),
            Command::StepForward => player.forward(),
            Command::LastStep => player.last(),
            Command::Slower | Command::Faster => {
                if let Some(speed) = speed(if command == Command::Slower { -1 } else { 1 }) {
                    player.speed.set(speed);
                }
            }
            _ => player.toggle(),
        },
    );
    let name = move || if player.playing.get() { "Pause" } else { "Play" };
    let count =
        move || if none() { "no steps".into() } else { format!("step {} of {}", player.at() + 1, player.len()) };
    view! {
        <div class="transport" role="group" aria-label="Playback">
            <CommandButton command=Command::FirstStep shape=Shape::First class="first"/>
            <CommandButton command=Command::StepBack shape=Shape::Back class="back"/>
            <button
                class="btn solid square play"
                aria-label=live(name)
                title=live(move || Command::Play.title_as(name(), platform::keyboard()))
                disabled=live(none)
                on:click=on(move |_| player.toggle())
            >
                {part(move || view! { <Icon shape=if player.playing.get() { Shape::Pause } else { Shape::Play }/> })}
            </button>
            <CommandButton command=Command::StepForward shape=Shape::Forward class="forward"/>
            <CommandButton command=Command::LastStep shape=Shape::Last class="last"/>
            <Scrubber player row/>
            <span class="stepcount" class:long=live(move || player.len() > 9_999) aria-hidden="true">
                {part(move || if none() {
                    "no steps".into_any()
                } else {
                    view! { <span class="word">"step "</span><b>{number(player.at() + 1)}</b>" of " {number(player.len())} }.into_any()
                })}
            </span>
            <span class="vh">{live(count)}</span>
            <select
                class="select speed"
                aria-label="Speed"
                title="Speed ([ and ])"
                on:change=on(move |event: leptos::ev::Event| {
                    if let Some(speed) = decimal::parse(&event_target_value(&event)) {
                        player.speed.set(speed);
                    }
                })
                prop:value=live(move || player.speed.get().to_string())
            >
                {SPEEDS
                    .map(|speed| {
                        let name = if speed < 1.0 { "½×".to_owned() } else { format!("{speed}×") };
                        view! {
                            <option
                                value=speed.to_string()
                                selected=live(move || player.speed.get().to_bits() == speed.to_bits())
                            >
                                {name}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </div>
    }
}

/// A count with its thousands apart.
fn number(count: usize) -> String {
    format::count(count as u64)
}

/// The speed `by` places from `speed` in the list.
fn nearby(speed: f64, by: isize) -> Option<f64> {
    let at = SPEEDS.iter().position(|other| other.to_bits() == speed.to_bits())?;
    SPEEDS.get(at.checked_add_signed(by)?).copied()
}

#[component]
fn Scrubber(player: Player, row: Signal<usize>) -> impl IntoView {
    let share = move |step: usize| {
        let last = player.len().saturating_sub(1).max(1);
        // The handle keeps inside the track at both ends.
        1.0 + 98.0 * step as f64 / last as f64
    };
    let ticks = memo(move || {
        let len = player.len();
        let every = if len <= MOST_TICKS { 1 } else { row.get().max(1) * len.div_ceil(row.get().max(1) * MOST_TICKS) };
        (0..len).step_by(every).collect::<Vec<_>>()
    });
    let marks = move || {
        ticks.with(|ticks| {
            ticks
                .iter()
                .map(|&step| {
                    let x = format!("{:.2}%", share(step));
                    view! {
                        <line
                            class:done=live(move || step <= player.at())
                            x1=x.clone()
                            x2=x
                            y1="11"
                            y2="19"
                        />
                    }
                })
                .collect_view()
        })
    };
    let here = move || format!("{:.2}%", share(player.at()));
    view! {
        <div class="scrub" class:disabled=live(move || player.len() < 2)>
            <svg height="30" aria-hidden="true">
                <line class="track" x1="1%" x2="99%" y1="15" y2="15"/>
                <line class="run" x1="1%" x2=live(here) y1="15" y2="15"/>
                <g class="ticks">{part(marks)}</g>
                <svg class="handle" x=live(here) y="0" overflow="visible">
                    <rect x="-7" y="4" width="14" height="22" rx="2" fill="var(--ink)"/>
                    <rect x="-1" y="9" width="2" height="12" fill="var(--on-ink)"/>
                </svg>
            </svg>
            <input
                type="range"
                aria-label="Step"
                min="1"
                max=live(move || player.len().max(1).to_string())
                step="1"
                disabled=live(move || player.len() < 2)
                aria-valuetext=live(move || {
                    if player.len() == 0 { "no steps".into() } else { format!("step {} of {}", player.at() + 1, player.len()) }
                })
                prop:value=live(move || (player.at() + 1).to_string())
                on:input=on(move |event: leptos::ev::Event| {
                    if let Ok(step) = event_target_value(&event).parse::<usize>() {
                        player.go(step.saturating_sub(1));
                    }
                })
            />
        </div>
    }
}
