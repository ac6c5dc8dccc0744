//! Numbers for questions, drawn by family and level. `None` asks for another draw.

use super::{
    Family, Question,
    ask::{self, Asked, Counted, OfNetwork, SEEN, Sliding},
};
use crate::{
    lab::receptive_field::MAX_SIZE,
    model::{Function, Layer},
    nn::shape::Window,
    num::{Matrix, rng::Stream},
    trace::{LayerKind, PoolingKind, StackLayer},
};

/// Where numbers come from, and how hard they may be.
pub(super) struct Draw {
    pub stream: Stream,
    pub level: u32,
}

impl Draw {
    /// One of `low..=high`.
    fn among(&mut self, low: usize, high: usize) -> usize {
        let span = u32::try_from(high.saturating_sub(low) + 1).unwrap_or(1);
        low + self.stream.below(span) as usize
    }

    /// One of a few.
    fn one<T: Copy>(&mut self, first: T, others: &[T]) -> T {
        match self.among(0, others.len()) {
            0 => first,
            at => others.get(at - 1).copied().unwrap_or(first),
        }
    }

    /// Whole numbers of `low..=high`.
    fn matrix(&mut self, rows: usize, cols: usize, low: i32, high: i32) -> Matrix {
        Matrix::from_fn(rows, cols, |_, _| self.whole(low, high))
    }

    fn whole(&mut self, low: i32, high: i32) -> f64 {
        let span = high.abs_diff(low) + 1;
        f64::from(low) + f64::from(self.stream.below(span))
    }

    /// Kernels have few numbers that differ.
    fn kernel(&mut self, side: usize) -> Matrix {
        let low = if self.level == 0 { 0 } else { -2 };
        self.matrix(side, side, low, 3)
    }
}

/// A question of a family.
pub(super) fn question(family: Family, draw: &mut Draw) -> Option<Question> {
    let question = match family {
        Family::OutputShape => output_shape(draw),
        Family::OutputCell => output_cell(draw),
        Family::Padding => padding(draw),
        Family::Stride => stride(draw),
        Family::Channels => channels(draw),
        Family::Parameters => parameters(draw),
        Family::MultiplyAdds => multiply_adds(draw),
        Family::Pooling => pooling(draw),
        Family::ReceptiveField => receptive_field(draw),
        Family::Architecture => architecture(draw),
        Family::Course => None,
    }?;
    // What no known mistake answers wrongly teaches nothing.
    (question.mistakes().len() >= 2).then_some(question)
}

fn window(kernel: usize, stride: usize, padding: usize, dilation: usize) -> Window {
    Window { kernel, stride, dilation, padding: (padding, padding) }
}

fn output_shape(draw: &mut Draw) -> Option<Question> {
    let sliding = match draw.level {
        0 => {
            let side = draw.among(4, 9);
            Sliding { size: (side, side), window: window(draw.among(2, 3), draw.among(1, 2), 0, 1) }
        }
        1 => {
            let side = draw.among(5, 12);
            let window = window(draw.among(2, 5), draw.among(1, 3), draw.among(0, 2), 1);
            Sliding { size: (side, side), window }
        }
        2 => {
            let size = (draw.among(6, SEEN), draw.among(6, SEEN));
            let window = window(draw.among(2, 4), draw.among(1, 3), draw.among(0, 2), draw.among(1, 2));
            Sliding { size, window }
        }
        _ => {
            let size = (draw.among(28, 256), draw.among(28, 256));
            Sliding { size, window: window(draw.among(3, 11), draw.among(2, 4), draw.among(0, 5), 1) }
        }
    };
    ask::output_shape(Family::OutputShape, &sliding)
}

fn output_cell(draw: &mut Draw) -> Option<Question> {
    let side = if draw.level == 0 { 3 } else { draw.among(3, 4) };
    let input = draw.matrix(side, side, if draw.level < 2 { 0 } else { -3 }, 9);
    let k = if draw.level == 3 { draw.among(2, 3) } else { 2 };
    let kernel = draw.kernel(k);
    let bias = if draw.level < 2 { 0.0 } else { draw.whole(-3, 3) };
    let stride = if draw.level < 2 { 1 } else { draw.among(1, 2) };
    let padding = usize::from(draw.level == 3);
    let conv = ask::convolution(input, kernel, bias, stride, padding);
    let (rows, cols) = conv.output_shape().ok()?;
    let at = (draw.among(0, rows - 1), draw.among(0, cols - 1));
    ask::output_cell(&conv, at)
}

fn padding(draw: &mut Draw) -> Option<Question> {
    let side = draw.among(5, 12);
    let window = match draw.level {
        0 => {
            let half = draw.among(1, 3);
            window(2 * half + 1, 1, half, 1)
        }
        1 => window(draw.among(2, 6), 1, draw.among(1, 4), 1),
        2 => window(draw.among(2, 6), draw.among(2, 3), draw.among(1, 4), 1),
        _ => window(draw.among(2, 4), draw.among(1, 2), draw.among(1, 4), 2),
    };
    ask::padding(&Sliding { size: (side, side), window })
}

fn stride(draw: &mut Draw) -> Option<Question> {
    let (side, window) = match draw.level {
        0 => (draw.among(5, 9), window(draw.among(2, 3), draw.among(2, 3), 0, 1)),
        1 => (draw.among(6, 14), window(draw.among(2, 5), draw.among(2, 4), 0, 1)),
        2 => (draw.among(6, SEEN), window(draw.among(2, 5), draw.among(2, 4), draw.among(1, 2), 1)),
        _ => (draw.among(28, 256), window(draw.among(3, 11), draw.among(2, 6), draw.among(0, 5), 1)),
    };
    ask::stride(&Sliding { size: (side, side), window })
}

fn channels(draw: &mut Draw) -> Option<Question> {
    let (depth, filters) = match draw.level {
        0 | 1 => (2, 1),
        2 => (3, 1),
        _ => (2, 2),
    };
    let side = draw.among(2, 3);
    let inputs = (0..depth).map(|_| draw.matrix(side, side, 0, if draw.level == 0 { 5 } else { 9 })).collect();
    let bank = (0..filters).map(|_| (0..depth).map(|_| draw.kernel(2)).collect()).collect();
    let biases = (0..filters).map(|_| if draw.level == 0 { 0.0 } else { draw.whole(-4, 4) }).collect();
    let last = side - 2;
    let at = (draw.among(0, filters - 1), draw.among(0, last), draw.among(0, last));
    ask::channels(inputs, bank, biases, at)
}

fn layer(draw: &mut Draw) -> Counted {
    let small = draw.level < 2;
    let side = if small { draw.among(4, 12) } else { draw.one(28, &[32, 56, 64, 112, 224]) };
    let window = if small { draw.among(2, 3) } else { draw.one(3, &[5, 7, 11]) };
    let channels = if small { draw.among(2, 4) } else { draw.one(3, &[6, 16, 32, 64]) };
    let filters = if small { draw.among(2, 10) } else { draw.one(10, &[16, 32, 64, 96]) };
    let is_plain = draw.level == 0;
    let stride = if is_plain { 1 } else { draw.among(1, if small { 2 } else { 4 }) };
    let padding = if is_plain { 0 } else { draw.among(0, window / 2) };
    Counted { size: (side, side), channels, window, filters, stride, padding }
}

fn parameters(draw: &mut Draw) -> Option<Question> {
    let counted = layer(draw);
    let asked = match (draw.level, draw.among(0, 2)) {
        (1 | 3, 0) => Asked::DenseParameters(draw.among(2, 20)),
        _ => Asked::Parameters,
    };
    ask::counted(Family::Parameters, &counted, asked)
}

fn multiply_adds(draw: &mut Draw) -> Option<Question> {
    let counted = layer(draw);
    let asked = match (draw.level, draw.among(0, 3)) {
        (1 | 2, 0) => Asked::DenseMacs(draw.among(2, 20)),
        _ => Asked::Macs,
    };
    ask::counted(Family::MultiplyAdds, &counted, asked)
}

fn pooling(draw: &mut Draw) -> Option<Question> {
    let kind = draw.one(PoolingKind::Max, &[PoolingKind::Average]);
    let (side, window, stride, padding, low) = match draw.level {
        0 | 1 => (4, 2, 2, 0, 0),
        2 => (draw.among(3, 4), draw.among(2, 3), 1, 0, 0),
        _ => (4, 2, 2, 1, -9),
    };
    let mut input = draw.matrix(side, side, low, if draw.level < 2 { 30 } else { 12 });
    if kind == PoolingKind::Average && draw.level < 2 {
        // Means that are whole: the last number of each window makes up for it.
        for (row, col) in [(0, 0), (0, 2), (2, 0), (2, 2)] {
            let cells = [(row, col), (row, col + 1), (row + 1, col)].map(|(i, j)| input.get(i, j).copied());
            let sum: f64 = cells.into_iter().flatten().sum();
            if let Some(last) = input.get_mut(row + 1, col + 1) {
                *last += (4.0 - (sum + *last) % 4.0) % 4.0;
            }
        }
    }
    let is_choice = draw.level == 0;
    let pooling = ask::windows(input, kind, window, stride, padding);
    let stream = &mut draw.stream;
    let mut order = |options: &mut Vec<Vec<f64>>| stream.shuffle(options);
    ask::pooling(Family::Pooling, &pooling, if is_choice { Some(&mut order) } else { None })
}

fn receptive_field(draw: &mut Draw) -> Option<Question> {
    let count = match draw.level {
        0 => 2,
        1 => draw.among(2, 3),
        _ => draw.among(3, 4),
    };
    let mut layers = Vec::with_capacity(count);
    for at in 0..count {
        let pools = draw.level > 0 && at > 0 && draw.among(0, 2) == 0;
        let mut layer = StackLayer::convolution(draw.among(2, 5));
        if pools {
            layer = StackLayer { kind: LayerKind::MaxPooling, kernel: 2, stride: 2, ..layer };
        } else if draw.level > 0 {
            layer.stride = draw.among(1, 2);
        }
        if !pools && draw.level == 3 {
            layer.dilation = draw.among(1, 2);
        }
        layers.push(layer);
    }
    ask::receptive_field(&layers, MAX_SIZE)
}

fn architecture(draw: &mut Draw) -> Option<Question> {
    let side = draw.one(28, &[32, 16, 20]);
    let depth = draw.one(1, &[3]);
    let blocks = if draw.level < 2 { 1 } else { 2 };
    let mut layers = Vec::new();
    for _ in 0..blocks {
        let kernel = draw.one(3, &[5]);
        let padding = if draw.among(0, 1) == 0 { 0 } else { kernel / 2 };
        layers.push(Layer::conv2d(draw.one(4, &[6, 8, 16]), kernel, 1, padding));
        layers.push(Layer::Activation(Function::Relu));
        layers.push(ask::halving());
    }
    layers.push(Layer::Flatten);
    if draw.level == 3 {
        layers.push(Layer::linear(draw.one(32, &[64, 120])));
        layers.push(Layer::Activation(Function::Relu));
    }
    layers.push(Layer::linear(10));
    let asked = match draw.level {
        0 => OfNetwork::Flattened,
        1 | 2 => draw.one(OfNetwork::FirstDense, &[OfNetwork::Flattened]),
        _ => OfNetwork::All,
    };
    ask::network(Family::Architecture, (depth, side, side), &layers, asked, None)
}
