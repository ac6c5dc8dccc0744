//! How a kernel slides: the settings that convolution and channels have alike, with their controls and problems.

use super::{
    control::{ControlForm, ControlId, ControlView, Value},
    operation::{Action, Problem, Repair},
    problem::{Article, article, at_least_1, padding_past_limit, pair_past_limit},
    scene::{CellView, Content, PlateId, PlateView, Target},
    setting::{Choice, Kind, Lens, Named, Own, Pick, Setting, choices},
};
use crate::{
    formula::{OutputSize, PaddingConvention},
    nn::{
        reference::{Conv2d, PaddingMode},
        shape::{Axis, MAX_SETTING, Padding, ShapeError, Window},
    },
    num::{Entry, Grid, format},
    trace::{Convolution, ConvolutionStep, Tap},
};

/// How padding is counted.
pub const CONVENTION: ControlId = ControlId::new("convention");
/// Whether the kernel is turned.
pub const FLIP: ControlId = ControlId::new("flip");

/// Padding, stride, dilation, and how they are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sliding {
    /// Cells around the input.
    pub padding: Padding,
    /// What they hold.
    pub mode: PaddingMode,
    /// (height, width)
    pub stride: (usize, usize),
    /// (height, width)
    pub dilation: (usize, usize),
    /// Whether the kernel is turned before use.
    pub flip: bool,
    /// How the screen counts padding.
    pub convention: PaddingConvention,
}

/// A lab whose kernel slides.
pub trait Slides: 'static {
    /// How.
    fn sliding(&self) -> &Sliding;

    /// The same, to be changed.
    fn sliding_mut(&mut self) -> &mut Sliding;

    /// Rows and columns of the input and of the kernel.
    fn extents(&self) -> ((usize, usize), (usize, usize));
}

/// The lens on a field of how the kernel of an `L` slides.
macro_rules! slides {
    ($field:ident) => {
        Lens { get: |lab: &L| &lab.sliding().$field, get_mut: |lab: &mut L| &mut lab.sliding_mut().$field }
    };
}

/// The choice of such a field, of that type.
macro_rules! slides_by {
    ($type:ty, $field:ident) => {
        Pick {
            names: <$type>::NAMES,
            get: |lab: &L| lab.sliding().$field.place(),
            set: |lab, place| {
                if let Some(value) = Choice::at(place) {
                    lab.sliding_mut().$field = value;
                }
            },
            offered: None,
            list: false,
        }
    };
}

/// The padding's sides.
pub const fn padding<L: Slides>() -> Setting<L> {
    Setting::new(ControlId::PADDING, "pad", Kind::Sides(slides!(padding), |lab| lab.sliding().convention))
        .at(60, "p", "Padding")
}

/// How padding is counted.
pub const fn convention<L: Slides>() -> Setting<L> {
    Setting::new(CONVENTION, "padding", Kind::Choice(slides_by!(PaddingConvention, convention)))
        .at(70, "", "Padding is counted")
        .noted(|lab| {
            let (input, kernel) = lab.extents();
            lab.sliding().split(lab.sliding().named_padding(input, kernel))
        })
}

/// The paddings that have a name.
pub const fn named_padding<L: Slides>() -> Setting<L> {
    let controls = |lab: &L| {
        let (input, kernel) = lab.extents();
        let (form, chosen) = (ControlForm::Segments(NAMED_PADDINGS), lab.sliding().named_padding(input, kernel));
        vec![ControlView::new(ControlId::NAMED_PADDING, "Padding by name", form, chosen.map(Value::Choice)).halved()]
    };
    let own = Own::on_screen(controls, |lab, control, value| {
        let (ControlId::NAMED_PADDING, Value::Choice(place)) = (control, value) else { return None };
        let (input, kernel) = lab.extents();
        let sides = lab.sliding().named().get(*place)?.sides(lab.sliding(), input, kernel);
        lab.sliding_mut().padding = sides;
        Some(())
    });
    Setting::new(ControlId::NAMED_PADDING, "", own).at(80, "", "Padding by name")
}

/// What the padding holds.
pub const fn mode<L: Slides>() -> Setting<L> {
    let pick = Pick { list: true, ..slides_by!(PaddingMode, mode) };
    Setting::new(ControlId::MODE, "mode", Kind::Choice(pick)).at(90, "", "Padding holds").halved()
}

/// The stride.
pub const fn stride<L: Slides>() -> Setting<L> {
    Setting::new(ControlId::STRIDE, "stride", Kind::Pair(slides!(stride), 1)).at(100, "s", "Stride")
}

/// The dilation.
pub const fn dilation<L: Slides>() -> Setting<L> {
    Setting::new(ControlId::DILATION, "dilation", Kind::Pair(slides!(dilation), 1)).at(110, "d", "Dilation")
}

/// Whether the kernel is turned.
pub const fn flip<L: Slides>() -> Setting<L> {
    let note = |lab: &L| if lab.sliding().flip { "on: convolution" } else { "off: cross-correlation" }.to_owned();
    Setting::new(FLIP, "flip", Kind::Switch(slides!(flip))).at(140, "", "Flip kernel").noted(note).halved()
}

impl Default for Sliding {
    fn default() -> Self {
        Self {
            padding: Padding::default(),
            mode: PaddingMode::Zeros,
            stride: (1, 1),
            dilation: (1, 1),
            flip: false,
            convention: PaddingConvention::PerSide,
        }
    }
}

choices!(PaddingMode:
    Self::Zeros, "zeros", "zeros";
    Self::Reflect, "reflect", "reflect";
    Self::Replicate, "replicate", "replicate";
    Self::Circular, "circular", "circular";
);

choices!(PaddingConvention:
    Self::PerSide, "side", "per side";
    Self::Total, "total", "total (course)";
);

const NAMED_PADDINGS: &[Named] = &[Named::on_screen("None"), Named::on_screen("SAME"), Named::on_screen("Full")];

/// A padding that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedPadding {
    /// No cell: the window stays within the input.
    None,
    /// As many outputs as ⌈n/s⌉, by TensorFlow's rule: the larger half at the bottom and right.
    SameTensorFlow,
    /// As many outputs as at stride 1 there are inputs, by the course's rule: p = d(k − 1), the larger half on top and left.
    SameCourse,
    /// Every window that holds at least one cell: d(k − 1) on each side.
    Full,
}

impl NamedPadding {
    /// The padding's four sides.
    ///
    /// ```
    /// # use receptive::{lab::sliding::{NamedPadding, Sliding}, nn::shape::Padding};
    /// let even = |name: NamedPadding| name.sides(&Sliding::default(), (4, 4), (2, 2));
    /// assert_eq!(even(NamedPadding::SameCourse), Padding { top: 1, bottom: 0, left: 1, right: 0 });
    /// assert_eq!(even(NamedPadding::SameTensorFlow), Padding { top: 0, bottom: 1, left: 0, right: 1 });
    /// ```
    pub fn sides(self, sliding: &Sliding, input: (usize, usize), kernel: (usize, usize)) -> Padding {
        let reach = |axis: Axis| axis.of(sliding.dilation) * (axis.of(kernel).max(1) - 1);
        match self {
            Self::None => Padding::default(),
            Self::Full => Padding {
                top: reach(Axis::Height),
                bottom: reach(Axis::Height),
                left: reach(Axis::Width),
                right: reach(Axis::Width),
            },
            Self::SameCourse => Padding::total(reach(Axis::Height), reach(Axis::Width)),
            Self::SameTensorFlow => {
                let total = |axis: Axis| {
                    let (n, s) = (axis.of(input).max(1), axis.of(sliding.stride).max(1));
                    ((n.div_ceil(s) - 1) * s + reach(axis) + 1).saturating_sub(n)
                };
                let (height, width) = (total(Axis::Height), total(Axis::Width));
                Padding { top: height / 2, bottom: height.div_ceil(2), left: width / 2, right: width.div_ceil(2) }
            }
        }
    }
}

impl Sliding {
    /// The window along one axis, whether or not it fits.
    pub fn window(&self, axis: Axis, kernel: (usize, usize)) -> Window {
        Window::along(axis, kernel, self.stride, self.dilation, self.padding)
    }

    /// The reference's settings.
    pub fn conv2d(&self, groups: usize) -> Conv2d {
        Conv2d { stride: self.stride, padding: self.padding, mode: self.mode, dilation: self.dilation, groups }
    }

    /// The padding where it is within its limit, else none: a ring of 5,000 zeros is a problem, not a picture.
    pub fn drawn_padding(&self) -> Padding {
        if padding_past_limit(self.padding).is_some() { Padding::default() } else { self.padding }
    }

    /// What was typed of a channel in its ring, while it can't be computed.
    pub fn broken_view(&self, input: &Grid<Entry>) -> PlateView {
        in_ring(input, self.drawn_padding(), |_, _| None, |_, _| false)
    }

    /// The paddings that the buttons name, in their order.
    fn named(&self) -> [NamedPadding; 3] {
        let same = match self.convention {
            PaddingConvention::PerSide => NamedPadding::SameTensorFlow,
            PaddingConvention::Total => NamedPadding::SameCourse,
        };
        [NamedPadding::None, same, NamedPadding::Full]
    }

    /// The formulas of the output's size.
    pub fn formulas(&self, input: (usize, usize), kernel: (usize, usize)) -> Vec<OutputSize> {
        OutputSize::of_plane(
            input,
            (self.window(Axis::Height, kernel), self.window(Axis::Width, kernel)),
            self.convention,
        )
    }

    /// What the floor drops, in words.
    pub fn left_over(&self, input: (usize, usize), kernel: (usize, usize)) -> Option<String> {
        let along = |axis: Axis| self.window(axis, kernel).unread(axis, axis.of(input)).unwrap_or(0);
        let some = |n: usize, what: &str| (n > 0).then(|| format!("{n} {what}{}", if n == 1 { "" } else { "s" }));
        let parts: Vec<String> =
            [some(along(Axis::Height), "row"), some(along(Axis::Width), "column")].into_iter().flatten().collect();
        (!parts.is_empty())
            .then(|| format!("The floor drops {}: the last window ends before them.", parts.join(" and ")))
    }

    /// Where the larger half of an odd padding stands, where the screen has to say it.
    fn split(&self, chosen: Option<usize>) -> String {
        // An odd total shows whose rule it is.
        let says = self.convention == PaddingConvention::Total || (chosen == Some(1) && !self.padding.is_even());
        if says && self.padding != Padding::default() { split(self.padding) } else { String::new() }
    }

    /// Which of the paddings with a name it is.
    fn named_padding(&self, input: (usize, usize), kernel: (usize, usize)) -> Option<usize> {
        self.named().iter().position(|named| named.sides(self, input, kernel) == self.padding)
    }

    /// A padding, stride or dilation past its limit.
    pub fn past_limit(&self) -> Option<Problem> {
        padding_past_limit(self.padding)
            .or_else(|| pair_past_limit(ControlId::STRIDE, "stride", self.stride))
            .or_else(|| pair_past_limit(ControlId::DILATION, "dilation", self.dilation))
    }

    /// What `error` means for the controls; `kernel_plate` is the grid that could be made smaller.
    pub fn misfit(
        &self,
        error: ShapeError,
        input: (usize, usize),
        kernel: (usize, usize),
        kernel_plate: PlateId,
    ) -> Problem {
        match error {
            ShapeError::ZeroStride { .. } => at_least_1(ControlId::STRIDE, "stride", self.stride, error.to_string()),
            ShapeError::ZeroDilation { .. } => {
                at_least_1(ControlId::DILATION, "dilation", self.dilation, error.to_string())
            }
            ShapeError::PaddingTooLarge { axis, padding, limit } => self.past_mode(axis, padding, limit, input),
            _ => self.window_exceeds_input(input, kernel, kernel_plate),
        }
    }

    /// A mirrored or repeated plane has not so many rows.
    fn past_mode(&self, axis: Axis, padding: usize, limit: usize, input: (usize, usize)) -> Problem {
        let name = self.mode.named().name;
        let (extent, cells) = match axis {
            Axis::Height => (input.0, "row"),
            Axis::Width => (input.1, "column"),
        };
        let plural = if extent == 1 { "" } else { "s" };
        let why = match self.mode {
            PaddingMode::Reflect => "the border is not repeated",
            _ => "it goes round once at most",
        };
        let Padding { top, bottom, left, right } = self.padding;
        let most = |side: usize| side.min(limit);
        let padding_within = match axis {
            Axis::Height => Padding { top: most(top), bottom: most(bottom), left, right },
            Axis::Width => Padding { top, bottom, left: most(left), right: most(right) },
        };
        Problem {
            control: ControlId::PADDING,
            sentence: format!(
                "{} {name} padding of {padding} is not possible with {extent} {cells}{plural}: {why}, so that {limit} is the most.",
                Article::of_word(name)
            ),
            repairs: vec![
                Repair::new(
                    format!("Use padding {limit}"),
                    Action::Set(ControlId::PADDING, Value::Padding(padding_within)),
                ),
                Repair::new("Use zeros", Action::Set(ControlId::MODE, Value::Choice(0))),
            ],
        }
    }

    fn window_exceeds_input(&self, input: (usize, usize), kernel: (usize, usize), kernel_plate: PlateId) -> Problem {
        let (height, width) = (self.window(Axis::Height, kernel), self.window(Axis::Width, kernel));
        let spans = (height.effective_kernel(), width.effective_kernel());
        let padded = (height.padded(input.0), width.padded(input.1));
        let (rows, cols) = kernel;
        let shape = format::shape(&[rows, cols]);
        let room = format::shape(&[padded.0, padded.1]);
        let padding = self.padding;
        let plane = if padding == Padding::default() { "input" } else { "padded input" };

        let mut repairs = Vec::new();
        let dilated = self.dilation != (1, 1);
        let (control, sentence) = if dilated {
            let span = format::shape(&[spans.0, spans.1]);
            // The largest dilation whose d·(k − 1) + 1 still fits.
            let fitting = |dilation: usize, kernel: usize, padded: usize| match kernel {
                1 => dilation,
                _ => dilation.min((padded.saturating_sub(1) / (kernel - 1)).max(1)),
            };
            let smaller = (fitting(self.dilation.0, rows, padded.0), fitting(self.dilation.1, cols, padded.1));
            if smaller != self.dilation {
                let action = Action::Set(ControlId::DILATION, Value::Pair(smaller));
                repairs.push(Repair::new(format!("Use dilation {}", both(smaller)), action));
            }
            (
                ControlId::DILATION,
                format!(
                    "{} {shape} kernel with dilation {} spans {span} cells; the {plane} has {room}.",
                    Article::of(rows),
                    both(self.dilation)
                ),
            )
        } else {
            (
                ControlId::KERNEL_SIZE,
                format!("{} {shape} kernel does not fit {} {room} {plane}.", Article::of(rows), article(padded.0)),
            )
        };
        if repairs.is_empty() {
            // With the dilation as it is, the largest kernel that fits.
            let fitting =
                |kernel: usize, dilation: usize, padded: usize| kernel.min((padded - 1) / dilation.max(1) + 1);
            let (rows, cols) = (fitting(rows, self.dilation.0, padded.0), fitting(cols, self.dilation.1, padded.1));
            repairs.push(Repair::new(
                format!("Use {} {rows} × {cols} kernel", article(rows)),
                Action::Resize { plate: kernel_plate, rows, cols },
            ));
        }
        // The same padding on every side: the least that takes none away and is enough for both axes.
        let enough = |extent: usize, span: usize| span.saturating_sub(extent).div_ceil(2);
        let wanted = enough(input.0, spans.0)
            .max(enough(input.1, spans.1))
            .max(padding.top.max(padding.bottom))
            .max(padding.left.max(padding.right));
        let even = Padding::per_side(wanted);
        let has_values = self.mode.check(Axis::Height, even, input.0).and(self.mode.check(Axis::Width, even, input.1));
        if wanted <= MAX_SETTING && has_values.is_ok() {
            let action = Action::Set(ControlId::PADDING, Value::Padding(even));
            repairs.push(Repair::new(format!("Use padding {wanted}"), action));
        }
        Problem { control, sentence, repairs }
    }
}

/// A channel in the ring of `convolution`, which shows what it copies; `unread` are the cells that no window reads.
pub fn padded_view(input: &Grid<Entry>, convolution: &Convolution, unread: Option<&Grid<bool>>) -> PlateView {
    let copied = |i, j| convolution.source((i, j)).and_then(|(i, j)| input.get(i, j));
    let is_unread = |i, j| unread.and_then(|unread| unread.get(i, j)).copied().unwrap_or(false);
    in_ring(input, convolution.padding, copied, is_unread)
}

fn in_ring<'a>(
    input: &'a Grid<Entry>,
    padding: Padding,
    copied: impl Fn(usize, usize) -> Option<&'a Entry>,
    is_unread: impl Fn(usize, usize) -> bool,
) -> PlateView {
    let Padding { top, bottom, left, right } = padding;
    let cells = Grid::from_fn(input.rows() + top + bottom, input.cols() + left + right, |row, col| {
        let inside = row.checked_sub(top).zip(col.checked_sub(left));
        match inside.and_then(|(i, j)| Some((i, j, input.get(i, j)?))) {
            Some((i, j, entry)) => CellView { unread: is_unread(i, j), ..CellView::entry(entry) },
            None => CellView::padding(copied(row, col).map_or(Content::Word("0"), Content::entry)),
        }
    });
    PlateView { cells: cells.into(), origin: (top, left), shape: input.shape(), spread: (1, 1) }
}

/// Where a tap stands in a grid, and by what numbers it is called.
pub(super) type Places<'a> = &'a dyn Fn(&Tap) -> ((usize, usize), (usize, usize));

/// A step's window on the padded input.
pub fn window_target(plate: usize, step: &ConvolutionStep) -> Target {
    let last = step.taps.last().map_or(step.origin, |tap| tap.padded);
    Target::window(plate, step.origin, (last.0 + 1 - step.origin.0, last.1 + 1 - step.origin.1))
}

/// `2`, or `2 × 3` where height and width differ.
pub fn both((height, width): (usize, usize)) -> String {
    if height == width { height.to_string() } else { format!("{height} × {width}") }
}

/// How a total is split, in words.
fn split(Padding { top, bottom, left, right }: Padding) -> String {
    if (top, bottom) == (left, right) {
        format!("{top} on top and left, {bottom} at the bottom and right")
    } else {
        format!("{top} on top, {bottom} at the bottom, {left} left, {right} right")
    }
}
