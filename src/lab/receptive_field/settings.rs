//! The receptive field lab's settings.

use super::{FieldView, Looking, MAX_LAYERS, ReceptiveFieldLab, middle, program};
use crate::{
    lab::{
        control::{ControlForm, ControlId, ControlView, Value},
        setting::{Choice, Described, Kind, Own, Setting, choices, lens, pick, text},
    },
    num::format,
    trace::{LayerKind, StackLayer},
};

/// Number of layers.
pub(super) const LAYERS: ControlId = ControlId::new("layers");
/// One layer of the stack, from 0. A long stack may be scrolled out of sight.
pub(super) const LAYER: ControlId = ControlId::new("layer").on_stage();
/// Row and column of a cell of that layer, which counts from 1.
pub(super) const CELL: ControlId = ControlId::new("cell");

choices!(FieldView:
    Self::Planes, "planes", "Planes";
    Self::Axis, "axis", "Along one axis";
);

// On a line of the panel, which is narrow.
choices!(LayerKind:
    Self::Convolution, "c", "conv";
    Self::MaxPooling, "m", "max";
    Self::AveragePooling, "a", "avg";
);

impl Described for ReceptiveFieldLab {
    const SETTINGS: &'static [Setting<Self>] = &[
        Setting::new(ControlId::INPUT_SIZE, "n", Kind::Pair(lens!(stack.size), 1)).at(20, "n", "Input"),
        Setting::new(
            LAYERS,
            "layers",
            Kind::Own(Own {
                form: "1 to 10 layers with ; between, each c (convolution), m (max) or a (average) with its window, \
                       then s stride, p padding, d dilation: c5;c3s2p1d2;m2",
                examples: &["c5", "c3s2p1d2;m2;a3s1", "c1;c0s0"],
                write: |lab: &Self, default: &Self| {
                    let layers = &lab.stack.layers;
                    let text = || layers.iter().copied().map(write_layer).collect::<Vec<_>>().join(";");
                    (*layers != default.stack.layers).then(text)
                },
                read: |lab: &mut Self, text| {
                    let layers: Option<Vec<StackLayer>> =
                        text.split(';').take(MAX_LAYERS + 1).map(read_layer).collect();
                    lab.stack.layers = layers.filter(|layers| layers.len() <= MAX_LAYERS)?;
                    Some(())
                },
                controls: |lab: &Self| {
                    let layers = lab.stack.layers.len();
                    let count = ControlView::new(LAYERS, "Layers", ControlForm::Count(1), Some(Value::Count(layers)));
                    let mut controls = vec![count];
                    controls.extend((0..layers).filter_map(|index| lab.layer_control(index)));
                    controls
                },
                set: |lab: &mut Self, control, value| match (control.place_among(LAYER), value) {
                    (None, Value::Count(len)) if control == LAYERS => lab.set_layers(*len),
                    (Some(index), Value::Layer(kind, counts)) => lab.set_layer(index, *kind, counts),
                    (Some(index), Value::Removed) => lab.remove(index),
                    _ => None,
                },
            }),
        )
        .at(40, "", "Layers"),
        Setting::new(
            CELL,
            "cell",
            Kind::Own(Own {
                form: "row,column of the last layer, or layer,row,column with layers from 1",
                examples: &["1,2", "3,0,1"],
                write: |lab: &Self, _: &Self| {
                    let Looking { layer, at: (row, col) } = lab.looking?;
                    let layer = layer.map(|layer| format!("{layer},")).unwrap_or_default();
                    Some(format!("{layer}{row},{col}"))
                },
                read: |lab: &mut Self, text| {
                    lab.looking = Some(match text::read_counts(text)?.as_slice() {
                        [row, col] => Looking { layer: None, at: (*row, *col) },
                        [layer, row, col] if *layer > 0 => Looking { layer: Some(*layer), at: (*row, *col) },
                        _ => return None,
                    });
                    Some(())
                },
                controls: cell,
                set: |lab: &mut Self, control, value| {
                    let layer = control.place_among(CELL)?;
                    match value {
                        Value::Cell(at) => lab.look(layer, *at),
                        Value::Removed => lab.looking = None,
                        _ => return None,
                    }
                    Some(())
                },
            }),
        )
        .at(30, "", "Cell"),
        Setting::new(ControlId::VIEW, "view", Kind::Choice(pick!(FieldView, view))).at(10, "", "Picture"),
    ];

    fn program(&self) -> String {
        program::program(self)
    }
}

/// The cell that looks. Pressing a cell of another layer lets that one look. Of a layer that does not fit there is none
/// to choose; what is wrong with a layer that there is not is said here.
fn cell(lab: &ReceptiveFieldLab) -> Vec<ControlView> {
    let (planes, _) = lab.fitting();
    let layer = lab.looking_layer();
    let plane = planes.get(layer).copied();
    if plane.is_none() && layer <= lab.stack.layers.len() {
        return Vec::new();
    }
    let value = lab.looking.map_or_else(|| middle(plane.unwrap_or_default()), |looking| looking.at);
    let of = plane.map(|(rows, cols)| format!("in layer {layer}, {}, counted from 0", format::shape(&[rows, cols])));
    let view = ControlView::new(CELL.nth(layer), "Cell", ControlForm::Cell, Some(Value::Cell(value)));
    vec![view.noted(of.unwrap_or_default())]
}

/// The stride where none is written: 1, or for a pooling the window's extent, as frameworks begin with.
fn usual_stride(kind: LayerKind, kernel: usize) -> usize {
    if kind == LayerKind::Convolution { 1 } else { kernel }
}

/// A layer as a link holds it: `c3s2p1`, `m2`.
pub fn write_layer(layer: StackLayer) -> String {
    let StackLayer { kind, kernel, stride, padding, dilation } = layer;
    let letter = kind.named().link;
    let mut text = format!("{letter}{kernel}");
    for (letter, value, usual) in [('s', stride, usual_stride(kind, kernel)), ('p', padding, 0), ('d', dilation, 1)] {
        if value != usual {
            text.push(letter);
            text.push_str(&value.to_string());
        }
    }
    text
}

/// Reads [`write_layer`]'s text; stride, padding and dilation may stand in any order, each once.
fn read_layer(text: &str) -> Option<StackLayer> {
    let text = text.trim();
    let kind = LayerKind::called(text.get(..1)?)?;
    let (kernel, mut rest) = read_count(text.get(1..)?)?;
    let [mut stride, mut padding, mut dilation] = [None; 3];
    while let Some(letter) = rest.chars().next() {
        let place = match letter {
            's' => &mut stride,
            'p' => &mut padding,
            'd' => &mut dilation,
            _ => return None,
        };
        let (value, after) = read_count(rest.get(1..)?)?;
        if place.replace(value).is_some() {
            return None;
        }
        rest = after;
    }
    Some(StackLayer {
        kind,
        kernel,
        stride: stride.unwrap_or_else(|| usual_stride(kind, kernel)),
        padding: padding.unwrap_or(0),
        dilation: dilation.unwrap_or(1),
    })
}

/// A count of at most 9,999, and what follows it.
fn read_count(text: &str) -> Option<(usize, &str)> {
    let len = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(len)?;
    let count = digits.parse::<usize>().ok().filter(|&count| count <= 9_999)?;
    Some((count, rest))
}
