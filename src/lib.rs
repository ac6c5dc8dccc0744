//! The core of Receptive: what a convolutional network computes, as data in and data out.
//!
//! Nothing in this library knows a browser, a clock, a file or a thread.
//! The layers point down: [`num`], [`markup`] < [`nn`] < [`model`], [`data`] < [`train`], [`trace`], [`formula`] <
//! [`explain`], [`export`], [`image`], [`mistake`], [`paste`], [`plot`] < [`lab`] < [`link`], [`command`], [`protocol`] <
//! [`mod@bench`], [`tools`] < [`course`] < the binaries.
//! `ARCHITECTURE.md` tells why, and `tests/architecture.rs` checks it.

pub mod bench;
pub mod command;
pub mod course;
pub mod data;
pub mod explain;
pub mod export;
pub mod formula;
pub mod image;
pub mod lab;
pub mod link;
pub mod markup;
pub mod mistake;
pub mod model;
pub mod nn;
pub mod num;
pub mod paste;
pub mod plot;
pub mod protocol;
pub mod site;
pub mod tools;
pub mod trace;
pub mod train;
