//! A decimal number as text into the nearest double.
//!
//! The standard library's parser carries a table of 10 KB that no compression makes smaller; the page has this one in
//! its place, which is exact by plain long arithmetic.

/// Digits beyond these only tell whether the number is above what the others say: no double, and no number halfway
/// between two, has more than 767.
const MOST_DIGITS: usize = 800;
/// Powers of ten that are doubles without rounding.
const EXACT_TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
/// Bits of a double's fraction.
const FRACTION: i64 = 52;
/// The exponent of the smallest double: it is 2 to this.
const LEAST: i64 = -1074;

/// Reads `-12.5e-3` and the like: the double that is nearest, of two that are as near the one with an even fraction;
/// too large ones are infinite. `None` for all else, "inf" and "nan" included.
///
/// ```
/// use receptive::num::decimal;
/// assert_eq!(decimal::parse("-12.5e-3"), Some(-0.0125));
/// assert_eq!(decimal::parse(".5"), Some(0.5));
/// assert_eq!(decimal::parse("0x10"), None);
/// ```
pub fn parse(text: &str) -> Option<f64> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, mut exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, power(exponent)?),
        None => (rest, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && part.is_empty() {
        return None;
    }
    let mut digits = Digits::default();
    for byte in whole.bytes() {
        exponent += i64::from(!digits.push(byte)?);
    }
    for byte in part.bytes() {
        exponent -= i64::from(digits.push(byte)?);
    }
    let magnitude = digits.times_ten_to(exponent);
    Some(if negative { -magnitude } else { magnitude })
}

/// What stands after the `e`; past any double it is cut.
fn power(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.bytes().fold(0_i64, |size, digit| (size * 10 + i64::from(digit - b'0')).min(1 << 40));
    Some(if text.starts_with('-') { -size } else { size })
}

/// A number's digits without zeros before them, and what was left out of them.
#[derive(Default)]
struct Digits {
    /// As long as they fit.
    short: u64,
    /// All that are kept, from the first.
    kept: Vec<u8>,
    /// Whether a digit that was left out is not 0.
    more: bool,
}

impl Digits {
    /// Takes a digit; says whether it was kept, and so counts.
    fn push(&mut self, byte: u8) -> Option<bool> {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        if self.kept.len() >= MOST_DIGITS {
            self.more |= digit > 0;
            return Some(false);
        }
        if digit > 0 || !self.kept.is_empty() {
            self.kept.push(digit);
        }
        if self.kept.len() < 20 {
            self.short = self.short * 10 + u64::from(digit);
        }
        Some(true)
    }

    fn times_ten_to(&self, exponent: i64) -> f64 {
        let size = usize::try_from(exponent.unsigned_abs()).ok();
        let ten = size.and_then(|size| EXACT_TENS.get(size));
        // Both are exact, and the one operation rounds as it should.
        if let (Some(ten), true) = (ten, self.kept.len() < 20 && self.short <= 1 << 53) {
            return if exponent < 0 { self.short as f64 / ten } else { self.short as f64 * ten };
        }
        // The first digit's place says enough of what no double reaches.
        let place = exponent.saturating_add(i64::try_from(self.kept.len()).unwrap_or(i64::MAX));
        if self.kept.is_empty() || place < -330 {
            return 0.0;
        }
        if place > 310 {
            return f64::INFINITY;
        }
        self.exactly(exponent)
    }

    /// Long arithmetic: the number as a whole number of some power of two, with more bits than a double has.
    fn exactly(&self, exponent: i64) -> f64 {
        let mut number = Long::default();
        for digit in &self.kept {
            number.times(10, u32::from(*digit));
        }
        if self.more {
            number.times(10, 1);
        }
        let exponent = exponent - i64::from(self.more);
        let mut below = false;
        let mut scale = 0;
        if exponent < 0 {
            // 10 to the n has fewer than 3.33 n bits: 64 more than these stay.
            scale = (exponent.unsigned_abs() * 10 / 3 + 64) / 32 * 32 + 32;
            number.shift(scale / 32);
            for left in chunks(exponent.unsigned_abs()) {
                below |= number.divide(left) > 0;
            }
        } else {
            chunks(exponent.unsigned_abs()).for_each(|left| number.times(left, 0));
        }
        number.nearest(-i64::try_from(scale).unwrap_or(i64::MAX), below)
    }
}

/// Factors that make 10 to the `power`, each below 2³².
fn chunks(power: u64) -> impl Iterator<Item = u32> {
    let last = u32::try_from(power % 9).unwrap_or_default();
    (0..power / 9).map(|_| 1_000_000_000).chain((last > 0).then(|| 10_u32.pow(last)))
}

/// A whole number in limbs of 32 bits, the lowest first, without zeros at its end.
#[derive(Default)]
struct Long(Vec<u32>);

impl Long {
    /// Multiplies it and adds.
    fn times(&mut self, factor: u32, add: u32) {
        let mut carry = u64::from(add);
        for limb in &mut self.0 {
            let product = u64::from(*limb) * u64::from(factor) + carry;
            *limb = low(product);
            carry = product >> 32;
        }
        if carry > 0 {
            self.0.push(low(carry));
        }
    }

    /// Divides it, and gives the remainder.
    fn divide(&mut self, divisor: u32) -> u32 {
        let mut rest = 0;
        for limb in self.0.iter_mut().rev() {
            let dividend = rest << 32 | u64::from(*limb);
            *limb = low(dividend / u64::from(divisor));
            rest = dividend % u64::from(divisor);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        low(rest)
    }

    fn shift(&mut self, limbs: u64) {
        let zeros = (0..limbs).map(|_| 0);
        self.0.splice(0..0, zeros);
    }

    /// The double that is nearest to it times 2 to the `scale`; `below` says that it is a little more than that.
    fn nearest(&self, scale: i64, mut below: bool) -> f64 {
        // The highest three limbs hold at least 65 bits.
        let (rest, top) = self.0.split_at(self.0.len().saturating_sub(3));
        below |= rest.iter().any(|limb| *limb > 0);
        let top = top.iter().rev().fold(0_u128, |top, limb| top << 32 | u128::from(*limb));
        let scale = scale + 32 * i64::try_from(rest.len()).unwrap_or(i64::MAX);
        let bits = 128 - i64::from(top.leading_zeros());
        // How many of the bits are below a double's last: more where it is one of the smallest.
        let drop = (bits - FRACTION - 1).max(LEAST - scale);
        if drop <= 0 {
            return binary(low64(top << drop.unsigned_abs()), scale + drop);
        }
        if drop > 127 {
            return 0.0;
        }
        let (whole, part, half) = (top >> drop, top & ((1 << drop) - 1), 1_u128 << (drop - 1));
        let up = part > half || (part == half && (below || whole & 1 == 1));
        binary(low64(whole) + u64::from(up), scale + drop)
    }
}

/// `whole` times 2 to the `exponent`, where `whole` has at most 53 bits, or is 2⁵³, and the product is no finer than a
/// double.
fn binary(whole: u64, exponent: i64) -> f64 {
    let (whole, exponent) = if whole >> (FRACTION + 1) > 0 { (whole >> 1, exponent + 1) } else { (whole, exponent) };
    // Without the leading bit it is one of the smallest.
    let is_normal = whole >> FRACTION > 0;
    let biased = if is_normal { exponent - LEAST + 1 } else { 0 };
    match u64::try_from(biased) {
        Ok(biased) if biased < 2047 => f64::from_bits(biased << FRACTION | whole & ((1 << FRACTION) - 1)),
        _ => f64::INFINITY,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is asked for")]
fn low(value: u64) -> u32 {
    value as u32
}

#[expect(clippy::cast_possible_truncation, reason = "the value fits")]
fn low64(value: u128) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The standard library is right: the same bits.
    #[track_caller]
    fn check(text: &str) {
        let expected = text.parse::<f64>().ok().map(f64::to_bits);
        assert_eq!(parse(text).map(f64::to_bits), expected, "{text}");
    }

    #[test]
    fn what_is_a_number() {
        for text in
            ["0", "-0", "+1", "1.", ".5", "-.5", "00012.500", "1e5", "1E+5", "1e-5", "1.5e0", "0e999", "0.0e-999"]
        {
            check(text);
        }
    }

    #[test]
    fn what_is_none() {
        for text in [
            "", "-", "+", ".", "-.", "e5", ".e5", "1e", "1e+", "1e5.", "1 ", " 1", "--1", "1.2.3", "1,5", "0x10",
            "1_0", "٣",
        ] {
            check(text);
        }
        // The standard library takes these.
        for text in ["inf", "-infinity", "nan", "NaN"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_edges() {
        for text in [
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "1.8e308",
            "1e309",
            "1e999999999999999999999",
            "4.9406564584124654e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2e-324",
            "1e-325",
            "1e-99999999999999999999",
            "2.2250738585072014e-308",
            "2.2250738585072011e-308",
            "2.225073858507201e-308",
            "2.2250738585072009e-308",
            "9007199254740992",
            "9007199254740993",
            "9007199254740994",
            "9007199254740995",
            "9007199254740993.0000001",
            "0.1",
            "0.3",
            "1e22",
            "1e23",
            "123456789012345678e22",
            "8.5e-2",
            "0.000000000000000000000001",
        ] {
            check(text);
            check(&format!("-{text}"));
        }
        // Zeros and digits without end count as well.
        for (first, digit) in
            [("0.", "0"), ("1", "0"), ("0.1", "0"), ("9007199254740993.", "0"), ("0.", "3"), ("", "7")]
        {
            for last in ["0", "1", "5e-700", "1e-1200"] {
                check(&[first, &digit.repeat(1_000), last].concat());
            }
        }
    }

    /// Exactly halfway between a double and the next, and a little beside that.
    #[track_caller]
    fn check_halfway(bits: u64) {
        let (low, high) = (f64::from_bits(bits), f64::from_bits(bits + 1));
        if !high.is_finite() {
            return;
        }
        // Digits of both without rounding; half their sum has at most one more.
        let digits = |value: f64| format!("{value:.1080}").replace('.', "");
        let (low, high) = (digits(low), digits(high));
        let width = low.len().max(high.len());
        let pad = |text: &str| format!("{}{text}", "0".repeat(width - text.len()));
        let mut carry = 0;
        let mut sum: Vec<u8> = pad(&low)
            .bytes()
            .zip(pad(&high).bytes())
            .rev()
            .map(|(a, b)| {
                let digit = a - b'0' + (b - b'0') + carry;
                carry = digit / 10;
                digit % 10
            })
            .collect();
        sum.push(carry);
        let mut rest = 0;
        let mut half: String = sum
            .iter()
            .rev()
            .map(|digit| {
                let now = rest * 10 + digit;
                rest = now % 2;
                char::from(b'0' + now / 2)
            })
            .collect();
        half.push(if rest == 1 { '5' } else { '0' });
        let half = format!("{half}e-1081");
        check(&half);
        check(&half.replace('e', "1e").replace("e-1081", "e-1082"));
        check(&half.replace('e', "0000000000000000000001e").replace("e-1081", "e-1103"));
    }

    #[test]
    fn halfway_at_the_edges() {
        for bits in [
            0,
            1,
            2,
            3,
            (1 << 52) - 2,
            (1 << 52) - 1,
            1 << 52,
            (1 << 52) + 1,
            0x3ff0_0000_0000_0000,
            0x7fef_ffff_ffff_fffd,
        ] {
            check_halfway(bits);
        }
    }

    proptest! {
        #[test]
        fn any_double_comes_back(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            check(&format!("{value}"));
            check(&format!("{value:e}"));
            check(&format!("{value:.16e}"));
            check(&format!("{value:.30e}"));
        }

        #[test]
        fn any_number_is_the_nearest(text in "[-+]?[0-9]{0,25}(\\.[0-9]{0,25})?([eE][-+]?[0-9]{1,3})?") {
            check(&text);
        }

        #[test]
        fn halfway_goes_to_the_even_one(bits in 0_u64..0x7fef_ffff_ffff_ffff) {
            check_halfway(bits);
        }

        #[test]
        fn any_text_is_read_or_not(text in "[-+.0-9eE ]{0,12}") {
            check(&text);
        }
    }
}
