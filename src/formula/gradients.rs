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

/// `dx[r, c] = Σ_i Σ_j dy[i, j] · k[u, v]`, over the outputs that read the cell, each with the tap that does: where
/// [`read_position`] gives r and c.
pub fn input_gradient() -> Expr {
    element("dx", "r", "c").equals(over_windows(element("dy", "i", "j") * element("k", "u", "v")))
}

/// `dk[u, v] = Σ_i Σ_j dy[i, j] · x[r, c]`: each window once more, times its output's gradient; [`read_position`] gives r
/// and c.
pub fn kernel_gradient() -> Expr {
    element("dk", "u", "v").equals(over_windows(element("dy", "i", "j") * element("x", "r", "c")))
}

/// `r = i·s + u·d − p` and `c = j·s + v·d − p`: the cell that the tap u, v of output i, j reads.
///
/// With `subscripts` every symbol names its axis or side, as in [`convolution_sum`](super::convolution_sum).
pub fn read_position(subscripts: bool) -> [Expr; 2] {
    let position = |cell, output, tap, axis: Axis, before| {
        let read = Expr::Name(output) * symbol(Role::Stride, axis.into(), subscripts)
            + Expr::Name(tap) * symbol(Role::Dilation, axis.into(), subscripts)
            - symbol(Role::Padding, before, subscripts);
        Expr::Name(cell).equals(read)
    };
    [position("r", "i", "u", Axis::Height, Index::Top), position("c", "j", "v", Axis::Width, Index::Left)]
}

/// `dx[r, c] = Σ_u Σ_v dy[i, j] · k[u, v]`, over the taps for which [`sending_position`] gives an output: a full
/// convolution with the turned kernel.
///
/// # Source
/// Dumoulin & Visin, *A guide to convolution arithmetic for deep learning*, chapter 4.
pub fn full_convolution() -> Expr {
    let sent = element("dy", "i", "j") * element("k", "u", "v");
    element("dx", "r", "c").equals(Expr::Series("u", Box::new(Expr::Series("v", Box::new(sent)))))
}

/// `i = (r + p − u·d)/s` and `j = (c + p − v·d)/s`: the output that reads a cell with the tap u, v, where both are whole.
///
/// With `subscripts` every symbol names its axis or side, as in [`convolution_sum`](super::convolution_sum).
pub fn sending_position(subscripts: bool) -> [Expr; 2] {
    let position = |output, cell, tap, axis: Axis, before| {
        let above = Expr::Name(cell) + symbol(Role::Padding, before, subscripts)
            - Expr::Name(tap) * symbol(Role::Dilation, axis.into(), subscripts);
        Expr::Name(output).equals(above / symbol(Role::Stride, axis.into(), subscripts))
    };
    [position("i", "r", "u", Axis::Height, Index::Top), position("j", "c", "v", Axis::Width, Index::Left)]
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
