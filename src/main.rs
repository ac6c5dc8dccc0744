//! The app: pages that are views of the core.
fn main() {}
