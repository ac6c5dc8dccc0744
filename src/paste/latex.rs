//! LaTeX matrices: `\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}`.

use super::diagnostic::Diagnostic;
use super::{Block, nested};

/// Longer texts hold no cell and no factor.
const MAX_PART: usize = 512;

/// Whether the text holds an environment.
pub(super) fn is_latex(text: &str) -> bool {
    text.contains(r"\begin{")
}

/// Reads the first environment whose content is not another one.
///
/// # Errors
/// [`Diagnostic::Empty`] if there is none or it is empty.
pub(super) fn read(text: &str, diagnostics: &mut Vec<Diagnostic>) -> Result<Block, Diagnostic> {
    // Around a matrix there may be `equation` and the like: what counts is the first that holds a separator.
    let mut before = String::new();
    let mut rest = text;
    let (name, body) = loop {
        let (lead, after) = rest.split_once(r"\begin{").ok_or(Diagnostic::Empty)?;
        before.push_str(lead);
        let (name, body) = after.split_once('}').ok_or(Diagnostic::Empty)?;
        if name.contains("matrix") || matches!(name, "array" | "tabular") {
            break (name, body);
        }
        rest = body;
    };
    let (body, after) = body.split_once(r"\end{").unwrap_or_else(|| {
        diagnostics.push(Diagnostic::Unbalanced);
        (body, "")
    });
    let after = after.split_once('}').map_or("", |(_, after)| after);
    // `array` and `tabular` name the alignment of their columns first.
    let body = if matches!(name, "array" | "tabular") {
        body.trim_start().strip_prefix('{').and_then(|rest| rest.split_once('}')).map_or(body, |(_, body)| body)
    } else {
        body
    };
    let around = |text: &str| {
        let text = plain(text).replace(['$', '[', ']', '(', ')'], " ");
        text.trim().trim_end_matches(['.', ',']).trim().to_owned()
    };
    let (_, before) = nested::read_before(&around(&before), diagnostics);
    let (after, _) = nested::read_after(&around(&without_ends(after)), 0, diagnostics);
    let factor = match (before, after) {
        (Some(before), Some(after)) => Some(before.and(after)),
        (before, after) => before.or(after),
    };
    Ok(Block { rows: rows(body), factor })
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
                symbol.next();
                rest = symbol.as_str();
                plain.push(' ');
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
