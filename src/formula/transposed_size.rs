//! The output-shape formula of a transposed convolution: in symbols, with the current numbers, as the result.

use crate::nn::shape::{Axis, Padding};

use super::{
    expr::{Expr, Index, Role, Symbol},
    output_size::PaddingConvention,
};

/// The extent of a transposed convolution's output along one axis, as a formula.
///
/// - Per side: s(n − 1) + d(k − 1) + 1 − 2p, with `p_t + p_b` (`p_l + p_r`) in place of 2p where the sides differ.
/// - Total: s(n − 1) + d(k − 1) + 1 − p.
///
/// The output padding a, where there is any, is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransposedSize {
    /// The axis named by the subscripts; `None` where height and width agree and one formula stands for both.
    pub axis: Option<Axis>,
    /// n, the input's extent.
    pub input: usize,
    /// k, the kernel's extent.
    pub kernel: usize,
    /// s
    pub stride: usize,
    /// d
    pub dilation: usize,
    /// The padding on both sides.
    pub padding: (usize, usize),
    /// a
    pub output_padding: usize,
    /// How p is counted.
    pub convention: PaddingConvention,
}

impl TransposedSize {
    /// One formula where height and width agree, else one for each, height first. Pairs are (height, width).
    pub fn of_plane(
        input: (usize, usize),
        kernel: (usize, usize),
        (stride, dilation): ((usize, usize), (usize, usize)),
        padding: Padding,
        output_padding: (usize, usize),
        convention: PaddingConvention,
    ) -> Vec<Self> {
        let along = |axis: Axis| Self {
            axis: Some(axis),
            input: axis.of(input),
            kernel: axis.of(kernel),
            stride: axis.of(stride),
            dilation: axis.of(dilation),
            padding: padding.along(axis),
            output_padding: axis.of(output_padding),
            convention,
        };
        let (height, width) = (along(Axis::Height), along(Axis::Width));
        if (Self { axis: None, ..height }) == (Self { axis: None, ..width }) {
            vec![Self { axis: None, ..height }]
        } else {
            vec![height, width]
        }
    }

    /// The formula in symbols, without "o =".
    pub fn symbols(&self) -> Expr {
        self.formula(|symbol, _| Expr::Symbol(symbol), Expr::Name("a"))
    }

    /// The formula with the current numbers.
    pub fn numbers(&self) -> Expr {
        self.formula(|symbol, value| Expr::number(value, symbol), Expr::from(self.output_padding as f64))
    }

    /// The output's extent; `None` where the padding leaves nothing, or stride, dilation or kernel is 0.
    pub fn result(&self) -> Option<usize> {
        let possible = self.input > 0 && self.kernel > 0 && self.stride > 0 && self.dilation > 0;
        let full = (self.stride * self.input.checked_sub(1)?) + (self.dilation * self.kernel.checked_sub(1)?) + 1;
        let extent = (full + self.output_padding).checked_sub(self.padding.0 + self.padding.1)?;
        (possible && extent > 0).then_some(extent)
    }

    /// The lines on screen, aligned at the equals sign: symbols, numbers, result (absent where there is none).
    pub fn lines(&self) -> Vec<Expr> {
        let output = self.symbol(Role::Output);
        let below = || Expr::Phantom(Box::new(output.into()));
        let mut lines = vec![Expr::from(output).equals(self.symbols()), below().equals(self.numbers())];
        if let Some(extent) = self.result() {
            lines.push(below().equals(Expr::number(extent, output)));
        }
        lines
    }

    fn symbol(&self, role: Role) -> Symbol {
        Symbol { role, index: self.axis.map(Index::from) }
    }

    fn formula(&self, part: impl Fn(Symbol, usize) -> Expr, output_padding: Expr) -> Expr {
        let of = |role: Role, value: usize| part(self.symbol(role), value);
        let (n, k) = (of(Role::Input, self.input), of(Role::Kernel, self.kernel));
        let (s, d) = (of(Role::Stride, self.stride), of(Role::Dilation, self.dilation));
        let grown = s * (n - 1) + d * (k - 1) + 1;
        let (before, after) = self.padding;
        let cut = match self.convention {
            PaddingConvention::Total => grown - of(Role::Padding, before + after),
            PaddingConvention::PerSide if before == after => grown - Expr::from(2) * of(Role::Padding, before),
            PaddingConvention::PerSide => {
                let (first, second) = match self.axis {
                    None => (Index::Before, Index::After),
                    Some(Axis::Height) => (Index::Top, Index::Bottom),
                    Some(Axis::Width) => (Index::Left, Index::Right),
                };
                let side = |index, value| part(Symbol { role: Role::Padding, index: Some(index) }, value);
                grown - side(first, before) - side(second, after)
            }
        };
        if self.output_padding > 0 { cut + output_padding } else { cut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(size: TransposedSize, symbols: &str, numbers: &str, result: Option<usize>) {
        assert_eq!(size.symbols().plain(), symbols);
        assert_eq!(size.numbers().plain(), numbers);
        assert_eq!(size.result(), result);
    }

    #[test]
    fn three_lines() {
        let size = TransposedSize {
            axis: None,
            input: 3,
            kernel: 3,
            stride: 2,
            dilation: 1,
            padding: (1, 1),
            output_padding: 1,
            convention: PaddingConvention::PerSide,
        };
        check(size, "s(n − 1) + d(k − 1) + 1 − 2p + a", "2·(3 − 1) + 1·(3 − 1) + 1 − 2·1 + 1", Some(6));
        let total = TransposedSize { output_padding: 0, convention: PaddingConvention::Total, ..size };
        check(total, "s(n − 1) + d(k − 1) + 1 − p", "2·(3 − 1) + 1·(3 − 1) + 1 − 2", Some(5));
        check(
            TransposedSize { axis: Some(Axis::Width), padding: (4, 3), ..total },
            "s_w(n_w − 1) + d_w(k_w − 1) + 1 − p_w",
            "2·(3 − 1) + 1·(3 − 1) + 1 − 7",
            None,
        );
    }
}
