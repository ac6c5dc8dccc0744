//! The counts as a picture: the numbers, and two squares to one scale.

use super::count::{Counts, Step, shown};
use crate::{
    export::{Area, Ink, Item, Picture, Stroke, Text, text_width},
    lab::scene::{Diagram, Place, PlateId, Playhead},
    num::format,
};

/// Width of the picture on a wide stage, and on a phone's.
const WIDE: f64 = 900.0;
const NARROW: f64 = 360.0;

/// Room between two columns.
const GAP: f64 = 40.0;

/// What a number's ground is wider than the number on each side: all words begin as far from the edge.
const SIDE: f64 = 8.0;

/// The side of the larger square, on a wide stage and on a phone's.
const SQUARE: (f64, f64) = (136.0, 116.0);

/// What is less wide is looked at through a lens.
const TINY: f64 = 8.0;

/// Sizes of the hero, of other numbers and of words.
const HERO: f64 = 38.0;
const NUMBER: f64 = 17.0;
const WORDS: f64 = 14.0;

/// How wide the words before a layer's other counts are.
const NAMES: f64 = 96.0;

/// A picture on which numbers are put, each of a step.
struct Board<'a> {
    counts: &'a Counts,
    head: Playhead,
    picture: Picture,
    places: Vec<Place>,
}

/// The counts at `head`.
pub(super) fn diagram(counts: &Counts, head: Playhead) -> Diagram {
    let mut board = Board { counts, head, picture: Picture::default(), places: Vec::new() };
    let width = if head.narrow { NARROW } else { WIDE };
    let lab = &counts.lab;
    let image = format::shape(&[lab.size.0, lab.size.1, lab.channels]);
    let inputs = board.number(Step::Inputs, (SIDE, 34.0), 30.0, width * 0.5);
    board.words((inputs + 8.0, 33.0), WORDS, &["inputs, ", &image].concat());
    let column = if head.narrow { width } else { (width - GAP) / 2.0 };
    let dense = format!("Fully connected, {} units", format::count(lab.units as u64));
    let kernel = format::shape(&[lab.window.0, lab.window.1, lab.channels]);
    let convolution = format!("Convolution, {} filters of {kernel}", format::count(lab.filters as u64));
    let high = 122.0 + if head.narrow { SQUARE.1 } else { SQUARE.0 };
    let second = if head.narrow { (SIDE, 62.0 + high + 16.0) } else { (SIDE + column + GAP, 62.0) };
    let room = column - 2.0 * SIDE;
    board.layer(Layer::Dense, (SIDE, 62.0), room, &dense);
    board.layer(Layer::Convolution, second, room, &convolution);
    let below = second.1 + high + 14.0;
    board.picture.line(&[(0.0, below), (width, below)], Ink::Rule, 1.0);
    board.ratio(Step::WeightRatio, (SIDE, below), room, "fully connected weights for each of the convolution");
    let second = if head.narrow { (SIDE, below + 62.0) } else { (second.0, below) };
    board.ratio(Step::MacRatio, second, room, "convolution's multiply-adds for each fully connected");
    let Board { mut picture, places, .. } = board;
    (picture.width, picture.height) = (width, second.1 + 64.0);
    picture.title.push_str("Two layers counted, and their weights as areas to one scale");
    picture.description = description(counts, head);
    Diagram { picture, places }
}

/// The numbers that are there, as sentences.
fn description(counts: &Counts, head: Playhead) -> String {
    let is_there = |step: &usize| head.shows(*step, counts.lines.len());
    let lines = counts.lines.iter().enumerate().filter(|(step, _)| is_there(step));
    let sentences = lines.map(|(_, line)| format!("{}: {}.", line.name, shown(line.value)));
    sentences.collect::<Vec<_>>().join(" ")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    Dense,
    Convolution,
}

impl Board<'_> {
    fn shows(&self, step: Step) -> bool {
        self.head.shows(step.index(), self.counts.lines.len())
    }

    fn words(&mut self, at: (f64, f64), size: f64, words: &str) {
        self.picture.text(Text::new(at, size, Ink::Ink2, words));
    }

    /// Puts a step's number on its baseline, as large as `room` lets it be, and says where it ends.
    fn number(&mut self, step: Step, (x, y): (f64, f64), size: f64, room: f64) -> f64 {
        let Some(line) = self.counts.lines.get(step.index()) else { return x };
        let (_, looked) = self.head.of(self.counts.lines.len());
        let now = looked == step.index();
        let is_there = self.shows(step);
        let text = shown(line.value);
        let size = size * (room / text_width(&text, size, true)).min(1.0);
        // What is not there yet is as wide as every other: its digits are not told by its width. The estimate is that of
        // the widest font; the ground is for the usual one.
        let width = if is_there { text_width(&text, size, true) / 1.1 } else { NUMBER * 4.0 };
        let area = Area { x: x - SIDE, y: y - size * 0.98, w: width + 2.0 * SIDE, h: size * 1.25 };
        let lit = self.head.lit.is_some_and(|lit| {
            let looked = self.counts.lines.get(looked).and_then(|line| line.terms.get(lit));
            looked.is_some_and(|(_, from)| from.contains(&step.index()))
        });
        let ink = match (now, lit && is_there) {
            (true, _) => {
                self.picture.fill(area, Ink::Ink);
                Ink::OnInk
            }
            (false, true) => {
                self.picture.fill(area, Ink::Lens);
                Ink::OnLens
            }
            _ => Ink::Ink,
        };
        if is_there {
            self.picture.text(Text::new((x, y), size, ink, text).bold(true));
        } else if !now {
            // An empty cell, as in a grid that is not computed yet.
            let cell = Area { x, y: y - size * 0.86, w: NUMBER * 4.0, h: size };
            self.picture.items.push(Item::Rect(cell, Some(Ink::Cell), Some(Stroke { ink: Ink::Rule, width: 1.0 })));
        }
        let plate = PlateId::Made(step.index());
        self.places.push(Place { area, plate, name: line.name.to_owned(), shape: (1, 1), at: (0, 0) });
        area.right()
    }

    /// A layer's weights with their square, and its other counts beside it.
    fn layer(&mut self, layer: Layer, (x, y): (f64, f64), width: f64, title: &str) {
        let at = |down: f64| (x, y + down);
        let title_size = 17.0 * (width / text_width(title, 17.0, true)).min(1.0);
        self.picture.text(Text::new(at(16.0), title_size, Ink::Ink, title).bold(true));
        let (weights, how, others): (Step, &str, &[(Step, &str)]) = match layer {
            Layer::Dense => (
                Step::DenseWeights,
                "weights: inputs × units",
                &[
                    (Step::DenseParameters, "with biases"),
                    (Step::DenseBytes, "bytes"),
                    (Step::DenseMacs, "multiply-adds"),
                ],
            ),
            Layer::Convolution => (
                Step::Weights,
                "weights: kernel × channels × filters",
                &[
                    (Step::Parameters, "with biases"),
                    (Step::Bytes, "bytes"),
                    (Step::Outputs, "outputs"),
                    (Step::Macs, "multiply-adds"),
                ],
            ),
        };
        self.number(weights, at(58.0), HERO, width);
        self.words(at(82.0), WORDS, how);
        let side = if self.head.narrow { SQUARE.1 } else { SQUARE.0 };
        self.square(layer, Area { x, y: y + 96.0, w: side, h: side });
        let left = x + side + if self.head.narrow { 16.0 } else { 26.0 };
        for (row, (number, words)) in others.iter().enumerate() {
            let y = y + 96.0 + (row as f64 + 0.5) * side / 4.0 + 6.0;
            self.words((left, y), 13.0, words);
            // Room for the ground of the number, and before it.
            self.number(*number, (left + NAMES + SIDE, y), NUMBER, x + width - left - NAMES - SIDE);
        }
    }

    /// The weights as an area. Of two that are known the larger has the whole side, and its outline stands around the
    /// smaller one.
    fn square(&mut self, layer: Layer, area: Area) {
        let both = [
            (Layer::Dense, Step::DenseWeights, self.counts.dense_weights()),
            (Layer::Convolution, Step::Weights, self.counts.weights()),
        ];
        let known = |&&(_, step, _): &&(Layer, Step, u64)| self.shows(step);
        let largest = both.iter().filter(known).map(|(.., weights)| *weights).max();
        let own = both.iter().filter(known).find(|(known, ..)| *known == layer).map(|(.., weights)| *weights);
        let outlined = Item::Rect(area, Some(Ink::Cell), Some(Stroke { ink: Ink::Rule, width: 1.0 }));
        self.picture.items.push(outlined);
        let Some((own, largest)) = own.zip(largest) else { return };
        let side = area.w * (own as f64 / largest as f64).sqrt();
        let words = if own == largest {
            self.picture.fill(area, Ink::Ink2);
            "an area a weight, both to one scale".to_owned()
        } else {
            let times = shown_share((largest as f64 / own as f64).sqrt());
            let wide = ["1/", &times, " as wide, to the same scale"].concat();
            if side < TINY {
                let enlarged = self.through_the_lens(area, side);
                format!("{wide}; lens: {} ×", format::count(enlarged))
            } else {
                self.picture.fill(Area { x: area.x, y: area.bottom() - side, w: side, h: side }, Ink::Ink2);
                wide
            }
        };
        self.words((area.x, area.bottom() + 19.0), 13.0, &words);
    }

    /// A square too small to be seen in the corner of the larger one's outline, and in a lens as many times larger as is
    /// returned.
    fn through_the_lens(&mut self, area: Area, side: f64) -> u64 {
        let mut enlarged = 10_u64;
        while side * (enlarged as f64) < TINY {
            enlarged *= 10;
        }
        let at = (area.x + 12.0, area.bottom() - 12.0);
        let lens = area.w * 0.62;
        let lens = Area { x: area.right() - lens - 8.0, y: area.y + 8.0, w: lens, h: lens };
        let (upper, lower) = ((lens.x, lens.y), (lens.right(), lens.bottom()));
        self.picture.items.push(Item::Shape(vec![at, upper, lower], Ink::Beam));
        self.picture.line(&[upper, at, lower], Ink::BeamEdge, 1.0);
        self.picture.items.push(Item::Rect(lens, Some(Ink::Paper), Some(Stroke { ink: Ink::Lens, width: 2.0 })));
        let square = |(x, y): (f64, f64), w: f64| Area { x: x - w / 2.0, y: y - w / 2.0, w, h: w };
        self.picture.fill(square(lens.centre(), side * enlarged as f64), Ink::Ink2);
        // Less than a pixel could not be seen: there is one at least, in a frame.
        self.picture.outline(square(at, side.max(1.0) + 6.0), Ink::Lens, 1.5);
        self.picture.fill(square(at, side.max(1.0)), Ink::Ink);
        enlarged
    }

    /// A ratio and what it says.
    fn ratio(&mut self, step: Step, (x, y): (f64, f64), width: f64, words: &str) {
        self.number(step, (x, y + 33.0), 24.0, width);
        self.words((x, y + 55.0), 13.0, words);
    }
}

/// A ratio of two sides, without its last digits.
fn shown_share(times: f64) -> String {
    if times >= 100.0 { shown(times.round()) } else { format::shown(times) }
}
