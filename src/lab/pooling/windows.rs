//! The window on the input, and on the shifted input where there is one: what the stage shows of a step.

use super::{Direction, PoolingLab, SHIFTED_INPUT, SHIFTED_OUTPUT, answer::answer, pane::Pane, shift};
use crate::{
    lab::{
        operation::{Answer, Computation},
        scene::{
            Arithmetic, CellKind, CellView, Computed, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, SumRow,
            Target, Term, factor, letter, whole,
        },
        sum::{At, cols},
    },
    nn::shape::{Padding, ShapeError},
    num::{Entry, Grid, Matrix, format},
    trace::{Pooling, PoolingKind, PoolingStep},
};

/// A pooling, output by output.
pub(super) struct Windows {
    input: Pane,
    shifted: Option<(Direction, Pane)>,
    overhang: (usize, usize),
    /// The grids of the panes.
    grids: Vec<Grids>,
}

/// The grids of a pane before a step marks them: made once for all steps.
struct Grids {
    input: PlateView,
    output: Computed,
    /// How many cells of both differ from those of the input that is not shifted.
    differing: (usize, usize),
}

impl Grids {
    fn new(pane: &Pane, unread: &Grid<bool>, overhang: (usize, usize)) -> Self {
        let pooling = &pane.pooling;
        let mut input = padded_view(&pane.entries, pooling.padding, overhang, pooling.kind, |i, j| {
            unread.get(i, j).copied().unwrap_or(false)
        });
        if !pooling.padding_takes_part() {
            for (i, j) in places(input.cells.shape()) {
                if let Some(cell) = input.cells.get_mut(i, j) {
                    cell.unread |= cell.kind == CellKind::Padding;
                }
            }
        }
        Self { input, output: Computed::new(&pane.pooled.values), differing: (0, 0) }
    }

    /// Marks the shifted pane's: nothing is typed into it, and what differs from `before` shows.
    fn shifted(mut self, pane: &Pane, before: &Pane) -> Self {
        let inputs = shift::differences(&before.pooling.input, &pane.pooling.input);
        let outputs = shift::differences(&before.pooled.values, &pane.pooled.values);
        mark_made(&mut self.input);
        mark_differing(&mut self.input, &inputs);
        for (i, j) in places(outputs.shape()) {
            if let Some(cell) = self.output.cells_mut().get_mut(i, j) {
                cell.differs = outputs.get(i, j).copied().unwrap_or(false);
            }
        }
        self.differing = (shift::count(&inputs), shift::count(&outputs));
        self
    }
}

impl Windows {
    pub(super) fn new(lab: PoolingLab, pooling: Pooling, before: Option<&Self>) -> Result<Self, ShapeError> {
        let before = before.map(|before| &before.input);
        let follows = before.and_then(|before| pooling.output_after(&before.pooling, &before.pooled));
        let pooled = follows.map_or_else(|| pooling.output(), Ok)?;
        let (unread, overhang) = (pooling.unread()?, pooling.overhang()?);
        let shifted = lab.shift.and_then(|direction| {
            let (pooling, pooled) = shift::pooled(&pooling, direction)?;
            let entries = direction.shifted(&lab.input, &Entry::Number(0.0));
            Some((direction, Pane { entries, pooling, pooled }))
        });
        let input = Pane { entries: lab.input, pooling, pooled };
        let grids = |pane: &Pane| Grids::new(pane, &unread, overhang);
        let both = shifted.iter().map(|(_, pane): &(Direction, Pane)| grids(pane).shifted(pane, &input));
        let grids = std::iter::once(grids(&input)).chain(both).collect();
        Ok(Self { input, shifted, overhang, grids })
    }

    /// What a shift changes, where there is one.
    pub(super) fn changes(&self) -> Option<String> {
        let (direction, _) = self.shifted.as_ref()?;
        let Grids { differing: (inputs, outputs), .. } = self.grids.get(1)?;
        Some(format!(
            "Shifted {} by one, {inputs} of {} input cells change, {outputs} of {} pooled cells. Pooling makes a network \
             less sensitive to small shifts, not invariant to them.",
            direction.side(),
            self.input.pooling.input.cells().len(),
            self.input.pooled.values.cells().len()
        ))
    }

    /// Takes over the rows of the grids that show what they did before a change.
    pub(super) fn share(&mut self, before: &Self) {
        for (now, before) in self.grids.iter_mut().zip(&before.grids) {
            now.input.cells.share(&before.input.cells);
            now.output.share(&before.output);
        }
    }

    /// The panes, each with the number of its first term.
    fn panes(&self, step: usize) -> impl Iterator<Item = (&Pane, usize)> {
        let second = self.input.step(step).map_or(0, |step| step.cells.len());
        [Some((&self.input, 0)), self.shifted.as_ref().map(|(_, pane)| (pane, second))].into_iter().flatten()
    }

    /// An input under a step's window.
    fn input_view(input: &PlateView, pooling: &Pooling, step: Option<&PoolingStep>, at: At, won: bool) -> PlateView {
        let mut view = input.clone();
        let Some(step) = step else { return view };
        let taps = pooling.window.0 * pooling.window.1;
        for (u, v) in places(pooling.window) {
            if let Some(cell) = view.cells.get_mut(step.origin.0 + u, step.origin.1 + v) {
                cell.seen = true;
            }
        }
        for (index, pooled) in step.cells.iter().enumerate() {
            if let Some(cell) = view.cells.get_mut(pooled.padded.0, pooled.padded.1) {
                cell.lit = at.lit(index);
                cell.letter = letter(pooled.tap, taps, pooled.input.unwrap_or(pooled.padded), cell.lit);
                cell.won = won && step.winner == Some(index);
            }
        }
        view
    }
}

impl Computation for Windows {
    fn len(&self) -> usize {
        self.input.pooled.values.cells().len()
    }

    fn row(&self) -> usize {
        self.input.pooled.values.cols()
    }

    fn terms(&self, step: usize) -> usize {
        self.panes(step).filter_map(|(pane, _)| pane.step(step)).map(|step| step.cells.len()).sum()
    }

    fn scene(&self, head: Playhead) -> Scene {
        let len = self.len();
        let (done, looked) = head.of(len);
        // Asked for, neither the result nor the winner is told.
        let is_known = !(head.asked && looked >= done);
        let (mut plates, mut beams) = (Vec::new(), Vec::new());
        let (mut rows, mut texts) = (Vec::new(), Vec::new());
        for (index, ((pane, first), grids)) in self.panes(looked).zip(&self.grids).enumerate() {
            let step = pane.step(looked);
            let at = At::line(head, first);
            let has_result = is_known && at.has_result(step.as_ref().map_or(0, |step| step.cells.len()));
            let input = Self::input_view(&grids.input, &pane.pooling, step.as_ref(), at, has_result);
            let output = grids.output.view(Some(looked), &|index| head.shows(index, len));
            let (input, output) = match &self.shifted {
                Some((direction, _)) if index == 1 => {
                    let (input_shape, output_shape) = (pane.pooling.input.shape(), pane.pooled.values.shape());
                    let note = |(rows, cols), cells: usize| {
                        format!("{}, {cells} of {} differ", format::shape(&[rows, cols]), rows * cols)
                    };
                    (
                        Plate::new(
                            SHIFTED_INPUT,
                            PlateKind::Derived,
                            format!("Shifted {}", direction.side()),
                            0,
                            input,
                        )
                        .noted(note(input_shape, grids.differing.0)),
                        Plate::new(SHIFTED_OUTPUT, PlateKind::Result, "Shifted and pooled", 1, output)
                            .noted(note(output_shape, grids.differing.1)),
                    )
                }
                _ => (
                    input_plate(input, pane.pooling.padding, self.overhang),
                    Plate::new(PlateId::Output(0), PlateKind::Result, "Output", 1, output),
                ),
            };
            if let Some(step) = &step {
                beams.push(vec![
                    Target::window(plates.len(), step.origin, pane.pooling.window),
                    Target::cell(plates.len() + 1, step.output),
                ]);
                let label = match (&self.shifted, index) {
                    (None, _) => "",
                    (_, 0) => "input",
                    _ => "shifted",
                };
                let (row, text) = line(pane, step, at, has_result, label);
                rows.push(row);
                texts.push(text);
            }
            let in_row = |plate: Plate| if self.shifted.is_some() { plate.in_row(index) } else { plate };
            plates.extend([in_row(input), in_row(output)]);
        }
        let sum = Arithmetic { rows, text: texts.join("; ") };
        Scene { diagram: None, plates, signs: vec!["→"], beams, sum: Some(sum).filter(|sum| !sum.rows.is_empty()) }
    }

    fn step_of(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        let is_output = plate == PlateId::Output(0) || (plate == SHIFTED_OUTPUT && self.shifted.is_some());
        (is_output && self.input.pooled.values.get(row, col).is_some()).then(|| row * self.row() + col)
    }

    fn term_of(&self, step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        let pane = match plate {
            PlateId::Input(0) => 0,
            SHIFTED_INPUT => 1,
            _ => return None,
        };
        let (pane, first) = self.panes(step).nth(pane)?;
        let term = pane.step(step)?.cells.iter().position(|cell| cell.input == Some(at))?;
        Some(first + term)
    }

    fn answer(&self, step: usize) -> Option<Answer> {
        answer(&self.input, self.shifted.as_ref().map(|(_, pane)| pane), step)
    }

    fn output(&self) -> &[Matrix] {
        std::slice::from_ref(&self.input.pooled.values)
    }
}

/// What was typed, while it can't be computed.
pub(super) fn broken_scene(lab: &PoolingLab) -> Scene {
    let padding = lab.drawn_padding();
    let input = padded_view(&lab.input, padding, (0, 0), lab.kind, |_, _| false);
    Scene {
        diagram: None,
        plates: vec![input_plate(input, padding, (0, 0))],
        signs: vec!["→"],
        beams: Vec::new(),
        sum: None,
    }
}

fn input_plate(view: PlateView, padding: Padding, (rows, cols): (usize, usize)) -> Plate {
    let plate = Plate::new(PlateId::Input(0), PlateKind::Edited, "Input", 0, view);
    if (rows, cols) == (0, 0) {
        return plate;
    }
    // What a window reaches past the edge is drawn, but it is no part of the padded input.
    let (height, width) = plate.view.shape;
    let shape = format::shape(&[height, width]);
    if padding == Padding::default() {
        return plate.noted(shape);
    }
    let padded = (height + padding.top + padding.bottom, width + padding.left + padding.right);
    plate.noted(format!("{shape}, padded to {}", format::shape(&[padded.0, padded.1])))
}

/// An input with its ring, and past it the places over which a last window hangs.
fn padded_view(
    entries: &Grid<Entry>,
    padding: Padding,
    overhang: (usize, usize),
    kind: PoolingKind,
    unread: impl Fn(usize, usize) -> bool,
) -> PlateView {
    let Padding { top, bottom, left, right } = padding;
    let padded = (entries.rows() + top + bottom, entries.cols() + left + right);
    let held = match kind {
        PoolingKind::Max => "−∞",
        PoolingKind::Average => "0",
    };
    let cells = Grid::from_fn(padded.0 + overhang.0, padded.1 + overhang.1, |i, j| {
        let inside = i.checked_sub(top).zip(j.checked_sub(left));
        match inside.and_then(|(i, j)| Some((i, j, entries.get(i, j)?))) {
            Some((i, j, entry)) => CellView { unread: unread(i, j), ..CellView::entry(entry) },
            // Past the padded input there is no cell: nothing stands there, and nothing is read.
            None if i >= padded.0 || j >= padded.1 => CellView { unread: true, ..CellView::padding("") },
            None => CellView::padding(held),
        }
    });
    PlateView { cells: cells.into(), origin: (top, left), shape: entries.shape(), spread: (1, 1) }
}

/// Nothing is typed into a grid that is made of another.
fn mark_made(view: &mut PlateView) {
    for (i, j) in places(view.cells.shape()) {
        if let Some(cell) = view.cells.get_mut(i, j).filter(|cell| cell.kind == CellKind::Editable) {
            cell.kind = CellKind::Output;
        }
    }
}

/// Marks what differs, as far as it is there to be seen.
fn mark_differing(view: &mut PlateView, differing: &Grid<bool>) {
    for (i, j) in places(view.shape) {
        let (row, col) = view.place(i, j);
        if let Some(cell) = view.cells.get_mut(row, col) {
            cell.differs = cell.kind != CellKind::NotYet && differing.get(i, j).copied().unwrap_or(false);
        }
    }
}

fn places((rows, cols): (usize, usize)) -> impl Iterator<Item = (usize, usize)> {
    (0..rows).flat_map(move |i| (0..cols).map(move |j| (i, j)))
}

/// A step's arithmetic, and the same as text: `max(0, 1, 3, 4) = 4`, `(0 + 1 + 3 + 4) / 4 = 2`.
fn line(pane: &Pane, step: &PoolingStep, at: At, has_result: bool, label: &str) -> (SumRow, String) {
    let max = pane.pooling.kind == PoolingKind::Max;
    let taps = pane.pooling.window.0 * pane.pooling.window.1;
    let mut rounded = !max;
    let mut any_rounded = format::is_rounded(step.value);
    let terms: Vec<Term> = step
        .cells
        .iter()
        .enumerate()
        .map(|(index, cell)| {
            let entry = cell.input.and_then(|(i, j)| pane.entries.get(i, j));
            let factors = match entry {
                // Between commas a sign needs no brackets.
                Some(entry) if max => entry.shown(),
                Some(entry) => {
                    let (text, is_rounded) = factor(entry);
                    any_rounded |= is_rounded;
                    // The first has a bracket of its own before it.
                    if index == 0 { entry.shown() } else { text }
                }
                None => (if max { "−∞" } else { "0" }).to_owned(),
            };
            Term {
                letter: letter(cell.tap, taps, cell.input.unwrap_or(cell.padded), at.lit(index)),
                factors,
                product: String::new(),
                value: cell.x,
                padding: cell.input.is_none(),
                lit: at.lit(index),
                waiting: at.waiting(index),
                won: has_result && step.winner == Some(index),
            }
        })
        .collect();
    let result = format::shown(step.value);
    // A maximum is one of its numbers: what is shown of it is rounded only where that one is shown in another way.
    rounded |= step.winner.and_then(|index| terms.get(index)).is_some_and(|term| term.factors != result);
    let (before, between, after) =
        if max { ("max(", ",", ")".to_owned()) } else { ("(", "+", format!(") / {}", step.cells.len())) };
    let equals = if rounded && any_rounded { "≈" } else { "=" };
    let separator = if max { ", " } else { " + " };
    let joined = terms.iter().map(|term| term.factors.as_str()).collect::<Vec<_>>().join(separator);
    let named = if label.is_empty() { String::new() } else { format!("{label}: ") };
    let text = format!("{named}{before}{joined}{after} {equals} {result}");
    let row = SumRow {
        label: label.to_owned(),
        before,
        between,
        after,
        terms,
        bias: None,
        equals,
        result: has_result.then_some(result),
        cols: cols(step.cells.iter().map(|cell| cell.padded.0)),
        added: at.added(step.cells.len()),
        whole: whole(step.value),
        ..SumRow::default()
    };
    (row, text)
}
