//! The trainer's side of the protocol as a state machine: messages and the time go in, answers come out.
//!
//! The worker around it only carries bytes and looks at the clock.

use std::{collections::VecDeque, sync::Arc};

use super::{
    DataPart, Fault, FromTrainer, PROTOCOL, Probe, RunId, StepReport, ToPeer, ToTrainer, Until, decode, encode,
    probe::Measurement,
    tuning::{Choice, Tuning},
};
use crate::{
    data::{self, Dataset, Images, Split, SplitError},
    model::{Network, Trainable},
    train::{Diverged, Event, MAX_SHARDS, RunSpec, Seat, Shards, Trainer},
};

/// How long work goes on before messages are looked at again, in milliseconds. Pause is answered within 50.
const SLICE: f64 = 40.0;
/// Time between two messages about progress, in milliseconds.
const PROGRESS: f64 = 100.0;
/// Time between two snapshots while an epoch goes on, in milliseconds.
const SNAPSHOT: f64 = 5_000.0;
/// The most numbers of a share that are kept before its run starts.
const MAX_NUMBERS: usize = 16 << 20;
/// The time over which examples a second are measured, in milliseconds.
const SPEED: f64 = 1_000.0;

/// A message to the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The header.
    pub message: FromTrainer,
    /// What travels beside it.
    pub payload: Option<Vec<u8>>,
}

impl From<FromTrainer> for Reply {
    fn from(message: FromTrainer) -> Self {
        Self { message, payload: None }
    }
}

/// What the other workers are to be given.
#[derive(Debug)]
pub struct Outgoing<'a> {
    /// The header, a [`ToPeer`].
    pub header: Vec<u8>,
    /// The gradients that travel beside it, one after another.
    pub gradients: Vec<&'a [f32]>,
    /// How many others they are for: the first ones.
    pub peers: usize,
}

/// How far the exchange with the other workers is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shares {
    /// There is work to do.
    Complete,
    /// The others have not been given this worker's.
    Due,
    /// Nothing can be done until another worker gives its own.
    Missing,
}

/// A share that came before the message that starts its run: the two come through different ports.
#[derive(Debug)]
struct Early {
    worker: usize,
    message: ToPeer,
    gradients: Vec<f32>,
}

/// Everything that the trainer keeps between two messages.
#[derive(Debug)]
pub struct Responder<N: Trainable = Network> {
    seat: Seat,
    /// Whether fewer workers may share a run where that is faster.
    tune: bool,
    early: Vec<Early>,
    files: Files,
    dataset: Option<Arc<Dataset>>,
    run: Option<Run<N>>,
    /// Goes before the run.
    measurement: Option<(RunId, Measurement<N>)>,
}

impl<N: Trainable> Default for Responder<N> {
    fn default() -> Self {
        Self {
            seat: Seat::default(),
            tune: false,
            early: Vec::new(),
            files: Files::default(),
            dataset: None,
            run: None,
            measurement: None,
        }
    }
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
struct Run<N: Trainable> {
    id: RunId,
    trainer: Trainer<N>,
    until: Option<Until>,
    /// Whether this worker reports: the others know the same.
    leads: bool,
    /// Finds out how many workers are the fastest.
    tuning: Option<Tuning>,
    /// Whether it is to stand still after the step on its way, which the others do in any case.
    pausing: bool,
    shares: Shares,
    /// When the last piece of work ended.
    mark: f64,
    /// Steps not reported yet.
    reports: Vec<StepReport>,
    norms: Vec<f32>,
    /// When progress was last reported.
    reported: f64,
    /// When the last snapshot was taken.
    stored: f64,
    /// Training time in milliseconds and examples, in pieces, over the last second or so.
    pieces: VecDeque<(f64, u32)>,
    /// Training time in milliseconds that no report has told yet.
    spent: f64,
}

impl<N: Trainable> Responder<N> {
    /// The first message.
    pub fn greeting() -> Reply {
        FromTrainer::Ready { protocol: PROTOCOL }.into()
    }

    /// Whether [`work`](Self::work) has something to do.
    pub fn is_busy(&self) -> bool {
        self.measurement.is_some()
            || self.run.as_ref().is_some_and(|run| run.until.is_some() && run.shares != Shares::Missing)
    }

    /// What the other workers are to be given now; after every [`work`](Self::work).
    pub fn outgoing(&mut self) -> Option<Outgoing<'_>> {
        let run = self.run.as_mut()?;
        if run.shares != Shares::Due {
            return None;
        }
        run.shares = Shares::Complete;
        let peers = run.trainer.workers() - 1;
        let (share, gradients) = run.trainer.share();
        Some(Outgoing { header: encode(&ToPeer { run: run.id, share }), gradients: gradients.collect(), peers })
    }

    /// Takes what another worker gave: a header and `len` numbers, which `copy` writes from a place on into a row.
    /// `false` if it can't be read.
    pub fn receive_share(
        &mut self,
        worker: usize,
        header: &[u8],
        len: usize,
        mut copy: impl FnMut(usize, &mut [f32]),
    ) -> bool {
        let Some(message) = decode::<ToPeer>(header) else { return false };
        match &mut self.run {
            Some(run) if run.id == message.run => run.receive(worker, message, len, copy),
            Some(run) if run.id > message.run => true,
            _ => {
                // Before its own share is there, a worker gets one from each of the others.
                if self.early.len() >= MAX_SHARDS || len > MAX_NUMBERS {
                    return false;
                }
                let mut gradients = vec![0.0; len];
                copy(0, &mut gradients);
                self.early.push(Early { worker, message, gradients });
                true
            }
        }
    }

    /// Takes a message of any bytes. `now` is the time in milliseconds.
    pub fn receive(&mut self, header: &[u8], payload: Option<Vec<u8>>, now: f64) -> Vec<Reply> {
        let Some(message) = decode::<ToTrainer>(header) else { return failed(0, Fault::BadMessage) };
        match message {
            ToTrainer::Join { worker, workers, tune } => {
                let seat = Seat { worker: worker.into(), workers: workers.into() };
                if seat.worker >= seat.workers || seat.workers > MAX_SHARDS {
                    return failed(0, Fault::BadMessage);
                }
                (self.seat, self.tune) = (seat, tune);
                Vec::new()
            }
            ToTrainer::Data { part } => match payload {
                Some(file) => self.take_file(part, file),
                None => failed(0, Fault::BadMessage),
            },
            ToTrainer::Start { run, spec, model } => match decode::<N::Spec>(&model) {
                Some(model) => self.start(run, spec.with_model(model), payload.as_deref(), now),
                None => failed(run, Fault::BadSpec),
            },
            ToTrainer::Resume { run, until } => {
                if let Some(run) = self.current(run) {
                    run.until = Some(until);
                    run.pausing = false;
                    (run.reported, run.stored, run.mark) = (now, now, now);
                    if let Some(tuning) = &mut run.tuning {
                        tuning.disturb();
                    }
                }
                Vec::new()
            }
            ToTrainer::Pause { run } => match self.current(run) {
                Some(run) if run.until.is_some() && run.trainer.has_shared_step() => {
                    run.pausing = true;
                    Vec::new()
                }
                Some(run) => run.pause(now),
                None => Vec::new(),
            },
            ToTrainer::SetLearningRate { run, rate } => match self.current(run) {
                Some(current) => match current.trainer.set_learning_rate(rate) {
                    Ok(()) => Vec::new(),
                    Err(_) => failed(run, Fault::BadSpec),
                },
                None => Vec::new(),
            },
            ToTrainer::Measure { run, probe } => self.measure(run, probe),
            ToTrainer::Ping => vec![FromTrainer::Alive.into()],
        }
    }

    /// Trains, measures for one slice of time, as `clock` tells it in milliseconds.
    pub fn work(&mut self, clock: impl Fn() -> f64) -> Vec<Reply> {
        let mut answers = Vec::new();
        if let Some((run, measurement)) = &mut self.measurement {
            if let Some(per_second) = measurement.round(&clock) {
                answers.push(FromTrainer::Measured { run: *run, per_second }.into());
                self.measurement = None;
                if let Some(run) = &mut self.run {
                    run.mark = clock();
                }
            }
            return answers;
        }
        let Some(run) = &mut self.run else { return answers };
        let start = clock();
        let mut now = start;
        while run.until.is_some() {
            let event = run.trainer.advance();
            let before = std::mem::replace(&mut now, clock());
            let spent = now - std::mem::replace(&mut run.mark, now);
            match event {
                Ok(Event::Share) => {
                    run.shares = Shares::Due;
                    // What was computed for it counts as the next piece's. Whoever waits for it should not wait longer.
                    run.mark -= spent;
                    break;
                }
                Ok(Event::Waiting) => {
                    run.shares = Shares::Missing;
                    // The time until the next piece counts as that piece's.
                    run.mark -= spent;
                    break;
                }
                Ok(event) => run.follow(event, spent, now, &mut answers),
                Err(diverged) => {
                    let leads = run.leads;
                    run.flush(now, &mut answers);
                    answers.extend(failed(run.id, diverged.into()));
                    self.run = None;
                    return if leads { answers } else { Vec::new() };
                }
            }
            // The next piece will take about as long as this one did.
            if now - start + (now - before) > SLICE {
                break;
            }
        }
        answers
    }

    fn measure(&mut self, run: RunId, probe: Probe) -> Vec<Reply> {
        self.measurement = match (probe, &self.dataset) {
            (Probe::Peak, _) => Some((run, Measurement::of_peak())),
            (Probe::Inference { batch }, Some(dataset)) => {
                let network = self.run.as_ref().map(|run| (run.trainer.network(), &run.trainer.spec().model));
                let measurement = Measurement::of_inference(batch, network, Arc::clone(dataset));
                let Some(measurement) = measurement else { return failed(run, Fault::BadMessage) };
                Some((run, measurement))
            }
            (Probe::Inference { .. }, None) => return failed(run, Fault::MissingData),
        };
        Vec::new()
    }

    fn current(&mut self, id: RunId) -> Option<&mut Run<N>> {
        self.run.as_mut().filter(|run| run.id == id)
    }

    fn take_file(&mut self, part: DataPart, file: Vec<u8>) -> Vec<Reply> {
        let files = &mut self.files;
        let taken = match part {
            DataPart::TrainImages => data::images(file).map(|images| files.train_images = Some(images)),
            DataPart::TestImages => data::images(file).map(|images| files.test_images = Some(images)),
            DataPart::TrainLabels => data::labels(file).map(|labels| files.train_labels = Some(labels)),
            DataPart::TestLabels => data::labels(file).map(|labels| files.test_labels = Some(labels)),
        };
        if taken.is_err() {
            return failed(0, Fault::BadData { part });
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

    fn start(&mut self, run: RunId, spec: RunSpec<N::Spec>, snapshot: Option<&[u8]>, now: f64) -> Vec<Reply> {
        // The old run's memory is free before the new one's is taken.
        self.run = None;
        let Some(dataset) = &self.dataset else { return failed(run, Fault::MissingData) };
        // As many share it as a batch has shards for: to follow each step costs the others more than they would save in
        // the tests.
        let shards = Shards::of(spec.batch.min(spec.train_images) as usize).count();
        let seat = Seat { workers: self.seat.workers.min(shards), ..self.seat };
        let Ok(mut trainer) = Trainer::with_seat(spec, Arc::clone(dataset), seat) else {
            return failed(run, Fault::BadSpec);
        };
        if snapshot.is_some_and(|snapshot| trainer.restore(snapshot).is_err()) {
            return failed(run, Fault::BadSnapshot);
        }
        let step = trainer.step();
        let (leads, workers) = (seat.worker == 0, seat.workers);
        let mut started = Run {
            id: run,
            trainer,
            until: if leads { None } else { Some(Until::End) },
            leads,
            tuning: (leads && self.tune && workers > 1).then(|| Tuning::new(workers)),
            pausing: false,
            shares: Shares::Complete,
            mark: now,
            reports: Vec::new(),
            norms: Vec::new(),
            reported: now,
            stored: now,
            pieces: VecDeque::new(),
            spent: 0.0,
        };
        for Early { worker, message, gradients } in self.early.drain(..).filter(|early| early.message.run == run) {
            started.receive(worker, message, gradients.len(), |at, row| {
                row.iter_mut().zip(gradients.iter().skip(at)).for_each(|(to, from)| *to = *from);
            });
        }
        self.run = Some(started);
        if leads { vec![FromTrainer::Loaded { run, step }.into()] } else { Vec::new() }
    }
}

impl<N: Trainable> Run<N> {
    /// Takes another worker's share; `false` if it does not fit.
    fn receive(&mut self, worker: usize, message: ToPeer, len: usize, mut copy: impl FnMut(usize, &mut [f32])) -> bool {
        if self.shares == Shares::Missing {
            self.shares = Shares::Complete;
        }
        let mut at = 0;
        self.trainer.receive(worker, message.share, len, |row| {
            copy(at, row);
            at += row.len();
        })
    }

    /// What follows from one piece of work, which took `spent` and ended at `now`.
    fn follow(&mut self, event: Event, spent: f64, now: f64, answers: &mut Vec<Reply>) {
        if let Event::Part | Event::Step(_) = event {
            self.tune(event, spent);
        }
        if !self.leads {
            self.until = self.until.filter(|_| event != Event::Finished);
            return;
        }
        match event {
            Event::Share | Event::Waiting => {}
            Event::Part => {
                self.spent += spent;
                self.pieces.push_back((spent, 0));
            }
            Event::Step(report) => {
                self.spent += spent;
                self.pieces.push_back((spent, report.batch));
                self.reports.push(report);
                self.norms.extend_from_slice(self.trainer.norms());
                if self.pausing || (self.until == Some(Until::Step) && !self.trainer.is_testing()) {
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

    /// Lets more or fewer workers share the run, as a step or a part of one suggests.
    fn tune(&mut self, event: Event, spent: f64) {
        let examples = if let Event::Step(report) = event { report.batch } else { 0 };
        let choice = self.tuning.as_mut().and_then(|tuning| tuning.take(spent, examples));
        if let Some(Choice { workers, settled }) = choice {
            self.trainer.share_among(workers, settled);
            if settled {
                self.tuning = None;
            }
        }
    }

    /// Stands still.
    fn pause(&mut self, now: f64) -> Vec<Reply> {
        self.until = None;
        self.pausing = false;
        let mut answers = Vec::new();
        self.flush(now, &mut answers);
        answers.push(self.store(now));
        answers.push(FromTrainer::Paused { run: self.id, step: self.trainer.step() }.into());
        answers
    }

    /// Reports the steps not reported yet.
    fn flush(&mut self, now: f64, answers: &mut Vec<Reply>) {
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
        let milliseconds = std::mem::take(&mut self.spent);
        let workers = if self.tuning.is_some() { 0 } else { self.trainer.workers() };
        #[expect(clippy::cast_possible_truncation, reason = "shown with three figures; a few workers")]
        let (examples_per_second, milliseconds, workers) =
            (examples_per_second as f32, milliseconds as f32, workers as u8);
        let (reports, norms) = (std::mem::take(&mut self.reports), std::mem::take(&mut self.norms));
        let run = self.id;
        answers.push(FromTrainer::Progress { run, reports, norms, examples_per_second, milliseconds, workers }.into());
    }

    fn store(&mut self, now: f64) -> Reply {
        self.stored = now;
        let message = FromTrainer::Snapshot { run: self.id, step: self.trainer.step() };
        Reply { message, payload: Some(self.trainer.snapshot()) }
    }
}

fn failed(run: RunId, fault: Fault) -> Vec<Reply> {
    vec![FromTrainer::Failed { run, fault }.into()]
}

fn split(images: Images, labels: Vec<u8>, image_part: DataPart, label_part: DataPart) -> Result<Split, Fault> {
    Split::new(images, labels).map_err(|error| {
        let part = match error {
            SplitError::Size { .. } => image_part,
            SplitError::Count { .. } | SplitError::Label { .. } => label_part,
        };
        Fault::BadData { part }
    })
}

impl From<Diverged> for Fault {
    fn from(Diverged { step, loss }: Diverged) -> Self {
        Self::Diverged { step, loss }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, collections::BTreeMap};

    use proptest::prelude::*;

    use super::*;
    use crate::{
        model::{Graph, GraphSpec},
        num::rng::{Purpose, Stream},
        protocol::encode,
    };

    const SPEC: RunSpec = RunSpec {
        model: crate::model::ModelKind::LeNet,
        optimizer: crate::train::OptimizerKind::Sgd,
        learning_rate: 0.01,
        schedule: crate::train::Schedule::Linear,
        label_smoothing: 0.0,
        augment: data::Augment::None,
        momentum: 0.9,
        weight_decay: 0.0,
        batch: 16,
        epochs: 2,
        seed: 1,
        train_images: 40,
        test_images: 40,
        warm_up: 0,
        clip: 0.0,
    };
    /// A batch that three workers can share.
    const SHARED: RunSpec = RunSpec { batch: 40, epochs: 6, ..SPEC };

    /// Begins a run.
    fn start<M: Clone + serde::Serialize>(run: RunId, spec: &RunSpec<M>) -> ToTrainer {
        ToTrainer::Start { run, spec: spec.clone().with_model(()), model: encode(&spec.model) }
    }

    fn images(count: u8) -> Vec<u8> {
        let mut file = vec![0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28];
        file.extend((0..784 * usize::from(count)).map(|i| u8::try_from(i % 251).unwrap()));
        file
    }

    fn labels(count: u8) -> Vec<u8> {
        [0, 0, 8, 1, 0, 0, 0, count].into_iter().chain((0..count).map(|i| i % 10)).collect()
    }

    /// A responder, with a clock that moves on by `tick` milliseconds at every look.
    struct Rig {
        responder: Responder,
        now: Cell<f64>,
        tick: f64,
    }

    impl Rig {
        fn new(tick: f64) -> Self {
            Self { responder: Responder::default(), now: Cell::new(0.0), tick }
        }

        /// With 40 training and 20 test images.
        fn with_data(tick: f64) -> Self {
            let mut rig = Self::new(tick);
            for (part, file) in [
                (DataPart::TestLabels, labels(20)),
                (DataPart::TrainImages, images(40)),
                (DataPart::TestImages, images(20)),
                (DataPart::TrainLabels, labels(40)),
            ] {
                assert_eq!(rig.say(&ToTrainer::Data { part }, Some(file)), []);
            }
            rig
        }

        fn say(&mut self, message: &ToTrainer, payload: Option<Vec<u8>>) -> Vec<Reply> {
            self.responder.receive(&encode(message), payload, self.now.get())
        }

        fn start(&mut self, run: RunId) -> Vec<Reply> {
            self.say(&start(run, &SPEC), None)
        }

        fn slice(&mut self) -> Vec<Reply> {
            self.responder.work(|| {
                self.now.set(self.now.get() + self.tick);
                self.now.get()
            })
        }

        fn finish(&mut self) -> Vec<Reply> {
            let mut answers = Vec::new();
            while self.responder.is_busy() {
                answers.extend(self.slice());
            }
            answers
        }
    }

    /// The answers' kinds, with the numbers that matter.
    fn log(answers: &[Reply]) -> String {
        let kind = |answer: &Reply| match &answer.message {
            FromTrainer::Ready { protocol } => format!("ready {protocol}"),
            FromTrainer::Alive => "alive".to_owned(),
            FromTrainer::Loaded { run, step } => format!("loaded {run} at {step}"),
            FromTrainer::Progress { run, reports, .. } => {
                let (first, last) = (reports[0].step, reports[reports.len() - 1].step);
                format!("progress {run} {first}-{last}")
            }
            FromTrainer::Epoch { run, report } => format!("epoch {run} {}", report.epoch),
            FromTrainer::Testing { run, done, of } => format!("testing {run} {done}/{of}"),
            FromTrainer::Snapshot { run, step } => format!("snapshot {run} at {step}"),
            FromTrainer::Paused { run, step } => format!("paused {run} at {step}"),
            FromTrainer::Finished { run } => format!("finished {run}"),
            FromTrainer::Measured { run, per_second } => format!("measured {run} {per_second:.0}"),
            FromTrainer::Failed { run, fault: Fault::BadData { part } } => format!("failed {run} {part:?}"),
            FromTrainer::Failed { run, fault } => format!("failed {run} {fault:?}"),
        };
        answers.iter().map(kind).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_run_from_start_to_end() {
        let mut rig = Rig::with_data(1.0);
        assert_eq!(log(&rig.start(7)), "loaded 7 at 0");
        assert_eq!(log(&rig.slice()), "", "it waits");
        rig.say(&ToTrainer::Resume { run: 7, until: Until::End }, None);
        assert_eq!(
            log(&rig.finish()),
            "progress 7 1-3, epoch 7 1, snapshot 7 at 3, progress 7 4-6, epoch 7 2, snapshot 7 at 6, finished 7"
        );
        rig.say(&ToTrainer::Resume { run: 7, until: Until::End }, None);
        assert_eq!(log(&rig.finish()), "finished 7");
    }

    #[test]
    fn a_network_of_any_layers_tells_a_norm_for_each_layer_of_each_step() {
        let layers = "c4k3p1nb;bn;relu;m4;[c4k3p1nb;bn;relu;c4k3p1nb;bn];relu;gap;l10".to_owned();
        let model = GraphSpec { layers, ..GraphSpec::default() };
        let mut responder = Responder::<Graph>::default();
        let say = |responder: &mut Responder<Graph>, message: &ToTrainer, file| {
            responder.receive(&encode(message), file, 0.0)
        };
        for (part, file) in [
            (DataPart::TrainLabels, labels(40)),
            (DataPart::TrainImages, images(40)),
            (DataPart::TestImages, images(20)),
            (DataPart::TestLabels, labels(20)),
        ] {
            assert_eq!(say(&mut responder, &ToTrainer::Data { part }, Some(file)), []);
        }
        let spec = SPEC.with_model(model);
        assert_eq!(log(&say(&mut responder, &start(1, &spec), None)), "loaded 1 at 0");
        say(&mut responder, &ToTrainer::Resume { run: 1, until: Until::End }, None);
        let (mut told, now) = (0, Cell::new(0.0));
        while responder.is_busy() {
            let answers = responder.work(|| {
                now.set(now.get() + 1.0);
                now.get()
            });
            for answer in answers {
                if let FromTrainer::Progress { reports, norms, .. } = answer.message {
                    assert_eq!(norms.len(), 4 * reports.len());
                    assert!(norms.iter().all(|norm| *norm > 0.0), "{norms:?}");
                    told += reports.len();
                }
            }
        }
        assert_eq!(told, 6);
        // What makes no network is refused.
        for layers in ["l10;", "c4k30;l10", "l10;lrn5", "l9", ""] {
            let model = GraphSpec { layers: layers.to_owned(), ..GraphSpec::default() };
            let spec = spec.clone().with_model(model);
            assert_eq!(log(&say(&mut responder, &start(2, &spec), None)), "failed 2 BadSpec", "{layers}");
        }
    }

    #[test]
    fn one_batch_at_a_time() {
        let mut rig = Rig::with_data(1.0);
        rig.start(1);
        let step = |rig: &mut Rig| {
            rig.say(&ToTrainer::Resume { run: 1, until: Until::Step }, None);
            log(&rig.finish())
        };
        assert_eq!(step(&mut rig), "progress 1 1-1, snapshot 1 at 1, paused 1 at 1");
        step(&mut rig);
        // The last step of an epoch brings its test along.
        assert_eq!(step(&mut rig), "progress 1 3-3, epoch 1 1, snapshot 1 at 3, paused 1 at 3");
        step(&mut rig);
        step(&mut rig);
        step(&mut rig);
        assert_eq!(step(&mut rig), "finished 1");
    }

    #[test]
    fn pause_is_heard_between_slices_and_progress_is_rare() {
        let mut rig = Rig::with_data(15.0);
        rig.start(1);
        rig.say(&ToTrainer::Resume { run: 1, until: Until::End }, None);
        let before = rig.now.get();
        assert_eq!(log(&rig.slice()), "");
        assert!(rig.now.get() - before <= SLICE + 15.0);
        let pause = rig.say(&ToTrainer::Pause { run: 1 }, None);
        assert_eq!(log(&pause), "progress 1 1-2, snapshot 1 at 2, paused 1 at 2");
        let FromTrainer::Progress { examples_per_second, milliseconds, .. } = pause[0].message else {
            panic!("{pause:?}")
        };
        // Two batches of 16 in 45 ms, from the message to the end of the second.
        assert!((examples_per_second - 711.1).abs() < 0.1, "{examples_per_second}");
        assert_eq!(milliseconds.to_string(), "45");
        assert!(!rig.responder.is_busy());
        assert_eq!(log(&rig.say(&ToTrainer::Pause { run: 1 }, None)), "snapshot 1 at 2, paused 1 at 2");
    }

    #[test]
    fn whoever_is_asked_says_that_it_is_alive() {
        let mut rig = Rig::new(1.0);
        assert_eq!(log(&rig.say(&ToTrainer::Ping, None)), "alive", "before it has anything to do");
        let mut rig = Rig::with_data(1.0);
        // A worker that shares a run and waits for the others, which do not come.
        for (worker, loaded) in [(0, "loaded 1 at 0"), (1, "")] {
            rig.say(&ToTrainer::Join { worker, workers: 2, tune: false }, None);
            assert_eq!(log(&rig.start(1)), loaded);
            rig.say(&ToTrainer::Resume { run: 1, until: Until::End }, None);
            rig.slice();
            rig.responder.outgoing();
            rig.slice();
            assert!(!rig.responder.is_busy());
            assert_eq!(log(&rig.say(&ToTrainer::Ping, None)), "alive");
        }
    }

    #[test]
    fn snapshots_come_while_an_epoch_goes_on() {
        let mut rig = Rig::with_data(2_000.0);
        rig.start(1);
        rig.say(&ToTrainer::Resume { run: 1, until: Until::End }, None);
        assert_eq!(log(&rig.slice()), "progress 1 1-1");
        assert_eq!(log(&rig.slice()), "progress 1 2-2, snapshot 1 at 2");
    }

    #[test]
    fn a_snapshot_starts_where_it_was_taken() {
        let mut rig = Rig::with_data(1.0);
        rig.start(1);
        rig.say(&ToTrainer::Resume { run: 1, until: Until::Step }, None);
        let snapshot = rig.finish().into_iter().find_map(|answer| answer.payload);
        let whole = {
            rig.say(&ToTrainer::Resume { run: 1, until: Until::End }, None);
            rig.finish()
        };
        let mut other = Rig::with_data(1.0);
        let start = start(1, &SPEC);
        assert_eq!(log(&other.say(&start, snapshot)), "loaded 1 at 1");
        other.say(&ToTrainer::Resume { run: 1, until: Until::End }, None);
        let payloads = |answers: Vec<Reply>| answers.into_iter().filter_map(|a| a.payload).collect::<Vec<_>>();
        assert_eq!(payloads(other.finish()), payloads(whole));
        let garbage = other.say(&start, Some(vec![1, 2, 3]));
        assert_eq!(log(&garbage), "failed 1 BadSnapshot");
    }

    #[test]
    fn messages_of_another_run_change_nothing() {
        let mut rig = Rig::with_data(1.0);
        rig.start(2);
        assert_eq!(log(&rig.say(&ToTrainer::Resume { run: 1, until: Until::End }, None)), "");
        assert!(!rig.responder.is_busy());
        assert_eq!(log(&rig.say(&ToTrainer::Pause { run: 1 }, None)), "");
        assert_eq!(log(&rig.say(&ToTrainer::SetLearningRate { run: 1, rate: -1.0 }, None)), "");
        // A new start takes the place of the old run.
        rig.say(&ToTrainer::Resume { run: 2, until: Until::End }, None);
        assert_eq!(log(&rig.start(3)), "loaded 3 at 0");
        assert!(!rig.responder.is_busy());
    }

    #[test]
    fn faults_say_what_is_wrong() {
        let mut rig = Rig::new(1.0);
        assert_eq!(log(&rig.start(1)), "failed 1 MissingData");
        let fault = rig.say(&ToTrainer::Data { part: DataPart::TestLabels }, Some(images(1)));
        assert_eq!(log(&fault), "failed 0 TestLabels");
        assert_eq!(log(&rig.say(&ToTrainer::Data { part: DataPart::TestLabels }, None)), "failed 0 BadMessage");

        let mut rig = Rig::with_data(1.0);
        let spec = RunSpec { train_images: 41, ..SPEC };
        assert_eq!(log(&rig.say(&start(1, &spec), None)), "failed 1 BadSpec");
        rig.start(1);
        assert_eq!(log(&rig.say(&ToTrainer::SetLearningRate { run: 1, rate: 0.0 }, None)), "failed 1 BadSpec");
        rig.say(&ToTrainer::SetLearningRate { run: 1, rate: 1e30 }, None);
        rig.say(&ToTrainer::Resume { run: 1, until: Until::End }, None);
        let answers = log(&rig.finish());
        assert!(answers.contains("failed 1 Diverged { step: "), "{answers}");
        assert_eq!(log(&rig.say(&ToTrainer::Pause { run: 1 }, None)), "", "the run is gone");
    }

    #[test]
    fn files_that_do_not_belong_together_are_named() {
        let mut rig = Rig::new(1.0);
        rig.say(&ToTrainer::Data { part: DataPart::TrainImages }, Some(images(3)));
        rig.say(&ToTrainer::Data { part: DataPart::TrainLabels }, Some(labels(2)));
        rig.say(&ToTrainer::Data { part: DataPart::TestImages }, Some(images(2)));
        assert_eq!(
            log(&rig.say(&ToTrainer::Data { part: DataPart::TestLabels }, Some(labels(2)))),
            "failed 0 TrainLabels"
        );
    }

    #[test]
    fn progress_tells_how_long_its_steps_took() {
        let mut rig = Rig::with_data(7.0);
        rig.start(1);
        rig.say(&ToTrainer::Resume { run: 1, until: Until::End }, None);
        let spent: Vec<(u32, f32)> = rig
            .finish()
            .into_iter()
            .filter_map(|answer| match answer.message {
                FromTrainer::Progress { reports, milliseconds, .. } => {
                    Some((reports.iter().map(|report| report.batch).sum(), milliseconds))
                }
                _ => None,
            })
            .collect();
        // Three steps an epoch of 40 images, and a slice that begins with a look at the clock; the test between is left
        // out.
        assert_eq!(spent, [(40, 28.0), (40, 28.0)]);
    }

    #[test]
    fn speeds_are_medians_after_a_warm_up() {
        let mut rig = Rig::with_data(10.0);
        let measure = |rig: &mut Rig, probe| {
            let refused = rig.say(&ToTrainer::Measure { run: 5, probe }, None);
            if refused.is_empty() { log(&rig.finish()) } else { log(&refused) }
        };
        // Each call takes 10 ms of this clock.
        let flops = crate::nn::fast::PeakLoops::FLOP * 100.0;
        assert_eq!(measure(&mut rig, Probe::Peak), format!("measured 5 {flops:.0}"));
        assert_eq!(measure(&mut rig, Probe::Inference { batch: 1 }), "measured 5 100");
        // More than go through the network together, and more than there are test images.
        assert_eq!(measure(&mut rig, Probe::Inference { batch: 100 }), "measured 5 10000");
        assert_eq!(measure(&mut rig, Probe::Inference { batch: 0 }), "failed 5 BadMessage");
        assert_eq!(measure(&mut rig, Probe::Inference { batch: 1025 }), "failed 5 BadMessage");
        assert_eq!(measure(&mut Rig::new(10.0), Probe::Inference { batch: 1 }), "failed 5 MissingData");
    }

    #[test]
    fn a_run_waits_while_a_speed_is_measured() {
        let mut rig = Rig::with_data(1.0);
        rig.start(1);
        rig.say(&ToTrainer::Resume { run: 1, until: Until::End }, None);
        rig.say(&ToTrainer::Measure { run: 2, probe: Probe::Inference { batch: 1 } }, None);
        let answers = log(&rig.finish());
        assert!(answers.starts_with("measured 2 1000, progress 1 1-1, "), "{answers}");
    }

    /// What is on its way to a worker.
    enum Mail {
        Page(ToTrainer),
        Share { header: Vec<u8>, gradients: Vec<f32> },
    }

    /// Workers that share a run, and messages that take their time: each way keeps its order, and which way is next is
    /// drawn.
    struct Team {
        desks: Vec<Rig>,
        /// By sender and receiver; the page is the sender past the last worker.
        mail: BTreeMap<(usize, usize), VecDeque<Mail>>,
        stream: Stream,
        /// What the page heard.
        heard: Vec<Reply>,
    }

    impl Team {
        fn new(workers: u8, seed: u64) -> Self {
            Self::made(workers, seed, false)
        }

        /// With `tune`, fewer may share the run.
        fn made(workers: u8, seed: u64, tune: bool) -> Self {
            let mut team = Self {
                desks: (0..workers).map(|_| Rig::with_data(1.0)).collect(),
                mail: BTreeMap::new(),
                stream: Stream::new(seed, Purpose::Shuffle, workers.into()),
                heard: Vec::new(),
            };
            for (worker, rig) in (0..workers).zip(&mut team.desks) {
                assert_eq!(rig.say(&ToTrainer::Join { worker, workers, tune }, None), []);
            }
            team
        }

        fn tell(&mut self, worker: usize, message: ToTrainer) {
            let from = self.desks.len();
            self.mail.entry((from, worker)).or_default().push_back(Mail::Page(message));
        }

        fn start(&mut self, run: RunId, spec: RunSpec) {
            for worker in 0..self.desks.len() {
                self.tell(worker, start(run, &spec));
            }
        }

        /// Delivers a message or lets a worker work; nobody may be left waiting for nothing.
        fn turn(&mut self) {
            let ways: Vec<_> = self.mail.iter().filter(|(_, mail)| !mail.is_empty()).map(|(way, _)| *way).collect();
            let busy: Vec<usize> = (0..self.desks.len()).filter(|&at| self.desks[at].responder.is_busy()).collect();
            let count = u32::try_from(ways.len() + busy.len()).unwrap();
            assert!(count > 0, "everybody waits after {}", log(&self.heard));
            let drawn = self.stream.below(count) as usize;
            if let Some(&(from, to)) = ways.get(drawn) {
                let rig = &mut self.desks[to];
                match self.mail.get_mut(&(from, to)).unwrap().pop_front().unwrap() {
                    Mail::Page(message) => {
                        let answers = rig.say(&message, None);
                        assert!(to == 0 || answers.is_empty(), "the leader speaks for all");
                        self.heard.extend(answers);
                    }
                    Mail::Share { header, gradients } => {
                        let copy = |at: usize, row: &mut [f32]| row.copy_from_slice(&gradients[at..][..row.len()]);
                        assert!(rig.responder.receive_share(from, &header, gradients.len(), copy));
                    }
                }
            } else {
                let at = busy[drawn - ways.len()];
                let answers = self.desks[at].slice();
                assert!(at == 0 || answers.is_empty(), "the leader speaks for all");
                self.heard.extend(answers);
                let workers = self.desks.len();
                if let Some(Outgoing { header, gradients, peers }) = self.desks[at].responder.outgoing() {
                    let gradients = gradients.concat();
                    for to in (0..workers).filter(|to| *to != at).take(peers) {
                        let share = Mail::Share { header: header.clone(), gradients: gradients.clone() };
                        self.mail.entry((at, to)).or_default().push_back(share);
                    }
                }
            }
        }

        fn is_finished(&self) -> bool {
            self.heard.iter().any(|answer| matches!(answer.message, FromTrainer::Finished { .. }))
        }

        /// Goes on until the page hears what `wanted` picks.
        fn until<T>(&mut self, wanted: impl Fn(&FromTrainer) -> Option<T>) -> T {
            loop {
                if let Some(found) = self.heard.iter().find_map(|answer| wanted(&answer.message)) {
                    return found;
                }
                self.turn();
            }
        }

        fn finish(&mut self) -> Vec<u8> {
            while !self.is_finished() {
                self.turn();
            }
            self.heard.iter().rev().find_map(|answer| answer.payload.clone()).expect("a run ends with a snapshot")
        }
    }

    /// The whole run of one worker alone whose rate is changed after `step` steps.
    fn alone(spec: RunSpec, step: u32, rate: f32) -> Vec<u8> {
        let mut rig = Rig::with_data(1.0);
        rig.say(&start(1, &spec), None);
        for _ in 0..step {
            rig.say(&ToTrainer::Resume { run: 1, until: Until::Step }, None);
            rig.finish();
        }
        rig.say(&ToTrainer::SetLearningRate { run: 1, rate }, None);
        rig.say(&ToTrainer::Resume { run: 1, until: Until::End }, None);
        let answers = rig.finish();
        answers.iter().rev().find_map(|answer| answer.payload.clone()).unwrap()
    }

    /// Pause, a changed rate and Resume while shares are on their way, with batches of one shard and of three.
    #[test]
    fn workers_that_share_a_run_are_like_one() {
        for (batch, workers, seed) in [16, 40]
            .into_iter()
            .flat_map(|batch| (1..=4).map(move |n| (batch, n)))
            .flat_map(|(batch, workers)| (0..6).map(move |seed| (batch, workers, seed)))
        {
            let spec = RunSpec { batch, epochs: 3, ..SPEC };
            let mut team = Team::new(workers, seed);
            team.start(1, spec);
            team.tell(0, ToTrainer::Resume { run: 1, until: Until::End });
            for _ in 0..8 * seed {
                if !team.is_finished() {
                    team.turn();
                }
            }
            team.tell(0, ToTrainer::Pause { run: 1 });
            let step = team.until(|message| match message {
                FromTrainer::Paused { step, .. } => Some(Some(*step)),
                FromTrainer::Finished { .. } => Some(None),
                _ => None,
            });
            let what = format!("batch {batch}, {workers} workers, seed {seed}, paused after {step:?}");
            let Some(step) = step else {
                assert!(team.finish() == alone(spec, 0, spec.learning_rate), "{what}");
                continue;
            };
            team.tell(0, ToTrainer::SetLearningRate { run: 1, rate: 0.002 });
            team.tell(0, ToTrainer::Resume { run: 1, until: Until::End });
            // After the last step nothing is left for the new rate; where it was changed is in the snapshot all the same.
            if step < 3 * 40_u32.div_ceil(batch) {
                assert!(team.finish() == alone(spec, step, 0.002), "{what}");
            }
        }
    }

    /// Of a batch with one shard more workers than one would only wait for each other.
    #[test]
    fn a_batch_without_shards_for_all_is_done_by_fewer() {
        for (batch, train_images, tune, expected) in
            [(1, 40, false, 1), (1, 40, true, 1), (32, 40, false, 2), (1024, 10, false, 1)]
        {
            let spec = RunSpec { batch, train_images, ..SPEC };
            let mut team = Team::made(4, 1, tune);
            team.start(1, spec);
            team.tell(0, ToTrainer::Resume { run: 1, until: Until::End });
            assert!(team.finish() == alone(spec, 0, spec.learning_rate), "batch {batch}");
            let workers = team.heard.iter().filter_map(|answer| match answer.message {
                FromTrainer::Progress { workers, .. } => Some(workers),
                _ => None,
            });
            assert!(workers.clone().count() > 0 && workers.clone().all(|workers| workers == expected), "batch {batch}");
        }
    }

    /// However many share it, whoever falls behind, whenever it is paused; and those that are not needed come to rest.
    #[test]
    fn a_run_that_is_tuned_has_the_same_bits() {
        let spec = RunSpec { batch: 17, epochs: 100, learning_rate: 1e-4, ..SPEC };
        let expected = alone(spec, 0, spec.learning_rate);
        // By each worker's clock: where a look at it takes longer, so does a step with fewer workers, or with more.
        for (workers, seed) in [(2, 1), (3, 2), (4, 3), (4, 4)] {
            let mut team = Team::made(workers, seed, true);
            team.start(1, spec);
            team.tell(0, ToTrainer::Resume { run: 1, until: Until::End });
            for pause in 1..4 {
                for _ in 0..300 * pause {
                    if !team.is_finished() {
                        team.turn();
                    }
                }
                team.tell(0, ToTrainer::Pause { run: 1 });
                team.tell(0, ToTrainer::Resume { run: 1, until: Until::End });
            }
            assert!(team.finish() == expected, "{workers} workers, seed {seed}");
            let shared = team.heard.iter().filter_map(|answer| match answer.message {
                FromTrainer::Progress { workers, .. } => Some(workers),
                _ => None,
            });
            let mut shared: Vec<u8> = shared.collect();
            shared.dedup();
            let [0, settled @ 1..=4] = shared[..] else { panic!("{shared:?}") };
            assert!(settled <= workers);
            // The next run begins with all of them; the last was told to go on once more.
            team.heard.clear();
            team.start(2, SPEC);
            team.tell(0, ToTrainer::Resume { run: 2, until: Until::End });
            team.until(|message| matches!(message, FromTrainer::Loaded { run: 2, .. }).then_some(()));
            team.heard.retain(|answer| !matches!(answer.message, FromTrainer::Finished { run: 1 }));
            assert!(team.finish() == alone(SPEC, 0, SPEC.learning_rate), "{workers} workers, seed {seed}");
        }
    }

    /// What was sent for a run that was given up does not get into the next one, whoever hears of that first.
    #[test]
    fn a_new_run_is_not_touched_by_the_old_ones_shares() {
        for seed in 0..12 {
            let mut team = Team::new(3, seed);
            team.start(1, RunSpec { seed: 9, ..SHARED });
            team.tell(0, ToTrainer::Resume { run: 1, until: Until::End });
            for _ in 0..5 + 3 * seed {
                if !team.is_finished() {
                    team.turn();
                }
            }
            team.heard.clear();
            team.start(2, SHARED);
            team.tell(0, ToTrainer::Resume { run: 2, until: Until::End });
            team.until(|message| matches!(message, FromTrainer::Loaded { run: 2, .. }).then_some(()));
            team.heard.retain(|answer| !matches!(answer.message, FromTrainer::Finished { run: 1 }));
            assert!(team.finish() == alone(SHARED, 0, SHARED.learning_rate), "seed {seed}");
        }
    }

    #[test]
    fn workers_that_share_a_run_diverge_together() {
        let mut team = Team::new(2, 1);
        team.start(1, RunSpec { learning_rate: 1e30, ..SHARED });
        team.tell(0, ToTrainer::Resume { run: 1, until: Until::End });
        team.until(|message| matches!(message, FromTrainer::Failed { .. }).then_some(()));
        assert!(log(&team.heard).contains("failed 1 Diverged"), "{}", log(&team.heard));
    }

    #[test]
    fn a_seat_that_is_none_and_a_share_that_is_none_are_refused() {
        let mut rig = Rig::with_data(1.0);
        for (worker, workers) in [(0, 0), (2, 2), (0, 9), (255, 255)] {
            assert_eq!(log(&rig.say(&ToTrainer::Join { worker, workers, tune: true }, None)), "failed 0 BadMessage");
        }
        assert_eq!(log(&rig.say(&ToTrainer::Join { worker: 0, workers: 2, tune: false }, None)), "");
        rig.say(&start(1, &SHARED), None);
        assert!(!rig.responder.receive_share(1, &[1, 2, 3], 0, |_, _| {}));
        rig.say(&ToTrainer::Resume { run: 1, until: Until::End }, None);
        rig.slice();
        let Some(Outgoing { header, gradients, .. }) = rig.responder.outgoing() else { panic!("nothing to share") };
        let gradients = gradients.concat();
        // Its own share, one from nobody, and one of another length.
        for (worker, len) in [(0, gradients.len()), (7, gradients.len()), (1, 3)] {
            assert!(!rig.responder.receive_share(worker, &header, len, |_, _| {}), "{worker}, {len}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(header in prop::collection::vec(any::<u8>(), 0..40), payload: Option<Vec<u8>>) {
            let mut rig = Rig::with_data(1.0);
            rig.start(1);
            let answers = rig.responder.receive(&header, payload, 0.0);
            if decode::<ToTrainer>(&header).is_none() {
                prop_assert_eq!(log(&answers), "failed 0 BadMessage");
            }
            // And goes on.
            prop_assert_eq!(log(&rig.start(2)), "loaded 2 at 0");
        }
    }
}
