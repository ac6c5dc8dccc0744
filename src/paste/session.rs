//! What surrounds an array in a terminal or a notebook: prompts, what was typed, and the size that was printed with it.

use std::borrow::Cow;

use super::diagnostic::Diagnostic;

/// Takes off the prompts that hold brackets themselves, Python's `In [3]:` and `Out[3]:` and Mathematica's `In[3]:=` and
/// `Out[3]//MatrixForm=`. Of several the first output is read, else what was typed first; it is said that the others
/// are left out.
pub(super) fn output<'a>(text: &'a str, diagnostics: &mut Vec<Diagnostic>) -> &'a str {
    let mut prompts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some((is_output, rest)) = prompt(line) {
            prompts.push((at, is_output, at + line.len() - rest.len()));
        }
        at += line.len();
    }
    let Some(chosen) = prompts.iter().position(|(_, is_output, _)| *is_output).or((!prompts.is_empty()).then_some(0))
    else {
        return text;
    };
    // What stands before the first prompt is no part of the session.
    if !text.get(..prompts.first().map_or(0, |first| first.0)).unwrap_or("").trim().is_empty() {
        return text;
    }
    let end = |index: usize| prompts.get(index + 1).map_or(text.len(), |next| next.0);
    for (index, (_, _, from)) in prompts.iter().enumerate() {
        let other = text.get(*from..end(index)).unwrap_or("").trim();
        // What was typed for the output is no loss.
        if index > chosen && !other.is_empty() {
            diagnostics.push(Diagnostic::ignored(other));
        }
    }
    prompts.get(chosen).and_then(|(_, _, from)| text.get(*from..end(chosen))).unwrap_or(text)
}

/// Whether a line begins with a prompt of an output or an input, and what follows it.
fn prompt(line: &str) -> Option<(bool, &str)> {
    let line = line.trim_start();
    let (is_output, rest) = match line.strip_prefix("Out[") {
        Some(rest) => (true, rest),
        None => (false, line.strip_prefix("In [").or_else(|| line.strip_prefix("In["))?),
    };
    let (number, rest) = rest.split_once(']')?;
    if !number.chars().all(|c| c.is_ascii_digit() || c == ' ') {
        return None;
    }
    // How Mathematica shows it.
    let rest = match rest.strip_prefix("//") {
        Some(form) => form.trim_start_matches(|c: char| c.is_ascii_alphabetic()),
        None => rest,
    };
    Some((is_output, rest.strip_prefix(":=").or_else(|| rest.strip_prefix([':', '=']))?))
}

/// Takes off the sizes that PyTorch prints, `torch.Size([2, 2])`, where an array stands beside them.
pub(super) fn without_sizes(text: &str) -> Cow<'_, str> {
    const SIZE: &str = "torch.Size(";
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once(SIZE) {
        kept.push_str(before);
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    kept.push_str(rest);
    if kept.len() < text.len() && kept.contains('[') { Cow::Owned(kept) } else { Cow::Borrowed(text) }
}
