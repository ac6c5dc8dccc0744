//! What the stage shows of a step: the pixels under one window, the kernel, and what comes out around that pixel.

use super::{
    FiltersLab,
    answer::answer,
    magnifier::{Crop, Magnifier, Pixel},
    problem::cells,
    sums::arithmetic,
};
use crate::{
    lab::{
        operation::{Answer, Computation},
        scene::{
            CellKind, CellView, Content, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, Target, kernel_view,
            letter,
        },
        sum::At,
    },
    num::{Grid, Matrix, format},
};

/// A kernel of more rows or columns stands on its window alone, without the ring around it.
const MOST_WITH_RING: usize = 7;

impl Magnifier {
    /// Rows and columns around the window that are drawn.
    fn ring(&self) -> usize {
        usize::from(self.kernel.rows().max(self.kernel.cols()) <= MOST_WITH_RING)
    }

    fn input_view(&self, crop: &Crop, at: At) -> PlateView {
        let ((rows, cols), ring) = (self.kernel.shape(), self.ring());
        let taps = self.taps();
        PlateView::plain(Grid::from_fn(rows + 2 * ring, cols + 2 * ring, |row, col| {
            let tap = row.checked_sub(ring).zip(col.checked_sub(ring)).filter(|(u, v)| *u < rows && *v < cols);
            let pixel = crop.pixels.get(row + 1 - ring, col + 1 - ring);
            let mut cell = match pixel {
                Some(Pixel { outside: true, .. }) | None => CellView { unread: true, ..CellView::padding("") },
                Some(Pixel { padding: true, x, .. }) => CellView::padding(Content::Number(*x)),
                Some(Pixel { x, .. }) => CellView::number(*x),
            };
            if let Some((u, v)) = tap {
                let index = u * cols + v;
                cell.seen = true;
                cell.lit = at.lit(index);
                cell.letter = letter(index, taps, (u, v), cell.lit);
            }
            cell
        }))
    }

    fn kernel_view(&self, at: At) -> PlateView {
        let (cols, taps) = (self.kernel.cols(), self.taps());
        let mut view = kernel_view(&self.kernel);
        for index in 0..taps {
            if let Some(cell) = view.cells.get_mut(index / cols, index % cols) {
                cell.lit = at.lit(index);
                cell.letter = letter(index, taps, (index / cols, index % cols), cell.lit);
            }
        }
        view
    }

    /// The output with its neighbours; `hidden` says from which step on nothing is told.
    fn output_view(&self, crop: &Crop, hidden: Option<usize>) -> PlateView {
        // What stands outside has no number, and no part in the scale of the tints.
        let values = Grid::from_fn(3, 3, |row, col| {
            let inside = self.neighbour(crop.at, (row, col)).is_some();
            crop.sums.get(row, col).filter(|_| inside).map_or(f64::NAN, |sum| self.finish(*sum))
        });
        let mut view = PlateView::computed(&values, Some(4), &|_| true);
        for (row, col) in (0..3).flat_map(|row| (0..3).map(move |col| (row, col))) {
            let step = self.neighbour(crop.at, (row, col));
            let Some(cell) = view.cells.get_mut(row, col) else { continue };
            match step {
                None => *cell = CellView { unread: true, kind: CellKind::Padding, ..CellView::default() },
                Some(step) if hidden.is_some_and(|hidden| step >= hidden) => *cell = CellView::not_yet(cell.now),
                Some(_) => {}
            }
        }
        view
    }

    /// The step of the output that stands at `near` of the nine around `at`.
    fn neighbour(&self, at: (usize, usize), near: (usize, usize)) -> Option<usize> {
        let (row, col) = ((at.0 + near.0).checked_sub(1)?, (at.1 + near.1).checked_sub(1)?);
        let inside = near.0 < 3 && near.1 < 3 && row < self.frame().height() && col < self.cols();
        inside.then(|| row * self.cols() + col)
    }
}

impl Computation for Magnifier {
    fn len(&self) -> usize {
        self.count()
    }

    fn row(&self) -> usize {
        self.cols()
    }

    fn terms(&self, _: usize) -> usize {
        self.taps() + usize::from(self.is_divided()) + usize::from(self.relu)
    }

    fn scene(&self, head: Playhead) -> Scene {
        let (done, looked) = head.of(self.len());
        let Some(crop) = self.at(looked) else { return Scene::default() };
        let (row, col) = crop.at;
        let at = At::line(head, 0);
        let hidden = (head.asked || head.adding().is_some()).then_some(done);
        let input = self.input_view(&crop, at);
        let kernel = self.kernel_view(at);
        let output = self.output_view(&crop, hidden);
        let ring = self.ring();
        let beam = vec![
            Target::window(0, (ring, ring), self.kernel.shape()),
            Target::whole(1, &kernel),
            Target::cell(2, (1, 1)),
        ];
        let shape = format::shape(&[self.kernel.rows(), self.kernel.cols()]);
        let divided =
            if self.is_divided() { format!("{shape}, over {}", format::shown(self.numbers.divisor)) } else { shape };
        Scene {
            diagram: None,
            plates: vec![
                Plate::new(PlateId::Input(0), PlateKind::Derived, self.name.clone(), 0, input)
                    .noted(format!("at {row}, {col}")),
                Plate::new(self.id, PlateKind::Edited, "Kernel", 1, kernel).noted(divided),
                Plate::new(PlateId::Output(0), PlateKind::Result, "Output", 2, output).noted("and its neighbours"),
            ],
            signs: vec!["⋆", "="],
            beams: vec![beam],
            sum: arithmetic(self, &crop, head),
        }
    }

    /// A cell of the grids is a neighbour of the step that is shown: see [`step_from`](Self::step_from).
    fn step_of(&self, _: PlateId, _: (usize, usize)) -> Option<usize> {
        None
    }

    fn step_from(&self, step: usize, plate: PlateId, at: (usize, usize)) -> Option<usize> {
        if plate == PlateId::Output(0) { self.neighbour(self.place(step), at) } else { None }
    }

    fn term_of(&self, _: usize, plate: PlateId, (row, col): (usize, usize)) -> Option<usize> {
        let ring = match plate {
            PlateId::Input(0) => self.ring(),
            id if id == self.id => 0,
            _ => return None,
        };
        self.kernel.index(row.checked_sub(ring)?, col.checked_sub(ring)?)
    }

    fn answer(&self, step: usize) -> Option<Answer> {
        answer(self, step)
    }

    /// Nothing: a picture is no matrix to be copied, and the magnifier computes what it shows alone.
    fn output(&self) -> &[Matrix] {
        &[]
    }
}

/// What was typed, while it can't be computed.
pub(super) fn broken_scene(lab: &FiltersLab) -> Scene {
    let id = PlateId::Kernel { filter: lab.looked, channel: 0 };
    Scene { plates: vec![Plate::new(id, PlateKind::Edited, "Kernel", 0, kernel_view(&cells(lab)))], ..Scene::default() }
}
