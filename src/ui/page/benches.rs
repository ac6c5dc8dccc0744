//! `#/benches`, for developers: several labs on one page, each with its own numbers, keys, undo and names.

use leptos::prelude::*;
use receptive::link::{self, Fields, Link, Page, Shared};

use crate::ui::{
    bench::{Group, LinkedBench, LiveBench, Standing},
    packing,
    route::Route,
    view::{attr, effect, part},
};

/// What stands there: a name, and what it begins with.
const BENCHES: [(&str, &str); 6] = [
    ("Convolution", "convolution"),
    ("Convolution with padding", "convolution?pad=1&step=5"),
    ("Pooling", "pooling"),
    ("Backpropagation", "backward"),
    ("Filters on pictures", "filters"),
    ("Receptive field", "receptive-field"),
];

/// The page. Its link has a field for each bench that is not as it began: its number from 1, and the bench's own link.
#[component]
pub(super) fn Benches() -> impl IntoView {
    let route = Route::get();
    let group = Group::provide();
    let opened = route.opened(Page::Benches);
    let list = move || {
        let (_, fields) = opened.get();
        let numbers = 1..=BENCHES.len();
        let is_a_bench = |name: &String| name.parse().is_ok_and(|number: usize| numbers.contains(&number));
        let others: Fields = fields.iter().filter(|(name, _)| !is_a_bench(name)).cloned().collect();
        route.warn(link::read(&[], &mut (), &others));
        let bench = |(index, (name, begins)): (usize, &(&'static str, &str))| {
            let number = index + 1;
            let link = ["#/", of(&fields, number).map_or(*begins, |(_, link)| link)].concat();
            view! { <LinkedBench link group standing=Standing::among(number, name, route.shared.into())/> }
        };
        BENCHES.iter().enumerate().map(bench).collect_view()
    };
    effect(move || {
        let all = group.all();
        for bench in &all {
            bench.track_link();
        }
        route.publish(Page::Benches, move || fields(&all, &opened.get_untracked().1));
    });
    view! {
        <main {..attr("id", "main")} {..attr("tabindex", "-1")} class="benches">
            <h1>"Benches"</h1>
            <p class="lead dim">"Six labs on one page. Keys go to the one that was used last."</p>
            <div class="bench-list">{part(list)}</div>
        </main>
    }
}

/// The benches that are not as they began; one that is on its way still is as it was opened.
fn fields(all: &[LiveBench], opened: &Fields) -> Fields {
    let mut fields = Fields::new();
    for (index, (_, begins)) in BENCHES.iter().enumerate() {
        let number = index + 1;
        if let Some(bench) = all.iter().find(|bench| bench.standing.scope == number) {
            let link =
                packing::encode(&Link { page: bench.kind.page, fields: bench.fields(), shared: Shared::default() });
            let link = link.strip_prefix("#/").unwrap_or(&link);
            if link != *begins {
                fields.push((number.to_string(), link.to_owned()));
            }
        } else {
            fields.extend(of(opened, number).cloned());
        }
    }
    fields
}

/// The field of bench `number`.
fn of(fields: &Fields, number: usize) -> Option<&(String, String)> {
    fields.iter().rfind(|(name, _)| *name == number.to_string())
}
