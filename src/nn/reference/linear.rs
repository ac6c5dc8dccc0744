//! The fully connected layer.

use ndarray::{Array1, Array2, ArrayRef1, ArrayRef2};

use super::{same_extent, same_extents};
use crate::nn::shape::ShapeError;

/// Weighs and sums all inputs for each output: `y[n,o] = b[o] + Σ_i w[o,i] · x[n,i]`.
///
/// # Shapes
/// x: (N, I); w: (O, I); b: (O); result: (N, O).
///
/// # Errors
/// [`ShapeError::Length`] if the shapes do not fit together.
///
/// # Source
/// PyTorch, `torch.nn.Linear`.
///
/// ```
/// # use ndarray::array;
/// # use receptive::nn::reference::linear;
/// let y = linear(&array![[1.0, 2.0]], &array![[3.0, 4.0]], Some(&array![0.5]))?;
/// assert_eq!(y, array![[11.5]]);
/// # Ok::<(), receptive::nn::shape::ShapeError>(())
/// ```
pub fn linear(x: &ArrayRef2<f64>, w: &ArrayRef2<f64>, b: Option<&ArrayRef1<f64>>) -> Result<Array2<f64>, ShapeError> {
    let ((batch, features), (outputs, inputs)) = (x.dim(), w.dim());
    same_extent(inputs, features)?;
    if let Some(b) = b {
        same_extent(outputs, b.len())?;
    }
    let mut y = Array2::zeros((batch, outputs));
    for ((n, o), y) in y.indexed_iter_mut() {
        *y = b.map_or(0.0, |b| b[o]);
        for i in 0..inputs {
            *y += w[[o, i]] * x[[n, i]];
        }
    }
    Ok(y)
}

/// Gradients of a linear layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearGrad {
    /// ∂L/∂x, of the input's shape.
    pub input: Array2<f64>,
    /// ∂L/∂w, of the weight's shape.
    pub weight: Array2<f64>,
    /// ∂L/∂b, one for each output.
    pub bias: Array1<f64>,
}

/// The gradients of [`linear`]: `dx[n,i] = Σ_o dy[n,o] · w[o,i]`, `dw[o,i] = Σ_n dy[n,o] · x[n,i]`,
/// `db[o] = Σ_n dy[n,o]`.
///
/// # Shapes
/// x and w as in [`linear`], `grad_output` as its result.
///
/// # Errors
/// [`ShapeError::Length`] if the shapes do not fit together.
pub fn linear_grad(
    x: &ArrayRef2<f64>,
    w: &ArrayRef2<f64>,
    grad_output: &ArrayRef2<f64>,
) -> Result<LinearGrad, ShapeError> {
    let ((batch, features), (outputs, inputs)) = (x.dim(), w.dim());
    same_extent(inputs, features)?;
    same_extents(&[batch, outputs], grad_output.shape())?;
    let mut dx = Array2::zeros((batch, inputs));
    let mut dw = Array2::zeros((outputs, inputs));
    let mut db = Array1::zeros(outputs);
    for ((n, o), dy) in grad_output.indexed_iter() {
        db[o] += dy;
        for i in 0..inputs {
            dw[[o, i]] += dy * x[[n, i]];
            dx[[n, i]] += dy * w[[o, i]];
        }
    }
    Ok(LinearGrad { input: dx, weight: dw, bias: db })
}
