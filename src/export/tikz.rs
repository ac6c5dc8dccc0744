//! A picture as a `TikZ` picture.

use super::{Anchor, Area, Hatch, Ink, Item, Palette, Picture, Stroke, Text, push_hex, push_number, tex};

/// Writes `picture` for a document that has `\usepackage{tikz}` and `\usetikzlibrary{patterns}`.
///
/// A unit is a CSS pixel, 0.75 points; y points up, as everywhere in `TikZ`.
pub fn tikz(picture: &Picture, palette: &Palette) -> String {
    let mut tikz = Tikz { out: String::with_capacity(512 + picture.items.len() * 80), height: picture.height };
    tikz.out.push_str("% Needs \\usepackage{tikz} and \\usetikzlibrary{patterns}.\n");
    tikz.out.push_str("\\begin{tikzpicture}[x=0.75bp, y=0.75bp, every node/.style={inner sep=0, outer sep=0}]\n");
    tikz.colours(picture, palette);
    let paper = Area { x: 0.0, y: 0.0, w: picture.width, h: picture.height };
    tikz.item(&Item::Rect(paper, Some(Ink::Paper), None));
    for item in &picture.items {
        tikz.item(item);
    }
    tikz.out.push_str("\\end{tikzpicture}\n");
    tikz.out
}

/// The same as a document of its own, as large as the picture.
pub fn document(picture: &Picture, palette: &Palette) -> String {
    let tikz = tikz(picture, palette);
    let head = "\\documentclass[tikz]{standalone}\n\\usetikzlibrary{patterns}\n\\begin{document}\n";
    [head, &tikz, "\\end{document}\n"].concat()
}

struct Tikz {
    out: String,
    height: f64,
}

impl Tikz {
    /// Defines the colours that occur, inside the picture: a document's own stay what they are.
    fn colours(&mut self, picture: &Picture, palette: &Palette) {
        let mut used = vec![Ink::Paper];
        for item in &picture.items {
            for ink in inks(item) {
                if let Some(ink) = ink
                    && !used.contains(&ink)
                {
                    used.push(ink);
                }
            }
        }
        for ink in used {
            self.out.push_str("  \\definecolor{");
            push_name(&mut self.out, ink);
            self.out.push_str("}{HTML}{");
            let start = self.out.len();
            push_hex(&mut self.out, palette.colour(ink));
            // xcolor asks for capital digits.
            if let Some(digits) = self.out.get_mut(start..) {
                digits.make_ascii_uppercase();
            }
            self.out.push_str("}\n");
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Rect(area, fill, stroke) => {
                self.out.push_str("  \\path[");
                if let Some(ink) = fill {
                    self.out.push_str("fill=");
                    push_name(&mut self.out, *ink);
                }
                if let Some(stroke) = stroke {
                    self.out.push_str(if fill.is_some() { ", draw=" } else { "draw=" });
                    self.stroke(*stroke);
                }
                self.out.push_str("] ");
                self.area(*area);
            }
            Item::Hatch(area, hatch) => {
                let pattern = match hatch {
                    Hatch::Padding => "north east lines",
                    Hatch::Unread => "north west lines",
                };
                let (lines, under) = hatch.inks();
                self.out.push_str("  \\path[preaction={fill=");
                push_name(&mut self.out, under);
                self.out.push_str("}, pattern=");
                self.out.push_str(pattern);
                self.out.push_str(", pattern color=");
                push_name(&mut self.out, lines);
                self.out.push_str("] ");
                self.area(*area);
            }
            Item::Disc(at, radius, ink) => {
                self.out.push_str("  \\fill[");
                push_name(&mut self.out, *ink);
                self.out.push_str("] ");
                self.point(*at);
                self.out.push_str(" circle[radius=");
                push_number(&mut self.out, *radius);
                self.out.push(']');
            }
            Item::Shape(points, ink) => {
                self.out.push_str("  \\fill[");
                push_name(&mut self.out, *ink);
                self.out.push_str("] ");
                self.points(points);
                self.out.push_str(" -- cycle");
            }
            Item::Line(points, stroke) => {
                self.out.push_str("  \\draw[");
                self.stroke(*stroke);
                self.out.push_str("] ");
                self.points(points);
            }
            Item::Text(text) => self.text(text),
        }
        self.out.push_str(";\n");
    }

    fn text(&mut self, text: &Text) {
        self.out.push_str("  \\node[anchor=");
        self.out.push_str(match text.anchor {
            Anchor::Start => "base west",
            Anchor::Middle => "base",
            Anchor::End => "base east",
        });
        self.out.push_str(", text=");
        push_name(&mut self.out, text.ink);
        if text.halo {
            self.out.push_str(", fill=");
            push_name(&mut self.out, Ink::Paper);
        }
        self.out.push_str(", font=\\sffamily");
        if text.bold {
            self.out.push_str("\\bfseries\\boldmath");
        }
        self.out.push_str("\\fontsize{");
        push_number(&mut self.out, text.size * 0.75);
        self.out.push_str("bp}{");
        push_number(&mut self.out, text.size);
        self.out.push_str("bp}\\selectfont] at ");
        self.point(text.at);
        self.out.push_str(" {");
        self.out.push_str(&tex::text(&text.text));
        self.out.push('}');
    }

    fn stroke(&mut self, stroke: Stroke) {
        push_name(&mut self.out, stroke.ink);
        self.out.push_str(", line width=");
        push_number(&mut self.out, stroke.width * 0.75);
        self.out.push_str("bp");
    }

    fn area(&mut self, area: Area) {
        self.point((area.x, area.y));
        self.out.push_str(" rectangle ");
        self.point((area.right(), area.bottom()));
    }

    fn points(&mut self, points: &[(f64, f64)]) {
        for (index, point) in points.iter().enumerate() {
            if index > 0 {
                self.out.push_str(" -- ");
            }
            self.point(*point);
        }
    }

    fn point(&mut self, (x, y): (f64, f64)) {
        self.out.push('(');
        push_number(&mut self.out, x);
        self.out.push_str(", ");
        push_number(&mut self.out, self.height - y);
        self.out.push(')');
    }
}

/// The colours of an item.
fn inks(item: &Item) -> [Option<Ink>; 2] {
    match item {
        Item::Rect(_, fill, stroke) => [*fill, stroke.map(|stroke| stroke.ink)],
        Item::Hatch(_, hatch) => {
            let (lines, under) = hatch.inks();
            [Some(lines), Some(under)]
        }
        Item::Disc(_, _, ink) | Item::Shape(_, ink) => [Some(*ink), None],
        Item::Line(_, stroke) => [Some(stroke.ink), None],
        Item::Text(text) => [Some(text.ink), None],
    }
}

/// Writes a colour's name, which no document has for another colour.
fn push_name(out: &mut String, ink: Ink) {
    out.push_str("receptive");
    out.push_str(match ink {
        Ink::Paper => "Paper",
        Ink::Cell => "Cell",
        Ink::Rule => "Rule",
        Ink::Edge => "Edge",
        Ink::Ink => "Ink",
        Ink::Ink2 => "Ink2",
        Ink::Ink3 => "Ink3",
        Ink::OnInk => "OnInk",
        Ink::Lens => "Lens",
        Ink::OnLens => "OnLens",
        Ink::Pos => "Positive",
        Ink::Neg => "Negative",
        Ink::Bad => "Bad",
        Ink::Padding => "Padding",
        Ink::Unread => "Unread",
        Ink::Beam => "Beam",
        Ink::BeamEdge => "BeamEdge",
        Ink::Tint(percent) => {
            out.push_str(if percent < 0 { "Minus" } else { "Plus" });
            out.push_str(&percent.unsigned_abs().to_string());
            return;
        }
    });
}
