//! The text of links. A long one is packed, by a chunk of its own: few are. Until that is there a link is longer, and opens
//! the same.
#![allow(unsafe_code, reason = "what #[wasm_split] writes: the border between two modules of one program")]
#![allow(clippy::unnecessary_wraps, reason = "a split function says by its type that its chunk may not come")]

use std::cell::Cell;

use leptos::task::spawn_local;
use receptive::link::{self, Link};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::platform::chunk;

#[derive(Clone, Copy, PartialEq)]
enum Chunk {
    Unasked,
    Coming,
    Here,
    /// It is not asked for again: links are written several times a second.
    Lost,
}

thread_local! {
    static CHUNK: Cell<Chunk> = const { Cell::new(Chunk::Unasked) };
}

/// The text of `link`, packed where it is long and what packs it is there.
pub(crate) fn encode(link: &Link) -> String {
    encode_and(link, || ())
}

/// The same; `again` is called when a later call will give a shorter text.
pub(crate) fn encode_and(link: &Link, again: impl FnOnce() + 'static) -> String {
    let text = link.encode();
    if !link::is_long(&text) {
        return text;
    }
    if matches!(CHUNK.get(), Chunk::Unasked | Chunk::Coming) {
        spawn_local(async move {
            if fetch().await {
                again();
            }
        });
    }
    if CHUNK.get() != Chunk::Here {
        return text;
    }
    chunk::now(pack(text.clone())).and_then(Result::ok).unwrap_or(text)
}

/// The text of `link`, packed where it is long.
pub(crate) async fn packed(link: Link) -> String {
    let text = link.encode();
    if !link::is_long(&text) || !fetch().await {
        return text;
    }
    pack(text.clone()).await.unwrap_or(text)
}

async fn fetch() -> bool {
    if CHUNK.get() == Chunk::Here {
        return true;
    }
    CHUNK.set(Chunk::Coming);
    let is_here = chunk::fetch("pack", "The part that shortens links").await.is_ok() && load().await.is_ok();
    CHUNK.set(if is_here { Chunk::Here } else { Chunk::Lost });
    is_here
}

#[wasm_split(pack, fallible, preload(load))]
fn pack(text: String) -> Result<String, SplitLoaderError> {
    Ok(link::packed(&text))
}
