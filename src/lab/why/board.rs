//! The counts as a picture: the numbers, and two squares to one scale.

use super::count::{Counts, Step, shown};
use crate::{
    export::{Area, Ink, Item, Picture, Stroke, Text, text_width},
    lab::scene::{Diagram, Place, PlateId, Playhead},
    num::format,
};

/// What a number's ground is wider than the number on each side: all words begin as far from the edge.
const SIDE: f64 = 8.0;

/// What is less wide is looked at through a lens.
const TINY: f64 = 8.0;

/// Size of the hero.
const HERO: f64 = 38.0;

/// Sizes that differ with the stage.
#[derive(Clone, Copy)]
struct Sizes {
    /// Width of the picture.
    width: f64,
    /// Room between two columns.
    gap: f64,
    /// Side of the larger square, and the room beside it.
    square: (f64, f64),
    /// Height of a layer, the square aside.
    high: f64,
    /// Titles and numbers, words below a hero, other words.
    text: (f64, f64, f64),
    /// From a baseline of such words to the next.
    line: f64,
    /// How wide the words before a layer's other counts are.
    names: f64,
}

impl Sizes {
    const WIDE: Self = Self {
        width: 900.0,
        gap: 40.0,
        square: (136.0, 26.0),
        high: 122.0,
        text: (17.0, 14.0, 13.0),
        line: 22.0,
        names: 96.0,
    };
    const NARROW: Self = Self { width: 360.0, square: (116.0, 16.0), ..Self::WIDE };
    const FAR: Self = Self {
        gap: 20.0,
        square: (112.0, 16.0),
        high: 134.0,
        text: (20.0, 20.0, 20.0),
        line: 25.0,
        names: 122.0,
        ..Self::WIDE
    };

    fn of(head: Playhead) -> Self {
        head.screen(Self::WIDE, Self::NARROW, Self::FAR)
    }
}

/// A picture on which numbers are put, each of a step.
struct Board<'a> {
    counts: &'a Counts,
    head: Playhead,
    sizes: Sizes,
    picture: Picture,
    places: Vec<Place>,
}

/// The counts at `head`.
pub(super) fn diagram(counts: &Counts, head: Playhead) -> Diagram {
    let sizes = Sizes::of(head);
    let Sizes { width, gap, text: (_, words, _), line, .. } = sizes;
    let high = sizes.high + sizes.square.0;
    let mut board = Board { counts, head, sizes, picture: Picture::default(), places: Vec::new() };
    let lab = &counts.lab;
    let image = format::shape(&[lab.size.0, lab.size.1, lab.channels]);
    let inputs = board.number(Step::Inputs, (SIDE, 34.0), 30.0, width * 0.5);
    board.words((inputs + 8.0, 33.0), words, &["inputs, ", &image].concat());
    let column = if head.narrow { width } else { (width - gap) / 2.0 };
    let dense = format!("Fully connected, {} units", format::count(lab.units as u64));
    let kernel = format::shape(&[lab.window.0, lab.window.1, lab.channels]);
    let convolution = format!("Convolution, {} filters of {kernel}", format::count(lab.filters as u64));
    let second = if head.narrow { (SIDE, 62.0 + high + 16.0) } else { (SIDE + column + gap, 62.0) };
    let room = column - 2.0 * SIDE;
    board.layer(Layer::Dense, (SIDE, 62.0), room, &dense);
    board.layer(Layer::Convolution, second, room, &convolution);
    let below = second.1 + high + 14.0;
    board.picture.line(&[(0.0, below), (width, below)], Ink::Rule, 1.0);
    board.ratio(Step::WeightRatio, (SIDE, below), room, ["fully connected weights", "for each of the convolution"]);
    let second = if head.narrow { (SIDE, below + 62.0) } else { (second.0, below) };
    board.ratio(Step::MacRatio, second, room, ["convolution's multiply-adds", "for each fully connected"]);
    let Board { mut picture, places, .. } = board;
    (picture.width, picture.height) = (width, second.1 + 64.0 + if head.far { line } else { 0.0 });
    picture.title.push_str("Two layers counted, and their weights as areas to one scale");
    picture.description = description(counts, head);
    Diagram { picture, places, tabs: None }
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
        let width = if is_there { text_width(&text, size, true) / 1.1 } else { self.sizes.text.0 * 4.0 };
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
            let cell = Area { x, y: y - size * 0.86, w: self.sizes.text.0 * 4.0, h: size };
            self.picture.items.push(Item::Rect(cell, Some(Ink::Cell), Some(Stroke { ink: Ink::Rule, width: 1.0 })));
        }
        let plate = PlateId::Derived(step.index());
        self.places.push(Place { area, plate, name: line.name.to_owned(), shape: (1, 1), at: (0, 0) });
        area.right()
    }

    /// A layer's weights with their square, and its other counts beside it.
    fn layer(&mut self, layer: Layer, (x, y): (f64, f64), width: f64, title: &str) {
        let at = |down: f64| (x, y + down);
        let Sizes { square: (side, beside), text: (size, below, small), line, names, .. } = self.sizes;
        let title_size = size * (width / text_width(title, size, true)).min(1.0);
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
        self.words(at(60.0 + line), below, how);
        let top = y + 74.0 + line;
        self.square(layer, Area { x, y: top, w: side, h: side });
        let left = x + side + beside;
        for (row, (number, words)) in others.iter().enumerate() {
            let y = top + (row as f64 + 0.5) * side / 4.0 + 6.0;
            self.words((left, y), small, words);
            // Room for the ground of the number, and before it.
            self.number(*number, (left + names + SIDE, y), size, x + width - left - names - SIDE);
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
            let wide = ["1/", &times, if self.head.far { " as wide" } else { " as wide, to the same scale" }].concat();
            if side < TINY {
                let enlarged = self.through_the_lens(area, side);
                format!("{wide}; lens: {} ×", format::count(enlarged))
            } else {
                self.picture.fill(Area { x: area.x, y: area.bottom() - side, w: side, h: side }, Ink::Ink2);
                wide
            }
        };
        self.words((area.x, area.bottom() + self.sizes.line - 3.0), self.sizes.text.2, &words);
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
    fn ratio(&mut self, step: Step, (x, y): (f64, f64), width: f64, words: [&str; 2]) {
        let Sizes { text: (.., small), line, .. } = self.sizes;
        self.number(step, (x, y + 33.0), 24.0, width);
        if !self.head.far {
            self.words((x, y + 33.0 + line), small, &words.join(" "));
            return;
        }
        for (row, words) in words.iter().enumerate() {
            self.words((x, y + 33.0 + (row + 1) as f64 * line), small, words);
        }
    }
}

/// A ratio of two sides, without its last digits.
fn shown_share(times: f64) -> String {
    if times >= 100.0 { shown(times.round()) } else { format::shown(times) }
}
