//! The results of a class, in a chunk of its own: only who reads them loads it.
#![allow(unsafe_code, reason = "what #[wasm_split] writes: the border between two modules of one program")]
#![allow(clippy::unnecessary_wraps, reason = "a split function says by its type that its chunk may not come")]

use receptive::{
    course::quiz::{code::Made, results, sheet::Sheet},
    markup::Markup,
};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::ui::platform::chunk;

const PART: &str = "The part that reads results";

/// What codes tell of.
///
/// # Errors
/// A sentence, where the chunk does not come.
pub(super) async fn results(codes: String) -> Result<Markup, String> {
    chunk::fetch("results", PART).await?;
    made(codes, Sheet::questions).await.map_err(|_not_loaded| [PART, " did not start."].concat())
}

#[wasm_split(results, fallible)]
fn made(codes: String, questions: Made) -> Result<Markup, SplitLoaderError> {
    Ok(results::results(&codes, questions))
}
