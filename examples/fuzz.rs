//! Reads seeded pastes, links, files, pictures, messages and stored values, most of them nearly right: none may panic, or take more
//! memory than the cap.
//!
//! ```text
//! cargo run --release --example fuzz -- 1000000 1          so many, from a seed
//! cargo run --release --example fuzz -- 1 1 4711           that one alone
//! ```

#![allow(unsafe_code, reason = "what memory is taken is counted where it is given")]
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::expect_used, reason = "a command prints, and fails aloud")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    env,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
};

use receptive::{
    bench::pasted,
    data,
    image::{
        header::{self, FileKind},
        origin::{Decoded, Origin},
    },
    lab::{OperationLab, scene::PlateId},
    link::{Link, Page, operation::LabKind, train},
    model::{ModelSpec, Network, Safetensors as _},
    num::rng::{Purpose, Stream},
    paste::{FORMATS, Limits, MAX_BYTES, Pasted, Preview, Reading, may_be_block, read_file},
    protocol,
};

/// The most that one text may take besides itself, in bytes: what a link of the longest kind unpacks to, and grids of it.
const CAP: usize = 96 << 20;

/// Counts what is taken.
struct Counting;

static TAKEN: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);
static CASE: AtomicU64 = AtomicU64::new(0);

// SAFETY: all is handed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        MOST.fetch_max(TAKEN.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        TAKEN.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static MEMORY: Counting = Counting;

/// What is put into texts: signs that some format gives a meaning, labels, and numbers of all spellings.
const PIECES: &[&str] = &[
    "1",
    "-2",
    "0.5",
    "1,5",
    "1/2",
    "1//2",
    "1e999",
    "1f0",
    "2*^3",
    "NaN",
    "inf",
    "50%",
    "$3",
    "(4)",
    "1\u{202f}234",
    "99999999999999999999",
    " ",
    "\n",
    "\r\n",
    "\n\n",
    "\t",
    ",",
    ";",
    "|",
    "&",
    "\\\\",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "(",
    ")",
    "\"",
    "'",
    "=",
    "*",
    "%",
    "#",
    "...",
    "…",
    "⋮",
    "[1,]",
    "[,1]",
    "[1]",
    ", , 2",
    "2×2 Matrix{Int64}:",
    "3-element Vector:",
    "[:, :, 2] =",
    "A(:,:,2) =",
    "A(:,:,1,2) =",
    "Columns 1 through 3:",
    "1.0e+03 *",
    "Diagonal Matrix",
    "dtype: int64",
    "[2 rows x 2 columns]",
    "⎡",
    "⎤",
    "⋅",
    "mat(",
    "vec(",
    "vec![",
    "matrix(",
    "c(",
    "rbind(",
    "cbind(",
    "nrow=2",
    "ncol=99999999999",
    "1:99999999",
    "byrow=TRUE",
    "float k[2][2] =",
    "new double[][]",
    "let k: [f32; 2] =",
    "cat(3, ",
    "cat(4, ",
    "np.array(",
    "tensor(",
    ", dtype=float32)",
    "indices=",
    "values=",
    "<table>",
    "<tr>",
    "<td>",
    "<td colspan=99999>",
    "</table>",
    "&nbsp;",
    "&minus;",
    "\\begin{bmatrix}",
    "\\end{bmatrix}",
    "\\begin{tabular}{rr}",
    "\\frac{1}{2}",
    "\\hline",
    "---+---",
    "|---|---|",
    "(2 rows)",
    "In [1]: ",
    "Out[1]= ",
    "julia> A",
    "> m",
    "True",
    "Fraction(1, 3)",
    "\0",
    "\u{feff}",
    "\u{a0}",
    "−",
    "é",
    "😀",
];

/// What is put into links.
const LINK_PIECES: &[&str] = &[
    "#",
    "/",
    "?",
    "&",
    "=",
    "%",
    "%26",
    "%3D",
    "%FF",
    "amp;",
    ".",
    ")",
    ",",
    ";",
    "|",
    "x",
    "k",
    "w",
    "pad",
    "stride",
    "dilation",
    "window",
    "ceil",
    "groups",
    "channels",
    "filters",
    "step",
    "speed",
    "predict",
    "theme",
    "hide",
    "embed",
    "lecture",
    "v",
    "z",
    "layers",
    "lr",
    "epochs",
    "optimizer",
    "seed",
    "batch",
    "schedule",
    "0",
    "1",
    "-1",
    "64",
    "1000000",
    "18446744073709551616",
    "1e308",
    "NaN",
    "same",
    "full",
    "adam",
    "dark",
    "eJw",
    "AAAA",
];

fn below(draw: &mut Stream, n: usize) -> usize {
    draw.below(u32::try_from(n.max(1)).unwrap_or(u32::MAX)) as usize
}

fn one<'a>(draw: &mut Stream, of: &[&'a str]) -> &'a str {
    of.get(below(draw, of.len())).copied().unwrap_or("")
}

/// `text` with some parts cut out, put in, doubled, or taken from `pieces`.
fn changed(draw: &mut Stream, text: &str, pieces: &[&str]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..below(draw, 6) {
        let at = below(draw, chars.len() + 1);
        let end = (at + below(draw, 8)).min(chars.len());
        match below(draw, 4) {
            0 => drop(chars.drain(at..end)),
            1 => {
                let part: Vec<char> = chars.get(at..end).unwrap_or_default().to_vec();
                chars.splice(at..at, part);
            }
            2 => chars.truncate(at),
            _ => drop(chars.splice(at..at, one(draw, pieces).chars())),
        }
    }
    chars.into_iter().collect()
}

/// A text of numbers: an example of a format, changed, or pieces alone; once in a while a very long one.
fn text(draw: &mut Stream) -> String {
    let mut text = String::new();
    if below(draw, 3) > 0 {
        let example = FORMATS.get(below(draw, FORMATS.len())).map_or("", |(_, example)| example);
        text = changed(draw, example, PIECES);
    } else {
        for _ in 0..below(draw, 30) {
            text.push_str(one(draw, PIECES));
        }
    }
    if below(draw, 2000) == 0 && !text.is_empty() {
        text = text.repeat((MAX_BYTES + 10) / text.len());
    }
    text
}

/// A file: NumPy's, or a text in some encoding, with bytes changed.
fn file(draw: &mut Stream) -> Vec<u8> {
    let mut file = match below(draw, 3) {
        0 => {
            let kind = one(draw, &["<f4", ">f8", "|u1", "<i2", "|b1", "<f2", "<c8", "|O"]);
            let shape =
                one(draw, &["(2, 2)", "(3,)", "()", "(1, 2, 2)", "(99999999, 99999999)", "(4096, 4096)", "(0, 2)"]);
            let order = one(draw, &["False", "True"]);
            let header = format!("{{'descr': '{kind}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
            let len = u16::try_from(header.len()).unwrap_or(0).to_le_bytes();
            let mut file = [b"\x93NUMPY\x01\0", &len[..], header.as_bytes()].concat();
            file.extend((0..below(draw, 64)).map(|_| low_byte(draw)));
            file
        }
        1 => text(draw).into_bytes(),
        _ => text(draw).encode_utf16().fold(vec![0xff, 0xfe], |mut file, unit| {
            file.extend(unit.to_le_bytes());
            file
        }),
    };
    for _ in 0..below(draw, 4) {
        let at = below(draw, file.len());
        let byte = low_byte(draw);
        if let Some(changed) = file.get_mut(at) {
            *changed = byte;
        }
    }
    file
}

/// A picture: what formats begin with, their marks, lengths and a directory of EXIF data, in some order.
fn picture(draw: &mut Stream) -> Vec<u8> {
    const BEGINNINGS: [&[u8]; 6] = [
        b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x02\0\0\0\x02\x10\0\0\0\0\0\0\0\0",
        b"\xff\xd8",
        b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\0\0\0",
        b"RIFF\xff\0\0\0WEBP",
        b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x01\0\xff\xff\0\0\0\0",
        b"",
    ];
    const PARTS: [&[u8]; 22] = [
        b"\0\0\0\x04gAMA\0\x01\x86\xa0\0\0\0\0",
        b"\0\0\0\x01iCCP\0\0\0\0\0",
        b"\0\0\0\0sRGB\0\0\0\0",
        b"\0\0\0\x08acTL\xff\xff\xff\xff\0\0\0\0\0\0\0\0",
        b"\0\0\0\x26eXIf",
        b"\0\0\0\0IEND\0\0\0\0",
        b"\xff\xff\xff\xffIDAT",
        b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
        b"II*\0\xff\xff\xff\xff\xff\xff",
        b"\xff\xe1\0\x20Exif\0\0",
        b"\xff\xe2\0\x10ICC_PROFILE\0\x01\x01",
        b"\xff\xc0\0\x08\x08\0\x01\0\x01\x04",
        b"\xff\xda\0\x02\x01\xff\0\xff\xd0",
        b"\xff\xd9",
        b"\xff\xda\xff\xff",
        b"\x21\xf9\x04\0\0\0\0\0",
        b"\x2c\0\0\0\0\x01\0\x01\0\x87\x08\x01\0\0",
        b"\x3b",
        b"ANMF\x01\0\0\0\0\0",
        b"EXIF\x1c\0\0\0",
        b"ICCP\xff\xff\xff\xff",
        b"VP8X\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0",
    ];
    let mut file = BEGINNINGS.get(below(draw, BEGINNINGS.len())).copied().unwrap_or_default().to_vec();
    for _ in 0..below(draw, 12) {
        match below(draw, 6) {
            0 => file.extend((0..below(draw, 8)).map(|_| low_byte(draw))),
            _ => file.extend(PARTS.get(below(draw, PARTS.len())).copied().unwrap_or_default()),
        }
    }
    file
}

fn low_byte(draw: &mut Stream) -> u8 {
    draw.next_u32().to_le_bytes().first().copied().unwrap_or(0)
}

fn show(reading: &Reading) {
    let preview = Preview::new(reading, &Limits { filters: 2, channels: 3, rows: 16, cols: 16 });
    drop((preview.fit.sentence("Input"), preview.notes));
}

/// One case: what was read, for a failure to show.
fn case(seed: u64, index: u64, weights: &mut (Network, Vec<u8>)) -> String {
    let draw = &mut Stream::new(seed, Purpose::Kernel, index);
    match below(draw, 9) {
        0..3 => {
            let text = text(draw);
            show(&Reading::of_text(&text));
            may_be_block(&text);
            text
        }
        3 => {
            // Beside it the same as a web page has it, and so into a grid.
            let pasted = Pasted { text: text(draw), html: text(draw), typed: text(draw) };
            let kind = LabKind::ALL.get(below(draw, LabKind::ALL.len()));
            if let Some(kind) = kind {
                let lab: OperationLab = (kind.decode)(&Vec::new()).0.lab;
                drop(pasted::events(&lab, (PlateId::Input(0), below(draw, 3), below(draw, 3)), &pasted));
            }
            format!("{pasted:?}")
        }
        4 | 5 => {
            let mut link = format!("#/{}?", Page::ALL.get(below(draw, Page::ALL.len())).map_or("", |page| page.path()));
            for _ in 0..below(draw, 12) {
                link.push_str(one(draw, LINK_PIECES));
            }
            if below(draw, 3) == 0 {
                // Whole fields, with texts of numbers and a stored theme in them.
                let value = text(draw).replace('&', "%26");
                let (field, theme) = (one(draw, LINK_PIECES), one(draw, PIECES));
                link.extend(["&", field, "=", value.as_str(), "&theme=", theme]);
            }
            let link = changed(draw, &link, LINK_PIECES);
            let (decoded, _) = Link::decode(&link);
            if let Some(kind) = LabKind::of_page(decoded.page) {
                let state = (kind.decode)(&decoded.fields).0;
                let again = Link { fields: (kind.encode)(&state), ..Link::to(kind.page) }.encode();
                drop(Link::decode(&again));
            } else {
                drop(train::decode(&decoded.fields));
            }
            link
        }
        6 => {
            let file = file(draw);
            show(&read_file(one(draw, &["a.npy", "a.csv", "a.json", "a", "a.npz"]), &file));
            format!("{file:?}")
        }
        7 => {
            let file = picture(draw);
            let tail = file.get(below(draw, file.len() + 1)..).unwrap_or_default();
            let size =
                if below(draw, 3) > 0 { file.len() as u64 } else { u64::from(draw.next_u32()) << below(draw, 33) };
            let (shape, transparent) = ((below(draw, 9) + 1, below(draw, 9) + 1), below(draw, 2));
            let kind = header::kind(&file).unwrap_or(FileKind::Jpeg);
            let origin = Origin::read(kind, &file, tail, size);
            drop(origin.words(&Decoded { shape, fitted: (1, 1), transparent, raw: below(draw, 2) == 0 }));
            drop((origin.refused("a", size), header::check("a", &file)));
            format!("{file:?}")
        }
        _ => {
            // What workers send, what is kept of data and of a network.
            let mut bytes = file(draw);
            drop((protocol::decode::<protocol::ToTrainer>(&bytes), protocol::decode::<protocol::FromTrainer>(&bytes)));
            drop(data::images([&[0, 0, 8, 3, 0, 0, 0], &*bytes].concat()));
            drop(data::labels([&[0, 0, 8, 1, 0, 0, 0], &*bytes].concat()));
            drop(weights.0.load_safetensors(&bytes));
            bytes.clone_from(&weights.1);
            for _ in 0..below(draw, 4) {
                let at = below(draw, bytes.len().min(400));
                let byte = low_byte(draw);
                if let Some(changed) = bytes.get_mut(at) {
                    *changed = byte;
                }
            }
            drop(weights.0.load_safetensors(&bytes));
            String::from("weights")
        }
    }
}

/// Reads `count` cases of a seed, from `first`.
///
/// # Panics
/// Where a case takes more memory than the cap, or panics itself.
pub(crate) fn run(count: u64, seed: u64, first: u64) {
    let network = Network::new(&ModelSpec::lenet(), 0).expect("LeNet");
    let file = network.to_safetensors().expect("weights");
    let weights = &mut (network, file);
    let mut most = 0;
    for index in first..first.saturating_add(count) {
        CASE.store(index, Relaxed);
        let before = TAKEN.load(Relaxed);
        MOST.store(before, Relaxed);
        let read = case(seed, index, weights);
        let taken = MOST.load(Relaxed).saturating_sub(before);
        assert!(taken <= CAP, "case {index} of seed {seed} takes {taken} bytes: {read:.300}");
        most = most.max(taken);
    }
    println!("{count} cases of seed {seed}; at most {:.1} MB for one.", most as f64 / 1e6);
}

/// Tells which case panics.
pub(crate) fn tell_the_case(seed: u64) {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let index = CASE.load(Relaxed);
        eprintln!("Case {index}: cargo run --release --example fuzz -- 1 {seed} {index}");
        hook(info);
    }));
}

#[cfg_attr(test, allow(dead_code, reason = "the test calls what it does"))]
fn main() {
    let mut numbers = env::args().skip(1).filter_map(|text| text.parse().ok());
    let (count, seed) = (numbers.next().unwrap_or(100_000), numbers.next().unwrap_or(1));
    tell_the_case(seed);
    run(count, seed, numbers.next().unwrap_or(0));
}
