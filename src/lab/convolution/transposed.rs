//! Transposed convolution, both ways: each input cell paints the kernel into the output, or the window slides over the
//! stretched input.

use super::{
    ConvolutionLab,
    window::{arithmetic, lettered, mark, term_of, window_target},
};
use crate::{
    lab::{
        checkpoints::{Checkpoints, KEPT_ROWS},
        operation::{Answer, Computation},
        scene::{
            Arithmetic, CellView, Computed, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, SumRow, Target,
            Term, kernel_view, letter, longest, scale, signed, tint,
        },
        sum::{At, cols},
    },
    mistake::{self, Growing},
    num::{Entry, Grid, Matrix, format},
    trace::{ConvolutionStep, Paint, PaintStep, Transposed},
};

/// Input cell by input cell. Past the last step come the output cells, each with its whole sum: what is looked at while
/// one is pointed at.
pub(super) struct Scatter {
    lab: ConvolutionLab,
    transposed: Transposed,
    output: [Matrix; 1],
    /// What the input cells before a step have painted, and where.
    painted: Checkpoints<Grid<(f64, bool)>>,
    /// Characters of the output's longest number.
    longest: usize,
}

impl Scatter {
    pub(super) fn new(lab: ConvolutionLab, transposed: Transposed, output: Matrix) -> Self {
        let bare = output.map(|_| (transposed.bias, false));
        let advance = |painted: &mut Grid<_>, cells| transposed.advance(painted, cells);
        let painted = Checkpoints::new((lab.input.cells().len(), KEPT_ROWS * lab.input.cols()), bare, &advance);
        Self { longest: longest(&output), painted, lab, transposed, output: [output] }
    }

    /// The sums after the first `count` input cells have painted, and where any of them has.
    fn painted(&self, count: usize) -> Grid<(f64, bool)> {
        let advance = |painted: &mut Grid<_>, cells| self.transposed.advance(painted, cells);
        self.painted.before(count.min(self.len()), &advance)
    }

    fn y(&self) -> &Matrix {
        let [output] = &self.output;
        output
    }

    fn step(&self, index: usize) -> Option<PaintStep> {
        let cols = self.lab.input.cols();
        self.transposed.paint(self.y().shape(), index / cols, index % cols)
    }

    /// The whole sum of an output cell: only the taps that read a number.
    fn gathered(&self, cell: usize) -> Option<ConvolutionStep> {
        gathered(&self.transposed, self.y(), cell)
    }

    /// The picture of an output cell that is pointed at: the input cells and weights that made it.
    fn scene_of_output(&self, cell: usize, head: Playhead) -> Scene {
        let step = self.gathered(cell);
        let mut input = PlateView::plain(self.lab.input.map(CellView::entry));
        mark(&mut input.cells, step.as_ref(), head, true, &|tap| (tap.input.unwrap_or((usize::MAX, 0)), tap.kernel));
        let kernel = lettered(kernel_view(&self.lab.kernel), step.as_ref(), head);
        let (done, _) = head.of(self.len());
        let output = self.output_view(done + 1, |index| index == cell);
        Self::framed(input, kernel, output, Vec::new(), step.map(|step| arithmetic(&self.lab, &step, head, 0)))
    }

    /// The output after `count` input cells; cells that nothing has painted are not there yet, but for those that `shown`
    /// says, which are there whole.
    fn output_view(&self, count: usize, shown: impl Fn(usize) -> bool) -> PlateView {
        let shape = self.y().shape();
        let painted = self.painted(count);
        let all = count >= self.len();
        let scale = scale(self.y().cells().iter().copied());
        let cells = Grid::from_fn(shape.0, shape.1, |i, j| {
            let whole = shown(i * shape.1 + j);
            let (sum, touched) = painted.get(i, j).copied().unwrap_or((f64::NAN, false));
            let value = self.y().get(i, j).copied().filter(|_| whole).unwrap_or(sum);
            if all || whole || touched {
                CellView { tint: tint(value, scale), now: whole, ..CellView::number(value) }
            } else {
                CellView::not_yet(false)
            }
        });
        let mut view = PlateView::plain(cells);
        view.cells.make_room(self.longest);
        view
    }

    fn framed(
        input: PlateView,
        kernel: PlateView,
        output: PlateView,
        beams: Vec<Vec<Target>>,
        sum: Option<Arithmetic>,
    ) -> Scene {
        Scene {
            diagram: None,
            plates: vec![
                Plate::new(PlateId::Input(0), PlateKind::Edited, "Input", 0, input),
                Plate::new(PlateId::KERNEL, PlateKind::Edited, "Kernel", 1, kernel),
                Plate::new(PlateId::Output(0), PlateKind::Result, "Output", 2, output),
            ],
            signs: vec!["×", "→"],
            beams,
            sum,
        }
    }
}

impl Computation for Scatter {
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
        if let Some(cell) = head.pointed.and_then(|pointed| pointed.checked_sub(self.len())) {
            return self.scene_of_output(cell, head);
        }
        let (_, looked) = head.of(self.len());
        let Some(step) = self.step(looked) else { return super::window::broken_scene(&self.lab) };
        let taps = step.paints.len();
        let lit = |index: usize| head.lit.or(head.adding()) == Some(index);
        let mut input = self.lab.input.map(CellView::entry);
        if let Some(cell) = input.get_mut(step.input.0, step.input.1) {
            cell.seen = true;
            cell.lit = head.lit.is_none() && head.adding().is_none();
        }
        let mut kernel = kernel_view(&self.lab.kernel);
        let waits = head.asked || head.adding().is_some();
        let mut output = self.output_view(looked + usize::from(!waits), |_| false);
        for (index, paint) in step.paints.iter().enumerate() {
            let name = letter(index, taps, paint.kernel, lit(index));
            if let Some(cell) = kernel.cells.get_mut(paint.kernel.0, paint.kernel.1) {
                cell.lit = lit(index);
                cell.letter.clone_from(&name);
            }
            if let Some(cell) = paint.output.and_then(|(i, j)| output.cells.get_mut(i, j)) {
                cell.seen = true;
                cell.lit = lit(index);
                cell.letter = name;
            }
        }
        let places: Vec<(usize, usize)> = step.paints.iter().filter_map(|paint| paint.output).collect();
        let least = places.iter().fold((usize::MAX, usize::MAX), |least, at| (least.0.min(at.0), least.1.min(at.1)));
        let most = places.iter().fold((0, 0), |most, at| (most.0.max(at.0), most.1.max(at.1)));
        let mut beam = vec![Target::cell(0, step.input), Target::whole(1, &kernel)];
        if !places.is_empty() {
            beam.push(Target::window(2, least, (most.0 + 1 - least.0, most.1 + 1 - least.1)));
        }
        let sum = painting(&self.lab, &step, (!places.is_empty()).then_some((least, most)), head);
        Self::framed(PlateView::plain(input), kernel, output, vec![beam], Some(sum))
    }

    fn step_of(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        match plate {
            PlateId::Input(0) => self.lab.input.index(row, col),
            PlateId::Output(0) => (0..self.len()).rev().find(|&index| {
                self.step(index).is_some_and(|step| step.paints.iter().any(|paint| paint.output == Some((row, col))))
            }),
            _ => None,
        }
    }

    fn look_of(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        let cell = if plate == PlateId::Output(0) { self.y().index(row, col) } else { None };
        cell.map(|cell| self.len() + cell)
    }

    fn term_of(&self, step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        if let Some(cell) = step.checked_sub(self.len()) {
            return term_of(&self.gathered(cell)?.taps, plate, at);
        }
        let paints = self.step(step)?.paints;
        paints.iter().position(|paint| match plate {
            PlateId::KERNEL => paint.kernel == at,
            PlateId::Output(0) => paint.output == Some(at),
            _ => false,
        })
    }

    fn answer(&self, step: usize) -> Option<Answer> {
        let held = |(row, col): (usize, usize), count| self.transposed.held((row, col), count);
        // The most telling cell is one that holds something already.
        let is_touched = |paint: &&Paint| paint.output.is_some_and(|at| held(at, step).1);
        let paints = self.step(step)?.paints;
        let paint =
            paints.iter().rev().find(is_touched).or(paints.iter().rev().find(|paint| paint.output.is_some()))?;
        // A step that paints past the edges alone makes no number.
        let (row, col) = paint.output?;
        let growing =
            Growing { before: held((row, col), step).0, added: paint.product, after_all: *self.y().get(row, col)? };
        Some(Answer {
            question: format!("Output row {row}, column {col} after this step"),
            value: growing.after(),
            mistakes: mistake::transposed::at_paint(paint, growing),
        })
    }

    fn output(&self) -> &[Matrix] {
        &self.output
    }
}

/// What an input cell paints, as a line without a result.
fn painting(
    lab: &ConvolutionLab,
    step: &PaintStep,
    range: Option<((usize, usize), (usize, usize))>,
    head: Playhead,
) -> Arithmetic {
    let zero = Entry::Number(0.0);
    let (x, _) = crate::lab::scene::factor(lab.input.get(step.input.0, step.input.1).unwrap_or(&zero));
    let at = At::line(head, 0);
    let taps = step.paints.len();
    let mut text = Vec::with_capacity(taps);
    let terms = step.paints.iter().enumerate().map(|(index, paint)| {
        let (w, _) = crate::lab::scene::factor(lab.kernel.get(paint.kernel.0, paint.kernel.1).unwrap_or(&zero));
        text.push(format!("{x}×{w}"));
        Term {
            letter: letter(index, taps, paint.kernel, head.lit == Some(index)),
            factors: format!("{x} × {w}"),
            product: signed(paint.product),
            value: paint.product,
            padding: paint.output.is_none(),
            lit: at.lit(index),
            waiting: at.waiting(index),
            won: false,
        }
    });
    let row = SumRow {
        label: String::new(),
        before: "",
        between: ",",
        after: String::new(),
        terms: terms.collect(),
        cols: cols(step.paints.iter().map(|paint| paint.kernel.0)),
        bias: None,
        equals: "",
        result: None,
        whole: None,
        ..SumRow::default()
    };
    let span = |from: usize, to: usize, what: &str| {
        if from == to { format!("{what} {from}") } else { format!("{what}s {from} to {to}") }
    };
    let to = match range {
        Some((least, most)) => {
            format!("added to {}, {}", span(least.0, most.0, "row"), span(least.1, most.1, "column"))
        }
        None => "cut off by the padding".to_owned(),
    };
    Arithmetic { rows: vec![row], text: format!("{}: {to}", text.join(", ")) }
}

/// An output's sum, only of the taps that read a number.
fn gathered(transposed: &Transposed, output: &Matrix, cell: usize) -> Option<ConvolutionStep> {
    let mut step = transposed.step(output, cell / output.cols(), cell % output.cols())?;
    step.taps.retain(|tap| tap.input.is_some());
    Some(step)
}

/// Output cell by output cell, over the stretched input.
pub(super) struct Stretched {
    lab: ConvolutionLab,
    transposed: Transposed,
    output: [Matrix; 1],
    // The grids before a step marks them: made once for all steps.
    input: PlateView,
    computed: Computed,
}

impl Stretched {
    pub(super) fn new(lab: ConvolutionLab, transposed: Transposed, output: Matrix) -> Self {
        let (around, size) = transposed.stretched(output.shape());
        let typed = lab.input.map(CellView::entry).into();
        let input = PlateView::stretched(&typed, (around.top, around.left), size, transposed.stride);
        Self { computed: Computed::new(&output), lab, transposed, output: [output], input }
    }

    fn y(&self) -> &Matrix {
        let [output] = &self.output;
        output
    }

    fn step(&self, index: usize) -> Option<ConvolutionStep> {
        let cols = self.y().cols();
        self.transposed.step(self.y(), index / cols, index % cols)
    }
}

impl Computation for Stretched {
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
        let mut input = self.input.clone();
        mark(&mut input.cells, step.as_ref(), head, true, &|tap| (tap.padded, tap.input.unwrap_or(tap.padded)));
        let kernel = lettered(kernel_view(&self.lab.kernel), step.as_ref(), head);
        let output = self.computed.view(Some(looked), &|index| head.shows(index, self.len()));
        let beam = step
            .as_ref()
            .map(|step| vec![window_target(0, step), Target::whole(1, &kernel), Target::cell(2, step.output)]);
        let shape = |(rows, cols): (usize, usize)| format::shape(&[rows, cols]);
        let note = format!("{}, stretched to {}", shape(self.lab.input.shape()), shape(input.cells.shape()));
        // Turned by Flip and by the view, it is read as it is written.
        let way = if self.lab.sliding.flip { "as written" } else { "turned 180°" };
        let turned = format!("{}, {way}", shape(self.lab.kernel.shape()));
        Scene {
            diagram: None,
            beams: beam.into_iter().collect(),
            plates: vec![
                Plate::new(PlateId::Input(0), PlateKind::Edited, "Input", 0, input).noted(note),
                Plate::new(PlateId::KERNEL, PlateKind::Edited, "Kernel", 1, kernel).noted(turned),
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
        answer(&self.transposed, self.y(), step)
    }

    fn output(&self) -> &[Matrix] {
        &self.output
    }
}

/// What is asked for at an output of a transposed convolution, and the mistakes that are known.
pub(super) fn answer(transposed: &Transposed, output: &Matrix, index: usize) -> Option<Answer> {
    let step = gathered(transposed, output, index)?;
    let (row, col) = step.output;
    let mistakes = mistake::transposed::at(transposed, output, &step);
    Some(Answer { question: format!("Output row {row}, column {col}"), value: step.sum, mistakes })
}
