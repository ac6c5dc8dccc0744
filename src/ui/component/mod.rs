//! Parts that pages are made of, named by what they show.

mod canvas_plot;
mod copy_link;
mod header;
mod icon;
mod notices;

pub(crate) use canvas_plot::CanvasPlot;
pub(crate) use copy_link::CopyLink;
pub(crate) use header::Header;
pub(crate) use icon::{Icon, Shape};
pub(crate) use notices::Notices;
