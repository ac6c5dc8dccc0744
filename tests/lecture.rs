//! The course's lecture: every scene opens what it names, and every number in it is computed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use receptive::{
    bench::{Bench, BenchView},
    course::lecture::{Lecture, Row, Scene, fill, markup, shown},
    link::{Link, Page, architectures, depth, operation::LabKind, train},
};

/// The lab of a scene after so many reveals, as it is seen.
fn seen(scene: &Scene, revealed: usize) -> Option<BenchView> {
    let link = shown(scene, revealed);
    let kind = LabKind::of_page(link.page)?;
    let (state, warnings) = (kind.decode)(&link.fields);
    assert_eq!(warnings, [], "{}", scene.title);
    Some(Bench::open(kind, state).view())
}

/// All texts of a scene that are templates.
fn texts(scene: &Scene) -> Vec<(usize, &str)> {
    let mut texts = vec![(0, scene.title.as_str()), (0, scene.ask.as_str())];
    texts.extend(scene.reveals.iter().enumerate().map(|(at, reveal)| (at + 1, reveal.line.as_str())));
    texts.extend(scene.notes.iter().map(|note| (0, note.as_str())));
    for row in &scene.figure {
        match row {
            Row::Line(text) => texts.push((0, text)),
            Row::Cells(cells) => texts.extend(cells.iter().map(|cell| (0, cell.as_str()))),
            Row::Bar(name, number) => texts.extend([(0, name.as_str()), (0, number.as_str())]),
            Row::Picture(_) => {}
        }
    }
    texts
}

#[test]
fn the_lecture_has_the_courses_lessons_in_order() {
    let lecture = Lecture::course();
    let sections: Vec<&str> = lecture.sections().iter().map(|(name, ..)| *name).collect();
    let course = [
        "Images",
        "Convolution",
        "Filters",
        "Padding",
        "Stride",
        "Channels",
        "Pooling",
        "CNN or MLP",
        "LeNet",
        "AlexNet",
        "Deeper",
        "ResNet",
    ];
    assert_eq!(sections, course);
    assert!(lecture.scenes.len() >= 30, "{}", lecture.scenes.len());
    let (_, unread) = Lecture::decode(include_str!("../src/course/lecture/cnn.md"));
    assert_eq!(unread, []);
    assert_eq!(Lecture::decode(&lecture.encode()), (lecture, vec![]));
}

#[test]
fn every_link_opens_what_it_names() {
    for scene in &Lecture::course().scenes {
        let title = &scene.title;
        assert!(!scene.show.is_empty() || !scene.figure.is_empty(), "{title} shows nothing");
        assert!(markup::is_drawn(scene), "{title} has no such picture");
        if scene.show.is_empty() {
            continue;
        }
        for revealed in 0..=scene.reveals.len() {
            let link = shown(scene, revealed);
            let (again, warnings) = Link::decode(&link.encode());
            assert_eq!((again, warnings), (link.clone(), vec![]), "{title}");
            let warnings = match link.page {
                Page::Architectures => architectures::decode(&link.fields).1,
                Page::Depth => depth::decode(&link.fields).1,
                Page::Train => train::decode(&link.fields).1,
                page => (LabKind::of_page(page).unwrap_or_else(|| panic!("{title}: {page:?}")).decode)(&link.fields).1,
            };
            assert_eq!(warnings, [], "{title}");
        }
        assert_eq!(scene.is_lab(), scene.figure.is_empty(), "{title}");
    }
}

#[test]
fn every_number_is_computed() {
    for scene in &Lecture::course().scenes {
        for (revealed, text) in texts(scene) {
            let view = seen(scene, revealed);
            let filled = fill(text, view.as_ref().filter(|view| !view.presets.is_empty()));
            assert!(!filled.contains(['{', '}', '…']), "{}: {filled}", scene.title);
            // Outside of braces digits are part of names alone.
            let mut outside = String::new();
            for part in text.split('}') {
                outside.push_str(part.split('{').next().unwrap());
                outside.push(' ');
            }
            for word in outside.split(|c: char| c.is_whitespace() || "()/,.:;⌊⌋".contains(c)) {
                let is_name = word.chars().next().is_some_and(char::is_alphabetic);
                assert!(is_name || !word.contains(|c: char| c.is_ascii_digit()), "{}: {word} in {text}", scene.title);
            }
        }
    }
}

#[test]
fn every_step_that_is_shown_is_there() {
    for scene in &Lecture::course().scenes {
        for revealed in 0..=scene.reveals.len() {
            let link = shown(scene, revealed);
            let step =
                link.fields.iter().find(|(name, _)| name == "step").map(|(_, step)| step.parse::<usize>().unwrap());
            // Pictures have no steps before their pixels are there.
            if let Some(view) = seen(scene, revealed).filter(|_| link.page != Page::Filters && scene.is_lab()) {
                assert!(view.problem.is_none(), "{}", scene.title);
                assert!(
                    step.is_none_or(|step| step <= view.playback.len),
                    "{}: {step:?} of {}",
                    scene.title,
                    view.playback.len
                );
            }
        }
    }
}

#[test]
fn a_line_has_room_on_two_lines() {
    for scene in &Lecture::course().scenes {
        assert!(!scene.section.is_empty() && !scene.title.is_empty());
        for (revealed, text) in texts(scene) {
            let len = fill(text, seen(scene, revealed).as_ref()).chars().count();
            assert!(len <= 130, "{len} signs: {text}");
        }
        assert!(fill(&scene.title, None).chars().count() <= 52, "{}", scene.title);
    }
}
