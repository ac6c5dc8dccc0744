//! Questions whose answers are computed, and what wrong answers mean.
