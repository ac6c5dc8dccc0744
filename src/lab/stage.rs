//! Where the stage puts its three grids, and the beam that joins them.
//!
//! All lengths are CSS pixels from the stage's top left corner.

/// What has to be placed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StageSpec {
    /// The width and height there are. In a row, what is higher scrolls; stacked, the page does.
    pub room: (f64, f64),
    /// Rows and columns of the padded input.
    pub input: (usize, usize),
    /// Rows and columns of the kernel.
    pub kernel: (usize, usize),
    /// Rows and columns of the output.
    pub output: (usize, usize),
    /// How the grids stand.
    pub style: StageStyle,
}

/// How the grids stand to each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StageStyle {
    /// Input above, kernel and output below (a phone), instead of all three in a row.
    pub stacked: bool,
    /// The smallest and the largest side of a cell.
    pub cell: (f64, f64),
    /// The smallest and the largest gap between two grids.
    pub gap: (f64, f64),
    /// Height of a grid's label.
    pub label: f64,
    /// Height kept for what stands below the grids in the same room: the sum.
    pub below: f64,
}

impl StageStyle {
    /// On a screen wide enough for a row.
    pub const DESK: Self = Self { stacked: false, cell: (34.0, 46.0), gap: (44.0, 110.0), label: 48.0, below: 124.0 };
    /// On a phone.
    pub const PHONE: Self = Self { stacked: true, cell: (34.0, 46.0), gap: (36.0, 56.0), label: 44.0, below: 346.0 };
    /// On a projector.
    pub const LECTURE: Self =
        Self { stacked: false, cell: (48.0, 104.0), gap: (64.0, 140.0), label: 88.0, below: 176.0 };
    /// The home page's demonstration.
    pub const DEMO: Self = Self { stacked: false, cell: (24.0, 50.0), gap: (22.0, 46.0), label: 0.0, below: 0.0 };
    /// The same on a projector.
    pub const LECTURE_DEMO: Self = Self { cell: (24.0, 72.0), gap: (22.0, 90.0), ..Self::DEMO };
}

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Rect {
    fn right(self) -> f64 {
        self.x + self.w
    }

    fn bottom(self) -> f64 {
        self.y + self.h
    }

    /// The part of `self` inside `frame`; of no width or height where there is none.
    #[must_use]
    pub fn within(self, frame: Self) -> Self {
        let (x, y) = (self.x.clamp(frame.x, frame.right()), self.y.clamp(frame.y, frame.bottom()));
        let (right, bottom) =
            (self.right().clamp(x, frame.right().max(x)), self.bottom().clamp(y, frame.bottom().max(y)));
        Self { x, y, w: right - x, h: bottom - y }
    }

    /// Between `self` (`share` 0) and `to` (`share` 1).
    #[must_use]
    pub fn toward(self, to: Self, share: f64) -> Self {
        let between = |from: f64, to: f64| from + (to - from) * share;
        Self { x: between(self.x, to.x), y: between(self.y, to.y), w: between(self.w, to.w), h: between(self.h, to.h) }
    }
}

/// The stage, laid out. A grid larger than its box scrolls inside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StageLayout {
    /// Side of a cell.
    pub cell: f64,
    /// The input's box.
    pub input: Rect,
    /// The kernel's box.
    pub kernel: Rect,
    /// The output's box.
    pub output: Rect,
    /// Centres of the ⋆ and the = between the labels; `None` where the grids are stacked.
    pub signs: Option<(f64, f64)>,
    /// Width and height of all of it.
    pub size: (f64, f64),
    stacked: bool,
}

/// Room for a scroll bar beside a box that scrolls the other way.
const SCROLL_BAR: f64 = 12.0;

impl StageLayout {
    /// Places the grids: the largest cells that fit; where not even the smallest do, the grids scroll in their boxes.
    pub fn new(spec: &StageSpec) -> Self {
        if spec.style.stacked { Self::stacked(spec) } else { Self::in_a_row(spec) }
    }

    fn in_a_row(spec: &StageSpec) -> Self {
        let StageStyle { cell: (least, most), gap: (narrow, wide), label, .. } = spec.style;
        let (width, height) = (spec.room.0.max(1.0), (spec.room.1 - label - spec.style.below).max(least * 3.0));
        let cols = (spec.input.1 + spec.kernel.1 + spec.output.1) as f64;
        let rows = spec.input.0.max(spec.kernel.0).max(spec.output.0) as f64;
        let cell = ((width - 2.0 * narrow) / cols).min(height / rows).clamp(least, most).floor();
        let gap = ((width - cols * cell) / 2.0).clamp(narrow, wide).floor();

        let wanted = |(rows, cols): (usize, usize)| (cols as f64 * cell, rows as f64 * cell);
        let (input, kernel, output) = (wanted(spec.input), wanted(spec.kernel), wanted(spec.output));
        let kernel_width = kernel.0.min((width - 2.0 * gap) * 0.4);
        let left = width - 2.0 * gap - kernel_width;
        let (input_width, output_width) = share(left, input.0, output.0);
        let boxed = |(w, h): (f64, f64), box_width: f64| {
            let (over_width, over_height) = (w > box_width, h > height);
            let scroll_bar = |over: bool| if over { SCROLL_BAR } else { 0.0 };
            ((w + scroll_bar(over_height)).min(box_width), (h + scroll_bar(over_width)).min(height))
        };
        let (input, kernel, output) =
            (boxed(input, input_width), boxed(kernel, kernel_width), boxed(output, output_width));
        let tallest = input.1.max(kernel.1).max(output.1);
        let place = |x: f64, (w, h): (f64, f64)| Rect { x, y: label + ((tallest - h) / 2.0).floor(), w, h };
        let input = place(0.0, input);
        let kernel = place(input.right() + gap, kernel);
        let output = place(kernel.right() + gap, output);
        Self {
            cell,
            input,
            kernel,
            output,
            signs: Some((kernel.x - gap / 2.0, output.x - gap / 2.0)),
            size: (output.right(), label + tallest),
            stacked: false,
        }
    }

    fn stacked(spec: &StageSpec) -> Self {
        let StageStyle { cell: (least, most), gap: (narrow, wide), label, .. } = spec.style;
        let width = spec.room.0.max(1.0);
        let below = (spec.kernel.1 + spec.output.1) as f64;
        let rows = (spec.input.0 + spec.kernel.0.max(spec.output.0)) as f64;
        let height = spec.room.1 - spec.style.below - 2.0 * label;
        let across = (width / spec.input.1 as f64).min((width - narrow) / below);
        let cell = across.min(height / rows).clamp(least, most).floor();
        let gap = (width - below * cell).clamp(narrow, wide).floor();
        let wanted = |(rows, cols): (usize, usize)| (cols as f64 * cell, rows as f64 * cell);
        let (input, kernel, output) = (wanted(spec.input), wanted(spec.kernel), wanted(spec.output));
        let kernel_width = kernel.0.min((width - gap) * 0.5);
        let output_width = output.0.min(width - gap - kernel_width);
        // Past eight rows a grid scrolls in its box, so that the step and its sum stay near each other.
        let tall = 8.5 * cell;
        let boxed = |(w, h): (f64, f64), box_width: f64| {
            let scroll_bar = if w > box_width { SCROLL_BAR } else { 0.0 };
            (w.min(box_width), (h + scroll_bar).min(tall))
        };
        let (input, kernel, output) = (boxed(input, width), boxed(kernel, kernel_width), boxed(output, output_width));
        let input = Rect { x: ((width - input.0) / 2.0).floor(), y: label, w: input.0, h: input.1 };
        let top = input.bottom() + label;
        let tallest = kernel.1.max(output.1);
        let spare = ((width - kernel.0 - gap - output.0) / 2.0).max(0.0).floor();
        let place = |x: f64, (w, h): (f64, f64)| Rect { x, y: top + ((tallest - h) / 2.0).floor(), w, h };
        let kernel = place(spare, kernel);
        let output = place(kernel.right() + gap, output);
        Self { cell, input, kernel, output, signs: None, size: (width, top + tallest), stacked: true }
    }

    /// Cells (`row`, `col`) to (`row + rows`, `col + cols`) of a grid in `frame` scrolled by `scroll`, as far as they show.
    pub fn cells(&self, frame: Rect, scroll: (f64, f64), at: (f64, f64), extent: (f64, f64)) -> Rect {
        Rect {
            x: frame.x + at.1 * self.cell - scroll.0,
            y: frame.y + at.0 * self.cell - scroll.1,
            w: extent.1 * self.cell,
            h: extent.0 * self.cell,
        }
        .within(frame)
    }

    /// The beam from a window on the input through the kernel to an output cell.
    pub fn beam(&self, window: Rect, cell: Rect) -> Beam {
        let kernel = self.kernel;
        let first = if self.stacked {
            [
                (window.x, window.bottom()),
                (kernel.x, kernel.y),
                (kernel.right(), kernel.y),
                (window.right(), window.bottom()),
            ]
        } else {
            [
                (window.right(), window.y),
                (kernel.x, kernel.y),
                (kernel.x, kernel.bottom()),
                (window.right(), window.bottom()),
            ]
        };
        let second =
            [(kernel.right(), kernel.y), (cell.x, cell.y), (cell.x, cell.bottom()), (kernel.right(), kernel.bottom())];
        let fill = |[a, b, c, d]: [(f64, f64); 4]| format!("M{} L{} L{} L{}z", point(a), point(b), point(c), point(d));
        let edges = |[a, b, c, d]: [(f64, f64); 4]| format!("M{} L{} M{} L{}", point(d), point(c), point(a), point(b));
        Beam { fill: format!("{} {}", fill(first), fill(second)), edges: format!("{} {}", edges(first), edges(second)) }
    }
}

/// The beam as SVG paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beam {
    /// Behind the grids.
    pub fill: String,
    /// Above them.
    pub edges: String,
}

/// Four brackets at a rectangle's corners, as an SVG path.
pub fn corners(rect: Rect, arm: f64) -> String {
    let Rect { x, y, .. } = rect;
    let (right, bottom, arm) = (rect.right(), rect.bottom(), arm.min(rect.w / 2.0).min(rect.h / 2.0));
    let bracket = |a, b, c| format!("M{} L{} L{}", point(a), point(b), point(c));
    [
        bracket((x, y + arm), (x, y), (x + arm, y)),
        bracket((right - arm, y), (right, y), (right, y + arm)),
        bracket((right, bottom - arm), (right, bottom), (right - arm, bottom)),
        bracket((x + arm, bottom), (x, bottom), (x, bottom - arm)),
    ]
    .join(" ")
}

/// How far a box scrolls so that `at..at + extent` of its content shows, moving as little as possible.
pub fn scroll_into(scroll: f64, view: f64, at: f64, extent: f64) -> f64 {
    if extent >= view || at < scroll {
        at
    } else if at + extent > scroll + view {
        at + extent - view
    } else {
        scroll
    }
}

fn point((x, y): (f64, f64)) -> String {
    format!("{x:.1} {y:.1}")
}

/// Widths for two boxes out of `room`: what both want, else each at least half, or what the other leaves.
fn share(room: f64, first: f64, second: f64) -> (f64, f64) {
    let room = room.max(0.0);
    if first + second <= room {
        (first, second)
    } else if first <= room / 2.0 {
        (first, room - first)
    } else if second <= room / 2.0 {
        (room - second, second)
    } else {
        ((room / 2.0).floor(), (room / 2.0).floor())
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "whole pixels, and zeros that nothing was added to")]
mod tests {
    use super::*;

    fn layout(room: (f64, f64), input: usize, kernel: usize, output: usize, style: StageStyle) -> StageLayout {
        let square = |n| (n, n);
        StageLayout::new(&StageSpec {
            room,
            input: square(input),
            kernel: square(kernel),
            output: square(output),
            style,
        })
    }

    #[track_caller]
    fn check(layout: StageLayout, cell: f64, width: f64) {
        assert_eq!((layout.cell, layout.size.0), (cell, width), "{layout:?}");
    }

    #[test]
    fn the_largest_cells_that_fit() {
        check(layout((912.0, 600.0), 8, 3, 6, StageStyle::DESK), 46.0, 912.0);
        check(layout((912.0, 600.0), 3, 2, 2, StageStyle::DESK), 46.0, 542.0);
        check(layout((700.0, 600.0), 8, 3, 6, StageStyle::DESK), 36.0, 700.0);
        check(layout((936.0, 700.0), 3, 2, 2, StageStyle::LECTURE), 104.0, 936.0);
        check(layout((358.0, 1000.0), 6, 3, 4, StageStyle::PHONE), 46.0, 358.0);
        check(layout((358.0, 844.0), 6, 3, 4, StageStyle::PHONE), 41.0, 358.0);
    }

    #[test]
    fn past_the_smallest_the_boxes_share_the_room() {
        for room in [320.0, 600.0, 912.0, 1600.0] {
            for (input, kernel) in [(1, 1), (7, 3), (28, 5), (64, 16), (96, 1)] {
                for style in [StageStyle::DESK, StageStyle::PHONE, StageStyle::LECTURE] {
                    let layout = layout((room, 420.0), input, kernel, input, style);
                    assert!(layout.cell >= style.cell.0 && layout.cell <= style.cell.1);
                    assert!(layout.size.0 <= room + 0.5, "{room} {input} {kernel} {layout:?}");
                    assert!(
                        layout.input.w >= layout.cell.min(60.0) && layout.output.w >= layout.cell.min(60.0),
                        "{layout:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_window_scrolled_away_has_no_size() {
        let layout = layout((400.0, 420.0), 64, 3, 62, StageStyle::DESK);
        let gone = layout.cells(layout.input, (0.0, 0.0), (0.0, 60.0), (3.0, 3.0));
        assert_eq!(gone.w, 0.0);
        assert!(gone.x <= layout.input.right());
    }

    #[test]
    fn scrolling_moves_as_little_as_possible() {
        assert_eq!(scroll_into(0.0, 100.0, 20.0, 30.0), 0.0);
        assert_eq!(scroll_into(0.0, 100.0, 90.0, 30.0), 20.0);
        assert_eq!(scroll_into(50.0, 100.0, 20.0, 30.0), 20.0);
        assert_eq!(scroll_into(0.0, 20.0, 40.0, 30.0), 40.0);
    }
}
