//! Labs: one plain state each, a closed set of actions, one pure transition, and a history for undo and redo.

pub mod architectures;
pub mod backward;
pub mod batch_norm;
pub mod benchmark;
pub mod channels;
mod checkpoints;
pub mod control;
pub mod convolution;
pub mod depth;
pub mod figure;
pub mod filters;
pub mod fitted;
pub mod fold;
pub mod highway;
mod history;
pub mod markup;
pub mod operation;
pub mod pooled;
pub mod pooling;
pub mod predict;
pub mod preset;
pub mod problem;
pub mod pytorch;
pub mod receptive_field;
pub mod scene;
pub mod setting;
pub mod sliding;
pub mod stage;
pub mod sum;
pub mod train;
pub mod why;
pub mod worked;

pub use backward::BackwardLab;
pub use batch_norm::BatchNormLab;
pub use channels::ChannelsLab;
pub use convolution::ConvolutionLab;
pub use filters::FiltersLab;
pub use highway::HighwayLab;
pub use history::{History, Undo};
pub use operation::OperationLab;
pub use pooling::PoolingLab;
pub use receptive_field::ReceptiveFieldLab;
pub use why::WhyLab;

/// A lab: plain state that changes in one place.
pub trait Lab: Clone + PartialEq {
    /// Everything a person can do to the state.
    type Action;
    /// Why an action can't be done; the state is unchanged then.
    type Error;

    /// Applies `action` and says how the history records it.
    ///
    /// # Errors
    /// The lab's error; the state is unchanged.
    fn apply(&mut self, action: Self::Action) -> Result<Undo, Self::Error>;

    /// Lets go of what is of the moment alone, before the state is kept to be gone back to.
    fn shelve(&mut self) {}

    /// Takes over from the state that was there before what is of the moment alone.
    fn inherit(&mut self, _before: &Self) {}
}
