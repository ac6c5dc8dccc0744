//! The table of a web page, as spreadsheets and word processors put one into the clipboard, too.

/// The first table of `text` as lines of cells between tabs. `None` if there is none, or one within another.
pub(super) fn table(text: &str) -> Option<String> {
    // Tags and entities are written in ASCII, whose letters keep their places.
    let lower = text.to_ascii_lowercase();
    let start = lower.find("<table")?;
    let end = lower.get(start..)?.find("</table").map_or(text.len(), |end| start + end);
    if lower.get(start + 1..end)?.contains("<table") {
        return None;
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut is_cell = false;
    for part in text.get(start..end)?.split('<').skip(1) {
        let (tag, words) = part.split_once('>').unwrap_or((part, ""));
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or("").to_ascii_lowercase();
        match name.as_str() {
            "tr" => {
                rows.push(Vec::new());
                is_cell = false;
            }
            "td" | "th" => {
                let Some(row) = rows.last_mut() else { continue };
                // A cell over several columns holds one number, in the first of them.
                let span = tag.to_ascii_lowercase();
                let span = span.split_once("colspan=").map_or("", |(_, span)| span.trim_start_matches(['"', '\'']));
                let span = span.split(|c: char| !c.is_ascii_digit()).next().and_then(|span| span.parse().ok());
                row.push(String::new());
                row.extend(vec![String::new(); span.unwrap_or(1_usize).clamp(1, 64) - 1]);
                let at = row.len() - span.unwrap_or(1).clamp(1, 64);
                if let Some(cell) = row.get_mut(at) {
                    cell.push_str(words);
                }
                is_cell = at + 1 == row.len();
            }
            // What ends a cell has words that belong to none.
            "" if tag.starts_with("/td") || tag.starts_with("/th") || tag.starts_with("/tr") => is_cell = false,
            "style" | "script" | "!--" => {}
            _ => {
                if is_cell && let Some(cell) = rows.last_mut().and_then(|row| row.last_mut()) {
                    cell.push_str(words);
                }
            }
        }
    }
    rows.retain(|row| !row.is_empty());
    let line = |row: &Vec<String>| row.iter().map(|cell| decoded(cell)).collect::<Vec<_>>().join("\t");
    (!rows.is_empty()).then(|| rows.iter().map(line).collect::<Vec<_>>().join("\r\n"))
}

/// A cell's text on one line, without entities.
fn decoded(cell: &str) -> String {
    let mut text = cell.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    if text.contains('&') {
        let known = [
            ("&nbsp;", "\u{a0}"),
            ("&#160;", "\u{a0}"),
            ("&minus;", "\u{2212}"),
            ("&amp;", "&"),
            ("&lt;", "<"),
            ("&gt;", ">"),
        ];
        for (entity, sign) in known {
            text = text.replace(entity, sign);
        }
    }
    text.trim().to_owned()
}
