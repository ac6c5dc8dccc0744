//! What the trainers are: Web Workers around the core's training loop.
//!
//! A message of the page is an array: a `Uint8Array` with the header, and where there is one a second with the payload,
//! or ports to the other workers. Between workers it is the header and a `Float32Array` of gradients. All are
//! transferred. What is answered is decided by [`Responder`]; this file carries bytes, looks at the clock, and lets the
//! browser deliver messages between two slices of work.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::{Array, Float32Array, Uint8Array};
use receptive::{
    model::Trainable,
    protocol::{MAX_BYTES, Outgoing, Reply, Responder, encode},
};
use wasm_bindgen::{JsCast as _, JsValue, prelude::Closure, throw_str, throw_val};
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent, MessagePort, Performance};

/// Trains networks of this kind for as long as the worker lives.
pub(crate) fn run<N: Trainable + 'static>() {
    // The page hears of a panic as an error of the worker, and the browser's console tells it.
    std::panic::set_hook(Box::new(|panic| throw_str(&panic.to_string())));
    if let Err(error) = serve::<N>() {
        throw_val(error);
    }
}

/// Begins to listen; everything else happens in callbacks.
fn serve<N: Trainable + 'static>() -> Result<(), JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let clock = scope.performance().ok_or("this worker has no clock")?;
    let channel = MessageChannel::new()?;
    let desk = Rc::new(Worker::<N> {
        scope: scope.clone(),
        clock,
        responder: RefCell::default(),
        alarm: Alarm { port: channel.port2(), is_set: Cell::new(false) },
        peers: RefCell::default(),
        spare: RefCell::default(),
    });

    let work = {
        let desk = Rc::clone(&desk);
        Closure::<dyn FnMut()>::new(move || {
            desk.alarm.is_set.set(false);
            desk.work();
        })
    };
    channel.port1().set_onmessage(Some(work.as_ref().unchecked_ref()));

    let receive = {
        let desk = Rc::clone(&desk);
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| desk.receive(&event.data()))
    };
    scope.set_onmessage(Some(receive.as_ref().unchecked_ref()));
    // Both live as long as the worker.
    work.forget();
    receive.forget();

    desk.post(vec![Responder::<N>::greeting()]);
    Ok(())
}

/// How long a task goes on from one share to the next, in milliseconds: with the slice that it may begin then, not much
/// longer than one.
const HALF_SLICE: f64 = 20.0;

/// As many buffers as a step brings from the most workers, and one step ahead.
const MAX_SPARE: usize = 16;

/// The worker's only state, and its ways out.
struct Worker<N: Trainable> {
    scope: DedicatedWorkerGlobalScope,
    clock: Performance,
    responder: RefCell<Responder<N>>,
    alarm: Alarm,
    /// The other workers.
    peers: RefCell<Vec<Peer>>,
    /// Buffers that came from others. A share sends as many as it brings in return, so none is left to the collector,
    /// and they do not become more.
    spare: RefCell<Vec<Float32Array>>,
}

/// Another worker.
struct Peer {
    port: MessagePort,
    _receive: Closure<dyn FnMut(MessageEvent)>,
}

impl<N: Trainable + 'static> Worker<N> {
    /// Works for a slice of time, or until others are waited for.
    fn work(&self) {
        let start = self.clock.now();
        loop {
            let answers = self.responder.borrow_mut().work(|| self.clock.now());
            self.post(answers);
            let shared = self.responder.borrow_mut().outgoing().is_some_and(|outgoing| {
                self.share(&outgoing);
                true
            });
            // The others may have given theirs already; but after half a slice the page's messages come first.
            if !shared || self.clock.now() - start > HALF_SLICE {
                break;
            }
        }
        self.wake();
    }

    fn wake(&self) {
        if self.responder.borrow().is_busy() {
            self.alarm.set();
        }
    }

    /// A message of the page.
    fn receive(self: &Rc<Self>, message: &JsValue) {
        if let Some(parts) = message.dyn_ref::<Array>() {
            self.add_peers(parts);
        }
        let answers = take(message, &self.responder, &self.clock);
        self.post(answers);
        self.wake();
    }

    /// Listens at the ports that came along. They are in the order of the workers' numbers, this one's left out: the
    /// page leaves a hole in its place.
    fn add_peers(self: &Rc<Self>, parts: &Array) {
        for (worker, part) in parts.iter().skip(1).enumerate() {
            let Ok(port) = part.dyn_into::<MessagePort>() else { continue };
            let desk = Rc::clone(self);
            let receive =
                Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| desk.hear(worker, &event.data()));
            port.set_onmessage(Some(receive.as_ref().unchecked_ref()));
            self.peers.borrow_mut().push(Peer { port, _receive: receive });
        }
    }

    /// Another worker's share.
    fn hear(&self, worker: usize, message: &JsValue) {
        let taken = message.dyn_ref::<Array>().and_then(|parts| {
            let header: Uint8Array = parts.get(0).dyn_into().ok()?;
            let gradients: Float32Array = parts.get(1).dyn_into().ok()?;
            let len = gradients.length();
            let copy = |at: usize, row: &mut [f32]| {
                let (start, end) = (place(at), place(at + row.len()));
                gradients.subarray(start, end).copy_to(row);
            };
            let known = self.responder.borrow_mut().receive_share(worker, &header.to_vec(), len as usize, copy);
            let mut spare = self.spare.borrow_mut();
            // Whoever only keeps up gives none away.
            if spare.len() < MAX_SPARE {
                spare.push(Float32Array::new(&gradients.buffer()));
            }
            Some(known)
        });
        if taken != Some(true) {
            // The page hears of it as an error of the worker.
            throw_str("another worker sent what can't be read");
        }
        // A slice that is asked for already comes after the page's messages.
        if self.responder.borrow().is_busy() && !self.alarm.is_set.get() {
            self.work();
        }
    }

    /// Gives the others what is theirs.
    fn share(&self, outgoing: &Outgoing<'_>) {
        let len = place(outgoing.gradients.iter().map(|row| row.len()).sum());
        for peer in self.peers.borrow().iter().take(outgoing.peers) {
            let spare = self.spare.borrow_mut().pop().filter(|spare| spare.length() >= len);
            let buffer = spare.unwrap_or_else(|| Float32Array::new_with_length(len)).subarray(0, len);
            let mut at = 0;
            for row in &outgoing.gradients {
                let end = at + place(row.len());
                buffer.subarray(at, end).copy_from(row);
                at = end;
            }
            let header = Uint8Array::from(&*outgoing.header);
            let (parts, buffers) = (Array::of2(&header, &buffer), Array::of2(&header.buffer(), &buffer.buffer()));
            if let Err(error) = peer.port.post_message_with_transferable(&parts, &buffers) {
                throw_val(error);
            }
        }
    }

    fn post(&self, answers: Vec<Reply>) {
        for Reply { message, payload } in answers {
            let parts = Array::new();
            let buffers = Array::new();
            for bytes in std::iter::once(encode(&message)).chain(payload) {
                let part = Uint8Array::from(bytes.as_slice());
                buffers.push(&part.buffer());
                parts.push(&part);
            }
            if let Err(error) = self.scope.post_message_with_transfer(&parts, &buffers) {
                // The page hears of it as an error of the worker.
                throw_val(error);
            }
        }
    }
}

/// A place among gradients, of which there are far fewer than 2³².
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Gives a message to the responder. What is no array of bytes, or too large, is a message of no bytes, which it
/// refuses.
fn take<N: Trainable>(message: &JsValue, responder: &RefCell<Responder<N>>, clock: &Performance) -> Vec<Reply> {
    let bytes = |index| -> Option<Vec<u8>> {
        let part: Uint8Array = message.dyn_ref::<Array>()?.get(index).dyn_into().ok()?;
        (part.length() <= MAX_BYTES).then(|| part.to_vec())
    };
    responder.borrow_mut().receive(&bytes(0).unwrap_or_default(), bytes(1), clock.now())
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
