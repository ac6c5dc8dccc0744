//! How a pooling's window lies on its input: the problems that labs with a pooling have alike.

use super::{
    control::{ControlId, Value},
    operation::{Action, Problem, Repair},
    problem::{Article, article, at_least_1, padding_past_limit, pair_past_limit},
};
use crate::{
    nn::shape::{Axis, MAX_SETTING, Padding, ShapeError},
    num::format,
};

/// The settings that a pooling's output size depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pooled {
    /// Rows and columns of the input.
    pub input: (usize, usize),
    /// Rows and columns of the window.
    pub window: (usize, usize),
    /// (height, width)
    pub stride: (usize, usize),
    /// Cells around the input, within their limit.
    pub padding: Padding,
}

/// A padding, window or stride past its limit.
pub fn pooled_past_limit(padding: Padding, window: (usize, usize), stride: (usize, usize)) -> Option<Problem> {
    padding_past_limit(padding)
        .or_else(|| pair_past_limit(ControlId::WINDOW, "window", window))
        .or_else(|| pair_past_limit(ControlId::STRIDE, "stride", stride))
}

impl Pooled {
    /// Rows and columns of the padded input.
    fn padded(&self) -> (usize, usize) {
        let Padding { top, bottom, left, right } = self.padding;
        (self.input.0 + top + bottom, self.input.1 + left + right)
    }

    /// What `error` means for the controls.
    ///
    /// `None` for what no pooling makes.
    pub fn misfit(&self, error: ShapeError) -> Option<Problem> {
        // Along whichever axis: what else is wrong is counted in the window's cells.
        if self.window.0 == 0 || self.window.1 == 0 {
            let window = format::shape(&[self.window.0, self.window.1]);
            let sentence = format!("A window of {window} has no cell; each side has 1 at least.");
            return Some(at_least_1(ControlId::WINDOW, "window", self.window, sentence));
        }
        match error {
            ShapeError::ZeroStride { .. } => {
                Some(at_least_1(ControlId::STRIDE, "stride", self.stride, error.to_string()))
            }
            ShapeError::PaddingTooLarge { axis, padding, limit } => {
                Some(self.padding_fills_a_window(axis, padding, limit))
            }
            ShapeError::WindowExceedsInput { .. } => Some(self.window_exceeds_input()),
            _ => None,
        }
    }

    fn padding_fills_a_window(&self, axis: Axis, padding: usize, limit: usize) -> Problem {
        let within = |most: (usize, usize)| {
            let Padding { top, bottom, left, right } = self.padding;
            let (rows, cols) = most;
            Padding { top: top.min(rows), bottom: bottom.min(rows), left: left.min(cols), right: right.min(cols) }
        };
        let window = self.window;
        let half = axis.of(window) / 2;
        let sentence = format!(
            "A padding of {padding} fills a window of {} along the {axis}: {limit} at most, one less than the window. \
             (PyTorch takes half of the window, {half}.)",
            axis.of(window)
        );
        let mut repairs = Vec::new();
        let mut add = |padding: Padding, label: String| {
            repairs.push(Repair::new(label, Action::Set(ControlId::PADDING, Value::Padding(padding))));
        };
        add(within((window.0 - 1, window.1 - 1)), format!("Use padding {limit}"));
        if half < limit {
            add(within((window.0 / 2, window.1 / 2)), format!("Use padding {half}, as PyTorch would take"));
        }
        let Padding { top, bottom, left, right } = self.padding;
        let larger = (window.0.max(top.max(bottom) + 1), window.1.max(left.max(right) + 1));
        if larger.0 <= MAX_SETTING && larger.1 <= MAX_SETTING {
            repairs.push(use_window(larger));
        }
        Problem { control: ControlId::PADDING, sentence, repairs }
    }

    fn window_exceeds_input(&self) -> Problem {
        let padded = self.padded();
        let padding = self.padding;
        let plane = if padding == Padding::default() { "input" } else { "padded input" };
        let window = self.window;
        let sentence = format!(
            "{} {} window does not fit {} {} {plane}.",
            Article::of(window.0),
            format::shape(&[window.0, window.1]),
            article(padded.0),
            format::shape(&[padded.0, padded.1])
        );
        let mut repairs = vec![use_window((window.0.min(padded.0), window.1.min(padded.1)))];
        // The same padding on every side: the least that takes none away and is enough for both axes.
        let enough = |axis: Axis| axis.of(window).saturating_sub(axis.of(self.input)).div_ceil(2);
        let wanted = enough(Axis::Height)
            .max(enough(Axis::Width))
            .max(padding.top.max(padding.bottom))
            .max(padding.left.max(padding.right));
        if wanted < window.0.min(window.1) {
            let action = Action::Set(ControlId::PADDING, Value::Padding(Padding::per_side(wanted)));
            repairs.push(Repair::new(format!("Use padding {wanted}"), action));
        }
        Problem { control: ControlId::WINDOW, sentence, repairs }
    }
}

fn use_window(window: (usize, usize)) -> Repair {
    let (rows, cols) = window;
    Repair::new(
        format!("Use {} {rows} × {cols} window", article(rows)),
        Action::Set(ControlId::WINDOW, Value::Pair(window)),
    )
}
