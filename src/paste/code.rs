//! Initialisers of C, Java and Rust, R's calls and Typst's matrices, rewritten as brackets alone.

use std::borrow::Cow;

use super::diagnostic::Diagnostic;
use super::{Block, Notation, Plane};

const REPEAT: &str = "Rust's [value; count] says how often to repeat a number. Paste the numbers themselves.";

const CALL: &str = "Of R's calls matrix, c, rbind and cbind of numbers are read. Print the matrix and paste that.";

/// The most numbers that a call of R makes.
const MAX_MADE: usize = 1 << 16;

/// A text whose brackets hold numbers alone, and the extents that its declaration says.
pub(super) struct Plain<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) said: Vec<usize>,
}

/// Takes off what a program writes around the brackets of an initialiser: `float k[2][2] =`, `new double[][]`, `vec!`.
///
/// # Errors
/// [`Diagnostic::Unsupported`] for what makes numbers that are not written.
pub(super) fn plain(text: &str) -> Result<Plain<'_>, Diagnostic> {
    let is_rust = text.contains("vec![") || text.trim_start().starts_with("let ") || text.contains(": [");
    let mut said = Vec::new();
    let mut rest = text;
    if let Some((declared, value)) = declaration(text) {
        rest = value;
        // `k[0] = …` puts something in a place; a type before the name says extents.
        if declared.trim().contains(' ') && !declared.contains(':') {
            let extents = declared.split('[').skip(1).filter_map(|part| part.split_once(']')?.0.trim().parse().ok());
            said = extents.collect();
        }
    }
    let value = rest.trim_start();
    if let Some(at) = value.find('{').filter(|_| value.starts_with("new ")) {
        rest = value.get(at..).unwrap_or(value);
    }
    if is_rust && rest.trim_end().trim_end_matches(';').contains(';') {
        return Err(Diagnostic::Unsupported(REPEAT));
    }
    let text = if rest.contains("![") {
        let mut parts = rest.split("![").peekable();
        let mut plain = String::with_capacity(rest.len());
        while let Some(part) = parts.next() {
            if parts.peek().is_some() {
                plain.push_str(part.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_'));
                plain.push('[');
            } else {
                plain.push_str(part);
            }
        }
        Cow::Owned(plain)
    } else {
        Cow::Borrowed(rest)
    };
    Ok(Plain { text, said })
}

/// What stands before and after the `=` of an assignment to a place or a variable with a type in brackets.
fn declaration(text: &str) -> Option<(&str, &str)> {
    let (declared, value) = text.split_once('=')?;
    let is_name = |c: char| c.is_alphanumeric() || "_ []<>:;,*&\n".contains(c);
    let has_brackets = declared.contains(['[', '<']) && declared.chars().all(is_name);
    let begins = declared.trim_start().starts_with(|c: char| c.is_alphabetic() || c == '_');
    let holds = value.contains(['[', '{']);
    (has_brackets && begins && holds).then_some((declared, value))
}

/// Typst's `mat(1, 2; 3, 4)` and `vec(1, 2)`.
pub(super) fn typst(text: &str) -> Option<Block> {
    let text = text.trim().trim_matches('$').trim();
    let (text, is_matrix) = match text.strip_prefix("mat(") {
        Some(rest) => (rest, true),
        None => (text.strip_prefix("vec(")?, false),
    };
    let inside = text.strip_suffix(')')?;
    let rows = inside.trim_end().trim_end_matches(';').split(if is_matrix { ';' } else { ',' }).map(|row| {
        // `delim: "["` says how it looks.
        let cells = row.split(',').map(str::trim).filter(|cell| !cell.contains(':') && !cell.is_empty());
        cells.map(str::to_owned).collect::<Vec<_>>()
    });
    Some(Block::one(rows.collect(), None, Notation::Typst))
}

/// R's `matrix(c(1, 2, 3, 4), nrow = 2)`, `c(…)`, `rbind(…)` and `cbind(…)`; `None` if the text is none of them.
pub(super) fn r_call(text: &str) -> Option<Result<Block, Diagnostic>> {
    let text = text.trim().trim_end_matches(';');
    let value = text.split_once("<-").map_or(text, |(_, value)| value).trim();
    let (name, rest) = value.split_once('(')?;
    if !matches!(name, "matrix" | "c" | "rbind" | "cbind" | "array") || rest.trim_start().starts_with(['[', '(']) {
        return None;
    }
    Some(made(name, rest).ok_or(Diagnostic::Unsupported(CALL)).and_then(|(rows, said)| {
        let found = rows.iter().map(Vec::len).sum::<usize>();
        match said {
            Some((nrow, ncol)) if nrow.saturating_mul(ncol) != found => {
                Err(Diagnostic::Extents { said: vec![nrow, ncol], found: vec![found] })
            }
            _ => Ok(Block { planes: vec![Plane { rows, factor: None }], notation: Notation::R, ..Block::default() }),
        }
    }))
}

/// The rows that a call makes, and the rows and columns that it says where its numbers are not as many.
#[expect(clippy::type_complexity, reason = "rows of texts, and a shape")]
fn made(name: &str, rest: &str) -> Option<(Vec<Vec<String>>, Option<(usize, usize)>)> {
    let inside = rest.trim_end().strip_suffix(')')?;
    let arguments = arguments(inside);
    match name {
        "c" => Some((vec![vector(&["c(", inside, ")"].concat())?], None)),
        "rbind" | "cbind" => {
            let rows: Vec<Vec<String>> = arguments.iter().map(|argument| vector(argument)).collect::<Option<_>>()?;
            if name == "rbind" {
                return Some((rows, None));
            }
            let len = rows.first()?.len();
            let is_even = rows.iter().all(|row| row.len() == len);
            let column = |i: usize| rows.iter().filter_map(|row| row.get(i).cloned()).collect();
            is_even.then(|| ((0..len).map(column).collect(), None))
        }
        "matrix" => {
            let (mut data, mut nrow, mut ncol, mut by_row) = (None, None, None, false);
            let mut names = ["data", "nrow", "ncol", "byrow"].into_iter();
            for argument in arguments {
                let (name, value) = match argument.split_once('=') {
                    Some((name, value)) => (name.trim(), value.trim()),
                    None => (names.next()?, argument),
                };
                match name {
                    "data" => data = Some(vector(value)?),
                    "nrow" => nrow = Some(value.parse::<usize>().ok()?),
                    "ncol" => ncol = Some(value.parse::<usize>().ok()?),
                    "byrow" => by_row = matches!(value, "TRUE" | "T"),
                    _ => return None,
                }
            }
            let mut data = data?;
            let of = |other: usize| data.len().div_ceil(other.max(1));
            let (rows, cols) = match (nrow, ncol) {
                (Some(rows), Some(cols)) => (rows, cols),
                (Some(rows), None) => (rows, of(rows)),
                (None, Some(cols)) => (of(cols), cols),
                (None, None) => (data.len(), 1),
            };
            let count = rows.checked_mul(cols).filter(|count| (1..=MAX_MADE).contains(count))?;
            // One number is repeated.
            if let [one] = data.as_slice() {
                data = vec![one.clone(); count];
            }
            if data.len() != count {
                return Some((vec![data], Some((rows, cols))));
            }
            let at = |i: usize, j: usize| data.get(if by_row { i * cols + j } else { j * rows + i }).cloned();
            Some(((0..rows).map(|i| (0..cols).filter_map(|j| at(i, j)).collect()).collect(), None))
        }
        _ => None,
    }
}

/// What stands between the commas that no bracket holds.
fn arguments(text: &str) -> Vec<&str> {
    let mut open = 0_usize;
    let parts = text.split(|c| {
        match c {
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            _ => {}
        }
        c == ',' && open == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The numbers of `c(1, 2)`, `1:4` or `5`.
fn vector(text: &str) -> Option<Vec<String>> {
    let is_number = |text: &str| text.trim_end_matches('L').parse::<f64>().is_ok();
    if let Some(inside) = text.strip_prefix("c(").and_then(|text| text.strip_suffix(')')) {
        let parts = arguments(inside);
        return parts.iter().all(|part| is_number(part)).then(|| parts.iter().map(|part| (*part).to_owned()).collect());
    }
    if let Some((from, to)) = text.split_once(':') {
        let (from, to) = (from.trim().parse::<i32>().ok()?, to.trim().parse::<i32>().ok()?);
        let count = usize::try_from(to.checked_sub(from)?).ok()?;
        return (count < MAX_MADE).then(|| (from..=to).map(|n| n.to_string()).collect());
    }
    is_number(text).then(|| vec![text.to_owned()])
}
