//! Something to do in a lab, checked by what the lab shows.

use serde::{Deserialize, Serialize};

use super::Span;
use crate::{
    lab::scene::{CellKind, Content, Plate, PlateId, Scene},
    link::Fields,
    num::{format, sort_few},
};

/// Something to do in a lab.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Task {
    /// What to do.
    pub words: Vec<Span>,
    /// The fields of the link that may differ from what the part shows; any, where none is named.
    pub only: Vec<String>,
    /// What has to hold.
    pub goals: Vec<Goal>,
    /// What is said when it does.
    pub reached: Vec<Span>,
}

/// What has to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Goal {
    /// The first grid of the output has this many rows and columns.
    Size(usize, usize),
    /// A cell of the grid with this name, in lower case, shows this.
    Cell(String, usize, usize, String),
    /// A field of the link has this value.
    Field(String, String),
    /// This step is shown, from 1; none for the last.
    Step(Option<usize>),
}

/// How a goal is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Have {
    /// What it is about: `Output`.
    pub of: String,
    /// As it is now; empty where there is nothing.
    pub now: String,
    /// As it is wanted.
    pub wanted: String,
}

impl Have {
    /// Whether it is as it is wanted.
    pub fn holds(&self) -> bool {
        self.now == self.wanted
    }
}

/// The grid of that name, in lower case.
pub fn plate<'a>(scene: &'a Scene, name: &str) -> Option<&'a Plate> {
    scene.plates.iter().find(|plate| plate.name.eq_ignore_ascii_case(name))
}

/// What a cell inside of a grid shows; nothing where it is not computed yet.
pub fn cell(plate: &Plate, row: usize, col: usize) -> Option<String> {
    let (top, left) = plate.view.origin;
    let cell = plate.view.cells.get(top.checked_add(row)?, left.checked_add(col)?)?;
    let is_blank = cell.kind == CellKind::NotYet || matches!(cell.content, Content::Blank);
    (!is_blank).then(|| cell.text())
}

/// A grid's rows and columns.
pub fn size(plate: &Plate) -> String {
    let (rows, cols) = plate.view.shape;
    format::shape(&[rows, cols])
}

impl Task {
    /// How each goal is met by what a lab shows.
    pub fn have(&self, scene: &Scene, fields: &Fields, at: usize, len: usize) -> Vec<Have> {
        let of = |goal: &Goal| match goal {
            Goal::Size(rows, cols) => {
                let output = scene.plates.iter().find(|plate| matches!(plate.id, PlateId::Output(_)));
                Have {
                    of: output.map_or("Output", Plate::label).to_owned(),
                    now: output.map(size).unwrap_or_default(),
                    wanted: format::shape(&[*rows, *cols]),
                }
            }
            Goal::Cell(name, row, col, wanted) => {
                let plate = plate(scene, name);
                Have {
                    of: format!("{}, row {row}, column {col}", plate.map_or(name.as_str(), |plate| &plate.name)),
                    now: plate.and_then(|plate| cell(plate, *row, *col)).unwrap_or_default(),
                    wanted: wanted.clone(),
                }
            }
            Goal::Field(name, wanted) => Have {
                of: name.clone(),
                now: fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone()).unwrap_or_default(),
                wanted: wanted.clone(),
            },
            Goal::Step(wanted) => Have {
                of: "Step".to_owned(),
                now: if len == 0 { String::new() } else { (at + 1).to_string() },
                wanted: wanted.unwrap_or(len.max(1)).to_string(),
            },
        };
        self.goals.iter().map(of).collect()
    }

    /// The fields that differ from `begins` and may not.
    pub fn strays(&self, fields: &Fields, begins: &Fields) -> Vec<String> {
        if self.only.is_empty() {
            return Vec::new();
        }
        let of = |fields: &Fields, name: &str| {
            fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone())
        };
        let mut names: Vec<String> = fields.iter().chain(begins).map(|(name, _)| name.clone()).collect();
        sort_few(&mut names, String::clone);
        names.dedup();
        names.retain(|name| {
            let free = ["step", "speed", "predict", "channel"].contains(&name.as_str()) || self.only.contains(name);
            !free && of(fields, name) != of(begins, name)
        });
        names
    }
}
