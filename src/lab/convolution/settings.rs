//! The convolution lab's settings.

use super::{ConvolutionLab, ConvolutionView, Counted, program};
use crate::{
    lab::{
        control::{ControlForm, ControlId, ControlView, Value},
        setting::{Choice, Described, Kind, Named, Own, Pick, Setting, choices, lens, pick},
        sliding::{self, NamedPadding, Slides, Sliding},
    },
    nn::shape::{Axis, MAX_INPUT, MAX_KERNEL, Padding},
};

/// Whether the convolution is transposed.
pub(super) const TRANSPOSED: ControlId = ControlId::new("transposed");
/// Rows and columns added to a transposed convolution's output.
pub(super) const OUTPUT_PADDING: ControlId = ControlId::new("output-padding");
/// The first of two conventions that are compared.
pub(super) const FIRST_CONVENTION: ControlId = ControlId::new("first-convention");
/// The second of them.
pub(super) const SECOND_CONVENTION: ControlId = ControlId::new("second-convention");

choices!(ConvolutionView:
    Self::Window, "window", "Sliding window";
    Self::Im2col, "im2col", "im2col";
    Self::Toeplitz, "toeplitz", "Kernel as a matrix";
    Self::Conventions, "conventions", "Two conventions";
    Self::Stretched, "stretched", "Stretched input";
);

/// The paddings of a transposed convolution that have a name.
pub(super) const NAMED_CUT: ControlId = ControlId::new("named-cut");
const NAMED_CUTS: &[Named] = &[Named::on_screen("None"), Named::on_screen("SAME")];

/// The views of a transposed convolution, by the names that they have there.
const TRANSPOSED_VIEWS: &[Named] = &[
    Named { link: "window", name: "Scattering" },
    Named { link: "stretched", name: "Stretched input" },
    Named { link: "toeplitz", name: "Kernel as a matrix" },
];

/// The views that the operation has.
pub(super) fn views(lab: &ConvolutionLab) -> &'static [Named] {
    if lab.transposed { TRANSPOSED_VIEWS } else { ConvolutionView::NAMES.get(..4).unwrap_or(ConvolutionView::NAMES) }
}

choices!(Counted:
    Self::PerSide, "side", "p per side";
    Self::Total, "total", "p in total (course)";
    Self::SameTensorFlow, "same", "SAME (TensorFlow)";
    Self::SameCourse, "course", "SAME (course)";
);

impl Slides for ConvolutionLab {
    fn sliding(&self) -> &Sliding {
        &self.sliding
    }

    fn sliding_mut(&mut self) -> &mut Sliding {
        &mut self.sliding
    }

    fn extents(&self) -> ((usize, usize), (usize, usize)) {
        (self.input.shape(), self.kernel.shape())
    }
}

/// What is cut off of a transposed convolution's output, and what is added to it.
type Cut = (Padding, (usize, usize));

fn cut(lab: &ConvolutionLab) -> Cut {
    (lab.sliding.padding, lab.output_padding)
}

/// What has a name there: nothing, and SAME, which makes n·s outputs of n inputs as Keras does: they are what the SAME of
/// a convolution makes n of.
fn named_cut(lab: &ConvolutionLab, place: usize) -> Cut {
    if place == 0 {
        return Cut::default();
    }
    let (input, kernel, stride) = (lab.input.shape(), lab.kernel.shape(), lab.sliding.stride);
    let output = (input.0.saturating_mul(stride.0), input.1.saturating_mul(stride.1));
    let short = |axis: Axis| axis.of(stride).saturating_sub(lab.sliding.window(axis, kernel).effective_kernel());
    (NamedPadding::SameTensorFlow.sides(&lab.sliding, output, kernel), (short(Axis::Height), short(Axis::Width)))
}

fn compares(lab: &ConvolutionLab) -> bool {
    lab.shown_view() == ConvolutionView::Conventions
}

impl Described for ConvolutionLab {
    const SETTINGS: &'static [Setting<Self>] = &[
        Setting::new(ControlId::INPUT, "x", Kind::Cells(lens!(input), MAX_INPUT)),
        Setting::new(ControlId::KERNEL, "k", Kind::Cells(lens!(kernel), MAX_KERNEL)),
        Setting::new(ControlId::BIAS, "b", Kind::Number(lens!(bias))).at(130, "b", "Bias"),
        sliding::padding(),
        sliding::stride(),
        sliding::dilation(),
        // A transposed convolution cuts its padding off: there is nothing in it.
        sliding::mode().shown(|lab: &Self| !lab.transposed),
        sliding::flip(),
        Setting::new(TRANSPOSED, "transposed", Kind::Switch(lens!(transposed)))
            .at(150, "", "Transposed")
            .noted(|lab: &Self| if lab.transposed { "on: inputs paint" } else { "off: windows add up" }.to_owned())
            .halved(),
        Setting::new(OUTPUT_PADDING, "outpad", Kind::Pair(lens!(output_padding), 0))
            .at(120, "", "Output padding")
            .shown(|lab: &Self| lab.transposed),
        sliding::convention(),
        Setting::new(
            ControlId::VIEW,
            "view",
            Kind::Choice(Pick { offered: Some(views), list: true, ..pick!(ConvolutionView, view) }),
        )
        .at(10, "", "View"),
        Setting::new(
            FIRST_CONVENTION,
            "compare",
            Own::in_link(
                "two of side, total, same, course, with a comma between",
                &["total,side", "same,course"],
                |lab: &Self, default: &Self| {
                    let (first, second) = lab.compared;
                    (lab.compared != default.compared).then(|| [first.named().link, ",", second.named().link].concat())
                },
                |lab: &mut Self, text| {
                    let (first, second) = text.split_once(',')?;
                    lab.compared = (Choice::called(first)?, Choice::called(second)?);
                    Some(())
                },
            ),
        ),
        Setting::new(ControlId::INPUT_SIZE, "", Kind::Extent(|lab: &Self| lab.input.shape())).at(20, "n", "Input"),
        Setting::new(ControlId::KERNEL_SIZE, "", Kind::Extent(|lab: &Self| lab.kernel.shape())).at(30, "k", "Kernel"),
        Setting::new(FIRST_CONVENTION, "", Kind::Choice(Pick { list: true, ..pick!(Counted, compared.0) }))
            .at(40, "", "Above")
            .shown(compares),
        Setting::new(SECOND_CONVENTION, "", Kind::Choice(Pick { list: true, ..pick!(Counted, compared.1) }))
            .at(50, "", "Below")
            .shown(compares),
        sliding::named_padding().shown(|lab: &Self| !lab.transposed),
        Setting::new(
            NAMED_CUT,
            "",
            Own::on_screen(
                |lab: &Self| {
                    let chosen = (0..NAMED_CUTS.len()).find(|place| named_cut(lab, *place) == cut(lab));
                    let form = ControlForm::Segments(NAMED_CUTS);
                    vec![ControlView::new(NAMED_CUT, "Padding by name", form, chosen.map(Value::Choice)).halved()]
                },
                |lab: &mut Self, control, value| {
                    let (NAMED_CUT, Value::Choice(place)) = (control, value) else { return None };
                    (lab.sliding.padding, lab.output_padding) = named_cut(lab, *place);
                    Some(())
                },
            ),
        )
        .at(80, "", "Transposed padding by name")
        .shown(|lab: &Self| lab.transposed),
    ];

    fn program(&self) -> String {
        program::program(self)
    }
}
