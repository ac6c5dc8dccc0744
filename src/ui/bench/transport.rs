//! First, back, play, forward, last; a scrubber; the speed.

use leptos::prelude::*;
use receptive::{
    bench::Event,
    command::Command,
    link::operation::SPEEDS,
    num::{
        decimal::{self, fixed},
        format,
    },
};

use super::{commands, live::LiveBench};
use crate::ui::{
    component::{Icon, Shape},
    platform,
    view::{attr, live, memo, on, part},
};

/// Past this many steps the scrubber marks rows of the output instead of steps.
const MOST_TICKS: usize = 64;

/// The buttons and the scrubber.
#[component]
pub(super) fn Transport(bench: LiveBench) -> impl IntoView {
    let LiveBench { at, len, playing, speed, .. } = bench;
    let none = move || len.get() == 0;
    let name = move || if playing.get() { "Pause" } else { "Play" };
    let count = move || if none() { "no steps".into() } else { format!("step {} of {}", at.get() + 1, len.get()) };
    let button = move |command, shape, class| commands::button(bench, command, shape, class);
    view! {
        <div class="transport" {..attr("role", "group")} {..attr("aria-label", "Playback")}>
            {button(Command::FirstStep, Shape::First, "first")}
            {button(Command::StepBack, Shape::Back, "back")}
            <button
                class="btn solid square play"
                {..attr("aria-label", live(name))}
                {..attr("title", live(move || Command::Play.title_as(name(), platform::keyboard())))}
                {..attr("disabled", live(none))}
                on:click=on(move |_| commands::run(bench, Command::Play))
            >
                {part(move || view! { <Icon shape=if playing.get() { Shape::Pause } else { Shape::Play }/> })}
            </button>
            {button(Command::StepForward, Shape::Forward, "forward")}
            {button(Command::LastStep, Shape::Last, "last")}
            <Scrubber bench/>
            <span class="stepcount" class:long=live(move || len.get() > 9_999) {..attr("aria-hidden", "true")}>
                {part(move || if none() {
                    "no steps".into_any()
                } else {
                    view! { <span class="word">"step "</span><b>{number(at.get() + 1)}</b>" of " {number(len.get())} }.into_any()
                })}
            </span>
            <span class="vh">{live(count)}</span>
            <select
                class="select speed"
                {..attr("aria-label", "Speed")}
                {..attr("title", "Speed ([ and ])")}
                on:change=on(move |event: leptos::ev::Event| {
                    if let Some(speed) = decimal::parse(&event_target_value(&event)) {
                        bench.send(Event::Speed(speed));
                    }
                })
                prop:value=live(move || format::ascii(speed.get()))
            >
                {SPEEDS
                    .map(|each| {
                        let name = if each < 1.0 { "½×".to_owned() } else { format::ascii(each) + "×" };
                        view! {
                            <option
                                {..attr("value", format::ascii(each))}
                                {..attr("selected", live(move || speed.get().to_bits() == each.to_bits()))}
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

#[component]
fn Scrubber(bench: LiveBench) -> impl IntoView {
    let LiveBench { at, len, .. } = bench;
    let row = bench.part(|view| view.playback.row);
    let share = move |step: usize| {
        let last = len.get().saturating_sub(1).max(1);
        // The handle keeps inside the track at both ends.
        1.0 + 98.0 * step as f64 / last as f64
    };
    let ticks = memo(move || {
        let len = len.get();
        let every = if len <= MOST_TICKS { 1 } else { row.get().max(1) * len.div_ceil(row.get().max(1) * MOST_TICKS) };
        (0..len).step_by(every).collect::<Vec<_>>()
    });
    let marks = move || {
        ticks.with(|ticks| {
            ticks
                .iter()
                .map(|&step| {
                    let x = fixed(share(step), 2) + "%";
                    view! {
                        <line
                            class:done=live(move || step <= at.get())
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
    let here = move || fixed(share(at.get()), 2) + "%";
    view! {
        <div class="scrub" class:disabled=live(move || len.get() < 2)>
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
                {..attr("type", "range")}
                {..attr("aria-label", "Step")}
                {..attr("min", "1")}
                {..attr("max", live(move || len.get().max(1).to_string()))}
                {..attr("step", "1")}
                {..attr("disabled", live(move || len.get() < 2))}
                {..attr("aria-valuetext", live(move || {
                    if len.get() == 0 { "no steps".into() } else { format!("step {} of {}", at.get() + 1, len.get()) }
                }))}
                prop:value=live(move || (at.get() + 1).to_string())
                on:input=on(move |event: leptos::ev::Event| {
                    if let Ok(step) = event_target_value(&event).parse::<usize>() {
                        bench.send(Event::Go(step.saturating_sub(1)));
                    }
                })
            />
        </div>
    }
}
