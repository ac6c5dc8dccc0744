//! What would repair a network whose layers do not fit.

use super::{ArchitecturesAction, edit};
use crate::{
    model::{Architecture, Features, Layer, LayerError, Misfit, Shortcut, TABLE_INPUTS, counts},
    nn::shape::{Axis, Padding, ShapeError},
    num::format,
};

/// What would repair a misfit, the best first; at least one.
pub fn repairs(network: &Architecture, misfit: &Misfit) -> Vec<(String, ArchitecturesAction)> {
    let Misfit { at, error } = *misfit;
    let layers = &network.layers;
    let before = layers.get(..at).unwrap_or_default();
    let input = counts(before, network.input).0.last().map_or(network.input, |row| row.count.output);
    let with = |layer: Layer| {
        let mut all = layers.clone();
        if let Some(own) = all.get_mut(at) {
            *own = layer;
        }
        ArchitecturesAction::Replace(all)
    };
    let inserted = |at: usize, layer: Layer| {
        let mut all = layers.clone();
        all.insert(at.min(all.len()), layer);
        ArchitecturesAction::Replace(all)
    };
    let without = ("Remove it".to_owned(), ArchitecturesAction::Remove(at));
    let mut found = Vec::new();
    match (error, layers.get(at).copied()) {
        (LayerError::Shape(error), Some(layer)) => {
            found.extend(of_shape(error, layer, input).map(|(label, layer)| (label, with(layer))));
        }
        (LayerError::NoFilters, Some(layer)) => {
            let filters = input.as_maps().0;
            let named = edit::with(layer, edit::LayerPart::Filters, &filters.to_string());
            found.extend(named.map(|layer| (format!("{filters} filters, as many as there are maps"), with(layer))));
        }
        (LayerError::Nothing { what, .. }, Some(layer)) => {
            let part = match layer {
                Layer::Conv2d { .. } => edit::LayerPart::Filters,
                Layer::LocalResponseNorm { .. } => edit::LayerPart::Size,
                _ => edit::LayerPart::Outputs,
            };
            let one = edit::with(layer, part, "1");
            found.extend(one.map(|layer| (format!("1 in place of 0 {what}"), with(layer))));
        }
        (LayerError::NeedsMaps { .. }, _) => {
            if let Some(flatten) = before.iter().rposition(|layer| *layer == Layer::Flatten) {
                found.push(("Remove the flatten before it".to_owned(), ArchitecturesAction::Remove(flatten)));
            }
        }
        (LayerError::Table { .. }, _) => {
            let convolution = Layer::conv2d(TABLE_INPUTS, 1, 1, 0);
            found.push((format!("A convolution to {TABLE_INPUTS} maps before it"), inserted(at, convolution)));
            found.push(("A convolution of all maps in its place".to_owned(), with(Layer::conv2d(16, 5, 1, 0))));
        }
        (LayerError::Shortcut { shortcut, .. }, _) => found.extend(of_block(network, at, shortcut)),
        (LayerError::NoEnd, _) => {
            found.push(("End it behind the last layer".to_owned(), inserted(layers.len(), Layer::BlockEnd)));
        }
        _ => {}
    }
    found.push(without);
    found
}

/// Blocks whose two ways have one shape, in the place of one whose ways have not.
fn of_block(network: &Architecture, at: usize, shortcut: Features) -> Vec<(String, ArchitecturesAction)> {
    let Architecture { input, layers, .. } = network;
    let Some(begin) = edit::other_end(layers, at) else { return Vec::new() };
    let projected = |kind| {
        let mut all = layers.clone();
        if let Some(own) = all.get_mut(begin) {
            *own = Layer::BlockBegin(kind);
        }
        all
    };
    // As large as what comes past it.
    let keeping = || {
        let mut all = layers.clone();
        let (channels, ..) = shortcut.as_maps();
        let half = |kernel: usize, dilation: usize| dilation * (kernel / 2);
        for layer in all.get_mut(begin..at).unwrap_or_default() {
            if let Layer::Conv2d { filters, kernel, stride, padding, dilation, .. } = layer {
                let (height, width) = (half(kernel.0, dilation.0), half(kernel.1, dilation.1));
                (*filters, *stride) = (Some(channels), (1, 1));
                *padding = Padding { top: height, bottom: height, left: width, right: width };
            }
        }
        all
    };
    let tried = [
        ("Project the shortcut", projected(Shortcut::Projection)),
        ("Pad the shortcut with zeros", projected(Shortcut::Padded)),
        ("Let its convolutions keep the shape", keeping()),
    ];
    let fits = |all: &[Layer]| counts(all.get(..=at).unwrap_or_default(), *input).1.is_none();
    let fitting = tried.into_iter().filter(|(_, all)| fits(all));
    fitting.map(|(label, all)| (label.to_owned(), ArchitecturesAction::Replace(all))).collect()
}

/// Layers in the place of one whose window does not fit.
fn of_shape(error: ShapeError, layer: Layer, input: Features) -> Option<(String, Layer)> {
    let (channels, height, width) = input.as_maps();
    let mut fitting = layer;
    match (error, &mut fitting) {
        (
            ShapeError::ZeroKernel { .. },
            Layer::Conv2d { kernel, .. } | Layer::Pool2d { kernel, .. } | Layer::Subsampling { window: kernel },
        ) => {
            *kernel = (kernel.0.max(1), kernel.1.max(1));
            Some((format!("Window of {}", format::shape(&[kernel.0, kernel.1])), fitting))
        }
        (ShapeError::ZeroStride { .. }, Layer::Conv2d { stride, .. } | Layer::Pool2d { stride, .. }) => {
            *stride = (stride.0.max(1), stride.1.max(1));
            Some(("Stride 1 where 0 is".to_owned(), fitting))
        }
        (ShapeError::ZeroDilation { .. }, Layer::Conv2d { dilation, .. }) => {
            *dilation = (dilation.0.max(1), dilation.1.max(1));
            Some(("Dilation 1 where 0 is".to_owned(), fitting))
        }
        (ShapeError::Groups { .. }, Layer::Conv2d { groups, filters, .. }) => {
            let most = [channels, filters.unwrap_or(channels)];
            *groups = (1..=*groups).rev().find(|groups| most.iter().all(|count| count % groups == 0)).unwrap_or(1);
            Some((if *groups == 1 { "1 group".to_owned() } else { format!("{groups} groups") }, fitting))
        }
        (ShapeError::PaddingTooLarge { limit, .. }, Layer::Pool2d { padding, .. }) => {
            let Padding { top, bottom, left, right } = *padding;
            *padding = Padding {
                top: top.min(limit),
                bottom: bottom.min(limit),
                left: left.min(limit),
                right: right.min(limit),
            };
            Some((format!("Padding of at most {limit}"), fitting))
        }
        (ShapeError::WindowExceedsInput { .. }, layer) => {
            let padded = |axis: Axis, window_padding: (usize, usize)| {
                axis.of((height, width)) + window_padding.0 + window_padding.1
            };
            let window = [Axis::Height, Axis::Width]
                .map(|axis| layer.window(axis).map(|window| (padded(axis, window.padding), window.kernel)));
            let [Some((rows, kernel_rows)), Some((cols, kernel_cols))] = window else { return None };
            let fits = (kernel_rows.min(rows), kernel_cols.min(cols));
            let dilated = match layer {
                Layer::Conv2d { dilation, kernel, .. } => {
                    *kernel = fits;
                    std::mem::replace(dilation, (1, 1)) != (1, 1)
                }
                Layer::Pool2d { kernel, .. } | Layer::Subsampling { window: kernel } => {
                    *kernel = fits;
                    false
                }
                _ => return None,
            };
            let rest = if dilated { " without dilation" } else { "" };
            (fits.0 > 0 && fits.1 > 0)
                .then(|| (format!("Window of {}{rest}", format::shape(&[fits.0, fits.1])), fitting))
        }
        _ => None,
    }
}
