//! Fully connected layers.

use super::holds;
use super::product::{Extents, add_product, product, transpose, transposed_product};

/// Examples stand side by side in whole 128-bit registers.
const LANES: usize = 4;

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

/// Buffers of one [`Linear`]. Here a column is an example, so that the weights are read as they are, once a pass.
#[derive(Debug, Clone, Default)]
pub struct LinearScratch {
    /// The inputs or their gradient, `inputs`×N.
    inputs: Vec<f32>,
    /// The outputs or their gradient, `outputs`×N.
    outputs: Vec<f32>,
}

impl Linear {
    /// Number of weights, biases left out.
    pub fn weight_len(self) -> usize {
        self.inputs * self.outputs
    }

    /// Scratch for up to `batch` examples.
    pub fn scratch(self, batch: usize) -> LinearScratch {
        let columns = batch.next_multiple_of(LANES);
        LinearScratch { inputs: vec![0.0; self.inputs * columns], outputs: vec![0.0; self.outputs * columns] }
    }

    /// Makes the outputs of `batch` examples.
    ///
    /// # Shapes
    /// `input` is N×`inputs`, `weight` is `outputs`×`inputs`, `bias` has `outputs` values, `output` is N×`outputs`;
    /// `scratch` is for N examples or more.
    pub fn forward(
        self,
        batch: usize,
        input: &[f32],
        weight: &[f32],
        bias: &[f32],
        output: &mut [f32],
        scratch: &mut LinearScratch,
    ) {
        debug_assert!(holds(input, batch, self.inputs) && holds(output, batch, self.outputs), "inputs and outputs");
        debug_assert_eq!((weight.len(), bias.len()), (self.weight_len(), self.outputs), "weights and biases");
        let n = batch.next_multiple_of(LANES);
        let (x, y) = (&mut scratch.inputs[..self.inputs * n], &mut scratch.outputs[..self.outputs * n]);
        columns(input, x, batch, self.inputs);
        product(y, weight, x, Extents { m: self.outputs, k: self.inputs, n });
        for (e, row) in output.chunks_exact_mut(self.outputs).enumerate().take(batch) {
            for ((cell, b), y) in row.iter_mut().zip(bias).zip(y.chunks_exact(n)) {
                *cell = y[e] + b;
            }
        }
    }

    /// Writes the gradient of the inputs.
    ///
    /// # Shapes
    /// As for [`forward`](Self::forward): `grad_output` is N×`outputs`, `grad_input` N×`inputs`.
    pub fn backward_input(
        self,
        batch: usize,
        weight: &[f32],
        grad_output: &[f32],
        grad_input: &mut [f32],
        scratch: &mut LinearScratch,
    ) {
        debug_assert!(holds(grad_output, batch, self.outputs) && holds(grad_input, batch, self.inputs), "gradients");
        debug_assert_eq!(weight.len(), self.weight_len(), "weights");
        let n = batch.next_multiple_of(LANES);
        let (dx, dy) = (&mut scratch.inputs[..self.inputs * n], &mut scratch.outputs[..self.outputs * n]);
        columns(grad_output, dy, batch, self.outputs);
        transposed_product(dx, weight, dy, Extents { m: self.inputs, k: self.outputs, n });
        for (e, row) in grad_input.chunks_exact_mut(self.inputs).enumerate().take(batch) {
            for (cell, dx) in row.iter_mut().zip(dx.chunks_exact(n)) {
                *cell = dx[e];
            }
        }
    }

    /// Adds this batch's gradients of weights and biases to `grad_weight` and `grad_bias`.
    ///
    /// # Shapes
    /// `input` is N×`inputs`, `grad_output` N×`outputs`; the sums are as long as weights and biases.
    pub fn backward_weight(
        self,
        batch: usize,
        input: &[f32],
        grad_output: &[f32],
        grad_weight: &mut [f32],
        grad_bias: &mut [f32],
        scratch: &mut LinearScratch,
    ) {
        debug_assert!(
            holds(input, batch, self.inputs) && holds(grad_output, batch, self.outputs),
            "inputs and gradients"
        );
        debug_assert_eq!((grad_weight.len(), grad_bias.len()), (self.weight_len(), self.outputs), "sums of gradients");
        let dy = &mut scratch.outputs[..self.outputs * batch];
        let (input, grad_output) = (&input[..self.inputs * batch], &grad_output[..self.outputs * batch]);
        transpose(grad_output, dy, batch, self.outputs);
        add_product(grad_weight, dy, input, Extents { m: self.outputs, k: batch, n: self.inputs });
        for row in grad_output.chunks_exact(self.outputs).take(batch) {
            for (sum, grad) in grad_bias.iter_mut().zip(row) {
                *sum += grad;
            }
        }
    }
}

/// Turns the rows of `batch` examples of `len` values into columns; those that fill up the last register are zero.
fn columns(rows: &[f32], columns: &mut [f32], batch: usize, len: usize) {
    let n = batch.next_multiple_of(LANES);
    for (i, cells) in columns.chunks_exact_mut(n).enumerate() {
        let (cells, filling) = cells.split_at_mut(batch);
        for (cell, row) in cells.iter_mut().zip(rows.chunks_exact(len)) {
            *cell = row[i];
        }
        filling.fill(0.0);
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "small integers and equal computations are exact")]
mod tests {
    use super::*;

    #[test]
    fn two_examples_of_two_inputs() {
        let linear = Linear { inputs: 2, outputs: 3 };
        let weight = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let (mut output, mut scratch) = ([0.0; 6], linear.scratch(2));
        let input = [1.0, 10.0, -1.0, 0.0];
        linear.forward(2, &input, &weight, &[0.5, 0.0, -0.5], &mut output, &mut scratch);
        assert_eq!(output, [21.5, 43.0, 64.5, -0.5, -3.0, -5.5]);

        let grad_output = [1.0, 0.0, 0.0, 0.0, 1.0, 2.0];
        let (mut grad_input, mut grad_weight, mut grad_bias) = ([0.0; 4], [0.0; 6], [0.0; 3]);
        linear.backward_input(2, &weight, &grad_output, &mut grad_input, &mut scratch);
        assert_eq!(grad_input, [1.0, 2.0, 13.0, 16.0]);
        linear.backward_weight(2, &input, &grad_output, &mut grad_weight, &mut grad_bias, &mut scratch);
        assert_eq!(grad_weight, [1.0, 10.0, -1.0, 0.0, -2.0, 0.0]);
        assert_eq!(grad_bias, [1.0, 1.0, 2.0]);
    }
}
