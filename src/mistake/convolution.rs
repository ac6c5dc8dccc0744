//! Mistakes at an output of a convolution, and at a pixel of a filtered picture.

use super::{
    Found, Mistake, Mistaken,
    shared::{
        NEAR, begins, bias_left_out, kernel_turned, moved, of_products, of_settings, products, swapped, window_off,
    },
};
use crate::{
    formula::PaddingConvention,
    num::{Matrix, format::shown},
    trace::{Convolution, ConvolutionStep, Slide, Tap},
};

/// The output of another way to count the padding, at the same place, and its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Compared<'a> {
    /// Its number, where it has one.
    pub value: Option<f64>,
    /// What it is called.
    pub name: &'a str,
}

/// The mistakes at a step of `convolution`, whose whole output is `output`; `convention` is how its padding is counted,
/// `compared` what stands beside it.
pub fn at(
    convolution: &Convolution,
    output: &Matrix,
    step: &ConvolutionStep,
    convention: PaddingConvention,
    compared: Option<Compared>,
) -> Vec<Mistaken> {
    let mut found = Found::new(step.sum);
    let (bias, slide) = (step.bias, convolution.slide());
    if let Some(Compared { value, name }) = compared {
        found.add_some(Mistake::PaddingCounted, value, format_args!("That is the output of {name}."));
    }
    bias_left_out(&mut found, step.sum - bias, bias, "sum");
    if bias != 0.0 {
        let words = format_args!("The bias of {} was added twice.", shown(bias));
        found.add(Mistake::BiasTooOften, step.sum + bias, words);
    }
    let with = |slide: Slide| slide.at(step.output).map(|sum| sum + bias);
    kernel_turned(&mut found, with(Slide { flip: !slide.flip, ..slide }), slide.flip, false);
    let near = NEAR.map(|by| Some(slide.sum_at(moved(step.origin, by)?)? + bias));
    window_off(&mut found, &begins(step.origin, convolution.padding), near);
    of_settings(&mut found, slide.conv, convention, &|conv| with(Slide { conv, ..slide }));
    swapped(&mut found, output, step.output);
    of_products(&mut found, &products(&step.taps), (step.taps.len(), "window"), &|sum| sum + bias);
    found.into_list()
}

/// One pixel of a filtered picture.
#[derive(Debug, Clone, Copy)]
pub struct Filtered<'a> {
    /// What the window reads.
    pub taps: &'a [Tap],
    /// `Σ x·w`
    pub sum: f64,
    /// The same of the windows beside it, in the order of [`NEAR`].
    pub near: [Option<f64>; 4],
    /// What it is divided by.
    pub divisor: f64,
    /// What is added then.
    pub bias: f64,
    /// Whether what is below 0 becomes 0.
    pub relu: bool,
}

impl Filtered<'_> {
    /// The pixel's number.
    pub fn value(&self) -> f64 {
        self.finish(self.sum)
    }

    fn finish(&self, sum: f64) -> f64 {
        let y = sum / self.divisor + self.bias;
        if self.relu { y.max(0.0) } else { y }
    }
}

/// The mistakes at a pixel.
pub fn at_pixel(filtered: &Filtered) -> Vec<Mistaken> {
    let &Filtered { taps, sum, near, divisor, bias, relu } = filtered;
    let finish = |sum: f64| filtered.finish(sum);
    let mut found = Found::new(filtered.value());
    let before = sum / divisor + bias;
    if relu && before < 0.0 {
        let words = format_args!("That is the number before ReLU: {} is below 0 and becomes 0.", shown(before));
        found.add(Mistake::ReluLeftOut, before, words);
    }
    if (divisor - 1.0).abs() > f64::EPSILON {
        let words = format_args!("That is the sum before it is divided by {}.", shown(divisor));
        found.add(Mistake::Undivided, sum + bias, words);
    }
    bias_left_out(&mut found, finish(sum - bias * divisor), bias, "number");
    let turned = taps.iter().zip(taps.iter().rev()).map(|(tap, opposite)| tap.x * opposite.w).sum();
    kernel_turned(&mut found, Some(finish(turned)), false, false);
    window_off(&mut found, "", near.map(|sum| sum.map(finish)));
    of_products(&mut found, &products(taps), (taps.len(), "pixels"), &finish);
    found.into_list()
}
