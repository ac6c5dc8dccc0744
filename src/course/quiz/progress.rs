//! What is remembered of the answers: how hard questions may be, and which mistakes come back.
//!
//! Mistakes stand in Leitner's boxes. One that was made comes back after two questions, and when it is not made again
//! after five, twelve and thirty; then it is learned. Time is counted in questions: there is no clock.
//!
//! It is kept as text, a line each, with the names that stay: any text is read, and lines that say nothing known are left
//! out.

use super::{Family, Grade, LEVELS};
use crate::{mistake::Mistake, num::sort_few};

/// The longest text that is read, in bytes.
pub const MAX_TEXT: usize = 32 * 1024;
/// The most mistakes that are remembered.
const MOST: usize = 256;
/// After how many questions a mistake comes back, box by box.
const AFTER: [u32; 4] = [2, 5, 12, 30];
/// The first line.
const HEAD: &str = "receptive quiz 1";
/// Right or wrong answers in a row that change the level.
const ROW: i32 = 2;

/// What is known of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// How hard its questions are, from 0.
    pub level: u32,
    /// Right answers in a row, or wrong ones below 0.
    pub row: i32,
    /// Questions that were answered.
    pub asked: u32,
    /// Those that were right at once.
    pub right: u32,
}

/// A mistake that was made and is not learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// In which family.
    pub family: Family,
    /// Which.
    pub mistake: Mistake,
    /// Its box, from 0.
    pub step: usize,
    /// At which question it comes back.
    pub due: u32,
}

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Questions that were answered, of all families.
    pub asked: u32,
    families: Vec<Known>,
    made: Vec<Made>,
}

impl Default for Progress {
    fn default() -> Self {
        Self { asked: 0, families: vec![Known::default(); Family::ALL.len()], made: Vec::new() }
    }
}

impl Progress {
    /// What is known of a family.
    pub fn of(&self, family: Family) -> Known {
        self.families.get(family as usize).copied().unwrap_or_default()
    }

    /// The mistakes of a family that come back, the next first.
    pub fn made(&self, family: Family) -> Vec<Made> {
        let mut made: Vec<Made> = self.made.iter().filter(|made| made.family == family).copied().collect();
        sort_few(&mut made, |made| made.due);
        made
    }

    /// The mistake that the next question of a family is to show.
    pub fn due(&self, family: Family) -> Option<Mistake> {
        self.made(family).first().filter(|made| made.due <= self.asked).map(|made| made.mistake)
    }

    /// Takes the first answer to a question that can show `mistakes`, and was asked for the one that is `due`.
    pub fn answered(&mut self, family: Family, grade: &Grade, due: Option<Mistake>) {
        let (is_right, mistake) = match grade {
            Grade::Right => (true, None),
            Grade::Wrong(mistake, _) => (false, *mistake),
            Grade::Unreadable(..) => return,
        };
        self.asked = self.asked.saturating_add(1);
        if let Some(known) = self.families.get_mut(family as usize) {
            known.asked = known.asked.saturating_add(1);
            known.right = known.right.saturating_add(u32::from(is_right));
            known.row = if is_right { known.row.max(0) + 1 } else { known.row.min(0) - 1 };
            if known.row >= ROW {
                (known.level, known.row) = ((known.level + 1).min(LEVELS - 1), 0);
            } else if known.row <= -ROW {
                (known.level, known.row) = (known.level.saturating_sub(1), 0);
            }
        }
        if let Some(mistake) = mistake {
            self.put(family, mistake, 0);
        } else if let Some(due) = due.filter(|_| is_right) {
            let at = self.made.iter().find(|made| made.family == family && made.mistake == due).map(|made| made.step);
            if let Some(at) = at {
                self.put(family, due, at + 1);
            }
        }
    }

    /// Puts a mistake into a box; past the last it is learned.
    fn put(&mut self, family: Family, mistake: Mistake, step: usize) {
        self.made.retain(|made| made.family != family || made.mistake != mistake);
        if let Some(after) = AFTER.get(step).filter(|_| self.made.len() < MOST) {
            self.made.push(Made { family, mistake, step, due: self.asked.saturating_add(*after) });
        }
    }

    /// As it is kept.
    pub fn write(&self) -> String {
        let mut text = format!("{HEAD}\nasked {}\n", self.asked);
        for family in Family::ALL {
            let Known { level, row, asked, right } = self.of(*family);
            if asked > 0 {
                text.extend([format!("family {} {level} {row} {asked} {right}", family.slug()).as_str(), "\n"]);
            }
        }
        for Made { family, mistake, step, due } in &self.made {
            text.extend([format!("mistake {} {mistake} {step} {due}", family.slug()).as_str(), "\n"]);
        }
        text
    }

    /// What a text tells of [`write`](Self::write)'s; lines that it can't have written are left out.
    pub fn read(text: &str) -> Self {
        let mut progress = Self::default();
        if text.len() > MAX_TEXT || text.lines().next() != Some(HEAD) {
            return progress;
        }
        for line in text.lines().skip(1) {
            let words: Vec<&str> = line.split(' ').take(8).collect();
            // A line that can't be read changes nothing.
            let _read: Option<()> = progress.read_line(&words);
        }
        progress
    }

    fn read_line(&mut self, words: &[&str]) -> Option<()> {
        match words {
            ["asked", asked] => self.asked = asked.parse().ok()?,
            ["family", slug, level, row, asked, right] => {
                let known = Known {
                    level: level.parse().ok().filter(|level| *level < LEVELS)?,
                    row: row.parse().ok().filter(|row| (1 - ROW..ROW).contains(row))?,
                    asked: asked.parse().ok()?,
                    right: right.parse().ok()?,
                };
                if known.asked == 0 || known.right > known.asked {
                    return None;
                }
                *self.families.get_mut(Family::from_slug(slug)? as usize)? = known;
            }
            ["mistake", slug, name, step, due] => {
                let family = Family::from_slug(slug)?;
                let mistake = Mistake::ALL.iter().copied().find(|mistake| mistake.name() == *name)?;
                let step = step.parse().ok().filter(|step| *step < AFTER.len())?;
                let due = due.parse().ok()?;
                self.made.retain(|made| made.family != family || made.mistake != mistake);
                if self.made.len() < MOST {
                    self.made.push(Made { family, mistake, step, due });
                }
            }
            _ => return None,
        }
        Some(())
    }
}
