//! Looks at layers of one's own, in a chunk of its own: LeNet is trained without it.
#![allow(unsafe_code, reason = "what #[wasm_split] writes: the border between two modules of one program")]
#![allow(clippy::unnecessary_wraps, reason = "a split function says by its type that its chunk may not come")]

use receptive::lab::train::{Verdict, judge};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::ui::platform::chunk;

const PART: &str = "The part that reads layers";

/// What the layers of `text` are.
///
/// # Errors
/// A sentence, where the chunk does not come.
pub(super) async fn look_at(text: String) -> Result<Verdict, String> {
    chunk::fetch("judge", PART).await?;
    look(text).await.map_err(|_not_loaded| [PART, " did not start."].concat())
}

#[wasm_split(judge, fallible)]
fn look(text: String) -> Result<Verdict, SplitLoaderError> {
    Ok(judge(&text))
}
