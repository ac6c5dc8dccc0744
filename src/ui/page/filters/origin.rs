//! What the browser did to an opened picture's numbers, in a chunk of its own: it is told once a picture is there.
#![allow(unsafe_code, reason = "what #[wasm_split] writes: the border between two modules of one program")]
#![allow(clippy::unnecessary_wraps, reason = "a split function says by its type that its chunk may not come")]

use receptive::image::{
    fitted,
    header::Header,
    origin::{Decoded, Origin, PROBE, TAIL},
};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::ui::platform::{Bytes, PictureFile, Rgba, chunk};

const PART: &str = "The part that tells what the browser did to the picture's numbers";

/// A file that the browser was to make a picture of.
pub(super) struct Developed {
    pub(super) file: PictureFile,
    /// Its first bytes.
    pub(super) head: Vec<u8>,
    pub(super) header: Header,
    /// What came out.
    pub(super) made: Option<Rgba>,
}

/// Tells what became of a file's numbers, or why the browser made none of it.
///
/// # Errors
/// A sentence, where the chunk does not come.
pub(super) async fn words(developed: Developed) -> Result<String, String> {
    let file = &developed.file;
    // Of a file that was read whole, the last bytes are there already.
    let tail = file.bytes(file.size().saturating_sub(TAIL).max(developed.head.len()), file.size()).await;
    let raw = is_raw().await == Some(true);
    chunk::fetch("origin", PART).await?;
    tell(developed, tail, raw).await.map_err(|_not_loaded| [PART, " did not start."].concat())
}

/// Whether this browser leaves profiles and gammas aside, as it is asked to.
async fn is_raw() -> Option<bool> {
    let (file, number) = PROBE;
    let made = PictureFile::fetched("", &Bytes::from(file))?.decode(fitted).await?;
    Some(made.bytes.first() == Some(&number))
}

#[wasm_split(origin, fallible)]
fn tell(developed: Developed, tail: Vec<u8>, raw: bool) -> Result<String, SplitLoaderError> {
    let Developed { file, head, header, made } = developed;
    let size = file.size() as u64;
    let origin = Origin::read(header.kind, &head, &tail, size);
    let Some(made) = made else { return Ok(origin.refused(&file.name, size)) };
    let transparent = made.bytes.iter().skip(3).step_by(4).filter(|alpha| **alpha < 255).count();
    let shape = (header.height as usize, header.width as usize);
    Ok(origin.words(&Decoded { shape, fitted: (made.height, made.width), transparent, raw }))
}
