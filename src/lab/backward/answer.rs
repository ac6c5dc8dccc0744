//! Predict first: the next number of a gradient, and what wrong ones mean.

use crate::{
    lab::{operation::Answer, predict::telling},
    num::{Matrix, format},
    trace::{Backward, BackwardStep, Convolution, Flow, Forward, PoolingKind, Running},
};

/// What is asked for at a step: turn and turn about the kernel's and the input's gradient, each after this step.
pub(super) fn answer(backward: &Backward, gradients: &[Matrix], index: usize) -> Option<Answer> {
    let step = backward.step(index)?;
    let before = backward.running(index);
    match backward.forward() {
        Forward::Convolution(convolution) if index.is_multiple_of(2) => {
            of_kernel(gradients, convolution, &step, &before)
        }
        Forward::Convolution(convolution) => of_input(gradients, convolution, &step, &before),
        Forward::Pooling(pooling) => match pooling.kind {
            PoolingKind::Max => of_max(gradients, index, &step, &before),
            PoolingKind::Average => of_average(gradients, pooling.window, &step, &before),
        },
    }
}

/// A cell's number before and after a step, and once all is done.
struct Sum {
    before: f64,
    added: f64,
    after_all: f64,
}

impl Sum {
    /// What accumulating wrongly makes.
    fn mistakes(&self) -> Vec<(f64, String)> {
        let Self { before, added, after_all } = *self;
        let number = format::shown;
        vec![
            (added, format!("That is this step's product alone: the cell held {} before.", number(before))),
            (before, format!("That is what the cell held before: {} is still to be added.", number(added))),
            (after_all, "That is the number after all steps: later outputs add to this cell as well.".to_owned()),
            (before - added, format!("{} was taken away: it is added.", number(added))),
        ]
    }
}

fn asked(what: &str, (row, col): (usize, usize), value: f64, mistakes: Vec<(f64, String)>) -> Answer {
    Answer {
        question: format!("{what} gradient row {row}, column {col} after this step"),
        value,
        mistakes: telling(value, mistakes),
    }
}

fn of_kernel(gradients: &[Matrix], convolution: &Convolution, step: &BackwardStep, before: &Running) -> Option<Answer> {
    let g = step.upstream;
    // The most telling tap is one that adds something.
    let flow = step.flows.iter().rev().find(|flow| g * flow.x != 0.0).or(step.flows.last());
    let flow = flow?;
    let at = flow.kernel?;
    let cell = |grid: Option<&Matrix>| grid?.get(at.0, at.1).copied();
    let held = cell(before.kernel.as_ref())?;
    let sum = Sum { before: held, added: g * flow.x, after_all: cell(gradients.get(1))? };
    let mut mistakes = sum.mistakes();
    let mut add = |number: f64, sentence: &str| mistakes.push((held + number, sentence.to_owned()));
    add(g * opposite(step, flow).x, "That takes the opposite cell of the window. The kernel's gradient is not turned.");
    add(g * flow.w, "That multiplies by the kernel's number. Its gradient takes the window's.");
    add(step.value * flow.x, "That multiplies by the output. The upstream gradient's number is asked for.");
    add(flow.x, "That adds the window's number as it is: it is multiplied by the upstream gradient.");
    for (number, sentence) in elsewhere(convolution, step, at) {
        add(g * number, sentence);
    }
    Some(asked("Kernel", at, held + g * flow.x, mistakes))
}

/// The numbers that a tap reads where a setting is forgotten.
fn elsewhere(convolution: &Convolution, step: &BackwardStep, (u, v): (usize, usize)) -> Vec<(f64, &'static str)> {
    let Convolution { stride, dilation, padding, .. } = convolution;
    let (row, col) = step.output;
    let read = |at: (usize, usize)| {
        let x = convolution.source(at).and_then(|(i, j)| convolution.input.get(i, j));
        x.copied().unwrap_or(0.0)
    };
    let mut found = Vec::new();
    if *stride != (1, 1) {
        let at = (row + u * dilation.0, col + v * dilation.1);
        found.push((read(at), "That forgets the stride: the window of this output lies further on."));
    }
    if *dilation != (1, 1) {
        let at = (row * stride.0 + u, col * stride.1 + v);
        found.push((read(at), "That forgets the dilation: the window's taps stand apart."));
    }
    if *padding != crate::nn::shape::Padding::default() {
        let at = (row * stride.0 + u * dilation.0, col * stride.1 + v * dilation.1);
        let x = convolution.input.get(at.0, at.1).copied().unwrap_or(0.0);
        found.push((x, "That forgets the padding: the first window begins in the ring."));
    }
    found
}

fn of_input(gradients: &[Matrix], convolution: &Convolution, step: &BackwardStep, before: &Running) -> Option<Answer> {
    let reached = || step.flows.iter().rev().filter(|flow| flow.input.is_some());
    let Some(flow) = telling_cell(reached, before).filter(|_| step.upstream != 0.0) else {
        return of_kernel(gradients, convolution, step, before);
    };
    let (sum, at) = of_cell(gradients, before, flow)?;
    let held = sum.before;
    let mut mistakes = sum.mistakes();
    let mut add = |number: f64, sentence: &str| mistakes.push((held + number, sentence.to_owned()));
    add(
        step.upstream * opposite(step, flow).w,
        "That lays the kernel down turned. A step sends it as it is written; only the full convolution turns it.",
    );
    add(step.upstream * flow.x, "That multiplies by the input's number. Its gradient takes the kernel's.");
    add(step.value * flow.w, "That multiplies by the output. The upstream gradient's number is asked for.");
    add(flow.w, "That adds the kernel's number as it is: it is multiplied by the upstream gradient.");
    Some(asked("Input", at, held + flow.sent, mistakes))
}

/// The tap at the opposite end of the window.
fn opposite<'a>(step: &'a BackwardStep, flow: &'a Flow) -> &'a Flow {
    step.flows.len().checked_sub(flow.tap + 1).and_then(|tap| step.flows.get(tap)).unwrap_or(flow)
}

/// Of the cells that a step reaches one that holds something already, and gets something; else the first.
fn telling_cell<'a, I: Iterator<Item = &'a Flow>>(reached: impl Fn() -> I, before: &Running) -> Option<&'a Flow> {
    let held = |flow: &&Flow| before.touched.get(flow.padded.0, flow.padded.1) == Some(&true);
    let sends = |flow: &&Flow| flow.sent != 0.0;
    reached().filter(held).find(sends).or_else(|| reached().find(sends)).or_else(|| reached().next())
}

/// What a flow adds to its cell of the input's gradient, and which that is; none of the padding has one.
fn of_cell(gradients: &[Matrix], before: &Running, flow: &Flow) -> Option<(Sum, (usize, usize))> {
    let at = flow.input?;
    let held = *before.padded.get(flow.padded.0, flow.padded.1)?;
    let after_all = *gradients.first()?.get(at.0, at.1)?;
    Some((Sum { before: held, added: flow.sent, after_all }, at))
}

fn of_max(gradients: &[Matrix], index: usize, step: &BackwardStep, before: &Running) -> Option<Answer> {
    let winner = step.winner.and_then(|winner| step.flows.get(winner));
    // A cell that loses is asked for every other time: that it gets nothing is half of what there is to know.
    let loser = step.flows.iter().find(|flow| flow.input.is_some() && Some(flow.padded) != winner.map(|w| w.padded));
    let loser = loser.filter(|_| !index.is_multiple_of(2));
    let winner = winner?;
    let flow = loser.unwrap_or(winner);
    let g = step.upstream;
    let (sum, at) = of_cell(gradients, before, flow)?;
    let held = sum.before;
    let mut mistakes = Vec::new();
    if loser.is_some() {
        let (row, col) = winner.input.unwrap_or(winner.padded);
        let why = if flow.x.total_cmp(&winner.x).is_eq() {
            "of equal ones the first wins"
        } else {
            "this cell is not the largest of its window"
        };
        let to_all = format!("The gradient goes to the winner alone, row {row}, column {col}: {why}.");
        mistakes.push((held + g, to_all.clone()));
        mistakes.push((g, to_all));
    } else {
        mistakes.extend(sum.mistakes());
    }
    let cells = step.flows.len();
    let shared = format!(
        "That shares the gradient among the {cells} cells, as an average does. Here the winner gets all of it."
    );
    mistakes.push((held + g / cells as f64, shared.clone()));
    mistakes.push((g / cells as f64, shared));
    let output = "That is the maximum itself. The gradient that comes from above is sent, not the output.";
    mistakes.push((step.value, output.to_owned()));
    mistakes.push((held + step.value, output.to_owned()));
    mistakes.push((sum.after_all, "That is the number after all steps: later windows add to this cell.".to_owned()));
    Some(asked("Input", at, held + flow.sent, mistakes))
}

fn of_average(gradients: &[Matrix], window: (usize, usize), step: &BackwardStep, before: &Running) -> Option<Answer> {
    let reached = || step.flows.iter().rev().filter(|flow| flow.input.is_some());
    let flow = telling_cell(reached, before)?;
    let g = step.upstream;
    let cells = step.flows.len();
    let (sum, at) = of_cell(gradients, before, flow)?;
    let held = sum.before;
    let mut mistakes = sum.mistakes();
    let mut add = |number: f64, sentence: String| mistakes.push((held + number, sentence));
    add(g, format!("That adds all of the gradient. It is shared among {cells} cells."));
    let inside = step.flows.iter().filter(|flow| flow.input.is_some()).count();
    let counted = format!("Padding counts here, so it is shared among {cells} cells.");
    add(g / inside as f64, format!("That shares it among the {inside} cells of the input. {counted}"));
    let area = window.0 * window.1;
    let not_counted = format!("Padding does not count here, so it is shared among {cells}.");
    add(g / area as f64, format!("That shares it among all {area} cells of the window. {not_counted}"));
    add(
        step.value,
        "That adds the mean itself. The gradient that comes from above is sent, not the output.".to_owned(),
    );
    add(g * flow.x, "That multiplies by the input's number. A mean's gradient does not depend on it.".to_owned());
    Some(asked("Input", at, held + flow.sent, mistakes))
}
