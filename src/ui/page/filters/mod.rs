//! `#/filters`: what this lab has besides a bench.

mod origin;
mod pictures;

pub(super) use pictures::PICTURES;
