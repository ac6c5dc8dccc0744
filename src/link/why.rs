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
