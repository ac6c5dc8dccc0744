//! The app's module of the labs that look into a network: pictures, gradients, receptive fields, reasons. It shares the
//! app's source with the first, `src/main.rs`.
#![allow(clippy::must_use_candidate, reason = "a component's view is always used")]
#![allow(clippy::large_types_passed_by_value, reason = "handles of signals, which are copied into closures anyway")]
#![allow(clippy::needless_pass_by_value, reason = "components own their properties")]
#![allow(clippy::too_many_lines, reason = "a component is as long as its view")]
#![allow(unreachable_pub, reason = "what #[component] writes for a private component is public inside it")]
#![cfg_attr(
    not(all(feature = "app", feature = "insight", feature = "training")),
    allow(dead_code, unused_imports, reason = "the modules share parts; what none uses is found with all features on")
)]

#[path = "../ui/mod.rs"]
mod ui;

fn main() {
    ui::start();
}
