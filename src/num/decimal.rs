//! Decimal numbers as text into doubles, and doubles as text.
//!
//! The standard library's parser carries a table of 10 KB that no compression makes smaller, and what writes a double
//! for each way to write it is 20 KB; the page has these in their place, which are exact by plain long arithmetic.

use std::cmp::Ordering;

use super::single;

/// Digits beyond these only tell whether the number is above what the others say: no double, and no number halfway
/// between two, has more than 767.
const MOST_DIGITS: usize = 800;
/// Powers of ten that are doubles without rounding.
const EXACT_TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
/// Magnitudes with their first digit further behind the point are written as 5.55e-17.
const SMALLEST: i32 = -4;
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

/// Decimal digits of a magnitude: `0.d₁d₂d₃…` times 10 to the `point`, the first not 0. 0 has none.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Decimal {
    digits: Vec<u8>,
    point: i32,
}

impl Decimal {
    /// All digits of a finite magnitude.
    fn exact(magnitude: f64) -> Self {
        let (whole, exponent) = parts(magnitude);
        Self::long(whole, exponent)
    }

    /// All digits of `whole` times 2 to the `exponent`.
    fn long(whole: u64, exponent: i32) -> Self {
        let mut number = Long(vec![low(whole), low(whole >> 32)]);
        let (factor, most) = if exponent < 0 { (5_u32, 13) } else { (2, 31) };
        // A power of two below 1 is one of five, and as many decimals.
        let mut left = exponent.unsigned_abs();
        while left > 0 {
            let now = left.min(most);
            number.times(factor.pow(now), 0);
            left -= now;
        }
        let mut digits = Vec::new();
        while !number.is_zero() {
            let mut part = number.divide(1_000_000_000);
            for _ in 0..9 {
                digits.push(u8::try_from(part % 10).unwrap_or(0));
                part /= 10;
            }
        }
        digits.reverse();
        Self { digits, point: 0 }.ended_at(exponent.min(0))
    }

    /// The same digits without zeros around them, where the last one counts 10 to the `last`.
    fn ended_at(mut self, last: i32) -> Self {
        let zeros = self.digits.iter().take_while(|digit| **digit == 0).count();
        self.digits.drain(..zeros);
        self.point = if self.digits.is_empty() { 0 } else { last + length(&self.digits) };
        self.without_zeros()
    }

    fn without_zeros(mut self) -> Self {
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        self
    }

    /// Of a whole number times 10 to the −`decimals`.
    fn of(mut whole: u64, decimals: i32) -> Self {
        let mut digits = Vec::new();
        while whole > 0 {
            digits.push(u8::try_from(whole % 10).unwrap_or(0));
            whole /= 10;
        }
        digits.reverse();
        Self { digits, point: 0 }.ended_at(-decimals)
    }

    /// Rounded to so many digits, half to even.
    fn rounded(self, keep: i32) -> Self {
        self.rounded_by(keep, |is_odd| is_odd)
    }

    /// Rounded to so many digits; of a tie `up` tells whether it goes up, by whether the last digit is odd.
    fn rounded_by(mut self, keep: i32, up: fn(bool) -> bool) -> Self {
        let Ok(keep) = usize::try_from(keep) else { return Self { digits: Vec::new(), point: 0 } };
        let Some(next) = self.digits.get(keep).copied() else { return self };
        let is_odd = keep > 0 && self.digits.get(keep - 1).is_some_and(|digit| digit % 2 == 1);
        let up = next > 5 || (next == 5 && (self.digits.len() > keep + 1 || up(is_odd)));
        self.digits.truncate(keep);
        if up { self.next() } else { self }.without_zeros()
    }

    /// One more in the last digit.
    fn next(mut self) -> Self {
        for digit in self.digits.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return self;
            }
            *digit = 0;
        }
        self.digits.clear();
        self.digits.push(1);
        self.point += 1;
        self
    }

    /// Without an exponent, with so many digits behind the point.
    fn plain(&self, decimals: i32) -> String {
        let mut text = String::new();
        for place in (-decimals..self.point.max(1)).rev() {
            if place == -1 {
                text.push('.');
            }
            let at = usize::try_from(self.point - 1 - place).ok();
            text.push(char::from(b'0' + at.and_then(|at| self.digits.get(at)).copied().unwrap_or(0)));
        }
        text
    }

    /// All digits, with an exponent where their zeros would fill a cell.
    fn written(&self) -> String {
        if self.point <= SMALLEST && !self.digits.is_empty() {
            self.scientific()
        } else {
            self.plain((length(&self.digits) - self.point).max(0))
        }
    }

    /// With an exponent, and all digits.
    fn scientific(&self) -> String {
        let Some((first, rest)) = self.digits.split_first() else { return "0e0".to_owned() };
        let mut text = String::from(char::from(b'0' + first));
        if !rest.is_empty() {
            text.push('.');
            text.extend(rest.iter().map(|digit| char::from(b'0' + digit)));
        }
        text.push('e');
        text += &(self.point - 1).to_string();
        text
    }
}

fn length(digits: &[u8]) -> i32 {
    i32::try_from(digits.len()).unwrap_or(i32::MAX)
}

/// A finite magnitude as a whole number times 2 to an exponent.
fn parts(magnitude: f64) -> (u64, i32) {
    let bits = magnitude.to_bits();
    let (biased, fraction) = (bits >> FRACTION & 0x7ff, bits & ((1 << FRACTION) - 1));
    let exponent = i32::try_from(biased.max(1).cast_signed() - 1 + LEAST).unwrap_or(0);
    (if biased == 0 { fraction } else { fraction | 1 << FRACTION }, exponent)
}

/// The whole number nearest to `magnitude` times 10 to the `decimals`, where one operation in doubles tells it: the
/// product is off by less than 10⁻⁶, and no tie is that near.
fn nearest_whole(magnitude: f64, decimals: i32) -> Option<u64> {
    let product = magnitude * EXACT_TENS.get(usize::try_from(decimals).ok()?)?;
    let part = product.fract();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 10⁹ and not negative")]
    (product < 1e9 && (part - 0.5).abs() > 1e-6).then(|| product as u64 + u64::from(part > 0.5))
}

/// `of` the magnitude with the sign; what is not finite is written as the standard library does.
fn signed(value: f64, of: impl FnOnce(f64) -> String) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    let text = if value.is_finite() { of(value.abs()) } else { "inf".to_owned() };
    if value.is_sign_negative() { ["-", &text].concat() } else { text }
}

/// With so many digits behind the point, as `{:.2}` writes it: half to even.
///
/// ```
/// use receptive::num::decimal::fixed;
/// assert_eq!(fixed(0.125, 2), "0.12");
/// assert_eq!(fixed(-1999.96, 1), "-2000.0");
/// ```
pub fn fixed(value: f64, decimals: u8) -> String {
    let decimals = i32::from(decimals);
    signed(value, |magnitude| {
        let decimal = if let Some(whole) = nearest_whole(magnitude, decimals) {
            Decimal::of(whole, decimals)
        } else {
            let exact = Decimal::exact(magnitude);
            let keep = exact.point + decimals;
            exact.rounded(keep)
        };
        decimal.plain(decimals)
    })
}

/// Rounded to so many digits, half to even, without zeros at the end: with an exponent below 10⁻⁴, else without one, and
/// then no digit before the point is rounded away.
pub(super) fn significant(value: f64, keep: u8) -> String {
    let keep = i32::from(keep);
    signed(value, |magnitude| {
        // Where doubles tell the digits: as many decimals as make `keep` digits.
        let decimals = (0..12).find(|decimals| magnitude * tens(*decimals) >= tens(keep - 1));
        let quick = decimals.and_then(|decimals| Some(Decimal::of(nearest_whole(magnitude, decimals)?, decimals)));
        let decimal = quick.unwrap_or_else(|| {
            let exact = Decimal::exact(magnitude);
            let keep = keep.max(exact.point);
            exact.rounded(keep)
        });
        decimal.written()
    })
}

fn tens(power: i32) -> f64 {
    usize::try_from(power).ok().and_then(|power| EXACT_TENS.get(power)).copied().unwrap_or(1.0)
}

/// With `keep` digits behind the first and an exponent, as `{:.2e}` writes it.
///
/// ```
/// use receptive::num::decimal::scientific;
/// assert_eq!(scientific(1234.5, 2), "1.23e3");
/// ```
pub fn scientific(value: f64, keep: u8) -> String {
    signed(value, |magnitude| {
        let mut decimal = Decimal::exact(magnitude).rounded(i32::from(keep) + 1);
        decimal.point += i32::from(decimal.digits.is_empty());
        decimal.digits.resize(usize::from(keep) + 1, 0);
        decimal.scientific()
    })
}

/// The shortest text that reads back as `value`, and of these the nearest: with an exponent below 10⁻⁴.
pub(super) fn shortest(value: f64) -> String {
    signed(value, |magnitude| shortest_of(magnitude).written())
}

/// The shortest text that reads back as `value`, with an exponent, as `{:e}` writes it.
///
/// ```
/// assert_eq!(receptive::num::decimal::exponential(1.5e300), "1.5e300");
/// ```
pub fn exponential(value: f64) -> String {
    signed(value, |magnitude| shortest_of(magnitude).scientific())
}

/// A single as the decimal that a person would write for it: 0.1 and not 0.10000000149.
///
/// ```
/// # use receptive::num::decimal::of_single;
/// assert_eq!(of_single(0.1), 0.1);
/// ```
pub fn of_single(value: f32) -> f64 {
    let whole = f64::from(value);
    if !whole.is_finite() {
        return whole;
    }
    let exact = Decimal::exact(whole.abs());
    // Nine digits tell every single.
    let text = |keep| signed(whole, |_| exact.clone().rounded_by(keep, |_| true).scientific());
    let short = (1..=9).filter_map(|keep| parse(&text(keep)));
    let mut short = short.filter(|short| single(*short).to_bits() == value.to_bits());
    short.next().unwrap_or(whole)
}

/// The shortest digits, where there are at most 15: fewer decimals than others, and both operations round as they
/// should.
fn quick(magnitude: f64) -> Option<Decimal> {
    (0..=22).zip(EXACT_TENS).find_map(|(decimals, ten)| {
        let whole = (magnitude * ten).round();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 10¹⁵ and not negative")]
        #[expect(clippy::float_cmp, reason = "it reads back as the same bits, or does not")]
        (whole < 1e15 && whole / ten == magnitude).then(|| Decimal::of(whole as u64, decimals))
    })
}

/// The shortest digits of a magnitude.
fn shortest_of(magnitude: f64) -> Decimal {
    quick(magnitude).unwrap_or_else(|| searched(magnitude))
}

/// The same of any, by the interval that is read as it.
fn searched(magnitude: f64) -> Decimal {
    let (whole, exponent) = parts(magnitude);
    // Halfway to the doubles beside it; the one below is nearer where a power of two begins.
    let is_power = whole == 1 << FRACTION && i64::from(exponent) > LEAST;
    let (below, above) = if is_power { (4 * whole - 1, 4 * whole + 2) } else { (4 * whole - 2, 4 * whole + 2) };
    let [low, exact, high] = [below, 4 * whole, above].map(|whole| Decimal::long(whole, exponent - 2));
    // What lies halfway is read as the even one.
    let is_read = |decimal: &Decimal| match (decimal.cmp(&low), decimal.cmp(&high)) {
        (Ordering::Greater, Ordering::Less) => true,
        (Ordering::Equal, _) | (_, Ordering::Equal) => whole % 2 == 0,
        _ => false,
    };
    for keep in 1..17 {
        let nearest = exact.clone().rounded_by(keep, |_| true);
        if is_read(&nearest) {
            return nearest;
        }
        // Where the neighbours are not equally far, the other side can be read as it when the nearest is not.
        if is_power {
            let mut cut = exact.clone();
            cut.digits.truncate(usize::try_from(keep).unwrap_or(0));
            let above = cut.next().without_zeros();
            if is_read(&above) {
                return above;
            }
        }
    }
    exact.rounded_by(17, |_| true)
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let is_some = |decimal: &Self| !decimal.digits.is_empty();
        // Digits without zeros at the end are in order as texts are.
        (is_some(self), self.point, &self.digits).cmp(&(is_some(other), other.point, &other.digits))
    }
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

    fn is_zero(&self) -> bool {
        self.0.iter().all(|limb| *limb == 0)
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

    /// The standard library is right: the same text.
    #[track_caller]
    fn check_written(value: f64) {
        for decimals in [0_u8, 1, 2, 3, 4, 11, 20] {
            assert_eq!(fixed(value, decimals), format!("{value:.*}", usize::from(decimals)), "{value:e}, {decimals}");
            let digits = usize::from(decimals);
            assert_eq!(scientific(value, decimals), format!("{value:.digits$e}"), "{value:e}, {decimals}");
        }
        assert_eq!(exponential(value), format!("{value:e}"));
        let is_small = value != 0.0 && value.abs() < 1e-4;
        assert_eq!(shortest(value), if is_small { format!("{value:e}") } else { format!("{value}") });
    }

    #[test]
    fn what_is_written_at_the_edges() {
        let edges = [
            0.0,
            f64::from_bits(1),
            f64::MIN_POSITIVE,
            f64::MAX,
            f64::INFINITY,
            f64::NAN,
            0.1 + 0.2,
            0.5,
            2.5,
            0.25,
            0.125,
            1e15,
            1e16,
            1e21,
            1e22,
            1e23,
            9.5e-5,
            9.999_999e-5,
            1e-4,
            999_999_999.5,
            1_000_000_000.5,
            123_456_789_012_345.6,
            9_007_199_254_740_993.0,
        ];
        for value in edges {
            check_written(value);
            check_written(-value);
        }
        // Where a power of two begins, the double below is nearer than the one above.
        for exponent in 0..2047_u64 {
            for bits in [(exponent << 52).wrapping_sub(1), exponent << 52, (exponent << 52) + 1] {
                let value = f64::from_bits(bits);
                if value.is_finite() {
                    assert_eq!(
                        shortest(value),
                        if value != 0.0 && value < 1e-4 { format!("{value:e}") } else { format!("{value}") }
                    );
                }
            }
        }
    }

    /// As the screen shows numbers, by the standard library.
    fn three_digits(value: f64) -> String {
        let scientific = format!("{value:.2e}");
        let (mantissa, exponent) = scientific.split_once('e').unwrap();
        let exponent: i32 = exponent.parse().unwrap();
        let short = |text: &str| {
            if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                text.to_owned()
            }
        };
        if exponent < -4 && value != 0.0 {
            return format!("{}e{exponent}", short(mantissa));
        }
        short(&format!("{value:.*}", usize::try_from(2 - exponent).unwrap_or(0)))
    }

    proptest! {
        #[test]
        fn any_double_is_written_as_by_the_standard_library(bits: u64) {
            check_written(f64::from_bits(bits));
        }

        #[test]
        fn any_single_is_what_a_person_writes(bits: u32) {
            let value = f32::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(of_single(value).to_bits(), value.to_string().parse::<f64>().unwrap().to_bits());
        }

        #[test]
        fn so_is_what_people_type(whole in -1_000_000_000_000_i64..1_000_000_000_000, decimals in 0_i32..16) {
            let value = whole as f64 / 10_f64.powi(decimals);
            check_written(value);
            prop_assert_eq!(significant(value, 3), three_digits(value));
            // Ties, and beside them.
            let half = (whole as f64 + 0.5) / 2_f64.powi(decimals);
            check_written(half);
            prop_assert_eq!(significant(half, 3), three_digits(half));
        }

        #[test]
        fn three_digits_of_any(bits: u64, exponent in -40_i32..40) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(significant(value, 3), three_digits(value));
            let near = (1.0 + (bits >> 12) as f64 / (1_u64 << 52) as f64) * 10_f64.powi(exponent);
            prop_assert_eq!(significant(near, 3), three_digits(near));
        }

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
