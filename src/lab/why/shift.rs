//! A picture and the same picture shifted: what a convolution and a fully connected layer make of both.

use super::{WhyLab, weights};
use crate::{
    formula::{OutputSize, PaddingConvention},
    lab::{
        operation::ShapeView,
        scene::PlateId,
        setting::{Choice, choices},
    },
    nn::{
        reference::PaddingMode,
        shape::{Axis, ShapeError},
    },
    num::{Entry, Grid, Matrix, close, format},
    trace::{Convolution, ConvolutionStep},
};

/// The picture after the shift.
pub(super) const SHIFTED: PlateId = PlateId::Derived(0);
/// The convolution of the picture before it.
pub(super) const BEFORE: PlateId = PlateId::Derived(1);
/// The fully connected layer's outputs for the picture before it.
pub(super) const DENSE_BEFORE: PlateId = PlateId::Derived(2);
/// The convolution of the shifted picture.
pub(super) const AFTER: PlateId = PlateId::Output(0);
/// The fully connected layer's outputs for the shifted picture.
pub(super) const DENSE_AFTER: PlateId = PlateId::Output(1);

/// The weights' stream.
const DENSE: u64 = 3;

/// As many numbers of the picture that are not 0 leave room for the fully connected unit's sum.
const MOST_TERMS: usize = 12;

/// How far the picture is shifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Move {
    /// Rows.
    pub down: i8,
    /// Columns.
    pub right: i8,
}

choices!(Move:
    Self::RIGHT, "right", "1 right";
    Self { down: 0, right: -1 }, "left", "1 left";
    Self { down: 1, right: 0 }, "down", "1 down";
    Self { down: -1, right: 0 }, "up", "1 up";
    Self { down: 0, right: 2 }, "right2", "2 right";
    Self { down: 0, right: -2 }, "left2", "2 left";
    Self { down: 2, right: 0 }, "down2", "2 down";
    Self { down: -2, right: 0 }, "up2", "2 up";
    Self { down: 1, right: 1 }, "diagonal", "1 right, 1 down";
);

impl Move {
    /// By one column.
    pub const RIGHT: Self = Self { down: 0, right: 1 };

    /// Its name in a sentence.
    pub fn name(self) -> &'static str {
        self.named().name
    }

    /// The grid shifted; `fill` comes in at the edge, and what leaves at the other is gone.
    pub fn shifted<T: Clone>(self, grid: &Grid<T>, fill: &T) -> Grid<T> {
        let from = |i: usize, j: usize| {
            let came =
                (i.checked_add_signed(-isize::from(self.down))?, j.checked_add_signed(-isize::from(self.right))?);
            grid.get(came.0, came.1)
        };
        Grid::from_fn(grid.rows(), grid.cols(), |i, j| from(i, j).unwrap_or(fill).clone())
    }

    /// By how many outputs an output moves along; `None` where that is no whole number of them.
    pub(super) fn of_outputs(self, stride: usize) -> Option<(isize, isize)> {
        let along = |by: i8| {
            let (by, stride) = (isize::from(by), isize::try_from(stride).ok()?);
            (by.checked_rem(stride)? == 0).then(|| by / stride)
        };
        Some((along(self.down)?, along(self.right)?))
    }
}

/// A layer's output before and after.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pair {
    /// Of the picture.
    pub(super) before: Matrix,
    /// Of the shifted picture.
    pub(super) after: Matrix,
}

/// The picture before and after, convolved and fully connected.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shifted {
    pub(super) lab: WhyLab,
    /// The convolution of the picture.
    pub(super) before: Convolution,
    /// The same of the shifted picture.
    pub(super) after: Convolution,
    /// The shifted picture as it was typed.
    pub(super) entries: Grid<Entry>,
    /// What the convolution makes.
    pub(super) convolved: Pair,
    /// What the fully connected layer makes.
    pub(super) dense: Pair,
    /// All four outputs as they are copied.
    pub(super) output: [Matrix; 4],
}

impl WhyLab {
    /// The picture's convolution.
    pub(super) fn over_the_picture(&self, input: Matrix, kernel: Matrix) -> Convolution {
        let sliding = self.sliding();
        Convolution {
            input,
            kernel,
            bias: 0.0,
            padding: sliding.padding,
            mode: PaddingMode::Zeros,
            stride: sliding.stride,
            dilation: (1, 1),
            flip: false,
        }
    }

    /// The weights of the fully connected layer: a row a unit, as many units as the convolution has outputs.
    pub(super) fn dense_weights(&self, units: usize) -> Grid<f64> {
        let inputs = self.input.cells().len();
        let rows: Vec<Vec<f64>> = (0..units.max(1)).map(|unit| weights(self.seed, DENSE, unit, inputs)).collect();
        Grid::from_fn(units, inputs, |i, j| rows.get(i).and_then(|row| row.get(j)).copied().unwrap_or(f64::NAN))
    }
}

/// `y = W·x`, laid out as `shape`.
fn fully_connected(weights: &Grid<f64>, x: &Matrix, (_, cols): (usize, usize)) -> Matrix {
    let sums: Vec<f64> = weights.iter_rows().map(|row| row.iter().zip(x.cells()).map(|(w, x)| w * x).sum()).collect();
    Grid::from_fn(sums.len() / cols.max(1), cols, |i, j| sums.get(i * cols + j).copied().unwrap_or(f64::NAN))
}

impl Shifted {
    pub(super) fn new(lab: &WhyLab, before: &Convolution) -> Result<Self, ShapeError> {
        let after = Convolution { input: lab.shift.shifted(&before.input, &0.0), ..before.clone() };
        let convolved = Pair { before: before.output()?, after: after.output()? };
        let shape = convolved.before.shape();
        let weights = lab.dense_weights(shape.0 * shape.1);
        let dense = Pair {
            before: fully_connected(&weights, &before.input, shape),
            after: fully_connected(&weights, &after.input, shape),
        };
        let output = [&convolved.before, &convolved.after, &dense.before, &dense.after].map(Clone::clone);
        let entries = lab.shift.shifted(&lab.input, &Entry::Number(0.0));
        Ok(Self { lab: lab.clone(), before: before.clone(), after, entries, convolved, dense, output })
    }

    /// The shift.
    pub(super) fn shift(&self) -> Move {
        self.lab.shift
    }

    /// The convolution of the picture before the shift.
    pub(super) fn before(&self) -> &Matrix {
        &self.convolved.before
    }

    /// The convolution of the shifted picture.
    pub(super) fn after(&self) -> &Matrix {
        &self.convolved.after
    }

    /// The fully connected unit's number for the shifted picture.
    pub(super) fn dense_after(&self, index: usize) -> Option<f64> {
        self.dense.after.cells().get(index).copied()
    }

    /// A step's sum.
    pub(super) fn step_after(&self, index: usize) -> Option<ConvolutionStep> {
        let cols = self.after().cols();
        self.after.step(self.after(), index / cols, index % cols)
    }

    /// A sum before the shift.
    pub(super) fn step_before(&self, (row, col): (usize, usize)) -> Option<ConvolutionStep> {
        self.before.step(self.before(), row, col)
    }

    /// The cell of the output that lies `times` shifts from a cell.
    pub(super) fn moved(&self, (row, col): (usize, usize), times: isize) -> Option<(usize, usize)> {
        let (down, right) = self.lab.shift.of_outputs(self.lab.stride)?;
        let to = (row.checked_add_signed(times * down)?, col.checked_add_signed(times * right)?);
        self.before().get(to.0, to.1).map(|_| to)
    }

    /// Row and column of a step's output.
    pub(super) fn place(&self, index: usize) -> (usize, usize) {
        (index / self.after().cols(), index % self.after().cols())
    }

    /// Where the number at a step was before the shift.
    pub(super) fn source(&self, index: usize) -> Option<(usize, usize)> {
        self.moved(self.place(index), -1)
    }

    /// The cell as far off on the other side.
    pub(super) fn opposite(&self, index: usize) -> Option<(usize, usize)> {
        self.moved(self.place(index), 1)
    }

    /// Which outputs are the numbers that moved along.
    pub(super) fn same(&self, pair: &Pair) -> Grid<bool> {
        let after = &pair.after;
        Grid::from_fn(after.rows(), after.cols(), |i, j| {
            let came = self.moved((i, j), -1).and_then(|(i, j)| pair.before.get(i, j));
            came.zip(after.get(i, j)).is_some_and(|(before, after)| close(*before, *after, 1e-12))
        })
    }

    /// Outputs that have a place to come from.
    fn comparable(&self) -> usize {
        (0..self.after().cells().len()).filter(|index| self.source(*index).is_some()).count()
    }

    /// The inputs of a fully connected unit that are not 0, where there are few: (cell, weight).
    pub(super) fn dense_terms(&self, index: usize) -> Vec<(usize, f64)> {
        let x = self.after.input.cells();
        let own = weights(self.lab.seed, DENSE, index, x.len());
        let terms: Vec<(usize, f64)> =
            x.iter().zip(own).enumerate().filter(|(_, (x, _))| **x != 0.0).map(|(at, (_, w))| (at, w)).collect();
        if terms.len() > MOST_TERMS { Vec::new() } else { terms }
    }

    /// How many outputs are numbers that moved along.
    pub(super) fn unchanged(&self, pair: &Pair) -> usize {
        self.same(pair).cells().iter().filter(|&&same| same).count()
    }

    fn counted(&self, pair: &Pair) -> String {
        format!("{} of {}", self.unchanged(pair), self.after().cells().len())
    }

    /// What a shift leaves as it was, counted in sentences.
    fn notes(&self) -> Vec<String> {
        let name = self.lab.shift.name();
        let mut notes = Vec::new();
        let outputs = self.after().cells().len();
        if self.lab.shift.of_outputs(self.lab.stride).is_none() {
            notes.push(format!(
                "With stride {} a shift, {name}, falls between two windows: no output moves along. Shift by the stride.",
                self.lab.stride
            ));
        } else {
            notes.push(format!(
                "conv: {} outputs moved along, {name}; dense: {}. The others are marked.",
                self.counted(&self.convolved),
                self.counted(&self.dense)
            ));
            let comparable = self.comparable();
            let edge = match (outputs - comparable, comparable - self.unchanged(&self.convolved)) {
                (0, 0) => None,
                (new, 0) => Some(format!("{new} of conv see what came in at the edge.")),
                (new, cut) => Some(format!(
                    "{new} of conv see what came in at the edge; {cut} more saw what left it, or see padding instead."
                )),
            };
            notes.extend(edge);
        }
        let cells = self.before().cells();
        if cells.iter().zip(cells.iter().skip(1)).all(|(a, b)| close(*a, *b, 1e-12)) {
            notes.push("All numbers of conv(x) are equal, with or without a shift: this shows nothing.".to_owned());
        } else {
            notes.push("Equivariant: the output moves along. Invariant would be: it stays as it was.".to_owned());
        }
        notes
    }
}

/// The output's size, and what of it moves along.
pub(super) fn shape(lab: &WhyLab) -> ShapeView {
    let kernel = lab.kernel.shape();
    let sliding = lab.sliding();
    let windows = (sliding.window(Axis::Height, kernel), sliding.window(Axis::Width, kernel));
    let sizes = OutputSize::of_plane(lab.input.shape(), windows, PaddingConvention::PerSide);
    let formulas = sizes.iter().map(OutputSize::lines_without_dilation).collect();
    match lab.shifted() {
        Ok(shifted) => {
            let (rows, cols) = shifted.after().shape();
            let (inputs, outputs) = (lab.input.cells().len(), rows * cols);
            let counts = [
                ("weights, conv", format!("{} × {} = {}", kernel.0, kernel.1, kernel.0 * kernel.1)),
                ("weights, dense", format!("{inputs} × {outputs} = {}", format::count((inputs * outputs) as u64))),
            ];
            ShapeView {
                result: format::shape(&[rows, cols]),
                formulas,
                counts: counts.to_vec(),
                notes: shifted.notes(),
                ..ShapeView::default()
            }
        }
        Err(_) => ShapeView { result: "none".to_owned(), formulas, ..ShapeView::default() },
    }
}
