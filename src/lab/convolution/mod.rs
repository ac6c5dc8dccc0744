//! The convolution lab: one input plane, one kernel, one output plane, every number open.

mod conventions;
mod matrix;
mod preset;
mod program;
mod settings;
mod transposed;
mod window;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::settings::OUTPUT_PADDING;
use super::{
    control::{ControlId, Value},
    operation::{Action, Computation, Operation, Problem, Repair, ShapeView, taken_over},
    preset::Preset,
    problem::{Article, AskedGrid, at_least_1, pair_past_limit, unreadable, unreadable_text},
    scene::{PlateId, Playhead, Scene},
    setting::{self, Choice},
    sliding::{NamedPadding, Sliding, both},
};
use crate::{
    explain,
    formula::{PaddingConvention, TransposedSize},
    nn::shape::{Axis, MAX_INPUT, MAX_KERNEL, Padding, ShapeError},
    num::{Entry, Grid, Matrix, format},
    trace,
};

pub use preset::PRESETS;

/// The lab's state: what a person typed and set, whether or not it can be computed.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvolutionLab {
    /// The input's cells.
    pub input: Grid<Entry>,
    /// The kernel's cells.
    pub kernel: Grid<Entry>,
    /// What is added to every sum.
    pub bias: Entry,
    /// Padding, stride, dilation.
    pub sliding: Sliding,
    /// Whether each input cell paints the kernel, instead of each window being summed up.
    pub transposed: bool,
    /// Rows and columns added to a transposed convolution's output (height, width).
    pub output_padding: (usize, usize),
    /// Which picture of the operation is shown.
    pub view: ConvolutionView,
    /// The two conventions that [`ConvolutionView::Conventions`] compares.
    pub compared: (Counted, Counted),
}

impl Default for ConvolutionLab {
    /// The course's first example.
    fn default() -> Self {
        Self {
            input: Grid::from_fn(3, 3, |i, j| Entry::Number((3 * i + j) as f64)),
            kernel: Grid::from_fn(2, 2, |i, j| Entry::Number((2 * i + j) as f64)),
            bias: Entry::Number(0.0),
            sliding: Sliding::default(),
            transposed: false,
            output_padding: (0, 0),
            view: ConvolutionView::Window,
            compared: (Counted::PerSide, Counted::Total),
        }
    }
}

/// A picture of the operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConvolutionView {
    /// The window on the input; of a transposed convolution, the cell that paints.
    Window,
    /// The windows as rows of a matrix, the kernel as a column.
    Im2col,
    /// The kernel as a matrix, the input as a column.
    Toeplitz,
    /// Two conventions of padding side by side.
    Conventions,
    /// The convolution that a transposed one is, over the stretched input.
    Stretched,
}

/// A way to say how much padding there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counted {
    /// p on each side, as in `PyTorch`.
    PerSide,
    /// p in total, the larger half on top and left, as in the course.
    Total,
    /// SAME as in TensorFlow.
    SameTensorFlow,
    /// SAME as in the course.
    SameCourse,
}

impl Counted {
    /// Its name on screen.
    pub fn name(self) -> &'static str {
        self.named().name
    }

    /// The four sides that it means by (height, width) `p`.
    fn sides(self, p: (usize, usize), sliding: &Sliding, input: (usize, usize), kernel: (usize, usize)) -> Padding {
        match self {
            Self::PerSide => Padding { top: p.0, bottom: p.0, left: p.1, right: p.1 },
            Self::Total => Padding::total(p.0, p.1),
            Self::SameTensorFlow => NamedPadding::SameTensorFlow.sides(sliding, input, kernel),
            Self::SameCourse => NamedPadding::SameCourse.sides(sliding, input, kernel),
        }
    }
}

/// The most cells of a matrix that is shown: past it a page of numbers helps nobody, and the browser is slow.
pub const MAX_MATRIX: usize = 8_192;

/// The most cells of a stretched input: as many as a padded one has in a plain convolution, and twice that.
pub const MAX_CELLS: usize = 20_000;

/// The lab's numbers, without the text they were typed as.
struct Numbers {
    input: Matrix,
    kernel: Matrix,
    bias: f64,
}

impl ConvolutionLab {
    /// The picture that is shown: the one that is asked for where the operation has it.
    pub fn shown_view(&self) -> ConvolutionView {
        setting::shown(self.view, settings::views(self))
    }

    /// Rows and columns of the padded input, as far as the padding is one that is drawn.
    pub fn padded_shape(&self) -> (usize, usize) {
        let Padding { top, bottom, left, right } = self.sliding.drawn_padding();
        (self.input.rows() + top + bottom, self.input.cols() + left + right)
    }

    fn numbers(&self) -> Result<Numbers, Problem> {
        if let (Some(input), Some(kernel), Some(bias)) =
            (self.input.try_map(Entry::value), self.kernel.try_map(Entry::value), self.bias.value())
        {
            return Ok(Numbers { input, kernel, bias });
        }
        let asked = |plate, control, name: &str, cells| AskedGrid { plate, control, name: name.to_owned(), cells };
        let grids = [
            asked(PlateId::Input(0), ControlId::INPUT, "Input", &self.input),
            asked(PlateId::KERNEL, ControlId::KERNEL, "Kernel", &self.kernel),
        ];
        Err(unreadable(grids)
            .or_else(|| unreadable_text(ControlId::BIAS, "bias", &self.bias, "0"))
            .unwrap_or_else(start_over))
    }

    /// The convolution in numbers, whatever view is shown, or what stands in the way.
    ///
    /// # Errors
    /// The first [`Problem`], with its repair.
    pub fn convolution(&self) -> Result<trace::Convolution, Problem> {
        let numbers = self.numbers()?;
        if let Some(problem) = self.sliding.past_limit() {
            return Err(problem);
        }
        self.convolution_with(numbers, self.sliding.padding)
    }

    fn convolution_with(&self, numbers: Numbers, padding: Padding) -> Result<trace::Convolution, Problem> {
        let Numbers { input, kernel, bias } = numbers;
        let Sliding { mode, stride, dilation, flip, .. } = self.sliding;
        let convolution = trace::Convolution { input, kernel, bias, padding, mode, stride, dilation, flip };
        match convolution.output_shape() {
            Ok(_) => Ok(convolution),
            Err(error) => Err(Sliding { padding, ..self.sliding }.misfit(
                error,
                self.input.shape(),
                self.kernel.shape(),
                PlateId::KERNEL,
            )),
        }
    }

    /// The transposed convolution in numbers, or what stands in the way.
    fn transposed_convolution(&self) -> Result<(trace::Transposed, Matrix), Problem> {
        let Numbers { input, kernel, bias } = self.numbers()?;
        if let Some(problem) = self.sliding.past_limit() {
            return Err(problem);
        }
        if let Some(problem) = pair_past_limit(OUTPUT_PADDING, "output padding", self.output_padding) {
            return Err(problem);
        }
        let Sliding { padding, stride, dilation, flip, .. } = self.sliding;
        let output_padding = self.output_padding;
        // PyTorch's rule: more would be rows that no choice of input size explains.
        let most = |axis: Axis| axis.of(stride).max(axis.of(dilation)).saturating_sub(1);
        let within = (output_padding.0.min(most(Axis::Height)), output_padding.1.min(most(Axis::Width)));
        if within != output_padding && stride.0 > 0 && stride.1 > 0 && dilation.0 > 0 && dilation.1 > 0 {
            return Err(Problem {
                control: OUTPUT_PADDING,
                sentence: format!(
                    "{} output padding of {} has to be smaller than the stride or the dilation: {} at most.",
                    Article::of_word("output"),
                    both(output_padding),
                    both((most(Axis::Height), most(Axis::Width)))
                ),
                repairs: vec![Repair::new(
                    format!("Use output padding {}", both(within)),
                    Action::Set(OUTPUT_PADDING, Value::Pair(within)),
                )],
            });
        }
        if let Some(problem) = self.past_cells() {
            return Err(problem);
        }
        let transposed = trace::Transposed { input, kernel, bias, padding, stride, dilation, output_padding, flip };
        match transposed.output() {
            Ok(output) => Ok((transposed, output)),
            Err(ShapeError::PaddingTooLarge { axis, padding, limit }) => Err(Problem {
                control: ControlId::PADDING,
                sentence: format!(
                    "A padding of {padding} in total along the {axis} cuts off all of the {} {}: {limit} at most.",
                    limit + 1,
                    if axis == Axis::Height { "rows" } else { "columns" }
                ),
                repairs: vec![Repair::new(
                    "Use padding 0",
                    Action::Set(ControlId::PADDING, Value::Padding(Padding::default())),
                )],
            }),
            Err(error @ ShapeError::ZeroStride { .. }) => {
                Err(at_least_1(ControlId::STRIDE, "stride", stride, error.to_string()))
            }
            Err(error) => Err(at_least_1(ControlId::DILATION, "dilation", dilation, error.to_string())),
        }
    }

    /// A transposed convolution whose stretched input has more cells than are shown.
    fn past_cells(&self) -> Option<Problem> {
        let Sliding { stride, dilation, .. } = self.sliding;
        let (input, kernel) = (self.input.shape(), self.kernel.shape());
        // The stretched input with its widest ring; the output is no larger.
        let cells = |stride: (usize, usize)| {
            let along = |axis: Axis| {
                axis.of(stride) * (axis.of(input) - 1)
                    + 2 * axis.of(dilation) * (axis.of(kernel) - 1)
                    + 1
                    + axis.of(self.output_padding)
            };
            along(Axis::Height) * along(Axis::Width)
        };
        if cells(stride) <= MAX_CELLS {
            return None;
        }
        let most = stride.0.max(stride.1);
        let fitting = (1..most).rev().find(|&s| cells((stride.0.min(s), stride.1.min(s))) <= MAX_CELLS);
        let stride_of = |s: usize| Value::Pair((stride.0.min(s), stride.1.min(s)));
        let mut repairs: Vec<Repair> = fitting
            .map(|s| Repair::new(format!("Use stride {s}"), Action::Set(ControlId::STRIDE, stride_of(s))))
            .into_iter()
            .collect();
        let small = Action::Resize { plate: PlateId::Input(0), rows: input.0.min(6), cols: input.1.min(6) };
        repairs.push(Repair::new(format!("Use a {} × {} input", input.0.min(6), input.1.min(6)), small));
        Some(Problem {
            control: ControlId::STRIDE,
            sentence: format!(
                "With stride {} the stretched input would have {} cells; up to {} are shown.",
                both(stride),
                format::count(cells(stride) as u64),
                format::count(MAX_CELLS as u64)
            ),
            repairs,
        })
    }

    /// What the compared conventions call p: (height, width), as it is counted on screen.
    fn counted_padding(&self) -> (usize, usize) {
        let Padding { top, bottom, left, right } = self.sliding.padding;
        match self.sliding.convention {
            PaddingConvention::PerSide => (top, left),
            PaddingConvention::Total => (top + bottom, left + right),
        }
    }

    fn past_matrix(&self, rows: usize, cols: usize) -> Option<Problem> {
        (rows * cols > MAX_MATRIX).then(|| {
            let mut repairs =
                vec![Repair::new("Show the sliding window", Action::Set(ControlId::VIEW, Value::Choice(0)))];
            if self.input.rows() > 6 || self.input.cols() > 6 {
                let action = Action::Resize { plate: PlateId::Input(0), rows: 6, cols: 6 };
                repairs.push(Repair::new("Use a 6 × 6 input", action));
            }
            Problem {
                control: ControlId::VIEW,
                sentence: format!(
                    "The matrix would have {rows} × {cols} = {} cells; up to {} are shown.",
                    format::count((rows * cols) as u64),
                    format::count(MAX_MATRIX as u64)
                ),
                repairs,
            }
        })
    }
}

/// The way out where no other is known: the default.
fn start_over() -> Problem {
    let default = super::OperationLab::of(ConvolutionLab::default());
    Problem {
        control: ControlId::INPUT,
        sentence: "These settings can't be computed.".into(),
        repairs: vec![Repair::new("Start over", Action::Open(Box::new(default)))],
    }
}

impl Operation for ConvolutionLab {
    fn title(&self) -> &'static str {
        "Convolution"
    }

    fn subtitle(&self) -> String {
        let taps = self.kernel.cells().len();
        match (self.transposed, self.shown_view()) {
            (true, ConvolutionView::Stretched) => {
                "The same output as a convolution: zeros between the inputs, the kernel turned.".into()
            }
            (true, ConvolutionView::Toeplitz) => {
                "The matrix of the convolution that this one transposes, turned over.".into()
            }
            (true, _) => explain::one_paint(taps),
            (false, ConvolutionView::Im2col) => "Each window becomes a row: a step is one row times one column.".into(),
            (false, ConvolutionView::Toeplitz) => {
                "The same few weights in every row, shifted: a step is one row times one column.".into()
            }
            (false, ConvolutionView::Conventions) => {
                "One p, two ways to count it: compare the rings and the outputs.".into()
            }
            (false, _) => explain::one_step(taps),
        }
    }

    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }

    fn plate(&self, id: PlateId) -> Option<&Grid<Entry>> {
        match id {
            // Of two conventions side by side each has its picture of the one input.
            PlateId::Input(0 | 1) => Some(&self.input),
            PlateId::KERNEL => Some(&self.kernel),
            _ => None,
        }
    }

    fn plate_mut(&mut self, id: PlateId) -> Option<&mut Grid<Entry>> {
        match id {
            PlateId::Input(0 | 1) => Some(&mut self.input),
            PlateId::KERNEL => Some(&mut self.kernel),
            _ => None,
        }
    }

    fn limit(&self, id: PlateId) -> usize {
        if matches!(id, PlateId::Input(_)) { MAX_INPUT } else { MAX_KERNEL }
    }

    fn noun(&self, id: PlateId) -> &'static str {
        if matches!(id, PlateId::Input(_)) { "input" } else { "kernel" }
    }

    fn replace(&mut self, id: PlateId, planes: Vec<Grid<Entry>>) -> Result<(), Problem> {
        if let (Some(grid), Some(plane)) = (self.plate_mut(id), planes.into_iter().next()) {
            *grid = plane;
        }
        Ok(())
    }

    fn compute_after(&self, before: Option<&dyn Computation>) -> Result<Arc<dyn Computation>, Problem> {
        if self.transposed {
            let (transposed, output) = self.transposed_convolution()?;
            return Ok(match self.shown_view() {
                ConvolutionView::Toeplitz => {
                    if let Some(problem) = self.past_matrix(output.cells().len(), self.input.cells().len()) {
                        return Err(problem);
                    }
                    Arc::new(matrix::Matrices::transposed(self.clone(), transposed, output))
                }
                ConvolutionView::Stretched => Arc::new(transposed::Stretched::new(self.clone(), transposed, output)),
                _ => Arc::new(transposed::Scatter::new(self.clone(), transposed, output)),
            });
        }
        if self.shown_view() == ConvolutionView::Conventions {
            return conventions::Conventions::of(self, taken_over(before))
                .map(|both| Arc::new(both) as Arc<dyn Computation>);
        }
        let convolution = self.convolution()?;
        let before: Option<&window::Windows> = taken_over(before);
        let output = before.and_then(|before| before.output_after(&convolution)).map_or_else(
            || {
                let misfit =
                    |error| self.sliding.misfit(error, self.input.shape(), self.kernel.shape(), PlateId::KERNEL);
                convolution.output().map_err(misfit)
            },
            Ok,
        )?;
        let outputs = output.cells().len();
        Ok(match self.shown_view() {
            ConvolutionView::Im2col => match self.past_matrix(outputs, self.kernel.cells().len()) {
                Some(problem) => return Err(problem),
                None => Arc::new(matrix::Matrices::im2col(self.clone(), convolution, output)),
            },
            ConvolutionView::Toeplitz => match self.past_matrix(outputs, self.input.cells().len()) {
                Some(problem) => return Err(problem),
                None => Arc::new(matrix::Matrices::toeplitz(self.clone(), convolution, output)),
            },
            _ => Arc::new(window::Windows::new(self.clone(), convolution, output, before)),
        })
    }

    fn broken_scene(&self, _: Playhead) -> Scene {
        window::broken_scene(self)
    }

    fn shape(&self, computed: Option<&dyn Computation>) -> ShapeView {
        let (input, kernel) = (self.input.shape(), self.kernel.shape());
        let result = computed
            .and_then(|computed| computed.output().first())
            .map_or_else(|| "none".to_owned(), |output| format::shape(&[output.rows(), output.cols()]));
        if self.transposed {
            let Sliding { padding, stride, dilation, convention, .. } = self.sliding;
            let sizes =
                TransposedSize::of_plane(input, kernel, (stride, dilation), padding, self.output_padding, convention);
            let formulas = sizes.iter().map(TransposedSize::lines).collect();
            return ShapeView { result, formulas, ..ShapeView::default() };
        }
        if self.shown_view() == ConvolutionView::Conventions {
            return conventions::shape(self, computed);
        }
        let sizes = self.sliding.formulas(input, kernel);
        ShapeView {
            table: None,
            result,
            formulas: sizes.iter().map(|size| size.lines().clone()).collect(),
            notes: self.sliding.left_over(input, kernel).into_iter().collect(),
            ..ShapeView::default()
        }
    }
}
