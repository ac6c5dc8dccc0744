//! A picture's numbers, plane by plane, and their bytes.

use std::{fmt, ops::Deref, sync::Arc};

use thiserror::Error;

use crate::{nn::fast::Lanes, num::format};

/// The most rows or columns of a picture that is filtered; larger ones are made smaller when they are opened.
pub const MAX_SIDE: usize = 1024;

/// Rows and columns of a picture of `width` × `height` made as large as a picture can be; a smaller one stays as it is.
/// The sides keep their ratio, to a pixel, and none becomes 0.
///
/// ```
/// # use receptive::image::fitted;
/// assert_eq!(fitted(4000, 3000), (1024, 768));
/// assert_eq!(fitted(512, 512), (512, 512));
/// assert_eq!(fitted(100_000, 10), (1024, 1));
/// ```
pub fn fitted(width: usize, height: usize) -> (usize, usize) {
    let longer = width.max(height);
    if longer <= MAX_SIDE {
        return (width.max(1), height.max(1));
    }
    let side = |side: usize| {
        let scaled = (side as u64 * MAX_SIDE as u64 * 2 + longer as u64) / (2 * longer as u64);
        usize::try_from(scaled).unwrap_or(MAX_SIDE).max(1)
    };
    (side(width), side(height))
}

/// Why bytes make no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SizeError {
    /// A side of 0, or one past [`MAX_SIDE`].
    #[error(
        "A picture of {} × {} pixels can't be filtered: each side has 1 to {} pixels.",
        format::count(*width as u64), format::count(*height as u64), format::count(MAX_SIDE as u64)
    )]
    Side {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// Another number of bytes than the sides ask for.
    #[error(
        "A picture of {width} × {height} pixels has {} bytes, not {}.",
        format::count(*width as u64 * *height as u64 * 4), format::count(*found as u64)
    )]
    Bytes {
        /// Columns.
        width: usize,
        /// Rows.
        height: usize,
        /// The bytes there are.
        found: usize,
    },
}

/// Which planes are read of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// Red, green and blue; one plane where the three are equal in every pixel.
    #[default]
    AsIs,
    /// One plane of luma.
    Grey,
    /// Red, green and blue, whatever they are: as fast as it gets, for a camera.
    Colour,
}

/// A picture as numbers: one plane (grey) or three (red, green, blue) of `width × height` numbers in rows from the top.
///
/// A picture that was read holds whole numbers from 0 to 255; what filters make of it can be any numbers.
#[derive(Clone, PartialEq, Default)]
pub struct Frame {
    width: usize,
    height: usize,
    data: Vec<f32>,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({} × {} × {})", self.planes(), self.height, self.width)
    }
}

impl Frame {
    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Planes: 1 for grey, 3 for colours; 0 where nothing was read yet.
    pub fn planes(&self) -> usize {
        self.data.len().checked_div(self.width * self.height).unwrap_or(0)
    }

    /// Plane number `index`, row by row; empty where there is none.
    pub fn plane(&self, index: usize) -> &[f32] {
        let len = self.width * self.height;
        self.data.get(index * len..(index + 1) * len).unwrap_or_default()
    }

    /// The same, to be changed.
    pub fn plane_mut(&mut self, index: usize) -> &mut [f32] {
        let len = self.width * self.height;
        self.data.get_mut(index * len..(index + 1) * len).unwrap_or_default()
    }

    /// The number in row `row` and column `col` of a plane.
    pub fn get(&self, plane: usize, row: usize, col: usize) -> Option<f32> {
        if row < self.height && col < self.width {
            self.plane(plane).get(row * self.width + col).copied()
        } else {
            None
        }
    }

    /// Makes room for `planes` planes of that size; what is in them is of no account.
    pub fn reshape(&mut self, width: usize, height: usize, planes: usize) {
        (self.width, self.height) = (width, height);
        self.data.resize(width * height * planes, 0.0);
    }

    /// Reads a canvas's bytes (red, green, blue and alpha of each pixel) in the place of what is there; no memory is
    /// asked for where the picture before was as large.
    ///
    /// What is transparent is laid on white. Luma is ITU-R BT.601's, rounded to a whole number as pictures hold it:
    /// `0.299·R + 0.587·G + 0.114·B`, in 16 bits behind the point, with the same numbers as Pillow's `convert("L")`.
    ///
    /// # Errors
    /// [`SizeError`]; nothing is changed then.
    ///
    /// ```
    /// # use receptive::image::{Frame, Layout};
    /// let mut frame = Frame::default();
    /// frame.read_rgba(&[255, 0, 0, 255, 0, 0, 255, 255], 2, 1, Layout::Grey)?;
    /// assert_eq!(frame.plane(0), [76.0, 29.0]);
    /// # Ok::<(), receptive::image::SizeError>(())
    /// ```
    pub fn read_rgba(&mut self, bytes: &[u8], width: usize, height: usize, layout: Layout) -> Result<(), SizeError> {
        if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
            return Err(SizeError::Side { width, height });
        }
        let (pixels, rest) = bytes.as_chunks::<4>();
        if pixels.len() != width * height || !rest.is_empty() {
            return Err(SizeError::Bytes { width, height, found: bytes.len() });
        }
        let is_grey = |[r, g, b, _]: &[u8; 4]| r == g && g == b;
        let one = match layout {
            Layout::AsIs => pixels.iter().all(is_grey),
            Layout::Grey => true,
            Layout::Colour => false,
        };
        self.reshape(width, height, if one { 1 } else { 3 });
        if one {
            for (y, pixel) in self.data.iter_mut().zip(pixels) {
                *y = f32::from(luma(opaque(*pixel)));
            }
            return Ok(());
        }
        let (red, others) = self.data.split_at_mut(width * height);
        let (green, blue) = others.split_at_mut(width * height);
        for (((r, g), b), pixel) in red.iter_mut().zip(green).zip(blue).zip(pixels) {
            let rgb = opaque(*pixel);
            (*r, *g, *b) = (f32::from(rgb[0]), f32::from(rgb[1]), f32::from(rgb[2]));
        }
        Ok(())
    }

    /// Its luma, as [`read_rgba`](Self::read_rgba) computes it; a picture of one plane stays as it is.
    #[must_use]
    pub fn grey(&self) -> Self {
        if self.planes() != 3 {
            return self.clone();
        }
        let colours = self.plane(0).iter().zip(self.plane(1)).zip(self.plane(2));
        let data = colours.map(|((r, g), b)| f32::from(luma([byte(*r), byte(*g), byte(*b)]))).collect();
        Self { width: self.width, height: self.height, data }
    }

    /// Writes a canvas's bytes (red, green, blue, and 255 for alpha) and says which numbers became which.
    ///
    /// `out` holds four bytes a pixel; what is past the picture, or past `out`, is left.
    pub fn write_rgba(&self, show: Show, out: &mut [u8]) -> Levels {
        let (least, most) = extremes(&self.data);
        let scale = Scale::new(show, least, most);
        let pixels = out.as_chunks_mut().0;
        if self.planes() == 3 {
            scale.write_colour([0, 1, 2].map(|plane| self.plane(plane)), pixels);
        } else {
            scale.write_grey(self.plane(0), pixels);
        }
        Levels { least, most, clamped: scale.clamped(&self.data) }
    }
}

/// How numbers become brightness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Show {
    /// As they are: 0 is black and 255 white, and what is beyond is cut off there (and counted).
    #[default]
    AsIs,
    /// The least becomes black and the largest white, over all planes; where all are equal, mid-grey.
    Scaled,
    /// Without their sign, cut off at 255.
    Absolute,
    /// 0 is mid-grey, and the largest magnitude black or white.
    Signed,
}

impl Show {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 4] = [Self::AsIs, Self::Scaled, Self::Absolute, Self::Signed];
}

/// What was turned into bytes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Levels {
    /// The least number.
    pub least: f32,
    /// The largest.
    pub most: f32,
    /// How many numbers, of all planes, were cut off because they have no brightness of their own.
    pub clamped: usize,
}

/// `bytes = |v|·factor + offset`, or without the bars.
#[derive(Clone, Copy)]
struct Scale {
    absolute: bool,
    factor: f32,
    offset: f32,
    /// Whether any number can fall outside.
    clamps: bool,
}

impl Scale {
    fn new(show: Show, least: f32, most: f32) -> Self {
        const MID: f32 = 128.0;
        let (absolute, factor, offset) = match show {
            Show::AsIs => (false, 1.0, 0.0),
            Show::Absolute => (true, 1.0, 0.0),
            Show::Scaled if most > least => {
                let factor = 255.0 / (most - least);
                (false, factor, -least * factor)
            }
            Show::Scaled => (false, 0.0, MID),
            Show::Signed => {
                let largest = most.max(-least);
                (false, if largest > 0.0 { 127.0 / largest } else { 0.0 }, MID)
            }
        };
        let clamps = match show {
            Show::AsIs => least < 0.0 || most > 255.0,
            Show::Absolute => most.max(-least) > 255.0,
            Show::Scaled | Show::Signed => false,
        };
        Self { absolute, factor, offset, clamps }
    }

    /// Whole numbers from 0 to 255.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a few instructions")]
    fn four(self, x: &[f32; 4]) -> Lanes {
        let (white, round) = (Lanes::splat(255.0), Lanes::splat(ROUND));
        let x = Lanes::load(x);
        let x = if self.absolute { x.if_larger(Lanes::ZERO, x, Lanes::ZERO - x) } else { x };
        let x = x * Lanes::splat(self.factor) + Lanes::splat(self.offset);
        let x = white.if_larger(x, x, white);
        x.if_larger(Lanes::ZERO, x, Lanes::ZERO) + round - round
    }

    fn one(self, x: f32) -> u8 {
        byte(if self.absolute { x.abs() } else { x } * self.factor + self.offset)
    }

    fn write_grey(self, plane: &[f32], pixels: &mut [[u8; 4]]) {
        let (quads, rest) = plane.as_chunks();
        let spread = Lanes::splat(65_793.0);
        for (quad, pixels) in quads.iter().zip(pixels.chunks_mut(4)) {
            put(self.four(quad) * spread, pixels);
        }
        for (x, pixel) in rest.iter().zip(pixels.get_mut(quads.len() * 4..).unwrap_or_default()) {
            let y = self.one(*x);
            *pixel = [y, y, y, 255];
        }
    }

    fn write_colour(self, [red, green, blue]: [&[f32]; 3], pixels: &mut [[u8; 4]]) {
        let ((reds, red), (greens, green), (blues, blue)) = (red.as_chunks(), green.as_chunks(), blue.as_chunks());
        let (second, third) = (Lanes::splat(256.0), Lanes::splat(65_536.0));
        for (((r, g), b), pixels) in reds.iter().zip(greens).zip(blues).zip(pixels.chunks_mut(4)) {
            put(self.four(r) + self.four(g) * second + self.four(b) * third, pixels);
        }
        let rest = pixels.get_mut(reds.len() * 4..).unwrap_or_default();
        for (((r, g), b), pixel) in red.iter().zip(green).zip(blue).zip(rest) {
            *pixel = [self.one(*r), self.one(*g), self.one(*b), 255];
        }
    }

    /// How many numbers have no brightness of their own.
    fn clamped(self, values: &[f32]) -> usize {
        if !self.clamps {
            return 0;
        }
        let (quads, rest) = values.as_chunks();
        let (one, white) = (Lanes::splat(1.0), Lanes::splat(255.0));
        // Without a sign nothing is too small, but as far below as white is above.
        let (floor, least) = if self.absolute { (-255.0, Lanes::splat(-255.0)) } else { (0.0, Lanes::ZERO) };
        let mut sums = Lanes::ZERO;
        for quad in quads {
            let x = Lanes::load(quad);
            // NaN is larger than anything, and counted once.
            sums = sums + x.if_larger(white, one, least.if_larger(x, one, Lanes::ZERO));
        }
        let mut counts = [0.0; 4];
        sums.store(&mut counts);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and below 2²⁴ each")]
        let all = counts.iter().sum::<f32>() as usize;
        all + rest.iter().filter(|x| **x > 255.0 || **x < floor || x.is_nan()).count()
    }
}

/// Writes `red + 256·green + 65536·blue` of four pixels: below 2²⁴ it is exact in a float, and one conversion does for all
/// three bytes.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a few instructions")]
fn put(colours: Lanes, pixels: &mut [[u8; 4]]) {
    let mut four = [0.0_f32; 4];
    colours.store(&mut four);
    for (colour, pixel) in four.iter().zip(pixels) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, from 0 to 2²⁴ − 1")]
        let [r, g, b, _] = (*colour as u32).to_le_bytes();
        *pixel = [r, g, b, 255];
    }
}

/// 1.5·2²³: added to a small number, it leaves that rounded to a whole one in the lowest bits.
const ROUND: f32 = 12_582_912.0;

/// To the nearest byte, of two the even one.
fn byte(x: f32) -> u8 {
    let [byte, ..] = (x.clamp(0.0, 255.0) + ROUND).to_bits().to_le_bytes();
    byte
}

/// The least and the largest of `values`; (0, 0) of none.
fn extremes(values: &[f32]) -> (f32, f32) {
    let Some(first) = values.first() else { return (0.0, 0.0) };
    let (quads, rest) = values.as_chunks::<4>();
    let (mut least, mut most) = (Lanes::splat(*first), Lanes::splat(*first));
    for quad in quads {
        let x = Lanes::load(quad);
        most = x.if_larger(most, x, most);
        least = least.if_larger(x, x, least);
    }
    let mut lanes = [[0.0; 4]; 2];
    let [low, high] = &mut lanes;
    least.store(low);
    most.store(high);
    let least = low.iter().chain(rest).copied().fold(*first, f32::min);
    (least, high.iter().chain(rest).copied().fold(*first, f32::max))
}

/// A pixel laid on white.
fn opaque([r, g, b, alpha]: [u8; 4]) -> [u8; 3] {
    if alpha == 255 {
        return [r, g, b];
    }
    let laid = |x: u8| {
        let share = u32::from(alpha);
        let [byte, ..] = ((u32::from(x) * share + 255 * (255 - share) + 127) / 255).to_le_bytes();
        byte
    };
    [laid(r), laid(g), laid(b)]
}

/// `0.299·R + 0.587·G + 0.114·B`, rounded; the factors have 16 bits behind the point, and add up to 1.
fn luma([r, g, b]: [u8; 3]) -> u8 {
    let sum = 19_595 * u32::from(r) + 38_470 * u32::from(g) + 7_471 * u32::from(b) + 0x8000;
    let [_, _, byte, _] = sum.to_le_bytes();
    byte
}

/// A picture that is shared: copies are one, and compared by whether they are.
#[derive(Clone, Debug, Default)]
pub struct Pixels(Arc<Frame>);

impl Pixels {
    /// Reads a canvas's bytes; see [`Frame::read_rgba`]. A picture whose red, green and blue are equal has one plane.
    ///
    /// # Errors
    /// [`SizeError`].
    pub fn from_rgba(bytes: &[u8], width: usize, height: usize) -> Result<Self, SizeError> {
        let mut frame = Frame::default();
        frame.read_rgba(bytes, width, height, Layout::AsIs)?;
        Ok(frame.into())
    }

    /// Whether anything else holds it still.
    pub fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}

impl From<Frame> for Pixels {
    fn from(frame: Frame) -> Self {
        Self(Arc::new(frame))
    }
}

impl Deref for Pixels {
    type Target = Frame;
    fn deref(&self) -> &Frame {
        &self.0
    }
}

impl PartialEq for Pixels {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(width: usize, data: &[f32]) -> Frame {
        Frame { width, height: data.len() / width, data: data.to_vec() }
    }

    #[track_caller]
    fn check(show: Show, values: &[f32], expect: &[u8], clamped: usize) {
        let mut out = vec![7; values.len() * 4];
        let shown = frame(values.len(), values).write_rgba(show, &mut out);
        let bytes: Vec<u8> = out.chunks(4).map(|pixel| pixel[0]).collect();
        assert_eq!(bytes, expect, "{show:?}");
        assert!(out.chunks(4).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2] && pixel[3] == 255));
        assert_eq!(shown.clamped, clamped, "{show:?}");
    }

    #[test]
    fn how_numbers_become_brightness() {
        let values = [-10.0, 0.0, 99.6, 255.0, 300.0, -300.0, 128.0];
        check(Show::AsIs, &values, &[0, 0, 100, 255, 255, 0, 128], 3);
        check(Show::Absolute, &values, &[10, 0, 100, 255, 255, 255, 128], 2);
        check(Show::Scaled, &values, &[123, 128, 170, 236, 255, 0, 182], 0);
        check(Show::Signed, &values, &[124, 128, 170, 236, 255, 1, 182], 0);
        check(Show::Scaled, &[5.0; 3], &[128; 3], 0);
        check(Show::Signed, &[0.0; 5], &[128; 5], 0);
        check(Show::AsIs, &[f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1.0], &[255, 255, 0, 1], 3);
    }

    #[test]
    fn what_is_read_is_written() {
        let bytes: Vec<u8> = (0..7 * 3 * 4_u8).map(|at| if at % 4 == 3 { 255 } else { at.wrapping_mul(29) }).collect();
        let pixels = Pixels::from_rgba(&bytes, 7, 3).unwrap();
        assert_eq!((pixels.planes(), pixels.get(1, 2, 6)), (3, Some(f32::from(bytes[20 * 4 + 1]))));
        let mut out = vec![0; bytes.len()];
        assert_eq!(pixels.write_rgba(Show::AsIs, &mut out).clamped, 0);
        assert_eq!(out, bytes);
        // A canvas of another size is filled as far as it goes.
        for len in 0..bytes.len() + 9 {
            let mut out = vec![0; len];
            pixels.write_rgba(Show::AsIs, &mut out);
            let whole = len.min(bytes.len()) / 4 * 4;
            assert_eq!(out[..whole], bytes[..whole], "{len}");
        }
    }

    #[test]
    fn planes_of_a_picture() {
        let grey = Pixels::from_rgba(&[9, 9, 9, 255, 200, 200, 200, 255], 2, 1).unwrap();
        assert_eq!((grey.planes(), grey.plane(0)), (1, &[9.0, 200.0][..]));
        assert_eq!(grey.grey(), *grey);
        let clear = Pixels::from_rgba(&[0, 0, 0, 0, 0, 0, 0, 128], 2, 1).unwrap();
        assert_eq!(clear.plane(0), [255.0, 127.0], "what is transparent is white");
        let mut frame = Frame::default();
        assert_eq!((frame.planes(), frame.plane(0).len()), (0, 0));
        frame.read_rgba(&[9, 9, 9, 255], 1, 1, Layout::Colour).unwrap();
        assert_eq!(frame.planes(), 3);
        assert_eq!(frame.grey().plane(0), [9.0]);
    }

    #[test]
    fn sizes_that_are_none() {
        let sentence =
            |width, height, len: usize| Pixels::from_rgba(&vec![0; len], width, height).unwrap_err().to_string();
        assert_eq!(sentence(0, 3, 0), "A picture of 0 × 3 pixels can't be filtered: each side has 1 to 1,024 pixels.");
        assert_eq!(
            sentence(1025, 3, 0),
            "A picture of 1,025 × 3 pixels can't be filtered: each side has 1 to 1,024 pixels."
        );
        assert_eq!(sentence(2, 3, 23), "A picture of 2 × 3 pixels has 24 bytes, not 23.");
    }

    proptest! {
        #[test]
        fn luma_is_pillows(r: u8, g: u8, b: u8) {
            let exact = 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
            prop_assert!((f64::from(luma([r, g, b])) - exact).abs() <= 0.51);
            let mut frame = Frame::default();
            frame.read_rgba(&[r, g, b, 255], 1, 1, Layout::Colour).unwrap();
            let mut grey = Frame::default();
            grey.read_rgba(&[r, g, b, 255], 1, 1, Layout::Grey).unwrap();
            prop_assert_eq!(frame.grey(), grey);
        }

        #[test]
        fn a_fitted_picture_fits(width in 0..200_000_usize, height in 0..200_000_usize) {
            let (w, h) = fitted(width, height);
            prop_assert!((1..=MAX_SIDE).contains(&w) && (1..=MAX_SIDE).contains(&h));
            prop_assert!(width > MAX_SIDE || height > MAX_SIDE || (w, h) == (width.max(1), height.max(1)));
        }

        #[test]
        fn any_numbers_are_shown(values in prop::collection::vec(any::<f32>(), 1..40), show in 0..4_usize) {
            let mut out = vec![0; values.len() * 4];
            let shown = frame(values.len(), &values).write_rgba(Show::ALL[show], &mut out);
            prop_assert!(shown.clamped <= values.len());
        }
    }
}
