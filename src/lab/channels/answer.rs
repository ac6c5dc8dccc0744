//! Predict first: the number that is asked for, and what a wrong one may have confused.

use super::{ChannelsLab, sums::Sums};
use crate::{
    formula::PaddingConvention,
    lab::{operation::Answer, predict::telling},
    nn::{
        reference::{Conv2d, PaddingMode},
        shape::Padding,
    },
    num::{Matrix, format},
    trace::{Channels, ChannelsStep},
};

/// What is asked for at a step of `sums`, and the mistakes that are known.
pub(super) fn answer(lab: &ChannelsLab, sums: &Sums, index: usize) -> Option<Answer> {
    let (filter, row, col) = sums.at(index);
    let step = sums.step(index)?;
    let question = format!("Output channel {filter}, row {row}, column {col}");
    let mut mistakes = Vec::new();
    over_channels(&step, &mut mistakes);
    kernels(&sums.channels, &step, (row, col), &mut mistakes);
    other_filters(&sums.channels, &sums.output, &step, (row, col), &mut mistakes);
    places(lab, &sums.channels, &step, (row, col), &mut mistakes);
    Some(Answer { question, value: step.sum, mistakes: telling(step.sum, mistakes) })
}

type Mistakes = Vec<(f64, String)>;

/// The bias, and the sum over the channels.
fn over_channels(step: &ChannelsStep, mistakes: &mut Mistakes) {
    let bias = format::shown(step.bias);
    let mut add = |value: f64, sentence: String| mistakes.push((value, sentence));
    if step.bias != 0.0 {
        add(step.sum - step.bias, format!("That is the sum without the bias: {bias} is still to be added."));
        add(
            step.sum + step.bias,
            format!("The bias of {bias} was added twice: it comes once for each output, not for each channel."),
        );
    }
    let parts = step.parts.len();
    if parts == 1 {
        return;
    }
    let count = parts as f64;
    let of_channels: f64 = step.parts.iter().map(|part| part.sum).sum();
    for (channel, part) in (step.first_channel..).zip(&step.parts) {
        let shown = format::shown(part.sum);
        if parts > 2 {
            add(step.sum - part.sum, format!("That leaves out channel {channel}: its {shown} is still to be added."));
        }
        let only =
            format!("That is channel {channel} alone. The filter reads {parts} channels, and their sums are added up.");
        add(part.sum + step.bias, only.clone());
        add(part.sum, only);
    }
    if parts > 2 && step.bias != 0.0 {
        add(
            of_channels + step.bias * count,
            format!("The bias of {bias} was added for each channel. It comes once for each output."),
        );
    }
    let mean = "That is the mean over the channels. Their sums are added up and not divided.";
    add(of_channels / count + step.bias, mean.to_owned());
    add((of_channels + step.bias) / count, mean.to_owned());
    let largest = step.parts.iter().map(|part| part.sum).fold(f64::NEG_INFINITY, f64::max);
    add(largest + step.bias, "That is the largest of the channels' sums. They are added up.".to_owned());
}

/// Kernels turned, or on the wrong channel.
fn kernels(channels: &Channels, step: &ChannelsStep, (row, col): (usize, usize), mistakes: &mut Mistakes) {
    let origin = (row * channels.conv.stride.0, col * channels.conv.stride.1);
    let with = |changed: &Channels| changed.sum_at(step.filter, origin);
    let turned = Channels { flip: !channels.flip, ..channels.clone() };
    let why = if channels.flip {
        "That is cross-correlation: here Flip is on, so that each kernel is turned by half a turn first."
    } else {
        "That is the sum with the kernels turned by half a turn. Here they are laid on as they are written: cross-correlation."
    };
    mistakes.extend(with(&turned).map(|sum| (sum, why.to_owned())));
    if step.parts.len() == 1 {
        return;
    }
    let mut changed = |change: &dyn Fn(&mut Vec<Matrix>), why: &str| {
        let mut other = channels.clone();
        if let Some(filter) = other.filters.get_mut(step.filter) {
            change(filter);
        }
        mistakes.extend(with(&other).map(|sum| (sum, why.to_owned())));
    };
    changed(
        &|filter| filter.reverse(),
        "That lays the kernels on the wrong channels: kernel channel 0 belongs to the first, and so on.",
    );
    changed(
        &|filter| {
            if let Some(first) = filter.first().cloned() {
                filter.fill(first);
            }
        },
        "That lays the first kernel on every channel. Each channel has a kernel of its own.",
    );
}

/// Another filter, its bias, or the channels of another group.
fn other_filters(
    channels: &Channels,
    output: &[Matrix],
    step: &ChannelsStep,
    (row, col): (usize, usize),
    mistakes: &mut Mistakes,
) {
    let mine = step.filter;
    for (filter, plane) in output.iter().enumerate().filter(|(filter, _)| *filter != mine) {
        let Some(&sum) = plane.get(row, col) else { continue };
        mistakes
            .push((sum, format!("That is output channel {filter}. Output channel {mine} is made by filter {mine}.")));
        let Some(&bias) = channels.biases.get(filter) else { continue };
        let shown = format::shown(step.bias);
        mistakes.push((
            step.sum - step.bias + bias,
            format!("That adds the bias of filter {filter}. Filter {mine} has {shown}."),
        ));
    }
    let origin = (row * channels.conv.stride.0, col * channels.conv.stride.1);
    let group = step.parts.len();
    for first in (0..channels.inputs.len()).step_by(group.max(1)).filter(|&first| first != step.first_channel) {
        let mut other = channels.clone();
        for kernel in 0..group {
            other.inputs.swap(first + kernel, step.first_channel + kernel);
        }
        let read =
            if group == 1 { format!("channel {first}") } else { format!("channels {first} to {}", first + group - 1) };
        let own = step.first_channel;
        let right =
            if group == 1 { format!("channel {own}") } else { format!("channels {own} to {}", own + group - 1) };
        mistakes.extend(
            other.sum_at(mine, origin).map(|sum| (sum, format!("That reads {read}. Filter {mine} reads {right}."))),
        );
    }
}

/// The window in another place, or its settings taken otherwise.
fn places(
    lab: &ChannelsLab,
    channels: &Channels,
    step: &ChannelsStep,
    (row, col): (usize, usize),
    mistakes: &mut Mistakes,
) {
    let conv = channels.conv;
    let origin = (row * conv.stride.0, col * conv.stride.1);
    let mut add = |sum: Option<f64>, sentence: String| mistakes.extend(sum.map(|sum| (sum, sentence)));
    // The same cell of the output with other settings, where these have it.
    let with = |conv: Conv2d| {
        let changed = Channels { conv, ..channels.clone() };
        let (_, rows, cols) = changed.output_shape().ok()?;
        let origin = (row * conv.stride.0, col * conv.stride.1);
        (row < rows && col < cols).then(|| changed.sum_at(step.filter, origin)).flatten()
    };
    if conv.stride != (1, 1) {
        let (down, right) = conv.stride;
        add(
            with(Conv2d { stride: (1, 1), ..conv }),
            format!("That is right for stride 1. Here the window moves by {down} down and {right} across."),
        );
    }
    if conv.dilation != (1, 1) {
        add(
            with(Conv2d { dilation: (1, 1), ..conv }),
            "That is right for dilation 1. Here the taps stand apart.".to_owned(),
        );
    }
    if conv.padding != Padding::default() {
        let Padding { top, bottom, left, right } = conv.padding;
        let (padding, words) = match lab.sliding.convention {
            PaddingConvention::PerSide => (
                Padding::total(top, left),
                format!(
                    "That takes p = {top} as the total of both sides. Here it is per side: {top} above and {bottom} below."
                ),
            ),
            PaddingConvention::Total => (
                Padding { top: top + bottom, bottom: top + bottom, left: left + right, right: left + right },
                format!(
                    "That takes p = {} for each side. Here it is the total: {top} above and {bottom} below.",
                    top + bottom
                ),
            ),
        };
        add(with(Conv2d { padding, ..conv }), words);
        add(
            with(Conv2d { padding: Padding::default(), ..conv }),
            "That forgets the padding: row 0 of the output begins in the ring.".to_owned(),
        );
        if conv.mode != PaddingMode::Zeros {
            add(
                with(Conv2d { mode: PaddingMode::Zeros, ..conv }),
                "That takes the ring for zeros. Here it copies the input.".to_owned(),
            );
        }
    }
    let begins = format!("it begins at row {}, column {} of the padded input", origin.0, origin.1);
    for (down, right, words) in [
        (0, 1, "one column too far right"),
        (1, 0, "one row too low"),
        (0, -1, "one column too far left"),
        (-1, 0, "one row too high"),
    ] {
        let moved = origin.0.checked_add_signed(down).zip(origin.1.checked_add_signed(right));
        let sum = moved.and_then(|moved| channels.sum_at(step.filter, moved));
        add(sum, format!("That window lies {words}: {begins}."));
    }
}
