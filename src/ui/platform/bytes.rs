//! Bytes that stay on JavaScript's side, where the browser works on them off this thread: gzip, SHA-256.

use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use leptos::prelude::*;
use leptos::web_sys::{Blob, Crypto, ReadableWritablePair, SubtleCrypto};
use sha2::{Digest, Sha256};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{download::read_all, timer::breathe};

/// Bytes in the browser's keeping.
pub(crate) use js_sys::Uint8Array as Bytes;

/// Bytes hashed between two looks at the page's events: some 4 ms of work.
const SLICE: u32 = 1 << 20;

/// Decompresses gzip by the browser's own `DecompressionStream`; `None` for bytes that are none, or are more than
/// `size` when decompressed.
///
/// The bindings count that stream among the unstable ones, so it is made by its name.
pub(crate) async fn gunzip(bytes: &Uint8Array, size: u32) -> Option<Uint8Array> {
    let class: Function = Reflect::get(&window(), &JsValue::from_str("DecompressionStream")).ok()?.dyn_into().ok()?;
    let stream = Reflect::construct(&class, &Array::of1(&JsValue::from_str("gzip"))).ok()?;
    let source = Blob::new_with_u8_array_sequence(&Array::of1(bytes)).ok()?.stream();
    let unpacked = source.pipe_through(stream.unchecked_ref::<ReadableWritablePair>());
    read_all(&unpacked, size, |_, _| {}).await.ok()
}

/// The SHA-256 of `bytes` in hexadecimal. Where the browser has none (a page over plain http), it is computed here.
pub(crate) async fn sha256(bytes: &Uint8Array) -> String {
    if let Some(promise) = native_sha256(bytes)
        && let Ok(digest) = JsFuture::from(promise).await
    {
        return hex(&Uint8Array::new(&digest).to_vec());
    }
    let mut hasher = Sha256::new();
    let mut at = 0;
    while at < bytes.length() {
        let end = bytes.length().min(at.saturating_add(SLICE));
        hasher.update(bytes.subarray(at, end).to_vec());
        at = end;
        breathe().await;
    }
    hex(&hasher.finalize())
}

/// `crypto.subtle` is undefined outside secure contexts, which the bindings do not tell.
fn native_sha256(bytes: &Uint8Array) -> Option<Promise> {
    let crypto: Crypto = window().crypto().ok()?;
    let subtle = Reflect::get(&crypto, &JsValue::from_str("subtle")).ok()?;
    let subtle: SubtleCrypto = subtle.dyn_into().ok()?;
    subtle.digest_with_str_and_buffer_source("SHA-256", bytes).ok()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().map_or('?', char::from);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
