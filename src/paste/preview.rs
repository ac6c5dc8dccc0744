//! What to show of a reading before it is taken.

use crate::num::{Entry, Grid, format};

use super::diagnostic::Severity;
use super::{Limits, Planes, Reading};

#[cfg(test)]
mod tests;

/// The most rows and columns of the table.
const MAX_SHOWN: usize = 8;

/// What a text or file was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Notation {
    /// NumPy, as code or as printed.
    NumPy,
    /// The file of `np.save`.
    NumPyFile,
    /// PyTorch, as code or as printed.
    PyTorch,
    /// MATLAB, as code or as printed.
    Matlab,
    /// Matrices of LaTeX.
    Latex,
    /// Nested lists as JSON and Python write them, or an object around them.
    Json,
    /// A table of Markdown.
    Markdown,
    /// Cells between tabs.
    Spreadsheet,
    /// Columns between commas or semicolons.
    Csv,
    /// R, as code or as printed.
    R,
    /// Julia, as printed.
    Julia,
    /// A table or Series of pandas, or one of R.
    Pandas,
    /// `SymPy`'s pretty print.
    SymPy,
    /// A matrix of Typst.
    Typst,
    /// The table of a web page.
    WebPage,
    /// Numbers in any other order.
    #[default]
    Numbers,
}

impl Notation {
    /// Its name on screen, as in "read as NumPy".
    pub fn name(self) -> &'static str {
        match self {
            Self::NumPy => "NumPy",
            Self::NumPyFile => "NumPy file",
            Self::PyTorch => "PyTorch",
            Self::Matlab => "MATLAB",
            Self::Latex => "LaTeX",
            Self::Json => "JSON",
            Self::Markdown => "Markdown",
            Self::Spreadsheet => "spreadsheet",
            Self::Csv => "CSV",
            Self::R => "R",
            Self::Julia => "Julia",
            Self::Pandas => "pandas",
            Self::SymPy => "SymPy",
            Self::Typst => "Typst",
            Self::WebPage => "web page",
            Self::Numbers => "numbers",
        }
    }
}

/// What a target would make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// There is nothing to take.
    Nothing,
    /// All of it goes in.
    Fits,
    /// The rest of each grid is cut off.
    Cropped {
        /// Rows and columns of each grid.
        from: (usize, usize),
        /// What goes in of them.
        to: (usize, usize),
    },
    /// It has more channels than the target.
    TooManyChannels {
        /// How many.
        channels: usize,
        /// The most.
        limit: usize,
        /// Whether the last dimension rather looks like the channels: rows × columns × channels.
        come_last: bool,
    },
    /// It has more filters than the target.
    TooManyFilters {
        /// How many.
        filters: usize,
        /// The most.
        limit: usize,
    },
}

impl Fit {
    fn new(planes: &Planes, limits: &Limits) -> Self {
        let (channels, filters, from) = (planes.channels(), planes.filters(), planes.size());
        let to = (from.0.min(limits.rows), from.1.min(limits.cols));
        if filters > limits.filters {
            Self::TooManyFilters { filters, limit: limits.filters }
        } else if channels > limits.channels {
            let come_last = filters == 1 && channels > 4 && from.1 <= 4;
            Self::TooManyChannels { channels, limit: limits.channels, come_last }
        } else if to == from {
            Self::Fits
        } else {
            Self::Cropped { from, to }
        }
    }

    /// Whether it can be put in.
    pub fn goes(self) -> bool {
        matches!(self, Self::Fits | Self::Cropped { .. })
    }

    /// What happens at the target of that name, or why nothing can; `None` if all goes in.
    pub fn sentence(self, target: &str) -> Option<String> {
        const PART: &str = "Copy a part of it.";
        const LAST: &str = "If its channels come last, put them first: a.transpose(2, 0, 1).";
        let many = |noun: &str, count: usize, limit: usize, remedy: &str| {
            let s = if limit == 1 { "" } else { "s" };
            format!("{target} takes {limit} {noun}{s} and this has {count}. {remedy}")
        };
        match self {
            Self::Nothing => Some("There is nothing to put in yet.".to_owned()),
            Self::Fits => None,
            Self::Cropped { from, to } => {
                let (from, to) = (format::shape(&[from.0, from.1]), format::shape(&[to.0, to.1]));
                Some(format!("Of {from} the top left {to} go in: {target} takes no more."))
            }
            Self::TooManyChannels { channels, limit, come_last } => {
                Some(many("channel", channels, limit, if come_last { LAST } else { PART }))
            }
            Self::TooManyFilters { filters, limit } => Some(many("filter", filters, limit, PART)),
        }
    }
}

/// What to show of a reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// Format, shape, count and range: `NumPy, 3 × 5 × 5: 75 numbers from −1 to 4`. `None` if nothing was read.
    pub summary: Option<String>,
    /// What the table is of: `Top left of plane 0 of 3`.
    pub caption: String,
    /// The first rows of the first grid as texts, with an ellipsis where it goes on. Empty if nothing was read.
    pub table: Vec<Vec<String>>,
    /// What the diagnostics say, each with its weight.
    pub notes: Vec<(Severity, String)>,
    /// What the target would make of it.
    pub fit: Fit,
}

impl Preview {
    /// What to show of `reading` beside a target of these limits.
    ///
    /// ```
    /// # use receptive::paste::{Fit, Limits, Preview, Reading};
    /// let limits = Limits { filters: 1, channels: 1, rows: 2, cols: 2 };
    /// let preview = Preview::new(&Reading::of_text("np.array([[0, 1, 2], [3, 4, -5]])"), &limits);
    /// assert_eq!(preview.summary.as_deref(), Some("NumPy, 2 × 3: 6 numbers from −5 to 4"));
    /// assert_eq!(preview.fit, Fit::Cropped { from: (2, 3), to: (2, 2) });
    /// ```
    pub fn new(reading: &Reading, limits: &Limits) -> Self {
        let planes = reading.planes.as_ref();
        Self {
            summary: planes.map(|planes| summary(reading.notation.name(), planes)),
            caption: planes.map(caption).unwrap_or_default(),
            table: planes.and_then(|planes| planes.planes().first()).map(table).unwrap_or_default(),
            notes: reading.diagnostics.iter().map(|said| (said.severity(), said.to_string())).collect(),
            fit: planes.map_or(Fit::Nothing, |planes| Fit::new(planes, limits)),
        }
    }
}

fn summary(name: &str, planes: &Planes) -> String {
    let values = planes.cells().filter_map(Entry::value);
    let (mut count, mut least, mut most) = (0_u64, f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        (count, least, most) = (count + 1, least.min(value), most.max(value));
    }
    let (shape, numbers) = (format::shape(planes.shape()), if count == 1 { "number" } else { "numbers" });
    let range = if least < most {
        format!("from {} to {}", format::shown(least), format::shown(most))
    } else if count == 1 {
        format::shown(least)
    } else {
        format!("all {}", format::shown(least))
    };
    let comma = if least < most { "" } else { "," };
    format!("{name}, {shape}: {} {numbers}{comma} {range}", format::count(count))
}

fn caption(planes: &Planes) -> String {
    let (count, (rows, cols)) = (planes.planes().len(), planes.size());
    let is_cut = rows > MAX_SHOWN || cols > MAX_SHOWN;
    match (is_cut, count) {
        (false, 1) => "All of it".to_owned(),
        (true, 1) => "Top left of it".to_owned(),
        (false, count) => format!("Plane 0 of {count}"),
        (true, count) => format!("Top left of plane 0 of {count}"),
    }
}

fn table(grid: &Grid<Entry>) -> Vec<Vec<String>> {
    let (rows, cols) = (grid.rows().min(MAX_SHOWN), grid.cols().min(MAX_SHOWN));
    let mut table: Vec<Vec<String>> = grid
        .iter_rows()
        .take(rows)
        .map(|row| {
            let more = (row.len() > cols).then(|| "…".to_owned());
            row.iter().take(cols).map(Entry::shown).chain(more).collect()
        })
        .collect();
    if grid.rows() > rows {
        table.push(vec!["…".to_owned(); table.first().map_or(0, Vec::len)]);
    }
    table
}
