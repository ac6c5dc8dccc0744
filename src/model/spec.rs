//! What a network is made of.

use serde::{Deserialize, Serialize};

use crate::{
    data::Normalization,
    nn::{fast::Activation, init::Init, shape::Padding},
};

/// Which network is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ModelKind {
    /// LeNet with ReLU and max pooling.
    #[default]
    LeNet,
    /// LeNet with sigmoids and average pooling, begun by Xavier's rule, on inputs from 0 to 1: as courses train it.
    ///
    /// Standardised inputs take most of its difficulty away: it then leaves chance within its first epoch.
    LeNetSigmoid,
}

impl ModelKind {
    /// What it is made of.
    pub fn spec(self) -> ModelSpec {
        match self {
            Self::LeNet => ModelSpec::lenet(),
            Self::LeNetSigmoid => ModelSpec::lenet_sigmoid(),
        }
    }

    /// How an image becomes its input.
    pub fn normalization(self) -> Normalization {
        match self {
            Self::LeNet => Normalization::mnist(),
            Self::LeNetSigmoid => Normalization::unit(),
        }
    }
}

/// One layer after another, from an image to one logit a class.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelSpec {
    /// Channels, height and width of an image.
    pub input: (usize, usize, usize),
    /// What most cells of an image are. It changes no result: where a window sees nothing else, work is saved.
    pub background: Option<f32>,
    /// How the weights begin.
    pub init: Init,
    /// The layers, in order. Before the first linear one, the feature maps become one row (C×H×W).
    pub layers: Vec<LayerSpec>,
}

/// One layer, with the activation function that follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayerSpec {
    /// A convolution.
    Conv2d {
        /// Prefix of its parameters: `conv1` makes `conv1.weight` and `conv1.bias`.
        name: &'static str,
        /// Filters, which make as many feature maps.
        channels: usize,
        /// Height and width of the kernels.
        kernel: (usize, usize),
        /// Cells between neighbouring windows, along height and width.
        stride: (usize, usize),
        /// Zeros around the input.
        padding: Padding,
        /// What is applied to the outputs.
        activation: Option<Activation>,
    },
    /// Max pooling.
    MaxPool2d {
        /// Height and width of the window, and the stride.
        window: (usize, usize),
    },
    /// Average pooling.
    AveragePool2d {
        /// Height and width of the window, and the stride.
        window: (usize, usize),
    },
    /// A fully connected layer.
    Linear {
        /// Prefix of its parameters.
        name: &'static str,
        /// Values made.
        outputs: usize,
        /// What is applied to them.
        activation: Option<Activation>,
    },
}

impl LayerSpec {
    /// Prefix of its parameters; empty where it has none.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Conv2d { name, .. } | Self::Linear { name, .. } => name,
            Self::MaxPool2d { .. } | Self::AveragePool2d { .. } => "",
        }
    }
}

impl ModelSpec {
    /// LeNet with ReLU and max pooling for 28×28 digits: 61,706 parameters, begun as PyTorch does.
    ///
    /// # Source
    /// LeCun, Bottou, Bengio, Haffner, *Gradient-based learning applied to document recognition*, 1998, with the
    /// activation and the pooling that are usual today.
    pub fn lenet() -> Self {
        let paper = Normalization::mnist().apply(0);
        Self::lenet_of(Activation::Relu, Init::KaimingUniform, LayerSpec::MaxPool2d { window: (2, 2) }, paper)
    }

    /// LeNet with sigmoids and average pooling, as courses show it: begun by Xavier's rule, its inputs from 0 to 1.
    pub fn lenet_sigmoid() -> Self {
        let paper = Normalization::unit().apply(0);
        Self::lenet_of(Activation::Sigmoid, Init::XavierUniform, LayerSpec::AveragePool2d { window: (2, 2) }, paper)
    }

    fn lenet_of(activation: Activation, init: Init, pool: LayerSpec, paper: f32) -> Self {
        let activation = Some(activation);
        let conv = |name, channels, padding| LayerSpec::Conv2d {
            name,
            channels,
            kernel: (5, 5),
            stride: (1, 1),
            padding: Padding::per_side(padding),
            activation,
        };
        let layers = vec![
            conv("conv1", 6, 2),
            pool.clone(),
            conv("conv2", 16, 0),
            pool,
            LayerSpec::Linear { name: "fc1", outputs: 120, activation },
            LayerSpec::Linear { name: "fc2", outputs: 84, activation },
            LayerSpec::Linear { name: "fc3", outputs: 10, activation: None },
        ];
        Self { input: (1, 28, 28), background: Some(paper), init, layers }
    }
}
