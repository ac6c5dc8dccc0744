//! What is copied and saved of a lab, made of its link: a program, a text, a figure, an animation.
//!
//! A link is the whole state, so nothing else is handed over. What it hides is hidden here as on the page: the output's
//! numbers, the arithmetic, and, where numbers are predicted first, all that is not answered yet.

mod animation;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use animation::Animation;

use crate::{
    export::{Palette, svg, tikz},
    image::Pixels,
    lab::{
        control::ControlId,
        figure::{FigureStyle, Film, figure, latex},
        operation::Computation,
        scene::{CellKind, CellView, PlateKind, Playhead, Scene},
    },
    link::{
        Link, Page, Panel,
        operation::{LabKind, LabLink},
    },
    paste::{Format, write_planes},
};

/// What is made as a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportKind {
    /// A program that computes what is on screen.
    Pytorch,
    /// The grids as matrices, and the step's arithmetic.
    Latex,
    /// The figure of the step for a `LaTeX` document.
    Tikz,
    /// The figure of the step.
    Svg,
    /// The figures of all steps side by side.
    Strip,
    /// The numbers of one array.
    Array(ArrayName, Format),
}

/// What is copied as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrayName {
    /// All channels of the input.
    Input,
    /// All kernels.
    Kernel,
    /// All channels of the output.
    Output,
}

impl ExportKind {
    /// The kind of that name: `svg`, or of an array its name and the format's, `input NumPy`.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "pytorch" => Self::Pytorch,
            "latex" => Self::Latex,
            "tikz" => Self::Tikz,
            "svg" => Self::Svg,
            "strip" => Self::Strip,
            _ => {
                let (array, format) = name.split_once(' ')?;
                let array = match array {
                    "input" => ArrayName::Input,
                    "kernel" => ArrayName::Kernel,
                    "output" => ArrayName::Output,
                    _ => return None,
                };
                Self::Array(array, Format::ALL.into_iter().find(|known| known.name() == format)?)
            }
        })
    }

    /// Whether it has colours.
    pub fn is_drawn(self) -> bool {
        matches!(self, Self::Tikz | Self::Svg | Self::Strip)
    }
}

/// A text that was made, and what is not on it, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedText {
    /// The text.
    pub text: String,
    /// Which steps were too many.
    pub left_out: Option<String>,
}

/// What is on screen: a link, the kind of its lab, and the pixels of a picture, which no link holds.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    /// The link.
    pub link: &'a str,
    /// How the links of its page are read; `None` for a page without a lab.
    ///
    /// The page hands over its own: what copies and exports has the code of no lab.
    pub kind: Option<&'static LabKind>,
    /// The pixels that its lab filters; programs and kernels need none.
    pub pixels: Option<Pixels>,
}

impl<'a> From<&'a str> for Source<'a> {
    fn from(link: &'a str) -> Self {
        Self { link, kind: LabKind::of_page(Link::decode(link).0.page), pixels: None }
    }
}

impl<'a> From<&'a String> for Source<'a> {
    fn from(link: &'a String) -> Self {
        link.as_str().into()
    }
}

/// Makes `kind` of what `source` shows, for most labs a link alone. Programs and matrices have no colours and need no
/// palette.
///
/// # Errors
/// A sentence that says what stands in the way.
pub fn make<'a>(
    source: impl Into<Source<'a>>,
    kind: ExportKind,
    palette: Option<&Palette>,
) -> Result<ExportedText, String> {
    make_of(source.into(), kind, palette)
}

fn make_of(source: Source<'_>, kind: ExportKind, palette: Option<&Palette>) -> Result<ExportedText, String> {
    let whole = |text| Ok(ExportedText { text, left_out: None });
    match kind {
        ExportKind::Array(which, format) => return whole(array(&source, which, format)?),
        ExportKind::Pytorch => return whole(program(&source)?),
        _ => {}
    }
    let shown = OpenedLab::open(source)?;
    let palette = || palette.ok_or_else(|| NO_COLOURS.to_owned());
    match kind {
        ExportKind::Pytorch | ExportKind::Array(..) | ExportKind::Latex => whole(latex(&shown.present())),
        ExportKind::Tikz => whole(tikz(&figure(&shown.present(), &shown.style()), palette()?)),
        ExportKind::Svg => whole(svg(&figure(&shown.present(), &shown.style()), palette()?)),
        ExportKind::Strip => {
            let scene = |step| shown.scene(step);
            let film = Film::side_by_side(shown.len(), &shown.style(), &scene);
            let strip = film.strip(shown.columns(&film), &scene);
            Ok(ExportedText { text: svg(&strip, palette()?), left_out: film.left_out() })
        }
    }
}

const NO_LAB: &str = "Only labs can be copied and exported, and this link opens none.";
const A_PICTURE: &str = "A picture is not copied as numbers: only its kernel is.";
const NO_COLOURS: &str = "The page's colours could not be read, so nothing was drawn.";

/// The name of the file that is saved of what `link` shows: `convolution-step-3.svg`, or that of `all` its steps.
pub fn file_name<'a>(source: impl Into<Source<'a>>, extension: &str, all: bool) -> String {
    file_name_of(&source.into(), extension, all)
}

fn file_name_of(source: &Source<'_>, extension: &str, all: bool) -> String {
    let (link, _) = Link::decode(source.link);
    let name = link.page.path();
    if all {
        return [name, "-steps.", extension].concat();
    }
    let step = source.kind.map_or(1, |kind| {
        let (state, _) = (kind.decode)(&link.fields);
        state.step.min(state.lab.operation().compute().map_or(state.step, |steps| steps.len()))
    });
    [name, "-step-", &step.to_string(), ".", extension].concat()
}

/// The program of what `link` shows. It reads a picture from its file, so that its pixels are not asked for.
fn program(source: &Source<'_>) -> Result<String, String> {
    let (link, _) = Link::decode(source.link);
    let kind = source.kind.ok_or_else(|| NO_LAB.to_owned())?;
    let (LabLink { lab, .. }, _) = (kind.decode)(&link.fields);
    match lab.operation().compute() {
        Err(problem) if problem.control != ControlId::IMAGE => Err(problem.sentence),
        _ => Ok((kind.program)(&lab)),
    }
}

/// The numbers of one array of what `link` shows, whether or not they fit together.
fn array(source: &Source<'_>, which: ArrayName, format: Format) -> Result<String, String> {
    let (link, _) = Link::decode(source.link);
    let kind = source.kind.ok_or_else(|| NO_LAB.to_owned())?;
    let (LabLink { lab, predict, .. }, _) = (kind.decode)(&link.fields);
    let computed = lab.operation().compute();
    let arrays = match (which, &computed) {
        (ArrayName::Input, _) => lab.inputs(),
        (ArrayName::Kernel, _) => lab.kernels(),
        (ArrayName::Output, Ok(_)) if predict || link.shared.hide.contains(&Panel::Output) => {
            return Err("The output is for the reader to find, so it is not copied.".to_owned());
        }
        (ArrayName::Output, Ok(computed)) => lab.outputs(computed.as_ref()),
        (ArrayName::Output, Err(problem)) if problem.control == ControlId::IMAGE => Vec::new(),
        (ArrayName::Output, Err(problem)) => return Err(problem.sentence.clone()),
    };
    if arrays.is_empty() && link.page == Page::Filters {
        return Err(A_PICTURE.to_owned());
    }
    let texts: Vec<String> = arrays.iter().map(|planes| write_planes(planes, format)).collect();
    Ok(texts.join("\n\n"))
}

/// A lab as a link shows it, computed.
struct OpenedLab {
    steps: Arc<dyn Computation>,
    step: usize,
    speed: f64,
    /// The present step's number is asked for.
    predict: bool,
    hides_output: bool,
    hides_sum: bool,
}

impl OpenedLab {
    fn open(source: Source<'_>) -> Result<Self, String> {
        let (link, _) = Link::decode(source.link);
        let kind = source.kind.ok_or_else(|| NO_LAB.to_owned())?;
        let (mut state, _) = (kind.decode)(&link.fields);
        state.lab = (kind.with_pixels)(&state.lab, source.pixels);
        let steps = state.lab.operation().compute().map_err(|problem| problem.sentence)?;
        let Some(last) = steps.len().checked_sub(1) else {
            return Err("There is no step to copy or export.".to_owned());
        };
        let hides = |panel| link.shared.hide.contains(&panel);
        Ok(Self {
            step: (state.step - 1).min(last),
            speed: state.speed,
            predict: state.predict,
            hides_output: hides(Panel::Output),
            hides_sum: hides(Panel::Arithmetic),
            steps,
        })
    }

    fn len(&self) -> usize {
        self.steps.len()
    }

    fn style(&self) -> FigureStyle {
        FigureStyle { without_sum: self.hides_sum, ..FigureStyle::default() }
    }

    fn present(&self) -> Scene {
        self.scene(self.step)
    }

    /// The scene of `step`: with the numbers that are known at the present one, where the rest is to be predicted.
    fn scene(&self, step: usize) -> Scene {
        let asked = self.predict && step >= self.step;
        let mut scene = self.steps.scene(Playhead { step, asked, blank: self.hides_output, ..Playhead::default() });
        if asked {
            // As on the page: the sum is a hint, and is asked for.
            scene.sum = None;
            if step > self.step {
                let known = self.steps.scene(Playhead {
                    step: self.step,
                    asked,
                    blank: self.hides_output,
                    ..Playhead::default()
                });
                keep_known(&mut scene, &known);
            }
        }
        if self.hides_output {
            for plate in scene.plates.iter_mut().filter(|plate| plate.kind == PlateKind::Result) {
                plate.view = Arc::new(plate.view.blank());
            }
        }
        scene
    }

    /// Figures in a row of the strip: those of a row of the output, where they stand as its numbers do; else as many as
    /// make the strip about as wide as it is high.
    fn columns(&self, film: &Film) -> usize {
        /// A strip of more is too wide for a page.
        const MOST: usize = 8;
        let row = self.steps.row();
        if film.left_out().is_none() && (2..=MOST).contains(&row) && row < self.len() {
            return row;
        }
        let (width, height) = film.size;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count; `as` saturates")]
        let square = (film.steps.len() as f64 * height / width).sqrt().round() as usize;
        square.clamp(1, MOST)
    }
}

/// Takes the numbers out of `scene` that are not in `known`.
fn keep_known(scene: &mut Scene, known: &Scene) {
    for plate in &mut scene.plates {
        let Some(before) = known.plate(plate.id).filter(|before| before.view.cells.shape() == plate.view.cells.shape())
        else {
            continue;
        };
        let unknown = |row, col| before.view.cells.get(row, col).is_some_and(|cell| cell.kind == CellKind::NotYet);
        let mut view = (*plate.view).clone();
        for row in 0..view.cells.rows() {
            for col in 0..view.cells.cols() {
                if let Some(cell) = view.cells.get_mut(row, col).filter(|_| unknown(row, col)) {
                    *cell = CellView::not_yet(cell.now);
                }
            }
        }
        plate.view = Arc::new(view);
    }
}
