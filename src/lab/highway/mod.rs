//! The highway lab: a layer, a gate between it and its input, and what flows past it, every number open.

mod answer;
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
    control::{ControlId, Value},
    fitted::{Fitted, FittedLab, Size},
    operation::{Action, Computation, Operation, Problem, Repair, ShapeView},
    preset::Preset,
    scene::{PlateId, Playhead, Scene},
    worked::{Cell, broken_scene},
};
use crate::{
    nn::reference::Activation,
    num::{Entry, Grid, Matrix},
    paste::Limits,
    trace::{Highway, HighwayGradients, HighwayStep, HighwayValues, Skip},
};

pub use preset::PRESETS;

/// The most elements.
pub const MAX_ELEMENTS: usize = 4;
/// The most layers whose carry paths are multiplied.
pub const MAX_LAYERS: usize = 1_000;

/// W, the weights of H.
pub const WEIGHTS: PlateId = PlateId::Derived(0);
/// V, the weights of the gate.
pub const GATE_WEIGHTS: PlateId = PlateId::Derived(1);
/// The gradient that comes from above.
pub const UPSTREAM: PlateId = PlateId::Derived(2);
/// H.
pub const TRANSFORMED: PlateId = PlateId::Derived(3);
/// T.
pub const GATE: PlateId = PlateId::Derived(4);
/// dh
pub const SUM_GRADIENT: PlateId = PlateId::Derived(5);
/// dt
pub const GATE_GRADIENT: PlateId = PlateId::Derived(6);
/// y, dx, or what is left of the carry path.
pub const OUTPUT: PlateId = PlateId::Output(0);

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HighwayView {
    /// How the output is made.
    Forward,
    /// How the gradients are.
    Backward,
    /// What is left of a gradient that flows past many layers.
    Depth,
}

/// The lab's state: what a person typed and set, whether or not it can be computed.
#[derive(Debug, Clone, PartialEq)]
pub struct HighwayLab {
    /// What is shown.
    pub view: HighwayView,
    /// How the input gets past the layer.
    pub skip: Skip,
    /// The input: a column.
    pub input: Grid<Entry>,
    /// W, the weights of H.
    pub weights: Fitted,
    /// b, added to every sum of H.
    pub bias: Entry,
    /// φ
    pub activation: Activation,
    /// V, the weights of the gate.
    pub gate_weights: Fitted,
    /// c, added to every sum of the gate.
    pub gate_bias: Entry,
    /// The gradient that comes from above.
    pub upstream: Fitted,
    /// How many layers are alike.
    pub layers: usize,
}

impl Default for HighwayLab {
    /// Three elements: one whose gate is half open, one that is carried, one that is transformed.
    fn default() -> Self {
        let rows = |rows: &[&[i32]]| {
            let cols = rows.first().map_or(1, |row| row.len());
            let cell = |i: usize, j: usize| rows.get(i).and_then(|row| row.get(j)).copied().map_or(0.0, f64::from);
            Grid::from_fn(rows.len(), cols, |i, j| Entry::Number(cell(i, j)))
        };
        let square: fn(Size) -> Size = |(elements, _)| (elements, elements);
        Self {
            view: HighwayView::Forward,
            skip: Skip::Highway,
            input: rows(&[&[2], &[-1], &[1]]),
            weights: Fitted::new(rows(&[&[1, 0, 2], &[0, -2, 0], &[0, -3, 0]]), 0.0, square),
            bias: Entry::Number(0.0),
            activation: Activation::Relu,
            gate_weights: Fitted::new(rows(&[&[1, 0, -2], &[0, 4, 0], &[1, 0, 2]]), 0.0, square),
            gate_bias: Entry::Number(0.0),
            upstream: Fitted::new(rows(&[&[1], &[1], &[1]]), 1.0, |(elements, _)| (elements, 1)),
            layers: 10,
        }
    }
}

impl HighwayLab {
    /// Gives the input so many elements, and the other grids their sizes.
    fn set_elements(&mut self, elements: usize) -> Option<()> {
        if !(1..=MAX_ELEMENTS).contains(&elements) {
            return None;
        }
        self.resize(PlateId::Input(0), elements, 1);
        Some(())
    }

    /// Whether there is a gate.
    fn has_gate(&self) -> bool {
        self.skip == Skip::Highway
    }
}

/// A layer with all of its numbers.
pub(super) struct Layer {
    lab: HighwayLab,
    highway: Highway,
    all: HighwayValues,
    gradients: HighwayGradients,
    upstream: Vec<f64>,
    steps: Vec<HighwayStep>,
    output: Vec<Matrix>,
}

/// A column of numbers.
fn column(values: &[f64]) -> Matrix {
    Grid::from_fn(values.len(), 1, |i, _| values.get(i).copied().unwrap_or(f64::NAN))
}

impl Layer {
    /// The cell of the number that a step makes.
    fn place(step: HighwayStep) -> Cell {
        match step {
            HighwayStep::Transformed(element) => (TRANSFORMED, (element, 0)),
            HighwayStep::Gate(element) => (GATE, (element, 0)),
            HighwayStep::SumGradient(element) => (SUM_GRADIENT, (element, 0)),
            HighwayStep::GateGradient(element) => (GATE_GRADIENT, (element, 0)),
            HighwayStep::Output(element) | HighwayStep::InputGradient(element) | HighwayStep::Carried(element) => {
                (OUTPUT, (element, 0))
            }
        }
    }

    /// `(1 − T)^L` of each element.
    fn carried_far(&self) -> Vec<f64> {
        let layers = i32::try_from(self.lab.layers).unwrap_or(i32::MAX);
        self.all.carried.iter().map(|carried| carried.powi(layers)).collect()
    }
}

impl FittedLab for HighwayLab {
    fn input_mut(&mut self) -> &mut Grid<Entry> {
        &mut self.input
    }

    fn fitted_mut(&mut self, id: PlateId) -> Option<&mut Fitted> {
        match id {
            WEIGHTS => Some(&mut self.weights),
            GATE_WEIGHTS => Some(&mut self.gate_weights),
            UPSTREAM => Some(&mut self.upstream),
            _ => None,
        }
    }

    fn fitted(&mut self) -> Vec<&mut Fitted> {
        vec![&mut self.weights, &mut self.gate_weights, &mut self.upstream]
    }
}

impl Operation for HighwayLab {
    fn title(&self) -> &'static str {
        "Highway gate"
    }

    fn subtitle(&self) -> String {
        match (self.view, self.skip) {
            (HighwayView::Forward, Skip::Highway) => "A gate T between 0 and 1 shares each output between H and x.",
            (HighwayView::Forward, Skip::Residual) => "The layer makes what is added to its input.",
            (HighwayView::Forward, Skip::Plain) => "What goes on is what the layer makes, and nothing else.",
            (HighwayView::Backward, Skip::Highway) => {
                "Back there are three ways: past the layer by 1 − T, through H, and through the gate."
            }
            (HighwayView::Backward, Skip::Residual) => {
                "Back there are two ways: past the layer as it is, and through H."
            }
            (HighwayView::Backward, Skip::Plain) => "Back there is one way: through H.",
            (HighwayView::Depth, _) => "What is left of a gradient that flows past many layers like this one.",
        }
        .to_owned()
    }

    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }

    fn plate(&self, id: PlateId) -> Option<&Grid<Entry>> {
        let grid = match id {
            PlateId::Input(0) => return Some(&self.input),
            WEIGHTS => &self.weights,
            GATE_WEIGHTS => &self.gate_weights,
            UPSTREAM => &self.upstream,
            _ => return None,
        };
        Some(grid.cells())
    }

    fn plate_mut(&mut self, id: PlateId) -> Option<&mut Grid<Entry>> {
        self.cells_mut(id)
    }

    fn limit(&self, _: PlateId) -> usize {
        MAX_ELEMENTS
    }

    fn noun(&self, id: PlateId) -> &'static str {
        match id {
            WEIGHTS => "matrix of weights",
            GATE_WEIGHTS => "matrix of gate weights",
            UPSTREAM => "upstream gradient",
            _ => "input",
        }
    }

    fn targets(&self) -> Vec<(String, Limits, PlateId)> {
        let most = Limits { filters: 1, channels: 1, rows: MAX_ELEMENTS, cols: MAX_ELEMENTS };
        let column = Limits { cols: 1, ..most };
        let target = |(name, limits, plate): (&str, Limits, PlateId)| (name.to_owned(), limits, plate);
        let known = [
            ("Input", column, PlateId::Input(0)),
            ("Weights", most, WEIGHTS),
            ("Gate weights", most, GATE_WEIGHTS),
            ("Upstream gradient", column, UPSTREAM),
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

    fn refuses(&self, control: ControlId, value: &Value) -> Option<Problem> {
        let Value::Count(count) = *value else { return None };
        let (what, most) = match control {
            ControlId::INPUT_SIZE => ("elements", MAX_ELEMENTS),
            settings::LAYERS => ("layers", MAX_LAYERS),
            _ => return None,
        };
        if (1..=most).contains(&count) {
            return None;
        }
        let nearest = count.clamp(1, most);
        let sentence = format!("{count} {what} are not possible: there are 1 to {most}.");
        let repair = Repair::new(format!("Use {nearest}"), Action::Set(control, Value::Count(nearest)));
        Some(Problem { control, sentence, repairs: vec![repair] })
    }

    fn compute_after(&self, _: Option<&dyn Computation>) -> Result<Arc<dyn Computation>, Problem> {
        Ok(Arc::new(self.layer()?))
    }

    fn broken_scene(&self, head: Playhead) -> Scene {
        broken_scene(&values::typed_sheets(self, head.narrow))
    }

    fn shape(&self, computed: Option<&dyn Computation>) -> ShapeView {
        shape::shape(self, computed)
    }
}
