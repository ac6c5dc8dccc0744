//! Activation functions, in place.

use super::lanes::{Lanes, sigmoid};

/// A function applied to every cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// `max(x, 0)`; the gradient at 0 is 0.
    Relu,
    /// `1/(1 + exp(−x))`.
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
}

impl Activation {
    /// Replaces every x by f(x).
    pub fn forward(self, x: &mut [f32]) {
        match self {
            // Written so that NaN stays NaN.
            Self::Relu => x.iter_mut().for_each(|x| *x = if *x < 0.0 { 0.0 } else { *x }),
            Self::Sigmoid => {
                let (quads, rest) = x.as_chunks_mut();
                for x in quads {
                    sigmoid(Lanes::load(x)).store(x);
                }
                // The same function for the last few, or an example would depend on where it stands.
                for x in rest {
                    let mut lanes = [*x; 4];
                    sigmoid(Lanes::splat(*x)).store(&mut lanes);
                    *x = lanes[0];
                }
            }
            Self::Tanh => x.iter_mut().for_each(|x| *x = libm::tanhf(*x)),
        }
    }

    /// Multiplies every gradient by f′, found from the outputs `y` of [`forward`](Self::forward).
    ///
    /// # Shapes
    /// `y` and `grad` have the same length.
    pub fn backward(self, y: &[f32], grad: &mut [f32]) {
        debug_assert_eq!(y.len(), grad.len(), "outputs and their gradients");
        let cells = grad.iter_mut().zip(y);
        match self {
            Self::Relu => cells.for_each(|(grad, y)| *grad = if *y > 0.0 { *grad } else { 0.0 }),
            Self::Sigmoid => cells.for_each(|(grad, y)| *grad *= y * (1.0 - y)),
            Self::Tanh => cells.for_each(|(grad, y)| *grad *= 1.0 - y * y),
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
    }

    #[test]
    fn nan_spreads() {
        for activation in [Activation::Relu, Activation::Sigmoid, Activation::Tanh] {
            let mut y = [f32::NAN];
            activation.forward(&mut y);
            assert!(y[0].is_nan(), "{activation:?}");
        }
    }
}
