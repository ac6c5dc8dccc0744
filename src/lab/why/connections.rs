//! A row of inputs and a row of outputs, connected in three ways: all with all, neighbours alone, and neighbours with
//! one set of weights.

use super::{WhyLab, weights};
use crate::{
    formula::{OutputSize, PaddingConvention},
    lab::{operation::ShapeView, scene::PlateId},
    nn::{
        reference::PaddingMode,
        shape::{Axis, Padding, Window},
    },
    num::{Entry, Grid, Matrix},
    trace::Convolution,
};

/// The weights of the looked at output in each layer.
pub(super) const WEIGHTS: PlateId = PlateId::Derived(0);

/// The weights' streams of the layers that share none.
const FULL: u64 = 1;
const LOCAL: u64 = 2;

/// As many inputs leave room for the sum of an output that reads all of them.
const MOST_TERMS: usize = 8;

/// A way to connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connectivity {
    /// Each input with each output.
    Full,
    /// Each output with its window, by weights of its own.
    Local,
    /// Each output with its window, by the kernel's weights.
    Shared,
}

impl Connectivity {
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
        PlateId::Derived(10 + self.row())
    }

    /// Its inputs on the picture.
    pub(super) fn inputs(self) -> PlateId {
        PlateId::Derived(20 + self.row())
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
    pub(super) lab: WhyLab,
    /// One list a layer, in it one an output.
    layers: [Vec<Vec<Edge>>; 3],
    /// The kernel's numbers.
    taps: Vec<f64>,
    /// The outputs, a row a layer.
    pub(super) output: [Matrix; 1],
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
        let output = Grid::from_fn(Connectivity::ALL.len(), outputs, |row, col| {
            // What is shown is the reference's number.
            if row == Connectivity::Shared.row() {
                shared.get(0, col).copied().unwrap_or(f64::NAN)
            } else {
                value(row, col)
            }
        });
        Self { lab: lab.clone(), layers, taps, output: [output] }
    }

    /// The outputs, a row a layer.
    pub(super) fn y(&self) -> &Matrix {
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
    pub(super) fn edges(&self, kind: Connectivity, output: usize) -> &[Edge] {
        let [full, local, shared] = &self.layers;
        let layer = match kind {
            Connectivity::Full => full,
            Connectivity::Local => local,
            Connectivity::Shared => shared,
        };
        layer.get(output).map_or(&[], Vec::as_slice)
    }

    /// The number of an output.
    pub(super) fn value(&self, kind: Connectivity, output: usize) -> Option<f64> {
        self.y().get(kind.row(), output).copied()
    }

    /// How many edges a layer has.
    pub(super) fn edge_count(&self, kind: Connectivity) -> usize {
        (0..self.y().cols()).map(|output| self.edges(kind, output).len()).sum()
    }

    /// How many different weights a layer has.
    pub(super) fn weight_count(&self, kind: Connectivity) -> usize {
        if kind == Connectivity::Shared { self.taps.len() } else { self.edge_count(kind) }
    }

    /// The edges of a layer with their arithmetic: `12 × 10 = 120`.
    pub(super) fn edges_written(&self, kind: Connectivity) -> String {
        let (inputs, outputs) = self.extents();
        let edges = self.edge_count(kind);
        if kind == Connectivity::Full {
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
        (matrix(Connectivity::Full), matrix(Connectivity::Local))
    }

    /// The edges of an output whose sum is written out: those of the fully connected layer where they are few.
    pub(super) fn summed(&self, kind: Connectivity, output: usize) -> &[Edge] {
        let edges = self.edges(kind, output);
        if kind == Connectivity::Full && edges.len() > MOST_TERMS { &[] } else { edges }
    }

    /// Where a layer's terms begin among all terms of a step.
    pub(super) fn first_term(&self, kind: Connectivity, output: usize) -> usize {
        Connectivity::ALL.iter().take(kind.row()).map(|kind| self.summed(*kind, output).len()).sum()
    }

    /// Which term of a step an edge of the output is; none where the sum is not written out.
    pub(super) fn term_at(&self, kind: Connectivity, output: usize, edge: usize) -> Option<usize> {
        self.summed(kind, output).get(edge).map(|_| self.first_term(kind, output) + edge)
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
