//! Predict first: the next number of a gradient, and what wrong ones mean.

use crate::{
    lab::operation::Answer,
    mistake::{Growing, Mistaken, backward as mistakes},
    num::Matrix,
    trace::{Backward, BackwardStep, Convolution, Flow, Forward, PoolingKind},
};

/// What is asked for at a step: turn and turn about the kernel's and the input's gradient, each after this step.
pub(super) fn answer(backward: &Backward, gradients: &[Matrix], index: usize) -> Option<Answer> {
    let asked = Question { backward, gradients, index, step: backward.step(index)? };
    match backward.forward() {
        Forward::Convolution(convolution) if index.is_multiple_of(2) => asked.of_kernel(convolution),
        Forward::Convolution(convolution) => asked.of_input(convolution),
        Forward::Pooling(pooling) => match pooling.kind {
            PoolingKind::Max => asked.of_max(),
            PoolingKind::Average => asked.of_average(pooling.window),
        },
    }
}

/// The step that is asked about.
struct Question<'a> {
    backward: &'a Backward,
    gradients: &'a [Matrix],
    index: usize,
    step: BackwardStep,
}

impl Question<'_> {
    fn of_kernel(&self, convolution: &Convolution) -> Option<Answer> {
        let (step, g) = (&self.step, self.step.upstream);
        // The most telling tap is one that adds something.
        let flow = step.flows.iter().rev().find(|flow| g * flow.x != 0.0).or(step.flows.last())?;
        let at = flow.kernel?;
        let growing = Growing {
            before: self.backward.held_by_kernel(at, self.index)?,
            added: g * flow.x,
            after_all: *self.gradients.get(1)?.get(at.0, at.1)?,
        };
        Some(made("Kernel", at, growing, mistakes::at_kernel(convolution, step, flow, growing)))
    }

    fn of_input(&self, convolution: &Convolution) -> Option<Answer> {
        let step = &self.step;
        let Some(flow) = self.telling_cell().filter(|_| step.upstream != 0.0) else {
            return self.of_kernel(convolution);
        };
        let (growing, at) = self.of_cell(flow)?;
        Some(made("Input", at, growing, mistakes::at_input(step, flow, growing)))
    }

    /// Of the cells that a step reaches one that holds something already, and gets something; else the first.
    fn telling_cell(&self) -> Option<&Flow> {
        let reached = || self.step.flows.iter().rev().filter(|flow| flow.input.is_some());
        let sends = |flow: &&Flow| flow.sent != 0.0;
        let holds = |flow: &&Flow| sends(flow) && self.backward.is_read(flow.padded, self.index);
        reached().find(holds).or_else(|| reached().find(sends)).or_else(|| reached().next())
    }

    /// The sum of a flow's cell of the input's gradient, and which that is; none of the padding has one.
    fn of_cell(&self, flow: &Flow) -> Option<(Growing, (usize, usize))> {
        let at = flow.input?;
        let before = self.backward.held_by_input(flow.padded, self.index);
        let after_all = *self.gradients.first()?.get(at.0, at.1)?;
        Some((Growing { before, added: flow.sent, after_all }, at))
    }

    fn of_max(&self) -> Option<Answer> {
        let step = &self.step;
        let winner = step.winner.and_then(|winner| step.flows.get(winner))?;
        // A cell that loses is asked for every other time: that it gets nothing is half of what there is to know.
        let loser = step.flows.iter().find(|flow| flow.input.is_some() && flow.padded != winner.padded);
        let flow = loser.filter(|_| !self.index.is_multiple_of(2)).unwrap_or(winner);
        let (growing, at) = self.of_cell(flow)?;
        Some(made("Input", at, growing, mistakes::at_maximum(step, flow, winner, growing)))
    }

    fn of_average(&self, window: (usize, usize)) -> Option<Answer> {
        let flow = self.telling_cell()?;
        let (growing, at) = self.of_cell(flow)?;
        Some(made("Input", at, growing, mistakes::at_mean(&self.step, flow, window.0 * window.1, growing)))
    }
}

fn made(what: &str, (row, col): (usize, usize), growing: Growing, mistakes: Vec<Mistaken>) -> Answer {
    let question = format!("{what} gradient row {row}, column {col} after this step");
    Answer { question, value: growing.after(), mistakes }
}
