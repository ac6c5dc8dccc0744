//! The output's shape: the formula in symbols, with the numbers, and the result.

use crate::ui::view::{on, part};
use leptos::prelude::*;
use receptive::{formula::OutputSize, nn::shape::Axis, num::format};

use super::Lab;
use crate::ui::platform;

/// The formula. Pressing a symbol goes to its control; `hovered` hears which symbol is pointed at.
#[component]
pub(super) fn OutputShape(lab: Lab, hovered: RwSignal<Option<String>>) -> impl IntoView {
    let sizes = lab.session.part(|lab| {
        OutputSize::of_plane(lab.input.shape(), (lab.window(Axis::Height), lab.window(Axis::Width)), lab.convention)
    });
    let result = move || {
        lab.computed.with(|computed| {
            computed.as_ref().as_ref().ok().map(|(_, output)| format::shape(&[output.rows(), output.cols()]))
        })
    };
    // The markup is made of the formula's own tags and counts: no text of a person's gets in here.
    let formulas = move || {
        sizes.with(|sizes| {
            sizes
                .iter()
                .map(|size| {
                    let lines = size.lines().iter().map(|line| line.mathml().to_string()).collect::<String>();
                    view! { <div class="formula" inner_html=lines/> }
                })
                .collect_view()
        })
    };
    let unread = move || {
        let dropped = lab.session.with(|lab| {
            let along = |axis, n| lab.window(axis).unread(axis, n).unwrap_or(0);
            (along(Axis::Height, lab.input.rows()), along(Axis::Width, lab.input.cols()))
        });
        left_over(dropped)
    };
    view! {
        <section
            class="shape"
            role="region"
            aria-label="Output shape"
            on:pointerover=on(move |event: leptos::ev::PointerEvent| hovered.set(platform::symbol_of(event.target())))
            on:pointerleave=on(move |_| hovered.set(None))
            on:click=on(move |event: leptos::ev::MouseEvent| {
                if let Some(symbol) = platform::symbol_of(event.target()) {
                    platform::focus_inside(&format!("control-{symbol}"));
                }
            })
        >
            <h2>
                "Output shape"
                <output class="shape-result">{part(move || result().unwrap_or_else(|| "none".into()))}</output>
            </h2>
            {part(formulas)}
            {part(move || unread().map(|words| view! { <p class="small dim">{words}</p> }))}
        </section>
    }
}

/// What the floor drops, in words.
fn left_over((rows, cols): (usize, usize)) -> Option<String> {
    let some = |n: usize, what: &str| (n > 0).then(|| format!("{n} {what}{}", if n == 1 { "" } else { "s" }));
    let parts: Vec<String> = [some(rows, "row"), some(cols, "column")].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("The floor drops {}: the last window ends before them.", parts.join(" and ")))
}
