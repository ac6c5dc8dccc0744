//! A lecture as text, line by line: readable, editable by hand, and good for any bytes.
//!
//! ```text
//! # Title
//! ## Section
//! ### Scene
//! show: convolution?pad=1
//! | a table's | line |
//! = a formula
//! bar: name | number
//! picture: name
//! ask: what stands below
//! reveal: step=2 | what stands below then
//! note: what the lecturer is reminded of
//! ```

use std::fmt;

use super::{Lecture, Reveal, Row, Scene};

/// The longest text that is read, in bytes.
pub const MAX_LEN: usize = 256 * 1024;

/// The most scenes that are read.
pub const MAX_SCENES: usize = 200;

/// The most lines that are named as unread.
const MAX_UNREAD: usize = 20;

/// A line that says nothing known; the rest holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Its number, from 1.
    pub line: usize,
    /// Its beginning.
    pub text: String,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line {} can't be read and was left out: {}", self.line, self.text)
    }
}

/// What a line of a scene begins with.
const SHOW: &str = "show:";
const ASK: &str = "ask:";
const REVEAL: &str = "reveal:";
const NOTE: &str = "note:";
const BAR: &str = "bar:";
const PICTURE: &str = "picture:";

impl Lecture {
    /// Reads a text; any text is a lecture. What can't be read is named, and the rest holds.
    pub fn decode(text: &str) -> (Self, Vec<Unread>) {
        let mut lecture = Self::default();
        let mut unread = Vec::new();
        let mut section = String::new();
        let mut end = text.len().min(MAX_LEN);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let (read, left) = text.split_at(end);
        for (number, line) in read.lines().enumerate() {
            let line = line.trim();
            let has_room = lecture.scenes.len() < MAX_SCENES;
            let is_known = if line.is_empty() {
                true
            } else if let Some(title) = after(line, "###") {
                if has_room {
                    lecture.scenes.push(Scene { section: section.clone(), title, ..Scene::default() });
                }
                has_room
            } else if let Some(name) = after(line, "##") {
                section = name;
                true
            } else if let Some(title) = after(line, "#") {
                lecture.title = title;
                true
            } else {
                lecture.scenes.last_mut().is_some_and(|scene| scene.take(line))
            };
            if !is_known && unread.len() < MAX_UNREAD {
                unread.push(Unread { line: number + 1, text: line.chars().take(60).collect() });
            }
        }
        if !left.is_empty() {
            unread.push(Unread { line: read.lines().count(), text: "the file is longer than is read".to_owned() });
        }
        (lecture, unread)
    }

    /// Its text, which [`decode`](Self::decode) reads back.
    pub fn encode(&self) -> String {
        let mut text = String::new();
        let mut put = |parts: &[&str]| {
            let line = parts.concat();
            // A line break in a text would end it.
            text.push_str(line.replace(['\n', '\r'], " ").trim_end());
            text.push('\n');
        };
        put(&["# ", &self.title]);
        let mut section = "";
        for scene in &self.scenes {
            if scene.section != section {
                section = &scene.section;
                put(&[]);
                put(&["## ", section]);
            }
            put(&[]);
            put(&["### ", &scene.title]);
            scene.write(&mut put);
        }
        text
    }
}

/// What comes after the mark; the mark's last sign is none more.
fn after(line: &str, mark: &str) -> Option<String> {
    let rest = line.strip_prefix(mark)?;
    (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim().to_owned())
}

/// Both sides of the first `|`.
fn both(text: &str) -> (String, String) {
    let (first, second) = text.split_once('|').unwrap_or((text, ""));
    (first.trim().to_owned(), second.trim().to_owned())
}

impl Scene {
    /// Takes a line of a scene; `false` where it is none.
    fn take(&mut self, line: &str) -> bool {
        let value = |mark: &str| line.strip_prefix(mark).map(|rest| rest.trim().to_owned());
        if let Some(link) = value(SHOW) {
            self.show = link;
        } else if let Some(text) = value(ASK) {
            self.ask = text;
        } else if let Some(text) = value(REVEAL) {
            let (set, line) = both(&text);
            self.reveals.push(Reveal { set, line });
        } else if let Some(text) = value(NOTE) {
            self.notes.push(text);
        } else if let Some(text) = value(BAR) {
            let (name, number) = both(&text);
            self.figure.push(Row::Bar(name, number));
        } else if let Some(name) = value(PICTURE) {
            self.figure.push(Row::Picture(name));
        } else if let Some(text) = value("= ") {
            self.figure.push(Row::Line(text));
        } else if let Some(cells) = line.strip_prefix('|') {
            let cells = cells.trim_end_matches('|').split('|').map(|cell| cell.trim().to_owned());
            self.figure.push(Row::Cells(cells.collect()));
        } else {
            return false;
        }
        true
    }

    fn write(&self, put: &mut dyn FnMut(&[&str])) {
        if !self.show.is_empty() {
            put(&[SHOW, " ", &self.show]);
        }
        for row in &self.figure {
            match row {
                Row::Line(text) => put(&["= ", text]),
                Row::Cells(cells) => put(&["| ", &cells.join(" | "), " |"]),
                Row::Bar(name, number) => put(&[BAR, " ", name, " | ", number]),
                Row::Picture(name) => put(&[PICTURE, " ", name]),
            }
        }
        if !self.ask.is_empty() {
            put(&[ASK, " ", &self.ask]);
        }
        for Reveal { set, line } in &self.reveals {
            put(&[REVEAL, " ", set, " | ", line]);
        }
        for note in &self.notes {
            put(&[NOTE, " ", note]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_damaged_file_opens_as_far_as_it_can_be_read() {
        let text = "# Mine\n### One\nshow: pooling\nsh0w: x\n### Two\nask: why?\nreveal: step=2 | so\n\u{0}\u{fffd}";
        let (lecture, unread) = Lecture::decode(text);
        assert_eq!((lecture.title.as_str(), lecture.scenes.len()), ("Mine", 2));
        assert_eq!(lecture.scenes[1].reveals, [Reveal { set: "step=2".into(), line: "so".into() }]);
        let said: Vec<String> = unread.iter().map(ToString::to_string).collect();
        assert_eq!(said[0], "Line 4 can't be read and was left out: sh0w: x");
        assert_eq!(unread.len(), 2);
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let (lecture, unread) = Lecture::decode(&"### a\n".repeat(MAX_SCENES + 30));
        assert_eq!((lecture.scenes.len(), unread.len()), (MAX_SCENES, MAX_UNREAD));
        let (_, unread) = Lecture::decode(&"é".repeat(MAX_LEN));
        assert_eq!(unread.last().map(|it| it.text.as_str()), Some("the file is longer than is read"));
    }

    proptest! {
        #[test]
        fn any_text_is_a_lecture_that_comes_back(
            text in prop_oneof![
                any::<String>(),
                "((#{1,4} ?|show:|ask: |reveal: ?|note:|bar: |picture: |= |\\| ?)[a-z|{}?=& #]{0,9}\r?\n){0,9}",
            ],
        ) {
            let (lecture, _) = Lecture::decode(&text);
            let (again, unread) = Lecture::decode(&lecture.encode());
            prop_assert_eq!(unread, vec![]);
            prop_assert_eq!(again, lecture);
        }
    }
}
