//! Batch normalisation of feature maps.

use super::super::{
    holds,
    lanes::{self, Lanes},
};
use crate::nn::shape::ShapeError;

/// Channels of a register.
const LANES: usize = 4;
/// Cells whose values are summed before the sum is added to a channel's: what is read twice is still in the cache, and
/// long sums lose fewer digits.
const BLOCK: usize = 64;

/// Normalises each channel over the examples and their planes, then scales and shifts it:
/// `y = γ·(x − mean) / √(variance + ε) + β`.
///
/// The statistics are those of the examples that [`forward`](Self::forward) is given, be they a batch, a shard or a tile
/// of one; the caller decides, and a network's numbers follow from what it decides. (Normalising each worker's part of a
/// batch by itself is what PyTorch does without `SyncBatchNorm`.)
///
/// # Shapes
/// x, y: N×H×W×`channels` with `cells` = H·W; γ, β and the running statistics: one for each channel.
///
/// # Convention
/// As [`batch_norm2d`](crate::nn::reference::batch_norm2d): y has the biased variance (divided by m = N·H·W), the running
/// statistics the unbiased one (m − 1).
///
/// # Order of sums
/// 64 cells of a channel, one after another, then block after block. Mean, what its rounding left, and variance are a
/// pass each: `x − mean` is then right to its last places even where all values are far from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchNorm2d {
    /// Channels, at least 1.
    pub channels: usize,
    /// Cells of one channel of one example, at least 1.
    pub cells: usize,
    /// ε, added to the variance.
    pub epsilon: f32,
    /// Share of the new examples in the running statistics.
    pub momentum: f32,
}

/// Mean and variance of each channel over past batches, used when the network is not trained.
#[derive(Debug, Clone, PartialEq)]
pub struct RunningStatistics {
    /// One mean for each channel.
    pub mean: Vec<f32>,
    /// One unbiased variance for each channel.
    pub variance: Vec<f32>,
}

impl RunningStatistics {
    /// Before the first batch: means of 0 and variances of 1, as PyTorch begins.
    pub fn new(channels: usize) -> Self {
        Self { mean: vec![0.0; channels], variance: vec![1.0; channels] }
    }
}

/// Buffers of one [`BatchNorm2d`]: rows of one number for each channel, filled up to whole registers.
#[derive(Debug, Clone, Default)]
pub struct BatchNormScratch {
    /// Mean, what is left of it beyond its last place, and `1/√(variance + ε)` of the examples that went forward last.
    mean: Vec<[f32; LANES]>,
    rest: Vec<[f32; LANES]>,
    inverse: Vec<[f32; LANES]>,
    /// Two rows of sums, or of what is made of them.
    first: Vec<[f32; LANES]>,
    second: Vec<[f32; LANES]>,
    /// γ, and β or what is subtracted.
    gamma: Vec<[f32; LANES]>,
    beta: Vec<[f32; LANES]>,
}

impl BatchNorm2d {
    /// Scratch for any number of examples.
    pub fn scratch(self) -> BatchNormScratch {
        let row = vec![[0.0; LANES]; self.channels.div_ceil(LANES)];
        let [mean, rest, inverse, first, second, gamma, beta] = std::array::from_fn(|_| row.clone());
        BatchNormScratch { mean, rest, inverse, first, second, gamma, beta }
    }

    /// Makes the outputs of `batch` examples with their own statistics, and takes these over into `running`.
    ///
    /// # Shapes
    /// As told of [`BatchNorm2d`].
    ///
    /// # Errors
    /// [`ShapeError::Length`] if a channel has fewer than 2 values: their variance would say nothing.
    pub fn forward(
        self,
        batch: usize,
        input: &[f32],
        (gamma, beta): (&[f32], &[f32]),
        running: &mut RunningStatistics,
        output: &mut [f32],
        scratch: &mut BatchNormScratch,
    ) -> Result<(), ShapeError> {
        let (len, m) = (batch * self.cells * self.channels, batch * self.cells);
        debug_assert!(holds(input, 1, len) && holds(output, 1, len), "inputs and outputs");
        self.check_lens(&[gamma, beta, &running.mean, &running.variance]);
        if m < 2 {
            return Err(ShapeError::Length { expected: 2, found: m });
        }
        let (x, count) = (&input[..len], m as f32);
        let BatchNormScratch { mean, rest, inverse, first, .. } = &mut *scratch;
        self.sum(x, x, mean, |_| |x, _| x);
        mean.as_flattened_mut().iter_mut().for_each(|mean| *mean /= count);
        self.sum(x, x, rest, |quad| {
            let mean = Lanes::load(&mean[quad]);
            move |x, _| x - mean
        });
        rest.as_flattened_mut().iter_mut().for_each(|rest| *rest /= count);
        self.sum(x, x, first, |quad| {
            let (mean, rest) = (Lanes::load(&mean[quad]), Lanes::load(&rest[quad]));
            move |x, _| (x - mean - rest) * (x - mean - rest)
        });
        let statistics = mean.as_flattened().iter().zip(first.as_flattened());
        let kept = running.mean.iter_mut().zip(&mut running.variance);
        for ((mean, sum), (running_mean, running_variance)) in statistics.zip(kept) {
            let blend = |old: f32, new: f32| (1.0 - self.momentum) * old + self.momentum * new;
            *running_mean = blend(*running_mean, *mean);
            *running_variance = blend(*running_variance, sum / (count - 1.0));
        }
        for (inverse, sum) in inverse.as_flattened_mut().iter_mut().zip(first.as_flattened()) {
            *inverse = 1.0 / (sum / count + self.epsilon).sqrt();
        }
        self.normalise(x, (gamma, beta), &mut output[..len], scratch);
        Ok(())
    }

    /// Makes the outputs of `batch` examples with given statistics, as a trained network uses it.
    ///
    /// # Shapes
    /// As told of [`BatchNorm2d`].
    pub fn evaluate(
        self,
        batch: usize,
        input: &[f32],
        (gamma, beta): (&[f32], &[f32]),
        statistics: &RunningStatistics,
        output: &mut [f32],
        scratch: &mut BatchNormScratch,
    ) {
        let len = batch * self.cells * self.channels;
        debug_assert!(holds(input, 1, len) && holds(output, 1, len), "inputs and outputs");
        self.check_lens(&[gamma, beta, &statistics.mean, &statistics.variance]);
        scratch.rest.as_flattened_mut().fill(0.0);
        let rows = scratch.mean.as_flattened_mut().iter_mut().zip(scratch.inverse.as_flattened_mut());
        for ((mean, inverse), (given, variance)) in rows.zip(statistics.mean.iter().zip(&statistics.variance)) {
            (*mean, *inverse) = (*given, 1.0 / (variance + self.epsilon).sqrt());
        }
        self.normalise(&input[..len], (gamma, beta), &mut output[..len], scratch);
    }

    /// Writes the gradient of the inputs, and adds those of γ and β to `grad_gamma` and `grad_beta`. With sums over the
    /// m values of a channel and x̂ the normalised input: `dβ = Σ dy`, `dγ = Σ dy·x̂`,
    /// `dx = γ / √(variance + ε) · (dy − dβ/m − x̂·dγ/m)`.
    ///
    /// The examples are those that [`forward`](Self::forward) saw last: their statistics are still in `scratch`.
    ///
    /// # Shapes
    /// `input` is as it was forward, `grad` as the output, `grad_input` as the input.
    pub fn backward(
        self,
        batch: usize,
        (input, grad): (&[f32], &[f32]),
        gamma: &[f32],
        grad_input: &mut [f32],
        (grad_gamma, grad_beta): (&mut [f32], &mut [f32]),
        scratch: &mut BatchNormScratch,
    ) {
        let (len, count) = (batch * self.cells * self.channels, (batch * self.cells) as f32);
        debug_assert!(holds(input, 1, len) && holds(grad, 1, len) && holds(grad_input, 1, len), "inputs, gradients");
        self.check_lens(&[gamma, grad_gamma, grad_beta]);
        let (x, dy) = (&input[..len], &grad[..len]);
        let BatchNormScratch { mean, rest, inverse, first, second, gamma: scale, .. } = scratch;
        self.sum(dy, dy, first, |_| |dy, _| dy);
        self.sum(dy, x, second, |quad| {
            let [mean, rest, inverse] = [&*mean, rest, inverse].map(|row| Lanes::load(&row[quad]));
            move |dy, x| dy * ((x - mean - rest) * inverse)
        });
        lanes::add(grad_beta, &first.as_flattened()[..self.channels]);
        lanes::add(grad_gamma, &second.as_flattened()[..self.channels]);
        scale.as_flattened_mut()[..self.channels].copy_from_slice(gamma);
        for row in [&mut *first, &mut *second] {
            row.as_flattened_mut().iter_mut().for_each(|sum| *sum /= count);
        }
        self.map((dy, x), &mut grad_input[..len], |quad| {
            let [mean, rest, inverse, of_beta, of_gamma, gamma] =
                [&*mean, rest, inverse, first, second, scale].map(|row| Lanes::load(&row[quad]));
            let scale = gamma * inverse;
            move |dy, x| scale * (dy - of_beta - (x - mean - rest) * inverse * of_gamma)
        });
    }

    fn check_lens(self, rows: &[&[f32]]) {
        debug_assert!(
            rows.iter().all(|row| row.len() == self.channels),
            "a number for each of {} channels",
            self.channels
        );
    }

    /// `y = γ·(x − mean)·inverse + β`.
    fn normalise(self, x: &[f32], (gamma, beta): (&[f32], &[f32]), y: &mut [f32], scratch: &mut BatchNormScratch) {
        let BatchNormScratch { mean, rest, inverse, gamma: own_gamma, beta: own_beta, .. } = scratch;
        own_gamma.as_flattened_mut()[..self.channels].copy_from_slice(gamma);
        own_beta.as_flattened_mut()[..self.channels].copy_from_slice(beta);
        self.map((x, x), y, |quad| {
            let [mean, rest, inverse, gamma, beta] =
                [&*mean, rest, inverse, own_gamma, own_beta].map(|row| Lanes::load(&row[quad]));
            let scale = gamma * inverse;
            move |x, _| (x - mean - rest) * scale + beta
        });
    }

    /// `sums[c] = Σ f(a[c], b[c])` over all cells; `of` makes the function for each register of channels.
    #[inline(always)]
    fn sum<F: Fn(Lanes, Lanes) -> Lanes>(
        self,
        a: &[f32],
        b: &[f32],
        sums: &mut [[f32; LANES]],
        of: impl Fn(usize) -> F,
    ) {
        sums.as_flattened_mut().fill(0.0);
        let block = BLOCK * self.channels;
        for (a, b) in a.chunks(block).zip(b.chunks(block)) {
            for (quad, sum) in sums.iter_mut().enumerate() {
                let (f, mut part) = (of(quad), Lanes::ZERO);
                for (a, b) in a.chunks_exact(self.channels).zip(b.chunks_exact(self.channels)) {
                    part = part + f(Lanes::load_first(&a[quad * LANES..]), Lanes::load_first(&b[quad * LANES..]));
                }
                (Lanes::load(sum) + part).store(sum);
            }
        }
    }

    /// `y[c] = f(a[c], b[c])` in all cells; `of` makes the function for each register of channels.
    #[inline(always)]
    fn map<F: Fn(Lanes, Lanes) -> Lanes>(self, (a, b): (&[f32], &[f32]), y: &mut [f32], of: impl Fn(usize) -> F) {
        let block = BLOCK * self.channels;
        for ((a, b), y) in a.chunks(block).zip(b.chunks(block)).zip(y.chunks_mut(block)) {
            for quad in 0..self.channels.div_ceil(LANES) {
                let (f, first) = (of(quad), quad * LANES);
                let rows = a.chunks_exact(self.channels).zip(b.chunks_exact(self.channels));
                for ((a, b), y) in rows.zip(y.chunks_exact_mut(self.channels)) {
                    let y = &mut y[first..];
                    let cell = f(Lanes::load_first(&a[first..]), Lanes::load_first(&b[first..]));
                    lanes::store_first(&[cell], y.len(), y);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_no_variance() {
        let norm = BatchNorm2d { channels: 3, cells: 1, epsilon: 1e-5, momentum: 0.1 };
        let (mut running, mut output) = (RunningStatistics::new(3), [0.0; 6]);
        let mut forward = |batch| {
            norm.forward(batch, &[2.0; 6], (&[1.0; 3], &[0.5; 3]), &mut running, &mut output, &mut norm.scratch())
        };
        assert_eq!(forward(1), Err(ShapeError::Length { expected: 2, found: 1 }));
        assert_eq!(forward(2), Ok(()));
        // Equal values are their mean.
        assert!(output.iter().all(|y| (y - 0.5).abs() < 1e-6), "{output:?}");
    }
}
