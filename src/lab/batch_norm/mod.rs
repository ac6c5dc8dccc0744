//! The batch normalisation lab: a small batch, its statistics, and what flows back through them, every number open.

mod answer;
mod gradients;
mod preset;
mod problem;
mod program;
mod settings;
mod shape;
mod values;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{
    fitted::{Fitted, FittedLab, Size},
    operation::{Computation, Operation, Problem, ShapeView},
    preset::Preset,
    scene::{PlateId, Playhead, Scene},
    worked::{Cell, Number, broken_scene},
};
use crate::{
    num::{Entry, Grid, Matrix},
    paste::Limits,
    trace::{BatchNorm, BatchNormGradients, NormStep, Normalised},
};

pub use preset::PRESETS;

/// The most examples, and the most features.
pub const MAX_BATCH: usize = 6;

/// γ of each feature.
pub const GAMMA: PlateId = PlateId::Derived(0);
/// β of each feature.
pub const BETA: PlateId = PlateId::Derived(1);
/// The running means before the batch.
pub const RUNNING_MEAN: PlateId = PlateId::Derived(2);
/// The running variances before the batch.
pub const RUNNING_VARIANCE: PlateId = PlateId::Derived(3);
/// The gradient that comes from above.
pub const UPSTREAM: PlateId = PlateId::Derived(4);
/// The batch's means.
pub const MEAN: PlateId = PlateId::Derived(5);
/// The batch's variances.
pub const VARIANCE: PlateId = PlateId::Derived(6);
/// x̂.
pub const NORMAL: PlateId = PlateId::Derived(7);
/// y, or where gradients are shown dx.
pub const OUTPUT: PlateId = PlateId::Output(0);
/// The running means after the batch, or dγ.
pub const NEW_MEAN: PlateId = PlateId::Output(1);
/// The running variances after the batch, or dβ.
pub const NEW_VARIANCE: PlateId = PlateId::Output(2);

/// Which statistics are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NormMode {
    /// The batch's own; the running ones move.
    Training,
    /// The running ones.
    Evaluation,
}

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NormView {
    /// How the output is made.
    Forward,
    /// How the gradients are.
    Backward,
    /// Every gradient against a finite difference.
    Check,
}

/// The lab's state: what a person typed and set, whether or not it can be computed.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchNormLab {
    /// What is shown.
    pub view: NormView,
    /// Which statistics are used.
    pub mode: NormMode,
    /// The batch: a row an example, a column a feature.
    pub input: Grid<Entry>,
    /// γ of each feature.
    pub gamma: Fitted,
    /// β of each feature.
    pub beta: Fitted,
    /// ε, added to the variance.
    pub epsilon: Entry,
    /// The running means before the batch.
    pub mean: Fitted,
    /// The running variances before the batch.
    pub variance: Fitted,
    /// Share of the batch in the running statistics.
    pub momentum: Entry,
    /// The gradient that comes from above.
    pub upstream: Fitted,
}

impl Default for BatchNormLab {
    /// Two features of other sizes that come out alike, in numbers that end: deviations of 2 and 20. ε is 0 for that;
    /// `PyTorch` begins with 0.00001.
    fn default() -> Self {
        let rows = |rows: &[&[i32]]| {
            let cell = |i: usize, j: usize| rows.get(i).and_then(|row| row.get(j)).copied().map_or(0.0, f64::from);
            Grid::from_fn(rows.len(), 2, |i, j| Entry::Number(cell(i, j)))
        };
        let feature: fn(Size) -> Size = |(_, features)| (1, features);
        Self {
            view: NormView::Forward,
            mode: NormMode::Training,
            input: rows(&[&[8, 90], &[2, 130], &[5, 70], &[4, 100], &[6, 110]]),
            gamma: Fitted::new(rows(&[&[2, 10]]), 1.0, feature),
            beta: Fitted::new(rows(&[&[1, 5]]), 0.0, feature),
            epsilon: Entry::Number(0.0),
            mean: Fitted::new(rows(&[&[0, 0]]), 0.0, feature),
            variance: Fitted::new(rows(&[&[1, 1]]), 1.0, feature),
            momentum: Entry::Number(0.1),
            upstream: Fitted::new(rows(&[&[5, 0], &[0, 5], &[0, 0], &[0, 0], &[0, 5]]), 1.0, |batch| batch),
        }
    }
}

impl BatchNormLab {
    /// Whether the batch's own statistics are used.
    fn trains(&self) -> bool {
        self.mode == NormMode::Training
    }
}

/// A batch with all of its numbers.
pub(super) struct Batch {
    lab: BatchNormLab,
    norm: BatchNorm,
    all: Normalised,
    gradients: BatchNormGradients,
    upstream: Matrix,
    output: Vec<Matrix>,
}

/// A row of numbers, one a feature.
fn row(values: &[f64]) -> Matrix {
    Grid::from_fn(1, values.len(), |_, j| values.get(j).copied().unwrap_or(f64::NAN))
}

/// Numbers of a batch in rows: of each example, or one row of each feature's.
type Numbers<'a> = &'a dyn Fn(&Batch) -> Matrix;

/// A number of a list; NaN past its end.
fn of(values: &[f64], feature: usize) -> f64 {
    values.get(feature).copied().unwrap_or(f64::NAN)
}

/// A number that was typed.
fn typed(cells: &Grid<Entry>, plate: PlateId, at: (usize, usize)) -> Number {
    let zero = Entry::Number(0.0);
    Number::typed(cells.get(at.0, at.1).unwrap_or(&zero), (plate, at))
}

impl Batch {
    /// The cell of the number that a step makes.
    fn place(step: NormStep) -> Cell {
        match step {
            NormStep::Mean(feature) => (MEAN, (0, feature)),
            NormStep::Variance(feature) => (VARIANCE, (0, feature)),
            NormStep::Normal(example, feature) => (NORMAL, (example, feature)),
            NormStep::Output(example, feature) | NormStep::InputGradient(example, feature) => {
                (OUTPUT, (example, feature))
            }
            NormStep::RunningMean(feature) | NormStep::GammaGradient(feature) => (NEW_MEAN, (0, feature)),
            NormStep::RunningVariance(feature) | NormStep::BetaGradient(feature) => (NEW_VARIANCE, (0, feature)),
        }
    }

    /// The step that has that number.
    fn at(&self, index: usize) -> Option<NormStep> {
        if self.lab.view == NormView::Forward { self.norm.step(index) } else { self.norm.step_back(index) }
    }
}

impl FittedLab for BatchNormLab {
    fn input_mut(&mut self) -> &mut Grid<Entry> {
        &mut self.input
    }

    fn fitted_mut(&mut self, id: PlateId) -> Option<&mut Fitted> {
        match id {
            GAMMA => Some(&mut self.gamma),
            BETA => Some(&mut self.beta),
            RUNNING_MEAN => Some(&mut self.mean),
            RUNNING_VARIANCE => Some(&mut self.variance),
            UPSTREAM => Some(&mut self.upstream),
            _ => None,
        }
    }

    fn fitted(&mut self) -> Vec<&mut Fitted> {
        vec![&mut self.gamma, &mut self.beta, &mut self.mean, &mut self.variance, &mut self.upstream]
    }
}

impl Operation for BatchNormLab {
    fn title(&self) -> &'static str {
        "Batch normalisation"
    }

    fn subtitle(&self) -> String {
        match (self.view, self.mode) {
            (NormView::Forward, NormMode::Training) => {
                "Each feature is shifted and scaled by the mean and deviation of its batch, then by γ and β."
            }
            (NormView::Forward, NormMode::Evaluation) => {
                "Each feature is shifted and scaled by what was kept in training, whatever the batch is."
            }
            (NormView::Backward, NormMode::Training) => {
                "Mean and variance depend on every example, so each gradient flows to all of them."
            }
            (NormView::Backward, NormMode::Evaluation) => {
                "The statistics are constants: the gradient is scaled, and stays with its example."
            }
            (NormView::Check, _) => {
                "Each number is changed a little, and the loss answers: does the gradient say the same?"
            }
        }
        .to_owned()
    }

    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }

    fn plate(&self, id: PlateId) -> Option<&Grid<Entry>> {
        let grid = match id {
            PlateId::Input(0) => return Some(&self.input),
            GAMMA => &self.gamma,
            BETA => &self.beta,
            RUNNING_MEAN => &self.mean,
            RUNNING_VARIANCE => &self.variance,
            UPSTREAM => &self.upstream,
            _ => return None,
        };
        Some(grid.cells())
    }

    fn plate_mut(&mut self, id: PlateId) -> Option<&mut Grid<Entry>> {
        self.cells_mut(id)
    }

    fn limit(&self, _: PlateId) -> usize {
        MAX_BATCH
    }

    fn noun(&self, id: PlateId) -> &'static str {
        match id {
            GAMMA => "row of γ",
            BETA => "row of β",
            RUNNING_MEAN => "row of running means",
            RUNNING_VARIANCE => "row of running variances",
            UPSTREAM => "upstream gradient",
            _ => "batch",
        }
    }

    fn targets(&self) -> Vec<(String, Limits, PlateId)> {
        let most = Limits { filters: 1, channels: 1, rows: MAX_BATCH, cols: MAX_BATCH };
        let row = Limits { rows: 1, ..most };
        let target = |(name, limits, plate): (&str, Limits, PlateId)| (name.to_owned(), limits, plate);
        let known = [
            ("Input", most, PlateId::Input(0)),
            ("Scale γ", row, GAMMA),
            ("Shift β", row, BETA),
            ("Running mean", row, RUNNING_MEAN),
            ("Running variance", row, RUNNING_VARIANCE),
            ("Upstream gradient", most, UPSTREAM),
        ];
        known.map(target).to_vec()
    }

    fn resize(&mut self, id: PlateId, rows: usize, cols: usize) {
        self.resize_grid(id, rows, cols);
    }

    fn replace(&mut self, id: PlateId, planes: Vec<Grid<Entry>>) -> Result<(), Problem> {
        self.replace_grid(id, planes);
        Ok(())
    }

    fn compute_after(&self, _: Option<&dyn Computation>) -> Result<Arc<dyn Computation>, Problem> {
        Ok(Arc::new(self.batch()?))
    }

    fn broken_scene(&self, head: Playhead) -> Scene {
        broken_scene(&values::typed_sheets(self, head.narrow))
    }

    fn shape(&self, computed: Option<&dyn Computation>) -> ShapeView {
        shape::shape(self, computed)
    }
}
