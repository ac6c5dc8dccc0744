//! What the gradients of a convolution and a pooling are, each as one sum.

use crate::nn::shape::Axis;

use super::expr::{Expr, Index, Role, Symbol};

/// Sums over all windows: `Σ_i Σ_j inner`.
fn over_windows(inner: Expr) -> Expr {
    Expr::Series("i", Box::new(Expr::Series("j", Box::new(inner))))
}

fn element(name: &'static str, row: &'static str, col: &'static str) -> Expr {
    Expr::Element(name, vec![Expr::Name(row), Expr::Name(col)])
}

fn symbol(role: Role, index: Index, subscripts: bool) -> Expr {
    Expr::Symbol(Symbol { role, index: subscripts.then_some(index) })
}

/// `dx[r, c] = Σ_u Σ_v dy[(r + p − u·d)/s, (c + p − v·d)/s] · k[u, v]`, over the taps whose indices of dy are whole and
/// within it: a full convolution with the turned kernel.
///
/// With `subscripts` every symbol names its axis or side, as in [`convolution_sum`](super::convolution_sum).
///
/// # Source
/// Dumoulin & Visin, *A guide to convolution arithmetic for deep learning*, chapter 4.
pub fn input_gradient(subscripts: bool) -> Expr {
    let position = |cell, tap, axis: Axis, before| {
        let above = Expr::Name(cell) + symbol(Role::Padding, before, subscripts)
            - Expr::Name(tap) * symbol(Role::Dilation, axis.into(), subscripts);
        above / symbol(Role::Stride, axis.into(), subscripts)
    };
    let sent = Expr::Element(
        "dy",
        vec![position("r", "u", Axis::Height, Index::Top), position("c", "v", Axis::Width, Index::Left)],
    );
    let sum = Expr::Series("u", Box::new(Expr::Series("v", Box::new(sent * element("k", "u", "v")))));
    element("dx", "r", "c").equals(sum)
}

/// `dk[u, v] = Σ_i Σ_j dy[i, j] · x[i·s + u·d − p, j·s + v·d − p]`: each window once more, times its output's gradient.
pub fn kernel_gradient(subscripts: bool) -> Expr {
    let position = |cell, tap, axis: Axis, before| {
        Expr::Name(cell) * symbol(Role::Stride, axis.into(), subscripts)
            + Expr::Name(tap) * symbol(Role::Dilation, axis.into(), subscripts)
            - symbol(Role::Padding, before, subscripts)
    };
    let read = Expr::Element(
        "x",
        vec![position("i", "u", Axis::Height, Index::Top), position("j", "v", Axis::Width, Index::Left)],
    );
    element("dk", "u", "v").equals(over_windows(element("dy", "i", "j") * read))
}

/// `db = Σ_i Σ_j dy[i, j]`.
pub fn bias_gradient() -> Expr {
    Expr::Name("db").equals(over_windows(element("dy", "i", "j")))
}

/// `dx[r, c] = Σ_i Σ_j dy[i, j]`, over the windows whose maximum the cell is; with `mean` over those that read it, each
/// by its number of cells a: `dy[i, j]/a`.
pub fn pooling_gradient(mean: bool) -> Expr {
    let sent = element("dy", "i", "j");
    element("dx", "r", "c").equals(over_windows(if mean { sent / Expr::Name("a") } else { sent }))
}

/// `L = Σ_i Σ_j dy[i, j] · y[i, j]`: the loss that has dy as its gradient.
pub fn loss() -> Expr {
    Expr::Name("L").equals(over_windows(element("dy", "i", "j") * element("y", "i", "j")))
}

/// `dx = (L[x + h] − L[x − h])/(2h)`.
pub fn central_difference() -> Expr {
    let at = |x: Expr| Expr::Element("L", vec![x]);
    let (x, h) = (Expr::Name("x"), Expr::Name("h"));
    let above = at(x.clone() + h.clone()) - at(x - h.clone());
    Expr::Name("dx").equals(above / (Expr::from(2) * h))
}
