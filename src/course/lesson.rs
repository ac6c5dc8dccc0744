//! A lesson: parts of text, each with what the lab beside it shows.
