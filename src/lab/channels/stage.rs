//! What the stage shows of a step: each channel under its kernel, what it adds, and the sum over the channels.

use std::mem;

use super::{ChannelsLab, answer::answer, strip::Drawn, sums::Sums};
use crate::{
    lab::{
        operation::{Answer, Computation},
        scene::{
            Arithmetic, Cells, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, SumRow, Target, Term, factor,
            kernel_view, letter, whole,
        },
        sliding::{Places, window_target},
        sum::{At, Factors, cols, of_products},
    },
    num::{Entry, Grid, Matrix, format},
    trace::{ChannelsStep, ConvolutionStep},
};

impl Sums {
    /// Adds the output's channels, and says which grid is that of `filter`, of which cell `now` is looked at.
    fn push_outputs(
        &self,
        plates: &mut Vec<Plate>,
        (filter, now): (usize, usize),
        drawn: &Drawn,
        head: Playhead,
    ) -> usize {
        let mut output = plates.len();
        let col = if self.is_single() { 2 } else { 3 };
        for (index, computed) in self.grids.output.iter().enumerate() {
            if index == filter {
                output = plates.len();
            } else if !drawn.all_filters {
                continue;
            }
            let begins = index * self.cells();
            let view = computed.view((index == filter).then_some(now), &|cell| head.shows(begins + cell, self.len()));
            let name = format!("Output channel {index}");
            let plate = Plate::new(PlateId::Output(index), PlateKind::Result, name, col, view);
            plates.push(if self.output.len() > 1 && drawn.all_filters { plate.in_row(index) } else { plate });
        }
        output
    }
}

impl Computation for Sums {
    fn len(&self) -> usize {
        self.output.len() * self.cells()
    }

    fn row(&self) -> usize {
        self.plane().1
    }

    fn terms(&self, _: usize) -> usize {
        self.last_line() + if self.is_single() { 0 } else { self.kernels() }
    }

    fn scene(&self, head: Playhead) -> Scene {
        let (_, looked) = head.of(self.len());
        let (filter, row, col) = self.at(looked);
        let step = self.step(looked);
        let first = self.lab.first_channel(filter);
        let group = first..first + self.kernels();
        let part = |channel: usize| {
            let kernel = channel.checked_sub(first)?;
            let part = step.as_ref()?.parts.get(kernel)?;
            Some((part, At::line(head, kernel * self.taps())))
        };
        let drawn = Drawn::new(&self.lab, self.rows(), &group, head);
        let mut plates = Vec::new();
        for (channel, view) in self.grids.inputs.iter().enumerate().filter(|(channel, _)| drawn.has(*channel)) {
            let mut view = view.clone();
            if let Some((step, at)) = part(channel) {
                mark(
                    &mut view.cells,
                    step,
                    self.taps(),
                    at,
                    &|tap| (tap.padded, tap.input.unwrap_or(tap.padded)),
                    true,
                );
            }
            let plate = drawn
                .place(Plate::new(PlateId::Input(channel), PlateKind::Edited, input_name(channel), 0, view), channel);
            let note = format!("{}, not read by filter {filter}", plate.note);
            plates.push(if group.contains(&channel) { plate } else { plate.noted(note) });
        }
        let mut targets = Vec::new();
        for channel in group.clone().filter(|channel| drawn.has(*channel)) {
            let Some(cells) = self.lab.kernel(filter, channel) else { continue };
            let mut view = kernel_view(cells);
            if let Some((step, at)) = part(channel) {
                mark(&mut view.cells, step, self.taps(), at, &|tap| (tap.kernel, tap.kernel), false);
                targets.push((
                    window_target(if drawn.all { channel } else { 0 }, step),
                    Target::whole(plates.len(), &view),
                ));
            }
            plates.push(drawn.place(kernel_plate(&self.lab, filter, channel, view), channel));
        }
        let now = row * self.row() + col;
        let begins = filter * self.cells();
        let mut beams: Vec<Vec<Target>> = targets.into_iter().map(|(window, kernel)| vec![window, kernel]).collect();
        if !self.is_single() {
            let partials = self.partials(filter).iter().filter(|partial| drawn.has(first + partial.kernel));
            for (partial, beam) in partials.zip(&mut beams) {
                let kernel = partial.kernel;
                let at = At::line(head, kernel * self.taps());
                let there = |cell: usize| {
                    if cell == now { at.has_result(self.taps()) } else { head.shows(begins + cell, self.len()) }
                };
                let mut view = partial.grid.view(Some(now), &there);
                if let Some(cell) = view.cells.get_mut(row, col) {
                    cell.letter = part_letter(kernel);
                    cell.lit = At::line(head, self.last_line()).lit(kernel);
                }
                beam.push(Target::cell(plates.len(), (row, col)));
                let (id, name) =
                    (self.partial(filter, first + kernel), format!("Partial sum channel {}", first + kernel));
                plates.push(drawn.place(Plate::new(id, PlateKind::Derived, name, 2, view), first + kernel));
            }
        }
        let output = self.push_outputs(&mut plates, (filter, now), &drawn, head);
        for beam in &mut beams {
            beam.push(Target::cell(output, (row, col)));
        }
        let mut sum = step.map(|step| arithmetic(&self.lab, &step, head));
        let diagram = drawn.strip(sum.as_ref(), &group, head);
        if let Some(sum) = sum.as_mut().filter(|_| !drawn.all) {
            one_channel(sum, drawn.shown - first);
        }
        Scene {
            diagram,
            plates,
            signs: if self.is_single() { vec!["⋆", "="] } else { vec!["⋆", "=", "Σ"] },
            beams,
            sum,
        }
    }

    fn step_of(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        let filter = match plate {
            PlateId::Output(filter) => filter,
            PlateId::Partial(partial) => partial / self.lab.inputs.len(),
            _ => return None,
        };
        self.output.get(filter)?.get(row, col)?;
        Some(filter * self.cells() + row * self.row() + col)
    }

    fn term_of(&self, step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        let (filter, row, col) = self.at(step);
        let channel = match plate {
            PlateId::Input(channel) => channel,
            PlateId::Kernel { filter: other, channel } if other == filter => channel,
            PlateId::Partial(partial) if partial / self.lab.inputs.len() == filter && at == (row, col) => {
                let kernel = (partial % self.lab.inputs.len()).checked_sub(self.lab.first_channel(filter))?;
                return (!self.is_single() && kernel < self.kernels()).then(|| self.last_line() + kernel);
            }
            _ => return None,
        };
        let kernel = channel.checked_sub(self.lab.first_channel(filter))?;
        let step = self.step(step)?;
        let taps = &step.parts.get(kernel)?.taps;
        let tap = match plate {
            // The ring may copy a cell that the window reads itself.
            PlateId::Input(_) => taps
                .iter()
                .position(|tap| tap.input == Some(at) && !tap.padding)
                .or_else(|| taps.iter().position(|tap| tap.input == Some(at)))?,
            _ => taps.iter().position(|tap| tap.kernel == at)?,
        };
        Some(kernel * self.taps() + tap)
    }

    fn answer(&self, step: usize) -> Option<Answer> {
        answer(&self.lab, self, step)
    }

    fn output(&self) -> &[Matrix] {
        &self.output
    }
}

fn input_name(channel: usize) -> String {
    format!("Input channel {channel}")
}

fn kernel_plate(lab: &ChannelsLab, filter: usize, channel: usize, view: PlateView) -> Plate {
    let id = PlateId::Kernel { filter, channel };
    let plate = Plate::new(id, PlateKind::Edited, format!("Kernel channel {channel}"), 1, view);
    let note = format!("filter {filter}, {}", plate.note);
    if lab.filters.len() > 1 { plate.noted(note) } else { plate }
}

/// The letter of what a channel adds: a capital, since the small ones are the taps'.
fn part_letter(kernel: usize) -> Option<String> {
    letter(kernel, 1, (0, 0), false).map(|letter| letter.to_ascii_uppercase())
}

/// What was typed, while it can't be computed.
pub(super) fn broken_scene(lab: &ChannelsLab, head: Playhead) -> Scene {
    let filter = broken_filter(lab);
    let kernels = lab.filters.get(filter).map_or(&[][..], Vec::as_slice);
    let first = lab.first_channel(filter);
    let group = first..first + kernels.len().max(1);
    let rows = lab.inputs.iter().map(|cells| cells.shape().0).max().unwrap_or(0);
    let drawn = Drawn::new(lab, (rows, 0), &group, head);
    let mut plates = Vec::new();
    for (channel, cells) in lab.inputs.iter().enumerate().filter(|(channel, _)| drawn.has(*channel)) {
        let view = lab.sliding.broken_view(cells);
        plates.push(
            drawn.place(Plate::new(PlateId::Input(channel), PlateKind::Edited, input_name(channel), 0, view), channel),
        );
    }
    for (kernel, cells) in kernels.iter().enumerate().filter(|(kernel, _)| drawn.has(first + kernel)) {
        let channel = first + kernel;
        plates.push(drawn.place(kernel_plate(lab, filter, channel, kernel_view(cells)), channel));
    }
    let diagram = drawn.strip(None, &group, head);
    Scene { diagram, plates, signs: vec!["⋆", "="], beams: Vec::new(), sum: None }
}

/// The filter that is shown while there is no output: the first that something is wrong with.
fn broken_filter(lab: &ChannelsLab) -> usize {
    let kernels = lab.filters.first().map_or(0, Vec::len);
    let unreadable = |cells: &Grid<Entry>| cells.cells().iter().any(|entry| entry.value().is_none());
    let is_broken = |filter: &Vec<Grid<Entry>>| {
        filter.len() != kernels || filter.iter().any(|cells| unreadable(cells) || cells.shape() != lab.kernel_shape())
    };
    lab.filters.iter().position(is_broken).unwrap_or(0)
}

/// Marks the cells that a channel's part of a step reads: `place` says where a tap stands in the grid, and by what
/// numbers it is called.
fn mark(cells: &mut Cells, step: &ConvolutionStep, taps: usize, at: At, place: Places, seen: bool) {
    for (index, tap) in step.taps.iter().enumerate() {
        let ((row, col), name) = place(tap);
        let lit = at.lit(index);
        let letter = letter(index, taps, name, lit);
        // A cell that gets no mark stays in the row that steps share.
        if !(seen || lit || letter.is_some()) {
            continue;
        }
        if let Some(cell) = cells.get_mut(row, col) {
            (cell.seen, cell.lit, cell.letter) = (seen, lit, letter);
        }
    }
}

/// A line for each channel, and one that adds them up; of a filter with one kernel, one line.
fn arithmetic(lab: &ChannelsLab, step: &ChannelsStep, head: Playhead) -> Arithmetic {
    let zero = Entry::Number(0.0);
    let bias = lab.biases.get(step.filter).unwrap_or(&zero);
    let single = step.parts.len() == 1;
    let (mut rows, mut text, mut first) = (Vec::new(), Vec::new(), 0);
    let mut last_line = Vec::new();
    for (kernel, part) in step.parts.iter().enumerate() {
        let channel = step.first_channel + kernel;
        let (input, weights) = (lab.inputs.get(channel), lab.kernel(step.filter, channel));
        let at = At::line(head, first);
        let factors = part.taps.iter().enumerate().map(|(index, tap)| Factors {
            letter: letter(index, part.taps.len(), tap.kernel, at.lit(index)),
            x: tap.input.and_then(|(i, j)| input?.get(i, j)).unwrap_or(&zero),
            w: weights.and_then(|weights| weights.get(tap.kernel.0, tap.kernel.1)).unwrap_or(&zero),
            product: tap.product(),
            padding: tap.padding,
        });
        let (bias, sum) = if single { (Some(bias), step.sum) } else { (None, part.sum) };
        let (row, line) = of_products(factors, bias, sum, at);
        let label = if lab.inputs.len() > 1 { format!("channel {channel}") } else { String::new() };
        text.push(if label.is_empty() { line } else { format!("{label}: {line}") });
        last_line.push((part.sum, row.result.is_some()));
        let cols = cols(part.taps.iter().map(|tap| tap.kernel.0));
        rows.push(SumRow { label, part: !single, cols, ..row });
        first += part.taps.len();
    }
    if !single {
        let (row, line) = over_channels(&last_line, bias, step.sum, At::line(head, first));
        text.push(line);
        rows.push(row);
    }
    Arithmetic { rows, text: text.join("; ") }
}

/// Leaves of the lines those of one kernel and of the sum; they stay the terms that they are of the step.
fn one_channel(sum: &mut Arithmetic, kernel: usize) {
    let (last, mut unseen) = (sum.rows.len().saturating_sub(1), 0);
    let rows = mem::take(&mut sum.rows).into_iter().enumerate();
    sum.rows = rows
        .filter_map(|(place, row)| {
            if place == kernel || place == last {
                return Some(SumRow { unseen: mem::take(&mut unseen), ..row });
            }
            unseen += row.terms.len();
            None
        })
        .collect();
}

/// `19 + 37 + bias = sum`, and the same as text; a part that is not known yet is a question mark.
fn over_channels(parts: &[(f64, bool)], bias: &Entry, sum: f64, at: At) -> (SumRow, String) {
    let bracketed = |value: f64| factor(&Entry::Number(value));
    let mut rounded = format::is_rounded(sum);
    let mut text = Vec::with_capacity(parts.len() + 1);
    let mut terms = Vec::with_capacity(parts.len());
    for (kernel, &(part, known)) in parts.iter().enumerate() {
        let (factors, part_rounded) = bracketed(part);
        rounded |= part_rounded;
        text.push(factors.clone());
        terms.push(Term {
            letter: part_letter(kernel),
            factors: if known { factors } else { "?".to_owned() },
            product: String::new(),
            value: part,
            padding: false,
            lit: at.lit(kernel),
            waiting: at.waiting(kernel),
            won: false,
        });
    }
    let bias = (bias.value() != Some(0.0)).then(|| factor(bias));
    if let Some((bias, bias_rounded)) = &bias {
        rounded |= bias_rounded;
        text.push(bias.clone());
    }
    let equals = if rounded { "≈" } else { "=" };
    let result = format::shown(sum);
    let text = format!("{} {equals} {result}", text.join(" + "));
    let row = SumRow {
        label: "sum".to_owned(),
        before: "",
        between: "+",
        after: String::new(),
        result: at.has_result(terms.len()).then_some(result),
        terms,
        bias: bias.map(|(bias, _)| bias),
        equals,
        whole: whole(sum),
        ..SumRow::default()
    };
    (row, text)
}
