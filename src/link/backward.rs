//! `#/backward`: the lab's state, the step and the speed.

use super::{
    Field, Fields, Page, Warning,
    operation::{
        LabLink, Linked, PADDING_FORM, PAIR_FORM, predict, read_lab, read_padding, speed, step, write_padding,
    },
    text,
};
use crate::{
    lab::backward::{BackwardLab, MAX_UPSTREAM, Taken, View},
    nn::shape::{MAX_INPUT, MAX_KERNEL},
    num::Entry,
};

/// What a link to the lab holds.
pub type BackwardLink = LabLink<BackwardLab>;

impl Linked for BackwardLab {
    const PAGE: Page = Page::Backward;
    const FIELDS: &'static [Field<LabLink<Self>>] = FIELDS;

    fn settle(&mut self) {
        Self::settle(self);
    }

    fn program(&self) -> String {
        self.code()
    }
}

const FIELDS: &[Field<BackwardLink>] = &[
    Field {
        name: "op",
        form: "convolution, max or average",
        write: |link| {
            let name = Taken::ALL.iter().find(|(taken, _)| *taken == link.lab.operation).map(|(_, name)| *name)?;
            (link.lab.operation != Taken::Convolution).then(|| name.to_owned())
        },
        read: |link, value| {
            link.lab.operation = Taken::ALL.iter().find(|(_, name)| *name == value)?.0;
            Some(())
        },
    },
    Field {
        name: "x",
        form: "rows of numbers such as 0,1;2,3, all of one length, at most 64 × 64",
        write: |link| (link.lab.input != BackwardLab::default().input).then(|| text::grid(&link.lab.input)),
        read: |link, value| text::read_grid(value, MAX_INPUT).map(|grid| link.lab.input = grid),
    },
    Field {
        name: "k",
        form: "rows of numbers such as 0,1;2,3, all of one length, at most 16 × 16",
        write: |link| (link.lab.kernel != BackwardLab::default().kernel).then(|| text::grid(&link.lab.kernel)),
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
        name: "dy",
        form: "rows of numbers such as 0,1;2,3, all of one length, one number for each output",
        // What a link without it opens depends on the output's size.
        write: |link| (link.lab.upstream != link.lab.usual_upstream()).then(|| text::grid(link.lab.upstream.cells())),
        read: |link, value| text::read_grid(value, MAX_UPSTREAM).map(|grid| link.lab.upstream = grid.into()),
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
        name: "dilation",
        form: PAIR_FORM,
        write: |link| (link.lab.dilation != (1, 1)).then(|| text::pair(link.lab.dilation)),
        read: |link, value| text::read_pair(value).map(|dilation| link.lab.dilation = dilation),
    },
    Field {
        name: "count_pad",
        form: "1 or 0",
        write: |link| (!link.lab.count_padding).then(|| "0".into()),
        read: |link, value| text::read_switch(value).map(|on| link.lab.count_padding = on),
    },
    Field {
        name: "view",
        form: "steps, full or check",
        write: |link| {
            let name = View::ALL.iter().find(|(view, _)| *view == link.lab.view).map(|(_, name)| *name)?;
            (link.lab.view != View::Steps).then(|| name.to_owned())
        },
        read: |link, value| {
            link.lab.view = View::ALL.iter().find(|(_, name)| *name == value)?.0;
            Some(())
        },
    },
    step(),
    speed(),
    predict(),
];

/// The state of fields, and what of them could not be read.
pub fn decode(fields: &Fields) -> (BackwardLink, Vec<Warning>) {
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
        lab::{OperationLab, backward::PRESETS, operation::Operation as _},
        link::{
            Link, Page,
            operation::{LabKind, SPEEDS},
            write,
        },
        nn::shape::Padding,
    };

    fn open(text: &str) -> (BackwardLink, Vec<String>) {
        let (link, mut warnings) = Link::decode(text);
        let (state, more) = decode(&link.fields);
        warnings.extend(more);
        (state, warnings.iter().map(ToString::to_string).collect())
    }

    fn text_of(state: &BackwardLink) -> String {
        Link { fields: write(FIELDS, state), ..Link::to(Page::Backward) }.encode()
    }

    #[test]
    fn presets_are_links_in_canonical_form_that_compute() {
        let mut names = HashSet::new();
        for preset in PRESETS {
            let text = format!("#/backward{}{}", if preset.query.is_empty() { "" } else { "?" }, preset.query);
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
        let (link, _) = Link::decode("#/backward?op=max&step=2");
        assert_eq!(link.page, Page::Backward);
        let kind = LabKind::of_page(link.page).unwrap();
        let (state, warnings) = (kind.decode)(&link.fields);
        assert_eq!(warnings, []);
        assert_eq!((kind.encode)(&state), link.fields);
        let lab = BackwardLab { operation: Taken::ALL[1].0, ..BackwardLab::default() };
        assert_eq!(state, LabLink { step: 2, ..LabLink::of(OperationLab::of(lab)) });
    }

    #[track_caller]
    fn check(query: &str, written: &str, expect: &[&str]) {
        let (state, warnings) = open(&format!("#/backward?{query}"));
        assert_eq!(text_of(&state), written);
        assert_eq!(warnings, expect);
    }

    #[test]
    fn what_is_written_is_short_and_what_is_read_is_said() {
        check("", "#/backward", &[]);
        check(
            "op=convolution&x=0,1,2;3,4,5;6,7,8&k=0,1;2,3&b=0&dy=2,-1;0,1&window=2&stride=1,1&pad=0&dilation=1&count_pad=1&view=steps&step=1&predict=0",
            "#/backward",
            &[],
        );
        check(
            "predict=1&step=3&speed=2&view=check&count_pad=0&dilation=2,1&pad=1,0,1,0&stride=2&window=2,3&dy=1&b=1/2&k=1&x=-1,1/2&op=average",
            "#/backward?op=average&x=-1,1/2&k=1&b=1/2&dy=1&window=2,3&stride=2&pad=1,0,1,0&dilation=2,1&count_pad=0&view=check&step=3&speed=2&predict=1",
            &[],
        );
        // The upstream gradient of a link that names none is as large as the output; a named one is as it is.
        check("stride=2", "#/backward?stride=2", &[]);
        check("stride=2&dy=2", "#/backward?stride=2", &[]);
        check("stride=2&dy=2,-1;0,1", "#/backward?dy=2,-1;0,1&stride=2", &[]);
        check("stride=0", "#/backward?stride=0", &[]);
        check(
            "op=min&view=im2col&mode=reflect&dy=1;2,3",
            "#/backward",
            &[
                "The link's op=min can't be read: convolution, max or average. The default is used.",
                "The link's view=im2col can't be read: steps, full or check. The default is used.",
                "The link's field “mode” is not known here and was ignored.",
                "The link's dy=1;2,3 can't be read: rows of numbers such as 0,1;2,3, all of one length, one number for \
                 each output. The default is used.",
            ],
        );
    }

    prop_compose! {
        fn any_state()(
            (input, kernel, upstream) in (any_grid(8, MAX_INPUT), any_grid(4, MAX_KERNEL), any_grid(8, MAX_UPSTREAM)),
            given: bool,
            bias in any_entry(),
            (window, stride, dilation) in (
                (0..=9_999usize, 0..=9_999usize), (0..=9_999usize, 0..=9_999usize), (0..=9_999usize, 0..=9_999usize),
            ),
            (top, bottom, left, right) in prop_oneof![
                (0..=9_999usize, 0..=9_999usize, 0..=9_999usize, 0..=9_999usize),
                (0..3usize).prop_map(|each| (each, each, each, each)),
            ],
            small: bool,
            (operation, view) in (0usize..3, 0usize..3),
            (count_padding, predict) in any::<(bool, bool)>(),
            step in 1..=9_999usize,
            speed in prop::sample::select(SPEEDS.as_slice()),
        ) -> BackwardLink {
            let padding = Padding { top, bottom, left, right };
            let small = |pair: (usize, usize)| if small { (pair.0 % 4, pair.1 % 4) } else { pair };
            let mut lab = BackwardLab {
                operation: Taken::ALL[operation].0,
                input,
                kernel,
                bias,
                upstream: BackwardLab::default().upstream,
                window: small(window),
                stride: small(stride),
                padding,
                dilation: small(dilation),
                count_padding,
                view: View::ALL[view].0,
            };
            if given {
                lab.upstream = upstream.into();
            } else {
                lab.settle();
            }
            BackwardLink { lab, step, speed, predict }
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
                "#/backward\\?(op|x|z|dy|window|stride|pad|dilation|count_pad|view|step|speed|predict)=[^&]{0,30}(&[a-z]{1,4}=.{0,9}){0,3}",
                "#/backward\\?x=[0-9,;/.%-]{0,40}&(dy|k)=[0-9,;]{0,9}&(window|pad|stride)=[0-9,-]{0,5}&op=(max|average)&view=(full|check)",
            ],
        ) {
            let (state, _) = open(&text);
            prop_assert_eq!(open(&text_of(&state)), (state.clone(), vec![]));
            // Whatever was opened is shown or explained.
            let computed = state.lab.compute().ok();
            let _ = (state.lab.shape(computed.as_deref()), state.lab.code(), state.lab.broken_scene());
        }

        #[test]
        fn any_fields_open_a_state(fields in prop::collection::vec(("[a-z_]{0,9}", any::<String>()), 0..8)) {
            let (state, _) = decode(&fields);
            prop_assert!(state.lab.input.rows() <= MAX_INPUT);
        }
    }
}
