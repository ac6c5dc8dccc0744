//! The formulas, what there is to count, and what to say.

use super::{HighwayLab, HighwayView, Layer};
use crate::{
    formula::{Expr, highway_gradients, highway_values},
    lab::operation::{Computation, ShapeView, taken_over},
    num::format,
    trace::Skip,
};

/// The output's size with the formulas; `computed` is there where there is no problem.
pub(super) fn shape(lab: &HighwayLab, computed: Option<&dyn Computation>) -> ShapeView {
    let layer: Option<&Layer> = taken_over(computed);
    let elements = lab.input.rows();
    let formulas = match (lab.view, lab.skip) {
        (HighwayView::Forward, skip) => highway_values(skip),
        (HighwayView::Backward, skip) => highway_gradients(skip),
        (HighwayView::Depth, Skip::Highway) => vec![Expr::Name("carried").equals(Expr::Name("(1 − T)ᴸ"))],
        (HighwayView::Depth, Skip::Residual) => vec![Expr::Name("carried").equals(Expr::Name("1ᴸ")).equals(1)],
        (HighwayView::Depth, Skip::Plain) => vec![Expr::Name("carried").equals(0)],
    };
    let mut counts = Vec::new();
    if lab.view == HighwayView::Forward {
        // As in a network, where each element has biases of its own.
        let each = format!("{elements} × {elements} + {elements}");
        let one = elements * elements + elements;
        let all = if lab.has_gate() { format!("2 × ({each}) = {}", 2 * one) } else { format!("{each} = {one}") };
        counts.push(("parameters", all));
    }
    if let Some(layer) = layer.filter(|_| lab.view == HighwayView::Backward) {
        counts.push(("largest relative error", format::shown(largest_error(layer))));
    }
    ShapeView {
        result: layer.map_or_else(|| "none".to_owned(), |_| format::shape(&[elements, 1])),
        // Each a block of its own: fractions below each other would touch.
        formulas: formulas.into_iter().map(|formula| vec![formula]).collect(),
        counts,
        notes: layer.map(notes).unwrap_or_default(),
        ..ShapeView::default()
    }
}

/// The largest relative error of dx against finite differences.
fn largest_error(made: &Layer) -> f64 {
    let exact = &made.gradients.input;
    let largest = exact.iter().chain(&made.upstream).fold(0.0, |largest, value| f64::max(largest, value.abs()));
    let error = |(element, exact): (usize, &f64)| {
        let slope = made.highway.slope(&made.upstream, element).unwrap_or(f64::NAN);
        let difference = (exact - slope).abs();
        if difference > 0.0 { difference / exact.abs().max(slope.abs()).max(1e-3 * largest) } else { difference }
    };
    exact.iter().enumerate().map(error).fold(0.0, f64::max)
}

/// What there is to say, the most telling first.
fn notes(made: &Layer) -> Vec<String> {
    let lab = &made.lab;
    let said = match (lab.view, lab.skip) {
        (HighwayView::Forward, Skip::Highway) => [
            "T = 0: y is x, the layer is not there. T = 1: y is H, a plain layer.",
            "b and c are one number for all elements here, a vector each in a network; the paper begins with c from −1 to −3.",
        ],
        (HighwayView::Forward, Skip::Residual) => [
            "With weights of 0, H is 0 and the layer passes its input on: to do nothing is easy to learn.",
            "A highway with T and 1 − T fixed at 1, and without the weights of a gate.",
        ],
        (HighwayView::Forward, Skip::Plain) => {
            ["To pass its input on, a plain layer has to learn it.", "A highway whose gate is open: T = 1."]
        }
        (HighwayView::Backward, Skip::Highway) => [
            "Past the layer flows (1 − T)·dy, whatever the weights are.",
            "W and V are read down a column here: to all that x went to.",
        ],
        (HighwayView::Backward, Skip::Residual) => [
            "Past the layer flows dy as it is, whatever the weights are.",
            "W is read down a column here: to all that x went to.",
        ],
        (HighwayView::Backward, Skip::Plain) => [
            "All that flows back goes through the weights and the slope of φ.",
            "W is read down a column here: to all that x went to.",
        ],
        (HighwayView::Depth, Skip::Highway) => [
            "The same T in each layer: what flows past all of them. What flows through the layers comes besides.",
            "A gate that is closed, T near 0, lets a gradient through a hundred layers; one half open loses it in ten.",
        ],
        (HighwayView::Depth, Skip::Residual) => [
            "Nothing is lost past a residual layer, however many there are. What flows through the layers comes besides.",
            "The sum of both is not bounded: batch normalisation keeps it in range.",
        ],
        (HighwayView::Depth, Skip::Plain) => [
            "Without a way past the layer all depends on the product of the layers' own slopes and weights.",
            "It can vanish or grow without bound.",
        ],
    };
    said.map(str::to_owned).to_vec()
}
