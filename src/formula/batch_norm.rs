//! Batch normalisation, forward and back.

use super::expr::Expr;

fn of(name: &'static str) -> Expr {
    Expr::Element(name, vec![Expr::Name("n")])
}

fn over_examples(inner: Expr) -> Expr {
    Expr::Series("n", Box::new(inner))
}

/// `√(σ² + ε)`
fn deviation() -> Expr {
    (Expr::Name("σ²") + Expr::Name("ε")).root()
}

/// `μ = Σ_n x[n]/m` and `σ² = Σ_n (x[n] − μ)²/m` in training; `x̂[n] = (x[n] − μ)/√(σ² + ε)`; `y[n] = γ·x̂[n] + β`: of one
/// feature, over m examples.
///
/// # Source
/// Ioffe & Szegedy, *Batch Normalization*, algorithm 1.
pub fn norm_values(training: bool) -> Vec<Expr> {
    let from_mean = || of("x") - Expr::Name("μ");
    let normal = of("x̂").equals(from_mean() / deviation());
    let output = of("y").equals(Expr::Name("γ") * of("x̂") + Expr::Name("β"));
    if !training {
        return vec![normal, output];
    }
    let mean = Expr::Name("μ").equals(over_examples(of("x")) / Expr::Name("m"));
    let variance = Expr::Name("σ²").equals(over_examples(from_mean().squared()) / Expr::Name("m"));
    vec![mean, variance, normal, output]
}

/// `dβ = Σ_n dy[n]`, `dγ = Σ_n dy[n]·x̂[n]` and, with `s = γ/√(σ² + ε)`, `dx[n] = s·(dy[n] − dβ/m − x̂[n]·dγ/m)`; in
/// evaluation, where the statistics do not depend on x, `dx[n] = s·dy[n]`.
pub fn norm_gradients(training: bool) -> Vec<Expr> {
    let beta = Expr::Name("dβ").equals(over_examples(of("dy")));
    let gamma = Expr::Name("dγ").equals(over_examples(of("dy") * of("x̂")));
    let m = || Expr::Name("m");
    let sent =
        if training { of("dy") - Expr::Name("dβ") / m() - of("x̂") * Expr::Name("dγ") / m() } else { of("dy") };
    let scale = Expr::Name("s").equals(Expr::Name("γ") / deviation());
    vec![beta, gamma, scale, of("dx").equals(Expr::Name("s") * sent)]
}
