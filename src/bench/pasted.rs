//! What a text that is pasted into a grid becomes.

use super::Event;
use crate::{
    lab::{OperationLab, operation::Action, scene::PlateId},
    paste::parse_planes,
};

/// A pasted matrix takes the grid's place; cells of a spreadsheet go where they are pasted. A stack of matrices takes the
/// places of several grids. What there is to say of it comes last, since a change takes back what was said before.
pub fn events(lab: &OperationLab, (plate, row, col): (PlateId, usize, usize), text: &str) -> Vec<Event> {
    let (planes, diagnostics) = parse_planes(text);
    let Some(planes) = planes else {
        return vec![Event::Say(diagnostics.first().map(ToString::to_string))];
    };
    let mut planes = planes.into_planes();
    let mut said: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    // A lab with one grid takes the first of a stack, and says so.
    let of_kind = |known: PlateId| matches!(known, PlateId::Input(_)) == matches!(plate, PlateId::Input(_));
    let targets = lab.operation().targets();
    let room =
        targets.iter().find(|(_, _, known)| of_kind(*known)).map_or(1, |(_, most, _)| most.filters * most.channels);
    if planes.len() > room && room == 1 {
        said.push(format!("There are {} matrices; the first is taken.", planes.len()));
        planes.truncate(room);
    }
    let single = planes.iter().all(|plane| plane.shape() == (1, 1));
    let literal = text.contains(['[', '(', '\\']);
    let mut events = Vec::new();
    if planes.len() > 1 || (literal && !single) {
        events.push(Event::Change(Action::Replace { plate, planes }));
    } else if let Some(block) = planes.pop() {
        events.push(Event::Change(Action::PutBlock { plate, row, col, block }));
    }
    if !said.is_empty() {
        events.push(Event::Say(Some(said.join(" "))));
    }
    events
}
