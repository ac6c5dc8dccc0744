//! A bench by its link, on whatever page: its lab's chunk is fetched, and until it is there its place is kept.

use std::pin::Pin;

use leptos::{prelude::*, task::spawn_local};
use receptive::link::{Link, Page};

use super::{BenchView, Group, LabPart, Standing};
use crate::ui::{
    alive::Alive,
    component::Message,
    signal::RwSignal,
    view::{attr, live, on, part},
};

/// A part of the app that is on its way, a lab if nothing else is said, or a sentence on why it does not come.
pub(crate) type Coming<T = LabPart> = Pin<Box<dyn Future<Output = Result<T, String>>>>;

/// What gives the lab of a page. One for the whole app, in context, so that a page that has benches need not know all
/// pages.
#[derive(Clone, Copy)]
pub(crate) struct Labs(pub(crate) fn(Page) -> Coming);

impl Labs {
    /// The app's.
    pub(crate) fn get() -> Self {
        expect_context()
    }
}

/// A place for what is made of a part that is fetched first, such as a lab: `waits` until that is there, with the
/// sentence, and the button that asks again, where it did not come; then `there`.
pub(crate) fn arriving<T: Clone + Send + Sync + 'static>(
    fetch: impl Fn() -> Coming<T> + Send + Sync + 'static,
    waits: impl Fn(Option<AnyView>) -> AnyView + Send + 'static,
    there: impl Fn(T) -> AnyView + Send + 'static,
) -> AnyView {
    let came = RwSignal::new(None::<Result<T, String>>);
    let alive = Alive::here();
    let begin = Callback::new(move |()| {
        came.set(None);
        let coming = fetch();
        spawn_local(async move {
            let part = coming.await;
            if alive.is() {
                came.set(Some(part));
            }
        });
    });
    begin.run(());
    part(move || match came.get() {
        None => waits(None),
        Some(Ok(part)) => there(part),
        Some(Err(sentence)) => {
            let again = vec![("Try again".to_owned(), begin)];
            waits(Some(view! { <Message sentence repairs=again/> }.into_any()))
        }
    })
}

/// The bench that `link` holds, one of `group` as soon as it is there, in a region `Lab: <name>`.
#[component]
pub(crate) fn LinkedBench(link: String, group: Group, standing: Standing) -> impl IntoView {
    let Labs(lab) = Labs::get();
    let Link { page, fields, .. } = Link::decode(&link).0;
    let waits = |failed: Option<AnyView>| {
        failed.unwrap_or_else(|| view! { <p class="lab-waits dim" role="status">"Loading …"</p> }.into_any())
    };
    let there = move |lab: LabPart| {
        let bench = lab.open((lab.kind.decode)(&fields).0, standing);
        group.add(bench);
        view! {
            <div
                class="bench-place"
                class:used=live(move || group.is(bench))
                on:focusin=on(move |_| group.use_now(bench))
                on:pointerdown=on(move |_| group.use_now(bench))
            >
                <BenchView bench extras=lab.extras/>
            </div>
        }
        .into_any()
    };
    let name = ["Lab: ", &standing.called()].concat();
    let place = arriving(move || lab(page), waits, there);
    view! { <section class="linked" {..attr("role", "region")} {..attr("aria-label", name)}>{place}</section> }
}
