//! Whole runs: the same bits whatever happens in between, and a network that learns.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::{fs, io::Read as _, path::Path, sync::Arc};

use flate2::read::GzDecoder;
use proptest::prelude::*;
use receptive::{
    data::{self, Augment, Augmentation, Batches, Dataset, DatasetKind, Images, Loader, Normalization, Split},
    model::{Graph, GraphSpec, ModelKind, ModelSpec, Network, Trainable},
    nn::fast::{BatchLoss, CrossEntropy},
    nn::init::Init,
    num::rng::{Purpose, Stream},
    train::{Event, OptimizerKind, RunSpec, Schedule, Seat, Shards, SnapshotError, SpecError, StepReport, Trainer},
};

/// Digits stand for bars: class c has its ink in rows 2c and 2c + 1, under noise.
fn bars(count: usize, seed: u64) -> Split {
    let mut stream = Stream::new(seed, Purpose::Shuffle, 0);
    let labels: Vec<u8> = (0..count).map(|i| u8::try_from(i % 10).unwrap()).collect();
    let pixels = labels.iter().flat_map(|&label| {
        let mut byte = |row: usize| {
            let noise = u8::try_from(stream.below(80)).unwrap();
            if row / 2 == usize::from(label) { 255 - noise } else { noise }
        };
        (0..784).map(|i| byte(i / 28)).collect::<Vec<_>>()
    });
    Split::new(Images { height: 28, width: 28, pixels: pixels.collect() }, labels).unwrap()
}

fn dataset() -> Arc<Dataset> {
    Arc::new(Dataset { train: bars(200, 1), test: bars(150, 2) })
}

/// Two epochs of seven steps, the last one of an epoch with 8 images.
fn spec() -> RunSpec {
    RunSpec { learning_rate: 0.02, batch: 32, epochs: 2, train_images: 200, ..RunSpec::default() }
}

fn trainer(spec: RunSpec) -> Trainer {
    Trainer::new(spec, dataset()).unwrap()
}

/// All events up to the end.
fn finish<N: Trainable>(trainer: &mut Trainer<N>) -> Vec<Event> {
    std::iter::from_fn(|| Some(trainer.advance().unwrap()).filter(|event| *event != Event::Finished)).collect()
}

fn steps(events: &[Event]) -> Vec<StepReport> {
    events.iter().filter_map(|event| if let Event::Step(report) = event { Some(*report) } else { None }).collect()
}

/// Bit for bit: equality of floats would let −0 pass for 0.
fn bits<N: Trainable>(trainer: &Trainer<N>) -> Vec<u32> {
    trainer.network().weights().iter().map(|w| w.to_bits()).collect()
}

#[test]
fn a_run_is_steps_and_a_test_an_epoch() {
    let events = finish(&mut trainer(spec()));
    let reports = steps(&events);
    let sizes: Vec<(u32, u32)> = reports.iter().map(|report| (report.step, report.batch)).collect();
    let expected: Vec<(u32, u32)> = (1..=14).map(|step| (step, if step % 7 == 0 { 8 } else { 32 })).collect();
    assert_eq!(sizes, expected);
    let epochs: Vec<_> =
        events.iter().filter_map(|e| if let Event::Epoch(report) = e { Some(report) } else { None }).collect();
    assert_eq!(epochs.iter().map(|report| (report.epoch, report.step)).collect::<Vec<_>>(), [(1, 7), (2, 14)]);
    assert!(epochs.iter().all(|report| report.test_images == 150 && report.test_correct <= 150));
    assert!(events.contains(&Event::Testing { done: 128, of: 150 }));
    assert!(epochs[1].test_loss < reports[0].loss, "it learns");
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    for optimizer in [OptimizerKind::Sgd, OptimizerKind::Nesterov, OptimizerKind::Adam, OptimizerKind::AdamW] {
        let spec = RunSpec { optimizer, learning_rate: 0.002, weight_decay: 0.01, ..spec() };
        let (mut first, mut again, mut other) = (trainer(spec), trainer(spec), trainer(RunSpec { seed: 2, ..spec }));
        let (events, same, different) = (finish(&mut first), finish(&mut again), finish(&mut other));
        assert_eq!(events, same);
        assert_eq!(bits(&first), bits(&again));
        assert_ne!(steps(&events), steps(&different));
        assert_ne!(bits(&first), bits(&other));
    }
}

/// FNV-1a of the weights' bits.
fn hash<N: Trainable>(trainer: &Trainer<N>) -> u64 {
    let add = |hash: u64, word: &u32| (hash ^ u64::from(*word)).wrapping_mul(0x0100_0000_01b3);
    bits(trainer).iter().fold(0xcbf2_9ce4_8422_2325, add)
}

/// Bits that no machine, target or optimisation may change.
///
/// A new value here means that published seeds no longer give the curves that they gave.
#[test]
fn the_bits_are_pinned() {
    #[track_caller]
    fn check(optimizer: OptimizerKind, rate: f32, expect: u64) {
        let mut trainer = trainer(RunSpec { optimizer, learning_rate: rate, ..spec() });
        finish(&mut trainer);
        let hash = hash(&trainer);
        assert_eq!(hash, expect, "{hash:#018x}");
    }
    check(OptimizerKind::Sgd, 0.02, 0xfde1_27ce_106d_4098);
    check(OptimizerKind::Adam, 0.001, 0x1e96_6b6c_30ed_0af6);
}

#[test]
fn a_snapshot_anywhere_continues_with_the_same_bits() {
    let plain = RunSpec { learning_rate: 0.002, batch: 160, ..spec() };
    let varied = RunSpec { schedule: Schedule::OneCycle, label_smoothing: 0.1, augment: Augment::Affine, ..plain };
    // A batch of 160 goes in parts; 150 test images as well.
    for spec in [
        plain,
        RunSpec { optimizer: OptimizerKind::Adam, ..plain },
        varied,
        RunSpec { optimizer: OptimizerKind::AdamW, augment: Augment::Elastic, ..varied },
    ] {
        let mut whole = trainer(spec);
        let events = finish(&mut whole);
        assert!(events.contains(&Event::Part));
        for stop in 0..=events.len() {
            let mut first = trainer(spec);
            for _ in 0..stop {
                first.advance().unwrap();
            }
            let (snapshot, before) = (first.snapshot(), first.step());
            let mut second = trainer(spec);
            second.restore(&snapshot).unwrap();
            assert_eq!((second.step(), second.is_testing()), (before, first.is_testing()));
            assert_eq!(second.snapshot(), snapshot);
            let rest = finish(&mut second);
            let expected: Vec<_> = steps(&events).into_iter().filter(|report| report.step > before).collect();
            assert_eq!(steps(&rest), expected);
            assert_eq!(rest.last(), events.last().filter(|_| stop < events.len()));
            assert_eq!(bits(&second), bits(&whole), "stopped after {stop} events");
        }
    }
}

#[test]
fn a_changed_rate_is_in_the_snapshot() {
    let mut first = trainer(spec());
    first.advance().unwrap();
    first.set_learning_rate(0.001).unwrap();
    assert_eq!(first.set_learning_rate(-1.0), Err(SpecError::LearningRate(-1.0)));
    assert_eq!(first.learning_rate().to_bits(), 0.001_f32.to_bits());
    let mut second = trainer(spec());
    second.restore(&first.snapshot()).unwrap();
    finish(&mut first);
    finish(&mut second);
    assert_eq!(bits(&first), bits(&second));
    let mut unchanged = trainer(spec());
    finish(&mut unchanged);
    assert_ne!(bits(&first), bits(&unchanged));
}

#[test]
fn a_snapshot_of_another_run_is_refused() {
    let snapshot = trainer(spec()).snapshot();
    let mut other = trainer(RunSpec { seed: 2, ..spec() });
    let before = bits(&other);
    assert_eq!(other.restore(&snapshot), Err(SnapshotError::OtherRun));
    assert_eq!(bits(&other), before);
}

#[test]
fn damaged_snapshots_are_refused() {
    let mut trainer = trainer(spec());
    let snapshot = trainer.snapshot();
    let bad = SnapshotError::Format(snapshot.len());
    for place in (0..64).chain([1000, snapshot.len() - 1]) {
        let mut damaged = snapshot.clone();
        damaged[place] ^= 1;
        assert_eq!(trainer.restore(&damaged), Err(bad), "byte {place}");
    }
    for len in (0..80).chain([snapshot.len() - 1]) {
        assert_eq!(trainer.restore(&snapshot[..len]), Err(SnapshotError::Format(len)));
    }
    trainer.restore(&snapshot).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_no_snapshot(bytes in prop::collection::vec(any::<u8>(), 0..200), with_magic: bool) {
        let mut trainer = trainer(spec());
        let mut bytes = bytes;
        if with_magic {
            bytes.splice(..0, *b"rcptrun1");
        }
        prop_assert_eq!(trainer.restore(&bytes), Err(SnapshotError::Format(bytes.len())));
    }
}

#[test]
fn a_rate_that_is_too_large_is_noticed() {
    let mut trainer = trainer(RunSpec { learning_rate: 1e4, ..spec() });
    let diverged = loop {
        match trainer.advance() {
            Ok(Event::Epoch(_)) => panic!("the first epoch passed"),
            Ok(_) => {}
            Err(diverged) => break diverged,
        }
    };
    assert_eq!(diverged.step, trainer.step());
    assert!(diverged.step <= 4, "{diverged}");
    // What has diverged stays so.
    assert_eq!(trainer.advance().unwrap_err().step, diverged.step);
}

#[test]
fn a_batch_in_parts_is_one_batch() {
    let spec = RunSpec { batch: 200, epochs: 1, schedule: Schedule::Constant, momentum: 0.0, ..spec() };
    let mut trainer = trainer(spec);
    let events: Vec<Event> = (0..4).map(|_| trainer.advance().unwrap()).collect();
    assert_eq!(events[..3], [Event::Part; 3]);
    let Event::Step(report) = events[3] else { panic!("{events:?}") };

    // The same step by hand: the gradient of the mean over all 200 images, shard by shard, added along the tree.
    let mut network = Network::new(&ModelSpec::lenet(), spec.seed).unwrap();
    let order = Batches::new(200, 200, spec.seed, 1);
    let mut loader = Loader::new(Normalization::mnist());
    let dataset = dataset();
    let loss = CrossEntropy { classes: 10, label_smoothing: 0.0 };
    let mut batch = BatchLoss::default();
    let shards = Shards::of(200);
    assert_eq!((shards.count(), shards.get(0), shards.get(6)), (7, 0..32, 192..200));
    let mut gradients = (0..7).map(|shard| {
        let images = order.get(0)[shards.get(shard)].iter().map(|&index| index as usize);
        let (inputs, labels) = loader.load(&dataset.train, images);
        let mut gradient = vec![0.0; network.weights().len()];
        batch += network.loss_and_gradient(inputs, labels, loss, 200.0, &mut gradient);
        gradient
    });
    let add = |gradients: [Option<Vec<f32>>; 2]| {
        let [left, right] = gradients.map(Option::unwrap);
        Some(left.iter().zip(&right).map(|(left, right)| left + right).collect::<Vec<f32>>())
    };
    let mut pair = || add([gradients.next(), gradients.next()]);
    let left = [pair(), pair()];
    let right = [pair(), gradients.next()];
    let (left, right) = (add(left), add(right));
    let gradient = add([left, right]).unwrap();
    network.update(|weights| weights.iter_mut().zip(&gradient).for_each(|(w, g)| *w -= spec.learning_rate * g));
    assert_eq!(report, StepReport { step: 1, loss: batch.mean(), correct: batch.correct, batch: 200 });
    assert_eq!(network.weights(), trainer.network().weights());
}

/// Each setting reaches the arithmetic: a step by hand gives the same weights.
#[test]
fn settings_reach_the_step() {
    #[track_caller]
    fn check(spec: RunSpec) {
        let spec = RunSpec { batch: 16, train_images: 48, momentum: 0.0, learning_rate: 0.01, epochs: 1, ..spec };
        let mut trainer = trainer(spec);
        let mut network = Network::new(&spec.model.spec(), spec.seed).unwrap();
        let (order, dataset) = (Batches::new(48, 16, spec.seed, 1), dataset());
        let augmentation = Augmentation { kind: spec.augment, seed: spec.seed, epoch: 1 };
        let loss = CrossEntropy { classes: 10, label_smoothing: spec.label_smoothing };
        for step in 0..3_u32 {
            let report = loop {
                if let Event::Step(report) = trainer.advance().unwrap() {
                    break report;
                }
            };
            let mut loader = Loader::new(spec.model.normalization());
            let indices = order.get(step as usize).iter().map(|&index| index as usize);
            let (inputs, labels) = loader.load_augmented(&dataset.train, indices, augmentation);
            let mut gradient = vec![0.0; network.weights().len()];
            let batch = network.loss_and_gradient(inputs, labels, loss, 16.0, &mut gradient);
            let rate = spec.learning_rate * spec.schedule.factor(step, 3);
            network.update(|weights| weights.iter_mut().zip(&gradient).for_each(|(w, g)| *w -= rate * g));
            assert!((report.loss - batch.mean()).abs() < 1e-5, "{spec:?}");
        }
        // A batch in shards is added up in another order.
        let close = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-6;
        assert!(network.weights().iter().zip(trainer.network().weights()).all(close), "{spec:?}");
        // Test images are taken as they are, and their loss is plain.
        let plain = CrossEntropy { classes: 10, label_smoothing: 0.0 };
        let mut loader = Loader::new(spec.model.normalization());
        let (inputs, labels) = loader.load(&dataset.test, 0..150);
        let expect = network.loss(inputs, labels, plain).mean();
        let events = finish(&mut trainer);
        let Some(Event::Epoch(report)) = events.last() else { panic!("no test") };
        assert!((report.test_loss - expect).abs() < 1e-5, "{spec:?}");
    }
    check(spec());
    check(RunSpec { model: ModelKind::LeNetSigmoid, ..spec() });
    check(RunSpec { label_smoothing: 0.25, ..spec() });
    for augment in [Augment::Shift, Augment::Affine, Augment::Elastic] {
        check(RunSpec { augment, ..spec() });
    }
    for schedule in [Schedule::Constant, Schedule::Step, Schedule::Cosine, Schedule::OneCycle] {
        check(RunSpec { schedule, ..spec() });
    }
}

/// Several trainers that share the work, and give their shares in an order that `turns` decides.
fn finish_together<N: Trainable>(trainers: &mut [Trainer<N>], mut turns: impl FnMut(usize) -> usize) -> Vec<Event> {
    let mut events = Vec::new();
    let mut finished = vec![false; trainers.len()];
    while !finished.iter().all(|finished| *finished) {
        let turn = turns(trainers.len());
        let event = trainers[turn].advance().unwrap();
        match event {
            Event::Share => {
                let (share, gradients) = trainers[turn].share();
                let gradients: Vec<Vec<f32>> = gradients.map(<[f32]>::to_vec).collect();
                for (other, trainer) in trainers.iter_mut().enumerate().filter(|(other, _)| *other != turn) {
                    let mut rows = gradients.iter();
                    let len = gradients.iter().map(Vec::len).sum();
                    let taken =
                        trainer.receive(turn, share.clone(), len, |row| row.copy_from_slice(rows.next().unwrap()));
                    assert!(taken && rows.next().is_none(), "{other} takes what {turn} gives");
                }
            }
            Event::Finished => finished[turn] = true,
            Event::Step(_) | Event::Epoch(_) if turn == 0 => events.push(event),
            _ => {}
        }
    }
    events
}

#[test]
fn any_number_of_workers_gives_the_same_bits() {
    let varied = RunSpec { augment: Augment::Elastic, label_smoothing: 0.1, ..spec() };
    for (batch, spec) in [(32, spec()), (64, varied), (160, spec())] {
        // The last batch of an epoch has fewer shards than some of these have workers.
        same_bits_for_any_team::<Network>(&RunSpec { batch, ..spec });
    }
}

/// Statistics of batch normalisation are those of a tile, and a shard is tiles: so they do not depend on who computes
/// them. The running ones are summed up with the gradients.
#[test]
fn any_number_of_workers_trains_a_residual_network_to_the_same_bits() {
    for batch in [32, 64, 160] {
        same_bits_for_any_team::<Graph>(&RunSpec { batch, ..residual() });
    }
}

fn same_bits_for_any_team<N: Trainable>(spec: &RunSpec<N::Spec>) {
    let batch = spec.batch;
    let mut alone: Trainer<N> = Trainer::new(spec.clone(), dataset()).unwrap();
    let events: Vec<Event> =
        finish(&mut alone).into_iter().filter(|e| matches!(e, Event::Step(_) | Event::Epoch(_))).collect();
    for workers in [2, 3, 4, 8] {
        let seats = (0..workers).map(|worker| Seat { worker, workers });
        let mut team: Vec<Trainer<N>> =
            seats.map(|seat| Trainer::with_seat(spec.clone(), dataset(), seat).unwrap()).collect();
        let mut stream = Stream::new(workers as u64, Purpose::Shuffle, 1);
        let turns = |count: usize| stream.below(u32::try_from(count).unwrap()) as usize;
        assert_eq!(finish_together(&mut team, turns), events, "{workers} workers, batch {batch}");
        for trainer in &team {
            assert_eq!(bits(trainer), bits(&alone), "{workers} workers, batch {batch}");
            assert_eq!(trainer.norms(), alone.norms(), "{workers} workers, batch {batch}");
        }
    }
}

/// A small residual network with batch normalisation.
fn residual() -> RunSpec<GraphSpec> {
    let layers = "c4k3p1nb;bn;relu;m4;[c4k3p1nb;bn;relu;c4k3p1nb;bn];relu;gap;l10".into();
    let model = GraphSpec { layers, init: Init::HeUniform, zero_ends: false, data: DatasetKind::Mnist };
    RunSpec { warm_up: 5, clip: 1.0, ..spec().with_model(model) }
}

#[test]
fn a_residual_networks_bits_are_pinned_and_survive_a_snapshot() {
    let mut whole: Trainer<Graph> = Trainer::new(residual(), dataset()).unwrap();
    let events = finish(&mut whole);
    let hash = hash(&whole);
    assert_eq!(hash, 0xdf64_56c2_3a74_ad42, "{hash:#018x}");
    for stop in [0, 3, 7, 8, events.len()] {
        let mut first: Trainer<Graph> = Trainer::new(residual(), dataset()).unwrap();
        for _ in 0..stop {
            first.advance().unwrap();
        }
        let mut second: Trainer<Graph> = Trainer::new(residual(), dataset()).unwrap();
        second.restore(&first.snapshot()).unwrap();
        finish(&mut second);
        assert_eq!(bits(&second), bits(&whole), "stopped after {stop} events");
    }
}

#[test]
fn norms_are_those_of_the_layers_gradients_and_long_ones_are_shortened() {
    let plain = RunSpec { momentum: 0.0, schedule: Schedule::Constant, warm_up: 0, clip: 0.0, ..residual() };
    // What one step changes of the weights that are learned, and the norms it tells.
    let step = |spec: &RunSpec<GraphSpec>| {
        let mut trainer: Trainer<Graph> = Trainer::new(spec.clone(), dataset()).unwrap();
        let learned = trainer.network().learned();
        let before = trainer.network().weights().to_vec();
        trainer.advance().unwrap();
        let change = trainer.network().weights().iter().zip(before).take(learned).map(|(after, before)| after - before);
        let layers = trainer.network().layers().to_vec();
        (change.map(|x| x / spec.learning_rate).collect::<Vec<f32>>(), trainer.norms().to_vec(), layers)
    };
    let length = |cells: &[f32]| cells.iter().map(|x| x * x).sum::<f32>().sqrt();
    let (change, norms, layers) = step(&plain);
    // The stem, two convolutions and the linear layer.
    assert_eq!((norms.len(), layers.len()), (4, 4));
    for (norm, layer) in norms.iter().zip(layers) {
        assert!((length(&change[layer]) / norm - 1.0).abs() < 1e-2, "{norm}");
    }
    let most = length(&change) / 3.0;
    let (shorter, same_norms, _) = step(&RunSpec { clip: most, ..plain.clone() });
    assert!((length(&shorter) / most - 1.0).abs() < 1e-2);
    assert_eq!(same_norms, norms);
    let (slower, ..) = step(&RunSpec { warm_up: 40, ..plain });
    assert!((length(&slower) * 40.0 / length(&change) - 1.0).abs() < 0.05);
}

#[test]
fn the_leaders_rate_is_everybodys() {
    let mut alone = trainer(spec());
    alone.set_learning_rate(0.01).unwrap();
    finish(&mut alone);
    let mut team: Vec<Trainer> =
        (0..2).map(|worker| Trainer::with_seat(spec(), dataset(), Seat { worker, workers: 2 }).unwrap()).collect();
    team[0].set_learning_rate(0.01).unwrap();
    let mut turn = 0;
    finish_together(&mut team, |count| {
        turn = (turn + 1) % count;
        turn
    });
    assert_eq!(bits(&team[0]), bits(&alone));
    assert_eq!(bits(&team[1]), bits(&alone));
}

fn mnist() -> Arc<Dataset> {
    let gunzip = |name: &str| -> Vec<u8> {
        let path = Path::new("assets/data/mnist").join(name);
        let mut bytes = Vec::new();
        GzDecoder::new(fs::File::open(path).unwrap()).read_to_end(&mut bytes).unwrap();
        bytes
    };
    let split = |name: &str| {
        let images = data::images(gunzip(&format!("{name}-images-idx3-ubyte.gz"))).unwrap();
        let labels = data::labels(gunzip(&format!("{name}-labels-idx1-ubyte.gz"))).unwrap();
        Split::new(images, labels).unwrap()
    };
    let dataset = Dataset { train: split("train"), test: split("t10k") };
    assert_eq!((dataset.train.len(), dataset.test.len()), (data::TRAIN_IMAGES, data::TEST_IMAGES));
    Arc::new(dataset)
}

/// The browser tests find the same hash, whatever the number of workers.
#[test]
fn fifty_steps_of_digits_are_pinned() {
    let mut trainer: Trainer =
        Trainer::new(RunSpec { epochs: 1, train_images: 3_200, ..RunSpec::default() }, mnist()).unwrap();
    while trainer.step() < 50 {
        trainer.advance().unwrap();
    }
    assert_eq!(format!("{:#018x}", hash(&trainer)), include_str!("fifty_steps.txt").trim());
}

/// The real digits: a tenth of an epoch.
#[test]
fn digits_are_learnt() {
    let dataset = mnist();
    let spec = RunSpec { epochs: 1, train_images: 6_400, ..RunSpec::default() };
    let mut trainer: Trainer = Trainer::new(spec, dataset).unwrap();
    let events = finish(&mut trainer);
    let Some(Event::Epoch(report)) = events.last() else { panic!("no test") };
    assert!(report.test_correct > 9_200, "{report:?}");
}
