//! A grid as text for other programs.

use crate::num::{Entry, Grid, format};

use super::Planes;

/// What grids are written as. JSON is not among them: it has no fractions, so that 1/9 would not come back.
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

/// Writes a matrix so that the program of that format takes it and [`parse`](super::parse) reads the same entries.
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
    text(&[], std::slice::from_ref(grid), format)
}

/// Writes planes so that the program of that format takes them and [`parse_planes`](super::parse_planes) reads the same
/// entries.
///
/// NumPy, PyTorch and MATLAB keep every shape. The others write one matrix after the other, with a wider gap between
/// filters: they hold no extent of 1 in front, nor filters of one channel each, which are read as channels; and
/// planes of one row are, as [`Format::Tsv`], the rows of a matrix.
///
/// ```
/// # use receptive::{num::Grid, paste::{write_planes, Format, Planes}};
/// let grid = |first: u32| Grid::from_fn(1, 2, |_, j| (f64::from(first) + j as f64).into());
/// let planes = Planes::new(&[2], vec![grid(0), grid(5)]).expect("two of one size");
/// assert_eq!(write_planes(&planes, Format::Matlab), "cat(3, [0 1], [5 6])");
/// assert_eq!(write_planes(&planes, Format::NumPy), "np.array([[[0, 1]],\n          [[5, 6]]])");
/// ```
pub fn write_planes(planes: &Planes, format: Format) -> String {
    text(planes.leading(), planes.planes(), format)
}

/// Writes a matrix as [`Format::PyTorch`] does, in double precision.
pub fn write_doubles(grid: &Grid<Entry>) -> String {
    tensor(&[], std::slice::from_ref(grid), "torch.float64")
}

fn text(leading: &[usize], planes: &[Grid<Entry>], format: Format) -> String {
    let channels = leading.last().copied().unwrap_or(1).max(1);
    // Planes one after the other, with one gap between channels and another between filters.
    let one_by_one = |gap: &str, wide: &str| {
        let mut text = String::new();
        for (index, plane) in planes.iter().enumerate() {
            if index > 0 {
                text.push_str(if leading.len() > 1 && index % channels == 0 { wide } else { gap });
            }
            text.push_str(&matrix(plane, format));
        }
        text
    };
    match format {
        Format::Tsv | Format::Markdown => one_by_one("\n\n", "\n\n\n"),
        Format::Latex => one_by_one("\n\\quad\n", "\n\\qquad\n"),
        Format::Matlab => {
            let all = |planes: &[Grid<Entry>]| planes.iter().map(|plane| matrix(plane, format)).collect::<Vec<_>>();
            let cat = |planes: &[Grid<Entry>]| format!("cat(3, {})", all(planes).join(", "));
            match leading {
                [] => all(planes).concat(),
                [_] => cat(planes),
                _ => format!("cat(4, {})", planes.chunks(channels).map(cat).collect::<Vec<_>>().join(", ")),
            }
        }
        Format::NumPy => format!("{})", lists("np.array(", "np.nan", leading.len() + 2, channels, planes)),
        Format::PyTorch => tensor(leading, planes, "torch.float32"),
    }
}

/// Planes as a tensor of that type: without one, whole numbers would make integers, which no convolution takes.
fn tensor(leading: &[usize], planes: &[Grid<Entry>], dtype: &str) -> String {
    let channels = leading.last().copied().unwrap_or(1).max(1);
    let lists = lists("torch.tensor(", "float('nan')", leading.len() + 2, channels, planes);
    format!("{lists}, dtype={dtype})")
}

/// `before` and nested lists, a row a line, each below the one it belongs beside.
fn lists(before: &str, nan: &str, dimensions: usize, channels: usize, planes: &[Grid<Entry>]) -> String {
    let mut text = format!("{before}{}", "[".repeat(dimensions));
    for (index, plane) in planes.iter().enumerate() {
        for (row, cells) in plane.iter_rows().enumerate() {
            // How many lists end here: a row, with the last one of a plane that, with the last plane a filter.
            let ended = match (row, index) {
                (0, 0) => 0,
                (0, index) if index % channels == 0 => dimensions - 1,
                (0, _) => 2,
                _ => 1,
            };
            if ended > 0 {
                let margin = " ".repeat(before.len() + dimensions - ended);
                text.extend([&*"]".repeat(ended), ",\n", &*margin, &*"[".repeat(ended)]);
            }
            text.push_str(&cells.iter().map(|entry| code(entry, nan)).collect::<Vec<_>>().join(", "));
        }
    }
    text + &"]".repeat(dimensions)
}

/// One matrix in a format that has no brackets around several.
fn matrix(grid: &Grid<Entry>, format: Format) -> String {
    let rows = |cell: fn(&Entry) -> String, between: &str| -> Vec<String> {
        grid.iter_rows().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(between)).collect()
    };
    match format {
        Format::Tsv => rows(quoted, "\t").join("\n"),
        Format::Matlab | Format::NumPy | Format::PyTorch => {
            format!("[{}]", rows(|entry| code(entry, "NaN"), " ").join("; "))
        }
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
