//! Parts that pages are made of, named by what they show.

mod canvas_plot;
mod copy_link;
mod grid;
mod header;
mod icon;
mod icon_button;
mod message;
mod notices;
// `expect` does not see that the parts of a module are unused.
#[allow(dead_code, reason = "no page has it yet")]
mod paste_dialog;
mod stage;
mod stepper;
mod sum;
mod transport;

pub(crate) use canvas_plot::CanvasPlot;
pub(crate) use copy_link::{CopyLink, CopyText};
pub(crate) use grid::GridEvent;
pub(crate) use header::Header;
pub(crate) use icon::{Icon, Shape};
pub(crate) use icon_button::IconButton;
pub(crate) use message::Message;
pub(crate) use notices::Notices;
#[expect(unused_imports, reason = "no page has it yet")]
pub(crate) use paste_dialog::{PasteDialog, PasteRequest};
pub(crate) use stage::{Stage, StageEvent, StagePlate};
pub(crate) use stepper::{Complaint, CountField};
pub(crate) use sum::Sum;
pub(crate) use transport::Transport;
