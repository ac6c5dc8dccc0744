//! The course: lessons to read and try, questions to answer, a lecture to give. Each names states of the labs by their
//! links, and has its numbers computed.

mod doors;
mod icon;
pub mod lecture;
pub mod lesson;
pub mod quiz;

pub use doors::{doors, is_place};

/// What the device keeps of the course: the key of its text, and what it is.
pub const KEPT: [(&str, &str); 4] =
    [(LESSONS, "lessons"), (QUIZ, "quiz"), (LECTURE, "own lecture"), (LAST, "last lab")];

/// The key of what is done of the lessons.
pub const LESSONS: &str = "receptive.lessons";

/// The key of what was answered in the quiz.
pub const QUIZ: &str = "receptive.quiz";

/// The key of the lecture of one's own.
pub const LECTURE: &str = "receptive.lecture";

/// The key of the link to the lab where one was last.
pub const LAST: &str = "receptive.last";

/// All that is kept as one text to save: a heading with each key, and what it holds.
pub fn kept_text(texts: &[(&str, String)]) -> String {
    let held = texts.iter().filter(|(_, text)| !text.is_empty());
    held.map(|(key, text)| ["[", key, "]\n", text, "\n"].concat()).collect()
}
