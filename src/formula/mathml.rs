//! MathML Core as a tree of elements.

use std::fmt;

use crate::num::format::{self, MINUS};

use super::expr::{Expr, Layout, Place, Role, Sign, Symbol};

/// The elements that formulas are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tag {
    /// The root, a block of its own.
    Math,
    /// A group.
    Mrow,
    /// A group with room for a mark below it.
    Mpadded,
    /// A letter.
    Mi,
    /// A number.
    Mn,
    /// An operator or a fence.
    Mo,
    /// A fraction: above, below.
    Mfrac,
    /// A subscript: base, index.
    Msub,
    /// Something under an operator: operator, index.
    Munder,
    /// Takes room and shows nothing.
    Mphantom,
}

impl Tag {
    /// The element's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Math => "math",
            Self::Mrow => "mrow",
            Self::Mpadded => "mpadded",
            Self::Mi => "mi",
            Self::Mn => "mn",
            Self::Mo => "mo",
            Self::Mfrac => "mfrac",
            Self::Msub => "msub",
            Self::Munder => "munder",
            Self::Mphantom => "mphantom",
        }
    }
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Text, not escaped.
    Text(String),
    /// Elements.
    Children(Vec<Markup>),
}

/// A MathML element as data: a view draws it element by element, [`fmt::Display`] writes it as text.
#[derive(Debug, Clone, PartialEq)]
pub struct Markup {
    /// Which element.
    pub tag: Tag,
    /// Its class: a symbol's colour (`sym-k`), `res` for the result, `blamed` for what makes it impossible.
    pub class: Option<&'static str>,
    /// The symbol it is or stands for; its letter is the attribute `data-sym`.
    pub symbol: Option<Symbol>,
    /// Whether a fence grows with what it encloses; `None` where the attribute is not needed.
    pub stretchy: Option<bool>,
    /// What is inside.
    pub content: Content,
}

impl Markup {
    fn text(tag: Tag, text: impl Into<String>) -> Self {
        Self { tag, class: None, symbol: None, stretchy: None, content: Content::Text(text.into()) }
    }

    fn parent(tag: Tag, children: Vec<Self>) -> Self {
        Self { tag, class: None, symbol: None, stretchy: None, content: Content::Children(children) }
    }

    fn fence(text: &str, stretchy: bool) -> Self {
        Self { stretchy: Some(stretchy), ..Self::text(Tag::Mo, text) }
    }

    fn operator(text: &str) -> Self {
        Self::text(Tag::Mo, text)
    }

    /// One element: `elements` itself if it is one, else a row.
    fn one(mut elements: Vec<Self>) -> Self {
        match (elements.len(), elements.pop()) {
            (1, Some(single)) => single,
            (_, Some(last)) => {
                elements.push(last);
                Self::parent(Tag::Mrow, elements)
            }
            (_, None) => Self::parent(Tag::Mrow, elements),
        }
    }

    /// Ties `self` to the symbol it is or stands for.
    fn tied(self, symbol: Symbol) -> Self {
        // The output has no control: its number is the result, its letter plain.
        if symbol.role == Role::Output {
            let class = (self.tag == Tag::Mn).then_some("res");
            return Self { class, symbol: Some(symbol), ..self };
        }
        let tag = if symbol.role == Role::Input { Tag::Mrow } else { Tag::Mpadded };
        Self { class: Some(symbol.role.class()), symbol: Some(symbol), ..Self::parent(tag, vec![self]) }
    }
}

impl Expr {
    /// The expression in a `math` element.
    pub fn mathml(&self) -> Markup {
        Markup::parent(Tag::Math, elements(self, Place::Alone))
    }
}

/// What `expr` adds to the row it stands in.
fn elements(expr: &Expr, place: Place) -> Vec<Markup> {
    if !expr.bracketed(place, Layout::Stacked) {
        return unbracketed(expr);
    }
    let tall = expr.is_tall();
    let mut row = vec![Markup::fence("(", tall)];
    row.extend(unbracketed(expr));
    row.push(Markup::fence(")", tall));
    // A fence that grows takes the height of its row: here its own.
    if tall { vec![Markup::parent(Tag::Mrow, row)] } else { row }
}

fn unbracketed(expr: &Expr) -> Vec<Markup> {
    match expr {
        Expr::Number { value, symbol } => {
            // An element's text is one number; its sign is an operator before it.
            let shown = format::shown(*value);
            let number = match shown.strip_prefix(MINUS) {
                None => Markup::text(Tag::Mn, shown),
                Some(digits) => Markup::parent(Tag::Mrow, vec![Markup::operator("−"), Markup::text(Tag::Mn, digits)]),
            };
            vec![if let Some(symbol) = symbol { number.tied(*symbol) } else { number }]
        }
        Expr::Symbol(symbol) => vec![letter(*symbol).tied(*symbol)],
        Expr::Name(name) => vec![Markup::text(Tag::Mi, *name)],
        Expr::Sum(terms) => {
            let mut row = Vec::new();
            for (i, (sign, term)) in terms.iter().enumerate() {
                let (mark, place) = match (i, sign) {
                    (0, Sign::Plus) => (None, Place::Alone),
                    (_, Sign::Plus) => (Some("+"), Place::Term),
                    (_, Sign::Minus) => (Some("−"), Place::Term),
                };
                row.extend(mark.map(Markup::operator));
                row.extend(elements(term, place));
            }
            row
        }
        Expr::Product(factors) => {
            let mut row = Vec::new();
            let mut before: Option<&Expr> = None;
            for factor in factors {
                if let Some(before) = before {
                    // U+2062, invisible times: without it a reader may take d(k − 1) for a function's value.
                    let dot = if before.needs_dot(factor, Layout::Stacked) { "·" } else { "\u{2062}" };
                    row.push(Markup::operator(dot));
                }
                row.extend(elements(factor, Place::Factor));
                before = Some(factor);
            }
            row
        }
        Expr::Fraction(above, below) => {
            vec![Markup::parent(Tag::Mfrac, vec![group(above), group(below)])]
        }
        Expr::Floor(inner) => vec![between("⌊", inner, "⌋")],
        Expr::Ceil(inner) => vec![between("⌈", inner, "⌉")],
        Expr::Element(name, indices) => {
            let mut row = vec![Markup::text(Tag::Mi, *name), Markup::fence("[", false)];
            for (i, index) in indices.iter().enumerate() {
                if i > 0 {
                    row.push(Markup::operator(","));
                }
                row.extend(elements(index, Place::Alone));
            }
            row.push(Markup::fence("]", false));
            row
        }
        Expr::Series(index, body) => {
            // A sum of sums is one sign with all the indices below it.
            let (mut indices, mut body) = (vec![Markup::text(Tag::Mi, *index)], body);
            while let Expr::Series(index, inner) = &**body {
                indices.extend([Markup::operator(","), Markup::text(Tag::Mi, *index)]);
                body = inner;
            }
            let operator = vec![Markup::operator("∑"), Markup::one(indices)];
            let mut row = vec![Markup::parent(Tag::Munder, operator)];
            row.extend(elements(body, Place::Term));
            row
        }
        Expr::Equation(sides) => {
            let mut row = Vec::new();
            for (i, side) in sides.iter().enumerate() {
                if i > 0 {
                    row.push(Markup::operator("="));
                }
                row.extend(elements(side, Place::Alone));
            }
            row
        }
        Expr::Phantom(inner) => vec![Markup::parent(Tag::Mphantom, unbracketed(inner))],
        Expr::Blamed(inner) => {
            vec![Markup { class: Some("blamed"), ..Markup::parent(Tag::Mrow, unbracketed(inner)) }]
        }
    }
}

/// `inner` between fences that grow with it.
fn between(open: &str, inner: &Expr, close: &str) -> Markup {
    let mut row = vec![Markup::fence(open, true)];
    row.extend(unbracketed(inner));
    row.push(Markup::fence(close, true));
    Markup::parent(Tag::Mrow, row)
}

fn group(expr: &Expr) -> Markup {
    Markup::one(elements(expr, Place::Alone))
}

fn letter(symbol: Symbol) -> Markup {
    let base = Markup::text(Tag::Mi, symbol.role.letter());
    let Some(index) = symbol.index else { return base };
    let digits = index.letter().chars().all(|c| c.is_ascii_digit());
    let tag = if digits { Tag::Mn } else { Tag::Mi };
    Markup::parent(Tag::Msub, vec![base, Markup::text(tag, index.letter())])
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.tag.name();
        write!(f, "<{name}")?;
        if self.tag == Tag::Math {
            f.write_str(" display=\"block\"")?;
        }
        if self.tag == Tag::Mpadded {
            // Not by the style sheet: Firefox lays MathML out without its padding.
            f.write_str(" depth=\".6em\"")?;
        }
        if let Some(class) = self.class {
            write!(f, " class=\"{class}\"")?;
        }
        if let Some(symbol) = self.symbol {
            write!(f, " data-sym=\"{}\"", symbol.role.letter())?;
        }
        if let Some(stretchy) = self.stretchy {
            write!(f, " stretchy=\"{stretchy}\"")?;
        }
        f.write_str(">")?;
        match &self.content {
            Content::Text(text) => {
                for c in text.chars() {
                    match c {
                        '<' => f.write_str("&lt;")?,
                        '>' => f.write_str("&gt;")?,
                        '&' => f.write_str("&amp;")?,
                        // Written by its number, so that it can be seen in the source.
                        '\u{2062}' => f.write_str("&#x2062;")?,
                        other => write!(f, "{other}")?,
                    }
                }
            }
            Content::Children(children) => {
                for child in children {
                    write!(f, "{child}")?;
                }
            }
        }
        write!(f, "</{name}>")
    }
}
