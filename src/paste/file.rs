//! Files: the array of NumPy, else text, else a sentence that says what the file is.

use super::diagnostic::{Diagnostic, FileKind};
use super::{MAX_BYTES, Notation, Planes, Reading, Want, npy, read};

/// The longest file that is read, in bytes.
pub const MAX_FILE: usize = 4 << 20;

/// Reads a file named `name`: `.npy` as its numbers say, anything that is text as [`parse_planes`](super::parse_planes)
/// does. Of other files a diagnostic says what they are and what would work.
///
/// An integer is read as it is; decimals of `.npy` files with 16 or 32 bits are read as the shortest number that is stored so, as NumPy prints them.
///
/// ```
/// let reading = receptive::paste::read_file("kernel.csv", "1,0\n0,1".as_bytes());
/// assert_eq!(reading.planes.expect("four numbers").shape(), [2, 2]);
/// let reading = receptive::paste::read_file("slides.pdf", b"%PDF-1.7");
/// assert_eq!(reading.diagnostics[0].to_string(), "This is a PDF. Copy the numbers in it and paste them.");
/// ```
pub fn read_file(name: &str, bytes: &[u8]) -> Reading {
    let mut diagnostics = Vec::new();
    let read = numbers(name, bytes, &mut diagnostics);
    Reading::new(read, diagnostics)
}

fn numbers(name: &str, bytes: &[u8], diagnostics: &mut Vec<Diagnostic>) -> Result<(Planes, Notation), Diagnostic> {
    if bytes.len() > MAX_FILE {
        return Err(Diagnostic::TooLong { bytes: bytes.len(), limit: MAX_FILE });
    }
    if bytes.starts_with(npy::MAGIC) {
        return Ok((npy::read(bytes, diagnostics)?, Notation::NumPyFile));
    }
    let (utf16, big_endian) = (bytes.starts_with(b"\xff\xfe"), bytes.starts_with(b"\xfe\xff"));
    let is_wide = utf16 || big_endian;
    if !is_wide && let Some(kind) = kind(name, bytes) {
        return Err(Diagnostic::Binary(kind));
    }
    // As text it would not be read any more.
    let limit = if is_wide { 2 * MAX_BYTES } else { MAX_BYTES };
    if bytes.len() > limit {
        return Err(Diagnostic::TooLong { bytes: bytes.len(), limit });
    }
    if !is_wide {
        return read(&String::from_utf8_lossy(bytes), Want::Planes, diagnostics);
    }
    // Excel's "Unicode text".
    let units = bytes.chunks_exact(2).map(|pair| {
        let (first, second) = (pair.first().copied().unwrap_or(0), pair.last().copied().unwrap_or(0));
        if big_endian { u16::from_be_bytes([first, second]) } else { u16::from_le_bytes([first, second]) }
    });
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    read(&text, Want::Planes, diagnostics)
}

/// What a file is that holds no text, by its first bytes; archives of several kinds are told apart by what is in them
/// and by the name.
fn kind(name: &str, bytes: &[u8]) -> Option<FileKind> {
    let starts: [(&[u8], FileKind); 15] = [
        (b"\x89PNG", FileKind::Picture),
        (b"\xff\xd8\xff", FileKind::Picture),
        (b"GIF8", FileKind::Picture),
        (b"II*\0", FileKind::Picture),
        (b"MM\0*", FileKind::Picture),
        (b"%PDF-", FileKind::Pdf),
        (b"MATLAB 5.0 MAT", FileKind::Mat),
        (b"MATLAB 7.3 MAT", FileKind::Mat),
        (b"\x89HDF", FileKind::Hdf5),
        (b"\x1f\x8b", FileKind::Archive),
        (b"7z\xbc\xaf", FileKind::Archive),
        (b"Rar!", FileKind::Archive),
        (b"BZh9", FileKind::Archive),
        (b"\xfd7zXZ", FileKind::Archive),
        (b"\x28\xb5\x2f\xfd", FileKind::Archive),
    ];
    if let Some((_, kind)) = starts.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(*kind);
    }
    let named = |ends: &[&str]| {
        let name = name.to_ascii_lowercase();
        ends.iter().any(|end| name.strip_suffix(end).is_some_and(|name| name.ends_with('.')))
    };
    let at = |at: usize, len: usize| bytes.get(at..at.saturating_add(len)).unwrap_or_default();
    if at(0, 4) == b"PK\x03\x04" {
        let len = at(26, 2).iter().rev().fold(0_usize, |len, byte| len << 8 | usize::from(*byte));
        let first = at(30, len);
        return Some(if first.ends_with(b".npy") || named(&["npz"]) {
            FileKind::Npz
        } else if first.ends_with(b"/data.pkl") || named(&["pt", "pth"]) {
            FileKind::Pickle
        } else if named(&["xlsx", "xlsm", "ods", "numbers"]) {
            FileKind::Workbook
        } else {
            FileKind::Archive
        });
    }
    match () {
        () if at(0, 4) == b"\xd0\xcf\x11\xe0" && named(&["xls"]) => Some(FileKind::Workbook),
        () if at(8, 2) == b"{\"" && at(4, 4) == [0; 4] => Some(FileKind::Safetensors),
        () if matches!(at(0, 2), [0x80, 2..=5]) => Some(FileKind::Pickle),
        () if at(0, 4) == b"RIFF" && at(8, 4) == b"WEBP" => Some(FileKind::Picture),
        () if at(4, 4) == b"ftyp" || (at(0, 2) == b"BM" && at(6, 4) == [0; 4]) => Some(FileKind::Picture),
        // No text has these.
        () if bytes.iter().take(1024).any(|byte| *byte == 0) => Some(FileKind::Unknown),
        () => None,
    }
}
