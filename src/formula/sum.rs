//! The sum that one cell of the output is.

use crate::nn::shape::Axis;

use super::expr::{Expr, Index, Role, Symbol};

/// `y[i, j] = Σ_u Σ_v x[i·s + u·d − p, j·s + v·d − p] · k[u, v] + b`, all indices from 0.
///
/// With `subscripts` every symbol names its axis or side: `s_h`, `d_h` and `p_t` along the rows, `s_w`, `d_w` and `p_l` along the
/// columns, where `p_t` and `p_l` are the rows above and the columns left of the input. Without, all of these agree.
///
/// # Convention
/// Cross-correlation: the kernel is not flipped. Padding is counted per side.
pub fn convolution_sum(subscripts: bool) -> Expr {
    let symbol = |role, index: Index| Expr::Symbol(Symbol { role, index: subscripts.then_some(index) });
    let position = |cell, tap, axis: Axis, before| {
        Expr::Name(cell) * symbol(Role::Stride, axis.into()) + Expr::Name(tap) * symbol(Role::Dilation, axis.into())
            - symbol(Role::Padding, before)
    };
    let read = Expr::Element(
        "x",
        vec![position("i", "u", Axis::Height, Index::Top), position("j", "v", Axis::Width, Index::Left)],
    );
    let tap = read * Expr::Element("k", vec![Expr::Name("u"), Expr::Name("v")]);
    let sum = Expr::Series("u", Box::new(Expr::Series("v", Box::new(tap)))) + Expr::Name("b");
    Expr::Element("y", vec![Expr::Name("i"), Expr::Name("j")]).equals(sum)
}
