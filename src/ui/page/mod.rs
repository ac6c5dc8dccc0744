//! One module a page.

mod convolution;
mod home;
mod missing;
mod train;

pub(crate) use convolution::Convolution;
pub(crate) use home::Home;
pub(crate) use missing::Missing;
pub(crate) use train::Train;
