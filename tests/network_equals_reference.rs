//! A [`Network`] computes what its layers' operations in `nn::reference` give one after another: logits, loss and the
//! gradients of all weights; and an example's numbers are its own.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use ndarray::{Array, Array2, Array4, IntoDimension};
use receptive::{
    model::{LayerSpec, ModelSpec, Network, TILE, Trainable as _},
    nn::{
        fast::{Activation, CrossEntropy},
        init::Init,
        reference,
        shape::Padding,
    },
    num::rng::{Purpose, Stream},
};

/// What f32 may be off by after some layers, relative to a tensor's largest value.
const TOLERANCE: f64 = 1e-5;

/// What the reference makes of a batch.
struct Expected {
    logits: Vec<f64>,
    /// Mean over the batch.
    loss: f64,
    /// Of that mean, one for each parameter; the last layer's first and biases before weights.
    gradients: Vec<Vec<f64>>,
}

/// Weights and what the batch is to become.
struct Reference<'a> {
    /// All weights, parameter after parameter.
    weights: &'a [f32],
    targets: &'a [usize],
    label_smoothing: f64,
}

impl Reference<'_> {
    /// Takes a batch through `layers`, whose weights begin at `start`, and back: the second is the gradient of `x`.
    fn run(&self, layers: &[LayerSpec], start: usize, x: Array4<f64>) -> (Expected, Array4<f64>) {
        let Some((layer, rest)) = layers.split_first() else { return self.loss(x) };
        let (n, c, h, w) = x.dim();
        match *layer {
            LayerSpec::Conv2d { channels, kernel, stride, padding, activation, .. } => {
                let conv = reference::Conv2d { stride, padding, ..reference::Conv2d::default() };
                let (weight, end) = self.take((channels, c, kernel.0, kernel.1), start);
                let (bias, end) = self.take(channels, end);
                let z = reference::conv2d(&x, &weight, Some(&bias), &conv).unwrap();
                let (mut expected, dy) = self.run(rest, end, activate(&z, activation));
                let grad = reference::conv2d_grad(&x, &weight, &through(&z, dy, activation), &conv).unwrap();
                expected.gradients.push(grad.bias.to_vec());
                expected.gradients.push(grad.weight.into_iter().collect());
                (expected, grad.input)
            }
            LayerSpec::Linear { outputs, activation, .. } => {
                let (weight, end) = self.take((outputs, c * h * w), start);
                let (bias, end) = self.take(outputs, end);
                let rows: Array2<f64> = x.into_shape_with_order((n, c * h * w)).unwrap();
                let z = reference::linear(&rows, &weight, Some(&bias)).unwrap();
                let z = z.into_shape_with_order((n, outputs, 1, 1)).unwrap();
                let (mut expected, dy) = self.run(rest, end, activate(&z, activation));
                let dz = through(&z, dy, activation).into_shape_with_order((n, outputs)).unwrap();
                let grad = reference::linear_grad(&rows, &weight, &dz).unwrap();
                expected.gradients.push(grad.bias.to_vec());
                expected.gradients.push(grad.weight.into_iter().collect());
                (expected, grad.input.into_shape_with_order((n, c, h, w)).unwrap())
            }
            LayerSpec::MaxPool2d { window } => {
                let pooled = reference::max_pool2d(&x, &tiles(window)).unwrap();
                let (expected, dy) = self.run(rest, start, pooled.output);
                (expected, reference::max_pool2d_grad((h, w), &pooled.argmax, &dy).unwrap())
            }
            LayerSpec::AveragePool2d { window } => {
                let y = reference::average_pool2d(&x, &tiles(window)).unwrap();
                let (expected, dy) = self.run(rest, start, y);
                (expected, reference::average_pool2d_grad((h, w), &dy, &tiles(window)).unwrap())
            }
        }
    }

    fn loss(&self, x: Array4<f64>) -> (Expected, Array4<f64>) {
        let (n, c, h, w) = x.dim();
        let z: Array2<f64> = x.into_shape_with_order((n, c * h * w)).unwrap();
        let found = reference::softmax_cross_entropy(&z, self.targets, self.label_smoothing).unwrap();
        let dz = reference::softmax_cross_entropy_grad(&z, self.targets, self.label_smoothing).unwrap();
        let expected = Expected { logits: z.into_iter().collect(), loss: found.loss, gradients: Vec::new() };
        (expected, dz.into_shape_with_order((n, c, h, w)).unwrap())
    }

    /// The weights from `start` on, and where they end.
    fn take<I: IntoDimension>(&self, shape: I, start: usize) -> (Array<f64, I::Dim>, usize) {
        let shape = shape.into_dimension();
        let end = start + ndarray::Dimension::size(&shape);
        (Array::from_shape_vec(shape, double(&self.weights[start..end])).unwrap(), end)
    }
}

fn double(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&x| f64::from(x)).collect()
}

fn tiles(window: (usize, usize)) -> reference::Pool2d {
    reference::Pool2d { kernel: window, stride: window, ..reference::Pool2d::tiles(1) }
}

fn of_reference(activation: Activation) -> reference::Activation {
    match activation {
        Activation::Relu => reference::Activation::Relu,
        Activation::Sigmoid => reference::Activation::Sigmoid,
        Activation::Tanh => reference::Activation::Tanh,
        Activation::ScaledTanh => reference::Activation::ScaledTanh,
    }
}

fn activate(z: &Array4<f64>, activation: Option<Activation>) -> Array4<f64> {
    activation.map_or_else(|| z.clone(), |f| reference::activation(z, of_reference(f)))
}

/// From the gradient after an activation to that before it.
fn through(z: &Array4<f64>, dy: Array4<f64>, activation: Option<Activation>) -> Array4<f64> {
    match activation {
        Some(f) => reference::activation_grad(z, &dy, of_reference(f)).unwrap(),
        None => dy,
    }
}

/// Images in turn: of noise alone, with a patch on the background as a digit has, and blank. And their classes.
fn images(spec: &ModelSpec, count: usize, classes: usize, seed: u64) -> (Vec<f32>, Vec<u8>) {
    let (c, h, w) = spec.input;
    let mut stream = Stream::new(seed, Purpose::Parameters, 99);
    let mut below = |n: usize| stream.below(u32::try_from(n).unwrap()) as usize;
    let patches: Vec<_> = (0..count).map(|_| (below(h), below(w), below(classes))).collect();
    let mut inputs = Vec::new();
    for (i, &(top, left, _)) in patches.iter().enumerate() {
        for cell in 0..c * h * w {
            let (row, col) = (cell / w % h, cell % w);
            let inked = match i % 3 {
                0 => true,
                1 => (top..top + h / 3).contains(&row) && (left..left + w / 3).contains(&col),
                _ => false,
            };
            inputs.push(if inked { stream.symmetric(2.0) } else { spec.background.unwrap_or_default() });
        }
    }
    (inputs, patches.iter().map(|patch| u8::try_from(patch.2).unwrap()).collect())
}

#[track_caller]
fn near(what: &str, found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what} has another size");
    let largest = expected.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    for (i, (found, expected)) in double(found).iter().zip(expected).enumerate() {
        // Written so that NaN fails.
        let near = (found - expected).abs() <= TOLERANCE * largest;
        assert!(near, "{what}[{i}] is {found} where {expected} is expected, of {largest} at most");
    }
}

#[track_caller]
fn check(name: &str, spec: &ModelSpec, count: usize, label_smoothing: f32, seed: u32) {
    let mut network = Network::new(spec, seed).unwrap();
    let (inputs, labels) = images(spec, count, network.classes(), seed.into());
    let targets: Vec<usize> = labels.iter().map(|&label| label.into()).collect();
    let (c, h, w) = spec.input;
    let x = Array4::from_shape_vec((count, c, h, w), double(&inputs)).unwrap();
    let reference =
        Reference { weights: network.weights(), targets: &targets, label_smoothing: label_smoothing.into() };
    let (expected, _) = reference.run(&spec.layers, 0, x);

    let loss = CrossEntropy { classes: network.classes(), label_smoothing };
    let mut gradient = vec![0.0; network.weights().len()];
    let found = network.loss_and_gradient(&inputs, &labels, loss, count as f32, &mut gradient);
    near(&format!("{name}: loss"), &[found.mean()], &[expected.loss]);
    assert_eq!(network.loss(&inputs, &labels, loss), found, "{name}: the loss does not need its gradient");
    for (parameter, expected) in network.parameters().iter().zip(expected.gradients.iter().rev()) {
        let name = &parameter.name;
        near(&format!("gradient of {name}"), &gradient[parameter.range.clone()], expected);
    }
    let logits: Vec<f32> =
        inputs.chunks(TILE * network.input_len()).flat_map(|part| network.forward(part).unwrap().to_vec()).collect();
    near(&format!("{name}: logits"), &logits, &expected.logits);
}

fn conv(name: &'static str, channels: usize, kernel: (usize, usize), activation: Option<Activation>) -> LayerSpec {
    let (stride, padding) = ((1, 1), Padding { top: 1, bottom: 0, left: 2, right: 1 });
    LayerSpec::Conv2d { name, channels, kernel, stride, padding, activation }
}

/// A network that is not LeNet.
fn other(input: (usize, usize, usize), layers: &[LayerSpec]) -> ModelSpec {
    let last = LayerSpec::Linear { name: "last", outputs: 5, activation: None };
    let layers = [layers, &[last]].concat();
    ModelSpec { input, background: Some(0.25), init: Init::KaimingUniform, layers }
}

#[test]
fn lenet() {
    // More images than a tile has, and a part of one.
    for (seed, count, label_smoothing) in [(1, 20, 0.0), (2, 20, 0.125), (3, 1, 0.0), (4, 7, 0.5)] {
        check("LeNet", &ModelSpec::lenet(), count, label_smoothing, seed);
        check("sigmoid LeNet", &ModelSpec::lenet_sigmoid(), count, label_smoothing, seed);
    }
}

/// Where a fused layer stands beside others, the order of the channels changes.
#[test]
fn other_orders_of_layers() {
    let relu = Some(Activation::Relu);
    let halving = LayerSpec::MaxPool2d { window: (2, 2) };
    let strided = LayerSpec::Conv2d {
        name: "strided",
        channels: 4,
        kernel: (3, 3),
        stride: (2, 1),
        padding: Padding::per_side(1),
        activation: Some(Activation::Tanh),
    };
    let fused = [conv("a", 3, (3, 4), relu), halving.clone()];
    let (max, average) = (LayerSpec::MaxPool2d { window: (3, 2) }, LayerSpec::AveragePool2d { window: (2, 3) });
    let thirds = [max.clone(), strided.clone()];
    let cases = [
        ("one fused", (1, 9, 13), fused.to_vec()),
        ("fused twice", (1, 17, 15), [&fused[..], &[conv("b", 10, (2, 3), relu), halving.clone()]].concat()),
        ("fused, then strided", (1, 12, 11), [&fused[..], std::slice::from_ref(&strided)].concat()),
        ("fused, then other pooling", (1, 17, 15), [&fused[..], &[max, average]].concat()),
        ("fused after strided", (1, 19, 14), [std::slice::from_ref(&strided), &fused[..]].concat()),
        ("two channels", (2, 11, 12), fused.to_vec()),
        ("pooled by thirds", (1, 16, 12), [&[conv("b", 3, (2, 2), relu)], &thirds[..]].concat()),
        ("pooled without ReLU", (1, 8, 8), vec![conv("b", 3, (3, 3), None), halving]),
    ];
    for (seed, (name, input, layers)) in (1..).zip(&cases) {
        check(name, &other(*input, layers), 17, 0.0, seed);
    }
}

#[test]
#[allow(clippy::float_cmp, reason = "equal computations give equal bits")]
fn an_examples_logits_do_not_depend_on_its_batch() {
    for spec in [ModelSpec::lenet(), ModelSpec::lenet_sigmoid()] {
        let mut network = Network::new(&spec, 5).unwrap();
        let (inputs, _) = images(&spec, TILE, 10, 5);
        let mut logits = |batch: usize| -> Vec<f32> {
            inputs.chunks(batch * 784).flat_map(|part| network.forward(part).unwrap().to_vec()).collect()
        };
        let alone = logits(1);
        for batch in [3, 4, TILE] {
            assert_eq!(logits(batch), alone, "in batches of {batch}");
        }
    }
}

/// A run that diverges is noticed by its loss.
#[test]
fn nan_in_any_weight_reaches_the_loss() {
    for spec in [ModelSpec::lenet(), ModelSpec::lenet_sigmoid()] {
        let mut network = Network::new(&spec, 6).unwrap();
        let loss = CrossEntropy { classes: 10, label_smoothing: 0.0 };
        let (inputs, labels) = images(&spec, 3, 10, 6);
        for parameter in network.parameters().to_vec() {
            for at in [parameter.range.start, parameter.range.end - 1] {
                let before = network.weights()[at];
                network.update(|weights| weights[at] = f32::NAN);
                for (input, label) in inputs.chunks(784).zip(&labels) {
                    let found = network.loss(input, &[*label], loss).mean();
                    assert!(found.is_nan(), "{found} with NaN in {} at {at}", parameter.name);
                }
                network.update(|weights| weights[at] = before);
            }
        }
    }
}
