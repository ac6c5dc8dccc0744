//! Predict first: what is asked for at a pixel, and the numbers that usual mistakes make.

use super::magnifier::Magnifier;
use crate::{
    lab::{operation::Answer, predict::telling, scene::letter},
    num::format,
};

/// What is asked for at a step, and the mistakes that are known.
pub(super) fn answer(magnifier: &Magnifier, step: usize) -> Option<Answer> {
    let crop = magnifier.at(step)?;
    let (row, col) = crop.at;
    let numbers = &magnifier.numbers;
    let sum = crop.sum((0, 0))?;
    let value = magnifier.finish(sum);
    let mut mistakes: Vec<(f64, String)> = Vec::new();
    let before = sum / numbers.divisor + numbers.bias;
    if magnifier.relu && before < 0.0 {
        let shown = format::shown(before);
        mistakes.push((before, format!("That is the number before ReLU: {shown} is below 0 and becomes 0.")));
    }
    if magnifier.is_divided() {
        let over = format::shown(numbers.divisor);
        mistakes.push((sum + numbers.bias, format!("That is the sum before it is divided by {over}.")));
    }
    if numbers.bias != 0.0 {
        let bias = format::shown(numbers.bias);
        let without = magnifier.finish(sum - numbers.bias * numbers.divisor);
        mistakes.push((without, format!("That is the number without the bias: {bias} is still to be added.")));
    }
    let taps: Vec<_> = (0..magnifier.taps())
        .filter_map(|index| {
            let at = (index / magnifier.kernel.cols(), index % magnifier.kernel.cols());
            Some((at, crop.tap(at)?.x, *numbers.kernel.get(at.0, at.1)?))
        })
        .collect();
    let turned: f64 = taps.iter().zip(taps.iter().rev()).map(|((_, x, _), (.., w))| x * w).sum();
    mistakes.push((
        magnifier.finish(turned),
        "That is the sum with the kernel turned by half a turn. Here it is laid on as it is written: cross-correlation."
            .to_owned(),
    ));
    for (near, words) in [
        ((0, 1), "one column too far right"),
        ((1, 0), "one row too low"),
        ((0, -1), "one column too far left"),
        ((-1, 0), "one row too high"),
    ] {
        let at = row.checked_add_signed(near.0).zip(col.checked_add_signed(near.1));
        let sum = at.filter(|at| magnifier.has(*at)).and_then(|_| crop.sum(near));
        mistakes.extend(sum.map(|sum| (magnifier.finish(sum), format!("That window lies {words}."))));
    }
    let flat: f64 = taps.iter().map(|(_, x, w)| x * w.abs()).sum();
    mistakes.push((magnifier.finish(flat), "A minus of the kernel was lost.".to_owned()));
    let window: f64 = taps.iter().map(|(_, x, _)| x).sum();
    mistakes.push((window, "That is the sum of the pixels, without the kernel's numbers.".to_owned()));
    for (index, (at, x, w)) in taps.iter().enumerate() {
        let name = letter(index, taps.len(), *at, true).unwrap_or_default();
        let product = format!("{} × {}", format::shown(*x), format::shown(*w));
        mistakes.push((magnifier.finish(sum - x * w), format!("That leaves out tap {name}: {product}.")));
        let right = format::shown(x * w);
        mistakes.push((
            magnifier.finish(sum - 2.0 * x * w),
            format!("Tap {name} has the wrong sign: {product} is {right}."),
        ));
    }
    let question = format!("Output row {row}, column {col}");
    Some(Answer { question, value, mistakes: telling(value, mistakes) })
}
