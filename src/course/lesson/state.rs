//! A lesson that is being read: where the reader is, what the lab shows, what is done.

use super::{Have, Lesson, Row, row};
use crate::{lab::scene::Scene, link::Fields};

pub use super::progress::Kept;

/// What a reader did, or the lab beside the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LessonAction {
    /// A part's heading came to where one reads.
    Reach(usize),
    /// "Show this on the right".
    Show(usize),
    /// The lab is no longer, or again, as the part shows it.
    Edit(bool),
    /// An answer of a question is chosen.
    Choose(usize, usize),
    /// Another try.
    Again(usize),
    /// The right answer is to be shown.
    Reveal(usize),
}

/// How far one is with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    /// What is chosen.
    pub chosen: Option<usize>,
    /// Whether the answer is shown.
    pub revealed: bool,
}

/// A lesson that is being read.
#[derive(Debug, Clone)]
pub struct LessonState {
    at: usize,
    lesson: Lesson,
    part: usize,
    shown: usize,
    shows: u32,
    edited: bool,
    asked: Vec<Asked>,
    have: Vec<Vec<Have>>,
    strays: Vec<Vec<String>>,
    kept: Kept,
}

/// The bit of the task or question `at`.
fn bit(at: usize) -> u32 {
    u32::try_from(at).ok().and_then(|at| 1u32.checked_shl(at)).unwrap_or(0)
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

impl LessonState {
    /// The lesson `at` of [`LESSONS`](super::LESSONS), with what is kept of it.
    pub fn new(at: usize, lesson: Lesson, kept: Kept) -> Self {
        let (tasks, checks) = (lesson.tasks().count(), lesson.checks().count());
        let known = |len: usize| (0..len).fold(0, |bits, at| bits | bit(at));
        let kept = Kept {
            tasks: kept.tasks & known(tasks),
            checks: kept.checks & known(checks),
            all: count(tasks).saturating_add(count(checks)),
        };
        // What was answered right is shown so.
        let right = |(at, (_, check)): (usize, (usize, &super::Check))| Asked {
            chosen: (kept.checks & bit(at) != 0)
                .then(|| check.options.iter().position(|option| option.right))
                .flatten(),
            revealed: false,
        };
        let asked = lesson.checks().enumerate().map(right).collect();
        let (have, strays) = (vec![Vec::new(); tasks], vec![Vec::new(); tasks]);
        Self { at, lesson, part: 0, shown: 0, shows: 0, edited: false, asked, have, strays, kept }
    }

    /// Begins at a part, with its lab.
    pub fn begin(&mut self, part: usize) {
        let part = part.min(self.lesson.parts.len().saturating_sub(1));
        (self.part, self.shown) = (part, part);
    }

    /// Which lesson it is, and its row.
    pub fn row(&self) -> (usize, Row) {
        (self.at, row(self.at))
    }

    /// What it says.
    pub fn lesson(&self) -> &Lesson {
        &self.lesson
    }

    /// The part that is read.
    pub fn part(&self) -> usize {
        self.part
    }

    /// The part whose lab is shown.
    pub fn shown(&self) -> usize {
        self.shown
    }

    /// Counts how often a lab was set: the page sets it once for each.
    pub fn shows(&self) -> u32 {
        self.shows
    }

    /// Whether the reader changed what is shown.
    pub fn edited(&self) -> bool {
        self.edited
    }

    /// Whether the lab shows what part `at` is about, unchanged.
    pub fn shows_part(&self, at: usize) -> bool {
        !self.edited && self.lesson.shown(self.shown) == self.lesson.shown(at)
    }

    /// How far one is with a question.
    pub fn asked(&self, at: usize) -> Asked {
        self.asked.get(at).copied().unwrap_or_default()
    }

    /// How the goals of a task are met, and what was changed that is to stay.
    pub fn task(&self, at: usize) -> (&[Have], &[String]) {
        (self.have.get(at).map_or(&[], Vec::as_slice), self.strays.get(at).map_or(&[], Vec::as_slice))
    }

    /// Whether a task was fulfilled once: it stays so.
    pub fn reached(&self, at: usize) -> bool {
        self.kept.tasks & bit(at) != 0
    }

    /// What is to be kept.
    pub fn kept(&self) -> Kept {
        self.kept
    }

    /// What somebody did.
    pub fn apply(&mut self, action: &LessonAction) {
        match *action {
            LessonAction::Reach(part) if part < self.lesson.parts.len() => {
                self.part = part;
                // Nothing that a reader changed is overwritten.
                if !self.edited && self.lesson.shown(part) != self.lesson.shown(self.shown) {
                    self.show(part);
                } else if !self.edited {
                    self.shown = part;
                }
            }
            LessonAction::Show(part) if part < self.lesson.parts.len() => {
                self.part = part;
                self.show(part);
            }
            LessonAction::Edit(edited) => self.edited = edited,
            LessonAction::Choose(check, option) => self.ask(check, |asked| {
                if !asked.revealed {
                    asked.chosen = Some(option);
                }
            }),
            LessonAction::Again(check) => self.ask(check, |asked| *asked = Asked::default()),
            LessonAction::Reveal(check) => self.ask(check, |asked| asked.revealed = true),
            LessonAction::Reach(_) | LessonAction::Show(_) => {}
        }
    }

    fn show(&mut self, part: usize) {
        self.shown = part;
        self.edited = false;
        self.shows = self.shows.wrapping_add(1);
    }

    fn ask(&mut self, check: usize, change: impl FnOnce(&mut Asked)) {
        let Some(asked) = self.asked.get_mut(check) else { return };
        change(asked);
        let options = self.lesson.checks().nth(check).map(|(_, check)| &check.options);
        let right = asked.chosen.and_then(|chosen| options?.get(chosen)).is_some_and(|option| option.right);
        if right {
            self.kept.checks |= bit(check);
        }
    }

    /// Takes what the lab of part `of` shows, at step `at` of `len`: the tasks that this lab is for look at it. Whether
    /// anything came of it.
    pub fn look(
        &mut self,
        of: usize,
        scene: &Scene,
        fields: &Fields,
        begins: &Fields,
        (at, len): (usize, usize),
    ) -> bool {
        let before = self.kept;
        let mut changed = false;
        let shown = self.lesson.shown(of);
        let seen = self.have.iter_mut().zip(&mut self.strays);
        for (number, ((part, task), (had, strayed))) in self.lesson.tasks().zip(seen).enumerate() {
            if self.lesson.shown(part) != shown {
                continue;
            }
            let have = task.have(scene, fields, at, len);
            let strays = task.strays(fields, begins);
            if strays.is_empty() && !have.is_empty() && have.iter().all(Have::holds) {
                self.kept.tasks |= bit(number);
            }
            changed |= *had != have || *strayed != strays;
            (*had, *strayed) = (have, strays);
        }
        changed || self.kept != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::lesson::{Block, Check, Choice, Goal, Part, Shown, Span, Task};

    fn words(text: &str) -> Vec<Span> {
        vec![Span::Text(text.to_owned())]
    }

    fn lesson() -> Lesson {
        let lab = |link: &str| Some(Shown { title: "Padding".to_owned(), link: link.to_owned() });
        let task = Task { only: vec!["pad".to_owned()], goals: vec![Goal::Size(3, 3)], ..Task::default() };
        let option = |text: &str, right| Choice { answer: words(text), right, says: Vec::new() };
        let check = Check { question: words("?"), options: vec![option("4", false), option("5", true)] };
        let part = |lab, blocks| Part { title: words("Part"), lab, blocks };
        Lesson {
            parts: vec![
                part(lab("#/convolution"), vec![]),
                part(None, vec![Block::Task(task)]),
                part(lab("#/convolution?pad=1"), vec![Block::Check(check)]),
            ],
            ..Lesson::default()
        }
    }

    #[test]
    fn the_lab_follows_the_reader_until_it_is_changed() {
        let mut state = LessonState::new(3, lesson(), Kept::default());
        state.apply(&LessonAction::Reach(1));
        assert_eq!((state.part(), state.shows(), state.shows_part(1), state.shows_part(2)), (1, 0, true, false));
        state.apply(&LessonAction::Reach(2));
        assert_eq!((state.shows(), state.shows_part(2)), (1, true));
        state.apply(&LessonAction::Edit(true));
        state.apply(&LessonAction::Reach(0));
        assert_eq!((state.part(), state.shown(), state.shows(), state.shows_part(0)), (0, 2, 1, false));
        state.apply(&LessonAction::Show(0));
        assert_eq!((state.shown(), state.shows(), state.edited()), (0, 2, false));
        state.apply(&LessonAction::Reach(9));
        assert_eq!(state.part(), 0);
    }

    #[test]
    fn a_question_is_tried_until_it_is_right_and_stays_right() {
        let mut state = LessonState::new(3, lesson(), Kept::default());
        assert_eq!(state.kept().all, 2);
        state.apply(&LessonAction::Choose(0, 0));
        assert_eq!((state.asked(0).chosen, state.kept().checks), (Some(0), 0));
        state.apply(&LessonAction::Again(0));
        state.apply(&LessonAction::Choose(0, 1));
        assert_eq!(state.kept().checks, 1);
        state.apply(&LessonAction::Choose(7, 1));
        let again = LessonState::new(3, lesson(), state.kept());
        assert_eq!(again.asked(0).chosen, Some(1));
        // A revealed answer is no right one.
        let mut state = LessonState::new(3, lesson(), Kept::default());
        state.apply(&LessonAction::Reveal(0));
        state.apply(&LessonAction::Choose(0, 1));
        assert_eq!((state.asked(0), state.kept().checks), (Asked { chosen: None, revealed: true }, 0));
    }
}
