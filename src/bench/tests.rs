//! A bench by its events: steps, questions, undo, links; for any events, that what it shows holds together.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Bench, Event, Surroundings, head::DWELL_MS, pasted};
use crate::{
    command::Command,
    lab::setting::Choice as _,
    lab::{
        ChannelsLab, ConvolutionLab, FiltersLab, PoolingLab,
        control::{ControlId, Value},
        operation::Action,
        predict::Verdict,
        scene::{CellKind, Plate, PlateId, Scene},
    },
    link::{Link, operation::LabKind},
    paste::Pasted,
};

const CONVOLUTION: LabKind = LabKind::of::<ConvolutionLab>();
const POOLING: LabKind = LabKind::of::<PoolingLab>();
const CHANNELS: LabKind = LabKind::of::<ChannelsLab>();
const FILTERS: LabKind = LabKind::of::<FiltersLab>();

fn bench(kind: &'static LabKind, query: &str) -> Bench {
    let fields = Link::decode(&["#/", kind.page.path(), "?", query].concat()).0.fields;
    let (link, warnings) = (kind.decode)(&fields);
    assert_eq!(warnings, []);
    Bench::open(kind, link)
}

fn type_into(plate: PlateId, row: usize, col: usize, text: &str) -> Event {
    Event::Change(Action::SetCell { plate, row, col, text: text.to_owned() })
}

fn pad(each: usize) -> Event {
    let padding = crate::nn::shape::Padding::per_side(each);
    Event::Change(Action::Set(ControlId::PADDING, Value::Padding(padding)))
}

fn sum(bench: &Bench) -> String {
    bench.view().scene.sum.as_ref().map_or_else(String::new, |sum| sum.text.clone())
}

fn at(bench: &Bench) -> usize {
    bench.view().playback.at
}

fn run(bench: &mut Bench, commands: &[Command]) {
    for &command in commands {
        bench.apply(Event::Command(command));
    }
}

#[test]
fn an_edit_is_shown_and_can_be_undone() {
    let mut bench = bench(&CONVOLUTION, "");
    assert_eq!(sum(&bench), "0×0 + 1×1 + 3×2 + 4×3 = 19");
    let before = bench.view();
    assert!(bench.apply(type_into(PlateId::Input(0), 1, 1, "5")));
    assert_eq!(sum(&bench), "0×0 + 1×1 + 3×2 + 5×3 = 22");
    assert!(bench.view().revision > before.revision);
    assert!(!bench.apply(type_into(PlateId::Input(0), 1, 1, "5")), "nothing changed");
    run(&mut bench, &[Command::Undo]);
    assert_eq!(sum(&bench), "0×0 + 1×1 + 3×2 + 4×3 = 19");
    assert!(!bench.view().can_undo && bench.view().can_redo);
    run(&mut bench, &[Command::Redo]);
    assert_eq!(sum(&bench), "0×0 + 1×1 + 3×2 + 5×3 = 22");
}

#[test]
fn two_benches_of_a_lab_know_nothing_of_each_other() {
    let (mut one, mut other) = (bench(&CONVOLUTION, ""), bench(&CONVOLUTION, ""));
    one.apply(type_into(PlateId::KERNEL, 0, 0, "7"));
    one.apply(Event::Speed(4.0));
    run(&mut one, &[Command::StepForward]);
    assert_eq!((at(&other), other.view().playback.speed.to_bits(), other.view().can_undo), (0, 1f64.to_bits(), false));
    run(&mut other, &[Command::Undo, Command::LastStep]);
    assert_eq!((at(&one), at(&other)), (1, 3));
    assert_eq!(sum(&other), "4×0 + 5×1 + 7×2 + 8×3 = 43");
}

#[test]
fn what_does_not_fit_is_a_problem_with_its_repairs_and_nothing_is_lost() {
    let mut bench = bench(&CONVOLUTION, "");
    bench.apply(Event::Change(Action::Resize { plate: PlateId::KERNEL, rows: 5, cols: 5 }));
    let view = bench.view();
    let problem = view.problem.expect("a kernel past its input");
    assert_eq!((view.playback.len, view.scene.sum.clone()), (0, None));
    assert!(!bench.can(Command::Play) && !bench.can(Command::Predict));
    let repair = problem.repairs.first().expect("a repair").action.clone();
    bench.apply(Event::Change(repair));
    assert_eq!(bench.view().problem, None);
    // What can't be held is refused, and the state stays.
    let link = bench.link();
    bench.apply(Event::Change(Action::Resize { plate: PlateId::Input(0), rows: 65, cols: 3 }));
    assert!(bench.view().refused.is_some());
    assert_eq!(bench.link(), link);
    // What arrives by itself leaves the sentence alone; a change takes it back.
    bench.apply(Event::Arrive(Action::ClearUnreadable(PlateId::Input(0))));
    assert!(bench.view().refused.is_some());
    bench.apply(pad(1));
    assert_eq!(bench.view().refused, None);
}

#[test]
fn it_plays_to_the_end_and_stands_there() {
    let mut bench = bench(&CONVOLUTION, "");
    run(&mut bench, &[Command::Play]);
    assert_eq!(bench.view().playback.adding, None);
    bench.apply(Event::Tick(1_000.0));
    assert_eq!(bench.view().playback.adding, Some(0));
    bench.apply(Event::Tick(1_000.0 + DWELL_MS * 0.4));
    assert_eq!((at(&bench), bench.view().playback.adding), (0, Some(2)));
    assert_eq!(bench.link().step, 1, "while it plays the address stands still");
    let mut now = 1_000.0;
    for _ in 0..4 {
        now += DWELL_MS;
        bench.apply(Event::Tick(now));
    }
    let playback = bench.view().playback;
    assert_eq!((playback.at, playback.playing, playback.adding), (3, false, None));
    assert!(!bench.apply(Event::Tick(now + 1.0)), "it stands");
    // From the end it begins again; one that loops never stands.
    run(&mut bench, &[Command::Play]);
    assert_eq!(at(&bench), 0);
    bench.apply(Event::Stand(Surroundings { looping: true, ..Surroundings::default() }));
    for _ in 0..9 {
        bench.apply(Event::Tick(now));
        now += DWELL_MS;
    }
    assert!(bench.view().playback.playing);
    // Twice as fast, and without the terms where less motion is asked for: then no faster than by itself.
    bench.apply(Event::Stand(Surroundings { still: true, ..Surroundings::default() }));
    bench.apply(Event::Go(0));
    run(&mut bench, &[Command::Faster, Command::Play]);
    bench.apply(Event::Tick(now));
    bench.apply(Event::Tick(now + DWELL_MS * 0.6));
    assert_eq!((at(&bench), bench.view().playback.adding), (0, None));
    bench.apply(Event::Tick(now + DWELL_MS));
    assert_eq!(at(&bench), 1);
}

#[test]
fn what_a_person_does_stops_it() {
    for event in [
        pad(1),
        Event::Go(2),
        Event::Pause,
        Event::Preset(1),
        Event::Point(Some((PlateId::Output(0), (0, 0)))),
        Event::Command(Command::Predict),
    ] {
        let mut bench = bench(&CONVOLUTION, "");
        run(&mut bench, &[Command::Play]);
        bench.apply(Event::Tick(0.0));
        bench.apply(event.clone());
        let playback = bench.view().playback;
        assert_eq!((playback.playing, playback.adding), (false, None), "{event:?}");
    }
}

#[test]
fn what_is_pointed_at_is_shown_and_let_go() {
    let mut bench = bench(&CONVOLUTION, "");
    bench.apply(Event::Point(Some((PlateId::Output(0), (1, 1)))));
    assert_eq!(sum(&bench), "4×0 + 5×1 + 7×2 + 8×3 = 43");
    assert_eq!(at(&bench), 0, "it is a look, no step");
    bench.apply(Event::Point(None));
    assert_eq!(sum(&bench), "0×0 + 1×1 + 3×2 + 4×3 = 19");
    // A number of the window lights its term; one outside of it none.
    let lit = |bench: &Bench| {
        let sum = bench.view().scene.sum.clone().expect("a sum");
        sum.rows.iter().flat_map(|row| &row.terms).position(|term| term.lit)
    };
    bench.apply(Event::Point(Some((PlateId::Input(0), (1, 1)))));
    assert_eq!(lit(&bench), Some(3));
    bench.apply(Event::Point(Some((PlateId::Input(0), (2, 2)))));
    assert_eq!(lit(&bench), None);
    bench.apply(Event::Light(Some(1)));
    assert_eq!(lit(&bench), Some(1));
    bench.apply(Event::Pick(PlateId::Output(0), (1, 0)));
    assert_eq!(at(&bench), 2);
}

#[test]
fn a_number_is_predicted_before_it_is_shown() {
    let mut bench = bench(&CONVOLUTION, "predict=1");
    let output = |bench: &Bench, at: (usize, usize)| {
        let view = bench.view();
        let plate = view.scene.plate(PlateId::Output(0)).expect("an output").view.clone();
        plate.cells.get(at.0, at.1).expect("a cell").kind
    };
    let question = |bench: &Bench| bench.view().question.expect("a question");
    assert_eq!(&*question(&bench).words, "Output row 0, column 0");
    assert_ne!(output(&bench, (0, 0)), CellKind::Output);
    // Neither stepping nor pointing tells it.
    run(&mut bench, &[Command::LastStep]);
    assert_eq!(at(&bench), 0);
    bench.apply(Event::Point(Some((PlateId::Output(0), (1, 1)))));
    assert_eq!(bench.view().pointed, None);
    bench.apply(Event::Point(None));
    bench.apply(Event::Type("13".to_owned()));
    bench.apply(Event::Check);
    assert!(matches!(question(&bench).verdict, Some(Verdict::Wrong(_))), "{:?}", question(&bench).verdict);
    assert!(question(&bench).open && bench.view().hides);
    bench.apply(Event::Type("19".to_owned()));
    bench.apply(Event::Check);
    assert_eq!(question(&bench).verdict, Some(Verdict::Right));
    assert!(!question(&bench).open);
    assert_eq!(output(&bench, (0, 0)), CellKind::Output);
    // The next is another question.
    run(&mut bench, &[Command::StepForward]);
    assert_eq!((at(&bench), question(&bench).typed.as_str(), question(&bench).verdict), (1, "", None));
    bench.apply(Event::Hint);
    assert!(question(&bench).hint && question(&bench).open);
    bench.apply(Event::Reveal);
    assert!(!question(&bench).open);
    // An edit makes what was answered after it old.
    run(&mut bench, &[Command::FirstStep]);
    bench.apply(type_into(PlateId::KERNEL, 0, 0, "9"));
    assert!(question(&bench).open, "the first number is another now");
    // What is played is shown, and then the rest is asked for.
    run(&mut bench, &[Command::Play]);
    bench.apply(Event::Tick(0.0));
    bench.apply(Event::Tick(DWELL_MS));
    assert!(!question(&bench).open);
    bench.apply(Event::Pause);
    run(&mut bench, &[Command::StepForward]);
    assert!(question(&bench).open);
    assert_eq!((bench.shown(false).predict, bench.shown(false).step), (true, 3));
    run(&mut bench, &[Command::FirstStep]);
    assert_eq!((bench.shown(false).predict, bench.shown(false).step), (false, 1));
    assert_eq!((bench.shown(true).predict, bench.shown(true).step), (true, 3));
    assert!(!bench.tells_all());
    run(&mut bench, &[Command::Predict]);
    assert!(bench.view().question.is_none() && bench.tells_all());
}

/// Of nine input cells the middle one alone paints inside of the output: the others make no number.
#[test]
fn a_step_that_makes_no_number_is_not_asked_for() {
    let query = "x=1,2,3;4,5,6;7,8,9&k=2&pad=1&transposed=1";
    let mut one = bench(&CONVOLUTION, query);
    let asked = |bench: &Bench| {
        let view = bench.view();
        let question = view.question.expect("a question");
        (view.playback.at, question.words.to_string(), question.open)
    };
    let middle = (4, "Output row 0, column 0 after this step".to_owned());
    run(&mut one, &[Command::Predict]);
    assert_eq!(asked(&one), (0, String::new(), false));
    // There is nothing to be judged.
    one.apply(Event::Type("0".to_owned()));
    one.apply(Event::Check);
    assert_eq!(one.view().question.expect("a question").verdict, None);
    // It is gone past, up to the step that does make one.
    run(&mut one, &[Command::StepForward]);
    assert_eq!(asked(&one), (1, String::new(), false));
    run(&mut one, &[Command::LastStep]);
    assert_eq!(asked(&one), (middle.0, middle.1.clone(), true));
    one.apply(Event::Type("10".to_owned()));
    one.apply(Event::Check);
    assert_eq!(asked(&one), (middle.0, middle.1.clone(), false));
    run(&mut one, &[Command::LastStep]);
    assert_eq!(asked(&one), (8, String::new(), false));
    assert!(one.tells_all());
    // The same where it is played up to there, or a link opens it.
    let mut played = bench(&CONVOLUTION, query);
    run(&mut played, &[Command::Predict, Command::Play]);
    played.apply(Event::Tick(0.0));
    played.apply(Event::Pause);
    run(&mut played, &[Command::LastStep]);
    assert_eq!(asked(&played), (middle.0, middle.1, true));
    let opened = bench(&CONVOLUTION, &[query, "&step=7&predict=1"].concat());
    assert_eq!(asked(&opened), (6, String::new(), false));
}

#[test]
fn a_picture_is_made_when_it_is_another() {
    let mut bench = bench(&CONVOLUTION, "predict=1");
    let scene = |bench: &Bench| bench.view().scene;
    let first = scene(&bench);
    for event in [
        Event::Type("1".to_owned()),
        Event::Check,
        Event::Hint,
        Event::Say(Some("A word.".to_owned())),
        Event::Speed(2.0),
        Event::Wait(true),
        Event::Change(Action::Resize { plate: PlateId::Input(0), rows: 65, cols: 3 }),
    ] {
        assert!(bench.apply(event.clone()), "{event:?}");
        assert!(Arc::ptr_eq(&scene(&bench), &first), "{event:?}");
    }
    bench.apply(Event::Reveal);
    assert!(!Arc::ptr_eq(&scene(&bench), &first), "the number is there");
    let second = scene(&bench);
    bench.apply(Event::Light(Some(0)));
    assert!(!Arc::ptr_eq(&scene(&bench), &second));
}

#[test]
fn an_example_or_a_link_asks_for_its_own_step() {
    let mut one = bench(&CONVOLUTION, "step=3&predict=1");
    assert_eq!((at(&one), one.view().question.is_some_and(|question| question.open)), (2, true));
    let (link, _) = (CONVOLUTION.decode)(&Link::decode("#/convolution?step=4&predict=1&pad=1").0.fields);
    one.apply(Event::Open(Box::new(link.clone())));
    assert_eq!(one.link(), link);
    assert!(one.view().can_undo);
    for (place, preset) in one.view().presets.iter().enumerate() {
        one.apply(Event::Preset(place));
        let view = one.view();
        assert_eq!((view.preset, &*view.subtitle), (Some(place), preset.look));
        assert!(view.question.is_some_and(|question| question.open));
    }
    one.apply(type_into(PlateId::Input(0), 0, 0, "-77"));
    assert_eq!(one.view().preset, None);
}

#[test]
fn an_exercise_tells_no_result() {
    let mut bench = bench(&CHANNELS, "");
    bench.apply(Event::Stand(Surroundings { blank: true, ..Surroundings::default() }));
    run(&mut bench, &[Command::LastStep]);
    let numbers_shown = |bench: &Bench| {
        let scene = bench.view().scene;
        let tells = |id: PlateId| matches!(id, PlateId::Output(_) | PlateId::Partial(_));
        let plates: Vec<_> = scene.plates.iter().filter(|plate| tells(plate.id)).collect();
        assert!(!plates.is_empty());
        plates.iter().flat_map(|plate| plate.view.cells.iter()).filter(|cell| !cell.content.is_blank()).count()
    };
    assert_eq!((numbers_shown(&bench), bench.tells_all()), (0, false));
    bench.apply(Event::Stand(Surroundings::default()));
    assert!(numbers_shown(&bench) > 0 && bench.tells_all());
}

#[test]
fn a_picture_on_its_way_is_no_problem() {
    let mut bench = bench(&FILTERS, "step=9");
    assert!(bench.problem().is_some());
    bench.apply(Event::Wait(true));
    assert_eq!(bench.problem(), None);
    assert_eq!(bench.view().playback.len, 0);
    let image = FiltersLab::default().image;
    let pixels = crate::image::Pixels::from_rgba(&[255; 4 * 16], 4, 4).expect("a picture");
    bench.apply(Event::Arrive(Action::Set(ControlId::IMAGE, Value::Pixels(image.place(), pixels))));
    bench.apply(Event::Wait(false));
    assert_eq!((at(&bench), bench.view().playback.len, bench.view().can_undo), (8, 16, false));
}

fn plain(text: &str) -> Pasted {
    Pasted { text: text.to_owned(), ..Pasted::default() }
}

#[test]
fn a_pasted_text_becomes_changes_and_words() {
    let mut one = bench(&POOLING, "");
    let paste = |bench: &mut Bench, text: &str| {
        for event in pasted::events(bench.lab(), (PlateId::Input(0), 0, 0), &plain(text)) {
            bench.apply(event);
        }
        bench.view().said.map(|said| said.to_string())
    };
    let said = paste(&mut one, "[[1,2],[3,4]]").expect("a shape");
    assert!(said.starts_with("The whole grid is replaced: it was ") && said.ends_with(" and is 2 × 2."), "{said}");
    assert_eq!(one.lab().operation().plate(PlateId::Input(0)).expect("an input").shape(), (2, 2));
    assert_eq!(
        paste(&mut one, "[[[1,2],[3,4]],[[5,6],[7,8]]]").as_deref(),
        Some("There are 2 matrices; the first is taken."),
    );
    let link = one.link();
    // The reason, whatever else there is to say.
    assert_eq!(paste(&mut one, "(1, 2\n3)").as_deref(), Some("Row 1 has 1 number where row 0 has 2."),);
    assert!(paste(&mut one, "no numbers at all").is_some());
    assert_eq!(one.link(), link);
    one.apply(type_into(PlateId::Input(0), 0, 0, "1.5"));
    assert_eq!(one.view().said, None);
}

#[test]
fn a_part_of_a_grid_is_pasted_whatever_its_brackets() {
    let put = |place: (usize, usize), pasted: &Pasted| {
        let mut bench = bench(&POOLING, "x=1,2,3;4,5,6;7,8,9");
        for event in pasted::events(bench.lab(), (PlateId::Input(0), place.0, place.1), pasted) {
            bench.apply(event);
        }
        let grid = bench.lab().operation().plate(PlateId::Input(0)).expect("an input").clone();
        let rows: Vec<String> = grid
            .iter_rows()
            .map(|row| row.iter().map(crate::num::Entry::shown).collect::<Vec<_>>().join(" "))
            .collect();
        (rows.join("; "), bench.view().said.is_some())
    };
    let paste = |place, text| put(place, &plain(text));
    let read = |rows: &str, says: bool| (rows.to_owned(), says);
    assert_eq!(paste((1, 0), "[0, 0, 0]"), read("1 2 3; 0 0 0; 7 8 9", false));
    assert_eq!(paste((1, 1), "[[0, 0], [0, 0]]"), read("1 2 3; 4 0 0; 7 0 0", false));
    assert_eq!(paste((0, 0), "0\t0\n(-1)\t0"), read("0 0 3; −1 0 6; 7 8 9", false));
    assert_eq!(paste((1, 1), "[[0, 0, 0], [0, 1, 0], [0, 0, 0]]"), read("0 0 0; 0 1 0; 0 0 0", false));
    assert_eq!(paste((0, 0), "[[0, 0], [0, 0]]"), read("0 0; 0 0", true));
    assert_eq!(paste((0, 0), "[[0, 0], [0]]"), read("1 2 3; 4 5 6; 7 8 9", true));
    // A web page's table stands in for a text that has none.
    let table = Pasted { html: "<table><tr><td>0<td>-1</table>".to_owned(), ..plain("0\n0") };
    assert_eq!(put((0, 0), &table), read("0 −1 3; 4 5 6; 7 8 9", false));
    // What was typed stays, where nothing is taken.
    let over = |text| Pasted { typed: "99".to_owned(), ..plain(text) };
    assert_eq!(put((0, 0), &over("[[0, 0], [0]]")), read("99 2 3; 4 5 6; 7 8 9", true));
    assert_eq!(put((0, 0), &over("[0, 0]")), read("0 0 3; 4 5 6; 7 8 9", false));
    // A NUL of the clipboard's own parts nothing.
    assert_eq!(paste((0, 0), "[[0, 0], [0]]\0\099"), read("1 2 3; 4 5 6; 7 8 9", true));
}

/// Any event, such as a browser sends them: also to grids and steps that are not there.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let plate = prop_oneof![
        Just(PlateId::Input(0)),
        Just(PlateId::KERNEL),
        Just(PlateId::Output(0)),
        Just(PlateId::Input(7)),
        Just(PlateId::Derived(3)),
    ];
    let place = (plate, (0usize..9, 0usize..9));
    let count = 0usize..9;
    let event = prop_oneof![
        (place.clone(), "[-0-9./x]{0,3}")
            .prop_map(|((plate, (row, col)), text)| { Event::Change(Action::SetCell { plate, row, col, text }) }),
        (place.clone(), count.clone(), count.clone())
            .prop_map(|((plate, _), rows, cols)| { Event::Change(Action::Resize { plate, rows, cols }) }),
        count.clone().prop_map(pad),
        count.clone().prop_map(|count| Event::Change(Action::Set(ControlId::STRIDE, Value::Pair((count, count))))),
        count.clone().prop_map(Event::Preset),
        (0usize..200).prop_map(Event::Go),
        proptest::option::of(place.clone()).prop_map(Event::Point),
        place.prop_map(|(plate, at)| Event::Pick(plate, at)),
        proptest::option::of(0usize..200).prop_map(Event::Look),
        proptest::option::of(count).prop_map(Event::Light),
        "[-0-9]{0,3}".prop_map(Event::Type),
        proptest::sample::select(vec![Event::Check, Event::Hint, Event::Reveal, Event::Pause]),
        (0.0..20_000.0).prop_map(Event::Tick),
        any::<[bool; 5]>().prop_map(|[narrow, far, blank, still, looping]| {
            Event::Stand(Surroundings { narrow, far, blank, still, looping })
        }),
        proptest::sample::select(Command::ALL).prop_map(Event::Command),
    ];
    proptest::collection::vec(event, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_done_the_view_holds_together(place in 0..LabKind::ALL.len(), events in events()) {
        let kind = &LabKind::ALL[place];
        let mut bench = bench(kind, "");
        for event in events {
            let before = bench.view();
            let changed = bench.apply(event);
            let view = bench.view();
            let playback = view.playback;
            prop_assert!(changed || (before.revision == view.revision && before.scene == view.scene));
            prop_assert!(playback.at < playback.len.max(1));
            prop_assert_eq!(playback.len == 0, bench.computation().is_none());
            prop_assert!(playback.adding.is_none() || playback.playing);
            let open = view.question.as_ref().is_some_and(|question| question.open);
            prop_assert!(!(open && playback.playing), "what is played is shown");
            prop_assert!(view.question.is_none_or(|question| !question.open || !question.words.is_empty()));
            // What is on screen follows from the state and the moment alone: opening its link shows the same.
            if !playback.playing {
                let link = bench.shown(false);
                let again = (kind.decode)(&(kind.encode)(&link)).0;
                if kind.page != crate::site::Page::Filters {
                    prop_assert_eq!(&again, &link);
                }
            }
        }
    }
}

/// Cells in the rows that `now` does not share with `before`: what a step or an edit made, and what a page has to compare.
fn made(before: &Scene, now: &Scene) -> usize {
    let plates = before.plates.iter().zip(&now.plates);
    let of_plate = |(before, now): (&Plate, &Plate)| {
        let (rows, cols) = now.view.cells.shape();
        cols * (0..rows).filter(|&row| !now.view.cells.shares(&before.view.cells, row)).count()
    };
    plates.map(of_plate).sum()
}

#[test]
fn a_step_and_an_edit_make_only_the_rows_that_differ() {
    let grid = |rows: usize, cols: usize| {
        let row = |i: usize| (0..cols).map(|j| ((7 * i + 3 * j) % 10).to_string()).collect::<Vec<_>>().join(",");
        (0..rows).map(row).collect::<Vec<_>>().join(";")
    };
    // (all cells, at most so many made by a step, by an edit)
    let check = |kind: &'static LabKind, query: &str, expect: (usize, usize, usize)| {
        let mut bench = bench(kind, query);
        let before = bench.view().scene;
        let all: usize = before.plates.iter().map(|plate| plate.view.cells.iter().count()).sum();
        run(&mut bench, &[Command::StepForward]);
        let stepped = bench.view().scene;
        bench.apply(type_into(PlateId::Input(0), 14, 14, "77"));
        let edited = bench.view().scene;
        let found = (all, made(&before, &stepped), made(&stepped, &edited));
        assert!(found.0 == expect.0 && found.1 <= expect.1 && found.2 <= expect.2, "{found:?}, not {expect:?}");
    };
    let (x, k) = (grid(64, 64), grid(16, 16));
    check(&CONVOLUTION, &format!("x={x}&k={k}&pad=16&step=3000"), (16_033, 2_000, 4_000));
    check(&POOLING, &format!("x={x}&window=16&stride=1&pad=8&step=2000"), (10_625, 1_800, 6_000));
    let channels = vec![grid(28, 28); 8].join("|");
    let filters = vec![vec![grid(8, 8); 8].join("|"); 8].join("||");
    check(&CHANNELS, &format!("x={channels}&k={filters}&pad=16&step=10000"), (9_282, 750, 2_100));
}
