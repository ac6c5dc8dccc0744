//! Every layer as a plane of cells, with what is seen of it, from the input at the left to the output at the right.

use super::{Fit, ReceptiveFieldLab, layer_name, layer_settings, middle, plate, short_name, words::sights_in_words};
use crate::{
    export::{Anchor, Area, Hatch, Ink, Item, Picture, Text, text_width},
    lab::{
        scene::{Diagram, Place, Playhead},
        stage::{Rect, facing},
    },
    num::{format, within},
    trace::Sight,
};

/// What is drawn.
pub(super) struct Drawing<'a> {
    /// The stack.
    pub(super) lab: &'a ReceptiveFieldLab,
    /// Rows and columns of the planes that fit.
    pub(super) planes: &'a [(usize, usize)],
    /// The plane that does not, if any.
    pub(super) broken: Option<usize>,
    /// What a cell sees; nothing where there is none.
    pub(super) seen: Option<Seen<'a>>,
    /// Which step is looked at.
    pub(super) head: Playhead,
}

/// What a cell sees.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    /// Where the cell is.
    pub(super) fit: &'a Fit,
    /// (rows, columns) of every plane up to the cell's.
    pub(super) sights: &'a [(Sight, Sight)],
}

/// How a plane's field is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Not at all: it lies behind the cell, or is asked for.
    None,
    /// No step has come so far.
    Later,
    /// A step before has found it.
    Found,
    /// The step that is looked at finds it.
    Now,
    /// The cell itself.
    Cell,
}

impl Mark {
    /// The colour of the cells that are seen, of their outline, and its width.
    pub(super) fn inks(self) -> Option<(Ink, Ink, f64)> {
        match self {
            Self::None => None,
            Self::Later => Some((Ink::Beam, Ink::BeamEdge, 1.0)),
            Self::Found => Some((Ink::BeamEdge, Ink::Lens, 1.0)),
            Self::Now => Some((Ink::BeamEdge, Ink::Lens, 2.5)),
            Self::Cell => Some((Ink::Lens, Ink::Lens, 2.0)),
        }
    }

    /// Whether the numbers of the field may be told.
    pub(super) fn is_told(self) -> bool {
        matches!(self, Self::Found | Self::Now | Self::Cell)
    }
}

impl<'a> Drawing<'a> {
    /// How the field of a plane is drawn, and what it is.
    pub(super) fn field(&self, plane: usize) -> (Mark, Option<&'a (Sight, Sight)>) {
        let Some(Seen { fit, sights }) = self.seen else { return (Mark::None, None) };
        let len = fit.layer;
        let mark = match len.checked_sub(plane) {
            None => Mark::None,
            Some(0) => Mark::Cell,
            Some(steps) => {
                let (step, (done, looked)) = (steps - 1, self.head.of(len));
                match () {
                    () if self.head.shows(step, len) && step == looked => Mark::Now,
                    () if self.head.shows(step, len) => Mark::Found,
                    () if self.head.asked && step >= done => Mark::None,
                    () => Mark::Later,
                }
            }
        };
        (mark, sights.get(plane).filter(|_| mark != Mark::None))
    }

    /// The widest a picture is, and the height that a wide one keeps to: lower where rows and columns differ, since each
    /// has its own lines of arithmetic then.
    pub(super) fn frame(&self) -> (f64, f64) {
        let differ = |(rows, cols): &(Sight, Sight)| rows.ends() != cols.ends();
        let differ = self.seen.is_some_and(|seen| seen.sights.iter().skip(1).any(differ));
        match (self.head.narrow, self.head.far, differ) {
            (true, ..) => (344.0, f64::INFINITY),
            // Shown half as large again and more: 13 px are 20.
            (_, true, true) => (588.0, 240.0),
            (_, true, false) => (588.0, 300.0),
            (_, false, true) => (880.0, 340.0),
            _ => (880.0, 400.0),
        }
    }

    /// From one plane to the next.
    fn gap(&self) -> f64 {
        if self.is_small() { 8.0 } else { 16.0 }
    }

    /// Whether there is little room for its words.
    pub(super) fn is_small(&self) -> bool {
        self.head.narrow || self.head.far
    }

    /// Whether the plane lies behind the cell that looks.
    pub(super) fn is_past(&self, plane: usize) -> bool {
        self.seen.is_some_and(|seen| plane > seen.fit.layer)
    }

    /// Title and description: what is on the picture, for who can't see it.
    pub(super) fn words(&self, kind: &str) -> (String, String) {
        let title = match self.seen {
            Some(Seen { fit: Fit { layer, at: (row, col), .. }, .. }) => {
                format!("What row {row}, column {col} of layer {layer} sees{kind}")
            }
            None => "A stack of layers".to_owned(),
        };
        let planes = (0..self.planes.len()).rev().filter_map(|plane| {
            let (mark, sights) = self.field(plane);
            let sights = match (mark, sights) {
                (Mark::Cell, _) => ": the cell that looks".to_owned(),
                (mark, Some(sights)) if mark.is_told() => format!(": {}", sights_in_words(sights)),
                _ => String::new(),
            };
            Some(format!("{}{sights}.", self.name(plane)?))
        });
        (title, planes.collect::<Vec<_>>().join(" "))
    }

    /// `Input, 32 × 32`, `Layer 2, 5 × 5 convolution, 24 × 24`
    pub(super) fn name(&self, plane: usize) -> Option<String> {
        let &(rows, cols) = self.planes.get(plane)?;
        let size = format::shape(&[rows, cols]);
        Some(match plane.checked_sub(1).and_then(|index| self.lab.stack.layers.get(index)) {
            Some(layer) => format!("Layer {plane}, {}, {size}", layer_name(*layer)),
            None => format!("Input, {size}"),
        })
    }

    /// The cell that the keyboard begins with: the middle of what is seen.
    pub(super) fn begin(&self, plane: usize) -> (usize, usize) {
        let size = self.planes.get(plane).copied().unwrap_or_default();
        let Some(seen) = self.seen.filter(|seen| seen.fit.layer == plane) else { return middle(size) };
        seen.fit.at
    }
}

/// Sizes of texts; none is smaller on a stage as wide as the picture.
pub(super) const TEXT: f64 = 13.0;
const LINE: f64 = 16.0;

/// Room between rows of planes.
const GAP: f64 = 14.0;
/// A plane's longer side.
const SIDE: (f64, f64) = (40.0, 240.0);
/// Cells from this size on have lines between them.
const CELL: f64 = 4.0;

/// One plane where it stands.
struct Slot {
    /// Its number, from 0 for the input.
    plane: usize,
    /// The room that it and its label have.
    room: Area,
    /// Where the label begins, the same in all of a row.
    label: f64,
    /// Its cells.
    cells: Area,
    /// With the padding around them that the next layer adds.
    padded: Area,
    /// The side of a cell: its height and its width, which differ where a side would be too thin to be seen.
    cell: (f64, f64),
}

impl Slot {
    /// The area of a block of cells that may lie in the padding.
    fn block(&self, rows: (i64, i64), cols: (i64, i64)) -> Area {
        let ((h, w), Area { x, y, .. }) = (self.cell, self.cells);
        Area {
            x: x + cols.0 as f64 * w,
            y: y + rows.0 as f64 * h,
            w: (cols.1 - cols.0 + 1) as f64 * w,
            h: (rows.1 - rows.0 + 1) as f64 * h,
        }
    }
}

/// The lines below a plane: what it is, and how large.
fn label(drawing: &Drawing, plane: usize) -> Vec<(String, Ink, bool)> {
    let past = drawing.is_past(plane);
    let [strong, soft] = if past { [Ink::Ink3, Ink::Ink3] } else { [Ink::Ink, Ink::Ink2] };
    let size = drawing.planes.get(plane).map(|&(rows, cols)| format!(": {}", format::shape(&[rows, cols])));
    let size = size.unwrap_or_default();
    let Some(layer) = plane.checked_sub(1).and_then(|index| drawing.lab.stack.layers.get(index)) else {
        return vec![(format!("Input{size}"), strong, true)];
    };
    let mut lines = if drawing.is_small() {
        // Three planes fit side by side on a phone, eight on a projector.
        let kind = format!("{} {}", format::shape(&[layer.kernel, layer.kernel]), short_name(*layer));
        let size = size.trim_start_matches(": ").to_owned();
        vec![(format!("Layer {plane}"), strong, true), (size, strong, true), (kind, soft, false)]
    } else {
        vec![(format!("Layer {plane}{size}"), strong, true), (layer_name(*layer), soft, false)]
    };
    let settings = layer_settings(*layer);
    if !settings.is_empty() {
        lines.push((settings, soft, false));
    }
    lines.retain(|(line, ..)| !line.is_empty());
    lines
}

/// `5 × 5 seen`; with what there would be without the edge and the gaps, where it is more. Of every plane up to the
/// cell's, whether or not it may be told; of that itself, where the cell is.
fn seen_text(drawing: &Drawing, plane: usize) -> Option<String> {
    let seen = drawing.seen.filter(|seen| plane <= seen.fit.layer)?;
    if plane == seen.fit.layer {
        let (row, col) = seen.fit.at;
        return Some(format!("row {row}, column {col}"));
    }
    let (rows, cols) = seen.sights.get(plane)?;
    let (counts, spans) = ((rows.count(), cols.count()), (rows.extent(), cols.extent()));
    if counts.0 * counts.1 == 0 {
        return Some("nothing seen".to_owned());
    }
    let all = (i64::try_from(counts.0), i64::try_from(counts.1)) == (Ok(spans.0), Ok(spans.1));
    let of = if all { String::new() } else { format!(" of {} × {}", spans.0, spans.1) };
    // The colour of the lens says it where there is little room.
    let seen = if drawing.head.far { "" } else { " seen" };
    Some([&format::shape(&[counts.0, counts.1]), of.as_str(), seen].concat())
}

/// The padding that the next layer puts around a plane.
fn ring(drawing: &Drawing, plane: usize) -> usize {
    let fits = plane + 1 < drawing.planes.len();
    drawing.lab.stack.layers.get(plane).filter(|_| fits).map_or(0, |layer| layer.padding)
}

/// The size of a plane's cell (height, width) where cells are `unit` wide if they can, no plane's side above `most`.
fn cell(drawing: &Drawing, plane: usize, unit: f64, most: f64) -> (f64, f64) {
    /// No side is thinner.
    const THIN: f64 = 6.0;
    let (rows, cols) = drawing.planes.get(plane).copied().unwrap_or((1, 1));
    let padded = 2 * ring(drawing, plane);
    let longer = (rows.max(cols) + padded) as f64;
    let side = unit.max(SIDE.0 / longer).min(most / longer);
    (side.max(THIN / (rows + padded) as f64), side.max(THIN / (cols + padded) as f64))
}

/// Width and height of a plane with its padding.
fn extent(drawing: &Drawing, plane: usize, (h, w): (f64, f64)) -> (f64, f64) {
    let (rows, cols) = drawing.planes.get(plane).copied().unwrap_or((1, 1));
    let padded = 2 * ring(drawing, plane);
    ((cols + padded) as f64 * w, (rows + padded) as f64 * h)
}

/// How wide the label below a plane is. What is seen of it is told step by step and has its room from the first, so that
/// nothing moves.
fn label_width(drawing: &Drawing, plane: usize) -> f64 {
    let widths = label(drawing, plane).into_iter().map(|(line, _, bold)| text_width(&line, TEXT, bold));
    let seen = seen_text(drawing, plane).map_or(0.0, |text| text_width(&text, TEXT, true));
    widths.fold(seen, f64::max)
}

/// How high the label of every plane is at most, with the line that tells what is seen of it.
fn label_height(drawing: &Drawing, count: usize) -> f64 {
    let lines = (0..count).map(|plane| label(drawing, plane).len()).max().unwrap_or(0);
    LINE * (1 + lines) as f64 + 6.0
}

/// The planes in rows that turn at their ends, so that each stands beside the next.
fn layout(drawing: &Drawing, count: usize) -> Vec<Slot> {
    let (width, height) = drawing.frame();
    let least = drawing.gap();
    let labels: Vec<f64> = (0..count).map(|plane| label_width(drawing, plane)).collect();
    let below = label_height(drawing, count);
    let in_a_row = |rows: usize| count.div_ceil(rows.max(1)).max(1);
    let needed = |range: &[f64]| range.iter().sum::<f64>() + least * (range.len().saturating_sub(1)) as f64;
    let fits = |rows: &usize| {
        let per = in_a_row(*rows);
        per <= if drawing.head.far { 8 } else { 6 } && labels.chunks(per).all(|row| needed(row) <= width)
    };
    let rows = (1..=count).find(fits).unwrap_or(count).max(1);
    let per = in_a_row(rows);
    let least_side = if drawing.head.far { SIDE.0 } else { 80.0 };
    let most = within((height - rows as f64 * (below + GAP)) / rows as f64, least_side, SIDE.1).min(width / 2.0);
    // The largest cells with which every row is narrow enough.
    let wide = |unit: f64| -> Vec<f64> {
        let wide = |plane: usize| extent(drawing, plane, cell(drawing, plane, unit, most)).0;
        (0..count).zip(&labels).map(|(plane, label)| wide(plane).max(*label)).collect()
    };
    let mut unit = SIDE.1;
    while unit > 0.05 && !wide(unit).chunks(per).all(|row| needed(row) <= width) {
        unit *= 0.96;
    }
    let rooms = wide(unit);
    let mut slots = Vec::new();
    let mut top = 0.0;
    for (number, row) in rooms.chunks(per).enumerate() {
        let planes = || number * per..number * per + row.len();
        let size = |plane: usize| cell(drawing, plane, unit, most);
        let high = planes().map(|plane| extent(drawing, plane, size(plane)).1).fold(0.0, f64::max);
        let gaps = row.len().saturating_sub(1).max(1) as f64;
        let gap = within((width - row.iter().sum::<f64>()) / gaps, least, 72.0);
        let taken = row.iter().sum::<f64>() + gap * row.len().saturating_sub(1) as f64;
        let mut left = if rows == 1 { (width - taken) / 2.0 } else { 0.0 };
        for (plane, &wide) in planes().zip(row) {
            let (h, w) = size(plane);
            let (padded_w, padded_h) = extent(drawing, plane, (h, w));
            // Every second row runs back.
            let x = if number % 2 == 0 { left } else { width - left - wide };
            let room = Area { x, y: top, w: wide, h: high + below };
            let padded =
                Area { x: x + (wide - padded_w) / 2.0, y: top + (high - padded_h) / 2.0, w: padded_w, h: padded_h };
            let around = ring(drawing, plane) as f64;
            let cells = Area {
                x: padded.x + around * w,
                y: padded.y + around * h,
                w: padded.w - 2.0 * around * w,
                h: padded.h - 2.0 * around * h,
            };
            slots.push(Slot { plane, room, label: top + high, cells, padded, cell: (h, w) });
            left += wide + gap;
        }
        top += high + below + GAP;
    }
    slots
}

/// Draws the planes.
pub(super) fn diagram(drawing: &Drawing) -> Diagram {
    let count = drawing.planes.len() + usize::from(drawing.broken.is_some());
    let slots = layout(drawing, count);
    let (title, description) = drawing.words("");
    let mut picture = Picture { title, description, ..Picture::default() };
    let beams = beams(drawing, &slots);
    for ([a, b, c, d], _) in &beams {
        picture.items.push(Item::Shape(vec![*a, *b, *c, *d], Ink::Beam));
    }
    for slot in &slots {
        draw_plane(drawing, slot, &mut picture);
    }
    for ([a, b, c, d], ink) in beams {
        picture.line(&[a, b], ink, 1.2);
        picture.line(&[d, c], ink, 1.2);
    }
    for slot in &slots {
        draw_field(drawing, slot, &mut picture);
        draw_label(drawing, slot, &mut picture);
    }
    let room = slots.iter().map(|slot| slot.room).reduce(Area::around).unwrap_or_default();
    let margin = 6.0;
    let mut framed = Picture {
        width: drawing.frame().0 + 2.0 * margin,
        height: room.bottom() + 2.0 * margin,
        title: picture.title.clone(),
        description: picture.description.clone(),
        items: Vec::new(),
    };
    framed.put(picture, (margin, margin));
    let places = slots.iter().filter_map(|slot| {
        let shape = *drawing.planes.get(slot.plane)?;
        let Area { x, y, w, h } = slot.cells;
        Some(Place {
            area: Area { x: x + margin, y: y + margin, w, h },
            plate: plate(slot.plane, 0),
            name: drawing.name(slot.plane)?,
            shape,
            at: drawing.begin(slot.plane),
        })
    });
    Diagram { places: places.collect(), picture: framed, tabs: None }
}

/// What is seen of a plane, padding included, where it stands.
fn span(drawing: &Drawing, slot: &Slot) -> Option<Area> {
    let (rows, cols) = drawing.field(slot.plane).1?;
    Some(slot.block(rows.span?, cols.span?))
}

/// The corners of each beam between the fields of two neighbours, and its edges' colour.
fn beams(drawing: &Drawing, slots: &[Slot]) -> Vec<([(f64, f64); 4], Ink)> {
    let rect = |Area { x, y, w, h }: Area| Rect { x, y, w, h };
    let beam = |(before, after): (&Slot, &Slot)| {
        // A beam falls from what looks on what it sees: from those cells of it that are there.
        let (mark, sights) = drawing.field(after.plane);
        let (rows, cols) = sights.filter(|_| mark != Mark::None)?;
        let ends = |sight: &Sight| {
            let (first, last) = sight.ends()?;
            Some((i64::try_from(first).ok()?, i64::try_from(last).ok()?))
        };
        let looks = after.block(ends(rows)?, ends(cols)?);
        let later = drawing.field(before.plane).0 == Mark::Later;
        let corners = facing(rect(span(drawing, before)?), rect(looks));
        Some((corners, if later { Ink::Rule } else { Ink::BeamEdge }))
    };
    slots.iter().zip(slots.iter().skip(1)).filter_map(beam).collect()
}

/// A plane's paper, what is seen of it, and the lines between its cells.
fn draw_plane(drawing: &Drawing, slot: &Slot, picture: &mut Picture) {
    let Slot { plane, cells, padded, cell: (h, w), .. } = *slot;
    if drawing.broken == Some(plane) {
        picture.outline(padded, Ink::Bad, 1.5);
        picture.line(&[(padded.x, padded.y), (padded.right(), padded.bottom())], Ink::Bad, 1.0);
        picture.line(&[(padded.right(), padded.y), (padded.x, padded.bottom())], Ink::Bad, 1.0);
        return;
    }
    if ring(drawing, plane) > 0 {
        picture.items.push(Item::Hatch(padded, Hatch::Padding));
    }
    picture.fill(cells, Ink::Cell);
    let (mark, sights) = drawing.field(plane);
    if let (Some((ink, ..)), Some((rows, cols))) = (mark.inks(), sights) {
        fill_seen(slot, rows, cols, ink, picture);
    }
    let past = drawing.is_past(plane);
    if h.min(w) >= CELL && !past {
        let (rows, cols) = ((cells.h / h).round(), (cells.w / w).round());
        let ink = Ink::Rule;
        picture.line(&comb(cols, |at, end| (cells.x + at * w, cells.y + end * cells.h)), ink, 1.0);
        picture.line(&comb(rows, |at, end| (cells.x + end * cells.w, cells.y + at * h)), ink, 1.0);
    }
    picture.outline(cells, if past { Ink::Rule } else { Ink::Edge }, 1.0);
}

/// Lines side by side in one stroke, which goes from one to the next along the edges.
fn comb(count: f64, point: impl Fn(f64, f64) -> (f64, f64)) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    let (mut at, mut end) = (0.0, 0.0);
    while at <= count {
        points.extend([point(at, end), point(at, 1.0 - end)]);
        (at, end) = (at + 1.0, 1.0 - end);
    }
    points
}

/// Fills the cells that are seen: all rows that are, over all columns between the ends, and then the columns that are
/// not are taken out again. So a field of many gaps has as many rectangles as rows and columns, not as cells.
fn fill_seen(slot: &Slot, rows: &Sight, cols: &Sight, ink: Ink, picture: &mut Picture) {
    let Some(((top, bottom), (left, right))) = rows.ends().zip(cols.ends()) else { return };
    let ((h, w), Area { x, y, .. }) = (slot.cell, slot.cells);
    let wide = (right + 1 - left) as f64 * w;
    for (row, len) in rows.runs() {
        picture.fill(Area { x: x + left as f64 * w, y: y + row as f64 * h, w: wide, h: len as f64 * h }, ink);
    }
    let runs = cols.runs();
    for (&(before, len), &(after, _)) in runs.iter().zip(runs.iter().skip(1)) {
        let gap = before + len;
        let high = (bottom + 1 - top) as f64 * h;
        let area = Area { x: x + gap as f64 * w, y: y + top as f64 * h, w: (after - gap) as f64 * w, h: high };
        picture.fill(area, Ink::Cell);
    }
}

/// The outline of what is seen, and its middle.
fn draw_field(drawing: &Drawing, slot: &Slot, picture: &mut Picture) {
    let Some(area) = span(drawing, slot) else { return };
    let (mark, _) = drawing.field(slot.plane);
    let Some((_, ink, width)) = mark.inks() else { return };
    picture.outline(area, ink, width);
    // The middle of a field that is larger than a dot.
    if mark.is_told() && area.w.min(area.h) >= 10.0 && mark != Mark::Cell {
        picture.items.push(Item::Disc(area.centre(), 2.5, Ink::Lens));
    }
}

fn draw_label(drawing: &Drawing, slot: &Slot, picture: &mut Picture) {
    let middle = slot.room.x + slot.room.w / 2.0;
    let mut lines = label(drawing, slot.plane);
    if drawing.broken == Some(slot.plane) {
        lines.push(("does not fit".to_owned(), Ink::Bad, true));
    }
    let (mark, _) = drawing.field(slot.plane);
    let seen = mark.is_told().then(|| seen_text(drawing, slot.plane)).flatten();
    lines.extend(seen.map(|text| (text, Ink::Lens, true)));
    let mut y = slot.label + 2.0;
    for (line, ink, bold) in lines {
        y += LINE;
        let text = Text::new((middle, y), TEXT, ink, line).bold(bold).on_paper();
        picture.text(Text { anchor: Anchor::Middle, ..text });
    }
}
