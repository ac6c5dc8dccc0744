//! Arrays of several planes, in all formats that have them.

#![allow(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "expect-test writes the strings and hands them over by value; a table of cases is as long as it is"
)]

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::super::tests::entry;
use super::super::{Diagnostic, Format, MAX_PLANES, Reading, Severity, parse, parse_planes, write_planes};
use super::*;
use crate::nn::shape::MAX_INPUT;

/// The shape, the cells of each plane with rows between bars, then the diagnostics' sentences.
fn report(text: &str) -> String {
    let (planes, diagnostics) = parse_planes(text);
    let mut report = planes.iter().map(|planes| format!("{:?}", planes.shape())).collect::<Vec<_>>();
    for plane in planes.iter().flat_map(Planes::planes) {
        let rows = plane.iter_rows().map(|row| row.iter().map(Entry::shown).collect::<Vec<_>>().join(" "));
        report.push(rows.collect::<Vec<_>>().join(" | "));
    }
    report.extend(diagnostics.iter().map(|diagnostic| format!("{:?}: {diagnostic}", diagnostic.severity())));
    report.join("\n")
}

#[track_caller]
fn check(text: &str, expect: Expect) {
    expect.assert_eq(&report(text));
}

/// Every text is the same three planes; what is said of them are notes alone.
#[track_caller]
fn check_same(texts: &[&str]) {
    for text in texts {
        let Reading { planes, diagnostics, .. } = Reading::of_text(text);
        let shape = planes.as_ref().map(|planes| planes.shape().to_vec());
        assert_eq!(shape.as_deref(), Some([3, 2, 2].as_slice()), "{text:?}");
        let values: Vec<f64> = planes.iter().flat_map(Planes::cells).filter_map(Entry::value).collect();
        assert_eq!(values, [0., 1., 2., 3., 4., 5., 6., 7., 8., 9., -1., -2.], "{text:?}");
        assert!(diagnostics.iter().all(|said| said.severity() == Severity::Note), "{text:?}: {diagnostics:?}");
        // A matrix has no place for three of them.
        let (grid, diagnostics) = parse(text);
        assert_eq!(grid, None, "{text:?}");
        let error = Diagnostic::Dimensions { shape: vec![3, 2, 2], limit: 2 };
        assert_eq!(diagnostics.last(), Some(&error), "{text:?}");
    }
}

#[test]
fn three_planes_in_many_formats() {
    check_same(&[
        "[[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[8, 9], [-1, -2]]]",
        "np.array([[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[8, 9], [-1, -2]]], dtype=np.float32)",
        "[[[ 0  1]\n  [ 2  3]]\n\n [[ 4  5]\n  [ 6  7]]\n\n [[ 8  9]\n  [-1 -2]]]",
        "array([[[ 0,  1],\n        [ 2,  3]],\n\n       [[ 4,  5],\n        [ 6,  7]],\n\n       [[ 8,  9],\n        [-1, -2]]])",
        "tensor([[[ 0.,  1.],\n         [ 2.,  3.]],\n\n        [[ 4.,  5.],\n         [ 6.,  7.]],\n\n        [[ 8.,  9.],\n         [-1., -2.]]])",
        "[[0 1]\n [2 3]]\n[[4 5]\n [6 7]]\n[[8 9]\n [-1 -2]]",
        "((0, 1), (2, 3)), ((4, 5), (6, 7)), ((8, 9), (-1, -2))",
        "{{{0, 1}, {2, 3}}, {{4, 5}, {6, 7}}, {{8, 9}, {-1, -2}}}",
        "{\"data\": [[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[8, 9], [-1, -2]]]}",
        "{'conv1': {'weight': tensor([[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[8, 9], [-1, -2]]])}}",
        "0\t1\n2\t3\n\n4\t5\n6\t7\n\n8\t9\n-1\t-2",
        "0\t1\r\n2\t3\r\n\t\r\n4\t5\r\n6\t7\r\n\t\r\n8\t9\r\n-1\t-2\r\n",
        "0,1\n2,3\n,\n4,5\n6,7\n,\n8,9\n-1,-2\n",
        "0, 1\n2, 3\n\n\n4, 5\n6, 7\n\n\n8, 9\n-1, -2\n",
        "0 1\n2 3\n\n4 5\n6 7\n\n8 9\n-1 -2",
        "| | |\n|---|---|\n| 0 | 1 |\n| 2 | 3 |\n\n| | |\n|---|---|\n| 4 | 5 |\n| 6 | 7 |\n\n| 8 | 9 |\n|---|---|\n| -1 | -2 |",
        "cat(3, [0 1; 2 3], [4 5; 6 7], [8 9; -1 -2])",
        "A = cat(3, [0, 1; 2, 3], ...\n    [4, 5; 6, 7], ...\n    [8, 9; -1, -2]);",
        "cat(3, [0 1\n 2 3], [4 5\n 6 7], [8 9\n -1 -2])",
        "A(:,:,1) =\n\n     0     1\n     2     3\n\n\nA(:,:,2) =\n\n     4     5\n     6     7\n\n\nA(:,:,3) =\n\n     8     9\n    -1    -2\n\n",
        r"\begin{bmatrix} 0 & 1 \\ 2 & 3 \end{bmatrix}, \begin{bmatrix} 4 & 5 \\ 6 & 7 \end{bmatrix}, \begin{bmatrix} 8 & 9 \\ -1 & -2 \end{bmatrix}",
        "\\[ K_0 = \\begin{pmatrix} 0 & 1 \\\\ 2 & 3 \\end{pmatrix}, \\qquad K_1 = \\begin{pmatrix} 4 & 5 \\\\ 6 & 7 \\end{pmatrix}, \\qquad\n K_2 = \\begin{pmatrix} 8 & 9 \\\\ -1 & -2 \\end{pmatrix}. \\]",
    ]);
}

#[test]
fn extents_stay_as_they_are() {
    check("7", expect!["[1, 1]\n7"]);
    check("[1, 2]", expect!["[1, 2]\n1 2"]);
    check("[[1], [2]]", expect!["[2, 1]\n1 | 2"]);
    check("[[[1, 2]]]", expect!["[1, 1, 2]\n1 2"]);
    check("[[[[1]], [[2]]]]", expect!["[1, 2, 1, 1]\n1\n2"]);
    check("[[[1], [2]], [[3], [4]]]", expect!["[2, 2, 1]\n1 | 2\n3 | 4"]);
    check(
        "[[[[1, 2]], [[3, 4]], [[5, 6]]], [[[7, 8]], [[9, 0]], [[1, 1]]]]",
        expect![[r#"
        [2, 3, 1, 2]
        1 2
        3 4
        5 6
        7 8
        9 0
        1 1"#]],
    );
    check(
        "[[[[[1, 2], [3, 4]]]]]",
        expect![[r#"
        [1, 1, 2, 2]
        1 2 | 3 4
        Note: The array is 1 × 1 × 1 × 2 × 2; the dimensions of 1 are left out."#]],
    );
    check(
        "[[[[[1]], [[2]]]], [[[[1]], [[2]]]]]",
        expect!["Error: The array has 5 dimensions (2 × 1 × 2 × 1 × 1); at most 4 are read. Copy one slice of it."],
    );
}

#[test]
fn gaps_of_two_kinds_are_two_dimensions() {
    check(
        "1 2\n3 4\n\n5 6\n7 8\n\n\n1 1\n1 1\n\n2 2\n2 2",
        expect![[r#"
        [2, 2, 2, 2]
        1 2 | 3 4
        5 6 | 7 8
        1 1 | 1 1
        2 2 | 2 2
        Note: Blank lines are read as the ends of planes."#]],
    );
    check(
        "1 2\n\n3 4\n\n\n5 6\n\n7 8",
        expect![[r#"
        [2, 2, 1, 2]
        1 2
        3 4
        5 6
        7 8
        Note: Blank lines are read as the ends of planes."#]],
    );
    check(
        "1 2\n\n3 4\n\n5 6",
        expect![[r#"
        [3, 2]
        1 2 | 3 4 | 5 6"#]],
    );
    check(
        "1 2\n3 4\n\n5 6\n7 8\n\n\n1 1\n1 1",
        expect![[r#"
        [3, 2, 2]
        1 2 | 3 4
        5 6 | 7 8
        1 1 | 1 1
        Note: Blank lines are read as the ends of planes."#]],
    );
    check(
        r"\begin{matrix} 1 \end{matrix} \quad \begin{matrix} 2 \end{matrix} \qquad \begin{matrix} 3 \end{matrix} \quad \begin{matrix} 4 \end{matrix}",
        expect![[r#"
            [2, 2, 1, 1]
            1
            2
            3
            4"#]],
    );
    check(
        "cat(4, cat(3, [1 2], [3 4]), cat(3, [5 6], [7 8]))",
        expect![[r#"
        [2, 2, 1, 2]
        1 2
        3 4
        5 6
        7 8"#]],
    );
    check(
        "cat(4, [1 2], [3 4])",
        expect![[r#"
        [2, 1, 1, 2]
        1 2
        3 4"#]],
    );
    check(
        "cat(3, 1, 2, 3)",
        expect![[r#"
        [3, 1, 1]
        1
        2
        3"#]],
    );
    check(
        "W(:,:,1,1) =\n\n 1 2\n\nW(:,:,2,1) =\n\n 3 4\n\nW(:,:,1,2) =\n\n 5 6\n\nW(:,:,2,2) =\n\n 7 8\n",
        expect![[r#"
            [2, 2, 1, 2]
            1 2
            3 4
            5 6
            7 8"#]],
    );
}

#[test]
fn factors_of_planes() {
    check(
        "1/2 * np.array([[[1, 2]], [[3, 4]]])",
        expect![[r#"
        [2, 1, 2]
        1/2 2/2
        3/2 4/2
        Note: Each number is multiplied by 1/2."#]],
    );
    check(
        "0.5 * cat(3, [1 2], [3 4])",
        expect![[r#"
        [2, 1, 2]
        0.5 1
        1.5 2
        Note: Each number is multiplied by 0.5."#]],
    );
    check(
        r"\frac{1}{9} \begin{bmatrix} 1 & 2 \end{bmatrix}, \quad \frac{1}{4} \begin{bmatrix} 3 & 4 \end{bmatrix}",
        expect![[r#"
            [2, 1, 2]
            1/9 2/9
            3/4 4/4
            Note: Each number of plane 0 is multiplied by 1/9.
            Note: Each number of plane 1 is multiplied by 1/4."#]],
    );
    check(
        "A(:,:,1) =\n   1.0e+03 *\n    0.0010    1.0000\nA(:,:,2) =\n    2.0000    3.0000",
        expect![[r#"
        [2, 1, 2]
        1 1000
        2 3
        Note: Each number of plane 0 is multiplied by 1000."#]],
    );
}

#[test]
fn what_is_no_array_says_where() {
    check("[[[1, 2], [3, 4]], [[5, 6], [7]]]", expect!["Error: Row 1 of plane 1 has 1 number where row 0 has 2."]);
    check(
        "[[[1, 2], [3, 4]], [[5, 6]]]",
        expect!["Error: Plane 1 is 1 × 2 where plane 0 is 2 × 2. Copy planes of one size."],
    );
    check("[[[[1]], [[2]]], [[[3]]]]", expect!["Error: Group 1 has 1 of the planes where group 0 has 2."]);
    check("[[[1, 2], [3, 4]], 5]", expect!["Error: Plane 1 is 1 × 1 where plane 0 is 2 × 2. Copy planes of one size."]);
    check(
        "[[[1, 2], [3, 4]], [[5, null], [7, \"a, b\"]]]",
        expect![[r#"
        [2, 2, 2]
        1 2 | 3 4
        5 null | 7 "a, b"
        Warning: “null” in row 0, column 1 of plane 1 is no number.
        Warning: “"a, b"” in row 1, column 1 of plane 1 is no number."#]],
    );
    check(
        "1 2\n3 4\n\n5 6\n7 x",
        expect![[r#"
        [2, 2, 2]
        1 2 | 3 4
        5 6 | 7 x
        Note: Blank lines are read as the ends of planes.
        Warning: “x” in row 1, column 1 of plane 1 is no number."#]],
    );
    check(
        "1 2\n3 4\n\n5 6 7\n8 9 0",
        expect![[r#"
        Note: Blank lines are read as the ends of planes.
        Error: Plane 1 is 2 × 3 where plane 0 is 2 × 2. Copy planes of one size."#]],
    );
    check(
        "cat(1, [1 2], [3 4])",
        expect!["Error: cat is read for channels, cat(3, A, B), and for filters of them, cat(4, …)."],
    );
    check(
        "cat(3, [1 2], [3 4",
        expect![[r#"
        [2, 1, 2]
        1 2
        3 4
        Warning: Brackets that open and close don't match; all numbers found were taken."#]],
    );
    check(
        "cat(3, {1}, 2)",
        expect![[r#"
        Warning: “{1}, 2)” is left out.
        Warning: Brackets that open and close don't match; all numbers found were taken.
        Error: There is no number to read."#]],
    );
    check(
        "{\"shape\": [2, 2], \"data\": [[1, 2], [3, 4]]}",
        expect!["Error: The object holds 2 arrays (shape, data). Copy one of them."],
    );
    check(
        "{\"name\": \"Sobel, [x]\", \"size\": 2, \"data\": [[1, 2], [3, 4]]}",
        expect![[r#"
        [2, 2]
        1 2 | 3 4
        Warning: “name, size” is left out."#]],
    );
    check("{\"a\": 1}", expect!["Error: There is no number to read."]);
    check(
        "{\"a\": [[1, 2], [3",
        expect![[r#"
        Warning: Brackets that open and close don't match; all numbers found were taken.
        Error: Row 1 has 1 number where row 0 has 2."#]],
    );
    check(
        r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} * \begin{bmatrix} 1 \end{bmatrix} = \begin{bmatrix} 5 \end{bmatrix}",
        expect![[r#"
            [2, 2]
            1 2 | 3 4
            Warning: Of 3 matrices the first is taken: they have not one size.
            Warning: “*” is left out."#]],
    );
    check(
        &format!("[{}]", "[[1]],".repeat(MAX_PLANES + 1)),
        expect!["Error: There are 65 planes; at most 64 are read. Copy a part of them."],
    );
    check(
        &format!("[{}]", format!("[{}],", "[[1]],".repeat(40)).repeat(40)),
        expect!["Error: There are 1,600 planes; at most 64 are read. Copy a part of them."],
    );
    check(
        &"1\n2\n\n".repeat(MAX_PLANES + 1),
        expect![[r#"
        Note: Blank lines are read as the ends of planes.
        Error: There are 65 planes; at most 64 are read. Copy a part of them."#]],
    );
    check(
        &format!("cat(3{})", ", 1".repeat(MAX_PLANES + 1)),
        expect!["Error: There are 65 planes; at most 64 are read. Copy a part of them."],
    );
}

#[test]
fn written_planes() {
    let grid = |first: i32| Grid::from_fn(2, 2, |i, j| Entry::from(f64::from(first) + (i * 2 + j) as f64));
    let planes = Planes::new(&[2, 2], vec![grid(0), grid(4), grid(8), grid(-4)]).expect("four of one size");
    let all: Vec<String> =
        Format::ALL.iter().map(|format| format!("{}\n{}", format.name(), write_planes(&planes, *format))).collect();
    expect![[r#"
        Spreadsheet (TSV)
        0	1
        2	3

        4	5
        6	7


        8	9
        10	11

        -4	-3
        -2	-1

        NumPy
        np.array([[[[0, 1],
                    [2, 3]],
                   [[4, 5],
                    [6, 7]]],
                  [[[8, 9],
                    [10, 11]],
                   [[-4, -3],
                    [-2, -1]]]])

        PyTorch
        torch.tensor([[[[0, 1],
                        [2, 3]],
                       [[4, 5],
                        [6, 7]]],
                      [[[8, 9],
                        [10, 11]],
                       [[-4, -3],
                        [-2, -1]]]], dtype=torch.float32)

        MATLAB
        cat(4, cat(3, [0 1; 2 3], [4 5; 6 7]), cat(3, [8 9; 10 11], [-4 -3; -2 -1]))

        LaTeX
        \begin{bmatrix}
        0 & 1 \\
        2 & 3
        \end{bmatrix}
        \quad
        \begin{bmatrix}
        4 & 5 \\
        6 & 7
        \end{bmatrix}
        \qquad
        \begin{bmatrix}
        8 & 9 \\
        10 & 11
        \end{bmatrix}
        \quad
        \begin{bmatrix}
        -4 & -3 \\
        -2 & -1
        \end{bmatrix}

        Markdown
        |  |  |
        |---|---|
        | 0 | 1 |
        | 2 | 3 |

        |  |  |
        |---|---|
        | 4 | 5 |
        | 6 | 7 |


        |  |  |
        |---|---|
        | 8 | 9 |
        | 10 | 11 |

        |  |  |
        |---|---|
        | -4 | -3 |
        | -2 | -1 |"#]]
    .assert_eq(&all.join("\n\n"));
}

#[test]
fn what_fits_a_target() {
    let planes = Planes::new(&[2, 3], vec![Grid::from_fn(5, 4, |i, j| ((i * 4 + j) as f64).into()); 6]).expect("six");
    let limits = Limits { filters: 2, channels: 3, rows: 3, cols: 3 };
    let fitted = planes.fitted(&limits).expect("as many");
    assert_eq!(fitted.shape(), [2, 3, 3, 3]);
    assert_eq!(fitted.planes()[0].get(2, 2).and_then(Entry::value), Some(10.0));
    assert_eq!(planes.fitted(&Limits { filters: 1, ..limits }), None);
    assert_eq!(planes.fitted(&Limits { channels: 2, ..limits }), None);
}

#[test]
fn large_planes_are_cropped_once() {
    let row = vec!["7"; 70].join("\t");
    let plane = vec![row; 66].join("\n");
    let (planes, diagnostics) = parse_planes(&[&*plane, &*plane].join("\n\n"));
    assert_eq!(planes.map(|planes| planes.shape().to_vec()), Some(vec![2, MAX_INPUT, MAX_INPUT]));
    assert_eq!(diagnostics.len(), 2, "cropped, and blank lines: {diagnostics:?}");
}

fn planes() -> impl Strategy<Value = Planes> {
    let leading = prop_oneof![
        Just(Vec::new()),
        (1_usize..5).prop_map(|channels| vec![channels]),
        (1_usize..4, 1_usize..4).prop_map(|(filters, channels)| vec![filters, channels]),
    ];
    (leading, 1_usize..5, 1_usize..5).prop_flat_map(|(leading, rows, cols)| {
        let count: usize = leading.iter().product();
        let cells = proptest::collection::vec(entry(), count * rows * cols);
        cells.prop_map(move |cells| {
            let mut cells = cells.into_iter();
            let grid = |_| Grid::from_fn(rows, cols, |_, _| cells.next().expect("as many"));
            Planes::new(&leading, (0..count).map(grid).collect()).expect("of one size")
        })
    })
}

/// What a format keeps of a shape, as the documentation of `write_planes` says it.
fn kept(shape: &[usize], format: Format) -> Vec<usize> {
    let (leading, size) = shape.split_at(shape.len() - 2);
    let leading: Vec<usize> = match (format, leading) {
        (Format::NumPy | Format::PyTorch | Format::Matlab, leading) => leading.to_vec(),
        // A single row is a row of one matrix, unless gaps of two kinds say otherwise.
        (Format::Tsv, [channels] | [1, channels] | [channels, 1]) if size[0] == 1 => return vec![*channels, size[1]],
        (_, [1] | [1, 1]) => Vec::new(),
        (_, [1, channels] | [channels, 1]) => vec![*channels],
        (_, leading) => leading.to_vec(),
    };
    [&*leading, size].concat()
}

proptest! {
    #[test]
    fn what_is_written_reads_the_same(planes in planes()) {
        for format in Format::ALL {
            let text = write_planes(&planes, format);
            let (read, diagnostics) = parse_planes(&text);
            let read = read.expect("planes");
            prop_assert_eq!(read.shape(), kept(planes.shape(), format), "{}", text);
            prop_assert!(read.cells().eq(planes.cells()), "{}", text);
            let blank = Diagnostic::Assumed(super::super::Assumption::BlankLinesEndPlanes);
            prop_assert!(diagnostics.iter().all(|said| *said == blank), "{}\n{:?}", text, diagnostics);
        }
    }

    #[test]
    fn printed_arrays_and_objects_read_the_same(planes in planes(), name in "[a-z]{1,8}") {
        // As NumPy prints them: without commas, a blank line between planes.
        let text = write_planes(&planes, Format::NumPy);
        let bare = text.trim_start_matches("np.array(").trim_end_matches(')');
        let printed = bare.replace("]],\n", "]]\n\n").replace(',', "");
        let texts = [
            printed,
            format!("{{\"{name}\": {bare}}}"),
            format!("{{'layers': {{'{name}': {bare}}}, 'count': 1}}"),
            format!("tensor({bare}, device='cuda:0', grad_fn=<MulBackward0>)"),
        ];
        for text in texts {
            let (read, _) = parse_planes(&text);
            prop_assert_eq!(read.as_ref(), Some(&planes), "{}", text);
        }
    }

    /// A valid text with one character gone, doubled or replaced.
    #[test]
    fn damaged_texts_are_read_without_a_panic(
        planes in planes(),
        format in proptest::sample::select(Format::ALL.to_vec()),
        at in any::<proptest::sample::Index>(),
        with in proptest::sample::select(vec!["", "[", "]", "\n", "\n\n", ",", "\"", "\\", "{", ")", "\u{0}", "1", "é"]),
    ) {
        let text: Vec<char> = write_planes(&planes, format).chars().collect();
        let at = at.index(text.len());
        let text: String = text[..at].iter().chain(with.chars().collect::<Vec<_>>().iter()).chain(&text[at + 1..]).collect();
        super::super::tests::check_reading(&Reading::of_text(&text))?;
        let (grid, diagnostics) = parse(&text);
        prop_assert_eq!(grid.is_none(), diagnostics.iter().any(|said| said.severity() == Severity::Error));
    }
}
