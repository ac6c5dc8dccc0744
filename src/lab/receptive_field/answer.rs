//! Predict first: where a window ends in the layer before, and what wrong numbers mean.
//!
//! The number of rows is not asked for: the table has it, and of equal layers the later steps repeat it.

use super::{back::Back, plane_name};
use crate::{lab::operation::Answer, mistake::stack};

/// What is asked for at a step back.
pub(super) fn answer(back: &Back) -> Answer {
    let Back { plane, layer, above, below, .. } = *back;
    let name = plane_name(plane);
    let Some((first, last)) = above.0.ends().filter(|_| above.1.ends().is_some()) else {
        return Answer { question: format!("Rows seen of {name}"), value: 0.0, mistakes: stack::at_nothing() };
    };
    let padded = if layer.padding > 0 { ", be it padding" } else { "" };
    let next = back.layers.get(1).copied();
    Answer {
        question: format!("Last row of {name} that row {last} of layer {} reads{padded}", plane + 1),
        value: stack::end(layer, last),
        mistakes: stack::at(&stack::Back { number: plane + 1, layer, next, above, below }, (first, last)),
    }
}
