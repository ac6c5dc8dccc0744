//! The lab as a `PyTorch` program.

use super::{BackwardLab, ForwardKind};
use crate::{
    lab::{
        PoolingLab,
        pooling::program::output,
        pytorch::{IMPORTS, pad, pair, symmetric, tensor},
    },
    nn::{reference::PaddingMode, shape::Padding},
};

pub(super) fn program(lab: &BackwardLab) -> String {
    let leaf = |text: String| [text.trim_end(), ".requires_grad_()\n"].concat();
    let mut parts = vec![IMPORTS.to_owned(), leaf(tensor("x", &lab.input, "1, 1, "))];
    let mut printed = vec!["x"];
    match lab.operation {
        ForwardKind::Convolution => {
            let bias = if lab.bias.value().is_some() { lab.bias.typed() } else { "float('nan')".to_owned() };
            parts.push(leaf(tensor("w", &lab.kernel, "1, 1, ")));
            parts.push(format!("b = torch.tensor([{bias}]).double().requires_grad_()\n\n"));
            parts.push(convolution(lab));
            printed.extend(["w", "b"]);
        }
        ForwardKind::Pooling(kind) => {
            let BackwardLab { window, stride, padding, count_padding, .. } = *lab;
            let input = lab.input.clone();
            let pooling = PoolingLab { input, kind, window, stride, padding, count_padding, ..PoolingLab::default() };
            parts.push(["\n", &output(&pooling), "\n"].concat());
        }
    }
    parts.push(tensor("dy", lab.upstream.cells(), "1, 1, "));
    parts.push("\ny.backward(dy)\n".to_owned());
    parts.extend(printed.iter().map(|name| format!("print({name}.grad)\n")));
    parts.concat()
}

fn convolution(lab: &BackwardLab) -> String {
    let argument = |name: &str, value: (usize, usize), usual: (usize, usize)| {
        if value == usual { String::new() } else { format!(", {name}={}", pair(value)) }
    };
    let Padding { top, left, .. } = lab.padding;
    let (before, input, padding) = if symmetric(lab.padding) {
        (String::new(), "x", argument("padding", (top, left), (0, 0)))
    } else {
        (pad(lab.padding, PaddingMode::Zeros).replace("x = ", "padded = "), "padded", String::new())
    };
    let stride = argument("stride", lab.stride, (1, 1));
    let dilation = argument("dilation", lab.dilation, (1, 1));
    format!("{before}y = F.conv2d({input}, w, b{padding}{stride}{dilation})\n")
}
