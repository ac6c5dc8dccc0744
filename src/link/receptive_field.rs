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

    fn program(&self) -> String {
        self.code()
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        lab::{
            OperationLab,
            operation::Operation as _,
            receptive_field::{MAX_SIZE, PRESETS},
        },
        link::{
            Link,
            operation::{LabKind, SPEEDS},
            write,
        },
        trace::Stack,
    };

    fn open(text: &str) -> (ReceptiveFieldLink, Vec<String>) {
        let (link, mut warnings) = Link::decode(text);
        let (state, more) = decode(&link.fields);
        warnings.extend(more);
        (state, warnings.iter().map(ToString::to_string).collect())
    }

    fn text_of(state: &ReceptiveFieldLink) -> String {
        Link { fields: write(FIELDS, state), ..Link::to(Page::ReceptiveField) }.encode()
    }

    #[test]
    fn presets_are_links_in_canonical_form() {
        for preset in PRESETS {
            let text = format!("#/receptive-field{}{}", if preset.query.is_empty() { "" } else { "?" }, preset.query);
            let (state, warnings) = open(&text);
            assert_eq!(warnings, [""; 0], "{}", preset.name);
            assert_eq!(text_of(&state), text, "{}", preset.name);
        }
    }

    #[test]
    fn the_page_knows_its_lab() {
        let (link, _) = Link::decode("#/receptive-field?n=9&layers=c3&step=2");
        assert_eq!(link.page, Page::ReceptiveField);
        let kind = LabKind::of_page(link.page).unwrap();
        let (state, warnings) = (kind.decode)(&link.fields);
        assert_eq!(warnings, []);
        assert_eq!((kind.encode)(&state), link.fields);
        let stack = Stack { size: (9, 9), layers: vec![StackLayer::convolution(3)] };
        let lab = ReceptiveFieldLab { stack, ..ReceptiveFieldLab::default() };
        assert_eq!(state, LabLink { step: 2, ..LabLink::of(OperationLab::of(lab)) });
    }

    #[track_caller]
    fn check(query: &str, written: &str, expect: &[&str]) {
        let (state, warnings) = open(&format!("#/receptive-field?{query}"));
        assert_eq!(text_of(&state), written);
        assert_eq!(warnings, expect);
    }

    #[test]
    fn what_is_written_is_short_and_what_is_read_is_said() {
        check("", "#/receptive-field", &[]);
        check("n=32&layers=c5;c5;c5;c5;c5;c5;c5&view=planes&step=1&predict=0", "#/receptive-field", &[]);
        // A pooling's stride is its window where none is written, as frameworks begin with.
        check("layers=c5s1p0d1;m2s2;a3s1", "#/receptive-field?layers=c5;m2;a3s1", &[]);
        check("layers= c5p2d3s4 ;m2p1", "#/receptive-field?layers=c5s4p2d3;m2p1", &[]);
        check("n=0,9999&layers=c0;m0", "#/receptive-field?n=0,9999&layers=c0;m0", &[]);
        check("cell=2,3", "#/receptive-field?cell=2,3", &[]);
        check(
            "cell=9,2,3&view=axis&step=2&speed=2&predict=1",
            "#/receptive-field?cell=9,2,3&view=axis&step=2&speed=2&predict=1",
            &[],
        );
        let form = "1 to 10 layers with ; between, each c (convolution), m (max) or a (average) with its window, then \
                    s stride, p padding, d dilation: c5;c3s2p1d2;m2";
        for wrong in [
            "",
            "c",
            "5",
            "x5",
            "c5s",
            "c5s2s3",
            "c5q1",
            "c5;",
            "c10000",
            "é5",
            "cé",
            "c5é",
            "c1;c1;c1;c1;c1;c1;c1;c1;c1;c1;c1",
        ] {
            let warning = format!("The link's layers={wrong} can't be read: {form}. The default is used.");
            check(&format!("layers={wrong}"), "#/receptive-field", &[&warning]);
        }
        check(
            "cell=0,1,1&view=3d&x=1",
            "#/receptive-field",
            &[
                "The link's cell=0,1,1 can't be read: row,column of the last layer, or layer,row,column with layers \
                 from 1. The default is used.",
                "The link's view=3d can't be read: planes or axis. The default is used.",
                "The link's field “x” is not known here and was ignored.",
            ],
        );
    }

    prop_compose! {
        fn any_layer()(
            kind in prop::sample::select(LayerKind::ALL.as_slice()),
            kernel in 0..=9_999usize,
            stride in prop::option::of(0..=9_999usize),
            padding in 0..=9_999usize,
            dilation in 0..=9_999usize,
        ) -> StackLayer {
            StackLayer { kind, kernel, stride: stride.unwrap_or(kernel), padding, dilation }
        }
    }

    prop_compose! {
        fn any_state()(
            size in (0..=9_999usize, 0..=9_999usize),
            layers in prop::collection::vec(any_layer(), 1..=MAX_LAYERS),
            looking in prop::option::of((prop::option::of(1..=99usize), 0..=9_999usize, 0..=9_999usize)),
            (axis, predict) in any::<(bool, bool)>(),
            step in 1..=9_999usize,
            speed in prop::sample::select(SPEEDS.as_slice()),
        ) -> ReceptiveFieldLink {
            let view = if axis { FieldView::Axis } else { FieldView::Planes };
            let looking = looking.map(|(layer, row, col)| Looking { layer, at: (row, col) });
            let lab = ReceptiveFieldLab { stack: Stack { size, layers }, looking, view };
            ReceptiveFieldLink { lab, step, speed, predict }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn any_state_comes_back(state in any_state()) {
            prop_assert_eq!(open(&text_of(&state)), (state.clone(), vec![]));
            shown_or_explained(&state.lab);
        }

        #[test]
        fn any_text_opens_a_state_that_comes_back(
            text in prop_oneof![
                any::<String>(),
                "#/receptive-field\\?(n|layers|cell|view|step|z)=[^&]{0,30}(&[a-z]{1,6}=.{0,9}){0,3}",
                "#/receptive-field\\?n=[0-9]{1,3}&layers=([cma][0-9]{1,2}([spd][0-9]{1,2}){0,2};?){1,11}&cell=[0-9,]{0,6}",
            ],
        ) {
            let (state, _) = open(&text);
            prop_assert_eq!(open(&text_of(&state)), (state.clone(), vec![]));
            shown_or_explained(&state.lab);
        }
    }

    /// Whatever was opened is shown or explained.
    fn shown_or_explained(lab: &ReceptiveFieldLab) {
        let _ = (lab.shape(None), lab.code(), lab.controls(), lab.broken_scene());
        match lab.compute() {
            Ok(computed) => {
                let _ = computed.scene(crate::lab::scene::Playhead::default());
                assert!(computed.output().iter().all(|paths| paths.rows() <= MAX_SIZE));
            }
            Err(problem) => assert!(!problem.repairs.is_empty()),
        }
    }
}
