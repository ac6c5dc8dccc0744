//! The window on the input: what the stage shows of a step, and what a prediction of its number may confuse.

use super::ConvolutionLab;
use crate::{
    lab::{
        operation::{Answer, Computation},
        scene::{
            Arithmetic, Cells, Computed, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, SumRow, Target,
            kernel_view, letter,
        },
        sliding::{Places, padded_view},
        sum::{At, Factors, cols, of_products},
    },
    mistake::{self, convolution::Compared},
    num::{Entry, Matrix},
    trace::{Convolution, ConvolutionStep, Tap},
};

pub(super) use crate::lab::sliding::window_target;

/// A convolution, output by output.
pub(super) struct Windows {
    lab: ConvolutionLab,
    convolution: Convolution,
    output: [Matrix; 1],
    grids: Grids,
}

/// The grids of a convolution before a step marks them: made once for all steps.
pub(super) struct Grids {
    input: PlateView,
    kernel: PlateView,
    output: Computed,
}

impl Grids {
    pub(super) fn new(lab: &ConvolutionLab, convolution: &Convolution, output: &Matrix) -> Self {
        let unread = convolution.unread().ok();
        Self {
            input: padded_view(&lab.input, convolution, unread.as_ref()),
            kernel: kernel_view(&lab.kernel),
            output: Computed::new(output),
        }
    }

    /// Takes over the rows that show what they did `before` a change.
    pub(super) fn share(&mut self, before: &Self) {
        self.input.cells.share(&before.input.cells);
        self.kernel.cells.share(&before.kernel.cells);
        self.output.share(&before.output);
    }

    /// The padded input under a step's window.
    pub(super) fn input(&self, step: Option<&ConvolutionStep>, head: Playhead) -> PlateView {
        let mut view = self.input.clone();
        mark(&mut view.cells, step, head, true, &|tap| (tap.padded, tap.input.unwrap_or(tap.padded)));
        view
    }

    /// The kernel with the letters of a step's taps.
    pub(super) fn kernel(&self, step: Option<&ConvolutionStep>, head: Playhead) -> PlateView {
        lettered(self.kernel.clone(), step, head)
    }

    /// The output as far as `show` says, and the cell that is made.
    pub(super) fn output(&self, now: Option<usize>, show: &dyn Fn(usize) -> bool) -> PlateView {
        self.output.view(now, show)
    }
}

impl Windows {
    /// The steps of `convolution`; rows of the grids that show what they did `before` a change stay the same.
    pub(super) fn new(lab: ConvolutionLab, convolution: Convolution, output: Matrix, before: Option<&Self>) -> Self {
        let mut grids = Grids::new(&lab, &convolution, &output);
        if let Some(Self { grids: before, .. }) = before {
            grids.share(before);
        }
        Self { lab, convolution, output: [output], grids }
    }

    /// The output of `convolution`, where it follows from this one.
    pub(super) fn output_after(&self, convolution: &Convolution) -> Option<Matrix> {
        convolution.output_after(&self.convolution, self.y())
    }

    fn y(&self) -> &Matrix {
        let [output] = &self.output;
        output
    }

    fn step(&self, index: usize) -> Option<ConvolutionStep> {
        let cols = self.y().cols();
        self.convolution.step(self.y(), index / cols, index % cols)
    }
}

impl Computation for Windows {
    fn len(&self) -> usize {
        self.y().cells().len()
    }

    fn row(&self) -> usize {
        self.y().cols()
    }

    fn terms(&self, _: usize) -> usize {
        self.lab.kernel.cells().len()
    }

    fn scene(&self, head: Playhead) -> Scene {
        let (_, looked) = head.of(self.len());
        let step = self.step(looked);
        let input = self.grids.input(step.as_ref(), head);
        let kernel = self.grids.kernel(step.as_ref(), head);
        let output = self.grids.output(Some(looked), &|index| head.shows(index, self.len()));
        let beam = step.as_ref().map(|step| {
            let at = (step.output.0, step.output.1);
            vec![window_target(0, step), Target::whole(1, &kernel), Target::cell(2, at)]
        });
        Scene {
            diagram: None,
            beams: beam.into_iter().collect(),
            plates: vec![
                Plate::new(PlateId::Input(0), PlateKind::Edited, "Input", 0, input),
                Plate::new(PlateId::KERNEL, PlateKind::Edited, "Kernel", 1, kernel),
                Plate::new(PlateId::Output(0), PlateKind::Result, "Output", 2, output),
            ],
            signs: vec!["⋆", "="],
            sum: step.map(|step| arithmetic(&self.lab, &step, head, 0)),
        }
    }

    fn step_of(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        if plate == PlateId::Output(0) { self.y().index(row, col) } else { None }
    }

    fn term_of(&self, step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        term_of(&self.step(step)?.taps, plate, at)
    }

    fn answer(&self, step: usize) -> Option<Answer> {
        answer(&self.lab, &self.convolution, self.y(), step, None)
    }

    fn output(&self) -> &[Matrix] {
        &self.output
    }
}

/// What was typed, while it can't be computed.
pub(super) fn broken_scene(lab: &ConvolutionLab) -> Scene {
    let input = lab.sliding.broken_view(&lab.input);
    Scene {
        diagram: None,
        plates: vec![
            Plate::new(PlateId::Input(0), PlateKind::Edited, "Input", 0, input),
            Plate::new(PlateId::KERNEL, PlateKind::Edited, "Kernel", 1, kernel_view(&lab.kernel)),
        ],
        signs: vec!["⋆", "="],
        beams: Vec::new(),
        sum: None,
    }
}

/// Marks the cells that a step reads, with their letters: `place` says where a tap stands in the grid, and by what
/// numbers it is called. A cell that gets no mark stays in the row that steps share.
pub(super) fn mark(cells: &mut Cells, step: Option<&ConvolutionStep>, head: Playhead, seen: bool, place: Places) {
    let Some(step) = step else { return };
    for (index, tap) in step.taps.iter().enumerate() {
        let ((row, col), name) = place(tap);
        let lit = head.lit.or(head.adding()) == Some(index);
        let letter = letter(index, step.taps.len(), name, lit);
        if !(seen || lit || letter.is_some()) {
            continue;
        }
        if let Some(cell) = cells.get_mut(row, col) {
            (cell.seen, cell.lit, cell.letter) = (seen, lit, letter);
        }
    }
}

/// A kernel with the letters of a step's taps. All of it is looked at in every step: that is no mark.
pub(super) fn lettered(mut kernel: PlateView, step: Option<&ConvolutionStep>, head: Playhead) -> PlateView {
    mark(&mut kernel.cells, step, head, false, &|tap| (tap.kernel, tap.kernel));
    kernel
}

pub(super) fn term_of(taps: &[Tap], plate: PlateId, at: (usize, usize)) -> Option<usize> {
    taps.iter().position(|tap| match plate {
        PlateId::Input(0) => tap.input == Some(at),
        PlateId::KERNEL => tap.kernel == at,
        _ => false,
    })
}

/// A step's sum, whose terms are counted from `first`.
pub(super) fn arithmetic(lab: &ConvolutionLab, step: &ConvolutionStep, head: Playhead, first: usize) -> Arithmetic {
    let zero = Entry::Number(0.0);
    let at = At::line(head, first);
    let factors = step.taps.iter().enumerate().map(|(index, tap)| Factors {
        letter: letter(index, step.taps.len(), tap.kernel, head.lit == Some(first + index)),
        x: tap.input.and_then(|(i, j)| lab.input.get(i, j)).unwrap_or(&zero),
        w: lab.kernel.get(tap.kernel.0, tap.kernel.1).unwrap_or(&zero),
        product: tap.product(),
        padding: tap.padding,
    });
    let (row, text) = of_products(factors, Some(&lab.bias), step.sum, at);
    let cols = cols(step.taps.iter().map(|tap| tap.kernel.0));
    Arithmetic { rows: vec![SumRow { cols, ..row }], text }
}

/// What is asked for at a step, and the mistakes that are known; `compared` stands beside it.
pub(super) fn answer(
    lab: &ConvolutionLab,
    convolution: &Convolution,
    output: &Matrix,
    index: usize,
    compared: Option<Compared>,
) -> Option<Answer> {
    let (row, col) = (index / output.cols(), index % output.cols());
    let step = convolution.step(output, row, col)?;
    let mistakes = mistake::convolution::at(convolution, output, &step, lab.sliding.convention, compared);
    Some(Answer { question: format!("Output row {row}, column {col}"), value: step.sum, mistakes })
}
