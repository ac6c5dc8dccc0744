//! What a lab hands out, as elements: the labels of a scene's grids, its arithmetic, and what stands below the output's
//! shape.
//!
//! Each is one text, which the page puts in whole: an edit under a 5 × 5 window changes a hundred elements at once,
//! which took most of a frame one by one.

use std::cmp::Ordering;

use super::{
    fold::{Line, lines},
    operation::{ShapeView, Table},
    scene::{Arithmetic, PlateView, Scene, SumRow, Term, sign},
    stage::{Rect, StageLayout},
};
use crate::{markup::Markup, num::format};

/// The names and notes of the grids, and the signs between them, in their places; a name is `label` high, on a stage
/// `width` wide.
pub fn labels(scene: &Scene, layout: &StageLayout, label: f64, width: f64) -> Markup {
    let mut html = Markup::default();
    for (index, (plate, at)) in scene.plates.iter().zip(&layout.labels).enumerate() {
        html.push_raw("<div class=\"plate-label\"");
        push_place(&mut html, *at);
        let room = layout.label_room(index, label, width);
        html.push_raw(";max-width:")
            .push_text(&format::ascii(room))
            .push_raw("px\"><b>")
            .push_text(plate.label())
            .push_raw("</b><span>")
            .push_text(&plate.note);
        html.push_raw("</span></div>");
    }
    for (sign, at) in scene.signs.iter().zip(&layout.signs).filter(|(sign, _)| !sign.is_empty()) {
        html.push_raw("<div class=\"op\" aria-hidden=\"true\"");
        push_place(&mut html, *at);
        html.push_raw("\">").push_text(sign).push_raw("</div>");
    }
    html
}

/// The narrowest box above which the whole grid is drawn.
const LEAST_FOR_WHOLE: f64 = 230.0;

/// Pixels between a name and the whole grid at least.
const BESIDE_NAME: f64 = 12.0;

/// A grid that its box shows a part of, drawn to scale above its right end: the plane and its padding, what is in view,
/// and the `blocks` that the step looks at, in cells; nothing where the grid's label, so high and so wide, leaves no room.
pub fn whole(
    view: &PlateView,
    frame: Rect,
    (cell, scroll): (f64, (f64, f64)),
    blocks: &[Rect],
    (label, name): (f64, f64),
) -> Markup {
    let mut html = Markup::default();
    let count = |value: usize| value as f64;
    let (rows, cols) = view.cells.shape();
    let all = Rect { x: 0.0, y: 0.0, w: count(cols), h: count(rows) };
    let seen = Rect { x: scroll.0 / cell, y: scroll.1 / cell, w: frame.w / cell, h: frame.h / cell };
    let scrolls = seen.w < all.w - 0.1 || seen.h < all.h - 0.1;
    let scale = ((label - 6.0) / all.h).min(frame.w / 4.0 / all.w);
    if !scrolls || frame.w < LEAST_FOR_WHOLE || name + BESIDE_NAME + all.w * scale > frame.w {
        return html;
    }
    html.push_raw("<svg class=\"whole\" aria-hidden=\"true\"");
    push_place(&mut html, (frame.x + frame.w - all.w * scale, frame.y - all.h * scale - 4.0));
    html.push_raw(";width:").push_text(&format::ascii(all.w * scale));
    html.push_raw("px;height:").push_text(&format::ascii(all.h * scale)).push_raw("px\">");
    let plane =
        Rect { x: count(view.origin.1), y: count(view.origin.0), w: count(view.shape.1), h: count(view.shape.0) };
    let padded = (view.spread == (1, 1) && view.shape != (rows, cols)).then_some(("plane", plane));
    let blocks = blocks.iter().map(|block| ("block", *block));
    for (class, Rect { x, y, w, h }) in [("all", all)].into_iter().chain(padded).chain(blocks).chain([("seen", seen)]) {
        html.push_raw("<rect class=\"").push_raw(class);
        let (right, bottom) = ((x + w).min(all.w), (y + h).min(all.h));
        for (name, length) in [("\" x=\"", x), ("\" y=\"", y), ("\" width=\"", right - x), ("\" height=\"", bottom - y)]
        {
            html.push_raw(name).push_text(&format::ascii((length * scale).max(0.0)));
        }
        html.push_raw("\"/>");
    }
    html.push_raw("</svg>");
    html
}

/// The attribute that puts an element to a place, still open.
fn push_place(html: &mut Markup, (x, y): (f64, f64)) {
    html.push_raw(" style=\"left:").push_text(&format::ascii(x));
    html.push_raw("px;top:").push_text(&format::ascii(y)).push_raw("px");
}

/// The most terms that stand in the row with letter, factors and product; more are set smaller.
const MOST_LARGE: usize = 12;

/// The same where there are several lines.
const MOST_LARGE_IN_ROWS: usize = 4;

/// Whether there are more terms than have room in their full size.
fn is_many(sum: &Arithmetic) -> bool {
    let most = most_on_a_line(sum);
    most > MOST_LARGE || (has_lines(sum) && most > MOST_LARGE_IN_ROWS)
}

fn most_on_a_line(sum: &Arithmetic) -> usize {
    sum.rows.iter().flat_map(SumRow::lines).max().unwrap_or(0)
}

fn has_lines(sum: &Arithmetic) -> bool {
    sum.rows.len() > 1 || sum.is_folded()
}

/// The classes of the arithmetic's element.
pub fn sum_class(sum: &Arithmetic) -> String {
    let has = [
        (has_lines(sum), " rows"),
        (is_many(sum), " many"),
        (most_on_a_line(sum) < 6, " few"),
        (sum.is_folded(), " folded"),
    ];
    has.iter().filter(|(is, _)| *is).fold("sum".to_owned(), |all, (_, class)| all + class)
}

/// The lines of arithmetic, as far as the style sheet shows them: several lines have no letters, and they and many terms
/// no products. Terms are counted through all lines.
pub fn sum(sum: &Arithmetic) -> Markup {
    let mut html = Markup::default();
    let has_lines = has_lines(sum);
    let shown = Shown { letters: !has_lines, products: !has_lines && !is_many(sum) };
    for Line { row, first, each } in lines(sum) {
        html.push_raw(if row.part { "<div class=\"sum-line part\">" } else { "<div class=\"sum-line\">" });
        if !row.label.is_empty() {
            html.push_raw("<span class=\"about\">").push_text(&row.label).push_raw("</span>");
        }
        push_line(&mut html, &row, (first, each), shown);
        html.push_raw("</div>");
    }
    html
}

/// What of a term there is besides its factors.
#[derive(Debug, Clone, Copy)]
struct Shown {
    letters: bool,
    products: bool,
}

fn push_line(html: &mut Markup, row: &SumRow, (first, each): (usize, usize), shown: Shown) {
    html.push_raw(match row.between {
        "," => "<div class=\"terms commas\">",
        "−" => "<div class=\"terms less\">",
        _ => "<div class=\"terms\">",
    });
    push_bracket(html, row.before);
    for (index, term) in row.terms.iter().enumerate() {
        let Term { letter, factors, product, value, padding, lit, waiting, won } = term;
        html.push_raw("<div class=\"term");
        for (name, on) in [(" lit", lit), (" waiting", waiting), (" won", won)] {
            html.push_raw(if *on { name } else { "" });
        }
        html.push_raw("\" data-term=\"").push_text(&(first + index * each).to_string());
        html.push_raw("\">");
        if shown.letters {
            html.push_raw("<span class=\"tl\">").push_text(letter.as_deref().unwrap_or_default());
            html.push_raw("</span>");
        }
        html.push_raw("<span class=\"ab").push_raw(if *padding { " hatch" } else { "" });
        html.push_raw("\">").push_text(factors).push_raw("</span>");
        if shown.products {
            html.push_raw(match sign(*value) {
                Ordering::Greater => "<span class=\"pr p\">",
                Ordering::Less => "<span class=\"pr n\">",
                Ordering::Equal => "<span class=\"pr\">",
            });
            html.push_text(product).push_raw("</span>");
        }
        html.push_raw("</div>");
    }
    push_bracket(html, &row.after);
    if let Some(bias) = &row.bias {
        html.push_raw("<div class=\"term bias\"><span class=\"tl\">bias</span><span class=\"ab\">").push_text(bias);
        html.push_raw("</span><span class=\"pr\">").push_text(bias).push_raw("</span></div>");
    }
    html.push_raw("</div>");
    if row.equals.is_empty() {
        return;
    }
    html.push_raw("<div class=\"tail\"><span class=\"equals\">").push_text(row.equals);
    html.push_raw("</span><span class=\"result\"");
    // What is not there yet is not told by its digits either.
    if let (Some(whole), Some(_)) = (&row.whole, &row.result) {
        html.push_raw(" title=\"").push_text(whole).push_raw("\"");
    }
    html.push_raw(">").push_text(row.result.as_deref().unwrap_or("·")).push_raw("</span></div>");
}

fn push_bracket(html: &mut Markup, text: &str) {
    if !text.is_empty() {
        html.push_raw("<span class=\"bracket\">").push_text(text).push_raw("</span>");
    }
}

/// Formulas, counts, table and notes; the table before all else where it leads.
pub fn shape(shape: &ShapeView) -> Markup {
    let leads = shape.table_leads;
    let mut html = Markup::default();
    if leads && let Some(table) = &shape.table {
        push_table(&mut html, table, "<table class=\"layers leads\">");
    }
    for formula in &shape.formulas {
        html.push_raw("<div class=\"formula\">");
        for line in formula {
            html.push(&line.mathml().markup());
        }
        html.push_raw("</div>");
    }
    if !shape.counts.is_empty() {
        html.push_raw("<dl class=\"counts\">");
        for (name, count) in &shape.counts {
            // What comes out beside the name, and how below.
            // By the sign alone: what looks for a text from behind weighs as much as a figure.
            let parts = count.rsplit_once('=');
            let (how, result) =
                parts.map_or(("", count.as_str()), |(how, result)| (how.trim_end(), result.trim_start()));
            html.push_raw("<dt>").push_text(name).push_raw("</dt><dd>").push_text(result).push_raw("</dd>");
            if !how.is_empty() {
                push_subscripts(html.push_raw("<dd class=\"how\">"), how);
                html.push_raw("</dd>");
            }
        }
        html.push_raw("</dl>");
    }
    if !leads && let Some(table) = &shape.table {
        push_table(&mut html, table, "<table class=\"layers\">");
    }
    for note in &shape.notes {
        push_subscripts(html.push_raw("<p class=\"small dim\">"), note);
        html.push_raw("</p>");
    }
    html
}

fn push_table(html: &mut Markup, table: &Table, open: &'static str) {
    html.push_raw(open).push_raw("<caption class=\"vh\">").push_text(table.name).push_raw("</caption><thead><tr>");
    for name in &table.head {
        push_subscripts(html.push_raw("<th scope=\"col\">"), name);
        html.push_raw("</th>");
    }
    html.push_raw("</tr></thead><tbody>");
    for (index, row) in table.rows.iter().enumerate() {
        html.push_raw(if table.lit == Some(index) { "<tr class=\"lit\">" } else { "<tr>" });
        for (place, cell) in row.iter().enumerate() {
            let (open, close) = if place == 0 { ("<th scope=\"row\">", "</th>") } else { ("<td>", "</td>") };
            push_subscripts(html.push_raw(open), cell);
            html.push_raw(close);
        }
        html.push_raw("</tr>");
    }
    html.push_raw("</tbody></table>");
}

/// `c_o` with a lower o.
fn push_subscripts(html: &mut Markup, text: &str) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('_')
        && let Some(index) = after.chars().next()
    {
        let (index, after) = after.split_at(index.len_utf8());
        html.push_text(before).push_raw("<sub>").push_text(index).push_raw("</sub>");
        rest = after;
    }
    html.push_text(rest);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        lab::{
            scene::{CellView, Plate, PlateId, PlateKind, PlateView},
            stage::{Spot, StageLayout, StageSpec, StageStyle},
        },
        markup::tests::{any_text, read_back},
        num::Grid,
    };

    /// The texts of the elements of that class or name, each with all that is in it; and how many elements there are.
    fn read(markup: &Markup, names: &[&str]) -> (Vec<String>, usize) {
        let whole = ["<div>", markup.as_str(), "</div>"].concat();
        let document = roxmltree::Document::parse(&whole).unwrap();
        let elements: Vec<_> = document.descendants().filter(roxmltree::Node::is_element).collect();
        let named = elements.iter().filter(|node| {
            names.contains(&node.tag_name().name())
                || node.attribute("class").is_some_and(|class| names.contains(&class))
        });
        let text = |node: &roxmltree::Node<'_, '_>| {
            node.descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect()
        };
        (named.map(text).collect(), elements.len())
    }

    fn scene(name: &str, note: &str) -> Scene {
        let view = PlateView::plain(Grid::from_fn(2, 2, |_, _| CellView::default()));
        let plate = Plate::new(PlateId::Input(0), PlateKind::Edited, name, 0, view);
        Scene { plates: vec![plate.noted(note)], signs: vec!["<"], ..Scene::default() }
    }

    proptest! {
        #[test]
        fn names_and_notes_of_grids_stay_text(name in any_text(), note in any_text()) {
            let scene = scene(&name, &note);
            let spots = scene.plates.iter().map(Spot::of).collect();
            let spec = StageSpec { room: (400.0, 300.0), spots, style: StageStyle::DESK };
            let layout = StageLayout { signs: vec![(1.5, 2.0)], ..StageLayout::new(&spec) };
            let (found, elements) = read(&labels(&scene, &layout, 20.0, 1_000.0), &["b", "span", "op"]);
            prop_assert_eq!(found, [read_back(&name), read_back(&note), "<".to_owned()]);
            prop_assert_eq!(elements, 5);
        }

        #[test]
        fn what_a_sum_says_stays_text(texts in prop::collection::vec(any_text(), 8)) {
            let [label, after, letter, factors, product, bias, result, whole] = &*texts else { unreachable!() };
            let term = Term {
                letter: Some(letter.clone()), factors: factors.clone(), product: product.clone(), value: -1.0,
                padding: true, lit: true, waiting: false, won: false,
            };
            let row = SumRow {
                label: label.clone(), before: "max(", between: "+", after: after.clone(), terms: vec![term],
                bias: Some(bias.clone()), equals: "=", result: Some(result.clone()), whole: Some(whole.clone()),
                ..SumRow::default()
            };
            let html = sum(&Arithmetic { rows: vec![row], text: String::new() });
            let (found, _) = read(&html, &["about", "bracket", "tl", "ab hatch", "pr n", "ab", "pr", "result"]);
            let expect = [label, "max(", letter, factors, product, after, "bias", bias, bias, result];
            let expect = expect.map(read_back);
            let there = |texts: &[String]| texts.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>();
            prop_assert_eq!(there(&found), there(&expect));
        }

        #[test]
        fn what_stands_below_a_shape_stays_text(text in any_text(), cell in any_text(), table_leads in any::<bool>()) {
            let table = Table { name: "<Layers>", head: vec!["c_o"], rows: vec![vec![cell.clone()]], lit: Some(0) };
            let view =
                ShapeView { table_leads, table: Some(table), notes: vec![text.clone()], ..ShapeView::default() };
            let (found, _) = read(&shape(&view), &["caption", "th", "p"]);
            // An underscore before a letter lowers it.
            let whole = |text: &str| text.replace('_', "");
            prop_assert_eq!(found.iter().map(|text| whole(text)).collect::<Vec<_>>(),
                ["<Layers>", "co", &whole(&read_back(&cell)), &whole(&read_back(&text))]);
        }
    }

    #[test]
    fn a_letter_after_an_underscore_is_lowered() {
        let check = |text: &str, expect: &str| {
            let mut html = Markup::default();
            push_subscripts(&mut html, text);
            assert_eq!(html.as_str(), expect);
        };
        check("c_o × c_i", "c<sub>o</sub> × c<sub>i</sub>");
        check("_<", "<sub>&lt;</sub>");
        check("a_", "a_");
        check("", "");
    }

    #[test]
    fn a_rounded_result_has_its_digits_once_it_is_there() {
        let row = SumRow {
            label: String::new(),
            before: "",
            between: "+",
            after: String::new(),
            terms: Vec::new(),
            bias: None,
            equals: "≈",
            result: None,
            whole: Some("0.123456".to_owned()),
            ..SumRow::default()
        };
        let check = |result: Option<&str>, expect: &str| {
            let row = SumRow { result: result.map(str::to_owned), ..row.clone() };
            let html = sum(&Arithmetic { rows: vec![row], text: String::new() });
            assert!(html.as_str().ends_with(expect), "{}", html.as_str());
        };
        check(None, "<span class=\"result\">·</span></div></div>");
        check(Some("0.123"), "<span class=\"result\" title=\"0.123456\">0.123</span></div></div>");
    }
}
