//! Predict first: what is asked for at a pixel, and the numbers that usual mistakes make.

use super::magnifier::Magnifier;
use crate::{
    lab::operation::Answer,
    mistake::{NEAR, convolution},
    trace::Tap,
};

/// What is asked for at a step, and the mistakes that are known.
pub(super) fn answer(magnifier: &Magnifier, step: usize) -> Option<Answer> {
    let crop = magnifier.at(step)?;
    let (row, col) = crop.at;
    let tap = |index: usize| {
        let kernel = (index / magnifier.kernel.cols(), index % magnifier.kernel.cols());
        let (pixel, w) = (crop.tap(kernel)?, *magnifier.numbers.kernel.get(kernel.0, kernel.1)?);
        Some(Tap { padded: kernel, input: pixel.at, padding: pixel.padding, kernel, x: pixel.x, w })
    };
    let taps: Vec<Tap> = (0..magnifier.taps()).filter_map(tap).collect();
    let near = NEAR.map(|(down, right)| {
        let at = row.checked_add_signed(down).zip(col.checked_add_signed(right))?;
        if magnifier.has(at) { crop.sum((down, right)) } else { None }
    });
    let filtered = magnifier.filtered(&taps, crop.sum((0, 0))?, near);
    let mistakes = convolution::at_pixel(&filtered);
    Some(Answer { question: format!("Output row {row}, column {col}"), value: filtered.value(), mistakes })
}
