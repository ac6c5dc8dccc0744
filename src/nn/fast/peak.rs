//! The most arithmetic that compiled code reaches on this machine, as a yardstick for what trains.
//!
//! The loops are those of the matrix product's tiles without what surrounds them: sums in registers, operands in the
//! fastest cache, each product rounded before it is added. Which tile is the fastest differs between machines.

use std::hint::black_box;

/// Steps of one tile's sums. The operands of the widest tile fill 33 KB, those of the others 12 to 18.
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
        Self { operands: (0..DEPTH * (SUMS + 1)).map(|index| (index % 7) as f32 * 0.25 - 0.5).collect() }
    }
}

impl PeakLoops {
    /// How many loops there are.
    pub const COUNT: usize = 4;
    /// Additions and multiplications of one call of [`run`](Self::run).
    pub const FLOP: f64 = (2 * SUMS * DEPTH * TILES) as f64;

    /// Runs loop `index` of [`COUNT`](Self::COUNT) once.
    pub fn run(&self, index: usize) {
        match index {
            0 => self.tiles::<2, 16>(),
            1 => self.tiles::<4, 8>(),
            2 => self.tiles::<8, 4>(),
            _ => self.tiles::<1, 32>(),
        }
    }

    fn tiles<const MR: usize, const NR: usize>(&self) {
        let (a, b) = self.operands.split_at(DEPTH * MR);
        for _ in 0..TILES {
            // Neither the operands nor the sums may be known to the compiler, or it would leave the loop out.
            black_box(tile::<MR, NR>(black_box(a), black_box(b)));
        }
    }
}

/// `sums[r][s] = Σₚ a[p·MR + r]·b[p·NR + s]`.
#[inline]
fn tile<const MR: usize, const NR: usize>(a: &[f32], b: &[f32]) -> [[f32; NR]; MR] {
    let mut sums = [[0.0; NR]; MR];
    for (x, y) in a.as_chunks::<MR>().0.iter().zip(b.as_chunks::<NR>().0) {
        for (sums, x) in sums.iter_mut().zip(x) {
            for (sum, y) in sums.iter_mut().zip(y) {
                *sum += x * y;
            }
        }
    }
    sums
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "quarters are exact")]
mod tests {
    use super::*;

    #[test]
    fn every_loop_sums_the_same_number_of_products() {
        fn check<const MR: usize, const NR: usize>() {
            assert_eq!(MR * NR, SUMS);
            let loops = PeakLoops::default();
            let (a, b) = loops.operands.split_at(DEPTH * MR);
            // The operands reach as far as the sums do.
            assert!(b.len() >= DEPTH * NR);
            let sums = tile::<MR, NR>(a, b);
            for (r, sums) in sums.iter().enumerate() {
                for (s, sum) in sums.iter().enumerate() {
                    assert_eq!(*sum, (0..DEPTH).map(|p| a[p * MR + r] * b[p * NR + s]).sum::<f32>());
                }
            }
        }
        check::<2, 16>();
        check::<4, 8>();
        check::<8, 4>();
        check::<1, 32>();
    }
}
