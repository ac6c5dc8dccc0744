//! The page's state: which question is asked, what was answered, what is remembered.
//!
//! With a seed in the link all see the same sheet. Without one, questions follow what is remembered: their level, and the
//! mistakes that come back.

use super::{
    Family, Grade, Question,
    code::{self, Mark, Score},
    progress::Progress,
    question,
    sheet::{Place, Settings, Sheet, VISITS, encode},
};
use crate::{link::Fields, mistake::Mistake};

/// How far the present question is.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// It waits for an answer.
    Open,
    /// What was typed can't be read, for this reason.
    Unreadable(String),
    /// It was answered wrong, which this sentence explains.
    Wrong(String),
    /// It was answered right.
    Right,
    /// Its answer is shown.
    Revealed,
}

impl Stage {
    /// Whether the next question can come.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Right | Self::Revealed)
    }
}

/// Where a question came from: what [`question`] takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Source {
    seed: u32,
    number: u32,
    level: u32,
}

/// The questions of one link.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The sheet; without a seed in the link its seed means nothing.
    pub sheet: Sheet,
    /// Whether the link has a seed.
    pub is_shared: bool,
    /// The present question; `None` after the last.
    pub question: Option<Question>,
    /// Which question it is, from 0.
    pub at: usize,
    /// How far it is.
    pub stage: Stage,
    /// What is typed into its fields.
    pub typed: Vec<String>,
    /// How questions were first answered.
    pub marks: Vec<Mark>,
    questions: Vec<Question>,
    source: Source,
    due: Option<Mistake>,
}

/// What a person does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Opens a link.
    Open(Settings),
    /// Types into a field of the answer; of a choice, its option.
    Type(usize, String),
    /// Asks whether the answer is right.
    Check,
    /// Tries again.
    Again,
    /// Asks for the answer.
    Reveal,
    /// Goes on.
    Next,
    /// Begins again: with the same sheet, or with further questions.
    Restart,
    /// Chooses the family of a sheet for a class.
    SheetFamily(Family),
    /// Types its seed.
    SheetSeed(String),
    /// Types how many questions it has.
    SheetCount(String),
    /// Pastes the codes of a class.
    Codes(String),
}

/// The sheet for a class that is being put together, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What it is about.
    pub family: Family,
    /// Its seed.
    pub seed: String,
    /// How many questions it has.
    pub n: String,
}

impl Plan {
    /// The seed of a form that nobody touched.
    pub(super) const SEED: u32 = 1;

    /// What a form that nobody touched is about.
    pub(super) const FAMILY: Family = Family::OutputShape;

    /// As a link to the start has it.
    fn of(settings: &Settings) -> Self {
        let seed = settings.seed.unwrap_or(Self::SEED).to_string();
        let n = settings.n.unwrap_or(super::sheet::USUAL).to_string();
        Self { family: settings.about.unwrap_or(Self::FAMILY), seed, n }
    }

    /// Its link, to be answered on screen, printed, or printed with the answers.
    ///
    /// # Errors
    /// What is typed wrong.
    pub fn settings(&self, sheet: bool, answers: bool) -> Result<Settings, &'static str> {
        let seed = self.seed.trim().parse().map_err(|_typed| "A seed is a whole number from 0 to 4,294,967,295.")?;
        let n = self.n.trim().parse().ok().filter(|n| (1..=super::sheet::MOST).contains(n));
        let n = n.ok_or("A sheet has 1 to 50 questions.")?;
        let place = Place::Questions(self.family);
        Ok(Settings { place, seed: Some(seed), n: Some(n), sheet, answers, ..Settings::default() })
    }
}

/// The state.
#[derive(Debug, Clone, PartialEq)]
pub struct Quiz {
    /// What the link says.
    pub settings: Settings,
    /// What is remembered.
    pub progress: Progress,
    /// What is asked.
    pub run: Option<Run>,
    /// The sheet for a class.
    pub plan: Plan,
    /// The codes that were pasted.
    pub codes: String,
    /// Whether what is remembered stays on this device.
    pub is_kept: bool,
    /// What questions without a seed are drawn from.
    visit: u32,
    /// Questions that were left before the last.
    left: Option<String>,
}

/// Begins the line of a kept run.
const RUN: &str = "run";
/// How far its question was: answered, answered wrong, not answered.
const DONE: &str = "done";
const TRIED: &str = "tried";
const OPEN: &str = "open";

impl Quiz {
    /// Opens a link, with what was remembered. `visit` is another number each time that somebody comes.
    pub fn new(settings: Settings, kept: &str, is_kept: bool, visit: u32) -> Self {
        let mut quiz = Self {
            settings: Settings::default(),
            progress: Progress::read(kept),
            run: None,
            plan: Plan::of(&settings),
            codes: String::new(),
            is_kept,
            visit,
            left: kept.lines().take(MAX_LINES).find(|line| line.starts_with(RUN)).map(str::to_owned),
        };
        quiz.open(settings);
        quiz
    }

    /// What is kept on the device: the progress, and the questions that are being answered.
    pub fn write(&self) -> String {
        let mut text = self.progress.write();
        if let Some(line) = self.being_answered() {
            text.push_str(&line);
            text.push('\n');
        }
        text
    }

    /// The run that is not at its end: the present one, else the one that was left.
    fn being_answered(&self) -> Option<String> {
        match &self.run {
            Some(run) if run.question.is_none() => None,
            Some(run) if run.at > 0 || !run.marks.is_empty() => Some(run.write()),
            _ => self.left.clone(),
        }
    }

    /// Does something. What the focus goes to then, by its id.
    pub fn apply(&mut self, action: Action) -> Option<String> {
        match action {
            Action::Open(settings) => {
                if settings != self.settings {
                    self.open(settings);
                }
                None
            }
            Action::SheetFamily(family) => {
                self.plan.family = family;
                None
            }
            Action::SheetSeed(seed) => {
                self.plan.seed = short(&seed);
                None
            }
            Action::SheetCount(n) => {
                self.plan.n = short(&n);
                None
            }
            Action::Codes(text) => {
                self.codes = text;
                None
            }
            Action::Restart => {
                self.left = None;
                self.visit = self.visit.wrapping_add(1) % VISITS;
                self.begin();
                Some(field(0))
            }
            _ => self.answer(action),
        }
    }

    /// What the link tells: at the start also what was typed for a sheet; where questions are answered that follow from no
    /// seed, also what they are drawn from.
    pub fn fields(&self) -> Fields {
        let mut told = self.settings.clone();
        if told.place == Place::Start {
            told.about = Some(self.plan.family).filter(|family| *family != Plan::FAMILY);
            if let Ok(planned) = self.plan.settings(false, false) {
                told.seed = planned.seed.filter(|seed| *seed != Plan::SEED);
                told.n = planned.n.filter(|n| *n != super::sheet::USUAL);
            }
        }
        // Until something was answered any questions will do, and the link is the family's own.
        if self.run.as_ref().is_some_and(|run| run.is_drawn() && !run.marks.is_empty()) {
            told.visit = Some(self.visit);
        }
        encode(&told)
    }

    fn open(&mut self, settings: Settings) {
        self.left = self.being_answered();
        if settings.place == Place::Start {
            self.plan = Plan::of(&settings);
        }
        self.visit = settings.visit.unwrap_or_else(|| self.visit.wrapping_add(1)) % VISITS;
        self.settings = settings;
        self.begin();
        if let Some(line) = self.left.clone() {
            // A line that can't be read leaves the run at its beginning.
            let _resumed: Option<()> = self.resume(&line);
        }
    }

    fn begin(&mut self) {
        self.run = Sheet::of(&self.settings).filter(|_| !self.shows_sheet()).map(|sheet| {
            let is_shared = self.settings.seed.is_some();
            Run {
                sheet,
                is_shared,
                question: None,
                at: 0,
                stage: Stage::Open,
                typed: Vec::new(),
                marks: Vec::new(),
                questions: if is_shared || sheet.family == Family::Course { sheet.questions() } else { Vec::new() },
                source: Source { seed: 0, number: 0, level: 0 },
                due: None,
            }
        });
        self.ask();
    }

    /// Whether all questions are shown at once.
    pub fn shows_sheet(&self) -> bool {
        self.settings.sheet || self.settings.answers
    }

    /// Asks the question that the run is at.
    fn ask(&mut self) {
        let Some(run) = &mut self.run else { return };
        (run.stage, run.typed, run.due) = (Stage::Open, Vec::new(), None);
        if run.at >= run.sheet.n as usize {
            run.question = None;
        } else if let Some(next) = run.questions.get(run.at) {
            run.question = Some(next.clone());
        } else {
            let family = run.sheet.family;
            run.due = self.progress.due(family);
            run.source = source(self.visit, run.at, self.progress.of(family).level, family, run.due);
            run.question = Some(run.source.question(family));
        }
        if let Some(question) = &run.question {
            run.typed = vec![String::new(); question.fields().len()];
        }
    }

    fn answer(&mut self, action: Action) -> Option<String> {
        let run = self.run.as_mut()?;
        let question = run.question.as_ref()?;
        match action {
            Action::Type(at, text) => {
                if let Some(typed) = run.typed.get_mut(at).filter(|_| !run.stage.is_done()) {
                    *typed = short(&text);
                }
                None
            }
            Action::Check if !run.stage.is_done() => {
                let grade = question.grade(&run.typed);
                let mark = match &grade {
                    Grade::Unreadable(..) => None,
                    Grade::Right => Some(Mark::Right),
                    Grade::Wrong(mistake, _) => Some(Mark::Wrong(*mistake)),
                };
                if let Some(mark) = mark.filter(|_| run.marks.len() == run.at) {
                    run.marks.push(mark);
                    self.progress.answered(run.sheet.family, &grade, run.due);
                }
                let (stage, focus) = match grade {
                    Grade::Right => (Stage::Right, "quiz-next".to_owned()),
                    Grade::Wrong(_, sentence) => (Stage::Wrong(sentence), "quiz-again".to_owned()),
                    Grade::Unreadable(at, sentence) => (Stage::Unreadable(sentence), field(at)),
                };
                run.stage = stage;
                Some(focus)
            }
            Action::Again if !run.stage.is_done() => {
                run.typed.iter_mut().for_each(String::clear);
                run.stage = Stage::Open;
                Some(field(0))
            }
            Action::Reveal if !run.stage.is_done() => {
                if run.marks.len() == run.at {
                    run.marks.push(Mark::Open);
                }
                run.stage = Stage::Revealed;
                Some("quiz-next".to_owned())
            }
            Action::Next if run.stage.is_done() => {
                run.at += 1;
                self.ask();
                let is_over = self.run.as_ref().is_some_and(|run| run.question.is_none());
                Some(if is_over { "quiz-end".to_owned() } else { field(0) })
            }
            _ => None,
        }
    }

    /// Takes up a run that was left, where the link is the same.
    fn resume(&mut self, line: &str) -> Option<()> {
        let mut words = line.strip_prefix(RUN)?.trim().split(' ');
        let mut word = || words.next();
        let run = self.run.as_ref()?;
        if word()? != run.name() {
            return None;
        }
        let stage = word()?;
        let (is_done, is_answered) = (stage == DONE, stage != OPEN);
        let mut count = || word()?.parse::<u32>().ok();
        let source = Source { seed: count()?, number: count()?, level: count()? };
        let due = named(word()?);
        let marks: Vec<Mark> = words.take(run.sheet.n as usize).map(mark_of).collect::<Option<_>>()?;
        let run = self.run.as_mut()?;
        run.at = marks.len().checked_sub(usize::from(is_answered))?;
        run.marks = marks;
        self.ask();
        let run = self.run.as_mut()?;
        if run.is_drawn() && run.question.is_some() {
            (run.source, run.due) = (source, due);
            let question = source.question(run.sheet.family);
            run.typed = vec![String::new(); question.fields().len()];
            run.question = Some(question);
        }
        if is_done && run.question.is_some() {
            run.stage = Stage::Revealed;
        }
        Some(())
    }

    /// The code of the result, where others answer the same sheet and all of it is answered.
    pub fn code(&self) -> Option<String> {
        let run = self.run.as_ref().filter(|run| run.is_shared && run.question.is_none())?;
        Some(code::write(&Score { sheet: run.sheet, marks: run.marks.clone() }, &run.questions))
    }
}

/// Lines of what is kept that are looked at.
const MAX_LINES: usize = 1_000;

/// The field of an answer, by its id.
pub fn field(at: usize) -> String {
    format!("quiz-f{at}")
}

/// What is kept of a text that is typed.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

impl Source {
    fn question(self, family: Family) -> Question {
        question(family, self.seed, self.number, self.level)
    }
}

/// How many questions are looked at for one that can show a mistake.
const LOOKED_AT: u32 = 64;

/// The question that a visit asks at place `at`: as hard as `level`, and one that can show the mistake that is `due`.
fn source(visit: u32, at: usize, level: u32, family: Family, due: Option<Mistake>) -> Source {
    let number = LOOKED_AT * u32::try_from(at).unwrap_or_default();
    // They do not begin where those of a seed do that a person chooses.
    let first = Source { seed: VISITS | visit, number, level };
    let Some(due) = due else { return first };
    let shows = |source: &Source| source.question(family).mistakes().contains(&due);
    let drawn = (0..LOOKED_AT).flat_map(|further| {
        let number = number + further;
        // A mistake of a harder level can't be made at an easy one.
        [level, (level + further) % super::LEVELS].map(|level| Source { number, level, ..first })
    });
    drawn.into_iter().find(shows).unwrap_or(first)
}

fn named(name: &str) -> Option<Mistake> {
    Mistake::ALL.iter().copied().find(|mistake| mistake.name() == name)
}

fn mark_of(word: &str) -> Option<Mark> {
    Some(match word {
        OPEN => Mark::Open,
        "right" => Mark::Right,
        "wrong" => Mark::Wrong(None),
        name => Mark::Wrong(Some(named(name)?)),
    })
}

impl Run {
    /// Whether its questions are drawn for the visit: they follow from no seed, and are no fixed list.
    fn is_drawn(&self) -> bool {
        self.questions.is_empty()
    }

    /// What it is known by: `padding:3:10`.
    fn name(&self) -> String {
        let seed = if self.is_shared { self.sheet.seed.to_string() } else { String::new() };
        format!("{}:{seed}:{}", self.sheet.family.slug(), self.sheet.n)
    }

    fn write(&self) -> String {
        let Source { seed, number, level } = self.source;
        // What was answered wrong is asked again, and its first answer stays.
        let stage = if self.stage.is_done() {
            DONE
        } else if self.marks.len() > self.at {
            TRIED
        } else {
            OPEN
        };
        let due = self.due.map_or("none", Mistake::name);
        let mut text = format!("{RUN} {} {stage} {seed} {number} {level} {due}", self.name());
        for mark in &self.marks {
            text.push(' ');
            text.push_str(match mark {
                Mark::Open => OPEN,
                Mark::Right => "right",
                Mark::Wrong(None) => "wrong",
                Mark::Wrong(Some(mistake)) => mistake.name(),
            });
        }
        text
    }
}
