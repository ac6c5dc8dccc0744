//! Plots: what is drawn, as data, and the drawing of it over any [`plotters`] backend.
//!
//! [`Curve`] keeps a long run's values in bounded memory, [`Scale`] chooses ranges and ticks, [`Plot`] says what is on
//! the plot and [`draw`] puts it on a canvas (in the page) or an SVG (in the tests).
//! Colours come in as a [`Theme`], read from the style sheet; lengths are in CSS pixels and scaled by a [`Surface`],
//! since plotters itself knows whole units only.

mod chart;
mod curve;
mod draw;
mod scale;
mod theme;

pub use chart::{Chart, ChartLine, Look};
pub use curve::{Bucket, CAPACITY, Curve, SMOOTHING_STEPS};
pub use draw::{Line, Mark, Plot, Stroke, Surface, draw};
pub use scale::{Scale, scientific, tick_label};
pub use theme::{Ink, Rgb, Theme};
