//! A sheet: which questions a link asks. `#/quiz/padding?seed=3&n=10`.

use super::{Family, LEVELS, Question, question};
use crate::link::{Fields, Link, LinkField, PLACE, Page, Shared, Warning, read_new, write};

/// Questions of a sheet where a link does not say.
pub const USUAL: u32 = 10;
/// The most questions of a sheet.
pub const MOST: u32 = 50;

/// Visits are counted below it.
pub const VISITS: u32 = 1 << 31;

/// What the page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// The families.
    #[default]
    Start,
    /// The questions of one.
    Questions(Family),
    /// The results of a class.
    Results,
}

/// The place's name in a link.
const RESULTS: &str = "results";

/// What a link holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What is shown.
    pub place: Place,
    /// What the questions follow from; without one they follow what was answered on this device.
    pub seed: Option<u32>,
    /// How many there are, where the link says.
    pub n: Option<u32>,
    /// Of the start: what the sheet is about that is being put together.
    pub about: Option<Family>,
    /// What questions without a seed are drawn from: another number at each visit.
    pub visit: Option<u32>,
    /// Whether all are shown at once, to be printed.
    pub sheet: bool,
    /// Whether the answers stand below them.
    pub answers: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { place: Place::Start, seed: None, n: None, about: None, visit: None, sheet: false, answers: false }
    }
}

/// A switch of a link.
macro_rules! switch {
    ($name:literal, $field:ident) => {
        LinkField {
            name: $name,
            form: "1 or 0",
            write: |settings| settings.$field.then(|| "1".to_owned()),
            read: |settings, value| {
                settings.$field = match value {
                    "1" => true,
                    "0" => false,
                    _ => return None,
                };
                Some(())
            },
        }
    };
}

const TABLE: &[LinkField<Settings>] = &[
    LinkField {
        name: PLACE,
        form: "the name of a family of questions, or results",
        write: |settings| match settings.place {
            Place::Start => None,
            Place::Questions(family) => Some(family.slug().to_owned()),
            Place::Results => Some(RESULTS.to_owned()),
        },
        read: |settings, value| {
            settings.place = match value {
                RESULTS => Place::Results,
                slug => Place::Questions(Family::from_slug(slug)?),
            };
            Some(())
        },
    },
    LinkField {
        name: "seed",
        form: "a whole number from 0",
        write: |settings| settings.seed.map(|seed| seed.to_string()),
        read: |settings, value| {
            settings.seed = Some(value.parse().ok()?);
            Some(())
        },
    },
    LinkField {
        name: "n",
        form: "a number of questions from 1 to 50",
        write: |settings| settings.n.map(|n| n.to_string()),
        read: |settings, value| {
            settings.n = Some(value.parse().ok().filter(|n| (1..=MOST).contains(n))?);
            Some(())
        },
    },
    LinkField {
        name: "about",
        form: "the name of a family of questions",
        write: |settings| settings.about.map(|family| family.slug().to_owned()),
        read: |settings, value| {
            settings.about = Some(Family::from_slug(value)?);
            Some(())
        },
    },
    LinkField {
        name: "visit",
        form: "a whole number from 0 to 2147483647",
        write: |settings| settings.visit.map(|visit| visit.to_string()),
        read: |settings, value| {
            settings.visit = Some(value.parse().ok().filter(|visit| *visit < VISITS)?);
            Some(())
        },
    },
    switch!("sheet", sheet),
    switch!("answers", answers),
];

/// The fields of a link.
pub fn encode(settings: &Settings) -> Fields {
    write(TABLE, settings)
}

/// The settings of fields, and what of them could not be read.
pub fn decode(fields: &Fields) -> (Settings, Vec<Warning>) {
    read_new(TABLE, fields)
}

impl Settings {
    /// The link that opens it.
    pub fn link(&self) -> String {
        Link { page: Page::Quiz, fields: encode(self), shared: Shared::default() }.encode()
    }
}

/// Questions that all who open the link see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sheet {
    /// What they are about.
    pub family: Family,
    /// What they follow from.
    pub seed: u32,
    /// How many there are.
    pub n: u32,
}

impl Sheet {
    /// The sheet of settings; those without a seed have that of seed 1.
    pub fn of(settings: &Settings) -> Option<Self> {
        let Place::Questions(family) = settings.place else { return None };
        let all = family.most().map_or(USUAL, |most| u32::try_from(most).unwrap_or(MOST));
        Some(Self::new(family, settings.seed.unwrap_or(1), settings.n.unwrap_or(all)))
    }

    /// A sheet; of a family that ends, with all its questions at most.
    pub fn new(family: Family, seed: u32, n: u32) -> Self {
        let most = family.most().map_or(MOST, |most| u32::try_from(most).unwrap_or(MOST));
        Self { family, seed, n: n.clamp(1, most) }
    }

    /// Its questions: from the easiest level to the hardest, and none twice as long as there are others.
    pub fn questions(self) -> Vec<Question> {
        let mut questions: Vec<Question> = Vec::with_capacity(self.n as usize);
        for number in 0..self.n {
            let level = number * LEVELS / self.n;
            // An attempt more is another question: its number is in the upper half.
            let drawn = (0..ATTEMPTS).map(|attempt| question(self.family, self.seed, number | attempt << 16, level));
            let mut last = None;
            for drawn in drawn {
                let is_new = questions.iter().all(|asked| asked.link != drawn.link || asked.text != drawn.text);
                last = Some(drawn);
                if is_new || self.family == Family::Course {
                    break;
                }
            }
            questions.extend(last);
        }
        questions
    }
}

/// How often a question is drawn that was asked before.
const ATTEMPTS: u32 = 8;
