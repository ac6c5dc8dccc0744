//! The sum of one step, written out.

use crate::ui::{
    platform,
    signal::{Memo, Signal},
    view::{attr, html, live, on},
};
use leptos::{ev::PointerEvent, prelude::*};
use receptive::lab::{markup, scene::Arithmetic};

/// The picture of the sum; `point` hears which term is pointed at. Assistive technology reads the text beside it.
#[component]
pub(crate) fn Sum(
    arithmetic: Memo<Option<Arithmetic>>,
    /// Columns of the kernel: on a phone the terms take its shape.
    #[prop(into)]
    cols: Signal<usize>,
    #[prop(into)] point: Callback<Option<usize>>,
) -> impl IntoView {
    let class = move || arithmetic.with(|sum| sum.as_ref().map_or_else(|| "sum".to_owned(), markup::sum_class));
    let terms = move || arithmetic.with(|sum| sum.as_ref().map(markup::sum).unwrap_or_default());
    view! {
        <div
            class=live(class)
            style=live(move || format!("--kcols:{}", cols.get()))
            {..attr("aria-hidden", "true")}
            on:pointerover=on(move |event: PointerEvent| point.run(platform::term_of(event.target())))
            on:pointerleave=on(move |_| point.run(None))
            {..attr("hidden", live(move || arithmetic.with(Option::is_none)))}
            inner_html=html(terms)
        />
    }
}
