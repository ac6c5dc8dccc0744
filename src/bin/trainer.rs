//! The worker that trains LeNet: small, since the first training waits for it.

mod worker;

use receptive::model::Network;

fn main() {
    worker::run::<Network>();
}
