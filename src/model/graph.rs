//! A network of any layers at work: weights, and the buffers of a pass forward and back.
//!
//! [`Network`](super::Network) is the one that trains LeNet fastest; this one trains whatever [`Layer`]s say, blocks with
//! shortcuts and batch normalisation among them. Feature maps are channels last.

use std::ops::Range;

use thiserror::Error;

use serde::{Deserialize, Serialize};

use super::{
    Counted, Features, Function, Layer, LayerError, Misfit, Parameter, PoolKind, Shortcut, TILE, Trainable, counts,
    parameter_names, part, part_mut, read_layers, wide,
};
use crate::{
    data::{CLASSES, DatasetKind, Normalization, SIDE},
    nn::{
        fast::{
            Activation, BatchLoss, ConvGeometry, CrossEntropy, Linear, LinearScratch, PoolGeometry, add,
            nhwc::{AveragePool2d, BatchNorm2d, BatchNormScratch, Conv2d, ConvScratch, MaxPool2d, RunningStatistics},
            transpose,
        },
        init::Init,
        shape::Padding,
    },
    num::rng::{Purpose, Stream},
};

/// ε of batch normalisation, as PyTorch has it.
const EPSILON: f32 = 1e-5;

/// The most numbers that a network's weights and buffers may have: a quarter of what a tab gets at least.
pub const MOST_NUMBERS: u64 = 64 << 20;

/// What an image of the data sets is.
pub const IMAGE: Features = Features::Maps { channels: 1, height: SIDE, width: SIDE };

/// A network of any layers for images of 28×28, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphSpec {
    /// Its layers, in the text form of links.
    pub layers: String,
    /// How the weights begin.
    pub init: Init,
    /// Whether the last convolution of each block begins at 0: a block with an identity is then the identity.
    pub zero_ends: bool,
    /// What it is trained on, which decides how an image becomes its input.
    pub data: DatasetKind,
}

impl Default for GraphSpec {
    /// The smallest: one linear layer.
    fn default() -> Self {
        Self { layers: "l10".into(), init: Init::XavierUniform, zero_ends: false, data: DatasetKind::Mnist }
    }
}

/// Why layers make no network that can be trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GraphError {
    /// A layer does not fit what comes before it.
    #[error("Layer {} does not fit: {}", .0.at + 1, .0.error)]
    Misfit(Misfit),
    /// A layer for which there is no gradient here.
    #[error("Layer {} is a {noun}, which is counted but can't be trained here.", .at + 1)]
    NotTrained {
        /// Which, from 0.
        at: usize,
        /// What it is.
        noun: &'static str,
    },
    /// More than a tab can be expected to have.
    #[error("Training it takes {} MB; the most is {} MB.", .numbers / 250_000, MOST_NUMBERS / 250_000)]
    Memory {
        /// Numbers of its weights and buffers.
        numbers: u64,
    },
    /// Nothing to be learned.
    #[error("The network has no weights: nothing can be learned.")]
    NoWeights,
}

impl GraphError {
    /// Which layer it is about, from 0.
    pub fn at(&self) -> Option<usize> {
        match *self {
            Self::Misfit(Misfit { at, .. }) | Self::NotTrained { at, .. } => Some(at),
            Self::Memory { .. } | Self::NoWeights => None,
        }
    }
}

/// Numbers that a network's weights and buffers have while it is trained: weights, gradients and what the optimiser
/// remembers; for each example of a tile, what each layer makes and its gradient, and about as much padded.
///
/// # Errors
/// [`GraphError`] if it can't be trained.
pub fn training_numbers(layers: &[Layer], input: Features) -> Result<u64, GraphError> {
    numbers_of(&check(layers, input)?, input)
}

fn numbers_of(counted: &[Counted], input: Features) -> Result<u64, GraphError> {
    let (mut weights, mut values) = (0_u64, input.values());
    for row in counted {
        weights = weights.saturating_add(row.count.parameters);
        values = values.saturating_add(row.count.output.values());
    }
    if weights == 0 {
        return Err(GraphError::NoWeights);
    }
    let numbers = weights.saturating_mul(4).saturating_add(values.saturating_mul(4 * wide(TILE)));
    if numbers > MOST_NUMBERS { Err(GraphError::Memory { numbers }) } else { Ok(numbers) }
}

/// Whether the layers make a network with a gradient; each counted.
pub(super) fn check(layers: &[Layer], input: Features) -> Result<Vec<Counted>, GraphError> {
    let (counted, misfit) = counts(layers, input);
    if let Some(misfit) = misfit {
        return Err(GraphError::Misfit(misfit));
    }
    let refused = layers.iter().zip(&counted).enumerate().find(|(_, (layer, row))| !can_be_trained(layer, row.input));
    match refused {
        Some((at, (layer, _))) => Err(GraphError::NotTrained { at, noun: layer.noun() }),
        None => Ok(counted),
    }
}

/// The stride of a shortcut from maps of one extent to maps of another.
pub fn shortcut_strides(from: (usize, usize), to: (usize, usize)) -> (usize, usize) {
    let along = |from: usize, to: usize| (1..=from).find(|stride| from.div_ceil(*stride) == to).unwrap_or(1);
    (along(from.0, to.0), along(from.1, to.1))
}

/// Whether there is a gradient of a layer that reads `input`.
fn can_be_trained(layer: &Layer, input: Features) -> bool {
    match layer {
        Layer::Conv2d { .. }
        | Layer::Pool2d { .. }
        | Layer::GlobalAverage
        | Layer::Flatten
        | Layer::Linear { .. }
        | Layer::Activation(_)
        | Layer::BatchNorm
        | Layer::BlockEnd => true,
        Layer::BlockBegin(shortcut) => *shortcut == Shortcut::Identity || matches!(input, Features::Maps { .. }),
        Layer::TableConv2d
        | Layer::Subsampling { .. }
        | Layer::Distance { .. }
        | Layer::Dropout(_)
        | Layer::LocalResponseNorm { .. } => false,
    }
}

/// Weights in one row, and the operations that read them.
#[derive(Debug, Clone)]
pub struct Graph {
    /// What is learned, then the running statistics.
    weights: Vec<f32>,
    learned: usize,
    parameters: Vec<Parameter>,
    /// The weights of each convolution and linear layer, in order.
    layers: Vec<Range<usize>>,
    nodes: Vec<Node>,
    /// What each node makes of the present tile, after its activation.
    outputs: Vec<Vec<f32>>,
    /// The loss's gradient with respect to that, then to what the activation was applied to.
    grads: Vec<Grad>,
    input: Features,
    /// A gradient that is to be added to another.
    term: Vec<f32>,
    /// The image, channels last, where it has more than one.
    image: Vec<f32>,
}

/// An operation.
#[derive(Debug, Clone)]
struct Node {
    op: Op,
    activation: Option<Activation>,
    /// Where its input comes from.
    from: Source,
    /// Weights, then biases; of a normalisation γ, then β.
    weight: Range<usize>,
    bias: Range<usize>,
    /// Values of an example that it reads, and that it makes.
    input_len: usize,
    len: usize,
}

/// A gradient, of which parts come from whatever reads the values that it is of.
#[derive(Debug, Clone)]
struct Grad {
    values: Vec<f32>,
    /// Whether a part is there.
    has_part: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Image,
    Node(usize),
}

#[derive(Debug, Clone)]
enum Op {
    Conv {
        conv: Box<Conv2d>,
        scratch: Box<ConvScratch>,
        no_bias: Vec<f32>,
    },
    MaxPool {
        pool: MaxPool2d,
        argmax: Vec<u32>,
    },
    AveragePool {
        pool: AveragePool2d,
    },
    /// Feature maps from channels last to channels first, as linear layers read them.
    ChannelsFirst {
        channels: usize,
    },
    Linear {
        linear: Linear,
        scratch: LinearScratch,
        no_bias: Vec<f32>,
    },
    BatchNorm {
        norm: BatchNorm2d,
        scratch: Box<BatchNormScratch>,
        statistics: RunningStatistics,
        place: Range<usize>,
    },
    /// Every s-th cell, with zeros in further channels.
    Cells {
        cells: Cells,
    },
    /// `body + shortcut`.
    Add {
        shortcut: Source,
    },
    /// `t·body + (1 − t)·x`.
    Gate {
        gate: Source,
        x: Source,
    },
}

/// A block that has begun.
struct Open {
    shortcut: Shortcut,
    from: Source,
    input: Features,
    normalises: bool,
}

impl Graph {
    /// Builds the network and draws its first weights from `seed`. With `zero_ends` the last convolution of each block
    /// begins at 0, so that a block with an identity begins as the identity.
    ///
    /// # Errors
    /// [`GraphError`] if it can't be trained.
    pub fn new(layers: &[Layer], input: Features, init: Init, zero_ends: bool, seed: u32) -> Result<Self, GraphError> {
        let counted = check(layers, input)?;
        numbers_of(&counted, input)?;
        let mut graph = Self {
            weights: Vec::new(),
            learned: 0,
            parameters: Vec::new(),
            layers: Vec::new(),
            nodes: Vec::new(),
            outputs: Vec::new(),
            grads: Vec::new(),
            input,
            term: Vec::new(),
            image: Vec::new(),
        };
        let names = parameter_names(layers);
        let draw = Draw { init, seed };
        let mut open: Vec<Open> = Vec::new();
        let (mut from, mut statistics) = (Source::Image, Vec::new());
        for (at, ((layer, row), name)) in layers.iter().zip(&counted).zip(&names).enumerate() {
            let misfit = |error: LayerError| GraphError::Misfit(Misfit { at, error });
            match *layer {
                Layer::BlockBegin(shortcut) => {
                    open.push(Open { shortcut, from, input: row.input, normalises: false });
                }
                Layer::BlockEnd => {
                    let block = open.pop().ok_or_else(|| misfit(LayerError::NoBegin))?;
                    from = graph.join(&block, from, row.count.output, name, draw, &mut statistics).map_err(misfit)?;
                }
                Layer::Activation(function) => graph.activate(&mut from, function, row.input, &open),
                _ => {
                    if let (Layer::BatchNorm, Some(block)) = (layer, open.last_mut()) {
                        block.normalises = true;
                    }
                    let is_end = zero_ends && is_last_convolution(layers, at) && !open.is_empty();
                    let draw = if is_end { Draw { init: Init::Zero, ..draw } } else { draw };
                    from = graph
                        .push(layer, from, row.input, row.count.output, name, draw, &mut statistics)
                        .map_err(misfit)?;
                }
            }
        }
        graph.learned = graph.weights.len();
        graph.place_statistics(statistics);
        let longest = graph.nodes.iter().map(|node| node.len).fold(values(input), usize::max);
        graph.term = vec![0.0; TILE * longest];
        if let Features::Maps { channels: 2.., .. } = input {
            graph.image = vec![0.0; TILE * values(input)];
        }
        graph.pack();
        Ok(graph)
    }

    fn last(&self, batch: usize) -> &[f32] {
        let last = self.nodes.last().zip(self.outputs.last());
        last.map_or(&[], |(node, output)| part(output, 0..batch * node.len))
    }

    /// The statistics stand after all that is learned.
    fn place_statistics(&mut self, nodes: Vec<(usize, String)>) {
        for (at, name) in nodes {
            let Some(Node { op: Op::BatchNorm { norm, place, .. }, .. }) = self.nodes.get_mut(at) else { continue };
            let (channels, start) = (norm.channels, self.weights.len());
            *place = start..start + 2 * channels;
            for (kind, value, start) in [("running_mean", 0.0, start), ("running_var", 1.0, start + channels)] {
                self.weights.extend(std::iter::repeat_n(value, channels));
                let range = start..start + channels;
                self.parameters.push(Parameter { name: format!("{name}.{kind}"), shape: vec![channels], range });
            }
        }
    }

    /// Applies a function to what `from` makes: in place, unless a block reads it as it was.
    fn activate(&mut self, from: &mut Source, function: Function, input: Features, open: &[Open]) {
        let activation = activation(function);
        let is_read = open.iter().any(|block| block.from == *from);
        let last = if let Source::Node(at) = *from { self.nodes.get_mut(at) } else { None };
        match last {
            Some(node) if node.activation.is_none() && !is_read => node.activation = Some(activation),
            _ => {
                let maps = input.as_maps();
                let op = Op::Cells { cells: Cells { from: maps, to: maps, stride: (1, 1) } };
                *from = self.push_node(op, *from, 0..0, 0..0, (input, input));
                if let Some(node) = self.nodes.last_mut() {
                    node.activation = Some(activation);
                }
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a layer and where it stands")]
    fn push(
        &mut self,
        layer: &Layer,
        from: Source,
        input: Features,
        output: Features,
        name: &str,
        draw: Draw,
        statistics: &mut Vec<(usize, String)>,
    ) -> Result<Source, LayerError> {
        let (channels, height, width) = input.as_maps();
        let size = (height, width);
        Ok(match *layer {
            Layer::Conv2d { filters, kernel, stride, padding, dilation, groups, bias } => {
                let channels_out = filters.ok_or(LayerError::NoFilters)?;
                let geometry = ConvGeometry {
                    channels_in: channels,
                    channels_out,
                    groups,
                    kernel,
                    stride,
                    dilation,
                    padding,
                    input: size,
                };
                self.push_conv(geometry, bias, from, (input, output), name, draw, true)?
            }
            Layer::Pool2d { kind, kernel, stride, padding, ceil_mode } => {
                let geometry = PoolGeometry { channels, window: kernel, stride, padding, ceil: ceil_mode, input: size };
                let op = match kind {
                    PoolKind::Max => {
                        let (_, rows, cols) = output.as_maps();
                        let argmax = vec![0; TILE * channels * rows * cols];
                        Op::MaxPool { pool: MaxPool2d::new(geometry)?, argmax }
                    }
                    PoolKind::Average => Op::AveragePool { pool: AveragePool2d::new(geometry, true)? },
                };
                self.push_node(op, from, 0..0, 0..0, (input, output))
            }
            Layer::GlobalAverage => {
                let padding = Padding::default();
                let geometry =
                    PoolGeometry { channels, window: size, stride: (1, 1), padding, ceil: false, input: size };
                let op = Op::AveragePool { pool: AveragePool2d::new(geometry, true)? };
                self.push_node(op, from, 0..0, 0..0, (input, output))
            }
            Layer::Flatten => self.push_flatten(from, input),
            Layer::Linear { outputs, bias } => {
                let from = self.push_flatten(from, input);
                let linear = Linear { inputs: channels * height * width, outputs };
                let (weight, bias) = self.draw(name, outputs, &[linear.inputs], bias, draw);
                self.layers.push(weight.start..bias.end.max(weight.end));
                let no_bias = if bias.is_empty() { vec![0.0; 2 * outputs] } else { Vec::new() };
                let op = Op::Linear { linear, scratch: linear.scratch(TILE), no_bias };
                self.push_node(op, from, weight, bias, (input, output))
            }
            Layer::BatchNorm => self.push_norm(from, input, name, statistics),
            // `check` has refused the others, and blocks and functions were told apart before.
            _ => from,
        })
    }

    #[expect(clippy::too_many_arguments, reason = "a layer and where it stands")]
    fn push_conv(
        &mut self,
        geometry: ConvGeometry,
        bias: bool,
        from: Source,
        features: (Features, Features),
        name: &str,
        draw: Draw,
        is_layer: bool,
    ) -> Result<Source, LayerError> {
        let conv = Conv2d::new(geometry)?;
        let ConvGeometry { channels_in, channels_out, groups, kernel, .. } = geometry;
        let row = [channels_in / groups.max(1), kernel.0, kernel.1];
        let (weight, bias) = self.draw(name, channels_out, &row, bias, draw);
        if is_layer {
            self.layers.push(weight.start..bias.end.max(weight.end));
        }
        let no_bias = if bias.is_empty() { vec![0.0; 2 * channels_out] } else { Vec::new() };
        let scratch = Box::new(conv.scratch(TILE));
        let conv = Box::new(conv);
        Ok(self.push_node(Op::Conv { conv, scratch, no_bias }, from, weight, bias, features))
    }

    fn push_norm(
        &mut self,
        from: Source,
        input: Features,
        name: &str,
        statistics: &mut Vec<(usize, String)>,
    ) -> Source {
        let (channels, height, width) = input.as_maps();
        let norm = BatchNorm2d { channels, cells: height * width, epsilon: EPSILON, momentum: 1.0 };
        let [gamma, beta] = [("weight", 1.0), ("bias", 0.0)]
            .map(|(kind, value)| self.push_parameter(format!("{name}.{kind}"), vec![channels], |row| row.fill(value)));
        let kept = RunningStatistics::new(channels);
        let op = Op::BatchNorm { norm, scratch: Box::new(norm.scratch()), statistics: kept, place: 0..0 };
        statistics.push((self.nodes.len(), name.to_owned()));
        self.push_node(op, from, gamma, beta, (input, input))
    }

    /// Maps in the order in which linear layers read them.
    fn push_flatten(&mut self, from: Source, input: Features) -> Source {
        match input {
            Features::Maps { channels: channels @ 2.., height, width } if height * width > 1 => {
                self.push_node(Op::ChannelsFirst { channels }, from, 0..0, 0..0, (input, input))
            }
            _ => from,
        }
    }

    /// Ends a block whose layers make `body`.
    fn join(
        &mut self,
        block: &Open,
        body: Source,
        output: Features,
        name: &str,
        draw: Draw,
        statistics: &mut Vec<(usize, String)>,
    ) -> Result<Source, LayerError> {
        let (from, to) = (block.input.as_maps(), output.as_maps());
        let stride = shortcut_strides((from.1, from.2), (to.1, to.2));
        let geometry = ConvGeometry {
            channels_in: from.0,
            channels_out: to.0,
            groups: 1,
            kernel: (1, 1),
            stride,
            dilation: (1, 1),
            padding: Padding::default(),
            input: (from.1, from.2),
        };
        let op = match block.shortcut {
            Shortcut::Identity => Op::Add { shortcut: block.from },
            Shortcut::Padded if from == to => Op::Add { shortcut: block.from },
            Shortcut::Padded => {
                let op = Op::Cells { cells: Cells { from, to, stride } };
                let shortcut = self.push_node(op, block.from, 0..0, 0..0, (block.input, output));
                Op::Add { shortcut }
            }
            Shortcut::Projection => {
                let own = if block.normalises { format!("{name}.shortcut.0") } else { format!("{name}.shortcut") };
                let conv =
                    self.push_conv(geometry, !block.normalises, block.from, (block.input, output), &own, draw, false)?;
                let shortcut = if block.normalises {
                    self.push_norm(conv, output, &format!("{name}.shortcut.1"), statistics)
                } else {
                    conv
                };
                Op::Add { shortcut }
            }
            Shortcut::Gate => {
                let own = format!("{name}.shortcut");
                let gate = self.push_conv(geometry, true, block.from, (block.input, output), &own, draw, false)?;
                if let Some(node) = self.nodes.last_mut() {
                    node.activation = Some(Activation::Sigmoid);
                }
                Op::Gate { gate, x: block.from }
            }
        };
        Ok(self.push_node(op, body, 0..0, 0..0, (output, output)))
    }

    fn push_node(
        &mut self,
        op: Op,
        from: Source,
        weight: Range<usize>,
        bias: Range<usize>,
        (input, output): (Features, Features),
    ) -> Source {
        let [input_len, len] = [input, output].map(values);
        self.nodes.push(Node { op, activation: None, from, weight, bias, input_len, len });
        self.outputs.push(vec![0.0; TILE * len]);
        self.grads.push(Grad { values: vec![0.0; TILE * len], has_part: false });
        Source::Node(self.nodes.len() - 1)
    }

    /// Adds a weight with `outputs` rows of shape `row` and, where it has one, its bias, with their first values.
    fn draw(
        &mut self,
        name: &str,
        outputs: usize,
        row: &[usize],
        bias: bool,
        Draw { init, seed }: Draw,
    ) -> (Range<usize>, Range<usize>) {
        let fan_in = row.iter().product();
        let fan_out = outputs * row.iter().skip(1).product::<usize>();
        let stream = |at: usize| Stream::new(seed.into(), Purpose::Parameters, at as u64);
        let at = self.parameters.len();
        let weight = self.push_parameter(format!("{name}.weight"), [&[outputs], row].concat(), |weight| {
            init.weight(fan_in, fan_out, &mut stream(at), weight);
        });
        let end = weight.end;
        let bias = if bias {
            self.push_parameter(format!("{name}.bias"), vec![outputs], |bias| {
                init.bias(fan_in, &mut stream(at + 1), bias);
            })
        } else {
            end..end
        };
        (weight, bias)
    }

    fn push_parameter(&mut self, name: String, shape: Vec<usize>, fill: impl FnOnce(&mut [f32])) -> Range<usize> {
        let mut values = vec![0.0; shape.iter().product()];
        fill(&mut values);
        let range = self.weights.len()..self.weights.len() + values.len();
        self.weights.extend(values);
        self.parameters.push(Parameter { name, shape, range: range.clone() });
        range
    }

    fn pack(&mut self) {
        for node in &mut self.nodes {
            if let Op::Conv { conv, scratch, no_bias } = &mut node.op {
                let weight = part(&self.weights, node.weight.clone());
                let bias = if no_bias.is_empty() {
                    part(&self.weights, node.bias.clone())
                } else {
                    part(no_bias, 0..no_bias.len() / 2)
                };
                conv.pack(weight, bias, scratch);
            }
        }
    }

    fn run(&mut self, inputs: &[f32], batch: usize, training: bool) {
        debug_assert!(batch <= TILE, "{batch} examples in a tile");
        let Self { nodes, outputs, weights, image, input, .. } = self;
        if let Features::Maps { channels, height, width } = *input
            && !image.is_empty()
        {
            let len = channels * height * width;
            let images = inputs.chunks_exact(len).zip(image.chunks_exact_mut(len)).take(batch);
            images.for_each(|(from, to)| transpose(from, to, channels, height * width));
        }
        let image = if image.is_empty() { inputs } else { &**image };
        for (at, node) in nodes.iter_mut().enumerate() {
            if let Some((before, [to, ..])) = outputs.split_at_mut_checked(at) {
                node.forward(batch, Outputs { image, nodes: before }, weights, training, to);
            }
        }
    }

    /// From the gradient of the last node's outputs to those of all weights; `share` is what the examples are of their
    /// batch, by which their statistics are weighed.
    fn backward(&mut self, inputs: &[f32], batch: usize, share: f32, gradient: &mut [f32]) {
        let Self { nodes, outputs, grads, weights, term, image, .. } = self;
        let outputs = Outputs { image: if image.is_empty() { inputs } else { image }, nodes: outputs };
        for (at, node) in nodes.iter_mut().enumerate().rev() {
            let Some((before, [grad, ..])) = grads.split_at_mut_checked(at) else { continue };
            if !std::mem::take(&mut grad.has_part) {
                continue;
            }
            let grad = part_mut(&mut grad.values, 0..batch * node.len);
            if let (Some(activation), Some(output)) = (node.activation, outputs.nodes.get(at)) {
                activation.backward(part(output, 0..grad.len()), grad);
            }
            let back = Back { batch, before, term };
            node.backward(outputs, grad, weights, share, gradient, back);
        }
    }
}

/// How the first weights are drawn.
#[derive(Debug, Clone, Copy)]
struct Draw {
    init: Init,
    seed: u32,
}

/// Whether no convolution follows in the same block.
fn is_last_convolution(layers: &[Layer], at: usize) -> bool {
    let mut rest = layers.iter().skip(at + 1).take_while(|layer| **layer != Layer::BlockEnd);
    matches!(layers.get(at), Some(Layer::Conv2d { .. })) && !rest.any(|layer| matches!(layer, Layer::Conv2d { .. }))
}

fn activation(function: Function) -> Activation {
    match function {
        Function::Relu => Activation::Relu,
        Function::Sigmoid => Activation::Sigmoid,
        Function::Tanh => Activation::Tanh,
        Function::ScaledTanh => Activation::ScaledTanh,
    }
}

/// Which cells of channels-last maps become which of others: every s-th, in the first channels.
#[derive(Debug, Clone, Copy)]
struct Cells {
    /// (channels, height, width).
    from: (usize, usize, usize),
    to: (usize, usize, usize),
    stride: (usize, usize),
}

impl Cells {
    /// Tells the places of the channels of each cell, among the values read and among those made.
    fn each(self, batch: usize, mut tell: impl FnMut(Range<usize>, Range<usize>)) {
        let Self { from, to, stride } = self;
        let channels = from.0.min(to.0);
        for example in 0..batch {
            for (i, j) in (0..to.1).flat_map(|i| (0..to.2).map(move |j| (i, j))) {
                let read = ((example * from.1 + i * stride.0) * from.2 + j * stride.1) * from.0;
                let made = ((example * to.1 + i) * to.2 + j) * to.0;
                tell(read..read + channels, made..made + channels);
            }
        }
    }
}

/// Values of an example; what is trained was found to fit before.
fn values(features: Features) -> usize {
    let (channels, height, width) = features.as_maps();
    channels * height * width
}

/// What was made so far.
#[derive(Clone, Copy)]
struct Outputs<'a> {
    image: &'a [f32],
    nodes: &'a [Vec<f32>],
}

impl<'a> Outputs<'a> {
    fn of(self, source: Source) -> &'a [f32] {
        match source {
            Source::Image => self.image,
            Source::Node(at) => self.nodes.get(at).map_or(&[], |output| output),
        }
    }
}

/// The gradients of what a node reads.
struct Back<'a> {
    batch: usize,
    before: &'a mut [Grad],
    term: &'a mut [f32],
}

impl Back<'_> {
    /// Lets `write` write a gradient of what `source` makes, `len` values of an example: into its own buffer, or, where
    /// another part of it is there already, into `term`, which is added.
    fn pass(&mut self, source: Source, len: usize, write: impl FnOnce(&mut [f32])) {
        // Nobody asks for the gradient of the image.
        if let Source::Node(_) = source {
            self.pass_or_drop(source, len, write);
        }
    }

    /// The same where `write` does more than that: it is called for the image as well.
    fn pass_or_drop(&mut self, source: Source, len: usize, write: impl FnOnce(&mut [f32])) {
        let Source::Node(at) = source else { return write(part_mut(self.term, 0..self.batch * len)) };
        let Some(grad) = self.before.get_mut(at) else { return };
        let (to, term) = (part_mut(&mut grad.values, 0..self.batch * len), part_mut(self.term, 0..self.batch * len));
        if grad.has_part {
            write(term);
            add(to, term);
        } else {
            write(to);
            grad.has_part = true;
        }
    }
}

/// The places of the gradients of a weight and a bias; of a bias that is not there, room that nobody reads.
fn gradients<'a>(
    gradient: &'a mut [f32],
    weight: &Range<usize>,
    bias: &Range<usize>,
    no_bias: &'a mut [f32],
) -> (&'a mut [f32], &'a mut [f32]) {
    let own = part_mut(gradient, weight.start..weight.end.max(bias.end));
    let (weight, bias) = own.split_at_mut(weight.len().min(own.len()));
    let half = no_bias.len() / 2;
    if half > 0 { (weight, part_mut(no_bias, half..2 * half)) } else { (weight, bias) }
}

impl Node {
    fn forward(&mut self, batch: usize, made: Outputs<'_>, weights: &[f32], training: bool, to: &mut [f32]) {
        let input = made.of(self.from);
        let [weight, bias] = [&self.weight, &self.bias].map(|range| part(weights, range.clone()));
        let (len, all) = (self.len, batch * self.len);
        let to = part_mut(to, 0..all);
        match &mut self.op {
            Op::Conv { conv, scratch, .. } => conv.forward(batch, input, to, scratch),
            Op::MaxPool { pool, argmax } => pool.forward(batch, input, to, argmax),
            Op::AveragePool { pool } => pool.forward(batch, input, to),
            Op::ChannelsFirst { channels } => {
                let maps = input.chunks_exact(len).zip(to.chunks_exact_mut(len));
                maps.for_each(|(from, to)| transpose(from, to, len / *channels, *channels));
            }
            Op::Linear { linear, scratch, no_bias } => {
                let bias = if no_bias.is_empty() { bias } else { part(no_bias, 0..linear.outputs) };
                linear.forward(batch, part(input, 0..batch * linear.inputs), weight, bias, to, scratch);
            }
            Op::BatchNorm { norm, scratch, statistics, place } => {
                let input = part(input, 0..all);
                if !(training && norm.forward(batch, input, (weight, bias), statistics, to, scratch).is_ok()) {
                    // In training too, where there is one value, which has no variance.
                    let kept = part(weights, place.clone());
                    let (mean, variance) = kept.split_at(norm.channels.min(kept.len()));
                    statistics.mean.copy_from_slice(mean);
                    statistics.variance.copy_from_slice(variance);
                    norm.evaluate(batch, input, (weight, bias), statistics, to, scratch);
                }
            }
            Op::Cells { cells } => {
                to.fill(0.0);
                cells.each(batch, |from, at| part_mut(to, at).copy_from_slice(part(input, from)));
            }
            Op::Add { shortcut } => {
                to.copy_from_slice(part(input, 0..all));
                add(to, part(made.of(*shortcut), 0..all));
            }
            Op::Gate { gate, x } => {
                let (gate, x) = (made.of(*gate), made.of(*x));
                for (((to, body), t), x) in to.iter_mut().zip(input).zip(gate).zip(x) {
                    *to = t * body + (1.0 - t) * x;
                }
            }
        }
        if let Some(activation) = self.activation {
            activation.forward(to);
        }
    }

    /// From `grad`, that of what the activation was applied to, to the gradients of weights and of what is read.
    fn backward(
        &mut self,
        made: Outputs<'_>,
        grad: &[f32],
        weights: &[f32],
        share: f32,
        gradient: &mut [f32],
        mut back: Back<'_>,
    ) {
        let (batch, input_len, len, from) = (back.batch, self.input_len, self.len, self.from);
        let weight = part(weights, self.weight.clone());
        match &mut self.op {
            Op::Conv { conv, scratch, no_bias } => {
                let (grad_weight, grad_bias) = gradients(gradient, &self.weight, &self.bias, no_bias);
                conv.backward_weight(batch, made.of(from), grad, grad_weight, grad_bias, scratch);
                back.pass(from, input_len, |to| conv.backward_input(batch, to, scratch));
            }
            Op::Linear { linear, scratch, no_bias } => {
                let (grad_weight, grad_bias) = gradients(gradient, &self.weight, &self.bias, no_bias);
                let input = part(made.of(from), 0..batch * linear.inputs);
                linear.backward_weight(batch, input, grad, grad_weight, grad_bias, scratch);
                back.pass(from, input_len, |to| linear.backward_input(batch, weight, grad, to, scratch));
            }
            Op::BatchNorm { norm, scratch, statistics, place } => {
                let kept = part_mut(gradient, place.clone());
                let rows = statistics.mean.iter().chain(&statistics.variance);
                kept.iter_mut().zip(rows).for_each(|(sum, value)| *sum += share * value);
                let (grad_gamma, grad_beta) = gradients(gradient, &self.weight, &self.bias, &mut []);
                let input = part(made.of(from), 0..grad.len());
                back.pass_or_drop(from, len, |to| {
                    norm.backward(batch, (input, grad), weight, to, (grad_gamma, grad_beta), scratch);
                });
            }
            Op::MaxPool { pool, argmax } => {
                back.pass(from, input_len, |to| pool.backward(batch, grad, argmax, to));
            }
            Op::AveragePool { pool } => back.pass(from, input_len, |to| pool.backward(batch, grad, to)),
            Op::ChannelsFirst { channels } => back.pass(from, len, |to| {
                let maps = grad.chunks_exact(len).zip(to.chunks_exact_mut(len));
                maps.for_each(|(from, to)| transpose(from, to, *channels, len / *channels));
            }),
            Op::Cells { cells } => {
                back.pass(from, input_len, |to| {
                    to.fill(0.0);
                    cells.each(batch, |at, from| part_mut(to, at).copy_from_slice(part(grad, from)));
                });
            }
            Op::Add { shortcut } => {
                for source in [from, *shortcut] {
                    back.pass(source, len, |to| to.copy_from_slice(grad));
                }
            }
            Op::Gate { gate, x } => {
                let (t, x_values, body) = (made.of(*gate), made.of(*x), made.of(from));
                back.pass(from, len, |to| {
                    to.iter_mut().zip(grad).zip(t).for_each(|((to, grad), t)| *to = grad * t);
                });
                back.pass(*x, len, |to| {
                    to.iter_mut().zip(grad).zip(t).for_each(|((to, grad), t)| *to = grad * (1.0 - t));
                });
                back.pass(*gate, len, |to| {
                    let values = body.iter().zip(x_values);
                    to.iter_mut().zip(grad).zip(values).for_each(|((to, grad), (body, x))| *to = grad * (body - x));
                });
            }
        }
    }
}

impl Trainable for Graph {
    type Spec = GraphSpec;

    fn build(spec: &GraphSpec, seed: u32) -> Option<Self> {
        let layers = read_layers(&spec.layers).ok()?;
        let graph = Self::new(&layers, IMAGE, spec.init, spec.zero_ends, seed).ok()?;
        (graph.classes() == CLASSES).then_some(graph)
    }

    fn normalization(spec: &GraphSpec) -> Normalization {
        spec.data.normalization()
    }

    fn weights(&self) -> &[f32] {
        &self.weights
    }

    fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    fn learned(&self) -> usize {
        self.learned
    }

    fn layers(&self) -> &[Range<usize>] {
        &self.layers
    }

    fn classes(&self) -> usize {
        self.nodes.last().map_or(0, |node| node.len)
    }

    fn input_len(&self) -> usize {
        values(self.input)
    }

    fn update(&mut self, change: impl FnOnce(&mut [f32])) {
        change(&mut self.weights);
        self.pack();
    }

    fn logits(&mut self, inputs: &[f32]) -> &[f32] {
        let batch = (inputs.len() / self.input_len().max(1)).min(TILE);
        self.run(inputs, batch, false);
        self.last(batch)
    }

    fn loss(&mut self, inputs: &[f32], targets: &[u8], loss: CrossEntropy) -> BatchLoss {
        debug_assert_eq!(inputs.len(), targets.len() * self.input_len(), "an input for each target");
        let mut total = BatchLoss::default();
        for (inputs, targets) in inputs.chunks(TILE * self.input_len()).zip(targets.chunks(TILE)) {
            self.run(inputs, targets.len(), false);
            total += loss.loss(self.last(targets.len()), targets);
        }
        total
    }

    fn loss_and_gradient(
        &mut self,
        inputs: &[f32],
        targets: &[u8],
        loss: CrossEntropy,
        divisor: f32,
        gradient: &mut [f32],
    ) -> BatchLoss {
        debug_assert_eq!(inputs.len(), targets.len() * self.input_len(), "an input for each target");
        debug_assert_eq!(gradient.len(), self.weights.len(), "a gradient for each weight");
        let mut total = BatchLoss::default();
        for (inputs, targets) in inputs.chunks(TILE * self.input_len()).zip(targets.chunks(TILE)) {
            let batch = targets.len();
            self.run(inputs, batch, true);
            if let (Some(output), Some(grad)) = (self.outputs.last(), self.grads.last_mut()) {
                let len = batch * loss.classes;
                let (logits, to) = (part(output, 0..len), part_mut(&mut grad.values, 0..len));
                total += loss.loss_and_gradient(logits, targets, divisor, to);
                grad.has_part = true;
            }
            self.backward(inputs, batch, batch as f32 / divisor, gradient);
        }
        total
    }
}
