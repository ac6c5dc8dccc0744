//! Sine and cosine with the same bits on every machine, for angles within a turn.
//!
//! `libm`'s take any angle: the table that brings 10³⁰⁰ back to a quarter turn is 5 KB of the trainer's download.

/// Sine and cosine of an angle from −π to π, to 14 digits.
///
/// ```
/// # use receptive::num::trig::sin_cos;
/// let (sin, cos) = sin_cos(std::f64::consts::FRAC_PI_2);
/// assert!((sin - 1.0).abs() < 1e-14 && cos.abs() < 1e-14);
/// assert_eq!(sin_cos(0.0), (0.0, 1.0));
/// ```
pub fn sin_cos(angle: f64) -> (f64, f64) {
    // Taylor's series of a quarter of the angle, at most π/4: the terms left out are below 10⁻¹⁶.
    let x = angle / 4.0;
    let (mut sin, mut cos) = (0.0, 0.0);
    let (mut term, mut n) = (1.0, 0.0);
    while n < 17.0 {
        cos += term;
        term *= x / (n + 1.0);
        sin += term;
        term *= -x / (n + 2.0);
        n += 2.0;
    }
    // Twice the angle, twice.
    for _ in 0..2 {
        (sin, cos) = (2.0 * sin * cos, 1.0 - 2.0 * sin * sin);
    }
    (sin, cos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_libms() {
        for step in -1000..=1000 {
            let angle = f64::from(step) / 1000.0 * std::f64::consts::PI;
            let (sin, cos) = sin_cos(angle);
            assert!((sin - libm::sin(angle)).abs() < 1e-14, "sin {angle} is {sin}");
            assert!((cos - libm::cos(angle)).abs() < 1e-14, "cos {angle} is {cos}");
        }
    }
}
