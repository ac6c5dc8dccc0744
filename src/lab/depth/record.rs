//! What training a net has shown: the loss of each step, and the gradient's norm in each of its layers.

use crate::{
    num::{decimal, format, single},
    train::StepReport,
};

/// The curves show the mean of so many batches.
pub const MEAN_OF: usize = 20;
/// Columns of a strip.
const COLUMNS: usize = 52;

/// A net's figures. What a worker says beyond the steps and layers that there are is left out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    steps: usize,
    layers: usize,
    /// The loss of each step.
    losses: Vec<f32>,
    /// The norms of each step, layer after layer; NaN where a step came without.
    norms: Vec<f32>,
}

/// Norms as shares of a scale: rows are layers, the first on top, columns are steps; NaN where there is nothing yet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Strip {
    /// How many columns.
    pub columns: usize,
    /// Row after row.
    pub shares: Vec<f32>,
}

impl Record {
    /// An empty record of a net with so many layers that have weights, which is trained for so many steps.
    pub fn new(steps: u32, layers: u32) -> Self {
        Self { steps: steps as usize, layers: layers as usize, ..Self::default() }
    }

    /// Steps done.
    pub fn step(&self) -> u32 {
        u32::try_from(self.losses.len()).unwrap_or(u32::MAX)
    }

    /// Takes steps and their norms; one that is not the next is an echo and left out.
    pub fn take(&mut self, reports: &[StepReport], norms: &[f32]) {
        let complete = norms.len() == reports.len() * self.layers;
        for (at, report) in reports.iter().enumerate() {
            let is_next = report.step == self.step() + 1 && self.losses.len() < self.steps;
            if !is_next || !report.loss.is_finite() {
                continue;
            }
            self.losses.push(report.loss);
            let row = norms.get(at * self.layers..(at + 1) * self.layers).filter(|_| complete);
            match row {
                Some(row) => self.norms.extend_from_slice(row),
                None => self.norms.resize(self.norms.len() + self.layers, f32::NAN),
            }
        }
    }

    /// The loss of each step.
    pub fn losses(&self) -> &[f32] {
        &self.losses
    }

    /// The mean of the last batches after each step: of 20, or of as many as there are.
    pub fn means(&self) -> Vec<f64> {
        let mut sum = 0.0;
        let mut means = Vec::with_capacity(self.losses.len());
        for (at, loss) in self.losses.iter().enumerate() {
            sum += f64::from(*loss);
            let leaves = at.checked_sub(MEAN_OF).and_then(|at| self.losses.get(at));
            sum -= leaves.map_or(0.0, |loss| f64::from(*loss));
            means.push(sum / (at + 1).min(MEAN_OF) as f64);
        }
        means
    }

    /// The mean of the last 20 batches, or of as many as there are; `None` before the first.
    pub fn loss(&self) -> Option<f64> {
        let last = self.losses.get(self.losses.len().saturating_sub(MEAN_OF)..)?;
        mean(last.iter().copied())
    }

    /// The norms of a step, from 0, layer after layer.
    pub fn norms(&self, step: usize) -> &[f32] {
        self.norms.get(step * self.layers..(step + 1) * self.layers).unwrap_or_default()
    }

    /// The mean norm of a layer in the first 20 steps; `None` where there is none.
    pub fn early_norm(&self, layer: usize) -> Option<f64> {
        mean(self.of_layer(layer).take(MEAN_OF))
    }

    /// The same in the last 20.
    pub fn late_norm(&self, layer: usize) -> Option<f64> {
        mean(self.of_layer(layer).skip(self.losses.len().saturating_sub(MEAN_OF)))
    }

    fn of_layer(&self, layer: usize) -> impl Iterator<Item = f32> + '_ {
        let per_step = self.layers.max(1);
        self.norms.chunks_exact(per_step).filter_map(move |row| row.get(layer).copied())
    }

    /// The strip's numbers before they have a scale: of `layers`, for each column the mean of its steps.
    pub fn columns(&self, layers: std::ops::Range<usize>) -> (usize, Vec<f64>) {
        let columns = self.steps.clamp(1, COLUMNS);
        let mut sums = vec![(0.0, 0_u32); columns * layers.len()];
        for step in 0..self.losses.len() {
            let column = step * columns / self.steps.max(1);
            let row = self.norms(step).get(layers.clone()).unwrap_or_default();
            for (at, norm) in row.iter().enumerate().filter(|(_, norm)| norm.is_finite()) {
                if let Some((sum, count)) = sums.get_mut(at * columns + column) {
                    (*sum, *count) = (*sum + f64::from(*norm), *count + 1);
                }
            }
        }
        (columns, sums.into_iter().map(|(sum, count)| sum / f64::from(count)).collect())
    }

    /// The strip on a logarithmic scale.
    pub fn strip(&self, layers: std::ops::Range<usize>, (low, high): (f64, f64)) -> Strip {
        let (columns, means) = self.columns(layers);
        let share = |mean: f64| single((mean.max(low) / low).ln() / (high / low).ln()).min(1.0);
        let shares = means.into_iter().map(|mean| if mean.is_nan() { f32::NAN } else { share(mean) });
        Strip { columns, shares: shares.collect() }
    }
}

fn mean(values: impl Iterator<Item = f32>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u32);
    for value in values.filter(|value| value.is_finite()) {
        (sum, count) = (sum + f64::from(value), count + 1);
    }
    (count > 0).then(|| sum / f64::from(count))
}

/// A scale of round ends around what `values` are: one figure, at least a factor of ten.
pub(super) fn scale_around(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
    for value in values.filter(|value| value.is_finite() && *value > 0.0) {
        (low, high) = (low.min(value), high.max(value));
    }
    let high = round(high, f64::ceil)?;
    // Further down there is no difference that one could see.
    Some((round(low.max(high * 1e-6), f64::floor)?.min(high / 10.0), high))
}

/// A number above 0 to one figure; `None` of any other.
fn round(value: f64, to: fn(f64) -> f64) -> Option<f64> {
    // Seventeen digits tell every double.
    let text = decimal::scientific(value, 16);
    let (figure, exponent) = text.split_once('e')?;
    let figure = format::ascii(to(decimal::parse(figure)?));
    decimal::parse(&[&figure, "e", exponent].concat()).filter(|value| *value > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(step: u32, loss: f32) -> StepReport {
        StepReport { step, loss, correct: 6, batch: 64 }
    }

    fn record(steps: u32) -> Record {
        let mut record = Record::new(steps, 3);
        for step in 1..=steps {
            record.take(&[report(step, step as f32)], &[0.1, step as f32, 4.0]);
        }
        record
    }

    #[test]
    fn means_are_of_the_last_twenty() {
        let means = record(30).means();
        assert_eq!((means[0], means[1], means[19], means[29]), (1.0, 1.5, 10.5, 20.5));
        assert_eq!(record(30).loss(), Some(20.5));
        assert_eq!(record(4).loss(), Some(2.5));
        assert_eq!(Record::new(5, 3).loss(), None);
    }

    #[test]
    fn what_a_worker_says_twice_or_too_much_is_left_out() {
        let mut record = record(5);
        let before = record.clone();
        record.take(&[report(3, 9.0), report(6, 9.0), report(7, f32::NAN)], &[1.0; 9]);
        assert_eq!(record, before);
        let mut record = Record::new(4, 3);
        record.take(&[report(1, 1.0), report(2, 2.0)], &[0.5; 5]);
        assert_eq!((record.step(), record.early_norm(0)), (2, None), "norms that do not belong to the steps");
        record.take(&[report(3, 1.0)], &[0.5, 1.0, 2.0]);
        assert_eq!(record.early_norm(2), Some(2.0));
    }

    #[test]
    fn a_strip_has_a_row_a_layer() {
        let record = record(104);
        let strip = record.strip(0..2, (0.1, 1000.0));
        assert_eq!((strip.columns, strip.shares.len()), (52, 104));
        assert!(strip.shares[..52].iter().all(|share| *share < 1e-6));
        assert!(strip.shares[52..].windows(2).all(|pair| pair[0] < pair[1]));
        // Two steps in a column: 103 and 104.
        assert!((f64::from(strip.shares[103]) - (103.5_f64 / 0.1).log10() / 4.0).abs() < 1e-6);
        let half = Record { losses: record.losses[..52].to_vec(), ..record };
        assert_eq!(half.strip(0..1, (0.1, 10.0)).shares.iter().filter(|share| share.is_nan()).count(), 26);
    }

    #[test]
    fn first_and_last_norms() {
        let record = record(100);
        assert_eq!((record.early_norm(1), record.late_norm(1)), (Some(10.5), Some(90.5)));
    }

    #[test]
    fn the_scale_has_round_ends() {
        assert_eq!(scale_around([0.053, 5.99].into_iter()), Some((0.05, 6.0)));
        assert_eq!(scale_around([2.0, 3.0].into_iter()), Some((0.3, 3.0)));
        assert_eq!(scale_around([0.0, f64::NAN].into_iter()), None);
        assert_eq!(scale_around([1e-30, 1.0].into_iter()).map(|(low, _)| low < 2e-6), Some(true));
    }
}
