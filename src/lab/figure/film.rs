//! Many steps: side by side on one picture, or one after the other.

use super::{FigureStyle, MARGIN, figure, step_of};
use crate::{
    export::{
        Ink, Picture, Text,
        gif::{MAX_PIXELS, MAX_SIDE},
    },
    lab::scene::Scene,
    num::{format, within},
};

/// The most steps side by side.
const MOST_IN_A_STRIP: usize = 64;
/// The most cells on all of them: a picture of more takes programs that show it too long.
const MOST_CELLS: usize = 60_000;
/// The most steps that follow each other.
const MOST_FRAMES: usize = 240;

/// Steps of a lab that are shown on figures of one size.
///
/// The scenes are made when they are asked for, so that a long film does not take much memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Film {
    /// The steps, from 0: all, or as many as there may be, evenly spread with the first and the last.
    pub steps: Vec<usize>,
    /// How many steps there are.
    pub of: usize,
    /// Width and height of each figure.
    pub size: (f64, f64),
    style: FigureStyle,
}

impl Film {
    /// As many of the `of` steps as stand well on one picture; `scene` makes that of a step.
    pub fn side_by_side(of: usize, style: &FigureStyle, scene: &dyn Fn(usize) -> Scene) -> Self {
        let cells: usize =
            if of == 0 { 0 } else { scene(0).plates.iter().map(|plate| plate.view.cells.iter().count()).sum() };
        Self::new(of, (MOST_CELLS / cells.max(1)).clamp(1, MOST_IN_A_STRIP), style, scene)
    }

    /// As many of the `of` steps as make an animation; `scene` makes that of a step.
    pub fn moving(of: usize, style: &FigureStyle, scene: &dyn Fn(usize) -> Scene) -> Self {
        Self::new(of, MOST_FRAMES, style, scene)
    }

    fn new(of: usize, most: usize, style: &FigureStyle, scene: &dyn Fn(usize) -> Scene) -> Self {
        let steps: Vec<usize> = match (of <= most, most) {
            (true, _) => (0..of).collect(),
            (_, ..2) => vec![0],
            _ => (0..most).map(|index| index * (of - 1) / (most - 1)).collect(),
        };
        let sizes = steps.iter().map(|&step| {
            let picture = figure(&scene(step), style);
            (picture.width, picture.height)
        });
        let size = sizes.fold((1.0, 1.0), |all: (f64, f64), one| (all.0.max(one.0), all.1.max(one.1)));
        Self { steps, of, size, style: style.clone() }
    }

    /// The figure of the step at `index` of [`Film::steps`], as large as all others.
    pub fn figure(&self, index: usize, scene: &dyn Fn(usize) -> Scene) -> Option<Picture> {
        let step = *self.steps.get(index)?;
        let mut picture = figure(&scene(step), &self.style);
        (picture.width, picture.height) = self.size;
        picture.title = [&picture.title, ", ", &step_of(step, self.of)].concat();
        Some(picture)
    }

    /// All of them side by side in `columns`, each with its step's number.
    pub fn strip(&self, columns: usize, scene: &dyn Fn(usize) -> Scene) -> Picture {
        /// Height of the words above a figure.
        const LABEL: f64 = 28.0;
        let columns = columns.clamp(1, self.steps.len().max(1));
        let (width, height) = (self.size.0, self.size.1 + LABEL);
        let rows = self.steps.len().div_ceil(columns).max(1);
        let mut strip = Picture { width: width * columns as f64, height: height * rows as f64, ..Picture::default() };
        for (index, &step) in self.steps.iter().enumerate() {
            let picture = figure(&scene(step), &self.style);
            let at = ((index % columns) as f64 * width, (index / columns) as f64 * height);
            if strip.title.is_empty() {
                strip.title.clone_from(&picture.title);
            }
            if !strip.description.is_empty() {
                strip.description.push_str("; ");
            }
            for part in [&step_of(step, self.of), ": ", &picture.description] {
                strip.description.push_str(part);
            }
            strip.put(picture, (at.0, at.1 + LABEL));
            let label = (at.0 + MARGIN, at.1 + LABEL);
            strip.text(Text::new(label, 17.0, Ink::Ink2, step_of(step, self.of)).bold(true));
        }
        strip
    }

    /// Which steps are left out, in a sentence; `None` where all are there.
    pub fn left_out(&self) -> Option<String> {
        let count = |steps: usize| format::count(steps as u64);
        let out = self.of - self.steps.len();
        match self.steps.len() {
            _ if out == 0 => None,
            1 => Some(["Step 1 of ", &count(self.of), " only: the grids are too large for more."].concat()),
            some => {
                let parts =
                    [&count(some), " of ", &count(self.of), " steps, evenly spread; ", &count(out), " are left out."];
                Some(parts.concat())
            }
        }
    }

    /// Width and height in pixels of a GIF at `scale` pixels to a CSS pixel, or smaller where that would be too large.
    pub fn pixels(&self, scale: f64) -> (u16, u16) {
        let (width, height) = self.size;
        let most = (MAX_PIXELS as f64 / (width * height)).sqrt().min(f64::from(MAX_SIDE) / width.max(height));
        // Rounded down, or the product could be larger than allowed after all.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and the longest side")]
        let pixels = |length: f64| within((length * scale.min(most)).floor(), 1.0, f64::from(MAX_SIDE)) as u16;
        (pixels(width), pixels(height))
    }
}
