//! What a reader has done of the lessons, as it is kept on the device.

use super::{LESSONS, row};

/// The lesson that comes next, for a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// `Continue lesson 4: Padding`.
    pub words: String,
    /// Where it is.
    pub link: String,
}

/// What is kept of one lesson: a bit for each of its tasks and its questions, the first in the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kept {
    /// Tasks that were fulfilled.
    pub tasks: u32,
    /// Questions that were answered right.
    pub checks: u32,
    /// How many tasks and questions the lesson has; 0 where it was not opened yet.
    pub all: u32,
}

impl Kept {
    /// How many of the tasks and questions are done.
    pub fn count(self) -> u32 {
        self.tasks.count_ones() + self.checks.count_ones()
    }

    /// Whether the lesson is done: it was opened, and nothing is left.
    pub fn is_done(self) -> bool {
        self.all > 0 && self.count() >= self.all
    }
}

/// What is kept of all lessons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Of each, in their order.
    pub lessons: [Kept; LESSONS.len()],
    /// The lesson that was read last.
    pub last: Option<usize>,
}

/// A text that is longer is none of ours.
const MAX_LEN: usize = 4096;

impl Progress {
    /// What is kept of the lesson at a place.
    pub fn of(&self, at: usize) -> Kept {
        self.lessons.get(at).copied().unwrap_or_default()
    }

    /// Keeps something of the lesson at a place.
    pub fn set(&mut self, at: usize, kept: Kept) {
        if let Some(of) = self.lessons.get_mut(at) {
            *of = kept;
        }
    }

    /// How many lessons are done.
    pub fn done(&self) -> usize {
        self.lessons.iter().filter(|kept| kept.is_done()).count()
    }

    /// The lesson to go on with: the one that was read last, or the one after it where that is done.
    pub fn next(&self) -> Next {
        let is_open = |at: &usize| !self.of(*at).is_done();
        let at = match self.last {
            Some(last) => (last..LESSONS.len()).chain(0..last).find(is_open).unwrap_or(last),
            None => 0,
        };
        let verb = if self.last.is_some() { "Continue lesson " } else { "Start lesson " };
        let row = row(at);
        Next { words: [verb, &(at + 1).to_string(), ": ", row.title].concat(), link: row.link() }
    }

    /// As it is kept: `padding 1 3 3;convolution 1 0 2;last padding`.
    pub fn encode(&self) -> String {
        let mut text = String::new();
        for (row, kept) in LESSONS.iter().zip(self.lessons).filter(|(_, kept)| *kept != Kept::default()) {
            let numbers = [kept.tasks, kept.checks, kept.all].map(|number| number.to_string());
            text.push_str(&[row.slug, &numbers[0], &numbers[1], &numbers[2]].join(" "));
            text.push(';');
        }
        if let Some(row) = self.last.and_then(|last| LESSONS.get(last)) {
            text.push_str("last ");
            text.push_str(row.slug);
        }
        text
    }

    /// What any text holds: what can't be read is left out.
    pub fn decode(text: &str) -> Self {
        let mut progress = Self::default();
        if text.len() > MAX_LEN {
            return progress;
        }
        for entry in text.split(';') {
            let words: Vec<&str> = entry.split(' ').collect();
            match *words {
                ["last", slug] => progress.last = super::position(slug),
                [slug, tasks, checks, all] => {
                    let kept = (tasks.parse(), checks.parse(), all.parse());
                    if let (Some(at), (Ok(tasks), Ok(checks), Ok(all))) = (super::position(slug), kept) {
                        progress.set(at, Kept { tasks, checks, all });
                    }
                }
                _ => {}
            }
        }
        progress
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        let mut progress = Progress { last: Some(3), ..Progress::default() };
        progress.lessons[3] = Kept { tasks: 1, checks: 3, all: 3 };
        progress.lessons[1] = Kept { tasks: 1, checks: 0, all: 2 };
        assert_eq!(progress.encode(), "convolution 1 0 2;padding 1 3 3;last padding");
        assert_eq!(Progress::decode(&progress.encode()), progress);
        assert_eq!((progress.done(), progress.lessons[1].count()), (1, 1));
    }

    proptest! {
        #[test]
        fn any_text_is_progress(text in prop_oneof![any::<String>(), "((padding|last|images|x)( [0-9]{0,11}){0,4};?){0,5}"]) {
            let progress = Progress::decode(&text);
            prop_assert_eq!(Progress::decode(&progress.encode()), progress);
        }
    }
}
