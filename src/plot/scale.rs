//! Ranges and ticks: where an axis begins and ends, and which numbers stand beside it.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "exponents and counts of ticks are small, casts saturate, and whole numbers compare exactly"
)]

use crate::num::{decimal, format, within};

/// How values become heights (or steps become widths).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scale {
    /// Equal differences are equal lengths.
    Linear {
        /// The value at the start.
        low: f64,
        /// The value at the end.
        high: f64,
    },
    /// Equal ratios are equal lengths.
    Log {
        /// The value at the start, above 0.
        low: f64,
        /// The value at the end.
        high: f64,
    },
}

impl Scale {
    /// A logarithmic scale whose ends are 1, 2 or 5 times a power of ten and that spans at least a decade.
    /// `values` outside (0, ∞) are left out; without any it spans 0.1 to 5, where the loss of ten classes begins.
    pub fn log_around(values: impl IntoIterator<Item = f64>) -> Self {
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for value in values.into_iter().filter(|value| value.is_finite() && *value > 0.0) {
            low = low.min(value);
            high = high.max(value);
        }
        if high <= 0.0 {
            return Self::Log { low: 0.1, high: 5.0 };
        }
        // A third more room above, for what is written there.
        let high = step_at_least(high * 1.33, &[1.0, 2.0, 5.0]);
        Self::Log { low: step_at_most(low, &[1.0, 2.0, 5.0]).min(step_at_most(high / 10.0, &[1.0, 2.0, 5.0])), high }
    }

    /// Both ends.
    pub fn ends(self) -> (f64, f64) {
        match self {
            Self::Linear { low, high } | Self::Log { low, high } => (low, high),
        }
    }

    /// Where `value` lies, 0 at the start and 1 at the end. Values outside lie at the nearer end: a curve that leaves
    /// the plot runs along its edge.
    pub fn at(self, value: f64) -> f64 {
        let share = match self {
            Self::Linear { low, high } => (value - low) / (high - low),
            Self::Log { low, high } => (value.max(f64::MIN_POSITIVE) / low).ln() / (high / low).ln(),
        };
        within(share, 0.0, 1.0)
    }

    /// At most `most` values (at least two where there is any room) that are easy to read.
    pub fn ticks(self, most: usize) -> Vec<f64> {
        let most = most.max(2);
        let (low, high) = self.ends();
        if !(low.is_finite() && high.is_finite() && low < high) {
            return Vec::new();
        }
        let inside = |value: &f64| *value >= low * (1.0 - 1e-9) && *value <= high * (1.0 + 1e-9);
        match self {
            Self::Linear { .. } => {
                let mut step = step_at_least((high - low) / most as f64, &[1.0, 2.0, 5.0]);
                while ((high / step).floor() - (low / step).ceil()) as usize >= most {
                    step = step_at_least(step * 1.01, &[1.0, 2.0, 5.0]);
                }
                let first = (low / step).ceil() as i64;
                let last = (high / step + 1e-9).floor() as i64;
                (first..=last).map(|i| i as f64 * step).collect()
            }
            Self::Log { .. } => {
                let (from, to) = (low.log10().floor() as i32, high.log10().floor() as i32);
                let decades = |digits: &'static [f64], every: usize| {
                    (from..=to)
                        .step_by(every)
                        .flat_map(move |exponent| digits.iter().map(move |digit| digit * power_of_ten(exponent)))
                        .filter(inside)
                        .collect::<Vec<_>>()
                };
                let mut ticks = decades(&[1.0, 2.0, 5.0], 1);
                let mut every = 1;
                while ticks.len() > most {
                    ticks = decades(&[1.0], every);
                    every += 1;
                }
                ticks
            }
        }
    }
}

/// A tick's text: plain where that is short, else a power of ten.
///
/// ```
/// # use receptive::plot::tick_label;
/// assert_eq!(tick_label(0.05), "0.05");
/// assert_eq!(tick_label(1200.0), "1,200");
/// assert_eq!(tick_label(1e-6), "10⁻⁶");
/// ```
pub fn tick_label(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude >= 1e7 || (magnitude > 0.0 && magnitude < 1e-4) {
        let exponent = magnitude.log10().round() as i32;
        return format!("10{}", superscript(exponent));
    }
    if magnitude >= 1000.0 && value == value.trunc() {
        return format::count(value as u64);
    }
    format::shown(value)
}

/// A number of any size with three figures: `1.26 × 10²⁶`.
///
/// ```
/// # use receptive::plot::scientific;
/// assert_eq!(scientific(1.2556e26), "1.26 × 10²⁶");
/// ```
pub fn scientific(value: f64) -> String {
    let text = decimal::scientific(value, 2);
    match text.split_once('e').and_then(|(mantissa, exponent)| Some((mantissa, exponent.parse().ok()?))) {
        Some((mantissa, exponent)) => format!("{} × 10{}", mantissa.replace('-', "\u{2212}"), superscript(exponent)),
        None => text,
    }
}

fn superscript(exponent: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    exponent
        .to_string()
        .chars()
        .filter_map(|c| match c.to_digit(10) {
            Some(digit) => DIGITS.get(digit as usize).copied(),
            None => Some('⁻'),
        })
        .collect()
}

/// 10 to the power of `exponent`, correctly rounded, so that 0.05 is the same 0.05 that a literal is.
fn power_of_ten(exponent: i32) -> f64 {
    decimal::parse(&format!("1e{exponent}")).unwrap_or(f64::INFINITY)
}

/// The smallest of `digits`·10ⁿ that is at least `value`.
fn step_at_least(value: f64, digits: &[f64]) -> f64 {
    let exponent = value.log10().floor() as i32;
    let candidates = digits.iter().map(|digit| digit * power_of_ten(exponent));
    candidates.filter(|step| *step >= value * (1.0 - 1e-9)).fold(power_of_ten(exponent + 1), f64::min)
}

/// The largest of `digits`·10ⁿ that is at most `value`.
fn step_at_most(value: f64, digits: &[f64]) -> f64 {
    let exponent = value.log10().floor() as i32;
    let candidates = digits.iter().map(|digit| digit * power_of_ten(exponent));
    candidates.filter(|step| *step <= value * (1.0 + 1e-9)).fold(power_of_ten(exponent), f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(scale: Scale, most: usize, expect: &str) {
        let labels: Vec<String> = scale.ticks(most).into_iter().map(tick_label).collect();
        assert_eq!(labels.join(" "), expect);
    }

    #[test]
    fn linear_ticks_are_round() {
        check(Scale::Linear { low: 0.0, high: 2814.0 }, 6, "0 500 1,000 1,500 2,000 2,500");
        check(Scale::Linear { low: 0.0, high: 2814.0 }, 3, "0 1,000 2,000");
        check(Scale::Linear { low: 90.0, high: 100.0 }, 6, "90 92 94 96 98 100");
        check(Scale::Linear { low: 0.0, high: 3.0 }, 8, "0 0.5 1 1.5 2 2.5 3");
        check(Scale::Linear { low: 0.0, high: 1.0 }, 2, "0 1");
    }

    #[test]
    fn log_ticks_are_1_2_5_where_there_is_room() {
        check(Scale::Log { low: 0.01, high: 3.0 }, 12, "0.01 0.02 0.05 0.1 0.2 0.5 1 2");
        check(Scale::Log { low: 0.01, high: 3.0 }, 5, "0.01 0.1 1");
        check(Scale::Log { low: 1e-6, high: 1e12 }, 7, "10⁻⁶ 0.001 1 1,000 1,000,000 10⁹ 10¹²");
    }

    #[test]
    fn the_loss_axis_begins_and_ends_at_round_numbers() {
        assert_eq!(Scale::log_around([2.303, 0.031]), Scale::Log { low: 0.02, high: 5.0 });
        assert_eq!(Scale::log_around([2.303, 2.29]), Scale::Log { low: 0.5, high: 5.0 });
        assert_eq!(Scale::log_around([]), Scale::Log { low: 0.1, high: 5.0 });
        assert_eq!(Scale::log_around([f64::NAN, -1.0, 0.0]), Scale::Log { low: 0.1, high: 5.0 });
    }

    #[test]
    fn values_outside_lie_at_the_nearer_end() {
        let log = Scale::Log { low: 0.01, high: 1.0 };
        assert!((log.at(0.1) - 0.5).abs() < 1e-12);
        assert_eq!((log.at(0.0), log.at(-1.0), log.at(1e9)), (0.0, 0.0, 1.0));
        let linear = Scale::Linear { low: 90.0, high: 100.0 };
        assert_eq!((linear.at(95.0), linear.at(10.0)), (0.5, 0.0));
    }
}
