//! Weights as a safetensors file with PyTorch's names: `load_state_dict` takes it as it is.

use ::safetensors::{Dtype, SafeTensorError, SafeTensors, serialize, tensor::TensorView};
use thiserror::Error;

use super::Trainable;

/// The largest file that is read.
pub const MAX_BYTES: usize = 64 << 20;

/// Why bytes are no weights of a network.
#[derive(Debug, Error)]
pub enum WeightsError {
    /// More than is read.
    #[error("The file has {found} bytes; the most is {MAX_BYTES}.")]
    TooLarge {
        /// Bytes of the file.
        found: usize,
    },
    /// No safetensors file.
    #[error("This is no safetensors file: {0}.")]
    Format(#[from] SafeTensorError),
    /// A parameter is not in the file.
    #[error("The file has no tensor {name}.")]
    Missing {
        /// Its name.
        name: String,
    },
    /// A tensor of another shape.
    #[error("{name} has the shape {found:?} where {expected:?} is needed.")]
    Shape {
        /// Its name.
        name: String,
        /// The network's.
        expected: Vec<usize>,
        /// The file's.
        found: Vec<usize>,
    },
    /// A tensor of another type.
    #[error("{name} holds {found:?} where F32 is needed.")]
    Type {
        /// Its name.
        name: String,
        /// The file's type.
        found: Dtype,
    },
    /// A weight that is no number.
    #[error("{name} holds a value that is not finite.")]
    NotFinite {
        /// Its name.
        name: String,
    },
}

/// Weights to a file and back.
pub trait Safetensors: Trainable {
    /// The weights as a safetensors file.
    ///
    /// # Errors
    /// [`WeightsError::Format`], which would be a fault of this program: shapes and values always fit.
    fn to_safetensors(&self) -> Result<Vec<u8>, WeightsError> {
        write(self)
    }

    /// Replaces all weights by those of a safetensors file; tensors of other names are left alone.
    ///
    /// # Errors
    /// [`WeightsError`] if the file does not hold every parameter; the network is then unchanged.
    fn load_safetensors(&mut self, file: &[u8]) -> Result<(), WeightsError> {
        read(self, file)
    }
}

impl<N: Trainable> Safetensors for N {}

fn write(network: &impl Trainable) -> Result<Vec<u8>, WeightsError> {
    let bytes: Vec<u8> = network.weights().iter().flat_map(|w| w.to_le_bytes()).collect();
    let mut views = Vec::with_capacity(network.parameters().len());
    for parameter in network.parameters() {
        let range = 4 * parameter.range.start..4 * parameter.range.end;
        let values = bytes.get(range).unwrap_or_default();
        views.push((&parameter.name, TensorView::new(Dtype::F32, parameter.shape.clone(), values)?));
    }
    Ok(serialize(views, None)?)
}

fn read(network: &mut impl Trainable, file: &[u8]) -> Result<(), WeightsError> {
    if file.len() > MAX_BYTES {
        return Err(WeightsError::TooLarge { found: file.len() });
    }
    let tensors = SafeTensors::deserialize(file)?;
    let mut weights = Vec::with_capacity(network.weights().len());
    for parameter in network.parameters() {
        let name = || parameter.name.clone();
        let tensor = match tensors.tensor(&parameter.name) {
            Err(SafeTensorError::TensorNotFound(_)) => return Err(WeightsError::Missing { name: name() }),
            other => other?,
        };
        if tensor.dtype() != Dtype::F32 {
            return Err(WeightsError::Type { name: name(), found: tensor.dtype() });
        }
        if tensor.shape() != parameter.shape {
            let (expected, found) = (parameter.shape.clone(), tensor.shape().to_vec());
            return Err(WeightsError::Shape { name: name(), expected, found });
        }
        let (values, _) = tensor.data().as_chunks::<4>();
        let start = weights.len();
        weights.extend(values.iter().map(|bytes| f32::from_le_bytes(*bytes)));
        if weights.iter().skip(start).any(|w| !w.is_finite()) {
            return Err(WeightsError::NotFinite { name: name() });
        }
    }
    network.update(|own| own.copy_from_slice(&weights));
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{ModelSpec, Network};

    fn lenet(seed: u32) -> Network {
        Network::new(&ModelSpec::lenet(), seed).unwrap()
    }

    #[track_caller]
    fn check(file: &[u8], expect: &str) {
        let error = lenet(1).load_safetensors(file).unwrap_err();
        assert!(error.to_string().contains(expect), "{error}");
    }

    fn file(name: &str, dtype: Dtype, shape: &[usize], values: &[u8]) -> Vec<u8> {
        let view = TensorView::new(dtype, shape.to_vec(), values).unwrap();
        serialize([(name, view)], None).unwrap()
    }

    #[test]
    fn weights_survive_the_round_trip() {
        let (from, mut to) = (lenet(1), lenet(2));
        assert_ne!(from.weights(), to.weights());
        to.load_safetensors(&from.to_safetensors().unwrap()).unwrap();
        assert_eq!(from.weights(), to.weights());
    }

    #[test]
    fn errors_say_what_is_wrong() {
        check(b"", "no safetensors file");
        check(&file("other", Dtype::F32, &[1], &[0; 4]), "no tensor conv1.weight");
        check(&file("conv1.weight", Dtype::F32, &[6, 25], &[0; 600]), "[6, 25] where [6, 1, 5, 5] is needed");
        check(&file("conv1.weight", Dtype::F64, &[6, 1, 5, 5], &[0; 1200]), "F64 where F32 is needed");
        check(&file("conv1.weight", Dtype::F32, &[6, 1, 5, 5], &[0xff; 600]), "not finite");
        check(&vec![0; MAX_BYTES + 1], "67108865 bytes");
    }

    proptest! {
        #[test]
        fn any_bytes_decode_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..256), header in 0_u8..64) {
            let mut network = lenet(1);
            prop_assert!(network.load_safetensors(&bytes).is_err());
            let sized = [&[header, 0, 0, 0, 0, 0, 0, 0][..], &bytes].concat();
            prop_assert!(network.load_safetensors(&sized).is_err());
        }
    }
}
