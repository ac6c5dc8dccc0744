//! What stands in the way of an output, and what would repair it.

use super::PoolingLab;
use crate::{
    lab::{
        OperationLab,
        control::ControlId,
        operation::{Action, Problem, Repair},
        pooled::{Pooled, pooled_past_limit},
        problem::{AskedGrid, unreadable},
        scene::PlateId,
    },
    nn::shape::ShapeError,
};

impl PoolingLab {
    /// The first cell that is no number.
    pub(super) fn unreadable(&self) -> Problem {
        let asked = AskedGrid {
            plate: PlateId::Input(0),
            control: ControlId::INPUT,
            name: "Input".to_owned(),
            cells: &self.input,
        };
        unreadable([asked]).unwrap_or_else(start_over)
    }

    /// A setting past its limit.
    pub(super) fn past_limit(&self) -> Option<Problem> {
        pooled_past_limit(self.padding, self.window, self.stride)
    }

    /// What `error` means for the controls.
    pub(super) fn misfit(&self, error: ShapeError) -> Problem {
        let pooled =
            Pooled { input: self.input.shape(), window: self.window, stride: self.stride, padding: self.padding };
        pooled.misfit(error).unwrap_or_else(start_over)
    }
}

/// The way out where no other is known: the default.
fn start_over() -> Problem {
    Problem {
        control: ControlId::INPUT,
        sentence: "These settings can't be computed.".into(),
        repairs: vec![Repair::new("Start over", Action::Open(Box::new(OperationLab::of(PoolingLab::default()))))],
    }
}
