//! The channels lab's settings.

use super::{ChannelsLab, MAX_CHANNELS, MAX_EXTENT, MAX_FILTERS, MAX_KERNEL_EXTENT, program};
use crate::{
    lab::{
        control::{ControlForm, ControlId, ControlView, Value},
        setting::{Described, Kind, Named, Own, Setting, lens, text},
        sliding::{self, Slides, Sliding},
    },
    num::{Entry, Grid},
};

/// Number of groups.
pub(super) const GROUPS: ControlId = ControlId::new("groups");
/// A number of groups that is asked for by its name.
pub(super) const GROUPS_BY_NAME: ControlId = ControlId::new("named-groups");

const NAMED_GROUPS: &[Named] = &[Named::on_screen("One group"), Named::on_screen("Depthwise")];

/// Which channel is shown where there is no room for all.
pub(super) const LOOKED: ControlId = ControlId::new("channel");

impl Slides for ChannelsLab {
    fn sliding(&self) -> &Sliding {
        &self.sliding
    }

    fn sliding_mut(&mut self) -> &mut Sliding {
        &mut self.sliding
    }

    fn extents(&self) -> ((usize, usize), (usize, usize)) {
        (self.input_shape(), self.kernel_shape())
    }
}

impl Described for ChannelsLab {
    const SETTINGS: &'static [Setting<Self>] = &[
        Setting::new(
            ControlId::INPUT,
            "x",
            Own::in_link(
                "channels with | between, each rows of numbers such as 0,1;2,3, at most 8 of 28 × 28",
                &["1,2;3,4", "1,2;3,4|0,1/2;-1,2", " "],
                |lab: &Self, default: &Self| (lab.inputs != default.inputs).then(|| planes(&lab.inputs)),
                |lab: &mut Self, text| read_planes(text, MAX_CHANNELS, MAX_EXTENT).map(|inputs| lab.inputs = inputs),
            ),
        ),
        Setting::new(
            ControlId::KERNEL,
            "k",
            Own::in_link(
                "filters with || between, their kernels with | between, each rows of numbers such as 0,1;2,3, at most 8 \
                 filters of 8 kernels of 8 × 8",
                &["1,2;3,4|0,1;1,0", "1|2||3|4"],
                |lab: &Self, default: &Self| {
                    let filters = || lab.filters.iter().map(|filter| planes(filter)).collect::<Vec<_>>().join(FILTER);
                    (lab.filters != default.filters).then(filters)
                },
                |lab: &mut Self, text| {
                    // One more than there may be, so that too many are refused and not cut off.
                    let filters = text.split(FILTER).take(MAX_FILTERS + 1);
                    let filters: Vec<_> = filters
                        .map(|filter| read_planes(filter, MAX_CHANNELS, MAX_KERNEL_EXTENT))
                        .collect::<Option<_>>()?;
                    (filters.len() <= MAX_FILTERS).then(|| lab.filters = filters)
                },
            ),
        ),
        Setting::new(
            ControlId::BIAS,
            "b",
            Kind::Own(Own {
                form: "a number, or one for each filter with commas between, at most 8",
                examples: &["2", "1,2,3"],
                write: write_biases,
                read: |lab: &mut Self, text| {
                    let biases: Vec<Entry> = text.split(',').take(MAX_FILTERS + 1).map(text::read_entry).collect();
                    (biases.len() <= MAX_FILTERS).then(|| lab.biases = biases)
                },
                controls: |lab: &Self| {
                    let note = if lab.filters.len() > 1 { "one for each filter, with commas between" } else { "" };
                    let text = Some(Value::Text(lab.bias_text()));
                    let view = ControlView::new(ControlId::BIAS, "Bias", ControlForm::Text, text);
                    vec![view.with_symbol("b").noted(note)]
                },
                set: |lab: &mut Self, control, value| {
                    let (ControlId::BIAS, Value::Text(text)) = (control, value) else { return None };
                    lab.set_biases(text);
                    Some(())
                },
            }),
        )
        .at(130, "b", "Bias"),
        Setting::new(
            GROUPS,
            "groups",
            Kind::Own(Own {
                form: "a count",
                examples: &["2", "7"],
                write: |lab: &Self, default: &Self| (lab.groups != default.groups).then(|| lab.groups.to_string()),
                read: |lab: &mut Self, text| text::read_count(text).map(|groups| lab.groups = groups),
                controls: groups,
                set: |lab: &mut Self, control, value| {
                    match (control, value) {
                        (GROUPS, Value::Count(count)) => lab.set_groups(*count),
                        (GROUPS_BY_NAME, Value::Choice(0)) => lab.set_groups(1),
                        (GROUPS_BY_NAME, Value::Choice(1)) => lab.set_depthwise(),
                        _ => return None,
                    }
                    Some(())
                },
            }),
        )
        .at(30, "", "Groups"),
        Setting::new(LOOKED, "channel", Kind::Count(lens!(looked), 0, MAX_CHANNELS - 1)),
        sliding::padding(),
        sliding::stride(),
        sliding::dilation(),
        sliding::mode(),
        sliding::flip(),
        sliding::convention(),
        Setting::new(
            ControlId::CHANNELS,
            "",
            Kind::Amount(
                |lab: &Self| lab.inputs.len(),
                |lab, count| {
                    lab.set_channels(count);
                    Some(())
                },
            ),
        )
        .at(10, "", "Input channels"),
        Setting::new(
            ControlId::FILTERS,
            "",
            Kind::Amount(
                |lab: &Self| lab.filters.len(),
                |lab, count| {
                    lab.set_filters(count);
                    Some(())
                },
            ),
        )
        .at(20, "", "Filters")
        .noted(|_| "one output channel each".to_owned()),
        Setting::new(ControlId::INPUT_SIZE, "", Kind::Extent(Self::input_shape)).at(40, "n", "Input"),
        Setting::new(ControlId::KERNEL_SIZE, "", Kind::Extent(Self::kernel_shape)).at(50, "k", "Kernel"),
        sliding::named_padding(),
    ];

    fn program(&self) -> String {
        program::program(self)
    }

    fn settle(&mut self) {
        // One number stands for all: how many filters there are is known only now.
        self.spread_bias();
    }
}

/// The number of groups, and the two that have names.
fn groups(lab: &ChannelsLab) -> Vec<ControlView> {
    let (channels, filters) = (lab.inputs.len(), lab.filters.len());
    let each = |filter: &Vec<Grid<Entry>>| filter.len() == 1;
    let depthwise = lab.groups == channels && filters == channels && lab.filters.iter().all(each);
    let chosen = match lab.groups {
        _ if depthwise && channels > 1 => Some(1),
        1 => Some(0),
        _ => None,
    };
    let note = if chosen == Some(1) { "one filter for each channel, which reads it alone" } else { "" };
    vec![
        ControlView::new(GROUPS, "Groups", ControlForm::Count(1), Some(Value::Count(lab.groups))),
        ControlView::new(
            GROUPS_BY_NAME,
            "Groups by name",
            ControlForm::Segments(NAMED_GROUPS),
            chosen.map(Value::Choice),
        )
        .noted(note),
    ]
}

/// Between two channels.
const CHANNEL: &str = "|";
/// Between two filters.
const FILTER: &str = "||";

/// One number where all filters have the same.
fn write_biases(lab: &ChannelsLab, default: &ChannelsLab) -> Option<String> {
    match lab.biases.as_slice() {
        [first, rest @ ..] if lab.biases.len() == lab.filters.len() && rest.iter().all(|bias| bias == first) => {
            (Some(first) != default.biases.first()).then(|| text::entry(first))
        }
        biases => Some(biases.iter().map(text::entry).collect::<Vec<_>>().join(",")),
    }
}

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
