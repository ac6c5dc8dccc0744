//! Batch normalisation of a batch of vectors, number by number: forward, backward, and the same by finite differences.

use ndarray::{Array1, Array4};

use crate::{
    nn::{
        reference::{
            BatchNorm2d, BatchNorm2dGrad, Running, batch_norm2d, batch_norm2d_eval, batch_norm2d_eval_grad,
            batch_norm2d_grad, batch_statistics,
        },
        shape::ShapeError,
    },
    num::{Grid, Matrix},
};

/// A mean and a variance for each feature.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    /// The means.
    pub mean: Vec<f64>,
    /// The variances.
    pub variance: Vec<f64>,
}

/// What is normalised, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchNorm {
    /// The batch: a row an example, a column a feature.
    pub input: Matrix,
    /// γ of each feature.
    pub gamma: Vec<f64>,
    /// β of each feature.
    pub beta: Vec<f64>,
    /// The running statistics before this batch.
    pub running: Moments,
    /// ε, added to the variance.
    pub epsilon: f64,
    /// Share of this batch in the running statistics.
    pub momentum: f64,
    /// Whether the batch's own statistics are used, and the running ones move; else the running ones are used.
    pub training: bool,
}

/// All that a batch normalisation makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Normalised {
    /// The statistics that are used: in training the batch's own, with the biased variance.
    pub moments: Moments,
    /// x̂, of the input's shape.
    pub normal: Matrix,
    /// y, of the input's shape.
    pub output: Matrix,
    /// The running statistics after this batch.
    pub running: Moments,
}

/// Gradients of a batch normalisation.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchNormGradients {
    /// ∂L/∂x, of the input's shape.
    pub input: Matrix,
    /// ∂L/∂γ of each feature.
    pub gamma: Vec<f64>,
    /// ∂L/∂β of each feature.
    pub beta: Vec<f64>,
}

/// One number that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NormStep {
    /// A feature's mean.
    Mean(usize),
    /// A feature's variance.
    Variance(usize),
    /// x̂ of (example, feature).
    Normal(usize, usize),
    /// y of (example, feature).
    Output(usize, usize),
    /// A feature's running mean after the batch.
    RunningMean(usize),
    /// A feature's running variance after the batch.
    RunningVariance(usize),
    /// dβ of a feature.
    BetaGradient(usize),
    /// dγ of a feature.
    GammaGradient(usize),
    /// dx of (example, feature).
    InputGradient(usize, usize),
}

impl BatchNorm {
    /// Number of examples.
    pub fn examples(&self) -> usize {
        self.input.rows()
    }

    /// Number of features.
    pub fn features(&self) -> usize {
        self.input.cols()
    }

    /// The numbers of a feature, example by example.
    pub fn feature(&self, feature: usize) -> Vec<f64> {
        self.input.iter_rows().filter_map(|row| row.get(feature).copied()).collect()
    }

    /// How many steps a feature has, forward.
    pub fn steps_of_a_feature(&self) -> usize {
        2 * self.examples() + if self.training { 4 } else { 0 }
    }

    /// Forward step `index`, feature by feature: in training mean and variance; each x̂, each y; in training the running
    /// statistics.
    pub fn step(&self, index: usize) -> Option<NormStep> {
        let (feature, at) = (index / self.steps_of_a_feature(), index % self.steps_of_a_feature());
        let examples = self.examples();
        let before = if self.training { 2 } else { 0 };
        let step = match at.checked_sub(before) {
            None if at == 0 => NormStep::Mean(feature),
            None => NormStep::Variance(feature),
            Some(example) if example < examples => NormStep::Normal(example, feature),
            Some(at) if at < 2 * examples => NormStep::Output(at - examples, feature),
            Some(at) if at == 2 * examples => NormStep::RunningMean(feature),
            Some(_) => NormStep::RunningVariance(feature),
        };
        (feature < self.features()).then_some(step)
    }

    /// Backward step `index`, feature by feature: dβ, dγ, each dx.
    pub fn step_back(&self, index: usize) -> Option<NormStep> {
        let per = self.examples() + 2;
        let (feature, at) = (index / per, index % per);
        let step = match at {
            0 => NormStep::BetaGradient(feature),
            1 => NormStep::GammaGradient(feature),
            at => NormStep::InputGradient(at - 2, feature),
        };
        (feature < self.features()).then_some(step)
    }

    /// All numbers: x̂ = (x − μ)/√(σ² + ε), y = γ·x̂ + β, and the running statistics after the batch.
    ///
    /// # Errors
    /// [`ShapeError::Length`] where γ, β or the running statistics are not one for each feature, and in training where
    /// there is one example alone.
    ///
    /// ```
    /// # use receptive::{num::Grid, trace::{BatchNorm, Moments}};
    /// let norm = BatchNorm {
    ///     input: Grid::from_fn(2, 1, |i, _| 1.0 + 2.0 * i as f64),
    ///     gamma: vec![1.0],
    ///     beta: vec![0.0],
    ///     running: Moments { mean: vec![0.0], variance: vec![1.0] },
    ///     epsilon: 0.0,
    ///     momentum: 0.1,
    ///     training: true,
    /// };
    /// let normalised = norm.forward().unwrap();
    /// assert_eq!(normalised.output.cells(), [-1.0, 1.0]);
    /// assert_eq!(normalised.running.mean, [0.2]);
    /// ```
    pub fn forward(&self) -> Result<Normalised, ShapeError> {
        let (x, gamma, beta) = (tensor(&self.input), vector(&self.gamma), vector(&self.beta));
        let (before, norm) = (running(&self.running), self.norm());
        let moments = self.moments(&x)?;
        let (output, after) = if self.training {
            let forward = batch_norm2d(&x, &gamma, &beta, &before, &norm)?;
            (forward.output, forward.running)
        } else {
            (batch_norm2d_eval(&x, &gamma, &beta, &before, &norm)?, before)
        };
        let (ones, zeros) = (Array1::ones(self.features()), Array1::zeros(self.features()));
        let normal = batch_norm2d_eval(&x, &ones, &zeros, &moments, &norm)?;
        Ok(Normalised {
            moments: moments_of(&moments),
            normal: matrix(&normal),
            output: matrix(&output),
            running: moments_of(&after),
        })
    }

    /// The gradients of `L = Σ dy·y`, where `upstream` is dy.
    ///
    /// # Errors
    /// As [`forward`](Self::forward), and where `upstream` is not of the input's shape.
    pub fn gradients(&self, upstream: &Matrix) -> Result<BatchNormGradients, ShapeError> {
        let (x, gamma, dy, norm) = (tensor(&self.input), vector(&self.gamma), tensor(upstream), self.norm());
        let BatchNorm2dGrad { input, gamma, beta } = if self.training {
            batch_norm2d_grad(&x, &gamma, &dy, &norm)?
        } else {
            batch_norm2d_eval_grad(&x, &gamma, &dy, &running(&self.running), &norm)?
        };
        Ok(BatchNormGradients { input: matrix(&input), gamma: gamma.to_vec(), beta: beta.to_vec() })
    }

    /// How much the numbers of a feature are changed to see what the loss answers: about a 4,096th of its deviation, a
    /// power of two, since adding that rounds least.
    pub fn small_change(&self, moments: &Moments, feature: usize) -> f64 {
        let variance = moments.variance.get(feature).copied().unwrap_or(f64::NAN) + self.epsilon;
        let mut change = 1.0;
        let deviation = variance.sqrt();
        // Without a deviation there is nothing to compute.
        if deviation.is_finite() && deviation > 0.0 {
            while change > deviation {
                change /= 2.0;
            }
            while change * 2.0 <= deviation {
                change *= 2.0;
            }
        }
        change / 4096.0
    }

    /// The losses `Σ dy·y` where the number that the gradient of `step` is about is larger, and smaller, by `change`;
    /// `None` of a step that makes no gradient, and where nothing can be computed.
    pub fn losses(&self, upstream: &Matrix, step: NormStep, change: f64) -> Option<[f64; 2]> {
        let loss = |by: f64| {
            let mut other = self.clone();
            let number = match step {
                NormStep::BetaGradient(feature) => other.beta.get_mut(feature)?,
                NormStep::GammaGradient(feature) => other.gamma.get_mut(feature)?,
                NormStep::InputGradient(example, feature) => other.input.get_mut(example, feature)?,
                _ => return None,
            };
            *number += by;
            let output = other.forward().ok()?.output;
            Some(upstream.cells().iter().zip(output.cells()).map(|(dy, y)| dy * y).sum())
        };
        Some([loss(change)?, loss(-change)?])
    }

    /// The statistics that are used.
    fn moments(&self, x: &Array4<f64>) -> Result<Running, ShapeError> {
        if self.training { batch_statistics(x) } else { Ok(running(&self.running)) }
    }

    fn norm(&self) -> BatchNorm2d {
        BatchNorm2d { epsilon: self.epsilon, momentum: self.momentum }
    }
}

/// The batch as feature maps of one pixel.
fn tensor(batch: &Matrix) -> Array4<f64> {
    let (rows, cols) = batch.shape();
    Array4::from_shape_fn((rows, cols, 1, 1), |(n, c, ..)| batch.get(n, c).copied().unwrap_or(f64::NAN))
}

fn matrix(maps: &Array4<f64>) -> Matrix {
    let (rows, cols, ..) = maps.dim();
    Grid::from_fn(rows, cols, |n, c| maps.get((n, c, 0, 0)).copied().unwrap_or(f64::NAN))
}

fn vector(values: &[f64]) -> Array1<f64> {
    Array1::from(values.to_vec())
}

fn running(moments: &Moments) -> Running {
    Running { mean: vector(&moments.mean), variance: vector(&moments.variance) }
}

fn moments_of(running: &Running) -> Moments {
    Moments { mean: running.mean.to_vec(), variance: running.variance.to_vec() }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::num::close;

    prop_compose! {
        fn any_norm()(examples in 2usize..7, features in 1usize..5)(
            values in vec(-9i8..10, examples * features),
            gamma in vec(-3.0f64..3.0, features),
            beta in vec(-3.0f64..3.0, features),
            mean in vec(-3.0f64..3.0, features),
            variance in vec(0.1f64..9.0, features),
            (epsilon, momentum, training) in (0.01f64..2.0, 0.0f64..=1.0, any::<bool>()),
            upstream in vec(-3.0f64..3.0, examples * features),
            features in Just(features),
            examples in Just(examples),
        ) -> (BatchNorm, Matrix) {
            let grid = |at: &dyn Fn(usize) -> f64| Grid::from_fn(examples, features, |i, j| at(i * features + j));
            let input = grid(&|at| f64::from(values[at]));
            let norm =
                BatchNorm { input, gamma, beta, running: Moments { mean, variance }, epsilon, momentum, training };
            (norm, grid(&|at| upstream[at]))
        }
    }

    proptest! {
        /// Each number by its definition, as the lab writes it out.
        #[test]
        fn numbers_are_their_definitions((norm, _) in any_norm()) {
            let all = norm.forward().unwrap();
            let m = norm.examples() as f64;
            for c in 0..norm.features() {
                let x = norm.feature(c);
                let mean = x.iter().sum::<f64>() / m;
                let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / m;
                let (mean, variance) =
                    if norm.training { (mean, variance) } else { (norm.running.mean[c], norm.running.variance[c]) };
                prop_assert!(close(all.moments.mean[c], mean, 1e-9) && close(all.moments.variance[c], variance, 1e-9));
                let blend = |old: f64, new: f64| (1.0 - norm.momentum) * old + norm.momentum * new;
                let (after, spread) = if norm.training {
                    let unbiased = variance * m / (m - 1.0);
                    (blend(norm.running.mean[c], mean), blend(norm.running.variance[c], unbiased))
                } else {
                    (norm.running.mean[c], norm.running.variance[c])
                };
                prop_assert!(close(all.running.mean[c], after, 1e-9) && close(all.running.variance[c], spread, 1e-9));
                for (n, x) in x.iter().enumerate() {
                    let normal = (x - mean) / (variance + norm.epsilon).sqrt();
                    prop_assert!(close(*all.normal.get(n, c).unwrap(), normal, 1e-9));
                    let y = norm.gamma[c] * normal + norm.beta[c];
                    prop_assert!((all.output.get(n, c).unwrap() - y).abs() < 1e-9);
                }
            }
        }

        #[test]
        fn differences_are_the_gradients((norm, upstream) in any_norm()) {
            let (all, gradients) = (norm.forward().unwrap(), norm.gradients(&upstream).unwrap());
            let mut steps = 0;
            while let Some(step) = norm.step_back(steps) {
                let (exact, feature) = match step {
                    NormStep::BetaGradient(c) => (gradients.beta[c], c),
                    NormStep::GammaGradient(c) => (gradients.gamma[c], c),
                    NormStep::InputGradient(n, c) => (*gradients.input.get(n, c).unwrap(), c),
                    _ => unreachable!(),
                };
                let change = norm.small_change(&all.moments, feature);
                let [above, below] = norm.losses(&upstream, step, change).unwrap();
                let slope = (above - below) / (2.0 * change);
                prop_assert!((slope - exact).abs() < 1e-5 * exact.abs().max(1.0), "{step:?}: {slope}, {exact}");
                steps += 1;
            }
            prop_assert_eq!(steps, norm.features() * (norm.examples() + 2));
        }

        #[test]
        fn each_number_is_made_by_one_step((norm, _) in any_norm()) {
            let steps: Vec<NormStep> = (0..).map_while(|index| norm.step(index)).collect();
            let each: std::collections::HashSet<_> = steps.iter().collect();
            prop_assert_eq!(each.len(), steps.len());
            prop_assert_eq!(steps.len(), norm.features() * norm.steps_of_a_feature());
        }
    }

    #[test]
    fn one_example_has_no_spread() {
        let norm = BatchNorm {
            input: Grid::from_fn(1, 2, |_, j| j as f64),
            gamma: vec![1.0; 2],
            beta: vec![0.0; 2],
            running: Moments { mean: vec![0.0; 2], variance: vec![1.0; 2] },
            epsilon: 1e-5,
            momentum: 0.1,
            training: true,
        };
        assert_eq!(norm.forward(), Err(ShapeError::Length { expected: 2, found: 1 }));
        assert!(BatchNorm { training: false, ..norm }.forward().is_ok());
    }
}
