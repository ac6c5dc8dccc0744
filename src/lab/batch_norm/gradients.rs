//! How each gradient is worked out, and the same by finite differences.

use super::{
    BETA, Batch, BatchNormLab, GAMMA, NEW_MEAN, NEW_VARIANCE, Numbers, OUTPUT, UPSTREAM, of, row, typed,
};
use crate::{
    lab::{
        scene::PlateId,
        worked::{Cell, Filled, Line, Number, Part, Sheet, Step},
    },
    num::{Entry, Grid, Matrix, decimal, format},
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
    [(difference, at), (plate, at)]
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

/// `2 / √(4 + 0) = 1`, `5 / 5 = 1`, `1.5 × 7.5 / 5 = 2.25`, `(5 − 1 − 2.25) × 1 = 1.75`
fn input_lines(batch: &Batch, example: usize, feature: usize) -> Vec<Line> {
    let (variance, epsilon) = (batch.variance(feature), batch.epsilon());
    let scale = Number::aside(Entry::Number(batch.gamma(feature).value() / batch.deviation(feature)));
    let under = format!(" / √({} + {})", variance.text(), epsilon.text());
    let gamma = Part::written(batch.gamma(feature).text(), batch.gamma(feature).value(), &[&batch.gamma(feature), &variance]);
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
    let by_m = || format!(" / {m}");
    let mean = Number::aside(Entry::Number(dbeta.value() / m));
    let through_mean =
        Line::sum(vec![Part::of(&dbeta)], mean.value()).between("", "+", by_m()).about("dβ / m").as_part();
    let spread = Number::aside(Entry::Number(normal.value() * dgamma.value() / m));
    let through_variance = Line::sum(vec![Part::product(&normal, &dgamma)], spread.value())
        .between("", "+", by_m())
        .about("x̂ · dγ / m")
        .as_part();
    let all = Line::sum(vec![Part::of(&dy), Part::of(&mean), Part::of(&spread)], dx)
        .between("(", "−", format!(") × {}", scale.text()))
        .rounded_if(scale.is_rounded())
        .about("dx");
    vec![first, through_mean, through_variance, all]
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
    let near = decimal::parse(&format!("{value:.11e}")).unwrap_or(value);
    (format::exact(near), near.to_bits() != (value + 0.0).to_bits())
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
    let h = format!("h = 1/{}", (1.0 / difference.change).round());
    let by_hand = Line::sum(vec![above, below], difference.slope())
        .between("(", "−", ") / 2h")
        .rounded_if(above_rounded || below_rounded)
        .about(format!("L at {symbol} ± h, {h}"));
    let exact = format!("against {} by backpropagation, relative error", format::shown(difference.exact));
    let lines = vec![by_hand, Line::told(&exact, difference.error(largest(batch)))];
    Some(Step { makes: checked(Batch::place(step)).to_vec(), from, lines })
}

/// What is typed, its gradient and the finite differences, a row each; on a phone the row that is looked at.
pub(super) fn check_sheets(
    lab: &BatchNormLab,
    batch: Option<&Batch>,
    step: Option<NormStep>,
    narrow: bool,
) -> Vec<Option<Sheet>> {
    let looked = match step {
        Some(NormStep::GammaGradient(_)) => 1,
        Some(NormStep::BetaGradient(_)) => 2,
        _ => 0,
    };
    let of_each: [(PlateId, (&str, &str), &Grid<Entry>); 3] = [
        (PlateId::Input(0), ("Input", ""), &lab.input),
        (GAMMA, ("Scale γ", "γ"), lab.gamma.cells()),
        (BETA, ("Shift β", "β"), lab.beta.cells()),
    ];
    let exact: [(PlateId, (&str, &str), Numbers); 3] = [
        (OUTPUT, ("Input gradient", "dx"), &|batch| batch.gradients.input.clone()),
        (NEW_MEAN, ("Scale gradient", "dγ"), &|batch| row(&batch.gradients.gamma)),
        (NEW_VARIANCE, ("Shift gradient", "dβ"), &|batch| row(&batch.gradients.beta)),
    ];
    let differences: [(PlateId, (&str, &str), Numbers); 3] = [
        (INPUT_DIFFERENCE, ("Input gradient, finite differences", "dx, differences"), &|batch| {
            slopes(batch, batch.norm.input.shape(), NormStep::InputGradient)
        }),
        (GAMMA_DIFFERENCE, ("Scale gradient, finite differences", "dγ, differences"), &|batch| {
            slopes(batch, (1, batch.norm.features()), |_, feature| NormStep::GammaGradient(feature))
        }),
        (BETA_DIFFERENCE, ("Shift gradient, finite differences", "dβ, differences"), &|batch| {
            slopes(batch, (1, batch.norm.features()), |_, feature| NormStep::BetaGradient(feature))
        }),
    ];
    let mut sheets = Vec::new();
    for (line, (id, name, cells)) in of_each.into_iter().enumerate() {
        let filled = if line == 0 { Filled::Typed(cells.clone()) } else { Filled::Signed(cells.clone()) };
        let shown = !narrow || line == looked;
        let at = if narrow { 0 } else { line };
        sheets.push(shown.then(|| Sheet::new(id, name, (0, at), filled)));
        let at = if narrow { 1 } else { line };
        for (col, list) in [(1, &exact), (2, &differences)] {
            let Some((id, name, numbers)) = list.get(line) else { continue };
            let sheet = |batch| Sheet::new(*id, *name, (col, at), Filled::Made(numbers(batch)));
            sheets.push(batch.filter(|_| shown).map(sheet));
        }
    }
    let at = if narrow { (1, 0) } else { (3, 0) };
    sheets.push(Some(Sheet::new(UPSTREAM, ("Upstream gradient", "dy"), at, Filled::Signed(lab.upstream.cells().clone()))));
    sheets
}

fn slopes(batch: &Batch, (rows, cols): (usize, usize), step: impl Fn(usize, usize) -> NormStep) -> Matrix {
    Grid::from_fn(rows, cols, |i, j| Difference::of(batch, step(i, j)).map_or(f64::NAN, |found| found.slope()))
}
