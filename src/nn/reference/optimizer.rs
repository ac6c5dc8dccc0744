//! Optimisers: how gradients change weights.

use ndarray::{ArrayRef, Dimension, Zip};

use super::same_extents;
use crate::nn::shape::ShapeError;

/// Stochastic gradient descent, with momentum, Nesterov's look-ahead and an L2 penalty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sgd {
    /// Step size η.
    pub learning_rate: f64,
    /// Share μ of the last velocity that is kept; 0 for none.
    pub momentum: f64,
    /// Whether the step looks ahead along the velocity.
    pub nesterov: bool,
    /// Weight decay λ, added to the gradient as λ·w.
    pub weight_decay: f64,
}

impl Sgd {
    /// One step, in place: `g ← dw + λ·w`, `v ← μ·v + g`, `w ← w − η·v`, or `w − η·(g + μ·v)` with Nesterov.
    ///
    /// # Shapes
    /// All the same; `velocity` starts as zeros.
    ///
    /// # Convention
    /// PyTorch's: the rate multiplies the velocity, not the gradient, and there is no dampening.
    ///
    /// # Errors
    /// [`ShapeError::Length`] if the shapes differ.
    ///
    /// # Source
    /// PyTorch, `torch.optim.SGD`; Sutskever et al., *On the importance of initialization and momentum*.
    pub fn step<D: Dimension>(
        &self,
        weight: &mut ArrayRef<f64, D>,
        grad: &ArrayRef<f64, D>,
        velocity: &mut ArrayRef<f64, D>,
    ) -> Result<(), ShapeError> {
        same_extents(weight.shape(), grad.shape())?;
        same_extents(weight.shape(), velocity.shape())?;
        let Self { learning_rate: eta, momentum: mu, nesterov, weight_decay: lambda } = *self;
        Zip::from(weight).and(grad).and(velocity).for_each(|w, &dw, v| {
            let g = dw + lambda * *w;
            *v = mu * *v + g;
            let direction = if nesterov { g + mu * *v } else { *v };
            *w -= eta * direction;
        });
        Ok(())
    }
}

/// Adam, and with [`decoupled`](Self::decoupled) decay AdamW.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adam {
    /// Step size η.
    pub learning_rate: f64,
    /// Shares β₁ and β₂ of the moments that are kept.
    pub betas: (f64, f64),
    /// ε, which keeps the division finite.
    pub epsilon: f64,
    /// Weight decay λ.
    pub weight_decay: f64,
    /// Whether the decay shrinks the weight itself (AdamW) or joins the gradient (Adam).
    pub decoupled: bool,
}

impl Adam {
    /// One step, in place; `t` counts steps from 1:
    /// `m ← β₁·m + (1 − β₁)·g`, `v ← β₂·v + (1 − β₂)·g²`,
    /// `w ← w − η · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)`,
    /// where Adam takes `g = dw + λ·w`, and AdamW `g = dw` after `w ← w − η·λ·w`.
    ///
    /// # Shapes
    /// All the same; the moments m (`mean`) and v (`square`) start as zeros.
    ///
    /// # Errors
    /// [`ShapeError::Length`] if the shapes differ.
    ///
    /// # Source
    /// Kingma & Ba, *Adam*, algorithm 1; Loshchilov & Hutter, *Decoupled weight decay regularization*; PyTorch,
    /// `torch.optim.Adam` and `AdamW`.
    pub fn step<D: Dimension>(
        &self,
        t: u32,
        weight: &mut ArrayRef<f64, D>,
        grad: &ArrayRef<f64, D>,
        mean: &mut ArrayRef<f64, D>,
        square: &mut ArrayRef<f64, D>,
    ) -> Result<(), ShapeError> {
        same_extents(weight.shape(), grad.shape())?;
        same_extents(weight.shape(), mean.shape())?;
        same_extents(weight.shape(), square.shape())?;
        let Self { learning_rate: eta, betas: (beta1, beta2), epsilon, weight_decay: lambda, decoupled } = *self;
        let t = f64::from(t);
        let (unbias1, unbias2) = (1.0 - beta1.powf(t), 1.0 - beta2.powf(t));
        Zip::from(weight).and(grad).and(mean).and(square).for_each(|w, &dw, m, v| {
            let g = if decoupled { dw } else { dw + lambda * *w };
            if decoupled {
                *w -= eta * lambda * *w;
            }
            *m = beta1 * *m + (1.0 - beta1) * g;
            *v = beta2 * *v + (1.0 - beta2) * g * g;
            *w -= eta * (*m / unbias1) / ((*v / unbias2).sqrt() + epsilon);
        });
        Ok(())
    }
}
