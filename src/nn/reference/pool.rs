//! Pooling: one number for each window of each channel.

use std::ops::Range;

use ndarray::{Array4, ArrayRef4};

use super::same_extents;
use crate::nn::shape::{Axis, Padding, ShapeError, Window};

/// How the window moves. Pairs are (height, width).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pool2d {
    /// Extent of the window.
    pub kernel: (usize, usize),
    /// Cells between two neighbouring windows.
    pub stride: (usize, usize),
    /// Cells added around the input, smaller than the window on every side, so that no window holds padding alone.
    pub padding: Padding,
    /// Whether a last window that hangs over the padded input's edge is kept.
    pub ceil_mode: bool,
    /// Whether padding counts in an average's area. PyTorch's default is yes. Max pooling does not look at it.
    pub count_include_pad: bool,
}

impl Pool2d {
    /// Windows of `k`×`k` side by side: stride k, no padding.
    pub fn tiles(k: usize) -> Self {
        Self { kernel: (k, k), stride: (k, k), padding: Padding::default(), ceil_mode: false, count_include_pad: true }
    }

    /// Shape of the output for an input of this shape.
    ///
    /// # Errors
    /// [`ShapeError`] if the window does not fit the input, or padding fills a window.
    pub fn output_shape(
        &self,
        input: (usize, usize, usize, usize),
    ) -> Result<(usize, usize, usize, usize), ShapeError> {
        let (batch, channels, height, width) = input;
        let rows = self.window(Axis::Height).output_pool(Axis::Height, height, self.ceil_mode)?;
        let cols = self.window(Axis::Width).output_pool(Axis::Width, width, self.ceil_mode)?;
        Ok((batch, channels, rows, cols))
    }

    /// The window along one axis.
    fn window(&self, axis: Axis) -> Window {
        let (kernel, stride) = match axis {
            Axis::Height => (self.kernel.0, self.stride.0),
            Axis::Width => (self.kernel.1, self.stride.1),
        };
        Window { kernel, stride, dilation: 1, padding: self.padding.along(axis) }
    }

    /// The cells of an input of `n` that window `i` covers, its padding left out.
    fn covered(&self, axis: Axis, i: usize, n: usize) -> Range<usize> {
        let Window { kernel, stride, padding: (before, _), .. } = self.window(axis);
        let start = i * stride;
        start.saturating_sub(before)..(start + kernel).saturating_sub(before).min(n)
    }

    /// Cells that window `i` counts in an average along one axis.
    fn counted(&self, axis: Axis, i: usize, n: usize) -> usize {
        if !self.count_include_pad {
            return self.covered(axis, i, n).len();
        }
        // With `ceil_mode`, what hangs over the padding's edge is no cell at all.
        let window = self.window(axis);
        let start = i * window.stride;
        (start + window.kernel).min(window.padded(n)) - start
    }
}

/// The result of [`max_pool2d`].
#[derive(Debug, Clone, PartialEq)]
pub struct MaxPool2d {
    /// The largest value of each window.
    pub output: Array4<f64>,
    /// Where it stood, as `row · W + column` in the input's plane without its padding.
    pub argmax: Array4<usize>,
}

/// The largest cell of each window: `y[n,c,i,j] = max x[n,c,row,col]` over the window's cells.
///
/// Padding never wins: it stands for −∞.
///
/// # Shapes
/// x: (N, C, H, W); results: (N, C, H', W') as [`Window::output_pool`] tells.
///
/// # Convention
/// Of equal maxima the first in row-major order wins. NaN wins over every number, so that it is not hidden.
///
/// # Errors
/// [`ShapeError`] if the window does not fit the input, or padding fills a window.
///
/// # Source
/// PyTorch, `torch.nn.MaxPool2d` with `return_indices=True`.
pub fn max_pool2d(x: &ArrayRef4<f64>, pool: &Pool2d) -> Result<MaxPool2d, ShapeError> {
    let (.., height, width) = x.dim();
    let shape = pool.output_shape(x.dim())?;
    let mut y = Array4::from_elem(shape, f64::NEG_INFINITY);
    let mut argmax = Array4::zeros(shape);
    for ((n, c, i, j), y) in y.indexed_iter_mut() {
        let (rows, cols) = (pool.covered(Axis::Height, i, height), pool.covered(Axis::Width, j, width));
        argmax[[n, c, i, j]] = rows.start * width + cols.start;
        for row in rows {
            for col in cols.clone() {
                let x = x[[n, c, row, col]];
                if x > *y || (x.is_nan() && !y.is_nan()) {
                    *y = x;
                    argmax[[n, c, i, j]] = row * width + col;
                }
            }
        }
    }
    Ok(MaxPool2d { output: y, argmax })
}

/// The gradient of [`max_pool2d`]: `dx[n, c, argmax[n,c,i,j]] += dy[n,c,i,j]`; all other cells get nothing.
///
/// # Shapes
/// `argmax` and `grad_output`: (N, C, H', W'); result: (N, C, H, W) with (H, W) = `plane`.
///
/// # Errors
/// [`ShapeError::Length`] if the two differ in shape or `argmax` points past the plane.
pub fn max_pool2d_grad(
    plane: (usize, usize),
    argmax: &ArrayRef4<usize>,
    grad_output: &ArrayRef4<f64>,
) -> Result<Array4<f64>, ShapeError> {
    same_extents(argmax.shape(), grad_output.shape())?;
    let (height, width) = plane;
    let (batch, channels, ..) = argmax.dim();
    let mut dx = Array4::zeros((batch, channels, height, width));
    for ((n, c, i, j), dy) in grad_output.indexed_iter() {
        let at = argmax[[n, c, i, j]];
        if at >= height * width {
            return Err(ShapeError::Length { expected: at + 1, found: height * width });
        }
        dx[[n, c, at / width, at % width]] += dy;
    }
    Ok(dx)
}

/// The mean of each window: `y[n,c,i,j] = 1/a · Σ x̂[n,c,row,col]` over the window's cells, with x̂ the padded input and
/// a the window's area.
///
/// # Shapes
/// As [`max_pool2d`].
///
/// # Convention
/// The area counts padding with [`Pool2d::count_include_pad`], else the input's cells alone. What hangs over the padded
/// input's edge (`ceil_mode`) never counts.
///
/// # Errors
/// As [`max_pool2d`].
///
/// # Source
/// PyTorch, `torch.nn.AvgPool2d`.
pub fn average_pool2d(x: &ArrayRef4<f64>, pool: &Pool2d) -> Result<Array4<f64>, ShapeError> {
    let (.., height, width) = x.dim();
    let mut y = Array4::zeros(pool.output_shape(x.dim())?);
    for ((n, c, i, j), y) in y.indexed_iter_mut() {
        let area = pool.counted(Axis::Height, i, height) * pool.counted(Axis::Width, j, width);
        for row in pool.covered(Axis::Height, i, height) {
            for col in pool.covered(Axis::Width, j, width) {
                *y += x[[n, c, row, col]];
            }
        }
        *y /= area as f64;
    }
    Ok(y)
}

/// The gradient of [`average_pool2d`]: each cell of a window gets `dy[n,c,i,j] / a`.
///
/// # Shapes
/// `grad_output` as the result of [`average_pool2d`]; result: (N, C, H, W) with (H, W) = `plane`.
///
/// # Errors
/// As [`average_pool2d`], and [`ShapeError::Length`] if `grad_output` is not of the output's shape.
pub fn average_pool2d_grad(
    plane: (usize, usize),
    grad_output: &ArrayRef4<f64>,
    pool: &Pool2d,
) -> Result<Array4<f64>, ShapeError> {
    let (height, width) = plane;
    let (batch, channels, ..) = grad_output.dim();
    let shape: [usize; 4] = pool.output_shape((batch, channels, height, width))?.into();
    same_extents(&shape, grad_output.shape())?;
    let mut dx = Array4::zeros((batch, channels, height, width));
    for ((n, c, i, j), dy) in grad_output.indexed_iter() {
        let area = pool.counted(Axis::Height, i, height) * pool.counted(Axis::Width, j, width);
        for row in pool.covered(Axis::Height, i, height) {
            for col in pool.covered(Axis::Width, j, width) {
                dx[[n, c, row, col]] += dy / area as f64;
            }
        }
    }
    Ok(dx)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn equal_maxima_go_to_the_first_and_nan_wins() {
        let x = array![[[[5.0, 5.0, 1.0], [5.0, f64::NAN, 1.0]]]];
        let pool = Pool2d { stride: (1, 1), ..Pool2d::tiles(1) };
        let first = max_pool2d(&x, &Pool2d { kernel: (1, 2), ..pool }).unwrap();
        assert_eq!(first.argmax, array![[[[0, 1], [4, 4]]]]);
        assert!(first.output[[0, 0, 1, 0]].is_nan());
        let lowest =
            max_pool2d(&array![[[[f64::NEG_INFINITY, f64::NEG_INFINITY]]]], &Pool2d { kernel: (1, 1), ..pool })
                .unwrap();
        assert_eq!(lowest.argmax, array![[[[0, 1]]]]);
    }

    #[test]
    fn padding_never_fills_a_window() {
        let pool = Pool2d { padding: Padding { bottom: 2, ..Padding::default() }, ..Pool2d::tiles(2) };
        let error = ShapeError::PaddingTooLarge { axis: Axis::Height, padding: 2, limit: 1 };
        assert_eq!(max_pool2d(&Array4::zeros((1, 1, 4, 4)), &pool), Err(error));
        assert_eq!(average_pool2d(&Array4::zeros((1, 1, 4, 4)), &pool), Err(error));
    }

    #[test]
    fn an_argmax_past_the_plane() {
        let found = max_pool2d_grad((2, 2), &array![[[[4]]]], &array![[[[1.0]]]]);
        assert_eq!(found, Err(ShapeError::Length { expected: 5, found: 4 }));
    }
}
