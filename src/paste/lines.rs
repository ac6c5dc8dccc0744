//! Rows on lines: spreadsheets, CSV, columns between spaces, Markdown tables.

use super::diagnostic::{Assumption, Diagnostic};
use super::{Block, Notation, Plane, cell, cell::Factor, planes};
use crate::num::format;

/// Reads lines of cells. Which character separates the columns is decided once for the whole text:
/// a tab, else `;`, else `,`, else spaces.
///
/// Blank lines part planes where all then have the same number of lines, and more than one: else they are mere room
/// between rows.
///
/// # Errors
/// [`Diagnostic::Ambiguous`].
pub(super) fn read(text: &str, is_sheet: bool, diagnostics: &mut Vec<Diagnostic>) -> Result<Block, Diagnostic> {
    if lines(text).all(|line| line.trim_start().starts_with('|')) {
        return Ok(markdown_tables(text, diagnostics));
    }
    if let Some(table) = bars(text) {
        return Ok(markdown_tables(&table, diagnostics));
    }
    let (body, factor) = heading(text);
    let notation = match () {
        () if body.len() < text.len() => Notation::Matlab,
        () if has_tab(body) => Notation::Spreadsheet,
        () if body.contains([';', ',']) => Notation::Csv,
        () => Notation::Numbers,
    };
    if is_sheet && let Some(rows) = column(body) {
        return Ok(Block::one(rows, factor, Notation::Spreadsheet));
    }
    let rows: Vec<Vec<String>> = lines(body).map(words).collect();
    if let Some(rows) = mixed_fractions(&rows, is_sheet)? {
        return Ok(Block::one(rows, factor, Notation::Spreadsheet));
    }
    let blocks = blocks(body);
    if let Some(len) = blocks.evenly() {
        let said = diagnostics.len();
        let rows = cells(&blocks.lines.join("\n"), diagnostics);
        // A field in quotes may go over several lines, and a line may hold several rows.
        if rows.len() == blocks.lines.len() {
            diagnostics.push(Diagnostic::Assumed(Assumption::BlankLinesEndPlanes));
            let mut rows = rows.into_iter();
            let planes =
                (0..blocks.lens.len()).map(|_| Plane { rows: rows.by_ref().take(len).collect(), factor }).collect();
            return Ok(Block { leading: planes::leading(&blocks.wide), planes, notation, ..Block::default() });
        }
        diagnostics.truncate(said);
    }
    Ok(Block::one(cells(body, diagnostics), factor, notation))
}

/// A spreadsheet's column of numbers such as `1 1/2`, if the lines are one.
///
/// # Errors
/// [`Diagnostic::Ambiguous`] where they may as well be two columns.
fn mixed_fractions(rows: &[Vec<String>], is_sheet: bool) -> Result<Option<Vec<Vec<String>>>, Diagnostic> {
    let Some(values) = rows.iter().map(|words| cell::whole_or_mixed(words)).collect::<Option<Vec<_>>>() else {
        return Ok(None);
    };
    let Some((words, &(_, value))) = rows.iter().zip(&values).find(|(_, (mixed, _))| *mixed) else {
        return Ok(None);
    };
    if !is_sheet && values.iter().all(|(mixed, _)| *mixed) {
        return Err(Diagnostic::ambiguous(&words.join(" "), format::ascii(value), words.join(" and ")));
    }
    Ok(Some(rows.iter().map(|words| vec![words.join(" ")]).collect()))
}

/// A spreadsheet's column in which cells are empty: one cell a line, and lines without any between them.
fn column(text: &str) -> Option<Vec<Vec<String>>> {
    let text = text.trim_end();
    // One spelling for all: where spaces part thousands somewhere, commas are decimal marks.
    let is_marked = text.lines().any(|line| cell::one_number(line.trim()) == Some(true));
    let single = |line: &str| match cell::one_number(line) {
        Some(_) => is_marked || !line.contains(','),
        None if cell::whole_or_mixed(&words(line)).is_some() => true,
        None => !line.contains(|c: char| c.is_whitespace() || ",;|[](){}=".contains(c)),
    };
    let is_column = text.lines().all(|line| single(line.trim())) && text.lines().any(|line| line.trim().is_empty());
    is_column.then(|| text.lines().map(|line| vec![line.trim().to_owned()]).collect())
}

fn cells(text: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Vec<String>> {
    if has_tab(text) {
        fields(text, '\t')
    } else if text.contains(';') {
        semicolons(text, diagnostics)
    } else {
        commas_or_spaces(&lines(text).collect::<Vec<_>>(), diagnostics)
    }
}

/// Whether tabs separate columns: one at a line's end does not.
fn has_tab(text: &str) -> bool {
    lines(text).any(|line| line.trim().contains('\t'))
}

/// The lines between blank ones.
#[derive(Default)]
struct Blocks<'a> {
    /// All lines but the blank ones.
    lines: Vec<&'a str>,
    /// How many of them each block has.
    lens: Vec<usize>,
    /// Whether there is more than one blank line, for each gap between two blocks.
    wide: Vec<bool>,
}

impl Blocks<'_> {
    /// The lines of each block, if the blocks are planes.
    fn evenly(&self) -> Option<usize> {
        let len = *self.lens.first()?;
        let is_even = self.lens.len() > 1 && self.lens.iter().all(|other| *other == len);
        // Single lines with room between them are the rows of a matrix, unless there is room of two kinds.
        (is_even && (len > 1 || planes::leading(&self.wide).len() > 1)).then_some(len)
    }
}

fn blocks(text: &str) -> Blocks<'_> {
    let mut blocks = Blocks::default();
    let mut gap = 0_usize;
    for line in text.lines() {
        // A spreadsheet writes a blank row as its separators.
        if line.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).is_empty() {
            gap += 1;
            continue;
        }
        match blocks.lens.last_mut() {
            Some(len) if gap == 0 => *len += 1,
            last => {
                if last.is_some() {
                    blocks.wide.push(gap > 1);
                }
                blocks.lens.push(1);
            }
        }
        gap = 0;
        blocks.lines.push(line);
    }
    blocks
}

/// Whether each line is in round brackets: a spreadsheet's column of a book-keeper's negative numbers.
pub(super) fn are_bracketed(text: &str) -> bool {
    lines(text).all(|line| line.trim().strip_prefix('(').is_some_and(|line| line.ends_with(')') && !line.contains(' ')))
}

/// The lines that hold something.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim().is_empty())
}

/// Takes off what MATLAB prints above a matrix: its name (`A =`) and a factor (`1.0e+03 *`).
fn heading(text: &str) -> (&str, Option<Factor>) {
    let mut body = text;
    while let Some((line, rest)) = body.trim_start().split_once('\n') {
        if let factor @ Some(_) = scale(line) {
            return (rest, factor);
        }
        if !is_heading(line.trim()) {
            break;
        }
        body = rest;
    }
    (body, None)
}

/// What MATLAB prints above a matrix that each number is multiplied by: `1.0e+03 *`.
pub(super) fn scale(line: &str) -> Option<Factor> {
    Factor::read(line.trim().strip_suffix('*')?.trim_end())
}

/// Whether a line is the name of what is below it (`A =`), or what kind of a matrix Octave says it is.
pub(super) fn is_heading(line: &str) -> bool {
    line.strip_suffix('=').is_some_and(|name| is_name(name.trim_end()))
        || matches!(line, "Diagonal Matrix" | "Permutation Matrix")
}

/// Whether `text` names what follows: a variable, `conv.weight`, `"x"`, `Parameter containing`.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '"' | '\''))
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ' ' | '"' | '\''))
}

/// Rows of fields between `separator`s. A field in double quotes may hold separators, new lines and doubled quotes.
fn fields(text: &str, separator: char) -> Vec<Vec<String>> {
    let rows = fields_or_unclosed(text, separator, text.contains('"'));
    // A quote that is never closed is a character like any other.
    rows.or_else(|| fields_or_unclosed(text, separator, false)).unwrap_or_default()
}

/// `None` if a quote is left open.
fn fields_or_unclosed(text: &str, separator: char, quotes: bool) -> Option<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    let (mut row, mut field) = (Vec::new(), String::new());
    let mut quoted = false;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if quoted => quoted = false,
            '"' if quotes && field.trim().is_empty() => {
                field.clear();
                quoted = true;
            }
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            c if c == separator && !quoted => row.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    row.push(field);
    rows.push(row);
    rows.retain(|row: &Vec<String>| row.len() > 1 || row.iter().any(|field| !field.trim().is_empty()));
    (!quoted).then_some(rows)
}

/// `;` ends rows on a single line, as in a link or MATLAB; over several lines it separates columns, as in the CSV of
/// countries that write decimal commas.
fn semicolons(text: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Vec<String>> {
    let lines: Vec<&str> = lines(text).map(|line| line.trim().trim_end_matches(';')).collect();
    match lines.as_slice() {
        [line] if line.contains(';') => {
            diagnostics.push(Diagnostic::Assumed(Assumption::SemicolonsEndRows));
            commas_or_spaces(&line.split(';').collect::<Vec<_>>(), diagnostics)
        }
        lines if lines.iter().any(|line| line.contains(';')) => fields(&lines.join("\n"), ';'),
        lines => commas_or_spaces(lines, diagnostics),
    }
}

fn commas_or_spaces(lines: &[&str], diagnostics: &mut Vec<Diagnostic>) -> Vec<Vec<String>> {
    if !lines.iter().any(|line| line.contains(',')) {
        return lines.iter().map(|line| words(line)).collect();
    }
    let spaced = lines.iter().any(|line| line.split(',').any(|cell| cell.trim().contains(char::is_whitespace)));
    let decimal = |word: &String| cell::one_number(word).is_some() && !word.contains('.');
    if spaced && lines.iter().all(|line| words(line).iter().all(decimal)) {
        return lines.iter().map(|line| words(line)).collect();
    }
    let numbers: Option<Vec<bool>> = lines.iter().map(|line| cell::one_number(line)).collect();
    if let Some(marked) = numbers {
        if marked.contains(&true) {
            return lines.iter().map(|line| vec![(*line).to_owned()]).collect();
        }
        diagnostics.push(Diagnostic::Assumed(Assumption::CommasSeparateColumns));
    }
    let mut rows = fields(&lines.join("\n"), ',');
    // A comma that ends every line separates nothing.
    if rows.iter().all(|row| row.len() > 1 && row.last().is_some_and(|cell| cell.trim().is_empty())) {
        for row in &mut rows {
            row.pop();
        }
    }
    rows
}

/// The words of a line; `1 / 16` is one, and so are `50 %` and `€ 5`.
pub(super) fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let leads = line.split_whitespace().next().is_some_and(cell::is_currency);
    for word in line.split_whitespace() {
        match words.last_mut() {
            Some(last) if last.ends_with('/') || word.starts_with('/') => last.push_str(word),
            Some(last) if if leads { cell::is_currency(last) } else { cell::is_unit(word) } => last.push_str(word),
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// Markdown tables: planes if each has its rule, else one with room between its rows.
fn markdown_tables(text: &str, diagnostics: &mut Vec<Diagnostic>) -> Block {
    let blocks = blocks(text);
    let mut rows = blocks.lines.iter().map(|line| markdown_cells(line));
    let mut tables: Vec<Vec<Vec<String>>> = blocks.lens.iter().map(|len| rows.by_ref().take(*len).collect()).collect();
    if !tables.iter().all(|table| table.get(1).is_some_and(|row| is_rule(row))) {
        tables = vec![tables.into_iter().flatten().collect()];
    }
    let leading = if tables.len() > 1 { planes::leading(&blocks.wide) } else { Vec::new() };
    let mut planes = Vec::with_capacity(tables.len());
    for table in tables {
        planes.push(Plane { rows: markdown(table, diagnostics), factor: None });
    }
    Block { leading, planes, notation: Notation::Markdown, ..Block::default() }
}

/// A table of psql or `MySQL`, or one of Markdown without its outer bars, as one of Markdown.
fn bars(text: &str) -> Option<String> {
    let mut table = String::new();
    let (mut rows, mut is_ruled) = (0, false);
    for line in lines(text).map(str::trim) {
        let is_rule = line.contains('-') && line.chars().all(|c| "+-|: ".contains(c));
        // `MySQL` draws rules above and below as well.
        if is_rule && rows != 1 || line.starts_with('(') && line.ends_with(')') && line.contains(" row") {
            continue;
        }
        if !is_rule && !line.contains('|') {
            return None;
        }
        is_ruled |= is_rule;
        rows += 1;
        table.push_str(&line.replace('+', "|"));
        table.push('\n');
    }
    is_ruled.then_some(table)
}

fn markdown_cells(line: &str) -> Vec<String> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let line = line.strip_suffix('|').unwrap_or(line).replace(r"\|", "\u{0}");
    line.split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect()
}

/// Whether a row is the line below a table's head.
fn is_rule(row: &[String]) -> bool {
    row.iter().all(|cell| cell.contains('-') && cell.chars().all(|c| matches!(c, '-' | ':')))
}

/// The rows of a Markdown table.
fn markdown(rows: Vec<Vec<String>>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Vec<String>> {
    match rows.split_first() {
        Some((head, rest)) if rest.first().is_some_and(|row| is_rule(row)) => {
            let body = rest.iter().skip(1).cloned();
            // A head of numbers is a row of the matrix; one of words names the columns.
            if head.iter().any(|cell| cell::Spelling::default().read(cell).value().is_some()) {
                return std::iter::once(head.clone()).chain(body).collect();
            }
            if head.iter().any(|cell| !cell.is_empty()) {
                diagnostics.push(Diagnostic::ignored(&head.join(" | ")));
            }
            let mut rows: Vec<Vec<String>> = body.collect();
            // As pandas writes it: below no name stand labels that count from 0.
            let is_counted = |(row, cells): (usize, &Vec<String>)| {
                cells.len() == head.len() && cells.first() == Some(&row.to_string())
            };
            let is_headless = matches!(head.as_slice(), [first, rest @ ..] if first.is_empty() && !rest.is_empty() && rest.iter().all(|name| !name.is_empty()));
            if is_headless && !rows.is_empty() && rows.iter().enumerate().all(is_counted) {
                diagnostics.push(Diagnostic::Assumed(Assumption::Labels));
                rows = rows.into_iter().map(|row| row.into_iter().skip(1).collect()).collect();
            }
            rows
        }
        _ => rows,
    }
}
