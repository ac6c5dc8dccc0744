//! A network drawn to scale: each map's rows are its height, the root of its channels its width; shortcuts go above.

use super::{Row, edit, rows};
use crate::{
    export::{Anchor, Area, Ink, Picture, Text},
    model::{Architecture, Features, Layer},
    num::format,
};

/// Pixels of the picture's height that the largest map takes.
const TALL: f64 = 120.0;
/// The width of the whole, between which boxes are spread.
const WIDE: f64 = 600.0;
/// The least that is seen.
const THIN: f64 = 2.0;
/// Room above for shortcuts, and below for names.
const ABOVE: f64 = 26.0;

/// A box of the picture.
struct Drawn {
    area: Area,
    /// The layers that it stands for.
    layers: std::ops::Range<usize>,
}

/// The picture of a network, its `lit` layer marked.
pub fn picture(network: &Architecture, lit: Option<usize>) -> Picture {
    let view = rows(network);
    let mut picture = Picture::default();
    let tallest = extent(network.input).max(view.rows.iter().map(|row| extent(row.output)).fold(1.0, f64::max));
    let breadths: Vec<f64> =
        std::iter::once(breadth(network.input)).chain(view.rows.iter().map(|row| breadth(row.output))).collect();
    // All boxes and the gaps between them take the width.
    let count = breadths.len() as f64;
    let gap = (WIDE * 0.35 / count).min(14.0);
    let scale = (WIDE - gap * (count - 1.0)) / breadths.iter().sum::<f64>();
    let scale = scale.min(6.0);
    let mut x = 0.0;
    let mut drawn: Vec<Drawn> = Vec::new();
    let shapes =
        std::iter::once((network.input, 0..0)).chain(view.rows.iter().map(|row| (row.output, row.layers.clone())));
    for ((features, layers), breadth) in shapes.zip(&breadths) {
        let (w, h) = ((breadth * scale).max(THIN), (extent(features) / tallest * TALL).max(THIN));
        drawn.push(Drawn { area: Area { x, y: ABOVE + (TALL - h) / 2.0, w, h }, layers });
        x += w + gap;
    }
    for (at, layer) in network.layers.iter().enumerate() {
        if let Layer::BlockBegin(_) = layer {
            if let Some(end) = edit::other_end(&network.layers, at) {
                shortcut(&mut picture, &drawn, at, end);
            }
        }
    }
    for (index, Drawn { area, layers }) in drawn.iter().enumerate() {
        let is_lit = lit.is_some_and(|lit| layers.contains(&lit));
        let row = index.checked_sub(1).and_then(|index| view.rows.get(index));
        let ink = match row {
            _ if is_lit => Ink::Lens,
            None => Ink::Edge,
            Some(Row { dense: true, .. }) => Ink::Ink,
            Some(Row { parameters: 0, .. }) => Ink::Rule,
            Some(_) => Ink::Pos,
        };
        picture.fill(*area, ink);
    }
    names(&mut picture, network.input, &view.rows, &drawn);
    picture.title = format!("{}, drawn to scale", view.name);
    picture.description = format!(
        "{} layers with a window or weights, from {} to {}. Heights are rows, widths the root of the channels.",
        view.rows.len(),
        network.input,
        view.rows.last().map_or(network.input, |row| row.output),
    );
    picture.framed(4.0)
}

/// From what comes into a block, over it, to where it is added.
fn shortcut(picture: &mut Picture, drawn: &[Drawn], begin: usize, end: usize) {
    let from = drawn.iter().rev().find(|drawn| drawn.layers.end <= begin);
    let to = drawn.iter().find(|drawn| drawn.layers.contains(&end));
    let (Some(from), Some(to)) = (from, to) else { return };
    let (x, right) = (from.area.centre().0, to.area.centre().0);
    let between = drawn.iter().filter(|drawn| drawn.area.x >= from.area.x && drawn.area.x <= to.area.x);
    let top = between.map(|drawn| drawn.area.y).fold(f64::INFINITY, f64::min) - 8.0;
    picture.line(&[(x, from.area.y), (x, top), (right, top), (right, to.area.y)], Ink::Ink3, 1.0);
}

/// The shapes of the input, of what the last layer makes, and wherever the extent changes and there is room.
fn names(picture: &mut Picture, input: Features, rows: &[Row], drawn: &[Drawn]) {
    let size = 10.0;
    let mut free = f64::NEG_INFINITY;
    let mut before = None;
    let shapes: Vec<Features> = std::iter::once(input).chain(rows.iter().map(|row| row.output)).collect();
    for (index, (features, Drawn { area, .. })) in shapes.iter().zip(drawn).enumerate() {
        let now = Some(features.as_maps().1);
        let text = match features {
            Features::Maps { channels, height, width } if height == width => {
                format!("{}@{height}", format::count(*channels as u64))
            }
            Features::Maps { .. } => features.to_string(),
            Features::Vector { len } => format::count(*len as u64),
        };
        let text =
            Text { anchor: Anchor::Middle, ..Text::new((area.centre().0, ABOVE + TALL + 16.0), size, Ink::Ink2, text) };
        let half = text.width() / 2.0;
        let wanted =
            index == 0 || index + 1 == shapes.len() || now != before || matches!(features, Features::Vector { .. });
        if wanted && area.centre().0 - half >= free {
            free = area.centre().0 + half + 8.0;
            picture.text(text);
            before = now;
        }
    }
}

fn extent(features: Features) -> f64 {
    features.as_maps().1 as f64
}

fn breadth(features: Features) -> f64 {
    (features.as_maps().0 as f64).sqrt()
}
