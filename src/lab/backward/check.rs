//! Every gradient against a finite difference: a number is changed a little, and the loss answers.

use super::{
    BIAS_GRADIENT, BackwardLab, INPUT_GRADIENT, KERNEL_GRADIENT, UPSTREAM, planes,
    steps::{broken_scene, input_view, upstream_view},
};
use crate::{
    lab::{
        operation::{Answer, Computation},
        scene::{
            Arithmetic, CellView, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, SumRow, Target, Term,
            kernel_view, whole,
        },
        sum::At,
    },
    mistake,
    num::{Grid, Matrix, format},
    trace::{Backward, Difference, Parameter},
};

/// The input's gradient by finite differences.
const INPUT_DIFFERENCE: PlateId = PlateId::Derived(2);
/// The kernel's.
const KERNEL_DIFFERENCE: PlateId = PlateId::Derived(3);
/// The bias's.
const BIAS_DIFFERENCE: PlateId = PlateId::Derived(4);

/// What stands beside each other: the grid that is typed, its gradient, and the finite differences.
const ROWS: [(PlateId, PlateId, &str); 3] = [
    (INPUT_GRADIENT, INPUT_DIFFERENCE, "Input"),
    (KERNEL_GRADIENT, KERNEL_DIFFERENCE, "Kernel"),
    (BIAS_GRADIENT, BIAS_DIFFERENCE, "Bias"),
];

/// The share of the largest gradient below which a gradient is small: where terms cancel, rounding is no error.
const SMALL: f64 = 1e-3;

/// Number by number, the gradient and its finite difference.
pub(super) struct Check {
    lab: BackwardLab,
    pub(super) backward: Backward,
    gradients: Vec<Matrix>,
    differences: Vec<Difference>,
    /// The differences as grids, in the order of the gradients.
    slopes: Vec<Matrix>,
    /// The largest gradient.
    largest: f64,
}

/// The finite differences as grids of the gradients' sizes.
fn slopes(gradients: &[Matrix], differences: &[Difference]) -> Vec<Matrix> {
    let mut rest = differences.iter().map(Difference::slope);
    gradients.iter().map(|grid| grid.map(|_| rest.next().unwrap_or(f64::NAN))).collect()
}

/// `|a − b| / max(|a|, |b|, g/1000)`, with g the largest gradient; 0 where the two are equal.
fn relative_error(a: f64, b: f64, largest: f64) -> f64 {
    let difference = (a - b).abs();
    if difference > 0.0 { difference / a.abs().max(b.abs()).max(SMALL * largest) } else { difference }
}

/// The largest of all gradients, the upstream one included.
fn largest(backward: &Backward, gradients: &[Matrix]) -> f64 {
    let cells = gradients.iter().chain([backward.upstream()]).flat_map(Matrix::cells);
    cells.fold(0.0, |largest, value| f64::max(largest, value.abs()))
}

/// The largest relative error of any gradient.
pub(super) fn largest_error(backward: &Backward, gradients: &[Matrix]) -> f64 {
    let largest = largest(backward, gradients);
    let slopes = slopes(gradients, &backward.differences());
    let pairs = gradients.iter().zip(&slopes).flat_map(|(exact, slopes)| exact.cells().iter().zip(slopes.cells()));
    pairs.map(|(a, b)| relative_error(*a, *b, largest)).fold(0.0, f64::max)
}

impl Check {
    pub(super) fn new(lab: BackwardLab, backward: Backward) -> Self {
        let gradients = planes(backward.gradients());
        let differences = backward.differences();
        let slopes = slopes(&gradients, &differences);
        let largest = largest(&backward, &gradients);
        Self { lab, backward, gradients, differences, slopes, largest }
    }

    /// Which grid a step's number stands in, its first step, and its place there.
    fn place(&self, index: usize) -> Option<(usize, usize, (usize, usize))> {
        let mut first = 0;
        for (grid, gradient) in self.gradients.iter().enumerate() {
            let cells = gradient.cells().len();
            if index < first + cells {
                let at = index - first;
                return Some((grid, first, (at / gradient.cols(), at % gradient.cols())));
            }
            first += cells;
        }
        None
    }

    fn values(&self, index: usize) -> Option<(f64, f64, f64)> {
        let (grid, _, (row, col)) = self.place(index)?;
        let slope = *self.slopes.get(grid)?.get(row, col)?;
        let exact = *self.gradients.get(grid)?.get(row, col)?;
        Some((exact, slope, relative_error(exact, slope, self.largest)))
    }

    /// The typed grid of a step's number, with the cell that is changed marked.
    fn typed(&self, changed: Option<Parameter>, lit: bool) -> [Option<PlateView>; 3] {
        let unread = self.backward.forward().unread().ok();
        let mut input = input_view(&self.lab, self.backward.forward(), unread.as_ref());
        let mut kernel = self.lab.is_convolution().then(|| kernel_view(&self.lab.kernel));
        let mark = |cell: Option<&mut CellView>| {
            if let Some(cell) = cell {
                cell.seen = true;
                cell.lit = lit;
            }
        };
        match changed {
            Some(Parameter::Input(i, j)) => {
                let (row, col) = input.place(i, j);
                mark(input.cells.get_mut(row, col));
            }
            Some(Parameter::Kernel(u, v)) => mark(kernel.as_mut().and_then(|view| view.cells.get_mut(u, v))),
            _ => {}
        }
        [Some(input), kernel, Some(upstream_view(&self.lab))]
    }

    fn arithmetic(&self, looked: usize, at: At) -> Option<Arithmetic> {
        let difference = self.differences.get(looked)?;
        let (exact, slope, error) = self.values(looked)?;
        let (symbol, what) = match difference.parameter {
            Parameter::Input(i, j) => ("x", format!("input row {i}, column {j}")),
            Parameter::Kernel(u, v) => ("k", format!("kernel row {u}, column {v}")),
            Parameter::Bias => ("b", "bias".to_owned()),
        };
        let (above, below) = (digits(difference.above), digits(difference.below));
        let rounded = above.1 || below.1 || format::is_rounded(slope);
        let equals = if rounded { "≈" } else { "=" };
        let term = |index: usize, letter: String, factors: &str| Term {
            letter: Some(letter),
            factors: factors.to_owned(),
            product: String::new(),
            value: 0.0,
            padding: false,
            lit: at.lit(index),
            waiting: at.waiting(index),
            won: false,
        };
        let terms = vec![
            term(0, ["L at ", symbol, " + h"].concat(), &above.0),
            term(1, ["L at ", symbol, " − h"].concat(), &bracketed(&below.0)),
        ];
        let is_known = at.has_result(2);
        let part = |label: &str, equals, value: f64| SumRow {
            label: label.to_owned(),
            before: "",
            between: "",
            after: String::new(),
            terms: Vec::new(),
            bias: None,
            equals,
            result: is_known.then(|| format::shown(value)),
            whole: whole(value),
            part: true,
            ..SumRow::default()
        };
        let by_hand =
            SumRow { before: "(", between: "−", after: ") / 2h".to_owned(), terms, ..part(&what, equals, slope) };
        let approximately = |value: f64| if format::is_rounded(value) { "≈" } else { "=" };
        let text = format!(
            "{what}: ({} − {}) / 2h {equals} {}, h = 1/128; by backpropagation {}, relative error {}",
            above.0,
            bracketed(&below.0),
            format::shown(slope),
            format::shown(exact),
            format::shown(error)
        );
        let rows = vec![
            by_hand,
            part("backpropagation", approximately(exact), exact),
            part("relative error", approximately(error), error),
        ];
        Some(Arithmetic { rows, text })
    }
}

/// A loss to twelve figures, which its change needs, and whether digits are left out.
fn digits(value: f64) -> (String, bool) {
    format::to_digits(value, 12)
}

fn bracketed(number: &str) -> String {
    if number.starts_with(format::MINUS) { format!("({number})") } else { number.to_owned() }
}

impl Computation for Check {
    fn len(&self) -> usize {
        self.differences.len()
    }

    fn row(&self) -> usize {
        self.lab.input.cols()
    }

    fn terms(&self, _: usize) -> usize {
        2
    }

    fn scene(&self, head: Playhead) -> Scene {
        let (_, looked) = head.of(self.len());
        let Some((grid, _, (row, col))) = self.place(looked) else { return broken_scene(&self.lab) };
        let changed = self.differences.get(looked).map(|difference| difference.parameter);
        let lit = head.lit.or(head.adding()).is_some();
        let (mut plates, mut beam) = (Vec::new(), Vec::new());
        // On a phone only what is looked at stands beside each other, so that its sum is on the same screen.
        let (narrow, shows) = (head.narrow, |index: usize| !head.narrow || index == grid);
        let typed = [(PlateId::Input(0), "Input"), (PlateId::KERNEL, "Kernel"), (UPSTREAM, "Upstream gradient")];
        let convolution = self.lab.is_convolution();
        let mut first = 0;
        for (index, ((id, name), view)) in typed.into_iter().zip(self.typed(changed, lit)).enumerate() {
            let Some(view) = view else { continue };
            // Without a kernel the upstream gradient follows the input.
            let line = if convolution { index } else { index.min(1) };
            let at = view.place(row, col);
            if shows(index) || id == UPSTREAM {
                if index == grid && index < 2 {
                    beam.push(Target::cell(plates.len(), at));
                }
                plates.push(Plate::new(id, PlateKind::Edited, name, 0, view).in_row(if narrow { 0 } else { line }));
            }
            let Some(((gradient, difference, of), (exact, slopes))) =
                ROWS.get(index).zip(self.gradients.get(index).zip(self.slopes.get(index)))
            else {
                continue;
            };
            let from = first;
            first += exact.cells().len();
            if !shows(index) {
                continue;
            }
            let line = if narrow { 1 } else { line };
            let now = looked.checked_sub(from).filter(|_| index == grid);
            let shown = |values: &Matrix| PlateView::computed(values, now, &|at| head.shows(from + at, self.len()));
            if index == grid {
                beam.push(Target::cell(plates.len(), (row, col)));
                beam.push(Target::cell(plates.len() + 1, (row, col)));
            }
            let name = [of, " gradient"].concat();
            plates.push(Plate::new(*gradient, PlateKind::Result, name, 1, shown(exact)).in_row(line));
            let mut differing = shown(slopes);
            mark_differing(&mut differing, exact, slopes, self.largest);
            let differences = if narrow { " differences" } else { ", finite differences" };
            let name = [*of, differences].concat();
            plates.push(Plate::new(*difference, PlateKind::Result, name, 2, differing).in_row(line));
        }
        Scene {
            plates,
            signs: vec!["", "≈"],
            beams: vec![beam],
            sum: self.arithmetic(looked, At::line(head, 0)),
            ..Scene::default()
        }
    }

    fn step_of(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        let grid = ROWS.iter().position(|(gradient, difference, _)| plate == *gradient || plate == *difference)?;
        let first: usize = self.gradients.iter().take(grid).map(|grid| grid.cells().len()).sum();
        Some(first + self.gradients.get(grid)?.index(row, col)?)
    }

    fn term_of(&self, step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        let is_it = match self.differences.get(step)?.parameter {
            Parameter::Input(i, j) => plate == PlateId::Input(0) && at == (i, j),
            Parameter::Kernel(u, v) => plate == PlateId::KERNEL && at == (u, v),
            Parameter::Bias => false,
        };
        is_it.then_some(0)
    }

    fn answer(&self, step: usize) -> Option<Answer> {
        let difference = self.differences.get(step)?;
        let (exact, slope, _) = self.values(step)?;
        let what = match difference.parameter {
            Parameter::Input(i, j) => format!("Input row {i}, column {j}"),
            Parameter::Kernel(u, v) => format!("Kernel row {u}, column {v}"),
            Parameter::Bias => "Bias".to_owned(),
        };
        let mistakes = mistake::backward::at_difference(difference, exact);
        Some(Answer { question: format!("{what}, by finite differences"), value: slope, mistakes })
    }

    fn output(&self) -> &[Matrix] {
        &self.gradients
    }
}

/// Marks the finite differences that are others than the gradients, by more than rounding.
fn mark_differing(view: &mut PlateView, exact: &Matrix, slopes: &Matrix, largest: f64) {
    const ROUNDING: f64 = 1e-6;
    let differs = Grid::from_fn(exact.rows(), exact.cols(), |i, j| {
        exact.get(i, j).zip(slopes.get(i, j)).is_some_and(|(a, b)| relative_error(*a, *b, largest) > ROUNDING)
    });
    for (at, differs) in differs.cells().iter().enumerate() {
        if let Some(cell) = view.cells.get_mut(at / exact.cols(), at % exact.cols()) {
            cell.differs = *differs && !cell.content.is_blank();
        }
    }
}
