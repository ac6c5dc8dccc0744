//! Sentences about what stands in the way, with their repairs: the parts that labs share.

use super::control::{ControlId, Value};
use super::operation::{Action, Problem, Repair};
use super::scene::PlateId;
use crate::{
    nn::shape::{MAX_SETTING, Padding},
    num::{Entry, Grid, MAX_MAGNITUDE, decimal, format},
};

/// A grid whose cells are asked for: which, what a problem with it lies with, and its name in a sentence.
pub struct AskedGrid<'a> {
    /// Which grid.
    pub plate: PlateId,
    /// What a problem lies with.
    pub control: ControlId,
    /// `Kernel`
    pub name: String,
    /// Its cells.
    pub cells: &'a Grid<Entry>,
}

/// The first cell of the grids that is no number.
pub fn unreadable<'a>(grids: impl IntoIterator<Item = AskedGrid<'a>>) -> Option<Problem> {
    grids.into_iter().find_map(unreadable_in)
}

fn unreadable_in(AskedGrid { plate, control, name, cells }: AskedGrid) -> Option<Problem> {
    let (row, col, text, others) = first_unreadable(cells)?;
    let begin = match why_unreadable(&text) {
        Unreadable::Empty => format!("{name} row {row}, column {col} is empty"),
        Unreadable::TooLarge => format!("{name} row {row}, column {col}: {text} {}", past_magnitude()),
        Unreadable::NoNumber => format!("{name} row {row}, column {col}: “{text}” is not a number"),
    };
    let sentence = match others {
        0 => format!("{begin}."),
        1 => format!("{begin}; 1 other cell is not a number either."),
        _ => format!("{begin}; {others} other cells are not a number either."),
    };
    let label = match others {
        0 => "Use 0",
        1 => "Use 0 for both",
        _ => "Use 0 for all",
    };
    Some(Problem { control, sentence, repairs: vec![Repair::new(label, Action::ClearUnreadable(plate))] })
}

/// A typed number that is none, such as the bias.
pub fn unreadable_text(control: ControlId, name: &str, entry: &Entry, zero: &str) -> Option<Problem> {
    let Entry::Unreadable(text) = entry else { return None };
    let sentence = match why_unreadable(text) {
        Unreadable::Empty => format!("The {name} is empty."),
        Unreadable::TooLarge => format!("The {name} {text} {}.", past_magnitude()),
        Unreadable::NoNumber => format!("The {name} “{text}” is not a number."),
    };
    let repair = Repair::new(format!("Use {zero}"), Action::Set(control, Value::Text(zero.to_owned())));
    Some(Problem { control, sentence, repairs: vec![repair] })
}

/// A padding past its limit.
pub fn padding_past_limit(padding: Padding) -> Option<Problem> {
    let Padding { top, bottom, left, right } = padding;
    let least = |value: usize| value.min(MAX_SETTING);
    let padding = Padding { top: least(top), bottom: least(bottom), left: least(left), right: least(right) };
    past_limit(ControlId::PADDING, "padding", " on a side", &[top, bottom, left, right], Value::Padding(padding))
}

/// A pair of counts past its limit.
pub fn pair_past_limit(control: ControlId, name: &str, (height, width): (usize, usize)) -> Option<Problem> {
    let least = (height.min(MAX_SETTING), width.min(MAX_SETTING));
    past_limit(control, name, "", &[height, width], Value::Pair(least))
}

fn past_limit(control: ControlId, name: &str, unit: &str, values: &[usize], repaired: Value) -> Option<Problem> {
    let value = values.iter().copied().find(|&value| value > MAX_SETTING)?;
    let value = format::count(value as u64);
    Some(Problem {
        control,
        sentence: format!("{} {name} of {value} is past the largest, {MAX_SETTING}{unit}.", Article::of_word(name)),
        repairs: vec![Repair::new(format!("Use {MAX_SETTING}"), Action::Set(control, repaired))],
    })
}

/// A pair of counts with 0 where at least 1 is needed: `sentence` says why.
pub fn at_least_1(control: ControlId, name: &str, (height, width): (usize, usize), sentence: String) -> Problem {
    let repaired = Value::Pair((height.max(1), width.max(1)));
    Problem { control, sentence, repairs: vec![Repair::new(format!("Use {name} 1"), Action::Set(control, repaired))] }
}

enum Unreadable {
    Empty,
    TooLarge,
    NoNumber,
}

fn why_unreadable(text: &str) -> Unreadable {
    match decimal::parse(text) {
        _ if text.is_empty() => Unreadable::Empty,
        Some(value)
            if value.abs() > MAX_MAGNITUDE
                && !text.contains(|c: char| c.is_ascii_alphabetic() && c != 'e' && c != 'E') =>
        {
            Unreadable::TooLarge
        }
        _ => Unreadable::NoNumber,
    }
}

fn past_magnitude() -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and above 0")]
    let largest = format::count(MAX_MAGNITUDE as u64);
    format!("is past the largest number, ±{largest}")
}

/// (row, column, text, how many others)
fn first_unreadable(grid: &Grid<Entry>) -> Option<(usize, usize, String, usize)> {
    let mut unreadable = grid.cells().iter().enumerate().filter_map(|(i, cell)| match cell {
        Entry::Unreadable(text) => Some((i / grid.cols(), i % grid.cols(), text)),
        _ => None,
    });
    let (row, col, text) = unreadable.next()?;
    Some((row, col, text.clone(), unreadable.count()))
}

/// "a 7 × 7", but "an 8 × 8" and "an 11 × 11".
pub fn article(number: usize) -> &'static str {
    if matches!(number, 8 | 11 | 18 | 80..=89) { "an" } else { "a" }
}

/// The same at the beginning of a sentence.
pub struct Article(&'static str);

impl Article {
    /// That of a count.
    pub fn of(number: usize) -> Self {
        Self(if article(number) == "an" { "An" } else { "A" })
    }

    /// That of a word.
    pub fn of_word(word: &str) -> Self {
        Self(if word.starts_with(['a', 'e', 'i', 'o']) { "An" } else { "A" })
    }
}

impl std::fmt::Display for Article {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}
