//! Transposed convolution: each input cell paints the kernel, scaled, into the output.

use ndarray::{Array1, Array4, ArrayRef1, ArrayRef4, Axis as Dim, s};

use super::conv::Conv2dGrad;
use super::{same_extent, same_extents};
use crate::nn::shape::{Axis, Padding, ShapeError};

/// How the kernel is painted. Pairs are (height, width).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConvTranspose2d {
    /// Cells between two neighbouring places where the kernel is painted.
    pub stride: (usize, usize),
    /// Cells cut off around the result: the padding of the convolution that this one transposes.
    pub padding: Padding,
    /// Rows and columns added at the bottom and the right, which tells apart the inputs that a strided convolution maps
    /// to one size.
    pub output_padding: (usize, usize),
    /// Cells between two neighbouring taps; 1 means adjacent.
    pub dilation: (usize, usize),
}

impl Default for ConvTranspose2d {
    /// Stride 1, no padding, dilation 1.
    fn default() -> Self {
        Self { stride: (1, 1), padding: Padding::default(), output_padding: (0, 0), dilation: (1, 1) }
    }
}

impl ConvTranspose2d {
    /// Extent along one axis before the padding is cut off: `s·(n − 1) + d·(k − 1) + 1` and the output padding.
    fn full(&self, axis: Axis, input: usize, kernel: usize) -> Result<usize, ShapeError> {
        let (stride, dilation, more) = match axis {
            Axis::Height => (self.stride.0, self.dilation.0, self.output_padding.0),
            Axis::Width => (self.stride.1, self.dilation.1, self.output_padding.1),
        };
        if stride == 0 {
            return Err(ShapeError::ZeroStride { axis });
        }
        if dilation == 0 {
            return Err(ShapeError::ZeroDilation { axis });
        }
        if kernel == 0 {
            return Err(ShapeError::ZeroKernel { axis });
        }
        if input == 0 {
            return Err(ShapeError::Length { expected: 1, found: 0 });
        }
        let full = stride * (input - 1) + dilation * (kernel - 1) + 1 + more;
        let (before, after) = self.padding.along(axis);
        let (padding, limit) = (before + after, full - 1);
        if padding > limit { Err(ShapeError::PaddingTooLarge { axis, padding, limit }) } else { Ok(full) }
    }

    /// Shape of the output before the padding is cut off.
    fn full_shape(
        &self,
        input: (usize, usize, usize, usize),
        weight: (usize, usize, usize, usize),
    ) -> Result<(usize, usize, usize, usize), ShapeError> {
        let (batch, channels, height, width) = input;
        let (channels_in, channels_out, kernel_height, kernel_width) = weight;
        if channels_in != channels {
            return Err(ShapeError::ChannelMismatch { input: channels, weight: channels_in, groups: 1 });
        }
        let rows = self.full(Axis::Height, height, kernel_height)?;
        let cols = self.full(Axis::Width, width, kernel_width)?;
        Ok((batch, channels_out, rows, cols))
    }

    /// Rows and columns of the output: `s·(n − 1) + d·(k − 1) + 1 − p` and the output padding, of an input and a kernel of
    /// so many.
    ///
    /// # Errors
    /// [`ShapeError`] if stride, dilation or an extent is 0, or the padding leaves nothing.
    pub fn output_shape(&self, input: (usize, usize), kernel: (usize, usize)) -> Result<(usize, usize), ShapeError> {
        let Padding { top, bottom, left, right } = self.padding;
        let (rows, cols) = (self.full(Axis::Height, input.0, kernel.0)?, self.full(Axis::Width, input.1, kernel.1)?);
        Ok((rows - top - bottom, cols - left - right))
    }
}

/// Paints the kernel once for each input cell:
/// `ŷ[n, o, s_h·i + d_h·u, s_w·j + d_w·v] += x[n,c,i,j] · w[c,o,u,v]`; y is ŷ without its padding, plus b.
///
/// It is the gradient of a convolution with respect to its input, used as a layer.
///
/// # Shapes
/// x: (N, C, H, W); w: (C, O, `k_h`, `k_w`); b: (O); result: (N, O, H', W') with
/// H' = `s·(H − 1) + d·(k − 1) + 1 − p` + output padding, p = top + bottom, and W' alike.
///
/// # Errors
/// [`ShapeError`] if the shapes do not fit together or the padding leaves nothing.
///
/// # Source
/// Dumoulin & Visin, chapter 4; PyTorch, `torch.nn.ConvTranspose2d`.
pub fn conv_transpose2d(
    x: &ArrayRef4<f64>,
    w: &ArrayRef4<f64>,
    b: Option<&ArrayRef1<f64>>,
    conv: &ConvTranspose2d,
) -> Result<Array4<f64>, ShapeError> {
    let shape = conv.full_shape(x.dim(), w.dim())?;
    let (stride, d, p) = (conv.stride, conv.dilation, conv.padding);
    let mut full = Array4::zeros(shape);
    if let Some(b) = b {
        same_extent(shape.1, b.len())?;
        for ((_, o, ..), y) in full.indexed_iter_mut() {
            *y = b[o];
        }
    }
    for ((n, c, i, j), x) in x.indexed_iter() {
        for ((o, u, v), w) in w.index_axis(Dim(0), c).indexed_iter() {
            full[[n, o, stride.0 * i + d.0 * u, stride.1 * j + d.1 * v]] += x * w;
        }
    }
    let (.., rows, cols) = shape;
    Ok(full.slice_move(s![.., .., p.top..rows - p.bottom, p.left..cols - p.right]))
}

/// The gradients of [`conv_transpose2d`], with dŷ the output's gradient and zeros where the padding was cut off:
/// `dx[n,c,i,j] = Σ_o Σ_u Σ_v dŷ[n, o, s_h·i + d_h·u, s_w·j + d_w·v] · w[c,o,u,v]`,
/// `dw[c,o,u,v] = Σ_n Σ_i Σ_j dŷ[n, o, s_h·i + d_h·u, s_w·j + d_w·v] · x[n,c,i,j]`,
/// `db[o] = Σ_n Σ_i Σ_j dy[n,o,i,j]`.
///
/// # Shapes
/// x and w as in [`conv_transpose2d`], `grad_output` as its result.
///
/// # Errors
/// As [`conv_transpose2d`], and [`ShapeError::Length`] if `grad_output` is not of the output's shape.
pub fn conv_transpose2d_grad(
    x: &ArrayRef4<f64>,
    w: &ArrayRef4<f64>,
    grad_output: &ArrayRef4<f64>,
    conv: &ConvTranspose2d,
) -> Result<Conv2dGrad, ShapeError> {
    let (batch, filters, rows, cols) = conv.full_shape(x.dim(), w.dim())?;
    let (stride, d, p) = (conv.stride, conv.dilation, conv.padding);
    same_extents(&[batch, filters, rows - p.top - p.bottom, cols - p.left - p.right], grad_output.shape())?;
    let mut full = Array4::zeros((batch, filters, rows, cols));
    full.slice_mut(s![.., .., p.top..rows - p.bottom, p.left..cols - p.right]).assign(grad_output);
    let mut dx = Array4::zeros(x.dim());
    let mut dw = Array4::zeros(w.dim());
    for ((n, c, i, j), x) in x.indexed_iter() {
        for ((o, u, v), w) in w.index_axis(Dim(0), c).indexed_iter() {
            let dy = full[[n, o, stride.0 * i + d.0 * u, stride.1 * j + d.1 * v]];
            dx[[n, c, i, j]] += dy * w;
            dw[[c, o, u, v]] += dy * x;
        }
    }
    let mut db = Array1::zeros(filters);
    for ((_, o, ..), dy) in grad_output.indexed_iter() {
        db[o] += dy;
    }
    Ok(Conv2dGrad { input: dx, weight: dw, bias: db })
}
