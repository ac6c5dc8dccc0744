//! The layers that networks are made of: one vocabulary for counting, receptive fields, links, programs and training.
//!
//! A network is a list of them. A block with a shortcut is no layer that holds layers: it begins at
//! [`Layer::BlockBegin`] and ends at [`Layer::BlockEnd`], so a list can be edited at any place, and one whose blocks do
//! not match is a state like any other, which is explained.

use std::fmt;

use crate::{
    nn::shape::{Axis, Padding, Window},
    num::format,
};

/// What flows from layer to layer, for one example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Features {
    /// Feature maps, one for each channel.
    Maps {
        /// Number of maps.
        channels: usize,
        /// Rows of each.
        height: usize,
        /// Columns of each.
        width: usize,
    },
    /// A list of numbers.
    Vector {
        /// How many.
        len: usize,
    },
}

impl Features {
    /// Number of values.
    pub fn values(self) -> u64 {
        match self {
            Self::Maps { channels, height, width } => {
                wide(channels).saturating_mul(wide(height).saturating_mul(wide(width)))
            }
            Self::Vector { len } => wide(len),
        }
    }

    /// (channels, height, width); a list is as many maps of one cell.
    pub fn as_maps(self) -> (usize, usize, usize) {
        match self {
            Self::Maps { channels, height, width } => (channels, height, width),
            Self::Vector { len } => (len, 1, 1),
        }
    }

    /// Its extents, the channels first.
    pub fn extents(self) -> Vec<usize> {
        match self {
            Self::Maps { channels, height, width } => vec![channels, height, width],
            Self::Vector { len } => vec![len],
        }
    }
}

/// `6 × 28 × 28`, `4,096`
impl fmt::Display for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Maps { channels, height, width } => f.write_str(&format::shape(&[channels, height, width])),
            Self::Vector { len } => f.write_str(&format::count(wide(len))),
        }
    }
}

/// A function that is applied to every value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// `max(x, 0)`
    Relu,
    /// `1/(1 + e⁻ˣ)`
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// LeNet-5's: `1.7159·tanh(2x/3)`, which is 1 at 1 and −1 at −1.
    ScaledTanh,
}

/// How the input of a block comes to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shortcut {
    /// As it is: `y = F(x) + x`.
    Identity,
    /// Through a convolution of 1 × 1 with the block's stride and channels, normalised where the block normalises:
    /// `y = F(x) + Wx`. Option B of He and others.
    Projection,
    /// Every s-th cell, further channels filled with zeros; nothing to learn. Option A of He and others.
    Padded,
    /// Through a gate between 0 and 1 that is learned from it: `y = T(x)·H(x) + (1 − T(x))·x`, with
    /// `T(x) = σ(Wx + b)`, W of 1 × 1. A highway network.
    Gate,
}

/// A share of values that are left out in training, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate(pub u16);

impl Rate {
    /// As a number from 0 to 1.
    pub fn share(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

/// A layer, without what it reads: its input's channels or length come from the layer before. Pairs are (height, width).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layer {
    /// A convolution.
    Conv2d {
        /// Number of filters, one for each output channel; `None` where only windows matter.
        filters: Option<usize>,
        /// Extent of a kernel.
        kernel: (usize, usize),
        /// Cells between two neighbouring windows.
        stride: (usize, usize),
        /// Cells added around the input.
        padding: Padding,
        /// Cells between two neighbouring taps.
        dilation: (usize, usize),
        /// Parts into which the channels are cut.
        groups: usize,
        /// Whether each filter adds a bias.
        bias: bool,
    },
    /// LeNet-5's third layer: 16 filters of 5 × 5, each of which reads three, four or all of 6 maps, by
    /// [the paper's table](TABLE).
    TableConv2d,
    /// Max or average pooling.
    Pool2d {
        /// Which.
        kind: PoolKind,
        /// Extent of the window.
        kernel: (usize, usize),
        /// Cells between two neighbouring windows.
        stride: (usize, usize),
        /// Cells added around the input.
        padding: Padding,
        /// Whether a last, partial window is kept.
        ceil_mode: bool,
    },
    /// LeNet-5's pooling: the sum of a window times a weight plus a bias, one of each for a channel. Windows do not
    /// overlap.
    Subsampling {
        /// Extent of the window, and the stride.
        window: (usize, usize),
    },
    /// The mean of each map.
    GlobalAverage,
    /// Maps laid out as a list.
    Flatten,
    /// A fully connected layer. Maps are flattened.
    Linear {
        /// Number of outputs.
        outputs: usize,
        /// Whether each output adds a bias.
        bias: bool,
    },
    /// LeNet-5's last layer: for each class the squared distance to a picture of the class that is drawn by hand, so there
    /// is nothing to learn.
    Distance {
        /// Number of classes.
        outputs: usize,
    },
    /// A function, cell by cell.
    Activation(Function),
    /// Batch normalisation: a scale and a shift for each channel.
    BatchNorm,
    /// Leaves out a share of the values, in training alone.
    Dropout(Rate),
    /// AlexNet's normalisation by the neighbouring channels; nothing to learn.
    LocalResponseNorm {
        /// Channels that are summed over.
        size: usize,
    },
    /// What comes is kept for the block's end.
    BlockBegin(Shortcut),
    /// What was kept is added.
    BlockEnd,
}

/// What a pooling takes of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PoolKind {
    /// The largest.
    Max,
    /// The mean.
    Average,
}

/// The maps, from 0, that each of the 16 filters of LeNet-5's third layer reads.
///
/// # Source
/// LeCun, Bottou, Bengio, Haffner, *Gradient-based learning applied to document recognition*, 1998, table I.
pub const TABLE: [&[usize]; 16] = [
    &[0, 1, 2],
    &[1, 2, 3],
    &[2, 3, 4],
    &[3, 4, 5],
    &[0, 4, 5],
    &[0, 1, 5],
    &[0, 1, 2, 3],
    &[1, 2, 3, 4],
    &[2, 3, 4, 5],
    &[0, 3, 4, 5],
    &[0, 1, 4, 5],
    &[0, 1, 2, 5],
    &[0, 1, 3, 4],
    &[1, 2, 4, 5],
    &[0, 2, 3, 5],
    &[0, 1, 2, 3, 4, 5],
];

/// Maps that [`TABLE`] reads from.
pub const TABLE_INPUTS: usize = 6;

impl Layer {
    /// A convolution with a square kernel, as most are: `padding` on every side, dilation 1, one group, with biases.
    pub fn conv2d(filters: usize, kernel: usize, stride: usize, padding: usize) -> Self {
        Self::Conv2d {
            filters: Some(filters),
            kernel: (kernel, kernel),
            stride: (stride, stride),
            padding: Padding::per_side(padding),
            dilation: (1, 1),
            groups: 1,
            bias: true,
        }
    }

    /// A pooling with a square window and no padding.
    pub fn pool2d(kind: PoolKind, kernel: usize, stride: usize) -> Self {
        Self::Pool2d {
            kind,
            kernel: (kernel, kernel),
            stride: (stride, stride),
            padding: Padding::default(),
            ceil_mode: false,
        }
    }

    /// A fully connected layer with biases.
    pub fn linear(outputs: usize) -> Self {
        Self::Linear { outputs, bias: true }
    }

    /// The window that it slides along `axis`; `None` for a layer without one.
    pub fn window(&self, axis: Axis) -> Option<Window> {
        let along = |kernel, stride, padding, dilation| Some(Window::along(axis, kernel, stride, dilation, padding));
        match *self {
            Self::Conv2d { kernel, stride, padding, dilation, .. } => along(kernel, stride, padding, dilation),
            Self::Pool2d { kernel, stride, padding, .. } => along(kernel, stride, padding, (1, 1)),
            Self::TableConv2d => along((5, 5), (1, 1), Padding::default(), (1, 1)),
            Self::Subsampling { window } => along(window, window, Padding::default(), (1, 1)),
            Self::GlobalAverage
            | Self::Flatten
            | Self::Linear { .. }
            | Self::Distance { .. }
            | Self::Activation(_)
            | Self::BatchNorm
            | Self::Dropout(_)
            | Self::LocalResponseNorm { .. }
            | Self::BlockBegin(_)
            | Self::BlockEnd => None,
        }
    }

    /// What it is called in a sentence.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Conv2d { .. } | Self::TableConv2d => "convolution",
            Self::Pool2d { kind: PoolKind::Max, .. } => "max pooling",
            Self::Pool2d { kind: PoolKind::Average, .. } => "average pooling",
            Self::Subsampling { .. } => "subsampling",
            Self::GlobalAverage => "global average",
            Self::Flatten => "flatten",
            Self::Linear { .. } => "fully connected layer",
            Self::Distance { .. } => "distance layer",
            Self::Activation(Function::Relu) => "ReLU",
            Self::Activation(Function::Sigmoid) => "sigmoid",
            Self::Activation(Function::Tanh) => "tanh",
            Self::Activation(Function::ScaledTanh) => "scaled tanh",
            Self::BatchNorm => "batch normalisation",
            Self::Dropout(_) => "dropout",
            Self::LocalResponseNorm { .. } => "local response normalisation",
            Self::BlockBegin(_) => "block",
            Self::BlockEnd => "sum",
        }
    }

    /// What modules of its kind are called in programs.
    fn module(&self) -> &'static str {
        match self {
            Self::Conv2d { .. } | Self::TableConv2d => "conv",
            Self::Pool2d { .. } | Self::GlobalAverage => "pool",
            Self::Subsampling { .. } => "sub",
            Self::Flatten => "flatten",
            Self::Linear { .. } => "fc",
            Self::Distance { .. } => "distance",
            Self::Activation(_) => "act",
            Self::BatchNorm => "bn",
            Self::Dropout(_) => "drop",
            Self::LocalResponseNorm { .. } => "norm",
            Self::BlockBegin(_) | Self::BlockEnd => "block",
        }
    }

    /// Whether it has weights of its own in any network.
    pub fn has_weights(&self) -> bool {
        matches!(
            self,
            Self::Conv2d { .. } | Self::TableConv2d | Self::Subsampling { .. } | Self::Linear { .. } | Self::BatchNorm
        )
    }
}

/// Stands between the name of a block and those of its layers, as in the programs.
const BODY: &str = ".body.";

/// A name for each layer, as the modules of the programs have them: `conv1`, `bn1`, `fc2`; of a layer in a block that of
/// the block before it, `block1.body.conv1`. Parameters add `.weight` and `.bias`.
pub fn parameter_names(layers: &[Layer]) -> Vec<String> {
    // Counts of each kind, for each block that is open.
    let mut open: Vec<(String, Vec<(&str, usize)>)> = vec![(String::new(), Vec::new())];
    let mut names = Vec::with_capacity(layers.len());
    for layer in layers {
        if *layer == Layer::BlockEnd && open.len() > 1 {
            let name = open.pop().map(|(prefix, _)| prefix.trim_end_matches(BODY).to_owned());
            names.push(name.unwrap_or_default());
            continue;
        }
        let kind = layer.module();
        let Some((prefix, counts)) = open.last_mut() else { break };
        if !counts.iter().any(|(known, _)| *known == kind) {
            counts.push((kind, 0));
        }
        let number = counts.iter_mut().find(|(known, _)| *known == kind).map_or(1, |(_, count)| {
            *count += 1;
            *count
        });
        let name = format!("{prefix}{kind}{number}");
        if matches!(layer, Layer::BlockBegin(_)) {
            open.push((format!("{name}{BODY}"), Vec::new()));
        }
        names.push(name);
    }
    names
}

/// A count as `u64`: `usize` has 32 bits in a browser, where the MACs of a large network do not fit.
pub fn wide(count: usize) -> u64 {
    count as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_modules() {
        use super::super::text::read_layers;
        let names = |text: &str| parameter_names(&read_layers(text).unwrap()).join(" ");
        assert_eq!(names("c6k5;relu;m2;c16k5;f;l10;l10"), "conv1 act1 pool1 conv2 flatten1 fc1 fc2");
        assert_eq!(
            names("c4k1;[c4k1;bn;c4k1];[p;c4k1];l10"),
            "conv1 block1 block1.body.conv1 block1.body.bn1 block1.body.conv2 block1 block2 block2.body.conv1 block2 fc1"
        );
        assert_eq!(names("relu;relu]"), "act1 act2 block1");
    }

    #[test]
    fn the_table_is_the_papers() {
        assert_eq!(TABLE.iter().map(|maps| maps.len()).sum::<usize>(), 60);
        let read_by = |map: usize| TABLE.iter().filter(|maps| maps.contains(&map)).count();
        assert_eq!([0, 1, 2, 3, 4, 5].map(read_by), [10; 6]);
    }
}
