//! The columns of every layer above each other, with what each reads, and on how many paths an input column is used.
//!
//! A cell stands above the middle of its field, so its lines fan out alike on both sides. Of a wide input only the
//! columns around the field are drawn.

use super::{
    planes::{Drawing, Mark, TEXT},
    plate, unusual,
    words::{counted, whole},
};
use crate::{
    export::{Anchor, Area, Hatch, Ink, Item, Picture, Text, text_width},
    lab::scene::{Diagram, Place},
    num::{format, within},
    trace::{Reach, Sight},
};

/// The most input columns that are drawn, on a wide stage and on a narrow one.
const MOST: (f64, f64) = (64.0, 32.0);
/// From one layer to the next.
const ROW: (f64, f64) = (24.0, 46.0);
/// The same at least where it is read from far, and shown larger.
const FAR: f64 = 15.0;
/// Room above the first layer and for the bars below the input.
const TOP: f64 = 18.0;
const BARS: f64 = 48.0;
/// From a column to the next, at most.
const PITCH: f64 = 34.0;

/// Where things stand.
struct Layout<'a> {
    drawing: &'a Drawing<'a>,
    reaches: Vec<Reach>,
    /// Left of the first column.
    left: f64,
    /// The input column that is drawn first, and how many are.
    columns: (f64, f64),
    /// From an input column to the next.
    pitch: f64,
    /// From a layer to the next.
    row: f64,
    size: (f64, f64),
}

impl<'a> Layout<'a> {
    fn new(drawing: &'a Drawing<'a>) -> Self {
        let narrow = drawing.head.narrow;
        let (width, height) = drawing.frame();
        let reaches = drawing.lab.stack.reaches();
        let left = if narrow { 62.0 } else { 128.0 };
        let most = if narrow { MOST.1 } else { MOST.0 };
        let padding = drawing.lab.stack.layers.first().map_or(0, |layer| layer.padding) as f64;
        let all = drawing.planes.first().map_or(1.0, |size| size.1 as f64) + 2.0 * padding;
        let middle = drawing.seen.and_then(|seen| Some(reaches.get(seen.fit.layer)?.centre_of(seen.fit.at.1)));
        let columns = if all <= most {
            (-padding, all)
        } else {
            let first = (middle.unwrap_or(0.0) - most / 2.0).floor();
            (within(first, -padding, all - padding - most), most)
        };
        let pitch = ((width - left - 16.0) / columns.1).min(PITCH);
        let count = drawing.planes.len() as f64;
        let row = if narrow {
            34.0
        } else {
            within((height - TOP - BARS - 60.0) / count, if drawing.head.far { FAR } else { ROW.0 }, ROW.1)
        };
        // All of a wide input is not drawn, which a line says.
        let below = if all <= most { 8.0 } else { 30.0 };
        let size = (width, TOP + row * count + BARS + below);
        Self { drawing, reaches, left, columns, pitch, row, size }
    }

    /// The side of a cell.
    fn side(&self) -> f64 {
        (self.pitch * 0.82).min(self.row * 0.7).min(20.0)
    }

    /// The middle of a plane's row.
    fn y(&self, plane: usize) -> f64 {
        TOP + self.row * (self.drawing.planes.len().saturating_sub(plane + 1) as f64 + 0.5)
    }

    /// The middle of a plane's column, which may be one of the padding.
    fn x(&self, plane: usize, col: i64) -> f64 {
        let reach = self.reaches.get(plane).copied().unwrap_or(Reach::INPUT);
        let at = reach.centre + col as f64 * reach.jump as f64;
        self.left + (at - self.columns.0 + 0.5) * self.pitch
    }

    /// Whether a column is drawn.
    fn shows(&self, x: f64) -> bool {
        x > self.left && x < self.left + self.columns.1 * self.pitch
    }

    /// The columns of a plane that are drawn.
    fn drawn(&self, plane: usize) -> impl Iterator<Item = usize> + '_ {
        let cols = self.drawing.planes.get(plane).map_or(0, |size| size.1);
        (0..cols).filter(move |&col| self.shows(self.x(plane, whole(col))))
    }

    fn cell(&self, plane: usize, col: i64) -> Area {
        let side = self.side();
        Area { x: self.x(plane, col) - side / 2.0, y: self.y(plane) - side / 2.0, w: side, h: side }
    }

    /// A line from each cell of `plane` to the columns that it reads, drawn in one stroke; those of the padding apart.
    fn reads(&self, plane: usize, col: usize) -> (Vec<(f64, f64)>, Vec<i64>) {
        let (mut points, mut padding) = (Vec::new(), Vec::new());
        let below = plane.saturating_sub(1);
        let Some(layer) = self.drawing.lab.stack.layers.get(below) else { return (points, padding) };
        let extent = self.drawing.planes.get(below).map_or(0, |size| size.1);
        let half = self.side() / 2.0;
        let from = (self.x(plane, whole(col)), self.y(plane) + half);
        for tap in 0..layer.kernel {
            let read = whole(col * layer.stride + tap * layer.dilation) - whole(layer.padding);
            let to = (self.x(below, read), self.y(below) - half);
            if !self.shows(to.0) {
                continue;
            }
            points.extend([from, to]);
            if read < 0 || read >= whole(extent) {
                padding.push(read);
            }
        }
        (points, padding)
    }

    /// The part of a plane's row whose columns can be pressed: its first column, how many, and where.
    fn pressed(&self, plane: usize) -> Option<(usize, usize, Area)> {
        let jump = self.reaches.get(plane)?.jump as f64 * self.pitch;
        let (mut first, mut last) = (self.drawn(plane).next()?, self.drawn(plane).last()?);
        let area = |first: usize, last: usize| {
            // Columns share the area alike; one alone takes no more than a cell.
            let wide = if first == last { self.pitch } else { jump };
            let high = self.row.min(24.0);
            let count = (last + 1 - first) as f64;
            Area {
                x: self.x(plane, whole(first)) - wide / 2.0,
                y: self.y(plane) - high / 2.0,
                w: wide * count,
                h: high,
            }
        };
        // Far apart, the room around the outer ones would leave the picture.
        while first < last && area(first, last).x < 0.0 {
            first += 1;
        }
        while first < last && area(first, last).right() > self.size.0 {
            last -= 1;
        }
        Some((first, last + 1 - first, area(first, last)))
    }
}

/// Draws the columns.
pub(super) fn diagram(drawing: &Drawing) -> Diagram {
    let layout = Layout::new(drawing);
    let (title, description) = drawing.words(", along one axis");
    let description = [description, paths_told(drawing)].concat();
    let mut picture = Picture { width: layout.size.0, height: layout.size.1, title, description, items: Vec::new() };
    let planes = drawing.planes.len();
    // What looks lies above what merely is.
    for plane in 1..planes {
        lines(&layout, plane, &mut picture, false);
    }
    for plane in 1..planes {
        lines(&layout, plane, &mut picture, true);
    }
    for plane in 0..planes {
        cells(&layout, plane, &mut picture);
        name(&layout, plane, &mut picture);
    }
    bars(&layout, &mut picture);
    let places = (0..planes).filter_map(|plane| {
        let (first, count, area) = layout.pressed(plane)?;
        let begin = drawing.begin(plane).1;
        Some(Place {
            area,
            plate: plate(plane, first),
            name: drawing.name(plane)?,
            shape: (1, count),
            at: (0, begin.saturating_sub(first).min(count - 1)),
        })
    });
    Diagram { places: places.collect(), picture, tabs: None }
}

/// What one cell's column sees of the plane, and how it is marked.
fn columns<'a>(drawing: &Drawing<'a>, plane: usize) -> (Mark, Option<&'a Sight>) {
    let (mark, sights) = drawing.field(plane);
    (mark, sights.map(|(_, cols)| cols))
}

/// The lines from `plane` down: of the cells that look, or of all others.
fn lines(layout: &Layout, plane: usize, picture: &mut Picture, looking: bool) {
    let drawing = layout.drawing;
    let looks = columns(drawing, plane).1;
    let (mark, _) = columns(drawing, plane - 1);
    for col in layout.drawn(plane) {
        let lit = mark != Mark::None && looks.is_some_and(|cols| cols.sees(col));
        if lit != looking {
            continue;
        }
        let (points, padding) = layout.reads(plane, col);
        let (ink, width) = match mark {
            _ if !lit => (Ink::Rule, 0.8),
            Mark::Now => (Ink::Lens, 1.2),
            Mark::Later => (Ink::BeamEdge, 0.6),
            _ => (Ink::BeamEdge, 1.2),
        };
        if (lit || !drawing.is_past(plane)) && points.len() > 1 {
            picture.line(&points, ink, width);
        }
        if lit {
            for read in padding {
                picture.items.push(Item::Hatch(layout.cell(plane - 1, read), Hatch::Padding));
            }
        }
    }
}

fn cells(layout: &Layout, plane: usize, picture: &mut Picture) {
    let (mark, cols) = columns(layout.drawing, plane);
    let past = layout.drawing.is_past(plane);
    for col in layout.drawn(plane) {
        let area = layout.cell(plane, whole(col));
        let seen = cols.is_some_and(|cols| cols.sees(col));
        let plain = (Ink::Cell, if past { Ink::Rule } else { Ink::Edge }, 1.0);
        let (fill, edge, width) = mark.inks().filter(|_| seen).unwrap_or(plain);
        picture.fill(area, fill);
        picture.outline(area, edge, width.min(1.5));
    }
}

/// `Layer 2` and its kernel, left of its row.
fn name(layout: &Layout, plane: usize, picture: &mut Picture) {
    let ink = if layout.drawing.is_past(plane) { Ink::Ink3 } else { Ink::Ink };
    let y = layout.y(plane) + TEXT * 0.36;
    let Some(layer) = plane.checked_sub(1).and_then(|index| layout.drawing.lab.stack.layers.get(index)) else {
        picture.text(Text::new((0.0, y), TEXT, ink, "Input").bold(true));
        return;
    };
    picture.text(Text::new((0.0, y), TEXT, ink, format!("Layer {plane}")).bold(true));
    if layout.drawing.head.narrow {
        return;
    }
    let settings = unusual(*layer).map(|(name, value)| format!(", {} {value}", name.get(..1).unwrap_or_default()));
    let short = [format!("k {}", layer.kernel), settings.collect()].concat();
    // Where all four differ the room left of the row is too narrow.
    if text_width(&short, TEXT, false) <= layout.left - 64.0 {
        picture.text(Text::new((60.0, y), TEXT, Ink::Ink2, short));
    }
}

/// The number of paths from each input column, below it.
fn bars(layout: &Layout, picture: &mut Picture) {
    let drawing = layout.drawing;
    let top = layout.y(0) + layout.side() / 2.0 + 4.0;
    let cols = drawing.planes.first().map_or(0, |size| whole(size.1));
    let (first, count) = layout.columns;
    if count < cols as f64 {
        let last = first + count - 1.0;
        let drawn = format!("columns {} to {} of {cols} are drawn", format::exact(first), format::exact(last));
        let at = (layout.left, layout.size.1 - 4.0);
        picture.text(Text::new(at, TEXT, Ink::Ink3, drawn));
    }
    let (mark, seen) = columns(drawing, 0);
    let Some(seen) = seen.filter(|_| mark.is_told()) else { return };
    let most = seen.paths.iter().copied().fold(0.0, f64::max);
    if most <= 0.0 {
        return;
    }
    let name = if drawing.head.narrow { "Paths" } else { "Paths to the cell" };
    picture.text(Text::new((0.0, top + 12.0), TEXT, Ink::Lens, name).bold(true));
    let fits = |paths: f64| text_width(&counted(paths), TEXT, false) + 3.0 <= layout.pitch;
    let all_fit = seen.paths.iter().all(|&paths| fits(paths));
    let highest = seen.paths.iter().position(|paths| paths.total_cmp(&most).is_eq());
    for col in layout.drawn(0) {
        let paths = seen.paths.get(col).copied().unwrap_or(0.0);
        if paths <= 0.0 {
            continue;
        }
        let x = layout.x(0, whole(col));
        let high = (BARS - 20.0) * paths / most;
        let wide = layout.side();
        if all_fit || Some(col) == highest {
            let text = Text::new((x, top + BARS - 4.0), TEXT, Ink::Ink, counted(paths)).on_paper();
            picture.text(Text { anchor: Anchor::Middle, ..text });
        }
        picture.fill(Area { x: x - wide / 2.0, y: top, w: wide, h: high.max(1.0) }, Ink::BeamEdge);
    }
}

/// The numbers of paths for who can't see the bars.
fn paths_told(drawing: &Drawing) -> String {
    let (mark, seen) = columns(drawing, 0);
    let Some((seen, (first, last))) = seen.filter(|_| mark.is_told()).and_then(|seen| Some((seen, seen.ends()?)))
    else {
        return String::new();
    };
    let paths: Vec<String> =
        seen.paths.iter().skip(first).take(last + 1 - first).map(|&paths| counted(paths)).collect();
    format!(" Paths from input columns {first} to {last}: {}.", paths.join(", "))
}
