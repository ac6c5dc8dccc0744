//! The highway lab's settings.

use super::{HighwayLab, HighwayView, MAX_ELEMENTS, MAX_LAYERS, program};
use crate::{
    lab::{
        control::{ControlForm, ControlId, ControlView, Value},
        fitted::{FittedLab as _, fitted},
        setting::{Described, Kind, Named, Own, Pick, Setting, choices, lens, pick, text},
    },
    nn::reference::Activation,
    num::Entry,
    trace::Skip,
};

/// How the input gets past the layer.
pub(super) const SKIP: ControlId = ControlId::new("layer");
/// W's cells.
pub(super) const WEIGHTS: ControlId = ControlId::new("weights").on_stage();
/// V's cells.
pub(super) const GATE_WEIGHTS: ControlId = ControlId::new("gate-weights").on_stage();
/// What is added to every sum of the gate.
pub(super) const GATE_BIAS: ControlId = ControlId::new("gate-bias");
/// The same by one of a few places.
const GATE_PLACE: ControlId = ControlId::new("gate");
/// φ
const ACTIVATION: ControlId = ControlId::new("activation");
/// How many layers are alike.
pub(super) const LAYERS: ControlId = ControlId::new("layers");

choices!(HighwayView:
    Self::Forward, "forward", "Forward";
    Self::Backward, "backward", "Backward";
    Self::Depth, "depth", "Depth";
);

choices!(Skip:
    Self::Highway, "highway", "Highway";
    Self::Residual, "residual", "Residual";
    Self::Plain, "plain", "Plain";
);

/// The activations that the lab offers; a state has no other.
const ACTIVATIONS: &[Named] = &[Named { link: "relu", name: "ReLU" }, Named { link: "tanh", name: "tanh" }];

/// Whether H is shown.
fn transforms(lab: &HighwayLab) -> bool {
    lab.view != HighwayView::Depth
}

/// Places of the gate from wholly carried to wholly transformed: σ(±8) is 0.0003 from 0 and 1. No slider, whose code
/// another page would have to load as well.
const GATES: [f64; 5] = [-8.0, -2.0, 0.0, 2.0, 8.0];

/// Their names.
const GATE_NAMES: &[Named] = &[
    Named::on_screen("Carry"),
    Named::on_screen("−2"),
    Named::on_screen("0"),
    Named::on_screen("2"),
    Named::on_screen("Transform"),
];

fn gate_bias(lab: &HighwayLab) -> Vec<ControlView> {
    if !lab.has_gate() {
        return Vec::new();
    }
    let bias = lab.gate_bias.value();
    let chosen = GATES.iter().position(|value| bias.is_some_and(|bias| bias.to_bits() == value.to_bits()));
    let typed = Some(Value::Text(lab.gate_bias.typed()));
    vec![
        ControlView::new(GATE_BIAS, "Gate bias", ControlForm::Text, typed)
            .with_symbol("c")
            .noted("below 0 more is carried, above 0 transformed"),
        ControlView::new(GATE_PLACE, "Gate", ControlForm::Segments(GATE_NAMES), chosen.map(Value::Choice)),
    ]
}

/// Sets the gate's bias, typed or by its place.
fn set_gate(lab: &mut HighwayLab, control: ControlId, value: &Value) -> Option<()> {
    lab.gate_bias = match (control, value) {
        (GATE_BIAS, Value::Text(text)) => Entry::parse(text),
        (GATE_PLACE, Value::Choice(place)) => Entry::Number(*GATES.get(*place)?),
        _ => return None,
    };
    Some(())
}

impl Described for HighwayLab {
    const SETTINGS: &'static [Setting<Self>] = &[
        Setting::new(ControlId::VIEW, "view", Kind::Choice(pick!(HighwayView, view))).at(10, "", "View"),
        Setting::new(SKIP, "layer", Kind::Choice(pick!(Skip, skip))).at(20, "", "Layer"),
        Setting::new(ControlId::INPUT, "x", Kind::Cells(lens!(input), MAX_ELEMENTS)),
        Setting::new(
            WEIGHTS,
            "w",
            fitted!(weights, MAX_ELEMENTS, "W: a row for each element, as long as the input", &["1,2;3,4", "1"]),
        ),
        Setting::new(ControlId::BIAS, "b", Kind::Number(lens!(bias))).at(50, "b", "Bias").shown(transforms),
        Setting::new(
            ACTIVATION,
            "act",
            Kind::Choice(Pick {
                names: ACTIVATIONS,
                get: |lab: &Self| usize::from(lab.activation == Activation::Tanh),
                set: |lab: &mut Self, place| {
                    lab.activation = if place == 0 { Activation::Relu } else { Activation::Tanh };
                },
                offered: None,
                list: false,
            }),
        )
        .at(60, "φ", "Activation")
        .shown(transforms),
        Setting::new(
            GATE_WEIGHTS,
            "wt",
            fitted!(gate_weights, MAX_ELEMENTS, "V: a row for each element, as long as the input", &["1,2;3,4", "1"]),
        ),
        Setting::new(
            GATE_BIAS,
            "bt",
            Kind::Own(Own {
                form: "a number",
                examples: &["-2", "1/2", "x"],
                write: |lab: &Self, default: &Self| {
                    (lab.gate_bias != default.gate_bias).then(|| text::entry(&lab.gate_bias))
                },
                read: |lab: &mut Self, text| {
                    lab.gate_bias = text::read_entry(text);
                    Some(())
                },
                controls: gate_bias,
                set: set_gate,
            }),
        )
        .at(40, "c", "Gate bias"),
        Setting::new(
            ControlId::UPSTREAM,
            "dy",
            fitted!(upstream, MAX_ELEMENTS, "one number for each element, with ; between", &["1;2", "5"]),
        ),
        Setting::new(LAYERS, "layers", Kind::Count(lens!(layers), 1, MAX_LAYERS))
            .at(70, "L", "Layers")
            .shown(|lab: &Self| lab.view == HighwayView::Depth),
        Setting::new(
            ControlId::INPUT_SIZE,
            "",
            Kind::Amount(|lab: &Self| lab.input.rows(), |lab: &mut Self, elements| lab.set_elements(elements)),
        )
        .at(30, "", "Elements"),
    ];

    fn program(&self) -> String {
        program::program(self)
    }

    fn settle(&mut self) {
        self.settle_grids();
    }
}
