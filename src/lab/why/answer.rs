//! Predict first: the next number, and what wrong ones mean.

use super::{
    connections::{Connections, Connectivity},
    count::Counts,
    shift::Shifted,
};
use crate::{
    lab::operation::Answer,
    mistake::{
        count::{self, Sizes, Step},
        why::{self, Connection, Neighbours},
    },
};

/// What is asked for at a step of the count.
pub(super) fn of_count(counts: &Counts, index: usize) -> Option<Answer> {
    let (line, step) = (counts.lines.get(index)?, *Step::ALL.get(index)?);
    let mut question = line.name.to_owned();
    if let Some(first) = question.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let (lab, (rows, cols)) = (&counts.lab, counts.places());
    let wide = |count: usize| count as f64;
    let sizes = Sizes {
        image: [lab.size.0, lab.size.1, lab.channels].map(wide),
        units: wide(lab.units),
        filters: wide(lab.filters),
        kernel: wide(lab.window.0) * wide(lab.window.1),
        places: wide(rows) * wide(cols),
    };
    Some(Answer { question, value: line.value, mistakes: count::at(&sizes, step, line.value) })
}

/// What is asked for at an output of the row: the convolution's.
pub(super) fn of_connections(connections: &Connections, step: usize) -> Option<Answer> {
    let value = connections.value(Connectivity::Shared, step)?;
    let of = |kind, output| connections.value(kind, output);
    let near = Neighbours {
        local: of(Connectivity::Local, step),
        full: of(Connectivity::Full, step),
        right: of(Connectivity::Shared, step + 1),
        left: step.checked_sub(1).and_then(|left| of(Connectivity::Shared, left)),
    };
    let edges = connections.edges(Connectivity::Shared, step).iter();
    let edges: Vec<Connection> =
        edges.filter_map(|edge| Some(Connection { tap: edge.tap?, x: edge.x, w: edge.weight })).collect();
    let mistakes = why::at_output(value, &edges, connections.taps(), near);
    Some(Answer { question: format!("Shared weights, output {step}"), value, mistakes })
}

/// What is asked for at an output of the shifted picture.
pub(super) fn of_shift(shifted: &Shifted, index: usize) -> Option<Answer> {
    let step = shifted.step_after(index)?;
    let (row, col) = step.output;
    let case = why::Shifted {
        by: shifted.shift().name(),
        before: shifted.before(),
        after: shifted.after(),
        source: shifted.source(index),
        opposite: shifted.opposite(index),
        dense: shifted.dense_after(index),
    };
    let mistakes = why::at_shifted(&case, &step);
    Some(Answer { question: format!("conv(x′), row {row}, column {col}"), value: step.sum, mistakes })
}
