//! A picture on its way through layers that have learned nothing, in a chunk of its own, which comes after the page.
#![allow(unsafe_code, reason = "what #[wasm_split] writes: the border between two modules of one program")]
#![allow(clippy::unnecessary_wraps, reason = "a split function says by its type that its chunk may not come")]

use receptive::{
    lab::depth::{FLOW_PARTS, Flow, Settings},
    markup::Markup,
    plot::Look,
};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::ui::{
    component::paint_tile,
    platform::{chunk, rewrite_around_focus},
};

const PART: &str = "The part that sends a picture through the layers";

/// What the chunk does for the page.
pub(super) trait Ways {
    /// Begins anew where other settings ask for it.
    fn follow(&mut self, settings: &Settings);
    /// Takes one layer; `false` where all are done.
    fn advance(&mut self) -> bool;
    /// Puts what differs on the page.
    fn show(&mut self, look: Look);
    /// The page has lost what was put there.
    fn forget(&mut self);
}

/// The picture before the first layer.
///
/// # Errors
/// A sentence, where the chunk does not come.
pub(super) async fn ways(settings: Settings) -> Result<Box<dyn Ways>, String> {
    chunk::fetch("ways", PART).await?;
    begin(settings).await.map_err(|_not_loaded| [PART, " did not start."].concat())
}

#[wasm_split(ways, fallible)]
fn begin(settings: Settings) -> Result<Box<dyn Ways>, SplitLoaderError> {
    Ok(Box::new(Shown { flow: Flow::new(&settings), shown: Default::default() }))
}

struct Shown {
    flow: Flow,
    /// What is in each part.
    shown: [Option<Markup>; FLOW_PARTS.len()],
}

impl Ways for Shown {
    fn follow(&mut self, settings: &Settings) {
        if !self.flow.fits(settings) {
            self.flow = Flow::new(settings);
        }
    }

    fn advance(&mut self) -> bool {
        self.flow.advance()
    }

    fn show(&mut self, look: Look) {
        for ((id, of), shown) in FLOW_PARTS.iter().zip(&mut self.shown) {
            let html = of(&self.flow, look);
            if shown.as_ref() != Some(&html) && rewrite_around_focus(id, &html) {
                *shown = Some(html);
            }
        }
        for (row, (_, after)) in self.flow.rows().into_iter().enumerate() {
            for place in 0..after.len() {
                if let Some(picture) = self.flow.picture(row, place) {
                    paint_tile(&format!("depth-way-{row}-{place}"), picture.columns, &picture.shares);
                }
            }
        }
    }

    fn forget(&mut self) {
        self.shown = Default::default();
    }
}
