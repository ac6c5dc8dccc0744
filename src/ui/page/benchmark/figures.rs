//! The figures as a table, each with its bar.

use receptive::{
    lab::benchmark::{Bar, BenchmarkState, Elsewhere},
    markup::Markup,
    num::{decimal::fixed, format::count},
};

/// Adds a number, or what stands where one will be.
pub(super) fn push_number(html: &mut Markup, number: Option<&str>) {
    match number {
        Some(number) => html.push_text(number),
        None => html.push_raw("<span class=\"faint\">·</span>"),
    };
}

/// The figures' elements, written as one text: they change ten times in a minute, and all together.
pub(super) fn markup(lab: &BenchmarkState) -> Markup {
    let (training, inference) = (lab.training(), lab.inference());
    let published = Elsewhere::ALL.map(|it| f64::from(it.speed));
    let measured = training.iter().map(|bar| bar.peak.max(bar.speed.unwrap_or_default())).fold(0.0, f64::max);
    // Before anything is measured there is no scale.
    let longest = if measured > 0.0 { published.into_iter().fold(measured, f64::max) } else { 0.0 };
    let mut html = Markup::default();
    push_head(&mut html, "Training", "Examples/s", "Share of the peak, outlined");
    for bar in &training {
        push_row(&mut html, bar, longest, bar.share());
    }
    html.push_raw(
        "<tbody class=\"elsewhere\"><tr><th colspan=\"4\">\
        Measured elsewhere, not on this machine: the same network at batch 64",
    );
    for it in Elsewhere::ALL {
        html.push_raw("<tr><th scope=\"row\" colspan=\"2\">").push_text(it.name);
        html.push_raw("<td class=\"num\">").push_text(&count(it.speed.into()));
        html.push_raw("<td><div><span class=\"track\"");
        push_share(&mut html, "s", it.speed.into(), longest);
        html.push_raw("><i></i></span><b></b></div>");
    }
    html.push_raw("</table>");
    let longest = inference.iter().filter_map(|bar| bar.speed).fold(0.0, f64::max);
    push_head(&mut html, "Inference", "Images/s", "Against each other");
    for bar in &inference {
        push_row(&mut html, bar, longest, None);
    }
    html.push_raw("</table>");
    html
}

fn push_head(html: &mut Markup, name: &str, unit: &str, bars: &str) {
    html.push_raw("<table class=\"speeds\"><caption>").push_text(name).push_raw("</caption><thead><tr>");
    for column in ["Workers", "Batch", unit, bars] {
        html.push_raw("<th scope=\"col\">").push_text(column);
    }
    html.push_raw("<tbody>");
}

fn push_row(html: &mut Markup, bar: &Bar, longest: f64, share: Option<f64>) {
    let (workers, batch) = bar.config;
    html.push_raw(if bar.now { "<tr class=\"now\"><td>" } else { "<tr><td>" }).push_text(&workers.to_string());
    html.push_raw("<td>").push_text(&batch.to_string()).push_raw("<td class=\"num\">");
    push_number(html, bar.speed.map(figure).as_deref());
    html.push_raw("<td><div><span class=\"track\"");
    push_share(html, "s", bar.speed.unwrap_or_default(), longest);
    if bar.peak > 0.0 {
        html.push_raw("><s");
        push_share(html, "p", bar.peak, longest);
        html.push_raw("></s");
    }
    html.push_raw("><i></i></span><b>");
    if let Some(share) = share {
        html.push_text(&fixed(share, 2));
    }
    html.push_raw("</b></div>");
}

/// Adds a bar's length, as an attribute.
fn push_share(html: &mut Markup, name: &'static str, value: f64, of: f64) {
    html.push_raw(" style=\"--").push_raw(name).push_raw(":");
    html.push_text(&fixed(if of > 0.0 { value / of } else { 0.0 }, 4)).push_raw("\"");
}

/// A speed as a whole number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, and a cast saturates")]
pub(super) fn figure(speed: f64) -> String {
    count(speed.round() as u64)
}
