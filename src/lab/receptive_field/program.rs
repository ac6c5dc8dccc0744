//! The lab as a `PyTorch` program.

use super::{ReceptiveFieldLab, layer_name, unusual};
use crate::{lab::pytorch::IMPORTS, trace::LayerKind};

/// Counts the paths by going back: with weights of 1 the gradient of the cell is their number.
pub(super) fn program(lab: &ReceptiveFieldLab) -> String {
    let (height, width) = lab.stack.size;
    let mut code = [
        IMPORTS,
        "\ndef ones(k):  # weights of 1: the gradient then counts paths\n    return torch.ones(1, 1, k, k)\n\n\n",
        &format!("x = torch.zeros(1, 1, {height}, {width}, requires_grad=True)\n"),
    ]
    .concat();
    let mut input = "x";
    for layer in lab.stack.layers.iter().take(lab.looking_layer()) {
        let settings =
            unusual(*layer).flat_map(|(name, value)| [", ".into(), name.into(), "=".into(), value.to_string()]);
        let settings: String = settings.collect();
        let kernel = layer.kernel.to_string();
        let note = match layer.kind {
            LayerKind::Convolution => "",
            // The gradient of a maximum would go to one cell alone, the winner of this input.
            LayerKind::MaxPooling => ": any of its cells can win",
            LayerKind::AveragePooling => ": all of its cells count",
        };
        let name = layer_name(*layer);
        let parts = ["y = F.conv2d(", input, ", ones(", &kernel, ")", &settings, ")  # ", &name, note, "\n"];
        code.push_str(&parts.concat());
        input = "y";
    }
    let cell = match lab.fit() {
        Ok(fit) => format!("{}, {}", fit.at.0, fit.at.1),
        Err(_) => "y.shape[2] // 2, y.shape[3] // 2".to_owned(),
    };
    code.push_str(&["y[0, 0, ", &cell, "].backward()  # the cell that looks\npaths = x.grad[0, 0]\n"].concat());
    code.push_str("print(paths)\nprint((paths > 0).sum().item(), \"of\", paths.numel(), \"input cells are seen\")\n");
    code
}
