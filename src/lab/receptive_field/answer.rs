//! Predict first: where a window ends in the layer before, and what wrong numbers mean.
//!
//! The number of rows is not asked for: the table has it, and of equal layers the later steps repeat it.

use super::{back::Back, plane_name};
use crate::{
    lab::{operation::Answer, predict::telling},
    trace::StackLayer,
};

/// What is asked for at a step back.
pub(super) fn answer(back: &Back) -> Answer {
    let Back { plane, layer, above, below, .. } = back;
    let StackLayer { kernel, stride, padding, dilation, .. } = *layer;
    let name = plane_name(*plane);
    let Some((first, last)) = above.0.ends().filter(|_| above.1.ends().is_some()) else {
        let sentence = "The windows lie in the padding alone: nothing is seen.".to_owned();
        return Answer {
            question: format!("Rows seen of {name}"),
            value: 0.0,
            mistakes: telling(0.0, [(1.0, sentence)]),
        };
    };
    let padded = if padding > 0 { ", be it padding" } else { "" };
    let question = format!("Last row of {name} that row {last} of layer {} reads{padded}", plane + 1);
    let [i, k, s, p, d] = [last, kernel, stride, padding, dilation].map(|count| count as f64);
    let reach = layer.reach() as f64;
    let begins = s * i - p;
    let value = begins + reach;
    let mut mistakes = Vec::new();
    let mut add = |value: f64, sentence: String| mistakes.push((value, sentence));
    add(begins, format!("That is where its window begins, s·i − p. The last row lies d·(k − 1) = {reach} further."));
    if dilation > 1 {
        add(begins + k - 1.0, format!("That forgets the dilation: {kernel} taps reach over {} rows.", reach + 1.0));
        add(begins + d * k, format!("That adds d·k. A window of {kernel} taps has {} gaps: d·(k − 1).", kernel - 1));
    } else {
        add(
            begins + k,
            format!("That adds k, {kernel}, where k − 1 belongs: the row that it begins with is one of the {kernel}."),
        );
    }
    if stride > 1 {
        add(
            i - p + reach,
            format!("That forgets the stride: the window of row {last} begins at row {stride} × {last}."),
        );
    }
    if let Some(above) = back.layers.get(1).filter(|above| above.stride != stride) {
        let sentence = format!(
            "That takes the stride of layer {}, {}. Here the windows of layer {} count, whose stride is {stride}.",
            plane + 2,
            above.stride,
            plane + 1
        );
        add(above.stride as f64 * i - p + reach, sentence);
    }
    if padding > 0 {
        add(s * i + reach, format!("That leaves the padding out: {padding} rows of it come before row 0."));
        add(s * i + p + reach, "That adds the padding. Its rows come before row 0, so it is subtracted.".to_owned());
    }
    if first != last {
        add(
            s * first as f64 - p + reach,
            format!("That is where the window of row {first} ends. Row {last} is asked for."),
        );
    }
    add(
        begins + reach / 2.0,
        "That is the middle of its window, which reaches as far on the other side as on this one.".to_owned(),
    );
    add(s * (i + 1.0) - p + reach, format!("That is where the window of row {} ends: rows count from 0.", last + 1));
    add(below.0.extent() as f64, "That is how many rows are seen. The number of the last is asked for.".to_owned());
    if let Some((_, last)) = above.1.ends() {
        add(s * last as f64 - p + reach, "That is the last column. The last row is asked for.".to_owned());
    }
    Answer { question, value, mistakes: telling(value, mistakes) }
}
