//! A grid as text for other programs.

use crate::num::{Entry, Grid, format};

/// What a grid is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Tabs and lines, for spreadsheets.
    Tsv,
    /// `np.array([[…]])`.
    NumPy,
    /// `torch.tensor([[…]])`.
    PyTorch,
    /// `[…; …]`.
    Matlab,
    /// A `bmatrix`.
    Latex,
    /// A table with an empty head.
    Markdown,
}

impl Format {
    /// Every format, in the order of the menu.
    pub const ALL: [Self; 6] = [Self::Tsv, Self::NumPy, Self::PyTorch, Self::Matlab, Self::Latex, Self::Markdown];

    /// Its name on screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tsv => "Spreadsheet (TSV)",
            Self::NumPy => "NumPy",
            Self::PyTorch => "PyTorch",
            Self::Matlab => "MATLAB",
            Self::Latex => "LaTeX",
            Self::Markdown => "Markdown",
        }
    }
}

/// Writes `grid` so that the program of that format takes it and [`parse`](super::parse) reads the same entries.
///
/// Numbers are written in full, fractions stay fractions. Cells that are no numbers are written as they are where the
/// format holds text, and as the program's NaN where it does not.
///
/// ```
/// # use receptive::{num::Grid, paste::{write, Format}};
/// let grid = Grid::from_fn(2, 2, |i, j| ((i * 2 + j) as f64).into());
/// assert_eq!(write(&grid, Format::Tsv), "0\t1\n2\t3");
/// assert_eq!(write(&grid, Format::NumPy), "np.array([[0, 1],\n          [2, 3]])");
/// ```
pub fn write(grid: &Grid<Entry>, format: Format) -> String {
    let rows = |cell: fn(&Entry) -> String, between: &str| -> Vec<String> {
        grid.iter_rows().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(between)).collect()
    };
    match format {
        Format::Tsv => rows(quoted, "\t").join("\n"),
        Format::NumPy => {
            let rows = rows(|entry| code(entry, "np.nan"), ", ");
            format!("np.array([[{}]])", rows.join("],\n          ["))
        }
        Format::PyTorch => {
            let rows = rows(|entry| code(entry, "float('nan')"), ", ");
            // Without the type, whole numbers would make an integer tensor, which no convolution takes.
            format!("torch.tensor([[{}]], dtype=torch.float32)", rows.join("],\n              ["))
        }
        Format::Matlab => format!("[{}]", rows(|entry| code(entry, "NaN"), " ").join("; ")),
        Format::Latex => {
            let rows = rows(latex, " & ").join(" \\\\\n");
            format!("\\begin{{bmatrix}}\n{rows}\n\\end{{bmatrix}}")
        }
        Format::Markdown => {
            let (head, rule) = ("|  ".repeat(grid.cols()), "|---".repeat(grid.cols()));
            let rows = rows(markdown, " | ").join(" |\n| ");
            format!("{head}|\n{rule}|\n| {rows} |")
        }
    }
}

fn code(entry: &Entry, nan: &str) -> String {
    if let Entry::Unreadable(_) = entry { nan.to_owned() } else { entry.typed() }
}

/// A spreadsheet's cell: in quotes where it holds a tab, a new line or a quote.
fn quoted(entry: &Entry) -> String {
    // A spreadsheet takes 1/16 for the 16th of January; the formula =1/16 is the number.
    if let Entry::Fraction { .. } = entry {
        return format!("={}", entry.typed());
    }
    let text = entry.typed();
    if text.contains(['\t', '\n', '\r', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

fn latex(entry: &Entry) -> String {
    match entry {
        Entry::Number(_) => entry.typed(),
        Entry::Fraction { numerator, denominator } => {
            let (sign, numerator) = if *numerator < 0.0 { ("-", -numerator) } else { ("", *numerator) };
            format!(r"{sign}\frac{{{}}}{{{}}}", format::ascii(numerator), format::ascii(*denominator))
        }
        Entry::Unreadable(text) => {
            // A brace or backslash of the text would be a command; what is left is enough to find the cell again.
            let text: String =
                text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '-')).collect();
            format!(r"\text{{{text}}}")
        }
    }
}

fn markdown(entry: &Entry) -> String {
    entry.typed().replace('|', r"\|").replace(['\n', '\r'], " ")
}
