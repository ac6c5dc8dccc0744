//! What is said about a run: the status line, the headline, the announcement, the progress.

use super::{Files, Phase, Run, TrainState, accuracy, download_size, loss_text, megabytes, mistakes};
use crate::{
    data::{DatasetKind, TEST_IMAGES},
    num::{decimal::fixed, format},
    plot::SMOOTHING_STEPS,
    train::EpochReport,
};

/// A test needs about this share of the time that training takes for as many images: no backward pass.
const TEST_COST: f64 = 0.35;

impl TrainState {
    /// The status line: `epoch 3 of 3, step 938 of 938, loss 0.031, test accuracy 98.62 %, 12,300 examples/s on 2 workers`.
    pub fn status(&self) -> String {
        let Some(run) = self.run() else { return "not started".to_owned() };
        match self.phase() {
            Phase::Preparing if run.record.step == 0 => self.preparing(),
            _ => run.status(self.phase()),
        }
    }

    fn preparing(&self) -> String {
        match self.files() {
            Files::Loading { received } => {
                let all = megabytes(download_size(DatasetKind::Mnist));
                format!("downloading, {} of {all}", fixed(f64::from(received) / 1e6, 1))
            }
            Files::Checking => "unpacking and checking the images".to_owned(),
            Files::Ready | Files::Absent => "starting the trainer".to_owned(),
        }
    }

    /// Done and whole of the progress bar: images, those of the tests among them; bytes before the first step.
    pub fn progress(&self) -> (u64, u64) {
        let Some(run) = self.run() else { return (0, 1) };
        (run.images_done(), run.images())
    }

    /// Done and whole of the download, while it is on.
    pub fn download(&self) -> Option<(u32, u32)> {
        match (self.phase(), self.files()) {
            (Phase::Preparing, Files::Loading { received }) => Some((received, download_size(DatasetKind::Mnist))),
            (Phase::Preparing, Files::Checking) => {
                Some((download_size(DatasetKind::Mnist), download_size(DatasetKind::Mnist)))
            }
            _ => None,
        }
    }

    /// The fact that there is, as a headline with its numbers marked: of the last test, or else of training.
    pub fn headline(&self) -> Option<Vec<HeadlinePart>> {
        let record = &self.run()?.record;
        if let Some(test) = record.last_test() {
            return Some(test_sentence(test));
        }
        let (accuracy, loss) = record.accuracy.smoothed().zip(record.loss.smoothed())?;
        Some(vec![
            words("Training accuracy "),
            number(fixed(f64::from(accuracy), 1)),
            words(" %, loss "),
            number(loss_text(f64::from(loss))),
        ])
    }

    /// What the headline's numbers are about.
    pub fn caption(&self) -> Option<String> {
        let run = self.run()?;
        let tests = &run.record.tests;
        let Some(test) = tests.last() else {
            return Some(format!("over the last {SMOOTHING_STEPS} batches; the first test comes after epoch 1"));
        };
        let mut caption = if test.epoch < run.spec.epochs {
            format!("after epoch {} of {}, on digits it never saw", test.epoch, run.spec.epochs)
        } else if test.epoch == 1 {
            "after its one epoch, on digits it never saw".to_owned()
        } else {
            format!("after all {} epochs, on digits it never saw", test.epoch)
        };
        if let [.., before, last] = tests.as_slice() {
            let difference = i64::from(mistakes(last)) - i64::from(mistakes(before));
            let count = format::count(difference.unsigned_abs());
            let compared = match difference {
                0 => format!("; as many mistakes as after epoch {}", before.epoch),
                1.. => format!("; {count} more than after epoch {}", before.epoch),
                _ => format!("; {count} fewer than after epoch {}", before.epoch),
            };
            caption += &compared;
        }
        Some(caption)
    }

    /// What is announced: the end of an epoch, and that of the run.
    pub fn announcement(&self) -> Option<String> {
        let run = self.run()?;
        let test = run.record.last_test()?;
        let epochs = run.spec.epochs;
        let sentence: String = test_sentence(test).into_iter().map(|part| part.text).collect();
        Some(format!("Epoch {} of {epochs} is done. {sentence}.", test.epoch))
    }
}

impl Run {
    /// Epoch (from 1) and step in it (from 1; 0 before the first).
    pub fn position(&self) -> (u32, u32) {
        let each = self.spec.steps_per_epoch();
        match self.record.step.checked_sub(1) {
            None => (1, 0),
            Some(before) => (before / each + 1, before % each + 1),
        }
    }

    fn status(&self, phase: &Phase) -> String {
        let (epoch, step) = self.position();
        let count = |count: u32| format::count(u64::from(count));
        let mut parts = vec![
            format!("epoch {epoch} of {}", self.spec.epochs),
            format!("step {} of {}", count(step), count(self.spec.steps_per_epoch())),
        ];
        parts.extend(self.record.loss.smoothed().map(|loss| format!("loss {}", loss_text(f64::from(loss)))));
        parts.extend(self.record.last_test().map(|test| format!("test accuracy {} %", fixed(accuracy(test), 2))));
        parts.extend(self.testing.map(|(done, of)| format!("testing {} of {}", count(done), count(of))));
        match phase {
            Phase::Paused => parts.push("paused".to_owned()),
            // Not while it tests: it does not train then, and the line would become two.
            Phase::Running | Phase::Finished if self.testing.is_none() => {
                parts.extend(self.throughput().map(|rate| match self.workers {
                    None => format!("{rate} examples/s"),
                    Some(1) => format!("{rate} examples/s on 1 worker"),
                    Some(workers) => format!("{rate} examples/s on {workers} workers"),
                }));
            }
            _ => {}
        }
        parts.join(", ")
    }

    /// Images a second with three figures: `12,300`.
    pub fn throughput(&self) -> Option<String> {
        let rate = f64::from(self.examples_per_second?);
        let unit = 10.0_f64.powf((rate.max(1.0).log10().floor() - 2.0).max(0.0));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and finite")]
        Some(format::count(((rate / unit).round() * unit) as u64))
    }

    /// About how long it will take till the end: `2 min 15 s`.
    pub fn time_left(&self) -> Option<String> {
        let rate = f64::from(self.examples_per_second?);
        let steps = self.spec.steps().saturating_sub(self.record.step);
        let trained = f64::from(steps) / f64::from(self.spec.steps_per_epoch()) * f64::from(self.spec.train_images);
        let done =
            self.record.tests.len() as f64 * TEST_IMAGES as f64 + self.testing.map_or(0.0, |(done, _)| f64::from(done));
        let tested = (f64::from(self.spec.epochs) * TEST_IMAGES as f64 - done).max(0.0);
        Some(duration((trained + tested * TEST_COST) / rate))
    }

    fn images(&self) -> u64 {
        u64::from(self.spec.epochs) * (u64::from(self.spec.train_images) + TEST_IMAGES as u64)
    }

    fn images_done(&self) -> u64 {
        let spec = &self.spec;
        let (epoch, step) = self.position();
        let trained = u64::from(epoch - 1) * u64::from(spec.train_images)
            + (u64::from(step) * u64::from(spec.batch)).min(u64::from(spec.train_images));
        let tested = self.record.tests.len() as u64 * TEST_IMAGES as u64;
        let testing = self.testing.map_or(0, |(done, _)| u64::from(done));
        (trained + tested + testing).min(self.images())
    }
}

/// A part of a headline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadlinePart {
    /// Its text.
    pub text: String,
    /// Whether it is one of the numbers that the headline is about.
    pub number: bool,
}

fn words(text: impl Into<String>) -> HeadlinePart {
    HeadlinePart { text: text.into(), number: false }
}

fn number(text: String) -> HeadlinePart {
    HeadlinePart { text, number: true }
}

fn test_sentence(test: &EpochReport) -> Vec<HeadlinePart> {
    let (mistakes, images) = (u64::from(mistakes(test)), u64::from(test.test_images));
    let noun = if mistakes == 1 { "mistake" } else { "mistakes" };
    vec![
        words("Test accuracy "),
        number(fixed(accuracy(test), 2)),
        words(" %, "),
        number(format::count(mistakes)),
        words(format!(" {noun} in {}", format::count(images))),
    ]
}

/// A length of time, the finer the shorter it is: `8 s`, `2 min 15 s`, `1 h 5 min`.
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds >= 360_000.0 {
        return "over 100 h".to_owned();
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 360,000, and a cast saturates")]
    let seconds = seconds.ceil() as u64;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => match (seconds / 60, seconds % 60 / 5 * 5) {
            (minutes, 0) => format!("{minutes} min"),
            (minutes, seconds) => format!("{minutes} min {seconds} s"),
        },
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_fine_as_they_are_short() {
        let check = |seconds: f64, expect: &str| assert_eq!(duration(seconds), expect);
        check(0.0, "0 s");
        check(7.2, "8 s");
        check(60.0, "1 min");
        check(137.0, "2 min 15 s");
        check(3900.0, "1 h 5 min");
        check(f64::INFINITY, "over 100 h");
        check(f64::NAN, "over 100 h");
        check(-1.0, "0 s");
    }
}
