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
            _mm_add_ps, _mm_and_ps, _mm_andnot_ps, _mm_cmpgt_ps, _mm_cmpunord_ps, _mm_div_ps, _mm_loadu_ps, _mm_mul_ps,
            _mm_or_ps, _mm_set1_ps, _mm_sqrt_ps, _mm_storeu_ps, _mm_sub_ps,
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

/// What a formula for single numbers and for four at a time needs.
pub(crate) trait Number:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    fn of(x: f32) -> Self;
    fn sqrt(self) -> Self;
}

impl Number for f32 {
    #[inline(always)]
    fn of(x: f32) -> Self {
        x
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
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
}

/// `1/(1 + exp(−x))` in each lane.
///
/// exp(y) = 2ⁿ·exp(r) with n the whole number nearest to y/ln 2 and r the rest, of which a polynomial is taken. The
/// result is right to some 2 units in the last place; NaN stays NaN.
///
/// # Source
/// The coefficients of Cephes' `expf` (Moshier).
#[inline(always)]
pub(super) fn sigmoid(x: Lanes) -> Lanes {
    /// Beyond this the result is 0 or 1 in single precision, or next to it.
    const LARGEST: f32 = 87.0;
    /// 1.5·2²³: added to a smaller number, it leaves that rounded to a whole one in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let of = Lanes::splat;
    let y = of(-LARGEST).if_larger(Lanes::ZERO - x, of(-LARGEST), Lanes::ZERO - x);
    let x = of(-LARGEST).if_larger(Lanes::ZERO - y, of(-LARGEST), Lanes::ZERO - y);
    let y = Lanes::ZERO - x;
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
    let power = rounded.shift_and_add(23, 1.0_f32.to_bits().cast_signed());
    of(1.0) / (of(1.0) + exp_r * power)
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
    let ((sums, sum), (terms, term)) = (sum.as_chunks_mut(), term.as_chunks());
    for (sum, term) in sums.iter_mut().zip(terms) {
        (Lanes::load(sum) + Lanes::load(term)).store(sum);
    }
    for (sum, term) in sum.iter_mut().zip(term) {
        *sum += term;
    }
}

/// Whether every one of `cells` is a number, and not infinite.
pub fn all_finite(cells: &[f32]) -> bool {
    // 0·x is 0 for those, and NaN for others.
    let (quads, rest) = cells.as_chunks();
    let mut zero = Lanes::ZERO;
    for quad in quads {
        zero = zero + Lanes::load(quad) * Lanes::ZERO;
    }
    let mut lanes = [0.0; 4];
    zero.store(&mut lanes);
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
        assert!(all_finite(&[f32::MAX; 11]));
        for at in 0..11 {
            for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                let mut cells = [-1.0; 11];
                cells[at] = bad;
                assert!(!all_finite(&cells), "{bad} at {at}");
            }
        }
    }

    #[test]
    fn sigmoid_is_right_to_the_last_places() {
        let value = |x: f32| {
            let mut found = [0.0; 4];
            sigmoid(Lanes::splat(x)).store(&mut found);
            found[2]
        };
        for step in -9_000_i16..=9_000 {
            let x = f32::from(step) / 100.0;
            let expected = 1.0 / (1.0 + (-f64::from(x)).exp());
            // Cut off where the result hardly differs from 0.
            if x > -87.0 {
                assert!((f64::from(value(x)) / expected - 1.0).abs() < 3e-7, "{} at {x}", value(x));
            }
        }
        assert!(value(f32::NAN).is_nan());
        assert!(value(f32::INFINITY) > 0.999_999 && value(f32::NEG_INFINITY) < 1e-37);
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
