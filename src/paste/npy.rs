//! The file of `np.save`: a header that is a Python dictionary, then the numbers.

use crate::num::{Entry, MAX_MAGNITUDE, decimal, shortened};

use super::diagnostic::{Assumption, Diagnostic, NpyFault};
use super::{MAX_DIMENSIONS, MAX_PLANES, Planes, collect, crop_is_said};

#[cfg(test)]
mod tests;

/// What every such file begins with.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

const HEADER: Diagnostic = Diagnostic::Npy(NpyFault::Header);

/// How the numbers are stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NumberKind {
    Float,
    Int,
    Unsigned,
    Bool,
}

struct Header {
    kind: NumberKind,
    /// Bytes of a number: 1, 2, 4 or 8.
    size: usize,
    big_endian: bool,
    /// Whether the first index runs fastest.
    fortran: bool,
    shape: Vec<usize>,
}

/// Reads a file of version 1 to 3. Of more rows or columns than are read, the rest is not looked at.
///
/// # Errors
/// A [`Diagnostic`] of severity error if it holds no array that is taken.
pub(super) fn read(file: &[u8], diagnostics: &mut Vec<Diagnostic>) -> Result<Planes, Diagnostic> {
    let (header, data) = split(file).ok_or(HEADER)?;
    let Header { kind, size, big_endian, fortran, shape } = read_header(&String::from_utf8_lossy(header))?;
    let past = shape.len().saturating_sub(MAX_DIMENSIONS);
    if shape.iter().take(past).any(|extent| *extent != 1) {
        return Err(Diagnostic::Dimensions { shape, limit: MAX_DIMENSIONS });
    }
    let expected = shape.iter().try_fold(size, |bytes, extent| bytes.checked_mul(*extent));
    let expected = expected.ok_or(HEADER)?;
    if expected == 0 {
        return Err(Diagnostic::Empty);
    }
    if expected > data.len() {
        return Err(Diagnostic::Npy(NpyFault::Short { bytes: data.len(), expected }));
    }
    if past > 0 {
        diagnostics.push(Diagnostic::Squeezed { shape: shape.clone() });
    }
    // Every array as one of four dimensions, each with the distance of its neighbours.
    let mut extents = [1; MAX_DIMENSIONS];
    for (to, from) in extents.iter_mut().rev().zip(shape.iter().rev()) {
        *to = *from;
    }
    let [filters, channels, rows, cols] = extents;
    let strides = if fortran {
        [1, filters, filters * channels, filters * channels * rows]
    } else {
        [channels * rows * cols, rows * cols, cols, 1]
    };
    let planes = filters.saturating_mul(channels);
    if planes > MAX_PLANES {
        return Err(Diagnostic::TooManyPlanes { planes, limit: MAX_PLANES });
    }
    crop_is_said((rows, cols), diagnostics);
    if kind == NumberKind::Bool {
        diagnostics.push(Diagnostic::Assumed(Assumption::TrueIsOne));
    }
    let leading = shape.get(past..shape.len().saturating_sub(2)).unwrap_or_default();
    collect(leading, planes, (rows, cols), diagnostics, &mut |plane, row, col| {
        let index = [plane / channels, plane % channels, row, col];
        let at: usize = index.iter().zip(strides).map(|(index, stride)| index * stride).sum();
        let bytes = data.get(at * size..).and_then(|rest| rest.get(..size)).unwrap_or_default();
        entry(value(kind, bytes, big_endian))
    })
}

/// The header and what follows it.
fn split(file: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = file.strip_prefix(MAGIC)?;
    let (version, rest) = rest.split_at_checked(2)?;
    let (len, rest) = match version {
        [1, _] => rest.split_at_checked(2)?,
        [2 | 3, _] => rest.split_at_checked(4)?,
        _ => return None,
    };
    let len = len.iter().rev().fold(0_usize, |len, byte| len << 8 | usize::from(*byte));
    rest.split_at_checked(len)
}

fn read_header(header: &str) -> Result<Header, Diagnostic> {
    let field = |name: &str| {
        let (_, value) = header.split_once(&format!("'{name}':")).ok_or(HEADER)?;
        Ok(value.trim_start())
    };
    let descr = field("descr")?;
    let descr = descr.strip_prefix('\'').and_then(|descr| descr.split_once('\'')).map_or(descr, |(descr, _)| descr);
    let unknown = || Diagnostic::Npy(NpyFault::Type { descr: shortened(descr) });
    let mut letters = descr.chars();
    let big_endian = match letters.next() {
        Some('<' | '|' | '=') => false,
        Some('>') => true,
        _ => return Err(unknown()),
    };
    let (kind, size) = match (letters.next(), letters.as_str()) {
        (Some('f'), size @ ("2" | "4" | "8")) => (NumberKind::Float, size),
        (Some('i'), size @ ("1" | "2" | "4" | "8")) => (NumberKind::Int, size),
        (Some('u'), size @ ("1" | "2" | "4" | "8")) => (NumberKind::Unsigned, size),
        (Some('b'), size @ "1") => (NumberKind::Bool, size),
        _ => return Err(unknown()),
    };
    let fortran = field("fortran_order")?;
    let extents = field("shape")?.strip_prefix('(').and_then(|shape| shape.split_once(')'));
    let (extents, _) = extents.ok_or(HEADER)?;
    let extents = extents.split(',').map(str::trim).filter(|extent| !extent.is_empty());
    // Python 2 wrote its long integers with an L.
    let shape = extents.map(|extent| extent.trim_end_matches('L').parse().ok()).collect::<Option<_>>();
    Ok(Header {
        kind,
        size: size.parse().unwrap_or(1),
        big_endian,
        fortran: fortran.starts_with("True"),
        shape: shape.ok_or(HEADER)?,
    })
}

fn value(kind: NumberKind, bytes: &[u8], big_endian: bool) -> f64 {
    let push = |bits: u64, byte: &u8| bits << 8 | u64::from(*byte);
    let bits = if big_endian { bytes.iter().fold(0, push) } else { bytes.iter().rev().fold(0, push) };
    match (kind, bytes.len()) {
        (NumberKind::Float, 8) => f64::from_bits(bits),
        (NumberKind::Float, 4) => single(f32::from_bits(u32::try_from(bits).unwrap_or_default())),
        (NumberKind::Float, _) => half(bits),
        (NumberKind::Int, len) => {
            let unused = 64_usize.saturating_sub(8 * len);
            ((bits << unused).cast_signed() >> unused) as f64
        }
        (NumberKind::Unsigned, _) => bits as f64,
        (NumberKind::Bool, _) => f64::from(u8::from(bits != 0)),
    }
}

/// The decimal with the fewest digits that is stored so: 0.1, where the stored number is 0.10000000149. An integer is
/// taken as it is.
fn single(value: f32) -> f64 {
    let exact = f64::from(value);
    if exact.fract() == 0.0 { exact } else { decimal::of_single(value) }
}

/// The same of half precision: a sign, 5 bits of exponent, 10 of fraction.
fn half(bits: u64) -> f64 {
    let sign = if bits >> 15 & 1 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (bits >> 10 & 31, bits & 1023);
    // Bits of a double: the same sign and fraction, the exponent's zero at 1023 in place of 15.
    let power = |exponent: u64| f64::from_bits((exponent + 1023 - 15) << 52);
    let (magnitude, spacing) = match (exponent, fraction) {
        (31, 0) => return sign * f64::INFINITY,
        (31, _) => return f64::NAN,
        (0, _) => (fraction as f64 / 1024.0 * power(1), power(1) / 1024.0),
        _ => ((1.0 + fraction as f64 / 1024.0) * power(exponent), power(exponent) / 1024.0),
    };
    if magnitude.fract() == 0.0 {
        return sign * magnitude;
    }
    // Below a power of two the neighbour is nearer.
    let reach = if fraction == 0 { spacing / 4.0 } else { spacing / 2.0 };
    let shortest = (0..5_u8).find_map(|digits| {
        let shorter = decimal::parse(&decimal::scientific(magnitude, digits))?;
        ((shorter - magnitude).abs() < reach).then_some(shorter)
    });
    sign * shortest.unwrap_or(magnitude)
}

fn entry(value: f64) -> Entry {
    if value.abs() <= MAX_MAGNITUDE {
        // −0 is 0 on paper.
        Entry::Number(value + 0.0)
    } else {
        Entry::Unreadable(decimal::exponential(value))
    }
}
