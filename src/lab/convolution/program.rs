//! The lab as a `PyTorch` program.

use super::{ConvolutionLab, ConvolutionView};
use crate::{
    lab::{
        operation::Operation as _,
        pytorch::{IMPORTS, pad, pair, symmetric, tensor},
    },
    nn::{reference::PaddingMode, shape::Padding},
};

pub(super) fn program(lab: &ConvolutionLab) -> String {
    let bias = if lab.bias.value().is_some() { lab.bias.typed() } else { "float('nan')".to_owned() };
    let mut parts = vec![
        IMPORTS.to_owned(),
        tensor("x", &lab.input, "1, 1, "),
        tensor("w", &lab.kernel, "1, 1, "),
        format!("b = torch.tensor([{bias}]).double()\n\n"),
    ];
    if lab.sliding.flip {
        parts.push("w = w.flip(2, 3)  # F.conv2d is cross-correlation\n".to_owned());
    }
    if lab.transposed {
        transposed(lab, &mut parts);
    } else if lab.shown_view() == ConvolutionView::Conventions && lab.compute().is_ok() {
        for (name, counted) in [("above", lab.compared.0), ("below", lab.compared.1)] {
            let sides = counted.sides(lab.counted_padding(), &lab.sliding, lab.input.shape(), lab.kernel.shape());
            let padded = pad(sides, lab.sliding.mode).replace("x = ", &[name, " = "].concat());
            parts.push(format!("# {}\n{padded}print(F.conv2d({name}, w, b{}))\n", counted.name(), steps(lab)));
        }
    } else {
        let padding = lab.sliding.padding;
        let own = symmetric(padding) && lab.sliding.mode == PaddingMode::Zeros;
        if !own && padding != Padding::default() {
            parts.push(pad(padding, lab.sliding.mode));
        }
        let argument = if own { padding_argument(padding) } else { String::new() };
        parts.push(format!("y = F.conv2d(x, w, b{argument}{})\nprint(y)\n", steps(lab)));
    }
    parts.concat()
}

fn padding_argument(padding: Padding) -> String {
    if padding == Padding::default() {
        return String::new();
    }
    format!(", padding={}", pair((padding.top, padding.left)))
}

fn steps(lab: &ConvolutionLab) -> String {
    let argument = |name: &str, value: (usize, usize)| {
        if value == (1, 1) { String::new() } else { format!(", {name}={}", pair(value)) }
    };
    [argument("stride", lab.sliding.stride), argument("dilation", lab.sliding.dilation)].concat()
}

fn transposed(lab: &ConvolutionLab, parts: &mut Vec<String>) {
    let padding = lab.sliding.padding;
    let own = symmetric(padding);
    let mut arguments = vec![steps(lab)];
    if own {
        arguments.push(padding_argument(padding));
    }
    if lab.output_padding != (0, 0) {
        arguments.push(format!(", output_padding={}", pair(lab.output_padding)));
    }
    parts.push(format!("y = F.conv_transpose2d(x, w, b{})\n", arguments.concat()));
    if !own {
        let Padding { top, bottom, left, right } = padding;
        parts.push(format!(
            "y = y[:, :, {top}:y.shape[2] - {bottom}, {left}:y.shape[3] - {right}]  # unequal padding is cut off by hand\n"
        ));
    }
    parts.push("print(y)\n".to_owned());
}
