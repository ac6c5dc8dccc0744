//! The lab as a `PyTorch` program.

use super::{ChannelsLab, counted};
use crate::{
    lab::pytorch::{IMPORTS, pad, pair, symmetric},
    nn::{reference::PaddingMode, shape::Padding},
    num::{Entry, Grid},
};

pub(super) fn program(lab: &ChannelsLab) -> String {
    let weights: Vec<&[Grid<Entry>]> = lab.filters.iter().map(Vec::as_slice).collect();
    let kernels = lab.filters.first().map_or(0, Vec::len);
    let mut parts = vec![
        IMPORTS.to_owned(),
        format!("# 1 example, {}\n", counted(lab.inputs.len(), "channel")),
        tensor("x", &[lab.inputs.as_slice()]),
        format!("# {} of {}\n", counted(lab.filters.len(), "filter"), counted(kernels, "kernel")),
        tensor("w", &weights),
        format!("b = torch.tensor([{}]).double()\n\n", list(&lab.biases)),
    ];
    if lab.sliding.flip {
        parts.push("w = w.flip(2, 3)  # F.conv2d is cross-correlation\n".to_owned());
    }
    let padding = lab.sliding.padding;
    let own = symmetric(padding) && lab.sliding.mode == PaddingMode::Zeros;
    if !own && padding != Padding::default() {
        parts.push(pad(padding, lab.sliding.mode));
    }
    parts.push("y = F.conv2d(x, w, b".to_owned());
    let mut argument = |name: &str, value: String, is_default: bool| {
        if !is_default {
            parts.push(format!(", {name}={value}"));
        }
    };
    argument("padding", pair((padding.top, padding.left)), !own || padding == Padding::default());
    argument("stride", pair(lab.sliding.stride), lab.sliding.stride == (1, 1));
    argument("dilation", pair(lab.sliding.dilation), lab.sliding.dilation == (1, 1));
    argument("groups", lab.groups.to_string(), lab.groups == 1);
    parts.push(")\nprint(y)\n".to_owned());
    parts.concat()
}

/// A list of stacks of planes as a tensor of four axes, named: one row a line.
fn tensor(name: &str, stacks: &[&[Grid<Entry>]]) -> String {
    let row = |cells: &[Entry]| ["[", &list(cells), "]"].concat();
    let nested = |parts: Vec<String>, between: &str| ["[", &parts.join(between), "]"].concat();
    let plane = |grid: &Grid<Entry>| nested(grid.iter_rows().map(row).collect(), ",\n       ");
    let stack = |planes: &&[Grid<Entry>]| nested(planes.iter().map(plane).collect(), ",\n      ");
    let stacks: Vec<_> = stacks.iter().map(stack).collect();
    format!("{name} = torch.tensor([\n    {},\n]).double()\n", stacks.join(",\n    "))
}

/// Numbers as Python reads them; what is none is `nan`, so that the program runs as far as the lab does.
fn list(entries: &[Entry]) -> String {
    let number = |entry: &Entry| if entry.value().is_some() { entry.typed() } else { "float('nan')".to_owned() };
    entries.iter().map(number).collect::<Vec<_>>().join(", ")
}
