//! A network of any layers in double precision, with every value on the way: what is shown.
//!
//! [`Graph`](super::Graph) computes the same in single precision, batch by batch; a property test proves them equal.

use std::ops::Range;

use ndarray::{Array, Array1, Array2, Array4, ArrayView, Dimension, IntoDimension, Zip};

use super::{
    Features, Function, Layer, LayerError, Misfit, Parameter, PoolKind, Shortcut,
    graph::{GraphError, check, shortcut_strides},
    parameter_names,
};
use crate::nn::{
    reference::{
        self, Activation, BatchNorm2d, Conv2d, Pool2d, Running, activation, activation_grad, average_pool2d,
        average_pool2d_grad, batch_norm2d, batch_norm2d_eval, batch_norm2d_grad, conv2d, conv2d_grad, linear,
        linear_grad, max_pool2d, max_pool2d_grad,
    },
    shape::{Padding, ShapeError},
};

const NORM: BatchNorm2d = BatchNorm2d { epsilon: 1e-5, momentum: 0.1 };

/// Whether batch normalisation takes the statistics of the examples, as in training, or the running ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The examples' own.
    Training,
    /// The running ones.
    Evaluation,
}

/// A pass forward: what each layer made of a batch.
#[derive(Debug, Clone)]
pub struct ExactRun<'a> {
    layers: &'a [Layer],
    parameters: &'a [Parameter],
    weights: &'a [f64],
    mode: Mode,
    input: Array4<f64>,
    /// What each layer made; a list is as many maps of one cell.
    outputs: Vec<Array4<f64>>,
    /// Of each block's end what its shortcut made, through its own layers.
    shortcuts: Vec<Option<Past>>,
}

/// What came past a block.
#[derive(Debug, Clone)]
struct Past {
    kind: Shortcut,
    /// Which layer begins the block.
    begin: usize,
    /// What its convolution made.
    mixed: Array4<f64>,
    /// That normalised, or through the gate's function.
    output: Array4<f64>,
}

/// Gradients of a loss.
#[derive(Debug, Clone)]
pub struct ExactGradients {
    /// Laid out as the weights; those of running statistics are 0.
    pub weights: Vec<f64>,
    /// Of the network's input.
    pub input: Array4<f64>,
    /// Of what each layer made.
    pub outputs: Vec<Array4<f64>>,
}

impl<'a> ExactRun<'a> {
    /// Takes a batch through the layers. `weights` has the values of all `parameters`, as
    /// [`Trainable::parameters`](super::Trainable::parameters) tells of them.
    ///
    /// # Errors
    /// [`GraphError`] if the layers make no network.
    pub fn new(
        layers: &'a [Layer],
        parameters: &'a [Parameter],
        weights: &'a [f64],
        input: Array4<f64>,
        mode: Mode,
    ) -> Result<Self, GraphError> {
        let (_, channels, height, width) = input.dim();
        check(layers, Features::Maps { channels, height, width })?;
        let mut run = Self { layers, parameters, weights, mode, input, outputs: Vec::new(), shortcuts: Vec::new() };
        let names = parameter_names(layers);
        let mut open = Vec::new();
        for (at, (layer, name)) in layers.iter().zip(&names).enumerate() {
            let made = run.forward(at, layer, name, &mut open);
            let output = made.map_err(|error| GraphError::Misfit(Misfit { at, error: LayerError::Shape(error) }))?;
            run.outputs.push(output);
            if run.shortcuts.len() < run.outputs.len() {
                run.shortcuts.push(None);
            }
        }
        Ok(run)
    }

    /// What each layer made, in order.
    pub fn outputs(&self) -> &[Array4<f64>] {
        &self.outputs
    }

    /// What the last layer made, a row for each example.
    pub fn logits(&self) -> Array2<f64> {
        let last = self.outputs.last().unwrap_or(&self.input);
        rows(last.clone())
    }

    fn before(&self, at: usize) -> &Array4<f64> {
        at.checked_sub(1).and_then(|at| self.outputs.get(at)).unwrap_or(&self.input)
    }

    fn find<D: Dimension>(&self, name: &str, extents: impl IntoDimension<Dim = D>) -> Option<Array<f64, D>> {
        let range = self.place(name)?;
        ArrayView::from_shape(extents, self.weights.get(range)?).ok().map(|view| view.to_owned())
    }

    fn place(&self, name: &str) -> Option<Range<usize>> {
        self.parameters.iter().find(|parameter| parameter.name == name).map(|parameter| parameter.range.clone())
    }

    /// A weight; zeros if there is none of that name and size, which would be a fault of this program.
    fn weight<D: Dimension>(&self, name: &str, extents: impl IntoDimension<Dim = D>) -> Array<f64, D> {
        let extents = extents.into_dimension();
        let found = self.find(name, extents.clone());
        debug_assert!(found.is_some(), "{name} of {extents:?}");
        found.unwrap_or_else(|| Array::zeros(extents))
    }

    fn forward(
        &mut self,
        at: usize,
        layer: &Layer,
        name: &str,
        open: &mut Vec<(usize, bool)>,
    ) -> Result<Array4<f64>, ShapeError> {
        let x = self.before(at);
        let (_, channels, height, width) = x.dim();
        match *layer {
            Layer::Conv2d { filters, kernel, groups, .. } => {
                let filters = filters.unwrap_or_default();
                let weight =
                    self.weight(&format!("{name}.weight"), (filters, channels / groups.max(1), kernel.0, kernel.1));
                let bias: Option<Array1<f64>> = self.find(&format!("{name}.bias"), filters);
                conv2d(x, &weight, bias.as_deref(), &conv_of(layer))
            }
            Layer::Pool2d { kind, .. } => match kind {
                PoolKind::Max => Ok(max_pool2d(x, &pool_of(layer))?.output),
                PoolKind::Average => average_pool2d(x, &pool_of(layer)),
            },
            Layer::GlobalAverage => average_pool2d(x, &whole(height, width)),
            Layer::Flatten => Ok(flat(x.clone())),
            Layer::Linear { outputs, .. } => {
                let x = rows(x.clone());
                let weight = self.weight(&format!("{name}.weight"), (outputs, x.ncols()));
                let bias: Option<Array1<f64>> = self.find(&format!("{name}.bias"), outputs);
                linear(&x, &weight, bias.as_deref()).map(maps)
            }
            Layer::Activation(function) => Ok(activation(x, reference(function))),
            Layer::BatchNorm => {
                if let Some((_, normalises)) = open.last_mut() {
                    *normalises = true;
                }
                self.norm(x, name)
            }
            Layer::BlockBegin(_) => {
                open.push((at, false));
                Ok(x.clone())
            }
            Layer::BlockEnd => self.join(at, name, open.pop().unwrap_or_default()),
            // `check` has refused the others.
            _ => Ok(x.clone()),
        }
    }

    fn norm(&self, x: &Array4<f64>, name: &str) -> Result<Array4<f64>, ShapeError> {
        let (_, channels, ..) = x.dim();
        let [gamma, beta, mean, variance] = ["weight", "bias", "running_mean", "running_var"]
            .map(|kind| self.weight(&format!("{name}.{kind}"), channels));
        let running = Running { mean, variance };
        match self.mode {
            Mode::Training => Ok(batch_norm2d(x, &gamma, &beta, &running, &NORM)?.output),
            Mode::Evaluation => batch_norm2d_eval(x, &gamma, &beta, &running, &NORM),
        }
    }

    /// Ends the block that began at `begin`.
    fn join(&mut self, at: usize, name: &str, (begin, normalises): (usize, bool)) -> Result<Array4<f64>, ShapeError> {
        let (body, x) = (self.before(at).clone(), self.before(begin).clone());
        let Some(Layer::BlockBegin(kind)) = self.layers.get(begin).copied() else { return Ok(body) };
        let mixed = match kind {
            Shortcut::Identity => x.clone(),
            Shortcut::Padded => strided(&x, &body),
            Shortcut::Projection | Shortcut::Gate => {
                let own = if kind == Shortcut::Projection && normalises { ".0" } else { "" };
                let ((_, from, ..), (_, to, ..)) = (x.dim(), body.dim());
                let weight = self.weight(&format!("{name}.shortcut{own}.weight"), (to, from, 1, 1));
                let bias: Option<Array1<f64>> = self.find(&format!("{name}.shortcut{own}.bias"), to);
                conv2d(&x, &weight, bias.as_deref(), &projection(&x, &body))?
            }
        };
        let output = match kind {
            Shortcut::Projection if normalises => self.norm(&mixed, &format!("{name}.shortcut.1"))?,
            Shortcut::Gate => activation(&mixed, Activation::Sigmoid),
            _ => mixed.clone(),
        };
        let sum = match kind {
            Shortcut::Gate => &output * &body + &((1.0 - &output) * &x),
            _ => &body + &output,
        };
        self.shortcuts.resize(at, None);
        self.shortcuts.push(Some(Past { kind, begin, mixed, output }));
        Ok(sum)
    }

    /// From the gradient of the last layer's output to all others.
    ///
    /// # Errors
    /// [`ShapeError`] if `grad` is not of that output's shape.
    pub fn backward(&self, grad: Array4<f64>) -> Result<ExactGradients, ShapeError> {
        let names = parameter_names(self.layers);
        let mut weights = vec![0.0; self.weights.len()];
        // Of what each layer made, and of the input in front.
        let mut grads: Vec<Array4<f64>> =
            std::iter::once(&self.input).chain(&self.outputs).map(|values| Array4::zeros(values.raw_dim())).collect();
        if let Some(last) = grads.last_mut() {
            *last = grad;
        }
        let outermost = self.layers.iter().zip(&names).enumerate().rev();
        for (at, (layer, name)) in outermost {
            let Some(dy) = grads.get(at + 1).cloned() else { continue };
            for (place, dx) in self.through(at, layer, name, dy, &mut weights)? {
                if let Some(grad) = grads.get_mut(place) {
                    *grad += &dx;
                }
            }
        }
        let input = grads.remove(0);
        Ok(ExactGradients { weights, input, outputs: grads })
    }

    /// The gradients of what a layer reads, each with its place: the layer that made it, from 1, or 0 for the input.
    fn through(
        &self,
        at: usize,
        layer: &Layer,
        name: &str,
        dy: Array4<f64>,
        weights: &mut [f64],
    ) -> Result<Vec<(usize, Array4<f64>)>, ShapeError> {
        let x = self.before(at);
        let (_, channels, height, width) = x.dim();
        let dx = match *layer {
            Layer::Conv2d { filters, kernel, groups, .. } => {
                let extents = (filters.unwrap_or_default(), channels / groups.max(1), kernel.0, kernel.1);
                let grad = conv2d_grad(x, &self.weight(&format!("{name}.weight"), extents), &dy, &conv_of(layer))?;
                self.add(weights, &format!("{name}.weight"), grad.weight.iter());
                self.add(weights, &format!("{name}.bias"), grad.bias.iter());
                grad.input
            }
            Layer::Pool2d { kind: PoolKind::Max, .. } => {
                let argmax = max_pool2d(x, &pool_of(layer))?.argmax;
                max_pool2d_grad((height, width), &argmax, &dy)?
            }
            Layer::Pool2d { kind: PoolKind::Average, .. } => {
                average_pool2d_grad((height, width), &dy, &pool_of(layer))?
            }
            Layer::GlobalAverage => average_pool2d_grad((height, width), &dy, &whole(height, width))?,
            Layer::Linear { outputs, .. } => {
                let input = rows(x.clone());
                let weight = self.weight(&format!("{name}.weight"), (outputs, input.ncols()));
                let grad = linear_grad(&input, &weight, &rows(dy))?;
                self.add(weights, &format!("{name}.weight"), grad.weight.iter());
                self.add(weights, &format!("{name}.bias"), grad.bias.iter());
                grad.input.into_shape_with_order(x.raw_dim()).unwrap_or_else(|_| x.clone())
            }
            Layer::Activation(function) => activation_grad(x, &dy, reference(function))?,
            Layer::BatchNorm => self.norm_grad(x, name, &dy, weights)?,
            Layer::BlockEnd => return self.part(at, name, dy, weights),
            Layer::Flatten => dy.into_shape_with_order(x.raw_dim()).unwrap_or_else(|_| x.clone()),
            _ => dy,
        };
        Ok(vec![(at, dx)])
    }

    fn norm_grad(
        &self,
        x: &Array4<f64>,
        name: &str,
        dy: &Array4<f64>,
        weights: &mut [f64],
    ) -> Result<Array4<f64>, ShapeError> {
        let (_, channels, ..) = x.dim();
        let gamma = self.weight(&format!("{name}.weight"), channels);
        if self.mode == Mode::Evaluation {
            // A scale and a shift of each channel.
            let variance: Array1<f64> = self.weight(&format!("{name}.running_var"), channels);
            let mut dx = dy.clone();
            for ((_, c, ..), dx) in dx.indexed_iter_mut() {
                let of = |row: &Array1<f64>| row.get(c).copied().unwrap_or_default();
                *dx *= of(&gamma) / (of(&variance) + NORM.epsilon).sqrt();
            }
            return Ok(dx);
        }
        let grad = batch_norm2d_grad(x, &gamma, dy, &NORM)?;
        self.add(weights, &format!("{name}.weight"), grad.gamma.iter());
        self.add(weights, &format!("{name}.bias"), grad.beta.iter());
        Ok(grad.input)
    }

    /// The gradients of a block's body and of what came past it.
    fn part(
        &self,
        at: usize,
        name: &str,
        dy: Array4<f64>,
        weights: &mut [f64],
    ) -> Result<Vec<(usize, Array4<f64>)>, ShapeError> {
        let Some(Some(Past { kind, begin, mixed, output })) = self.shortcuts.get(at) else { return Ok(vec![(at, dy)]) };
        let (body, x) = (self.before(at), self.before(*begin));
        let past = match kind {
            Shortcut::Identity => dy.clone(),
            Shortcut::Padded => unstrided(x, &dy),
            Shortcut::Projection | Shortcut::Gate => {
                let normalised = self.place(&format!("{name}.shortcut.1.weight")).is_some();
                let own = if *kind == Shortcut::Projection && normalised { ".0" } else { "" };
                let back = match kind {
                    Shortcut::Gate => {
                        let mut grad = &dy * &(body - x);
                        Zip::from(&mut grad).and(output).for_each(|grad, t| *grad *= t * (1.0 - t));
                        grad
                    }
                    _ if normalised => self.norm_grad(mixed, &format!("{name}.shortcut.1"), &dy, weights)?,
                    _ => dy.clone(),
                };
                let ((_, from, ..), (_, to, ..)) = (x.dim(), body.dim());
                let weight = self.weight(&format!("{name}.shortcut{own}.weight"), (to, from, 1, 1));
                let grad = conv2d_grad(x, &weight, &back, &projection(x, body))?;
                self.add(weights, &format!("{name}.shortcut{own}.weight"), grad.weight.iter());
                self.add(weights, &format!("{name}.shortcut{own}.bias"), grad.bias.iter());
                match kind {
                    Shortcut::Gate => grad.input + &(&dy * &(1.0 - output)),
                    _ => grad.input,
                }
            }
        };
        let body = if *kind == Shortcut::Gate { &dy * output } else { dy };
        Ok(vec![(at, body), (*begin, past)])
    }

    /// Adds to the gradient of a parameter; nothing where a layer has none of that name.
    fn add<'v>(&self, weights: &mut [f64], name: &str, values: impl Iterator<Item = &'v f64>) {
        let Some(own) = self.place(name).and_then(|range| weights.get_mut(range)) else { return };
        own.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    }
}

fn reference(function: Function) -> Activation {
    match function {
        Function::Relu => Activation::Relu,
        Function::Sigmoid => Activation::Sigmoid,
        Function::Tanh => Activation::Tanh,
        Function::ScaledTanh => Activation::ScaledTanh,
    }
}

fn conv_of(layer: &Layer) -> Conv2d {
    let Layer::Conv2d { stride, padding, dilation, groups, .. } = *layer else { return Conv2d::default() };
    Conv2d { stride, padding, dilation, groups, ..Conv2d::default() }
}

fn pool_of(layer: &Layer) -> Pool2d {
    let Layer::Pool2d { kernel, stride, padding, ceil_mode, .. } = *layer else { return Pool2d::tiles(1) };
    Pool2d { kernel, stride, padding, ceil_mode, count_include_pad: true }
}

/// One window over the whole plane.
fn whole(height: usize, width: usize) -> Pool2d {
    Pool2d {
        kernel: (height, width),
        stride: (1, 1),
        padding: Padding::default(),
        ceil_mode: false,
        count_include_pad: true,
    }
}

/// The convolution of 1 × 1 that brings `x` past a block that makes `body`.
fn projection(x: &Array4<f64>, body: &Array4<f64>) -> Conv2d {
    let ((.., height, width), (.., rows, cols)) = (x.dim(), body.dim());
    Conv2d { stride: shortcut_strides((height, width), (rows, cols)), ..Conv2d::default() }
}

/// Every s-th cell of `x`, with further channels of zeros, of the shape of `body`.
fn strided(x: &Array4<f64>, body: &Array4<f64>) -> Array4<f64> {
    let Conv2d { stride, .. } = projection(x, body);
    Array4::from_shape_fn(body.raw_dim(), |(n, c, i, j)| {
        x.get((n, c, i * stride.0, j * stride.1)).copied().unwrap_or_default()
    })
}

/// The gradient of `x` from that of [`strided`].
fn unstrided(x: &Array4<f64>, dy: &Array4<f64>) -> Array4<f64> {
    let Conv2d { stride, .. } = projection(x, dy);
    let mut dx = Array4::zeros(x.raw_dim());
    for ((n, c, i, j), dy) in dy.indexed_iter() {
        if let Some(dx) = dx.get_mut((n, c, i * stride.0, j * stride.1)) {
            *dx += dy;
        }
    }
    dx
}

/// A row for each example.
fn rows(x: Array4<f64>) -> Array2<f64> {
    let (n, c, h, w) = x.dim();
    let len = x.len();
    x.into_shape_with_order((n, c * h * w)).unwrap_or_else(|_| Array2::zeros((n, len / n.max(1))))
}

/// Lists as maps of one cell.
fn maps(rows: Array2<f64>) -> Array4<f64> {
    let (n, len) = rows.dim();
    rows.into_shape_with_order((n, len, 1, 1)).unwrap_or_else(|_| Array4::zeros((n, len, 1, 1)))
}

fn flat(x: Array4<f64>) -> Array4<f64> {
    maps(rows(x))
}

/// The loss of a batch and its gradient with respect to the logits, as [`ExactRun::backward`] takes it.
///
/// # Errors
/// [`ShapeError`] if there is not a target for each example.
pub fn exact_loss(logits: &Array2<f64>, targets: &[usize], smoothing: f64) -> Result<(f64, Array4<f64>), ShapeError> {
    let loss = reference::softmax_cross_entropy(logits, targets, smoothing)?.loss;
    let grad = reference::softmax_cross_entropy_grad(logits, targets, smoothing)?;
    Ok((loss, maps(grad)))
}
