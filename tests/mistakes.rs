//! The list of mistakes: each is made somewhere, is what its name says, and stands in `docs/labs.md`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "how long an answer takes is looked at and told")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use receptive::{
    course::quiz::{Family, LEVELS, question},
    image::Pixels,
    lab::{
        OperationLab,
        operation::{Answer, Computation},
    },
    link::{Link, Page, operation::LabKind},
    mistake::{Mistake, Mistaken, is_same},
    num::close,
};

/// States in which mistakes are made that no preset has room for.
const MORE: &[&str] = &[
    "#/convolution?x=1,2,4;3,7,5;2,9,6;8,1,3&k=1,-2;3,4&b=2&pad=1&stride=2&dilation=2",
    "#/convolution?x=1,2,4;3,7,5;2,9,6&k=1,-2;3,4&pad=2&mode=replicate",
    "#/convolution?x=1,2,4;3,7,5;2,9,6&k=1,-2;3,4&pad=1&stride=2&b=3&transposed=1&view=stretched",
    "#/convolution?x=1,2,4;3,7,5;2,9,6&k=1,-2;3,4&b=3&transposed=1",
    "#/channels?x=1,2,4;3,7,5;2,9,6|4,0,1;2,8,2;7,3,5|6,1,0;5,3,9;1,4,2&k=1,-2;3,4|2,5;1,0|-1,7;2,3&b=2&pad=1&stride=2",
    "#/pooling?x=-1,-2,-4;-3,-7,-5;-2,-9,-6&window=2&pad=1&stride=2",
    "#/pooling?x=1,2,4;3,7,5;2,9,6&kind=average&window=2&pad=1&count_pad=0",
    "#/pooling?x=1,2,4;3,7,5;2,9,6&window=2&shift=right",
    "#/backward?x=1,2,4;3,7,5;2,9,6&k=1,-2;3,4&dy=5&pad=1&stride=2",
    "#/backward?x=1,2,4,6,1;3,7,5,0,2;2,9,6,4,7;1,8,3,5,2;6,2,7,1,9&k=1,-2;3,4&dy=5,2;3,7&dilation=2&stride=2",
    "#/backward?x=1,2,4;3,7,5;2,9,6&k=1,-2;3,4&dy=5,2;3,7&pad=1&view=full",
    "#/filters?k=sobel-y&relu=1",
    "#/filters?k=1,2,1;2,4,2;1,2,1&normalise=1&b=5",
    "#/batch-norm?x=1,7;2,3;6,5&eps=1/4&mean=2,1&var=3,5&momentum=1/4",
    "#/batch-norm?mode=evaluation&x=1,7;2,3;6,5&eps=1/4&mean=2,1&var=3,5",
    "#/batch-norm?view=backward&x=1,7;2,3;6,5&eps=1/4&dy=1,2;4,3;2,7",
    "#/batch-norm?view=backward&mode=evaluation&x=1,7;2,3;6,5&mean=2,1&var=3,5&dy=1,2;4,3;2,7",
    "#/highway?x=1/2;-1/4&w=2,-1;1,3&wt=1,2;-1,4&b=1/2&bt=-1&act=tanh",
    "#/highway?view=backward&x=1/2;-1/4&w=2,-1;1,3&wt=1,2;-1,4&b=1/2&bt=-1&act=tanh&dy=1;2",
    "#/highway?view=backward&layer=residual&x=2;-1&w=2,-1;1,3&dy=1;2",
    "#/receptive-field?n=9&layers=c3p2;c3s2p1d2",
    "#/receptive-field?n=9&layers=c3s2;c3&cell=0,3",
    "#/receptive-field?n=3&layers=c1;c2p3&cell=0,0",
    "#/why?view=count&size=5,7&channels=3&units=11&window=2&filters=4&pad=1&stride=2",
    "#/why?view=connections",
    "#/why?view=shift",
];

/// A state of a lab, by its link; a picture is a small one.
fn lab(link: &str) -> (OperationLab, &'static LabKind) {
    let (decoded, _) = Link::decode(link);
    let kind = LabKind::of_page(decoded.page).unwrap();
    let (opened, warnings) = (kind.decode)(&decoded.fields);
    assert!(warnings.is_empty(), "{link}: {warnings:?}");
    let shade = |at: u8| [at.wrapping_mul(37) % 90, at.wrapping_mul(11) % 70, at % 50, 255];
    let picture = Pixels::from_rgba(&(0..30).flat_map(shade).collect::<Vec<u8>>(), 6, 5).unwrap();
    ((kind.with_pixels)(&opened.lab, Some(picture)), kind)
}

fn computed(link: &str) -> Option<Arc<dyn Computation>> {
    lab(link).0.operation().compute().ok()
}

/// The presets of all labs, and more.
fn links() -> Vec<String> {
    let of_lab = |kind: &LabKind| {
        let name = kind.page.path();
        let (state, _) = lab(&format!("#/{name}"));
        state.operation().presets().iter().map(|preset| format!("#/{name}?{}", preset.query)).collect::<Vec<_>>()
    };
    LabKind::ALL.iter().flat_map(of_lab).chain(MORE.iter().map(|link| (*link).to_owned())).collect()
}

/// All answers of the first steps, each with its link and the lab's title.
fn answers() -> Vec<(String, &'static str, Answer)> {
    let mut answers = Vec::new();
    for link in links() {
        let title = lab(&link).0.operation().title();
        let Some(computed) = computed(&link) else { continue };
        for step in 0..computed.len().min(64) {
            answers.extend(computed.answer(step).map(|answer| (format!("{link}, step {step}"), title, answer)));
        }
    }
    assert!(answers.len() > 1000, "{}", answers.len());
    answers
}

#[test]
fn each_sentence_names_one_mistake_that_makes_another_number() {
    let mut named = BTreeMap::new();
    for (link, _, answer) in answers() {
        assert!(answer.value.is_finite() && !answer.question.is_empty(), "{link}");
        for (index, Mistaken { mistake, value, sentence }) in answer.mistakes.iter().enumerate() {
            assert!(value.is_finite() && !is_same(*value, answer.value), "{link}: {mistake} makes the right number");
            let is_another = |other: &Mistaken| !is_same(*value, other.value);
            assert!(answer.mistakes[..index].iter().all(is_another), "{link}: {mistake} makes a number twice");
            assert!(sentence.ends_with('.') && !sentence.contains("NaN"), "{link}: {sentence}");
            let first = *named.entry(sentence.clone()).or_insert(*mistake);
            assert_eq!(first, *mistake, "{link}: two mistakes are told in one sentence: {sentence}");
        }
    }
}

/// Where each mistake is made.
fn places() -> BTreeMap<Mistake, BTreeSet<&'static str>> {
    let mut places: BTreeMap<Mistake, BTreeSet<&'static str>> = BTreeMap::new();
    for (_, title, answer) in answers() {
        for mistaken in answer.mistakes {
            places.entry(mistaken.mistake).or_default().insert(title);
        }
    }
    // Some are made where a size is asked for, which no step of a lab does.
    for (family, number) in Family::ALL.iter().flat_map(|family| (0..200).map(move |number| (family, number))) {
        for mistake in question(*family, 1, number, number % LEVELS).mistakes() {
            places.entry(mistake).or_insert_with(|| [Page::Quiz.entry().name].into());
        }
    }
    places
}

#[test]
fn each_mistake_is_made_somewhere_and_stands_in_the_docs() {
    let places = places();
    let missing: Vec<&str> =
        Mistake::ALL.iter().filter(|mistake| !places.contains_key(mistake)).map(|mistake| mistake.name()).collect();
    assert!(missing.is_empty(), "no state makes {}", missing.join(", "));
    let mut table = String::from("| name | what goes wrong | where |\n| --- | --- | --- |\n");
    for mistake in Mistake::ALL {
        let labs: Vec<&str> = places[mistake].iter().copied().collect();
        writeln!(table, "| `{mistake}` | {} | {} |", mistake.about(), labs.join(", ")).unwrap();
    }
    let docs = fs::read_to_string("docs/labs.md").unwrap();
    assert!(docs.contains(&table), "docs/labs.md has another table of mistakes than this:\n\n{table}");
}

/// No sentence is written twice.
#[test]
fn sentences_stand_once() {
    let mut seen = BTreeSet::new();
    for file in fs::read_dir("src/mistake").unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for literal in code.split('"').skip(1).step_by(2).filter(|literal| literal.len() > 24) {
            assert!(seen.insert(literal.to_owned()), "written twice: {literal}");
        }
    }
    assert!(seen.len() > 100, "{}", seen.len());
}

/// A state, a mistake, and the state in which the wrong number is right: the same with the setting that is forgotten.
const CHANGED: &[(&str, Mistake, &str, &str)] = &[
    (CONVOLUTION, Mistake::StrideLeftOut, "stride=2", "stride=1"),
    (CONVOLUTION, Mistake::DilationLeftOut, "dilation=2", "dilation=1"),
    (CONVOLUTION, Mistake::PaddingLeftOut, "pad=2", "pad=0"),
    (CONVOLUTION, Mistake::PaddingCounted, "pad=2", "pad=1"),
    (CONVOLUTION, Mistake::PaddingZeros, "mode=circular", "mode=zeros"),
    (CONVOLUTION, Mistake::BiasLeftOut, "b=7/8", "b=0"),
    (CONVOLUTION, Mistake::BiasTooOften, "b=7/8", "b=7/4"),
    (CONVOLUTION, Mistake::KernelTurned, "flip=0", "flip=1"),
    (CONVOLUTION, Mistake::MinusLost, "k=1,-2,5;3,4,-1", "k=1,2,5;3,4,1"),
    (CONVOLUTION, Mistake::KernelLeftOut, "k=1,-2,5;3,4,-1&b=7/8", "k=1,1,1;1,1,1&b=0"),
    (TRANSPOSED, Mistake::StrideLeftOut, "stride=2", "stride=1"),
    (TRANSPOSED, Mistake::PaddingLeftOut, "pad=1", "pad=0"),
    (TRANSPOSED, Mistake::KernelTurned, "flip=0", "flip=1"),
    (TRANSPOSED, Mistake::BiasLeftOut, "b=7/8", "b=0"),
    (CHANNELS, Mistake::StrideLeftOut, "stride=2", "stride=1"),
    (CHANNELS, Mistake::DilationLeftOut, "dilation=2", "dilation=1"),
    (CHANNELS, Mistake::PaddingLeftOut, "pad=2", "pad=0"),
    (CHANNELS, Mistake::PaddingCounted, "pad=2", "pad=1"),
    (CHANNELS, Mistake::PaddingZeros, "mode=circular", "mode=zeros"),
    (CHANNELS, Mistake::KernelTurned, "flip=0", "flip=1"),
    (CHANNELS, Mistake::BiasLeftOut, "b=7/8,3", "b=0,0"),
    (CHANNELS, Mistake::OtherBias, "b=7/8,3", "b=3,7/8"),
    (
        CHANNELS,
        Mistake::KernelsReversed,
        "k=1,-2;3,4|2,5;1,0||-1,7;2,3|6,1;0,-3",
        "k=2,5;1,0|1,-2;3,4||6,1;0,-3|-1,7;2,3",
    ),
    (
        CHANNELS,
        Mistake::KernelRepeated,
        "k=1,-2;3,4|2,5;1,0||-1,7;2,3|6,1;0,-3",
        "k=1,-2;3,4|1,-2;3,4||-1,7;2,3|-1,7;2,3",
    ),
    (POOLING, Mistake::StrideLeftOut, "stride=2", "stride=1"),
    (POOLING, Mistake::PaddingLeftOut, "pad=1", "pad=0"),
    (POOLING, Mistake::MeanForMaximum, "kind=max", "kind=average&count_pad=0"),
    (AVERAGE, Mistake::MaximumForMean, "kind=average", "kind=max"),
    (AVERAGE, Mistake::DividedOtherwise, "count_pad=1", "count_pad=0"),
];

const CONVOLUTION: &str = "#/convolution?x=1,2,4,9,3;3,7,5,0,6;2,9,6,8,1;8,1,3,5,7;4,6,0,2,9&k=1,-2,5;3,4,-1&b=7/8\
    &pad=2&stride=2&dilation=2&mode=circular&flip=0";
const TRANSPOSED: &str = "#/convolution?x=1,2,4;3,7,5;2,9,6&k=1,-2;3,4&b=7/8&pad=1&stride=2&flip=0&transposed=1\
    &view=stretched";
const CHANNELS: &str = "#/channels?x=1,2,4,9,3;3,7,5,0,6;2,9,6,8,1;8,1,3,5,7;4,6,0,2,9|4,0,1,3,5;2,8,2,6,1;7,3,5,9,4;\
    1,2,8,0,6;5,7,3,4,2&k=1,-2;3,4|2,5;1,0||-1,7;2,3|6,1;0,-3&b=7/8,3&pad=2&stride=2&dilation=2&mode=circular&flip=0";
const POOLING: &str = "#/pooling?x=1,2,4,9,3;3,7,5,0,6;2,9,6,8,1;8,1,3,5,7&kind=max&window=2&stride=2&pad=1";
const AVERAGE: &str = "#/pooling?x=1,2,4,9,3;3,7,5,0,6;2,9,6,8,1;8,1,3,5,7&kind=average&window=2&stride=1&pad=1\
    &count_pad=1";

/// A step's number in the output of another state.
fn number(computed: &dyn Computation, step: usize, other: &dyn Computation) -> Option<f64> {
    let plane = computed.output().first()?;
    let (cells, cols) = (plane.cells().len(), plane.cols());
    other.output().get(step / cells)?.get(step % cells / cols, step % cols).copied()
}

/// The same with other digits in its input, which a number draws.
fn redrawn(link: &str, draw: u32) -> String {
    let (before, rest) = link.split_once("x=").unwrap();
    let (x, after) = rest.split_once('&').unwrap();
    let digit =
        |(at, c): (u32, char)| c.to_digit(10).map_or(c, |d| char::from_digit((d + draw * at) % 10, 10).unwrap());
    let x: String = (1..).zip(x.chars()).map(digit).collect();
    format!("{before}x={x}&{after}")
}

/// A wrong number is the right one of the state that it is taken for, which computes it by the reference.
#[test]
fn wrong_numbers_are_right_elsewhere() {
    for (link, mistake, from, to) in CHANGED {
        let mut checked = 0;
        for draw in 0..10 {
            let link = redrawn(link, draw);
            assert!(link.contains(from), "{link} has no {from}");
            let other = link.replace(from, to);
            let (state, other) = (computed(&link).unwrap(), computed(&other).unwrap_or_else(|| panic!("{other}")));
            for step in 0..state.len() {
                let answer = state.answer(step).unwrap();
                let Some(expect) = number(&*state, step, &*other) else { continue };
                let is_made = |found: &Mistaken| found.mistake == *mistake && close(found.value, expect, 1e-9);
                // Another mistake may come first that makes the same number.
                let is_known =
                    is_same(expect, answer.value) || answer.mistakes.iter().any(|found| is_same(expect, found.value));
                assert!(is_known, "{link}, step {step}: {mistake} should make {expect}");
                checked += usize::from(answer.mistakes.iter().any(is_made));
            }
        }
        assert!(checked > 0, "{link}: {mistake} is never made");
    }
}

/// A person who has typed a number waits for what it means: at the largest states too that is an instant.
#[test]
fn answers_come_at_once() {
    let plane = |n: usize, seed: usize| {
        let cell = |i: usize, j: usize| format!("{}/7", (seed * 7 + 13 * i + 31 * j + i * j * seed) % 1009);
        let row = |i: usize| (0..n).map(|j| cell(i, j)).collect::<Vec<_>>().join(",");
        (0..n).map(row).collect::<Vec<_>>().join(";")
    };
    let planes =
        |count: usize, n: usize, first: usize| (0..count).map(|of| plane(n, first + of)).collect::<Vec<_>>().join("|");
    let filters = (0..8).map(|of| planes(8, 8, 9 * of)).collect::<Vec<_>>().join("||");
    let biases = "1/3,2,3,4,5,6,7,8";
    for link in [
        format!("#/convolution?x={}&k={}&b=3/2", plane(64, 3), plane(16, 5)),
        format!("#/convolution?x={}&k={}&b=3/2&pad=16&stride=2&dilation=2", plane(64, 3), plane(16, 5)),
        format!("#/convolution?x={}&k={}&b=3/2&pad=16&transposed=1", plane(64, 3), plane(16, 5)),
        format!("#/convolution?x={}&k={}&b=3/2&transposed=1&view=stretched", plane(64, 3), plane(16, 5)),
        format!("#/channels?x={}&k={filters}&b={biases}&pad=16", planes(8, 28, 1)),
        format!("#/pooling?x={}&window=16&stride=1&pad=8", plane(64, 3)),
        format!("#/backward?x={}&k={}&dy={}", plane(32, 3), plane(8, 5), plane(25, 7)),
        format!("#/backward?op=average&x={}&window=8&stride=1&dy={}", plane(32, 3), plane(25, 7)),
    ] {
        let name: String = link.chars().take(16).collect();
        let state = computed(&link).unwrap_or_else(|| panic!("{name}"));
        let step = state.len() / 2 + 1;
        let time = || {
            let begin = Instant::now();
            assert!(!state.answer(step).unwrap().mistakes.is_empty());
            begin.elapsed()
        };
        // The fastest of a few: the machine may be busy.
        let fastest = (0..5).map(|_| time()).min().unwrap();
        println!("{name}…, {} mistakes: {fastest:.2?}", state.answer(step).unwrap().mistakes.len());
        assert!(fastest < Duration::from_millis(50), "{name}…: {fastest:?}");
    }
}
