//! How values look in a link.

use crate::{
    nn::shape::Padding,
    num::{Entry, Grid},
};

/// Percent-encodes what would end a field or break when a link is pasted into a text; commas, semicolons, bars and
/// slashes stay, so that a link can be read.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~,;:|/*+!@".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            push_escaped(&mut escaped, byte);
        }
    }
    escaped
}

fn push_escaped(text: &mut String, byte: u8) {
    let digit = |four_bits: u8| char::from_digit(u32::from(four_bits), 16).map(|c| c.to_ascii_uppercase());
    text.push('%');
    text.extend([digit(byte >> 4), digit(byte & 15)].into_iter().flatten());
}

/// Undoes [`escape`]; what is no escape stays as it is, and bytes that are no UTF-8 become U+FFFD.
pub(crate) fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let escaped = match (first, tail) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                digit(*high).zip(digit(*low)).map(|(high, low)| (high * 16 + low, after))
            }
            _ => None,
        };
        match escaped {
            Some((byte, after)) => {
                bytes.push(byte);
                rest = after;
            }
            None => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A number as a link holds it. What is unreadable keeps its text, with the signs between cells escaped once more:
/// `,5` must not come back as 5.
pub(crate) fn entry(entry: &Entry) -> String {
    let typed = entry.typed();
    let mut text = String::with_capacity(typed.len());
    for c in typed.chars() {
        match u8::try_from(c) {
            Ok(byte @ (b',' | b';' | b'|' | b'%')) => push_escaped(&mut text, byte),
            _ => text.push(c),
        }
    }
    text
}

/// Reads [`entry`]'s text.
pub(crate) fn read_entry(value: &str) -> Entry {
    Entry::parse(&unescape(value))
}

/// Rows with `;` between, cells with `,` between.
pub(crate) fn grid(grid: &Grid<Entry>) -> String {
    grid.iter_rows().map(|row| row.iter().map(entry).collect::<Vec<_>>().join(",")).collect::<Vec<_>>().join(";")
}

/// Reads [`grid`]'s text if it has at most `limit` rows and columns and its rows are equally long.
pub(crate) fn read_grid(value: &str, limit: usize) -> Option<Grid<Entry>> {
    let rows = value.split(';').take(limit + 1);
    let rows: Vec<Vec<Entry>> = rows.map(|row| row.split(',').take(limit + 1).map(read_entry).collect()).collect();
    Grid::from_rows(rows).ok().filter(|grid| grid.rows() <= limit && grid.cols() <= limit)
}

/// `1` or `0`.
pub(crate) fn read_switch(value: &str) -> Option<bool> {
    match value {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

/// `h,w`, or one number where they are equal.
pub(crate) fn pair((height, width): (usize, usize)) -> String {
    if height == width { height.to_string() } else { format!("{height},{width}") }
}

/// Reads [`pair`]'s text; a count past 9,999 is none.
pub(crate) fn read_pair(value: &str) -> Option<(usize, usize)> {
    match read_counts(value)?.as_slice() {
        [both] => Some((*both, *both)),
        [height, width] => Some((*height, *width)),
        _ => None,
    }
}

/// Counts with `,` between, each at most 9,999.
pub(crate) fn read_counts(value: &str) -> Option<Vec<usize>> {
    let count = |text: &str| text.trim().parse::<usize>().ok().filter(|&count| count <= 9_999);
    value.split(',').take(8).map(count).collect()
}

/// One count.
pub(crate) fn read_count(value: &str) -> Option<usize> {
    match read_counts(value)?.as_slice() {
        [count] => Some(*count),
        _ => None,
    }
}

/// Four sides: one count where they are equal.
pub(crate) fn sides(padding: Padding) -> String {
    let Padding { top, bottom, left, right } = padding;
    if padding.is_even() { top.to_string() } else { format!("{top},{bottom},{left},{right}") }
}

/// Reads [`sides`]'s text.
pub(crate) fn read_sides(value: &str) -> Option<Padding> {
    match read_counts(value)?.as_slice() {
        [each] => Some(Padding::per_side(*each)),
        [top, bottom, left, right] => Some(Padding { top: *top, bottom: *bottom, left: *left, right: *right }),
        _ => None,
    }
}
