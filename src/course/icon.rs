//! Icons in the text of the course and of its door: beside words that say the same.

pub(super) const TICK: &str = "<svg class=\"icon\" width=\"20\" height=\"20\" viewBox=\"0 0 20 20\" aria-hidden=\"true\"><path d=\"M3.500 10.500l4.500 4.500 8.500-10\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.2\"/></svg>";
pub(super) const CROSS: &str = "<svg class=\"icon\" width=\"20\" height=\"20\" viewBox=\"0 0 20 20\" aria-hidden=\"true\"><path d=\"M4.500 4.500l11 11M15.500 4.500l-11 11\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.2\"/></svg>";
pub(super) const ARROW: &str = "<svg class=\"icon\" width=\"20\" height=\"20\" viewBox=\"0 0 20 20\" aria-hidden=\"true\"><path d=\"M2 10h15M11 4l6 6-6 6\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/></svg>";
