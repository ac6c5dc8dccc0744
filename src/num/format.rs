//! How numbers look on screen.

use super::decimal;

/// The sign of a negative number on screen: U+2212, as wide as a digit, unlike the hyphen.
pub const MINUS: char = '\u{2212}';

/// Integers up to here are exact in both types, and written by the shorter way.
const MAX_QUICK: f64 = 1e15;

/// Shows `value`: integers as integers, else 3 significant figures, never rounding integer digits away.
///
/// Trailing zeros are dropped and the minus is a true one.
///
/// ```
/// # use receptive::num::format::shown;
/// assert_eq!(shown(19.0), "19");
/// assert_eq!(shown(-1234.5678), "−1235");
/// assert_eq!(shown(0.062_54), "0.0625");
/// assert_eq!(shown(0.1 + 0.2 - 0.3), "5.55e−17");
/// ```
pub fn shown(value: f64) -> String {
    if !value.is_finite() || value.fract() == 0.0 {
        return exact(value);
    }
    with_true_minus(&decimal::significant(value, 3))
}

/// The whole value: the shortest text that reads back as `value`, with a true minus. For the hover text.
pub fn exact(value: f64) -> String {
    with_true_minus(&ascii(value))
}

/// The same with an ASCII minus: what is edited, copied and linked.
pub fn ascii(value: f64) -> String {
    // −0 is 0 on paper.
    let value = value + 0.0;
    // Most cells hold integers, and theirs is the quick way: a lab writes thousands of them for each edit.
    #[expect(clippy::cast_possible_truncation, reason = "whole, and far inside the range")]
    if value.fract() == 0.0 && value.abs() <= MAX_QUICK {
        return (value as i64).to_string();
    }
    decimal::shortest(value)
}

/// A number in single precision as a person would write it, 0.1 and not 0.10000000149, with an ASCII minus.
///
/// ```
/// # use receptive::num::format::single;
/// assert_eq!([0.1, 0.05, 1e-5].map(single), ["0.1", "0.05", "1e-5"]);
/// ```
pub fn single(value: f32) -> String {
    ascii(decimal::of_single(value))
}

/// A number to so many digits, as [`exact`] writes it, and whether digits are left out.
pub fn to_digits(value: f64, digits: u8) -> (String, bool) {
    let near = decimal::parse(&decimal::scientific(value, digits.saturating_sub(1))).unwrap_or(value);
    (exact(near), near.to_bits() != (value + 0.0).to_bits())
}

/// Whether [`shown`] leaves digits of `value` out, so that a sum needs an "≈".
pub fn is_rounded(value: f64) -> bool {
    value.fract() != 0.0 && shown(value) != exact(value)
}

/// Groups the digits of a count by threes: `60000` is `60,000`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number of which whole ones from `from` on are grouped as a [`count`] is, and all others are [`shown`].
///
/// ```
/// # use receptive::num::format::grouped;
/// assert_eq!([9_999.0, 61_706.0, 19.5, -12.0].map(|value| grouped(value, 10_000.0)), ["9999", "61,706", "19.5", "−12"]);
/// assert_eq!(grouped(9_999.0, 0.0), "9,999");
/// ```
pub fn grouped(value: f64, from: f64) -> String {
    if value.fract() != 0.0 || value < from.max(0.0) {
        return shown(value);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, and exact up to the largest count"
    )]
    count(value as u64)
}

/// A shape as text: `2 × 2`, `6 × 14 × 14`.
pub fn shape(extents: &[usize]) -> String {
    extents.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")
}

fn with_true_minus(text: &str) -> String {
    if text.contains('-') { text.replace('-', "\u{2212}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(value: f64, expect: &str) {
        assert_eq!(shown(value), expect);
    }

    #[test]
    fn three_significant_figures() {
        check(0.0, "0");
        check(-0.0, "0");
        check(19.0, "19");
        check(-3.0, "−3");
        check(123_456.0, "123456");
        check(123_456.7, "123457");
        check(0.1 + 0.2, "0.3");
        check(1.0 / 3.0, "0.333");
        check(2.0 / 3.0, "0.667");
        check(9.996, "10");
        check(12.345, "12.3");
        check(-0.000_123_45, "−0.000123");
        check(1e20, "100000000000000000000");
        check(99.96, "100");
        check(0.000_1, "0.0001");
        check(0.000_099_99, "0.0001");
        check(0.000_09, "9e−5");
        check(-1.234e-300, "−1.23e−300");
        check(f64::NEG_INFINITY, "−inf");
    }

    #[test]
    fn rounding_is_known() {
        assert!(!is_rounded(0.125));
        assert!(is_rounded(0.1 + 0.2));
        assert!(is_rounded(1.0 / 3.0));
        assert!(!is_rounded(-7.0));
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!(count(7), "7");
        assert_eq!(count(61_706), "61,706");
        assert_eq!(count(1_131_960), "1,131,960");
    }

    fn read(text: &str) -> f64 {
        text.replace(MINUS, "-").parse().expect("a number")
    }

    proptest! {
        #[test]
        fn what_is_shown_is_close_and_short(value in prop_oneof![any::<f64>(), -1e9..1e9, -2.0..2.0, -1e-3..1e-3]) {
            prop_assume!(value.is_finite());
            let text = shown(value);
            let found = read(&text);
            let half_a_figure = if value.abs() >= 100.0 { 0.5 } else { value.abs() * 0.005 };
            prop_assert!((found - value).abs() <= half_a_figure * 1.000_001, "{} is shown as {}", value, text);
            prop_assert!(value.abs() >= 1e9 || text.chars().count() <= 11, "{} is shown as {}", value, text);
            prop_assert!(!text.contains('-') && text != "−0", "{}", text);
            // Where nothing is left out, the text is the value.
            prop_assert_eq!(is_rounded(value), read(&text).total_cmp(&(value + 0.0)).is_ne());
        }

        #[test]
        fn a_larger_value_is_never_shown_as_a_smaller_one(a in -1e4..1e4_f64, part in -1.0..1.0_f64) {
            for b in [a + part, a * (1.0 + part * 1e-3), a.round(), part * 1e-4] {
                let (less, more) = if a < b { (a, b) } else { (b, a) };
                prop_assert!(read(&shown(less)) <= read(&shown(more)), "{} and {}", less, more);
            }
        }

        #[test]
        fn the_exact_text_reads_back(value in any::<f64>()) {
            prop_assume!(value.is_finite());
            prop_assert_eq!(read(&exact(value)).to_bits(), (value + 0.0).to_bits());
            prop_assert_eq!(read(&ascii(value)).to_bits(), (value + 0.0).to_bits());
        }

        #[test]
        fn groups_have_three_digits(value in any::<u64>()) {
            let text = count(value);
            prop_assert_eq!(text.replace(',', ""), value.to_string());
            prop_assert!(text.split(',').skip(1).all(|group| group.len() == 3) && !text.starts_with(','));
        }
    }
}
