//! A network drawn to scale: each map's rows are its height, the root of its channels its width; a list of numbers is a
//! column, as high as the root of its length. Shortcuts go above.

use super::{NetworkView, Row, edit};
use crate::{
    export::{Anchor, Area, Ink, Picture, Text},
    model::{Architecture, Features, Layer, wide},
    num::{format, within},
};

/// The picture's width, and the room at its sides for half a name.
const WIDTH: f64 = 640.0;
const SIDE: f64 = 26.0;
/// The height that the largest map takes, and a list of ten thousand numbers.
const TALL: f64 = 110.0;
const LONG: f64 = 100.0;
/// The least that is seen, and the width of a list.
const THIN: f64 = 2.5;
/// The most pixels that stand for the root of a channel.
const MOST_SCALE: f64 = 14.0;
/// Room above, for shortcuts where there are some.
const ABOVE: f64 = 18.0;
/// The size of names.
const SIZE: f64 = 13.5;

/// A box of the picture.
struct Drawn {
    area: Area,
    features: Features,
    /// The layers that it stands for.
    layers: std::ops::Range<usize>,
}

/// The picture of a network whose rows are `view`, its `lit` layer marked.
pub fn picture(network: &Architecture, view: &NetworkView, lit: Option<usize>) -> Picture {
    let has_blocks = network.layers.iter().any(|layer| matches!(layer, Layer::BlockBegin(_)));
    let above = if has_blocks { ABOVE } else { 4.0 };
    let shapes = || {
        let rows = view.rows.iter().map(|row| (row.made, row.layers.clone()));
        std::iter::once((network.input, 0..0)).chain(rows)
    };
    let tallest = shapes().map(|(features, _)| height(features)).fold(1.0, f64::max);
    let (count, lists) = (shapes().count() as f64, shapes().filter(|(features, _)| is_list(*features)).count() as f64);
    let room = WIDTH - 2.0 * SIDE;
    let gap = (room * 0.4 / count).min(22.0);
    let channels: f64 =
        shapes().filter(|(features, _)| !is_list(*features)).map(|(features, _)| breadth(features)).sum();
    // All boxes and the gaps between them take the width.
    let scale = within((room - gap * (count - 1.0) - lists * 2.0 * THIN) / channels.max(1.0), 0.0, MOST_SCALE);
    let mut x = SIDE;
    let mut drawn: Vec<Drawn> = Vec::new();
    for (features, layers) in shapes() {
        let (w, h) = if is_list(features) {
            (2.0 * THIN, within(breadth(features) / LONG * TALL, THIN, TALL))
        } else {
            ((breadth(features) * scale).max(THIN.min(scale * 2.0)), (height(features) / tallest * TALL).max(THIN))
        };
        drawn.push(Drawn { area: Area { x, y: above + (TALL - h) / 2.0, w, h }, features, layers });
        x += w + gap;
    }
    let mut picture = Picture {
        width: WIDTH,
        height: above + TALL + 24.0,
        title: format!("{}, drawn to scale", view.name),
        description: format!(
            "{} layers with a window or weights, from {} to {}. Heights are rows, widths the root of the channels.",
            view.rows.len(),
            network.input,
            view.rows.last().map_or(network.input, |row| row.output),
        ),
        ..Picture::default()
    };
    for (at, layer) in network.layers.iter().enumerate() {
        let end = if let Layer::BlockBegin(_) = layer { edit::other_end(&network.layers, at) } else { None };
        if let Some(end) = end {
            shortcut(&mut picture, &drawn, at, end);
        }
    }
    for (index, Drawn { area, layers, .. }) in drawn.iter().enumerate() {
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
    names(&mut picture, &drawn, above + TALL + 18.0);
    picture
}

/// From what comes into a block, over it, to where it is added.
fn shortcut(picture: &mut Picture, drawn: &[Drawn], begin: usize, end: usize) {
    let from = drawn.iter().rev().find(|drawn| drawn.layers.end <= begin);
    let to = drawn.iter().find(|drawn| drawn.layers.contains(&end));
    let (Some(from), Some(to)) = (from, to) else { return };
    let (x, right) = (from.area.centre().0, to.area.centre().0);
    let between = drawn.iter().filter(|drawn| drawn.area.x >= from.area.x && drawn.area.x <= to.area.x);
    let top = between.map(|drawn| drawn.area.y).fold(f64::INFINITY, f64::min) - 9.0;
    // Two that follow each other share a box, and each has its own side of it.
    let (x, right) = (x + 1.5, right - 1.5);
    picture.line(&[(x, from.area.y), (x, top), (right, top), (right, to.area.y)], Ink::Ink3, 1.0);
}

/// Channels and rows wherever they change, and the length of each list, where there is room.
fn names(picture: &mut Picture, drawn: &[Drawn], baseline: f64) {
    let mut free = f64::NEG_INFINITY;
    let mut before = None;
    // The last is there whatever comes before it.
    let last = drawn.len().saturating_sub(1);
    let half_of = |drawn: &Drawn| Text::new((0.0, 0.0), SIZE, Ink::Ink2, name(drawn.features)).width() / 2.0;
    let end = drawn.last().map_or(WIDTH, |last| last.area.centre().0 - half_of(last));
    for (index, box_of) in drawn.iter().enumerate() {
        let (half, middle) = (half_of(box_of), box_of.area.centre().0);
        let now = Some(box_of.features);
        let fits = middle - half >= free && (index == last || middle + half + 8.0 <= end);
        if fits && now != before {
            free = middle + half + 8.0;
            before = now;
            let text = Text::new((middle, baseline), SIZE, Ink::Ink2, name(box_of.features));
            picture.text(Text { anchor: Anchor::Middle, ..text });
        }
    }
}

/// `96@55`, channels at rows; `4,096`
fn name(features: Features) -> String {
    match features {
        Features::Maps { channels, height, width } if height == width => {
            format!("{}@{height}", format::count(wide(channels)))
        }
        features => features.to_string(),
    }
}

fn is_list(features: Features) -> bool {
    matches!(features, Features::Vector { .. })
}

fn height(features: Features) -> f64 {
    if is_list(features) { 1.0 } else { features.as_maps().1 as f64 }
}

fn breadth(features: Features) -> f64 {
    (features.as_maps().0 as f64).sqrt()
}
