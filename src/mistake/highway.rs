//! Mistakes at a number of a highway layer.

use super::{Found, Mistake, Mistaken};
use crate::{
    nn::reference::Activation,
    num::{Matrix, format::shown},
    trace::{Highway, HighwayGradients, HighwayStep, HighwayValues, Skip},
};

/// A layer with all of its numbers.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The layer.
    pub layer: &'a Highway,
    /// What it makes.
    pub all: &'a HighwayValues,
    /// What flows back through it.
    pub gradients: &'a HighwayGradients,
    /// What comes from above.
    pub upstream: &'a [f64],
    /// How many layers are like it.
    pub layers: usize,
}

/// The mistakes at a step's number.
pub fn at(case: Case, step: HighwayStep) -> Vec<Mistaken> {
    match step {
        HighwayStep::Transformed(element) => at_transformed(case, element),
        HighwayStep::Gate(element) => at_gate(case, element),
        HighwayStep::Output(element) => at_output(case, element),
        HighwayStep::SumGradient(element) => at_sum(case, element),
        HighwayStep::GateGradient(element) => at_gate_gradient(case, element),
        HighwayStep::InputGradient(element) => at_input(case, element),
        HighwayStep::Carried(element) => at_carried(case, element),
    }
}

fn of(values: &[f64], element: usize) -> f64 {
    values.get(element).copied().unwrap_or(f64::NAN)
}

/// A row of weights times other numbers.
fn across(weights: &Matrix, row: usize, values: &[f64]) -> f64 {
    weights.row(row).iter().zip(values).map(|(w, x)| w * x).sum()
}

/// A column of weights times other numbers.
fn down(weights: &Matrix, col: usize, values: &[f64]) -> f64 {
    weights.iter_rows().zip(values).map(|(row, x)| of(row, col) * x).sum()
}

impl Case<'_> {
    fn h(self, element: usize) -> f64 {
        of(&self.all.transformed, element)
    }

    fn t(self, element: usize) -> f64 {
        of(&self.all.gate, element)
    }

    fn x(self, element: usize) -> f64 {
        of(&self.layer.input, element)
    }

    fn slope(self, element: usize) -> f64 {
        self.layer.activation.derivative(of(&self.all.sums, element))
    }
}

/// What goes wrong with `f(weights·x + bias)`, where `other` are the weights and the bias of the other unit.
fn of_unit(
    found: &mut Found,
    case: Case,
    element: usize,
    (f, weights, bias): (Activation, &Matrix, f64),
    other: (&Matrix, f64),
) {
    let x = &case.layer.input;
    let sum = across(weights, element, x);
    let words = format_args!("The bias {} was not added to the sum.", shown(bias));
    found.add(Mistake::BiasLeftOut, f.of(sum), words);
    let words = format_args!("That goes down column {element} of the weights. A unit's weights are its row.");
    found.add(Mistake::WeightsTransposed, f.of(down(weights, element, x) + bias), words);
    let words = format_args!("Those are the other unit's weights: W and b make H, V and c make T.");
    found.add(Mistake::OtherWeights, f.of(across(other.0, element, x) + other.1), words);
}

fn at_transformed(case: Case, element: usize) -> Vec<Mistaken> {
    let Highway { weights, bias, gate_weights, gate_bias, activation, .. } = case.layer;
    let mut found = Found::new(case.h(element));
    let sum = of(&case.all.sums, element);
    if *activation == Activation::Relu {
        let words = format_args!("That is the sum before the ReLU, which makes 0 of what is below.");
        found.add(Mistake::ReluLeftOut, sum, words);
    } else {
        let words = format_args!("That is the sum W·x + b. It still goes through φ.");
        found.add(Mistake::ActivationLeftOut, sum, words);
    }
    of_unit(&mut found, case, element, (*activation, weights, *bias), (gate_weights, *gate_bias));
    found.into_list()
}

fn at_gate(case: Case, element: usize) -> Vec<Mistaken> {
    let Highway { weights, bias, gate_weights, gate_bias, .. } = case.layer;
    let mut found = Found::new(case.t(element));
    let sum = of(&case.all.gate_sums, element);
    let words = format_args!("That is the sum V·x + c. The sigmoid brings it between 0 and 1.");
    found.add(Mistake::ActivationLeftOut, sum, words);
    let words = format_args!("That is 1 − T, what is carried. T is how much of H gets through.");
    found.add(Mistake::GateReversed, 1.0 - case.t(element), words);
    let words = format_args!("That is the hyperbolic tangent, which goes from −1 to 1. A gate has the sigmoid.");
    found.add(Mistake::OtherActivation, sum.tanh(), words);
    of_unit(&mut found, case, element, (Activation::Sigmoid, gate_weights, *gate_bias), (weights, *bias));
    found.into_list()
}

fn at_output(case: Case, element: usize) -> Vec<Mistaken> {
    let (h, x, t) = (case.h(element), case.x(element), case.t(element));
    let mut found = Found::new(of(&case.all.output, element));
    match case.layer.skip {
        Skip::Highway => {
            let words = format_args!("T and 1 − T are exchanged: T goes with H, 1 − T with x.");
            found.add(Mistake::GateReversed, t * x + (1.0 - t) * h, words);
            let words = format_args!("That is T·H alone. What is carried, (1 − T)·x, is still to come.");
            found.add(Mistake::CarryLeftOut, t * h, words);
            let words = format_args!("That adds all of x. Only 1 − T = {} of it is carried.", shown(1.0 - t));
            found.add(Mistake::CarryUngated, t * h + x, words);
            let words = format_args!("That is H + x, as a residual layer has it. Here a gate shares between the two.");
            found.add(Mistake::GateLeftOut, h + x, words);
            let words = format_args!("That is H, as a plain layer has it. The gate T = {} is still to come.", shown(t));
            found.add(Mistake::GateLeftOut, h, words);
        }
        Skip::Residual => {
            let words = format_args!("That is H alone. A residual layer adds its input.");
            found.add(Mistake::CarryLeftOut, h, words);
            let words = format_args!("That is the mean of H and x. A residual layer adds both whole.");
            found.add(Mistake::SumDivided, f64::midpoint(h, x), words);
        }
        Skip::Plain => {
            let words = format_args!("That adds x. A plain layer carries nothing.");
            found.add(Mistake::CarryUngated, h + x, words);
        }
    }
    found.into_list()
}

fn at_sum(case: Case, element: usize) -> Vec<Mistaken> {
    let (dy, t, slope) = (of(case.upstream, element), case.t(element), case.slope(element));
    let mut found = Found::new(of(&case.gradients.sums, element));
    let words = format_args!("That leaves the gate out: only T = {} of H got through.", shown(t));
    found.add(Mistake::GateLeftOut, dy * slope, words);
    let words = format_args!("That leaves out the slope of φ, {}.", shown(slope));
    found.add(Mistake::SlopeLeftOut, dy * t, words);
    let words = format_args!("That takes what is carried. H got through by T = {}.", shown(t));
    found.add(Mistake::GateReversed, dy * (1.0 - t) * slope, words);
    found.into_list()
}

fn at_gate_gradient(case: Case, element: usize) -> Vec<Mistaken> {
    let (dy, h, x, t) = (of(case.upstream, element), case.h(element), case.x(element), case.t(element));
    let slope = t * (1.0 - t);
    let mut found = Found::new(of(&case.gradients.gate_sums, element));
    let words = format_args!("That leaves out the slope of the sigmoid, T·(1 − T) = {}.", shown(slope));
    found.add(Mistake::SlopeLeftOut, dy * (h - x), words);
    let words = format_args!("A larger T carries less of x, too: it is H − x, not H alone.");
    found.add(Mistake::CarryLeftOut, dy * h * slope, words);
    let words = format_args!("That has the wrong sign: a larger T takes more of H and less of x.");
    found.add(Mistake::GateReversed, dy * (x - h) * slope, words);
    found.into_list()
}

fn at_input(case: Case, element: usize) -> Vec<Mistaken> {
    let HighwayGradients { sums, gate_sums, .. } = case.gradients;
    let (weights, gate_weights) = (&case.layer.weights, &case.layer.gate_weights);
    let carried = of(&case.all.carried, element) * of(case.upstream, element);
    let (layer, gate) = (down(weights, element, sums), down(gate_weights, element, gate_sums));
    let mut found = Found::new(of(&case.gradients.input, element));
    let words = format_args!("That leaves out what flows past the layer: {}.", shown(carried));
    found.add(Mistake::CarryLeftOut, layer + gate, words);
    let words = format_args!("That leaves out what flows through the gate: {}.", shown(gate));
    found.add(Mistake::GatePathLeftOut, carried + layer, words);
    let words = format_args!("That is what flows past the layer. What flows through it comes besides.");
    found.add(Mistake::LayerPathLeftOut, carried, words);
    let words = format_args!("That leaves out what flows through H: {}.", shown(layer));
    found.add(Mistake::LayerPathLeftOut, carried + gate, words);
    let words =
        format_args!("That goes along row {element} of the weights. Back it is the column: all that x went to.");
    let across = across(weights, element, sums) + across(gate_weights, element, gate_sums);
    found.add(Mistake::WeightsTransposed, carried + across, words);
    found.into_list()
}

fn at_carried(case: Case, element: usize) -> Vec<Mistaken> {
    let carried = of(&case.all.carried, element);
    let power = |base: f64| base.powi(i32::try_from(case.layers).unwrap_or(i32::MAX));
    let mut found = Found::new(power(carried));
    let words = format_args!("That is one layer. There are {}, and each carries {}.", case.layers, shown(carried));
    found.add(Mistake::OneLayer, carried, words);
    let words = format_args!("That multiplies by {}. Each layer multiplies again: it is a power.", case.layers);
    found.add(Mistake::LayersMultiplied, carried * case.layers as f64, words);
    let words = format_args!("That takes T. What is carried is 1 − T = {}.", shown(carried));
    found.add(Mistake::GateReversed, power(1.0 - carried), words);
    found.into_list()
}
