//! `#/channels`: the lab's state, the step and the speed.

use super::{
    Field, Fields, Warning,
    operation::{LabLink, Slides, dilation, flip, mode, pad, padding, predict, speed, step, stride},
    read, text,
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

pub(super) const FIELDS: &[Field<ChannelsLink>] = &[
    Field {
        name: "x",
        form: "channels with | between, each rows of numbers such as 0,1;2,3, at most 8 of 32 × 32",
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
    let plane = |plane: &Grid<Entry>| Some(text::grid(plane)).filter(|text| !text.is_empty()).unwrap_or_else(|| " ".into());
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
    let mut link = ChannelsLink::default();
    let warnings = read(FIELDS, &mut link, fields);
    // One number stands for all: how many filters there are is known only now.
    link.lab.spread_bias();
    (link, warnings)
}
