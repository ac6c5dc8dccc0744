//! What a bench shows, as plain data.

use std::sync::Arc;

use crate::lab::{
    control::ControlView,
    operation::{Problem, ShapeView},
    predict::Verdict,
    preset::Preset,
    scene::Scene,
};

/// All that a bench shows. What is large is shared, and the same allocation as long as nothing in it changed.
#[derive(Debug, Clone)]
pub struct BenchView {
    /// Counts the changes of the lab's state.
    pub revision: u64,
    /// The lab's title.
    pub title: &'static str,
    /// What is to be seen, in one sentence.
    pub subtitle: Arc<str>,
    /// The lab's examples.
    pub presets: &'static [Preset],
    /// The one that is on screen.
    pub preset: Option<usize>,
    /// The lab's controls, in their order.
    pub controls: Arc<Vec<ControlView>>,
    /// The picture.
    pub scene: Arc<Scene>,
    /// The output's shape.
    pub shape: Arc<ShapeView>,
    /// What stands in the way of an output.
    pub problem: Option<Arc<Problem>>,
    /// Why the last change was not made.
    pub refused: Option<Arc<Problem>>,
    /// Where it plays.
    pub playback: Playback,
    /// What is asked for.
    pub question: Option<QuestionView>,
    /// Whether the number of the step that is looked at is asked for: nothing may tell it.
    pub hides: bool,
    /// What the last paste had to say.
    pub said: Option<Arc<str>>,
    /// Whether there is something to undo.
    pub can_undo: bool,
    /// Whether there is something to redo.
    pub can_redo: bool,
    /// The step whose picture is pointed at.
    pub pointed: Option<usize>,
}

/// The transport's numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Playback {
    /// The step that is shown, from 0.
    pub at: usize,
    /// How many there are.
    pub len: usize,
    /// How many make a row of the output.
    pub row: usize,
    /// Whether it moves by itself.
    pub playing: bool,
    /// Times the usual speed.
    pub speed: f64,
    /// While it plays slowly: the term that is being added.
    pub adding: Option<usize>,
}

/// A number that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionView {
    /// What is asked for: `Output row 0, column 1`; empty at a step that makes no number, which is never open.
    pub words: Arc<str>,
    /// Whether it is still to be answered.
    pub open: bool,
    /// The products are shown.
    pub hint: bool,
    /// What is being typed.
    pub typed: String,
    /// What was typed last, judged.
    pub verdict: Option<Verdict>,
    /// Whether no other comes after it.
    pub last: bool,
}
