//! Matrix products of plain row-major slices.

/// Rows and columns of a register tile: 4·8 sums fill eight of the sixteen 128-bit registers of x86, which leaves
/// room for what is multiplied.
const ROWS: usize = 4;
const COLS: usize = 8;

/// Extents of a product: C is m×n, A is m×k, B is k×n.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extents {
    pub(super) m: usize,
    pub(super) k: usize,
    pub(super) n: usize,
}

/// `C = A·B`. Each cell is summed over k from 0 upwards, whatever the tile it falls into.
pub(super) fn product(c: &mut [f32], a: &[f32], b: &[f32], extents: Extents) {
    tiles::<false>(c, a, b, extents);
}

/// `C += A·B`: each cell's sum is made first, then added.
pub(super) fn add_product(c: &mut [f32], a: &[f32], b: &[f32], extents: Extents) {
    tiles::<true>(c, a, b, extents);
}

/// Writes the transpose of the rows×cols matrix `a` to `t`.
pub(super) fn transpose(a: &[f32], t: &mut [f32], rows: usize, cols: usize) {
    for (j, column) in t.chunks_exact_mut(rows).enumerate().take(cols) {
        for (cell, row) in column.iter_mut().zip(a.chunks_exact(cols)) {
            *cell = row[j];
        }
    }
}

fn tiles<const ADD: bool>(c: &mut [f32], a: &[f32], b: &[f32], extents: Extents) {
    let Extents { m, k, n } = extents;
    let (c, a, b) = (&mut c[..m * n], &a[..m * k], &b[..k * n]);
    if m == 0 || n == 0 {
        return;
    }
    if n < COLS {
        columns::<ADD, 1>(c, a, b, extents);
    } else {
        columns::<ADD, COLS>(c, a, b, extents);
    }
}

/// Goes over all tiles, column by column of tiles, so that a strip of B stays in the cache.
///
/// The last tile of a row or column of tiles is moved back to end at the edge; it writes only the cells that no other
/// tile has.
fn columns<const ADD: bool, const NR: usize>(c: &mut [f32], a: &[f32], b: &[f32], Extents { m, k, n }: Extents) {
    for column in (0..n).step_by(NR) {
        let j = column.min(n - NR);
        for row in (0..m).step_by(ROWS) {
            let i = row.min(m.saturating_sub(ROWS));
            // With fewer than ROWS rows, the last is taken again, and not written.
            let rows = std::array::from_fn(|r| &a[(i + r).min(m - 1) * k..][..k]);
            let sums = tile::<NR>(rows, b.get(j..).unwrap_or_default(), n);
            for r in row - i..ROWS.min(m - i) {
                let cells = &mut c[(i + r) * n + j..][..NR];
                for s in column - j..NR {
                    if ADD {
                        cells[s] += sums[r][s];
                    } else {
                        cells[s] = sums[r][s];
                    }
                }
            }
        }
    }
}

/// Sums of one tile: `sums[r][s] = Σₚ rows[r][p]·b[p·n + s]`.
#[inline]
fn tile<const NR: usize>(rows: [&[f32]; ROWS], b: &[f32], n: usize) -> [[f32; NR]; ROWS] {
    let mut sums = [[0.0; NR]; ROWS];
    let [r0, r1, r2, r3] = rows;
    for ((((x0, x1), x2), x3), strip) in r0.iter().zip(r1).zip(r2).zip(r3).zip(b.chunks(n)) {
        let Some(y) = strip.first_chunk::<NR>() else { break };
        for (sum, x) in sums.iter_mut().zip([x0, x1, x2, x3]) {
            for s in 0..NR {
                sum[s] += x * y[s];
            }
        }
    }
    sums
}

#[cfg(test)]
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
