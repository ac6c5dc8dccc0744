//! Mistakes where it is counted how far a stack of layers reaches into its input.

use super::{Found, Mistake, Mistaken};
use crate::trace::{Reach, StackLayer};

/// Input rows that one cell of the last layer sees, from the first to the last.
pub fn size(layers: &[StackLayer]) -> i64 {
    layers.iter().fold(Reach::INPUT, |reach, layer| reach.after(*layer)).size
}

/// The mistakes where [`size`] is asked for.
pub fn at(layers: &[StackLayer]) -> Vec<Mistaken> {
    let mut found = Found::new(size(layers) as f64);
    let changed = |change: &dyn Fn(StackLayer) -> StackLayer| {
        let layers: Vec<StackLayer> = layers.iter().map(|layer| change(*layer)).collect();
        size(&layers) as f64
    };
    let strides: Vec<String> = layers.iter().map(|layer| layer.stride.to_string()).collect();
    let words = format_args!(
        "That forgets the strides, {}. Behind a stride one row stands for several of the input.",
        strides.join(", ")
    );
    found.add(Mistake::StrideLeftOut, changed(&|layer| StackLayer { stride: 1, ..layer }), words);
    // Each layer's reach times all strides up to its own.
    let (mut jump, mut own) = (1.0, 1.0);
    for layer in layers {
        jump *= layer.stride as f64;
        own += layer.reach() as f64 * jump;
    }
    let words =
        format_args!("That multiplies each window by its own layer's stride. Only the strides before it count.");
    found.add(Mistake::OtherStride, own, words);
    let words = format_args!("That takes the dilation as 1. Taps that stand apart reach further: d·(k − 1).");
    found.add(Mistake::DilationLeftOut, changed(&|layer| StackLayer { dilation: 1, ..layer }), words);
    let kernels: Vec<String> = layers.iter().map(|layer| layer.kernel.to_string()).collect();
    let words =
        format_args!("That adds the windows up, {}. Each layer after the first adds k − 1.", kernels.join(" + "));
    found.add(Mistake::GapsCounted, layers.iter().map(|layer| layer.kernel as f64).sum(), words);
    let words = format_args!("That multiplies the windows, {}. They overlap: each adds k − 1.", kernels.join(" × "));
    found.add(Mistake::WindowsMultiplied, layers.iter().map(|layer| layer.kernel as f64).product(), words);
    if let Some(last) = layers.last() {
        let words = format_args!("That is the window of the last layer alone: what it reads has read windows as well.");
        found.add(Mistake::OneLayer, last.window().effective_kernel() as f64, words);
    }
    let words = format_args!("That counts the rows that each layer adds. The row itself is one more.");
    found.add(Mistake::FirstPlaceLeftOut, size(layers) as f64 - 1.0, words);
    found.into_list()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_convolutions_with_a_pooling_between() {
        let three = StackLayer::convolution(3);
        let pool = StackLayer { kernel: 2, stride: 2, ..three };
        // 1 + 2 + 1 + 2·2
        assert_eq!(size(&[three, pool, three]), 8);
        let named: Vec<(Mistake, f64)> =
            at(&[three, pool, three]).iter().map(|mistaken| (mistaken.mistake, mistaken.value)).collect();
        assert_eq!(
            named,
            [
                (Mistake::StrideLeftOut, 6.0),
                (Mistake::OtherStride, 9.0),
                (Mistake::WindowsMultiplied, 18.0),
                (Mistake::OneLayer, 3.0),
                (Mistake::FirstPlaceLeftOut, 7.0),
            ]
        );
    }
}
