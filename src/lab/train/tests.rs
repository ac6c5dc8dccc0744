use super::*;

/// Applies actions, and collects what is to be done.
fn play(lab: &mut TrainLab, actions: impl IntoIterator<Item = Action>) -> Vec<Effect> {
    actions.into_iter().flat_map(|action| lab.apply(action)).collect()
}

/// Two epochs of three steps.
fn small() -> TrainLab {
    let mut settings = Settings::default();
    for (field, text) in [(Field::TrainImages, "150"), (Field::Epochs, "2"), (Field::Batch, "50")] {
        settings.set(field, text);
    }
    TrainLab::new(settings)
}

fn running() -> TrainLab {
    let mut lab = small();
    let ready = [Action::Start, Action::FilesReady, Action::WorkerReady, Action::WorkerFilled];
    play(&mut lab, ready.into_iter().chain([Action::Loaded { run: 1, step: 0 }]));
    assert_eq!(lab.phase(), &Phase::Running);
    lab
}

fn headline(lab: &TrainLab) -> String {
    let parts = lab.headline().unwrap_or_default();
    parts.into_iter().map(|part| if part.number { format!("*{}*", part.text) } else { part.text }).collect()
}

fn steps(run: u32, range: std::ops::RangeInclusive<u32>) -> Action {
    let steps = range.map(|step| StepReport { step, loss: 2.0 / step as f32, correct: 40, batch: 50 }).collect();
    Action::Stepped { run, steps, examples_per_second: 12_345.6, workers: 2 }
}

fn tested(run: u32, epoch: u32) -> Action {
    Action::Tested {
        run,
        test: EpochReport { epoch, step: epoch * 3, test_loss: 0.07, test_correct: 9862, test_images: 10_000 },
    }
}

#[test]
fn a_run_from_start_to_end() {
    let mut lab = small();
    assert_eq!((lab.main_button(), lab.status().as_str()), (MainButton::Start, "not started"));
    assert_eq!(lab.apply(Action::Start), [Effect::Fetch, Effect::OpenWorker { workers: None }]);
    assert_eq!(lab.status(), "downloading, 0.0 of 11.4 MB");
    lab.apply(Action::Received(3_249_000));
    assert_eq!((lab.status().as_str(), lab.download()), ("downloading, 3.2 of 11.4 MB", Some((3_249_000, 11_369_320))));
    assert_eq!(play(&mut lab, [Action::Checking, Action::WorkerReady]), []);
    assert_eq!(lab.status(), "unpacking and checking the images");
    assert_eq!(lab.apply(Action::FilesReady), [Effect::FillWorker]);
    let spec = lab.settings().spec().unwrap();
    assert_eq!(lab.apply(Action::WorkerFilled), [Effect::Begin { run: 1, spec, snapshot: false }]);
    assert_eq!(lab.status(), "starting the trainer");
    assert_eq!(lab.apply(Action::Loaded { run: 1, step: 0 }), [Effect::TrainOn { run: 1 }]);
    assert_eq!((lab.status().as_str(), lab.progress()), ("epoch 1 of 2, step 0 of 3", (0, 20_300)));

    lab.apply(steps(1, 1..=3));
    assert_eq!(headline(&lab), "Training accuracy *80.0* %, loss *1.205*");
    assert_eq!(lab.caption().as_deref(), Some("over the last 50 batches; the first test comes after epoch 1"));
    assert_eq!(lab.status(), "epoch 1 of 2, step 3 of 3, loss 1.205, 12,300 examples/s on 2 workers");
    let tried = Action::Stepped { run: 1, steps: Vec::new(), examples_per_second: 12_345.6, workers: 0 };
    lab.apply(tried);
    assert_eq!(lab.status(), "epoch 1 of 2, step 3 of 3, loss 1.205, 12,300 examples/s", "not settled yet");
    lab.apply(Action::Testing { run: 1, done: 4000, of: 10_000 });
    assert_eq!(lab.progress(), (4150, 20_300));
    assert_eq!(lab.status(), "epoch 1 of 2, step 3 of 3, loss 1.205, testing 4,000 of 10,000", "on one line");
    assert!(lab.announcement().is_none());
    play(&mut lab, [tested(1, 1), steps(1, 4..=6), tested(1, 2)]);
    assert_eq!(lab.progress(), (20_300, 20_300), "the bar is full after the last test");
    assert_eq!(lab.apply(Action::Finished { run: 1 }), []);
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
    assert_eq!(lab.apply(Action::Toggle), [], "a clicker does not throw a result away");
    assert_eq!(lab.apply(Action::Start), [Effect::Begin { run: 2, spec, snapshot: false }], "files are kept");
}

#[test]
fn pause_resume_and_steps() {
    let mut lab = running();
    assert_eq!(lab.main_button(), MainButton::Pause);
    assert_eq!(lab.apply(Action::StepOnce), [], "not while it runs");
    assert_eq!(lab.apply(Action::Toggle), [Effect::Halt { run: 1 }]);
    assert_eq!(lab.main_button(), MainButton::Resume, "at once, before the trainer answers");
    lab.apply(Action::Paused { run: 1 });
    assert_eq!(lab.phase(), &Phase::Paused);
    assert_eq!(lab.apply(Action::StepOnce), [Effect::TrainStep { run: 1 }]);
    assert_eq!(play(&mut lab, [Action::StepOnce, Action::StepOnce]), [], "two more wait");
    assert_eq!(lab.apply(Action::Paused { run: 1 }), [Effect::TrainStep { run: 1 }]);
    assert_eq!(lab.apply(Action::Paused { run: 1 }), [Effect::TrainStep { run: 1 }]);
    assert_eq!(lab.apply(Action::Paused { run: 1 }), []);
    assert_eq!(lab.phase(), &Phase::Paused);
    assert_eq!(lab.apply(Action::Resume), [Effect::TrainOn { run: 1 }]);
    assert_eq!(lab.apply(Action::Paused { run: 1 }), [], "an answer to the pause before");
    assert_eq!(lab.phase(), &Phase::Running);
}

#[test]
fn a_pause_and_at_once_a_step() {
    let mut lab = running();
    assert_eq!(play(&mut lab, [Action::Pause, Action::StepOnce]), [Effect::Halt { run: 1 }]);
    assert_eq!(lab.apply(Action::Paused { run: 1 }), [Effect::TrainStep { run: 1 }]);
    lab.apply(Action::Paused { run: 1 });
    assert_eq!(lab.phase(), &Phase::Paused);
}

#[test]
fn one_batch_first() {
    let mut lab = small();
    play(&mut lab, [Action::StepOnce, Action::FilesReady, Action::WorkerReady, Action::WorkerFilled]);
    assert_eq!(lab.apply(Action::Loaded { run: 1, step: 0 }), [Effect::TrainStep { run: 1 }]);
    play(&mut lab, [steps(1, 1..=1), Action::Paused { run: 1 }]);
    assert_eq!(lab.status(), "epoch 1 of 2, step 1 of 3, loss 2.000, paused");
}

#[test]
fn a_pause_during_the_download_holds_the_run_before_its_first_step() {
    let mut lab = small();
    play(&mut lab, [Action::Start, Action::Pause, Action::FilesReady, Action::WorkerReady, Action::WorkerFilled]);
    assert_eq!(lab.apply(Action::Loaded { run: 1, step: 0 }), []);
    assert_eq!((lab.phase(), lab.main_button()), (&Phase::Paused, MainButton::Resume));
}

#[test]
fn reset_drops_what_the_old_run_still_says() {
    let mut lab = running();
    assert_eq!(lab.apply(Action::Reset), [Effect::Halt { run: 1 }]);
    assert_eq!(play(&mut lab, [steps(1, 1..=3), tested(1, 1), Action::Finished { run: 1 }]), []);
    assert_eq!((lab.phase(), lab.run()), (&Phase::Empty, None));
    let spec = lab.settings().spec().unwrap();
    assert_eq!(lab.apply(Action::Start), [Effect::Begin { run: 2, spec, snapshot: false }]);
}

#[test]
fn settings_are_locked_while_a_run_exists_except_for_the_rate() {
    let mut lab = running();
    let before = lab.settings().clone();
    play(&mut lab, [Action::Type(Field::Batch, "1".into()), Action::Choose(OptimizerKind::Adam)]);
    play(&mut lab, [Action::ChooseRecipe(&RECIPES[3]), Action::ChooseModel(ModelKind::LeNetSigmoid)]);
    play(&mut lab, [Action::ChooseAugment(Augment::Shift), Action::ChooseSchedule(Schedule::Cosine)]);
    assert_eq!(lab.settings(), &before);
    lab.apply(steps(1, 1..=2));
    assert_eq!(lab.apply(Action::Type(Field::LearningRate, "0.0".into())), [], "not while it is typed");
    assert_eq!(lab.apply(Action::Commit(Field::LearningRate, "0".into())), [], "not while it is wrong");
    let changed = lab.apply(Action::Commit(Field::LearningRate, "0.01".into()));
    assert_eq!(changed, [Effect::SetRate { run: 1, rate: 0.01 }]);
    assert_eq!(lab.apply(Action::Commit(Field::LearningRate, "1e-2".into())), [], "the same rate");
    assert_eq!(lab.run().unwrap().record.rates.len(), 1);
    play(&mut lab, [Action::Reset, Action::Type(Field::Batch, "10".into())]);
    assert_eq!(lab.settings().text(Field::Batch), "10");
}

#[test]
fn a_recipe_is_chosen_and_left_by_any_change() {
    let mut lab = small();
    play(&mut lab, [Action::Type(Field::Seed, "5".into()), Action::ChooseRecipe(&RECIPES[3])]);
    assert_eq!(lab.settings().spec(), Some(RunSpec { seed: 5, ..RECIPES[3].spec }));
    assert_eq!(lab.settings().recipe(), Some(&RECIPES[3]));
    lab.apply(Action::ChooseAugment(Augment::Elastic));
    assert_eq!(lab.settings().recipe(), None);
    lab.apply(Action::ChooseAugment(Augment::None));
    assert_eq!(lab.settings().recipe(), Some(&RECIPES[3]));
}

#[test]
fn a_failed_download_is_tried_again() {
    let mut lab = small();
    play(&mut lab, [Action::Start, Action::WorkerReady]);
    lab.apply(Action::FilesFailed(DownloadError::Status { name: FILES[0].name, status: 404 }));
    let (sentence, repair) = lab.trouble().unwrap();
    assert_eq!(sentence, "The images could not be loaded. The server answered 404 for train-images-idx3-ubyte.gz.");
    assert_eq!(repair, Repair { label: "Try again".into(), action: Action::Retry });
    assert_eq!(lab.apply(repair.action), [Effect::Fetch]);
    assert_eq!(lab.apply(Action::FilesReady), [Effect::FillWorker]);
}

#[test]
fn a_dead_worker_is_replaced_from_the_last_snapshot() {
    let mut lab = running();
    play(&mut lab, [steps(1, 1..=2)]);
    assert_eq!(lab.apply(Action::Snapshot { run: 1, step: 2 }), [Effect::KeepSnapshot { run: 1, step: 2 }]);
    let kept = lab.run().unwrap().record.clone();
    lab.apply(steps(1, 3..=5));
    assert_eq!(lab.apply(Action::WorkerDied), [Effect::CloseWorker]);
    let (sentence, repair) = lab.trouble().unwrap();
    assert_eq!(sentence, "The trainer stopped unexpectedly after step 5. The last snapshot was taken at step 2.");
    assert_eq!(repair.label, "Restart from step 2");
    assert_eq!(lab.apply(repair.action), [Effect::OpenWorker { workers: Some(1) }]);
    assert_eq!(lab.run().unwrap().record, kept, "what came after the snapshot is trained again");
    assert_eq!(lab.apply(Action::WorkerReady), [Effect::FillWorker]);
    let spec = lab.settings().spec().unwrap();
    assert_eq!(lab.apply(Action::WorkerFilled), [Effect::Begin { run: 2, spec, snapshot: true }]);
    assert_eq!(lab.apply(Action::Loaded { run: 2, step: 2 }), [Effect::TrainOn { run: 2 }]);
    lab.apply(steps(2, 3..=3));
    assert_eq!(lab.run().unwrap().record.step, 3);
}

#[test]
fn what_the_others_said_before_they_were_ended_does_not_revive_a_dead_run() {
    let late = [Action::Paused { run: 1 }, Action::Finished { run: 1 }, Action::Loaded { run: 1, step: 2 }];
    for late in late {
        let mut lab = running();
        play(&mut lab, [steps(1, 1..=2), Action::Pause, Action::WorkerDied]);
        let trouble = lab.trouble();
        assert_eq!(lab.apply(late), []);
        assert_eq!(lab.trouble(), trouble);
        assert_eq!(lab.phase(), &Phase::Stopped(Trouble::Died { step: 2, from: 0 }));
    }
}

#[test]
fn a_worker_that_dies_before_a_snapshot_begins_anew() {
    let mut lab = running();
    play(&mut lab, [steps(1, 1..=2), Action::WorkerDied]);
    let (_, repair) = lab.trouble().unwrap();
    assert_eq!(repair.label, "Restart from step 0");
    lab.apply(repair.action);
    assert_eq!(lab.run().unwrap().record, Record::default());
}

#[test]
fn a_rate_set_on_the_way_outlives_the_worker() {
    let mut lab = running();
    play(&mut lab, [steps(1, 1..=2), Action::Commit(Field::LearningRate, "0.2".into()), Action::WorkerDied]);
    play(&mut lab, [Action::Restart, Action::WorkerReady, Action::WorkerFilled]);
    let effects = lab.apply(Action::Loaded { run: 2, step: 0 });
    assert_eq!(effects, [Effect::SetRate { run: 2, rate: 0.2 }, Effect::TrainOn { run: 2 }]);
}

#[test]
fn a_worker_that_dies_after_the_end_takes_nothing_away() {
    let mut lab = running();
    play(&mut lab, [steps(1, 1..=6), tested(1, 2), Action::Finished { run: 1 }, Action::WorkerDied]);
    assert_eq!((lab.phase(), lab.trouble()), (&Phase::Finished, None));
    assert_eq!(lab.apply(Action::Start), [Effect::OpenWorker { workers: None }]);
}

#[test]
fn a_worker_that_never_comes_or_is_of_another_version() {
    let mut lab = small();
    play(&mut lab, [Action::Start, Action::FilesReady]);
    assert_eq!(lab.apply(Action::WorkerDied), [Effect::CloseWorker]);
    assert_eq!(lab.phase(), &Phase::Stopped(Trouble::WorkerAbsent));
    assert_eq!(lab.apply(Action::Retry), [Effect::OpenWorker { workers: None }]);
    assert_eq!(lab.apply(Action::WorkerStale { found: 1, expected: 2 }), [Effect::CloseWorker]);
    let (sentence, repair) = lab.trouble().unwrap();
    assert!(sentence.contains("(1, not 2)"));
    assert_eq!(lab.apply(repair.action), [Effect::Reload]);
}

#[test]
fn divergence_is_explained_and_repaired() {
    let check = |rate: &str, repaired: &str| {
        let mut lab = small();
        lab.apply(Action::Type(Field::LearningRate, rate.into()));
        play(&mut lab, [Action::Start, Action::FilesReady, Action::WorkerReady, Action::WorkerFilled]);
        play(&mut lab, [Action::Loaded { run: 1, step: 0 }, steps(1, 1..=2)]);
        lab.apply(Action::Diverged { run: 1, step: 3, loss: f32::INFINITY });
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

#[test]
fn a_loss_far_above_guessing_is_called_out_while_the_run_goes_on() {
    let mut lab = running();
    let steps = (1..=30).map(|step| StepReport { step, loss: 40.0, correct: 5, batch: 50 }).collect();
    lab.apply(Action::Stepped { run: 1, steps, examples_per_second: 1.0, workers: 1 });
    let (sentence, _) = lab.trouble().unwrap();
    assert!(sentence.starts_with("The loss is 40, far above the 2.303"), "{sentence}");
    assert_eq!(lab.phase(), &Phase::Running);
}

#[test]
fn a_link_opened_over_a_run_resets_it_only_if_it_differs() {
    let mut lab = running();
    assert_eq!(lab.apply(Action::Open(lab.settings().clone())), []);
    assert_eq!(lab.phase(), &Phase::Running);
    assert_eq!(lab.apply(Action::Open(Settings::default())), [Effect::Halt { run: 1 }]);
    assert_eq!(lab.phase(), &Phase::Empty);
}

#[test]
fn a_wrong_setting_keeps_a_run_from_starting() {
    let mut lab = small();
    lab.apply(Action::Type(Field::Epochs, "0".into()));
    assert!(!lab.can_toggle() && !lab.can_step());
    assert_eq!(play(&mut lab, [Action::Start, Action::Toggle, Action::StepOnce]), []);
    let (_, repair) = lab.setting_repair(Field::Epochs).unwrap();
    assert_eq!(repair.label, "Use 1");
    lab.apply(repair.action);
    assert!(lab.can_toggle());
}

#[test]
fn time_left_counts_training_and_tests() {
    let mut lab = running();
    lab.apply(Action::Stepped { run: 1, steps: Vec::new(), examples_per_second: 100.0, workers: 1 });
    // 300 images to train, 20,000 to test at 0.35 of the cost: 73 s.
    assert_eq!(lab.run().unwrap().time_left().as_deref(), Some("1 min 10 s"));
    assert_eq!(lab.run().unwrap().throughput().as_deref(), Some("100"));
}

#[test]
fn lenet_has_61_706_parameters() {
    assert_eq!(parameter_count(), 61_706);
}

#[test]
fn another_number_of_workers_takes_new_ones() {
    let mut lab = TrainLab::default();
    play(&mut lab, [Action::ChooseWorkers(Some(2))]);
    assert_eq!(lab.apply(Action::Start), [Effect::Fetch, Effect::OpenWorker { workers: Some(2) }]);
    play(&mut lab, [Action::FilesReady, Action::WorkerReady, Action::WorkerFilled, Action::Reset]);
    // The same number keeps those that are there.
    assert!(matches!(*lab.apply(Action::Start), [Effect::Begin { .. }]));
    play(&mut lab, [Action::Reset, Action::ChooseWorkers(None)]);
    assert_eq!(lab.apply(Action::Start), [Effect::CloseWorker, Effect::OpenWorker { workers: None }]);
    // After a death the run goes on with one alone, the next one with as many as before.
    play(&mut lab, [Action::WorkerReady, Action::WorkerFilled, Action::WorkerDied]);
    assert_eq!(lab.apply(Action::Restart), [Effect::OpenWorker { workers: Some(1) }]);
    play(&mut lab, [Action::WorkerReady, Action::WorkerFilled, Action::Reset]);
    assert_eq!(lab.apply(Action::Start), [Effect::CloseWorker, Effect::OpenWorker { workers: None }]);
    play(&mut lab, [Action::WorkerReady, Action::WorkerFilled, Action::WorkerDied, Action::Restart]);
    let run = lab.run().unwrap().id;
    play(&mut lab, [Action::WorkerReady, Action::WorkerFilled, Action::Finished { run }]);
    assert_eq!(lab.apply(Action::Start), [Effect::CloseWorker, Effect::OpenWorker { workers: None }]);
}
