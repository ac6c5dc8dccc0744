//! A highway layer, number by number: a plain layer, a gate, and what of the input is carried past both.

use ndarray::{Array1, Array2};

use crate::{
    nn::{
        reference::{Activation, activation, activation_grad, linear, linear_grad},
        shape::ShapeError,
    },
    num::Matrix,
};

/// How the input gets past the layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Skip {
    /// By a gate T: y = T·H + (1 − T)·x.
    Highway,
    /// As it is: y = H + x.
    Residual,
    /// Not at all: y = H.
    Plain,
}

/// What is computed, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Highway {
    /// How the input gets past the layer.
    pub skip: Skip,
    /// The input x.
    pub input: Vec<f64>,
    /// W, the weights of H: a row an output.
    pub weights: Matrix,
    /// b, added to every sum of H.
    pub bias: f64,
    /// φ
    pub activation: Activation,
    /// V, the weights of the gate: a row an output.
    pub gate_weights: Matrix,
    /// c, added to every sum of the gate.
    pub gate_bias: f64,
}

/// All that a layer makes, element by element.
#[derive(Debug, Clone, PartialEq)]
pub struct HighwayValues {
    /// W·x + b
    pub sums: Vec<f64>,
    /// H = φ(W·x + b)
    pub transformed: Vec<f64>,
    /// V·x + c
    pub gate_sums: Vec<f64>,
    /// T = σ(V·x + c); what of H gets through without a gate: all, 1.
    pub gate: Vec<f64>,
    /// What of x is carried past the layer: 1 − T, in a residual layer 1, in a plain one 0.
    pub carried: Vec<f64>,
    /// y
    pub output: Vec<f64>,
}

/// The gradients of `L = Σ dy·y`, element by element.
#[derive(Debug, Clone, PartialEq)]
pub struct HighwayGradients {
    /// dh, of the sums of H: dy·T·φ′.
    pub sums: Vec<f64>,
    /// dt, of the gate's sums: dy·(H − x)·T·(1 − T); 0 without a gate.
    pub gate_sums: Vec<f64>,
    /// dx
    pub input: Vec<f64>,
}

/// One number that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HighwayStep {
    /// H of an element.
    Transformed(usize),
    /// T of an element.
    Gate(usize),
    /// y of an element.
    Output(usize),
    /// dh of an element.
    SumGradient(usize),
    /// dt of an element.
    GateGradient(usize),
    /// dx of an element.
    InputGradient(usize),
    /// What the carry path keeps of an element's gradient through many layers.
    Carried(usize),
}

impl Highway {
    /// Number of elements.
    pub fn elements(&self) -> usize {
        self.input.len()
    }

    /// The steps of the forward pass: each element's H, its T where there is a gate, and its y.
    pub fn steps(&self) -> Vec<HighwayStep> {
        let of = |element| {
            let gate = (self.skip == Skip::Highway).then_some(HighwayStep::Gate(element));
            std::iter::once(HighwayStep::Transformed(element)).chain(gate).chain([HighwayStep::Output(element)])
        };
        (0..self.elements()).flat_map(of).collect()
    }

    /// The steps of the backward pass: each element's dh and dt, then each dx, which needs all of them.
    pub fn steps_back(&self) -> Vec<HighwayStep> {
        let of = |element| {
            let gate = (self.skip == Skip::Highway).then_some(HighwayStep::GateGradient(element));
            std::iter::once(HighwayStep::SumGradient(element)).chain(gate)
        };
        let elements = || 0..self.elements();
        elements().flat_map(of).chain(elements().map(HighwayStep::InputGradient)).collect()
    }

    /// All numbers: `H = φ(W·x + b)`, `T = σ(V·x + c)`, `y = T·H + (1 − T)·x`.
    ///
    /// # Errors
    /// [`ShapeError::Length`] where a matrix of weights is not as wide and as high as the input is long.
    ///
    /// # Source
    /// Srivastava, Greff & Schmidhuber, *Highway networks*, 2015, equation 3.
    ///
    /// ```
    /// # use receptive::{nn::reference::Activation, num::Grid, trace::{Highway, Skip}};
    /// let layer = Highway {
    ///     skip: Skip::Highway,
    ///     input: vec![2.0],
    ///     weights: Grid::from_fn(1, 1, |_, _| 3.0),
    ///     bias: 0.0,
    ///     activation: Activation::Relu,
    ///     gate_weights: Grid::from_fn(1, 1, |_, _| 0.0),
    ///     gate_bias: 0.0,
    /// };
    /// assert_eq!(layer.forward().unwrap().output, [4.0], "half of 6 and half of 2");
    /// ```
    pub fn forward(&self) -> Result<HighwayValues, ShapeError> {
        let x = vector(&self.input);
        let sums = weighed(&x, &self.weights, self.bias)?;
        let transformed = activation(&sums, self.activation);
        let gate_sums = weighed(&x, &self.gate_weights, self.gate_bias)?;
        let gate = activation(&gate_sums, Activation::Sigmoid);
        let ones = Array2::ones(x.dim());
        let (gate, carried) = match self.skip {
            Skip::Highway => (gate.clone(), &ones - &gate),
            Skip::Residual => (ones.clone(), ones),
            Skip::Plain => (ones.clone(), &ones - 1.0),
        };
        let output = &gate * &transformed + &carried * &x;
        let [sums, transformed, gate_sums, gate, carried, output] =
            [sums, transformed, gate_sums, gate, carried, output].map(list);
        Ok(HighwayValues { sums, transformed, gate_sums, gate, carried, output })
    }

    /// The gradients, where `upstream` is dy: `dx = (1 − T)·dy + Wᵀ·dh + Vᵀ·dt`.
    ///
    /// # Errors
    /// As [`forward`](Self::forward), and where `upstream` is not as long as the input.
    pub fn gradients(&self, upstream: &[f64]) -> Result<HighwayGradients, ShapeError> {
        let values = self.forward()?;
        let (x, dy) = (vector(&self.input), vector(upstream));
        let (sums, gate_sums) = (vector(&values.sums), vector(&values.gate_sums));
        let to_sums = activation_grad(&sums, &(&dy * &vector(&values.gate)), self.activation)?;
        let through_gate = match self.skip {
            Skip::Highway => &dy * &(&vector(&values.transformed) - &x),
            Skip::Residual | Skip::Plain => Array2::zeros(dy.dim()),
        };
        let to_gate = activation_grad(&gate_sums, &through_gate, Activation::Sigmoid)?;
        let back = |weights: &Matrix, to: &Array2<f64>| linear_grad(&x, &array(weights), to).map(|grad| grad.input);
        let input =
            &dy * &vector(&values.carried) + back(&self.weights, &to_sums)? + back(&self.gate_weights, &to_gate)?;
        let [sums, gate_sums, input] = [to_sums, to_gate, input].map(list);
        Ok(HighwayGradients { sums, gate_sums, input })
    }

    /// The slope of `L = Σ dy·y` along an element of the input, by central differences.
    pub fn slope(&self, upstream: &[f64], element: usize) -> Option<f64> {
        /// A power of two, since adding it rounds least.
        const H: f64 = 1.0 / 65_536.0;
        let loss = |by: f64| -> Option<f64> {
            let mut other = self.clone();
            *other.input.get_mut(element)? += by;
            let output = other.forward().ok()?.output;
            Some(upstream.iter().zip(output).map(|(dy, y)| dy * y).sum())
        };
        Some((loss(H)? - loss(-H)?) / (2.0 * H))
    }
}

/// A batch of one.
fn vector(values: &[f64]) -> Array2<f64> {
    Array2::from_shape_fn((1, values.len()), |(_, i)| values.get(i).copied().unwrap_or(f64::NAN))
}

fn array(matrix: &Matrix) -> Array2<f64> {
    Array2::from_shape_fn(matrix.shape(), |(i, j)| matrix.get(i, j).copied().unwrap_or(f64::NAN))
}

fn list(values: Array2<f64>) -> Vec<f64> {
    values.into_iter().collect()
}

fn weighed(x: &Array2<f64>, weights: &Matrix, bias: f64) -> Result<Array2<f64>, ShapeError> {
    if weights.rows() != x.len() {
        return Err(ShapeError::Length { expected: x.len(), found: weights.rows() });
    }
    linear(x, &array(weights), Some(&Array1::from_elem(weights.rows(), bias)))
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::num::{Grid, close};

    /// The square matrix of these numbers, row by row.
    fn square(values: &[f64], side: usize) -> Matrix {
        Grid::from_fn(side, side, |i, j| values[i * side + j])
    }

    prop_compose! {
        fn any_layer()(elements in 1usize..5)(
            input in vec(-2.0f64..2.0, elements),
            weights in vec(-2.0f64..2.0, elements * elements),
            gate_weights in vec(-2.0f64..2.0, elements * elements),
            (bias, gate_bias) in (-2.0f64..2.0, -4.0f64..4.0),
            activation in prop::sample::select(vec![Activation::Relu, Activation::Tanh]),
            skip in prop::sample::select(vec![Skip::Highway, Skip::Residual, Skip::Plain]),
            upstream in vec(-3.0f64..3.0, elements),
            elements in Just(elements),
        ) -> (Highway, Vec<f64>) {
            let (weights, gate_weights) = (square(&weights, elements), square(&gate_weights, elements));
            (Highway { skip, input, weights, bias, activation, gate_weights, gate_bias }, upstream)
        }
    }

    proptest! {
        #[test]
        fn numbers_are_their_definitions((layer, _) in any_layer()) {
            let all = layer.forward().unwrap();
            for i in 0..layer.elements() {
                let sum = |weights: &Matrix, bias: f64| {
                    weights.row(i).iter().zip(&layer.input).map(|(w, x)| w * x).sum::<f64>() + bias
                };
                let h = layer.activation.of(sum(&layer.weights, layer.bias));
                let t = 1.0 / (1.0 + (-sum(&layer.gate_weights, layer.gate_bias)).exp());
                let x = layer.input[i];
                let (y, carried) = match layer.skip {
                    Skip::Highway => (t * h + (1.0 - t) * x, 1.0 - t),
                    Skip::Residual => (h + x, 1.0),
                    Skip::Plain => (h, 0.0),
                };
                prop_assert!((all.output[i] - y).abs() < 1e-9 && close(all.carried[i], carried, 1e-12));
            }
        }

        #[test]
        fn gradients_are_slopes((layer, upstream) in any_layer()) {
            let (all, gradients) = (layer.forward().unwrap(), layer.gradients(&upstream).unwrap());
            // A ReLU has a corner at 0.
            prop_assume!(layer.activation != Activation::Relu || all.sums.iter().all(|sum| sum.abs() > 1e-3));
            for (i, exact) in gradients.input.iter().enumerate() {
                let slope = layer.slope(&upstream, i).unwrap();
                prop_assert!((slope - exact).abs() < 1e-6 * exact.abs().max(1.0), "{}, {}", slope, exact);
            }
        }
    }
}
