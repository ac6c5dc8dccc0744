//! LaTeX matrices: `\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}`.

use super::diagnostic::Diagnostic;
use super::{Block, Notation, Plane, nested, planes};

/// Longer texts hold no cell and no factor.
const MAX_PART: usize = 512;

/// Whether the text holds an environment.
pub(super) fn is_latex(text: &str) -> bool {
    text.contains(r"\begin{")
}

/// An environment that holds a matrix.
struct Matrix<'a> {
    /// What stands between it and the one before, without the beginnings of environments such as `equation`.
    before: String,
    rows: Vec<Vec<String>>,
    /// Whether its end is there.
    closed: bool,
    /// All that follows.
    after: &'a str,
}

/// Reads the matrices of a text. Those of one size are planes, in two dimensions where some are `\qquad` apart and
/// others are not; of several sizes, as in an equation, the first is taken.
///
/// # Errors
/// [`Diagnostic::Empty`] if there is none.
pub(super) fn read(text: &str, diagnostics: &mut Vec<Diagnostic>) -> Result<Block, Diagnostic> {
    let text = &without_comments(text);
    let first = matrix(text).ok_or(Diagnostic::Empty)?;
    let size = |matrix: &Matrix| (matrix.rows.len(), matrix.rows.first().map_or(0, Vec::len));
    let mut matrices = vec![first];
    while let Some(next) = matrices.last().and_then(|last| matrix(last.after)) {
        matrices.push(next);
    }
    if matrices.iter().any(|matrix| matrices.first().is_some_and(|first| size(first) != size(matrix))) {
        diagnostics.push(Diagnostic::FirstMatrix { count: matrices.len() });
        matrices.truncate(1);
    }
    let wide: Vec<bool> = matrices.iter().skip(1).map(|matrix| matrix.before.contains(r"\qquad")).collect();
    // What follows up to the next environment.
    let last = matrices.last().map_or("", |matrix| matrix.after);
    let last = last.split_once(r"\begin{").map_or(last, |(last, _)| last);
    if matrices.iter().any(|matrix| !matrix.closed) {
        diagnostics.push(Diagnostic::Unbalanced);
    }
    let mut planes = Vec::with_capacity(matrices.len());
    for (index, Matrix { before, rows, .. }) in matrices.into_iter().enumerate() {
        let before = around(&without_ends(&before));
        let before = if index == 0 { before.as_str() } else { before.trim_start_matches([',', ';', '.', ' ']) };
        let (_, factor) = nested::read_before(before, diagnostics);
        planes.push(Plane { rows, factor });
    }
    let (after, _) = nested::read_after(&around(&without_ends(last)), 0, diagnostics);
    if let (Some(plane), Some(after)) = (planes.last_mut(), after) {
        plane.factor = Some(plane.factor.map_or(after, |before| before.and(after)));
    }
    Ok(Block { leading: planes::leading(&wide), planes, notation: Notation::Latex, ..Block::default() })
}

/// `text` without what stands after a `%` on its line; `\%` is a sign.
fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        let mut escaped = false;
        let end = line.find(|c| {
            let ends = c == '%' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        kept.push_str(line.get(..end.unwrap_or(line.len())).unwrap_or(line));
        kept.push('\n');
    }
    kept
}

/// What stands around matrices, without what a formula begins and ends with.
fn around(text: &str) -> String {
    let text = plain(text).replace(['$', '[', ']', '(', ')'], " ");
    text.trim().trim_end_matches(['.', ',']).trim().to_owned()
}

/// The first matrix in `text`.
fn matrix(text: &str) -> Option<Matrix<'_>> {
    // Around a matrix there may be `equation` and the like: what counts is the first that holds a separator.
    let mut before = String::new();
    let mut rest = text;
    let (name, body) = loop {
        let (lead, after) = rest.split_once(r"\begin{")?;
        before.push_str(lead);
        let (name, body) = after.split_once('}')?;
        if name.contains("matrix") || matches!(name, "array" | "tabular") {
            break (name, body);
        }
        rest = body;
    };
    let (body, after, closed) = match body.split_once(r"\end{") {
        Some((body, after)) => (body, after.split_once('}').map_or("", |(_, after)| after), true),
        None => (body, "", false),
    };
    // `array` and `tabular` name the alignment of their columns first.
    let body = if matches!(name, "array" | "tabular") {
        body.trim_start().strip_prefix('{').and_then(|rest| rest.split_once('}')).map_or(body, |(_, body)| body)
    } else {
        body
    };
    Some(Matrix { before, rows: rows(body), closed, after })
}

/// `text` without the ends of the environments around the matrix.
fn without_ends(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((lead, after)) = rest.split_once(r"\end{") {
        kept.push_str(lead);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    kept + rest
}

fn rows(body: &str) -> Vec<Vec<String>> {
    let body = body.replace(r"\cr", r"\\").replace(r"\tabularnewline", r"\\").replace(r"\hline", "");
    let mut rows: Vec<&str> = body.split(r"\\").collect();
    // What follows the last row's end is no row.
    if rows.last().is_some_and(|last| last.trim().is_empty()) {
        rows.pop();
    }
    let mut first = true;
    rows.into_iter()
        .map(|row| {
            // A row's end may ask for more room: `\\[2pt]`.
            let room = if first { None } else { row.strip_prefix('[').and_then(|rest| rest.split_once(']')) };
            first = false;
            room.map_or(row, |(_, row)| row).split('&').map(plain).collect()
        })
        .collect()
}

/// `text` with fractions as `a/b`, signs for products, and without commands that only set type.
fn plain(text: &str) -> String {
    if text.len() > MAX_PART {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or("");
        if c != '\\' {
            match c {
                '{' | '}' => {}
                '~' => plain.push(' '),
                c => plain.push(c),
            }
            rest = after;
            continue;
        }
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (name, after_name) = after.split_at_checked(letters).unwrap_or((after, ""));
        rest = after_name;
        match name {
            // `\,`, `\;`, `\!` and `\ ` are spaces; `\[` and `\(` begin a formula.
            "" => {
                let mut symbol = after.chars();
                let sign = symbol.next().filter(|sign| matches!(sign, '%' | '$'));
                rest = symbol.as_str();
                plain.push(sign.unwrap_or(' '));
            }
            "frac" | "tfrac" | "dfrac" | "sfrac" | "nicefrac" => {
                if let Some((above, below, after)) = two_arguments(after_name) {
                    plain.extend([above, "/", below]);
                    rest = after;
                } else {
                    plain.push_str(r"\frac");
                }
            }
            "phantom" | "hphantom" | "color" | "textcolor" => {
                if let Some((_, after)) = argument(after_name) {
                    rest = after;
                }
            }
            "times" | "cdot" => plain.push('*'),
            "left" | "right" | "big" | "Big" | "bigl" | "bigr" | "Bigl" | "Bigr" => {
                // The fence after it, `\left.` included.
                let mut fence = after_name.chars();
                if matches!(fence.next(), Some('[' | ']' | '(' | ')' | '.' | '|')) {
                    rest = fence.as_str();
                }
            }
            "quad" | "qquad" | "displaystyle" | "textstyle" | "text" | "mathbf" | "mathrm" | "mathit"
            | "boldsymbol" | "lbrack" | "rbrack" | "lbrace" | "rbrace" => plain.push(' '),
            other => {
                plain.push('\\');
                plain.push_str(other);
            }
        }
    }
    plain.trim().to_owned()
}

/// The text in the braces that come next, without nested ones, and what follows.
fn argument(text: &str) -> Option<(&str, &str)> {
    text.trim_start().strip_prefix('{')?.split_once('}')
}

fn two_arguments(text: &str) -> Option<(&str, &str, &str)> {
    let (above, rest) = argument(text)?;
    let (below, rest) = argument(rest)?;
    Some((above.trim(), below.trim(), rest))
}
