//! Networks: what they are made of ([`ModelSpec`], data), and their weights at work ([`Network`]).

mod network;
mod safetensors;
mod spec;

pub use network::{Network, Parameter, TILE};
pub use safetensors::{MAX_BYTES, WeightsError};
pub use spec::{LayerSpec, ModelSpec};
