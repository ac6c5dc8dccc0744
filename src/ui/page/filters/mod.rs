//! `#/filters`: what this lab has besides a bench.

mod pictures;

pub(super) use pictures::PICTURES;
