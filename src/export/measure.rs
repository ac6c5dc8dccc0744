//! How wide a text gets, estimated: a figure is laid out where there is no font to ask.

/// Thousandths of the size by which a common sans serif advances for a character.
fn advance(c: char) -> f64 {
    f64::from(match c {
        'i' | 'j' | 'l' | '\'' | '|' => 222_u16,
        ' ' | 'f' | 't' | 'I' | '.' | ',' | ':' | ';' | '!' | '/' | '\\' | '[' | ']' => 278,
        '(' | ')' | '-' | 'r' | '{' | '}' | '"' | '*' => 370,
        'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | 'J' => 500,
        '+' | '=' | '<' | '>' | '~' | '\u{2212}' | '×' | '≈' | '·' | '⋆' => 584,
        'w' => 722,
        'm' | 'M' | '%' => 889,
        'W' | '@' | '…' => 1015,
        'A'..='Z' => 760,
        // Digits and most small letters.
        ' '..='~' => 556,
        // What is not listed may come from any font: a full square, as most scripts and signs have at most.
        _ => 1000,
    })
}

/// Width of `text` in pixels at `size`, with room for the widest of the fonts that may be there.
///
/// ```
/// # use receptive::export::text_width;
/// assert!(text_width("−16", 20.0, false) > 20.0 * 1.6);
/// assert!(text_width("−16", 20.0, true) > text_width("−16", 20.0, false));
/// ```
pub fn text_width(text: &str, size: f64, bold: bool) -> f64 {
    // DejaVu Sans, the widest, is a tenth wider than the others; bold letters are another tenth.
    let widest = if bold { 1.2 } else { 1.1 };
    text.chars().map(advance).sum::<f64>() * size * widest / 1000.0
}
