//! What R, Julia, MATLAB, Octave, `SymPy` and pandas print: labels around the words of lines.

use crate::num::decimal;

use super::diagnostic::{Assumption, Diagnostic};
use super::lines::{is_heading, lines, scale, words};
use super::{Block, Notation, Plane, cell::Factor, is_elision};

const SPARSE: &str = "This is a sparse array, of which only some numbers are printed. Make it dense first: \
                      a.to_dense() in PyTorch, a.toarray() in SciPy, full(A) in MATLAB, as.matrix(A) in R.";

const WRAPPED: &str = "The table goes on below itself. Print all its columns side by side: print(df.to_string()).";

/// Reads a print with labels of its own; `None` if the text is none.
///
/// # Errors
/// A [`Diagnostic`] of severity error where numbers are missing, or the shape is not the one that is printed.
pub(super) fn read(text: &str, diagnostics: &mut Vec<Diagnostic>) -> Result<Option<Block>, Diagnostic> {
    let mut all: Vec<&str> = lines(text).map(str::trim_end).collect();
    if text.contains("indices=") && text.contains("values=") || all.last().is_some_and(|line| is_stored(line)) {
        return Err(Diagnostic::Unsupported(SPARSE));
    }
    // What was typed to have it printed.
    if all.first().is_some_and(|first| first.starts_with("julia> ") || first.starts_with("> ")) {
        all.remove(0);
    }
    if all.first().is_some_and(|first| first.contains("atrix of class \"")) {
        if all.iter().any(|line| line.split_whitespace().any(|word| word == ".")) {
            return Err(Diagnostic::Unsupported(SPARSE));
        }
        all.remove(0);
    }
    if let [first, second, ..] = all.as_slice()
        && is_item(first)
        && !is_item(second)
    {
        all.remove(0);
        // Of a list the first item is read.
        if let Some(end) = all.iter().position(|line| is_item(line)) {
            diagnostics.push(Diagnostic::ignored(&all.split_off(end).join("\n")));
        }
    }
    match labelled(&all, diagnostics)? {
        None => frame(&all, diagnostics),
        block => Ok(block),
    }
}

/// Whether a line names an item of a list of R's: `$a`, `[[1]]`.
fn is_item(line: &str) -> bool {
    let number = line.trim().strip_prefix("[[").and_then(|line| line.strip_suffix("]]"));
    number.is_some_and(|number| number.parse::<usize>().is_ok())
        || line
            .trim()
            .strip_prefix('$')
            .is_some_and(|name| name.starts_with(char::is_alphabetic) && !name.contains(' '))
}

/// Whether a line is a number of a sparse array and its place: `(0, 1)  2`, `(0, 1) -> 2`.
fn is_stored(line: &str) -> bool {
    let place = line.trim_start().strip_prefix('(').and_then(|line| line.split_once(')'));
    place.is_some_and(|(place, number)| {
        let number = number.trim_start_matches([' ', '\t', '-', '>']);
        place.contains(',') && numbers(place).len() == 2 && !place.contains('.') && decimal::parse(number).is_some()
    })
}

/// The whole numbers in a text.
fn numbers(text: &str) -> Vec<usize> {
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

/// What the label of a line says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The shape of all.
    Shape,
    /// Another plane.
    Plane,
    /// The first and the last of the columns below.
    Columns,
    /// The row that comes.
    Row,
    /// Which number of a vector comes first.
    Vector,
}

/// The label of a line: what it says, who prints it, its numbers, and the words after it.
fn label(line: &str) -> Option<(Kind, Notation, Vec<usize>, &str)> {
    let line = line.trim();
    // `, , 1`
    if line.starts_with(", , ") {
        return Some((Kind::Plane, Notation::R, numbers(line), ""));
    }
    // `A(:,:,2) =` and `[:, :, 2] =`
    if line.ends_with('=') {
        let is_julia = line.starts_with("[:, :, ");
        if !is_julia && !line.contains("(:,:,") {
            return None;
        }
        let place = line.rsplit(':').next().unwrap_or("");
        return Some((Kind::Plane, if is_julia { Notation::Julia } else { Notation::Matlab }, numbers(place), ""));
    }
    // `2×2 Matrix{Int64}:` and `3-element Vector{Int64}:`
    if let Some((shape, _)) = line.strip_suffix(':').and_then(|line| line.split_once(' ')) {
        let unit = shape.trim_start_matches(|c: char| c.is_ascii_digit() || c == '×');
        let mut extents = numbers(shape);
        if unit == "-element" {
            extents.push(1);
        }
        if matches!(unit, "" | "-element") && (2..=4).contains(&extents.len()) {
            return Some((Kind::Shape, Notation::Julia, extents, ""));
        }
    }
    // `Columns 1 through 3:`
    if let Some(columns) = line.strip_prefix("Column") {
        let is_known = |word: &str| matches!(word, "s" | "through" | "and" | "to") || word.parse::<usize>().is_ok();
        let columns = columns.trim_end_matches(':');
        let known = columns.split_whitespace().all(is_known);
        return known.then(|| (Kind::Columns, Notation::Matlab, numbers(columns), ""));
    }
    // `⎡1  2⎤`
    if let Some(row) = line.strip_prefix(['⎡', '⎢', '⎣', '⎛', '⎜', '⎝']) {
        let row = row.strip_suffix(['⎤', '⎥', '⎦', '⎞', '⎟', '⎠'])?;
        return Some((Kind::Row, Notation::SymPy, Vec::new(), row));
    }
    let (index, rest) = line.strip_prefix('[')?.split_once(']')?;
    let of = |kind, text: &str, rest| Some((kind, Notation::R, numbers(text), rest));
    let is_number = |text: &str| text.parse::<usize>().is_ok();
    // `[,1] [,2]`
    if index.strip_prefix(',').is_some_and(is_number) {
        let is_columns = line.split_whitespace().all(|word| word.starts_with("[,") && word.ends_with(']'));
        return of(Kind::Columns, line, "").filter(|_| is_columns);
    }
    // `[1,] 1 2`
    if index.strip_suffix(',').is_some_and(is_number) {
        return of(Kind::Row, index, rest);
    }
    // `[4] 1 2`
    let is_words = is_number(index) && rest.starts_with(' ') && !rest.contains(['[', ']', ',', ';']);
    of(Kind::Vector, index, rest).filter(|_| is_words)
}

/// A plane whose columns may come in several parts, one below the other.
#[derive(Default)]
struct Part {
    rows: Vec<Vec<String>>,
    /// How many columns the labels say so far; 0 if they say none.
    columns: usize,
    /// The row that comes next.
    next: usize,
    factor: Option<Factor>,
}

/// What the lines so far say.
struct Print {
    /// The shape, as Julia says it.
    said: Vec<usize>,
    /// The places of the planes in front of rows and columns.
    places: Vec<Vec<usize>>,
    parts: Vec<Part>,
}

fn labelled(lines: &[&str], diagnostics: &mut Vec<Diagnostic>) -> Result<Option<Block>, Diagnostic> {
    let (mut found, mut is_named) = (None, false);
    let mut print = Print { said: Vec::new(), places: Vec::new(), parts: vec![Part::default()] };
    for line in lines {
        let label = match (label(line), found) {
            (Some(label), _) => label,
            (None, found) => {
                if let (factor @ Some(_), Some(part)) = (scale(line), print.parts.last_mut()) {
                    part.factor = factor;
                    continue;
                }
                match found {
                    // Rows of R have labels, which may be names.
                    Some(Notation::R) => {
                        let Some((_, row)) = line.trim().split_once(' ') else { return Ok(None) };
                        is_named = true;
                        (Kind::Row, Notation::R, Vec::new(), row)
                    }
                    Some(notation) => (Kind::Row, notation, Vec::new(), *line),
                    None if is_heading(line.trim()) => continue,
                    None => return Ok(None),
                }
            }
        };
        if *found.get_or_insert(label.1) != label.1 || !print.take(label)? {
            return Ok(None);
        }
    }
    diagnostics.extend(is_named.then_some(Diagnostic::Assumed(Assumption::Labels)));
    found.map(|notation| print.block(notation)).transpose()
}

impl Print {
    /// Takes the words of a line as its label says; `false` if it is no print after all.
    fn take(&mut self, (kind, notation, at, rest): (Kind, Notation, Vec<usize>, &str)) -> Result<bool, Diagnostic> {
        if kind == Kind::Shape {
            self.said = at;
            return Ok(true);
        }
        if kind == Kind::Plane {
            if !self.places.is_empty() {
                self.parts.push(Part::default());
            }
            self.places.push(at);
            return Ok(true);
        }
        let Some(part) = self.parts.last_mut() else { return Ok(false) };
        let first = at.first().copied().unwrap_or(0);
        let wrong = |said: usize, found: usize| Err(Diagnostic::Extents { said: vec![said], found: vec![found] });
        if kind == Kind::Columns {
            if first != part.columns + 1 {
                return wrong(first, part.columns + 1);
            }
            part.columns = at.last().copied().unwrap_or(first);
            part.next = 0;
            return Ok(true);
        }
        let mut words = words(rest);
        if words.iter().any(|word| is_elision(word)) {
            return Err(Diagnostic::Elided);
        }
        if words.is_empty() {
            return Ok(true);
        }
        if notation == Notation::Julia {
            for word in &mut words {
                // A zero that is not stored, and the exponent of a Float32.
                *word = if word == "⋅" { "0".to_owned() } else { word.replace('f', "e") };
            }
        }
        if kind == Kind::Vector {
            part.next = 0;
            let len = part.rows.first().map_or(0, Vec::len);
            if first != len + 1 {
                return if len == 0 { Ok(false) } else { wrong(first.saturating_sub(1), len) };
            }
        } else if first > 0 && first != part.next + 1 {
            return wrong(first, part.next + 1);
        }
        match part.rows.get_mut(part.next) {
            Some(row) => row.append(&mut words),
            None => part.rows.push(words),
        }
        part.next += 1;
        Ok(true)
    }

    fn block(self, notation: Notation) -> Result<Block, Diagnostic> {
        let Self { mut said, places, parts } = self;
        if said.len() > 2 {
            // The last extent counts the outermost planes.
            let (matrix, planes) = said.split_at_mut(2);
            planes.reverse();
            said = [&*planes, &*matrix].concat();
        }
        let mut planes = Vec::with_capacity(parts.len());
        for Part { rows, columns, factor, .. } in parts {
            if let Some(row) = rows.iter().find(|row| columns > 0 && row.len() != columns) {
                return Err(Diagnostic::Extents {
                    said: vec![rows.len(), columns],
                    found: vec![rows.len(), row.len()],
                });
            }
            planes.push(Plane { rows, factor });
        }
        let count = planes.len();
        let group = places.iter().take_while(|place| place.get(1).is_none_or(|group| *group == 1)).count();
        let leading = match count.checked_div(group) {
            Some(groups) if places.iter().any(|place| place.len() > 1) && groups * group == count => {
                vec![groups, group]
            }
            Some(_) => vec![count],
            None => Vec::new(),
        };
        Ok(Block { leading, planes, notation, said, ..Block::default() })
    }
}

/// A table of pandas or R: names above the columns, which end where these end, and a label before each row. Or a Series of
/// pandas: labels and numbers, and its type in the last line.
fn frame(lines: &[&str], diagnostics: &mut Vec<Diagnostic>) -> Result<Option<Block>, Diagnostic> {
    let Some((last, mut rows)) = lines.split_last() else { return Ok(None) };
    let is_series = last.contains("dtype: ");
    let mut head = "";
    if !is_series {
        if !last.ends_with("columns]") {
            rows = lines;
        }
        let Some((first, below)) = rows.split_first() else { return Ok(None) };
        (head, rows) = (first, below);
        if head.ends_with(" \\") {
            return Err(Diagnostic::Unsupported(WRAPPED));
        }
    }
    let names = words(head);
    let body: Vec<Vec<String>> = rows.iter().map(|row| words(row)).collect();
    let width = if is_series { 2 } else { names.len() + 1 };
    let is_full = width > 1 && !body.is_empty() && body.iter().all(|row| row.len() == width);
    if (is_series || is_full) && body.iter().flatten().any(|word| is_elision(word)) {
        return Err(Diagnostic::Elided);
    }
    let labels: Vec<&String> = body.iter().filter_map(|row| row.first()).collect();
    // Under numbers, labels are none of the table's only where they are names or count.
    let is_worded = names.iter().all(|name| decimal::parse(name).is_none());
    let is_named = is_series || is_worded || are_names(&labels) || counts(1, &labels);
    let is_headed =
        !head.contains([',', ';', '\t', '[', '(', '|', '{', '=']) && are_names(&names.iter().collect::<Vec<_>>());
    let ends_of = ends(head);
    let is_aligned = is_series || rows.iter().all(|row| ends(row).get(1..) == Some(&ends_of));
    if !(is_full && is_named && is_headed && is_aligned) {
        return Ok(None);
    }
    diagnostics.push(Diagnostic::Assumed(Assumption::Labels));
    let rows = body.into_iter().map(|mut row| row.split_off(1)).collect();
    Ok(Some(Block::one(rows, None, Notation::Pandas)))
}

/// Whether words are no numbers of the table: not any is a number, or they count from 0.
fn are_names(words: &[&String]) -> bool {
    words.iter().all(|word| decimal::parse(word).is_none()) || counts(0, words)
}

fn counts(from: usize, words: &[&String]) -> bool {
    words.iter().zip(from..).all(|(word, count)| word.parse() == Ok(count))
}

/// Where each word of a line ends, in characters.
fn ends(line: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut is_word = false;
    for (at, c) in line.chars().enumerate() {
        if c.is_whitespace() {
            is_word = false;
        } else if is_word && let Some(end) = ends.last_mut() {
            *end = at;
        } else {
            is_word = true;
            ends.push(at);
        }
    }
    ends
}
