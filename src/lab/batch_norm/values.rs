//! How each number is worked out, and the grids it stands among.

use super::{
    BETA, Batch, BatchNormLab, GAMMA, MEAN, NEW_MEAN, NEW_VARIANCE, NORMAL, NormView, Numbers, OUTPUT, RUNNING_MEAN,
    RUNNING_VARIANCE, UPSTREAM, VARIANCE, answer::answer, gradients, of, row, typed,
};
use crate::{
    lab::{
        operation::Answer,
        scene::PlateId,
        worked::{Cell, Filled, Line, Number, Part, Sheet, Step, Worked},
    },
    num::{Entry, Grid, Matrix, format},
    trace::NormStep,
};

const INPUT: PlateId = PlateId::Input(0);

/// The grids that are typed into: what is shown of them while nothing can be computed.
pub(super) fn typed_sheets(lab: &BatchNormLab, narrow: bool) -> Vec<Sheet> {
    sheets(lab, None, (None, narrow))
}

/// The grids of the lab's view, those that are computed where there is a `batch`; the step that is looked at says which
/// have room on a phone.
fn sheets(lab: &BatchNormLab, batch: Option<&Batch>, (step, narrow): (Option<NormStep>, bool)) -> Vec<Sheet> {
    let typed = |id, name, at, cells: &Grid<Entry>| Some(Sheet::new(id, name, at, Filled::Typed(cells.clone())));
    let signed = |id, name, at, cells: &Grid<Entry>| Some(Sheet::new(id, name, at, Filled::Signed(cells.clone())));
    let made =
        |id, name, at, numbers: Numbers| batch.map(|batch| Sheet::new(id, name, at, Filled::Made(numbers(batch))));
    let trains = lab.trains();
    let of_running = matches!(step, Some(NormStep::RunningMean(_) | NormStep::RunningVariance(_)));
    let input = || typed(INPUT, ("Input", ""), (0, 0), &lab.input);
    let gamma = |at| signed(GAMMA, ("Scale γ", "γ"), at, lab.gamma.cells());
    let beta = |at| signed(BETA, ("Shift β", "β"), at, lab.beta.cells());
    let running_mean = |at| typed(RUNNING_MEAN, ("Running mean", "Running μ"), at, lab.mean.cells());
    let running_variance = |at| typed(RUNNING_VARIANCE, ("Running variance", "Running σ²"), at, lab.variance.cells());
    let mean = |at| made(MEAN, ("Mean", "μ"), at, &|batch| row(&batch.all.moments.mean));
    let variance = |at| made(VARIANCE, ("Variance", "σ²"), at, &|batch| row(&batch.all.moments.variance));
    let normal = |col| made(NORMAL, ("Normalised", "x̂"), (col, 0), &|batch| batch.all.normal.clone());
    let upstream = |at| signed(UPSTREAM, ("Upstream gradient", "dy"), at, lab.upstream.cells());
    // On a phone a row is a line, and has room for two or three grids.
    let statistics = |at_mean, at_variance| {
        if trains {
            [mean(at_mean), variance(at_variance)]
        } else {
            [running_mean(at_mean), running_variance(at_variance)]
        }
    };
    let places = |desk: [(usize, usize); 2], phone: [(usize, usize); 2]| if narrow { phone } else { desk };
    let [first, second] = places([(0, 1), (0, 2)], [(0, 1), (1, 1)]);
    let [for_gamma, for_beta] = places([(1, 1), (1, 2)], [(0, 2), (1, 2)]);
    let mut sheets = vec![input()];
    match lab.view {
        NormView::Forward => {
            sheets.extend(statistics(first, second));
            sheets.push(normal(1));
            if !(narrow && of_running) {
                sheets.extend([gamma(for_gamma), beta(for_beta)]);
            }
            sheets.push(made(OUTPUT, ("Output", ""), (2, 0), &|batch| batch.all.output.clone()));
            if trains && (of_running || !narrow) {
                let [old_mean, old_variance] = places([(2, 1), (2, 2)], [(0, 2), (0, 3)]);
                let [new_mean, new_variance] = places([(3, 1), (3, 2)], [(1, 2), (1, 3)]);
                let after = |batch: &Batch| row(&batch.all.running.mean);
                sheets.extend([
                    running_mean(old_mean),
                    running_variance(old_variance),
                    made(NEW_MEAN, ("New running mean", "New μ"), new_mean, &after),
                    made(NEW_VARIANCE, ("New running variance", "New σ²"), new_variance, &|batch| {
                        row(&batch.all.running.variance)
                    }),
                ]);
            }
        }
        NormView::Backward => {
            let dx = made(OUTPUT, ("Input gradient", "dx"), (if narrow { 2 } else { 3 }, 0), &|batch| {
                batch.gradients.input.clone()
            });
            let dbeta = |at| made(NEW_VARIANCE, ("Shift gradient", "dβ"), at, &|batch| row(&batch.gradients.beta));
            let dgamma = |at| made(NEW_MEAN, ("Scale gradient", "dγ"), at, &|batch| row(&batch.gradients.gamma));
            // The mean is in x̂ already. On a phone there is room for what the step reads.
            let [_, spread] = statistics((0, 0), (0, 1));
            if !narrow {
                sheets.extend([spread, normal(1), gamma((1, 1)), upstream((2, 0)), dbeta((2, 1)), dgamma((3, 1)), dx]);
            } else if matches!(step, Some(NormStep::InputGradient(..))) {
                sheets = vec![normal(0), gamma((0, 1)), upstream((1, 0)), dbeta((1, 1)), dgamma((2, 1)), dx];
            } else {
                sheets.extend([normal(1), gamma((0, 1)), upstream((2, 0)), dbeta((1, 1)), dgamma((2, 1))]);
            }
        }
        NormView::Check => sheets = gradients::check_sheets(lab, batch, step, narrow),
    }
    sheets.into_iter().flatten().collect()
}

impl Batch {
    /// A number of the batch, as it was typed.
    pub(super) fn x(&self, example: usize, feature: usize) -> Number {
        typed(&self.lab.input, INPUT, (example, feature))
    }

    /// γ of a feature.
    pub(super) fn gamma(&self, feature: usize) -> Number {
        typed(self.lab.gamma.cells(), GAMMA, (0, feature))
    }

    /// A number that comes from above.
    pub(super) fn dy(&self, example: usize, feature: usize) -> Number {
        typed(self.lab.upstream.cells(), UPSTREAM, (example, feature))
    }

    /// x̂
    pub(super) fn normal(&self, example: usize, feature: usize) -> Number {
        let value = self.all.normal.get(example, feature).copied().unwrap_or(f64::NAN);
        Number::made(value, (NORMAL, (example, feature)))
    }

    /// The mean that is used.
    fn mean(&self, feature: usize) -> Number {
        let at = (0, feature);
        if self.lab.trains() {
            Number::made(of(&self.all.moments.mean, feature), (MEAN, at))
        } else {
            typed(self.lab.mean.cells(), RUNNING_MEAN, at)
        }
    }

    /// The variance that is used.
    pub(super) fn variance(&self, feature: usize) -> Number {
        let at = (0, feature);
        if self.lab.trains() {
            Number::made(of(&self.all.moments.variance, feature), (VARIANCE, at))
        } else {
            typed(self.lab.variance.cells(), RUNNING_VARIANCE, at)
        }
    }

    /// `√(σ² + ε)` of a feature.
    pub(super) fn deviation(&self, feature: usize) -> f64 {
        (self.variance(feature).value() + self.norm.epsilon).sqrt()
    }

    /// ε, as it was typed.
    pub(super) fn epsilon(&self) -> Number {
        Number::aside(self.lab.epsilon.clone())
    }

    fn step_of(&self, step: NormStep) -> Option<Step> {
        let (from, lines) = match step {
            NormStep::Mean(feature) => (INPUT, vec![self.mean_line(feature)]),
            NormStep::Variance(feature) => (INPUT, vec![self.variance_line(feature)]),
            NormStep::Normal(example, feature) => (INPUT, self.normal_lines(example, feature)),
            NormStep::Output(example, feature) => (NORMAL, vec![self.output_line(example, feature)]),
            NormStep::RunningMean(feature) => (RUNNING_MEAN, vec![self.running_mean_line(feature)]),
            NormStep::RunningVariance(feature) => (RUNNING_VARIANCE, self.running_variance_lines(feature)),
            _ => return gradients::step_of(self, step),
        };
        Some(Step { makes: vec![Self::place(step)], from, lines })
    }

    /// `(8 + 2 + 5) / 3 = 5`
    fn mean_line(&self, feature: usize) -> Line {
        let terms = (0..self.norm.examples()).map(|example| Part::of(&self.x(example, feature))).collect();
        let after = format!(") / {}", self.norm.examples());
        Line::sum(terms, of(&self.all.moments.mean, feature)).between("(", "+", after)
    }

    /// `((8 − 5)² + (2 − 5)²) / 2 = 9`
    fn variance_line(&self, feature: usize) -> Line {
        let mean = self.mean(feature);
        let square = |example| {
            let x = self.x(example, feature);
            let difference = x.value() - mean.value();
            let factors = format!("({} − {})²", x.text(), mean.text());
            Part::written(factors, difference * difference, &[&x, &mean]).with_product()
        };
        let terms = (0..self.norm.examples()).map(square).collect();
        let after = format!(") / {}", self.norm.examples());
        Line::sum(terms, of(&self.all.moments.variance, feature)).between("(", "+", after)
    }

    /// `√(4 + 0) = 2`, `(8 − 5) / 2 = 1.5`
    fn normal_lines(&self, example: usize, feature: usize) -> Vec<Line> {
        let deviation = self.deviation(feature);
        let root = Line::sum(vec![Part::of(&self.variance(feature)), Part::of(&self.epsilon())], deviation)
            .between("√(", "+", ")")
            .about("√(σ² + ε)")
            .as_part();
        let terms = vec![Part::of(&self.x(example, feature)), Part::of(&self.mean(feature))];
        let normal = Line::sum(terms, self.normal(example, feature).value())
            .between("(", "−", format!(") / {}", format::shown(deviation)))
            .rounded_if(format::is_rounded(deviation))
            .about("x̂");
        vec![root, normal]
    }

    /// `2 × 1.5 + 1 = 4`
    fn output_line(&self, example: usize, feature: usize) -> Line {
        let beta = typed(self.lab.beta.cells(), BETA, (0, feature));
        let scaled = Part::product(&self.gamma(feature), &self.normal(example, feature)).named("γ · x̂");
        let shift = Part::of(&beta).with_product().named("β");
        let value = self.all.output.get(example, feature).copied().unwrap_or(f64::NAN);
        Line::sum(vec![scaled, shift], value)
    }

    /// `0.9 × 0 + 0.1 × 5 = 0.5`
    fn blend(&self, old: &Number, new: &Number, value: f64) -> Line {
        let momentum = Number::aside(self.lab.momentum.clone());
        let rest = Number::aside(Entry::Number(1.0 - momentum.value()));
        Line::sum(vec![Part::product(&rest, old).named("old"), Part::product(&momentum, new).named("batch")], value)
    }

    fn running_mean_line(&self, feature: usize) -> Line {
        let old = typed(self.lab.mean.cells(), RUNNING_MEAN, (0, feature));
        self.blend(&old, &self.mean(feature), of(&self.all.running.mean, feature))
    }

    /// `4 × 5 / 4 = 5`, `0.9 × 1 + 0.1 × 5 = 1.4`
    fn running_variance_lines(&self, feature: usize) -> Vec<Line> {
        let (variance, examples) = (self.variance(feature), self.norm.examples() as f64);
        let unbiased = Number::aside(Entry::Number(variance.value() * examples / (examples - 1.0)));
        let after = [" × ", &format::shown(examples), " / ", &format::shown(examples - 1.0)].concat();
        let first = Line::sum(vec![Part::of(&variance)], unbiased.value())
            .between("", "+", after)
            .about("unbiased σ²")
            .as_part();
        let old = typed(self.lab.variance.cells(), RUNNING_VARIANCE, (0, feature));
        let blend = self.blend(&old, &unbiased, of(&self.all.running.variance, feature));
        vec![first, blend.about("new σ²")]
    }
}

impl Worked for Batch {
    fn steps(&self) -> usize {
        let of_a_feature = match self.lab.view {
            NormView::Forward => self.norm.steps_of_a_feature(),
            _ => self.norm.examples() + 2,
        };
        of_a_feature * self.norm.features()
    }

    fn steps_in_row(&self) -> usize {
        self.steps() / self.norm.features().max(1)
    }

    fn makes(&self, step: usize) -> Vec<Cell> {
        let place = self.at(step).map(Self::place);
        match self.lab.view {
            NormView::Check => place.map(gradients::checked).into_iter().flatten().collect(),
            _ => place.into_iter().collect(),
        }
    }

    fn work(&self, step: usize) -> Option<Step> {
        let step = self.at(step)?;
        if self.lab.view == NormView::Check { gradients::check(self, step) } else { self.step_of(step) }
    }

    fn sheets(&self, step: usize, narrow: bool) -> Vec<Sheet> {
        sheets(&self.lab, Some(self), (self.at(step), narrow))
    }

    fn signs(&self) -> Vec<&'static str> {
        match self.lab.view {
            NormView::Forward => vec!["→", "→", ""],
            NormView::Backward => vec!["", "", "→"],
            NormView::Check => vec!["", "≈", ""],
        }
    }

    fn asked(&self, step: usize) -> Option<Answer> {
        answer(self, self.at(step)?)
    }

    fn outputs(&self) -> &[Matrix] {
        &self.output
    }
}
