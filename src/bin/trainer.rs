//! The trainer: a Web Worker around the core's training loop.
fn main() {
    console_error_panic_hook::set_once();
}
