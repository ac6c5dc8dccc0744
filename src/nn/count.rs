//! What a layer takes: parameters, multiplications, memory, and how much of the input one of its outputs sees.
//!
//! Nothing is computed here but counts, so whole architectures can be measured in no time. Counts are `u64`, which is
//! past any network; one example is counted, not a batch.
//!
//! ```
//! use receptive::nn::count::{Features, Layer, count};
//!
//! // LeNet's first layer: 6 filters of 5×5 on a 28×28 image.
//! let conv1 = Layer::conv2d(6, 5, 1, 2);
//! let counted = count(&conv1, Features::Maps { channels: 1, height: 28, width: 28 })?;
//! assert_eq!(counted.output, Features::Maps { channels: 6, height: 28, width: 28 });
//! assert_eq!((counted.parameters, counted.macs), (156, 117_600));
//! # Ok::<(), receptive::nn::shape::ShapeError>(())
//! ```

use super::shape::{Axis, Padding, ShapeError, Window};

/// Bytes of a number in training, an `f32`.
pub const BYTES_PER_NUMBER: u64 = 4;

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
            Self::Maps { channels, height, width } => wide(channels) * wide(height) * wide(width),
            Self::Vector { len } => wide(len),
        }
    }

    /// (channels, height, width); a list is as many maps of one cell.
    fn as_maps(self) -> (usize, usize, usize) {
        match self {
            Self::Maps { channels, height, width } => (channels, height, width),
            Self::Vector { len } => (len, 1, 1),
        }
    }
}

/// A layer as far as counting goes. Its input's channels or length come from the layer before. Pairs are
/// (height, width).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layer {
    /// A convolution.
    Conv2d {
        /// Number of filters, one for each output channel.
        filters: usize,
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
    /// Max or average pooling.
    Pool2d {
        /// Extent of the window.
        kernel: (usize, usize),
        /// Cells between two neighbouring windows.
        stride: (usize, usize),
        /// Cells added around the input.
        padding: Padding,
        /// Whether a last, partial window is kept.
        ceil_mode: bool,
    },
    /// A fully connected layer. Maps are flattened.
    Linear {
        /// Number of outputs.
        outputs: usize,
        /// Whether each output adds a bias.
        bias: bool,
    },
    /// Batch normalisation: a scale and a shift for each channel.
    BatchNorm2d,
    /// An activation function, cell by cell.
    Activation,
    /// Maps laid out as a list.
    Flatten,
}

impl Layer {
    /// A convolution with a square kernel, as most are: `padding` on every side, dilation 1, one group, with biases.
    pub fn conv2d(filters: usize, kernel: usize, stride: usize, padding: usize) -> Self {
        Self::Conv2d {
            filters,
            kernel: (kernel, kernel),
            stride: (stride, stride),
            padding: Padding::per_side(padding),
            dilation: (1, 1),
            groups: 1,
            bias: true,
        }
    }

    /// A pooling with a square window and no padding.
    pub fn pool2d(kernel: usize, stride: usize) -> Self {
        Self::Pool2d {
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

    /// The window of a convolution or pooling along `axis`.
    fn window(&self, axis: Axis) -> Option<Window> {
        let (kernel, stride, padding, dilation) = match *self {
            Self::Conv2d { kernel, stride, padding, dilation, .. } => (kernel, stride, padding, dilation),
            Self::Pool2d { kernel, stride, padding, .. } => (kernel, stride, padding, (1, 1)),
            Self::Linear { .. } | Self::BatchNorm2d | Self::Activation | Self::Flatten => return None,
        };
        let along = |(height, width)| if axis == Axis::Height { height } else { width };
        Some(Window {
            kernel: along(kernel),
            stride: along(stride),
            dilation: along(dilation),
            padding: padding.along(axis),
        })
    }
}

/// What [`count`] finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Count {
    /// What the layer puts out.
    pub output: Features,
    /// Numbers that training learns.
    pub parameters: u64,
    /// Multiplications with their additions, biases left out. FLOPs are twice as many.
    pub macs: u64,
}

impl Count {
    /// Memory of the parameters in training's precision.
    pub fn parameter_bytes(&self) -> u64 {
        self.parameters * BYTES_PER_NUMBER
    }

    /// Memory of the output in training's precision, which the backward pass keeps for each example of a batch.
    pub fn output_bytes(&self) -> u64 {
        self.output.values() * BYTES_PER_NUMBER
    }
}

/// Counts one layer on one example:
/// a convolution has `o·(c/g·k_h·k_w + 1)` parameters and `o·h'·w' · c/g·k_h·k_w` MACs,
/// a linear layer `o·(i + 1)` and `o·i`, each without the `+ 1` where it has no bias.
///
/// # Errors
/// [`ShapeError`] if groups do not divide the channels or a window does not fit.
///
/// # Source
/// Checked against torchvision's models, see `tests/golden/make_model_stats.py`.
pub fn count(layer: &Layer, input: Features) -> Result<Count, ShapeError> {
    let (channels, height, width) = input.as_maps();
    let window = |axis| layer.window(axis).unwrap_or(Window { kernel: 1, stride: 1, dilation: 1, padding: (0, 0) });
    match *layer {
        Layer::Conv2d { filters, kernel, groups, bias, .. } => {
            let divides = |channels: usize| channels.checked_rem(groups) == Some(0);
            if !divides(channels) || !divides(filters) {
                return Err(ShapeError::Groups { groups, channels_in: channels, channels_out: filters });
            }
            let output = Features::Maps {
                channels: filters,
                height: window(Axis::Height).output(Axis::Height, height)?,
                width: window(Axis::Width).output(Axis::Width, width)?,
            };
            let taps = wide(channels / groups) * wide(kernel.0) * wide(kernel.1);
            Ok(Count { output, parameters: wide(filters) * (taps + u64::from(bias)), macs: output.values() * taps })
        }
        Layer::Pool2d { ceil_mode, .. } => {
            let output = Features::Maps {
                channels,
                height: window(Axis::Height).output_pool(Axis::Height, height, ceil_mode)?,
                width: window(Axis::Width).output_pool(Axis::Width, width, ceil_mode)?,
            };
            Ok(Count { output, parameters: 0, macs: 0 })
        }
        Layer::Linear { outputs, bias } => {
            let parameters = wide(outputs) * (input.values() + u64::from(bias));
            let macs = wide(outputs) * input.values();
            Ok(Count { output: Features::Vector { len: outputs }, parameters, macs })
        }
        Layer::BatchNorm2d => Ok(Count { output: input, parameters: 2 * wide(channels), macs: 0 }),
        Layer::Activation => Ok(Count { output: input, parameters: 0, macs: 0 }),
        Layer::Flatten => {
            let output = Features::Vector { len: channels * height * width };
            Ok(Count { output, parameters: 0, macs: 0 })
        }
    }
}

/// Counts layers that follow each other.
///
/// # Errors
/// [`ShapeError`] of the first layer that does not fit the one before.
pub fn count_all(layers: &[Layer], input: Features) -> Result<Vec<Count>, ShapeError> {
    let mut features = input;
    layers
        .iter()
        .map(|layer| {
            let counted = count(layer, features)?;
            features = counted.output;
            Ok(counted)
        })
        .collect()
}

/// The part of the input that one output sees, along both axes (height, width).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReceptiveField {
    /// Rows and columns it spans, r.
    pub size: (usize, usize),
    /// Input cells between the fields of two neighbouring outputs, j.
    pub jump: (usize, usize),
    /// Row and column where the first output's field starts; negative where it starts in the padding.
    pub start: (i64, i64),
}

/// The receptive field of one output after these layers; `None` once a linear layer mixes all positions.
///
/// Each window adds its reach in input cells: `r ← r + d·(k − 1)·j`, `start ← start − p·j`, then `j ← j·s`.
///
/// # Source
/// Araujo, Norris & Sim, *Computing receptive fields of convolutional neural networks*, Distill 2019.
///
/// ```
/// # use receptive::nn::count::{Layer, receptive_field};
/// // Two layers of 3×3 see as much as one of 5×5.
/// let field = receptive_field(&[Layer::conv2d(8, 3, 1, 0), Layer::conv2d(8, 3, 1, 0)]);
/// assert_eq!(field.map(|field| field.size), Some((5, 5)));
/// ```
pub fn receptive_field(layers: &[Layer]) -> Option<ReceptiveField> {
    let height = field_along(layers, Axis::Height)?;
    let width = field_along(layers, Axis::Width)?;
    Some(ReceptiveField { size: (height.0, width.0), jump: (height.1, width.1), start: (height.2, width.2) })
}

/// (size, jump, start) along one axis.
fn field_along(layers: &[Layer], axis: Axis) -> Option<(usize, usize, i64)> {
    let (mut size, mut jump, mut start) = (1, 1, 0);
    for layer in layers {
        match layer.window(axis) {
            Some(Window { kernel, stride, dilation, padding: (before, _) }) => {
                size += dilation * kernel.saturating_sub(1) * jump;
                start -= i64::try_from(before * jump).ok()?;
                jump *= stride;
            }
            None if matches!(layer, Layer::Linear { .. }) => return None,
            None => {}
        }
    }
    Some((size, jump, start))
}

/// A count as `u64`: `usize` has 32 bits in a browser, where the MACs of a large network do not fit.
fn wide(count: usize) -> u64 {
    count as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lenet() -> Vec<Layer> {
        vec![
            Layer::conv2d(6, 5, 1, 2),
            Layer::Activation,
            Layer::pool2d(2, 2),
            Layer::conv2d(16, 5, 1, 0),
            Layer::Activation,
            Layer::pool2d(2, 2),
            Layer::Flatten,
            Layer::linear(120),
            Layer::Activation,
            Layer::linear(84),
            Layer::Activation,
            Layer::linear(10),
        ]
    }

    #[test]
    fn lenet_as_a_whole() {
        let counts = count_all(&lenet(), Features::Maps { channels: 1, height: 28, width: 28 }).unwrap();
        assert_eq!(counts.iter().map(|count| count.parameters).sum::<u64>(), 61_706);
        assert_eq!(counts.iter().map(|count| count.macs).sum::<u64>(), 416_520);
        assert_eq!(counts[6].output, Features::Vector { len: 400 });
        assert_eq!((counts[0].parameter_bytes(), counts[0].output_bytes()), (624, 18_816));
    }

    #[test]
    fn fields_grow_with_the_jump() {
        let field = receptive_field(&lenet()[..6]).unwrap();
        assert_eq!((field.size, field.jump, field.start), ((16, 16), (4, 4), (-2, -2)));
        assert_eq!(receptive_field(&lenet()), None);
        // A dilated kernel reaches as far as a larger one.
        let Layer::Conv2d { filters, kernel, stride, padding, groups, bias, .. } = Layer::conv2d(1, 3, 1, 0) else {
            unreachable!()
        };
        let dilated = Layer::Conv2d { filters, kernel, stride, padding, dilation: (2, 3), groups, bias };
        assert_eq!(receptive_field(&[dilated]).unwrap().size, (5, 7));
    }

    #[test]
    fn groups_share_the_taps() {
        let Layer::Conv2d { filters, kernel, stride, padding, dilation, .. } = Layer::conv2d(8, 3, 1, 1) else {
            unreachable!()
        };
        let grouped = |groups| Layer::Conv2d { filters, kernel, stride, padding, dilation, groups, bias: false };
        let input = Features::Maps { channels: 4, height: 5, width: 5 };
        assert_eq!(count(&grouped(4), input).map(|count| (count.parameters, count.macs)), Ok((72, 72 * 25)));
        let error = ShapeError::Groups { groups: 3, channels_in: 4, channels_out: 8 };
        assert_eq!(count(&grouped(3), input), Err(error));
        assert!(matches!(count(&grouped(0), input), Err(ShapeError::Groups { groups: 0, .. })));
    }

    #[test]
    fn a_window_that_does_not_fit() {
        let found = count_all(&[Layer::pool2d(2, 2); 3], Features::Maps { channels: 1, height: 4, width: 9 });
        assert_eq!(found, Err(ShapeError::WindowExceedsInput { axis: Axis::Height, window: 2, padded: 1 }));
    }
}
