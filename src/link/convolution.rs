//! `#/convolution`: the lab's state, the step and the speed.

use super::{
    Field, Fields, Page, Warning,
    operation::{
        LabLink, Linked, PAIR_FORM, Slides, dilation, flip, mode, pad, padding, predict, read_lab, speed, step, stride,
    },
    text,
};
use crate::{
    lab::{
        convolution::{ConvolutionLab, Counted, View},
        sliding::Sliding,
    },
    nn::shape::{MAX_INPUT, MAX_KERNEL},
    num::Entry,
};

/// What a link to the lab holds.
pub type ConvolutionLink = LabLink<ConvolutionLab>;

impl Slides for ConvolutionLab {
    fn sliding(&self) -> &Sliding {
        &self.sliding
    }

    fn sliding_mut(&mut self) -> &mut Sliding {
        &mut self.sliding
    }
}

impl Linked for ConvolutionLab {
    const PAGE: Page = Page::Convolution;
    const FIELDS: &'static [Field<LabLink<Self>>] = FIELDS;

    fn program(&self) -> String {
        self.code()
    }
}

const FIELDS: &[Field<ConvolutionLink>] = &[
    Field {
        name: "x",
        form: "rows of numbers such as 0,1;2,3, all of one length, at most 64 × 64",
        write: |link| (link.lab.input != ConvolutionLab::default().input).then(|| text::grid(&link.lab.input)),
        read: |link, value| text::read_grid(value, MAX_INPUT).map(|grid| link.lab.input = grid),
    },
    Field {
        name: "k",
        form: "rows of numbers such as 0,1;2,3, all of one length, at most 16 × 16",
        write: |link| (link.lab.kernel != ConvolutionLab::default().kernel).then(|| text::grid(&link.lab.kernel)),
        read: |link, value| text::read_grid(value, MAX_KERNEL).map(|grid| link.lab.kernel = grid),
    },
    Field {
        name: "b",
        form: "a number",
        write: |link| (link.lab.bias != Entry::Number(0.0)).then(|| text::entry(&link.lab.bias)),
        read: |link, value| {
            link.lab.bias = text::read_entry(value);
            Some(())
        },
    },
    pad(),
    stride(),
    dilation(),
    mode(),
    flip(),
    Field {
        name: "transposed",
        form: "1 or 0",
        write: |link| link.lab.transposed.then(|| "1".into()),
        read: |link, value| text::read_switch(value).map(|on| link.lab.transposed = on),
    },
    Field {
        name: "outpad",
        form: PAIR_FORM,
        write: |link| (link.lab.output_padding != (0, 0)).then(|| text::pair(link.lab.output_padding)),
        read: |link, value| text::read_pair(value).map(|pair| link.lab.output_padding = pair),
    },
    padding(),
    Field {
        name: "view",
        form: "window, im2col, toeplitz, conventions or stretched",
        write: |link| {
            let name = View::ALL.iter().find(|(view, _)| *view == link.lab.view).map(|(_, name)| *name)?;
            (link.lab.view != View::Window).then(|| name.to_owned())
        },
        read: |link, value| {
            link.lab.view = View::ALL.iter().find(|(_, name)| *name == value)?.0;
            Some(())
        },
    },
    Field {
        name: "compare",
        form: "two of side, total, same, course, with a comma between",
        write: |link| {
            let name =
                |counted: Counted| Counted::ALL.iter().find(|(known, _)| *known == counted).map(|(_, name)| *name);
            let (first, second) = (name(link.lab.compared.0)?, name(link.lab.compared.1)?);
            (link.lab.compared != ConvolutionLab::default().compared).then(|| format!("{first},{second}"))
        },
        read: |link, value| {
            let (first, second) = value.split_once(',')?;
            let find = |name: &str| Counted::ALL.iter().find(|(_, known)| *known == name).map(|(counted, _)| *counted);
            link.lab.compared = (find(first)?, find(second)?);
            Some(())
        },
    },
    step(),
    speed(),
    predict(),
];

/// The state of fields, and what of them could not be read.
pub fn decode(fields: &Fields) -> (ConvolutionLink, Vec<Warning>) {
    read_lab(fields)
}

#[cfg(test)]
fn encode(link: &ConvolutionLink) -> Fields {
    super::write(FIELDS, link)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::{
        text::random::{any_entry, any_grid},
        *,
    };
    use crate::{
        formula::PaddingConvention,
        lab::operation::Operation as _,
        lab::{convolution::PRESETS, sliding::MODES},
        link::{Link, Page, operation::SPEEDS},
        nn::shape::Padding,
        num::Grid,
    };

    fn open(text: &str) -> (ConvolutionLink, Vec<String>) {
        let (link, mut warnings) = Link::decode(text);
        let (state, more) = decode(&link.fields);
        warnings.extend(more);
        (state, warnings.iter().map(ToString::to_string).collect())
    }

    fn text_of(state: &ConvolutionLink) -> String {
        Link { fields: encode(state), ..Link::to(Page::Convolution) }.encode()
    }

    #[test]
    fn presets_are_links_in_canonical_form_that_compute() {
        let mut names = HashSet::new();
        for preset in PRESETS {
            let text = format!("#/convolution{}{}", if preset.query.is_empty() { "" } else { "?" }, preset.query);
            let (state, warnings) = open(&text);
            assert_eq!(warnings, [""; 0], "{}", preset.name);
            assert_eq!(text_of(&state), text, "{}", preset.name);
            let computed = state.lab.compute();
            assert!(computed.is_ok(), "{}: {:?}", preset.name, computed.err());
            assert!(names.insert(preset.name), "two presets have the name {}", preset.name);
        }
    }

    #[track_caller]
    fn check(query: &str, written: &str, expect: &[&str]) {
        let (state, warnings) = open(&format!("#/convolution?{query}"));
        assert_eq!(text_of(&state), written);
        assert_eq!(warnings, expect);
    }

    #[test]
    fn what_is_written_is_short_and_what_is_read_is_said() {
        check("", "#/convolution", &[]);
        check("x=0,1,2;3,4,5;6,7,8&k=0,1;2,3&b=0&pad=0&stride=1,1&step=1&speed=1", "#/convolution", &[]);
        check("stride=2,2&pad=1,1,1,1", "#/convolution?pad=1&stride=2", &[]);
        check("pad=2,1,0,0&stride=3,2", "#/convolution?pad=2,1,0,0&stride=3,2", &[]);
        check("x=%2D1%2C1/2", "#/convolution?x=-1,1/2", &[]);
        check("x=", "#/convolution?x=", &[]);
        check("b=one half", "#/convolution?b=one%20half", &[]);
        check("b=%252C5", "#/convolution?b=%252C5", &[]);
        check("pad=0&pad=2", "#/convolution?pad=2", &[]);
        check(
            "x=1,2;3",
            "#/convolution",
            &[
                "The link's x=1,2;3 can't be read: rows of numbers such as 0,1;2,3, all of one length, at most 64 × 64. \
               The default is used.",
            ],
        );
        check(
            "pad=1,2",
            "#/convolution",
            &["The link's pad=1,2 can't be read: one count, or top,bottom,left,right. The default is used."],
        );
        check(
            "stride=10000",
            "#/convolution",
            &["The link's stride=10000 can't be read: one count, or height,width. The default is used."],
        );
        check(
            "step=0&speed=3",
            "#/convolution",
            &[
                "The link's step=0 can't be read: a count from 1. The default is used.",
                "The link's speed=3 can't be read: 0.5, 1, 2 or 4. The default is used.",
            ],
        );
        check("colour=red", "#/convolution", &["The link's field “colour” is not known here and was ignored."]);
    }

    #[test]
    fn a_grid_past_its_limit_is_refused_whole() {
        for (name, limit) in [("x", MAX_INPUT), ("k", MAX_KERNEL)] {
            for (rows, cols, expect) in [(limit, limit, 0), (limit + 1, 1, 1), (1, limit + 1, 1)] {
                let text = vec![vec!["7"; cols].join(","); rows].join(";");
                let (state, warnings) = decode(&vec![(name.to_owned(), text)]);
                assert_eq!(warnings.len(), expect, "{name} of {rows} × {cols}");
                assert_eq!(state == ConvolutionLink::default(), expect == 1);
            }
        }
    }

    #[test]
    fn the_largest_lab_comes_back() {
        // Nothing repeats, so that nothing is packed away: 17 digits above and below each bar.
        let mut seed = 1u64;
        let mut long = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 11) as f64 / (1u64 << 53) as f64 + 1e-3
        };
        let mut fraction = |_, _| Entry::Fraction { numerator: -long(), denominator: long() };
        let lab = ConvolutionLab {
            input: Grid::from_fn(MAX_INPUT, MAX_INPUT, &mut fraction),
            kernel: Grid::from_fn(MAX_KERNEL, MAX_KERNEL, &mut fraction),
            ..ConvolutionLab::default()
        };
        let state = ConvolutionLink { lab, ..ConvolutionLink::default() };
        let text = text_of(&state);
        assert!(text.starts_with("#/convolution?z="));
        assert_eq!(open(&text), (state, vec![]));
    }

    prop_compose! {
        fn any_state()(
            (input, kernel, bias) in (any_grid(8, MAX_INPUT), any_grid(8, MAX_KERNEL), any_entry()),
            (top, bottom, left, right) in prop_oneof![
                (0..=9_999usize, 0..=9_999usize, 0..=9_999usize, 0..=9_999usize),
                (0..=9_999usize).prop_map(|each| (each, each, each, each)),
            ],
            stride in (0..=9_999usize, 0..=9_999usize),
            dilation in (0..=9_999usize, 0..=9_999usize),
            (flip, total, transposed, predict) in any::<(bool, bool, bool, bool)>(),
            (mode, view) in (0..MODES.len(), 0..View::ALL.len()),
            (first, second) in (0..Counted::ALL.len(), 0..Counted::ALL.len()),
            output_padding in (0..=9_999usize, 0..=9_999usize),
            step in 1..=9_999usize,
            speed in prop::sample::select(SPEEDS.as_slice()),
        ) -> ConvolutionLink {
            let convention = if total { PaddingConvention::Total } else { PaddingConvention::PerSide };
            let padding = Padding { top, bottom, left, right };
            let sliding = Sliding { padding, mode: MODES[mode].0, stride, dilation, flip, convention };
            let (view, compared) = (View::ALL[view].0, (Counted::ALL[first].0, Counted::ALL[second].0));
            let lab = ConvolutionLab { input, kernel, bias, sliding, transposed, output_padding, view, compared };
            ConvolutionLink { lab, step, speed, predict }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_state_comes_back(state in any_state()) {
            prop_assert_eq!(open(&text_of(&state)), (state, vec![]));
        }

        #[test]
        fn any_text_opens_a_state_that_comes_back(
            text in prop_oneof![
                any::<String>(),
                "#/convolution\\?([xkbz]|pad|stride|dilation|mode|flip|transposed|outpad|padding|view|compare|step|speed|predict)=[^&]{0,30}(&[a-z]{1,4}=.{0,9}){0,3}",
                "#/convolution\\?x=[0-9,;/.%-]{0,40}&k=[0-9,;a]{0,9}&(pad|stride|dilation)=[0-9,-]{0,9}",
            ],
        ) {
            let (state, _) = open(&text);
            prop_assert_eq!(open(&text_of(&state)), (state, vec![]));
        }

        #[test]
        fn any_fields_open_a_state(fields in prop::collection::vec(("[a-z]{0,9}", any::<String>()), 0..8)) {
            let (state, _) = decode(&fields);
            prop_assert!(state.lab.input.rows() <= MAX_INPUT && state.lab.kernel.cols() <= MAX_KERNEL);
        }
    }
}
