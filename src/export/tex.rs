//! Texts of the screen for `LaTeX`.

use crate::num::format::MINUS;

/// Writes a text of the screen so that `LaTeX` sets it: numbers and sums in math mode, with its own signs, and nothing
/// in it is a command.
///
/// ```
/// # use receptive::export::tex;
/// assert_eq!(tex::text("−3"), "$-3$");
/// assert_eq!(tex::text("8 × (−2)"), r"$8 \times (-2)$");
/// assert_eq!(tex::text("6 × 6, padded to 8 × 8"), r"6 $\times$ 6, padded to 8 $\times$ 8");
/// assert_eq!(tex::text("50 % {x}"), r"50 \% \{x\}");
/// ```
pub fn text(text: &str) -> String {
    let mathematical = !text.trim().is_empty() && text.chars().all(is_mathematical);
    let mut out = String::new();
    if mathematical {
        out.push('$');
    }
    for c in text.chars() {
        match sign(c) {
            Some(sign) if mathematical => out.push_str(sign),
            Some(sign) => {
                out.push('$');
                out.push_str(sign);
                out.push('$');
            }
            None => push_escaped(&mut out, c),
        }
    }
    if mathematical {
        out.push('$');
    }
    out
}

/// The same inside math mode, where words are set as text.
///
/// ```
/// # use receptive::export::tex;
/// assert_eq!(tex::maths("−3"), "-3");
/// assert_eq!(tex::maths("1e−5"), r"\text{1e$-$5}");
/// ```
pub fn maths(shown: &str) -> String {
    let set = text(shown);
    match set.strip_prefix('$').and_then(|rest| rest.strip_suffix('$')) {
        Some(inner) if shown.chars().all(is_mathematical) => inner.to_owned(),
        _ if set.is_empty() => set,
        _ => ["\\text{", &set, "}"].concat(),
    }
}

fn is_mathematical(c: char) -> bool {
    c.is_ascii_digit() || " .,()/+=".contains(c) || sign(c).is_some()
}

/// The commands of signs that `LaTeX` has in math mode only.
fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        MINUS => "-",
        '×' => "\\times",
        '·' => "\\cdot",
        '⋆' => "\\star",
        '≈' => "\\approx",
        '≠' => "\\neq",
        '…' => "\\dots",
        _ => return None,
    })
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '#' | '$' | '%' | '&' | '_' | '{' | '}' => {
            out.push('\\');
            out.push(c);
        }
        '\\' => out.push_str("\\textbackslash{}"),
        '~' => out.push_str("\\textasciitilde{}"),
        '^' => out.push_str("\\textasciicircum{}"),
        '<' => out.push_str("\\textless{}"),
        '>' => out.push_str("\\textgreater{}"),
        '|' => out.push_str("\\textbar{}"),
        '"' => out.push_str("''"),
        // With the letters of European languages, which every engine takes.
        ' '..='~' | '\u{c0}'..='\u{17f}' => out.push(c),
        c if c.is_whitespace() => out.push(' '),
        // Anything else stops some engine or other; something has to stand there.
        _ => out.push('?'),
    }
}
