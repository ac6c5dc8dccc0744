//! The lecture: scenes in order, each a live lab or a figure.
