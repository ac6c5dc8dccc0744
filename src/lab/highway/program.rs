//! The lab as a `PyTorch` program.

use super::{HighwayLab, HighwayView};
use crate::{
    lab::pytorch::{IMPORTS, tensor},
    nn::reference::Activation,
    num::Entry,
    trace::Skip,
};

pub(super) fn program(lab: &HighwayLab) -> String {
    let backward = lab.view == HighwayView::Backward;
    let number = |entry: &Entry| if entry.value().is_some() { entry.typed() } else { "float('nan')".to_owned() };
    let x = tensor("x", &lab.input, "");
    let x = if backward { [x.trim_end(), ".requires_grad_()\n"].concat() } else { x };
    let mut parts = vec![IMPORTS.to_owned(), x];
    let deep = lab.view == HighwayView::Depth;
    if !deep {
        parts.push(tensor("w", lab.weights.cells(), ""));
    }
    if lab.has_gate() {
        parts.push(tensor("v", lab.gate_weights.cells(), ""));
    }
    parts.push("\n".to_owned());
    if lab.has_gate() {
        parts.push(format!("t = torch.sigmoid(v @ x + {})\n", number(&lab.gate_bias)));
    }
    if deep {
        let carried = match lab.skip {
            Skip::Highway => "1 - t",
            Skip::Residual => "torch.ones_like(x)",
            Skip::Plain => "torch.zeros_like(x)",
        };
        parts.push(format!("print(({carried}) ** {})\n", lab.layers));
        return parts.concat();
    }
    let function = if lab.activation == Activation::Relu { "relu" } else { "tanh" };
    parts.push(format!("h = torch.{function}(w @ x + {})\n", number(&lab.bias)));
    parts.push(
        match lab.skip {
            Skip::Highway => "y = t * h + (1 - t) * x\n",
            Skip::Residual => "y = h + x\n",
            Skip::Plain => "y = h\n",
        }
        .to_owned(),
    );
    if backward {
        parts.push(tensor("dy", lab.upstream.cells(), ""));
        parts.push("\ny.backward(dy)\nprint(x.grad)\n".to_owned());
    } else {
        parts.push("print(y)\n".to_owned());
    }
    parts.concat()
}
