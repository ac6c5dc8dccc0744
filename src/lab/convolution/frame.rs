//! What the screen shows of the lab at one moment: a function of (state, step), so that going back is as easy as forth.

use std::{cmp::Ordering, sync::Arc};

use super::ConvolutionLab;
use crate::{
    num::{Entry, Grid, Matrix, format},
    trace::{Convolution, ConvolutionStep, Tap},
};

/// Where the lab looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Playhead {
    /// The step, from 0; a step past the end is taken as the last.
    pub step: usize,
    /// An output cell that is pointed at, by its step; shown instead of `step`, and nothing is computed or forgotten.
    pub pointed: Option<usize>,
    /// A tap of that step that is pointed at.
    pub lit: Option<usize>,
    /// While a step plays: the taps before this one are added up, the result is not there yet.
    pub adding: Option<usize>,
}

/// What a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CellKind {
    /// A zero around the input.
    #[default]
    Padding,
    /// A number that can be edited.
    Editable,
    /// A number of the output.
    Output,
    /// A number of the output that no step has made yet.
    NotYet,
}

/// One cell on screen.
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own on the cell, and any can go with any")]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CellView {
    /// What it is.
    pub kind: CellKind,
    /// The number as it is shown; empty for a cell not computed yet.
    pub text: String,
    /// The whole number, where the text is rounded.
    pub whole: Option<String>,
    /// The letter of the tap that reads it.
    pub letter: Option<String>,
    /// Under the window.
    pub seen: bool,
    /// The tap that is pointed at.
    pub lit: bool,
    /// The output cell of this step.
    pub now: bool,
    /// Read by no window.
    pub unread: bool,
    /// No number.
    pub invalid: bool,
    /// Sign and size in percent of the plane's scale, its largest magnitude rounded up; 0 for no tint.
    pub tint: i8,
}

/// One grid on screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlateView {
    /// All cells, padding included.
    pub cells: Grid<CellView>,
    /// Rows of padding above and columns of padding at the left: where row 0, column 0 is.
    pub origin: (usize, usize),
    /// Rows and columns without the padding.
    pub shape: (usize, usize),
}

impl PlateView {
    /// The same grid without its numbers: an exercise in which the student finds them.
    #[must_use]
    pub fn blank(&self) -> Self {
        let hidden = |cell: &CellView| CellView { kind: CellKind::NotYet, now: cell.now, ..CellView::default() };
        Self { cells: self.cells.map(hidden), origin: self.origin, shape: self.shape }
    }
}

/// One term of the sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The letter of its tap.
    pub letter: Option<String>,
    /// `8 × (−2)`
    pub factors: String,
    /// `−16`, with its sign.
    pub product: String,
    /// The sign of the product.
    pub sign: Ordering,
    /// Its input is a zero of the padding.
    pub padding: bool,
    /// It is pointed at.
    pub lit: bool,
    /// While a step plays: not added yet.
    pub waiting: bool,
}

/// The sum of one step, written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arithmetic {
    /// One term a tap.
    pub terms: Vec<Term>,
    /// The bias, where it is not 0.
    pub bias: Option<String>,
    /// `=`, or `≈` where a number on screen is rounded.
    pub equals: &'static str,
    /// The sum; `None` while the terms are being added.
    pub result: Option<String>,
    /// The whole sum, where the result is rounded.
    pub whole: Option<String>,
    /// All of it as text: `0×0 + 1×1 + 3×2 + 4×3 = 19`.
    pub text: String,
}

/// Everything the stage shows. The grids are shared, not copied, on their way to the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The padded input.
    pub input: Arc<PlateView>,
    /// The kernel.
    pub kernel: Arc<PlateView>,
    /// The output, `None` while there is a problem.
    pub output: Option<Arc<PlateView>>,
    /// The step that is looked at.
    pub step: Option<ConvolutionStep>,
    /// Its sum.
    pub arithmetic: Option<Arithmetic>,
}

/// The most taps that have a letter each; past it the pointed one shows its row and column.
const LETTERS: usize = 26;

impl Frame {
    /// The picture of `lab` at `head`; `computed` is the lab's convolution and its output.
    pub fn new(lab: &ConvolutionLab, computed: Option<(&Convolution, &Matrix)>, head: Playhead) -> Self {
        let Some((convolution, output)) = computed else {
            return Self {
                input: Arc::new(input_plate(lab, None, None, head)),
                kernel: Arc::new(kernel_plate(lab, None, head)),
                output: None,
                step: None,
                arithmetic: None,
            };
        };
        let last = output.cells().len() - 1;
        let (done, looked) = (head.step.min(last), head.pointed.unwrap_or(head.step).min(last));
        let step = convolution.step(output, looked / output.cols(), looked % output.cols());
        let unread = convolution.unread().ok();
        let adding = head.adding.filter(|_| looked == done && head.pointed.is_none());
        Self {
            input: Arc::new(input_plate(lab, step.as_ref(), unread.as_ref(), head)),
            kernel: Arc::new(kernel_plate(lab, step.as_ref(), head)),
            output: Some(Arc::new(output_plate(output, done, looked, adding.is_some()))),
            arithmetic: step.as_ref().map(|step| arithmetic(lab, step, head.lit, adding)),
            step,
        }
    }
}

fn letter(tap: usize, taps: usize, at: (usize, usize), lit: bool) -> Option<String> {
    if taps <= LETTERS {
        let offset = u8::try_from(tap).ok()?;
        Some(char::from(b'a' + offset).to_string())
    } else {
        lit.then(|| format!("{},{}", at.0, at.1))
    }
}

fn whole(value: f64) -> Option<String> {
    format::is_rounded(value).then(|| format::exact(value))
}

fn entry_cell(entry: &Entry) -> CellView {
    CellView {
        kind: CellKind::Editable,
        text: entry.shown(),
        whole: match entry {
            Entry::Number(value) => whole(*value),
            Entry::Fraction { .. } => entry.value().map(format::exact),
            Entry::Unreadable(_) => None,
        },
        invalid: entry.value().is_none(),
        ..CellView::default()
    }
}

fn input_plate(
    lab: &ConvolutionLab,
    step: Option<&ConvolutionStep>,
    unread: Option<&Grid<bool>>,
    head: Playhead,
) -> PlateView {
    let padding = lab.drawn_padding();
    let (rows, cols) = lab.padded_shape();
    let mut cells = Grid::from_fn(rows, cols, |i, j| {
        let inside = i.checked_sub(padding.top).zip(j.checked_sub(padding.left));
        match inside.and_then(|(i, j)| Some((i, j, lab.input.get(i, j)?))) {
            None => CellView { text: "0".into(), ..CellView::default() },
            Some((i, j, entry)) => CellView {
                unread: unread.and_then(|unread| unread.get(i, j)).copied().unwrap_or(false),
                ..entry_cell(entry)
            },
        }
    });
    for (index, tap) in step.iter().flat_map(|step| &step.taps).enumerate() {
        if let Some(cell) = cells.get_mut(tap.padded.0, tap.padded.1) {
            cell.seen = true;
            cell.lit = head.lit.or(head.adding) == Some(index);
            cell.letter = letter(index, lab.kernel.cells().len(), tap.input.unwrap_or(tap.padded), cell.lit);
        }
    }
    PlateView { cells, origin: (padding.top, padding.left), shape: lab.input.shape() }
}

fn kernel_plate(lab: &ConvolutionLab, step: Option<&ConvolutionStep>, head: Playhead) -> PlateView {
    let scale = scale(lab.kernel.cells().iter().filter_map(Entry::value));
    let mut cells = lab
        .kernel
        .map(|entry| CellView { tint: entry.value().map_or(0, |value| tint(value, scale)), ..entry_cell(entry) });
    for (index, tap) in step.iter().flat_map(|step| &step.taps).enumerate() {
        if let Some(cell) = cells.get_mut(tap.kernel.0, tap.kernel.1) {
            cell.lit = head.lit.or(head.adding) == Some(index);
            cell.letter = letter(index, lab.kernel.cells().len(), tap.kernel, cell.lit);
        }
    }
    PlateView { shape: cells.shape(), cells, origin: (0, 0) }
}

fn output_plate(output: &Matrix, done: usize, looked: usize, adding: bool) -> PlateView {
    let scale = scale(output.cells().iter().copied());
    let cells = Grid::from_fn(output.rows(), output.cols(), |i, j| {
        let index = i * output.cols() + j;
        let now = index == looked;
        let value = output.get(i, j).copied().unwrap_or(f64::NAN);
        if (index > done && !now) || (now && adding) {
            return CellView { kind: CellKind::NotYet, now, ..CellView::default() };
        }
        CellView {
            kind: CellKind::Output,
            text: format::shown(value),
            whole: whole(value),
            now,
            tint: tint(value, scale),
            ..CellView::default()
        }
    });
    PlateView { cells, origin: (0, 0), shape: output.shape() }
}

/// The magnitude that is tinted fully: the largest of `values`, rounded up to one of ten steps a decade.
///
/// Rounded, it stays where it is while single numbers change: else each edit would tint every cell anew.
fn scale(values: impl Iterator<Item = f64>) -> f64 {
    const STEPS: [f64; 10] = [1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.4, 8.0];
    let largest = values.fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let decade = 10f64.powf(largest.log10().floor());
    STEPS.iter().map(|step| step * decade).find(|&step| step >= largest).unwrap_or(10.0 * decade)
}

/// `value` in percent of `scale`, at least 1 in size where it is not 0.
fn tint(value: f64, scale: f64) -> i8 {
    let percent = (value.abs() / scale * 100.0).round().clamp(1.0, 100.0);
    #[expect(clippy::cast_possible_truncation, reason = "between 1 and 100")]
    match value.partial_cmp(&0.0) {
        Some(Ordering::Greater) => percent as i8,
        Some(Ordering::Less) => -(percent as i8),
        _ => 0,
    }
}

fn arithmetic(lab: &ConvolutionLab, step: &ConvolutionStep, lit: Option<usize>, adding: Option<usize>) -> Arithmetic {
    let zero = Entry::Number(0.0);
    let factors = |tap: &Tap| {
        let x = tap.input.and_then(|(i, j)| lab.input.get(i, j)).unwrap_or(&zero);
        let w = lab.kernel.get(tap.kernel.0, tap.kernel.1).unwrap_or(&zero);
        (factor(x), factor(w))
    };
    let mut text = Vec::with_capacity(step.taps.len() + 1);
    let mut rounded = format::is_rounded(step.sum);
    let terms = step.taps.iter().enumerate().map(|(index, tap)| {
        let ((x, x_rounded), (w, w_rounded)) = factors(tap);
        rounded |= x_rounded || w_rounded;
        text.push(format!("{x}×{w}"));
        let product = tap.product();
        let sign = product.partial_cmp(&0.0).unwrap_or(Ordering::Equal);
        let plus = if sign == Ordering::Greater { "+" } else { "" };
        Term {
            letter: letter(index, step.taps.len(), tap.kernel, lit == Some(index)),
            factors: format!("{x} × {w}"),
            product: format!("{plus}{}", format::shown(product)),
            sign,
            padding: tap.input.is_none(),
            lit: lit.or(adding) == Some(index),
            waiting: adding.is_some_and(|adding| index > adding),
        }
    });
    let terms = terms.collect();
    let bias = (lab.bias.value() != Some(0.0)).then(|| factor(&lab.bias));
    if let Some((bias, bias_rounded)) = &bias {
        rounded |= bias_rounded;
        text.push(bias.clone());
    }
    let equals = if rounded { "≈" } else { "=" };
    let result = format::shown(step.sum);
    Arithmetic {
        terms,
        bias: bias.map(|(bias, _)| bias),
        equals,
        text: format!("{} {equals} {result}", text.join(" + ")),
        result: adding.is_none().then_some(result),
        whole: whole(step.sum),
    }
}

/// A factor as it is written in a sum, negative ones in brackets, and whether it is rounded.
fn factor(entry: &Entry) -> (String, bool) {
    let shown = entry.shown();
    let rounded = matches!(entry, Entry::Number(value) if format::is_rounded(*value));
    (if shown.starts_with(format::MINUS) { format!("({shown})") } else { shown }, rounded)
}

#[cfg(test)]
#[expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them with a hash")]
mod tests {
    use super::*;
    use crate::{
        lab::{
            Lab,
            convolution::{Action, Plate},
        },
        nn::shape::Padding,
    };
    use expect_test::{Expect, expect};

    fn frame(actions: Vec<Action>, head: Playhead) -> Frame {
        let mut lab = ConvolutionLab::default();
        for action in actions {
            lab.apply(action).unwrap();
        }
        match lab.convolution() {
            Ok(convolution) => Frame::new(&lab, Some((&convolution, &convolution.output().unwrap())), head),
            Err(_) => Frame::new(&lab, None, head),
        }
    }

    fn draw(plate: &PlateView) -> String {
        let cell = |cell: &CellView| {
            let mark = match (cell.now, cell.lit, cell.seen, cell.unread, cell.kind) {
                (true, ..) => "!",
                (_, true, ..) => "*",
                (_, _, true, ..) => "'",
                (_, _, _, true, _) => "~",
                (.., CellKind::Padding) => "#",
                _ => "",
            };
            format!("{:>4}", format!("{}{}{mark}", cell.letter.as_deref().unwrap_or(""), cell.text))
        };
        let row = |row: &[CellView]| row.iter().map(cell).collect::<String>().trim_end().to_owned();
        plate.cells.iter_rows().map(row).collect::<Vec<_>>().join("\n")
    }

    #[track_caller]
    fn check(actions: Vec<Action>, head: Playhead, expect: &Expect) {
        let frame = frame(actions, head);
        let output = frame.output.as_deref().map(draw).unwrap_or_default();
        let text = frame.arithmetic.map(|sum| sum.text).unwrap_or_default();
        expect.assert_eq(&format!("{}\n\n{}\n\n{output}\n\n{text}\n", draw(&frame.input), draw(&frame.kernel)));
    }

    #[test]
    fn the_courses_first_example() {
        check(
            vec![],
            Playhead::default(),
            &expect![[r#"
                 a0' b1'   2
                 c3' d4'   5
                   6   7   8

                  a0  b1
                  c2  d3

                 19!


                0×0 + 1×1 + 3×2 + 4×3 = 19
            "#]],
        );
    }

    #[test]
    fn a_pointed_cell_is_looked_at_and_nothing_is_forgotten() {
        let head = Playhead { step: 1, pointed: Some(3), lit: Some(2), adding: None };
        check(
            vec![Action::SetFlip(true)],
            head,
            &expect![[r#"
                   0   1   2
                   3 a4' b5'
                   6 c7* d8'

                  d0 c1*
                  b2  a3

                   5  11
                     29!

                4×3 + 5×2 + 7×1 + 8×0 = 29
            "#]],
        );
    }

    #[test]
    fn negative_factors_bias_and_rounding() {
        let actions = vec![
            Action::SetCell { plate: Plate::Kernel, row: 0, col: 1, text: "-1".into() },
            Action::SetCell { plate: Plate::Kernel, row: 1, col: 0, text: "1/3".into() },
            Action::SetBias("-2".into()),
        ];
        check(
            actions,
            Playhead::default(),
            &expect![[r#"
                 a0' b1'   2
                 c3' d4'   5
                   6   7   8

                  a0 b−1
                c1/3  d3

                 10!


                0×0 + 1×(−1) + 3×1/3 + 4×3 + (−2) = 10
            "#]],
        );
    }

    #[test]
    fn unread_cells_are_marked() {
        check(
            vec![Action::SetStride((2, 2)), Action::SetPadding(Padding { top: 1, ..Padding::default() })],
            Playhead { step: 9, ..Playhead::default() },
            &expect![[r#"
                  0#  0#  0#
                   0   1  2~
                 a3' b4'  5~
                 c6' d7'  8~

                  a0  b1
                  c2  d3

                   3
                 37!

                3×0 + 4×1 + 6×2 + 7×3 = 37
            "#]],
        );
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
    fn a_step_that_is_being_added_has_no_result_yet() {
        let frame = frame(vec![], Playhead { step: 1, adding: Some(2), ..Playhead::default() });
        let sum = frame.arithmetic.unwrap();
        assert_eq!(
            sum.terms.iter().map(|term| (term.lit, term.waiting)).collect::<Vec<_>>(),
            [(false, false), (false, false), (true, false), (false, true)]
        );
        assert_eq!(sum.result, None);
        let output = frame.output.unwrap();
        assert_eq!(output.cells.get(0, 1).unwrap().text, "");
    }
}
