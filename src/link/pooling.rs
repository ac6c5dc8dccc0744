//! `#/pooling`: the lab's state, the step and the speed.

use super::{
    Field, Fields, Page, Warning,
    operation::{
        LabLink, Linked, PADDING_FORM, PAIR_FORM, predict, read_lab, read_padding, speed, step, write_padding,
    },
    text,
};
use crate::{
    lab::pooling::{Direction, PoolingLab},
    nn::shape::MAX_INPUT,
    trace::PoolingKind,
};

/// What a link to the lab holds.
pub type PoolingLink = LabLink<PoolingLab>;

impl Linked for PoolingLab {
    const PAGE: Page = Page::Pooling;
    const FIELDS: &'static [Field<LabLink<Self>>] = FIELDS;

    fn program(&self) -> String {
        self.code()
    }
}

const FIELDS: &[Field<PoolingLink>] = &[
    Field {
        name: "x",
        form: "rows of numbers such as 0,1;2,3, all of one length, at most 64 × 64",
        write: |link| (link.lab.input != PoolingLab::default().input).then(|| text::grid(&link.lab.input)),
        read: |link, value| text::read_grid(value, MAX_INPUT).map(|grid| link.lab.input = grid),
    },
    Field {
        name: "kind",
        form: "max or average",
        write: |link| (link.lab.kind == PoolingKind::Average).then(|| "average".into()),
        read: |link, value| {
            link.lab.kind = match value {
                "max" => PoolingKind::Max,
                "average" => PoolingKind::Average,
                _ => return None,
            };
            Some(())
        },
    },
    Field {
        name: "window",
        form: PAIR_FORM,
        write: |link| (link.lab.window != (2, 2)).then(|| text::pair(link.lab.window)),
        read: |link, value| text::read_pair(value).map(|window| link.lab.window = window),
    },
    Field {
        name: "stride",
        form: PAIR_FORM,
        write: |link| (link.lab.stride != (1, 1)).then(|| text::pair(link.lab.stride)),
        read: |link, value| text::read_pair(value).map(|stride| link.lab.stride = stride),
    },
    Field {
        name: "pad",
        form: PADDING_FORM,
        write: |link| write_padding(link.lab.padding),
        read: |link, value| read_padding(value).map(|padding| link.lab.padding = padding),
    },
    Field {
        name: "ceil",
        form: "1 or 0",
        write: |link| link.lab.ceil.then(|| "1".into()),
        read: |link, value| text::read_switch(value).map(|on| link.lab.ceil = on),
    },
    Field {
        name: "count_pad",
        form: "1 or 0",
        write: |link| (!link.lab.count_padding).then(|| "0".into()),
        read: |link, value| text::read_switch(value).map(|on| link.lab.count_padding = on),
    },
    step(),
    speed(),
    Field {
        name: "shift",
        form: "left, right, up, down or no",
        write: |link| link.lab.shift.map(|direction| direction.name().to_owned()),
        read: |link, value| {
            let named = |(_, name): &&(Direction, &str)| *name == value;
            link.lab.shift = match Direction::ALL.iter().find(named) {
                Some((direction, _)) => Some(*direction),
                None if value == "no" => None,
                None => return None,
            };
            Some(())
        },
    },
    predict(),
];

/// The state of fields, and what of them could not be read.
pub fn decode(fields: &Fields) -> (PoolingLink, Vec<Warning>) {
    read_lab(fields)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::{text::random::any_grid, *};
    use crate::{
        lab::{OperationLab, operation::Operation as _, pooling::PRESETS},
        link::{
            Link, Page,
            operation::{LabKind, SPEEDS},
            write,
        },
        nn::shape::Padding,
    };

    fn open(text: &str) -> (PoolingLink, Vec<String>) {
        let (link, mut warnings) = Link::decode(text);
        let (state, more) = decode(&link.fields);
        warnings.extend(more);
        (state, warnings.iter().map(ToString::to_string).collect())
    }

    fn text_of(state: &PoolingLink) -> String {
        Link { fields: write(FIELDS, state), ..Link::to(Page::Pooling) }.encode()
    }

    #[test]
    fn presets_are_links_in_canonical_form_that_compute() {
        let mut names = HashSet::new();
        for preset in PRESETS {
            let text = format!("#/pooling{}{}", if preset.query.is_empty() { "" } else { "?" }, preset.query);
            let (state, warnings) = open(&text);
            assert_eq!(warnings, [""; 0], "{}", preset.name);
            assert_eq!(text_of(&state), text, "{}", preset.name);
            let computed = state.lab.compute();
            assert!(computed.is_ok(), "{}: {:?}", preset.name, computed.err());
            assert!(names.insert(preset.name), "two presets have the name {}", preset.name);
        }
    }

    #[test]
    fn the_page_knows_its_lab() {
        let (link, _) = Link::decode("#/pooling?kind=average&step=2");
        assert_eq!(link.page, Page::Pooling);
        let kind = LabKind::of_page(link.page).unwrap();
        let (state, warnings) = (kind.decode)(&link.fields);
        assert_eq!(warnings, []);
        assert_eq!((kind.encode)(&state), link.fields);
        let other = LabKind::of_page(Page::Channels).unwrap();
        assert_eq!((other.encode)(&state), [], "it is no state of another lab");
        let lab = PoolingLab { kind: PoolingKind::Average, ..PoolingLab::default() };
        assert_eq!(state, LabLink { step: 2, ..LabLink::of(OperationLab::of(lab)) });
    }

    #[track_caller]
    fn check(query: &str, written: &str, expect: &[&str]) {
        let (state, warnings) = open(&format!("#/pooling?{query}"));
        assert_eq!(text_of(&state), written);
        assert_eq!(warnings, expect);
    }

    #[test]
    fn what_is_written_is_short_and_what_is_read_is_said() {
        check("", "#/pooling", &[]);
        check(
            "x=0,1,2;3,4,5;6,7,8&kind=max&window=2&stride=1,1&pad=0&ceil=0&count_pad=1&shift=no&step=1&predict=0",
            "#/pooling",
            &[],
        );
        check(
            "shift=up&predict=1&step=3&speed=2&count_pad=0&ceil=1&pad=1,0,1,0&stride=2&window=2,3&kind=average&x=-1,1/2",
            "#/pooling?x=-1,1/2&kind=average&window=2,3&stride=2&pad=1,0,1,0&ceil=1&count_pad=0&step=3&speed=2&shift=up&predict=1",
            &[],
        );
        check("window=0,9999", "#/pooling?window=0,9999", &[]);
        check(
            "kind=min&shift=2&k=1",
            "#/pooling",
            &[
                "The link's kind=min can't be read: max or average. The default is used.",
                "The link's shift=2 can't be read: left, right, up, down or no. The default is used.",
                "The link's field “k” is not known here and was ignored.",
            ],
        );
    }

    prop_compose! {
        fn any_state()(
            input in any_grid(8, MAX_INPUT),
            window in (0..=9_999usize, 0..=9_999usize),
            stride in (0..=9_999usize, 0..=9_999usize),
            (top, bottom, left, right) in prop_oneof![
                (0..=9_999usize, 0..=9_999usize, 0..=9_999usize, 0..=9_999usize),
                (0..=9_999usize).prop_map(|each| (each, each, each, each)),
            ],
            (average, ceil, count_padding, predict) in any::<(bool, bool, bool, bool)>(),
            shift in 0..=Direction::ALL.len(),
            step in 1..=9_999usize,
            speed in prop::sample::select(SPEEDS.as_slice()),
        ) -> PoolingLink {
            let padding = Padding { top, bottom, left, right };
            let kind = if average { PoolingKind::Average } else { PoolingKind::Max };
            let shift = Direction::ALL.get(shift).map(|(direction, _)| *direction);
            let lab = PoolingLab { input, kind, window, stride, padding, ceil, count_padding, shift };
            PoolingLink { lab, step, speed, predict }
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
                "#/pooling\\?(x|z|kind|window|stride|pad|ceil|count_pad|shift|step|speed|predict)=[^&]{0,30}(&[a-z]{1,4}=.{0,9}){0,3}",
                "#/pooling\\?x=[0-9,;/.%-]{0,40}&(window|pad|stride)=[0-9,-]{0,9}&(kind|shift)=[a-z]{0,5}",
            ],
        ) {
            let (state, _) = open(&text);
            prop_assert_eq!(open(&text_of(&state)), (state.clone(), vec![]));
            // Whatever was opened is shown or explained.
            let _ = (state.lab.compute().is_ok(), state.lab.shape(None), state.lab.code(), state.lab.broken_scene());
        }

        #[test]
        fn any_fields_open_a_state(fields in prop::collection::vec(("[a-z_]{0,9}", any::<String>()), 0..8)) {
            let (state, _) = decode(&fields);
            prop_assert!(state.lab.input.rows() <= MAX_INPUT);
        }
    }
}
