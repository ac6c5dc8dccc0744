//! What reading a text found, as data with a sentence.

use std::fmt;

use crate::num::{Entry, format, shortened};

/// How much a [`Diagnostic`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// All was read; this says how.
    Note,
    /// There is a grid, but something of the text is not in it as a number.
    Warning,
    /// There is no grid.
    Error,
}

/// Something to tell about a text. [`fmt::Display`] gives the sentence; rows and columns count from 0.
#[derive(Debug, Clone, PartialEq)]
pub enum Diagnostic {
    /// The text is longer than what is read.
    TooLong {
        /// Its length.
        bytes: usize,
        /// The longest.
        limit: usize,
    },
    /// There is no number in it.
    Empty,
    /// A row has another length than the first.
    Ragged {
        /// The row.
        row: usize,
        /// Its length.
        len: usize,
        /// The length of row 0.
        expected: usize,
    },
    /// Numbers stand beside lists.
    Uneven,
    /// Brackets are nested deeper than any array's.
    TooDeep {
        /// The deepest.
        limit: usize,
    },
    /// An array with more than two dimensions that hold more than one number.
    Dimensions {
        /// Its shape.
        shape: Vec<usize>,
    },
    /// An ellipsis stands where the program that printed the array left numbers out.
    Elided,
    /// There are more rows or columns than the grid takes; its top left part is there.
    Cropped {
        /// Rows in the text.
        rows: usize,
        /// Columns in the text.
        cols: usize,
        /// The most of each.
        limit: usize,
    },
    /// A cell that is no number.
    Unreadable {
        /// Its row.
        row: usize,
        /// Its column.
        col: usize,
        /// What it holds, shortened; nothing for an empty cell.
        text: String,
    },
    /// Unreadable cells past those that are named.
    MoreUnreadable {
        /// How many.
        count: usize,
    },
    /// Text around the numbers that was not understood.
    Ignored {
        /// The text, shortened.
        text: String,
    },
    /// Brackets that are opened and not closed, or closed and not opened.
    Unbalanced,
    /// Dimensions of extent 1 were left out.
    Squeezed {
        /// The shape before.
        shape: Vec<usize>,
    },
    /// A factor beside the array was multiplied into every cell.
    Multiplied {
        /// The factor.
        factor: Entry,
    },
    /// The text could be read in two ways.
    Assumed(Assumption),
}

/// Which of two ways a text was read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assumption {
    /// `1,5` is one and a half.
    DecimalCommas,
    /// `1,234.5` is more than a thousand.
    ThousandsCommas,
    /// `1,5` is a 1 and a 5.
    CommasSeparateColumns,
    /// `1;2` is a 1 above a 2.
    SemicolonsEndRows,
    /// A new line within one pair of brackets begins a new row.
    LinesEndRows,
    /// `True` is 1, `False` is 0.
    TrueIsOne,
}

impl Diagnostic {
    /// `text` was left out.
    pub(super) fn ignored(text: &str) -> Self {
        Self::Ignored { text: shortened(text) }
    }

    /// How much it matters.
    pub fn severity(&self) -> Severity {
        match self {
            Self::TooLong { .. }
            | Self::Empty
            | Self::Ragged { .. }
            | Self::Uneven
            | Self::TooDeep { .. }
            | Self::Dimensions { .. }
            | Self::Elided => Severity::Error,
            Self::Cropped { .. }
            | Self::Unreadable { .. }
            | Self::MoreUnreadable { .. }
            | Self::Ignored { .. }
            | Self::Unbalanced => Severity::Warning,
            Self::Squeezed { .. } | Self::Multiplied { .. } | Self::Assumed(_) => Severity::Note,
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |n: usize| format::count(n as u64);
        match self {
            Self::TooLong { bytes, limit } => {
                write!(f, "The text has {} bytes; at most {} are read.", count(*bytes), count(*limit))
            }
            Self::Empty => f.write_str("There is no number in the text."),
            Self::Ragged { row, len, expected } => {
                let numbers = if *len == 1 { "number" } else { "numbers" };
                write!(f, "Row {row} has {len} {numbers} where row 0 has {expected}.")
            }
            Self::Uneven => {
                f.write_str("Some brackets hold numbers beside lists of numbers, which makes no rectangle.")
            }
            Self::TooDeep { limit } => write!(f, "Brackets are nested more than {limit} deep."),
            Self::Dimensions { shape } => write!(
                f,
                "The array has {} dimensions ({}); a matrix has 2. Copy one slice of it.",
                shape.len(),
                format::shape(shape)
            ),
            Self::Elided => {
                f.write_str("The text leaves numbers out (“...”). Print the whole array and copy it again.")
            }
            Self::Cropped { rows, cols, limit } => {
                let kept = format::shape(&[*rows.min(limit), *cols.min(limit)]);
                write!(f, "The text holds {} numbers; the top left {kept} fit.", format::shape(&[*rows, *cols]))
            }
            Self::Unreadable { row, col, text } if text.is_empty() => {
                write!(f, "Row {row}, column {col} is empty.")
            }
            Self::Unreadable { row, col, text } => {
                // What is a number elsewhere is one that is too large here.
                let number = text.trim_end_matches('…').parse::<f64>().is_ok_and(f64::is_finite);
                let fault = if number { "is past the largest number, 1,000,000,000" } else { "is no number" };
                write!(f, "“{text}” in row {row}, column {col} {fault}.")
            }
            Self::MoreUnreadable { count: 1 } => f.write_str("1 more cell is no number."),
            Self::MoreUnreadable { count: n } => write!(f, "{} more cells are no numbers.", count(*n)),
            Self::Ignored { text } => write!(f, "“{text}” is left out."),
            Self::Unbalanced => f.write_str("Brackets that open and close don't match; all numbers found were taken."),
            Self::Squeezed { shape } => {
                write!(f, "The array is {}; the dimensions of 1 are left out.", format::shape(shape))
            }
            Self::Multiplied { factor } => write!(f, "Each number is multiplied by {}.", factor.shown()),
            Self::Assumed(assumption) => assumption.fmt(f),
        }
    }
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DecimalCommas => "Commas are read as decimal points: 1,5 is 1.5.",
            Self::ThousandsCommas => "Commas are read as thousands separators: 1,234.5 is 1234.5.",
            Self::CommasSeparateColumns => "Commas are read as column separators, not as decimal points.",
            Self::SemicolonsEndRows => "Semicolons are read as the ends of rows.",
            Self::LinesEndRows => "New lines are read as the ends of rows.",
            Self::TrueIsOne => "True is read as 1, False as 0.",
        })
    }
}
