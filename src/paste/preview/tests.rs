//! What the dialog tells of a paste before it goes anywhere.

#![allow(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "expect-test writes the strings and hands them over by value; a table of cases is as long as it is"
)]

use expect_test::{Expect, expect};

use super::*;

const LIMITS: Limits = Limits { filters: 2, channels: 3, rows: 16, cols: 16 };

#[track_caller]
fn check(text: &str, limits: Limits, expect: Expect) {
    let Preview { summary, caption, table, notes, fit } = Preview::new(&Reading::of_text(text), &limits);
    let mut report: Vec<String> = summary.into_iter().collect();
    report.extend((!table.is_empty()).then_some(caption));
    report.extend(table.iter().map(|row| row.join(" ")));
    report.extend(notes.into_iter().map(|(severity, said)| format!("{severity:?}: {said}")));
    report.extend(fit.sentence("Kernel").map(|said| format!("{}: {said}", if fit.goes() { "goes" } else { "stays" })));
    expect.assert_eq(&report.join("\n"));
}

#[test]
fn what_is_shown() {
    check(
        "tensor([[[1., 2.], [3., -4.]], [[5., 6.], [7., 0.5]]])",
        LIMITS,
        expect![[r#"
            PyTorch, 2 × 2 × 2: 8 numbers from −4 to 7
            Plane 0 of 2
            1 2
            3 −4"#]],
    );
    check(
        "7",
        LIMITS,
        expect![[r#"
            numbers, 1 × 1: 1 number, 7
            All of it
            7"#]],
    );
    check(
        "5 5\n5 5",
        LIMITS,
        expect![[r#"
            numbers, 2 × 2: 4 numbers, all 5
            All of it
            5 5
            5 5"#]],
    );
    check(
        "1\tx\n3\t",
        LIMITS,
        expect![[r#"
            spreadsheet, 2 × 2: 2 numbers from 1 to 3
            All of it
            1 x
            3 
            Warning: “x” in row 0, column 1 is no number.
            Warning: Row 1, column 1 is empty."#]],
    );
    check(
        "words",
        LIMITS,
        expect![[r#"
        Error: There is no number to read.
        stays: There is nothing to put in yet."#]],
    );
    check(
        &vec![vec!["1"; 20].join("\t"); 10].join("\n"),
        LIMITS,
        expect![[r#"
            spreadsheet, 10 × 20: 200 numbers, all 1
            Top left of it
            1 1 1 1 1 1 1 1 …
            1 1 1 1 1 1 1 1 …
            1 1 1 1 1 1 1 1 …
            1 1 1 1 1 1 1 1 …
            1 1 1 1 1 1 1 1 …
            1 1 1 1 1 1 1 1 …
            1 1 1 1 1 1 1 1 …
            1 1 1 1 1 1 1 1 …
            … … … … … … … … …
            goes: Of 10 × 20 the top left 10 × 16 go in: Kernel takes no more."#]],
    );
    check(
        "[[[1]], [[2]], [[3]], [[4]]]",
        LIMITS,
        expect![[r#"
            JSON, 4 × 1 × 1: 4 numbers from 1 to 4
            Plane 0 of 4
            1
            stays: Kernel takes 3 channels and this has 4. Copy a part of it."#]],
    );
    check(
        "[[[[1]]], [[[2]]], [[[3]]]]",
        LIMITS,
        expect![[r#"
            JSON, 3 × 1 × 1 × 1: 3 numbers from 1 to 3
            Plane 0 of 3
            1
            stays: Kernel takes 2 filters and this has 3. Copy a part of it."#]],
    );
    check(
        &format!("[{}]", "[[1, 2, 3], [4, 5, 6]],".repeat(28)),
        LIMITS,
        expect![[r#"
            JSON, 28 × 2 × 3: 168 numbers from 1 to 6
            Plane 0 of 28
            1 2 3
            4 5 6
            stays: Kernel takes 3 channels and this has 28. If its channels come last, put them first: a.transpose(2, 0, 1)."#]],
    );
    check(
        "[[[1]], [[2]]]",
        Limits { channels: 1, ..LIMITS },
        expect![[r#"
            JSON, 2 × 1 × 1: 2 numbers from 1 to 2
            Plane 0 of 2
            1
            stays: Kernel takes 1 channel and this has 2. Copy a part of it."#]],
    );
}

#[test]
fn formats_are_recognised() {
    let texts = [
        ("NumPy", "np.array([[1, 2]])"),
        ("NumPy", ">>> a\narray([[1., 2.]], dtype=float32)"),
        ("NumPy", "[[1 2]\n [3 4]]"),
        ("NumPy", "[[np.float64(1.0), np.float64(2.0)]]"),
        ("NumPy", "<tf.Tensor: shape=(1, 2), dtype=int32, numpy=array([[1, 2]], dtype=int32)>"),
        ("PyTorch", "torch.tensor([[1, 2]])"),
        ("PyTorch", "tensor([[1., 2.]])"),
        ("PyTorch", "Parameter containing:\ntensor([[1., 2.]], requires_grad=True)"),
        ("MATLAB", "[1 2; 3 4]"),
        ("MATLAB", "[1 2\n 3 4]"),
        ("MATLAB", "cat(3, [1 2], [3 4])"),
        ("MATLAB", "A =\n\n   1   2\n   3   4\n"),
        ("MATLAB", "A(:,:,1) =\n   1   2\n"),
        ("LaTeX", r"\begin{bmatrix} 1 & 2 \end{bmatrix}"),
        ("JSON", "[[1, 2], [3, 4]]"),
        ("JSON", "[1, 2]"),
        ("JSON", "{\"data\": [[1, 2]]}"),
        ("Markdown", "| 1 | 2 |\n|---|---|\n| 3 | 4 |"),
        ("spreadsheet", "1\t2\n3\t4"),
        ("CSV", "1,2\n3,4"),
        ("CSV", "1;2\n3;4"),
        ("numbers", "1 2\n3 4"),
        ("numbers", "7"),
        ("numbers", "(1, 2), (3, 4)"),
        ("numbers", "[[1/16, 2]]"),
    ];
    for (name, text) in texts {
        let Reading { notation, planes, .. } = Reading::of_text(text);
        assert!(planes.is_some(), "{text}");
        assert_eq!(notation.name(), name, "{text}");
    }
}
