//! A picture and the same picture shifted: what a convolution and a fully connected layer make of both.

use super::{WhyLab, answer, weights};
use crate::{
    formula::{OutputSize, PaddingConvention},
    lab::{
        operation::{Answer, Computation, ShapeView},
        scene::{
            Arithmetic, CellKind, CellView, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, SumRow, Target,
            kernel_view, letter,
        },
        sliding::{padded_view, window_target},
        sum::{At, Factors, of_products},
    },
    nn::{
        reference::PaddingMode,
        shape::{Axis, ShapeError},
    },
    num::{Entry, Grid, Matrix, close, format},
    trace::{Convolution, ConvolutionStep},
};

/// The picture after the shift.
pub(super) const SHIFTED: PlateId = PlateId::Made(0);
/// The convolution of the picture before it.
pub(super) const BEFORE: PlateId = PlateId::Made(1);
/// The fully connected layer's outputs for the picture before it.
pub(super) const DENSE_BEFORE: PlateId = PlateId::Made(2);
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

/// The control's names, in the order of [`Move::ALL`].
pub(super) const NAMES: &[&str] =
    &["1 right", "1 left", "1 down", "1 up", "2 right", "2 left", "2 down", "2 up", "1 right, 1 down"];

impl Move {
    /// By one column.
    pub const RIGHT: Self = Self { down: 0, right: 1 };

    /// Every shift with its name in a link and on screen.
    pub const ALL: [(Self, &'static str, &'static str); 9] = [
        (Self::RIGHT, "right", "1 right"),
        (Self { down: 0, right: -1 }, "left", "1 left"),
        (Self { down: 1, right: 0 }, "down", "1 down"),
        (Self { down: -1, right: 0 }, "up", "1 up"),
        (Self { down: 0, right: 2 }, "right2", "2 right"),
        (Self { down: 0, right: -2 }, "left2", "2 left"),
        (Self { down: 2, right: 0 }, "down2", "2 down"),
        (Self { down: -2, right: 0 }, "up2", "2 up"),
        (Self { down: 1, right: 1 }, "diagonal", "1 right, 1 down"),
    ];

    /// Its name in a sentence.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(known, ..)| *known == self).map_or("", |(.., name)| name)
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
    fn of_outputs(self, stride: usize) -> Option<(isize, isize)> {
        let along = |by: i8| {
            let (by, stride) = (isize::from(by), isize::try_from(stride).ok()?);
            (by.checked_rem(stride)? == 0).then(|| by / stride)
        };
        Some((along(self.down)?, along(self.right)?))
    }
}

/// A layer's output before and after.
#[derive(Debug, Clone, PartialEq)]
struct Pair {
    before: Matrix,
    after: Matrix,
}

/// The picture before and after, convolved and fully connected.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shifted {
    lab: WhyLab,
    before: Convolution,
    after: Convolution,
    entries: Grid<Entry>,
    convolved: Pair,
    dense: Pair,
    output: [Matrix; 4],
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

    fn step_before(&self, (row, col): (usize, usize)) -> Option<ConvolutionStep> {
        self.before.step(self.before(), row, col)
    }

    /// The cell of the output that lies `times` shifts from a cell.
    fn moved(&self, (row, col): (usize, usize), times: isize) -> Option<(usize, usize)> {
        let (down, right) = self.lab.shift.of_outputs(self.lab.stride)?;
        let to = (row.checked_add_signed(times * down)?, col.checked_add_signed(times * right)?);
        self.before().get(to.0, to.1).map(|_| to)
    }

    fn place(&self, index: usize) -> (usize, usize) {
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
    fn same(&self, pair: &Pair) -> Grid<bool> {
        let after = &pair.after;
        Grid::from_fn(after.rows(), after.cols(), |i, j| {
            let came = self.moved((i, j), -1).and_then(|(i, j)| pair.before.get(i, j));
            came.zip(after.get(i, j)).is_some_and(|(before, after)| close(*before, *after, 1e-12))
        })
    }

    /// Outputs that have a place to come from.
    fn comparable(&self) -> usize {
        (0..self.len()).filter(|index| self.source(*index).is_some()).count()
    }

    /// What the stage looks at: a step, or past the last one a cell of the output before, that left the picture.
    fn look(&self, head: Playhead) -> (Option<(usize, usize)>, Option<usize>) {
        let len = self.len();
        match head.pointed.and_then(|pointed| pointed.checked_sub(len)) {
            Some(left) if left < len => (Some(self.place(left)), None),
            _ => {
                let (_, looked) = head.of(len);
                (self.source(looked), Some(looked))
            }
        }
    }

    /// What a look adds up.
    fn looked(&self, head: Playhead) -> Look {
        let (before, index) = self.look(head);
        let before = before.and_then(|at| self.step_before(at));
        let after = index.and_then(|index| self.step_after(index));
        Look { dense: index.map_or_else(Vec::new, |index| self.dense_terms(index)), before, after, index }
    }

    /// The inputs of a fully connected unit that are not 0, where there are few: (cell, weight).
    fn dense_terms(&self, index: usize) -> Vec<(usize, f64)> {
        let x = self.after.input.cells();
        let own = weights(self.lab.seed, DENSE, index, x.len());
        let terms: Vec<(usize, f64)> =
            x.iter().zip(own).enumerate().filter(|(_, (x, _))| **x != 0.0).map(|(at, (_, w))| (at, w)).collect();
        if terms.len() > MOST_TERMS { Vec::new() } else { terms }
    }

    /// A picture under a step's window.
    fn picture(&self, is_after: bool, step: Option<&ConvolutionStep>, at: At) -> PlateView {
        let (entries, convolution) =
            if is_after { (&self.entries, &self.after) } else { (&self.lab.input, &self.before) };
        let mut view = padded_view(entries, convolution, convolution.unread().ok().as_ref());
        for (index, tap) in step.iter().flat_map(|step| &step.taps).enumerate() {
            if let Some(cell) = view.cells.get_mut(tap.padded.0, tap.padded.1) {
                cell.seen = true;
                cell.lit = at.lit(index);
                let taps = convolution.kernel.cells().len();
                cell.letter = letter(index, taps, tap.input.unwrap_or(tap.padded), cell.lit);
            }
        }
        if is_after {
            // Nothing is typed into a picture that is made of another.
            view.cells = view.cells.map(|cell| match cell.kind {
                CellKind::Editable => CellView { kind: CellKind::Output, ..cell.clone() },
                _ => cell.clone(),
            });
        }
        view
    }

    fn kernel_under(&self, look: &Look, head: Playhead) -> PlateView {
        let mut view = kernel_view(&self.lab.kernel);
        let count = self.lab.kernel.cells().len();
        let firsts =
            [Some(0).filter(|_| look.before.is_some()), Some(look.first_after()).filter(|_| look.after.is_some())];
        for tap in 0..count {
            let (row, col) = (tap / self.lab.kernel.cols(), tap % self.lab.kernel.cols());
            if let Some(cell) = view.cells.get_mut(row, col) {
                cell.lit = firsts.iter().flatten().any(|first| At::line(head, *first).lit(tap));
                cell.letter = letter(tap, count, (row, col), cell.lit);
            }
        }
        view
    }

    /// An output of the shifted picture, with the cells marked that are no number that moved along.
    fn result(&self, pair: &Pair, index: Option<usize>, head: Playhead) -> PlateView {
        let len = self.len();
        let mut view = PlateView::computed(&pair.after, index, |index| head.shows(index, len));
        for (at, same) in self.same(pair).cells().iter().enumerate() {
            let (row, col) = self.place(at);
            if let Some(cell) = view.cells.get_mut(row, col) {
                cell.differs = !same && cell.kind != CellKind::NotYet;
            }
        }
        view
    }

    /// An output before the shift, all of it; the number that moves along is seen.
    fn known(values: &Matrix, look: &Look) -> PlateView {
        let mut view = PlateView::computed(values, None, |_| true);
        if let Some(step) = &look.before
            && let Some(cell) = view.cells.get_mut(step.output.0, step.output.1)
        {
            cell.seen = true;
            cell.now = look.after.is_none();
        }
        view
    }

    /// How many outputs are numbers that moved along.
    fn unchanged(&self, pair: &Pair) -> usize {
        self.same(pair).cells().iter().filter(|&&same| same).count()
    }

    fn counted(&self, pair: &Pair) -> String {
        format!("{} of {}", self.unchanged(pair), self.len())
    }

    fn arithmetic(&self, look: &Look, head: Playhead) -> Arithmetic {
        let (mut rows, mut texts): (Vec<SumRow>, Vec<String>) = (Vec::new(), Vec::new());
        let zero = Entry::Number(0.0);
        let mut add = |label: &str, (mut row, text): (SumRow, String)| {
            label.clone_into(&mut row.label);
            rows.push(row);
            texts.push([label, ": ", &text].concat());
        };
        let lines = [
            ("conv(x)", &look.before, &self.lab.input, 0),
            ("conv(x′)", &look.after, &self.entries, look.first_after()),
        ];
        for (label, step, entries, first) in lines {
            let Some(step) = step else {
                // The line stays, so that the grids do not move from step to step.
                let why = match (self.lab.shift.of_outputs(self.lab.stride), first) {
                    (None, _) => "none: the shift falls between two windows",
                    (_, 0) => "none: new at the edge",
                    _ => "none: it left at the edge",
                };
                add(label, no_sum(why));
                continue;
            };
            let factors = step.taps.iter().enumerate().map(|(index, tap)| Factors {
                letter: letter(index, step.taps.len(), tap.kernel, head.lit == Some(first + index)),
                x: tap.input.and_then(|(i, j)| entries.get(i, j)).unwrap_or(&zero),
                w: self.lab.kernel.get(tap.kernel.0, tap.kernel.1).unwrap_or(&zero),
                product: tap.product(),
                padding: tap.padding,
            });
            add(label, of_products(factors, None, step.sum, At::line(head, first)));
        }
        if look.index.is_none() && !self.dense_terms(0).is_empty() {
            add("dense(x′)", no_sum("none"));
        }
        if let Some(index) = look.index.filter(|_| !look.dense.is_empty()) {
            let own: Vec<Entry> = look.dense.iter().map(|(_, w)| Entry::Number(*w)).collect();
            let factors = look.dense.iter().zip(&own).map(|((at, weight), w)| Factors {
                letter: None,
                x: self.entries.cells().get(*at).unwrap_or(&zero),
                w,
                product: self.after.input.cells().get(*at).copied().unwrap_or(f64::NAN) * weight,
                padding: false,
            });
            let sum = self.dense_after(index).unwrap_or(f64::NAN);
            add("dense(x′)", of_products(factors, None, sum, At::line(head, look.first_dense())));
        }
        Arithmetic { rows, text: texts.join("; ") }
    }

    /// What a shift leaves as it was, counted in sentences.
    fn notes(&self) -> Vec<String> {
        let name = self.lab.shift.name();
        let mut notes = Vec::new();
        let outputs = self.len();
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

/// What is looked at: the sum before the shift, the one after it, and the fully connected unit.
struct Look {
    before: Option<ConvolutionStep>,
    after: Option<ConvolutionStep>,
    dense: Vec<(usize, f64)>,
    index: Option<usize>,
}

impl Look {
    /// The first term of the sum after the shift.
    fn first_after(&self) -> usize {
        self.before.as_ref().map_or(0, |step| step.taps.len())
    }

    fn first_dense(&self) -> usize {
        self.first_after() + self.after.as_ref().map_or(0, |step| step.taps.len())
    }

    fn terms(&self) -> usize {
        self.first_dense() + self.dense.len()
    }
}

/// A line of arithmetic that has none, and why.
fn no_sum(why: &'static str) -> (SumRow, String) {
    let row = SumRow {
        label: String::new(),
        before: why,
        between: "",
        after: String::new(),
        terms: Vec::new(),
        bias: None,
        equals: "",
        result: None,
        whole: None,
        part: false,
    };
    (row, why.to_owned())
}

/// The cells as they were typed.
pub(super) fn entries(grid: &Grid<Entry>) -> PlateView {
    PlateView::plain(grid.map(CellView::entry))
}

impl Computation for Shifted {
    fn len(&self) -> usize {
        self.after().cells().len()
    }

    fn row(&self) -> usize {
        self.after().cols()
    }

    fn terms(&self, step: usize) -> usize {
        self.looked(Playhead { step, ..Playhead::default() }).terms()
    }

    fn scene(&self, head: Playhead) -> Scene {
        let look = self.looked(head);
        let input = self.picture(false, look.before.as_ref(), At::line(head, 0));
        let mut shifted = self.picture(true, look.after.as_ref(), At::line(head, look.first_after()));
        for (term, (at, _)) in look.dense.iter().enumerate() {
            let (row, col) = shifted.place(at / self.entries.cols(), at % self.entries.cols());
            if let Some(cell) = shifted.cells.get_mut(row, col) {
                cell.lit |= At::line(head, look.first_dense()).lit(term);
            }
        }
        let kernel = self.kernel_under(&look, head);
        let beam = |from: usize, to: usize, step: &Option<ConvolutionStep>| {
            let step = step.as_ref()?;
            Some(vec![window_target(from, step), Target::whole(2, &kernel), Target::cell(to, step.output)])
        };
        let beams = [beam(0, 3, &look.before), beam(1, 4, &look.after)].into_iter().flatten().collect();
        // Six grids side by side leave a label little room.
        let note = |pair: &Pair| format!("{}/{} moved", self.unchanged(pair), self.len());
        let made = |id, name: &str, col, view| Plate::new(id, PlateKind::Made, name, col, view);
        let result = |id, name: &str, col, pair: &Pair| {
            Plate::new(id, PlateKind::Result, name, col, self.result(pair, look.index, head)).noted(note(pair))
        };
        Scene {
            diagram: None,
            plates: vec![
                Plate::new(PlateId::Input(0), PlateKind::Edited, "x", 0, input).in_row(0),
                made(SHIFTED, "x′", 0, shifted).in_row(1).noted(["x, ", self.lab.shift.name()].concat()),
                Plate::new(PlateId::KERNEL, PlateKind::Edited, "Kernel", 1, kernel.clone()),
                made(BEFORE, "conv(x)", 2, Self::known(self.before(), &look)).in_row(0),
                result(AFTER, "conv(x′)", 2, &self.convolved).in_row(1),
                made(DENSE_BEFORE, "dense(x)", 3, Self::known(&self.dense.before, &look)).in_row(0),
                result(DENSE_AFTER, "dense(x′)", 3, &self.dense).in_row(1),
            ],
            signs: vec!["⋆", "=", ""],
            beams,
            sum: Some(self.arithmetic(&look, head)),
        }
    }

    fn step_of(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        match plate {
            AFTER | DENSE_AFTER => self.after().index(row, col),
            // A number that moves along is made again where it comes to.
            BEFORE | DENSE_BEFORE => {
                self.before().get(row, col)?;
                let (row, col) = self.moved((row, col), 1)?;
                self.after().index(row, col)
            }
            _ => None,
        }
    }

    fn look_of(&self, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        self.step_of(plate, at).or_else(|| match plate {
            BEFORE | DENSE_BEFORE => self.before().index(at.0, at.1).map(|index| self.len() + index),
            _ => None,
        })
    }

    fn term_of(&self, step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        let look = self.looked(Playhead { step, pointed: Some(step), ..Playhead::default() });
        let reads = |step: &Option<ConvolutionStep>, first: usize| {
            let place = step.as_ref()?.taps.iter().position(|tap| match plate {
                PlateId::KERNEL => tap.kernel == at,
                _ => tap.input == Some(at),
            })?;
            Some(first + place)
        };
        match plate {
            PlateId::Input(0) => reads(&look.before, 0),
            PlateId::KERNEL => reads(&look.after, look.first_after()).or_else(|| reads(&look.before, 0)),
            SHIFTED => reads(&look.after, look.first_after()).or_else(|| {
                let cell = self.entries.index(at.0, at.1)?;
                let place = look.dense.iter().position(|(at, _)| *at == cell)?;
                Some(look.first_dense() + place)
            }),
            _ => None,
        }
    }

    fn answer(&self, step: usize) -> Answer {
        answer::of_shift(self, step)
    }

    fn output(&self) -> &[Matrix] {
        &self.output
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
