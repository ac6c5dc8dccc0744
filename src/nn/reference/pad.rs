//! Rows and columns added around a plane, and where their values come from.

use ndarray::{Array4, ArrayRef4};

use super::same_extents;
use crate::nn::shape::{Axis, Padding, ShapeError};

/// What the added cells hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PaddingMode {
    /// Zeros.
    #[default]
    Zeros,
    /// The plane mirrored at its border cells, which are not repeated: `c b | a b c | b a`.
    Reflect,
    /// The border cell repeated: `a a | a b c | c c`.
    Replicate,
    /// The plane as on a torus: `b c | a b c | a b`.
    Circular,
}

impl PaddingMode {
    /// Which of `n` cells the padded cell `i` copies, with `before` cells added before; `None` for a zero.
    ///
    /// Defined for every cell of a padding that [`pad`] takes.
    pub fn source(self, i: usize, before: usize, n: usize) -> Option<usize> {
        let inside = i.checked_sub(before).filter(|&t| t < n);
        match self {
            Self::Zeros => inside,
            Self::Reflect if i < before => Some(before - i),
            Self::Reflect => inside.or_else(|| Some(2 * (n - 1) - (i - before))),
            Self::Replicate => Some(i.saturating_sub(before).min(n - 1)),
            Self::Circular => Some((i + n - before) % n),
        }
    }

    /// The most cells that can be added on one side of `n`.
    fn limit(self, n: usize) -> usize {
        match self {
            Self::Reflect => n.saturating_sub(1),
            Self::Circular => n,
            Self::Replicate if n == 0 => 0,
            Self::Replicate | Self::Zeros => usize::MAX,
        }
    }

    /// Whether there is a value for every cell of the padding along an axis with `n` cells.
    ///
    /// # Errors
    /// [`ShapeError::PaddingTooLarge`]: reflect needs padding < n, circular padding ≤ n.
    pub fn check(self, axis: Axis, padding: Padding, n: usize) -> Result<(), ShapeError> {
        let (limit, (before, after)) = (self.limit(n), padding.along(axis));
        let padding = before.max(after);
        if padding > limit { Err(ShapeError::PaddingTooLarge { axis, padding, limit }) } else { Ok(()) }
    }
}

/// Adds `padding` around every plane: `x̂[n,c,i,j] = x[n,c,source(i),source(j)]`, or 0 where there is no source.
///
/// # Shapes
/// x: (N, C, H, W); result: (N, C, top + H + bottom, left + W + right).
///
/// # Errors
/// [`ShapeError::PaddingTooLarge`] if the mode has no value for a cell: reflect needs padding < extent, circular
/// padding ≤ extent.
///
/// # Source
/// PyTorch, `torch.nn.functional.pad`.
///
/// ```
/// # use ndarray::array;
/// # use receptive::nn::{reference::{PaddingMode, pad}, shape::Padding};
/// let padding = Padding { left: 2, right: 1, ..Padding::default() };
/// let padded = pad(&array![[[[1.0, 2.0, 3.0]]]], padding, PaddingMode::Reflect)?;
/// assert_eq!(padded, array![[[[3.0, 2.0, 1.0, 2.0, 3.0, 2.0]]]]);
/// # Ok::<(), receptive::nn::shape::ShapeError>(())
/// ```
pub fn pad(x: &ArrayRef4<f64>, padding: Padding, mode: PaddingMode) -> Result<Array4<f64>, ShapeError> {
    let (batch, channels, height, width) = x.dim();
    mode.check(Axis::Height, padding, height)?;
    mode.check(Axis::Width, padding, width)?;
    let padded = (batch, channels, padding.top + height + padding.bottom, padding.left + width + padding.right);
    let rows = |i| mode.source(i, padding.top, height);
    let cols = |j| mode.source(j, padding.left, width);
    Ok(Array4::from_shape_fn(padded, |(n, c, i, j)| match (rows(i), cols(j)) {
        (Some(row), Some(col)) => x[[n, c, row, col]],
        _ => 0.0,
    }))
}

/// The gradient of [`pad`]: each cell collects the gradients of its copies.
///
/// # Shapes
/// `grad_output` as the result of [`pad`]; result: (N, C, H, W) with (H, W) = `plane`.
///
/// # Errors
/// As [`pad`], and [`ShapeError::Length`] if `grad_output` is not the padded size of `plane`.
pub fn pad_grad(
    grad_output: &ArrayRef4<f64>,
    plane: (usize, usize),
    padding: Padding,
    mode: PaddingMode,
) -> Result<Array4<f64>, ShapeError> {
    let (batch, channels, padded_height, padded_width) = grad_output.dim();
    let (height, width) = plane;
    mode.check(Axis::Height, padding, height)?;
    mode.check(Axis::Width, padding, width)?;
    same_extents(
        &[padding.top + height + padding.bottom, padding.left + width + padding.right],
        &[padded_height, padded_width],
    )?;
    let mut dx = Array4::zeros((batch, channels, height, width));
    for ((n, c, i, j), dy) in grad_output.indexed_iter() {
        let source = (mode.source(i, padding.top, height), mode.source(j, padding.left, width));
        if let (Some(row), Some(col)) = source {
            dx[[n, c, row, col]] += dy;
        }
    }
    Ok(dx)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mode: PaddingMode, left: usize, right: usize, expect: &[f64]) {
        let x = ndarray::array![[[[1.0, 2.0, 3.0]]]];
        let padding = Padding { left, right, ..Padding::default() };
        let padded = pad(&x, padding, mode).unwrap();
        assert_eq!(padded.iter().copied().collect::<Vec<_>>(), expect);
        // Every copy passes its gradient on, so a gradient of ones counts the copies.
        let copies = pad_grad(&padded.mapv(|_| 1.0), (1, 3), padding, mode).unwrap();
        for (value, count) in x.iter().zip(&copies) {
            let expect = expect.iter().filter(|&&e| (e - value).abs() < 1e-9).count();
            assert!((count - expect as f64).abs() < 1e-9);
        }
    }

    #[test]
    fn where_added_cells_come_from() {
        check(PaddingMode::Zeros, 1, 2, &[0.0, 1.0, 2.0, 3.0, 0.0, 0.0]);
        check(PaddingMode::Reflect, 2, 2, &[3.0, 2.0, 1.0, 2.0, 3.0, 2.0, 1.0]);
        check(PaddingMode::Replicate, 4, 1, &[1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 3.0, 3.0]);
        check(PaddingMode::Circular, 3, 2, &[1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0, 2.0]);
    }

    #[test]
    fn modes_that_run_out_of_cells() {
        let x = Array4::zeros((1, 1, 3, 3));
        let error = |mode, p| pad(&x, Padding::per_side(p), mode).unwrap_err();
        let axis = Axis::Height;
        assert_eq!(error(PaddingMode::Reflect, 3), ShapeError::PaddingTooLarge { axis, padding: 3, limit: 2 });
        assert_eq!(error(PaddingMode::Circular, 4), ShapeError::PaddingTooLarge { axis, padding: 4, limit: 3 });
        let empty = Array4::zeros((1, 1, 0, 3));
        let replicated = pad(&empty, Padding::per_side(1), PaddingMode::Replicate);
        assert_eq!(replicated, Err(ShapeError::PaddingTooLarge { axis, padding: 1, limit: 0 }));
    }
}
