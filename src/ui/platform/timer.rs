//! Time: the clock, frames, and calls that must not come too often.

use std::{cell::RefCell, rc::Rc, time::Duration};

use js_sys::Promise;
use leptos::{leptos_dom::helpers::AnimationFrameRequestHandle, prelude::*};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Milliseconds since the page began.
pub(crate) fn now() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// A number that another moment hardly has: the milliseconds of the clock, in so many bits.
pub(crate) fn moment() -> u32 {
    let began = window().performance().map_or(0.0, |performance| performance.time_origin());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what is cut off says only the month")]
    let moment = (began + now()) as u64 as u32;
    moment
}

/// Calls `call` once, after `delay`.
pub(crate) fn after(delay: Duration, call: impl FnOnce() + 'static) {
    set_timeout(call, delay);
}

/// A loop over animation frames, which ends when its owner does.
#[derive(Clone, Copy)]
pub(crate) struct Frames {
    request: StoredValue<Option<AnimationFrameRequestHandle>, LocalStorage>,
    tick: StoredValue<Rc<dyn Fn(f64) -> bool>, LocalStorage>,
}

impl Frames {
    /// Calls `tick(milliseconds now)` each frame from [`start`](Self::start) until it says `false`.
    pub(crate) fn new(tick: impl Fn(f64) -> bool + 'static) -> Self {
        let frames = Self { request: StoredValue::new_local(None), tick: StoredValue::new_local(Rc::new(tick)) };
        on_cleanup(move || frames.stop());
        frames
    }

    /// Begins, if it does not run already.
    pub(crate) fn start(self) {
        if self.request.try_with_value(Option::is_none) == Some(true) {
            self.next();
        }
    }

    /// Ends.
    pub(crate) fn stop(self) {
        if let Some(Some(handle)) = self.request.try_update_value(Option::take) {
            handle.cancel();
        }
    }

    fn next(self) {
        let handle = request_animation_frame_with_handle(move || {
            let Some(tick) = self.tick.try_with_value(Rc::clone) else { return };
            self.request.try_update_value(|request| *request = None);
            if tick(now()) {
                self.start();
            }
        });
        self.request.try_update_value(|request| *request = handle.ok());
    }
}

/// Runs the latest call soon: after what goes on now, and not too soon after the last one.
#[derive(Clone, Copy)]
pub(crate) struct Throttle {
    every_ms: u32,
    state: StoredValue<ThrottleState, LocalStorage>,
}

/// The call that waits; a later one is put in its place.
type Slot = Rc<RefCell<Option<Box<dyn FnOnce()>>>>;

struct ThrottleState {
    last: f64,
    waiting: Option<Slot>,
}

impl Throttle {
    /// At most one call every `every_ms` milliseconds.
    pub(crate) fn new(every_ms: u32) -> Self {
        Self { every_ms, state: StoredValue::new_local(ThrottleState { last: f64::NEG_INFINITY, waiting: None }) }
    }

    /// Runs `call` later, never within this event; a later one takes its place.
    pub(crate) fn run(self, call: impl FnOnce() + 'static) {
        let wait = self.state.with_value(|state| state.last) + f64::from(self.every_ms) - now();
        if let Some(slot) = self.state.with_value(|state| state.waiting.clone()) {
            slot.replace(Some(Box::new(call)));
        } else {
            let slot: Slot = Rc::new(RefCell::new(Some(Box::new(call))));
            self.state.update_value(|state| state.waiting = Some(Rc::clone(&slot)));
            set_timeout(
                move || {
                    let owned = self.state.try_update_value(|state| {
                        state.last = now();
                        state.waiting = None;
                    });
                    // With its owner goes what the call is about.
                    if let Some(call) = owned.and_then(|()| slot.take()) {
                        call();
                    }
                },
                Duration::from_secs_f64(wait.max(0.0) / 1000.0),
            );
        }
    }
}

/// Calls `f` before the next frame is drawn.
pub(crate) fn next_frame(f: impl FnOnce() + 'static) {
    request_animation_frame(f);
}

/// Lets the browser do what waits: input, a frame.
pub(super) async fn breathe() {
    let promise = Promise::new(&mut |resolve, _| {
        set_timeout(move || drop(resolve.call0(&JsValue::NULL)), Duration::ZERO);
    });
    drop(JsFuture::from(promise).await);
}
