//! `#/depth`: nets of growing depth, plain and residual, trained side by side: what depth costs, and what a shortcut
//! mends.
//!
//! [`DepthState::apply`] takes what a person, the download or a worker did, and answers with [`Effect`]s, as
//! [`train`](super::train) does. Each worker trains a net of its own, and takes the next when it is done.

mod figure;
mod file;
mod flow;
pub mod markup;
pub mod quoted;
mod record;
mod said;
mod settings;

#[cfg(test)]
mod tests;

pub use file::csv;
pub use flow::{FLOW_PARTS, Flow, FlowPart};
pub use record::{MEAN_OF, Record, Strip};
pub use settings::{
    BATCH, DEPTHS, Depths, FUNCTIONS, INITS, MOST_DEPTHS, MOST_EPOCHS, MOST_IMAGES, Plan, Settings, Skip, USUAL_DEPTHS,
};

use super::train::{DownloadError, Files, Trouble};
use crate::{
    data::DatasetKind,
    model::{Function, GraphSpec},
    nn::init::Init,
    num::{decimal, format, within},
    train::{RunSpec, StepReport},
};
use settings::{is_depth, nearest_depth};

/// The most workers: each trains a net by itself.
pub const MOST_WORKERS: usize = 2;

/// The page's state.
#[derive(Debug, Clone, PartialEq)]
pub struct DepthState {
    settings: Settings,
    refusal: Option<Refusal>,
    phase: Phase,
    files: Files,
    /// Whose files they are.
    data: DatasetKind,
    seats: Vec<Seat>,
    /// With which settings the nets were made.
    trained: Settings,
    nets: Vec<Net>,
    /// Those of before, whose curves stay until the new ones stand.
    old: Vec<Net>,
    /// The name of the last run, so that answers to older ones are known.
    last_run: u32,
    /// Multiply-adds a second of a worker, once they are measured.
    rate: Option<f64>,
    /// The panels that show their values.
    tables: [bool; 4],
}

/// Where the page is.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Phase {
    /// Nothing was trained.
    #[default]
    Empty,
    /// Nets are trained, or wait for files and workers.
    Running,
    /// They stand still.
    Paused,
    /// All have come to an end.
    Done,
    /// A person has stopped it.
    Stopped,
    /// It can't go on.
    Failed(Trouble),
}

/// How far a worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Worker {
    #[default]
    Absent,
    Starting,
    /// It did not come; others did.
    Missing,
    Ready,
    /// The files are on their way to it.
    Filling,
    Filled,
}

/// A worker, and the net that it trains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Seat {
    worker: Worker,
    net: Option<usize>,
}

/// A net, and what has come of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Net {
    /// What it is.
    pub plan: Plan,
    /// How far it is.
    pub state: NetState,
    /// Its figures.
    pub record: Record,
    run: u32,
}

/// How far a net is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NetState {
    /// No worker has taken it yet.
    Waiting,
    /// A worker trains it.
    Training,
    /// It was trained to the end.
    Done,
    /// Its loss or a weight is no number any more.
    Diverged {
        /// The step that did it.
        step: u32,
    },
    /// Its worker died.
    Lost,
    /// A person has stopped it.
    Stopped,
}

/// A setting that is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// One more depth.
    Depth,
    /// Passes over them.
    Epochs,
    /// Seed of weights and order.
    Seed,
}

/// What was typed and can't be.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Where.
    pub at: Typed,
    /// What was typed.
    pub text: String,
    /// Why not.
    pub sentence: String,
    /// What would be right, as a button's words and what it does; none where a person has to choose.
    pub repair: Option<(String, DepthAction)>,
}

/// What a person, the download or a worker did.
#[derive(Debug, Clone, PartialEq)]
pub enum DepthAction {
    /// A link was opened.
    Open(Settings),
    /// Takes a depth, or leaves it out.
    Depth(u32),
    /// Something was typed.
    Type(Typed, String),
    /// Which kinds are trained.
    Skips(Vec<Skip>),
    /// With or without batch normalisation.
    BatchNorm(bool),
    /// The activation function.
    Function(Function),
    /// How weights begin.
    Init(Init),
    /// What is learned, and how many images of it.
    Data(DatasetKind, u32),
    /// "Train them".
    Start,
    /// "Stop".
    Stop,
    /// "Pause" or "Resume".
    Pause,
    /// Whichever of start, pause and resume there is.
    Toggle,
    /// Once more, after a failed download or a worker that did not come.
    Retry,
    /// A panel's plot, or its values.
    Table(usize),
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

    /// A worker is up.
    WorkerReady(usize),
    /// A worker is up and of another version.
    WorkerStale {
        /// Its protocol.
        found: u16,
        /// This page's.
        expected: u16,
    },
    /// A worker has the files.
    WorkerFilled(usize),
    /// A worker is no more.
    WorkerDied(usize),
    /// The files that workers are made of are not on the site any more.
    WorkerGone,
    /// A run waits at its first step.
    Loaded {
        /// The run.
        run: u32,
    },
    /// Steps were done.
    Stepped {
        /// The run.
        run: u32,
        /// Which.
        steps: Vec<StepReport>,
        /// For each the norms of the layers' gradients.
        norms: Vec<f32>,
        /// Images a second.
        examples_per_second: f32,
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
    },
    /// A worker refused a run, or something that belongs to none (0).
    Refused {
        /// The run.
        run: u32,
        /// Its words.
        why: String,
    },
}

/// What the page is to do. Workers are named by their places.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Download what is missing of a data set.
    Fetch(DatasetKind),
    /// Make a worker.
    OpenWorker(usize),
    /// End it.
    CloseWorker(usize),
    /// Find out whether the files that workers are made of are still there.
    FindWorker,
    /// Send it the files.
    FillWorker(usize),
    /// Make a run ready.
    Begin {
        /// The worker.
        worker: usize,
        /// The run's name.
        run: u32,
        /// What to train.
        spec: RunSpec<GraphSpec>,
    },
    /// Train on to the end.
    TrainOn {
        /// The worker.
        worker: usize,
        /// The run.
        run: u32,
    },
    /// Stop after the present step.
    Halt {
        /// The worker.
        worker: usize,
        /// The run.
        run: u32,
    },
    /// Load the page again.
    Reload,
}

impl Net {
    fn new(plan: Plan) -> Self {
        // The first convolution, those that its depth counts, the linear layer.
        let record = Record::new(plan.spec.steps(), plan.depth + 2);
        Self { plan, state: NetState::Waiting, record, run: 0 }
    }

    /// The layers whose norms the strip shows: the convolutions that its depth counts.
    pub(crate) fn counted_layers(&self) -> std::ops::Range<usize> {
        1..self.plan.depth as usize + 1
    }

    /// Multiply-adds that are done of its training.
    fn done(&self) -> f64 {
        match self.state {
            NetState::Waiting | NetState::Training => {
                self.plan.cost() * f64::from(self.record.step()) / f64::from(self.plan.spec.steps().max(1))
            }
            _ => self.plan.cost(),
        }
    }
}

impl DepthState {
    /// The page as a link opens it, with so many workers.
    pub fn new(settings: Settings, workers: usize) -> Self {
        Self {
            trained: settings.clone(),
            data: settings.data,
            settings,
            refusal: None,
            phase: Phase::Empty,
            files: Files::Absent,
            seats: vec![Seat::default(); workers.clamp(1, MOST_WORKERS)],
            nets: Vec::new(),
            old: Vec::new(),
            last_run: 0,
            rate: None,
            tables: [false; 4],
        }
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What was typed and can't be.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }

    /// Where the page is.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// The nets that are trained or were, in the order of their cost.
    pub fn nets(&self) -> &[Net] {
        &self.nets
    }

    /// Those of before, while their curves stay.
    pub fn old(&self) -> &[Net] {
        &self.old
    }

    /// Whether nets are being trained, pauses among it: settings are locked.
    pub fn is_at_work(&self) -> bool {
        matches!(self.phase, Phase::Running | Phase::Paused)
    }

    /// Whether workers are to say something, sooner or later.
    pub fn expects_trainer(&self) -> bool {
        self.phase == Phase::Running
    }

    /// Whether the curves are of other settings than those that are chosen.
    pub fn is_outdated(&self) -> bool {
        !self.nets.is_empty() && self.trained != self.settings
    }

    /// Whether the panel of that number shows its values.
    pub(crate) fn is_table(&self, panel: &str) -> bool {
        panel.parse().ok().and_then(|panel: usize| self.tables.get(panel)) == Some(&true)
    }

    /// What is wrong, and the button that repairs it.
    pub fn trouble(&self) -> Option<(String, &'static str, DepthAction)> {
        if let Phase::Failed(trouble) = &self.phase {
            let (label, action) = match trouble {
                Trouble::WorkerStale { .. } | Trouble::Updated => ("Load the page again", DepthAction::Reload),
                Trouble::Refused { .. } | Trouble::Died { .. } | Trouble::Diverged { .. } => {
                    ("Train them again", DepthAction::Start)
                }
                Trouble::Download(_) | Trouble::WorkerAbsent => ("Try again", DepthAction::Retry),
            };
            return Some((trouble.to_string(), label, action));
        }
        let lost: Vec<&Net> = self.nets.iter().filter(|net| net.state == NetState::Lost).collect();
        let (first, is_over) = (lost.first()?, !self.is_at_work());
        let sentence = format!(
            "The worker that trained {} stopped unexpectedly after step {} of {}: a browser may do so where memory is \
             short, of which this net takes {} MB.",
            said::net_name(first),
            format::count(u64::from(first.record.step())),
            format::count(u64::from(first.plan.spec.steps())),
            first.plan.megabytes()
        );
        is_over.then_some((sentence, "Train them again", DepthAction::Start))
    }

    /// Takes what was done and says what is to be done.
    pub fn apply(&mut self, action: DepthAction) -> Vec<Effect> {
        match action {
            DepthAction::Open(settings) => return self.open(settings),
            DepthAction::Depth(_)
            | DepthAction::Type(..)
            | DepthAction::Skips(_)
            | DepthAction::BatchNorm(_)
            | DepthAction::Function(_)
            | DepthAction::Init(_)
            | DepthAction::Data(..) => {
                if !self.is_at_work() {
                    self.set(action);
                }
            }
            DepthAction::Start => return self.start(),
            DepthAction::Stop => return self.stop(),
            DepthAction::Pause => return self.pause(),
            DepthAction::Toggle => {
                return match self.phase {
                    Phase::Running | Phase::Paused => self.pause(),
                    // What was trained is not thrown away by a clicker pressed once too often.
                    Phase::Empty | Phase::Stopped => self.start(),
                    Phase::Done | Phase::Failed(_) => Vec::new(),
                };
            }
            DepthAction::Retry => {
                if matches!(self.phase, Phase::Failed(Trouble::Download(_) | Trouble::WorkerAbsent)) {
                    self.phase = Phase::Running;
                }
            }
            DepthAction::Table(panel) => {
                if let Some(is_table) = self.tables.get_mut(panel) {
                    *is_table = !*is_table;
                }
                return Vec::new();
            }
            DepthAction::Reload => return vec![Effect::Reload],
            DepthAction::Received(received) => self.files = Files::Loading { received },
            DepthAction::Checking => self.files = Files::Checking,
            DepthAction::FilesReady => self.files = Files::Ready,
            DepthAction::FilesFailed(error) => {
                self.files = Files::Absent;
                return if self.is_at_work() { self.fail(Trouble::Download(error)) } else { Vec::new() };
            }
            heard => return self.trainer_said(heard),
        }
        self.advance()
    }

    fn open(&mut self, settings: Settings) -> Vec<Effect> {
        if settings == self.settings {
            return Vec::new();
        }
        let effects = if self.is_at_work() { self.stop() } else { Vec::new() };
        self.refusal = None;
        self.settings = settings;
        effects
    }

    fn set(&mut self, action: DepthAction) {
        self.refusal = None;
        match action {
            DepthAction::Depth(depth) => {
                let mut depths = self.settings.depths().to_vec();
                if depths.contains(&depth) {
                    depths.retain(|other| *other != depth);
                } else {
                    depths.push(depth);
                }
                self.set_depths(&depths, String::new());
            }
            DepthAction::Type(at, text) => self.type_text(at, text),
            DepthAction::Skips(skips) if !skips.is_empty() => self.settings.skips = skips,
            DepthAction::BatchNorm(on) => self.settings.batch_norm = on,
            DepthAction::Function(function) => self.settings.function = function,
            DepthAction::Init(init) => self.settings.init = init,
            DepthAction::Data(data, images) => (self.settings.data, self.settings.images) = (data, images),
            _ => {}
        }
    }

    /// Takes depths that are even and in range, unless they are none or too many.
    fn set_depths(&mut self, depths: &[u32], text: String) {
        if let Some(depths) = Depths::new(depths) {
            self.settings.depths = depths;
            return;
        }
        let sentence = if depths.is_empty() {
            "This is the only depth: without it there is nothing to train. Add another first.".to_owned()
        } else {
            let list: Vec<String> = self.settings.depths().iter().map(ToString::to_string).collect();
            format!(
                "{} depths are compared at most, and {} are chosen. Press one of them to leave it out.",
                MOST_DEPTHS,
                list.join(", ")
            )
        };
        self.refusal = Some(Refusal { at: Typed::Depth, text, sentence, repair: None });
    }

    fn type_text(&mut self, at: Typed, text: String) {
        if at == Typed::Depth && text.trim().is_empty() {
            return;
        }
        let value = decimal::parse(text.trim()).filter(|value| value.is_finite());
        let (low, high) = match at {
            Typed::Depth => (DEPTHS.0, DEPTHS.1),
            Typed::Epochs => (1, MOST_EPOCHS),
            Typed::Seed => (0, u32::MAX),
        };
        let whole = value.filter(|value| value.fract() == 0.0 && (f64::from(low)..=f64::from(high)).contains(value));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and within u32")]
        let whole = whole.map(|value| value as u32);
        match (at, whole) {
            (Typed::Depth, Some(depth)) if is_depth(depth) => {
                let mut depths = self.settings.depths().to_vec();
                depths.push(depth);
                self.set_depths(&depths, text);
            }
            (Typed::Epochs, Some(epochs)) => self.settings.epochs = epochs,
            (Typed::Seed, Some(seed)) => self.settings.seed = seed,
            _ => self.refusal = Some(Self::refuse(at, text, value, (low, high))),
        }
    }

    /// Why a text is no value of a setting, and the nearest one that is.
    fn refuse(at: Typed, text: String, value: Option<f64>, (low, high): (u32, u32)) -> Refusal {
        let range = format!("from {low} to {}", format::count(u64::from(high)));
        let given = if value.is_some() { text.trim().to_owned() } else { format!("“{}”", text.trim()) };
        let sentence = match at {
            Typed::Depth if value.is_some_and(|value| (value % 2.0 - 1.0).abs() < 1e-9 && value < f64::from(high)) => {
                format!("{given} layers can't be trained: they come in pairs, and a shortcut goes past each pair.")
            }
            Typed::Depth => format!("{given} layers can't be trained: right is an even number {range}."),
            Typed::Epochs => format!("{given} epochs are not possible: right is a whole number {range}."),
            Typed::Seed => format!("{given} is no seed: right is a whole number {range}."),
        };
        let default = Settings::default();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to u32")]
        let nearest = |value: f64| within(value.round(), f64::from(low), f64::from(high)) as u32;
        let right = match at {
            Typed::Depth => value.map(nearest_depth),
            Typed::Epochs => Some(value.map_or(default.epochs, nearest)),
            Typed::Seed => Some(value.map_or(default.seed, nearest)),
        };
        let repair = right.map(|right| (format!("Use {right}"), DepthAction::Type(at, right.to_string())));
        Refusal { at, text, sentence, repair }
    }

    fn start(&mut self) -> Vec<Effect> {
        if self.is_at_work() {
            return Vec::new();
        }
        let mut effects = Vec::new();
        self.refusal = None;
        // Curves that something has come of stay until the new ones stand.
        self.old = std::mem::take(&mut self.nets);
        self.old.retain(|net| net.record.step() > 0);
        self.nets = self.settings.plans().into_iter().map(Net::new).collect();
        self.trained = self.settings.clone();
        if self.data != self.settings.data {
            (self.data, self.files) = (self.settings.data, Files::Absent);
            // The workers have the images of the other.
            effects.extend(self.close_all());
        }
        self.phase = Phase::Running;
        effects.extend(self.advance());
        effects
    }

    fn stop(&mut self) -> Vec<Effect> {
        if !self.is_at_work() {
            return Vec::new();
        }
        self.end_nets();
        self.phase = Phase::Stopped;
        self.close_all()
    }

    /// Nets that are not done come to no end any more.
    fn end_nets(&mut self) {
        for net in &mut self.nets {
            if matches!(net.state, NetState::Waiting | NetState::Training) {
                net.state = NetState::Stopped;
            }
        }
    }

    /// "Pause", or "Resume" where they stand still.
    fn pause(&mut self) -> Vec<Effect> {
        let pauses = match self.phase {
            Phase::Running => true,
            Phase::Paused => false,
            _ => return Vec::new(),
        };
        self.phase = if pauses { Phase::Paused } else { Phase::Running };
        let trained =
            self.seats.iter().enumerate().filter_map(|(worker, seat)| Some((worker, self.nets.get(seat.net?)?)));
        let mut effects: Vec<Effect> = trained
            .map(|(worker, net)| {
                let run = net.run;
                if pauses { Effect::Halt { worker, run } } else { Effect::TrainOn { worker, run } }
            })
            .collect();
        effects.extend(self.advance());
        effects
    }

    /// Does what is missing for the next nets.
    fn advance(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.phase != Phase::Running {
            return effects;
        }
        if self.files == Files::Absent {
            self.files = Files::Loading { received: 0 };
            effects.push(Effect::Fetch(self.data));
        }
        for (worker, seat) in self.seats.iter_mut().enumerate().filter(|(_, seat)| seat.net.is_none()) {
            let Some(next) = self.nets.iter().position(|net| net.state == NetState::Waiting) else { break };
            match seat.worker {
                Worker::Absent => {
                    // No more workers than nets.
                    if worker < self.nets.len() {
                        seat.worker = Worker::Starting;
                        effects.push(Effect::OpenWorker(worker));
                    }
                }
                Worker::Ready if self.files == Files::Ready => {
                    seat.worker = Worker::Filling;
                    effects.push(Effect::FillWorker(worker));
                }
                Worker::Filled => {
                    let Some(net) = self.nets.get_mut(next) else { break };
                    self.last_run = self.last_run.wrapping_add(1).max(1);
                    (net.run, net.state, seat.net) = (self.last_run, NetState::Training, Some(next));
                    effects.push(Effect::Begin { worker, run: net.run, spec: net.plan.spec.clone() });
                }
                Worker::Starting | Worker::Missing | Worker::Ready | Worker::Filling => {}
            }
        }
        let is_over = |net: &Net| !matches!(net.state, NetState::Waiting | NetState::Training);
        if self.nets.iter().all(is_over) {
            self.phase = Phase::Done;
            self.old.clear();
            effects.extend(self.close_all());
        }
        effects
    }

    /// Ends the workers that there are: what is still on its way from them finds nobody.
    fn close_all(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (worker, seat) in self.seats.iter_mut().enumerate() {
            if std::mem::take(seat).worker != Worker::Absent {
                effects.push(Effect::CloseWorker(worker));
            }
        }
        effects
    }

    fn fail(&mut self, trouble: Trouble) -> Vec<Effect> {
        self.phase = Phase::Failed(trouble);
        let is_retried = matches!(self.phase, Phase::Failed(Trouble::Download(_) | Trouble::WorkerAbsent));
        if !is_retried {
            self.end_nets();
        }
        self.close_all()
    }

    fn trainer_said(&mut self, heard: DepthAction) -> Vec<Effect> {
        match heard {
            DepthAction::WorkerReady(worker) => self.turn(worker, Worker::Starting, Worker::Ready),
            DepthAction::WorkerFilled(worker) => self.turn(worker, Worker::Filling, Worker::Filled),
            DepthAction::WorkerStale { found, expected } => return self.fail(Trouble::WorkerStale { found, expected }),
            DepthAction::WorkerDied(worker) => return self.lost(worker),
            DepthAction::WorkerGone if self.phase == Phase::Failed(Trouble::WorkerAbsent) => {
                self.phase = Phase::Failed(Trouble::Updated);
            }
            DepthAction::Loaded { run } => {
                let goes_on = self.phase == Phase::Running;
                if let Some((worker, _)) = self.trained_by(run).filter(|_| goes_on) {
                    return vec![Effect::TrainOn { worker, run }];
                }
            }
            DepthAction::Stepped { run, steps, norms, examples_per_second } => {
                if let Some((_, net)) = self.trained_by(run) {
                    net.record.take(&steps, &norms);
                    let rate = f64::from(examples_per_second) * net.plan.cost_of_image();
                    if rate.is_finite() && rate > 0.0 {
                        // A worker's rate goes up and down with what else the machine does.
                        self.rate = Some(self.rate.map_or(rate, |before| before + (rate - before) * 0.1));
                    }
                }
            }
            DepthAction::Finished { run } => self.end(run, NetState::Done),
            DepthAction::Diverged { run, step } => self.end(run, NetState::Diverged { step }),
            DepthAction::Refused { run, why } if self.is_at_work() && (run == 0 || self.trained_by(run).is_some()) => {
                return self.fail(Trouble::Refused { why });
            }
            _ => {}
        }
        self.advance()
    }

    fn turn(&mut self, worker: usize, from: Worker, to: Worker) {
        if let Some(seat) = self.seats.get_mut(worker).filter(|seat| seat.worker == from) {
            seat.worker = to;
        }
    }

    /// The worker and the net of a run that is not over.
    fn trained_by(&mut self, run: u32) -> Option<(usize, &mut Net)> {
        let nets = &mut self.nets;
        let at = nets.iter().position(|net| net.run == run && net.state == NetState::Training)?;
        let worker = self.seats.iter().position(|seat| seat.net == Some(at))?;
        Some((worker, nets.get_mut(at)?))
    }

    fn end(&mut self, run: u32, state: NetState) {
        if let Some((worker, net)) = self.trained_by(run) {
            net.state = state;
            if let Some(seat) = self.seats.get_mut(worker) {
                seat.net = None;
            }
        }
    }

    /// A worker is no more: its net is lost, and another takes its place. One that never came will not come by itself.
    fn lost(&mut self, worker: usize) -> Vec<Effect> {
        let Some(seat) = self.seats.get_mut(worker).map(std::mem::take) else { return Vec::new() };
        let mut effects = vec![Effect::CloseWorker(worker)];
        if let Some(net) = seat.net.and_then(|at| self.nets.get_mut(at)) {
            net.state = NetState::Lost;
        }
        if seat.worker == Worker::Starting && self.is_at_work() {
            if self.seats.iter().any(|other| !matches!(other.worker, Worker::Absent | Worker::Missing)) {
                self.turn(worker, Worker::Absent, Worker::Missing);
            } else {
                effects.extend(self.fail(Trouble::WorkerAbsent));
                effects.push(Effect::FindWorker);
            }
        }
        effects.extend(self.advance());
        effects
    }
}
