//! The depth page and its trainers, over real bytes: what the page asks for is what a trainer does, and what it shows is
//! what training gives.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::cell::Cell;

use receptive::{
    lab::depth::{DepthAction, DepthState, Depths, Effect, NetState, Phase, Settings, Skip, csv},
    model::Graph,
    protocol::{DataPart, Fault, FromTrainer, Reply, Responder, ToTrainer, Until, encode},
};

/// IDX files of 640 images with stripes, and their labels.
fn files() -> [Vec<u8>; 2] {
    let head = |magic: u32, extents: &[u32]| -> Vec<u8> {
        [0x0800 + magic].iter().chain(extents).flat_map(|word| word.to_be_bytes()).collect()
    };
    let mut images = head(3, &[640, 28, 28]);
    images.extend((0..640 * 784_u32).map(|at| if (at % 784 / 28) % (2 + at / 784 % 10) == 0 { 220 } else { 10 }));
    let mut labels = head(1, &[640]);
    labels.extend((0..640_u32).map(|at| u8::try_from(at % 10).unwrap()));
    [images, labels]
}

/// A page, and a trainer for each of its workers.
struct Rig {
    lab: DepthState,
    trainers: [Option<Responder<Graph>>; 2],
    files: [Vec<u8>; 2],
    now: f64,
}

impl Rig {
    fn new(settings: Settings) -> Self {
        Self { lab: DepthState::new(settings, 2), trainers: [None, None], files: files(), now: 0.0 }
    }

    fn tell(&mut self, worker: usize, message: &ToTrainer, payload: Option<Vec<u8>>) {
        let now = self.now;
        let answers = self.trainers[worker].as_mut().unwrap().receive(&encode(message), payload, now);
        self.hear(worker, answers);
    }

    fn act(&mut self, action: DepthAction) {
        for effect in self.lab.apply(action) {
            match effect {
                Effect::Fetch(_) => self.act(DepthAction::FilesReady),
                Effect::OpenWorker(worker) => {
                    self.trainers[worker] = Some(Responder::default());
                    self.act(DepthAction::WorkerReady(worker));
                }
                Effect::CloseWorker(worker) => self.trainers[worker] = None,
                Effect::FillWorker(worker) => {
                    let parts =
                        [DataPart::TrainImages, DataPart::TrainLabels, DataPart::TestImages, DataPart::TestLabels];
                    for (at, part) in parts.into_iter().enumerate() {
                        let bytes = self.files[at % 2].clone();
                        self.tell(worker, &ToTrainer::Data { part }, Some(bytes));
                    }
                    self.act(DepthAction::WorkerFilled(worker));
                }
                Effect::Begin { worker, run, spec } => {
                    let model = encode(&spec.model);
                    self.tell(worker, &ToTrainer::Start { run, spec: spec.with_model(()), model }, None);
                }
                Effect::TrainOn { worker, run } => {
                    self.tell(worker, &ToTrainer::Resume { run, until: Until::End }, None);
                }
                Effect::Halt { worker, run } => self.tell(worker, &ToTrainer::Pause { run }, None),
                Effect::FindWorker | Effect::Reload => panic!("{effect:?}"),
            }
        }
    }

    fn hear(&mut self, worker: usize, answers: Vec<Reply>) {
        for Reply { message, .. } in answers {
            match message {
                FromTrainer::Loaded { run, .. } => self.act(DepthAction::Loaded { run }),
                FromTrainer::Progress { run, reports, norms, examples_per_second, .. } => {
                    self.act(DepthAction::Stepped { run, steps: reports, norms, examples_per_second });
                }
                FromTrainer::Finished { run } => self.act(DepthAction::Finished { run }),
                FromTrainer::Failed { run, fault: Fault::Diverged { step, .. } } => {
                    self.act(DepthAction::Diverged { run, step });
                }
                FromTrainer::Failed { fault, .. } => panic!("worker {worker}: {fault:?}"),
                _ => {}
            }
        }
    }

    /// One slice of work in each trainer.
    fn work(&mut self) {
        for worker in 0..2 {
            let Some(mut trainer) = self.trainers[worker].take() else { continue };
            let now = Cell::new(self.now);
            let answers = trainer.work(|| {
                now.set(now.get() + 5.0);
                now.get()
            });
            self.now = now.get();
            self.trainers[worker] = Some(trainer);
            self.hear(worker, answers);
        }
    }
}

fn settings(depths: &[u32], batch_norm: bool) -> Settings {
    Settings { depths: Depths::new(depths).unwrap(), images: 640, epochs: 1, batch_norm, ..Settings::default() }
}

#[test]
fn nets_are_trained_to_the_end_with_a_norm_for_each_layer() {
    let mut rig = Rig::new(settings(&[2, 6], true));
    rig.act(DepthAction::Start);
    let mut slices = 0;
    while *rig.lab.phase() == Phase::Running {
        rig.work();
        slices += 1;
        assert!(slices < 5_000, "{}", rig.lab.status());
    }
    assert_eq!(rig.lab.phase(), &Phase::Done);
    for net in rig.lab.nets() {
        assert_eq!((net.state, net.record.step()), (NetState::Done, 10));
        let layers = net.plan.depth as usize + 2;
        assert!((0..10).all(|step| net.record.norms(step).len() == layers));
        assert!(net.record.norms(3).iter().all(|norm| norm.is_finite() && *norm > 0.0), "{:?}", net.record.norms(3));
        assert!(net.record.losses().iter().all(|loss| (0.1..6.0).contains(loss)), "{:?}", net.record.losses());
    }
    assert_eq!(csv(&rig.lab).lines().count(), 41);
}

#[test]
fn a_pause_holds_them_and_they_go_on_where_they_were() {
    let mut rig = Rig::new(Settings { epochs: 8, ..settings(&[2], true) });
    rig.act(DepthAction::Start);
    while rig.lab.nets().iter().all(|net| net.record.step() == 0) {
        rig.work();
    }
    rig.act(DepthAction::Pause);
    rig.work();
    let steps = |rig: &Rig| rig.lab.nets().iter().map(|net| net.record.step()).collect::<Vec<_>>();
    let before = steps(&rig);
    (0..20).for_each(|_| rig.work());
    assert_eq!((steps(&rig), rig.lab.phase()), (before, &Phase::Paused));
    rig.act(DepthAction::Pause);
    while *rig.lab.phase() == Phase::Running {
        rig.work();
    }
    assert_eq!(steps(&rig), [80, 80]);
}

/// The norms in the first layer that has a depth, in the mean of the first 20 steps, without batch normalisation: where
/// it vanishes.
#[test]
fn without_normalisation_the_gradient_vanishes_towards_the_input_of_deep_plain_nets() {
    let mut rig = Rig::new(Settings { skips: vec![Skip::Plain], ..settings(&[2, 30], false) });
    rig.act(DepthAction::Start);
    while *rig.lab.phase() == Phase::Running {
        rig.work();
    }
    let first = |at: usize| rig.lab.nets()[at].record.early_norm(0).unwrap();
    assert!(first(1) < first(0) / 3.0, "{} of 30 layers, {} of 2", first(1), first(0));
}
