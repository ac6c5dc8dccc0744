//! What flows back through a convolution or a pooling, output cell by output cell, and the same by finite differences.

use std::ops::Range;

use super::{
    convolution::Convolution,
    pooling::{Pooled, Pooling, PoolingKind},
};
use crate::{
    nn::shape::{Padding, ShapeError},
    num::{Grid, Matrix},
};

/// The operation that is taken back.
#[derive(Debug, Clone, PartialEq)]
pub enum Forward {
    /// A convolution.
    Convolution(Convolution),
    /// A pooling.
    Pooling(Pooling),
}

/// What the operation makes, as its own trace has it.
#[derive(Debug, Clone, PartialEq)]
enum Output {
    Convolution {
        values: Matrix,
        /// What the windows read: the input with its padding.
        padded: Matrix,
    },
    Pooling(Pooled),
}

/// An operation with the gradient that comes from above: ∂L/∂y, one number for each output.
#[derive(Debug, Clone, PartialEq)]
pub struct Backward {
    forward: Forward,
    output: Output,
    upstream: Matrix,
}

/// One number that an output sends back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flow {
    /// Its place in the window, row by row from 0.
    pub tap: usize,
    /// Row and column in the padded input.
    pub padded: (usize, usize),
    /// Row and column of the input cell that it reaches, by copy where it is in the padding; `None` where it is dropped.
    pub input: Option<(usize, usize)>,
    /// Whether it falls on a cell of the padding.
    pub padding: bool,
    /// Row and column of its weight in the kernel as it is written down; `None` for a pooling.
    pub kernel: Option<(usize, usize)>,
    /// The number that the window reads there.
    pub x: f64,
    /// What the output changes by for each unit of x: the weight; 1 for the maximum and 0 for the others; 1 over the
    /// number of cells of a mean.
    pub w: f64,
    /// What is added to the input's gradient there: `dy·w`.
    pub sent: f64,
}

/// One output cell and all that it sends back.
#[derive(Debug, Clone, PartialEq)]
pub struct BackwardStep {
    /// Row and column of the output.
    pub output: (usize, usize),
    /// Row and column of the window's first cell in the padded input.
    pub origin: (usize, usize),
    /// The gradient that comes from above.
    pub upstream: f64,
    /// The output's number.
    pub value: f64,
    /// The window's cells, row by row.
    pub flows: Vec<Flow>,
    /// Which of them is the maximum, the first of equals; `None` where all of them get something.
    pub winner: Option<usize>,
}

impl BackwardStep {
    /// The cells that get something, each with its place among all: the winner alone, or all of them.
    pub fn sending(&self) -> impl Iterator<Item = (usize, &Flow)> {
        let winner = self.winner;
        self.flows.iter().enumerate().filter(move |(index, _)| winner.is_none_or(|winner| winner == *index))
    }
}

/// The gradients, finished.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradients {
    /// ∂L/∂x, as large as the input.
    pub input: Matrix,
    /// ∂L/∂k as the kernel is written down; `None` for a pooling.
    pub kernel: Option<Matrix>,
    /// ∂L/∂b; `None` for a pooling.
    pub bias: Option<f64>,
}

/// The gradients while they are being added up.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// The padded input's, with what falls on the padding.
    pub padded: Matrix,
    /// Which cells of it have got anything, be it 0.
    pub touched: Grid<bool>,
    /// The kernel's; `None` for a pooling.
    pub kernel: Option<Matrix>,
    /// The bias's.
    pub bias: f64,
}

impl Running {
    /// Adds what a flow sends to its input cell.
    pub fn add_to_input(&mut self, flow: &Flow) {
        self.add_to_padded(flow.padded, flow.sent);
    }

    fn add_to_padded(&mut self, (row, col): (usize, usize), sent: f64) {
        if let Some(cell) = self.padded.get_mut(row, col) {
            *cell += sent;
        }
        if let Some(touched) = self.touched.get_mut(row, col) {
            *touched = true;
        }
    }

    /// Adds what a flow sends to its weight: `dy·x`.
    pub fn add_to_kernel(&mut self, flow: &Flow, upstream: f64) {
        let cell = flow.kernel.and_then(|(u, v)| self.kernel.as_mut()?.get_mut(u, v));
        if let Some(cell) = cell {
            *cell += upstream * flow.x;
        }
    }
}

impl Forward {
    /// Cells around the input.
    pub fn padding(&self) -> Padding {
        match self {
            Self::Convolution(convolution) => convolution.padding,
            Self::Pooling(pooling) => pooling.padding,
        }
    }

    /// The input plane.
    pub fn input(&self) -> &Matrix {
        match self {
            Self::Convolution(convolution) => &convolution.input,
            Self::Pooling(pooling) => &pooling.input,
        }
    }

    /// Rows and columns of the kernel; `None` for a pooling.
    pub fn kernel_shape(&self) -> Option<(usize, usize)> {
        match self {
            Self::Convolution(convolution) => Some(convolution.kernel.shape()),
            Self::Pooling(_) => None,
        }
    }

    /// Cells of the window.
    pub fn taps(&self) -> usize {
        match self {
            Self::Convolution(convolution) => convolution.kernel.cells().len(),
            Self::Pooling(pooling) => pooling.window.0 * pooling.window.1,
        }
    }

    /// The input cells that no window reads.
    ///
    /// # Errors
    /// [`ShapeError`] where the operation has no output.
    pub fn unread(&self) -> Result<Grid<bool>, ShapeError> {
        match self {
            Self::Convolution(convolution) => convolution.unread(),
            Self::Pooling(pooling) => pooling.unread(),
        }
    }
}

impl Backward {
    /// `forward` with the gradient `upstream` of its output.
    ///
    /// # Errors
    /// [`ShapeError`] where there is no output, or [`ShapeError::Length`] where `upstream` is of another size.
    ///
    /// ```
    /// # use receptive::{num::Grid, nn::{reference::PaddingMode, shape::Padding}};
    /// # use receptive::trace::{Backward, Convolution, Forward};
    /// let slide = Convolution {
    ///     input: Grid::from_fn(3, 3, |i, j| (3 * i + j) as f64),
    ///     kernel: Grid::from_fn(2, 2, |i, j| (2 * i + j) as f64),
    ///     bias: 0.0,
    ///     padding: Padding::default(),
    ///     mode: PaddingMode::Zeros,
    ///     stride: (1, 1),
    ///     dilation: (1, 1),
    ///     flip: false,
    /// };
    /// let ones = Grid::from_fn(2, 2, |_, _| 1.0);
    /// let gradients = Backward::new(Forward::Convolution(slide), ones).unwrap().gradients();
    /// assert_eq!(gradients.kernel.unwrap().cells(), [8.0, 12.0, 20.0, 24.0]);
    /// assert_eq!(gradients.bias, Some(4.0));
    /// ```
    pub fn new(forward: Forward, upstream: Matrix) -> Result<Self, ShapeError> {
        Self::after(None, forward, upstream)
    }

    /// The same, whose output may follow from that of `before`.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn after(before: Option<&Self>, forward: Forward, upstream: Matrix) -> Result<Self, ShapeError> {
        let before = before.map(|before| (&before.forward, &before.output));
        let output = match &forward {
            Forward::Convolution(now) => {
                let values = match before {
                    Some((Forward::Convolution(before), Output::Convolution { values, .. })) => {
                        now.output_after(before, values)
                    }
                    _ => None,
                };
                Output::Convolution { values: values.map_or_else(|| now.output(), Ok)?, padded: now.padded() }
            }
            Forward::Pooling(now) => {
                let pooled = match before {
                    Some((Forward::Pooling(before), Output::Pooling(pooled))) => now.output_after(before, pooled),
                    _ => None,
                };
                Output::Pooling(pooled.map_or_else(|| now.output(), Ok)?)
            }
        };
        let backward = Self { forward, output, upstream };
        let (expected, found) = (backward.output().shape(), backward.upstream.shape());
        if expected == found {
            Ok(backward)
        } else {
            Err(ShapeError::Length { expected: expected.0 * expected.1, found: found.0 * found.1 })
        }
    }

    /// The operation.
    pub fn forward(&self) -> &Forward {
        &self.forward
    }

    /// ∂L/∂y, as large as the output.
    pub fn upstream(&self) -> &Matrix {
        &self.upstream
    }

    /// What the operation makes.
    pub fn output(&self) -> &Matrix {
        match &self.output {
            Output::Convolution { values, .. } => values,
            Output::Pooling(pooled) => &pooled.values,
        }
    }

    /// Number of steps: one for each output.
    pub fn len(&self) -> usize {
        self.upstream.cells().len()
    }

    /// Whether there is none, which never is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The finished gradients: what all outputs have sent.
    pub fn gradients(&self) -> Gradients {
        self.finished(&self.running(self.len()))
    }

    /// The gradients, once all outputs have sent what `running` has.
    pub fn finished(&self, running: &Running) -> Gradients {
        let bias = running.kernel.as_ref().map(|_| running.bias);
        Gradients { input: self.without_padding(running), kernel: running.kernel.clone(), bias }
    }

    /// What output number `index`, row by row, sends back.
    pub fn step(&self, index: usize) -> Option<BackwardStep> {
        let (row, col) = (index / self.upstream.cols(), index % self.upstream.cols());
        let upstream = *self.upstream.get(row, col)?;
        match (&self.forward, &self.output) {
            (Forward::Convolution(convolution), Output::Convolution { values, .. }) => {
                let step = convolution.step(values, row, col)?;
                let flow = |(index, tap): (usize, &super::Tap)| Flow {
                    tap: index,
                    padded: tap.padded,
                    input: tap.input,
                    padding: tap.padding,
                    kernel: Some(tap.kernel),
                    x: tap.x,
                    w: tap.w,
                    sent: upstream * tap.w,
                };
                let flows = step.taps.iter().enumerate().map(flow).collect();
                Some(BackwardStep {
                    output: step.output,
                    origin: step.origin,
                    upstream,
                    value: step.sum,
                    flows,
                    winner: None,
                })
            }
            (Forward::Pooling(pooling), Output::Pooling(pooled)) => {
                let step = pooling.step(pooled, row, col)?;
                let area = step.cells.len() as f64;
                let flow = |(index, cell): (usize, &super::PooledCell)| {
                    let (w, sent) = match (pooling.kind, step.winner == Some(index)) {
                        (PoolingKind::Average, _) => (1.0 / area, upstream / area),
                        (PoolingKind::Max, true) => (1.0, upstream),
                        (PoolingKind::Max, false) => (0.0, 0.0),
                    };
                    Flow {
                        tap: cell.tap,
                        padded: cell.padded,
                        input: cell.input,
                        padding: cell.input.is_none(),
                        kernel: None,
                        x: cell.x,
                        w,
                        sent,
                    }
                };
                let flows = step.cells.iter().enumerate().map(flow).collect();
                let (output, origin, winner) = (step.output, step.origin, step.winner);
                Some(BackwardStep { output, origin, upstream, value: step.value, flows, winner })
            }
            _ => None,
        }
    }

    /// The gradients after the first `count` outputs have sent theirs.
    pub fn running(&self, count: usize) -> Running {
        let Padding { top, bottom, left, right } = self.forward.padding();
        let (rows, cols) = self.forward.input().shape();
        let padded = (rows + top + bottom, cols + left + right);
        let mut running = Running {
            padded: Grid::from_fn(padded.0, padded.1, |_, _| 0.0),
            touched: Grid::from_fn(padded.0, padded.1, |_, _| false),
            kernel: self.forward.kernel_shape().map(|(rows, cols)| Grid::from_fn(rows, cols, |_, _| 0.0)),
            bias: 0.0,
        };
        self.advance(&mut running, 0..count);
        running
    }

    /// Adds what these outputs send to what those before them have sent.
    pub fn advance(&self, running: &mut Running, outputs: Range<usize>) {
        let outputs = outputs.start..outputs.end.min(self.len());
        match (&self.forward, &self.output) {
            (Forward::Convolution(convolution), Output::Convolution { padded, .. }) => {
                self.send_products(convolution, padded, running, outputs);
            }
            (Forward::Pooling(pooling), Output::Pooling(Pooled { winners: Some(winners), .. })) => {
                let Padding { top, left, .. } = pooling.padding;
                for ((row, col), upstream) in
                    outputs.filter_map(|index| Some((*winners.cells().get(index)?, *self.upstream.cells().get(index)?)))
                {
                    running.add_to_padded((row + top, col + left), upstream);
                    running.bias += upstream;
                }
            }
            _ => {
                for step in outputs.filter_map(|index| self.step(index)) {
                    step.sending().for_each(|(_, flow)| running.add_to_input(flow));
                    running.bias += step.upstream;
                }
            }
        }
    }

    /// What a convolution's outputs send, as their steps tell it; row by row, since an edit adds up millions of products.
    fn send_products(&self, convolution: &Convolution, read: &Matrix, running: &mut Running, outputs: Range<usize>) {
        let Convolution { stride, dilation, flip, .. } = convolution;
        let turned = |kernel: &Matrix| kernel.flipped_if(*flip);
        let (weights, mut sums) = (turned(&convolution.kernel), running.kernel.as_ref().map(turned));
        for index in outputs {
            let (i, j) = (index / self.upstream.cols(), index % self.upstream.cols());
            let Some(&upstream) = self.upstream.get(i, j) else { continue };
            for (u, weights) in weights.iter_rows().enumerate() {
                let (row, first) = (i * stride.0 + u * dilation.0, j * stride.1);
                let xs = read.row(row).iter().skip(first).step_by(dilation.1);
                let sums = sums.as_mut().map(|sums| sums.row_mut(u)).unwrap_or_default();
                for ((sum, x), _) in sums.iter_mut().zip(xs).zip(weights) {
                    *sum += upstream * x;
                }
                let touched = running.touched.row_mut(row).iter_mut().skip(first).step_by(dilation.1);
                let sums = running.padded.row_mut(row).iter_mut().skip(first).step_by(dilation.1);
                for ((sum, touched), w) in sums.zip(touched).zip(weights) {
                    *sum += upstream * w;
                    *touched = true;
                }
            }
            running.bias += upstream;
        }
        running.kernel = sums.as_ref().map(turned);
    }

    /// The outputs whose windows have a cell of the padded input, in rising order.
    fn readers(&self, (row, col): (usize, usize)) -> impl Iterator<Item = usize> + '_ {
        let (window, stride, dilation) = match &self.forward {
            Forward::Convolution(convolution) => (convolution.kernel.shape(), convolution.stride, convolution.dilation),
            Forward::Pooling(pooling) => (pooling.window, pooling.stride, (1, 1)),
        };
        let (rows, cols) = self.upstream.shape();
        let along = |at: usize, taps: usize, stride: usize, dilation: usize, outputs: usize| {
            // The last tap is that of the first output.
            (0..taps).rev().filter_map(move |tap| {
                let begin = at.checked_sub(tap * dilation)?;
                (begin.checked_rem(stride)? == 0 && begin / stride < outputs).then_some(begin / stride)
            })
        };
        along(row, window.0, stride.0, dilation.0, rows)
            .flat_map(move |i| along(col, window.1, stride.1, dilation.1, cols).map(move |j| i * cols + j))
    }

    /// Whether a window of the first `count` outputs has a cell of the padded input.
    pub fn is_read(&self, padded: (usize, usize), count: usize) -> bool {
        self.readers(padded).next().is_some_and(|first| first < count)
    }

    /// What a cell of the padded input's gradient holds after the first `count` outputs: one number of
    /// [`running`](Self::running).
    pub fn held_by_input(&self, padded: (usize, usize), count: usize) -> f64 {
        let sent = |output: usize| {
            let step = self.step(output)?;
            step.sending().find(|(_, flow)| flow.padded == padded).map(|(_, flow)| flow.sent)
        };
        self.readers(padded).take_while(|output| *output < count).filter_map(sent).fold(0.0, |held, sent| held + sent)
    }

    /// What a cell of the kernel's gradient, as the kernel is written down, holds after the first `count` outputs.
    pub fn held_by_kernel(&self, (u, v): (usize, usize), count: usize) -> Option<f64> {
        let Forward::Convolution(convolution) = &self.forward else { return None };
        let Convolution { kernel, stride, dilation, flip, .. } = convolution;
        let (rows, cols) = kernel.shape();
        let (u, v) = if *flip { (rows.checked_sub(u + 1)?, cols.checked_sub(v + 1)?) } else { (u, v) };
        let product = |(index, upstream): (usize, &f64)| {
            let (i, j) = (index / self.upstream.cols(), index % self.upstream.cols());
            upstream * convolution.number_at((i * stride.0 + u * dilation.0, j * stride.1 + v * dilation.1))
        };
        let products = self.upstream.cells().iter().enumerate().take(count).map(product);
        (u < rows && v < cols).then(|| products.fold(0.0, |held, product| held + product))
    }

    /// What of the padded input's gradient is the input's: the padding's is dropped, or goes where it was copied from.
    pub fn without_padding(&self, running: &Running) -> Matrix {
        let (rows, cols) = self.forward.input().shape();
        let mut input = Grid::from_fn(rows, cols, |_, _| 0.0);
        for (at, sum) in running.padded.cells().iter().enumerate() {
            let padded = (at / running.padded.cols(), at % running.padded.cols());
            let source = match &self.forward {
                Forward::Convolution(convolution) => convolution.source(padded),
                Forward::Pooling(pooling) => pooling.inside(padded),
            };
            if let Some(cell) = source.and_then(|(i, j)| input.get_mut(i, j)) {
                *cell += sum;
            }
        }
        input
    }
}

/// A number that the loss depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// Row and column of the input.
    Input(usize, usize),
    /// Row and column of the kernel.
    Kernel(usize, usize),
    /// The bias.
    Bias,
}

/// The loss with a number a little larger and a little smaller.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// Which number.
    pub parameter: Parameter,
    /// The loss where it is larger by [`Difference::H`].
    pub above: f64,
    /// The loss where it is smaller by as much.
    pub below: f64,
}

impl Difference {
    /// How much a number is changed.
    ///
    /// A power of two, so that adding it rounds as little as can be, and larger ones round less; but less than 0.01, the
    /// distance of numbers with two decimals, so that no maximum goes to another cell unless two are equal.
    pub const H: f64 = 1.0 / 128.0;

    /// `(L(x + h) − L(x − h)) / 2h`
    pub fn slope(&self) -> f64 {
        (self.above - self.below) / (2.0 * Self::H)
    }
}

/// Two cells of one window of a maximum, so near each other that a change by h lets the other win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contest {
    /// Row and column of the input cell that wins.
    pub winner: (usize, usize),
    /// Row and column of the one that nearly does.
    pub other: (usize, usize),
    /// Whether they are equal.
    pub tie: bool,
}

impl Backward {
    /// The loss whose gradient the upstream gradient is: `L = Σ dy[i,j]·y[i,j]`.
    pub fn loss(&self) -> f64 {
        self.loss_with(&[], |_| None)
    }

    /// Numbers that the loss depends on: the input's, then the kernel's, then the bias.
    pub fn parameters(&self) -> usize {
        self.forward.input().cells().len() + self.forward.kernel_shape().map_or(0, |(rows, cols)| rows * cols + 1)
    }

    /// Number `index` of them.
    pub fn parameter(&self, index: usize) -> Option<Parameter> {
        let input = self.forward.input();
        let Some(tap) = index.checked_sub(input.cells().len()) else {
            return Some(Parameter::Input(index / input.cols(), index % input.cols()));
        };
        let (rows, cols) = self.forward.kernel_shape()?;
        match tap.checked_sub(rows * cols) {
            None => Some(Parameter::Kernel(tap / cols, tap % cols)),
            Some(0) => Some(Parameter::Bias),
            Some(_) => None,
        }
    }

    /// About how many products the finite differences take.
    pub fn products(&self) -> usize {
        let (outputs, taps) = (self.len(), self.forward.taps());
        let kernel = if self.forward.kernel_shape().is_some() { outputs * taps * taps } else { 0 };
        2 * (outputs * taps * taps + kernel + self.parameters() * outputs)
    }

    /// The loss around every number, in the order of [`parameter`](Self::parameter).
    ///
    /// Outputs that don't depend on a number are not computed again for it: they are what they were.
    pub fn differences(&self) -> Vec<Difference> {
        let cols = self.forward.input().cols();
        let steps: Vec<BackwardStep> = (0..self.len()).filter_map(|index| self.step(index)).collect();
        let mut readers: Vec<Vec<usize>> = vec![Vec::new(); self.forward.input().cells().len()];
        for (output, step) in steps.iter().enumerate() {
            for (i, j) in step.flows.iter().filter_map(|flow| flow.input) {
                if let Some(readers) = readers.get_mut(i * cols + j)
                    && readers.last() != Some(&output)
                {
                    readers.push(output);
                }
            }
        }
        let all: Vec<usize> = (0..self.len()).collect();
        let of = |index: usize| {
            let parameter = self.parameter(index)?;
            let changed = readers.get(index).unwrap_or(&all);
            let loss =
                |by: f64| self.loss_with(changed, |at| steps.get(at).map(|step| self.value(step, parameter, by)));
            Some(Difference { parameter, above: loss(Difference::H), below: loss(-Difference::H) })
        };
        (0..self.parameters()).filter_map(of).collect()
    }

    /// The loss where the outputs `changed`, in rising order, have other numbers; added up in the order of
    /// [`loss`](Self::loss).
    fn loss_with(&self, changed: &[usize], value: impl Fn(usize) -> Option<f64>) -> f64 {
        let (upstream, output) = (self.upstream.cells(), self.output().cells());
        let sum = |from: usize, to: usize, before: f64| {
            upstream.iter().zip(output).take(to).skip(from).fold(before, |sum, (dy, y)| sum + dy * y)
        };
        let (mut loss, mut from) = (0.0, 0);
        for &at in changed {
            loss = sum(from, at, loss);
            loss += upstream.get(at).zip(value(at)).map_or(f64::NAN, |(dy, y)| dy * y);
            from = at + 1;
        }
        sum(from, upstream.len(), loss)
    }

    /// A step's output with `parameter` changed by `by`: the operation's definition, added up as the reference does.
    fn value(&self, step: &BackwardStep, parameter: Parameter, by: f64) -> f64 {
        let change = |is_it: bool| if is_it { by } else { 0.0 };
        let x = |flow: &Flow| {
            let is_it = matches!((parameter, flow.input), (Parameter::Input(i, j), Some(at)) if at == (i, j));
            flow.x + change(is_it)
        };
        match &self.forward {
            Forward::Convolution(convolution) => {
                let mut sum = convolution.bias + change(parameter == Parameter::Bias);
                for flow in &step.flows {
                    let is_it = matches!((parameter, flow.kernel), (Parameter::Kernel(u, v), Some(at)) if at == (u, v));
                    sum += (flow.w + change(is_it)) * x(flow);
                }
                sum
            }
            Forward::Pooling(pooling) => match pooling.kind {
                PoolingKind::Max => step.flows.iter().map(x).fold(f64::NEG_INFINITY, f64::max),
                PoolingKind::Average => step.flows.iter().map(x).sum::<f64>() / step.flows.len() as f64,
            },
        }
    }

    /// The windows of a maximum whose gradient matters and where finite differences meet a corner: two cells are equal, or
    /// nearer each other than h.
    pub fn contests(&self) -> Vec<Contest> {
        let of = |index: usize| {
            let step = self.step(index).filter(|step| step.upstream != 0.0)?;
            let winner = step.flows.get(step.winner?)?;
            let near = |(at, flow): (usize, &Flow)| {
                let other = flow.input.filter(|_| Some(at) != step.winner && winner.x - flow.x < Difference::H)?;
                Some(Contest { winner: winner.input?, other, tie: winner.x - flow.x <= 0.0 })
            };
            step.flows.iter().enumerate().find_map(near)
        };
        let is_maximum = matches!(&self.forward, Forward::Pooling(pooling) if pooling.kind == PoolingKind::Max);
        (0..if is_maximum { self.len() } else { 0 }).filter_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array4;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        nn::reference::{Conv2d, PaddingMode, Pool2d, average_pool2d_grad, conv2d_grad, max_pool2d_grad},
        num::close,
        trace::convolution::plane,
    };

    /// Whole, negative and fractional numbers, few enough that there are equal ones.
    fn number(seed: usize, i: usize, j: usize) -> f64 {
        ((seed * 7 + 13 * i + 31 * j + i * j) % 11) as f64 / 3.0 - (seed % 4) as f64
    }

    prop_compose! {
        fn any_forward()(
            (n, m) in (1usize..8, 1usize..8),
            window in (1usize..4, 1usize..4),
            stride in (1usize..4, 1usize..4),
            dilation in (1usize..3, 1usize..3),
            sides in (0usize..3, 0usize..3, 0usize..3, 0usize..3),
            (flip, ceil, count_padding) in any::<(bool, bool, bool)>(),
            kind in 0usize..3,
            mode in prop::sample::select(vec![
                PaddingMode::Zeros, PaddingMode::Zeros, PaddingMode::Reflect, PaddingMode::Replicate, PaddingMode::Circular,
            ]),
            seed in 0usize..1000,
        ) -> Forward {
            let padding = Padding { top: sides.0, bottom: sides.1, left: sides.2, right: sides.3 };
            let input = Grid::from_fn(n, m, |i, j| number(seed, i, j));
            if kind == 0 {
                let kernel = Grid::from_fn(window.0, window.1, |i, j| number(seed + 3, j, i));
                let bias = number(seed, 1, 2);
                Forward::Convolution(Convolution { input, kernel, bias, padding, mode, stride, dilation, flip })
            } else {
                let kind = if kind == 1 { PoolingKind::Max } else { PoolingKind::Average };
                Forward::Pooling(Pooling { input, kind, window, stride, padding, ceil, count_padding })
            }
        }
    }

    fn backward(forward: &Forward, seed: usize) -> Option<Backward> {
        let (rows, cols) = match forward {
            Forward::Convolution(convolution) => convolution.output_shape().ok()?,
            Forward::Pooling(pooling) => pooling.output_shape().ok()?,
        };
        let upstream = Grid::from_fn(rows, cols, |i, j| number(seed, j + 2, i));
        Some(Backward::new(forward.clone(), upstream).unwrap())
    }

    fn matrix(values: &Array4<f64>, rows: usize, cols: usize) -> Matrix {
        Grid::from_fn(rows, cols, |i, j| *values.get((0, 0, i, j)).unwrap())
    }

    /// The gradients by the reference.
    fn expected(backward: &Backward) -> Gradients {
        let (rows, cols) = backward.forward.input().shape();
        let dy = plane(&backward.upstream);
        match (&backward.forward, &backward.output) {
            (Forward::Convolution(convolution), _) => {
                let Convolution { input, kernel, padding, mode, stride, dilation, flip, .. } = convolution;
                let turned = |kernel: &Matrix| kernel.flipped_if(*flip);
                let conv = Conv2d { stride: *stride, padding: *padding, mode: *mode, dilation: *dilation, groups: 1 };
                let grad = conv2d_grad(&plane(input), &plane(&turned(kernel)), &dy, &conv).unwrap();
                let (kernel_rows, kernel_cols) = kernel.shape();
                Gradients {
                    input: matrix(&grad.input, rows, cols),
                    kernel: Some(turned(&matrix(&grad.weight, kernel_rows, kernel_cols))),
                    bias: grad.bias.first().copied(),
                }
            }
            (Forward::Pooling(_), Output::Pooling(Pooled { winners: Some(winners), .. })) => {
                let (high, wide) = winners.shape();
                let argmax = Array4::from_shape_fn((1, 1, high, wide), |(_, _, i, j)| {
                    winners.get(i, j).map_or(usize::MAX, |(row, col)| row * cols + col)
                });
                let dx = max_pool2d_grad((rows, cols), &argmax, &dy).unwrap();
                Gradients { input: matrix(&dx, rows, cols), kernel: None, bias: None }
            }
            (Forward::Pooling(pooling), _) => {
                let pool = Pool2d {
                    kernel: pooling.window,
                    stride: pooling.stride,
                    padding: pooling.padding,
                    ceil_mode: pooling.ceil,
                    count_include_pad: pooling.count_padding,
                };
                let dx = average_pool2d_grad((rows, cols), &dy, &pool).unwrap();
                Gradients { input: matrix(&dx, rows, cols), kernel: None, bias: None }
            }
        }
    }

    fn same(found: &Matrix, expect: &Matrix) -> bool {
        found.shape() == expect.shape()
            && found.cells().iter().zip(expect.cells()).all(|(found, expect)| close(*found, *expect, 1e-12))
    }

    /// The forward operation with one number changed, all of it by the reference.
    fn loss_with(backward: &Backward, parameter: Parameter, by: f64) -> f64 {
        let mut forward = backward.forward().clone();
        let cell = match (&mut forward, parameter) {
            (Forward::Convolution(convolution), Parameter::Input(i, j)) => convolution.input.get_mut(i, j),
            (Forward::Pooling(pooling), Parameter::Input(i, j)) => pooling.input.get_mut(i, j),
            (Forward::Convolution(convolution), Parameter::Kernel(u, v)) => convolution.kernel.get_mut(u, v),
            (Forward::Convolution(convolution), Parameter::Bias) => Some(&mut convolution.bias),
            _ => None,
        };
        *cell.unwrap() += by;
        Backward::new(forward, backward.upstream().clone()).unwrap().loss()
    }

    proptest! {
        #[test]
        fn running_sums_end_at_the_reference(forward in any_forward(), seed in 0usize..99) {
            let Some(backward) = backward(&forward, seed) else { return Ok(()) };
            let (found, expect) = (backward.gradients(), expected(&backward));
            prop_assert!(same(&found.input, &expect.input));
            prop_assert_eq!(found.kernel.is_some(), expect.kernel.is_some());
            if let (Some(found), Some(expect)) = (&found.kernel, &expect.kernel) {
                prop_assert!(same(found, expect));
            }
            prop_assert_eq!(found.bias.is_some(), expect.bias.is_some());
            if let (Some(found), Some(expect)) = (found.bias, expect.bias) {
                prop_assert!(close(found, expect, 1e-12));
            }
        }

        #[test]
        fn a_step_adds_what_it_says(forward in any_forward(), seed in 0usize..99, step in 0usize..9) {
            let Some(backward) = backward(&forward, seed) else { return Ok(()) };
            let step = step % backward.len();
            let mut running = backward.running(step);
            for (at, (sum, is_touched)) in running.padded.cells().iter().zip(running.touched.cells()).enumerate() {
                let padded = (at / running.padded.cols(), at % running.padded.cols());
                prop_assert_eq!(backward.held_by_input(padded, step).to_bits(), sum.to_bits());
                let is_maximum = matches!(forward, Forward::Pooling(Pooling { kind: PoolingKind::Max, .. }));
                let is_dropped = matches!(&forward, Forward::Pooling(pooling) if pooling.inside(padded).is_none());
                prop_assert!(is_maximum || is_dropped || backward.is_read(padded, step) == *is_touched);
            }
            for (at, sum) in running.kernel.iter().flat_map(|kernel| kernel.cells().iter().enumerate()) {
                let (_, cols) = forward.kernel_shape().unwrap();
                prop_assert_eq!(backward.held_by_kernel((at / cols, at % cols), step).unwrap().to_bits(), sum.to_bits());
            }
            let said = backward.step(step).unwrap();
            for (_, flow) in said.sending() {
                prop_assert!(close(flow.sent, said.upstream * flow.w, 1e-12));
                running.add_to_input(flow);
                running.add_to_kernel(flow, said.upstream);
            }
            running.bias += said.upstream;
            prop_assert_eq!(running, backward.running(step + 1));
            prop_assert_eq!(backward.step(backward.len()), None);
        }

        /// Finite differences are those of the whole operation, and agree with the gradients where there is no corner.
        #[test]
        fn differences_are_the_references(forward in any_forward(), seed in 0usize..99) {
            let Some(backward) = backward(&forward, seed) else { return Ok(()) };
            let differences = backward.differences();
            prop_assert_eq!(differences.len(), backward.parameters());
            let gradients = backward.gradients();
            let smooth = backward.contests().is_empty();
            for (index, difference) in differences.iter().enumerate() {
                let parameter = difference.parameter;
                prop_assert_eq!(backward.parameter(index), Some(parameter));
                for (found, by) in [(difference.above, Difference::H), (difference.below, -Difference::H)] {
                    prop_assert_eq!(found.to_bits(), loss_with(&backward, parameter, by).to_bits());
                }
                let exact = match parameter {
                    Parameter::Input(i, j) => *gradients.input.get(i, j).unwrap(),
                    Parameter::Kernel(u, v) => *gradients.kernel.as_ref().unwrap().get(u, v).unwrap(),
                    Parameter::Bias => gradients.bias.unwrap(),
                };
                if smooth {
                    prop_assert!((exact - difference.slope()).abs() <= 1e-9 * exact.abs().max(1.0));
                }
            }
            prop_assert_eq!(backward.parameter(backward.parameters()), None);
        }
    }

    #[test]
    fn an_upstream_gradient_of_another_size() {
        let pooling = Pooling {
            input: Grid::from_fn(3, 3, |_, _| 0.0),
            kind: PoolingKind::Max,
            window: (2, 2),
            stride: (1, 1),
            padding: Padding::default(),
            ceil: false,
            count_padding: true,
        };
        let found = Backward::new(Forward::Pooling(pooling), Grid::from_fn(1, 4, |_, _| 0.0));
        assert_eq!(found, Err(ShapeError::Length { expected: 4, found: 4 }));
    }

    #[test]
    fn contests_are_named() {
        let check = |input: [f64; 4], expect: &[Contest]| {
            let input = Grid::from_fn(2, 2, |i, j| input[2 * i + j]);
            let pooling = Pooling {
                input,
                kind: PoolingKind::Max,
                window: (2, 2),
                stride: (1, 1),
                padding: Padding::default(),
                ceil: false,
                count_padding: true,
            };
            let backward = Backward::new(Forward::Pooling(pooling), Grid::from_fn(1, 1, |_, _| 1.0)).unwrap();
            assert_eq!(backward.contests(), expect);
        };
        check([1.0, 2.0, 3.0, 4.0], &[]);
        check([1.0, 4.0, 4.0, 0.0], &[Contest { winner: (0, 1), other: (1, 0), tie: true }]);
        check([1.0, 4.0, 0.0, 4.005], &[Contest { winner: (1, 1), other: (0, 1), tie: false }]);
        check([1.0, 3.99, 0.0, 4.0], &[]);
    }
}
