//! Title, undo and redo, presets, and what can be done with all that is on screen.

use leptos::{ev::DragEvent, prelude::*, task::spawn_local};
use receptive::{
    command::Command,
    lab::{operation::Action, preset::Preset, scene::PlateId},
    link::{Link, Panel},
    paste::{Limits, MAX_FILE, Planes},
};

use super::{
    Lab,
    export::{ExportMenu, Exports},
    paste, predict,
};
use crate::ui::{
    commands::Commands,
    component::{CommandButton, PasteRequest, Shape},
    platform::{Taken, closest_attribute, take_drop},
    route::Route,
    view::{effect, live, memo, on, when},
};

/// The head of the page.
#[component]
pub(super) fn Head(lab: Lab, exports: Exports) -> impl IntoView {
    let route = Route::get();
    let session = lab.session;
    let presets = session.peek(|lab| lab.operation().presets());
    let state_of = move |preset: &Preset| {
        let (link, _) = Link::decode(&["#/", lab.kind.page.path(), "?", preset.query].concat());
        let link = (lab.kind.decode)(&link.fields).0;
        (link.lab, link.step)
    };
    let states = StoredValue::new(presets.iter().map(state_of).collect::<Vec<_>>());
    let current = session.part(move |lab| {
        states.with_value(|states| states.iter().position(|(state, _)| lab.operation().is_like(state.operation())))
    });
    let subtitle = move || match current.get().and_then(|index| presets.get(index)) {
        Some(preset) => preset.look.to_owned(),
        None => session.with(|lab| lab.operation().subtitle()),
    };
    let choose = move |index: usize| {
        if let Some((state, step)) = states.with_value(|states| states.get(index).cloned()) {
            lab.change(Action::Open(Box::new(state)));
            // A picture may still have to come: there are no steps to go to then.
            lab.player.step.set(step - 1);
        }
    };
    let options = move || {
        groups(presets)
            .into_iter()
            .map(|(group, presets)| {
                let options = presets.into_iter().map(|(index, name)| {
                    view! { <option value=index.to_string() selected=live(move || current.get() == Some(index))>{name}</option> }
                });
                view! { <optgroup label=group>{options.collect_view()}</optgroup> }
            })
            .collect_view()
    };
    view! {
        <div class="lab-head">
            <div class="lab-title">
                <h1>{session.peek(|lab| lab.operation().title())}</h1>
                <p class="dim">{live(subtitle)}</p>
            </div>
            <div class="lab-tools">
                {predict::toggle(lab, "in-head")}
                <CommandButton command=Command::Undo shape=Shape::Undo/>
                <CommandButton command=Command::Redo shape=Shape::Redo/>
                <ExportMenu exports/>
            </div>
            {when(move || !route.hides(Panel::Presets), move || view! {
                <label class="preset">
                    <span class="faint">"Preset"</span>
                    <select
                        class="select"
                        prop:value=live(move || current.get().map_or_else(|| "own".into(), |index| index.to_string()))
                        on:change=on(move |event: leptos::ev::Event| {
                            if let Ok(index) = event_target_value(&event).parse() {
                                choose(index);
                            }
                        })
                    >
                        <option value="own" hidden selected=live(move || current.get().is_none())>"Your own numbers"</option>
                        {options()}
                    </select>
                </label>
            })}
            <Paste lab/>
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
fn Paste(lab: Lab) -> impl IntoView {
    Commands::get().on(
        &[Command::Paste],
        |_| true,
        move |_| {
            lab.pasting.set(Some(PasteRequest { taken: Taken::Text(String::new()), target: 0 }));
        },
    );
    let targets = memo(move || targets(lab));
    let names = Signal::derive(move || {
        targets.with(|targets| targets.iter().map(|(name, limits, _)| (name.clone(), *limits)).collect::<Vec<_>>())
    });
    let put = Callback::new(move |(target, planes): (usize, Planes)| {
        let plate = targets.with_untracked(|targets| targets.get(target).map(|(_, _, plate)| *plate));
        if let Some(plate) = plate {
            lab.change(Action::Replace { plate, planes: planes.into_planes() });
        }
    });
    let is_here = RwSignal::new(false);
    effect(move || {
        if lab.pasting.with(Option::is_some) && !is_here.get_untracked() {
            spawn_local(async move {
                let fetched = paste::fetch().await;
                if lab.alive.is() {
                    match fetched {
                        Ok(()) => is_here.set(true),
                        Err(sentence) => {
                            lab.pasting.set(None);
                            lab.said.set(Some(sentence));
                        }
                    }
                }
            });
        }
    });
    when(move || is_here.get(), move || paste::dialog(lab.pasting, names, put))
}

/// The grids that are typed into, each once, with the most that they take.
fn targets(lab: Lab) -> Vec<(String, Limits, PlateId)> {
    lab.session.with(|lab| lab.operation().targets())
}

fn targets_now(lab: Lab) -> Vec<(String, Limits, PlateId)> {
    untrack(|| targets(lab))
}

/// A file or a text over the page: it may be dropped.
pub(super) fn dragged(event: DragEvent) {
    event.prevent_default();
}

/// What was dropped is shown before it goes anywhere.
pub(super) fn dropped(lab: Lab, event: &DragEvent) {
    if (lab.extras.takes)(lab, event) {
        return;
    }
    // On a grid it is meant for that one.
    let name = closest_attribute(event.target(), "aria-label").unwrap_or_default();
    let target = targets_now(lab).iter().position(|(known, ..)| *known == name).unwrap_or(0);
    let take = move |taken: Taken| lab.pasting.set(Some(PasteRequest { taken, target }));
    take_drop(event, MAX_FILE, Box::new(take));
}
