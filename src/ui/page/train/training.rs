//! The training page's hands: carries out what [`TrainState`] asks for, and tells it what came of it.

use crate::ui::view::memo;
use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::{
    prelude::{Effect as Reaction, *},
    task::spawn_local,
};
use receptive::{
    data::DatasetKind,
    lab::train::{Crew, Effect, Field, Settings, TrainAction, TrainRepair, TrainState, own_network},
    protocol::{Fault, FromTrainer, PROTOCOL, ToTrainer, Until, encode},
};

use super::layers::look_at;
use crate::ui::{
    platform::{self, Bytes, Frames, Throttle},
    signal::{Memo, RwSignal},
    training::{Fetched, Files, Heard, MAX_WORKERS, Trainer, Trains, is_gone, refusal},
};

/// What waits for a frame is taken after this time without one: a tab in the background has none.
const NO_FRAME: Duration = Duration::from_millis(250);

/// The status line changes at most once in this many milliseconds.
const STATUS_EVERY_MS: u32 = 1000;

/// A training page's session. Its worker ends with the owner it was made under.
#[derive(Clone, Copy)]
pub(crate) struct Training {
    lab: RwSignal<TrainState>,
    /// The status line, which changes at most once a second.
    pub status: RwSignal<String>,
    files: Files,
    hands: StoredValue<Hands, LocalStorage>,
    frames: StoredValue<Option<Frames>, LocalStorage>,
}

/// What is not state: handles and bytes.
#[derive(Default)]
struct Hands {
    trainer: Option<Trainer>,
    /// Counts workers, so that what was begun for an older one is known.
    generation: u32,
    /// The last snapshot.
    snapshot: Option<Bytes>,
    inbox: Rc<RefCell<Inbox>>,
}

/// What happened since the last frame.
#[derive(Default)]
struct Inbox {
    actions: Vec<TrainAction>,
    /// Snapshots (run, step, bytes) among the actions.
    snapshots: Vec<(u32, u32, Bytes)>,
    /// Whether a timer is set that takes them should no frame come.
    timed: bool,
}

impl Training {
    /// A session with these settings.
    pub(crate) fn new(settings: Settings) -> Self {
        let training = Self {
            lab: RwSignal::new(TrainState::new(settings)),
            status: RwSignal::new(String::new()),
            files: Files::new(),
            hands: StoredValue::new_local(Hands::default()),
            frames: StoredValue::new_local(None),
        };
        let frames = Frames::new(move |_| {
            training.take_inbox();
            false
        });
        training.frames.set_value(Some(frames));
        let throttle = Throttle::new(STATUS_EVERY_MS);
        let status = memo(move || training.lab.with(TrainState::status));
        Reaction::new(move |_| {
            status.with(|_| ());
            throttle.run(move || {
                let Some(latest) = status.try_get_untracked() else { return };
                if training.status.try_with_untracked(|shown| *shown != latest) == Some(true) {
                    training.status.set(latest);
                }
            });
        });
        training.dispatch(TrainAction::LookAtLayers);
        on_cleanup(move || {
            training.hands.try_update_value(|hands| hands.trainer = None);
        });
        training
    }

    /// The state through `f`, tracked.
    pub(crate) fn with<T>(self, f: impl FnOnce(&TrainState) -> T) -> T {
        self.lab.with(f)
    }

    /// The state through `f`, untracked.
    pub(crate) fn peek<T>(self, f: impl FnOnce(&TrainState) -> T) -> T {
        self.lab.with_untracked(f)
    }

    /// A part of the state that tells its readers only when it differs.
    pub(crate) fn part<T: PartialEq + Send + Sync + 'static>(
        self,
        f: impl Fn(&TrainState) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        memo(move || self.lab.with(&f))
    }

    /// Does `action`.
    pub(crate) fn dispatch(self, action: TrainAction) {
        self.dispatch_all(vec![action]);
    }

    /// A repair as the button of a message.
    pub(crate) fn repairs(self, repair: TrainRepair) -> Vec<(String, Callback<()>)> {
        let action = StoredValue::new(repair.action);
        vec![(repair.label, Callback::new(move |()| self.dispatch(action.get_value())))]
    }

    /// Types into a field.
    pub(crate) fn type_text(self, field: Field, text: String) {
        self.dispatch(TrainAction::Type(field, text));
    }

    /// Does `actions` with one change of the signal.
    fn dispatch_all(self, actions: Vec<TrainAction>) {
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

    /// Puts `action` where the next frame takes it, with all others that came until then.
    fn post(self, action: TrainAction) {
        let Some(inbox) = self.hands.try_with_value(|hands| Rc::clone(&hands.inbox)) else { return };
        inbox.borrow_mut().actions.push(action);
        if let Some(Some(frames)) = self.frames.try_get_value() {
            frames.start();
        }
        if !std::mem::replace(&mut inbox.borrow_mut().timed, true) {
            let late = Rc::clone(&inbox);
            platform::after(NO_FRAME, move || {
                late.borrow_mut().timed = false;
                self.take_inbox();
            });
        }
    }

    fn take_inbox(self) {
        let Some(inbox) = self.hands.try_with_value(|hands| Rc::clone(&hands.inbox)) else { return };
        let actions = std::mem::take(&mut inbox.borrow_mut().actions);
        if !actions.is_empty() {
            self.dispatch_all(actions);
            // What no effect has asked to keep belongs to a run that is over.
            inbox.borrow_mut().snapshots.clear();
        }
    }

    fn perform(self, effect: Effect) {
        match effect {
            Effect::Fetch => self.files.fetch(
                DatasetKind::Mnist,
                Rc::new(move |fetched| {
                    self.post(match fetched {
                        Fetched::Bytes(received) => TrainAction::Received(received),
                        Fetched::All => TrainAction::Checking,
                        Fetched::Checked => TrainAction::FilesReady,
                        Fetched::Failed(error) => TrainAction::FilesFailed(error),
                    });
                }),
            ),
            Effect::OpenWorker(crew) => self.open_worker(crew),
            Effect::Judge { layers } => spawn_local(async move {
                let verdict = look_at(layers.clone()).await;
                self.post(TrainAction::Judged { layers, verdict });
            }),
            Effect::CloseWorker => {
                self.hands.update_value(|hands| hands.trainer = None);
            }
            Effect::FindWorker(crew) => spawn_local(async move {
                if is_gone(trains(crew)).await {
                    self.post(TrainAction::WorkerGone);
                }
            }),
            Effect::FillWorker => self.fill_worker(),
            Effect::Begin { run, spec, layers, snapshot } => {
                // The kept snapshot stays here: the worker gets a copy.
                let copy = |hands: &Hands| hands.snapshot.as_ref().map(|bytes| bytes.slice(0, bytes.length()));
                let payload = snapshot.then(|| self.hands.with_value(copy)).flatten();
                let model = spec.model.kind().map_or_else(|| encode(&own_network(&layers)), |kind| encode(&kind));
                self.send(&ToTrainer::Start { run, spec: spec.with_model(()), model }, payload.as_ref());
            }
            Effect::TrainStep { run } => self.send(&ToTrainer::Resume { run, until: Until::Step }, None),
            Effect::TrainOn { run } => self.send(&ToTrainer::Resume { run, until: Until::End }, None),
            Effect::Halt { run } => self.send(&ToTrainer::Pause { run }, None),
            Effect::SetRate { run, rate } => self.send(&ToTrainer::SetLearningRate { run, rate }, None),
            Effect::KeepSnapshot { run, step } => self.hands.update_value(|hands| {
                let inbox = hands.inbox.borrow();
                let found = inbox.snapshots.iter().find(|(of, at, _)| (*of, *at) == (run, step));
                hands.snapshot = found.map(|(_, _, bytes)| bytes.clone());
            }),
            Effect::Reload => platform::reload(),
        }
    }

    fn open_worker(self, crew: Crew) {
        let Crew { workers, .. } = crew;
        let mut generation = 0;
        self.hands.update_value(|hands| {
            hands.generation += 1;
            generation = hands.generation;
        });
        let hear = Rc::new(move |heard| {
            // A worker that was given up can still have messages on their way.
            if self.is_present(generation) {
                self.hear(heard);
            }
        });
        // The browser may tell of more cores than there are: fewer are tried as well, but for a number that was chosen.
        let tune = workers.is_none();
        let workers = workers.map_or_else(|| platform::cores().clamp(1, MAX_WORKERS), usize::from);
        let expects = Rc::new(move || self.lab.try_with_untracked(TrainState::expects_trainer) == Some(true));
        let trainer = Trainer::open(trains(crew), workers, tune, hear, expects);
        if trainer.is_none() {
            self.post(TrainAction::WorkerDied);
        }
        self.hands.update_value(|hands| hands.trainer = trainer);
    }

    fn is_present(self, generation: u32) -> bool {
        self.hands.try_with_value(|hands| hands.generation) == Some(generation)
    }

    fn send(self, message: &ToTrainer, payload: Option<&Bytes>) {
        let sent = self.hands.with_value(|hands| hands.trainer.as_ref().is_some_and(|it| it.send(message, payload)));
        if !sent {
            self.post(TrainAction::WorkerDied);
        }
    }

    fn hear(self, heard: Heard) {
        match heard {
            Heard::Died => self.post(TrainAction::WorkerDied),
            Heard::Message(message, payload) => {
                if let (FromTrainer::Snapshot { run, step }, Some(bytes)) = (&message, payload) {
                    let snapshot = (*run, *step, bytes);
                    self.hands.with_value(|hands| hands.inbox.borrow_mut().snapshots.push(snapshot));
                }
                if let Some(action) = action(message) {
                    self.post(action);
                }
            }
        }
    }

    /// Sends the files to the worker.
    fn fill_worker(self) {
        let Some(generation) = self.hands.try_with_value(|hands| hands.generation) else { return };
        self.files.give(Rc::new(move |file| {
            let present = self.is_present(generation);
            match file {
                _ if !present => {}
                Some((part, bytes)) => self.send(&ToTrainer::Data { part }, Some(&bytes)),
                None => self.post(TrainAction::WorkerFilled),
            }
            present
        }));
    }
}

/// Which worker trains what a crew is for.
fn trains(crew: Crew) -> Trains {
    if crew.own { Trains::Graph } else { Trains::LeNet }
}

/// What the trainer said, as the page's state takes it.
fn action(message: FromTrainer) -> Option<TrainAction> {
    Some(match message {
        FromTrainer::Ready { protocol: PROTOCOL } => TrainAction::WorkerReady,
        FromTrainer::Ready { protocol } => TrainAction::WorkerStale { found: protocol, expected: PROTOCOL },
        FromTrainer::Loaded { run, step } => TrainAction::Loaded { run, step },
        FromTrainer::Progress { run, reports, examples_per_second, workers, .. } => {
            TrainAction::Stepped { run, steps: reports, examples_per_second, workers }
        }
        FromTrainer::Epoch { run, report } => TrainAction::Tested { run, test: report },
        FromTrainer::Testing { run, done, of } => TrainAction::Testing { run, done, of },
        FromTrainer::Snapshot { run, step } => TrainAction::Snapshot { run, step },
        FromTrainer::Paused { run, .. } => TrainAction::Paused { run },
        FromTrainer::Finished { run } => TrainAction::Finished { run },
        // Nothing is measured here, and who is alive is asked for elsewhere.
        FromTrainer::Measured { .. } | FromTrainer::Alive => return None,
        FromTrainer::Failed { run, fault } => match fault {
            Fault::Diverged { step, loss } => TrainAction::Diverged { run, step, loss },
            fault => TrainAction::Refused { run, why: refusal(&fault) },
        },
    })
}
