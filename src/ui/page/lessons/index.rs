//! The course's contents, in a chunk of their own: who opens a lesson does without.
#![allow(unsafe_code, reason = "what #[wasm_split] writes: the border between two modules of one program")]
#![allow(clippy::unnecessary_wraps, reason = "a split function says by its type that its chunk may not come")]

use leptos::{prelude::*, task::spawn_local};
use receptive::{
    course::{
        KEPT, kept_text,
        lesson::{decode, glossary, markup},
    },
    link::{Fields, Page},
};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::session::Done;
use crate::ui::{
    bench::{Coming, arriving},
    component::course_file,
    platform::{
        self, chunk,
        export::{Content, save_as},
        host,
    },
    route::Route,
    said::Said,
    signal::RwSignal,
    view::{html, live, on, part},
};

/// All lessons, as soon as their chunk is there.
pub(super) fn contents(done: Done) -> AnyView {
    let fetch = || -> Coming<()> {
        Box::pin(async {
            chunk::fetch("contents", "The list of lessons").await?;
            load().await.map_err(|_not_loaded| "The list of lessons did not start. Reload, then try again.".to_owned())
        })
    };
    let waits = |failed: Option<AnyView>| {
        failed.unwrap_or_else(|| view! { <p class="dim" role="status">"Loading the lessons …"</p> }.into_any())
    };
    let there = move |()| {
        host::ahead("commands", false);
        chunk::now(view(done)).and_then(Result::ok).unwrap_or_else(|| ().into_any())
    };
    let list = arriving(fetch, waits, there);
    Route::get().publish(Page::Lessons, Fields::new);
    platform::set_title(Page::Lessons.entry().title);
    view! {
        <div class="lessons-index">
            <h1>"Course"</h1>
            <p class="lead">
                "Twelve lessons on how convolutional networks compute, each with a lab in which every number can be changed."
            </p>
            {list}
        </div>
    }
    .into_any()
}

#[wasm_split(contents, fallible, preload(load))]
fn view(done: Done) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Contents done/> }.into_any())
}

/// All lessons.
#[component]
fn Contents(done: Done) -> impl IntoView {
    let progress = done.progress;
    view! {
            <div inner_html=html(move || markup::go_on(&progress.get()))></div>
            <div class="lessons-list" inner_html=html(move || markup::rail(&progress.get(), None))></div>
            <Kept done/>
            {course_file("glossary.bin", |said| said, |bytes| {
                let terms = decode::<Vec<glossary::Told>>(&bytes)?;
                Some(view! { <section inner_html=html(move || glossary::markup(&terms))></section> }.into_any())
            })}
    }
}

/// What is kept, each with its key and its name.
type Texts = [(&'static str, &'static str, String); KEPT.len()];

/// What the device keeps of the course, to be saved and deleted.
#[component]
fn Kept(done: Done) -> impl IntoView {
    let texts = || KEPT.map(|(key, name)| (key, name, platform::stored(key).unwrap_or_default()));
    let said = Said::get();
    let held = RwSignal::new(texts());
    let deleted = RwSignal::new(None::<Texts>);
    let names = move || {
        let held = held.get();
        let names: Vec<&str> = held.iter().filter(|(_, _, text)| !text.is_empty()).map(|(_, name, _)| *name).collect();
        names.join(", ")
    };
    let put = move |texts: &Texts| {
        for (key, _, text) in texts {
            platform::store(key, text);
        }
        held.set(texts.clone());
        done.read_again();
    };
    let any = move || !names().is_empty();
    let save = move |_: leptos::ev::MouseEvent| {
        let texts = held.get_untracked().map(|(key, _, text)| (key, text));
        spawn_local(async move {
            let text = kept_text(&texts);
            let (Ok(words) | Err(words)) = save_as("receptive.txt".into(), Content::Text("text/plain", text)).await;
            said.say(&words);
        });
    };
    let delete = move |_: leptos::ev::MouseEvent| {
        let before = held.get_untracked();
        put(&before.clone().map(|(key, name, _)| (key, name, String::new())));
        deleted.set(Some(before));
        said.say("Deleted");
    };
    let undo = move |_: leptos::ev::MouseEvent| {
        if let Some(before) = deleted.get_untracked() {
            put(&before);
            deleted.set(None);
        }
    };
    let button = |name: &'static str, act: Box<dyn FnMut(leptos::ev::MouseEvent)>| {
        view! { <button class="btn quiet" on:click=on(act)>{name}</button> }.into_any()
    };
    view! {
        <div class="lessons-kept">
            <p class="dim">
                {live(move || match (any(), done.kept) {
                    (_, false) => "This browser keeps nothing: what you do lasts as long as the page is open.".to_owned(),
                    (true, true) => ["Kept on this device alone: ", &names(), "."].concat(),
                    (false, true) => "What you do is kept on this device alone.".to_owned(),
                })}
            </p>
            {part(move || any().then(|| (button("Save as a file", Box::new(save)), button("Delete it", Box::new(delete)))))}
            {part(move || deleted.get().map(|_| button("Undo", Box::new(undo))))}
        </div>
    }
}
