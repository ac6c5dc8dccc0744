//! The sum of one step, written out.

use std::cmp::Ordering;

use crate::ui::{
    platform,
    view::{live, on},
};
use leptos::{ev::PointerEvent, prelude::*};
use receptive::lab::scene::{Arithmetic, SumRow, Term};

/// The most terms that stand in the row with letter, factors and product; more are set smaller.
const MOST_LARGE: usize = 12;

/// The same where there are several lines.
const MOST_LARGE_IN_ROWS: usize = 4;

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
    let many = move || arithmetic.with(|sum| sum.as_ref().is_some_and(is_many));
    let markup = move || arithmetic.with(|sum| sum.as_ref().map(markup).unwrap_or_default());
    view! {
        <div
            class="sum"
            class:many=live(many)
            class:rows=live(move || arithmetic.with(|sum| sum.as_ref().is_some_and(|sum| sum.rows.len() > 1)))
            style=live(move || format!("--kcols:{}", cols.get()))
            aria-hidden="true"
            on:pointerover=on(move |event: PointerEvent| point.run(platform::term_of(event.target())))
            on:pointerleave=on(move |_| point.run(None))
            hidden=live(move || arithmetic.with(Option::is_none))
            inner_html=live(markup)
        />
    }
}

/// Whether there are more terms than have room in their full size.
fn is_many(sum: &Arithmetic) -> bool {
    let most = sum.rows.iter().map(|row| row.terms.len()).max().unwrap_or(0);
    most > MOST_LARGE || (sum.rows.len() > 1 && most > MOST_LARGE_IN_ROWS)
}

/// The sum's elements, as far as the style sheet shows them: several lines have no letters, and they and many terms no
/// products. Its texts are numbers as the app writes them: nothing in them could be read as a tag.
fn markup(sum: &Arithmetic) -> String {
    let mut html = String::new();
    let mut first = 0;
    let (letters, products) = (sum.rows.len() == 1, sum.rows.len() == 1 && !is_many(sum));
    for row in &sum.rows {
        html.push_str(if row.part { "<div class=\"sum-line part\">" } else { "<div class=sum-line>" });
        if !row.label.is_empty() {
            html.push_str(&["<span class=about>", &row.label, "</span>"].concat());
        }
        line(&mut html, row, first, (letters, products));
        html.push_str("</div>");
        first += row.terms.len();
    }
    html
}

fn line(html: &mut String, row: &SumRow, first: usize, (letters, products): (bool, bool)) {
    html.push_str(match row.between {
        "," => "<div class=\"terms commas\">",
        "−" => "<div class=\"terms less\">",
        _ => "<div class=terms>",
    });
    if !row.before.is_empty() {
        html.push_str(&["<span class=bracket>", row.before, "</span>"].concat());
    }
    for (index, term) in row.terms.iter().enumerate() {
        let Term { letter, factors, product, sign, padding, lit, waiting, won } = term;
        let class = |names: &[(&str, bool)]| {
            names.iter().filter(|(_, on)| *on).map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
        };
        let place = class(&[("term", true), ("lit", *lit), ("waiting", *waiting), ("won", *won)]);
        let underline = class(&[("ab", true), ("hatch", *padding)]);
        let colour = class(&[("pr", true), ("p", *sign == Ordering::Greater), ("n", *sign == Ordering::Less)]);
        let letter = letter.as_deref().unwrap_or_default();
        html.push_str(&["<div class=\"", &place, "\" data-term=", &(first + index).to_string(), ">"].concat());
        if letters {
            html.push_str(&["<span class=tl>", letter, "</span>"].concat());
        }
        html.push_str(&["<span class=\"", &underline, "\">", factors, "</span>"].concat());
        if products {
            html.push_str(&["<span class=\"", &colour, "\">", product, "</span>"].concat());
        }
        html.push_str("</div>");
    }
    if !row.after.is_empty() {
        html.push_str(&["<span class=bracket>", &row.after, "</span>"].concat());
    }
    if let Some(bias) = &row.bias {
        html.push_str("<div class=\"term bias\"><span class=tl>bias</span>");
        html.push_str(&["<span class=ab>", bias, "</span><span class=pr>", bias, "</span></div>"].concat());
    }
    html.push_str("</div>");
    if row.equals.is_empty() {
        return;
    }
    // What is not there yet is not told by its digits either.
    let whole = row
        .whole
        .as_ref()
        .filter(|_| row.result.is_some())
        .map(|whole| format!(" title=\"{whole}\""))
        .unwrap_or_default();
    let result = row.result.as_deref().unwrap_or("·");
    html.push_str(&["<div class=tail><span class=equals>", row.equals, "</span>"].concat());
    html.push_str(&["<span class=result", &whole, ">", result, "</span></div>"].concat());
}
