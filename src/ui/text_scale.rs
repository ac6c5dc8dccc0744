//! How large a reader wants text: layouts that are counted in pixels follow it.

use leptos::prelude::*;

use super::{platform::resize_of, view::effect};

/// What a font size of 16 px, a browser's own, has become, as a multiple of it. One for the whole app, in context.
#[derive(Clone, Copy)]
pub(crate) struct TextScale(ReadSignal<(f64, f64)>);

impl TextScale {
    /// Makes it and puts it into context. What it gives back goes on an element that the style sheet makes 16rem wide.
    pub(crate) fn provide() -> NodeRef<leptos::html::Div> {
        let probe = NodeRef::<leptos::html::Div>::new();
        let (size, set_size) = signal((0.0, 0.0));
        effect(move || {
            if let Some(probe) = probe.get() {
                resize_of(&probe, set_size);
            }
        });
        provide_context(Self(size));
        probe
    }

    /// The app's.
    pub(crate) fn here() -> Self {
        expect_context()
    }

    /// How large it is now, tracked.
    pub(crate) fn get(self) -> f64 {
        match self.0.get() {
            (width, _) if width > 0.0 => width / 256.0,
            _ => 1.0,
        }
    }
}
