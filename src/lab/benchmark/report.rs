//! What is said about a benchmark: the status line, the figures, the JSON.

use super::{BenchmarkState, EXPECTED_PROBE, EXPECTED_RATE, Phase, ROUND, ROUNDS, STEP_MACS, Task, WARM_UP, Worker};
use crate::{
    data::DatasetKind,
    lab::train::{Files, download_size, megabytes},
    num::{decimal::fixed, format},
};

/// A speed as a row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Workers and batch.
    pub config: (u32, u32),
    /// In examples a second; `None` until it is measured.
    pub speed: Option<f64>,
    /// The speed at which its workers would reach the peak; 0 where that is not known, or not asked.
    pub peak: f64,
    /// Whether it is being measured.
    pub now: bool,
}

/// A published speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elsewhere {
    /// Whose.
    pub name: &'static str,
    /// In examples a second.
    pub speed: u32,
}

impl Elsewhere {
    /// Training speeds of other libraries with this network at batch 64, measured by their native or browser programs
    /// on a machine of the kind that this app is developed on.
    pub const ALL: [Self; 3] = [
        Self { name: "PyTorch, native, 1 thread", speed: 7_500 },
        Self { name: "TensorFlow.js, wasm, with an added kernel", speed: 1_270 },
        Self { name: "ConvNetJS", speed: 162 },
    ];
}

impl Bar {
    /// The share of the peak.
    pub fn share(&self) -> Option<f64> {
        self.speed.filter(|_| self.peak > 0.0).map(|speed| speed / self.peak)
    }
}

impl BenchmarkState {
    /// The status line: what is being measured.
    pub fn status(&self) -> String {
        match self.phase {
            Phase::Idle if self.speeds.is_empty() => "not started".to_owned(),
            Phase::Idle => "stopped".to_owned(),
            Phase::Done => "done".to_owned(),
            Phase::Stopped(_) | Phase::Died => "can't go on".to_owned(),
            Phase::Running => self.present(),
        }
    }

    fn present(&self) -> String {
        match self.files {
            Files::Loading { received } => {
                let all = megabytes(download_size(DatasetKind::Mnist));
                return format!("downloading the images, {} of {all}", fixed(f64::from(received) / 1e6, 1));
            }
            Files::Checking => return "unpacking and checking the images".to_owned(),
            Files::Ready | Files::Absent => {}
        }
        if self.worker != Worker::Filled {
            return format!("starting {}", workers(self.workers));
        }
        match self.plan.get(self.speeds.len()) {
            None => String::new(),
            Some(Task::Peak { .. }) => "measuring the peak".to_owned(),
            Some(Task::Training { workers: count, batch }) => {
                let part = if self.training.steps < WARM_UP {
                    "warming up".to_owned()
                } else {
                    format!("round {} of {ROUNDS}", self.training.speeds.len() + 1)
                };
                format!("training with {}, batch {batch}: {part}", workers(*count))
            }
            Some(Task::Inference { batch }) => format!("inference, batch {batch}"),
        }
    }

    /// Done and whole of the progress bar, in milliseconds of some machine.
    pub fn progress(&self) -> (u32, u32) {
        let whole = self.plan.iter().map(|task| task.expected()).sum();
        let done: u32 = self.plan.iter().zip(&self.speeds).map(|(task, _)| task.expected()).sum();
        let within = match self.plan.get(self.speeds.len()) {
            Some(task @ Task::Training { .. }) => {
                let (warm_up, round) = (task.warm_up(), round());
                let rounds = u32::try_from(self.training.speeds.len()).unwrap_or(0);
                warm_up * self.training.steps.min(WARM_UP) / WARM_UP + rounds * round
            }
            _ => 0,
        };
        (done + within, whole)
    }

    /// What is wrong, the words of the button that repairs it, and what that does.
    pub fn trouble(&self) -> Option<(String, &'static str, super::BenchmarkAction)> {
        use super::{BenchmarkAction, Trouble};
        match &self.phase {
            Phase::Stopped(trouble @ Trouble::WorkerStale { .. }) => {
                Some((trouble.to_string(), "Load the page again", BenchmarkAction::Reload))
            }
            Phase::Stopped(trouble) => Some((trouble.to_string(), "Try again", BenchmarkAction::Start)),
            Phase::Died => Some(("The trainer stopped unexpectedly.".to_owned(), "Try again", BenchmarkAction::Start)),
            Phase::Idle | Phase::Running | Phase::Done => None,
        }
    }

    /// The largest peak that was measured, in floating-point operations a second; 0 before.
    fn peak(&self) -> f64 {
        let tasks = self.plan.iter().zip(&self.speeds);
        tasks.filter(|(task, _)| matches!(task, Task::Peak { .. })).map(|(_, peak)| *peak).fold(0.0, f64::max)
    }

    /// The peak in GFLOP/s, once it is known.
    pub fn peak_gflops(&self) -> Option<f64> {
        Some(self.peak() / 1e9).filter(|peak| *peak > 0.0)
    }

    /// Speeds of training.
    pub fn training(&self) -> Vec<Bar> {
        self.bars(true)
    }

    /// Speeds of inference.
    pub fn inference(&self) -> Vec<Bar> {
        self.bars(false)
    }

    fn bars(&self, of_training: bool) -> Vec<Bar> {
        let peak = self.peak() / (2.0 * STEP_MACS);
        let mut bars = Vec::new();
        for (index, task) in self.plan.iter().enumerate() {
            let (config, peak) = match *task {
                Task::Training { workers, batch } if of_training => ((workers, batch), peak * f64::from(workers)),
                Task::Inference { batch } if !of_training => ((1, batch), 0.0),
                _ => continue,
            };
            let now = self.is_running() && index == self.speeds.len();
            bars.push(Bar { config, speed: self.speeds.get(index).copied(), peak, now });
        }
        bars
    }

    /// All figures as JSON, once everything is measured; empty before.
    pub fn json(&self) -> String {
        if self.phase != Phase::Done {
            return String::new();
        }
        let mut json = format!("{{\n  \"peak_gflops\": {}", fixed(self.peak() / 1e9, 1));
        for (name, unit, bars) in
            [("training", "examples_per_s", self.training()), ("inference", "images_per_s", self.inference())]
        {
            json.push_str(&[",\n  \"", name, "\": ["].concat());
            let mut before = "";
            for bar in bars {
                let ((workers, batch), speed) = (bar.config, fixed(bar.speed.unwrap_or_default(), 0));
                let row = format!("{before}\n    {{\"workers\": {workers}, \"batch\": {batch}, \"{unit}\": {speed}");
                json.push_str(&row);
                if let Some(share) = bar.share() {
                    let share = format!(", \"fraction_of_peak\": {}", fixed(share, 3));
                    json.push_str(&share);
                }
                json.push('}');
                before = ",";
            }
            json.push_str("\n  ]");
        }
        json.push_str("\n}");
        json
    }
}

impl Task {
    /// About how many milliseconds it takes on a machine of the kind that this app is developed on.
    fn expected(self) -> u32 {
        match self {
            Self::Peak { .. } | Self::Inference { .. } => EXPECTED_PROBE,
            Self::Training { .. } => self.warm_up() + round() * u32::try_from(ROUNDS).unwrap_or(0),
        }
    }

    fn warm_up(self) -> u32 {
        match self {
            Self::Training { workers, batch } => WARM_UP * batch / (EXPECTED_RATE * workers.max(1)),
            _ => 0,
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small constant")]
fn round() -> u32 {
    ROUND as u32
}

fn workers(count: u32) -> String {
    if count == 1 { "1 worker".to_owned() } else { format!("{} workers", format::count(u64::from(count))) }
}
