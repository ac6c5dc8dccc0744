//! Mistakes at an output of a pooling.

use super::{
    Found, Mistake, Mistaken,
    shared::{NEAR, begins, moved, padding_left_out, stride_left_out, swapped, window_off},
};
use crate::{
    nn::shape::Padding,
    num::{Matrix, format::shown},
    trace::{Pooling, PoolingKind, PoolingStep, letter},
};

/// The mistakes at a step of `pooling`, whose whole output is `output`; `shifted` is what the shifted input gives there.
pub fn at(pooling: &Pooling, output: &Matrix, step: &PoolingStep, shifted: Option<f64>) -> Vec<Mistaken> {
    let mut found = Found::new(step.value);
    match pooling.kind {
        PoolingKind::Max => of_the_maximum(&mut found, step),
        PoolingKind::Average => of_the_mean(&mut found, pooling, step),
    }
    // Every place that a window has within the padded input.
    let dense = Pooling { stride: (1, 1), ceil: false, ..pooling.clone() };
    let at = |pooling: &Pooling, at| pooling.step_at(at).map(|step| step.value);
    let near = NEAR.map(|by| at(&dense, moved(step.origin, by)?));
    window_off(&mut found, &begins(step.origin, pooling.padding), near);
    stride_left_out(&mut found, at(&dense, step.output), pooling.stride);
    if pooling.padding != Padding::default() {
        let bare = Pooling { padding: Padding::default(), ..pooling.clone() };
        padding_left_out(&mut found, at(&bare, step.output), pooling.padding);
    }
    found.add_some(Mistake::OtherInput, shifted, format_args!("That is what the shifted input gives."));
    swapped(&mut found, output, step.output);
    not_the_largest(&mut found, pooling, step);
    found.into_list()
}

/// The sum, the largest and the smallest of the input's numbers in a window.
struct Numbers {
    count: usize,
    sum: f64,
    largest: f64,
    smallest: f64,
}

impl Numbers {
    fn of(step: &PoolingStep) -> Self {
        Self {
            count: step.typed().count(),
            sum: step.typed().sum(),
            largest: step.typed().fold(f64::NEG_INFINITY, f64::max),
            smallest: step.typed().fold(f64::INFINITY, f64::min),
        }
    }

    fn smallest(&self, found: &mut Found, asked: &str) {
        let words = format_args!("That is the smallest number of the window. {asked} is asked for.");
        found.add(Mistake::Smallest, self.smallest, words);
    }
}

/// Another number made of a maximum's window.
fn of_the_maximum(found: &mut Found, step: &PoolingStep) {
    let numbers = Numbers::of(step);
    let Numbers { count, sum, largest, .. } = numbers;
    if count < step.cells.len() && largest < 0.0 {
        let words = "That lets a 0 of the padding win. In a maximum padding stands for −∞ and never wins.";
        found.add(Mistake::PaddingWins, 0.0, format_args!("{words}"));
    }
    let words = format_args!("That is the mean of the window. Here its largest number is asked for.");
    found.add(Mistake::MeanForMaximum, sum / count as f64, words);
    numbers.smallest(found, "The largest");
    let words = format_args!("That is the sum of the window. Nothing is added up in a maximum.");
    found.add(Mistake::SumForMaximum, sum, words);
}

/// Another number made of a mean's window.
fn of_the_mean(found: &mut Found, pooling: &Pooling, step: &PoolingStep) {
    let numbers = Numbers::of(step);
    let Numbers { count, sum, largest, .. } = numbers;
    let area = step.cells.len();
    let window = pooling.window.0 * pooling.window.1;
    let words = format_args!("That is the sum of the window. It is still to be divided by {area}.");
    found.add(Mistake::Undivided, sum, words);
    let words = format_args!("That is the largest number of the window. Here its mean is asked for.");
    found.add(Mistake::MaximumForMean, largest, words);
    let mut divided = |by: usize, why: &str| {
        let words = format_args!("That divides the sum by {by}. {why}");
        found.add(Mistake::DividedOtherwise, sum / by as f64, words);
    };
    if count < area {
        divided(count, &format!("Padding counts here, so it is divided by {area}."));
    }
    // How many cells the window has with its padding, and without what hangs over.
    let counted = Pooling { count_padding: true, ..pooling.clone() }.step_at(step.output);
    if let Some(counted) = counted.map(|step| step.cells.len()).filter(|counted| *counted != area) {
        divided(counted, &format!("Padding does not count here, so it is divided by {area}."));
    }
    if window != area {
        divided(window, &format!("The window has only {area} numbers here."));
    }
    numbers.smallest(found, "Its mean");
}

/// The other numbers of a maximum's window.
fn not_the_largest(found: &mut Found, pooling: &Pooling, step: &PoolingStep) {
    let Some(winner) = step.winner.and_then(|winner| step.cells.get(winner)) else { return };
    let taps = pooling.window.0 * pooling.window.1;
    let name = letter(winner.tap, taps, winner.input.unwrap_or(winner.padded), true).unwrap_or_default();
    for x in step.typed() {
        let words = format_args!("{} is in the window, but {name} is larger: {}.", shown(x), shown(step.value));
        found.add(Mistake::NotTheLargest, x, words);
    }
}
