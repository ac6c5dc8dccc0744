//! Grids that are as large as another grid of the lab makes them.

use super::{
    control::ControlId,
    operation::{Action, Problem, Repair},
    problem::AskedGrid,
    scene::PlateId,
};
use crate::num::{Entry, Grid, Matrix, format};

/// Rows and columns.
pub type Size = (usize, usize);

/// A grid beside the input: one number for each of its columns, of its rows, or of its cells.
#[derive(Debug, Clone)]
pub struct Fitted {
    cells: Grid<Entry>,
    /// Those of the lab that nobody changed.
    usual: Grid<Entry>,
    /// What a new cell holds.
    fill: f64,
    /// How large it is beside an input of that size.
    size: fn(Size) -> Size,
    /// Whether a link or a person gave it; else it is as large as the input makes it from the beginning.
    given: bool,
}

/// What was typed is what counts: how it came about is not on screen, nor in a link.
impl PartialEq for Fitted {
    fn eq(&self, other: &Self) -> bool {
        self.cells == other.cells
    }
}

impl Fitted {
    /// A grid that is so large beside an input of some size; a new cell holds `fill`.
    pub fn new(usual: Grid<Entry>, fill: f64, size: fn(Size) -> Size) -> Self {
        Self { cells: usual.clone(), usual, fill, size, given: false }
    }

    /// Its cells.
    pub fn cells(&self) -> &Grid<Entry> {
        &self.cells
    }

    /// The same, to be changed.
    pub fn cells_mut(&mut self) -> &mut Grid<Entry> {
        self.given = true;
        &mut self.cells
    }

    /// Takes the cells of a link.
    pub fn give(&mut self, cells: Grid<Entry>) {
        *self.cells_mut() = cells;
    }

    /// How large it is beside such an input.
    pub fn size(&self, input: Size) -> Size {
        (self.size)(input)
    }

    /// Gives it the size beside such an input: cells that stay keep their numbers.
    ///
    /// ```
    /// # use receptive::{lab::fitted::Fitted, num::{Entry, Grid}};
    /// let usual = Grid::from_fn(1, 2, |_, j| Entry::Number(j as f64 + 2.0));
    /// let mut gamma = Fitted::new(usual, 1.0, |(_, features)| (1, features));
    /// gamma.fit((5, 3));
    /// assert_eq!(gamma.cells().map(Entry::typed).cells().join(" "), "2 3 1");
    /// ```
    pub fn fit(&mut self, input: Size) {
        self.resize(self.size(input));
    }

    /// Gives it any size.
    pub fn resize(&mut self, (rows, cols): Size) {
        self.cells = self.cells.resized(rows, cols, &Entry::Number(self.fill));
    }

    /// Gives it the size beside a link's input where the link does not give it.
    pub fn settle(&mut self, input: Size) {
        if !self.given {
            self.fit(input);
        }
    }

    /// Its cells where they are not those that a link without them opens beside such an input.
    pub fn unless_usual(&self, input: Size) -> Option<&Grid<Entry>> {
        let (rows, cols) = self.size(input);
        let usual = self.usual.resized(rows, cols, &Entry::Number(self.fill));
        (self.cells != usual).then_some(&self.cells)
    }
}

/// What a link says of a fitted grid, which it leaves out where it is as large as the input makes it.
macro_rules! fitted {
    ($field:ident, $most:expr, $form:literal, $examples:expr) => {
        $crate::lab::setting::Own::in_link(
            $form,
            $examples,
            |lab: &Self, _| lab.$field.unless_usual(lab.input.shape()).map($crate::lab::setting::text::grid),
            |lab, text| $crate::lab::setting::text::read_grid(text, $most).map(|cells| lab.$field.give(cells)),
        )
    };
}
pub(super) use fitted;

/// A lab of one input, beside which the other grids stand.
pub(super) trait FittedLab {
    /// The input.
    fn input_mut(&mut self) -> &mut Grid<Entry>;

    /// The grid of that name, if it is one of those beside the input.
    fn fitted_mut(&mut self, id: PlateId) -> Option<&mut Fitted>;

    /// All grids beside the input.
    fn fitted(&mut self) -> Vec<&mut Fitted>;

    /// Gives every grid the size that the input asks for.
    fn fit(&mut self) {
        let size = self.input_mut().shape();
        self.fitted().into_iter().for_each(|grid| grid.fit(size));
    }

    /// Gives the grids that a link left out the size that the input asks for.
    fn settle_grids(&mut self) {
        let size = self.input_mut().shape();
        self.fitted().into_iter().for_each(|grid| grid.settle(size));
    }

    /// The cells of a grid, to be changed.
    fn cells_mut(&mut self, id: PlateId) -> Option<&mut Grid<Entry>> {
        if id == PlateId::Input(0) { Some(self.input_mut()) } else { self.fitted_mut(id).map(Fitted::cells_mut) }
    }

    /// Gives a grid another size; the others follow the input's.
    fn resize_grid(&mut self, id: PlateId, rows: usize, cols: usize) {
        if let Some(grid) = self.fitted_mut(id) {
            grid.resize((rows, cols));
        } else if id == PlateId::Input(0) {
            let input = self.input_mut();
            *input = input.resized(rows, cols, &Entry::Number(0.0));
            self.fit();
        }
    }

    /// Takes the first of a stack of planes for a grid, since each has one.
    fn replace_grid(&mut self, id: PlateId, planes: Vec<Grid<Entry>>) {
        if let (Some(grid), Some(plane)) = (self.cells_mut(id), planes.into_iter().next()) {
            *grid = plane;
        }
        if id == PlateId::Input(0) {
            self.fit();
        }
    }
}

/// A fitted grid that a lab asks for, or not.
pub struct Beside<'a> {
    /// Which grid.
    pub plate: PlateId,
    /// What a problem with it lies with.
    pub control: ControlId,
    /// What it is called in a sentence.
    pub name: &'static str,
    /// The grid.
    pub fitted: &'a Fitted,
    /// What stands for each of its numbers where what is shown does not depend on it; `None` where it does.
    pub instead: Option<f64>,
}

impl<'a> Beside<'a> {
    /// Whether what is shown depends on it.
    pub fn is_needed(&self) -> bool {
        self.instead.is_none()
    }

    /// Its cells, to be asked for.
    pub fn asked(&self) -> AskedGrid<'a> {
        AskedGrid { plate: self.plate, control: self.control, name: self.name.to_owned(), cells: self.fitted.cells() }
    }

    /// Its numbers beside such an input.
    pub fn matrix(&self, input: Size) -> Matrix {
        let (rows, cols) = self.fitted.size(input);
        match self.instead {
            None => self.fitted.cells().map(|entry| entry.value().unwrap_or(f64::NAN)),
            Some(value) => Grid::from_fn(rows, cols, |_, _| value),
        }
    }

    /// What is wrong where it is not as large as the input makes it.
    pub fn misfit(&self, input: Size) -> Option<Problem> {
        let (wanted, found) = (self.fitted.size(input), self.fitted.cells().shape());
        if wanted == found {
            return None;
        }
        let shape = |(rows, cols): Size| format::shape(&[rows, cols]);
        let (name, found, input) = (self.name, shape(found), shape(input));
        let sentence = format!("{name} has {found}; beside an input of {input} it has {}.", shape(wanted));
        let (plate, (rows, cols)) = (self.plate, wanted);
        let repair = Repair::new(format!("Use {}", shape(wanted)), Action::Resize { plate, rows, cols });
        Some(Problem { control: self.control, sentence, repairs: vec![repair] })
    }
}
