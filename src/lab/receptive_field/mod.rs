//! The receptive-field lab: a stack of layers, a cell of one of them, and what it sees in every layer before and in the
//! input.

mod answer;
mod axis;
mod back;
mod field;
mod planes;
mod preset;
mod problem;
mod program;
mod settings;
mod words;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::settings::{CELL, LAYER};
use super::{
    control::{ControlForm, ControlId, ControlView, LayerCount, Value},
    operation::{Action, Computation, Operation, Problem, ShapeView, Table},
    preset::Preset,
    scene::{PlateId, Playhead, Scene},
    setting::Choice,
};
use crate::{
    formula::FieldRecursion,
    num::{Entry, Grid, format},
    trace::{LayerKind, Reach, Stack, StackLayer},
};

pub use preset::PRESETS;
pub use settings::write_layer;

/// The most rows or columns of the input.
pub const MAX_SIZE: usize = 256;
/// The most layers.
pub const MAX_LAYERS: usize = 10;

/// The cell that looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looking {
    /// The layer that it stands in, from 1; `None` for the last, however many there are.
    pub layer: Option<usize>,
    /// Its row and column, from 0.
    pub at: (usize, usize),
}

/// Which picture of the stack is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldView {
    /// Every layer as a plane.
    #[default]
    Planes,
    /// The columns of one row, layer above layer, with the number of paths.
    Axis,
}

/// The lab's state: what a person set, whether or not it fits together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceptiveFieldLab {
    /// The input's extents and the layers.
    pub stack: Stack,
    /// The cell that looks; `None` for the middle of the last layer.
    pub looking: Option<Looking>,
    /// Which picture is shown.
    pub view: FieldView,
}

impl Default for ReceptiveFieldLab {
    /// The course's example: seven layers of 5 × 5, 32 → 28 → 24 → 20 → 16 → 12 → 8 → 4.
    fn default() -> Self {
        Self {
            stack: Stack { size: (32, 32), layers: vec![StackLayer::convolution(5); 7] },
            looking: None,
            view: FieldView::Planes,
        }
    }
}

const LAYER_NAMES: [&str; MAX_LAYERS] =
    ["Layer 1", "Layer 2", "Layer 3", "Layer 4", "Layer 5", "Layer 6", "Layer 7", "Layer 8", "Layer 9", "Layer 10"];

/// The cells that are looked from, where everything fits together.
#[derive(Debug, Clone, PartialEq)]
struct Fit {
    /// Rows and columns of every plane, the input's first.
    planes: Vec<(usize, usize)>,
    /// The plane of the cell that looks, from 1.
    layer: usize,
    /// Its row and column.
    at: (usize, usize),
}

/// The plane with that number, from 0 for the input, whose drawn cells begin in column `first`.
fn plate(plane: usize, first: usize) -> PlateId {
    PlateId::Derived(first * (MAX_LAYERS + 1) + plane)
}

/// Undoes [`plate`].
fn plane_of(plate: PlateId) -> Option<(usize, usize)> {
    let PlateId::Derived(number) = plate else { return None };
    Some((number % (MAX_LAYERS + 1), number / (MAX_LAYERS + 1)))
}

/// `input`, `layer 2`
fn plane_name(plane: usize) -> String {
    if plane == 0 { "the input".to_owned() } else { format!("layer {plane}") }
}

/// `5 × 5 convolution`
fn layer_name(layer: StackLayer) -> String {
    format!("{} {}", format::shape(&[layer.kernel, layer.kernel]), layer.kind.name())
}

/// `conv`
fn short_name(layer: StackLayer) -> &'static str {
    layer.kind.named().name
}

/// What of a layer is not as layers are by default: `stride 2, padding 1`; empty where nothing is.
fn layer_settings(layer: StackLayer) -> String {
    unusual(layer).map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
}

/// The settings of a layer that are not as layers are by default.
fn unusual(layer: StackLayer) -> impl Iterator<Item = (&'static str, usize)> {
    let settings = [("stride", layer.stride, 1), ("padding", layer.padding, 0), ("dilation", layer.dilation, 1)];
    settings.into_iter().filter(|(_, value, usual)| value != usual).map(|(name, value, _)| (name, value))
}

/// The middle of a plane; of two middles the second.
fn middle((rows, cols): (usize, usize)) -> (usize, usize) {
    (rows / 2, cols / 2)
}

/// A number of halves, whole: `111.5` is not rounded to three figures.
fn halves(value: f64) -> String {
    format::exact(value)
}

impl ReceptiveFieldLab {
    /// The plane of the cell that looks, from 1, whether or not there is one.
    fn looking_layer(&self) -> usize {
        self.looking.and_then(|looking| looking.layer).unwrap_or(self.stack.layers.len())
    }

    /// What fits together, or what stands in the way.
    fn fit(&self) -> Result<Fit, Problem> {
        let (planes, problem) = self.fitting();
        if let Some(problem) = problem {
            return Err(problem);
        }
        let layer = self.looking_layer();
        let Some(&plane) = planes.get(layer).filter(|_| layer > 0) else { return Err(self.no_layer(layer)) };
        let at = self.looking.map_or_else(|| middle(plane), |looking| looking.at);
        if at.0 >= plane.0 || at.1 >= plane.1 {
            return Err(problem::no_cell(layer, plane, at));
        }
        Ok(Fit { planes, layer, at })
    }

    fn layer_control(&self, index: usize) -> Option<ControlView> {
        let StackLayer { kind, kernel, stride, padding, dilation } = *self.stack.layers.get(index)?;
        let count = |symbol, name, least| LayerCount { symbol, name, least };
        let mut counts = vec![count("k", "kernel", 1), count("s", "stride", 1), count("p", "padding", 0)];
        let mut values = vec![kernel, stride, padding];
        // A pooling's windows have no gaps: a dilation that was typed before is shown, since it is in the way.
        if kind == LayerKind::Convolution || dilation != 1 {
            counts.push(count("d", "dilation", 1));
            values.push(dilation);
        }
        let form = ControlForm::Layer { kinds: LayerKind::NAMES, counts, removable: self.stack.layers.len() > 1 };
        let name = LAYER_NAMES.get(index).copied().unwrap_or("Layer");
        Some(ControlView::new(LAYER.nth(index), name, form, Some(Value::Layer(kind.place(), values))))
    }

    fn set_layer(&mut self, index: usize, kind: usize, counts: &[usize]) -> Option<()> {
        let layer = self.stack.layers.get_mut(index)?;
        let kind = Choice::at(kind)?;
        let [kernel, stride, padding, rest @ ..] = counts else { return None };
        let dilation = rest.first().copied().unwrap_or(layer.dilation);
        *layer = StackLayer { kind, kernel: *kernel, stride: *stride, padding: *padding, dilation };
        Some(())
    }

    fn remove(&mut self, index: usize) -> Option<()> {
        if index >= self.stack.layers.len() || self.stack.layers.len() == 1 {
            return None;
        }
        self.stack.layers.remove(index);
        // The cell goes with its layer; that of a later one stays in its layer, which has another number now.
        self.looking = self.looking.and_then(|Looking { layer, at }| {
            let Some(layer) = layer else {
                // That of the last layer, whichever it is.
                return (index < self.stack.layers.len()).then_some(Looking { layer, at });
            };
            (layer != index + 1)
                .then_some(Looking { layer: Some(if layer > index + 1 { layer - 1 } else { layer }), at })
        });
        Some(())
    }

    /// More layers like the last, or fewer.
    fn set_layers(&mut self, len: usize) -> Option<()> {
        let last = *self.stack.layers.last()?;
        if !(1..=MAX_LAYERS).contains(&len) {
            return None;
        }
        self.stack.layers.resize(len, last);
        // A cell of the last layer is none of the layer that is last now.
        self.looking = self.looking.filter(|looking| looking.layer.is_some_and(|layer| layer <= len));
        Some(())
    }

    /// Lets a cell look; in the last layer it stays in the last, whatever is put before it.
    fn look(&mut self, layer: usize, at: (usize, usize)) {
        let layer = Some(layer).filter(|layer| *layer != self.stack.layers.len());
        self.looking = Some(Looking { layer, at });
    }

    /// Where the layers could stand for one convolution of the field's size: what each takes.
    fn weights(&self, fit: &Fit) -> Vec<(&'static str, String)> {
        let layers = self.stack.layers.iter().take(fit.layer);
        let plain = |layer: &StackLayer| layer.kind == LayerKind::Convolution && layer.stride == 1;
        if fit.layer < 2 || !layers.clone().all(plain) {
            return Vec::new();
        }
        let stacked: usize = layers.map(|layer| layer.kernel * layer.kernel).sum();
        let size = self.stack.reaches().get(fit.layer).map_or(0.0, |reach| reach.size as f64);
        vec![
            ("weights a channel", format::count(stacked as u64)),
            ("in one kernel as large as the field", words::counted(size * size)),
        ]
    }

    /// One row a plane: how large it is, and how far its cells reach.
    fn table(&self, planes: &[(usize, usize)], lit: usize) -> Table {
        let reaches = self.stack.reaches();
        let row = |(plane, (size, reach)): (usize, (&(usize, usize), &Reach))| {
            let name = match plane.checked_sub(1).and_then(|index| self.stack.layers.get(index)) {
                Some(layer) => format!("{plane} {}", short_name(*layer)),
                None => "input".to_owned(),
            };
            let numbers = [reach.size, reach.jump].map(|count| format::exact(count as f64));
            let [size_of_field, jump] = numbers;
            vec![name, format::shape(&[size.0, size.1]), size_of_field, jump, halves(reach.centre)]
        };
        Table {
            name: "How far the cells of each layer reach",
            head: vec!["layer", "size", "r", "jump", "centre"],
            rows: planes.iter().zip(&reaches).enumerate().map(row).collect(),
            lit: (lit < planes.len()).then_some(lit),
        }
    }
}

impl Operation for ReceptiveFieldLab {
    fn title(&self) -> &'static str {
        "Receptive field"
    }

    fn subtitle(&self) -> String {
        match self.view {
            FieldView::Planes => "What one cell sees in each layer before it, back to the input.",
            FieldView::Axis => "On how many paths each input column reaches one cell.",
        }
        .to_owned()
    }

    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }

    fn plate(&self, _: PlateId) -> Option<&Grid<Entry>> {
        None
    }

    fn plate_mut(&mut self, _: PlateId) -> Option<&mut Grid<Entry>> {
        None
    }

    fn limit(&self, _: PlateId) -> usize {
        MAX_SIZE
    }

    fn noun(&self, _: PlateId) -> &'static str {
        "input"
    }

    fn replace(&mut self, _: PlateId, _: Vec<Grid<Entry>>) -> Result<(), Problem> {
        Ok(())
    }

    fn refuses(&self, control: ControlId, value: &Value) -> Option<Problem> {
        problem::refused(control, value)
    }

    fn compute_after(&self, _before: Option<&dyn Computation>) -> Result<Arc<dyn Computation>, Problem> {
        let fit = self.fit()?;
        let field = self.stack.field(fit.layer, fit.at);
        let field =
            field.map_err(|error| self.misfit(self.stack.layers.len().saturating_sub(1), error, self.stack.size))?;
        Ok(Arc::new(field::FieldSteps::new(self.clone(), fit, field)))
    }

    fn broken_scene(&self, head: Playhead) -> Scene {
        let (planes, problem) = self.fitting();
        let broken = problem.is_some().then_some(planes.len());
        let diagram = planes::diagram(&planes::Drawing { lab: self, planes: &planes, broken, seen: None, head });
        Scene { diagram: Some(Arc::new(diagram)), ..Scene::default() }
    }

    fn shape(&self, computed: Option<&dyn Computation>) -> ShapeView {
        let (planes, _) = self.fitting();
        let layer = self.looking_layer().min(planes.len().saturating_sub(1));
        let reaches = self.stack.reaches();
        let reach = reaches.get(layer);
        let before = layer.checked_sub(1);
        let recursion = before.and_then(|before| {
            let (window, before) = (*self.stack.layers.get(before)?, *reaches.get(before)?);
            Some(FieldRecursion { layer, window, before })
        });
        let fit = computed.and_then(|_| self.fit().ok());
        let size = |reach: &Reach| format!("{0} × {0}", reach.size);
        ShapeView {
            title: "Receptive field",
            table_leads: true,
            result: fit.as_ref().and(reach).map_or_else(|| "none".to_owned(), size),
            formulas: recursion.map(|recursion| recursion.lines().into()).unwrap_or_default(),
            counts: fit.as_ref().map(|fit| self.weights(fit)).unwrap_or_default(),
            table: (!planes.is_empty()).then(|| self.table(&planes, layer)),
            notes: fit.map(|fit| words::notes(self, &fit)).unwrap_or_default(),
        }
    }

    fn pick(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<Action> {
        let (plane, first) = plane_of(plate)?;
        let at = match self.view {
            FieldView::Planes => (row, col),
            // Its row is that of the cell that looks, as far as that plane has one.
            FieldView::Axis => {
                let size = *self.fitting().0.get(plane)?;
                let looking = self.fit().ok().filter(|fit| fit.layer == plane);
                (looking.map_or(middle(size).0, |fit| fit.at.0), first + col)
            }
        };
        let &(rows, cols) = self.fitting().0.get(plane).filter(|_| plane > 0)?;
        (at.0 < rows && at.1 < cols).then(|| Action::Set(CELL.nth(plane), Value::Cell(at)))
    }
}
