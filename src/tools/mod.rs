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
    lab::{
        OperationLab,
        figure::{FigureStyle, Film, figure, latex},
        operation::Computation,
        scene::{CellKind, CellView, PlateKind, Playhead, Scene},
    },
    link::{
        Link, Panel,
        operation::{decode, page},
    },
    plot::Rgb,
};

/// What is made as a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
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
}

impl Kind {
    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "pytorch" => Self::Pytorch,
            "latex" => Self::Latex,
            "tikz" => Self::Tikz,
            "svg" => Self::Svg,
            "strip" => Self::Strip,
            _ => return None,
        })
    }
}

/// A text that was made, and what is not on it, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The text.
    pub text: String,
    /// Which steps were too many.
    pub left_out: Option<String>,
}

/// Makes `kind` of what `link` shows. Programs and matrices have no colours and need no palette.
///
/// # Errors
/// A sentence that says what stands in the way.
pub fn make(link: &str, kind: Kind, palette: Option<&Palette>) -> Result<Made, String> {
    let shown = Shown::open(link)?;
    let whole = |text| Ok(Made { text, left_out: None });
    let palette = || palette.ok_or_else(|| NO_COLOURS.to_owned());
    match kind {
        Kind::Pytorch => whole(shown.lab.code()),
        Kind::Latex => whole(latex(&shown.present())),
        Kind::Tikz => whole(tikz(&figure(&shown.present(), &shown.style()), palette()?)),
        Kind::Svg => whole(svg(&figure(&shown.present(), &shown.style()), palette()?)),
        Kind::Strip => {
            let scene = |step| shown.scene(step);
            let film = Film::side_by_side(shown.len(), &shown.style(), &scene);
            let strip = film.strip(shown.columns(&film), &scene);
            Ok(Made { text: svg(&strip, palette()?), left_out: film.left_out() })
        }
    }
}

const NO_COLOURS: &str = "The page's colours could not be read, so nothing was drawn.";

/// The names of the style sheet's tokens that a palette needs.
pub fn tokens() -> &'static [&'static str] {
    Palette::TOKENS
}

/// Reads a palette: the font in the first line, then a token with its colour in each, as the browser computes it.
///
/// ```
/// # use receptive::tools::{palette, tokens};
/// let lines: Vec<String> = tokens().iter().map(|token| format!("{token} rgb(1, 2, 3)")).collect();
/// assert!(palette(&format!("Arial, sans-serif\n{}", lines.join("\n"))).is_some());
/// assert!(palette("Arial").is_none());
/// ```
pub fn palette(text: &str) -> Option<Palette> {
    let (font, rest) = text.split_once('\n')?;
    Palette::read(font, |token| {
        let colour = rest.lines().find_map(|line| line.split_once(' ').filter(|(name, _)| *name == token))?.1;
        Rgb::parse(colour)
    })
}

/// A lab as a link shows it, computed.
struct Shown {
    lab: OperationLab,
    steps: Arc<dyn Computation>,
    step: usize,
    speed: f64,
    /// The present step's number is asked for.
    predict: bool,
    hides_output: bool,
    hides_sum: bool,
}

impl Shown {
    fn open(text: &str) -> Result<Self, String> {
        let (link, _) = Link::decode(text);
        let (state, _) = decode(link.page, &link.fields);
        if page(&state.lab) != link.page {
            return Err("Only labs can be copied and exported, and this link opens none.".to_owned());
        }
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
            lab: state.lab,
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
        let mut scene = self.steps.scene(Playhead { step, asked, ..Playhead::default() });
        if asked {
            // As on the page: the sum is a hint, and is asked for.
            scene.sum = None;
            if step > self.step {
                let known = self.steps.scene(Playhead { step: self.step, asked, ..Playhead::default() });
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
