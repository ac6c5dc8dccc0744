//! What the magnifier is about: one filter over one plane, and the pixels around one of its outputs.

use super::{FiltersLab, Numbers, problem::cells};
use crate::{
    image::{Frame, Pixels, filter},
    lab::scene::PlateId,
    mistake::convolution::Filtered,
    nn::{reference::PaddingMode, shape::Padding},
    num::{Entry, Grid, Matrix},
    trace::{Convolution, Tap},
};

/// One filter over one plane; nothing but what the magnifier shows is computed.
pub(super) struct Magnifier {
    pub(super) numbers: Numbers,
    pub(super) kernel: Grid<Entry>,
    pub(super) bias: Entry,
    pub(super) relu: bool,
    /// What the pixels are called.
    pub(super) name: String,
    /// The kernel's grid.
    pub(super) id: PlateId,
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
    Filtered(Frame),
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
    pub(super) fn sum(&self, (down, right): (isize, isize)) -> Option<f64> {
        self.sums.get(1_usize.checked_add_signed(down)?, 1_usize.checked_add_signed(right)?).copied()
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
            input: made.map_or(Input::Picture(picture), Input::Filtered),
            numbers,
            kernel,
        }
    }

    /// What is read.
    pub(super) fn frame(&self) -> &Frame {
        match &self.input {
            Input::Picture(pixels) => pixels,
            Input::Filtered(frame) => frame,
        }
    }

    /// Pixels in a row; one at least, since steps are divided by it.
    pub(super) fn cols(&self) -> usize {
        self.frame().width().max(1)
    }

    /// All pixels.
    pub(super) fn count(&self) -> usize {
        self.frame().width() * self.frame().height()
    }

    /// Row and column of a step's output.
    pub(super) fn place(&self, step: usize) -> (usize, usize) {
        (step / self.cols(), step % self.cols())
    }

    /// Taps of the kernel.
    pub(super) fn taps(&self) -> usize {
        self.kernel.cells().len()
    }

    /// Whether the sum is divided.
    pub(super) fn is_divided(&self) -> bool {
        (self.numbers.divisor - 1.0).abs() > f64::EPSILON
    }

    /// An output of which the window reads `taps` and makes `sum`, those beside it `near`.
    pub(super) fn filtered<'a>(&self, taps: &'a [Tap], sum: f64, near: [Option<f64>; 4]) -> Filtered<'a> {
        Filtered { taps, sum, near, divisor: self.numbers.divisor, bias: self.numbers.bias, relu: self.relu }
    }

    /// What follows a sum of products: the division, the bias, the ReLU.
    pub(super) fn finish(&self, sum: f64) -> f64 {
        self.filtered(&[], sum, [None; 4]).value()
    }

    /// The pixels around the output at `at`.
    fn crop(&self, at: (usize, usize)) -> Option<Crop> {
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
        let sums = convolution.output().ok()?;
        Some(Crop { at, pixels, sums })
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

    /// The pixels around a step's output.
    pub(super) fn at(&self, step: usize) -> Option<Crop> {
        if step < self.count() { self.crop(self.place(step)) } else { None }
    }

    /// Whether there is another pixel at `at`.
    pub(super) fn has(&self, (row, col): (usize, usize)) -> bool {
        row < self.frame().height() && col < self.cols()
    }
}
