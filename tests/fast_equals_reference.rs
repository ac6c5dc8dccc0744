//! `nn::fast` computes what `nn::reference` shows: values and gradients, on random geometry.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::cast_possible_truncation, reason = "the fast path is in single precision")]

use ndarray::{Array, Array1, Array2, Array4, Dimension, IntoDimension};
use proptest::{collection::vec, prelude::*, test_runner::TestCaseError};
use receptive::{
    nn::{
        fast::{self, ConvGeometry, PoolGeometry},
        reference,
        shape::Padding,
    },
    train::{Optimizer, OptimizerKind, RunSpec},
};

/// What sums of a few thousand products in f32 may be off by, relative to the largest value.
const TOLERANCE: f64 = 1e-5;

fn single<D: Dimension>(array: &Array<f64, D>) -> Vec<f32> {
    array.iter().map(|&x| x as f32).collect()
}

/// Compares cell by cell, relative to the largest expected value (or 1 where all are smaller).
fn check<D: Dimension>(what: &str, fast: &[f32], expected: &Array<f64, D>) -> Result<(), TestCaseError> {
    prop_assert_eq!(fast.len(), expected.len(), "{} has another size", what);
    let largest = expected.iter().fold(1.0_f64, |largest, x| largest.max(x.abs()));
    for (i, (&found, &expected)) in fast.iter().zip(expected).enumerate() {
        let off = (f64::from(found) - expected).abs();
        prop_assert!(off <= TOLERANCE * largest, "{}[{}] is {} where {} is expected", what, i, found, expected);
    }
    Ok(())
}

/// Values that f32 holds exactly, so that both paths begin with the same numbers.
fn array<D: Dimension>(shape: impl IntoDimension<Dim = D>) -> impl Strategy<Value = Array<f64, D>> {
    let shape = shape.into_dimension();
    vec(-1024_i16..1024, shape.size()).prop_map(move |values| {
        let values = values.into_iter().map(|x| f64::from(x) / 256.0).collect();
        Array::from_shape_vec(shape.clone(), values).unwrap()
    })
}

/// Distinct values, so that rounding can't choose another maximum.
fn distinct(shape: (usize, usize, usize, usize)) -> impl Strategy<Value = Array4<f64>> {
    let len = shape.0 * shape.1 * shape.2 * shape.3;
    Just((0..len).map(|x| x as f64 - 50.0).collect::<Vec<_>>())
        .prop_shuffle()
        .prop_map(move |values| Array4::from_shape_vec(shape, values).unwrap())
}

fn padding(largest: usize) -> impl Strategy<Value = Padding> {
    let side = || 0..=largest;
    (side(), side(), side(), side()).prop_map(|(top, bottom, left, right)| Padding { top, bottom, left, right })
}

fn pair(range: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = (usize, usize)> {
    (range.clone(), range)
}

/// A geometry whose window fits, and its batch.
fn conv_geometry() -> impl Strategy<Value = (usize, ConvGeometry)> {
    let channels = (1..=3_usize, 1..=4_usize, 1..=9_usize);
    let moves = (pair(1..=5), pair(1..=3), pair(1..=3), padding(3));
    (1..=3_usize, channels, moves, pair(0..=11)).prop_map(
        |(batch, (groups, channels_in, channels_out), (kernel, stride, dilation, padding), room)| {
            let least = |kernel: usize, dilation: usize, padding: (usize, usize)| {
                (dilation * (kernel - 1) + 1).saturating_sub(padding.0 + padding.1).max(1)
            };
            let input = (
                least(kernel.0, dilation.0, (padding.top, padding.bottom)) + room.0,
                least(kernel.1, dilation.1, (padding.left, padding.right)) + room.1,
            );
            let (channels_in, channels_out) = (groups * channels_in, groups * channels_out);
            (batch, ConvGeometry { channels_in, channels_out, groups, kernel, stride, dilation, padding, input })
        },
    )
}

#[derive(Debug, Clone)]
struct ConvCase {
    geometry: ConvGeometry,
    x: Array4<f64>,
    w: Array4<f64>,
    b: Array1<f64>,
    dy: Array4<f64>,
}

fn conv_case() -> impl Strategy<Value = ConvCase> {
    conv_geometry().prop_flat_map(|(batch, geometry)| {
        let ConvGeometry { channels_in, channels_out, groups, kernel, input, .. } = geometry;
        let (rows, cols) = fast::Conv2d::new(geometry).unwrap().output();
        let x = array((batch, channels_in, input.0, input.1));
        let w = array((channels_out, channels_in / groups, kernel.0, kernel.1));
        let (b, dy) = (array(channels_out), array((batch, channels_out, rows, cols)));
        (x, w, b, dy).prop_map(move |(x, w, b, dy)| ConvCase { geometry, x, w, b, dy })
    })
}

/// A geometry where every window holds a cell of the input, and its batch.
fn pool_geometry() -> impl Strategy<Value = (usize, PoolGeometry)> {
    let extents = (1..=2_usize, 1..=3_usize, pair(0..=8));
    (extents, pair(1..=4), pair(1..=4), any::<bool>())
        .prop_flat_map(|(extents, window, stride, ceil)| {
            let side = |window: usize| (0..window, 0..window);
            (Just((extents, window, stride, ceil)), side(window.0), side(window.1))
        })
        .prop_map(|(((batch, channels, room), window, stride, ceil), (top, bottom), (left, right))| {
            let padding = Padding { top, bottom, left, right };
            let input = (
                window.0.saturating_sub(top + bottom).max(1) + room.0,
                window.1.saturating_sub(left + right).max(1) + room.1,
            );
            (batch, PoolGeometry { channels, window, stride, padding, ceil, input })
        })
}

#[derive(Debug, Clone)]
struct PoolCase {
    geometry: PoolGeometry,
    x: Array4<f64>,
    dy: Array4<f64>,
}

fn pool_case() -> impl Strategy<Value = PoolCase> {
    // Windows of 2×2 side by side have code of their own.
    let halving = (1..=2_usize, 1..=3_usize, pair(2..=9)).prop_map(|(batch, channels, input)| {
        let (window, stride, padding, ceil) = ((2, 2), (2, 2), Padding::default(), false);
        (batch, PoolGeometry { channels, window, stride, padding, ceil, input })
    });
    prop_oneof![3 => pool_geometry(), 1 => halving].prop_flat_map(|(batch, geometry)| {
        let (rows, cols) = fast::MaxPool2d::new(geometry).unwrap().output();
        let channels = geometry.channels;
        let x = distinct((batch, channels, geometry.input.0, geometry.input.1));
        (x, array((batch, channels, rows, cols))).prop_map(move |(x, dy)| PoolCase { geometry, x, dy })
    })
}

fn reference_pool(geometry: PoolGeometry, count_include_pad: bool) -> reference::Pool2d {
    let PoolGeometry { window, stride, padding, ceil, .. } = geometry;
    reference::Pool2d { kernel: window, stride, padding, ceil_mode: ceil, count_include_pad }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn conv2d(ConvCase { geometry, x, w, b, dy } in conv_case()) {
        let ConvGeometry { stride, padding, dilation, groups, .. } = geometry;
        let conv = reference::Conv2d { stride, padding, dilation, groups, ..reference::Conv2d::default() };
        let y = reference::conv2d(&x, &w, Some(&b), &conv).unwrap();
        let grad = reference::conv2d_grad(&x, &w, &dy, &conv).unwrap();

        let (conv, batch) = (fast::Conv2d::new(geometry).unwrap(), x.dim().0);
        // Room for more examples than there are.
        let mut scratch = conv.scratch(batch + 1);
        conv.pack(&single(&w), &mut scratch);
        let mut found = vec![f32::NAN; y.len()];
        let x = single(&x);
        conv.forward(batch, &x, &single(&b), &mut found, &mut scratch);
        check("output", &found, &y)?;

        let dy = single(&dy);
        let (mut dx, mut dw, mut db) = (vec![f32::NAN; x.len()], vec![0.0; w.len()], vec![0.0; b.len()]);
        for _ in 0..2 {
            conv.backward_weight(batch, &x, &dy, &mut dw, &mut db, &mut scratch);
            conv.backward_input(batch, &dy, &mut dx, &mut scratch);
        }
        check("grad_input", &dx, &grad.input)?;
        // Gradients of weights are added to what is there.
        check("grad_weight", &dw, &(2.0 * grad.weight))?;
        check("grad_bias", &db, &(2.0 * grad.bias))?;
    }

    #[test]
    fn max_pool2d(PoolCase { geometry, x, dy } in pool_case()) {
        let pooled = reference::max_pool2d(&x, &reference_pool(geometry, true)).unwrap();
        let dx = reference::max_pool2d_grad(geometry.input, &pooled.argmax, &dy).unwrap();

        let (pool, batch, x) = (fast::MaxPool2d::new(geometry).unwrap(), x.dim().0, single(&x));
        let (mut output, mut argmax) = (vec![f32::NAN; dy.len()], vec![0; dy.len()]);
        pool.forward(batch, &x, &mut output, &mut argmax);
        let mut found = vec![f32::NAN; x.len()];
        pool.backward(batch, &single(&dy), &argmax, &mut found);
        check("output", &output, &pooled.output)?;
        let winners: Vec<usize> = argmax.iter().map(|&at| at as usize).collect();
        prop_assert_eq!(winners, pooled.argmax.into_iter().collect::<Vec<_>>());
        check("grad_input", &found, &dx)?;
    }

    #[test]
    fn average_pool2d(PoolCase { geometry, x, dy } in pool_case(), count_padding: bool) {
        let pool = reference_pool(geometry, count_padding);
        let y = reference::average_pool2d(&x, &pool).unwrap();
        let dx = reference::average_pool2d_grad(geometry.input, &dy, &pool).unwrap();

        let pool = fast::AveragePool2d::new(geometry, count_padding).unwrap();
        let (batch, x) = (x.dim().0, single(&x));
        let (mut output, mut found) = (vec![f32::NAN; dy.len()], vec![f32::NAN; x.len()]);
        pool.forward(batch, &x, &mut output);
        pool.backward(batch, &single(&dy), &mut found);
        check("output", &output, &y)?;
        check("grad_input", &found, &dx)?;
    }

    #[test]
    fn linear(
        (x, w, b, dy) in (1..=9_usize, 1..=20_usize, 1..=20_usize).prop_flat_map(|(batch, inputs, outputs)| {
            (array((batch, inputs)), array((outputs, inputs)), array(outputs), array((batch, outputs)))
        })
    ) {
        let y = reference::linear(&x, &w, Some(&b)).unwrap();
        let grad = reference::linear_grad(&x, &w, &dy).unwrap();

        let ((outputs, inputs), batch) = (w.dim(), x.dim().0);
        let linear = fast::Linear { inputs, outputs };
        let (x, w, dy) = (single(&x), single(&w), single(&dy));
        let (mut output, mut scratch) = (vec![f32::NAN; y.len()], linear.scratch(batch));
        linear.forward(batch, &x, &w, &single(&b), &mut output, &mut scratch);
        check("output", &output, &y)?;
        let (mut dx, mut dw, mut db) = (vec![f32::NAN; x.len()], vec![0.0; w.len()], vec![0.0; outputs]);
        linear.backward_input(batch, &w, &dy, &mut dx, &mut scratch);
        linear.backward_weight(batch, &x, &dy, &mut dw, &mut db, &mut scratch);
        check("grad_input", &dx, &grad.input)?;
        check("grad_weight", &dw, &grad.weight)?;
        check("grad_bias", &db, &grad.bias)?;
    }

    #[test]
    fn activation(x in array(33), dy in array(33)) {
        for (fast, exact) in [
            (fast::Activation::Relu, reference::Activation::Relu),
            (fast::Activation::Sigmoid, reference::Activation::Sigmoid),
            (fast::Activation::Tanh, reference::Activation::Tanh),
        ] {
            let (mut y, mut grad) = (single(&x), single(&dy));
            fast.forward(&mut y);
            fast.backward(&y, &mut grad);
            check("output", &y, &reference::activation(&x, exact))?;
            check("grad_input", &grad, &reference::activation_grad(&x, &dy, exact).unwrap())?;
        }
    }

    #[test]
    fn softmax_cross_entropy(
        (z, targets) in (1..=5_usize, 1..=12_usize).prop_flat_map(|(batch, classes)| {
            (array((batch, classes)), vec(0..classes, batch))
        }),
        smoothing in prop_oneof![Just(0.0_f32), Just(0.125)],
    ) {
        let epsilon = f64::from(smoothing);
        let expected = reference::softmax_cross_entropy(&z, &targets, epsilon).unwrap();
        let dz = reference::softmax_cross_entropy_grad(&z, &targets, epsilon).unwrap();

        let (batch, classes) = z.dim();
        let targets: Vec<u8> = targets.into_iter().map(|target| u8::try_from(target).unwrap()).collect();
        let loss = fast::CrossEntropy { classes, label_smoothing: smoothing };
        let (logits, mut grad) = (single(&z), vec![f32::NAN; z.len()]);
        let found = loss.loss_and_gradient(&logits, &targets, batch as f32, &mut grad);
        check("loss", &[found.mean()], &Array1::from_elem(1, expected.loss))?;
        check("grad_logits", &grad, &dz)?;
        let mut probabilities = logits;
        loss.softmax(&mut probabilities);
        check("probabilities", &probabilities, &expected.probabilities)?;
    }

    #[test]
    fn optimizers(
        start in array(7), gradients in vec(array(7), 1..12), kind in 0_usize..4, weight_decay in 0_u8..3,
    ) {
        let kinds = [OptimizerKind::Sgd, OptimizerKind::Nesterov, OptimizerKind::Adam, OptimizerKind::AdamW];
        let decay = f64::from(weight_decay) / 16.0;
        let spec = RunSpec {
            optimizer: kinds[kind],
            momentum: 0.875,
            weight_decay: decay as f32,
            ..RunSpec::default()
        };
        let sgd = reference::Sgd { learning_rate: 0.0625, momentum: 0.875, nesterov: kind == 1, weight_decay: decay };
        let adam = reference::Adam {
            learning_rate: 0.0625,
            betas: (0.9, 0.999),
            epsilon: 1e-8,
            weight_decay: decay,
            decoupled: kind == 3,
        };
        let mut optimizer = Optimizer::new(&spec, start.len());
        let (mut found, mut w) = (single(&start), start);
        let (mut first, mut second) = (Array1::zeros(w.len()), Array1::zeros(w.len()));
        for (t, gradient) in gradients.iter().enumerate() {
            optimizer.step(0.0625, &mut found, &single(gradient));
            if kind < 2 {
                sgd.step(&mut w, gradient, &mut first).unwrap();
            } else {
                adam.step(u32::try_from(t + 1).unwrap(), &mut w, gradient, &mut first, &mut second).unwrap();
            }
        }
        check("weights", &found, &w)?;
    }
}

/// The shapes that train: more terms to a sum than the random ones have.
#[test]
fn lenet_shapes() {
    let wave =
        |len: usize, by: f64| -> Vec<f64> { (0..len).map(|i| f64::from((i as f64 * by).sin() as f32)).collect() };
    for (channels_in, channels_out, side, per_side) in [(1, 6, 28, 2), (6, 16, 14, 0)] {
        let geometry = ConvGeometry {
            channels_in,
            channels_out,
            groups: 1,
            kernel: (5, 5),
            stride: (1, 1),
            dilation: (1, 1),
            padding: Padding::per_side(per_side),
            input: (side, side),
        };
        let conv = fast::Conv2d::new(geometry).unwrap();
        let output = conv.output().0;
        let x = Array4::from_shape_vec((2, channels_in, side, side), wave(2 * conv.input_len(), 0.7)).unwrap();
        let w = Array4::from_shape_vec((channels_out, channels_in, 5, 5), wave(conv.weight_len(), 1.3)).unwrap();
        let dy = Array4::from_shape_vec((2, channels_out, output, output), wave(2 * conv.output_len(), 0.9)).unwrap();
        let b = Array1::from_vec(wave(channels_out, 0.3));
        let exact = reference::Conv2d { padding: geometry.padding, ..reference::Conv2d::default() };
        let y = reference::conv2d(&x, &w, Some(&b), &exact).unwrap();
        let grad = reference::conv2d_grad(&x, &w, &dy, &exact).unwrap();

        let mut scratch = conv.scratch(2);
        conv.pack(&single(&w), &mut scratch);
        let (x, dy, mut found) = (single(&x), single(&dy), vec![0.0; y.len()]);
        conv.forward(2, &x, &single(&b), &mut found, &mut scratch);
        let (mut dx, mut dw, mut db) = (vec![0.0; x.len()], vec![0.0; w.len()], vec![0.0; b.len()]);
        conv.backward_weight(2, &x, &dy, &mut dw, &mut db, &mut scratch);
        conv.backward_input(2, &dy, &mut dx, &mut scratch);
        check("output", &found, &y).unwrap();
        check("grad_input", &dx, &grad.input).unwrap();
        check("grad_weight", &dw, &grad.weight).unwrap();
        check("grad_bias", &db, &grad.bias).unwrap();
    }
    let (x, w) = (wave(16 * 400, 0.7), wave(120 * 400, 1.3));
    let y = reference::linear(
        &Array2::from_shape_vec((16, 400), x.clone()).unwrap(),
        &Array2::from_shape_vec((120, 400), w.clone()).unwrap(),
        None,
    )
    .unwrap();
    let linear = fast::Linear { inputs: 400, outputs: 120 };
    let (w, mut found, mut scratch) = (single(&Array1::from_vec(w)), vec![0.0; y.len()], linear.scratch(16));
    linear.forward(16, &single(&Array1::from_vec(x)), &w, &[0.0; 120], &mut found, &mut scratch);
    check("output", &found, &y).unwrap();
}
