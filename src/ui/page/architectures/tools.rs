//! Undo, redo, and what can be taken along.

use leptos::{prelude::*, task::spawn_local};
use receptive::{
    command::{Command, Group},
    lab::architectures::{csv, markdown, picture, program, rows},
    markup::Markup,
};

use super::session::Session;
use crate::ui::{
    commands::Commands,
    component::{CommandButton, Icon, Shape},
    platform::{
        self,
        export::{Content, save_as},
    },
    said::{BY_HAND, Said},
    signal::Signal,
    view::{attr, html, on},
};

/// What can be taken along, in the order of the menu.
const EXPORTS: &[Command] = &[
    Command::CopyLink,
    Command::CopyPytorch,
    Command::CopyMarkdown,
    Command::SaveCsv,
    Command::SaveSvg,
    Command::Print,
];

/// The page's buttons.
#[component]
pub(super) fn Tools(session: Session) -> impl IntoView {
    let (commands, said) = (Commands::get(), Said::get());
    commands.on(
        &[Command::Undo, Command::Redo],
        move |command| session.can(command == Command::Undo),
        move |command| session.go(command == Command::Undo),
    );
    commands.on(
        &[Command::CopyPytorch, Command::CopyMarkdown, Command::SaveCsv, Command::SaveSvg, Command::Print],
        |_| true,
        move |command| take(session, said, command),
    );
    let name = Group::Export.name();
    let mut entries = Markup::default();
    for (place, command) in EXPORTS.iter().enumerate() {
        entries.push_raw("<button class=\"btn\" data-index=\"").push_text(&place.to_string()).push_raw("\">");
        entries.push_text(command.name()).push_raw("</button>");
    }
    let pick = move |event: leptos::ev::MouseEvent| {
        let place = platform::closest_attribute(event.target(), "data-index").and_then(|place| place.parse().ok());
        if let Some(command) = place.and_then(|place: usize| EXPORTS.get(place)) {
            platform::close_menu("arch-export");
            commands.run(*command);
        }
    };
    let step = |command: Command, shape: Shape| {
        let back = command == Command::Undo;
        view! {
            <CommandButton
                command
                shape
                class=""
                can=Signal::derive(move || session.can(back))
                run=Callback::new(move |()| session.go(back))
            />
        }
    };
    view! {
        <div class="arch-tools">
            {step(Command::Undo, Shape::Undo)}
            {step(Command::Redo, Shape::Redo)}
            <button
                {..attr("id", "export")}
                class="btn quiet square"
                {..attr("aria-label", name)}
                {..attr("title", name)}
                {..attr("popovertarget", "arch-export")}
                on:click=on(|_: leptos::ev::MouseEvent| {
                    platform::place_below("export", "arch-export");
                    platform::export::prepare();
                })
            >
                <Icon shape=Shape::Export/>
            </button>
            <div
                {..attr("id", "arch-export")}
                class="menu export-menu"
                {..attr("popover", "auto")}
                {..attr("role", "group")}
                {..attr("aria-label", name)}
                on:click=on(pick)
                inner_html=html(move || entries.clone())
            ></div>
        </div>
    }
}

fn take(session: Session, said: Said, command: Command) {
    let network = session.lab.with_untracked(|lab| lab.net.architecture());
    let file = |extension: &str| {
        let letters =
            network.name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
        format!("{}.{extension}", letters.collect::<String>())
    };
    let save = |name: String, content: Content| {
        spawn_local(async move {
            let (Ok(words) | Err(words)) = save_as(name, content).await;
            said.say(&words);
        });
    };
    match command {
        Command::CopyPytorch => said.copy(program(&network), "PyTorch code copied", BY_HAND),
        Command::CopyMarkdown => said.copy(markdown(&rows(&network)), "Table copied as Markdown", BY_HAND),
        Command::SaveCsv => save(file("csv"), Content::Text("text/csv", csv(&rows(&network)))),
        Command::SaveSvg => save(file("svg"), Content::Figure(picture(&network, &rows(&network), None))),
        _ => said.print(),
    }
}
