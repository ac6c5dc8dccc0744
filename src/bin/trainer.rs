//! The trainer: a Web Worker around the core's training loop.
fn main() {}
