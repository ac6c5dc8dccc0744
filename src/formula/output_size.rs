//! The output-shape formula, three times: in symbols, with the current numbers, as the result.

use crate::nn::shape::{Axis, ShapeError, Window};

use super::expr::{Expr, Index, Role, Symbol};

/// How a padding is counted on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PaddingConvention {
    /// p is the cells added on one side, as in PyTorch: the input grows by 2p.
    #[default]
    PerSide,
    /// p is the cells added on both sides together, as in the course: the input grows by p.
    Total,
}

/// The extent of the output along one axis, as a formula.
///
/// - Per side: ⌊(n + 2p − d(k − 1) − 1)/s⌋ + 1, with `p_t + p_b` (`p_l + p_r`) in place of 2p where the sides differ.
/// - Total: ⌊(n − k + p + s)/s⌋ as the course writes it, and for d > 1 its general form
///   ⌊(n + p − d(k − 1) − 1)/s⌋ + 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputSize {
    /// The axis named by the subscripts; `None` where height and width agree and one formula stands for both.
    pub axis: Option<Axis>,
    /// n, the input's extent.
    pub input: usize,
    /// k, s, d and the padding on both sides.
    pub window: Window,
    /// How p is counted.
    pub convention: PaddingConvention,
}

impl OutputSize {
    /// One formula where height and width agree, else one for each, height first.
    pub fn of_plane(
        (height, width): (usize, usize),
        (along_height, along_width): (Window, Window),
        convention: PaddingConvention,
    ) -> Vec<Self> {
        let one = |axis, input, window| Self { axis, input, window, convention };
        let padding = |window: Window| match convention {
            PaddingConvention::PerSide => window.padding,
            PaddingConvention::Total => (window.padding.0 + window.padding.1, 0),
        };
        let rest = |window: Window| Window { padding: (0, 0), ..window };
        let agree =
            height == width && rest(along_height) == rest(along_width) && padding(along_height) == padding(along_width);
        if agree {
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

    /// The numbers worked out as far as the fraction: `⌊6/2⌋ + 1`. Negative above the bar if the window does not fit.
    pub fn reduced(&self) -> Expr {
        let short = self.is_short();
        let whole = |n: usize| n as f64;
        let Window { kernel, stride, dilation, padding } = self.window;
        let padded = whole(self.input) + whole(padding.0) + whole(padding.1);
        let numerator = if short {
            padded - whole(kernel) + whole(stride)
        } else {
            padded - whole(dilation) * (whole(kernel) - 1.0) - 1.0
        };
        let floor = (Expr::from(numerator) / Expr::number(stride, self.symbol(Role::Stride))).floor();
        if short { floor } else { floor + 1 }
    }

    /// The output's extent.
    ///
    /// # Errors
    /// [`ShapeError`] if kernel, stride or dilation is 0, or the window does not fit.
    pub fn result(&self) -> Result<usize, ShapeError> {
        self.window.output(self.axis.unwrap_or(Axis::Height), self.input)
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

    /// The same lines without d, for a lab in which no window is dilated: `n + 2p − k` above the bar.
    pub fn lines_without_dilation(&self) -> Vec<Expr> {
        let output = self.symbol(Role::Output);
        let below = || Expr::Phantom(Box::new(output.into()));
        let mut lines = vec![self.symbols_without_dilation(), below().equals(self.numbers_without_dilation())];
        if let Ok(extent) = self.result() {
            lines.push(below().equals(Expr::number(extent, output)));
        }
        lines
    }

    /// A plane without d in few lines: the symbols once for both axes, then the numbers of each with their result.
    pub fn short_lines_without_dilation(sizes: &[Self]) -> Vec<Expr> {
        let &[height, width] = sizes else {
            return sizes.iter().flat_map(Self::lines_without_dilation).collect();
        };
        let numbers = |size: Self| {
            let line = Expr::from(size.symbol(Role::Output)).equals(size.numbers_without_dilation());
            // A plain number: as large as the others, the line is not too long.
            size.result().map_or(line.clone(), |extent| line.equals(Expr::from(extent as f64)))
        };
        vec![Self { axis: None, ..height }.symbols_without_dilation(), numbers(height), numbers(width)]
    }

    /// o = the formula of a window that is not dilated.
    fn symbols_without_dilation(&self) -> Expr {
        Expr::from(self.symbol(Role::Output)).equals(self.undilated(|symbol, _| Expr::Symbol(symbol), &[]))
    }

    fn numbers_without_dilation(&self) -> Expr {
        self.undilated(|symbol, value| Expr::number(value, symbol), &self.blamed())
    }

    /// The symbols that make the result impossible, none if there is one: what to mark on the controls.
    pub fn blamed(&self) -> Vec<Role> {
        match self.result() {
            Ok(_) => Vec::new(),
            Err(ShapeError::ZeroKernel { .. }) => vec![Role::Kernel],
            Err(ShapeError::ZeroStride { .. }) => vec![Role::Stride],
            Err(ShapeError::ZeroDilation { .. }) => vec![Role::Dilation],
            Err(_) if self.window.dilation > 1 => vec![Role::Input, Role::Kernel, Role::Padding, Role::Dilation],
            Err(_) => vec![Role::Input, Role::Kernel, Role::Padding],
        }
    }

    /// Whether the course's own form is printed: it has no dilation.
    fn is_short(&self) -> bool {
        self.convention == PaddingConvention::Total && self.window.dilation == 1
    }

    fn symbol(&self, role: Role) -> Symbol {
        Symbol { role, index: self.axis.map(Index::from) }
    }

    /// The formula of a window that is not dilated, padded by as much on both sides.
    fn undilated(&self, part: impl Fn(Symbol, usize) -> Expr, blamed: &[Role]) -> Expr {
        let Window { kernel, stride, padding, .. } = self.window;
        let marked = |expr, on: bool| if on { Expr::Blamed(Box::new(expr)) } else { expr };
        let of = |role: Role, value: usize| marked(part(self.symbol(role), value), blamed == [role]);
        let padded = of(Role::Input, self.input) + Expr::from(2) * of(Role::Padding, padding.0);
        let room = marked(padded - of(Role::Kernel, kernel), blamed.len() > 1);
        (room / of(Role::Stride, stride)).floor() + 1
    }

    /// The formula over `part(symbol, its number)`, with the part that `blamed` points at marked.
    fn formula(&self, part: impl Fn(Symbol, usize) -> Expr, blamed: &[Role]) -> Expr {
        let Window { kernel, stride, dilation, padding } = self.window;
        let of = |role: Role, value: usize| {
            let expr = part(self.symbol(role), value);
            if blamed == [role] { Expr::Blamed(Box::new(expr)) } else { expr }
        };
        let (n, k) = (of(Role::Input, self.input), of(Role::Kernel, kernel));
        let (s, d) = (of(Role::Stride, stride), of(Role::Dilation, dilation));
        // Where the window does not fit no single symbol is at fault, but what they make together, which is negative.
        let together = |expr| if blamed.len() > 1 { Expr::Blamed(Box::new(expr)) } else { expr };
        let numerator = match self.convention {
            PaddingConvention::Total if self.is_short() => {
                together(n - k + of(Role::Padding, padding.0 + padding.1)) + s.clone()
            }
            PaddingConvention::Total => together(n + of(Role::Padding, padding.0 + padding.1) - d * (k - 1) - 1),
            PaddingConvention::PerSide if padding.0 == padding.1 => {
                together(n + Expr::from(2) * of(Role::Padding, padding.0) - d * (k - 1) - 1)
            }
            PaddingConvention::PerSide => {
                let (before, after) = sides(self.axis);
                let side = |index, value| part(Symbol { role: Role::Padding, index: Some(index) }, value);
                together(n + side(before, padding.0) + side(after, padding.1) - d * (k - 1) - 1)
            }
        };
        let floor = (numerator / s).floor();
        if self.is_short() { floor } else { floor + 1 }
    }
}

/// The names of the two sides of an axis; `None` where height and width agree.
pub(super) fn sides(axis: Option<Axis>) -> (Index, Index) {
    match axis {
        None => (Index::Before, Index::After),
        Some(Axis::Height) => (Index::Top, Index::Bottom),
        Some(Axis::Width) => (Index::Left, Index::Right),
    }
}
