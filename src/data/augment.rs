//! Augmentation: training images that are a little different in every epoch.
//!
//! What an image becomes follows from (seed, epoch, image) alone: never from its batch, its place in it, or the worker
//! that makes it. Everything around an image is paper.

use serde::{Deserialize, Serialize};

use super::{SIDE, Split};
use crate::num::{
    rng::{Purpose, Stream},
    single,
    trig::sin_cos,
};

/// How training images are varied; test images never are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Augment {
    /// They are taken as they are.
    #[default]
    None,
    /// Moved by −1, 0 or 1 pixel along each side: nine equally likely images.
    Shift,
    /// Turned by up to 10°, scaled by up to 10 %, moved by up to 2 pixels.
    Affine,
    /// Every pixel moved by a smooth random field, as if the hand had shaken.
    ///
    /// # Source
    /// Simard, Steinkraus, Platt, *Best practices for convolutional neural networks applied to visual document
    /// analysis*, 2003: uniform displacements, smoothed by a Gaussian of σ = 4 and multiplied by α = 34.
    Elastic,
}

/// Which variation of its images a run sees in an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Augmentation {
    /// How images are varied.
    pub kind: Augment,
    /// The run's seed.
    pub seed: u32,
    /// The epoch, from 1.
    pub epoch: u32,
}

/// Rotation and scaling around the image's centre, then a shift.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine {
    /// Clockwise, in radians, from −π to π.
    pub angle: f32,
    /// Above 1 is larger; above 0.
    pub scale: f32,
    /// Pixels down and to the right.
    pub shift: (f32, f32),
}

/// The largest rotation, in radians.
const MAX_ANGLE: f32 = 10.0 * std::f32::consts::PI / 180.0;
/// The largest change of scale.
const MAX_SCALE: f32 = 0.1;
/// The largest shift along a side, in pixels.
const MAX_SHIFT: f32 = 2.0;
/// Simard's σ, in pixels.
const SIGMA: f32 = 4.0;
/// Simard's α, in pixels: the smoothed field's standard deviation is then about 1.4 pixels.
const ALPHA: f32 = 34.0;
/// The Gaussian is cut off after this many pixels, 2σ.
const RADIUS: usize = 8;

/// Cells of a row of the padded image: a power of two, so that a cell's place is a shift and a mask.
const STRIDE: usize = 32;
const CELLS: usize = STRIDE * STRIDE;
/// Positions are integers with 16 bits behind the point: they are the same on every machine and cost no rounding call.
const ONE: i32 = 1 << 16;
const SIDE_FIXED: i32 = 28 * ONE;

type Displacement = [[f32; SIDE]; SIDE];

/// Makes variations of images, in buffers that are used again.
#[derive(Debug, Clone)]
pub struct Augmenter {
    gauss: [f32; 2 * RADIUS + 1],
    padded: [u8; CELLS],
    image: [u8; Split::PIXELS],
}

impl Default for Augmenter {
    fn default() -> Self {
        let mut gauss = [0.0; 2 * RADIUS + 1];
        for (at, cell) in gauss.iter_mut().enumerate() {
            let sigmas = (at as f32 - RADIUS as f32) / SIGMA;
            *cell = libm::expf(-sigmas * sigmas / 2.0);
        }
        let sum: f32 = gauss.iter().sum();
        for cell in &mut gauss {
            *cell /= sum;
        }
        Self { gauss, padded: [0; CELLS], image: [0; Split::PIXELS] }
    }
}

impl Augmenter {
    /// What image `index`, whose pixels are `image`, becomes.
    pub fn apply<'a>(&'a mut self, augmentation: Augmentation, index: usize, image: &'a [u8]) -> &'a [u8] {
        let Augmentation { kind, seed, epoch } = augmentation;
        let stream = || Stream::new(seed.into(), Purpose::Augment, u64::from(epoch) << 32 | index as u64);
        match kind {
            Augment::None => image,
            Augment::Shift => {
                let mut stream = stream();
                let mut draw = || stream.below(3).cast_signed() - 1;
                let by = (draw(), draw());
                self.shift(image, by)
            }
            Augment::Affine => {
                let mut stream = stream();
                let (angle, scale) = (stream.symmetric(MAX_ANGLE), 1.0 + stream.symmetric(MAX_SCALE));
                let shift = (stream.symmetric(MAX_SHIFT), stream.symmetric(MAX_SHIFT));
                self.affine(image, Affine { angle, scale, shift })
            }
            Augment::Elastic => self.elastic(image, ALPHA, &mut stream()),
        }
    }

    /// The image moved by whole pixels, down and to the right.
    pub fn shift(&mut self, image: &[u8], (down, right): (i32, i32)) -> &[u8] {
        let skipped = |by: i32| (by.max(0).unsigned_abs() as usize, by.min(0).unsigned_abs() as usize);
        let ((to_row, from_row), (to_col, from_col)) = (skipped(down), skipped(right));
        self.image.fill(0);
        let rows = self.image.chunks_exact_mut(SIDE).skip(to_row).zip(image.chunks_exact(SIDE).skip(from_row));
        for (to, from) in rows {
            let (Some(to), Some(from)) = (to.get_mut(to_col..), from.get(from_col..)) else { break };
            to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        }
        &self.image
    }

    /// The image turned, scaled and moved.
    pub fn affine(&mut self, image: &[u8], Affine { angle, scale, shift }: Affine) -> &[u8] {
        // Each pixel asks where it comes from: the way back.
        let (sin, cos) = sin_cos(angle.into());
        let (sin, cos) = (fixed(single(sin) / scale), fixed(single(cos) / scale));
        // The centre lies between pixels: positions from there are counted in halves.
        let (from_centre, half) = (|at: i32| 2 * at - (28 - 1), |twice: i32| twice / 2);
        let (down, right) = (fixed(shift.0), fixed(shift.1));
        let (down, right) = (multiply(cos, down) - multiply(sin, right), multiply(sin, down) + multiply(cos, right));
        let centre = half(27 * ONE);
        self.resample(image, |row, col| {
            let (y, x) = (from_centre(row), from_centre(col));
            (centre + half(cos * y - sin * x) - down, centre + half(sin * y + cos * x) - right)
        })
    }

    /// The image with every pixel moved by a smooth random field, `strength` times as far as the smoothed draws.
    pub fn elastic(&mut self, image: &[u8], strength: f32, stream: &mut Stream) -> &[u8] {
        let down = self.smooth(&noise(stream));
        let right = self.smooth(&noise(stream));
        let moved = |at: i32, field: &Displacement, row: usize, col: usize| {
            at * ONE + fixed(strength * field.get(row).and_then(|row| row.get(col)).copied().unwrap_or_default())
        };
        self.resample(image, |row, col| {
            let (y, x) = (row.unsigned_abs() as usize, col.unsigned_abs() as usize);
            (moved(row, &down, y, x), moved(col, &right, y, x))
        })
    }

    /// The image whose pixels come from `position(row, col)`, between four pixels by their areas.
    fn resample(&mut self, image: &[u8], position: impl Fn(i32, i32) -> (i32, i32)) -> &[u8] {
        let rows = self.padded.chunks_exact_mut(STRIDE).skip(1);
        for (to, from) in rows.zip(image.chunks_exact(SIDE)) {
            if let Some(to) = to.get_mut(1..=SIDE) {
                to.copy_from_slice(from);
            }
        }
        for (row, cells) in (0..).zip(self.image.chunks_exact_mut(SIDE)) {
            for (col, cell) in (0..).zip(cells) {
                *cell = between(&self.padded, position(row, col));
            }
        }
        &self.image
    }

    /// The field under a Gaussian; around it is 0.
    fn smooth(&self, field: &Displacement) -> Displacement {
        let mut across = [[0.0; SIDE]; SIDE];
        for (to, from) in across.iter_mut().zip(field) {
            let mut padded = [0.0; SIDE + 2 * RADIUS];
            padded.iter_mut().skip(RADIUS).zip(from).for_each(|(to, from)| *to = *from);
            for (weight, from) in self.gauss.iter().zip(padded.windows(SIDE)) {
                to.iter_mut().zip(from).for_each(|(sum, x)| *sum += weight * x);
            }
        }
        let mut smooth = [[0.0; SIDE]; SIDE];
        for (row, to) in smooth.iter_mut().enumerate() {
            let top = RADIUS.saturating_sub(row);
            let weights = self.gauss.iter().skip(top);
            for (weight, from) in weights.zip(across.iter().skip((row + top).saturating_sub(RADIUS))) {
                to.iter_mut().zip(from).for_each(|(sum, x)| *sum += weight * x);
            }
        }
        smooth
    }
}

/// Independent draws, uniform over 256 values in [−1, 1]: smoothed, no finer ones could be told from them.
fn noise(stream: &mut Stream) -> Displacement {
    let mut field = [[0.0; SIDE]; SIDE];
    for cells in field.iter_mut().flat_map(|row| row.chunks_exact_mut(4)) {
        for (cell, byte) in cells.iter_mut().zip(stream.next_u32().to_le_bytes()) {
            *cell = (f32::from(byte) - 127.5) * (1.0 / 127.5);
        }
    }
    field
}

/// The cell at a position, in proportion to what it covers of four pixels. A pixel outside the padding is paper.
fn between(padded: &[u8; CELLS], (y, x): (i32, i32)) -> u8 {
    let in_padding = |at: i32| (at.clamp(-ONE, SIDE_FIXED) + ONE).unsigned_abs();
    let (y, x) = (in_padding(y), in_padding(x));
    let (down, right) = (y >> 8 & 255, x >> 8 & 255);
    let at = ((y >> 16) * 32 + (x >> 16)) as usize;
    // The mask is what spares a check: no position is past it.
    let cell = |at: usize| padded.get(at & (CELLS - 1)).map_or(0, |byte| u32::from(*byte));
    let top = cell(at) * (256 - right) + cell(at + 1) * right;
    let bottom = cell(at + STRIDE) * (256 - right) + cell(at + STRIDE + 1) * right;
    let [_, _, byte, _] = (top * (256 - down) + bottom * down + (1 << 15)).to_le_bytes();
    byte
}

/// A position's integer. Nothing here is near what an integer holds.
fn fixed(value: f32) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "rounded towards zero, by a 65,536th of a pixel")]
    let fixed = (value * ONE as f32) as i32;
    fixed
}

fn multiply(a: i32, b: i32) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "both are small")]
    let product = (i64::from(a) * i64::from(b) / i64::from(ONE)) as i32;
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDENTITY: Affine = Affine { angle: 0.0, scale: 1.0, shift: (0.0, 0.0) };

    /// A vertical bar, 4 wide and 16 high, in the image's centre.
    fn bar() -> Vec<u8> {
        (0..784).map(|i| if (6..22).contains(&(i / 28)) && (12..16).contains(&(i % 28)) { 255 } else { 0 }).collect()
    }

    /// Any bytes at all.
    fn noisy() -> Vec<u8> {
        let mut stream = Stream::new(9, Purpose::Augment, 0);
        (0..784).map(|_| stream.next_u32().to_le_bytes()[0]).collect()
    }

    /// Ink, and its mean row and column from the image's centre.
    fn ink(image: &[u8]) -> (f64, f64, f64) {
        let sum = |weight: &dyn Fn(usize) -> f64| -> f64 {
            image.iter().enumerate().map(|(i, byte)| f64::from(*byte) * weight(i)).sum()
        };
        let all = sum(&|_| 1.0);
        (all / 255.0, sum(&|i| (i / 28) as f64 - 13.5) / all, sum(&|i| (i % 28) as f64 - 13.5) / all)
    }

    /// The ink's covariance of row and column: the way it leans.
    fn lean(image: &[u8]) -> f64 {
        let all: f64 = image.iter().map(|byte| f64::from(*byte)).sum();
        let product = |i: usize| ((i / 28) as f64 - 13.5) * ((i % 28) as f64 - 13.5);
        image.iter().enumerate().map(|(i, byte)| f64::from(*byte) * product(i)).sum::<f64>() / all
    }

    #[test]
    fn a_shift_moves_every_pixel_by_whole_pixels() {
        let image = noisy();
        for by in [(0, 0), (1, 0), (0, -1), (-1, 1), (-3, -2), (27, 5), (28, 0), (0, -28), (40, 40)] {
            let mut augmenter = Augmenter::default();
            let moved = augmenter.shift(&image, by);
            for (i, byte) in moved.iter().enumerate() {
                let from = (i32::try_from(i / 28).unwrap() - by.0, i32::try_from(i % 28).unwrap() - by.1);
                let inside = (0..28).contains(&from.0) && (0..28).contains(&from.1);
                let expect = if inside { image[usize::try_from(from.0 * 28 + from.1).unwrap()] } else { 0 };
                assert_eq!(*byte, expect, "cell {i} after a shift by {by:?}");
            }
        }
    }

    #[test]
    fn an_affine_shift_by_whole_pixels_is_a_shift() {
        for (shift, whole) in [((2.0, -1.0), (2, -1)), ((0.0, 5.0), (0, 5)), ((-28.0, 0.0), (-28, 0))] {
            let mut augmenter = Augmenter::default();
            let expect = augmenter.shift(&noisy(), whole).to_vec();
            assert_eq!(augmenter.affine(&noisy(), Affine { shift, ..IDENTITY }), expect);
        }
    }

    #[test]
    fn nothing_asked_for_changes_nothing() {
        let (image, mut augmenter) = (noisy(), Augmenter::default());
        assert_eq!(augmenter.shift(&image, (0, 0)), image);
        assert_eq!(augmenter.affine(&image, IDENTITY), image);
        assert_eq!(augmenter.elastic(&image, 0.0, &mut Stream::new(1, Purpose::Augment, 0)), image);
        let none = Augmentation { kind: Augment::None, seed: 1, epoch: 1 };
        assert_eq!(augmenter.apply(none, 0, &image), image);
    }

    #[test]
    fn the_key_decides_and_nothing_else() {
        let image = noisy();
        for kind in [Augment::Shift, Augment::Affine, Augment::Elastic] {
            let key = Augmentation { kind, seed: 1, epoch: 1 };
            let mut used = Augmenter::default();
            let images: Vec<Vec<u8>> = (0..20).map(|index| used.apply(key, index, &image).to_vec()).collect();
            for (index, first) in images.iter().enumerate().rev() {
                assert_eq!(Augmenter::default().apply(key, index, &image), first, "{kind:?}");
            }
            for other in [Augmentation { seed: 2, ..key }, Augmentation { epoch: 2, ..key }] {
                let again: Vec<Vec<u8>> = (0..20).map(|index| used.apply(other, index, &image).to_vec()).collect();
                assert_ne!(images, again, "{other:?}");
            }
            assert!(images.iter().any(|other| *other != images[0]), "{kind:?} varies between images");
        }
    }

    /// The same bytes on every machine and in every version: part of every published seed.
    #[test]
    fn images_are_pinned() {
        let hashes = [Augment::None, Augment::Shift, Augment::Affine, Augment::Elastic].map(|kind| {
            let mut augmenter = Augmenter::default();
            (0..8).fold(0xcbf2_9ce4_8422_2325_u64, |hash, index| {
                let image = augmenter.apply(Augmentation { kind, seed: 3, epoch: 2 }, index, &bar()).to_vec();
                image.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
            })
        });
        let expect = [0xd174_dcf4_b5a7_0b25, 0xe6f2_21f2_4f67_30a5, 0x70a6_3de6_b26a_ec56, 0x498d_ed35_a01e_19c3];
        assert_eq!(hashes, expect, "{hashes:#018x?}");
    }

    #[test]
    fn all_nine_shifts_are_drawn() {
        let (image, mut augmenter) = (bar(), Augmenter::default());
        let mut counts = std::collections::BTreeMap::new();
        for index in 0..9000 {
            let moved = augmenter.apply(Augmentation { kind: Augment::Shift, seed: 1, epoch: 1 }, index, &image);
            let (all, row, col) = ink(moved);
            assert!((all - 64.0).abs() < 1e-9);
            *counts.entry(format!("{row:.0} {col:.0}").replace("-0", "0")).or_insert(0_u32) += 1;
        }
        // Five standard deviations of a binomial with n = 9,000 and p = 1/9 are 149.
        assert!(counts.len() == 9 && counts.values().all(|count| count.abs_diff(1000) < 149), "{counts:?}");
    }

    #[test]
    fn a_bar_is_turned_scaled_and_moved() {
        let (image, mut augmenter) = (bar(), Augmenter::default());
        // A quarter turn: rows become columns.
        let quarter = augmenter.affine(&image, Affine { angle: std::f32::consts::FRAC_PI_2, ..IDENTITY }).to_vec();
        let turned: Vec<u8> = (0..784).map(|i| image[i % 28 * 28 + i / 28]).collect();
        assert!(quarter.iter().zip(&turned).all(|(found, expect)| found.abs_diff(*expect) <= 1));
        // Clockwise, its upper end goes right: where the row is small the column is large.
        assert!(lean(augmenter.affine(&image, Affine { angle: 0.2, ..IDENTITY })) < -1.0);
        assert!(lean(augmenter.affine(&image, Affine { angle: -0.2, ..IDENTITY })) > 1.0);
        // Twice the scale is four times the ink.
        let (all, row, col) = ink(augmenter.affine(&image, Affine { scale: 1.5, ..IDENTITY }));
        assert!((all / (64.0 * 2.25) - 1.0).abs() < 0.05 && row.abs() < 0.1 && col.abs() < 0.1, "{all} {row} {col}");
        let (all, row, col) = ink(augmenter.affine(&image, Affine { shift: (1.25, -2.5), ..IDENTITY }));
        assert!((all - 64.0).abs() < 0.5 && (row - 1.25).abs() < 0.02 && (col + 2.5).abs() < 0.02, "{all} {row} {col}");
        // The shift comes last: it is not turned with the image.
        let (_, row, col) = ink(augmenter.affine(&image, Affine { angle: 1.0, scale: 1.2, shift: (0.0, 3.0) }));
        assert!(row.abs() < 0.1 && (col - 3.0).abs() < 0.1, "{row} {col}");
    }

    #[test]
    fn an_elastic_bar_stays_a_bar_that_is_bent() {
        let (image, mut augmenter) = (bar(), Augmenter::default());
        let (mut moved, mut changed) = (0.0, 0);
        for index in 0..200 {
            let key = Augmentation { kind: Augment::Elastic, seed: 1, epoch: 1 };
            let bent = augmenter.apply(key, index, &image);
            let (all, row, col) = ink(bent);
            assert!((32.0..128.0).contains(&all), "image {index} has {all} of 64 pixels of ink");
            assert!(row.abs() < 5.0 && col.abs() < 5.0, "image {index} is at {row}, {col}");
            moved += col.powi(2);
            changed += bent.iter().zip(&image).filter(|(a, b)| a.abs_diff(**b) > 64).count();
        }
        // The field's standard deviation is 1.4 pixels; a bar of 4 by 16 feels a part of it.
        let spread = (moved / 200.0).sqrt();
        assert!((0.5..1.5).contains(&spread), "{spread}");
        assert!((10..120).contains(&(changed / 200)), "{changed}");
    }

    #[test]
    fn the_smoothed_field_is_as_wide_as_simards() {
        let augmenter = Augmenter::default();
        let mut sum = 0.0;
        for index in 0..200 {
            let field = augmenter.smooth(&noise(&mut Stream::new(1, Purpose::Augment, index)));
            sum += f64::from(ALPHA * field[14][14]).powi(2);
        }
        // √(1/3)·34/(2σ√π): a uniform draw's deviation, and what a Gaussian leaves of it.
        let (found, expect) =
            ((sum / 200.0).sqrt(), 34.0 * (1.0_f64 / 3.0).sqrt() / (8.0 * std::f64::consts::PI.sqrt()));
        assert!((found / expect - 1.0).abs() < 0.15, "{found} where {expect} is expected");
        let flat = augmenter.smooth(&[[1.0; SIDE]; SIDE]);
        assert!((flat[14][14] - 1.0).abs() < 1e-5 && flat[0][0] < 0.5, "weights add up to 1, and around is 0");
    }
}
