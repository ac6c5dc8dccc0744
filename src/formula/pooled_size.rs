//! The output-shape formula of pooling, three times: in symbols, with the current numbers, as the result.

use crate::nn::shape::{Axis, ShapeError, Window};

use super::expr::{Expr, Index, Role, Symbol};
use super::output_size::sides;

/// The extent of a pooling's output along one axis, as a formula: `⌊(n + 2p − k)/s⌋ + 1`, or with ⌈ ⌉ where a last
/// window that hangs over is kept. Of those, one that would start in the padding after the input is dropped: `− 1`.
///
/// # Convention
/// p is counted per side, `p_t + p_b` (`p_l + p_r`) in place of 2p where the sides differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PooledSize {
    /// The axis named by the subscripts; `None` where height and width agree and one formula stands for both.
    pub axis: Option<Axis>,
    /// n, the input's extent.
    pub input: usize,
    /// k, s and the padding on both sides; a pooling has no dilation.
    pub window: Window,
    /// Whether a last window that hangs over is kept.
    pub ceil: bool,
}

impl PooledSize {
    /// One formula where height and width agree, else one for each, height first.
    pub fn of_plane(
        (height, width): (usize, usize),
        (along_height, along_width): (Window, Window),
        ceil: bool,
    ) -> Vec<Self> {
        let one = |axis, input, window| Self { axis, input, window, ceil };
        if height == width && along_height == along_width {
            vec![one(None, height, along_height)]
        } else {
            vec![one(Some(Axis::Height), height, along_height), one(Some(Axis::Width), width, along_width)]
        }
    }

    /// The formula in symbols, without "o =".
    pub fn symbols(&self) -> Expr {
        self.formula(|symbol, _| Expr::Symbol(symbol), &[])
    }

    /// The formula with the current numbers. Where there is no result, the part to blame is marked.
    pub fn numbers(&self) -> Expr {
        self.formula(|symbol, value| Expr::number(value, symbol), &self.blamed())
    }

    /// The output's extent.
    ///
    /// # Errors
    /// As [`Window::output_pool`].
    pub fn result(&self) -> Result<usize, ShapeError> {
        self.window.output_pool(self.axis.unwrap_or(Axis::Height), self.input, self.ceil)
    }

    /// The lines on screen, aligned at the equals sign: symbols, numbers, result (absent where there is none).
    pub fn lines(&self) -> Vec<Expr> {
        let output = self.symbol(Role::Output);
        let below = || Expr::Phantom(Box::new(output.into()));
        let mut lines = vec![Expr::from(output).equals(self.symbols()), below().equals(self.numbers())];
        if let Ok(extent) = self.result() {
            lines.push(below().equals(Expr::number(extent, output)));
        }
        lines
    }

    /// The symbols that make the result impossible, none if there is one: what to mark on the controls.
    pub fn blamed(&self) -> Vec<Role> {
        match self.result() {
            Ok(_) => Vec::new(),
            Err(ShapeError::ZeroKernel { .. }) => vec![Role::Kernel],
            Err(ShapeError::ZeroStride { .. }) => vec![Role::Stride],
            Err(ShapeError::PaddingTooLarge { .. }) => vec![Role::Padding],
            Err(_) => vec![Role::Input, Role::Kernel, Role::Padding],
        }
    }

    /// Whether the ceiling counts a window that would start in the padding after the input, and is dropped.
    pub fn drops_one(&self) -> bool {
        let Ok(windows) = self.result() else { return false };
        let Window { kernel, stride, .. } = self.window;
        self.ceil && (self.window.padded(self.input) + stride).saturating_sub(kernel).div_ceil(stride) > windows
    }

    fn symbol(&self, role: Role) -> Symbol {
        Symbol { role, index: self.axis.map(Index::from) }
    }

    /// The formula over `part(symbol, its number)`, with the part that `blamed` points at marked.
    fn formula(&self, part: impl Fn(Symbol, usize) -> Expr, blamed: &[Role]) -> Expr {
        let Window { kernel, stride, padding, .. } = self.window;
        let marked = |expr, on: bool| if on { Expr::Blamed(Box::new(expr)) } else { expr };
        let of = |role: Role, value: usize| marked(part(self.symbol(role), value), blamed == [role]);
        let (n, k, s) = (of(Role::Input, self.input), of(Role::Kernel, kernel), of(Role::Stride, stride));
        let padded = if padding.0 == padding.1 {
            n + Expr::from(2) * of(Role::Padding, padding.0)
        } else {
            // Of two sides the one that fills a window is at fault.
            let side = |index, value| {
                let symbol = Symbol { role: Role::Padding, index: Some(index) };
                marked(part(symbol, value), blamed == [Role::Padding] && value >= kernel)
            };
            let (before, after) = sides(self.axis);
            n + side(before, padding.0) + side(after, padding.1)
        };
        // Where the window does not fit no single symbol is at fault, but what they make together, which is negative.
        let steps = marked(padded - k, blamed.len() > 1) / s;
        let windows = if self.ceil { steps.ceil() } else { steps.floor() } + 1;
        if self.drops_one() { windows - 1 } else { windows }
    }
}
