//! What is on a figure: shapes and texts in CSS pixels, in colours by name.

use super::text_width;
use crate::plot::Rgb;

/// A colour by its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Behind everything.
    Paper,
    /// A number's own square.
    Cell,
    /// Hairlines.
    Rule,
    /// A grid's outline.
    Edge,
    /// Numbers and titles.
    Ink,
    /// Labels.
    Ink2,
    /// Captions and signs.
    Ink3,
    /// Text on [`Ink::Ink`].
    OnInk,
    /// What is looked at.
    Lens,
    /// Text on [`Ink::Lens`].
    OnLens,
    /// A product above 0.
    Pos,
    /// A product below 0.
    Neg,
    /// What is no number.
    Bad,
    /// The lines of [`Hatch::Padding`].
    Padding,
    /// The lines of [`Hatch::Unread`].
    Unread,
    /// The beam between grids.
    Beam,
    /// The beam's edges.
    BeamEdge,
    /// A number's square, tinted by its sign and size in percent.
    Tint(i8),
}

/// Writes down the style sheet's tokens that a figure is drawn with, so that each has a colour and there is no other.
macro_rules! tokens {
    ($($token:ident $name:literal,)*) => {
        /// A token of the style sheet.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Token {
            $($token,)*
        }

        impl Token {
            /// Its name there.
            pub(super) const fn name(self) -> &'static str {
                match self {
                    $(Self::$token => $name,)*
                }
            }
        }

        /// The colour of each token.
        #[derive(Debug, Clone, PartialEq)]
        #[expect(non_snake_case, reason = "named as the tokens are")]
        struct Colours {
            $($token: Rgb,)*
        }

        impl Colours {
            fn read(mut colour: impl FnMut(&'static str) -> Option<Rgb>) -> Option<Self> {
                Some(Self { $($token: colour($name)?,)* })
            }

            fn of(&self, token: Token) -> Rgb {
                match token {
                    $(Token::$token => self.$token,)*
                }
            }
        }
    };
}

tokens! {
    Paper "--paper",
    Cell "--cell",
    Rule "--rule",
    Edge "--edge",
    Ink "--ink",
    Ink2 "--ink-2",
    Ink3 "--ink-3",
    OnInk "--on-ink",
    Lens "--lens",
    OnLens "--on-lens",
    Pos "--pos",
    Neg "--neg",
    Bad "--bad",
    PaddingSymbol "--sym-p",
    StrideSymbol "--sym-s",
    PosFill "--pos-fill",
    NegFill "--neg-fill",
}

/// The page's colours as the style sheet gives them, and its font.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    /// A CSS font family list.
    pub font: String,
    colours: Colours,
}

impl Palette {
    /// Asks `token` for the colour of each token that figures need; `None` where one has none.
    pub fn read(font: impl Into<String>, token: impl FnMut(&'static str) -> Option<Rgb>) -> Option<Self> {
        Some(Self { font: font.into(), colours: Colours::read(token)? })
    }

    /// The colour of `ink`.
    pub fn colour(&self, ink: Ink) -> Rgb {
        let (over, share, under) = ink.recipe();
        mix(self.colours.of(over), self.colours.of(under), share)
    }
}

impl Ink {
    /// The token that it is made of, how much of it, and the token of the rest. The shares are those of the style sheet,
    /// so that a figure looks like the page.
    pub(super) fn recipe(self) -> (Token, f64, Token) {
        let pure = |token| (token, 1.0, token);
        match self {
            Self::Paper => pure(Token::Paper),
            Self::Cell => pure(Token::Cell),
            Self::Rule => pure(Token::Rule),
            Self::Edge => pure(Token::Edge),
            Self::Ink => pure(Token::Ink),
            Self::Ink2 => pure(Token::Ink2),
            Self::Ink3 => pure(Token::Ink3),
            Self::OnInk => pure(Token::OnInk),
            Self::Lens => pure(Token::Lens),
            Self::OnLens => pure(Token::OnLens),
            Self::Pos => pure(Token::Pos),
            Self::Neg => pure(Token::Neg),
            Self::Bad => pure(Token::Bad),
            Self::Padding => (Token::PaddingSymbol, 0.42, Token::Paper),
            Self::Unread => (Token::StrideSymbol, 0.40, Token::Cell),
            Self::Beam => (Token::Lens, 0.07, Token::Paper),
            Self::BeamEdge => (Token::Lens, 0.55, Token::Paper),
            Self::Tint(percent) => {
                let fill = if percent < 0 { Token::NegFill } else { Token::PosFill };
                (fill, f64::from(percent.unsigned_abs().min(100)) / 100.0 * 0.38, Token::Cell)
            }
        }
    }
}

/// `share` of `over`, the rest of `under`.
fn mix(Rgb(r, g, b): Rgb, Rgb(under_r, under_g, under_b): Rgb, share: f64) -> Rgb {
    let between = |over: u8, under: u8| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
        let mixed = (f64::from(over) * share + f64::from(under) * (1.0 - share)).round() as u8;
        mixed
    };
    Rgb(between(r, under_r), between(g, under_g), between(b, under_b))
}

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Area {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Area {
    /// The right edge.
    pub fn right(self) -> f64 {
        self.x + self.w
    }

    /// The bottom edge.
    pub fn bottom(self) -> f64 {
        self.y + self.h
    }

    /// The middle.
    pub fn centre(self) -> (f64, f64) {
        (self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// The same, smaller by `by` on each side.
    #[must_use]
    pub fn inset(self, by: f64) -> Self {
        Self { x: self.x + by, y: self.y + by, w: self.w - 2.0 * by, h: self.h - 2.0 * by }
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn around(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let (right, bottom) = (self.right().max(other.right()), self.bottom().max(other.bottom()));
        Self { x, y, w: right - x, h: bottom - y }
    }
}

/// A line's colour and width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub ink: Ink,
    /// Its width.
    pub width: f64,
}

/// Lines across a rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hatch {
    /// Rising to the right: padding.
    Padding,
    /// Falling to the right: cells that nothing reads.
    Unread,
}

impl Hatch {
    /// The colours of its lines and of what is between them.
    pub(super) fn inks(self) -> (Ink, Ink) {
        match self {
            Self::Padding => (Ink::Padding, Ink::Paper),
            Self::Unread => (Ink::Unread, Ink::Cell),
        }
    }
}

/// Where a text stands from its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    #[default]
    Middle,
    /// It ends there.
    End,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Its anchor on the baseline.
    pub at: (f64, f64),
    /// What it says.
    pub text: String,
    /// Its size.
    pub size: f64,
    /// Whether it is bold.
    pub bold: bool,
    /// Where it stands from `at`.
    pub anchor: Anchor,
    /// Its colour.
    pub ink: Ink,
    /// Whether paper surrounds it, so that it can be read over lines.
    pub halo: bool,
}

impl Text {
    /// A text of `size` that begins at `at`.
    pub fn new(at: (f64, f64), size: f64, ink: Ink, text: impl Into<String>) -> Self {
        Self { at, text: text.into(), size, bold: false, anchor: Anchor::Start, ink, halo: false }
    }

    /// A text in the middle of `area`, digits as far from its top as from its bottom.
    pub fn centred(area: Area, size: f64, ink: Ink, text: impl Into<String>) -> Self {
        let (x, y) = area.centre();
        Self { anchor: Anchor::Middle, ..Self::new((x, y + size * HALF_DIGIT), size, ink, text) }
    }

    /// The same in bold, where `bold` is.
    #[must_use]
    pub fn bold(self, bold: bool) -> Self {
        Self { bold, ..self }
    }

    /// The same with paper around it.
    #[must_use]
    pub fn on_paper(self) -> Self {
        Self { halo: true, ..self }
    }

    /// Its width, estimated.
    pub fn width(&self) -> f64 {
        text_width(&self.text, self.size, self.bold)
    }
}

/// Half a digit's height in a size of 1: what a baseline is below the middle of its line.
pub(super) const HALF_DIGIT: f64 = 0.36;

/// One thing on a picture; later ones lie above.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A rectangle, filled, outlined, or both.
    Rect(Area, Option<Ink>, Option<Stroke>),
    /// A hatched rectangle.
    Hatch(Area, Hatch),
    /// A disc: its centre, radius and colour.
    Disc((f64, f64), f64, Ink),
    /// A filled polygon.
    Shape(Vec<(f64, f64)>, Ink),
    /// An open line through points.
    Line(Vec<(f64, f64)>, Stroke),
    /// A text.
    Text(Text),
}

impl Item {
    /// The rectangle it takes; a text's width is estimated.
    pub fn area(&self) -> Area {
        let thick = |area: Area, stroke: Option<Stroke>| area.inset(stroke.map_or(0.0, |stroke| stroke.width / -2.0));
        match self {
            Self::Rect(area, _, stroke) => thick(*area, *stroke),
            Self::Hatch(area, _) => *area,
            Self::Disc((x, y), radius, _) => Area { x: *x, y: *y, w: 0.0, h: 0.0 }.inset(-radius),
            Self::Shape(points, _) => around(points),
            Self::Line(points, stroke) => thick(around(points), Some(*stroke)),
            Self::Text(text) => {
                let width = text.width();
                let x = match text.anchor {
                    Anchor::Start => text.at.0,
                    Anchor::Middle => text.at.0 - width / 2.0,
                    Anchor::End => text.at.0 - width,
                };
                Area { x, y: text.at.1 - text.size, w: width, h: text.size * 1.25 }
            }
        }
    }

    fn shift(&mut self, (dx, dy): (f64, f64)) {
        let moved = |point: &mut (f64, f64)| *point = (point.0 + dx, point.1 + dy);
        match self {
            Self::Rect(area, ..) | Self::Hatch(area, _) => (area.x, area.y) = (area.x + dx, area.y + dy),
            Self::Disc(point, ..) => moved(point),
            Self::Shape(points, _) | Self::Line(points, _) => points.iter_mut().for_each(moved),
            Self::Text(text) => moved(&mut text.at),
        }
    }
}

fn around(points: &[(f64, f64)]) -> Area {
    let area = |&(x, y): &(f64, f64)| Area { x, y, w: 0.0, h: 0.0 };
    points.iter().map(area).reduce(Area::around).unwrap_or_default()
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Picture {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// What it is, for who can't see it.
    pub title: String,
    /// What is on it, for who can't see it.
    pub description: String,
    /// What is on it, from the back to the front; the paper behind it goes without saying.
    pub items: Vec<Item>,
}

impl Picture {
    /// Puts a text on it, if there is one to read.
    pub fn text(&mut self, text: Text) {
        if !text.text.is_empty() {
            self.items.push(Item::Text(text));
        }
    }

    /// Fills a rectangle.
    pub fn fill(&mut self, area: Area, ink: Ink) {
        self.items.push(Item::Rect(area, Some(ink), None));
    }

    /// Outlines a rectangle; the line's middle lies on its edge.
    pub fn outline(&mut self, area: Area, ink: Ink, width: f64) {
        self.items.push(Item::Rect(area, None, Some(Stroke { ink, width })));
    }

    /// Draws a line through points.
    pub fn line(&mut self, points: &[(f64, f64)], ink: Ink, width: f64) {
        self.items.push(Item::Line(points.to_vec(), Stroke { ink, width }));
    }

    /// Puts everything of another picture on this one, its top left corner at `at`. The size stays.
    pub fn put(&mut self, other: Self, at: (f64, f64)) {
        self.items.extend(other.items.into_iter().map(|mut item| {
            item.shift(at);
            item
        }));
    }

    /// Puts a margin around everything right of and below the corner. What hangs over the corner, such as half a line,
    /// lies in the margin: so the same things stand at the same place, whatever is marked around them.
    #[must_use]
    pub fn framed(mut self, margin: f64) -> Self {
        let area = self.items.iter().map(Item::area).reduce(Area::around).unwrap_or_default();
        for item in &mut self.items {
            item.shift((margin, margin));
        }
        (self.width, self.height) = (area.right().ceil() + 2.0 * margin, area.bottom().ceil() + 2.0 * margin);
        self
    }
}
