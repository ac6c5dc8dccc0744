//! The worked numbers of the course's slides, through the code that shows them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ndarray::{Array, Array4, array};
use receptive::{
    model::{Features, Layer, count, counts},
    nn::{
        reference::{Conv2d, Pool2d, average_pool2d, conv2d, max_pool2d},
        shape::{Axis, Padding, Window},
    },
};

/// The slides' input, 0..8 in three rows, and kernel, 0..3 in two.
fn example() -> (Array4<f64>, Array4<f64>) {
    let counting = |n: f64, k| Array::range(0.0, n, 1.0).into_shape_with_order((1, 1, k, k)).unwrap();
    (counting(9.0, 3), counting(4.0, 2))
}

fn maps(channels: usize, side: usize) -> Features {
    Features::Maps { channels, height: side, width: side }
}

#[test]
fn cross_correlation() {
    let (x, w) = example();
    let y = conv2d(&x, &w, None, &Conv2d::default()).unwrap();
    assert_eq!(y, array![[[[19.0, 25.0], [37.0, 43.0]]]]);
}

#[test]
fn padding_1_on_each_side() {
    let (x, w) = example();
    // The slides count the total of rows and columns: 2 of each.
    assert_eq!(Padding::total(2, 2), Padding::per_side(1));
    let y = conv2d(&x, &w, None, &Conv2d { padding: Padding::total(2, 2), ..Conv2d::default() }).unwrap();
    assert_eq!(y.dim(), (1, 1, 4, 4));
    assert_eq!(
        y,
        array![[[[0.0, 3.0, 8.0, 4.0], [9.0, 19.0, 25.0, 10.0], [21.0, 37.0, 43.0, 16.0], [6.0, 7.0, 8.0, 0.0]]]]
    );
}

#[test]
fn stride_3_down_and_2_across() {
    let (x, w) = example();
    let conv = Conv2d { padding: Padding::per_side(1), stride: (3, 2), ..Conv2d::default() };
    let y = conv2d(&x, &w, None, &conv).unwrap();
    assert_eq!(y, array![[[[0.0, 8.0], [6.0, 8.0]]]]);
}

#[test]
fn layers_of_5x5_shrink_32x32() {
    let layers = [Layer::conv2d(1, 5, 1, 0); 7];
    let (counted, misfit) = counts(&layers, maps(1, 32));
    assert_eq!(misfit, None);
    assert_eq!(counted.first().map(|row| row.count.output), Some(maps(1, 28)));
    assert_eq!(counted.last().map(|row| row.count.output), Some(maps(1, 4)));
}

#[test]
fn quiz_kernel_3_stride_2_on_7x7() {
    let window = Window { kernel: 3, stride: 2, dilation: 1, padding: (0, 0) };
    assert_eq!((window.output(Axis::Height, 7), window.output(Axis::Width, 7)), (Ok(3), Ok(3)));
    let conv = Conv2d { stride: (2, 2), ..Conv2d::default() };
    let y = conv2d(&Array4::ones((1, 1, 7, 7)), &Array4::ones((1, 1, 3, 3)), None, &conv).unwrap();
    assert_eq!(y, Array4::from_elem((1, 1, 3, 3), 9.0));
}

#[test]
fn quiz_multiplications_and_parameters() {
    let counted = count(&Layer::conv2d(64, 3, 1, 0), maps(3, 224)).unwrap();
    assert_eq!(counted.output, maps(64, 222));
    assert_eq!(counted.macs, 64 * 3 * 3 * 3 * 222 * 222);
    assert_eq!(counted.parameters, (3 * 3 * 3 + 1) * 64);
}

#[test]
fn quiz_pooling() {
    let x = array![[[[12.0, 20.0, 30.0, 0.0], [20.0, 12.0, 2.0, 0.0], [0.0, 70.0, 5.0, 2.0], [8.0, 2.0, 90.0, 3.0]]]];
    let pool = Pool2d::tiles(2);
    assert_eq!(max_pool2d(&x, &pool).unwrap().output, array![[[[20.0, 30.0], [70.0, 90.0]]]]);
    assert_eq!(average_pool2d(&x, &pool).unwrap(), array![[[[16.0, 8.0], [20.0, 25.0]]]]);
}

#[test]
fn max_pooling_with_stride_1() {
    let (x, _) = example();
    let pool = Pool2d { stride: (1, 1), ..Pool2d::tiles(2) };
    assert_eq!(max_pool2d(&x, &pool).unwrap().output, array![[[[4.0, 5.0], [7.0, 8.0]]]]);
}
