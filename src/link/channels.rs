//! `#/channels`: the lab's state, the step and the speed.

use super::{
    Field, Fields, Page, Warning,
    operation::{LabLink, Linked, Slides, dilation, flip, mode, pad, padding, predict, read_lab, speed, step, stride},
    text,
};
use crate::{
    lab::{
        channels::{ChannelsLab, MAX_CHANNELS, MAX_EXTENT, MAX_FILTERS, MAX_KERNEL_EXTENT},
        sliding::Sliding,
    },
    num::{Entry, Grid},
};

/// What a link to the lab holds.
pub type ChannelsLink = LabLink<ChannelsLab>;

impl Slides for ChannelsLab {
    fn sliding(&self) -> &Sliding {
        &self.sliding
    }

    fn sliding_mut(&mut self) -> &mut Sliding {
        &mut self.sliding
    }
}

/// Between two channels.
const CHANNEL: &str = "|";
/// Between two filters.
const FILTER: &str = "||";

impl Linked for ChannelsLab {
    const PAGE: Page = Page::Channels;
    const FIELDS: &'static [Field<LabLink<Self>>] = FIELDS;

    fn settle(&mut self) {
        // One number stands for all: how many filters there are is known only now.
        self.spread_bias();
    }

    fn program(&self) -> String {
        self.code()
    }
}

const FIELDS: &[Field<ChannelsLink>] = &[
    Field {
        name: "x",
        form: "channels with | between, each rows of numbers such as 0,1;2,3, at most 8 of 28 × 28",
        write: |link| (link.lab.inputs != ChannelsLab::default().inputs).then(|| planes(&link.lab.inputs)),
        read: |link, value| read_planes(value, MAX_CHANNELS, MAX_EXTENT).map(|inputs| link.lab.inputs = inputs),
    },
    Field {
        name: "k",
        form: "filters with || between, their kernels with | between, each rows of numbers such as 0,1;2,3, at most 8 filters of 8 kernels of 8 × 8",
        write: |link| {
            let filters = || link.lab.filters.iter().map(|filter| planes(filter)).collect::<Vec<_>>().join(FILTER);
            (link.lab.filters != ChannelsLab::default().filters).then(filters)
        },
        read: |link, value| {
            // One more than there may be, so that too many are refused and not cut off.
            let filters = value.split(FILTER).take(MAX_FILTERS + 1);
            let filters: Vec<_> =
                filters.map(|filter| read_planes(filter, MAX_CHANNELS, MAX_KERNEL_EXTENT)).collect::<Option<_>>()?;
            (filters.len() <= MAX_FILTERS).then(|| link.lab.filters = filters)
        },
    },
    Field {
        name: "b",
        form: "a number, or one for each filter with commas between, at most 8",
        write: |link| {
            let (biases, filters) = (&link.lab.biases, link.lab.filters.len());
            match biases.as_slice() {
                [first, rest @ ..] if biases.len() == filters && rest.iter().all(|bias| bias == first) => {
                    (*first != Entry::Number(0.0)).then(|| text::entry(first))
                }
                _ => Some(biases.iter().map(text::entry).collect::<Vec<_>>().join(",")),
            }
        },
        read: |link, value| {
            let biases: Vec<Entry> = value.split(',').take(MAX_FILTERS + 1).map(text::read_entry).collect();
            (biases.len() <= MAX_FILTERS).then(|| link.lab.biases = biases)
        },
    },
    Field {
        name: "groups",
        form: "a count",
        write: |link| (link.lab.groups != 1).then(|| link.lab.groups.to_string()),
        read: |link, value| match text::read_counts(value)?.as_slice() {
            [groups] => {
                link.lab.groups = *groups;
                Some(())
            }
            _ => None,
        },
    },
    pad(),
    stride(),
    dilation(),
    mode(),
    flip(),
    padding(),
    step(),
    speed(),
    predict(),
];

/// Planes with `|` between. An empty cell that is a plane of its own is a space: `||` stands between filters.
fn planes(planes: &[Grid<Entry>]) -> String {
    let plane =
        |plane: &Grid<Entry>| Some(text::grid(plane)).filter(|text| !text.is_empty()).unwrap_or_else(|| " ".into());
    planes.iter().map(plane).collect::<Vec<_>>().join(CHANNEL)
}

/// Reads [`planes`]'s text: at most `most` planes of at most `limit` rows and columns.
fn read_planes(value: &str, most: usize, limit: usize) -> Option<Vec<Grid<Entry>>> {
    let planes = value.split(CHANNEL).take(most + 1).map(|plane| text::read_grid(plane, limit));
    let planes: Vec<_> = planes.collect::<Option<_>>()?;
    (planes.len() <= most).then_some(planes)
}

/// The state of fields, and what of them could not be read.
pub fn decode(fields: &Fields) -> (ChannelsLink, Vec<Warning>) {
    read_lab(fields)
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
        lab::{channels::PRESETS, operation::Operation as _, sliding::MODES},
        link::{Link, Page, operation::SPEEDS, write},
        nn::shape::Padding,
    };

    fn open(text: &str) -> (ChannelsLink, Vec<String>) {
        let (link, mut warnings) = Link::decode(text);
        let (state, more) = decode(&link.fields);
        warnings.extend(more);
        (state, warnings.iter().map(ToString::to_string).collect())
    }

    fn text_of(state: &ChannelsLink) -> String {
        Link { fields: write(FIELDS, state), ..Link::to(Page::Channels) }.encode()
    }

    #[test]
    fn presets_are_links_in_canonical_form_that_compute() {
        let mut names = HashSet::new();
        for preset in PRESETS {
            let text = format!("#/channels{}{}", if preset.query.is_empty() { "" } else { "?" }, preset.query);
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
        let (state, warnings) = open(&format!("#/channels?{query}"));
        assert_eq!(text_of(&state), format!("#/channels{written}"));
        assert_eq!(warnings, expect);
        assert_eq!(open(&text_of(&state)).0, state);
    }

    #[test]
    fn what_is_written_is_short_and_what_is_read_is_said() {
        check("", "", &[]);
        check("x=0,1,2;3,4,5;6,7,8|1,2,3;4,5,6;7,8,9&k=0,1;2,3|1,2;3,4&b=0&groups=1&pad=0&mode=zeros", "", &[]);
        // One bias stands for all filters, wherever it stands.
        check("b=2&k=1|2||3|4", "?k=1|2||3|4&b=2", &[]);
        check("k=1|2||3|4&b=2,2", "?k=1|2||3|4&b=2", &[]);
        check("k=1|2||3|4&b=0,0", "?k=1|2||3|4", &[]);
        check("b=1,2,3", "?b=1,2,3", &[]);
        check("b=%252C5", "?b=%252C5", &[]);
        // What does not fit together is kept, and the lab says so.
        check("x=1|2|3,4&k=1||2|3&groups=7", "?x=1|2|3,4&k=1||2|3&groups=7", &[]);
        check("x=%7C1", "?x=%20|1", &[]);
        check("k=1|||2", "?k=1||%20|2", &[]);
        check("k=1|%20||2", "?k=1|%20||2", &[]);
        let (x, k, b) = (FIELDS[0].form, FIELDS[1].form, FIELDS[2].form);
        let refused =
            |field: &str, form: &str| format!("The link's {field} can't be read: {form}. The default is used.");
        check("x=1,2;3|1", "", &[&refused("x=1,2;3|1", x)]);
        check("x=1|2|3|4|5|6|7|8|9", "", &[&refused("x=1|2|3|4|5|6|7|8|9", x)]);
        check("k=1||2||3||4||5||6||7||8||9", "", &[&refused("k=1||2||3||4||5||6||7||8||9", k)]);
        check("b=1,2,3,4,5,6,7,8,9", "", &[&refused("b=1,2,3,4,5,6,7,8,9", b)]);
        check("groups=1,2", "", &[&refused("groups=1,2", "a count")]);
    }

    #[test]
    fn a_plane_past_its_limit_is_refused_whole() {
        for (name, limit) in [("x", MAX_EXTENT), ("k", MAX_KERNEL_EXTENT)] {
            for (rows, cols, expect) in [(limit, limit, 0), (limit + 1, 1, 1), (1, limit + 1, 1)] {
                let text = vec![vec!["7"; cols].join(","); rows].join(";");
                let (state, warnings) = decode(&vec![(name.to_owned(), format!("1|{text}"))]);
                assert_eq!(warnings.len(), expect, "{name} of {rows} × {cols}");
                assert_eq!(state == ChannelsLink::default(), expect == 1);
            }
        }
        assert!(FIELDS[0].form.ends_with(&format!("at most {MAX_CHANNELS} of {MAX_EXTENT} × {MAX_EXTENT}")));
        let kernels = format!("{MAX_CHANNELS} kernels of {MAX_KERNEL_EXTENT} × {MAX_KERNEL_EXTENT}");
        assert!(FIELDS[1].form.ends_with(&format!("at most {MAX_FILTERS} filters of {kernels}")));
        assert!(FIELDS[2].form.ends_with(&format!("at most {MAX_FILTERS}")));
    }

    #[test]
    fn the_largest_lab_comes_back() {
        let mut seed = 1u64;
        let mut long = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 11) as f64 / (1u64 << 53) as f64 + 1e-3
        };
        let mut fraction = |_, _| Entry::Fraction { numerator: -long(), denominator: long() };
        let mut planes = |count: usize, extent: usize| -> Vec<Grid<Entry>> {
            (0..count).map(|_| Grid::from_fn(extent, extent, &mut fraction)).collect()
        };
        let lab = ChannelsLab {
            inputs: planes(MAX_CHANNELS, MAX_EXTENT),
            filters: (0..MAX_FILTERS).map(|_| planes(MAX_CHANNELS, MAX_KERNEL_EXTENT)).collect(),
            biases: vec![Entry::Number(0.0); MAX_FILTERS],
            ..ChannelsLab::default()
        };
        let state = ChannelsLink::of(lab);
        let text = text_of(&state);
        assert!(text.starts_with("#/channels?z="));
        assert!(open(&text) == (state, vec![]), "{}", text.len());
    }

    fn any_planes(limit: usize) -> impl Strategy<Value = Vec<Grid<Entry>>> {
        prop_oneof![
            4 => prop::collection::vec(any_grid(4, limit), 1..4),
            1 => prop::collection::vec(any_grid(4, 3), 1..=MAX_CHANNELS),
        ]
    }

    prop_compose! {
        /// Planes of any sizes, as many kernels and biases as come: a link holds what does not fit together, too. Only a
        /// single bias stands for all filters.
        fn any_state()(
            inputs in any_planes(MAX_EXTENT),
            filters in prop::collection::vec(any_planes(MAX_KERNEL_EXTENT), 1..=MAX_FILTERS),
            biases in prop::collection::vec(any_entry(), 2..=MAX_FILTERS),
            equal in any::<bool>(),
            groups in 0..=9_999usize,
            (top, bottom, left, right) in (0..=9_999usize, 0..=9_999usize, 0..=9_999usize, 0..=9_999usize),
            stride in (0..=9_999usize, 0..=9_999usize),
            dilation in (0..=9_999usize, 0..=9_999usize),
            (flip, total, predict) in any::<(bool, bool, bool)>(),
            mode in 0..MODES.len(),
            step in 1..=9_999usize,
            speed in prop::sample::select(SPEEDS.as_slice()),
        ) -> ChannelsLink {
            let convention = if total { PaddingConvention::Total } else { PaddingConvention::PerSide };
            let padding = Padding { top, bottom, left, right };
            let sliding = Sliding { padding, mode: MODES[mode].0, stride, dilation, flip, convention };
            let biases = if equal { vec![biases[0].clone(); filters.len()] } else { biases };
            ChannelsLink { lab: ChannelsLab { inputs, filters, biases, groups, sliding }, step, speed, predict }
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
                "#/channels\\?([xkbz]|groups|pad|stride|dilation|mode|flip|padding|step|speed|predict)=[^&]{0,30}(&[a-z]{1,6}=.{0,9}){0,3}",
                "#/channels\\?x=[0-9,;|/.%-]{0,40}&k=[0-9,;|a]{0,20}&b=[0-9,;|%]{0,9}&groups=[0-9]{0,2}",
            ],
        ) {
            let (state, _) = open(&text);
            prop_assert_eq!(open(&text_of(&state)), (state.clone(), vec![]));
            if let Err(problem) = state.lab.compute() {
                prop_assert!(!problem.repairs.is_empty());
            }
        }

        #[test]
        fn any_fields_open_a_state(fields in prop::collection::vec(("[xkb]|groups|[a-z]{0,9}", any::<String>()), 0..8)) {
            let (state, _) = decode(&fields);
            prop_assert!(state.lab.inputs.len() <= MAX_CHANNELS && state.lab.filters.len() <= MAX_FILTERS);
        }
    }
}
