//! `#/train`.
