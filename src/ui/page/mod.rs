//! One module a page.

mod benchmark;
mod convolution;
mod home;
mod missing;
mod train;

pub(crate) use benchmark::Benchmark;
pub(crate) use convolution::Convolution;
pub(crate) use home::Home;
pub(crate) use missing::Missing;
pub(crate) use train::Train;
