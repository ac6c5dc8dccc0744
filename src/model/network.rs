//! A network at work: weights, and the buffers of a pass forward and back.

use std::ops::Range;

use super::{LayerSpec, ModelKind, ModelSpec, Parameter, TILE, Trainable, part, part_mut};
use crate::{
    data::Normalization,
    nn::{
        fast::{
            Activation, AveragePool2d, BatchLoss, Conv2d, ConvGeometry, ConvPoolScratch, ConvReluPool, ConvScratch,
            CrossEntropy, Linear, LinearScratch, MaxPool2d, PoolGeometry, transpose,
        },
        init::Init,
        shape::{Padding, ShapeError},
    },
    num::rng::{Purpose, Stream},
};

/// Weights in one row, and the layers that read them.
#[derive(Debug, Clone)]
pub struct Network {
    weights: Vec<f32>,
    parameters: Vec<Parameter>,
    layers: Vec<Layer>,
    input_len: usize,
}

/// One layer and what it holds of the present tile.
#[derive(Debug, Clone)]
struct Layer {
    op: Op,
    activation: Option<Activation>,
    weight: Range<usize>,
    bias: Range<usize>,
    output_len: usize,
    /// After the activation.
    output: Vec<f32>,
    /// The loss's gradient with respect to `output`, then to what the activation was applied to.
    grad: Vec<f32>,
}

#[derive(Debug, Clone)]
enum Op {
    Conv {
        conv: Conv2d,
        scratch: ConvScratch,
    },
    MaxPool {
        pool: MaxPool2d,
        argmax: Vec<u32>,
    },
    AveragePool {
        pool: AveragePool2d,
    },
    /// A convolution with the ReLU and the pooling that follow it; its maps are channels last.
    ConvReluPool {
        conv: ConvReluPool,
        scratch: Box<ConvPoolScratch>,
    },
    /// Feature maps from channels last to channels first.
    ChannelsFirst {
        channels: usize,
    },
    Linear {
        linear: Linear,
        scratch: LinearScratch,
    },
}

impl Network {
    /// Builds the network and draws its first weights from `seed`.
    ///
    /// # Errors
    /// [`ShapeError`] if a layer does not fit what the one before it makes.
    pub fn new(spec: &ModelSpec, seed: u32) -> Result<Self, ShapeError> {
        let (c, h, w) = spec.input;
        let mut network =
            Self { weights: Vec::new(), parameters: Vec::new(), layers: Vec::new(), input_len: c * h * w };
        let mut shape = spec.input;
        let mut layers = &*spec.layers;
        while let Some((layer, rest)) = layers.split_first() {
            if let Some(geometry) = network.fused(layer, rest, shape) {
                shape = network.push_fused(layer.name(), geometry, spec, seed)?;
                layers = rest.get(1..).unwrap_or_default();
            } else {
                network.push_channels_first(shape);
                shape = network.push(layer, shape, spec, seed)?;
                layers = rest;
            }
        }
        network.push_channels_first(shape);
        network.pack();
        Ok(network)
    }

    /// Replaces all weights.
    ///
    /// # Errors
    /// [`ShapeError::Length`] if there are more or fewer than the network has.
    pub fn load(&mut self, weights: &[f32]) -> Result<(), ShapeError> {
        if weights.len() != self.weights.len() {
            return Err(ShapeError::Length { expected: self.weights.len(), found: weights.len() });
        }
        self.update(|own| own.copy_from_slice(weights));
        Ok(())
    }

    /// The logits of up to [`TILE`] inputs, one row of [`classes`](Self::classes) for each.
    ///
    /// # Errors
    /// [`ShapeError::Length`] if `inputs` holds more, or a part of one.
    pub fn forward(&mut self, inputs: &[f32]) -> Result<&[f32], ShapeError> {
        let batch = inputs.len() / self.input_len;
        let expected = batch.min(TILE) * self.input_len;
        if inputs.len() != expected {
            return Err(ShapeError::Length { expected, found: inputs.len() });
        }
        self.run(inputs, batch);
        Ok(self.last(batch))
    }

    fn last(&self, batch: usize) -> &[f32] {
        self.layers.last().map_or(&[], |layer| part(&layer.output, 0..batch * layer.output_len))
    }

    fn run(&mut self, inputs: &[f32], batch: usize) {
        debug_assert!(batch <= TILE, "{batch} examples in a tile");
        let mut input = inputs;
        for layer in &mut self.layers {
            layer.forward(batch, input, &self.weights);
            input = &layer.output;
        }
    }

    fn backward(&mut self, inputs: &[f32], batch: usize, gradient: &mut [f32]) {
        let mut layers = &mut *self.layers;
        while let Some((layer, before)) = layers.split_last_mut() {
            match before.last_mut() {
                Some(previous) => {
                    layer.backward(batch, &previous.output, &self.weights, gradient, Some(&mut previous.grad));
                }
                // Nobody asks for the gradient of the image.
                None => layer.backward(batch, inputs, &self.weights, gradient, None),
            }
            layers = before;
        }
    }

    fn pack(&mut self) {
        for layer in &mut self.layers {
            if let Op::ConvReluPool { conv, scratch } = &mut layer.op {
                let [weight, bias] = [&layer.weight, &layer.bias].map(|range| part(&self.weights, range.clone()));
                conv.pack(weight, bias, scratch);
            }
        }
    }

    /// Whether a layer's feature maps are channels last, and it matters.
    fn is_channels_last(&self) -> bool {
        matches!(self.layers.last(), Some(Layer { op: Op::ConvReluPool { .. }, .. }))
    }

    /// The convolution of `layer`, if it can go in one pass with the ReLU and the 2×2 pooling that follow it.
    fn fused(&self, layer: &LayerSpec, rest: &[LayerSpec], (c, h, w): (usize, usize, usize)) -> Option<ConvGeometry> {
        let LayerSpec::Conv2d { channels, kernel, stride, padding, activation: Some(Activation::Relu), .. } = *layer
        else {
            return None;
        };
        let Some(LayerSpec::MaxPool2d { window: (2, 2) }) = rest.first() else { return None };
        let geometry = geometry((c, h, w), channels, kernel, stride, padding);
        // One channel is first and last.
        (ConvReluPool::fits(&geometry) && (c == 1 || self.is_channels_last())).then_some(geometry)
    }

    fn push_fused(
        &mut self,
        name: &str,
        geometry: ConvGeometry,
        spec: &ModelSpec,
        seed: u32,
    ) -> Result<(usize, usize, usize), ShapeError> {
        let conv = ConvReluPool::new(geometry, spec.background.filter(|_| self.layers.is_empty()))?;
        let (start, output) = (self.weights.len(), conv.output());
        let row = [geometry.channels_in, geometry.kernel.0, geometry.kernel.1];
        self.draw(name, geometry.channels_out, &row, spec.init, seed);
        let (scratch, weight_len, output_len) = (Box::new(conv.scratch(TILE)), conv.weight_len(), conv.output_len());
        self.push_layer(Op::ConvReluPool { conv, scratch }, None, start, weight_len, output_len);
        Ok((geometry.channels_out, output.0, output.1))
    }

    /// What comes next reads feature maps as PyTorch has them.
    fn push_channels_first(&mut self, (c, h, w): (usize, usize, usize)) {
        if self.is_channels_last() {
            self.push_layer(Op::ChannelsFirst { channels: c }, None, self.weights.len(), 0, c * h * w);
        }
    }

    fn push_layer(
        &mut self,
        op: Op,
        activation: Option<Activation>,
        start: usize,
        weight_len: usize,
        output_len: usize,
    ) {
        self.layers.push(Layer {
            op,
            activation,
            weight: start..start + weight_len,
            bias: start + weight_len..self.weights.len(),
            output_len,
            output: vec![0.0; TILE * output_len],
            grad: vec![0.0; TILE * output_len],
        });
    }

    /// Adds a layer that reads feature maps of shape `(c, h, w)`; returns the shape that it makes.
    fn push(
        &mut self,
        layer: &LayerSpec,
        (c, h, w): (usize, usize, usize),
        spec: &ModelSpec,
        seed: u32,
    ) -> Result<(usize, usize, usize), ShapeError> {
        let pool = |window| {
            let (padding, ceil) = (Padding::default(), false);
            PoolGeometry { channels: c, window, stride: window, padding, ceil, input: (h, w) }
        };
        let start = self.weights.len();
        let (op, activation, weight_len, shape) = match *layer {
            LayerSpec::Conv2d { name, channels, kernel, stride, padding, activation } => {
                let conv = Conv2d::new(geometry((c, h, w), channels, kernel, stride, padding))?;
                self.draw(name, channels, &[c, kernel.0, kernel.1], spec.init, seed);
                let (weight_len, output, scratch) = (conv.weight_len(), conv.output(), conv.scratch(TILE));
                (Op::Conv { conv, scratch }, activation, weight_len, (channels, output.0, output.1))
            }
            LayerSpec::MaxPool2d { window } => {
                let pool = MaxPool2d::new(pool(window))?;
                let output = pool.output();
                let argmax = vec![0; TILE * c * output.0 * output.1];
                (Op::MaxPool { pool, argmax }, None, 0, (c, output.0, output.1))
            }
            LayerSpec::AveragePool2d { window } => {
                let pool = AveragePool2d::new(pool(window), true)?;
                let output = pool.output();
                (Op::AveragePool { pool }, None, 0, (c, output.0, output.1))
            }
            LayerSpec::Linear { name, outputs, activation } => {
                let linear = Linear { inputs: c * h * w, outputs };
                self.draw(name, outputs, &[linear.inputs], spec.init, seed);
                let scratch = linear.scratch(TILE);
                (Op::Linear { linear, scratch }, activation, linear.weight_len(), (outputs, 1, 1))
            }
        };
        self.push_layer(op, activation, start, weight_len, shape.0 * shape.1 * shape.2);
        Ok(shape)
    }

    /// Adds a weight with `outputs` rows of shape `row` and its bias, with their first values.
    ///
    /// Each is drawn from a stream of its own, so a change of one layer leaves the others as they were.
    fn draw(&mut self, name: &str, outputs: usize, row: &[usize], init: Init, seed: u32) {
        let fan_in = row.iter().product();
        let fan_out = outputs * row.iter().skip(1).product::<usize>();
        let shape = [&[outputs], row].concat();
        self.push_parameter(name, "weight", shape, seed, |stream, w| init.weight(fan_in, fan_out, stream, w));
        self.push_parameter(name, "bias", vec![outputs], seed, |stream, b| init.bias(fan_in, stream, b));
    }

    fn push_parameter(
        &mut self,
        layer: &str,
        kind: &str,
        shape: Vec<usize>,
        seed: u32,
        fill: impl FnOnce(&mut Stream, &mut [f32]),
    ) {
        let mut values = vec![0.0; shape.iter().product()];
        fill(&mut Stream::new(seed.into(), Purpose::Parameters, self.parameters.len() as u64), &mut values);
        let range = self.weights.len()..self.weights.len() + values.len();
        self.weights.extend(values);
        self.parameters.push(Parameter { name: [layer, kind].join("."), shape, range });
    }
}

impl Trainable for Network {
    type Spec = ModelKind;

    fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    fn build(kind: &ModelKind, seed: u32) -> Option<Self> {
        Self::new(&kind.spec(), seed).ok()
    }

    fn normalization(kind: &ModelKind) -> Normalization {
        kind.normalization()
    }

    fn weights(&self) -> &[f32] {
        &self.weights
    }

    fn input_len(&self) -> usize {
        self.input_len
    }

    fn classes(&self) -> usize {
        self.layers.last().map_or(self.input_len, |layer| layer.output_len)
    }

    fn update(&mut self, change: impl FnOnce(&mut [f32])) {
        change(&mut self.weights);
        self.pack();
    }

    fn logits(&mut self, inputs: &[f32]) -> &[f32] {
        self.forward(inputs).unwrap_or_default()
    }

    fn loss(&mut self, inputs: &[f32], targets: &[u8], loss: CrossEntropy) -> BatchLoss {
        debug_assert_eq!(inputs.len(), targets.len() * self.input_len, "an input for each target");
        let mut total = BatchLoss::default();
        for (inputs, targets) in inputs.chunks(TILE * self.input_len).zip(targets.chunks(TILE)) {
            self.run(inputs, targets.len());
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
        debug_assert_eq!(inputs.len(), targets.len() * self.input_len, "an input for each target");
        debug_assert_eq!(gradient.len(), self.weights.len(), "a gradient for each weight");
        let mut total = BatchLoss::default();
        for (inputs, targets) in inputs.chunks(TILE * self.input_len).zip(targets.chunks(TILE)) {
            let batch = targets.len();
            self.run(inputs, batch);
            if let Some(last) = self.layers.last_mut() {
                let len = batch * last.output_len;
                let (logits, grad) = (part(&last.output, 0..len), part_mut(&mut last.grad, 0..len));
                total += loss.loss_and_gradient(logits, targets, divisor, grad);
            }
            self.backward(inputs, batch, gradient);
        }
        total
    }
}

/// A convolution of feature maps of shape `(c, h, w)`.
fn geometry(
    (c, h, w): (usize, usize, usize),
    channels: usize,
    kernel: (usize, usize),
    stride: (usize, usize),
    padding: Padding,
) -> ConvGeometry {
    ConvGeometry {
        channels_in: c,
        channels_out: channels,
        groups: 1,
        kernel,
        stride,
        dilation: (1, 1),
        padding,
        input: (h, w),
    }
}

impl Layer {
    fn forward(&mut self, batch: usize, input: &[f32], weights: &[f32]) {
        let [weight, bias] = [&self.weight, &self.bias].map(|range| part(weights, range.clone()));
        let output = part_mut(&mut self.output, 0..batch * self.output_len);
        match &mut self.op {
            Op::Conv { conv, scratch } => conv.forward(batch, input, weight, bias, output, scratch),
            Op::MaxPool { pool, argmax } => pool.forward(batch, input, output, argmax),
            Op::AveragePool { pool } => pool.forward(batch, input, output),
            Op::ConvReluPool { conv, scratch } => conv.forward(batch, input, output, scratch),
            Op::ChannelsFirst { channels } => {
                let maps = input.chunks_exact(self.output_len).zip(output.chunks_exact_mut(self.output_len));
                maps.for_each(|(from, to)| transpose(from, to, self.output_len / *channels, *channels));
            }
            Op::Linear { linear, scratch } => {
                linear.forward(batch, part(input, 0..batch * linear.inputs), weight, bias, output, scratch);
            }
        }
        if let Some(activation) = self.activation {
            activation.forward(output);
        }
    }

    /// From `self.grad` to the gradients of weights, biases and, if asked for, inputs.
    fn backward(
        &mut self,
        batch: usize,
        input: &[f32],
        weights: &[f32],
        gradient: &mut [f32],
        grad_input: Option<&mut Vec<f32>>,
    ) {
        let len = batch * self.output_len;
        let grad = part_mut(&mut self.grad, 0..len);
        if let Some(activation) = self.activation {
            activation.backward(part(&self.output, 0..len), grad);
        }
        let weight = part(weights, self.weight.clone());
        let own = part_mut(gradient, self.weight.start..self.bias.end);
        let (grad_weight, grad_bias) = own.split_at_mut(self.weight.len().min(own.len()));
        match &mut self.op {
            Op::Conv { conv, scratch } => {
                conv.backward_weight(batch, input, grad, grad_weight, grad_bias, scratch);
                if let Some(grad_input) = grad_input {
                    conv.backward_input(batch, weight, grad, grad_input, scratch);
                }
            }
            Op::ConvReluPool { conv, scratch } => {
                let output = part(&self.output, 0..len);
                conv.backward_weight(batch, output, grad, grad_weight, grad_bias, scratch);
                if let Some(grad_input) = grad_input {
                    conv.backward_input(batch, grad_input, scratch);
                }
            }
            Op::ChannelsFirst { channels } => {
                if let Some(grad_input) = grad_input {
                    let maps = grad.chunks_exact(self.output_len).zip(grad_input.chunks_exact_mut(self.output_len));
                    maps.for_each(|(from, to)| transpose(from, to, *channels, self.output_len / *channels));
                }
            }
            Op::Linear { linear, scratch } => {
                let input = part(input, 0..batch * linear.inputs);
                linear.backward_weight(batch, input, grad, grad_weight, grad_bias, scratch);
                if let Some(grad_input) = grad_input {
                    let grad_input = part_mut(grad_input, 0..batch * linear.inputs);
                    linear.backward_input(batch, weight, grad, grad_input, scratch);
                }
            }
            Op::MaxPool { pool, argmax } => {
                if let Some(grad_input) = grad_input {
                    pool.backward(batch, grad, argmax, grad_input);
                }
            }
            Op::AveragePool { pool } => {
                if let Some(grad_input) = grad_input {
                    pool.backward(batch, grad, grad_input);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: CrossEntropy = CrossEntropy { classes: 10, label_smoothing: 0.0 };

    fn inputs(count: usize) -> (Vec<f32>, Vec<u8>) {
        let mut stream = Stream::new(9, Purpose::Parameters, 99);
        let inputs = (0..count * 784).map(|_| stream.symmetric(1.0)).collect();
        let targets = (0..count).map(|i| u8::try_from(i % 10).unwrap()).collect();
        (inputs, targets)
    }

    #[test]
    fn lenet_has_61_706_parameters_with_pytorchs_names() {
        let network = Network::new(&ModelSpec::lenet(), 1).unwrap();
        assert_eq!(network.weights().len(), 61_706);
        let found: Vec<String> = network.parameters().iter().map(|p| format!("{} {:?}", p.name, p.shape)).collect();
        let expected = [
            "conv1.weight [6, 1, 5, 5]",
            "conv1.bias [6]",
            "conv2.weight [16, 6, 5, 5]",
            "conv2.bias [16]",
            "fc1.weight [120, 400]",
            "fc1.bias [120]",
            "fc2.weight [84, 120]",
            "fc2.bias [84]",
            "fc3.weight [10, 84]",
            "fc3.bias [10]",
        ];
        assert_eq!(found, expected);
        assert_eq!((network.input_len(), network.classes()), (784, 10));
    }

    #[test]
    fn lenets_convolutions_are_fused() {
        let check = |spec: &ModelSpec, expect: usize| {
            let layers = Network::new(spec, 1).unwrap().layers;
            let fused = layers.iter().filter(|layer| matches!(layer.op, Op::ConvReluPool { .. })).count();
            assert_eq!(fused, expect);
        };
        check(&ModelSpec::lenet(), 2);
        // It has no ReLU.
        check(&ModelSpec::lenet_sigmoid(), 0);
    }

    #[test]
    fn a_layer_that_does_not_fit_is_an_error() {
        let spec = ModelSpec { input: (1, 4, 4), ..ModelSpec::lenet() };
        let error = Network::new(&spec, 1).unwrap_err();
        assert_eq!(error.to_string(), "The window's height of 5 is larger than the padded input's 2.");
    }

    #[test]
    fn the_number_of_inputs_is_checked() {
        let mut network = Network::new(&ModelSpec::lenet(), 1).unwrap();
        assert_eq!(network.forward(&[0.0; 784 * 3]).unwrap().len(), 30);
        let error = network.forward(&vec![0.0; 784 * 17]).unwrap_err();
        assert_eq!(error, ShapeError::Length { expected: 784 * 16, found: 784 * 17 });
        let error = network.forward(&[0.0; 785]).unwrap_err();
        assert_eq!(error, ShapeError::Length { expected: 784, found: 785 });
        let error = network.load(&[0.0; 3]).unwrap_err();
        assert_eq!(error, ShapeError::Length { expected: 61_706, found: 3 });
    }

    #[test]
    fn an_example_does_not_see_the_others() {
        let mut network = Network::new(&ModelSpec::lenet(), 1).unwrap();
        let (inputs, _) = inputs(16);
        let together = network.forward(&inputs).unwrap().to_vec();
        for (input, row) in inputs.chunks(784).zip(together.chunks(10)) {
            assert_eq!(network.forward(input).unwrap(), row);
        }
    }

    #[test]
    fn gradients_equal_finite_differences() {
        for spec in [ModelSpec::lenet(), ModelSpec::lenet_sigmoid()] {
            let mut network = Network::new(&spec, 1).unwrap();
            let (inputs, targets) = inputs(20);
            let mut gradient = vec![0.0; network.weights().len()];
            network.loss_and_gradient(&inputs, &targets, PLAIN, 20.0, &mut gradient);
            // Along the gradient itself the loss changes by its squared length.
            let squared: f64 = gradient.iter().map(|g| f64::from(g * g)).sum();
            let along = |network: &mut Network, by: f32| {
                network.update(|weights| weights.iter_mut().zip(&gradient).for_each(|(w, g)| *w += by * g));
                network.loss(&inputs, &targets, PLAIN).sum / 20.0
            };
            let by = 1e-3;
            let above = along(&mut network, by);
            let below = along(&mut network, -2.0 * by);
            let slope = (above - below) / f64::from(2.0 * by);
            assert!((slope / squared - 1.0).abs() < 0.02, "{slope} where {squared} is expected");
        }
    }
}
