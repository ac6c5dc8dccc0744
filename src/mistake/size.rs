//! Mistakes where the size of an output is worked out, or the padding or the stride that makes a size.

use super::{Found, Mistake, Mistaken};
use crate::nn::shape::{Axis, Window};

/// The extents that a mistake makes of both axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Extents {
    /// The mistake.
    pub mistake: Mistake,
    /// Rows and columns.
    pub values: [f64; 2],
    /// What a person is told, with the numbers of the case.
    pub sentence: String,
}

/// Positions of `window` over `input` cells; `None` where it has no place.
fn places(window: Window, input: usize) -> Option<usize> {
    window.output(Axis::Height, input).ok()
}

/// The sizes that known mistakes make of an input of `input` rows and columns under the `windows` of both axes, the
/// likeliest first. None is the right one, and no two are the same.
pub fn of_output(windows: [Window; 2], input: [usize; 2]) -> Vec<Extents> {
    let [window, across] = windows;
    let both = |f: &dyn Fn(Window, usize) -> Option<usize>| {
        let [rows, cols] = input;
        Some([f(window, rows)?, f(across, cols)?])
    };
    let right = both(&places);
    let (mut found, mut seen) = (Vec::new(), Vec::new());
    let mut add = |mistake, sizes: Option<[usize; 2]>, words: std::fmt::Arguments| {
        let Some(sizes) = sizes.filter(|sizes| Some(*sizes) != right && !sizes.contains(&0)) else { return };
        if !seen.contains(&sizes) {
            seen.push(sizes);
            let values = sizes.map(|size| size as f64);
            found.push(Extents { mistake, values, sentence: words.to_string() });
        }
    };
    let Window { kernel, stride, dilation, padding: (before, after) } = window;
    let [rows, _] = input;
    add(
        Mistake::PaddingLeftOut,
        both(&|window, input| places(Window { padding: (0, 0), ..window }, input)),
        format_args!(
            "That is the size without padding: {before} and {after} rows come around the {rows} of the input."
        ),
    );
    add(
        Mistake::PaddingCounted,
        both(&|window, input| places(Window { padding: (window.padding.0, 0), ..window }, input)),
        format_args!("That adds the padding once. It is on both sides: {rows} rows become {}.", window.padded(rows)),
    );
    add(
        Mistake::StrideLeftOut,
        both(&|window, input| places(Window { stride: 1, ..window }, input)),
        format_args!("That is the size at stride 1. Here the window moves by {stride}."),
    );
    let moves = |window: Window, input: usize| places(window, input)?.checked_sub(1);
    add(
        Mistake::FirstPlaceLeftOut,
        both(&moves),
        format_args!("That counts how often the window moves. Where it begins is a place as well: + 1."),
    );
    add(
        Mistake::RoundedUp,
        both(&|window, input| Some(moves(window, input)? + 1 + usize::from(overhangs(window, input)))),
        format_args!(
            "That rounds up. A window that hangs over the edge makes no number: the division is rounded down."
        ),
    );
    if dilation > 1 {
        add(
            Mistake::DilationLeftOut,
            both(&|window, input| places(Window { dilation: 1, ..window }, input)),
            format_args!(
                "That takes {kernel} for the window's extent. With dilation {dilation} it reaches over {} cells.",
                window.effective_kernel()
            ),
        );
    }
    add(
        Mistake::SizesDivided,
        both(&|window, input| Some(window.padded(input) / window.stride)),
        format_args!("That divides the size by the stride. The window's own {kernel} cells are to be taken off first."),
    );
    add(
        Mistake::WindowAtEveryPixel,
        both(&|_, input| Some(input)),
        format_args!("That is as large as the input. It would take a window at each of its cells."),
    );
    let turned = right.map(|[rows, cols]| [cols, rows]);
    add(Mistake::RowColumnSwapped, turned, format_args!("That is columns × rows. Rows come first."));
    found
}

/// Whether the last stride leaves cells unread.
fn overhangs(window: Window, input: usize) -> bool {
    window.unread(Axis::Height, input).is_ok_and(|unread| unread > 0)
}

/// The most that is looked for.
const MOST: usize = 64;

/// The smallest padding of each side with which `window` makes `wanted` of `input` rows; what padding it has does not
/// count.
pub fn padding_for(window: Window, input: usize, wanted: usize) -> Option<usize> {
    (0..MOST).find(|&side| places(Window { padding: (side, side), ..window }, input) == Some(wanted))
}

/// The mistakes where the padding of each side is asked for that makes `wanted` rows of `input`; `right` is the answer.
pub fn of_padding(window: Window, input: usize, wanted: usize, right: usize) -> Vec<Mistaken> {
    let mut found = Found::new(right as f64);
    let Window { kernel, stride, dilation, .. } = window;
    let with = |window: Window| padding_for(window, input, wanted).map(|side| side as f64);
    let words = format_args!("That is the total of both sides. One side is asked for.");
    found.add(Mistake::PaddingCounted, 2.0 * right as f64, words);
    if dilation > 1 {
        let words = format_args!(
            "That is enough for a window of {kernel}. With dilation {dilation} it reaches over {} cells.",
            window.effective_kernel()
        );
        found.add_some(Mistake::DilationLeftOut, with(Window { dilation: 1, ..window }), words);
    }
    if stride > 1 {
        let words = format_args!("That makes {wanted} rows at stride 1. Here the window moves by {stride}.");
        found.add_some(Mistake::StrideLeftOut, with(Window { stride: 1, ..window }), words);
    }
    let more = padding_for(window, input, wanted + 1).map(|side| side as f64);
    let words = format_args!(
        "That makes {} rows, one too many: where the window begins is a place before it moves.",
        wanted + 1
    );
    found.add_some(Mistake::FirstPlaceLeftOut, more, words);
    if wanted == input && stride == 1 {
        let words = format_args!("That adds k, {kernel}. A window takes k − 1 = {} rows off.", kernel - 1);
        found.add(Mistake::GapsCounted, kernel as f64, words);
    }
    let words =
        format_args!("Without padding other rows come out: {} in place of {wanted}.", said(bare(window, input)));
    found.add(Mistake::PaddingLeftOut, 0.0, words);
    found.into_list()
}

fn bare(window: Window, input: usize) -> Option<usize> {
    places(Window { padding: (0, 0), ..window }, input)
}

fn said(count: Option<usize>) -> String {
    count.map_or_else(|| "none".to_owned(), |count| count.to_string())
}

/// The mistakes where the stride is asked for with which `window` makes `wanted` rows of `input`.
pub fn of_stride(window: Window, input: usize, wanted: usize) -> Vec<Mistaken> {
    let mut found = Found::new(window.stride as f64);
    let Window { padding: (side, _), .. } = window;
    let (extent, padded, moves) = (window.effective_kernel(), window.padded(input), wanted.saturating_sub(1));
    let whole = |above: usize, below: usize| above.checked_div(below).filter(|stride| *stride > 0).map(|it| it as f64);
    let words = format_args!(
        "That divides the sizes, {input} by {wanted}. The first window takes {extent} rows, and the others share the rest."
    );
    found.add_some(Mistake::SizesDivided, whole(input, wanted), words);
    let words = format_args!("That divides by {wanted}. A window in {wanted} places moves {moves} times.");
    found.add_some(Mistake::FirstPlaceLeftOut, whole(padded.saturating_sub(extent), wanted), words);
    if side > 0 {
        let words = format_args!("That leaves the padding out: with it there are {padded} rows, not {input}.");
        found.add_some(Mistake::PaddingLeftOut, whole(input.saturating_sub(extent), moves), words);
        let words = format_args!("That adds the padding on one side alone. With both there are {padded} rows.");
        found.add_some(Mistake::PaddingCounted, whole((input + side).saturating_sub(extent), moves), words);
    }
    let words = format_args!("That rounds up: the last window would hang over the edge.");
    let up = padded.saturating_sub(extent).checked_div(moves).map(|stride| stride as f64 + 1.0);
    found.add_some(Mistake::RoundedUp, up, words);
    let words = format_args!("At stride 1 there are {} rows.", said(places(Window { stride: 1, ..window }, input)));
    found.add(Mistake::StrideLeftOut, 1.0, words);
    found.into_list()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(kernel: usize, stride: usize, side: usize) -> Window {
        Window { kernel, stride, dilation: 1, padding: (side, side) }
    }

    #[test]
    fn sizes() {
        let named = |window: Window, n: usize| {
            let found = of_output([window; 2], [n; 2]);
            found.into_iter().map(|extents| (extents.mistake, extents.values[0])).collect::<Vec<_>>()
        };
        // ⌊(7 − 3)/2⌋ + 1 = 3
        assert_eq!(
            named(window(3, 2, 0), 7),
            [(Mistake::StrideLeftOut, 5.0), (Mistake::FirstPlaceLeftOut, 2.0), (Mistake::WindowAtEveryPixel, 7.0)]
        );
        // ⌊(6 + 2 − 3)/2⌋ + 1 = 3
        assert_eq!(
            named(window(3, 2, 1), 6),
            [(Mistake::PaddingLeftOut, 2.0), (Mistake::StrideLeftOut, 6.0), (Mistake::RoundedUp, 4.0),]
        );
    }

    #[test]
    fn paddings_and_strides() {
        assert_eq!(padding_for(window(5, 1, 0), 7, 7), Some(2));
        let found = of_padding(window(5, 1, 0), 7, 7, 2);
        let values: Vec<f64> = found.iter().map(|mistaken| mistaken.value).collect();
        assert_eq!(values, [4.0, 5.0, 0.0]);
        // ⌊(9 + 2 − 3)/3⌋ + 1 = 3
        let found = of_stride(window(3, 3, 1), 9, 3);
        let named: Vec<(Mistake, f64)> = found.iter().map(|mistaken| (mistaken.mistake, mistaken.value)).collect();
        assert_eq!(
            named,
            [(Mistake::FirstPlaceLeftOut, 2.0), (Mistake::RoundedUp, 5.0), (Mistake::StrideLeftOut, 1.0)]
        );
    }
}
