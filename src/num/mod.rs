//! Numbers: grids of them, how a person types them, how the screen shows them, and seeded random streams.

pub mod decimal;
mod entry;
pub mod format;
mod grid;
pub mod rng;
pub mod trig;

pub use entry::{Entry, MAX_MAGNITUDE, MAX_TEXT, shortened};
pub use grid::{Grid, GridError, Matrix};

/// Whether `a` and `b` differ by at most `relative` times the larger magnitude (or `relative` itself, near zero).
pub fn close(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * a.abs().max(b.abs()).max(1.0)
}

/// To single precision, in which the engine computes.
pub fn single(value: f64) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "rounding is what is asked for")]
    let value = value as f32;
    value
}

/// `value`, or the bound that it is past. `f64::clamp` says in its panic what the bounds were, and brings the library's
/// whole way to write doubles along.
pub fn within<T: PartialOrd>(value: T, least: T, most: T) -> T {
    if value < least {
        least
    } else if value > most {
        most
    } else {
        value
    }
}

/// Puts a few items in the order of their keys; equal ones stay as they are. The library's sorts are for many: each kind
/// of item costs a page 4 KB of code.
pub fn sort_few<T, K: PartialOrd>(items: &mut [T], key: impl Fn(&T) -> K) {
    for end in 1..items.len() {
        for at in (1..=end).rev() {
            let in_order = items.get(at - 1).zip(items.get(at)).is_none_or(|(a, b)| key(a) <= key(b));
            if in_order {
                break;
            }
            items.swap(at - 1, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_few_are_sorted_as_by_the_library(mut items in prop::collection::vec((0_u8..5, any::<u8>()), 0..20)) {
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            sort_few(&mut items, |(key, _)| *key);
            prop_assert_eq!(items, expected);
        }
    }
}
