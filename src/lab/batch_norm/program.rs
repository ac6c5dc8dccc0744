//! The lab as a `PyTorch` program.

use super::{BatchNormLab, NormView};
use crate::{
    lab::{
        fitted::Fitted,
        pytorch::{IMPORTS, tensor},
    },
    num::Entry,
};

pub(super) fn program(lab: &BatchNormLab) -> String {
    let forward = lab.view == NormView::Forward;
    let leaf = |text: String| if forward { text } else { [text.trim_end(), ".requires_grad_()\n"].concat() };
    let row = |name: &str, grid: &Fitted| [tensor(name, grid.cells(), "").trim_end(), ".flatten()\n"].concat();
    let number = |entry: &Entry| if entry.value().is_some() { entry.typed() } else { "float('nan')".to_owned() };
    let momentum = number(&lab.momentum);
    let mut parts = vec![
        IMPORTS.to_owned(),
        leaf(tensor("x", &lab.input, "")),
        leaf(row("gamma", &lab.gamma)),
        leaf(row("beta", &lab.beta)),
        row("running_mean", &lab.mean),
        row("running_var", &lab.variance),
        "\n".to_owned(),
    ];
    if lab.epsilon.value() == Some(0.0) {
        parts.push(by_hand(lab, &momentum));
    } else {
        let training = if lab.trains() { "True" } else { "False" };
        let epsilon = number(&lab.epsilon);
        parts.push(format!(
            "y = F.batch_norm(x, running_mean, running_var, gamma, beta, training={training}, momentum={momentum}, \
             eps={epsilon})\n"
        ));
    }
    if forward {
        parts.push("print(y)\n".to_owned());
        if lab.trains() {
            parts.push("print(running_mean)\nprint(running_var)\n".to_owned());
        }
    } else {
        parts.push(tensor("dy", lab.upstream.cells(), ""));
        parts.push("\ny.backward(dy)\nprint(x.grad)\nprint(gamma.grad)\nprint(beta.grad)\n".to_owned());
    }
    parts.concat()
}

/// Without ε, which `PyTorch`'s own function asks for since 2.10.
fn by_hand(lab: &BatchNormLab, momentum: &str) -> String {
    let statistics = if lab.trains() {
        "mean, var = x.mean(0), x.var(0, unbiased=False)"
    } else {
        "mean, var = running_mean, running_var"
    };
    let moved = if lab.trains() && lab.view == NormView::Forward {
        format!(
            "running_mean = (1 - {momentum}) * running_mean + {momentum} * mean\n\
             running_var = (1 - {momentum}) * running_var + {momentum} * x.var(0)\n"
        )
    } else {
        String::new()
    };
    format!("{statistics}  # F.batch_norm takes no eps of 0\ny = (x - mean) / var.sqrt() * gamma + beta\n{moved}")
}
