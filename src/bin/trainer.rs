//! The trainer: a Web Worker around the core's training loop.
//!
//! A message is an array of one or two `Uint8Array`s, the header and the payload, both transferred.
//! What is answered is decided by [`Responder`]; this file carries bytes, looks at the clock, and lets the browser
//! deliver messages between two slices of work.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::{Array, Uint8Array};
use receptive::protocol::{Answer, MAX_BYTES, Responder, encode};
use wasm_bindgen::{JsCast as _, JsValue, prelude::Closure, throw_val};
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent, MessagePort, Performance};

fn main() {
    console_error_panic_hook::set_once();
    if let Err(error) = serve() {
        throw_val(error);
    }
}

/// Begins to listen; everything else happens in callbacks.
fn serve() -> Result<(), JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let clock = scope.performance().ok_or("this worker has no clock")?;
    let responder = Rc::new(RefCell::new(Responder::default()));
    let channel = MessageChannel::new()?;
    let alarm = Rc::new(Alarm { port: channel.port2(), is_set: Cell::new(false) });

    let work = {
        let (scope, clock, responder, alarm) = (scope.clone(), clock.clone(), Rc::clone(&responder), Rc::clone(&alarm));
        Closure::<dyn FnMut()>::new(move || {
            alarm.is_set.set(false);
            let answers = responder.borrow_mut().work(|| clock.now());
            post(&scope, answers);
            if responder.borrow().is_busy() {
                alarm.set();
            }
        })
    };
    channel.port1().set_onmessage(Some(work.as_ref().unchecked_ref()));

    let receive = {
        let scope = scope.clone();
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let answers = take(&event.data(), &responder, &clock);
            post(&scope, answers);
            if responder.borrow().is_busy() {
                alarm.set();
            }
        })
    };
    scope.set_onmessage(Some(receive.as_ref().unchecked_ref()));
    // Both live as long as the worker.
    work.forget();
    receive.forget();

    post(&scope, vec![Responder::greeting()]);
    Ok(())
}

/// Gives a message to the responder. What is no array of bytes, or too large, is a message of no bytes, which it
/// refuses.
fn take(message: &JsValue, responder: &RefCell<Responder>, clock: &Performance) -> Vec<Answer> {
    let bytes = |index| -> Option<Vec<u8>> {
        let part: Uint8Array = message.dyn_ref::<Array>()?.get(index).dyn_into().ok()?;
        (part.length() <= MAX_BYTES).then(|| part.to_vec())
    };
    responder.borrow_mut().receive(&bytes(0).unwrap_or_default(), bytes(1), clock.now())
}

fn post(scope: &DedicatedWorkerGlobalScope, answers: Vec<Answer>) {
    for Answer { message, payload } in answers {
        let parts = Array::new();
        let buffers = Array::new();
        for bytes in std::iter::once(encode(&message)).chain(payload) {
            let part = Uint8Array::from(bytes.as_slice());
            buffers.push(&part.buffer());
            parts.push(&part);
        }
        if let Err(error) = scope.post_message_with_transfer(&parts, &buffers) {
            // The page hears of it as an error of the worker.
            throw_val(error);
        }
    }
}

/// Asks for a slice of work by a message to oneself, which comes after those that the page has sent meanwhile.
/// A timer would wait 4 ms each time.
struct Alarm {
    port: MessagePort,
    /// Whether a message is on its way: two would let messages of the page wait for two slices.
    is_set: Cell<bool>,
}

impl Alarm {
    fn set(&self) {
        if self.is_set.replace(true) {
            return;
        }
        if let Err(error) = self.port.post_message(&JsValue::NULL) {
            throw_val(error);
        }
    }
}
