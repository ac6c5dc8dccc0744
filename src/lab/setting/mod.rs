//! A lab's settings, a row each: what a control on screen shows and sets, and what a link holds of it.
//!
//! A row names the setting, where in the state it is, and what kind it is. The controls, both directions of the link,
//! the sentence about a value that can't be read, random states for tests and the table in `docs/labs.md` follow.

pub(crate) mod text;

#[cfg(test)]
pub(crate) mod random;

use std::any::Any;

use super::{
    control::{ControlForm, ControlId, ControlView, Value},
    operation::{Operation, OperationLab, State},
};

pub use super::control::Named;
use crate::{
    formula::PaddingConvention,
    image::Pixels,
    nn::shape::Padding,
    num::{Entry, Grid, format, sort_few},
};

/// A lab that is described by its settings.
pub trait Described: Operation + Clone + Default + PartialEq {
    /// Its settings, in the order of the link.
    const SETTINGS: &'static [Setting<Self>];

    /// A `PyTorch` program that computes what is on screen and prints it.
    fn program(&self) -> String;

    /// Does what can only be done when all settings of a link are read.
    fn settle(&mut self) {}

    /// Does `change`, which sets one of its settings, and what follows from that.
    fn change(&mut self, change: &mut dyn FnMut(&mut Self) -> Option<()>) -> Option<()> {
        change(self)
    }

    /// Takes the pixels of a picture, which no link holds; a lab without pictures has no use for them.
    #[must_use]
    fn with_pixels(self, _pixels: Option<Pixels>) -> Self {
        self
    }
}

impl<L: Described> State for L {
    fn controls(&self) -> Vec<ControlView> {
        let mut placed = Placed::new();
        for setting in L::SETTINGS {
            setting.push_controls(self, &mut placed);
        }
        in_order(placed)
    }

    fn set(&mut self, control: ControlId, value: &Value) -> Option<()> {
        self.change(&mut |lab| L::SETTINGS.iter().find_map(|setting| setting.set(lab, control, value)))
    }

    fn copied(&self) -> OperationLab {
        OperationLab::of(self.clone())
    }

    fn equals(&self, other: &dyn Operation) -> bool {
        let other: &dyn Any = other;
        other.downcast_ref() == Some(self)
    }
}

/// Where in a state a value is.
pub struct Lens<L, T: 'static> {
    /// To be read.
    pub get: fn(&L) -> &T,
    /// To be changed.
    pub get_mut: fn(&mut L) -> &mut T,
}

/// The [`Lens`] on a path of fields of `Self`.
macro_rules! lens {
    ($($path:tt)+) => {
        $crate::lab::setting::Lens { get: |lab: &Self| &lab.$($path)+, get_mut: |lab: &mut Self| &mut lab.$($path)+ }
    };
}
pub(crate) use lens;

/// A type with a few values, each with its names.
pub trait Choice: Copy + PartialEq + Sized + 'static {
    /// The values' names.
    const NAMES: &'static [Named];

    /// The value at a place of [`NAMES`](Self::NAMES).
    fn at(place: usize) -> Option<Self>;

    /// Its place in [`NAMES`](Self::NAMES).
    fn place(self) -> usize;

    /// The value that a link calls so.
    fn called(link: &str) -> Option<Self> {
        Self::at(place_of(Self::NAMES, link)?)
    }

    /// Its names.
    fn named(self) -> Named {
        Self::NAMES.get(self.place()).copied().unwrap_or(Named::on_screen(""))
    }
}

/// The values of a [`Choice`], a row each: value, name in a link, name on screen.
macro_rules! choices {
    ($type:ty: $($value:expr, $link:literal, $name:literal;)+) => {
        impl $crate::lab::setting::Choice for $type {
            const NAMES: &'static [$crate::lab::setting::Named] =
                &[$($crate::lab::setting::Named { link: $link, name: $name }),+];

            fn at(place: usize) -> Option<Self> {
                [$($value),+].get(place).copied()
            }

            fn place(self) -> usize {
                [$($value),+].iter().position(|value| *value == self).unwrap_or(0)
            }
        }
    };
}
pub(crate) use choices;

/// One of several, by its place among their names.
pub struct Pick<L: 'static> {
    /// All there are.
    pub names: &'static [Named],
    /// Which it is.
    pub get: fn(&L) -> usize,
    /// Sets it.
    pub set: fn(&mut L, usize),
    /// Those that a state offers, called as they are then; all where it says nothing.
    pub offered: Option<fn(&L) -> &'static [Named]>,
    /// Whether they are a list, not side by side.
    pub list: bool,
}

impl<L: 'static> Pick<L> {
    fn offered(&self, lab: &L) -> &'static [Named] {
        self.offered.map_or(self.names, |offered| offered(lab))
    }
}

/// The [`Pick`] at a path of fields of `Self`, of a type that is a [`Choice`]; side by side.
macro_rules! pick {
    ($type:ty, $($path:tt)+) => {
        $crate::lab::setting::Pick {
            names: <$type as $crate::lab::setting::Choice>::NAMES,
            get: |lab: &Self| $crate::lab::setting::Choice::place(lab.$($path)+),
            set: |lab: &mut Self, place| {
                if let Some(value) = $crate::lab::setting::Choice::at(place) {
                    lab.$($path)+ = value;
                }
            },
            offered: None,
            list: false,
        }
    };
}
pub(crate) use pick;

/// How a setting is read, written, shown and set, where no kind does it.
pub struct Own<L: 'static> {
    /// What a person has to write in a link; empty where no link holds it.
    pub form: &'static str,
    /// Values as a link holds them, none of them the default: for tests and the documentation.
    pub examples: &'static [&'static str],
    /// Its text in a link; `None` where it is the default, which comes second.
    pub write: fn(&L, &L) -> Option<String>,
    /// Takes a text; `None` if it can't be read, and then nothing is changed.
    pub read: fn(&mut L, &str) -> Option<()>,
    /// Its controls.
    pub controls: fn(&L) -> Vec<ControlView>,
    /// Sets one of its controls; `None` for one of another setting and for a value it can't have.
    pub set: fn(&mut L, ControlId, &Value) -> Option<()>,
}

impl<L: 'static> Own<L> {
    /// A setting that no link holds.
    pub const fn on_screen(
        controls: fn(&L) -> Vec<ControlView>,
        set: fn(&mut L, ControlId, &Value) -> Option<()>,
    ) -> Kind<L> {
        Kind::Own(Self { form: "", examples: &[], write: |_, _| None, read: |_, _| None, controls, set })
    }

    /// A setting without a control.
    pub const fn in_link(
        form: &'static str,
        examples: &'static [&'static str],
        write: fn(&L, &L) -> Option<String>,
        read: fn(&mut L, &str) -> Option<()>,
    ) -> Kind<L> {
        Kind::Own(Self { form, examples, write, read, controls: |_| Vec::new(), set: |_, _, _| None })
    }
}

/// What a setting is.
pub enum Kind<L: 'static> {
    /// The cells of a grid of at most so many rows and columns.
    Cells(Lens<L, Grid<Entry>>, usize),
    /// A number that is typed.
    Number(Lens<L, Entry>),
    /// A count: the button's floor, and the most that a link takes.
    Count(Lens<L, usize>, usize, usize),
    /// Height and width: the buttons' floor.
    Pair(Lens<L, (usize, usize)>, usize),
    /// Four sides, and how they are counted on screen.
    Sides(Lens<L, Padding>, fn(&L) -> PaddingConvention),
    /// On or off.
    Switch(Lens<L, bool>),
    /// One of several.
    Choice(Pick<L>),
    /// Rows and columns of a grid, whose cells are another setting.
    Extent(fn(&L) -> (usize, usize)),
    /// How many there are of something that is another setting, and what makes it so many: `None` where it can't.
    Amount(fn(&L) -> usize, fn(&mut L, usize) -> Option<()>),
    /// None of these.
    Own(Own<L>),
}

/// A setting.
pub struct Setting<L: 'static> {
    /// What problems, repairs and actions call it, and one step of undo.
    pub control: ControlId,
    /// Its name in a link; empty where no link holds it.
    pub link: &'static str,
    /// Its place among the controls; 0 where it has none.
    pub place: usize,
    /// Its symbol in the formula; empty where it has none.
    pub symbol: &'static str,
    /// Its name on screen.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind<L>,
    /// A few words below its control.
    pub note: Option<fn(&L) -> String>,
    /// Whether there is its control at all.
    pub shown: Option<fn(&L) -> bool>,
    /// Whether its control shares a line with the one beside it.
    pub half: bool,
}

impl<L: 'static> Setting<L> {
    /// A setting with its name in a link; without a control.
    pub const fn new(control: ControlId, link: &'static str, kind: Kind<L>) -> Self {
        Self { control, link, place: 0, symbol: "", name: "", kind, note: None, shown: None, half: false }
    }

    /// The same with a control at that place.
    #[must_use]
    pub const fn at(mut self, place: usize, symbol: &'static str, name: &'static str) -> Self {
        self.place = place;
        self.symbol = symbol;
        self.name = name;
        self
    }

    /// The same with a few words below its control.
    #[must_use]
    pub const fn noted(mut self, note: fn(&L) -> String) -> Self {
        self.note = Some(note);
        self
    }

    /// The same with a control where `shown` says so.
    #[must_use]
    pub const fn shown(mut self, shown: fn(&L) -> bool) -> Self {
        self.shown = Some(shown);
        self
    }

    /// The same on half a line.
    #[must_use]
    pub const fn halved(mut self) -> Self {
        self.half = true;
        self
    }

    /// What it is set to, of whatever lab: what is made of it is the same for all.
    fn current<'a>(&self, lab: &'a L) -> Current<'a> {
        match &self.kind {
            Kind::Cells(of, _) => Current::Cells((of.get)(lab)),
            Kind::Number(of) => Current::Number((of.get)(lab)),
            Kind::Count(of, least, _) => Current::Count(*(of.get)(lab), *least),
            Kind::Pair(of, least) => Current::Pair(*(of.get)(lab), *least),
            Kind::Sides(of, counted) => Current::Sides(*(of.get)(lab), counted(lab)),
            Kind::Switch(of) => Current::Switch(*(of.get)(lab)),
            Kind::Choice(pick) => Current::Choice(pick.names.get((pick.get)(lab)).map_or("", |named| named.link)),
            Kind::Extent(of) => Current::Pair(of(lab), 1),
            Kind::Amount(of, _) => Current::Count(of(lab), 1),
            Kind::Own(_) => Current::Own,
        }
    }

    /// The same, to be changed.
    fn slot<'a>(&self, lab: &'a mut L) -> Slot<'a> {
        match &self.kind {
            Kind::Cells(of, most) => Slot::Cells((of.get_mut)(lab), *most),
            Kind::Number(of) => Slot::Number((of.get_mut)(lab)),
            Kind::Count(of, _, most) => Slot::Count((of.get_mut)(lab), *most),
            Kind::Pair(of, _) => Slot::Pair((of.get_mut)(lab)),
            Kind::Sides(of, _) => Slot::Sides((of.get_mut)(lab)),
            Kind::Switch(of) => Slot::Switch((of.get_mut)(lab)),
            Kind::Choice(_) | Kind::Extent(_) | Kind::Amount(..) | Kind::Own(_) => Slot::None,
        }
    }

    /// Its text in a link; `None` where it is the default.
    pub fn write(&self, lab: &L, default: &L) -> Option<String> {
        match &self.kind {
            _ if self.link.is_empty() => None,
            Kind::Own(own) => (own.write)(lab, default),
            _ => self.current(lab).unless(&self.current(default)),
        }
    }

    /// Takes a link's text; `None` if it can't be read, and then nothing is changed.
    pub fn read(&self, lab: &mut L, text: &str) -> Option<()> {
        match &self.kind {
            Kind::Own(own) => (own.read)(lab, text),
            Kind::Choice(pick) => place_of(pick.names, text).map(|place| (pick.set)(lab, place)),
            _ => self.slot(lab).read(text),
        }
    }

    /// What a person who edits a link by hand has to write.
    pub fn form(&self) -> String {
        LinkForm::of(&self.kind).text()
    }

    /// Adds its controls to those that there are.
    fn push_controls(&self, lab: &L, placed: &mut Placed) {
        if self.place == 0 || self.shown.is_some_and(|shown| !shown(lab)) {
            return;
        }
        let current = match &self.kind {
            Kind::Own(own) => {
                push_all(placed, self.place, (own.controls)(lab));
                return;
            }
            kind => {
                let current = self.current(lab);
                if let (Kind::Choice(pick), Current::Choice(link)) = (kind, &current) {
                    Current::Offered(pick.offered(lab), link, pick.list)
                } else {
                    current
                }
            }
        };
        let note = self.note.map(|note| note(lab)).unwrap_or_default();
        let Self { control, symbol, name, half, .. } = *self;
        let (form, value) = current.control();
        let view = ControlView { control, symbol, name, form, value: Some(value), note, half };
        placed.push((self.place, view));
    }

    /// Sets its control; `None` for another's, and for a value that it can't have.
    fn set(&self, lab: &mut L, control: ControlId, value: &Value) -> Option<()> {
        match &self.kind {
            Kind::Own(own) => (own.set)(lab, control, value),
            _ if control != self.control => None,
            Kind::Choice(pick) => {
                let Value::Choice(place) = value else { return None };
                let link = pick.offered(lab).get(*place)?.link;
                place_of(pick.names, link).map(|place| (pick.set)(lab, place))
            }
            Kind::Amount(_, set) => {
                let Value::Count(count) = value else { return None };
                set(lab, *count)
            }
            _ => self.slot(lab).set(value),
        }
    }
}

/// Controls with their places.
type Placed = Vec<(usize, ControlView)>;

fn push_all(placed: &mut Placed, place: usize, views: Vec<ControlView>) {
    placed.extend(views.into_iter().map(|view| (place, view)));
}

fn in_order(mut placed: Placed) -> Vec<ControlView> {
    sort_few(&mut placed, |(place, _)| *place);
    placed.into_iter().map(|(_, view)| view).collect()
}

/// What a setting is set to.
enum Current<'a> {
    Cells(&'a Grid<Entry>),
    Number(&'a Entry),
    /// And the button's floor.
    Count(usize, usize),
    /// And the buttons' floor.
    Pair((usize, usize), usize),
    Sides(Padding, PaddingConvention),
    Switch(bool),
    /// By its name in a link.
    Choice(&'static str),
    /// Of these that, in a list or side by side.
    Offered(&'static [Named], &'static str, bool),
    Own,
}

impl Current<'_> {
    /// Its text in a link, where that is not the default's.
    fn unless(&self, default: &Self) -> Option<String> {
        let text = self.text();
        (text != default.text()).then_some(text)
    }

    fn text(&self) -> String {
        match self {
            Self::Cells(grid) => text::grid(grid),
            Self::Number(entry) => text::entry(entry),
            Self::Count(count, _) => count.to_string(),
            Self::Pair(pair, _) => text::pair(*pair),
            Self::Sides(sides, _) => text::sides(*sides),
            Self::Switch(on) => u8::from(*on).to_string(),
            Self::Choice(link) | Self::Offered(_, link, _) => (*link).to_owned(),
            Self::Own => String::new(),
        }
    }

    fn control(&self) -> (ControlForm, Value) {
        match *self {
            Self::Number(entry) => (ControlForm::Text, Value::Text(entry.typed())),
            Self::Count(value, least) => (ControlForm::Count(least), Value::Count(value)),
            Self::Pair(value, least) => (ControlForm::Pair(least), Value::Pair(value)),
            Self::Sides(value, convention) => (ControlForm::Sides(convention), Value::Padding(value)),
            Self::Switch(on) => (ControlForm::Switch, Value::Switch(on)),
            Self::Offered(options, link, list) => {
                let form = if list { ControlForm::Select(options) } else { ControlForm::Segments(options) };
                (form, Value::Choice(place_of(options, link).unwrap_or(0)))
            }
            Self::Cells(_) | Self::Choice(_) | Self::Own => (ControlForm::Text, Value::Text(String::new())),
        }
    }
}

/// What a setting is set to, to be changed.
enum Slot<'a> {
    /// And the most rows and columns.
    Cells(&'a mut Grid<Entry>, usize),
    Number(&'a mut Entry),
    /// And the most that a link takes.
    Count(&'a mut usize, usize),
    Pair(&'a mut (usize, usize)),
    Sides(&'a mut Padding),
    Switch(&'a mut bool),
    None,
}

impl Slot<'_> {
    fn read(self, text: &str) -> Option<()> {
        match self {
            Self::Cells(cells, most) => *cells = text::read_grid(text, most)?,
            Self::Number(number) => *number = text::read_entry(text),
            Self::Count(count, most) => *count = text::read_count(text).filter(|count| *count <= most)?,
            Self::Pair(pair) => *pair = text::read_pair(text)?,
            Self::Sides(sides) => *sides = text::read_sides(text)?,
            Self::Switch(on) => *on = text::read_switch(text)?,
            Self::None => return None,
        }
        Some(())
    }

    fn set(self, value: &Value) -> Option<()> {
        match (self, value) {
            (Self::Number(number), Value::Text(text)) => *number = Entry::parse(text),
            // Repairs that all sliding labs have give both axes, and four sides.
            (
                Self::Count(count, _),
                Value::Count(new) | Value::Pair((new, _)) | Value::Padding(Padding { top: new, .. }),
            ) => *count = *new,
            (Self::Pair(pair), Value::Pair(new)) => *pair = *new,
            (Self::Sides(sides), Value::Padding(new)) => *sides = *new,
            (Self::Switch(on), Value::Switch(new)) => *on = *new,
            _ => return None,
        }
        Some(())
    }
}

/// How a value looks in a link.
enum LinkForm {
    Cells(usize),
    Number,
    Count(usize),
    Pair,
    Sides,
    Switch,
    Names(&'static [Named]),
    Own(&'static str),
}

impl LinkForm {
    fn of<L>(kind: &Kind<L>) -> Self {
        match kind {
            Kind::Cells(_, most) => Self::Cells(*most),
            Kind::Number(_) => Self::Number,
            Kind::Count(_, _, most) => Self::Count(*most),
            Kind::Amount(..) => Self::Own(""),
            Kind::Pair(..) | Kind::Extent(_) => Self::Pair,
            Kind::Sides(..) => Self::Sides,
            Kind::Switch(_) => Self::Switch,
            Kind::Choice(pick) => Self::Names(pick.names),
            Kind::Own(own) => Self::Own(own.form),
        }
    }

    fn text(&self) -> String {
        match *self {
            Self::Cells(most) => {
                format!("rows of numbers such as 0,1;2,3, all of one length, at most {most} × {most}")
            }
            Self::Number => "a number".to_owned(),
            Self::Count(most) => format!("a count up to {}", format::count(most as u64)),
            Self::Pair => "one count, or height,width".to_owned(),
            Self::Sides => "one count, or top,bottom,left,right".to_owned(),
            Self::Switch => "1 or 0".to_owned(),
            Self::Names(names) => one_of(names),
            Self::Own(form) => form.to_owned(),
        }
    }
}

/// The value that is shown: the one that is asked for, or where it is not offered the first that is.
pub fn shown<T: Choice>(asked: T, offered: &[Named]) -> T {
    let is_offered = offered.iter().any(|named| named.link == asked.named().link);
    if is_offered { asked } else { offered.first().and_then(|first| T::called(first.link)).unwrap_or(asked) }
}

/// The place of the value that a link calls so.
fn place_of(names: &[Named], link: &str) -> Option<usize> {
    names.iter().position(|named| named.link == link)
}

/// `a, b or c`.
fn one_of(names: &[Named]) -> String {
    let mut text = String::new();
    for (place, named) in names.iter().enumerate() {
        let between = match place {
            0 => "",
            _ if place + 1 == names.len() => " or ",
            _ => ", ",
        };
        text.push_str(between);
        text.push_str(named.link);
    }
    text
}
