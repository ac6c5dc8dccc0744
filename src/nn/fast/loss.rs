//! Softmax and cross-entropy.

use serde::{Deserialize, Serialize};

use crate::num::single;

/// Softmax followed by cross-entropy against class indices, in nats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrossEntropy {
    /// Number of classes, at least 1.
    pub classes: usize,
    /// Share ε of the target that is spread over all classes, in 0..1: the target is `(1 − ε)·one-hot + ε/classes`.
    pub label_smoothing: f32,
}

/// The loss of some examples, to be added up over a batch.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct BatchLoss {
    /// Sum of the examples' losses in nats.
    pub sum: f64,
    /// Examples whose largest logit (the first of equals) is the target's.
    pub correct: u32,
    /// Number of examples.
    pub examples: u32,
}

impl BatchLoss {
    /// Mean loss in nats; 0 for no examples.
    pub fn mean(self) -> f32 {
        single(self.sum / f64::from(self.examples.max(1)))
    }
}

impl std::ops::AddAssign for BatchLoss {
    fn add_assign(&mut self, other: Self) {
        self.sum += other.sum;
        self.correct += other.correct;
        self.examples += other.examples;
    }
}

impl CrossEntropy {
    /// What no example's loss is below, in nats: the entropy of its target, `−Σᵢ targetᵢ·ln targetᵢ`, reached where the
    /// probabilities are the target. 0 without smoothing.
    pub fn floor(self) -> f64 {
        let spread = f64::from(self.label_smoothing) / self.classes as f64;
        let nats = |share: f64| if share > 0.0 { -share * libm::log(share) } else { 0.0 };
        nats(1.0 - f64::from(self.label_smoothing) + spread) + (self.classes as f64 - 1.0) * nats(spread)
    }

    /// Turns each row of logits into probabilities, `exp(xᵢ − max)/Σⱼ exp(xⱼ − max)`, in place.
    ///
    /// # Shapes
    /// `logits` is N×`classes`.
    pub fn softmax(self, logits: &mut [f32]) {
        debug_assert!(logits.len().is_multiple_of(self.classes), "rows of logits");
        for row in logits.chunks_exact_mut(self.classes) {
            softmax(row);
        }
    }

    /// The loss alone, for testing.
    ///
    /// # Shapes
    /// `logits` is N×`classes`; `targets` has N class indices, each below `classes`.
    pub fn loss(self, logits: &[f32], targets: &[u8]) -> BatchLoss {
        debug_assert_eq!(logits.len(), targets.len() * self.classes, "a row of logits for each target");
        let mut loss = BatchLoss::default();
        for (row, target) in logits.chunks_exact(self.classes).zip(targets) {
            let max = maximum(row);
            let sum: f32 = row.iter().map(|x| libm::expf(x - max)).sum();
            loss += self.example(row, *target, max, sum);
        }
        loss
    }

    /// The loss, and the gradient of `loss sum / divisor` with respect to the logits.
    ///
    /// The divisor is the size of the whole batch, of which these examples may be a part.
    ///
    /// # Shapes
    /// As for [`loss`](Self::loss); `grad` is N×`classes`.
    pub fn loss_and_gradient(self, logits: &[f32], targets: &[u8], divisor: f32, grad: &mut [f32]) -> BatchLoss {
        debug_assert_eq!(logits.len(), targets.len() * self.classes, "a row of logits for each target");
        debug_assert_eq!(logits.len(), grad.len(), "logits and their gradients");
        let mut loss = BatchLoss::default();
        let rows = logits.chunks_exact(self.classes).zip(grad.chunks_exact_mut(self.classes));
        let spread = self.label_smoothing / self.classes as f32;
        for ((row, grad), target) in rows.zip(targets) {
            grad.copy_from_slice(row);
            let (max, sum) = softmax(grad);
            loss += self.example(row, *target, max, sum);
            for (class, grad) in grad.iter_mut().enumerate() {
                let hit = if class == usize::from(*target) { 1.0 - self.label_smoothing } else { 0.0 };
                *grad = (*grad - (hit + spread)) / divisor;
            }
        }
        loss
    }

    /// One example's loss: `−Σᵢ targetᵢ·log pᵢ` with `log pᵢ = xᵢ − max − ln Σⱼ exp(xⱼ − max)`.
    fn example(self, row: &[f32], target: u8, max: f32, sum: f32) -> BatchLoss {
        debug_assert!(usize::from(target) < self.classes, "class {target} of {}", self.classes);
        let log_sum = max + libm::logf(sum);
        let target = usize::from(target);
        let mut nats = (1.0 - self.label_smoothing) * (log_sum - row[target]);
        if self.label_smoothing > 0.0 {
            let all: f32 = row.iter().map(|x| log_sum - x).sum();
            nats += self.label_smoothing / self.classes as f32 * all;
        }
        let beaten = row.iter().enumerate().all(|(i, x)| if i < target { *x < row[target] } else { *x <= row[target] });
        BatchLoss { sum: f64::from(nats), correct: u32::from(beaten), examples: 1 }
    }
}

/// Turns a row into probabilities; returns its maximum and the sum of `exp(xⱼ − max)`.
fn softmax(row: &mut [f32]) -> (f32, f32) {
    let max = maximum(row);
    let mut sum = 0.0;
    for x in row.iter_mut() {
        *x = libm::expf(*x - max);
        sum += *x;
    }
    for x in row.iter_mut() {
        *x /= sum;
    }
    (max, sum)
}

fn maximum(row: &[f32]) -> f32 {
    row.iter().fold(f32::NEG_INFINITY, |max, x| if *x > max { *x } else { max })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: CrossEntropy = CrossEntropy { classes: 2, label_smoothing: 0.0 };

    #[test]
    fn equal_logits_cost_ln_of_the_number_of_classes() {
        let loss = CrossEntropy { classes: 10, label_smoothing: 0.0 }.loss(&[3.0; 10], &[7]);
        assert!((loss.mean() - 10.0_f32.ln()).abs() < 1e-6);
        assert_eq!(loss.correct, 0, "the first of equals wins");
    }

    #[test]
    fn a_loss_reaches_its_floor_where_the_probabilities_are_the_target() {
        for (classes, label_smoothing) in [(10, 0.0), (10, 0.05), (10, 0.5), (2, 0.1)] {
            let loss = CrossEntropy { classes, label_smoothing };
            let spread = label_smoothing / classes as f32;
            // Logits that differ by ln of the shares' ratio; without smoothing by as much as makes no difference.
            let above = if spread > 0.0 { ((1.0 - label_smoothing + spread) / spread).ln() } else { 50.0 };
            let of = |above: f32| {
                let mut logits = vec![0.0; classes];
                logits[1] = above;
                loss.loss(&logits, &[1]).sum
            };
            assert!((of(above) - loss.floor()).abs() < 1e-6, "{} for {loss:?}", of(above));
            for other in [-3.0, 0.5, 1.5, 3.0] {
                assert!(of(above * other) > loss.floor() - 1e-6, "{other} for {loss:?}");
            }
        }
        // By hand: 0.955 for the target and 0.005 for each of nine.
        let by_hand = -0.955 * 0.955_f64.ln() - 0.045 * 0.005_f64.ln();
        assert!((CrossEntropy { classes: 10, label_smoothing: 0.05 }.floor() - by_hand).abs() < 1e-7);
    }

    #[test]
    fn large_logits_do_not_overflow() {
        let loss = PLAIN.loss(&[1e4, -1e4, -1e4, 1e4], &[0, 0]);
        assert_eq!((loss.mean(), loss.correct, loss.examples), (1e4, 1, 2));
    }

    #[test]
    fn nan_spreads() {
        assert!(PLAIN.loss(&[f32::NAN, 0.0], &[1]).mean().is_nan());
        assert!(PLAIN.loss(&[0.0, f32::INFINITY], &[1]).mean().is_nan());
    }

    #[test]
    fn gradients_of_parts_add_up_to_the_batch() {
        let smooth = CrossEntropy { classes: 2, label_smoothing: 0.1 };
        let logits = [0.5, -1.0, 2.0, 0.25];
        let (mut whole, mut parts) = ([0.0; 4], [0.0; 4]);
        let loss = smooth.loss_and_gradient(&logits, &[0, 1], 2.0, &mut whole);
        let mut sum = BatchLoss::default();
        for i in 0..2 {
            let part = 2 * i..2 * i + 2;
            let target = u8::try_from(i).unwrap();
            sum += smooth.loss_and_gradient(&logits[part.clone()], &[target], 2.0, &mut parts[part]);
        }
        assert_eq!((loss, whole), (sum, parts));
        assert_eq!(loss, smooth.loss(&logits, &[0, 1]));
    }
}
