//! Text from the clipboard into a grid, and a grid into text.
//!
//! [`parse`] takes what people copy: a block from a spreadsheet, CSV, NumPy and PyTorch as code or as printed, nested
//! lists, MATLAB, LaTeX, Markdown. It never fails: it hands back what it could read and says what it assumed, left out
//! or could not read. [`write()`] makes the same formats.
//!
//! ```
//! use receptive::paste::{self, Format};
//!
//! let (grid, diagnostics) = paste::parse("1/16 * np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]])");
//! let grid = grid.expect("nine numbers");
//! assert_eq!(grid.shape(), (3, 3));
//! assert_eq!(grid.get(1, 1).map(|entry| entry.shown()).as_deref(), Some("4/16"));
//! assert_eq!(diagnostics[0].to_string(), "Each number is multiplied by 1/16.");
//! assert_eq!(paste::write(&grid, Format::Matlab), "[1/16 2/16 1/16; 2/16 4/16 2/16; 1/16 2/16 1/16]");
//! ```

mod cell;
mod diagnostic;
mod latex;
mod lines;
mod nested;
mod write;

#[cfg(test)]
mod tests;

pub use diagnostic::{Assumption, Diagnostic, Severity};
pub use write::{Format, write};

use crate::nn::shape::MAX_INPUT;
use crate::num::{Entry, Grid, GridError};

use cell::Factor;

/// The longest text that is read, in bytes: many times what the largest grid of a lab needs.
pub const MAX_BYTES: usize = 1 << 20;

/// How many unreadable cells are named one by one.
pub const MAX_NAMED: usize = 5;

/// Cells as texts, before they are read.
#[derive(Debug, Default)]
struct Block {
    rows: Vec<Vec<String>>,
    factor: Option<Factor>,
}

/// Reads `text` as a grid.
///
/// Cells that are no numbers stay in the grid as [`Entry::Unreadable`] and are named in the diagnostics; a text of
/// nothing else is no grid.
/// There is no grid where a diagnostic's severity is [`Severity::Error`]. More than [`MAX_INPUT`] rows or columns are
/// cut off at the bottom and right, which [`Diagnostic::Cropped`] says: the caller decides whether to take the rest.
///
/// Rows, columns and the shape are those of the text; nothing is transposed, padded or sorted.
pub fn parse(text: &str) -> (Option<Grid<Entry>>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    match read(text, &mut diagnostics) {
        Ok(grid) => (Some(grid), diagnostics),
        Err(error) => {
            diagnostics.push(error);
            (None, diagnostics)
        }
    }
}

fn read(text: &str, diagnostics: &mut Vec<Diagnostic>) -> Result<Grid<Entry>, Diagnostic> {
    if text.len() > MAX_BYTES {
        return Err(Diagnostic::TooLong { bytes: text.len(), limit: MAX_BYTES });
    }
    // A byte order mark and zero-width characters come along from web pages and mean nothing.
    let text: String =
        text.chars().filter(|c| !matches!(c, '\u{feff}' | '\u{200b}'..='\u{200d}' | '\u{2060}')).collect();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = nested::without_prompt(&text);
    if text.trim().is_empty() {
        return Err(Diagnostic::Empty);
    }
    let block = if latex::is_latex(text) {
        latex::read(text, diagnostics)?
    } else if nested::is_nested(text) {
        nested::read(text, diagnostics)?
    } else {
        lines::read(text, diagnostics)
    };
    grid(block, diagnostics)
}

/// Crops the block, reads its cells and names those that are no numbers.
fn grid(block: Block, diagnostics: &mut Vec<Diagnostic>) -> Result<Grid<Entry>, Diagnostic> {
    let texts = Grid::from_rows(block.rows).map_err(|error| match error {
        GridError::Empty => Diagnostic::Empty,
        GridError::Ragged { row, len, expected } => Diagnostic::Ragged { row, len, expected },
    })?;
    let (rows, cols) = texts.shape();
    if rows > MAX_INPUT || cols > MAX_INPUT {
        diagnostics.push(Diagnostic::Cropped { rows, cols, limit: MAX_INPUT });
    }
    if let Some(factor) = block.factor {
        diagnostics.push(Diagnostic::Multiplied { factor: factor.entry() });
    }
    let (mut unreadable, mut truths) = (0, false);
    let texts = texts.resized(rows.min(MAX_INPUT), cols.min(MAX_INPUT), &String::new());
    let mut named = Vec::new();
    let entries = Grid::from_fn(texts.rows(), texts.cols(), |row, col| {
        let text = texts.get(row, col).map_or("", String::as_str);
        truths |= cell::truth(text).is_some();
        let entry = cell::read(text);
        let entry = match block.factor {
            Some(factor) => factor.times(&entry),
            None => entry,
        };
        if let Entry::Unreadable(text) = &entry {
            unreadable += 1;
            if named.len() < MAX_NAMED {
                named.push(Diagnostic::Unreadable { row, col, text: text.clone() });
            }
        }
        entry
    });
    if unreadable == entries.cells().len() {
        return Err(Diagnostic::Empty);
    }
    if truths {
        diagnostics.push(Diagnostic::Assumed(Assumption::TrueIsOne));
    }
    diagnostics.append(&mut named);
    if unreadable > MAX_NAMED {
        diagnostics.push(Diagnostic::MoreUnreadable { count: unreadable - MAX_NAMED });
    }
    Ok(entries)
}
