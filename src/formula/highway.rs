//! A highway layer, forward and back.

use super::expr::Expr;
use crate::trace::Skip;

fn of(name: &'static str, index: &'static str) -> Expr {
    Expr::Element(name, vec![Expr::Name(index)])
}

fn weight(name: &'static str) -> Expr {
    Expr::Element(name, vec![Expr::Name("i"), Expr::Name("j")])
}

/// `name(Σ_j w[i, j]·x[j] + bias)`
fn unit(name: &'static str, weights: &'static str, bias: &'static str) -> Expr {
    let sum = Expr::Series("j", Box::new(weight(weights) * of("x", "j"))) + Expr::Name(bias);
    Expr::Call(name, Box::new(sum))
}

/// `H[i] = φ(Σ_j W[i, j]·x[j] + b)`, `T[i] = σ(Σ_j V[i, j]·x[j] + c)` and `y[i] = T[i]·H[i] + (1 − T[i])·x[i]`; in a residual
/// layer `y[i] = H[i] + x[i]`, in a plain one `y[i] = H[i]`.
///
/// # Source
/// Srivastava, Greff & Schmidhuber, *Highway networks*, 2015, equation 3; He et al., *Deep residual learning*, 2015.
pub fn highway_values(skip: Skip) -> Vec<Expr> {
    let transformed = of("H", "i").equals(unit("φ", "W", "b"));
    let output = |made: Expr| of("y", "i").equals(made);
    let (h, x, t) = (|| of("H", "i"), || of("x", "i"), || of("T", "i"));
    match skip {
        Skip::Highway => {
            let gate = t().equals(unit("σ", "V", "c"));
            vec![transformed, gate, output(t() * h() + (Expr::from(1) - t()) * x())]
        }
        Skip::Residual => vec![transformed, output(h() + x())],
        Skip::Plain => vec![transformed, output(h())],
    }
}

/// `dh[i] = dy[i]·T[i]·φ′[i]`, `dt[i] = dy[i]·(H[i] − x[i])·σ′[i]` with `σ′ = T·(1 − T)`, and
/// `dx[j] = (1 − T[j])·dy[j] + w[j] + v[j]` with `w[j] = Σ_i W[i, j]·dh[i]` and `v[j] = Σ_i V[i, j]·dt[i]`, each without
/// what the layer has not.
pub fn highway_gradients(skip: Skip) -> Vec<Expr> {
    let (dy, h, x, t) = (|index| of("dy", index), || of("H", "i"), || of("x", "i"), |index| of("T", index));
    let back = |weights, to| Expr::Series("i", Box::new(weight(weights) * of(to, "i")));
    let dx = |made: Expr| of("dx", "j").equals(made);
    let through = || of("w", "j").equals(back("W", "dh"));
    let slope = || of("φ′", "i");
    match skip {
        Skip::Highway => {
            let to_sum = of("dh", "i").equals(dy("i") * t("i") * slope());
            let to_gate = of("dt", "i").equals(dy("i") * (h() - x()) * of("σ′", "i"));
            let gate = of("v", "j").equals(back("V", "dt"));
            let carried = (Expr::from(1) - t("j")) * dy("j");
            let past = of("u", "j").equals(carried);
            vec![to_sum, to_gate, through(), gate, past, dx(of("u", "j") + of("w", "j") + of("v", "j"))]
        }
        Skip::Residual => {
            vec![of("dh", "i").equals(dy("i") * slope()), through(), dx(dy("j") + of("w", "j"))]
        }
        Skip::Plain => vec![of("dh", "i").equals(dy("i") * slope()), dx(back("W", "dh"))],
    }
}
