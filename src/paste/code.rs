//! Initialisers of C, Java and Rust, R's calls and Typst's matrices.

use crate::num::decimal;

use super::diagnostic::Diagnostic;
use super::{Block, Notation};

const REPEAT: &str = "Rust's [value; count] says how often to repeat a number. Paste the numbers themselves.";

const CALL: &str = "Of R's calls matrix, c, rbind and cbind of numbers are read. Print the matrix and paste that.";

/// The most numbers that a call of R makes.
const MAX_MADE: usize = 1 << 16;

/// Takes off what a program writes around the brackets of an initialiser: `float k[2][2] =`, `new double[][]`, `vec!`. Also
/// the extents that its declaration says.
///
/// # Errors
/// [`Diagnostic::Unsupported`] for what makes numbers that are not written.
pub(super) fn plain(text: &str) -> Result<(String, Vec<usize>), Diagnostic> {
    let mut said = Vec::new();
    let mut rest = text;
    let is_rust = text.contains("vec![") || text.trim_start().starts_with("let ") || text.contains(": [");
    if let Some((declared, value)) = text.split_once('=') {
        let declared = declared.trim();
        let is_name = |c: char| c.is_alphanumeric() || "_ []<>:;,*&\n".contains(c);
        let begins = declared.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if begins && declared.contains(['[', '<']) && declared.chars().all(is_name) && value.contains(['[', '{']) {
            rest = value;
            // `k[0] = …` puts something in a place; a type before the name says extents.
            if declared.contains(' ') && !declared.contains(':') {
                let extents = declared.split(['[', ']']).skip(1);
                said = extents.filter_map(|extent| extent.trim().parse().ok()).collect();
            }
        }
    }
    let value = rest.trim_start();
    if value.starts_with("new ")
        && let Some((_, numbers)) = value.split_once('{')
    {
        return Ok((["{", numbers].concat(), said));
    }
    if is_rust && rest.trim_end().trim_end_matches(';').contains(';') {
        return Err(Diagnostic::Unsupported(REPEAT));
    }
    Ok((rest.replace("vec![", "[").replace("array![", "["), said))
}

/// Typst's `mat(1, 2; 3, 4)` and `vec(1, 2)`.
pub(super) fn typst(text: &str) -> Option<Block> {
    let text = text.trim().trim_matches('$').trim().strip_suffix(')')?;
    let (inside, end) = match text.strip_prefix("mat(") {
        Some(inside) => (inside, ';'),
        None => (text.strip_prefix("vec(")?, ','),
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for row in inside.trim_end().trim_end_matches(';').split(end) {
        // `delim: "["` says how it looks.
        rows.push(arguments(row).iter().filter(|cell| !cell.contains(':')).map(ToString::to_string).collect());
    }
    Some(Block::one(rows, None, Notation::Typst))
}

/// R's `matrix(c(1, 2, 3, 4), nrow = 2)`, `c(…)`, `rbind(…)` and `cbind(…)`; `None` if the text is none of them.
pub(super) fn r_call(text: &str) -> Option<Result<Block, Diagnostic>> {
    let text = text.trim().trim_end_matches(';');
    let value = text.split_once("<-").map_or(text, |(_, value)| value).trim();
    let (name, rest) = value.split_once('(')?;
    let is_call = matches!(name, "matrix" | "c" | "rbind" | "cbind" | "array" | "structure");
    let is_call = is_call && !rest.trim_start().starts_with(['[', '(']);
    is_call.then(|| made(name, value).unwrap_or(Err(Diagnostic::Unsupported(CALL))))
}

/// What a call makes: numbers, and in how many rows or columns they are put.
fn made(name: &str, call: &str) -> Option<Result<Block, Diagnostic>> {
    let inside = call.strip_suffix(')')?.get(name.len() + 1..)?;
    let (mut data, mut rows, mut cols, mut by_row) = (Vec::new(), 0, 0, name == "rbind");
    match name {
        "c" => {
            vector(call, &mut data)?;
            rows = 1;
        }
        "rbind" | "cbind" => {
            let mut len = None;
            for argument in arguments(inside) {
                let before = data.len();
                vector(argument, &mut data)?;
                let added = data.len() - before;
                if *len.get_or_insert(added) != added {
                    return None;
                }
                *(if by_row { &mut rows } else { &mut cols }) += 1;
            }
        }
        "matrix" => {
            let mut names = ["data", "nrow", "ncol", "byrow"].into_iter();
            for argument in arguments(inside) {
                let (name, value) = match argument.split_once('=') {
                    Some((name, value)) => (name.trim(), value.trim()),
                    None => (names.next()?, argument),
                };
                match name {
                    "data" => vector(value, &mut data)?,
                    "nrow" => rows = value.parse().ok()?,
                    "ncol" => cols = value.parse().ok()?,
                    "byrow" => by_row = matches!(value, "TRUE" | "T"),
                    _ => return None,
                }
            }
        }
        _ => return None,
    }
    let len = data.len();
    if rows == 0 && cols == 0 {
        cols = 1;
    }
    if rows == 0 {
        rows = len.div_ceil(cols);
    }
    if cols == 0 {
        cols = len.div_ceil(rows);
    }
    let count = rows.checked_mul(cols).filter(|count| (1..=MAX_MADE).contains(count))?;
    // One number is repeated.
    let is_one = len == 1;
    if len != count && !is_one {
        return Some(Err(Diagnostic::Extents { said: vec![rows, cols], found: vec![len] }));
    }
    let mut made = Vec::with_capacity(rows);
    for i in 0..rows {
        let mut row = Vec::with_capacity(cols);
        for j in 0..cols {
            let at = if by_row { i * cols + j } else { j * rows + i };
            row.push(data.get(if is_one { 0 } else { at })?.clone());
        }
        made.push(row);
    }
    Some(Ok(Block::one(made, None, Notation::R)))
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

/// Adds the numbers of `c(1, 2)`, `1:4` or `5`.
fn vector(text: &str, to: &mut Vec<String>) -> Option<()> {
    let inside = text.strip_prefix("c(").and_then(|text| text.strip_suffix(')')).unwrap_or(text);
    for part in arguments(inside) {
        if let Some((from, end)) = part.split_once(':') {
            let (from, end) = (from.trim().parse::<i32>().ok()?, end.trim().parse::<i32>().ok()?);
            if from > end || end.checked_sub(from)?.cast_unsigned() as usize >= MAX_MADE {
                return None;
            }
            to.extend((from..=end).map(|n| n.to_string()));
        } else {
            decimal::parse(part.trim_end_matches('L'))?;
            to.push(part.to_owned());
        }
    }
    Some(())
}
