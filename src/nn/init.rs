//! What weights are before the first step.

use serde::{Deserialize, Serialize};

use crate::num::rng::Stream;

/// A rule for the first weights of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Init {
    /// PyTorch's default of `Conv2d` and `Linear`: weights and biases uniform over ±1/√`fan_in`.
    ///
    /// PyTorch writes it as Kaiming's uniform rule with a = √5, whose bound √(6/((1 + a²)·`fan_in`)) is the same.
    KaimingUniform,
    /// Weights uniform over ±√(6/(`fan_in` + `fan_out`)), biases 0.
    ///
    /// # Source
    /// Glorot & Bengio, *Understanding the difficulty of training deep feedforward neural networks*, 2010, formula 16.
    XavierUniform,
    /// Weights uniform over ±√(6/`fan_in`), biases 0: with ReLU the values that flow keep their spread.
    ///
    /// # Source
    /// He, Zhang, Ren, Sun, *Delving deep into rectifiers*, 2015, formula 10.
    HeUniform,
    /// Weights uniform over ±0.01·√3, whose standard deviation is 0.01, biases 0.
    Small,
    /// Nothing but zeros.
    Zero,
}

/// Bound of a uniform distribution whose standard deviation is 0.01.
const SMALL: f32 = 0.017_320_508;

impl Init {
    /// Fills the weight of a layer whose outputs read `fan_in` inputs each and whose inputs feed `fan_out` outputs each.
    pub fn weight(self, fan_in: usize, fan_out: usize, stream: &mut Stream, weight: &mut [f32]) {
        let bound = match self {
            Self::KaimingUniform => 1.0 / (fan_in as f32).sqrt(),
            Self::XavierUniform => (6.0 / (fan_in + fan_out) as f32).sqrt(),
            Self::HeUniform => (6.0 / fan_in as f32).sqrt(),
            Self::Small => SMALL,
            Self::Zero => return weight.fill(0.0),
        };
        weight.fill_with(|| stream.symmetric(bound));
    }

    /// Fills the bias of such a layer.
    pub fn bias(self, fan_in: usize, stream: &mut Stream, bias: &mut [f32]) {
        match self {
            Self::KaimingUniform => {
                let bound = 1.0 / (fan_in as f32).sqrt();
                bias.fill_with(|| stream.symmetric(bound));
            }
            Self::XavierUniform | Self::HeUniform | Self::Small | Self::Zero => bias.fill(0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::rng::Purpose;

    #[track_caller]
    fn check(init: Init, fan_in: usize, fan_out: usize, bound: f32) {
        let mut weight = vec![0.0; 10_000];
        init.weight(fan_in, fan_out, &mut Stream::new(1, Purpose::Parameters, 0), &mut weight);
        assert!(weight.iter().all(|w| w.abs() <= bound));
        let largest = weight.iter().fold(0.0_f32, |largest, w| largest.max(w.abs()));
        assert!(largest > 0.99 * bound, "{largest} of {bound}");
        let variance = weight.iter().map(|w| f64::from(w * w)).sum::<f64>() / 10_000.0;
        let expected = f64::from(bound * bound) / 3.0;
        assert!((variance / expected - 1.0).abs() < 0.05, "{variance} where {expected} is expected");
    }

    #[test]
    fn bounds() {
        check(Init::KaimingUniform, 25, 150, 0.2);
        check(Init::KaimingUniform, 400, 120, 0.05);
        check(Init::XavierUniform, 30, 24, 1.0 / 3.0);
        check(Init::HeUniform, 24, 999, 0.5);
        check(Init::Small, 7, 9, 0.01 * 3.0_f32.sqrt());
    }

    #[test]
    fn xavier_biases_are_zero() {
        let mut bias = [1.0; 3];
        Init::XavierUniform.bias(4, &mut Stream::new(1, Purpose::Parameters, 1), &mut bias);
        assert!(bias.iter().all(|b| b.to_bits() == 0));
    }
}
