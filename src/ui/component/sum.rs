//! The sum of one step, written out.

use std::cmp::Ordering;

use crate::ui::{
    platform,
    view::{live, on},
};
use leptos::{ev::PointerEvent, prelude::*};
use receptive::lab::convolution::{Arithmetic, Term};

/// The most terms that stand in the row with letter, factors and product; more are set smaller.
const MOST_LARGE: usize = 12;

/// The picture of the sum; `point` hears which term is pointed at. Assistive technology reads the text beside it.
///
/// It is written as one text: an edit under a 5 × 5 window changes a hundred elements at once, which took most of a
/// frame one by one.
#[component]
pub(crate) fn Sum(
    arithmetic: Memo<Option<Arithmetic>>,
    /// Columns of the kernel: on a phone the terms take its shape.
    #[prop(into)]
    cols: Signal<usize>,
    #[prop(into)] point: Callback<Option<usize>>,
) -> impl IntoView {
    let many = move || arithmetic.with(|sum| sum.as_ref().is_some_and(|sum| sum.terms.len() > MOST_LARGE));
    let markup = move || arithmetic.with(|sum| sum.as_ref().map(markup).unwrap_or_default());
    view! {
        <div
            class="sum"
            class:many=live(many)
            style=live(move || format!("--kcols:{}", cols.get()))
            aria-hidden="true"
            on:pointerover=on(move |event: PointerEvent| point.run(platform::term_of(event.target())))
            on:pointerleave=on(move |_| point.run(None))
            hidden=live(move || arithmetic.with(Option::is_none))
            inner_html=live(markup)
        />
    }
}

/// The sum's elements. Its texts are numbers as the app writes them: nothing in them could be read as a tag.
fn markup(sum: &Arithmetic) -> String {
    let mut html = String::from("<div class=terms>");
    for (index, term) in sum.terms.iter().enumerate() {
        let Term { letter, factors, product, sign, padding, lit, waiting } = term;
        let class = |names: &[(&str, bool)]| {
            names.iter().filter(|(_, on)| *on).map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
        };
        let place = class(&[("term", true), ("lit", *lit), ("waiting", *waiting)]);
        let underline = class(&[("ab", true), ("hatch", *padding)]);
        let colour = class(&[("pr", true), ("p", *sign == Ordering::Greater), ("n", *sign == Ordering::Less)]);
        let letter = letter.as_deref().unwrap_or_default();
        html.push_str(&["<div class=\"", &place, "\" data-term=", &index.to_string(), ">"].concat());
        html.push_str(&["<span class=tl>", letter, "</span>"].concat());
        html.push_str(&["<span class=\"", &underline, "\">", factors, "</span>"].concat());
        html.push_str(&["<span class=\"", &colour, "\">", product, "</span></div>"].concat());
    }
    if let Some(bias) = &sum.bias {
        html.push_str("<div class=\"term bias\"><span class=tl>bias</span>");
        html.push_str(&["<span class=ab>", bias, "</span><span class=pr>", bias, "</span></div>"].concat());
    }
    let whole = sum.whole.as_ref().map(|whole| format!(" title=\"{whole}\"")).unwrap_or_default();
    let result = sum.result.as_deref().unwrap_or("·");
    html.push_str(&["</div><div class=tail><span class=equals>", sum.equals, "</span>"].concat());
    html.push_str(&["<span class=result", &whole, ">", result, "</span></div>"].concat());
    html
}
