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
