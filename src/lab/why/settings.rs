//! The why lab's settings: each view has its own, and some that all have.

use super::{MAX_COUNT, MAX_PICTURE, MAX_ROW, MAX_SEED, Move, WhyLab, WhyView, program};
use crate::{
    lab::{
        control::ControlId,
        setting::{Described, Kind, Pick, Setting, choices, lens, pick},
    },
    num::{Entry, Grid},
};

/// Rows and columns of an image that is counted, not shown.
pub(super) const IMAGE_SIZE: ControlId = ControlId::new("image-size");
/// Number of fully connected units.
pub(super) const UNITS: ControlId = ControlId::new("units");
/// How far the input is shifted.
pub(super) const SHIFT: ControlId = ControlId::new("shift");

choices!(WhyView:
    Self::Count, "count", "Count";
    Self::Connections, "connections", "Connections";
    Self::Shift, "shift", "Shift";
);

fn counts(lab: &WhyLab) -> bool {
    lab.view == WhyView::Count
}

fn connects(lab: &WhyLab) -> bool {
    lab.view == WhyView::Connections
}

fn shifts(lab: &WhyLab) -> bool {
    lab.view == WhyView::Shift
}

/// Another number of cells in a row of the view that has rows.
fn resize(lab: &mut WhyLab, row: fn(&mut WhyLab) -> &mut Grid<Entry>, cols: usize) -> Option<()> {
    if !connects(lab) {
        return None;
    }
    let row = row(lab);
    *row = row.resized(row.rows(), cols, &Entry::Number(0.0));
    Some(())
}

impl Described for WhyLab {
    const SETTINGS: &'static [Setting<Self>] = &[
        Setting::new(ControlId::VIEW, "view", Kind::Choice(pick!(WhyView, view))).at(10, "", "View"),
        Setting::new(IMAGE_SIZE, "size", Kind::Pair(lens!(size), 1)).at(20, "n", "Image").shown(counts),
        Setting::new(ControlId::CHANNELS, "channels", Kind::Count(lens!(channels), 1, MAX_COUNT))
            .at(30, "", "Channels")
            .shown(counts),
        Setting::new(UNITS, "units", Kind::Count(lens!(units), 1, MAX_COUNT)).at(40, "", "Units").shown(counts),
        Setting::new(ControlId::WINDOW, "window", Kind::Pair(lens!(window), 1)).at(60, "k", "Kernel").shown(counts),
        Setting::new(ControlId::FILTERS, "filters", Kind::Count(lens!(filters), 1, MAX_COUNT))
            .at(50, "", "Filters")
            .shown(counts),
        Setting::new(ControlId::INPUT, "row", Kind::Cells(lens!(row), MAX_ROW)),
        Setting::new(ControlId::KERNEL, "taps", Kind::Cells(lens!(taps), MAX_ROW)),
        Setting::new(ControlId::INPUT, "x", Kind::Cells(lens!(input), MAX_PICTURE)),
        Setting::new(ControlId::KERNEL, "k", Kind::Cells(lens!(kernel), MAX_PICTURE)),
        Setting::new(SHIFT, "shift", Kind::Choice(Pick { list: true, ..pick!(Move, shift) }))
            .at(20, "", "Shift")
            .shown(shifts),
        Setting::new(ControlId::STRIDE, "stride", Kind::Count(lens!(stride), 1, MAX_COUNT)).at(70, "s", "Stride"),
        Setting::new(ControlId::PADDING, "pad", Kind::Count(lens!(padding), 0, MAX_COUNT)).at(80, "p", "Padding"),
        Setting::new(ControlId::SEED, "seed", Kind::Count(lens!(seed), 0, MAX_SEED))
            .at(90, "", "Seed")
            .shown(|lab: &Self| !counts(lab))
            .noted(|_| "of the random weights".to_owned()),
        Setting::new(
            ControlId::INPUT_SIZE,
            "",
            Kind::Amount(|lab: &Self| lab.row.cols(), |lab, cols| resize(lab, |lab| &mut lab.row, cols)),
        )
        .at(30, "n", "Inputs")
        .shown(connects),
        Setting::new(
            ControlId::KERNEL_SIZE,
            "",
            Kind::Amount(|lab: &Self| lab.taps.cols(), |lab, cols| resize(lab, |lab| &mut lab.taps, cols)),
        )
        .at(40, "k", "Taps")
        .shown(connects),
        Setting::new(ControlId::INPUT_SIZE, "", Kind::Extent(|lab: &Self| lab.input.shape()))
            .at(30, "n", "Input")
            .shown(shifts),
        Setting::new(ControlId::KERNEL_SIZE, "", Kind::Extent(|lab: &Self| lab.kernel.shape()))
            .at(40, "k", "Kernel")
            .shown(shifts),
    ];

    fn program(&self) -> String {
        program::program(self)
    }
}
