//! A number and where it moves to.

use crate::{
    lab::{
        operation::{Answer, Computation},
        scene::{
            Arithmetic, CellKind, CellView, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, SumRow, Target,
            kernel_view, letter,
        },
        sliding::{padded_view, window_target},
        sum::{At, Factors, cols, of_products},
        why::{
            answer,
            shift::{AFTER, BEFORE, DENSE_AFTER, DENSE_BEFORE, Pair, SHIFTED, Shifted},
        },
    },
    num::{Entry, Matrix},
    trace::ConvolutionStep,
};

impl Shifted {
    /// What the stage looks at: a step, or past the last one a cell of the output before, that left the picture.
    fn look(&self, head: Playhead) -> (Option<(usize, usize)>, Option<usize>) {
        let len = self.len();
        match head.pointed.and_then(|pointed| pointed.checked_sub(len)) {
            Some(left) if left < len => (Some(self.place(left)), None),
            _ => {
                let (_, looked) = head.of(len);
                (self.source(looked), Some(looked))
            }
        }
    }

    /// What a look adds up.
    fn looked(&self, head: Playhead) -> ShiftSums {
        let (before, index) = self.look(head);
        let before = before.and_then(|at| self.step_before(at));
        let after = index.and_then(|index| self.step_after(index));
        ShiftSums { dense: index.map_or_else(Vec::new, |index| self.dense_terms(index)), before, after, index }
    }

    /// A picture under a step's window.
    fn picture(&self, is_after: bool, step: Option<&ConvolutionStep>, at: At) -> PlateView {
        let (entries, convolution) =
            if is_after { (&self.entries, &self.after) } else { (&self.lab.input, &self.before) };
        let mut view = padded_view(entries, convolution, convolution.unread().ok().as_ref());
        for (index, tap) in step.iter().flat_map(|step| &step.taps).enumerate() {
            if let Some(cell) = view.cells.get_mut(tap.padded.0, tap.padded.1) {
                cell.seen = true;
                cell.lit = at.lit(index);
                let taps = convolution.kernel.cells().len();
                cell.letter = letter(index, taps, tap.input.unwrap_or(tap.padded), cell.lit);
            }
        }
        if is_after {
            // Nothing is typed into a picture that is made of another.
            view.cells = view.cells.map(&|cell| match cell.kind {
                CellKind::Editable => CellView { kind: CellKind::Output, ..cell.clone() },
                _ => cell.clone(),
            });
        }
        view
    }

    fn kernel_under(&self, look: &ShiftSums, head: Playhead) -> PlateView {
        let mut view = kernel_view(&self.lab.kernel);
        let count = self.lab.kernel.cells().len();
        let firsts =
            [Some(0).filter(|_| look.before.is_some()), Some(look.first_after()).filter(|_| look.after.is_some())];
        for tap in 0..count {
            let (row, col) = (tap / self.lab.kernel.cols(), tap % self.lab.kernel.cols());
            if let Some(cell) = view.cells.get_mut(row, col) {
                cell.lit = firsts.iter().flatten().any(|first| At::line(head, *first).lit(tap));
                cell.letter = letter(tap, count, (row, col), cell.lit);
            }
        }
        view
    }

    /// An output of the shifted picture, with the cells marked that are no number that moved along.
    fn result(&self, pair: &Pair, index: Option<usize>, head: Playhead) -> PlateView {
        let len = self.len();
        let mut view = PlateView::computed(&pair.after, index, &|index| head.shows(index, len));
        for (at, same) in self.same(pair).cells().iter().enumerate() {
            let (row, col) = self.place(at);
            if let Some(cell) = view.cells.get_mut(row, col) {
                cell.differs = !same && cell.kind != CellKind::NotYet;
            }
        }
        view
    }

    /// An output before the shift, all of it; the number that moves along is seen.
    fn known(values: &Matrix, look: &ShiftSums) -> PlateView {
        let mut view = PlateView::computed(values, None, &|_| true);
        if let Some(step) = &look.before
            && let Some(cell) = view.cells.get_mut(step.output.0, step.output.1)
        {
            cell.seen = true;
            cell.now = look.after.is_none();
        }
        view
    }

    fn arithmetic(&self, look: &ShiftSums, head: Playhead) -> Arithmetic {
        let (mut rows, mut texts): (Vec<SumRow>, Vec<String>) = (Vec::new(), Vec::new());
        let zero = Entry::Number(0.0);
        let mut add = |label: &str, (mut row, text): (SumRow, String)| {
            label.clone_into(&mut row.label);
            rows.push(row);
            texts.push([label, ": ", &text].concat());
        };
        let lines = [
            ("conv(x)", &look.before, &self.lab.input, 0),
            ("conv(x′)", &look.after, &self.entries, look.first_after()),
        ];
        for (label, step, entries, first) in lines {
            let Some(step) = step else {
                // The line stays, so that the grids do not move from step to step.
                let why = match (self.lab.shift.of_outputs(self.lab.stride), first) {
                    (None, _) => "none: the shift falls between two windows",
                    (_, 0) => "none: new at the edge",
                    _ => "none: it left at the edge",
                };
                add(label, no_sum(why));
                continue;
            };
            let factors = step.taps.iter().enumerate().map(|(index, tap)| Factors {
                letter: letter(index, step.taps.len(), tap.kernel, head.lit == Some(first + index)),
                x: tap.input.and_then(|(i, j)| entries.get(i, j)).unwrap_or(&zero),
                w: self.lab.kernel.get(tap.kernel.0, tap.kernel.1).unwrap_or(&zero),
                product: tap.product(),
                padding: tap.padding,
            });
            let (row, text) = of_products(factors, None, step.sum, At::line(head, first));
            let cols = cols(step.taps.iter().map(|tap| tap.kernel.0));
            add(label, (SumRow { cols, ..row }, text));
        }
        if look.index.is_none() && !self.dense_terms(0).is_empty() {
            add("dense(x′)", no_sum("none"));
        }
        if let Some(index) = look.index.filter(|_| !look.dense.is_empty()) {
            let own: Vec<Entry> = look.dense.iter().map(|(_, w)| Entry::Number(*w)).collect();
            let factors = look.dense.iter().zip(&own).map(|((at, weight), w)| Factors {
                letter: None,
                x: self.entries.cells().get(*at).unwrap_or(&zero),
                w,
                product: self.after.input.cells().get(*at).copied().unwrap_or(f64::NAN) * weight,
                padding: false,
            });
            let sum = self.dense_after(index).unwrap_or(f64::NAN);
            add("dense(x′)", of_products(factors, None, sum, At::line(head, look.first_dense())));
        }
        Arithmetic { rows, text: texts.join("; ") }
    }
}

/// What is looked at: the sum before the shift, the one after it, and the fully connected unit.
struct ShiftSums {
    before: Option<ConvolutionStep>,
    after: Option<ConvolutionStep>,
    dense: Vec<(usize, f64)>,
    index: Option<usize>,
}

impl ShiftSums {
    /// The first term of the sum after the shift.
    fn first_after(&self) -> usize {
        self.before.as_ref().map_or(0, |step| step.taps.len())
    }

    fn first_dense(&self) -> usize {
        self.first_after() + self.after.as_ref().map_or(0, |step| step.taps.len())
    }

    fn terms(&self) -> usize {
        self.first_dense() + self.dense.len()
    }
}

/// A line of arithmetic that has none, and why.
fn no_sum(why: &'static str) -> (SumRow, String) {
    let row = SumRow {
        label: String::new(),
        before: why,
        between: "",
        after: String::new(),
        terms: Vec::new(),
        bias: None,
        equals: "",
        result: None,
        whole: None,
        ..SumRow::default()
    };
    (row, why.to_owned())
}

impl Computation for Shifted {
    fn len(&self) -> usize {
        self.after().cells().len()
    }

    fn row(&self) -> usize {
        self.after().cols()
    }

    fn terms(&self, step: usize) -> usize {
        self.looked(Playhead { step, ..Playhead::default() }).terms()
    }

    fn scene(&self, head: Playhead) -> Scene {
        let look = self.looked(head);
        let input = self.picture(false, look.before.as_ref(), At::line(head, 0));
        let mut shifted = self.picture(true, look.after.as_ref(), At::line(head, look.first_after()));
        for (term, (at, _)) in look.dense.iter().enumerate() {
            let (row, col) = shifted.place(at / self.entries.cols(), at % self.entries.cols());
            if let Some(cell) = shifted.cells.get_mut(row, col) {
                cell.lit |= At::line(head, look.first_dense()).lit(term);
            }
        }
        let kernel = self.kernel_under(&look, head);
        let beam = |from: usize, to: usize, step: &Option<ConvolutionStep>| {
            let step = step.as_ref()?;
            Some(vec![window_target(from, step), Target::whole(2, &kernel), Target::cell(to, step.output)])
        };
        let beams = [beam(0, 3, &look.before), beam(1, 4, &look.after)].into_iter().flatten().collect();
        // Six grids side by side leave a label little room.
        let note = |pair: &Pair| format!("{}/{} moved", self.unchanged(pair), self.len());
        let made = |id, name: &str, col, view| Plate::new(id, PlateKind::Derived, name, col, view);
        let result = |id, name: &str, col, pair: &Pair| {
            Plate::new(id, PlateKind::Result, name, col, self.result(pair, look.index, head)).noted(note(pair))
        };
        Scene {
            diagram: None,
            plates: vec![
                Plate::new(PlateId::Input(0), PlateKind::Edited, "x", 0, input).in_row(0),
                made(SHIFTED, "x′", 0, shifted).in_row(1).noted(["x, ", self.lab.shift.name()].concat()),
                Plate::new(PlateId::KERNEL, PlateKind::Edited, "Kernel", 1, kernel.clone()),
                made(BEFORE, "conv(x)", 2, Self::known(self.before(), &look)).in_row(0),
                result(AFTER, "conv(x′)", 2, &self.convolved).in_row(1),
                made(DENSE_BEFORE, "dense(x)", 3, Self::known(&self.dense.before, &look)).in_row(0),
                result(DENSE_AFTER, "dense(x′)", 3, &self.dense).in_row(1),
            ],
            signs: vec!["⋆", "=", ""],
            beams,
            sum: Some(self.arithmetic(&look, head)),
        }
    }

    fn step_of(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        match plate {
            AFTER | DENSE_AFTER => self.after().index(row, col),
            // A number that moves along is made again where it comes to.
            BEFORE | DENSE_BEFORE => {
                self.before().get(row, col)?;
                let (row, col) = self.moved((row, col), 1)?;
                self.after().index(row, col)
            }
            _ => None,
        }
    }

    fn look_of(&self, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        self.step_of(plate, at).or_else(|| match plate {
            BEFORE | DENSE_BEFORE => self.before().index(at.0, at.1).map(|index| self.len() + index),
            _ => None,
        })
    }

    fn term_of(&self, step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        let look = self.looked(Playhead { step, pointed: Some(step), ..Playhead::default() });
        let reads = |step: &Option<ConvolutionStep>, first: usize| {
            let place = step.as_ref()?.taps.iter().position(|tap| match plate {
                PlateId::KERNEL => tap.kernel == at,
                _ => tap.input == Some(at),
            })?;
            Some(first + place)
        };
        match plate {
            PlateId::Input(0) => reads(&look.before, 0),
            PlateId::KERNEL => reads(&look.after, look.first_after()).or_else(|| reads(&look.before, 0)),
            SHIFTED => reads(&look.after, look.first_after()).or_else(|| {
                let cell = self.entries.index(at.0, at.1)?;
                let place = look.dense.iter().position(|(at, _)| *at == cell)?;
                Some(look.first_dense() + place)
            }),
            _ => None,
        }
    }

    fn answer(&self, step: usize) -> Option<Answer> {
        answer::of_shift(self, step)
    }

    fn output(&self) -> &[Matrix] {
        &self.output
    }
}
