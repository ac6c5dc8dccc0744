//! Files of this site, with the bytes counted as they come.

use js_sys::{Reflect, Uint8Array};
use leptos::prelude::*;
use leptos::web_sys::{ReadableStream, ReadableStreamDefaultReader, Response, Url};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::timer::breathe;

/// Why a download failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FetchError {
    /// The server's answer is no file.
    Status(u16),
    /// The connection was lost after so many bytes.
    Lost(u32),
    /// More came than was said to be read.
    TooLong(u32),
}

/// The address of a file of this site, relative to where the app is served.
pub(crate) fn site_address(path: &str) -> String {
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    Url::new_with_base(path, &base).map_or_else(|_| path.to_owned(), |url| url.href())
}

/// Downloads `path`, at most `limit` bytes of it, and tells `progress` how many have come and which the last ones are.
pub(crate) async fn download(
    path: &str,
    limit: u32,
    progress: impl Fn(u32, &Uint8Array),
) -> Result<Uint8Array, FetchError> {
    let response = JsFuture::from(window().fetch_with_str(&site_address(path))).await;
    let response: Response = response.ok().and_then(|answer| answer.dyn_into().ok()).ok_or(FetchError::Lost(0))?;
    if !response.ok() {
        return Err(FetchError::Status(response.status()));
    }
    match response.body() {
        Some(body) => read_all(&body, limit, progress).await,
        None => Ok(Uint8Array::new_with_length(0)),
    }
}

/// All bytes of a stream, at most `limit`; `progress` is told how many have come and which the last ones are.
///
/// A stream whose bytes are there already, such as one that decompresses, would be read in one go, and a browser's own
/// ways to read it whole are one task as well: in between, the page gets to do what waits.
pub(super) async fn read_all(
    stream: &ReadableStream,
    limit: u32,
    progress: impl Fn(u32, &Uint8Array),
) -> Result<Uint8Array, FetchError> {
    /// Bytes between two looks at the page's events: some 10 ms of work.
    const SLICE: u32 = 4 << 20;
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut chunks: Vec<Uint8Array> = Vec::new();
    let (mut received, mut breath) = (0, 0);
    loop {
        let part = JsFuture::from(reader.read()).await.map_err(|_lost| FetchError::Lost(received))?;
        let is_done = Reflect::get(&part, &JsValue::from_str("done")).is_ok_and(|done| done.is_truthy());
        if is_done {
            break;
        }
        let value = Reflect::get(&part, &JsValue::from_str("value")).ok();
        let Some(chunk) = value.and_then(|value| value.dyn_into::<Uint8Array>().ok()) else { break };
        received += chunk.length();
        if received > limit {
            drop(reader.cancel());
            return Err(FetchError::TooLong(received));
        }
        progress(received, &chunk);
        chunks.push(chunk);
        if received - breath >= SLICE {
            breath = received;
            breathe().await;
        }
    }
    let whole = Uint8Array::new_with_length(received);
    let mut at = 0;
    for chunk in chunks {
        whole.set(&chunk, at);
        at += chunk.length();
    }
    // Whoever has asked for so much will go through it.
    breathe().await;
    Ok(whole)
}
