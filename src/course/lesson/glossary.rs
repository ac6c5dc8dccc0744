//! The terms that the lessons tell, each with the sentence that tells it. They are found by the build in the lessons
//! themselves, so that no term is explained in a second place.

use serde::{Deserialize, Serialize};

use super::{
    Block, Lesson, Span,
    link::{LessonLink, encode_link},
    markup::spans,
    row,
};
use crate::{
    link::{Link, Page},
    markup::Markup,
};

/// A term where it is told what it means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// It.
    pub term: String,
    /// The sentence.
    pub sentence: Vec<Span>,
    /// The lesson, from 0.
    pub lesson: usize,
    /// The part of it, from 0.
    pub part: usize,
}

/// The terms of the lessons by the alphabet, each where it is told first.
pub fn of(lessons: &[Lesson]) -> Vec<Told> {
    let mut all: Vec<Told> = Vec::new();
    for (lesson, part, words) in lessons.iter().enumerate().flat_map(texts) {
        let sentences = sentences(words);
        for (at, sentence) in sentences.iter().enumerate() {
            // Words that point back need what they point to.
            let before = at.checked_sub(1).and_then(|before| sentences.get(before)).filter(|_| points_back(sentence));
            let told = before
                .map(|before| [before.as_slice(), &[Span::Text(" ".to_owned())][..], sentence.as_slice()].concat());
            let sentence = told.unwrap_or_else(|| sentence.clone());
            let terms: Vec<String> = sentence.iter().filter_map(term).cloned().collect();
            for term in terms {
                if !all.iter().any(|known| known.term.eq_ignore_ascii_case(&term)) {
                    all.push(Told { term, sentence: sentence.clone(), lesson, part });
                }
            }
        }
    }
    all.sort_by_cached_key(|told| told.term.to_lowercase());
    all
}

/// Whether a sentence begins with a word for something that was said before it.
fn points_back(sentence: &[Span]) -> bool {
    let Some(Span::Text(text)) = sentence.first() else { return false };
    ["This ", "That ", "These ", "Those ", "It ", "They ", "One ", "So "].iter().any(|word| text.starts_with(word))
}

fn term(span: &Span) -> Option<&String> {
    if let Span::Term(term) = span { Some(term) } else { None }
}

/// The paragraphs and items of a lesson, each with its place.
fn texts((at, lesson): (usize, &Lesson)) -> impl Iterator<Item = (usize, usize, &Vec<Span>)> {
    lesson.parts.iter().enumerate().flat_map(move |(part, it)| {
        it.blocks
            .iter()
            .flat_map(|block| match block {
                Block::Text(words) => vec![words],
                Block::List { items, .. } => items.iter().collect(),
                _ => Vec::new(),
            })
            .map(move |words| (at, part, words))
    })
}

/// A paragraph's sentences. Words that are marked belong to the one they stand in.
fn sentences(words: &[Span]) -> Vec<Vec<Span>> {
    let mut all: Vec<Vec<Span>> = vec![Vec::new()];
    for span in words {
        let Span::Text(text) = span else {
            if let Some(last) = all.last_mut() {
                last.push(span.clone());
            }
            continue;
        };
        let mut rest = text.as_str();
        while let Some(end) = [". ", "? ", ".\n", "?\n"].iter().filter_map(|end| rest.find(end)).min() {
            let (sentence, after) = rest.split_at(end + 1);
            if let Some(last) = all.last_mut() {
                last.push(Span::Text(sentence.to_owned()));
            }
            all.push(Vec::new());
            rest = after.trim_start();
        }
        if let Some(last) = all.last_mut().filter(|_| !rest.is_empty()) {
            last.push(Span::Text(rest.to_owned()));
        }
    }
    all
}

/// The terms as elements, each with the way to its lesson.
pub fn markup(terms: &[Told]) -> Markup {
    let mut html = Markup::raw("<h2>Terms</h2><dl class=\"lessons-terms\">");
    for told in terms {
        let fields = encode_link(&LessonLink { lesson: Some(told.lesson), part: told.part, lab: None });
        let link = Link { fields, ..Link::to(Page::Lessons) }.encode();
        html.push_raw("<div><dt>").push_text(&told.term).push_raw("</dt><dd>");
        spans(&mut html, &told.sentence);
        html.push_raw(" <a class=\"small\" href=\"").push_text(&link).push_raw("\">Lesson ");
        html.push_text(&(told.lesson + 1).to_string()).push_raw(": ").push_text(row(told.lesson).title);
        html.push_raw("</a></dd></div>");
    }
    html.push_raw("</dl>");
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::lesson::{Part, decode, encode, plain};

    #[test]
    fn a_term_has_the_sentence_that_tells_it() {
        let text = |words: &str| Span::Text(words.to_owned());
        let words =
            vec![text("First this. A "), Span::Term("stride".to_owned()), text(" is a step, 1.5 at most. Then that.")];
        let lesson = |blocks| Lesson { parts: vec![Part { blocks, ..Part::default() }], ..Lesson::default() };
        let back = vec![text("A large one skips. It is "), Span::Term("coarse".to_owned()), text(".")];
        let again = lesson(vec![Block::Text(vec![Span::Term("Stride".to_owned()), text(" again.")])]);
        let terms = of(&[lesson(vec![Block::Text(words), Block::Text(back)]), again]);
        assert_eq!(terms.len(), 2);
        assert_eq!(plain(&terms[0].sentence), "A large one skips. It is coarse.");
        assert_eq!(plain(&terms[1].sentence), "A stride is a step, 1.5 at most.");
        assert_eq!((terms[1].lesson, terms[1].part), (0, 0));
        assert_eq!(decode(&encode(&terms)), Some(terms.clone()));
        assert!(markup(&terms).as_str().contains("href=\"#/lessons/images\">Lesson 1: Images as numbers</a>"));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_a_glossary_or_none(bytes: Vec<u8>) {
            if let Some(terms) = decode::<Vec<Told>>(&bytes) {
                drop(markup(&terms));
            }
        }
    }
}
