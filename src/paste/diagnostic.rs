//! What reading a text found, as data with a sentence.

use std::fmt;

use crate::num::{Entry, decimal, format, shortened};

/// How much a [`Diagnostic`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// All was read; this says how.
    Note,
    /// There is a grid, but something of the text is not in it as a number.
    Warning,
    /// There is no grid.
    Error,
}

/// Something to tell about a text. [`fmt::Display`] gives the sentence; rows and columns count from 0.
#[derive(Debug, Clone, PartialEq)]
pub enum Diagnostic {
    /// The text or file is longer than what is read.
    TooLong {
        /// Its length.
        bytes: usize,
        /// The longest.
        limit: usize,
    },
    /// There is no number.
    Empty,
    /// A row has another length than the first.
    Ragged {
        /// The plane it is in, where there are several.
        plane: Option<usize>,
        /// The row.
        row: usize,
        /// Its length.
        len: usize,
        /// The length of row 0.
        expected: usize,
    },
    /// Numbers stand beside lists.
    Uneven,
    /// A plane has another size than the first.
    UnevenPlanes {
        /// The plane.
        plane: usize,
        /// Its rows and columns.
        size: (usize, usize),
        /// Those of plane 0.
        expected: (usize, usize),
    },
    /// A group of planes, such as a filter, holds another number of them than the first.
    UnevenGroups {
        /// The group.
        group: usize,
        /// Its planes.
        len: usize,
        /// Those of group 0.
        expected: usize,
    },
    /// There are more planes than are read.
    TooManyPlanes {
        /// How many.
        planes: usize,
        /// The most.
        limit: usize,
    },
    /// An object holds several arrays.
    SeveralArrays {
        /// How many.
        count: usize,
        /// Their names, shortened.
        names: String,
    },
    /// MATLAB's `cat` along a dimension that it is not read for.
    Cat,
    /// A file that could not be opened, such as a folder.
    Unopened,
    /// A file that is neither text nor an array.
    Binary(FileKind),
    /// A `.npy` file that holds no array of numbers.
    Npy(NpyFault),
    /// Brackets are nested deeper than any array's.
    TooDeep {
        /// The deepest.
        limit: usize,
    },
    /// An array with more dimensions than are taken, those of 1 not counted.
    Dimensions {
        /// Its shape.
        shape: Vec<usize>,
        /// The most dimensions.
        limit: usize,
    },
    /// A number that two spellings read as two values.
    Ambiguous {
        /// What it is, shortened.
        text: String,
        /// The two values.
        readings: [String; 2],
    },
    /// The text says another shape than its numbers have.
    Extents {
        /// What the text says.
        said: Vec<usize>,
        /// The shape of the numbers.
        found: Vec<usize>,
    },
    /// What a program prints or takes, and what is not read.
    Unsupported(&'static str),
    /// An ellipsis stands where the program that printed the array left numbers out.
    Elided,
    /// There are more rows or columns than the grid takes; its top left part is there.
    Cropped {
        /// Rows in the text.
        rows: usize,
        /// Columns in the text.
        cols: usize,
        /// The most of each.
        limit: usize,
    },
    /// A cell that is no number.
    Unreadable {
        /// The plane it is in, where there are several.
        plane: Option<usize>,
        /// Its row.
        row: usize,
        /// Its column.
        col: usize,
        /// What it holds, shortened; nothing for an empty cell.
        text: String,
    },
    /// Unreadable cells past those that are named.
    MoreUnreadable {
        /// How many.
        count: usize,
    },
    /// Of several matrices that have not one size the first was taken.
    FirstMatrix {
        /// How many there are.
        count: usize,
    },
    /// Text around the numbers that was not understood.
    Ignored {
        /// The text, shortened.
        text: String,
    },
    /// Brackets that are opened and not closed, or closed and not opened.
    Unbalanced,
    /// Dimensions of extent 1 were left out.
    Squeezed {
        /// The shape before.
        shape: Vec<usize>,
    },
    /// A factor beside the array was multiplied into every cell.
    Multiplied {
        /// The plane it is for, where others have another factor or none.
        plane: Option<usize>,
        /// The factor.
        factor: Entry,
    },
    /// The text could be read in two ways.
    Assumed(Assumption),
}

/// Which of two ways a text was read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assumption {
    /// `1,5` is one and a half.
    DecimalCommas,
    /// `1,234.5` is more than a thousand.
    ThousandsCommas,
    /// `1,5` is a 1 and a 5.
    CommasSeparateColumns,
    /// `1;2` is a 1 above a 2.
    SemicolonsEndRows,
    /// A new line within one pair of brackets begins a new row.
    LinesEndRows,
    /// `True` is 1, `False` is 0.
    TrueIsOne,
    /// `1.234,5` is more than a thousand.
    PointsAndCommas,
    /// `1.234.567` is more than a million.
    ThousandsPoints,
    /// `1 234` is more than a thousand.
    ThousandsSpaces,
    /// `1'234` is more than a thousand.
    ThousandsApostrophes,
    /// `1 1/2` is one and a half.
    MixedFractions,
    /// `1//2` is a half.
    DoubleSlash,
    /// `50%` is a half.
    PerCent,
    /// A sign of money is left out.
    Currency,
    /// Names of rows and columns are left out.
    Labels,
    /// A row goes on in the next line.
    LinesGoOn,
    /// A blank line ends a plane.
    BlankLinesEndPlanes,
}

/// What is wrong with a `.npy` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NpyFault {
    /// Its header says what no such file's says.
    Header,
    /// Its values are no numbers, or of a kind that is not read.
    Type {
        /// The type in NumPy's letters, shortened.
        descr: String,
    },
    /// It ends before its last number.
    Short {
        /// The bytes of its numbers.
        bytes: usize,
        /// What its shape asks for.
        expected: usize,
    },
}

/// Files that are known by their first bytes and hold no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Several arrays of NumPy.
    Npz,
    /// A PyTorch file, or another pickle.
    Pickle,
    /// Weights as safetensors.
    Safetensors,
    /// MATLAB's own file.
    Mat,
    /// HDF5, which MATLAB and Keras write.
    Hdf5,
    /// A workbook of a spreadsheet program.
    Workbook,
    /// A picture.
    Picture,
    /// A PDF.
    Pdf,
    /// An archive.
    Archive,
    /// Something else.
    Unknown,
}

impl Diagnostic {
    /// An object of arrays of these names.
    pub(super) fn several(count: usize, names: &str) -> Self {
        Self::SeveralArrays { count, names: shortened(names) }
    }

    /// `text` is one of two numbers.
    pub(super) fn ambiguous(text: &str, one: String, other: String) -> Self {
        Self::Ambiguous { text: shortened(text), readings: [one, other] }
    }

    /// `text` was left out.
    pub(super) fn ignored(text: &str) -> Self {
        Self::Ignored { text: shortened(text) }
    }

    /// How much it matters.
    pub fn severity(&self) -> Severity {
        match self {
            Self::TooLong { .. }
            | Self::Empty
            | Self::Ragged { .. }
            | Self::Uneven
            | Self::UnevenPlanes { .. }
            | Self::UnevenGroups { .. }
            | Self::TooManyPlanes { .. }
            | Self::SeveralArrays { .. }
            | Self::Cat
            | Self::Unopened
            | Self::Binary(_)
            | Self::Npy(_)
            | Self::TooDeep { .. }
            | Self::Dimensions { .. }
            | Self::Ambiguous { .. }
            | Self::Extents { .. }
            | Self::Unsupported(_)
            | Self::Elided => Severity::Error,
            Self::Cropped { .. }
            | Self::Unreadable { .. }
            | Self::MoreUnreadable { .. }
            | Self::FirstMatrix { .. }
            | Self::Ignored { .. }
            | Self::Unbalanced => Severity::Warning,
            Self::Squeezed { .. } | Self::Multiplied { .. } | Self::Assumed(_) => Severity::Note,
        }
    }
}

impl fmt::Display for Diagnostic {
    #[expect(clippy::too_many_lines, reason = "one arm a sentence")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |n: usize| format::count(n as u64);
        // A matrix has no planes to speak of.
        let within = |plane: &Option<usize>| plane.map_or(String::new(), |plane| format!(" of plane {plane}"));
        match self {
            Self::TooLong { bytes, limit } => {
                write!(f, "There are {} bytes; at most {} are read.", count(*bytes), count(*limit))
            }
            Self::Empty => f.write_str("There is no number to read."),
            Self::Ragged { plane, row, len, expected } => {
                let numbers = if *len == 1 { "number" } else { "numbers" };
                let within = within(plane);
                write!(f, "Row {row}{within} has {len} {numbers} where row 0 has {expected}.")
            }
            Self::UnevenPlanes { plane, size, expected } => write!(
                f,
                "Plane {plane} is {} × {} where plane 0 is {} × {}. Copy planes of one size.",
                size.0, size.1, expected.0, expected.1
            ),
            Self::UnevenGroups { group, len, expected } => {
                write!(f, "Group {group} has {len} of the planes where group 0 has {expected}.")
            }
            Self::TooManyPlanes { planes, limit } => {
                write!(f, "There are {} planes; at most {limit} are read. Copy a part of them.", count(*planes))
            }
            Self::SeveralArrays { count, names } => {
                write!(f, "The object holds {count} arrays ({names}). Copy one of them.")
            }
            Self::Cat => f.write_str("cat is read for channels, cat(3, A, B), and for filters of them, cat(4, …)."),
            Self::Unopened => f.write_str("The file can't be opened. Is it a folder, or has it been moved?"),
            Self::Binary(kind) => kind.fmt(f),
            Self::Npy(fault) => fault.fmt(f),
            Self::Uneven => {
                f.write_str("Some brackets hold numbers beside lists of numbers, which makes no rectangle.")
            }
            Self::TooDeep { limit } => write!(f, "Brackets are nested more than {limit} deep."),
            Self::Dimensions { shape, limit } => write!(
                f,
                "The array has {} dimensions ({}); {}. Copy one slice of it.",
                shape.len(),
                format::shape(shape),
                if *limit == 2 { "a matrix has 2" } else { "at most 4 are read" }
            ),
            Self::Elided => {
                f.write_str("The text leaves numbers out (“...”). Print the whole array and copy it again.")
            }
            Self::Ambiguous { text, readings: [one, other] } => write!(
                f,
                "“{text}” can be read as {one} or as {other}. Write {one} or {other}, so that only one can be meant."
            ),
            Self::Extents { said, found } => {
                write!(f, "The text says {}, its numbers make {}.", format::shape(said), format::shape(found))
            }
            Self::Unsupported(sentence) => f.write_str(sentence),
            Self::Cropped { rows, cols, limit } => {
                let kept = format::shape(&[*rows.min(limit), *cols.min(limit)]);
                write!(f, "There are {} numbers; the top left {kept} fit.", format::shape(&[*rows, *cols]))
            }
            Self::Unreadable { plane, row, col, text } if text.is_empty() => {
                write!(f, "Row {row}, column {col}{} is empty.", within(plane))
            }
            Self::Unreadable { plane, row, col, text } => {
                // What is a number elsewhere is one that is too large here.
                let number = decimal::parse(text.trim_end_matches('…')).is_some_and(f64::is_finite);
                let fault = if text.ends_with('%') {
                    "is no number: % begins a comment where not every number has it"
                } else if number {
                    "is past the largest number, 1,000,000,000"
                } else {
                    "is no number"
                };
                write!(f, "“{text}” in row {row}, column {col}{} {fault}.", within(plane))
            }
            Self::MoreUnreadable { count: 1 } => f.write_str("1 more cell is no number."),
            Self::MoreUnreadable { count: n } => write!(f, "{} more cells are no numbers.", count(*n)),
            Self::FirstMatrix { count: n } => {
                write!(f, "Of {} matrices the first is taken: they have not one size.", count(*n))
            }
            Self::Ignored { text } => write!(f, "“{text}” is left out."),
            Self::Unbalanced => f.write_str("Brackets that open and close don't match; all numbers found were taken."),
            Self::Squeezed { shape } => {
                write!(f, "The array is {}; the dimensions of 1 are left out.", format::shape(shape))
            }
            Self::Multiplied { plane, factor } => {
                write!(f, "Each number{} is multiplied by {}.", within(plane), factor.shown())
            }
            Self::Assumed(assumption) => assumption.fmt(f),
        }
    }
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DecimalCommas => "Commas are read as decimal points: 1,5 is 1.5.",
            Self::ThousandsCommas => "Commas are read as thousands separators: 1,234.5 is 1234.5.",
            Self::CommasSeparateColumns => "Commas are read as column separators, not as decimal points.",
            Self::SemicolonsEndRows => "Semicolons are read as the ends of rows.",
            Self::LinesEndRows => "New lines are read as the ends of rows.",
            Self::PointsAndCommas => {
                "Points are read as thousands separators, commas as decimal points: 1.234,5 is 1234.5."
            }
            Self::ThousandsPoints => "Points are read as thousands separators: 1.234.567 is 1234567.",
            Self::ThousandsSpaces => "Spaces within a number are read as thousands separators: 1 234 is 1234.",
            Self::ThousandsApostrophes => "Apostrophes are read as thousands separators: 1'234 is 1234.",
            Self::MixedFractions => "A whole number and the fraction after it are one number: 1 1/2 is 1.5.",
            Self::DoubleSlash => "Two slashes are read as a fraction's bar: 1//2 is 1/2.",
            Self::PerCent => "Per cent are read as hundredths: 50% is 0.5.",
            Self::Currency => "Currency signs are left out.",
            Self::Labels => "The names of its rows and columns are left out.",
            Self::LinesGoOn => "Its lines are read as one row, as NumPy prints a long one.",
            Self::TrueIsOne => "True is read as 1, False as 0.",
            Self::BlankLinesEndPlanes => "Blank lines are read as the ends of planes.",
        })
    }
}

impl fmt::Display for NpyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |n: usize| format::count(n as u64);
        match self {
            Self::Header => f.write_str("The file begins like one of np.save, but its header can't be read."),
            Self::Type { descr } => write!(
                f,
                "The file holds values of the type “{descr}”. Numbers of float, int, uint and bool are read: save \
                 it with .astype(np.float32)."
            ),
            Self::Short { bytes, expected } => write!(
                f,
                "The file is cut off: its numbers have {} bytes where the shape asks for {}.",
                count(*bytes),
                count(*expected)
            ),
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Npz => "This is a file of np.savez, which holds several arrays. Save one of them with np.save.",
            Self::Pickle => {
                "This is a pickle, as torch.save writes, which may run code. Print the tensor and paste it, or save \
                 it with np.save."
            }
            Self::Safetensors => "This is a safetensors file, which holds many tensors. Save one of them with np.save.",
            Self::Mat => "This is a MATLAB file. Write the matrix with writematrix(A, \"A.csv\"), or paste mat2str(A).",
            Self::Hdf5 => "This is an HDF5 file, which holds many arrays. Save one of them with np.save or as CSV.",
            Self::Workbook => "This is a workbook. Copy the cells and paste them, or save the sheet as CSV.",
            Self::Picture => "This is a picture. Pasted are numbers: save its array with np.save, or as CSV.",
            Self::Pdf => "This is a PDF. Copy the numbers in it and paste them.",
            Self::Archive => "This is an archive. Unpack it and take the file of the numbers.",
            Self::Unknown => "This file holds no text. A .npy file or a text of numbers can be read.",
        })
    }
}
