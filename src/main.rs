//! The app: one program, cut into chunks after linking (`xtask/wasm-bindgen`).
#![allow(clippy::must_use_candidate, reason = "a component's view is always used")]
#![allow(clippy::large_types_passed_by_value, reason = "handles of signals, which are copied into closures anyway")]
#![allow(clippy::needless_pass_by_value, reason = "components own their properties")]
#![allow(clippy::too_many_lines, reason = "a component is as long as its view")]
#![allow(unreachable_pub, reason = "what #[component] writes for a private component is public inside it")]

mod ui;

fn main() {
    ui::start();
}
