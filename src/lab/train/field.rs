//! One setting by its name: what it is called, what it takes, what it is by default.

use crate::{
    data::TRAIN_IMAGES,
    num::format,
    train::{MAX_BATCH, MAX_EPOCHS, MAX_SMOOTHING, OptimizerKind, RunSpec},
};

/// One setting that is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Step size.
    LearningRate,
    /// Share of the last update that is kept.
    Momentum,
    /// Pull of the weights towards 0.
    WeightDecay,
    /// Share of the target that is spread over all digits.
    Smoothing,
    /// Images in a step.
    Batch,
    /// Passes over the training images.
    Epochs,
    /// Seed of weights and order.
    Seed,
    /// How many training images are used.
    TrainImages,
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    /// The least.
    pub(super) low: f64,
    /// The most.
    pub(super) high: f64,
    /// Counts are whole.
    pub(super) whole: bool,
}

impl Field {
    /// All of them, as on screen.
    pub const ALL: [Self; 8] = [
        Self::LearningRate,
        Self::Momentum,
        Self::WeightDecay,
        Self::Smoothing,
        Self::Batch,
        Self::Epochs,
        Self::Seed,
        Self::TrainImages,
    ];

    /// The name beside the control.
    pub fn label(self) -> &'static str {
        match self {
            Self::LearningRate => "Learning rate",
            Self::Momentum => "Momentum",
            Self::WeightDecay => "Weight decay",
            Self::Smoothing => "Label smoothing",
            Self::Batch => "Batch size",
            Self::Epochs => "Epochs",
            Self::Seed => "Seed",
            Self::TrainImages => "Training images",
        }
    }

    /// The name in a sentence.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::LearningRate => "learning rate",
            Self::Momentum => "momentum",
            Self::WeightDecay => "weight decay",
            Self::Smoothing => "label smoothing",
            Self::Batch => "batch size",
            Self::Epochs => "number of epochs",
            Self::Seed => "seed",
            Self::TrainImages => "number of training images",
        }
    }

    /// What it takes.
    pub(super) fn range(self) -> Range {
        let (low, high, whole) = match self {
            // The smallest positive rate that an f32 still tells from 0 by a margin.
            Self::LearningRate => (1e-12, 1e9, false),
            Self::Momentum => (0.0, 0.999, false),
            Self::WeightDecay => (0.0, 1.0, false),
            Self::Smoothing => (0.0, f64::from(MAX_SMOOTHING), false),
            Self::Batch => (1.0, f64::from(MAX_BATCH), true),
            Self::Epochs => (1.0, f64::from(MAX_EPOCHS), true),
            Self::Seed => (0.0, f64::from(u32::MAX), true),
            Self::TrainImages => (1.0, TRAIN_IMAGES as f64, true),
        };
        Range { low, high, whole }
    }

    /// Whether `optimizer` uses it: Adam has its own two momenta.
    pub fn used_by(self, optimizer: OptimizerKind) -> bool {
        self != Self::Momentum || matches!(optimizer, OptimizerKind::Sgd | OptimizerKind::Nesterov)
    }

    /// The value it has by default, which for the rate and the decay depends on the optimizer.
    pub fn default_text(self, optimizer: OptimizerKind) -> String {
        let mut spec = RunSpec::default();
        if matches!(optimizer, OptimizerKind::Adam | OptimizerKind::AdamW) {
            spec.learning_rate = 0.001;
        }
        if optimizer == OptimizerKind::AdamW {
            spec.weight_decay = 0.01;
        }
        self.text_of(&spec)
    }

    /// The value it has in a run, as it would be typed.
    pub(super) fn text_of(self, spec: &RunSpec) -> String {
        match self {
            Self::LearningRate => format::single(spec.learning_rate),
            Self::Momentum => format::single(spec.momentum),
            Self::WeightDecay => format::single(spec.weight_decay),
            Self::Smoothing => format::single(spec.label_smoothing),
            Self::Batch => spec.batch.to_string(),
            Self::Epochs => spec.epochs.to_string(),
            Self::Seed => spec.seed.to_string(),
            Self::TrainImages => spec.train_images.to_string(),
        }
    }
}
