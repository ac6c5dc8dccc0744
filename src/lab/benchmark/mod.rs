//! The benchmark page's state: which speeds are measured, in which order, and what has come of it.
//!
//! Like [`train`](super::train) it takes what a person or the trainer did, and answers with what is to be done. It has
//! no clock: the trainer tells how long its steps took.

mod report;

pub use report::{Bar, Elsewhere};

use super::train::{DownloadError, Files, Trouble};
use crate::train::{RunSpec, Schedule};

/// Batch sizes that training is measured at.
const BATCHES: [u32; 3] = [64, 128, 256];
/// Batch sizes that inference is measured at.
const INFERENCE_BATCHES: [u32; 2] = [1, 100];
/// Steps before a training speed is measured: the network is partly trained then, and fewer cells carry a gradient.
const WARM_UP: u32 = 300;
/// Rounds whose median is a training speed.
const ROUNDS: usize = 5;
/// Least length of a round in milliseconds of training.
const ROUND: f64 = 500.0;
/// Multiply-adds of a whole training step for each example: three times those of the forward pass, but for the first
/// layer, which has no gradient to pass on.
const STEP_MACS: f64 = 1_131_960.0;
/// What the progress bar expects of a machine: examples in a millisecond, and the milliseconds of other measurements.
const EXPECTED_RATE: u32 = 15;
const EXPECTED_PROBE: u32 = 800;

/// The benchmark page's state.
#[derive(Debug, Clone, PartialEq)]
pub struct BenchmarkState {
    plan: Vec<Task>,
    /// What has come of the plan's first tasks, in their units a second.
    speeds: Vec<f64>,
    phase: Phase,
    files: Files,
    worker: Worker,
    /// How many workers there are, or are to be.
    workers: u32,
    /// The name of the last run or measurement, so that answers to older ones are known.
    last_run: u32,
    /// Whether the present task was asked for.
    begun: bool,
    training: Rounds,
}

/// Where the page is.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Phase {
    /// Nothing was measured, or not everything.
    #[default]
    Idle,
    /// It measures.
    Running,
    /// Everything is measured.
    Done,
    /// It can't go on.
    Stopped(Trouble),
    /// The trainer died.
    Died,
}

/// How far the trainer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worker {
    Absent,
    Starting,
    Ready,
    Filling,
    Filled,
}

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    Peak { workers: u32 },
    Training { workers: u32, batch: u32 },
    Inference { batch: u32 },
}

/// How far a training speed is.
#[derive(Debug, Clone, PartialEq, Default)]
struct Rounds {
    steps: u32,
    examples: f64,
    milliseconds: f64,
    /// In order.
    speeds: Vec<f64>,
}

/// What a person, the download or the trainer did.
#[derive(Debug, Clone, PartialEq)]
pub enum BenchmarkAction {
    /// "Run benchmark", "Try again".
    Start,
    /// "Stop".
    Stop,
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
    /// The workers are up.
    WorkerReady,
    /// They have the files.
    WorkerFilled,
    /// One is no more.
    WorkerDied,
    /// A run waits at its first step.
    Loaded {
        /// The run.
        run: u32,
    },
    /// Steps were done.
    Stepped {
        /// The run.
        run: u32,
        /// How many.
        steps: u32,
        /// On how many images.
        examples: u32,
        /// In how much time.
        milliseconds: f32,
    },
    /// A measurement is done.
    Measured {
        /// Its name.
        run: u32,
        /// What was measured.
        per_second: f64,
    },
    /// The trainer refused a run, or something that belongs to none (0), or is of another version.
    Refused {
        /// The run.
        run: u32,
        /// Why.
        trouble: Trouble,
    },
}

/// What the page is to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Download what is missing of the files.
    Fetch,
    /// Make so many workers.
    OpenWorker(u32),
    /// End them.
    CloseWorker,
    /// Send them the files.
    FillWorker,
    /// Make a run ready.
    Begin {
        /// Its name.
        run: u32,
        /// What to train.
        spec: RunSpec,
    },
    /// Train on.
    TrainOn {
        /// The run.
        run: u32,
    },
    /// Stop after the present step.
    Halt {
        /// The run.
        run: u32,
    },
    /// Measure additions and multiplications a second.
    MeasurePeak {
        /// The measurement's name.
        run: u32,
    },
    /// Measure images classified a second.
    MeasureInference {
        /// The measurement's name.
        run: u32,
        /// Images classified together.
        batch: u32,
    },
    /// Load the page again.
    Reload,
}

impl BenchmarkState {
    /// Measures training with one worker, with two, and with `most`; the rest with one.
    ///
    /// The peak is measured again before each training speed, since machines drift.
    pub fn new(most: u32) -> Self {
        let mut plan = Vec::new();
        for workers in [1, 2, most] {
            if plan.iter().any(|task: &Task| task.workers() >= workers) || workers > most {
                continue;
            }
            for batch in BATCHES {
                plan.extend([Task::Peak { workers }, Task::Training { workers, batch }]);
            }
            // Now, since another number of workers needs the images once more.
            if workers == 1 {
                plan.push(Task::Peak { workers });
                plan.extend(INFERENCE_BATCHES.map(|batch| Task::Inference { batch }));
            }
        }
        Self {
            plan,
            speeds: Vec::new(),
            phase: Phase::Idle,
            files: Files::Absent,
            worker: Worker::Absent,
            workers: 0,
            last_run: 0,
            begun: false,
            training: Rounds::default(),
        }
    }

    /// Whether it measures.
    pub fn is_running(&self) -> bool {
        self.phase == Phase::Running
    }

    /// Takes what was done and says what is to be done.
    pub fn apply(&mut self, action: BenchmarkAction) -> Vec<Effect> {
        match action {
            BenchmarkAction::Start if !self.is_running() => {
                self.phase = Phase::Running;
                self.speeds.clear();
                self.begin_task();
                return self.advance();
            }
            BenchmarkAction::Stop if self.is_running() => {
                self.phase = Phase::Idle;
                self.worker = Worker::Absent;
                return vec![Effect::CloseWorker];
            }
            BenchmarkAction::Reload => return vec![Effect::Reload],
            BenchmarkAction::Received(received) => self.files = Files::Loading { received },
            BenchmarkAction::Checking => self.files = Files::Checking,
            BenchmarkAction::FilesReady => self.files = Files::Ready,
            BenchmarkAction::FilesFailed(error) => {
                self.files = Files::Absent;
                return self.fail(Phase::Stopped(Trouble::Download(error)));
            }
            BenchmarkAction::WorkerReady if self.worker == Worker::Starting => self.worker = Worker::Ready,
            BenchmarkAction::WorkerFilled if self.worker == Worker::Filling => self.worker = Worker::Filled,
            BenchmarkAction::WorkerDied => {
                let came = self.worker != Worker::Starting;
                return self.fail(if came { Phase::Died } else { Phase::Stopped(Trouble::WorkerAbsent) });
            }
            BenchmarkAction::Loaded { run } if self.is_present(run) => return vec![Effect::TrainOn { run }],
            BenchmarkAction::Stepped { run, steps, examples, milliseconds } if self.is_present(run) => {
                let Some(speed) = self.training.take(steps, examples, milliseconds) else { return Vec::new() };
                let mut effects = vec![Effect::Halt { run }];
                effects.extend(self.finish(speed));
                return effects;
            }
            BenchmarkAction::Measured { run, per_second } if self.is_present(run) => return self.finish(per_second),
            BenchmarkAction::Refused { run, trouble } if run == 0 || self.is_present(run) => {
                return self.fail(Phase::Stopped(trouble));
            }
            // Too late, or of a run that is over.
            BenchmarkAction::Start
            | BenchmarkAction::Stop
            | BenchmarkAction::WorkerReady
            | BenchmarkAction::WorkerFilled
            | BenchmarkAction::Loaded { .. }
            | BenchmarkAction::Stepped { .. }
            | BenchmarkAction::Measured { .. }
            | BenchmarkAction::Refused { .. } => {}
        }
        self.advance()
    }

    /// Does what is missing for the present task.
    fn advance(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if !self.is_running() {
            return effects;
        }
        let Some(task) = self.plan.get(self.speeds.len()).copied() else {
            self.phase = Phase::Done;
            self.worker = Worker::Absent;
            return vec![Effect::CloseWorker];
        };
        if self.files == Files::Absent {
            self.files = Files::Loading { received: 0 };
            effects.push(Effect::Fetch);
        }
        if self.worker != Worker::Absent && self.workers != task.workers() {
            self.worker = Worker::Absent;
            effects.push(Effect::CloseWorker);
        }
        if self.worker == Worker::Absent {
            (self.worker, self.workers) = (Worker::Starting, task.workers());
            effects.push(Effect::OpenWorker(self.workers));
        }
        if self.worker == Worker::Ready && self.files == Files::Ready {
            self.worker = Worker::Filling;
            effects.push(Effect::FillWorker);
        }
        if self.worker == Worker::Filled && !self.begun {
            self.begun = true;
            self.last_run += 1;
            let run = self.last_run;
            effects.push(match task {
                Task::Peak { .. } => Effect::MeasurePeak { run },
                Task::Training { batch, .. } => Effect::Begin { run, spec: spec(batch) },
                Task::Inference { batch } => Effect::MeasureInference { run, batch },
            });
        }
        effects
    }

    fn begin_task(&mut self) {
        self.begun = false;
        self.training = Rounds::default();
    }

    fn finish(&mut self, speed: f64) -> Vec<Effect> {
        self.speeds.push(speed);
        self.begin_task();
        self.advance()
    }

    fn fail(&mut self, phase: Phase) -> Vec<Effect> {
        self.worker = Worker::Absent;
        if self.is_running() {
            self.phase = phase;
        }
        vec![Effect::CloseWorker]
    }

    fn is_present(&self, run: u32) -> bool {
        self.is_running() && self.begun && run == self.last_run
    }
}

impl Task {
    fn workers(self) -> u32 {
        match self {
            Self::Peak { workers } | Self::Training { workers, .. } => workers,
            Self::Inference { .. } => 1,
        }
    }
}

impl Rounds {
    /// Takes steps; the speed after the last round.
    fn take(&mut self, steps: u32, examples: u32, milliseconds: f32) -> Option<f64> {
        if self.steps < WARM_UP {
            self.steps += steps;
            return None;
        }
        self.examples += f64::from(examples);
        self.milliseconds += f64::from(milliseconds);
        if self.milliseconds >= ROUND {
            let speed = self.examples * 1_000.0 / self.milliseconds;
            self.speeds.insert(self.speeds.partition_point(|other| *other < speed), speed);
            (self.examples, self.milliseconds) = (0.0, 0.0);
        }
        self.speeds.get(ROUNDS / 2).copied().filter(|_| self.speeds.len() == ROUNDS)
    }
}

/// The training page's default settings at a constant low rate, and so long that it does not end.
fn spec(batch: u32) -> RunSpec {
    RunSpec {
        schedule: Schedule::Constant,
        learning_rate: 0.02,
        batch,
        epochs: crate::train::MAX_EPOCHS,
        ..RunSpec::default()
    }
}

#[cfg(test)]
mod tests;
