//! The gradients of `nn::reference` are the slopes of its values: central finite differences on random geometry.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ndarray::{Array1, Array2, Array4, Dimension};
use proptest::{collection::vec, prelude::*, test_runner::TestCaseError};
use receptive::nn::{
    reference::{
        Activation, BatchNorm2d, Conv2d, ConvTranspose2d, PaddingMode, Pool2d, Running, activation, activation_grad,
        average_pool2d, average_pool2d_grad, batch_norm2d, batch_norm2d_eval, batch_norm2d_eval_grad,
        batch_norm2d_grad, conv_transpose2d, conv_transpose2d_grad, conv2d, conv2d_grad, linear, linear_grad,
        max_pool2d, max_pool2d_grad, softmax_cross_entropy, softmax_cross_entropy_grad,
    },
    shape::{Axis, Padding, Window},
};

/// How far a value is moved to each side.
const H: f64 = 1e-4;
/// What the differences may be off by, relative to 1 or the slope: rounding of the loss over H, and curvature times H².
const TOLERANCE: f64 = 1e-6;

/// Compares `gradient` with the slope of `loss` along every value of `x`.
fn check<D: Dimension>(
    what: &str,
    x: &ndarray::Array<f64, D>,
    gradient: &ndarray::Array<f64, D>,
    loss: impl Fn(&ndarray::Array<f64, D>) -> f64,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(x.shape(), gradient.shape(), "{} has another shape than its gradient", what);
    let mut moved = x.clone();
    for (i, (&at, &gradient)) in x.iter().zip(gradient).enumerate() {
        let mut loss_at = |value: f64| {
            *moved.iter_mut().nth(i).unwrap() = value;
            loss(&moved)
        };
        let slope = (loss_at(at + H) - loss_at(at - H)) / (2.0 * H);
        loss_at(at);
        let off = (slope - gradient).abs();
        prop_assert!(
            off <= TOLERANCE * slope.abs().max(1.0),
            "{}[{}]: slope {}, gradient {}",
            what,
            i,
            slope,
            gradient
        );
    }
    Ok(())
}

/// L = Σ y·dy, whose gradient with respect to y is dy.
fn weighed<D: Dimension>(y: &ndarray::Array<f64, D>, dy: &ndarray::Array<f64, D>) -> f64 {
    (y * dy).sum()
}

fn values4(shape: (usize, usize, usize, usize)) -> impl Strategy<Value = Array4<f64>> {
    let (n, c, h, w) = shape;
    vec(-2.0..2.0, n * c * h * w).prop_map(move |values| Array4::from_shape_vec(shape, values).unwrap())
}

fn values2(shape: (usize, usize)) -> impl Strategy<Value = Array2<f64>> {
    vec(-2.0..2.0, shape.0 * shape.1).prop_map(move |values| Array2::from_shape_vec(shape, values).unwrap())
}

fn values1(len: usize) -> impl Strategy<Value = Array1<f64>> {
    vec(-2.0..2.0, len).prop_map(Array1::from)
}

/// Values that differ from each other and from 0 by far more than H, so that no maximum or sign changes hands.
fn distinct4(shape: (usize, usize, usize, usize)) -> impl Strategy<Value = Array4<f64>> {
    let len = shape.0 * shape.1 * shape.2 * shape.3;
    let middle = len as f64 / 2.0 - 0.25;
    Just((0..len).collect::<Vec<_>>()).prop_shuffle().prop_map(move |order| {
        let values = order.into_iter().map(|i| (i as f64 - middle) / 8.0).collect();
        Array4::from_shape_vec(shape, values).unwrap()
    })
}

fn pair(range: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = (usize, usize)> {
    (range.clone(), range)
}

fn sides(most: usize) -> impl Strategy<Value = Padding> {
    (pair(0..=most), pair(0..=most)).prop_map(|((top, bottom), (left, right))| Padding { top, bottom, left, right })
}

/// An extent that a window of `window` cells fits, and of which every mode can fill the padding.
fn extent(window: usize, padding: (usize, usize), more: usize) -> usize {
    let fits = window.saturating_sub(padding.0 + padding.1);
    fits.max(1 + padding.0.max(padding.1)) + more
}

fn mode() -> impl Strategy<Value = PaddingMode> {
    use PaddingMode::{Circular, Reflect, Replicate, Zeros};
    prop::sample::select(vec![Zeros, Zeros, Zeros, Reflect, Replicate, Circular])
}

/// A convolution with input, weight, bias and the output's gradient.
fn conv_case(
    most_groups: usize,
) -> impl Strategy<Value = (Conv2d, Array4<f64>, Array4<f64>, Array1<f64>, Array4<f64>)> {
    let geometry = (pair(1..=3), pair(1..=2), pair(1..=3), sides(2), mode());
    (geometry, 1..=2usize, 1..=most_groups, pair(1..=2), pair(0..=2)).prop_flat_map(
        |(geometry, batch, groups, cs, more)| {
            let (stride, dilation, kernel, padding, mode) = geometry;
            let rows = extent(dilation.0 * (kernel.0 - 1) + 1, (padding.top, padding.bottom), more.0);
            let cols = extent(dilation.1 * (kernel.1 - 1) + 1, (padding.left, padding.right), more.1);
            let conv = Conv2d { stride, padding, mode, dilation, groups };
            let (input, weight) = ((batch, groups * cs.0, rows, cols), (groups * cs.1, cs.0, kernel.0, kernel.1));
            let output = conv.output_shape(input, weight).unwrap();
            (Just(conv), values4(input), values4(weight), values1(weight.0), values4(output))
        },
    )
}

fn conv_transpose_case() -> impl Strategy<Value = (ConvTranspose2d, Array4<f64>, Array4<f64>, Array1<f64>)> {
    let geometry = (pair(1..=3), pair(1..=2), pair(1..=3), sides(1), pair(0..=1));
    (geometry, 1..=2usize, pair(1..=2), pair(0..=2)).prop_flat_map(|(geometry, batch, cs, more)| {
        let (stride, dilation, kernel, padding, output_padding) = geometry;
        let conv = ConvTranspose2d { stride, padding, output_padding, dilation };
        // Three cells a side are more than two rows of padding cut off.
        let (input, weight) = ((batch, cs.0, 3 + more.0, 3 + more.1), (cs.0, cs.1, kernel.0, kernel.1));
        (Just(conv), values4(input), values4(weight), values1(cs.1))
    })
}

fn pool_case() -> impl Strategy<Value = (Pool2d, Array4<f64>, Array4<f64>)> {
    let geometry = (pair(1..=3), pair(1..=3), sides(2), any::<bool>(), any::<bool>());
    (geometry, 1..=2usize, 1..=2usize, pair(0..=4)).prop_flat_map(|(geometry, batch, channels, more)| {
        let (kernel, stride, sides, ceil_mode, count_include_pad) = geometry;
        let padding = Padding {
            top: sides.top.min(kernel.0 - 1),
            bottom: sides.bottom.min(kernel.0 - 1),
            left: sides.left.min(kernel.1 - 1),
            right: sides.right.min(kernel.1 - 1),
        };
        let pool = Pool2d { kernel, stride, padding, ceil_mode, count_include_pad };
        let input = (batch, channels, kernel.0 + more.0, kernel.1 + more.1);
        let output = pool.output_shape(input).unwrap();
        (Just(pool), distinct4(input), values4(output))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_conv2d((conv, x, w, b, dy) in conv_case(3)) {
        let grad = conv2d_grad(&x, &w, &dy, &conv).unwrap();
        let loss = |x: &Array4<f64>, w: &Array4<f64>, b: &Array1<f64>| weighed(&conv2d(x, w, Some(b), &conv).unwrap(), &dy);
        check("x", &x, &grad.input, |x| loss(x, &w, &b))?;
        check("w", &w, &grad.weight, |w| loss(&x, w, &b))?;
        check("b", &b, &grad.bias, |b| loss(&x, &w, b))?;
    }

    #[test]
    fn of_conv_transpose2d((conv, x, w, b) in conv_transpose_case()) {
        let y = conv_transpose2d(&x, &w, Some(&b), &conv).unwrap();
        let dy = y.mapv(f64::sin);
        let grad = conv_transpose2d_grad(&x, &w, &dy, &conv).unwrap();
        let loss = |x: &Array4<f64>, w: &Array4<f64>, b: &Array1<f64>| {
            weighed(&conv_transpose2d(x, w, Some(b), &conv).unwrap(), &dy)
        };
        check("x", &x, &grad.input, |x| loss(x, &w, &b))?;
        check("w", &w, &grad.weight, |w| loss(&x, w, &b))?;
        check("b", &b, &grad.bias, |b| loss(&x, &w, b))?;
    }

    #[test]
    fn transposed_convolution_is_the_gradient_of_convolution((conv, x, w, _, dy) in conv_case(1)) {
        let conv = Conv2d { mode: PaddingMode::Zeros, ..conv };
        let Conv2d { stride, padding, dilation, .. } = conv;
        // What the convolution's last stride left unread is what the output padding adds.
        let unread = |axis, kernel, stride, dilation, n| {
            Window { kernel, stride, dilation, padding: padding.along(axis) }.unread(axis, n).unwrap()
        };
        let ((.., rows, cols), (.., kernel_rows, kernel_cols)) = (x.dim(), w.dim());
        let output_padding = (
            unread(Axis::Height, kernel_rows, stride.0, dilation.0, rows),
            unread(Axis::Width, kernel_cols, stride.1, dilation.1, cols),
        );
        let transposed = ConvTranspose2d { stride, padding, output_padding, dilation };
        let painted = conv_transpose2d(&dy, &w, None, &transposed).unwrap();
        let gradient = conv2d_grad(&x, &w, &dy, &conv).unwrap().input;
        prop_assert_eq!(painted.dim(), gradient.dim());
        prop_assert!((&painted - &gradient).iter().all(|difference| difference.abs() < 1e-12));
    }

    #[test]
    fn of_max_pool2d((pool, x, dy) in pool_case()) {
        let (.., height, width) = x.dim();
        let grad = max_pool2d_grad((height, width), &max_pool2d(&x, &pool).unwrap().argmax, &dy).unwrap();
        check("x", &x, &grad, |x| weighed(&max_pool2d(x, &pool).unwrap().output, &dy))?;
    }

    #[test]
    fn of_average_pool2d((pool, x, dy) in pool_case()) {
        let (.., height, width) = x.dim();
        let grad = average_pool2d_grad((height, width), &dy, &pool).unwrap();
        check("x", &x, &grad, |x| weighed(&average_pool2d(x, &pool).unwrap(), &dy))?;
    }

    #[test]
    fn of_linear(
        (x, w, b, dy) in (1..=3usize, 1..=5usize, 1..=4usize)
            .prop_flat_map(|(n, i, o)| (values2((n, i)), values2((o, i)), values1(o), values2((n, o))))
    ) {
        let grad = linear_grad(&x, &w, &dy).unwrap();
        let loss = |x: &Array2<f64>, w: &Array2<f64>, b: &Array1<f64>| weighed(&linear(x, w, Some(b)).unwrap(), &dy);
        check("x", &x, &grad.input, |x| loss(x, &w, &b))?;
        check("w", &w, &grad.weight, |w| loss(&x, w, &b))?;
        check("b", &b, &grad.bias, |b| loss(&x, &w, b))?;
    }

    #[test]
    fn of_activations((x, dy) in (distinct4((1, 2, 3, 4)), values4((1, 2, 3, 4)))) {
        for f in [Activation::Relu, Activation::Sigmoid, Activation::Tanh] {
            let grad = activation_grad(&x, &dy, f).unwrap();
            check("x", &x, &grad, |x| weighed(&activation(x, f), &dy))?;
        }
    }

    #[test]
    fn of_softmax_cross_entropy(
        (z, targets) in (1..=4usize, 1..=5usize).prop_flat_map(|(n, k)| (values2((n, k)), vec(0..k, n))),
        label_smoothing in prop::sample::select(vec![0.0, 0.1, 1.0]),
    ) {
        let grad = softmax_cross_entropy_grad(&z, &targets, label_smoothing).unwrap();
        check("z", &z, &grad, |z| softmax_cross_entropy(z, &targets, label_smoothing).unwrap().loss)?;
    }

    #[test]
    fn of_batch_norm2d(
        (x, gamma, beta, dy) in (1..=2usize, 1..=3usize)
            .prop_flat_map(|(n, c)| (distinct4((n, c, 2, 3)), values1(c), values1(c), values4((n, c, 2, 3))))
    ) {
        // Spread out, the values bend the loss less than the tolerance.
        let x = x * 8.0;
        let norm = BatchNorm2d { epsilon: 1e-5, momentum: 0.1 };
        let running = Running { mean: Array1::zeros(gamma.len()), variance: Array1::ones(gamma.len()) };
        let grad = batch_norm2d_grad(&x, &gamma, &dy, &norm).unwrap();
        let loss = |x: &Array4<f64>, gamma: &Array1<f64>, beta: &Array1<f64>| {
            weighed(&batch_norm2d(x, gamma, beta, &running, &norm).unwrap().output, &dy)
        };
        check("x", &x, &grad.input, |x| loss(x, &gamma, &beta))?;
        check("gamma", &gamma, &grad.gamma, |gamma| loss(&x, gamma, &beta))?;
        check("beta", &beta, &grad.beta, |beta| loss(&x, &gamma, beta))?;
    }

    #[test]
    fn of_batch_norm2d_eval(
        (x, gamma, beta, dy) in (1..=2usize, 1..=3usize)
            .prop_flat_map(|(n, c)| (values4((n, c, 1, 3)), values1(c), values1(c), values4((n, c, 1, 3)))),
        mean in -2.0..2.0,
        variance in 0.1..4.0,
    ) {
        let norm = BatchNorm2d { epsilon: 1e-5, momentum: 0.1 };
        let running =
            Running { mean: Array1::from_elem(gamma.len(), mean), variance: Array1::from_elem(gamma.len(), variance) };
        let grad = batch_norm2d_eval_grad(&x, &gamma, &dy, &running, &norm).unwrap();
        let loss = |x: &Array4<f64>, gamma: &Array1<f64>, beta: &Array1<f64>| {
            weighed(&batch_norm2d_eval(x, gamma, beta, &running, &norm).unwrap(), &dy)
        };
        check("x", &x, &grad.input, |x| loss(x, &gamma, &beta))?;
        check("gamma", &gamma, &grad.gamma, |gamma| loss(&x, gamma, &beta))?;
        check("beta", &beta, &grad.beta, |beta| loss(&x, &gamma, beta))?;
    }
}

#[test]
fn a_wrong_gradient_is_found() {
    let x = Array4::from_elem((1, 1, 1, 2), 3.0);
    let right = x.mapv(|x| 2.0 * x);
    let squares = |x: &Array4<f64>| x.mapv(|x| x * x).sum();
    assert!(check("x", &x, &right, squares).is_ok());
    assert!(check("x", &x, &(&right + 1e-4), squares).is_err());
}
