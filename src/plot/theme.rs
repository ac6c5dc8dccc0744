//! The colours and the font a plot is drawn with, as the style sheet gives them.

use plotters::style::RGBColor;

use crate::num::{decimal, within};

/// A colour as a browser computes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// Reads a computed colour: `rgb(18, 22, 27)`, `rgba(18, 22, 27, 1)`, `rgb(18 22 27 / 1)` or `color(srgb 0.07 ..)`.
    /// `None` for anything else; any alpha is left out.
    ///
    /// ```
    /// # use receptive::plot::Rgb;
    /// assert_eq!(Rgb::parse("rgb(18, 22, 27)"), Some(Rgb(18, 22, 27)));
    /// assert_eq!(Rgb::parse("color(srgb 1 0.5 0)"), Some(Rgb(255, 128, 0)));
    /// assert_eq!(Rgb::parse("light-dark(#fff, #000)"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.trim().split_once('(')?;
        let inner = rest.strip_suffix(')')?;
        let (inner, scale) = match name {
            "rgb" | "rgba" => (inner, 1.0),
            "color" => (inner.trim().strip_prefix("srgb ")?, 255.0),
            _ => return None,
        };
        let mut channels = inner.split([',', ' ', '/']).filter(|part| !part.is_empty()).map(|part| {
            let value = decimal::parse(part)?;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded and within 0..=255")]
            value.is_finite().then(|| within((value * scale).round(), 0.0, 255.0) as u8)
        });
        Some(Self(channels.next()??, channels.next()??, channels.next()??))
    }
}

impl From<Rgb> for RGBColor {
    fn from(Rgb(r, g, b): Rgb) -> Self {
        Self(r, g, b)
    }
}

/// Which of the theme's colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// The training images' curve.
    Train,
    /// The test images' points.
    Test,
}

/// The style sheet's tokens that a plot uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// `--paper`: behind everything, and inside the diamonds.
    pub paper: Rgb,
    /// `--rule`: lines at the ticks.
    pub rule: Rgb,
    /// `--ink-3`: ticks' and marks' text.
    pub caption: Rgb,
    /// `--series-train`.
    pub train: Rgb,
    /// `--series-test`.
    pub test: Rgb,
    /// A CSS font family list.
    pub font: String,
    /// The ticks' size in CSS pixels; labels are a little larger.
    pub font_size: f64,
}

impl Theme {
    /// The colour of a line and of its label.
    pub fn ink(&self, ink: Ink) -> Rgb {
        match ink {
            Ink::Train => self.train,
            Ink::Test => self.test,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Option<Rgb>) {
        assert_eq!(Rgb::parse(text), expect, "{text}");
    }

    #[test]
    fn computed_colours() {
        check("rgb(18, 22, 27)", Some(Rgb(18, 22, 27)));
        check("rgba(18, 22, 27, 0.5)", Some(Rgb(18, 22, 27)));
        check("rgb(18 22 27 / 0.5)", Some(Rgb(18, 22, 27)));
        check("color(srgb 0 0.5 1 / 0.3)", Some(Rgb(0, 128, 255)));
        check("rgb(300, -2, 1e9)", Some(Rgb(255, 0, 255)));
        check("rgb(1, 2)", None);
        check("rgb(a, b, c)", None);
        check("rgb(NaN, 1, 1)", None);
        check("color(display-p3 1 1 1)", None);
        check("", None);
    }
}
