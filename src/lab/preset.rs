//! Examples to begin with.

/// An example: a whole state as a link, and what to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// The group it is listed under.
    pub group: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The state, as the fields of a link to its lab.
    pub query: &'static str,
    /// What to look at, in one sentence.
    pub look: &'static str,
}

/// The group of the course's slides, the first of every lab.
pub const SLIDES: &str = "Course slides";
