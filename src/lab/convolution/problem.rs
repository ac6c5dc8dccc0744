//! What stands in the way of an output: which control, in words with its numbers, and what would repair it.

use super::{Action, ConvolutionLab, Plate};
use crate::{
    nn::shape::{Axis, MAX_SETTING, Padding, ShapeError},
    num::{Entry, Grid, MAX_MAGNITUDE, format},
};

/// The controls that a problem can lie with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Control {
    /// The input's cells.
    Input,
    /// The kernel's cells.
    Kernel,
    /// The input's rows and columns.
    InputSize,
    /// The kernel's rows and columns.
    KernelSize,
    /// The bias.
    Bias,
    /// The padding.
    Padding,
    /// The stride.
    Stride,
    /// The dilation.
    Dilation,
}

/// A button that repairs something.
#[derive(Debug, Clone, PartialEq)]
pub struct Repair {
    /// What the button says.
    pub label: String,
    /// What it does.
    pub action: Action,
}

/// Why there is no output.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Where the sentence belongs.
    pub control: Control,
    /// What is wrong, with its numbers.
    pub sentence: String,
    /// What would repair it, the best first; at least one.
    pub repairs: Vec<Repair>,
}

impl ConvolutionLab {
    /// The first cell that is no number. Called only where there is one.
    pub(super) fn unreadable(&self) -> Problem {
        let plate = [(Plate::Input, Control::Input), (Plate::Kernel, Control::Kernel)]
            .into_iter()
            .find_map(|(plate, control)| Some((plate, control, first_unreadable(self.plate(plate))?)));
        let Some((plate, control, (row, col, text, others))) = plate else {
            let Entry::Unreadable(text) = &self.bias else { return past_everything() };
            let sentence = match why_unreadable(text) {
                Unreadable::Empty => "The bias is empty.".to_owned(),
                Unreadable::TooLarge => format!("The bias {text} {}", past_magnitude()),
                Unreadable::NoNumber => format!("The bias “{text}” is not a number."),
            };
            let repair = Repair { label: "Use 0".into(), action: Action::SetBias("0".into()) };
            return Problem { control: Control::Bias, sentence, repairs: vec![repair] };
        };
        let name = if plate == Plate::Input { "Input" } else { "Kernel" };
        let mut sentence = match why_unreadable(&text) {
            Unreadable::Empty => format!("{name} row {row}, column {col} is empty"),
            Unreadable::TooLarge => format!("{name} row {row}, column {col}: {text} {}", past_magnitude()),
            Unreadable::NoNumber => format!("{name} row {row}, column {col}: “{text}” is not a number"),
        };
        let sentence_ends = sentence.ends_with('.');
        let label = match others {
            0 => "Use 0",
            1 => "Use 0 for both",
            _ => "Use 0 for all",
        };
        match others {
            0 if sentence_ends => {}
            0 => sentence.push('.'),
            _ => {
                let cells = if others == 1 { "1 other cell is".into() } else { format!("{others} other cells are") };
                sentence = format!("{}; {cells} not a number either.", sentence.trim_end_matches('.'));
            }
        }
        let repair = Repair { label: label.into(), action: Action::ClearUnreadable(plate) };
        Problem { control, sentence, repairs: vec![repair] }
    }

    /// A padding, stride or dilation past its limit.
    pub(super) fn setting_past_limit(&self) -> Option<Problem> {
        let Padding { top, bottom, left, right } = self.padding;
        let past = |values: &[usize]| values.iter().copied().find(|&value| value > MAX_SETTING);
        let least = |value: usize| value.min(MAX_SETTING);
        let pair = |(height, width)| (least(height), least(width));
        let label = format!("Use {MAX_SETTING}");
        let (control, name, value, unit, action) = if let Some(value) = past(&[top, bottom, left, right]) {
            let padding = Padding { top: least(top), bottom: least(bottom), left: least(left), right: least(right) };
            (Control::Padding, "padding", value, " on a side", Action::SetPadding(padding))
        } else if let Some(value) = past(&[self.stride.0, self.stride.1]) {
            (Control::Stride, "stride", value, "", Action::SetStride(pair(self.stride)))
        } else {
            let value = past(&[self.dilation.0, self.dilation.1])?;
            (Control::Dilation, "dilation", value, "", Action::SetDilation(pair(self.dilation)))
        };
        let value = format::count(value as u64);
        let sentence = format!("A {name} of {value} is past the largest, {MAX_SETTING}{unit}.");
        Some(Problem { control, sentence, repairs: vec![Repair { label, action }] })
    }

    /// What `error` means for the lab's controls.
    pub fn misfit(&self, error: ShapeError) -> Problem {
        let at_least_1 = |(height, width): (usize, usize)| (height.max(1), width.max(1));
        match error {
            ShapeError::ZeroStride { .. } => Problem {
                control: Control::Stride,
                sentence: error.to_string(),
                repairs: vec![Repair {
                    label: "Use stride 1".into(),
                    action: Action::SetStride(at_least_1(self.stride)),
                }],
            },
            ShapeError::ZeroDilation { .. } => Problem {
                control: Control::Dilation,
                sentence: error.to_string(),
                repairs: vec![Repair {
                    label: "Use dilation 1".into(),
                    action: Action::SetDilation(at_least_1(self.dilation)),
                }],
            },
            ShapeError::WindowExceedsInput { .. } => self.window_exceeds_input(),
            // The grids are never empty, and there is one channel: no other error can come.
            _ => past_everything(),
        }
    }

    fn window_exceeds_input(&self) -> Problem {
        let (height, width) = (self.window(Axis::Height), self.window(Axis::Width));
        let spans = (height.effective_kernel(), width.effective_kernel());
        let padded = (height.padded(self.input.rows()), width.padded(self.input.cols()));
        let (rows, cols) = self.kernel.shape();
        let kernel = format::shape(&[rows, cols]);
        let room = format::shape(&[padded.0, padded.1]);
        let padding = self.padding;
        let input = if padding == Padding::default() { "input" } else { "padded input" };

        let mut repairs = Vec::new();
        let dilated = self.dilation != (1, 1);
        let (control, sentence) = if dilated {
            let dilation = if self.dilation.0 == self.dilation.1 {
                self.dilation.0.to_string()
            } else {
                format!("{} × {}", self.dilation.0, self.dilation.1)
            };
            let span = format::shape(&[spans.0, spans.1]);
            // The largest dilation whose d·(k − 1) + 1 still fits.
            let fitting = |dilation: usize, kernel: usize, padded: usize| match kernel {
                1 => dilation,
                _ => dilation.min((padded.saturating_sub(1) / (kernel - 1)).max(1)),
            };
            let smaller = (fitting(self.dilation.0, rows, padded.0), fitting(self.dilation.1, cols, padded.1));
            if smaller != self.dilation {
                let shown = if smaller.0 == smaller.1 {
                    smaller.0.to_string()
                } else {
                    format!("{} × {}", smaller.0, smaller.1)
                };
                repairs.push(Repair { label: format!("Use dilation {shown}"), action: Action::SetDilation(smaller) });
            }
            (
                Control::Dilation,
                format!(
                    "{} {kernel} kernel with dilation {dilation} spans {span} cells; the {input} has {room}.",
                    Article(rows)
                ),
            )
        } else {
            (
                Control::KernelSize,
                format!("{} {kernel} kernel does not fit {} {room} {input}.", Article(rows), article(padded.0)),
            )
        };
        if repairs.is_empty() {
            // With the dilation as it is, the largest kernel that fits.
            let fitting =
                |kernel: usize, dilation: usize, padded: usize| kernel.min((padded - 1) / dilation.max(1) + 1);
            let (rows, cols) = (fitting(rows, self.dilation.0, padded.0), fitting(cols, self.dilation.1, padded.1));
            repairs.push(Repair {
                label: format!("Use {} {rows} × {cols} kernel", article(rows)),
                action: Action::Resize { plate: Plate::Kernel, rows, cols },
            });
        }
        // The same padding on every side: the least that takes none away and is enough for both axes.
        let enough = |extent: usize, span: usize| span.saturating_sub(extent).div_ceil(2);
        let wanted = enough(self.input.rows(), spans.0)
            .max(enough(self.input.cols(), spans.1))
            .max(padding.top.max(padding.bottom))
            .max(padding.left.max(padding.right));
        if wanted <= MAX_SETTING {
            let action = Action::SetPadding(Padding::per_side(wanted));
            repairs.push(Repair { label: format!("Use padding {wanted}"), action });
        }
        Problem { control, sentence, repairs }
    }
}

/// The way out where no other is known: the default.
fn past_everything() -> Problem {
    Problem {
        control: Control::Input,
        sentence: "These settings can't be computed.".into(),
        repairs: vec![Repair { label: "Start over".into(), action: Action::Open(Box::default()) }],
    }
}

enum Unreadable {
    Empty,
    TooLarge,
    NoNumber,
}

fn why_unreadable(text: &str) -> Unreadable {
    match text.parse::<f64>() {
        _ if text.is_empty() => Unreadable::Empty,
        Ok(value)
            if value.abs() > MAX_MAGNITUDE
                && !text.contains(|c: char| c.is_ascii_alphabetic() && c != 'e' && c != 'E') =>
        {
            Unreadable::TooLarge
        }
        _ => Unreadable::NoNumber,
    }
}

fn past_magnitude() -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and above 0")]
    let largest = format::count(MAX_MAGNITUDE as u64);
    format!("is past the largest number, ±{largest}.")
}

/// (row, column, text, how many others)
fn first_unreadable(grid: &Grid<Entry>) -> Option<(usize, usize, String, usize)> {
    let mut unreadable = grid.cells().iter().enumerate().filter_map(|(i, cell)| match cell {
        Entry::Unreadable(text) => Some((i / grid.cols(), i % grid.cols(), text)),
        _ => None,
    });
    let (row, col, text) = unreadable.next()?;
    Some((row, col, text.clone(), unreadable.count()))
}

/// "a 7 × 7", but "an 8 × 8" and "an 11 × 11".
fn article(number: usize) -> &'static str {
    if matches!(number, 8 | 11 | 18 | 80..=89) { "an" } else { "a" }
}

/// The same at the beginning of a sentence.
struct Article(usize);

impl std::fmt::Display for Article {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if article(self.0) == "an" { "An" } else { "A" })
    }
}
