//! The lab as a `PyTorch` program.

use super::{WhyLab, WhyView};
use crate::{
    lab::pytorch::{IMPORTS, pair, tensor},
    num::{Entry, Grid, Matrix},
};

pub(super) fn program(lab: &WhyLab) -> String {
    match lab.view {
        WhyView::Count => count(lab),
        WhyView::Connections => connections(lab),
        WhyView::Shift => shift(lab),
    }
}

/// Layers without memory: only their shapes are made.
fn count(lab: &WhyLab) -> String {
    let WhyLab { size: (rows, cols), channels, units, window, filters, stride, padding, .. } = lab;
    let kernel = pair(*window);
    format!(
        "import torch
from torch import nn

# Layers on the meta device have shapes and no numbers: they need no memory.
image = torch.empty(1, {channels}, {rows}, {cols}, device=\"meta\")
dense = nn.Linear(image.numel(), {units}, device=\"meta\")
conv = nn.Conv2d({channels}, {filters}, {kernel}, stride={stride}, padding={padding}, device=\"meta\")

def parameters(layer):
    return layer.weight.numel() + layer.bias.numel()

outputs = conv(image).numel()
dense_macs = dense.weight.numel()
conv_macs = outputs * conv.weight[0].numel()

counts = torch.tensor([
    [image.numel(), dense.weight.numel(), parameters(dense), parameters(dense) * 4],
    [conv.weight.numel(), parameters(conv), parameters(conv) * 4, dense.weight.numel() / conv.weight.numel()],
    [dense_macs, outputs, conv_macs, conv_macs / dense_macs],
], dtype=torch.float64)
print(counts)
"
    )
}

fn entries(matrix: &Matrix) -> Grid<Entry> {
    matrix.map(|&value| Entry::Number(value))
}

/// The three layers on a row; where nothing is connected the matrices hold 0.
fn connections(lab: &WhyLab) -> String {
    let mut text = [IMPORTS, &tensor("x", &lab.row, "1, "), &tensor("k", &lab.taps, "1, ")].concat();
    if let Ok(connections) = lab.connections() {
        let (full, local) = connections.matrices();
        text.push_str(&tensor("full", &entries(&full), ""));
        text.push_str(&tensor("local", &entries(&local), ""));
    }
    let WhyLab { stride, padding, .. } = lab;
    let program = format!(
        "
shared = F.conv1d(x, k, stride={stride}, padding={padding})
y = torch.stack([full @ x[0, 0], local @ x[0, 0], shared[0, 0]])
print(y)
print(y.shape)
"
    );
    [text, program].concat()
}

/// Both layers before and after the shift.
fn shift(lab: &WhyLab) -> String {
    let mut text = [IMPORTS, &tensor("x", &lab.input, "1, 1, "), &tensor("k", &lab.kernel, "1, 1, ")].concat();
    let shape = lab.shifted().map_or((1, 1), |shifted| shifted.after().shape());
    text.push_str(&tensor("w", &entries(&lab.dense_weights(shape.0 * shape.1)), ""));
    let WhyLab { stride, padding, shift, .. } = lab;
    let (down, right) = (shift.down, shift.right);
    let program = format!(
        "
def conv(x):
    return F.conv2d(x, k, stride={stride}, padding={padding})

def dense(x):
    return (w @ x.flatten()).reshape({}, {})

shifted = F.pad(x, ({right}, {}, {down}, {}))  # {}, zeros come in
print(conv(x))
print(conv(shifted))
print(dense(x))
print(dense(shifted))
print(conv(x).shape)
",
        shape.0,
        shape.1,
        -right,
        -down,
        shift.name()
    );
    [text, program].concat()
}
