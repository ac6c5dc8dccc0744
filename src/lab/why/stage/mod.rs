//! What the stage shows of a step, for each of the three views.

mod connections;
mod count;
mod shift;

use crate::{
    lab::scene::{CellView, PlateView},
    num::{Entry, Grid},
};

/// The cells as they were typed.
pub(super) fn entries(grid: &Grid<Entry>) -> PlateView {
    PlateView::plain(grid.map(CellView::entry))
}
