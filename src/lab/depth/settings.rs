//! What is trained: the settings of the page, and the networks that follow from them.

use crate::{
    data::{CLASSES, DatasetKind, SIDE},
    model::{BYTES_PER_NUMBER, Function, GraphSpec, TILE},
    nn::init::Init,
    num::within,
    train::{OptimizerKind, RunSpec, Schedule},
};

/// The fewest and the most convolutions of a net.
pub const DEPTHS: (u32, u32) = (2, 60);
/// The most depths that are compared.
pub const MOST_DEPTHS: usize = 4;
/// The depths that have a button.
pub const USUAL_DEPTHS: [u32; 3] = [8, 18, 30];
/// The most training images: Fashion-MNIST has as many here.
pub const MOST_IMAGES: u32 = 10_000;
/// The most epochs.
pub const MOST_EPOCHS: u32 = 10;
/// Images in a step.
pub const BATCH: u32 = 64;
/// Channels of every feature map.
pub(super) const CHANNELS: usize = 16;
/// Window of the pooling after the first convolution.
const POOL: usize = 4;
/// Multiply-adds of the linear layer.
const OUT: u64 = (CHANNELS * CLASSES) as u64;
/// Multiply-adds of a training step, of those of its forward pass.
const STEP: f64 = 3.0;
/// Multiply-adds that a worker does in a second of training, until it is measured.
const ASSUMED: f64 = 3.0e9;

/// How the input of a pair of convolutions comes past them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Skip {
    /// Not at all.
    Plain,
    /// It is added after the second.
    Residual,
}

impl Skip {
    /// Both, in the order of the page.
    pub const ALL: [Self; 2] = [Self::Plain, Self::Residual];

    /// Its name, as a sentence begins with it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "Plain",
            Self::Residual => "Residual",
        }
    }

    /// Its name within a sentence. Letters of any language would bring Unicode's tables along.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Residual => "residual",
        }
    }
}

/// Rules of the first weights: name in the link, name on the page.
pub const INITS: [(Init, &str, &str); 4] = [
    (Init::HeUniform, "he", "He"),
    (Init::XavierUniform, "xavier", "Xavier"),
    (Init::Small, "small", "small"),
    (Init::Zero, "zero", "zero"),
];

/// Activation functions: name in the link, name on the page.
pub const FUNCTIONS: [(Function, &str, &str); 2] =
    [(Function::Relu, "relu", "ReLU"), (Function::Sigmoid, "sigmoid", "sigmoid")];

/// One to four even depths, rising.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Depths(Vec<u32>);

impl Depths {
    /// Takes depths in any order; `None` where one is odd or out of range, or where there are none or too many.
    pub fn new(depths: &[u32]) -> Option<Self> {
        let mut rising: Vec<u32> = Vec::new();
        for depth in depths.iter().filter(|depth| is_depth(**depth)) {
            if let Err(at) = rising.binary_search(depth) {
                rising.insert(at, *depth);
            }
        }
        let fit = (1..=MOST_DEPTHS).contains(&rising.len()) && depths.iter().all(|depth| is_depth(*depth));
        fit.then_some(Self(rising))
    }
}

/// The settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Convolutions of each net besides the first.
    pub depths: Depths,
    /// Which kinds are trained; at least one.
    pub skips: Vec<Skip>,
    /// Whether every convolution is normalised.
    pub batch_norm: bool,
    /// What follows on it.
    pub function: Function,
    /// How weights begin.
    pub init: Init,
    /// What is learned.
    pub data: DatasetKind,
    /// How many of the training images.
    pub images: u32,
    /// Passes over them.
    pub epochs: u32,
    /// Seed of the weights and of the order.
    pub seed: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            depths: Depths(USUAL_DEPTHS.to_vec()),
            skips: Skip::ALL.to_vec(),
            batch_norm: true,
            function: Function::Relu,
            init: Init::HeUniform,
            data: DatasetKind::Fashion,
            images: MOST_IMAGES,
            epochs: 2,
            seed: 1,
        }
    }
}

/// A net that is to be trained.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Its kind.
    pub skip: Skip,
    /// Its convolutions besides the first.
    pub depth: u32,
    /// Multiply-adds of its forward pass for one image.
    pub macs: u64,
    /// Numbers of its weights and buffers in training.
    pub numbers: u64,
    /// What the trainer is told.
    pub spec: RunSpec<GraphSpec>,
}

impl Plan {
    /// Memory that a worker needs for it besides the images, in megabytes.
    pub fn megabytes(&self) -> u64 {
        (self.numbers * BYTES_PER_NUMBER).div_ceil(1_000_000)
    }

    /// Multiply-adds of a whole training.
    pub fn cost(&self) -> f64 {
        self.cost_of_image() * f64::from(self.spec.train_images) * f64::from(self.spec.epochs)
    }

    /// Multiply-adds of one image in training.
    pub fn cost_of_image(&self) -> f64 {
        STEP * self.macs as f64
    }
}

impl Settings {
    /// The depths, rising.
    pub fn depths(&self) -> &[u32] {
        &self.depths.0
    }

    /// The nets, in the order of what they cost.
    pub fn plans(&self) -> Vec<Plan> {
        let pairs = self.depths().iter().flat_map(|depth| self.skips.iter().map(|skip| (*skip, *depth)));
        pairs.map(|(skip, depth)| self.plan(skip, depth)).collect()
    }

    fn plan(&self, skip: Skip, depth: u32) -> Plan {
        let cells = (SIDE / POOL * SIDE / POOL) as u64;
        let convolutions = u64::from(depth);
        Plan {
            skip,
            depth,
            macs: (SIDE * SIDE * 9 * CHANNELS) as u64 + convolutions * cells * (9 * CHANNELS * CHANNELS) as u64 + OUT,
            numbers: self.numbers(skip, convolutions, cells),
            spec: self.spec(skip, self.layers(skip, depth)),
        }
    }

    /// What [`training_numbers`](crate::model::training_numbers) counts: four for each weight, for each of the 16 images of
    /// a tile four for each value that a layer makes. Counted here without the reader of all layers that there are, which
    /// would weigh as much as the page's figures; a test holds it against that.
    fn numbers(&self, skip: Skip, convolutions: u64, cells: u64) -> u64 {
        let channels = CHANNELS as u64;
        let norm = u64::from(self.batch_norm);
        let weights = |inputs: u64| 9 * inputs * channels + channels + norm * channels;
        let all = weights(1) + convolutions * weights(channels) + OUT + CLASSES as u64;
        // A convolution, its normalisation and its function; a block besides its begin and its end.
        let made = 2 + norm;
        let blocks = if skip == Skip::Residual { convolutions } else { 0 };
        let image = (SIDE * SIDE) as u64;
        let values = image * (1 + made * channels)
            + cells * channels * (1 + convolutions * made + blocks)
            + 2 * channels
            + CLASSES as u64;
        4 * all + 4 * TILE as u64 * values
    }

    /// The layers of a net: 3 × 3 to 16 channels, 4 × 4 max pooling to 7 × 7, convolutions of 3 × 3 in pairs, the global
    /// average and a linear layer.
    fn layers(&self, skip: Skip, depth: u32) -> String {
        let act = if self.function == Function::Sigmoid { "sigmoid" } else { "relu" };
        let conv = format!("c{CHANNELS}k3p1{}", if self.batch_norm { "nb;bn" } else { "" });
        let pair = match skip {
            Skip::Plain => format!("{conv};{act};{conv};{act};"),
            Skip::Residual => format!("[{conv};{act};{conv}];{act};"),
        };
        format!("{conv};{act};m{POOL};{}gap;f;l10", pair.repeat(depth as usize / 2))
    }

    fn spec(&self, skip: Skip, layers: String) -> RunSpec<GraphSpec> {
        RunSpec {
            model: GraphSpec {
                layers,
                init: self.init,
                // Without normalisation the sums would grow from block to block: each begins as the identity.
                zero_ends: skip == Skip::Residual && !self.batch_norm,
                data: self.data,
            },
            optimizer: OptimizerKind::Sgd,
            learning_rate: 0.05,
            schedule: Schedule::Constant,
            label_smoothing: 0.0,
            augment: crate::data::Augment::None,
            momentum: 0.9,
            weight_decay: 0.0,
            batch: BATCH,
            epochs: self.epochs,
            seed: self.seed,
            train_images: self.images,
            // What a net can learn at all is the question here, and the training loss tells.
            test_images: 0,
            warm_up: 40,
            clip: 5.0,
        }
    }
}

/// About how many seconds a number of workers needs, each taking the next net when it is free, where one does so many
/// multiply-adds a second.
pub(super) fn seconds(plans: &[Plan], workers: usize, rate: Option<f64>) -> f64 {
    let mut busy = vec![0.0_f64; workers.max(1)];
    for plan in plans {
        if let Some(first) = busy.iter_mut().min_by(|a, b| a.total_cmp(b)) {
            *first += plan.cost();
        }
    }
    busy.into_iter().fold(0.0, f64::max) / rate.unwrap_or(ASSUMED)
}

/// Whether nets can have this depth.
pub(super) fn is_depth(depth: u32) -> bool {
    (DEPTHS.0..=DEPTHS.1).contains(&depth) && depth.is_multiple_of(2)
}

/// The even depth that is nearest to any number.
pub(super) fn nearest_depth(depth: f64) -> u32 {
    let within = within(depth, f64::from(DEPTHS.0), f64::from(DEPTHS.1));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 2 and 60")]
    let half = (within / 2.0).round() as u32;
    half * 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Features, counts, read_layers, training_numbers};

    #[test]
    fn the_nets_are_the_ones_that_were_found_to_degrade() {
        let plans = Settings::default().plans();
        let order: Vec<(Skip, u32)> = plans.iter().map(|plan| (plan.skip, plan.depth)).collect();
        let pairs = [8, 18, 30].map(|depth| [(Skip::Plain, depth), (Skip::Residual, depth)]);
        assert_eq!(order, pairs.concat());
        let [plain, residual, ..] = plans.as_slice() else { panic!("six nets") };
        assert!(plain.spec.model.layers.starts_with("c16k3p1nb;bn;relu;m4;c16k3p1nb;bn;relu;c16k3p1nb;bn;relu;"));
        assert!(residual.spec.model.layers.starts_with("c16k3p1nb;bn;relu;m4;[c16k3p1nb;bn;relu;c16k3p1nb;bn];relu;"));
        assert_eq!(plain.macs, 28 * 28 * 144 + 8 * 49 * 2304 + 160);
        assert!(plans.iter().all(|plan| !plan.spec.model.zero_ends));
        assert_eq!(plain.spec.check(10_000), Ok(()));
    }

    #[test]
    fn every_setting_makes_nets_that_can_be_trained() {
        for depth in [2, 8, 60] {
            for batch_norm in [true, false] {
                for (function, ..) in FUNCTIONS {
                    let depths = Depths::new(&[depth]).unwrap();
                    let settings = Settings { depths, batch_norm, function, ..Settings::default() };
                    for plan in settings.plans() {
                        let layers = read_layers(&plan.spec.model.layers).unwrap();
                        let image = Features::Maps { channels: 1, height: SIDE, width: SIDE };
                        let (counted, misfit) = counts(&layers, image);
                        assert_eq!((misfit, training_numbers(&layers, image)), (None, Ok(plan.numbers)));
                        assert_eq!(plan.macs, counted.iter().map(|row| row.count.macs).sum::<u64>());
                        assert_eq!(plan.spec.model.zero_ends, plan.skip == Skip::Residual && !batch_norm);
                    }
                }
            }
        }
    }

    #[test]
    fn depths_are_even_few_and_rising() {
        assert_eq!(Depths::new(&[44, 2, 44]), Some(Depths(vec![2, 44])));
        for wrong in [&[][..], &[7], &[0], &[62], &[2, 4, 6, 8, 10]] {
            assert_eq!(Depths::new(wrong), None);
        }
        assert_eq!([-3.0, 7.0, 8.9, 61.0, f64::INFINITY].map(nearest_depth), [2, 8, 8, 60, 60]);
    }

    #[test]
    fn two_workers_share_the_nets_as_they_become_free() {
        let plans = Settings { skips: vec![Skip::Plain], ..Settings::default() }.plans();
        let cost = |at: usize| plans[at].cost();
        let both = cost(0) + cost(2);
        assert!((seconds(&plans, 2, Some(1e9)) - both / 1e9).abs() < 1e-6, "8 then 30 beside 18");
        assert!((seconds(&plans, 1, Some(1e9)) - (both + cost(1)) / 1e9).abs() < 1e-6);
    }
}
