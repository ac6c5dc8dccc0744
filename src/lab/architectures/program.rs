//! A network as a `PyTorch` program, which prints its parameters and the shape of what it makes.

use crate::{
    lab::pytorch::{pair, symmetric},
    model::{
        Architecture, Counted, Features, Function, Layer, PoolKind, Shortcut, counts, parameter_names, shortcut_strides,
    },
    nn::shape::Padding,
    num::format,
};

/// The program; of a network whose layers do not fit up to the one that does not.
pub fn program(network: &Architecture) -> String {
    let (counted, misfit) = counts(&network.layers, network.input);
    let names = parameter_names(&network.layers);
    let mut body = String::new();
    let mut own: Vec<&'static str> = Vec::new();
    let mut depth = 1;
    let mut begins: Vec<(usize, Features)> = Vec::new();
    let mut input = network.input;
    for (at, (layer, row)) in network.layers.iter().zip(&counted).enumerate() {
        let name = names.get(at).map_or("layer", String::as_str);
        // The last part alone: blocks have names of their own around it.
        let name = name.rsplit('.').next().unwrap_or(name);
        match layer {
            Layer::BlockBegin(_) => {
                begins.push((at, input));
                own.push("block");
                push_line(&mut body, depth, &format!("(\"{name}\", Block(nn.Sequential(OrderedDict(["));
                depth += 1;
            }
            Layer::BlockEnd => {
                depth = depth.saturating_sub(1).max(1);
                let (shortcut, kind) = begins.pop().map_or_else(
                    || ("nn.Identity()".to_owned(), None),
                    |(begin, input)| (shortcut(&network.layers, begin, at, input, row), network.layers.get(begin)),
                );
                if let Some(Layer::BlockBegin(Shortcut::Padded)) = kind {
                    own.push("padded");
                }
                let gate = if matches!(kind, Some(Layer::BlockBegin(Shortcut::Gate))) { ", gate=True" } else { "" };
                push_line(&mut body, depth, &format!("])), {shortcut}{gate})),"));
            }
            layer => {
                if let (Layer::Linear { .. } | Layer::Distance { .. }, Features::Maps { .. }) = (layer, row.input) {
                    push_line(&mut body, depth, &format!("(\"flatten_{name}\", nn.Flatten()),"));
                }
                push_line(&mut body, depth, &format!("(\"{name}\", {}),", module(layer, row, &mut own)));
            }
        }
        input = row.count.output;
    }
    while depth > 1 {
        depth -= 1;
        push_line(&mut body, depth, "])), nn.Identity())),");
    }
    let mut head = String::from("from collections import OrderedDict\n\nimport torch\nfrom torch import nn\n");
    for (name, text) in CLASSES {
        if own.contains(name) {
            head.extend(["\n\n", *text]);
        }
    }
    let unfit =
        misfit.map(|misfit| format!("# Layer {} does not fit: {}\n", misfit.at + 1, misfit.error)).unwrap_or_default();
    let shape = network.input.extents().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    format!(
        "{head}\n\nnet = nn.Sequential(OrderedDict([\n{body}]))\n{unfit}\nprint(sum(p.numel() for p in net.parameters()), \"parameters\")\nnet.eval()\nwith torch.no_grad():\n    print(tuple(net(torch.zeros(1, {shape})).shape))\n"
    )
}

fn push_line(body: &mut String, depth: usize, text: &str) {
    body.push_str(&"    ".repeat(depth));
    body.extend([text, "\n"]);
}

fn module(layer: &Layer, row: &Counted, own: &mut Vec<&'static str>) -> String {
    let (channels, ..) = row.input.as_maps();
    let (out, ..) = row.count.output.as_maps();
    match *layer {
        Layer::Conv2d { kernel, stride, padding, dilation, groups, bias, .. } => {
            let mut text = format!("nn.Conv2d({channels}, {out}, {}", pair(kernel));
            argument(&mut text, "stride", &pair(stride), "1");
            if symmetric(padding) {
                argument(&mut text, "padding", &pair((padding.top, padding.left)), "0");
            }
            argument(&mut text, "dilation", &pair(dilation), "1");
            argument(&mut text, "groups", &groups.to_string(), "1");
            if !bias {
                text.push_str(", bias=False");
            }
            text.push(')');
            padded(padding, text)
        }
        Layer::TableConv2d => {
            own.push("table");
            "TableConv2d()".to_owned()
        }
        Layer::Pool2d { kind, kernel, stride, padding, ceil_mode } => {
            let name = if kind == PoolKind::Max { "nn.MaxPool2d" } else { "nn.AvgPool2d" };
            let mut text = format!("{name}({}", pair(kernel));
            argument(&mut text, "stride", &pair(stride), &pair(kernel));
            if symmetric(padding) {
                argument(&mut text, "padding", &pair((padding.top, padding.left)), "0");
            }
            if ceil_mode {
                text.push_str(", ceil_mode=True");
            }
            text.push(')');
            padded(padding, text)
        }
        Layer::Subsampling { window } => {
            own.push("subsampling");
            format!("Subsampling({channels}, {})", pair(window))
        }
        Layer::GlobalAverage => "nn.AdaptiveAvgPool2d(1)".to_owned(),
        Layer::Flatten => "nn.Flatten()".to_owned(),
        Layer::Linear { outputs, bias } => {
            format!("nn.Linear({}, {outputs}{})", row.input.values(), if bias { "" } else { ", bias=False" })
        }
        Layer::Distance { outputs } => {
            own.push("distance");
            format!("Distance({}, {outputs})", row.input.values())
        }
        Layer::Activation(Function::Relu) => "nn.ReLU()".to_owned(),
        Layer::Activation(Function::Sigmoid) => "nn.Sigmoid()".to_owned(),
        Layer::Activation(Function::Tanh) => "nn.Tanh()".to_owned(),
        Layer::Activation(Function::ScaledTanh) => {
            own.push("scaled");
            "ScaledTanh()".to_owned()
        }
        Layer::BatchNorm => match row.input {
            Features::Maps { .. } => format!("nn.BatchNorm2d({channels})"),
            Features::Vector { len } => format!("nn.BatchNorm1d({len})"),
        },
        Layer::Dropout(rate) => format!("nn.Dropout({})", format::ascii(rate.share())),
        Layer::LocalResponseNorm { size } => format!("nn.LocalResponseNorm({size}, alpha=1e-4, beta=0.75, k=2)"),
        Layer::BlockBegin(_) | Layer::BlockEnd => "nn.Identity()".to_owned(),
    }
}

fn argument(text: &mut String, name: &str, value: &str, usual: &str) {
    if value != usual {
        text.extend([", ", name, "=", value]);
    }
}

/// With zeros around, where an argument can't say it.
fn padded(padding: Padding, module: String) -> String {
    if symmetric(padding) {
        return module;
    }
    let Padding { top, bottom, left, right } = padding;
    format!("nn.Sequential(nn.ZeroPad2d(({left}, {right}, {top}, {bottom})), {module})")
}

/// What comes past a block that begins at `begin` and ends with `row`.
fn shortcut(layers: &[Layer], begin: usize, end: usize, input: Features, row: &Counted) -> String {
    let Some(Layer::BlockBegin(kind)) = layers.get(begin) else { return "nn.Identity()".to_owned() };
    let (channels, height, width) = input.as_maps();
    let (out, rows, cols) = row.count.output.as_maps();
    let strides = shortcut_strides((height, width), (rows, cols));
    let normalises = layers.get(begin..end).unwrap_or_default().contains(&Layer::BatchNorm);
    match (kind, input) {
        (Shortcut::Identity, _) => "nn.Identity()".to_owned(),
        (Shortcut::Padded, _) => format!("Padded({}, {}, {out})", strides.0, strides.1),
        (Shortcut::Gate, Features::Maps { .. }) => format!("nn.Conv2d({channels}, {out}, 1)"),
        (Shortcut::Gate | Shortcut::Projection, Features::Vector { len }) => format!("nn.Linear({len}, {out})"),
        (Shortcut::Projection, Features::Maps { .. }) => {
            let stride = if strides == (1, 1) { String::new() } else { format!(", stride={}", pair(strides)) };
            if normalises {
                format!("nn.Sequential(nn.Conv2d({channels}, {out}, 1{stride}, bias=False), nn.BatchNorm2d({out}))")
            } else {
                format!("nn.Conv2d({channels}, {out}, 1{stride})")
            }
        }
    }
}

/// What `PyTorch` has not.
const CLASSES: &[(&str, &str)] = &[
    (
        "block",
        "class Block(nn.Module):\n    def __init__(self, body, shortcut, gate=False):\n        super().__init__()\n        self.body, self.shortcut, self.gate = body, shortcut, gate\n\n    def forward(self, x):\n        y, s = self.body(x), self.shortcut(x)\n        return torch.sigmoid(s) * y + (1 - torch.sigmoid(s)) * x if self.gate else y + s\n",
    ),
    (
        "padded",
        "class Padded(nn.Module):\n    def __init__(self, rows, cols, channels):\n        super().__init__()\n        self.rows, self.cols, self.channels = rows, cols, channels\n\n    def forward(self, x):\n        x = x[:, :, :: self.rows, :: self.cols]\n        return nn.functional.pad(x, (0, 0, 0, 0, 0, self.channels - x.shape[1]))\n",
    ),
    (
        "scaled",
        "class ScaledTanh(nn.Module):\n    def forward(self, x):\n        return 1.7159 * torch.tanh(2 / 3 * x)\n",
    ),
    (
        "subsampling",
        "class Subsampling(nn.Module):\n    def __init__(self, channels, window):\n        super().__init__()\n        self.pool = nn.AvgPool2d(window, divisor_override=1)\n        self.weight = nn.Parameter(torch.full((channels, 1, 1), 0.25))\n        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))\n\n    def forward(self, x):\n        return self.weight * self.pool(x) + self.bias\n",
    ),
    ("table", TABLE_CLASS),
    (
        "distance",
        "class Distance(nn.Module):\n    # The paper draws the pictures by hand; here they are random.\n    def __init__(self, inputs, classes):\n        super().__init__()\n        self.register_buffer(\"pictures\", torch.randint(0, 2, (classes, inputs)) * 2.0 - 1)\n\n    def forward(self, x):\n        return ((x[:, None] - self.pictures) ** 2).sum(2)\n",
    ),
];

const TABLE_CLASS: &str = "class TableConv2d(nn.Module):\n    # Which maps each of the 16 filters reads.\n    table = [[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5], [0, 1, 2, 3], [1, 2, 3, 4],\n             [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5], [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5],\n             [0, 1, 2, 3, 4, 5]]\n\n    def __init__(self):\n        super().__init__()\n        self.filters = nn.ModuleList(nn.Conv2d(len(maps), 1, 5) for maps in self.table)\n\n    def forward(self, x):\n        return torch.cat([f(x[:, maps]) for f, maps in zip(self.filters, self.table)], 1)\n";

#[cfg(test)]
mod tests {
    use super::TABLE_CLASS;
    use crate::model::TABLE;

    #[test]
    fn the_table_of_the_program_is_the_models() {
        let table = TABLE.iter().map(|maps| format!("{maps:?}")).collect::<Vec<_>>().join(", ");
        let written =
            TABLE_CLASS.split_once("table = [").and_then(|(_, rest)| rest.split_once("]]")).map(|(rows, _)| rows);
        let written = written.map(|rows| format!("{rows}]").split_whitespace().collect::<Vec<_>>().join(" "));
        assert_eq!(written, Some(table));
    }
}
