//! Predict first: how many rows are seen one layer further back, and what wrong numbers mean.

use super::{field::Back, plane_name};
use crate::{
    lab::{operation::Answer, predict::telling},
    trace::StackLayer,
};

/// What is asked for at a step back.
pub(super) fn answer(back: &Back) -> Answer {
    let Back { plane, layer, above, below, .. } = back;
    let StackLayer { kernel, stride, padding, dilation, .. } = *layer;
    let name = plane_name(*plane);
    // Counted between the ends of the windows: so it is one formula, wherever the cell stands.
    let padded = if padding > 0 { ", padding counted" } else { "" };
    let question = format!("Rows of {name} from the first seen to the last{padded}");
    let value = below.0.extent() as f64;
    let rows = above.0.ends().map_or(0, |(first, last)| last + 1 - first);
    let (n, k, s, d) = (rows as f64, kernel as f64, stride as f64, dilation as f64);
    let reach = layer.reach() as f64;
    if rows == 0 {
        let sentence = "The windows lie in the padding alone: nothing is seen.".to_owned();
        return Answer { question, value, mistakes: telling(value, [(1.0, sentence)]) };
    }
    let mut mistakes = Vec::new();
    let mut add = |value: f64, sentence: String| mistakes.push((value, sentence));
    if rows > 1 {
        add(reach + 1.0, format!("That is one window's reach. {rows} windows are looked through."));
    }
    if stride > 1 {
        add(n + reach, format!("That forgets the stride: neighbouring windows begin {stride} rows apart, not 1."));
        add(s * n + reach, format!("That counts {rows} strides. Between {rows} windows lie {}: s·(n − 1).", rows - 1));
        add(
            s * n,
            format!("That multiplies by the stride alone. The last window reaches {} rows further.", layer.reach()),
        );
        add(s + reach, "That takes one stride. There is one between each two windows.".to_owned());
    }
    if let Some(above) = back.layers.get(1).filter(|above| above.stride != stride) {
        let sentence = format!(
            "That takes the stride of layer {}, {}. Its windows lie on layer {}; here those of layer {} count.",
            plane + 2,
            above.stride,
            plane + 1,
            plane + 1
        );
        add(above.stride as f64 * (n - 1.0) + reach + 1.0, sentence);
    }
    let dense = back.layers.iter().map(|layer| layer.reach()).sum::<usize>() + 1;
    add(
        dense as f64,
        "That adds d·(k − 1) for each layer and forgets the strides: they spread the windows apart.".to_owned(),
    );
    if dilation > 1 {
        add(
            s * (n - 1.0) + k,
            format!("That forgets the dilation: {kernel} taps reach over {} rows.", layer.reach() + 1),
        );
        add(
            s * (n - 1.0) + d * k,
            format!("That adds d·k. A window of {kernel} taps has {} gaps: d·(k − 1).", kernel - 1),
        );
    }
    add(
        s * (n - 1.0) + d * k + 1.0,
        format!("That adds k, {kernel}, where k − 1 belongs: the first tap is counted already."),
    );
    add(n * k, format!("That multiplies {rows} by {kernel}. Each further window adds the stride alone, {stride}."));
    add(s * (n - 1.0) + reach, "That is one too few: from the first to the last, both are counted.".to_owned());
    if padding > 0 {
        let (p, seen) = (padding as f64, below.0.count() as f64);
        add(seen, "That leaves the padding out. It is asked for with what hangs over the edge.".to_owned());
        add(value + 2.0 * p, "That adds the padding. It moves the windows and makes none larger.".to_owned());
        add(value - 2.0 * p, "That takes the padding off. It moves the windows and makes none smaller.".to_owned());
    }
    add(n, format!("That is how many are seen of layer {}. One layer further back it is more.", plane + 1));
    add(below.1.extent() as f64, "That is the number of columns. Rows are asked for.".to_owned());
    Answer { question, value, mistakes: telling(value, mistakes) }
}
