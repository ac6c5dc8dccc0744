//! A result as a short code, and the results of a class.
//!
//! A code names the sheet and tells of each question how it was first answered. Sixteen bits guard it against typing
//! errors: any one wrong letter, and any two that were exchanged, are found. It is no proof against cheating: who reads
//! this file can make one.

use super::{
    Family, Question,
    sheet::{MOST, Sheet},
};
use crate::{mistake::Mistake, num::sort_few};

/// How a question was first answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Not at all, or revealed.
    Open,
    /// Right.
    Right,
    /// Wrong, by this mistake where it is known.
    Wrong(Option<Mistake>),
}

/// The result of one sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// Which sheet.
    pub sheet: Sheet,
    /// One for each question.
    pub marks: Vec<Mark>,
}

/// Why a text is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// A character that no code has.
    #[error("“{0}” is in no code: codes have digits and letters")]
    Letter(char),
    /// It is cut off, too long, or its letters do not fit together.
    #[error("a letter is wrong or missing")]
    Damaged,
    /// A sheet of another version of the questions.
    #[error("it is of another version of this page")]
    Newer,
}

/// Digits of codes: without I, L, O and U, which are read as others or make words.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Changes when old codes can't be read any more.
const VERSION: u8 = 1;
/// The longest code, in characters.
const MAX_CODE: usize = 128;
/// Letters between two dashes.
const GROUP: usize = 4;
/// Bits of a mark.
const MARK_BITS: u32 = 6;

/// CRC-16 of bytes.
///
/// # Source
/// CRC-16/CCITT-FALSE: polynomial 0x1021, from 0xFFFF.
fn check(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte) << 8, |sum, _| if sum & 0x8000 == 0 { sum << 1 } else { sum << 1 ^ 0x1021 })
    })
}

/// Bits one after the other, the highest first.
#[derive(Default)]
struct Bits {
    bits: Vec<bool>,
    at: usize,
}

impl Bits {
    fn push(&mut self, value: u32, bits: u32) {
        self.bits.extend((0..bits).rev().map(|bit| value >> bit & 1 == 1));
    }

    fn take(&mut self, bits: u32) -> Option<u32> {
        let end = self.at + bits as usize;
        let taken = self.bits.get(self.at..end)?;
        self.at = end;
        Some(taken.iter().fold(0, |value, bit| value << 1 | u32::from(*bit)))
    }

    /// The value of bits from the front, filled up with zeros.
    fn chunks(&self, of: usize) -> Vec<u8> {
        let value = |bits: &[bool]| {
            (0..of).fold(0, |value: u8, at| value << 1 | u8::from(bits.get(at).copied().unwrap_or(false)))
        };
        self.bits.chunks(of).map(value).collect()
    }
}

/// The code of a result, whose sheet has these questions.
pub fn write(score: &Score, questions: &[Question]) -> String {
    let mut bits = Bits::default();
    bits.push(u32::from(VERSION), 3);
    bits.push(score.sheet.family as u32, 4);
    bits.push(score.sheet.n, 6);
    // Small seeds, as people choose them, are short.
    let length = (32 - score.sheet.seed.leading_zeros()).div_ceil(8);
    bits.push(length, 3);
    bits.push(score.sheet.seed, length * 8);
    for (mark, question) in score.marks.iter().zip(questions) {
        let of_mistake = |mistake: &Mistake| {
            let at = question.mistakes().iter().position(|known| known == mistake)?;
            u32::try_from(at + 3).ok().filter(|at| *at < 1 << MARK_BITS)
        };
        let value = match mark {
            Mark::Open => 0,
            Mark::Right => 1,
            Mark::Wrong(mistake) => mistake.as_ref().and_then(of_mistake).unwrap_or(2),
        };
        bits.push(value, MARK_BITS);
    }
    bits.push(u32::from(check(&bits.chunks(8))), 16);
    let letters: String =
        bits.chunks(5).iter().map(|at| DIGITS.get(usize::from(*at)).map_or('0', |digit| char::from(*digit))).collect();
    let groups: Vec<String> =
        letters.as_bytes().chunks(GROUP).map(|group| group.iter().copied().map(char::from).collect()).collect();
    groups.join("-")
}

/// The result that a code tells of, with the questions of its sheet.
///
/// # Errors
/// [`CodeError`] where it was not written so, or was typed wrong.
pub fn read(text: &str) -> Result<(Score, Vec<Question>), CodeError> {
    let (sheet, values) = read_bits(bits_of(text)?)?;
    let questions = sheet.questions();
    let marks = marks(&values, &questions)?;
    Ok((Score { sheet, marks }, questions))
}

fn bits_of(text: &str) -> Result<Bits, CodeError> {
    if text.len() > MAX_CODE {
        return Err(CodeError::Damaged);
    }
    let mut bits = Bits::default();
    for letter in text.chars().filter(|c| *c != '-') {
        let digit = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let at = DIGITS.iter().position(|known| char::from(*known) == digit).ok_or(CodeError::Letter(letter))?;
        bits.push(u32::try_from(at).unwrap_or(0), 5);
    }
    Ok(bits)
}

/// The sheet, and a value for each of its questions.
fn read_bits(mut bits: Bits) -> Result<(Sheet, Vec<u32>), CodeError> {
    let mut take = |bits_of: u32| bits.take(bits_of).ok_or(CodeError::Damaged);
    let version = take(3)?;
    let family = take(4)? as usize;
    let n = take(6)?;
    let length = take(3)?;
    if length > 4 {
        return Err(CodeError::Damaged);
    }
    let seed = take(length * 8)?;
    let values: Vec<u32> = (0..n.min(MOST)).map(|_| take(MARK_BITS)).collect::<Result<_, _>>()?;
    let end = bits.at;
    let expected = bits.take(16).ok_or(CodeError::Damaged)?;
    // What is left fills the last letter.
    let is_filled = bits.bits.len() - bits.at < 5 && bits.bits.iter().skip(bits.at).all(|bit| !bit);
    let told = Bits { bits: bits.bits.iter().take(end).copied().collect(), at: 0 };
    if u32::from(check(&told.chunks(8))) != expected || !is_filled {
        return Err(CodeError::Damaged);
    }
    if version != u32::from(VERSION) {
        return Err(CodeError::Newer);
    }
    let family = Family::ALL.get(family).copied().ok_or(CodeError::Newer)?;
    let sheet = Sheet::new(family, seed, n);
    if sheet.n == n { Ok((sheet, values)) } else { Err(CodeError::Damaged) }
}

fn marks(values: &[u32], questions: &[Question]) -> Result<Vec<Mark>, CodeError> {
    let mark = |(value, question): (&u32, &Question)| match value {
        0 => Ok(Mark::Open),
        1 => Ok(Mark::Right),
        2 => Ok(Mark::Wrong(None)),
        _ => match question.mistakes().get(*value as usize - 3) {
            Some(mistake) => Ok(Mark::Wrong(Some(*mistake))),
            None => Err(CodeError::Newer),
        },
    };
    values.iter().zip(questions).map(mark).collect()
}

/// The most text of codes that is read, in bytes.
pub const MAX_CODES: usize = 256 * 1024;
/// The most lines of codes.
pub const MAX_LINES: usize = 2_000;

/// Who sent a code, and what it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What stands before the code.
    pub name: String,
    /// How the questions were answered.
    pub marks: Vec<Mark>,
}

/// The results of one sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// Its questions.
    pub questions: Vec<Question>,
    /// Who sent what.
    pub sent: Vec<Sent>,
}

impl Class {
    /// How many answered a question right at once.
    pub fn right(&self, question: usize) -> usize {
        self.sent.iter().filter(|sent| sent.marks.get(question) == Some(&Mark::Right)).count()
    }

    /// The mistakes of a question, each with how many made it, the most frequent first; `None` for those without a name.
    pub fn mistakes(&self, question: usize) -> Vec<(Option<Mistake>, usize)> {
        tally(self.sent.iter().filter_map(|sent| sent.marks.get(question)))
    }

    /// The mistakes of all questions.
    pub fn all_mistakes(&self) -> Vec<(Option<Mistake>, usize)> {
        tally(self.sent.iter().flat_map(|sent| &sent.marks))
    }
}

fn tally<'a>(marks: impl Iterator<Item = &'a Mark>) -> Vec<(Option<Mistake>, usize)> {
    let mut counts: Vec<(Option<Mistake>, usize)> = Vec::new();
    for mark in marks {
        if let Mark::Wrong(mistake) = mark {
            match counts.iter_mut().find(|(known, _)| known == mistake) {
                Some((_, count)) => *count += 1,
                None => counts.push((*mistake, 1)),
            }
        }
    }
    sort_few(&mut counts, |(mistake, count)| (usize::MAX - count, *mistake));
    counts
}

/// Makes the questions of a sheet: [`Sheet::questions`], told by who calls. What reads results is a part of the app of its
/// own, and does not load what makes questions a second time.
pub type Made = fn(Sheet) -> Vec<Question>;

/// The results of the sheets that a text of codes tells of, a code a line, a name before it where there is one; and what
/// is wrong with lines that are none.
pub fn class(text: &str, questions: Made) -> (Vec<(Sheet, Class)>, Vec<String>) {
    let mut classes: Vec<(Sheet, Class)> = Vec::new();
    let mut troubles = Vec::new();
    if text.len() > MAX_CODES {
        troubles.push("That is more text than is read here. Paste the codes alone.".to_owned());
        return (classes, troubles);
    }
    for (number, line) in (1..).zip(text.lines().take(MAX_LINES)) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        // Spaces can stand in a code as well as in a name: what is last is the code.
        let (name, code) = line.rsplit_once(char::is_whitespace).unwrap_or(("", line));
        let told = bits_of(code).and_then(read_bits).and_then(|(sheet, values)| {
            // Questions are made once for a class, not for each who answered them.
            let at = classes.iter().position(|(known, _)| *known == sheet).unwrap_or_else(|| {
                classes.push((sheet, Class { questions: questions(sheet), sent: Vec::new() }));
                classes.len() - 1
            });
            let questions = classes.get(at).map(|(_, class)| class.questions.as_slice()).unwrap_or_default();
            Ok((at, marks(&values, questions)?))
        });
        match told {
            Ok((at, marks)) => {
                let sent = Sent { name: name.trim().trim_end_matches(':').to_owned(), marks };
                // The same line twice is one result.
                if let Some((_, class)) = classes.get_mut(at)
                    && (!class.sent.contains(&sent) || sent.name.is_empty())
                {
                    class.sent.push(sent);
                }
            }
            Err(error) => {
                let shown: String = code.chars().take(40).collect();
                troubles.push(format!("Line {number}, “{shown}”, is no result: {error}."));
            }
        }
    }
    classes.retain(|(_, class)| !class.sent.is_empty());
    sort_few(&mut classes, |(sheet, _)| *sheet);
    (classes, troubles)
}
