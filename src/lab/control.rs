//! Controls as data: which one, how it looks, what it is set to.
//!
//! There is no list of all: a lab's controls are the rows of its settings (`lab::setting`).

use std::fmt;

use crate::{formula::PaddingConvention, image::Pixels, nn::shape::Padding};

/// What a problem can lie with: a control, or a grid's cells. The row of the setting names it, and where a row has
/// several controls that are alike, each has its place.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ControlId {
    name: &'static str,
    /// One more than its place among those that are alike; 0 where it is alone. There are many of these, and compared
    /// often: small, they are half a KB less in a lab.
    number: u16,
    on_stage: bool,
}

impl ControlId {
    /// The input's cells.
    pub const INPUT: Self = Self::new("input").on_stage();
    /// The kernel's cells.
    pub const KERNEL: Self = Self::new("kernel").on_stage();
    /// The cells of the gradient that comes from above.
    pub const UPSTREAM: Self = Self::new("upstream").on_stage();
    /// The input's rows and columns.
    pub const INPUT_SIZE: Self = Self::new("input-size");
    /// The kernel's rows and columns.
    pub const KERNEL_SIZE: Self = Self::new("kernel-size");
    /// Number of input channels.
    pub const CHANNELS: Self = Self::new("channels");
    /// Number of filters.
    pub const FILTERS: Self = Self::new("filters");
    /// What is added to every sum.
    pub const BIAS: Self = Self::new("bias");
    /// The extent of a window that is not typed cell by cell.
    pub const WINDOW: Self = Self::new("window");
    /// The padding's sides.
    pub const PADDING: Self = Self::new("padding");
    /// A padding that is asked for by its name.
    pub const NAMED_PADDING: Self = Self::new("named-padding");
    /// What the padding holds.
    pub const MODE: Self = Self::new("mode");
    /// Whether padding counts in an average.
    pub const COUNT_PADDING: Self = Self::new("count-padding");
    /// The stride.
    pub const STRIDE: Self = Self::new("stride");
    /// The dilation.
    pub const DILATION: Self = Self::new("dilation");
    /// Which picture of the operation is shown.
    pub const VIEW: Self = Self::new("view");
    /// What random numbers begin with.
    pub const SEED: Self = Self::new("seed");
    /// The picture that is filtered.
    pub const IMAGE: Self = Self::new("image");

    /// The one that a lab calls so. Those that have a name above are what several labs have, or shared code asks for.
    pub const fn new(name: &'static str) -> Self {
        Self { name, number: 0, on_stage: false }
    }

    /// The same, whose problems are told on the stage, not beside a control: a cell, or what may be scrolled out of sight.
    #[must_use]
    pub const fn on_stage(self) -> Self {
        Self { on_stage: true, ..self }
    }

    /// One of several that are alike, of which there are few: all past the 65,000th are one.
    #[must_use]
    pub const fn nth(self, place: usize) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "the smaller is chosen first")]
        let number = if place < u16::MAX as usize { place as u16 + 1 } else { u16::MAX };
        Self { number, ..self }
    }

    /// Its name, without its place.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Which of those like `first` it is; `None` where it is none.
    pub fn place_among(self, first: Self) -> Option<usize> {
        usize::from(self.number).checked_sub(1).filter(|_| self.name == first.name)
    }

    /// Whether the stage says what is wrong with it, not the settings.
    pub fn is_on_stage(self) -> bool {
        self.on_stage
    }
}

impl fmt::Debug for ControlId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        self.place_among(*self).map_or(Ok(()), |place| write!(f, "({place})"))
    }
}

/// What a control is set to.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A count.
    Count(usize),
    /// (height, width)
    Pair((usize, usize)),
    /// (row, column)
    Cell((usize, usize)),
    /// Four sides.
    Padding(Padding),
    /// What was typed.
    Text(String),
    /// On or off.
    Switch(bool),
    /// One of several, by its place.
    Choice(usize),
    /// A number.
    Number(f64),
    /// A layer's kind, and its counts in the order of its [`ControlForm::Layer`].
    Layer(usize, Vec<usize>),
    /// There is one less: the layer goes.
    Removed,
    /// A picture that a person opened, by its place in the list, and its pixels.
    Picture(usize, Pixels),
    /// The pixels of a picture that was chosen before, or the next frame of a camera: no step of undo.
    Pixels(usize, Pixels),
}

/// One of several values: what it is called in a link and on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// In a link; empty for what no link holds.
    pub link: &'static str,
    /// On screen.
    pub name: &'static str,
}

impl Named {
    /// A name that is on screen alone.
    pub const fn on_screen(name: &'static str) -> Self {
        Self { link: "", name }
    }
}

/// How a control looks, whatever it is set to.
#[derive(Debug, Clone, PartialEq)]
pub enum ControlForm {
    /// A [`Value::Count`] with a button on each side, whose floor it has.
    Count(usize),
    /// A [`Value::Pair`], as one number while they agree, with the buttons' floor.
    Pair(usize),
    /// A [`Value::Cell`].
    Cell,
    /// A [`Value::Padding`], and how it is counted.
    Sides(PaddingConvention),
    /// A [`Value::Text`] that is typed.
    Text,
    /// A [`Value::Switch`].
    Switch,
    /// A [`Value::Choice`] of a few, side by side; none where the state is none of them.
    Segments(&'static [Named]),
    /// A [`Value::Choice`] of several, in a list.
    Select(&'static [Named]),
    /// A [`Value::Number`] between two others, that is dragged or typed.
    Slider {
        /// From where to where.
        range: (f64, f64),
        /// From one to the next.
        step: f64,
        /// What stands behind it: °, px.
        unit: &'static str,
    },
    /// A [`Value::Layer`] on a line: its kind, its counts, and a button that removes it.
    Layer {
        /// The kinds' names.
        kinds: &'static [Named],
        /// What is counted.
        counts: Vec<LayerCount>,
        /// Whether it can be removed.
        removable: bool,
    },
}

/// A count of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerCount {
    /// Its letter.
    pub symbol: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The buttons' floor.
    pub least: usize,
}

/// One control of the settings.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlView {
    /// Which it is.
    pub control: ControlId,
    /// Its symbol in the formula; empty where it has none.
    pub symbol: &'static str,
    /// Its name.
    pub name: &'static str,
    /// How it looks.
    pub form: ControlForm,
    /// What it is set to; `None` where the state is none of its values.
    pub value: Option<Value>,
    /// A few words below it; may be empty.
    pub note: String,
    /// Whether it shares a line with the one beside it.
    pub half: bool,
}

impl ControlView {
    /// A control without a symbol and a note.
    pub fn new(control: ControlId, name: &'static str, form: ControlForm, value: Option<Value>) -> Self {
        Self { control, symbol: "", name, form, value, note: String::new(), half: false }
    }

    /// The same whatever it is set to, and without the note about that.
    #[must_use]
    pub fn without_value(&self) -> Self {
        Self { value: None, note: String::new(), form: self.form.clone(), ..*self }
    }

    /// The same with its symbol in the formula.
    #[must_use]
    pub fn with_symbol(self, symbol: &'static str) -> Self {
        Self { symbol, ..self }
    }

    /// The same on half a line.
    #[must_use]
    pub fn halved(self) -> Self {
        Self { half: true, ..self }
    }

    /// The same with a few words below it.
    #[must_use]
    pub fn noted(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }
}
