//! The connections as a picture: inputs below, outputs above, a line an edge, for each of the three layers.

use super::connections::{Connections, Connectivity, Edge};
use crate::{
    export::{Anchor, Area, Ink, Item, Picture, Text},
    lab::scene::{Diagram, Place, Playhead, letter},
    num::format,
};

/// Width of the picture on a wide stage, and on a phone's.
const WIDE: f64 = 900.0;
const NARROW: f64 = 360.0;

/// Room between two layers, and where it is read from far.
const GAP: (f64, f64) = (36.0, 20.0);

/// Height of a layer: its counts, outputs, edges and inputs.
const HEIGHT: f64 = 166.0;

/// Where the outputs stand below a layer's top, and where its counts have two lines, and the inputs.
const OUTPUTS: (f64, f64) = (60.0, 82.0);
const INPUTS: f64 = 152.0;

/// How the edges of one tap look: no two of the first six alike, and letters besides.
const STYLES: [(Ink, f64); 6] =
    [(Ink::Ink2, 1.0), (Ink::Edge, 2.6), (Ink::Ink3, 1.7), (Ink::Edge, 1.0), (Ink::Ink2, 2.6), (Ink::Rule, 2.6)];

/// The layers at `head`, side by side, or below each other.
pub(super) fn diagram(connections: &Connections, head: Playhead) -> Diagram {
    let mut diagram = Diagram::default();
    let gap = if head.far { GAP.1 } else { GAP.0 };
    let (width, panel) = if head.narrow { (NARROW, NARROW) } else { (WIDE, (WIDE - 2.0 * gap) / 3.0) };
    for kind in Connectivity::ALL {
        let place = kind.row() as f64;
        let at = if head.narrow { (0.0, place * (HEIGHT + 16.0)) } else { (place * (panel + gap), 0.0) };
        Panel::new(connections, head, kind, at, panel).draw(&mut diagram);
    }
    let picture = &mut diagram.picture;
    let rows = if head.narrow { 3.0 } else { 1.0 };
    (picture.width, picture.height) = (width, rows * HEIGHT + (rows - 1.0) * 16.0);
    picture.title.push_str("Inputs below, outputs above, connected in three ways");
    let counts =
        Connectivity::ALL.map(|kind| [kind.name(), ": ", &counted(connections, kind).join(", "), "."].concat());
    picture.description = counts.join(" ");
    diagram
}

/// `12 × 10 = 120 edges` and `120 weights`
fn counted(connections: &Connections, kind: Connectivity) -> [String; 2] {
    let weights = connections.weight_count(kind);
    let plural = if weights == 1 { "" } else { "s" };
    [connections.edges_written(kind) + " edges", format!("{} weight{plural}", format::count(weights as u64))]
}

/// One layer's part of the picture.
struct Panel<'a> {
    connections: &'a Connections,
    head: Playhead,
    kind: Connectivity,
    looked: usize,
    inputs: Area,
    outputs: Area,
}

impl<'a> Panel<'a> {
    fn new(connections: &'a Connections, head: Playhead, kind: Connectivity, (x, y): (f64, f64), width: f64) -> Self {
        let (_, looked) = head.of(connections.extents().1);
        let (m, n) = connections.extents();
        let (stride, padding) = connections.sliding();
        let line = |y: f64, x: f64, w: f64| Area { x, y: y - 14.0, w, h: 28.0 };
        // Each output above the middle of its window, where that leaves all of them on the picture.
        let cell = width / m as f64;
        let reach = connections.taps().len();
        let (before, wide) = ((reach as f64 - stride as f64) / 2.0 - padding as f64, n as f64 * stride as f64);
        let above = before >= 0.0 && before + wide <= m as f64;
        let (left, wide) = if above { (before * cell, wide * cell) } else { (0.0, width) };
        Self {
            connections,
            head,
            kind,
            looked,
            inputs: line(y + INPUTS, x, width),
            outputs: line(y + if Self::is_far(head) { OUTPUTS.1 } else { OUTPUTS.0 }, x + left, wide),
        }
    }

    /// Whether its words are large, and take a line more.
    fn is_far(head: Playhead) -> bool {
        head.far && !head.narrow
    }

    /// The middle of one of `count` cells that share an area.
    fn middle(area: Area, index: usize, count: usize) -> (f64, f64) {
        (area.x + (index as f64 + 0.5) * area.w / count as f64, area.centre().1)
    }

    fn lit(&self, edge: usize) -> bool {
        let term = self.connections.term_at(self.kind, self.looked, edge);
        term.is_some() && self.head.lit.or(self.head.adding()) == term
    }

    fn draw(&self, diagram: &mut Diagram) {
        let picture = &mut diagram.picture;
        let (x, top) = (self.inputs.x, self.inputs.centre().1 - INPUTS);
        let [edges, weights] = counted(self.connections, self.kind);
        let far = Self::is_far(self.head);
        let (down, size) = if far { (19.0, 20.0) } else { (16.0, 16.0) };
        picture.text(Text::new((x, top + down), size, Ink::Ink, self.kind.name()).bold(true));
        if far {
            picture.text(Text::new((x, top + 41.0), 20.0, Ink::Ink2, edges));
            picture.text(Text::new((x, top + 63.0), 20.0, Ink::Ink2, weights));
        } else {
            picture.text(Text::new((x, top + 38.0), 14.0, Ink::Ink2, [edges, weights].join(", ")));
        }
        self.edges(picture);
        self.units(picture);
        let (m, n) = self.connections.extents();
        let name = self.kind.name();
        for (area, plate, what, count, at) in [
            (self.inputs, self.kind.inputs(), "inputs", m, 0),
            (self.outputs, self.kind.outputs(), "outputs", n, self.looked),
        ] {
            // An input whose product is not written out leads nowhere.
            if plate == self.kind.inputs() && self.connections.term_at(self.kind, self.looked, 0).is_none() {
                continue;
            }
            diagram.places.push(Place {
                area,
                plate,
                name: [name, ", ", what].concat(),
                shape: (1, count),
                at: (0, at),
            });
        }
    }

    fn ends(&self, output: usize, edge: &Edge) -> [(f64, f64); 2] {
        let (m, n) = self.connections.extents();
        [Self::middle(self.inputs, edge.input, m), Self::middle(self.outputs, output, n)]
    }

    /// All edges, those of the looked at output above the others.
    fn edges(&self, picture: &mut Picture) {
        for output in (0..self.connections.extents().1).filter(|output| *output != self.looked) {
            for edge in self.connections.edges(self.kind, output) {
                let (ink, width) = match (self.kind, edge.tap) {
                    (Connectivity::Shared, Some(tap)) => {
                        STYLES.get(tap % STYLES.len()).copied().unwrap_or((Ink::Edge, 1.0))
                    }
                    (Connectivity::Full, _) => (Ink::Rule, 1.0),
                    _ => (Ink::Edge, 1.0),
                };
                picture.line(&self.ends(output, edge), ink, width);
            }
        }
        let own = self.connections.edges(self.kind, self.looked);
        for (index, edge) in own.iter().enumerate() {
            let width = if self.lit(index) { 4.5 } else { 2.0 };
            picture.line(&self.ends(self.looked, edge), Ink::Lens, width);
        }
        if self.kind != Connectivity::Shared {
            return;
        }
        for (index, edge) in own.iter().enumerate() {
            let Some(tap) = edge.tap else { continue };
            let [from, to] = self.ends(self.looked, edge);
            // Near the inputs, where the edges of one output are farthest apart.
            let at = (from.0 + (to.0 - from.0) * 0.3, from.1 + (to.1 - from.1) * 0.3 + 4.5);
            let name = letter(tap, self.connections.taps().len(), (0, tap), self.lit(index)).unwrap_or_default();
            let text =
                Text::new(at, if Self::is_far(self.head) { 20.0 } else { 14.0 }, Ink::Lens, name).bold(true).on_paper();
            picture.text(Text { anchor: Anchor::Middle, ..text });
        }
    }

    /// The inputs and the outputs, as discs.
    fn units(&self, picture: &mut Picture) {
        let (m, n) = self.connections.extents();
        let own = self.connections.edges(self.kind, self.looked);
        let radius = |area: Area, count: usize| (area.w / count as f64 * 0.38).min(9.0);
        for input in 0..m {
            let reads = own.iter().position(|edge| edge.input == input);
            let fill = match reads {
                Some(index) if self.lit(index) => Ink::Lens,
                Some(_) => Ink::Beam,
                None => Ink::Cell,
            };
            let ink = if reads.is_some() { Ink::Lens } else { Ink::Edge };
            disc(picture, Self::middle(self.inputs, input, m), radius(self.inputs, m), (ink, fill));
        }
        for output in 0..n {
            let fill = match output {
                _ if output == self.looked => Ink::Ink,
                _ if self.head.shows(output, n) => Ink::Edge,
                _ => Ink::Cell,
            };
            let ink = if output == self.looked { Ink::Ink } else { Ink::Edge };
            disc(picture, Self::middle(self.outputs, output, n), radius(self.outputs, n), (ink, fill));
        }
    }
}

/// A disc with an outline.
fn disc(picture: &mut Picture, at: (f64, f64), radius: f64, (line, fill): (Ink, Ink)) {
    picture.items.push(Item::Disc(at, radius, line));
    picture.items.push(Item::Disc(at, (radius - 1.5).max(1.0), fill));
}
