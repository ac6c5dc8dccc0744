//! Questions whose answers are computed, and what wrong answers mean.
//!
//! A question follows from its family, a seed, its number and its level: the same link gives the same sheet on every
//! machine. Its numbers come from the code that the labs show, and so do the sentences about wrong ones
//! ([`mistake`](crate::mistake)); its link opens the lab on that very question.

pub mod code;
pub mod markup;
pub mod progress;
pub mod results;
pub mod sheet;
pub mod state;

mod ask;
mod generate;
mod slides;

use crate::{
    lab::predict,
    mistake::{Mistake, Mistaken, is_same},
    num::{
        Matrix, format,
        rng::{Purpose, Stream},
    },
};

/// Makes [`Family`] out of the rows: the name in the link, what it is called, what is asked.
macro_rules! families {
    ($($family:ident $slug:literal, $name:literal, $about:literal;)*) => {
        /// What questions are about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Family {
            $(#[doc = $about] $family,)*
        }

        impl Family {
            /// All, in the order of the course.
            pub const ALL: &[Self] = &[$(Self::$family),*];

            /// The name in a link, which stays.
            pub fn slug(self) -> &'static str {
                match self {
                    $(Self::$family => $slug,)*
                }
            }

            /// The name on screen.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$family => $name,)*
                }
            }

            /// What is asked.
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$family => $about,)*
                }
            }
        }
    };
}

families! {
    OutputShape "output-shape", "Output shape", "How many rows and columns come out of a convolution.";
    OutputCell "output-cell", "One output cell", "The sum of products behind one number of the output.";
    Padding "padding", "Padding", "The padding of each side that makes a wanted size.";
    Stride "stride", "Stride", "The stride that makes a wanted size.";
    Channels "channels", "Channels", "One output number over several channels and filters.";
    Parameters "parameters", "Parameters", "How many numbers a layer learns.";
    MultiplyAdds "multiply-adds", "Multiply-adds", "How much a layer computes.";
    Pooling "pooling", "Pooling", "What a maximum or a mean leaves of a plane.";
    ReceptiveField "receptive-field", "Receptive field", "How much of the input one number deep in a stack sees.";
    Architecture "architecture", "Architecture arithmetic", "Shapes and parameters through a whole network.";
    Course "course", "The course's own", "The questions and the worked numbers of the slides.";
}

impl Family {
    /// The family of that name in a link.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|family| family.slug() == slug)
    }

    /// How many questions there are; `None` where they never end.
    pub fn most(self) -> Option<usize> {
        (self == Self::Course).then(slides::count)
    }
}

/// The levels of a family, the easiest first.
pub const LEVELS: u32 = 4;

/// How an answer is given.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// One number.
    Number,
    /// Rows and columns; with three numbers, channels as well.
    Shape,
    /// All numbers of a matrix.
    Matrix,
    /// One of these.
    Choice(Vec<Vec<f64>>),
}

/// What a wrong answer means.
#[derive(Debug, Clone, PartialEq)]
pub struct Wrong {
    /// Its numbers.
    pub values: Vec<f64>,
    /// The mistake that makes them.
    pub mistake: Mistake,
    /// What a person is told, with the numbers of the question.
    pub sentence: String,
}

/// A matrix that is shown with a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// `Input`, `Kernel of channel 1`
    pub name: String,
    /// Its numbers.
    pub cells: Matrix,
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What it is about.
    pub family: Family,
    /// What is asked.
    pub text: String,
    /// What is given besides matrices: `Stride`, `2`.
    pub facts: Vec<(&'static str, String)>,
    /// The matrices that are given.
    pub planes: Vec<Plane>,
    /// How it is answered.
    pub form: Form,
    /// The numbers that are right.
    pub right: Vec<f64>,
    /// Rows and columns in which they stand.
    pub shape: (usize, usize),
    /// Wrong answers that known mistakes make, the likeliest first.
    pub wrong: Vec<Wrong>,
    /// The same for each number of a matrix by itself.
    pub cells: Vec<Vec<Mistaken>>,
    /// How the answer comes about, in one line.
    pub how: String,
    /// The link that opens the lab on it.
    pub link: String,
}

/// What an answer is worth.
#[derive(Debug, Clone, PartialEq)]
pub enum Grade {
    /// It is right.
    Right,
    /// It is another one: the mistake that makes it, where one does, and a sentence.
    Wrong(Option<Mistake>, String),
    /// It can't be read, for this reason; the field that is to blame, from 0.
    Unreadable(usize, String),
}

impl Question {
    /// What the fields of an answer are called.
    pub fn fields(&self) -> Vec<String> {
        match &self.form {
            Form::Number | Form::Choice(_) => vec!["Answer".to_owned()],
            Form::Shape => {
                let names = ["Rows", "Columns", "Channels"];
                names.iter().take(self.right.len()).map(|name| (*name).to_owned()).collect()
            }
            Form::Matrix => {
                let (_, cols) = self.shape;
                (0..self.right.len()).map(|at| format!("Row {}, column {}", at / cols, at % cols)).collect()
            }
        }
    }

    /// Judges what was typed into the [`fields`](Self::fields); of a choice, the number of the option.
    pub fn grade(&self, typed: &[String]) -> Grade {
        let text = |at: usize| typed.get(at).map_or("", |text| text.trim());
        if let Form::Choice(options) = &self.form {
            let picked = text(0).parse::<usize>().ok().and_then(|at| options.get(at));
            let Some(picked) = picked else { return Grade::Unreadable(0, "Choose one of the answers.".to_owned()) };
            return self.judge(picked);
        }
        let mut values = Vec::with_capacity(self.right.len());
        for at in 0..self.right.len() {
            match predict::read(text(at)) {
                Ok(value) => values.push(value),
                Err(_) if text(at).is_empty() => {
                    let name = self.fields().get(at).cloned().unwrap_or_default();
                    return Grade::Unreadable(at, format!("{name} is empty: type a number."));
                }
                Err(sentence) => return Grade::Unreadable(at, sentence),
            }
        }
        self.judge(&values)
    }

    /// Judges numbers.
    fn judge(&self, values: &[f64]) -> Grade {
        if same(values, &self.right) {
            return Grade::Right;
        }
        if let Some(wrong) = self.wrong.iter().find(|wrong| same(values, &wrong.values)) {
            return Grade::Wrong(Some(wrong.mistake), wrong.sentence.clone());
        }
        let off = values.iter().zip(&self.right).position(|(value, right)| !is_same(*value, *right)).unwrap_or(0);
        let value = values.get(off).copied().unwrap_or(f64::NAN);
        let known = self.cells.get(off).and_then(|known| known.iter().find(|known| is_same(value, known.value)));
        let place = match self.form {
            Form::Matrix => format!("{}: ", self.fields().get(off).map_or("", String::as_str)),
            _ => String::new(),
        };
        if let Some(Mistaken { mistake, sentence, .. }) = known {
            return Grade::Wrong(Some(*mistake), format!("{place}{sentence}"));
        }
        let shown = match self.form {
            Form::Shape => self.said(values),
            _ => number(value),
        };
        Grade::Wrong(None, format!("{place}{shown} is not right, and no usual mistake gives it."))
    }

    /// An answer as text: `3 × 3`, `16, 8; 20, 25`.
    pub fn said(&self, values: &[f64]) -> String {
        let numbers: Vec<String> = values.iter().map(|value| number(*value)).collect();
        if self.form == Form::Shape {
            return numbers.join(" × ");
        }
        let rows: Vec<String> = numbers.chunks(self.shape.1.max(1)).map(|row| row.join(", ")).collect();
        rows.join("; ")
    }

    /// The right answer as text, behind the letter of its option where there are some.
    pub fn answer(&self) -> String {
        let said = self.said(&self.right);
        match &self.form {
            Form::Choice(options) => {
                let at = options.iter().position(|option| same(option, &self.right)).unwrap_or(0);
                format!("{}, {said}", letter(at))
            }
            _ => said,
        }
    }

    /// The mistakes that it can show, each once, in the order in which a result's code counts them.
    pub fn mistakes(&self) -> Vec<Mistake> {
        let of_cells = self.cells.iter().flatten().map(|known| known.mistake);
        let mut mistakes = Vec::new();
        for mistake in self.wrong.iter().map(|wrong| wrong.mistake).chain(of_cells) {
            if !mistakes.contains(&mistake) {
                mistakes.push(mistake);
            }
        }
        mistakes
    }

    /// What is asked with what is given, in one line.
    pub fn line(&self) -> String {
        let facts: Vec<String> = self.facts.iter().map(|(name, value)| format!("{name} {value}")).collect();
        if facts.is_empty() { self.text.clone() } else { format!("{} {}.", self.text, facts.join(", ")) }
    }
}

/// The letter of an option.
fn letter(at: usize) -> char {
    u8::try_from(at).map_or('?', |at| char::from(b'A'.saturating_add(at)))
}

/// Whether the same numbers stand there, in full or as they are shown.
fn same(values: &[f64], others: &[f64]) -> bool {
    values.len() == others.len() && values.iter().zip(others).all(|(value, other)| is_same(*value, *other))
}

/// From here on digits are grouped by threes.
const GROUPED_FROM: f64 = 10_000.0;

/// A number as questions show it: a large count in groups of three digits.
fn number(value: f64) -> String {
    format::grouped(value, GROUPED_FROM)
}

/// Draws that are made at most for one question; far fewer are needed.
const MOST_DRAWS: usize = 10_000;

/// The question of that name. One that can't be asked, since it has two answers or none, is drawn again.
pub fn question(family: Family, seed: u32, number: u32, level: u32) -> Question {
    if family == Family::Course {
        return slides::question(number as usize);
    }
    let level = level.min(LEVELS - 1);
    let index = u64::from(number) | u64::from(level) << 32 | (family as u64) << 40;
    let mut draw = generate::Draw { stream: Stream::new(u64::from(seed), Purpose::Question, index), level };
    let drawn = (0..MOST_DRAWS).find_map(|_| generate::question(family, &mut draw));
    drawn.unwrap_or_else(|| slides::question(number as usize))
}

#[cfg(test)]
mod tests;
