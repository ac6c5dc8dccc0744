//! A network as a table: a row for each layer that has a window or weights, with what is applied to its output.

use super::{ArchitecturesAction, repairs, sentence};
use crate::{
    model::{Architecture, Counted, Features, Layer, Shortcut, counts},
    nn::shape::Padding,
    num::format,
};

/// A row: one layer, and those behind it that change each value by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its first layer, from 0, and the one past its last.
    pub layers: std::ops::Range<usize>,
    /// The layer that it is about.
    pub main: usize,
    /// Blocks that it stands in.
    pub depth: usize,
    /// What it is.
    pub name: String,
    /// What is applied to its output; may be empty.
    pub then: String,
    /// What it makes, before what is applied.
    pub made: Features,
    /// `6 × 28 × 28`
    pub output: Features,
    /// `5 × 5`; empty for a layer without a window.
    pub window: String,
    /// `stride 2, padding 1`; may be empty.
    pub settings: String,
    /// Numbers that are learned.
    pub parameters: u64,
    /// Multiplications with their additions, for one example.
    pub macs: u64,
    /// Bytes that training keeps of one example.
    pub memory: u64,
    /// `15 × 15`, or `all`.
    pub field: String,
    /// Whether it is fully connected.
    pub dense: bool,
}

/// A network as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkView {
    /// What it is called.
    pub name: String,
    /// What it reads.
    pub input: Features,
    /// Its rows, up to the first layer that does not fit.
    pub rows: Vec<Row>,
    /// The layers from there on, which are not counted: which, and what they are called.
    pub uncounted: Vec<(usize, String)>,
    /// Parameters of all layers.
    pub parameters: u64,
    /// Multiply-adds of all.
    pub macs: u64,
    /// Bytes of all outputs of one example.
    pub memory: u64,
    /// The layer that does not fit.
    pub misfit: Option<MisfitView>,
}

/// A layer that does not fit.
#[derive(Debug, Clone, PartialEq)]
pub struct MisfitView {
    /// Which.
    pub at: usize,
    /// Why, with its numbers.
    pub sentence: String,
    /// What would repair it, the best first; at least one.
    pub repairs: Vec<(String, ArchitecturesAction)>,
}

/// The table of a network.
pub fn rows(network: &Architecture) -> NetworkView {
    let (counted, misfit) = counts(&network.layers, network.input);
    let mut rows: Vec<Row> = Vec::new();
    let mut begin = 0;
    for (at, (layer, row)) in network.layers.iter().zip(&counted).enumerate() {
        if matches!(layer, Layer::BlockBegin(_)) {
            // It belongs to the first row of its block.
            continue;
        }
        match rows.last_mut() {
            Some(last) if !begins_row(&network.layers, at) => {
                last.layers.end = at + 1;
                last.take(layer, row);
            }
            _ => rows.push(Row::of(begin..at + 1, at, layer, row, &network.layers)),
        }
        begin = at + 1;
    }
    let from = misfit.map_or(network.layers.len(), |misfit| misfit.at.min(counted.len()));
    let rest = network.layers.iter().enumerate().skip(from);
    let uncounted = rest.map(|(at, layer)| (at, name(layer, &network.layers, at))).collect();
    rows.retain(|row| row.main < from);
    let sum = |of: fn(&Row) -> u64| rows.iter().map(of).fold(0_u64, u64::saturating_add);
    NetworkView {
        name: network.name.clone(),
        input: network.input,
        parameters: sum(|row| row.parameters),
        macs: sum(|row| row.macs),
        memory: sum(|row| row.memory),
        misfit: misfit.map(|misfit| MisfitView {
            at: misfit.at,
            sentence: sentence(&network.layers, &misfit),
            repairs: repairs(network, &misfit),
        }),
        rows,
        uncounted,
    }
}

/// The layers that stand in one row with layer `at`, whether or not they fit.
pub fn group(layers: &[Layer], at: usize) -> std::ops::Range<usize> {
    // A block's begin is edited by itself.
    if matches!(layers.get(at), None | Some(Layer::BlockBegin(_))) {
        return at..(at + 1).min(layers.len());
    }
    let start = (0..=at).rev().find(|index| begins_row(layers, *index)).unwrap_or(0);
    let end = (at + 1..layers.len()).find(|index| begins_row(layers, *index)).unwrap_or(layers.len());
    start..end
}

/// Whether layer `at` does not go into the row of the one before it.
fn begins_row(layers: &[Layer], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| layers.get(before));
    !layers.get(at).is_some_and(is_applied) || matches!(before, None | Some(Layer::BlockBegin(_)))
}

/// Whether a layer changes each value, or map, by itself.
fn is_applied(layer: &Layer) -> bool {
    matches!(
        layer,
        Layer::Activation(_) | Layer::BatchNorm | Layer::Dropout(_) | Layer::LocalResponseNorm { .. } | Layer::Flatten
    )
}

impl Row {
    fn of(layers: std::ops::Range<usize>, main: usize, layer: &Layer, row: &Counted, all: &[Layer]) -> Self {
        let field = match row.field {
            Some(field) => format::shape(&[field.size.0, field.size.1]),
            None => "all".to_owned(),
        };
        let (window, settings) = window(layer);
        Self {
            layers,
            main,
            depth: row.depth,
            name: name(layer, all, main),
            then: String::new(),
            made: row.count.output,
            output: row.count.output,
            window,
            settings,
            parameters: row.count.parameters,
            macs: row.count.macs,
            memory: row.count.output_bytes(),
            field,
            dense: matches!(layer, Layer::Linear { .. } | Layer::Distance { .. }),
        }
    }

    fn take(&mut self, layer: &Layer, row: &Counted) {
        if !self.then.is_empty() {
            self.then.push_str(", ");
        }
        self.then.push_str(short(layer));
        self.output = row.count.output;
        self.parameters = self.parameters.saturating_add(row.count.parameters);
        // A flattened map is the same numbers.
        if *layer != Layer::Flatten {
            self.memory = self.memory.saturating_add(row.count.output_bytes());
        }
    }
}

fn short(layer: &Layer) -> &'static str {
    match layer {
        Layer::BatchNorm => "batch norm",
        Layer::LocalResponseNorm { .. } => "response norm",
        layer => layer.noun(),
    }
}

/// `Convolution`, `Sum with projection`
fn name(layer: &Layer, all: &[Layer], at: usize) -> String {
    match layer {
        Layer::BlockEnd => {
            let begin = super::edit::other_end(all, at).and_then(|begin| all.get(begin));
            match begin {
                Some(Layer::BlockBegin(Shortcut::Projection)) => "Sum with projection",
                Some(Layer::BlockBegin(Shortcut::Padded)) => "Sum with padded shortcut",
                Some(Layer::BlockBegin(Shortcut::Gate)) => "Highway gate",
                _ => "Sum with shortcut",
            }
            .to_owned()
        }
        Layer::TableConv2d => "Convolution by table".to_owned(),
        layer => {
            let noun = layer.noun();
            let mut letters = noun.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

/// `11 × 11` and `stride 4, padding 2, 2 groups`
fn window(layer: &Layer) -> (String, String) {
    let shape = |(height, width): (usize, usize)| format::shape(&[height, width]);
    let both = |(height, width): (usize, usize)| {
        if height == width { height.to_string() } else { shape((height, width)) }
    };
    let sides = |Padding { top, bottom, left, right }: Padding| {
        if top == bottom && left == right { both((top, left)) } else { format!("{top}, {bottom}, {left}, {right}") }
    };
    let mut settings = Vec::new();
    let mut add = |name: &str, value: String, usual: &str| {
        if value != usual {
            settings.push(format!("{name} {value}"));
        }
    };
    let window = match *layer {
        Layer::Conv2d { kernel, stride, padding, dilation, groups, .. } => {
            add("stride", both(stride), "1");
            add("padding", sides(padding), "0");
            add("dilation", both(dilation), "1");
            if groups != 1 {
                settings.push(format!("{groups} groups"));
            }
            shape(kernel)
        }
        Layer::Pool2d { kernel, stride, padding, .. } => {
            add("stride", both(stride), "");
            add("padding", sides(padding), "0");
            shape(kernel)
        }
        Layer::TableConv2d => shape((5, 5)),
        Layer::Subsampling { window } => {
            add("stride", both(window), "");
            shape(window)
        }
        _ => String::new(),
    };
    (window, settings.join(", "))
}
