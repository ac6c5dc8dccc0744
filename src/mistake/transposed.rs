//! Mistakes at an output of a transposed convolution, at a step that paints, and at an input's gradient by a full
//! convolution.

use super::{
    Found, Mistake, Mistaken,
    shared::{Growing, bias_left_out, dilation_left_out, of_growing, swapped},
};
use crate::{
    nn::shape::Padding,
    num::Matrix,
    trace::{ConvolutionStep, Paint, Transposed},
};

/// The mistakes at an output, whose step has the taps that read a number alone; `output` is all of it.
pub fn at(transposed: &Transposed, output: &Matrix, step: &ConvolutionStep) -> Vec<Mistaken> {
    let mut found = Found::new(step.sum);
    bias_left_out(&mut found, step.sum - step.bias, step.bias, "sum");
    let turned = Transposed { flip: !transposed.flip, ..transposed.clone() };
    let way = if transposed.flip {
        "Here Flip is on, so it is turned before it paints."
    } else {
        "Painting lays it on as it is written."
    };
    let words = format_args!("That is the sum with the kernel turned the other way. {way}");
    found.add_some(Mistake::KernelTurned, turned.at(step.output), words);
    padding_left_out(&mut found, transposed, step.output);
    if transposed.stride != (1, 1) {
        let words = format_args!("That is right for stride 1. Here the painted kernels stand further apart.");
        found.add_some(Mistake::StrideLeftOut, dense(transposed).at(step.output), words);
    }
    taps_left_out(&mut found, step, ("input", "paints"));
    let (row, col) = step.output;
    for (i, j, where_to) in [(row, col + 1, "to the right"), (row + 1, col, "below")] {
        let words = format_args!("That is the cell {where_to}.");
        found.add_some(Mistake::NextCell, output.get(i, j).copied(), words);
    }
    found.into_list()
}

/// The mistakes where an input cell paints one output cell; `growing` is the output cell's sum.
pub fn at_paint(paint: &Paint, growing: Growing) -> Vec<Mistaken> {
    let mut found = Found::new(growing.after());
    of_growing(&mut found, growing, "input cells");
    let words = format_args!("The weight was added without the input's number.");
    found.add(Mistake::FactorLeftOut, growing.before + paint.w, words);
    found.into_list()
}

/// The mistakes at a number of an input's gradient as a full convolution of the upstream gradient; `gradient` is all of
/// it.
pub fn at_full_convolution(transposed: &Transposed, gradient: &Matrix, step: &ConvolutionStep) -> Vec<Mistaken> {
    let mut found = Found::new(step.sum);
    let opposite = step.taps.iter().zip(step.taps.iter().rev()).map(|(tap, opposite)| tap.x * opposite.w).sum();
    let words =
        format_args!("That lays the kernel on as it is written. For the full convolution it is turned by half a turn.");
    found.add(Mistake::KernelTurned, opposite, words);
    if transposed.stride != (1, 1) {
        let words = format_args!("That forgets the stride: zeros stand between the upstream gradient's numbers.");
        found.add_some(Mistake::StrideLeftOut, dense(transposed).at(step.output), words);
    }
    padding_left_out(&mut found, transposed, step.output);
    let together = Transposed { dilation: (1, 1), ..transposed.clone() };
    dilation_left_out(&mut found, together.at(step.output), transposed.dilation);
    taps_left_out(&mut found, step, ("the upstream gradient's", "sends"));
    swapped(&mut found, gradient, step.output);
    found.into_list()
}

/// The same at stride 1.
fn dense(transposed: &Transposed) -> Transposed {
    Transposed { stride: (1, 1), output_padding: (0, 0), ..transposed.clone() }
}

fn padding_left_out(found: &mut Found, transposed: &Transposed, at: (usize, usize)) {
    if transposed.padding != Padding::default() {
        let whole = Transposed { padding: Padding::default(), ..transposed.clone() };
        let words = format_args!("That forgets the padding: here it cuts rows and columns off.");
        found.add_some(Mistake::PaddingLeftOut, whole.at(at), words);
    }
}

fn taps_left_out(found: &mut Found, step: &ConvolutionStep, (of, does): (&str, &str)) {
    for tap in &step.taps {
        let Some((row, col)) = tap.input else { continue };
        let words = format_args!("That leaves out what {of} row {row}, column {col} {does} here.");
        found.add(Mistake::TapLeftOut, step.sum - tap.product(), words);
    }
}
