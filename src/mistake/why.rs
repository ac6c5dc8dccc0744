//! Mistakes beside other layers: at an output of a row with shared weights, and at one of a shifted picture.

use super::{
    Found, Mistake, Mistaken,
    shared::{Product, kernel_turned, of_products, products, swapped},
};
use crate::{num::Matrix, trace::ConvolutionStep};

/// One connection with a weight of the kernel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Connection {
    /// The tap of the kernel.
    pub tap: usize,
    /// The input's number.
    pub x: f64,
    /// The weight.
    pub w: f64,
}

/// What else there is where an output of a row is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbours {
    /// The same output with weights of its own.
    pub local: Option<f64>,
    /// The same output of the fully connected layer.
    pub full: Option<f64>,
    /// The next output.
    pub right: Option<f64>,
    /// The one before.
    pub left: Option<f64>,
}

/// The mistakes at an output of a row that is convolved with the kernel `taps`.
pub fn at_output(value: f64, connections: &[Connection], taps: &[f64], near: Neighbours) -> Vec<Mistaken> {
    let Neighbours { local, full, right, left } = near;
    let mut found = Found::new(value);
    let words = format_args!("That is the sum with weights of its own, which are not shared.");
    found.add_some(Mistake::WeightsNotShared, local, words);
    other_layer(&mut found, full, "layer's sum, over all inputs");
    for (next, side) in [(right, "right"), (left, "left")] {
        let words = format_args!("That window lies one output too far {side}.");
        found.add_some(Mistake::NextCell, next, words);
    }
    let opposite = |tap: usize| taps.get(taps.len().checked_sub(tap + 1)?);
    let turned = connections.iter().filter_map(|&Connection { tap, x, .. }| Some(x * opposite(tap)?)).sum();
    kernel_turned(&mut found, Some(turned), false, false);
    let product = |&Connection { tap, x, w }: &Connection| Product { tap, kernel: (0, tap), x, w };
    let products: Vec<Product> = connections.iter().map(product).collect();
    of_products(&mut found, &products, (taps.len(), "window"), &|sum| sum);
    found.into_list()
}

/// What else there is where an output of a shifted picture is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shifted<'a> {
    /// How far the picture went: `1 right`.
    pub by: &'a str,
    /// The output before the shift.
    pub before: &'a Matrix,
    /// The output after it.
    pub after: &'a Matrix,
    /// Where the number came from, if it moved along.
    pub source: Option<(usize, usize)>,
    /// The cell as far off on the other side.
    pub opposite: Option<(usize, usize)>,
    /// The fully connected unit's number.
    pub dense: Option<f64>,
}

/// The mistakes at an output of a shifted picture's convolution.
pub fn at_shifted(shifted: &Shifted, step: &ConvolutionStep) -> Vec<Mistaken> {
    let &Shifted { by, before, after, source, opposite, dense } = shifted;
    let mut found = Found::new(step.sum);
    let at = |(row, col): (usize, usize)| before.get(row, col).copied();
    let words = "That is conv(x) at the same place: the number has moved along. A convolution is not invariant.";
    found.add_some(Mistake::OtherInput, at(step.output), format_args!("{words}"));
    let words = format_args!(
        "That is the cell on the wrong side. The input went {by}, so the number comes from the opposite side."
    );
    found.add_some(Mistake::WrongSide, opposite.and_then(at), words);
    other_layer(&mut found, dense, "unit's number");
    swapped(&mut found, after, step.output);
    if source.is_none() {
        let words = format_args!("Zeros came in, but not all of the window is zeros.");
        found.add(Mistake::ZerosAtTheEdge, 0.0, words);
    }
    of_products(&mut found, &products(&step.taps), (step.taps.len(), "window"), &|sum| sum);
    found.into_list()
}

fn other_layer(found: &mut Found, value: Option<f64>, what: &str) {
    found.add_some(Mistake::OtherLayer, value, format_args!("That is the fully connected {what}."));
}
