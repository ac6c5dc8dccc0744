//! Mistakes at a number of a gradient: while it grows from step to step, and by finite differences.

use super::{
    Found, Mistake, Mistaken,
    shared::{Growing, all_steps, dilation_left_out, of_growing, padding_left_out, stride_left_out},
};
use crate::trace::{BackwardStep, Convolution, Difference, Flow};

/// What adds to a cell later.
const OUTPUTS: &str = "outputs";
const WINDOWS: &str = "windows";

/// The tap at the opposite end of the window.
fn opposite<'a>(step: &'a BackwardStep, flow: &'a Flow) -> &'a Flow {
    step.flows.len().checked_sub(flow.tap + 1).and_then(|tap| step.flows.get(tap)).unwrap_or(flow)
}

/// The mistakes where `flow` adds to a kernel's number, whose sum is `growing`.
pub fn at_kernel(convolution: &Convolution, step: &BackwardStep, flow: &Flow, growing: Growing) -> Vec<Mistaken> {
    let (g, before) = (step.upstream, growing.before);
    let mut found = Found::new(growing.after());
    of_growing(&mut found, growing, OUTPUTS);
    let words = format_args!("That takes the opposite cell of the window. The kernel's gradient is not turned.");
    found.add(Mistake::KernelTurned, before + g * opposite(step, flow).x, words);
    let words = format_args!("That multiplies by the kernel's number. Its gradient takes the window's.");
    found.add(Mistake::OtherFactor, before + g * flow.w, words);
    output_for_upstream(&mut found, before + step.value * flow.x);
    factor_left_out(&mut found, before + flow.x, "window");
    // The numbers that the tap reads where a setting is forgotten.
    let Convolution { stride, dilation, padding, flip, .. } = *convolution;
    let (rows, cols) = convolution.kernel.shape();
    let Some((u, v)) = flow.kernel else { return found.into_list() };
    let (u, v) = if flip { (rows - 1 - u, cols - 1 - v) } else { (u, v) };
    let (row, col) = step.output;
    let with = |stride: (usize, usize), dilation: (usize, usize)| {
        let source = convolution.source((row * stride.0 + u * dilation.0, col * stride.1 + v * dilation.1));
        let x = source.and_then(|(i, j)| convolution.input.get(i, j)).copied().unwrap_or(0.0);
        Some(before + g * x)
    };
    stride_left_out(&mut found, with((1, 1), dilation), stride);
    dilation_left_out(&mut found, with(stride, (1, 1)), dilation);
    let bare = convolution.input.get(row * stride.0 + u * dilation.0, col * stride.1 + v * dilation.1);
    padding_left_out(&mut found, Some(before + g * bare.copied().unwrap_or(0.0)), padding);
    found.into_list()
}

/// The mistakes where `flow` of a convolution adds to an input's number, whose sum is `growing`.
pub fn at_input(step: &BackwardStep, flow: &Flow, growing: Growing) -> Vec<Mistaken> {
    let (g, before) = (step.upstream, growing.before);
    let mut found = Found::new(growing.after());
    of_growing(&mut found, growing, OUTPUTS);
    let words =
        "That lays the kernel down turned. A step sends it as it is written; only the full convolution turns it.";
    found.add(Mistake::KernelTurned, before + g * opposite(step, flow).w, format_args!("{words}"));
    let words = format_args!("That multiplies by the input's number. Its gradient takes the kernel's.");
    found.add(Mistake::OtherFactor, before + g * flow.x, words);
    output_for_upstream(&mut found, before + step.value * flow.w);
    factor_left_out(&mut found, before + flow.w, "kernel");
    found.into_list()
}

fn output_for_upstream(found: &mut Found, value: f64) {
    let words = format_args!("That multiplies by the output. The upstream gradient's number is asked for.");
    found.add(Mistake::OutputForUpstream, value, words);
}

fn factor_left_out(found: &mut Found, value: f64, of: &str) {
    let words = format_args!("That adds the {of}'s number as it is: it is multiplied by the upstream gradient.");
    found.add(Mistake::FactorLeftOut, value, words);
}

/// The pooled number itself, which is not what is sent.
fn pooled_for_upstream(found: &mut Found, values: &[f64], pooled: &str) {
    for &value in values {
        let words = format_args!("{pooled} itself. The gradient that comes from above is sent, not the output.");
        found.add(Mistake::OutputForUpstream, value, words);
    }
}

/// The mistakes where a maximum sends its gradient, at the cell of `flow`: its sum is `growing`, and it is the `winner`
/// or one that gets nothing.
pub fn at_maximum(step: &BackwardStep, flow: &Flow, winner: &Flow, growing: Growing) -> Vec<Mistaken> {
    let (g, before) = (step.upstream, growing.before);
    let mut found = Found::new(growing.after());
    if flow.padded == winner.padded {
        of_growing(&mut found, growing, WINDOWS);
    } else {
        let (row, col) = winner.input.unwrap_or(winner.padded);
        let why = if flow.x.total_cmp(&winner.x).is_eq() {
            "of equal ones the first wins"
        } else {
            "this cell is not the largest of its window"
        };
        for value in [before + g, g] {
            let words = format_args!("The gradient goes to the winner alone, row {row}, column {col}: {why}.");
            found.add(Mistake::GradientToLoser, value, words);
        }
    }
    let cells = step.flows.len();
    let share = g / cells as f64;
    for value in [before + share, share] {
        let words = format_args!(
            "That shares the gradient among the {cells} cells, as an average does. Here the winner gets all of it."
        );
        found.add(Mistake::GradientShared, value, words);
    }
    pooled_for_upstream(&mut found, &[step.value, before + step.value], "That is the maximum");
    all_steps(&mut found, growing, WINDOWS);
    found.into_list()
}

/// The mistakes where a mean over a window of `area` cells sends its gradient, at the cell of `flow`, whose sum is
/// `growing`.
pub fn at_mean(step: &BackwardStep, flow: &Flow, area: usize, growing: Growing) -> Vec<Mistaken> {
    let (g, before) = (step.upstream, growing.before);
    let cells = step.flows.len();
    let mut found = Found::new(growing.after());
    of_growing(&mut found, growing, WINDOWS);
    let words = format_args!("That adds all of the gradient. It is shared among {cells} cells.");
    found.add(Mistake::GradientNotShared, before + g, words);
    let inside = step.flows.iter().filter(|flow| flow.input.is_some()).count();
    let mut shared = |among: usize, of: &str, why: &str| {
        let words = format_args!("That shares it among {of}. {why}, so it is shared among {cells}.");
        found.add(Mistake::DividedOtherwise, before + g / among as f64, words);
    };
    shared(inside, &format!("the {inside} cells of the input"), "Padding counts here");
    shared(area, &format!("all {area} cells of the window"), "Padding does not count here");
    pooled_for_upstream(&mut found, &[before + step.value], "That adds the mean");
    let words = format_args!("That multiplies by the input's number. A mean's gradient does not depend on it.");
    found.add(Mistake::OtherFactor, before + g * flow.x, words);
    found.into_list()
}

/// The mistakes at a finite difference; `exact` is what backpropagation says.
pub fn at_difference(difference: &Difference, exact: f64) -> Vec<Mistaken> {
    let slope = difference.slope();
    let change = difference.above - difference.below;
    let mut found = Found::new(slope);
    let words = format_args!("That is how much the loss changes. It is still to be divided by 2h = 1/64.");
    found.add(Mistake::Undivided, change, words);
    for (value, by) in [(2.0 * slope, "h"), (slope / 2.0, "4h")] {
        let words = format_args!("That divides by {by}. From x − h to x + h it is 2h.");
        found.add(Mistake::DifferenceDivided, value, words);
    }
    let words = format_args!("The sign is wrong: the loss at x − h is taken from the one at x + h.");
    found.add(Mistake::DifferenceReversed, -slope, words);
    let words = format_args!("That multiplies by h instead of dividing by 2h.");
    found.add(Mistake::DifferenceMultiplied, change * Difference::H, words);
    let words = format_args!("That is the loss itself. Its change is asked for, divided by 2h.");
    found.add(Mistake::LossForChange, difference.above, words);
    let words = format_args!("That is what backpropagation says. The finite difference meets a corner here.");
    found.add(Mistake::GradientForDifference, exact, words);
    found.into_list()
}
