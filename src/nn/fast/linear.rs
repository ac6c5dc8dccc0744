//! Fully connected layers.

use super::product::{Extents, add_product, product, transpose};

/// `y = W·x + b` for each example.
///
/// # Shapes
/// x is N×`inputs`, y is N×`outputs`, W is `outputs`×`inputs` (as in PyTorch), b has `outputs` values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linear {
    /// Values read per example.
    pub inputs: usize,
    /// Values made per example.
    pub outputs: usize,
}

/// Buffers of one [`Linear`].
#[derive(Debug, Clone, Default)]
pub struct LinearScratch {
    /// The gradient of the outputs, transposed.
    grad_output: Vec<f32>,
}

impl Linear {
    /// Number of weights, biases left out.
    pub fn weight_len(self) -> usize {
        self.inputs * self.outputs
    }

    /// Scratch for up to `batch` examples.
    pub fn scratch(self, batch: usize) -> LinearScratch {
        LinearScratch { grad_output: vec![0.0; self.outputs * batch] }
    }

    /// Writes the weights in the order [`forward`](Self::forward) reads them, `inputs`×`outputs`.
    pub fn pack(self, weight: &[f32], packed: &mut [f32]) {
        transpose(weight, packed, self.outputs, self.inputs);
    }

    /// Makes the outputs of `batch` examples.
    pub fn forward(self, batch: usize, input: &[f32], packed: &[f32], bias: &[f32], output: &mut [f32]) {
        product(output, input, packed, Extents { m: batch, k: self.inputs, n: self.outputs });
        for row in output.chunks_exact_mut(self.outputs) {
            for (y, b) in row.iter_mut().zip(bias) {
                *y += b;
            }
        }
    }

    /// Writes the gradient of the inputs.
    pub fn backward_input(self, batch: usize, weight: &[f32], grad_output: &[f32], grad_input: &mut [f32]) {
        product(grad_input, grad_output, weight, Extents { m: batch, k: self.outputs, n: self.inputs });
    }

    /// Adds this batch's gradients of weights and biases to `grad_weight` and `grad_bias`.
    pub fn backward_weight(
        self,
        batch: usize,
        input: &[f32],
        grad_output: &[f32],
        grad_weight: &mut [f32],
        grad_bias: &mut [f32],
        scratch: &mut LinearScratch,
    ) {
        let transposed = &mut scratch.grad_output[..self.outputs * batch];
        transpose(grad_output, transposed, batch, self.outputs);
        add_product(grad_weight, transposed, input, Extents { m: self.outputs, k: batch, n: self.inputs });
        for row in grad_output.chunks_exact(self.outputs) {
            for (sum, grad) in grad_bias.iter_mut().zip(row) {
                *sum += grad;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_examples_of_two_inputs() {
        let linear = Linear { inputs: 2, outputs: 3 };
        let weight = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let (mut packed, mut output) = ([0.0; 6], [0.0; 6]);
        linear.pack(&weight, &mut packed);
        let input = [1.0, 10.0, -1.0, 0.0];
        linear.forward(2, &input, &packed, &[0.5, 0.0, -0.5], &mut output);
        assert_eq!(output, [21.5, 43.0, 64.5, -0.5, -3.0, -5.5]);

        let grad_output = [1.0, 0.0, 0.0, 0.0, 1.0, 2.0];
        let (mut grad_input, mut grad_weight, mut grad_bias) = ([0.0; 4], [0.0; 6], [0.0; 3]);
        linear.backward_input(2, &weight, &grad_output, &mut grad_input);
        assert_eq!(grad_input, [1.0, 2.0, 13.0, 16.0]);
        linear.backward_weight(2, &input, &grad_output, &mut grad_weight, &mut grad_bias, &mut linear.scratch(2));
        assert_eq!(grad_weight, [1.0, 10.0, -1.0, 0.0, -2.0, 0.0]);
        assert_eq!(grad_bias, [1.0, 1.0, 2.0]);
    }
}
