//! Texts and files of numbers into grids, and grids into text.
//!
//! [`parse`] takes what people copy: a block from a spreadsheet, CSV, NumPy and PyTorch as code or as printed, nested
//! lists, JSON, MATLAB, LaTeX, Markdown. It never fails: it hands back what it could read and says what it assumed,
//! left out or could not read. [`parse_planes`] does the same where there are channels, [`read_file`] for files, `.npy`
//! among them; [`Preview`] is what to show before it is taken. [`write()`] and [`write_planes`] make the same formats.
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
mod code;
mod diagnostic;
mod file;
mod formats;
mod html;
mod json;
mod latex;
mod lines;
mod nested;
mod npy;
mod planes;
mod preview;
mod printed;
mod session;
mod write;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;

pub use diagnostic::{Assumption, Diagnostic, FileKind, NpyFault, Severity};
pub use file::{MAX_FILE, read_file};
pub use formats::{FORMATS, writers};
pub use planes::{Limits, MAX_DIMENSIONS, MAX_PLANES, Planes};
pub use preview::{Fit, Notation, Preview};
pub use write::{Format, write, write_doubles, write_planes};

use crate::nn::shape::MAX_INPUT;
use crate::num::{Entry, Grid, GridError};

use cell::{Factor, Spelling};

/// The longest text that is read, in bytes: many times what the largest grid of a lab needs.
pub const MAX_BYTES: usize = 1 << 20;

/// How many unreadable cells are named one by one.
pub const MAX_NAMED: usize = 5;

/// What was read of a text or file.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// What it was read as.
    pub notation: Notation,
    /// The numbers. There are none where a diagnostic's severity is [`Severity::Error`].
    pub planes: Option<Planes>,
    /// What was assumed, left out or unreadable.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether nothing but lines and spaces says where its numbers go.
    is_lines: bool,
}

impl Reading {
    /// A text, as [`parse_planes`] reads it.
    pub fn of_text(text: &str) -> Self {
        let mut diagnostics = Vec::new();
        let read = read(text, Want::Planes, &mut diagnostics);
        let is_lines = !text.contains(['[', '(', '{']);
        let mut reading = Self::new(read, diagnostics);
        reading.is_lines = is_lines && reading.notation == Notation::Numbers;
        reading
    }

    /// Whether it is a matrix as programs write one, not cells of a table.
    pub fn is_array(&self) -> bool {
        use Notation::{Csv, Markdown, Spreadsheet, WebPage};
        !matches!(self.notation, Csv | Markdown | Spreadsheet | WebPage) && !self.is_lines
    }

    /// Nothing but an error.
    pub fn failed(error: Diagnostic) -> Self {
        Self::new(Err(error), Vec::new())
    }

    fn new(read: Result<(Planes, Notation), Diagnostic>, mut diagnostics: Vec<Diagnostic>) -> Self {
        let (notation, planes) = match read {
            Ok((planes, notation)) => (notation, Some(planes)),
            Err(error) => {
                diagnostics.push(error);
                (Notation::Numbers, None)
            }
        };
        Self { notation, planes, diagnostics, is_lines: false }
    }
}

/// What the caller takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Want {
    /// One grid. Of an array, dimensions of 1 are left out.
    Matrix,
    /// Up to four dimensions, as they are.
    Planes,
}

/// Planes as texts, before they are read.
#[derive(Debug, Default)]
struct Block {
    /// The extents in front of rows and columns.
    leading: Vec<usize>,
    planes: Vec<Plane>,
    notation: Notation,
    /// Whether it is an array as programs write one, where `%` may begin a comment.
    is_code: bool,
    /// The extents that the text says, where it does.
    said: Vec<usize>,
}

/// Cells as texts.
#[derive(Debug, Default)]
struct Plane {
    rows: Vec<Vec<String>>,
    factor: Option<Factor>,
}

impl Block {
    fn one(rows: Vec<Vec<String>>, factor: Option<Factor>, notation: Notation) -> Self {
        Self { planes: vec![Plane { rows, factor }], notation, ..Self::default() }
    }
}

/// Reads `text` as a grid.
///
/// Cells that are no numbers stay in the grid as [`Entry::Unreadable`] and are named in the diagnostics; a text of
/// nothing else is no grid.
/// There is no grid where a diagnostic's severity is [`Severity::Error`], as for an array of several planes. More than
/// [`MAX_INPUT`] rows or columns are cut off at the bottom and right, which [`Diagnostic::Cropped`] says: the caller
/// decides whether to take the rest.
///
/// Rows, columns and the shape are those of the text; nothing is transposed, padded or sorted.
pub fn parse(text: &str) -> (Option<Grid<Entry>>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let read = read(text, Want::Matrix, &mut diagnostics);
    let Reading { planes, diagnostics, .. } = Reading::new(read, diagnostics);
    (planes.and_then(|planes| planes.into_planes().into_iter().next()), diagnostics)
}

/// Reads `text` as planes: an array of up to four dimensions, matrices between blank lines, several matrices of LaTeX.
///
/// All that [`parse`] says holds, for each plane. Extents of 1 stay in the shape; planes between blank lines have one
/// dimension more than a plane, and two where some gaps are wider than others, as [`write_planes`] makes them.
///
/// ```
/// let (planes, _) = receptive::paste::parse_planes("[[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[0, 0], [0, 1]]]");
/// assert_eq!(planes.expect("three planes").shape(), [3, 2, 2]);
/// ```
pub fn parse_planes(text: &str) -> (Option<Planes>, Vec<Diagnostic>) {
    let Reading { planes, diagnostics, .. } = Reading::of_text(text);
    (planes, diagnostics)
}

/// What is pasted into a cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pasted {
    /// The clipboard's text.
    pub text: String,
    /// The same as a web page has it; empty where there is none.
    pub html: String,
    /// What was typed into the cell so far.
    pub typed: String,
}

impl Pasted {
    /// Reads the clipboard's text, or the table of its HTML where the text has none.
    pub fn reading(&self) -> Reading {
        let text = Reading::of_text(&self.text);
        if self.html.len() > MAX_BYTES || self.text.contains('\t') {
            return text;
        }
        let numbers = |reading: &Reading| {
            let planes = reading.planes.as_ref();
            planes
                .filter(|planes| planes.cells().any(|entry| entry.value().is_some()))
                .map(|planes| planes.size().1 > 1 || planes.planes().len() > 1)
        };
        if numbers(&text) == Some(true) {
            return text;
        }
        let table = html::table(&self.html).map(|table| Reading::of_text(&table));
        table.filter(|table| numbers(table).is_some()).unwrap_or(text)
    }
}

/// Whether `text` may hold more than one number, so that one cell can't take it: it has a digit or a truth value, and
/// something that separates. To know, it has to be read; to ask takes none of that code.
///
/// ```
/// assert!(receptive::paste::may_be_block("1\t2\n3\t4\n"));
/// assert!(!receptive::paste::may_be_block(" -1/16\n"));
/// assert!(receptive::paste::may_be_block("TRUE\tFALSE\n"));
/// assert!(!receptive::paste::may_be_block("some words"));
/// ```
pub fn may_be_block(text: &str) -> bool {
    let separates = |c: char| c.is_whitespace() || c.is_control() || ",;&|[](){}<>\\'\"".contains(c);
    // An empty line in front may be a cell.
    let text = text.trim_end().trim_start_matches([' ', '\t']);
    let counts = text.contains(|c: char| c.is_ascii_digit())
        || ["rue", "alse", "RUE", "ALSE"].iter().any(|truth| text.contains(truth));
    counts && text.contains(separates)
}

fn read(text: &str, want: Want, diagnostics: &mut Vec<Diagnostic>) -> Result<(Planes, Notation), Diagnostic> {
    if text.len() > MAX_BYTES {
        return Err(Diagnostic::TooLong { bytes: text.len(), limit: MAX_BYTES });
    }
    // A byte order mark and zero-width characters come along from web pages and mean nothing.
    let text: String =
        text.chars().filter(|c| !matches!(c, '\u{feff}' | '\u{200b}'..='\u{200d}' | '\u{2060}')).collect();
    // A spreadsheet ends its lines so: then an empty line is an empty cell.
    let is_sheet = text.contains('\r');
    let text = cell::grouped(&text.replace("\r\n", "\n").replace('\r', "\n"));
    let text = &text;
    let text = session::output(text, diagnostics);
    if text.trim().is_empty() {
        return Err(Diagnostic::Empty);
    }
    let text = session::without_sizes(text);
    let text = text.as_ref();
    let table = html::table(text);
    let block = if let Some(table) = table {
        let table = cell::grouped(&table);
        Block { notation: Notation::WebPage, ..lines::read(&table, true, diagnostics)? }
    } else if latex::is_latex(text) {
        latex::read(text, diagnostics)?
    } else if let Some(block) = printed::read(text, diagnostics)? {
        block
    } else if let Some(made) = code::r_call(text) {
        made?
    } else if let Some(block) = code::typst(text) {
        block
    } else if json::is_object(text) {
        let array = json::array(text, diagnostics)?;
        Block { notation: Notation::Json, ..nested::read(array, want, diagnostics)? }
    } else if nested::is_nested(text) && !(is_sheet && lines::are_bracketed(text)) {
        let (text, said) = code::plain(text)?;
        Block { said, ..nested::read(&text, want, diagnostics)? }
    } else {
        lines::read(text, is_sheet, diagnostics)?
    };
    let notation = block.notation;
    Ok((grids(block, want, diagnostics)?, notation))
}

/// Checks that the block's planes are rectangles of one size, and reads their cells.
fn grids(block: Block, want: Want, diagnostics: &mut Vec<Diagnostic>) -> Result<Planes, Diagnostic> {
    let Block { leading, planes, notation, is_code, said } = block;
    let count = planes.len();
    let is_one = count == 1;
    if want == Want::Matrix && !is_one {
        let (rows, cols) = planes.first().map_or((0, 0), size);
        return Err(Diagnostic::Dimensions { shape: [leading.as_slice(), &[rows, cols]].concat(), limit: 2 });
    }
    if count > MAX_PLANES {
        return Err(Diagnostic::TooManyPlanes { planes: count, limit: MAX_PLANES });
    }
    let mut expected = None;
    let mut texts = Vec::with_capacity(count);
    for (plane, Plane { rows, factor }) in planes.into_iter().enumerate() {
        let grid = Grid::from_rows(rows).map_err(|error| match error {
            GridError::Empty => Diagnostic::Empty,
            GridError::Ragged { row, len, expected } => {
                Diagnostic::Ragged { plane: (!is_one).then_some(plane), row, len, expected }
            }
        })?;
        let (size, expected) = (grid.shape(), *expected.get_or_insert(grid.shape()));
        if size != expected {
            return Err(Diagnostic::UnevenPlanes { plane, size, expected });
        }
        texts.push((grid, factor));
    }
    let size = expected.ok_or(Diagnostic::Empty)?;
    crop_is_said(size, diagnostics);
    let factor = |plane: usize| texts.get(plane).and_then(|(_, factor)| *factor);
    let same = (0..count).all(|plane| factor(plane) == factor(0));
    for (plane, factor) in (0..if same { 1 } else { count }).filter_map(|plane| Some((plane, factor(plane)?))) {
        diagnostics.push(Diagnostic::Multiplied { plane: (!same).then_some(plane), factor: factor.entry() });
    }
    let cells: Vec<&str> = texts.iter().flat_map(|(grid, _)| grid.cells()).map(String::as_str).collect();
    if cells.iter().any(|cell| is_elision(cell)) {
        return Err(Diagnostic::Elided);
    }
    // In cells of a table `(5)` is a book-keeper's −5.
    let is_table = matches!(notation, Notation::Spreadsheet | Notation::Csv | Notation::Numbers) && !is_code;
    let mut spelling = Spelling::of(&cells, is_code, is_table)?;
    let found = [leading.as_slice(), &[size.0, size.1]].concat();
    if !said.is_empty() && !said.iter().filter(|n| **n != 1).eq(found.iter().filter(|n| **n != 1)) {
        return Err(Diagnostic::Extents { said, found });
    }
    let planes = collect(&leading, count, size, diagnostics, &mut |plane, row, col| {
        let Some((texts, factor)) = texts.get(plane) else { return Entry::Number(0.0) };
        let text = texts.get(row, col).map_or("", String::as_str);
        let entry = spelling.read(text);
        factor.map_or(entry.clone(), |factor| factor.times(&entry))
    })?;
    diagnostics.extend(spelling.said.into_iter().map(Diagnostic::Assumed));
    Ok(planes)
}

/// Whether a cell stands for numbers that are not there.
fn is_elision(text: &str) -> bool {
    matches!(
        text.trim(),
        "..." | ".." | "…" | "⋮" | "⋯" | "⋱" | r"\cdots" | r"\ldots" | r"\dots" | r"\vdots" | r"\ddots"
    )
}

fn size(plane: &Plane) -> (usize, usize) {
    (plane.rows.len(), plane.rows.first().map_or(0, Vec::len))
}

fn crop_is_said((rows, cols): (usize, usize), diagnostics: &mut Vec<Diagnostic>) {
    if rows > MAX_INPUT || cols > MAX_INPUT {
        diagnostics.push(Diagnostic::Cropped { rows, cols, limit: MAX_INPUT });
    }
}

/// The planes of `cell(plane, row, column)`, cropped to what is read. Names the cells that are no numbers.
fn collect(
    leading: &[usize],
    count: usize,
    (rows, cols): (usize, usize),
    diagnostics: &mut Vec<Diagnostic>,
    cell: &mut dyn FnMut(usize, usize, usize) -> Entry,
) -> Result<Planes, Diagnostic> {
    let (mut unreadable, mut named) = (0, Vec::new());
    let (rows, cols) = (rows.min(MAX_INPUT), cols.min(MAX_INPUT));
    let grid = |plane| {
        Grid::from_fn(rows, cols, |row, col| {
            let entry = cell(plane, row, col);
            if let Entry::Unreadable(text) = &entry {
                unreadable += 1;
                if named.len() < MAX_NAMED {
                    let plane = (count > 1).then_some(plane);
                    named.push(Diagnostic::Unreadable { plane, row, col, text: text.clone() });
                }
            }
            entry
        })
    };
    let planes: Vec<Grid<Entry>> = (0..count.min(MAX_PLANES)).map(grid).collect();
    if unreadable == count * rows * cols {
        return Err(Diagnostic::Empty);
    }
    diagnostics.append(&mut named);
    if unreadable > MAX_NAMED {
        diagnostics.push(Diagnostic::MoreUnreadable { count: unreadable - MAX_NAMED });
    }
    Planes::new(leading, planes).ok_or(Diagnostic::Uneven)
}
