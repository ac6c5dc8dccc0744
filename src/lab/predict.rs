//! Predict first: what a typed number means against the right one.

use super::operation::Answer;
use crate::{
    mistake::is_same,
    num::{Entry, decimal},
};

/// What a typed number is.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The number, to the digits that the screen shows.
    Right,
    /// Another one, with a sentence on what it equals, or that it equals nothing known.
    Wrong(String),
    /// No number.
    Unreadable(String),
}

/// The number that was typed, or why it is none.
///
/// # Errors
/// A sentence about a text that is no number.
pub fn read(typed: &str) -> Result<f64, String> {
    let entry = Entry::parse(typed);
    if let Some(value) = entry.value().or_else(|| count(typed)) {
        return Ok(value);
    }
    let Entry::Unreadable(text) = entry else { return Err(String::new()) };
    Err(if text.is_empty() {
        "Type the number that comes next.".to_owned()
    } else {
        format!("“{text}” is not a number.")
    })
}

/// Judges what was typed.
///
/// A rounded result is right to the figures that the screen shows; a wrong number is named by the first known mistake
/// that makes it.
pub fn judge(typed: &str, answer: &Answer) -> Verdict {
    let value = match read(typed) {
        Ok(value) => value,
        Err(sentence) => return Verdict::Unreadable(sentence),
    };
    if is_same(value, answer.value) {
        return Verdict::Right;
    }
    let known = answer.mistakes.iter().find(|mistaken| is_same(value, mistaken.value));
    Verdict::Wrong(known.map_or_else(
        || format!("{} is not right, and no usual mistake gives it.", Entry::parse(typed).shown()),
        |mistaken| mistaken.sentence.clone(),
    ))
}

/// A count as it is written: in groups of three digits, and past the largest number that a cell takes.
fn count(typed: &str) -> Option<f64> {
    let typed = typed.trim();
    let (separator, is_digit) =
        (|c: char| matches!(c, ',' | ' ' | '\u{a0}' | '\u{202f}'), |c: char| c.is_ascii_digit());
    let mut groups = typed.split(separator);
    let first = groups.next()?;
    let grouped = groups.clone().next().is_some();
    if grouped {
        let is_group = |group: &str| group.len() == 3 && group.chars().all(is_digit);
        let begins = (1..=3).contains(&first.len()) && first.chars().all(is_digit);
        if !begins || !groups.all(is_group) {
            return None;
        }
    }
    let digits = typed.replace(separator, "");
    let is_number = |c: char| is_digit(c) || matches!(c, '.' | 'e' | 'E');
    if digits.chars().all(is_number) { decimal::parse(&digits).filter(|count| count.is_finite()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mistake::{Mistake, Mistaken};

    #[test]
    fn what_a_number_means() {
        let mistaken =
            |value: f64, sentence: &str| Mistaken { mistake: Mistake::OneShare, value, sentence: sentence.to_owned() };
        let third = Answer { question: String::new(), value: 1.0 / 3.0, mistakes: vec![mistaken(2.0, "Twice.")] };
        let check = |typed: &str, expect: Verdict| assert_eq!(judge(typed, &third), expect, "{typed}");
        check("1/3", Verdict::Right);
        check("0.333", Verdict::Right);
        check("0.3333", Verdict::Right);
        check("0.33", Verdict::Wrong("0.33 is not right, and no usual mistake gives it.".into()));
        check("2", Verdict::Wrong("Twice.".into()));
        check("", Verdict::Unreadable("Type the number that comes next.".into()));
        check("two", Verdict::Unreadable("“two” is not a number.".into()));
        let large = Answer { question: String::new(), value: 3.6e9, mistakes: vec![mistaken(3.6e7, "One unit.")] };
        let check = |typed: &str, expect: Verdict| assert_eq!(judge(typed, &large), expect, "{typed}");
        check("3,600,000,000", Verdict::Right);
        check("3600000000", Verdict::Right);
        check("3 600 000 000", Verdict::Right);
        check("3.6e9", Verdict::Right);
        check("36,000,000", Verdict::Wrong("One unit.".into()));
        check("36,00,000", Verdict::Unreadable("“36,00,000” is not a number.".into()));
        check("36,0000", Verdict::Unreadable("“36,0000” is not a number.".into()));
        check("3600000001,5", Verdict::Unreadable("“3600000001,5” is not a number.".into()));
        check("7,000,000,000", Verdict::Wrong("7,000,000,000 is not right, and no usual mistake gives it.".into()));
    }
}
