//! Mistakes at an output of a convolution of several channels.

use super::{
    Found, Mistake, Mistaken,
    shared::{NEAR, begins, bias_left_out, kernel_turned, moved, of_settings, window_off},
};
use crate::{
    formula::PaddingConvention,
    num::{Matrix, format::shown},
    trace::{Channels, ChannelsStep, Slide},
};

/// The mistakes at a step of `channels`, whose whole output is `output`; `convention` is how its padding is counted.
pub fn at(channels: &Channels, output: &[Matrix], step: &ChannelsStep, convention: PaddingConvention) -> Vec<Mistaken> {
    let mut found = Found::new(step.sum);
    over_channels(&mut found, step);
    of_kernels(&mut found, channels, step);
    of_filters(&mut found, channels, output, step);
    let slides = channels.slides(step.filter);
    if let Some(Slide { conv, .. }) = slides.first() {
        of_settings(&mut found, *conv, convention, &|conv| changed(step, &slides, &|slide| Slide { conv, ..slide }));
    }
    let origin = step.parts.first().map_or((0, 0), |part| part.origin);
    let near = NEAR.map(|by| {
        let origin = moved(origin, by)?;
        slides.iter().map(|slide| slide.sum_at(origin)).sum::<Option<f64>>().map(|sum| sum + step.bias)
    });
    window_off(&mut found, &begins(origin, channels.conv.padding), near);
    found.into_list()
}

/// The step's output, each channel's part of it with a change.
fn changed<'a>(step: &ChannelsStep, slides: &[Slide<'a>], change: &dyn Fn(Slide<'a>) -> Slide<'a>) -> Option<f64> {
    let at = step.parts.first()?.output;
    slides.iter().map(|slide| change(*slide).at(at)).sum::<Option<f64>>().map(|sum| sum + step.bias)
}

/// The bias, and the sum over the channels.
fn over_channels(found: &mut Found, step: &ChannelsStep) {
    let bias = shown(step.bias);
    bias_left_out(found, step.sum - step.bias, step.bias, "sum");
    if step.bias != 0.0 {
        let words =
            format_args!("The bias of {bias} was added twice: it comes once for each output, not for each channel.");
        found.add(Mistake::BiasTooOften, step.sum + step.bias, words);
    }
    let parts = step.parts.len();
    if parts == 1 {
        return;
    }
    let count = parts as f64;
    let of_channels: f64 = step.parts.iter().map(|part| part.sum).sum();
    for (channel, part) in (step.first_channel..).zip(&step.parts) {
        if parts > 2 {
            let part_shown = shown(part.sum);
            let words = format_args!("That leaves out channel {channel}: its {part_shown} is still to be added.");
            found.add(Mistake::ChannelLeftOut, step.sum - part.sum, words);
        }
        for value in [part.sum + step.bias, part.sum] {
            let words = format_args!(
                "That is channel {channel} alone. The filter reads {parts} channels, and their sums are added up."
            );
            found.add(Mistake::ChannelAlone, value, words);
        }
    }
    if parts > 2 && step.bias != 0.0 {
        let words = format_args!("The bias of {bias} was added for each channel. It comes once for each output.");
        found.add(Mistake::BiasTooOften, of_channels + step.bias * count, words);
    }
    for value in [of_channels / count + step.bias, (of_channels + step.bias) / count] {
        let words = format_args!("That is the mean over the channels. Their sums are added up and not divided.");
        found.add(Mistake::ChannelsMean, value, words);
    }
}

/// Kernels turned, or on the wrong channel.
fn of_kernels(found: &mut Found, channels: &Channels, step: &ChannelsStep) {
    let slides = channels.slides(step.filter);
    let many = slides.len() > 1;
    let turned = changed(step, &slides, &|slide| Slide { flip: !slide.flip, ..slide });
    kernel_turned(found, turned, channels.flip, many);
    if !many {
        return;
    }
    let reversed: Vec<Slide> =
        slides.iter().zip(slides.iter().rev()).map(|(slide, other)| Slide { kernel: other.kernel, ..*slide }).collect();
    let words =
        format_args!("That lays the kernels on the wrong channels: kernel channel 0 belongs to the first, and so on.");
    found.add_some(Mistake::KernelsReversed, changed(step, &reversed, &|slide| slide), words);
    if let Some(&Slide { kernel, .. }) = slides.first() {
        let repeated = changed(step, &slides, &|slide| Slide { kernel, ..slide });
        let words = format_args!("That lays the first kernel on every channel. Each channel has a kernel of its own.");
        found.add_some(Mistake::KernelRepeated, repeated, words);
    }
}

/// Another filter, its bias, or the channels of another group.
fn of_filters(found: &mut Found, channels: &Channels, output: &[Matrix], step: &ChannelsStep) {
    let mine = step.filter;
    let Some((row, col)) = step.parts.first().map(|part| part.output) else { return };
    for (filter, plane) in output.iter().enumerate().filter(|(filter, _)| *filter != mine) {
        let words = format_args!("That is output channel {filter}. Output channel {mine} is made by filter {mine}.");
        found.add_some(Mistake::OtherFilter, plane.get(row, col).copied(), words);
        let bias = channels.biases.get(filter).map(|bias| step.sum - step.bias + bias);
        let words = format_args!("That adds the bias of filter {filter}. Filter {mine} has {}.", shown(step.bias));
        found.add_some(Mistake::OtherBias, bias, words);
    }
    let (group, own) = (step.parts.len(), step.first_channel);
    let named = |first: usize| {
        if group == 1 { format!("channel {first}") } else { format!("channels {first} to {}", first + group - 1) }
    };
    for first in (0..channels.inputs.len()).step_by(group.max(1)).filter(|&first| first != own) {
        let others = channels.inputs.iter().skip(first);
        let slides = channels.slides(mine);
        let others: Vec<Slide> = slides.iter().zip(others).map(|(slide, input)| Slide { input, ..*slide }).collect();
        let words = format_args!("That reads {}. Filter {mine} reads {}.", named(first), named(own));
        found.add_some(Mistake::OtherGroup, changed(step, &others, &|slide| slide), words);
    }
}
