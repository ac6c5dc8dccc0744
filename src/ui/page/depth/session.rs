//! The page's hands: carries out what [`DepthState`] asks for, tells it what came of it, and puts its parts on the page.

use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use receptive::{
    lab::depth::{
        DepthAction, DepthState, Effect, MOST_WORKERS, Settings, Skip,
        markup::{PARTS, Part, Shown, look},
    },
    markup::Markup,
    protocol::{Fault, FromTrainer, PROTOCOL, ToTrainer, Until, encode},
};

use super::ways::{Ways, ways};
use crate::ui::{
    component::paint_tile,
    platform::{self, Bytes, Frames, Throttle},
    route::Route,
    said::Said,
    signal::RwSignal,
    training::{Fetched, Files, Heard, Trainer, Trains, is_gone, refusal},
};

/// What workers say is taken at most so often, in milliseconds.
const TAKEN_EVERY: f64 = 100.0;
/// What follows every step is drawn at most so often: two workers leave the page little time.
const DRAWN_EVERY_MS: u32 = 400;
/// The picture's part is fetched so long after the page is there.
const AFTER: Duration = Duration::from_millis(300);
/// So many milliseconds of a frame the picture goes through its layers.
const SLICE: f64 = 12.0;

/// The page's session. Its workers end with the owner it was made under.
#[derive(Clone, Copy)]
pub(super) struct Session {
    /// The settings, which the link follows.
    pub settings: RwSignal<Settings>,
    /// Whether there is something to save.
    pub has_values: RwSignal<bool>,
    hands: StoredValue<Hands, LocalStorage>,
    files: Files,
    route: Route,
    frames: StoredValue<Option<[Frames; 2]>, LocalStorage>,
    slow: Throttle,
}

struct Hands {
    lab: DepthState,
    /// The picture on its way, once its part has come.
    ways: Option<Box<dyn Ways>>,
    workers: usize,
    /// What is in each part.
    shown: Vec<Option<Markup>>,
    trainers: [Option<Trainer>; MOST_WORKERS],
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
        let hands = Hands {
            ways: None,
            lab: DepthState::new(settings.clone(), workers),
            workers,
            shown: vec![None; PARTS.len()],
            trainers: Default::default(),
            generations: [0; MOST_WORKERS],
            inbox: Rc::default(),
        };
        let session = Self {
            settings: RwSignal::new(settings),
            has_values: RwSignal::new(false),
            hands: StoredValue::new_local(hands),
            files: Files::new(),
            route: Route::get(),
            frames: StoredValue::new_local(None),
            slow: Throttle::new(DRAWN_EVERY_MS),
        };
        // A field that is left by Tab tells its change before the focus is at the next: parts change a frame later.
        let show = Frames::new(move |_| {
            session.show(false);
            false
        });
        let flow = Frames::new(move |began| session.flow(began));
        session.frames.set_value(Some([show, flow]));
        on_cleanup(move || {
            session.hands.try_update_value(|hands| hands.trainers = Default::default());
        });
        session
    }

    /// Begins, once the page's elements are there, and draws anew whenever their room changes.
    pub(super) fn follow(self) {
        let room = platform::viewport();
        crate::ui::view::effect(move || {
            let _room = (room.get(), self.route.lecture());
            // A frame later the style sheet has taken it up as well.
            self.draw_soon();
        });
        self.show(false);
        self.show(true);
        let (said, settings) = (Said::get(), self.settings.get_untracked());
        platform::after(AFTER, move || {
            spawn_local(async move {
                match ways(settings).await {
                    Ok(ways) => {
                        self.hands.try_update_value(|hands| hands.ways = Some(ways));
                        // Other settings can have been chosen meanwhile.
                        self.dispatch_all(Vec::new());
                    }
                    Err(sentence) => said.say(&sentence),
                }
            });
        });
    }

    /// The state through `f`.
    pub(super) fn with<T>(self, f: impl FnOnce(&DepthState) -> T) -> Option<T> {
        self.hands.try_with_value(|hands| f(&hands.lab))
    }

    fn start_frames(self, which: usize) {
        if let Some(Some(frames)) = self.frames.try_get_value()
            && let Some(frames) = frames.get(which)
        {
            frames.start();
        }
    }

    fn draw_soon(self) {
        self.slow.run(move || self.show(true));
    }

    /// Lets the picture go on; whether it has to go further.
    fn flow(self, began: f64) -> bool {
        let goes_on = self.hands.try_update_value(|hands| {
            let ways = hands.ways.as_mut()?;
            let mut goes_on = ways.advance();
            while goes_on && platform::now() - began < SLICE {
                goes_on = ways.advance();
            }
            Some(goes_on)
        });
        self.draw_soon();
        goes_on == Some(Some(true))
    }

    /// Writes the parts that differ.
    fn show(self, slow: bool) {
        let widest = |one: &str, other: &str| platform::width_of(one).max(platform::width_of(other));
        let lecture = self.route.lecture_now();
        let mut is_emptied = false;
        self.hands.try_update_value(|hands| {
            let Hands { lab, ways, workers, shown, .. } = hands;
            let width = widest("depth-chart-0", "depth-chart-1");
            let looked = Shown { lab, workers: *workers, width, lecture };
            for (at, Part { id, of, .. }) in PARTS.iter().enumerate().filter(|(_, part)| part.is_slow == slow) {
                let html = of(&looked);
                if shown.get(at).is_some_and(|shown| shown.as_ref() == Some(&html)) {
                    continue;
                }
                let is_there = platform::rewrite_around_focus(id, &html);
                if *id == "depth-panels" || *id == "depth-spreads" {
                    // What was in it has to be put there again.
                    shown.iter_mut().zip(PARTS).filter(|(_, part)| part.is_slow).for_each(|(shown, _)| *shown = None);
                    if let Some(ways) = ways {
                        ways.forget();
                    }
                    is_emptied = true;
                }
                if let Some(shown) = shown.get_mut(at) {
                    *shown = Some(html).filter(|_| is_there);
                }
            }
            if slow {
                paint_strips(lab);
                if let Some(ways) = ways {
                    ways.show(look(widest("depth-spread-0", "depth-spread-1"), lecture));
                }
            }
        });
        if is_emptied {
            self.show(true);
        }
    }

    /// Does `action`.
    pub(super) fn dispatch(self, action: DepthAction) {
        self.dispatch_all(vec![action]);
    }

    fn dispatch_all(self, actions: Vec<DepthAction>) {
        // The page may have been left while something was on its way to it.
        let Some(effects) = self.hands.try_update_value(|hands| {
            let effects: Vec<Effect> = actions.into_iter().flat_map(|action| hands.lab.apply(action)).collect();
            if let Some(ways) = &mut hands.ways {
                ways.follow(hands.lab.settings());
            }
            effects
        }) else {
            return;
        };
        let told = self.with(|lab| (lab.settings().clone(), lab.nets().iter().any(|net| net.record.step() > 0)));
        if let Some((settings, has_values)) = told {
            if self.settings.with_untracked(|shown| *shown != settings) {
                self.settings.set(settings);
            }
            if self.has_values.get_untracked() != has_values {
                self.has_values.set(has_values);
            }
        }
        self.start_frames(0);
        self.draw_soon();
        self.start_frames(1);
        for effect in effects {
            self.perform(effect);
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
                if is_gone(Trains::Graph).await {
                    self.post(DepthAction::WorkerGone);
                }
            }),
            Effect::FillWorker(worker) => self.fill_worker(worker),
            Effect::Begin { worker, run, spec } => {
                let model = encode(&spec.model);
                self.send(worker, &ToTrainer::Start { run, spec: spec.with_model(()), model }, None);
            }
            Effect::TrainOn { worker, run } => {
                self.send(worker, &ToTrainer::Resume { run, until: Until::End }, None);
            }
            Effect::Halt { worker, run } => self.send(worker, &ToTrainer::Pause { run }, None),
            Effect::Reload => platform::reload(),
        }
    }

    fn put(self, worker: usize, trainer: Option<Trainer>) {
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
        let expects = Rc::new(move || self.with(DepthState::expects_trainer) == Some(true));
        let trainer = Trainer::open(Trains::Graph, 1, false, hear, expects);
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

    fn send(self, worker: usize, message: &ToTrainer, payload: Option<&Bytes>) {
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

/// Draws the strips on their canvases.
fn paint_strips(lab: &DepthState) {
    for at in Skip::ALL.into_iter().flat_map(|skip| lab.strips(skip)).filter_map(|(at, _)| at) {
        let strip = lab.strip(at);
        paint_tile(&format!("depth-strip-{at}"), strip.columns, &strip.shares);
    }
}
