//! Activation functions, in place.

use super::lanes::{self, Lanes};

/// A function applied to every cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// `max(x, 0)`; the gradient at 0 is 0.
    Relu,
    /// `1/(1 + exp(−x))`.
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// LeCun's tanh, `1.7159·tanh(2x/3)`.
    ScaledTanh,
}

/// Height of LeCun's tanh, and what its argument is multiplied with.
const HEIGHT: f32 = 1.7159;
const STEEPNESS: f32 = 2.0 / 3.0;

impl Activation {
    /// Replaces every x by f(x).
    pub fn forward(self, x: &mut [f32]) {
        match self {
            Self::Relu => lanes::each(x, lanes::relu),
            Self::Sigmoid => lanes::each(x, lanes::sigmoid),
            Self::Tanh => lanes::each(x, lanes::tanh),
            Self::ScaledTanh => {
                lanes::each(x, |x| Lanes::splat(STEEPNESS) * x);
                Self::Tanh.forward(x);
                lanes::each(x, |y| Lanes::splat(HEIGHT) * y);
            }
        }
    }

    /// Multiplies every gradient by f′, found from the outputs `y` of [`forward`](Self::forward).
    ///
    /// # Shapes
    /// `y` and `grad` have the same length.
    pub fn backward(self, y: &[f32], grad: &mut [f32]) {
        debug_assert_eq!(y.len(), grad.len(), "outputs and their gradients");
        let one = Lanes::splat(1.0);
        match self {
            Self::Relu => lanes::each_with(grad, y, |grad, y| y.if_larger(Lanes::ZERO, grad, Lanes::ZERO)),
            Self::Sigmoid => lanes::each_with(grad, y, |grad, y| grad * (y * (one - y))),
            Self::Tanh => lanes::each_with(grad, y, |grad, y| grad * (one - y * y)),
            // A·b·(1 − tanh²), with tanh = y/A.
            Self::ScaledTanh => lanes::each_with(grad, y, |grad, y| {
                grad * (Lanes::splat(HEIGHT * STEEPNESS) - Lanes::splat(STEEPNESS / HEIGHT) * y * y)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(activation: Activation, x: f32, value: f32, slope: f32) {
        let (mut y, mut grad) = ([x], [1.0]);
        activation.forward(&mut y);
        activation.backward(&y, &mut grad);
        assert!((y[0] - value).abs() < 1e-6 && (grad[0] - slope).abs() < 1e-6, "{y:?}, {grad:?}");
    }

    #[test]
    fn values_and_slopes() {
        check(Activation::Relu, 2.0, 2.0, 1.0);
        check(Activation::Relu, -2.0, 0.0, 0.0);
        check(Activation::Relu, 0.0, 0.0, 0.0);
        check(Activation::Sigmoid, 0.0, 0.5, 0.25);
        check(Activation::Sigmoid, 88.0, 1.0, 0.0);
        check(Activation::Sigmoid, -200.0, 0.0, 0.0);
        check(Activation::Tanh, 0.0, 0.0, 1.0);
        check(Activation::Tanh, 50.0, 1.0, 0.0);
        check(Activation::ScaledTanh, 0.0, 0.0, 1.7159 * 2.0 / 3.0);
        check(Activation::ScaledTanh, -50.0, -1.7159, 0.0);
    }

    #[test]
    fn nan_spreads() {
        for activation in [Activation::Relu, Activation::Sigmoid, Activation::Tanh, Activation::ScaledTanh] {
            let mut y = [f32::NAN; 5];
            activation.forward(&mut y);
            assert!(y.iter().all(|y| y.is_nan()), "{activation:?}");
        }
    }
}
