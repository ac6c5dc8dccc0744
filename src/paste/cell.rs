//! One cell of a text, and a factor on all of them. How numbers are written is known here alone.

use crate::num::{Entry, MAX_MAGNITUDE, format, shortened};

use super::diagnostic::{Assumption, Diagnostic};

/// Longer texts are no cells; they are not looked into.
const MAX_CELL: usize = 256;

/// What a no-break space between thousands is in a text that is read: no space, so that it parts no columns.
pub(super) const GROUP: char = '\u{66c}';

/// Signs of money that may stand before or after a number.
const CURRENCIES: [char; 11] = ['$', '€', '£', '¥', '₹', '₩', '₽', '₺', '₫', '₪', '₴'];

/// The decimal mark; thousands are then parted by another sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// `1,234.5`.
    Point,
    /// `1.234,5`.
    Comma,
}

/// How a text writes its numbers, and what reading them assumed.
#[derive(Debug, Default)]
pub(super) struct Spelling {
    /// `None` where a point is the decimal mark and a comma is no part of a number.
    mark: Option<Mark>,
    /// Whether `%` may not be the sign of per cent: it begins a comment.
    comments: bool,
    /// Whether `(5)` may be a book-keeper's −5.
    sheet: bool,
    /// What was assumed, each once.
    pub(super) said: Vec<Assumption>,
}

impl Spelling {
    /// The spelling that all cells of a text have in common.
    ///
    /// # Errors
    /// [`Diagnostic::Ambiguous`] where two spellings give two values, and nothing in the text decides.
    pub(super) fn of(cells: &[&str], is_code: bool, sheet: bool) -> Result<Self, Diagnostic> {
        let (mut point, mut comma, mut either) = (false, false, None);
        for text in cells.iter().filter(|text| text.len() <= MAX_CELL && text.contains([',', '.'])) {
            let cleaned = clean(text);
            let body = Body::of(&cleaned).digits;
            match (plain(body, Some(Mark::Point)), plain(body, Some(Mark::Comma))) {
                (Some(_), None) => point = true,
                (None, Some(_)) => comma = true,
                (Some((one, _)), Some((other, _))) if body.contains(',') => {
                    either.get_or_insert_with(|| (text.trim().to_owned(), one, other));
                }
                _ => {}
            }
        }
        let mark = match (point, comma, either) {
            (true, true, _) => None,
            (false, true, _) => Some(Mark::Comma),
            (false, false, Some((text, one, other))) => return Err(Diagnostic::ambiguous(&text, one, other)),
            _ => Some(Mark::Point),
        };
        let comments = is_code && !cells.iter().all(|text| text.trim_end().ends_with('%'));
        Ok(Self { mark, comments, sheet, said: Vec::new() })
    }

    /// Reads one cell, with what programs wrap around a number: quotes, `np.float64(1.0)`, `Fraction(1, 16)`, `(-1)`.
    pub(super) fn read(&mut self, text: &str) -> Entry {
        if text.len() > MAX_CELL {
            return Entry::Unreadable(shortened(text));
        }
        let mut said = Vec::new();
        let entry = self.number(&clean(text), &mut said);
        let Some(entry) = entry else { return Entry::Unreadable(shortened(&text.replace(GROUP, " "))) };
        if let Entry::Unreadable(_) = entry {
            return Entry::Unreadable(shortened(&text.replace(GROUP, " ")));
        }
        for assumption in said {
            if !self.said.contains(&assumption) {
                self.said.push(assumption);
            }
        }
        entry
    }

    fn number(&self, cleaned: &str, said: &mut Vec<Assumption>) -> Option<Entry> {
        if let Some(fraction) = fraction_call(cleaned) {
            return Some(fraction);
        }
        let inner = unwrap(cleaned);
        if let Some(is) = truth(inner) {
            said.push(Assumption::TrueIsOne);
            return Some(Entry::Number(if is { 1.0 } else { 0.0 }));
        }
        let body = Body::of(inner);
        if body.percent && self.comments {
            return None;
        }
        let bracketed = inner.len() < cleaned.len() && cleaned.starts_with('(');
        let negative = bracketed && !body.negative && (body.currency || self.sheet);
        if negative && !body.currency {
            return None;
        }
        let part = |text: &str, shift: i32, said: &mut Vec<Assumption>| {
            let (number, assumed) = plain(text.trim(), self.mark)?;
            said.extend(assumed);
            let (digits, exponent) = number.split_once('e').unwrap_or((&number, "0"));
            let exponent = exponent.parse::<i32>().ok()?.checked_add(shift)?;
            Some(if exponent == 0 { digits.to_owned() } else { format!("{digits}e{exponent}") })
        };
        let sign = if negative || body.negative { "-" } else { "" };
        let entry = match body.digits.split_once('/') {
            None => Entry::parse(&[sign, &part(body.digits, if body.percent { -2 } else { 0 }, said)?].concat()),
            Some((above, below)) if !body.percent => {
                let below = match below.strip_prefix('/') {
                    Some(below) => {
                        said.push(Assumption::DoubleSlash);
                        below
                    }
                    None => below,
                };
                let (minus, below) = below.strip_prefix('-').map_or(("", below), |below| ("-", below));
                let below = part(below, 0, said)?;
                match above.split_once(' ') {
                    None => Entry::parse(&[sign, &part(above, 0, said)?, "/", minus, &below].concat()),
                    Some((whole, above)) => {
                        let value = mixed(whole, above, &below)?;
                        said.push(Assumption::MixedFractions);
                        Entry::parse(&[sign, &format::ascii(value)].concat())
                    }
                }
            }
            Some(_) => return None,
        };
        said.extend(body.percent.then_some(Assumption::PerCent));
        said.extend(body.currency.then_some(Assumption::Currency));
        Some(entry)
    }
}

/// The value of a whole number beside a fraction below 1, as in `1 1/2`.
fn mixed(whole: &str, above: &str, below: &str) -> Option<f64> {
    let digits = |text: &str| is_digits(text).then(|| text.parse::<u32>().ok()).flatten();
    let (whole, above, below) = (digits(whole)?, digits(above)?, digits(below)?);
    (whole > 0 && above > 0 && above < below).then(|| f64::from(whole) + f64::from(above) / f64::from(below))
}

/// Whether a line of words is a whole number or a fraction (`false`) or both (`true`), and the value of the latter.
pub(super) fn whole_or_mixed(words: &[String]) -> Option<(bool, f64)> {
    let unsigned = |word: &str| word.trim_start_matches(['-', '+', '\u{2212}']).to_owned();
    match words {
        [one] => {
            let one = unsigned(one);
            let (above, below) = one.split_once('/').unwrap_or((&one, "1"));
            (is_digits(above) && is_digits(below)).then_some((false, 0.0))
        }
        [whole, fraction] => {
            let (above, below) = fraction.split_once('/')?;
            mixed(&unsigned(whole), above, below).map(|value| (true, value))
        }
        _ => None,
    }
}

/// Whether a line is one number in the spelling of some country, and whether it bears a sign that only whole numbers do:
/// of money, of per cent, or one between thousands that is no comma.
pub(super) fn one_number(line: &str) -> Option<bool> {
    if line.len() > MAX_CELL {
        return None;
    }
    let cleaned = clean(line);
    let body = Body::of(unwrap(&cleaned));
    let is = [Mark::Point, Mark::Comma].iter().any(|mark| plain(body.digits, Some(*mark)).is_some());
    is.then(|| body.percent || body.currency || body.digits.contains([GROUP, '\'', '’']))
}

/// Whether a word is a sign of money or of per cent alone.
pub(super) fn is_unit(word: &str) -> bool {
    word == "%" || is_currency(word)
}

/// Whether a word is a sign of money alone.
pub(super) fn is_currency(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(|c| CURRENCIES.contains(&c)) && chars.next().is_none()
}

/// Keeps the no-break spaces between thousands, as [`GROUP`]; all others are spaces. They are kept where each that has
/// digits on both sides parts whole thousands: else they part columns.
pub(super) fn grouped(text: &str) -> String {
    let is_space = |c: char| matches!(c, '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}');
    if !text.contains(is_space) {
        return text.to_owned();
    }
    // What precedes: digits so far, and whether these may go on with thousands.
    let mut text_with_groups = String::with_capacity(text.len());
    let (mut digits, mut may) = (0_usize, true);
    let mut whole = true;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let after = rest.as_str();
        let next = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        let is_group = is_space(c) && digits > 0 && next > 0;
        if is_group {
            // What follows the three digits ends the number, or goes on with a decimal mark or a group.
            whole &= may && digits <= 3 && next == 3;
            text_with_groups.push(GROUP);
        } else {
            text_with_groups.push(if is_space(c) { ' ' } else { c });
        }
        if c.is_ascii_digit() {
            digits += 1;
        } else {
            // Decimals are no thousands, nor is what stands after a letter.
            may = is_group || !(matches!(c, '.' | ',') && digits > 0 || c.is_alphanumeric());
            digits = 0;
        }
    }
    if whole { text_with_groups } else { text.replace(is_space, " ") }
}

/// What `True` and `False` are.
fn truth(text: &str) -> Option<bool> {
    match text.trim() {
        "True" | "true" | "TRUE" => Some(true),
        "False" | "false" | "FALSE" => Some(false),
        _ => None,
    }
}

/// A cell without the signs around its digits.
struct Body<'a> {
    digits: &'a str,
    negative: bool,
    currency: bool,
    percent: bool,
}

impl<'a> Body<'a> {
    fn of(text: &'a str) -> Self {
        let signed = |text: &'a str| match text.strip_prefix('-') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (before, rest) = signed(text);
        let (digits, percent) = rest.strip_suffix('%').map_or((rest, false), |rest| (rest.trim_end(), true));
        let unsigned = digits.strip_prefix(CURRENCIES).map(str::trim_start);
        let unsigned = unsigned.or_else(|| digits.strip_suffix(CURRENCIES).map(str::trim_end));
        let (after, digits, currency) = match unsigned {
            // `$-5`, but no sign twice.
            Some(digits) if !before => {
                let (after, digits) = signed(digits);
                (after, digits, true)
            }
            Some(digits) => (false, digits, true),
            None => (false, digits, false),
        };
        Self { digits, negative: before || after, currency, percent }
    }
}

/// A number without its sign as [`Entry::parse`] takes it, and what that assumes.
fn plain(text: &str, mark: Option<Mark>) -> Option<(String, Vec<Assumption>)> {
    let text = without_suffix(text);
    // `1e5`, Julia's `1f5`, Fortran's `1d5`, Mathematica's `1*^5`.
    let end = text.find(['e', 'E', '*', 'f', 'd', 'D']).unwrap_or(text.len());
    let (mantissa, exponent) = text.split_at_checked(end)?;
    let exponent = match exponent.chars().next() {
        None => None,
        Some('*') => Some(exponent.strip_prefix("*^")?),
        Some(_) => Some(exponent.get(1..)?),
    };
    if !exponent.is_none_or(|exponent| is_digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))) {
        return None;
    }
    let decimal_mark = if mark == Some(Mark::Comma) { ',' } else { '.' };
    let (whole, decimals) = mantissa.split_once(decimal_mark).map_or((mantissa, None), |(w, d)| (w, Some(d)));
    if !decimals.unwrap_or("").chars().all(|c| c.is_ascii_digit()) || !mantissa.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut said = Vec::new();
    let separator = whole.chars().find(|c| !c.is_ascii_digit());
    let whole = match separator {
        None => whole.to_owned(),
        Some(separator) => {
            said.push(match (separator, mark) {
                (GROUP, _) => Assumption::ThousandsSpaces,
                ('\'' | '’', _) => Assumption::ThousandsApostrophes,
                (',', Some(Mark::Point)) => Assumption::ThousandsCommas,
                ('.', Some(Mark::Comma)) => Assumption::ThousandsPoints,
                _ => return None,
            });
            let mut groups = whole.split(separator);
            let first = groups.next().unwrap_or("");
            let leads = is_digits(first) && first.len() <= 3 && !first.starts_with('0');
            if !leads || !groups.all(|group| is_digits(group) && group.len() == 3) {
                return None;
            }
            whole.replace(separator, "")
        }
    };
    if mark == Some(Mark::Comma) && decimals.is_some() {
        said.retain(|said| *said != Assumption::ThousandsPoints);
        said.push(if separator == Some('.') { Assumption::PointsAndCommas } else { Assumption::DecimalCommas });
    }
    let mut number = whole;
    for (sign, part) in [(".", decimals), ("e", exponent)] {
        if let Some(part) = part {
            number.push_str(sign);
            number.push_str(part.strip_prefix('+').unwrap_or(part));
        }
    }
    Some((number, said))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

/// `1.0f`, `2L`, `1.0_f32` without what names the type.
fn without_suffix(text: &str) -> &str {
    const TYPES: [&str; 14] =
        ["f32", "f64", "usize", "isize", "i32", "u32", "i64", "u64", "i16", "u16", "i8", "u8", "ul", "UL"];
    let known = TYPES.iter().find_map(|suffix| text.strip_suffix(suffix));
    let bare = known.or_else(|| text.strip_suffix(['f', 'F', 'l', 'L', 'u', 'U', 'd', 'D'])).unwrap_or(text);
    // What is left has to be a number.
    if bare.ends_with(|c: char| c.is_ascii_digit() || c == '.') { bare } else { text }
}

/// ASCII signs, no quotes, no leading `=`, no space around a slash or after a leading sign, no `_` between digits.
fn clean(text: &str) -> String {
    let text = text.trim().trim_matches(['"', '`']).trim();
    let text = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(text).trim();
    // A formula of LaTeX, as in `$0.5$`.
    let text = text.strip_prefix('$').and_then(|rest| rest.strip_suffix('$')).unwrap_or(text).trim();
    // A spreadsheet's formula that is a number, as `write` makes them.
    let text = text.strip_prefix('=').unwrap_or(text);
    let mut cleaned = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        let c = match c {
            '\u{2212}' | '\u{2010}'..='\u{2013}' | '\u{fe63}' | '\u{ff0d}' => '-',
            '\u{2044}' | '\u{2215}' => '/',
            other => other,
        };
        match c {
            c if c.is_whitespace() => space = true,
            '_' if cleaned.ends_with(|c: char| c.is_ascii_digit()) => {}
            c => {
                let joins = cleaned.is_empty() || cleaned.ends_with(['/', '(']) || cleaned == "-" || cleaned == "+";
                // A space between two numbers is no decoration: it stays, and the cell is unreadable.
                if space && !joins && !matches!(c, '/' | ')') {
                    cleaned.push(' ');
                }
                space = false;
                cleaned.push(c);
            }
        }
    }
    cleaned
}

/// What is inside `(…)` or a conversion such as `np.float32(…)`.
fn unwrap(text: &str) -> &str {
    let Some((name, rest)) = text.split_once('(') else { return text };
    let name = name.rsplit('.').next().unwrap_or(name);
    let known = [
        "", "float", "float16", "float32", "float64", "int", "int8", "int16", "int32", "int64", "uint8", "array",
        "tensor",
    ];
    match rest.strip_suffix(')') {
        Some(inner) if known.contains(&name) => inner.trim().trim_matches(['"', '\'']),
        _ => text,
    }
}

/// Python's `Fraction(1, 16)`.
fn fraction_call(text: &str) -> Option<Entry> {
    let (above, below) = text.strip_prefix("Fraction(")?.strip_suffix(')')?.split_once(',')?;
    Some(Entry::parse(&format!("{}/{}", above.trim(), below.trim())))
}

/// A factor beside an array, kept as a fraction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Factor {
    numerator: f64,
    denominator: f64,
}

impl Factor {
    /// Reads `1/16`, `(1/16)` or `0.5`.
    pub(super) fn read(text: &str) -> Option<Self> {
        match Spelling::default().read(text) {
            Entry::Number(value) => Some(Self { numerator: value, denominator: 1.0 }),
            Entry::Fraction { numerator, denominator } => Some(Self { numerator, denominator }),
            Entry::Unreadable(_) => None,
        }
    }

    /// The factor that divides by `self`, `None` for 0.
    pub(super) fn inverse(self) -> Option<Self> {
        (self.numerator != 0.0).then_some(Self { numerator: self.denominator, denominator: self.numerator })
    }

    /// Both factors one after the other.
    pub(super) fn and(self, other: Self) -> Self {
        Self { numerator: self.numerator * other.numerator, denominator: self.denominator * other.denominator }
    }

    /// The factor as an entry.
    pub(super) fn entry(self) -> Entry {
        simplest(self.numerator, self.denominator)
    }

    /// `entry` times the factor, not reduced: 1/16 of 4 is 4/16. Too large a product is unreadable, like too large
    /// a number; what is unreadable stays so.
    pub(super) fn times(self, entry: &Entry) -> Entry {
        let (numerator, denominator) = match entry {
            Entry::Number(value) => (*value, 1.0),
            Entry::Fraction { numerator, denominator } => (*numerator, *denominator),
            Entry::Unreadable(_) => return entry.clone(),
        };
        let product = self.and(Self { numerator, denominator });
        let value = product.numerator / product.denominator;
        let fits = |part: f64| part.abs() <= MAX_MAGNITUDE;
        if fits(product.numerator) && fits(product.denominator) && value.is_finite() && fits(value) {
            simplest(product.numerator, product.denominator)
        } else {
            // Its parts may be too large where their quotient is not.
            Entry::parse(&format::ascii(value))
        }
    }
}

/// A fraction unless a whole or zero says the same.
#[expect(clippy::float_cmp, reason = "only an exact 1 below the bar can be dropped")]
fn simplest(numerator: f64, denominator: f64) -> Entry {
    if denominator == 1.0 || numerator == 0.0 {
        // Adding 0 turns −0 into 0.
        Entry::Number(numerator + 0.0)
    } else {
        Entry::Fraction { numerator, denominator }
    }
}
