//! Figures for other programs: a picture of shapes and texts, written as SVG or as a `TikZ` picture, and moving
//! pictures as GIF.
//!
//! A [`Picture`] knows no lab and no style sheet: its colours are names, and a [`Palette`] that is read from the page's
//! tokens says what they are.

pub mod gif;
mod measure;
mod picture;
mod svg;
pub mod tex;
mod tikz;

pub use measure::text_width;
pub use picture::{Anchor, Area, Hatch, Ink, Item, Palette, Picture, Stroke, Text};
pub use svg::{Redrawn, inline_svg, redrawn, svg};
pub use tikz::{document, tikz};

/// Writes a length or coordinate with at most two digits after the point.
///
/// By hand: the general way of writing a float is larger, and would write digits that no eye can see.
fn push_number(out: &mut String, value: f64) {
    #[expect(clippy::cast_possible_truncation, reason = "a picture's lengths are far inside the range")]
    let hundredths = (value * 100.0).round() as i64;
    if hundredths < 0 {
        out.push('-');
    }
    let (whole, part) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    out.push_str(&whole.to_string());
    if part > 0 {
        out.push('.');
        if part < 10 {
            out.push('0');
        }
        out.push_str(&(if part.is_multiple_of(10) { part / 10 } else { part }).to_string());
    }
}

/// Writes a colour's six hexadecimal digits.
fn push_hex(out: &mut String, crate::plot::Rgb(r, g, b): crate::plot::Rgb) {
    for channel in [r, g, b] {
        for digit in [channel >> 4, channel & 15] {
            out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
