//! What a browser does to a picture's numbers on their way from its file, read from the file's own bytes.
//!
//! A browser turns a photo as its EXIF data says, keeps 8 bits of 16, shows the first picture of an animation, and some
//! show what is there of a file that is cut off. Python's readers do not: who compares numbers has to know.

use super::header::{FileKind, array, little};
use crate::num::format;

/// As many of a long file's last bytes tell whether it is all there.
pub const TAIL: usize = 64 * 1024;

/// What a file says about its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Origin {
    /// EXIF's orientation, 1 to 8; 0 where there is none.
    pub turn: u8,
    /// Bits a number: 1, 2, 4 or 16, where they are not 8 and count no colours of a palette.
    pub bits: Option<u8>,
    /// Whether its numbers are places in a palette of colours.
    pub palette: bool,
    /// Whether its colours are cyan, magenta, yellow and black.
    pub ink: bool,
    /// How it wants its numbers to be seen, where that is not as sRGB.
    pub colours: Option<Colours>,
    /// How many pictures are in it, as far as they were counted; 0 where there is but one.
    pub pictures: u32,
    /// Where it ends too early.
    pub cut: Option<Cut>,
}

/// How a file wants its numbers to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// By a colour profile.
    Profile,
    /// By a gamma, in 100,000ths.
    Gamma(u32),
}

/// A file that ends too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Its bytes.
    pub bytes: u64,
    /// As many it would have at least, where it says so.
    pub least: Option<u64>,
}

/// What came out of the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoded {
    /// Rows and columns in the file.
    pub shape: (usize, usize),
    /// Rows and columns of what is filtered.
    pub fitted: (usize, usize),
    /// Pixels that are not opaque, of those that are filtered.
    pub transparent: usize,
    /// Whether the browser leaves a profile or a gamma aside.
    pub raw: bool,
}

/// A PNG of one pixel with a gamma of 1, and that pixel's number: where the browser gives it back, it leaves gammas and
/// profiles aside.
pub const PROBE: (&[u8], u8) = (
    b"\x89PNG\r\n\x1a\n\
        \0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\
        \0\0\0\x04gAMA\0\x01\x86\xa0\x31\xe8\x96\x5f\
        \0\0\0\x0aIDAT\x78\xda\x63\x48\x01\0\0\x66\0\x65\xd7\x28\xbc\x1f\
        \0\0\0\0IEND\xae\x42\x60\x82",
    100,
);

/// How the walk through a file ended; where no walk ends, the bytes at hand did.
enum End {
    /// At the file's own end.
    There,
    /// Before it, and what the file would have at least where it says so.
    Missing(Option<u64>),
}

impl Origin {
    /// Reads the first bytes, `head`, of a file of that kind; `tail` are its last ones where it has more, `size` in all.
    pub fn read(kind: FileKind, head: &[u8], tail: &[u8], size: u64) -> Self {
        let mut origin = Self::default();
        let end = match kind {
            FileKind::Png => origin.png(head, size),
            FileKind::Jpeg => origin.jpeg(head),
            FileKind::Gif => origin.gif(head),
            FileKind::WebP => origin.webp(head, size),
            FileKind::Bmp => origin.bmp(head, size),
        };
        let is_all = size <= head.len() as u64;
        let end = end.unwrap_or_else(|| if is_all || !ends(kind, tail) { End::Missing(None) } else { End::There });
        if let End::Missing(least) = end {
            origin.cut = Some(Cut { bytes: size, least });
        }
        origin
    }

    /// What became of the numbers, in a few short sentences; none where they are the file's.
    ///
    /// ```
    /// # use receptive::image::origin::{Decoded, Origin};
    /// let decoded = Decoded { shape: (4, 6), fitted: (6, 4), transparent: 6, raw: true };
    /// assert_eq!(
    ///     Origin { turn: 6, ..Origin::default() }.words(&decoded),
    ///     "Turned by 90° clockwise (EXIF orientation 6). \
    ///      Pixels that are transparent, wholly or in part, lie on white: 6 of 24 (25 %)."
    /// );
    /// ```
    pub fn words(&self, decoded: &Decoded) -> String {
        let mut said = Vec::new();
        if let Some(turned) = turned(self.turn) {
            said.push(format!("{turned} (EXIF orientation {}).", self.turn));
        }
        let (rows, cols) = decoded.shape;
        let shape = if self.turn > 4 { (cols, rows) } else { (rows, cols) };
        if decoded.fitted != shape {
            let [from, to] = [shape, decoded.fitted].map(|(rows, cols)| format::shape(&[rows, cols]));
            said.push(format!("Made smaller, from {from} to {to}: a pixel is the mean of an area."));
        }
        let (some, all) = (decoded.transparent as u64, decoded.fitted.0 as u64 * decoded.fitted.1 as u64);
        if some > 0 {
            let share = format::shown(some as f64 / all as f64 * 100.0);
            let (some, all) = (format::count(some), format::count(all));
            said.push(format!(
                "Pixels that are transparent, wholly or in part, lie on white: {some} of {all} ({share} %)."
            ));
        }
        if let Some(colours) = self.colours {
            let what = match colours {
                Colours::Profile => "colour profile".to_owned(),
                Colours::Gamma(gamma) => ["gamma of ", &format::shown(f64::from(gamma) / 100_000.0)].concat(),
            };
            said.push(if decoded.raw {
                format!("Its {what} is left aside: the numbers are the file's.")
            } else {
                format!("The browser applied its {what}: the numbers are not the file's, as NumPy reads them.")
            });
        }
        match self.bits {
            Some(16) => said.push("Of 16 bits a number the browser kept 8.".to_owned()),
            Some(bits) => said.push(format!("The file's numbers, 0 to {}, became 0 to 255.", (1_u32 << bits) - 1)),
            None => {}
        }
        if self.palette {
            said.push(
                "The file's numbers are places in a palette: here are its colours, as Pillow's convert(\"RGB\") gives them."
                    .to_owned(),
            );
        }
        if self.ink {
            said.push("The browser made red, green and blue of cyan, magenta, yellow and black.".to_owned());
        }
        if self.pictures > 1 {
            said.push(format!("The first of {} pictures.", format::count(u64::from(self.pictures))));
        }
        if let Some(cut) = self.cut {
            said.push(format!("The file is cut off{}: what it lacks the browser made up.", cut.words()));
        }
        said.join(" ")
    }

    /// Why the browser could not read the file `name` of `size` bytes.
    pub fn refused(&self, name: &str, size: u64) -> String {
        match self.cut {
            Some(cut) => format!("{name} is cut off{}. Open a whole copy of it.", cut.words()),
            None => format!(
                "{name} is damaged: the browser can't read its {} bytes. Save the picture anew, and open that.",
                format::count(size)
            ),
        }
    }

    /// # Source
    /// W3C, *Portable Network Graphics (third edition)*, section 11.
    fn png(&mut self, bytes: &[u8], size: u64) -> Option<End> {
        let (mut at, mut gamma, mut has_pixels) = (8, None, false);
        loop {
            let length = u64::from(u32::from_be_bytes(array(bytes, at)?));
            let name = array::<4>(bytes, at + 4)?;
            let data = bytes.get(at + 8..)?;
            match &name {
                b"IHDR" => {
                    // Of a palette the bits count its colours.
                    self.palette = data.get(9) == Some(&3);
                    let bits = data.get(8).filter(|_| !self.palette);
                    self.bits = bits.copied().filter(|bits| matches!(bits, 1 | 2 | 4 | 16));
                }
                b"iCCP" | b"cICP" => self.colours = Some(Colours::Profile),
                // It stands above a gamma.
                b"sRGB" => gamma = Some(None),
                b"gAMA" if gamma.is_none() => {
                    // sRGB's is 1 / 2.2, nearly.
                    gamma = Some(array(data, 0).map(u32::from_be_bytes).filter(|gamma| gamma.abs_diff(45_455) > 500));
                }
                b"IDAT" => has_pixels = true,
                // Behind the pixels no browser follows it.
                b"eXIf" if !has_pixels => self.turn = turn(data).unwrap_or(0),
                b"acTL" => self.pictures = array(data, 0).map_or(0, u32::from_be_bytes),
                _ => {}
            }
            self.colours = self.colours.or_else(|| gamma?.map(Colours::Gamma));
            // Behind the data is a checksum; behind the last chunk nothing, behind others at least that.
            let next = at as u64 + length + 12;
            let is_last = &name == b"IEND";
            if next > size {
                return Some(End::Missing(Some(next + if is_last { 0 } else { 12 })));
            } else if is_last {
                return Some(End::There);
            }
            at = usize::try_from(next).ok()?;
        }
    }

    /// Segments with their lengths, and between them the bytes of scans.
    ///
    /// # Source
    /// ITU-T T.81, *JPEG*, annex B.
    fn jpeg(&mut self, bytes: &[u8]) -> Option<End> {
        let mut rest = bytes.get(2..)?;
        loop {
            let at = rest.windows(2).position(is_marker)?;
            let [_, marker, after @ ..] = rest.get(at..)? else { return None };
            if *marker == 0xd9 {
                return Some(End::There);
            }
            let length = usize::from(u16::from_be_bytes(array(after, 0)?)).max(2);
            let (segment, next) = after.split_at_checked(length)?;
            let data = segment.get(2..)?;
            match marker {
                // A frame: how many colours it has stands behind its sides.
                0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => self.ink = data.get(5) == Some(&4),
                0xe1 => self.turn = data.strip_prefix(b"Exif\0\0").and_then(turn).unwrap_or(self.turn),
                0xe2 if data.starts_with(b"ICC_PROFILE\0") => self.colours = Some(Colours::Profile),
                _ => {}
            }
            rest = next;
        }
    }

    /// # Source
    /// `CompuServe`, *Graphics Interchange Format, version 89a*, sections 17 to 27.
    fn gif(&mut self, bytes: &[u8]) -> Option<End> {
        let palette = |at| bytes.get(at).map(|packed| if packed & 0x80 == 0 { 0 } else { 6_usize << (packed & 7) });
        let mut at = 13 + palette(10)?;
        self.palette = true;
        loop {
            match bytes.get(at)? {
                0x21 => at += 2,
                0x2c => {
                    self.pictures += 1;
                    at += 11 + palette(at + 9)?;
                }
                0x3b => return Some(End::There),
                // No block: browsers end here as well.
                _ => return Some(if self.pictures > 0 { End::There } else { End::Missing(None) }),
            }
            // Blocks with their lengths, up to an empty one.
            loop {
                let length = usize::from(*bytes.get(at)?);
                at += 1 + length;
                if length == 0 {
                    break;
                }
            }
        }
    }

    /// # Source
    /// RFC 9649, *WebP image format*, section 2.
    fn webp(&mut self, bytes: &[u8], size: u64) -> Option<End> {
        let mut at = 12;
        // EXIF data is left alone: no browser turns one of these.
        while let Some([a, b, c, d, length @ ..]) = array::<8>(bytes, at) {
            match &[a, b, c, d] {
                b"ICCP" => self.colours = Some(Colours::Profile),
                b"ANMF" => self.pictures += 1,
                _ => {}
            }
            // One of an odd length has a byte more.
            let length = usize::try_from(u32::from_le_bytes(length)).ok()?;
            at = length.checked_add(length & 1)?.checked_add(at + 8)?;
        }
        let least = u64::from(u32::from_le_bytes(array(bytes, 4)?)) + 8;
        Some(if least > size { End::Missing(Some(least)) } else { End::There })
    }

    /// It says where its pixels begin, and those that are not packed take what their sides say.
    fn bmp(&mut self, bytes: &[u8], size: u64) -> Option<End> {
        let field = |at| array(bytes, at).map(u32::from_le_bytes);
        if field(14)? < 40 {
            return Some(End::There);
        }
        let bits = little(bytes, 28)?;
        self.palette = matches!(bits, 1..=8);
        if !matches!(field(30)?, 0 | 3) {
            return Some(End::There);
        }
        let (width, height) = (u64::from(field(18)?), u64::from(field(22)?.cast_signed().unsigned_abs()));
        let row = width.saturating_mul(u64::from(bits)).div_ceil(32) * 4;
        let least = row.saturating_mul(height).saturating_add(u64::from(field(10)?));
        Some(if least > size { End::Missing(Some(least)) } else { End::There })
    }
}

impl Cut {
    fn words(self) -> String {
        let bytes = format::count(self.bytes);
        match self.least {
            Some(least) => format!(": {bytes} of at least {} bytes are there", format::count(least)),
            None => format!(" after {bytes} bytes"),
        }
    }
}

/// Whether a long file's last bytes end it. What can't be told from them is taken to.
fn ends(kind: FileKind, tail: &[u8]) -> bool {
    match kind {
        FileKind::Png => tail.windows(4).any(|name| name == b"IEND"),
        // Nothing but a scan's bytes up to the end is a scan that was cut off.
        FileKind::Jpeg => tail.windows(2).any(is_marker),
        _ => true,
    }
}

/// Whether two bytes are a marker of a JPEG, none that stands in a scan.
fn is_marker(two: &[u8]) -> bool {
    matches!(two, [0xff, 0x02..=0xcf | 0xd8..=0xfe])
}

/// EXIF's orientation, out of the TIFF that it is.
///
/// # Source
/// CIPA DC-008, *Exchangeable image file format*, section 4.6: tag 0x112 of the first directory.
fn turn(tiff: &[u8]) -> Option<u8> {
    let big = match array::<2>(tiff, 0)? {
        [b'M', b'M'] => true,
        [b'I', b'I'] => false,
        _ => return None,
    };
    let short = |at| array(tiff, at).map(|two| if big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) });
    let long = |at| array(tiff, at).map(|four| if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) });
    let first = usize::try_from(long(4)?).ok()?;
    let entry =
        (0..usize::from(short(first)?)).map(|index| first + 2 + 12 * index).find(|at| short(*at) == Some(0x112))?;
    u8::try_from(short(entry + 8)?).ok().filter(|turn| (1..=8).contains(turn))
}

/// What the browser does for an orientation.
fn turned(turn: u8) -> Option<&'static str> {
    Some(match turn {
        2 => "Mirrored, left to right",
        3 => "Turned by 180°",
        4 => "Mirrored, top to bottom",
        5 => "Rows and columns swapped",
        6 => "Turned by 90° clockwise",
        7 => "Rows and columns swapped and turned by 180°",
        8 => "Turned by 90° counterclockwise",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::image::header::kind;

    fn read(bytes: &[u8]) -> Origin {
        Origin::read(kind(bytes).expect("a picture"), bytes, &[], bytes.len() as u64)
    }

    #[track_caller]
    fn check(bytes: &[u8], expect: Origin) {
        assert_eq!(read(bytes), expect);
        // Cut off anywhere behind its beginning, it lacks something; and where all is known of it, it says how much.
        for len in 12..bytes.len() {
            let cut = read(&bytes[..len]).cut.unwrap_or_else(|| panic!("{len} of {}", bytes.len()));
            assert_eq!(cut.bytes, len as u64);
            assert!(cut.least.is_none_or(|least| (len as u64 + 1..=bytes.len() as u64).contains(&least)), "{cut:?}");
        }
    }

    fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap();
        [&length.to_be_bytes(), &name[..], data, &[0; 4]].concat()
    }

    fn png(bits: u8, colour: u8, chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        file.extend(chunk(*b"IHDR", &[0, 0, 0, 3, 0, 0, 0, 2, bits, colour, 0, 0, 0]));
        for (name, data) in chunks {
            file.extend(chunk(**name, data));
        }
        file.extend([chunk(*b"IDAT", b"packed"), chunk(*b"IEND", b"")].concat());
        file
    }

    /// TIFF's directory with a width before the orientation.
    fn exif(turn: u8, big: bool) -> Vec<u8> {
        if big {
            [b"MM\0*\0\0\0\x08\0\x02\x01\0\0\x03\0\0\0\x01\0\x09\0\0\x01\x12\0\x03\0\0\0\x01\0", &[turn, 0, 0][..]]
                .concat()
        } else {
            [b"II*\0\x08\0\0\0\x02\0\0\x01\x03\0\x01\0\0\0\x09\0\0\0\x12\x01\x03\0\x01\0\0\0", &[turn, 0, 0, 0][..]]
                .concat()
        }
    }

    fn jpeg(segments: &[(u8, &[u8])], components: u8) -> Vec<u8> {
        let segment = |(marker, data): &(u8, &[u8])| {
            let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
            [&[0xff, *marker], &length[..], data].concat()
        };
        let mut file = b"\xff\xd8".to_vec();
        file.extend(segments.iter().flat_map(segment));
        file.extend(segment(&(0xc2, &[8, 0, 2, 0, 3, components])));
        // Two scans; within the first a number of 255 and a marker to begin anew.
        file.extend(
            [segment(&(0xda, &[1])), b"\x12\xff\0\xff\xd0\x34\xff".to_vec(), segment(&(0xda, &[1, 2]))].concat(),
        );
        file.extend(b"\x12\xff\xd9");
        file
    }

    fn gif(pictures: u32) -> Vec<u8> {
        let mut file = b"GIF89a\x01\0\x01\0\x80\0\0\x0a\x0a\x0a\x20\x20\x20\x21\xfe\x03abc\0".to_vec();
        for _ in 0..pictures {
            file.extend(
                b"\x21\xf9\x04\0\x0a\0\0\0\x2c\0\0\0\0\x01\0\x01\0\x80\x01\x02\x03\x04\x05\x06\x08\x02\x3b\x3b\0",
            );
        }
        file.push(0x3b);
        file
    }

    fn webp(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let data = chunks.iter().flat_map(|(name, data)| {
            let length = u32::try_from(data.len()).unwrap();
            [&name[..], &length.to_le_bytes(), data, &[0][..data.len() & 1]].concat()
        });
        let body: Vec<u8> = b"WEBP".iter().copied().chain(data).collect();
        [b"RIFF", &u32::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat()
    }

    /// Of 3 pixels a row, `bits` each.
    fn bmp(height: i32, bits: u8) -> Vec<u8> {
        let header = |field: i32| field.to_le_bytes();
        let sides = [header(40), header(3), header(height), [1, 0, bits, 0], header(0)].concat();
        let pixels = usize::from(bits * 3).div_ceil(32) * 4 * 2;
        [b"BM", &[0; 8][..], &header(54), &sides, &[0; 20], &vec![9; pixels]].concat()
    }

    #[test]
    fn what_files_say_is_read() {
        let plain = Origin::default();
        check(&png(8, 2, &[]), plain);
        check(&png(16, 0, &[]), Origin { bits: Some(16), ..plain });
        check(&png(2, 0, &[]), Origin { bits: Some(2), ..plain });
        check(&png(2, 3, &[]), Origin { palette: true, ..plain });
        let linear: (&[u8; 4], &[u8]) = (b"gAMA", &[0, 1, 0x86, 0xa0]);
        let gamma = Origin { colours: Some(Colours::Gamma(100_000)), ..plain };
        let profile = Origin { colours: Some(Colours::Profile), ..plain };
        check(&png(8, 2, &[linear]), gamma);
        check(&png(8, 2, &[(b"gAMA", &[0, 0, 0xb1, 0x8f])]), plain);
        check(&png(8, 2, &[(b"sRGB", &[0]), linear]), plain);
        check(&png(8, 2, &[linear, (b"iCCP", b"name\0\0")]), profile);
        check(&png(8, 2, &[(b"iCCP", b"name\0\0"), linear]), profile);
        check(&png(8, 2, &[(b"cICP", &[9, 16, 0, 1])]), profile);
        check(&png(8, 2, &[(b"eXIf", &exif(6, true))]), Origin { turn: 6, ..plain });
        check(&png(8, 2, &[(b"IDAT", b"packed"), (b"eXIf", &exif(6, true))]), plain);
        check(&png(8, 2, &[(b"acTL", &[0, 0, 0, 12, 0, 0, 0, 0])]), Origin { pictures: 12, ..plain });
        check(&jpeg(&[], 3), plain);
        check(&jpeg(&[], 4), Origin { ink: true, ..plain });
        let tagged = [b"Exif\0\0", &exif(8, false)[..]].concat();
        check(&jpeg(&[(0xe1, &tagged), (0xe1, b"http://ns.adobe.com/xap/1.0/\0")], 3), Origin { turn: 8, ..plain });
        check(&jpeg(&[(0xe2, b"ICC_PROFILE\0\x01\x01"), (0xe2, b"MPF\0")], 3), profile);
        check(&gif(1), Origin { palette: true, pictures: 1, ..plain });
        assert_eq!(read(&gif(3)), Origin { palette: true, pictures: 3, ..plain });
        check(&webp(&[(b"VP8L", b"12345")]), plain);
        check(&webp(&[(b"VP8X", b"1234567890"), (b"ICCP", b"123"), (b"EXIF", &exif(3, true))]), profile);
        check(&webp(&[(b"ANMF", b"1"), (b"ANMF", b"22")]), Origin { pictures: 2, ..plain });
        check(&bmp(2, 24), plain);
        check(&bmp(-2, 24), plain);
        check(&bmp(2, 8), Origin { palette: true, ..plain });
    }

    #[test]
    fn what_is_cut_off_says_how_much_is_missing() {
        let cut = |bytes: &[u8], len: usize| read(&bytes[..len]).cut.map(|cut| cut.least);
        let png = png(8, 2, &[]);
        assert_eq!(cut(&png, png.len() - 20), Some(Some(png.len() as u64)));
        assert_eq!(cut(&bmp(2, 24), 60), Some(Some(78)));
        let webp = webp(&[(b"VP8 ", &[0; 40])]);
        assert_eq!(cut(&webp, 30), Some(Some(60)));
        let jpeg = jpeg(&[], 3);
        assert_eq!(cut(&jpeg, jpeg.len() - 2), Some(None));
        // What stands behind the end is of no account.
        for file in [png, webp, jpeg, bmp(2, 24), gif(1)] {
            assert_eq!(read(&[&file[..], b"and more"].concat()).cut, None);
        }
    }

    #[test]
    fn a_long_file_is_judged_by_its_last_bytes() {
        let cut = |head: &[u8], tail: &[u8]| {
            Origin::read(kind(head).expect("a picture"), head, tail, 1_000_000).cut.is_some()
        };
        let (png, jpeg) = (png(8, 2, &[]), jpeg(&[], 3));
        let (png, jpeg) = (&png[..png.len() - 20], &jpeg[..jpeg.len() - 4]);
        assert!(!cut(png, b"\0\0\0\0IEND\xae\x42\x60\x82"));
        assert!(cut(png, b"packed"));
        assert!(!cut(jpeg, b"\x12\xff\0\xff\xd9"));
        assert!(cut(jpeg, b"\x12\xff\0\xff\xd0\x34"));
        assert!(!cut(jpeg, b"\xff\xd9\0\0\0\x18ftypmp42"), "a film behind it");
        assert!(!cut(&gif(2)[..40], b""), "can't be told");
    }

    #[test]
    fn what_is_said() {
        let whole = Decoded { shape: (30, 40), fitted: (30, 40), transparent: 0, raw: true };
        let plain = Origin::default();
        let said = |origin: Origin| origin.words(&whole);
        assert_eq!(said(plain), "");
        assert_eq!(said(Origin { turn: 1, pictures: 1, ..plain }), "");
        assert_eq!(said(Origin { turn: 3, ..plain }), "Turned by 180° (EXIF orientation 3).");
        assert_eq!(
            Origin { turn: 6, ..plain }.words(&Decoded { shape: (3024, 4032), fitted: (1024, 768), ..whole }),
            "Turned by 90° clockwise (EXIF orientation 6). \
             Made smaller, from 4032 × 3024 to 1024 × 768: a pixel is the mean of an area."
        );
        assert_eq!(
            plain.words(&Decoded { transparent: 1, ..whole }),
            "Pixels that are transparent, wholly or in part, lie on white: 1 of 1,200 (0.0833 %)."
        );
        let profile = Origin { colours: Some(Colours::Profile), ..plain };
        assert_eq!(said(profile), "Its colour profile is left aside: the numbers are the file's.");
        assert_eq!(
            profile.words(&Decoded { raw: false, ..whole }),
            "The browser applied its colour profile: the numbers are not the file's, as NumPy reads them."
        );
        let gamma = Origin { colours: Some(Colours::Gamma(55_556)), ..plain };
        assert_eq!(said(gamma), "Its gamma of 0.556 is left aside: the numbers are the file's.");
        assert_eq!(said(Origin { bits: Some(16), ..plain }), "Of 16 bits a number the browser kept 8.");
        assert_eq!(said(Origin { bits: Some(1), ..plain }), "The file's numbers, 0 to 1, became 0 to 255.");
        assert_eq!(said(Origin { bits: Some(4), ..plain }), "The file's numbers, 0 to 15, became 0 to 255.");
        assert_eq!(
            said(Origin { palette: true, ..plain }),
            "The file's numbers are places in a palette: here are its colours, as Pillow's convert(\"RGB\") gives them."
        );
        assert_eq!(
            said(Origin { ink: true, pictures: 12, ..plain }),
            "The browser made red, green and blue of cyan, magenta, yellow and black. The first of 12 pictures."
        );
        let cut = |least| Origin { cut: Some(Cut { bytes: 1234, least }), ..plain };
        assert_eq!(said(cut(None)), "The file is cut off after 1,234 bytes: what it lacks the browser made up.");
        assert_eq!(
            cut(Some(5000)).refused("a.png", 1234),
            "a.png is cut off: 1,234 of at least 5,000 bytes are there. Open a whole copy of it."
        );
        assert_eq!(
            plain.refused("a.png", 1234),
            "a.png is damaged: the browser can't read its 1,234 bytes. Save the picture anew, and open that."
        );
    }

    #[test]
    fn the_probe_is_a_picture_with_a_gamma() {
        assert_eq!(read(PROBE.0), Origin { colours: Some(Colours::Gamma(100_000)), ..Origin::default() });
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(
            file in prop::sample::select(vec![
                png(16, 0, &[(b"eXIf", &exif(6, true)), (b"acTL", &[0; 8])]), jpeg(&[(0xe1, &exif(6, true))], 3), gif(2),
                webp(&[(b"EXIF", &exif(6, false)), (b"ANMF", b"1")]), bmp(2, 24),
            ]),
            changes in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![any::<u8>(), Just(0), Just(255)]), 0..9),
            (len, size) in (any::<prop::sample::Index>(), prop_oneof![0..400_u64, any::<u64>()]),
        ) {
            let (mut bytes, kind) = (file.clone(), kind(&file).expect("a picture"));
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes.truncate(len.index(bytes.len() + 1));
            let origin = Origin::read(kind, &bytes, &bytes, size);
            let words = origin.words(&Decoded { shape: (2, 3), fitted: (2, 3), transparent: 0, raw: true });
            prop_assert!(words.is_empty() || words.ends_with('.'));
            prop_assert!(origin.turn <= 8);
        }
    }
}
