//! Four numbers side by side in a 128-bit register.
//!
//! The kernels are written with these so that they do not depend on what a compiler makes of loops: the trainer is
//! built for size, where it makes nothing of them, and is a third smaller for it. In WebAssembly and on x86-64
//! each function is an instruction or a few; elsewhere the same is written out lane by lane, and gives the same bits.

use std::ops::{Add, Div, Mul, Sub};

/// What the two kinds of processors that are known call their instructions.
#[cfg(any(target_arch = "wasm32", target_arch = "x86_64"))]
#[expect(unsafe_code, reason = "loads and stores take pointers; both are made from arrays of their size")]
mod imp {
    #[cfg(target_arch = "wasm32")]
    mod machine {
        use std::arch::wasm32::{
            f32x4, f32x4_gt, f32x4_ne, i32x4_add, i32x4_shl, i32x4_splat, v128_bitselect, v128_or,
        };
        pub(super) use std::arch::wasm32::{
            f32x4_add as add, f32x4_div as div, f32x4_mul as mul, f32x4_splat as splat, f32x4_sqrt as sqrt,
            f32x4_sub as sub, v128 as Register, v128_load, v128_store,
        };
        // Both give the first where a comparison with NaN decides nothing.
        pub(super) use std::arch::wasm32::{f32x4_pmax as at_least, f32x4_pmin as at_most};

        pub(super) const ZERO: Register = f32x4(0.0, 0.0, 0.0, 0.0);

        /// # Safety
        /// At `from` are four numbers that may be read, at any alignment.
        #[inline(always)]
        pub(super) unsafe fn load(from: *const f32) -> Register {
            // SAFETY: sixteen bytes that may be read, as the caller says; the instruction asks for no alignment.
            unsafe { v128_load(from.cast()) }
        }

        /// # Safety
        /// At `to` are four numbers that may be written, at any alignment.
        #[inline(always)]
        pub(super) unsafe fn store(to: *mut f32, x: Register) {
            // SAFETY: sixteen bytes that may be written, as the caller says; the instruction asks for no alignment.
            unsafe { v128_store(to.cast(), x) }
        }

        #[inline(always)]
        pub(super) fn if_larger(x: Register, than: Register, then: Register, otherwise: Register) -> Register {
            v128_bitselect(then, otherwise, v128_or(f32x4_gt(x, than), f32x4_ne(x, x)))
        }

        #[inline(always)]
        pub(super) fn shift_and_add(x: Register, bits: u32, term: i32) -> Register {
            i32x4_add(i32x4_shl(x, bits), i32x4_splat(term))
        }
    }

    #[cfg(target_arch = "x86_64")]
    mod machine {
        pub(super) use std::arch::x86_64::__m128 as Register;
        use std::arch::x86_64::{
            _mm_add_epi32, _mm_castps_si128, _mm_castsi128_ps, _mm_cvtsi32_si128, _mm_set1_epi32, _mm_sll_epi32,
        };
        use std::arch::x86_64::{
            _mm_add_ps, _mm_and_ps, _mm_andnot_ps, _mm_cmpgt_ps, _mm_cmpunord_ps, _mm_div_ps, _mm_loadu_ps, _mm_max_ps,
            _mm_min_ps, _mm_mul_ps, _mm_or_ps, _mm_set1_ps, _mm_sqrt_ps, _mm_storeu_ps, _mm_sub_ps,
        };

        // SAFETY: both are sixteen bytes, of which any are four numbers.
        pub(super) const ZERO: Register = unsafe { std::mem::transmute([0.0_f32; 4]) };

        /// Functions that are one instruction.
        macro_rules! instructions {
            ($($name:ident($($x:ident: $kind:ty),*) = $instruction:ident;)*) => {$(
                #[inline(always)]
                pub(super) fn $name($($x: $kind),*) -> Register {
                    // SAFETY: of SSE, which every x86-64 processor has.
                    unsafe { $instruction($($x),*) }
                }
            )*};
        }

        instructions! {
            splat(x: f32) = _mm_set1_ps;
            sqrt(x: Register) = _mm_sqrt_ps;
            add(x: Register, y: Register) = _mm_add_ps;
            sub(x: Register, y: Register) = _mm_sub_ps;
            mul(x: Register, y: Register) = _mm_mul_ps;
            div(x: Register, y: Register) = _mm_div_ps;
            larger(x: Register, y: Register) = _mm_max_ps;
            smaller(x: Register, y: Register) = _mm_min_ps;
        }

        // Both give the second where a comparison with NaN decides nothing.
        #[inline(always)]
        pub(super) fn at_least(x: Register, low: Register) -> Register {
            larger(low, x)
        }

        #[inline(always)]
        pub(super) fn at_most(x: Register, high: Register) -> Register {
            smaller(high, x)
        }

        /// # Safety
        /// At `from` are four numbers that may be read, at any alignment.
        #[inline(always)]
        pub(super) unsafe fn load(from: *const f32) -> Register {
            // SAFETY: of SSE; sixteen bytes that may be read, as the caller says; `u` is for unaligned.
            unsafe { _mm_loadu_ps(from) }
        }

        /// # Safety
        /// At `to` are four numbers that may be written, at any alignment.
        #[inline(always)]
        pub(super) unsafe fn store(to: *mut f32, x: Register) {
            // SAFETY: of SSE; sixteen bytes that may be written, as the caller says; `u` is for unaligned.
            unsafe { _mm_storeu_ps(to, x) }
        }

        #[inline(always)]
        pub(super) fn if_larger(x: Register, than: Register, then: Register, otherwise: Register) -> Register {
            // SAFETY: of SSE, which every x86-64 processor has.
            unsafe {
                let larger = _mm_or_ps(_mm_cmpgt_ps(x, than), _mm_cmpunord_ps(x, x));
                _mm_or_ps(_mm_and_ps(larger, then), _mm_andnot_ps(larger, otherwise))
            }
        }

        #[inline(always)]
        pub(super) fn shift_and_add(x: Register, bits: u32, term: i32) -> Register {
            // SAFETY: of SSE2, which every x86-64 processor has.
            unsafe {
                let shifted = _mm_sll_epi32(_mm_castps_si128(x), _mm_cvtsi32_si128(bits.cast_signed()));
                _mm_castsi128_ps(_mm_add_epi32(shifted, _mm_set1_epi32(term)))
            }
        }
    }

    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Lanes(machine::Register);

    impl Lanes {
        pub(crate) const ZERO: Self = Self(machine::ZERO);

        #[inline(always)]
        pub(crate) fn splat(x: f32) -> Self {
            Self(machine::splat(x))
        }

        #[inline(always)]
        pub(crate) fn load(from: &[f32; 4]) -> Self {
            // SAFETY: a reference to sixteen bytes; neither instruction asks for an alignment.
            Self(unsafe { machine::load(from.as_ptr()) })
        }

        #[inline(always)]
        pub(crate) fn store(self, to: &mut [f32; 4]) {
            // SAFETY: a unique reference to sixteen bytes; neither instruction asks for an alignment.
            unsafe { machine::store(to.as_mut_ptr(), self.0) }
        }

        #[inline(always)]
        pub(crate) fn sqrt(self) -> Self {
            Self(machine::sqrt(self.0))
        }

        #[inline(always)]
        pub(crate) fn if_larger(self, than: Self, then: Self, otherwise: Self) -> Self {
            Self(machine::if_larger(self.0, than.0, then.0, otherwise.0))
        }

        #[inline(always)]
        pub(super) fn at_least(self, low: Self) -> Self {
            Self(machine::at_least(self.0, low.0))
        }

        #[inline(always)]
        pub(super) fn at_most(self, high: Self) -> Self {
            Self(machine::at_most(self.0, high.0))
        }

        #[inline(always)]
        pub(super) fn shift_and_add(self, bits: u32, term: i32) -> Self {
            Self(machine::shift_and_add(self.0, bits, term))
        }
    }

    impl std::ops::Add for Lanes {
        type Output = Self;
        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(machine::add(self.0, other.0))
        }
    }

    impl std::ops::Sub for Lanes {
        type Output = Self;
        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            Self(machine::sub(self.0, other.0))
        }
    }

    impl std::ops::Mul for Lanes {
        type Output = Self;
        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            Self(machine::mul(self.0, other.0))
        }
    }

    impl std::ops::Div for Lanes {
        type Output = Self;
        #[inline(always)]
        fn div(self, other: Self) -> Self {
            Self(machine::div(self.0, other.0))
        }
    }
}

#[cfg(not(any(target_arch = "wasm32", target_arch = "x86_64")))]
mod imp {
    /// Four lanes.
    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Lanes([f32; 4]);

    impl Lanes {
        pub(crate) const ZERO: Self = Self([0.0; 4]);

        /// The same number in every lane.
        #[inline(always)]
        pub(crate) fn splat(x: f32) -> Self {
            Self([x; 4])
        }

        #[inline(always)]
        pub(crate) fn load(from: &[f32; 4]) -> Self {
            Self(*from)
        }

        #[inline(always)]
        pub(crate) fn store(self, to: &mut [f32; 4]) {
            *to = self.0;
        }

        #[inline(always)]
        pub(crate) fn sqrt(self) -> Self {
            Self(self.0.map(f32::sqrt))
        }

        /// In each lane `then` where this is larger, or NaN, and `otherwise` where not. The bits are taken as they are.
        #[inline(always)]
        pub(crate) fn if_larger(self, than: Self, then: Self, otherwise: Self) -> Self {
            Self(std::array::from_fn(|lane| {
                let larger = self.0[lane] > than.0[lane] || self.0[lane].is_nan();
                if larger { then.0[lane] } else { otherwise.0[lane] }
            }))
        }

        /// In each lane this or `low`, the larger; NaN stays.
        #[inline(always)]
        pub(super) fn at_least(self, low: Self) -> Self {
            self.each(low, |x, low| if x < low { low } else { x })
        }

        /// In each lane this or `high`, the smaller; NaN stays.
        #[inline(always)]
        pub(super) fn at_most(self, high: Self) -> Self {
            self.each(high, |x, high| if x > high { high } else { x })
        }

        /// The lanes' bits as whole numbers, shifted to the left, and `term` added.
        #[inline(always)]
        pub(super) fn shift_and_add(self, bits: u32, term: i32) -> Self {
            Self(self.0.map(|x| f32::from_bits((x.to_bits() << bits).wrapping_add(term.cast_unsigned()))))
        }

        #[inline(always)]
        fn each(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
            Self(std::array::from_fn(|lane| f(self.0[lane], other.0[lane])))
        }
    }

    impl std::ops::Add for Lanes {
        type Output = Self;
        #[inline(always)]
        fn add(self, other: Self) -> Self {
            self.each(other, |x, y| x + y)
        }
    }

    impl std::ops::Sub for Lanes {
        type Output = Self;
        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            self.each(other, |x, y| x - y)
        }
    }

    impl std::ops::Mul for Lanes {
        type Output = Self;
        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            self.each(other, |x, y| x * y)
        }
    }

    impl std::ops::Div for Lanes {
        type Output = Self;
        #[inline(always)]
        fn div(self, other: Self) -> Self {
            self.each(other, |x, y| x / y)
        }
    }
}

pub(crate) use imp::Lanes;

impl Lanes {
    /// The first lane.
    #[cfg(test)]
    fn first(self) -> f32 {
        let mut lanes = [0.0; 4];
        self.store(&mut lanes);
        lanes[0]
    }

    /// The first numbers of a row; what is missing is 0.
    #[inline(always)]
    pub(super) fn load_first(from: &[f32]) -> Self {
        if let Some(from) = from.first_chunk() {
            return Self::load(from);
        }
        let mut lanes = [0.0; 4];
        for (i, lane) in lanes.iter_mut().enumerate() {
            if let Some(from) = from.get(i) {
                *lane = *from;
            }
        }
        Self::load(&lanes)
    }
}

/// What a formula for single numbers and for four at a time needs.
pub(crate) trait Number:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    fn of(x: f32) -> Self;
    fn sqrt(self) -> Self;
    /// 0 in place of what is within ±10⁻³⁰; NaN stays.
    fn flushed(self) -> Self;
}

/// Numbers that are smaller do not count beside a weight. Those below 10⁻³⁸ take a processor a hundred times as long.
const SMALLEST: f32 = 1e-30;

impl Number for f32 {
    #[inline(always)]
    fn of(x: f32) -> Self {
        x
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }

    #[inline(always)]
    fn flushed(self) -> Self {
        if self.abs() <= SMALLEST { 0.0 } else { self }
    }
}

impl Number for Lanes {
    #[inline(always)]
    fn of(x: f32) -> Self {
        Self::splat(x)
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }

    #[inline(always)]
    fn flushed(self) -> Self {
        self.at_least(Self::ZERO - self).if_larger(Self::splat(SMALLEST), self, Self::ZERO)
    }
}

/// `exp(y)` in each lane, for y from −87 to 88; NaN stays NaN.
///
/// exp(y) = 2ⁿ·exp(r) with n the whole number nearest to y/ln 2 and r the rest, of which a polynomial is taken. The
/// result is right to some 1 unit in the last place.
///
/// # Source
/// The coefficients of Cephes' `expf` (Moshier).
#[inline(always)]
fn exp(y: Lanes) -> Lanes {
    /// 1.5·2²³: added to a smaller number, it leaves that rounded to a whole one in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let of = Lanes::splat;
    let rounded = y * of(std::f32::consts::LOG2_E) + of(ROUND);
    let n = rounded - of(ROUND);
    // ln 2 in two parts, of which the first has few bits: n times it is exact.
    let r = y - n * of(0.693_359_4) - n * of(-2.121_944_4e-4);
    let p = of(1.987_569_1e-4) * r + of(1.398_2e-3);
    let p = p * r + of(8.333_452e-3);
    let p = p * r + of(4.166_579_6e-2);
    let p = p * r + of(1.666_666_5e-1);
    let p = p * r + of(0.5);
    let exp_r = p * r * r + r + of(1.0);
    exp_r * rounded.shift_and_add(23, 1.0_f32.to_bits().cast_signed())
}

/// `1/(1 + exp(−x))` in each lane, right to some 2 units in the last place; NaN stays NaN.
#[inline(always)]
pub(super) fn sigmoid(x: Lanes) -> Lanes {
    /// Beyond this the result is 0 or 1 in single precision, or next to it.
    const LARGEST: f32 = 87.0;
    let of = Lanes::splat;
    of(1.0) / (of(1.0) + exp((Lanes::ZERO - x).at_least(of(-LARGEST)).at_most(of(LARGEST))))
}

/// `tanh(x)` in each lane, right to some 2 units in the last place; NaN stays NaN.
///
/// Far from 0 it is `(1 − e)/(1 + e)` with e = exp(−2|x|), near 0 a polynomial, since `1 − e` would lose digits there.
///
/// # Source
/// The coefficients of Cephes' `tanhf` (Moshier).
#[inline(always)]
pub(super) fn tanh(x: Lanes) -> Lanes {
    /// Beyond this the result is ±1 in single precision.
    const LARGEST: f32 = 20.0;
    let of = Lanes::splat;
    let z = x * x;
    let p = of(-5.704_988_7e-3) * z + of(2.063_909e-2);
    let p = p * z + of(-5.373_971_6e-2);
    let p = p * z + of(1.333_144_2e-1);
    let p = p * z + of(-3.333_328e-1);
    let near = p * z * x + x;
    // −|x|
    let below = x.at_most(Lanes::ZERO - x);
    let e = exp(of(2.0) * below.at_least(of(-LARGEST)));
    let size = (of(1.0) - e) / (of(1.0) + e);
    let far = x.if_larger(Lanes::ZERO, size, Lanes::ZERO - size);
    of(-0.625).if_larger(below, far, near)
}

/// Replaces every x by `f(x)`.
#[inline(always)]
pub(super) fn each(x: &mut [f32], f: impl Fn(Lanes) -> Lanes) {
    // The last few go the same way, or a cell would depend on where it stands; and the function is there once.
    for x in x.chunks_mut(4) {
        store_first(&[f(Lanes::load_first(x))], x.len(), x);
    }
}

/// Replaces every x by `f(x, y)`.
///
/// # Shapes
/// Both have the same length.
#[inline(always)]
pub(super) fn each_with(x: &mut [f32], y: &[f32], f: impl Fn(Lanes, Lanes) -> Lanes) {
    for (x, y) in x.chunks_mut(4).zip(y.chunks(4)) {
        store_first(&[f(Lanes::load_first(x), Lanes::load_first(y))], x.len(), x);
    }
}

/// Eight numbers in two registers.
#[inline(always)]
pub(super) fn pair(from: &[f32; 8]) -> [Lanes; 2] {
    let (x, _) = from.as_chunks();
    [Lanes::load(&x[0]), Lanes::load(&x[1])]
}

/// Sixteen numbers in four registers.
#[inline(always)]
pub(super) fn quad(from: &[f32; 16]) -> [Lanes; 4] {
    let (x, _) = from.as_chunks();
    [Lanes::load(&x[0]), Lanes::load(&x[1]), Lanes::load(&x[2]), Lanes::load(&x[3])]
}

/// Writes registers to a row as long as they are together.
#[inline(always)]
pub(super) fn store<const LANES: usize>(from: [Lanes; LANES], to: &mut [f32]) {
    debug_assert_eq!(to.len(), 4 * LANES, "a row of {LANES} registers");
    let (to, _) = to.as_chunks_mut();
    for (from, to) in from.into_iter().zip(to) {
        from.store(to);
    }
}

/// Copies a row of a tile, register by register where there are four.
#[inline(always)]
pub(super) fn copy<const LEN: usize>(from: &[f32; LEN], to: &mut [f32]) {
    if let (([f0, f1, f2, f3], []), ([t0, t1, t2, t3], [])) = (from.as_chunks(), to.as_chunks_mut()) {
        Lanes::load(f0).store(t0);
        Lanes::load(f1).store(t1);
        Lanes::load(f2).store(t2);
        Lanes::load(f3).store(t3);
    } else {
        to.copy_from_slice(from);
    }
}

/// Writes registers to a row, or to its first `len` cells if it is shorter than they are.
///
/// A copy of more than a register is a call of the system's in WebAssembly, and takes longer than many sums: so each
/// register is stored by itself.
#[inline(always)]
pub(super) fn store_first<const LANES: usize>(from: &[Lanes; LANES], len: usize, to: &mut [f32]) {
    let to = &mut to[..len.min(4 * LANES)];
    let (to, rest) = to.as_chunks_mut();
    for (i, from) in from.iter().enumerate() {
        if let Some(to) = to.get_mut(i) {
            from.store(to);
        } else if i == to.len() {
            let mut last = [0.0; 4];
            from.store(&mut last);
            for (i, last) in last.iter().enumerate() {
                if let Some(to) = rest.get_mut(i) {
                    *to = *last;
                }
            }
        }
    }
}

/// `sum += term`, cell by cell.
///
/// # Shapes
/// Both have the same length.
pub fn add(sum: &mut [f32], term: &[f32]) {
    debug_assert_eq!(sum.len(), term.len(), "terms of a sum");
    each_with(sum, term, |sum, term| sum + term);
}

/// `sum = max(sum + term, 0)`, cell by cell: a residual block's sum with the ReLU after it.
///
/// On the way back, ReLU's gradient of `sum + term` is that of both.
///
/// # Shapes
/// Both have the same length.
pub fn add_relu(sum: &mut [f32], term: &[f32]) {
    debug_assert_eq!(sum.len(), term.len(), "terms of a sum");
    each_with(sum, term, |sum, term| relu(sum + term));
}

/// `max(x, 0)` in each lane; NaN stays NaN.
#[inline(always)]
pub(super) fn relu(x: Lanes) -> Lanes {
    x.at_least(Lanes::ZERO)
}

/// Whether every one of `cells` is a number, and not infinite.
pub fn all_finite(cells: &[f32]) -> bool {
    // 0·x is 0 for those, and NaN for others. Four sums, none of which waits for another.
    let (blocks, rest) = cells.as_chunks();
    let [mut a, mut b, mut c, mut d] = [Lanes::ZERO; 4];
    for block in blocks {
        let [w, x, y, z] = quad(block);
        a = a + w * Lanes::ZERO;
        b = b + x * Lanes::ZERO;
        c = c + y * Lanes::ZERO;
        d = d + z * Lanes::ZERO;
    }
    let mut lanes = [0.0; 4];
    (a + b + (c + d)).store(&mut lanes);
    lanes.iter().chain(rest).all(|x| x.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_reach_the_last_cell() {
        let mut sum: Vec<f32> = (0_u8..11).map(f32::from).collect();
        add(&mut sum, &[0.5; 11]);
        let expected: Vec<f32> = (0_u8..11).map(|x| f32::from(x) + 0.5).collect();
        assert_eq!(sum, expected);
    }

    #[test]
    fn one_cell_that_is_not_finite_is_found() {
        assert!(all_finite(&[f32::MAX; 39]));
        for at in 0..39 {
            for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                let mut cells = [-1.0; 39];
                cells[at] = bad;
                assert!(!all_finite(&cells), "{bad} at {at}");
            }
        }
    }

    /// Compares with double precision, relative to the exact value.
    #[track_caller]
    fn check_function(
        found: fn(Lanes) -> Lanes,
        exact: fn(f64) -> f64,
        range: std::ops::RangeInclusive<i32>,
        unit: f32,
    ) {
        for step in range {
            let x = step as f32 * unit;
            let (found, exact) = (f64::from(found(Lanes::splat(x)).first()), exact(f64::from(x)));
            // Two units in the last place are 2.4e-7 at most.
            assert!((found - exact).abs() <= 2.4e-7 * exact.abs(), "{found} where {exact} is expected, at {x}");
        }
    }

    #[test]
    fn functions_are_right_to_the_last_places() {
        let exact = |x: f64| 1.0 / (1.0 + (-x).exp());
        // Below −87 the result hardly differs from 0, and is cut off.
        check_function(sigmoid, exact, -86_999..=90_000, 0.001);
        check_function(exp, f64::exp, -87_000..=88_000, 0.001);
        check_function(tanh, f64::tanh, -30_000..=30_000, 0.001);
        check_function(tanh, f64::tanh, -1000..=1000, 1e-9);
        for (f, low, high) in [(sigmoid as fn(Lanes) -> Lanes, 0.0, 1.0), (tanh, -1.0, 1.0)] {
            let value = |x| f(Lanes::splat(x)).first();
            assert!(value(f32::NAN).is_nan());
            assert!((value(f32::INFINITY) - high).abs() < 1e-6 && (value(f32::NEG_INFINITY) - low).abs() < 1e-37);
        }
    }

    /// The same bits natively and in a browser: these were found natively.
    #[test]
    fn functions_have_the_bits_that_they_always_had() {
        let bits = |f: fn(Lanes) -> Lanes| [-3.7, -0.4, 0.01, 1.9].map(|x| f(Lanes::splat(x)).first().to_bits());
        assert_eq!(bits(sigmoid), [1_019_586_055, 1_053_653_200, 1_057_006_551, 1_063_170_359]);
        assert_eq!(bits(tanh), [3_212_816_366, 3_200_420_012, 1_008_981_412, 1_064_619_002]);
    }

    #[test]
    fn small_numbers_are_flushed_alike_in_both_forms() {
        for x in [0.0, 1e-30, -1e-30, 1e-29, -1e-29, 1e-40, -1e-40, 3.0, f32::INFINITY] {
            let flushed = if x.abs() <= 1e-30 { 0.0 } else { x };
            assert_eq!((Number::flushed(x), Number::flushed(Lanes::splat(x)).first()), (flushed, flushed), "{x}");
        }
        assert!(Number::flushed(f32::NAN).is_nan() && Number::flushed(Lanes::splat(f32::NAN)).first().is_nan());
    }

    #[test]
    fn nan_passes_bounds() {
        let bounded = |x: f32| Lanes::splat(x).at_least(Lanes::splat(-1.0)).at_most(Lanes::splat(2.0)).first();
        assert!(bounded(f32::NAN).is_nan());
        for (x, expect) in [(-3.0, -1.0), (-0.5, -0.5), (7.0, 2.0), (f32::NEG_INFINITY, -1.0)] {
            assert!((bounded(x) - expect).abs() < 1e-9, "{x}");
        }
    }

    #[test]
    fn nan_is_larger_than_any_number_and_stays() {
        let larger = |x: f32, than: f32| {
            let mut found = [0.0; 4];
            Lanes::splat(x).if_larger(Lanes::splat(than), Lanes::splat(1.0), Lanes::splat(2.0)).store(&mut found);
            found[3] < 1.5
        };
        assert!(larger(2.0, 1.0) && !larger(1.0, 1.0) && larger(f32::NAN, 1.0) && !larger(1.0, f32::NAN));
    }
}
