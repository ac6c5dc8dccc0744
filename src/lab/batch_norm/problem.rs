//! What stands in the way of a batch normalisation, and what would repair it.

use super::{
    BETA, Batch, BatchNormLab, GAMMA, NormMode, NormView, RUNNING_MEAN, RUNNING_VARIANCE, UPSTREAM, row, settings,
};
use crate::{
    lab::{
        OperationLab,
        control::{ControlId, Value},
        fitted::Beside,
        operation::{Action, Problem, Repair},
        problem::{AskedGrid, unreadable, unreadable_text},
        scene::PlateId,
        setting::Choice,
    },
    num::{Entry, format},
    trace::{BatchNorm, Moments, Normalised},
};

/// What `PyTorch` begins with.
const USUAL_EPSILON: &str = "0.00001";

impl BatchNormLab {
    /// γ, β, the running means and variances, and the upstream gradient.
    fn beside(&self) -> [Beside<'_>; 5] {
        let (forward, backward) = (self.view == NormView::Forward, self.view == NormView::Backward);
        let running = forward || !self.trains();
        let needed = |plate, control, name, fitted| Beside { plate, control, name, fitted, instead: None };
        let unless = |needed: bool, value: f64, beside| Beside { instead: (!needed).then_some(value), ..beside };
        let mean = needed(RUNNING_MEAN, settings::RUNNING_MEAN, "Running mean", &self.mean);
        let variance = needed(RUNNING_VARIANCE, settings::RUNNING_VARIANCE, "Running variance", &self.variance);
        let upstream = needed(UPSTREAM, ControlId::UPSTREAM, "Upstream gradient", &self.upstream);
        [
            needed(GAMMA, settings::GAMMA, "γ", &self.gamma),
            unless(!backward, 0.0, needed(BETA, settings::BETA, "β", &self.beta)),
            unless(running, 0.0, mean),
            unless(running, 1.0, variance),
            unless(!forward, 0.0, upstream),
        ]
    }

    /// All numbers, or what stands in the way.
    ///
    /// # Errors
    /// The first [`Problem`], with its repair.
    pub(super) fn batch(&self) -> Result<Batch, Problem> {
        let beside = self.beside();
        let needed = || beside.iter().filter(|grid| grid.is_needed());
        let input = AskedGrid {
            plate: PlateId::Input(0),
            control: ControlId::INPUT,
            name: "Input".to_owned(),
            cells: &self.input,
        };
        let size = self.input.shape();
        let forward = self.view == NormView::Forward;
        let problem = unreadable(std::iter::once(input).chain(needed().map(Beside::asked)))
            .or_else(|| needed().find_map(|grid| grid.misfit(size)))
            .or_else(|| unreadable_text(settings::EPSILON, "ε", &self.epsilon, USUAL_EPSILON))
            .or_else(|| self.negative_epsilon())
            .or_else(|| if forward && self.trains() { self.momentum() } else { None })
            .or_else(|| self.one_example())
            .or_else(|| self.negative_variance());
        if let Some(problem) = problem {
            return Err(problem);
        }
        let Some(batch) = self.input.try_map(Entry::value) else { return Err(start_over()) };
        let [gamma, beta, mean, variance, upstream] = beside.map(|grid| grid.matrix(size));
        let norm = BatchNorm {
            input: batch,
            gamma: gamma.row(0).to_vec(),
            beta: beta.row(0).to_vec(),
            running: Moments { mean: mean.row(0).to_vec(), variance: variance.row(0).to_vec() },
            epsilon: self.epsilon.value().unwrap_or_default(),
            momentum: self.momentum.value().unwrap_or_default(),
            training: self.trains(),
        };
        let computed = norm.forward().and_then(|all| norm.gradients(&upstream).map(|gradients| (all, gradients)));
        let Ok((all, gradients)) = computed else { return Err(start_over()) };
        if let Some(problem) = Self::no_spread(&norm, &all) {
            return Err(problem);
        }
        let output = match (self.view, self.mode) {
            (NormView::Forward, NormMode::Training) => {
                vec![all.output.clone(), row(&all.running.mean), row(&all.running.variance)]
            }
            (NormView::Forward, NormMode::Evaluation) => vec![all.output.clone()],
            _ => vec![gradients.input.clone(), row(&gradients.gamma), row(&gradients.beta)],
        };
        Ok(Batch { lab: self.clone(), norm, all, gradients, upstream, output })
    }

    fn negative_epsilon(&self) -> Option<Problem> {
        let epsilon = self.epsilon.value().filter(|epsilon| *epsilon < 0.0)?;
        let sentence =
            format!("ε = {} could make σ² + ε negative, which has no root: ε is at least 0.", format::shown(epsilon));
        Some(Problem {
            control: settings::EPSILON,
            sentence,
            repairs: vec![use_epsilon(USUAL_EPSILON), use_epsilon("0")],
        })
    }

    fn momentum(&self) -> Option<Problem> {
        if let Some(problem) = unreadable_text(settings::MOMENTUM, "momentum", &self.momentum, "0.1") {
            return Some(problem);
        }
        let momentum = self.momentum.value().filter(|momentum| !(0.0..=1.0).contains(momentum))?;
        let sentence = format!(
            "A momentum of {} is no share: the running statistics take between 0 and 1 of the new batch.",
            format::shown(momentum)
        );
        let set = Action::Set(settings::MOMENTUM, Value::Text("0.1".to_owned()));
        Some(Problem { control: settings::MOMENTUM, sentence, repairs: vec![Repair::new("Use 0.1", set)] })
    }

    /// One example has no spread.
    fn one_example(&self) -> Option<Problem> {
        let (examples, features) = self.input.shape();
        if !self.trains() || examples > 1 {
            return None;
        }
        let sentence = format!(
            "One example has no spread: its mean is itself, its variance 0, and every output would be β. PyTorch stops: \
             “Expected more than 1 value per channel when training, got input size torch.Size([1, {features}])”."
        );
        let evaluate = Action::Set(ControlId::MODE, Value::Choice(NormMode::Evaluation.place()));
        let two = Action::Resize { plate: PlateId::Input(0), rows: 2, cols: features };
        let repairs = vec![Repair::new("Use evaluation", evaluate), Repair::new("Use 2 examples", two)];
        Some(Problem { control: ControlId::INPUT_SIZE, sentence, repairs })
    }

    /// A running variance below 0, where it is asked for.
    fn negative_variance(&self) -> Option<Problem> {
        let grid = self.beside().into_iter().find(|grid| grid.plate == RUNNING_VARIANCE && grid.is_needed())?;
        let cells = grid.fitted.cells();
        let negative = |entry: &Entry| entry.value().is_some_and(|value| value < 0.0);
        let col = cells.cells().iter().position(negative)?;
        let value = cells.get(0, col).map(Entry::shown).unwrap_or_default();
        let sentence = format!("Running variance column {col} is {value}: a mean of squares is never negative.");
        let set = Action::SetCell { plate: RUNNING_VARIANCE, row: 0, col, text: "1".to_owned() };
        Some(Problem { control: settings::RUNNING_VARIANCE, sentence, repairs: vec![Repair::new("Use 1", set)] })
    }

    /// A feature without spread, where ε does not stand in.
    fn no_spread(norm: &BatchNorm, all: &Normalised) -> Option<Problem> {
        if norm.epsilon > 0.0 {
            return None;
        }
        // The computed variance of equal numbers may be what rounding leaves.
        let is_equal = |values: &[f64]| values.windows(2).all(|pair| pair.first() == pair.last());
        let is_flat = |feature: &usize| {
            let variance = all.moments.variance.get(*feature).copied().unwrap_or_default();
            variance < f64::MIN_POSITIVE || (norm.training && is_equal(&norm.feature(*feature)))
        };
        let feature = (0..norm.features()).find(is_flat)?;
        let values = norm.feature(feature);
        let what = match values.first() {
            _ if !norm.training => format!("The running variance of column {feature} is 0"),
            Some(value) if is_equal(&values) => {
                let value = format::shown(*value);
                format!("All {} numbers of column {feature} are {value}: their variance is 0", values.len())
            }
            _ => format!("The numbers of column {feature} are so near each other that their variance is 0"),
        };
        let sentence = format!("{what}, and with ε = 0 the division is by 0. ε is there for this.");
        let repairs = vec![use_epsilon(USUAL_EPSILON), use_epsilon("1")];
        Some(Problem { control: settings::EPSILON, sentence, repairs })
    }
}

fn use_epsilon(text: &str) -> Repair {
    Repair::new(format!("Use ε = {text}"), Action::Set(settings::EPSILON, Value::Text(text.to_owned())))
}

/// The way out where no other is known: the default.
fn start_over() -> Problem {
    Problem {
        control: ControlId::INPUT,
        sentence: "These settings can't be computed.".into(),
        repairs: vec![Repair::new("Start over", Action::Open(Box::new(OperationLab::of(BatchNormLab::default()))))],
    }
}
