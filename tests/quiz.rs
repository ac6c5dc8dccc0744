//! Questions: ten thousand of each family agree with the reference, have one right answer, and name their wrong ones; what
//! is kept, and what is sent as a code, is read whatever it is.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use ndarray::Array4;
use proptest::prelude::*;
use receptive::{
    course::quiz::{
        Family, Form, Grade, LEVELS, Question,
        code::{self, Mark, Score, class},
        markup::PARTS,
        progress::Progress,
        question,
        results::results,
        sheet::{MOST, Place, Settings, Sheet, decode, encode},
        state::{Action, Quiz, Stage},
    },
    lab::operation::Computation,
    link::{Fields, Link, Page, architectures, operation::LabKind},
    mistake::{Mistake, is_same},
    model::counts,
    nn::reference::{Conv2d, Pool2d, average_pool2d, conv2d, max_pool2d},
    nn::shape::Padding,
    num::Matrix,
};

const EACH: u32 = 10_000;

/// All families whose questions never end.
fn endless() -> impl Iterator<Item = Family> {
    Family::ALL.iter().copied().filter(|family| family.most().is_none())
}

fn every_question(family: Family, mut look: impl FnMut(&Question)) {
    for number in 0..EACH {
        look(&question(family, number / 100, number % 100, number % LEVELS));
    }
}

fn fact<'a>(question: &'a Question, name: &str) -> &'a str {
    question.facts.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str())
}

/// The whole numbers of a text.
fn numbers(text: &str) -> Vec<usize> {
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

fn first(text: &str, otherwise: usize) -> usize {
    numbers(text).first().copied().unwrap_or(otherwise)
}

fn tensor(planes: &[&Matrix]) -> Array4<f64> {
    let (rows, cols) = planes[0].shape();
    Array4::from_shape_fn((1, planes.len(), rows, cols), |(_, c, i, j)| *planes[c].get(i, j).unwrap())
}

/// Places of a window along one axis, by sliding it.
fn slid(input: usize, kernel: usize, stride: usize, side: usize, dilation: usize) -> usize {
    let reach = dilation * (kernel - 1) + 1;
    (0..).step_by(stride).take_while(|begin| begin + reach <= input + 2 * side).count()
}

fn typed(values: &[f64]) -> Vec<String> {
    values.iter().map(|value| format!("{value:?}")).collect()
}

/// What the reference makes of what the question says, as a person reads it.
#[allow(clippy::too_many_lines, reason = "a match with an arm for each family")]
fn expected(question: &Question) -> Vec<f64> {
    let stride = first(fact(question, "Stride"), 1);
    let side = first(fact(question, "Padding"), 0);
    let dilation = first(fact(question, "Dilation"), 1);
    let input = numbers(fact(question, "Input"));
    let kernel = first(fact(question, "Kernel"), 1);
    let plane = |name: &str| &question.planes.iter().find(|plane| plane.name == name).unwrap().cells;
    let asked = numbers(&question.text);
    let conv = Conv2d { stride: (stride, stride), padding: Padding::per_side(side), ..Conv2d::default() };
    match question.family {
        Family::OutputShape => input.iter().map(|rows| slid(*rows, kernel, stride, side, dilation) as f64).collect(),
        Family::Padding => {
            let wanted = asked.first().copied().unwrap_or(input[0]);
            let makes = |side: &usize| slid(input[0], kernel, stride, *side, dilation) == wanted;
            vec![(0..100).find(makes).unwrap() as f64]
        }
        Family::Stride => {
            let makes = |stride: &usize| slid(input[0], kernel, *stride, side, dilation) == asked[0];
            let found: Vec<usize> = (1..600).filter(makes).collect();
            assert_eq!(found.len(), 1, "{}", question.line());
            vec![found[0] as f64]
        }
        Family::OutputCell => {
            let bias: f64 = fact(question, "Bias").replace('−', "-").parse().unwrap_or(0.0);
            let y = conv2d(&tensor(&[plane("Input")]), &tensor(&[plane("Kernel")]), None, &conv).unwrap();
            vec![y[[0, 0, asked[0], asked[1]]] + bias]
        }
        Family::Channels => {
            let inputs: Vec<&Matrix> = question
                .planes
                .iter()
                .filter(|plane| plane.name.starts_with("Input"))
                .map(|plane| &plane.cells)
                .collect();
            let many = question.planes.iter().any(|plane| plane.name.starts_with("Filter"));
            let (filter, at) = if many { (asked[0], &asked[1..]) } else { (0, &asked[..]) };
            let prefix = if many { format!("Filter {filter},") } else { "Kernel".to_owned() };
            let kernels: Vec<&Matrix> = question
                .planes
                .iter()
                .filter(|plane| plane.name.starts_with(&prefix))
                .map(|plane| &plane.cells)
                .collect();
            let biases = format!("{}{}", fact(question, "Bias"), fact(question, "Biases")).replace('−', "-");
            let bias: f64 = biases.split(", ").nth(filter).and_then(|bias| bias.parse().ok()).unwrap_or(0.0);
            let y = conv2d(&tensor(&inputs), &tensor(&kernels), None, &Conv2d::default()).unwrap();
            vec![y[[0, 0, at[0], at[1]]] + bias]
        }
        Family::Pooling => {
            let pool = Pool2d {
                padding: Padding::per_side(asked.get(3).copied().unwrap_or(0)),
                stride: (asked[2], asked[2]),
                ..Pool2d::tiles(asked[0])
            };
            let x = tensor(&[plane("Input")]);
            let y = if question.text.contains("max") {
                max_pool2d(&x, &pool).unwrap().output
            } else {
                average_pool2d(&x, &pool).unwrap()
            };
            y.iter().copied().collect()
        }
        Family::Parameters | Family::MultiplyAdds => {
            let (rows, cols, channels) = (input[0], input[1], input[2]);
            let units = first(fact(question, "Units"), 0);
            let filters = first(fact(question, "Filters"), 0);
            let taps = kernel * kernel * channels;
            let places = slid(rows, kernel, stride, side, 1) * slid(cols, kernel, stride, side, 1);
            let count = match (question.family, units) {
                (Family::Parameters, 0) => filters * (taps + 1),
                (Family::Parameters, units) => units * (rows * cols * channels + 1),
                (_, 0) => places * filters * taps,
                (_, units) => units * rows * cols * channels,
            };
            vec![count as f64]
        }
        Family::ReceptiveField => {
            // Which rows of the input the cell 50 of the last layer reads, one by one.
            let mut seen: BTreeSet<usize> = [50].into();
            for (_, layer) in question.facts.iter().rev() {
                let kernel = numbers(layer)[0];
                let named = |name: &str| layer.split(name).nth(1).map_or(1, |rest| first(rest, 1));
                let (stride, dilation) = (named("stride "), named("dilation "));
                seen = seen.iter().flat_map(|row| (0..kernel).map(move |tap| row * stride + tap * dilation)).collect();
            }
            vec![(seen.last().unwrap() - seen.first().unwrap() + 1) as f64]
        }
        Family::Architecture => {
            let (link, _) = Link::decode(&question.link);
            let (lab, warnings) = architectures::decode(&link.fields);
            assert!(warnings.is_empty(), "{}", question.link);
            let network = lab.net.architecture();
            assert_eq!(question.facts.len(), network.layers.len() + 1);
            let (rows, _) = counts(&network.layers, network.input);
            if question.text.contains("flatten") {
                vec![rows[lab.layer.unwrap()].count.output.values() as f64]
            } else if question.text.contains("the network") {
                vec![rows.iter().map(|row| row.count.parameters).sum::<u64>() as f64]
            } else {
                vec![rows[lab.layer.unwrap()].count.parameters as f64]
            }
        }
        Family::Course => question.right.clone(),
    }
}

#[test]
fn ten_thousand_of_each_family_agree_with_the_reference() {
    for family in endless() {
        every_question(family, |question| {
            let expected = expected(question);
            assert_eq!(question.right.len(), expected.len(), "{}", question.line());
            let agrees = question.right.iter().zip(&expected).all(|(right, expected)| is_same(*right, *expected));
            assert!(agrees, "{}: {:?}, and not {expected:?}", question.line(), question.right);
        });
    }
}

/// The answer typed is right; each wrong one is told by its own mistake, and differs.
fn is_sound(question: &Question) {
    let about = question.line();
    assert_eq!(question.right.len(), question.shape.0 * question.shape.1, "{about}");
    assert!(question.right.iter().all(|value| value.is_finite()), "{about}");
    assert!(!question.how.is_empty() && !question.text.is_empty(), "{about}");
    if let Form::Choice(options) = &question.form {
        assert_eq!(options.len(), 4, "{about}");
        let grades: Vec<Grade> = (0..4).map(|at| question.grade(&[at.to_string()])).collect();
        assert_eq!(grades.iter().filter(|grade| **grade == Grade::Right).count(), 1, "{about}");
        let named = |grade: &&Grade| matches!(grade, Grade::Wrong(Some(_), _));
        assert_eq!(grades.iter().filter(named).count(), 3, "{about}: {grades:?}");
    } else {
        assert_eq!(question.grade(&typed(&question.right)), Grade::Right, "{about}");
        for wrong in &question.wrong {
            let grade = question.grade(&typed(&wrong.values));
            assert_eq!(grade, Grade::Wrong(Some(wrong.mistake), wrong.sentence.clone()), "{about}");
        }
    }
    for (at, known) in question.cells.iter().enumerate() {
        for known in known {
            assert!(!is_same(known.value, question.right[at]), "{about}");
        }
    }
    // A code has six bits for a question.
    assert!(question.mistakes().len() < 61, "{about}");
}

#[test]
fn ten_thousand_of_each_family_have_one_right_answer_and_named_mistakes() {
    for family in endless() {
        every_question(family, is_sound);
    }
    for number in 0..u32::try_from(Family::Course.most().unwrap()).unwrap() {
        is_sound(&question(Family::Course, 0, number, 0));
    }
}

/// Opens a question's link in its lab without a word about it, and finds the answer there.
fn opens(question: &Question) {
    let (link, warnings) = Link::decode(&question.link);
    assert!(warnings.is_empty(), "{}: {warnings:?}", question.link);
    if link.page == Page::Architectures {
        let (lab, warnings) = architectures::decode(&link.fields);
        assert!(warnings.is_empty() && lab.layer.is_some(), "{}: {warnings:?}", question.link);
        return;
    }
    let kind = LabKind::of_page(link.page).unwrap_or_else(|| panic!("{}", question.link));
    let (opened, warnings) = (kind.decode)(&link.fields);
    assert!(warnings.is_empty(), "{}: {warnings:?}", question.link);
    let computed = opened.lab.operation().compute().unwrap_or_else(|problem| panic!("{}: {problem}", question.link));
    assert!(opened.step <= computed.len(), "{}", question.link);
    found(question, &*computed, opened.step - 1);
}

fn found(question: &Question, computed: &dyn Computation, step: usize) {
    let link = &question.link;
    let asked = || computed.answer(step).unwrap().value;
    let output = computed.output().first();
    match (question.family, &question.form) {
        (Family::OutputCell | Family::Channels | Family::Parameters | Family::MultiplyAdds, _) => {
            assert!(is_same(asked(), question.right[0]), "{link}");
        }
        (_, Form::Matrix | Form::Choice(_)) => assert_eq!(output.unwrap().cells(), question.right, "{link}"),
        (Family::OutputShape, _) if link.contains("convolution") => {
            let (rows, cols) = output.unwrap().shape();
            assert_eq!(vec![rows as f64, cols as f64], question.right, "{link}");
        }
        (Family::OutputShape, _) => assert!(is_same(asked(), question.right[0] * question.right[1]), "{link}"),
        _ => {}
    }
}

#[test]
fn show_me_opens_the_lab_on_that_very_question() {
    for family in Family::ALL {
        for number in 0..400 {
            opens(&question(*family, 7, number, number % LEVELS));
        }
    }
}

#[test]
fn the_slides_numbers_come_out() {
    let answers: Vec<String> = (0..13).map(|number| question(Family::Course, 0, number, 0).answer()).collect();
    assert_eq!(
        answers,
        [
            "19, 25; 37, 43",
            "3 × 3",
            "32 × 32 × 10",
            "760",
            "85,162,752",
            "20, 30; 112, 37",
            "13, 8; 79, 19.5",
            "A, 16, 8; 20, 25",
            "20, 30; 70, 90",
            "3,600,000,000",
            "61,706",
            "55 × 55 × 96",
            "34,944",
        ]
    );
}

#[test]
fn a_seed_gives_the_same_sheet_from_easy_to_hard() {
    for family in Family::ALL {
        let sheet = Sheet::new(*family, 3, 10);
        let questions = sheet.questions();
        assert_eq!(questions, sheet.questions());
        assert_eq!(questions.len(), 10);
        let others = Sheet::new(*family, 4, 10).questions();
        assert_eq!(others == questions, *family == Family::Course, "{family:?}");
    }
    assert_eq!(Sheet::new(Family::Course, 3, 50).n, 13);
}

/// The list of mistakes is whole with those that questions alone have.
#[test]
fn the_mistakes_of_sizes_are_made_in_questions() {
    let mut made: BTreeSet<Mistake> = BTreeSet::new();
    for family in endless() {
        for number in 0..400 {
            made.extend(question(family, 1, number, number % LEVELS).mistakes());
        }
    }
    for mistake in [Mistake::FirstPlaceLeftOut, Mistake::RoundedUp, Mistake::SizesDivided, Mistake::WindowsMultiplied] {
        assert!(made.contains(&mistake), "{mistake}");
    }
}

fn quiz(link: &str, kept: &str) -> Quiz {
    let (link, _) = Link::decode(link);
    let (settings, warnings) = decode(&link.fields);
    assert!(warnings.is_empty(), "{warnings:?}");
    Quiz::new(settings, kept, true, 0)
}

/// Types an answer and asks for its grade.
fn answer(quiz: &mut Quiz, typed: &[String]) {
    for (at, text) in typed.iter().enumerate() {
        quiz.apply(Action::Type(at, text.clone()));
    }
    quiz.apply(Action::Check);
}

fn right(question: &Question) -> Vec<String> {
    match &question.form {
        Form::Choice(options) => {
            let at = (0..options.len()).find(|at| question.grade(&[at.to_string()]) == Grade::Right);
            vec![at.unwrap().to_string()]
        }
        _ => typed(&question.right),
    }
}

#[test]
fn a_sheet_is_answered_to_its_code_and_read_by_the_instructor() {
    let mut quiz = quiz("#/quiz/stride?seed=3&n=4", "");
    for at in 0..4 {
        let question = quiz.run.as_ref().unwrap().question.clone().unwrap();
        if at == 1 {
            answer(&mut quiz, &typed(&question.wrong[0].values));
            let run = quiz.run.as_ref().unwrap();
            assert_eq!(run.stage, Stage::Wrong(question.wrong[0].sentence.clone()));
            assert_eq!(quiz.progress.made(Family::Stride).len(), 1);
        }
        if at == 2 {
            quiz.apply(Action::Reveal);
        } else {
            answer(&mut quiz, &right(&question));
            assert_eq!(quiz.run.as_ref().unwrap().stage, Stage::Right);
        }
        assert_eq!(quiz.code(), None);
        quiz.apply(Action::Next);
    }
    let run = quiz.run.as_ref().unwrap();
    assert_eq!(run.question, None);
    let mistake = quiz.progress.made(Family::Stride)[0].mistake;
    assert_eq!(run.marks, [Mark::Right, Mark::Wrong(Some(mistake)), Mark::Open, Mark::Right]);
    let code = quiz.code().unwrap();
    assert!(code.len() <= 20, "{code}");
    let (classes, troubles) =
        class(&format!("Ada: {code}\n\nBob {}\nnothing\n", code.to_lowercase()), Sheet::questions);
    assert_eq!(classes.len(), 1);
    let (sheet, class) = &classes[0];
    assert_eq!(*sheet, Sheet::new(Family::Stride, 3, 4));
    assert_eq!(class.sent.iter().map(|sent| sent.name.as_str()).collect::<Vec<_>>(), ["Ada", "Bob"]);
    assert_eq!((class.right(0), class.right(1), class.right(2)), (2, 0, 0));
    assert_eq!(class.mistakes(1), [(Some(mistake), 2)]);
    assert_eq!(class.all_mistakes(), [(Some(mistake), 2)]);
    assert_eq!(troubles, ["Line 4, “nothing”, is no result: a letter is wrong or missing."]);
}

#[test]
fn a_run_that_was_left_is_taken_up() {
    for link in ["#/quiz/padding?seed=3&n=4", "#/quiz/padding", "#/quiz/course"] {
        let mut first = quiz(link, "");
        let question = first.run.as_ref().unwrap().question.clone().unwrap();
        answer(&mut first, &right(&question));
        let again = quiz(link, &first.write());
        assert_eq!(again.run.as_ref().unwrap().stage, Stage::Revealed, "{link}");
        first.apply(Action::Next);
        let question = first.run.as_ref().unwrap().question.clone().unwrap();
        assert_eq!(quiz(link, &first.write()).run, first.run, "{link}");
        let wrong = question.wrong.first().map(|wrong| typed(&wrong.values)).unwrap();
        answer(&mut first, &wrong);
        let again = quiz(link, &first.write());
        let run = again.run.as_ref().unwrap();
        // The first answer stays, and counts once.
        assert_eq!((run.at, run.marks.len(), &run.stage), (1, 2, &Stage::Open), "{link}");
        assert_eq!(run.question, Some(question), "{link}");
        assert_eq!(again.progress, first.progress, "{link}");
        // Another sheet begins at its first question.
        assert_eq!(quiz("#/quiz/padding?seed=5", &first.write()).run.unwrap().at, 0, "{link}");
    }
}

#[test]
fn mistakes_come_back_until_they_are_learned() {
    let mut quiz = quiz("#/quiz/output-shape?n=50", "");
    let question = quiz.run.as_ref().unwrap().question.clone().unwrap();
    let mistake = question.wrong[0].mistake;
    answer(&mut quiz, &typed(&question.wrong[0].values));
    quiz.apply(Action::Reveal);
    quiz.apply(Action::Next);
    let mut came = Vec::new();
    for number in 1..90 {
        let Some(question) = quiz.run.as_ref().unwrap().question.clone() else {
            quiz.apply(Action::Restart);
            continue;
        };
        if quiz.progress.due(Family::OutputShape) == Some(mistake) {
            assert!(question.mistakes().contains(&mistake));
            came.push(number);
        }
        answer(&mut quiz, &right(&question));
        quiz.apply(Action::Next);
    }
    assert_eq!(came.len(), 4, "{came:?}");
    assert!(quiz.progress.made(Family::OutputShape).is_empty());
    assert_eq!(quiz.progress.of(Family::OutputShape).level, LEVELS - 1);
}

#[test]
fn answers_that_can_not_be_read_say_why_and_count_for_nothing() {
    let mut quiz = quiz("#/quiz/output-shape?seed=1", "");
    let stage = |quiz: &Quiz| quiz.run.as_ref().unwrap().stage.clone();
    answer(&mut quiz, &["three".into(), "3".into()]);
    assert_eq!(stage(&quiz), Stage::Unreadable("“three” is not a number.".into()));
    answer(&mut quiz, &["3".into(), String::new()]);
    assert_eq!(stage(&quiz), Stage::Unreadable("Columns is empty: type a number.".into()));
    assert_eq!((quiz.progress.asked, quiz.run.as_ref().unwrap().marks.len()), (0, 0));
    answer(&mut quiz, &["77".into(), "78".into()]);
    assert_eq!(stage(&quiz), Stage::Wrong("77 × 78 is not right, and no usual mistake gives it.".into()));
}

#[test]
fn one_wrong_letter_is_found() {
    let sheet = Sheet::new(Family::Padding, 300, 10);
    let questions = sheet.questions();
    let marks: Vec<Mark> = questions
        .iter()
        .enumerate()
        .map(|(at, question)| if at % 2 == 0 { Mark::Right } else { Mark::Wrong(question.mistakes().last().copied()) })
        .collect();
    let score = Score { sheet, marks };
    let code = code::write(&score, &questions);
    assert_eq!(code::read(&code).unwrap().0, score);
    let letters: Vec<char> = code.chars().collect();
    for at in 0..letters.len() {
        for digit in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars() {
            let mut typed = letters.clone();
            if typed[at] != '-' && typed[at] != digit {
                typed[at] = digit;
                let typed: String = typed.iter().collect();
                assert!(code::read(&typed).is_err(), "{typed}");
            }
        }
        if at > 0 && letters[at] != letters[at - 1] && letters[at] != '-' && letters[at - 1] != '-' {
            let mut typed = letters.clone();
            typed.swap(at, at - 1);
            assert!(code::read(&typed.iter().collect::<String>()).is_err());
        }
    }
}

#[test]
fn what_is_typed_for_a_sheet_is_in_the_link() {
    let mut quiz = quiz("#/quiz", "");
    assert!(quiz.fields().is_empty());
    quiz.apply(Action::SheetSeed("7".to_owned()));
    quiz.apply(Action::SheetCount("12".to_owned()));
    quiz.apply(Action::SheetFamily(Family::Pooling));
    let told = Settings { seed: Some(7), n: Some(12), about: Some(Family::Pooling), ..Settings::default() };
    assert_eq!(quiz.fields(), encode(&told));
    let mut again = Quiz::new(told, "", true, 0);
    assert_eq!((again.plan.seed.as_str(), again.plan.n.as_str(), again.plan.family), ("7", "12", Family::Pooling));
    let screen = (PARTS[0].of)(&again).into_string();
    assert!(screen.contains("value=\"7\"") && screen.contains("value=\"12\""), "{screen}");
    // What can't be read leaves the link as it was opened, and the next start is that of its link.
    again.apply(Action::SheetSeed("x".to_owned()));
    assert_eq!(again.fields(), quiz.fields());
    again.apply(Action::Open(Settings::default()));
    assert_eq!(again.plan.seed, "1");
}

#[test]
fn questions_without_a_seed_are_others_at_each_visit_and_the_same_by_the_link_of_one() {
    let asked = |quiz: &Quiz| quiz.run.as_ref().unwrap().question.clone().unwrap();
    let opened = |fields: &Fields, kept: &str, visit| Quiz::new(decode(fields).0, kept, true, visit);
    for family in endless() {
        let link = Link::decode(&Settings { place: Place::Questions(family), ..Settings::default() }.link()).0.fields;
        let first = |visit: u32| format!("{:?}", asked(&opened(&link, "", visit)));
        let firsts: BTreeSet<String> = (0..8).map(first).collect();
        assert!(firsts.len() > 4, "{family:?}: {firsts:?}");
        let mut quiz = opened(&link, "", 7);
        // As long as nothing is answered the link is the family's own.
        assert_eq!(quiz.fields(), link);
        let first = asked(&quiz);
        quiz.apply(Action::Restart);
        assert_ne!(asked(&quiz), first, "{family:?}: further questions are others");
        let first = asked(&quiz);
        answer(&mut quiz, &right(&first));
        quiz.apply(Action::Next);
        let fields = quiz.fields();
        assert_ne!(fields, link);
        let again = opened(&fields, &quiz.write(), 99);
        assert_eq!(asked(&again), asked(&quiz), "{family:?}: the way back takes it up");
        assert_eq!(asked(&opened(&fields, "", 99)), first, "{family:?}: another device begins with the same");
    }
}

#[test]
fn every_part_of_every_place_is_markup() {
    for link in
        ["#/quiz", "#/quiz/results", "#/quiz/course", "#/quiz/pooling?seed=1&sheet=1", "#/quiz/channels?answers=1"]
    {
        let mut quiz = quiz(link, "");
        quiz.apply(Action::Codes("<b>Ada</b> XYZ".to_owned()));
        for part in PARTS {
            assert!(!(part.of)(&quiz).as_str().contains("<b>Ada"), "{link}");
        }
        assert!(!results(&quiz.codes, Sheet::questions).as_str().contains("<b>Ada"), "{link}");
        let screen = (PARTS[0].of)(&quiz);
        assert_eq!(screen.as_str().matches("<h1").count(), 1, "{link}");
    }
}

fn any_sheet() -> impl Strategy<Value = Sheet> {
    (prop::sample::select(Family::ALL), prop_oneof![0..300u32, any::<u32>()], 1..=MOST)
        .prop_map(|(family, seed, n)| Sheet::new(family, seed, n))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_result_comes_back_from_its_code(sheet in any_sheet(), drawn in prop::collection::vec(any::<prop::sample::Index>(), 50)) {
        let questions = sheet.questions();
        let mark = |(question, drawn): (&Question, &prop::sample::Index)| {
            let mut marks = vec![Mark::Open, Mark::Right, Mark::Wrong(None)];
            marks.extend(question.mistakes().into_iter().map(|mistake| Mark::Wrong(Some(mistake))));
            marks[drawn.index(marks.len())]
        };
        let score = Score { sheet, marks: questions.iter().zip(&drawn).map(mark).collect() };
        let code = code::write(&score, &questions);
        prop_assert_eq!(code::read(&code).map(|(score, _)| score), Ok(score));
    }
}

proptest! {
    #[test]
    fn any_text_is_a_code_or_none(text in any::<String>(), letters in "[0-9A-Za-z -]{0,200}") {
        drop(code::read(&text));
        drop(code::read(&letters));
        drop(class(&format!("{text}\n{letters}"), Sheet::questions));
    }

    #[test]
    fn any_text_is_a_progress(
        text in any::<String>(),
        lines in "(receptive quiz 1\n)?((asked|family|mistake|run)( (padding|course|padding:3:4|done|tried|rounded-up|-?[0-9]{1,12})){0,9}\n){0,9}",
    ) {
        for text in [text, lines] {
            let progress = Progress::read(&text);
            prop_assert_eq!(&Progress::read(&progress.write()), &progress);
            let quiz = quiz("#/quiz/padding?seed=3&n=4", &text);
            prop_assert!(quiz.run.unwrap().at <= 4);
        }
    }

    #[test]
    fn any_link_opens_a_page(
        place in prop::option::of("(padding|course|results|[a-z]{0,6})"),
        query in "((seed|n|visit|sheet|answers|x)=-?[0-9]{0,11}&|about=(padding|none|)&){0,4}",
    ) {
        let place = place.map(|place| format!("/{place}")).unwrap_or_default();
        let (link, _) = Link::decode(&format!("#/quiz{place}?{query}"));
        let (settings, _) = decode(&link.fields);
        prop_assert!(settings.n.is_none_or(|n| (1..=MOST).contains(&n)));
        let again = Link::decode(&settings.link()).0;
        prop_assert_eq!(decode(&again.fields), (settings.clone(), vec![]));
        let quiz = Quiz::new(settings.clone(), "", true, 0);
        prop_assert_eq!(quiz.run.is_some(), matches!(settings.place, Place::Questions(_)) && !settings.sheet && !settings.answers);
    }
}

/// A part of a matrix is judged cell by cell.
#[test]
fn a_wrong_cell_is_named_by_its_place() {
    let question = question(Family::Course, 0, 0, 0);
    let grade = question.grade(&["19".into(), "25".into(), "43".into(), "43".into()]);
    let Grade::Wrong(Some(mistake), sentence) = grade else { panic!("{grade:?}") };
    assert_eq!(mistake, Mistake::WindowOff);
    assert!(sentence.starts_with("Row 1, column 0: That window lies one column too far right"), "{sentence}");
    let settings = Settings { place: Place::Results, ..Settings::default() };
    assert_eq!(settings.link(), "#/quiz/results");
}
