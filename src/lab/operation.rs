//! What the labs of an operation have in common: the one action type, problems with their repairs, and the traits that
//! the shared page asks.
//!
//! A lab is its own state and arithmetic. It says which controls it has, what they are set to, and how its scenes look;
//! the page, the links, the keyboard, copying and exporting are the same for all.

use std::{any::Any, fmt, sync::Arc};

use super::{
    Lab, Undo,
    control::{ControlId, ControlView, Value},
    preset::Preset,
    scene::{PlateId, Playhead, Scene},
};
use crate::{
    formula::Expr,
    mistake::Mistaken,
    num::{Entry, Grid, Matrix},
    paste::{Limits, Planes},
};

/// Everything a person can do to a lab.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Types into a cell.
    SetCell {
        /// Which grid.
        plate: PlateId,
        /// Row from 0.
        row: usize,
        /// Column from 0.
        col: usize,
        /// What was typed.
        text: String,
    },
    /// Puts a block of cells with its first cell at (`row`, `col`); the grid grows to hold it.
    PutBlock {
        /// Which grid.
        plate: PlateId,
        /// Row of the block's first cell.
        row: usize,
        /// Column of the block's first cell.
        col: usize,
        /// The cells.
        block: Grid<Entry>,
    },
    /// Puts other matrices in the place of whole grids, from `plate` on: one, or a stack of channels.
    Replace {
        /// The first grid.
        plate: PlateId,
        /// Their cells.
        planes: Vec<Grid<Entry>>,
    },
    /// Sets every unreadable cell of a grid to 0.
    ClearUnreadable(PlateId),
    /// Gives a grid another size: cells that stay keep their numbers, new ones are 0.
    Resize {
        /// Which grid.
        plate: PlateId,
        /// Rows wanted.
        rows: usize,
        /// Columns wanted.
        cols: usize,
    },
    /// Sets a control.
    Set(ControlId, Value),
    /// Opens another state: a preset, a link, the default.
    Open(Box<OperationLab>),
}

/// A button that repairs something.
#[derive(Debug, Clone, PartialEq)]
pub struct Repair {
    /// What the button says.
    pub label: String,
    /// What it does.
    pub action: Action,
}

impl Repair {
    /// The button `label` that does `action`.
    pub fn new(label: impl Into<String>, action: Action) -> Self {
        Self { label: label.into(), action }
    }
}

/// Why there is no output, or why an action can't be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Where the sentence belongs.
    pub control: ControlId,
    /// What is wrong, with its numbers.
    pub sentence: String,
    /// What would repair it, the best first; at least one.
    pub repairs: Vec<Repair>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

/// The output's shape as it is shown: formula, numbers, result.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapeView {
    /// What it tells of.
    pub title: &'static str,
    /// Whether its table comes before the formulas, which are about one of its rows.
    pub table_leads: bool,
    /// `2 × 2`, or `none`.
    pub result: String,
    /// One formula an axis, or one for both: its lines, aligned at the equals sign.
    pub formulas: Vec<Vec<Expr>>,
    /// Counts below them, each with its name: parameters, multiply-adds.
    pub counts: Vec<(&'static str, String)>,
    /// What there is of each layer, or of each way to count.
    pub table: Option<Table>,
    /// What there is to say: rows that the floor drops.
    pub notes: Vec<String>,
}

impl Default for ShapeView {
    fn default() -> Self {
        Self {
            title: "Output shape",
            table_leads: false,
            result: String::new(),
            formulas: Vec::new(),
            counts: Vec::new(),
            table: None,
            notes: Vec::new(),
        }
    }
}

/// Numbers in rows and columns, each with its name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// What is in it, for who can't see it.
    pub name: &'static str,
    /// The columns' names.
    pub head: Vec<&'static str>,
    /// The rows; the first cell of each is its name.
    pub rows: Vec<Vec<String>>,
    /// The row that is looked at.
    pub lit: Option<usize>,
}

/// What a person who predicts the next number has to type, and what a wrong one would mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What is asked for: `Output row 0, column 1`.
    pub question: String,
    /// The number.
    pub value: f64,
    /// Wrong numbers that known mistakes make, the likeliest first.
    pub mistakes: Vec<Mistaken>,
}

/// A lab whose numbers and settings fit together, computed: every step can be shown.
pub trait Computation: Any + Send + Sync {
    /// Number of steps.
    fn len(&self) -> usize;

    /// Whether there is none, which no lab has.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Steps in a row of the output: where the scrubber has its marks.
    fn row(&self) -> usize;

    /// Terms of a step, which light up one after the other.
    fn terms(&self, step: usize) -> usize;

    /// The picture at `head`.
    fn scene(&self, head: Playhead) -> Scene;

    /// The step that made the number at `at` of a grid; `None` where it was typed.
    fn step_of(&self, plate: PlateId, at: (usize, usize)) -> Option<usize>;

    /// The step that pressing the number at `at` leads to while `step` is shown: of a grid that shows the neighbours of a
    /// step it depends on that.
    fn step_from(&self, _step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        self.step_of(plate, at)
    }

    /// The step that is looked at while the number at `at` is pointed at; it may be past the last step, for a picture that
    /// no step has.
    fn look_of(&self, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        self.step_of(plate, at)
    }

    /// The term of `step` that reads the number at `at` of a grid.
    fn term_of(&self, step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize>;

    /// What is asked for at `step`; `None` where it makes no number to be asked for.
    fn answer(&self, step: usize) -> Option<Answer>;

    /// The output, channel by channel.
    fn output(&self) -> &[Matrix];
}

/// What was computed before, where it is of the kind that can be taken over.
pub fn taken_over<C: Computation>(before: Option<&dyn Computation>) -> Option<&C> {
    let before: &dyn Any = before?;
    before.downcast_ref()
}

/// What follows from a lab's settings, and from its state being plain data: it is shown and set, kept, copied and compared
/// by code that knows no lab. [`Described`](super::setting::Described) gives it to each.
pub trait State: Any + Send + Sync {
    /// The controls, in their order.
    fn controls(&self) -> Vec<ControlView>;

    /// Sets a control; `None` where it has no such value, and then nothing is changed.
    fn set(&mut self, control: ControlId, value: &Value) -> Option<()>;

    /// A copy of it.
    fn copied(&self) -> OperationLab;

    /// Whether `other` is the same state of the same lab.
    fn equals(&self, other: &dyn Operation) -> bool;
}

/// What the shared page asks of a lab's state.
pub trait Operation: State {
    /// The page's title.
    fn title(&self) -> &'static str;

    /// What is to be seen, in one sentence, where no preset says it.
    fn subtitle(&self) -> String;

    /// The examples.
    fn presets(&self) -> &'static [Preset];

    /// A grid that is typed into, as it is.
    fn plate(&self, id: PlateId) -> Option<&Grid<Entry>>;

    /// The same, to be changed.
    fn plate_mut(&mut self, id: PlateId) -> Option<&mut Grid<Entry>>;

    /// The most rows or columns a grid takes.
    fn limit(&self, id: PlateId) -> usize;

    /// What a grid is called in a sentence: `input`, `kernel`.
    fn noun(&self, id: PlateId) -> &'static str;

    /// The kernel that the settings are about.
    fn kernel(&self) -> PlateId {
        PlateId::KERNEL
    }

    /// Where a pasted matrix can go: the name, the most that is taken, and the first grid.
    fn targets(&self) -> Vec<(String, Limits, PlateId)> {
        let target = |name: &str, plate: PlateId| {
            let most = self.limit(plate);
            (name.to_owned(), Limits { filters: 1, channels: 1, rows: most, cols: most }, plate)
        };
        let known = [("Input", PlateId::Input(0)), ("Kernel", PlateId::KERNEL)];
        known
            .into_iter()
            .filter(|(_, plate)| self.plate(*plate).is_some())
            .map(|(name, plate)| target(name, plate))
            .collect()
    }

    /// Gives a grid another size, and those that must be as large. Within the limit.
    fn resize(&mut self, id: PlateId, rows: usize, cols: usize) {
        if let Some(grid) = self.plate_mut(id) {
            *grid = grid.resized(rows, cols, &Entry::Number(0.0));
        }
    }

    /// Puts matrices in the place of grids from `id` on; each is within the limit.
    ///
    /// # Errors
    /// The [`Problem`] where they don't fit together; nothing is changed then.
    fn replace(&mut self, id: PlateId, planes: Vec<Grid<Entry>>) -> Result<(), Problem>;

    /// Why a control can't be set to `value`: a count past what the lab holds. What can be held and only not be computed
    /// is no reason, but a problem of [`compute`](Self::compute).
    fn refuses(&self, _control: ControlId, _value: &Value) -> Option<Problem> {
        None
    }

    /// Everything as numbers, and every step, or what stands in the way.
    ///
    /// # Errors
    /// The first [`Problem`], with its repair.
    fn compute(&self) -> Result<Arc<dyn Computation>, Problem> {
        self.compute_after(None)
    }

    /// The same; what a change left as it was may be taken over from what was computed `before` it.
    ///
    /// # Errors
    /// As [`compute`](Self::compute).
    fn compute_after(&self, before: Option<&dyn Computation>) -> Result<Arc<dyn Computation>, Problem>;

    /// The picture while there is a problem: what was typed, and no output.
    fn broken_scene(&self, head: Playhead) -> Scene;

    /// The output's shape with its formula; `output` is there where there is no problem.
    fn shape(&self, computed: Option<&dyn Computation>) -> ShapeView;

    /// What pressing the number or place at `at` changes; `None` where it leads to its step instead.
    fn pick(&self, _plate: PlateId, _at: (usize, usize)) -> Option<Action> {
        None
    }

    /// Lets go of what is of the moment alone, before the state is kept to be gone back to: a camera's frame.
    fn shelve(&mut self) {}

    /// Takes over from the state that was there before what no link and no history holds: the pixels of the same picture.
    fn inherit(&mut self, _before: &dyn Operation) {}

    /// Whether it shows what the preset with the state `other` shows: what is no part of a link does not count.
    fn is_like(&self, other: &dyn Operation) -> bool {
        self.equals(other)
    }

    /// Whether its grids are channels of an array; else they are matrices, each for itself.
    fn has_channels(&self) -> bool {
        false
    }
}

/// A lab of one operation, whichever: the code that holds one knows none, so that each of the app's modules is built of
/// its own labs alone.
pub struct OperationLab(Box<dyn Operation>);

impl Clone for OperationLab {
    fn clone(&self) -> Self {
        self.0.copied()
    }
}

impl PartialEq for OperationLab {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(other.operation())
    }
}

impl fmt::Debug for OperationLab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OperationLab({})", self.0.title())
    }
}

impl OperationLab {
    /// The lab with that state.
    pub fn of(state: impl Operation) -> Self {
        Self(Box::new(state))
    }

    /// What the page asks.
    pub fn operation(&self) -> &dyn Operation {
        self.0.as_ref()
    }

    /// The state, where it is one of that lab.
    pub fn state<L: Operation>(&self) -> Option<&L> {
        let any: &dyn Any = self.operation();
        any.downcast_ref()
    }

    fn open(&mut self, state: Self) {
        let before = std::mem::replace(self, state);
        self.inherit(&before);
    }

    /// All channels of the input, as one array where they are of one size.
    pub fn inputs(&self) -> Vec<Planes> {
        let lab = self.operation();
        let planes: Vec<Grid<Entry>> =
            (0..self.most_arrays()).map_while(|at| lab.plate(PlateId::Input(at)).cloned()).collect();
        self.arrays(&[planes.len()], planes)
    }

    /// All kernels; none of a lab that has none. Of a stack of filters, the one that is looked at.
    pub fn kernels(&self) -> Vec<Planes> {
        let lab = self.operation();
        if !lab.has_channels() {
            return lab.plate(lab.kernel()).cloned().map(Planes::from).into_iter().collect();
        }
        let kernels = |filter| -> Vec<Grid<Entry>> {
            let kernel = |channel| lab.plate(PlateId::Kernel { filter, channel }).cloned();
            (0..self.most_arrays()).filter_map(kernel).collect()
        };
        let filters: Vec<_> = (0..self.most_arrays()).map(kernels).take_while(|kernels| !kernels.is_empty()).collect();
        self.arrays(&[filters.len(), filters.first().map_or(0, Vec::len)], filters.concat())
    }

    /// All channels of the output in full precision; two outputs of different sizes are two arrays.
    pub fn outputs(&self, computed: &dyn Computation) -> Vec<Planes> {
        let planes: Vec<Grid<Entry>> = computed.output().iter().map(|plane| plane.map(|&value| value.into())).collect();
        self.arrays(&[planes.len()], planes)
    }

    /// Only a lab of channels has several: what else is there of others are the same numbers in another place.
    fn most_arrays(&self) -> usize {
        /// No lab has more grids of a kind.
        const MOST: usize = 64;
        if self.0.has_channels() { MOST } else { 1 }
    }

    /// A lab of channels has them in front, as an array of the field has; the others have matrices.
    fn arrays(&self, front: &[usize], planes: Vec<Grid<Entry>>) -> Vec<Planes> {
        if self.0.has_channels()
            && let Some(array) = Planes::new(front, planes.clone())
        {
            return vec![array];
        }
        planes.into_iter().map(Planes::from).collect()
    }
}

impl Lab for OperationLab {
    type Action = Action;
    type Error = Problem;

    fn apply(&mut self, action: Action) -> Result<Undo, Problem> {
        let lab = self.0.as_mut();
        let action = match action {
            Action::Set(ControlId::INPUT_SIZE, Value::Pair((rows, cols))) if lab.plate(PlateId::Input(0)).is_some() => {
                Action::Resize { plate: PlateId::Input(0), rows, cols }
            }
            Action::Set(ControlId::KERNEL_SIZE, Value::Pair((rows, cols))) => {
                Action::Resize { plate: lab.kernel(), rows, cols }
            }
            other => other,
        };
        match action {
            Action::SetCell { plate, row, col, text } => {
                // A cell outside the grid is an event that came after the grid shrank: nothing is there to change.
                if let Some(cell) = lab.plate_mut(plate).and_then(|grid| grid.get_mut(row, col)) {
                    *cell = Entry::parse(&text);
                }
            }
            Action::PutBlock { plate, row, col, block } => {
                let Some(grid) = lab.plate(plate) else { return Ok(Undo::Record) };
                let (rows, cols) = (grid.rows().max(row + block.rows()), grid.cols().max(col + block.cols()));
                fits(lab, plate, rows, cols)?;
                lab.resize(plate, rows, cols);
                if let Some(grid) = lab.plate_mut(plate) {
                    for (i, cells) in block.iter_rows().enumerate() {
                        for (j, entry) in cells.iter().enumerate() {
                            if let Some(cell) = grid.get_mut(row + i, col + j) {
                                *cell = entry.clone();
                            }
                        }
                    }
                }
            }
            Action::Replace { plate, planes } => {
                for plane in &planes {
                    fits(lab, plate, plane.rows(), plane.cols())?;
                }
                lab.replace(plate, planes)?;
            }
            Action::ClearUnreadable(plate) => {
                if let Some(grid) = lab.plate_mut(plate) {
                    let readable = |entry: &Entry| match entry {
                        Entry::Unreadable(_) => Entry::Number(0.0),
                        _ => entry.clone(),
                    };
                    *grid = grid.map(readable);
                }
            }
            Action::Resize { plate, rows, cols } => {
                if lab.plate(plate).is_none() {
                    return Ok(Undo::Record);
                }
                fits(lab, plate, rows, cols)?;
                lab.resize(plate, rows, cols);
                return Ok(Undo::Coalesce(size_of(plate)));
            }
            Action::Set(control, value) => {
                if let Some(problem) = lab.refuses(control, &value) {
                    return Err(problem);
                }
                // A button that is held down, or a slider that is dragged, is one step of undo.
                let undo = match value {
                    Value::Count(_) | Value::Pair(_) | Value::Padding(_) | Value::Number(_) | Value::Layer(..) => {
                        Undo::Coalesce(control)
                    }
                    Value::Pixels(..) => Undo::Arrived,
                    _ => Undo::Record,
                };
                // A value that the control can't have is an event for another lab: nothing is there to change.
                lab.set(control, &value);
                return Ok(undo);
            }
            Action::Open(state) => self.open(*state),
        }
        Ok(Undo::Record)
    }

    fn shelve(&mut self) {
        self.0.shelve();
    }

    fn inherit(&mut self, before: &Self) {
        self.0.inherit(before.operation());
    }
}

/// What sets a grid's rows and columns.
fn size_of(plate: PlateId) -> ControlId {
    match plate {
        PlateId::Input(_) => ControlId::INPUT_SIZE,
        PlateId::Kernel { .. } => ControlId::KERNEL_SIZE,
        _ => ControlId::UPSTREAM,
    }
}

fn fits(lab: &dyn Operation, plate: PlateId, rows: usize, cols: usize) -> Result<(), Problem> {
    let limit = lab.limit(plate);
    let possible = 1..=limit;
    if possible.contains(&rows) && possible.contains(&cols) {
        return Ok(());
    }
    let noun = lab.noun(plate);
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "An" } else { "A" };
    let (least_rows, least_cols) = (rows.clamp(1, limit), cols.clamp(1, limit));
    Err(Problem {
        control: size_of(plate),
        sentence: format!("{article} {noun} of {rows} × {cols} is not possible: each side has 1 to {limit} cells."),
        repairs: vec![Repair::new(
            format!("Use {least_rows} × {least_cols}"),
            Action::Resize { plate, rows: least_rows, cols: least_cols },
        )],
    })
}
