//! Title, undo and redo, presets, and what can be done with all that is on screen.

use leptos::{ev::DragEvent, prelude::*, task::spawn_local};
use receptive::{
    bench::Event,
    command::Command,
    lab::{operation::Action, preset::Preset, scene::PlateId},
    link::Panel,
    paste::{Limits, MAX_FILE, Planes},
};

use super::{commands, export_menu::ExportMenu, live::LiveBench, paste, question};
use crate::ui::{
    component::{PasteRequest, Shape},
    platform::{Import, closest_attribute, import_drop},
    signal::{RwSignal, Signal},
    view::{attr, effect, live, memo, on, when},
};

/// The head of a bench.
#[component]
pub(super) fn Head(bench: LiveBench) -> impl IntoView {
    let (presets, title) = bench.view(|view| (view.presets, view.title));
    let current = bench.part(|view| view.preset);
    let subtitle = bench.part(|view| view.subtitle.clone());
    let options = move || {
        groups(presets)
            .into_iter()
            .map(|(group, presets)| {
                let options = presets.into_iter().map(|(index, name)| {
                    view! { <option {..attr("value", index.to_string())} {..attr("selected", live(move || current.get() == Some(index)))}>{name}</option> }
                });
                view! { <optgroup {..attr("label", group)}>{options.collect_view()}</optgroup> }
            })
            .collect_view()
    };
    let heading = match bench.standing.name {
        "" => view! { <h1>{title}</h1> }.into_any(),
        _ => view! { <h2>{bench.standing.called()}</h2> }.into_any(),
    };
    view! {
        <div class="lab-head">
            <div class="lab-title">
                {heading}
                <p class="dim">{live(move || subtitle.get().to_string())}</p>
            </div>
            <div class="lab-tools">
                {question::toggle(bench, "in-head")}
                {commands::button(bench, Command::Undo, Shape::Undo, "")}
                {commands::button(bench, Command::Redo, Shape::Redo, "")}
                <ExportMenu bench/>
            </div>
            {when(move || !bench.hides(Panel::Presets), move || view! {
                <label class="preset">
                    <span class="faint">"Preset"</span>
                    <select
                        class="select"
                        prop:value=live(move || current.get().map_or_else(|| "own".into(), |index| index.to_string()))
                        on:change=on(move |event: leptos::ev::Event| {
                            if let Ok(index) = event_target_value(&event).parse() {
                                bench.send(Event::Preset(index));
                            }
                        })
                    >
                        <option {..attr("value", "own")} {..attr("hidden", true)} {..attr("selected", live(move || current.get().is_none()))}>"Your own numbers"</option>
                        {options()}
                    </select>
                </label>
            })}
            <Paste bench/>
        </div>
    }
}

/// The presets by their groups, with their places in the list.
fn groups(presets: &'static [Preset]) -> Vec<(&'static str, Vec<(usize, &'static str)>)> {
    let mut groups: Vec<(&str, Vec<(usize, &str)>)> = Vec::new();
    for (index, preset) in presets.iter().enumerate() {
        match groups.last_mut() {
            Some((group, presets)) if *group == preset.group => presets.push((index, preset.name)),
            _ => groups.push((preset.group, vec![(index, preset.name)])),
        }
    }
    groups
}

/// The dialog that takes a matrix, and where it can go.
#[component]
fn Paste(bench: LiveBench) -> impl IntoView {
    let targets = memo(move || targets(bench));
    let names = Signal::derive(move || {
        targets.with(|targets| targets.iter().map(|(name, limits, _)| (name.clone(), *limits)).collect::<Vec<_>>())
    });
    let put = Callback::new(move |(target, planes): (usize, Planes)| {
        let plate = targets.with_untracked(|targets| targets.get(target).map(|(_, _, plate)| *plate));
        if let Some(plate) = plate {
            bench.change(Action::Replace { plate, planes: planes.into_planes() });
        }
    });
    let is_here = RwSignal::new(false);
    effect(move || {
        if bench.pasting.with(Option::is_some) && !is_here.get_untracked() {
            spawn_local(async move {
                let fetched = paste::fetch().await;
                if bench.alive.is() {
                    match fetched {
                        Ok(()) => is_here.set(true),
                        Err(sentence) => {
                            bench.pasting.set(None);
                            bench.say(sentence);
                        }
                    }
                }
            });
        }
    });
    when(move || is_here.get(), move || paste::dialog(bench.pasting, names, put))
}

/// The grids that are typed into, each once, with the most that they take.
fn targets(bench: LiveBench) -> Vec<(String, Limits, PlateId)> {
    bench.with(|lab| lab.operation().targets())
}

/// A file or a text over the bench: it may be dropped.
pub(super) fn dragged(event: DragEvent) {
    event.prevent_default();
}

/// What is dropped on a grid is meant for that one: its place among the targets.
pub(crate) fn target_of(bench: LiveBench, event: &DragEvent) -> usize {
    let name = closest_attribute(event.target(), "aria-label").unwrap_or_default();
    untrack(|| targets(bench)).iter().position(|(known, ..)| *known == name).unwrap_or(0)
}

/// What was dropped is shown before it goes anywhere.
pub(super) fn dropped(bench: LiveBench, event: &DragEvent) {
    let target = target_of(bench, event);
    let take = move |taken: Import| bench.pasting.set(Some(PasteRequest { taken, target }));
    import_drop(event, MAX_FILE, Box::new(take));
}
