//! The page's hands: carries out what [`DepthState`] asks for, and tells it what came of it.

use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::{
    prelude::{Effect as Reaction, *},
    task::spawn_local,
};
use receptive::{
    lab::depth::{DepthAction, DepthState, Effect, MOST_WORKERS, Settings},
    markup::Markup,
    model::GraphSpec,
    protocol::{Fault, FromTrainer, PROTOCOL, ToTrainer, Until},
};

use crate::ui::{
    platform::{self, Bytes, Throttle},
    training::{Fetched, Files, Heard, Trainer, is_gone, refusal},
    view::{effect, memo},
};

/// What workers say is taken at most so often, in milliseconds.
const TAKEN_EVERY: f64 = 100.0;
/// Curves, strips and tables are drawn at most so often: two workers leave the page little time.
const DRAWN_EVERY_MS: u32 = 400;
/// The status line changes at most so often.
const STATUS_EVERY_MS: u32 = 1000;

/// The page's session. Its workers end with the owner it was made under.
#[derive(Clone, Copy)]
pub(super) struct Session {
    /// The state.
    pub lab: RwSignal<DepthState>,
    /// How many workers there can be.
    pub workers: usize,
    /// Counts what is to be drawn anew.
    pub drawn: RwSignal<u64>,
    /// The status line.
    pub status: RwSignal<String>,
    files: Files,
    hands: StoredValue<Hands, LocalStorage>,
}

#[derive(Default)]
struct Hands {
    trainers: [Option<Trainer<GraphSpec>>; MOST_WORKERS],
    /// Counts workers at each place, so that what was begun for an older one is known.
    generations: [u32; MOST_WORKERS],
    inbox: Rc<RefCell<Inbox>>,
}

/// What happened since it was last looked at.
#[derive(Default)]
struct Inbox {
    actions: Vec<DepthAction>,
    taken: f64,
    timed: bool,
}

impl Session {
    /// A session with these settings.
    pub(super) fn new(settings: Settings) -> Self {
        let workers = platform::cores().min(MOST_WORKERS);
        let lab = DepthState::new(settings, workers);
        let session = Self {
            status: RwSignal::new(lab.status()),
            lab: RwSignal::new(lab),
            workers,
            drawn: RwSignal::new(0),
            files: Files::new(),
            hands: StoredValue::new_local(Hands::default()),
        };
        let (drawing, telling) = (Throttle::new(DRAWN_EVERY_MS), Throttle::new(STATUS_EVERY_MS));
        let revision = session.part(DepthState::revision);
        Reaction::new(move |_| {
            // Read, not only tracked: a memo that was never read follows nothing.
            revision.with(|_| ());
            drawing.run(move || {
                session.drawn.try_update(|drawn| *drawn += 1);
            });
        });
        let status = session.part(DepthState::status);
        Reaction::new(move |_| {
            status.with(|_| ());
            telling.run(move || {
                let Some(latest) = status.try_get_untracked() else { return };
                if session.status.try_with_untracked(|shown| *shown != latest) == Some(true) {
                    session.status.set(latest);
                }
            });
        });
        on_cleanup(move || {
            session.hands.try_update_value(|hands| hands.trainers = Default::default());
        });
        session
    }

    /// A part of the state that tells its readers only when it differs.
    pub(super) fn part<T: PartialEq + Send + Sync + 'static>(
        self,
        f: impl Fn(&DepthState) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        memo(move || self.lab.with(&f))
    }

    /// What `of` makes of the state whenever something is to be drawn.
    pub(super) fn figure<T: PartialEq + Send + Sync + 'static>(
        self,
        of: impl Fn(&DepthState) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        memo(move || {
            self.drawn.track();
            self.lab.with_untracked(&of)
        })
    }

    /// What `of` makes of the state, to be put into the element of that id, which has it from then on; the focus stays
    /// with the control that has it.
    pub(super) fn fills(self, id: &'static str, of: fn(&DepthState) -> Markup) -> Markup {
        let first = self.lab.with_untracked(of);
        let shown = StoredValue::new(first.clone());
        let markup = self.part(of);
        effect(move || {
            let html = markup.get();
            // Not at once: a field that is left by Tab tells its change before the focus is at the next.
            platform::next_frame(move || {
                let is_new = shown.try_with_value(|shown| *shown != html) == Some(true);
                if is_new && platform::rewrite_around_focus(id, &html) {
                    shown.set_value(html);
                }
            });
        });
        first
    }

    /// Does `action`.
    pub(super) fn dispatch(self, action: DepthAction) {
        self.dispatch_all(vec![action]);
    }

    fn dispatch_all(self, actions: Vec<DepthAction>) {
        let mut effects = Vec::new();
        // The page may have been left while something was on its way to it.
        let applied = self.lab.try_update(|lab| {
            for action in actions {
                effects.extend(lab.apply(action));
            }
        });
        if applied.is_some() {
            for effect in effects {
                self.perform(effect);
            }
        }
    }

    /// Takes `action` with all others that come within a moment. A tab in the background has timers once a second or a
    /// minute, and messages at any time: what comes late is taken at once.
    fn post(self, action: DepthAction) {
        let Some(inbox) = self.hands.try_with_value(|hands| Rc::clone(&hands.inbox)) else { return };
        inbox.borrow_mut().actions.push(action);
        let since = platform::now() - inbox.borrow().taken;
        if since >= TAKEN_EVERY {
            // Never within what goes on now, which may be an effect of another action.
            spawn_local(async move { self.take_inbox() });
            inbox.borrow_mut().taken = platform::now();
        } else if !std::mem::replace(&mut inbox.borrow_mut().timed, true) {
            let late = Rc::clone(&inbox);
            platform::after(Duration::from_secs_f64((TAKEN_EVERY - since) / 1000.0), move || {
                late.borrow_mut().timed = false;
                self.take_inbox();
            });
        }
    }

    fn take_inbox(self) {
        let Some(inbox) = self.hands.try_with_value(|hands| Rc::clone(&hands.inbox)) else { return };
        inbox.borrow_mut().taken = platform::now();
        let actions = std::mem::take(&mut inbox.borrow_mut().actions);
        if !actions.is_empty() {
            self.dispatch_all(actions);
        }
    }

    fn perform(self, effect: Effect) {
        match effect {
            Effect::Fetch(data) => self.files.fetch(
                data,
                Rc::new(move |fetched| {
                    self.post(match fetched {
                        Fetched::Bytes(received) => DepthAction::Received(received),
                        Fetched::All => DepthAction::Checking,
                        Fetched::Checked => DepthAction::FilesReady,
                        Fetched::Failed(error) => DepthAction::FilesFailed(error),
                    });
                }),
            ),
            Effect::OpenWorker(worker) => self.open_worker(worker),
            Effect::CloseWorker(worker) => self.put(worker, None),
            Effect::FindWorker => spawn_local(async move {
                if is_gone::<GraphSpec>().await {
                    self.post(DepthAction::WorkerGone);
                }
            }),
            Effect::FillWorker(worker) => self.fill_worker(worker),
            Effect::Begin { worker, run, spec } => self.send(worker, &ToTrainer::Start { run, spec }, None),
            Effect::TrainOn { worker, run } => {
                self.send(worker, &ToTrainer::Resume { run, until: Until::End }, None);
            }
            Effect::Halt { worker, run } => self.send(worker, &ToTrainer::Pause { run }, None),
            Effect::Reload => platform::reload(),
        }
    }

    fn put(self, worker: usize, trainer: Option<Trainer<GraphSpec>>) {
        self.hands.try_update_value(|hands| {
            if let Some(slot) = hands.trainers.get_mut(worker) {
                *slot = trainer;
            }
        });
    }

    fn open_worker(self, worker: usize) {
        let generation = self.hands.try_update_value(|hands| {
            let generation = hands.generations.get_mut(worker)?;
            *generation += 1;
            Some(*generation)
        });
        let Some(Some(generation)) = generation else { return };
        let hear = Rc::new(move |heard| {
            // A worker that was given up can still have messages on their way.
            if self.is_present(worker, generation) {
                self.hear(worker, heard);
            }
        });
        let expects = Rc::new(move || self.lab.try_with_untracked(DepthState::expects_trainer) == Some(true));
        let trainer = Trainer::open(1, false, hear, expects);
        if trainer.is_none() {
            self.post(DepthAction::WorkerDied(worker));
        }
        self.put(worker, trainer);
    }

    fn is_present(self, worker: usize, generation: u32) -> bool {
        let present = |hands: &Hands| {
            hands.generations.get(worker) == Some(&generation) && matches!(hands.trainers.get(worker), Some(Some(_)))
        };
        self.hands.try_with_value(present) == Some(true)
    }

    fn send(self, worker: usize, message: &ToTrainer<GraphSpec>, payload: Option<&Bytes>) {
        let sent = |hands: &Hands| matches!(hands.trainers.get(worker), Some(Some(it)) if it.send(message, payload));
        if self.hands.try_with_value(sent) == Some(false) {
            self.post(DepthAction::WorkerDied(worker));
        }
    }

    fn fill_worker(self, worker: usize) {
        let generation = self.hands.try_with_value(|hands| hands.generations.get(worker).copied()).flatten();
        let Some(generation) = generation else { return };
        self.files.give(Rc::new(move |file| {
            let present = self.is_present(worker, generation);
            match file {
                _ if !present => {}
                Some((part, bytes)) => self.send(worker, &ToTrainer::Data { part }, Some(&bytes)),
                None => self.post(DepthAction::WorkerFilled(worker)),
            }
            present
        }));
    }

    fn hear(self, worker: usize, heard: Heard) {
        let Heard::Message(message, _) = heard else { return self.post(DepthAction::WorkerDied(worker)) };
        self.post(match message {
            FromTrainer::Ready { protocol: PROTOCOL } => DepthAction::WorkerReady(worker),
            FromTrainer::Ready { protocol: found } => DepthAction::WorkerStale { found, expected: PROTOCOL },
            FromTrainer::Loaded { run, .. } => DepthAction::Loaded { run },
            FromTrainer::Progress { run, reports, norms, examples_per_second, .. } => {
                DepthAction::Stepped { run, steps: reports, norms, examples_per_second }
            }
            FromTrainer::Finished { run } => DepthAction::Finished { run },
            FromTrainer::Failed { run, fault: Fault::Diverged { step, .. } } => DepthAction::Diverged { run, step },
            FromTrainer::Failed { run, fault } => DepthAction::Refused { run, why: refusal(&fault) },
            // Nothing is tested or measured here, and no net goes on after its worker's end.
            FromTrainer::Epoch { .. }
            | FromTrainer::Testing { .. }
            | FromTrainer::Snapshot { .. }
            | FromTrainer::Paused { .. }
            | FromTrainer::Measured { .. }
            | FromTrainer::Alive => return,
        });
    }
}
