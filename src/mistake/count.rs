//! Mistakes where the numbers of a fully connected layer and of a convolution are counted.

use super::{Found, Mistake, Mistaken};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Numbers of the image.
    Inputs,
    /// Weights of the fully connected layer.
    DenseWeights,
    /// The same with its biases.
    DenseParameters,
    /// Their bytes.
    DenseBytes,
    /// Weights of the convolution.
    Weights,
    /// The same with its biases.
    Parameters,
    /// Their bytes.
    Bytes,
    /// Weights of the fully connected layer for one of the convolution.
    WeightRatio,
    /// Multiply-adds of the fully connected layer.
    DenseMacs,
    /// Outputs of the convolution.
    Outputs,
    /// Multiply-adds of the convolution.
    Macs,
    /// Multiply-adds of the convolution for one of the fully connected layer.
    MacRatio,
}

impl Step {
    /// All of them, in the order in which they are counted.
    pub const ALL: [Self; 12] = [
        Self::Inputs,
        Self::DenseWeights,
        Self::DenseParameters,
        Self::DenseBytes,
        Self::Weights,
        Self::Parameters,
        Self::Bytes,
        Self::WeightRatio,
        Self::DenseMacs,
        Self::Outputs,
        Self::Macs,
        Self::MacRatio,
    ];

    /// Its place among them.
    pub fn index(self) -> usize {
        self as usize
    }
}

/// What is multiplied with what.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sizes {
    /// Rows, columns and channels of the image.
    pub image: [f64; 3],
    /// Units of the fully connected layer.
    pub units: f64,
    /// Filters of the convolution.
    pub filters: f64,
    /// Taps of a kernel, of one channel.
    pub kernel: f64,
    /// Places of the window.
    pub places: f64,
}

/// The mistakes where `step` is counted, which is `value`.
pub fn at(sizes: &Sizes, step: Step, value: f64) -> Vec<Mistaken> {
    let mut found = Found::new(value);
    for (value, mistake, words) in of_dense(sizes, step) {
        found.add(mistake, value, format_args!("{words}"));
    }
    found.into_list()
}

const BIASES_TOO: &str = "That counts the biases too. Here only the weights are asked for.";
const DIFFERENCE: &str = "That is the difference. The ratio is asked for.";
const OPERATIONS: &str = "Those are operations: a multiplication and an addition each. Together they count as one.";

/// Wrong numbers of the image and of the fully connected layer; those of the convolution follow.
fn of_dense(sizes: &Sizes, step: Step) -> Vec<(f64, Mistake, &'static str)> {
    let &Sizes { image: [h, w, c], units, filters, kernel, .. } = sizes;
    let inputs = h * w * c;
    let (dense, shared) = (inputs * units, kernel * c * filters);
    match step {
        Step::Inputs => {
            vec![
                (h * w, Mistake::ChannelsLeftOut, "That counts the pixels. Each has a number in every channel."),
                (h + w + c, Mistake::CountsAdded, "That adds the sides up: rows, columns and channels are multiplied."),
                (inputs * 4.0, Mistake::BytesForNumbers, "Those are the image's bytes at 4 a number."),
            ]
        }
        Step::DenseWeights => {
            vec![
                (inputs, Mistake::OneShare, "That is one unit's share: each unit has a weight for every input."),
                (h * w * units, Mistake::ChannelsLeftOut, "That forgets the channels: each is an input of its own."),
                (dense + units, Mistake::BiasesCounted, BIASES_TOO),
                (inputs + units, Mistake::CountsAdded, "Each input goes to each unit: multiply, don't add."),
                (shared, Mistake::OtherLayer, "Those are the convolution's weights."),
            ]
        }
        Step::DenseParameters => {
            vec![
                (dense, Mistake::BiasLeftOut, "That forgets the biases: one for each unit."),
                (dense + 1.0, Mistake::OneBias, "Each unit has a bias of its own, not all of them one."),
                (dense + inputs, Mistake::BiasTooOften, "A bias belongs to a unit, not to an input."),
                (dense * 2.0, Mistake::BiasTooOften, "A unit has one bias, not one for each weight."),
            ]
        }
        Step::DenseBytes => bytes(dense, units),
        _ => of_convolution(sizes, step),
    }
}

/// The convolution's parameters.
fn of_convolution(sizes: &Sizes, step: Step) -> Vec<(f64, Mistake, &'static str)> {
    let &Sizes { image: [h, w, c], units, filters, kernel, places } = sizes;
    let inputs = h * w * c;
    let (dense, shared) = (inputs * units, kernel * c * filters);
    match step {
        Step::Weights => {
            vec![
                (
                    kernel * filters,
                    Mistake::ChannelsLeftOut,
                    "That is a kernel without depth: a filter reaches through all channels.",
                ),
                (kernel * c, Mistake::OneShare, "That is one filter's share: each filter has weights of its own."),
                (kernel, Mistake::OneKernel, "That is one channel of one filter."),
                (
                    shared * places,
                    Mistake::WeightsNotShared,
                    "Those are weights for every place: a locally connected layer. A convolution shares them.",
                ),
                (shared + filters, Mistake::BiasesCounted, BIASES_TOO),
                (dense, Mistake::OtherLayer, "Those are the fully connected layer's weights."),
                (
                    inputs * filters,
                    Mistake::WeightsOfTheImage,
                    "The weights do not depend on the image's size, only on the kernel's.",
                ),
            ]
        }
        Step::Parameters => {
            vec![
                (shared, Mistake::BiasLeftOut, "That forgets the biases: one for each filter."),
                (shared + 1.0, Mistake::OneBias, "Each filter has a bias of its own, not all of them one."),
                (
                    shared + places * filters,
                    Mistake::BiasTooOften,
                    "A bias is shared too: one for each filter, not for each output.",
                ),
                (shared + c * filters, Mistake::BiasTooOften, "A filter has one bias, not one for each channel."),
            ]
        }
        Step::Bytes => bytes(shared, filters),
        Step::WeightRatio => {
            vec![
                (
                    shared / dense,
                    Mistake::RatioReversed,
                    "That is the other way round: the fully connected layer's weights stand above.",
                ),
                (
                    (dense + units) / (shared + filters),
                    Mistake::BiasesCounted,
                    "That is the ratio of all parameters. Here the biases are left out.",
                ),
                (dense - shared, Mistake::DifferenceForRatio, DIFFERENCE),
            ]
        }
        _ => of_work(sizes, step),
    }
}

/// Multiply-adds, and the outputs that they make.
fn of_work(sizes: &Sizes, step: Step) -> Vec<(f64, Mistake, &'static str)> {
    let &Sizes { image: [h, w, c], units, filters, kernel, places } = sizes;
    let inputs = h * w * c;
    let (dense, shared) = (inputs * units, kernel * c * filters);
    match step {
        Step::DenseMacs => {
            vec![
                (dense + units, Mistake::BiasesCounted, "A bias is added, not multiplied."),
                (dense * 2.0, Mistake::OperationsForMacs, OPERATIONS),
                (inputs, Mistake::OneShare, "That is one unit's share."),
            ]
        }
        Step::Outputs => {
            vec![
                (places, Mistake::OneShare, "That is one feature map: each filter makes one."),
                (
                    h * w * filters,
                    Mistake::WindowAtEveryPixel,
                    "That is right where the map is as large as the image. Look at padding and stride.",
                ),
                (
                    places * filters * c,
                    Mistake::MapPerChannel,
                    "A filter adds its channels up: it makes one map, whatever the channels.",
                ),
                (filters, Mistake::NumberPerFilter, "A filter makes a number at each place of its window."),
            ]
        }
        Step::Macs => {
            vec![
                (shared, Mistake::WeightsForMacs, "Those are the weights: each is used at every place."),
                (places * kernel * c, Mistake::OneShare, "That is one filter's share."),
                (
                    places * filters * kernel,
                    Mistake::ChannelsLeftOut,
                    "That forgets the channels: each output reads all of them.",
                ),
                (places * shared * 2.0, Mistake::OperationsForMacs, OPERATIONS),
                (
                    h * w * shared,
                    Mistake::WindowAtEveryPixel,
                    "That takes a window at every pixel. Look at padding and stride.",
                ),
            ]
        }
        Step::MacRatio => {
            let macs = places * shared;
            vec![
                (
                    dense / macs,
                    Mistake::RatioReversed,
                    "That is the other way round: the convolution's multiply-adds stand above.",
                ),
                (dense / shared, Mistake::WeightsForMacs, "That is the ratio of the weights."),
                (macs - dense, Mistake::DifferenceForRatio, DIFFERENCE),
            ]
        }
        // All others were asked for before.
        _ => Vec::new(),
    }
}

/// Parameters of a layer of a network: its weights, and its biases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Learned {
    /// The weights.
    pub weights: f64,
    /// The biases.
    pub biases: f64,
}

/// The mistakes where the parameters of all layers of a network are added up.
pub fn of_network(layers: &[Learned]) -> Vec<Mistaken> {
    let all = |of: fn(&Learned) -> f64| layers.iter().map(of).sum::<f64>();
    let both = |layer: &Learned| layer.weights + layer.biases;
    let mut found = Found::new(all(both));
    let words = format_args!("Those are the weights alone. Each filter and each unit has a bias besides.");
    found.add(Mistake::BiasLeftOut, all(|layer| layer.weights), words);
    let largest = layers.iter().map(both).fold(0.0, f64::max);
    let words = format_args!("That is the largest layer alone. The other layers have parameters as well.");
    found.add(Mistake::OneLayer, largest, words);
    let words = format_args!("That counts one bias for a layer. Each of its filters or units has one.");
    found.add(Mistake::OneBias, all(|layer| layer.weights) + layers.len() as f64, words);
    found.into_list()
}

fn bytes(weights: f64, biases: f64) -> Vec<(f64, Mistake, &'static str)> {
    vec![
        (weights + biases, Mistake::NumbersForBytes, "That counts numbers: each takes 4 bytes."),
        (weights * 4.0, Mistake::BiasLeftOut, "That forgets the biases' bytes."),
        ((weights + biases) * 8.0, Mistake::OtherPrecision, "That is double precision: here a number takes 4 bytes."),
        ((weights + biases) * 32.0, Mistake::BitsForBytes, "Those are bits: 8 make a byte."),
        ((weights + biases) * 2.0, Mistake::OtherPrecision, "That is half precision: here a number takes 4 bytes."),
    ]
}
