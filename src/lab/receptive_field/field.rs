//! The field of one cell, layer by layer back to the input: what the stage shows of a step.

use std::sync::Arc;

use super::{
    FieldView, Fit, ReceptiveFieldLab,
    answer::answer,
    axis,
    back::{Back, arithmetic, lines},
    plane_of,
    planes::{self, Drawing, Seen},
};
use crate::{
    lab::{
        operation::{Answer, Computation},
        scene::{PlateId, Playhead, Scene},
    },
    num::{Grid, Matrix},
    trace::Sight,
};

/// A stack, and what one cell of it sees.
pub(super) struct FieldSteps {
    lab: ReceptiveFieldLab,
    fit: Fit,
    /// (rows, columns) of every plane up to the cell's, the input's first.
    sights: Vec<(Sight, Sight)>,
    /// Of each input cell the number of paths to the cell.
    paths: [Matrix; 1],
}

impl FieldSteps {
    pub(super) fn new(lab: ReceptiveFieldLab, fit: Fit, sights: Vec<(Sight, Sight)>) -> Self {
        let (height, width) = lab.stack.size;
        let paths = |sight: fn(&(Sight, Sight)) -> &Sight, at: usize| {
            sights.first().and_then(|input| sight(input).paths.get(at)).copied().unwrap_or(0.0)
        };
        let paths = Grid::from_fn(height, width, |i, j| paths(|(rows, _)| rows, i) * paths(|(_, cols)| cols, j));
        Self { lab, fit, sights, paths: [paths] }
    }

    /// The step back with that number, from 0.
    fn back(&self, step: usize) -> Option<Back<'_>> {
        let plane = self.fit.layer.checked_sub(step + 1)?;
        Some(Back {
            plane,
            layer: *self.lab.stack.layers.get(plane)?,
            layers: self.lab.stack.layers.get(plane..self.fit.layer)?,
            above: self.sights.get(plane + 1)?,
            below: self.sights.get(plane)?,
        })
    }
}

impl Computation for FieldSteps {
    fn len(&self) -> usize {
        self.fit.layer
    }

    fn row(&self) -> usize {
        self.len()
    }

    fn terms(&self, step: usize) -> usize {
        self.back(step).map_or(0, |back| lines(&back).iter().map(|line| line.terms.len()).sum())
    }

    fn scene(&self, head: Playhead) -> Scene {
        let (_, looked) = head.of(self.len());
        let seen = Seen { fit: &self.fit, sights: &self.sights };
        let drawing = Drawing { lab: &self.lab, planes: &self.fit.planes, broken: None, seen: Some(seen), head };
        let diagram = match self.lab.view {
            FieldView::Planes => planes::diagram(&drawing),
            FieldView::Axis => axis::diagram(&drawing),
        };
        let sum = self.back(looked).map(|back| arithmetic(&back, head));
        Scene { diagram: Some(Arc::new(diagram)), sum, ..Scene::default() }
    }

    fn step_of(&self, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        let (plane, first) = plane_of(plate)?;
        let &(rows, cols) = self.fit.planes.get(plane)?;
        let step = self.fit.layer.checked_sub(plane + 1)?;
        (row < rows && first + col < cols).then_some(step)
    }

    fn term_of(&self, _: usize, _: PlateId, _: (usize, usize)) -> Option<usize> {
        None
    }

    fn answer(&self, step: usize) -> Option<Answer> {
        self.back(step).map(|back| answer(&back))
    }

    fn output(&self) -> &[Matrix] {
        &self.paths
    }
}
