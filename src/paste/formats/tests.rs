//! The page of the documentation, and that it is true.

use std::fmt::Write as _;

use expect_test::expect_file;

use super::{FORMATS, writers};
use crate::num::Entry;
use crate::paste::{Diagnostic, Reading, Severity};

/// How numbers are written, and what they are.
const NUMBERS: [(&str, &str); 18] = [
    ("1\u{202f}234\r\n5\u{202f}678\r\n", "1234; 5678"),
    ("1\u{a0}234,5;2\r\n5\u{a0}678;3\r\n", "1234.5 2; 5678 3"),
    ("1 1/2\r\n2 1/4\r\n", "1.5; 2.25"),
    ("1.234,5\t2", "1234.5 2"),
    ("1'234.5\t2", "1234.5 2"),
    ("50%\t25%\r\n10%\t15%\r\n", "0.5 0.25; 0.1 0.15"),
    ("$1,234.50\t2\r\n$3.50\t4\r\n", "1234.5 2; 3.5 4"),
    ("-$5.00\t($5.00)\t€2", "-5 -5 2"),
    ("1/16 2/16", "0.0625 0.125"),
    ("True False", "1 0"),
    ("1e3 2.5*^-3 1_000", "1000 0.0025 1000"),
    ("1\r\n\r\n3\r\n", "1; “”; 3"),
    ("1\n2\n\n4\n5\n", "1; 2 | 4; 5"),
    ("[1] 1 2 3\n[4] 4 5", "1 2 3 4 5"),
    ("[[[1, 2]], [[3, 4]]]", "1 2 | 3 4"),
    ("cat(3, [1 2], [3 4])", "1 2 | 3 4"),
    ("A(:,:,1) =\n 1 2\nA(:,:,2) =\n 3 4", "1 2 | 3 4"),
    ("[1 2%\n 3 4]", "1 “2%”; 3 4"),
];

/// What is not surely read.
const REFUSED: [&str; 12] = [
    "1,234\t2",
    "1 1/2\n2 1/4\n",
    "tensor([[0.1,  ..., 0.3],\n        [0.4,  ..., 0.6]])",
    "[[1, 2], [3]]",
    "tensor(indices=tensor([[0], [1]]), values=tensor([1.]), size=(2, 2), nnz=1)",
    "A =\n\n   (1,1)        1\n   (2,2)        2\n",
    "3×2 Matrix{Int64}:\n 1  2\n 3  4",
    "matrix(rnorm(4), nrow=2)",
    "let k = vec![0.0; 9];",
    "float k[3][3] = {{1}, {2}};",
    "   a  b  \\\n0  1  2   \n\n   c  \n0  5  ",
    "no numbers",
];

/// Rows between `; `, planes between ` | `; or why there are none.
fn told(text: &str) -> String {
    let Reading { planes, diagnostics, .. } = Reading::of_text(text);
    let Some(planes) = planes else {
        let error = diagnostics.iter().find(|said| said.severity() == Severity::Error);
        return error.map(Diagnostic::to_string).unwrap_or_default();
    };
    let cell = |entry: &Entry| match entry.value() {
        Some(value) => value.to_string(),
        None => format!("“{}”", entry.shown()),
    };
    let rows = |plane: &crate::num::Grid<Entry>| {
        let rows = plane.iter_rows().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" "));
        rows.collect::<Vec<_>>().join("; ")
    };
    planes.planes().iter().map(rows).collect::<Vec<_>>().join(" | ")
}

/// A text in a cell of Markdown, with signs for what can't be seen.
fn inline(text: &str) -> String {
    let text = text.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t").replace('|', "\\|");
    let text = text.replace('\u{202f}', "\\u{202f}").replace('\u{a0}', "\\u{a0}");
    format!("`{text}`")
}

#[test]
fn every_format_is_read() {
    for (name, text) in FORMATS {
        assert_eq!(told(text), "1 2; 3 4", "{name}");
        let (bare, unix) = (text.trim_end(), text.replace('\r', ""));
        assert_eq!(told(bare), "1 2; 3 4", "{name} without its last line's end");
        assert_eq!(told(&unix), "1 2; 3 4", "{name} with the ends of lines of Unix");
        assert!(!text.contains("```"), "{name} fits into the page");
    }
}

#[test]
fn the_page_says_what_is_read() {
    let mut page = String::from(
        "# What can be pasted\n\n\
         Ctrl+V into a grid, *Paste a matrix* (`Ctrl K`), or a file that is dropped. What is not surely read is refused, \
         and the reason is said. This page is printed by `src/paste/formats/tests.rs`, whose tests read all that stands \
         here; `UPDATE_EXPECT=1 cargo test --lib paste::formats` writes it anew.\n\n\
         ## Formats\n\nEach example is read as 1 2 above 3 4. The dialog offers the same.\n",
    );
    for (name, text) in FORMATS {
        let text = text.replace("\r\n", "\n");
        writeln!(page, "\n{name}\n\n```text\n{}\n```", text.trim_end_matches('\n')).expect("text");
    }
    page.push_str(
        "\nFiles: `.npy` as its numbers say, and any text of these. Other files are named, with what would work instead.\n\n\
         Of a clipboard that holds a web page's table beside its text, the table is read where the text has one column.\n\n\
         ## Numbers\n\nRows stand between `;`, planes between `|`.\n\n| Text | Read as |\n| --- | --- |\n",
    );
    for (text, numbers) in NUMBERS {
        assert_eq!(told(text), numbers, "{text:?}");
        writeln!(page, "| {} | {} |", inline(text), numbers.replace('|', "\\|")).expect("text");
    }
    page.push_str("\n## Refused\n\n| Text | What is said |\n| --- | --- |\n");
    for text in REFUSED {
        assert_eq!(Reading::of_text(text).planes, None, "{text:?}");
        writeln!(page, "| {} | {} |", inline(text), told(text)).expect("text");
    }
    page.push_str(
        "\n## Into a grid\n\n\
         - A block takes the place of the cells from where it is pasted, whatever its brackets.\n\
         - A whole matrix of another shape than the grid's takes the grid's place, and says so.\n\
         - A stack of matrices takes the places of several grids.\n\
         - What can't be read changes nothing, and the reason is said.\n\n\
         ## Fuzzing\n\n\
         `cargo run --release --example fuzz -- 1000000 1` reads a million seeded pastes, links, files, pictures and stored values, \
         without a panic and within a cap of memory; the test of that name in `tests/fuzz.rs` does a tenth of that. A \
         failure prints the seed's number and what was read.\n",
    );
    expect_file!["../../../docs/paste.md"].assert_eq(&page);
}

#[test]
fn who_writes_a_format_is_named_once() {
    let writers = writers();
    let mut names: Vec<&str> = writers.split(", ").collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "{writers}");
    for (name, _) in FORMATS {
        assert!(name.split(": ").next().is_some_and(|writer| writers.contains(writer)), "{name}");
    }
}
