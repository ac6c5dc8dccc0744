//! Both layers counted, number by number.

use super::WhyLab;
use crate::{
    formula::{OutputSize, PaddingConvention},
    lab::operation::ShapeView,
    model::{BYTES_PER_NUMBER, Count, Features},
    nn::shape::{Axis, Window},
    num::{Grid, Matrix, format},
};

/// The steps, by name: each is one number on the board.
pub(super) use crate::mistake::count::Step;

/// A count, and how it is made.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// What is counted, as it is asked for.
    pub(super) name: &'static str,
    /// What is added up: the text of each product, and the steps whose numbers are in it.
    pub(super) terms: Vec<(String, Vec<usize>)>,
    /// The number.
    pub(super) value: f64,
}

/// Numbers in a row of the steps: the image with the fully connected layer, the convolution, and what is computed.
pub(super) const ROW: usize = 4;

/// The counts of one image.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Counts {
    /// What is counted.
    pub(super) lab: WhyLab,
    /// Numbers of the image.
    pub(super) inputs: u64,
    /// The fully connected layer.
    pub(super) dense: Count,
    /// The convolution.
    pub(super) convolution: Count,
    /// The steps.
    pub(super) lines: Vec<Line>,
    /// The numbers as they are copied.
    pub(super) output: [Matrix; 1],
}

impl Counts {
    pub(super) fn new(lab: &WhyLab, inputs: u64, dense: Count, convolution: Count) -> Self {
        let mut counts = Self {
            lab: lab.clone(),
            inputs,
            dense,
            convolution,
            lines: Vec::new(),
            output: [Grid::from_fn(1, 1, |_, _| 0.0)],
        };
        counts.lines = counts.all_lines();
        let value = |at: usize| counts.lines.get(at).map_or(f64::NAN, |line| line.value);
        counts.output = [Grid::from_fn(counts.lines.len() / ROW, ROW, |i, j| value(i * ROW + j))];
        counts
    }

    /// Weights of the fully connected layer, without its biases.
    pub(super) fn dense_weights(&self) -> u64 {
        self.dense.parameters - self.lab.units as u64
    }

    /// Weights of the convolution, without its biases.
    pub(super) fn weights(&self) -> u64 {
        self.convolution.parameters - self.lab.filters as u64
    }

    /// Rows and columns of a feature map.
    pub(super) fn places(&self) -> (usize, usize) {
        match self.convolution.output {
            Features::Maps { height, width, .. } => (height, width),
            Features::Vector { .. } => (1, 1),
        }
    }

    fn all_lines(&self) -> Vec<Line> {
        let WhyLab { size, channels, units, window, filters, .. } = self.lab;
        let (rows, cols) = self.places();
        let times =
            |factors: &[u64]| factors.iter().map(|&factor| format::count(factor)).collect::<Vec<_>>().join(" × ");
        let wide = |count: usize| count as u64;
        let (dense, convolution) = (self.dense_weights(), self.weights());
        let taps = [window.0, window.1, channels].map(wide);
        let outputs = self.convolution.output.values();
        let exact = |name, terms: Vec<(String, Vec<Step>)>, value: u64| Line {
            name,
            terms: terms
                .into_iter()
                .map(|(text, steps)| (text, steps.into_iter().map(Step::index).collect()))
                .collect(),
            value: value as f64,
        };
        let ratio = |name, (above, from): (u64, Step), (below, by): (u64, Step)| {
            let text = [format::count(above), " / ".to_owned(), format::count(below)].concat();
            let line = exact(name, vec![(text, vec![from, by])], 0);
            Line { value: above as f64 / below as f64, ..line }
        };
        let one = |factors: &[u64], steps: Vec<Step>| vec![(times(factors), steps)];
        let with_biases = |weights, step, biases: usize| {
            vec![(format::count(weights), vec![step]), (format::count(wide(biases)), Vec::new())]
        };
        let bytes = |parameters: u64, step| one(&[parameters, BYTES_PER_NUMBER], vec![step]);
        let image = [size.0, size.1, channels].map(wide);
        let each = [wide(rows), wide(cols), wide(filters)];
        let (of_dense, of_convolution) = (self.dense, self.convolution);
        vec![
            exact("inputs", one(&image, Vec::new()), self.inputs),
            exact("weights, fully connected", one(&[self.inputs, wide(units)], vec![Step::Inputs]), dense),
            exact("parameters, fully connected", with_biases(dense, Step::DenseWeights, units), of_dense.parameters),
            exact(
                "bytes, fully connected",
                bytes(of_dense.parameters, Step::DenseParameters),
                of_dense.parameter_bytes(),
            ),
            exact("weights, convolution", one(&[&taps[..], &[wide(filters)]].concat(), Vec::new()), convolution),
            exact(
                "parameters, convolution",
                with_biases(convolution, Step::Weights, filters),
                of_convolution.parameters,
            ),
            exact(
                "bytes, convolution",
                bytes(of_convolution.parameters, Step::Parameters),
                of_convolution.parameter_bytes(),
            ),
            ratio(
                "weights of the fully connected layer for one of the convolution",
                (dense, Step::DenseWeights),
                (convolution, Step::Weights),
            ),
            exact(
                "multiply-adds, fully connected",
                one(&[self.inputs, wide(units)], vec![Step::Inputs]),
                of_dense.macs,
            ),
            exact("outputs, convolution", one(&each, Vec::new()), outputs),
            exact(
                "multiply-adds, convolution",
                one(&[&[outputs], &taps[..]].concat(), vec![Step::Outputs]),
                of_convolution.macs,
            ),
            ratio(
                "multiply-adds of the convolution for one of the fully connected layer",
                (of_convolution.macs, Step::Macs),
                (of_dense.macs, Step::DenseMacs),
            ),
        ]
    }
}

/// A count in groups of three digits, a ratio as all numbers are shown.
pub(super) fn shown(value: f64) -> String {
    format::grouped(value, 0.0)
}

/// The size of the convolution's output, and what of each layer is multiplied with what.
pub(super) fn shape(lab: &WhyLab) -> ShapeView {
    let sliding = lab.sliding();
    let window = |axis| Window::along(axis, lab.window, sliding.stride, (1, 1), sliding.padding);
    let windows = (window(Axis::Height), window(Axis::Width));
    let sizes = OutputSize::of_plane(lab.size, windows, PaddingConvention::PerSide);
    let mut notes = Vec::new();
    let result = match lab.counts() {
        Ok(counts) => {
            let (rows, cols) = counts.places();
            // In a browser `usize` has 32 bits, which a large kernel is past.
            let reads = [lab.window.0, lab.window.1, lab.channels].map(|count| count as u64).iter().product();
            let plural = |count: usize, one: &str| {
                [format::count(count as u64).as_str(), " ", one, if count == 1 { "" } else { "s" }].concat()
            };
            notes.push(format!(
                "Not the same is computed: {} for the whole image, or {} whose numbers see {} inputs each.",
                plural(lab.units, "output"),
                plural(lab.filters, "map"),
                format::count(reads)
            ));
            notes.push("A convolution's weights do not grow with the image; its multiply-adds do.".to_owned());
            format::shape(&[lab.filters, rows, cols])
        }
        Err(_) => "none".to_owned(),
    };
    ShapeView {
        result,
        formulas: vec![OutputSize::short_lines_without_dilation(&sizes)],
        notes,
        ..ShapeView::default()
    }
}
