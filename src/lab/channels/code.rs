//! The lab as a `PyTorch` program.

use super::{ChannelsLab, problem::counted};
use crate::{
    lab::pytorch::{IMPORTS, pad, pair, symmetric},
    nn::{reference::PaddingMode, shape::Padding},
    num::{Entry, Grid},
};

pub(super) fn code(lab: &ChannelsLab) -> String {
    let (channels, filters) = (lab.inputs.len(), lab.filters.len());
    let kernels = lab.filters.first().map_or(0, Vec::len);
    let mut code = String::from(IMPORTS);
    code.push_str(&format!(
        "# 1 example, {}\nx = {}\n",
        counted(channels, "channel"),
        tensor(&[lab.inputs.as_slice()])
    ));
    let weights: Vec<&[Grid<Entry>]> = lab.filters.iter().map(Vec::as_slice).collect();
    code.push_str(&format!(
        "# {} of {}\nw = {}\n",
        counted(filters, "filter"),
        counted(kernels, "kernel"),
        tensor(&weights)
    ));
    let biases = lab.biases.iter().map(number).collect::<Vec<_>>().join(", ");
    code.push_str(&format!("b = torch.tensor([{biases}]).double()\n\n"));
    if lab.sliding.flip {
        code.push_str("w = w.flip(2, 3)  # F.conv2d is cross-correlation\n");
    }
    let padding = lab.sliding.padding;
    let mut arguments = String::new();
    if padding != Padding::default() {
        if symmetric(padding) && lab.sliding.mode == PaddingMode::Zeros {
            arguments.push_str(&format!(", padding={}", pair((padding.top, padding.left))));
        } else {
            code.push_str(&pad(padding, lab.sliding.mode));
        }
    }
    if lab.sliding.stride != (1, 1) {
        arguments.push_str(&format!(", stride={}", pair(lab.sliding.stride)));
    }
    if lab.sliding.dilation != (1, 1) {
        arguments.push_str(&format!(", dilation={}", pair(lab.sliding.dilation)));
    }
    if lab.groups != 1 {
        arguments.push_str(&format!(", groups={}", lab.groups));
    }
    code.push_str(&format!("y = F.conv2d(x, w, b{arguments})\nprint(y)\n"));
    code
}

/// A list of stacks of planes: one row a line.
fn tensor(stacks: &[&[Grid<Entry>]]) -> String {
    let row = |cells: &[Entry]| format!("[{}]", cells.iter().map(number).collect::<Vec<_>>().join(", "));
    let plane = |grid: &Grid<Entry>| format!("[{}]", grid.iter_rows().map(row).collect::<Vec<_>>().join(",\n       "));
    let stack =
        |planes: &&[Grid<Entry>]| format!("[{}]", planes.iter().map(plane).collect::<Vec<_>>().join(",\n      "));
    format!("torch.tensor([\n    {},\n]).double()", stacks.iter().map(stack).collect::<Vec<_>>().join(",\n    "))
}

/// A number as Python reads it; what is none is `nan`, so that the program runs as far as the lab does.
fn number(entry: &Entry) -> String {
    if entry.value().is_some() { entry.typed() } else { "float('nan')".to_owned() }
}
