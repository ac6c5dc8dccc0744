//! What reads pasted text, in a chunk of its own: the dialog, and a paste into a grid.
#![allow(unsafe_code, reason = "what #[wasm_split] writes: the border between two modules of one program")]
#![allow(clippy::unnecessary_wraps, reason = "a split function says by its type that its chunk may not come")]

use leptos::{prelude::*, task::spawn_local};
use receptive::{
    bench::pasted::events,
    lab::scene::PlateId,
    paste::{Limits, Pasted, Planes},
};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::live::LiveBench;
use crate::ui::{
    component::{PasteDialog, PasteRequest},
    platform::chunk::{self, now},
    signal::{RwSignal, Signal},
};

const PART: &str = "The part that reads what is pasted";

/// Loads the chunk.
///
/// # Errors
/// A sentence.
pub(super) async fn fetch() -> Result<(), String> {
    chunk::fetch("paste", PART).await?;
    load().await.map_err(|_not_loaded| [PART, " did not start. Copy the link, reload, then try again."].concat())
}

/// The dialog; the chunk is loaded.
pub(super) fn dialog(
    open: RwSignal<Option<PasteRequest>>,
    targets: Signal<Vec<(String, Limits)>>,
    on_put: Callback<(usize, Planes)>,
) -> AnyView {
    now(view(open, targets, on_put)).and_then(Result::ok).unwrap_or_else(|| ().into_any())
}

#[wasm_split(paste, fallible, preload(load))]
fn view(
    open: RwSignal<Option<PasteRequest>>,
    targets: Signal<Vec<(String, Limits)>>,
    on_put: Callback<(usize, Planes)>,
) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <PasteDialog open targets on_put/> }.into_any())
}

/// Puts what is pasted into the grid at that row and column.
pub(super) fn into_grid(bench: LiveBench, place: (PlateId, usize, usize), pasted: Pasted) {
    spawn_local(async move {
        let fetched = fetch().await;
        if !bench.alive.is() {
            return;
        }
        match fetched {
            Ok(()) => drop(put(bench, place, pasted).await),
            Err(sentence) => bench.say(sentence),
        }
    });
}

#[wasm_split(paste, fallible)]
fn put(bench: LiveBench, place: (PlateId, usize, usize), pasted: Pasted) -> Result<(), SplitLoaderError> {
    for event in bench.peek(|lab| events(lab, place, &pasted)) {
        bench.send(event);
    }
    Ok(())
}
