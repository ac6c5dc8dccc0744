//! Activation functions, cell by cell.

use ndarray::{Array, ArrayRef, Dimension, Zip};

use super::same_extents;
use crate::nn::shape::ShapeError;

/// A function that bends each pre-activation on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activation {
    /// `max(0, x)`.
    Relu,
    /// `σ(x) = 1/(1 + e^(−x))`.
    Sigmoid,
    /// `tanh(x) = (e^x − e^(−x))/(e^x + e^(−x))`.
    Tanh,
    /// LeCun's tanh, `1.7159·tanh(2x/3)`: at ±1 it is ±1, where its curvature is largest.
    ///
    /// # Source
    /// LeCun, Bottou, Orr, Müller, *Efficient backprop*, 1998, section 4.4.
    ScaledTanh,
}

/// Height of LeCun's tanh, and what its argument is multiplied with.
const HEIGHT: f64 = 1.7159;
const STEEPNESS: f64 = 2.0 / 3.0;

impl Activation {
    /// The activation y of pre-activation x.
    ///
    /// ```
    /// # use receptive::nn::reference::Activation;
    /// assert_eq!(Activation::Relu.of(-2.0), 0.0);
    /// assert_eq!(Activation::Sigmoid.of(0.0), 0.5);
    /// ```
    pub fn of(self, x: f64) -> f64 {
        match self {
            // Not `max`, which would turn NaN into 0.
            Self::Relu => {
                if x < 0.0 {
                    0.0
                } else {
                    x
                }
            }
            Self::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Self::Tanh => x.tanh(),
            Self::ScaledTanh => HEIGHT * (STEEPNESS * x).tanh(),
        }
    }

    /// dy/dx at pre-activation x.
    ///
    /// # Convention
    /// `max(0, x)` has no derivative at 0; deep learning takes 0.
    pub fn derivative(self, x: f64) -> f64 {
        let y = self.of(x);
        match self {
            Self::Relu => f64::from(x > 0.0),
            Self::Sigmoid => y * (1.0 - y),
            Self::Tanh => 1.0 - y * y,
            Self::ScaledTanh => STEEPNESS * (HEIGHT - y * y / HEIGHT),
        }
    }
}

/// Bends every cell: `y = f(x)`.
///
/// # Shapes
/// x and result: any, the same.
///
/// # Source
/// PyTorch, `torch.nn.ReLU`, `Sigmoid`, `Tanh`.
pub fn activation<D: Dimension>(x: &ArrayRef<f64, D>, f: Activation) -> Array<f64, D> {
    x.mapv(|x| f.of(x))
}

/// The gradient of [`activation`]: `dx = dy · f'(x)`.
///
/// # Shapes
/// x, `grad_output` and result: any, the same.
///
/// # Errors
/// [`ShapeError::Length`] if the two shapes differ.
pub fn activation_grad<D: Dimension>(
    x: &ArrayRef<f64, D>,
    grad_output: &ArrayRef<f64, D>,
    f: Activation,
) -> Result<Array<f64, D>, ShapeError> {
    same_extents(x.shape(), grad_output.shape())?;
    Ok(Zip::from(x).and(grad_output).map_collect(|&x, dy| dy * f.derivative(x)))
}
