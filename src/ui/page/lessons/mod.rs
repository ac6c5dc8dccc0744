//! `#/lessons`: the list of lessons; `#/lessons/<slug>`: a lesson, its lab beside it or, where there is no room, in it.

mod index;
mod session;

use leptos::prelude::*;
use receptive::{
    bench::Event,
    course::lesson::{
        Lesson, decode,
        link::{LessonLink, decode_link, encode_link},
        markup, row,
        state::{LessonAction, LessonState},
    },
    link::{Fields, Link, Page, Shared},
};

use super::point;
use crate::ui::{
    bench::{Group, LinkedBench, LiveBench, Standing},
    component::course_file,
    packing,
    platform::{self, host, viewport},
    route::Route,
    signal::{Memo, Signal},
    view::{attr, effect, html, live, memo, on, part},
};
use session::{Done, Session};

/// From this width on the lab stands beside the text, in pixels.
const BESIDE: f64 = 1_100.0;

/// How far down the window a part's heading is read, as a share of its height.
const READ_AT: f64 = 0.4;

/// The bench beside the text; those in the text have the number of their part, from 1.
const STAGE: usize = 0;

/// The page.
#[component]
pub(super) fn Lessons() -> impl IntoView {
    let route = Route::get();
    let opened = route.opened(Page::Lessons);
    let done = Done::open();
    effect(move || route.warn(opened.with(|(_, fields)| decode_link(fields).1)));
    let lesson = memo(move || opened.with(|(_, fields)| decode_link(fields).0.lesson));
    view! {
        <main {..attr("id", "main")} {..attr("tabindex", "-1")} class="lessons">
            {part(move || match lesson.get() {
                None => index::contents(done),
                Some(at) => view! { <Coming at done/> }.into_any(),
            })}
        </main>
    }
}

/// A lesson, as soon as its text is there.
#[component]
fn Coming(at: usize, done: Done) -> impl IntoView {
    let row = row(at);
    platform::set_title(&[row.title, " · Receptive"].concat());
    let instead = move |said: AnyView| {
        view! {
            <div class="lesson-text">
                <h1>{row.title}</h1>
                {said}
            </div>
        }
        .into_any()
    };
    course_file(&[row.slug, ".bin"].concat(), instead, move |bytes| {
        decode(&bytes).map(|lesson| view! { <Reading at lesson done/> }.into_any())
    })
}

/// The lab of a link to it, with what the link hides.
struct Lab {
    page: Page,
    fields: Fields,
    shared: Shared,
}

impl Lab {
    fn of(link: &str) -> Self {
        let (Link { page, fields, shared }, _) = Link::decode(link);
        Self { page, fields, shared }
    }
}

/// A lesson.
#[component]
fn Reading(at: usize, lesson: Lesson, done: Done) -> impl IntoView {
    let route = Route::get();
    let opened = route.opened(Page::Lessons);
    let group = Group::provide();
    let first = opened.with_untracked(|(_, fields)| decode_link(fields).0);
    let kept = done.progress.with_untracked(|progress| progress.of(at));
    let mut state = LessonState::new(at, lesson, kept);
    state.begin(first.part);
    let session = Session::new(state, done);
    let state = session.state;
    // What the reader made of the lab, as it came with the link: the lab begins with it, once.
    let brought = StoredValue::new(first.lab.clone());
    let window = viewport();
    let beside = memo(move || window.get().0 >= BESIDE);
    effect({
        let mut is_first = true;
        move || {
            let (_, fields) = opened.get();
            if std::mem::take(&mut is_first) {
                return;
            }
            // The same lesson, opened at another part.
            let (LessonLink { lesson, part, lab }, _) = decode_link(&fields);
            if lesson == Some(at) {
                brought.set_value(lab);
                session.dispatch(LessonAction::Show(part));
                platform::reveal(&heading(part));
            }
        }
    });
    if first.part > 0 {
        platform::next_frame(move || platform::reveal(&heading(first.part)));
    }
    platform::reading_of("lesson-part", READ_AT, move |part| {
        if state.try_with_untracked(|state| state.part() != part) == Some(true) {
            session.dispatch(LessonAction::Reach(part));
        }
    });
    // What each lab shows is looked at by the tasks beside it.
    effect(move || {
        for bench in group.all() {
            follow(session, bench);
        }
    });
    // Once the first lab stands, those of the other parts are what comes next.
    effect({
        let mut stands = false;
        move || {
            if !group.all().is_empty() && !std::mem::replace(&mut stands, true) {
                let labs = state.with_untracked(|state| {
                    let shown = state.lesson().parts.iter().filter_map(|part| part.lab.as_ref());
                    shown.map(|shown| point(Lab::of(&shown.link).page)).collect::<Vec<_>>()
                });
                host::ahead(&[&["commands"], labs.as_slice()].concat().join(" "), false);
            }
        }
    });
    effect(move || {
        let benches = group.all();
        for bench in &benches {
            bench.track_link();
        }
        let _: (usize, usize, bool) = state.with(|state| (state.part(), state.shown(), state.edited()));
        route.publish(Page::Lessons, move || {
            let told = state.try_with_untracked(|state| {
                let lab = benches.iter().find(|bench| part_of(state, **bench) == state.shown());
                let lab = lab.filter(|bench| is_edited(state, **bench)).map(|bench| {
                    let link = packing::encode(&Link {
                        page: bench.kind.page,
                        fields: bench.fields(),
                        shared: Shared::default(),
                    });
                    link.trim_start_matches("#/").to_owned()
                });
                LessonLink { lesson: Some(at), part: state.part(), lab }
            });
            encode_link(&told.unwrap_or_default())
        });
    });
    let pressed = move |event: leptos::ev::MouseEvent| {
        let act = platform::closest_attribute(event.target(), "data-act");
        if let Some(action) = act.as_deref().and_then(markup::action) {
            session.dispatch(action);
        }
    };
    let chosen = move |event: leptos::ev::Event| {
        let act = platform::closest_attribute(event.target(), "data-set");
        if let Some(action) = act.as_deref().and_then(markup::action) {
            session.dispatch(action);
        }
    };
    let keyed = move |event: leptos::ev::KeyboardEvent| {
        if event.alt_key() && ["ArrowUp", "ArrowDown"].contains(&event.key().as_str()) {
            event.prevent_default();
            let (part, last) =
                state.with_untracked(|state| (state.part(), state.lesson().parts.len().saturating_sub(1)));
            let to = if event.key() == "ArrowUp" { part.saturating_sub(1) } else { (part + 1).min(last) };
            session.dispatch(LessonAction::Reach(to));
            platform::reveal(&heading(to));
        }
    };
    let (tasks, checks, parts) = state.with_untracked(|state| {
        (state.lesson().tasks().count(), state.lesson().checks().count(), state.lesson().parts.len())
    });
    for task in 0..tasks {
        session.fills(["lesson-task-", &task.to_string()].concat(), move |state| markup::task(state, task));
    }
    for check in 0..checks {
        session.fills(["lesson-check-", &check.to_string()].concat(), move |state| markup::check(state, check));
    }
    for part in 0..parts {
        session.fills(["lesson-show-", &part.to_string()].concat(), move |state| markup::show(state, part));
    }
    let sections = (0..parts).map(|part| {
        let text = state.with_untracked(|state| markup::part(state, part));
        view! {
            <section
                class="lesson-part"
                {..attr("aria-current", live(move || state.with(|state| state.part() == part).then_some("step")))}
            >
                <div inner_html=html(move || text.clone())></div>
                {inline(session, group, brought, part, beside)}
            </section>
        }
    });
    let sections = sections.collect_view();
    let progress = done.progress;
    view! {
        <div class="lesson" on:click=on(pressed) on:change=on(chosen) on:keydown=on(keyed)>
            <nav class="lesson-rail" {..attr("aria-label", "Lessons")}>
                <div inner_html=html(move || markup::rail(&progress.get(), Some(at)))></div>
                {(!done.kept).then(|| view! {
                    <p class="dim">"Progress is not kept on this device."</p>
                })}
            </nav>
            <article class="lesson-text">
                <div inner_html=html(move || state.with_untracked(markup::head))></div>
                {sections}
                <div inner_html=html(move || markup::foot(at))></div>
            </article>
            {part(move || beside.get().then(|| view! { <Stage session group brought/> }))}
        </div>
    }
}

/// The id of a part's heading.
fn heading(part: usize) -> String {
    ["part-", &(part + 1).to_string()].concat()
}

/// The part whose lab a bench is.
fn part_of(state: &LessonState, bench: LiveBench) -> usize {
    match bench.standing.scope {
        STAGE => state.shown(),
        number => number - 1,
    }
}

/// What a part shows, as the fields of its lab.
fn begins(state: &LessonState, bench: LiveBench) -> Option<Fields> {
    let lab = Lab::of(&state.lesson().shown(part_of(state, bench))?.link);
    // Another part's lab is on its way here.
    (lab.page == bench.kind.page).then(|| (bench.kind.encode)(&(bench.kind.decode)(&lab.fields).0))
}

/// Whether a bench is no longer as its part shows it. The play head is nothing that one makes.
fn is_edited(state: &LessonState, bench: LiveBench) -> bool {
    let settled = |fields: &Fields| -> Fields {
        let own = |(name, _): &&(String, String)| !["step", "speed", "predict"].contains(&name.as_str());
        fields.iter().filter(own).cloned().collect()
    };
    begins(state, bench).is_some_and(|begins| settled(&begins) != settled(&bench.fields()))
}

/// Has the lesson hear what a bench shows.
fn follow(session: Session, bench: LiveBench) {
    let (scene, at, len) = (bench.scene.get(), bench.at.get(), bench.len.get());
    bench.track_link();
    let Some((part, begins, edited)) = session
        .state
        .try_with_untracked(|state| (part_of(state, bench), begins(state, bench), is_edited(state, bench)))
    else {
        return;
    };
    let Some(begins) = begins else { return };
    session.look(part, &scene, &bench.fields(), &begins, (at, len));
    let is_stage = bench.standing.scope == STAGE;
    if is_stage && session.state.with_untracked(LessonState::edited) != edited {
        session.dispatch(LessonAction::Edit(edited));
    }
}

/// Hides what the link of the shown part hides.
fn hides(link: impl Fn() -> Option<String> + Send + Sync + 'static) -> Signal<Shared> {
    let route = Route::get();
    let hidden = memo(move || link().map(|link| Lab::of(&link).shared.hide).unwrap_or_default());
    memo(move || Shared { hide: hidden.get(), ..route.shared.get() }).into()
}

/// The lab beside the text, which follows the reader.
#[component]
fn Stage(session: Session, group: Group, brought: StoredValue<Option<String>>) -> impl IntoView {
    let state = session.state;
    let shown = move |state: &LessonState| state.lesson().shown(state.shown()).cloned();
    let now = memo(move || state.with(shown));
    let page = memo(move || now.with(|now| now.as_ref().map(|shown| Lab::of(&shown.link).page)));
    let shared = hides(move || now.with(|now| now.as_ref().map(|shown| shown.link.clone())));
    let name = state.with_untracked(|state| state.row().1.title);
    // A part of the same lab sets the bench that is there: the eye sees what changed.
    let shows = memo(move || state.with(LessonState::shows));
    effect({
        let mut before = shows.get_untracked();
        move || {
            let shows = shows.get();
            if std::mem::replace(&mut before, shows) == shows {
                return;
            }
            let Some(link) = now.with_untracked(|now| now.as_ref().map(|shown| shown.link.clone())) else { return };
            let (lab, all) = (Lab::of(&link), untrack(|| group.all()));
            for bench in all.into_iter().filter(|bench| bench.standing.scope == STAGE && bench.kind.page == lab.page) {
                bench.send(Event::Open(Box::new((bench.kind.decode)(&lab.fields).0)));
            }
        }
    });
    let bench = move || {
        page.get().map(|page| {
            let own = now.with_untracked(|now| now.as_ref().map(|shown| shown.link.clone())).unwrap_or_default();
            // What came with the link is put in the place of what the part shows, where it is of the same lab.
            let mut link = None;
            brought.update_value(|brought| link = brought.take());
            let link = link.map(|link| ["#/", &link].concat()).filter(|link| Lab::of(link).page == page).unwrap_or(own);
            view! { <LinkedBench link group standing=Standing::among(STAGE, name, shared)/> }
        })
    };
    let open = move || {
        let bench = group.all().into_iter().find(|bench| bench.standing.scope == STAGE);
        if let Some(bench) = bench {
            bench.track_link();
            return packing::encode(&Link { page: bench.kind.page, fields: bench.fields(), shared: Shared::default() });
        }
        now.with(|now| now.as_ref().map(|shown| shown.link.clone())).unwrap_or_default()
    };
    let title = move || now.with(|now| now.as_ref().map(|shown| shown.title.clone())).unwrap_or_default();
    view! {
        <div class="lesson-stage">
            <p class="lesson-stage-head">
                <b>{live(title)}</b>
                <a class="btn quiet" {..attr("href", live(open))}>"Open in the lab"</a>
            </p>
            {part(bench)}
        </div>
    }
}

/// The lab of a part inside of the text, where there is no room beside it: as soon as the part is near.
fn inline(
    session: Session,
    group: Group,
    brought: StoredValue<Option<String>>,
    at: usize,
    beside: Memo<bool>,
) -> AnyView {
    let state = session.state;
    let Some(shown) = state.with_untracked(|state| state.lesson().parts.get(at)?.lab.clone()) else {
        return ().into_any();
    };
    let name = state.with_untracked(|state| state.row().1.title);
    // Once it was there it stays: a reader may have changed it.
    let near = memo(move || state.with(|state| state.part() + 1 >= at));
    let was = StoredValue::new(false);
    let here = memo(move || {
        let near = near.get();
        was.update_value(|was| *was |= near);
        !beside.get() && was.get_value()
    });
    let shared = hides({
        let link = shown.link.clone();
        move || Some(link.clone())
    });
    let link = shown.link.clone();
    part(move || {
        here.get().then(|| {
            let is_first = state.with_untracked(|state| state.shown() == at);
            let mut came = None;
            if is_first {
                brought.update_value(|brought| came = brought.take());
            }
            let came = came.map(|came| ["#/", &came].concat());
            let link = came.filter(|came| Lab::of(came).page == Lab::of(&link).page).unwrap_or_else(|| link.clone());
            let standing = Standing { part: Some(at + 1), ..Standing::among(at + 1, name, shared) };
            view! { <LinkedBench link group standing/> }
        })
    })
}
