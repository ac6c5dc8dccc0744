//! The pooling lab: one input plane, a window that keeps its largest number or its mean, every number open.

mod answer;
mod pane;
mod preset;
mod problem;
pub(in crate::lab) mod program;
mod settings;
mod shift;
mod windows;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{
    operation::{Computation, Operation, Problem, ShapeView, taken_over},
    preset::Preset,
    problem::padding_past_limit,
    scene::{PlateId, Playhead, Scene},
    sliding::both,
};
use crate::{
    explain,
    formula::PooledSize,
    nn::shape::{Axis, MAX_INPUT, Padding, Window},
    num::{Entry, Grid, format},
    trace::{Pooling, PoolingKind},
};

pub use preset::PRESETS;
pub use shift::Direction;

/// The lab's state: what a person typed and set, whether or not it can be computed.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolingLab {
    /// The input's cells.
    pub input: Grid<Entry>,
    /// Maximum or average.
    pub kind: PoolingKind,
    /// Rows and columns of the window.
    pub window: (usize, usize),
    /// (height, width)
    pub stride: (usize, usize),
    /// Cells around the input.
    pub padding: Padding,
    /// Whether a last window that hangs over is kept.
    pub ceil: bool,
    /// Whether padding counts in an average.
    pub count_padding: bool,
    /// Where the input is shifted to by one cell, and pooled a second time.
    pub shift: Option<Direction>,
}

impl Default for PoolingLab {
    /// The course's first example. Its window moves by one cell: frameworks begin with a stride of the window's extent,
    /// but then a 3 × 3 input has one output, and there is nothing to step through.
    fn default() -> Self {
        Self {
            input: Grid::from_fn(3, 3, |i, j| Entry::Number((3 * i + j) as f64)),
            kind: PoolingKind::Max,
            window: (2, 2),
            stride: (1, 1),
            padding: Padding::default(),
            ceil: false,
            count_padding: true,
            shift: None,
        }
    }
}

/// The input that is shifted by one cell.
pub const SHIFTED_INPUT: PlateId = PlateId::Derived(0);
/// What pooling makes of it.
pub const SHIFTED_OUTPUT: PlateId = PlateId::Derived(1);

impl PoolingLab {
    /// The pooling in numbers, or what stands in the way.
    ///
    /// # Errors
    /// The first [`Problem`], with its repair.
    pub fn pooling(&self) -> Result<Pooling, Problem> {
        let Some(input) = self.input.try_map(Entry::value) else { return Err(self.unreadable()) };
        if let Some(problem) = self.past_limit() {
            return Err(problem);
        }
        let pooling = Pooling {
            input,
            kind: self.kind,
            window: self.window,
            stride: self.stride,
            padding: self.padding,
            ceil: self.ceil,
            count_padding: self.count_padding,
        };
        match pooling.output_shape() {
            Ok(_) => Ok(pooling),
            Err(error) => Err(self.misfit(error)),
        }
    }

    /// The window along one axis, whether or not it fits.
    fn along(&self, axis: Axis) -> Window {
        Window::along(axis, self.window, self.stride, (1, 1), self.padding)
    }

    /// The padding where it is within its limit, else none: a ring of 5,000 cells is a problem, not a picture.
    fn drawn_padding(&self) -> Padding {
        if padding_past_limit(self.padding).is_some() { Padding::default() } else { self.padding }
    }

    /// `PyTorch`'s largest padding, where this one is past it: half of the window (height, width).
    fn past_half(&self) -> Option<(usize, usize)> {
        let half = (self.window.0 / 2, self.window.1 / 2);
        let Padding { top, bottom, left, right } = self.padding;
        (top.max(bottom) > half.0 || left.max(right) > half.1).then_some(half)
    }

    /// What there is to say about the output's size and its numbers.
    fn notes(&self, computed: Option<&windows::Windows>) -> Vec<String> {
        let mut notes = Vec::new();
        let input = self.input.shape();
        let sizes = self.sizes();
        if let Ok(pooling) = self.pooling() {
            notes.extend(computed.and_then(windows::Windows::changes));
            let (rows, cols) = if self.ceil {
                pooling.overhang().unwrap_or_default()
            } else {
                let along = |axis: Axis| self.along(axis).unread(axis, axis.of(input)).unwrap_or(0);
                (along(Axis::Height), along(Axis::Width))
            };
            notes.extend(lines(rows, cols).map(|lines| {
                if self.ceil {
                    format!("The ceiling keeps a last window that hangs over by {lines}: there it has no cells.")
                } else {
                    format!("The floor drops {lines}: the last window ends before.")
                }
            }));
            if sizes.iter().any(PooledSize::drops_one) {
                notes.push("− 1: a window that starts in the padding after the input is dropped.".to_owned());
            }
            if let Some(half) = self.past_half() {
                notes.push(format!(
                    "PyTorch's own padding stops at half of the window, {} here; the code pads before it pools.",
                    both(half)
                ));
            }
        }
        notes
            .push("Each channel is pooled by itself, so as many come out as go in, and nothing is learned.".to_owned());
        if self.kind == PoolingKind::Average {
            notes.push(
                "LeNet-5's subsampling was learned: a weight and a bias for each map, 12 and 32 parameters in its two layers."
                    .to_owned(),
            );
        }
        notes
    }

    fn sizes(&self) -> Vec<PooledSize> {
        PooledSize::of_plane(self.input.shape(), (self.along(Axis::Height), self.along(Axis::Width)), self.ceil)
    }
}

/// `1 row and 2 columns`; `None` for none.
fn lines(rows: usize, cols: usize) -> Option<String> {
    let some = |n: usize, what: &str| (n > 0).then(|| format!("{n} {what}{}", if n == 1 { "" } else { "s" }));
    let parts: Vec<String> = [some(rows, "row"), some(cols, "column")].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" and "))
}

impl Operation for PoolingLab {
    fn title(&self) -> &'static str {
        "Pooling"
    }

    fn subtitle(&self) -> String {
        match self.shift {
            Some(_) => "The input before and after a shift by one cell, and what pooling makes of both.".to_owned(),
            None => explain::one_window(self.kind, self.window.0.saturating_mul(self.window.1)),
        }
    }

    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }

    fn plate(&self, id: PlateId) -> Option<&Grid<Entry>> {
        (id == PlateId::Input(0)).then_some(&self.input)
    }

    fn plate_mut(&mut self, id: PlateId) -> Option<&mut Grid<Entry>> {
        (id == PlateId::Input(0)).then_some(&mut self.input)
    }

    fn limit(&self, _: PlateId) -> usize {
        MAX_INPUT
    }

    fn noun(&self, _: PlateId) -> &'static str {
        "input"
    }

    fn replace(&mut self, id: PlateId, planes: Vec<Grid<Entry>>) -> Result<(), Problem> {
        // Channels are pooled one by one: of a stack the first is shown.
        if let (Some(grid), Some(plane)) = (self.plate_mut(id), planes.into_iter().next()) {
            *grid = plane;
        }
        Ok(())
    }

    fn compute_after(&self, before: Option<&dyn Computation>) -> Result<Arc<dyn Computation>, Problem> {
        let pooling = self.pooling()?;
        let before: Option<&windows::Windows> = taken_over(before);
        let mut windows = windows::Windows::new(self.clone(), pooling, before).map_err(|error| self.misfit(error))?;
        if let Some(before) = before {
            windows.share(before);
        }
        Ok(Arc::new(windows))
    }

    fn broken_scene(&self, _: Playhead) -> Scene {
        windows::broken_scene(self)
    }

    fn shape(&self, computed: Option<&dyn Computation>) -> ShapeView {
        let result = computed
            .and_then(|computed| computed.output().first())
            .map_or_else(|| "none".to_owned(), |output| format::shape(&[output.rows(), output.cols()]));
        let mut counts = vec![("parameters", "0".to_owned())];
        if let Some((windows, read)) = self.pooling().ok().and_then(|pooling| pooling.counts().ok()) {
            let joined = format::count(read - windows);
            match self.kind {
                PoolingKind::Max => counts.push(("comparisons", joined)),
                PoolingKind::Average => {
                    counts.push(("additions", joined));
                    counts.push(("divisions", format::count(windows)));
                }
            }
        }
        ShapeView {
            result,
            formulas: self.sizes().iter().map(PooledSize::lines).collect(),
            counts,
            notes: self.notes(taken_over(computed)),
            ..ShapeView::default()
        }
    }
}
