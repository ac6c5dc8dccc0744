//! The lecture: scenes in order, each a live lab or a figure, with a claim as its title and at most two lines of text.
//!
//! A lecture is a text, [`Lecture::decode`]d: the course's own (`cnn.md`) and those that people make are read by the same
//! code, and any text is a lecture. Numbers in it are templates such as `{maps 3 224 64 3 parameters}`, which [`fill`]
//! computes.

mod figure;
mod fill;
pub mod markup;
mod own;
mod place;
mod text;

pub use fill::fill;
pub use own::{Edit, added};
pub use place::{Opened, Place, Told, carried, hear, is_setting, shown, tell};
pub use text::{MAX_LEN, MAX_SCENES, Unread};

use crate::site::Group;

/// A lecture.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lecture {
    /// What it is about.
    pub title: String,
    /// Its scenes, in order.
    pub scenes: Vec<Scene>,
}

/// A scene.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scene {
    /// The part of the lecture that it belongs to.
    pub section: String,
    /// What it claims; a template.
    pub title: String,
    /// What is shown, a link without its `#/`: a lab is live in the scene, another page is linked.
    pub show: String,
    /// What is drawn instead of a lab.
    pub figure: Vec<Row>,
    /// What stands below before anything is revealed; a template.
    pub ask: String,
    /// What is revealed, one press each.
    pub reveals: Vec<Reveal>,
    /// What the lecturer is reminded of.
    pub notes: Vec<String>,
}

/// What one press reveals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reveal {
    /// Fields of the link that are set, as in a query; an empty value takes one away.
    pub set: String,
    /// What stands below from then on; a template.
    pub line: String,
}

/// A part of a figure. A text that begins with `?` is seen from the first reveal on, with `??` from the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A formula, or a sentence.
    Line(String),
    /// A line of a table, whose first one is its head.
    Cells(Vec<String>),
    /// A bar: what it is, and its number; templates.
    Bar(String, String),
    /// A picture that is computed, by its name.
    Picture(String),
}

impl Lecture {
    /// The course's.
    pub fn course() -> Self {
        Self::decode(include_str!("cnn.md")).0
    }

    /// The sections, each with its first scene and how many it has.
    pub fn sections(&self) -> Vec<(&str, usize, usize)> {
        let mut sections: Vec<(&str, usize, usize)> = Vec::new();
        for (at, scene) in self.scenes.iter().enumerate() {
            match sections.last_mut() {
                Some((name, _, len)) if *name == scene.section => *len += 1,
                _ => sections.push((&scene.section, at, 1)),
            }
        }
        sections
    }

    /// What the scene is called: `Scene 4 of 31: Padding`.
    pub fn name_of(&self, place: Place) -> String {
        let part = self.scenes.get(place.scene).map_or("", |scene| match scene.section.as_str() {
            "" => &scene.title,
            section => section,
        });
        format!("Scene {} of {}: {part}", place.scene + 1, self.scenes.len())
    }
}

impl Scene {
    /// Whether what it shows is a lab, which is live in it.
    pub fn is_lab(&self) -> bool {
        self.figure.is_empty() && shown(self, 0).page.entry().group == Group::Labs
    }

    /// What stands below after so many reveals; a template.
    pub fn line(&self, revealed: usize) -> &str {
        let shown = revealed.min(self.reveals.len());
        let last =
            self.reveals.iter().take(shown).rev().map(|reveal| reveal.line.as_str()).find(|line| !line.is_empty());
        last.unwrap_or(&self.ask)
    }
}
