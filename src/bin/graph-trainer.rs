//! The worker that trains networks of any layers.

mod worker;

use receptive::model::Graph;

fn main() {
    worker::run::<Graph>();
}
