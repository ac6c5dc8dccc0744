//! The trainer's worker: how it is made, spoken to and ended.

use js_sys::{Array, Uint8Array};
use leptos::{
    prelude::*,
    web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType},
};
use receptive::protocol::{FromTrainer, ToTrainer, decode, encode};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::platform;

/// What comes from the worker.
pub(crate) enum Heard {
    /// A message, and what was sent along.
    Message(FromTrainer, Option<Uint8Array>),
    /// An exception that nobody caught, a file that could not be loaded, a message that can't be read: it is no more.
    Died,
}

/// A worker that runs the trainer. Dropping it ends the worker.
pub(crate) struct Trainer {
    worker: Worker,
    // Both are called by the browser as long as the worker lives.
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut(Event)>,
}

impl Trainer {
    /// Makes a worker and tells `hear` what comes from it; `None` where the browser refuses.
    ///
    /// Messages sent before [`FromTrainer::Ready`] are lost: its script is loaded first.
    pub(crate) fn open(hear: impl Fn(Heard) + Clone + 'static) -> Option<Self> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&address(), &options).ok()?;

        let message = {
            let hear = hear.clone();
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                hear(read(&event.data()).map_or(Heard::Died, |(message, payload)| Heard::Message(message, payload)));
            })
        };
        let error = Closure::<dyn FnMut(Event)>::new(move |_| hear(Heard::Died));
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(error.as_ref().unchecked_ref()));
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        Some(Self { worker, _message: message, _error: error })
    }

    /// Sends a message, and `payload` with it, which is moved and empty here afterwards. `false` if that failed.
    pub(crate) fn send(&self, message: &ToTrainer, payload: Option<&Uint8Array>) -> bool {
        let header = Uint8Array::from(encode(message).as_slice());
        let (parts, buffers) = (Array::of1(&header), Array::of1(&header.buffer()));
        if let Some(payload) = payload {
            parts.push(payload);
            buffers.push(&payload.buffer());
        }
        self.worker.post_message_with_transfer(&parts, &buffers).is_ok()
    }
}

impl Drop for Trainer {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onmessageerror(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// The worker's script. Its name has no content hash, so the build's id goes along: a cached one of an older build
/// has another address.
fn address() -> String {
    let build = document()
        .query_selector("meta[name=build]")
        .ok()
        .flatten()
        .and_then(|meta| meta.get_attribute("content"))
        .unwrap_or_default();
    platform::site_address(&format!("worker-boot.js?v={build}"))
}

/// A message is an array of one or two byte arrays: the header and the payload.
fn read(value: &JsValue) -> Option<(FromTrainer, Option<Uint8Array>)> {
    let parts = value.dyn_ref::<Array>()?;
    let header: Uint8Array = parts.get(0).dyn_into().ok()?;
    Some((decode(&header.to_vec())?, parts.get(1).dyn_into().ok()))
}
