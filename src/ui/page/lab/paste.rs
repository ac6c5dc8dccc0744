//! What reads pasted text, in a chunk of its own: the dialog, and a paste into a grid.
#![allow(unsafe_code, reason = "what #[wasm_split] writes: the border between two modules of one program")]
#![allow(clippy::unnecessary_wraps, reason = "a split function says by its type that its chunk may not come")]

use leptos::{prelude::*, task::spawn_local};
use receptive::{
    lab::{operation::Action, scene::PlateId},
    paste::{Limits, Planes, parse_planes},
};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::Lab;
use crate::ui::{
    component::{PasteDialog, PasteRequest},
    platform::chunk::{self, now},
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

/// Puts a text into the grid at that row and column.
pub(super) fn into_grid(lab: Lab, place: (PlateId, usize, usize), text: String) {
    spawn_local(async move {
        let fetched = fetch().await;
        if !lab.alive.is() {
            return;
        }
        match fetched {
            Ok(()) => drop(put(lab, place, text).await),
            Err(sentence) => lab.said.set(Some(sentence)),
        }
    });
}

#[wasm_split(paste, fallible)]
fn put(lab: Lab, (plate, row, col): (PlateId, usize, usize), text: String) -> Result<(), SplitLoaderError> {
    pasted(lab, plate, row, col, &text);
    Ok(())
}

/// A pasted matrix takes the grid's place; cells of a spreadsheet go where they are pasted. A stack of matrices takes the
/// places of several grids.
fn pasted(lab: Lab, plate: PlateId, row: usize, col: usize, text: &str) {
    let (planes, diagnostics) = parse_planes(text);
    let Some(planes) = planes else {
        lab.said.set(diagnostics.first().map(ToString::to_string));
        return;
    };
    let mut planes = planes.into_planes();
    let mut said: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    // A lab with one grid takes the first of a stack, and says so.
    let of_kind = |known: PlateId| matches!(known, PlateId::Input(_)) == matches!(plate, PlateId::Input(_));
    let targets = lab.session.peek(|lab| lab.operation().targets());
    let room =
        targets.iter().find(|(_, _, known)| of_kind(*known)).map_or(1, |(_, most, _)| most.filters * most.channels);
    if planes.len() > room && room == 1 {
        said.push(format!("There are {} matrices; the first is taken.", planes.len()));
        planes.truncate(room);
    }
    let single = planes.iter().all(|plane| plane.shape() == (1, 1));
    let literal = text.contains(['[', '(', '\\']);
    if planes.len() > 1 || (literal && !single) {
        lab.change(Action::Replace { plate, planes });
    } else if let Some(block) = planes.pop() {
        lab.change(Action::PutBlock { plate, row, col, block });
    }
    if !said.is_empty() {
        lab.said.set(Some(said.join(" ")));
    }
}
