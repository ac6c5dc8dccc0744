//! One channel at a time: where all of them would not fit on a screen, a row of what each adds stands above the one that
//! is shown, and is pressed to show another.

use std::{ops::Range, sync::Arc};

use super::ChannelsLab;
use crate::{
    export::{Area, Ink, Picture, Text, text_width},
    lab::scene::{Arithmetic, Diagram, Place, Plate, PlateId, Playhead, SumRow},
};

/// What a screen has room for: pixels for the grids above the sums, the side of a cell that can still be read, and the
/// height of a grid's name.
struct Room {
    height: f64,
    cell: f64,
    name: f64,
}

impl Room {
    /// 1280 × 800, a phone of 390 × 844, and a projector of 1024 × 768.
    const DESK: Self = Self { height: 375.0, cell: 22.0, name: 40.0 };
    const PHONE: Self = Self { height: 420.0, cell: 34.0, name: 54.0 };
    const FAR: Self = Self { height: 300.0, cell: 36.0, name: 44.0 };

    fn of(head: Playhead) -> Self {
        head.screen(Self::DESK, Self::PHONE, Self::FAR)
    }

    /// Whether so many grids of so many rows stand below each other without one of them scrolling.
    fn has(&self, grids: usize, rows: usize) -> bool {
        grids as f64 * (rows as f64 * self.cell + self.name) - 10.0 <= self.height
    }

    /// Whether all channels stand below each other.
    fn has_all(&self, lab: &ChannelsLab, rows: (usize, usize)) -> bool {
        let (channels, filters) = (lab.inputs.len(), lab.filters.len());
        channels == 1 || self.has(channels.max(filters), rows.0.max(rows.1).max(lab.kernel_shape().0))
    }
}

/// Whether one channel at a time is drawn on every screen; `rows` as of [`Drawn::new`].
pub(super) fn is_large(lab: &ChannelsLab, rows: (usize, usize)) -> bool {
    ![Room::DESK, Room::PHONE, Room::FAR].iter().any(|room| room.has_all(lab, rows))
}

/// The channel that is shown where not all are, of those that a filter reads.
pub(super) fn shown(lab: &ChannelsLab, group: &Range<usize>) -> usize {
    if group.contains(&lab.looked) { lab.looked } else { group.start }
}

/// Which of the channels and filters are drawn.
pub(super) struct Drawn {
    /// All channels; else one at a time.
    pub(super) all: bool,
    /// All channels of the output; else the one that is looked at.
    pub(super) all_filters: bool,
    /// The channel that is shown where not all are.
    pub(super) shown: usize,
}

impl Drawn {
    /// What there is room for. `rows` are those of a channel with its padding, and of an output channel; `group` are the
    /// channels that the filter reads.
    pub(super) fn new(lab: &ChannelsLab, rows: (usize, usize), group: &Range<usize>, head: Playhead) -> Self {
        let (room, filters) = (Room::of(head), lab.filters.len());
        let all = room.has_all(lab, rows);
        // On a phone the output stands below the rest.
        let all_filters = all || room.has(if head.narrow { filters + 1 } else { filters }, rows.1);
        Self { all, all_filters, shown: shown(lab, group) }
    }

    /// Whether a channel's grids are drawn.
    pub(super) fn has(&self, channel: usize) -> bool {
        self.all || channel == self.shown
    }

    /// A channel's grid in its row; where it is alone, its name is short.
    pub(super) fn place(&self, plate: Plate, channel: usize) -> Plate {
        if self.all {
            return plate.in_row(channel);
        }
        let short = match plate.id {
            PlateId::Input(channel) => format!("Channel {channel}"),
            PlateId::Kernel { .. } => "Kernel".to_owned(),
            // It is as large as the output; a sign stands beside its name.
            _ => return plate.called("Partial sum").noted(""),
        };
        plate.called(short)
    }

    /// The row of sums above the one channel; none for a filter that reads one.
    pub(super) fn strip(&self, sum: Option<&Arithmetic>, group: &Range<usize>, head: Playhead) -> Option<Arc<Diagram>> {
        (!self.all && group.len() > 1).then(|| Arc::new(diagram(sum, group, self.shown, head)))
    }
}

/// Lengths of the row.
struct Sizes {
    width: f64,
    /// As many sums stand on a line.
    on_a_line: usize,
    line: f64,
    name: f64,
    number: f64,
}

impl Sizes {
    const DESK: Self = Self { width: 900.0, on_a_line: 10, line: 62.0, name: 13.0, number: 20.0 };
    const PHONE: Self = Self { width: 358.0, on_a_line: 5, line: 58.0, name: 11.0, number: 17.0 };
    const FAR: Self = Self { width: 900.0, on_a_line: 5, line: 76.0, name: 20.0, number: 28.0 };
}

/// `channel 0: 19 + channel 1: 37 = 56`, from the lines of the arithmetic, each a place to press.
fn diagram(sum: Option<&Arithmetic>, group: &Range<usize>, shown: usize, head: Playhead) -> Diagram {
    let Sizes { width, on_a_line, line, name, number } = head.screen(Sizes::DESK, Sizes::PHONE, Sizes::FAR);
    let rows = sum.map_or(&[][..], |sum| &sum.rows);
    let unknown = || "?".to_owned();
    let result = |row: Option<&SumRow>| row.and_then(|row| row.result.clone()).unwrap_or_else(unknown);
    let mut summands: Vec<(String, String)> = group
        .clone()
        .enumerate()
        .map(|(kernel, channel)| (["Channel ", &channel.to_string()].concat(), result(rows.get(kernel))))
        .collect();
    summands.extend(rows.last().and_then(|row| row.bias.clone()).map(|bias| ("Bias".to_owned(), bias)));
    summands.push(("Sum".to_owned(), result(rows.last())));

    let mut picture = Picture::default();
    let mut places = Vec::new();
    let last = summands.len() - 1;
    let across = summands.len().min(on_a_line);
    let slot = (width / across as f64).min(150.0);
    picture.width = width;
    picture.height = summands.len().div_ceil(across) as f64 * line;
    for (index, (title, value)) in summands.into_iter().enumerate() {
        let (x, y) = ((index % across) as f64 * slot, (index / across) as f64 * line);
        // A sign before it, as wide as its name is high.
        let inside = Area { x: x + name, y, w: slot - name, h: line };
        let middle = Area { y: y + name + 6.0, h: number + 10.0, ..inside };
        let sign = match index {
            0 => "",
            _ if index == last => "=",
            _ => "+",
        };
        picture.text(Text::centred(Area { x, w: name, ..middle }, name.max(15.0), Ink::Ink3, sign));
        let chosen = group.start + index == shown;
        let ink = if chosen { Ink::Ink } else { Ink::Ink2 };
        picture.text(Text::centred(Area { h: name + 4.0, ..inside }, name, ink, title.as_str()).bold(chosen));
        let size = number * ((inside.w - 12.0) / text_width(&value, number, true)).min(1.0);
        let ink = if index == last {
            let wide = text_width(&value, size, true) + 14.0;
            picture.fill(Area { x: middle.x + (middle.w - wide) / 2.0, w: wide, ..middle }, Ink::Ink);
            Ink::OnInk
        } else {
            Ink::Ink
        };
        picture.text(Text::centred(middle, size, ink, value).bold(true));
        if chosen {
            picture.fill(Area { y: middle.bottom() + 2.0, h: 4.0, ..inside }, Ink::Lens);
        }
        if index < group.len() {
            let plate = PlateId::Derived(group.start + index);
            places.push(Place { area: inside, plate, name: title, shape: (1, 1), at: (0, 0) });
        }
    }
    let bottom = picture.height - 5.0;
    picture.line(&[(0.0, bottom), (width, bottom)], Ink::Rule, 1.0);
    picture.title.push_str("What each channel adds to the sum");
    Diagram { picture, places, tabs: Some(("Channel", shown - group.start)) }
}
