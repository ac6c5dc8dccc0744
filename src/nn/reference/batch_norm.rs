//! Batch normalisation of feature maps.

use ndarray::{Array1, Array4, ArrayRef1, ArrayRef4, Axis, Zip};

use super::{same_extent, same_extents};
use crate::nn::shape::ShapeError;

/// How channels are normalised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchNorm2d {
    /// ε, added to the variance.
    pub epsilon: f64,
    /// Share of the new batch in the running statistics.
    pub momentum: f64,
}

/// Mean and variance of each channel over past batches, used when the network is not trained.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// One mean for each channel.
    pub mean: Array1<f64>,
    /// One unbiased variance for each channel.
    pub variance: Array1<f64>,
}

/// The result of [`batch_norm2d`].
#[derive(Debug, Clone, PartialEq)]
pub struct BatchNorm2dForward {
    /// The normalised, scaled and shifted maps.
    pub output: Array4<f64>,
    /// The running statistics after this batch.
    pub running: Running,
}

/// Gradients of a batch normalisation.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchNorm2dGrad {
    /// ∂L/∂x, of the input's shape.
    pub input: Array4<f64>,
    /// ∂L/∂γ, one for each channel.
    pub gamma: Array1<f64>,
    /// ∂L/∂β, one for each channel.
    pub beta: Array1<f64>,
}

/// Normalises each channel over the batch and its plane, then scales and shifts it:
/// `y = γ·x̂ + β` with `x̂ = (x − mean) / √(variance + ε)`.
///
/// # Shapes
/// x and output: (N, C, H, W); gamma, beta and the running statistics: (C).
///
/// # Convention
/// x̂ uses the biased variance (divided by m = N·H·W), the running statistics the unbiased one (m − 1).
///
/// # Errors
/// [`ShapeError::Length`] if the channels do not fit, or a channel has fewer than 2 values.
///
/// # Source
/// Ioffe & Szegedy, *Batch Normalization*, algorithm 1; PyTorch, `torch.nn.BatchNorm2d`.
pub fn batch_norm2d(
    x: &ArrayRef4<f64>,
    gamma: &ArrayRef1<f64>,
    beta: &ArrayRef1<f64>,
    running: &Running,
    norm: &BatchNorm2d,
) -> Result<BatchNorm2dForward, ShapeError> {
    let batch = batch_statistics(x)?;
    let output = batch_norm2d_eval(x, gamma, beta, &batch, norm)?;
    let m = values_per_channel(x) as f64;
    let unbiased = &batch.variance * (m / (m - 1.0));
    let blend = |old: &Array1<f64>, new: &Array1<f64>| {
        same_extent(new.len(), old.len()).map(|()| old * (1.0 - norm.momentum) + new * norm.momentum)
    };
    let running = Running { mean: blend(&running.mean, &batch.mean)?, variance: blend(&running.variance, &unbiased)? };
    Ok(BatchNorm2dForward { output, running })
}

/// The same with given statistics, as a trained network uses it.
///
/// # Shapes
/// As [`batch_norm2d`].
///
/// # Errors
/// [`ShapeError::Length`] if the channels do not fit.
pub fn batch_norm2d_eval(
    x: &ArrayRef4<f64>,
    gamma: &ArrayRef1<f64>,
    beta: &ArrayRef1<f64>,
    statistics: &Running,
    norm: &BatchNorm2d,
) -> Result<Array4<f64>, ShapeError> {
    let (_, channels, ..) = x.dim();
    for per_channel in [gamma.len(), beta.len(), statistics.mean.len(), statistics.variance.len()] {
        same_extent(channels, per_channel)?;
    }
    let mut y = x.to_owned();
    for ((_, c, ..), y) in y.indexed_iter_mut() {
        let deviation = (statistics.variance[c] + norm.epsilon).sqrt();
        *y = gamma[c] * (*y - statistics.mean[c]) / deviation + beta[c];
    }
    Ok(y)
}

/// The gradients of [`batch_norm2d`], with m = N·H·W values a channel and sums over them:
/// `dβ = Σ dy`, `dγ = Σ dy·x̂`, `dx = γ / √(variance + ε) · (dy − dβ/m − x̂·dγ/m)`.
///
/// # Shapes
/// As [`batch_norm2d`], `grad_output` as its output.
///
/// # Errors
/// As [`batch_norm2d`], and [`ShapeError::Length`] if `grad_output` is not of the input's shape.
pub fn batch_norm2d_grad(
    x: &ArrayRef4<f64>,
    gamma: &ArrayRef1<f64>,
    grad_output: &ArrayRef4<f64>,
    norm: &BatchNorm2d,
) -> Result<BatchNorm2dGrad, ShapeError> {
    let (_, channels, ..) = x.dim();
    same_extents(x.shape(), grad_output.shape())?;
    same_extent(channels, gamma.len())?;
    let batch = batch_statistics(x)?;
    let (ones, zeros) = (Array1::ones(channels), Array1::zeros(channels));
    let normal = batch_norm2d_eval(x, &ones, &zeros, &batch, norm)?;
    let m = values_per_channel(x) as f64;
    let (mut dgamma, mut dbeta) = (zeros.clone(), zeros);
    for ((n, c, i, j), dy) in grad_output.indexed_iter() {
        dbeta[c] += dy;
        dgamma[c] += dy * normal[[n, c, i, j]];
    }
    let mut dx = grad_output.to_owned();
    for ((n, c, i, j), dx) in dx.indexed_iter_mut() {
        let scale = gamma[c] / (batch.variance[c] + norm.epsilon).sqrt();
        *dx = scale * (*dx - dbeta[c] / m - normal[[n, c, i, j]] * dgamma[c] / m);
    }
    Ok(BatchNorm2dGrad { input: dx, gamma: dgamma, beta: dbeta })
}

/// The gradients of [`batch_norm2d_eval`], whose statistics do not depend on x:
/// `dβ = Σ dy`, `dγ = Σ dy·x̂`, `dx = γ / √(variance + ε) · dy`.
///
/// # Shapes
/// As [`batch_norm2d_eval`], `grad_output` as its output.
///
/// # Errors
/// As [`batch_norm2d_eval`], and [`ShapeError::Length`] if `grad_output` is not of the input's shape.
pub fn batch_norm2d_eval_grad(
    x: &ArrayRef4<f64>,
    gamma: &ArrayRef1<f64>,
    grad_output: &ArrayRef4<f64>,
    statistics: &Running,
    norm: &BatchNorm2d,
) -> Result<BatchNorm2dGrad, ShapeError> {
    let (_, channels, ..) = x.dim();
    same_extents(x.shape(), grad_output.shape())?;
    same_extent(channels, gamma.len())?;
    let (ones, zeros) = (Array1::ones(channels), Array1::zeros(channels));
    let normal = batch_norm2d_eval(x, &ones, &zeros, statistics, norm)?;
    let (mut dgamma, mut dbeta) = (zeros.clone(), zeros);
    let mut dx = grad_output.to_owned();
    for ((n, c, i, j), dx) in dx.indexed_iter_mut() {
        dbeta[c] += *dx;
        dgamma[c] += *dx * normal[[n, c, i, j]];
        *dx *= gamma[c] / (statistics.variance[c] + norm.epsilon).sqrt();
    }
    Ok(BatchNorm2dGrad { input: dx, gamma: dgamma, beta: dbeta })
}

/// Mean and biased variance of each channel: `mean = Σ x / m`, `variance = Σ (x − mean)² / m`, with m = N·H·W.
///
/// # Shapes
/// x: (N, C, H, W); both results: (C).
///
/// # Errors
/// [`ShapeError::Length`] if a channel has fewer than 2 values: one has no spread.
pub fn batch_statistics(x: &ArrayRef4<f64>) -> Result<Running, ShapeError> {
    let (_, channels, ..) = x.dim();
    let m = values_per_channel(x);
    if m < 2 {
        return Err(ShapeError::Length { expected: 2, found: m });
    }
    let (mut mean, mut variance) = (Array1::zeros(channels), Array1::zeros(channels));
    Zip::from(&mut mean).and(&mut variance).and(x.axis_iter(Axis(1))).for_each(|mean, variance, x| {
        *mean = x.sum() / m as f64;
        *variance = x.fold(0.0, |sum, x| sum + (x - *mean) * (x - *mean)) / m as f64;
    });
    Ok(Running { mean, variance })
}

/// m = N·H·W.
fn values_per_channel(x: &ArrayRef4<f64>) -> usize {
    let (batch, _, height, width) = x.dim();
    batch * height * width
}
