//! The formats that are read, each by an example: what the dialog offers, what the tests read, and what `docs/paste.md` says.

#[cfg(test)]
mod tests;

/// Names and examples, each of which is read as 1 2 above 3 4. What stands before a colon is who writes it, in rows that
/// follow one another.
pub const FORMATS: [(&str, &str); 29] = [
    ("Spreadsheet", "1\t2\r\n3\t4\r\n"),
    ("Spreadsheet: per cent, money", "100%\t$2.00\r\n3\t4.00 €\r\n"),
    ("CSV", "1,2\n3,4"),
    ("CSV: decimal commas", "1,0;2,0\n3,0;4,0"),
    ("Plain text", "1 2\n3 4"),
    ("NumPy", "np.array([[1, 2], [3, 4]])"),
    ("NumPy: printed", "[[1. 2.]\n [3. 4.]]"),
    ("NumPy: a factor in front", "1/2 * [[2, 4], [6, 8]]"),
    ("PyTorch", "tensor([[1., 2.],\n        [3., 4.]])"),
    ("pandas", "   a  b\n0  1  2\n1  3  4"),
    ("SymPy", "⎡1  2⎤\n⎢    ⎥\n⎣3  4⎦"),
    ("JSON, Python", "{\"kernel\": [[1, 2], [3, 4]]}"),
    ("MATLAB", "A = [1 2; ... first\n     3 4];"),
    ("MATLAB: printed", "A =\n\n   1   2\n   3   4\n"),
    ("Octave", "A =\n\n Column 1:\n\n   1\n   3\n\n Column 2:\n\n   2\n   4\n"),
    ("Julia", "2×2 Matrix{Float64}:\n 1.0  2.0\n 3.0  4.0"),
    ("Julia: code", "[1//1 2f0; 3 4]"),
    ("R", "     [,1] [,2]\n[1,]    1    2\n[2,]    3    4"),
    ("R: code", "matrix(c(1, 3, 2, 4), nrow = 2)"),
    ("Mathematica", "Out[1]= {{1, 2}, {3, 4}}"),
    ("C, C++", "float k[2][2] = {{1.0f, 2.0f}, {3.0f, 4.0f}};"),
    ("Java", "double[][] k = new double[][] {{1, 2}, {3, 4}};"),
    ("Rust", "vec![vec![1.0, 2.0], vec![3.0, 4.0]]"),
    ("LaTeX", "\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}"),
    ("Typst", "$mat(1, 2; 3, 4)$"),
    ("Markdown", "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |"),
    ("Markdown: no outer bars", "a | b\n--- | ---\n1 | 2\n3 | 4"),
    ("psql", " a | b\n---+---\n 1 | 2\n 3 | 4\n(2 rows)"),
    ("Web page", "<table><tr><td>1<td>2<tr><td>3<td>4</table>"),
];

/// Who writes what is read, each once: `Spreadsheet, CSV, Plain text, NumPy, …`.
pub fn writers() -> String {
    let mut names: Vec<&str> = FORMATS.iter().map(|(name, _)| name.split(": ").next().unwrap_or(name)).collect();
    names.dedup();
    names.join(", ")
}
