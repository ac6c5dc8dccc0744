//! How each gradient is worked out, and the same by finite differences.

use super::{BETA, Batch, BatchNormLab, GAMMA, NEW_MEAN, NEW_VARIANCE, Numbers, OUTPUT, UPSTREAM, of, row, typed};
use crate::{
    lab::{
        scene::PlateId,
        worked::{Cell, Filled, Line, Number, Part, Sheet, Step},
    },
    num::{Entry, Grid, Matrix, format},
    trace::NormStep,
};

/// dx by finite differences.
const INPUT_DIFFERENCE: PlateId = PlateId::Derived(8);
/// dγ by finite differences.
const GAMMA_DIFFERENCE: PlateId = PlateId::Derived(9);
/// dβ by finite differences.
const BETA_DIFFERENCE: PlateId = PlateId::Derived(10);

/// The share of the largest gradient below which a gradient is small: where terms cancel, rounding is no error.
const SMALL: f64 = 1e-3;

/// A gradient's cell, and that of its finite difference.
pub(super) fn checked((plate, at): Cell) -> [Cell; 2] {
    let difference = match plate {
        NEW_MEAN => GAMMA_DIFFERENCE,
        NEW_VARIANCE => BETA_DIFFERENCE,
        _ => INPUT_DIFFERENCE,
    };
    [(plate, at), (difference, at)]
}

/// How a gradient is worked out.
pub(super) fn step_of(batch: &Batch, step: NormStep) -> Option<Step> {
    let examples = 0..batch.norm.examples();
    let lines = match step {
        NormStep::BetaGradient(feature) => {
            let terms = examples.map(|example| Part::of(&batch.dy(example, feature))).collect();
            vec![Line::sum(terms, of(&batch.gradients.beta, feature))]
        }
        NormStep::GammaGradient(feature) => {
            let product = |example| Part::product(&batch.dy(example, feature), &batch.normal(example, feature));
            vec![Line::sum(examples.map(product).collect(), of(&batch.gradients.gamma, feature))]
        }
        NormStep::InputGradient(example, feature) => input_lines(batch, example, feature),
        _ => return None,
    };
    Some(Step { makes: vec![Batch::place(step)], from: UPSTREAM, lines })
}

/// `2 / √(4 + 0) = 1`, `1.5 × 7.5 / 5 = 2.25`, `(5 − 5 / 5 − 2.25) × 1 = 1.75`; no more lines, for the projector's sake.
fn input_lines(batch: &Batch, example: usize, feature: usize) -> Vec<Line> {
    let (variance, epsilon) = (batch.variance(feature), batch.epsilon());
    let scale = Number::aside(Entry::Number(batch.gamma(feature).value() / batch.deviation(feature)));
    let under = format!(" / √({} + {})", variance.text(), epsilon.text());
    let gamma =
        Part::written(batch.gamma(feature).text(), batch.gamma(feature).value(), &[&batch.gamma(feature), &variance]);
    let first = Line::sum(vec![gamma], scale.value())
        .between("", "+", under)
        .rounded_if(epsilon.is_rounded())
        .about("s = γ / √(σ² + ε)")
        .as_part();
    let dx = batch.gradients.input.get(example, feature).copied().unwrap_or(f64::NAN);
    let dy = batch.dy(example, feature);
    if !batch.norm.training {
        return vec![first, Line::sum(vec![Part::product(&scale, &dy)], dx).about("dx")];
    }
    let m = batch.norm.examples() as f64;
    let (dbeta, dgamma) = (of(&batch.gradients.beta, feature), of(&batch.gradients.gamma, feature));
    let dbeta = Number::made(dbeta, (NEW_VARIANCE, (0, feature)));
    let dgamma = Number::made(dgamma, (NEW_MEAN, (0, feature)));
    let normal = batch.normal(example, feature);
    let through_mean = Part::written(format!("{} / {}", dbeta.text(), format::shown(m)), dbeta.value() / m, &[&dbeta]);
    let spread = Number::aside(Entry::Number(normal.value() * dgamma.value() / m));
    let through_variance = Line::sum(vec![Part::product(&normal, &dgamma)], spread.value())
        .between("", "+", [" / ", &format::shown(m)].concat())
        .about("x̂ · dγ / m")
        .as_part();
    let all = Line::sum(vec![Part::of(&dy), through_mean, Part::of(&spread)], dx)
        .between("(", "−", format!(") × {}", scale.text()))
        .rounded_if(scale.is_rounded())
        .about("dx");
    vec![first, through_variance, all]
}

/// A gradient and its finite difference.
struct Difference {
    above: f64,
    below: f64,
    change: f64,
    exact: f64,
}

impl Difference {
    fn of(batch: &Batch, step: NormStep) -> Option<Self> {
        let (exact, feature) = match step {
            NormStep::BetaGradient(feature) => (of(&batch.gradients.beta, feature), feature),
            NormStep::GammaGradient(feature) => (of(&batch.gradients.gamma, feature), feature),
            NormStep::InputGradient(example, feature) => (*batch.gradients.input.get(example, feature)?, feature),
            _ => return None,
        };
        let change = batch.norm.small_change(&batch.all.moments, feature);
        let [above, below] = batch.norm.losses(&batch.upstream, step, change)?;
        Some(Self { above, below, change, exact })
    }

    fn slope(&self) -> f64 {
        (self.above - self.below) / (2.0 * self.change)
    }

    /// `|a − b| / max(|a|, |b|, g/1000)`, with g the largest gradient; 0 where the two are equal.
    fn error(&self, largest: f64) -> f64 {
        let (a, b) = (self.exact, self.slope());
        let difference = (a - b).abs();
        if difference > 0.0 { difference / a.abs().max(b.abs()).max(SMALL * largest) } else { difference }
    }
}

/// The largest of all gradients, the upstream one included.
fn largest(batch: &Batch) -> f64 {
    let gradients = &batch.gradients;
    let all = gradients.input.cells().iter().chain(&gradients.gamma).chain(&gradients.beta);
    all.chain(batch.upstream.cells()).fold(0.0, |largest, value| f64::max(largest, value.abs()))
}

/// The largest relative error of any gradient.
pub(super) fn largest_error(batch: &Batch) -> f64 {
    let largest = largest(batch);
    let steps = (0..).map_while(|index| batch.norm.step_back(index));
    steps.filter_map(|step| Difference::of(batch, step)).map(|found| found.error(largest)).fold(0.0, f64::max)
}

/// A loss to twelve figures, which its change needs, and whether digits are left out.
fn digits(value: f64) -> (String, bool) {
    format::to_digits(value, 12)
}

/// A gradient against its finite difference.
pub(super) fn check(batch: &Batch, step: NormStep) -> Option<Step> {
    let difference = Difference::of(batch, step)?;
    let (from, symbol, number) = match step {
        NormStep::InputGradient(example, feature) => (PlateId::Input(0), "x", batch.x(example, feature)),
        NormStep::GammaGradient(feature) => (GAMMA, "γ", batch.gamma(feature)),
        NormStep::BetaGradient(feature) => (BETA, "β", typed(batch.lab.beta.cells(), BETA, (0, feature))),
        _ => return None,
    };
    let loss = |value: f64| {
        let (text, rounded) = digits(value);
        let text = if text.starts_with(format::MINUS) { format!("({text})") } else { text };
        (Part::written(text, value, &[&number]), rounded)
    };
    let ((above, above_rounded), (below, below_rounded)) = (loss(difference.above), loss(difference.below));
    let h = ["h = 1/", &format::shown((1.0 / difference.change).round())].concat();
    let by_hand = Line::sum(vec![above, below], difference.slope())
        .between("(", "−", ") / 2h")
        .rounded_if(above_rounded || below_rounded)
        .about(format!("L at {symbol} ± h, {h}"));
    let exact = format!("against {} by backpropagation, relative error", format::shown(difference.exact));
    let lines = vec![by_hand, Line::told(&exact, difference.error(largest(batch)))];
    Some(Step { makes: checked(Batch::place(step)).to_vec(), from, lines })
}

/// What is typed, its gradient and the finite differences of what is looked at, and the upstream gradient.
pub(super) fn check_sheets(
    lab: &BatchNormLab,
    batch: Option<&Batch>,
    step: Option<NormStep>,
    narrow: bool,
) -> Vec<Option<Sheet>> {
    let made = |id, name, col, numbers: Numbers| {
        batch.map(|batch| Sheet::new(id, name, (col, 0), Filled::Made(numbers(batch))))
    };
    let row_of = |batch: &Batch, step: fn(usize) -> NormStep| {
        slopes(batch, (1, batch.norm.features()), |_, feature| step(feature))
    };
    let signed = |cells: &Grid<Entry>| Filled::Signed(cells.clone());
    let input = Some(Sheet::new(PlateId::Input(0), ("Input", ""), (0, 0), Filled::Typed(lab.input.clone())));
    let gamma = |at| Some(Sheet::new(GAMMA, ("Scale γ", "γ"), at, signed(lab.gamma.cells())));
    let beta = |at| Some(Sheet::new(BETA, ("Shift β", "β"), at, signed(lab.beta.cells())));
    let upstream = |at| Some(Sheet::new(UPSTREAM, ("Upstream gradient", "dy"), at, signed(lab.upstream.cells())));
    if batch.is_none() {
        // Whatever can't be read is there to be typed.
        return vec![input, upstream((1, 0)), gamma((0, 1)), beta((1, 1))];
    }
    let [typed, exact, difference] = match step {
        Some(NormStep::GammaGradient(_)) => [
            gamma((0, 0)),
            made(NEW_MEAN, ("Scale gradient", "dγ"), 1, &|batch| row(&batch.gradients.gamma)),
            made(GAMMA_DIFFERENCE, ("Scale gradient, finite differences", "Differences"), 2, &|batch| {
                row_of(batch, NormStep::GammaGradient)
            }),
        ],
        Some(NormStep::BetaGradient(_)) => [
            beta((0, 0)),
            made(NEW_VARIANCE, ("Shift gradient", "dβ"), 1, &|batch| row(&batch.gradients.beta)),
            made(BETA_DIFFERENCE, ("Shift gradient, finite differences", "Differences"), 2, &|batch| {
                row_of(batch, NormStep::BetaGradient)
            }),
        ],
        _ => [
            input,
            made(OUTPUT, ("Input gradient", "dx"), 1, &|batch| batch.gradients.input.clone()),
            made(INPUT_DIFFERENCE, ("Input gradient, finite differences", "Differences"), 2, &|batch| {
                slopes(batch, batch.norm.input.shape(), NormStep::InputGradient)
            }),
        ],
    };
    let at = if narrow { (0, 1) } else { (3, 0) };
    vec![typed, exact, difference, upstream(at)]
}

fn slopes(batch: &Batch, (rows, cols): (usize, usize), step: impl Fn(usize, usize) -> NormStep) -> Matrix {
    Grid::from_fn(rows, cols, |i, j| Difference::of(batch, step(i, j)).map_or(f64::NAN, |found| found.slope()))
}
