//! The stage as a figure: all of a scene at once, as it is on screen, for papers, slides and handouts.
//!
//! [`figure`] makes a [`Picture`] of one step, [`Film`] of many, which stand side by side or move; [`latex`] writes the
//! grids as matrices. `export` turns pictures into files.

mod film;
mod latex;
mod sum;
#[cfg(test)]
mod tests;

pub use film::Film;
pub use latex::latex;

use super::{
    scene::{CellKind, CellView, Plate, PlateView, Scene, Target},
    stage::{Rect, Spot, StageLayout, StageStyle, facing},
};
use crate::{
    export::{Area, Hatch, Ink, Item, Picture, Text, text_width},
    num::format,
};

/// How the grids of a figure stand: as on a wide screen, with the largest cells, and nothing scrolls.
const STAGE: StageStyle =
    StageStyle { stacked: false, cell: (46.0, 46.0), gap: (72.0, 72.0), label: 56.0, character: 10.5, below: 0.0 };

/// Sizes of a grid's name and of the note below it.
const NAME: f64 = 17.0;
const NOTE: f64 = 13.0;

/// Paper around the figure.
const MARGIN: f64 = 24.0;

/// Room between the title, the grids, the arithmetic and the caption.
const SPACE: f64 = 20.0;

/// Sums and captions are no narrower than this, however small the grids are.
const LEAST_WIDTH: f64 = 460.0;

/// What a figure has besides the grids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FigureStyle {
    /// Stands above; may be empty.
    pub title: String,
    /// Stands below; may be empty.
    pub caption: String,
    /// Leaves the step's arithmetic out.
    pub without_sum: bool,
}

/// The figure of `scene`.
///
/// All of a grid is on it, however large it is, and nothing else is asked for: no state, no screen, no font.
pub fn figure(scene: &Scene, style: &FigureStyle) -> Picture {
    let spots: Vec<Spot> = scene.plates.iter().map(spot).collect();
    let layout = StageLayout::whole(&spots, STAGE);
    let drawn = scene.diagram.as_ref().map_or(0.0, |diagram| diagram.picture.width);
    let width = layout.size.0.max(drawn).max(LEAST_WIDTH);
    let mut picture = Picture { title: title(scene, style), description: description(scene), ..Picture::default() };
    let mut top = 0.0;
    if !style.title.is_empty() {
        top = paragraph(&mut picture, top, width, &style.title, (22.0, Ink::Ink, true)) + SPACE;
    }
    if let Some(diagram) = &scene.diagram {
        picture.put(diagram.picture.clone(), (0.0, top));
        top += diagram.picture.height + if scene.plates.is_empty() { 0.0 } else { SPACE };
    }
    let mut stage = Picture::default();
    stand(&mut stage, scene, &layout);
    picture.put(stage, (0.0, top));
    top += if scene.plates.is_empty() { 0.0 } else { layout.size.1 };
    if let Some(sum) = scene.sum.as_ref().filter(|_| !style.without_sum) {
        top = sum::write(&mut picture, sum, top + SPACE, width);
    }
    if !style.caption.is_empty() {
        paragraph(&mut picture, top + SPACE, width, &style.caption, (15.0, Ink::Ink2, false));
    }
    picture.framed(MARGIN)
}

/// The spot of a grid whose name and note leave room for the sign that follows.
fn spot(plate: &Plate) -> Spot {
    /// Characters for the sign.
    const SIGN: usize = 4;
    let width = text_width(&plate.name, NAME, true).max(text_width(&plate.note, NOTE, false));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of characters")]
    let characters = (width / STAGE.character).ceil() as usize;
    Spot { name: characters + SIGN, ..Spot::of(plate) }
}

/// The names of the grids, where there is no other title.
fn title(scene: &Scene, style: &FigureStyle) -> String {
    if !style.title.is_empty() {
        return style.title.clone();
    }
    let drawn = scene.diagram.iter().map(|diagram| diagram.picture.title.as_str());
    let names: Vec<&str> = drawn.chain(scene.plates.iter().map(|plate| plate.name.as_str())).collect();
    names.join(", ")
}

/// Each grid's size, and the sum.
fn description(scene: &Scene) -> String {
    let mut text = String::new();
    if let Some(diagram) = &scene.diagram {
        for part in [&diagram.picture.description, " "] {
            text.push_str(part);
        }
    }
    for plate in &scene.plates {
        for part in [&plate.name, " ", &plate.note, ". "] {
            text.push_str(part);
        }
    }
    if let Some(sum) = &scene.sum {
        text.push_str(&sum.text);
    }
    text
}

/// Writes words in lines of `width`, and says where they end.
fn paragraph(picture: &mut Picture, top: f64, width: f64, words: &str, (size, ink, bold): (f64, Ink, bool)) -> f64 {
    let mut baseline = top + size;
    let mut line = String::new();
    for word in words.split_whitespace() {
        let longer = if line.is_empty() { word.to_owned() } else { [&line, " ", word].concat() };
        if line.is_empty() || text_width(&longer, size, bold) <= width {
            line = longer;
        } else {
            picture.text(Text::new((0.0, baseline), size, ink, line.as_str()).bold(bold));
            baseline += size * 1.4;
            word.clone_into(&mut line);
        }
    }
    picture.text(Text::new((0.0, baseline), size, ink, line).bold(bold));
    baseline + size * 0.3
}

/// The grids with their labels, signs and beams.
fn stand(picture: &mut Picture, scene: &Scene, layout: &StageLayout) {
    let beams: Vec<Vec<(Area, bool)>> =
        scene.beams.iter().map(|beam| beam.iter().filter_map(|target| block(layout, target)).collect()).collect();
    let pairs = || beams.iter().flat_map(|beam| beam.iter().zip(beam.iter().skip(1)));
    for ((from, _), (to, _)) in pairs() {
        picture.items.push(Item::Shape(facing(rect(*from), rect(*to)).to_vec(), Ink::Beam));
    }
    for ((plate, at), (x, y)) in scene.plates.iter().zip(&layout.boxes).zip(&layout.labels) {
        picture.text(Text::new((*x, y + 25.0), NAME, Ink::Ink, plate.name.as_str()).bold(true).on_paper());
        picture.text(Text::new((*x, y + 43.0), NOTE, Ink::Ink2, plate.note.as_str()).on_paper());
        grid(picture, plate, area(*at), layout.cell);
    }
    for (sign, (x, y)) in scene.signs.iter().zip(&layout.signs) {
        let place = Area { x: *x, y: y - 13.0, w: 0.0, h: 26.0 };
        picture.text(Text::centred(place, 30.0, Ink::Ink3, *sign).on_paper());
    }
    for ((from, _), (to, _)) in pairs() {
        let [a, b, c, d] = facing(rect(*from), rect(*to));
        picture.line(&[a, b], Ink::BeamEdge, 1.25);
        picture.line(&[d, c], Ink::BeamEdge, 1.25);
    }
    for (block, window) in beams.iter().flatten() {
        picture.outline(*block, Ink::Lens, 1.5);
        if *window {
            brackets(picture, *block);
        }
    }
}

fn area(Rect { x, y, w, h }: Rect) -> Area {
    Area { x, y, w, h }
}

fn rect(Area { x, y, w, h }: Area) -> Rect {
    Rect { x, y, w, h }
}

/// Where a beam meets a grid, and whether it is a window.
fn block(layout: &StageLayout, target: &Target) -> Option<(Area, bool)> {
    let at = area(*layout.boxes.get(target.plate)?);
    Some((cells(at, layout.cell, target.at, target.extent), target.window))
}

/// A block of cells of the grid in `frame`.
fn cells(frame: Area, cell: f64, (row, col): (usize, usize), (rows, cols): (usize, usize)) -> Area {
    let length = |count: usize| count as f64 * cell;
    Area { x: frame.x + length(col), y: frame.y + length(row), w: length(cols), h: length(rows) }
}

fn brackets(picture: &mut Picture, area: Area) {
    let arm = 14_f64.min(area.w / 2.0).min(area.h / 2.0);
    for (x, dx) in [(area.x, arm), (area.right(), -arm)] {
        for (y, dy) in [(area.y, arm), (area.bottom(), -arm)] {
            picture.line(&[(x, y + dy), (x, y), (x + dx, y)], Ink::Lens, 4.0);
        }
    }
}

/// One grid: squares, lines, and what stands in the cells.
fn grid(picture: &mut Picture, plate: &Plate, frame: Area, cell: f64) {
    let view = &*plate.view;
    let (rows, cols) = view.cells.shape();
    picture.fill(frame, Ink::Cell);
    grounds(picture, view, frame, cell);
    for row in 1..rows {
        let y = frame.y + row as f64 * cell;
        picture.line(&[(frame.x, y), (frame.right(), y)], Ink::Rule, 1.0);
    }
    for col in 1..cols {
        let x = frame.x + col as f64 * cell;
        picture.line(&[(x, frame.y), (x, frame.bottom())], Ink::Rule, 1.0);
    }
    let inner = |extent: usize, spread: usize| extent.saturating_sub(1) * spread + 1;
    let inside = (inner(view.shape.0, view.spread.0), inner(view.shape.1, view.spread.1));
    if inside == (rows, cols) {
        picture.outline(frame, Ink::Edge, 1.5);
    } else {
        picture.outline(frame, Ink::Rule, 1.0);
        picture.outline(cells(frame, cell, view.origin, inside), Ink::Ink, 1.5);
    }
    for (row, views) in view.cells.iter_rows().enumerate() {
        for (col, view) in views.iter().enumerate() {
            number(picture, view, cells(frame, cell, (row, col), (1, 1)));
        }
    }
}

/// What is behind a cell's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    Plain(Ink),
    Hatched(Hatch),
}

fn ground(cell: &CellView) -> Ground {
    match cell {
        CellView { now: true, .. } => Ground::Plain(Ink::Ink),
        CellView { lit: true, .. } => Ground::Plain(Ink::Lens),
        CellView { kind: CellKind::Padding, .. } => Ground::Hatched(Hatch::Padding),
        CellView { unread: true, .. } => Ground::Hatched(Hatch::Unread),
        CellView { kind: CellKind::NotYet, .. } => Ground::Plain(Ink::Paper),
        CellView { tint: 0, .. } => Ground::Plain(Ink::Cell),
        CellView { tint, .. } => Ground::Plain(Ink::Tint(*tint)),
    }
}

/// Neighbours in a row with the same ground make one rectangle: a large grid has few.
fn grounds(picture: &mut Picture, view: &PlateView, frame: Area, cell: f64) {
    for (row, views) in view.cells.iter_rows().enumerate() {
        let mut col = 0;
        for alike in views.chunk_by(|a, b| ground(a) == ground(b)) {
            let block = cells(frame, cell, (row, col), (1, alike.len()));
            match alike.first().map(ground) {
                None | Some(Ground::Plain(Ink::Cell)) => {}
                Some(Ground::Plain(ink)) => picture.fill(block, ink),
                Some(Ground::Hatched(hatch)) => picture.items.push(Item::Hatch(block, hatch)),
            }
            col += alike.len();
        }
    }
}

/// The number in a cell, with its letter and marks.
fn number(picture: &mut Picture, cell: &CellView, at: Area) {
    if cell.invalid {
        picture.outline(at.inset(1.25), Ink::Bad, 2.5);
    }
    if cell.won {
        picture.outline(at.inset(2.75), Ink::Lens, 2.5);
    }
    if cell.differs {
        picture.outline(at.inset(1.25), Ink::Ink2, 2.5);
    }
    let plain = !cell.now && !cell.lit;
    if cell.kind == CellKind::NotYet && plain {
        picture.items.push(Item::Disc(at.centre(), 2.0, Ink::Rule));
    }
    // The hatching leaves the number free.
    if matches!(ground(cell), Ground::Hatched(Hatch::Padding)) && !cell.content.is_blank() {
        picture.items.push(Item::Disc(at.centre(), at.w * 0.27, Ink::Paper));
    }
    let ink = match cell {
        CellView { now: true, .. } => Ink::OnInk,
        CellView { lit: true, .. } => Ink::OnLens,
        CellView { invalid: true, .. } => Ink::Bad,
        CellView { kind: CellKind::Padding | CellKind::Absent, .. } | CellView { unread: true, .. } => Ink::Ink3,
        _ => Ink::Ink,
    };
    let bold = cell.seen || cell.now || cell.lit || cell.differs;
    let (text, size) = fitted(cell, at.w, bold);
    picture.text(Text::centred(at, size, ink, text).bold(bold));
    if let Some(letter) = &cell.letter {
        let ink = if plain { Ink::Lens } else { ink };
        picture.text(Text::new((at.x + 4.0, at.y + 12.5), 12.0, ink, letter.as_str()).bold(true));
    }
    if cell.invalid {
        let corner = Area { x: at.right() - 12.0, y: at.y + 2.0, w: 8.0, h: 12.0 };
        picture.text(Text::centred(corner, 12.0, ink, "!").bold(true));
    }
}

/// The size of a cell's text, as on screen, or smaller where it would not fit; past the smallest its end is left out.
fn fitted(cell: &CellView, side: f64, bold: bool) -> (String, f64) {
    const SMALLEST: f64 = 6.5;
    let share = match (cell.kind, cell.text().chars().count()) {
        (CellKind::Padding, ..5) => 0.33,
        (_, ..5) => 0.41,
        (_, 5..7) => 0.31,
        _ => 0.22,
    };
    let (size, room) = ((side * share).max(10.0), side - 3.0);
    let width = |text: &str| text_width(text, size, bold);
    let mut text = cell.text();
    let wanted = width(&text);
    if wanted <= room {
        return (text, size);
    }
    let smaller = size * room / wanted;
    if smaller >= SMALLEST {
        return (text, smaller);
    }
    text.push('…');
    while text_width(&text, SMALLEST, bold) > room && text.chars().count() > 1 {
        text.pop();
        text.pop();
        text.push('…');
    }
    (text, SMALLEST)
}

/// `step 3 of 16`
fn step_of(step: usize, of: usize) -> String {
    ["step ", &format::count(step as u64 + 1), " of ", &format::count(of as u64)].concat()
}
