//! Moving pictures as GIF.
//!
//! Written here and not by a crate, which takes four times the room in the page (12 KB gzip). The tests read what is
//! written with the `gif` crate.
//!
//! A frame holds only the rectangle that differs from the one before, pixels that stay are transparent in it, and it has
//! a table of its own with the colours of those that change: so a figure, whose steps change a few cells, stays small
//! and nearly always keeps its exact colours, and no more than two frames are in memory at once.

use std::collections::BinaryHeap;

use thiserror::Error;

use crate::num::format::count;

/// The most pixels along a side.
pub const MAX_SIDE: u16 = 4096;
/// The most pixels of a frame.
pub const MAX_PIXELS: usize = 1 << 22;
/// The most frames.
pub const MAX_FRAMES: usize = 512;
/// The most bytes of a file.
pub const MAX_BYTES: usize = 1 << 25;

/// Why frames make no GIF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GifError {
    /// A side is 0, or there are too many pixels.
    #[error("A GIF of {width} × {height} pixels can't be made: it takes up to {} of them.", count(MAX_PIXELS as u64))]
    Size {
        /// Pixels across.
        width: u16,
        /// Pixels down.
        height: u16,
    },
    /// A frame has another number of bytes than four a pixel.
    #[error("A frame has {found} bytes where {expected} are needed.")]
    Frame {
        /// What it should be.
        expected: usize,
        /// What it is.
        found: usize,
    },
    /// There is no frame.
    #[error("A GIF needs at least one frame.")]
    Empty,
    /// There are more frames, or more bytes, than a file may have.
    #[error("The animation is too long: a GIF takes up to {MAX_FRAMES} frames and {} MB.", MAX_BYTES >> 20)]
    TooLong,
}

/// A GIF that is being written, frame by frame. It plays without end.
///
/// ```
/// # use receptive::export::gif::Gif;
/// # fn main() -> Result<(), receptive::export::gif::GifError> {
/// let mut gif = Gif::new(2, 1)?;
/// gif.frame(&[0, 0, 0, 255, 255, 255, 255, 255], 50)?;
/// gif.frame(&[255, 255, 255, 255, 0, 0, 0, 255], 50)?;
/// let bytes = gif.finish()?;
/// assert!(bytes.starts_with(b"GIF89a"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Gif {
    width: u16,
    frames: usize,
    /// The last frame's pixels.
    shown: Vec<u32>,
    bytes: Vec<u8>,
}

/// A pixel that no picture has: before the first frame.
const NONE: u32 = u32::MAX;

impl Gif {
    /// Begins a GIF of `width` by `height` pixels.
    ///
    /// # Errors
    /// [`GifError::Size`].
    pub fn new(width: u16, height: u16) -> Result<Self, GifError> {
        let pixels = usize::from(width) * usize::from(height);
        if pixels == 0 || pixels > MAX_PIXELS || width.max(height) > MAX_SIDE {
            return Err(GifError::Size { width, height });
        }
        let mut bytes = b"GIF89a".to_vec();
        push_u16(&mut bytes, width);
        push_u16(&mut bytes, height);
        // No table for all frames, no background, square pixels; then: play without end.
        bytes.extend([0x70, 0, 0]);
        bytes.extend(*b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00");
        Ok(Self { width, frames: 0, shown: vec![NONE; pixels], bytes })
    }

    /// Adds a frame of opaque RGBA pixels, row by row, that stays for `hundredths` of a second.
    ///
    /// # Errors
    /// [`GifError::Frame`] where it is not four bytes a pixel, [`GifError::TooLong`]; the GIF is as before then.
    pub fn frame(&mut self, rgba: &[u8], hundredths: u16) -> Result<(), GifError> {
        let expected = self.shown.len() * 4;
        if rgba.len() != expected {
            return Err(GifError::Frame { expected, found: rgba.len() });
        }
        if self.frames >= MAX_FRAMES || self.bytes.len() >= MAX_BYTES {
            return Err(GifError::TooLong);
        }
        let (pixels, _) = rgba.as_chunks::<4>();
        let pixels: Vec<u32> = pixels.iter().map(|&[r, g, b, _]| u32::from_be_bytes([0, r, g, b])).collect();
        let changed = Changed::between(&self.shown, &pixels, usize::from(self.width));
        let cells = || changed.of(&self.shown, &pixels, usize::from(self.width));

        let mut colours = Colours::new();
        let mut stays = false;
        for (before, now) in cells() {
            if before == now {
                stays = true;
            } else {
                colours.add(now);
            }
        }
        let table = colours.table(if stays { 255 } else { 256 });
        // What stays has the number after the last colour's.
        let transparent = u8::try_from(table.len()).unwrap_or(u8::MAX);
        let numbers: Vec<u8> =
            cells().map(|(before, now)| if before == now { transparent } else { colours.number(now) }).collect();
        let bits = (1..8).find(|&bits| (1 << bits) >= table.len() + usize::from(stays)).unwrap_or(8_u8);

        self.bytes.extend([0x21, 0xf9, 4, 0b100 | u8::from(stays)]);
        push_u16(&mut self.bytes, hundredths);
        self.bytes.extend([if stays { transparent } else { 0 }, 0, 0x2c]);
        for extent in [changed.left, changed.top, changed.width, changed.height] {
            push_u16(&mut self.bytes, u16::try_from(extent).unwrap_or(u16::MAX));
        }
        self.bytes.push(0x80 | (bits - 1));
        for place in 0..1 << bits {
            let [_, r, g, b] = table.get(place).copied().unwrap_or(0).to_be_bytes();
            self.bytes.extend([r, g, b]);
        }
        compress(&numbers, bits.max(2), &mut self.bytes);
        self.shown = pixels;
        self.frames += 1;
        Ok(())
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is no frame yet.
    pub fn is_empty(&self) -> bool {
        self.frames == 0
    }

    /// The file.
    ///
    /// # Errors
    /// [`GifError::Empty`].
    pub fn finish(mut self) -> Result<Vec<u8>, GifError> {
        if self.is_empty() {
            return Err(GifError::Empty);
        }
        self.bytes.push(0x3b);
        Ok(self.bytes)
    }
}

fn push_u16(bytes: &mut Vec<u8>, value: u16) {
    bytes.extend(value.to_le_bytes());
}

/// The rectangle that two frames differ in; one pixel where they don't, since a frame has to have one.
struct Changed {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Changed {
    fn between(before: &[u32], now: &[u32], width: usize) -> Self {
        let (mut left, mut right, mut top, mut bottom) = (usize::MAX, 0, usize::MAX, 0);
        for (y, (before, now)) in before.chunks(width).zip(now.chunks(width)).enumerate() {
            let differs = |(before, now): (&u32, &u32)| before != now;
            if let Some(first) = before.iter().zip(now).position(differs) {
                let last = before.iter().zip(now).rposition(differs).unwrap_or(first);
                (left, right) = (left.min(first), right.max(last + 1));
                (top, bottom) = (top.min(y), y + 1);
            }
        }
        if bottom == 0 {
            return Self { left: 0, top: 0, width: 1, height: 1 };
        }
        Self { left, top, width: right - left, height: bottom - top }
    }

    /// Its pixels before and now.
    fn of<'a>(&self, before: &'a [u32], now: &'a [u32], width: usize) -> impl Iterator<Item = (u32, u32)> + use<'a> {
        let (left, across) = (self.left, self.width);
        let rows = before.chunks(width).zip(now.chunks(width)).skip(self.top).take(self.height);
        rows.flat_map(move |(before, now)| before.iter().copied().zip(now.iter().copied()).skip(left).take(across))
    }
}

/// The colours of a frame with how often each occurs, and later with its number in the table.
///
/// An open hash table of our own: figures have hundreds of colours at most, but any picture has to be taken.
struct Colours {
    /// (colour, how often, number); a power of two of them, at most half of them taken.
    slots: Vec<(u32, u32, u8)>,
    len: usize,
    /// Where the last one was: most pixels are as the one before.
    last: usize,
}

impl Colours {
    fn new() -> Self {
        Self { slots: vec![(NONE, 0, 0); 1024], len: 0, last: 0 }
    }

    /// The slot that `colour` has, or would have.
    fn place(&self, colour: u32) -> usize {
        let mask = self.slots.len() - 1;
        // Knuth's multiplier spreads neighbouring colours.
        let mut place = (colour.wrapping_mul(2_654_435_761) >> 8) as usize & mask;
        while self.slots.get(place).is_some_and(|&(found, ..)| found != colour && found != NONE) {
            place = (place + 1) & mask;
        }
        place
    }

    fn add(&mut self, colour: u32) {
        if self.slots.get(self.last).is_none_or(|&(last, ..)| last != colour) {
            self.last = self.place(colour);
        }
        if let Some((found, times, _)) = self.slots.get_mut(self.last) {
            self.len += usize::from(*found == NONE);
            (*found, *times) = (colour, times.saturating_add(1));
        }
        if self.len * 2 > self.slots.len() {
            let old = std::mem::take(&mut self.slots);
            self.slots = vec![(NONE, 0, 0); old.len() * 2];
            for slot in old.into_iter().filter(|&(colour, ..)| colour != NONE) {
                let place = self.place(slot.0);
                if let Some(empty) = self.slots.get_mut(place) {
                    *empty = slot;
                }
            }
            self.last = self.place(colour);
        }
    }

    fn number(&self, colour: u32) -> u8 {
        self.slots.get(self.place(colour)).map_or(0, |&(_, _, number)| number)
    }

    /// A table of up to `room` colours; every colour gets the number of the one nearest to it.
    ///
    /// Where there are more, colours are put together that differ in their last bits only, and the most frequent of
    /// them stands for all: no colour is moved far, and those of large areas not at all. What room is left goes to the
    /// most frequent of the others.
    fn table(&mut self, room: usize) -> Vec<u32> {
        let taken = || self.slots.iter().filter(|&&(colour, ..)| colour != NONE);
        let mut table: Vec<u64> = taken().map(|&(colour, ..)| u64::from(colour)).collect();
        if table.len() > room {
            for kept in (1..8).rev() {
                // Group, rareness and colour in one number, so that sorting puts a group's most frequent first.
                let entries = taken().map(|&(colour, times, _)| {
                    let group = colour & (0x01_01_01 * (0x100 - (1 << (8 - kept))));
                    u64::from(group) << 40 | u64::from(u16::MAX - clipped(times)) << 24 | u64::from(colour)
                });
                let mut group = None;
                let (mut first, mut others) = (Vec::new(), Vec::new());
                for entry in sorted(entries.collect()) {
                    let rareness_and_colour = entry & 0xff_ffff_ffff;
                    if group == Some(entry >> 40) { &mut others } else { &mut first }.push(rareness_and_colour);
                    group = Some(entry >> 40);
                }
                if first.len() <= room {
                    let rest = sorted(others);
                    table = first.into_iter().chain(rest).take(room).map(|entry| entry & 0xff_ffff).collect();
                    break;
                }
            }
        }
        // Equal pictures give equal files, however the hash table was filled.
        let table: Vec<u32> = sorted(table).into_iter().map(|colour| u32::try_from(colour).unwrap_or(NONE)).collect();
        for (colour, _, number) in self.slots.iter_mut().filter(|(colour, ..)| *colour != NONE) {
            let nearest = match table.binary_search(colour) {
                Ok(place) => place,
                Err(_) => nearest(&table, *colour),
            };
            *number = u8::try_from(nearest).unwrap_or(u8::MAX);
        }
        table
    }
}

/// By a heap: its code is a tenth of that of the general sort, and there are a few thousand colours.
fn sorted(numbers: Vec<u64>) -> Vec<u64> {
    BinaryHeap::from(numbers).into_sorted_vec()
}

fn clipped(times: u32) -> u16 {
    u16::try_from(times).unwrap_or(u16::MAX)
}

fn nearest(table: &[u32], colour: u32) -> usize {
    let distance = |other: u32| -> u32 {
        let channels = colour.to_be_bytes().into_iter().zip(other.to_be_bytes());
        channels.map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
    };
    let places = table.iter().enumerate().min_by_key(|&(_, &other)| distance(other));
    places.map_or(0, |(place, _)| place)
}

/// Bits packed from the lowest, in blocks of up to 255 bytes.
struct Blocks<'a> {
    out: &'a mut Vec<u8>,
    block: Vec<u8>,
    bits: u32,
    count: u32,
}

impl Blocks<'_> {
    fn code(&mut self, code: u32, width: u32) {
        self.bits |= code << self.count;
        self.count += width;
        while self.count >= 8 {
            self.byte();
        }
    }

    fn byte(&mut self) {
        let [byte, ..] = self.bits.to_le_bytes();
        self.block.push(byte);
        (self.bits, self.count) = (self.bits >> 8, self.count.saturating_sub(8));
        if self.block.len() == 255 {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if let Ok(len) = u8::try_from(self.block.len())
            && len > 0
        {
            self.out.push(len);
            self.out.append(&mut self.block);
        }
    }
}

/// A code has 12 bits at most; then all begin anew.
const MAX_CODES: u32 = 1 << 12;
/// Slots for sequences: twice as many as there can be.
const SEQUENCES: usize = 1 << 13;

/// Writes a picture's numbers, of `bits` bits each, with the LZW compression of GIF.
///
/// A code stands for a sequence of numbers. Each time a sequence ends that has a code, while it and the number after it
/// have none, its code is written and the longer one gets the next code; the reader does the same, one code later.
fn compress(numbers: &[u8], bits: u8, out: &mut Vec<u8>) {
    out.push(bits);
    let (clear, end) = (1_u32 << bits, (1_u32 << bits) + 1);
    let mut blocks = Blocks { out, block: Vec::with_capacity(255), bits: 0, count: 0 };
    let (mut next, mut width) = (end + 1, u32::from(bits) + 1);
    // Of each longer sequence: the shorter one's code and the number after it, plus one; and its own code.
    let mut sequences = vec![(0_u32, 0_u32); SEQUENCES];
    blocks.code(clear, width);
    let mut code = None;
    for &number in numbers {
        let number = u32::from(number);
        let Some(before) = code.replace(number) else { continue };
        let key = (before << 8 | number) + 1;
        let mut place = (key.wrapping_mul(2_654_435_761) >> 19) as usize;
        while sequences.get(place).is_some_and(|&(found, _)| found != key && found != 0) {
            place = (place + 1) % SEQUENCES;
        }
        let Some(slot) = sequences.get_mut(place) else { continue };
        if slot.0 == key {
            code = Some(slot.1);
            continue;
        }
        blocks.code(before, width);
        if next == MAX_CODES {
            blocks.code(clear, width);
            (next, width) = (end + 1, u32::from(bits) + 1);
            sequences.fill((0, 0));
        } else {
            *slot = (key, next);
            width += u32::from(next == 1 << width);
            next += 1;
        }
    }
    if let Some(code) = code {
        blocks.code(code, width);
        // The reader takes this code for one more sequence, and may be at the next width by it.
        width += u32::from(next == 1 << width && next < MAX_CODES);
    }
    blocks.code(end, width);
    if blocks.count > 0 {
        blocks.byte();
    }
    blocks.flush();
    blocks.out.push(0);
}
