//! The training page's machine, by what a person, the files and the trainer do to it.

use super::*;
use crate::{
    data::DatasetKind,
    model::{Zoo, counts, read_layers},
};

/// Applies actions, and collects what is to be done.
fn play(lab: &mut TrainState, actions: impl IntoIterator<Item = TrainAction>) -> Vec<Effect> {
    actions.into_iter().flat_map(|action| lab.apply(action)).collect()
}

/// Two epochs of three steps.
fn small() -> TrainState {
    let mut settings = Settings::default();
    for (field, text) in [(Field::TrainImages, "150"), (Field::Epochs, "2"), (Field::Batch, "50")] {
        settings.set(field, text);
    }
    TrainState::new(settings)
}

fn running() -> TrainState {
    let mut lab = small();
    let ready = [TrainAction::Start, TrainAction::FilesReady, TrainAction::WorkerReady, TrainAction::WorkerFilled];
    play(&mut lab, ready.into_iter().chain([TrainAction::Loaded { run: 1, step: 0 }]));
    assert_eq!(lab.phase(), &Phase::Running);
    lab
}

fn headline(lab: &TrainState) -> String {
    let parts = lab.headline().unwrap_or_default();
    parts.into_iter().map(|part| if part.number { format!("*{}*", part.text) } else { part.text }).collect()
}

fn steps(run: u32, range: std::ops::RangeInclusive<u32>) -> TrainAction {
    let steps = range.map(|step| StepReport { step, loss: 2.0 / step as f32, correct: 40, batch: 50 }).collect();
    TrainAction::Stepped { run, steps, examples_per_second: 12_345.6, workers: 2 }
}

fn tested(run: u32, epoch: u32) -> TrainAction {
    TrainAction::Tested {
        run,
        test: EpochReport { epoch, step: epoch * 3, test_loss: 0.07, test_correct: 9862, test_images: 10_000 },
    }
}

#[test]
fn a_run_from_start_to_end() {
    let mut lab = small();
    assert_eq!((lab.main_button(), lab.status().as_str()), (MainButton::Start, "not started"));
    assert_eq!(lab.apply(TrainAction::Start), [Effect::Fetch, Effect::OpenWorker(Crew { workers: None, own: false })]);
    assert_eq!(lab.status(), "downloading, 0.0 of 11.4 MB");
    lab.apply(TrainAction::Received(3_249_000));
    assert_eq!((lab.status().as_str(), lab.download()), ("downloading, 3.2 of 11.4 MB", Some((3_249_000, 11_369_320))));
    assert_eq!(play(&mut lab, [TrainAction::Checking, TrainAction::WorkerReady]), []);
    assert_eq!(lab.status(), "unpacking and checking the images");
    assert_eq!(lab.apply(TrainAction::FilesReady), [Effect::FillWorker]);
    let spec = lab.settings().spec().unwrap();
    assert_eq!(
        lab.apply(TrainAction::WorkerFilled),
        [Effect::Begin { run: 1, spec, layers: FIRST_LAYERS.to_owned(), snapshot: false }]
    );
    assert_eq!(lab.status(), "starting the trainer");
    assert_eq!(lab.apply(TrainAction::Loaded { run: 1, step: 0 }), [Effect::TrainOn { run: 1 }]);
    assert_eq!((lab.status().as_str(), lab.progress()), ("epoch 1 of 2, step 0 of 3", (0, 20_300)));

    lab.apply(steps(1, 1..=3));
    assert_eq!(headline(&lab), "Training accuracy *80.0* %, loss *1.205*");
    assert_eq!(lab.caption().as_deref(), Some("over the last 50 batches; the first test comes after epoch 1"));
    assert_eq!(lab.status(), "epoch 1 of 2, step 3 of 3, loss 1.205, 12,300 examples/s on 2 workers");
    let tried = TrainAction::Stepped { run: 1, steps: Vec::new(), examples_per_second: 12_345.6, workers: 0 };
    lab.apply(tried);
    assert_eq!(lab.status(), "epoch 1 of 2, step 3 of 3, loss 1.205, 12,300 examples/s", "not settled yet");
    lab.apply(TrainAction::Testing { run: 1, done: 4000, of: 10_000 });
    assert_eq!(lab.progress(), (4150, 20_300));
    assert_eq!(lab.status(), "epoch 1 of 2, step 3 of 3, loss 1.205, testing 4,000 of 10,000", "on one line");
    assert!(lab.announcement().is_none());
    play(&mut lab, [tested(1, 1), steps(1, 4..=6), tested(1, 2)]);
    assert_eq!(lab.progress(), (20_300, 20_300), "the bar is full after the last test");
    assert_eq!(lab.apply(TrainAction::Finished { run: 1 }), []);
    assert_eq!(
        lab.status(),
        "epoch 2 of 2, step 3 of 3, loss 0.783, test accuracy 98.62 %, 12,300 examples/s on 2 workers"
    );
    assert_eq!(headline(&lab), "Test accuracy *98.62* %, *138* mistakes in 10,000");
    assert_eq!(
        lab.caption().as_deref(),
        Some("after all 2 epochs, on digits it never saw; as many mistakes as after epoch 1")
    );
    assert_eq!(
        lab.announcement().as_deref(),
        Some("Epoch 2 of 2 is done. Test accuracy 98.62 %, 138 mistakes in 10,000.")
    );
    assert_eq!(lab.main_button(), MainButton::Start);
    assert_eq!(lab.apply(TrainAction::Toggle), [], "a clicker does not throw a result away");
    assert_eq!(
        lab.apply(TrainAction::Start),
        [Effect::Begin { run: 2, spec, layers: FIRST_LAYERS.to_owned(), snapshot: false }],
        "files are kept"
    );
}

#[test]
fn pause_resume_and_steps() {
    let mut lab = running();
    assert_eq!(lab.main_button(), MainButton::Pause);
    assert_eq!(lab.apply(TrainAction::StepOnce), [], "not while it runs");
    assert_eq!(lab.apply(TrainAction::Toggle), [Effect::Halt { run: 1 }]);
    assert_eq!(lab.main_button(), MainButton::Resume, "at once, before the trainer answers");
    lab.apply(TrainAction::Paused { run: 1 });
    assert_eq!(lab.phase(), &Phase::Paused);
    assert_eq!(lab.apply(TrainAction::StepOnce), [Effect::TrainStep { run: 1 }]);
    assert_eq!(play(&mut lab, [TrainAction::StepOnce, TrainAction::StepOnce]), [], "two more wait");
    assert_eq!(lab.apply(TrainAction::Paused { run: 1 }), [Effect::TrainStep { run: 1 }]);
    assert_eq!(lab.apply(TrainAction::Paused { run: 1 }), [Effect::TrainStep { run: 1 }]);
    assert_eq!(lab.apply(TrainAction::Paused { run: 1 }), []);
    assert_eq!(lab.phase(), &Phase::Paused);
    assert_eq!(lab.apply(TrainAction::Resume), [Effect::TrainOn { run: 1 }]);
    assert_eq!(lab.apply(TrainAction::Paused { run: 1 }), [], "an answer to the pause before");
    assert_eq!(lab.phase(), &Phase::Running);
}

#[test]
fn a_pause_and_at_once_a_step() {
    let mut lab = running();
    assert_eq!(play(&mut lab, [TrainAction::Pause, TrainAction::StepOnce]), [Effect::Halt { run: 1 }]);
    assert_eq!(lab.apply(TrainAction::Paused { run: 1 }), [Effect::TrainStep { run: 1 }]);
    lab.apply(TrainAction::Paused { run: 1 });
    assert_eq!(lab.phase(), &Phase::Paused);
}

#[test]
fn one_batch_first() {
    let mut lab = small();
    play(
        &mut lab,
        [TrainAction::StepOnce, TrainAction::FilesReady, TrainAction::WorkerReady, TrainAction::WorkerFilled],
    );
    assert_eq!(lab.apply(TrainAction::Loaded { run: 1, step: 0 }), [Effect::TrainStep { run: 1 }]);
    play(&mut lab, [steps(1, 1..=1), TrainAction::Paused { run: 1 }]);
    assert_eq!(lab.status(), "epoch 1 of 2, step 1 of 3, loss 2.000, paused");
}

#[test]
fn a_pause_during_the_download_holds_the_run_before_its_first_step() {
    let mut lab = small();
    play(
        &mut lab,
        [
            TrainAction::Start,
            TrainAction::Pause,
            TrainAction::FilesReady,
            TrainAction::WorkerReady,
            TrainAction::WorkerFilled,
        ],
    );
    assert_eq!(lab.apply(TrainAction::Loaded { run: 1, step: 0 }), []);
    assert_eq!((lab.phase(), lab.main_button()), (&Phase::Paused, MainButton::Resume));
}

#[test]
fn reset_drops_what_the_old_run_still_says() {
    let mut lab = running();
    assert_eq!(lab.apply(TrainAction::Reset), [Effect::Halt { run: 1 }]);
    assert_eq!(play(&mut lab, [steps(1, 1..=3), tested(1, 1), TrainAction::Finished { run: 1 }]), []);
    assert_eq!((lab.phase(), lab.run()), (&Phase::Empty, None));
    let spec = lab.settings().spec().unwrap();
    assert_eq!(
        lab.apply(TrainAction::Start),
        [Effect::Begin { run: 2, spec, layers: FIRST_LAYERS.to_owned(), snapshot: false }]
    );
}

#[test]
fn settings_are_locked_while_a_run_exists_except_for_the_rate() {
    let mut lab = running();
    let before = lab.settings().clone();
    play(&mut lab, [TrainAction::Type(Field::Batch, "1".into()), TrainAction::Choose(OptimizerKind::Adam)]);
    play(&mut lab, [TrainAction::ChooseRecipe(&RECIPES[3]), TrainAction::ChooseModel(Model::LeNetSigmoid)]);
    play(&mut lab, [TrainAction::ChooseAugment(Augment::Shift), TrainAction::ChooseSchedule(Schedule::Cosine)]);
    assert_eq!(lab.settings(), &before);
    lab.apply(steps(1, 1..=2));
    assert_eq!(lab.apply(TrainAction::Type(Field::LearningRate, "0.0".into())), [], "not while it is typed");
    assert_eq!(lab.apply(TrainAction::Commit(Field::LearningRate, "0".into())), [], "not while it is wrong");
    let changed = lab.apply(TrainAction::Commit(Field::LearningRate, "0.01".into()));
    assert_eq!(changed, [Effect::SetRate { run: 1, rate: 0.01 }]);
    assert_eq!(lab.apply(TrainAction::Commit(Field::LearningRate, "1e-2".into())), [], "the same rate");
    assert_eq!(lab.run().unwrap().record.rates.len(), 1);
    play(&mut lab, [TrainAction::Reset, TrainAction::Type(Field::Batch, "10".into())]);
    assert_eq!(lab.settings().text(Field::Batch), "10");
}

#[test]
fn a_recipe_is_chosen_and_left_by_any_change() {
    let mut lab = small();
    play(&mut lab, [TrainAction::Type(Field::Seed, "5".into()), TrainAction::ChooseRecipe(&RECIPES[3])]);
    assert_eq!(lab.settings().spec(), Some(RunSpec { seed: 5, ..RECIPES[3].spec }.with_model(Model::LeNetSigmoid)));
    assert_eq!(lab.settings().recipe(), Some(&RECIPES[3]));
    lab.apply(TrainAction::ChooseAugment(Augment::Elastic));
    assert_eq!(lab.settings().recipe(), None);
    lab.apply(TrainAction::ChooseAugment(Augment::None));
    assert_eq!(lab.settings().recipe(), Some(&RECIPES[3]));
}

#[test]
fn a_failed_download_is_tried_again() {
    let mut lab = small();
    play(&mut lab, [TrainAction::Start, TrainAction::WorkerReady]);
    lab.apply(TrainAction::FilesFailed(DownloadError::Status { name: files(DatasetKind::Mnist)[0].name, status: 404 }));
    let (sentence, repair) = lab.trouble().unwrap();
    assert_eq!(sentence, "The images could not be loaded. The server answered 404 for train-images-idx3-ubyte.gz.");
    assert_eq!(repair, TrainRepair { label: "Try again".into(), action: TrainAction::Retry });
    assert_eq!(lab.apply(repair.action), [Effect::Fetch]);
    assert_eq!(lab.apply(TrainAction::FilesReady), [Effect::FillWorker]);
}

#[test]
fn a_dead_worker_is_replaced_from_the_last_snapshot() {
    let mut lab = running();
    play(&mut lab, [steps(1, 1..=2)]);
    assert_eq!(lab.apply(TrainAction::Snapshot { run: 1, step: 2 }), [Effect::KeepSnapshot { run: 1, step: 2 }]);
    let kept = lab.run().unwrap().record.clone();
    lab.apply(steps(1, 3..=5));
    assert_eq!(lab.apply(TrainAction::WorkerDied), [Effect::CloseWorker]);
    let (sentence, repair) = lab.trouble().unwrap();
    assert_eq!(sentence, "The trainer stopped unexpectedly after step 5. The last snapshot was taken at step 2.");
    assert_eq!(repair.label, "Restart from step 2");
    assert_eq!(lab.apply(repair.action), [Effect::OpenWorker(Crew { workers: Some(1), own: false })]);
    assert_eq!(lab.run().unwrap().record, kept, "what came after the snapshot is trained again");
    assert_eq!(lab.apply(TrainAction::WorkerReady), [Effect::FillWorker]);
    let spec = lab.settings().spec().unwrap();
    assert_eq!(
        lab.apply(TrainAction::WorkerFilled),
        [Effect::Begin { run: 2, spec, layers: FIRST_LAYERS.to_owned(), snapshot: true }]
    );
    assert_eq!(lab.apply(TrainAction::Loaded { run: 2, step: 2 }), [Effect::TrainOn { run: 2 }]);
    lab.apply(steps(2, 3..=3));
    assert_eq!(lab.run().unwrap().record.step, 3);
}

#[test]
fn what_the_others_said_before_they_were_ended_does_not_revive_a_dead_run() {
    let late =
        [TrainAction::Paused { run: 1 }, TrainAction::Finished { run: 1 }, TrainAction::Loaded { run: 1, step: 2 }];
    for late in late {
        let mut lab = running();
        play(&mut lab, [steps(1, 1..=2), TrainAction::Pause, TrainAction::WorkerDied]);
        let trouble = lab.trouble();
        assert_eq!(lab.apply(late), []);
        assert_eq!(lab.trouble(), trouble);
        assert_eq!(lab.phase(), &Phase::Stopped(Trouble::Died { step: 2, from: 0 }));
    }
}

#[test]
fn a_worker_that_dies_before_a_snapshot_begins_anew() {
    let mut lab = running();
    play(&mut lab, [steps(1, 1..=2), TrainAction::WorkerDied]);
    let (_, repair) = lab.trouble().unwrap();
    assert_eq!(repair.label, "Restart from step 0");
    lab.apply(repair.action);
    assert_eq!(lab.run().unwrap().record, Record::default());
}

#[test]
fn a_rate_set_on_the_way_outlives_the_worker() {
    let mut lab = running();
    play(&mut lab, [steps(1, 1..=2), TrainAction::Commit(Field::LearningRate, "0.2".into()), TrainAction::WorkerDied]);
    play(&mut lab, [TrainAction::Restart, TrainAction::WorkerReady, TrainAction::WorkerFilled]);
    let effects = lab.apply(TrainAction::Loaded { run: 2, step: 0 });
    assert_eq!(effects, [Effect::SetRate { run: 2, rate: 0.2 }, Effect::TrainOn { run: 2 }]);
}

#[test]
fn a_worker_that_dies_after_the_end_takes_nothing_away() {
    let mut lab = running();
    play(&mut lab, [steps(1, 1..=6), tested(1, 2), TrainAction::Finished { run: 1 }, TrainAction::WorkerDied]);
    assert_eq!((lab.phase(), lab.trouble()), (&Phase::Finished, None));
    assert_eq!(lab.apply(TrainAction::Start), [Effect::OpenWorker(Crew { workers: None, own: false })]);
}

#[test]
fn a_worker_that_never_comes_or_is_of_another_version() {
    let mut lab = small();
    play(&mut lab, [TrainAction::Start, TrainAction::FilesReady]);
    assert_eq!(lab.apply(TrainAction::WorkerDied), [Effect::CloseWorker, Effect::FindWorker(Crew::default())]);
    assert_eq!(lab.phase(), &Phase::Stopped(Trouble::WorkerAbsent));
    assert_eq!(lab.apply(TrainAction::Retry), [Effect::OpenWorker(Crew { workers: None, own: false })]);
    assert_eq!(lab.apply(TrainAction::WorkerGone), [], "an answer about the one before");
    assert_eq!(lab.phase(), &Phase::Preparing);
    assert_eq!(lab.apply(TrainAction::WorkerStale { found: 1, expected: 2 }), [Effect::CloseWorker]);
    let (sentence, repair) = lab.trouble().unwrap();
    assert!(sentence.starts_with("Receptive was updated on this site") && sentence.contains("(1, not 2)"));
    assert_eq!(lab.apply(repair.action), [Effect::Reload]);
}

#[test]
fn a_trainer_that_an_update_took_away_is_told_so() {
    let mut lab = small();
    play(&mut lab, [TrainAction::Start, TrainAction::FilesReady, TrainAction::WorkerDied, TrainAction::WorkerGone]);
    let (sentence, repair) = lab.trouble().unwrap();
    assert!(sentence.starts_with("Receptive was updated on this site while it was open here."), "{sentence}");
    assert_eq!((repair.label.as_str(), lab.apply(repair.action)), ("Load the page again", vec![Effect::Reload]));
}

#[test]
fn divergence_is_explained_and_repaired() {
    let check = |rate: &str, repaired: &str| {
        let mut lab = small();
        lab.apply(TrainAction::Type(Field::LearningRate, rate.into()));
        play(
            &mut lab,
            [TrainAction::Start, TrainAction::FilesReady, TrainAction::WorkerReady, TrainAction::WorkerFilled],
        );
        play(&mut lab, [TrainAction::Loaded { run: 1, step: 0 }, steps(1, 1..=2)]);
        lab.apply(TrainAction::Diverged { run: 1, step: 3, loss: f32::INFINITY });
        let (sentence, repair) = lab.trouble().unwrap();
        assert_eq!(
            sentence,
            format!(
                "Training diverged at step 3: the loss became infinite. At a rate of {rate} each step overshoots by \
                 more than it corrects, so the weights grow without bound."
            )
        );
        assert_eq!(repair.label, format!("Try a rate of {repaired}"));
        assert!(!lab.can_toggle(), "the same again would diverge again");
        lab.apply(repair.action);
        assert_eq!((lab.phase(), lab.settings().text(Field::LearningRate)), (&Phase::Empty, repaired));
    };
    check("0.3", "0.03");
    check("0.07", "0.007");
    check("1000", "0.05");
}

/// Steps of one loss, after those that there are.
fn losses(lab: &mut TrainState, count: u32, loss: f32) {
    let done = lab.run().unwrap().record.step;
    let steps = (done + 1..=done + count).map(|step| StepReport { step, loss, correct: 5, batch: 50 }).collect();
    lab.apply(TrainAction::Stepped { run: 1, steps, examples_per_second: 1.0, workers: 1 });
}

fn test_of(lab: &mut TrainState, test_correct: u32) {
    let test = EpochReport { epoch: 1, step: 3, test_loss: 2.31, test_correct, test_images: 10_000 };
    lab.apply(TrainAction::Tested { run: 1, test });
}

#[test]
fn a_loss_far_above_guessing_is_called_out_once_and_explained_until_the_network_learns() {
    let mut lab = running();
    losses(&mut lab, 30, 40.0);
    let trouble = lab.trouble();
    let (sentence, repair) = trouble.clone().unwrap();
    assert_eq!(
        sentence,
        "The loss rose to 40, far above the 2.303 of guessing evenly among ten digits (ln 10). A rate of 0.05 is \
         probably too large."
    );
    assert_eq!(repair.label, "Try a rate of 0.005");
    assert_eq!(lab.phase(), &Phase::Running);
    for loss in [55.5, 17.0, 2.3, 2.29, 90.0, 2.302] {
        losses(&mut lab, 300, loss);
        assert_eq!(lab.trouble(), trouble, "what is read aloud does not change while the loss is {loss}");
    }
    lab.apply(TrainAction::Finished { run: 1 });
    assert_eq!(lab.trouble(), trouble, "it stays with the run");

    let mut lab = running();
    losses(&mut lab, 30, 40.0);
    losses(&mut lab, 300, 1.0);
    assert_eq!(lab.trouble(), None, "it learns after all");
}

#[test]
fn a_network_that_answers_all_images_alike_after_too_large_steps_has_stopped_learning() {
    // The digits' shares of the test images: what was seen of runs at rates from 0.2 to 10, with SGD and with Adam.
    for correct in [1135, 974, 958, 1010, 980] {
        let mut lab = running();
        losses(&mut lab, 10, 4.0);
        losses(&mut lab, 900, 2.303);
        assert_eq!(lab.trouble(), None, "not known before a test");
        test_of(&mut lab, correct);
        let trouble = lab.trouble();
        let (sentence, repair) = trouble.clone().unwrap();
        assert!(sentence.starts_with("Every image gets the same answer, and the network has stopped learning."));
        assert!(sentence.contains("At a rate of 0.05 "), "{sentence}");
        assert_eq!(repair.label, "Try a rate of 0.005");
        // Another epoch, another digit that all are taken for: nothing new to be read aloud.
        losses(&mut lab, 900, 2.31);
        test_of(&mut lab, 1028);
        assert_eq!(lab.trouble(), trouble);
        lab.apply(TrainAction::Finished { run: 1 });
        assert_eq!(lab.trouble(), trouble, "it stays with the run");
        lab.apply(repair.action);
        assert_eq!((lab.phase(), lab.settings().text(Field::LearningRate)), (&Phase::Empty, "0.005"));
    }
}

#[test]
fn who_has_hardly_begun_or_learns_late_has_not_stopped_learning() {
    let standing = |high: f32, low: f32, correct: u32| {
        let mut lab = running();
        losses(&mut lab, 5, high);
        losses(&mut lab, 900, low);
        test_of(&mut lab, correct);
        lab.trouble()
    };
    assert_eq!(standing(2.31, 2.309, 570), None, "a rate of 0.000001");
    assert_eq!(standing(2.31, 2.309, 1135), None, "the same with weights that begin with one answer for all");
    assert_eq!(standing(4.0, 2.2, 2064), None, "a rough start");
    assert!(standing(1.4, 2.304, 1135).is_some(), "a rate of 0.15 unlearned what was learned at first");

    let mut sigmoids = small();
    let ready = [TrainAction::FilesReady, TrainAction::WorkerReady, TrainAction::WorkerFilled];
    play(&mut sigmoids, [TrainAction::ChooseModel(Model::LeNetSigmoid), TrainAction::Start]);
    play(&mut sigmoids, ready.into_iter().chain([TrainAction::Loaded { run: 1, step: 0 }]));
    losses(&mut sigmoids, 5, 3.6);
    losses(&mut sigmoids, 900, 2.305);
    test_of(&mut sigmoids, 1135);
    assert_eq!(sigmoids.trouble(), None, "they leave chance after some epochs");
}

#[test]
fn a_run_that_leaves_chance_is_not_talked_of_any_more() {
    let mut lab = running();
    losses(&mut lab, 10, 4.0);
    test_of(&mut lab, 1135);
    assert!(lab.trouble().is_some());
    test_of(&mut lab, 3000);
    assert_eq!(lab.trouble(), None);
}

#[test]
fn the_papers_count_and_this_ones_differ_by_what_is_said() {
    let said = |number: u32| PAPER_COUNT.contains(&format::count(u64::from(number)));
    let (paper, c3, here, subsampling, output) = (60_000, 1516, 16 * (6 * 25 + 1), 12 + 32, 84 * 10 + 10);
    assert!([paper, c3, here, subsampling, output].into_iter().all(said), "{PAPER_COUNT}");
    assert_eq!(u64::from(paper + here - c3 - subsampling + output), LENET_PARAMETERS);
    // C3's maps see 3, 4 or all 6 of the maps before.
    assert_eq!(6 * (3 * 25 + 1) + 9 * (4 * 25 + 1) + 6 * 25 + 1, c3);
}

#[test]
fn a_link_opened_over_a_run_resets_it_only_if_it_differs() {
    let mut lab = running();
    assert_eq!(lab.apply(TrainAction::Open(lab.settings().clone())), []);
    assert_eq!(lab.phase(), &Phase::Running);
    assert_eq!(lab.apply(TrainAction::Open(Settings::default())), [Effect::Halt { run: 1 }]);
    assert_eq!(lab.phase(), &Phase::Empty);
}

#[test]
fn a_wrong_setting_keeps_a_run_from_starting() {
    let mut lab = small();
    lab.apply(TrainAction::Type(Field::Epochs, "0".into()));
    assert!(!lab.can_toggle() && !lab.can_step());
    assert_eq!(play(&mut lab, [TrainAction::Start, TrainAction::Toggle, TrainAction::StepOnce]), []);
    let (_, repair) = lab.setting_repair(Field::Epochs).unwrap();
    assert_eq!(repair.label, "Use 1");
    lab.apply(repair.action);
    assert!(lab.can_toggle());
}

#[test]
fn time_left_counts_training_and_tests() {
    let mut lab = running();
    lab.apply(TrainAction::Stepped { run: 1, steps: Vec::new(), examples_per_second: 100.0, workers: 1 });
    // 300 images to train, 20,000 to test at 0.35 of the cost: 73 s.
    assert_eq!(lab.run().unwrap().time_left().as_deref(), Some("1 min 10 s"));
    assert_eq!(lab.run().unwrap().throughput().as_deref(), Some("100"));
}

#[test]
fn lenet_has_61_706_parameters() {
    let network = Zoo::LeNet.architecture();
    let (counted, _) = counts(&network.layers, network.input);
    assert_eq!(counted.iter().map(|row| row.count.parameters).sum::<u64>(), LENET_PARAMETERS);
    // What layers of one's own begin with is the same.
    assert_eq!(read_layers(FIRST_LAYERS), Ok(network.layers));
}

#[test]
fn another_number_of_workers_takes_new_ones() {
    let mut lab = TrainState::default();
    play(&mut lab, [TrainAction::ChooseWorkers(Some(2))]);
    assert_eq!(
        lab.apply(TrainAction::Start),
        [Effect::Fetch, Effect::OpenWorker(Crew { workers: Some(2), own: false })]
    );
    play(&mut lab, [TrainAction::FilesReady, TrainAction::WorkerReady, TrainAction::WorkerFilled, TrainAction::Reset]);
    // The same number keeps those that are there.
    assert!(matches!(*lab.apply(TrainAction::Start), [Effect::Begin { .. }]));
    play(&mut lab, [TrainAction::Reset, TrainAction::ChooseWorkers(None)]);
    assert_eq!(
        lab.apply(TrainAction::Start),
        [Effect::CloseWorker, Effect::OpenWorker(Crew { workers: None, own: false })]
    );
    // After a death the run goes on with one alone, the next one with as many as before.
    play(&mut lab, [TrainAction::WorkerReady, TrainAction::WorkerFilled, TrainAction::WorkerDied]);
    assert_eq!(lab.apply(TrainAction::Restart), [Effect::OpenWorker(Crew { workers: Some(1), own: false })]);
    play(&mut lab, [TrainAction::WorkerReady, TrainAction::WorkerFilled, TrainAction::Reset]);
    assert_eq!(
        lab.apply(TrainAction::Start),
        [Effect::CloseWorker, Effect::OpenWorker(Crew { workers: None, own: false })]
    );
    play(
        &mut lab,
        [TrainAction::WorkerReady, TrainAction::WorkerFilled, TrainAction::WorkerDied, TrainAction::Restart],
    );
    let run = lab.run().unwrap().id;
    play(&mut lab, [TrainAction::WorkerReady, TrainAction::WorkerFilled, TrainAction::Finished { run }]);
    assert_eq!(
        lab.apply(TrainAction::Start),
        [Effect::CloseWorker, Effect::OpenWorker(Crew { workers: None, own: false })]
    );
}

/// Looks at layers as the page does.
fn judged(lab: &mut TrainState, action: TrainAction) {
    for effect in lab.apply(action) {
        let Effect::Judge { layers } = effect else { panic!("{effect:?}") };
        let verdict = Ok(judge(&layers));
        assert_eq!(lab.apply(TrainAction::Judged { layers, verdict }), []);
    }
}

#[test]
fn layers_of_ones_own_go_to_workers_of_their_own() {
    let mut lab = TrainState::default();
    judged(&mut lab, TrainAction::ChooseModel(Model::Own));
    judged(&mut lab, TrainAction::TypeLayers("c4k9s40;l10".to_owned()));
    assert_eq!(lab.apply(TrainAction::Start), [Effect::Fetch, Effect::OpenWorker(Crew { workers: None, own: true })]);
    // The recipes are LeNet's.
    assert_eq!(lab.settings().recipe(), None);
    play(&mut lab, [TrainAction::Reset, TrainAction::ChooseModel(Model::LeNet)]);
    let other = Effect::OpenWorker(Crew::default());
    assert_eq!(lab.apply(TrainAction::Start), [Effect::CloseWorker, other]);

    play(&mut lab, [TrainAction::Reset]);
    judged(&mut lab, TrainAction::ChooseModel(Model::Own));
    judged(&mut lab, TrainAction::TypeLayers("l9".to_owned()));
    assert_eq!((lab.apply(TrainAction::Start), lab.parameters()), (Vec::new(), None), "nine values for ten digits");
    let (sentence, repair) = lab.layers_repair().unwrap();
    assert!(sentence.starts_with("The last layer makes 9;"), "{sentence}");
    assert_eq!(repair.label, "Use l9;l10");
    judged(&mut lab, repair.action);
    assert_eq!((lab.settings().layers(), lab.layers_repair(), lab.parameters()), ("l9;l10", None, Some(7_165)));
    assert_eq!(
        lab.layers_note(),
        "7,165 parameters, 7,146 multiply-adds an image. An epoch of 60,000 images takes about 1 s."
    );
}

#[test]
fn layers_are_trained_once_they_were_looked_at() {
    let mut lab = TrainState::default();
    let asked = lab.apply(TrainAction::ChooseModel(Model::Own));
    assert_eq!(asked, [Effect::Judge { layers: FIRST_LAYERS.to_owned() }]);
    assert_eq!((lab.apply(TrainAction::Start), lab.layers_repair()), (Vec::new(), None), "that is not known yet");
    // What looks at them does not come.
    let failed = |layers: &str| TrainAction::Judged { layers: layers.to_owned(), verdict: Err("Not here.".to_owned()) };
    play(&mut lab, [failed("other layers")]);
    assert_eq!(lab.layers_repair(), None);
    play(&mut lab, [failed(FIRST_LAYERS)]);
    let (sentence, again) = lab.layers_repair().unwrap();
    assert_eq!((&*sentence, &*again.label), ("Not here.", "Try again"));
    judged(&mut lab, again.action);
    assert_eq!((lab.layers_repair(), lab.parameters()), (None, Some(61_706)));
    // A page that is opened with layers looks at them.
    let mut settings = Settings::default();
    settings.set_model(Model::Own);
    settings.set_layers("l10");
    let mut opened = TrainState::new(settings);
    assert_eq!(opened.apply(TrainAction::LookAtLayers), [Effect::Judge { layers: "l10".to_owned() }]);
    assert_eq!(opened.apply(TrainAction::LookAtLayers), [], "it is under way");
}
