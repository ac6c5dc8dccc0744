//! The app: pages that are views of the core.
#![allow(clippy::must_use_candidate, reason = "a component's view is always used")]
#![allow(clippy::needless_pass_by_value, reason = "components own their properties")]
#![allow(unreachable_pub, reason = "what #[component] writes for a private component is public inside it")]

mod ui;

fn main() {
    console_error_panic_hook::set_once();
    ui::start();
}
