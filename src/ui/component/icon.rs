//! Icons of the app: strokes and fills on a 20 by 20 square, in the text's colour.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    First,
    Back,
    Play,
    Pause,
    Stop,
    Forward,
    Last,
    Undo,
    Redo,
    Reset,
    Theme,
    Link,
    Lecture,
    Menu,
    Settings,
    Cross,
    Tick,
    Arrow,
    Chain,
    Question,
    Down,
    Commands,
    Export,
}

impl Shape {
    /// (path, filled, stroke width)
    fn path(self) -> (&'static str, bool, &'static str) {
        match self {
            Self::First => ("M5 4v12M16 4 8 10l8 6z", true, "1.6"),
            Self::Back => ("M13 4 6 10l7 6z", true, "1.6"),
            Self::Play => ("M6 3.5 16 10 6 16.5z", true, "1.6"),
            Self::Pause => ("M6 4h2.6v12H6zM11.4 4H14v12h-2.6z", true, "0"),
            Self::Stop => ("M4.5 4.5h11v11h-11z", true, "0"),
            Self::Forward => ("M7 4l7 6-7 6z", true, "1.6"),
            Self::Last => ("M15 4v12M4 4l8 6-8 6z", true, "1.6"),
            Self::Undo => ("M7.5 4 4 7.5 7.5 11M4 7.5h7.5a4.5 4.5 0 0 1 0 9H8", false, "1.6"),
            Self::Redo => ("M12.5 4 16 7.5 12.5 11M16 7.5H8.5a4.5 4.5 0 0 0 0 9H12", false, "1.6"),
            Self::Reset => ("M4 10a6 6 0 1 0 2-4.5M6 2v4h4", false, "1.6"),
            Self::Theme => ("M10 3a7 7 0 0 0 0 14 7 7 0 0 0 0-14zv14", false, "1.6"),
            Self::Link => {
                ("M8 12l4-4M7 9 4.5 11.5a2.8 2.8 0 0 0 4 4L11 13M9 7l2.5-2.5a2.8 2.8 0 0 1 4 4L13 11", false, "1.6")
            }
            Self::Lecture => ("M2.5 3.5h15v10h-15zM10 13.5V17M6 17.5h8", false, "1.6"),
            Self::Menu => ("M3 5.5h14M3 10h14M3 14.5h14", false, "1.8"),
            Self::Settings => ("M3 6h8M15 6h2M3 14h2M9 14h8M13 3.5v5M7 11.5v5", false, "1.8"),
            Self::Cross => ("M5 5l10 10M15 5 5 15", false, "2"),
            Self::Tick => ("M4 10.5 8 15 16 5.5", false, "2.2"),
            Self::Arrow => ("M3 10h13M11 5l5 5-5 5", false, "1.8"),
            Self::Commands => ("M3.5 5 8.5 10 3.5 15M10 15.5h6.5", false, "1.8"),
            Self::Export => ("M10 12V3M6.5 6 10 2.5 13.5 6M4 10v7h12v-7", false, "1.8"),
            Self::Question => ("M6.5 7.5a3.5 3.5 0 1 1 5.2 3c-1.1.7-1.7 1.2-1.7 2.5M10 15.6v.9", false, "1.8"),
            Self::Down => ("M4.5 7.5 10 13l5.5-5.5", false, "2"),
            Self::Chain => ("M8 6H6a4 4 0 0 0 0 8h2M12 6h2a4 4 0 0 1 0 8h-2M7 10h6", false, "1.6"),
        }
    }
}

/// An icon; it is decoration beside a name, so it is hidden from assistive technology.
#[component]
pub(crate) fn Icon(shape: Shape, #[prop(default = 20)] size: u32) -> impl IntoView {
    let (path, filled, width) = shape.path();
    let half = (shape == Shape::Theme).then(|| view! { <path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor"/> });
    view! {
        <svg class="icon" width=size height=size viewBox="0 0 20 20" aria-hidden="true">
            <path
                d=path
                fill=if filled { "currentColor" } else { "none" }
                stroke="currentColor"
                stroke-width=width
                stroke-linejoin="round"
            />
            {half}
        </svg>
    }
}
