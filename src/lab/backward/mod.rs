//! The backpropagation lab: how a gradient flows back through a convolution or a pooling, every number open.

mod answer;
mod check;
mod full;
mod preset;
mod problem;
mod program;
mod settings;
mod shape;
mod steps;
mod sums;
mod terms;
mod upstream;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{
    operation::{Computation, Operation, Problem, ShapeView, taken_over},
    preset::Preset,
    scene::{PlateId, Playhead, Scene},
    setting::{self},
};
use crate::{
    nn::shape::{Axis, MAX_INPUT, MAX_KERNEL, MAX_SETTING, Padding, Window},
    num::{Entry, Grid, Matrix},
    paste::Limits,
    trace::{Backward, Gradients, PoolingKind},
};

pub use preset::PRESETS;
pub use upstream::Upstream;

/// The lab's state: what a person typed and set, whether or not it can be computed.
#[derive(Debug, Clone, PartialEq)]
pub struct BackwardLab {
    /// What is taken back.
    pub operation: ForwardKind,
    /// The input's cells.
    pub input: Grid<Entry>,
    /// The kernel's cells; a pooling has none and leaves them as they are.
    pub kernel: Grid<Entry>,
    /// What is added to every sum of a convolution.
    pub bias: Entry,
    /// The gradient that comes from above.
    pub upstream: Upstream,
    /// Rows and columns of a pooling's window.
    pub window: (usize, usize),
    /// (height, width)
    pub stride: (usize, usize),
    /// Cells around the input.
    pub padding: Padding,
    /// (height, width), of a convolution.
    pub dilation: (usize, usize),
    /// Whether padding counts in an average.
    pub count_padding: bool,
    /// Which picture of the gradients is shown.
    pub view: BackwardView,
}

impl Default for BackwardLab {
    /// The course's first example.
    fn default() -> Self {
        Self {
            operation: ForwardKind::Convolution,
            input: Grid::from_fn(3, 3, |i, j| Entry::Number((3 * i + j) as f64)),
            kernel: Grid::from_fn(2, 2, |i, j| Entry::Number((2 * i + j) as f64)),
            bias: Entry::Number(0.0),
            upstream: Upstream::default(),
            window: (2, 2),
            stride: (1, 1),
            padding: Padding::default(),
            dilation: (1, 1),
            count_padding: true,
            view: BackwardView::Steps,
        }
    }
}

/// An operation that is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ForwardKind {
    /// A convolution.
    Convolution,
    /// A pooling.
    Pooling(PoolingKind),
}

/// A picture of the gradients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BackwardView {
    /// Output by output, what each sends back.
    Steps,
    /// The input's gradient as a full convolution of the upstream gradient.
    Full,
    /// Every gradient against a finite difference.
    Check,
}

/// The gradient that comes from above.
pub const UPSTREAM: PlateId = PlateId::Derived(0);
/// The input's gradient.
pub const INPUT_GRADIENT: PlateId = PlateId::Output(0);
/// The kernel's gradient.
pub const KERNEL_GRADIENT: PlateId = PlateId::Output(1);
/// The bias's gradient.
pub const BIAS_GRADIENT: PlateId = PlateId::Output(2);

/// The largest side of an output: that of the largest input with the largest padding under a kernel of one cell.
pub const MAX_UPSTREAM: usize = MAX_INPUT + 2 * MAX_SETTING;

/// The most products that the finite differences of one picture may take: past it an edit would be felt.
const MAX_PRODUCTS: usize = 40_000_000;

/// The same where they are only counted beside another picture.
const MAX_PRODUCTS_ASIDE: usize = 10_000_000;

impl BackwardLab {
    /// The picture that is shown: the one that is asked for where the operation has it.
    pub fn shown_view(&self) -> BackwardView {
        setting::shown(self.view, settings::views(self))
    }

    /// Whether a kernel slides; else a window pools.
    pub fn is_convolution(&self) -> bool {
        self.operation == ForwardKind::Convolution
    }

    /// The window along one axis, whether or not it fits.
    fn along(&self, axis: Axis) -> Window {
        let (window, dilation) =
            if self.is_convolution() { (self.kernel.shape(), self.dilation) } else { (self.window, (1, 1)) };
        Window::along(axis, window, self.stride, dilation, self.padding)
    }

    /// Rows and columns of the output; `None` where there is none.
    pub fn output_size(&self) -> Option<(usize, usize)> {
        let along = |axis: Axis| {
            let (window, input) = (self.along(axis), axis.of(self.input.shape()));
            if self.is_convolution() {
                window.output(axis, input).ok()
            } else {
                window.output_pool(axis, input, false).ok()
            }
        };
        let within = |side: usize| side <= MAX_UPSTREAM;
        along(Axis::Height).zip(along(Axis::Width)).filter(|&(rows, cols)| within(rows) && within(cols))
    }

    /// The upstream numbers of a loss that has a name, for `outputs` outputs: of their sum, and of their mean.
    fn named_losses(outputs: usize) -> [Entry; 2] {
        [Entry::Number(1.0), if outputs == 1 { Entry::Number(1.0) } else { Entry::parse(&format!("1/{outputs}")) }]
    }

    /// Gives the upstream gradient the numbers of a loss that has a name.
    fn set_loss(&mut self, index: usize) -> Option<()> {
        let size = self.output_size().unwrap_or(self.upstream.cells().shape());
        let entry = Self::named_losses(size.0 * size.1).into_iter().nth(index)?;
        self.upstream.fill(size, &entry);
        Some(())
    }

    /// Which loss with a name it is.
    fn loss(&self) -> Option<usize> {
        let cells = self.upstream.cells().cells();
        Self::named_losses(cells.len()).iter().position(|entry| cells.iter().all(|cell| cell == entry))
    }

    /// Does `change`, and gives the upstream gradient the output's size where that changed.
    fn refit<T>(&mut self, change: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.output_size();
        let done = change(self);
        let after = self.output_size();
        if let Some(size) = after.filter(|_| after != before) {
            self.upstream.fit(size);
        }
        done
    }

    /// Gives the upstream gradient of a link that names none the output's size.
    pub fn settle(&mut self) {
        if let Some(size) = self.output_size() {
            self.upstream.settle(size);
        }
    }

    /// The upstream gradient of a link that names none.
    pub fn usual_upstream(&self) -> Upstream {
        let mut upstream = Upstream::default();
        if let Some(size) = self.output_size() {
            upstream.fit(size);
        }
        upstream
    }
}

/// The gradients in the order of the grids: the input's, and of a convolution the kernel's and the bias's.
fn planes(gradients: Gradients) -> Vec<Matrix> {
    let bias = gradients.bias.map(|bias| Grid::from_fn(1, 1, |_, _| bias));
    [Some(gradients.input), gradients.kernel, bias].into_iter().flatten().collect()
}

impl Operation for BackwardLab {
    fn title(&self) -> &'static str {
        "Backpropagation"
    }

    fn subtitle(&self) -> String {
        match (self.shown_view(), self.operation) {
            (BackwardView::Full, _) => "The input's gradient in one convolution: zeros around, the kernel turned.",
            (BackwardView::Check, _) => {
                "Each number is changed a little, and the loss answers: does the gradient say the same?"
            }
            (BackwardView::Steps, ForwardKind::Convolution) => {
                "One upstream number times the kernel goes to the input, times the window to the kernel."
            }
            (BackwardView::Steps, ForwardKind::Pooling(PoolingKind::Max)) => {
                "One upstream number goes to the cell that won the maximum, and to no other."
            }
            (BackwardView::Steps, ForwardKind::Pooling(PoolingKind::Average)) => {
                "One upstream number is shared among the cells of its window."
            }
        }
        .to_owned()
    }

    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }

    fn plate(&self, id: PlateId) -> Option<&Grid<Entry>> {
        match id {
            PlateId::Input(0) => Some(&self.input),
            PlateId::KERNEL if self.is_convolution() => Some(&self.kernel),
            UPSTREAM => Some(self.upstream.cells()),
            _ => None,
        }
    }

    fn plate_mut(&mut self, id: PlateId) -> Option<&mut Grid<Entry>> {
        match id {
            PlateId::Input(0) => Some(&mut self.input),
            PlateId::KERNEL if self.is_convolution() => Some(&mut self.kernel),
            UPSTREAM => Some(self.upstream.cells_mut()),
            _ => None,
        }
    }

    fn limit(&self, id: PlateId) -> usize {
        match id {
            PlateId::Input(_) => MAX_INPUT,
            UPSTREAM => MAX_UPSTREAM,
            _ => MAX_KERNEL,
        }
    }

    fn noun(&self, id: PlateId) -> &'static str {
        match id {
            PlateId::Input(_) => "input",
            UPSTREAM => "upstream gradient",
            _ => "kernel",
        }
    }

    fn targets(&self) -> Vec<(String, Limits, PlateId)> {
        let target = |(name, plate): (&str, PlateId)| {
            let most = self.limit(plate);
            (name.to_owned(), Limits { filters: 1, channels: 1, rows: most, cols: most }, plate)
        };
        let known = [("Input", PlateId::Input(0)), ("Kernel", PlateId::KERNEL), ("Upstream gradient", UPSTREAM)];
        known.into_iter().filter(|(_, plate)| self.plate(*plate).is_some()).map(target).collect()
    }

    fn resize(&mut self, id: PlateId, rows: usize, cols: usize) {
        if id == UPSTREAM {
            self.upstream.fit((rows, cols));
            return;
        }
        self.refit(|lab| {
            if let Some(grid) = lab.plate_mut(id) {
                *grid = grid.resized(rows, cols, &Entry::Number(0.0));
            }
        });
    }

    fn replace(&mut self, id: PlateId, planes: Vec<Grid<Entry>>) -> Result<(), Problem> {
        let Some(plane) = planes.into_iter().next() else { return Ok(()) };
        if id == UPSTREAM {
            self.upstream = plane.into();
            return Ok(());
        }
        self.refit(|lab| {
            if let Some(grid) = lab.plate_mut(id) {
                *grid = plane;
            }
        });
        Ok(())
    }

    fn compute_after(&self, before: Option<&dyn Computation>) -> Result<Arc<dyn Computation>, Problem> {
        let backward = self.backward_after(before.and_then(backward_of))?;
        Ok(match self.shown_view() {
            BackwardView::Steps => Arc::new(steps::Steps::new(self.clone(), backward)),
            BackwardView::Full => Arc::new(full::Full::of(self, backward)?),
            BackwardView::Check => match self.past_products(&backward) {
                Some(problem) => return Err(problem),
                None => Arc::new(check::Check::new(self.clone(), backward)),
            },
        })
    }

    fn broken_scene(&self, _: Playhead) -> Scene {
        steps::broken_scene(self)
    }

    fn shape(&self, computed: Option<&dyn Computation>) -> ShapeView {
        shape::shape(self, computed)
    }
}

/// What a computation of this lab is of.
fn backward_of(computed: &dyn Computation) -> Option<&Backward> {
    let (steps, full, check) = (taken_over(Some(computed)), taken_over(Some(computed)), taken_over(Some(computed)));
    let steps = steps.map(|steps: &steps::Steps| &steps.backward);
    steps.or(full.map(|full: &full::Full| &full.backward)).or(check.map(|check: &check::Check| &check.backward))
}

/// The largest relative error of finite differences against the gradients, where there are few enough products.
fn largest_error(backward: &Backward, gradients: &[Matrix], most: usize) -> Option<f64> {
    (backward.products() <= most).then(|| check::largest_error(backward, gradients))
}
