//! How large a picture is, read from its file's first bytes: one of 100 megapixels is refused before it is decoded.

use thiserror::Error;

use crate::num::format;

/// The most pixels of a picture that is opened; it is made smaller then.
pub const MAX_PIXELS: u64 = 40_000_000;

/// As many of a file's bytes are asked for: a photo's JPEG can have previews, a depth map and a colour profile in front.
pub const READ: usize = 8 * 1024 * 1024;

/// A picture's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
    /// Windows bitmap.
    Bmp,
}

impl FileKind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Bmp => "BMP",
        }
    }
}

/// What a picture's first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Its format.
    pub kind: FileKind,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// Why a file is not opened.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// It begins as no picture does.
    #[error("{name} is none of the pictures that are opened: PNG, JPEG, WebP, GIF and BMP.")]
    NoPicture {
        /// The file.
        name: String,
    },
    /// It begins as a picture, and its size is not there.
    #[error("{name} begins as {} does, but its width and height can't be read: the file is damaged or cut off.", kind.name())]
    Damaged {
        /// The file.
        name: String,
        /// What it begins as.
        kind: FileKind,
    },
    /// It has no row or no column.
    #[error("{name} has {width} × {height} pixels: there is nothing to show.")]
    Empty {
        /// The file.
        name: String,
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// It has more than [`MAX_PIXELS`].
    #[error(
        "{name} is too large: {} × {} = {} million pixels; up to {} million are opened.",
        format::count(u64::from(*width)), format::count(u64::from(*height)),
        millions(u64::from(*width) * u64::from(*height)), MAX_PIXELS / 1_000_000
    )]
    TooLarge {
        /// The file.
        name: String,
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
}

/// Rounded up: one pixel past the limit is not "40 million".
fn millions(pixels: u64) -> String {
    format::count(pixels.div_ceil(1_000_000))
}

/// Reads the header of the file `name` from its first [`READ`] bytes, and refuses what is not opened.
///
/// # Errors
/// [`HeaderError`], a sentence.
///
/// ```
/// # use receptive::image::header::check;
/// assert_eq!(
///     check("notes.txt", b"To do").unwrap_err().to_string(),
///     "notes.txt is none of the pictures that are opened: PNG, JPEG, WebP, GIF and BMP."
/// );
/// ```
pub fn check(name: &str, bytes: &[u8]) -> Result<Header, HeaderError> {
    let name = || if name.is_empty() { "The file".to_owned() } else { name.to_owned() };
    let Some(kind) = kind(bytes) else { return Err(HeaderError::NoPicture { name: name() }) };
    let Some((width, height)) = size(kind, bytes) else { return Err(HeaderError::Damaged { name: name(), kind }) };
    if width == 0 || height == 0 {
        return Err(HeaderError::Empty { name: name(), width, height });
    }
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(HeaderError::TooLarge { name: name(), width, height });
    }
    Ok(Header { kind, width, height })
}

/// The format that a file begins as.
pub fn kind(bytes: &[u8]) -> Option<FileKind> {
    const BEGINNINGS: [(&[u8], FileKind); 5] = [
        (b"\x89PNG\r\n\x1a\n", FileKind::Png),
        (b"\xff\xd8\xff", FileKind::Jpeg),
        (b"GIF87a", FileKind::Gif),
        (b"GIF89a", FileKind::Gif),
        (b"BM", FileKind::Bmp),
    ];
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some(FileKind::WebP);
    }
    BEGINNINGS.iter().find(|(beginning, _)| bytes.starts_with(beginning)).map(|(_, kind)| *kind)
}

/// Whether a file begins as a picture does, be it one that is not opened: TIFF, and phones' HEIC and AVIF.
///
/// Texts can begin with the two letters of a BMP, and films as HEIC does: what follows tells them apart.
///
/// ```
/// # use receptive::image::header::is_picture;
/// assert!(is_picture(b"\xff\xd8\xff\xe0\0\x10JFIF"));
/// assert!(!is_picture(b"BMI,height\n23,180"));
/// ```
pub fn is_picture(bytes: &[u8]) -> bool {
    match (kind(bytes), bytes) {
        (Some(FileKind::Bmp), _) => array(bytes, 6) == Some([0; 4]),
        (Some(_), _) | (None, [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..]) => true,
        // Brands such as heic, hevc, mif1 and avif; films have isom, mp42, avc1.
        (None, [_, _, _, _, b'f', b't', b'y', b'p', a, b, c, ..]) => {
            matches!((a, b, c), (b'h', b'e', _) | (b'm', b'i' | b's', b'f') | (b'a', b'v', b'i'))
        }
        (None, _) => false,
    }
}

/// (width, height) of a file of that format.
fn size(kind: FileKind, bytes: &[u8]) -> Option<(u32, u32)> {
    match kind {
        // The first chunk is IHDR.
        FileKind::Png => {
            (bytes.get(12..16)? == b"IHDR").then_some(())?;
            Some((u32::from_be_bytes(array(bytes, 16)?), u32::from_be_bytes(array(bytes, 20)?)))
        }
        FileKind::Gif => Some((u32::from(little(bytes, 6)?), u32::from(little(bytes, 8)?))),
        FileKind::Bmp => bmp(bytes),
        FileKind::WebP => webp(bytes),
        FileKind::Jpeg => jpeg(bytes),
    }
}

pub(super) fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

pub(super) fn little(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

/// A header of 12 bytes has two small counts (OS/2); later ones have two large ones, the height below 0 where the rows
/// stand from the top.
fn bmp(bytes: &[u8]) -> Option<(u32, u32)> {
    match u32::from_le_bytes(array(bytes, 14)?) {
        12 => Some((u32::from(little(bytes, 18)?), u32::from(little(bytes, 20)?))),
        40.. => {
            let side = |at| array(bytes, at).map(i32::from_le_bytes).map(i32::unsigned_abs);
            Some((side(18)?, side(22)?))
        }
        _ => None,
    }
}

/// # Source
/// RFC 9649, *WebP image format*, sections 2.5 to 2.7.
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    match &array::<4>(bytes, 12)? {
        // Key frames begin with 9d 01 2a; the upper two bits of each side are a scale for showing it.
        b"VP8 " => {
            (array(bytes, 23)? == [0x9d, 0x01, 0x2a]).then_some(())?;
            Some((u32::from(little(bytes, 26)? & 0x3fff), u32::from(little(bytes, 28)? & 0x3fff)))
        }
        // 14 bits each, less 1.
        b"VP8L" => {
            (*bytes.get(20)? == 0x2f).then_some(())?;
            let bits = u32::from_le_bytes(array(bytes, 21)?);
            Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        // 24 bits each, less 1.
        b"VP8X" => {
            let side = |at| array::<3>(bytes, at).map(|[a, b, c]| u32::from_le_bytes([a, b, c, 0]) + 1);
            Some((side(24)?, side(27)?))
        }
        _ => None,
    }
}

/// Segments follow one another, each with its length, until one that begins a frame.
///
/// # Source
/// ITU-T T.81, *JPEG*, annex B.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.get(2..)?;
    loop {
        let [0xff, marker, after @ ..] = rest else { return None };
        match marker {
            // A filling byte.
            0xff => rest = rest.get(1..)?,
            // Markers without a length.
            0x01 | 0xd0..=0xd8 => rest = after,
            // Frames: all of this row but tables and arithmetic conditioning.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let height = u16::from_be_bytes(array(after, 3)?);
                let width = u16::from_be_bytes(array(after, 5)?);
                return Some((u32::from(width), u32::from(height)));
            }
            // The picture begins, or ends, without one.
            0xd9 | 0xda => return None,
            _ => {
                let length = usize::from(u16::from_be_bytes(array(after, 0)?));
                rest = after.get(length.max(2)..)?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", &width.to_be_bytes()[..], &height.to_be_bytes()].concat()
    }

    #[track_caller]
    fn check_size(bytes: &[u8], expect: (FileKind, u32, u32)) {
        let header = check("x", bytes).unwrap();
        assert_eq!((header.kind, header.width, header.height), expect);
        // Cut off anywhere, it is damaged or no picture.
        for len in 0..bytes.len() {
            assert!(check("x", &bytes[..len]).is_err(), "{len}");
        }
    }

    #[test]
    fn sizes_are_read() {
        check_size(&png(451, 300), (FileKind::Png, 451, 300));
        check_size(b"GIF89a\x03\x01\x02\x00", (FileKind::Gif, 259, 2));
        check_size(b"GIF87a\x03\x00\x02\x00", (FileKind::Gif, 3, 2));
        let bmp = |size: u32, sides: &[u8]| [b"BM", &[0; 12][..], &size.to_le_bytes(), sides].concat();
        check_size(&bmp(12, &[5, 0, 7, 0]), (FileKind::Bmp, 5, 7));
        check_size(&bmp(124, &[5, 1, 0, 0, 0xfd, 0xff, 0xff, 0xff]), (FileKind::Bmp, 261, 3));
        let webp = |rest: &[u8]| [b"RIFF\0\0\0\0WEBP", rest].concat();
        check_size(&webp(b"VP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x10\x40\x20\x00"), (FileKind::WebP, 16, 32));
        check_size(&webp(b"VP8L\0\0\0\0\x2f\x0f\xc0\x07\x00"), (FileKind::WebP, 16, 32));
        check_size(&webp(b"VP8X\0\0\0\0\0\0\0\0\x0f\0\0\x1f\0\0"), (FileKind::WebP, 16, 32));
        // An Exif segment of 6 bytes, a filling byte, a table, the frame.
        let jpeg = b"\xff\xd8\xff\xe1\x00\x06Exif\xff\xff\xc4\x00\x03\x00\xff\xc2\x00\x11\x08\x01\x2c\x01\xc3";
        check_size(jpeg, (FileKind::Jpeg, 451, 300));
    }

    #[test]
    fn pictures_are_known_by_their_first_bytes() {
        let pictures: [&[u8]; 10] = [
            &png(1, 1),
            b"\xff\xd8\xff\xdb\0\x43",
            b"GIF89a\x01\0\x01\0",
            b"RIFF\x10\0\0\0WEBPVP8 ",
            b"BM\x46\0\0\0\0\0\0\0\x36\0",
            b"\0\0\0\x18ftypheic",
            b"\0\0\0\x1cftypmif1",
            b"\0\0\0\x1cftypavif",
            b"II*\0\x08\0\0\0",
            b"MM\0*\0\0\0\x08",
        ];
        for bytes in pictures {
            assert!(is_picture(&bytes[..bytes.len().min(12)]), "{bytes:?}");
        }
        let others: [&[u8]; 7] =
            [b"", b"1,2\n3,4", b"%PDF-1.7", b"BM,height\n2,3", b"\0\0\0\x18ftypmp42", b"RIFF\x10\0\0\0WAVE", b"MM\0"];
        for bytes in others {
            assert!(!is_picture(bytes), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_not_opened_is_said() {
        let sentence = |name: &str, bytes: &[u8]| check(name, bytes).unwrap_err().to_string();
        assert_eq!(
            sentence("sky.png", &png(12_000, 9_000)),
            "sky.png is too large: 12,000 × 9,000 = 108 million pixels; up to 40 million are opened."
        );
        assert_eq!(
            sentence("sky.png", &png(40_000_001, 1)),
            "sky.png is too large: 40,000,001 × 1 = 41 million pixels; up to 40 million are opened."
        );
        assert!(check("sky.png", &png(40_000_000, 1)).is_ok());
        assert_eq!(sentence("a.png", &png(0, 3)), "a.png has 0 × 3 pixels: there is nothing to show.");
        assert_eq!(
            sentence("a.jpg", b"\xff\xd8\xff\xda"),
            "a.jpg begins as JPEG does, but its width and height can't be read: the file is damaged or cut off."
        );
        assert_eq!(
            sentence("", b""),
            "The file is none of the pictures that are opened: PNG, JPEG, WebP, GIF and BMP."
        );
        assert_eq!(
            sentence("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            "x.svg is none of the pictures that are opened: PNG, JPEG, WebP, GIF and BMP."
        );
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_size_or_a_sentence(
            start in prop::sample::select(vec![
                &b""[..], b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"BM", b"RIFF\0\0\0\0WEBPVP8X",
                b"RIFF\0\0\0\0WEBPVP8L", b"RIFF\0\0\0\0WEBPVP8 ", b"\xff\xd8\xff\xe0\0\x02",
            ]),
            rest in prop::collection::vec(prop_oneof![any::<u8>(), Just(0xff), Just(0)], 0..60),
        ) {
            let bytes = [start, &rest].concat();
            let _: bool = is_picture(&bytes);
            match check("x", &bytes) {
                Ok(header) => {
                    prop_assert!(u64::from(header.width) * u64::from(header.height) <= MAX_PIXELS);
                    prop_assert!(header.width > 0 && header.height > 0);
                }
                Err(error) => prop_assert!(error.to_string().ends_with('.')),
            }
        }
    }
}
