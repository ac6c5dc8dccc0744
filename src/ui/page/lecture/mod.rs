//! `#/lecture`: scenes by a clicker's keys, each a live lab or a figure; the notes beside it or in a window of their own.

mod talk;

use std::time::Duration;

use leptos::prelude::*;
use receptive::{
    command::Command,
    course::lecture::{self as course, MAX_LEN, fill, markup},
    link::Page,
    markup::Markup,
};

use crate::ui::{
    bench::LinkedBench,
    commands::Commands,
    component::course_file,
    everywhere::add_to_lecture,
    platform,
    route::Route,
    said::Said,
    signal::RwSignal,
    view::{attr, effect, html, live, memo, on, part, when},
};
use talk::Talk;

/// What the page does by name.
const COMMANDS: &[Command] = &[
    Command::SceneOn,
    Command::SceneBack,
    Command::FirstScene,
    Command::LastScene,
    Command::Scenes,
    Command::BlackScreen,
    Command::QrCode,
    Command::Notes,
    Command::Presenter,
    Command::ResetScene,
    Command::Lecture,
    Command::LeaveLecture,
    Command::AddToLecture,
];

/// The page, as soon as the course's lecture is there.
#[component]
pub(super) fn Lecture() -> impl IntoView {
    let instead = |said: AnyView| {
        view! {
            <main {..attr("id", "main")} {..attr("tabindex", "-1")} class="lecture">
                <h1>"Lecture"</h1>
                {said}
            </main>
        }
        .into_any()
    };
    course_file("lecture.md", instead, |bytes| {
        let course = course::Lecture::decode(&String::from_utf8(bytes).ok()?).0;
        Some(view! { <Given course/> }.into_any())
    })
}

/// A lecture that is given: the course's, or one's own.
#[component]
fn Given(course: course::Lecture) -> impl IntoView {
    let (route, said) = (Route::get(), Said::get());
    let talk = Talk::new(route, course);
    let opened = route.opened(Page::Lecture);
    Effect::new(move |before: Option<()>| {
        let (_, fields) = opened.get();
        if before.is_some() {
            talk.open(&fields);
        }
    });
    effect(move || {
        talk.place.track();
        route.publish(Page::Lecture, move || talk.fields());
    });
    platform::stay_awake();
    Commands::get().on(COMMANDS, move |command| can(talk, command), move |command| run(talk, route, said, command));
    platform::on_press(move |press| {
        let is_plain = !press.wanted && !press.modifiers.command && !press.modifiers.alt;
        is_plain && talk.press(&press.key)
    });
    let pressed = move |event: leptos::ev::MouseEvent| {
        if let Some(act) = platform::closest_attribute(event.target(), "data-act") {
            match act.strip_prefix("go ").and_then(|at| at.parse().ok()) {
                Some(at) => {
                    talk.close_overview();
                    talk.jump(at);
                }
                None => act_of(talk, route, said, &act),
            }
        }
    };
    let changed =
        move |event: leptos::ev::Event| match platform::closest_attribute(event.target(), "data-set").as_deref() {
            Some("import") => {
                platform::import_chosen(&event, MAX_LEN, Box::new(move |taken| talk.import(said, taken)));
            }
            Some(asked) => talk.edit(said, asked, &platform::typed(&event).unwrap_or_default()),
            None => {}
        };
    view! {
        <main
            {..attr("id", "main")}
            {..attr("tabindex", "-1")}
            class="lecture"
            class:presents=talk.presenter
            class:noted=live(move || talk.notes.get() || talk.presenter)
            on:click=on(pressed)
            on:change=on(changed)
        >
            <h1 class="vh">"Lecture"</h1>
            {scene(talk)}
            <footer class="talk-foot">
                <div class="talk-where" inner_html=html(move || talk.with(markup::foot))></div>
                <div class="talk-tools" {..attr("role", "group")} {..attr("aria-label", "Lecture")} inner_html=html(tools)></div>
            </footer>
            {when(move || talk.notes.get() || talk.presenter, move || notes(talk))}
            {when(move || talk.overview.get(), move || view! {
                <nav class="talk-overview" {..attr("id", "talk-overview")} {..attr("tabindex", "-1")} {..attr("aria-label", "Scenes")} inner_html=html(move || talk.overview_of())></nav>
            })}
            {when(move || talk.told_code(), move || view! {
                <section class="talk-code" {..attr("role", "region")} {..attr("aria-label", "Code for phones")} inner_html=html(move || talk.code())></section>
            })}
            {when(move || talk.is_black() && !talk.presenter, || view! {
                <button class="talk-black" data-act="black" aria-label="Show the scene again"></button>
            })}
            <p class="talk-typed" {..attr("role", "status")}>{live(move || talk.typed_words())}</p>
        </main>
    }
}

/// The scene: what it claims, what it shows, what stands below.
fn scene(talk: Talk) -> AnyView {
    let title = memo(move || talk.of_scene(|scene, _| fill(&scene.title, None)));
    let line = memo(move || talk.line());
    let left = memo(move || talk.of_scene(|scene, revealed| scene.reveals.len().saturating_sub(revealed)));
    effect(move || {
        platform::mark("talk-reveal", "aria-disabled", if left.get() == 0 { "true" } else { "false" });
    });
    let room = move || {
        let at = talk.shown.get();
        talk.bench_link(at).map_or_else(
            || {
                view! { <div class="talk-drawn" inner_html=html(move || talk.of_scene(markup::figure_of))></div> }
                    .into_any()
            },
            |link| {
                let standing = talk.standing(at, &link);
                view! { <LinkedBench link group=talk.group standing/> }.into_any()
            },
        )
    };
    view! {
        <section class="talk-scene" {..attr("role", "region")} {..attr("aria-label", live(move || talk.name()))}>
            <h2 class="talk-title">{title.live()}</h2>
            <div class="talk-room">{part(room)}</div>
            <p class="talk-said"><span {..attr("role", "status")}>{line.live()}</span>{when(move || left.get() > 0, || view! {
                <small class="talk-hint" aria-hidden="true">"Decide, then "<kbd>"Page Down"</kbd></small>
            })}</p>
        </section>
    }
    .into_any()
}

/// The notes, and for who presents what comes next and how long it has been.
fn notes(talk: Talk) -> AnyView {
    let elapsed = RwSignal::new(0_u32);
    if talk.presenter {
        platform::every(Duration::from_secs(1), move || {
            elapsed.try_update(|elapsed| *elapsed += 1);
            talk.look_for_screen();
        });
    }
    let clock = move || {
        let seconds = elapsed.get();
        format!("{}:{:02}", seconds / 60, seconds % 60)
    };
    view! {
        <section class="talk-notes" {..attr("role", "region")} {..attr("aria-label", "Notes")} {..attr("tabindex", "0")}>
            {when(move || talk.presenter, move || view! {
                <p class="talk-clock" {..attr("role", "timer")} {..attr("aria-label", "Elapsed")}>{live(clock)}</p>
                <p class="talk-screen" {..attr("role", "status")}>{live(move || talk.screen_words())}</p>
            })}
            <p class="talk-next"><small>"Next press"</small>{live(move || talk.with(markup::next))}</p>
            <div class="talk-note-list" inner_html=html(move || talk.with(markup::notes))></div>
        </section>
    }
    .into_any()
}

/// The buttons: name, what it asks for, its picture.
const TOOLS: [(&str, &str, &str); 9] = [
    ("Back", "back", "M12.500 4 6.500 10l6 6"),
    ("Reveal", "reveal", "M2 10c4-6.500 12-6.500 16 0-4 6.500-12 6.500-16 0zM8 10a2 2 0 1 0 4 0 2 2 0 1 0-4 0"),
    ("Next", "next", "M7.500 4l6 6-6 6"),
    ("Overview", "overview", "M3 3h5v5H3zM12 3h5v5h-5zM3 12h5v5H3zM12 12h5v5h-5z"),
    ("Black screen", "black", "M2.500 4h15v10h-15zM7 17h6"),
    ("QR code", "code", "M3 3h5v5H3zM12 3h5v5h-5zM3 12h5v5H3zM12 12h2v2h-2zM15 15h2v2h-2z"),
    ("Notes", "notes", "M4 5h12M4 10h12M4 15h7"),
    ("Presenter window", "presenter", "M2.500 3h9v7h-9zM8.500 7.500h9v9h-9z"),
    ("Reset scene", "reset", "M5 7a6 6 0 1 1-1 5M4 3v4.500h4.500"),
];

fn tools() -> Markup {
    let mut html = Markup::default();
    for (name, act, path) in TOOLS {
        html.push_raw("<button class=\"btn quiet square\" id=\"talk-").push_raw(act).push_raw("\" data-act=\"");
        html.push_raw(act).push_raw("\" aria-label=\"").push_raw(name).push_raw("\" title=\"").push_raw(name);
        html.push_raw(
            "\"><svg class=\"icon\" width=\"20\" height=\"20\" viewBox=\"0 0 20 20\" aria-hidden=\"true\"><path d=\"",
        );
        html.push_raw(path)
            .push_raw("\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.800\"/></svg></button>");
    }
    html.push_raw("<a class=\"btn quiet talk-leave\" href=\"#/\">Leave</a>");
    html
}

fn act_of(talk: Talk, route: Route, said: Said, act: &str) {
    match act {
        "next" => talk.go(talk.with(|lecture, place| place.next(lecture))),
        "reveal" => talk.reveal(),
        "back" => run(talk, route, said, Command::SceneBack),
        "overview" => run(talk, route, said, Command::Scenes),
        "black" => run(talk, route, said, Command::BlackScreen),
        "code" => run(talk, route, said, Command::QrCode),
        "notes" => run(talk, route, said, Command::Notes),
        "presenter" => run(talk, route, said, Command::Presenter),
        "reset" => run(talk, route, said, Command::ResetScene),
        "keep" => talk.keep_lecture(said),
        "export" => talk.export(said),
        "link" => talk.copy_as_link(said),
        _ => talk.edit(said, act, ""),
    }
}

fn can(talk: Talk, command: Command) -> bool {
    match command {
        Command::Presenter => !talk.presenter,
        _ => true,
    }
}

fn run(talk: Talk, route: Route, said: Said, command: Command) {
    match command {
        Command::SceneOn if talk.is_black() => talk.blacken(false),
        Command::SceneOn => talk.go(talk.with(|lecture, place| place.on(lecture))),
        Command::SceneBack => talk.go(talk.with(|lecture, place| place.back(lecture))),
        Command::FirstScene => talk.jump(0),
        Command::LastScene => talk.jump(usize::MAX),
        Command::Scenes => {
            if talk.overview.get_untracked() {
                talk.close_overview();
            } else {
                talk.overview.set(true);
                platform::next_frame(|| {
                    platform::focus("talk-overview");
                    platform::focus("talk-here");
                });
            }
        }
        Command::BlackScreen => talk.blacken(!talk.is_black()),
        Command::QrCode => talk.switch_code(),
        Command::Notes => talk.notes.update(|open| *open = !*open),
        Command::Presenter => talk.present(said),
        Command::ResetScene => talk.reset(),
        Command::AddToLecture => {
            let (title, link) = talk.scene_to_add();
            add_to_lecture(said, &title, &link);
        }
        Command::Lecture => platform::toggle_full_screen(),
        Command::LeaveLecture if !talk.close_what_is_over() => route.go(Page::Home),
        _ => {}
    }
}
