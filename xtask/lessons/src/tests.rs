use receptive::course::{
    lecture::{Lecture, fill},
    lesson::{Block, Goal, Have, LESSONS, Lesson, Span, decode, encode, glossary, plain},
};

use crate::{lab::Lab, read, sources, value::work_out};

fn lessons() -> Vec<(&'static str, Lesson)> {
    let read = |slug: &'static str| {
        let text = std::fs::read_to_string(sources().join(format!("{slug}.md"))).expect(slug);
        (slug, read::lesson(&text).unwrap_or_else(|problems| panic!("{slug}: {}", problems.join("\n"))))
    };
    LESSONS.iter().map(|row| read(row.slug)).collect()
}

#[test]
fn numbers_are_worked_out() {
    let check =
        |text: &str, expect: &str| assert_eq!(work_out(text, Some("#/convolution")).as_deref(), Ok(expect), "{text}");
    check("5 * 5 * 6 + 6", "156");
    check("2 - -3 ^ 2", "11");
    check("(7 - 1) / 2", "3");
    check("size(32, 5)", "28");
    check("size(7, 3, s=2) * 2", "6");
    check("words(36e6 * 100)", "3.6 billion");
    check("percent(0.164)", "16.4 %");
    check("parameters(lenet)", "61,706");
    check("parameters(lenet, 1)", "156");
    check("parameters(c64k3p1 @ 3,224,224)", "1,792");
    check("macs(c64k3p1 @ 3,224,224)", "86,704,128");
    check("shape(lenet, 1)", "6 × 28 × 28");
    check("lab(output, 0, 1)", "25");
    check("lab(output)", "2 × 2");
    check("lab(steps)", "4");
    check("lab(sum)", "0×0 + 1×1 + 3×2 + 4×3 = 19");
    for wrong in [
        "",
        "5 *",
        "size(3, 5)",
        "lab(nothing)",
        "lab(output, 9, 9)",
        "parameters(none)",
        "parameters(lenet, 99)",
        "five",
        "1 2",
    ] {
        assert!(work_out(wrong, Some("#/convolution")).is_err(), "{wrong}");
    }
}

#[test]
fn what_can_not_be_read_is_said() {
    let check = |text: &str, expect: &str| {
        let problems = read::lesson(text).expect_err(text).join("; ");
        assert!(problems.contains(expect), "{problems}");
    };
    let head = "Lead.\n\n- goal\n\n## Part\n\n[Lab](#/convolution)\n\n";
    check("## Part\n", "there is no lead");
    check(&format!("{head}{{5 +}}\n"), "line 9");
    check(&format!("{head}```task\nDo it.\noutput: 2 × 2\n```\n"), "is fulfilled from the start");
    check(&format!("{head}```check\nWhich?\n- 4: Wrong.\n- 5: Wrong.\n```\n"), "has not one right answer");
    check(&format!("{head}```check\nWhich?\n- 4: Wrong.\n+ 4\n```\n"), "two answers alike");
    check(&head.replace("#/convolution", "#/convolution?strides=2"), "is not known here");
    check(&format!("{head}$\\frac{{1}}$\n"), "something is missing");
}

#[test]
fn every_lesson_is_whole() {
    for (slug, lesson) in lessons() {
        assert!((4..=7).contains(&lesson.parts.len()), "{slug}: {} parts", lesson.parts.len());
        assert!(lesson.tasks().count() > 0, "{slug} has a task");
        let (last, _) = lesson.checks().last().unwrap_or_else(|| panic!("{slug} has a check"));
        assert_eq!(last + 1, lesson.parts.len(), "{slug} ends with a check");
        assert!((5..=10).contains(&lesson.minutes), "{slug} takes {} minutes", lesson.minutes);
        assert_eq!(decode(&encode(&lesson)).as_ref(), Some(&lesson), "{slug}");
    }
}

/// Sentences of at most 20 words, and no word that tells a reader that it is easy.
#[test]
fn the_prose_is_spare() {
    let mut found = Vec::new();
    for (slug, lesson) in lessons() {
        let blocks =
            lesson.parts.iter().flat_map(|part| &part.blocks).filter(|block| !matches!(block, Block::Table { .. }));
        let lines = std::iter::once(&lesson.lead).chain(&lesson.goals).chain(blocks.flat_map(read::lines));
        // A formula is read as one word.
        let formula = |span: &Span| if let Span::Formula(_) = span { Span::Text("F".to_owned()) } else { span.clone() };
        let lines: Vec<String> = lines.map(|line| plain(&line.iter().map(formula).collect::<Vec<_>>())).collect();
        for line in lines {
            for sentence in
                line.split(['.', '?', '!', ':', ';']).filter(|sentence| sentence.split_whitespace().count() > 20)
            {
                found.push(format!("{slug}: {} words: {sentence}", sentence.split_whitespace().count()));
            }
            let lower = line.to_lowercase();
            for word in ["simply", "just", "obviously", "easy", "easily", "!"] {
                if lower.split(|c: char| !c.is_alphabetic() && c != '!').any(|it| it == word) {
                    found.push(format!("{slug}: “{word}” in: {line}"));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A task can be fulfilled from its part by the fields that it leaves to the reader: here for those that ask for a size.
#[test]
fn each_term_is_told_in_a_sentence_of_its_own_lesson() {
    let lessons: Vec<Lesson> = lessons().into_iter().map(|(_, lesson)| lesson).collect();
    let terms = glossary::of(&lessons);
    assert!(terms.len() >= 30, "{}", terms.len());
    for told in &terms {
        let sentence = plain(&told.sentence);
        assert!(sentence.contains(&told.term) && sentence.split_whitespace().count() >= 4, "{}: {sentence}", told.term);
        let title = plain(&lessons[told.lesson].parts[told.part].title);
        assert!(!title.is_empty(), "{}", told.term);
    }
    assert_eq!(decode(&encode(&terms)).as_ref(), Some(&terms));
}

#[test]
fn tasks_that_ask_for_a_size_can_be_fulfilled() {
    for (slug, lesson) in lessons() {
        for (at, task) in lesson.tasks() {
            let Some(shown) = lesson.shown(at) else { panic!("{slug}: no lab") };
            let lab = Lab::open(&shown.link).expect("checked");
            let only_size = task.goals.iter().all(|goal| matches!(goal, Goal::Size(..)));
            // What is typed into a grid is no one number.
            if !only_size || task.only.is_empty() || task.only.iter().any(|name| ["x", "k"].contains(&name.as_str())) {
                continue;
            }
            let changes = task.only.iter().flat_map(|name| (0..8).map(move |value| (name.clone(), value.to_string())));
            let reached = changes.into_iter().any(|(name, value)| {
                let separator = if shown.link.contains('?') { '&' } else { '?' };
                let other = format!("{}{separator}{name}={value}", shown.link);
                let Ok(tried) = Lab::open(&other) else { return false };
                let bench = tried.bench().expect("a lab").view();
                let have = task.have(&bench.scene, &tried.fields, bench.playback.at, bench.playback.len);
                task.strays(&tried.fields, &lab.fields).is_empty() && have.iter().all(Have::holds)
            });
            assert!(reached, "{slug}: “{}” can't be fulfilled by one of {:?}", plain(&task.words), task.only);
        }
    }
}

/// What the course's slides hold: each row is in a lesson and in a scene, found by words that only it has.
const DECK: [(&str, &str, &str, &str); 40] = [
    ("MLP as a composition of functions", "images", "functions inside of functions", "h₁ = σ(W₁x + b₁)"),
    ("capacity, bias and variance", "images", "high variance", "More capacity"),
    ("36 million inputs", "images", "36 million", "36 million"),
    ("3.6 billion weights", "images", "3.6 billion", "3.6 billion"),
    ("the sliding window", "convolution", "window", "The window slides"),
    ("the layer", "convolution", "bias", "Y = X ⋆ W + b"),
    ("what is learned", "convolution", "learn", "Learned: kernel and bias"),
    ("edges", "filters", "edge", "edges"),
    ("sharpen", "filters", "sharpen", "Sharpen"),
    ("blur", "filters", "blur", "Blur"),
    ("from hand-made to learned", "filters", "parts", "simple patterns"),
    ("32 to 28", "padding", "28", "32 becomes 28"),
    ("to 4 after seven", "padding", "seven", "4 after seven layers"),
    ("edges kept", "padding", "corner", "reach the corner"),
    ("p rows in total", "padding", "top and bottom together", "counts p in total"),
    ("even kernels", "padding", "Even kernels", "Even kernels"),
    ("stride 3 and 2", "stride", "stride", "Three rows down, two columns across"),
    ("three formulas", "stride", "formula", "Three formulas"),
    ("question 1", "stride", "7 × 7", "7 × 7, a kernel of 3, stride 2"),
    ("RGB sums", "channels", "red", "A kernel for each plane"),
    ("filters as pattern detectors", "channels", "pattern", "detects a pattern"),
    ("Gabor", "channels", "Gabor", "Gabor"),
    ("3 × 11 × 11", "channels", "11 × 11", "3 × 11 × 11"),
    ("64 filters: multiplications", "channels", "64", "multiplications"),
    ("64 filters: parameters", "channels", "parameters", "1,792"),
    ("the eye detector", "pooling", "eye", "eye detector"),
    ("maximum", "pooling", "maximum", "Maximum"),
    ("mean, no parameters", "pooling", "parameter", "Nothing is learned here"),
    ("sparse interactions", "cnn-or-mlp", "sparse", "Sparse"),
    ("shared weights", "cnn-or-mlp", "shared", "Shared"),
    ("equivariance", "cnn-or-mlp", "equivarian", "equivariance"),
    ("MNIST", "lenet", "60,000", "60,000"),
    ("LeNet", "lenet", "61,706", "61,706"),
    ("ReLU", "alexnet", "ReLU", "ReLU keeps the gradient"),
    ("augmentation and dropout", "alexnet", "dropout", "Dropout"),
    ("vanishing gradients", "deeper", "vanishing", "vanish"),
    ("residual connections", "deeper", "residual", "y = F(x) + x"),
    ("batch normalisation", "deeper", "batch normalisation", "Batch normalisation"),
    ("highway networks", "deeper", "highway", "Highway"),
    ("ImageNet's history", "resnet", "2012", "Top-five error"),
];

#[test]
fn each_row_of_the_deck_is_in_a_lesson_and_in_a_scene() {
    let lessons = lessons();
    let told = |slug: &str| {
        let (_, lesson) = lessons.iter().find(|(known, _)| *known == slug).expect(slug);
        let mut text: Vec<String> = lesson.parts.iter().map(|part| plain(&part.title)).collect();
        text.push(plain(&lesson.lead));
        let lines = lesson.parts.iter().flat_map(|part| &part.blocks).flat_map(read::lines);
        text.extend(lines.map(|line| plain(line)));
        text.join("\n").to_lowercase()
    };
    let lecture = Lecture::course().encode();
    let scenes = fill(&lecture, None).to_lowercase();
    let mut missing = Vec::new();
    for (row, slug, in_lesson, in_scene) in DECK {
        if !told(slug).contains(&in_lesson.to_lowercase()) {
            missing.push(format!("{row}: no “{in_lesson}” in the lesson {slug}"));
        }
        if !scenes.contains(&in_scene.to_lowercase()) {
            missing.push(format!("{row}: no “{in_scene}” in a scene"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
