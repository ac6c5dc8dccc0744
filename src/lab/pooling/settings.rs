//! The pooling lab's settings.

use super::{Direction, PoolingLab, program};
use crate::{
    formula::PaddingConvention,
    lab::{
        control::ControlId,
        setting::{Described, Kind, Pick, Setting, choices, lens, pick},
        sliding::both,
    },
    nn::shape::MAX_INPUT,
    trace::PoolingKind,
};

/// Maximum or average.
pub(super) const KIND: ControlId = ControlId::new("kind");
/// Whether a last window that hangs over is kept.
pub(super) const CEIL: ControlId = ControlId::new("ceil");

choices!(PoolingKind:
    Self::Max, "max", "Max";
    Self::Average, "average", "Average";
);

/// A maximum has no area.
fn averages(lab: &PoolingLab) -> bool {
    lab.kind == PoolingKind::Average
}

impl Described for PoolingLab {
    const SETTINGS: &'static [Setting<Self>] = &[
        Setting::new(ControlId::INPUT, "x", Kind::Cells(lens!(input), MAX_INPUT)),
        Setting::new(KIND, "kind", Kind::Choice(pick!(PoolingKind, kind))).at(10, "", "Pooling"),
        Setting::new(ControlId::WINDOW, "window", Kind::Pair(lens!(window), 1)).at(40, "k", "Window"),
        Setting::new(ControlId::STRIDE, "stride", Kind::Pair(lens!(stride), 1)).at(50, "s", "Stride").noted(
            |lab: &Self| {
                if lab.stride == lab.window {
                    "the window's extent, as frameworks begin with: each number is read once".to_owned()
                } else {
                    format!("frameworks begin with the window's extent, {}", both(lab.window))
                }
            },
        ),
        Setting::new(ControlId::PADDING, "pad", Kind::Sides(lens!(padding), |_| PaddingConvention::PerSide))
            .at(60, "p", "Padding")
            .noted(|lab: &Self| if averages(lab) { "holds 0" } else { "holds −∞: it never wins" }.to_owned()),
        Setting::new(CEIL, "ceil", Kind::Switch(lens!(ceil))).at(70, "", "Ceiling").noted(|lab: &Self| {
            if lab.ceil { "on: a last window may hang over" } else { "off: every window lies within" }.to_owned()
        }),
        Setting::new(ControlId::COUNT_PADDING, "count_pad", Kind::Switch(lens!(count_padding)))
            .at(80, "", "Count padding")
            .shown(averages)
            .noted(|lab: &Self| {
                if lab.count_padding { "on: divided by padding too" } else { "off: divided by the input's cells" }
                    .to_owned()
            }),
        Setting::new(ControlId::VIEW, "shift", Kind::Choice(Pick { list: true, ..pick!(Option<Direction>, shift) }))
            .at(20, "", "Shift input"),
        Setting::new(ControlId::INPUT_SIZE, "", Kind::Extent(|lab: &Self| lab.input.shape())).at(30, "n", "Input"),
    ];

    fn program(&self) -> String {
        program::program(self)
    }
}
