//! Output by output, what each sends back: what the stage shows of a step, and of a finished gradient that is pointed at.

use super::{
    BIAS_GRADIENT, BackwardLab, ForwardKind, INPUT_GRADIENT, KERNEL_GRADIENT, UPSTREAM,
    answer::answer,
    planes,
    sums::{self, Piece},
    terms::{Added, FinishedCell, Terms},
};
use crate::{
    lab::{
        checkpoints::{Checkpoints, KEPT_ROWS},
        operation::{Answer, Computation},
        problem::padding_past_limit,
        scene::{
            CellKind, CellView, Cells, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, Target, kernel_view,
            letter, longest, scale, tint,
        },
    },
    nn::shape::Padding,
    num::{Grid, Matrix},
    trace::{Backward, BackwardStep, Flow, Forward, PoolingKind, Running},
};

/// The gradients, output by output. Past the last step come the gradients' cells, each with its whole sum: what is looked
/// at while one is pointed at.
pub(super) struct Steps {
    lab: BackwardLab,
    pub(super) backward: Backward,
    gradients: Vec<Matrix>,
    /// What the outputs before a step have sent.
    sent: Checkpoints<Running>,
    // The grids that are typed into before a step marks them: made once for all steps.
    input: PlateView,
    kernel: PlateView,
    upstream: PlateView,
    /// Characters of the longest number of the input's gradient.
    longest: usize,
}

impl Steps {
    pub(super) fn new(lab: BackwardLab, backward: Backward) -> Self {
        let unread = backward.forward().unread().ok();
        let advance = |running: &mut Running, outputs| backward.advance(running, outputs);
        let kept = KEPT_ROWS * backward.upstream().cols();
        let sent = Checkpoints::new((backward.len(), kept), backward.running(0), &advance);
        let gradients = planes(backward.finished(sent.all()));
        Self {
            input: input_view(&lab, backward.forward(), unread.as_ref()),
            kernel: kernel_view(&lab.kernel),
            upstream: upstream_view(&lab),
            longest: gradients.first().map_or(0, longest),
            sent,
            lab,
            backward,
            gradients,
        }
    }

    /// The gradients after the first `count` outputs have sent theirs.
    fn running(&self, count: usize) -> Running {
        let advance = |running: &mut Running, outputs| self.backward.advance(running, outputs);
        self.sent.before(count.min(self.len()), &advance)
    }

    /// What is looked at past the last step.
    fn look(&self, index: usize) -> Option<FinishedCell> {
        let at = |index: usize, grid: &Matrix| (index / grid.cols(), index % grid.cols());
        let input = self.gradients.first()?;
        let Some(tap) = index.checked_sub(input.cells().len()) else {
            return Some(FinishedCell::Input(at(index, input)));
        };
        let kernel = self.gradients.get(1)?;
        match tap.checked_sub(kernel.cells().len()) {
            None => Some(FinishedCell::Kernel(at(tap, kernel))),
            Some(0) => Some(FinishedCell::Bias),
            Some(_) => None,
        }
    }

    /// The number of a gradient's cell in that order.
    fn place(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        let before = match plate {
            INPUT_GRADIENT => 0,
            KERNEL_GRADIENT => 1,
            BIAS_GRADIENT => 2,
            _ => return None,
        };
        let first: usize = self.gradients.iter().take(before).map(|grid| grid.cells().len()).sum();
        Some(first + self.gradients.get(before)?.index(row, col)?)
    }

    /// Everything that flows into a gradient's cell.
    pub(super) fn pieces(&self, look: FinishedCell) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for step in (0..self.backward.len()).filter_map(|index| self.backward.step(index)) {
            let cells = step.flows.len();
            let mut add = |flow: &Flow, product: f64| {
                pieces.push(Piece { output: step.output, flow: *flow, cells, product });
            };
            match look {
                FinishedCell::Input(at) => {
                    step.sending()
                        .filter(|(_, flow)| flow.input == Some(at))
                        .for_each(|(_, flow)| add(flow, flow.sent));
                }
                FinishedCell::Kernel(at) => {
                    let flows = step.flows.iter().filter(|flow| flow.kernel == Some(at));
                    flows.for_each(|flow| add(flow, step.upstream * flow.x));
                }
                FinishedCell::Bias => step.flows.iter().take(1).for_each(|flow| add(flow, step.upstream)),
            }
        }
        pieces
    }

    /// The picture of a finished cell that is pointed at: every product that flowed into it.
    fn scene_of_sum(&self, look: FinishedCell, head: Playhead) -> Scene {
        let (done, _) = head.of(self.len());
        let count = done + usize::from(!head.asked && head.adding.is_none());
        let pieces = self.pieces(look);
        let mut views = Views::of(self, &self.running(count), count, None);
        for (index, piece) in pieces.iter().enumerate() {
            let lit = head.lit == Some(index);
            let mark = |cell: Option<&mut CellView>| {
                if let Some(cell) = cell {
                    cell.seen = true;
                    cell.lit = lit;
                    cell.letter = letter(index, pieces.len(), piece.output, lit);
                }
            };
            mark(views.upstream.cells.get_mut(piece.output.0, piece.output.1));
            match look {
                FinishedCell::Input(_) => {
                    let at = piece.flow.kernel;
                    mark(at.and_then(|(u, v)| views.kernel.as_mut()?.cells.get_mut(u, v)));
                }
                FinishedCell::Kernel(_) => mark(views.input.cells.get_mut(piece.flow.padded.0, piece.flow.padded.1)),
                FinishedCell::Bias => {}
            }
        }
        let (view, at, grid) = match look {
            FinishedCell::Input(at) => (Some(&mut views.input_gradient), at, 0),
            FinishedCell::Kernel(at) => (views.kernel_gradient.as_mut(), at, 1),
            FinishedCell::Bias => (views.bias_gradient.as_mut(), (0, 0), 2),
        };
        let value = self.gradients.get(grid).and_then(|grid| grid.get(at.0, at.1)).copied().unwrap_or(f64::NAN);
        if let Some(view) = view {
            let (row, col) = view.place(at.0, at.1);
            if let Some(cell) = view.cells.get_mut(row, col) {
                *cell = CellView { now: true, tint: tint(value, self.scale(grid)), ..CellView::number(value) };
            }
        }
        let sum = sums::whole(&self.lab, look, &pieces, value, head);
        Scene { sum: Some(sum), ..views.scene(self.lab.is_convolution(), head.narrow) }
    }

    fn scale(&self, grid: usize) -> f64 {
        scale(self.gradients.get(grid).into_iter().flat_map(|grid| grid.cells().iter().copied()))
    }

    /// Marks what a step reads and where it sends, with the letters of its taps.
    fn mark(&self, views: &mut Views, step: &BackwardStep, added: Added) {
        let terms = Terms::of(&self.lab, step);
        let taps = self.backward.forward().taps();
        let won = if let Terms::Max { candidates } = terms { added.before >= candidates } else { false };
        let mut lit_any = !added.any_lit();
        for (index, flow) in step.flows.iter().enumerate() {
            let name = flow.input.unwrap_or(flow.padded);
            let (to_input, reads) = (added.lit(terms.to_input(index)), added.lit(terms.reads(index)));
            let is_winner = step.winner == Some(index);
            let sends = step.winner.is_none() || (won && is_winner);
            lit_any |= to_input || (reads && step.winner.is_none());
            if let Some(cell) = views.input.cells.get_mut(flow.padded.0, flow.padded.1) {
                cell.seen = true;
                cell.won = won && is_winner;
                cell.lit = reads || (to_input && cell.won);
                cell.letter = letter(flow.tap, taps, name, cell.lit);
            }
            if let Some(cell) = views.input_gradient.cells.get_mut(flow.padded.0, flow.padded.1) {
                cell.seen = true;
                if sends {
                    cell.lit = to_input;
                    cell.won = is_winner;
                    cell.letter = letter(flow.tap, taps, name, to_input);
                }
            }
            let weight = |view: Option<&mut PlateView>, lit: bool| {
                if let Some(cell) = flow.kernel.and_then(|(u, v)| view?.cells.get_mut(u, v)) {
                    cell.lit = lit;
                    cell.letter = flow.kernel.and_then(|at| letter(flow.tap, taps, at, lit));
                }
            };
            weight(views.kernel.as_mut(), to_input);
            weight(views.kernel_gradient.as_mut(), reads);
        }
        let bias = terms.to_bias().is_some_and(|term| added.lit(term));
        if let Some(cell) = views.bias_gradient.as_mut().and_then(|view| view.cells.get_mut(0, 0)) {
            cell.lit = bias;
        }
        if let Some(cell) = views.upstream.cells.get_mut(step.output.0, step.output.1) {
            cell.seen = true;
            cell.lit = lit_any || bias || (terms == Terms::Average && added.lit(0));
        }
    }
}

/// Adds the terms of a step that are added.
fn apply(running: &mut Running, step: &BackwardStep, terms: Terms, added: Added) -> bool {
    for (index, flow) in step.sending() {
        if added.has(terms.to_input(index)) {
            running.add_to_input(flow);
        }
        if added.has(terms.reads(index)) {
            running.add_to_kernel(flow, step.upstream);
        }
    }
    let to_bias = terms.to_bias().is_some_and(|term| added.has(term));
    if to_bias {
        running.bias += step.upstream;
    }
    to_bias
}

/// The grids of this picture.
struct Views {
    input: PlateView,
    kernel: Option<PlateView>,
    upstream: PlateView,
    input_gradient: PlateView,
    kernel_gradient: Option<PlateView>,
    bias_gradient: Option<PlateView>,
}

impl Views {
    /// The grids after `count` whole steps, and of the next one the terms that are `added`.
    fn of(steps: &Steps, running: &Running, count: usize, next: Option<(&BackwardStep, Terms, Added)>) -> Self {
        let (lab, forward) = (&steps.lab, steps.backward.forward());
        let all = count >= steps.len();
        let padding = forward.padding();
        let (rows, cols) = running.padded.shape();
        let largest = steps.scale(0);
        let input_gradient = Grid::from_fn(rows, cols, |i, j| {
            let value = running.padded.get(i, j).copied().unwrap_or(f64::NAN);
            let touched = running.touched.get(i, j) == Some(&true);
            let inside = i.checked_sub(padding.top).zip(j.checked_sub(padding.left));
            let inside = inside.is_some_and(|(i, j)| lab.input.get(i, j).is_some());
            match (inside, touched) {
                (true, false) if !all => CellView::not_yet(false),
                (true, _) => CellView { tint: tint(value, largest), ..CellView::number(value) },
                // What falls on the padding is dropped: it is shown where it falls.
                (false, true) => CellView { kind: CellKind::Padding, ..CellView::number(value) },
                (false, false) => CellView::padding(""),
            }
        });
        let kernel_gradient = running.kernel.as_ref().map(|kernel| {
            PlateView::computed(kernel, None, &|tap| {
                count > 0 || next.is_some_and(|(_, terms, added)| added.has(terms.reads(tap)))
            })
        });
        let bias_there =
            count > 0 || next.is_some_and(|(_, terms, added)| terms.to_bias().is_some_and(|term| added.has(term)));
        let bias = Grid::from_fn(1, 1, |_, _| running.bias);
        let mut cells = Cells::from(input_gradient);
        cells.make_room(steps.longest);
        let origin = (padding.top, padding.left);
        let spread = (1, 1);
        Self {
            input: steps.input.clone(),
            kernel: lab.is_convolution().then(|| steps.kernel.clone()),
            upstream: steps.upstream.clone(),
            input_gradient: PlateView { cells, origin, shape: lab.input.shape(), spread },
            kernel_gradient,
            bias_gradient: lab.is_convolution().then(|| PlateView::computed(&bias, None, &|_| bias_there)),
        }
    }

    /// The scene, without beams and arithmetic. On a phone each row is a line: there the gradients follow what they flow
    /// from.
    fn scene(self, in_rows: bool, narrow: bool) -> Scene {
        let row = |plate: Plate, row: usize| if in_rows { plate.in_row(row) } else { plate };
        let (gradients, kernel) = if narrow { (1, 2) } else { (0, 1) };
        let mut plates = vec![row(Plate::new(PlateId::Input(0), PlateKind::Edited, "Input", 0, self.input), 0)];
        plates.extend(
            self.kernel.map(|view| row(Plate::new(PlateId::KERNEL, PlateKind::Edited, "Kernel", 0, view), kernel)),
        );
        plates.push(row(Plate::new(UPSTREAM, PlateKind::Edited, "Upstream gradient", 1, self.upstream), 0));
        let input = Plate::new(INPUT_GRADIENT, PlateKind::Result, "Input gradient", 2, self.input_gradient);
        plates.push(row(input, gradients));
        plates.extend(
            self.kernel_gradient
                .map(|view| row(Plate::new(KERNEL_GRADIENT, PlateKind::Result, "Kernel gradient", 1, view), 1)),
        );
        plates.extend(
            self.bias_gradient
                .map(|view| row(Plate::new(BIAS_GRADIENT, PlateKind::Result, "Bias gradient", 2, view), kernel)),
        );
        // Three grids' names leave no room for a sign between them; the beam says where it flows.
        let signs = if in_rows { vec!["", "→"] } else { Vec::new() };
        Scene { plates, signs, ..Scene::default() }
    }
}

impl Computation for Steps {
    fn len(&self) -> usize {
        self.backward.len()
    }

    fn row(&self) -> usize {
        self.backward.upstream().cols()
    }

    fn terms(&self, step: usize) -> usize {
        self.backward.step(step).map_or(0, |step| Terms::of(&self.lab, &step).count(&step))
    }

    fn scene(&self, head: Playhead) -> Scene {
        let look = head.pointed.and_then(|pointed| pointed.checked_sub(self.len()));
        if let Some(look) = look.and_then(|look| self.look(look)) {
            return self.scene_of_sum(look, head);
        }
        let (done, looked) = head.of(self.len());
        let Some(step) = self.backward.step(looked) else { return broken_scene(&self.lab) };
        let added = Added::of(head, head.asked && looked >= done);
        let terms = Terms::of(&self.lab, &step);
        let before = self.running(looked);
        let mut running = before.clone();
        apply(&mut running, &step, terms, added);
        let whole = added.has(terms.count(&step));
        let count = looked + usize::from(whole);
        let mut views = Views::of(self, &running, count, Some((&step, terms, added)));
        self.mark(&mut views, &step, added);
        let span = |flows: &mut dyn Iterator<Item = &Flow>| {
            let places: Vec<(usize, usize)> = flows.map(|flow| flow.padded).collect();
            let least =
                places.iter().fold((usize::MAX, usize::MAX), |least, at| (least.0.min(at.0), least.1.min(at.1)));
            let most = places.iter().fold((0, 0), |most, at| (most.0.max(at.0), most.1.max(at.1)));
            (least, (most.0 + 1 - least.0.min(most.0), most.1 + 1 - least.1.min(most.1)))
        };
        let (least, extent) = span(&mut step.flows.iter());
        let convolution = self.lab.is_convolution();
        let (upstream, gradient) = if convolution { (2, 3) } else { (1, 2) };
        let mut beams = vec![vec![Target::window(0, least, extent), Target::cell(upstream, step.output)]];
        // The winner of a maximum is not told before it is found.
        let to = match step.winner {
            Some(winner) if added.has(terms.to_input(winner)) => {
                step.flows.get(winner).map(|flow| Target::cell(gradient, flow.padded))
            }
            _ => Some(Target::window(gradient, least, extent)),
        };
        if let Some(beam) = beams.first_mut() {
            beam.extend(to);
        }
        if let Some(kernel) = &views.kernel_gradient {
            beams.push(vec![Target::cell(upstream, step.output), Target::whole(4, kernel)]);
        }
        let sum = sums::of_step(&self.lab, &step, &before, added);
        Scene { beams, sum: Some(sum), ..views.scene(convolution, head.narrow) }
    }

    fn step_of(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        match plate {
            UPSTREAM => self.backward.upstream().index(row, col),
            INPUT_GRADIENT => (0..self.len()).rev().find(|&index| {
                self.backward
                    .step(index)
                    .is_some_and(|step| step.sending().any(|(_, flow)| flow.input == Some((row, col))))
            }),
            KERNEL_GRADIENT | BIAS_GRADIENT => self.place(plate, (row, col)).map(|_| self.len() - 1),
            _ => None,
        }
    }

    fn look_of(&self, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        match plate {
            UPSTREAM => self.step_of(plate, at),
            _ => self.place(plate, at).map(|place| self.len() + place),
        }
    }

    fn term_of(&self, step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        if let Some(look) = step.checked_sub(self.len()) {
            let look = self.look(look)?;
            return self.pieces(look).iter().position(|piece| match (plate, look) {
                (UPSTREAM, _) => piece.output == at,
                (PlateId::KERNEL, FinishedCell::Input(_)) => piece.flow.kernel == Some(at),
                (PlateId::Input(0), FinishedCell::Kernel(_)) => piece.flow.input == Some(at),
                _ => false,
            });
        }
        let step = self.backward.step(step)?;
        let terms = Terms::of(&self.lab, &step);
        let flow = |found: &dyn Fn(&Flow) -> bool| step.flows.iter().position(found);
        match plate {
            PlateId::Input(0) => flow(&|flow| flow.input == Some(at)).map(|index| terms.reads(index)),
            PlateId::KERNEL => flow(&|flow| flow.kernel == Some(at)).map(|index| terms.to_input(index)),
            _ => None,
        }
    }

    fn answer(&self, step: usize) -> Option<Answer> {
        answer(&self.backward, &self.gradients, step)
    }

    fn output(&self) -> &[Matrix] {
        &self.gradients
    }
}

/// The padded input.
pub(super) fn input_view(lab: &BackwardLab, forward: &Forward, unread: Option<&Grid<bool>>) -> PlateView {
    let takes_part = match forward {
        Forward::Convolution(_) => true,
        Forward::Pooling(pooling) => pooling.padding_takes_part(),
    };
    in_ring(
        lab,
        lab.padding,
        |at| unread.and_then(|unread| unread.get(at.0, at.1)).copied().unwrap_or(false),
        !takes_part,
    )
}

fn in_ring(
    lab: &BackwardLab,
    padding: Padding,
    unread: impl Fn((usize, usize)) -> bool,
    ring_unread: bool,
) -> PlateView {
    let Padding { top, bottom, left, right } = padding;
    let held = if lab.operation == ForwardKind::Pooling(PoolingKind::Max) { "−∞" } else { "0" };
    let cells = Grid::from_fn(lab.input.rows() + top + bottom, lab.input.cols() + left + right, |row, col| {
        let inside = row.checked_sub(top).zip(col.checked_sub(left));
        match inside.and_then(|(i, j)| Some(((i, j), lab.input.get(i, j)?))) {
            Some((at, entry)) => CellView { unread: unread(at), ..CellView::entry(entry) },
            None => CellView { unread: ring_unread, ..CellView::padding(held) },
        }
    });
    PlateView { cells: cells.into(), origin: (top, left), shape: lab.input.shape(), spread: (1, 1) }
}

/// The upstream gradient, tinted as the gradients are.
pub(super) fn upstream_view(lab: &BackwardLab) -> PlateView {
    // What is typed and has a sign is tinted as a kernel is.
    kernel_view(lab.upstream.cells())
}

/// What was typed, while it can't be computed.
pub(super) fn broken_scene(lab: &BackwardLab) -> Scene {
    let padding = if padding_past_limit(lab.padding).is_some() { Padding::default() } else { lab.padding };
    let input = in_ring(lab, padding, |_| false, false);
    let edited = |id, name: &str, col, view| Plate::new(id, PlateKind::Edited, name, col, view);
    let (mut plates, convolution) = (Vec::new(), lab.is_convolution());
    let row = |plate: Plate, row: usize| if convolution { plate.in_row(row) } else { plate };
    plates.push(row(edited(PlateId::Input(0), "Input", 0, input), 0));
    if convolution {
        plates.push(row(edited(PlateId::KERNEL, "Kernel", 0, kernel_view(&lab.kernel)), 1));
    }
    plates.push(row(edited(UPSTREAM, "Upstream gradient", 1, upstream_view(lab)), 0));
    Scene { plates, signs: vec![""], ..Scene::default() }
}
