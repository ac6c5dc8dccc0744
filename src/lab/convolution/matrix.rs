//! The same step as one row times one column: the windows as rows (im2col), or the kernel as a matrix.

use super::{
    ConvolutionLab,
    window::{answer, arithmetic, lettered, mark, term_of, window_target},
};
use crate::{
    lab::{
        operation::{Answer, Computation},
        scene::{
            CellKind, CellView, Computed, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, Target, kernel_view,
            letter, scale, tint,
        },
        sliding::padded_view,
    },
    num::{Entry, Grid, Matrix, format},
    trace::{Convolution, ConvolutionStep, Transposed},
};

/// The matrix and the column it is multiplied by.
const MATRIX: PlateId = PlateId::Derived(0);
const COLUMN: PlateId = PlateId::Derived(1);

/// What the rows are made of.
enum Rows {
    /// The windows; the column is the kernel.
    Windows(Convolution),
    /// The kernel's weights; the column is the input.
    Weights(Convolution),
    /// The same of a transposed convolution.
    Transposed(Transposed),
}

/// An operation as a matrix times a column.
pub(super) struct Matrices {
    lab: ConvolutionLab,
    rows: Rows,
    matrix: Matrix,
    output: [Matrix; 1],
    grids: Grids,
}

/// The grids before a step marks them: made once for all steps.
struct Grids {
    input: PlateView,
    kernel: PlateView,
    matrix: PlateView,
    column: PlateView,
    output: Computed,
}

impl Matrices {
    pub(super) fn im2col(lab: ConvolutionLab, convolution: Convolution, output: Matrix) -> Self {
        let matrix = convolution.columns().unwrap_or_else(|_| output.clone());
        Self::new(lab, Rows::Windows(convolution), matrix, output)
    }

    pub(super) fn toeplitz(lab: ConvolutionLab, convolution: Convolution, output: Matrix) -> Self {
        let matrix = convolution.toeplitz().unwrap_or_else(|_| output.clone());
        Self::new(lab, Rows::Weights(convolution), matrix, output)
    }

    pub(super) fn transposed(lab: ConvolutionLab, transposed: Transposed, output: Matrix) -> Self {
        let matrix = transposed.toeplitz().unwrap_or_else(|_| output.clone());
        Self::new(lab, Rows::Transposed(transposed), matrix, output)
    }

    fn new(lab: ConvolutionLab, rows: Rows, matrix: Matrix, output: Matrix) -> Self {
        let input = match &rows {
            Rows::Windows(convolution) | Rows::Weights(convolution) => {
                padded_view(&lab.input, convolution, convolution.unread().ok().as_ref())
            }
            Rows::Transposed(_) => PlateView::plain(lab.input.map(CellView::entry)),
        };
        let flat = Grid::from_fn(output.cells().len(), 1, |i, _| output.cells().get(i).copied().unwrap_or(f64::NAN));
        let grids = Grids {
            input,
            kernel: kernel_view(&lab.kernel),
            matrix: matrix_view(&rows, &matrix),
            column: column_view(&lab, &rows),
            output: Computed::new(&flat),
        };
        Self { lab, rows, matrix, output: [output], grids }
    }

    fn y(&self) -> &Matrix {
        let [output] = &self.output;
        output
    }

    fn step(&self, index: usize) -> Option<ConvolutionStep> {
        let (row, col) = (index / self.y().cols(), index % self.y().cols());
        match &self.rows {
            Rows::Windows(convolution) | Rows::Weights(convolution) => convolution.step(self.y(), row, col),
            // Of the stretched input's taps only those that read a number have a column.
            Rows::Transposed(transposed) => transposed.step(self.y(), row, col).map(|mut step| {
                step.taps.retain(|tap| tap.input.is_some());
                step
            }),
        }
    }

    /// Place of the column's entry that a tap reads.
    fn place(&self, tap: &crate::trace::Tap) -> Option<usize> {
        let cols = self.lab.input.cols();
        match &self.rows {
            Rows::Windows(convolution) => {
                let (rows, kernel_cols) = convolution.kernel.shape();
                let (u, v) = if convolution.flip {
                    (rows - 1 - tap.kernel.0, kernel_cols - 1 - tap.kernel.1)
                } else {
                    tap.kernel
                };
                Some(u * kernel_cols + v)
            }
            Rows::Weights(_) | Rows::Transposed(_) => tap.input.map(|(i, j)| i * cols + j),
        }
    }

    fn matrix_view(&self, step: Option<&ConvolutionStep>, looked: usize, head: Playhead) -> PlateView {
        let mut view = self.grids.matrix.clone();
        let taps = step.map_or(0, |step| step.taps.len());
        for (index, tap) in step.iter().flat_map(|step| &step.taps).enumerate() {
            if let Some(cell) = self.place(tap).and_then(|place| view.cells.get_mut(looked, place)) {
                cell.seen = true;
                // A weight of 0 that the window lays on a cell is one of its terms all the same.
                if cell.kind == CellKind::Absent {
                    cell.kind = CellKind::Output;
                }
                let lit = head.lit.or(head.adding()) == Some(index);
                cell.lit |= lit;
                if cell.letter.is_none() || lit {
                    cell.letter = letter(index, taps, tap.kernel, lit);
                }
            }
        }
        view
    }

    fn column_view(&self, step: Option<&ConvolutionStep>, head: Playhead) -> PlateView {
        let mut view = self.grids.column.clone();
        let taps = step.map_or(0, |step| step.taps.len());
        for (index, tap) in step.iter().flat_map(|step| &step.taps).enumerate() {
            if let Some(cell) = self.place(tap).and_then(|place| view.cells.get_mut(place, 0)) {
                let lit = head.lit.or(head.adding()) == Some(index);
                cell.lit |= lit;
                cell.seen = true;
                if cell.letter.is_none() || lit {
                    cell.letter = letter(index, taps, tap.kernel, lit);
                }
            }
        }
        view
    }

    fn input_view(&self, step: Option<&ConvolutionStep>, head: Playhead) -> PlateView {
        let mut view = self.grids.input.clone();
        let stretched = matches!(self.rows, Rows::Transposed(_));
        mark(&mut view.cells, step, head, true, &|tap| match (stretched, tap.input) {
            (true, at) => (at.unwrap_or((usize::MAX, 0)), tap.kernel),
            (false, at) => (tap.padded, at.unwrap_or(tap.padded)),
        });
        view
    }
}

fn matrix_view(rows: &Rows, matrix: &Matrix) -> PlateView {
    let weights = !matches!(rows, Rows::Windows(_));
    let scale = scale(matrix.cells().iter().copied());
    PlateView::plain(matrix.map(|&value| match (weights, value == 0.0) {
        (true, true) => CellView { kind: CellKind::Absent, content: "0".into(), ..CellView::default() },
        (true, false) => CellView { tint: tint(value, scale), ..CellView::number(value) },
        (false, _) => CellView::number(value),
    }))
}

fn column_view(lab: &ConvolutionLab, rows: &Rows) -> PlateView {
    let entries: Vec<&Entry> = match rows {
        Rows::Windows(convolution) if convolution.flip => lab.kernel.cells().iter().rev().collect(),
        Rows::Windows(_) => lab.kernel.cells().iter().collect(),
        Rows::Weights(_) | Rows::Transposed(_) => lab.input.cells().iter().collect(),
    };
    let computed = |entry: &Entry| CellView { kind: CellKind::Output, ..CellView::entry(entry) };
    PlateView::plain(Grid::from_fn(entries.len(), 1, |i, _| {
        entries.get(i).map(|entry| computed(entry)).unwrap_or_default()
    }))
}

impl Computation for Matrices {
    fn len(&self) -> usize {
        self.y().cells().len()
    }

    fn row(&self) -> usize {
        self.y().cols()
    }

    fn terms(&self, step: usize) -> usize {
        self.step(step).map_or(0, |step| step.taps.len())
    }

    fn scene(&self, head: Playhead) -> Scene {
        let (_, looked) = head.of(self.len());
        let step = self.step(looked);
        let (matrix_name, column_name) = match &self.rows {
            Rows::Windows(_) => ("Windows as rows", "Kernel, flat"),
            Rows::Weights(_) | Rows::Transposed(_) => ("Kernel as a matrix", "Input, flat"),
        };
        let matrix = self.matrix_view(step.as_ref(), looked, head);
        let column = self.column_view(step.as_ref(), head);
        let (rows, cols) = self.y().shape();
        let output = self.grids.output.view(Some(looked), &|index| head.shows(index, self.len()));
        let mut beams = vec![vec![
            Target::window(2, (looked, 0), (1, self.matrix.cols())),
            Target::whole(3, &column),
            Target::cell(4, (looked, 0)),
        ]];
        // The window becomes its row: that is what im2col means.
        if let (Rows::Windows(_), Some(step)) = (&self.rows, &step) {
            beams.push(vec![window_target(0, step), Target::window(2, (looked, 0), (1, self.matrix.cols()))]);
        }
        let note = format!("from {}", format::shape(&[rows, cols]));
        Scene {
            diagram: None,
            beams,
            plates: vec![
                Plate::new(PlateId::Input(0), PlateKind::Edited, "Input", 0, self.input_view(step.as_ref(), head))
                    .in_row(0),
                Plate::new(
                    PlateId::KERNEL,
                    PlateKind::Edited,
                    "Kernel",
                    0,
                    lettered(self.grids.kernel.clone(), step.as_ref(), head),
                )
                .in_row(1),
                Plate::new(MATRIX, PlateKind::Derived, matrix_name, 1, matrix),
                Plate::new(COLUMN, PlateKind::Derived, column_name, 2, column),
                Plate::new(PlateId::Output(0), PlateKind::Result, "Output", 3, output).noted(note),
            ],
            signs: vec!["", "·", "="],
            sum: step.map(|step| arithmetic(&self.lab, &step, head, 0)),
        }
    }

    fn step_of(&self, plate: PlateId, (row, _): (usize, usize)) -> Option<usize> {
        (matches!(plate, PlateId::Output(0) | MATRIX) && row < self.len()).then_some(row)
    }

    fn term_of(&self, step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        let taps = self.step(step)?.taps;
        let place = match plate {
            COLUMN => at.0,
            MATRIX if at.0 == step => at.1,
            _ => return term_of(&taps, plate, at),
        };
        taps.iter().position(|tap| self.place(tap) == Some(place))
    }

    fn answer(&self, step: usize) -> Option<Answer> {
        match &self.rows {
            Rows::Windows(convolution) | Rows::Weights(convolution) => {
                answer(&self.lab, convolution, self.y(), step, None)
            }
            Rows::Transposed(transposed) => super::transposed::answer(transposed, self.y(), step),
        }
    }

    fn output(&self) -> &[Matrix] {
        &self.output
    }
}
