//! Batches: which images, in which order, as which numbers.

use super::{Augmentation, Augmenter, Split};
use crate::num::{
    rng::{Purpose, Stream},
    single,
};

/// How a byte becomes an input: `(byte/255 − mean)/deviation`.
#[derive(Debug, Clone)]
pub struct Normalization([f32; 256]);

impl Normalization {
    /// Mean and standard deviation of all pixels of MNIST's training images, 0.1307 and 0.3081.
    pub fn mnist() -> Self {
        Self::new(0.1307, 0.3081)
    }

    /// From 0 for paper to 1 for ink.
    pub fn unit() -> Self {
        Self::new(0.0, 1.0)
    }

    /// Makes the table of all 256 bytes.
    pub fn new(mean: f64, deviation: f64) -> Self {
        let mut table = [0.0; 256];
        for (cell, byte) in table.iter_mut().zip(0_u8..=255) {
            *cell = single((f64::from(byte) / 255.0 - mean) / deviation);
        }
        Self(table)
    }

    /// The input that `byte` stands for.
    pub fn apply(&self, byte: u8) -> f32 {
        let Self(table) = self;
        // A byte is always in a table of 256.
        table.get(usize::from(byte)).copied().unwrap_or_default()
    }
}

/// The images of one epoch, in their order.
///
/// The order follows from (seed, epoch) alone. The last batch of an epoch is smaller where the numbers don't divide.
#[derive(Debug, Clone)]
pub struct Batches {
    order: Vec<u32>,
    batch: usize,
}

impl Batches {
    /// Shuffles the first `images` images for epoch `epoch` (from 1), to be taken `batch` (at least 1) at a time.
    pub fn new(images: u32, batch: u32, seed: u32, epoch: u32) -> Self {
        let mut order: Vec<u32> = (0..images).collect();
        Stream::new(seed.into(), Purpose::Shuffle, epoch.into()).shuffle(&mut order);
        Self { order, batch: batch.max(1) as usize }
    }

    /// Number of batches.
    pub fn len(&self) -> usize {
        self.order.len().div_ceil(self.batch)
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The indices of the images of batch `index`, from 0; empty past the last.
    pub fn get(&self, index: usize) -> &[u32] {
        self.order.chunks(self.batch).nth(index).unwrap_or_default()
    }
}

/// Turns images into inputs, in buffers that are used again.
#[derive(Debug, Clone)]
pub struct Loader {
    normalization: Normalization,
    augmenter: Augmenter,
    inputs: Vec<f32>,
    labels: Vec<u8>,
}

impl Loader {
    /// A loader whose buffers are still empty.
    pub fn new(normalization: Normalization) -> Self {
        Self { normalization, augmenter: Augmenter::default(), inputs: Vec::new(), labels: Vec::new() }
    }

    /// The inputs and labels of the images named by `indices`; those past the last image are left out.
    pub fn load(&mut self, split: &Split, indices: impl IntoIterator<Item = usize>) -> (&[f32], &[u8]) {
        self.inputs.clear();
        self.labels.clear();
        for (image, label) in indices.into_iter().filter_map(|index| split.image(index).zip(split.label(index))) {
            self.inputs.extend(image.iter().map(|byte| self.normalization.apply(*byte)));
            self.labels.push(label);
        }
        (&self.inputs, &self.labels)
    }

    /// The same with each image varied as `augmentation` says, whoever asks for it together with whichever others.
    pub fn load_augmented(
        &mut self,
        split: &Split,
        indices: impl IntoIterator<Item = usize>,
        augmentation: Augmentation,
    ) -> (&[f32], &[u8]) {
        let Self { normalization, augmenter, inputs, labels } = self;
        inputs.clear();
        labels.clear();
        for index in indices {
            let Some((image, label)) = split.image(index).zip(split.label(index)) else { continue };
            let image = augmenter.apply(augmentation, index, image);
            inputs.extend(image.iter().map(|byte| normalization.apply(*byte)));
            labels.push(label);
        }
        (inputs, labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Augment, Images};

    #[test]
    fn normalization_is_pytorchs() {
        let normalization = Normalization::mnist();
        assert!((normalization.apply(0) - -0.424_212_9).abs() < 1e-6);
        assert!((normalization.apply(255) - 2.821_486_7).abs() < 1e-6);
    }

    #[test]
    fn every_image_comes_once_an_epoch() {
        let batches = Batches::new(100, 32, 1, 1);
        assert_eq!(batches.len(), 4);
        let sizes: Vec<usize> = (0..5).map(|i| batches.get(i).len()).collect();
        assert_eq!(sizes, [32, 32, 32, 4, 0]);
        let mut seen: Vec<u32> = (0..4).flat_map(|i| batches.get(i).to_vec()).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn the_order_follows_from_seed_and_epoch() {
        let first = |seed, epoch| Batches::new(1000, 8, seed, epoch).get(0).to_vec();
        assert_eq!(first(1, 1), first(1, 1));
        assert_ne!(first(1, 1), first(1, 2));
        assert_ne!(first(1, 1), first(2, 1));
        assert_eq!(first(1, 1), [781, 751, 595, 736, 799, 261, 506, 759]);
    }

    #[test]
    fn inputs_and_labels_go_together() {
        let pixels = [[0; 784], [255; 784], [51; 784]].concat();
        let split = Split::new(Images { height: 28, width: 28, pixels }, vec![5, 6, 7]).unwrap();
        let mut loader = Loader::new(Normalization::new(0.0, 1.0));
        let (inputs, labels) = loader.load(&split, [2, 9, 1]);
        assert_eq!(inputs, [[0.2; 784], [1.0; 784]].concat());
        assert_eq!(labels, [7, 6]);
        let (inputs, labels) = loader.load(&split, 0..1);
        assert_eq!((inputs, labels), (&[0.0; 784][..], &[5][..]));
    }
    #[test]
    fn an_image_is_varied_alike_in_any_company() {
        let pixels = (0..4 * 784_u32).map(|i| i.to_le_bytes()[0]).collect();
        let split = Split::new(Images { height: 28, width: 28, pixels }, vec![0, 1, 2, 3]).unwrap();
        for kind in [Augment::None, Augment::Shift, Augment::Affine, Augment::Elastic] {
            let augmentation = Augmentation { kind, seed: 1, epoch: 4 };
            let mut loader = Loader::new(Normalization::mnist());
            let (together, labels) = loader.load_augmented(&split, [2, 0, 9, 3], augmentation);
            assert_eq!(labels, [2, 0, 3]);
            let together = together.to_vec();
            let mut other = Loader::new(Normalization::mnist());
            for (expect, index) in together.chunks(784).zip([2, 0, 3]) {
                assert_eq!(other.load_augmented(&split, [index], augmentation).0, expect);
            }
            let plain = other.load(&split, [2, 0, 3]).0;
            assert_eq!(plain == together, kind == Augment::None);
        }
    }
}
