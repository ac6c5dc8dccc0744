//! Matrix products of plain row-major slices.
//!
//! Each cell is summed over k from 0 upwards, whatever the tile it falls into, so a row's or column's values do not
//! depend on what stands beside it.

use super::lanes::{self, Lanes};

/// Extents of a product: C is m×n, summed over k.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extents {
    pub(super) m: usize,
    pub(super) k: usize,
    pub(super) n: usize,
}

/// `C = A·B`.
///
/// # Shapes
/// A is m×k, B is k×n, C is m×n.
pub(super) fn product(c: &mut [f32], a: &[f32], b: &[f32], extents: Extents) {
    tiles(c, a, b, extents, false);
}

/// `C += A·B`: each cell's sum is made first, then added.
///
/// # Shapes
/// As for [`product`].
pub(super) fn add_product(c: &mut [f32], a: &[f32], b: &[f32], extents: Extents) {
    tiles(c, a, b, extents, true);
}

/// `C = Aᵀ·B`.
///
/// # Shapes
/// A is k×m, B is k×n, C is m×n.
pub(super) fn transposed_product(c: &mut [f32], a: &[f32], b: &[f32], extents: Extents) {
    let Extents { m, k, n } = extents;
    debug_assert_eq!((c.len(), a.len(), b.len()), (m * n, m * k, k * n), "matrices of {extents:?}");
    let (c, a, b) = (&mut c[..m * n], &a[..m * k], &b[..k * n]);
    match Shape::of(extents) {
        Shape::Wide => columns(c, extents, false, |i, j| wide_tile(strips(a, i, m).copied(), strips(b, j, n))),
        Shape::High => columns(c, extents, false, |i, j| high_tile(strips(a, i, m).copied(), strips(b, j, n))),
        Shape::Single => columns(c, extents, false, |i, j| single(strips(a, i, m).copied(), strips(b, j, n))),
    }
}

/// Writes the transpose of `a` to `t`.
///
/// # Shapes
/// `a` is `rows`×`cols`, `t` is `cols`×`rows`.
pub fn transpose(a: &[f32], t: &mut [f32], rows: usize, cols: usize) {
    debug_assert_eq!((a.len(), t.len()), (rows * cols, rows * cols), "a matrix of {rows}×{cols} and its transpose");
    for (j, column) in t.chunks_exact_mut(rows).enumerate().take(cols) {
        for (cell, row) in column.iter_mut().zip(a.chunks_exact(cols)) {
            *cell = row[j];
        }
    }
}

fn tiles(c: &mut [f32], a: &[f32], b: &[f32], extents: Extents, add: bool) {
    let Extents { m, k, n } = extents;
    debug_assert_eq!((c.len(), a.len(), b.len()), (m * n, m * k, k * n), "matrices of {extents:?}");
    let (c, a, b) = (&mut c[..m * n], &a[..m * k], &b[..k * n]);
    let row = |i: usize| &a[i * k..][..k];
    match Shape::of(extents) {
        Shape::Wide => columns(c, extents, add, |i, j| {
            let rows = row(i).iter().zip(row(i + 1)).map(|(x, y)| [*x, *y]);
            wide_tile(rows, strips(b, j, n))
        }),
        Shape::High => columns(c, extents, add, |i, j| {
            let (r0, r1, r2, r3) = (row(i), row(i + 1), row(i + 2), row(i + 3));
            let (r4, r5, r6, r7) = (row(i + 4), row(i + 5), row(i + 6), row(i + 7));
            let rows = (0..k).map(|p| [r0[p], r1[p], r2[p], r3[p], r4[p], r5[p], r6[p], r7[p]]);
            high_tile(rows, strips(b, j, n))
        }),
        Shape::Single => columns(c, extents, add, |i, j| single(row(i).iter().map(|x| [*x]), strips(b, j, n))),
    }
}

/// What is computed at a time: eight sums of four lanes, which with what is multiplied fit into the sixteen registers of
/// x86.
enum Shape {
    /// 2×16 cells: A is read once.
    Wide,
    /// 8×4 cells, where there are few columns.
    High,
    /// A cell, where there are fewer cells than those.
    Single,
}

impl Shape {
    fn of(Extents { m, n, .. }: Extents) -> Self {
        match (m, n) {
            (2.., 16..) => Self::Wide,
            (8.., 4..) => Self::High,
            _ => Self::Single,
        }
    }
}

/// For each row of a matrix with n columns its cells from `j` on, as many as asked for.
#[inline(always)]
fn strips<const NR: usize>(matrix: &[f32], j: usize, n: usize) -> impl Iterator<Item = &[f32; NR]> {
    matrix.chunks_exact(n).map_while(move |row| row.get(j..)?.first_chunk())
}

/// Goes over all tiles of MR×NR cells, column by column of tiles, so that a strip of B stays in the cache.
///
/// The last tile of a row or column of tiles is moved back to end at the edge; it writes only the cells that no other
/// tile has.
#[inline(always)]
fn columns<const MR: usize, const NR: usize>(
    c: &mut [f32],
    Extents { m, n, .. }: Extents,
    add: bool,
    tile: impl Fn(usize, usize) -> [[f32; NR]; MR],
) {
    for column in (0..n).step_by(NR) {
        let j = column.min(n - NR);
        for row in (0..m).step_by(MR) {
            let i = row.min(m - MR);
            for (r, sums) in tile(i, j).iter_mut().enumerate().skip(row - i) {
                let cells = &mut c[(i + r) * n + j..][..NR];
                if add {
                    lanes::add(sums, cells);
                }
                if column == j {
                    lanes::copy(sums, cells);
                } else {
                    cells[column - j..].copy_from_slice(&sums[column - j..]);
                }
            }
        }
    }
}

/// A single cell.
#[inline(always)]
fn single<'a>(a: impl Iterator<Item = [f32; 1]>, b: impl Iterator<Item = &'a [f32; 1]>) -> [[f32; 1]; 1] {
    [[a.zip(b).fold(0.0, |sum, ([x], [y])| sum + x * y)]]
}

/// Sums of a tile of 2×16 cells: `sums[r][s] = Σₚ a[p][r]·b[p][s]`.
#[inline(always)]
pub(super) fn wide_tile<'a>(
    a: impl Iterator<Item = [f32; 2]>,
    b: impl Iterator<Item = &'a [f32; 16]>,
) -> [[f32; 16]; 2] {
    let [mut s0, mut s1, mut s2, mut s3, mut t0, mut t1, mut t2, mut t3] = [Lanes::ZERO; 8];
    for ([x0, x1], y) in a.zip(b) {
        let [y0, y1, y2, y3] = lanes::quad(y);
        let (x0, x1) = (Lanes::splat(x0), Lanes::splat(x1));
        s0 = s0 + x0 * y0;
        s1 = s1 + x0 * y1;
        s2 = s2 + x0 * y2;
        s3 = s3 + x0 * y3;
        t0 = t0 + x1 * y0;
        t1 = t1 + x1 * y1;
        t2 = t2 + x1 * y2;
        t3 = t3 + x1 * y3;
    }
    let mut sums = [[0.0; 16]; 2];
    lanes::store([s0, s1, s2, s3], &mut sums[0]);
    lanes::store([t0, t1, t2, t3], &mut sums[1]);
    sums
}

/// Sums of a tile of 8×4 cells.
#[inline(always)]
fn high_tile<'a>(a: impl Iterator<Item = [f32; 8]>, b: impl Iterator<Item = &'a [f32; 4]>) -> [[f32; 4]; 8] {
    let [mut s0, mut s1, mut s2, mut s3, mut s4, mut s5, mut s6, mut s7] = [Lanes::ZERO; 8];
    for (x, y) in a.zip(b) {
        let y = Lanes::load(y);
        s0 = s0 + Lanes::splat(x[0]) * y;
        s1 = s1 + Lanes::splat(x[1]) * y;
        s2 = s2 + Lanes::splat(x[2]) * y;
        s3 = s3 + Lanes::splat(x[3]) * y;
        s4 = s4 + Lanes::splat(x[4]) * y;
        s5 = s5 + Lanes::splat(x[5]) * y;
        s6 = s6 + Lanes::splat(x[6]) * y;
        s7 = s7 + Lanes::splat(x[7]) * y;
    }
    let mut sums = [[0.0; 4]; 8];
    lanes::store([s0, s1, s2, s3, s4, s5, s6, s7], sums.as_flattened_mut());
    sums
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "small integers and equal computations are exact")]
mod tests {
    use super::*;

    /// Small integers: every sum is exact, so the comparison is too.
    fn matrix(len: usize, salt: usize) -> Vec<f32> {
        (0..len).map(|i| ((i * 7 + salt) % 11) as f32 - 5.0).collect()
    }

    #[test]
    fn equals_the_definition_at_every_tail() {
        for m in 1..=9 {
            for n in 1..=18 {
                for k in [0, 1, 5] {
                    let (a, b) = (matrix(m * k, 1), matrix(k * n, 2));
                    let mut expected = vec![0.0; m * n];
                    for i in 0..m {
                        for j in 0..n {
                            for p in 0..k {
                                expected[i * n + j] += a[i * k + p] * b[p * n + j];
                            }
                        }
                    }
                    let mut c = vec![9.0; m * n];
                    product(&mut c, &a, &b, Extents { m, k, n });
                    assert_eq!(c, expected, "{m}×{k}×{n}");
                    add_product(&mut c, &a, &b, Extents { m, k, n });
                    let mut at = vec![0.0; m * k];
                    transpose(&a, &mut at, m, k);
                    let mut c_t = vec![9.0; m * n];
                    transposed_product(&mut c_t, &at, &b, Extents { m, k, n });
                    assert_eq!(c_t, expected, "{m}×{k}×{n}, transposed");
                    let doubled: Vec<f32> = expected.iter().map(|x| x * 2.0).collect();
                    assert_eq!(c, doubled, "{m}×{k}×{n}, added");
                }
            }
        }
    }

    #[test]
    fn transposes() {
        let mut t = [0.0; 6];
        transpose(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &mut t, 2, 3);
        assert_eq!(t, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    }
}
