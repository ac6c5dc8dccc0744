//! The arithmetic of a step below the grids.

use std::cmp::Ordering;

use crate::{
    export::{Anchor, Area, Hatch, Ink, Item, Picture, Text, text_width},
    lab::scene::{Arithmetic, SumRow, Term},
};

/// The most terms of a line, alone and among others, that have their product below them; more are set smaller.
const MOST_LARGE: (usize, usize) = (12, 4);

/// How terms are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Typeset {
    /// Letter, factors and product above each other.
    Large,
    /// Letter and factors beside each other.
    Small,
}

impl Typeset {
    fn height(self) -> f64 {
        match self {
            Self::Large => 64.0,
            Self::Small => 24.0,
        }
    }

    /// Size and baseline of factors and signs.
    fn factors(self) -> (f64, f64) {
        match self {
            Self::Large => (17.0, 34.0),
            Self::Small => (13.0, 17.0),
        }
    }
}

/// Writes the arithmetic in lines of `width`, from `top` down, and says where it ends.
pub(super) fn write(picture: &mut Picture, sum: &Arithmetic, top: f64, width: f64) -> f64 {
    let most = sum.rows.iter().map(|row| row.terms.len()).max().unwrap_or(0);
    let limit = if sum.rows.len() > 1 { MOST_LARGE.1 } else { MOST_LARGE.0 };
    let set = if most > limit { Typeset::Small } else { Typeset::Large };
    let label = sum.rows.iter().map(|row| text_width(&row.label, 13.0, false)).fold(0.0, f64::max);
    let left = if label > 0.0 { label + 16.0 } else { 0.0 };
    let mut flow = Flow { picture, set, left, width: width.max(left + 240.0), x: left, top, height: 0.0 };
    for row in &sum.rows {
        let label = Area { x: 0.0, y: flow.top, w: 0.0, h: set.height() };
        let label = Text::centred(label, 13.0, Ink::Ink2, row.label.as_str());
        flow.picture.text(Text { anchor: Anchor::Start, ..label });
        flow.row(row);
    }
    flow.top
}

/// Things in lines, each as wide as there is room.
struct Flow<'a> {
    picture: &'a mut Picture,
    set: Typeset,
    left: f64,
    width: f64,
    x: f64,
    top: f64,
    /// The height of this line so far.
    height: f64,
}

impl Flow<'_> {
    fn row(&mut self, row: &SumRow) {
        self.sign(row.before, 0.0);
        for (index, term) in row.terms.iter().enumerate() {
            let sign = if index > 0 { row.between } else { "" };
            self.term(sign, term);
        }
        self.sign(&row.after, 0.0);
        if let Some(bias) = &row.bias {
            self.bias(bias, if row.terms.is_empty() { "" } else { "+" });
        }
        if !row.equals.is_empty() {
            self.result(row);
        }
        self.end_line();
    }

    /// Goes to the next line where `width` is more than what is left of this one.
    fn reserve(&mut self, width: f64, height: f64) {
        if self.x > self.left && self.x + width > self.width {
            self.end_line();
        }
        self.height = self.height.max(height);
    }

    fn end_line(&mut self) {
        self.top += self.height + 8.0;
        (self.x, self.height) = (self.left, 0.0);
    }

    /// A sign on the line of the factors; `more` is the width of what must not be parted from it.
    fn sign(&mut self, sign: &str, more: f64) {
        if sign.is_empty() {
            return;
        }
        let (size, baseline) = self.set.factors();
        let width = text_width(sign, size, false);
        self.reserve(width + 8.0 + more, self.set.height());
        let at = Area { x: self.x, y: self.top + baseline, w: width + 8.0, h: 0.0 };
        self.picture.text(centred(at, size, Ink::Ink3, sign));
        self.x += at.w;
    }

    fn term(&mut self, sign: &str, term: &Term) {
        let (size, baseline) = self.set.factors();
        let letter = term.letter.as_deref().unwrap_or("");
        let factors = text_width(&term.factors, size, term.won);
        let letter_width = text_width(letter, 12.0, true);
        let width = match self.set {
            Typeset::Large => factors.max(letter_width).max(text_width(&term.product, 15.0, true)) + 12.0,
            Typeset::Small => factors + letter_width + if letter.is_empty() { 6.0 } else { 9.0 },
        };
        self.sign(sign, width);
        self.reserve(width, self.set.height());
        let at = Area { x: self.x, y: self.top, w: width, h: self.set.height() };
        self.x += width;
        if term.lit {
            self.picture.fill(at, Ink::Lens);
        }
        let own = |ink: Ink| match (term.lit, term.waiting) {
            (true, _) => Ink::OnLens,
            (_, true) => Ink::Ink3,
            _ => ink,
        };
        let line = |y: f64| Area { y: at.y + y, h: 0.0, ..at };
        // The widths are those of the widest font; the line below is for the usual one.
        let under = factors / 1.1;
        let (middle, thick) = match self.set {
            Typeset::Large => {
                self.picture.text(centred(line(14.0), 12.0, own(Ink::Lens), letter).bold(true));
                let ink = match crate::lab::scene::sign(term.value) {
                    Ordering::Greater => Ink::Pos,
                    Ordering::Less => Ink::Neg,
                    Ordering::Equal => Ink::Ink2,
                };
                let bold = term.value != 0.0;
                self.picture.text(centred(line(60.0), 15.0, own(ink), &term.product).bold(bold));
                (at.x + width / 2.0, 2.0)
            }
            Typeset::Small => {
                let at = (at.x + 3.0, at.y + baseline);
                self.picture.text(Text::new(at, 12.0, own(Ink::Lens), letter).bold(true));
                (at.0 + letter_width + if letter.is_empty() { 0.0 } else { 3.0 } + factors / 2.0, 1.0)
            }
        };
        let thick = if term.won { thick * 2.0 } else { thick };
        let below = Area { x: middle - under / 2.0, y: at.y + baseline + 4.0, w: under, h: thick };
        let place = Area { x: middle, w: 0.0, ..line(baseline) };
        self.picture.text(centred(place, size, own(Ink::Ink), &term.factors).bold(term.won));
        if term.padding && !term.lit {
            self.picture.items.push(Item::Hatch(Area { h: thick * 2.0, ..below }, Hatch::Padding));
        } else {
            self.picture.fill(below, own(Ink::Lens));
        }
    }

    fn bias(&mut self, bias: &str, sign: &str) {
        let (size, baseline) = self.set.factors();
        let number = text_width(bias, size, false);
        let width = number.max(text_width("bias", 12.0, true)) + 12.0;
        self.sign(sign, width);
        self.reserve(width, self.set.height());
        let at = Area { x: self.x, y: self.top, w: width, h: 0.0 };
        let word = if self.set == Typeset::Large { 14.0 } else { baseline + 14.0 };
        self.picture.text(centred(Area { y: at.y + word, ..at }, 12.0, Ink::Ink2, "bias").bold(true));
        self.picture.text(centred(Area { y: at.y + baseline, ..at }, size, Ink::Ink, bias));
        if self.set == Typeset::Large {
            for below in [4.0, 7.0] {
                let line = Area { x: at.x + (width - number) / 2.0, y: at.y + baseline + below, w: number, h: 1.0 };
                self.picture.fill(line, Ink::Ink2);
            }
        }
        self.x += width;
    }

    /// The equals sign and the result, which stay together.
    fn result(&mut self, row: &SumRow) {
        let size = if row.part { self.set.factors().0 + 3.0 } else { 40.0 };
        let result = row.result.as_deref().unwrap_or("·");
        let equals = text_width(row.equals, size, false) + 16.0;
        let width = (text_width(result, size, true) + size * 0.6).max(size * 1.4);
        let height = (size * 1.4).max(self.set.height());
        self.reserve(equals + width, height);
        // A part's stands on the line of the factors, the whole in the middle of all.
        let (factors, baseline) = self.set.factors();
        let middle = self.top + if row.part { baseline - factors * 0.36 } else { height / 2.0 };
        let at = Area { x: self.x, y: middle, w: equals, h: 0.0 };
        self.picture.text(Text::centred(at, size, Ink::Ink3, row.equals));
        let place = Area { x: at.right(), y: middle - size * 0.7, w: width, h: size * 1.4 };
        let ink = if row.part {
            self.picture.outline(place, Ink::Ink, 1.5);
            Ink::Ink
        } else {
            self.picture.fill(place, Ink::Ink);
            Ink::OnInk
        };
        self.picture.text(Text::centred(place, size, ink, result).bold(true));
        self.x += equals + width;
    }
}

/// A text in the middle of a line, on its lower edge.
fn centred(line: Area, size: f64, ink: Ink, text: &str) -> Text {
    Text { at: (line.x + line.w / 2.0, line.y), ..Text::centred(line, size, ink, text) }
}
