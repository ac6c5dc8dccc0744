//! Images and their labels: the IDX format, MNIST, the batches of an epoch, and how their images are varied.

mod augment;
mod batch;
mod idx;

pub use augment::{Affine, Augment, Augmentation, Augmenter};
pub use batch::{Batches, Loader, Normalization};
pub use idx::{Extent, IdxError, Images, MAX_EXTENT, MAX_ITEMS, images, labels};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Images of MNIST's training set.
pub const TRAIN_IMAGES: usize = 60_000;
/// Images of MNIST's test set.
pub const TEST_IMAGES: usize = 10_000;
/// Classes of MNIST: the digits.
pub const CLASSES: usize = 10;
/// Height and width of an image of MNIST.
pub const SIDE: usize = 28;

/// A collection of 28×28 images of ten classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum DatasetKind {
    /// Handwritten digits.
    ///
    /// # Source
    /// LeCun, Cortes, Burges, *The MNIST database of handwritten digits*.
    #[default]
    Mnist,
    /// Articles of clothing: harder than digits.
    ///
    /// # Source
    /// Xiao, Rasul, Vollgraf, *Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms*, 2017.
    Fashion,
}

impl DatasetKind {
    /// How a byte becomes an input: by the mean and the standard deviation of all pixels of the training images.
    pub fn normalization(self) -> Normalization {
        match self {
            Self::Mnist => Normalization::mnist(),
            Self::Fashion => Normalization::new(0.2860, 0.3530),
        }
    }
}

/// Grey images with a label each, as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// One image after another, rows from the top, 0 for paper and 255 for ink.
    images: Vec<u8>,
    labels: Vec<u8>,
}

/// A training and a test split of 28×28 images with labels 0..10.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// What is learnt from.
    pub train: Split,
    /// What is never learnt from.
    pub test: Split,
}

/// Why images and labels make no split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SplitError {
    /// Not one label for each image.
    #[error("There are {images} images and {labels} labels.")]
    Count {
        /// Number of images.
        images: usize,
        /// Number of labels.
        labels: usize,
    },
    /// Images of another size.
    #[error("The images are {height} × {width} where {SIDE} × {SIDE} are needed.")]
    Size {
        /// Their height.
        height: usize,
        /// Their width.
        width: usize,
    },
    /// A label that is no class.
    #[error("Label {index} is {label}; the largest class is 9.")]
    Label {
        /// Which label, counted from 0.
        index: usize,
        /// Its value.
        label: u8,
    },
}

impl Split {
    /// Pixels of one image.
    pub const PIXELS: usize = SIDE * SIDE;

    /// Joins images of 28×28 with their labels; the bytes are kept without a copy.
    ///
    /// # Errors
    /// [`SplitError`] if they do not belong together.
    pub fn new(images: Images, labels: Vec<u8>) -> Result<Self, SplitError> {
        let Images { height, width, pixels } = images;
        if (height, width) != (SIDE, SIDE) {
            return Err(SplitError::Size { height, width });
        }
        if pixels.len() != labels.len() * Self::PIXELS {
            return Err(SplitError::Count { images: pixels.len() / Self::PIXELS, labels: labels.len() });
        }
        match labels.iter().enumerate().find(|(_, label)| usize::from(**label) >= CLASSES) {
            Some((index, label)) => Err(SplitError::Label { index, label: *label }),
            None => Ok(Self { images: pixels, labels }),
        }
    }

    /// The first `count` images and the rest, for validation; all and none if there are not as many.
    #[must_use]
    pub fn split_at(mut self, count: usize) -> (Self, Self) {
        let count = count.min(self.len());
        let rest = Self { images: self.images.split_off(count * Self::PIXELS), labels: self.labels.split_off(count) };
        (self, rest)
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The pixels of image `index`.
    pub fn image(&self, index: usize) -> Option<&[u8]> {
        self.images.chunks_exact(Self::PIXELS).nth(index)
    }

    /// The label of image `index`.
    pub fn label(&self, index: usize) -> Option<u8> {
        self.labels.get(index).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(pixels: Vec<u8>) -> Images {
        Images { height: SIDE, width: SIDE, pixels }
    }

    #[track_caller]
    fn check(images: Images, labels: Vec<u8>, expect: &str) {
        assert_eq!(Split::new(images, labels).unwrap_err().to_string(), expect);
    }

    #[test]
    fn images_and_labels_belong_together() {
        check(images(vec![0; 784]), vec![1, 2], "There are 1 images and 2 labels.");
        check(images(vec![0; 784 * 2]), vec![1, 10], "Label 1 is 10; the largest class is 9.");
        let small = Images { height: 2, width: 3, pixels: vec![0; 6] };
        check(small, vec![1], "The images are 2 × 3 where 28 × 28 are needed.");
    }

    #[test]
    fn images_and_labels_are_found_by_index() {
        let split = Split::new(images([[7; 784], [9; 784]].concat()), vec![3, 4]).unwrap();
        assert_eq!((split.len(), split.label(1), split.label(2)), (2, Some(4), None));
        assert_eq!(split.image(1), Some(&[9; 784][..]));
        assert_eq!(split.image(2), None);
    }

    #[test]
    fn a_part_is_kept_for_validation() {
        let split = Split::new(images([[7; 784], [8; 784], [9; 784]].concat()), vec![3, 4, 5]).unwrap();
        let (train, validation) = split.clone().split_at(2);
        assert_eq!((train.len(), validation.len()), (2, 1));
        assert_eq!((validation.image(0), validation.label(0)), (Some(&[9; 784][..]), Some(5)));
        let (all, none) = split.clone().split_at(5);
        assert_eq!((all, none.is_empty()), (split, true));
    }
}
