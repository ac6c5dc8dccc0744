//! Mistakes that are made in several operations: their sentences stand here, once.

use super::{Found, Mistake};
use crate::{
    formula::PaddingConvention,
    nn::{
        reference::{Conv2d, PaddingMode},
        shape::Padding,
    },
    num::{Matrix, format::shown},
    trace::{Tap, letter},
};

/// A product of a sum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Product {
    /// Its place among the window's taps.
    pub(super) tap: usize,
    /// Row and column of the kernel.
    pub(super) kernel: (usize, usize),
    /// The input's number.
    pub(super) x: f64,
    /// The kernel's number.
    pub(super) w: f64,
}

/// The products of a window.
pub(super) fn products(taps: &[Tap]) -> Vec<Product> {
    let product = |(tap, &Tap { kernel, x, w, .. }): (usize, &Tap)| Product { tap, kernel, x, w };
    taps.iter().enumerate().map(product).collect()
}

/// What goes wrong with the products of a sum. `finish` is what becomes of the sum: a bias is added, it is divided.
pub(super) fn of_products(
    found: &mut Found,
    products: &[Product],
    (taps, window): (usize, &str),
    finish: &dyn Fn(f64) -> f64,
) {
    let sum: f64 = products.iter().map(|product| product.x * product.w).sum();
    let flat = products.iter().map(|product| product.x * product.w.abs()).sum();
    found.add(Mistake::MinusLost, finish(flat), format_args!("A minus of the kernel was lost."));
    let of_the_window = products.iter().map(|product| product.x).sum();
    let words = format_args!("That is the sum of the {window}, without the kernel's numbers.");
    found.add(Mistake::KernelLeftOut, of_the_window, words);
    let named = |Product { tap, kernel, x, w }: Product| {
        let name = letter(tap, taps, kernel, true).unwrap_or_default();
        (name, format!("{} × {}", shown(x), shown(w)))
    };
    for &one in products {
        let (name, product) = named(one);
        let made = one.x * one.w;
        let words = format_args!("That leaves out tap {name}: {product}.");
        found.add(Mistake::TapLeftOut, finish(sum - made), words);
        let words = format_args!("Tap {name} has the wrong sign: {product} is {}.", shown(made));
        found.add(Mistake::TapSign, finish(sum - 2.0 * made), words);
    }
    for &one in products {
        let (name, product) = named(one);
        let words = format_args!("Tap {name} was added up: it is a product, {product}.");
        found.add(Mistake::TapAdded, finish(sum - one.x * one.w + one.x + one.w), words);
    }
}

/// The number without the bias; `what` is what there is before it is added.
pub(super) fn bias_left_out(found: &mut Found, value: f64, bias: f64, what: &str) {
    if bias != 0.0 {
        let bias = shown(bias);
        let words = format_args!("That is the {what} without the bias: {bias} is still to be added.");
        found.add(Mistake::BiasLeftOut, value, words);
    }
}

/// The number with the kernel turned the other way, or with all of `many` kernels.
pub(super) fn kernel_turned(found: &mut Found, value: Option<f64>, flip: bool, many: bool) {
    let words = match (flip, many) {
        (true, false) => "That is cross-correlation: here Flip is on, so the kernel is turned by half a turn first.",
        (true, true) => "That is cross-correlation: here Flip is on, so each kernel is turned by half a turn first.",
        (false, false) => {
            "That is the sum with the kernel turned by half a turn. Here it is laid on as it is written: \
             cross-correlation."
        }
        (false, true) => {
            "That is the sum with the kernels turned by half a turn. Here they are laid on as they are written: \
             cross-correlation."
        }
    };
    found.add_some(Mistake::KernelTurned, value, format_args!("{words}"));
}

/// The number at (column, row).
pub(super) fn swapped(found: &mut Found, output: &Matrix, (row, col): (usize, usize)) {
    if row != col {
        let words = format_args!("That is row {col}, column {row}. Rows come first.");
        found.add_some(Mistake::RowColumnSwapped, output.get(col, row).copied(), words);
    }
}

/// Where a window begins, as the end of a sentence.
pub(super) fn begins((row, col): (usize, usize), padding: Padding) -> String {
    let plane = if padding == Padding::default() { "input" } else { "padded input" };
    format!(": it begins at row {row}, column {col} of the {plane}")
}

/// Rows down and columns to the right of the windows beside a window.
pub const NEAR: [(isize, isize); 4] = [(0, 1), (1, 0), (0, -1), (-1, 0)];

/// The windows beside the right one, where there are any, in the order of [`NEAR`]; `begins` is where the right one does.
pub(super) fn window_off(found: &mut Found, begins: &str, values: [Option<f64>; 4]) {
    let words = ["one column too far right", "one row too low", "one column too far left", "one row too high"];
    for (value, words) in values.into_iter().zip(words) {
        found.add_some(Mistake::WindowOff, value, format_args!("That window lies {words}{begins}."));
    }
}

/// A cell moved by rows and columns, where that is one.
pub(super) fn moved((row, col): (usize, usize), (down, right): (isize, isize)) -> Option<(usize, usize)> {
    row.checked_add_signed(down).zip(col.checked_add_signed(right))
}

/// The number at stride 1.
pub(super) fn stride_left_out(found: &mut Found, value: Option<f64>, (down, right): (usize, usize)) {
    if (down, right) != (1, 1) {
        let words =
            format_args!("That is right for stride 1. Here the window moves by {down} down and by {right} across.");
        found.add_some(Mistake::StrideLeftOut, value, words);
    }
}

/// The number at dilation 1.
pub(super) fn dilation_left_out(found: &mut Found, value: Option<f64>, dilation: (usize, usize)) {
    if dilation != (1, 1) {
        let words = format_args!("That is right for dilation 1. Here the taps stand apart.");
        found.add_some(Mistake::DilationLeftOut, value, words);
    }
}

/// The number without padding.
pub(super) fn padding_left_out(found: &mut Found, value: Option<f64>, padding: Padding) {
    if padding != Padding::default() {
        let words = format_args!("That forgets the padding: the first window begins in the ring.");
        found.add_some(Mistake::PaddingLeftOut, value, words);
    }
}

/// Numbers that other settings make; `with` is the number at the same output with them.
pub(super) fn of_settings(
    found: &mut Found,
    conv: Conv2d,
    convention: PaddingConvention,
    with: &dyn Fn(Conv2d) -> Option<f64>,
) {
    let Conv2d { stride, dilation, padding, .. } = conv;
    stride_left_out(found, with(Conv2d { stride: (1, 1), ..conv }), stride);
    dilation_left_out(found, with(Conv2d { dilation: (1, 1), ..conv }), dilation);
    if padding == Padding::default() {
        return;
    }
    let Padding { top, bottom, left, right } = padding;
    let (rows, cols) = (top + bottom, left + right);
    let (counted, words) = match convention {
        PaddingConvention::PerSide => {
            (Padding::total(top, left), format!("p = {top} as the total of both sides. Here it is per side"))
        }
        PaddingConvention::Total => (
            Padding { top: rows, bottom: rows, left: cols, right: cols },
            format!("p = {rows} for each side. Here it is the total"),
        ),
    };
    let words = format_args!("That takes {words}: {top} above and {bottom} below.");
    found.add_some(Mistake::PaddingCounted, with(Conv2d { padding: counted, ..conv }), words);
    padding_left_out(found, with(Conv2d { padding: Padding::default(), ..conv }), padding);
    if conv.mode != PaddingMode::Zeros {
        let words = format_args!("That takes the ring for zeros. Here it copies the input.");
        found.add_some(Mistake::PaddingZeros, with(Conv2d { mode: PaddingMode::Zeros, ..conv }), words);
    }
}

/// A number that is added to a sum from step to step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growing {
    /// The sum before the step.
    pub before: f64,
    /// What the step adds.
    pub added: f64,
    /// The sum after all steps.
    pub after_all: f64,
}

impl Growing {
    /// The sum after the step.
    pub fn after(self) -> f64 {
        self.before + self.added
    }
}

/// What goes wrong where a sum grows; `steps` are what adds to it later.
pub(super) fn of_growing(found: &mut Found, growing: Growing, steps: &str) {
    let Growing { before, added, .. } = growing;
    let words = format_args!("That is this step's product alone: the cell held {} before.", shown(before));
    found.add(Mistake::StepAlone, added, words);
    let words = format_args!("That is what the cell held before: {} is still to be added.", shown(added));
    found.add(Mistake::StepLeftOut, before, words);
    all_steps(found, growing, steps);
    let words = format_args!("{} was taken away: it is added.", shown(added));
    found.add(Mistake::StepTakenAway, before - added, words);
}

/// The sum after all steps.
pub(super) fn all_steps(found: &mut Found, growing: Growing, steps: &str) {
    let words = format_args!("That is the number after all steps: later {steps} add to this cell as well.");
    found.add(Mistake::AllSteps, growing.after_all, words);
}
