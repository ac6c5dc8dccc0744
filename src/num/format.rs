//! How numbers look on screen.

/// The sign of a negative number on screen: U+2212, as wide as a digit, unlike the hyphen.
pub const MINUS: char = '\u{2212}';

/// Shows `value`: integers as integers, else 3 significant figures, never rounding integer digits away.
///
/// Trailing zeros are dropped and the minus is a true one.
///
/// ```
/// # use receptive::num::format::shown;
/// assert_eq!(shown(19.0), "19");
/// assert_eq!(shown(-1234.5678), "−1235");
/// assert_eq!(shown(0.062_54), "0.0625");
/// ```
pub fn shown(value: f64) -> String {
    if !value.is_finite() {
        return exact(value);
    }
    let decimals = if value.fract() == 0.0 { 0 } else { decimals_for(value, 3) };
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    sign(if text == "-0" { "0" } else { text })
}

/// The whole value: the shortest decimal that reads back as `value`, with a true minus. For the hover text.
pub fn exact(value: f64) -> String {
    sign(&ascii(value))
}

/// The same with an ASCII minus: what is edited, copied and linked.
pub fn ascii(value: f64) -> String {
    format!("{}", value + 0.0)
}

/// Whether [`shown`] leaves digits of `value` out, so that a sum needs an "≈".
pub fn is_rounded(value: f64) -> bool {
    shown(value) != exact(value)
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

/// A shape as text: `2 × 2`, `6 × 14 × 14`.
pub fn shape(extents: &[usize]) -> String {
    extents.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")
}

fn sign(text: &str) -> String {
    text.strip_prefix('-').map_or_else(|| text.to_owned(), |digits| format!("{MINUS}{digits}"))
}

/// Decimals that leave `figures` significant figures, at least none.
fn decimals_for(value: f64, figures: i32) -> usize {
    // Rounding may carry into a new digit (9.996 is 10.0); `{:e}` has done that already.
    let scientific = format!("{:.*e}", (figures - 1).unsigned_abs() as usize, value);
    let exponent: i32 = scientific.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    usize::try_from(figures - 1 - exponent).unwrap_or(0)
}

#[cfg(test)]
mod tests {
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
}
