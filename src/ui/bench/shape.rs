//! The output's shape: formula, numbers, result, and what is counted.

use std::sync::Arc;

use leptos::prelude::*;
use receptive::lab::operation::Table;

use super::live::LiveBench;
use crate::ui::{
    platform::{self, resize_of},
    view::{effect, live, on, part, when},
};

/// The region "Output shape". Pointing at a symbol lights its control; pressing it goes there. Beside the stage the
/// settings go first: of what is told here whole parts stand where there is room left, and a button shows all, in place
/// of the settings.
#[component]
pub(super) fn OutputShape(bench: LiveBench, hovered: RwSignal<Option<String>>) -> impl IntoView {
    let shape = bench.shared(|view| Arc::clone(&view.shape));
    let title = bench.part(|view| view.shape_title);
    let leads = bench.part(|view| view.table_leads);
    // The markup is made of the formula's own tags, counts and the app's own words: no text of a person's gets in here.
    let below = move || {
        shape.with(|shape| {
            let mut html = String::new();
            let leads = leads.get();
            if leads {
                html.extend(shape.table.iter().map(|shown| table(shown, "layers leads")));
            }
            for formula in &shape.formulas {
                html.push_str("<div class=formula>");
                for line in formula {
                    html.push_str(&line.mathml().to_string());
                }
                html.push_str("</div>");
            }
            if !shape.counts.is_empty() {
                html.push_str("<dl class=counts>");
                for (name, count) in &shape.counts {
                    // What comes out beside the name, and how below.
                    let (how, result) = count.rsplit_once(" = ").unwrap_or(("", count));
                    html.push_str(&["<dt>", name, "</dt><dd>", result, "</dd>"].concat());
                    if !how.is_empty() {
                        html.push_str(&["<dd class=how>", &subscripts(how), "</dd>"].concat());
                    }
                }
                html.push_str("</dl>");
            }
            if !leads {
                html.extend(shape.table.iter().map(|shown| table(shown, "layers")));
            }
            for note in &shape.notes {
                html.push_str(&["<p class=\"small dim\">", &subscripts(note), "</p>"].concat());
            }
            html
        })
    };
    let lines = NodeRef::<leptos::html::Div>::new();
    let room = signal((0.0, 0.0));
    effect(move || {
        if let Some(lines) = lines.get() {
            resize_of(&lines, room.1);
        }
    });
    let (all, more) = (RwSignal::new(false), RwSignal::new(false));
    effect(move || {
        shape.track();
        let _: (f64, f64) = room.0.get();
        // What does not fit is put into a second column, out of sight, once it is laid out.
        platform::next_frame(move || {
            if let Some(Some(lines)) = lines.try_get_untracked() {
                more.try_set(lines.scroll_width() > lines.client_width());
            }
        });
    });
    view! {
        <section
            class="shape"
            class:all=live(move || all.get())
            role="region"
            aria-label=live(move || bench.name(title.get()))
            // It can have more than fits: the keys scroll it.
            tabindex="0"
            on:pointerover=on(move |event: leptos::ev::PointerEvent| hovered.set(platform::symbol_of(event.target())))
            on:pointerleave=on(move |_| hovered.set(None))
            on:click=on(move |event: leptos::ev::MouseEvent| {
                if let Some(symbol) = platform::symbol_of(event.target()) {
                    platform::focus_inside(&bench.id(&["control-", &symbol].concat()));
                }
            })
        >
            <h2>
                {part(move || title.get())}
                <output class="shape-result">{part(move || shape.with(|shape| shape.result.clone()))}</output>
            </h2>
            <div class="shape-lines" node_ref=lines inner_html=live(below)></div>
            {when(move || all.get() || more.get(), move || view! {
                <button class="btn quiet more-shape" on:click=on(move |_| all.update(|all| *all = !*all))>
                    {live(move || if all.get() { "Back to the settings" } else { "More" })}
                </button>
            })}
        </section>
    }
}

/// The table's markup; its words are the app's own.
fn table(table: &Table, class: &str) -> String {
    let mut html = ["<table class=\"", class, "\"><caption class=vh>", table.name, "</caption><thead><tr>"].concat();
    for name in &table.head {
        html.push_str(&["<th scope=col>", &subscripts(name), "</th>"].concat());
    }
    html.push_str("</tr></thead><tbody>");
    for (index, row) in table.rows.iter().enumerate() {
        html.push_str(if table.lit == Some(index) { "<tr class=lit>" } else { "<tr>" });
        for (place, cell) in row.iter().enumerate() {
            let (open, close) = if place == 0 { ("<th scope=row>", "</th>") } else { ("<td>", "</td>") };
            html.push_str(&[open, &subscripts(cell), close].concat());
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table>");
    html
}

/// `c_o` with a lower o.
fn subscripts(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 64);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('_', Some(index)) => {
                chars.next();
                html.push_str("<sub>");
                html.push(index);
                html.push_str("</sub>");
            }
            _ => html.push(c),
        }
    }
    html
}
