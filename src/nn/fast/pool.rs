//! Max and average pooling of a batch.

use std::ops::Range;

use super::holds;
use crate::nn::shape::{Axis, Padding, ShapeError, Window};

/// What a pooling layer is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolGeometry {
    /// Channels of the input, and of the output.
    pub channels: usize,
    /// Height and width of the window.
    pub window: (usize, usize),
    /// Cells between neighbouring windows, along height and width.
    pub stride: (usize, usize),
    /// Cells around the input. They never win a maximum.
    pub padding: Padding,
    /// Whether a last, partial window is kept: PyTorch's `ceil_mode`.
    pub ceil: bool,
    /// Height and width of the input.
    pub input: (usize, usize),
}

/// The part of one axis that a window covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// Cells of the input.
    pub(super) cells: Range<usize>,
    /// Their number with padding counted.
    pub(super) padded: usize,
}

/// Windows along both axes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Windows {
    pub(super) geometry: PoolGeometry,
    rows: Vec<Span>,
    cols: Vec<Span>,
}

impl Windows {
    pub(super) fn new(geometry: PoolGeometry) -> Result<Self, ShapeError> {
        let PoolGeometry { window, stride, padding, ceil, input, .. } = geometry;
        Ok(Self {
            geometry,
            rows: spans(Axis::Height, window.0, stride.0, padding, ceil, input.0)?,
            cols: spans(Axis::Width, window.1, stride.1, padding, ceil, input.1)?,
        })
    }

    pub(super) fn input_len(&self) -> usize {
        self.geometry.input.0 * self.geometry.input.1
    }

    pub(super) fn output_len(&self) -> usize {
        self.rows.len() * self.cols.len()
    }

    /// Height and width of the output.
    pub(super) fn output(&self) -> (usize, usize) {
        (self.rows.len(), self.cols.len())
    }

    /// The cells of a window: their indices in a plane.
    #[inline(always)]
    pub(super) fn cells(&self, rows: &Span, cols: &Span) -> impl Iterator<Item = usize> {
        let (width, cols) = (self.geometry.input.1, cols.cells.clone());
        rows.cells.clone().flat_map(move |i| cols.clone().map(move |j| i * width + j))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Span, &Span)> {
        self.rows.iter().flat_map(|rows| self.cols.iter().map(move |cols| (rows, cols)))
    }
}

fn spans(
    axis: Axis,
    kernel: usize,
    stride: usize,
    padding: Padding,
    ceil: bool,
    input: usize,
) -> Result<Vec<Span>, ShapeError> {
    let window = Window { kernel, stride, dilation: 1, padding: padding.along(axis) };
    let count = window.output_pool(axis, input, ceil)?;
    let (padded, before) = (window.padded(input), window.padding.0);
    let span = |i: usize| {
        let (start, end) = (i * stride, (i * stride + kernel).min(padded));
        let cells = start.saturating_sub(before)..end.saturating_sub(before).min(input);
        Span { cells, padded: end - start }
    };
    Ok((0..count).map(span).collect())
}

/// The largest cell of each window; of equal ones the first in row-major order.
///
/// # Shapes
/// The input is N×C×H×W, the output N×C×H′×W′ with the extents of [`output`](Self::output).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaxPool2d(Windows);

impl MaxPool2d {
    /// Checks the geometry.
    ///
    /// # Errors
    /// [`ShapeError`] if a count is 0, the window does not fit, or a window could lie in the padding altogether.
    pub fn new(geometry: PoolGeometry) -> Result<Self, ShapeError> {
        Windows::new(geometry).map(Self)
    }

    /// Height and width of the output.
    pub fn output(&self) -> (usize, usize) {
        self.0.output()
    }

    /// Makes the outputs of `batch` examples and, for the way back, where each came from: the index of the winner in
    /// its plane of the input.
    ///
    /// # Shapes
    /// `argmax` is as `output`.
    pub fn forward(&self, batch: usize, input: &[f32], output: &mut [f32], argmax: &mut [u32]) {
        let (planes, in_len, out_len) = (batch * self.0.geometry.channels, self.0.input_len(), self.0.output_len());
        debug_assert!(holds(input, planes, in_len) && holds(output, planes, out_len), "inputs and outputs");
        debug_assert!(holds(argmax, planes, out_len), "winners");
        let outputs = output.chunks_exact_mut(out_len).zip(argmax.chunks_exact_mut(out_len));
        for (plane, (output, argmax)) in input.chunks_exact(in_len).zip(outputs).take(planes) {
            self.plane(plane, output, argmax);
        }
    }

    /// Writes the gradient of the inputs: each output's goes to the cell that won.
    ///
    /// # Shapes
    /// `grad` and `argmax` are as the output, `grad_input` as the input.
    pub fn backward(&self, batch: usize, grad: &[f32], argmax: &[u32], grad_input: &mut [f32]) {
        let (planes, in_len, out_len) = (batch * self.0.geometry.channels, self.0.input_len(), self.0.output_len());
        debug_assert!(holds(grad, planes, out_len) && holds(grad_input, planes, in_len), "gradients");
        debug_assert!(holds(argmax, planes, out_len), "winners");
        let grads = grad.chunks_exact(out_len).zip(argmax.chunks_exact(out_len));
        for ((grad, argmax), plane) in grads.zip(grad_input.chunks_exact_mut(in_len)).take(planes) {
            plane.fill(0.0);
            for (grad, winner) in grad.iter().zip(argmax) {
                plane[*winner as usize] += grad;
            }
        }
    }

    fn plane(&self, plane: &[f32], output: &mut [f32], argmax: &mut [u32]) {
        let width = self.0.geometry.input.1;
        for ((rows, cols), (output, argmax)) in self.0.iter().zip(output.iter_mut().zip(argmax)) {
            let mut winner = rows.cells.start * width + cols.cells.start;
            let mut best = plane[winner];
            for i in rows.cells.clone() {
                for j in cols.cells.clone() {
                    let x = plane[i * width + j];
                    if x > best || (x.is_nan() && !best.is_nan()) {
                        (best, winner) = (x, i * width + j);
                    }
                }
            }
            *output = best;
            *argmax = index(winner);
        }
    }
}

/// An index into a plane, which is far smaller than 2³² cells.
fn index(cell: usize) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "a plane of 2³² cells does not fit into a 32-bit memory")]
    let cell = cell as u32;
    cell
}

/// The mean of each window.
///
/// # Shapes
/// As [`MaxPool2d`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AveragePool2d {
    windows: Windows,
    /// Whether cells of the padding count as zeros of the window.
    count_padding: bool,
}

impl AveragePool2d {
    /// Checks the geometry. `count_padding` is PyTorch's `count_include_pad`.
    ///
    /// # Errors
    /// As [`MaxPool2d::new`].
    pub fn new(geometry: PoolGeometry, count_padding: bool) -> Result<Self, ShapeError> {
        Ok(Self { windows: Windows::new(geometry)?, count_padding })
    }

    /// Height and width of the output.
    pub fn output(&self) -> (usize, usize) {
        self.windows.output()
    }

    /// Makes the outputs of `batch` examples.
    pub fn forward(&self, batch: usize, input: &[f32], output: &mut [f32]) {
        let planes = batch * self.windows.geometry.channels;
        debug_assert!(holds(input, planes, self.windows.input_len()), "inputs");
        debug_assert!(holds(output, planes, self.windows.output_len()), "outputs");
        let width = self.windows.geometry.input.1;
        let inputs = input.chunks_exact(self.windows.input_len());
        for (plane, output) in inputs.zip(output.chunks_exact_mut(self.windows.output_len())).take(planes) {
            for ((rows, cols), output) in self.windows.iter().zip(output) {
                let mut sum = 0.0;
                for i in rows.cells.clone() {
                    for x in &plane[i * width..][cols.cells.clone()] {
                        sum += x;
                    }
                }
                *output = sum / self.divisor(rows, cols);
            }
        }
    }

    /// Writes the gradient of the inputs: each window's is shared out evenly.
    ///
    /// # Shapes
    /// `grad` is as the output, `grad_input` as the input.
    pub fn backward(&self, batch: usize, grad: &[f32], grad_input: &mut [f32]) {
        let planes = batch * self.windows.geometry.channels;
        debug_assert!(holds(grad, planes, self.windows.output_len()), "gradients of outputs");
        debug_assert!(holds(grad_input, planes, self.windows.input_len()), "gradients of inputs");
        let width = self.windows.geometry.input.1;
        let grads = grad.chunks_exact(self.windows.output_len());
        for (grad, plane) in grads.zip(grad_input.chunks_exact_mut(self.windows.input_len())).take(planes) {
            plane.fill(0.0);
            for ((rows, cols), grad) in self.windows.iter().zip(grad) {
                let share = grad / self.divisor(rows, cols);
                for i in rows.cells.clone() {
                    for x in &mut plane[i * width..][cols.cells.clone()] {
                        *x += share;
                    }
                }
            }
        }
    }

    fn divisor(&self, rows: &Span, cols: &Span) -> f32 {
        let count = if self.count_padding { rows.padded * cols.padded } else { rows.cells.len() * cols.cells.len() };
        count as f32
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "small integers and equal computations are exact")]
mod tests {
    use super::*;

    /// The course's quiz.
    const QUIZ: [f32; 16] = [12., 20., 30., 0., 20., 12., 2., 0., 0., 70., 5., 2., 8., 2., 90., 3.];

    fn geometry(window: usize, stride: usize, padding: Padding, input: (usize, usize)) -> PoolGeometry {
        let (window, stride) = ((window, window), (stride, stride));
        PoolGeometry { channels: 1, window, stride, padding, ceil: false, input }
    }

    #[track_caller]
    fn check_max(geometry: PoolGeometry, input: &[f32], expect: &[f32], winners: &[u32]) {
        let pool = MaxPool2d::new(geometry).unwrap();
        let (mut output, mut argmax) = (vec![0.0; expect.len()], vec![0; expect.len()]);
        pool.forward(1, input, &mut output, &mut argmax);
        assert_eq!((&*output, &*argmax), (expect, winners));
    }

    #[test]
    fn quiz_of_the_course() {
        let quiz = geometry(2, 2, Padding::default(), (4, 4));
        check_max(quiz, &QUIZ, &[20.0, 30.0, 70.0, 90.0], &[1, 2, 9, 14]);
        let average = AveragePool2d::new(quiz, true).unwrap();
        let mut output = [0.0; 4];
        average.forward(1, &QUIZ, &mut output);
        assert_eq!(output, [16.0, 8.0, 20.0, 25.0]);
    }

    #[test]
    fn odd_extents_leave_a_row_and_a_column() {
        let odd = geometry(2, 2, Padding::default(), (3, 5));
        let input: Vec<f32> = (0_u8..15).map(f32::from).collect();
        check_max(odd, &input, &[6.0, 8.0], &[6, 8]);
    }

    #[test]
    fn the_first_of_equals_wins_and_nan_spreads() {
        let pair = geometry(2, 2, Padding::default(), (2, 2));
        check_max(pair, &[5.0; 4], &[5.0], &[0]);
        let single = geometry(2, 1, Padding::default(), (2, 2));
        check_max(single, &[5.0; 4], &[5.0], &[0]);
        for geometry in [pair, single] {
            let (mut output, mut argmax) = ([0.0], [0]);
            MaxPool2d::new(geometry).unwrap().forward(1, &[1.0, f32::NAN, 9.0, f32::NAN], &mut output, &mut argmax);
            assert!(output[0].is_nan());
            assert_eq!(argmax, [1]);
        }
    }

    #[test]
    fn padding_as_large_as_the_window_is_an_error() {
        let error = MaxPool2d::new(geometry(2, 2, Padding { left: 2, ..Padding::default() }, (4, 4))).unwrap_err();
        assert_eq!(error, ShapeError::PaddingTooLarge { axis: Axis::Width, padding: 2, limit: 1 });
    }
}
