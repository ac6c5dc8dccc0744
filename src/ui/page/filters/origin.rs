//! What the browser did to an opened picture's numbers, in a chunk of its own: it is told once a picture is there.
#![allow(unsafe_code, reason = "what #[wasm_split] writes: the border between two modules of one program")]
#![allow(clippy::unnecessary_wraps, reason = "a split function says by its type that its chunk may not come")]

use std::pin::Pin;

use receptive::image::{
    fitted,
    header::Header,
    origin::{Decoded, Origin, PROBE, TAIL},
};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::ui::platform::{Bytes, PictureFile, Rgba, chunk};

const PART: &str = "The part that tells what the browser did to the picture's numbers";

/// Tells of a file, of which `head` are the first bytes, what became of its numbers, or why the browser made none.
///
/// # Errors
/// A sentence, where the chunk does not come.
pub(super) async fn words(
    file: PictureFile,
    head: Vec<u8>,
    header: Header,
    made: Option<Rgba>,
) -> Result<String, String> {
    chunk::fetch("origin", PART).await?;
    match telling(file, head, header, made).await {
        Ok(words) => Ok(words.await),
        Err(_) => Err([PART, " did not start."].concat()),
    }
}

type Telling = Pin<Box<dyn Future<Output = String>>>;

#[wasm_split(origin, fallible)]
fn telling(file: PictureFile, head: Vec<u8>, header: Header, made: Option<Rgba>) -> Result<Telling, SplitLoaderError> {
    Ok(Box::pin(async move {
        let size = file.size();
        // Of a file that is read whole, its last bytes are there already.
        let tail = file.bytes(size.saturating_sub(TAIL).max(head.len()), size).await;
        let origin = Origin::read(&head, &tail, size as u64);
        let Some(made) = made else { return origin.refused(&file.name, size as u64) };
        let transparent = made.bytes.iter().skip(3).step_by(4).filter(|alpha| **alpha < 255).count();
        let raw = origin.colours.is_none() || leaves_aside().await;
        let shape = (header.height as usize, header.width as usize);
        origin.words(&Decoded { shape, fitted: (made.height, made.width), transparent, raw })
    }))
}

/// Whether this browser leaves profiles and gammas aside, as it is asked to.
async fn leaves_aside() -> bool {
    let (file, number) = PROBE;
    let probe = PictureFile::fetched("", &Bytes::from(file));
    let Some(probe) = probe else { return false };
    probe.decode(fitted).await.is_some_and(|made| made.bytes.first() == Some(&number))
}
