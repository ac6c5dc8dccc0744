//! Every case in the folder named by `GOLDEN_DIR` (default `tests/golden`), value by value and gradient by gradient.
//!
//! The values come from PyTorch; `make_golden.py OUT --seed N` in that folder writes one with other values, and any such
//! folder can be run. A file's `op` chooses the code. A case's name tells it apart in a failure; it is read only where
//! nothing else in the case says which function or optimiser it is (`relu`, `adamw`).
//! To add an implementation, add a line to [`OPS`].

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the files' extents are small and positive"
)]

use std::{
    collections::BTreeMap,
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use ndarray::{Array1, Array2, Array4, ArrayD, Axis, Dimension as _, Ix1, Ix2, Ix4, arr0};
use receptive::{
    nn::shape::Padding,
    num::Grid,
    trace::{Pooling, PoolingKind},
};
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

/// Tolerances, relative to the largest value of a tensor.
const REFERENCE: f64 = 1e-9;
/// The fast path computes in f32.
const FAST: f64 = 1e-4;
/// The safetensors files store f32.
const STORED_AS_F32: f64 = 1e-6;

/// What the cases of one `op` are run against.
struct Op {
    name: &'static str,
    /// The case's fields that an implementation computes.
    outputs: &'static [&'static str],
    /// Empty while nothing is built: the op is then named and skipped.
    implementations: &'static [Implementation<Case, Outputs>],
}

/// Code that computes the outputs of a case.
struct Implementation<C, O> {
    name: &'static str,
    tolerance: f64,
    run: fn(&C) -> O,
}

type Outputs = Vec<(&'static str, ArrayD<f64>)>;

const GRADS: &[&str] = &["output", "grad_input", "grad_weight", "grad_bias"];

const OPS: &[Op] = &[
    Op {
        name: "conv2d",
        outputs: GRADS,
        implementations: &[
            Implementation { name: "reference", tolerance: REFERENCE, run: reference::conv2d },
            Implementation { name: "trace", tolerance: REFERENCE, run: channels::conv2d },
            Implementation { name: "trace, backwards", tolerance: REFERENCE, run: backward::conv2d },
            Implementation { name: "fast", tolerance: FAST, run: fast::conv2d },
            Implementation { name: "fast, channels last", tolerance: FAST, run: fast::conv2d_channels_last },
        ],
    },
    Op {
        name: "conv2d_padding_modes",
        outputs: GRADS,
        implementations: &[
            Implementation { name: "reference", tolerance: REFERENCE, run: reference::conv2d },
            Implementation { name: "trace", tolerance: REFERENCE, run: channels::conv2d },
            Implementation { name: "trace, backwards", tolerance: REFERENCE, run: backward::conv2d },
        ],
    },
    Op {
        name: "conv_transpose2d",
        outputs: GRADS,
        implementations: &[Implementation {
            name: "reference",
            tolerance: REFERENCE,
            run: reference::conv_transpose2d,
        }],
    },
    Op {
        name: "pool2d",
        outputs: &["output", "argmax", "grad_input"],
        implementations: &[
            Implementation { name: "reference", tolerance: REFERENCE, run: reference::pool2d },
            Implementation { name: "trace, backwards", tolerance: REFERENCE, run: backward::pool2d },
            Implementation { name: "fast", tolerance: FAST, run: fast::pool2d },
            Implementation { name: "fast, channels last", tolerance: FAST, run: fast::pool2d_channels_last },
        ],
    },
    Op {
        name: "activation",
        outputs: &["output", "grad_input"],
        implementations: &[
            Implementation { name: "reference", tolerance: REFERENCE, run: reference::activation },
            Implementation { name: "fast", tolerance: FAST, run: fast::activation },
        ],
    },
    Op {
        name: "linear",
        outputs: GRADS,
        implementations: &[
            Implementation { name: "reference", tolerance: REFERENCE, run: reference::linear },
            Implementation { name: "fast", tolerance: FAST, run: fast::linear },
        ],
    },
    Op {
        name: "softmax_cross_entropy",
        outputs: &["probabilities", "loss", "grad_logits"],
        implementations: &[
            Implementation { name: "reference", tolerance: REFERENCE, run: reference::softmax_cross_entropy },
            Implementation { name: "fast", tolerance: FAST, run: fast::softmax_cross_entropy },
        ],
    },
    Op {
        name: "batch_norm2d",
        outputs: &[
            "output",
            "new_running_mean",
            "new_running_var",
            "grad_input",
            "grad_gamma",
            "grad_beta",
            "eval_output",
        ],
        implementations: &[
            Implementation { name: "reference", tolerance: REFERENCE, run: reference::batch_norm2d },
            Implementation { name: "fast", tolerance: FAST, run: fast::batch_norm2d },
        ],
    },
    Op {
        name: "optimizer",
        outputs: &["after_each_step"],
        implementations: &[
            Implementation { name: "reference", tolerance: REFERENCE, run: reference::optimizer },
            Implementation { name: "fast", tolerance: FAST, run: fast::optimizer },
        ],
    },
];

/// What the whole nets are run against. The tolerance is for tensors; losses are stored in full.
const LENETS: &[Implementation<LenetCase, LenetRun>] = &[
    Implementation { name: "reference", tolerance: STORED_AS_F32, run: reference::lenet },
    Implementation { name: "fast", tolerance: FAST, run: fast::lenet },
];

/// A tensor as f64.
fn tensor(value: &Value) -> ArrayD<f64> {
    match value {
        Value::Number(number) => arr0(number.as_f64().unwrap()).into_dyn(),
        Value::Array(tensors) => stack(&tensors.iter().map(tensor).collect::<Vec<_>>()),
        _ => {
            let shape: Vec<usize> = numbers(&value["shape"]).iter().map(|&n| n as usize).collect();
            ArrayD::from_shape_vec(shape, numbers(&value["data"])).unwrap()
        }
    }
}

/// Tensors of one shape along a new first axis.
fn stack(tensors: &[ArrayD<f64>]) -> ArrayD<f64> {
    let views: Vec<_> = tensors.iter().map(|tensor| tensor.view()).collect();
    ndarray::stack(Axis(0), &views).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// One case of a JSON file, read by field.
struct Case(Value);

impl Case {
    fn text(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap()
    }

    fn number(&self, field: &str) -> f64 {
        self.0[field].as_f64().unwrap()
    }

    fn flag(&self, field: &str) -> bool {
        self.0[field].as_bool().unwrap()
    }

    fn count(&self, field: &str) -> usize {
        usize::try_from(self.0[field].as_u64().unwrap()).unwrap()
    }

    /// (height, width)
    fn pair(&self, field: &str) -> (usize, usize) {
        let extent = |i: usize| usize::try_from(self.0[field][i].as_u64().unwrap()).unwrap();
        (extent(0), extent(1))
    }

    fn padding(&self) -> Padding {
        let sides = &self.0["padding"];
        let side = |name: &str| usize::try_from(sides[name].as_u64().unwrap()).unwrap();
        if sides.is_array() {
            let (height, width) = self.pair("padding");
            return Padding { top: height, bottom: height, left: width, right: width };
        }
        Padding { top: side("top"), bottom: side("bottom"), left: side("left"), right: side("right") }
    }

    fn targets(&self) -> Vec<usize> {
        self.0["targets"].as_array().unwrap().iter().map(|t| usize::try_from(t.as_u64().unwrap()).unwrap()).collect()
    }

    fn optional(&self, field: &str) -> Option<ArrayD<f64>> {
        self.0.get(field).filter(|value| !value.is_null()).map(tensor)
    }

    fn tensor1(&self, field: &str) -> Array1<f64> {
        tensor(&self.0[field]).into_dimensionality::<Ix1>().unwrap()
    }

    fn tensor2(&self, field: &str) -> Array2<f64> {
        tensor(&self.0[field]).into_dimensionality::<Ix2>().unwrap()
    }

    fn tensor4(&self, field: &str) -> Array4<f64> {
        tensor(&self.0[field]).into_dimensionality::<Ix4>().unwrap()
    }

    fn bias(&self) -> Option<Array1<f64>> {
        self.optional("bias").map(|bias| bias.into_dimensionality::<Ix1>().unwrap())
    }
}

/// One of the whole nets: ten steps of SGD with momentum on ten batches.
struct LenetCase {
    /// With max pooling and `max(0, x)`; else with average pooling and the sigmoid.
    relu_max: bool,
    learning_rate: f64,
    momentum: f64,
    /// (steps, batch, 1, 28, 28)
    images: ArrayD<f64>,
    /// One list a step.
    targets: Vec<Vec<usize>>,
    /// By PyTorch's names: `conv1.weight`, `fc3.bias`, ...
    parameters: BTreeMap<String, ArrayD<f64>>,
}

/// What a LeNet computes.
struct LenetRun {
    /// Logits of the first batch, before any step.
    logits: ArrayD<f64>,
    /// Gradients of the first batch, by the parameters' names.
    grads: BTreeMap<String, ArrayD<f64>>,
    /// Loss of each batch, before its step.
    losses: Vec<f64>,
    /// Parameters after the last step.
    parameters: BTreeMap<String, ArrayD<f64>>,
}

mod reference {
    //! The cases through `nn::reference`.

    use ndarray::ArrayRef4;
    use receptive::nn::reference::{self as nn, Activation, Adam, PaddingMode, Pool2d, Sgd};

    use super::{Array1, Array2, Array4, ArrayD, BTreeMap, Case, Ix1, Ix2, Ix4, LenetCase, LenetRun, Outputs, arr0};
    use super::{Padding, stack, tensor};

    pub(super) fn settings(case: &Case) -> nn::Conv2d {
        nn::Conv2d {
            stride: case.pair("stride"),
            padding: case.padding(),
            mode: match case.0.get("mode").map(|_| case.text("mode")) {
                None => PaddingMode::Zeros,
                Some("reflect") => PaddingMode::Reflect,
                Some("replicate") => PaddingMode::Replicate,
                Some("circular") => PaddingMode::Circular,
                Some(mode) => panic!("unknown padding mode {mode}"),
            },
            dilation: case.pair("dilation"),
            groups: case.count("groups"),
        }
    }

    pub(super) fn conv2d(case: &Case) -> Outputs {
        let conv = settings(case);
        let (x, w) = (case.tensor4("input"), case.tensor4("weight"));
        let y = nn::conv2d(&x, &w, case.bias().as_deref(), &conv).unwrap();
        let grad = nn::conv2d_grad(&x, &w, &case.tensor4("grad_output"), &conv).unwrap();
        layer(y.into_dyn(), grad.input.into_dyn(), grad.weight.into_dyn(), grad.bias)
    }

    pub(super) fn conv_transpose2d(case: &Case) -> Outputs {
        let conv = nn::ConvTranspose2d {
            stride: case.pair("stride"),
            padding: case.padding(),
            output_padding: case.pair("output_padding"),
            dilation: case.pair("dilation"),
        };
        let (x, w) = (case.tensor4("input"), case.tensor4("weight"));
        let y = nn::conv_transpose2d(&x, &w, case.bias().as_deref(), &conv).unwrap();
        let grad = nn::conv_transpose2d_grad(&x, &w, &case.tensor4("grad_output"), &conv).unwrap();
        layer(y.into_dyn(), grad.input.into_dyn(), grad.weight.into_dyn(), grad.bias)
    }

    pub(super) fn linear(case: &Case) -> Outputs {
        let (x, w) = (case.tensor2("input"), case.tensor2("weight"));
        let y = nn::linear(&x, &w, case.bias().as_deref()).unwrap();
        let grad = nn::linear_grad(&x, &w, &case.tensor2("grad_output")).unwrap();
        layer(y.into_dyn(), grad.input.into_dyn(), grad.weight.into_dyn(), grad.bias)
    }

    fn layer(output: ArrayD<f64>, input: ArrayD<f64>, weight: ArrayD<f64>, bias: Array1<f64>) -> Outputs {
        vec![("output", output), ("grad_input", input), ("grad_weight", weight), ("grad_bias", bias.into_dyn())]
    }

    pub(super) fn pool2d(case: &Case) -> Outputs {
        let max = match case.text("kind") {
            "max" => true,
            "average" => false,
            kind => panic!("unknown kind of pooling {kind}"),
        };
        let pool = Pool2d {
            kernel: case.pair("kernel"),
            stride: case.pair("stride"),
            padding: case.padding(),
            ceil_mode: case.flag("ceil_mode"),
            count_include_pad: max || case.flag("count_include_pad"),
        };
        let (x, dy) = (case.tensor4("input"), case.tensor4("grad_output"));
        let (.., height, width) = x.dim();
        let plane = (height, width);
        if max {
            let pooled = nn::max_pool2d(&x, &pool).unwrap();
            let dx = nn::max_pool2d_grad(plane, &pooled.argmax, &dy).unwrap();
            vec![
                ("output", pooled.output.into_dyn()),
                ("argmax", pooled.argmax.mapv(|at| at as f64).into_dyn()),
                ("grad_input", dx.into_dyn()),
            ]
        } else {
            let y = nn::average_pool2d(&x, &pool).unwrap();
            let dx = nn::average_pool2d_grad(plane, &dy, &pool).unwrap();
            vec![("output", y.into_dyn()), ("grad_input", dx.into_dyn())]
        }
    }

    pub(super) fn activation(case: &Case) -> Outputs {
        let f = match case.text("name") {
            "relu" => Activation::Relu,
            "sigmoid" => Activation::Sigmoid,
            "tanh" => Activation::Tanh,
            name => panic!("unknown activation {name}"),
        };
        let x = tensor(&case.0["input"]);
        let dx = nn::activation_grad(&x, &tensor(&case.0["grad_output"]), f).unwrap();
        vec![("output", nn::activation(&x, f)), ("grad_input", dx)]
    }

    pub(super) fn softmax_cross_entropy(case: &Case) -> Outputs {
        assert_eq!(case.text("reduction"), "mean");
        let (z, targets, epsilon) = (case.tensor2("logits"), case.targets(), case.number("label_smoothing"));
        let forward = nn::softmax_cross_entropy(&z, &targets, epsilon).unwrap();
        let dz = nn::softmax_cross_entropy_grad(&z, &targets, epsilon).unwrap();
        vec![
            ("probabilities", forward.probabilities.into_dyn()),
            ("loss", arr0(forward.loss).into_dyn()),
            ("grad_logits", dz.into_dyn()),
        ]
    }

    pub(super) fn batch_norm2d(case: &Case) -> Outputs {
        let norm = nn::BatchNorm2d { epsilon: case.number("eps"), momentum: case.number("momentum") };
        let (x, gamma, beta) = (case.tensor4("input"), case.tensor1("gamma"), case.tensor1("beta"));
        let running = nn::Running { mean: case.tensor1("running_mean"), variance: case.tensor1("running_var") };
        let forward = nn::batch_norm2d(&x, &gamma, &beta, &running, &norm).unwrap();
        let grad = nn::batch_norm2d_grad(&x, &gamma, &case.tensor4("grad_output"), &norm).unwrap();
        let trained = nn::batch_norm2d_eval(&x, &gamma, &beta, &running, &norm).unwrap();
        vec![
            ("output", forward.output.into_dyn()),
            ("new_running_mean", forward.running.mean.into_dyn()),
            ("new_running_var", forward.running.variance.into_dyn()),
            ("grad_input", grad.input.into_dyn()),
            ("grad_gamma", grad.gamma.into_dyn()),
            ("grad_beta", grad.beta.into_dyn()),
            ("eval_output", trained.into_dyn()),
        ]
    }

    pub(super) fn optimizer(case: &Case) -> Outputs {
        let hyper = Case(case.0["hyper"].clone());
        let mut w = tensor(&case.0["start"]);
        let (mut first, mut second) = (ArrayD::zeros(w.raw_dim()), ArrayD::zeros(w.raw_dim()));
        let mut after_each_step = Vec::new();
        for (grad, t) in case.0["gradients"].as_array().unwrap().iter().zip(1..) {
            let dw = tensor(grad);
            if hyper.0.get("betas").is_some() {
                let betas = tensor(&hyper.0["betas"]);
                let adam = Adam {
                    learning_rate: hyper.number("lr"),
                    betas: (betas[[0]], betas[[1]]),
                    epsilon: hyper.number("eps"),
                    weight_decay: hyper.number("weight_decay"),
                    decoupled: case.text("name") == "adamw",
                };
                adam.step(t, &mut w, &dw, &mut first, &mut second).unwrap();
            } else {
                let sgd = Sgd {
                    learning_rate: hyper.number("lr"),
                    momentum: hyper.number("momentum"),
                    nesterov: hyper.flag("nesterov"),
                    weight_decay: hyper.number("weight_decay"),
                };
                sgd.step(&mut w, &dw, &mut first).unwrap();
            }
            after_each_step.push(w.clone());
        }
        vec![("after_each_step", stack(&after_each_step))]
    }

    pub(super) fn lenet(case: &LenetCase) -> LenetRun {
        let mut net = Lenet { relu_max: case.relu_max, parameters: case.parameters.clone() };
        let sgd =
            Sgd { learning_rate: case.learning_rate, momentum: case.momentum, nesterov: false, weight_decay: 0.0 };
        let mut velocity: BTreeMap<_, _> =
            net.parameters.iter().map(|(name, w)| (name.clone(), ArrayD::zeros(w.raw_dim()))).collect();
        let (mut first, mut losses) = (None, Vec::new());
        for (images, targets) in case.images.outer_iter().zip(&case.targets) {
            let (loss, logits, grads) = net.step(&images.into_dimensionality::<Ix4>().unwrap(), targets);
            for (name, w) in &mut net.parameters {
                sgd.step(w, &grads[name], velocity.get_mut(name).unwrap()).unwrap();
            }
            losses.push(loss);
            first.get_or_insert((logits, grads));
        }
        let (logits, grads) = first.unwrap();
        LenetRun { logits: logits.into_dyn(), grads, losses, parameters: net.parameters }
    }

    struct Lenet {
        relu_max: bool,
        parameters: BTreeMap<String, ArrayD<f64>>,
    }

    impl Lenet {
        fn w4(&self, name: &str) -> Array4<f64> {
            self.parameters[&format!("{name}.weight")].clone().into_dimensionality::<Ix4>().unwrap()
        }

        fn w2(&self, name: &str) -> Array2<f64> {
            self.parameters[&format!("{name}.weight")].clone().into_dimensionality::<Ix2>().unwrap()
        }

        fn b(&self, name: &str) -> Array1<f64> {
            self.parameters[&format!("{name}.bias")].clone().into_dimensionality::<Ix1>().unwrap()
        }

        fn f(&self) -> Activation {
            if self.relu_max { Activation::Relu } else { Activation::Sigmoid }
        }

        /// The pooled maps and, for max pooling, where the maxima stood.
        fn pool(&self, x: &Array4<f64>) -> (Array4<f64>, Option<Array4<usize>>) {
            if self.relu_max {
                let pooled = nn::max_pool2d(x, &Pool2d::tiles(2)).unwrap();
                (pooled.output, Some(pooled.argmax))
            } else {
                (nn::average_pool2d(x, &Pool2d::tiles(2)).unwrap(), None)
            }
        }

        /// The gradient through pooling and activation, at the pre-activations `z`.
        fn unpool(&self, z: &Array4<f64>, argmax: Option<&Array4<usize>>, dy: &Array4<f64>) -> Array4<f64> {
            let (.., height, width) = z.dim();
            let dx = match argmax {
                Some(argmax) => nn::max_pool2d_grad((height, width), argmax, dy),
                None => nn::average_pool2d_grad((height, width), dy, &Pool2d::tiles(2)),
            };
            nn::activation_grad(z, &dx.unwrap(), self.f()).unwrap()
        }

        /// Loss, logits and the gradients of all parameters.
        fn step(&self, x: &ArrayRef4<f64>, targets: &[usize]) -> (f64, Array2<f64>, BTreeMap<String, ArrayD<f64>>) {
            let f = self.f();
            let conv1 = nn::Conv2d { padding: Padding::per_side(2), ..nn::Conv2d::default() };
            let conv2 = nn::Conv2d::default();
            // Forward: z are pre-activations, h what the next layer reads.
            let z1 = nn::conv2d(x, &self.w4("conv1"), Some(&self.b("conv1")), &conv1).unwrap();
            let (h1, argmax1) = self.pool(&nn::activation(&z1, f));
            let z2 = nn::conv2d(&h1, &self.w4("conv2"), Some(&self.b("conv2")), &conv2).unwrap();
            let (h2, argmax2) = self.pool(&nn::activation(&z2, f));
            let maps = h2.dim();
            let h2 = h2.into_shape_with_order((maps.0, maps.1 * maps.2 * maps.3)).unwrap();
            let z3 = nn::linear(&h2, &self.w2("fc1"), Some(&self.b("fc1"))).unwrap();
            let h3 = nn::activation(&z3, f);
            let z4 = nn::linear(&h3, &self.w2("fc2"), Some(&self.b("fc2"))).unwrap();
            let h4 = nn::activation(&z4, f);
            let logits = nn::linear(&h4, &self.w2("fc3"), Some(&self.b("fc3"))).unwrap();
            let loss = nn::softmax_cross_entropy(&logits, targets, 0.0).unwrap().loss;
            // Backward, in the reverse order.
            let dlogits = nn::softmax_cross_entropy_grad(&logits, targets, 0.0).unwrap();
            let fc3 = nn::linear_grad(&h4, &self.w2("fc3"), &dlogits).unwrap();
            let dz4 = nn::activation_grad(&z4, &fc3.input, f).unwrap();
            let fc2 = nn::linear_grad(&h3, &self.w2("fc2"), &dz4).unwrap();
            let dz3 = nn::activation_grad(&z3, &fc2.input, f).unwrap();
            let fc1 = nn::linear_grad(&h2, &self.w2("fc1"), &dz3).unwrap();
            let dz2 = self.unpool(&z2, argmax2.as_ref(), &fc1.input.into_shape_with_order(maps).unwrap());
            let conv2 = nn::conv2d_grad(&h1, &self.w4("conv2"), &dz2, &conv2).unwrap();
            let dz1 = self.unpool(&z1, argmax1.as_ref(), &conv2.input);
            let conv1 = nn::conv2d_grad(x, &self.w4("conv1"), &dz1, &conv1).unwrap();
            let grads = [
                ("conv1", conv1.weight.into_dyn(), conv1.bias),
                ("conv2", conv2.weight.into_dyn(), conv2.bias),
                ("fc1", fc1.weight.into_dyn(), fc1.bias),
                ("fc2", fc2.weight.into_dyn(), fc2.bias),
                ("fc3", fc3.weight.into_dyn(), fc3.bias),
            ];
            let named = grads.into_iter().flat_map(|(layer, weight, bias)| {
                [(format!("{layer}.weight"), weight), (format!("{layer}.bias"), bias.into_dyn())]
            });
            (loss, logits, named.collect())
        }
    }
}

mod fast {
    //! The cases through `nn::fast`, `model` and `train`.

    use receptive::{
        model::{ModelSpec, Network, Trainable as _},
        nn::fast::{
            Activation, AveragePool2d, Conv2d, ConvGeometry, CrossEntropy, Linear, MaxPool2d, PoolGeometry, nhwc,
        },
        train::{Optimizer, OptimizerKind, RunSpec},
    };

    use super::{ArrayD, BTreeMap, Case, LenetCase, LenetRun, Outputs, stack, tensor};

    fn single(tensor: &ArrayD<f64>) -> Vec<f32> {
        tensor.iter().map(|&x| x as f32).collect()
    }

    fn double(shape: &[usize], values: &[f32]) -> ArrayD<f64> {
        ArrayD::from_shape_vec(shape, values.iter().map(|&x| f64::from(x)).collect()).unwrap()
    }

    fn floats(case: &Case, field: &str) -> Vec<f32> {
        single(&tensor(&case.0[field]))
    }

    fn shape(case: &Case, field: &str) -> Vec<usize> {
        tensor(&case.0[field]).shape().to_vec()
    }

    fn bias(case: &Case, len: usize) -> Vec<f32> {
        case.optional("bias").map_or_else(|| vec![0.0; len], |bias| single(&bias))
    }

    /// N×C×H×W, read as N×H×W×C.
    fn last(case: &Case, field: &str) -> Vec<f32> {
        single(&tensor(&case.0[field]).permuted_axes(vec![0, 2, 3, 1]))
    }

    /// The other way round, for maps of N×C×H×W.
    fn first(shape: &[usize], values: &[f32]) -> ArrayD<f64> {
        double(&[shape[0], shape[2], shape[3], shape[1]], values).permuted_axes(vec![0, 3, 1, 2])
    }

    pub(super) fn conv2d_channels_last(case: &Case) -> Outputs {
        let (x, w, y) = (shape(case, "input"), shape(case, "weight"), shape(case, "output"));
        let conv = nhwc::Conv2d::new(geometry(case)).unwrap();
        let (mut scratch, input, dy) = (conv.scratch(x[0]), last(case, "input"), last(case, "grad_output"));
        let (mut output, mut dx) = (vec![0.0; dy.len()], vec![0.0; input.len()]);
        let (mut dw, mut db) = (vec![0.0; conv.weight_len()], vec![0.0; w[0]]);
        conv.pack(&floats(case, "weight"), &bias(case, w[0]), &mut scratch);
        conv.forward(x[0], &input, &mut output, &mut scratch);
        conv.backward_weight(x[0], &input, &dy, &mut dw, &mut db, &mut scratch);
        conv.backward_input(x[0], &mut dx, &scratch);
        vec![
            ("output", first(&y, &output)),
            ("grad_input", first(&x, &dx)),
            ("grad_weight", double(&w, &dw)),
            ("grad_bias", double(&w[..1], &db)),
        ]
    }

    pub(super) fn batch_norm2d(case: &Case) -> Outputs {
        let x = shape(case, "input");
        let norm = nhwc::BatchNorm2d {
            channels: x[1],
            cells: x[2] * x[3],
            epsilon: case.number("eps") as f32,
            momentum: case.number("momentum") as f32,
        };
        let (input, dy) = (last(case, "input"), last(case, "grad_output"));
        let (gamma, beta) = (floats(case, "gamma"), floats(case, "beta"));
        let mut running =
            nhwc::RunningStatistics { mean: floats(case, "running_mean"), variance: floats(case, "running_var") };
        let (mut trained, mut output, mut dx) = (input.clone(), input.clone(), input.clone());
        let (mut scratch, mut dgamma, mut dbeta) = (norm.scratch(), vec![0.0; x[1]], vec![0.0; x[1]]);
        norm.evaluate(x[0], &input, (&gamma, &beta), &running, &mut trained, &mut scratch);
        norm.forward(x[0], &input, (&gamma, &beta), &mut running, &mut output, &mut scratch).unwrap();
        norm.backward(x[0], (&input, &dy), &gamma, &mut dx, (&mut dgamma, &mut dbeta), &mut scratch);
        vec![
            ("output", first(&x, &output)),
            ("new_running_mean", double(&x[1..2], &running.mean)),
            ("new_running_var", double(&x[1..2], &running.variance)),
            ("grad_input", first(&x, &dx)),
            ("grad_gamma", double(&x[1..2], &dgamma)),
            ("grad_beta", double(&x[1..2], &dbeta)),
            ("eval_output", first(&x, &trained)),
        ]
    }

    fn geometry(case: &Case) -> ConvGeometry {
        let (x, w) = (shape(case, "input"), shape(case, "weight"));
        ConvGeometry {
            channels_in: x[1],
            channels_out: w[0],
            groups: case.count("groups"),
            kernel: (w[2], w[3]),
            stride: case.pair("stride"),
            dilation: case.pair("dilation"),
            padding: case.padding(),
            input: (x[2], x[3]),
        }
    }

    pub(super) fn conv2d(case: &Case) -> Outputs {
        let (x, w) = (shape(case, "input"), shape(case, "weight"));
        let conv = Conv2d::new(geometry(case)).unwrap();
        let mut scratch = conv.scratch(x[0]);
        let weight = floats(case, "weight");
        let (input, dy) = (floats(case, "input"), floats(case, "grad_output"));
        let mut output = vec![0.0; x[0] * conv.output_len()];
        conv.forward(x[0], &input, &weight, &bias(case, w[0]), &mut output, &mut scratch);
        let (mut dx, mut dw, mut db) = (vec![0.0; input.len()], vec![0.0; conv.weight_len()], vec![0.0; w[0]]);
        conv.backward_weight(x[0], &input, &dy, &mut dw, &mut db, &mut scratch);
        conv.backward_input(x[0], &weight, &dy, &mut dx, &mut scratch);
        let y = [x[0], w[0], conv.output().0, conv.output().1];
        vec![
            ("output", double(&y, &output)),
            ("grad_input", double(&x, &dx)),
            ("grad_weight", double(&w, &dw)),
            ("grad_bias", double(&w[..1], &db)),
        ]
    }

    pub(super) fn linear(case: &Case) -> Outputs {
        let (x, w) = (shape(case, "input"), shape(case, "weight"));
        let linear = Linear { inputs: w[1], outputs: w[0] };
        let (input, weight, dy) = (floats(case, "input"), floats(case, "weight"), floats(case, "grad_output"));
        let (mut output, mut scratch) = (vec![0.0; x[0] * w[0]], linear.scratch(x[0]));
        linear.forward(x[0], &input, &weight, &bias(case, w[0]), &mut output, &mut scratch);
        let (mut dx, mut dw, mut db) = (vec![0.0; input.len()], vec![0.0; weight.len()], vec![0.0; w[0]]);
        linear.backward_input(x[0], &weight, &dy, &mut dx, &mut scratch);
        linear.backward_weight(x[0], &input, &dy, &mut dw, &mut db, &mut scratch);
        vec![
            ("output", double(&[x[0], w[0]], &output)),
            ("grad_input", double(&x, &dx)),
            ("grad_weight", double(&w, &dw)),
            ("grad_bias", double(&w[..1], &db)),
        ]
    }

    fn pool_geometry(case: &Case) -> PoolGeometry {
        let x = shape(case, "input");
        PoolGeometry {
            channels: x[1],
            window: case.pair("kernel"),
            stride: case.pair("stride"),
            padding: case.padding(),
            ceil: case.flag("ceil_mode"),
            input: (x[2], x[3]),
        }
    }

    pub(super) fn pool2d_channels_last(case: &Case) -> Outputs {
        let (x, y, geometry) = (shape(case, "input"), shape(case, "output"), pool_geometry(case));
        let (input, dy, mut dx) = (last(case, "input"), last(case, "grad_output"), vec![0.0; x.iter().product()]);
        let mut output = vec![0.0; dy.len()];
        if case.text("kind") == "max" {
            let (pool, mut argmax) = (nhwc::MaxPool2d::new(geometry).unwrap(), vec![0; dy.len()]);
            pool.forward(x[0], &input, &mut output, &mut argmax);
            pool.backward(x[0], &dy, &argmax, &mut dx);
            let argmax: Vec<f32> = argmax.iter().map(|&at| at as f32).collect();
            vec![("output", first(&y, &output)), ("argmax", first(&y, &argmax)), ("grad_input", first(&x, &dx))]
        } else {
            let pool = nhwc::AveragePool2d::new(geometry, case.flag("count_include_pad")).unwrap();
            pool.forward(x[0], &input, &mut output);
            pool.backward(x[0], &dy, &mut dx);
            vec![("output", first(&y, &output)), ("grad_input", first(&x, &dx))]
        }
    }

    pub(super) fn pool2d(case: &Case) -> Outputs {
        let (x, geometry) = (shape(case, "input"), pool_geometry(case));
        let (input, dy, mut dx) = (floats(case, "input"), floats(case, "grad_output"), vec![0.0; x.iter().product()]);
        if case.text("kind") == "max" {
            let pool = MaxPool2d::new(geometry).unwrap();
            let y = [x[0], x[1], pool.output().0, pool.output().1];
            let (mut output, mut argmax) = (vec![0.0; dy.len()], vec![0; dy.len()]);
            pool.forward(x[0], &input, &mut output, &mut argmax);
            pool.backward(x[0], &dy, &argmax, &mut dx);
            let argmax: Vec<f32> = argmax.iter().map(|&at| at as f32).collect();
            vec![("output", double(&y, &output)), ("argmax", double(&y, &argmax)), ("grad_input", double(&x, &dx))]
        } else {
            let pool = AveragePool2d::new(geometry, case.flag("count_include_pad")).unwrap();
            let mut output = vec![0.0; dy.len()];
            pool.forward(x[0], &input, &mut output);
            pool.backward(x[0], &dy, &mut dx);
            let y = [x[0], x[1], pool.output().0, pool.output().1];
            vec![("output", double(&y, &output)), ("grad_input", double(&x, &dx))]
        }
    }

    pub(super) fn activation(case: &Case) -> Outputs {
        let f = match case.text("name") {
            "relu" => Activation::Relu,
            "sigmoid" => Activation::Sigmoid,
            "tanh" => Activation::Tanh,
            name => panic!("unknown activation {name}"),
        };
        let (mut y, mut grad) = (floats(case, "input"), floats(case, "grad_output"));
        f.forward(&mut y);
        f.backward(&y, &mut grad);
        let x = shape(case, "input");
        vec![("output", double(&x, &y)), ("grad_input", double(&x, &grad))]
    }

    pub(super) fn softmax_cross_entropy(case: &Case) -> Outputs {
        let x = shape(case, "logits");
        let loss = CrossEntropy { classes: x[1], label_smoothing: case.number("label_smoothing") as f32 };
        let targets: Vec<u8> = case.targets().into_iter().map(|target| u8::try_from(target).unwrap()).collect();
        let mut probabilities = floats(case, "logits");
        let mut grad = vec![0.0; probabilities.len()];
        let found = loss.loss_and_gradient(&probabilities, &targets, x[0] as f32, &mut grad);
        loss.softmax(&mut probabilities);
        vec![
            ("probabilities", double(&x, &probabilities)),
            ("loss", double(&[], &[found.mean()])),
            ("grad_logits", double(&x, &grad)),
        ]
    }

    pub(super) fn optimizer(case: &Case) -> Outputs {
        let hyper = Case(case.0["hyper"].clone());
        let adam = hyper.0.get("betas").is_some();
        if adam {
            assert_eq!((single(&tensor(&hyper.0["betas"])), hyper.number("eps") as f32), (vec![0.9, 0.999], 1e-8));
        }
        let optimizer = match (adam, case.text("name")) {
            (true, "adamw") => OptimizerKind::AdamW,
            (true, _) => OptimizerKind::Adam,
            (false, _) if hyper.flag("nesterov") => OptimizerKind::Nesterov,
            (false, _) => OptimizerKind::Sgd,
        };
        let spec = RunSpec {
            optimizer,
            momentum: if adam { 0.0 } else { hyper.number("momentum") as f32 },
            weight_decay: hyper.number("weight_decay") as f32,
            ..RunSpec::default()
        };
        let (mut w, len) = (floats(case, "start"), shape(case, "start"));
        let mut optimizer = Optimizer::new(&spec, w.len());
        let mut after_each_step = Vec::new();
        for grad in case.0["gradients"].as_array().unwrap() {
            optimizer.step(hyper.number("lr") as f32, &mut w, &single(&tensor(grad)));
            after_each_step.push(double(&len, &w));
        }
        vec![("after_each_step", stack(&after_each_step))]
    }

    pub(super) fn lenet(case: &LenetCase) -> LenetRun {
        let spec = if case.relu_max { ModelSpec::lenet() } else { ModelSpec::lenet_sigmoid() };
        let mut network = Network::new(&spec, 1).unwrap();
        let parameters = network.parameters().to_vec();
        let weights: Vec<f32> = parameters.iter().flat_map(|p| single(&case.parameters[&p.name])).collect();
        network.load(&weights).unwrap();
        let named = |values: &[f32]| -> BTreeMap<String, ArrayD<f64>> {
            parameters.iter().map(|p| (p.name.clone(), double(&p.shape, &values[p.range.clone()]))).collect()
        };
        let spec = RunSpec { momentum: case.momentum as f32, ..RunSpec::default() };
        let mut optimizer = Optimizer::new(&spec, weights.len());
        let loss = CrossEntropy { classes: 10, label_smoothing: 0.0 };
        let (mut first, mut losses) = (None, Vec::new());
        for (images, targets) in case.images.outer_iter().zip(&case.targets) {
            let images = single(&images.to_owned());
            let targets: Vec<u8> = targets.iter().map(|&target| u8::try_from(target).unwrap()).collect();
            let logits = double(&[targets.len(), 10], network.forward(&images).unwrap());
            let mut gradient = vec![0.0; weights.len()];
            let batch = network.loss_and_gradient(&images, &targets, loss, targets.len() as f32, &mut gradient);
            network.update(|weights| optimizer.step(case.learning_rate as f32, weights, &gradient));
            losses.push(batch.sum / f64::from(batch.examples));
            first.get_or_insert((logits, named(&gradient)));
        }
        let (logits, grads) = first.unwrap();
        LenetRun { logits, grads, losses, parameters: named(network.weights()) }
    }
}

mod channels {
    //! The cases through the lab's trace: every output cell as the sum that the screen writes out.

    use ndarray::{ArrayRef4, s};
    use receptive::{
        num::{Grid, Matrix},
        trace::{Channels, Tap},
    };

    use super::{Array4, Case, Outputs, reference};

    /// The planes of number `n` along the first axis.
    fn planes(tensor: &ArrayRef4<f64>, n: usize) -> Vec<Matrix> {
        let (rows, cols) = (tensor.dim().2, tensor.dim().3);
        (0..tensor.dim().1).map(|c| Grid::from_fn(rows, cols, |i, j| tensor[[n, c, i, j]])).collect()
    }

    pub(super) fn conv2d(case: &Case) -> Outputs {
        let (x, w) = (case.tensor4("input"), case.tensor4("weight"));
        let mut y = Array4::zeros(case.tensor4("output").dim());
        for (n, mut example) in y.outer_iter_mut().enumerate() {
            let trace = Channels {
                inputs: planes(&x, n),
                filters: (0..w.dim().0).map(|o| planes(&w, o)).collect(),
                biases: case.bias().map_or_else(|| vec![0.0; w.dim().0], |bias| bias.to_vec()),
                conv: reference::settings(case),
                flip: false,
            };
            let output = trace.output().unwrap();
            for filter in 0..output.len() {
                for ((i, j), y) in example.slice_mut(s![filter, .., ..]).indexed_iter_mut() {
                    let step = trace.step(&output, filter, i, j).unwrap();
                    *y = step.parts.iter().flat_map(|part| &part.taps).map(Tap::product).sum::<f64>() + step.bias;
                }
            }
        }
        vec![("output", y.into_dyn())]
    }
}

mod backward {
    //! The gradients as the lab adds them up, output by output: each pair of an input channel and a filter by itself.

    use ndarray::ArrayRef4;
    use receptive::{
        num::{Grid, Matrix},
        trace::{Backward, Convolution, Forward, Pooling, PoolingKind, Running},
    };

    use super::{Array1, Array4, Case, Outputs, reference};

    fn plane(tensor: &ArrayRef4<f64>, n: usize, c: usize) -> Matrix {
        Grid::from_fn(tensor.dim().2, tensor.dim().3, |i, j| tensor[[n, c, i, j]])
    }

    fn add(tensor: &mut ArrayRef4<f64>, n: usize, c: usize, plane: &Matrix) {
        for (at, value) in plane.cells().iter().enumerate() {
            tensor[[n, c, at / plane.cols(), at % plane.cols()]] += value;
        }
    }

    /// The gradients after the last step, and the input's without its padding.
    fn walked(forward: Forward, upstream: Matrix) -> (Running, Matrix) {
        let backward = Backward::new(forward, upstream).unwrap();
        let running = backward.running(backward.len());
        let input = backward.without_padding(&running);
        (running, input)
    }

    pub(super) fn conv2d(case: &Case) -> Outputs {
        let (x, w, dy) = (case.tensor4("input"), case.tensor4("weight"), case.tensor4("grad_output"));
        let conv = reference::settings(case);
        let (mut dx, mut dw) = (Array4::zeros(x.dim()), Array4::zeros(w.dim()));
        let (filters, channels, ..) = w.dim();
        let mut db = Array1::zeros(filters);
        for n in 0..x.dim().0 {
            for o in 0..filters {
                for c in 0..channels {
                    let channel = o / (filters / conv.groups) * channels + c;
                    let convolution = Convolution {
                        input: plane(&x, n, channel),
                        kernel: plane(&w, o, c),
                        bias: 0.0,
                        padding: conv.padding,
                        mode: conv.mode,
                        stride: conv.stride,
                        dilation: conv.dilation,
                        flip: false,
                    };
                    let (running, input) = walked(Forward::Convolution(convolution), plane(&dy, n, o));
                    add(&mut dx, n, channel, &input);
                    add(&mut dw, o, c, &running.kernel.unwrap());
                    // Each filter has one bias, whatever it reads.
                    if c == 0 {
                        db[o] += running.bias;
                    }
                }
            }
        }
        vec![("grad_input", dx.into_dyn()), ("grad_weight", dw.into_dyn()), ("grad_bias", db.into_dyn())]
    }

    pub(super) fn pool2d(case: &Case) -> Outputs {
        let (x, dy) = (case.tensor4("input"), case.tensor4("grad_output"));
        let mut dx = Array4::zeros(x.dim());
        for n in 0..x.dim().0 {
            for c in 0..x.dim().1 {
                let pooling = Pooling {
                    input: plane(&x, n, c),
                    kind: if case.text("kind") == "max" { PoolingKind::Max } else { PoolingKind::Average },
                    window: case.pair("kernel"),
                    stride: case.pair("stride"),
                    padding: case.padding(),
                    ceil: case.flag("ceil_mode"),
                    count_padding: case.0.get("count_include_pad").is_none_or(|on| on.as_bool().unwrap()),
                };
                let (_, input) = walked(Forward::Pooling(pooling), plane(&dy, n, c));
                add(&mut dx, n, c, &input);
            }
        }
        vec![("grad_input", dx.into_dyn())]
    }
}

/// What a folder's run found.
#[derive(Default)]
struct Report {
    checked: usize,
    skipped: Vec<String>,
    failures: Vec<String>,
}

impl Report {
    /// Compares one tensor with what is expected, relative to the largest expected value.
    fn compare(&mut self, what: &str, expected: &ArrayD<f64>, found: &ArrayD<f64>, tolerance: f64) {
        self.checked += 1;
        if expected.shape() != found.shape() {
            let (expected, found) = (expected.shape(), found.shape());
            return self.failures.push(format!("{what}: shape {found:?}, expected {expected:?}"));
        }
        let largest = expected.iter().fold(0.0_f64, |largest, e| largest.max(e.abs()));
        for ((at, e), f) in expected.indexed_iter().zip(found) {
            let difference = (e - f).abs();
            // Written so that NaN fails.
            let close = difference <= tolerance * largest;
            if !close {
                let relative = difference / largest;
                return self
                    .failures
                    .push(format!("{what}{:?}: {f}, expected {e} (off by {relative:.1e})", at.slice()));
            }
        }
    }

    fn run_json(&mut self, file: &str, text: &str) -> Option<&'static str> {
        let document: Value = match serde_json::from_str(text) {
            Ok(document) => document,
            Err(error) => {
                self.failures.push(format!("{file}: {error}"));
                return None;
            }
        };
        let name = document["op"].as_str().unwrap_or("");
        let Some(op) = OPS.iter().find(|op| op.name == name) else {
            self.failures.push(format!("{file}: unknown op {:?}", document["op"]));
            return None;
        };
        let cases = document["cases"].as_array().map_or(&[][..], Vec::as_slice);
        if cases.is_empty() {
            self.failures.push(format!("{file}: no cases"));
        }
        if op.implementations.is_empty() {
            self.skipped.push(format!("{name} (not built yet)"));
        }
        for case in cases {
            let case = Case(case.clone());
            for implementation in op.implementations {
                self.run_case(op, &case, implementation);
            }
        }
        Some(op.name)
    }

    fn run_case(&mut self, op: &Op, case: &Case, implementation: &Implementation<Case, Outputs>) {
        let outputs = (implementation.run)(case);
        for &field in op.outputs {
            let what = format!("{}, {}, {}: {field}", op.name, case.text("name"), implementation.name);
            // A case without bias has no gradient for it, an average no argmax.
            let Some(expected) = case.optional(field) else { continue };
            // An index is right or wrong.
            let tolerance = if field == "argmax" { 0.0 } else { implementation.tolerance };
            match outputs.iter().find(|(name, _)| *name == field) {
                Some((_, found)) => self.compare(&what, &expected, found, tolerance),
                // A trace goes one way.
                None if implementation.name.starts_with("trace") => {}
                None => self.failures.push(format!("{what}: not computed")),
            }
        }
    }

    fn run_lenet(&mut self, file: &str, bytes: &[u8]) -> Option<&'static str> {
        // The file's name is all that tells the two nets apart.
        let (name, relu_max) = match file.strip_suffix(".safetensors") {
            Some("lenet_relu_max") => ("lenet_relu_max", true),
            Some("lenet_sigmoid_avg") => ("lenet_sigmoid_avg", false),
            _ => {
                self.failures.push(format!("{file}: unknown network"));
                return None;
            }
        };
        let (_, header) = SafeTensors::read_metadata(bytes).unwrap();
        let metadata = header.metadata().clone().unwrap();
        let tensors = SafeTensors::deserialize(bytes).unwrap();
        let with_prefix = |prefix: &str| -> BTreeMap<String, ArrayD<f64>> {
            let named = tensors.iter().filter_map(|(name, view)| Some((name.strip_prefix(prefix)?, view)));
            named.map(|(name, view)| (name.to_owned(), stored(&view))).collect()
        };
        let hyper = |name: &str| -> f64 {
            let text = metadata["optimizer"].split_once(name).unwrap().1;
            text.split([' ', ',']).next().unwrap().parse().unwrap()
        };
        let targets = stored(&tensors.tensor("targets").unwrap());
        let case = LenetCase {
            relu_max,
            learning_rate: hyper("lr="),
            momentum: hyper("momentum="),
            images: stored(&tensors.tensor("images").unwrap()),
            targets: targets.outer_iter().map(|row| row.iter().map(|&t| t as usize).collect()).collect(),
            parameters: with_prefix("param."),
        };
        let losses: Vec<f64> = serde_json::from_str(&metadata["losses"]).unwrap();
        for implementation in LENETS {
            let run = (implementation.run)(&case);
            let what = |part: &str| format!("{name}, {}: {part}", implementation.name);
            let tolerance = implementation.tolerance;
            self.compare(&what("logits"), &stored(&tensors.tensor("step0.logits").unwrap()), &run.logits, tolerance);
            for (part, expected, found) in [
                ("grad ", with_prefix("step0.grad."), run.grads),
                ("after ten steps ", with_prefix("after10."), run.parameters),
            ] {
                assert_eq!(expected.len(), case.parameters.len(), "{file} holds every parameter");
                for (parameter, expected) in expected {
                    let what = what(&format!("{part}{parameter}"));
                    match found.get(&parameter) {
                        Some(found) => self.compare(&what, &expected, found, tolerance),
                        None => self.failures.push(format!("{what}: not computed")),
                    }
                }
            }
            let tolerance = if implementation.name == "reference" { REFERENCE } else { tolerance };
            let (expected, found) = (Array1::from_vec(losses.clone()), Array1::from_vec(run.losses));
            self.compare(&what("losses"), &expected.into_dyn(), &found.into_dyn(), tolerance);
        }
        Some(name)
    }
}

/// A stored tensor as f64.
fn stored(view: &safetensors::tensor::TensorView<'_>) -> ArrayD<f64> {
    let words = view.data().chunks_exact(4).map(|word| <[u8; 4]>::try_from(word).unwrap());
    let values = match view.dtype() {
        Dtype::F32 => words.map(|word| f64::from(f32::from_le_bytes(word))).collect(),
        Dtype::I32 => words.map(|word| f64::from(i32::from_le_bytes(word))).collect(),
        dtype => panic!("no tensor here is stored as {dtype:?}"),
    };
    ArrayD::from_shape_vec(view.shape(), values).unwrap()
}

/// Runs every case file of a folder.
fn run(folder: &Path) -> Report {
    let mut report = Report::default();
    let mut names: Vec<_> = match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect(),
        Err(error) => {
            report.failures.push(format!("{}: {error}", folder.display()));
            return report;
        }
    };
    names.sort();
    let mut met = Vec::new();
    for name in names {
        let path = folder.join(&name);
        // Counts of whole architectures, which `nn::count` is tested with.
        if name == "model_stats.json" {
            continue;
        }
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => met.extend(report.run_json(&name, &fs::read_to_string(&path).unwrap())),
            Some("safetensors") => met.extend(report.run_lenet(&name, &fs::read(&path).unwrap())),
            _ => {}
        }
    }
    if met.is_empty() {
        report.failures.push(format!("{}: no case file", folder.display()));
    }
    let kinds = OPS.iter().map(|op| op.name).chain(["lenet_relu_max", "lenet_sigmoid_avg"]);
    report.skipped.extend(kinds.filter(|kind| !met.contains(kind)).map(|kind| format!("{kind} (not in the folder)")));
    report
}

#[test]
fn golden() {
    let folder = env::var_os("GOLDEN_DIR").map_or_else(|| PathBuf::from("tests/golden"), PathBuf::from);
    let report = run(&folder);
    // The harness hides what a passing test prints with `println!`; what is skipped must be seen.
    let mut stderr = std::io::stderr();
    for skipped in &report.skipped {
        writeln!(stderr, "golden: skipped {skipped}").unwrap();
    }
    writeln!(stderr, "golden: {} tensors compared in {}", report.checked, folder.display()).unwrap();
    let failures = report.failures.join("\n");
    assert!(report.failures.is_empty(), "{} of {} failed:\n{failures}", report.failures.len(), report.checked);
}

/// What the pooling lab writes out step by step, against the same cases: each value from the numbers of its own step.
#[test]
fn the_steps_of_a_pooling() {
    let folder = env::var_os("GOLDEN_DIR").map_or_else(|| PathBuf::from("tests/golden"), PathBuf::from);
    let Ok(text) = fs::read_to_string(folder.join("pool2d.json")) else {
        return writeln!(std::io::stderr(), "golden: skipped the steps of pool2d (not in the folder)").unwrap();
    };
    let document: Value = serde_json::from_str(&text).unwrap();
    let mut report = Report::default();
    for case in document["cases"].as_array().unwrap() {
        let case = Case(case.clone());
        let max = case.text("kind") == "max";
        let x = case.tensor4("input");
        let expected = case.tensor4("output");
        let (mut values, mut winners) = (Array4::zeros(expected.dim()), Array4::zeros(expected.dim()));
        for (n, c) in (0..x.dim().0).flat_map(|n| (0..x.dim().1).map(move |c| (n, c))) {
            let pooling = Pooling {
                input: Grid::from_fn(x.dim().2, x.dim().3, |i, j| x[[n, c, i, j]]),
                kind: if max { PoolingKind::Max } else { PoolingKind::Average },
                window: case.pair("kernel"),
                stride: case.pair("stride"),
                padding: case.padding(),
                ceil: case.flag("ceil_mode"),
                count_padding: max || case.flag("count_include_pad"),
            };
            let pooled = pooling.output().unwrap();
            assert_eq!(pooled.values.shape(), (expected.dim().2, expected.dim().3), "{}", case.text("name"));
            for (i, j) in (0..expected.dim().2).flat_map(|i| (0..expected.dim().3).map(move |j| (i, j))) {
                let step = pooling.step(&pooled, i, j).unwrap();
                if max {
                    let winner = step.cells[step.winner.unwrap()];
                    let (row, col) = winner.input.unwrap();
                    values[[n, c, i, j]] = winner.x;
                    winners[[n, c, i, j]] = (row * x.dim().3 + col) as f64;
                } else {
                    values[[n, c, i, j]] = step.sum() / step.cells.len() as f64;
                }
            }
        }
        let what = |field: &str| format!("pool2d, {}, steps: {field}", case.text("name"));
        report.compare(&what("output"), &expected.into_dyn(), &values.into_dyn(), REFERENCE);
        if let Some(argmax) = case.optional("argmax") {
            report.compare(&what("argmax"), &argmax, &winners.into_dyn(), 0.0);
        }
    }
    assert!(report.checked > 0, "no cases");
    assert!(report.failures.is_empty(), "{}", report.failures.join("\n"));
}

/// A folder of its own with one file in it.
fn folder_with(test: &str, file: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(file), text).unwrap();
    folder
}

#[track_caller]
fn check_failure(test: &str, file: &str, text: &str, expect: &str) {
    let folder = folder_with(test, file, text);
    let failures = run(&folder).failures.join("\n");
    fs::remove_dir_all(folder).unwrap();
    assert!(failures.contains(expect), "expected {expect:?} among: {failures}");
}

#[test]
fn what_is_wrong_is_found() {
    let check = |file, text: &str, expect| check_failure("what_is_wrong_is_found", file, text, expect);
    check("README.md", "", "no case file");
    check("model_stats.json", r#"{"op": "stats"}"#, "no case file");
    check("x.json", r#"{"op": "conv3d", "cases": []}"#, "unknown op String(\"conv3d\")");
    check("x.json", r#"{"cases": []}"#, "unknown op Null");
    check("x.json", r#"{"op": "conv2d", "cases": []}"#, "no cases");
    check("x.json", "{", "EOF");
    check("alexnet.safetensors", "", "unknown network");
    let activation = |output: &str, shape: usize| {
        format!(
            r#"{{"op": "activation", "cases": [{{"name": "relu", "input": {{"shape": [2], "data": [-1, 1000]}},
            "output": {{"shape": [{shape}], "data": [{output}]}}, "grad_output": {{"shape": [2], "data": [1, 1]}},
            "grad_input": {{"shape": [2], "data": [0, 1]}}}}]}}"#
        )
    };
    check("x.json", &activation("0, 1000.000002", 2), "activation, relu, reference: output[1]: 1000");
    check("x.json", &activation("0", 1), "output: shape [2], expected [1]");
    let right = folder_with("right", "x.json", &activation("0, 1000.0000000002", 2));
    let report = run(&right);
    fs::remove_dir_all(right).unwrap();
    // Two tensors, by two implementations.
    assert_eq!((report.checked, report.failures), (4, Vec::new()));
    assert!(report.skipped.contains(&"lenet_relu_max (not in the folder)".to_owned()));
}
