//! Parts that pages are made of, named by what they show.

mod canvas_plot;
mod canvas_tile;
mod copy_link;
mod course_file;
mod diagram;
mod grid;
mod header;
mod icon;
mod icon_button;
mod message;
mod notices;
pub(crate) mod overlay;
pub(crate) mod palette;
mod paste_dialog;
mod shortcut_sheet;
mod stage;
mod stepper;
mod sum;

pub(crate) use canvas_plot::CanvasPlot;
pub(crate) use canvas_tile::paint_tile;
pub(crate) use copy_link::{CopyLink, CopyText};
pub(crate) use course_file::course_file;
pub(crate) use diagram::DiagramView;
pub(crate) use grid::GridEvent;
pub(crate) use header::Header;
pub(crate) use icon::{Icon, Shape};
pub(crate) use icon_button::CommandButton;
pub(crate) use message::Message;
pub(crate) use notices::Notices;
pub(crate) use paste_dialog::{PasteDialog, PasteRequest};
pub(crate) use stage::{Diagram, Stage, StageEvent};
pub(crate) use stepper::{Complaint, CountField};
pub(crate) use sum::Sum;
