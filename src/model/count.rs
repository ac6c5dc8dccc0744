//! What a layer takes: parameters, multiplications, memory, and how much of the input one of its outputs sees.
//!
//! Nothing is computed here but counts, so whole architectures can be measured in no time. Counts are `u64`, which is
//! past any network; one example is counted, not a batch.
//!
//! ```
//! use receptive::model::{Features, Layer, count};
//!
//! // LeNet's first layer: 6 filters of 5×5 on a 28×28 image.
//! let conv1 = Layer::conv2d(6, 5, 1, 2);
//! let counted = count(&conv1, Features::Maps { channels: 1, height: 28, width: 28 })?;
//! assert_eq!(counted.output, Features::Maps { channels: 6, height: 28, width: 28 });
//! assert_eq!((counted.parameters, counted.macs), (156, 117_600));
//! # Ok::<(), receptive::model::LayerError>(())
//! ```

use thiserror::Error;

use super::layer::{Features, Layer, Shortcut, TABLE, TABLE_INPUTS, wide};
use crate::{
    nn::shape::{Axis, ShapeError, Window},
    num::format,
};

/// Bytes of a number in training, an `f32`.
pub const BYTES_PER_NUMBER: u64 = 4;

/// The most parameters or multiplications of a layer: what a number of double precision holds exactly.
pub const MOST: u64 = (1 << 53) - 1;

/// The most values that flow from layer to layer in a network: what an array in a browser can have.
pub const MOST_VALUES: u64 = 1 << 31;

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
    /// What takes nothing and gives `output`.
    fn free(output: Features) -> Self {
        Self { output, parameters: 0, macs: 0 }
    }

    /// Memory of the parameters in training's precision.
    pub fn parameter_bytes(&self) -> u64 {
        self.parameters * BYTES_PER_NUMBER
    }

    /// Memory of the output in training's precision, which the backward pass keeps for each example of a batch.
    pub fn output_bytes(&self) -> u64 {
        self.output.values() * BYTES_PER_NUMBER
    }

    /// Itself, if it can be counted.
    fn within(self) -> Result<Self, LayerError> {
        let counts = [("values", self.output.values()), ("parameters", self.parameters), ("multiply-adds", self.macs)];
        match counts.into_iter().find(|(_, count)| *count > MOST) {
            Some((what, _)) => Err(LayerError::TooMany { what, most: MOST }),
            None => Ok(self),
        }
    }
}

/// Why a layer does not fit where it stands. Every variant carries the numbers that a sentence about it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LayerError {
    /// A window that does not fit, or groups that do not divide.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A convolution of which only the window is known.
    #[error("How many filters the convolution has is not said; each makes one feature map.")]
    NoFilters,
    /// A layer that makes nothing.
    #[error("The {noun} makes nothing: it has 0 {what}, and needs at least 1.")]
    Nothing {
        /// What it is.
        noun: &'static str,
        /// What it has none of.
        what: &'static str,
    },
    /// A layer that slides a window, after the maps were laid out as a list.
    #[error("The {noun} needs feature maps; here they are a list of {len} numbers already.")]
    NeedsMaps {
        /// What it is.
        noun: &'static str,
        /// How long the list is.
        len: usize,
    },
    /// LeNet-5's table on another number of maps.
    #[error("LeNet-5's table says which of {TABLE_INPUTS} maps a filter reads; here there are {channels}.")]
    Table {
        /// Maps that there are.
        channels: usize,
    },
    /// More than is counted.
    #[error("More than {} {what} are not counted.", format::count(*.most))]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The most.
        most: u64,
    },
    /// A block whose end has another shape than what its shortcut brings.
    #[error("The block makes {} and its shortcut brings {}: only equal shapes can be added.", .body, .shortcut)]
    Shortcut {
        /// What the layers of the block make.
        body: Features,
        /// What comes past them.
        shortcut: Features,
    },
    /// A block without an end.
    #[error("The block that begins here has no end.")]
    NoEnd,
    /// An end without a block.
    #[error("A block ends here that does not begin anywhere.")]
    NoBegin,
    /// Blocks in blocks in blocks.
    #[error("Blocks are nested {depth} deep; the most is {MOST_NESTED}.")]
    Nested {
        /// How deep.
        depth: usize,
    },
}

/// The deepest that blocks are nested.
pub const MOST_NESTED: usize = 4;

/// Counts one layer on one example:
/// a convolution has `o·(c/g·k_h·k_w + 1)` parameters and `o·h'·w' · c/g·k_h·k_w` MACs,
/// a linear layer `o·(i + 1)` and `o·i`, each without the `+ 1` where it has no bias.
///
/// A block's begin and end take nothing by themselves; [`counts`] knows what its shortcut takes.
///
/// # Errors
/// [`LayerError`] if the layer does not fit its input.
///
/// # Source
/// Checked against torchvision's models, see `tests/golden/make_model_stats.py`.
pub fn count(layer: &Layer, input: Features) -> Result<Count, LayerError> {
    let (channels, _, _) = input.as_maps();
    let nothing = |what| LayerError::Nothing { noun: layer.noun(), what };
    let counted = match *layer {
        Layer::Conv2d { filters, kernel, groups, bias, .. } => {
            let filters = filters.ok_or(LayerError::NoFilters)?;
            if filters == 0 {
                return Err(nothing("filters"));
            }
            let divides = |channels: usize| channels.checked_rem(groups) == Some(0);
            if !divides(channels) || !divides(filters) {
                return Err(ShapeError::Groups { groups, channels_in: channels, channels_out: filters }.into());
            }
            let output = maps_of(layer, input, filters)?;
            let taps = product(&[wide(channels / groups), wide(kernel.0), wide(kernel.1)]);
            let parameters = product(&[wide(filters), taps.saturating_add(u64::from(bias))]);
            Count { output, parameters, macs: product(&[output.values(), taps]) }
        }
        Layer::TableConv2d => {
            if matches!(input, Features::Maps { .. }) && channels != TABLE_INPUTS {
                return Err(LayerError::Table { channels });
            }
            let output = maps_of(layer, input, TABLE.len())?;
            let taps = TABLE.iter().map(|maps| wide(maps.len()) * 25).sum::<u64>();
            let Features::Maps { height, width, .. } = output else { return Err(LayerError::NoFilters) };
            Count { output, parameters: taps + wide(TABLE.len()), macs: product(&[taps, wide(height), wide(width)]) }
        }
        Layer::Pool2d { .. } => Count::free(maps_of(layer, input, channels)?),
        Layer::Subsampling { .. } => {
            let output = maps_of(layer, input, channels)?;
            Count { output, parameters: 2 * wide(channels), macs: output.values() }
        }
        Layer::GlobalAverage => {
            needs_maps(layer, input)?;
            Count::free(Features::Maps { channels, height: 1, width: 1 })
        }
        Layer::Linear { outputs, .. } | Layer::Distance { outputs } if outputs == 0 => return Err(nothing("outputs")),
        Layer::Linear { outputs, bias } => {
            let parameters = product(&[wide(outputs), input.values().saturating_add(u64::from(bias))]);
            let macs = product(&[wide(outputs), input.values()]);
            Count { output: Features::Vector { len: outputs }, parameters, macs }
        }
        Layer::Distance { outputs } => {
            let macs = product(&[wide(outputs), input.values()]);
            Count { output: Features::Vector { len: outputs }, parameters: 0, macs }
        }
        Layer::BatchNorm => Count { output: input, parameters: 2 * wide(channels), macs: 0 },
        Layer::LocalResponseNorm { size: 0 } => return Err(nothing("channels")),
        // PyTorch's takes no list either.
        Layer::LocalResponseNorm { .. } => {
            needs_maps(layer, input)?;
            Count::free(input)
        }
        Layer::Activation(_) | Layer::Dropout(_) | Layer::BlockBegin(_) | Layer::BlockEnd => Count::free(input),
        // An input past what is counted was refused before.
        Layer::Flatten => Count::free(Features::Vector { len: usize::try_from(input.values()).unwrap_or(usize::MAX) }),
    };
    counted.within()
}

/// The height and width of the maps that a layer can't do without.
fn needs_maps(layer: &Layer, input: Features) -> Result<(usize, usize), LayerError> {
    match input {
        Features::Maps { height, width, .. } => Ok((height, width)),
        Features::Vector { len } => Err(LayerError::NeedsMaps { noun: layer.noun(), len }),
    }
}

/// What a layer with a window makes of maps, `channels` of them.
fn maps_of(layer: &Layer, input: Features, channels: usize) -> Result<Features, LayerError> {
    let (height, width) = needs_maps(layer, input)?;
    let along = |axis: Axis| {
        let window = layer.window(axis).unwrap_or(Window { kernel: 1, stride: 1, dilation: 1, padding: (0, 0) });
        let extent = axis.of((height, width));
        match *layer {
            Layer::Pool2d { ceil_mode, .. } => window.output_pool(axis, extent, ceil_mode),
            _ => window.output(axis, extent),
        }
    };
    Ok(Features::Maps { channels, height: along(Axis::Height)?, width: along(Axis::Width)? })
}

fn product(factors: &[u64]) -> u64 {
    factors.iter().fold(1, |product, factor| product.saturating_mul(*factor))
}

/// A layer in its network, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// What it reads.
    pub input: Features,
    /// What it takes and makes; of a block's end that is what the shortcut takes.
    pub count: Count,
    /// What one of its outputs sees of the network's input; `None` once all positions are mixed.
    pub field: Option<ReceptiveField>,
    /// Number of blocks that it stands in; of a block's begin and end, those around the block.
    pub depth: usize,
}

/// A layer that does not fit what comes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misfit {
    /// Which, from 0.
    pub at: usize,
    /// Why.
    pub error: LayerError,
}

/// A block that has begun.
struct Open {
    at: usize,
    shortcut: Shortcut,
    input: Features,
    field: Option<ReceptiveField>,
    normalises: bool,
}

/// Counts layers that follow each other, up to the first that does not fit, and says which that is.
pub fn counts(layers: &[Layer], input: Features) -> (Vec<Counted>, Option<Misfit>) {
    let mut counted: Vec<Counted> = Vec::with_capacity(layers.len());
    let mut open: Vec<Open> = Vec::new();
    let (mut features, mut field) = (input, Some(ReceptiveField::OWN));
    if input.values() > MOST_VALUES {
        return (counted, Some(Misfit { at: 0, error: LayerError::TooMany { what: "values", most: MOST_VALUES } }));
    }
    for (at, layer) in layers.iter().enumerate() {
        match count_next(at, layer, features, field, &mut open) {
            Ok(next) => {
                counted.push(next);
                (features, field) = (next.count.output, next.field);
            }
            Err(error) => return (counted, Some(Misfit { at, error })),
        }
    }
    let misfit = open.last().map(|open| Misfit { at: open.at, error: LayerError::NoEnd });
    (counted, misfit)
}

fn count_next(
    at: usize,
    layer: &Layer,
    input: Features,
    field: Option<ReceptiveField>,
    open: &mut Vec<Open>,
) -> Result<Counted, LayerError> {
    let mut count = count(layer, input)?;
    if count.output.values() > MOST_VALUES {
        return Err(LayerError::TooMany { what: "values", most: MOST_VALUES });
    }
    let mut field = field.and_then(|field| field.after(layer, input));
    match *layer {
        Layer::BlockBegin(shortcut) => {
            if open.len() == MOST_NESTED {
                return Err(LayerError::Nested { depth: open.len() + 1 });
            }
            let depth = open.len();
            open.push(Open { at, shortcut, input, field, normalises: false });
            return Ok(Counted { input, count, field, depth });
        }
        Layer::BlockEnd => {
            let block = open.pop().ok_or(LayerError::NoBegin)?;
            count = count_shortcut(&block, input)?;
            field = block.field.zip(field).map(|(shortcut, body)| shortcut.and(body));
        }
        Layer::BatchNorm => {
            if let Some(block) = open.last_mut() {
                block.normalises = true;
            }
        }
        _ => {}
    }
    Ok(Counted { input, count, field, depth: open.len() })
}

/// What the shortcut of a block takes whose layers make `body`.
fn count_shortcut(block: &Open, body: Features) -> Result<Count, LayerError> {
    let misfit = |shortcut| LayerError::Shortcut { body, shortcut };
    let (channels_in, height, width) = block.input.as_maps();
    let (channels, body_height, body_width) = body.as_maps();
    // As a stride of the block's own would make them.
    let strided = || {
        let shrinks = |from: usize, to: usize| to > 0 && (1..=from).any(|stride| from.div_ceil(stride) == to);
        let fits = matches!((block.input, body), (Features::Maps { .. }, Features::Maps { .. }))
            && shrinks(height, body_height)
            && shrinks(width, body_width);
        if fits { Ok(()) } else { Err(misfit(block.input)) }
    };
    let norm = if block.normalises { 2 * wide(channels) } else { 0 };
    match block.shortcut {
        Shortcut::Identity if block.input == body => Ok(Count::free(body)),
        Shortcut::Padded => {
            strided()?;
            if channels < channels_in { Err(misfit(block.input)) } else { Ok(Count::free(body)) }
        }
        Shortcut::Projection => {
            let bias = u64::from(!block.normalises);
            if let (Features::Vector { len }, Features::Vector { len: outputs }) = (block.input, body) {
                let parameters = product(&[wide(outputs), wide(len) + bias]) + norm;
                return Count { output: body, parameters, macs: product(&[wide(outputs), wide(len)]) }.within();
            }
            strided()?;
            let parameters = product(&[wide(channels), wide(channels_in) + bias]) + norm;
            Count { output: body, parameters, macs: product(&[body.values(), wide(channels_in)]) }.within()
        }
        Shortcut::Gate if block.input == body => {
            let parameters = product(&[wide(channels), wide(channels_in) + 1]);
            Count { output: body, parameters, macs: product(&[body.values(), wide(channels_in)]) }.within()
        }
        Shortcut::Identity | Shortcut::Gate => Err(misfit(block.input)),
    }
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

impl ReceptiveField {
    /// An input cell's.
    pub const OWN: Self = Self { size: (1, 1), jump: (1, 1), start: (0, 0) };

    /// After one more layer, which reads `input`; `None` where that mixes all positions.
    fn after(self, layer: &Layer, input: Features) -> Option<Self> {
        if let (Layer::GlobalAverage, Features::Maps { height, width, .. }) = (layer, input) {
            let whole = |axis, extent| {
                let window = Window { kernel: extent, stride: 1, dilation: 1, padding: (0, 0) };
                self.along(axis, window)
            };
            return Some(Self::of(whole(Axis::Height, height)?, whole(Axis::Width, width)?));
        }
        if matches!(layer, Layer::Linear { .. } | Layer::Distance { .. }) {
            return None;
        }
        let Some((height, width)) = layer.window(Axis::Height).zip(layer.window(Axis::Width)) else {
            return Some(self);
        };
        Some(Self::of(self.along(Axis::Height, height)?, self.along(Axis::Width, width)?))
    }

    fn of(height: (usize, usize, i64), width: (usize, usize, i64)) -> Self {
        Self { size: (height.0, width.0), jump: (height.1, width.1), start: (height.2, width.2) }
    }

    /// (size, jump, start) along one axis, after a window.
    fn along(self, axis: Axis, window: Window) -> Option<(usize, usize, i64)> {
        let (size, jump, start) = (axis.of(self.size), axis.of(self.jump), axis.of(self.start));
        let Window { kernel, stride, dilation, padding: (before, _) } = window;
        let reach = dilation.checked_mul(kernel.saturating_sub(1))?.checked_mul(jump)?;
        let start = start.checked_sub(i64::try_from(before.checked_mul(jump)?).ok()?)?;
        Some((size.checked_add(reach)?, jump.checked_mul(stride)?, start))
    }

    /// What one of two sums sees whose terms see these: both, as their jumps are the block's.
    fn and(self, body: Self) -> Self {
        let along = |axis: Axis| {
            let ends = |field: Self| axis.of(field.start) + i64::try_from(axis.of(field.size)).unwrap_or(i64::MAX / 2);
            let start = axis.of(self.start).min(axis.of(body.start));
            let size = ends(self).max(ends(body)) - start;
            (usize::try_from(size).unwrap_or(0), axis.of(body.jump), start)
        };
        Self::of(along(Axis::Height), along(Axis::Width))
    }
}

/// The receptive field of one output after these layers; `None` once a linear layer mixes all positions.
///
/// Each window adds its reach in input cells: `r ← r + d·(k − 1)·j`, `start ← start − p·j`, then `j ← j·s`.
///
/// # Source
/// Araujo, Norris & Sim, *Computing receptive fields of convolutional neural networks*, Distill 2019.
///
/// ```
/// # use receptive::model::{Layer, receptive_field};
/// // Two layers of 3×3 see as much as one of 5×5.
/// let field = receptive_field(&[Layer::conv2d(8, 3, 1, 0), Layer::conv2d(8, 3, 1, 0)]);
/// assert_eq!(field.map(|field| field.size), Some((5, 5)));
/// ```
pub fn receptive_field(layers: &[Layer]) -> Option<ReceptiveField> {
    // Whatever flows: windows see no extents.
    let any = Features::Vector { len: 1 };
    layers.iter().try_fold(ReceptiveField::OWN, |field, layer| field.after(layer, any))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            layer::{Function, PoolKind},
            text::read_layers,
        },
        *,
    };

    fn lenet() -> Vec<Layer> {
        vec![
            Layer::conv2d(6, 5, 1, 2),
            Layer::Activation(Function::Relu),
            Layer::pool2d(PoolKind::Max, 2, 2),
            Layer::conv2d(16, 5, 1, 0),
            Layer::Activation(Function::Relu),
            Layer::pool2d(PoolKind::Max, 2, 2),
            Layer::Flatten,
            Layer::linear(120),
            Layer::Activation(Function::Relu),
            Layer::linear(84),
            Layer::Activation(Function::Relu),
            Layer::linear(10),
        ]
    }

    #[test]
    fn lenet_as_a_whole() {
        let (counted, misfit) = counts(&lenet(), Features::Maps { channels: 1, height: 28, width: 28 });
        assert_eq!(misfit, None);
        assert_eq!(counted.iter().map(|row| row.count.parameters).sum::<u64>(), 61_706);
        assert_eq!(counted.iter().map(|row| row.count.macs).sum::<u64>(), 416_520);
        assert_eq!(counted[6].count.output, Features::Vector { len: 400 });
        assert_eq!((counted[0].count.parameter_bytes(), counted[0].count.output_bytes()), (624, 18_816));
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
        assert_eq!(count(&grouped(3), input), Err(error.into()));
        assert!(matches!(count(&grouped(0), input), Err(LayerError::Shape(ShapeError::Groups { groups: 0, .. }))));
    }

    #[track_caller]
    fn misfit(text: &str, input: Features, at: usize, sentence: &str) {
        let layers = read_layers(text).unwrap();
        let (counted, misfit) = counts(&layers, input);
        let misfit = misfit.unwrap();
        assert_eq!((misfit.at, misfit.error.to_string().as_str()), (at, sentence), "{text}");
        assert!(counted.len() >= at);
    }

    #[test]
    fn what_does_not_fit_is_told_where_it_does_not_fit() {
        let maps = |channels, extent| Features::Maps { channels, height: extent, width: extent };
        misfit("m2;m2;m2", maps(1, 4), 2, "The window's height of 2 is larger than the padded input's 1.");
        misfit("c5;m2", maps(1, 9), 0, "How many filters the convolution has is not said; each makes one feature map.");
        misfit(
            "f;c6k5",
            maps(1, 9),
            1,
            "The convolution needs feature maps; here they are a list of 81 numbers already.",
        );
        misfit(
            "f;l84;lrn5",
            maps(1, 9),
            2,
            "The local response normalisation needs feature maps; here they are a list of 84 numbers already.",
        );
        misfit(
            "c6k1;relu;l0",
            maps(1, 9),
            2,
            "The fully connected layer makes nothing: it has 0 outputs, and needs at least 1.",
        );
        misfit("table", maps(4, 9), 0, "LeNet-5's table says which of 6 maps a filter reads; here there are 4.");
        misfit(
            "c4k1;[c8k1];relu",
            maps(1, 9),
            3,
            "The block makes 8 × 9 × 9 and its shortcut brings 4 × 9 × 9: only equal shapes can be added.",
        );
        misfit(
            "[p;c8k3]",
            maps(4, 9),
            2,
            "The block makes 8 × 7 × 7 and its shortcut brings 4 × 9 × 9: only equal shapes can be added.",
        );
        misfit("relu;[relu", maps(4, 9), 1, "The block that begins here has no end.");
        misfit("relu;relu]", maps(4, 9), 2, "A block ends here that does not begin anywhere.");
        misfit("[[[[[relu", maps(4, 9), 4, "Blocks are nested 5 deep; the most is 4.");
        misfit("c99999k1", maps(1, 9_999), 0, "More than 2,147,483,648 values are not counted.");
        misfit("c99999k9999p4999", maps(99_999, 1), 0, "More than 9,007,199,254,740,991 parameters are not counted.");
    }

    #[test]
    fn shortcuts_take_what_they_learn() {
        let maps = Features::Maps { channels: 4, height: 8, width: 8 };
        let end = |text: &str| counts(&read_layers(text).unwrap(), maps).0.last().unwrap().count;
        assert_eq!((end("[c4k3p1]").parameters, end("[c4k3p1]").macs), (0, 0));
        // 1 × 1 from 4 to 8 channels: with biases, or normalised.
        assert_eq!((end("[p;c8k3s2p1]").parameters, end("[p;c8k3s2p1]").macs), (40, 32 * 16));
        assert_eq!(end("[p;c8k3s2p1nb;bn]").parameters, 32 + 16);
        assert_eq!(
            (end("[a;c8k3s2p1]").parameters, end("[a;c8k3s2p1]").output),
            (0, Features::Maps { channels: 8, height: 4, width: 4 })
        );
        assert_eq!((end("[h;c4k3p1]").parameters, end("[h;c4k3p1]").macs), (4 * 5, 4 * 4 * 64));
    }

    #[test]
    fn a_shortcut_sees_too() {
        let maps = Features::Maps { channels: 4, height: 8, width: 8 };
        // Layers that see less than the shortcut can't be: both start at the same cell.
        let field = counts(&read_layers("[c4k3p1;c4k3p1];c4k3p1").unwrap(), maps).0.last().unwrap().field.unwrap();
        assert_eq!((field.size, field.jump, field.start), ((7, 7), (1, 1), (-3, -3)));
        // The mean of all sees all, and what hangs over the edges.
        let field = counts(&read_layers("c4k3p1;gap;f").unwrap(), maps).0.last().unwrap().field.unwrap();
        assert_eq!((field.size, field.start), ((10, 10), (-1, -1)));
    }
}
