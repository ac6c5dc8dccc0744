//! Files of NumPy, byte by byte, also broken ones.

#![allow(
    clippy::needless_raw_string_hashes,
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "expect-test writes the strings and hands them over by value; a table of cases is as long as it is"
)]

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::super::tests::{check_reading, pieces};
use super::super::{MAX_FILE, Reading, Severity, read_file};
use super::*;

/// Shape and cells, then the diagnostics' sentences.
fn report(name: &str, file: &[u8]) -> String {
    let Reading { planes, diagnostics, .. } = read_file(name, file);
    let planes = planes.iter().map(|planes| {
        let cells: Vec<String> = planes.cells().map(Entry::typed).collect();
        format!("{:?} {}", planes.shape(), cells.join(" "))
    });
    let said = diagnostics.iter().map(|diagnostic| format!("{:?}: {diagnostic}", diagnostic.severity()));
    planes.chain(said).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(name: &str, file: &[u8], expect: Expect) {
    expect.assert_eq(&report(name, file));
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("two digits")).collect()
}

/// Files that NumPy 2.4.6 wrote:
///
/// ```python
/// import io
/// import numpy as np
/// def show(array, version):
///     file = io.BytesIO()
///     np.lib.format.write_array(file, array, version)
///     print(file.getvalue().hex())
/// show(np.array([[0.1, -2.5, 3], [1e-3, 65504, np.nan]], "<f4"), (1, 0))
/// show(np.asfortranarray(np.arange(-6, 6).reshape(2, 3, 2)).astype(">i2"), (2, 0))
/// ```
const SINGLE: &str = "934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046616c73652c2027736861\
7065273a2028322c2033292c207d2020202020202020202020202020202020202020202020202020202020202020202020202020202020\
20202020202020202020202020202020200acdcccc3d000020c0000040406f12833a00e07f470000c07f";
const FORTRAN: &str = "934e554d50590200740000007b276465736372273a20273e6932272c2027666f727472616e5f6f72646572273a20547275652c20277368\
617065273a2028322c20332c2032292c207d20202020202020202020202020202020202020202020202020202020202020202020202020\
20202020202020202020202020202020200afffa0000fffc0002fffe0004fffb0001fffd0003ffff0005";

#[test]
fn files_of_numpy() {
    check(
        "a.npy",
        &bytes(SINGLE),
        expect![[r#"
        [2, 3] 0.1 -2.5 3 0.001 65504 NaN
        Warning: “NaN” in row 1, column 2 is no number."#]],
    );
    check("a.npy", &bytes(FORTRAN), expect!["[2, 3, 2] -6 -5 -4 -3 -2 -1 0 1 2 3 4 5"]);
}

/// A file of version 1 with this header and these bytes after it.
fn file(descr: &str, fortran: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
    let len = u16::try_from(header.len()).expect("a short header").to_le_bytes();
    [b"\x93NUMPY\x01\x00", &len[..], header.as_bytes(), data].concat()
}

#[test]
fn types_and_shapes() {
    let one = |descr: &str, data: &[u8]| report("a.npy", &file(&format!("'{descr}'"), "False", "(1, 1)", data));
    let all = [
        one("<f8", &0.1_f64.to_le_bytes()),
        one(">f8", &(-1.5e300_f64).to_be_bytes()),
        one("<f4", &0.3_f32.to_le_bytes()),
        one("<f2", &[0x66, 0x2e]),
        one(">f2", &[0x3c, 0x00]),
        one("<f2", &[0x01, 0x00]),
        one("<f2", &[0xff, 0x7b]),
        one("<f4", &123_456_792_f32.to_le_bytes()),
        one("<f2", &[0x00, 0xfc]),
        one("|i1", &[0xff]),
        one("<i2", &[0xfe, 0xff]),
        one(">i4", &[0xff, 0xff, 0xff, 0xfd]),
        one("<i8", &(-4_i64).to_le_bytes()),
        one("|u1", &[0xff]),
        one(">u2", &[1, 0]),
        one("<u4", &[0xff; 4]),
        one("<u8", &7_u64.to_le_bytes()),
        one("|b1", &[1]),
        one("<c8", &[0; 8]),
        one("<U5", &[0; 20]),
        one("|O", &[0; 8]),
        one("<f16", &[0; 16]),
    ];
    expect![[r#"
        [1, 1] 0.1
        Error: There is no number to read.
        [1, 1] 0.3
        [1, 1] 0.1
        [1, 1] 1
        [1, 1] 6e-8
        [1, 1] 65504
        [1, 1] 123456792
        Error: There is no number to read.
        [1, 1] -1
        [1, 1] -2
        [1, 1] -3
        [1, 1] -4
        [1, 1] 255
        [1, 1] 256
        Error: There is no number to read.
        [1, 1] 7
        [1, 1] 1
        Note: True is read as 1, False as 0.
        Error: The file holds values of the type “<c8”. Numbers of float, int, uint and bool are read: save it with .astype(np.float32).
        Error: The file holds values of the type “<U5”. Numbers of float, int, uint and bool are read: save it with .astype(np.float32).
        Error: The file holds values of the type “|O”. Numbers of float, int, uint and bool are read: save it with .astype(np.float32).
        Error: The file holds values of the type “<f16”. Numbers of float, int, uint and bool are read: save it with .astype(np.float32)."#]].assert_eq(&all.join("\n"));
    check(
        "a.npy",
        &file("[('x', '<f4'), ('y', '<f4')]", "False", "(1,)", &[0; 8]),
        expect![
            "Error: The file holds values of the type “[('x', '<f4'), ('y', '<…”. Numbers of float, int, uint and bool are read: save it with .astype(np.float32)."
        ],
    );
    let seven = |shape: &str, count: usize| report("a.npy", &file("'|u1'", "False", shape, &vec![7; count]));
    let all = ["()", "(2,)", "(2L, 1L)", "(1, 1, 1, 1, 2)", "(2, 1, 1, 1, 1)", "(0, 2)", "(65, 1, 1)", "(1, 2, 1, 2)"];
    expect![[r#"
        [1, 1] 7
        [1, 2] 7 7
        [2, 1] 7 7
        [1, 1, 1, 2] 7 7
        Note: The array is 1 × 1 × 1 × 1 × 2; the dimensions of 1 are left out.
        Error: The array has 5 dimensions (2 × 1 × 1 × 1 × 1); at most 4 are read. Copy one slice of it.
        Error: There is no number to read.
        Error: There are 65 planes; at most 64 are read. Copy a part of them.
        [1, 2, 1, 2] 7 7 7 7"#]]
    .assert_eq(&all.map(|shape| seven(shape, 65)).join("\n"));
}

#[test]
fn headers_that_lie_are_refused() {
    check(
        "a.npy",
        &file("'<f8'", "False", "(2, 2)", &[0; 31]),
        expect!["Error: The file is cut off: its numbers have 31 bytes where the shape asks for 32."],
    );
    check(
        "a.npy",
        &file("'<f8'", "False", "(4294967296, 4294967296, 4294967296)", &[0; 8]),
        expect!["Error: The file begins like one of np.save, but its header can't be read."],
    );
    check(
        "a.npy",
        &file("'<f8'", "False", "(-1, 2)", &[0; 8]),
        expect!["Error: The file begins like one of np.save, but its header can't be read."],
    );
    check(
        "a.npy",
        &file("'<f8'", "False", "2, 2", &[0; 8]),
        expect!["Error: The file begins like one of np.save, but its header can't be read."],
    );
    check(
        "a.npy",
        b"\x93NUMPY\x01\x00\xff\xff{'descr': '<f8'",
        expect!["Error: The file begins like one of np.save, but its header can't be read."],
    );
    check(
        "a.npy",
        b"\x93NUMPY\x09\x00\x02\x00{}",
        expect!["Error: The file begins like one of np.save, but its header can't be read."],
    );
    check("a.npy", b"\x93NUMPY", expect!["Error: The file begins like one of np.save, but its header can't be read."]);
    // The array is larger than what is read; only that is looked at.
    let (rows, cols) = (1000, 1000);
    let large = report("a.npy", &file("'|u1'", "False", &format!("({rows}, {cols})"), &vec![1; rows * cols]));
    assert!(large.starts_with("[64, 64] 1 1"), "{large:.99}");
    assert!(large.ends_with("Warning: There are 1000 × 1000 numbers; the top left 64 × 64 fit."), "{large:.99}");
}

#[test]
fn files_of_other_kinds_say_what_they_are() {
    let zip = |first: &str| {
        [b"PK\x03\x04", &[0; 22][..], &[u8::try_from(first.len()).expect("short"), 0, 0, 0], first.as_bytes()].concat()
    };
    let files: [(&str, &[u8]); 22] = [
        ("a.npz", &zip("arr_0.npy")),
        ("a.bin", &zip("weights.npy")),
        ("a.pt", &zip("archive/data.pkl")),
        ("A.XLSX", &zip("[Content_Types].xml")),
        ("a.zip", &zip("a.csv")),
        ("a.zip", b"PK\x03\x04"),
        ("a.png", b"\x89PNG\r\n\x1a\n"),
        ("a.jpg", b"\xff\xd8\xff\xe0"),
        ("a.webp", b"RIFF\x01\x02\x03\x04WEBPVP8 "),
        ("a.heic", b"\0\0\0\x18ftypheic"),
        ("a.pdf", b"%PDF-1.7"),
        ("a.mat", b"MATLAB 5.0 MAT-file, Platform: GLNXA64"),
        ("a.h5", b"\x89HDF\r\n\x1a\n"),
        ("a.pkl", b"\x80\x04\x95"),
        ("a.safetensors", b"\x10\0\0\0\0\0\0\0{\"a\":1}"),
        ("a.gz", b"\x1f\x8b\x08"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0"),
        ("a.bin", b"1 2\0"),
        ("", b""),
        ("a.txt", b"no numbers"),
        ("a.csv", &vec![b'1'; MAX_FILE + 1]),
    ];
    let said: Vec<String> = files.iter().map(|(name, file)| format!("{name}: {}", report(name, file))).collect();
    expect![[r#"
        a.npz: Error: This is a file of np.savez, which holds several arrays. Save one of them with np.save.
        a.bin: Error: This is a file of np.savez, which holds several arrays. Save one of them with np.save.
        a.pt: Error: This is a pickle, as torch.save writes, which may run code. Print the tensor and paste it, or save it with np.save.
        A.XLSX: Error: This is a workbook. Copy the cells and paste them, or save the sheet as CSV.
        a.zip: Error: This is an archive. Unpack it and take the file of the numbers.
        a.zip: Error: This is an archive. Unpack it and take the file of the numbers.
        a.png: Error: This is a picture. Pasted are numbers: save its array with np.save, or as CSV.
        a.jpg: Error: This is a picture. Pasted are numbers: save its array with np.save, or as CSV.
        a.webp: Error: This is a picture. Pasted are numbers: save its array with np.save, or as CSV.
        a.heic: Error: This is a picture. Pasted are numbers: save its array with np.save, or as CSV.
        a.pdf: Error: This is a PDF. Copy the numbers in it and paste them.
        a.mat: Error: This is a MATLAB file. Write the matrix with writematrix(A, "A.csv"), or paste mat2str(A).
        a.h5: Error: This is an HDF5 file, which holds many arrays. Save one of them with np.save or as CSV.
        a.pkl: Error: This is a pickle, as torch.save writes, which may run code. Print the tensor and paste it, or save it with np.save.
        a.safetensors: Error: This is a safetensors file, which holds many tensors. Save one of them with np.save.
        a.gz: Error: This is an archive. Unpack it and take the file of the numbers.
        a.xls: Error: This is a workbook. Copy the cells and paste them, or save the sheet as CSV.
        a.doc: Error: This file holds no text. A .npy file or a text of numbers can be read.
        a.bin: Error: This file holds no text. A .npy file or a text of numbers can be read.
        : Error: There is no number to read.
        a.txt: Error: There is no number to read.
        a.csv: Error: There are 4,194,305 bytes; at most 4,194,304 are read."#]].assert_eq(&said.join("\n"));
}

#[test]
fn texts_in_files() {
    let wide = |text: &str, big: bool| -> Vec<u8> {
        let units = text.encode_utf16();
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    check(
        "a.csv",
        b"\xef\xbb\xbf1;2\r\n3,5;4\r\n",
        expect![[r#"
        [2, 2] 1 2 3.5 4
        Note: Commas are read as decimal points: 1,5 is 1.5."#]],
    );
    check("a.txt", &wide("\u{feff}1\t\u{2212}2\r\n", false), expect!["[1, 2] 1 -2"]);
    check("a.txt", &wide("\u{feff}1\t2", true), expect!["[1, 2] 1 2"]);
    check("a.txt", b"\xff\xfe\x00\xd8\x31", expect!["Error: There is no number to read."]);
    check(
        "a.txt",
        b"1\t\xe9\n",
        expect![[r#"
        [1, 2] 1 �
        Warning: “�” in row 0, column 1 is no number."#]],
    );
    check(
        "a.json",
        br#"{"data": [[1e3, true], [null, -0.5]]}"#,
        expect![[r#"
        [2, 2] 1000 1 null -0.5
        Warning: “null” in row 1, column 0 is no number.
        Note: True is read as 1, False as 0."#]],
    );
}

/// The same numbers, bytes and order written by hand.
#[derive(Debug, Clone)]
struct Array {
    shape: Vec<usize>,
    values: Vec<i32>,
    letter: &'static str,
    big: bool,
    fortran: bool,
    version: u8,
}

impl Array {
    fn bytes(&self) -> Vec<u8> {
        let Self { shape, values, letter, big, fortran, version } = self;
        let extents: Vec<String> = shape.iter().map(|extent| format!("{extent}, ")).collect();
        let order = if *fortran { "True" } else { "False" };
        let mark = if *big { '>' } else { '<' };
        let mut header = format!(
            "{{'descr': '{mark}{letter}', 'fortran_order': {order}, 'shape': ({}), }}",
            extents.concat().trim_end()
        );
        let lengths = if *version == 1 { 2 } else { 4 };
        while (8 + lengths + header.len() + 1) % 64 != 0 {
            header.push(' ');
        }
        header.push('\n');
        let mut file = vec![0x93, b'N', b'U', b'M', b'P', b'Y', *version, 0];
        file.extend(&u32::try_from(header.len()).expect("short").to_le_bytes()[..lengths]);
        file.extend(header.as_bytes());
        for at in self.order() {
            let value = values[at];
            let number: Vec<u8> = match *letter {
                "f8" => f64::from(value).to_le_bytes().to_vec(),
                "f4" => f32::from(i16::try_from(value).expect("small")).to_le_bytes().to_vec(),
                "f2" => half_of(value).to_le_bytes().to_vec(),
                "i1" | "u1" | "b1" => vec![value.to_le_bytes()[0]],
                "i2" | "u2" => value.to_le_bytes()[..2].to_vec(),
                "i4" | "u4" => value.to_le_bytes().to_vec(),
                _ => i64::from(value).to_le_bytes().to_vec(),
            };
            if *big { file.extend(number.iter().rev()) } else { file.extend(number) }
        }
        file
    }

    /// The places of the values as they stand in the file.
    fn order(&self) -> Vec<usize> {
        let count = self.values.len();
        if !self.fortran {
            return (0..count).collect();
        }
        // The first index runs fastest.
        (0..count)
            .map(|place| {
                let (mut rest, mut at) = (place, 0);
                let mut index = Vec::new();
                for extent in &self.shape {
                    index.push(rest % extent);
                    rest /= extent;
                }
                for (index, extent) in index.iter().zip(&self.shape) {
                    at = at * extent + index;
                }
                at
            })
            .collect()
    }
}

/// A small integer in half precision.
fn half_of(value: i32) -> u16 {
    let magnitude = value.unsigned_abs();
    let sign = if value < 0 { 0x8000 } else { 0 };
    if magnitude == 0 {
        return 0;
    }
    let exponent = magnitude.ilog2();
    let fraction = (magnitude << (10 - exponent)) & 0x3ff;
    sign | u16::try_from(((exponent + 15) << 10) | fraction).expect("16 bits")
}

fn array() -> impl Strategy<Value = Array> {
    let letters = vec!["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"];
    let shape = proptest::collection::vec(1_usize..5, 1..5)
        .prop_filter("at most 64 planes", |shape| shape.iter().rev().skip(2).product::<usize>() <= MAX_PLANES);
    (shape, proptest::sample::select(letters), any::<(bool, bool)>(), 1_u8..4).prop_flat_map(
        |(shape, letter, (big, fortran), version)| {
            let range = match letter.as_bytes()[0] {
                b'u' => 0..256,
                b'b' => 0..2,
                _ => -128..128,
            };
            let values = proptest::collection::vec(range, shape.iter().product::<usize>());
            values.prop_map(move |values| Array { shape: shape.clone(), values, letter, big, fortran, version })
        },
    )
}

proptest! {
    #[test]
    fn arrays_read_the_same(array in array()) {
        let Reading { planes, diagnostics, .. } = read_file("a.npy", &array.bytes());
        let planes = planes.expect("an array");
        let shape = if array.shape.len() == 1 { vec![1, array.shape[0]] } else { array.shape.clone() };
        prop_assert_eq!(planes.shape(), shape);
        let values: Vec<f64> = planes.cells().filter_map(Entry::value).collect();
        prop_assert_eq!(values, array.values.iter().map(|value| f64::from(*value)).collect::<Vec<_>>());
        prop_assert!(diagnostics.iter().all(|said| said.severity() == Severity::Note));
    }

    #[test]
    fn singles_are_the_shortest_number_stored_so(value in any::<f32>()) {
        let shortest = single(value);
        #[expect(clippy::cast_possible_truncation, reason = "that is the question")]
        let stored = shortest as f32;
        prop_assert!(stored.to_bits() == value.to_bits() || value.is_nan());
        if value.fract() != 0.0 {
            prop_assert_eq!(shortest.to_string(), value.to_string());
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), name in "[a-z.]{0,8}") {
        check_reading(&read_file(&name, &bytes))?;
        // A beginning that looks right gets further.
        for start in [&b"\x93NUMPY\x01\x00\x10\x00"[..], b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff", b"\x89PNG", b"1 2\n"] {
            check_reading(&read_file(&name, &[start, &bytes].concat()))?;
        }
    }

    #[test]
    fn any_text_in_a_file_is_read_without_a_panic(text in pieces()) {
        check_reading(&read_file("a.txt", text.as_bytes()))?;
    }

    #[test]
    fn damaged_files_are_read_without_a_panic(
        array in array(),
        at in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
        len in any::<proptest::sample::Index>(),
    ) {
        let mut file = array.bytes();
        let at = at.index(file.len());
        file[at] = byte;
        check_reading(&read_file("a.npy", &file))?;
        file.truncate(len.index(file.len()));
        check_reading(&read_file("a.npy", &file))?;
    }

    #[test]
    fn any_header_is_read_without_a_panic(
        descr in "'?[<>|=]?[fiubcOUV]?[0-9]{0,2}'?",
        fortran in "True|False|[a-z]{0,3}",
        shape in "\\(?([0-9]{0,20}L?,? ?){0,6}\\)?",
        data in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        check_reading(&read_file("a.npy", &file(&descr, &fortran, &shape, &data)))?;
    }
}
