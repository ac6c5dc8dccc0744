//! `#/receptive-field`: the input's size, the layers, the cell that looks, the step and the speed.

use super::{
    Field, Fields, Page, Warning,
    operation::{LabLink, Linked, PAIR_FORM, predict, read_lab, speed, step},
    text,
};
use crate::{
    lab::receptive_field::{FieldView, Looking, MAX_LAYERS, ReceptiveFieldLab},
    trace::{LayerKind, StackLayer},
};

/// What a link to the lab holds.
pub type ReceptiveFieldLink = LabLink<ReceptiveFieldLab>;

impl Linked for ReceptiveFieldLab {
    const PAGE: Page = Page::ReceptiveField;
    const FIELDS: &'static [Field<LabLink<Self>>] = FIELDS;
}

const FIELDS: &[Field<ReceptiveFieldLink>] = &[
    Field {
        name: "n",
        form: PAIR_FORM,
        write: |link| {
            let size = link.lab.stack.size;
            (size != ReceptiveFieldLab::default().stack.size).then(|| text::pair(size))
        },
        read: |link, value| text::read_pair(value).map(|size| link.lab.stack.size = size),
    },
    Field {
        name: "layers",
        form: "1 to 10 layers with ; between, each c (convolution), m (max) or a (average) with its window, then s \
               stride, p padding, d dilation: c5;c3s2p1d2;m2",
        write: |link| {
            let layers = &link.lab.stack.layers;
            let text = || layers.iter().copied().map(write_layer).collect::<Vec<_>>().join(";");
            (*layers != ReceptiveFieldLab::default().stack.layers).then(text)
        },
        read: |link, value| {
            let layers: Option<Vec<StackLayer>> = value.split(';').take(MAX_LAYERS + 1).map(read_layer).collect();
            link.lab.stack.layers = layers.filter(|layers| layers.len() <= MAX_LAYERS)?;
            Some(())
        },
    },
    Field {
        name: "cell",
        form: "row,column of the last layer, or layer,row,column with layers from 1",
        write: |link| {
            let Looking { layer, at: (row, col) } = link.lab.looking?;
            let layer = layer.map(|layer| format!("{layer},")).unwrap_or_default();
            Some(format!("{layer}{row},{col}"))
        },
        read: |link, value| {
            link.lab.looking = Some(match text::read_counts(value)?.as_slice() {
                [row, col] => Looking { layer: None, at: (*row, *col) },
                [layer, row, col] if *layer > 0 => Looking { layer: Some(*layer), at: (*row, *col) },
                _ => return None,
            });
            Some(())
        },
    },
    Field {
        name: "view",
        form: "planes or axis",
        write: |link| {
            let named = FieldView::ALL.iter().find(|(view, _)| *view == link.lab.view).map(|(_, name)| *name);
            named.filter(|_| link.lab.view != FieldView::default()).map(str::to_owned)
        },
        read: |link, value| {
            link.lab.view = FieldView::ALL.iter().find(|(_, name)| *name == value)?.0;
            Some(())
        },
    },
    step(),
    speed(),
    predict(),
];

/// The kinds' letters.
const LETTERS: [(LayerKind, char); 3] =
    [(LayerKind::Convolution, 'c'), (LayerKind::MaxPooling, 'm'), (LayerKind::AveragePooling, 'a')];

/// The stride where none is written: 1, or for a pooling the window's extent, as frameworks begin with.
fn usual_stride(kind: LayerKind, kernel: usize) -> usize {
    if kind == LayerKind::Convolution { 1 } else { kernel }
}

/// A layer as a link holds it: `c3s2p1`, `m2`.
fn write_layer(layer: StackLayer) -> String {
    let StackLayer { kind, kernel, stride, padding, dilation } = layer;
    let letter = LETTERS.iter().find(|(known, _)| *known == kind).map_or('c', |(_, letter)| *letter);
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
    let (kind, _) = *LETTERS.iter().find(|(_, letter)| text.starts_with(*letter))?;
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

/// The state of fields, and what of them could not be read.
pub fn decode(fields: &Fields) -> (ReceptiveFieldLink, Vec<Warning>) {
    read_lab(fields)
}
