//! One channel at a time: where all of them would not fit on a screen, a row of what each adds stands above the one that
//! is shown, and is pressed to show another.

use std::{ops::Range, sync::Arc};

use super::ChannelsLab;
use crate::{
    export::{Area, Ink, Picture, Text, text_width},
    lab::scene::{Arithmetic, Diagram, Place, PlateId, Playhead},
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
    const FAR: Self = Self { height: 520.0, cell: 36.0, name: 44.0 };

    fn of(head: Playhead) -> Self {
        match (head.narrow, head.far) {
            (true, _) => Self::PHONE,
            (false, true) => Self::FAR,
            (false, false) => Self::DESK,
        }
    }

    /// Whether so many grids of so many rows stand below each other without one of them scrolling.
    fn has(&self, grids: usize, rows: usize) -> bool {
        grids as f64 * (rows as f64 * self.cell + self.name) - 10.0 <= self.height
    }
}

/// Whether all channels are drawn, or one at a time; and whether all of the output's are.
///
/// `rows` are those of a channel with its padding, and of an output channel.
pub(super) fn all_fit(lab: &ChannelsLab, (rows, output_rows): (usize, usize), head: Playhead) -> (bool, bool) {
    let room = Room::of(head);
    let rows = rows.max(lab.kernel_shape().0).max(output_rows);
    let (channels, filters) = (lab.inputs.len(), lab.filters.len());
    let all = channels == 1 || room.has(channels.max(filters), rows);
    // On a phone the output stands below the rest.
    (all, all || room.has(if head.narrow { filters + 1 } else { filters }, output_rows))
}

/// The channel that is shown of those that a filter reads.
pub(super) fn shown(lab: &ChannelsLab, group: &Range<usize>) -> usize {
    if group.contains(&lab.looked) { lab.looked } else { group.start }
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
    const DESK: Self = Self { width: 900.0, on_a_line: 9, line: 62.0, name: 13.0, number: 20.0 };
    const PHONE: Self = Self { width: 358.0, on_a_line: 5, line: 58.0, name: 11.0, number: 17.0 };
    const FAR: Self = Self { width: 900.0, on_a_line: 5, line: 76.0, name: 20.0, number: 28.0 };
}

/// `channel 0: 19 + channel 1: 37 = 56`, from the lines of the arithmetic, each a place to press.
///
/// `None` for a filter that reads one channel.
pub(super) fn diagram(
    sum: Option<&Arithmetic>,
    group: &Range<usize>,
    shown: usize,
    head: Playhead,
) -> Option<Arc<Diagram>> {
    if group.len() < 2 {
        return None;
    }
    let sizes = match (head.narrow, head.far) {
        (true, _) => Sizes::PHONE,
        (false, true) => Sizes::FAR,
        (false, false) => Sizes::DESK,
    };
    let Sizes { width, on_a_line, line, name, number } = sizes;
    let mut picture = Picture::default();
    let mut places = Vec::new();
    let slots = group.len() + 1;
    let across = slots.min(on_a_line);
    let slot = (width / across as f64).min(150.0);
    let value = |index: usize| {
        let row = sum.and_then(|sum| if index == group.len() { sum.rows.last() } else { sum.rows.get(index) });
        row.and_then(|row| row.result.clone()).unwrap_or_else(|| "?".to_owned())
    };
    let bias = sum.and_then(|sum| sum.rows.last()).and_then(|row| row.bias.clone());
    for index in 0..slots {
        let area = Area { x: (index % across) as f64 * slot, y: (index / across) as f64 * line, w: slot, h: line };
        let inside = Area { x: area.x + name, w: slot - name, ..area };
        let is_sum = index == group.len();
        let words = if is_sum { "Sum".to_owned() } else { ["Channel ", &(group.start + index).to_string()].concat() };
        let text = value(index);
        let sign = match (index, is_sum) {
            (0, _) => "",
            (_, true) => "=",
            _ => "+",
        };
        let middle = Area { y: area.y + name + 6.0, h: number + 10.0, ..inside };
        let size = number * ((inside.w - 12.0) / text_width(&text, number, true)).min(1.0);
        let before = Area { x: area.x, w: name, ..middle };
        picture.text(Text::centred(before, name.max(15.0), Ink::Ink3, sign));
        let chosen = !is_sum && group.start + index == shown;
        let title = if is_sum && bias.is_some() {
            format!("Sum, with bias {}", bias.clone().unwrap_or_default())
        } else {
            words.clone()
        };
        let small = name * ((inside.w - 2.0) / text_width(&title, name, chosen)).min(1.0);
        let top = Area { h: name + 4.0, ..inside };
        picture.text(Text::centred(top, small, if chosen { Ink::Ink } else { Ink::Ink2 }, title).bold(chosen));
        let wide = text_width(&text, size, true) + 14.0;
        let ground = Area { x: middle.x + (middle.w - wide) / 2.0, w: wide, ..middle };
        if is_sum {
            picture.fill(ground, Ink::Ink);
        }
        picture.text(Text::centred(middle, size, if is_sum { Ink::OnInk } else { Ink::Ink }, text.clone()).bold(true));
        if chosen {
            picture.fill(Area { y: middle.bottom() + 2.0, h: 4.0, ..inside }, Ink::Lens);
        }
        if !is_sum {
            let plate = PlateId::Made(group.start + index);
            places.push(Place { area: inside, plate, name: words, shape: (1, 1), at: (0, 0) });
        }
    }
    picture.width = width;
    picture.height = slots.div_ceil(across) as f64 * line;
    let bottom = picture.height - 5.0;
    picture.line(&[(0.0, bottom), (width, bottom)], Ink::Rule, 1.0);
    picture.title.push_str("What each channel adds to the sum");
    Some(Arc::new(Diagram { picture, places, tabs: Some(("Channel", shown - group.start)) }))
}
