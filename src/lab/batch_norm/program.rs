//! The lab as a `PyTorch` program.

use super::{BatchNormLab, Fitted, NormView};
use crate::{
    lab::pytorch::{IMPORTS, tensor},
    num::Entry,
};

pub(super) fn program(lab: &BatchNormLab) -> String {
    let forward = lab.view == NormView::Forward;
    let leaf = |text: String| if forward { text } else { [text.trim_end(), ".requires_grad_()\n"].concat() };
    let row = |name: &str, grid: &Fitted| [tensor(name, grid.cells(), "").trim_end(), ".flatten()\n"].concat();
    let number = |entry: &Entry| if entry.value().is_some() { entry.typed() } else { "float('nan')".to_owned() };
    let training = if lab.trains() { "True" } else { "False" };
    let mut parts = vec![
        IMPORTS.to_owned(),
        leaf(tensor("x", &lab.input, "")),
        leaf(row("gamma", &lab.gamma)),
        leaf(row("beta", &lab.beta)),
        row("running_mean", &lab.mean),
        row("running_var", &lab.variance),
        format!(
            "\ny = F.batch_norm(x, running_mean, running_var, gamma, beta, training={training}, momentum={}, eps={})\n",
            number(&lab.momentum),
            number(&lab.epsilon)
        ),
    ];
    if forward {
        parts.push("print(y)\n".to_owned());
        if lab.trains() {
            parts.push("print(running_mean)  # moved by the call\nprint(running_var)\n".to_owned());
        }
    } else {
        parts.push(tensor("dy", lab.upstream.cells(), ""));
        parts.push("\ny.backward(dy)\nprint(x.grad)\nprint(gamma.grad)\nprint(beta.grad)\n".to_owned());
    }
    parts.concat()
}
