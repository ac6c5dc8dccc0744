//! The IDX format of MNIST's files: a magic number, extents as big-endian 32-bit integers, then the values.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The most images or labels a file may hold.
pub const MAX_ITEMS: usize = 1_000_000;
/// The most rows or columns an image may have.
pub const MAX_EXTENT: usize = 256;

/// Unsigned bytes in three dimensions: images, rows, columns.
const IMAGES: u32 = 0x0000_0803;
/// Unsigned bytes in one dimension.
const LABELS: u32 = 0x0000_0801;

/// Images of one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Images {
    /// Rows of an image.
    pub height: usize,
    /// Columns of an image.
    pub width: usize,
    /// One image after another, rows from the top.
    pub pixels: Vec<u8>,
}

/// Why bytes are no IDX file of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdxError {
    /// The file ends within its header.
    #[error("The file has {found} bytes where its header alone has {expected}.")]
    Header {
        /// Bytes of the header.
        expected: usize,
        /// Bytes of the file.
        found: usize,
    },
    /// The magic number is another.
    #[error("The file begins with {found:#010x} where {expected:#010x} is expected; is it still compressed?")]
    Magic {
        /// That of the kind asked for.
        expected: u32,
        /// The file's.
        found: u32,
    },
    /// More items, rows or columns than are taken.
    #[error("The file says {found} {what}; the most is {limit}.")]
    TooLarge {
        /// What there is too much of.
        what: Extent,
        /// What the header says.
        found: u32,
        /// The most that is taken.
        limit: usize,
    },
    /// The values are fewer or more than the header says.
    #[error("The header promises {expected} values, and {found} follow.")]
    Length {
        /// What the header says.
        expected: usize,
        /// Bytes after the header.
        found: usize,
    },
}

/// What a number of the header counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Extent {
    /// Images or labels.
    Items,
    /// Rows of an image.
    Rows,
    /// Columns of an image.
    Columns,
}

impl std::fmt::Display for Extent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Items => "items",
            Self::Rows => "rows",
            Self::Columns => "columns",
        })
    }
}

/// Reads a decompressed file of images.
///
/// # Errors
/// [`IdxError`] for bytes that are none.
///
/// # Source
/// LeCun, Cortes and Burges, *The MNIST database of handwritten digits*, "File formats".
pub fn images(file: Vec<u8>) -> Result<Images, IdxError> {
    let [items, rows, columns] = header(&file, IMAGES)?;
    let items = capped(Extent::Items, items, MAX_ITEMS)?;
    let height = capped(Extent::Rows, rows, MAX_EXTENT)?;
    let width = capped(Extent::Columns, columns, MAX_EXTENT)?;
    // At most 2³⁶: more than a 32-bit memory holds, so it is counted in 64 bits.
    let expected = items as u64 * (height * width) as u64;
    Ok(Images { height, width, pixels: body(file, 16, expected)? })
}

/// Reads a decompressed file of labels.
///
/// # Errors
/// As [`images`].
pub fn labels(file: Vec<u8>) -> Result<Vec<u8>, IdxError> {
    let [items] = header(&file, LABELS)?;
    let items = capped(Extent::Items, items, MAX_ITEMS)?;
    body(file, 8, items as u64)
}

/// The numbers after the magic one.
fn header<const N: usize>(file: &[u8], magic: u32) -> Result<[u32; N], IdxError> {
    let short = IdxError::Header { expected: 4 * (N + 1), found: file.len() };
    let (words, _) = file.as_chunks::<4>();
    let (first, rest) = words.split_first().ok_or(short)?;
    let found = u32::from_be_bytes(*first);
    if found != magic {
        return Err(IdxError::Magic { expected: magic, found });
    }
    let extents = rest.first_chunk::<N>().ok_or(short)?;
    Ok(extents.map(u32::from_be_bytes))
}

fn capped(what: Extent, found: u32, limit: usize) -> Result<usize, IdxError> {
    match usize::try_from(found) {
        Ok(count) if count <= limit => Ok(count),
        _ => Err(IdxError::TooLarge { what, found, limit }),
    }
}

/// The values after the header, in the file's own memory.
fn body(mut file: Vec<u8>, header: usize, expected: u64) -> Result<Vec<u8>, IdxError> {
    let found = file.len().saturating_sub(header);
    if found as u64 != expected {
        return Err(IdxError::Length { expected: usize::try_from(expected).unwrap_or(usize::MAX), found });
    }
    file.drain(..header.min(file.len()));
    Ok(file)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(magic: u32, extents: &[u32], values: usize) -> Vec<u8> {
        let words = std::iter::once(&magic).chain(extents).flat_map(|word| word.to_be_bytes());
        words.chain((0_u8..=255).cycle().take(values)).collect()
    }

    #[track_caller]
    fn check(file: Vec<u8>, expect: &str) {
        assert_eq!(images(file).unwrap_err().to_string(), expect);
    }

    #[test]
    fn reads_images_and_labels() {
        let read = images(file(IMAGES, &[2, 1, 3], 6)).unwrap();
        assert_eq!(read, Images { height: 1, width: 3, pixels: vec![0, 1, 2, 3, 4, 5] });
        assert_eq!(labels(file(LABELS, &[4], 4)).unwrap(), [0, 1, 2, 3]);
    }

    #[test]
    fn errors_carry_numbers() {
        check(vec![], "The file has 0 bytes where its header alone has 16.");
        check(file(IMAGES, &[1], 3), "The file has 11 bytes where its header alone has 16.");
        check(
            vec![0x1f, 0x8b, 8, 8, 0],
            "The file begins with 0x1f8b0808 where 0x00000803 is expected; is it still compressed?",
        );
        check(file(IMAGES, &[2, 2, 2], 7), "The header promises 8 values, and 7 follow.");
        check(file(IMAGES, &[2, 2, 2], 9), "The header promises 8 values, and 9 follow.");
        check(file(IMAGES, &[1, 257, 2], 9), "The file says 257 rows; the most is 256.");
        check(file(IMAGES, &[u32::MAX; 3], 9), "The file says 4294967295 items; the most is 1000000.");
        check(file(IMAGES, &[1_000_000, 256, 256], 0), "The header promises 65536000000 values, and 0 follow.");
    }

    proptest! {
        #[test]
        fn any_bytes_decode_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..64), magic in any::<bool>()) {
            let mut bytes = bytes;
            if magic && bytes.len() > 4 {
                bytes[..4].copy_from_slice(&IMAGES.to_be_bytes());
            }
            if let Ok(read) = images(bytes.clone()) {
                prop_assert_eq!(read.pixels.len() % (read.height * read.width).max(1), 0);
            }
            if let Ok(read) = labels(bytes) {
                prop_assert!(read.len() <= 56);
            }
        }
    }
}
