//! Which network a run trains: LeNet in two forms, or layers of one's own.

use super::status::duration;
use crate::{
    data::{CLASSES, DatasetKind, TRAIN_IMAGES},
    model::{
        Architecture, Count, Counted, GraphError, GraphSpec, IMAGE, Layer, ModelKind, counts, read_layers,
        training_numbers, write_layers,
    },
    nn::init::Init,
    num::format,
};

/// What is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Model {
    /// LeNet with ReLU and max pooling.
    #[default]
    LeNet,
    /// LeNet as courses show it.
    LeNetSigmoid,
    /// The layers that are typed.
    Own,
}

impl From<ModelKind> for Model {
    fn from(kind: ModelKind) -> Self {
        match kind {
            ModelKind::LeNet => Self::LeNet,
            ModelKind::LeNetSigmoid => Self::LeNetSigmoid,
        }
    }
}

impl Model {
    /// Which LeNet it is.
    pub fn kind(self) -> Option<ModelKind> {
        match self {
            Self::LeNet => Some(ModelKind::LeNet),
            Self::LeNetSigmoid => Some(ModelKind::LeNetSigmoid),
            Self::Own => None,
        }
    }
}

/// The layers that own ones begin with: LeNet's, to be changed.
pub const FIRST_LAYERS: &str = "c6k5p2;relu;m2;c16k5;relu;m2;f;l120;relu;l84;relu;l10";

/// Multiply-adds a second of a whole training step on a usual laptop's core, for an estimate: 0.7 of a peak of 16 GFLOP/s.
const MACS_A_SECOND: f64 = 5.6e9;

/// The longest text of layers that is kept.
pub(super) const MAX_LAYERS_TEXT: usize = 4000;

/// What is wrong with layers, and the text that makes it right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayersError {
    /// A sentence with its numbers.
    pub sentence: String,
    /// Layers that can be trained.
    pub repair: String,
}

/// What the layers that were typed are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// They can be trained.
    Fine {
        /// Numbers that training learns.
        parameters: u64,
        /// What they take, for the screen.
        note: String,
    },
    /// They can't.
    Wrong(LayersError),
}

/// Reads and counts the layers of `text`. The page loads this when it is asked for: it weighs as much as a figure.
pub fn judge(text: &str) -> Verdict {
    if let Some(error) = layers_error(text) {
        return Verdict::Wrong(error);
    }
    let layers = read_layers(text).unwrap_or_default();
    let parameters = sum(&counts(&layers, IMAGE).0, |count| count.parameters);
    Verdict::Fine { parameters, note: layers_note(&layers) }
}

/// What is wrong with the layers of `text`, if anything.
fn layers_error(text: &str) -> Option<LayersError> {
    let layers = match read_layers(text) {
        _ if text.trim().is_empty() => Vec::new(),
        Ok(layers) => layers,
        Err(error) => return Some(LayersError { sentence: error.to_string(), repair: FIRST_LAYERS.to_owned() }),
    };
    let without = |at: usize| {
        let mut rest = layers.clone();
        rest.remove(at);
        rest
    };
    let (sentence, repaired) = match training_numbers(&layers, IMAGE) {
        Ok(_) => {
            let made = made(&layers);
            if made == CLASSES as u64 {
                return None;
            }
            let sentence = format!(
                "The last layer makes {}; a network for the ten digits ends with 10 values, one for each.",
                format::count(made)
            );
            (sentence, [&layers[..], &[Layer::linear(CLASSES)]].concat())
        }
        Err(GraphError::NoWeights) => {
            (GraphError::NoWeights.to_string(), [&layers[..], &[Layer::linear(CLASSES)]].concat())
        }
        Err(error) => (error.to_string(), error.at().filter(|at| *at < layers.len()).map_or(Vec::new(), without)),
    };
    let repair = write_layers(&repaired);
    // One layer less may not be enough.
    Some(LayersError { sentence, repair: if fits(&repaired) { repair } else { FIRST_LAYERS.to_owned() } })
}

/// Values that the last layer makes.
fn made(layers: &[Layer]) -> u64 {
    counts(layers, IMAGE).0.last().map_or(0, |row| row.count.output.values())
}

/// Whether the layers can be trained on the page.
fn fits(layers: &[Layer]) -> bool {
    training_numbers(layers, IMAGE).is_ok() && made(layers) == CLASSES as u64
}

/// The beginning of a link that trains layers, as `link::train` reads it.
pub const OWN_LINK: &str = "#/train?model=own&layers=";

/// The text of a network that can be trained on the page, and what is said of it; `None` for any other.
pub fn own_layers(network: &Architecture) -> Option<(String, String)> {
    (network.input == IMAGE && fits(&network.layers))
        .then(|| (write_layers(&network.layers), layers_note(&network.layers)))
}

/// The network of `text` for the worker that trains it: begun as PyTorch does.
pub fn own_network(text: &str) -> GraphSpec {
    GraphSpec { layers: text.to_owned(), init: Init::KaimingUniform, zero_ends: false, data: DatasetKind::Mnist }
}

/// Numbers that training learns in LeNet. A test counts them: counting here would load all networks that there are on the
/// page, 6 KB.
pub const LENET_PARAMETERS: u64 = 61_706;

fn sum(counted: &[Counted], of: fn(&Count) -> u64) -> u64 {
    counted.iter().map(|row| of(&row.count)).sum()
}

/// What the layers of `text` take, and about how long an epoch lasts.
fn layers_note(layers: &[Layer]) -> String {
    let (counted, _) = counts(layers, IMAGE);
    let (parameters, macs) = (sum(&counted, |count| count.parameters), sum(&counted, |count| count.macs));
    let seconds = 3.0 * macs as f64 * TRAIN_IMAGES as f64 / MACS_A_SECOND;
    format!(
        "{} parameters, {} multiply-adds an image. An epoch of {} images takes about {}.",
        format::count(parameters),
        format::count(macs),
        format::count(TRAIN_IMAGES as u64),
        duration(seconds)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, sentence: &str, repair: &str) {
        let LayersError { sentence: said, repair: offered } = layers_error(text).unwrap();
        assert_eq!((&*said, &*offered), (sentence, repair));
        assert_eq!(layers_error(repair), None);
    }

    #[test]
    fn layers_that_can_not_be_trained_say_why_and_are_repaired() {
        assert_eq!(layers_error(FIRST_LAYERS), None);
        assert_eq!(layers_error("l10"), None);
        check(
            "c6k5;relu;l120",
            "The last layer makes 120; a network for the ten digits ends with 10 values, one for each.",
            "c6k5;relu;l120;l10",
        );
        check(
            "c6k5;lrn5;relu;l10",
            "Layer 2 is a local response normalisation, which is counted but can't be trained here.",
            "c6k5;relu;l10",
        );
        check(
            "m2;c6k15;l10",
            "Layer 2 does not fit: The window's height of 15 is larger than the padded input's 14.",
            "m2;l10",
        );
        check("", "The network has no weights: nothing can be learned.", "l10");
    }
}
