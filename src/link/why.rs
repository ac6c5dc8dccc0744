//! `#/why`: the lab's state, the step and the speed.

use super::{
    Field, Fields, Page, Warning,
    operation::{LabLink, Linked, PAIR_FORM, predict, read_lab, speed, step},
    text,
};
use crate::{
    lab::why::{MAX_PICTURE, MAX_ROW, MAX_SEED, Move, View, WhyLab},
    num::{Entry, Grid},
};

/// What a link to the lab holds.
pub type WhyLink = LabLink<WhyLab>;

impl Linked for WhyLab {
    const PAGE: Page = Page::Why;
    const FIELDS: &'static [Field<LabLink<Self>>] = FIELDS;

    fn program(&self) -> String {
        self.code()
    }
}

const COUNT_FORM: &str = "a count up to 9,999";
const ROW_FORM: &str = "numbers such as 0,1,2, at most 16";
const GRID_FORM: &str = "rows of numbers such as 0,1;2,3, all of one length, at most 10 × 10";

const FIELDS: &[Field<WhyLink>] = &[
    Field {
        name: "view",
        form: "count, connections or shift",
        write: |link| {
            let name = View::ALL.iter().find(|(view, _)| *view == link.lab.view).map(|(_, name)| *name)?;
            (link.lab.view != View::Count).then(|| name.to_owned())
        },
        read: |link, value| {
            link.lab.view = View::ALL.iter().find(|(_, name)| *name == value)?.0;
            Some(())
        },
    },
    Field {
        name: "size",
        form: PAIR_FORM,
        write: |link| other(link.lab.size, |lab| lab.size).map(text::pair),
        read: |link, value| text::read_pair(value).map(|size| link.lab.size = size),
    },
    Field {
        name: "channels",
        form: COUNT_FORM,
        write: |link| other(link.lab.channels, |lab| lab.channels).map(|count| count.to_string()),
        read: |link, value| read_count(value).map(|channels| link.lab.channels = channels),
    },
    Field {
        name: "units",
        form: COUNT_FORM,
        write: |link| other(link.lab.units, |lab| lab.units).map(|count| count.to_string()),
        read: |link, value| read_count(value).map(|units| link.lab.units = units),
    },
    Field {
        name: "window",
        form: PAIR_FORM,
        write: |link| other(link.lab.window, |lab| lab.window).map(text::pair),
        read: |link, value| text::read_pair(value).map(|window| link.lab.window = window),
    },
    Field {
        name: "filters",
        form: COUNT_FORM,
        write: |link| other(link.lab.filters, |lab| lab.filters).map(|count| count.to_string()),
        read: |link, value| read_count(value).map(|filters| link.lab.filters = filters),
    },
    Field {
        name: "row",
        form: ROW_FORM,
        write: |link| other_grid(&link.lab.row, |lab| lab.row),
        read: |link, value| text::read_grid(value, MAX_ROW).map(|row| link.lab.row = row),
    },
    Field {
        name: "taps",
        form: ROW_FORM,
        write: |link| other_grid(&link.lab.taps, |lab| lab.taps),
        read: |link, value| text::read_grid(value, MAX_ROW).map(|taps| link.lab.taps = taps),
    },
    Field {
        name: "x",
        form: GRID_FORM,
        write: |link| other_grid(&link.lab.input, |lab| lab.input),
        read: |link, value| text::read_grid(value, MAX_PICTURE).map(|input| link.lab.input = input),
    },
    Field {
        name: "k",
        form: GRID_FORM,
        write: |link| other_grid(&link.lab.kernel, |lab| lab.kernel),
        read: |link, value| text::read_grid(value, MAX_PICTURE).map(|kernel| link.lab.kernel = kernel),
    },
    Field {
        name: "shift",
        form: "right, left, down, up, right2, left2, down2, up2 or diagonal",
        write: |link| {
            let shift = other(link.lab.shift, |lab| lab.shift)?;
            Move::ALL.iter().find(|(known, ..)| *known == shift).map(|(_, name, _)| (*name).to_owned())
        },
        read: |link, value| {
            link.lab.shift = Move::ALL.iter().find(|(_, name, _)| *name == value)?.0;
            Some(())
        },
    },
    Field {
        name: "stride",
        form: COUNT_FORM,
        write: |link| other(link.lab.stride, |lab| lab.stride).map(|count| count.to_string()),
        read: |link, value| read_count(value).map(|stride| link.lab.stride = stride),
    },
    Field {
        name: "pad",
        form: COUNT_FORM,
        write: |link| other(link.lab.padding, |lab| lab.padding).map(|count| count.to_string()),
        read: |link, value| read_count(value).map(|padding| link.lab.padding = padding),
    },
    Field {
        name: "seed",
        form: COUNT_FORM,
        write: |link| other(link.lab.seed, |lab| lab.seed).map(|count| count.to_string()),
        read: |link, value| read_count(value).filter(|&seed| seed <= MAX_SEED).map(|seed| link.lab.seed = seed),
    },
    step(),
    speed(),
    predict(),
];

/// A setting where it is not the default.
fn other<T: PartialEq>(value: T, of: fn(WhyLab) -> T) -> Option<T> {
    (value != of(WhyLab::default())).then_some(value)
}

fn other_grid(grid: &Grid<Entry>, of: fn(WhyLab) -> Grid<Entry>) -> Option<String> {
    (*grid != of(WhyLab::default())).then(|| text::grid(grid))
}

fn read_count(value: &str) -> Option<usize> {
    match text::read_counts(value)?.as_slice() {
        [count] => Some(*count),
        _ => None,
    }
}

/// The state of fields, and what of them could not be read.
pub fn decode(fields: &Fields) -> (WhyLink, Vec<Warning>) {
    read_lab(fields)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::{text::random::any_grid, *};
    use crate::{
        lab::{operation::Operation as _, why::PRESETS},
        link::{
            Link, Page,
            operation::{LabKind, SPEEDS},
            write,
        },
    };

    fn open(text: &str) -> (WhyLink, Vec<String>) {
        let (link, mut warnings) = Link::decode(text);
        let (state, more) = decode(&link.fields);
        warnings.extend(more);
        (state, warnings.iter().map(ToString::to_string).collect())
    }

    fn text_of(state: &WhyLink) -> String {
        Link { fields: write(FIELDS, state), ..Link::to(Page::Why) }.encode()
    }

    #[test]
    fn presets_are_links_in_canonical_form_that_compute() {
        let mut names = HashSet::new();
        for preset in PRESETS {
            let text = format!("#/why{}{}", if preset.query.is_empty() { "" } else { "?" }, preset.query);
            let (state, warnings) = open(&text);
            assert_eq!(warnings, [""; 0], "{}", preset.name);
            assert_eq!(text_of(&state), text, "{}", preset.name);
            let computed = state.lab.compute();
            let steps = computed.map(|computed| computed.len());
            assert!(steps.as_ref().is_ok_and(|&steps| state.step <= steps), "{}: {steps:?}", preset.name);
            assert!(names.insert(preset.name), "two presets have the name {}", preset.name);
        }
    }

    #[test]
    fn the_page_knows_its_lab() {
        let (link, _) = Link::decode("#/why?view=shift&step=2");
        assert_eq!(link.page, Page::Why);
        let kind = LabKind::of_page(link.page).unwrap();
        let (state, warnings) = (kind.decode)(&link.fields);
        assert_eq!(warnings, []);
        assert_eq!((kind.encode)(&state), link.fields);
        assert_eq!(state.lab.state::<WhyLab>().map(|lab| lab.view), Some(View::Shift));
    }

    #[track_caller]
    fn check(query: &str, written: &str, expect: &[&str]) {
        let (state, warnings) = open(&format!("#/why?{query}"));
        assert_eq!(text_of(&state), written);
        assert_eq!(warnings, expect);
    }

    #[test]
    fn what_is_written_is_short_and_what_is_read_is_said() {
        check("", "#/why", &[]);
        check(
            "view=count&size=3000,4000&channels=3&units=100&window=5&filters=100&shift=right&stride=1&pad=0&seed=1&step=1",
            "#/why",
            &[],
        );
        check(
            "predict=1&speed=4&step=2&seed=0&pad=9999&stride=0&shift=up2&k=1/2&x=1,2;3,4&taps=-1&row=1,2;3,4&filters=6&window=2,3&units=1&channels=0&size=28&view=connections",
            "#/why?view=connections&size=28&channels=0&units=1&window=2,3&filters=6&row=1,2;3,4&taps=-1&x=1,2;3,4&k=1/2&shift=up2&stride=0&pad=9999&seed=0&step=2&speed=4&predict=1",
            &[],
        );
        check(
            "view=why&shift=3&channels=1,2&units=10000&kernel=1",
            "#/why",
            &[
                "The link's view=why can't be read: count, connections or shift. The default is used.",
                "The link's shift=3 can't be read: right, left, down, up, right2, left2, down2, up2 or diagonal. The default is used.",
                "The link's channels=1,2 can't be read: a count up to 9,999. The default is used.",
                "The link's units=10000 can't be read: a count up to 9,999. The default is used.",
                "The link's field “kernel” is not known here and was ignored.",
            ],
        );
    }

    fn any_count() -> impl Strategy<Value = usize> {
        prop_oneof![0..=9_999usize, 0..4usize]
    }

    prop_compose! {
        fn any_state()(
            view in prop::sample::select(View::ALL.map(|(view, _)| view).to_vec()),
            size in (any_count(), any_count()),
            (channels, units, filters) in (any_count(), any_count(), any_count()),
            window in (any_count(), any_count()),
            (row, taps) in (any_grid(4, MAX_ROW), any_grid(4, MAX_ROW)),
            (input, kernel) in (any_grid(6, MAX_PICTURE), any_grid(4, MAX_PICTURE)),
            shift in prop::sample::select(Move::ALL.map(|(shift, ..)| shift).to_vec()),
            (stride, padding, seed) in (any_count(), any_count(), any_count()),
            step in 1..=9_999usize,
            speed in prop::sample::select(SPEEDS.as_slice()),
            predict: bool,
        ) -> WhyLink {
            let lab = WhyLab {
                view, size, channels, units, window, filters, row, taps, input, kernel, shift, stride, padding, seed,
            };
            WhyLink { lab, step, speed, predict }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_state_comes_back(state in any_state()) {
            prop_assert_eq!(open(&text_of(&state)), (state.clone(), vec![]));
            let _ = (state.lab.compute().is_ok(), state.lab.shape(None), state.lab.code(), state.lab.broken_scene());
        }

        #[test]
        fn any_text_opens_a_state_that_comes_back(
            text in prop_oneof![
                any::<String>(),
                "#/why\\?(x|z|k|row|taps|view|size|channels|window|shift|stride|pad|seed|step)=[^&]{0,30}(&[a-z]{1,4}=.{0,9}){0,3}",
                "#/why\\?view=(connections|shift|count)&(x|row)=[0-9,;/.%-]{0,40}&(stride|pad|size)=[0-9,-]{0,9}&shift=[a-z0-9]{0,5}",
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
            prop_assert!(state.lab.input.rows() <= MAX_PICTURE);
        }
    }
}
