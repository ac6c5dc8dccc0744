//! The settings of a run: texts as they were typed, and what is wrong with them.

use thiserror::Error;

use super::{
    field::{Field, Range},
    model::{FIRST_LAYERS, MAX_LAYERS_TEXT, Model},
    recipe::Recipe,
};
use crate::{
    data::Augment,
    num::{Entry, decimal, format, within},
    train::{OptimizerKind, RunSpec, Schedule},
};

/// Why a setting's text makes no run.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SettingError {
    /// No number at all.
    #[error("“{text}” is not a number.")]
    Unreadable {
        /// The setting.
        field: Field,
        /// What was typed.
        text: String,
    },
    /// A count with decimals.
    #[error("The {} is a whole number; {} is none.", field.name(), format::shown(*value))]
    NotWhole {
        /// The setting.
        field: Field,
        /// What was typed.
        value: f64,
    },
    /// A rate that never changes a weight.
    #[error("The learning rate is above 0; with {} the weights never come nearer to an answer.", format::shown(*value))]
    NoStep {
        /// What was typed.
        value: f64,
    },
    /// Below the smallest.
    #[error("The {} is at least {}; {} is too small.", field.name(), plain(*least), plain(*value))]
    TooSmall {
        /// The setting.
        field: Field,
        /// What was typed.
        value: f64,
        /// The smallest.
        least: f64,
    },
    /// Above the largest.
    #[error("The {} is at most {}; {} is too large.", field.name(), plain(*most), plain(*value))]
    TooLarge {
        /// The setting.
        field: Field,
        /// What was typed.
        value: f64,
        /// The largest.
        most: f64,
    },
    /// Nesterov's rule without what it is about.
    #[error("Nesterov's rule looks ahead along the momentum; with 0 there is none. Plain SGD does without.")]
    NesterovWithoutMomentum,
}

impl SettingError {
    /// The text that makes it right.
    pub fn repair(&self, optimizer: OptimizerKind) -> String {
        match self {
            Self::Unreadable { field, .. } => field.default_text(optimizer),
            Self::NoStep { .. } => Field::LearningRate.default_text(optimizer),
            Self::NesterovWithoutMomentum => Field::Momentum.default_text(optimizer),
            Self::NotWhole { field, value } => {
                let Range { low, high, .. } = field.range();
                format::ascii(within(value.round(), low, high))
            }
            Self::TooSmall { least: limit, .. } | Self::TooLarge { most: limit, .. } => format::ascii(*limit),
        }
    }
}

/// What is chosen from lists, and every other setting as typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    model: Model,
    /// Of a network of one's own, as typed.
    layers: String,
    optimizer: OptimizerKind,
    schedule: Schedule,
    augment: Augment,
    workers: Option<u8>,
    texts: [String; Field::ALL.len()],
}

impl Default for Settings {
    fn default() -> Self {
        let RunSpec { model, optimizer, schedule, augment, .. } = RunSpec::default();
        let texts = Field::ALL.map(|field| field.default_text(optimizer));
        Self {
            model: model.into(),
            layers: FIRST_LAYERS.to_owned(),
            optimizer,
            schedule,
            augment,
            workers: None,
            texts,
        }
    }
}

impl Settings {
    /// Sets all but the seed as a recipe has it.
    pub fn use_recipe(&mut self, recipe: &Recipe) {
        let RunSpec { model, optimizer, schedule, augment, .. } = recipe.spec;
        (self.model, self.optimizer, self.schedule, self.augment) = (model.into(), optimizer, schedule, augment);
        for field in Field::ALL.into_iter().filter(|field| *field != Field::Seed) {
            self.set(field, recipe.text(field));
        }
    }

    /// The recipe that these settings are, whatever the seed.
    pub fn recipe(&self) -> Option<&'static Recipe> {
        let spec = self.spec()?;
        Recipe::of(&spec.with_model(spec.model.kind()?))
    }

    /// The network.
    pub fn model(&self) -> Model {
        self.model
    }

    /// Chooses the network.
    pub fn set_model(&mut self, model: Model) {
        self.model = model;
    }

    /// What the page is called.
    pub fn title(&self) -> &'static str {
        if self.model == Model::Own { "Train own layers" } else { "Train LeNet" }
    }

    /// The layers of a network of one's own, as typed.
    pub fn layers(&self) -> &str {
        &self.layers
    }

    /// Types the layers of a network of one's own. A text longer than any network is cut.
    pub fn set_layers(&mut self, text: impl Into<String>) {
        self.layers = text.into();
        if let Some((end, _)) = self.layers.char_indices().nth(MAX_LAYERS_TEXT) {
            self.layers.truncate(end);
        }
    }

    /// How training images are varied.
    pub fn augment(&self) -> Augment {
        self.augment
    }

    /// Chooses how training images are varied.
    pub fn set_augment(&mut self, augment: Augment) {
        self.augment = augment;
    }

    /// How many workers share the training; `None` for as many as the machine has use for. It changes no result, so it
    /// is no part of a run.
    pub fn workers(&self) -> Option<u8> {
        self.workers
    }

    /// Chooses how many workers share the training.
    pub fn set_workers(&mut self, workers: Option<u8>) {
        self.workers = workers;
    }

    /// The optimizer.
    pub fn optimizer(&self) -> OptimizerKind {
        self.optimizer
    }

    /// Chooses an optimizer. A rate or decay left at the old one's default takes the new one's, since 0.05 suits SGD
    /// and drives Adam apart.
    pub fn set_optimizer(&mut self, optimizer: OptimizerKind) {
        for field in [Field::LearningRate, Field::WeightDecay] {
            if self.is_default(field) {
                self.set(field, field.default_text(optimizer));
            }
        }
        self.optimizer = optimizer;
    }

    /// How the learning rate goes on.
    pub fn schedule(&self) -> Schedule {
        self.schedule
    }

    /// Chooses how the learning rate goes on.
    pub fn set_schedule(&mut self, schedule: Schedule) {
        self.schedule = schedule;
    }

    /// A setting as typed.
    pub fn text(&self, field: Field) -> &str {
        self.texts.get(field as usize).map_or("", String::as_str)
    }

    /// Types a setting. A text longer than any number is cut.
    pub fn set(&mut self, field: Field, text: impl Into<String>) {
        if let Some(slot) = self.texts.get_mut(field as usize) {
            *slot = text.into();
            if let Some((end, _)) = slot.char_indices().nth(crate::num::MAX_TEXT) {
                slot.truncate(end);
            }
        }
    }

    /// Whether a setting has the value it has by default.
    pub fn is_default(&self, field: Field) -> bool {
        let value = |text: &str| Entry::parse(text).value();
        value(self.text(field)).is_some() && value(self.text(field)) == value(&field.default_text(self.optimizer))
    }

    /// What is wrong with a setting, if anything. One that the optimizer does not use is never wrong.
    pub fn error(&self, field: Field) -> Option<SettingError> {
        if !field.used_by(self.optimizer) {
            return None;
        }
        match self.value(field) {
            Err(error) => Some(error),
            Ok(momentum)
                if field == Field::Momentum && momentum <= 0.0 && self.optimizer == OptimizerKind::Nesterov =>
            {
                Some(SettingError::NesterovWithoutMomentum)
            }
            Ok(_) => None,
        }
    }

    /// The run that these settings make, if none is wrong. What layers are typed is not looked at.
    pub fn spec(&self) -> Option<RunSpec<Model>> {
        if Field::ALL.iter().any(|field| self.error(*field).is_some()) {
            return None;
        }
        let value = |field: Field| self.value(field).unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, reason = "rates are rounded to f32, what training computes in")]
        let rate = |field: Field| value(field) as f32;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and in range: checked above"
        )]
        let count = |field: Field| value(field) as u32;
        Some(RunSpec {
            test_images: RunSpec::DEFAULT.test_images,
            warm_up: RunSpec::DEFAULT.warm_up,
            clip: RunSpec::DEFAULT.clip,
            model: self.model,
            optimizer: self.optimizer,
            learning_rate: rate(Field::LearningRate),
            schedule: self.schedule,
            label_smoothing: rate(Field::Smoothing),
            augment: self.augment,
            momentum: if Field::Momentum.used_by(self.optimizer) { rate(Field::Momentum) } else { 0.0 },
            weight_decay: rate(Field::WeightDecay),
            batch: count(Field::Batch),
            epochs: count(Field::Epochs),
            seed: count(Field::Seed),
            train_images: count(Field::TrainImages),
        })
    }

    /// A setting's neighbour for the buttons beside it: rates go through 1, 2, 5, batches through powers of two.
    /// `None` at the end of the range, and where the text is no number.
    pub fn neighbour(&self, field: Field, up: bool) -> Option<String> {
        let value = Entry::parse(self.text(field)).value()?;
        let Range { low, high, .. } = field.range();
        let next = match field {
            Field::LearningRate | Field::WeightDecay => return neighbour_rate(value, up, low, high),
            Field::Momentum => return neighbour(&[0.0, 0.5, 0.9, 0.95, 0.99], value, up),
            Field::Smoothing => return neighbour(&[0.0, 0.02, 0.05, 0.1, 0.2, 0.5], value, up),
            Field::Batch if up => 2.0_f64.powf(value.max(1.0).log2().floor() + 1.0),
            Field::Batch => 2.0_f64.powf(value.max(1.0).log2().ceil() - 1.0),
            Field::TrainImages => return neighbour_rate(value, up, 10.0, high),
            Field::Epochs | Field::Seed if up => value.floor() + 1.0,
            Field::Epochs | Field::Seed => value.ceil() - 1.0,
        };
        (next >= low && next <= high).then(|| format::ascii(next))
    }

    fn value(&self, field: Field) -> Result<f64, SettingError> {
        let text = self.text(field);
        let Range { low, high, whole } = field.range();
        let read = match field {
            // A seed may be larger than what a cell of a lab takes.
            Field::Seed => decimal::parse(text.trim()).filter(|seed| seed.is_finite()),
            _ => Entry::parse(text).value(),
        };
        let value = read.ok_or_else(|| SettingError::Unreadable { field, text: text.trim().to_owned() })?;
        if whole && value.fract() != 0.0 {
            return Err(SettingError::NotWhole { field, value });
        }
        if field == Field::LearningRate && value <= 0.0 {
            return Err(SettingError::NoStep { value });
        }
        if value < low {
            return Err(SettingError::TooSmall { field, value, least: low });
        }
        if value > high {
            return Err(SettingError::TooLarge { field, value, most: high });
        }
        Ok(value)
    }
}

/// The next of .., 0.01, 0.02, 0.05, 0.1, ..
fn neighbour_rate(value: f64, up: bool, low: f64, high: f64) -> Option<String> {
    if value <= 0.0 {
        return up.then(|| "0.0001".to_owned());
    }
    // Through text, so that the numbers are the literals a person would type.
    let steps = (-13_i32..=9).flat_map(|exponent| [1, 2, 5].map(|digit| format!("{digit}e{exponent}")));
    let mut steps = steps.filter_map(|text| decimal::parse(&text)).filter(|step| (low..=high).contains(step));
    let next = if up {
        steps.find(|step| *step > value * 1.000_001).or((value < high).then_some(high))
    } else {
        steps.rfind(|step| *step < value * 0.999_999)
    };
    next.map(format::ascii)
}

/// The next of `steps`, which rise.
fn neighbour(steps: &[f64], value: f64, up: bool) -> Option<String> {
    let mut steps = steps.iter().copied();
    let next = if up { steps.find(|step| *step > value) } else { steps.rfind(|step| *step < value) };
    next.map(format::ascii)
}

/// Counts with their digits grouped, rates as they are.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, positive and below 2⁵³")]
fn plain(value: f64) -> String {
    if value >= 1000.0 && value.fract() == 0.0 && value < 9e15 {
        format::count(value as u64)
    } else {
        format::shown(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(field: Field, text: &str) -> Settings {
        let mut settings = Settings::default();
        settings.set(field, text);
        settings
    }

    #[track_caller]
    fn check(field: Field, text: &str, sentence: &str, repair: &str) {
        let mut settings = typed(field, text);
        let error = settings.error(field).expect("this text makes no run");
        assert_eq!(error.to_string(), sentence);
        assert!(settings.spec().is_none());
        assert_eq!(error.repair(settings.optimizer()), repair);
        settings.set(field, repair);
        assert!(settings.spec().is_some(), "the repair repairs");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_numbers_and_repaired() {
        check(Field::LearningRate, "fast", "“fast” is not a number.", "0.05");
        check(
            Field::LearningRate,
            "0",
            "The learning rate is above 0; with 0 the weights never come nearer to an answer.",
            "0.05",
        );
        check(
            Field::LearningRate,
            "-0.1",
            "The learning rate is above 0; with −0.1 the weights never come nearer to an answer.",
            "0.05",
        );
        check(Field::Momentum, "1", "The momentum is at most 0.999; 1 is too large.", "0.999");
        check(Field::WeightDecay, "-1", "The weight decay is at least 0; −1 is too small.", "0");
        check(Field::Smoothing, "0.9", "The label smoothing is at most 0.5; 0.9 is too large.", "0.5");
        check(Field::Smoothing, "-0.1", "The label smoothing is at least 0; −0.1 is too small.", "0");
        check(Field::Smoothing, "5 %", "“5 %” is not a number.", "0");
        check(Field::Batch, "0", "The batch size is at least 1; 0 is too small.", "1");
        check(Field::Batch, "5000", "The batch size is at most 1,024; 5,000 is too large.", "1024");
        check(Field::Batch, "2.6", "The batch size is a whole number; 2.6 is none.", "3");
        check(Field::Epochs, "", "“” is not a number.", "3");
        check(Field::Epochs, "101", "The number of epochs is at most 100; 101 is too large.", "100");
        check(Field::Seed, "-1", "The seed is at least 0; −1 is too small.", "0");
        check(
            Field::TrainImages,
            "70000",
            "The number of training images is at most 60,000; 70,000 is too large.",
            "60000",
        );
    }

    #[test]
    fn nesterov_needs_a_momentum() {
        let mut settings = typed(Field::Momentum, "0");
        assert!(settings.spec().is_some(), "plain SGD");
        settings.set_optimizer(OptimizerKind::Nesterov);
        let error = settings.error(Field::Momentum).expect("there is nothing to look ahead along");
        settings.set(Field::Momentum, error.repair(settings.optimizer()));
        assert_eq!(settings.spec().map(|spec| spec.momentum), Some(0.9));
    }

    #[test]
    fn what_the_page_takes_the_trainer_takes() {
        let ends = [("1e-12", "0"), ("1e9", "0.999")];
        for optimizer in [OptimizerKind::Sgd, OptimizerKind::Adam, OptimizerKind::AdamW] {
            for (rate, momentum) in ends {
                let mut settings = Settings::default();
                settings.set_optimizer(optimizer);
                for (field, text) in [
                    (Field::LearningRate, rate),
                    (Field::Momentum, momentum),
                    (Field::WeightDecay, "1"),
                    (Field::Smoothing, "0.5"),
                    (Field::Batch, "1024"),
                    (Field::Epochs, "100"),
                    (Field::TrainImages, "1"),
                ] {
                    settings.set(field, text);
                }
                let spec = settings.spec().expect("all in range");
                assert_eq!(spec.check(60_000), Ok(()));
            }
        }
    }

    #[test]
    fn the_defaults_are_the_default_run() {
        assert_eq!(Settings::default().spec(), Some(RunSpec::default().with_model(Model::LeNet)));
        assert!(Field::ALL.iter().all(|field| Settings::default().is_default(*field)));
    }

    #[test]
    fn texts_stay_as_typed() {
        for text in ["1.", "1/20", " 0.05 ", "abc", "5e-2"] {
            assert_eq!(typed(Field::LearningRate, text).text(Field::LearningRate), text);
        }
        let spec = typed(Field::LearningRate, "1/20").spec();
        assert_eq!(spec.map(|spec| spec.learning_rate), Some(0.05));
        assert_eq!(typed(Field::Seed, "4294967295").spec().map(|spec| spec.seed), Some(u32::MAX));
        assert!(typed(Field::Seed, &"9".repeat(1000)).text(Field::Seed).len() <= 24);
    }

    #[test]
    fn another_optimizer_brings_its_own_rate_unless_one_was_typed() {
        let mut settings = Settings::default();
        settings.set_optimizer(OptimizerKind::Adam);
        assert_eq!(settings.text(Field::LearningRate), "0.001");
        settings.set(Field::LearningRate, "0.003");
        settings.set_optimizer(OptimizerKind::Sgd);
        assert_eq!(settings.text(Field::LearningRate), "0.003");
        settings.set(Field::Momentum, "nonsense");
        assert!(settings.spec().is_none());
        settings.set_optimizer(OptimizerKind::AdamW);
        assert!(settings.spec().is_some(), "Adam has no momentum that could be wrong");
    }

    #[test]
    fn the_buttons_go_through_round_numbers() {
        let through = |field: Field, from: &str, up: bool| {
            let mut settings = typed(field, from);
            let mut seen = Vec::new();
            while let Some(next) = settings.neighbour(field, up).filter(|_| seen.len() < 4) {
                settings.set(field, next.clone());
                seen.push(next);
            }
            seen.join(" ")
        };
        assert_eq!(through(Field::LearningRate, "0.05", true), "0.1 0.2 0.5 1");
        assert_eq!(through(Field::LearningRate, "0.05", false), "0.02 0.01 0.005 0.002");
        assert_eq!(through(Field::LearningRate, "0.03", false), "0.02 0.01 0.005 0.002");
        assert_eq!(through(Field::WeightDecay, "0", true), "0.0001 0.0002 0.0005 0.001");
        assert_eq!(through(Field::Momentum, "0.9", true), "0.95 0.99");
        assert_eq!(through(Field::Smoothing, "0", true), "0.02 0.05 0.1 0.2");
        assert_eq!(through(Field::Smoothing, "0.3", false), "0.2 0.1 0.05 0.02");
        assert_eq!(through(Field::Batch, "64", true), "128 256 512 1024");
        assert_eq!(through(Field::Batch, "50", false), "32 16 8 4");
        assert_eq!(through(Field::Batch, "1", false), "");
        assert_eq!(through(Field::Epochs, "98", true), "99 100");
        assert_eq!(through(Field::Seed, "1", false), "0");
        assert_eq!(through(Field::TrainImages, "20000", true), "50000 60000");
        assert_eq!(through(Field::TrainImages, "50", false), "20 10");
        assert_eq!(through(Field::Epochs, "?", true), "");
    }
}
