//! A bench by its link, on whatever page: its lab's chunk is fetched, and until it is there its place is kept.

use std::pin::Pin;

use leptos::{prelude::*, task::spawn_local};
use receptive::link::{Link, Page};

use super::{BenchView, Group, Lab, Standing};
use crate::ui::{
    alive::Alive,
    component::Message,
    view::{live, on, part},
};

/// A lab that is on its way, or a sentence on why it does not come.
pub(crate) type Coming = Pin<Box<dyn Future<Output = Result<Lab, String>>>>;

/// What gives the lab of a page. One for the whole app, in context, so that a page that has benches need not know all
/// pages.
#[derive(Clone, Copy)]
pub(crate) struct Labs(pub(crate) fn(Page) -> Coming);

impl Labs {
    /// Has the lab of `page` fetched and calls `then`, as long as the present owner lives.
    pub(crate) fn fetch(page: Page, then: impl FnOnce(Result<Lab, String>) + 'static) {
        let Self(lab) = expect_context();
        let alive = Alive::here();
        spawn_local(async move {
            let lab = lab(page).await;
            if alive.is() {
                then(lab);
            }
        });
    }
}

/// The bench that `link` holds, one of `group` as soon as it is there, in a region `Lab: <name>`.
#[component]
pub(crate) fn LinkedBench(link: String, group: Group, standing: Standing) -> impl IntoView {
    let came = RwSignal::new(None::<Result<Lab, String>>);
    let Link { page, fields, .. } = Link::decode(&link).0;
    let fetch = move || {
        came.set(None);
        Labs::fetch(page, move |lab| came.set(Some(lab)));
    };
    fetch();
    let owner = Owner::current();
    let again = move || {
        if let Some(owner) = &owner {
            owner.with(fetch);
        }
    };
    let again = Callback::new(move |()| again());
    let content = move || match came.get() {
        None => view! { <p class="lab-waits dim" role="status">"Loading …"</p> }.into_any(),
        Some(Err(sentence)) => view! { <Message sentence repairs=vec![("Try again".to_owned(), again)]/> }.into_any(),
        Some(Ok(lab)) => {
            let link = (lab.kind.decode)(&fields).0;
            let bench = lab.open(link, standing);
            group.add(bench);
            let used = move || group.use_now(bench);
            view! {
                <div
                    class="bench-place"
                    class:used=live(move || group.is(bench))
                    on:focusin=on(move |_| used())
                    on:pointerdown=on(move |_| used())
                >
                    <BenchView bench extras=lab.extras/>
                </div>
            }
            .into_any()
        }
    };
    let name = ["Lab: ", standing.name].concat();
    view! { <section class="linked" role="region" aria-label=name>{part(content)}</section> }
}
