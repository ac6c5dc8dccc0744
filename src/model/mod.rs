//! Networks: the layers they are made of ([`Layer`], data), what those take ([`counts`]), the text that links hold, and
//! weights at work ([`Network`]).

mod count;
mod exact;
mod graph;
mod layer;
mod network;
mod safetensors;
mod spec;
mod text;
mod trainable;
mod zoo;

pub use count::{
    BYTES_PER_NUMBER, Count, Counted, LayerError, MOST, MOST_NESTED, MOST_VALUES, Misfit, ReceptiveField, count,
    counts, receptive_field,
};
pub use exact::{ExactGradients, ExactRun, Mode, exact_loss};
pub use graph::{Graph, GraphError, GraphSpec, IMAGE, MOST_NUMBERS, shortcut_strides, training_numbers};
pub use layer::{Features, Function, Layer, PoolKind, Rate, Shortcut, TABLE, TABLE_INPUTS, parameter_names, wide};
pub use network::Network;
pub use safetensors::{MAX_BYTES, Safetensors, WeightsError};
pub use spec::{LayerSpec, ModelKind, ModelSpec};
pub use text::{
    MAX_LAYERS, TextError, read_extents, read_layers, read_rate, read_sides, write_extents, write_layers, write_sides,
};
pub use trainable::{Parameter, TILE, Trainable};
pub use zoo::{Architecture, Zoo};

use trainable::{part, part_mut};
