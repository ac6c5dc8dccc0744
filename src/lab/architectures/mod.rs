//! `#/architectures`: networks counted layer by layer, two side by side, and edited.

mod arithmetic;
mod compare;
mod edit;
mod file;
pub mod markup;
mod picture;
mod program;
mod repair;
mod table;

#[cfg(test)]
mod tests;

use super::{Lab, Undo};
use crate::model::{Architecture, Features, Layer, LayerError, MAX_LAYERS, Misfit, Zoo, counts};

pub use arithmetic::{ArithmeticLine, arithmetic};
pub use compare::{Comparison, Fact, compare};
pub use edit::{LayerPart, NEW_LAYERS, PartForm, PartView, parts};
pub use file::{COLUMNS, csv, markdown};
pub use picture::picture;
pub use program::program;
pub use repair::repairs;
pub use table::{MisfitView, NetworkView, Row, group, rows};

/// The most rows, columns or channels of an own network's input.
pub const MAX_INPUT: usize = 4_096;

/// A network on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Net {
    /// One that has a name.
    Known(Zoo),
    /// One that a person made.
    Own {
        /// Channels, rows and columns of its input.
        input: (usize, usize, usize),
        /// Its layers, whether or not they fit together.
        layers: Vec<Layer>,
    },
}

impl Net {
    /// Its layers and what it is called.
    pub fn architecture(&self) -> Architecture {
        match self {
            Self::Known(zoo) => zoo.architecture(),
            Self::Own { input: (channels, height, width), layers } => Architecture {
                name: "Own network".to_owned(),
                input: Features::Maps { channels: *channels, height: *height, width: *width },
                layers: layers.clone(),
            },
        }
    }

    /// Its name, where it has one.
    pub fn known(&self) -> Option<Zoo> {
        match self {
            Self::Known(zoo) => Some(*zoo),
            Self::Own { .. } => None,
        }
    }

    /// The network with that input and those layers, by its name if it is one that has one.
    fn of(input: (usize, usize, usize), layers: Vec<Layer>) -> Self {
        let known = Zoo::ALL.iter().copied().find(|zoo| {
            let known = zoo.architecture();
            known.input.as_maps() == input && known.layers == layers
        });
        known.map_or(Self::Own { input, layers }, Self::Known)
    }
}

/// The page's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchitecturesLab {
    /// The network that is counted and edited.
    pub net: Net,
    /// The one that it is compared with.
    pub beside: Option<Zoo>,
    /// The layer that is looked at, from 0; there may be none of that number.
    pub layer: Option<usize>,
}

impl Default for ArchitecturesLab {
    /// The course's pair.
    fn default() -> Self {
        Self { net: Net::Known(Zoo::AlexNet), beside: Some(Zoo::LeNet), layer: None }
    }
}

/// What was typed and can't be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The layer and its part.
    pub control: (usize, LayerPart),
    /// What was typed.
    pub text: String,
    /// Why it can't be done.
    pub sentence: String,
}

/// Up or down the list of layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Towards {
    /// To the input.
    Input,
    /// To the output.
    Output,
}

/// Everything a person can do on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArchitecturesAction {
    /// Shows a network that has a name.
    Choose(Zoo),
    /// Compares with another, or with none.
    Beside(Option<Zoo>),
    /// Looks at a layer.
    Look(Option<usize>),
    /// Sets a part of a layer to what was typed.
    Set {
        /// The layer.
        at: usize,
        /// Which part.
        part: LayerPart,
        /// What was typed.
        text: String,
    },
    /// Puts new layers there, the first of [`NEW_LAYERS`] by its place in that list.
    Insert {
        /// Where the first of them will be.
        at: usize,
        /// Which.
        new: usize,
    },
    /// Takes a layer out; of a block's begin or end both, and what is inside stays.
    Remove(usize),
    /// Exchanges a layer with its neighbour.
    Move(usize, Towards),
    /// Sets the input to `channels, rows, columns` as typed.
    SetInput(String),
    /// Puts other layers in the place of all: a repair.
    Replace(Vec<Layer>),
    /// Opens another state: a link.
    Open(Box<ArchitecturesLab>),
}

impl Lab for ArchitecturesLab {
    type Action = ArchitecturesAction;
    /// A sentence.
    type Error = String;

    fn apply(&mut self, action: ArchitecturesAction) -> Result<Undo, String> {
        use ArchitecturesAction as Action;
        match action {
            Action::Choose(zoo) => {
                self.net = Net::Known(zoo);
                self.layer = None;
            }
            Action::Beside(zoo) => self.beside = zoo,
            Action::Look(layer) => {
                self.layer = layer;
                // Looking changes nothing that is to be undone.
                return Ok(Undo::Arrived);
            }
            Action::Set { at, part, text } => {
                let layer = self.net.architecture().layers.get(at).copied().ok_or("There is no such layer.")?;
                let changed = edit::with(layer, part, &text)?;
                self.change(|layers| layers.splice(at..=at, [changed]).for_each(drop));
            }
            Action::Insert { at, new } => {
                let Architecture { input, layers, .. } = self.net.architecture();
                let at = at.min(layers.len());
                let before = layers.get(..at).unwrap_or_default();
                let features = counts(before, input).0.last().map_or(input, |row| row.count.output);
                let added = edit::new_layers(new, features).ok_or("There is no such layer.")?;
                if layers.len() + added.len() > MAX_LAYERS {
                    return Err(format!(
                        "A network has at most {MAX_LAYERS} layers here; this one has {}.",
                        layers.len()
                    ));
                }
                self.change(|layers| layers.splice(at..at, added).for_each(drop));
                self.layer = Some(at);
            }
            Action::Remove(at) => {
                let layers = self.net.architecture().layers;
                if layers.len() <= 1 {
                    return Err("The last layer stays: a network without layers computes nothing.".to_owned());
                }
                let other = edit::other_end(&layers, at);
                self.change(|layers| {
                    let kept = std::mem::take(layers).into_iter().enumerate();
                    *layers = kept
                        .filter(|(index, _)| *index != at && Some(*index) != other)
                        .map(|(_, layer)| layer)
                        .collect();
                });
                let len = self.net.architecture().layers.len();
                self.layer = self.layer.map(|layer| layer.min(len.saturating_sub(1)));
            }
            Action::Move(at, towards) => {
                let len = self.net.architecture().layers.len();
                let to = match towards {
                    Towards::Input => at.checked_sub(1),
                    Towards::Output => Some(at + 1),
                };
                let to = to.filter(|to| *to < len && at < len).ok_or("It is at the end of the list.")?;
                self.change(|layers| layers.swap(at, to));
                self.layer = Some(to);
            }
            Action::SetInput(text) => {
                let input = read_input(&text).ok_or_else(|| {
                    format!(
                        "“{}” is no input: channels, rows and columns, each from 1 to {MAX_INPUT}, such as 3,224,224.",
                        crate::num::shortened(&text)
                    )
                })?;
                let layers = self.net.architecture().layers;
                self.net = Net::of(input, layers);
            }
            Action::Replace(layers) => self.change(|own| *own = layers),
            Action::Open(state) => *self = *state,
        }
        Ok(Undo::Record)
    }
}

impl ArchitecturesLab {
    /// Does what can only be done when all fields of a link are read: layers of a network that has a name are that.
    pub fn settle(&mut self) {
        if let Net::Own { input, layers } = &self.net {
            self.net = Net::of(*input, layers.clone());
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Vec<Layer>)) {
        let Architecture { input, mut layers, .. } = self.net.architecture();
        change(&mut layers);
        self.net = Net::of(input.as_maps(), layers);
    }
}

/// `3,224,224`: channels, rows and columns; spaces and `×` between them will do.
pub fn read_input(text: &str) -> Option<(usize, usize, usize)> {
    let parts: Vec<usize> = text
        .split([',', '×', 'x', ' ', ';'])
        .filter(|part| !part.is_empty())
        .take(4)
        .map(|part| part.parse::<usize>().ok().filter(|extent| (1..=MAX_INPUT).contains(extent)))
        .collect::<Option<_>>()?;
    match parts.as_slice() {
        [channels, height, width] => Some((*channels, *height, *width)),
        _ => None,
    }
}

/// The sentence about a layer that does not fit, with where it stands.
pub fn sentence(layers: &[Layer], misfit: &Misfit) -> String {
    let name = layers.get(misfit.at).map_or("the end", Layer::noun);
    match misfit.error {
        LayerError::Shape(error) => format!("Layer {}, {name}, does not fit. {error}", misfit.at + 1),
        error => format!("Layer {}, {name}: {error}", misfit.at + 1),
    }
}
