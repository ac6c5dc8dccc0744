//! MathML Core as a tree of elements.

use crate::{
    markup::Markup,
    num::format::{self, MINUS},
};

use super::expr::{Expr, Layout, Place, Role, Sign, Symbol};

/// Without it a reader may take d(k − 1) for a function's value.
const INVISIBLE_TIMES: &str = "\u{2062}";

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
    /// A square root.
    Msqrt,
    /// A subscript: base, index.
    Msub,
    /// A superscript: base, exponent.
    Msup,
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
            Self::Msqrt => "msqrt",
            Self::Msub => "msub",
            Self::Msup => "msup",
            Self::Munder => "munder",
            Self::Mphantom => "mphantom",
        }
    }
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Text.
    Text(String),
    /// Elements.
    Children(Vec<Element>),
}

/// A MathML element as data.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
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

impl Element {
    /// The element with all that is in it.
    pub fn markup(&self) -> Markup {
        let mut markup = Markup::default();
        self.write(&mut markup);
        markup
    }

    fn write(&self, out: &mut Markup) {
        let name = self.tag.name();
        out.push_raw("<").push_raw(name);
        if self.tag == Tag::Math {
            out.push_raw(" display=\"block\"");
        }
        if self.tag == Tag::Mpadded {
            // Not by the style sheet: Firefox lays MathML out without its padding.
            out.push_raw(" depth=\".6em\"");
        }
        if let Some(class) = self.class {
            out.push_raw(" class=\"").push_text(class).push_raw("\"");
        }
        if let Some(symbol) = self.symbol {
            out.push_raw(" data-sym=\"").push_text(symbol.role.letter()).push_raw("\"");
        }
        if let Some(stretchy) = self.stretchy {
            out.push_raw(if stretchy { " stretchy=\"true\"" } else { " stretchy=\"false\"" });
        }
        out.push_raw(">");
        match &self.content {
            // Written by its number, so that it can be seen in the source.
            Content::Text(text) if text == INVISIBLE_TIMES => {
                out.push_raw("&#x2062;");
            }
            Content::Text(text) => {
                out.push_text(text);
            }
            Content::Children(children) => {
                for child in children {
                    child.write(out);
                }
            }
        }
        out.push_raw("</").push_raw(name).push_raw(">");
    }

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
    pub fn mathml(&self) -> Element {
        Element::parent(Tag::Math, elements(self, Place::Alone))
    }
}

/// What `expr` adds to the row it stands in.
fn elements(expr: &Expr, place: Place) -> Vec<Element> {
    if !expr.bracketed(place, Layout::Stacked) {
        return unbracketed(expr);
    }
    let tall = expr.is_tall();
    let mut row = vec![Element::fence("(", tall)];
    row.extend(unbracketed(expr));
    row.push(Element::fence(")", tall));
    // A fence that grows takes the height of its row: here its own.
    if tall { vec![Element::parent(Tag::Mrow, row)] } else { row }
}

fn unbracketed(expr: &Expr) -> Vec<Element> {
    match expr {
        Expr::Number { value, symbol } => {
            // An element's text is one number; its sign is an operator before it.
            let shown = format::shown(*value);
            let number = match shown.strip_prefix(MINUS) {
                None => Element::text(Tag::Mn, shown),
                Some(digits) => {
                    Element::parent(Tag::Mrow, vec![Element::operator("−"), Element::text(Tag::Mn, digits)])
                }
            };
            vec![if let Some(symbol) = symbol { number.tied(*symbol) } else { number }]
        }
        Expr::Symbol(symbol) => vec![letter(*symbol).tied(*symbol)],
        Expr::Name(name) => vec![Element::text(Tag::Mi, *name)],
        Expr::Sum(terms) => {
            let mut row = Vec::new();
            for (i, (sign, term)) in terms.iter().enumerate() {
                let (mark, place) = match (i, sign) {
                    (0, Sign::Plus) => (None, Place::Alone),
                    (_, Sign::Plus) => (Some("+"), Place::Term),
                    (_, Sign::Minus) => (Some("−"), Place::Term),
                };
                row.extend(mark.map(Element::operator));
                row.extend(elements(term, place));
            }
            row
        }
        Expr::Product(factors) => {
            let mut row = Vec::new();
            let mut before: Option<&Expr> = None;
            for factor in factors {
                if let Some(before) = before {
                    let dot = if before.needs_dot(factor, Layout::Stacked) { "·" } else { INVISIBLE_TIMES };
                    row.push(Element::operator(dot));
                }
                row.extend(elements(factor, Place::Factor));
                before = Some(factor);
            }
            row
        }
        Expr::Fraction(above, below) => vec![Element::parent(Tag::Mfrac, vec![group(above), group(below)])],
        Expr::Floor(inner) => vec![between("⌊", inner, "⌋")],
        Expr::Ceil(inner) => vec![between("⌈", inner, "⌉")],
        Expr::Root(inner) => vec![Element::parent(Tag::Msqrt, unbracketed(inner))],
        Expr::Square(inner) => {
            let base = Element::one(elements(inner, Place::Factor));
            vec![Element::parent(Tag::Msup, vec![base, Element::text(Tag::Mn, "2")])]
        }
        Expr::Call(name, inner) => vec![Element::text(Tag::Mi, *name), between("(", inner, ")")],
        Expr::Element(name, indices) => {
            let mut row = vec![Element::text(Tag::Mi, *name), Element::fence("[", false)];
            for (i, index) in indices.iter().enumerate() {
                if i > 0 {
                    row.push(Element::operator(","));
                }
                row.extend(elements(index, Place::Alone));
            }
            row.push(Element::fence("]", false));
            row
        }
        Expr::Series(index, body) => series(index, body),
        Expr::Equation(sides) => {
            let mut row = Vec::new();
            for (i, side) in sides.iter().enumerate() {
                if i > 0 {
                    row.push(Element::operator("="));
                }
                row.extend(elements(side, Place::Alone));
            }
            row
        }
        Expr::Phantom(inner) => vec![Element::parent(Tag::Mphantom, unbracketed(inner))],
        Expr::Blamed(inner) => {
            vec![Element { class: Some("blamed"), ..Element::parent(Tag::Mrow, unbracketed(inner)) }]
        }
    }
}

/// A sum of sums is one sign with all the indices below it.
fn series(index: &'static str, mut body: &Expr) -> Vec<Element> {
    let mut indices = vec![Element::text(Tag::Mi, index)];
    while let Expr::Series(index, inner) = body {
        indices.extend([Element::operator(","), Element::text(Tag::Mi, *index)]);
        body = inner;
    }
    let operator = vec![Element::operator("∑"), Element::one(indices)];
    let mut row = vec![Element::parent(Tag::Munder, operator)];
    row.extend(elements(body, Place::Term));
    row
}

/// `inner` between fences that grow with it.
fn between(open: &str, inner: &Expr, close: &str) -> Element {
    let mut row = vec![Element::fence(open, true)];
    row.extend(unbracketed(inner));
    row.push(Element::fence(close, true));
    Element::parent(Tag::Mrow, row)
}

fn group(expr: &Expr) -> Element {
    Element::one(elements(expr, Place::Alone))
}

fn letter(symbol: Symbol) -> Element {
    let base = Element::text(Tag::Mi, symbol.role.letter());
    let Some(index) = symbol.index else { return base };
    let digits = index.letter().chars().all(|c| c.is_ascii_digit());
    let tag = if digits { Tag::Mn } else { Tag::Mi };
    Element::parent(Tag::Msub, vec![base, Element::text(tag, index.letter())])
}
