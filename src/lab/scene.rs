//! What the stage shows of a lab at one moment: grids, the beam that joins them, and the sum of the step.
//!
//! A scene is plain data and a function of (state, step), so that going back is as easy as forth. Every lab of an
//! operation makes one; the page, the figures and the tests read it and know no lab.

use std::{cmp::Ordering, sync::Arc};

use crate::{
    export::{Area, Picture},
    num::{Entry, Grid, Matrix, decimal::fixed, format, within},
};

pub use crate::trace::letter;

/// Where a lab looks.
#[expect(clippy::struct_excessive_bools, reason = "each is asked for by itself, and any goes with any")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Playhead {
    /// The step, from 0; a step past the end is taken as the last.
    pub step: usize,
    /// A step whose result is pointed at; shown instead of `step`, and nothing is computed or forgotten.
    pub pointed: Option<usize>,
    /// A term of that step that is pointed at.
    pub lit: Option<usize>,
    /// While a step plays: the terms before this one are added up, the result is not there yet.
    pub adding: Option<usize>,
    /// The step's result is asked for and not shown.
    pub asked: bool,
    /// The stage is as narrow as a phone: a diagram is then drawn higher than wide.
    pub narrow: bool,
    /// It is read from the last row of a hall: the words of a diagram are larger.
    pub far: bool,
    /// No result is shown: an exercise in which the student finds them.
    pub blank: bool,
}

impl Playhead {
    /// What is made for its screen: a desk's, a phone's, or that of a projector.
    pub fn screen<T>(self, desk: T, phone: T, far: T) -> T {
        match (self.narrow, self.far) {
            (true, _) => phone,
            (false, true) => far,
            (false, false) => desk,
        }
    }

    /// (the last step that is done, the step that is looked at) of `len` steps.
    pub fn of(self, len: usize) -> (usize, usize) {
        let last = len.saturating_sub(1);
        (self.step.min(last), self.pointed.unwrap_or(self.step).min(last))
    }

    /// The term that is being added: none while another step is pointed at.
    pub fn adding(self) -> Option<usize> {
        self.adding.filter(|_| self.pointed.is_none())
    }

    /// Whether the result of `step`, of `len`, is shown.
    pub fn shows(self, step: usize, len: usize) -> bool {
        let (done, looked) = self.of(len);
        let open = (self.asked || self.adding().is_some()) && step >= done;
        (step <= done || step == looked) && !open && !self.blank
    }
}

/// A grid of a lab, for actions and events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlateId {
    /// A channel of the input.
    Input(usize),
    /// A kernel: one channel of a filter.
    Kernel {
        /// The filter, which makes one output channel.
        filter: usize,
        /// The input channel that it reads.
        channel: usize,
    },
    /// What one channel adds to the output.
    Partial(usize),
    /// A channel of the output.
    Output(usize),
    /// A grid that a view makes of others, by a number of the lab's own.
    Derived(usize),
}

impl PlateId {
    /// The kernel of a lab that has one.
    pub const KERNEL: Self = Self::Kernel { filter: 0, channel: 0 };
}

/// What a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CellKind {
    /// A cell around the input, or between its cells.
    #[default]
    Padding,
    /// A number that can be edited.
    Editable,
    /// A number that was computed.
    Output,
    /// A number that no step has made yet.
    NotYet,
    /// A zero that stands for no weight: the place in a matrix that nothing is read from.
    Absent,
}

/// What stands in a cell. It is written out where the cell is shown: most cells of a large grid never are.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Content {
    /// Nothing: a cell that is not computed yet.
    #[default]
    Blank,
    /// A number.
    Number(f64),
    /// What was typed, and is no number as it stands: a fraction, a text.
    Typed(Box<Entry>),
    /// A word of the lab's own: `−∞`.
    Word(&'static str),
}

impl Content {
    /// What was typed.
    pub fn entry(entry: &Entry) -> Self {
        match entry {
            Entry::Number(value) => Self::Number(*value),
            entry => Self::Typed(Box::new(entry.clone())),
        }
    }

    /// Whether there is nothing to read.
    pub fn is_blank(&self) -> bool {
        *self == Self::Blank
    }

    /// As it is shown; empty where there is nothing.
    pub fn text(&self) -> String {
        match self {
            Self::Blank => String::new(),
            Self::Number(value) => format::shown(*value),
            Self::Typed(entry) => entry.shown(),
            Self::Word(word) => (*word).to_owned(),
        }
    }

    /// Characters of that.
    fn length(&self) -> usize {
        match self {
            // Most numbers are small and whole: they need not be written to be counted.
            Self::Number(value) if value.abs() < 10.0 && value.fract() == 0.0 => 1 + usize::from(*value < 0.0),
            _ => self.text().chars().count(),
        }
    }

    /// The whole number, where the text is rounded or a fraction.
    pub fn whole(&self) -> Option<String> {
        match self {
            Self::Number(value) => whole(*value),
            Self::Typed(entry) => entry.value().map(format::exact),
            _ => None,
        }
    }
}

impl From<&'static str> for Content {
    fn from(word: &'static str) -> Self {
        if word.is_empty() { Self::Blank } else { Self::Word(word) }
    }
}

/// One cell on screen.
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own on the cell, and any can go with any")]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CellView {
    /// What it is.
    pub kind: CellKind,
    /// The number that it shows; blank for a cell not computed yet.
    pub content: Content,
    /// The letter of the tap that reads it.
    pub letter: Option<String>,
    /// Under the window.
    pub seen: bool,
    /// The tap that is pointed at.
    pub lit: bool,
    /// The cell that this step makes.
    pub now: bool,
    /// Read by no window.
    pub unread: bool,
    /// Differs from what it is compared with.
    pub differs: bool,
    /// The winner of a maximum.
    pub won: bool,
    /// No number.
    pub invalid: bool,
    /// Sign and size in percent of the plane's scale, its largest magnitude rounded up; 0 for no tint.
    pub tint: i8,
}

impl CellView {
    /// A cell that was typed.
    pub fn entry(entry: &Entry) -> Self {
        Self {
            kind: CellKind::Editable,
            content: Content::entry(entry),
            invalid: entry.value().is_none(),
            ..Self::default()
        }
    }

    /// The number as it is shown.
    pub fn text(&self) -> String {
        self.content.text()
    }

    /// The whole number, where the text is rounded.
    pub fn whole(&self) -> Option<String> {
        self.content.whole()
    }

    /// A cell that was computed.
    pub fn number(value: f64) -> Self {
        Self { kind: CellKind::Output, content: Content::Number(value), ..Self::default() }
    }

    /// A cell of the padding, which holds `content`.
    pub fn padding(content: impl Into<Content>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    /// A cell that is not computed yet.
    pub fn not_yet(now: bool) -> Self {
        Self { kind: CellKind::NotYet, now, ..Self::default() }
    }
}

/// Cells in rows of equal length.
///
/// A copy shares its rows with what it was copied from, and has its own of those that it changes: what one step shows is
/// made of what all show alike and of a few rows with marks. Rows that are shared need not be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells {
    cols: usize,
    rows: Vec<Arc<Vec<CellView>>>,
    longest: usize,
}

impl Cells {
    /// Makes room for numbers of so many characters, which later steps make.
    pub fn make_room(&mut self, characters: usize) {
        self.longest = self.longest.max(characters);
    }

    /// Number of rows, at least 1.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Number of columns, at least 1.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Characters of the longest number, those that are not shown yet among them: cells that have room for it keep
    /// their size over all steps.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// `(rows, columns)`.
    pub fn shape(&self) -> (usize, usize) {
        (self.rows(), self.cols)
    }

    /// The cell in row `row` and column `col`, both from 0.
    pub fn get(&self, row: usize, col: usize) -> Option<&CellView> {
        self.rows.get(row)?.get(col)
    }

    /// The same cell, to change it.
    pub fn get_mut(&mut self, row: usize, col: usize) -> Option<&mut CellView> {
        Arc::make_mut(self.rows.get_mut(row)?).get_mut(col)
    }

    /// All cells in row-major order.
    pub fn iter(&self) -> impl Iterator<Item = &CellView> {
        self.iter_rows().flatten()
    }

    /// The rows from the top.
    pub fn iter_rows(&self) -> impl ExactSizeIterator<Item = &[CellView]> {
        self.rows.iter().map(|row| row.as_slice())
    }

    /// The cells with `change` made to each.
    #[must_use]
    pub fn map(&self, change: &dyn Fn(&CellView) -> CellView) -> Self {
        let row = |row: &Arc<Vec<CellView>>| Arc::new(row.iter().map(change).collect());
        Self { cols: self.cols, rows: self.rows.iter().map(row).collect(), longest: self.longest }
    }

    /// Takes over the rows of `before` that show the same: what is shared need not be compared again.
    pub fn share(&mut self, before: &Self) {
        for (row, before) in self.rows.iter_mut().zip(&before.rows) {
            if *row == *before {
                *row = Arc::clone(before);
            }
        }
    }

    /// Whether `row` is the same allocation in both: nothing in it differs.
    pub fn shares(&self, other: &Self, row: usize) -> bool {
        self.rows.get(row).zip(other.rows.get(row)).is_some_and(|(a, b)| Arc::ptr_eq(a, b))
    }
}

/// Characters of the longest of these numbers.
pub fn longest(values: &Matrix) -> usize {
    values.cells().iter().map(|&value| Content::Number(value).length()).max().unwrap_or(0)
}

impl From<Grid<CellView>> for Cells {
    fn from(grid: Grid<CellView>) -> Self {
        let longest = grid.cells().iter().map(|cell| cell.content.length()).max().unwrap_or(0);
        Self { longest, cols: grid.cols(), rows: grid.iter_rows().map(|row| Arc::new(row.to_vec())).collect() }
    }
}

/// One grid's cells.
#[derive(Debug, Clone, PartialEq)]
pub struct PlateView {
    /// All cells, padding included.
    pub cells: Cells,
    /// Rows of padding above and columns of padding at the left: where row 0, column 0 is.
    pub origin: (usize, usize),
    /// Rows and columns without the padding.
    pub shape: (usize, usize),
    /// Rows and columns from one cell of the plane to the next; 1 but where zeros are put between.
    pub spread: (usize, usize),
}

impl PlateView {
    /// A grid without padding.
    pub fn plain(cells: impl Into<Cells>) -> Self {
        let cells = cells.into();
        Self { shape: cells.shape(), cells, origin: (0, 0), spread: (1, 1) }
    }

    /// A plane with zeros around it, from `origin` on, and between its cells: so many rows and columns in all.
    #[expect(
        clippy::inline_always,
        reason = "two labs have it: in a file that all load, others would load it for nothing"
    )]
    #[inline(always)]
    pub fn stretched(plane: &Cells, origin: (usize, usize), size: (usize, usize), spread: (usize, usize)) -> Self {
        let zeros = Arc::new(vec![CellView::padding("0"); size.1]);
        let cells = Cells { cols: size.1, rows: vec![zeros; size.0], longest: plane.longest };
        let mut view = Self { cells, origin, shape: plane.shape(), spread };
        for (index, own) in plane.iter().enumerate() {
            let (row, col) = view.place(index / plane.cols, index % plane.cols);
            if let Some(cell) = view.cells.get_mut(row, col) {
                cell.clone_from(own);
            }
        }
        view
    }

    /// A computed plane, tinted; `show` says of each cell, by its index, whether it is there, `now` which one is made.
    pub fn computed(values: &Matrix, now: Option<usize>, show: &dyn Fn(usize) -> bool) -> Self {
        Computed::new(values).view(now, show)
    }

    /// The same grid without its numbers: an exercise in which the student finds them.
    #[must_use]
    pub fn blank(&self) -> Self {
        Self { cells: self.cells.map(&|cell| CellView::not_yet(cell.now)), ..self.clone() }
    }

    /// Row and column in the plane of a cell of the whole grid; `None` in the padding.
    pub fn inside(&self, row: usize, col: usize) -> Option<(usize, usize)> {
        let along = |at: usize, origin: usize, spread: usize, extent: usize| {
            let at = at.checked_sub(origin)?;
            (at.is_multiple_of(spread) && at / spread < extent).then_some(at / spread)
        };
        Some((
            along(row, self.origin.0, self.spread.0, self.shape.0)?,
            along(col, self.origin.1, self.spread.1, self.shape.1)?,
        ))
    }

    /// Where a cell of the plane stands in the whole grid.
    pub fn place(&self, row: usize, col: usize) -> (usize, usize) {
        (self.origin.0 + row * self.spread.0, self.origin.1 + col * self.spread.1)
    }
}

/// A computed plane with all of its numbers, tinted: made once, and shared by what steps show of it.
#[derive(Debug, Clone)]
pub struct Computed {
    all: Cells,
    none: Arc<Vec<CellView>>,
}

impl Computed {
    /// Of these values.
    pub fn new(values: &Matrix) -> Self {
        let scale = scale(values.cells().iter().copied());
        let all = values.map(|&value| CellView { tint: tint(value, scale), ..CellView::number(value) });
        Self { none: Arc::new(vec![CellView::not_yet(false); values.cols()]), all: all.into() }
    }

    /// Takes over the rows of `before` that show the same.
    pub fn share(&mut self, before: &Self) {
        self.all.share(&before.all);
        if self.none.len() == before.none.len() {
            self.none = Arc::clone(&before.none);
        }
    }

    /// Its cells with all numbers, to mark what is marked wherever it is shown.
    pub fn cells_mut(&mut self) -> &mut Cells {
        &mut self.all
    }

    /// The plane with the numbers that `show` says are there, each by its index; `now` is the one that is made.
    pub fn view(&self, now: Option<usize>, show: &dyn Fn(usize) -> bool) -> PlateView {
        let cols = self.all.cols;
        let row = |(i, all): (usize, &Arc<Vec<CellView>>)| {
            let shown = |j: &usize| show(i * cols + j);
            match (0..cols).filter(shown).count() {
                0 => Arc::clone(&self.none),
                count if count == cols => Arc::clone(all),
                _ => {
                    let mut some = Arc::clone(all);
                    let hidden = Arc::make_mut(&mut some).iter_mut().enumerate().filter(|(j, _)| !shown(j));
                    hidden.for_each(|(_, cell)| *cell = CellView::not_yet(false));
                    some
                }
            }
        };
        let rows = self.all.rows.iter().enumerate().map(row).collect();
        let mut cells = Cells { cols, rows, longest: self.all.longest };
        if let Some(cell) = now.and_then(|now| cells.get_mut(now / cols, now % cols)) {
            cell.now = true;
        }
        PlateView::plain(cells)
    }
}

/// What may be done with a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlateKind {
    /// Its cells are typed into.
    Edited,
    /// Its cells are made of others.
    Derived,
    /// The output: an exercise hides its numbers.
    Result,
}

/// One grid on the stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Plate {
    /// Which it is.
    pub id: PlateId,
    /// Its name.
    pub name: String,
    /// What stands above it on screen, where that is shorter than the name.
    pub short: String,
    /// What stands below the name: its shape.
    pub note: String,
    /// What may be done with it.
    pub kind: PlateKind,
    /// The column it stands in, from the left.
    pub col: usize,
    /// The row it stands in, from the top; `None` for the middle of all rows.
    pub row: Option<usize>,
    /// Its cells.
    pub view: Arc<PlateView>,
}

impl Plate {
    /// A grid named `name` in the middle of column `col`, its shape below the name.
    pub fn new(id: PlateId, kind: PlateKind, name: impl Into<String>, col: usize, view: PlateView) -> Self {
        let shape = |(rows, cols): (usize, usize)| format::shape(&[rows, cols]);
        let note = if view.shape == view.cells.shape() {
            shape(view.shape)
        } else {
            format!("{}, padded to {}", shape(view.shape), shape(view.cells.shape()))
        };
        Self { id, name: name.into(), short: String::new(), note, kind, col, row: None, view: Arc::new(view) }
    }

    /// The same in a row of its column.
    #[must_use]
    pub fn in_row(self, row: usize) -> Self {
        Self { row: Some(row), ..self }
    }

    /// The same with a shorter name on screen.
    #[must_use]
    pub fn called(self, short: impl Into<String>) -> Self {
        Self { short: short.into(), ..self }
    }

    /// What stands above it.
    pub fn label(&self) -> &str {
        if self.short.is_empty() { &self.name } else { &self.short }
    }

    /// The same with other words below the name.
    #[must_use]
    pub fn noted(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }
}

/// A block of cells that the beam meets, in cells of the whole grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The grid's place in [`Scene::plates`].
    pub plate: usize,
    /// Row and column of the first cell.
    pub at: (usize, usize),
    /// Rows and columns.
    pub extent: (usize, usize),
    /// Whether brackets stand at its corners: a window, not a single result.
    pub window: bool,
}

impl Target {
    /// A window on a grid.
    pub fn window(plate: usize, at: (usize, usize), extent: (usize, usize)) -> Self {
        Self { plate, at, extent, window: true }
    }

    /// One cell of a grid.
    pub fn cell(plate: usize, at: (usize, usize)) -> Self {
        Self { plate, at, extent: (1, 1), window: false }
    }

    /// All of a grid.
    pub fn whole(plate: usize, view: &PlateView) -> Self {
        Self::window(plate, (0, 0), view.cells.shape())
    }
}

/// One term of a sum, or one candidate of a maximum.
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own on the term, and any can go with any")]
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The letter of its tap.
    pub letter: Option<String>,
    /// `8 × (−2)`
    pub factors: String,
    /// `−16`, with its sign; empty where there is one factor.
    pub product: String,
    /// The product's value, or that of the one factor.
    pub value: f64,
    /// Its input is a cell of the padding.
    pub padding: bool,
    /// It is pointed at.
    pub lit: bool,
    /// While a step plays: not added yet.
    pub waiting: bool,
    /// It is the largest.
    pub won: bool,
}

/// One line of arithmetic.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SumRow {
    /// What the line is about, where there are several: `channel 0`.
    pub label: String,
    /// What stands before the terms: `max(`.
    pub before: &'static str,
    /// What stands between them: `+`, or a comma.
    pub between: &'static str,
    /// What stands after them: `) / 4`.
    pub after: String,
    /// The terms.
    pub terms: Vec<Term>,
    /// Terms of the step before these, after the line above, that no line shows.
    pub unseen: usize,
    /// The bias, where it is added and not 0.
    pub bias: Option<String>,
    /// `=`, or `≈` where a number on screen is rounded; empty where the line has no result.
    pub equals: &'static str,
    /// The result; `None` while the terms are being added.
    pub result: Option<String>,
    /// The whole result, where it is rounded.
    pub whole: Option<String>,
    /// A part of the result that a later line puts together.
    pub part: bool,
    /// How many terms stand in a row of the window: many are folded by these rows. 0 where they stand in none.
    pub cols: usize,
    /// So many terms are added up: none of a step that is asked for.
    pub added: usize,
}

/// More terms of a line than these are folded: of each of the window's rows its subtotal, of one row its terms.
const MOST_UNFOLDED: usize = 25;

impl SumRow {
    /// Whether it has so many terms that they are folded.
    pub fn folds(&self) -> bool {
        self.cols > 0 && self.terms.len() > MOST_UNFOLDED.max(self.cols)
    }

    /// Characters of its longest term.
    pub fn longest(&self) -> usize {
        self.terms.iter().map(|term| term.factors.chars().count()).max().unwrap_or(0)
    }

    /// How many terms stand on each of its lines: two where it is folded.
    pub fn lines(&self) -> [usize; 2] {
        let terms = self.terms.len();
        if self.folds() { [self.cols, terms / self.cols] } else { [terms, 0] }
    }
}

/// The arithmetic of one step, written out.
#[derive(Debug, Clone, PartialEq)]
pub struct Arithmetic {
    /// Its lines; terms are counted through all of them.
    pub rows: Vec<SumRow>,
    /// All of it as text: `0×0 + 1×1 + 3×2 + 4×3 = 19`.
    pub text: String,
}

impl Arithmetic {
    /// Whether any of its lines is folded.
    pub fn is_folded(&self) -> bool {
        self.rows.iter().any(SumRow::folds)
    }
}

/// Cells of a diagram that can be pointed at and pressed, as those of a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Where they are on the picture.
    pub area: Area,
    /// What they are called in events, and for who can't see them.
    pub plate: PlateId,
    /// `Layer 2, 28 × 28`
    pub name: String,
    /// Rows and columns that share the area.
    pub shape: (usize, usize),
    /// The cell that the keyboard begins with.
    pub at: (usize, usize),
}

impl Place {
    /// Where it is on `picture`, in percent, as a style.
    pub fn style(&self, picture: &Picture) -> String {
        let Area { x, y, w, h } = self.area;
        let percent = |length: f64, of: f64| fixed(length / of.max(1.0) * 100.0, 3);
        let (left, top) = (percent(x, picture.width), percent(y, picture.height));
        let (width, height) = (percent(w, picture.width), percent(h, picture.height));
        format!("left:{left}%;top:{top}%;width:{width}%;height:{height}%")
    }

    /// The cell, of rows and columns of `shape`, at a share of the height from the top and of the width from the left.
    pub fn cell(shape: (usize, usize), down: f64, across: f64) -> (usize, usize) {
        let along = |share: f64, extent: usize| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a float that is no index is 0"
            )]
            let at = (share * extent as f64) as usize;
            at.min(extent.saturating_sub(1))
        };
        (along(down, shape.0), along(across, shape.1))
    }

    /// The cell that a key leads to from `at`; `None` for a key that leads nowhere.
    pub fn moved(shape: (usize, usize), (row, col): (usize, usize), key: &str) -> Option<(usize, usize)> {
        let last = (shape.0.saturating_sub(1), shape.1.saturating_sub(1));
        Some(match key {
            _ if shape == (1, 1) => return None,
            "ArrowUp" => (row.saturating_sub(1), col),
            "ArrowDown" => ((row + 1).min(last.0), col),
            "ArrowLeft" => (row, col.saturating_sub(1)),
            "ArrowRight" => (row, (col + 1).min(last.1)),
            "Home" => (row, 0),
            "End" => (row, last.1),
            _ => return None,
        })
    }
}

/// What is drawn where numbers alone would not tell: layers above each other, connections.
///
/// Its picture's title and description are what who can't see it hears.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Diagram {
    /// What is drawn, in pixels of a stage about 900 wide, or 360 where it is narrow; it is made smaller to fit, and on a
    /// projector also larger.
    pub picture: Picture,
    /// Where it can be pointed at; later ones lie above.
    pub places: Vec<Place>,
    /// Where the places are tabs: what they choose, and which of them is chosen.
    pub tabs: Option<(&'static str, usize)>,
}

/// Everything the stage shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scene {
    /// What is drawn above the grids, or in their place.
    pub diagram: Option<Arc<Diagram>>,
    /// The grids.
    pub plates: Vec<Plate>,
    /// What stands between a column and the next: ⋆, =.
    pub signs: Vec<&'static str>,
    /// Beams, each through blocks of cells.
    pub beams: Vec<Vec<Target>>,
    /// The step's arithmetic.
    pub sum: Option<Arithmetic>,
}

impl Scene {
    /// The grid of that id.
    pub fn plate(&self, id: PlateId) -> Option<&Plate> {
        self.plates.iter().find(|plate| plate.id == id)
    }
}

/// The whole number, where the screen rounds it.
pub fn whole(value: f64) -> Option<String> {
    format::is_rounded(value).then(|| format::exact(value))
}

/// The magnitude that is tinted fully: the largest of `values`, rounded up to one of ten steps a decade.
///
/// Rounded, it stays where it is while single numbers change: else each edit would tint every cell anew.
pub fn scale(values: impl Iterator<Item = f64>) -> f64 {
    const STEPS: [f64; 10] = [1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.4, 8.0];
    let largest = values.fold(0.0, |largest: f64, value| largest.max(value.abs()));
    #[expect(clippy::cast_possible_truncation, reason = "the decade of a float; that of 0 is below all")]
    let decade = 10f64.powi(largest.log10().floor() as i32);
    STEPS.iter().map(|step| step * decade).find(|&step| step >= largest).unwrap_or(10.0 * decade)
}

/// `value` in percent of `scale`, at least 1 in size where it is not 0.
pub fn tint(value: f64, scale: f64) -> i8 {
    let percent = within((value.abs() / scale * 100.0).round(), 1.0, 100.0);
    #[expect(clippy::cast_possible_truncation, reason = "between 1 and 100")]
    match value.partial_cmp(&0.0) {
        Some(Ordering::Greater) => percent as i8,
        Some(Ordering::Less) => -(percent as i8),
        _ => 0,
    }
}

/// A kernel's cells, tinted by sign and size.
pub fn kernel_view(kernel: &Grid<Entry>) -> PlateView {
    let scale = scale(kernel.cells().iter().filter_map(Entry::value));
    PlateView::plain(
        kernel.map(|entry| CellView {
            tint: entry.value().map_or(0, |value| tint(value, scale)),
            ..CellView::entry(entry)
        }),
    )
}

/// A factor as it is written in a sum, negative ones in brackets, and whether it is rounded.
pub fn factor(entry: &Entry) -> (String, bool) {
    let shown = entry.shown();
    let rounded = matches!(entry, Entry::Number(value) if format::is_rounded(*value));
    (if shown.starts_with(format::MINUS) { format!("({shown})") } else { shown }, rounded)
}

/// `value` with a plus where it is above 0.
pub fn signed(value: f64) -> String {
    let plus = if value > 0.0 { "+" } else { "" };
    format!("{plus}{}", format::shown(value))
}

/// The sign of a value; that of no number is none.
pub fn sign(value: f64) -> Ordering {
    value.partial_cmp(&0.0).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A grid as text: letters, numbers and marks (`!` made now, `*` lit, `^` won, `'` seen, `~` unread, `≠` differs,
    /// `#` padding).
    pub(crate) fn draw(view: &PlateView) -> String {
        let cell = |cell: &CellView| {
            let mark = match cell {
                CellView { now: true, .. } => "!",
                CellView { lit: true, .. } => "*",
                CellView { won: true, .. } => "^",
                CellView { differs: true, .. } => "≠",
                CellView { seen: true, .. } => "'",
                CellView { unread: true, .. } => "~",
                CellView { kind: CellKind::Padding, .. } => "#",
                _ => "",
            };
            format!("{:>4}", format!("{}{}{mark}", cell.letter.as_deref().unwrap_or(""), cell.text()))
        };
        let row = |row: &[CellView]| row.iter().map(cell).collect::<String>().trim_end().to_owned();
        view.cells.iter_rows().map(row).collect::<Vec<_>>().join("\n")
    }

    /// A scene as text: each grid under its name, then the arithmetic.
    pub(crate) fn draw_scene(scene: &Scene) -> String {
        let plate = |plate: &Plate| format!("{} ({})\n{}\n\n", plate.name, plate.note, draw(&plate.view));
        let mut text: String = scene.plates.iter().map(plate).collect();
        if let Some(sum) = &scene.sum {
            text.push_str(&sum.text);
            text.push('\n');
        }
        text
    }

    #[test]
    fn the_tint_is_a_share_of_a_scale_that_stays() {
        let check =
            |values: &[f64], expect: f64| assert!((scale(values.iter().copied()) - expect).abs() < 1e-9, "{values:?}");
        check(&[3.0, -30.0], 32.0);
        check(&[31.9], 32.0);
        check(&[33.0], 40.0);
        check(&[0.09], 0.1);
        check(&[100.0], 100.0);
        assert_eq!(tint(-16.0, 32.0), -50);
        assert_eq!(tint(0.001, 32.0), 1);
        assert_eq!(tint(0.0, scale([0.0].into_iter())), 0);
    }

    #[test]
    fn a_spread_plane_knows_its_cells() {
        let plane = Grid::from_fn(2, 2, |_, _| CellView::default()).into();
        let view = PlateView::stretched(&plane, (1, 1), (5, 5), (2, 2));
        assert_eq!(view.inside(1, 3), Some((0, 1)));
        assert_eq!(view.inside(1, 2), None);
        assert_eq!(view.inside(0, 1), None);
        assert_eq!(view.inside(5, 1), None);
        assert_eq!(view.place(1, 1), (3, 3));
    }

    #[test]
    fn a_place_knows_its_cells() {
        assert_eq!(Place::cell((2, 4), 0.0, 0.99), (0, 3));
        assert_eq!(Place::cell((2, 4), 1.0, -0.1), (1, 0));
        assert_eq!(Place::cell((2, 4), f64::NAN, 0.5), (0, 2));
        let check = |key, expect| assert_eq!(Place::moved((2, 4), (0, 3), key), expect, "{key}");
        check("ArrowUp", Some((0, 3)));
        check("ArrowDown", Some((1, 3)));
        check("ArrowLeft", Some((0, 2)));
        check("ArrowRight", Some((0, 3)));
        check("Home", Some((0, 0)));
        check("Enter", None);
        assert_eq!(Place::moved((1, 1), (0, 0), "ArrowUp"), None, "one cell leaves the keys to the page");
        let place = Place {
            area: Area { x: 10.0, y: 5.0, w: 40.0, h: 20.0 },
            plate: PlateId::Derived(0),
            name: String::new(),
            shape: (2, 4),
            at: (0, 0),
        };
        let picture = Picture { width: 100.0, height: 50.0, ..Picture::default() };
        assert_eq!(place.style(&picture), "left:10.000%;top:10.000%;width:40.000%;height:40.000%");
    }

    #[test]
    fn what_a_playhead_shows() {
        let check = |head: Playhead, expect: [bool; 4]| {
            assert_eq!([0, 1, 2, 3].map(|step| head.shows(step, 4)), expect, "{head:?}");
        };
        let at = Playhead { step: 1, ..Playhead::default() };
        check(at, [true, true, false, false]);
        check(Playhead { pointed: Some(3), ..at }, [true, true, false, true]);
        check(Playhead { adding: Some(0), ..at }, [true, false, false, false]);
        check(Playhead { asked: true, ..at }, [true, false, false, false]);
        check(Playhead { asked: true, pointed: Some(3), ..at }, [true, false, false, false]);
        check(Playhead { step: 9, ..at }, [true, true, true, true]);
    }
}
