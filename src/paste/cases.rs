//! What people paste, case by case: a text, and the numbers it stands for or the reason why it is refused.

use super::{Diagnostic, Reading, Severity};
use crate::num::Entry;

/// The planes with `; ` between rows and ` | ` between planes, then what is said where it is no note, or the error.
fn told(text: &str) -> String {
    let Reading { planes, diagnostics, .. } = Reading::of_text(text);
    let value = |entry: &Entry| match entry.value() {
        Some(value) => value.to_string(),
        None => format!("“{}”", entry.shown()),
    };
    let plane = |plane: &crate::num::Grid<Entry>| {
        plane.iter_rows().map(|row| row.iter().map(value).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("; ")
    };
    let mut told: Vec<String> =
        planes.iter().map(|planes| planes.planes().iter().map(plane).collect::<Vec<_>>().join(" | ")).collect();
    told.extend(diagnostics.iter().filter(|said| said.severity() == Severity::Error).map(Diagnostic::to_string));
    told.join("\n")
}

/// Each text is read as these numbers.
#[track_caller]
fn right(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter(|(text, numbers)| told(text) != *numbers)
        .map(|(text, numbers)| format!("{text:?}\n  should be {numbers}\n  and is    {}", told(text)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each text is refused, and the reason has these words.
#[track_caller]
fn refused(cases: &[(&str, &str)]) {
    for (text, words) in cases {
        let Reading { planes, diagnostics, .. } = Reading::of_text(text);
        assert_eq!(planes, None, "{text:?}");
        let reason = diagnostics.last().map(ToString::to_string).unwrap_or_default();
        assert!(reason.contains(words), "{text:?}: {reason}");
    }
}

/// What is said of a text holds these words.
#[track_caller]
fn said(text: &str, words: &str) {
    let said = Reading::of_text(text).diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert!(said.contains(words), "{text:?}: {said}");
}

#[test]
fn spaces_between_thousands() {
    right(&[
        ("1\u{202f}234\r\n5\u{202f}678\r\n", "1234; 5678"),
        ("1\u{a0}234\r\n5\u{a0}678\r\n", "1234; 5678"),
        ("1\u{2009}234\n5\u{2009}678\n", "1234; 5678"),
        ("1\u{202f}234,5\r\n5\u{202f}678,25\r\n", "1234.5; 5678.25"),
        ("1\u{202f}234\t5\r\n6\t7\r\n", "1234 5; 6 7"),
        ("1\u{a0}234,5;2\r\n5\u{a0}678;3\r\n", "1234.5 2; 5678 3"),
        ("-1\u{a0}234\u{a0}567\t2", "-1234567 2"),
        ("12\u{a0}345.5 2\n3 4", "12345.5 2; 3 4"),
        // A web page's spaces between columns.
        ("1\u{a0}2\n3\u{a0}4", "1 2; 3 4"),
        ("1\u{a0}234\u{a0}5\n6\u{a0}7\u{a0}8", "1 234 5; 6 7 8"),
        ("0.5\u{a0}250\n0.25\u{a0}125", "0.5 250; 0.25 125"),
        ("\u{a0}\u{a0}1\u{a0}\u{a0}234\n\u{a0}\u{a0}2\u{a0}\u{a0}345", "1 234; 2 345"),
    ]);
    said("1\u{202f}234\r\n5\u{202f}678\r\n", "1 234 is 1234");
}

#[test]
fn fractions_beside_a_whole() {
    right(&[
        ("1 1/2\r\n2 1/4\r\n", "1.5; 2.25"),
        ("1 1/2\r\n3\r\n-2 1/4\r\n", "1.5; 3; -2.25"),
        ("1 1/2\n3\n2 1/4\n", "1.5; 3; 2.25"),
        ("1 1/2\t2\n3\t1/4\n", "1.5 2; 3 0.25"),
        ("1 1/2,2 1/4\n3,4\n", "1.5 2.25; 3 4"),
        ("[1 1/2; 2 1/4]", "1 0.5; 2 0.25"),
        ("0 1/2\n1/2 0", "0 0.5; 0.5 0"),
    ]);
    refused(&[("1 1/2\n2 1/4\n", "“1 1/2” can be read as 1.5 or as 1 and 1/2")]);
    said("1 1/2\r\n2 1/4\r\n", "1 1/2 is 1.5");
}

#[test]
fn signs_between_thousands() {
    right(&[
        ("1.234,5\t2\n3,5\t4", "1234.5 2; 3.5 4"),
        ("1.234\t5,5", "1234 5.5"),
        ("1.234.567\t2", "1234567 2"),
        ("1,234,567\t2", "1234567 2"),
        ("1,234\t1.5", "1234 1.5"),
        ("0,125\t0,250", "0.125 0.25"),
        ("1,125\t0,5", "1.125 0.5"),
        ("1'234.5\t2", "1234.5 2"),
        ("1’234\t2", "1234 2"),
        ("1.234\t5", "1.234 5"),
        ("1234,567\t2", "1234.567 2"),
        ("\"1,234.5\",\"2\"\n\"3\",\"4\"", "1234.5 2; 3 4"),
        ("1,5\t1.5", "“1,5” 1.5"),
        ("1,234\t1,5\t1.5", "“1,234” “1,5” 1.5"),
        ("| 1,5 | 2 |\n|---|---|\n| 3 | 4,5 |", "1.5 2; 3 4.5"),
        (r"\begin{tabular}{rr} 1,5 & 2 \\ 3 & 4,5 \end{tabular}", "1.5 2; 3 4.5"),
    ]);
    refused(&[
        ("1,234\t2", "“1,234” can be read as 1234 or as 1.234"),
        ("1,234\t5,678\n2\t3", "“1,234” can be read as 1234 or as 1.234"),
        ("$1,234\r\n$5,678\r\n", "can be read as"),
    ]);
    said("1.234,5\t2\n3,5\t4", "1.234,5 is 1234.5");
}

#[test]
fn rows_of_matlab_that_go_on() {
    right(&[
        ("A = [1 2 3; ...\n     4 5 6; ...\n     7 8 9];", "1 2 3; 4 5 6; 7 8 9"),
        ("A = [ ...\n 1 2; ...\n 3 4];", "1 2; 3 4"),
        ("y = [ ... taps\n 1, ... left\n 2 ... right\n];", "1 2"),
        ("k = [1 2 3 ... first\n 4 5 6];", "1 2 3 4 5 6"),
        ("k = [1 2 3...\n 4 5 6];", "1 2 3 4 5 6"),
        ("[0 ...\n 1; 2 3]", "0 1; 2 3"),
        ("A = [[1 2]; ...\n [3 4]];", "1 2; 3 4"),
        ("A = [1 2 % first\n 3 4 % second\n];", "1 2; 3 4"),
    ]);
    let elided = "leaves numbers out";
    refused(&[
        ("tensor([[0.1, 0.2,  ..., 0.3],\n        [0.4, 0.5,  ..., 0.6]])", elided),
        ("k = tensor([[0.1, 0.2,  ..., 0.3],\n        [0.4, 0.5,  ..., 0.6]])", elided),
        ("[[0 1 ... 8 9]\n ...\n [0 1 ... 8 9]]", elided),
        ("x = [[0 1 2]\n ...\n [7 8 9]];", elided),
        ("[0.1 0.2 0.3 ...\n 0.7 0.8 0.9]", elided),
        ("tensor([[1, 2],\n        ...,\n        [3, 4]])", elided),
        ("1 2 ... 3\n4 5 ... 6", elided),
        ("1\t2\n…\t…\n3\t4", elided),
        (r"\begin{bmatrix} 1 & \cdots & 2 \\ 3 & \cdots & 4 \end{bmatrix}", elided),
    ]);
}

#[test]
fn a_printed_vector_that_wraps() {
    right(&[
        (
            "[0.00881223 0.02714358 0.06511406 0.12164907 0.17699836 0.20056541\n 0.17699836 0.12164907 0.06511406 \
             0.02714358 0.00881223]",
            "0.00881223 0.02714358 0.06511406 0.12164907 0.17699836 0.20056541 0.17699836 0.12164907 0.06511406 \
             0.02714358 0.00881223",
        ),
        (
            "[0.         0.09090909 0.18181818 0.27272727 0.36363636 0.45454545\n 0.54545455 0.63636364 0.72727273 \
             0.81818182 0.90909091 1.        ]",
            "0 0.09090909 0.18181818 0.27272727 0.36363636 0.45454545 0.54545455 0.63636364 0.72727273 0.81818182 \
             0.90909091 1",
        ),
        (
            "[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n 24 25 26 27 28 29 30 31]",
            "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31",
        ),
        ("[[1 2]\n [3 4]]", "1 2; 3 4"),
        ("[1 2\n 3 4]", "1 2; 3 4"),
        // As wide, but with a name: a program's rows.
        (
            "A = [0.00881223 0.02714358 0.06511406 0.12164907 0.17699836 0.20056541\n 0.17699836 0.12164907 0.06511406 \
             0.02714358 0.00881223 0.00881223];",
            "0.00881223 0.02714358 0.06511406 0.12164907 0.17699836 0.20056541; 0.17699836 0.12164907 0.06511406 \
             0.02714358 0.00881223 0.00881223",
        ),
    ]);
    refused(&[("[1 2 3\n 4 5]", "Row 1 has 2 numbers")]);
}

#[test]
fn empty_cells_of_a_column() {
    right(&[
        ("1\r\n\r\n3\r\n", "1; “”; 3"),
        ("1\r\n2\r\n\r\n4\r\n5\r\n", "1; 2; “”; 4; 5"),
        ("1\r\n\r\n\r\n4\r\n", "1; “”; “”; 4"),
        ("\r\n1\r\n2\r\n", "“”; 1; 2"),
        ("1\r\nabc\r\n\r\n4\r\n", "1; “abc”; “”; 4"),
        ("1\r\n2\r\n\r\n", "1; 2"),
        ("1\t2\r\n\t\r\n5\t6\r\n", "1 2; “” “”; 5 6"),
        ("1\n2\n\n4\n5\n", "1; 2 | 4; 5"),
        ("1\n\n3\n", "1; 3"),
        ("1 2\r\n3 4\r\n\r\n5 6\r\n7 8\r\n", "1 2; 3 4 | 5 6; 7 8"),
    ]);
    said("1\r\n\r\n3\r\n", "Row 1, column 0 is empty.");
}

#[test]
fn per_cent_and_currency() {
    right(&[
        ("50%\t25%\r\n10%\t15%\r\n", "0.5 0.25; 0.1 0.15"),
        ("50 %\t25\u{a0}%\r\n10\t0.5%\r\n", "0.5 0.25; 10 0.005"),
        ("12,5%\r\n7,5%\r\n", "0.125; 0.075"),
        ("12,5 %\r\n7,5 %\r\n", "0.125; 0.075"),
        ("50 % 25 %\n10 % 15 %", "0.5 0.25; 0.1 0.15"),
        ("[50% 20%; 30% 40%]", "0.5 0.2; 0.3 0.4"),
        ("€1.50\t€2.00\r\n", "1.5 2"),
        ("1,50 €\r\n2,00 €\r\n", "1.5; 2"),
        ("€ 1.50\t2.00 €\r\n", "1.5 2"),
        ("1\u{202f}234,50 €\t2,00 €\r\n", "1234.5 2"),
        ("$1,234.50\t2\r\n$3.50\t4\r\n", "1234.5 2; 3.5 4"),
        ("$1,234.50\r\n$3.50\r\n", "1234.5; 3.5"),
        ("-$5.00\t$-5.00\t($5.00)\r\n", "-5 -5 -5"),
        ("£5\t¥6\r\n", "5 6"),
        (r"\begin{tabular}{rr} 50\% & 25\% \\ 10\% & 15\% \end{tabular}", "0.5 0.25; 0.1 0.15"),
        (r"\begin{tabular}{rr} \$5 & \$6 \\ \$7 & \$8 \end{tabular}", "5 6; 7 8"),
        ("\\begin{bmatrix} 1 & 2 \\\\ % first row\n 3 & 4 \\end{bmatrix}", "1 2; 3 4"),
        // A book-keeper's minus, or a bracket: named.
        ("(5.00)\t3", "“(5.00)” 3"),
        ("(-1/9)\t3", "-0.1111111111111111 3"),
        ("5 kg\t3", "“5 kg” 3"),
        ("5%%\t$$5\t%5%\t1", "“5%%” “$$5” “%5%” 1"),
        // In MATLAB the sign begins a comment.
        ("[1 2%\n 3 4]", "1 “2%”; 3 4"),
    ]);
    said("50%\t25%\r\n", "50% is 0.5");
    said("€1.50\t€2.00\r\n", "urrency");
    said("[1 2%\n 3 4]", "comment");
}
