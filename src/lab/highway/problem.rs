//! What stands in the way of a highway layer, and what would repair it.

use super::{GATE_WEIGHTS, HighwayLab, HighwayView, Layer, UPSTREAM, WEIGHTS, column, settings};
use crate::{
    lab::{
        OperationLab,
        control::{ControlId, Value},
        fitted::Beside,
        operation::{Action, Problem, Repair},
        problem::{AskedGrid, unreadable, unreadable_text},
        scene::PlateId,
    },
    num::format,
    trace::{Highway, HighwayStep},
};

impl HighwayLab {
    /// W, V and the upstream gradient.
    fn beside(&self) -> [Beside<'_>; 3] {
        let beside = |plate, control, name, fitted, needed: bool| Beside {
            plate,
            control,
            name,
            fitted,
            instead: (!needed).then_some(0.0),
        };
        let (deep, backward) = (self.view == HighwayView::Depth, self.view == HighwayView::Backward);
        [
            beside(WEIGHTS, settings::WEIGHTS, "W", &self.weights, !deep),
            beside(GATE_WEIGHTS, settings::GATE_WEIGHTS, "V", &self.gate_weights, self.has_gate()),
            beside(UPSTREAM, ControlId::UPSTREAM, "Upstream gradient", &self.upstream, backward),
        ]
    }

    /// All numbers, or what stands in the way.
    ///
    /// # Errors
    /// The first [`Problem`], with its repair.
    pub(super) fn layer(&self) -> Result<Layer, Problem> {
        let beside = self.beside();
        let needed = || beside.iter().filter(|grid| grid.is_needed());
        let input = AskedGrid {
            plate: PlateId::Input(0),
            control: ControlId::INPUT,
            name: "Input".to_owned(),
            cells: &self.input,
        };
        let size = self.input.shape();
        let problem = unreadable(std::iter::once(input).chain(needed().map(Beside::asked)))
            .or_else(|| self.wide_input())
            .or_else(|| needed().find_map(|grid| grid.misfit(size)))
            .or_else(|| {
                let bias = || unreadable_text(ControlId::BIAS, "bias", &self.bias, "0");
                if self.view == HighwayView::Depth { None } else { bias() }
            })
            .or_else(|| {
                let gate = || unreadable_text(settings::GATE_BIAS, "gate bias", &self.gate_bias, "0");
                if self.has_gate() { gate() } else { None }
            })
            .or_else(|| self.no_layers());
        if let Some(problem) = problem {
            return Err(problem);
        }
        let [weights, gate_weights, upstream] = beside.map(|grid| grid.matrix(size));
        let highway = Highway {
            skip: self.skip,
            input: self.input.cells().iter().map(|entry| entry.value().unwrap_or(f64::NAN)).collect(),
            weights,
            bias: self.bias.value().unwrap_or_default(),
            activation: self.activation,
            gate_weights,
            gate_bias: self.gate_bias.value().unwrap_or_default(),
        };
        let upstream = upstream.cells().to_vec();
        let computed = highway.forward().and_then(|all| highway.gradients(&upstream).map(|gradients| (all, gradients)));
        let Ok((all, gradients)) = computed else { return Err(start_over()) };
        let steps = match self.view {
            HighwayView::Forward => highway.steps(),
            HighwayView::Backward => highway.steps_back(),
            HighwayView::Depth => (0..highway.elements()).map(HighwayStep::Carried).collect(),
        };
        let mut made = Layer { lab: self.clone(), highway, all, gradients, upstream, steps, output: Vec::new() };
        made.output = vec![column(&match self.view {
            HighwayView::Forward => made.all.output.clone(),
            HighwayView::Backward => made.gradients.input.clone(),
            HighwayView::Depth => made.carried_far(),
        })];
        Ok(made)
    }

    /// An input of several columns.
    fn wide_input(&self) -> Option<Problem> {
        let (rows, cols) = self.input.shape();
        if cols == 1 {
            return None;
        }
        let sentence = format!(
            "The input is a column, one number for each element: {} has {cols} columns.",
            format::shape(&[rows, cols])
        );
        let repair = Repair::new(
            format!("Use {}", format::shape(&[rows, 1])),
            Action::Resize { plate: PlateId::Input(0), rows, cols: 1 },
        );
        Some(Problem { control: ControlId::INPUT, sentence, repairs: vec![repair] })
    }

    /// No layer at all.
    fn no_layers(&self) -> Option<Problem> {
        if self.view != HighwayView::Depth || self.layers > 0 {
            return None;
        }
        let sentence = "Through 0 layers nothing flows: there is 1 at least.".to_owned();
        let repair = Repair::new("Use 1", Action::Set(settings::LAYERS, Value::Count(1)));
        Some(Problem { control: settings::LAYERS, sentence, repairs: vec![repair] })
    }
}

/// The way out where no other is known: the default.
fn start_over() -> Problem {
    Problem {
        control: ControlId::INPUT,
        sentence: "These settings can't be computed.".into(),
        repairs: vec![Repair::new("Start over", Action::Open(Box::new(OperationLab::of(HighwayLab::default()))))],
    }
}
