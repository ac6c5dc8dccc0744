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

/// Values whose sums f32 holds exactly, so that rounding can't choose another maximum, and small enough that equal
/// maxima and zeros are common.
fn eighths<D: Dimension>(shape: impl IntoDimension<Dim = D>, largest: i8) -> impl Strategy<Value = Array<f64, D>> {
    let shape = shape.into_dimension();
    vec(-largest..=largest, shape.size()).prop_map(move |values| {
        let values = values.into_iter().map(|x| f64::from(x) / 8.0).collect();
        Array::from_shape_vec(shape.clone(), values).unwrap()
    })
}

/// A geometry whose convolution fills a pooling window or more, and its batch.
fn fused_geometry() -> impl Strategy<Value = (usize, ConvGeometry)> {
    let any = (1..=9_usize, 1..=18_usize, pair(1..=5));
    // Those that train have code of their own.
    let channels = prop_oneof![4 => any, 1 => Just((1, 6, (5, 5))), 1 => Just((6, 16, (5, 5)))];
    (1..=5_usize, channels, padding(3), pair(0..=5)).prop_map(
        |(batch, (channels_in, channels_out, kernel), padding, room)| {
            let least = |kernel: usize, padding: usize| (kernel + 1).saturating_sub(padding).max(1);
            let rows = least(kernel.0, padding.top + padding.bottom) + room.0;
            let cols = least(kernel.1, padding.left + padding.right) + room.1;
            (batch, fused(channels_in, channels_out, kernel, padding, (rows, cols)))
        },
    )
}

fn fused(
    channels_in: usize,
    channels_out: usize,
    kernel: (usize, usize),
    padding: Padding,
    input: (usize, usize),
) -> ConvGeometry {
    let (groups, stride, dilation) = (1, (1, 1), (1, 1));
    ConvGeometry { channels_in, channels_out, groups, kernel, stride, dilation, padding, input }
}

fn fused_case() -> impl Strategy<Value = ConvCase> {
    let largest = prop_oneof![Just(1_i8), Just(3), Just(16)];
    (fused_geometry(), largest).prop_flat_map(|((batch, geometry), largest)| {
        let ConvGeometry { channels_in, channels_out, kernel, input, .. } = geometry;
        let (rows, cols) = fast::ConvReluPool::new(geometry, None).unwrap().output();
        let x = eighths((batch, channels_in, input.0, input.1), largest);
        let w = eighths((channels_out, channels_in, kernel.0, kernel.1), largest);
        let (b, dy) = (eighths(channels_out, largest), eighths((batch, channels_out, rows, cols), largest));
        (x, w, b, dy).prop_map(move |(x, w, b, dy)| ConvCase { geometry, x, w, b, dy })
    })
}

/// N×C×H×W as N×H×W×C.
fn channels_last<T>(maps: Array4<T>) -> Array4<T> {
    maps.permuted_axes([0, 2, 3, 1])
}

/// Compares a convolution of channels-last maps, whose buffers were used before, with the reference.
fn check_channels_last(ConvCase { geometry, x, w, b, dy }: ConvCase) -> Result<(), TestCaseError> {
    let ConvGeometry { stride, padding, dilation, groups, .. } = geometry;
    let conv = reference::Conv2d { stride, padding, dilation, groups, ..reference::Conv2d::default() };
    let y = reference::conv2d(&x, &w, Some(&b), &conv).unwrap();
    let grad = reference::conv2d_grad(&x, &w, &dy, &conv).unwrap();

    let (conv, batch) = (fast::nhwc::Conv2d::new(geometry).unwrap(), x.dim().0);
    // Room for more examples than there are.
    let mut scratch = conv.scratch(batch + 1);
    let (x, w, b, dy) = (single(&channels_last(x)), single(&w), single(&b), single(&channels_last(dy)));
    let mut found = vec![f32::NAN; dy.len()];
    let (mut dx, mut dw, mut db) = (vec![f32::NAN; x.len()], vec![0.0; w.len()], vec![0.0; b.len()]);
    for times in [2.0, 1.0] {
        // Other numbers first, which must leave nothing behind.
        let pass: [Vec<f32>; 4] = [&x, &w, &b, &dy].map(|values| values.iter().map(|x| x * times).collect());
        conv.pack(&pass[1], &pass[2], &mut scratch);
        conv.forward(batch, &pass[0], &mut found, &mut scratch);
        conv.backward_weight(batch, &pass[0], &pass[3], &mut dw, &mut db, &mut scratch);
        conv.backward_input(batch, &mut dx, &scratch);
    }
    check("output", &found, &channels_last(y))?;
    check("grad_input", &dx, &channels_last(grad.input))?;
    // Gradients of weights are added to what is there: four times these and once.
    check("grad_weight", &dw, &(5.0 * grad.weight))?;
    check("grad_bias", &db, &(3.0 * grad.bias))?;
    Ok(())
}

/// What a pass forward and back makes.
#[derive(Debug)]
struct Fused {
    y: Vec<f32>,
    dx: Vec<f32>,
    dw: Vec<f32>,
    db: Vec<f32>,
}

/// A pass with buffers that have room for more examples, and that an earlier pass left with other numbers.
fn run_fused(geometry: ConvGeometry, background: Option<f32>, x: &[f32], w: &[f32], b: &[f32], dy: &[f32]) -> Fused {
    let conv = fast::ConvReluPool::new(geometry, background).unwrap();
    let batch = x.len() / conv.input_len();
    assert_eq!((x.len(), w.len()), (batch * conv.input_len(), conv.weight_len()), "a whole batch");
    assert_eq!((b.len(), dy.len()), (geometry.channels_out, batch * conv.output_len()), "of this geometry");
    let mut scratch = conv.scratch(batch + 1);
    let mut pass = |x: &[f32], w: &[f32], b: &[f32], dy: &[f32]| {
        let mut y = vec![f32::NAN; dy.len()];
        let (mut dx, mut dw, mut db) = (vec![f32::NAN; x.len()], vec![0.0; w.len()], vec![0.0; b.len()]);
        conv.pack(w, b, &mut scratch);
        conv.forward(batch, x, &mut y, &mut scratch);
        conv.backward_weight(batch, &y, dy, &mut dw, &mut db, &mut scratch);
        conv.backward_input(batch, &mut dx, &mut scratch);
        // Gradients of weights are added to what is there.
        conv.backward_weight(batch, &y, dy, &mut dw, &mut db, &mut scratch);
        Fused { y, dx, dw, db }
    };
    let reversed = |values: &[f32]| values.iter().rev().copied().collect::<Vec<_>>();
    pass(&reversed(x), &reversed(w), &reversed(b), &reversed(dy));
    pass(x, w, b, dy)
}

/// Compares a pass with convolution, ReLU and max pooling one after another.
fn check_fused(
    ConvCase { geometry, x, w, b, dy }: ConvCase,
    check: impl Fn(&str, &[f32], &Array4<f64>) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let conv = reference::Conv2d { padding: geometry.padding, ..reference::Conv2d::default() };
    let z = reference::conv2d(&x, &w, Some(&b), &conv).unwrap();
    let relu = reference::Activation::Relu;
    let pooled = reference::max_pool2d(&reference::activation(&z, relu), &reference::Pool2d::tiles(2)).unwrap();
    let (.., height, width) = z.dim();
    let dh = reference::max_pool2d_grad((height, width), &pooled.argmax, &dy).unwrap();
    let dz = reference::activation_grad(&z, &dh, relu).unwrap();
    let grad = reference::conv2d_grad(&x, &w, &dz, &conv).unwrap();

    let (x, w, dy) = (single(&channels_last(x)), single(&w), single(&channels_last(dy)));
    let found = run_fused(geometry, None, &x, &w, &single(&b), &dy);
    check("output", &found.y, &channels_last(pooled.output))?;
    check("grad_input", &found.dx, &channels_last(grad.input))?;
    check("grad_weight", &found.dw, &(2.0 * grad.weight))?;
    check("grad_bias", &found.db, &(2.0 * grad.bias).into_shape_with_order((b.len(), 1, 1, 1)).unwrap())?;
    Ok(())
}

/// Compares all bits of a pass that leaves blank windows out with those of one that does not.
fn check_background(
    geometry: ConvGeometry,
    background: f32,
    x: &[f32],
    w: &[f32],
    b: &[f32],
    dy: &[f32],
) -> Result<(), TestCaseError> {
    let bits = |values: &[f32]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    let plain = run_fused(geometry, None, x, w, b, dy);
    let found = run_fused(geometry, Some(background), x, w, b, dy);
    for (what, found, plain) in [
        ("output", &found.y, &plain.y),
        ("grad_input", &found.dx, &plain.dx),
        ("grad_weight", &found.dw, &plain.dw),
        ("grad_bias", &found.db, &plain.db),
    ] {
        prop_assert_eq!(bits(found), bits(plain), "{} differs with a background", what);
    }
    Ok(())
}

/// Images of which most cells are `background`, and weights for them.
fn background_case() -> impl Strategy<Value = (f32, ConvCase)> {
    let background = prop_oneof![Just(-0.424_212_9_f32), Just(0.0), Just(-0.0), Just(1.0)];
    // A row's mask has 64 bits: images of about that width, and wider ones.
    let wider = prop_oneof![4 => Just(0_usize), 1 => 40..=66_usize];
    // Only one channel has a background; more must not mind one.
    let channels = prop_oneof![4 => Just(1_usize), 1 => 2..=3_usize];
    let ink = prop_oneof![Just(0.0), Just(0.02), Just(0.1), Just(0.5)];
    (fused_geometry(), background, wider, channels, ink).prop_flat_map(
        |((batch, mut geometry), background, wider, channels_in, ink)| {
            geometry.channels_in = channels_in;
            geometry.input.1 += wider;
            let ConvGeometry { channels_out, kernel, input, .. } = geometry;
            let (rows, cols) = fast::ConvReluPool::new(geometry, None).unwrap().output();
            let cell = (prop::bool::weighted(ink), -4.0..4.0_f64)
                .prop_map(move |(ink, x)| if ink { x } else { f64::from(background) });
            let shape = (batch, channels_in, input.0, input.1);
            let x = vec(cell, batch * channels_in * input.0 * input.1)
                .prop_map(move |cells| Array4::from_shape_vec(shape, cells).unwrap());
            let w = array((channels_out, channels_in, kernel.0, kernel.1));
            let (b, dy) = (array(channels_out), array((batch, channels_out, rows, cols)));
            (x, w, b, dy).prop_map(move |(x, w, b, dy)| (background, ConvCase { geometry, x, w, b, dy }))
        },
    )
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
        let w = single(&w);
        let mut found = vec![f32::NAN; y.len()];
        let x = single(&x);
        conv.forward(batch, &x, &w, &single(&b), &mut found, &mut scratch);
        check("output", &found, &y)?;

        let dy = single(&dy);
        let (mut dx, mut dw, mut db) = (vec![f32::NAN; x.len()], vec![0.0; w.len()], vec![0.0; b.len()]);
        for _ in 0..2 {
            conv.backward_weight(batch, &x, &dy, &mut dw, &mut db, &mut scratch);
            conv.backward_input(batch, &w, &dy, &mut dx, &mut scratch);
        }
        check("grad_input", &dx, &grad.input)?;
        // Gradients of weights are added to what is there.
        check("grad_weight", &dw, &(2.0 * grad.weight))?;
        check("grad_bias", &db, &(2.0 * grad.bias))?;
    }

    #[test]
    fn conv2d_channels_last(case in conv_case()) {
        check_channels_last(case)?;
    }

    #[test]
    fn conv_relu_pool(case in fused_case()) {
        // Every sum is exact, so nothing may be off.
        check_fused(case, |what, found, expected| {
            prop_assert_eq!(found, &single(expected), "{}", what);
            Ok(())
        })?;
    }

    #[test]
    fn conv_relu_pool_with_a_background((background, ConvCase { geometry, x, w, b, dy }) in background_case()) {
        let (x, dy) = (single(&channels_last(x)), single(&channels_last(dy)));
        check_background(geometry, background, &x, &single(&w), &single(&b), &dy)?;
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
    fn max_pool2d_channels_last(PoolCase { geometry, x, dy } in pool_case()) {
        let pooled = reference::max_pool2d(&x, &reference_pool(geometry, true)).unwrap();
        let dx = reference::max_pool2d_grad(geometry.input, &pooled.argmax, &dy).unwrap();

        let (pool, batch) = (fast::nhwc::MaxPool2d::new(geometry).unwrap(), x.dim().0);
        let (x, dy) = (single(&channels_last(x)), single(&channels_last(dy)));
        let (mut output, mut argmax, mut found) = (vec![f32::NAN; dy.len()], vec![0; dy.len()], vec![f32::NAN; x.len()]);
        pool.forward(batch, &x, &mut output, &mut argmax);
        pool.backward(batch, &dy, &argmax, &mut found);
        check("output", &output, &channels_last(pooled.output))?;
        let winners: Vec<usize> = argmax.iter().map(|&at| at as usize).collect();
        prop_assert_eq!(winners, channels_last(pooled.argmax).iter().copied().collect::<Vec<_>>());
        check("grad_input", &found, &channels_last(dx))?;
    }

    #[test]
    fn average_pool2d_channels_last(PoolCase { geometry, x, dy } in pool_case(), count_padding: bool, whole: bool) {
        // A window as large as the input: global average pooling.
        let (window, padding) = (geometry.input, Padding::default());
        let geometry = if whole { PoolGeometry { window, padding, ..geometry } } else { geometry };
        let dy = if whole { dy.slice_move(ndarray::s![.., .., ..1, ..1]) } else { dy };
        let pool = reference_pool(geometry, count_padding);
        let y = reference::average_pool2d(&x, &pool).unwrap();
        let dx = reference::average_pool2d_grad(geometry.input, &dy, &pool).unwrap();

        let (pool, batch) = (fast::nhwc::AveragePool2d::new(geometry, count_padding).unwrap(), x.dim().0);
        let (x, dy) = (single(&channels_last(x)), single(&channels_last(dy)));
        let (mut output, mut found) = (vec![f32::NAN; dy.len()], vec![f32::NAN; x.len()]);
        pool.forward(batch, &x, &mut output);
        pool.backward(batch, &dy, &mut found);
        check("output", &output, &channels_last(y))?;
        check("grad_input", &found, &channels_last(dx))?;
    }

    #[test]
    fn batch_norm2d_channels_last(
        (x, dy, rows) in (1..=4_usize, 1..=9_usize, pair(1..=9)).prop_flat_map(|(batch, channels, (height, width))| {
            // At least two values a channel.
            let shape = (batch + usize::from(height * width == 1), channels, height, width);
            (array(shape), array(shape), vec(array(channels), 4))
        }),
        far in prop_oneof![Just(0.0), Just(40.0)],
    ) {
        let x = x + far;
        let norm = reference::BatchNorm2d { epsilon: 0.125, momentum: 0.25 };
        let (gamma, beta, mean) = (&rows[0], &rows[1], rows[2].clone());
        let running = reference::Running { mean, variance: rows[3].abs() };
        let expected = reference::batch_norm2d(&x, gamma, beta, &running, &norm).unwrap();
        let trained = reference::batch_norm2d_eval(&x, gamma, beta, &expected.running, &norm).unwrap();
        let grad = reference::batch_norm2d_grad(&x, gamma, &dy, &norm).unwrap();

        let (batch, channels, height, width) = x.dim();
        let norm = fast::nhwc::BatchNorm2d { channels, cells: height * width, epsilon: 0.125, momentum: 0.25 };
        let mut statistics =
            fast::nhwc::RunningStatistics { mean: single(&running.mean), variance: single(&running.variance) };
        let (x, dy) = (single(&channels_last(x)), single(&channels_last(dy)));
        let (gamma, beta) = (single(gamma), single(beta));
        let (mut y, mut scratch) = (vec![f32::NAN; x.len()], norm.scratch());
        norm.forward(batch, &x, (&gamma, &beta), &mut statistics, &mut y, &mut scratch).unwrap();
        check("output", &y, &channels_last(expected.output))?;
        check("running mean", &statistics.mean, &expected.running.mean)?;
        check("running variance", &statistics.variance, &expected.running.variance)?;
        let (mut dx, mut sums) = (vec![f32::NAN; x.len()], [vec![0.0; channels], vec![0.0; channels]]);
        for _ in 0..2 {
            let [dgamma, dbeta] = &mut sums;
            norm.backward(batch, (&x, &dy), &gamma, &mut dx, (dgamma, dbeta), &mut scratch);
        }
        check("grad_input", &dx, &channels_last(grad.input))?;
        // Gradients of weights are added to what is there.
        check("grad_gamma", &sums[0], &(2.0 * grad.gamma))?;
        check("grad_beta", &sums[1], &(2.0 * grad.beta))?;
        norm.evaluate(batch, &x, (&gamma, &beta), &statistics, &mut y, &mut scratch);
        check("output of a trained network", &y, &channels_last(trained))?;
    }

    #[test]
    fn residual_sum(x in array(33), branch in array(33)) {
        let relu = reference::Activation::Relu;
        let (mut plain, mut bent) = (single(&x), single(&x));
        fast::add(&mut plain, &single(&branch));
        fast::add_relu(&mut bent, &single(&branch));
        check("sum", &plain, &(&x + &branch))?;
        check("sum after ReLU", &bent, &reference::activation(&(x + branch), relu))?;
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
            (fast::Activation::ScaledTanh, reference::Activation::ScaledTanh),
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

/// Where a window is blank is read from masks of 64 bits: each geometry here is at an edge of theirs.
#[test]
fn blank_windows() {
    let check = |kernel: (usize, usize), (left, right): (usize, usize), input: (usize, usize), ink: (usize, usize)| {
        let padding = Padding { left, right, ..Padding::default() };
        let geometry = fused(1, 9, kernel, padding, input);
        let conv = fast::ConvReluPool::new(geometry, None).unwrap();
        let mut x = vec![0.5; conv.input_len()];
        x[ink.0 * input.1 + ink.1] = -3.25;
        let w: Vec<f32> = (0..conv.weight_len()).map(|i| (i as f32).sin()).collect();
        check_background(geometry, 0.5, &x, &w, &[0.25; 9], &vec![1.0; conv.output_len()])
            .unwrap_or_else(|error| panic!("{kernel:?} over {input:?} with ink at {ink:?}: {error}"));
    };
    for row in 0..8 {
        for col in 0..8 {
            check((5, 2), (0, 0), (8, 8), (row, col));
            check((2, 5), (1, 2), (8, 8), (row, col));
        }
    }
    // The last column that a mask has a bit for, and the first that it has none for.
    for col in [0, 31, 32, 62, 63] {
        check((3, 3), (0, 0), (4, 64), (1, col));
        check((3, 3), (1, 0), (4, 64), (1, col));
        check((2, 63), (0, 0), (3, 64), (2, col));
        check((2, 64), (0, 1), (3, 64), (2, col));
        check((2, 70), (4, 4), (3, 64), (2, col));
    }
    check((5, 5), (2, 2), (9, 60), (8, 59));
}

/// Values that f32 holds, none of which is like another.
fn wave(len: usize, by: f64) -> Vec<f64> {
    (0..len).map(|i| f64::from((i as f64 * by).sin() as f32)).collect()
}

/// LeNet's two convolutions.
fn lenet_convolutions() -> [ConvGeometry; 2] {
    [(1, 6, 28, 2), (6, 16, 14, 0)].map(|(channels_in, channels_out, side, per_side)| {
        fused(channels_in, channels_out, (5, 5), Padding::per_side(per_side), (side, side))
    })
}

/// The shapes that train: more terms to a sum than the random ones have.
#[test]
fn lenet_shapes() {
    for geometry in lenet_convolutions() {
        let ConvGeometry { channels_in, channels_out, input: (side, _), .. } = geometry;
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
        let w = single(&w);
        let (x, dy, mut found) = (single(&x), single(&dy), vec![0.0; y.len()]);
        conv.forward(2, &x, &w, &single(&b), &mut found, &mut scratch);
        let (mut dx, mut dw, mut db) = (vec![0.0; x.len()], vec![0.0; w.len()], vec![0.0; b.len()]);
        conv.backward_weight(2, &x, &dy, &mut dw, &mut db, &mut scratch);
        conv.backward_input(2, &w, &dy, &mut dx, &mut scratch);
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

/// What has code of its own: wide panels, several of them, and a narrow one at the end; strides; groups.
#[test]
fn channels_last_shapes() {
    for (channels_in, channels_out, groups, kernel, stride, side) in
        [(32, 40, 1, 3, 1, 14), (16, 32, 1, 3, 2, 15), (24, 24, 2, 3, 1, 9), (64, 16, 1, 1, 1, 7), (3, 20, 1, 7, 2, 21)]
    {
        let geometry = ConvGeometry {
            channels_in,
            channels_out,
            groups,
            kernel: (kernel, kernel),
            stride: (stride, stride),
            dilation: (1, 1),
            padding: Padding::per_side(kernel / 2),
            input: (side, side),
        };
        let conv = fast::nhwc::Conv2d::new(geometry).unwrap();
        let shape = (channels_out, channels_in / groups, kernel, kernel);
        let x = Array4::from_shape_vec((2, channels_in, side, side), wave(2 * conv.input_len(), 0.7)).unwrap();
        let w = Array4::from_shape_vec(shape, wave(conv.weight_len(), 1.3)).unwrap();
        let b = Array1::from_vec(wave(channels_out, 0.3));
        let dy = wave(2 * conv.output_len(), 0.9);
        let dy = Array4::from_shape_vec((2, channels_out, conv.output().0, conv.output().1), dy).unwrap();
        check_channels_last(ConvCase { geometry, x, w, b, dy }).unwrap();
    }
}

#[test]
fn fused_lenet_shapes() {
    for geometry in lenet_convolutions() {
        let ConvGeometry { channels_in, channels_out, input: (height, width), .. } = geometry;
        let conv = fast::ConvReluPool::new(geometry, None).unwrap();
        let x = Array4::from_shape_vec((3, channels_in, height, width), wave(3 * conv.input_len(), 0.7)).unwrap();
        let w = Array4::from_shape_vec((channels_out, channels_in, 5, 5), wave(conv.weight_len(), 1.3)).unwrap();
        let b = Array1::from_vec(wave(channels_out, 0.3));
        let dy = wave(3 * conv.output_len(), 0.9);
        let dy = Array4::from_shape_vec((3, channels_out, conv.output().0, conv.output().1), dy).unwrap();
        check_fused(ConvCase { geometry, x, w, b, dy }, check).unwrap();
    }
}
