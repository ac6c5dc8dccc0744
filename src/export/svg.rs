//! A picture as an SVG file that needs nothing else, or as a part of the page that follows its tokens.

use super::{Anchor, Area, Hatch, Ink, Item, Palette, Picture, Stroke, Text, push_hex, push_number};

/// Writes `picture` as an SVG file of its own: no style sheet, no font and no other file is asked for.
///
/// Any text can be on it: what XML has no place for is replaced.
pub fn svg(picture: &Picture, palette: &Palette) -> String {
    let mut svg = Svg { out: String::with_capacity(256 + picture.items.len() * 90), palette: Some(palette) };
    svg.picture(picture);
    svg.out
}

/// Writes `picture` as an element of a page that has the tokens: its colours are theirs, in either theme, its font is the
/// page's, and it is as large as its place.
pub fn inline_svg(picture: &Picture) -> String {
    let mut svg = Svg { out: String::with_capacity(256 + picture.items.len() * 90), palette: None };
    svg.picture(picture);
    svg.out
}

struct Svg<'a> {
    out: String,
    /// The colours; `None` for the page's tokens.
    palette: Option<&'a Palette>,
}

impl Svg<'_> {
    fn picture(&mut self, picture: &Picture) {
        let (width, height) = (picture.width, picture.height);
        self.out.push_str("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"");
        if self.palette.is_some() {
            self.number("width", width);
            self.number("height", height);
        }
        self.out.push_str(" viewBox=\"0 0 ");
        push_number(&mut self.out, width);
        self.out.push(' ');
        push_number(&mut self.out, height);
        // Most texts are numbers in the middle of their cells.
        self.out.push_str("\" text-anchor=\"middle\" font-variant=\"tabular-nums");
        if let Some(palette) = self.palette {
            self.out.push_str("\" font-family=\"");
            push_escaped(&mut self.out, &palette.font);
        }
        self.out.push_str("\">\n");
        for (tag, text) in [("title", &picture.title), ("desc", &picture.description)] {
            if !text.is_empty() {
                self.open(tag);
                self.out.push('>');
                push_escaped(&mut self.out, text);
                self.close(tag);
            }
        }
        for hatch in [Hatch::Padding, Hatch::Unread] {
            if picture.items.iter().any(|item| matches!(item, Item::Hatch(_, found) if *found == hatch)) {
                self.pattern(hatch);
            }
        }
        if self.palette.is_some() {
            self.rect(Area { x: 0.0, y: 0.0, w: width, h: height });
            self.colour("fill", Ink::Paper);
            self.out.push_str("/>\n");
        }
        for item in &picture.items {
            self.item(item);
        }
        self.out.push_str("</svg>\n");
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Rect(area, fill, stroke) => {
                self.rect(*area);
                match fill {
                    Some(ink) => self.colour("fill", *ink),
                    None => self.out.push_str(" fill=\"none\""),
                }
                if let Some(stroke) = stroke {
                    self.stroke(*stroke);
                }
            }
            Item::Hatch(area, hatch) => {
                self.rect(*area);
                self.out.push_str(" fill=\"url(#");
                self.out.push_str(name(*hatch));
                self.out.push_str(")\"");
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
                self.out.push_str(" fill=\"none\"");
                self.stroke(*stroke);
            }
            Item::Text(text) => return self.text(text),
        }
        self.out.push_str("/>\n");
    }

    fn text(&mut self, text: &Text) {
        self.open("text");
        self.number("x", text.at.0);
        self.number("y", text.at.1);
        self.number("font-size", text.size);
        if text.bold {
            self.out.push_str(" font-weight=\"700\"");
        }
        match text.anchor {
            Anchor::Middle => {}
            Anchor::Start => self.out.push_str(" text-anchor=\"start\""),
            Anchor::End => self.out.push_str(" text-anchor=\"end\""),
        }
        self.colour("fill", text.ink);
        if text.halo {
            self.stroke(Stroke { ink: Ink::Paper, width: 4.0 });
            self.out.push_str(" stroke-linejoin=\"round\" paint-order=\"stroke\"");
        }
        self.out.push('>');
        push_escaped(&mut self.out, &text.text);
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
            self.out.push_str(part);
        }
        for part in [" patternTransform=\"rotate(", turn, ")\"><rect width=\"", gap, "\" height=\"", gap, "\""] {
            self.out.push_str(part);
        }
        self.colour("fill", under);
        self.out.push_str("/><rect width=\"1\" height=\"");
        self.out.push_str(gap);
        self.out.push('"');
        self.colour("fill", lines);
        self.out.push_str("/></pattern>\n");
    }

    fn open(&mut self, tag: &str) {
        self.out.push('<');
        self.out.push_str(tag);
    }

    fn close(&mut self, tag: &str) {
        self.out.push_str("</");
        self.out.push_str(tag);
        self.out.push_str(">\n");
    }

    fn rect(&mut self, area: Area) {
        self.open("rect");
        self.number("x", area.x);
        self.number("y", area.y);
        self.number("width", area.w);
        self.number("height", area.h);
    }

    fn points(&mut self, points: &[(f64, f64)]) {
        self.out.push_str(" points=\"");
        for (index, (x, y)) in points.iter().enumerate() {
            if index > 0 {
                self.out.push(' ');
            }
            push_number(&mut self.out, *x);
            self.out.push(',');
            push_number(&mut self.out, *y);
        }
        self.out.push('"');
    }

    fn stroke(&mut self, stroke: Stroke) {
        self.colour("stroke", stroke.ink);
        self.number("stroke-width", stroke.width);
    }

    fn number(&mut self, name: &str, value: f64) {
        self.attribute(name);
        push_number(&mut self.out, value);
        self.out.push('"');
    }

    fn colour(&mut self, name: &str, ink: Ink) {
        self.attribute(name);
        if let Some(palette) = self.palette {
            self.out.push('#');
            push_hex(&mut self.out, palette.colour(ink));
        } else {
            self.token(ink);
        }
        self.out.push('"');
    }

    /// A colour as the style sheet mixes it.
    fn token(&mut self, ink: Ink) {
        let (over, share, under) = ink.recipe();
        if over == under {
            for part in ["var(", over, ")"] {
                self.out.push_str(part);
            }
            return;
        }
        for part in ["color-mix(in srgb, var(", over, ") "] {
            self.out.push_str(part);
        }
        push_number(&mut self.out, share * 100.0);
        for part in ["%, var(", under, "))"] {
            self.out.push_str(part);
        }
    }

    fn attribute(&mut self, name: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
    }
}

fn name(hatch: Hatch) -> &'static str {
    match hatch {
        Hatch::Padding => "padding",
        Hatch::Unread => "unread",
    }
}

/// Writes `text` as content or attribute. Characters that XML excludes, even escaped, become U+FFFD.
fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}
