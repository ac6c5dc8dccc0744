//! The convolution lab: one input plane, one kernel, one output plane, every number open.

mod frame;
mod preset;
mod problem;

pub use frame::{Arithmetic, CellKind, CellView, Frame, PlateView, Playhead, Term};
pub use preset::{PRESETS, Preset};
pub use problem::{Control, Problem, Repair};

use thiserror::Error;

use super::{Lab, Undo};
use crate::{
    formula::PaddingConvention,
    nn::shape::{Axis, MAX_INPUT, MAX_KERNEL, Padding, Window},
    num::{Entry, Grid},
    trace::Convolution,
};

/// The lab's state: what a person typed and set, whether or not it can be computed.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvolutionLab {
    /// The input's cells.
    pub input: Grid<Entry>,
    /// The kernel's cells.
    pub kernel: Grid<Entry>,
    /// What is added to every sum.
    pub bias: Entry,
    /// Zeros around the input.
    pub padding: Padding,
    /// (height, width)
    pub stride: (usize, usize),
    /// (height, width)
    pub dilation: (usize, usize),
    /// Whether the kernel is turned before use.
    pub flip: bool,
    /// How the screen counts padding.
    pub convention: PaddingConvention,
}

impl Default for ConvolutionLab {
    /// The course's first example.
    fn default() -> Self {
        Self {
            input: Grid::from_fn(3, 3, |i, j| Entry::Number((3 * i + j) as f64)),
            kernel: Grid::from_fn(2, 2, |i, j| Entry::Number((2 * i + j) as f64)),
            bias: Entry::Number(0.0),
            padding: Padding::default(),
            stride: (1, 1),
            dilation: (1, 1),
            flip: false,
            convention: PaddingConvention::PerSide,
        }
    }
}

/// One of the two grids that are edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Plate {
    /// The input.
    Input,
    /// The kernel.
    Kernel,
}

impl Plate {
    /// The most rows or columns it takes.
    pub fn limit(self) -> usize {
        match self {
            Self::Input => MAX_INPUT,
            Self::Kernel => MAX_KERNEL,
        }
    }
}

/// Everything a person can do to the lab.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Types into a cell.
    SetCell {
        /// Which grid.
        plate: Plate,
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
        plate: Plate,
        /// Row of the block's first cell.
        row: usize,
        /// Column of the block's first cell.
        col: usize,
        /// The cells.
        block: Grid<Entry>,
    },
    /// Puts another matrix in the place of a whole grid.
    Replace {
        /// Which grid.
        plate: Plate,
        /// The cells.
        block: Grid<Entry>,
    },
    /// Sets every unreadable cell of a grid to 0.
    ClearUnreadable(Plate),
    /// Gives a grid another size: cells that stay keep their numbers, new ones are 0.
    Resize {
        /// Which grid.
        plate: Plate,
        /// Rows wanted.
        rows: usize,
        /// Columns wanted.
        cols: usize,
    },
    /// Types into the bias.
    SetBias(String),
    /// Sets the padding of all four sides.
    SetPadding(Padding),
    /// Sets the stride (height, width).
    SetStride((usize, usize)),
    /// Sets the dilation (height, width).
    SetDilation((usize, usize)),
    /// Turns the kernel before use, or not.
    SetFlip(bool),
    /// Counts padding per side or in total.
    SetConvention(PaddingConvention),
    /// Opens another state: a preset, a link, the default.
    Open(Box<ConvolutionLab>),
}

/// Why an action can't be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// A grid past its largest size, or without cells.
    #[error("{} of {rows} × {cols} is not possible: each side has 1 to {} cells.", match .plate { Plate::Input => "An input", Plate::Kernel => "A kernel" }, .plate.limit())]
    Size {
        /// Which grid.
        plate: Plate,
        /// Rows wanted.
        rows: usize,
        /// Columns wanted.
        cols: usize,
    },
}

impl Refusal {
    /// The nearest thing that can be done, with its name for a button.
    pub fn repair(self) -> Repair {
        match self {
            Self::Size { plate, rows, cols } => {
                let (rows, cols) = (rows.clamp(1, plate.limit()), cols.clamp(1, plate.limit()));
                Repair { label: format!("Use {rows} × {cols}"), action: Action::Resize { plate, rows, cols } }
            }
        }
    }

    /// The control whose value was refused.
    pub fn control(self) -> Control {
        match self {
            Self::Size { plate: Plate::Input, .. } => Control::InputSize,
            Self::Size { plate: Plate::Kernel, .. } => Control::KernelSize,
        }
    }
}

impl Lab for ConvolutionLab {
    type Action = Action;
    type Error = Refusal;

    fn apply(&mut self, action: Action) -> Result<Undo, Refusal> {
        match action {
            Action::SetCell { plate, row, col, text } => {
                // A cell outside the grid is an event that came after the grid shrank: nothing is there to change.
                if let Some(cell) = self.plate_mut(plate).get_mut(row, col) {
                    *cell = Entry::parse(&text);
                }
            }
            Action::PutBlock { plate, row, col, block } => {
                let grid = self.plate(plate);
                let (rows, cols) = (grid.rows().max(row + block.rows()), grid.cols().max(col + block.cols()));
                fits(plate, rows, cols)?;
                let in_block = |i: usize, j: usize| block.get(i.checked_sub(row)?, j.checked_sub(col)?);
                let zero = Entry::Number(0.0);
                let cell = |i, j| in_block(i, j).or_else(|| grid.get(i, j)).unwrap_or(&zero).clone();
                *self.plate_mut(plate) = Grid::from_fn(rows, cols, cell);
            }
            Action::Replace { plate, block } => {
                fits(plate, block.rows(), block.cols())?;
                *self.plate_mut(plate) = block;
            }
            Action::ClearUnreadable(plate) => {
                let readable = |entry: &Entry| if entry.value().is_some() { entry.clone() } else { Entry::Number(0.0) };
                *self.plate_mut(plate) = self.plate(plate).map(readable);
            }
            Action::Resize { plate, rows, cols } => {
                fits(plate, rows, cols)?;
                *self.plate_mut(plate) = self.plate(plate).resized(rows, cols, &Entry::Number(0.0));
                return Ok(Undo::Coalesce(if plate == Plate::Input { "input size" } else { "kernel size" }));
            }
            Action::SetBias(text) => self.bias = Entry::parse(&text),
            Action::SetPadding(padding) => {
                self.padding = padding;
                return Ok(Undo::Coalesce("padding"));
            }
            Action::SetStride(stride) => {
                self.stride = stride;
                return Ok(Undo::Coalesce("stride"));
            }
            Action::SetDilation(dilation) => {
                self.dilation = dilation;
                return Ok(Undo::Coalesce("dilation"));
            }
            Action::SetFlip(flip) => self.flip = flip,
            Action::SetConvention(convention) => self.convention = convention,
            Action::Open(state) => *self = *state,
        }
        Ok(Undo::Record)
    }
}

impl ConvolutionLab {
    /// The cells of a grid.
    pub fn plate(&self, plate: Plate) -> &Grid<Entry> {
        match plate {
            Plate::Input => &self.input,
            Plate::Kernel => &self.kernel,
        }
    }

    fn plate_mut(&mut self, plate: Plate) -> &mut Grid<Entry> {
        match plate {
            Plate::Input => &mut self.input,
            Plate::Kernel => &mut self.kernel,
        }
    }

    /// Rows and columns of the padded input, as far as the padding is one that is drawn.
    pub fn padded_shape(&self) -> (usize, usize) {
        let Padding { top, bottom, left, right } = self.drawn_padding();
        (self.input.rows() + top + bottom, self.input.cols() + left + right)
    }

    /// The padding where it is within its limit, else none: a ring of 5,000 zeros is a problem, not a picture.
    pub fn drawn_padding(&self) -> Padding {
        if self.setting_past_limit().is_some() { Padding::default() } else { self.padding }
    }

    /// Everything as numbers, or what stands in the way.
    ///
    /// # Errors
    /// The first [`Problem`], with its repair.
    pub fn convolution(&self) -> Result<Convolution, Problem> {
        let (Some(input), Some(kernel), Some(bias)) =
            (self.input.try_map(Entry::value), self.kernel.try_map(Entry::value), self.bias.value())
        else {
            return Err(self.unreadable());
        };
        if let Some(problem) = self.setting_past_limit() {
            return Err(problem);
        }
        let convolution = Convolution {
            input,
            kernel,
            bias,
            padding: self.padding,
            stride: self.stride,
            dilation: self.dilation,
            flip: self.flip,
        };
        match convolution.output_shape() {
            Ok(_) => Ok(convolution),
            Err(error) => Err(self.misfit(error)),
        }
    }

    /// The window along one axis, whether or not it fits.
    pub fn window(&self, axis: Axis) -> Window {
        Window::along(axis, self.kernel.shape(), self.stride, self.dilation, self.padding)
    }
}

fn fits(plate: Plate, rows: usize, cols: usize) -> Result<(), Refusal> {
    let possible = 1..=plate.limit();
    if possible.contains(&rows) && possible.contains(&cols) { Ok(()) } else { Err(Refusal::Size { plate, rows, cols }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(plate: Plate, row: usize, col: usize, text: &str) -> Action {
        Action::SetCell { plate, row, col, text: text.into() }
    }

    #[track_caller]
    fn check(actions: Vec<Action>, expect: &str) {
        let mut lab = ConvolutionLab::default();
        let mut refused = String::new();
        for action in actions {
            if let Err(refusal) = lab.apply(action) {
                refused = format!("{refusal} [{}]", refusal.repair().label);
            }
        }
        let found = match lab.convolution() {
            Ok(convolution) => {
                let output = convolution.output().unwrap();
                output.iter_rows().map(|row| format!("{row:?}")).collect::<Vec<_>>().join(" ")
            }
            Err(problem) => {
                let labels: Vec<_> = problem.repairs.iter().map(|repair| repair.label.as_str()).collect();
                format!("{:?}: {} [{}]", problem.control, problem.sentence, labels.join("] ["))
            }
        };
        assert_eq!(format!("{refused}{found}"), expect);
    }

    #[test]
    fn what_can_be_done() {
        check(vec![], "[19.0, 25.0] [37.0, 43.0]");
        check(vec![cell(Plate::Input, 0, 0, "10"), cell(Plate::Kernel, 0, 0, "1")], "[29.0, 26.0] [40.0, 47.0]");
        check(vec![cell(Plate::Input, 9, 9, "10")], "[19.0, 25.0] [37.0, 43.0]");
        check(vec![Action::SetBias("1/2".into())], "[19.5, 25.5] [37.5, 43.5]");
        check(vec![Action::SetPadding(Padding::per_side(1)), Action::SetStride((3, 2))], "[0.0, 8.0] [6.0, 8.0]");
        check(vec![Action::SetFlip(true)], "[5.0, 11.0] [23.0, 29.0]");
        check(vec![Action::SetDilation((2, 2))], "[38.0]");
        check(vec![Action::Resize { plate: Plate::Input, rows: 2, cols: 4 }], "[19.0, 25.0, 10.0]");
        let block = Grid::from_fn(1, 2, |_, j| Entry::Number(j as f64));
        check(vec![Action::PutBlock { plate: Plate::Kernel, row: 1, col: 1, block: block.clone() }], "[12.0] [24.0]");
        check(vec![Action::Replace { plate: Plate::Kernel, block }], "[1.0, 2.0] [4.0, 5.0] [7.0, 8.0]");
    }

    #[test]
    fn what_can_not() {
        check(vec![cell(Plate::Input, 1, 2, "abc")], "Input: Input row 1, column 2: “abc” is not a number. [Use 0]");
        check(
            vec![cell(Plate::Kernel, 0, 0, ""), cell(Plate::Kernel, 0, 1, "1/0")],
            "Kernel: Kernel row 0, column 0 is empty; 1 other cell is not a number either. [Use 0 for both]",
        );
        check(vec![Action::SetBias("x".into())], "Bias: The bias “x” is not a number. [Use 0]");
        check(
            vec![cell(Plate::Input, 0, 0, "2e9")],
            "Input: Input row 0, column 0: 2e9 is past the largest number, ±1,000,000,000. [Use 0]",
        );
        check(
            vec![Action::SetStride((0, 1))],
            "Stride: A stride of 0 never moves the window along the height; the smallest stride is 1. [Use stride 1]",
        );
        check(
            vec![Action::SetDilation((1, 0))],
            "Dilation: A dilation of 0 puts all taps on one cell along the width; the smallest dilation is 1. [Use dilation 1]",
        );
        check(
            vec![Action::Resize { plate: Plate::Kernel, rows: 4, cols: 4 }],
            "KernelSize: A 4 × 4 kernel does not fit a 3 × 3 input. [Use a 3 × 3 kernel] [Use padding 1]",
        );
        check(
            vec![Action::SetDilation((3, 3)), Action::SetPadding(Padding { top: 0, bottom: 0, left: 1, right: 0 })],
            "Dilation: A 2 × 2 kernel with dilation 3 spans 4 × 4 cells; the padded input has 3 × 4. [Use dilation 2 × 3] [Use padding 1]",
        );
        check(
            vec![Action::SetPadding(Padding { top: 5000, ..Padding::default() })],
            "Padding: A padding of 5,000 is past the largest, 16 on a side. [Use 16]",
        );
        check(
            vec![Action::Resize { plate: Plate::Input, rows: 200, cols: 3 }],
            "An input of 200 × 3 is not possible: each side has 1 to 64 cells. [Use 64 × 3][19.0, 25.0] [37.0, 43.0]",
        );
    }

    #[test]
    fn repairs_repair() {
        for (rows, dilation, padding) in [(4, 1, 0), (2, 16, 0), (16, 16, 0), (3, 2, 5000), (2, 17, 0), (9, 1, 0)] {
            let broken = ConvolutionLab {
                kernel: Grid::from_fn(rows, 2, |_, _| Entry::Unreadable("?".into())),
                dilation: (dilation, dilation),
                padding: Padding { left: padding, ..Padding::default() },
                stride: (0, 0),
                ..ConvolutionLab::default()
            };
            for choice in 0..2 {
                let mut lab = broken.clone();
                let mut presses = 0;
                while let Err(problem) = lab.convolution() {
                    let repair = problem.repairs.get(choice).or(problem.repairs.first());
                    lab.apply(repair.expect("every problem has a repair").action.clone()).unwrap();
                    presses += 1;
                    assert!(presses < 10, "{problem:?} is not repaired");
                }
            }
        }
    }
}
