//! The batch normalisation lab's settings.

use super::{BatchNormLab, MAX_BATCH, NormMode, NormView, program};
use crate::lab::{
    control::ControlId,
    fitted::{FittedLab as _, fitted},
    setting::{Described, Kind, Setting, choices, lens, pick},
};

/// γ's cells.
pub(super) const GAMMA: ControlId = ControlId::new("scale").on_stage();
/// β's cells.
pub(super) const BETA: ControlId = ControlId::new("shift").on_stage();
/// The running means' cells.
pub(super) const RUNNING_MEAN: ControlId = ControlId::new("running-mean").on_stage();
/// The running variances' cells.
pub(super) const RUNNING_VARIANCE: ControlId = ControlId::new("running-variance").on_stage();
/// What is added to the variance.
pub(super) const EPSILON: ControlId = ControlId::new("epsilon");
/// The batch's share in the running statistics.
pub(super) const MOMENTUM: ControlId = ControlId::new("momentum");

choices!(NormView:
    Self::Forward, "forward", "Forward";
    Self::Backward, "backward", "Backward";
    Self::Check, "check", "Check";
);

choices!(NormMode:
    Self::Training, "training", "Training";
    Self::Evaluation, "evaluation", "Evaluation";
);

impl Described for BatchNormLab {
    const SETTINGS: &'static [Setting<Self>] = &[
        Setting::new(ControlId::VIEW, "view", Kind::Choice(pick!(NormView, view))).at(10, "", "View"),
        Setting::new(ControlId::MODE, "mode", Kind::Choice(pick!(NormMode, mode))).at(20, "", "Statistics").noted(
            |lab: &Self| {
                if lab.trains() { "of this batch; the running ones move" } else { "the running ones, kept in training" }
                    .to_owned()
            },
        ),
        Setting::new(ControlId::INPUT, "x", Kind::Cells(lens!(input), MAX_BATCH)),
        Setting::new(GAMMA, "g", fitted!(gamma, MAX_BATCH, "γ: one number for each feature", &["1,2", "0"])),
        Setting::new(BETA, "b", fitted!(beta, MAX_BATCH, "β: one number for each feature", &["1,2", "0"])),
        Setting::new(EPSILON, "eps", Kind::Number(lens!(epsilon))).at(40, "ε", "Epsilon").noted(|lab: &Self| {
            if lab.epsilon.value() == Some(1e-5) { "what PyTorch begins with" } else { "PyTorch begins with 0.00001" }
                .to_owned()
        }),
        Setting::new(RUNNING_MEAN, "mean", fitted!(mean, MAX_BATCH, "one number for each feature", &["1,2", "7"])),
        Setting::new(
            RUNNING_VARIANCE,
            "var",
            fitted!(variance, MAX_BATCH, "one number for each feature", &["4,2", "9"]),
        ),
        Setting::new(MOMENTUM, "momentum", Kind::Number(lens!(momentum)))
            .at(50, "", "Momentum")
            .shown(|lab: &Self| lab.trains() && lab.view == NormView::Forward)
            .noted(|_| "PyTorch's: the share of the new batch".to_owned()),
        Setting::new(
            ControlId::UPSTREAM,
            "dy",
            fitted!(
                upstream,
                MAX_BATCH,
                "rows of numbers such as 0,1;2,3, one number for each output",
                &["1,2;3,4", "1"]
            ),
        ),
        Setting::new(ControlId::INPUT_SIZE, "", Kind::Extent(|lab: &Self| lab.input.shape()))
            .at(30, "", "Input")
            .noted(|_| "examples × features".to_owned()),
    ];

    fn program(&self) -> String {
        program::program(self)
    }

    fn settle(&mut self) {
        self.settle_grids();
    }
}
