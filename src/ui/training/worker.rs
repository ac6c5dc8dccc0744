//! The trainer's workers: how they are made, introduced to each other, spoken to and ended.
//!
//! Seen from the page several are like one: what is for all goes to all, the first leads and speaks for the others.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
    time::Duration,
};

use js_sys::{Array, Uint8Array};
use leptos::web_sys::{Event, MessageChannel, MessageEvent, Worker, WorkerOptions, WorkerType};
use receptive::protocol::{Fault, FromTrainer, TICK, ToTrainer, Watch, decode, encode};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use crate::ui::platform::{self, FetchError};

/// More workers than this are not asked for: a batch of 64 has four shards.
pub(crate) const MAX_WORKERS: usize = 4;

/// Workers that neither come nor fail are done without so long after the first has come.
const PATIENCE: Duration = Duration::from_secs(5);

/// The worker's script is not as long, in bytes.
const SCRIPT: u32 = 2000;

/// What comes from the workers.
pub(crate) enum Heard {
    /// A message, and what was sent along.
    Message(FromTrainer, Option<Uint8Array>),
    /// An exception that nobody caught, a file that could not be loaded, a message that can't be read, or silence: they
    /// are no more.
    Died,
}

/// Workers that run the trainer together. Dropping it ends them.
pub(crate) struct Trainer {
    crew: Rc<RefCell<Crew>>,
}

/// What a worker trains.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trains {
    /// LeNet.
    LeNet,
    /// Networks of any layers.
    Graph,
}

impl Trains {
    /// The worker's script, by its name with the hash of the contents.
    fn address(self) -> String {
        let name = match self {
            Self::LeNet => "worker",
            Self::Graph => "graph-worker",
        };
        platform::site_address(&format!("{}.js", platform::meta(name)))
    }
}

struct Crew {
    members: Vec<Member>,
    tune: bool,
    /// Whether they know each other, and the page knows that they are there.
    formed: bool,
    /// Whether the first has come, and the others have only so much time.
    waiting: bool,
    watch: Watch,
}

struct Member {
    worker: Worker,
    state: State,
    // Both are called by the browser as long as the worker lives.
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut(Event)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Starting,
    /// It has said so, and which protocol it speaks.
    Ready(u16),
    Lost,
}

impl Trainer {
    /// Makes up to `workers` workers and tells `hear` what comes from them; `None` where the browser refuses even one.
    /// With `tune`, fewer of them share a run where that is faster.
    ///
    /// Messages sent before [`FromTrainer::Ready`] are lost: the scripts are loaded first. It comes once from all that
    /// could be loaded; those that could not are done without. While something is expected of them, as `expects` says,
    /// they are asked whether they are alive: one can end without a word.
    pub(crate) fn open(
        trains: Trains,
        workers: usize,
        tune: bool,
        hear: Rc<dyn Fn(Heard)>,
        expects: Rc<dyn Fn() -> bool>,
    ) -> Option<Self> {
        let crew = Crew { members: Vec::new(), tune, formed: false, waiting: false, watch: Watch::default() };
        let crew = Rc::new(RefCell::new(crew));
        for number in 0..workers.max(1) {
            let Some(member) = Member::open(&trains.address(), number, &crew, Rc::clone(&hear)) else { break };
            crew.borrow_mut().members.push(member);
        }
        let any = !crew.borrow().members.is_empty();
        watch(Rc::downgrade(&crew), hear, expects);
        any.then_some(Self { crew })
    }

    /// How many there are, once they are ready: those that could not be loaded are left out.
    pub(crate) fn workers(&self) -> usize {
        self.crew.borrow().present().count()
    }

    /// Sends a message, and `payload` with it, which is moved and empty here afterwards. `false` if that failed.
    pub(crate) fn send(&self, message: &ToTrainer, payload: Option<&Uint8Array>) -> bool {
        let crew = self.crew.borrow();
        let mut members = crew.present();
        let Some(leader) = members.next() else { return false };
        let for_all = matches!(message, ToTrainer::Data { .. } | ToTrainer::Start { .. });
        let delivered = members.filter(|_| for_all).all(|member| {
            let copy = payload.map(|bytes| bytes.slice(0, bytes.length()));
            member.send(message, copy.map(JsValue::from))
        });
        delivered && leader.send(message, payload.map(JsValue::from))
    }
}

impl Drop for Trainer {
    fn drop(&mut self) {
        // What is on its way from a worker finds nobody any more.
        self.crew.borrow_mut().members.clear();
    }
}

impl Crew {
    /// Those that could be loaded. The first leads.
    fn present(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.state != State::Lost)
    }

    /// What the page is to hear of what a member said or suffered.
    fn take(&mut self, index: usize, heard: Heard) -> Option<Heard> {
        let leads = self.members.iter().position(|member| member.state != State::Lost) == Some(index);
        let member = self.members.get_mut(index)?;
        if self.formed {
            self.watch.heard(index);
            return match heard {
                _ if member.state == State::Lost => None,
                Heard::Message(FromTrainer::Alive, _) => None,
                Heard::Message(FromTrainer::Failed { .. }, _) | Heard::Died => Some(heard),
                Heard::Message(..) => Some(heard).filter(|_| leads),
            };
        }
        member.state = match heard {
            Heard::Message(FromTrainer::Ready { protocol }, _) => State::Ready(protocol),
            _ => State::Lost,
        };
        self.formed = self.members.iter().all(|member| member.state != State::Starting);
        self.formed.then(|| self.form().unwrap_or(Heard::Died))
    }

    /// Whether the first has just come and there are others to be waited for.
    fn begins_to_wait(&mut self) -> bool {
        let any = self.members.iter().any(|member| matches!(member.state, State::Ready(_)));
        any && !self.formed && !std::mem::replace(&mut self.waiting, true)
    }

    /// Goes on without those that have not come.
    fn give_up_waiting(&mut self) -> Option<Heard> {
        if std::mem::replace(&mut self.formed, true) {
            return None;
        }
        for member in self.members.iter_mut().filter(|member| member.state == State::Starting) {
            member.state = State::Lost;
            member.worker.terminate();
        }
        Some(self.form().unwrap_or(Heard::Died))
    }

    /// Asks those that are there whether they are alive: `false` if one is not.
    fn ask(&mut self) -> bool {
        let alive = self.watch.tick(self.members.len());
        for (index, member) in self.members.iter().enumerate() {
            if member.state == State::Lost || !member.send(&ToTrainer::Ping, None) {
                self.watch.heard(index);
            }
        }
        alive
    }

    /// Lets those that are there know each other. `None` if nobody is, or if they can't be connected.
    fn form(&self) -> Option<Heard> {
        let State::Ready(protocol) = self.present().next()?.state else { return None };
        let count = self.present().count();
        // Row by row the ports of a worker: the diagonal stays empty.
        let ports: Vec<Array> = (0..count).map(|_| Array::new_with_length(index(count))).collect();
        for (i, row) in ports.iter().enumerate() {
            for (j, column) in ports.iter().enumerate().skip(i + 1) {
                let channel = MessageChannel::new().ok()?;
                row.set(index(j), channel.port1().into());
                column.set(index(i), channel.port2().into());
            }
        }
        for ((member, ports), worker) in self.present().zip(&ports).zip(0_u8..).filter(|_| count > 1) {
            let workers = u8::try_from(count).ok()?;
            if !member.send(&ToTrainer::Join { worker, workers, tune: self.tune }, ports.iter()) {
                return None;
            }
        }
        Some(Heard::Message(FromTrainer::Ready { protocol }, None))
    }
}

impl Member {
    /// Makes the worker with this number in `crew`.
    fn open(address: &str, number: usize, crew: &Rc<RefCell<Crew>>, hear: Rc<dyn Fn(Heard)>) -> Option<Self> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(address, &options).ok()?;

        let crew = Rc::downgrade(crew);
        let take = move |heard: Heard| {
            let outcome = crew.upgrade().and_then(|crew| crew.borrow_mut().take(number, heard));
            if let Some(outcome) = outcome {
                hear(outcome);
            }
            if crew.upgrade().is_some_and(|crew| crew.borrow_mut().begins_to_wait()) {
                let (crew, hear) = (crew.clone(), Rc::clone(&hear));
                platform::after(PATIENCE, move || {
                    let outcome = crew.upgrade().and_then(|crew| crew.borrow_mut().give_up_waiting());
                    if let Some(outcome) = outcome {
                        hear(outcome);
                    }
                });
            }
        };
        let message = {
            let take = take.clone();
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                take(read(&event.data()).map_or(Heard::Died, |(message, payload)| Heard::Message(message, payload)));
            })
        };
        let error = Closure::<dyn FnMut(Event)>::new(move |_| take(Heard::Died));
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(error.as_ref().unchecked_ref()));
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        Some(Self { worker, state: State::Starting, _message: message, _error: error })
    }

    /// Sends a message, and what goes along with it: byte arrays or ports, which are moved.
    fn send(&self, message: &ToTrainer, others: impl IntoIterator<Item = JsValue>) -> bool {
        let header = Uint8Array::from(encode(message).as_slice());
        let (parts, moved) = (Array::of1(&header), Array::of1(&header.buffer()));
        for part in others {
            match part.dyn_ref::<Uint8Array>() {
                Some(bytes) => moved.push(&bytes.buffer()),
                None if part.is_undefined() => 0,
                None => moved.push(&part),
            };
            parts.push(&part);
        }
        self.worker.post_message_with_transfer(&parts, &moved).is_ok()
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onmessageerror(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

/// Tells `hear` of a member of `crew` that ends without a word, for as long as the crew is kept.
fn watch(crew: Weak<RefCell<Crew>>, hear: Rc<dyn Fn(Heard)>, expects: Rc<dyn Fn() -> bool>) {
    platform::after(Duration::from_millis(TICK.into()), move || {
        let Some(kept) = crew.upgrade() else { return };
        let expected = kept.borrow().formed && expects();
        let mut members = kept.borrow_mut();
        if !expected {
            members.watch.rest();
        } else if !members.ask() {
            drop(members);
            return hear(Heard::Died);
        }
        drop(members);
        watch(crew, hear, expects);
    });
}

/// A place in an array of a few workers.
fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Whether the worker's script is not on the site any more, or a page stands in its place.
pub(crate) async fn is_gone(trains: Trains) -> bool {
    match platform::download(&trains.address(), SCRIPT, |_, _| {}).await {
        Ok(script) => script.subarray(0, 1).to_vec() == b"<",
        Err(FetchError::Lost(_)) => false,
        Err(FetchError::Status(_) | FetchError::TooLong(_)) => true,
    }
}

/// A message is an array of one or two byte arrays: the header and the payload.
fn read(value: &JsValue) -> Option<(FromTrainer, Option<Uint8Array>)> {
    let parts = value.dyn_ref::<Array>()?;
    let header: Uint8Array = parts.get(0).dyn_into().ok()?;
    Some((decode(&header.to_vec())?, parts.get(1).dyn_into().ok()))
}

/// Why the trainer refused.
pub(crate) fn refusal(fault: &Fault) -> String {
    match fault {
        Fault::Diverged { step, .. } => format!("the run diverged in step {step}."),
        Fault::BadData { part } => format!("it can't read {part:?}."),
        Fault::BadSpec => "the settings make no run.".into(),
        Fault::MissingData => "it has not got all four files.".into(),
        Fault::BadSnapshot => "the snapshot does not fit this run.".into(),
        Fault::BadMessage => "it could not read a message.".into(),
    }
}
