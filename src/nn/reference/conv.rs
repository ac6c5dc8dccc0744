//! Two-dimensional convolution, as deep learning uses the word.

use ndarray::{Array1, Array4, ArrayRef1, ArrayRef4, Axis as Dim};

use super::pad::{PaddingMode, pad, pad_grad};
use super::{same_extent, same_extents};
use crate::nn::shape::{Axis, Padding, ShapeError, Window};

/// How a kernel moves over its input. Pairs are (height, width).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Conv2d {
    /// Cells between two neighbouring windows.
    pub stride: (usize, usize),
    /// Cells added around the input.
    pub padding: Padding,
    /// What those cells hold.
    pub mode: PaddingMode,
    /// Cells between two neighbouring taps; 1 means adjacent.
    pub dilation: (usize, usize),
    /// Parts into which the channels are cut; the filters of a part read its channels only.
    pub groups: usize,
}

impl Default for Conv2d {
    /// Stride 1, no padding, dilation 1, one group.
    fn default() -> Self {
        Self { stride: (1, 1), padding: Padding::default(), mode: PaddingMode::Zeros, dilation: (1, 1), groups: 1 }
    }
}

impl Conv2d {
    /// Shape of the output for an input and a weight of these shapes.
    ///
    /// # Errors
    /// [`ShapeError`] if channels, groups and weight do not fit together, or the window does not fit the input.
    pub fn output_shape(
        &self,
        input: (usize, usize, usize, usize),
        weight: (usize, usize, usize, usize),
    ) -> Result<(usize, usize, usize, usize), ShapeError> {
        let (batch, channels_in, height, width) = input;
        let (channels_out, group_channels, kernel_height, kernel_width) = weight;
        let groups = self.groups;
        let divides = |channels: usize| channels.checked_rem(groups) == Some(0);
        if !divides(channels_in) || !divides(channels_out) {
            return Err(ShapeError::Groups { groups, channels_in, channels_out });
        }
        if group_channels != channels_in / groups {
            return Err(ShapeError::ChannelMismatch { input: channels_in, weight: group_channels, groups });
        }
        let rows = self.window(Axis::Height, kernel_height).output(Axis::Height, height)?;
        let cols = self.window(Axis::Width, kernel_width).output(Axis::Width, width)?;
        Ok((batch, channels_out, rows, cols))
    }

    /// The window along one axis.
    fn window(&self, axis: Axis, kernel: usize) -> Window {
        let (stride, dilation) = match axis {
            Axis::Height => (self.stride.0, self.dilation.0),
            Axis::Width => (self.stride.1, self.dilation.1),
        };
        Window { kernel, stride, dilation, padding: self.padding.along(axis) }
    }
}

/// Slides each filter over the input and sums the products:
/// `y[n,o,i,j] = b[o] + Σ_c Σ_u Σ_v w[o,c,u,v] · x̂[n, g+c, s_h·i + d_h·u, s_w·j + d_w·v]`,
/// with x̂ the padded input and g the first channel of o's group.
///
/// # Shapes
/// x: (N, C, H, W); w: (O, C/groups, `k_h`, `k_w`); b: (O); result: (N, O, H', W') as
/// [`Window::output`] tells.
///
/// # Convention
/// Cross-correlation: the kernel is not flipped. Taps are added row by row, channel after channel, the bias first.
///
/// # Errors
/// [`ShapeError`] if the shapes do not fit together.
///
/// # Source
/// Dumoulin & Visin, *A guide to convolution arithmetic for deep learning*; PyTorch, `torch.nn.Conv2d`.
pub fn conv2d(
    x: &ArrayRef4<f64>,
    w: &ArrayRef4<f64>,
    b: Option<&ArrayRef1<f64>>,
    conv: &Conv2d,
) -> Result<Array4<f64>, ShapeError> {
    let shape = conv.output_shape(x.dim(), w.dim())?;
    let (filters, channels, ..) = w.dim();
    if let Some(b) = b {
        same_extent(filters, b.len())?;
    }
    let (s, d) = (conv.stride, conv.dilation);
    let x = pad(x, conv.padding, conv.mode)?;
    let mut y = Array4::zeros(shape);
    for ((n, o, i, j), y) in y.indexed_iter_mut() {
        let g = o / (filters / conv.groups) * channels;
        let mut sum = b.map_or(0.0, |b| b[o]);
        for ((c, u, v), w) in w.index_axis(Dim(0), o).indexed_iter() {
            sum += w * x[[n, g + c, s.0 * i + d.0 * u, s.1 * j + d.1 * v]];
        }
        *y = sum;
    }
    Ok(y)
}

/// Gradients of a convolution.
#[derive(Debug, Clone, PartialEq)]
pub struct Conv2dGrad {
    /// ∂L/∂x, of the input's shape.
    pub input: Array4<f64>,
    /// ∂L/∂w, of the weight's shape.
    pub weight: Array4<f64>,
    /// ∂L/∂b, one for each output channel.
    pub bias: Array1<f64>,
}

/// The gradients of [`conv2d`]. Each product `w · x̂` of its sum sends `dy · x̂` to its weight and `dy · w` to its
/// input cell:
/// `dw[o,c,u,v] = Σ_n Σ_i Σ_j dy[n,o,i,j] · x̂[n, g+c, s_h·i + d_h·u, s_w·j + d_w·v]`,
/// `dx̂[n, g+c, s_h·i + d_h·u, s_w·j + d_w·v] += dy[n,o,i,j] · w[o,c,u,v]`,
/// `db[o] = Σ_n Σ_i Σ_j dy[n,o,i,j]`.
///
/// # Shapes
/// x and w as in [`conv2d`], `grad_output` as its result.
///
/// # Errors
/// As [`conv2d`], and [`ShapeError::Length`] if `grad_output` is not of the output's shape.
///
/// # Source
/// Dumoulin & Visin, chapter 4; PyTorch, `torch.nn.grad.conv2d_input` and `conv2d_weight`.
pub fn conv2d_grad(
    x: &ArrayRef4<f64>,
    w: &ArrayRef4<f64>,
    grad_output: &ArrayRef4<f64>,
    conv: &Conv2d,
) -> Result<Conv2dGrad, ShapeError> {
    let (rows, cols) = (x.dim().2, x.dim().3);
    let shape: [usize; 4] = conv.output_shape(x.dim(), w.dim())?.into();
    same_extents(&shape, grad_output.shape())?;
    let (filters, channels, ..) = w.dim();
    let (s, d) = (conv.stride, conv.dilation);
    let x = pad(x, conv.padding, conv.mode)?;
    let mut dx = Array4::zeros(x.dim());
    let mut dw = Array4::zeros(w.dim());
    let mut db = Array1::zeros(filters);
    for ((n, o, i, j), dy) in grad_output.indexed_iter() {
        let g = o / (filters / conv.groups) * channels;
        db[o] += dy;
        for ((c, u, v), w) in w.index_axis(Dim(0), o).indexed_iter() {
            let at = [n, g + c, s.0 * i + d.0 * u, s.1 * j + d.1 * v];
            dw[[o, c, u, v]] += dy * x[at];
            dx[at] += dy * w;
        }
    }
    Ok(Conv2dGrad { input: pad_grad(&dx, (rows, cols), conv.padding, conv.mode)?, weight: dw, bias: db })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: (usize, usize, usize, usize), weight: (usize, usize, usize, usize), groups: usize, expect: &str) {
        let conv = Conv2d { groups, ..Conv2d::default() };
        let found = conv2d(&Array4::zeros(input), &Array4::zeros(weight), Some(&Array1::zeros(2)), &conv);
        assert_eq!(found.unwrap_err().to_string(), expect);
    }

    #[test]
    fn shapes_that_do_not_fit() {
        check((1, 3, 5, 5), (2, 2, 3, 3), 1, "The weights read 2 channels a group where the input has 3 in 1 groups.");
        check((1, 3, 5, 5), (2, 1, 3, 3), 2, "2 groups do not divide 3 input and 2 output channels.");
        check((1, 3, 5, 5), (2, 1, 3, 3), 0, "0 groups do not divide 3 input and 2 output channels.");
        check((1, 3, 5, 5), (2, 3, 6, 3), 1, "The window's height of 6 is larger than the padded input's 5.");
        check((1, 3, 5, 5), (4, 3, 3, 3), 1, "4 values are needed, 2 were given.");
    }

    #[test]
    fn a_gradient_of_another_shape() {
        let (x, w, dy) = (Array4::zeros((1, 1, 5, 5)), Array4::zeros((1, 1, 2, 2)), Array4::zeros((1, 1, 4, 5)));
        let found = conv2d_grad(&x, &w, &dy, &Conv2d::default());
        assert_eq!(found, Err(ShapeError::Length { expected: 4, found: 5 }));
    }
}
