//! The why lab's settings: each view has its own, and some that all have.

use super::{MAX_COUNT, MAX_PICTURE, MAX_ROW, MAX_SEED, Move, View, WhyLab};
use crate::{
    lab::{
        operation::{Control, ControlKind, ControlView, Value},
        setting::{Described, Kind, Own, Pick, Setting, choices, lens, pick},
    },
    num::{Entry, Grid},
};

choices!(View:
    Self::Count, "count", "Count";
    Self::Connections, "connections", "Connections";
    Self::Shift, "shift", "Shift";
);

fn counts(lab: &WhyLab) -> bool {
    lab.view == View::Count
}

fn connects(lab: &WhyLab) -> bool {
    lab.view == View::Connections
}

fn shifts(lab: &WhyLab) -> bool {
    lab.view == View::Shift
}

/// A row of cells, of which the control says how many there are.
macro_rules! row {
    ($control:ident, $name:literal, $symbol:literal, $row:ident) => {
        Own::on_screen(
            |lab: &Self| {
                let kind = ControlKind::Count { value: lab.$row.cols(), least: 1 };
                vec![ControlView::new(Control::$control, $name, kind).with_symbol($symbol)]
            },
            |lab: &mut Self, control, value| {
                let (Control::$control, Value::Count(count), true) = (control, value, connects(lab)) else {
                    return None;
                };
                lab.$row = resized(&lab.$row, *count);
                Some(())
            },
        )
    };
}

fn resized(row: &Grid<Entry>, cols: usize) -> Grid<Entry> {
    row.resized(row.rows(), cols, &Entry::Number(0.0))
}

impl Described for WhyLab {
    const SETTINGS: &'static [Setting<Self>] = &[
        Setting::new(Control::View, "view", Kind::Choice(pick!(View, view))).at(10, "", "View"),
        Setting::new(Control::ImageSize, "size", Kind::Pair(lens!(size), 1)).at(20, "n", "Image").shown(counts),
        Setting::new(Control::Channels, "channels", Kind::Count(lens!(channels), 1, MAX_COUNT))
            .at(30, "", "Channels")
            .shown(counts),
        Setting::new(Control::Units, "units", Kind::Count(lens!(units), 1, MAX_COUNT))
            .at(40, "", "Units")
            .shown(counts),
        Setting::new(Control::Window, "window", Kind::Pair(lens!(window), 1)).at(60, "k", "Kernel").shown(counts),
        Setting::new(Control::Filters, "filters", Kind::Count(lens!(filters), 1, MAX_COUNT))
            .at(50, "", "Filters")
            .shown(counts),
        Setting::new(Control::Input, "row", Kind::Cells(lens!(row), MAX_ROW)),
        Setting::new(Control::Kernel, "taps", Kind::Cells(lens!(taps), MAX_ROW)),
        Setting::new(Control::Input, "x", Kind::Cells(lens!(input), MAX_PICTURE)),
        Setting::new(Control::Kernel, "k", Kind::Cells(lens!(kernel), MAX_PICTURE)),
        Setting::new(Control::Shift, "shift", Kind::Choice(Pick { list: true, ..pick!(Move, shift) }))
            .at(20, "", "Shift")
            .shown(shifts),
        Setting::new(Control::Stride, "stride", Kind::Count(lens!(stride), 1, MAX_COUNT)).at(70, "s", "Stride"),
        Setting::new(Control::Padding, "pad", Kind::Count(lens!(padding), 0, MAX_COUNT)).at(80, "p", "Padding"),
        Setting::new(Control::Seed, "seed", Kind::Count(lens!(seed), 0, MAX_SEED))
            .at(90, "", "Seed")
            .shown(|lab: &Self| !counts(lab))
            .noted(|_| "of the random weights".to_owned()),
        Setting::new(Control::InputSize, "", row!(InputSize, "Inputs", "n", row)).at(30, "n", "Inputs").shown(connects),
        Setting::new(Control::KernelSize, "", row!(KernelSize, "Taps", "k", taps)).at(40, "k", "Taps").shown(connects),
        Setting::new(Control::InputSize, "", Kind::Extent(|lab: &Self| lab.input.shape()))
            .at(30, "n", "Input")
            .shown(shifts),
        Setting::new(Control::KernelSize, "", Kind::Extent(|lab: &Self| lab.kernel.shape()))
            .at(40, "k", "Kernel")
            .shown(shifts),
    ];

    fn program(&self) -> String {
        self.code()
    }
}
