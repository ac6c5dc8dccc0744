//! The table of a web page, as spreadsheets and word processors put one into the clipboard, too.

/// The most columns that a cell is read over.
const MAX_SPAN: usize = 64;

/// The first table of `text` as lines of cells between tabs. `None` if there is none, or one within another.
pub(super) fn table(text: &str) -> Option<String> {
    // Tags and entities are written in ASCII, whose letters keep their places.
    let lower = text.to_ascii_lowercase();
    let start = lower.find("<table")? + 1;
    let len = lower.get(start..)?.find("</table").unwrap_or(text.len() - start);
    if lower.get(start..start + len)?.contains("<table") {
        return None;
    }
    let mut rows = String::new();
    // Whether words belong to a cell; whether the row has one; the cells after it that it is read over.
    let (mut is_cell, mut has_cells, mut over) = (false, false, 0);
    for part in text.get(start..start + len)?.split('<') {
        let (tag, words) = part.split_once('>').unwrap_or((part, ""));
        let tag = tag.to_ascii_lowercase();
        match tag.split([' ', '\n', '\t', '/']).next().unwrap_or("") {
            "tr" => {
                empty(&mut rows, over);
                if has_cells {
                    rows.push('\n');
                }
                (is_cell, has_cells, over) = (false, false, 0);
            }
            "td" | "th" => {
                empty(&mut rows, over + usize::from(has_cells));
                // A cell over several columns holds one number, in the first of them.
                let span = tag.split_once("colspan=").map_or("", |(_, span)| span.trim_start_matches(['"', '\'']));
                let span = span.split(|c: char| !c.is_ascii_digit()).next().and_then(|span| span.parse().ok());
                over = span.unwrap_or(1_usize).clamp(1, MAX_SPAN) - 1;
                (is_cell, has_cells) = (true, true);
            }
            // What ends a cell has words that belong to none.
            "" if !tag.starts_with("/td") && !tag.starts_with("/th") && !tag.starts_with("/tr") => {}
            "" | "style" | "script" | "!--" => is_cell = false,
            _ => {}
        }
        if is_cell {
            // A footnote's number is no digit of the cell's.
            if tag.starts_with("sup") || tag.starts_with("sub") {
                rows.push('^');
            }
            rows.extend(words.chars().map(|c| if c.is_whitespace() { ' ' } else { c }));
        }
    }
    for (entity, sign) in [
        ("&nbsp;", "\u{a0}"),
        ("&#160;", "\u{a0}"),
        ("&minus;", "\u{2212}"),
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
    ] {
        rows = rows.replace(entity, sign);
    }
    (!rows.is_empty()).then_some(rows)
}

fn empty(rows: &mut String, cells: usize) {
    for _ in 0..cells {
        rows.push('\t');
    }
}
