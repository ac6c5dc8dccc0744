//! The parts that the app is cut into: the boot script of `index.html` fetches them, waits, and says what does not come.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use js_sys::Promise;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// Resolves when the files of a split point are there; rejects with the word `gone` where the site has them no more.
    #[wasm_bindgen(js_namespace = receptive, js_name = fetch)]
    fn fetch_files(point: &str) -> Promise;
}

/// Has the files of a split point fetched, so that its functions can be called. `part` is what it is, in the sentence
/// of the error: "The part that copies and exports".
///
/// # Errors
/// A sentence for who asked for what it does.
pub(crate) async fn fetch(point: &str, part: &str) -> Result<(), String> {
    let Err(thrown) = JsFuture::from(fetch_files(point)).await else { return Ok(()) };
    Err(if thrown.as_string().as_deref() == Some("gone") {
        "Receptive was updated on this site while it was open here. Copy the link, reload, then try again.".to_owned()
    } else {
        [part, " could not be loaded. Check the connection, then try again."].concat()
    })
}

/// What a function of a chunk gives that is loaded already; `None` where it is not.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
