//! What one cell of a stack of layers sees: in its own input, in the layer before that, and so back to the input.
//!
//! A layer's windows are the same along both axes but for the extents of its planes, so a field is a product: the rows
//! that are seen times the columns that are seen.

use crate::nn::shape::{Axis, ShapeError, Window};

/// What a layer does with its windows. All of them see every cell of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LayerKind {
    /// A weighted sum.
    #[default]
    Convolution,
    /// The largest number.
    MaxPooling,
    /// The mean.
    AveragePooling,
}

impl LayerKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Convolution, Self::MaxPooling, Self::AveragePooling];

    /// `max pooling`
    pub fn name(self) -> &'static str {
        match self {
            Self::Convolution => "convolution",
            Self::MaxPooling => "max pooling",
            Self::AveragePooling => "average pooling",
        }
    }
}

/// One layer of a stack: a square window that moves alike along both axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StackLayer {
    /// What it does with a window.
    pub kind: LayerKind,
    /// k, rows and columns of the window.
    pub kernel: usize,
    /// s, cells between two neighbouring windows.
    pub stride: usize,
    /// p, cells added on each side.
    pub padding: usize,
    /// d, cells between two neighbouring taps.
    pub dilation: usize,
}

impl StackLayer {
    /// A convolution of stride 1 without padding.
    pub fn convolution(kernel: usize) -> Self {
        Self { kind: LayerKind::Convolution, kernel, stride: 1, padding: 0, dilation: 1 }
    }

    /// Its window along either axis.
    pub fn window(self) -> Window {
        let Self { kernel, stride, padding, dilation, .. } = self;
        Window { kernel, stride, dilation, padding: (padding, padding) }
    }

    /// Extent of its output over an input of `extent`.
    ///
    /// # Errors
    /// As [`Window::output`] for a convolution and [`Window::output_pool`] for a pooling.
    pub fn output(self, axis: Axis, extent: usize) -> Result<usize, ShapeError> {
        match self.kind {
            LayerKind::Convolution => self.window().output(axis, extent),
            LayerKind::MaxPooling | LayerKind::AveragePooling => self.window().output_pool(axis, extent, false),
        }
    }

    /// Rows and columns of its output over an input of `size`.
    ///
    /// # Errors
    /// As [`output`](Self::output).
    pub fn plane(self, size: (usize, usize)) -> Result<(usize, usize), ShapeError> {
        Ok((self.output(Axis::Height, size.0)?, self.output(Axis::Width, size.1)?))
    }

    /// d·(k − 1), what a window reaches past its first cell; 0 for a window without cells.
    pub fn reach(self) -> usize {
        self.dilation * self.kernel.saturating_sub(1)
    }
}

/// How far a layer's cells reach into the input, wherever they stand and whether or not there is an input so large.
///
/// Counts are `i64`: ten strides of 16 pass what a browser's `usize` holds. What passes an `i64` stays at its largest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reach {
    /// r, input rows from the first that a cell sees to the last.
    pub size: i64,
    /// j, input rows between the fields of two neighbouring cells.
    pub jump: i64,
    /// c, the input row in the middle of cell 0's field; between two rows it is a half, in the padding it may be negative.
    pub centre: f64,
}

impl Reach {
    /// An input's cell sees itself.
    pub const INPUT: Self = Self { size: 1, jump: 1, centre: 0.0 };

    /// That of the layer after: `r + d·(k − 1)·j`, `j·s`, `c + (d·(k − 1)/2 − p)·j`.
    ///
    /// # Source
    /// Araujo, Norris & Sim, *Computing receptive fields of convolutional neural networks*, Distill 2019.
    ///
    /// ```
    /// # use receptive::trace::{Reach, StackLayer};
    /// let three = StackLayer::convolution(3);
    /// // Two layers of 3×3 see as much as one of 5×5.
    /// assert_eq!(Reach::INPUT.after(three).after(three), Reach::INPUT.after(StackLayer::convolution(5)));
    /// ```
    #[must_use]
    pub fn after(self, layer: StackLayer) -> Self {
        let [reach, stride] = [layer.reach(), layer.stride].map(whole);
        let jump = self.jump as f64;
        Self {
            size: self.size.saturating_add(reach.saturating_mul(self.jump)),
            jump: self.jump.saturating_mul(stride),
            centre: self.centre + (reach as f64 / 2.0 - layer.padding as f64) * jump,
        }
    }

    /// The input row in the middle of cell `at`'s field.
    pub fn centre_of(self, at: usize) -> f64 {
        self.centre + at as f64 * self.jump as f64
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// What is seen of a plane along one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    /// The first and last row that the windows hold, padding included; `None` where nothing was left to look from.
    pub span: Option<(i64, i64)>,
    /// Of each row of the plane the number of paths to the cell that looks: 0 where it is not seen.
    pub paths: Vec<f64>,
}

impl Sight {
    /// One row of `extent`.
    pub fn one(at: usize, extent: usize) -> Self {
        let paths = (0..extent).map(|row| if row == at { 1.0 } else { 0.0 }).collect();
        Self { span: (at < extent).then_some((whole(at), whole(at))), paths }
    }

    /// What the windows of `layer` that made these rows see of `extent` rows before.
    #[must_use]
    pub fn before(&self, layer: StackLayer, extent: usize) -> Self {
        let mut paths = vec![0.0; extent];
        for (row, count) in self.paths.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            for tap in 0..layer.kernel {
                let read = (row * layer.stride + tap * layer.dilation).checked_sub(layer.padding);
                if let Some(cell) = read.and_then(|read| paths.get_mut(read)) {
                    *cell += count;
                }
            }
        }
        let [stride, padding, reach] = [layer.stride, layer.padding, layer.reach()].map(whole);
        let span =
            self.ends().map(|(first, last)| (stride * whole(first) - padding, stride * whole(last) - padding + reach));
        Self { span, paths }
    }

    /// Whether the plane's row is seen.
    pub fn sees(&self, row: usize) -> bool {
        self.paths.get(row).is_some_and(|&paths| paths > 0.0)
    }

    /// The first and last row of the plane that are seen.
    pub fn ends(&self) -> Option<(usize, usize)> {
        let seen = |paths: &f64| *paths > 0.0;
        Some((self.paths.iter().position(seen)?, self.paths.iter().rposition(seen)?))
    }

    /// How many rows of the plane are seen.
    pub fn count(&self) -> usize {
        self.paths.iter().filter(|paths| **paths > 0.0).count()
    }

    /// How many rows lie between the ends of the windows, padding and gaps included.
    pub fn extent(&self) -> i64 {
        self.span.map_or(0, |(first, last)| last - first + 1)
    }

    /// Rows without a gap: the first, and how many.
    pub fn runs(&self) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for row in (0..self.paths.len()).filter(|&row| self.sees(row)) {
            match runs.last_mut() {
                Some((first, len)) if *first + *len == row => *len += 1,
                _ => runs.push((row, 1)),
            }
        }
        runs
    }
}

/// Layers above each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    /// Rows and columns of the input.
    pub size: (usize, usize),
    /// The layers, from the input on.
    pub layers: Vec<StackLayer>,
}

impl Stack {
    /// Rows and columns of every plane, the input's first.
    ///
    /// # Errors
    /// The [`ShapeError`] of the first layer that does not fit.
    pub fn planes(&self) -> Result<Vec<(usize, usize)>, ShapeError> {
        let mut planes = vec![self.size];
        let mut size = self.size;
        for layer in &self.layers {
            size = layer.plane(size)?;
            planes.push(size);
        }
        Ok(planes)
    }

    /// How far the cells of every plane reach, the input's first.
    pub fn reaches(&self) -> Vec<Reach> {
        let mut reaches = vec![Reach::INPUT];
        let mut reach = Reach::INPUT;
        for layer in &self.layers {
            reach = reach.after(*layer);
            reaches.push(reach);
        }
        reaches
    }

    /// What the cell at (row, column) of plane `layer` sees: (rows, columns) of every plane up to its own, the input's
    /// first.
    ///
    /// # Errors
    /// As [`planes`](Self::planes).
    pub fn field(&self, layer: usize, (row, col): (usize, usize)) -> Result<Vec<(Sight, Sight)>, ShapeError> {
        let planes = self.planes()?;
        let (rows, cols) = planes.get(layer).copied().unwrap_or_default();
        let mut field = vec![(Sight::one(row, rows), Sight::one(col, cols))];
        for (made, &(rows, cols)) in self.layers.iter().zip(&planes).take(layer).rev() {
            if let Some((down, right)) = field.last() {
                field.push((down.before(*made, rows), right.before(*made, cols)));
            }
        }
        field.reverse();
        Ok(field)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array4;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        model::{Layer, receptive_field},
        nn::{
            reference::{Conv2d, PaddingMode, Pool2d, average_pool2d, conv2d, max_pool2d},
            shape::Padding,
        },
        num::rng::{Purpose, Stream},
    };

    /// `extent` rows as text: `#` seen, `.` not.
    fn drawn(sight: &Sight) -> String {
        (0..sight.paths.len()).map(|row| if sight.sees(row) { '#' } else { '.' }).collect()
    }

    fn layer(text: (usize, usize, usize, usize)) -> StackLayer {
        let (kernel, stride, padding, dilation) = text;
        StackLayer { stride, padding, dilation, ..StackLayer::convolution(kernel) }
    }

    #[test]
    fn what_is_seen_along_an_axis() {
        let check = |layers: &[(usize, usize, usize, usize)], size: usize, at: usize, expect: &str| {
            let layers: Vec<StackLayer> = layers.iter().copied().map(layer).collect();
            let stack = Stack { size: (size, size), layers };
            let field = stack.field(stack.layers.len(), (at, at)).unwrap();
            let (rows, cols) = &field[0];
            assert_eq!(rows, cols);
            assert_eq!(format!("{} {:?}", drawn(rows), rows.span), expect);
        };
        check(&[(3, 1, 0, 1)], 7, 2, "..###.. Some((2, 4))");
        check(&[(3, 1, 0, 1); 2], 7, 1, ".#####. Some((1, 5))");
        check(&[(3, 1, 1, 1)], 5, 0, "##... Some((-1, 1))");
        check(&[(3, 1, 0, 2)], 7, 1, ".#.#.#. Some((1, 5))");
        check(&[(2, 4, 0, 1), (2, 1, 0, 1)], 8, 0, "##..##.. Some((0, 5))");
        // A window in the padding alone sees nothing, nor does anything before it.
        check(&[(1, 1, 0, 1), (2, 1, 3, 1)], 3, 0, "... None");
        check(&[], 3, 1, ".#. Some((1, 1))");
    }

    #[test]
    fn paths_are_counted() {
        let stack = Stack { size: (7, 7), layers: vec![StackLayer::convolution(3); 3] };
        let field = stack.field(3, (0, 0)).unwrap();
        assert_eq!(field[0].0.paths, [1.0, 3.0, 6.0, 7.0, 6.0, 3.0, 1.0]);
        assert_eq!(field[0].0.runs(), [(0, 7)]);
        assert_eq!(field[3].0.ends(), Some((0, 0)));
    }

    fn any_layer(seed: &mut Stream) -> StackLayer {
        let mut below = |most: u32| seed.below(most) as usize;
        let kind = LayerKind::ALL[below(3)];
        let kernel = 1 + below(3);
        let convolution = kind == LayerKind::Convolution;
        let padding = if convolution { below(3) } else { below(2).min(kernel - 1) };
        StackLayer { kind, kernel, stride: 1 + below(3), padding, dilation: if convolution { 1 + below(2) } else { 1 } }
    }

    /// The stack as a network of the reference, with weights above 0.
    fn output(stack: &Stack, x: &Array4<f64>) -> Array4<f64> {
        let mut weights = Stream::new(3, Purpose::Augment, 1);
        stack.layers.iter().fold(x.clone(), |x, layer| {
            let StackLayer { kind, kernel: k, stride: s, padding: p, dilation: d } = *layer;
            let pool = Pool2d { stride: (s, s), padding: Padding::per_side(p), ..Pool2d::tiles(k) };
            match kind {
                LayerKind::MaxPooling => max_pool2d(&x, &pool).unwrap().output,
                LayerKind::AveragePooling => average_pool2d(&x, &pool).unwrap(),
                LayerKind::Convolution => {
                    let w = Array4::from_shape_fn((1, 1, k, k), |_| 0.5 + f64::from(weights.below(8)) / 8.0);
                    let conv = Conv2d {
                        stride: (s, s),
                        padding: Padding::per_side(p),
                        mode: PaddingMode::Zeros,
                        dilation: (d, d),
                        ..Conv2d::default()
                    };
                    conv2d(&x, &w, None, &conv).unwrap()
                }
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        /// Change an input cell: the outputs that change are those that see it. With weights above 0 a number that
        /// grows past all others passes every maximum.
        #[test]
        fn what_is_seen_is_what_changes_the_output(
            rows in 1..9usize, cols in 1..9usize, len in 1..5usize, seed: u64,
        ) {
            let mut draw = Stream::new(seed, Purpose::Augment, 0);
            let mut stack = Stack { size: (rows, cols), layers: Vec::new() };
            for _ in 0..len {
                let layer = any_layer(&mut draw);
                stack.layers.push(layer);
                if stack.planes().is_err() {
                    stack.layers.pop();
                }
            }
            let planes = stack.planes().unwrap();
            let (out_rows, out_cols) = *planes.last().unwrap();
            let x = Array4::from_shape_fn((1, 1, rows, cols), |_| f64::from(draw.below(100)) / 100.0);
            let before = output(&stack, &x);
            prop_assert_eq!(before.dim(), (1, 1, out_rows, out_cols));
            let fields: Vec<_> = (0..out_rows * out_cols)
                .map(|cell| stack.field(stack.layers.len(), (cell / out_cols, cell % out_cols)).unwrap())
                .collect();
            for (i, j) in (0..rows).flat_map(|i| (0..cols).map(move |j| (i, j))) {
                let mut changed = x.clone();
                changed[[0, 0, i, j]] = 1e12;
                let after = output(&stack, &changed);
                for (cell, field) in fields.iter().enumerate() {
                    let at = [0, 0, cell / out_cols, cell % out_cols];
                    let changes = after[at].to_bits() != before[at].to_bits();
                    let (down, right) = &field[0];
                    prop_assert_eq!(changes, down.sees(i) && right.sees(j), "{:?} {:?} {:?}", &stack, at, (i, j));
                }
            }
        }

        /// Where nothing hangs over an edge, the exact field is as large as the recursion says, and lies where it says.
        #[test]
        fn the_recursion_is_the_exact_field(len in 1..6usize, at in 0..4usize, seed: u64) {
            let mut draw = Stream::new(seed, Purpose::Augment, 0);
            let layers: Vec<StackLayer> = (0..len).map(|_| any_layer(&mut draw)).collect();
            let mut cells = 60;
            let mut planes = vec![cells];
            for layer in layers.iter().rev() {
                cells = (cells - 1) * layer.stride + layer.reach() + 1;
                planes.push(cells);
            }
            let reach = layers.iter().fold(Reach::INPUT, |reach, layer| reach.after(*layer));
            // Without padding, in an input that is as large as needed.
            let bare: Vec<StackLayer> = layers.iter().map(|layer| StackLayer { padding: 0, ..*layer }).collect();
            prop_assume!(cells < 40_000);
            let stack = Stack { size: (cells, 1), layers: bare };
            let mut sight = Sight::one(at, 60);
            for (layer, extent) in stack.layers.iter().rev().zip(planes.iter().skip(1)) {
                sight = sight.before(*layer, *extent);
            }
            let (first, last) = sight.ends().unwrap();
            prop_assert_eq!(i64::try_from(last - first + 1).unwrap(), reach.size);
            prop_assert_eq!(sight.extent(), reach.size);
            let bare = stack.layers.iter().fold(Reach::INPUT, |reach, layer| reach.after(*layer));
            prop_assert!(((first + last) as f64 / 2.0 - bare.centre_of(at)).abs() < 1e-9);

            // And the count of the layers from the input on says the same, padding included.
            let counted: Vec<Layer> = layers.iter().map(|layer| Layer::Conv2d {
                filters: Some(1),
                kernel: (layer.kernel, layer.kernel),
                stride: (layer.stride, layer.stride),
                padding: Padding::per_side(layer.padding),
                dilation: (layer.dilation, layer.dilation),
                groups: 1,
                bias: false,
            }).collect();
            let counted = receptive_field(&counted).unwrap();
            prop_assert_eq!(i64::try_from(counted.size.0).unwrap(), reach.size);
            prop_assert_eq!(i64::try_from(counted.jump.1).unwrap(), reach.jump);
            let middle = counted.start.0 as f64 + (reach.size - 1) as f64 / 2.0;
            prop_assert!((middle - reach.centre).abs() < 1e-9);
        }
    }
}
