//! Images and their labels: the IDX format, MNIST, and the batches of an epoch.

mod batch;
mod idx;

pub use batch::{Batches, Loader, Normalization};
pub use idx::{IdxError, MAX_EXTENT, MAX_ITEMS, images, labels};

use thiserror::Error;

/// Images of MNIST's training set.
pub const TRAIN_IMAGES: usize = 60_000;
/// Images of MNIST's test set.
pub const TEST_IMAGES: usize = 10_000;
/// Classes of MNIST: the digits.
pub const CLASSES: usize = 10;
/// Height and width of an image of MNIST.
pub const SIDE: usize = 28;

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

/// Why two files make no split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SplitError {
    /// A file is no IDX file of its kind.
    #[error(transparent)]
    Idx(#[from] IdxError),
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

    /// Reads a decompressed IDX file of images and one of labels; the bytes are kept without a copy.
    ///
    /// # Errors
    /// [`SplitError`] if a file is not of its kind or they do not belong together.
    pub fn from_idx(images: Vec<u8>, labels: Vec<u8>) -> Result<Self, SplitError> {
        let images = self::images(images)?;
        if (images.height, images.width) != (SIDE, SIDE) {
            return Err(SplitError::Size { height: images.height, width: images.width });
        }
        Self::new(images.pixels, self::labels(labels)?)
    }

    /// Joins images of 28×28 bytes with their labels.
    ///
    /// # Errors
    /// [`SplitError`] if their numbers differ or a label is no class.
    pub fn new(images: Vec<u8>, labels: Vec<u8>) -> Result<Self, SplitError> {
        if images.len() != labels.len() * Self::PIXELS {
            return Err(SplitError::Count { images: images.len() / Self::PIXELS, labels: labels.len() });
        }
        match labels.iter().enumerate().find(|(_, label)| usize::from(**label) >= CLASSES) {
            Some((index, label)) => Err(SplitError::Label { index, label: *label }),
            None => Ok(Self { images, labels }),
        }
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

    #[track_caller]
    fn check(images: Vec<u8>, labels: Vec<u8>, expect: &str) {
        let error = Split::new(images, labels).unwrap_err();
        assert_eq!(error.to_string(), expect);
    }

    #[test]
    fn images_and_labels_belong_together() {
        check(vec![0; 784], vec![1, 2], "There are 1 images and 2 labels.");
        check(vec![0; 784 * 2], vec![1, 10], "Label 1 is 10; the largest class is 9.");
        let split = Split::new([[7; 784], [9; 784]].concat(), vec![3, 4]).unwrap();
        assert_eq!((split.len(), split.label(1), split.label(2)), (2, Some(4), None));
        assert_eq!(split.image(1), Some(&[9; 784][..]));
        assert_eq!(split.image(2), None);
    }

    #[test]
    fn idx_images_of_another_size_are_refused() {
        let mut images = vec![0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        images.extend([0; 6]);
        let error = Split::from_idx(images, vec![0, 0, 8, 1, 0, 0, 0, 1, 5]).unwrap_err();
        assert_eq!(error, SplitError::Size { height: 2, width: 3 });
    }
}
