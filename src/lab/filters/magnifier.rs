//! The magnifier: the pixels under one window, the kernel, and what comes out around that pixel.

use super::{FiltersLab, Numbers, answer::answer, problem::cells, sums::arithmetic};
use crate::{
    image::{Frame, Pixels, filter},
    lab::{
        operation::{Answer, Computation},
        scene::{
            CellKind, CellView, Plate, PlateId, PlateKind, PlateView, Playhead, Scene, Target, kernel_view, letter,
        },
        sum::At,
    },
    nn::{reference::PaddingMode, shape::Padding},
    num::{Entry, Grid, Matrix, format},
    trace::Convolution,
};

/// A kernel of more rows or columns stands on its window alone, without the ring around it.
const MOST_WITH_RING: usize = 7;

/// One filter over one plane; nothing but what the magnifier shows is computed.
pub(super) struct Magnifier {
    pub(super) numbers: Numbers,
    pub(super) kernel: Grid<Entry>,
    pub(super) bias: Entry,
    pub(super) relu: bool,
    name: String,
    id: PlateId,
    edge: PaddingMode,
    /// What is read, and which of its planes.
    input: Input,
    plane: usize,
}

/// What a filter reads.
enum Input {
    /// The picture.
    Picture(Pixels),
    /// What the filters before it made.
    Made(Frame),
}

/// One cell that a window reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pixel {
    /// Row and column of the plane that it is, or copies; `None` for a zero, and outside of the padding.
    pub(super) at: Option<(usize, usize)>,
    /// The number.
    pub(super) x: f64,
    /// Whether it is in the padding.
    pub(super) padding: bool,
    /// Whether it is even outside of that.
    pub(super) outside: bool,
}

/// The pixels around one output: its window with one row and column more on each side.
pub(super) struct Crop {
    /// Row and column of the output.
    pub(super) at: (usize, usize),
    /// The pixels.
    pub(super) pixels: Grid<Pixel>,
    /// What the window makes at the output and at its eight neighbours: sums of products alone.
    pub(super) sums: Matrix,
}

impl Crop {
    /// The pixel that tap (`u`, `v`) of the window reads.
    pub(super) fn tap(&self, (u, v): (usize, usize)) -> Option<Pixel> {
        self.pixels.get(u + 1, v + 1).copied()
    }

    /// The sum of products at the output that lies so many rows and columns off, from −1 to 1.
    pub(super) fn sum(&self, (down, right): (isize, isize)) -> f64 {
        let at = 1_usize.checked_add_signed(down).zip(1_usize.checked_add_signed(right));
        at.and_then(|(row, col)| self.sums.get(row, col)).copied().unwrap_or(f64::NAN)
    }
}

impl Magnifier {
    pub(super) fn new(lab: &FiltersLab, numbers: Numbers, picture: Pixels, made: Option<Frame>) -> Self {
        let kernel = cells(lab);
        let filter = lab.filter();
        let channel = ["red", "green", "blue"].get(lab.channel()).copied().unwrap_or("");
        let of = if picture.planes() == 3 { format!(", {channel}") } else { String::new() };
        let name = match lab.looked {
            0 => format!("Pixels{of}"),
            looked => format!("From filter {looked}{of}"),
        };
        Self {
            bias: filter.map_or(Entry::Number(0.0), |filter| filter.bias.clone()),
            relu: filter.is_some_and(|filter| filter.relu),
            name,
            id: PlateId::Kernel { filter: lab.looked, channel: 0 },
            edge: lab.edge,
            plane: if made.is_some() { 0 } else { lab.channel() },
            input: made.map_or(Input::Picture(picture), Input::Made),
            numbers,
            kernel,
        }
    }

    fn frame(&self) -> &Frame {
        match &self.input {
            Input::Picture(pixels) => pixels,
            Input::Made(frame) => frame,
        }
    }

    fn place(&self, step: usize) -> (usize, usize) {
        (step / self.row(), step % self.row())
    }

    /// Taps of the kernel.
    pub(super) fn taps(&self) -> usize {
        self.kernel.cells().len()
    }

    /// Whether the sum is divided.
    pub(super) fn is_divided(&self) -> bool {
        (self.numbers.divisor - 1.0).abs() > f64::EPSILON
    }

    /// What follows a sum of products: the division, the bias, the ReLU.
    pub(super) fn finish(&self, sum: f64) -> f64 {
        let y = sum / self.numbers.divisor + self.numbers.bias;
        if self.relu { y.max(0.0) } else { y }
    }

    /// The pixels around the output at `at`.
    pub(super) fn crop(&self, at: (usize, usize)) -> Crop {
        let pixels = self.pixels(at);
        let convolution = Convolution {
            input: pixels.map(|pixel| pixel.x),
            kernel: self.numbers.kernel.clone(),
            bias: 0.0,
            padding: Padding::default(),
            mode: PaddingMode::Zeros,
            stride: (1, 1),
            dilation: (1, 1),
            flip: false,
        };
        // The window fits: the crop is the kernel with a ring.
        let sums = convolution.output().unwrap_or_else(|_| Grid::from_fn(3, 3, |_, _| f64::NAN));
        Crop { at, pixels, sums }
    }

    fn pixels(&self, (row, col): (usize, usize)) -> Grid<Pixel> {
        let frame = self.frame();
        let (rows, cols) = self.kernel.shape();
        let Padding { top, bottom, left, right } = filter::padding((rows, cols));
        let along = |at: usize, tap: usize, (before, after): (usize, usize), n: usize| {
            // The ring begins one before the window.
            let padded = (at + tap).checked_sub(1).filter(|padded| *padded < before + n + after)?;
            Some((self.edge.source(padded, before, n), padded < before || padded >= before + n))
        };
        Grid::from_fn(rows + 2, cols + 2, |u, v| {
            let down = along(row, u, (top, bottom), frame.height());
            let across = along(col, v, (left, right), frame.width());
            let Some(((i, above), (j, beside))) = down.zip(across) else {
                return Pixel { at: None, x: 0.0, padding: true, outside: true };
            };
            let at = i.zip(j);
            let x = at.and_then(|(i, j)| frame.get(self.plane, i, j)).map_or(0.0, f64::from);
            Pixel { at, x, padding: above || beside, outside: false }
        })
    }

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
                Some(Pixel { padding: true, x, .. }) => CellView::padding(format::shown(*x)),
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
        let mut view = PlateView::computed(&values, Some(4), |_| true);
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
        let inside = near.0 < 3 && near.1 < 3 && row < self.frame().height() && col < self.row();
        inside.then(|| row * self.row() + col)
    }

    /// The step, the window of the crop that it reads, and where the playhead is among its terms.
    pub(super) fn at(&self, step: usize) -> Crop {
        self.crop(self.place(step.min(self.len().saturating_sub(1))))
    }

    /// Whether there is another pixel at `at`.
    pub(super) fn has(&self, (row, col): (usize, usize)) -> bool {
        row < self.frame().height() && col < self.row()
    }
}

impl Computation for Magnifier {
    fn len(&self) -> usize {
        self.frame().width() * self.frame().height()
    }

    fn row(&self) -> usize {
        self.frame().width().max(1)
    }

    fn terms(&self, _: usize) -> usize {
        self.taps() + usize::from(self.is_divided()) + usize::from(self.relu)
    }

    fn scene(&self, head: Playhead) -> Scene {
        let (done, looked) = head.of(self.len());
        let crop = self.at(looked);
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
                Plate::new(PlateId::Input(0), PlateKind::Made, self.name.clone(), 0, input)
                    .noted(format!("at {row}, {col}")),
                Plate::new(self.id, PlateKind::Edited, "Kernel", 1, kernel).noted(divided),
                Plate::new(PlateId::Output(0), PlateKind::Result, "Output", 2, output).noted("and its neighbours"),
            ],
            signs: vec!["⋆", "="],
            beams: vec![beam],
            sum: Some(arithmetic(self, &crop, head)),
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

    fn answer(&self, step: usize) -> Answer {
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
