//! Drawing of a [`Plot`] over any plotters backend.

use plotters::{
    coord::{cartesian::Cartesian2d, types::RangedCoordf64},
    drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea as _},
    element::{Circle, DashedPathElement, PathElement, Polygon, Rectangle, Text},
    prelude::DrawingBackend,
    style::{
        Color as _, FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};

use super::{Curve, Ink, Scale, Theme, tick_label};
use crate::num::sort_few;

/// How opaque the single steps' values are under the smoothed line.
const RAW_OPACITY: f64 = 0.17;
/// A digit's width in ems, in the fonts of the style sheet.
const DIGIT_EMS: f64 = 0.58;
/// The characters for which room is kept at the right: `train 0.0314`. It does not depend on the values, or the axis
/// would move while they change.
const LABEL_CHARACTERS: usize = 12;

/// Where a plot is drawn. A backend's units are whole; more units than pixels place lines between pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surface {
    /// Backend units in a CSS pixel.
    pub scale: f64,
    /// Backend units in a pixel of the display, for lines that are to be sharp.
    pub pixel: i32,
}

/// What is on a plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot<'a> {
    /// The steps.
    pub x: Scale,
    /// The values.
    pub y: Scale,
    /// What the steps are, written at the axis' end.
    pub x_name: &'a str,
    /// Single steps' values, drawn faint.
    pub raw: Option<&'a Curve>,
    /// Steps at which something happened.
    pub marks: Vec<Mark>,
    /// A value to compare the lines with.
    pub level: Option<Mark>,
    /// Lines, each with its label at the end.
    pub lines: Vec<Line>,
}

/// A dotted line across the plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// At which step, or at which value.
    pub at: f64,
    /// What it is, or nothing.
    pub label: String,
}

/// A line of a plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its points, from the left.
    pub points: Vec<(f64, f64)>,
    /// Its colour.
    pub ink: Ink,
    /// Its second channel besides the colour.
    pub stroke: Stroke,
    /// The text at its end.
    pub label: String,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stroke {
    /// Unbroken, with a dot at its end.
    Solid,
    /// Dashed, with a diamond at each point.
    Diamonds,
}

type Area<B> = DrawingArea<B, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn<B> = Result<(), DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

/// Draws `plot` over the whole of `backend`.
///
/// # Errors
/// Those of the backend.
pub fn draw<B: DrawingBackend>(plot: &Plot<'_>, surface: Surface, theme: &Theme, backend: B) -> Drawn<B> {
    let root = backend.into_drawing_area();
    root.fill(&RGBColor::from(theme.paper))?;

    let (width, height) = root.dim_in_pixel();
    let frame = Frame::new(plot, surface, theme, (f64::from(width), f64::from(height)));
    let (left, right, top, bottom) = (frame.left, frame.right, frame.top, frame.bottom);
    if right - left < surface.pixel * 8 || bottom - top < surface.pixel * 8 {
        return Ok(());
    }
    let area = root.apply_coord_spec(Cartesian2d::new(0.0..1.0, 0.0..1.0, (left..right, bottom..top)));
    let canvas = Canvas { plot, theme, frame, area };
    canvas.ticks()?;
    canvas.level()?;
    canvas.marks()?;
    canvas.raw()?;
    for line in &plot.lines {
        canvas.line(line)?;
    }
    canvas.labels()?;
    canvas.area.present()
}

/// Lengths in backend units.
struct Frame {
    surface: Surface,
    font: f64,
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
    x_ticks: Vec<f64>,
    y_ticks: Vec<f64>,
}

impl Frame {
    fn new(plot: &Plot<'_>, surface: Surface, theme: &Theme, (width, height): (f64, f64)) -> Self {
        let font = theme.font_size * surface.scale;
        let gap = 8.0 * surface.scale;
        let (top, bottom) = (font * 0.6, height - font * 1.2 - gap);
        let y_ticks = plot.y.ticks(whole((bottom - top) / (font * 1.9)).unsigned_abs() as usize);
        let widest = y_ticks.iter().map(|tick| tick_label(*tick).chars().count()).max().unwrap_or(1).max(4);
        let left = font * DIGIT_EMS * widest as f64 + gap;
        let right = width - label_size(font) * DIGIT_EMS * LABEL_CHARACTERS as f64 - 2.0 * gap;
        let x_ticks = plot.x.ticks(whole((right - left) / (font * 6.0)).unsigned_abs() as usize);
        Self {
            surface,
            font,
            left: whole(left),
            right: whole(right),
            top: whole(top),
            bottom: whole(bottom),
            x_ticks,
            y_ticks,
        }
    }

    fn px(&self, css: f64) -> i32 {
        whole(css * self.surface.scale)
    }

    /// A line's width: at least a pixel of the display.
    fn stroke(&self, css: f64) -> u32 {
        self.px(css).max(self.surface.pixel).unsigned_abs()
    }

    /// The centre of the pixel that `at` is in: a one-pixel line there is sharp.
    fn snap(&self, at: i32) -> i32 {
        at.div_euclid(self.surface.pixel) * self.surface.pixel + self.surface.pixel / 2
    }
}

struct Canvas<'a, B: DrawingBackend> {
    plot: &'a Plot<'a>,
    theme: &'a Theme,
    frame: Frame,
    area: Area<B>,
}

impl<B: DrawingBackend> Canvas<'_, B> {
    /// A value's place in backend units.
    fn place(&self, (x, y): (f64, f64)) -> (i32, i32) {
        self.area.map_coordinate(&(self.plot.x.at(x), self.plot.y.at(y)))
    }

    fn path(&self, points: Vec<(i32, i32)>, style: ShapeStyle) -> Drawn<B> {
        self.area.use_screen_coord().draw(&PathElement::new(points, style))
    }

    fn text(&self, text: &str, at: (i32, i32), size: f64, style: FontStyle, color: RGBColor, pos: Pos) -> Drawn<B> {
        let font = FontDesc::new(FontFamily::Name(&self.theme.font), size, style);
        let style = TextStyle::from(font).color(&color).pos(pos);
        self.area.use_screen_coord().draw(&Text::new(text, at, style))
    }

    fn ticks(&self) -> Drawn<B> {
        let frame = &self.frame;
        let (rule, caption) = (RGBColor::from(self.theme.rule), RGBColor::from(self.theme.caption));
        let gap = frame.px(8.0);
        for tick in &frame.y_ticks {
            let (_, y) = self.place((self.plot.x.ends().0, *tick));
            let y = frame.snap(y);
            self.path(vec![(frame.left, y), (frame.right, y)], rule.stroke_width(frame.stroke(1.0)))?;
            let pos = Pos::new(HPos::Right, VPos::Center);
            self.text(&tick_label(*tick), (frame.left - gap, y), frame.font, FontStyle::Normal, caption, pos)?;
        }
        let below = frame.bottom + gap;
        for tick in &frame.x_ticks {
            let (x, _) = self.place((*tick, self.plot.y.ends().0));
            let pos = Pos::new(HPos::Center, VPos::Top);
            self.text(&tick_label(*tick), (x, below), frame.font, FontStyle::Normal, caption, pos)?;
        }
        // The axis' name keeps clear of a tick at its end.
        let last = frame.x_ticks.last().map(|tick| (self.place((*tick, self.plot.y.ends().0)).0, tick_label(*tick)));
        let taken = last.map_or(0, |(x, label)| x + whole(frame.font * DIGIT_EMS * label.chars().count() as f64 / 2.0));
        let name = ((frame.right + gap).max(taken + gap), below);
        let pos = Pos::new(HPos::Left, VPos::Top);
        self.text(self.plot.x_name, name, frame.font, FontStyle::Normal, caption, pos)
    }

    fn dotted(&self, from: (i32, i32), to: (i32, i32)) -> Drawn<B> {
        let style = RGBColor::from(self.theme.caption).stroke_width(self.frame.stroke(1.0));
        let dot = self.frame.px(2.0).max(1);
        let points = [from, to].into_iter();
        self.area.use_screen_coord().draw(&DashedPathElement::new(points, dot, dot * 2, style))
    }

    fn level(&self) -> Drawn<B> {
        let Some(level) = &self.plot.level else { return Ok(()) };
        let frame = &self.frame;
        let (_, y) = self.place((self.plot.x.ends().0, level.at));
        let y = frame.snap(y);
        self.dotted((frame.left, y), (frame.right, y))?;
        let caption = RGBColor::from(self.theme.caption);
        let pos = Pos::new(HPos::Left, VPos::Bottom);
        let at = (frame.left + frame.px(8.0), y - frame.px(4.0));
        self.text(&level.label, at, frame.font, FontStyle::Normal, caption, pos)
    }

    fn marks(&self) -> Drawn<B> {
        let frame = &self.frame;
        let caption = RGBColor::from(self.theme.caption);
        let mut free = i32::MIN;
        for mark in &self.plot.marks {
            let (x, _) = self.place((mark.at, self.plot.y.ends().0));
            let x = frame.snap(x);
            self.dotted((x, frame.top), (x, frame.bottom))?;

            let start = x + frame.px(6.0);
            let end = start + whole(frame.font * DIGIT_EMS * mark.label.chars().count() as f64);
            if !mark.label.is_empty() && start > free && end < frame.right {
                let pos = Pos::new(HPos::Left, VPos::Top);
                self.text(&mark.label, (start, frame.top), frame.font, FontStyle::Normal, caption, pos)?;
                free = end + frame.px(12.0);
            }
        }
        Ok(())
    }

    /// Single steps' values: at most one stroke from the lowest to the highest per pixel column.
    fn raw(&self) -> Drawn<B> {
        let Some(curve) = self.plot.raw else { return Ok(()) };
        let mut columns: Vec<(i32, i32, i32)> = Vec::new();
        for bucket in curve.buckets() {
            let (x, low) = self.place((f64::from(bucket.last), f64::from(bucket.low)));
            let (_, high) = self.place((f64::from(bucket.last), f64::from(bucket.high)));
            match columns.last_mut() {
                Some(column) if column.0 / self.frame.surface.pixel == x / self.frame.surface.pixel => {
                    column.1 = column.1.max(low);
                    column.2 = column.2.min(high);
                }
                _ => columns.push((x, low, high)),
            }
        }
        let mut points = Vec::with_capacity(columns.len() * 2);
        for (i, (x, low, high)) in columns.into_iter().enumerate() {
            let (from, to) = if i % 2 == 0 { (low, high) } else { (high, low) };
            points.push((x, from));
            if from != to {
                points.push((x, to));
            }
        }
        let color = RGBColor::from(self.theme.train).mix(RAW_OPACITY);
        self.path(points, ShapeStyle::from(color).stroke_width(self.frame.stroke(1.0)))
    }

    fn line(&self, line: &Line) -> Drawn<B> {
        let frame = &self.frame;
        let color = RGBColor::from(self.theme.ink(line.ink));
        // What is below the axis at first comes into the plot where it crosses the edge.
        let inside = line.points.iter().skip_while(|point| self.plot.y.at(point.1) <= 0.0);
        let places: Vec<(i32, i32)> = inside.map(|point| self.place(*point)).collect();
        let Some(end) = places.last().copied() else { return Ok(()) };
        match line.stroke {
            Stroke::Solid => {
                let mut thinned = places;
                thinned.dedup_by_key(|place| place.0 / frame.surface.pixel);
                if thinned.last() != Some(&end) {
                    thinned.push(end);
                }
                self.path(thinned, color.stroke_width(frame.stroke(2.25)))?;
                self.area.use_screen_coord().draw(&Circle::new(end, frame.px(3.0), color.filled()))
            }
            Stroke::Diamonds => {
                let (dash, space) = (frame.px(6.0).max(1), frame.px(4.0).max(1));
                let style = color.stroke_width(frame.stroke(1.75));
                let dashes = DashedPathElement::new(places.iter().copied(), dash, space, style);
                self.area.use_screen_coord().draw(&dashes)?;
                places.into_iter().try_for_each(|place| self.diamond(place, color))
            }
        }
    }

    fn diamond(&self, (x, y): (i32, i32), color: RGBColor) -> Drawn<B> {
        let r = self.frame.px(5.0);
        let corners = vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)];
        let screen = self.area.use_screen_coord();
        screen.draw(&Polygon::new(corners.clone(), RGBColor::from(self.theme.paper).filled()))?;
        let mut outline = corners;
        // One corner more than closed, so that the last joint is mitred like the others.
        outline.extend_from_within(..2);
        self.path(outline, color.stroke_width(self.frame.stroke(1.75)))
    }

    /// The labels at the lines' ends, all at the rightmost end, moved apart where they would touch.
    fn labels(&self) -> Drawn<B> {
        let frame = &self.frame;
        let ends: Vec<(&Line, (i32, i32))> = self
            .plot
            .lines
            .iter()
            .filter_map(|line| Some((line, self.place(*line.points.last()?))))
            .filter(|(line, _)| !line.label.is_empty())
            .collect();
        let Some(x) = ends.iter().map(|(_, (x, _))| *x).max() else { return Ok(()) };
        let size = label_size(frame.font);
        let wanted: Vec<i32> = ends.iter().map(|(_, (_, y))| *y).collect();
        // None covers what is written below the axis.
        let heights = spread(&wanted, whole(size * 1.25), frame.top..frame.bottom - whole(size * 0.6));
        for ((line, _), y) in ends.iter().zip(heights) {
            let color = RGBColor::from(self.theme.ink(line.ink));
            let pos = Pos::new(HPos::Left, VPos::Center);
            let left = x + frame.px(11.0);
            // The ticks' lines end at a label.
            let (width, half) = (whole(size * DIGIT_EMS * line.label.chars().count() as f64), whole(size * 0.6));
            let paper = RGBColor::from(self.theme.paper).filled();
            let corners = [(left - frame.px(4.0), y - half), (left + width, y + half)];
            self.area.use_screen_coord().draw(&Rectangle::new(corners, paper))?;
            self.text(&line.label, (left, y), size, FontStyle::Bold, color, pos)?;
        }
        Ok(())
    }
}

/// Labels are a thirteenth larger than ticks: 13 px beside 12.
fn label_size(font: f64) -> f64 {
    font * 13.0 / 12.0
}

/// Moves `wanted` heights apart by at least `distance`, keeping their order, within `range` where there is room.
pub(super) fn spread(wanted: &[i32], distance: i32, range: std::ops::Range<i32>) -> Vec<i32> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    sort_few(&mut order, |i| wanted.get(*i).copied());
    let mut placed: Vec<(usize, i32)> = Vec::with_capacity(wanted.len());
    for i in order {
        let at = wanted.get(i).copied().unwrap_or_default().max(range.start);
        let at = placed.last().map_or(at, |(_, above)| at.max(above + distance));
        placed.push((i, at));
    }
    // What was pushed past the bottom goes up again, and what is in its way with it. The push down is shared between
    // both neighbours, so that each label stays near its line.
    let mut limit = range.end;
    for slot in placed.iter_mut().rev() {
        slot.1 = slot.1.min(limit);
        limit = slot.1 - distance;
    }
    if let [first, second] = placed.as_mut_slice() {
        let pushed = second.1 - wanted.get(second.0).copied().unwrap_or(second.1);
        let up = (pushed / 2).clamp(0, (first.1 - range.start).max(0));
        first.1 -= up;
        second.1 -= up;
    }
    sort_few(&mut placed, |(i, _)| *i);
    placed.into_iter().map(|(_, at)| at).collect()
}

/// To the nearest whole unit.
#[expect(clippy::cast_possible_truncation, reason = "lengths on a screen; a cast saturates")]
pub(super) fn whole(length: f64) -> i32 {
    length.round() as i32
}

#[cfg(test)]
mod tests {
    use plotters_svg::SVGBackend;

    use super::*;
    use crate::plot::Rgb;

    fn theme() -> Theme {
        Theme {
            paper: Rgb(255, 255, 255),
            rule: Rgb(216, 221, 228),
            caption: Rgb(92, 102, 114),
            train: Rgb(18, 22, 27),
            test: Rgb(0, 107, 99),
            font: "sans-serif".into(),
            font_size: 12.0,
        }
    }

    fn svg(plot: &Plot<'_>, scale: f64, size: (u32, u32)) -> String {
        let mut text = String::new();
        let surface = Surface { scale, pixel: 2 };
        draw(plot, surface, &theme(), SVGBackend::with_string(&mut text, size)).unwrap();
        text
    }

    fn loss(steps: u32) -> Curve {
        let mut curve = Curve::default();
        for step in 1..=steps {
            curve.push(step, 2.3 / (1.0 + step as f32 / 40.0) * (1.0 + (step % 7) as f32 / 20.0));
        }
        curve
    }

    fn plot(curve: &Curve) -> Plot<'_> {
        Plot {
            x: Scale::Linear { low: 0.0, high: 2814.0 },
            y: Scale::log_around([0.03, 2.3]),
            x_name: "step",
            raw: Some(curve),
            marks: vec![Mark { at: 938.0, label: "epoch 2".into() }],
            level: Some(Mark { at: 2.303, label: "guessing".into() }),
            lines: vec![
                Line {
                    points: curve.smoothed_points().collect(),
                    ink: Ink::Train,
                    stroke: Stroke::Solid,
                    label: "train 0.0481".into(),
                },
                Line {
                    points: vec![(938.0, 0.09)],
                    ink: Ink::Test,
                    stroke: Stroke::Diamonds,
                    label: "test 0.0902".into(),
                },
            ],
        }
    }

    #[test]
    fn a_plot_has_its_ticks_marks_and_labels() {
        let curve = loss(1400);
        let text = svg(&plot(&curve), 2.0, (1200, 480));
        for label in
            ["0.02", "0.05", "0.5", "500", "2,500", "step", "epoch 2", "guessing", "train 0.0481", "test 0.0902"]
        {
            assert!(text.contains(&format!("\n{label}\n")), "{label} is missing");
        }
        assert!(text.contains(r##"stroke="#006B63""##) && text.contains(r#"opacity="0.17""#));
    }

    #[test]
    fn strokes_and_text_grow_with_the_scale() {
        let curve = loss(100);
        let (once, thrice) = (svg(&plot(&curve), 1.0, (600, 240)), svg(&plot(&curve), 3.0, (1800, 720)));
        assert!(once.contains(r#"font-size="9.67741"#), "the SVG backend writes sizes over 1.24: 12/1.24");
        assert!(thrice.contains(r#"font-size="29.0322"#), "36/1.24");
        assert!(once.contains(r#"stroke-width="2""#) && thrice.contains(r#"stroke-width="7""#), "2.25 px");
    }

    #[test]
    fn no_more_points_than_pixel_columns_are_drawn() {
        let curve = loss(50_000);
        let mut plot = plot(&curve);
        plot.x = Scale::Linear { low: 0.0, high: 50_000.0 };
        let text = svg(&plot, 1.0, (400, 200));
        let longest = text.lines().map(|line| line.matches(',').count()).max().unwrap_or(0);
        assert!(longest <= 2 * 200 + 2, "{longest} points for 200 columns");
    }

    #[test]
    fn a_plot_without_values_or_without_room_is_drawn_too() {
        let empty = Plot {
            x: Scale::Linear { low: 0.0, high: 1.0 },
            y: Scale::log_around([]),
            x_name: "step",
            raw: None,
            marks: Vec::new(),
            level: None,
            lines: vec![Line { points: Vec::new(), ink: Ink::Train, stroke: Stroke::Solid, label: "train".into() }],
        };
        for size in [(1, 1), (40, 30), (300, 20), (600, 240)] {
            assert!(!svg(&empty, 1.0, size).contains("\ntrain\n"));
        }
    }

    #[track_caller]
    fn check(wanted: &[i32], expect: &[i32]) {
        assert_eq!(spread(wanted, 10, 0..100), expect);
    }

    #[test]
    fn labels_that_touch_move_apart() {
        check(&[], &[]);
        check(&[50], &[50]);
        check(&[20, 60], &[20, 60]);
        check(&[50, 52], &[46, 56]);
        check(&[52, 50], &[56, 46]);
        check(&[0, 0], &[0, 10]);
        check(&[98, 99], &[90, 100]);
        check(&[10, 12, 14], &[10, 20, 30]);
    }
}
