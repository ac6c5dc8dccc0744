//! The backpropagation lab's settings.

use super::{BackwardLab, BackwardView, ForwardKind, MAX_UPSTREAM, program};
use crate::{
    formula::PaddingConvention,
    lab::{
        control::{ControlForm, ControlId, ControlView, Value},
        setting::{Choice, Described, Kind, Named, Own, Pick, Setting, choices, lens, pick, text},
    },
    nn::shape::{MAX_INPUT, MAX_KERNEL},
    trace::PoolingKind,
};

/// Which operation is taken back.
pub(super) const OPERATION: ControlId = ControlId::new("operation");

choices!(ForwardKind:
    Self::Convolution, "convolution", "Convolution";
    Self::Pooling(PoolingKind::Max), "max", "Max";
    Self::Pooling(PoolingKind::Average), "average", "Average";
);

choices!(BackwardView:
    Self::Steps, "steps", "Steps";
    Self::Full, "full", "Full convolution";
    Self::Check, "check", "Check";
);

/// A pooling has no kernel that could be turned.
const POOLING_VIEWS: &[Named] = &[Named { link: "steps", name: "Steps" }, Named { link: "check", name: "Check" }];

/// The views that the operation has.
pub(super) fn views(lab: &BackwardLab) -> &'static [Named] {
    if lab.is_convolution() { BackwardView::NAMES } else { POOLING_VIEWS }
}

const LOSSES: &[Named] = &[Named::on_screen("All 1: the sum"), Named::on_screen("All 1/m: the mean")];

/// The upstream gradient by its name.
fn losses(lab: &BackwardLab) -> Vec<ControlView> {
    let chosen = lab.loss();
    let note = match chosen {
        Some(0) => "the loss is the sum of the outputs",
        Some(_) => "the loss is the mean of the outputs",
        None => "the loss is the sum of the outputs, each times its number",
    };
    let form = ControlForm::Segments(LOSSES);
    vec![ControlView::new(ControlId::UPSTREAM, "Upstream gradient", form, chosen.map(Value::Choice)).noted(note)]
}

impl Described for BackwardLab {
    const SETTINGS: &'static [Setting<Self>] = &[
        Setting::new(OPERATION, "op", Kind::Choice(pick!(ForwardKind, operation))).at(10, "", "Operation"),
        Setting::new(ControlId::INPUT, "x", Kind::Cells(lens!(input), MAX_INPUT)),
        Setting::new(ControlId::KERNEL, "k", Kind::Cells(lens!(kernel), MAX_KERNEL)),
        Setting::new(ControlId::BIAS, "b", Kind::Number(lens!(bias))).at(90, "b", "Bias").shown(Self::is_convolution),
        Setting::new(
            ControlId::UPSTREAM,
            "dy",
            Kind::Own(Own {
                form: "rows of numbers such as 0,1;2,3, all of one length, one number for each output",
                examples: &["1,2;3,4", "1/2"],
                // What a link without it opens depends on the output's size.
                write: |lab: &Self, _: &Self| {
                    (lab.upstream != lab.usual_upstream()).then(|| text::grid(lab.upstream.cells()))
                },
                read: |lab: &mut Self, text| text::read_grid(text, MAX_UPSTREAM).map(|grid| lab.upstream = grid.into()),
                controls: losses,
                set: |lab: &mut Self, control, value| {
                    let (ControlId::UPSTREAM, Value::Choice(place)) = (control, value) else { return None };
                    lab.set_loss(*place)
                },
            }),
        )
        .at(100, "", "Upstream gradient"),
        Setting::new(ControlId::WINDOW, "window", Kind::Pair(lens!(window), 1))
            .at(50, "k", "Window")
            .shown(|lab: &Self| !lab.is_convolution()),
        Setting::new(ControlId::STRIDE, "stride", Kind::Pair(lens!(stride), 1)).at(70, "s", "Stride"),
        Setting::new(ControlId::PADDING, "pad", Kind::Sides(lens!(padding), |_| PaddingConvention::PerSide))
            .at(60, "p", "Padding")
            .noted(|lab: &Self| {
                match lab.operation {
                    ForwardKind::Pooling(PoolingKind::Max) => "holds −∞: it never wins, and gets nothing",
                    _ => "what flows to it is dropped",
                }
                .to_owned()
            }),
        Setting::new(ControlId::DILATION, "dilation", Kind::Pair(lens!(dilation), 1))
            .at(80, "d", "Dilation")
            .shown(Self::is_convolution),
        Setting::new(ControlId::COUNT_PADDING, "count_pad", Kind::Switch(lens!(count_padding)))
            .at(110, "", "Count padding")
            .shown(|lab: &Self| lab.operation == ForwardKind::Pooling(PoolingKind::Average))
            .noted(|lab: &Self| {
                if lab.count_padding { "on: padding takes its share" } else { "off: shared among the input's cells" }
                    .to_owned()
            }),
        Setting::new(ControlId::VIEW, "view", Kind::Choice(Pick { offered: Some(views), ..pick!(BackwardView, view) }))
            .at(20, "", "View"),
        Setting::new(ControlId::INPUT_SIZE, "", Kind::Extent(|lab: &Self| lab.input.shape())).at(30, "n", "Input"),
        Setting::new(ControlId::KERNEL_SIZE, "", Kind::Extent(|lab: &Self| lab.kernel.shape()))
            .at(40, "k", "Kernel")
            .shown(Self::is_convolution),
    ];

    fn program(&self) -> String {
        program::program(self)
    }

    fn settle(&mut self) {
        Self::settle(self);
    }

    fn change(&mut self, change: &mut dyn FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.refit(change)
    }
}
