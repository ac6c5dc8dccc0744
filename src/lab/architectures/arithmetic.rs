//! The counts of one layer in symbols and in numbers.

use crate::{
    model::{Architecture, BYTES_PER_NUMBER, Counted, Features, Layer, Shortcut, TABLE, counts, wide},
    nn::shape::Axis,
    num::format,
};

/// One count: its name, in symbols, in numbers, and what comes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArithmeticLine {
    /// `Parameters`
    pub name: &'static str,
    /// `c_o · (c_i · k_h · k_w + 1)`
    pub symbols: String,
    /// `6 · (1 · 5 · 5 + 1)`
    pub numbers: String,
    /// `156`
    pub result: String,
}

/// How layer `at` of a network is counted; nothing where it does not fit.
pub fn arithmetic(network: &Architecture, at: usize) -> Vec<ArithmeticLine> {
    let (counted, _) = counts(&network.layers, network.input);
    let (Some(layer), Some(row)) = (network.layers.get(at), counted.get(at)) else { return Vec::new() };
    let before = at.checked_sub(1).and_then(|before| counted.get(before));
    let mut lines = Vec::new();
    lines.extend(output(layer, row));
    lines.extend(learned(network, at, layer, row));
    lines.push(memory(row));
    lines.extend(field(layer, row, before));
    lines
}

fn line(name: &'static str, symbols: impl Into<String>, numbers: String, result: impl Into<String>) -> ArithmeticLine {
    ArithmeticLine { name, symbols: symbols.into(), numbers, result: result.into() }
}

/// Rows and columns, each by the formula of the window.
fn output(layer: &Layer, row: &Counted) -> Vec<ArithmeticLine> {
    let (Features::Maps { height, width, .. }, Features::Maps { height: rows, width: cols, .. }) =
        (row.input, row.count.output)
    else {
        return Vec::new();
    };
    let rounds_up = matches!(layer, Layer::Pool2d { ceil_mode: true, .. });
    let [open, close] = if rounds_up { ["⌈", "⌉"] } else { ["⌊", "⌋"] };
    let along = |axis: Axis, extent: usize, out: usize, name| {
        let window = layer.window(axis)?;
        let (padding, kernel) = (window.padding.0 + window.padding.1, window.kernel);
        let dilated = window.dilation != 1;
        let symbols = if dilated { "(n + p − d·(k − 1) − 1)/s" } else { "(n + p − k)/s" };
        let reach = if dilated { format!("{}·({kernel} − 1) − 1", window.dilation) } else { kernel.to_string() };
        let numbers = format!("{open}({extent} + {padding} − {reach})/{}{close} + 1", window.stride);
        Some(line(name, format!("{open}{symbols}{close} + 1"), numbers, out.to_string()))
    };
    let rows_line = along(Axis::Height, height, rows, "Rows");
    // Squares are counted once.
    if height == width && layer.window(Axis::Height) == layer.window(Axis::Width) {
        return rows_line.map(|line| ArithmeticLine { name: "Rows and columns", ..line }).into_iter().collect();
    }
    rows_line.into_iter().chain(along(Axis::Width, width, cols, "Columns")).collect()
}

fn learned(network: &Architecture, at: usize, layer: &Layer, row: &Counted) -> Vec<ArithmeticLine> {
    let (channels, height, width) = row.input.as_maps();
    let (out, rows, cols) = row.count.output.as_maps();
    let count = |value: usize| format::count(wide(value));
    let parameters =
        |symbols: &str, numbers: String| line("Parameters", symbols, numbers, format::count(row.count.parameters));
    let macs = |symbols: &str, numbers: String| line("Multiply-adds", symbols, numbers, format::count(row.count.macs));
    match *layer {
        Layer::Conv2d { kernel: (k, l), groups, bias, .. } => {
            let plus = if bias { " + 1" } else { "" };
            let (symbol, read) =
                if groups == 1 { ("c_i", count(channels)) } else { ("c_i/g", format!("{}/{groups}", count(channels))) };
            vec![
                parameters(
                    &format!("c_o · ({symbol} · k_h · k_w{plus})"),
                    format!("{} · ({read} · {k} · {l}{plus})", count(out)),
                ),
                macs(
                    &format!("c_o · h · w · {symbol} · k_h · k_w"),
                    format!("{} · {rows} · {cols} · {read} · {k} · {l}", count(out)),
                ),
            ]
        }
        Layer::TableConv2d => {
            let pairs: usize = TABLE.iter().map(|maps| maps.len()).sum();
            vec![
                parameters("pairs · k_h · k_w + c_o", format!("{pairs} · 5 · 5 + {}", TABLE.len())),
                macs("pairs · k_h · k_w · h · w", format!("{pairs} · 5 · 5 · {rows} · {cols}")),
            ]
        }
        Layer::Subsampling { .. } => vec![
            parameters("2 · c", format!("2 · {}", count(channels))),
            macs("c · h · w", format!("{} · {rows} · {cols}", count(out))),
        ],
        Layer::Linear { bias, .. } => {
            let plus = if bias { " + 1" } else { "" };
            let read = if height * width == 1 {
                count(channels)
            } else {
                format!("{} · {height} · {width}", count(channels))
            };
            vec![
                parameters(&format!("o · (i{plus})"), format!("{} · ({read}{plus})", count(out))),
                macs("o · i", format!("{} · {read}", count(out))),
            ]
        }
        Layer::Distance { .. } => vec![macs("o · i", format!("{} · {}", count(out), count(channels)))],
        Layer::BatchNorm => vec![parameters("2 · c", format!("2 · {}", count(channels)))],
        Layer::BlockEnd if row.count.parameters > 0 => {
            let begin = super::edit::other_end(&network.layers, at);
            let shortcut = begin.and_then(|begin| network.layers.get(begin));
            let (before, _) = counts(network.layers.get(..begin.unwrap_or(0)).unwrap_or_default(), network.input);
            let from = before.last().map_or(network.input, |row| row.count.output).as_maps().0;
            let (learned, name) = match shortcut {
                Some(Layer::BlockBegin(Shortcut::Gate)) => {
                    ("c_o · (c_i + 1)", format!("{} · ({} + 1)", count(out), count(from)))
                }
                _ if row.count.parameters == wide(out) * (wide(from) + 2) => {
                    ("c_o · c_i + 2 · c_o", format!("{} · {} + 2 · {}", count(out), count(from), count(out)))
                }
                _ => ("c_o · (c_i + 1)", format!("{} · ({} + 1)", count(out), count(from))),
            };
            vec![
                parameters(learned, name),
                macs("c_o · h · w · c_i", format!("{} · {rows} · {cols} · {}", count(out), count(from))),
            ]
        }
        _ => Vec::new(),
    }
}

fn memory(row: &Counted) -> ArithmeticLine {
    let values = row.count.output.extents().iter().map(|extent| format::count(wide(*extent))).collect::<Vec<_>>();
    let symbols = if values.len() == 1 { "o · 4 bytes" } else { "c · h · w · 4 bytes" };
    let numbers = format!("{} · {BYTES_PER_NUMBER}", values.join(" · "));
    line("Activation memory", symbols, numbers, super::file::bytes(row.count.output_bytes()))
}

fn field(layer: &Layer, row: &Counted, before: Option<&Counted>) -> Option<ArithmeticLine> {
    let window = layer.window(Axis::Height)?;
    let (own, before) = (row.field?, before.map_or(Some(crate::model::ReceptiveField::OWN), |before| before.field)?);
    let reach = if window.dilation == 1 { String::new() } else { format!("{}·", window.dilation) };
    let numbers = format!("{} + {reach}({} − 1) · {}", before.size.0, window.kernel, before.jump.0);
    let symbols = if window.dilation == 1 { "r + (k − 1) · j" } else { "r + d·(k − 1) · j" };
    let result =
        if own.size.0 == own.size.1 { own.size.0.to_string() } else { format::shape(&[own.size.0, own.size.1]) };
    Some(line("Receptive field", symbols, numbers, result))
}
