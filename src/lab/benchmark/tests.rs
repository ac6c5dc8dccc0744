//! The benchmark page's machine, by what a person and the trainer do to it.

use super::*;
use crate::{
    data::DatasetKind,
    lab::train::files,
    model::{Features, Layer, PoolKind, count},
};

fn play(lab: &mut BenchmarkState, actions: impl IntoIterator<Item = BenchmarkAction>) -> Vec<Effect> {
    actions.into_iter().flat_map(|action| lab.apply(action)).collect()
}

/// Up to the first measurement.
fn running(most: u32) -> BenchmarkState {
    let mut lab = BenchmarkState::new(most);
    assert_eq!(lab.apply(BenchmarkAction::Start), [Effect::Fetch, Effect::OpenWorker(1)]);
    assert_eq!(
        play(&mut lab, [BenchmarkAction::WorkerReady, BenchmarkAction::Received(5), BenchmarkAction::Checking]),
        []
    );
    assert_eq!(lab.apply(BenchmarkAction::FilesReady), [Effect::FillWorker]);
    assert_eq!(lab.apply(BenchmarkAction::WorkerFilled), [Effect::MeasurePeak { run: 1 }]);
    lab
}

/// What a trainer answers whose peak is 64 GFLOP/s and whose workers train 10,000 examples a second each.
fn answer(lab: &mut BenchmarkState, effects: Vec<Effect>, log: &mut Vec<String>) -> Vec<Effect> {
    let mut next = Vec::new();
    for effect in effects {
        let answers = match effect {
            Effect::MeasurePeak { run } => vec![BenchmarkAction::Measured { run, per_second: 64e9 }],
            Effect::MeasureInference { run, batch } => {
                vec![BenchmarkAction::Measured { run, per_second: 20_000.0 + f64::from(batch) }]
            }
            Effect::Begin { run, .. } => vec![BenchmarkAction::Loaded { run }],
            Effect::TrainOn { run } => {
                log.push(lab.status());
                let examples = 1_000 * lab.workers;
                // The warm-up is slow.
                let warm = BenchmarkAction::Stepped { run, steps: WARM_UP, examples, milliseconds: 1e6 };
                let step = BenchmarkAction::Stepped { run, steps: 10, examples, milliseconds: 100.0 };
                [warm].into_iter().chain(vec![step; 25]).collect()
            }
            Effect::OpenWorker(_) => vec![BenchmarkAction::WorkerReady],
            Effect::FillWorker => vec![BenchmarkAction::WorkerFilled],
            Effect::Fetch => vec![BenchmarkAction::FilesReady],
            Effect::Halt { .. } | Effect::CloseWorker | Effect::Reload => Vec::new(),
        };
        next.extend(play(lab, answers));
    }
    next
}

fn finish(lab: &mut BenchmarkState, mut effects: Vec<Effect>) -> Vec<String> {
    let mut log = Vec::new();
    while !effects.is_empty() {
        effects = answer(lab, effects, &mut log);
    }
    log
}

#[test]
fn everything_is_measured_once_and_told_as_json() {
    let mut lab = running(2);
    let log = finish(&mut lab, vec![Effect::MeasurePeak { run: 1 }]);
    assert_eq!(
        log,
        [
            "training with 1 worker, batch 64: warming up",
            "training with 1 worker, batch 128: warming up",
            "training with 1 worker, batch 256: warming up",
            "training with 2 workers, batch 64: warming up",
            "training with 2 workers, batch 128: warming up",
            "training with 2 workers, batch 256: warming up",
        ]
    );
    assert_eq!((lab.phase.clone(), lab.status().as_str()), (Phase::Done, "done"));
    let (done, whole) = lab.progress();
    assert_eq!(done, whole);
    let json: serde_json::Value = serde_json::from_str(&lab.json()).unwrap();
    // 10,000 examples · 2 · 1,131,960 of 64e9.
    let training = |workers: u32, batch: u32| {
        serde_json::json!({
            "workers": workers, "batch": batch, "examples_per_s": 10_000 * workers, "fraction_of_peak": 0.354
        })
    };
    let inference = |batch: u32| serde_json::json!({"workers": 1, "batch": batch, "images_per_s": 20_000 + batch});
    assert_eq!(
        json,
        serde_json::json!({
            "peak_gflops": 64.0,
            "training": [
                training(1, 64), training(1, 128), training(1, 256), training(2, 64), training(2, 128), training(2, 256)
            ],
            "inference": [inference(1), inference(100)],
        })
    );
}

#[test]
fn training_is_measured_with_one_two_and_all_workers() {
    let check = |most: u32, expect: &[u32]| {
        let lab = BenchmarkState::new(most);
        let mut counts: Vec<u32> = lab.training().iter().map(|bar| bar.config.0).collect();
        counts.dedup();
        assert_eq!(counts, expect);
        assert_eq!((lab.training().len(), lab.inference().len()), (expect.len() * BATCHES.len(), 2));
    };
    check(1, &[1]);
    check(2, &[1, 2]);
    check(3, &[1, 2, 3]);
    check(4, &[1, 2, 4]);
}

#[test]
fn the_largest_peak_counts() {
    let mut lab = running(1);
    let mut effects = lab.apply(BenchmarkAction::Measured { run: 1, per_second: 50e9 });
    let mut log = Vec::new();
    while lab.speeds.len() < 2 {
        effects = answer(&mut lab, effects, &mut log);
    }
    assert_eq!(lab.peak_gflops(), Some(50.0));
    let share = |lab: &BenchmarkState| format!("{:.3}", lab.training()[0].share().unwrap());
    assert_eq!(share(&lab), "0.453");
    assert_eq!(effects, [Effect::Halt { run: 2 }, Effect::MeasurePeak { run: 3 }]);
    lab.apply(BenchmarkAction::Measured { run: 3, per_second: 60e9 });
    assert_eq!((lab.peak_gflops(), share(&lab).as_str()), (Some(60.0), "0.377"));
}

#[test]
fn a_training_speed_is_a_median_after_the_warm_up() {
    let check = |messages: &[(u32, u32, f32)], expect: Option<f64>| {
        let mut rounds = Rounds::default();
        let mut found = None;
        for (steps, examples, milliseconds) in messages {
            assert_eq!(found, None, "nothing is asked after the speed is known");
            found = rounds.take(*steps, *examples, *milliseconds);
        }
        assert_eq!(found, expect);
    };
    let warm = [(WARM_UP, 1, 1e6)];
    check(&[(WARM_UP - 1, 9, 500.0), (1, 9, 500.0)], None);
    check(&[&warm[..], &[(1, 100, 500.0); 4]].concat(), None);
    check(&[&warm[..], &[(1, 100, 500.0); 5]].concat(), Some(200.0));
    // A round takes as many messages as it needs; one disturbed round changes nothing.
    check(&[&warm[..], &[(1, 1, 5e5)], &[(1, 50, 250.0); 8]].concat(), Some(200.0));
    let speeds = [100, 500, 200, 400, 300].map(|examples| (1, examples, 500.0));
    check(&[&warm[..], &speeds].concat(), Some(600.0));
}

#[test]
fn stop_ends_the_worker_and_run_begins_anew() {
    let mut lab = running(1);
    lab.apply(BenchmarkAction::Measured { run: 1, per_second: 50e9 });
    assert_eq!(lab.apply(BenchmarkAction::Stop), [Effect::CloseWorker]);
    assert_eq!((lab.status().as_str(), lab.json().as_str()), ("stopped", ""));
    assert_eq!(
        play(&mut lab, [BenchmarkAction::Stop, BenchmarkAction::Loaded { run: 2 }, BenchmarkAction::WorkerFilled]),
        []
    );
    assert_eq!(lab.apply(BenchmarkAction::Start), [Effect::OpenWorker(1)]);
    assert_eq!(lab.peak_gflops(), None);
    assert_eq!(play(&mut lab, [BenchmarkAction::Start, BenchmarkAction::Loaded { run: 2 }]), []);
    assert_eq!(lab.apply(BenchmarkAction::WorkerReady), [Effect::FillWorker]);
    assert_eq!(lab.apply(BenchmarkAction::WorkerFilled), [Effect::MeasurePeak { run: 3 }]);
    finish(&mut lab, vec![Effect::MeasurePeak { run: 3 }]);
    assert_eq!(lab.phase, Phase::Done);
}

#[test]
fn what_goes_wrong_is_told_and_repaired() {
    let check = |lab: &mut BenchmarkState, wrong: BenchmarkAction, sentence: &str, label: &str, then: &[Effect]| {
        assert_eq!(lab.apply(wrong), [Effect::CloseWorker]);
        let (found, button, repair) = lab.trouble().unwrap();
        assert!(found.contains(sentence), "{found}");
        assert_eq!((button, lab.status().as_str()), (label, "can't go on"));
        assert_eq!(lab.apply(repair), then);
    };
    let open = Effect::OpenWorker(1);
    let mut lab = BenchmarkState::new(1);
    lab.apply(BenchmarkAction::Start);
    let lost = DownloadError::Status { name: files(DatasetKind::Mnist)[0].name, status: 503 };
    check(
        &mut lab,
        BenchmarkAction::FilesFailed(lost),
        "The server answered 503 for train-images-idx3-ubyte.gz.",
        "Try again",
        &[Effect::Fetch, open.clone()],
    );
    check(
        &mut lab,
        BenchmarkAction::WorkerDied,
        "The trainer could not be loaded.",
        "Try again",
        std::slice::from_ref(&open),
    );
    let mut lab = running(1);
    check(
        &mut lab,
        BenchmarkAction::WorkerDied,
        "The trainer stopped unexpectedly.",
        "Try again",
        std::slice::from_ref(&open),
    );
    let refused =
        BenchmarkAction::Refused { run: 0, trouble: Trouble::Refused { why: "it could not read a message.".into() } };
    check(&mut lab, refused, "can't go on: it could not read a message.", "Try again", &[open]);
    let stale = BenchmarkAction::Refused { run: 0, trouble: Trouble::WorkerStale { found: 1, expected: 2 } };
    check(&mut lab, stale, "of another version (1, not 2)", "Load the page again", &[Effect::Reload]);
}

#[test]
fn a_step_has_1_131_960_multiply_adds() {
    let pool = Layer::pool2d(PoolKind::Max, 2, 2);
    let layers = [
        Layer::conv2d(6, 5, 1, 2),
        pool,
        Layer::conv2d(16, 5, 1, 0),
        pool,
        Layer::linear(120),
        Layer::linear(84),
        Layer::linear(10),
    ];
    let mut shape = Features::Maps { channels: 1, height: 28, width: 28 };
    let mut forward = Vec::new();
    for layer in layers {
        let counted = count(&layer, shape).unwrap();
        shape = counted.output;
        forward.push(counted.macs);
    }
    assert_eq!(forward.iter().sum::<u64>(), 416_520);
    let step = 3 * forward.iter().sum::<u64>() - forward[0];
    assert_eq!(step.to_string(), STEP_MACS.to_string());
}
