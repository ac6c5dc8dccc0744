//! Sentences made from shapes and steps.

use crate::trace::PoolingKind;

/// What one step of a convolution reads and makes: the lab's subtitle.
///
/// ```
/// # use receptive::explain::one_step;
/// assert_eq!(one_step(9), "Nine input numbers, nine kernel numbers, one output number.");
/// assert_eq!(one_step(1), "One input number, one kernel number, one output number.");
/// ```
pub fn one_step(taps: usize) -> String {
    let plural = if taps == 1 { "" } else { "s" };
    let count = count(taps);
    let mut capital = count.clone();
    if let Some(first) = capital.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    format!("{capital} input number{plural}, {count} kernel number{plural}, one output number.")
}

/// What one step of a pooling does: the lab's subtitle.
///
/// ```
/// # use receptive::{explain::one_window, trace::PoolingKind};
/// assert_eq!(one_window(PoolingKind::Max, 4), "The largest of four input numbers is one output number.");
/// assert_eq!(one_window(PoolingKind::Average, 4), "The mean of four input numbers is one output number.");
/// ```
pub fn one_window(kind: PoolingKind, cells: usize) -> String {
    let what = match kind {
        PoolingKind::Max => "largest",
        PoolingKind::Average => "mean",
    };
    format!("The {what} of {} input number{} is one output number.", count(cells), if cells == 1 { "" } else { "s" })
}

/// What one step of a transposed convolution does: the lab's subtitle.
///
/// ```
/// # use receptive::explain::one_paint;
/// assert_eq!(one_paint(9), "One input number times nine kernel numbers, added to nine output numbers.");
/// ```
pub fn one_paint(taps: usize) -> String {
    let plural = if taps == 1 { "" } else { "s" };
    let count = count(taps);
    format!("One input number times {count} kernel number{plural}, added to {count} output number{plural}.")
}

/// What a convolution of several channels reads and makes: the lab's subtitle. `kernels` are those of one filter.
///
/// ```
/// # use receptive::explain::channels;
/// assert_eq!(channels(2, 1, 2), "Two input channels, one filter of two kernels, one output channel.");
/// assert_eq!(channels(3, 3, 1), "Three input channels, three filters of one kernel, three output channels.");
/// ```
pub fn channels(channels: usize, filters: usize, kernels: usize) -> String {
    let counted = |n: usize, noun: &str| format!("{} {noun}{}", count(n), if n == 1 { "" } else { "s" });
    let mut sentence = format!(
        "{}, {} of {}, {}.",
        counted(channels, "input channel"),
        counted(filters, "filter"),
        counted(kernels, "kernel"),
        counted(filters, "output channel")
    );
    if let Some(first) = sentence.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    sentence
}

/// A count in a sentence: words up to twelve, then digits.
pub fn count(n: usize) -> String {
    const WORDS: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(n).map_or_else(|| n.to_string(), |word| (*word).to_owned())
}
