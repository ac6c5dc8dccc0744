//! The sum of one step, written out.

use std::cmp::Ordering;

use crate::ui::view::on;
use leptos::prelude::*;
use receptive::lab::convolution::{Arithmetic, Term};

/// The most terms that stand in the row with letter, factors and product; more are set smaller.
const MOST_LARGE: usize = 12;

/// The picture of the sum; `point` hears which term is pointed at. Assistive technology reads the text beside it.
#[component]
pub(crate) fn Sum(
    arithmetic: Arithmetic,
    /// Columns of the kernel: on a phone the terms take its shape.
    cols: usize,
    #[prop(into)] point: Callback<Option<usize>>,
) -> impl IntoView {
    let many = arithmetic.terms.len() > MOST_LARGE;
    let terms = arithmetic.terms.iter().enumerate().map(|(index, term)| term_view(index, term, point)).collect_view();
    let bias = arithmetic.bias.map(|bias| {
        view! {
            <div class="term bias">
                <span class="tl">"bias"</span>
                <span class="ab">{bias.clone()}</span>
                <span class="pr">{bias}</span>
            </div>
        }
    });
    view! {
        <div
            class="sum"
            class:many=many
            style=format!("--kcols:{cols}")
            aria-hidden="true"
            on:pointerleave=on(move |_| point.run(None))
        >
            <div class="terms">{terms} {bias}</div>
            <div class="tail">
                <span class="equals">{arithmetic.equals}</span>
                <span class="result" title=arithmetic.whole>
                    {arithmetic.result.unwrap_or_else(|| "·".into())}
                </span>
            </div>
        </div>
    }
}

fn term_view(index: usize, term: &Term, point: Callback<Option<usize>>) -> impl IntoView + use<> {
    let Term { letter, factors, product, sign, padding, lit, waiting } = term.clone();
    view! {
        <div class="term" class:lit=lit class:waiting=waiting on:pointerenter=on(move |_| point.run(Some(index)))>
            <span class="tl">{letter}</span>
            <span class="ab" class:hatch=padding>{factors}</span>
            <span class="pr" class:p=sign == Ordering::Greater class:n=sign == Ordering::Less>{product}</span>
        </div>
    }
}
