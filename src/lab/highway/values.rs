//! How each number is worked out, and the grids it stands among.

use super::{
    GATE, GATE_GRADIENT, GATE_WEIGHTS, HighwayLab, HighwayView, Layer, OUTPUT, SUM_GRADIENT, TRANSFORMED, UPSTREAM,
    WEIGHTS, answer::answer, column,
};
use crate::{
    lab::{
        operation::Answer,
        scene::PlateId,
        worked::{Cell, Filled, Line, Number, Part, Sheet, Step, Worked},
    },
    nn::reference::Activation,
    num::{Entry, Grid, Matrix, format},
    trace::{HighwayStep, Skip},
};

const INPUT: PlateId = PlateId::Input(0);

/// More equal factors than these are written as a power.
const MOST_FACTORS: usize = 6;

/// The grids that are typed into: what is shown of them while nothing can be computed.
pub(super) fn typed_sheets(lab: &HighwayLab, narrow: bool) -> Vec<Sheet> {
    sheets(lab, None, (None, narrow))
}

/// The grids of the lab's view, those that are computed where there is a `layer`; the step that is looked at says which
/// have room on a phone.
fn sheets(lab: &HighwayLab, layer: Option<&Layer>, (step, narrow): (Option<HighwayStep>, bool)) -> Vec<Sheet> {
    let signed = |id, name, at, cells: &Grid<Entry>| Some(Sheet::new(id, name, at, Filled::Signed(cells.clone())));
    let made = |id, name, at, numbers: &dyn Fn(&Layer) -> Vec<f64>| {
        layer.map(|layer| Sheet::new(id, name, at, Filled::Made(column(&numbers(layer)))))
    };
    let gated = |sheet: Option<Sheet>| sheet.filter(|_| lab.has_gate());
    let input = |at| Some(Sheet::new(INPUT, ("Input", "x"), at, Filled::Typed(lab.input.clone())));
    let weights = |at| signed(WEIGHTS, ("Weights", "W"), at, lab.weights.cells());
    let gate_weights = |at| gated(signed(GATE_WEIGHTS, ("Gate weights", "V"), at, lab.gate_weights.cells()));
    let upstream = |at| signed(UPSTREAM, ("Upstream gradient", "dy"), at, lab.upstream.cells());
    let transformed = |at| made(TRANSFORMED, ("Transformed", "H"), at, &|layer| layer.all.transformed.clone());
    let gate = |at| gated(made(GATE, ("Gate", "T"), at, &|layer| layer.all.gate.clone()));
    let to_sum = |at| made(SUM_GRADIENT, ("Sum gradient", "dh"), at, &|layer| layer.gradients.sums.clone());
    let to_gate =
        |at| gated(made(GATE_GRADIENT, ("Gate gradient", "dt"), at, &|layer| layer.gradients.gate_sums.clone()));
    let dx = |at| made(OUTPUT, ("Input gradient", "dx"), at, &|layer| layer.gradients.input.clone());
    let sheets = match (lab.view, narrow) {
        (HighwayView::Forward, false) => vec![
            input((0, 0)),
            weights((1, 0)),
            gate_weights((1, 1)),
            transformed((2, 0)),
            gate((2, 1)),
            made(OUTPUT, ("Output", "y"), (3, 0), &|layer| layer.all.output.clone()),
        ],
        (HighwayView::Forward, true) => vec![
            input((0, 0)),
            weights((1, 0)),
            transformed((2, 0)),
            gate_weights((0, 1)),
            gate((1, 1)),
            made(OUTPUT, ("Output", "y"), (2, 1), &|layer| layer.all.output.clone()),
        ],
        (HighwayView::Backward, false) => vec![
            input((0, 0)),
            upstream((0, 1)),
            transformed((1, 0)),
            gate((1, 1)),
            to_sum((2, 0)),
            to_gate((2, 1)),
            weights((3, 0)),
            gate_weights((3, 1)),
            dx((4, 1)),
        ],
        // There is room for what the step reads.
        (HighwayView::Backward, true) if matches!(step, Some(HighwayStep::InputGradient(_))) => vec![
            upstream((0, 0)),
            gate((1, 0)),
            dx((2, 0)),
            weights((0, 1)),
            to_sum((1, 1)),
            gate_weights((0, 2)),
            to_gate((1, 2)),
        ],
        (HighwayView::Backward, true) => {
            vec![input((0, 0)), transformed((1, 0)), gate((2, 0)), upstream((0, 1)), to_sum((1, 1)), to_gate((2, 1))]
        }
        (HighwayView::Depth, _) => {
            let [for_weights, for_gate, for_carried] =
                if narrow { [(0, 1), (1, 0), (2, 0)] } else { [(1, 0), (2, 0), (3, 0)] };
            let carried = |layer: &Layer| layer.carried_far();
            vec![
                input((0, 0)),
                gate_weights(for_weights),
                gate(for_gate),
                made(OUTPUT, ("Carried", "carried"), for_carried, &carried),
            ]
        }
    };
    sheets.into_iter().flatten().collect()
}

fn of(values: &[f64], element: usize) -> f64 {
    values.get(element).copied().unwrap_or(f64::NAN)
}

/// A number that was typed.
fn typed(cells: &Grid<Entry>, plate: PlateId, at: (usize, usize)) -> Number {
    let zero = Entry::Number(0.0);
    Number::typed(cells.get(at.0, at.1).unwrap_or(&zero), (plate, at))
}

impl Layer {
    fn x(&self, element: usize) -> Number {
        typed(&self.lab.input, INPUT, (element, 0))
    }

    fn dy(&self, element: usize) -> Number {
        typed(self.lab.upstream.cells(), UPSTREAM, (element, 0))
    }

    fn weight(&self, at: (usize, usize)) -> Number {
        typed(self.lab.weights.cells(), WEIGHTS, at)
    }

    fn gate_weight(&self, at: (usize, usize)) -> Number {
        typed(self.lab.gate_weights.cells(), GATE_WEIGHTS, at)
    }

    fn h(&self, element: usize) -> Number {
        Number::made(of(&self.all.transformed, element), (TRANSFORMED, (element, 0)))
    }

    fn t(&self, element: usize) -> Number {
        Number::made(of(&self.all.gate, element), (GATE, (element, 0)))
    }

    fn elements(&self) -> std::ops::Range<usize> {
        0..self.highway.elements()
    }

    fn step_of(&self, step: HighwayStep) -> Step {
        let (from, lines) = match step {
            HighwayStep::Transformed(element) => (WEIGHTS, self.transformed_lines(element)),
            HighwayStep::Gate(element) => (GATE_WEIGHTS, self.gate_lines(element)),
            HighwayStep::Output(element) => (TRANSFORMED, vec![self.output_line(element)]),
            HighwayStep::SumGradient(element) => (UPSTREAM, self.sum_gradient_lines(element)),
            HighwayStep::GateGradient(element) => (UPSTREAM, self.gate_gradient_lines(element)),
            HighwayStep::InputGradient(element) => {
                let from = if self.highway.skip == Skip::Plain { SUM_GRADIENT } else { UPSTREAM };
                (from, self.input_lines(element))
            }
            HighwayStep::Carried(element) => {
                (if self.lab.has_gate() { GATE } else { INPUT }, self.carried_lines(element))
            }
        };
        Step { makes: vec![Self::place(step)], from, lines }
    }

    /// `1 × 2 + 0 × (−1) + 2 × 1 + 0 = 4`
    fn sum_line(&self, element: usize, weight: &dyn Fn((usize, usize)) -> Number, bias: &Entry, sum: f64) -> Line {
        let product = |col| Part::product(&weight((element, col)), &self.x(col));
        let mut terms: Vec<Part> = self.elements().map(product).collect();
        let bias = Number::aside(bias.clone());
        if bias.value() != 0.0 {
            terms.push(Part::of(&bias));
        }
        Line::sum(terms, sum).as_part()
    }

    fn transformed_lines(&self, element: usize) -> Vec<Line> {
        let sum = of(&self.all.sums, element);
        let weight = |at| self.weight(at);
        let first = self.sum_line(element, &weight, &self.lab.bias, sum).about("W · x + b");
        let (before, name) =
            if self.highway.activation == Activation::Relu { ("max(0, ", "ReLU") } else { ("tanh(", "tanh") };
        let sum = Number::aside(Entry::Number(sum));
        let second = Line::sum(vec![Part::bare(&sum)], of(&self.all.transformed, element))
            .between(before, "+", ")")
            .about(["H = ", name].concat());
        vec![first, second]
    }

    fn gate_lines(&self, element: usize) -> Vec<Line> {
        let sum = of(&self.all.gate_sums, element);
        let weight = |at| self.gate_weight(at);
        let first = self.sum_line(element, &weight, &self.lab.gate_bias, sum).about("V · x + c");
        let sum = Number::aside(Entry::Number(sum));
        let second = Line::sum(vec![Part::bare(&sum)], of(&self.all.gate, element)).between("σ(", "+", ")").about("T");
        vec![first, second]
    }

    /// `0.5 × 4 + (1 − 0.5) × 2 = 3`
    fn output_line(&self, element: usize) -> Line {
        let (h, t, x) = (self.h(element), self.t(element), self.x(element));
        let terms = match self.highway.skip {
            Skip::Highway => vec![
                Part::product(&t, &h).named("T · H"),
                Part::written(
                    format!("(1 − {}) × {}", t.text(), x.text()),
                    of(&self.all.carried, element) * x.value(),
                    &[&x, &t],
                )
                .with_product()
                .named("(1 − T) · x"),
            ],
            Skip::Residual => {
                vec![Part::of(&h).with_product().named("H"), Part::of(&x).with_product().named("x")]
            }
            Skip::Plain => vec![Part::of(&h).with_product().named("H")],
        };
        Line::sum(terms, of(&self.all.output, element))
    }

    /// The slope of φ, and how it is worked out.
    fn slope_line(&self, element: usize) -> (Line, Number) {
        let sum = of(&self.all.sums, element);
        let slope = self.highway.activation.derivative(sum);
        let number = Number::aside(Entry::Number(slope));
        let line = if self.highway.activation == Activation::Relu {
            Line::told(&format!("φ′: ReLU at {}", format::shown(sum)), slope)
        } else {
            let h = self.h(element);
            let square = Part::written([&h.text(), "²"].concat(), h.value() * h.value(), &[&h]);
            let one = Part::of(&Number::aside(Entry::Number(1.0)));
            Line::sum(vec![one, square], slope).between("", "−", "").about("φ′ = 1 − H²").as_part()
        };
        (line, number)
    }

    fn sum_gradient_lines(&self, element: usize) -> Vec<Line> {
        let (slope, number) = self.slope_line(element);
        let (dy, t) = (self.dy(element), self.t(element));
        let value = of(&self.gradients.sums, element);
        let product = if self.lab.has_gate() {
            Part::written([dy.text(), t.text(), number.text()].join(" × "), value, &[&dy, &t, &number])
        } else {
            Part::product(&dy, &number)
        };
        vec![slope, Line::sum(vec![product], value).about(if self.lab.has_gate() { "dy · T · φ′" } else { "dy · φ′" })]
    }

    fn gate_gradient_lines(&self, element: usize) -> Vec<Line> {
        let (dy, h, x, t) = (self.dy(element), self.h(element), self.x(element), self.t(element));
        let difference = Number::aside(Entry::Number(h.value() - x.value()));
        let slope = Number::aside(Entry::Number(t.value() * (1.0 - t.value())));
        let first = Line::sum(vec![Part::of(&h), Part::of(&x)], difference.value())
            .between("", "−", "")
            .about("H − x")
            .as_part();
        let written = format!("{} × (1 − {})", t.text(), t.text());
        let second = Line::sum(vec![Part::written(written, slope.value(), &[&t])], slope.value())
            .about("σ′ = T · (1 − T)")
            .as_part();
        let value = of(&self.gradients.gate_sums, element);
        let product =
            Part::written([dy.text(), difference.text(), slope.text()].join(" × "), value, &[&dy, &difference, &slope]);
        vec![first, second, Line::sum(vec![product], value).about("dt")]
    }

    fn input_lines(&self, element: usize) -> Vec<Line> {
        let (dy, t) = (self.dy(element), self.t(element));
        let carried = of(&self.all.carried, element) * dy.value();
        let back = |weight: &dyn Fn((usize, usize)) -> Number, to: &[f64], plate| {
            let made = |row| Number::made(of(to, row), (plate, (row, 0)));
            let product = |row| Part::product(&weight((row, element)), &made(row));
            let sum = self.elements().map(|row| weight((row, element)).value() * of(to, row)).sum();
            Line::sum(self.elements().map(product).collect(), sum)
        };
        let through = back(&|at| self.weight(at), &self.gradients.sums, SUM_GRADIENT).about("w: through H");
        let ways = match self.highway.skip {
            Skip::Highway => {
                let past = Part::written(format!("(1 − {}) × {}", t.text(), dy.text()), carried, &[&dy, &t]);
                let gate = back(&|at| self.gate_weight(at), &self.gradients.gate_sums, GATE_GRADIENT);
                let past = Line::sum(vec![past], carried).about("past: (1 − T) · dy");
                vec![past, through, gate.about("v: through T")]
            }
            Skip::Residual => vec![Line::sum(vec![Part::of(&dy)], carried).about("past: dy"), through],
            Skip::Plain => return vec![through.about("dx")],
        };
        let terms = ways.iter().map(|line| Part::of(&Number::aside(Entry::Number(line.value)))).collect();
        let all = Line::sum(terms, of(&self.gradients.input, element)).about("dx");
        ways.into_iter().map(Line::as_part).chain([all]).collect()
    }

    /// `1 − 0.5 = 0.5`, `0.5^10 = 0.000977`
    fn carried_lines(&self, element: usize) -> Vec<Line> {
        let carried = Number::aside(Entry::Number(of(&self.all.carried, element)));
        let layers = self.lab.layers;
        let value = of(&self.carried_far(), element);
        let text = if layers <= MOST_FACTORS {
            vec![carried.text(); layers].join(" × ")
        } else {
            format!("{}^{layers}", carried.text())
        };
        let x = self.x(element);
        let mut reads = vec![&carried];
        // Without a gate what is carried is the input as it is.
        reads.extend((!self.lab.has_gate()).then_some(&x));
        let layer = if layers == 1 { "1 layer".to_owned() } else { format!("{layers} layers") };
        let power = Line::sum(vec![Part::written(text, value, &reads)], value).about(layer);
        match self.highway.skip {
            Skip::Highway => {
                let one = Part::of(&Number::aside(Entry::Number(1.0)));
                let terms = vec![one, Part::of(&self.t(element))];
                let first = Line::sum(terms, carried.value()).between("", "−", "").about("1 − T").as_part();
                vec![first, power]
            }
            Skip::Residual => vec![Line::told("as it is: y = H + x", 1.0), power],
            Skip::Plain => vec![Line::told("nothing is carried: y = H", 0.0), power],
        }
    }
}

impl Worked for Layer {
    fn steps(&self) -> usize {
        self.steps.len()
    }

    fn steps_in_row(&self) -> usize {
        let of_an_element = match (self.lab.view, self.lab.has_gate()) {
            (HighwayView::Forward, true) => 3,
            (HighwayView::Depth, _) => 1,
            _ => 2,
        };
        of_an_element.min(self.steps.len())
    }

    fn makes(&self, step: usize) -> Vec<Cell> {
        self.steps.get(step).map(|step| Self::place(*step)).into_iter().collect()
    }

    fn work(&self, step: usize) -> Option<Step> {
        self.steps.get(step).map(|step| self.step_of(*step))
    }

    fn sheets(&self, step: usize, narrow: bool) -> Vec<Sheet> {
        sheets(&self.lab, Some(self), (self.steps.get(step).copied(), narrow))
    }

    fn signs(&self) -> Vec<&'static str> {
        Vec::new()
    }

    fn asked(&self, step: usize) -> Option<Answer> {
        answer(self, *self.steps.get(step)?)
    }

    fn outputs(&self) -> &[Matrix] {
        &self.output
    }
}
