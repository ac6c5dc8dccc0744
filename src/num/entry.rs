//! One cell as a person typed it.

use super::{decimal, format};

/// The largest magnitude a cell takes. Sums of any lab's taps then stay exact enough to be shown in full.
pub const MAX_MAGNITUDE: f64 = 1e9;

/// The most characters that are kept of a text that is no number.
pub const MAX_TEXT: usize = 24;

/// What a cell holds: a number, a fraction that stays a fraction on screen, or a text that is neither.
///
/// An unreadable text is kept, so that nothing typed is lost; the lab names it and offers the repair.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// An integer or a decimal number.
    Number(f64),
    /// A fraction such as `1/16`, as it was typed.
    Fraction {
        /// The number above the bar.
        numerator: f64,
        /// The number below the bar, not 0.
        denominator: f64,
    },
    /// Text that is no number within ±[`MAX_MAGNITUDE`].
    Unreadable(String),
}

impl Entry {
    /// Reads what a person typed: an integer, a decimal, `1e-3`, a fraction `1/16`, with `-` or `−`.
    ///
    /// ```
    /// # use receptive::num::Entry;
    /// assert_eq!(Entry::parse("−2"), Entry::Number(-2.0));
    /// assert_eq!(Entry::parse("1/16").value(), Some(0.0625));
    /// assert_eq!(Entry::parse("abc").value(), None);
    /// ```
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let read = match text.split_once('/') {
            None => number(text).map(Self::Number),
            Some((above, below)) => fraction(above, below),
        };
        read.unwrap_or_else(|| Self::Unreadable(shortened(text)))
    }

    /// The number it stands for, `None` where the text is unreadable.
    pub fn value(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            Self::Fraction { numerator, denominator } => Some(numerator / denominator),
            Self::Unreadable(_) => None,
        }
    }

    /// The text on screen: fractions as typed, decimals with 3 significant figures, a true minus.
    pub fn shown(&self) -> String {
        match self {
            Self::Number(value) => format::shown(*value),
            Self::Fraction { numerator, denominator } => {
                format!("{}/{}", format::exact(*numerator), format::exact(*denominator))
            }
            Self::Unreadable(text) => text.clone(),
        }
    }

    /// The whole text with an ASCII minus, as it is edited, copied and linked.
    pub fn typed(&self) -> String {
        match self {
            Self::Number(value) => format::ascii(*value),
            Self::Fraction { numerator, denominator } => {
                format!("{}/{}", format::ascii(*numerator), format::ascii(*denominator))
            }
            Self::Unreadable(text) => text.clone(),
        }
    }
}

/// What is kept of a text that is no number: without the spaces around it, on one line, and past [`MAX_TEXT`]
/// characters cut with an ellipsis, without which the rest might read as a number.
pub fn shortened(text: &str) -> String {
    let text = text.trim().replace(char::is_whitespace, " ");
    if text.chars().count() <= MAX_TEXT {
        return text;
    }
    text.chars().take(MAX_TEXT - 1).chain(['…']).collect()
}

impl From<f64> for Entry {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

fn number(text: &str) -> Option<f64> {
    let text = text.trim().replace('\u{2212}', "-");
    let value = decimal::parse(&text)?;
    // -0 is 0 on paper: the sign of a zero would show as "−0".
    (value.abs() <= MAX_MAGNITUDE).then_some(value + 0.0)
}

fn fraction(above: &str, below: &str) -> Option<Entry> {
    let (numerator, denominator) = (number(above)?, number(below)?);
    let value = numerator / denominator;
    (value.is_finite() && value.abs() <= MAX_MAGNITUDE).then_some(Entry::Fraction { numerator, denominator })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, shown: &str, value: Option<f64>) {
        let entry = Entry::parse(text);
        assert_eq!((entry.shown().as_str(), entry.value()), (shown, value));
        assert_eq!(Entry::parse(&entry.typed()), entry, "what is typed again reads the same");
    }

    #[test]
    fn what_people_type() {
        check("7", "7", Some(7.0));
        check(" -2 ", "−2", Some(-2.0));
        check("−2", "−2", Some(-2.0));
        check("+3", "3", Some(3.0));
        check(".5", "0.5", Some(0.5));
        check("-0", "0", Some(0.0));
        check("1e-3", "0.001", Some(0.001));
        check("1/16", "1/16", Some(0.0625));
        check("-1/9", "−1/9", Some(-1.0 / 9.0));
        check("0.123456", "0.123", Some(0.123_456));
    }

    #[test]
    fn what_is_no_number() {
        for text in ["", "abc", "1/0", "nan", "inf", "1e400", "2000000000", "1/2/3", "--1", "1,5"] {
            check(text, text, None);
        }
    }

    #[test]
    fn a_long_text_is_cut_and_stays_no_number() {
        assert_eq!(Entry::parse(&"x".repeat(1000)), Entry::Unreadable("x".repeat(MAX_TEXT - 1) + "…"));
        let cut = Entry::parse("0.12345678901234567890123456789 or so");
        assert_eq!(cut, Entry::Unreadable("0.123456789012345678901…".to_owned()));
        assert_eq!(Entry::parse(&cut.typed()), cut);
    }

    proptest! {
        #[test]
        fn any_text_is_an_entry_that_reads_the_same_when_typed_again(text in prop_oneof![
            any::<String>(),
            "[-+−]?[0-9.]{0,30}([eE][-+]?[0-9]{0,3})?(/[-+−]?[0-9.]{0,30})?[ x]{0,40}",
        ]) {
            let entry = Entry::parse(&text);
            prop_assert_eq!(&Entry::parse(&entry.typed()), &entry);
            match &entry {
                Entry::Number(value) => prop_assert!(value.abs() <= MAX_MAGNITUDE),
                Entry::Fraction { .. } => {
                    prop_assert!(entry.value().is_some_and(|value| value.abs() <= MAX_MAGNITUDE));
                    // What is shown is the whole fraction, so it can be typed again as well.
                    prop_assert_eq!(&Entry::parse(&entry.shown()), &entry);
                }
                Entry::Unreadable(kept) => prop_assert!(kept.chars().count() <= MAX_TEXT),
            }
        }

        #[test]
        fn any_number_is_typed_in_full(value in prop_oneof![-MAX_MAGNITUDE..=MAX_MAGNITUDE, -1e-6..1e-6]) {
            prop_assert_eq!(Entry::parse(&Entry::from(value).typed()), Entry::Number(value + 0.0));
        }
    }
}
