//! A run's values, one a step, in memory that does not grow with the run.

/// The most buckets a curve keeps. Twice the pixel columns of a wide plot, so that no column goes empty.
pub const CAPACITY: usize = 2048;

/// The smoothed value is an exponential mean whose weights have the same centre as the mean of this many steps.
pub const SMOOTHING_STEPS: u32 = 50;

/// Neighbouring steps that share one place in a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// The first step in it.
    pub first: u32,
    /// The last step in it so far.
    pub last: u32,
    /// The smallest value.
    pub low: f32,
    /// The largest value.
    pub high: f32,
    /// The smoothed value at `last`.
    pub smoothed: f32,
}

/// A value per step, as extremes and a smoothed value per bucket of neighbouring steps.
///
/// When [`CAPACITY`] buckets are full, each two become one: 100 epochs take no more memory and no longer to draw than
/// three do, and no extreme is lost.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    buckets: Vec<Bucket>,
    /// Steps in a full bucket, a power of two.
    width: u32,
    /// The exponential mean's numerator and denominator; their quotient has no bias towards the start.
    weighted: f64,
    weights: f64,
}

impl Default for Curve {
    fn default() -> Self {
        Self { buckets: Vec::new(), width: 1, weighted: 0.0, weights: 0.0 }
    }
}

impl Curve {
    /// Takes the value of `step`, which is later than all before. A value that is not finite is left out: it has no
    /// place on an axis, and whoever reports it says so in words.
    ///
    /// The smoothed value is `Σ βⁿ⁻ⁱ·vᵢ / Σ βⁿ⁻ⁱ` with β = (N − 1)/(N + 1), N = [`SMOOTHING_STEPS`]: after the first
    /// step it is that step's value.
    pub fn push(&mut self, step: u32, value: f32) {
        if !value.is_finite() {
            return;
        }
        let keep = f64::from(SMOOTHING_STEPS - 1) / f64::from(SMOOTHING_STEPS + 1);
        self.weighted = self.weighted * keep + f64::from(value);
        self.weights = self.weights * keep + 1.0;
        #[expect(clippy::cast_possible_truncation, reason = "a mean of f32 values fits an f32")]
        let smoothed = (self.weighted / self.weights) as f32;

        match self.buckets.last_mut() {
            Some(bucket) if (step - 1) / self.width == (bucket.first - 1) / self.width => {
                bucket.last = step;
                bucket.low = bucket.low.min(value);
                bucket.high = bucket.high.max(value);
                bucket.smoothed = smoothed;
            }
            _ => {
                self.buckets.push(Bucket { first: step, last: step, low: value, high: value, smoothed });
                if self.buckets.len() > CAPACITY {
                    self.halve();
                }
            }
        }
    }

    /// The buckets, in the order of their steps.
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// The smoothed value after the last step, `None` before the first.
    pub fn smoothed(&self) -> Option<f32> {
        self.buckets.last().map(|bucket| bucket.smoothed)
    }

    /// `(step, smoothed value)` per bucket.
    pub fn smoothed_points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.buckets.iter().map(|bucket| (f64::from(bucket.last), f64::from(bucket.smoothed)))
    }

    /// About `count` buckets, evenly spaced, the last one always among them: the rows of a table.
    pub fn sample(&self, count: usize) -> impl Iterator<Item = &Bucket> {
        let every = self.buckets.len().div_ceil(count.max(1)).max(1);
        let skip = self.buckets.len().saturating_sub(1) % every;
        self.buckets.iter().skip(skip).step_by(every)
    }

    fn halve(&mut self) {
        self.width *= 2;
        let mut merged: Vec<Bucket> = Vec::with_capacity(CAPACITY);
        for bucket in self.buckets.drain(..) {
            match merged.last_mut() {
                Some(last) if (bucket.first - 1) / self.width == (last.first - 1) / self.width => {
                    last.last = bucket.last;
                    last.low = last.low.min(bucket.low);
                    last.high = last.high.max(bucket.high);
                    last.smoothed = bucket.smoothed;
                }
                _ => merged.push(bucket),
            }
        }
        self.buckets = merged;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: impl IntoIterator<Item = f32>) -> Curve {
        let mut curve = Curve::default();
        for (step, value) in (1..).zip(values) {
            curve.push(step, value);
        }
        curve
    }

    #[test]
    fn the_first_smoothed_value_is_the_first_value() {
        assert_eq!(curve([2.3]).smoothed(), Some(2.3));
        assert_eq!(curve([]).smoothed(), None);
    }

    #[test]
    fn a_constant_stays_itself_and_a_jump_is_followed_slowly() {
        assert_eq!(curve([0.5; 300]).smoothed(), Some(0.5));
        let jump = curve([0.0; 1000].into_iter().chain([1.0; 50]));
        let after = jump.smoothed().unwrap();
        assert!((0.8..0.9).contains(&after), "1 − β⁵⁰ = 0.865, found {after}");
    }

    #[test]
    fn a_long_run_stays_within_the_capacity_and_keeps_its_extremes() {
        let steps = 100_000;
        let long = curve((0..steps).map(|i| if i == 77_777 { 9.0 } else { 1.0 }));
        assert!(long.buckets().len() <= CAPACITY && long.buckets().len() > CAPACITY / 4);
        assert_eq!(long.buckets().iter().filter(|bucket| bucket.high > 8.0).count(), 1);
        assert_eq!(long.buckets().first().map(|bucket| bucket.first), Some(1));
        assert_eq!(long.buckets().last().map(|bucket| bucket.last), Some(steps));
        for pair in long.buckets().windows(2) {
            assert_eq!(pair[0].last + 1, pair[1].first, "no step is lost between buckets");
        }
    }

    #[test]
    fn what_is_not_finite_has_no_place() {
        let with = curve([1.0, f32::NAN, f32::INFINITY, 3.0]);
        assert_eq!(with.buckets().len(), 2);
        assert!(with.smoothed().is_some_and(f32::is_finite));
    }

    #[test]
    fn a_sample_ends_with_the_last_bucket() {
        for steps in [1, 5, 11, 12, 13, 100, 938] {
            let rows: Vec<u32> = curve(vec![1.0; steps]).sample(12).map(|bucket| bucket.last).collect();
            assert!(rows.len() <= 12 && !rows.is_empty());
            assert_eq!(rows.last().copied(), u32::try_from(steps).ok());
        }
    }
}
