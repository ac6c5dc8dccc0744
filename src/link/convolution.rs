//! `#/convolution`: the lab's state, the step and the speed.

use super::{Field, Fields, Warning, read, text, write};
use crate::{
    formula::PaddingConvention,
    lab::convolution::ConvolutionLab,
    nn::shape::{MAX_INPUT, MAX_KERNEL, Padding},
    num::Entry,
};

/// What a link to the lab holds.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvolutionLink {
    /// The lab's state.
    pub lab: ConvolutionLab,
    /// The step, from 1.
    pub step: usize,
    /// The play speed.
    pub speed: f64,
}

impl Default for ConvolutionLink {
    fn default() -> Self {
        Self { lab: ConvolutionLab::default(), step: 1, speed: 1.0 }
    }
}

/// The speeds there are.
pub const SPEEDS: [f64; 4] = [0.5, 1.0, 2.0, 4.0];

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
    Field {
        name: "pad",
        form: "one count, or top,bottom,left,right",
        write: |link| {
            let padding = link.lab.padding;
            let Padding { top, bottom, left, right } = padding;
            match (padding.is_even(), top) {
                (true, 0) => None,
                (true, _) => Some(top.to_string()),
                (false, _) => Some(format!("{top},{bottom},{left},{right}")),
            }
        },
        read: |link, value| {
            link.lab.padding = match text::read_counts(value)?.as_slice() {
                [each] => Padding::per_side(*each),
                [top, bottom, left, right] => Padding { top: *top, bottom: *bottom, left: *left, right: *right },
                _ => return None,
            };
            Some(())
        },
    },
    Field {
        name: "stride",
        form: "one count, or height,width",
        write: |link| (link.lab.stride != (1, 1)).then(|| text::pair(link.lab.stride)),
        read: |link, value| text::read_pair(value).map(|stride| link.lab.stride = stride),
    },
    Field {
        name: "dilation",
        form: "one count, or height,width",
        write: |link| (link.lab.dilation != (1, 1)).then(|| text::pair(link.lab.dilation)),
        read: |link, value| text::read_pair(value).map(|dilation| link.lab.dilation = dilation),
    },
    Field {
        name: "flip",
        form: "1 or 0",
        write: |link| link.lab.flip.then(|| "1".into()),
        read: |link, value| text::read_switch(value).map(|on| link.lab.flip = on),
    },
    Field {
        name: "padding",
        form: "total or side",
        write: |link| (link.lab.convention == PaddingConvention::Total).then(|| "total".into()),
        read: |link, value| {
            link.lab.convention = match value {
                "total" => PaddingConvention::Total,
                "side" => PaddingConvention::PerSide,
                _ => return None,
            };
            Some(())
        },
    },
    Field {
        name: "step",
        form: "a count from 1",
        write: |link| (link.step != 1).then(|| link.step.to_string()),
        read: |link, value| {
            // As many as on every machine, whatever its `usize`.
            let step = value.parse::<u32>().ok().filter(|&step| step >= 1)?;
            link.step = usize::try_from(step).ok()?;
            Some(())
        },
    },
    Field {
        name: "speed",
        form: "0.5, 1, 2 or 4",
        write: |link| (link.speed.to_bits() != 1f64.to_bits()).then(|| link.speed.to_string()),
        read: |link, value| {
            let speed: f64 = value.parse().ok()?;
            link.speed = *SPEEDS.iter().find(|known| known.to_bits() == speed.to_bits())?;
            Some(())
        },
    },
];

/// The fields of a state.
pub fn encode(link: &ConvolutionLink) -> Fields {
    write(FIELDS, link)
}

/// The state of fields, and what of them could not be read.
pub fn decode(fields: &Fields) -> (ConvolutionLink, Vec<Warning>) {
    let mut link = ConvolutionLink::default();
    let warnings = read(FIELDS, &mut link, fields);
    (link, warnings)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        lab::convolution::PRESETS,
        link::{Link, Page},
        num::{Grid, MAX_MAGNITUDE},
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
            let convolution = state.lab.convolution().unwrap_or_else(|problem| panic!("{}: {problem:?}", preset.name));
            convolution.output().unwrap();
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

    fn any_entry() -> impl Strategy<Value = Entry> {
        prop_oneof![
            4 => (-9i32..10).prop_map(|value| Entry::from(f64::from(value))),
            1 => (-MAX_MAGNITUDE..=MAX_MAGNITUDE).prop_map(Entry::from),
            1 => "-?[0-9]{1,3}/[1-9][0-9]?".prop_map(|text| Entry::parse(&text)),
            1 => "[,;|%&=# 0-9/.-]{0,8}".prop_map(|text| Entry::parse(&text)),
            1 => any::<String>().prop_map(|text| Entry::parse(&text)),
        ]
    }

    fn any_grid(limit: usize) -> impl Strategy<Value = Grid<Entry>> {
        let extent = prop_oneof![9 => 1..8usize, 1 => 1..=limit];
        (extent.clone(), extent).prop_flat_map(|(rows, cols)| {
            prop::collection::vec(prop::collection::vec(any_entry(), cols), rows)
                .prop_map(|rows| Grid::from_rows(rows).unwrap())
        })
    }

    prop_compose! {
        fn any_state()(
            (input, kernel, bias) in (any_grid(MAX_INPUT), any_grid(MAX_KERNEL), any_entry()),
            (top, bottom, left, right) in prop_oneof![
                (0..=9_999usize, 0..=9_999usize, 0..=9_999usize, 0..=9_999usize),
                (0..=9_999usize).prop_map(|each| (each, each, each, each)),
            ],
            stride in (0..=9_999usize, 0..=9_999usize),
            dilation in (0..=9_999usize, 0..=9_999usize),
            (flip, total) in any::<(bool, bool)>(),
            step in 1..=9_999usize,
            speed in prop::sample::select(SPEEDS.as_slice()),
        ) -> ConvolutionLink {
            let convention = if total { PaddingConvention::Total } else { PaddingConvention::PerSide };
            let padding = Padding { top, bottom, left, right };
            let lab = ConvolutionLab { input, kernel, bias, padding, stride, dilation, flip, convention };
            ConvolutionLink { lab, step, speed }
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
                "#/convolution\\?([xkbz]|pad|stride|dilation|flip|padding|step|speed)=[^&]{0,30}(&[a-z]{1,4}=.{0,9}){0,3}",
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
