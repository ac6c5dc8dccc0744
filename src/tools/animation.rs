//! All steps, one after the other.

use super::{OpenedLab, Source};
use crate::{
    export::{
        Palette,
        gif::{Gif, GifError},
        svg,
    },
    lab::figure::Film,
};

/// How long a step is shown at speed 1, in hundredths of a second: as the page's player has it.
const DWELL: f64 = 90.0;
/// How many times as long the last one is shown.
const REST: f64 = 2.5;

/// A GIF in the making: it gives a figure for each frame and takes its pixels, since only the browser can draw text.
pub struct Animation {
    shown: OpenedLab,
    film: Film,
    palette: Palette,
    gif: Gif,
    size: (u16, u16),
    scale: f64,
}

impl Animation {
    /// The animation of what `source` shows, with `scale` pixels to a CSS pixel, or fewer where that is too large.
    ///
    /// # Errors
    /// A sentence that says what stands in the way.
    pub fn new<'a>(source: impl Into<Source<'a>>, palette: Palette, scale: f64) -> Result<Self, String> {
        let shown = OpenedLab::open(source.into())?;
        let film = Film::moving(shown.len(), &shown.style(), &|step| shown.scene(step));
        let size = film.pixels(scale);
        let gif = Gif::new(size.0, size.1).map_err(|error| error.to_string())?;
        Ok(Self { shown, film, palette, gif, size, scale })
    }

    /// Number of frames.
    pub fn len(&self) -> usize {
        self.film.steps.len()
    }

    /// Whether there is none, which does not happen: a lab without a step is refused.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Width and height of the frames in pixels.
    pub fn size(&self) -> (u16, u16) {
        self.size
    }

    /// What is not as it was asked for, in a sentence: steps that are left out, a smaller picture.
    pub fn left_out(&self) -> Option<String> {
        let smaller = f64::from(self.size.0) + 1.0 < self.film.size.0 * self.scale;
        let smaller = smaller.then(|| {
            let (width, height) = self.size;
            format!("Its frames are {width} × {height} pixels, the most that there may be.")
        });
        match (self.film.left_out(), smaller) {
            (Some(steps), Some(smaller)) => Some([&steps, " ", &smaller].concat()),
            (steps, smaller) => steps.or(smaller),
        }
    }

    /// The figure of a frame.
    pub fn svg(&self, frame: usize) -> Option<String> {
        let picture = self.film.figure(frame, &|step| self.shown.scene(step))?;
        Some(svg(&picture, &self.palette))
    }

    /// How long a frame is shown, in hundredths of a second: the last one longer.
    pub fn delay(&self, frame: usize) -> u16 {
        let times = if frame + 1 == self.len() { REST } else { 1.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some seconds; `as` saturates")]
        let hundredths = (DWELL / self.shown.speed * times).round() as u16;
        hundredths
    }

    /// Adds the frame `frame`, as RGBA bytes.
    ///
    /// # Errors
    /// A sentence, where the pixels are too few or too many, or the file gets too large.
    pub fn add(&mut self, frame: usize, rgba: &[u8]) -> Result<(), GifError> {
        let delay = self.delay(frame);
        self.gif.frame(rgba, delay)
    }

    /// The file.
    ///
    /// # Errors
    /// [`GifError::Empty`] where no frame was added.
    pub fn finish(self) -> Result<Vec<u8>, GifError> {
        self.gif.finish()
    }
}
