//! The lab as a `PyTorch` program.

use super::{Direction, PoolingLab};
use crate::{
    formula::PooledSize,
    lab::{
        operation::Operation as _,
        pytorch::{IMPORTS, pair, symmetric, tensor},
    },
    nn::shape::Padding,
    num::Grid,
    trace::PoolingKind,
};

pub(super) fn program(lab: &PoolingLab) -> String {
    let x = tensor("x", &lab.input, "1, 1, ");
    let lines = by_hand(lab);
    let direct = || call(lab, "x", &own_padding(lab.padding));
    let body = match lab.shift {
        None => {
            let y = lines.map_or_else(|| ["y = ", &direct()].concat(), |lines| lines.join("\n"));
            [&y, "\nprint(y)\nprint(y.shape)\n"].concat()
        }
        Some(direction) => {
            let y = lines.map_or_else(
                || ["return ", &direct()].concat(),
                |lines| [lines.join("\n    "), "return y".to_owned()].join("\n    "),
            );
            ["def pool(x):\n    ", &y, "\n\n", &comparison(direction)].concat()
        }
    };
    [IMPORTS, x.trim_end(), "\n\n", &body].concat()
}

/// The lines that make y of x, whatever is done with it afterwards.
pub(in crate::lab) fn output(lab: &PoolingLab) -> String {
    by_hand(lab).map_or_else(|| ["y = ", &call(lab, "x", &own_padding(lab.padding))].concat(), |lines| lines.join("\n"))
}

/// Both outputs, and how many cells differ.
fn comparison(direction: Direction) -> String {
    // A negative padding cuts off.
    let pad = match direction {
        Direction::Left => "(-1, 1, 0, 0)",
        Direction::Right => "(1, -1, 0, 0)",
        Direction::Up => "(0, 0, -1, 1)",
        Direction::Down => "(0, 0, 1, -1)",
    };
    // A mean over the same numbers in another order may differ in its last digit.
    [
        "shifted = F.pad(x, ",
        pad,
        ")  # ",
        direction.side(),
        " by one, zeros come in\ny, y_shifted = pool(x), pool(shifted)\nprint(y)\nprint(y.shape)\nprint(y_shifted)\n",
        "print((shifted != x).sum().item(), \"of\", x.numel(), \"input cells change\")\n",
        "print((~torch.isclose(y_shifted, y)).sum().item(), \"of\", y.numel(), \"pooled cells change\")\n",
    ]
    .concat()
}

fn own_padding(padding: Padding) -> String {
    if padding == Padding::default() {
        String::new()
    } else {
        format!(", padding={}", pair((padding.top, padding.left)))
    }
}

/// The pooling of `x`, with `padding` as an argument.
fn call(lab: &PoolingLab, x: &str, padding: &str) -> String {
    let (function, count_padding) = match lab.kind {
        PoolingKind::Max => ("max_pool2d", ""),
        PoolingKind::Average if lab.count_padding || padding.is_empty() => ("avg_pool2d", ""),
        PoolingKind::Average => ("avg_pool2d", ", count_include_pad=False"),
    };
    let (window, stride) = (pair(lab.window), pair(lab.stride));
    let ceil = if lab.ceil { ", ceil_mode=True" } else { "" };
    format!("F.{function}({x}, {window}, stride={stride}{padding}{ceil}{count_padding})")
}

/// Lines that pad before they pool, where the functions' own argument can't: sides that differ, or more than half of the
/// window.
fn by_hand(lab: &PoolingLab) -> Option<Vec<String>> {
    let Padding { top, bottom, left, right } = lab.padding;
    if symmetric(lab.padding) && lab.past_half().is_none() {
        return None;
    }
    let sides = format!("({left}, {right}, {top}, {bottom})");
    let value = if lab.kind == PoolingKind::Max { ", value=-torch.inf" } else { "" };
    let mut lines = vec![format!("padded = F.pad(x, {sides}{value})  # left, right, top, bottom")];
    let pooled = call(lab, "padded", "");
    if lab.kind == PoolingKind::Average && !lab.count_padding {
        lines.push(format!("inside = F.pad(torch.ones_like(x), {sides})"));
        let counted = call(lab, "inside", "");
        lines.push(format!("y = {pooled} / {counted}"));
    } else {
        lines.push(format!("y = {pooled}"));
    }
    // Padding that is part of the input lets a last window start in it, which pooling's own padding does not.
    if lab.sizes().iter().any(PooledSize::drops_one)
        && let Some((rows, cols)) = lab.compute().ok().and_then(|computed| computed.output().first().map(Grid::shape))
    {
        lines.push(format!("y = y[:, :, :{rows}, :{cols}]  # no window starts in the padding"));
    }
    Some(lines)
}
