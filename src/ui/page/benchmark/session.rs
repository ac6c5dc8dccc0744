//! The benchmark page's hands: carries out what [`BenchmarkState`] asks for, and tells it what came of it.

use std::rc::Rc;

use leptos::prelude::*;
use receptive::{
    data::DatasetKind,
    lab::{
        benchmark::{BenchmarkAction, BenchmarkState, Effect},
        train::Trouble,
    },
    markup::Markup,
    protocol::{FromTrainer, PROTOCOL, Probe, ToTrainer, Until, encode},
};

use crate::ui::{
    platform,
    signal::RwSignal,
    training::{Fetched, Files, Heard, MAX_WORKERS, Trainer, Trains, refusal},
};

/// A benchmark page's session. Its workers end with the owner it was made under.
///
/// The page shows texts: each has a signal of its own, which changes when the text does.
#[derive(Clone, Copy)]
pub(super) struct Session {
    hands: StoredValue<Hands, LocalStorage>,
    files: Files,
    /// How each of the page's texts is made.
    write: [fn(&BenchmarkState) -> String; TEXTS],
    /// How each of its figures is.
    draw: [fn(&BenchmarkState) -> Markup; FIGURES],
    /// The page's texts.
    pub texts: [RwSignal<String>; TEXTS],
    /// What it shows of them as elements.
    pub figures: [RwSignal<Markup>; FIGURES],
    /// Whether it measures.
    pub running: RwSignal<bool>,
}

/// How many texts the page has.
pub(crate) const TEXTS: usize = 4;
/// How many figures it has.
pub(crate) const FIGURES: usize = 2;

struct Hands {
    lab: BenchmarkState,
    trainer: Option<Trainer>,
    /// Counts trainers, so that what was begun for an older one is known.
    generation: u32,
}

impl Session {
    /// Nothing measured yet; `write` makes the page's texts, `draw` its figures.
    pub(crate) fn new(
        write: [fn(&BenchmarkState) -> String; TEXTS],
        draw: [fn(&BenchmarkState) -> Markup; FIGURES],
    ) -> Self {
        let most = u32::try_from(platform::cores().min(MAX_WORKERS)).unwrap_or(1);
        let lab = BenchmarkState::new(most);
        let texts = write.map(|write| RwSignal::new(write(&lab)));
        let figures = draw.map(|draw| RwSignal::new(draw(&lab)));
        let hands = StoredValue::new_local(Hands { lab, trainer: None, generation: 0 });
        Self { hands, files: Files::new(), write, draw, texts, figures, running: RwSignal::new(false) }
    }

    /// The button that repairs what is wrong.
    pub(crate) fn repair(self) -> Option<(String, Callback<()>)> {
        let (_, label, action) = self.hands.try_with_value(|hands| hands.lab.trouble()).flatten()?;
        Some((label.to_owned(), Callback::new(move |()| self.dispatch(action.clone()))))
    }

    /// Starts it, or stops it where it runs.
    pub(crate) fn toggle(self) {
        self.dispatch(if self.running.get_untracked() { BenchmarkAction::Stop } else { BenchmarkAction::Start });
    }

    /// Does `action`; nothing if the page was left meanwhile.
    fn dispatch(self, action: BenchmarkAction) {
        let effects = self.hands.try_update_value(|hands| hands.lab.apply(action)).unwrap_or_default();
        self.show();
        for effect in effects {
            self.perform(effect);
        }
    }

    fn show(self) {
        let shown = |Hands { lab, .. }: &Hands| {
            (lab.is_running(), self.write.map(|write| write(lab)), self.draw.map(|draw| draw(lab)))
        };
        let Some((running, texts, figures)) = self.hands.try_with_value(shown) else { return };
        if self.running.get_untracked() != running {
            self.running.set(running);
        }
        for (signal, text) in self.texts.into_iter().zip(texts) {
            if signal.with_untracked(|shown| *shown != text) {
                signal.set(text);
            }
        }
        for (signal, figure) in self.figures.into_iter().zip(figures) {
            if signal.with_untracked(|shown| *shown != figure) {
                signal.set(figure);
            }
        }
    }

    fn perform(self, effect: Effect) {
        match effect {
            Effect::Fetch => self.files.fetch(
                DatasetKind::Mnist,
                Rc::new(move |fetched| {
                    self.dispatch(match fetched {
                        Fetched::Bytes(received) => BenchmarkAction::Received(received),
                        Fetched::All => BenchmarkAction::Checking,
                        Fetched::Checked => BenchmarkAction::FilesReady,
                        Fetched::Failed(error) => BenchmarkAction::FilesFailed(error),
                    });
                }),
            ),
            Effect::OpenWorker(workers) => self.open_worker(workers),
            Effect::CloseWorker => {
                self.hands.try_update_value(|hands| hands.trainer = None);
            }
            Effect::FillWorker => self.fill_worker(),
            Effect::Begin { run, spec } => {
                let model = encode(&spec.model);
                self.send(&ToTrainer::Start { run, spec: spec.with_model(()), model });
            }
            Effect::TrainOn { run } => self.send(&ToTrainer::Resume { run, until: Until::End }),
            Effect::Halt { run } => self.send(&ToTrainer::Pause { run }),
            Effect::MeasurePeak { run } => self.send(&ToTrainer::Measure { run, probe: Probe::Peak }),
            Effect::MeasureInference { run, batch } => {
                self.send(&ToTrainer::Measure { run, probe: Probe::Inference { batch } });
            }
            Effect::Reload => platform::reload(),
        }
    }

    fn open_worker(self, workers: u32) {
        let Some(generation) = self.hands.try_update_value(|hands| {
            hands.generation += 1;
            hands.generation
        }) else {
            return;
        };
        let hear = Rc::new(move |heard| {
            if !self.is_present(generation) {
                return;
            }
            // Fewer would be measured under a wrong name.
            let complete = |hands: &Hands| hands.trainer.as_ref().is_some_and(|it| it.workers() == workers as usize);
            let is_ready = matches!(heard, Heard::Message(FromTrainer::Ready { .. }, _));
            let fewer = is_ready && self.hands.try_with_value(complete) != Some(true);
            self.hear(if fewer { Heard::Died } else { heard });
        });
        let expects = Rc::new(move || self.hands.try_with_value(|hands| hands.lab.is_running()) == Some(true));
        let trainer = Trainer::open(Trains::LeNet, workers as usize, false, hear, expects);
        let opened = trainer.is_some();
        self.hands.update_value(|hands| hands.trainer = trainer);
        if !opened {
            self.dispatch(BenchmarkAction::WorkerDied);
        }
    }

    fn is_present(self, generation: u32) -> bool {
        let present = |hands: &Hands| hands.trainer.is_some() && hands.generation == generation;
        self.hands.try_with_value(present) == Some(true)
    }

    fn send(self, message: &ToTrainer) {
        let sent = |hands: &Hands| hands.trainer.as_ref().is_some_and(|it| it.send(message, None));
        if self.hands.try_with_value(sent) == Some(false) {
            self.dispatch(BenchmarkAction::WorkerDied);
        }
    }

    fn fill_worker(self) {
        let Some(generation) = self.hands.try_with_value(|hands| hands.generation) else { return };
        self.files.give(Rc::new(move |file| {
            let present = self.is_present(generation);
            match file {
                _ if !present => {}
                Some((part, bytes)) => {
                    let send = |hands: &Hands| {
                        hands.trainer.as_ref().is_some_and(|it| it.send(&ToTrainer::Data { part }, Some(&bytes)))
                    };
                    if self.hands.try_with_value(send) == Some(false) {
                        self.dispatch(BenchmarkAction::WorkerDied);
                    }
                }
                None => self.dispatch(BenchmarkAction::WorkerFilled),
            }
            present
        }));
    }

    fn hear(self, heard: Heard) {
        self.dispatch(match heard {
            Heard::Died => BenchmarkAction::WorkerDied,
            Heard::Message(message, _) => match message {
                FromTrainer::Ready { protocol: PROTOCOL } => BenchmarkAction::WorkerReady,
                FromTrainer::Ready { protocol: found } => {
                    BenchmarkAction::Refused { run: 0, trouble: Trouble::WorkerStale { found, expected: PROTOCOL } }
                }
                FromTrainer::Loaded { run, .. } => BenchmarkAction::Loaded { run },
                FromTrainer::Progress { run, reports, milliseconds, .. } => BenchmarkAction::Stepped {
                    run,
                    steps: u32::try_from(reports.len()).unwrap_or(u32::MAX),
                    examples: reports.iter().map(|report| report.batch).sum(),
                    milliseconds,
                },
                FromTrainer::Measured { run, per_second } => BenchmarkAction::Measured { run, per_second },
                FromTrainer::Failed { run, fault } => {
                    BenchmarkAction::Refused { run, trouble: Trouble::Refused { why: refusal(&fault) } }
                }
                // What a run tells beside its steps says nothing of its speed.
                FromTrainer::Epoch { .. }
                | FromTrainer::Testing { .. }
                | FromTrainer::Snapshot { .. }
                | FromTrainer::Paused { .. }
                | FromTrainer::Finished { .. }
                | FromTrainer::Alive => return,
            },
        });
    }
}
