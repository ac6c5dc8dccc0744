//! What a text that is pasted into a grid becomes.

use super::Event;
use crate::{
    lab::{OperationLab, operation::Action, scene::PlateId},
    num::{Entry, Grid, format},
    paste::{Pasted, Severity},
};

/// Cells go where they are pasted, a matrix of another shape takes the whole grid's place and says so. A stack of matrices
/// takes the places of several grids. What there is to say of it comes last, since a change takes back what was said
/// before. What was typed into the cell so far stays where nothing is taken.
pub fn events(lab: &OperationLab, (plate, row, col): (PlateId, usize, usize), pasted: &Pasted) -> Vec<Event> {
    let (reading, typed) = (pasted.reading(), &pasted.typed);
    let is_array = reading.is_array();
    let Some(planes) = reading.planes else {
        let reason = reading.diagnostics.iter().find(|said| said.severity() == Severity::Error);
        let before = lab.operation().plate(plate).and_then(|grid| grid.get(row, col)).map(Entry::typed);
        let mut events = Vec::new();
        if !typed.is_empty() && before.is_some_and(|before| before != typed.trim()) {
            events.push(Event::Change(Action::SetCell { plate, row, col, text: typed.clone() }));
        }
        events.push(Event::Say(reason.map(ToString::to_string)));
        return events;
    };
    let mut planes = planes.into_planes();
    let mut said: Vec<String> = reading.diagnostics.iter().map(ToString::to_string).collect();
    // A lab with one grid takes the first of a stack, and says so.
    let of_kind = |known: PlateId| matches!(known, PlateId::Input(_)) == matches!(plate, PlateId::Input(_));
    let targets = lab.operation().targets();
    let room =
        targets.iter().find(|(_, _, known)| of_kind(*known)).map_or(1, |(_, most, _)| most.filters * most.channels);
    if planes.len() > room && room == 1 {
        said.push(format!("There are {} matrices; the first is taken.", planes.len()));
        planes.truncate(room);
    }
    let shape = planes.first().map_or((1, 1), Grid::shape);
    let old = lab.operation().plate(plate).map_or((1, 1), Grid::shape);
    let mut events = Vec::new();
    let fits = row + shape.0 <= old.0 && col + shape.1 <= old.1;
    // A row or a column, and what is pasted past the first cell, is a part of the grid where it fits.
    let is_part = fits && (shape.0 == 1 || shape.1 == 1 || (row, col) != (0, 0));
    if planes.len() > 1 || (is_array && shape != (1, 1) && !is_part) {
        if planes.len() == 1 && shape != old {
            let (old, shape) = (format::shape(&[old.0, old.1]), format::shape(&[shape.0, shape.1]));
            said.push(format!("The whole grid is replaced: it was {old} and is {shape}."));
        }
        events.push(Event::Change(Action::Replace { plate, planes }));
    } else if let Some(block) = planes.pop() {
        events.push(Event::Change(Action::PutBlock { plate, row, col, block }));
    }
    if !said.is_empty() {
        events.push(Event::Say(Some(said.join(" "))));
    }
    events
}
