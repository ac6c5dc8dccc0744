//! The trainer's side of the protocol as a state machine: messages and the time go in, answers come out.
//!
//! The worker around it only carries bytes and looks at the clock.

use std::{collections::VecDeque, sync::Arc};

use super::{DataPart, Fault, FromTrainer, PROTOCOL, RunId, StepReport, ToTrainer, Until, decode};
use crate::{
    data::{self, Dataset, Images, Split, SplitError},
    train::{Diverged, Event, RunSpec, StartError, Trainer},
};

/// How long work goes on before messages are looked at again, in milliseconds. Pause is answered within 50.
const SLICE: f64 = 40.0;
/// Time between two messages about progress, in milliseconds.
const PROGRESS: f64 = 100.0;
/// Time between two snapshots while an epoch goes on, in milliseconds.
const SNAPSHOT: f64 = 5_000.0;
/// The time over which examples a second are measured, in milliseconds.
const SPEED: f64 = 1_000.0;

/// A message to the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The header.
    pub message: FromTrainer,
    /// What travels beside it.
    pub payload: Option<Vec<u8>>,
}

impl From<FromTrainer> for Answer {
    fn from(message: FromTrainer) -> Self {
        Self { message, payload: None }
    }
}

/// Everything that the trainer keeps between two messages.
#[derive(Debug, Default)]
pub struct Responder {
    files: Files,
    dataset: Option<Arc<Dataset>>,
    run: Option<Run>,
}

/// Files of a data set that is not complete yet.
#[derive(Debug, Default)]
struct Files {
    train_images: Option<Images>,
    train_labels: Option<Vec<u8>>,
    test_images: Option<Images>,
    test_labels: Option<Vec<u8>>,
}

#[derive(Debug)]
struct Run {
    id: RunId,
    trainer: Trainer,
    until: Option<Until>,
    /// Steps not reported yet.
    reports: Vec<StepReport>,
    /// When progress was last reported.
    reported: f64,
    /// When the last snapshot was taken.
    stored: f64,
    /// Training time in milliseconds and examples, in pieces, over the last second or so.
    pieces: VecDeque<(f64, u32)>,
}

impl Responder {
    /// The first message.
    pub fn greeting() -> Answer {
        FromTrainer::Ready { protocol: PROTOCOL }.into()
    }

    /// Whether [`work`](Self::work) has something to do.
    pub fn is_busy(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.until.is_some())
    }

    /// Takes a message of any bytes. `now` is the time in milliseconds.
    pub fn receive(&mut self, header: &[u8], payload: Option<Vec<u8>>, now: f64) -> Vec<Answer> {
        let Some(message) = decode::<ToTrainer>(header) else { return failed(0, Fault::BadMessage) };
        match message {
            ToTrainer::Data { part } => match payload {
                Some(file) => self.take_file(part, file),
                None => failed(0, Fault::BadMessage),
            },
            ToTrainer::Start { run, spec } => self.start(run, spec, payload.as_deref(), now),
            ToTrainer::Resume { run, until } => {
                if let Some(run) = self.current(run) {
                    run.until = Some(until);
                    (run.reported, run.stored) = (now, now);
                }
                Vec::new()
            }
            ToTrainer::Pause { run } => self.current(run).map(|run| run.pause(now)).unwrap_or_default(),
            ToTrainer::SetLearningRate { run, rate } => match self.current(run) {
                Some(current) => match current.trainer.set_learning_rate(rate) {
                    Ok(()) => Vec::new(),
                    Err(error) => failed(run, Fault::BadSpec { why: error.to_string() }),
                },
                None => Vec::new(),
            },
        }
    }

    /// Trains or tests for one slice of time, as `clock` tells it in milliseconds.
    pub fn work(&mut self, clock: impl Fn() -> f64) -> Vec<Answer> {
        let mut answers = Vec::new();
        let Some(run) = &mut self.run else { return answers };
        let start = clock();
        let mut now = start;
        while run.until.is_some() {
            let event = run.trainer.advance();
            let spent = clock() - now;
            now += spent;
            match event {
                Ok(event) => run.follow(event, spent, now, &mut answers),
                Err(diverged) => {
                    run.flush(now, &mut answers);
                    answers.extend(failed(run.id, diverged.into()));
                    self.run = None;
                    return answers;
                }
            }
            // The next piece will take about as long as this one did.
            if now - start + spent > SLICE {
                break;
            }
        }
        answers
    }

    fn current(&mut self, id: RunId) -> Option<&mut Run> {
        self.run.as_mut().filter(|run| run.id == id)
    }

    fn take_file(&mut self, part: DataPart, file: Vec<u8>) -> Vec<Answer> {
        let files = &mut self.files;
        let taken = match part {
            DataPart::TrainImages => data::images(file).map(|images| files.train_images = Some(images)),
            DataPart::TestImages => data::images(file).map(|images| files.test_images = Some(images)),
            DataPart::TrainLabels => data::labels(file).map(|labels| files.train_labels = Some(labels)),
            DataPart::TestLabels => data::labels(file).map(|labels| files.test_labels = Some(labels)),
        };
        if let Err(error) = taken {
            return failed(0, Fault::BadData { part, why: error.to_string() });
        }
        match std::mem::take(files) {
            Files {
                train_images: Some(train_images),
                train_labels: Some(train_labels),
                test_images: Some(test_images),
                test_labels: Some(test_labels),
            } => {
                let train = split(train_images, train_labels, DataPart::TrainImages, DataPart::TrainLabels);
                let test = split(test_images, test_labels, DataPart::TestImages, DataPart::TestLabels);
                match (train, test) {
                    (Ok(train), Ok(test)) => {
                        self.dataset = Some(Arc::new(Dataset { train, test }));
                        Vec::new()
                    }
                    (Err(fault), _) | (_, Err(fault)) => failed(0, fault),
                }
            }
            incomplete => {
                *files = incomplete;
                Vec::new()
            }
        }
    }

    fn start(&mut self, run: RunId, spec: RunSpec, snapshot: Option<&[u8]>, now: f64) -> Vec<Answer> {
        // The old run's memory is free before the new one's is taken.
        self.run = None;
        let Some(dataset) = &self.dataset else { return failed(run, Fault::MissingData) };
        let mut trainer = match Trainer::new(spec, Arc::clone(dataset)) {
            Ok(trainer) => trainer,
            Err(error) => return failed(run, error.into()),
        };
        if snapshot.is_some_and(|snapshot| trainer.restore(snapshot).is_err()) {
            return failed(run, Fault::BadSnapshot);
        }
        let step = trainer.step();
        self.run = Some(Run {
            id: run,
            trainer,
            until: None,
            reports: Vec::new(),
            reported: now,
            stored: now,
            pieces: VecDeque::new(),
        });
        vec![FromTrainer::Loaded { run, step }.into()]
    }
}

impl Run {
    /// What follows from one piece of work, which took `spent` and ended at `now`.
    fn follow(&mut self, event: Event, spent: f64, now: f64, answers: &mut Vec<Answer>) {
        match event {
            Event::Part => self.pieces.push_back((spent, 0)),
            Event::Step(report) => {
                self.pieces.push_back((spent, report.batch));
                self.reports.push(report);
                if self.until == Some(Until::Step) && !self.trainer.is_testing() {
                    answers.extend(self.pause(now));
                } else if now - self.reported >= PROGRESS {
                    self.flush(now, answers);
                }
                if now - self.stored >= SNAPSHOT {
                    // The page's curve must reach as far as the snapshot that would continue it.
                    self.flush(now, answers);
                    answers.push(self.store(now));
                }
            }
            Event::Testing { done, of } => {
                if now - self.reported >= PROGRESS {
                    self.flush(now, answers);
                    answers.push(FromTrainer::Testing { run: self.id, done, of }.into());
                }
            }
            Event::Epoch(report) => {
                self.flush(now, answers);
                answers.push(FromTrainer::Epoch { run: self.id, report }.into());
                if self.until == Some(Until::Step) {
                    answers.extend(self.pause(now));
                } else {
                    answers.push(self.store(now));
                }
            }
            Event::Finished => {
                self.until = None;
                self.flush(now, answers);
                answers.push(FromTrainer::Finished { run: self.id }.into());
            }
        }
    }

    /// Stands still.
    fn pause(&mut self, now: f64) -> Vec<Answer> {
        self.until = None;
        let mut answers = Vec::new();
        self.flush(now, &mut answers);
        answers.push(self.store(now));
        answers.push(FromTrainer::Paused { run: self.id, step: self.trainer.step() }.into());
        answers
    }

    /// Reports the steps not reported yet.
    fn flush(&mut self, now: f64, answers: &mut Vec<Answer>) {
        self.reported = now;
        if self.reports.is_empty() {
            return;
        }
        let mut milliseconds: f64 = self.pieces.iter().map(|(spent, _)| spent).sum();
        while let Some((oldest, _)) = self.pieces.front()
            && milliseconds - oldest >= SPEED
        {
            milliseconds -= oldest;
            self.pieces.pop_front();
        }
        let examples: u32 = self.pieces.iter().map(|(_, examples)| examples).sum();
        // A clock may stand still over a short piece.
        let examples_per_second = if milliseconds > 0.0 { f64::from(examples) * 1_000.0 / milliseconds } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, reason = "shown with three figures")]
        let examples_per_second = examples_per_second as f32;
        let reports = std::mem::take(&mut self.reports);
        answers.push(FromTrainer::Progress { run: self.id, reports, examples_per_second }.into());
    }

    fn store(&mut self, now: f64) -> Answer {
        self.stored = now;
        let message = FromTrainer::Snapshot { run: self.id, step: self.trainer.step() };
        Answer { message, payload: Some(self.trainer.snapshot()) }
    }
}

fn failed(run: RunId, fault: Fault) -> Vec<Answer> {
    vec![FromTrainer::Failed { run, fault }.into()]
}

fn split(images: Images, labels: Vec<u8>, image_part: DataPart, label_part: DataPart) -> Result<Split, Fault> {
    Split::new(images, labels).map_err(|error| {
        let part = match error {
            SplitError::Size { .. } => image_part,
            SplitError::Count { .. } | SplitError::Label { .. } => label_part,
        };
        Fault::BadData { part, why: error.to_string() }
    })
}

impl From<Diverged> for Fault {
    fn from(Diverged { step, loss }: Diverged) -> Self {
        Self::Diverged { step, loss }
    }
}

impl From<StartError> for Fault {
    fn from(error: StartError) -> Self {
        Self::BadSpec { why: error.to_string() }
    }
}
