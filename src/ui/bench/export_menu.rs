//! "Copy and export": the menu of what can be copied and saved.

use leptos::prelude::*;
use receptive::{
    bench::Bench,
    command::{Command, Group},
    lab::scene::PlateId,
    markup::Markup,
    paste::Format,
};

use super::{commands, export::make, live::LiveBench};
use crate::ui::{
    component::{Icon, Shape},
    platform,
    view::{attr, on},
};

/// The button with the menu that it opens.
#[component]
pub(super) fn ExportMenu(bench: LiveBench) -> impl IntoView {
    let name = Group::Export.name();
    let (button, menu) = (bench.id("export"), bench.id("export-menu"));
    let ids = StoredValue::new((button.clone(), menu.clone()));
    let open = move |_: leptos::ev::MouseEvent| {
        // What can be done is asked when the menu opens. As views the rows would weigh more than all else here.
        let mut html = Markup::default();
        push_rows(&mut html, bench);
        push_arrays(&mut html, bench);
        ids.with_value(|(button, menu)| {
            platform::rewrite(menu, &html);
            platform::place_below(button, menu);
        });
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
            {..attr("id", button)}
            class="btn quiet square"
            {..attr("aria-label", name)}
            {..attr("title", name)}
            {..attr("popovertarget", menu.clone())}
            on:click=on(open)
        >
            <Icon shape=Shape::Export/>
        </button>
        // A native popover: it closes on Esc and on a press outside by itself.
        <div {..attr("id", menu)} class="menu export-menu" {..attr("popover", "auto")} {..attr("role", "group")} {..attr("aria-label", name)} on:click=on(pick)></div>
    }
}

/// Adds a button of the menu.
fn push_button(html: &mut Markup, index: &str, can: bool, name: &str, key: Option<&str>) {
    html.push_raw("<button class=\"btn\" data-index=\"").push_text(index);
    html.push_raw(if can { "\">" } else { "\" disabled>" }).push_text(name);
    if let Some(key) = key {
        html.push_raw("<kbd>").push_text(key).push_raw("</kbd>");
    }
    html.push_raw("</button>");
}

/// The group's commands that there are here, as buttons.
fn push_rows(html: &mut Markup, bench: LiveBench) {
    let besides = bench.standing.besides.map_or(&[][..], |(besides, _)| besides);
    for (index, &command) in Command::ALL.iter().enumerate().filter(|(_, command)| command.group() == Group::Export) {
        let is_its_own = commands::ALL.contains(&command);
        if is_its_own || besides.contains(&command) {
            let key = command.strokes().first().map(|stroke| stroke.text(platform::keyboard()));
            let can = !is_its_own || untrack(|| commands::can(bench, command));
            push_button(html, &index.to_string(), can, command.name(), key.as_deref());
        }
    }
}

/// For each array a row of the formats that it can be copied in.
fn push_arrays(html: &mut Markup, bench: LiveBench) {
    let has_kernel = bench.peek(|lab| lab.operation().plate(PlateId::KERNEL).is_some());
    // What is asked for, or hidden, is not copied either.
    let has_output = bench.len.get_untracked() > 0 && bench.ask(Bench::tells_all);
    for (name, here) in [("input", true), ("kernel", has_kernel), ("output", has_output)] {
        if !here {
            continue;
        }
        let label = ["Copy ", name, " as"].concat();
        html.push_raw("<p>").push_text(&label).push_raw("</p><div role=\"group\" aria-label=\"").push_text(&label);
        html.push_raw("\">");
        for format in Format::ALL {
            let short = if format == Format::Tsv { "TSV" } else { format.name() };
            push_button(html, &[name, " ", format.name()].concat(), true, short, None);
        }
        html.push_raw("</div>");
    }
}
