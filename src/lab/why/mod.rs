//! The why-convolution lab: what a fully connected layer costs beside a convolution, which connections both have, and
//! what a shift of the input does to each.

mod answer;
mod board;
mod connections;
mod count;
mod preset;
mod problem;
mod program;
mod settings;
mod shift;
mod stage;
mod wiring;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{
    control::{ControlId, Value},
    operation::{Computation, Operation, Problem, ShapeView},
    preset::Preset,
    scene::{Plate, PlateId, PlateKind, Playhead, Scene, kernel_view},
    sliding::Sliding,
};
use crate::{
    nn::shape::Padding,
    num::{
        Entry, Grid,
        rng::{Purpose, Stream},
    },
};

pub use preset::PRESETS;
pub use shift::Move;

/// The most inputs, and the most taps, whose connections are drawn.
pub const MAX_ROW: usize = 16;
/// The most rows or columns of a picture that is shifted: each of its cells has a weight in every unit.
pub const MAX_PICTURE: usize = 10;
/// The most rows, columns, channels, units or filters that are counted.
pub const MAX_COUNT: usize = 9_999;
/// The largest number that a random stream begins with.
pub const MAX_SEED: usize = 9_999;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhyView {
    /// Weights, bytes and multiply-adds of both layers, counted.
    Count,
    /// Which input reaches which output, by which weight.
    Connections,
    /// Both layers' outputs before and after the input is shifted.
    Shift,
}

/// The lab's state: what a person typed and set, whether or not it can be computed.
#[derive(Debug, Clone, PartialEq)]
pub struct WhyLab {
    /// What is looked at.
    pub view: WhyView,
    /// Rows and columns of the image that is counted.
    pub size: (usize, usize),
    /// Its channels.
    pub channels: usize,
    /// Units of the fully connected layer that is counted.
    pub units: usize,
    /// Rows and columns of the kernels that are counted.
    pub window: (usize, usize),
    /// Filters of the convolution that is counted.
    pub filters: usize,
    /// The inputs whose connections are drawn: one row.
    pub row: Grid<Entry>,
    /// The kernel that slides over them: one row.
    pub taps: Grid<Entry>,
    /// The picture that is shifted.
    pub input: Grid<Entry>,
    /// The kernel that it is convolved with.
    pub kernel: Grid<Entry>,
    /// How far it is shifted.
    pub shift: Move,
    /// Cells between two neighbouring windows, in all views.
    pub stride: usize,
    /// Zeros on each side of the input, in all views.
    pub padding: usize,
    /// What the weights of the layers that share none begin with.
    pub seed: usize,
}

impl Default for WhyLab {
    /// The course's example: an image of 12 megapixels in colour, and 100 units. The views of single numbers begin with a
    /// row and a picture in which most is 0, so that what moves can be seen.
    fn default() -> Self {
        let numbers = |rows: usize, cols: usize, values: &[i32]| {
            Grid::from_fn(rows, cols, |i, j| Entry::Number(values.get(i * cols + j).copied().map_or(0.0, f64::from)))
        };
        Self {
            view: WhyView::Count,
            size: (3000, 4000),
            channels: 3,
            units: 100,
            window: (5, 5),
            filters: 100,
            row: numbers(1, 8, &[0, 1, 3, 2, 0, 1, 2, 1]),
            taps: numbers(1, 3, &[1, 2, -1]),
            input: numbers(5, 5, &[0, 9, 0, 0, 0, 0, 9, 0, 0, 0, 0, 9, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            kernel: numbers(3, 3, &[1, 0, -1, 2, 0, -2, 1, 0, -1]),
            shift: Move::RIGHT,
            stride: 1,
            padding: 0,
            seed: 1,
        }
    }
}

/// Weights that belong to one connection each: a unit's `count`, whole numbers from −2 to 2 without 0, since a connection
/// of weight 0 is none. `layer` keeps the layers' numbers apart.
fn weights(seed: usize, layer: u64, unit: usize, count: usize) -> Vec<f64> {
    let mut stream = Stream::new(seed as u64, Purpose::Parameters, (layer << 32) + unit as u64);
    let weight = |drawn: u32| [-2.0, -1.0, 1.0, 2.0].get(drawn as usize).copied().unwrap_or(1.0);
    (0..count).map(|_| weight(stream.below(4))).collect()
}

impl WhyLab {
    /// How the kernel slides over a picture: the same along both axes.
    fn sliding(&self) -> Sliding {
        Sliding { stride: (self.stride, self.stride), padding: Padding::per_side(self.padding), ..Sliding::default() }
    }
}

impl Operation for WhyLab {
    fn title(&self) -> &'static str {
        "Why convolution"
    }

    fn subtitle(&self) -> String {
        match self.view {
            WhyView::Count => "A fully connected layer's weights grow with the image. A convolution's do not.",
            WhyView::Connections => {
                "A convolution keeps the edges to neighbours, and one set of weights for all of them."
            }
            WhyView::Shift => "Shift x: conv(x) moves along, dense(x) does not.",
        }
        .to_owned()
    }

    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }

    fn plate(&self, id: PlateId) -> Option<&Grid<Entry>> {
        match (self.view, id) {
            (WhyView::Connections, PlateId::Input(0)) => Some(&self.row),
            (WhyView::Connections, PlateId::KERNEL) => Some(&self.taps),
            (WhyView::Shift, PlateId::Input(0)) => Some(&self.input),
            (WhyView::Shift, PlateId::KERNEL) => Some(&self.kernel),
            _ => None,
        }
    }

    fn plate_mut(&mut self, id: PlateId) -> Option<&mut Grid<Entry>> {
        match (self.view, id) {
            (WhyView::Connections, PlateId::Input(0)) => Some(&mut self.row),
            (WhyView::Connections, PlateId::KERNEL) => Some(&mut self.taps),
            (WhyView::Shift, PlateId::Input(0)) => Some(&mut self.input),
            (WhyView::Shift, PlateId::KERNEL) => Some(&mut self.kernel),
            _ => None,
        }
    }

    fn limit(&self, _: PlateId) -> usize {
        if self.view == WhyView::Shift { MAX_PICTURE } else { MAX_ROW }
    }

    fn noun(&self, id: PlateId) -> &'static str {
        if id == PlateId::KERNEL { "kernel" } else { "input" }
    }

    fn replace(&mut self, id: PlateId, planes: Vec<Grid<Entry>>) -> Result<(), Problem> {
        // One plane is convolved: of a stack the first is shown.
        if let (Some(grid), Some(plane)) = (self.plate_mut(id), planes.into_iter().next()) {
            *grid = plane;
        }
        Ok(())
    }

    fn refuses(&self, control: ControlId, value: &Value) -> Option<Problem> {
        self.refused(control, value)
    }

    fn compute_after(&self, _before: Option<&dyn Computation>) -> Result<Arc<dyn Computation>, Problem> {
        Ok(match self.view {
            WhyView::Count => Arc::new(self.counts()?),
            WhyView::Connections => Arc::new(self.connections()?),
            WhyView::Shift => Arc::new(self.shifted()?),
        })
    }

    fn broken_scene(&self, _: Playhead) -> Scene {
        let edited = |id, name: &str, col, view| Plate::new(id, PlateKind::Edited, name, col, view);
        let plates = match self.view {
            WhyView::Count => Vec::new(),
            WhyView::Connections => vec![
                edited(PlateId::Input(0), "Input", 0, stage::entries(&self.row)),
                edited(PlateId::KERNEL, "Kernel", 1, kernel_view(&self.taps)),
            ],
            WhyView::Shift => vec![
                edited(PlateId::Input(0), "Input", 0, self.sliding().broken_view(&self.input)),
                edited(PlateId::KERNEL, "Kernel", 1, kernel_view(&self.kernel)),
            ],
        };
        let signs = if plates.is_empty() { Vec::new() } else { vec!["⋆"] };
        Scene { plates, signs, ..Scene::default() }
    }

    fn shape(&self, _: Option<&dyn Computation>) -> ShapeView {
        match self.view {
            WhyView::Count => count::shape(self),
            WhyView::Connections => connections::shape(self),
            WhyView::Shift => shift::shape(self),
        }
    }
}
