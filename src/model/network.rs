//! A network at work: weights, and the buffers of a pass forward and back.

#![expect(clippy::indexing_slicing, reason = "ranges and lengths follow from the layers, which are checked when built")]

use std::ops::Range;

use super::{LayerSpec, ModelSpec};
use crate::{
    nn::{
        fast::{
            Activation, AveragePool2d, BatchLoss, Conv2d, ConvGeometry, ConvScratch, CrossEntropy, Linear,
            LinearScratch, MaxPool2d, PoolGeometry,
        },
        init::Init,
        shape::{Padding, ShapeError},
    },
    num::rng::{Purpose, Stream},
};

/// Examples that go forward and back together.
///
/// A batch of any size is cut into shards of this many, so the buffers do not grow with the batch and what a shard
/// writes is still in the cache when it is read. Gradients are added shard after shard: a sum's order follows from the
/// batch alone.
pub const SHARD: usize = 16;

/// A weight or bias tensor and its place among all [`weights`](Network::weights).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// PyTorch's name, such as `conv1.weight`.
    pub name: String,
    /// Extents, in PyTorch's order.
    pub shape: Vec<usize>,
    /// Where its values are.
    pub range: Range<usize>,
}

/// Weights in one row, and the layers that read them.
#[derive(Debug, Clone)]
pub struct Network {
    weights: Vec<f32>,
    parameters: Vec<Parameter>,
    layers: Vec<Layer>,
    input_len: usize,
}

/// One layer and what it holds of the present shard.
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
    Conv { conv: Conv2d, scratch: ConvScratch },
    MaxPool { pool: MaxPool2d, argmax: Vec<u32> },
    AveragePool { pool: AveragePool2d },
    Linear { linear: Linear, packed: Vec<f32>, scratch: LinearScratch },
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
        for layer in &spec.layers {
            shape = network.push(layer, shape, spec, seed)?;
        }
        network.pack();
        Ok(network)
    }

    /// All weights and biases, parameter after parameter.
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// What the weights are called and where they are.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// Values of one input.
    pub fn input_len(&self) -> usize {
        self.input_len
    }

    /// Number of classes: values that the last layer makes.
    pub fn classes(&self) -> usize {
        self.layers.last().map_or(self.input_len, |layer| layer.output_len)
    }

    /// Changes weights, and takes the change over into the orders in which the layers read them.
    pub fn update(&mut self, change: impl FnOnce(&mut [f32])) {
        change(&mut self.weights);
        self.pack();
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

    /// The logits of up to [`SHARD`] inputs, one row of [`classes`](Self::classes) for each.
    ///
    /// # Errors
    /// [`ShapeError::Length`] if `inputs` holds more, or a part of one.
    pub fn forward(&mut self, inputs: &[f32]) -> Result<&[f32], ShapeError> {
        let batch = inputs.len() / self.input_len;
        let expected = batch.min(SHARD) * self.input_len;
        if inputs.len() != expected {
            return Err(ShapeError::Length { expected, found: inputs.len() });
        }
        self.run(inputs, batch);
        Ok(self.logits(batch))
    }

    /// The loss of any number of examples. `inputs` holds one input for each of `targets`.
    pub fn loss(&mut self, inputs: &[f32], targets: &[u8], loss: CrossEntropy) -> BatchLoss {
        let mut total = BatchLoss::default();
        for (inputs, targets) in inputs.chunks(SHARD * self.input_len).zip(targets.chunks(SHARD)) {
            self.run(inputs, targets.len());
            total += loss.loss(self.logits(targets.len()), targets);
        }
        total
    }

    /// The loss of some examples of a batch, and its gradient: that of `loss sum / divisor` is added to `gradient`,
    /// which is laid out as [`weights`](Self::weights).
    ///
    /// With the batch's size as divisor, the parts of a batch add up to the gradient of its mean loss.
    pub fn loss_and_gradient(
        &mut self,
        inputs: &[f32],
        targets: &[u8],
        loss: CrossEntropy,
        divisor: f32,
        gradient: &mut [f32],
    ) -> BatchLoss {
        let mut total = BatchLoss::default();
        for (inputs, targets) in inputs.chunks(SHARD * self.input_len).zip(targets.chunks(SHARD)) {
            let batch = targets.len();
            self.run(inputs, batch);
            if let Some(Layer { output, grad, output_len, .. }) = self.layers.last_mut() {
                let len = batch * *output_len;
                total += loss.loss_and_gradient(&output[..len], targets, divisor, &mut grad[..len]);
            }
            self.backward(inputs, batch, gradient);
        }
        total
    }

    fn logits(&self, batch: usize) -> &[f32] {
        self.layers.last().map_or(&[], |layer| &layer.output[..batch * layer.output_len])
    }

    fn run(&mut self, inputs: &[f32], batch: usize) {
        for i in 0..self.layers.len() {
            let (before, rest) = self.layers.split_at_mut(i);
            let input = before.last().map_or(inputs, |layer| &layer.output);
            rest[0].forward(batch, input, &self.weights);
        }
    }

    fn backward(&mut self, inputs: &[f32], batch: usize, gradient: &mut [f32]) {
        for i in (0..self.layers.len()).rev() {
            let (before, rest) = self.layers.split_at_mut(i);
            match before.last_mut() {
                Some(previous) => {
                    rest[0].backward(batch, &previous.output, &self.weights, gradient, Some(&mut previous.grad));
                }
                // Nobody asks for the gradient of the image.
                None => rest[0].backward(batch, inputs, &self.weights, gradient, None),
            }
        }
    }

    fn pack(&mut self) {
        for layer in &mut self.layers {
            let weight = &self.weights[layer.weight.clone()];
            match &mut layer.op {
                Op::Conv { conv, scratch } => conv.pack(weight, scratch),
                Op::Linear { linear, packed, .. } => linear.pack(weight, packed),
                Op::MaxPool { .. } | Op::AveragePool { .. } => {}
            }
        }
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
                let (dilation, input) = ((1, 1), (h, w));
                let geometry = ConvGeometry {
                    channels_in: c,
                    channels_out: channels,
                    groups: 1,
                    kernel,
                    stride,
                    dilation,
                    padding,
                    input,
                };
                let conv = Conv2d::new(geometry)?;
                self.draw(name, vec![channels, c, kernel.0, kernel.1], spec.init, seed);
                let (weight_len, output, scratch) = (conv.weight_len(), conv.output(), conv.scratch(SHARD));
                (Op::Conv { conv, scratch }, activation, weight_len, (channels, output.0, output.1))
            }
            LayerSpec::MaxPool2d { window } => {
                let pool = MaxPool2d::new(pool(window))?;
                let output = pool.output();
                let argmax = vec![0; SHARD * c * output.0 * output.1];
                (Op::MaxPool { pool, argmax }, None, 0, (c, output.0, output.1))
            }
            LayerSpec::AveragePool2d { window } => {
                let pool = AveragePool2d::new(pool(window), true)?;
                let output = pool.output();
                (Op::AveragePool { pool }, None, 0, (c, output.0, output.1))
            }
            LayerSpec::Linear { name, outputs, activation } => {
                let linear = Linear { inputs: c * h * w, outputs };
                self.draw(name, vec![outputs, linear.inputs], spec.init, seed);
                let (packed, scratch) = (vec![0.0; linear.weight_len()], linear.scratch(SHARD));
                (Op::Linear { linear, packed, scratch }, activation, linear.weight_len(), (outputs, 1, 1))
            }
        };
        let output_len = shape.0 * shape.1 * shape.2;
        self.layers.push(Layer {
            op,
            activation,
            weight: start..start + weight_len,
            bias: start + weight_len..self.weights.len(),
            output_len,
            output: vec![0.0; SHARD * output_len],
            grad: vec![0.0; SHARD * output_len],
        });
        Ok(shape)
    }

    /// Adds a weight of shape `shape` (outputs first) and its bias, with their first values.
    ///
    /// Each is drawn from a stream of its own, so a change of one layer leaves the others as they were.
    fn draw(&mut self, name: &str, shape: Vec<usize>, init: Init, seed: u32) {
        let outputs = shape[0];
        let fan_in = shape[1..].iter().product();
        let fan_out = outputs * shape[2..].iter().product::<usize>();
        for (suffix, shape) in [("weight", shape), ("bias", vec![outputs])] {
            let range = self.weights.len()..self.weights.len() + shape.iter().product::<usize>();
            self.weights.resize(range.end, 0.0);
            let mut stream = Stream::new(seed.into(), Purpose::Parameters, self.parameters.len() as u64);
            match suffix {
                "weight" => init.weight(fan_in, fan_out, &mut stream, &mut self.weights[range.clone()]),
                _ => init.bias(fan_in, &mut stream, &mut self.weights[range.clone()]),
            }
            self.parameters.push(Parameter { name: [name, suffix].join("."), shape, range });
        }
    }
}

impl Layer {
    fn forward(&mut self, batch: usize, input: &[f32], weights: &[f32]) {
        let bias = &weights[self.bias.clone()];
        let output = &mut self.output[..batch * self.output_len];
        match &mut self.op {
            Op::Conv { conv, scratch } => conv.forward(batch, input, bias, output, scratch),
            Op::MaxPool { pool, argmax } => pool.forward(batch, input, output, argmax),
            Op::AveragePool { pool } => pool.forward(batch, input, output),
            Op::Linear { linear, packed, .. } => {
                linear.forward(batch, &input[..batch * linear.inputs], packed, bias, output);
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
        let grad = &mut self.grad[..len];
        if let Some(activation) = self.activation {
            activation.backward(&self.output[..len], grad);
        }
        let (grad_weight, grad_bias) = gradient[self.weight.start..self.bias.end].split_at_mut(self.weight.len());
        match &mut self.op {
            Op::Conv { conv, scratch } => {
                conv.backward_weight(batch, input, grad, grad_weight, grad_bias, scratch);
                if let Some(grad_input) = grad_input {
                    conv.backward_input(batch, grad, grad_input, scratch);
                }
            }
            Op::Linear { linear, scratch, .. } => {
                let input = &input[..batch * linear.inputs];
                linear.backward_weight(batch, input, grad, grad_weight, grad_bias, scratch);
                if let Some(grad_input) = grad_input {
                    let grad_input = &mut grad_input[..batch * linear.inputs];
                    linear.backward_input(batch, &weights[self.weight.clone()], grad, grad_input);
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
    fn a_layer_that_does_not_fit_is_an_error() {
        let spec = ModelSpec { input: (1, 4, 4), ..ModelSpec::lenet() };
        let error = Network::new(&spec, 1).unwrap_err();
        assert_eq!(error.to_string(), "The window's height of 5 is larger than the padded input's 2.");
    }

    #[test]
    fn the_number_of_inputs_is_checked() {
        let mut network = Network::new(&ModelSpec::lenet(), 1).unwrap();
        assert_eq!(network.forward(&[0.0; 784 * 3]).unwrap().len(), 30);
        let error = network.forward(&[0.0; 784 * 17]).unwrap_err();
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
