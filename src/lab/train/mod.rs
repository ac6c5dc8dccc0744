//! The training page's state: settings, run, download and worker as one machine without a browser.
//!
//! [`TrainState::apply`] takes what a person or the trainer did and answers with [`Effect`]s, which the page carries out
//! in their order. Nothing here waits, counts time or knows how a worker is made, so that a worker's death or a failed
//! download is tested like any other transition.

mod field;
mod files;
mod model;
mod recipe;
mod record;
mod settings;
mod status;

pub use field::Field;
pub use files::{DownloadError, File, Files, download_size, files, megabytes, name_of};
pub use model::{
    FIRST_LAYERS, LENET_PARAMETERS, LayersError, Model, OWN_LINK, Verdict, judge, own_layers, own_network,
};
pub use recipe::{RECIPES, Recipe};
pub use record::{RateChange, Record, TableRow, accuracy, loss_text, mistakes, smoothing_note};
pub use settings::{SettingError, Settings};
pub use status::{HeadlinePart, duration};

use thiserror::Error;

use crate::{
    data::Augment,
    num::{decimal, format, single},
    train::{EpochReport, OptimizerKind, RunSpec, Schedule, StepReport},
};

/// A loss this many times that of guessing evenly among ten digits, ln 10, is called out while the run goes on.
const EXPLODING: f32 = 3.0;

/// The steps after which a loss can be called exploding: the first few are always rough.
const ROUGH_STEPS: u32 = 20;

/// The training page's state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TrainState {
    settings: Settings,
    phase: Phase,
    files: Files,
    worker: Worker,
    /// With how many workers the present one shares the training.
    crew: Crew,
    /// Whether one died: the run that goes on does so with one alone, which asks least of the machine.
    alone: bool,
    run: Option<Run>,
    /// The name of the last run, so that answers to an older one are known.
    last_run: u32,
    checkpoint: Option<Checkpoint>,
    /// The layers that were looked at last, and what they are.
    judged: Option<(String, Judgement)>,
}

/// How far it is with looking at layers.
#[derive(Debug, Clone, PartialEq)]
enum Judgement {
    Asked,
    Came(Verdict),
    /// What looks at them did not come; why.
    Failed(String),
}

/// Where the page is.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Phase {
    /// No run.
    #[default]
    Empty,
    /// A run waits for the files or the worker.
    Preparing,
    /// The trainer works (for a single step, or until a pause reaches it, too).
    Running,
    /// The run stands still.
    Paused,
    /// The run reached its end.
    Finished,
    /// The run can't go on.
    Stopped(Trouble),
}

/// How far the worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Worker {
    #[default]
    Absent,
    Starting,
    Ready,
    /// The files are on their way to it.
    Filling,
    Filled,
}

/// What a run is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    Wait,
    Steps(u32),
    End,
}

/// The workers that share a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Crew {
    /// How many, or as many as the machine has use for.
    pub workers: Option<u8>,
    /// Whether they train layers of one's own.
    pub own: bool,
}

/// A run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    id: u32,
    /// What it was started with.
    pub spec: RunSpec<Model>,
    /// The layers of a network of one's own.
    pub layers: String,
    /// The learning rate now.
    pub rate: f32,
    /// Its figures.
    pub record: Record,
    /// Images tested, and of how many, while a test is on.
    pub testing: Option<(u32, u32)>,
    /// Images a second, as the trainer measures them.
    pub examples_per_second: Option<f32>,
    /// How many workers share it, where that is settled.
    pub workers: Option<u8>,
    goal: Goal,
    /// Whether the trainer was asked to begin.
    begun: bool,
    /// The steps of the snapshot it begins with.
    from: Option<u32>,
    explosion: Option<Explosion>,
}

/// A loss that was called out, and the rate that led to it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Explosion {
    loss: f32,
    rate: f32,
}

/// What a snapshot in the page's hands continues.
#[derive(Debug, Clone, PartialEq)]
struct Checkpoint {
    step: u32,
    record: Record,
}

/// Why a run can't go on.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Trouble {
    /// A file could not be had.
    #[error("The images could not be loaded. {0}")]
    Download(DownloadError),
    /// The trainer did not come.
    #[error("The trainer could not be loaded. It is the file trainer.js of this site, with its .wasm beside it.")]
    WorkerAbsent,
    /// The trainer is not on the site any more.
    #[error("Receptive was updated on this site while it was open here. The new trainer comes after a reload.")]
    Updated,
    /// The trainer is of another version.
    #[error(
        "Receptive was updated on this site while it was open here: the trainer is of another version ({found}, not \
         {expected}) than this page."
    )]
    WorkerStale {
        /// Its protocol.
        found: u16,
        /// This page's.
        expected: u16,
    },
    /// The trainer died.
    #[error(
        "The trainer stopped unexpectedly after step {}. {}",
        format::count(u64::from(*step)),
        match from {
            0 => "There is no snapshot yet: the run begins again, with the same seed and the same curve.".to_owned(),
            from => format!("The last snapshot was taken at step {}.", format::count(u64::from(*from))),
        }
    )]
    Died {
        /// Steps that were seen.
        step: u32,
        /// Steps of the last snapshot.
        from: u32,
    },
    /// The loss or a weight is no number any more.
    #[error(
        "Training diverged at step {}: {}. At a rate of {} each step overshoots by more than it corrects, so the \
         weights grow without bound.",
        format::count(u64::from(*step)),
        if loss.is_nan() {
            "the loss is not a number any more"
        } else if loss.is_infinite() {
            "the loss became infinite"
        } else {
            "the weights are not numbers any more"
        },
        format::single(*rate)
    )]
    Diverged {
        /// The step that did it.
        step: u32,
        /// Its loss.
        loss: f32,
        /// The learning rate.
        rate: f32,
    },
    /// The trainer refused.
    #[error("The trainer can't go on: {why}")]
    Refused {
        /// Its words.
        why: String,
    },
}

/// What can be done about something, as a button.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainRepair {
    /// The button's words.
    pub label: String,
    /// What it does.
    pub action: TrainAction,
}

/// What a person, the download or the trainer did.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainAction {
    /// A link was opened.
    Open(Settings),
    /// A recipe was chosen.
    ChooseRecipe(&'static Recipe),
    /// A network was chosen.
    ChooseModel(Model),
    /// The layers of a network of one's own were typed.
    TypeLayers(String),
    /// They are to be looked at: when the page is opened, and once more where that failed.
    LookAtLayers,
    /// They were looked at.
    Judged {
        /// Which layers.
        layers: String,
        /// What they are, or why that can't be found out.
        verdict: Result<Verdict, String>,
    },
    /// A variation of the training images was chosen.
    ChooseAugment(Augment),
    /// An optimizer was chosen.
    Choose(OptimizerKind),
    /// A schedule was chosen.
    ChooseSchedule(Schedule),
    /// How many workers share the training was chosen, or left to the machine.
    ChooseWorkers(Option<u8>),
    /// A setting was typed.
    Type(Field, String),
    /// A setting was typed and confirmed: a live run takes the learning rate now.
    Commit(Field, String),
    /// "Start training".
    Start,
    /// "Pause".
    Pause,
    /// "Resume".
    Resume,
    /// "Step one batch".
    StepOnce,
    /// "Reset".
    Reset,
    /// Whichever of start, pause and resume the main button shows.
    Toggle,
    /// Once more, after a failed download or a worker that did not come.
    Retry,
    /// On from the last snapshot.
    Restart,
    /// Back to the beginning with another learning rate.
    UseRate(String),
    /// The page is to be loaded again.
    Reload,

    /// Bytes came.
    Received(u32),
    /// All bytes came.
    Checking,
    /// The files are here.
    FilesReady,
    /// They are not.
    FilesFailed(DownloadError),

    /// The worker is up.
    WorkerReady,
    /// The worker is up and of another version.
    WorkerStale {
        /// Its protocol.
        found: u16,
        /// This page's.
        expected: u16,
    },
    /// The worker has the files.
    WorkerFilled,
    /// The worker is no more.
    WorkerDied,
    /// The files that a worker is made of are not on the site any more.
    WorkerGone,

    /// The run waits at a step.
    Loaded {
        /// The run.
        run: u32,
        /// Steps done.
        step: u32,
    },
    /// Steps were done.
    Stepped {
        /// The run.
        run: u32,
        /// Which.
        steps: Vec<StepReport>,
        /// Images a second.
        examples_per_second: f32,
        /// How many workers share the run; 0 while that is being tried.
        workers: u8,
    },
    /// A test goes on.
    Testing {
        /// The run.
        run: u32,
        /// Images classified.
        done: u32,
        /// Of how many.
        of: u32,
    },
    /// An epoch's test is done.
    Tested {
        /// The run.
        run: u32,
        /// Its figures.
        test: EpochReport,
    },
    /// A snapshot came.
    Snapshot {
        /// The run.
        run: u32,
        /// Steps done when it was taken.
        step: u32,
    },
    /// The run stands still.
    Paused {
        /// The run.
        run: u32,
    },
    /// The run reached its end.
    Finished {
        /// The run.
        run: u32,
    },
    /// The loss or a weight is no number any more.
    Diverged {
        /// The run.
        run: u32,
        /// The step that did it.
        step: u32,
        /// Its loss.
        loss: f32,
    },
    /// The trainer refused a run, or something that belongs to none (0).
    Refused {
        /// The run.
        run: u32,
        /// Its words.
        why: String,
    },
}

/// What the page is to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Look at layers that were typed, with [`judge`].
    Judge {
        /// Which.
        layers: String,
    },
    /// Download what is missing of the files.
    Fetch,
    /// Make workers.
    OpenWorker(Crew),
    /// End the worker.
    CloseWorker,
    /// Find out whether the files that it is made of are still there.
    FindWorker(Crew),
    /// Send it the files.
    FillWorker,
    /// Make a run ready.
    Begin {
        /// The run.
        run: u32,
        /// What to train.
        spec: RunSpec<Model>,
        /// The layers of a network of one's own.
        layers: String,
        /// Whether the kept snapshot goes along.
        snapshot: bool,
    },
    /// Train for one step.
    TrainStep {
        /// The run.
        run: u32,
    },
    /// Train to the end.
    TrainOn {
        /// The run.
        run: u32,
    },
    /// Stop after the present step.
    Halt {
        /// The run.
        run: u32,
    },
    /// Use this learning rate from the next step.
    SetRate {
        /// The run.
        run: u32,
        /// The rate.
        rate: f32,
    },
    /// Keep this snapshot, in place of any other.
    KeepSnapshot {
        /// The run.
        run: u32,
        /// Steps done when it was taken.
        step: u32,
    },
    /// Load the page again.
    Reload,
}

/// The main button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MainButton {
    /// "Start training".
    Start,
    /// "Pause".
    Pause,
    /// "Resume".
    Resume,
}

impl TrainState {
    /// The page as a link opens it.
    pub fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// The settings as typed.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Where the page is.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// The download.
    pub fn files(&self) -> Files {
        self.files
    }

    /// The run, if there is one.
    pub fn run(&self) -> Option<&Run> {
        self.run.as_ref()
    }

    /// Whether the trainer is to say something, sooner or later. One that stands still says nothing.
    pub fn expects_trainer(&self) -> bool {
        matches!(self.phase, Phase::Preparing | Phase::Running)
    }

    /// What the main button shows.
    pub fn main_button(&self) -> MainButton {
        match (&self.phase, self.run.as_ref().map(|run| run.goal)) {
            (Phase::Preparing | Phase::Running, Some(Goal::End)) => MainButton::Pause,
            (Phase::Preparing | Phase::Running | Phase::Paused, _) => MainButton::Resume,
            (Phase::Empty | Phase::Finished | Phase::Stopped(_), _) => MainButton::Start,
        }
    }

    /// Whether the main button can be pressed.
    pub fn can_toggle(&self) -> bool {
        match self.phase {
            Phase::Empty | Phase::Finished => self.next_spec().is_some(),
            Phase::Stopped(_) => false,
            Phase::Preparing | Phase::Running | Phase::Paused => true,
        }
    }

    /// Whether a single step can be asked for.
    pub fn can_step(&self) -> bool {
        match self.phase {
            Phase::Empty => self.next_spec().is_some(),
            Phase::Paused => true,
            // Presses that come while a step is on its way are counted.
            Phase::Running => self.run.as_ref().is_some_and(|run| run.goal != Goal::End),
            Phase::Preparing | Phase::Finished | Phase::Stopped(_) => false,
        }
    }

    /// Whether there is something to reset.
    pub fn can_reset(&self) -> bool {
        self.phase != Phase::Empty
    }

    /// Whether a setting can't be changed now: all but the learning rate while a run exists.
    pub fn is_locked(&self, field: Field) -> bool {
        match self.phase {
            Phase::Empty => false,
            Phase::Finished | Phase::Stopped(_) => true,
            Phase::Preparing | Phase::Running | Phase::Paused => field != Field::LearningRate,
        }
    }

    /// The button that repairs a wrong setting.
    pub fn setting_repair(&self, field: Field) -> Option<(SettingError, TrainRepair)> {
        let error = self.settings.error(field)?;
        let text = error.repair(self.settings.optimizer());
        let label = format!("Use {text}");
        Some((error, TrainRepair { label, action: TrainAction::Commit(field, text) }))
    }

    /// What is wrong with the layers of a network of one's own, and the button that repairs it.
    pub fn layers_repair(&self) -> Option<(String, TrainRepair)> {
        match self.judgement()? {
            Judgement::Came(Verdict::Wrong(LayersError { sentence, repair })) => {
                let action = TrainAction::TypeLayers(repair.clone());
                Some((sentence.clone(), TrainRepair { label: format!("Use {repair}"), action }))
            }
            Judgement::Failed(why) => {
                let action = TrainAction::LookAtLayers;
                Some((why.clone(), TrainRepair { label: "Try again".to_owned(), action }))
            }
            Judgement::Asked | Judgement::Came(Verdict::Fine { .. }) => None,
        }
    }

    /// What the layers of a network of one's own take, once that is known.
    pub fn layers_note(&self) -> &str {
        match self.judgement() {
            Some(Judgement::Came(Verdict::Fine { note, .. })) => note,
            _ => "",
        }
    }

    /// Numbers that training learns; `None` where that is not known.
    pub fn parameters(&self) -> Option<u64> {
        match self.judgement() {
            Some(Judgement::Came(Verdict::Fine { parameters, .. })) => Some(*parameters),
            _ if self.settings.model() == Model::Own => None,
            _ => Some(LENET_PARAMETERS),
        }
    }

    /// What is known of the layers that are typed, where they are what is trained.
    fn judgement(&self) -> Option<&Judgement> {
        let (of, judgement) = self.judged.as_ref().filter(|_| self.settings.model() == Model::Own)?;
        (of == self.settings.layers()).then_some(judgement)
    }

    /// The run that the settings make, if none is wrong.
    fn next_spec(&self) -> Option<RunSpec<Model>> {
        let is_fine = matches!(self.judgement(), Some(Judgement::Came(Verdict::Fine { .. })));
        self.settings.spec().filter(|spec| spec.model != Model::Own || is_fine)
    }

    /// Has the layers looked at, where that is to be done.
    fn look_at_layers(&mut self) -> Vec<Effect> {
        if self.settings.model() != Model::Own
            || matches!(self.judgement(), Some(Judgement::Asked | Judgement::Came(_)))
        {
            return Vec::new();
        }
        let layers = self.settings.layers().to_owned();
        self.judged = Some((layers.clone(), Judgement::Asked));
        vec![Effect::Judge { layers }]
    }

    /// What is wrong with the run, and the button that repairs it.
    pub fn trouble(&self) -> Option<(String, TrainRepair)> {
        let Phase::Stopped(trouble) = &self.phase else { return self.chance().or_else(|| self.explosion()) };
        let (label, action) = match trouble {
            Trouble::Download(_) | Trouble::WorkerAbsent => ("Try again".to_owned(), TrainAction::Retry),
            Trouble::WorkerStale { .. } | Trouble::Updated => ("Load the page again".to_owned(), TrainAction::Reload),
            Trouble::Died { from, .. } => {
                (format!("Restart from step {}", format::count(u64::from(*from))), TrainAction::Restart)
            }
            Trouble::Diverged { rate, .. } => self.lower_rate(*rate),
            Trouble::Refused { .. } => ("Reset".to_owned(), TrainAction::Reset),
        };
        Some((trouble.to_string(), TrainRepair { label, action }))
    }

    /// Takes what was done and says what is to be done.
    pub fn apply(&mut self, action: TrainAction) -> Vec<Effect> {
        match action {
            TrainAction::Open(settings) => {
                let mut effects = self.open(settings);
                effects.extend(self.look_at_layers());
                effects
            }
            TrainAction::LookAtLayers => self.look_at_layers(),
            TrainAction::Judged { layers, verdict } => {
                if self.judged.as_ref().is_some_and(|(asked, _)| *asked == layers) {
                    let judgement = verdict.map_or_else(Judgement::Failed, Judgement::Came);
                    self.judged = Some((layers, judgement));
                }
                Vec::new()
            }
            TrainAction::ChooseRecipe(recipe) => self.choose(|settings| settings.use_recipe(recipe)),
            TrainAction::ChooseModel(model) => self.choose(|settings| settings.set_model(model)),
            TrainAction::TypeLayers(text) => self.choose(|settings| settings.set_layers(text)),
            TrainAction::ChooseWorkers(workers) => self.choose(|settings| settings.set_workers(workers)),
            TrainAction::ChooseAugment(augment) => self.choose(|settings| settings.set_augment(augment)),
            TrainAction::Choose(optimizer) => self.choose(|settings| settings.set_optimizer(optimizer)),
            TrainAction::ChooseSchedule(schedule) => self.choose(|settings| settings.set_schedule(schedule)),
            TrainAction::Type(field, text) => {
                if !self.is_locked(field) {
                    self.settings.set(field, text);
                }
                Vec::new()
            }
            TrainAction::Commit(field, text) => self.commit(field, text),
            TrainAction::Start => self.start(Goal::End),
            TrainAction::Pause => self.pause(),
            TrainAction::Resume => self.resume(),
            TrainAction::StepOnce => self.step_once(),
            TrainAction::Toggle => match self.main_button() {
                // A finished run is not thrown away by a clicker pressed once too often.
                MainButton::Start if self.phase == Phase::Finished => Vec::new(),
                MainButton::Start => self.start(Goal::End),
                MainButton::Pause => self.pause(),
                MainButton::Resume => self.resume(),
            },
            TrainAction::Reset => self.reset(),
            TrainAction::Retry => self.retry(),
            TrainAction::Restart => self.restart(),
            TrainAction::UseRate(text) => {
                let effects = self.reset();
                self.settings.set(Field::LearningRate, text);
                effects
            }
            TrainAction::Reload => vec![Effect::Reload],
            TrainAction::Received(_)
            | TrainAction::Checking
            | TrainAction::FilesReady
            | TrainAction::FilesFailed(_) => self.downloaded(action),
            TrainAction::WorkerReady
            | TrainAction::WorkerFilled
            | TrainAction::WorkerStale { .. }
            | TrainAction::WorkerDied
            | TrainAction::WorkerGone => self.worker_did(&action),
            heard => self.trainer_said(heard),
        }
    }

    /// Changes what is chosen from a list, as long as there is no run.
    fn choose(&mut self, change: impl FnOnce(&mut Settings)) -> Vec<Effect> {
        if self.phase != Phase::Empty {
            return Vec::new();
        }
        change(&mut self.settings);
        self.look_at_layers()
    }

    fn open(&mut self, settings: Settings) -> Vec<Effect> {
        if settings == self.settings {
            return Vec::new();
        }
        let effects = self.reset();
        self.settings = settings;
        effects
    }

    fn commit(&mut self, field: Field, text: String) -> Vec<Effect> {
        if self.is_locked(field) {
            return Vec::new();
        }
        self.settings.set(field, text);
        if field != Field::LearningRate || self.settings.error(field).is_some() {
            return Vec::new();
        }
        let Some((run, spec)) = self.run.as_mut().zip(self.settings.spec()) else { return Vec::new() };
        #[expect(clippy::float_cmp, reason = "the same text reads as the same rate")]
        let same = spec.learning_rate == run.rate;
        if same {
            return Vec::new();
        }
        run.rate = spec.learning_rate;
        run.record.rates.push(RateChange {
            after: run.record.step,
            rate: run.rate,
            exact: self.phase != Phase::Running,
        });
        // Before the run has begun the rate goes along with its beginning.
        if self.phase == Phase::Preparing { Vec::new() } else { vec![Effect::SetRate { run: run.id, rate: run.rate }] }
    }

    fn start(&mut self, goal: Goal) -> Vec<Effect> {
        if !matches!(self.phase, Phase::Empty | Phase::Finished) {
            return Vec::new();
        }
        let Some(spec) = self.next_spec() else { return Vec::new() };
        self.checkpoint = None;
        self.alone = false;
        let layers = self.settings.layers().to_owned();
        self.begin(spec, layers, spec.learning_rate, Record::default(), None, goal)
    }

    fn begin(
        &mut self,
        spec: RunSpec<Model>,
        layers: String,
        rate: f32,
        record: Record,
        from: Option<u32>,
        goal: Goal,
    ) -> Vec<Effect> {
        self.last_run = self.last_run.wrapping_add(1).max(1);
        self.run = Some(Run {
            id: self.last_run,
            spec,
            layers,
            rate,
            record,
            testing: None,
            examples_per_second: None,
            workers: None,
            goal,
            begun: false,
            from,
            explosion: None,
        });
        self.phase = Phase::Preparing;
        self.advance()
    }

    /// Does what is missing for a run to begin.
    fn advance(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.phase != Phase::Preparing {
            return effects;
        }
        if self.files == Files::Absent {
            self.files = Files::Loading { received: 0 };
            effects.push(Effect::Fetch);
        }
        let workers = if self.alone { Some(1) } else { self.settings.workers() };
        let crew = Crew { workers, own: self.run.as_ref().is_some_and(|run| run.spec.model == Model::Own) };
        if self.worker != Worker::Absent && self.crew != crew {
            self.worker = Worker::Absent;
            effects.push(Effect::CloseWorker);
        }
        if self.worker == Worker::Absent {
            (self.worker, self.crew) = (Worker::Starting, crew);
            effects.push(Effect::OpenWorker(crew));
        }
        if self.worker == Worker::Ready && self.files == Files::Ready {
            self.worker = Worker::Filling;
            effects.push(Effect::FillWorker);
        }
        if let Some(run) = self.run.as_mut().filter(|run| !run.begun && self.worker == Worker::Filled) {
            run.begun = true;
            effects.push(Effect::Begin {
                run: run.id,
                spec: run.spec,
                snapshot: run.from.is_some(),
                layers: run.layers.clone(),
            });
        }
        effects
    }

    fn pause(&mut self) -> Vec<Effect> {
        let Some(run) = self.run.as_mut() else { return Vec::new() };
        match self.phase {
            Phase::Preparing => {
                run.goal = Goal::Wait;
                Vec::new()
            }
            Phase::Running if run.goal == Goal::End => {
                run.goal = Goal::Wait;
                vec![Effect::Halt { run: run.id }]
            }
            _ => Vec::new(),
        }
    }

    fn resume(&mut self) -> Vec<Effect> {
        let Some(run) = self.run.as_mut() else { return Vec::new() };
        match self.phase {
            Phase::Preparing => {
                run.goal = Goal::End;
                Vec::new()
            }
            Phase::Running | Phase::Paused if run.goal != Goal::End => {
                run.goal = Goal::End;
                self.phase = Phase::Running;
                vec![Effect::TrainOn { run: run.id }]
            }
            _ => Vec::new(),
        }
    }

    fn step_once(&mut self) -> Vec<Effect> {
        if self.phase == Phase::Empty {
            return self.start(Goal::Steps(1));
        }
        let Some(run) = self.run.as_mut() else { return Vec::new() };
        match (&self.phase, run.goal) {
            (Phase::Running, Goal::Steps(wanted)) => {
                run.goal = Goal::Steps(wanted.saturating_add(1));
                Vec::new()
            }
            // A pause is on its way to the trainer: the step waits for the answer.
            (Phase::Running, Goal::Wait) => {
                run.goal = Goal::Steps(2);
                Vec::new()
            }
            (Phase::Paused, _) => {
                run.goal = Goal::Steps(1);
                self.phase = Phase::Running;
                vec![Effect::TrainStep { run: run.id }]
            }
            _ => Vec::new(),
        }
    }

    fn reset(&mut self) -> Vec<Effect> {
        self.alone = false;
        let halted = self.run.take().filter(|run| run.begun && self.phase == Phase::Running);
        self.phase = Phase::Empty;
        self.checkpoint = None;
        halted.map(|run| Effect::Halt { run: run.id }).into_iter().collect()
    }

    fn retry(&mut self) -> Vec<Effect> {
        if matches!(self.phase, Phase::Stopped(Trouble::Download(_) | Trouble::WorkerAbsent)) {
            self.phase = Phase::Preparing;
        }
        self.advance()
    }

    fn restart(&mut self) -> Vec<Effect> {
        let (Phase::Stopped(Trouble::Died { .. }), Some(run)) = (&self.phase, self.run.take()) else {
            return Vec::new();
        };
        self.alone = true;
        let (record, from) = match &self.checkpoint {
            Some(checkpoint) => (checkpoint.record.clone(), Some(checkpoint.step)),
            None => (Record::default(), None),
        };
        self.begin(run.spec, run.layers, run.rate, record, from, Goal::End)
    }

    fn downloaded(&mut self, action: TrainAction) -> Vec<Effect> {
        match action {
            TrainAction::Received(received) => self.files = Files::Loading { received },
            TrainAction::Checking => self.files = Files::Checking,
            TrainAction::FilesReady => {
                self.files = Files::Ready;
                return self.advance();
            }
            TrainAction::FilesFailed(error) => {
                self.files = Files::Absent;
                if self.phase == Phase::Preparing {
                    self.phase = Phase::Stopped(Trouble::Download(error));
                }
            }
            _ => {}
        }
        Vec::new()
    }

    fn worker_did(&mut self, action: &TrainAction) -> Vec<Effect> {
        match *action {
            TrainAction::WorkerReady if self.worker == Worker::Starting => self.worker = Worker::Ready,
            TrainAction::WorkerFilled if self.worker == Worker::Filling => self.worker = Worker::Filled,
            TrainAction::WorkerStale { found, expected } => {
                self.worker = Worker::Absent;
                self.stop(Trouble::WorkerStale { found, expected });
                return vec![Effect::CloseWorker];
            }
            TrainAction::WorkerDied => {
                let came = self.worker != Worker::Starting;
                self.worker = Worker::Absent;
                let step = self.run.as_ref().map_or(0, |run| run.record.step);
                let from = self.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.step);
                if came {
                    self.stop(Trouble::Died { step, from });
                    return vec![Effect::CloseWorker];
                }
                self.stop(Trouble::WorkerAbsent);
                return vec![Effect::CloseWorker, Effect::FindWorker(self.crew)];
            }
            TrainAction::WorkerGone if self.phase == Phase::Stopped(Trouble::WorkerAbsent) => {
                self.phase = Phase::Stopped(Trouble::Updated);
            }
            _ => {}
        }
        self.advance()
    }

    /// Stops the run; one that is over, or none, is not touched: the next one gets what it needs.
    fn stop(&mut self, trouble: Trouble) {
        if matches!(self.phase, Phase::Preparing | Phase::Running | Phase::Paused) {
            self.phase = Phase::Stopped(trouble);
        }
    }

    fn trainer_said(&mut self, heard: TrainAction) -> Vec<Effect> {
        if let TrainAction::Refused { run: 0, why } = heard {
            self.stop(Trouble::Refused { why });
            return Vec::new();
        }
        // Of several workers one can die while another answers: what is still to be heard does not revive the run.
        if matches!(self.phase, Phase::Stopped(_)) {
            return Vec::new();
        }
        let Some(run) = self.run.as_mut().filter(|run| Some(run.id) == of_run(&heard)) else { return Vec::new() };
        match heard {
            TrainAction::Loaded { .. } => return self.loaded(),
            TrainAction::Stepped { steps, examples_per_second, workers, .. } => {
                for step in &steps {
                    run.record.take(step);
                    run.watch();
                }
                run.examples_per_second = Some(examples_per_second).filter(|rate| rate.is_finite() && *rate > 0.0);
                run.workers = Some(workers).filter(|workers| *workers > 0);
            }
            TrainAction::Testing { done, of, .. } => run.testing = Some((done, of)),
            TrainAction::Tested { test, .. } => {
                run.testing = None;
                run.record.tests.push(test);
            }
            TrainAction::Snapshot { step, .. } => {
                self.checkpoint = Some(Checkpoint { step, record: run.record.clone() });
                return vec![Effect::KeepSnapshot { run: run.id, step }];
            }
            TrainAction::Paused { .. } => match run.goal {
                Goal::Steps(wanted) if wanted > 1 => {
                    run.goal = Goal::Steps(wanted - 1);
                    return vec![Effect::TrainStep { run: run.id }];
                }
                // The trainer was told to go on in the meantime.
                Goal::End => {}
                Goal::Steps(_) | Goal::Wait => {
                    run.goal = Goal::Wait;
                    self.phase = Phase::Paused;
                }
            },
            TrainAction::Finished { .. } => {
                run.goal = Goal::Wait;
                run.testing = None;
                self.phase = Phase::Finished;
            }
            TrainAction::Diverged { step, loss, .. } => {
                let rate = run.rate;
                run.testing = None;
                self.stop(Trouble::Diverged { step, loss, rate });
            }
            TrainAction::Refused { why, .. } => self.stop(Trouble::Refused { why }),
            _ => {}
        }
        Vec::new()
    }

    fn loaded(&mut self) -> Vec<Effect> {
        let Some(run) = self.run.as_mut() else { return Vec::new() };
        let mut effects = Vec::new();
        #[expect(clippy::float_cmp, reason = "a rate that was not touched is the same rate")]
        let touched = run.rate != run.spec.learning_rate;
        if touched {
            effects.push(Effect::SetRate { run: run.id, rate: run.rate });
        }
        match run.goal {
            Goal::Wait => self.phase = Phase::Paused,
            Goal::Steps(_) => {
                self.phase = Phase::Running;
                effects.push(Effect::TrainStep { run: run.id });
            }
            Goal::End => {
                self.phase = Phase::Running;
                effects.push(Effect::TrainOn { run: run.id });
            }
        }
        effects
    }

    /// A network that no step will teach anything any more. One of sigmoids can stand at chance for epochs, and learn
    /// then.
    fn chance(&self) -> Option<(String, TrainRepair)> {
        let dead = |run: &&Run| run.spec.model == Model::LeNet && run.record.stands_at_chance();
        let run = self.run.as_ref().filter(dead)?;
        let rate = run.largest_rate();
        let sentence = format!(
            "Every image gets the same answer, and the network has stopped learning. At a rate of {} its \
             steps were too large for its units: a ReLU that gives 0 for every image passes no gradient on, and further \
             steps teach it nothing.",
            format::single(rate)
        );
        Some((sentence, self.try_lower_rate(rate)))
    }

    /// A loss far above that of guessing, before it is no number any more. What is said of it does not change with each
    /// step: it is read aloud.
    fn explosion(&self) -> Option<(String, TrainRepair)> {
        let Explosion { loss, rate } = self.run.as_ref()?.explosion?;
        let sentence = format!(
            "The loss rose to {}, far above the 2.303 of guessing evenly among ten digits (ln 10). A rate of {} is \
             probably too large.",
            format::shown(f64::from(loss)),
            format::single(rate)
        );
        Some((sentence, self.try_lower_rate(rate)))
    }

    fn try_lower_rate(&self, rate: f32) -> TrainRepair {
        let (label, action) = self.lower_rate(rate);
        TrainRepair { label, action }
    }

    /// A tenth of `rate`, or the default where that is lower still.
    fn lower_rate(&self, rate: f32) -> (String, TrainAction) {
        let default = Field::LearningRate.default_text(self.settings.optimizer());
        let default = decimal::parse(&default).map_or(f32::INFINITY, single);
        // Through three figures: 0.07/10 is 0.007 on screen.
        let tenth = decimal::parse(&decimal::scientific(f64::from(rate) / 10.0, 2)).map_or(default, single);
        let text = format::single(tenth.min(default));
        (format!("Try a rate of {text}"), TrainAction::UseRate(text))
    }
}

impl Run {
    /// The largest learning rate that it had.
    fn largest_rate(&self) -> f32 {
        self.record.rates.iter().map(|change| change.rate).fold(self.spec.learning_rate, f32::max)
    }

    /// Calls out a loss far above that of guessing, until the network learns.
    fn watch(&mut self) {
        let Some(loss) = self.record.loss.smoothed() else { return };
        let times = loss / std::f32::consts::LN_10;
        if times < record::LEARNS {
            self.explosion = None;
        } else if times >= EXPLODING && self.record.step >= ROUGH_STEPS && self.explosion.is_none() {
            self.explosion = Some(Explosion { loss, rate: self.rate });
        }
    }
}

/// Why a student who counts LeNet-5 from its paper comes to another number than [`LENET_PARAMETERS`].
///
/// # Source
/// LeCun, Bottou, Bengio, Haffner, *Gradient-based learning applied to document recognition*, 1998, section II.B.
pub const PAPER_COUNT: &str = "LeNet-5 of the 1998 paper has 60,000: each map of its C3 sees some of the six before \
    (1,516 parameters, here 2,416), its subsampling learns 44 (here none), and its output units are fixed (here 850).";

/// The run that a message of the trainer belongs to.
fn of_run(heard: &TrainAction) -> Option<u32> {
    match heard {
        TrainAction::Loaded { run, .. }
        | TrainAction::Stepped { run, .. }
        | TrainAction::Testing { run, .. }
        | TrainAction::Tested { run, .. }
        | TrainAction::Snapshot { run, .. }
        | TrainAction::Paused { run }
        | TrainAction::Finished { run }
        | TrainAction::Diverged { run, .. }
        | TrainAction::Refused { run, .. } => Some(*run),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
