//! Mistakes at the last row that a layer's windows read.

use super::{Found, Mistake, Mistaken};
use crate::trace::{Sight, StackLayer};

/// One step back, from what is seen of a layer's output to what is seen of its input.
#[derive(Debug, Clone, Copy)]
pub struct Back<'a> {
    /// The number of the layer, from 1.
    pub number: usize,
    /// The layer.
    pub layer: StackLayer,
    /// The layer after it, where the cell that looks lies further on.
    pub next: Option<StackLayer>,
    /// What is seen of its output: rows, columns.
    pub above: &'a (Sight, Sight),
    /// What is seen of its input.
    pub below: &'a (Sight, Sight),
}

/// Where the window of row `last` ends: `s·i − p + d·(k − 1)`.
pub fn end(layer: StackLayer, last: usize) -> f64 {
    let [i, s, p] = [last, layer.stride, layer.padding].map(|count| count as f64);
    s * i - p + layer.reach() as f64
}

/// The mistakes where nothing is seen, since all windows lie in the padding.
pub fn at_nothing() -> Vec<Mistaken> {
    let mut found = Found::new(0.0);
    let words = format_args!("The windows lie in the padding alone: nothing is seen.");
    found.add(Mistake::PaddingSeen, 1.0, words);
    found.into_list()
}

/// The mistakes at the last of the rows that row `last`, the last of those from `first` on, reads.
pub fn at(back: &Back, (first, last): (usize, usize)) -> Vec<Mistaken> {
    let &Back { number, layer, next, above, below } = back;
    let StackLayer { kernel, stride, padding, dilation, .. } = layer;
    let [i, k, s, p, d] = [last, kernel, stride, padding, dilation].map(|count| count as f64);
    let reach = layer.reach() as f64;
    let begins = s * i - p;
    let mut found = Found::new(end(layer, last));
    let words = format_args!(
        "That is where its window begins, s·i − p. The last row lies d·(k − 1) = {} further.",
        layer.reach()
    );
    found.add(Mistake::WindowBegin, begins, words);
    if dilation > 1 {
        let words = format_args!("That forgets the dilation: {kernel} taps reach over {} rows.", layer.reach() + 1);
        found.add(Mistake::DilationLeftOut, begins + k - 1.0, words);
        let words =
            format_args!("That adds d·k. A window of {kernel} taps has {} gaps: d·(k − 1).", kernel.saturating_sub(1));
        found.add(Mistake::GapsCounted, begins + d * k, words);
    } else {
        let words = format_args!(
            "That adds k, {kernel}, where k − 1 belongs: the row that it begins with is one of the {kernel}."
        );
        found.add(Mistake::GapsCounted, begins + k, words);
    }
    if stride > 1 {
        let words = format_args!("That forgets the stride: the window of row {last} begins at row {stride} × {last}.");
        found.add(Mistake::StrideLeftOut, i - p + reach, words);
    }
    if let Some(next) = next.filter(|next| next.stride != stride) {
        let words = format_args!(
            "That takes the stride of layer {}, {}. Here the windows of layer {number} count, whose stride is {stride}.",
            number + 1,
            next.stride,
        );
        found.add(Mistake::OtherStride, next.stride as f64 * i - p + reach, words);
    }
    if padding > 0 {
        let words = format_args!("That leaves the padding out: {padding} rows of it come before row 0.");
        found.add(Mistake::PaddingLeftOut, s * i + reach, words);
        let words = format_args!("That adds the padding. Its rows come before row 0, so it is subtracted.");
        found.add(Mistake::PaddingAdded, s * i + p + reach, words);
    }
    if first != last {
        let words = format_args!("That is where the window of row {first} ends. Row {last} is asked for.");
        found.add(Mistake::FirstForLast, end(layer, first), words);
    }
    let words =
        format_args!("That is the middle of its window, which reaches as far on the other side as on this one.");
    found.add(Mistake::WindowMiddle, begins + reach / 2.0, words);
    let words = format_args!("That is where the window of row {} ends: rows count from 0.", last + 1);
    found.add(Mistake::CountedFromOne, end(layer, last + 1), words);
    let words = format_args!("That is how many rows are seen. The number of the last is asked for.");
    found.add(Mistake::CountForLast, below.0.extent() as f64, words);
    if let Some((_, last)) = above.1.ends() {
        let words = format_args!("That is the last column. The last row is asked for.");
        found.add(Mistake::RowColumnSwapped, end(layer, last), words);
    }
    found.into_list()
}
