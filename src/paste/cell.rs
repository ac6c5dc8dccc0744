//! One cell of a text, and a factor on all of them.

use crate::num::{Entry, MAX_MAGNITUDE, format, shortened};

/// Longer texts are no cells; they are not looked into.
const MAX_CELL: usize = 256;

/// Reads one cell, with what programs wrap around a number: quotes, `np.float64(1.0)`, `Fraction(1, 16)`, `(-1)`.
pub(super) fn read(text: &str) -> Entry {
    if text.len() > MAX_CELL {
        return Entry::Unreadable(shortened(text));
    }
    let cleaned = clean(text);
    let inner = unwrap(&cleaned);
    let inner = truth(inner).map_or(inner, |is| if is { "1" } else { "0" });
    match Entry::parse(inner) {
        Entry::Unreadable(_) => match fraction_call(&cleaned) {
            Some(entry) => entry,
            None => Entry::Unreadable(shortened(text)),
        },
        entry => entry,
    }
}

/// What `True` and `False` are.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.trim() {
        "True" | "true" | "TRUE" => Some(true),
        "False" | "false" | "FALSE" => Some(false),
        _ => None,
    }
}

/// ASCII signs, no quotes, no leading `=`, no space around a slash or after a leading sign, no `_` between digits.
fn clean(text: &str) -> String {
    let text = text.trim().trim_matches(['"', '\'', '`', '$']).trim();
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
        match read(text) {
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
