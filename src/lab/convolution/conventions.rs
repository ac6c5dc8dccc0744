//! Two conventions of padding side by side: the same kernel over the same input, in two rings.

use super::{
    ConvolutionLab, Counted,
    window::{Grids, answer, arithmetic, term_of, window_target},
};
use crate::{
    formula::{OutputSize, PaddingConvention},
    lab::{
        control::ControlId,
        operation::{Action, Answer, Computation, Problem, ShapeView},
        scene::{Arithmetic, Plate, PlateId, PlateKind, Playhead, Scene, Target},
        sliding::Sliding,
    },
    mistake::convolution::Compared,
    nn::shape::{Axis, Padding},
    num::{Matrix, format},
    trace::{Convolution, ConvolutionStep},
};

/// One of the two.
struct Side {
    counted: Counted,
    lab: ConvolutionLab,
    convolution: Convolution,
    grids: Grids,
}

/// Both, with their outputs, and the places that at least one of the outputs has: the steps.
pub(super) struct Conventions {
    sides: [Side; 2],
    outputs: [Matrix; 2],
    places: Vec<(usize, usize)>,
}

impl Conventions {
    /// Both convolutions, or what stands in the way of one; what they show may follow from `before`.
    pub(super) fn of(lab: &ConvolutionLab, before: Option<&Self>) -> Result<Self, Problem> {
        let before = |index: usize| before.and_then(|before| before.pairs().nth(index));
        let (above, first) = side(lab, lab.compared.0, before(0))?;
        let (below, second) = side(lab, lab.compared.1, before(1))?;
        let (rows, cols) = (first.rows().max(second.rows()), first.cols().max(second.cols()));
        let all = (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col)));
        let places = all.filter(|&(row, col)| first.get(row, col).or(second.get(row, col)).is_some()).collect();
        Ok(Self { sides: [above, below], outputs: [first, second], places })
    }

    /// Row and column of a step's output.
    fn at(&self, step: usize) -> (usize, usize) {
        self.places.get(step).copied().unwrap_or_default()
    }

    /// Terms of one side's sum.
    fn taps(&self) -> usize {
        self.sides.first().map_or(0, |side| side.lab.kernel.cells().len())
    }

    /// Number of terms before those of a side.
    fn first_term(&self, side: usize, (row, col): (usize, usize)) -> usize {
        self.outputs.iter().take(side).filter(|output| output.get(row, col).is_some()).count() * self.taps()
    }

    fn step_at(&self, place: (usize, usize)) -> Option<usize> {
        self.places.binary_search(&place).ok()
    }

    fn pairs(&self) -> impl Iterator<Item = (&Side, &Matrix)> {
        self.sides.iter().zip(&self.outputs)
    }
}

fn sides(lab: &ConvolutionLab, counted: Counted) -> Padding {
    counted.sides(lab.counted_padding(), &lab.sliding, lab.input.shape(), lab.kernel.shape())
}

fn side(lab: &ConvolutionLab, counted: Counted, before: Option<(&Side, &Matrix)>) -> Result<(Side, Matrix), Problem> {
    let numbers = lab.numbers()?;
    if let Some(problem) = lab.sliding.past_limit() {
        return Err(problem);
    }
    let padding = sides(lab, counted);
    let convolution = lab.convolution_with(numbers, padding).map_err(|problem| of_one_side(problem, counted))?;
    let misfit = |error| {
        let sliding = Sliding { padding, ..lab.sliding };
        of_one_side(sliding.misfit(error, lab.input.shape(), lab.kernel.shape(), PlateId::KERNEL), counted)
    };
    let follows = before.and_then(|(side, output)| convolution.output_after(&side.convolution, output));
    let output = follows.map_or_else(|| convolution.output().map_err(misfit), Ok)?;
    let convention = convention_of(counted);
    let lab = ConvolutionLab { sliding: Sliding { padding, convention, ..lab.sliding }, ..lab.clone() };
    let mut grids = Grids::new(&lab, &convolution, &output);
    if let Some((side, _)) = before {
        grids.share(&side.grids);
    }
    Ok((Side { counted, lab, convolution, grids }, output))
}

/// How a formula in this way of counting has its p.
fn convention_of(counted: Counted) -> PaddingConvention {
    match counted {
        Counted::PerSide | Counted::SameTensorFlow => PaddingConvention::PerSide,
        Counted::Total | Counted::SameCourse => PaddingConvention::Total,
    }
}

/// A problem of one of the two: another padding would not repair it, since each convention makes its own of it.
fn of_one_side(problem: Problem, counted: Counted) -> Problem {
    let Problem { control, sentence, mut repairs } = problem;
    repairs.retain(|repair| !matches!(repair.action, Action::Set(ControlId::PADDING, _)));
    Problem { control, sentence: format!("{}: {sentence}", counted.name()), repairs }
}

/// Where the cells of a ring are, in few words.
fn ring(Padding { top, bottom, left, right }: Padding) -> String {
    match (top == left, bottom == right) {
        (true, true) if top == bottom => format!("{top} on every side"),
        (true, true) if bottom == 0 => format!("{top} above and left"),
        (true, true) if top == 0 => format!("{bottom} below and right"),
        _ => format!("{top} above, {bottom} below, {left} left, {right} right"),
    }
}

impl Computation for Conventions {
    fn len(&self) -> usize {
        self.places.len()
    }

    fn row(&self) -> usize {
        self.outputs.iter().map(Matrix::cols).max().unwrap_or(1)
    }

    fn terms(&self, step: usize) -> usize {
        let (row, col) = self.at(step);
        self.outputs.iter().filter(|output| output.get(row, col).is_some()).count() * self.taps()
    }

    fn scene(&self, head: Playhead) -> Scene {
        let (_, looked) = head.of(self.len());
        let (row, col) = self.at(looked);
        let mut plates = Vec::with_capacity(5);
        let mut beams = Vec::with_capacity(2);
        let (mut rows, mut texts) = (Vec::new(), Vec::new());
        for (index, (side, output)) in self.pairs().enumerate() {
            let name = side.counted.name();
            let step = side.convolution.step(output, row, col);
            let first = self.first_term(index, (row, col));
            let own =
                |term: Option<usize>| term.and_then(|term| term.checked_sub(first)).filter(|term| *term < self.taps());
            let side_head = Playhead { lit: own(head.lit), adding: own(head.adding), ..head };
            let input = side.grids.input(step.as_ref(), side_head);
            plates.push(
                Plate::new(PlateId::Input(index), PlateKind::Edited, format!("Input, {name}"), 0, input)
                    .in_row(index)
                    .noted(ring(side.convolution.padding)),
            );
            if let Some(step) = &step {
                let mut sum = arithmetic(&side.lab, step, head, first);
                for row in &mut sum.rows {
                    name.clone_into(&mut row.label);
                }
                rows.append(&mut sum.rows);
                texts.push(format!("{name}: {}", sum.text));
            } else {
                texts.push(format!("{name}: no output there"));
            }
            let show = |cell: usize| {
                self.step_at((cell / output.cols(), cell % output.cols()))
                    .is_some_and(|step| head.shows(step, self.len()))
            };
            let now = step.as_ref().map(|step| step.output.0 * output.cols() + step.output.1);
            let view = side.grids.output(now, &show);
            let result =
                Plate::new(PlateId::Output(index), PlateKind::Result, format!("Output, {name}"), 2, view).in_row(index);
            plates.push(result);
            if let Some(step) = step {
                beams.push((index, step));
            }
        }
        let first: Option<&ConvolutionStep> = beams.first().map(|(_, step)| step);
        if let Some(side) = self.sides.first() {
            // Both sums have the same taps, one after the other.
            let tap = |term: Option<usize>| term.map(|term| term % self.taps().max(1));
            let kernel_head = Playhead { lit: tap(head.lit), adding: tap(head.adding), ..head };
            let kernel = side.grids.kernel(first, kernel_head);
            plates.push(Plate::new(PlateId::KERNEL, PlateKind::Edited, "Kernel", 1, kernel));
        }
        let kernel = plates.len() - 1;
        let whole = plates.last().map_or((1, 1), |plate| plate.view.cells.shape());
        let beams = beams
            .into_iter()
            .map(|(index, step)| {
                vec![
                    window_target(2 * index, &step),
                    Target::window(kernel, (0, 0), whole),
                    Target::cell(2 * index + 1, step.output),
                ]
            })
            .collect();
        Scene {
            diagram: None,
            plates,
            signs: vec!["⋆", "="],
            beams,
            sum: Some(Arithmetic { rows, text: texts.join("; ") }),
        }
    }

    fn step_of(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        let PlateId::Output(index) = plate else { return None };
        self.outputs.get(index)?.get(row, col)?;
        self.step_at((row, col))
    }

    fn term_of(&self, step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        let (row, col) = self.at(step);
        let of_side = |index: usize| {
            let (side, output) = self.pairs().nth(index)?;
            // Each side has an input of its own on the stage, which is the same to type into.
            let plate = if plate == PlateId::Input(index) { PlateId::Input(0) } else { plate };
            let term = term_of(&side.convolution.step(output, row, col)?.taps, plate, at)?;
            Some(self.first_term(index, (row, col)) + term)
        };
        match plate {
            PlateId::Input(index) => of_side(index),
            _ => of_side(0).or_else(|| of_side(1)),
        }
    }

    fn answer(&self, step: usize) -> Option<Answer> {
        let (row, col) = self.at(step);
        let (side, output) = self.pairs().find(|(_, output)| output.get(row, col).is_some())?;
        let other = self.pairs().find(|(other, _)| other.counted != side.counted);
        let compared =
            other.map(|(other, output)| Compared { value: output.get(row, col).copied(), name: other.counted.name() });
        let index = row * output.cols() + col;
        let Answer { question, value, mistakes } = answer(&side.lab, &side.convolution, output, index, compared)?;
        Some(Answer { question: format!("{question}, {}", side.counted.name()), value, mistakes })
    }

    fn output(&self) -> &[Matrix] {
        &self.outputs
    }
}

/// Both formulas, each in its own way of counting.
pub(super) fn shape(lab: &ConvolutionLab, computed: Option<&dyn Computation>) -> ShapeView {
    let (input, kernel) = (lab.input.shape(), lab.kernel.shape());
    let result = computed.map_or_else(
        || "none".to_owned(),
        |computed| {
            let shapes = computed.output().iter().map(|output| format::shape(&[output.rows(), output.cols()]));
            shapes.collect::<Vec<_>>().join(" and ")
        },
    );
    let formulas = [lab.compared.0, lab.compared.1].into_iter().flat_map(|counted| {
        let sliding = Sliding { padding: sides(lab, counted), ..lab.sliding };
        let windows = (sliding.window(Axis::Height, kernel), sliding.window(Axis::Width, kernel));
        OutputSize::of_plane(input, windows, convention_of(counted))
    });
    ShapeView { result, formulas: formulas.map(|size| size.lines()).collect(), ..ShapeView::default() }
}
