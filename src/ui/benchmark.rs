//! The benchmark page's hands: carries out what [`BenchmarkLab`] asks for, and tells it what came of it.

use leptos::{prelude::*, task::spawn_local};
use receptive::{
    lab::{
        benchmark::{Action, BenchmarkLab, Effect},
        train::Trouble,
    },
    protocol::{FromTrainer, PROTOCOL, Probe, ToTrainer, Until},
};

use super::{
    files::{Fetched, Files, PARTS},
    platform,
    training::refusal,
    worker::{Heard, Trainer},
};

/// Numbers of workers that training is measured with.
const WORKERS: &[u32] = &[1];

/// A benchmark page's session. Its workers end with the owner it was made under.
#[derive(Clone, Copy)]
pub(crate) struct Benchmark {
    lab: RwSignal<BenchmarkLab>,
    files: Files,
    /// The trainer, and how many there were: what was begun for an older one is known by that.
    trainer: StoredValue<(Option<Trainer>, u32), LocalStorage>,
}

impl Benchmark {
    /// Nothing measured yet.
    pub(crate) fn new() -> Self {
        let trainer = StoredValue::new_local((None, 0));
        on_cleanup(move || {
            trainer.try_update_value(|(trainer, _)| *trainer = None);
        });
        Self { lab: RwSignal::new(BenchmarkLab::new(WORKERS)), files: Files::new(), trainer }
    }

    /// The state through `f`, tracked.
    pub(crate) fn with<T>(self, f: impl FnOnce(&BenchmarkLab) -> T) -> T {
        self.lab.with(f)
    }

    /// The state through `f`, untracked.
    pub(crate) fn peek<T>(self, f: impl FnOnce(&BenchmarkLab) -> T) -> T {
        self.lab.with_untracked(f)
    }

    /// Does `action`; nothing if the page was left meanwhile.
    pub(crate) fn dispatch(self, action: Action) {
        for effect in self.lab.try_update(|lab| lab.apply(action)).unwrap_or_default() {
            self.perform(effect);
        }
    }

    fn perform(self, effect: Effect) {
        match effect {
            Effect::Fetch => self.files.fetch(Callback::new(move |fetched| {
                self.dispatch(match fetched {
                    Fetched::Bytes(received) => Action::Received(received),
                    Fetched::All => Action::Checking,
                    Fetched::Checked => Action::FilesReady,
                    Fetched::Failed(error) => Action::FilesFailed(error),
                });
            })),
            Effect::OpenWorker(_) => self.open_worker(),
            Effect::CloseWorker => {
                self.trainer.try_update_value(|(trainer, _)| *trainer = None);
            }
            Effect::FillWorker => spawn_local(self.fill_worker()),
            Effect::Begin { run, spec } => self.send(&ToTrainer::Start { run, spec }),
            Effect::TrainOn { run } => self.send(&ToTrainer::Resume { run, until: Until::End }),
            Effect::Halt { run } => self.send(&ToTrainer::Pause { run }),
            Effect::MeasurePeak { run } => self.send(&ToTrainer::Measure { run, probe: Probe::Peak }),
            Effect::MeasureInference { run, batch } => {
                self.send(&ToTrainer::Measure { run, probe: Probe::Inference { batch } });
            }
            Effect::Reload => platform::reload(),
        }
    }

    fn open_worker(self) {
        let Some(generation) = self.trainer.try_update_value(|(_, generation)| {
            *generation += 1;
            *generation
        }) else {
            return;
        };
        let trainer = Trainer::open(move |heard| {
            if self.is_present(generation) {
                self.hear(heard);
            }
        });
        let opened = trainer.is_some();
        self.trainer.update_value(|(present, _)| *present = trainer);
        if !opened {
            self.dispatch(Action::WorkerDied);
        }
    }

    fn is_present(self, generation: u32) -> bool {
        self.trainer.try_with_value(|(trainer, present)| trainer.is_some() && *present == generation) == Some(true)
    }

    fn send(self, message: &ToTrainer) {
        let sent = |(trainer, _): &(Option<Trainer>, u32)| trainer.as_ref().is_some_and(|it| it.send(message, None));
        if self.trainer.try_with_value(sent) == Some(false) {
            self.dispatch(Action::WorkerDied);
        }
    }

    async fn fill_worker(self) {
        let Some(generation) = self.trainer.try_with_value(|(_, generation)| *generation) else { return };
        for (part, at) in PARTS.into_iter().zip(0..) {
            let Some(bytes) = self.files.unpacked(at).await.filter(|_| self.is_present(generation)) else { return };
            let send = |(trainer, _): &(Option<Trainer>, u32)| {
                trainer.as_ref().is_some_and(|it| it.send(&ToTrainer::Data { part }, Some(&bytes)))
            };
            if self.trainer.try_with_value(send) != Some(true) {
                self.dispatch(Action::WorkerDied);
                return;
            }
        }
        self.dispatch(Action::WorkerFilled);
    }

    fn hear(self, heard: Heard) {
        self.dispatch(match heard {
            Heard::Died => Action::WorkerDied,
            Heard::Message(message, _) => match message {
                FromTrainer::Ready { protocol: PROTOCOL } => Action::WorkerReady,
                FromTrainer::Ready { protocol: found } => {
                    Action::Refused { run: 0, trouble: Trouble::WorkerStale { found, expected: PROTOCOL } }
                }
                FromTrainer::Loaded { run, .. } => Action::Loaded { run },
                FromTrainer::Progress { run, reports, milliseconds, .. } => Action::Stepped {
                    run,
                    steps: u32::try_from(reports.len()).unwrap_or(u32::MAX),
                    examples: reports.iter().map(|report| report.batch).sum(),
                    milliseconds,
                },
                FromTrainer::Measured { run, per_second } => Action::Measured { run, per_second },
                FromTrainer::Failed { run, fault } => {
                    Action::Refused { run, trouble: Trouble::Refused { why: refusal(fault) } }
                }
                // What a run tells beside its steps says nothing of its speed.
                FromTrainer::Epoch { .. }
                | FromTrainer::Testing { .. }
                | FromTrainer::Snapshot { .. }
                | FromTrainer::Paused { .. }
                | FromTrainer::Finished { .. } => return,
            },
        });
    }
}
