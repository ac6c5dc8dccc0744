//! What people paste, case by case: a text, and the numbers it stands for or the reason why it is refused.

use super::{Diagnostic, Reading, Severity};
use crate::num::Entry;

/// The planes with `; ` between rows and ` | ` between planes, then what is said where it is no note, or the error.
fn told(text: &str) -> String {
    told_of(Reading::of_text(text))
}

fn told_of(Reading { planes, diagnostics, .. }: Reading) -> String {
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
        ("\r\n1\r\n", "“”; 1"),
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

#[test]
fn prints_of_r() {
    right(&[
        ("     [,1] [,2]\n[1,]    1    3\n[2,]    2    4", "1 3; 2 4"),
        ("> m\n     [,1] [,2]\n[1,]    1    3\n[2,]    2    4", "1 3; 2 4"),
        ("     [,1] [,2]\n[1,]    1    3\n[2,]    2    4\n     [,3]\n[1,]    5\n[2,]    6", "1 3 5; 2 4 6"),
        (", , 1\n\n     [,1] [,2]\n[1,]    1    3\n\n, , 2\n\n     [,1] [,2]\n[1,]    5    7\n", "1 3 | 5 7"),
        ("[1] 1 2 3 4", "1 2 3 4"),
        (" [1]  1  2  3\n [4]  4  5", "1 2 3 4 5"),
        ("matrix(c(1,2,3,4), nrow=2)", "1 3; 2 4"),
        ("m <- matrix(c(1, 2, 3, 4, 5, 6), nrow = 2, byrow = TRUE)", "1 2 3; 4 5 6"),
        ("matrix(1:6, 2, 3)", "1 3 5; 2 4 6"),
        ("matrix(0, nrow=2, ncol=3)", "0 0 0; 0 0 0"),
        ("c(1, -2, 0.5)", "1 -2 0.5"),
        ("rbind(c(1, 2), c(3, 4))", "1 2; 3 4"),
        ("cbind(c(1, 2), c(3, 4))", "1 3; 2 4"),
        ("  a b\nx 1 3\ny 2 4", "1 3; 2 4"),
        ("  [,1] [,2]\na    1    3\nb    2    4", "1 3; 2 4"),
        ("     a b\n[1,] 1 3\n[2,] 2 4", "1 3; 2 4"),
    ]);
    said("  [,1] [,2]\na    1    3\nb    2    4", "left out");
    refused(&[
        ("[1] 1 2 3\n[5] 5 6", "numbers"),
        ("     [,1] [,2]\n[1,]    1    3\n[3,]    2    4", "numbers"),
        ("matrix(c(1,2,3), nrow=2)", "numbers"),
        ("matrix(rnorm(4), nrow=2)", "R"),
        ("matrix(0, nrow=1e9, ncol=1e9)", "R"),
        ("array(1:8, dim=c(2,2,2))", "R"),
        ("structure(c(1, 2, 3, 4), dim = c(2L, 2L))", "R"),
        ("    [,1] [,2]\nmy x    1    3\nb       2    4", "numbers"),
    ]);
}

#[test]
fn prints_of_julia_octave_and_mathematica() {
    right(&[
        ("2×2 Matrix{Int64}:\n 1  2\n 3  4", "1 2; 3 4"),
        ("julia> A\n2×2 Matrix{Float32}:\n 1.0  2.5f-3\n 3.0  4.0", "1 0.0025; 3 4"),
        ("3-element Vector{Float64}:\n 1.0\n 2.0\n 3.0", "1; 2; 3"),
        ("2×2 Matrix{Rational{Int64}}:\n 1//2  1\n 0     3//4", "0.5 1; 0 0.75"),
        ("2×2 Diagonal{Int64, Vector{Int64}}:\n 1  ⋅\n ⋅  2", "1 0; 0 2"),
        ("1×2×2 Array{Int64, 3}:\n[:, :, 1] =\n 1  2\n\n[:, :, 2] =\n 3  4", "1 2 | 3 4"),
        ("[1//2 1f0; 2f-1 3]", "0.5 1; 0.2 3"),
        (
            "A =\n\n Columns 1 through 3:\n\n   1   2   3\n   5   6   7\n\n Column 4:\n\n   4\n   8\n",
            "1 2 3 4; 5 6 7 8",
        ),
        ("  Columns 1 through 2\n\n   1   2\n\n  Columns 3 and 4\n\n   3   4\n", "1 2 3 4"),
        ("A =\n\n   1.0e+03 *\n\n  Columns 1 through 2\n\n   1   2\n\n  Column 3\n\n   3\n", "1000 2000 3000"),
        ("ans =\n\nDiagonal Matrix\n\n   1   0\n   0   2\n\n", "1 0; 0 2"),
        ("A =\n\nans(:,:,1) =\n\n   1   2\n\nans(:,:,2) =\n\n   3   4\n\n", "1 2 | 3 4"),
        ("Out[3]= {{1, 2}, {3, 4}}", "1 2; 3 4"),
        ("In[2]:= {{1, 2.5*^-3}, {3, 4}}", "1 0.0025; 3 4"),
    ]);
    refused(&[
        ("100×2 Matrix{Int64}:\n 1  2\n ⋮\n 3  4", "leaves numbers out"),
        ("3×2 Matrix{Int64}:\n 1  2\n 3  4", "says 3 × 2"),
        ("A =\n\n Columns 1 through 3:\n\n   1   2\n", "numbers"),
        (" Columns 4 through 5:\n\n   1   2\n", "numbers"),
    ]);
}

#[test]
fn sparse_prints_are_refused_by_name() {
    let sparse = "sparse";
    refused(&[
        (
            "tensor(indices=tensor([[0, 1],\n                       [0, 1]]),\n       values=tensor([1., 2.]),\n       size=(2, 2), nnz=2, layout=torch.sparse_coo)",
            sparse,
        ),
        (
            "tensor(crow_indices=tensor([0, 1, 2]),\n       col_indices=tensor([0, 1]),\n       values=tensor([1., 2.]), size=(2, 2), nnz=2,\n       layout=torch.sparse_csr)",
            sparse,
        ),
        ("  (0, 0)\t1\n  (1, 1)\t2", sparse),
        (
            "<Compressed Sparse Row sparse matrix of dtype 'int64'\n\twith 2 stored elements and shape (2, 2)>\n  Coords\tValues\n  (0, 0)\t1\n  (1, 1)\t2",
            sparse,
        ),
        ("A =\n\n   (1,1)        1\n   (2,2)        2\n", sparse),
        (
            "A =\n\nCompressed Column Sparse (rows = 2, cols = 2, nnz = 2 [50%])\n\n  (1, 1) -> 1\n  (2, 2) -> 2\n",
            sparse,
        ),
    ]);
}

#[test]
fn prints_of_pandas() {
    right(&[
        ("   a  b\n0  1  2\n1  3  4", "1 2; 3 4"),
        ("   0  1\n0  5  6\n1  7  8", "5 6; 7 8"),
        ("     a    b\nx  1.0  2.5\ny  3.0  4.0", "1 2.5; 3 4"),
        ("      a  b\n2020  1  2\n2022  3  4", "1 2; 3 4"),
        ("   a  b\n0  1  2\n1  3  4\n\n[2 rows x 2 columns]", "1 2; 3 4"),
        ("0    1.0\n1    2.0\n2    3.5\ndtype: float64", "1; 2; 3.5"),
        ("0    1\n1    2\nName: a, dtype: int64", "1; 2"),
    ]);
    said("   a  b\n0  1  2\n1  3  4", "left out");
    refused(&[
        ("    a  b\n0   1  2\n..  .. ..\n9   3  4", "leaves numbers out"),
        ("   a  b  \\\n0  1  2   \n1  3  4   \n\n   c  \n0  5  \n1  6  ", "to_string"),
        // A title of two words above rows of three numbers is no table with names.
        ("my kernel\n1 2 3\n2 4 6", "Row 1 has 3"),
    ]);
}

#[test]
fn initialisers_of_programs() {
    right(&[
        ("float k[2][2] = {{1.0f, 2.0f}, {3.0f, 4.0f}};", "1 2; 3 4"),
        ("static const float k[2][2] = {\n  {1, 2}, // top\n  {3, 4}  // bottom\n};", "1 2; 3 4"),
        ("int k[] = {1, 2, 3};", "1 2 3"),
        ("double[][] k = {{1.5, 2}, {3, 4}};", "1.5 2; 3 4"),
        ("double[][] k = new double[][]{{1.5, 2d}, {3L, 4}};", "1.5 2; 3 4"),
        ("float[][] k = new float[2][2] {{1, 2}, {3, 4}};", "1 2; 3 4"),
        ("std::vector<std::vector<float>> k = {{1.f, 2.f}, {3.f, 4.f}};", "1 2; 3 4"),
        ("float k[2][2] = {{1, 2}, /* and */ {3, 4}};", "1 2; 3 4"),
        ("vec![vec![1.0, 2.0], vec![3.0, 4.0]]", "1 2; 3 4"),
        ("let k = vec![vec![1.0_f32, 2.0], vec![3.0, 4f32]];", "1 2; 3 4"),
        ("let k: [[f32; 2]; 2] = [[1.0, 2.0], [3.0, 4.0]];", "1 2; 3 4"),
        ("const K: [[i32; 2]; 2] = [[1_i32, 2], [3, 4i32]];", "1 2; 3 4"),
        ("array![[1., 2.], [3., 4.]]", "1 2; 3 4"),
        ("k[0] = [[1, 2], [3, 4]]", "1 2; 3 4"),
        ("float k[1][2][2] = {{{1, 2}, {3, 4}}};", "1 2; 3 4"),
    ]);
    refused(&[
        ("float k[2][2] = {1, 2, 3, 4};", "says 2 × 2"),
        ("float k[3][3] = {{1}, {2}};", "says 3 × 3"),
        ("let k = vec![0.0; 9];", "repeat"),
        ("let k: [[f32; 3]; 3] = [[0.0; 3]; 3];", "repeat"),
    ]);
}

#[test]
fn other_tables() {
    right(&[
        ("⎡1  2⎤\n⎢    ⎥\n⎣3  4⎦", "1 2; 3 4"),
        ("⎡1/2  -2⎤\n⎢       ⎥\n⎣ 3   4 ⎦", "0.5 -2; 3 4"),
        ("mat(1, 2; 3, 4)", "1 2; 3 4"),
        ("$ mat(delim: \"[\", 1, 2; 3, 4) $", "1 2; 3 4"),
        ("$vec(1, 2, 3)$", "1; 2; 3"),
        (" a | b \n---+---\n 1 | 2\n 3 | 4\n(2 rows)\n", "1 2; 3 4"),
        ("a | b\n--- | ---\n1 | 2\n3 | 4", "1 2; 3 4"),
        ("+---+---+\n| a | b |\n+---+---+\n| 1 | 2 |\n| 3 | 4 |\n+---+---+", "1 2; 3 4"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>&minus;4</td></tr></table>", "1 2; 3 -4"),
        (
            "<meta charset='utf-8'><style>td{a:b}</style><TABLE border=1><tr><th>1<th>2<tr><td>1&nbsp;234<td> 5 <br></table>",
            "1 2; 1234 5",
        ),
        ("<table><tr><td colspan=2>1</td></tr><tr><td>3</td><td>4</td></tr></table>", "1 “”; 3 4"),
        ("<table><tr><td></td></tr><tr><td>3</td></tr></table>", "“”; 3"),
        ("<table><tr><td>1<sup>2</sup></td><td>2</td></tr></table>", "“1^2” 2"),
    ]);
    refused(&[("<table><tr><td><table><tr><td>1</td></tr></table></td></tr></table>", "no number")]);
}

#[test]
fn a_table_of_a_web_page_stands_in_for_a_text_without_one() {
    let html = "<html><body><table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table></body></html>";
    let code = "<table><tr><td>1</td><td>[[1, 2],</td></tr><tr><td>2</td><td> [3, 4]]</td></tr></table>";
    for (plain, html, read) in [
        ("1\n2\n3\n4", html, "1 2; 3 4"),
        ("1\t2\n3\t9", html, "1 2; 3 9"),
        ("1,2\n3,9", html, "1 2; 3 9"),
        ("[[1, 2],\n [3, 9]]", code, "1 2; 3 9"),
        ("5", "", "5"),
        ("5", "<b>5</b>", "5"),
        ("words", html, "1 2; 3 4"),
        ("1\n2", "<table><tr><td>words</td></tr></table>", "1; 2"),
    ] {
        let pasted = super::Pasted { text: plain.to_owned(), html: html.to_owned(), typed: String::new() };
        assert_eq!(told_of(pasted.reading()), read, "{plain:?} {html}");
    }
}

#[test]
fn an_empty_cell_between_other_spellings() {
    right(&[
        ("1 1/2\r\n\r\n2 1/4\r\n", "1.5; “”; 2.25"),
        ("1 1/2\r\n\r\n2\r\n", "1.5; “”; 2"),
        ("3\r\n\r\n1 1/2\r\n", "3; “”; 1.5"),
        ("1 1/2\r\n\r\n\r\n4\r\n", "1.5; “”; “”; 4"),
        ("1\u{a0}234,5\r\n\r\n2,5\r\n", "1234.5; “”; 2.5"),
        ("1\u{202f}234,5\r\n\r\n5\u{202f}678,25", "1234.5; “”; 5678.25"),
        (" 1/2 \r\n1 1/2\r\n", "0.5; 1.5"),
        ("1/2\r\n\r\n1 1/2\r\n", "0.5; “”; 1.5"),
    ]);
}

#[test]
fn a_book_keepers_minus_in_a_column() {
    right(&[
        ("-12\r\n(7)\r\n", "-12; “(7)”"),
        ("5\r\n(3.5)\r\n", "5; “(3.5)”"),
        ("12\n(7)\n", "12; “(7)”"),
        ("(7) 5\n2 3\n", "“(7)” 5; 2 3"),
        ("5\n(-7)\n", "5; -7"),
        ("(1, 234)", "1 234"),
    ]);
    refused(&[("(5)\r\n(3)\r\n", "no number"), ("(1,234)\r\n", "no number"), ("(12)\r\n(1,234)\r\n", "Row 1")]);
}

#[test]
fn labels_that_count_are_no_numbers() {
    right(&[
        ("|    |   a |   b |\n|---:|----:|----:|\n|  0 |   1 |   2 |\n|  1 |   3 |   4 |", "1 2; 3 4"),
        ("|    |   a |   b |\n|---:|----:|----:|\n|  5 |   1 |   2 |\n|  7 |   3 |   4 |", "5 1 2; 7 3 4"),
        ("| x | a |\n|---|---|\n| 0 | 1 |\n| 1 | 3 |", "0 1; 1 3"),
    ]);
    said("|    | a |\n|---|---|\n| 0 | 1 |", "left out");
}

#[test]
fn places_and_extents_are_no_numbers() {
    right(&[
        ("torch.Size([2, 2])\ntensor([[1., 2.],\n        [3., 4.]])", "1 2; 3 4"),
        ("torch.Size([1, 1, 1, 2])\ntensor([[[[1., 2.]]]])", "1 2"),
        ("tensor([[1., 2.],\n        [3., 4.]])\ntorch.Size([2, 2])", "1 2; 3 4"),
        ("In [3]: a\nOut[3]: \narray([[1, 2],\n       [3, 4]])", "1 2; 3 4"),
        ("In [1]: import numpy as np\n\nIn [2]: a[0]\nOut[2]: array([1, 2])\n\nIn [3]: ", "1 2"),
        ("In [1]: np.array([[1, 2], [3, 4]])", "1 2; 3 4"),
        ("Out[2]//MatrixForm= {{1,2},{3,4}}", "1 2; 3 4"),
        ("Out[2]//InputForm={{1, 2}, {3, 4}}", "1 2; 3 4"),
        ("Out[3]= {{1., 2.}, {3., 4.}}\n\nOut[4]= {5, 6}", "1 2; 3 4"),
        ("In[3]:= a\n\nOut[3]= {{1, 2}, {3, 4}}", "1 2; 3 4"),
        ("k[0]: [[1, 2], [3, 4]]", "1 2; 3 4"),
        ("a[0][1] = np.array([5, 6])", "5 6"),
        ("print(a[0])\n[1 2 3]", "1 2 3"),
        ("float k[] = {0.5f, 1.0f};\nint n[2] = {1, 2};", "0.5 1"),
        ("Int64[1, 2, 3]", "1 2 3"),
        ("Float64[5]", "5"),
        ("[5]", "5"),
        ("a = [5]", "5"),
    ]);
    let places = "hold no array";
    refused(&[
        ("int[][] k = new int[2][2];", places),
        ("int k[3][3];", places),
        ("k[1] = 5;", places),
        ("weights[3]=\n1 2\n3 4", places),
        ("k[0][0] = 1; k[0][1] = 2;", places),
    ]);
    said("Out[3]= {{1., 2.}, {3., 4.}}\n\nOut[4]= {5, 6}", "left out");
}

#[test]
fn more_prints_of_r() {
    right(&[
        ("$a\n     [,1] [,2]\n[1,]    1    3\n[2,]    2    4\n", "1 3; 2 4"),
        ("[[1]]\n     [,1] [,2]\n[1,]    1    3\n[2,]    2    4\n", "1 3; 2 4"),
        ("[[1]]\n[1] 5 6\n\n[[2]]\n[1] 7 8\n", "5 6"),
        ("2 x 2 Matrix of class \"dgeMatrix\"\n     [,1] [,2]\n[1,]    1    3\n[2,]    2    4", "1 3; 2 4"),
    ]);
    said("[[1]]\n[1] 5 6\n\n[[2]]\n[1] 7 8\n", "left out");
    refused(&[
        ("2 x 2 sparse Matrix of class \"dgCMatrix\"\n        \n[1,] 1 .\n[2,] . 4", "sparse"),
        ("2 x 2 diagonal matrix of class \"ddiMatrix\"\n     [,1] [,2]\n[1,]    1    .\n[2,]    .    4", "sparse"),
    ]);
}
