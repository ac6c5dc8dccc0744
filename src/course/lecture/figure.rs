//! What a scene draws that is no lab: lines, a table, bars, or a picture, all computed.

use super::{Row, Scene, fill};
use crate::{
    lab::{
        architectures::{Fact, compare},
        depth::quoted::{PERSON, WINNERS, percent},
    },
    link::architectures::zoo,
    markup::Markup,
    model::{Features, Layer, counts},
    num::{
        decimal::{self, fixed},
        format,
        rng::{Purpose, Stream},
        trig::sin_cos,
    },
};

/// What stands in the place of what is still to be revealed.
const HIDDEN: &str = "?";

/// A scene's figure after so many reveals.
pub(super) fn figure(scene: &Scene, revealed: usize) -> Markup {
    let mut html = Markup::default();
    let mut rows = scene.figure.iter().peekable();
    while let Some(row) = rows.next() {
        match row {
            Row::Line(text) => {
                html.push_raw("<p class=\"talk-line\">");
                push(&mut html, text, revealed);
                html.push_raw("</p>");
            }
            Row::Picture(name) => {
                html.push(&picture(name));
            }
            Row::Cells(head) => {
                let mut body = Vec::new();
                while let Some(Row::Cells(cells)) = rows.next_if(|row| matches!(row, Row::Cells(_))) {
                    body.push(cells);
                }
                table(&mut html, head, &body, revealed);
            }
            Row::Bar(name, number) => {
                let mut bars = vec![(name.as_str(), fill(number, None))];
                while let Some(Row::Bar(name, number)) = rows.next_if(|row| matches!(row, Row::Bar(..))) {
                    bars.push((name, fill(number, None)));
                }
                let bars = bars.into_iter().map(|(name, number)| {
                    let value = decimal::parse(&number.replace(',', "")).unwrap_or(0.0);
                    (fill(name, None), number, value)
                });
                html.push(&chart(&bars.collect::<Vec<_>>(), None));
            }
        }
    }
    html
}

/// How many reveals a text waits for, and the text.
fn waits(text: &str) -> (usize, &str) {
    let shown = text.trim_start_matches('?');
    (text.len() - shown.len(), shown)
}

fn push(html: &mut Markup, text: &str, revealed: usize) {
    let (needs, text) = waits(text);
    if needs > revealed {
        html.push_raw("<span class=\"covered\">").push_text(HIDDEN).push_raw("</span>");
    } else {
        html.push_text(&fill(text, None));
    }
}

fn table(html: &mut Markup, head: &[String], body: &[&Vec<String>], revealed: usize) {
    html.push_raw("<table class=\"talk-table\"><thead><tr>");
    for cell in head {
        html.push_raw("<th scope=\"col\">").push_text(&fill(cell, None)).push_raw("</th>");
    }
    html.push_raw("</tr></thead><tbody>");
    for cells in body {
        html.push_raw("<tr>");
        for (at, cell) in cells.iter().enumerate() {
            html.push_raw(if at == 0 { "<th scope=\"row\">" } else { "<td>" });
            push(html, cell, revealed);
            html.push_raw(if at == 0 { "</th>" } else { "</td>" });
        }
        html.push_raw("</tr>");
    }
    html.push_raw("</tbody></table>");
}

/// Bars, each with its name, its number as text and as a value; `mark` is a line across all.
fn chart(bars: &[(String, String, f64)], mark: Option<(f64, String)>) -> Markup {
    let most = bars.iter().map(|(.., value)| *value).fold(f64::MIN_POSITIVE, f64::max);
    let share = |value: f64| fixed(value / most, 4);
    let mut html = Markup::raw("<ol class=\"talk-bars\">");
    for (name, number, value) in bars {
        html.push_raw("<li style=\"--share:").push_text(&share(*value)).push_raw("\"><b>").push_text(number);
        html.push_raw("</b><i></i><span>").push_text(name).push_raw("</span></li>");
    }
    html.push_raw("</ol>");
    if let Some((at, words)) = mark {
        html.push_raw("<p class=\"talk-mark\" style=\"--share:").push_text(&share(at)).push_raw("\">");
        html.push_text(&words).push_raw("</p>");
    }
    html
}

/// A picture by its name; nothing where there is none of that name.
fn picture(name: &str) -> Markup {
    let words: Vec<&str> = name.split_whitespace().collect();
    match *words.as_slice() {
        ["capacity"] => capacity(),
        ["winners"] => winners(),
        ["layers", net] => layers(net),
        ["compare", here, there] => comparison(here, there),
        _ => Markup::default(),
    }
}

/// Whether there is a picture of that name.
pub(super) fn is_known(name: &str) -> bool {
    !picture(name).as_str().is_empty()
}

fn winners() -> Markup {
    let bars = WINNERS.iter().map(|(year, error, winner)| (format!("{year} {winner}"), percent(*error), *error));
    chart(&bars.collect::<Vec<_>>(), Some((PERSON, format!("one trained person, about {}", percent(PERSON)))))
}

/// The layers of a network that have weights or pool, with their outputs and parameters.
fn layers(net: &str) -> Markup {
    let Some(zoo) = zoo(net) else { return Markup::default() };
    let network = zoo.architecture();
    let (counted, _) = counts(&network.layers, network.input);
    let cell = |text: &str| text.to_owned();
    let head = ["Layer", "Output", "Parameters", "Multiply-adds"].map(cell);
    let mut rows = vec![vec![cell("input"), format::shape(&network.input.extents()), String::new(), String::new()]];
    for (layer, row) in network.layers.iter().zip(&counted) {
        if layer.has_weights() || matches!(layer, Layer::Pool2d { .. }) {
            let (parameters, macs) = (row.count.parameters, row.count.macs);
            let of = |number: u64| if parameters > 0 { format::count(number) } else { String::new() };
            let name = match (layer, row.count.output) {
                (Layer::Conv2d { kernel: (height, width), .. }, Features::Maps { channels, .. }) => {
                    format!("{channels} filters of {height} × {width}")
                }
                _ => layer.noun().to_owned(),
            };
            rows.push(vec![name, format::shape(&row.count.output.extents()), of(parameters), of(macs)]);
        }
    }
    let sum = |of: fn(&crate::model::Count) -> u64| format::count(counted.iter().map(|row| of(&row.count)).sum());
    rows.push(vec![cell("total"), String::new(), sum(|count| count.parameters), sum(|count| count.macs)]);
    let mut html = Markup::default();
    table(&mut html, &head, &rows.iter().collect::<Vec<_>>(), 0);
    html
}

/// Two networks beside each other.
fn comparison(here: &str, there: &str) -> Markup {
    let (Some(here), Some(there)) = (zoo(here), zoo(there)) else { return Markup::default() };
    let (here, there) = (here.architecture(), there.architecture());
    let facts = compare(&here, &there).facts;
    let rows: Vec<Vec<String>> =
        facts.into_iter().map(|Fact { what, here, there }| vec![what.to_owned(), here, there]).collect();
    let mut html = Markup::default();
    table(&mut html, &[String::new(), here.name, there.name], &rows.iter().collect::<Vec<_>>(), 0);
    html
}

/// How many points polynomials are fitted to.
const POINTS: usize = 12;
/// The largest degree.
const DEGREES: usize = 9;

/// The truth that the points are drawn from.
fn truth(x: f64) -> f64 {
    sin_cos(3.0 * x).0
}

/// Mean squared errors of polynomials of degree 0, 1, … fitted to twelve noisy points of sin(3x) on [−1, 1]: on these
/// points, and against the truth between them.
pub(super) fn errors() -> Vec<(f64, f64)> {
    let mut noise = Stream::new(5, Purpose::Shuffle, 0);
    let at = |index: usize, of: usize| 2.0 * index as f64 / (of - 1) as f64 - 1.0;
    let points: Vec<(f64, f64)> = (0..POINTS)
        .map(|index| at(index, POINTS))
        .map(|x| (x, truth(x) + 1.6 * (f64::from(noise.uniform()) - 0.5)))
        .collect();
    let error = |fit: &[f64], points: &mut dyn Iterator<Item = (f64, f64)>| {
        let squares: Vec<f64> = points.map(|(x, y)| (polynomial(fit, x) - y).powi(2)).collect();
        squares.iter().sum::<f64>() / squares.len() as f64
    };
    let fits = (0..=DEGREES).map(|degree| fitted(&points, degree));
    fits.map(|fit| {
        let seen = error(&fit, &mut points.iter().copied());
        (seen, error(&fit, &mut (0..101).map(|index| at(index, 101)).map(|x| (x, truth(x)))))
    })
    .collect()
}

/// Legendre's polynomials up to a degree at x, by their recursion.
fn basis(x: f64, degree: usize) -> Vec<f64> {
    let mut all = vec![1.0, x];
    for n in 1..degree {
        let n = n as f64;
        if let [.., before, last] = all.as_slice() {
            all.push(((2.0 * n + 1.0) * x * last - n * before) / (n + 1.0));
        }
    }
    all.truncate(degree + 1);
    all
}

fn polynomial(fit: &[f64], x: f64) -> f64 {
    basis(x, fit.len().saturating_sub(1)).iter().zip(fit).map(|(base, weight)| base * weight).sum()
}

/// The weights of least squares, by Gram and Schmidt.
fn fitted(points: &[(f64, f64)], degree: usize) -> Vec<f64> {
    let rows: Vec<Vec<f64>> = points.iter().map(|(x, _)| basis(*x, degree)).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    // Columns made orthogonal, each with what it is of the first ones.
    let mut made: Vec<(Vec<f64>, Vec<f64>)> = Vec::new();
    for place in 0..=degree {
        let mut column: Vec<f64> = rows.iter().filter_map(|row| row.get(place).copied()).collect();
        let mut of: Vec<f64> = (0..=degree).map(|other| f64::from(u8::from(other == place))).collect();
        for (other, its) in &made {
            let share = dot(&column, other) / dot(other, other);
            column.iter_mut().zip(other).for_each(|(value, other)| *value -= share * other);
            of.iter_mut().zip(its).for_each(|(value, other)| *value -= share * other);
        }
        made.push((column, of));
    }
    let seen: Vec<f64> = points.iter().map(|(_, y)| *y).collect();
    let mut fit = vec![0.0; degree + 1];
    for (column, of) in &made {
        let share = dot(&seen, column) / dot(column, column);
        fit.iter_mut().zip(of).for_each(|(weight, of)| *weight += share * of);
    }
    fit
}

/// Capacity, bias and variance: both errors over the degree.
fn capacity() -> Markup {
    let errors = errors();
    let most = errors.iter().map(|(seen, unseen)| seen.max(*unseen)).fold(0.0, f64::max).min(0.7);
    let mut html = Markup::raw(
        "<svg class=\"talk-plot\" viewBox=\"0 0 980 400\" role=\"img\" aria-label=\"Mean squared error by degree\">\
         <path d=\"M60 20V330H780\" class=\"axis\"/>",
    );
    let place = |degree: usize, error: f64| (60.0 + 80.0 * degree as f64, 330.0 - 300.0 * (error / most).min(1.0));
    for (class, words, is_seen) in [("unseen", "between them", false), ("seen", "on its points", true)] {
        let of = |(seen, unseen): &(f64, f64)| if is_seen { *seen } else { *unseen };
        html.push_raw("<polyline class=\"").push_raw(class).push_raw("\" points=\"");
        for (degree, error) in errors.iter().enumerate() {
            let (x, y) = place(degree, of(error));
            html.push_text(&[&fixed(x, 1), ",", &fixed(y, 1), " "].concat());
        }
        let (x, y) = errors.last().map_or((0.0, 0.0), |error| place(errors.len() - 1, of(error)));
        html.push_raw("\"/><text x=\"").push_text(&fixed((x + 10.0).min(782.0), 0)).push_raw("\" y=\"");
        html.push_text(&fixed(y + 6.0, 0)).push_raw("\">").push_text(words).push_raw("</text>");
    }
    for degree in 0..errors.len() {
        let (x, _) = place(degree, 0.0);
        html.push_raw("<text class=\"tick\" x=\"").push_text(&fixed(x, 0)).push_raw("\" y=\"358\">");
        html.push_text(&degree.to_string()).push_raw("</text>");
    }
    html.push_raw("<text x=\"60\" y=\"392\">degree: capacity →</text></svg>");
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_capacity_fits_the_points_better_and_the_truth_worse() {
        let errors = errors();
        assert!(errors.windows(2).all(|pair| pair[1].0 <= pair[0].0 + 1e-12), "{errors:?}");
        let best = errors.iter().map(|(_, unseen)| *unseen).fold(f64::MAX, f64::min);
        let (first, last) = (errors[0], errors[DEGREES]);
        assert!(first.1 > 3.0 * best && last.1 > 1.5 * best && last.0 < first.0 / 10.0, "{errors:?}");
    }
}
