//! Rows on lines: spreadsheets, CSV, columns between spaces, Markdown tables.

use super::diagnostic::{Assumption, Diagnostic};
use super::{Block, cell, cell::Factor};

/// Reads lines of cells. Which character separates the columns is decided once for the whole text:
/// a tab, else `;`, else `,`, else spaces.
pub(super) fn read(text: &str, diagnostics: &mut Vec<Diagnostic>) -> Block {
    if let Some(rows) = markdown(text, diagnostics) {
        return Block { rows, factor: None };
    }
    let (text, factor) = heading(text);
    let mut note = |assumption| diagnostics.push(Diagnostic::Assumed(assumption));
    let rows = if lines(text).any(|line| line.trim().contains('\t')) {
        with_style(fields(text, '\t'), &mut note)
    } else if text.contains(';') {
        semicolons(text, &mut note)
    } else {
        commas_or_spaces(&lines(text).collect::<Vec<_>>(), &mut note)
    };
    Block { rows, factor }
}

/// The lines that hold something.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim().is_empty())
}

/// Takes off what MATLAB prints above a matrix: its name (`A =`) and a factor (`1.0e+03 *`).
fn heading(text: &str) -> (&str, Option<Factor>) {
    let name = |line: &str| line.strip_suffix('=').is_some_and(|name| is_name(name.trim_end()));
    let text = match first_line(text) {
        Some((line, rest)) if name(line) => rest,
        _ => text,
    };
    match first_line(text) {
        Some((line, rest)) => match line.strip_suffix('*').and_then(|factor| Factor::read(factor.trim_end())) {
            Some(factor) => (rest, Some(factor)),
            None => (text, None),
        },
        None => (text, None),
    }
}

/// The first line that holds something, trimmed, and the text after it.
fn first_line(text: &str) -> Option<(&str, &str)> {
    let (line, rest) = text.trim_start().split_once('\n')?;
    Some((line.trim_end(), rest))
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

/// What commas within cells are, where another character separates the cells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CommaStyle {
    /// Left as they are: the cells are no numbers.
    Text,
    Decimal,
    Thousands,
}

fn with_style(mut rows: Vec<Vec<String>>, note: &mut impl FnMut(Assumption)) -> Vec<Vec<String>> {
    let cells = || rows.iter().flatten().map(|cell| cell.trim()).filter(|cell| cell.contains(','));
    let style = if cells().next().is_none() {
        CommaStyle::Text
    } else if cells().all(is_decimal_comma) && !rows.iter().flatten().any(|cell| cell.contains('.')) {
        CommaStyle::Decimal
    } else if cells().all(is_thousands) {
        CommaStyle::Thousands
    } else {
        CommaStyle::Text
    };
    match style {
        CommaStyle::Text => return rows,
        CommaStyle::Decimal => note(Assumption::DecimalCommas),
        CommaStyle::Thousands => note(Assumption::ThousandsCommas),
    }
    let point = if style == CommaStyle::Decimal { "." } else { "" };
    for cell in rows.iter_mut().flatten() {
        *cell = cell.replace(',', point);
    }
    rows
}

fn unsigned(cell: &str) -> &str {
    cell.trim_start_matches(['-', '+', '\u{2212}'])
}

fn is_digits(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit())
}

/// Digits, one comma, digits: `−0,5`.
fn is_decimal_comma(cell: &str) -> bool {
    unsigned(cell)
        .split_once(',')
        .is_some_and(|(whole, decimals)| is_digits(whole) && is_digits(decimals) && whole.len() + decimals.len() > 0)
}

/// Groups of three digits, with or without decimals: `1,234.5`.
fn is_thousands(cell: &str) -> bool {
    let whole = unsigned(cell).split_once('.').map_or(unsigned(cell), |(whole, _)| whole);
    let mut groups = whole.split(',');
    let first = groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && is_digits(first));
    first && groups.all(|group| group.len() == 3 && is_digits(group))
}

/// `;` ends rows on a single line, as in a link or MATLAB; over several lines it separates columns, as in the CSV of
/// countries that write decimal commas.
fn semicolons(text: &str, note: &mut impl FnMut(Assumption)) -> Vec<Vec<String>> {
    let lines: Vec<&str> = lines(text).map(|line| line.trim().trim_end_matches(';')).collect();
    match lines.as_slice() {
        [line] if line.contains(';') => {
            note(Assumption::SemicolonsEndRows);
            commas_or_spaces(&line.split(';').collect::<Vec<_>>(), note)
        }
        lines if lines.iter().any(|line| line.contains(';')) => with_style(fields(&lines.join("\n"), ';'), note),
        lines => commas_or_spaces(lines, note),
    }
}

fn commas_or_spaces(lines: &[&str], note: &mut impl FnMut(Assumption)) -> Vec<Vec<String>> {
    if !lines.iter().any(|line| line.contains(',')) {
        return lines.iter().map(|line| words(line)).collect();
    }
    let spaced = lines.iter().any(|line| line.split(',').any(|cell| cell.trim().contains(char::is_whitespace)));
    let decimal = |word: &str| is_decimal_comma(word) || is_digits(unsigned(word));
    if spaced && lines.iter().all(|line| line.split_whitespace().all(decimal)) {
        note(Assumption::DecimalCommas);
        return lines.iter().map(|line| words(&line.replace(',', "."))).collect();
    }
    if lines.iter().all(|line| is_decimal_comma(line.trim())) {
        note(Assumption::CommasSeparateColumns);
    }
    let mut rows = fields(&lines.join("\n"), ',');
    // A comma that ends every line separates nothing.
    if rows.iter().all(|row| row.len() > 1 && row.last().is_some_and(|cell| cell.trim().is_empty())) {
        for row in &mut rows {
            row.pop();
        }
    }
    // In quotes, "1,5" has commas of its own.
    with_style(rows, note)
}

/// The words of a line; `1 / 16` is one.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in line.split_whitespace() {
        match words.last_mut() {
            Some(last) if last.ends_with('/') || word.starts_with('/') => last.push_str(word),
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// A Markdown table, `None` if the lines are none.
fn markdown(text: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<Vec<String>>> {
    let cells = |line: &str| -> Option<Vec<String>> {
        let line = line.trim().strip_prefix('|')?;
        let line = line.strip_suffix('|').unwrap_or(line).replace(r"\|", "\u{0}");
        Some(line.split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect())
    };
    let rows: Vec<Vec<String>> = lines(text).map(cells).collect::<Option<_>>()?;
    let is_rule =
        |row: &[String]| row.iter().all(|cell| cell.contains('-') && cell.chars().all(|c| matches!(c, '-' | ':')));
    match rows.split_first() {
        Some((head, rest)) if rest.first().is_some_and(|row| is_rule(row)) => {
            let body = rest.iter().skip(1).cloned();
            // A head of numbers is a row of the matrix; one of words names the columns.
            if head.iter().any(|cell| cell::read(cell).value().is_some()) {
                return Some(std::iter::once(head.clone()).chain(body).collect());
            }
            if head.iter().any(|cell| !cell.is_empty()) {
                diagnostics.push(Diagnostic::ignored(&head.join(" | ")));
            }
            Some(body.collect())
        }
        _ => Some(rows),
    }
}
