//! The lab as a `PyTorch` program.

use super::{ConvolutionLab, View};
use crate::{
    lab::{
        operation::Operation as _,
        pytorch::{IMPORTS, pad, pair, symmetric, tensor},
    },
    nn::{reference::PaddingMode, shape::Padding},
};

pub(super) fn code(lab: &ConvolutionLab) -> String {
    let mut code = String::from(IMPORTS);
    code.push_str(&tensor("x", &lab.input, "1, 1, "));
    code.push_str(&tensor("w", &lab.kernel, "1, 1, "));
    let bias = if lab.bias.value().is_some() { lab.bias.typed() } else { "float('nan')".to_owned() };
    code.push_str(&format!("b = torch.tensor([{bias}]).double()\n\n"));
    if lab.sliding.flip {
        code.push_str("w = w.flip(2, 3)  # F.conv2d is cross-correlation\n");
    }
    if lab.transposed {
        transposed(lab, &mut code);
    } else if lab.shown_view() == View::Conventions && lab.compute().is_ok() {
        for (name, counted) in [("above", lab.compared.0), ("below", lab.compared.1)] {
            let sides = counted.sides(lab.counted_padding(), &lab.sliding, lab.input.shape(), lab.kernel.shape());
            let padded = pad(sides, lab.sliding.mode).replace("x = ", &format!("{name} = "));
            code.push_str(&format!("# {}\n{padded}", counted.name()));
            code.push_str(&format!("print(F.conv2d({name}, w, b{}))\n", steps(lab)));
        }
    } else {
        let padding = lab.sliding.padding;
        let own = symmetric(padding) && lab.sliding.mode == PaddingMode::Zeros;
        if !own && padding != Padding::default() {
            code.push_str(&pad(padding, lab.sliding.mode));
        }
        let argument = if own && padding != Padding::default() {
            format!(", padding={}", pair((padding.top, padding.left)))
        } else {
            String::new()
        };
        code.push_str(&format!("y = F.conv2d(x, w, b{argument}{})\nprint(y)\n", steps(lab)));
    }
    code
}

fn steps(lab: &ConvolutionLab) -> String {
    let mut arguments = String::new();
    if lab.sliding.stride != (1, 1) {
        arguments.push_str(&format!(", stride={}", pair(lab.sliding.stride)));
    }
    if lab.sliding.dilation != (1, 1) {
        arguments.push_str(&format!(", dilation={}", pair(lab.sliding.dilation)));
    }
    arguments
}

fn transposed(lab: &ConvolutionLab, code: &mut String) {
    let padding = lab.sliding.padding;
    let own = symmetric(padding);
    let mut arguments = steps(lab);
    if own && padding != Padding::default() {
        arguments.push_str(&format!(", padding={}", pair((padding.top, padding.left))));
    }
    if lab.output_padding != (0, 0) {
        arguments.push_str(&format!(", output_padding={}", pair(lab.output_padding)));
    }
    code.push_str(&format!("y = F.conv_transpose2d(x, w, b{arguments})\n"));
    if !own {
        let Padding { top, bottom, left, right } = padding;
        code.push_str(&format!(
            "y = y[:, :, {top}:y.shape[2] - {bottom}, {left}:y.shape[3] - {right}]  # unequal padding is cut off by hand\n"
        ));
    }
    code.push_str("print(y)\n");
}
