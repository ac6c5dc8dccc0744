//! A hundred thousand seeded pastes, links, files, pictures and stored values: `examples/fuzz.rs` says which.

#![allow(unused_qualifications, reason = "the example stands alone")]

#[path = "../examples/fuzz.rs"]
#[allow(dead_code, reason = "a command's `main`")]
mod fuzz;

#[test]
fn whatever_comes_is_read_without_a_panic_and_within_a_cap_of_memory() {
    fuzz::tell_the_case(2);
    fuzz::run(100_000, 2, 0);
}
