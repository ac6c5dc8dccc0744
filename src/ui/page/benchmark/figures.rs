//! The figures as a table, each with its bar.

use receptive::{
    lab::benchmark::{Bar, BenchmarkLab, Elsewhere},
    num::format::count,
};

/// Stands where a number will be.
pub(super) const NOT_YET: &str = "<span class=faint>·</span>";

/// The figures' elements, written as one text: they change ten times in a minute, and all together. Their texts are
/// numbers and names of this file: nothing in them could be read as a tag.
pub(super) fn markup(lab: &BenchmarkLab) -> String {
    let (training, inference) = (lab.training(), lab.inference());
    let published = Elsewhere::ALL.map(|it| f64::from(it.speed));
    let measured = training.iter().map(|bar| bar.peak.max(bar.speed.unwrap_or_default())).fold(0.0, f64::max);
    // Before anything is measured there is no scale.
    let longest = if measured > 0.0 { published.into_iter().fold(measured, f64::max) } else { 0.0 };
    let mut html = head("Training", "Examples/s", "Share of the peak, outlined");
    for bar in &training {
        row(&mut html, bar, longest, bar.share().map(|share| format!("{share:.2}")));
    }
    html.push_str(
        "<tbody class=elsewhere><tr><th colspan=4>Measured elsewhere, not on this machine: the same network at batch 64",
    );
    for it in Elsewhere::ALL {
        html.push_str(&["<tr><th scope=row colspan=2>", it.name, "<td class=num>", &count(it.speed.into())].concat());
        html.push_str(
            &["<td><div><span class=track", &share("s", it.speed.into(), longest), "><i></i></span><b></b></div>"]
                .concat(),
        );
    }
    html.push_str("</table>");
    let longest = inference.iter().filter_map(|bar| bar.speed).fold(0.0, f64::max);
    html.push_str(&head("Inference", "Images/s", "Against each other"));
    for bar in &inference {
        row(&mut html, bar, longest, None);
    }
    html.push_str("</table>");
    html
}

fn head(name: &str, unit: &str, bars: &str) -> String {
    let column = |text: &str| ["<th scope=col>", text].concat();
    let columns = ["Workers", "Batch", unit, bars].map(column).concat();
    ["<table class=speeds><caption>", name, "</caption><thead><tr>", &columns, "<tbody>"].concat()
}

fn row(html: &mut String, bar: &Bar, longest: f64, text: Option<String>) {
    let (workers, batch) = bar.config;
    let now = if bar.now { "<tr class=now><td>" } else { "<tr><td>" };
    let speed = bar.speed.map_or(NOT_YET.to_owned(), figure);
    html.push_str(&[now, &workers.to_string(), "<td>", &batch.to_string(), "<td class=num>", &speed].concat());
    html.push_str(&["<td><div><span class=track", &share("s", bar.speed.unwrap_or_default(), longest)].concat());
    if bar.peak > 0.0 {
        html.push_str(&["><s", &share("p", bar.peak, longest), "></s"].concat());
    }
    html.push_str(&["><i></i></span><b>", &text.unwrap_or_default(), "</b></div>"].concat());
}

/// A bar's length, as an attribute.
fn share(name: &str, value: f64, of: f64) -> String {
    format!(" style=\"--{name}:{:.4}\"", if of > 0.0 { value / of } else { 0.0 })
}

/// A speed as a whole number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, and a cast saturates")]
pub(super) fn figure(speed: f64) -> String {
    count(speed.round() as u64)
}
