//! The recursion of receptive fields: how far a layer's cells reach, from how far those of the layer before do.

use crate::trace::{Reach, StackLayer};

use super::expr::{Expr, Role, Symbol};

/// The recursion at one layer, in symbols, with its numbers, as the result:
/// `r[l] = r[l − 1] + d(k − 1)·j[l − 1]`, `j[l] = j[l − 1]·s`, `c[l] = c[l − 1] + (d(k − 1)/2 − p)·j[l − 1]`.
///
/// # Convention
/// r is the size of a cell's field in the input, j the jump from one cell's field to the next one's, c the input row in the
/// middle of cell 0's field. Rows count from 0, layers from 1; layer 0 is the input.
///
/// # Source
/// Araujo, Norris & Sim, *Computing receptive fields of convolutional neural networks*, Distill 2019.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FieldRecursion {
    /// The layer's number l.
    pub layer: usize,
    /// The layer.
    pub window: StackLayer,
    /// How far the cells of the layer before reach.
    pub before: Reach,
}

impl FieldRecursion {
    /// The lines of size, jump and centre, each aligned at the equals sign; as few as fit a narrow panel.
    ///
    /// ```
    /// # use receptive::{formula::FieldRecursion, trace::{Reach, StackLayer}};
    /// let recursion = FieldRecursion { layer: 1, window: StackLayer::convolution(5), before: Reach::INPUT };
    /// let [size, ..] = recursion.lines();
    /// let size: Vec<String> = size.iter().map(|line| line.plain()).collect();
    /// assert_eq!(size, ["r[1] = r[0] + d(k − 1)·j[0]", "= 1 + 1·(5 − 1)·1 = 5"]);
    /// ```
    pub fn lines(&self) -> [Vec<Expr>; 3] {
        let Self { layer, window, before } = *self;
        let after = before.after(window);
        let of = |name, below: usize| Expr::Element(name, vec![Expr::from(layer.saturating_sub(below) as f64)]);
        let symbols = |role| Expr::from(Symbol { role, index: None });
        let numbers = |role| {
            let value = match role {
                Role::Kernel => window.kernel,
                Role::Stride => window.stride,
                Role::Padding => window.padding,
                _ => window.dilation,
            };
            Expr::number(value, Symbol { role, index: None })
        };
        let jump = || Expr::from(before.jump as f64);
        let size = [
            of("r", 1) + reach(&symbols) * of("j", 1),
            Expr::from(before.size as f64) + reach(&numbers) * jump(),
            Expr::from(after.size as f64),
        ];
        let jumps = [of("j", 1) * symbols(Role::Stride), jump() * numbers(Role::Stride), Expr::from(after.jump as f64)];
        let middle = |part: &dyn Fn(Role) -> Expr, jump: Expr| (reach(part) / 2 - part(Role::Padding)) * jump;
        let centre = [
            of("c", 1) + middle(&symbols, of("j", 1)),
            halves(before.centre) + middle(&numbers, jump()),
            halves(after.centre),
        ];
        let below = |name| Expr::Phantom(Box::new(of(name, 0)));
        let [size, jumps, centre] = [("r", size), ("j", jumps), ("c", centre)]
            .map(|(name, [symbols, numbers, result])| (name, of(name, 0).equals(symbols), numbers, result));
        let (name, symbols, numbers, result) = size;
        let size = vec![symbols, below(name).equals(numbers).equals(result)];
        let (_, symbols, numbers, result) = jumps;
        let jumps = vec![symbols.equals(numbers).equals(result)];
        let (name, symbols, numbers, result) = centre;
        [size, jumps, vec![symbols, below(name).equals(numbers), below(name).equals(result)]]
    }
}

/// `d(k − 1)`
fn reach(part: &dyn Fn(Role) -> Expr) -> Expr {
    part(Role::Dilation) * (part(Role::Kernel) - 1)
}

/// A number of halves: as a fraction where it is none of ones, since a decimal would be rounded.
fn halves(value: f64) -> Expr {
    if value.fract() == 0.0 { Expr::from(value) } else { Expr::from(value * 2.0) / 2 }
}
