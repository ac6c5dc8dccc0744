//! The tree, and where brackets and dots go.

use std::ops::{Add, Div, Mul, Sub};

use crate::nn::shape::Axis;

/// What a symbol of the shape formula stands for. Each has one letter everywhere on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// n, the input's extent.
    Input,
    /// k, the kernel's extent.
    Kernel,
    /// p, the padding.
    Padding,
    /// s, the stride.
    Stride,
    /// d, the dilation.
    Dilation,
    /// o, the output's extent.
    Output,
}

impl Role {
    /// Every role, in the order of the controls.
    pub const ALL: [Self; 6] = [Self::Input, Self::Kernel, Self::Padding, Self::Stride, Self::Dilation, Self::Output];

    /// The letter: what `data-sym` holds and what a control is marked with.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Input => "n",
            Self::Kernel => "k",
            Self::Padding => "p",
            Self::Stride => "s",
            Self::Dilation => "d",
            Self::Output => "o",
        }
    }

    /// The style sheet's class for the symbol's colour and underline.
    pub fn class(self) -> &'static str {
        match self {
            Self::Input => "sym-n",
            Self::Kernel => "sym-k",
            Self::Padding => "sym-p",
            Self::Stride => "sym-s",
            Self::Dilation => "sym-d",
            Self::Output => "sym-o",
        }
    }
}

/// What a symbol's subscript says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Index {
    /// h, along the height.
    Height,
    /// w, along the width.
    Width,
    /// 1, the side before the input, where height and width agree.
    Before,
    /// 2, the side after the input, where height and width agree.
    After,
    /// t, above the input.
    Top,
    /// b, below the input.
    Bottom,
    /// l, left of the input.
    Left,
    /// r, right of the input.
    Right,
}

impl Index {
    /// The subscript as it is written.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Height => "h",
            Self::Width => "w",
            Self::Before => "1",
            Self::After => "2",
            Self::Top => "t",
            Self::Bottom => "b",
            Self::Left => "l",
            Self::Right => "r",
        }
    }
}

impl From<Axis> for Index {
    fn from(axis: Axis) -> Self {
        match axis {
            Axis::Height => Self::Height,
            Axis::Width => Self::Width,
        }
    }
}

/// A symbol tied to a control: its role and, where the axes or sides differ, which of them it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Symbol {
    /// What it stands for.
    pub role: Role,
    /// Its subscript.
    pub index: Option<Index>,
}

/// Whether a term is added or taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Added.
    Plus,
    /// Taken away.
    Minus,
}

/// An expression. `+ - * /` build it: `Expr::from(2) * p`, `(k - 1) / s`.
///
/// ```
/// # use receptive::formula::{Expr, Role, Symbol};
/// let k = Expr::from(Symbol { role: Role::Kernel, index: None });
/// assert_eq!(((k - 1) / 2).floor().plain(), "⌊(k − 1)/2⌋");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A number, shown as [`crate::num::format::shown`] shows it.
    Number {
        /// Its value.
        value: f64,
        /// The symbol whose place it has taken.
        symbol: Option<Symbol>,
    },
    /// A symbol that has a control.
    Symbol(Symbol),
    /// A letter without a control: an index or an operand.
    Name(&'static str),
    /// Terms added and taken away.
    Sum(Vec<(Sign, Expr)>),
    /// Factors.
    Product(Vec<Expr>),
    /// Above over below.
    Fraction(Box<Expr>, Box<Expr>),
    /// The largest integer that is not larger.
    Floor(Box<Expr>),
    /// The smallest integer that is not smaller.
    Ceil(Box<Expr>),
    /// The square root.
    Root(Box<Expr>),
    /// Times itself.
    Square(Box<Expr>),
    /// A function of the expression, by its name.
    Call(&'static str, Box<Expr>),
    /// An element of an array: its name and indices.
    Element(&'static str, Vec<Expr>),
    /// The sum of the expression over all values of an index.
    Series(&'static str, Box<Expr>),
    /// Sides that are equal.
    Equation(Vec<Expr>),
    /// Takes the room of the expression and shows nothing: aligns the lines of a derivation.
    Phantom(Box<Expr>),
    /// The part that makes the result impossible.
    Blamed(Box<Expr>),
}

/// Where a part stands, as far as brackets go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// By itself: between fences, beside an equals sign, first in a sum.
    Alone,
    /// After a sign.
    Term,
    /// In a product.
    Factor,
    /// Before the slash of a fraction written on one line.
    Dividend,
    /// After that slash.
    Divisor,
}

/// Whether a fraction stands upright or on one line, where it needs more brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Stacked,
    Linear,
}

impl Expr {
    /// `value` in the place of `symbol`.
    pub fn number(value: usize, symbol: Symbol) -> Self {
        Self::Number { value: value as f64, symbol: Some(symbol) }
    }

    /// ⌊self⌋.
    #[must_use]
    pub fn floor(self) -> Self {
        Self::Floor(Box::new(self))
    }

    /// ⌈self⌉.
    #[must_use]
    pub fn ceil(self) -> Self {
        Self::Ceil(Box::new(self))
    }

    /// √self.
    #[must_use]
    pub fn root(self) -> Self {
        Self::Root(Box::new(self))
    }

    /// self².
    #[must_use]
    pub fn squared(self) -> Self {
        Self::Square(Box::new(self))
    }

    /// self = other.
    #[must_use]
    pub fn equals(self, other: impl Into<Self>) -> Self {
        let mut sides = if let Self::Equation(sides) = self { sides } else { vec![self] };
        sides.push(other.into());
        Self::Equation(sides)
    }

    /// Whether it stands higher than a line of text, so that its brackets must grow.
    pub(super) fn is_tall(&self) -> bool {
        match self {
            Self::Number { .. } | Self::Symbol(_) | Self::Name(_) => false,
            Self::Fraction(..) | Self::Series(..) => true,
            Self::Sum(terms) => terms.iter().any(|(_, term)| term.is_tall()),
            Self::Product(parts) | Self::Element(_, parts) | Self::Equation(parts) => parts.iter().any(Self::is_tall),
            Self::Floor(inner)
            | Self::Ceil(inner)
            | Self::Root(inner)
            | Self::Square(inner)
            | Self::Call(_, inner)
            | Self::Phantom(inner)
            | Self::Blamed(inner) => inner.is_tall(),
        }
    }

    /// Whether it is in brackets at `place`.
    pub(super) fn bracketed(&self, place: Place, layout: Layout) -> bool {
        match self {
            Self::Symbol(_)
            | Self::Name(_)
            | Self::Floor(_)
            | Self::Ceil(_)
            | Self::Root(_)
            | Self::Square(_)
            | Self::Call(..)
            | Self::Element(..) => false,
            Self::Number { value, .. } => *value < 0.0 && matches!(place, Place::Term | Place::Factor | Place::Divisor),
            Self::Sum(_) | Self::Equation(_) => place != Place::Alone,
            Self::Product(_) => matches!(place, Place::Factor | Place::Divisor),
            Self::Series(..) => !matches!(place, Place::Alone | Place::Term),
            Self::Fraction(above, _) => match (layout, place) {
                (_, Place::Alone) | (Layout::Stacked, _) => false,
                (Layout::Linear, Place::Term) => above.is_negative_number(),
                (Layout::Linear, _) => true,
            },
            Self::Phantom(inner) | Self::Blamed(inner) => inner.bracketed(place, layout),
        }
    }

    fn is_negative_number(&self) -> bool {
        match self {
            Self::Number { value, .. } => *value < 0.0,
            Self::Phantom(inner) | Self::Blamed(inner) => inner.is_negative_number(),
            _ => false,
        }
    }

    fn bare(&self) -> &Self {
        match self {
            Self::Phantom(inner) | Self::Blamed(inner) => inner.bare(),
            other => other,
        }
    }

    /// Whether a product needs a dot between `self` and `next`: 2p and d(k − 1) don't, 2·3, 1·(3 − 1) and i·s do.
    pub(super) fn needs_dot(&self, next: &Self, layout: Layout) -> bool {
        let in_brackets = |part: &Self| part.bracketed(Place::Factor, layout);
        let joins = match self.bare() {
            Self::Symbol(_) => matches!(next.bare(), Self::Symbol(_)) || in_brackets(next),
            Self::Number { .. } if !in_brackets(self) => matches!(next.bare(), Self::Symbol(_) | Self::Name(_)),
            _ => in_brackets(self) && in_brackets(next),
        };
        !joins
    }

    fn plus(self, sign: Sign, other: Self) -> Self {
        let mut terms = if let Self::Sum(terms) = self { terms } else { vec![(Sign::Plus, self)] };
        terms.push((sign, other));
        Self::Sum(terms)
    }
}

impl From<Symbol> for Expr {
    fn from(symbol: Symbol) -> Self {
        Self::Symbol(symbol)
    }
}

impl From<f64> for Expr {
    fn from(value: f64) -> Self {
        Self::Number { value, symbol: None }
    }
}

impl From<i32> for Expr {
    fn from(value: i32) -> Self {
        Self::from(f64::from(value))
    }
}

impl<E: Into<Self>> Add<E> for Expr {
    type Output = Self;

    fn add(self, other: E) -> Self {
        self.plus(Sign::Plus, other.into())
    }
}

impl<E: Into<Self>> Sub<E> for Expr {
    type Output = Self;

    fn sub(self, other: E) -> Self {
        self.plus(Sign::Minus, other.into())
    }
}

impl<E: Into<Self>> Mul<E> for Expr {
    type Output = Self;

    fn mul(self, other: E) -> Self {
        let mut factors = if let Self::Product(factors) = self { factors } else { vec![self] };
        factors.push(other.into());
        Self::Product(factors)
    }
}

impl<E: Into<Self>> Div<E> for Expr {
    type Output = Self;

    fn div(self, other: E) -> Self {
        Self::Fraction(Box::new(self), Box::new(other.into()))
    }
}
