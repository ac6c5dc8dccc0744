//! What R, Julia, Octave, pandas and `SymPy` print: labels and headings around words in lines.

use super::diagnostic::{Assumption, Diagnostic};
use super::{Block, Notation, Plane, cell::Factor, is_elision, lines::is_name};

/// `None` if it is no print of that kind.
type Read = Option<Result<Block, Diagnostic>>;

/// The readers, each of which knows its own print by its labels.
const READERS: [fn(&[&str]) -> Read; 7] = [r_vector, r_matrix, julia, columns, sympy, series, frame];

const SPARSE: &str = "This is a sparse array, of which only some numbers are printed. Make it dense first: \
                      a.to_dense() in PyTorch, a.toarray() in SciPy, full(A) in MATLAB.";

const WRAPPED: &str = "The table goes on below itself. Print all its columns side by side: print(df.to_string()).";

/// Reads a print with labels of its own; `None` if the text is none.
///
/// # Errors
/// A [`Diagnostic`] of severity error where numbers are missing, or the shape is not the one that is printed.
pub(super) fn read(text: &str, diagnostics: &mut Vec<Diagnostic>) -> Result<Option<Block>, Diagnostic> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    if is_sparse(text, &lines) {
        return Err(Diagnostic::Unsupported(SPARSE));
    }
    // What was typed to have it printed.
    let lines = match lines.split_first() {
        Some((first, rest)) if first.starts_with("julia> ") || first.starts_with("> ") => rest,
        _ => &lines,
    };
    let block = READERS.iter().find_map(|reader| reader(lines)).transpose()?;
    if block.as_ref().is_some_and(|block| block.notation == Notation::Pandas) {
        diagnostics.push(Diagnostic::Assumed(Assumption::Labels));
    }
    Ok(block)
}

fn is_sparse(text: &str, lines: &[&str]) -> bool {
    let coordinates = |line: &&str| {
        let inside = line.trim_start().strip_prefix('(').and_then(|line| line.split_once(')'));
        let pair = inside.and_then(|(inside, rest)| Some((inside.split_once(',')?, rest)));
        pair.is_some_and(|((row, col), rest)| {
            let is_index = |text: &str| text.trim().parse::<usize>().is_ok();
            let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '-' || c == '>');
            is_index(row) && is_index(col) && rest.parse::<f64>().is_ok()
        })
    };
    text.contains("indices=") && text.contains("values=")
        || lines.last().is_some_and(coordinates) && lines.iter().rev().skip(1).take(1).all(coordinates)
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

/// Rows that come in several parts of columns each.
#[derive(Default)]
struct Parts {
    rows: Vec<Vec<String>>,
    columns: usize,
    /// The row that comes next.
    next: usize,
}

impl Parts {
    /// Begins another part.
    fn begin(&mut self, columns: usize) {
        self.columns += columns;
        self.next = 0;
    }

    fn push(&mut self, words: Vec<String>) {
        match self.rows.get_mut(self.next) {
            Some(row) => row.extend(words),
            None => self.rows.push(words),
        }
        self.next += 1;
    }

    /// The plane, if each row has as many numbers as there are columns.
    fn plane(self, factor: Option<Factor>) -> Result<Plane, Diagnostic> {
        if self.rows.iter().flatten().any(|word| is_elision(word)) {
            return Err(Diagnostic::Elided);
        }
        match self.rows.iter().find(|row| row.len() != self.columns) {
            Some(row) => Err(Diagnostic::Extents {
                said: vec![self.rows.len(), self.columns],
                found: vec![self.rows.len(), row.len()],
            }),
            None => Ok(Plane { rows: self.rows, factor }),
        }
    }
}

fn block(leading: Vec<usize>, planes: Vec<Plane>, notation: Notation) -> Block {
    Block { leading, planes, notation, ..Block::default() }
}

/// `[1] 1 2 3`, whose next line begins with the number of its first: `[4] 4 5`.
fn r_vector(lines: &[&str]) -> Option<Result<Block, Diagnostic>> {
    let mut row = Vec::new();
    for line in lines {
        let (index, rest) = line.trim_start().strip_prefix('[')?.split_once(']')?;
        let index: usize = index.parse().ok()?;
        if !rest.starts_with(' ') || rest.contains(['[', ']', ',', ';']) || (row.is_empty() && index != 1) {
            return None;
        }
        if index != row.len() + 1 {
            return Some(Err(Diagnostic::Extents { said: vec![index - 1], found: vec![row.len()] }));
        }
        row.extend(words(rest));
    }
    (!row.is_empty()).then(|| Ok(Block::one(vec![row], None, Notation::R)))
}

/// Columns under `[,1] [,2]`, rows after `[1,]`, planes under `, , 1`.
fn r_matrix(lines: &[&str]) -> Option<Result<Block, Diagnostic>> {
    let column = |word: &str| word.strip_prefix("[,")?.strip_suffix(']')?.parse::<usize>().ok();
    let mut parts: Vec<Parts> = Vec::new();
    let mut is_slices = false;
    for line in lines {
        let line = line.trim_start();
        if let Some(slice) = line.strip_prefix(", , ") {
            if slice.parse() != Ok(parts.len() + 1) {
                return None;
            }
            is_slices = true;
            parts.push(Parts::default());
        } else if let Some(columns) = line.split_whitespace().map(column).collect::<Option<Vec<_>>>() {
            if parts.is_empty() {
                parts.push(Parts::default());
            }
            let part = parts.last_mut()?;
            if columns.first() != Some(&(part.columns + 1)) {
                return None;
            }
            part.begin(columns.len());
        } else {
            let part = parts.last_mut()?;
            let (index, rest) = line.strip_prefix('[')?.split_once(",]")?;
            let index: usize = index.parse().ok()?;
            if index != part.next + 1 {
                return Some(Err(Diagnostic::Extents {
                    said: vec![index, part.columns],
                    found: vec![part.next + 1, part.columns],
                }));
            }
            part.push(words(rest));
        }
    }
    let leading = if is_slices { vec![parts.len()] } else { Vec::new() };
    if parts.iter().all(|part| part.rows.is_empty()) {
        return None;
    }
    let planes = parts.into_iter().map(|part| part.plane(None)).collect::<Result<Vec<_>, _>>();
    Some(planes.map(|planes| block(leading, planes, Notation::R)))
}

/// `2×2 Matrix{Int64}:` and its rows; planes under `[:, :, 1] =`.
fn julia(lines: &[&str]) -> Option<Result<Block, Diagnostic>> {
    let (heading, lines) = lines.split_first()?;
    let (shape, kind) = heading.trim().strip_suffix(':')?.split_once(' ')?;
    let shape: Vec<usize> = match shape.strip_suffix("-element") {
        Some(len) => vec![len.parse().ok()?, 1],
        None => shape.split('×').map(|extent| extent.parse().ok()).collect::<Option<_>>()?,
    };
    if kind.is_empty() || !(2..=4).contains(&shape.len()) {
        return None;
    }
    let mut planes = vec![Plane::default()];
    for line in lines {
        if line.trim_start().starts_with("[:, :,") {
            if planes.last().is_some_and(|plane| !plane.rows.is_empty()) {
                planes.push(Plane::default());
            }
            continue;
        }
        let mut row = words(line);
        if row.iter().any(|word| is_elision(word)) {
            return Some(Err(Diagnostic::Elided));
        }
        for word in &mut row {
            // A zero that is not stored, and the exponent of a Float32.
            *word = if word == "⋅" { "0".to_owned() } else { word.replace('f', "e") };
        }
        planes.last_mut()?.rows.push(row);
    }
    let leading: Vec<usize> = shape.iter().skip(2).rev().copied().collect();
    let found = planes.len();
    if leading.iter().try_fold(1_usize, |product, extent| product.checked_mul(*extent)) != Some(found) {
        return Some(Err(Diagnostic::Extents { said: shape, found: vec![found] }));
    }
    let said = [leading.as_slice(), shape.get(..2)?].concat();
    Some(Ok(Block { said, ..block(leading, planes, Notation::Julia) }))
}

/// Octave's and MATLAB's `Columns 1 through 3:` and what follows.
fn columns(lines: &[&str]) -> Option<Result<Block, Diagnostic>> {
    let heading = |line: &str| {
        let rest = line.trim().trim_end_matches(':').strip_prefix("Column")?;
        let numbers = rest.strip_prefix('s').unwrap_or(rest).split_whitespace();
        let numbers: Vec<usize> = numbers.filter_map(|word| word.parse().ok()).collect();
        Some((*numbers.first()?, *numbers.last()?))
    };
    let mut parts = Parts::default();
    let mut factor = None;
    for line in lines {
        if let Some((first, last)) = heading(line) {
            if first != parts.columns + 1 || last < first {
                return Some(Err(Diagnostic::Extents { said: vec![first, last], found: vec![parts.columns + 1] }));
            }
            parts.begin(last - first + 1);
        } else if parts.columns > 0 {
            parts.push(words(line));
        } else if let Some(scale) = line.trim().strip_suffix('*') {
            factor = Some(Factor::read(scale.trim_end())?);
        } else if !line.trim().strip_suffix('=').is_some_and(|name| is_name(name.trim_end())) {
            return None;
        }
    }
    (parts.columns > 0).then(|| Ok(block(Vec::new(), vec![parts.plane(factor)?], Notation::Matlab)))
}

/// `⎡1  2⎤` above `⎣3  4⎦`.
fn sympy(lines: &[&str]) -> Option<Result<Block, Diagnostic>> {
    let inside = |line: &&str| {
        let line = line.trim().strip_prefix(['⎡', '⎢', '⎣', '⎛', '⎜', '⎝'])?;
        Some(words(line.strip_suffix(['⎤', '⎥', '⎦', '⎞', '⎟', '⎠'])?))
    };
    let rows: Vec<Vec<String>> = lines.iter().map(inside).collect::<Option<_>>()?;
    let rows: Vec<Vec<String>> = rows.into_iter().filter(|row| !row.is_empty()).collect();
    (!rows.is_empty()).then(|| Ok(Block::one(rows, None, Notation::SymPy)))
}

/// A Series of pandas: labels and numbers, and its type in the last line.
fn series(lines: &[&str]) -> Option<Result<Block, Diagnostic>> {
    let (last, rows) = lines.split_last()?;
    if !last.contains("dtype: ") {
        return None;
    }
    let mut column = Vec::new();
    for line in rows {
        let words = words(line);
        match words.as_slice() {
            [dots, ..] if is_elision(dots) => return Some(Err(Diagnostic::Elided)),
            [_, number] => column.push(vec![number.clone()]),
            _ => return None,
        }
    }
    (!column.is_empty()).then(|| Ok(Block::one(column, None, Notation::Pandas)))
}

/// A table of pandas or R: names above the columns, which end where these end, and a label before each row.
fn frame(lines: &[&str]) -> Option<Result<Block, Diagnostic>> {
    let (head, rows) = lines.split_first()?;
    let rows = match rows.split_last() {
        Some((last, rows)) if last.starts_with('[') && last.ends_with("columns]") => rows,
        _ => rows,
    };
    if head.contains([',', ';', '\t', '[', '(', '|', '{', '=']) || rows.is_empty() {
        return None;
    }
    if head.ends_with(" \\") {
        return Some(Err(Diagnostic::Unsupported(WRAPPED)));
    }
    let names = words(head);
    let body: Vec<Vec<String>> = rows.iter().map(|row| words(row)).collect();
    if names.is_empty() || !body.iter().all(|row| row.len() == names.len() + 1) {
        return None;
    }
    if body.iter().flatten().any(|word| is_elision(word)) {
        return Some(Err(Diagnostic::Elided));
    }
    let is_number = |word: &String| word.parse::<f64>().is_ok();
    let counts = |from: usize, words: &[&String]| {
        words.iter().enumerate().all(|(index, word)| **word == (index + from).to_string())
    };
    let labels: Vec<&String> = body.iter().filter_map(|row| row.first()).collect();
    let named = !labels.iter().any(|label| is_number(label)) || counts(0, &labels) || counts(1, &labels);
    let headed = !names.iter().any(is_number) || counts(0, &names.iter().collect::<Vec<_>>());
    // Where each word ends, in characters.
    let ends = |line: &str| -> Vec<usize> {
        let chars: Vec<char> = line.chars().chain([' ']).collect();
        let pairs = chars.iter().zip(chars.iter().skip(1)).enumerate();
        pairs.filter(|(_, (c, next))| !c.is_whitespace() && next.is_whitespace()).map(|(at, _)| at).collect()
    };
    let aligned = rows.iter().all(|row| ends(row).get(1..) == Some(&ends(head)));
    if !named || !headed || !aligned {
        return None;
    }
    let rows = body.into_iter().map(|row| row.into_iter().skip(1).collect()).collect();
    Some(Ok(Block::one(rows, None, Notation::Pandas)))
}
