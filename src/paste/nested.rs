//! Brackets: NumPy and PyTorch as code or as printed, JSON, MATLAB, tuples and braces.

use std::str::Chars;

use super::cell::Factor;
use super::diagnostic::{Assumption, Diagnostic};
use super::{Block, MAX_DIMENSIONS, MAX_PLANES, Notation, Plane, Want, lines};

/// No array library prints more dimensions; deeper nesting would only use up the stack.
const MAX_DEPTH: usize = 32;

/// Longer texts around the array are not looked into.
const MAX_AROUND: usize = 512;

/// Longer texts in quotes are no cells.
const MAX_QUOTED: usize = 256;

const PLACES: &str = "These brackets say which number is meant, or how many there are; they hold no array. Print the \
                      array, and paste that.";

enum Node {
    Cell(String),
    List(Vec<Node>),
}

/// Whether the text is an array in brackets.
pub(super) fn is_nested(text: &str) -> bool {
    opener(text).is_some() || call_of_cat(text).is_some()
}

/// Where the array begins.
fn opener(text: &str) -> Option<usize> {
    let trimmed = text.trim();
    let tuple = || {
        let end = trimmed.trim_end_matches([';', ',']);
        (trimmed.starts_with('(') && end.ends_with(')') && trimmed.contains(',')).then(|| text.find('(')).flatten()
    };
    let first = text.match_indices('[').map(|(at, _)| at).find(|at| !is_place(text, *at));
    first.or_else(|| text.find('{')).or_else(|| if text.contains('[') { text.find('[') } else { tuple() })
}

/// Whether the bracket at `at` says which number is meant or how many there are, as in `k[0]` and `int k[3]`: it follows a
/// name or another bracket at once, and holds a whole number, `:` or nothing. `Int64[5]` is Julia's array.
fn is_place(text: &str, at: usize) -> bool {
    let (before, rest) = text.split_at_checked(at).unwrap_or((text, ""));
    let Some((inside, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else { return false };
    let name = before.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).next().unwrap_or("");
    let follows = !name.is_empty() || before.ends_with([']', ')']);
    let is_index = inside.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | ':' | '-'));
    let is_typed = name.starts_with(|c: char| c.is_uppercase()) && before.trim() == name && after.trim().is_empty();
    follows && is_index && inside.trim().split(' ').count() == 1 && !is_typed
}

/// Whether all brackets are of that kind: there is no array.
fn are_places(text: &str) -> bool {
    let mut brackets = text.match_indices('[').map(|(at, _)| at).peekable();
    brackets.peek().is_some() && !text.contains('{') && brackets.all(|at| is_place(text, at))
}

/// Reads what stands before, in and after the brackets.
///
/// # Errors
/// A [`Diagnostic`] of severity error if the brackets hold no matrix.
pub(super) fn read(text: &str, want: Want, diagnostics: &mut Vec<Diagnostic>) -> Result<Block, Diagnostic> {
    if are_places(text) {
        return Err(Diagnostic::Unsupported(PLACES));
    }
    let cat = call_of_cat(text);
    let at = cat.or_else(|| opener(text)).ok_or(Diagnostic::Empty)?;
    let (before, rest) = text.split_at_checked(at).ok_or(Diagnostic::Empty)?;
    let (calls, factor_before) = read_before(before, diagnostics);
    let is_program = before.contains('=') || rest.contains([';', '%']) || cat.is_some();
    let wraps = calls == 0 && !is_program && wraps(rest);
    if wraps {
        diagnostics.push(Diagnostic::Assumed(Assumption::LinesGoOn));
    }
    let lines = match () {
        () if calls > 0 || wraps => Lines::MeanNothing,
        () if is_program => Lines::MayGoOn,
        () => Lines::EndRows,
    };
    let mut reader = Reader { lines, ..Reader::new(rest) };
    let mut lists = Vec::new();
    if cat.is_some() {
        lists.push(reader.cat(MAX_DIMENSIONS)?);
    }
    while cat.is_none() {
        lists.push(reader.list(1)?);
        // Rows printed one by one have no brackets around them all.
        let next = reader.rest.as_str().trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        // `rest` begins with a bracket, so this ends with the text.
        if next.chars().next() != rest.chars().next() {
            break;
        }
        reader.rest = next.chars();
    }
    let body = rest.get(..rest.len() - reader.rest.as_str().len()).unwrap_or("");
    let notation = if cat.is_some() || reader.broke_line || body.contains(';') {
        Notation::Matlab
    } else {
        notation(before, body)
    };
    let (factor_after, closed) = read_after(reader.rest.as_str(), calls, diagnostics);
    if reader.unbalanced || !closed {
        diagnostics.push(Diagnostic::Unbalanced);
    }
    if reader.broke_line {
        diagnostics.push(Diagnostic::Assumed(Assumption::LinesEndRows));
    }
    let factor = match (factor_before, factor_after) {
        (Some(before), Some(after)) => Some(before.and(after)),
        (before, after) => before.or(after),
    };
    let single = lists.len() == 1;
    let node = if single { lists.pop().unwrap_or(Node::List(Vec::new())) } else { Node::List(lists) };
    if want == Want::Matrix {
        return Ok(Block { is_code: true, ..Block::one(rows(node, diagnostics)?, factor, notation) });
    }
    let (leading, planes) = planes(node, diagnostics)?;
    let planes = planes.into_iter().map(|rows| Plane { rows, factor }).collect();
    Ok(Block { leading, planes, notation, is_code: true, ..Block::default() })
}

/// Whether NumPy broke the lines of one row: one pair of brackets, spaces alone between numbers, and every line but the
/// last too long for one more number in NumPy's 75 characters.
fn wraps(text: &str) -> bool {
    const WIDTH: usize = 74;
    let Some((inside, _)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) else { return false };
    if inside.contains(['[', '{', '(', ',', ';']) || !inside.trim_end().contains('\n') {
        return false;
    }
    // NumPy gives all numbers one width.
    let widest = inside.split_whitespace().map(str::len).max().unwrap_or(0);
    let lines: Vec<usize> = inside.trim_end().lines().map(|line| line.trim_end().chars().count()).collect();
    let is_full = |(index, len): (usize, &usize)| len + usize::from(index == 0) + 1 + widest > WIDTH;
    let full = lines.split_last().is_some_and(|(_, lines)| lines.iter().enumerate().all(is_full));
    full && lines.iter().all(|len| *len <= WIDTH + 1)
}

/// Who writes an array so: `before` is what stands before its brackets, `body` what is in them.
fn notation(before: &str, body: &str) -> Notation {
    let has = |words: &[&str]| words.iter().any(|word| before.contains(word));
    if has(&["torch", "tensor(", "Parameter"]) {
        Notation::PyTorch
    } else if has(&["np.", "array(", "Array("]) || body.contains("np.") {
        Notation::NumPy
    } else if !body.starts_with('[') || body.contains(['(', '{', '#', '/', '\'']) {
        Notation::Numbers
    } else if body.contains(',') {
        Notation::Json
    } else if body.starts_with("[[") {
        // As NumPy prints it.
        Notation::NumPy
    } else {
        Notation::Numbers
    }
}

/// Where MATLAB's `cat(3, …)` begins, if that is what makes the array.
fn call_of_cat(text: &str) -> Option<usize> {
    let at = text.find("cat(")?;
    let (before, _) = text.split_at_checked(at)?;
    let before = before.trim_end();
    (before.is_empty() || before.ends_with(['=', '*', '('])).then_some(at)
}

/// Reads what stands before the array: a name, calls such as `np.array(`, a factor. Returns the calls left open.
pub(super) fn read_before(text: &str, diagnostics: &mut Vec<Diagnostic>) -> (usize, Option<Factor>) {
    let mut text = text.trim();
    if text.len() > MAX_AROUND {
        diagnostics.push(Diagnostic::ignored(text));
        return (usize::from(text.ends_with('(')), None);
    }
    let mut calls = 0;
    while let Some(callee) = text.strip_suffix('(') {
        calls += 1;
        text = callee.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.')).trim_end();
    }
    let (name, factor) = text.rsplit_once(['=', ':']).unwrap_or(("", text));
    let (lines_before, name) = name.trim().rsplit_once('\n').unwrap_or(("", name));
    if !lines_before.is_empty() {
        diagnostics.push(Diagnostic::ignored(lines_before));
    }
    let name = name.trim().trim_start_matches(">>>").trim();
    // TensorFlow prints the shape and the type first.
    if !name.is_empty() && !lines::is_name(name) && !name.starts_with("<tf.Tensor") {
        diagnostics.push(Diagnostic::ignored(name));
    }
    let factor = factor.trim().trim_start_matches(">>>");
    let factor = factor.trim_end_matches(['*', '×', '·', '.']).trim();
    if factor.is_empty() {
        return (calls, None);
    }
    let read = Factor::read(factor);
    if read.is_none() {
        diagnostics.push(Diagnostic::ignored(factor));
    }
    (calls, read)
}

/// Reads what stands after the array: the rest of the calls, a factor or divisor. Also whether all calls are closed.
pub(super) fn read_after(text: &str, calls: usize, diagnostics: &mut Vec<Diagnostic>) -> (Option<Factor>, bool) {
    // Inside the call are the arguments that say how to store the numbers: dtype, device and the like.
    let mut open = calls;
    let mut rest = text.chars();
    while open > 0 {
        match rest.next() {
            Some('(') => open += 1,
            Some(')') => open -= 1,
            Some(_) => {}
            None => return (None, false),
        }
    }
    let after = rest.as_str().trim();
    let closers = after.trim_start_matches([']', '}', ')', ',', ' ', '\n', '\r', '>', '`']);
    let closed = !after.get(..after.len() - closers.len()).is_some_and(|cut| cut.contains([']', '}', ')']));
    let after = closers.trim_end_matches([';', '`', ',']).trim();
    if after.is_empty() {
        return (None, closed);
    }
    let operator = after.strip_prefix('.').filter(|rest| rest.starts_with(['*', '/'])).unwrap_or(after);
    let mut operand = operator.chars();
    let factor = match operand.next() {
        _ if after.len() > MAX_AROUND => None,
        Some('/') => Factor::read(operand.as_str()).and_then(Factor::inverse),
        Some('*' | '×' | '·') => Factor::read(operand.as_str()),
        _ => None,
    };
    if factor.is_none() {
        diagnostics.push(Diagnostic::ignored(after));
    }
    (factor, closed)
}

/// What a new line is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    /// The end of a row.
    EndRows,
    /// The end of a row, unless `...` stands before it, as in MATLAB.
    MayGoOn,
    /// A space: within `array(…)`, and in a row that was broken to be printed.
    MeanNothing,
}

struct Reader<'a> {
    rest: Chars<'a>,
    lines: Lines,
    unbalanced: bool,
    broke_line: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text.chars(), lines: Lines::EndRows, unbalanced: false, broke_line: false }
    }

    /// Reads `cat(4, cat(3, [1 2; 3 4], [5 6; 7 8]), …)`, which is next. `limit` is the largest dimension.
    fn cat(&mut self, limit: usize) -> Result<Node, Diagnostic> {
        let text = self.rest.as_str();
        let (dimension, items) =
            text.split_once('(').and_then(|(_, rest)| rest.split_once(',')).ok_or(Diagnostic::Cat)?;
        let dimension = dimension.trim().parse().ok().filter(|dimension| (3..=limit).contains(dimension));
        let dimension = dimension.ok_or(Diagnostic::Cat)?;
        self.rest = items.chars();
        let mut nodes = Vec::new();
        loop {
            let next = self.rest.as_str().trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            // Lines go on after `...`.
            if let Some(next) = next.strip_prefix("...") {
                self.rest = next.chars();
                continue;
            }
            self.rest = next.chars();
            let node = match self.peek() {
                Some('[') => matrix(self.list(1)?),
                Some('c') if dimension > 3 && next.starts_with("cat(") => {
                    nodes.push(self.cat(dimension - 1)?);
                    continue;
                }
                Some(')') => {
                    self.rest.next();
                    break;
                }
                Some(c) if !matches!(c, ']' | '{' | '}' | ';') => matrix(Node::Cell(self.cell())),
                _ => {
                    self.unbalanced = true;
                    break;
                }
            };
            nodes.push((3..dimension).fold(node, |node, _| Node::List(vec![node])));
        }
        Ok(Node::List(nodes))
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    /// Reads a list whose bracket is next. Rows that end with `;` or a new line become lists of their own.
    fn list(&mut self, depth: usize) -> Result<Node, Diagnostic> {
        if depth > MAX_DEPTH {
            return Err(Diagnostic::TooDeep { limit: MAX_DEPTH });
        }
        let close = match self.rest.next() {
            Some('(') => ')',
            Some('{') => '}',
            _ => ']',
        };
        let mut segments: Vec<Vec<Node>> = Vec::new();
        let mut segment = Vec::new();
        let (mut after_comma, mut has_comma) = (false, false);
        loop {
            match self.peek() {
                None => {
                    self.unbalanced = true;
                    break;
                }
                Some(c @ (']' | '}' | ')')) => {
                    self.unbalanced |= c != close;
                    self.rest.next();
                    break;
                }
                Some('[' | '{' | '(') => {
                    segment.push(self.list(depth + 1)?);
                    after_comma = false;
                }
                Some(',') => {
                    self.rest.next();
                    (after_comma, has_comma) = (true, true);
                }
                Some(';') => {
                    self.rest.next();
                    segments.push(std::mem::take(&mut segment));
                }
                // A comment, in Python or MATLAB.
                Some('#' | '%') => self.skip_line(),
                Some('/') if self.rest.as_str().starts_with("//") => self.skip_line(),
                Some('/') if self.rest.as_str().starts_with("/*") => {
                    let rest = self.rest.as_str();
                    self.rest = rest.split_once("*/").map_or("", |(_, rest)| rest).chars();
                }
                Some(c @ ('.' | '…')) if c == '…' || self.rest.as_str().starts_with("...") => {
                    let before = segment.last().is_some_and(|last| matches!(last, Node::List(_))) && !after_comma;
                    self.continues_line(depth == 1 && !before)?;
                }
                Some('\n') => {
                    self.rest.next();
                    let ends_row = depth == 1 && self.lines != Lines::MeanNothing && !after_comma;
                    if ends_row && matches!(segment.last(), Some(Node::Cell(_))) {
                        segments.push(std::mem::take(&mut segment));
                        // Only a row that another follows has ended.
                        let more = !self.rest.as_str().trim_start().starts_with([']', '}', ')', ';']);
                        self.broke_line |= more;
                    }
                }
                Some(c) if c.is_whitespace() => {
                    self.rest.next();
                }
                Some(_) => {
                    let cell = self.cell();
                    after_comma = false;
                    segment.push(Node::Cell(cell));
                }
            }
        }
        segments.push(segment);
        segments.retain(|segment| !segment.is_empty());
        let mut rows: Vec<Node> = segments.into_iter().map(Node::List).collect();
        if rows.len() > 1 {
            return Ok(Node::List(rows.into_iter().map(unwrapped).collect()));
        }
        match rows.pop() {
            // (1/16) is a number in brackets, (1,) a tuple.
            Some(Node::List(mut cells)) if close == ')' && !has_comma && cells.len() == 1 => {
                Ok(cells.pop().unwrap_or(Node::List(Vec::new())))
            }
            Some(row) => Ok(row),
            None => Ok(Node::List(Vec::new())),
        }
    }

    /// Goes to the end of the line: a comment, in Python, MATLAB or C.
    fn skip_line(&mut self) {
        let rest = self.rest.as_str();
        self.rest = rest.get(rest.find('\n').unwrap_or(rest.len())..).unwrap_or("").chars();
    }

    /// At `...`: MATLAB's row goes on in the next line, and what stands between is a comment; anywhere else numbers were
    /// left out.
    fn continues_line(&mut self, may: bool) -> Result<(), Diagnostic> {
        let rest = self.rest.as_str();
        let rest =
            rest.strip_prefix("...").filter(|_| may && self.lines == Lines::MayGoOn).ok_or(Diagnostic::Elided)?;
        let (comment, next) = rest.split_once('\n').ok_or(Diagnostic::Elided)?;
        if comment.trim_start().starts_with(|c: char| c.is_ascii_digit() || ",.[](){}-+−".contains(c)) {
            return Err(Diagnostic::Elided);
        }
        self.rest = next.chars();
        Ok(())
    }

    /// Reads one cell: up to a separator, with `1 / 16` and `np.float64(1.0)` whole.
    fn cell(&mut self) -> String {
        let start = self.rest.as_str();
        // A text in quotes may hold separators.
        if let Some(text) = quoted(start) {
            self.rest = start.get(text.len()..).unwrap_or("").chars();
            return text.to_owned();
        }
        let mut open = 0_usize;
        let mut last = ' ';
        while let Some(c) = self.peek() {
            // `3...` goes on in the next line.
            if c == '.' && last != ' ' && last != '.' && self.rest.as_str().starts_with("...") {
                break;
            }
            match c {
                '[' | ']' | '{' | '}' | '\n' | ';' => break,
                ',' | ')' if open == 0 => break,
                '(' => open += 1,
                ')' => open -= 1,
                c if c.is_whitespace() && open == 0 => {
                    let next = self.rest.as_str().trim_start_matches([' ', '\t']);
                    if last != '/' && (!next.starts_with('/') || next.starts_with("//") || next.starts_with("/*")) {
                        break;
                    }
                    self.rest = next.chars();
                    last = ' ';
                    continue;
                }
                _ => {}
            }
            last = c;
            self.rest.next();
        }
        start.get(..start.len() - self.rest.as_str().len()).unwrap_or_default().to_owned()
    }
}

/// The text in double quotes that comes next, with them; `None` if it does not end soon, on its line.
fn quoted(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in inside.char_indices().take(MAX_QUOTED) {
        match c {
            '\n' => return None,
            '"' if !escaped => return text.get(..at + 2),
            c => escaped = c == '\\' && !escaped,
        }
    }
    None
}

/// MATLAB's matrix: a row or a number is one too.
fn matrix(node: Node) -> Node {
    match node {
        Node::Cell(_) => Node::List(vec![Node::List(vec![node])]),
        Node::List(items) if items.iter().all(|item| matches!(item, Node::Cell(_))) => {
            Node::List(vec![Node::List(items)])
        }
        node @ Node::List(_) => node,
    }
}

/// A row that is a single list is that list: `[[1 2]; [3 4]]`.
fn unwrapped(node: Node) -> Node {
    match node {
        Node::List(mut items) if matches!(items.as_slice(), [Node::List(_)]) => {
            items.pop().unwrap_or(Node::List(Vec::new()))
        }
        other => other,
    }
}

/// The extents along the first items.
fn shape(node: &Node) -> Vec<usize> {
    let mut shape = Vec::new();
    let mut node = node;
    while let Node::List(items) = node {
        shape.push(items.len());
        match items.first() {
            Some(first) => node = first,
            None => break,
        }
    }
    shape
}

/// The matrix in `node`: dimensions of 1 are left out in front and, if there are still more than two, at the end.
fn rows(node: Node, diagnostics: &mut Vec<Diagnostic>) -> Result<Vec<Vec<String>>, Diagnostic> {
    let shape = shape(&node);
    let mut node = node;
    let mut dimensions = shape.len();
    while dimensions > 2 {
        match node {
            Node::List(mut items) if matches!(items.as_slice(), [Node::List(_)]) => {
                node = items.pop().unwrap_or(Node::List(Vec::new()));
                dimensions -= 1;
            }
            other => {
                node = other;
                break;
            }
        }
    }
    if dimensions > 2 && shape.iter().rev().take(dimensions - 2).any(|extent| *extent != 1) {
        return Err(Diagnostic::Dimensions { shape, limit: 2 });
    }
    let rows = matrix_rows(node)?;
    if shape.len() > 2 {
        diagnostics.push(Diagnostic::Squeezed { shape });
    }
    Ok(rows)
}

/// The rows of a matrix; numbers alone are its only row.
fn matrix_rows(node: Node) -> Result<Vec<Vec<String>>, Diagnostic> {
    Ok(match node {
        Node::List(items) if items.iter().all(|item| matches!(item, Node::Cell(_))) => vec![cells(items)?],
        Node::List(items) => items
            .into_iter()
            .map(|item| match item {
                Node::List(items) => cells(items),
                Node::Cell(_) => Err(Diagnostic::Uneven),
            })
            .collect::<Result<_, _>>()?,
        Node::Cell(text) => vec![vec![text]],
    })
}

/// The matrices in `node` and the extents in front of them. Past four dimensions those of 1 in front are left out.
#[expect(clippy::type_complexity, reason = "rows of texts, one plane after the other")]
fn planes(node: Node, diagnostics: &mut Vec<Diagnostic>) -> Result<(Vec<usize>, Vec<Vec<Vec<String>>>), Diagnostic> {
    let full = shape(&node);
    let mut nodes = vec![node];
    let mut leading = Vec::new();
    for (index, extent) in full.iter().enumerate().take(full.len().saturating_sub(2)) {
        let is_past = full.len() - index > MAX_DIMENSIONS;
        if is_past && *extent != 1 {
            return Err(Diagnostic::Dimensions { shape: full, limit: MAX_DIMENSIONS });
        }
        let mut inner = Vec::new();
        for (group, node) in nodes.into_iter().enumerate() {
            let Node::List(items) = node else { return Err(Diagnostic::Uneven) };
            if items.len() != *extent {
                return Err(Diagnostic::UnevenGroups { group, len: items.len(), expected: *extent });
            }
            inner.extend(items);
        }
        nodes = inner;
        if nodes.len() > MAX_PLANES {
            // Each plane of a further dimension, if there is one, counts.
            let inner = full.get(index + 1..full.len().saturating_sub(2)).unwrap_or_default();
            let planes = inner.iter().fold(nodes.len(), |product, extent| product.saturating_mul(*extent));
            return Err(Diagnostic::TooManyPlanes { planes, limit: MAX_PLANES });
        }
        if !is_past {
            leading.push(*extent);
        }
    }
    if full.len() > MAX_DIMENSIONS {
        diagnostics.push(Diagnostic::Squeezed { shape: full });
    }
    let planes = nodes.into_iter().map(matrix_rows).collect::<Result<_, _>>()?;
    Ok((leading, planes))
}

/// The texts of a row, each perhaps in brackets of its own where trailing dimensions of 1 are left out.
fn cells(items: Vec<Node>) -> Result<Vec<String>, Diagnostic> {
    items
        .into_iter()
        .map(|mut item| {
            loop {
                match item {
                    Node::Cell(text) => return Ok(text),
                    Node::List(mut items) if items.len() == 1 => {
                        item = items.pop().ok_or(Diagnostic::Uneven)?;
                    }
                    Node::List(_) => return Err(Diagnostic::Uneven),
                }
            }
        })
        .collect()
}
