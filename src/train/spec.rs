//! What a run is, as data: the same spec and the same images give the same curve, bit for bit.

use serde::{Deserialize, Serialize};

/// Which rule turns gradients into updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OptimizerKind {
    /// Stochastic gradient descent, with `momentum` (0 for none).
    Sgd,
    /// SGD with Nesterov's momentum.
    Nesterov,
    /// Adam, β₁ 0.9, β₂ 0.999, ε 1e-8.
    Adam,
    /// Adam with decoupled weight decay.
    AdamW,
}

/// A training run of LeNet on MNIST.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RunSpec {
    /// The update rule.
    pub optimizer: OptimizerKind,
    /// Step size at the start; the user can change it while the run goes on.
    pub learning_rate: f32,
    /// Share of the last update that is kept, in 0..1; SGD and Nesterov only.
    pub momentum: f32,
    /// L2 penalty (SGD, Nesterov, Adam) or decay (AdamW), per step times the rate.
    pub weight_decay: f32,
    /// Images in a step.
    pub batch: u32,
    /// Passes over the training images.
    pub epochs: u32,
    /// Seed of the weights and of each epoch's order.
    pub seed: u32,
    /// How many of the 60,000 training images are used, from the first.
    pub train_images: u32,
}

impl Default for RunSpec {
    fn default() -> Self {
        Self {
            optimizer: OptimizerKind::Sgd,
            learning_rate: 0.05,
            momentum: 0.9,
            weight_decay: 0.0,
            batch: 64,
            epochs: 3,
            seed: 1,
            train_images: 60_000,
        }
    }
}
