//! A small plot of several runs as elements of the page, which follow its tokens in either theme, on paper and on any
//! display. [`draw`](super::draw) is for plots that change ten times a second.

use super::{
    Scale,
    draw::{spread, whole},
    tick_label,
};
use crate::{markup::Markup, num::decimal::fixed};

/// How large a chart is, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// The ticks' size; labels are a thirteenth larger.
    pub font: f64,
}

/// What is on a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Its size.
    pub look: Look,
    /// What it is, for who can't see it.
    pub name: String,
    /// Along.
    pub x: Scale,
    /// Up.
    pub y: Scale,
    /// What is along, at the axis' end.
    pub x_name: &'static str,
    /// A value to compare the lines with, and what it is.
    pub level: Option<(f64, &'static str)>,
    /// Places along that are marked.
    pub marks: Vec<f64>,
    /// The lines, from the back to the front.
    pub lines: Vec<ChartLine>,
}

/// A line of a chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChartLine {
    /// Which of the style sheet's runs it looks like: its colour and its dashes, from 0.
    pub run: usize,
    /// Single values behind it, drawn faint.
    pub raw: Vec<(f64, f64)>,
    /// Its points, from the left.
    pub points: Vec<(f64, f64)>,
    /// Whether it is of before, and drawn faint as a whole.
    pub is_old: bool,
    /// Whether it ends with a cross: there is nothing after it.
    pub breaks: bool,
    /// The text at its end; may be empty.
    pub label: String,
}

/// Numbers of a path that are closer than this are one.
const NEAR: f64 = 1.2;
/// A digit's width in ems.
const DIGIT: f64 = 0.6;
/// Room for the labels, in letters.
const LABEL: f64 = 14.5;

/// Where things are.
struct Frame<'a> {
    chart: &'a Chart,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Chart {
    /// The chart as an element. Its values must be given in another way to who can't see it.
    pub fn markup(&self) -> Markup {
        let mut html = Markup::with_capacity(4096);
        self.frame().draw(&mut html);
        html
    }

    /// The places of the plot's left and right edges: what stands below can be aligned with it.
    pub fn sides(&self) -> (f64, f64) {
        let frame = self.frame();
        (frame.left, frame.right)
    }

    fn frame(&self) -> Frame<'_> {
        let Look { width, height, font } = self.look;
        let left = font * DIGIT * 4.0 + 8.0;
        // Of a narrow one the labels take two fifths at most.
        let right = width - (font * DIGIT * LABEL + 16.0).min(width * 0.4);
        Frame { chart: self, left, right, top: font * 0.7, bottom: height - font * 2.2 }
    }
}

impl Frame<'_> {
    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let at = |from: f64, to: f64, share: f64| from + (to - from) * share;
        (at(self.left, self.right, self.chart.x.at(x)), at(self.bottom, self.top, self.chart.y.at(y)))
    }

    fn draw(&self, html: &mut Markup) {
        let chart = self.chart;
        let Look { width, height, .. } = chart.look;
        html.push_raw("<svg class=\"chart\" role=\"img\" width=\"").push_text(&short(width));
        html.push_raw("\" height=\"").push_text(&short(height)).push_raw("\" aria-label=\"").push_text(&chart.name);
        html.push_raw("\">");
        self.axes(html);
        for line in chart.lines.iter().filter(|line| line.is_old) {
            self.line(html, line);
        }
        for line in chart.lines.iter().filter(|line| !line.is_old) {
            self.path(html, "raw", line.run, &line.raw);
        }
        for line in chart.lines.iter().filter(|line| !line.is_old) {
            self.line(html, line);
        }
        self.labels(html);
        html.push_raw("</svg>");
    }

    fn axes(&self, html: &mut Markup) {
        let (chart, font) = (self.chart, self.chart.look.font);
        let room = |length: f64| whole(length).unsigned_abs() as usize;
        for tick in chart.y.ticks(room((self.bottom - self.top) / (font * 2.2))) {
            let (_, y) = self.place((chart.x.ends().0, tick));
            rule(html, "tick", (self.left, y), (self.right, y));
            text(html, "end", (self.left - 8.0, y + font * 0.36), &tick_label(tick));
        }
        for tick in chart.x.ticks(room((self.right - self.left) / (font * 8.0))) {
            let (x, _) = self.place((tick, chart.y.ends().0));
            text(html, "middle", (x, self.bottom + font * 1.7), &tick_label(tick));
        }
        text(html, "", (self.right + font, self.bottom + font * 1.7), chart.x_name);
        for mark in &chart.marks {
            let (x, _) = self.place((*mark, chart.y.ends().0));
            rule(html, "mark", (x, self.top), (x, self.bottom));
        }
        if let Some((value, name)) = chart.level {
            let (_, y) = self.place((chart.x.ends().0, value));
            rule(html, "mark", (self.left, y), (self.right, y));
            text(html, "end", (self.right - 4.0, y + font * 1.15), name);
        }
    }

    fn line(&self, html: &mut Markup, line: &ChartLine) {
        self.path(html, if line.is_old { "old" } else { "line" }, line.run, &line.points);
        if let Some(last) = line.points.last().filter(|_| line.breaks) {
            let (x, y) = self.place(*last);
            let cross = [(x - 5.0, y - 5.0), (x + 5.0, y + 5.0), (x + 5.0, y - 5.0), (x - 5.0, y + 5.0)];
            html.push_raw("<path class=\"cross run-").push_text(&run(line.run)).push_raw("\" d=\"");
            let mut path = String::new();
            for (at, (x, y)) in cross.into_iter().enumerate() {
                path.extend([if at % 2 == 0 { "M" } else { "L" }, &short(x), " ", &short(y)]);
            }
            html.push_text(&path).push_raw("\"/>");
        }
    }

    fn path(&self, html: &mut Markup, class: &'static str, of: usize, points: &[(f64, f64)]) {
        let mut path = String::new();
        let mut before: Option<(f64, f64)> = None;
        for (at, point) in points.iter().enumerate() {
            let (x, y) = self.place(*point);
            let is_near = before.is_some_and(|(bx, by)| (x - bx).abs() + (y - by).abs() < NEAR);
            if !is_near || at + 1 == points.len() {
                path.extend([if before.is_none() { "M" } else { "L" }, &short(x), " ", &short(y)]);
                before = Some((x, y));
            }
        }
        if !path.is_empty() {
            html.push_raw("<path class=\"").push_raw(class).push_raw(" run-").push_text(&run(of));
            html.push_raw("\" d=\"").push_text(&path).push_raw("\"/>");
        }
    }

    /// The labels, right of the plot, as near to their lines' ends as there is room.
    fn labels(&self, html: &mut Markup) {
        let size = self.chart.look.font * 13.0 / 12.0;
        let ends: Vec<(&ChartLine, f64)> = self
            .chart
            .lines
            .iter()
            .filter(|line| !line.label.is_empty())
            .filter_map(|line| Some((line, self.place(*line.points.last()?).1)))
            .collect();
        // `spread` knows whole numbers: tenths of pixels.
        let wanted: Vec<i32> = ends.iter().map(|(_, y)| whole(y * 10.0)).collect();
        let heights = spread(&wanted, whole(size * 12.5), whole(self.top * 10.0)..whole(self.bottom * 10.0));
        for ((line, _), y) in ends.iter().zip(heights) {
            html.push_raw("<text class=\"label run-").push_text(&run(line.run)).push_raw("\" x=\"");
            html.push_text(&short(self.right + 8.0)).push_raw("\" y=\"");
            html.push_text(&short(f64::from(y) / 10.0 + size * 0.36)).push_raw("\">");
            html.push_text(&line.label).push_raw("</text>");
        }
    }
}

fn rule(html: &mut Markup, class: &'static str, from: (f64, f64), to: (f64, f64)) {
    html.push_raw("<path class=\"").push_raw(class).push_raw("\" d=\"");
    html.push_text(&["M", &short(from.0), " ", &short(from.1), "L", &short(to.0), " ", &short(to.1)].concat());
    html.push_raw("\"/>");
}

fn text(html: &mut Markup, anchor: &'static str, (x, y): (f64, f64), text: &str) {
    html.push_raw("<text class=\"").push_raw(anchor).push_raw("\" x=\"").push_text(&short(x));
    html.push_raw("\" y=\"").push_text(&short(y)).push_raw("\">").push_text(text).push_raw("</text>");
}

/// The number of a run's tokens, which begin at 1.
fn run(place: usize) -> String {
    (place % 5 + 1).to_string()
}

/// To a tenth of a pixel.
fn short(length: f64) -> String {
    let tenths = whole(length * 10.0);
    if tenths % 10 == 0 { (tenths / 10).to_string() } else { fixed(length, 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(lines: Vec<ChartLine>) -> Chart {
        Chart {
            look: Look { width: 600.0, height: 180.0, font: 12.0 },
            name: "Loss < 1".to_owned(),
            x: Scale::Linear { low: 0.0, high: 300.0 },
            y: Scale::Log { low: 0.4, high: 3.0 },
            x_name: "step",
            level: Some((2.303, "guessing")),
            marks: vec![156.0],
            lines,
        }
    }

    fn line(run: usize, label: &str) -> ChartLine {
        let points = (0..300).map(|step| (f64::from(step), 0.5 + 2.0 / (1.0 + f64::from(step)))).collect();
        ChartLine { run, points, label: label.to_owned(), ..ChartLine::default() }
    }

    #[test]
    fn a_chart_is_well_formed_and_says_what_is_on_it() {
        let mut diverged = line(1, "18 layers diverged");
        diverged.breaks = true;
        let html = chart(vec![line(0, "8 layers 0.51"), diverged]).markup();
        let document = roxmltree::Document::parse(html.as_str()).unwrap();
        let texts: Vec<&str> =
            document.descendants().filter(roxmltree::Node::is_text).filter_map(|node| node.text()).collect();
        assert_eq!(
            texts,
            ["0.5", "1", "2", "0", "100", "200", "300", "step", "guessing", "8 layers 0.51", "18 layers diverged"]
        );
        assert_eq!(document.root_element().attribute("aria-label"), Some("Loss < 1"));
        let classes = |class: &str| html.as_str().matches(class).count();
        assert_eq!((classes("\"line run-1\""), classes("\"cross run-2\""), classes("\"raw")), (1, 1, 0));
    }

    #[test]
    fn labels_at_one_height_move_apart() {
        let html = chart(vec![line(0, "a"), line(1, "b"), line(2, "c")]).markup();
        let document = roxmltree::Document::parse(html.as_str()).unwrap();
        let labels =
            document.descendants().filter(|node| node.attribute("class").is_some_and(|it| it.starts_with("label")));
        let mut heights: Vec<f64> = labels.filter_map(|node| node.attribute("y")?.parse().ok()).collect();
        heights.sort_by(f64::total_cmp);
        assert!(heights.len() == 3 && heights.windows(2).all(|pair| pair[1] - pair[0] > 15.0), "{heights:?}");
    }

    #[test]
    fn what_is_too_narrow_or_empty_is_drawn_too() {
        for (width, height) in [(0.0, 0.0), (40.0, 20.0), (300.0, 100.0)] {
            let mut empty = chart(vec![ChartLine::default()]);
            empty.look = Look { width, height, font: 12.0 };
            assert!(roxmltree::Document::parse(empty.markup().as_str()).is_ok());
        }
    }
}
