//! A lesson: parts of text, each with what the lab beside it shows, tasks that the lab fulfils, and questions.
//!
//! Lessons are written in Markdown (`assets/lessons`, docs/lessons.md). The build reads them and works out their numbers
//! (`xtask/lessons`); what it writes is a [`Lesson`], which [`decode`] takes back from any bytes.

pub mod glossary;
pub mod link;
pub mod markup;
pub mod progress;
pub mod state;
mod task;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::link::{Fields, Link, PLACE, Page};

pub use task::{Goal, Have, Task, cell, plate, size};

/// A lesson as the site map of the course has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its name in links, and its file's.
    pub slug: &'static str,
    /// Its title.
    pub title: &'static str,
}

impl Row {
    /// The link to it.
    pub fn link(self) -> String {
        let fields: Fields = vec![(PLACE.to_owned(), self.slug.to_owned())];
        Link { fields, ..Link::to(Page::Lessons) }.encode()
    }
}

/// The lessons, in their order.
pub const LESSONS: [Row; 12] = [
    Row { slug: "images", title: "Images as numbers" },
    Row { slug: "convolution", title: "Convolution" },
    Row { slug: "filters", title: "Filters" },
    Row { slug: "padding", title: "Padding" },
    Row { slug: "stride", title: "Stride" },
    Row { slug: "channels", title: "Channels" },
    Row { slug: "pooling", title: "Pooling" },
    Row { slug: "cnn-or-mlp", title: "CNN and MLP" },
    Row { slug: "lenet", title: "LeNet" },
    Row { slug: "alexnet", title: "AlexNet" },
    Row { slug: "deeper", title: "Going deeper" },
    Row { slug: "resnet", title: "ResNet" },
];

/// The lesson at a place among [`LESSONS`]; past the last one, that.
pub fn row(at: usize) -> Row {
    let [.., last] = LESSONS;
    LESSONS.get(at).copied().unwrap_or(last)
}

/// The place of a lesson among [`LESSONS`].
pub fn position(slug: &str) -> Option<usize> {
    LESSONS.iter().position(|row| row.slug == slug)
}

/// What a lesson says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Lesson {
    /// What it is about, in a sentence.
    pub lead: Vec<Span>,
    /// What one can do at its end.
    pub goals: Vec<Vec<Span>>,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// A part of a lesson.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Part {
    /// Its heading.
    pub title: Vec<Span>,
    /// The lab that is shown beside it; none where that of the part before stays.
    pub lab: Option<Shown>,
    /// Its text.
    pub blocks: Vec<Block>,
}

/// What is shown beside a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// What it is called.
    pub title: String,
    /// The state of a lab, or of a page that is none.
    pub link: String,
}

/// A paragraph or something as large.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Block {
    /// A paragraph.
    Text(Vec<Span>),
    /// A formula that stands by itself.
    Formula(Vec<Maths>),
    /// A list.
    List {
        /// Whether its items are counted.
        ordered: bool,
        /// They.
        items: Vec<Vec<Span>>,
    },
    /// A table.
    Table {
        /// The names of its columns.
        head: Vec<Vec<Span>>,
        /// Its rows.
        rows: Vec<Vec<Vec<Span>>>,
    },
    /// A page that is no lab, to be opened.
    Door(Shown),
    /// A note on where the course's slides say it otherwise.
    Slides(Vec<Vec<Span>>),
    /// Something to do in the lab.
    Task(Task),
    /// A question.
    Check(Check),
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Span {
    /// Words.
    Text(String),
    /// What matters.
    Strong(String),
    /// A term, where it is told what it means.
    Term(String),
    /// A link.
    Link {
        /// Where it leads.
        to: String,
        /// What it says.
        words: String,
    },
    /// Code.
    Code(String),
    /// A formula.
    Formula(Vec<Maths>),
}

/// A piece of a formula.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Maths {
    /// A letter, or a name.
    Letter(String),
    /// A number.
    Number(String),
    /// A sign between two of them, or a bracket.
    Sign(String),
    /// Words.
    Words(String),
    /// What stands below and above something; either may be empty.
    Scripts(Vec<Maths>, Vec<Maths>, Vec<Maths>),
    /// A fraction.
    Fraction(Vec<Maths>, Vec<Maths>),
    /// A square root.
    Root(Vec<Maths>),
}

/// A question with some answers to choose from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What is asked.
    pub question: Vec<Span>,
    /// The answers.
    pub options: Vec<Choice>,
}

/// An answer to choose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// It.
    pub answer: Vec<Span>,
    /// Whether it is right.
    pub right: bool,
    /// What to say of it: the mistake that makes it, or why it is right.
    pub says: Vec<Span>,
}

/// A file of the course, longer than which none is looked at.
pub const MAX_LEN: usize = 256 * 1024;

/// The bytes of a file: of a [`Lesson`], or of the [`glossary`]'s terms.
pub fn encode(content: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(content).unwrap_or_default()
}

/// The content of these bytes; `None` where they are none, or of another build.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    if bytes.len() > MAX_LEN {
        return None;
    }
    postcard::from_bytes(bytes).ok()
}

/// The text of spans, without what marks them.
pub fn plain(spans: &[Span]) -> String {
    let mut text = String::new();
    for span in spans {
        match span {
            Span::Text(words)
            | Span::Strong(words)
            | Span::Term(words)
            | Span::Code(words)
            | Span::Link { words, .. } => {
                text.push_str(words);
            }
            Span::Formula(maths) => maths.iter().for_each(|piece| plain_maths(piece, &mut text)),
        }
    }
    text
}

fn plain_maths(piece: &Maths, text: &mut String) {
    let all = |pieces: &[Maths], text: &mut String| pieces.iter().for_each(|piece| plain_maths(piece, text));
    match piece {
        Maths::Letter(it) | Maths::Number(it) | Maths::Words(it) => text.push_str(it),
        Maths::Sign(it) if matches!(it.as_str(), "(" | ")" | "⌊" | "⌋" | ",") => text.push_str(it),
        Maths::Sign(it) => {
            text.push(' ');
            text.push_str(it);
            text.push(' ');
        }
        Maths::Scripts(of, below, above) => {
            all(of, text);
            all(below, text);
            all(above, text);
        }
        Maths::Fraction(above, below) => {
            text.push('(');
            all(above, text);
            text.push_str(")/(");
            all(below, text);
            text.push(')');
        }
        Maths::Root(of) => {
            text.push('√');
            all(of, text);
        }
    }
}

impl Lesson {
    /// What is shown beside part `at`: its own lab, else that of the nearest part before.
    pub fn shown(&self, at: usize) -> Option<&Shown> {
        self.parts.get(..=at)?.iter().rev().find_map(|part| part.lab.as_ref())
    }

    /// The tasks, each with the part that it stands in.
    pub fn tasks(&self) -> impl Iterator<Item = (usize, &Task)> {
        self.each(|block| if let Block::Task(task) = block { Some(task) } else { None })
    }

    /// The questions, each with the part that it stands in.
    pub fn checks(&self) -> impl Iterator<Item = (usize, &Check)> {
        self.each(|block| if let Block::Check(check) = block { Some(check) } else { None })
    }

    fn each<'a, T: 'a>(&'a self, of: fn(&'a Block) -> Option<&'a T>) -> impl Iterator<Item = (usize, &'a T)> {
        self.parts
            .iter()
            .enumerate()
            .flat_map(move |(at, part)| part.blocks.iter().filter_map(of).map(move |it| (at, it)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_a_lesson_or_none(bytes: Vec<u8>) {
            if let Some(lesson) = decode::<Lesson>(&bytes) {
                // What a page does with it.
                let state = state::LessonState::new(0, lesson, state::Kept::default());
                drop(markup::head(&state));
                for (at, part) in state.lesson().parts.iter().enumerate() {
                    prop_assert!(markup::part(&state, at).as_str().contains("<h2"), "{}", plain(&part.title));
                }
            }
        }
    }
}
