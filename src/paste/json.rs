//! An object around one array: `{"name": "Sobel", "data": [[1, 0], [-1, 0]]}`, of JSON or Python.

use super::diagnostic::Diagnostic;

/// How many names are said.
const MAX_NAMES: usize = 5;

/// Whether the text is an object: a brace, a name in quotes, a colon.
pub(super) fn is_object(text: &str) -> bool {
    let Some(inside) = text.trim_start().strip_prefix('{') else { return false };
    let inside = inside.trim_start();
    let quote = inside.chars().next().filter(|quote| matches!(quote, '"' | '\''));
    quote
        .and_then(|quote| inside.get(1..)?.split_once(quote))
        .is_some_and(|(_, rest)| rest.trim_start().starts_with(':'))
}

/// The one array of the object, however deep it lies in further objects.
///
/// # Errors
/// [`Diagnostic::Empty`] if there is none, [`Diagnostic::SeveralArrays`] if there are more.
pub(super) fn array<'a>(text: &'a str, diagnostics: &mut Vec<Diagnostic>) -> Result<&'a str, Diagnostic> {
    let mut arrays: Vec<&str> = Vec::new();
    let mut named: Vec<&str> = Vec::new();
    let mut others: Vec<&str> = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    let mut string = "";
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        match c {
            '"' | '\'' => {
                let mut escaped = false;
                let end = rest.find(|(_, inner)| {
                    let ends = *inner == c && !escaped;
                    escaped = *inner == '\\' && !escaped;
                    ends
                });
                string = end.and_then(|(end, _)| text.get(at + 1..end)).unwrap_or("");
            }
            ':' if depth == 0 => others.push(string),
            '{' if depth == 0 => {
                // A name whose value is an object holds what is in that.
                others.pop();
            }
            '[' => {
                if depth == 0 {
                    start = at;
                    named.push(others.pop().unwrap_or(""));
                }
                depth += 1;
            }
            ']' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    arrays.push(text.get(start..=at).unwrap_or(""));
                }
            }
            _ => {}
        }
    }
    if depth > 0 {
        arrays.push(text.get(start..).unwrap_or(""));
    }
    let names = |names: &[&str]| names.iter().take(MAX_NAMES).copied().collect::<Vec<_>>().join(", ");
    match arrays.as_slice() {
        [] => Err(Diagnostic::Empty),
        [array] => {
            if !others.is_empty() {
                diagnostics.push(Diagnostic::ignored(&names(&others)));
            }
            Ok(array)
        }
        _ => Err(Diagnostic::several(arrays.len(), &names(&named))),
    }
}
