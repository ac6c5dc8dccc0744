//! The window on the input: what the stage shows of a step, and what a prediction of its number may confuse.

use super::ConvolutionLab;
use crate::{
    formula::PaddingConvention,
    lab::{
        operation::{Answer, Computation},
        predict::telling,
        scene::{
            Arithmetic, Cells, Computed, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, Target, kernel_view,
            letter,
        },
        sliding::padded_view,
        sum::{At, Factors, of_products},
    },
    nn::{reference::PaddingMode, shape::Padding},
    num::{Entry, Matrix, format},
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
            grids.input.cells.share(&before.input.cells);
            grids.kernel.cells.share(&before.kernel.cells);
            grids.output.share(&before.output);
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
        answer(&self.lab, &self.convolution, self.y(), step)
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
pub(super) fn mark(
    cells: &mut Cells,
    step: Option<&ConvolutionStep>,
    head: Playhead,
    seen: bool,
    place: &dyn Fn(&Tap) -> ((usize, usize), (usize, usize)),
) {
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
    Arithmetic { rows: vec![row], text }
}

/// What is asked for at a step, and the mistakes that are known.
pub(super) fn answer(lab: &ConvolutionLab, convolution: &Convolution, output: &Matrix, index: usize) -> Option<Answer> {
    let (row, col) = (index / output.cols(), index % output.cols());
    let step = convolution.step(output, row, col)?;
    let question = format!("Output row {row}, column {col}");
    let value = step.sum;
    let mut mistakes = Vec::new();
    if step.bias != 0.0 {
        let bias = format::shown(step.bias);
        mistakes.push((value - step.bias, format!("That is the sum without the bias: {bias} is still to be added.")));
        mistakes.push((value + step.bias, format!("The bias of {bias} was added twice.")));
    }
    of_settings(lab, convolution, &step, &mut mistakes);
    let flat = step.taps.iter().map(|tap| tap.x * tap.w.abs()).sum::<f64>() + step.bias;
    mistakes.push((flat, "A minus of the kernel was lost.".to_owned()));
    let window = step.taps.iter().map(|tap| tap.x).sum();
    mistakes.push((window, "That is the sum of the window, without the kernel's numbers.".to_owned()));
    if let Some(swapped) = output.get(col, row) {
        mistakes.push((*swapped, format!("That is row {col}, column {row}. Rows come first.")));
    }
    of_taps(&step, &mut mistakes);
    Some(Answer { question, value, mistakes: telling(value, mistakes) })
}

/// Numbers that other settings make: a turned kernel, a window one off, stride, dilation, padding.
fn of_settings(
    lab: &ConvolutionLab,
    convolution: &Convolution,
    step: &ConvolutionStep,
    mistakes: &mut Vec<(f64, String)>,
) {
    let (row, col) = step.output;
    let mut add = |value: Option<f64>, sentence: String| mistakes.extend(value.map(|value| (value, sentence)));
    let with = |changed: Convolution| changed.value(row, col);
    let turned = if convolution.flip {
        "That is cross-correlation: here Flip is on, so the kernel is turned by half a turn first."
    } else {
        "That is the sum with the kernel turned by half a turn. Here it is laid on as it is written: cross-correlation."
    };
    add(with(Convolution { flip: !convolution.flip, ..convolution.clone() }), turned.to_owned());
    for (down, right, words) in [
        (0, 1, "one column too far right"),
        (1, 0, "one row too low"),
        (0, -1, "one column too far left"),
        (-1, 0, "one row too high"),
    ] {
        let (top, left) = step.origin;
        let plane = if convolution.padding == Padding::default() { "input" } else { "padded input" };
        let sentence = format!("That window lies {words}: it begins at row {top}, column {left} of the {plane}.");
        add(window_sum(convolution, step, (down, right)), sentence);
    }
    if convolution.stride != (1, 1) {
        let (rows, cols) = convolution.stride;
        let sentence =
            format!("That is right for stride 1. Here the window moves by {rows} down and by {cols} across.");
        add(with(Convolution { stride: (1, 1), ..convolution.clone() }), sentence);
    }
    if convolution.dilation != (1, 1) {
        let sentence = "That is right for dilation 1. Here the taps stand apart.".to_owned();
        add(with(Convolution { dilation: (1, 1), ..convolution.clone() }), sentence);
    }
    let Padding { top, bottom, left, right } = convolution.padding;
    if convolution.padding == Padding::default() {
        return;
    }
    let (other, words) = match lab.sliding.convention {
        PaddingConvention::PerSide => (
            Padding::total(top, left),
            format!(
                "That takes p = {top} as the total of both sides. Here it is per side: {top} above and {bottom} below."
            ),
        ),
        PaddingConvention::Total => (
            Padding { top: top + bottom, bottom: top + bottom, left: left + right, right: left + right },
            format!(
                "That takes p = {} for each side. Here it is the total: {top} above and {bottom} below.",
                top + bottom
            ),
        ),
    };
    add(with(Convolution { padding: other, ..convolution.clone() }), words);
    let forgotten = "That forgets the padding: the output begins in the ring.".to_owned();
    add(with(Convolution { padding: Padding::default(), ..convolution.clone() }), forgotten);
    if convolution.mode != PaddingMode::Zeros {
        let zeros = "That takes the ring for zeros. Here it copies the input.".to_owned();
        add(with(Convolution { mode: PaddingMode::Zeros, ..convolution.clone() }), zeros);
    }
}

/// Numbers that one tap done wrong makes.
fn of_taps(step: &ConvolutionStep, mistakes: &mut Vec<(f64, String)>) {
    let named = |(index, tap): (usize, &Tap)| {
        let name = letter(index, step.taps.len(), tap.kernel, true).unwrap_or_default();
        (name, format!("{} × {}", format::shown(tap.x), format::shown(tap.w)), *tap)
    };
    for (name, product, tap) in step.taps.iter().enumerate().map(named) {
        mistakes.push((step.sum - tap.product(), format!("That leaves out tap {name}: {product}.")));
        let right = format::shown(tap.product());
        mistakes
            .push((step.sum - 2.0 * tap.product(), format!("Tap {name} has the wrong sign: {product} is {right}.")));
    }
    for (name, product, tap) in step.taps.iter().enumerate().map(named) {
        let added = step.sum - tap.product() + tap.x + tap.w;
        mistakes.push((added, format!("Tap {name} was added up: it is a product, {product}.")));
    }
}

/// The sum of a window that lies `down` rows and `right` columns off, where it still lies on the padded input.
fn window_sum(convolution: &Convolution, step: &ConvolutionStep, (down, right): (isize, isize)) -> Option<f64> {
    let Padding { top, bottom, left, right: after } = convolution.padding;
    let rows = convolution.input.rows() + top + bottom;
    let cols = convolution.input.cols() + left + after;
    let mut sum = step.bias;
    for tap in &step.taps {
        let at = (tap.padded.0.checked_add_signed(down)?, tap.padded.1.checked_add_signed(right)?);
        if at.0 >= rows || at.1 >= cols {
            return None;
        }
        let x = convolution.source(at).and_then(|(i, j)| convolution.input.get(i, j)).copied().unwrap_or(0.0);
        sum += x * tap.w;
    }
    Some(sum)
}
