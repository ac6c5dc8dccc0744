//! A layer's parts: what can be typed into and chosen, and the layer that follows.

use crate::{
    model::{
        Features, Function, Layer, PoolKind, Shortcut, read_extents, read_layers, read_rate, read_sides, write_extents,
        write_sides,
    },
    num::format,
};

/// A part of a layer that can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerPart {
    /// Number of filters.
    Filters,
    /// Extent of a kernel or window.
    Kernel,
    /// Cells between windows.
    Stride,
    /// Cells added around.
    Padding,
    /// Cells between taps.
    Dilation,
    /// Parts of the channels.
    Groups,
    /// Whether there are biases.
    Bias,
    /// Whether partial windows at the end are kept.
    Ceil,
    /// Number of outputs, or of classes.
    Outputs,
    /// Share that is left out.
    Rate,
    /// Channels that are summed over.
    Size,
    /// Which activation function.
    Function,
    /// Which pooling.
    Pooling,
    /// Which shortcut.
    Shortcut,
}

/// How a part is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartForm {
    /// Typed.
    Text(String),
    /// On, which is written `1`, or off.
    Switch(bool),
    /// One of several by its name, and which.
    Choice(&'static [&'static str], usize),
}

/// A part of a layer as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartView {
    /// Which.
    pub part: LayerPart,
    /// Its name.
    pub name: &'static str,
    /// How it is set.
    pub form: PartForm,
}

const FUNCTIONS: &[(&str, Function)] = &[
    ("ReLU", Function::Relu),
    ("Sigmoid", Function::Sigmoid),
    ("Tanh", Function::Tanh),
    ("Scaled tanh", Function::ScaledTanh),
];
const FUNCTION_NAMES: &[&str] = &["ReLU", "Sigmoid", "Tanh", "Scaled tanh"];
const POOLINGS: &[&str] = &["Maximum", "Average"];
const SHORTCUTS: &[Shortcut] = &[Shortcut::Identity, Shortcut::Projection, Shortcut::Padded, Shortcut::Gate];
const SHORTCUT_NAMES: &[&str] = &["Identity", "Projection, option B", "Padded, option A", "Highway gate"];

/// What can be set of a layer, in the order of reading.
pub fn parts(layer: &Layer) -> Vec<PartView> {
    let text = |part, name, text: String| PartView { part, name, form: PartForm::Text(text) };
    let switch = |part, name, on| PartView { part, name, form: PartForm::Switch(on) };
    let choice = |part, name, names, place| PartView { part, name, form: PartForm::Choice(names, place) };
    match *layer {
        Layer::Conv2d { filters, kernel, stride, padding, dilation, groups, bias } => vec![
            text(LayerPart::Filters, "Filters", filters.map(|filters| filters.to_string()).unwrap_or_default()),
            text(LayerPart::Kernel, "Kernel", write_extents(kernel)),
            text(LayerPart::Stride, "Stride", write_extents(stride)),
            text(LayerPart::Padding, "Padding", write_sides(padding)),
            text(LayerPart::Dilation, "Dilation", write_extents(dilation)),
            text(LayerPart::Groups, "Groups", groups.to_string()),
            switch(LayerPart::Bias, "Bias", bias),
        ],
        Layer::Pool2d { kind, kernel, stride, padding, ceil_mode } => vec![
            choice(LayerPart::Pooling, "Pooling", POOLINGS, usize::from(kind == PoolKind::Average)),
            text(LayerPart::Kernel, "Window", write_extents(kernel)),
            text(LayerPart::Stride, "Stride", write_extents(stride)),
            text(LayerPart::Padding, "Padding", write_sides(padding)),
            switch(LayerPart::Ceil, "Partial windows", ceil_mode),
        ],
        Layer::Subsampling { window } => vec![text(LayerPart::Kernel, "Window", write_extents(window))],
        Layer::Linear { outputs, bias } => {
            vec![text(LayerPart::Outputs, "Outputs", outputs.to_string()), switch(LayerPart::Bias, "Bias", bias)]
        }
        Layer::Distance { outputs } => vec![text(LayerPart::Outputs, "Classes", outputs.to_string())],
        Layer::Activation(function) => {
            let place = FUNCTIONS.iter().position(|(_, known)| *known == function).unwrap_or_default();
            vec![choice(LayerPart::Function, "Function", FUNCTION_NAMES, place)]
        }
        Layer::Dropout(rate) => vec![text(LayerPart::Rate, "Share", format::ascii(rate.share()))],
        Layer::LocalResponseNorm { size } => vec![text(LayerPart::Size, "Channels", size.to_string())],
        Layer::BlockBegin(shortcut) => {
            let place = SHORTCUTS.iter().position(|known| *known == shortcut).unwrap_or_default();
            vec![choice(LayerPart::Shortcut, "Shortcut", SHORTCUT_NAMES, place)]
        }
        Layer::TableConv2d | Layer::GlobalAverage | Layer::Flatten | Layer::BatchNorm | Layer::BlockEnd => Vec::new(),
    }
}

/// The layer with a part set to what was typed; of a choice that is its place, of a switch `1` or `0`.
///
/// # Errors
/// What would have been right.
pub(super) fn with(layer: Layer, part: LayerPart, typed: &str) -> Result<Layer, String> {
    let typed = typed.trim();
    changed(layer, part, typed).ok_or_else(|| {
        let form = match part {
            LayerPart::Padding => {
                "one number for all sides, two for rows and columns, or four for top, bottom, left, right"
            }
            LayerPart::Kernel | LayerPart::Stride | LayerPart::Dilation => {
                "one whole number, or two for height and width"
            }
            LayerPart::Rate => "a share from 0 to 1, such as 0.5",
            _ => "a whole number of at most five digits",
        };
        format!("“{}” can't be read here. Right is {form}.", crate::num::shortened(typed))
    })
}

fn changed(mut layer: Layer, part: LayerPart, typed: &str) -> Option<Layer> {
    let count = || typed.parse::<usize>().ok().filter(|count| *count <= 99_999);
    let on = typed == "1";
    match (&mut layer, part) {
        (Layer::Conv2d { filters, .. }, LayerPart::Filters) => *filters = Some(count()?),
        (Layer::Conv2d { groups, .. }, LayerPart::Groups) => *groups = count().filter(|count| *count <= 9_999)?,
        (Layer::Conv2d { dilation, .. }, LayerPart::Dilation) => *dilation = read_extents(typed)?,
        (Layer::Conv2d { bias, .. } | Layer::Linear { bias, .. }, LayerPart::Bias) => *bias = on,
        (
            Layer::Conv2d { kernel, .. } | Layer::Pool2d { kernel, .. } | Layer::Subsampling { window: kernel },
            LayerPart::Kernel,
        ) => *kernel = read_extents(typed)?,
        (Layer::Conv2d { stride, .. } | Layer::Pool2d { stride, .. }, LayerPart::Stride) => {
            *stride = read_extents(typed)?;
        }
        (Layer::Conv2d { padding, .. } | Layer::Pool2d { padding, .. }, LayerPart::Padding) => {
            *padding = read_sides(typed)?;
        }
        (Layer::Pool2d { ceil_mode, .. }, LayerPart::Ceil) => *ceil_mode = on,
        (Layer::Pool2d { kind, .. }, LayerPart::Pooling) => {
            *kind = if on { PoolKind::Average } else { PoolKind::Max };
        }
        (Layer::Linear { outputs, .. } | Layer::Distance { outputs }, LayerPart::Outputs) => *outputs = count()?,
        (Layer::Activation(function), LayerPart::Function) => *function = FUNCTIONS.get(count()?)?.1,
        (Layer::Dropout(rate), LayerPart::Rate) => *rate = read_rate(typed)?,
        (Layer::LocalResponseNorm { size }, LayerPart::Size) => *size = count().filter(|count| *count <= 9_999)?,
        (Layer::BlockBegin(shortcut), LayerPart::Shortcut) => *shortcut = *SHORTCUTS.get(count()?)?,
        _ => return None,
    }
    Some(layer)
}

/// What can be added, by name; where extents follow from what is there, they keep it as it is.
pub const NEW_LAYERS: &[&str] = &[
    "Convolution",
    "ReLU",
    "Max pooling",
    "Average pooling",
    "Batch normalisation",
    "Dropout",
    "Residual block",
    "Global average",
    "Flatten",
    "Fully connected",
    "Local response normalisation",
];

/// The layers of that name, after `features`.
pub(super) fn new_layers(place: usize, features: Features) -> Option<Vec<Layer>> {
    let (channels, ..) = features.as_maps();
    let text = match *NEW_LAYERS.get(place)? {
        "Convolution" => format!("c{channels}k3p1"),
        "ReLU" => "relu".to_owned(),
        "Max pooling" => "m2".to_owned(),
        "Average pooling" => "a2".to_owned(),
        "Batch normalisation" => "bn".to_owned(),
        "Dropout" => "do0.5".to_owned(),
        "Residual block" => format!("[c{channels}k3p1nb;bn;relu;c{channels}k3p1nb;bn];relu"),
        "Global average" => "gap".to_owned(),
        "Flatten" => "f".to_owned(),
        "Fully connected" => "l10".to_owned(),
        _ => "lrn5".to_owned(),
    };
    read_layers(&text).ok()
}

/// The end of a block that begins at `at`, or its begin where it ends there.
pub(super) fn other_end(layers: &[Layer], at: usize) -> Option<usize> {
    let mut open = Vec::new();
    for (index, layer) in layers.iter().enumerate() {
        match layer {
            Layer::BlockBegin(_) => open.push(index),
            Layer::BlockEnd => {
                let begin = open.pop();
                if begin == Some(at) {
                    return Some(index);
                }
                if index == at {
                    return begin;
                }
            }
            _ => {}
        }
    }
    None
}
