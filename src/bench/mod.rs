//! Whatever is live on a page, without a page: a lab's state with its history, the play head, and the question that is
//! asked.
//!
//! [`Bench::apply`] takes an [`Event`], [`Bench::view`] gives what is to be seen, as plain data. A bench knows no address,
//! no title bar and no keys: its page decides what follows it, and several stand side by side.
//!
//! ```
//! use receptive::{bench::{Bench, Event}, lab::ConvolutionLab, link::operation::{LabKind, LabLink}};
//!
//! const KIND: LabKind = LabKind::of::<ConvolutionLab>();
//! let mut bench = Bench::open(&KIND, (KIND.decode)(&Vec::new()).0);
//! assert_eq!(bench.view().playback.len, 4);
//! bench.apply(Event::Go(3));
//! let sum = bench.view().scene.sum.clone().expect("a step has a sum");
//! assert_eq!(sum.text, "4×0 + 5×1 + 7×2 + 8×3 = 43");
//! ```

mod head;
pub mod pasted;
mod question;
#[cfg(test)]
mod tests;
mod view;

use std::sync::Arc;

use crate::{
    command::Command,
    lab::{
        History, OperationLab,
        control::{ControlId, ControlView, Value},
        operation::{Action, Answer, Computation, Problem, ShapeView},
        predict::{Verdict, judge},
        scene::{Plate, PlateId, PlateKind, Playhead, Scene},
    },
    link::{
        Link,
        operation::{LabKind, LabLink},
    },
};
use head::PlayHead;
use question::Question;

pub use view::{BenchView, Playback, QuestionView};

/// What a person, the clock or the page does to a bench.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A change by hand. It stops the play head.
    Change(Action),
    /// What was waited for is there, and nobody did anything: what was refused before stays refused.
    Arrive(Action),
    /// The state of a link, which can be undone, and its step, speed and question.
    Open(Box<LabLink>),
    /// An example, by its place.
    Preset(usize),
    /// A command that it [can](Bench::can) do now: moving, undo and redo, padding by name, predicting.
    Command(Command),
    /// To a step by hand.
    Go(usize),
    /// Stands still.
    Pause,
    /// Times the usual speed.
    Speed(f64),
    /// A frame, at a time in milliseconds.
    Tick(f64),
    /// A number of a grid is pointed at, or none.
    Point(Option<(PlateId, (usize, usize))>),
    /// A number of a grid is pressed.
    Pick(PlateId, (usize, usize)),
    /// The picture of a step is pointed at, or none.
    Look(Option<usize>),
    /// A term of the sum is pointed at, or none.
    Light(Option<usize>),
    /// What is typed as an answer.
    Type(String),
    /// The answer is to be judged.
    Check,
    /// The products are to be shown, without their sum.
    Hint,
    /// The number is to be shown.
    Reveal,
    /// What a paste has to say, until the next change.
    Say(Option<String>),
    /// Whether a picture is on its way: that there is none yet is no problem then.
    Wait(bool),
    /// What is around it.
    Stand(Surroundings),
}

/// What a bench is told of where it stands.
#[expect(clippy::struct_excessive_bools, reason = "each is asked for by itself, and any goes with any")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Surroundings {
    /// As narrow as a phone: a diagram is then drawn higher than wide.
    pub narrow: bool,
    /// Read from the last row of a hall.
    pub far: bool,
    /// No result is shown: an exercise in which a student finds them.
    pub blank: bool,
    /// Less motion is asked for.
    pub still: bool,
    /// It begins again after the last step.
    pub looping: bool,
}

/// The steps, or what stands in the way; shared.
type Steps = Result<Arc<dyn Computation>, Arc<Problem>>;

/// A live lab.
pub struct Bench {
    history: History<OperationLab>,
    /// The lab's examples, read.
    presets: Vec<(OperationLab, usize)>,
    now: Moment,
    // What follows from the state.
    steps: Steps,
    controls: Arc<Vec<ControlView>>,
    shape: Arc<ShapeView>,
    preset: Option<usize>,
    subtitle: Arc<str>,
    // What follows from the state and from where one looks, and what it was made for: the number of the state, and where.
    scene: Arc<Scene>,
    seen: Option<(u64, Playhead)>,
    words: Arc<str>,
    asked: Option<(u64, usize)>,
}

/// All that events change, but for the lab's state, of which it has the number.
#[derive(Debug, Clone, PartialEq)]
struct Moment {
    revision: u64,
    head: PlayHead,
    question: Question,
    pointed: Option<usize>,
    lit: Option<usize>,
    said: Option<Arc<str>>,
    refused: Option<Arc<Problem>>,
    waits: bool,
    around: Surroundings,
}

impl Bench {
    /// Begins with what a link of the lab `kind` holds.
    pub fn open(kind: &'static LabKind, link: LabLink) -> Self {
        let LabLink { lab, step, speed, predict } = link;
        let presets = lab.operation().presets().iter().map(|preset| {
            let (link, _) = Link::decode(&["#/", kind.page.path(), "?", preset.query].concat());
            let link = (kind.decode)(&link.fields).0;
            (link.lab, link.step)
        });
        let presets = presets.collect();
        let head = PlayHead::new(step.saturating_sub(1), speed);
        let steps = lab.operation().compute().map_err(Arc::new);
        let mut bench = Self {
            history: History::new(lab),
            presets,
            now: Moment {
                revision: 0,
                question: Question::new(predict, head.step),
                head,
                pointed: None,
                lit: None,
                said: None,
                refused: None,
                waits: false,
                around: Surroundings::default(),
            },
            steps,
            controls: Arc::default(),
            shape: Arc::default(),
            preset: None,
            subtitle: "".into(),
            scene: Arc::default(),
            seen: None,
            words: "".into(),
            asked: None,
        };
        bench.ask_here();
        bench.ask_for_numbers();
        bench.follow_state();
        bench.follow_moment();
        bench
    }

    /// Takes `event`; `false` where nothing changed.
    pub fn apply(&mut self, event: Event) -> bool {
        let before = self.now.clone();
        self.act(event);
        if self.now.revision != before.revision {
            self.follow_state();
        }
        self.settle(&before);
        if self.now == before {
            return false;
        }
        self.follow_moment();
        true
    }

    fn act(&mut self, event: Event) {
        let len = self.len();
        match event {
            Event::Change(action) => self.change(action),
            // What arrives for a state that is gone is of no use, and nothing to tell.
            Event::Arrive(action) => {
                if self.history.apply(action) == Ok(true) {
                    self.changed();
                }
            }
            Event::Open(link) => {
                let LabLink { lab, step, speed, predict } = *link;
                self.change(Action::Open(Box::new(lab)));
                self.now.head = PlayHead::new(step.saturating_sub(1), speed);
                self.now.question = Question::new(predict, 0);
                self.ask_here();
            }
            Event::Preset(place) => {
                if let Some((lab, step)) = self.presets.get(place).cloned() {
                    self.change(Action::Open(Box::new(lab)));
                    // A picture may still have to come: there are no steps to go to then.
                    self.now.head.step = step.saturating_sub(1);
                    self.ask_here();
                }
            }
            Event::Command(command) => {
                if self.can(command) {
                    self.run(command);
                }
            }
            Event::Go(step) => self.now.head.go(step, len),
            Event::Pause => self.now.head.pause(),
            Event::Speed(speed) => self.now.head.speed = speed,
            Event::Tick(now) => {
                let steps = self.computation();
                let terms = |step| steps.as_ref().map_or(0, |steps| steps.terms(step));
                self.now.head.tick(now, len, terms, self.now.around);
            }
            Event::Point(at) => self.point(at),
            Event::Pick(plate, at) => {
                if let Some(action) = self.lab().operation().pick(plate, at) {
                    self.change(action);
                } else if let Some(step) = self.computation().and_then(|steps| steps.step_from(self.at(), plate, at)) {
                    self.now.head.go(step, len);
                }
            }
            Event::Look(step) => {
                self.now.pointed = step.filter(|&step| self.tells(step));
                self.stop_to_look();
            }
            Event::Light(term) => self.now.lit = term,
            Event::Type(text) => self.now.question.typed = text,
            Event::Check => {
                let at = self.at();
                if let Some(answer) = self.answer(at) {
                    let found = judge(&self.now.question.typed, &answer);
                    if found == Verdict::Right {
                        self.now.question.show(at);
                    }
                    self.now.question.verdict = Some(found);
                }
            }
            Event::Hint => self.now.question.hint = true,
            Event::Reveal => {
                let at = self.at();
                self.now.question.show(at);
                self.now.question.verdict = None;
            }
            Event::Say(said) => self.now.said = said.map(Into::into),
            Event::Wait(waits) => self.now.waits = waits,
            Event::Stand(around) => self.now.around = around,
        }
    }

    fn change(&mut self, action: Action) {
        self.now.head.pause();
        self.now.said = None;
        match self.history.apply(action) {
            Ok(changed) => {
                self.now.refused = None;
                if changed {
                    self.changed();
                }
            }
            Err(problem) => self.now.refused = Some(Arc::new(problem)),
        }
    }

    /// The state is another: what is asked of its steps is asked of the new ones.
    fn changed(&mut self) {
        self.now.revision += 1;
        let before = self.steps.as_deref().ok();
        self.steps = self.lab().operation().compute_after(before).map_err(Arc::new);
    }

    /// The step on screen is the next that is asked for.
    fn ask_here(&mut self) {
        // What is not there yet has no steps: the link's own step is asked for then.
        self.now.question.answered = if self.len() > 0 { self.at() } else { self.now.head.step };
    }

    /// A step that makes no number is not asked for: the first that is open is one that does.
    fn ask_for_numbers(&mut self) {
        let len = self.len();
        while let Some(open) = self.now.question.first_open().filter(|&open| open < len)
            && self.answer(open).is_none()
        {
            self.now.question.answered = open + 1;
        }
    }

    fn run(&mut self, command: Command) {
        let (at, len) = (self.at(), self.len());
        let head = &mut self.now.head;
        match command {
            Command::FirstStep => head.go(0, len),
            Command::StepBack => head.go(at.saturating_sub(1), len),
            Command::StepForward => head.go(at + 1, len),
            Command::LastStep => head.go(usize::MAX, len),
            Command::Play if head.playing => head.pause(),
            Command::Play => head.play(len),
            Command::Slower | Command::Faster => {
                if let Some(speed) = head.nearby(if command == Command::Slower { -1 } else { 1 }) {
                    head.speed = speed;
                }
            }
            Command::Undo | Command::Redo => {
                head.pause();
                self.now.refused = None;
                if command == Command::Undo {
                    self.history.undo();
                } else {
                    self.history.redo();
                }
                self.changed();
            }
            Command::Predict => {
                head.pause();
                let on = !self.now.question.on;
                self.now.question = Question::new(on, at);
            }
            Command::SamePadding => self.change(Action::Set(ControlId::NAMED_PADDING, Value::Choice(1))),
            Command::FullPadding => self.change(Action::Set(ControlId::NAMED_PADDING, Value::Choice(2))),
            _ => {}
        }
    }

    fn point(&mut self, place: Option<(PlateId, (usize, usize))>) {
        let Some(((plate, at), steps)) = place.zip(self.computation()) else {
            (self.now.pointed, self.now.lit) = (None, None);
            return;
        };
        // What is asked for is not to be peeked at.
        let look = steps.look_of(plate, at).filter(|&look| self.tells(look));
        let term = || steps.term_of(self.now.pointed.unwrap_or_else(|| self.at()), plate, at);
        let lit = if look.is_some() { None } else { term() };
        (self.now.pointed, self.now.lit) = (look, lit);
        self.stop_to_look();
    }

    /// What is pointed at stands still.
    fn stop_to_look(&mut self) {
        if self.now.pointed.is_some() && self.now.head.playing {
            self.now.head.pause();
        }
    }

    /// What holds after every event.
    fn settle(&mut self, before: &Moment) {
        let edited = self.now.revision != before.revision;
        if edited && self.now.question.on {
            // An edit makes all that was answered after it old.
            self.now.question.answered = self.now.question.answered.min(self.at());
        }
        if self.now.head.playing {
            // What is played is shown.
            self.now.question.answered = self.at() + 1;
        }
        if edited || self.now.question.first_open() != before.question.first_open() {
            self.ask_for_numbers();
        }
        if let Some(open) = self.now.question.first_open().filter(|&open| self.at() > open) {
            // Nobody gets past a number that is asked for.
            self.now.head.step = open;
        }
        if edited || self.now.head.step != before.head.step {
            self.now.question.anew();
        }
    }

    fn follow_state(&mut self) {
        let lab = self.history.present();
        let operation = lab.operation();
        self.controls = Arc::new(operation.controls());
        self.shape = Arc::new(operation.shape(self.steps.as_deref().ok()));
        self.preset = self.presets.iter().position(|(state, _)| operation.is_like(state.operation()));
        let example = self.preset.and_then(|place| operation.presets().get(place));
        self.subtitle = match example {
            Some(preset) => preset.look.into(),
            None => operation.subtitle().into(),
        };
    }

    fn follow_moment(&mut self) {
        let Moment { revision, head, question, pointed, lit, around, .. } = &self.now;
        let at = self.at();
        let look = Playhead {
            step: at,
            pointed: *pointed,
            lit: *lit,
            adding: head.adding,
            asked: question.hides(at),
            narrow: around.narrow,
            far: around.far,
            blank: around.blank,
        };
        // What is typed or said changes no picture, and most pictures are large.
        let seen = Some((*revision, look));
        if self.seen != seen {
            self.scene = Arc::new(self.scene_at(look));
            self.seen = seen;
        }
        let asked = self.now.question.on.then_some((self.now.revision, at));
        if self.asked != asked {
            let answer = asked.and_then(|_| self.answer(at));
            self.words = answer.map_or_else(|| "".into(), |answer| answer.question.into());
            self.asked = asked;
        }
    }

    fn scene_at(&self, look: Playhead) -> Scene {
        let mut scene = match &self.steps {
            Ok(steps) => steps.scene(look),
            Err(_) => self.lab().operation().broken_scene(look),
        };
        if look.blank {
            // The parts of a sum would tell it.
            let tells = |plate: &&mut Plate| plate.kind == PlateKind::Result || matches!(plate.id, PlateId::Partial(_));
            for plate in scene.plates.iter_mut().filter(tells) {
                plate.view = Arc::new(plate.view.blank());
            }
        }
        scene
    }

    /// What is to be seen.
    pub fn view(&self) -> BenchView {
        let operation = self.lab().operation();
        let Moment { revision, head, question, pointed, said, refused, .. } = &self.now;
        let (at, len) = (self.at(), self.len());
        let row = self.steps.as_ref().map_or(1, |steps| steps.row());
        let ask = || QuestionView {
            words: Arc::clone(&self.words),
            open: question.hides(at),
            hint: question.hint,
            typed: question.typed.clone(),
            verdict: question.verdict.clone(),
            last: at + 1 >= len,
        };
        BenchView {
            revision: *revision,
            title: operation.title(),
            subtitle: Arc::clone(&self.subtitle),
            presets: operation.presets(),
            preset: self.preset,
            controls: Arc::clone(&self.controls),
            scene: Arc::clone(&self.scene),
            shape: Arc::clone(&self.shape),
            problem: self.problem().cloned(),
            refused: refused.clone(),
            playback: Playback { at, len, row, playing: head.playing, speed: head.speed, adding: head.adding },
            question: (question.on && len > 0).then(ask),
            hides: question.hides(at) && pointed.is_none(),
            said: said.clone(),
            can_undo: self.can(Command::Undo),
            can_redo: self.can(Command::Redo),
            pointed: *pointed,
        }
    }

    /// The lab's state.
    pub fn lab(&self) -> &OperationLab {
        self.history.present()
    }

    /// The steps, where there are any.
    pub fn computation(&self) -> Option<Arc<dyn Computation>> {
        self.steps.as_ref().ok().cloned()
    }

    /// What is asked for at a step, and the mistakes that are known; `None` where it makes no number.
    fn answer(&self, step: usize) -> Option<Answer> {
        self.steps.as_ref().ok()?.answer(step)
    }

    /// The problem with the numbers as they are.
    pub fn problem(&self) -> Option<&Arc<Problem>> {
        let problem = self.steps.as_ref().err();
        // A picture that is on its way is none.
        problem.filter(|problem| problem.control != ControlId::IMAGE || !self.now.waits)
    }

    /// Whether `command` can be done now.
    pub fn can(&self, command: Command) -> bool {
        let (at, len) = (self.at(), self.len());
        match command {
            Command::FirstStep | Command::StepBack => at > 0,
            Command::StepForward | Command::LastStep => at + 1 < len,
            Command::Slower => self.now.head.nearby(-1).is_some(),
            Command::Faster => self.now.head.nearby(1).is_some(),
            Command::Play | Command::Predict => len > 0,
            Command::Undo => self.history.can_undo(),
            Command::Redo => self.history.can_redo(),
            // The paddings that have a name, where the lab has them.
            Command::SamePadding | Command::FullPadding => {
                self.controls.iter().any(|view| view.control == ControlId::NAMED_PADDING)
            }
            _ => false,
        }
    }

    fn len(&self) -> usize {
        self.steps.as_ref().map_or(0, |steps| steps.len())
    }

    fn at(&self) -> usize {
        self.now.head.at(self.len())
    }

    /// Whether the picture of step `look` tells nothing that is asked for. Pictures past the last step tell all.
    fn tells(&self, look: usize) -> bool {
        let len = self.len();
        self.now.question.first_open().is_none_or(|open| look < open || open >= len)
    }

    /// Whether all of the output may be seen.
    pub fn tells_all(&self) -> bool {
        !self.now.around.blank && self.now.question.first_open().is_none_or(|open| open >= self.len())
    }

    /// Its link. While it plays it would change with every step: it is the first step's then.
    pub fn link(&self) -> LabLink {
        let step = if self.now.head.playing { 1 } else { self.at() + 1 };
        LabLink { lab: self.lab().clone(), step, speed: self.now.head.speed, predict: self.now.question.on }
    }

    /// The link to what is on screen, for what is made of it. What was predicted already is shown: of one step by asking
    /// for nothing, of the `whole` by asking from the first one on that is open.
    pub fn shown(&self, whole: bool) -> LabLink {
        let at = self.at();
        let hidden = self.now.question.hides(at);
        let (step, predict) = match self.now.question.first_open() {
            Some(open) if whole => {
                let step = if hidden { at } else { open };
                (step, step < self.len())
            }
            _ => (at, hidden),
        };
        LabLink { lab: self.lab().clone(), step: step + 1, speed: self.now.head.speed, predict }
    }
}
