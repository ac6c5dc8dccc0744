//! Softmax and the cross-entropy of its probabilities.

use ndarray::{Array2, ArrayRef2};

use super::same_extent;
use crate::nn::shape::ShapeError;

/// Turns each row of logits into probabilities: `p[n,k] = e^z[n,k] / Σ_l e^z[n,l]`.
///
/// The row's largest logit is subtracted first, which changes nothing but keeps e^z finite.
///
/// # Shapes
/// logits and result: (N, K).
///
/// # Source
/// PyTorch, `torch.nn.functional.softmax` with `dim=1`.
pub fn softmax(logits: &ArrayRef2<f64>) -> Array2<f64> {
    let mut p = logits.to_owned();
    for mut row in p.rows_mut() {
        let largest = row.fold(f64::NEG_INFINITY, |largest, &z| largest.max(z));
        row.mapv_inplace(|z| (z - largest).exp());
        let sum = row.sum();
        row.mapv_inplace(|e| e / sum);
    }
    p
}

/// The result of [`softmax_cross_entropy`].
#[derive(Debug, Clone, PartialEq)]
pub struct CrossEntropy {
    /// Mean over the batch, in nats.
    pub loss: f64,
    /// [`softmax`] of the logits.
    pub probabilities: Array2<f64>,
}

/// How surprised the probabilities are by the targets, as a mean over the batch:
/// `L = −1/N · Σ_n Σ_k q[n,k] · ln p[n,k]`, with p the [`softmax`] of the logits and
/// `q[n,k] = (1 − ε)·[k = target n] + ε/K`.
///
/// ε is `label_smoothing`, in 0..=1; with ε = 0 only the target's term is left. `ln p` is computed as
/// `z − largest − ln Σ e^(z − largest)`, so a probability that rounds to 0 still has a finite logarithm.
///
/// # Shapes
/// logits: (N, K); targets: N classes, each in 0..K.
///
/// # Errors
/// [`ShapeError::Length`] if there is not one target for each of at least one row, [`ShapeError::Target`] if a target
/// names no class.
///
/// # Source
/// PyTorch, `torch.nn.CrossEntropyLoss`; Szegedy et al., *Rethinking the Inception Architecture*, section 7.
///
/// ```
/// # use ndarray::array;
/// # use receptive::nn::reference::softmax_cross_entropy;
/// let even = softmax_cross_entropy(&array![[3.0, 3.0]], &[1], 0.0)?;
/// assert_eq!(even.loss, 2.0_f64.ln());
/// # Ok::<(), receptive::nn::shape::ShapeError>(())
/// ```
pub fn softmax_cross_entropy(
    logits: &ArrayRef2<f64>,
    targets: &[usize],
    label_smoothing: f64,
) -> Result<CrossEntropy, ShapeError> {
    check_targets(logits, targets)?;
    let (batch, classes) = logits.dim();
    let mut loss = 0.0;
    for (n, z) in logits.rows().into_iter().enumerate() {
        let largest = z.fold(f64::NEG_INFINITY, |largest, &z| largest.max(z));
        let log_sum = z.fold(0.0, |sum, &z| sum + (z - largest).exp()).ln();
        for (k, z) in z.iter().enumerate() {
            let log_p = z - largest - log_sum;
            loss -= smoothed(k == targets[n], classes, label_smoothing) * log_p / batch as f64;
        }
    }
    Ok(CrossEntropy { loss, probabilities: softmax(logits) })
}

/// The gradient of [`softmax_cross_entropy`] with respect to the logits: `dz[n,k] = (p[n,k] − q[n,k]) / N`.
///
/// # Shapes
/// logits and result: (N, K); targets: N.
///
/// # Errors
/// As [`softmax_cross_entropy`].
pub fn softmax_cross_entropy_grad(
    logits: &ArrayRef2<f64>,
    targets: &[usize],
    label_smoothing: f64,
) -> Result<Array2<f64>, ShapeError> {
    check_targets(logits, targets)?;
    let (batch, classes) = logits.dim();
    let mut dz = softmax(logits);
    for ((n, k), dz) in dz.indexed_iter_mut() {
        *dz -= smoothed(k == targets[n], classes, label_smoothing);
        *dz /= batch as f64;
    }
    Ok(dz)
}

/// `q = (1 − ε)·[k = target] + ε/K`.
fn smoothed(is_target: bool, classes: usize, epsilon: f64) -> f64 {
    (1.0 - epsilon) * f64::from(is_target) + epsilon / classes as f64
}

fn check_targets(logits: &ArrayRef2<f64>, targets: &[usize]) -> Result<(), ShapeError> {
    let (batch, classes) = logits.dim();
    same_extent(batch.max(1), targets.len())?;
    same_extent(targets.len(), batch)?;
    match targets.iter().find(|&&target| target >= classes) {
        Some(&target) => Err(ShapeError::Target { target, classes }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn large_logits_stay_finite() {
        let sure = softmax_cross_entropy(&array![[1000.0, -1000.0]], &[1], 0.0).unwrap();
        assert!((sure.loss - 2000.0).abs() < 1e-9);
        assert_eq!(sure.probabilities, array![[1.0, 0.0]]);
    }

    #[test]
    fn targets_that_do_not_fit() {
        let check = |rows, targets: &[usize], expect| {
            assert_eq!(softmax_cross_entropy(&Array2::zeros((rows, 3)), targets, 0.0), Err(expect));
            assert_eq!(softmax_cross_entropy_grad(&Array2::zeros((rows, 3)), targets, 0.0), Err(expect));
        };
        check(1, &[3], ShapeError::Target { target: 3, classes: 3 });
        check(2, &[0], ShapeError::Length { expected: 2, found: 1 });
        check(0, &[], ShapeError::Length { expected: 1, found: 0 });
        check(0, &[0], ShapeError::Length { expected: 1, found: 0 });
    }
}
