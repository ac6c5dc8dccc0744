//! The most arithmetic that compiled code reaches on this machine, as a yardstick for what trains.
//!
//! The loops are those of the matrix product's tiles without what surrounds them: sums in registers, operands in the
//! fastest cache, each product rounded before it is added. Which tile is the fastest differs between machines.

use std::hint::black_box;

use super::{
    lanes::{self, Lanes},
    product::wide_tile,
};

/// Steps of one tile's sums. The operands of a tile fill 12 to 18 KB.
const DEPTH: usize = 256;
/// Tiles of one call: some tenths of a millisecond, so that the browser can exchange the code for a faster one between
/// two calls, and looks at a clock cost nothing.
const TILES: usize = 512;
/// Sums of a tile, whatever its shape: eight 128-bit registers.
const SUMS: usize = 32;
/// Multiply-then-add loops and their operands.
#[derive(Debug, Clone)]
pub struct PeakLoops {
    operands: Vec<f32>,
}

impl Default for PeakLoops {
    fn default() -> Self {
        // Sums of these stay small and never become denormal.
        Self { operands: (0..DEPTH * (2 + 16)).map(|index| (index % 7) as f32 * 0.25 - 0.5).collect() }
    }
}

impl PeakLoops {
    /// How many loops there are.
    pub const COUNT: usize = 2;
    /// Additions and multiplications of one call of [`run`](Self::run).
    pub const FLOP: f64 = (2 * SUMS * DEPTH * TILES) as f64;

    /// Runs loop `index` of [`COUNT`](Self::COUNT) once.
    pub fn run(&self, index: usize) {
        for _ in 0..TILES {
            // Neither the operands nor the sums may be known to the compiler, or it would leave the loop out.
            let operands = black_box(&*self.operands);
            match index {
                0 => drop(black_box(Self::wide(operands))),
                _ => drop(black_box(Self::square(operands))),
            }
        }
    }

    fn wide(operands: &[f32]) -> [[f32; 16]; 2] {
        let (a, b) = operands.split_at(DEPTH * 2);
        wide_tile(a.as_chunks().0.iter().copied(), b.as_chunks().0.iter())
    }

    fn square(operands: &[f32]) -> [[f32; 8]; 4] {
        let (a, b) = operands.split_at(DEPTH * 4);
        square_tile(a.as_chunks().0, b.as_chunks().0)
    }
}

/// Sums of a tile of 4×8 cells.
#[inline]
fn square_tile(a: &[[f32; 4]], b: &[[f32; 8]]) -> [[f32; 8]; 4] {
    let [mut s0, mut s1, mut t0, mut t1, mut u0, mut u1, mut v0, mut v1] = [Lanes::ZERO; 8];
    for ([s, t, u, v], y) in a.iter().zip(b) {
        let [y0, y1] = lanes::pair(y);
        let (s, t, u, v) = (Lanes::splat(*s), Lanes::splat(*t), Lanes::splat(*u), Lanes::splat(*v));
        (s0, s1) = (s0 + s * y0, s1 + s * y1);
        (t0, t1) = (t0 + t * y0, t1 + t * y1);
        (u0, u1) = (u0 + u * y0, u1 + u * y1);
        (v0, v1) = (v0 + v * y0, v1 + v * y1);
    }
    let mut sums = [[0.0; 8]; 4];
    lanes::store([s0, s1, t0, t1, u0, u1, v0, v1], sums.as_flattened_mut());
    sums
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "quarters are exact")]
mod tests {
    use super::*;

    #[test]
    fn every_loop_sums_the_same_number_of_products() {
        #[track_caller]
        fn check<const MR: usize, const NR: usize>(sums: impl Fn(&[f32]) -> [[f32; NR]; MR]) {
            assert_eq!(MR * NR, SUMS);
            let loops = PeakLoops::default();
            let (a, b) = loops.operands.split_at(DEPTH * MR);
            // The operands reach as far as the sums do.
            assert!(b.len() >= DEPTH * NR);
            for (r, sums) in sums(&loops.operands).iter().enumerate() {
                for (s, sum) in sums.iter().enumerate() {
                    assert_eq!(*sum, (0..DEPTH).map(|p| a[p * MR + r] * b[p * NR + s]).sum::<f32>());
                }
            }
        }
        check(PeakLoops::wide);
        check(PeakLoops::square);
    }
}
