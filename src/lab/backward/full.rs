//! The input's gradient as a convolution: the upstream gradient with zeros between and around, the kernel turned.

use super::{BackwardLab, INPUT_GRADIENT, UPSTREAM, planes, problem, sums::entry_at};
use crate::{
    lab::{
        operation::{Answer, Computation, Problem},
        scene::{
            Arithmetic, CellKind, CellView, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, SumRow, Target,
            kernel_view, letter,
        },
        sliding::window_target,
        sum::{At, Factors, cols, of_products},
    },
    mistake,
    nn::shape::Axis,
    num::{Matrix, format},
    trace::{Backward, ConvolutionStep, Forward, Transposed},
};

/// The kernel as the window reads it.
pub(super) const TURNED: PlateId = PlateId::Derived(1);

/// The most cells of a stretched upstream gradient.
const MAX_CELLS: usize = 20_000;

/// The input's gradient, input cell by input cell.
pub(super) struct Full {
    lab: BackwardLab,
    pub(super) backward: Backward,
    transposed: Transposed,
    gradients: Vec<Matrix>,
}

/// The transposed convolution that takes the upstream gradient to the input's: one that gives as many rows and columns
/// back as there were, those that no window read included.
pub(super) fn transposed(lab: &BackwardLab, kernel: &Matrix, upstream: &Matrix) -> Transposed {
    let left = |axis: Axis| {
        let window = lab.along(axis);
        let covered = (axis.of(upstream.shape()) - 1) * window.stride + window.effective_kernel();
        window.padded(axis.of(lab.input.shape())).saturating_sub(covered)
    };
    Transposed {
        input: upstream.clone(),
        kernel: kernel.clone(),
        bias: 0.0,
        padding: lab.padding,
        stride: lab.stride,
        dilation: lab.dilation,
        output_padding: (left(Axis::Height), left(Axis::Width)),
        flip: false,
    }
}

impl Full {
    pub(super) fn of(lab: &BackwardLab, backward: Backward) -> Result<Self, Problem> {
        let Forward::Convolution(convolution) = backward.forward() else { return Err(problem::start_over()) };
        let transposed = transposed(lab, &convolution.kernel, backward.upstream());
        let (_, (rows, cols)) = transposed.stretched(lab.input.shape());
        if rows * cols > MAX_CELLS {
            return Err(lab.too_much(format!(
                "The stretched upstream gradient would have {rows} × {cols} = {} cells; up to {} are shown.",
                format::count((rows * cols) as u64),
                format::count(MAX_CELLS as u64)
            )));
        }
        Ok(Self { lab: lab.clone(), transposed, gradients: planes(backward.gradients()), backward })
    }

    fn dx(&self) -> Option<&Matrix> {
        self.gradients.first()
    }

    fn step(&self, index: usize) -> Option<ConvolutionStep> {
        let dx = self.dx()?;
        self.transposed.step(dx, index / dx.cols(), index % dx.cols())
    }

    fn upstream_view(&self) -> PlateView {
        let (around, size) = self.transposed.stretched(self.lab.input.shape());
        let typed = kernel_view(self.lab.upstream.cells());
        PlateView::stretched(&typed.cells, (around.top, around.left), size, self.transposed.stride)
    }

    /// A kernel's cell in the turned kernel.
    fn turned(&self, (u, v): (usize, usize)) -> (usize, usize) {
        let (rows, cols) = self.lab.kernel.shape();
        (rows.saturating_sub(u + 1), cols.saturating_sub(v + 1))
    }

    fn arithmetic(&self, step: &ConvolutionStep, head: Playhead) -> Arithmetic {
        let taps = step.taps.len();
        let entries: Vec<_> = step
            .taps
            .iter()
            .map(|tap| (entry_at(self.lab.upstream.cells(), tap.input), entry_at(&self.lab.kernel, Some(tap.kernel))))
            .collect();
        let factors = step.taps.iter().zip(&entries).enumerate().map(|(index, (tap, (g, w)))| Factors {
            letter: letter(index, taps, tap.kernel, head.lit == Some(index)),
            x: g,
            w,
            product: tap.product(),
            padding: tap.padding,
        });
        let (row, text) = of_products(factors, None, step.sum, At::line(head, 0));
        let cols = cols(step.taps.iter().map(|tap| tap.kernel.0));
        Arithmetic { rows: vec![SumRow { cols, ..row }], text }
    }
}

impl Computation for Full {
    fn len(&self) -> usize {
        self.lab.input.cells().len()
    }

    fn row(&self) -> usize {
        self.lab.input.cols()
    }

    fn terms(&self, _: usize) -> usize {
        self.lab.kernel.cells().len()
    }

    fn scene(&self, head: Playhead) -> Scene {
        let (_, looked) = head.of(self.len());
        let (Some(step), Some(dx)) = (self.step(looked), self.dx()) else {
            return super::steps::broken_scene(&self.lab);
        };
        let mut upstream = self.upstream_view();
        let mut kernel = kernel_view(&self.lab.kernel);
        let mut turned = kernel_view(&self.lab.kernel.flipped());
        turned.cells = turned.cells.map(&|cell| CellView { kind: CellKind::Output, ..cell.clone() });
        for (index, tap) in step.taps.iter().enumerate() {
            let lit = head.lit.or(head.adding()) == Some(index);
            let mark = |cell: Option<&mut CellView>, name, seen: bool| {
                if let Some(cell) = cell {
                    cell.seen |= seen;
                    cell.lit = lit;
                    cell.letter = letter(index, step.taps.len(), name, lit);
                }
            };
            let at = self.turned(tap.kernel);
            mark(upstream.cells.get_mut(tap.padded.0, tap.padded.1), tap.input.unwrap_or(tap.padded), true);
            mark(kernel.cells.get_mut(tap.kernel.0, tap.kernel.1), tap.kernel, false);
            mark(turned.cells.get_mut(at.0, at.1), tap.kernel, false);
        }
        let gradient = PlateView::computed(dx, Some(looked), &|index| head.shows(index, self.len()));
        let beam = vec![window_target(0, &step), Target::whole(2, &turned), Target::cell(3, step.output)];
        let shape = |(rows, cols): (usize, usize)| format::shape(&[rows, cols]);
        let note = format!("{}, stretched to {}", shape(upstream.shape), shape(upstream.cells.shape()));
        // On a phone each row is a line.
        let row = |plate: Plate, wide: Option<usize>, narrow: usize| {
            if head.narrow { plate.in_row(narrow) } else { Plate { row: wide, ..plate } }
        };
        let edited = |id, name: &str, col, view| Plate::new(id, PlateKind::Edited, name, col, view);
        Scene {
            plates: vec![
                row(edited(UPSTREAM, "Upstream gradient", 0, upstream).noted(note), None, 0),
                row(edited(PlateId::KERNEL, "Kernel", 1, kernel), Some(0), 1),
                row(Plate::new(TURNED, PlateKind::Derived, "Kernel, turned", 1, turned), Some(1), 0),
                row(Plate::new(INPUT_GRADIENT, PlateKind::Result, "Input gradient", 2, gradient), None, 1),
            ],
            signs: vec!["⋆", "="],
            beams: vec![beam],
            sum: Some(self.arithmetic(&step, head)),
            ..Scene::default()
        }
    }

    fn step_of(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        if plate == INPUT_GRADIENT { self.dx()?.index(row, col) } else { None }
    }

    fn term_of(&self, step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        self.step(step)?.taps.iter().position(|tap| match plate {
            UPSTREAM => tap.input == Some(at),
            PlateId::KERNEL => tap.kernel == at,
            TURNED => self.turned(tap.kernel) == at,
            _ => false,
        })
    }

    fn answer(&self, step: usize) -> Option<Answer> {
        let step = self.step(step)?;
        let (row, col) = step.output;
        let mistakes = mistake::transposed::at_full_convolution(&self.transposed, self.dx()?, &step);
        Some(Answer { question: format!("Input gradient row {row}, column {col}"), value: step.sum, mistakes })
    }

    fn output(&self) -> &[Matrix] {
        &self.gradients
    }
}
