//! Seeded random streams: the same key gives the same numbers on every machine, in every version.
//!
//! [`ChaCha8Rng`] is value-stable by promise, but the samplers of the `rand` crate are not, so the few that are needed
//! stand here, and tests pin their values. A stream is named by (seed, purpose, index): who draws when, and on which
//! worker, can't change what is drawn.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng as _, SeedableRng as _},
};

/// What a stream is for. Streams of different purposes are independent.
///
/// The numbers are part of every published seed: they are never changed or used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Initial weights; the index is the parameter's place in its network.
    Parameters = 1,
    /// The order of the training images; the index is the epoch, from 1.
    Shuffle = 2,
    /// How a training image is varied; the index is the epoch in the upper 32 bits and the image in the lower.
    Augment = 3,
    /// A random kernel of the filters lab; the index is its row.
    Kernel = 4,
    /// A question of a quiz; the index is its family, its level, and its number.
    Question = 5,
}

/// A stream of random numbers.
///
/// ```
/// # use receptive::num::rng::{Purpose, Stream};
/// let mut order = [0, 1, 2, 3, 4, 5, 6, 7];
/// Stream::new(1, Purpose::Shuffle, 1).shuffle(&mut order);
/// assert_eq!(order, [6, 1, 0, 3, 7, 5, 2, 4]);
/// ```
#[derive(Debug, Clone)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream named by `seed`, `purpose` and `index`, at its beginning.
    pub fn new(seed: u64, purpose: Purpose, index: u64) -> Self {
        let mut key = [0; 32];
        for (bytes, word) in key.chunks_exact_mut(8).zip([seed, purpose as u64, index]) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// 32 random bits.
    pub fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// Uniform over the 2²⁴ multiples of 2⁻²⁴ in [0, 1).
    pub fn uniform(&mut self) -> f32 {
        // 24 bits: every value is exact in f32, and 1 is never reached by rounding.
        (self.next_u32() >> 8) as f32 * (1.0 / 16_777_216.0)
    }

    /// Uniform over [−bound, bound).
    pub fn symmetric(&mut self, bound: f32) -> f32 {
        (2.0 * self.uniform() - 1.0) * bound
    }

    /// Uniform over 0..n without bias; 0 for n = 0.
    ///
    /// # Source
    /// Lemire, *Fast random integer generation in an interval*, 2019.
    pub fn below(&mut self, n: u32) -> u32 {
        if n == 0 {
            return 0;
        }
        // Of 2³² numbers, 2³² mod n are too many to be shared out evenly.
        let surplus = n.wrapping_neg() % n;
        loop {
            let product = u64::from(self.next_u32()) * u64::from(n);
            let [_, _, _, _, high @ ..] = product.to_le_bytes();
            let [low @ .., _, _, _, _] = product.to_le_bytes();
            if u32::from_le_bytes(low) >= surplus {
                return u32::from_le_bytes(high);
            }
        }
    }

    /// Puts `items` in random order, every order being equally likely (Fisher and Yates).
    ///
    /// Slices longer than `u32::MAX` keep their tail where it is.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        let len = u32::try_from(items.len()).unwrap_or(u32::MAX);
        for last in (1..len).rev() {
            items.swap(last as usize, self.below(last + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_pinned() {
        let mut stream = Stream::new(1, Purpose::Parameters, 0);
        assert_eq!([(); 4].map(|()| stream.next_u32()), [1_489_600_331, 1_011_583_306, 2_319_271_736, 3_563_607_617]);
        let mut stream = Stream::new(u64::MAX, Purpose::Shuffle, 7);
        assert_eq!(
            [(); 4].map(|()| stream.uniform().to_bits()),
            [1_053_520_506, 1_046_582_176, 1_051_866_780, 1_043_259_240]
        );
        assert_eq!([(); 6].map(|()| stream.below(6)), [1, 2, 3, 5, 0, 0]);
        assert_eq!([(); 2].map(|()| stream.symmetric(0.2).to_bits()), [1_025_531_200, 1_018_885_632]);
    }

    #[test]
    fn streams_are_independent() {
        let first = |seed, purpose, index| Stream::new(seed, purpose, index).next_u32();
        let draws = [
            first(1, Purpose::Parameters, 0),
            first(2, Purpose::Parameters, 0),
            first(1, Purpose::Shuffle, 0),
            first(1, Purpose::Parameters, 1),
            first(1, Purpose::Augment, 0),
            first(1, Purpose::Augment, 1 << 32),
        ];
        for (i, a) in draws.iter().enumerate() {
            assert!(draws.iter().skip(i + 1).all(|b| a != b), "{draws:?}");
        }
    }

    #[test]
    fn below_is_in_range_and_even() {
        let mut stream = Stream::new(3, Purpose::Shuffle, 0);
        let mut counts = [0_u32; 5];
        for _ in 0..50_000 {
            counts[stream.below(5) as usize] += 1;
        }
        // Five standard deviations of a binomial with n = 50,000 and p = 1/5 are 447.
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 447), "{counts:?}");
        assert_eq!(stream.below(0), 0);
        assert_eq!(stream.below(1), 0);
    }

    #[test]
    fn uniform_is_in_range_and_centred() {
        let mut stream = Stream::new(4, Purpose::Parameters, 0);
        let draws: Vec<f32> = (0..20_000).map(|_| stream.uniform()).collect();
        assert!(draws.iter().all(|x| (0.0..1.0).contains(x)));
        let mean = draws.iter().map(|x| f64::from(*x)).sum::<f64>() / 20_000.0;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<u32> = (0..1000).collect();
        Stream::new(5, Purpose::Shuffle, 1).shuffle(&mut items);
        assert_ne!(items, (0..1000).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..1000).collect::<Vec<_>>());
        Stream::new(5, Purpose::Shuffle, 1).shuffle::<u32>(&mut []);
    }
}
