//! What stands in the way of a field, and what would repair it.

use super::{
    MAX_LAYERS, MAX_SIZE, ReceptiveFieldLab, middle,
    settings::{CELL, LAYER, LAYERS},
};
use crate::{
    lab::{
        OperationLab,
        control::{ControlId, Value},
        operation::{Action, Problem, Repair},
    },
    nn::shape::{MAX_KERNEL, MAX_SETTING, ShapeError},
    num::format,
    trace::{LayerKind, StackLayer},
};

/// A number of layers that there can't be.
pub(super) fn refused(control: ControlId, value: &Value) -> Option<Problem> {
    let (LAYERS, Value::Count(len)) = (control, value) else { return None };
    if (1..=MAX_LAYERS).contains(len) {
        return None;
    }
    let least = (*len).clamp(1, MAX_LAYERS);
    let layers = if least == 1 { "layer" } else { "layers" };
    Some(Problem {
        control,
        sentence: format!("A stack of {len} layers is not possible: there are 1 to {MAX_LAYERS}."),
        repairs: vec![Repair::new(format!("Use {least} {layers}"), Action::Set(control, Value::Count(least)))],
    })
}

/// The layer's value for its control.
fn value(layer: StackLayer) -> Value {
    let kind = LayerKind::ALL.iter().position(|kind| *kind == layer.kind).unwrap_or_default();
    Value::Layer(kind, vec![layer.kernel, layer.stride, layer.padding, layer.dilation])
}

fn repair(index: usize, label: String, layer: StackLayer) -> Repair {
    Repair::new(label, Action::Set(LAYER.nth(index), value(layer)))
}

impl ReceptiveFieldLab {
    /// The planes that fit, the input's first, and what is wrong with the next.
    pub(super) fn fitting(&self) -> (Vec<(usize, usize)>, Option<Problem>) {
        if let Some(problem) = self.input_size() {
            return (Vec::new(), Some(problem));
        }
        let mut planes = vec![self.stack.size];
        let mut size = self.stack.size;
        for (index, layer) in self.stack.layers.iter().enumerate() {
            if let Some(problem) = self.setting(index, *layer) {
                return (planes, Some(problem));
            }
            match layer.plane(size) {
                Ok(plane) => size = plane,
                Err(error) => return (planes, Some(self.misfit(index, error, size))),
            }
            planes.push(size);
        }
        (planes, None)
    }

    fn input_size(&self) -> Option<Problem> {
        let (rows, cols) = self.stack.size;
        let possible = 1..=MAX_SIZE;
        if possible.contains(&rows) && possible.contains(&cols) {
            return None;
        }
        let least = (rows.clamp(1, MAX_SIZE), cols.clamp(1, MAX_SIZE));
        Some(Problem {
            control: ControlId::INPUT_SIZE,
            sentence: format!(
                "An input of {} is not possible: each side has 1 to {MAX_SIZE} cells.",
                format::shape(&[rows, cols])
            ),
            repairs: vec![Repair::new(
                format!("Use {}", format::shape(&[least.0, least.1])),
                Action::Set(ControlId::INPUT_SIZE, Value::Pair(least)),
            )],
        })
    }

    /// A setting of a layer that no input fits.
    fn setting(&self, index: usize, layer: StackLayer) -> Option<Problem> {
        let StackLayer { kind, kernel, stride, padding, dilation } = layer;
        let number = index + 1;
        let with = |name: &str, value: usize| match name {
            "kernel" => StackLayer { kernel: value, ..layer },
            "stride" => StackLayer { stride: value, ..layer },
            "padding" => StackLayer { padding: value, ..layer },
            _ => StackLayer { dilation: value, ..layer },
        };
        let problem = |sentence: String, repairs: Vec<Repair>| Problem {
            control: LAYER.nth(index),
            sentence,
            repairs: [repairs, self.removal(index)].concat(),
        };
        let settings = [
            ("kernel", kernel, 1, MAX_KERNEL, "has no cell"),
            ("stride", stride, 1, MAX_SETTING, "never moves the window"),
            ("padding", padding, 0, MAX_SETTING, ""),
            ("dilation", dilation, 1, MAX_SETTING, "puts all taps on one cell"),
        ];
        for (name, value, least, most, why) in settings {
            if value < least {
                return Some(problem(
                    format!("Layer {number}: a {name} of {value} {why}; the smallest is {least}."),
                    vec![repair(index, format!("Use {name} {least}"), with(name, least))],
                ));
            }
            if value > most {
                let value = format::count(value as u64);
                return Some(problem(
                    format!("Layer {number}: a {name} of {value} is past the largest, {most}."),
                    vec![repair(index, format!("Use {name} {most}"), with(name, most))],
                ));
            }
        }
        if kind != LayerKind::Convolution && dilation != 1 {
            let sentence = format!("Layer {number}: {} has no dilation here, and its d is {dilation}.", kind.name());
            let convolution = StackLayer { kind: LayerKind::Convolution, ..layer };
            return Some(problem(
                sentence,
                vec![
                    repair(index, "Use dilation 1".to_owned(), with("dilation", 1)),
                    repair(index, "Make it a convolution".to_owned(), convolution),
                ],
            ));
        }
        None
    }

    /// The last layer left can't go.
    fn removal(&self, index: usize) -> Vec<Repair> {
        let action = Action::Set(LAYER.nth(index), Value::Removed);
        let last = self.stack.layers.len() == 1;
        if last { Vec::new() } else { vec![Repair::new(format!("Remove layer {}", index + 1), action)] }
    }

    /// What `error` means for a layer over a plane of `size`.
    pub(super) fn misfit(&self, index: usize, error: ShapeError, size: (usize, usize)) -> Problem {
        let number = index + 1;
        let layer = self.stack.layers.get(index).copied().unwrap_or_else(|| StackLayer::convolution(1));
        let StackLayer { kernel, padding, dilation, .. } = layer;
        let (sentence, repairs) = match error {
            ShapeError::PaddingTooLarge { limit, .. } => (
                format!(
                    "Layer {number}: a padding of {padding} fills a window of {kernel}: {limit} at most, one less \
                     than the window.",
                ),
                vec![repair(index, format!("Use padding {limit}"), StackLayer { padding: limit, ..layer })],
            ),
            ShapeError::WindowExceedsInput { axis, window, .. } => {
                let extent = axis.of(size);
                let lines = match (axis.of((true, false)), extent) {
                    (true, 1) => "row",
                    (true, _) => "rows",
                    (false, 1) => "column",
                    (false, _) => "columns",
                };
                let reach = if dilation > 1 {
                    format!("{window} (kernel {kernel}, dilation {dilation})")
                } else {
                    window.to_string()
                };
                let padded =
                    if padding > 0 { format!(" with {padding} of padding on each side") } else { String::new() };
                (
                    format!("Layer {number}: a window of {reach} does not fit {extent} {lines}{padded}."),
                    smaller(index, layer, size),
                )
            }
            // No other shape error comes of windows alone; a stack that is not understood can be begun anew.
            _ => (format!("Layer {number}: {error}"), Vec::new()),
        };
        let mut repairs = [repairs, self.removal(index)].concat();
        if repairs.is_empty() {
            repairs.push(Repair::new("Start over", Action::Open(Box::new(OperationLab::of(Self::default())))));
        }
        Problem { control: LAYER.nth(index), sentence, repairs }
    }

    /// A cell of a layer that there is not.
    pub(super) fn no_layer(&self, layer: usize) -> Problem {
        let layers = self.stack.layers.len();
        let stack = if layers == 1 { "1 layer".to_owned() } else { format!("{layers} layers") };
        Problem {
            control: CELL.nth(layer),
            sentence: format!("There is no layer {layer} to look from: the stack has {stack}, which count from 1."),
            repairs: vec![Repair::new("Look from the last layer", Action::Set(CELL.nth(layer), Value::Removed))],
        }
    }
}

/// A cell outside of its layer.
pub(super) fn no_cell(layer: usize, plane: (usize, usize), (row, col): (usize, usize)) -> Problem {
    let size = format::shape(&[plane.0, plane.1]);
    let within = (row.min(plane.0.saturating_sub(1)), col.min(plane.1.saturating_sub(1)));
    let look = |at| Action::Set(CELL.nth(layer), Value::Cell(at));
    let mut repairs = vec![
        Repair::new("Use the middle", look(middle(plane))),
        Repair::new(format!("Use row {}, column {}", within.0, within.1), look(within)),
    ];
    if within == middle(plane) {
        repairs.pop();
    }
    Problem {
        control: CELL.nth(layer),
        sentence: format!("Row {row}, column {col} is outside of layer {layer}, which is {size} and counts from 0."),
        repairs,
    }
}

/// Changes of a layer by which its window fits a plane of `size`.
fn smaller(index: usize, layer: StackLayer, size: (usize, usize)) -> Vec<Repair> {
    let fits = |layer: &StackLayer| layer.plane(size).is_ok();
    let kernels =
        (1..layer.kernel).rev().map(|kernel| (format!("Use a kernel of {kernel}"), StackLayer { kernel, ..layer }));
    let paddings = (layer.padding + 1..=MAX_SETTING)
        .map(|padding| (format!("Use padding {padding}"), StackLayer { padding, ..layer }));
    let dilations = (1..layer.dilation)
        .rev()
        .map(|dilation| (format!("Use dilation {dilation}"), StackLayer { dilation, ..layer }));
    let first = |mut all: Box<dyn Iterator<Item = (String, StackLayer)>>| all.find(|(_, layer)| fits(layer));
    [first(Box::new(dilations)), first(Box::new(kernels)), first(Box::new(paddings))]
        .into_iter()
        .flatten()
        .map(|(label, layer)| repair(index, label, layer))
        .collect()
}
