//! How values look in a link.

use crate::num::{Entry, Grid};

/// Percent-encodes what would end a field or break when a link is pasted into a text; commas, semicolons, bars and
/// slashes stay, so that a link can be read.
pub(super) fn escape(text: &str) -> String {
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
pub(super) fn unescape(text: &str) -> String {
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
pub(super) fn entry(entry: &Entry) -> String {
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
pub(super) fn read_entry(value: &str) -> Entry {
    Entry::parse(&unescape(value))
}

/// Rows with `;` between, cells with `,` between.
pub(super) fn grid(grid: &Grid<Entry>) -> String {
    grid.iter_rows().map(|row| row.iter().map(entry).collect::<Vec<_>>().join(",")).collect::<Vec<_>>().join(";")
}

/// Reads [`grid`]'s text if it has at most `limit` rows and columns and its rows are equally long.
pub(super) fn read_grid(value: &str, limit: usize) -> Option<Grid<Entry>> {
    let rows = value.split(';').take(limit + 1);
    let rows: Vec<Vec<Entry>> = rows.map(|row| row.split(',').take(limit + 1).map(read_entry).collect()).collect();
    Grid::from_rows(rows).ok().filter(|grid| grid.rows() <= limit && grid.cols() <= limit)
}

/// `1` or `0`.
pub(super) fn read_switch(value: &str) -> Option<bool> {
    match value {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

/// `h,w`, or one number where they are equal.
pub(super) fn pair((height, width): (usize, usize)) -> String {
    if height == width { height.to_string() } else { format!("{height},{width}") }
}

/// Reads [`pair`]'s text; a count past 9,999 is none.
pub(super) fn read_pair(value: &str) -> Option<(usize, usize)> {
    match read_counts(value)?.as_slice() {
        [both] => Some((*both, *both)),
        [height, width] => Some((*height, *width)),
        _ => None,
    }
}

/// Counts with `,` between, each at most 9,999.
pub(super) fn read_counts(value: &str) -> Option<Vec<usize>> {
    let count = |text: &str| text.trim().parse::<usize>().ok().filter(|&count| count <= 9_999);
    value.split(',').take(8).map(count).collect()
}

/// Random cells and grids for the round trips of every page's links.
#[cfg(test)]
pub(super) mod random {
    use proptest::prelude::*;

    use crate::num::{Entry, Grid, MAX_MAGNITUDE};

    pub(in crate::link) fn any_entry() -> impl Strategy<Value = Entry> {
        prop_oneof![
            4 => (-9i32..10).prop_map(|value| Entry::from(f64::from(value))),
            1 => (-MAX_MAGNITUDE..=MAX_MAGNITUDE).prop_map(Entry::from),
            1 => "-?[0-9]{1,3}/[1-9][0-9]?".prop_map(|text| Entry::parse(&text)),
            1 => "[,;|%&=# 0-9/.-]{0,8}".prop_map(|text| Entry::parse(&text)),
            1 => any::<String>().prop_map(|text| Entry::parse(&text)),
        ]
    }

    /// Mostly fewer than `usual` rows and columns, at times up to `limit`.
    pub(in crate::link) fn any_grid(usual: usize, limit: usize) -> impl Strategy<Value = Grid<Entry>> {
        let extent = prop_oneof![9 => 1..usual, 1 => 1..=limit];
        (extent.clone(), extent).prop_flat_map(|(rows, cols)| {
            prop::collection::vec(prop::collection::vec(any_entry(), cols), rows)
                .prop_map(|rows| Grid::from_rows(rows).unwrap())
        })
    }
}
