//! Steps that each work out one number of others: what labs of a few small tables share.
//!
//! Such a lab says which grids there are and how each number is worked out. What is marked, which step a number belongs
//! to, how its lines stand on screen and what they are as text follow.

use super::{
    operation::{Answer, Computation},
    scene::{
        Arithmetic, CellView, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, SumRow, Target, Term, factor,
        kernel_view, letter, signed, whole,
    },
    sum::At,
};
use crate::num::{Entry, Grid, Matrix, format};

/// A cell of a grid: row and column.
pub type Cell = (PlateId, (usize, usize));

/// A number that a line reads, as it was typed or made.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    entry: Entry,
    at: Option<Cell>,
}

impl Number {
    /// A number that was typed into a cell.
    pub fn typed(entry: &Entry, at: Cell) -> Self {
        Self { entry: entry.clone(), at: Some(at) }
    }

    /// A number that an earlier step made.
    pub fn made(value: f64, at: Cell) -> Self {
        Self { entry: Entry::Number(value), at: Some(at) }
    }

    /// A number that stands in no grid.
    pub fn aside(entry: Entry) -> Self {
        Self { entry, at: None }
    }

    /// Its value; NaN of what is no number.
    pub fn value(&self) -> f64 {
        self.entry.value().unwrap_or(f64::NAN)
    }

    /// As it is written in a line, negative ones in brackets.
    pub fn text(&self) -> String {
        factor(&self.entry).0
    }

    /// Whether the screen rounds it.
    pub fn is_rounded(&self) -> bool {
        factor(&self.entry).1
    }
}

/// One term of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it is in the formula; empty where a letter names its cell.
    name: &'static str,
    factors: String,
    product: String,
    value: f64,
    rounded: bool,
    reads: Vec<Cell>,
}

impl Part {
    /// A number.
    pub fn of(number: &Number) -> Self {
        Self::written(number.text(), number.value(), &[number])
    }

    /// A number that needs no brackets: it has some of its own, or is the first.
    pub fn bare(number: &Number) -> Self {
        Self { factors: number.entry.shown(), ..Self::of(number) }
    }

    /// `a × b`, with the product.
    pub fn product(a: &Number, b: &Number) -> Self {
        let value = a.value() * b.value();
        let factors = format!("{} × {}", a.text(), b.text());
        Self { product: signed(value), ..Self::written(factors, value, &[a, b]) }
    }

    /// What is written otherwise, of `value`.
    pub fn written(factors: String, value: f64, reads: &[&Number]) -> Self {
        let rounded = reads.iter().any(|number| number.is_rounded());
        let reads = reads.iter().filter_map(|number| number.at).collect();
        Self { name: "", factors, product: String::new(), value, rounded, reads }
    }

    /// The same with its value below.
    #[must_use]
    pub fn with_product(self) -> Self {
        Self { product: signed(self.value), ..self }
    }

    /// The same under its name in the formula.
    #[must_use]
    pub fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }
}

/// One line of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it works out, where there are several.
    pub label: String,
    /// What stands before the terms.
    pub before: &'static str,
    /// What stands between them.
    pub between: &'static str,
    /// What stands after them.
    pub after: String,
    /// The terms; none where the number is only told.
    pub terms: Vec<Part>,
    /// What comes out.
    pub value: f64,
    /// Whether a number before or after the terms is rounded.
    pub rounded: bool,
    /// Whether a later line goes on with it.
    pub part: bool,
}

impl Line {
    /// `a + b + … = value`
    pub fn sum(terms: Vec<Part>, value: f64) -> Self {
        Self {
            label: String::new(),
            before: "",
            between: "+",
            after: String::new(),
            terms,
            value,
            rounded: false,
            part: false,
        }
    }

    /// A number that is told beside the others.
    pub fn told(label: &str, value: f64) -> Self {
        Self { label: label.to_owned(), part: true, ..Self::sum(Vec::new(), value) }
    }

    /// The same with what stands around its terms.
    #[must_use]
    pub fn between(self, before: &'static str, between: &'static str, after: impl Into<String>) -> Self {
        Self { before, between, after: after.into(), ..self }
    }

    /// The same about `label`.
    #[must_use]
    pub fn about(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// The same as a part of what follows.
    #[must_use]
    pub fn as_part(self) -> Self {
        Self { part: true, ..self }
    }

    /// The same with a number around the terms that may be rounded.
    #[must_use]
    pub fn rounded_if(self, rounded: bool) -> Self {
        Self { rounded: self.rounded || rounded, ..self }
    }

    fn equals(&self) -> &'static str {
        let rounded = self.rounded || format::is_rounded(self.value) || self.terms.iter().any(|term| term.rounded);
        if rounded { "≈" } else { "=" }
    }

    fn text(&self) -> String {
        let terms: Vec<String> = self.terms.iter().map(|term| term.factors.replace(" × ", "×")).collect();
        let terms = terms.join(&[" ", self.between, " "].concat());
        let label = if self.label.is_empty() { String::new() } else { [&self.label, ": "].concat() };
        let worked = [self.before, &terms, &self.after].concat();
        let equals = if worked.is_empty() { String::new() } else { [&worked, " ", self.equals(), " "].concat() };
        [label, equals, format::shown(self.value)].concat()
    }
}

/// How a number is worked out.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The cells that it makes, the number that is asked for first.
    pub makes: Vec<Cell>,
    /// The grid that the beam comes from.
    pub from: PlateId,
    /// Its lines; the terms are counted through all of them.
    pub lines: Vec<Line>,
}

impl Step {
    fn terms(&self) -> usize {
        self.lines.iter().map(|line| line.terms.len()).sum()
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.lines.iter().flat_map(|line| &line.terms)
    }

    /// Whether cells bear the letters of the terms: a single line of terms without names of their own.
    fn has_letters(&self) -> bool {
        self.lines.len() == 1 && self.terms() > 1 && self.parts().all(|part| part.name.is_empty())
    }

    fn arithmetic(&self, head: Playhead) -> Arithmetic {
        let letters = self.has_letters();
        let mut first = 0;
        let mut rows = Vec::with_capacity(self.lines.len());
        // A line without terms is told with the last of those before it.
        for line in &self.lines {
            let count = line.terms.len();
            let at = At::line(head, first);
            let is_known = if count == 0 { At::line(head, 0).has_result(first) } else { at.has_result(count) };
            let term = |(index, part): (usize, &Part)| {
                let named = (!part.name.is_empty()).then(|| part.name.to_owned());
                let at_cell = part.reads.first().map_or((0, 0), |(_, at)| *at);
                Term {
                    letter: named.or_else(|| letter(index, count, at_cell, at.lit(index)).filter(|_| letters)),
                    factors: part.factors.clone(),
                    product: part.product.clone(),
                    value: part.value,
                    padding: false,
                    lit: at.lit(index),
                    waiting: at.waiting(index),
                    won: false,
                }
            };
            rows.push(SumRow {
                label: line.label.clone(),
                before: line.before,
                between: line.between,
                after: line.after.clone(),
                terms: line.terms.iter().enumerate().map(term).collect(),
                equals: line.equals(),
                result: is_known.then(|| format::shown(line.value)),
                whole: whole(line.value),
                part: line.part,
                added: at.added(count),
                ..SumRow::default()
            });
            first += count;
        }
        let text = self.lines.iter().map(Line::text).collect::<Vec<_>>().join("; ");
        Arithmetic { rows, text }
    }
}

/// What stands in a grid.
#[derive(Debug, Clone, PartialEq)]
pub enum Filled {
    /// What was typed.
    Typed(Grid<Entry>),
    /// The same where signs matter: it is tinted.
    Signed(Grid<Entry>),
    /// What steps make, or what is there before them.
    Made(Matrix),
}

/// A grid on the stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Which it is.
    pub id: PlateId,
    /// Its name, and what stands above it where that is shorter.
    pub name: (&'static str, &'static str),
    /// Its column and row.
    pub at: (usize, usize),
    /// What is in it.
    pub filled: Filled,
}

impl Sheet {
    /// A grid at (column, row).
    pub fn new(id: PlateId, name: (&'static str, &'static str), at: (usize, usize), filled: Filled) -> Self {
        Self { id, name, at, filled }
    }

    fn plate(&self, view: PlateView) -> Plate {
        let kind = match self.filled {
            Filled::Typed(_) | Filled::Signed(_) => PlateKind::Edited,
            Filled::Made(_) => PlateKind::Result,
        };
        let plate = Plate::new(self.id, kind, self.name.0, self.at.0, view).in_row(self.at.1).called(self.name.1);
        // Rows of numbers, one a column, say by themselves how many they are.
        if plate.view.shape.0 == 1 { plate.noted("") } else { plate }
    }
}

/// The picture of what was typed, while it can't be computed.
pub fn broken_scene(sheets: &[Sheet]) -> Scene {
    let plates = sheets.iter().filter_map(|sheet| Some(sheet.plate(typed(sheet)?))).collect();
    Scene { plates, ..Scene::default() }
}

fn typed(sheet: &Sheet) -> Option<PlateView> {
    match &sheet.filled {
        Filled::Typed(cells) => Some(PlateView::plain(cells.map(CellView::entry))),
        Filled::Signed(cells) => Some(kernel_view(cells)),
        Filled::Made(_) => None,
    }
}

/// Numbers that are worked out step by step.
pub trait Worked: Send + Sync + 'static {
    /// Number of steps.
    fn steps(&self) -> usize;

    /// Steps in a row of the scrubber.
    fn steps_in_row(&self) -> usize;

    /// The cells that a step makes, without working it out.
    fn makes(&self, step: usize) -> Vec<Cell>;

    /// How it is worked out.
    fn work(&self, step: usize) -> Option<Step>;

    /// The grids while a step is looked at; on a phone there is room for fewer.
    fn sheets(&self, step: usize, narrow: bool) -> Vec<Sheet>;

    /// What stands between the columns.
    fn signs(&self) -> Vec<&'static str>;

    /// What is asked for at a step.
    fn asked(&self, step: usize) -> Option<Answer>;

    /// The numbers as they are copied.
    fn outputs(&self) -> &[Matrix];
}

/// The grid of a sheet, with what the playhead shows of it.
fn view(worked: &dyn Worked, sheet: &Sheet, made: &[Vec<Cell>], head: Playhead) -> PlateView {
    if let Some(view) = typed(sheet) {
        return view;
    }
    let Filled::Made(values) = &sheet.filled else {
        return PlateView::plain(Grid::from_fn(1, 1, |_, _| CellView::default()));
    };
    let mut by = values.map(|_| None);
    for (step, cells) in made.iter().enumerate() {
        for (_, (row, col)) in cells.iter().filter(|(plate, _)| *plate == sheet.id) {
            if let Some(cell) = by.get_mut(*row, *col) {
                *cell = Some(step);
            }
        }
    }
    let len = worked.steps();
    let (_, looked) = head.of(len);
    // What no step makes is there before them.
    let shows = |index: usize| by.cells().get(index).copied().flatten().is_none_or(|step| head.shows(step, len));
    let now = by.cells().iter().position(|step| *step == Some(looked));
    PlateView::computed(values, now, &shows)
}

fn scene(worked: &dyn Worked, head: Playhead) -> Scene {
    let len = worked.steps();
    let (_, looked) = head.of(len);
    let sheets = worked.sheets(looked, head.narrow);
    let Some(step) = worked.work(looked) else { return broken_scene(&sheets) };
    let made: Vec<Vec<Cell>> = (0..len).map(|step| worked.makes(step)).collect();
    let mut views: Vec<PlateView> = sheets.iter().map(|sheet| view(worked, sheet, &made, head)).collect();
    let at = At::line(head, 0);
    let place = |plate: PlateId| sheets.iter().position(|sheet| sheet.id == plate);
    let (letters, terms) = (step.has_letters(), step.terms());
    for (index, part) in step.parts().enumerate() {
        for reads in &part.reads {
            let (plate, (row, col)) = reads;
            let cell =
                place(*plate).and_then(|place| views.get_mut(place)).and_then(|view| view.cells.get_mut(*row, *col));
            if let Some(cell) = cell {
                cell.seen = true;
                cell.lit |= at.lit(index);
                // The cell that is the term's own, not the mean that all terms read.
                let own = step.parts().filter(|other| other.reads.contains(reads)).count() == 1;
                if letters && own {
                    cell.letter = letter(index, terms, (*row, *col), cell.lit);
                }
            }
        }
    }
    let beam = block(&step, place)
        .into_iter()
        .chain(step.makes.iter().filter_map(|(plate, at)| Some(Target::cell(place(*plate)?, *at))));
    let beam: Vec<Target> = beam.collect();
    let plates = sheets.iter().zip(views).map(|(sheet, view)| sheet.plate(view)).collect();
    let beams = if beam.len() > 1 { vec![beam] } else { Vec::new() };
    Scene { plates, signs: worked.signs(), beams, sum: Some(step.arithmetic(head)), ..Scene::default() }
}

/// The cells of the grid that the beam comes from, which the step reads.
fn block(step: &Step, place: impl Fn(PlateId) -> Option<usize>) -> Option<Target> {
    let plate = place(step.from)?;
    let cells =
        || step.parts().flat_map(|part| &part.reads).filter(|(plate, _)| *plate == step.from).map(|(_, at)| *at);
    let first = (cells().map(|at| at.0).min()?, cells().map(|at| at.1).min()?);
    let last = (cells().map(|at| at.0).max()?, cells().map(|at| at.1).max()?);
    let extent = (last.0 + 1 - first.0, last.1 + 1 - first.1);
    Some(Target { window: extent != (1, 1), ..Target::window(plate, first, extent) })
}

impl<W: Worked> Computation for W {
    fn len(&self) -> usize {
        self.steps()
    }

    fn row(&self) -> usize {
        self.steps_in_row()
    }

    fn terms(&self, step: usize) -> usize {
        self.work(step).map_or(0, |step| step.terms())
    }

    fn scene(&self, head: Playhead) -> Scene {
        scene(self, head)
    }

    fn step_of(&self, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        (0..self.steps()).find(|step| self.makes(*step).contains(&(plate, at)))
    }

    fn term_of(&self, step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        self.work(step)?.parts().position(|part| part.reads.contains(&(plate, at)))
    }

    fn answer(&self, step: usize) -> Option<Answer> {
        self.asked(step)
    }

    fn output(&self) -> &[Matrix] {
        self.outputs()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::lab::scene::CellKind;

    /// What a written line comes to: numbers, `+ − × /`, brackets, roots and squares, as on paper.
    pub(crate) fn evaluated(text: &str) -> f64 {
        let text = text.replace("max(0, ", "⌈(").replace("tanh(", "τ(");
        let signs: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut reader = Reader { signs: &signs, at: 0 };
        let value = reader.sum();
        assert_eq!(reader.at, signs.len(), "{text}");
        value
    }

    struct Reader<'a> {
        signs: &'a [char],
        at: usize,
    }

    impl Reader<'_> {
        fn takes(&mut self, sign: char) -> bool {
            let is_it = self.signs.get(self.at) == Some(&sign);
            self.at += usize::from(is_it);
            is_it
        }

        fn digits(&mut self) -> String {
            let is_digit = |c: &&char| c.is_ascii_digit() || **c == '.';
            let digits: String = self.signs[self.at..].iter().take_while(is_digit).collect();
            self.at += digits.len();
            digits
        }

        fn sum(&mut self) -> f64 {
            let mut value = self.product();
            loop {
                if self.takes('+') {
                    value += self.product();
                } else if self.takes('−') {
                    value -= self.product();
                } else {
                    return value;
                }
            }
        }

        fn product(&mut self) -> f64 {
            let mut value = self.factor();
            loop {
                if self.takes('×') {
                    value *= self.factor();
                } else if self.takes('/') {
                    value /= self.factor();
                } else {
                    return value;
                }
            }
        }

        fn factor(&mut self) -> f64 {
            let value = if self.takes('√') {
                return self.factor().sqrt();
            } else if self.takes('σ') {
                return 1.0 / (1.0 + (-self.factor()).exp());
            } else if self.takes('τ') {
                return self.factor().tanh();
            } else if self.takes('⌈') {
                return self.factor().max(0.0);
            } else if self.takes('−') {
                return -self.factor();
            } else if self.takes('(') {
                let value = self.sum();
                assert!(self.takes(')'), "{:?}", self.signs);
                value
            } else {
                let mut digits = self.digits();
                if self.takes('e') {
                    digits += if self.takes('−') { "e-" } else { "e" };
                    digits += &self.digits();
                }
                digits.parse().unwrap()
            };
            if self.takes('²') {
                value * value
            } else if self.takes('^') {
                value.powf(self.factor())
            } else {
                value
            }
        }
    }

    #[test]
    fn what_is_written_is_read_as_on_paper() {
        let check = |text: &str, expect: f64| assert!((evaluated(text) - expect).abs() < 1e-12, "{text}");
        check("((8 − 5)² + (−2)²) / 2", 6.5);
        check("2 / √(4 + 0) × (1 − 2 − 3)", -4.0);
        check("0.9 × 0 + (−0.5) × 4 + 1e−5", -1.99999);
    }

    /// A row as it is written, without its result.
    fn written(row: &SumRow) -> String {
        let terms: Vec<&str> = row.terms.iter().map(|term| term.factors.as_str()).collect();
        [row.before, &terms.join(&[" ", row.between, " "].concat()), &row.after].concat()
    }

    /// Each line comes to its result where no number in it is rounded, and the cell that the step makes shows that of the
    /// last one that is no part; on a phone the grids of each step are there as well.
    pub(crate) fn lines_come_to_their_numbers(computed: &dyn Computation, exact: bool) {
        for step in 0..computed.len() {
            for narrow in [false, true] {
                let head = Playhead { step, narrow, ..Playhead::default() };
                let scene = computed.scene(head);
                let sum = scene.sum.as_ref().unwrap();
                for row in sum.rows.iter().filter(|row| !row.terms.is_empty() && !row.after.ends_with('h')) {
                    let text = written(row);
                    let result = evaluated(row.result.as_ref().unwrap());
                    if row.equals == "=" {
                        assert!((evaluated(&text) - result).abs() < 1e-9, "step {step}: {text} = {result}");
                    } else {
                        assert!(!exact, "step {step}: {text} is rounded");
                    }
                }
                let main = sum.rows.iter().find(|row| !row.part).unwrap();
                let now: Vec<_> =
                    scene.plates.iter().flat_map(|plate| plate.view.cells.iter()).filter(|cell| cell.now).collect();
                assert!(
                    !now.is_empty() && now.iter().any(|cell| Some(&cell.text()) == main.result.as_ref()),
                    "step {step}"
                );
                assert_eq!(scene.beams.len(), 1, "step {step}");
                assert_eq!(sum.rows.iter().map(|row| row.terms.len()).sum::<usize>(), computed.terms(step));
            }
        }
    }

    /// A cell that is read lights up with its term, each number that is made leads to its step, and nothing is told of a
    /// step that is asked for.
    pub(crate) fn marks_and_terms_agree(computed: &dyn Computation, step: usize) {
        let head = Playhead { step, ..Playhead::default() };
        let scene = computed.scene(head);
        for plate in &scene.plates {
            for (index, cell) in plate.view.cells.iter().enumerate() {
                let at = (index / plate.view.cells.cols(), index % plate.view.cells.cols());
                let term = computed.term_of(step, plate.id, at);
                assert_eq!(term.is_some(), cell.seen, "{} {at:?}", plate.name);
                if let Some(term) = term {
                    let lit = computed.scene(Playhead { lit: Some(term), ..head });
                    let lit = lit.plate(plate.id).unwrap().view.cells.get(at.0, at.1).unwrap().clone();
                    assert!(lit.lit, "{} {at:?}", plate.name);
                }
                if let Some(made) = computed.step_of(plate.id, at) {
                    assert_eq!(made == step, cell.now, "{} {at:?}", plate.name);
                    assert_eq!(made > step, cell.kind == CellKind::NotYet, "{} {at:?}", plate.name);
                }
            }
        }
        let asked = computed.scene(Playhead { asked: true, ..head });
        assert!(asked.sum.unwrap().rows.iter().all(|row| row.result.is_none()));
        assert!(
            asked.plates.iter().all(|plate| plate.view.cells.iter().all(|cell| !cell.now || cell.text().is_empty()))
        );
    }
}
