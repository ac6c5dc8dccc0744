//! What both pages that train have: the trainer's workers, and the files of MNIST.

mod files;
mod worker;

pub(crate) use files::{Fetched, Files};
pub(crate) use worker::{Heard, MAX_WORKERS, Trainer, Trains, is_gone, refusal};
