//! Where the stage puts its grids, and the beam that joins them.
//!
//! All lengths are CSS pixels from the stage's top left corner.

use super::scene::{Arithmetic, Plate, SumRow};
use crate::num::{decimal::fixed, format, within};

/// What has to be placed.
#[derive(Debug, Clone, PartialEq)]
pub struct StageSpec {
    /// The width and height there are. In a row, what is higher scrolls; stacked, the page does.
    pub room: (f64, f64),
    /// The grids.
    pub spots: Vec<Spot>,
    /// How the grids stand.
    pub style: StageStyle,
}

/// A grid to be placed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// Its column, from the left.
    pub col: usize,
    /// Its row, from the top; `None` for the middle of all rows.
    pub row: Option<usize>,
    /// Rows and columns of its cells, padding included.
    pub shape: (usize, usize),
    /// Characters of its name.
    pub name: usize,
    /// Characters of what stands below the name, which are set smaller.
    pub note: usize,
    /// Characters of its longest number.
    pub longest: usize,
}

impl Spot {
    /// The spot of a scene's grid.
    pub fn of(plate: &Plate) -> Self {
        let (name, note) = (plate.label().chars().count(), plate.note.chars().count());
        let (shape, longest) = (plate.view.cells.shape(), plate.view.cells.longest());
        Self { col: plate.col, row: plate.row, shape, name, note, longest }
    }

    /// About how wide its name is.
    fn name_width(&self, style: &StageStyle) -> f64 {
        self.name as f64 * style.character
    }

    /// How wide its label is on one line.
    pub fn line_width(&self, style: &StageStyle) -> f64 {
        self.name_width(style) + (self.note as f64 * 0.75 + 1.0) * style.character
    }

    /// How wide all of its label is: where nothing stands beside it, it must not reach past the stage.
    pub fn label_width(&self, style: &StageStyle) -> f64 {
        self.name_width(style).max(self.note as f64 * style.character * 0.75)
    }
}

/// How the grids stand to each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StageStyle {
    /// The first column above, the others below (a phone), instead of all in a row.
    pub stacked: bool,
    /// The smallest and the largest side of a cell.
    pub cell: (f64, f64),
    /// The smallest and the largest gap between two grids.
    pub gap: (f64, f64),
    /// Height of a grid's label.
    pub label: f64,
    /// Width of a character of its name, about.
    pub character: f64,
    /// Height kept for what stands below the grids in the same room: the sum.
    pub below: f64,
}

impl StageStyle {
    /// On a screen wide enough for a row.
    pub const DESK: Self =
        Self { stacked: false, cell: (22.0, 104.0), gap: (44.0, 110.0), label: 48.0, character: 9.0, below: 124.0 };
    /// On a phone.
    pub const PHONE: Self =
        Self { stacked: true, cell: (34.0, 46.0), gap: (36.0, 56.0), label: 44.0, character: 9.0, below: 346.0 };
    /// On a projector.
    pub const LECTURE: Self =
        Self { stacked: false, cell: (48.0, 104.0), gap: (64.0, 140.0), label: 76.0, character: 18.0, below: 196.0 };
    /// On paper, where nothing scrolls.
    pub const PAPER: Self =
        Self { stacked: false, cell: (46.0, 46.0), gap: (44.0, 44.0), label: 56.0, character: 9.0, below: 0.0 };
    /// The home page's demonstration.
    pub const DEMO: Self =
        Self { stacked: false, cell: (24.0, 50.0), gap: (22.0, 46.0), label: 0.0, character: 0.0, below: 0.0 };
    /// The same on a projector.
    pub const LECTURE_DEMO: Self = Self { cell: (24.0, 72.0), gap: (22.0, 90.0), ..Self::DEMO };
}

impl StageStyle {
    /// The style for so many grids: past [`FEW`] a label is one line, and smaller on a projector.
    #[must_use]
    pub fn of(self, grids: usize) -> Self {
        if grids <= FEW || self.label <= 0.0 || self.stacked {
            self
        } else if self.is_far() {
            Self { cell: (36.0, self.cell.1), label: self.label * 0.45, character: self.character * 0.61, ..self }
        } else {
            Self { label: self.label * 0.625, ..self }
        }
    }

    /// The style with cells in which the longest number can be read: none is cut.
    fn for_numbers(self, spots: &[Spot], far: bool) -> Self {
        // Sides in which the style sheet's sizes are legible: 9 px, from far 20; what is longer than five characters is read
        // in the sum there.
        let (near, from_far) = match spots.iter().map(|spot| spot.longest).max().unwrap_or(0) {
            0..=3 => return self,
            4 => (22.0, 49.0),
            5 => (30.0, 53.0),
            6 => (34.0, 53.0),
            7 => (41.0, 60.0),
            8..=10 => (55.0, 79.0),
            _ => (82.0, 104.0),
        };
        let least = self.cell.0.max(if far { from_far } else { near }).min(self.cell.1);
        Self { cell: (least, self.cell.1), ..self }
    }

    /// The style where text is so many times as large as a browser's own.
    #[must_use]
    pub fn with_text(self, scale: f64) -> Self {
        let (label, character, below) = (self.label * scale, self.character * scale, self.below * scale);
        Self { label, character, below, ..self }
    }

    /// Whether it is read from the last row of a hall.
    fn is_far(&self) -> bool {
        self.cell.0 >= Self::LECTURE.cell.0
    }

    /// How many lines the sum has: on a projector a long one of several takes more than one.
    pub fn lines(&self, sum: &Arithmetic) -> usize {
        let of = |row: &SumRow| {
            let [first, second] = row.lines().map(|terms| {
                let on_a_line = match row.between {
                    _ if row.folds() => FOLDED_LINE / (3 + row.longest()),
                    "," => 5,
                    _ if terms > MANY => 4,
                    _ => 9,
                };
                terms.div_ceil(on_a_line.max(1))
            });
            (first + second).max(1)
        };
        if self.is_far() { sum.rows.iter().map(of).sum() } else { sum.rows.len() + usize::from(sum.is_folded()) }
    }

    /// The style above so many lines of arithmetic, of which some show at a time.
    #[must_use]
    pub fn above_lines(self, lines: usize) -> Self {
        let lines = lines.min(if self.is_far() { MOST_LINES + 3 } else { MOST_LINES }) as f64;
        // As the style sheet sets them: a line is as high as its result.
        let below = if self.is_far() { (30.0 + 38.0 * lines).max(164.0) } else { (16.0 + 50.0 * lines).min(230.0) };
        if self.stacked { self } else { Self { below, ..self } }
    }
}

/// Characters on a line of folded terms, beside pictures too; each has three more around it.
const FOLDED_LINE: usize = 56;

/// More terms than these are small, and stand in lines.
const MANY: usize = 12;

/// As many lines of arithmetic as show at a time.
const MOST_LINES: usize = 5;

/// As many grids as have large names.
pub const FEW: usize = 3;

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

    /// Where the way from a point inside to another point leaves the rectangle, if it does.
    fn leave(self, from: (f64, f64), to: (f64, f64)) -> (f64, f64) {
        let share = |from: f64, to: f64, least: f64, most: f64| match to - from {
            way if to > most => (most - from) / way,
            way if to < least => (least - from) / way,
            _ => 1.0,
        };
        let along = share(from.0, to.0, self.x, self.right()).min(share(from.1, to.1, self.y, self.bottom()));
        (from.0 + (to.0 - from.0) * along, from.1 + (to.1 - from.1) * along)
    }

    /// Where it is, as a style.
    pub fn style(self) -> String {
        let px = |name: &str, length: f64| [name, &format::ascii(length), "px"].concat();
        [px("left:", self.x), px(";top:", self.y), px(";width:", self.w), px(";height:", self.h)].concat()
    }

    /// The part of `self` inside `frame`; of no width or height where there is none.
    #[must_use]
    pub fn within(self, frame: Self) -> Self {
        let (x, y) = (within(self.x, frame.x, frame.right()), within(self.y, frame.y, frame.bottom()));
        let (right, bottom) =
            (within(self.right(), x, frame.right().max(x)), within(self.bottom(), y, frame.bottom().max(y)));
        Self { x, y, w: right - x, h: bottom - y }
    }

    /// Whether both have the same width and height, to a hundredth of a pixel.
    pub fn is_as_large_as(self, other: Self) -> bool {
        (self.w - other.w).abs() < 0.01 && (self.h - other.h).abs() < 0.01
    }

    /// Between `self` (`share` 0) and `to` (`share` 1).
    #[must_use]
    pub fn toward(self, to: Self, share: f64) -> Self {
        let between = |from: f64, to: f64| from + (to - from) * share;
        Self { x: between(self.x, to.x), y: between(self.y, to.y), w: between(self.w, to.w), h: between(self.h, to.h) }
    }
}

/// The stage, laid out. A grid larger than its box scrolls inside it.
#[derive(Debug, Clone, PartialEq)]
pub struct StageLayout {
    /// Side of a cell.
    pub cell: f64,
    /// The grids' boxes, in their order.
    pub boxes: Vec<Rect>,
    /// Left end and top of their labels.
    pub labels: Vec<(f64, f64)>,
    /// Where the signs between the columns stand: their middle; none where the grids are stacked.
    pub signs: Vec<(f64, f64)>,
    /// Width and height of all of it.
    pub size: (f64, f64),
}

/// Room for a scroll bar beside a box that scrolls the other way.
const SCROLL_BAR: f64 = 12.0;

/// So little is no reason to scroll.
const FEW_PIXELS: f64 = 4.0;

/// Between a row of grids and the labels of the next, which would touch otherwise.
const BETWEEN: f64 = 10.0;

/// Between a label and what stands beside it.
const BESIDE: f64 = 8.0;

/// From a large name to the next one on its line, in characters.
const APART: f64 = 2.5;

/// The fewest rows of cells that a box shows, where there is too little room for all.
const LEAST_ROWS: f64 = 3.0;

impl StageLayout {
    /// Places the grids: the largest cells that fit; where not even the smallest do, the grids scroll in their boxes.
    pub fn new(spec: &StageSpec) -> Self {
        let style = spec.style.of(spec.spots.len()).for_numbers(&spec.spots, spec.style.is_far());
        let spec = &StageSpec { style, ..spec.clone() };
        let mut layout = if style.stacked { Self::stacked(spec) } else { Self::in_a_row(spec) };
        layout.hold_labels(spec);
        layout
    }

    /// A label that would reach past the stage's right end begins further left, as far as nothing stands there beside it.
    fn hold_labels(&mut self, StageSpec { room, spots, style }: &StageSpec) {
        for (index, spot) in spots.iter().enumerate() {
            let Some(&(x, top)) = self.labels.get(index) else { continue };
            let wanted = room.0 - spot.label_width(style);
            if wanted >= x {
                continue;
            }
            let is_beside = |y: f64, high: f64| y < top + style.label && y + high > top;
            let mut free = 0.0_f64;
            for (other, (rect, (left, y))) in spots.iter().zip(self.boxes.iter().zip(&self.labels)) {
                if rect.x < x && is_beside(rect.y, rect.h) {
                    free = free.max(rect.right() + BESIDE);
                }
                if *left < x && is_beside(*y, style.label) {
                    free = free.max(left + other.label_width(style) + BESIDE);
                }
            }
            if let Some((left, _)) = self.labels.get_mut(index) {
                *left = wanted.max(free).min(x);
            }
        }
    }

    /// The layout without a limit of room: the largest cells, and nothing scrolls.
    pub fn whole(spots: &[Spot], style: StageStyle) -> Self {
        Self::in_a_row(&StageSpec { room: (f64::MAX, f64::MAX), spots: spots.to_vec(), style })
    }

    /// The same for paper, wide enough for the labels as well.
    pub fn on_paper(spots: &[Spot]) -> Self {
        let style = StageStyle::PAPER;
        let mut layout = Self::whole(spots, style);
        for (spot, (left, _)) in spots.iter().zip(&layout.labels) {
            layout.size.0 = layout.size.0.max(left + spot.label_width(&style));
        }
        layout
    }

    fn in_a_row(spec: &StageSpec) -> Self {
        let StageStyle { gap: (narrow, wide), label, .. } = spec.style;
        let spots = &spec.spots;
        let tracks = Tracks::new(spots, &spec.style);
        let (cols, rows) = (tracks.columns.len(), tracks.rows.len());
        let gaps = (cols - 1) as f64;
        let least_height = spec.style.cell.0 * LEAST_ROWS;
        let between = (rows - 1) as f64 * (label + BETWEEN);
        let height = (spec.room.1 - label - between - spec.style.below).max(least_height);
        let width = spec.room.0.max(1.0);
        let cell = tracks.cell((width, height), &spec.style);

        let of = |list: &[f64], index: usize| list.get(index).copied().unwrap_or(0.0);
        let mut wanted: Vec<f64> = tracks.rows.iter().map(|cells| cells * cell).collect();
        let all = wanted.iter().sum::<f64>();
        let height = if all - height < FEW_PIXELS { height.max(all) } else { height };
        let shared = |wanted: &[f64]| {
            let least = |(height, cells): (f64, &f64)| height.max(cells.min(LEAST_ROWS) * cell);
            let heights: Vec<f64> = shares(height, wanted).into_iter().zip(&tracks.rows).map(least).collect();
            // What stands beside all rows has the room between them too.
            let all = (heights.iter().sum::<f64>() + between).max(if rows == 1 { 0.0 } else { height + between });
            (heights, all)
        };
        let room_of = |spot: &Spot, (heights, all): &(Vec<f64>, f64)| spot.row.map_or(*all, |row| of(heights, row));
        let size = |spot: &Spot| (spot.shape.1 as f64 * cell, spot.shape.0 as f64 * cell);
        let heights = shared(&wanted);
        let mut slots = tracks.slots(cell);
        for spot in spots.iter().filter(|spot| size(spot).1 > room_of(spot, &heights)) {
            if let Some(slot) = slots.get_mut(spot.col) {
                *slot = slot.max(size(spot).0 + SCROLL_BAR);
            }
        }
        let gap = within((width - slots.iter().sum::<f64>()) / gaps.max(1.0), narrow, wide).floor();
        let widths = tracks.widths(width - gaps * gap, cell, &slots);
        for spot in spots.iter().filter(|spot| size(spot).0 > of(&widths, spot.col)) {
            if let Some(wanted) = wanted.get_mut(spot.row.unwrap_or(0)) {
                *wanted = wanted.max(size(spot).1 + SCROLL_BAR);
            }
        }
        let heights = shared(&wanted);
        let mut lefts = Vec::with_capacity(cols);
        let mut left = 0.0;
        for width in &widths {
            lefts.push(left);
            left += width + gap;
        }

        let boxed = |spot: &Spot| {
            let room = (of(&widths, spot.col), room_of(spot, &heights));
            let (w, h) = size(spot);
            // A bar across needs room below, one down room beside.
            let bar = |over: bool| if over { SCROLL_BAR } else { 0.0 };
            let (w, h) = ((w + bar(h > room.1)).min(room.0), (h + bar(w > room.0)).min(room.1));
            Rect { x: of(&lefts, spot.col), y: 0.0, w, h }
        };
        let mut boxes: Vec<Rect> = spots.iter().map(boxed).collect();

        // Rows as high as their highest box; grids stand in the middle of theirs.
        let tallest = boxes.iter().map(|rect| rect.h).fold(0.0, f64::max);
        let row_height = |row: usize| {
            let here = spots.iter().zip(&boxes).filter(|(spot, _)| spot.row == Some(row) || rows == 1);
            here.map(|(_, rect)| rect.h).fold(0.0, f64::max)
        };
        let row_heights: Vec<f64> = (0..rows).map(row_height).collect();
        let whole = (row_heights.iter().sum::<f64>() + between).max(tallest);
        let top_of = |row: usize| row_heights.iter().take(row).sum::<f64>() + label + row as f64 * (label + BETWEEN);
        let mut labels = Vec::with_capacity(spots.len());
        for (spot, rect) in spots.iter().zip(&mut boxes) {
            let (top, room) = spot.row.map_or((label, whole), |row| (top_of(row), of(&row_heights, row)));
            rect.y = top + ((room - rect.h) / 2.0).max(0.0).floor();
            labels.push((rect.x, rect.y - label));
        }
        // Between the grids that they join; where one stands in a row, between those of the first.
        let in_rows = |col: usize| rows > 1 && spots.iter().any(|spot| spot.col == col && spot.row.is_some());
        let middle = |col: usize| {
            let high = if in_rows(col - 1) || in_rows(col) { of(&row_heights, 0) } else { whole };
            label + high / 2.0
        };
        let end = |col: usize| {
            let here = spots.iter().zip(&boxes).filter(|(spot, _)| spot.col == col && spot.row.unwrap_or(0) == 0);
            here.map(|(_, rect)| rect.right()).fold(of(&lefts, col), f64::max)
        };
        let signs = (1..cols).map(|col| (f64::midpoint(end(col - 1), of(&lefts, col)), middle(col))).collect();
        let right = boxes.iter().map(|rect| rect.right()).fold(0.0, f64::max);
        Self { cell, boxes, labels, signs, size: (right, label + whole) }
    }

    /// Lines of grids below each other: the first column, then the others; where the grids stand in rows, a line a row.
    fn stacked(spec: &StageSpec) -> Self {
        let StageStyle { cell: (least, most), gap: (narrow, wide), label, .. } = spec.style;
        let width = spec.room.0.max(1.0);
        let spots = &spec.spots;
        let lines = lines(spots, &spec.style, width);
        let shape = |index: usize| spots.get(index).map_or((0, 0), |spot| spot.shape);
        let gaps = |line: &[usize]| line.len().saturating_sub(1) as f64;
        let across = lines.iter().map(|line| {
            let cells: usize = line.iter().map(|&index| shape(index).1).sum();
            (width - gaps(line) * narrow) / cells.max(1) as f64
        });
        let rows: usize = lines.iter().map(|line| line.iter().map(|&index| shape(index).0).max().unwrap_or(0)).sum();
        let between = lines.len().saturating_sub(1) as f64 * BETWEEN;
        let height = spec.room.1 - spec.style.below - lines.len() as f64 * label - between;
        let cell = within(across.fold(f64::MAX, f64::min).min(height / rows.max(1) as f64), least, most).floor();
        // Past eight rows a grid scrolls in its box, so that the step and its sum stay near each other.
        let tall = 8.5 * cell;
        let mut boxes = vec![Rect::default(); spots.len()];
        let mut labels = vec![(0.0, 0.0); spots.len()];
        let mut top = 0.0;
        for line in &lines {
            let cells = |index: usize| shape(index).1 as f64 * cell;
            // A name that is wider than its grid keeps the next one at a distance.
            let last = line.last().copied();
            let slot = |&index: &usize| {
                let label = |width: fn(&Spot, &StageStyle) -> f64| {
                    spots.get(index).map_or(0.0, |spot| width(spot, &spec.style))
                };
                let is_last = line.len() > 1 && Some(index) == last;
                cells(index).max(if is_last { label(Spot::label_width) } else { label(Spot::name_width) - narrow })
            };
            let wanted: Vec<f64> = line.iter().map(slot).collect();
            let gap = within((width - wanted.iter().sum::<f64>()) / gaps(line).max(1.0), narrow, wide).floor();
            let widths = shares(width - gaps(line) * gap, &wanted);
            let boxed = |(&index, width): (&usize, &f64)| {
                let bar = if cells(index) > *width { SCROLL_BAR } else { 0.0 };
                (shape(index).0 as f64 * cell + bar).min(tall)
            };
            let heights: Vec<f64> = line.iter().zip(&widths).map(boxed).collect();
            let tallest = heights.iter().copied().fold(0.0, f64::max);
            let used = widths.iter().sum::<f64>() + gaps(line) * gap;
            let mut x = ((width - used) / 2.0).max(0.0).floor();
            for ((&index, w), h) in line.iter().zip(widths).zip(heights) {
                let y = top + label + ((tallest - h) / 2.0).floor();
                if let (Some(rect), Some(at)) = (boxes.get_mut(index), labels.get_mut(index)) {
                    *rect = Rect { x, y, w: w.min(cells(index)), h };
                    *at = (x, y - label);
                }
                x += w + gap;
            }
            top += label + tallest + BETWEEN;
        }
        Self { cell, boxes, labels, signs: Vec::new(), size: (width, top - BETWEEN) }
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

    /// The beam through blocks of cells, one after the other, each with the box of its grid.
    pub fn beam(blocks: &[(Rect, Rect)]) -> Beam {
        let mut beam = Beam::default();
        let line = |path: &mut String, from: (f64, f64), to: (f64, f64)| {
            path.push_str(&["M", &point(from), " L", &point(to), " "].concat());
        };
        for ((from, before), (to, after)) in blocks.iter().zip(blocks.iter().skip(1)) {
            let [a, b, c, d] = facing(*from, *to);
            line(&mut beam.fill, a, b);
            beam.fill.push_str(&["L", &point(c), " L", &point(d), "z "].concat());
            line(&mut beam.edges, d, c);
            line(&mut beam.edges, a, b);
            for (start, end, grid) in [(a, b, before), (d, c, before), (b, a, after), (c, d, after)] {
                line(&mut beam.inside, start, grid.leave(start, end));
            }
        }
        beam
    }

    /// How wide the label of a grid may be in a room as wide as that: to the next label or grid beside it.
    pub fn label_room(&self, index: usize, label: f64, width: f64) -> f64 {
        let Some(&(x, y)) = self.labels.get(index) else { return width };
        let mut end = width;
        for (rect, &(left, top)) in self.boxes.iter().zip(&self.labels) {
            for (left, top, high) in [(rect.x, rect.y, rect.h), (left, top, label)] {
                if left > x && top < y + label && top + high > y {
                    end = end.min(left - BESIDE);
                }
            }
        }
        end - x
    }
}

/// The columns and rows that grids stand in, in cells.
struct Tracks {
    /// How wide each column is.
    columns: Vec<f64>,
    /// How high each row is.
    rows: Vec<f64>,
    /// How high the highest grid beside the rows is.
    beside: f64,
    /// In pixels: how wide each column has to be for its names.
    names: Vec<f64>,
    label: f64,
    /// Whether they are read from far.
    far: bool,
}

impl Tracks {
    fn new(spots: &[Spot], style: &StageStyle) -> Self {
        let cols = spots.iter().map(|spot| spot.col + 1).max().unwrap_or(1);
        let rows = spots.iter().filter_map(|spot| spot.row).map(|row| row + 1).max().unwrap_or(1);
        let most = |all: &mut dyn Iterator<Item = usize>| all.max().unwrap_or(0) as f64;
        let column = |col: usize| spots.iter().filter(move |spot| spot.col == col);
        let row = |row: usize| spots.iter().filter(move |spot| spot.row.map_or(rows == 1, |own| own == row));
        // A name that is wider than its grid keeps the next column at a distance.
        let name = |col: usize| {
            let widest =
                |width: fn(&Spot, &StageStyle) -> f64| column(col).map(|spot| width(spot, style)).fold(0.0, f64::max);
            // Where grids are many, the whole label is one line.
            let many = spots.len() > FEW;
            let line = if many { Spot::line_width } else { Spot::name_width };
            let end = if many { Spot::line_width } else { Spot::label_width };
            let apart = if many { 0.0 } else { APART * style.character };
            if col + 1 == cols { widest(end) } else { widest(line) + apart - style.gap.0 }
        };
        Self {
            columns: (0..cols).map(|col| most(&mut column(col).map(|spot| spot.shape.1))).collect(),
            rows: (0..rows).map(|index| most(&mut row(index).map(|spot| spot.shape.0))).collect(),
            beside: most(&mut spots.iter().filter(|spot| spot.row.is_none()).map(|spot| spot.shape.0)),
            names: (0..cols).map(name).collect(),
            label: style.label,
            far: style.character > StageStyle::DESK.character,
        }
    }

    /// How wide each column is with cells of this side.
    fn slots(&self, cell: f64) -> Vec<f64> {
        self.columns.iter().zip(&self.names).map(|(cells, name)| (cells * cell).max(*name)).collect()
    }

    /// The columns' shares of `room`, where each wants its slot: what cells need comes before what names do.
    fn widths(&self, room: f64, cell: f64, slots: &[f64]) -> Vec<f64> {
        let cells: Vec<f64> = self.columns.iter().map(|count| count * cell).collect();
        let left = room - cells.iter().sum::<f64>();
        // From far a name that is cut can't be guessed.
        if left < 0.0 || self.far {
            return shares(room, slots);
        }
        let more: Vec<f64> = slots.iter().zip(&cells).map(|(slot, cells)| slot - cells).collect();
        cells.iter().zip(shares(left, &more)).map(|(cells, more)| cells + more).collect()
    }

    /// The largest cells that fit into this width and height, the labels and gaps aside.
    fn cell(&self, (width, height): (f64, f64), style: &StageStyle) -> f64 {
        let (least, most) = style.cell;
        let gaps = (self.columns.len() - 1) as f64 * style.gap.0;
        let across = (width - gaps) / self.columns.iter().sum::<f64>().max(1.0);
        let down = height / self.rows.iter().sum::<f64>().max(1.0);
        let beside = (height + (self.rows.len() - 1) as f64 * (self.label + BETWEEN)) / self.beside.max(1.0);
        let mut cell = within(across.min(down).min(beside), least, most).floor();
        // Where names are wider than all there is, the cells have what their columns get, as far as no grid has to scroll.
        let fits = |cell: f64| self.slots(cell).iter().sum::<f64>() + gaps <= width;
        let shows = |cell: f64| {
            let widths = self.widths(width - gaps, cell, &self.slots(cell));
            widths.iter().zip(&self.columns).all(|(width, cells)| cells * cell <= *width)
        };
        let is_enough = |cell: f64| if fits(least) { fits(cell) } else { shows(cell) || !shows(least) };
        while cell > least && !is_enough(cell) {
            cell = (cell - 1.0).max(least);
        }
        cell
    }
}

/// The lines that grids stand in below each other, by their places in the list.
fn lines(spots: &[Spot], style: &StageStyle, width: f64) -> Vec<Vec<usize>> {
    let in_rows = spots.iter().any(|spot| spot.row.is_some_and(|row| row > 0));
    let last = spots.iter().filter_map(|spot| spot.row).max().unwrap_or(0) + 1;
    let line_of = |spot: &Spot| if in_rows { spot.row.unwrap_or(last) } else { usize::from(spot.col > 0) };
    let (least, narrow) = (style.cell.0, style.gap.0);
    // At the smallest cells, of which a box shows some at least.
    let wanted = |indices: &[usize]| {
        let slot = |spot: &Spot| (spot.shape.1.min(6) as f64 * least).max(spot.name_width(style) - narrow);
        let slots = indices.iter().filter_map(|&index| spots.get(index)).map(slot);
        slots.sum::<f64>() + indices.len().saturating_sub(1) as f64 * narrow
    };
    let mut lines = Vec::new();
    for line in 0..=last.max(1) {
        let mut rest: Vec<usize> = Vec::new();
        for index in spots.iter().enumerate().filter(|(_, spot)| line_of(spot) == line).map(|(index, _)| index) {
            rest.push(index);
            // A line that is too wide is broken.
            if rest.len() > 1 && wanted(&rest) > width {
                rest.pop();
                lines.push(std::mem::replace(&mut rest, vec![index]));
            }
        }
        if !rest.is_empty() {
            lines.push(rest);
        }
    }
    lines
}

/// The corners of the two edges that face each other: from, to, to, from.
pub fn facing(from: Rect, to: Rect) -> [(f64, f64); 4] {
    if to.x + 0.5 >= from.right() {
        [(from.right(), from.y), (to.x, to.y), (to.x, to.bottom()), (from.right(), from.bottom())]
    } else if to.right() <= from.x + 0.5 {
        [(from.x, from.y), (to.right(), to.y), (to.right(), to.bottom()), (from.x, from.bottom())]
    } else if to.y >= from.y {
        [(from.x, from.bottom()), (to.x, to.y), (to.right(), to.y), (from.right(), from.bottom())]
    } else {
        [(from.x, from.y), (to.x, to.bottom()), (to.right(), to.bottom()), (from.right(), from.y)]
    }
}

/// The beam as SVG paths.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beam {
    /// Behind the grids.
    pub fill: String,
    /// Its edges, behind the grids as well.
    pub edges: String,
    /// What of the edges lies in the grids that they join, above those: no other grid's number is struck through.
    pub inside: String,
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

/// How much of a box shows cells that are so wide and high in all: a bar down the side takes of its width, one across of
/// its height.
pub fn inside_bars(frame: Rect, (wide, high): (f64, f64)) -> (f64, f64) {
    let bar = |over: bool| if over { SCROLL_BAR } else { 0.0 };
    (frame.w - bar(high > frame.h), frame.h - bar(wide > frame.w))
}

fn point((x, y): (f64, f64)) -> String {
    [&fixed(x, 1), " ", &fixed(y, 1)].concat()
}

/// What several boxes get out of `room`: what they want where there is enough, else the small ones what they want and
/// the others equal shares of the rest.
fn shares(room: f64, wanted: &[f64]) -> Vec<f64> {
    let mut left = room.max(0.0);
    let mut got = vec![None; wanted.len()];
    for others in (0..wanted.len()).rev() {
        // The smallest that is still open. There are few: sorting them would be more code than time.
        let open = wanted.iter().zip(&mut got).filter(|(_, got)| got.is_none());
        if let Some((want, got)) = open.min_by(|(a, _), (b, _)| a.total_cmp(b)) {
            let share = want.min(left / (others + 1) as f64).floor();
            left -= share;
            *got = Some(share);
        }
    }
    got.into_iter().map(Option::unwrap_or_default).collect()
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "whole pixels, and zeros that nothing was added to")]
mod tests {
    use super::*;

    fn spots(shapes: &[(usize, usize)]) -> Vec<Spot> {
        shapes
            .iter()
            .enumerate()
            .map(|(col, &shape)| Spot { col, row: None, shape, name: 6, note: 5, longest: 2 })
            .collect()
    }

    #[test]
    fn paper_has_room_for_the_labels() {
        let check = |name, expect: f64| {
            let spot = |col, shape| Spot { col, row: None, shape, name, note: 5, longest: 2 };
            assert_eq!(StageLayout::on_paper(&[spot(0, (5, 5)), spot(1, (2, 2))]).size.0, expect, "{name}");
        };
        // Seven cells and the gap; with a long name, more.
        check(6, 7.0 * 46.0 + 44.0);
        check(16, 5.0 * 46.0 + 44.0 + 16.0 * 9.0);
    }

    fn layout(room: (f64, f64), input: usize, kernel: usize, output: usize, style: StageStyle) -> StageLayout {
        let spots = spots(&[(input, input), (kernel, kernel), (output, output)]);
        StageLayout::new(&StageSpec { room, spots, style })
    }

    #[track_caller]
    fn check(layout: &StageLayout, cell: f64, width: f64) {
        assert_eq!((layout.cell, layout.size.0), (cell, width), "{layout:?}");
    }

    #[test]
    fn the_largest_cells_that_fit() {
        check(&layout((912.0, 600.0), 8, 3, 6, StageStyle::DESK), 48.0, 912.0);
        check(&layout((912.0, 600.0), 3, 2, 2, StageStyle::DESK), 104.0, 912.0);
        check(&layout((912.0, 420.0), 3, 2, 2, StageStyle::DESK), 82.0, 794.0);
        check(&layout((700.0, 600.0), 8, 3, 6, StageStyle::DESK), 36.0, 700.0);
        check(&layout((936.0, 700.0), 3, 2, 2, StageStyle::LECTURE), 104.0, 936.0);
        check(&layout((358.0, 1000.0), 6, 3, 4, StageStyle::PHONE), 46.0, 358.0);
        check(&layout((358.0, 844.0), 6, 3, 4, StageStyle::PHONE), 40.0, 358.0);
    }

    #[test]
    fn long_names_make_cells_smaller_before_a_grid_scrolls() {
        // Two channels on a projector: names of 15 to 21 characters over grids of 2 and 3 columns.
        let spot = |col, row, n, name| Spot { col, row, shape: (n, n), name, note: 5, longest: 2 };
        let rows = |col, n, name| [spot(col, Some(0), n, name), spot(col, Some(1), n, name)];
        let mut spots = [rows(0, 3, 15), rows(1, 2, 16), rows(2, 2, 21)].concat();
        spots.push(spot(3, None, 2, 16));
        let style = StageStyle::LECTURE.above_lines(3);
        let layout = StageLayout::new(&StageSpec { room: (936.0, 640.0), spots: spots.clone(), style });
        for (spot, rect) in spots.iter().zip(&layout.boxes) {
            let whole = (spot.shape.1 as f64 * layout.cell, spot.shape.0 as f64 * layout.cell);
            assert_eq!((rect.w, rect.h), whole, "{rect:?} at {}", layout.cell);
        }
    }

    #[test]
    fn a_name_past_the_end_begins_further_left() {
        let spot = |col, shape, name| Spot { col, row: None, shape, name, note: 5, longest: 1 };
        let spots = vec![spot(0, (10, 13), 15), spot(1, (4, 4), 16), spot(2, (2, 2), 16)];
        let style = StageStyle::DESK;
        let layout = StageLayout::new(&StageSpec { room: (480.0, 580.0), spots: spots.clone(), style });
        let (left, top) = layout.labels[2];
        assert!(left < layout.boxes[2].x && left + spots[2].label_width(&style) <= 480.0, "{layout:?}");
        // The kernel is beside it.
        assert!(layout.boxes[1].bottom() > top && left >= layout.boxes[1].right() + BESIDE, "{layout:?}");
    }

    #[test]
    fn past_the_smallest_the_boxes_share_the_room() {
        for room in [320.0, 600.0, 912.0, 1600.0] {
            for (input, kernel) in [(1, 1), (7, 3), (28, 5), (64, 16), (96, 1)] {
                for style in [StageStyle::DESK, StageStyle::PHONE, StageStyle::LECTURE] {
                    let layout = layout((room, 420.0), input, kernel, input, style);
                    assert!(layout.cell >= style.cell.0 && layout.cell <= style.cell.1);
                    assert!(layout.size.0 <= room + 0.5, "{room} {input} {kernel} {layout:?}");
                    assert!(layout.boxes.iter().all(|rect| rect.w >= layout.cell.min(60.0)), "{layout:?}");
                }
            }
        }
    }

    #[test]
    fn a_window_scrolled_away_has_no_size() {
        let layout = layout((400.0, 420.0), 64, 3, 62, StageStyle::DESK);
        let input = layout.boxes[0];
        let gone = layout.cells(input, (0.0, 0.0), (0.0, 60.0), (3.0, 3.0));
        assert_eq!(gone.w, 0.0);
        assert!(gone.x <= input.right());
    }

    /// Grids in their boxes do not lie on each other, and nothing lies outside.
    #[track_caller]
    fn apart(layout: &StageLayout) {
        for (index, a) in layout.boxes.iter().enumerate() {
            assert!(a.right() <= layout.size.0 + 0.5 && a.bottom() <= layout.size.1 + 0.5, "{index} {layout:?}");
            for b in layout.boxes.iter().skip(index + 1) {
                let beside = a.right() <= b.x || b.right() <= a.x || a.bottom() <= b.y || b.bottom() <= a.y;
                assert!(beside, "{a:?} {b:?} {layout:?}");
            }
        }
    }

    #[test]
    fn rows_and_columns_of_grids() {
        let channel = |row: usize| {
            let spot = |col, shape| Spot { col, row: Some(row), shape, name: 16, note: 5, longest: 2 };
            [spot(0, (5, 5)), spot(1, (3, 3)), spot(2, (3, 3))]
        };
        for channels in 1..5 {
            let mut spots: Vec<Spot> = (0..channels).flat_map(channel).collect();
            spots.push(Spot { col: 3, row: None, shape: (3, 3), name: 16, note: 5, longest: 2 });
            for (room, style) in [
                ((912.0, 600.0), StageStyle::DESK),
                ((936.0, 700.0), StageStyle::LECTURE),
                ((358.0, 844.0), StageStyle::PHONE),
            ] {
                let layout = StageLayout::new(&StageSpec { room, spots: spots.clone(), style });
                apart(&layout);
                assert!(layout.size.0 <= room.0 + 0.5, "{layout:?}");
                // Input, kernel and partial sum of a channel stand on one line, but on a phone.
                let [a, b, c] = [0, 1, 2].map(|index| layout.boxes[index]);
                let one_line = a.y <= b.y && b.y <= c.y && c.bottom() <= a.bottom();
                assert!(one_line || style.stacked, "{layout:?}");
            }
        }
        // A sign stands in the middle of what it joins, however wide the name above is.
        let named = [Spot { name: 40, ..spots(&[(3, 3)])[0] }, Spot { col: 1, ..spots(&[(2, 2)])[0] }];
        let layout =
            StageLayout::new(&StageSpec { room: (912.0, 555.0), spots: named.to_vec(), style: StageStyle::DESK });
        let [left, right] = [layout.boxes[0], layout.boxes[1]];
        let middle = (f64::midpoint(left.right(), right.x), f64::midpoint(left.y, left.bottom()));
        assert_eq!(layout.signs, [middle]);
        assert!(right.x - left.right() > StageStyle::DESK.gap.1, "the name keeps them apart: {layout:?}");
        // A column as high as two rows with their labels is whole.
        let beside = [
            Spot { row: Some(0), ..spots(&[(3, 3)])[0] },
            Spot { row: Some(1), ..spots(&[(2, 2)])[0] },
            Spot { col: 1, row: None, shape: (9, 1), name: 10, note: 5, longest: 2 },
        ];
        let layout =
            StageLayout::new(&StageSpec { room: (912.0, 555.0), spots: beside.to_vec(), style: StageStyle::DESK });
        apart(&layout);
        assert_eq!(layout.boxes[2].h, 9.0 * layout.cell, "{layout:?}");
        let matrix = spots(&[(3, 3), (4, 9), (9, 1), (4, 1)]);
        apart(&StageLayout::whole(&matrix, StageStyle::DESK));
        let phone = StageLayout::new(&StageSpec { room: (358.0, 844.0), spots: matrix, style: StageStyle::PHONE });
        apart(&phone);
        assert!(phone.size.0 <= 358.0);
    }

    #[test]
    fn beams_leave_by_the_edge_that_faces() {
        let at = |x, y| Rect { x, y, w: 10.0, h: 10.0 };
        let beam =
            |blocks: &[Rect]| StageLayout::beam(&blocks.iter().map(|block| (*block, *block)).collect::<Vec<_>>());
        assert_eq!(beam(&[at(0.0, 0.0), at(20.0, 5.0)]).fill, "M10.0 0.0 L20.0 5.0 L20.0 15.0 L10.0 10.0z ");
        assert_eq!(beam(&[at(0.0, 0.0), at(5.0, 20.0)]).fill, "M0.0 10.0 L5.0 20.0 L15.0 20.0 L10.0 10.0z ");
        assert_eq!(beam(&[at(0.0, 0.0)]).edges, "");
        // Of the edges each grid shows what lies in it.
        let grid = Rect { x: 0.0, y: -5.0, w: 15.0, h: 40.0 };
        let other = Rect { x: 30.0, ..grid };
        assert_eq!(
            StageLayout::beam(&[(at(0.0, 0.0), grid), (at(35.0, 5.0), other)]).inside,
            "M10.0 0.0 L15.0 1.0 M10.0 10.0 L15.0 11.0 M35.0 5.0 L30.0 4.0 M35.0 15.0 L30.0 14.0 "
        );
    }

    #[test]
    fn scrolling_moves_as_little_as_possible() {
        assert_eq!(scroll_into(0.0, 100.0, 20.0, 30.0), 0.0);
        assert_eq!(scroll_into(0.0, 100.0, 90.0, 30.0), 20.0);
        assert_eq!(scroll_into(50.0, 100.0, 20.0, 30.0), 20.0);
        let frame = Rect { w: 100.0, h: 80.0, ..Rect::default() };
        assert_eq!(inside_bars(frame, (100.0, 80.0)), (100.0, 80.0));
        assert_eq!(inside_bars(frame, (100.0, 81.0)), (88.0, 80.0));
        assert_eq!(inside_bars(frame, (101.0, 81.0)), (88.0, 68.0));
        assert_eq!(scroll_into(0.0, 20.0, 40.0, 30.0), 40.0);
    }
}
