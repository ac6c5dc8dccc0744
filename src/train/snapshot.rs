//! A run as bytes, from which it continues with the same bits.
//!
//! The layout: a magic number, a checksum of all that follows, the length of a header, the header ([`postcard`]), then
//! the weights and the optimiser's two rows as little-endian f32. It is read by the same build of the app that wrote
//! it; another version is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    RunSpec,
    spec::check_rate,
    trainer::{Position, Trainer},
};
use crate::model::Trainable;

/// Marks a snapshot, and its version.
const MAGIC: [u8; 8] = *b"rcptrun2";

/// The bytes are not a snapshot of this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SnapshotError {
    /// They are no snapshot, of another version, or damaged.
    #[error("These {0} bytes are no snapshot of a run.")]
    Format(usize),
    /// They are a snapshot of a run with other settings.
    #[error("The snapshot belongs to a run with other settings.")]
    OtherRun,
}

#[derive(Serialize, Deserialize)]
struct Header<M> {
    spec: RunSpec<M>,
    position: Position,
    learning_rate: f32,
}

impl<N: Trainable> Trainer<N> {
    /// The run as bytes. A step or a test on its way is left out: it begins again.
    pub fn snapshot(&self) -> Vec<u8> {
        let header = Header { spec: self.spec.clone(), position: self.position(), learning_rate: self.learning_rate };
        // Serialising numbers into a growing vector has no way to fail.
        let header = postcard::to_allocvec(&header).unwrap_or_default();
        let (first, second) = self.optimizer.state();
        let rows = [self.network.weights(), first, second];
        let len = rows.iter().map(|row| 4 * row.len()).sum::<usize>();

        let mut bytes = Vec::with_capacity(MAGIC.len() + 10 + header.len() + len);
        bytes.extend(MAGIC);
        bytes.extend([0; 8]);
        bytes.extend(u16::try_from(header.len()).unwrap_or_default().to_le_bytes());
        bytes.extend(header);
        for x in rows.into_iter().flatten() {
            bytes.extend_from_slice(&x.to_le_bytes());
        }
        if let Some((head, body)) = bytes.split_at_mut_checked(16)
            && let Some(sum) = head.last_chunk_mut::<8>()
        {
            *sum = checksum(body).to_le_bytes();
        }
        bytes
    }

    /// Continues the run of `snapshot`, which must have been started with the same settings.
    ///
    /// # Errors
    /// [`SnapshotError`] if the bytes are no snapshot of such a run; the trainer is then unchanged.
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<(), SnapshotError> {
        let bad = SnapshotError::Format(snapshot.len());
        let rest = snapshot.strip_prefix(&MAGIC).ok_or(bad)?;
        let (sum, body) = rest.split_first_chunk::<8>().ok_or(bad)?;
        if u64::from_le_bytes(*sum) != checksum(body) {
            return Err(bad);
        }
        let (len, rest) = body.split_first_chunk().ok_or(bad)?;
        let (header, rows) = rest.split_at_checked(u16::from_le_bytes(*len).into()).ok_or(bad)?;
        let Ok((header, [])) = postcard::take_from_bytes::<Header<N::Spec>>(header) else { return Err(bad) };
        if header.spec != self.spec {
            return Err(SnapshotError::OtherRun);
        }
        let Position { step, tested } = header.position;
        let trained = step / self.spec.steps_per_epoch();
        let untested = step.is_multiple_of(self.spec.steps_per_epoch()) && tested + 1 == trained;
        if step > self.spec.steps() || !(tested == trained || untested) || check_rate(header.learning_rate).is_err() {
            return Err(bad);
        }
        let (values, tail) = rows.as_chunks::<4>();
        let (first, second) = self.optimizer.state();
        let lens = (self.network.weights().len(), first.len(), second.len());
        if !tail.is_empty() || values.len() != lens.0 + lens.1 + lens.2 {
            return Err(bad);
        }
        let mut values = values.iter().map(|bytes| f32::from_le_bytes(*bytes));
        if !values.clone().all(f32::is_finite) {
            return Err(bad);
        }
        self.network.update(|weights| weights.iter_mut().zip(&mut values).for_each(|(to, from)| *to = from));
        let (first, second) = self.optimizer.restore(step);
        first.iter_mut().chain(second).zip(values).for_each(|(to, from)| *to = from);
        self.learning_rate = header.learning_rate;
        self.go_to(header.position);
        Ok(())
    }
}

/// FNV-1a over 8 bytes at a time: damage is found, nothing is hidden.
///
/// # Source
/// Fowler, Noll, Vo, *The FNV non-cryptographic hash algorithm*.
fn checksum(bytes: &[u8]) -> u64 {
    let (words, tail) = bytes.as_chunks::<8>();
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let all = words.chain(tail.iter().copied().map(u64::from));
    all.fold(0xcbf2_9ce4_8422_2325, |sum, word| (sum ^ word).wrapping_mul(0x0100_0000_01b3))
}
