//! A picture as an SVG file that needs nothing else, or as a part of the page that follows its tokens.

use std::ops::Range;

use super::{Anchor, Area, Hatch, Ink, Item, Palette, Picture, Stroke, Text, push_hex, push_number};
use crate::{markup::Markup, plot::Rgb};

/// Writes `picture` as an SVG file of its own: no style sheet, no font and no other file is asked for.
///
/// Any text can be on it: what XML has no place for is replaced.
pub fn svg(picture: &Picture, palette: &Palette) -> String {
    let mut svg = Svg { out: Markup::with_capacity(256 + picture.items.len() * 90), palette: Some(palette) };
    svg.picture(picture);
    svg.out.into_string()
}

/// Writes `picture` as an element of a page that has the tokens: its colours are theirs, in either theme, its font is the
/// page's, and it is as large as its place.
pub fn inline_svg(picture: &Picture) -> Markup {
    let mut svg = Svg { out: Markup::with_capacity(256 + picture.items.len() * 90), palette: None };
    svg.picture(picture);
    svg.out
}

/// Elements of a picture on the page and what comes in their place when another picture does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redrawn {
    /// Which of the `svg` element's children.
    pub children: Range<usize>,
    /// What stands there then.
    pub markup: Markup,
}

/// What differs between two pictures as [`inline_svg`] writes them, no two of them about one child: a step changes a few
/// elements of thousands, and what is not touched is neither read nor styled anew.
///
/// `None` where all is to be written anew: the size, the hatches, or whether there is a title differ.
pub fn redrawn(before: &Picture, after: &Picture) -> Option<Vec<Redrawn>> {
    let frame = |picture: &Picture| {
        (picture.width, picture.height, [&picture.title, &picture.description].map(String::is_empty), hatches(picture))
    };
    let frames = (frame(before), frame(after));
    if frames.0 != frames.1 {
        return None;
    }
    let (.., empty, hatches) = frames.1;
    let words = empty.iter().filter(|empty| !**empty).count();
    let mut redrawn = Vec::new();
    let mut add = |children: Range<usize>, write: &dyn Fn(&mut Svg)| {
        let mut svg = Svg { out: Markup::default(), palette: None };
        write(&mut svg);
        redrawn.push(Redrawn { children, markup: svg.out });
    };
    let first = words + hatches.iter().filter(|there| **there).count();
    for Change { before: old, after: new } in changes(&before.items, &after.items) {
        let items = after.items.get(new).unwrap_or_default();
        add(first + old.start..first + old.end, &|svg| items.iter().for_each(|item| svg.item(item)));
    }
    if (&before.title, &before.description) != (&after.title, &after.description) {
        add(0..words, &|svg| svg.words(after));
    }
    Some(redrawn)
}

/// Items that others replace.
struct Change {
    before: Range<usize>,
    after: Range<usize>,
}

/// Where two lists differ: what they have in common at both ends stays, and between where both are as long.
fn changes(before: &[Item], after: &[Item]) -> Vec<Change> {
    let same = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let rest = (before.get(same..).unwrap_or_default(), after.get(same..).unwrap_or_default());
    let tail = rest.0.iter().rev().zip(rest.1.iter().rev()).take_while(|(a, b)| a == b).count();
    let ends = (before.len() - tail, after.len() - tail);
    if ends.0 != ends.1 {
        return vec![Change { before: same..ends.0, after: same..ends.1 }];
    }
    let differs = |at: &usize| before.get(*at) != after.get(*at);
    let change = |at| Change { before: at..at + 1, after: at..at + 1 };
    (same..ends.0).filter(differs).map(change).collect()
}

/// The hatches, and which of them a picture has.
const HATCHES: [Hatch; 2] = [Hatch::Padding, Hatch::Unread];

fn hatches(picture: &Picture) -> [bool; 2] {
    HATCHES.map(|hatch| picture.items.iter().any(|item| matches!(item, Item::Hatch(_, found) if *found == hatch)))
}

struct Svg<'a> {
    out: Markup,
    /// The colours; `None` for the page's tokens.
    palette: Option<&'a Palette>,
}

impl Svg<'_> {
    fn picture(&mut self, picture: &Picture) {
        let (width, height) = (picture.width, picture.height);
        self.out.push_raw("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"");
        if self.palette.is_some() {
            self.number("width", width);
            self.number("height", height);
        }
        self.out.push_raw(" viewBox=\"0 0 ");
        self.digits(width);
        self.out.push_raw(" ");
        self.digits(height);
        // Most texts are numbers in the middle of their cells.
        self.out.push_raw("\" text-anchor=\"middle\" font-variant=\"tabular-nums");
        if let Some(palette) = self.palette {
            self.out.push_raw("\" font-family=\"");
            self.out.push_text(&palette.font);
        }
        self.out.push_raw("\">");
        self.end_line();
        self.words(picture);
        for (hatch, is_there) in HATCHES.into_iter().zip(hatches(picture)) {
            if is_there {
                self.pattern(hatch);
            }
        }
        if self.palette.is_some() {
            self.rect(Area { x: 0.0, y: 0.0, w: width, h: height });
            self.colour("fill", Ink::Paper);
            self.out.push_raw("/>");
            self.end_line();
        }
        for item in &picture.items {
            self.item(item);
        }
        self.out.push_raw("</svg>");
        self.end_line();
    }

    /// What is said of it to who can't see it.
    fn words(&mut self, picture: &Picture) {
        for (tag, text) in [("title", &picture.title), ("desc", &picture.description)] {
            if !text.is_empty() {
                self.open(tag);
                self.out.push_raw(">");
                self.out.push_text(text);
                self.close(tag);
            }
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Rect(area, fill, stroke) => {
                self.rect(*area);
                match fill {
                    Some(ink) => self.colour("fill", *ink),
                    None => {
                        self.out.push_raw(" fill=\"none\"");
                    }
                }
                if let Some(stroke) = stroke {
                    self.stroke(*stroke);
                }
            }
            Item::Hatch(area, hatch) => {
                self.rect(*area);
                self.out.push_raw(" fill=\"url(#");
                self.out.push_raw(name(*hatch));
                self.out.push_raw(")\"");
            }
            Item::Disc((x, y), radius, ink) => {
                self.open("circle");
                self.number("cx", *x);
                self.number("cy", *y);
                self.number("r", *radius);
                self.colour("fill", *ink);
            }
            Item::Shape(points, ink) => {
                self.open("polygon");
                self.points(points);
                self.colour("fill", *ink);
            }
            Item::Line(points, stroke) => {
                self.open("polyline");
                self.points(points);
                self.out.push_raw(" fill=\"none\"");
                self.stroke(*stroke);
            }
            Item::Text(text) => return self.text(text),
        }
        self.out.push_raw("/>");
        self.end_line();
    }

    fn text(&mut self, text: &Text) {
        self.open("text");
        self.number("x", text.at.0);
        self.number("y", text.at.1);
        self.number("font-size", text.size);
        if text.bold {
            self.out.push_raw(" font-weight=\"700\"");
        }
        self.out.push_raw(match text.anchor {
            Anchor::Middle => "",
            Anchor::Start => " text-anchor=\"start\"",
            Anchor::End => " text-anchor=\"end\"",
        });
        self.colour("fill", text.ink);
        if text.halo {
            self.stroke(Stroke { ink: Ink::Paper, width: 4.0 });
            self.out.push_raw(" stroke-linejoin=\"round\" paint-order=\"stroke\"");
        }
        self.out.push_raw(">");
        self.out.push_text(&text.text);
        self.close("text");
    }

    fn pattern(&mut self, hatch: Hatch) {
        let (gap, turn) = match hatch {
            Hatch::Padding => ("6", "25"),
            Hatch::Unread => ("7", "-25"),
        };
        let (lines, under) = hatch.inks();
        for part in [
            "<pattern id=\"",
            name(hatch),
            "\" width=\"",
            gap,
            "\" height=\"",
            gap,
            "\" patternUnits=\"userSpaceOnUse\"",
        ] {
            self.out.push_raw(part);
        }
        for part in [" patternTransform=\"rotate(", turn, ")\"><rect width=\"", gap, "\" height=\"", gap, "\""] {
            self.out.push_raw(part);
        }
        self.colour("fill", under);
        self.out.push_raw("/><rect width=\"1\" height=\"");
        self.out.push_raw(gap);
        self.out.push_raw("\"");
        self.colour("fill", lines);
        self.out.push_raw("/></pattern>");
        self.end_line();
    }

    fn open(&mut self, tag: &'static str) {
        self.out.push_raw("<");
        self.out.push_raw(tag);
    }

    fn close(&mut self, tag: &'static str) {
        self.out.push_raw("</");
        self.out.push_raw(tag);
        self.out.push_raw(">");
        self.end_line();
    }

    /// Files have lines; on the page, the element's children are what is drawn and nothing else.
    fn end_line(&mut self) {
        if self.palette.is_some() {
            self.out.push_raw("\n");
        }
    }

    fn rect(&mut self, area: Area) {
        self.open("rect");
        self.number("x", area.x);
        self.number("y", area.y);
        self.number("width", area.w);
        self.number("height", area.h);
    }

    fn points(&mut self, points: &[(f64, f64)]) {
        self.out.push_raw(" points=\"");
        for (index, (x, y)) in points.iter().enumerate() {
            if index > 0 {
                self.out.push_raw(" ");
            }
            self.digits(*x);
            self.out.push_raw(",");
            self.digits(*y);
        }
        self.out.push_raw("\"");
    }

    fn stroke(&mut self, stroke: Stroke) {
        self.colour("stroke", stroke.ink);
        self.number("stroke-width", stroke.width);
    }

    fn number(&mut self, name: &'static str, value: f64) {
        self.attribute(name);
        self.digits(value);
        self.out.push_raw("\"");
    }

    fn colour(&mut self, name: &'static str, ink: Ink) {
        self.attribute(name);
        if let Some(palette) = self.palette {
            self.out.push_raw("#");
            self.hex(palette.colour(ink));
        } else {
            self.token(ink);
        }
        self.out.push_raw("\"");
    }

    /// A colour as the style sheet mixes it.
    fn token(&mut self, ink: Ink) {
        let (over, share, under) = ink.recipe();
        if over == under {
            for part in ["var(", over.name(), ")"] {
                self.out.push_raw(part);
            }
            return;
        }
        for part in ["color-mix(in srgb, var(", over.name(), ") "] {
            self.out.push_raw(part);
        }
        self.digits(share * 100.0);
        for part in ["%, var(", under.name(), "))"] {
            self.out.push_raw(part);
        }
    }

    fn digits(&mut self, value: f64) {
        let mut digits = String::new();
        push_number(&mut digits, value);
        self.out.push_text(&digits);
    }

    fn hex(&mut self, colour: Rgb) {
        let mut digits = String::new();
        push_hex(&mut digits, colour);
        self.out.push_text(&digits);
    }

    fn attribute(&mut self, name: &'static str) {
        self.out.push_raw(" ");
        self.out.push_raw(name);
        self.out.push_raw("=\"");
    }
}

fn name(hatch: Hatch) -> &'static str {
    match hatch {
        Hatch::Padding => "padding",
        Hatch::Unread => "unread",
    }
}
