//! Texts of the clipboard as grids, with what is said about them.

#![allow(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "expect-test writes the strings and hands them over by value; a table of cases is as long as it is"
)]

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{
    Diagnostic, Format, MAX_BYTES, MAX_DIMENSIONS, MAX_PLANES, Planes, Reading, Severity, may_be_block, parse,
    parse_planes, write,
};
use crate::nn::shape::MAX_INPUT;
use crate::num::{Entry, Grid};

/// The cells as shown, row by row, then the diagnostics' sentences.
fn report(text: &str) -> String {
    let (grid, diagnostics) = parse(text);
    let rows = grid.iter().flat_map(|grid| {
        grid.iter_rows().map(|row| row.iter().map(Entry::shown).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    });
    let said = diagnostics.iter().map(|diagnostic| format!("{:?}: {diagnostic}", diagnostic.severity()));
    rows.chain(said).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(text: &str, expect: Expect) {
    expect.assert_eq(&report(text));
}

/// Every text reads the same as the first, without a word.
#[track_caller]
fn check_same(texts: &[&str]) {
    for text in texts {
        assert_eq!(report(text), "0 1\n2 3", "{text:?}");
    }
}

#[test]
fn one_matrix_in_many_formats() {
    check_same(&[
        "0\t1\n2\t3",
        "0\t1\r\n2\t3\r\n",
        "0, 1\n2, 3",
        "0,1,\n2,3,\n",
        "\"0\",\"1\"\n\"2\",\"3\"",
        "\n  0 1\n\n  2   3\n\n",
        "0 1;\n2 3;",
        "\u{feff}0\t1\n2\t3",
        "A =\n\n     0     1\n     2     3\n\n",
        "[[0, 1], [2, 3]]",
        "[[0, 1], [2, 3],]",
        "[[0, 1,], [2, 3,],]",
        "[[0., 1.], [2., 3.]]",
        "[[0 1]\n [2 3]]",
        "[[ 0.  1.]\n [ 2.  3.]]",
        "[0, 1]\n[2, 3]",
        "[0, 1],\n[2, 3],",
        "array([[0, 1],\n       [2, 3]])",
        "np.array([[0, 1], [2, 3]], dtype=np.float32)",
        "k = np.array([[0, 1], [2, 3]]);",
        ">>> np.array([[0, 1], [2, 3]])",
        "Out[5]: \narray([[0, 1],\n       [2, 3]])",
        "In [12]: np.array([[0, 1], [2, 3]])",
        "tensor([[0., 1.],\n        [2., 3.]], device='cuda:0', grad_fn=<MulBackward0>)",
        "torch.tensor([[0, 1], [2, 3]], dtype=torch.float32, requires_grad=True)",
        "Parameter containing:\ntensor([[0., 1.],\n        [2., 3.]], requires_grad=True)",
        "nn.Parameter(torch.tensor([[0., 1.], [2., 3.]]))",
        "<tf.Tensor: shape=(2, 2), dtype=int32, numpy=\narray([[0, 1],\n       [2, 3]], dtype=int32)>",
        "Array([[0., 1.],\n       [2., 3.]], dtype=float32)",
        "[[np.float64(0.0), np.float64(1.0)], [np.float64(2.0), np.float64(3.0)]]",
        "[[\"0\", \"1\"], [\"2\", \"3\"]]",
        "((0, 1), (2, 3))",
        "(0, 1), (2, 3)",
        "[(0, 1), (2, 3)]",
        "{{0, 1}, {2, 3}}",
        "[0 1; 2 3]",
        "[0, 1; 2, 3;]",
        "[[0 1]; [2 3]]",
        "{\"data\": [[0, 1], [2, 3]]}",
        "{'kernel': {'weight': [[0, 1], [2, 3]]}}",
        "{\"data\": [[\"0\", \"1e0\"], [2, 3.0]]}",
        "[0 ...\n 1; 2 3]",
        "[[0, 1],  # above\n [2, 3]]  ",
        r"\begin{bmatrix} 0 & 1 \\ 2 & 3 \end{bmatrix}",
        r"\begin{pmatrix}0&1\\2&3\\\end{pmatrix}",
        r"\[ K = \left[\begin{array}{cc} 0 & 1 \\[2pt] 2 & 3 \end{array}\right] \]",
        "\\begin{equation}\n k = \\begin{bmatrix}\n 0 & 1 \\\\\n 2 & 3\n \\end{bmatrix}.\n\\end{equation}",
        r"$$\begin{matrix} \phantom{-}0 & \mathbf{1} \\ 2 & {3} \end{matrix}$$",
        "| 0 | 1 |\n|---|---|\n| 2 | 3 |",
        "|  |  |\n|---|---|\n| 0 | 1 |\n| 2 | 3 |",
    ]);
}

#[test]
fn vectors_and_single_numbers() {
    check("[1, 2, 3]", expect!["1 2 3"]);
    check(
        "[1; 2; 3]",
        expect![[r#"
        1
        2
        3"#]],
    );
    check("tensor(3.5)", expect!["3.5"]);
    check("1/16", expect!["1/16"]);
    check("Out[3]: 4.5", expect!["4.5"]);
    check("array([ 0,  1,  2,\n        3,  4])", expect!["0 1 2 3 4"]);
}

#[test]
fn numbers_in_their_spellings() {
    check("−1\t1e-3\t+2\t.5\t1.\t1 / 16\t1⁄4\t1_000\t=1/9\t(-1/9)", expect!["−1 0.001 2 0.5 1 1/16 1/4 1000 1/9 −1/9"]);
    check(
        "[1.0000e+00, -2.5000e-01, Fraction(1, 16), True]",
        expect![[r#"
        1 −0.25 1/16 1
        Note: True is read as 1, False as 0."#]],
    );
    check(
        "1 / 16 2 /16\n3/ 16 4/16",
        expect![[r#"
        1/16 2/16
        3/16 4/16"#]],
    );
}

#[test]
fn factors() {
    check(
        "1/16 [1 2 1; 2 4 2; 1 2 1]",
        expect![[r#"
        1/16 2/16 1/16
        2/16 4/16 2/16
        1/16 2/16 1/16
        Note: Each number is multiplied by 1/16."#]],
    );
    check(
        "k = (1/16) * np.array([[1, 0], [-2, 4]])",
        expect![[r#"
        1/16 0
        −2/16 4/16
        Note: Each number is multiplied by 1/16."#]],
    );
    check(
        "np.array([[1, 2], [1, 2]]) / 9",
        expect![[r#"
        1/9 2/9
        1/9 2/9
        Note: Each number is multiplied by 1/9."#]],
    );
    check(
        "[1 2; 3 4] .* 0.5;",
        expect![[r#"
        0.5 1
        1.5 2
        Note: Each number is multiplied by 0.5."#]],
    );
    check(
        r"\frac{1}{9} \begin{bmatrix} 1 & -\frac{1}{2} \\ 1 & 1 \end{bmatrix}",
        expect![[r#"
        1/9 −1/18
        1/9 1/9
        Note: Each number is multiplied by 1/9."#]],
    );
    check(
        "   1.0e+03 *\n\n    0.0010    1.0000\n    2.0000    3.0000",
        expect![[r#"
        1 1000
        2000 3000
        Note: Each number is multiplied by 1000."#]],
    );
    check(
        "0 * [1, 2]",
        expect![[r#"
        0 0
        Note: Each number is multiplied by 0."#]],
    );
    check(
        "[1, 2] / 0",
        expect![[r#"
        1 2
        Warning: “/ 0” is left out."#]],
    );
    check(
        "1000000 * [1, 2000]",
        expect![[r#"
            1000000 2000000000
            Note: Each number is multiplied by 1000000.
            Warning: “2000000000” in row 0, column 1 is past the largest number, 1,000,000,000."#]],
    );
}

#[test]
fn what_is_assumed_is_said() {
    check(
        "1,5;2,5\n3,5;4",
        expect![[r#"
        1.5 2.5
        3.5 4
        Note: Commas are read as decimal points: 1,5 is 1.5."#]],
    );
    check(
        "1,5\t2\n-3,5\t4,0",
        expect![[r#"
        1.5 2
        −3.5 4
        Note: Commas are read as decimal points: 1,5 is 1.5."#]],
    );
    check(
        "\"1,5\",\"2,5\"\n\"3,5\",\"4,5\"",
        expect![[r#"
        1.5 2.5
        3.5 4.5
        Note: Commas are read as decimal points: 1,5 is 1.5."#]],
    );
    check(
        "1,5 2,5\n3,5 4",
        expect![[r#"
        1.5 2.5
        3.5 4
        Note: Commas are read as decimal points: 1,5 is 1.5."#]],
    );
    check(
        "1,234.5\t12,000",
        expect![[r#"
        1234 12000
        Note: Commas are read as thousands separators: 1,234.5 is 1234.5."#]],
    );
    check(
        "0,1;2,3",
        expect![[r#"
        0 1
        2 3
        Note: Semicolons are read as the ends of rows.
        Note: Commas are read as column separators, not as decimal points."#]],
    );
    check(
        "0,1\n2,3",
        expect![[r#"
        0 1
        2 3
        Note: Commas are read as column separators, not as decimal points."#]],
    );
    check(
        "[1 2\n 3 4]",
        expect![[r#"
        1 2
        3 4
        Note: New lines are read as the ends of rows."#]],
    );
    check(
        "[[[[0, 1], [2, 3]]]]",
        expect![[r#"
        0 1
        2 3
        Note: The array is 1 × 1 × 2 × 2; the dimensions of 1 are left out."#]],
    );
    check(
        "[[[0], [1]], [[2], [3]]]",
        expect![[r#"
        0 1
        2 3
        Note: The array is 2 × 2 × 1; the dimensions of 1 are left out."#]],
    );
    check(
        "[[True, False]]",
        expect![[r#"
        1 0
        Note: True is read as 1, False as 0."#]],
    );
}

#[test]
fn cells_that_are_no_numbers_are_named() {
    check(
        "1\t\t3\n4\tabc\t6",
        expect![[r#"
            1  3
            4 abc 6
            Warning: Row 0, column 1 is empty.
            Warning: “abc” in row 1, column 1 is no number."#]],
    );
    check(
        "1,5\t1.5",
        expect![[r#"
            1,5 1.5
            Warning: “1,5” in row 0, column 0 is no number."#]],
    );
    check(
        "a b c\nd e f\n1 2 3",
        expect![[r#"
            a b c
            d e f
            1 2 3
            Warning: “a” in row 0, column 0 is no number.
            Warning: “b” in row 0, column 1 is no number.
            Warning: “c” in row 0, column 2 is no number.
            Warning: “d” in row 1, column 0 is no number.
            Warning: “e” in row 1, column 1 is no number.
            Warning: 1 more cell is no number."#]],
    );
    check(
        "[[1, nan], [inf, 1e12]]",
        expect![[r#"
            1 nan
            inf 1e12
            Warning: “nan” in row 0, column 1 is no number.
            Warning: “inf” in row 1, column 0 is no number.
            Warning: “1e12” in row 1, column 1 is past the largest number, 1,000,000,000."#]],
    );
    check(
        "(1, 2\n3)",
        expect![[r#"
        Note: New lines are read as the ends of rows.
        Error: Row 1 has 1 number where row 0 has 2."#]],
    );
    check(&format!("[{}]", "9".repeat(500)), expect!["Error: There is no number to read."]);
}

#[test]
fn what_is_no_matrix() {
    check("", expect!["Error: There is no number to read."]);
    check(" \n\t ", expect!["Error: There is no number to read."]);
    check("In [1]:", expect!["Error: There is no number to read."]);
    check("[[1, 2], [3]]", expect!["Error: Row 1 has 1 number where row 0 has 2."]);
    check("1 2\n3 4 5", expect!["Error: Row 1 has 3 numbers where row 0 has 2."]);
    check(
        "[[1, 2], 3]",
        expect!["Error: Some brackets hold numbers beside lists of numbers, which makes no rectangle."],
    );
    check("[[], []]", expect!["Error: There is no number to read."]);
    check(
        "[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]",
        expect!["Error: The array has 3 dimensions (2 × 2 × 2); a matrix has 2. Copy one slice of it."],
    );
    check(
        "[[0 1 ... 8 9]\n ...\n [0 1 ... 8 9]]",
        expect!["Error: The text leaves numbers out (“...”). Print the whole array and copy it again."],
    );
    check(
        "tensor([0, 1,  ..., 8, 9])",
        expect!["Error: The text leaves numbers out (“...”). Print the whole array and copy it again."],
    );
    check(&"[".repeat(100_000), expect!["Error: Brackets are nested more than 32 deep."]);
    check(&"1 ".repeat(MAX_BYTES), expect!["Error: There are 2,097,152 bytes; at most 1,048,576 are read."]);
    check(r"\begin{align} x \end{align}", expect!["Error: There is no number to read."]);
}

#[test]
fn what_is_left_out_is_said() {
    check(
        "import numpy as np\nk = np.array([[0, 1], [2, 3]])\nprint(k)",
        expect![[r#"
            0 1
            2 3
            Warning: “import numpy as np” is left out.
            Warning: “print(k)” is left out."#]],
    );
    check(
        "np.array([0, 1, 2, 3]).reshape(2, 2)",
        expect![[r#"
        0 1 2 3
        Warning: “.reshape(2, 2)” is left out."#]],
    );
    check(
        "[[0, 1],\n [2, 3",
        expect![[r#"
        0 1
        2 3
        Warning: Brackets that open and close don't match; all numbers found were taken."#]],
    );
    check(
        " [2, 3]])",
        expect![[r#"
        2 3
        Warning: Brackets that open and close don't match; all numbers found were taken."#]],
    );
    check(
        "| a | b |\n|---|---|\n| 0 | 1 |",
        expect![[r#"
        0 1
        Warning: “a | b” is left out."#]],
    );
    check(
        r"\begin{bmatrix} 0 & 1",
        expect![[r#"
        0 1
        Warning: Brackets that open and close don't match; all numbers found were taken."#]],
    );
}

#[test]
fn a_large_text_is_cropped_and_says_so() {
    let row = vec!["7"; 70].join("\t");
    let (grid, diagnostics) = parse(&vec![row; 66].join("\n"));
    assert_eq!(grid.map(|grid| grid.shape()), Some((MAX_INPUT, MAX_INPUT)));
    assert_eq!(diagnostics, [Diagnostic::Cropped { rows: 66, cols: 70, limit: MAX_INPUT }]);
    assert_eq!(diagnostics[0].to_string(), "There are 66 × 70 numbers; the top left 64 × 64 fit.");
}

#[test]
fn written_formats() {
    let grid = Grid::from_rows(vec![
        vec![Entry::Number(-1.0), Entry::parse("-1/16")],
        vec![Entry::Number(0.1), Entry::parse("a|b\"{")],
    ])
    .expect("two rows of two");
    let all: Vec<String> =
        Format::ALL.iter().map(|format| format!("{}\n{}", format.name(), write(&grid, *format))).collect();
    expect![[r#"
        Spreadsheet (TSV)
        -1	=-1/16
        0.1	"a|b""{"

        NumPy
        np.array([[-1, -1/16],
                  [0.1, np.nan]])

        PyTorch
        torch.tensor([[-1, -1/16],
                      [0.1, float('nan')]], dtype=torch.float32)

        MATLAB
        [-1 -1/16; 0.1 NaN]

        LaTeX
        \begin{bmatrix}
        -1 & -\frac{1}{16} \\
        0.1 & \text{ab}
        \end{bmatrix}

        Markdown
        |  |  |
        |---|---|
        | -1 | -1/16 |
        | 0.1 | a\|b"{ |"#]]
    .assert_eq(&all.join("\n\n"));
}

pub(super) fn entry() -> impl Strategy<Value = Entry> {
    prop_oneof![
        (-20_i32..20).prop_map(|n| Entry::Number(f64::from(n))),
        (-1e9..1e9).prop_map(Entry::Number),
        (-1e-9..1e-9).prop_map(Entry::Number),
        ((-50_i32..50), (1_i32..50))
            .prop_map(|(above, below)| Entry::Fraction { numerator: f64::from(above), denominator: f64::from(below) }),
        ((-50.0..50.0), (0.5..50.0))
            .prop_map(|(above, below): (f64, f64)| Entry::Fraction { numerator: above, denominator: -below }),
    ]
}

fn grid() -> impl Strategy<Value = Grid<Entry>> {
    (1_usize..6, 1_usize..6).prop_flat_map(|(rows, cols)| {
        proptest::collection::vec(proptest::collection::vec(entry(), cols), rows)
            .prop_map(|rows| Grid::from_rows(rows).expect("rows of one length"))
    })
}

const PIECES: &str = r#"[ ] ( ) { } , ; | & \\ \ / * . ... " ' = : - − 1 0 1/16 1,5 1e5 1e999 1e-308 np.array( tensor( ,dtype=float)
\begin{bmatrix} \end{bmatrix} \frac{1}{2} \frac \left[ array |---| True nan # % é =1/2 Out[1]: Fraction( 1e9 1/1e9 ⌊ \cr
cat(3, cat(4, {"data": 'a': "a\"b" null true \quad \qquad [[[ ]]] A(:,:,1)= |---|---|"#;

/// Pieces that formats are made of, so that random texts get past the first character.
pub(super) fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(PIECES.split_whitespace().collect::<Vec<_>>()),
        proptest::sample::select(vec![" ", "\n", "\n\n", "\n\n\n", "\t", "\r", "\u{0}", "[", "]", "1", ", "]),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// What holds for every text.
fn check_any(text: &str) -> Result<(), TestCaseError> {
    check_reading(&Reading::of_text(text))?;
    let (grid, diagnostics) = parse(text);
    let failed = diagnostics.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error).count();
    prop_assert_eq!(failed, usize::from(grid.is_none()), "one error or a grid");
    for diagnostic in &diagnostics {
        prop_assert!(diagnostic.to_string().ends_with(['.', ')']), "a sentence");
    }
    let Some(grid) = grid else { return Ok(()) };
    check_planes(&grid.into(), &diagnostics)
}

/// What holds for every text and every file.
pub(super) fn check_reading(reading: &Reading) -> Result<(), TestCaseError> {
    let Reading { planes, diagnostics, .. } = reading;
    let failed = diagnostics.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error).count();
    prop_assert_eq!(failed, usize::from(planes.is_none()), "one error or planes");
    for diagnostic in diagnostics {
        prop_assert!(diagnostic.to_string().ends_with(['.', ')']), "a sentence");
    }
    planes.as_ref().map_or(Ok(()), |planes| check_planes(planes, diagnostics))
}

fn check_planes(planes: &Planes, diagnostics: &[Diagnostic]) -> Result<(), TestCaseError> {
    let (rows, cols) = planes.size();
    prop_assert!(rows <= MAX_INPUT && cols <= MAX_INPUT);
    prop_assert!(planes.planes().len() <= MAX_PLANES && planes.shape().len() <= MAX_DIMENSIONS);
    prop_assert_eq!(planes.shape().iter().product::<usize>(), planes.cells().count());
    let unreadable = planes.cells().filter(|entry| entry.value().is_none()).count();
    let named = diagnostics.iter().map(|diagnostic| match diagnostic {
        Diagnostic::Unreadable { .. } => 1,
        Diagnostic::MoreUnreadable { count } => *count,
        _ => 0,
    });
    prop_assert_eq!(named.sum::<usize>(), unreadable, "every unreadable cell is counted");
    for entry in planes.cells() {
        prop_assert!(entry.value().is_none_or(|value| value.abs() <= crate::num::MAX_MAGNITUDE));
        let typed = entry.typed();
        prop_assert_eq!(&Entry::parse(&typed), entry, "{} reads the same in a cell", typed);
    }
    Ok(())
}

/// The longest texts of each kind take no more than time in proportion: a quadratic reader would hang here.
#[test]
fn long_texts_are_read_in_linear_time() {
    let pieces = [
        "[",
        "[1",
        "[1,",
        "(1,",
        "1/",
        "1 ",
        "1\n",
        "1,",
        "1;",
        "1\t",
        "\"",
        "\",",
        "|",
        "|\n",
        "\\begin{",
        "\\begin{matrix}",
        "\\end{",
        "&",
        "\\\\",
        "{",
        "\\frac{",
        "a(",
        "a.",
        "=",
        "1=",
        ":",
        " ",
        "\n",
        "\r",
        "#",
        "...",
        "1 ...\n",
        "é",
        "*",
        "1\n\n",
        "1\n1\n\n",
        "|1|\n|-|\n\n",
        "[[[1]]],",
        "\\begin{matrix}1\\end{matrix}",
        "A(:,:,1) =\n1\n",
        "cat(",
        "cat(3,[1]),",
        "{\"a\":",
        "\"a\":[1],",
        "\"\\",
        "'",
    ];
    for piece in pieces {
        for wrap in [
            "{}",
            "[{}]",
            "[1{}",
            "\\begin{matrix}{}\\end{matrix}",
            "{}[1]",
            "[1]{}",
            "tensor([1]{}",
            "1\n{}",
            "cat(3,{}",
            "{\"a\":[{}]}",
            "{\"a\":{}",
        ] {
            let room = MAX_BYTES / 4 - wrap.len();
            let text = wrap.replace("{}", &piece.repeat(room / piece.len()));
            check_any(&text).expect("what holds for every text");
        }
    }
}

proptest! {
    #[test]
    fn what_is_read_as_several_numbers_may_be_a_block(text in prop_oneof![any::<String>(), pieces()]) {
        let (planes, _) = parse_planes(&text);
        let is_block = planes.is_some_and(|planes| {
            let planes = planes.into_planes();
            planes.len() > 1 || planes.iter().any(|plane| plane.shape() != (1, 1))
        });
        prop_assert!(!is_block || may_be_block(&text), "{text:?}");
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in any::<String>()) {
        check_any(&text)?;
    }

    #[test]
    fn any_mixture_of_formats_is_read_without_a_panic(text in pieces()) {
        check_any(&text)?;
    }

    #[test]
    fn what_is_written_reads_the_same(grid in grid()) {
        for format in Format::ALL {
            let text = write(&grid, format);
            let (read, diagnostics) = parse(&text);
            prop_assert_eq!(read.as_ref(), Some(&grid), "{}", text);
            prop_assert_eq!(diagnostics, [], "{}", text);
        }
    }

    #[test]
    fn lists_of_any_kind_read_the_same(grid in grid(), before in 0_usize..3) {
        let rows = |open: &str, comma: &str, close: &str| {
            grid.iter_rows()
                .map(|row| format!("{open}{}{close}", row.iter().map(Entry::typed).collect::<Vec<_>>().join(comma)))
                .collect::<Vec<_>>()
        };
        let texts = [
            format!("{}{}{}", "[".repeat(before + 1), rows("[", ", ", "]").join(", "), "]".repeat(before + 1)),
            format!("[{}]", rows("[", "  ", "]").join("\n ")),
            format!("{{{}}}", rows("{", ",", "}").join(",")),
            format!("tensor([{}], dtype=torch.float64)", rows("[", ", ", "]").join(",\n        ")),
        ];
        for text in texts {
            let (read, diagnostics) = parse(&text);
            prop_assert_eq!(read.as_ref(), Some(&grid), "{}", text);
            prop_assert!(diagnostics.iter().all(|diagnostic| diagnostic.severity() == Severity::Note), "{}", text);
        }
    }
}
