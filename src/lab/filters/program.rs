//! The `PyTorch` program of a stack of filters.

use super::{FiltersLab, Pool};
use crate::{
    image::filter,
    lab::pytorch::{IMPORTS, pad, pair, symmetric, tensor},
    nn::{reference::PaddingMode, shape::Padding},
    num::Entry,
};

/// `PyTorch` code that filters a picture as on screen and prints what comes out. The picture is read from its file: a
/// program has no room for a quarter of a million pixels.
pub(super) fn program(lab: &FiltersLab) -> String {
    let file = lab.image.file().unwrap_or("picture.png");
    let planes = if lab.grey || lab.size().is_some_and(|(.., planes)| planes == 1) { "L" } else { "RGB" };
    let imports = IMPORTS.replace("import torch\n", "import numpy\nimport torch\n");
    let mut code = vec![
        imports.replace("\n\ntorch.set", "\nfrom PIL import Image\n\ntorch.set"),
        format!("x = numpy.array(Image.open(\"{file}\").convert(\"{planes}\"), dtype=float)\n"),
        // Planes are filtered one by one: they stand where the examples of a batch do.
        if planes == "L" {
            "x = torch.from_numpy(x)[None, None]\n".to_owned()
        } else {
            "x = torch.from_numpy(x).permute(2, 0, 1)[:, None]  # a batch of planes: red, green, blue\n".to_owned()
        },
    ];
    for (index, filter) in lab.filters.iter().enumerate() {
        let name = if lab.filters.len() > 1 { format!("k{}", index + 1) } else { "k".to_owned() };
        code.push("\n".to_owned());
        code.push(tensor(&name, &filter.kernel, "1, 1, "));
        if filter.normalise {
            code.push(format!("{name} = {name} / {name}.sum()\n"));
        }
        let padding = filter::padding(filter.kernel.shape());
        let mut arguments = String::new();
        if padding != Padding::default() {
            if symmetric(padding) && lab.edge == PaddingMode::Zeros {
                arguments = format!(", padding={}", pair((padding.top, padding.left)));
            } else {
                code.push(pad(padding, lab.edge));
            }
        }
        let bias = match &filter.bias {
            Entry::Unreadable(_) | Entry::Number(0.0) => String::new(),
            bias => format!(" + {}", bias.typed()),
        };
        code.push(format!("x = F.conv2d(x, {name}{arguments}){bias}\n"));
        if filter.relu {
            code.push("x = F.relu(x)\n".to_owned());
        }
        code.extend(match filter.pool {
            Pool::None => None,
            Pool::Max => Some("x = F.max_pool2d(x, 2)\n".to_owned()),
            Pool::Average => Some("x = F.avg_pool2d(x, 2)\n".to_owned()),
        });
    }
    code.push("\nprint(x.shape)\nprint(x)\n".to_owned());
    code.concat()
}
