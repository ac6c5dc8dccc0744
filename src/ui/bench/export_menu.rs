//! "Copy and export": the menu of what can be copied and saved.

use leptos::prelude::*;
use receptive::{
    bench::Bench,
    command::{Command, Group},
    lab::scene::PlateId,
    paste::Format,
};

use super::{commands, export::make, live::LiveBench};
use crate::ui::{
    component::{Icon, Shape},
    platform,
    view::{live, on},
};

/// The button with the menu that it opens.
#[component]
pub(super) fn ExportMenu(bench: LiveBench) -> impl IntoView {
    // What can be done is asked when the menu opens. As views the rows would weigh more than all else here.
    let html = RwSignal::new(String::new());
    let name = Group::Export.name();
    let (button, menu) = (bench.id("export"), bench.id("export-menu"));
    let ids = StoredValue::new((button.clone(), menu.clone()));
    let open = move |_: leptos::ev::MouseEvent| {
        html.set([rows(bench), arrays(bench)].concat());
        ids.with_value(|(button, menu)| platform::place_below(button, menu));
        platform::export::prepare();
    };
    let pick = move |event: leptos::ev::MouseEvent| {
        let Some(picked) = platform::closest_attribute(event.target(), "data-index") else { return };
        ids.with_value(|(_, menu)| platform::close_menu(menu));
        if let Some(command) = picked.parse().ok().and_then(|index: usize| Command::ALL.get(index)) {
            match bench.standing.besides {
                Some((besides, run)) if besides.contains(command) => run.run(*command),
                _ => commands::run(bench, *command),
            }
        } else if let Some((array, format)) = picked.split_once(' ') {
            let mut said = [array, " copied as ", format].concat();
            if let Some(first) = said.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            make(bench, picked, said);
        }
    };
    view! {
        <button
            id=button
            class="btn quiet square"
            aria-label=name
            title=name
            popovertarget=menu.clone()
            on:click=on(open)
        >
            <Icon shape=Shape::Export/>
        </button>
        // A native popover: it closes on Esc and on a press outside by itself.
        <div id=menu class="menu export-menu" popover="auto" role="group" aria-label=name on:click=on(pick) inner_html=live(move || html.get())></div>
    }
}

/// A button of the menu.
fn button(index: &str, can: bool, name: &str, key: &str) -> String {
    ["<button class=btn data-index=\"", index, if can { "\">" } else { "\" disabled>" }, name, key, "</button>"]
        .concat()
}

/// The group's commands that there are here, as buttons.
fn rows(bench: LiveBench) -> String {
    let mut html = String::new();
    let besides = bench.standing.besides.map_or(&[][..], |(besides, _)| besides);
    for (index, &command) in Command::ALL.iter().enumerate().filter(|(_, command)| command.group() == Group::Export) {
        let is_its_own = commands::ALL.contains(&command);
        if is_its_own || besides.contains(&command) {
            let stroke = command.strokes().first().map(|stroke| stroke.text(platform::keyboard()));
            let key = stroke.map_or_else(String::new, |stroke| ["<kbd>", &stroke, "</kbd>"].concat());
            let can = !is_its_own || untrack(|| commands::can(bench, command));
            html.push_str(&button(&index.to_string(), can, command.name(), &key));
        }
    }
    html
}

/// For each array a row of the formats that it can be copied in.
fn arrays(bench: LiveBench) -> String {
    let has_kernel = bench.peek(|lab| lab.operation().plate(PlateId::KERNEL).is_some());
    // What is asked for, or hidden, is not copied either.
    let told = bench.len.get_untracked() > 0 && bench.ask(Bench::tells_all);
    let mut html = String::new();
    for (name, here) in [("input", true), ("kernel", has_kernel), ("output", told)] {
        if !here {
            continue;
        }
        let label = ["Copy ", name, " as"].concat();
        html.push_str(&["<p>", &label, "</p><div role=group aria-label=\"", &label, "\">"].concat());
        for format in Format::ALL {
            let short = if format == Format::Tsv { "TSV" } else { format.name() };
            html.push_str(&button(&[name, " ", format.name()].concat(), true, short, ""));
        }
        html.push_str("</div>");
    }
    html
}
