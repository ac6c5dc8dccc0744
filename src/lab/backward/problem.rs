//! What stands in the way of the gradients, and what would repair it.

use super::{BackwardLab, ForwardKind, MAX_PRODUCTS, UPSTREAM};
use crate::{
    lab::{
        OperationLab,
        control::{ControlId, Value},
        operation::{Action, Problem, Repair},
        pooled::{Pooled, pooled_past_limit},
        problem::{AskedGrid, unreadable, unreadable_text},
        scene::PlateId,
        sliding::Sliding,
    },
    nn::{reference::PaddingMode, shape::ShapeError},
    num::{Entry, format},
    trace::{Backward, Convolution, Forward, Pooling},
};

impl BackwardLab {
    /// The operation and its upstream gradient in numbers, whatever view is shown, or what stands in the way.
    ///
    /// # Errors
    /// The first [`Problem`], with its repair.
    pub fn backward(&self) -> Result<Backward, Problem> {
        self.backward_after(None)
    }

    /// The same, whose output may follow from that of `before`.
    pub(super) fn backward_after(&self, before: Option<&Backward>) -> Result<Backward, Problem> {
        let Some(input) = self.input.try_map(Entry::value) else { return Err(self.unreadable()) };
        let forward = match self.operation {
            ForwardKind::Convolution => {
                let (Some(kernel), Some(bias)) = (self.kernel.try_map(Entry::value), self.bias.value()) else {
                    return Err(self.unreadable());
                };
                if let Some(problem) = self.sliding().past_limit() {
                    return Err(problem);
                }
                let BackwardLab { padding, stride, dilation, .. } = *self;
                let mode = PaddingMode::Zeros;
                Forward::Convolution(Convolution { input, kernel, bias, padding, mode, stride, dilation, flip: false })
            }
            ForwardKind::Pooling(kind) => {
                let BackwardLab { padding, stride, window, count_padding, .. } = *self;
                if let Some(problem) = pooled_past_limit(padding, window, stride) {
                    return Err(problem);
                }
                Forward::Pooling(Pooling { input, kind, window, stride, padding, ceil: false, count_padding })
            }
        };
        let shape = match &forward {
            Forward::Convolution(convolution) => convolution.output_shape(),
            Forward::Pooling(pooling) => pooling.output_shape(),
        };
        let size = shape.map_err(|error| self.misfit(error))?;
        if self.upstream.cells().shape() != size {
            return Err(self.other_size(size));
        }
        let Some(upstream) = self.upstream.cells().try_map(Entry::value) else { return Err(self.unreadable()) };
        Backward::after(before, forward, upstream).map_err(|error| self.misfit(error))
    }

    /// The settings that a convolution has alike with the other labs.
    pub(super) fn sliding(&self) -> Sliding {
        let BackwardLab { padding, stride, dilation, .. } = *self;
        Sliding { padding, stride, dilation, ..Sliding::default() }
    }

    /// The first cell that is no number.
    fn unreadable(&self) -> Problem {
        let asked = |plate, control, name: &str, cells| AskedGrid { plate, control, name: name.to_owned(), cells };
        let convolution = self.is_convolution();
        let input = asked(PlateId::Input(0), ControlId::INPUT, "Input", &self.input);
        let kernel = asked(PlateId::KERNEL, ControlId::KERNEL, "Kernel", &self.kernel);
        let upstream = asked(UPSTREAM, ControlId::UPSTREAM, "Upstream gradient", self.upstream.cells());
        unreadable([Some(input), convolution.then_some(kernel)].into_iter().flatten())
            .or_else(|| if convolution { unreadable_text(ControlId::BIAS, "bias", &self.bias, "0") } else { None })
            .or_else(|| unreadable([upstream]))
            .unwrap_or_else(start_over)
    }

    /// An upstream gradient that is not as large as the output.
    fn other_size(&self, (rows, cols): (usize, usize)) -> Problem {
        let found = self.upstream.cells().shape();
        let shape = format::shape(&[rows, cols]);
        Problem {
            control: ControlId::UPSTREAM,
            sentence: format!(
                "The upstream gradient is {}, the output {shape}: each output has one gradient.",
                format::shape(&[found.0, found.1])
            ),
            repairs: vec![Repair::new(format!("Make it {shape}"), Action::Resize { plate: UPSTREAM, rows, cols })],
        }
    }

    /// What `error` means for the controls.
    pub(super) fn misfit(&self, error: ShapeError) -> Problem {
        match self.operation {
            ForwardKind::Convolution => {
                self.sliding().misfit(error, self.input.shape(), self.kernel.shape(), PlateId::KERNEL)
            }
            ForwardKind::Pooling(_) => {
                let BackwardLab { padding, stride, window, .. } = *self;
                let pooled = Pooled { input: self.input.shape(), window, stride, padding };
                pooled.misfit(error).unwrap_or_else(start_over)
            }
        }
    }

    /// Finite differences that would take too long.
    pub(super) fn past_products(&self, backward: &Backward) -> Option<Problem> {
        let products = backward.products();
        (products > MAX_PRODUCTS).then(|| {
            let sentence = format!(
                "Changing every number would take about {} products; up to {} are computed.",
                format::count(products as u64),
                format::count(MAX_PRODUCTS as u64)
            );
            self.too_much(sentence)
        })
    }

    /// A view that has too much to show: another one, or a smaller input.
    pub(super) fn too_much(&self, sentence: String) -> Problem {
        const SMALL: usize = 16;
        let mut repairs = vec![Repair::new("Show the steps", Action::Set(ControlId::VIEW, Value::Choice(0)))];
        let (rows, cols) = (self.input.rows().min(SMALL), self.input.cols().min(SMALL));
        if (rows, cols) != self.input.shape() {
            let action = Action::Resize { plate: PlateId::Input(0), rows, cols };
            repairs.push(Repair::new(format!("Use a {rows} × {cols} input"), action));
        }
        Problem { control: ControlId::VIEW, sentence, repairs }
    }
}

/// The way out where no other is known: the default.
pub(super) fn start_over() -> Problem {
    Problem {
        control: ControlId::INPUT,
        sentence: "These settings can't be computed.".into(),
        repairs: vec![Repair::new("Start over", Action::Open(Box::new(OperationLab::of(BackwardLab::default()))))],
    }
}
