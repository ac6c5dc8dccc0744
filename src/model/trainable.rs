//! What a trainer trains.

use std::{fmt::Debug, ops::Range};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    data::Normalization,
    nn::fast::{BatchLoss, CrossEntropy},
};

/// Examples that go forward and back together.
///
/// A batch of any size is cut into tiles of this many, so the buffers do not grow with the batch and what one layer
/// writes is still in the cache when the next reads it. Gradients are added tile after tile: a sum's order follows from
/// the number of examples alone.
pub const TILE: usize = 16;

/// A weight or bias tensor and its place among all [`weights`](Trainable::weights).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// PyTorch's name, such as `conv1.weight`.
    pub name: String,
    /// Extents, in PyTorch's order.
    pub shape: Vec<usize>,
    /// Where its values are.
    pub range: Range<usize>,
}

/// A network that can be trained: its weights in one row, and the loss of examples with its gradient.
pub trait Trainable: Clone + Debug {
    /// What it is made from, as data.
    type Spec: Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned;

    /// Builds the network and draws its first weights from `seed`; `None` for a spec that is none.
    fn build(spec: &Self::Spec, seed: u32) -> Option<Self>;

    /// How an image becomes its input.
    fn normalization(spec: &Self::Spec) -> Normalization;

    /// All that belongs to it, parameter after parameter: what is learned, then running statistics.
    fn weights(&self) -> &[f32];

    /// What weights are called and where they are.
    fn parameters(&self) -> &[Parameter];

    /// How many of the weights are learned. Of the others a gradient holds this batch's statistics.
    fn learned(&self) -> usize {
        self.weights().len()
    }

    /// Where the weights of each layer are whose gradient's norm is told, in order.
    fn layers(&self) -> &[Range<usize>] {
        &[]
    }

    /// Number of classes: values that the last layer makes.
    fn classes(&self) -> usize;

    /// Values of one input.
    fn input_len(&self) -> usize;

    /// Changes weights, and takes the change over into the orders in which the layers read them.
    fn update(&mut self, change: impl FnOnce(&mut [f32]));

    /// The logits of up to [`TILE`] inputs, one row of [`classes`](Self::classes) for each.
    fn logits(&mut self, inputs: &[f32]) -> &[f32];

    /// The loss of any number of examples.
    ///
    /// # Shapes
    /// `inputs` is N×[`input_len`](Self::input_len); `targets` has N class indices.
    fn loss(&mut self, inputs: &[f32], targets: &[u8], loss: CrossEntropy) -> BatchLoss;

    /// The loss of some examples of a batch, and its gradient: that of `loss sum / divisor` is added to `gradient`,
    /// which is laid out as [`weights`](Self::weights).
    ///
    /// With the batch's size as divisor, the parts of a batch add up to the gradient of its mean loss.
    ///
    /// # Shapes
    /// As for [`loss`](Self::loss); `gradient` is as long as the weights.
    fn loss_and_gradient(
        &mut self,
        inputs: &[f32],
        targets: &[u8],
        loss: CrossEntropy,
        divisor: f32,
        gradient: &mut [f32],
    ) -> BatchLoss;
}

/// The cells of `range`; what a layer asks for is always there.
pub(super) fn part(cells: &[f32], range: Range<usize>) -> &[f32] {
    debug_assert!(range.end <= cells.len(), "{range:?} of {}", cells.len());
    cells.get(range).unwrap_or_default()
}

/// The same, to be changed.
pub(super) fn part_mut(cells: &mut [f32], range: Range<usize>) -> &mut [f32] {
    debug_assert!(range.end <= cells.len(), "{range:?} of {}", cells.len());
    cells.get_mut(range).unwrap_or_default()
}
