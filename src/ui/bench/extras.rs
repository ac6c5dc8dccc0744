//! What the benches of some labs have besides: its code is in their chunks alone.

use leptos::{ev::DragEvent, prelude::*};
use receptive::{
    image::Pixels,
    lab::control::ControlForm,
    link::operation::{LabKind, LabLink},
};

use super::{
    live::{LiveBench, Standing},
    settings::{self, Control},
};
use crate::ui::component::{Diagram, DiagramView};

/// A lab, and what its bench has besides.
#[derive(Clone, Copy)]
pub(crate) struct LabPart {
    pub(crate) kind: &'static LabKind,
    pub(crate) extras: &'static Extras,
}

/// What a lab has besides.
pub(crate) struct Extras {
    /// Makes what it keeps.
    pub(crate) begin: fn(LiveBench),
    /// What stands above the stage.
    pub(crate) above: fn(LiveBench) -> AnyView,
    /// Takes what is dropped; `false` where it is nothing for it.
    pub(crate) takes: fn(LiveBench, &DragEvent) -> bool,
    /// The pixels that copying and exporting need: no link holds them.
    pub(crate) pixels: fn(LiveBench) -> Option<Pixels>,
    /// Controls that few labs have.
    pub(crate) control: fn(Control, ControlForm) -> AnyView,
    /// Draws the diagrams of its scenes.
    pub(crate) diagram: Option<Diagram>,
}

impl Extras {
    /// Nothing.
    pub(crate) const NONE: Self = Self {
        begin: |_| (),
        above: |_| ().into_any(),
        takes: |_, _| false,
        pixels: |_| None,
        control: |_, _| ().into_any(),
        diagram: None,
    };
    /// A diagram above the grids.
    pub(crate) const DIAGRAM: Self =
        Self { diagram: Some(|scene, on_event| view! { <DiagramView scene on_event/> }.into_any()), ..Self::NONE };
    /// The same, and layers that are edited.
    pub(crate) const LAYERS: Self = Self { control: settings::layers, ..Self::DIAGRAM };
}

impl LabPart {
    /// A bench of it that begins with `link`.
    pub(crate) fn open(self, link: LabLink, standing: Standing) -> LiveBench {
        let bench = LiveBench::new(self.kind, self.extras.pixels, link, standing);
        (self.extras.begin)(bench);
        bench
    }
}
