//! "Copy and export": the menu, and the commands that copy and save what is on screen.
//!
//! Matrices are copied as text at once. All else is made by a module of its own, which is loaded when the menu is
//! opened or a command asks for it.

use leptos::{prelude::*, task::spawn_local};
use receptive::{
    command::{Command, Group},
    link::{
        Link, Panel,
        operation::{LabLink, encode},
    },
    paste::{Format, write_planes},
};
use wasm_bindgen::JsValue;

use super::Lab;
use crate::ui::{
    commands::Commands,
    component::{Icon, Shape},
    platform,
    route::Route,
    view::{live, on},
};

/// The menu's id.
const MENU: &str = "export-menu";

/// Pixels to a CSS pixel of a PNG: sharp on a slide.
const PNG_SCALE: f64 = 2.0;
/// The same of a GIF, whose frames are many.
const GIF_SCALE: f64 = 1.5;
/// Milliseconds between two words on how far it is.
const SAY_EVERY: f64 = 1_000.0;

const BY_HAND: &str = "This page may not copy by itself. Copy the text from here:";
const NOT_DRAWN: &str = "This browser did not draw the figure. Save it as SVG instead.";
const NOT_SAVED: &str = "This browser did not take the file.";

/// What needs a step to be shown.
const MADE: &[Command] = &[
    Command::CopyPytorch,
    Command::CopyLatex,
    Command::CopyTikz,
    Command::SaveSvg,
    Command::SavePng,
    Command::SaveFilmstrip,
    Command::SaveGif,
];

/// Something to be made, with all that it is made of.
struct Job {
    command: Command,
    link: String,
    /// What the file's name begins with.
    name: &'static str,
    step: usize,
    commands: Commands,
    /// The number of the last job, and of this one.
    last: StoredValue<u32>,
    number: u32,
}

/// What the page does by name.
pub(super) fn commands(lab: Lab) {
    let (commands, route) = (Commands::get(), Route::get());
    // With the page goes the number, and what is being made for it ends.
    let last = StoredValue::new(0);
    commands.on(
        MADE,
        move |_| lab.computed.with(|computed| computed.is_ok()),
        move |command| {
            lab.player.pause();
            let number = last.get_value() + 1;
            last.set_value(number);
            let whole = matches!(command, Command::SaveFilmstrip | Command::SaveGif);
            let step = lab.player.at_untracked() + 1;
            let job = Job { command, link: link(lab, route, whole), name: lab.page.name(), step, commands, last, number };
            spawn_local(async move {
                let outcome = job.run().await;
                if job.is_wanted() {
                    match outcome {
                        Ok(said) | Err(said) if !said.is_empty() => commands.say(&said),
                        _ => {}
                    }
                }
            });
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
    let fields = encode(&LabLink { lab: lab.session.peek(Clone::clone), step: step + 1, speed, predict });
    Link { page: lab.page, fields, shared: route.shared.get_untracked() }.encode()
}

impl Job {
    /// Whether the page is there still and nothing was begun since.
    fn is_wanted(&self) -> bool {
        self.last.try_get_value() == Some(self.number)
    }

    /// Does it: what is to be said, which is nothing where it was said already; or why it could not be done.
    async fn run(&self) -> Result<String, String> {
        let tools = platform::tools().await?;
        // Paper is light; what is looked at on a screen looks as the page.
        let colours = tools.palette(self.command == Command::CopyTikz);
        let made = |kind| tools.text(&self.link, kind, &colours);
        if !self.is_wanted() {
            return Ok(String::new());
        }
        let step = self.step.to_string();
        match self.command {
            Command::SaveSvg => self.save(&[self.name, "-step-", &step, ".svg"].concat(), made("svg")?),
            Command::SaveFilmstrip => self.save(&[self.name, "-steps.svg"].concat(), made("strip")?),
            Command::SavePng => {
                let name = [self.name, "-step-", &step, ".png"].concat();
                let (svg, _) = made("svg")?;
                let (width, height, smaller) =
                    platform::save_png(&name, &svg, PNG_SCALE).await.ok_or_else(|| NOT_DRAWN.to_owned())?;
                let smaller = if smaller {
                    format!("It has {width} × {height} pixels, the most that browsers draw.")
                } else {
                    String::new()
                };
                Ok(saved(&name, &smaller))
            }
            Command::SaveGif => {
                let film = tools.animation(&self.link, &colours, GIF_SCALE)?;
                self.animate(&film).await
            }
            command => {
                let (kind, said) = match command {
                    Command::CopyPytorch => ("pytorch", "PyTorch code copied"),
                    Command::CopyLatex => ("latex", "Matrices copied as LaTeX"),
                    _ => ("tikz", "Figure copied as TikZ"),
                };
                self.commands.copy(made(kind)?.0, said, BY_HAND);
                Ok(String::new())
            }
        }
    }

    fn save(&self, name: &str, (text, left_out): (String, String)) -> Result<String, String> {
        platform::save(name, "image/svg+xml", &JsValue::from_str(&text)).ok_or_else(|| NOT_SAVED.to_owned())?;
        Ok(saved(name, &left_out))
    }

    /// Draws frame after frame and lets the page go on in between.
    async fn animate(&self, film: &platform::Film) -> Result<String, String> {
        let (width, height, count) = (film.width(), film.height(), film.len());
        let mut said = platform::now();
        for frame in 0..count {
            let pixels = platform::pixels(&film.svg(frame), width, height).await;
            film.put(frame, &pixels.ok_or_else(|| NOT_DRAWN.to_owned())?)?;
            platform::breathe().await;
            if !self.is_wanted() {
                return Ok(String::new());
            }
            if platform::now() - said > SAY_EVERY {
                said = platform::now();
                self.commands.say(&format!("Frame {} of {count} of the animation", frame + 1));
            }
        }
        let left_out = film.left_out();
        let name = [self.name, ".gif"].concat();
        platform::save(&name, "image/gif", &film.file()?.into()).ok_or_else(|| NOT_SAVED.to_owned())?;
        Ok(saved(&name, &left_out))
    }
}

fn saved(name: &str, more: &str) -> String {
    let end = if more.is_empty() { "" } else { ". " };
    ["Saved ", name, end, more].concat()
}

/// The button with the menu that it opens.
#[component]
pub(super) fn ExportMenu(lab: Lab) -> impl IntoView {
    let (commands, route) = (Commands::get(), Route::get());
    // What can be done is asked when the menu opens. As views the rows would weigh more than all else here.
    let html = RwSignal::new(String::new());
    let name = Group::Export.name();
    let open = move |_: leptos::ev::MouseEvent| {
        html.set([rows(commands), arrays(lab, route)].concat());
        platform::place_below(EXPORT, MENU);
        platform::prepare_tools();
    };
    let pick = move |event: leptos::ev::MouseEvent| {
        let number = |name: &str| platform::closest_attribute(event.target(), name)?.parse::<usize>().ok();
        if let Some(command) = number("data-index").and_then(|index| Command::ALL.get(index)) {
            platform::close_menu(MENU);
            commands.run(*command);
        } else if let Some((array, format)) = number("data-copy").map(|place| (place / FORMATS, place % FORMATS)) {
            platform::close_menu(MENU);
            copy(lab, commands, array, format);
        }
    };
    view! {
        <button
            id=EXPORT
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

/// The button's id.
const EXPORT: &str = "export";
const FORMATS: usize = Format::ALL.len();

/// The group's commands that there are here, as buttons.
fn rows(commands: Commands) -> String {
    let mut html = String::new();
    for (index, &command) in Command::ALL.iter().enumerate() {
        let here = commands.here().into_iter().find(|(known, _)| *known == command);
        let Some((_, can)) = here.filter(|_| command.group() == Group::Export) else { continue };
        let stroke = command.strokes().first().map(|stroke| stroke.text(platform::keyboard()));
        let key = stroke.map_or_else(String::new, |stroke| ["<kbd>", &stroke, "</kbd>"].concat());
        let disabled = if can { "" } else { "disabled" };
        let parts =
            ["<button class=btn data-index=", &index.to_string(), " ", disabled, ">", command.name(), &key, "</button>"];
        html.push_str(&parts.concat());
    }
    html
}

/// For each array a row of the formats that it can be copied in.
fn arrays(lab: Lab, route: Route) -> String {
    let mut html = String::new();
    for (index, (name, _)) in all(lab).into_iter().enumerate() {
        // What is asked for, or hidden, is not copied either.
        let open = lab.asked.first_open().is_some_and(|open| open < lab.steps_now().map_or(0, |steps| steps.len()));
        if name == "output" && (open || untrack(|| route.hides(Panel::Output))) {
            continue;
        }
        let label = ["Copy ", name, " as"].concat();
        html.push_str(&["<h3>", &label, "</h3><div role=group aria-label=\"", &label, "\">"].concat());
        for (format, known) in Format::ALL.into_iter().enumerate() {
            let place = (index * FORMATS + format).to_string();
            let short = if known == Format::Tsv { "TSV" } else { known.name() };
            html.push_str(&["<button class=btn data-copy=", &place, ">", short, "</button>"].concat());
        }
        html.push_str("</div>");
    }
    html
}

type Arrays = Vec<(&'static str, Vec<receptive::paste::Planes>)>;

fn all(lab: Lab) -> Arrays {
    let steps = lab.steps_now();
    lab.session.peek(|lab| lab.arrays(steps.as_deref()))
}

fn copy(lab: Lab, commands: Commands, array: usize, format: usize) {
    let Some(((name, arrays), format)) = all(lab).into_iter().nth(array).zip(Format::ALL.get(format)) else { return };
    let text: Vec<String> = arrays.iter().map(|planes| write_planes(planes, *format)).collect();
    let mut said = [name, " copied as ", format.name()].concat();
    if let Some(first) = said.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    commands.copy(text.join("\n\n"), &said, BY_HAND);
}
