use super::*;

fn report(step: u32, loss: f32) -> StepReport {
    StepReport { step, loss, correct: 6, batch: 64 }
}

fn settings(depths: &[u32], skips: &[Skip]) -> Settings {
    let depths = Depths::new(depths).unwrap();
    Settings { depths, images: 640, epochs: 1, skips: skips.to_vec(), ..Settings::default() }
}

/// A page whose files are there, and whose two workers have them: what it asked for in doing so is checked elsewhere.
fn ready(settings: Settings) -> (DepthState, Vec<Effect>) {
    let mut lab = DepthState::new(settings, 2);
    lab.apply(DepthAction::Start);
    lab.apply(DepthAction::FilesReady);
    let mut effects = Vec::new();
    for worker in 0..2 {
        lab.apply(DepthAction::WorkerReady(worker));
        effects.extend(lab.apply(DepthAction::WorkerFilled(worker)));
    }
    (lab, effects)
}

/// Worker and run of what begins.
fn begun(effects: &[Effect]) -> Vec<(usize, u32)> {
    let begin = |effect: &Effect| match effect {
        Effect::Begin { worker, run, .. } => Some((*worker, *run)),
        _ => None,
    };
    effects.iter().filter_map(begin).collect()
}

/// Steps of a run, all with this loss, and its end.
fn finish(lab: &mut DepthState, run: u32, loss: f32) -> Vec<Effect> {
    for step in 1..=10 {
        let net = lab.nets.iter().find(|net| net.run == run).unwrap();
        let norms = (0..net.plan.depth + 2).map(|layer| 0.1 * (layer + 1) as f32).collect();
        lab.apply(DepthAction::Stepped { run, steps: vec![report(step, loss)], norms, examples_per_second: 1000.0 });
    }
    lab.apply(DepthAction::Finished { run })
}

#[test]
fn two_workers_take_the_nets_in_the_order_of_their_cost() {
    let mut lab = DepthState::new(settings(&[8, 18], &Skip::ALL), 2);
    assert_eq!(lab.status(), "not started");
    let asked = lab.apply(DepthAction::Start);
    assert_eq!(asked, [Effect::Fetch(DatasetKind::Fashion), Effect::OpenWorker(0), Effect::OpenWorker(1)]);
    lab.apply(DepthAction::Received(4_000_000));
    assert_eq!(lab.status(), "0 of 4 nets done, downloading Fashion-MNIST, 4.0 of 8.7 MB");
    assert!(lab.apply(DepthAction::WorkerReady(1)).is_empty(), "its images are on their way");
    lab.apply(DepthAction::Checking);
    assert_eq!(lab.apply(DepthAction::FilesReady), [Effect::FillWorker(1)]);
    assert_eq!(lab.apply(DepthAction::WorkerReady(0)), [Effect::FillWorker(0)]);
    assert_eq!(begun(&lab.apply(DepthAction::WorkerFilled(1))), [(1, 1)]);
    assert_eq!(begun(&lab.apply(DepthAction::WorkerFilled(0))), [(0, 2)]);
    assert_eq!(lab.apply(DepthAction::Loaded { run: 2 }), [Effect::TrainOn { worker: 0, run: 2 }]);
    // Whoever is done takes the next.
    assert_eq!(begun(&finish(&mut lab, 2, 0.5)), [(0, 3)]);
    assert_eq!(lab.nets[2].plan.depth, 18);
    assert_eq!(lab.status(), "1 of 4 nets done, plain 8 at step 0 of 10, plain 18 at step 0 of 10, about 5 s left");
    assert_eq!(begun(&finish(&mut lab, 3, 0.9)), [(0, 4)]);
    assert!(finish(&mut lab, 1, 0.6).is_empty(), "nothing waits any more");
    let over = finish(&mut lab, 4, 0.5);
    assert_eq!((over, lab.phase()), (vec![Effect::CloseWorker(0), Effect::CloseWorker(1)], &Phase::Done));
    assert_eq!((lab.progress(), lab.status().as_str()), (1.0, "4 of 4 nets done"));
}

fn finding(skips: &[Skip], losses: &[f32]) -> String {
    let (mut lab, _) = ready(settings(&[8, 30], skips));
    for (run, loss) in (1..).zip(losses) {
        finish(&mut lab, run, *loss);
    }
    lab.finding().into_string().replace("<b>", "").replace("</b>", "")
}

#[test]
fn the_finding_is_what_was_measured_and_nothing_before() {
    assert_eq!(finding(&Skip::ALL, &[]), "");
    assert_eq!(finding(&Skip::ALL, &[0.59, 0.53]), "", "there is nothing to compare");
    assert_eq!(
        finding(&Skip::ALL, &[0.59, 0.53, 0.91, 0.53]),
        "Plain, 30 layers learn worse than 8: 0.91 against 0.59. Residual, depth does no harm: 0.53 and 0.53."
    );
    assert_eq!(finding(&Skip::ALL, &[0.59, 0.53, 0.91]), "Plain, 30 layers learn worse than 8: 0.91 against 0.59.");
    assert_eq!(finding(&[Skip::Plain], &[0.60, 0.63]), "Plain, 30 layers learn about as much as 8: 0.63 and 0.60.");
    assert_eq!(
        finding(&[Skip::Residual], &[0.60, 0.50]),
        "Residual, 30 layers learn better than 8: 0.50 against 0.60."
    );
    assert_eq!(
        finding(&[Skip::Plain], &[0.82, 2.302]),
        "Plain, 30 layers learn nothing, 8 do: 2.30 is what guessing gives, and 0.82."
    );
}

#[test]
fn of_one_depth_the_two_kinds_are_compared() {
    let (mut lab, _) = ready(settings(&[18], &Skip::ALL));
    finish(&mut lab, 1, 0.70);
    finish(&mut lab, 2, 0.51);
    let expect = "Of 18 layers, the residual net learns more than the plain one: <b>0.51</b> against <b>0.70</b>.";
    assert_eq!(lab.finding().as_str(), expect);
}

#[test]
fn pause_holds_both_workers_and_what_comes_in_the_meantime() {
    let (mut lab, _) = ready(settings(&[8, 18], &[Skip::Plain]));
    lab.apply(DepthAction::Loaded { run: 1 });
    let halts = [Effect::Halt { worker: 0, run: 1 }, Effect::Halt { worker: 1, run: 2 }];
    assert_eq!(lab.apply(DepthAction::Pause), halts);
    assert_eq!((lab.phase(), lab.expects_trainer()), (&Phase::Paused, false));
    // The second had not begun yet: it waits.
    assert!(lab.apply(DepthAction::Loaded { run: 2 }).is_empty());
    lab.apply(DepthAction::Stepped {
        run: 1,
        steps: vec![report(1, 2.3)],
        norms: vec![0.1; 10],
        examples_per_second: 9.0,
    });
    assert!(lab.status().contains("plain 8 at step 1 of 10") && lab.status().ends_with("paused"), "{}", lab.status());
    let goes_on = [Effect::TrainOn { worker: 0, run: 1 }, Effect::TrainOn { worker: 1, run: 2 }];
    assert_eq!(lab.apply(DepthAction::Toggle), goes_on);
}

#[test]
fn stop_keeps_what_is_there_and_a_new_start_keeps_its_curves_till_the_new_ones_stand() {
    let (mut lab, _) = ready(settings(&[8, 18], &[Skip::Plain]));
    finish(&mut lab, 1, 0.6);
    assert_eq!(lab.apply(DepthAction::Stop), [Effect::CloseWorker(0), Effect::CloseWorker(1)]);
    assert_eq!(
        (lab.phase(), lab.nets[0].state, lab.nets[1].state),
        (&Phase::Stopped, NetState::Done, NetState::Stopped)
    );
    // What is still on its way finds nobody.
    assert!(finish(&mut lab, 2, 0.1).is_empty() && lab.nets[1].record.step() == 0);
    lab.apply(DepthAction::BatchNorm(false));
    assert!(lab.is_outdated() && lab.finding().as_str().is_empty());
    let olds = |lab: &DepthState| lab.chart(Skip::Plain, LOOK).lines.iter().filter(|line| line.is_old).count();
    assert_eq!(olds(&lab), 1);
    lab.apply(DepthAction::Start);
    assert_eq!((lab.is_outdated(), lab.old().len(), olds(&lab)), (false, 1, 1));
    for worker in 0..2 {
        lab.apply(DepthAction::WorkerReady(worker));
        lab.apply(DepthAction::WorkerFilled(worker));
    }
    finish(&mut lab, 3, 0.6);
    finish(&mut lab, 4, 0.6);
    assert_eq!((lab.phase(), lab.old().len()), (&Phase::Done, 0));
}

fn strips(lab: &DepthState) -> String {
    let shown = markup::Shown { lab, workers: 2, width: 590.0, lecture: false };
    let part = markup::PARTS.iter().find(|part| part.id == "depth-strips-0").unwrap();
    (part.of)(&shown).into_string()
}

const LOOK: crate::plot::Look = crate::plot::Look { width: 590.0, height: 176.0, font: 12.0 };

#[test]
fn a_net_that_diverges_ends_with_a_cross_and_the_others_go_on() {
    let (mut lab, _) = ready(settings(&[8, 18, 30], &[Skip::Plain]));
    lab.apply(DepthAction::Stepped { run: 2, steps: vec![report(1, 2.3)], norms: vec![], examples_per_second: 9.0 });
    assert_eq!(begun(&lab.apply(DepthAction::Diverged { run: 2, step: 2 })), [(1, 3)]);
    let crosses: Vec<bool> = lab.chart(Skip::Plain, LOOK).lines.iter().map(|line| line.breaks).collect();
    assert_eq!(crosses, [true]);
    assert!(strips(&lab).contains("18 layers</b> not a number at step 2"));
    finish(&mut lab, 1, 0.6);
    finish(&mut lab, 3, 0.7);
    assert_eq!(lab.phase(), &Phase::Done);
    assert_eq!(lab.trouble(), None);
    let (mut lab, _) = ready(settings(&[8, 18], &[Skip::Plain]));
    finish(&mut lab, 1, 0.6);
    lab.apply(DepthAction::Diverged { run: 2, step: 7 });
    assert_eq!(lab.finding().as_str(), "Plain, 18 layers diverged at step 7.");
}

#[test]
fn a_worker_that_dies_loses_its_net_and_another_takes_its_place() {
    let (mut lab, _) = ready(settings(&[8, 18, 30], &[Skip::Plain]));
    let effects = lab.apply(DepthAction::WorkerDied(0));
    assert_eq!(effects, [Effect::CloseWorker(0), Effect::OpenWorker(0)]);
    assert_eq!((lab.nets[0].state, lab.trouble()), (NetState::Lost, None));
    lab.apply(DepthAction::WorkerReady(0));
    assert_eq!(begun(&lab.apply(DepthAction::WorkerFilled(0))), [(0, 3)]);
    finish(&mut lab, 2, 0.6);
    finish(&mut lab, 3, 0.7);
    let (sentence, label, action) = lab.trouble().unwrap();
    assert!(
        sentence
            .starts_with("The worker that trained the plain net of 8 layers stopped unexpectedly after step 0 of 10")
    );
    assert_eq!((label, action), ("Train them again", DepthAction::Start));
}

#[test]
fn a_worker_that_does_not_come_is_done_without_and_none_at_all_is_a_trouble() {
    let mut lab = DepthState::new(settings(&[8, 18], &[Skip::Plain]), 2);
    lab.apply(DepthAction::Start);
    lab.apply(DepthAction::FilesReady);
    lab.apply(DepthAction::WorkerReady(0));
    assert_eq!(lab.apply(DepthAction::WorkerDied(1)), [Effect::CloseWorker(1)]);
    assert_eq!(begun(&lab.apply(DepthAction::WorkerFilled(0))), [(0, 1)]);
    assert_eq!(begun(&finish(&mut lab, 1, 0.6)), [(0, 2)]);

    let mut lab = DepthState::new(settings(&[8], &[Skip::Plain]), 1);
    lab.apply(DepthAction::Start);
    assert_eq!(lab.apply(DepthAction::WorkerDied(0)), [Effect::CloseWorker(0), Effect::FindWorker]);
    assert_eq!(lab.trouble().unwrap().1, "Try again");
    assert_eq!(lab.apply(DepthAction::Retry), [Effect::OpenWorker(0)]);
    lab.apply(DepthAction::WorkerDied(0));
    lab.apply(DepthAction::WorkerGone);
    assert_eq!(lab.trouble().unwrap().1, "Load the page again");
}

#[test]
fn a_failed_download_can_be_tried_again() {
    let mut lab = DepthState::new(settings(&[8], &Skip::ALL), 2);
    lab.apply(DepthAction::Start);
    let name = "train-10k-images-idx3-ubyte.gz";
    lab.apply(DepthAction::FilesFailed(DownloadError::Status { name, status: 503 }));
    assert!(lab.trouble().unwrap().0.contains("The server answered 503"));
    let again = [Effect::Fetch(DatasetKind::Fashion), Effect::OpenWorker(0), Effect::OpenWorker(1)];
    assert_eq!(lab.apply(DepthAction::Retry), again);
}

#[test]
fn another_data_set_needs_other_files_and_other_workers() {
    let (mut lab, _) = ready(settings(&[8], &[Skip::Plain]));
    finish(&mut lab, 1, 0.6);
    lab.apply(DepthAction::Data(DatasetKind::Mnist, 640));
    assert_eq!(lab.apply(DepthAction::Start), [Effect::Fetch(DatasetKind::Mnist), Effect::OpenWorker(0)]);
}

#[test]
fn settings_stand_still_while_nets_are_trained() {
    let (mut lab, _) = ready(settings(&[8], &[Skip::Plain]));
    let before = lab.settings().clone();
    lab.apply(DepthAction::Depth(30));
    lab.apply(DepthAction::Type(Typed::Epochs, "7".into()));
    assert_eq!(lab.settings(), &before);
    // A link is a person's own wish: it ends what goes on.
    assert_eq!(lab.apply(DepthAction::Open(Settings::default())), [Effect::CloseWorker(0)]);
    assert_eq!((lab.settings(), lab.phase()), (&Settings::default(), &Phase::Stopped));
}

#[track_caller]
fn refused(at: Typed, text: &str, sentence: &str, right: Option<&str>) {
    let mut lab = DepthState::new(Settings::default(), 2);
    lab.apply(DepthAction::Type(at, text.into()));
    let refusal = lab.refusal().cloned().unwrap();
    assert_eq!((refusal.at, refusal.text.as_str(), refusal.sentence.as_str()), (at, text, sentence));
    assert_eq!(lab.settings(), &Settings::default());
    assert_eq!(refusal.repair.as_ref().map(|(label, _)| label.as_str()), right);
    if let Some((_, action)) = refusal.repair {
        lab.apply(action);
        assert_eq!(lab.refusal(), None);
    }
}

#[test]
fn what_can_not_be_trained_is_said_and_repaired() {
    let range = "right is an even number from 2 to 60.";
    refused(Typed::Depth, "62", &format!("62 layers can't be trained: {range}"), Some("Use 60"));
    refused(Typed::Depth, "1e9", &format!("1e9 layers can't be trained: {range}"), Some("Use 60"));
    refused(Typed::Depth, "ten", &format!("“ten” layers can't be trained: {range}"), None);
    let pairs = "9 layers can't be trained: they come in pairs, and a shortcut goes past each pair.";
    refused(Typed::Depth, "9", pairs, Some("Use 10"));
    refused(Typed::Epochs, "0", "0 epochs are not possible: right is a whole number from 1 to 10.", Some("Use 1"));
    refused(Typed::Epochs, "", "“” epochs are not possible: right is a whole number from 1 to 10.", Some("Use 2"));
    refused(Typed::Seed, "-1", "-1 is no seed: right is a whole number from 0 to 4,294,967,295.", Some("Use 0"));
}

#[test]
fn depths_are_taken_and_left_out_by_their_buttons() {
    let mut lab = DepthState::new(Settings::default(), 2);
    lab.apply(DepthAction::Type(Typed::Depth, "44".into()));
    assert_eq!(lab.settings().depths(), [8, 18, 30, 44]);
    lab.apply(DepthAction::Type(Typed::Depth, "50".into()));
    assert!(
        lab.refusal().unwrap().sentence.starts_with("4 depths are compared at most, and 8, 18, 30, 44 are chosen.")
    );
    for depth in [8, 18, 30] {
        lab.apply(DepthAction::Depth(depth));
    }
    assert_eq!((lab.settings().depths(), lab.refusal()), (&[44][..], None));
    lab.apply(DepthAction::Depth(44));
    assert!(lab.refusal().unwrap().sentence.starts_with("This is the only depth"));
    assert_eq!(lab.settings().depths(), [44]);
}

#[test]
fn the_page_says_beforehand_how_long_it_takes_and_what_memory() {
    let lab = DepthState::new(Settings::default(), 2);
    let [nets, time] = lab.plan(2);
    assert_eq!(nets, "6 nets, 2 epochs");
    assert!(time.starts_with("about ") && time.contains(" here, ") && time.ends_with(" MB"), "{time}");
}

#[test]
fn the_file_has_a_row_a_step() {
    let (mut lab, _) = ready(settings(&[2, 4], &[Skip::Plain]));
    finish(&mut lab, 1, 0.5);
    finish(&mut lab, 2, 0.25);
    let text = csv(&lab);
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 21);
    assert_eq!(
        rows[0],
        "kind,layers,step,loss,norm of the first convolution,norm of layer 1,norm of layer 2,norm of layer 3,norm of layer 4,norm of the linear layer"
    );
    assert_eq!(rows[1], "Plain,2,1,0.5,0.1,0.2,0.3,,,0.4");
    assert!(rows[20].starts_with("Plain,4,10,0.25,0.1,0.2,"));
    assert!(rows.iter().all(|row| row.split(',').count() == 10));
}

#[test]
fn what_is_shown_is_well_formed_in_every_state() {
    let parse = |html: crate::markup::Markup| {
        let whole = format!("<div>{}</div>", html.as_str().replace(" disabled", "").replace(" selected", ""));
        // Fields have no end tags in HTML.
        let whole = whole
            .split("<input")
            .enumerate()
            .map(|(at, part)| if at == 0 { part.to_owned() } else { part.replacen('>', "/>", 1) });
        let whole = whole.collect::<Vec<_>>().join("<input");
        if let Err(error) = roxmltree::Document::parse(&whole) {
            panic!("{error}: {whole}")
        }
    };
    let (mut lab, _) = ready(settings(&[2, 4], &Skip::ALL));
    finish(&mut lab, 1, 0.5);
    let (empty, typed) = (DepthState::new(Settings::default(), 2), {
        let mut lab = DepthState::new(Settings::default(), 2);
        lab.apply(DepthAction::Type(Typed::Depth, "<9>".into()));
        lab
    });
    for lab in [&lab, &empty, &typed] {
        let flow = Flow::new(lab.settings());
        for (_, of) in FLOW_PARTS {
            parse(of(&flow, LOOK));
        }
        let shown = markup::Shown { lab, workers: 2, width: 590.0, lecture: false };
        for part in markup::PARTS {
            parse((part.of)(&shown));
        }
    }
    parse(markup::page());
}

/// Every part has its element, in the page or in a part before it.
#[test]
fn every_part_has_its_place() {
    let lab = DepthState::new(Settings::default(), 2);
    let shown = markup::Shown { lab: &lab, workers: 2, width: 590.0, lecture: false };
    let mut made = markup::page().into_string();
    for part in markup::PARTS {
        assert_eq!(made.matches(&format!("id=\"{}\"", part.id)).count(), 1, "{}", part.id);
        made += (part.of)(&shown).as_str();
    }
    for (id, _) in FLOW_PARTS {
        assert_eq!(made.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
    }
}
