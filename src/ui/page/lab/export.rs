//! "Copy and export": the menu, and the commands that copy and save what is on screen.
//!
//! All is made by a chunk of its own (`platform/export.rs`), which is loaded when the menu is opened or a command asks for
//! it. The link to what is on screen is all that it gets.

use leptos::{prelude::*, task::spawn_local};
use receptive::{
    command::{Command, Group},
    lab::scene::PlateId,
    link::{Link, Panel, operation::LabLink},
    paste::Format,
};

use super::Lab;
use crate::ui::{
    commands::Commands,
    component::{Icon, Shape},
    platform::{self, export::Shown},
    route::Route,
    view::{live, on},
};

/// The button's id.
const BUTTON: &str = "export";
/// The menu's id.
const MENU: &str = "export-menu";

const BY_HAND: &str = "This page may not copy by itself. Copy the text from here:";

/// What the module makes: its name there, and what is said of a text that was copied; of a file the module says it.
fn made(command: Command) -> (&'static str, &'static str) {
    match command {
        Command::CopyPytorch => ("pytorch", "PyTorch code copied"),
        Command::CopyLatex => ("latex", "Matrices copied as LaTeX"),
        Command::CopyTikz => ("tikz", "Figure copied as TikZ"),
        Command::SaveSvg => ("svg", ""),
        Command::SavePng => ("png", ""),
        Command::SaveFilmstrip => ("strip", ""),
        _ => ("gif", ""),
    }
}

/// Has things made, one at a time: what is begun later ends the one before, and leaving the page ends all.
#[derive(Clone, Copy)]
pub(super) struct Exports {
    lab: Lab,
    route: Route,
    commands: Commands,
    /// The number of the last thing.
    last: StoredValue<u32>,
}

impl Exports {
    /// Makes `kind`; `said` is said of a text that was copied.
    fn make(self, kind: String, said: String, whole: bool) {
        let Self { lab, route, commands, last } = self;
        lab.player.pause();
        let number = last.get_value() + 1;
        last.set_value(number);
        let is_wanted = move || last.try_get_value() == Some(number);
        let link = link(lab, route, whole);
        let shown = Shown { link, kind: lab.kind, pixels: (lab.extras.pixels)(lab) };
        let making = async move {
            let say = move |words: String| {
                if is_wanted() {
                    commands.say(&words);
                }
                is_wanted()
            };
            let made = platform::export::make(shown, kind, Box::new(say)).await;
            if is_wanted() { made } else { Err(String::new()) }
        };
        if said.is_empty() {
            spawn_local(async move {
                let (Ok(words) | Err(words)) = making.await;
                commands.say(&words);
            });
        } else {
            commands.copy_made(making, &said, BY_HAND);
        }
    }
}

/// What the page does by name.
pub(super) fn commands(lab: Lab) -> Exports {
    let exports = Exports { lab, route: Route::get(), commands: Commands::get(), last: StoredValue::new(0) };
    let commands = exports.commands;
    commands.on(
        &[
            Command::CopyPytorch,
            Command::CopyLatex,
            Command::CopyTikz,
            Command::SaveSvg,
            Command::SavePng,
            Command::SaveFilmstrip,
            Command::SaveGif,
        ],
        move |_| lab.computed.with(|computed| computed.is_ok()),
        move |command| {
            let (kind, said) = made(command);
            exports.make(kind.to_owned(), said.to_owned(), matches!(kind, "strip" | "gif"));
        },
    );
    commands.on(
        &[Command::Print],
        |_| true,
        move |_| {
            lab.player.pause();
            // After the menu or the palette is gone.
            platform::next_frame(move || {
                if !platform::print() {
                    commands.say("A page can't print by itself in this browser. Use the browser's own menu.");
                }
            });
        },
    );
    exports
}

/// The link to what is on screen. What was predicted already is shown: of one step by asking for nothing, of all by
/// asking from the first one on that is open.
fn link(lab: Lab, route: Route, whole: bool) -> String {
    let at = lab.player.at_untracked();
    let hidden = lab.asked.hides_now(at);
    let (step, predict) = match lab.asked.first_open() {
        Some(open) if whole => {
            let step = if hidden { at } else { open };
            (step, step < lab.steps_now().map_or(0, |steps| steps.len()))
        }
        _ => (at, hidden),
    };
    let speed = lab.player.speed.get_untracked();
    let fields = (lab.kind.encode)(&LabLink { lab: lab.session.peek(Clone::clone), step: step + 1, speed, predict });
    Link { page: lab.kind.page, fields, shared: route.shared.get_untracked() }.encode()
}

/// The button with the menu that it opens.
#[component]
pub(super) fn ExportMenu(exports: Exports) -> impl IntoView {
    let commands = exports.commands;
    // What can be done is asked when the menu opens. As views the rows would weigh more than all else here.
    let html = RwSignal::new(String::new());
    let name = Group::Export.name();
    let open = move |_: leptos::ev::MouseEvent| {
        html.set([rows(commands), arrays(exports)].concat());
        platform::place_below(BUTTON, MENU);
        platform::export::prepare();
    };
    let pick = move |event: leptos::ev::MouseEvent| {
        let Some(picked) = platform::closest_attribute(event.target(), "data-index") else { return };
        platform::close_menu(MENU);
        if let Some(command) = picked.parse().ok().and_then(|index: usize| Command::ALL.get(index)) {
            commands.run(*command);
        } else if let Some((array, format)) = picked.split_once(' ') {
            let mut said = [array, " copied as ", format].concat();
            if let Some(first) = said.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            exports.make(picked, said, true);
        }
    };
    view! {
        <button
            id=BUTTON
            class="btn quiet square"
            aria-label=name
            title=name
            popovertarget=MENU
            on:click=on(open)
        >
            <Icon shape=Shape::Export/>
        </button>
        // A native popover: it closes on Esc and on a press outside by itself.
        <div id=MENU class="menu" popover="auto" role="group" aria-label=name on:click=on(pick) inner_html=live(move || html.get())></div>
    }
}

/// A button of the menu.
fn button(index: &str, can: bool, name: &str, key: &str) -> String {
    ["<button class=btn data-index=\"", index, if can { "\">" } else { "\" disabled>" }, name, key, "</button>"]
        .concat()
}

/// The group's commands that there are here, as buttons.
fn rows(commands: Commands) -> String {
    let mut html = String::new();
    for (command, can) in commands.here() {
        if command.group() == Group::Export {
            let index = Command::ALL.iter().position(|known| *known == command).unwrap_or_default();
            let stroke = command.strokes().first().map(|stroke| stroke.text(platform::keyboard()));
            let key = stroke.map_or_else(String::new, |stroke| ["<kbd>", &stroke, "</kbd>"].concat());
            html.push_str(&button(&index.to_string(), can, command.name(), &key));
        }
    }
    html
}

/// For each array a row of the formats that it can be copied in.
fn arrays(Exports { lab, route, .. }: Exports) -> String {
    let count = lab.steps_now().map_or(0, |steps| steps.len());
    let has_kernel = lab.session.peek(|lab| lab.operation().plate(PlateId::KERNEL).is_some());
    // What is asked for, or hidden, is not copied either.
    let told = lab.asked.first_open().is_none_or(|open| open >= count) && !untrack(|| route.hides(Panel::Output));
    let mut html = String::new();
    for (name, here) in [("input", true), ("kernel", has_kernel), ("output", count > 0 && told)] {
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
