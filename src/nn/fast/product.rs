//! Matrix products of plain row-major slices.
//!
//! Each cell is summed over k from 0 upwards, whatever the tile it falls into, so a row's or column's values do not
//! depend on what stands beside it.

/// Extents of a product: C is m×n, summed over k.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extents {
    pub(super) m: usize,
    pub(super) k: usize,
    pub(super) n: usize,
}

/// `C = A·B`; A is m×k, B is k×n.
pub(super) fn product(c: &mut [f32], a: &[f32], b: &[f32], extents: Extents) {
    tiles::<false>(c, a, b, extents, false);
}

/// `C += A·B`: each cell's sum is made first, then added.
pub(super) fn add_product(c: &mut [f32], a: &[f32], b: &[f32], extents: Extents) {
    tiles::<false>(c, a, b, extents, true);
}

/// `C = Aᵀ·B`; A is k×m, B is k×n.
pub(super) fn transposed_product(c: &mut [f32], a: &[f32], b: &[f32], extents: Extents) {
    tiles::<true>(c, a, b, extents, false);
}

/// Writes the transpose of the rows×cols matrix `a` to `t`.
pub fn transpose(a: &[f32], t: &mut [f32], rows: usize, cols: usize) {
    for (j, column) in t.chunks_exact_mut(rows).enumerate().take(cols) {
        for (cell, row) in column.iter_mut().zip(a.chunks_exact(cols)) {
            *cell = row[j];
        }
    }
}

/// Chooses the tile: eight 128-bit sums, which with what is multiplied fit into the sixteen registers of x86.
///
/// Wide tiles read A once; high ones serve where there are few columns; what is smaller than either takes cell by cell.
fn tiles<const TRANSPOSED: bool>(c: &mut [f32], a: &[f32], b: &[f32], extents: Extents, add: bool) {
    let Extents { m, k, n } = extents;
    let (c, a, b) = (&mut c[..m * n], &a[..m * k], &b[..k * n]);
    match (m, n) {
        (0, _) | (_, 0) => {}
        (2.., 16..) => columns::<TRANSPOSED, 2, 16>(c, a, b, extents, add),
        (8.., 4..) => columns::<TRANSPOSED, 8, 4>(c, a, b, extents, add),
        _ => columns::<TRANSPOSED, 1, 1>(c, a, b, extents, add),
    }
}

/// Goes over all tiles of m×n cells, column by column of tiles, so that a strip of B stays in the cache.
///
/// The last tile of a row or column of tiles is moved back to end at the edge; it writes only the cells that no other
/// tile has.
fn columns<const TRANSPOSED: bool, const MR: usize, const NR: usize>(
    c: &mut [f32],
    a: &[f32],
    b: &[f32],
    Extents { m, k, n }: Extents,
    add: bool,
) {
    for column in (0..n).step_by(NR) {
        let j = column.min(n - NR);
        let b = b.get(j..).unwrap_or_default();
        for row in (0..m).step_by(MR) {
            let i = row.min(m - MR);
            let sums = if TRANSPOSED {
                transposed_tile::<MR, NR>(a.get(i..).unwrap_or_default(), m, b, n)
            } else {
                tile::<MR, NR>(std::array::from_fn(|r| &a[(i + r) * k..][..k]), b, n)
            };
            for (r, sums) in sums.iter().enumerate().skip(row - i) {
                let cells = &mut c[(i + r) * n + j..][..NR];
                if column == j {
                    // In whole registers.
                    for (cell, sum) in cells.iter_mut().zip(sums) {
                        *cell = if add { *cell + sum } else { *sum };
                    }
                } else {
                    for (cell, sum) in cells.iter_mut().zip(sums).skip(column - j) {
                        *cell = if add { *cell + sum } else { *sum };
                    }
                }
            }
        }
    }
}

/// Sums of one tile: `sums[r][s] = Σₚ rows[r][p]·b[p·n + s]`.
#[inline]
fn tile<const MR: usize, const NR: usize>(rows: [&[f32]; MR], b: &[f32], n: usize) -> [[f32; NR]; MR] {
    let mut sums = [[0.0; NR]; MR];
    let k = rows.first().map_or(0, |row| row.len());
    for (p, strip) in b.chunks(n).enumerate().take(k) {
        let Some(y) = strip.first_chunk::<NR>() else { break };
        for (sums, row) in sums.iter_mut().zip(&rows) {
            for (sum, y) in sums.iter_mut().zip(y) {
                *sum += row[p] * y;
            }
        }
    }
    sums
}

/// Sums of one tile of the transpose: `sums[r][s] = Σₚ a[p·m + r]·b[p·n + s]`.
#[inline]
fn transposed_tile<const MR: usize, const NR: usize>(a: &[f32], m: usize, b: &[f32], n: usize) -> [[f32; NR]; MR] {
    let mut sums = [[0.0; NR]; MR];
    for (row, strip) in a.chunks(m).zip(b.chunks(n)) {
        let (Some(x), Some(y)) = (row.first_chunk::<MR>(), strip.first_chunk::<NR>()) else { break };
        for (sums, x) in sums.iter_mut().zip(x) {
            for (sum, y) in sums.iter_mut().zip(y) {
                *sum += x * y;
            }
        }
    }
    sums
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "small integers and equal computations are exact")]
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
