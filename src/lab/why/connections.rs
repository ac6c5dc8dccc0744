//! A row of inputs and a row of outputs, connected in three ways: all with all, neighbours alone, and neighbours with
//! one set of weights.

use super::{WhyLab, answer, shift::entries, weights, wiring};
use crate::{
    formula::{OutputSize, PaddingConvention},
    lab::{
        operation::{Answer, Computation, ShapeView},
        scene::{
            Arithmetic, CellKind, CellView, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, Target, kernel_view,
            letter, scale, tint,
        },
        sum::{At, Factors, of_products},
    },
    nn::{
        reference::PaddingMode,
        shape::{Axis, Padding, Window},
    },
    num::{Entry, Grid, Matrix},
    trace::Convolution,
};

/// The weights of the looked at output in each layer.
pub(super) const WEIGHTS: PlateId = PlateId::Made(0);

/// The weights' streams of the layers that share none.
const FULL: u64 = 1;
const LOCAL: u64 = 2;

/// As many inputs leave room for the sum of an output that reads all of them.
const MOST_TERMS: usize = 8;

/// A way to connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Each input with each output.
    Full,
    /// Each output with its window, by weights of its own.
    Local,
    /// Each output with its window, by the kernel's weights.
    Shared,
}

impl Kind {
    /// All of them, in the order of the grids' rows.
    pub(super) const ALL: [Self; 3] = [Self::Full, Self::Local, Self::Shared];

    /// Its name over the picture.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Full => "Fully connected",
            Self::Local => "Locally connected",
            Self::Shared => "Shared: convolution",
        }
    }

    /// Its name before a sum.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Local => "local",
            Self::Shared => "shared",
        }
    }

    /// Its row in the grids.
    pub(super) fn row(self) -> usize {
        self as usize
    }

    /// Its outputs on the picture.
    pub(super) fn outputs(self) -> PlateId {
        PlateId::Made(10 + self.row())
    }

    /// Its inputs on the picture.
    pub(super) fn inputs(self) -> PlateId {
        PlateId::Made(20 + self.row())
    }
}

/// One connection.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Edge {
    /// The input it comes from.
    pub(super) input: usize,
    /// The tap of the window; none where there is no window.
    pub(super) tap: Option<usize>,
    /// The input's number.
    pub(super) x: f64,
    /// What it is multiplied with.
    pub(super) weight: f64,
}

/// The three layers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Connections {
    lab: WhyLab,
    /// One list a layer, in it one an output.
    layers: [Vec<Vec<Edge>>; 3],
    /// The kernel's numbers.
    taps: Vec<f64>,
    output: [Matrix; 1],
}

impl WhyLab {
    /// The row's convolution: padding stands at its ends alone.
    pub(super) fn along_the_row(&self, input: Matrix, kernel: Matrix) -> Convolution {
        Convolution {
            input,
            kernel,
            bias: 0.0,
            padding: Padding { left: self.padding, right: self.padding, ..Padding::default() },
            mode: PaddingMode::Zeros,
            stride: (1, self.stride),
            dilation: (1, 1),
            flip: false,
        }
    }
}

impl Connections {
    /// The layers of `lab`, whose convolution has that output.
    pub(super) fn new(lab: &WhyLab, shared: &Matrix) -> Self {
        let x: Vec<f64> = lab.row.cells().iter().filter_map(Entry::value).collect();
        let taps: Vec<f64> = lab.taps.cells().iter().filter_map(Entry::value).collect();
        let (outputs, reach) = (shared.cols(), taps.len());
        // Where a window hangs over the end there is no input, and no edge.
        let windows = |own: &dyn Fn(usize) -> Vec<f64>| -> Vec<Vec<Edge>> {
            let window = |output: usize| {
                let begin = output * lab.stride;
                let edge = |(tap, weight): (usize, f64)| {
                    let input = (begin + tap).checked_sub(lab.padding)?;
                    Some(Edge { input, tap: Some(tap), x: *x.get(input)?, weight })
                };
                own(output).into_iter().enumerate().filter_map(edge).collect()
            };
            (0..outputs).map(window).collect()
        };
        let all = |output| {
            let own = weights(lab.seed, FULL, output, x.len());
            own.into_iter().zip(&x).enumerate().map(|(input, (weight, x))| Edge { input, tap: None, x: *x, weight })
        };
        let layers = [
            (0..outputs).map(|output| all(output).collect()).collect(),
            windows(&|output| weights(lab.seed, LOCAL, output, reach)),
            windows(&|_| taps.clone()),
        ];
        let sum = |edges: &Vec<Edge>| edges.iter().map(|edge| edge.x * edge.weight).sum::<f64>();
        let values: Vec<Vec<f64>> =
            layers.iter().map(|layer: &Vec<Vec<Edge>>| layer.iter().map(sum).collect()).collect();
        let value = |row: usize, col: usize| values.get(row).and_then(|row| row.get(col)).copied().unwrap_or(f64::NAN);
        let output = Grid::from_fn(Kind::ALL.len(), outputs, |row, col| {
            // What is shown is the reference's number.
            if row == Kind::Shared.row() { shared.get(0, col).copied().unwrap_or(f64::NAN) } else { value(row, col) }
        });
        Self { lab: lab.clone(), layers, taps, output: [output] }
    }

    fn y(&self) -> &Matrix {
        let [output] = &self.output;
        output
    }

    /// How many inputs and outputs there are.
    pub(super) fn extents(&self) -> (usize, usize) {
        (self.lab.row.cols(), self.y().cols())
    }

    /// Cells from one window to the next, and zeros before the first input.
    pub(super) fn sliding(&self) -> (usize, usize) {
        (self.lab.stride, self.lab.padding)
    }

    /// The kernel's numbers.
    pub(super) fn taps(&self) -> &[f64] {
        &self.taps
    }

    /// The edges of an output.
    pub(super) fn edges(&self, kind: Kind, output: usize) -> &[Edge] {
        let [full, local, shared] = &self.layers;
        let layer = match kind {
            Kind::Full => full,
            Kind::Local => local,
            Kind::Shared => shared,
        };
        layer.get(output).map_or(&[], Vec::as_slice)
    }

    /// The number of an output.
    pub(super) fn value(&self, kind: Kind, output: usize) -> Option<f64> {
        self.y().get(kind.row(), output).copied()
    }

    /// How many edges a layer has.
    pub(super) fn edge_count(&self, kind: Kind) -> usize {
        (0..self.len()).map(|output| self.edges(kind, output).len()).sum()
    }

    /// How many different weights a layer has.
    pub(super) fn weight_count(&self, kind: Kind) -> usize {
        if kind == Kind::Shared { self.taps.len() } else { self.edge_count(kind) }
    }

    /// The edges of a layer with their arithmetic: `12 × 10 = 120`.
    pub(super) fn edges_written(&self, kind: Kind) -> String {
        let (inputs, outputs) = self.extents();
        let edges = self.edge_count(kind);
        if kind == Kind::Full {
            return format!("{inputs} × {outputs} = {edges}");
        }
        let reach = self.taps.len();
        match outputs * reach - edges {
            0 => format!("{outputs} × {reach} = {edges}"),
            missing => format!("{outputs} × {reach} − {missing} = {edges}"),
        }
    }

    /// The layers that share nothing as matrices: a row an output, 0 where there is no edge.
    pub(super) fn matrices(&self) -> (Matrix, Matrix) {
        let (inputs, outputs) = self.extents();
        let matrix = |kind| {
            let weight = |output, input| {
                let edge = self.edges(kind, output).iter().find(|edge| edge.input == input);
                edge.map_or(0.0, |edge| edge.weight)
            };
            Grid::from_fn(outputs, inputs, weight)
        };
        (matrix(Kind::Full), matrix(Kind::Local))
    }

    /// The edges of an output whose sum is written out: those of the fully connected layer where they are few.
    fn summed(&self, kind: Kind, output: usize) -> &[Edge] {
        let edges = self.edges(kind, output);
        if kind == Kind::Full && edges.len() > MOST_TERMS { &[] } else { edges }
    }

    /// Where a layer's terms begin among all terms of a step.
    fn first_term(&self, kind: Kind, output: usize) -> usize {
        Kind::ALL.iter().take(kind.row()).map(|kind| self.summed(*kind, output).len()).sum()
    }

    /// Which term of a step an edge of the output is; none where the sum is not written out.
    pub(super) fn term_at(&self, kind: Kind, output: usize, edge: usize) -> Option<usize> {
        self.summed(kind, output).get(edge).map(|_| self.first_term(kind, output) + edge)
    }

    /// The edge that a term of a step is.
    fn edge_of(&self, output: usize, term: usize) -> Option<(Kind, &Edge)> {
        Kind::ALL.into_iter().find_map(|kind| {
            let place = term.checked_sub(self.first_term(kind, output))?;
            self.summed(kind, output).get(place).map(|edge| (kind, edge))
        })
    }

    fn term(&self, kind: Kind, output: usize, is_it: impl Fn(&Edge) -> bool) -> Option<usize> {
        let place = self.summed(kind, output).iter().position(is_it)?;
        Some(self.first_term(kind, output) + place)
    }

    fn letter(&self, edge: &Edge, lit: bool) -> Option<String> {
        edge.tap.and_then(|tap| letter(tap, self.taps.len(), (0, tap), lit))
    }

    /// The rows that are typed into, under the looked at window.
    fn typed(&self, output: usize, lit: Option<(Kind, &Edge)>) -> (PlateView, PlateView) {
        let (mut input, mut kernel) = (entries(&self.lab.row), kernel_view(&self.lab.taps));
        for edge in self.edges(Kind::Shared, output) {
            let is_lit = lit == Some((Kind::Shared, edge));
            let letter = self.letter(edge, is_lit);
            if let Some(cell) = input.cells.get_mut(0, edge.input) {
                cell.seen = true;
                cell.letter.clone_from(&letter);
            }
            if let Some(cell) = edge.tap.and_then(|tap| kernel.cells.get_mut(0, tap)) {
                cell.lit = is_lit;
                cell.letter = letter;
            }
        }
        if let Some(cell) = lit.and_then(|(_, edge)| input.cells.get_mut(0, edge.input)) {
            cell.lit = true;
        }
        (input, kernel)
    }

    /// What the looked at output multiplies each input with, a row a layer.
    fn weights_view(&self, output: usize, lit: Option<(Kind, &Edge)>) -> PlateView {
        let edges =
            || Kind::ALL.into_iter().flat_map(|kind| self.edges(kind, output).iter().map(move |edge| (kind, edge)));
        let most = scale(edges().map(|(_, edge)| edge.weight));
        let absent = CellView { kind: CellKind::Absent, text: "0".to_owned(), ..CellView::default() };
        let mut cells = Grid::from_fn(Kind::ALL.len(), self.extents().0, |_, _| absent.clone());
        for (kind, edge) in edges() {
            let is_lit = lit == Some((kind, edge));
            if let Some(cell) = cells.get_mut(kind.row(), edge.input) {
                let letter = if kind == Kind::Shared { self.letter(edge, is_lit) } else { None };
                *cell =
                    CellView { lit: is_lit, letter, tint: tint(edge.weight, most), ..CellView::number(edge.weight) };
            }
        }
        PlateView::plain(cells)
    }

    fn outputs_view(&self, looked: usize, head: Playhead) -> PlateView {
        let len = self.len();
        let mut view = PlateView::computed(self.y(), None, |index| head.shows(index % len, len));
        for kind in Kind::ALL {
            if let Some(cell) = view.cells.get_mut(kind.row(), looked) {
                cell.now = true;
            }
        }
        view
    }

    fn arithmetic(&self, output: usize, head: Playhead) -> Arithmetic {
        let (mut rows, mut texts) = (Vec::new(), Vec::new());
        for kind in Kind::ALL {
            let first = self.first_term(kind, output);
            let edges = self.summed(kind, output);
            if kind == Kind::Full && edges.is_empty() {
                continue;
            }
            let own: Vec<Entry> = edges.iter().map(|edge| self.written(kind, edge)).collect();
            let zero = Entry::Number(0.0);
            let factors = edges.iter().zip(&own).enumerate().map(|(index, (edge, w))| Factors {
                letter: if kind == Kind::Shared { self.letter(edge, head.lit == Some(first + index)) } else { None },
                x: self.lab.row.get(0, edge.input).unwrap_or(&zero),
                w,
                product: edge.x * edge.weight,
                padding: false,
            });
            let sum = self.value(kind, output).unwrap_or(f64::NAN);
            let (mut row, text) = of_products(factors, None, sum, At::line(head, first));
            kind.label().clone_into(&mut row.label);
            rows.push(row);
            texts.push([kind.label(), ": ", &text].concat());
        }
        Arithmetic { rows, text: texts.join("; ") }
    }

    /// A weight as it stands on screen: a tap as it was typed.
    fn written(&self, kind: Kind, edge: &Edge) -> Entry {
        let typed = edge.tap.filter(|_| kind == Kind::Shared).and_then(|tap| self.lab.taps.get(0, tap));
        typed.cloned().unwrap_or(Entry::Number(edge.weight))
    }
}

impl Computation for Connections {
    fn len(&self) -> usize {
        self.y().cols()
    }

    fn row(&self) -> usize {
        self.y().cols()
    }

    fn terms(&self, step: usize) -> usize {
        Kind::ALL.iter().map(|kind| self.summed(*kind, step).len()).sum()
    }

    fn scene(&self, head: Playhead) -> Scene {
        let (_, looked) = head.of(self.len());
        let lit = head.lit.or(head.adding()).and_then(|term| self.edge_of(looked, term));
        let (input, kernel) = self.typed(looked, lit);
        let rows = "rows: full, local, shared";
        let beam = self.edges(Kind::Shared, looked);
        let beam = beam.first().map(|first| {
            vec![Target::window(0, (0, first.input), (1, beam.len())), Target::cell(3, (Kind::Shared.row(), looked))]
        });
        Scene {
            diagram: Some(wiring::diagram(self, head).into()),
            plates: vec![
                Plate::new(PlateId::Input(0), PlateKind::Edited, "Input", 0, input).in_row(0),
                Plate::new(PlateId::KERNEL, PlateKind::Edited, "Kernel", 1, kernel).in_row(0),
                Plate::new(
                    WEIGHTS,
                    PlateKind::Made,
                    format!("Weights into output {looked}"),
                    0,
                    self.weights_view(looked, lit),
                )
                .in_row(1)
                .noted(rows),
                Plate::new(PlateId::Output(0), PlateKind::Result, "Outputs", 1, self.outputs_view(looked, head))
                    .in_row(1)
                    .noted(rows),
            ],
            signs: vec!["⋆"],
            beams: beam.into_iter().collect(),
            sum: Some(self.arithmetic(looked, head)),
        }
    }

    fn step_of(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        let is_output = match plate {
            PlateId::Output(0) => row < Kind::ALL.len(),
            _ => row == 0 && Kind::ALL.iter().any(|kind| kind.outputs() == plate),
        };
        (is_output && col < self.len()).then_some(col)
    }

    fn term_of(&self, step: usize, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        let reads = |kind: Kind| self.term(kind, step, |edge| edge.input == col);
        match plate {
            // What every layer reads is lit in the sum that has letters, if it is there.
            PlateId::Input(0) if row == 0 => reads(Kind::Shared).or_else(|| reads(Kind::Full)),
            PlateId::KERNEL if row == 0 => self.term(Kind::Shared, step, |edge| edge.tap == Some(col)),
            WEIGHTS => Kind::ALL.get(row).and_then(|kind| reads(*kind)),
            _ => Kind::ALL.into_iter().find(|kind| kind.inputs() == plate && row == 0).and_then(reads),
        }
    }

    fn answer(&self, step: usize) -> Answer {
        answer::of_connections(self, step)
    }

    fn output(&self) -> &[Matrix] {
        &self.output
    }
}

/// How many outputs there are, and why so few edges. The edges and weights of each layer are counted on the picture.
pub(super) fn shape(lab: &WhyLab) -> ShapeView {
    let padding = Padding { left: lab.padding, right: lab.padding, ..Padding::default() };
    let window = Window::along(Axis::Width, lab.taps.shape(), (1, lab.stride), (1, 1), padding);
    let size = OutputSize { axis: None, input: lab.row.cols(), window, convention: PaddingConvention::PerSide };
    let formulas = vec![size.lines_without_dilation()];
    let Ok(connections) = lab.connections() else {
        return ShapeView { result: "none".to_owned(), formulas, ..ShapeView::default() };
    };
    let (inputs, outputs) = connections.extents();
    let reach = lab.taps.cols();
    let mut notes = vec![format!(
        "Sparse: an input reaches {reach} outputs at most. So there are at most {inputs} × {reach} = {} edges, not \
         {inputs} × {outputs} = {}.",
        inputs * reach,
        inputs * outputs
    )];
    if lab.padding > 0 {
        notes.push("An edge from the padding would carry 0, and is left out.".to_owned());
    }
    notes.push("A convolution is a fully connected layer: most weights are 0, the others repeat.".to_owned());
    ShapeView { result: outputs.to_string(), formulas, notes, ..ShapeView::default() }
}
