//! What a run has shown so far: its curves, its tests, and both as plots and tables.

use std::f64::consts::LN_10;

use crate::{
    data::{CLASSES, TEST_IMAGES},
    nn::fast::CrossEntropy,
    num::{
        decimal::{self, fixed},
        format, sort_few,
    },
    plot::{Curve, Ink, Line, Mark, Plot, Scale, Stroke, scientific},
    train::{EpochReport, RunSpec, StepReport},
};

/// The lower ends that the accuracy's axis may have, in percent.
const ACCURACY_FROM: [f64; 6] = [0.0, 50.0, 80.0, 90.0, 95.0, 98.0];

/// The most beginnings of epochs that a plot marks.
const MOST_MARKS: u32 = 10;

/// Test images of each digit, 0 to 9: who answers all images alike has one of these right.
const OF_EACH_DIGIT: [u32; CLASSES] = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009];

/// A batch with so many times the loss of guessing was thrown off by a step that was too large.
const THROWN: f32 = 1.2;

/// With this share of it, smoothed, a network learns.
pub(super) const LEARNS: f32 = 0.9;

/// About as many rows of single steps does a table have, besides those of the tests.
const TABLE_STEPS: usize = 12;

/// What label smoothing does to the training loss, where it is on: why that can be above the test loss.
///
/// ```
/// use receptive::{lab::train::smoothing_note, train::RunSpec};
///
/// let note = smoothing_note(&RunSpec { label_smoothing: 0.05, ..RunSpec::default() });
/// let says = "Label smoothing of 0.05 is part of the training loss, which can't fall below 0.282; \
///     the test loss is without it.";
/// assert_eq!(note.as_deref(), Some(says));
/// assert_eq!(smoothing_note(&RunSpec::default()), None);
/// ```
pub fn smoothing_note<M>(spec: &RunSpec<M>) -> Option<String> {
    let label_smoothing = spec.label_smoothing;
    let floor = CrossEntropy { classes: CLASSES, label_smoothing }.floor();
    (label_smoothing > 0.0).then(|| {
        format!(
            "Label smoothing of {} is part of the training loss, which can't fall below {}; the test loss is without it.",
            format::single(label_smoothing),
            loss_text(floor),
        )
    })
}

/// Images classified wrong in a test.
pub fn mistakes(test: &EpochReport) -> u32 {
    test.test_images.saturating_sub(test.test_correct)
}

/// Share classified right in a test, in percent.
pub fn accuracy(test: &EpochReport) -> f64 {
    percent(test.test_correct, test.test_images)
}

/// A learning rate set while the run went on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateChange {
    /// Steps that the page knew of when it was set: it holds from the next step that the trainer takes.
    pub after: u32,
    /// The rate.
    pub rate: f32,
    /// Whether the run stood still then, so that the next step is the one after `after`.
    pub exact: bool,
}

impl RateChange {
    /// `0.01 since step 1,241`, with `step` steps done.
    pub fn sentence(&self, step: u32) -> String {
        let from = format::count(u64::from(self.after) + 1);
        let rate = format::single(self.rate);
        match (step > self.after, self.exact) {
            (false, _) => format!("{rate} from step {from} on"),
            (true, true) => format!("{rate} since step {from}"),
            (true, false) => format!("{rate} since about step {from}"),
        }
    }
}

/// A run's figures.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    /// The loss of each batch.
    pub loss: Curve,
    /// The accuracy on each batch, in percent.
    pub accuracy: Curve,
    /// One test an epoch.
    pub tests: Vec<EpochReport>,
    /// Rates set on the way.
    pub rates: Vec<RateChange>,
    /// Steps done.
    pub step: u32,
}

/// A row of a figure's table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRow {
    /// Steps done.
    pub step: u32,
    /// The smoothed value on training batches.
    pub train: Option<String>,
    /// The value on the test images.
    pub test: Option<String>,
}

impl Record {
    /// Takes a step; one that is not later than the last is an echo and left out.
    pub fn take(&mut self, step: &StepReport) {
        if step.step <= self.step || step.batch == 0 {
            return;
        }
        self.step = step.step;
        self.loss.push(step.step, step.loss);
        #[expect(clippy::cast_possible_truncation, reason = "a percentage")]
        self.accuracy.push(step.step, percent(step.correct, step.batch) as f32);
    }

    /// Whether the network gives every image the same answer, and did not begin so: it was thrown off, or had learned. One
    /// that has hardly begun can answer all images alike as well.
    pub fn stands_at_chance(&self) -> bool {
        let same = self
            .last_test()
            .is_some_and(|test| test.test_images as usize == TEST_IMAGES && OF_EACH_DIGIT.contains(&test.test_correct));
        let (thrown, learns) = (THROWN * std::f32::consts::LN_10, LEARNS * std::f32::consts::LN_10);
        same && self.loss.buckets().iter().any(|bucket| bucket.high > thrown || bucket.smoothed < learns)
    }

    /// The last test.
    pub fn last_test(&self) -> Option<&EpochReport> {
        self.tests.last()
    }

    /// The loss: each batch faint, smoothed on top, one diamond a test.
    pub fn loss_plot<M>(&self, spec: &RunSpec<M>) -> Plot<'_> {
        let smoothed = self.loss.smoothed_points().map(|(_, loss)| loss);
        let tests = self.tests.iter().map(|test| f64::from(test.test_loss));
        let mut marks = epoch_marks(spec, |epoch| format!("epoch {epoch}"));
        marks.extend(self.rates.iter().map(|change| Mark {
            at: f64::from(change.after),
            label: format!("rate {}", format::shown(decimal::of_single(change.rate))),
        }));
        sort_few(&mut marks, |mark| mark.at);
        Plot {
            x: steps_axis(spec),
            y: Scale::log_around(smoothed.chain(tests)),
            x_name: "step",
            raw: Some(&self.loss),
            marks,
            level: Some(Mark { at: LN_10, label: "guessing among ten digits".to_owned() }),
            lines: vec![
                train_line(&self.loss, |value| format!("train {}", loss_text(value))),
                test_line(
                    self.tests.iter().map(|test| (f64::from(test.step), f64::from(test.test_loss))).collect(),
                    |value| format!("test {}", loss_text(value)),
                ),
            ],
        }
    }

    /// The accuracy in percent, on training batches smoothed and on the test images.
    pub fn accuracy_plot<M>(&self, spec: &RunSpec<M>) -> Plot<'_> {
        Plot {
            x: steps_axis(spec),
            y: Scale::Linear { low: self.accuracy_from(), high: 100.0 },
            x_name: "step",
            raw: None,
            marks: epoch_marks(spec, |_| String::new()),
            level: None,
            lines: vec![
                train_line(&self.accuracy, |value| format!("train {}", fixed(value, 1))),
                test_line(self.tests.iter().map(|test| (f64::from(test.step), accuracy(test))).collect(), |value| {
                    format!("test {}", fixed(value, 2))
                }),
            ],
        }
    }

    /// Where the accuracy's axis begins: as high as all tests and the later nine tenths of the curve allow, for the
    /// way from 97 % to 99 % is what there is to see.
    fn accuracy_from(&self) -> f64 {
        let later = self.step / 10;
        let curve = self.accuracy.smoothed_points().filter(|(step, _)| *step > f64::from(later));
        let lowest = curve.map(|(_, value)| value).chain(self.tests.iter().map(accuracy)).reduce(f64::min);
        let lowest = lowest.unwrap_or(0.0);
        ACCURACY_FROM.into_iter().rfind(|from| *from < lowest).unwrap_or(0.0)
    }

    /// The loss figure's table.
    pub fn loss_table(&self) -> Vec<TableRow> {
        let tests = self.tests.iter().map(|test| (test.step, loss_text(f64::from(test.test_loss))));
        table(&self.loss, tests, loss_text)
    }

    /// The accuracy figure's table.
    pub fn accuracy_table(&self) -> Vec<TableRow> {
        let tests = self.tests.iter().map(|test| (test.step, fixed(accuracy(test), 2)));
        table(&self.accuracy, tests, |value| fixed(value, 1))
    }
}

/// A loss with three decimals, so that it does not jump while it changes; a small one with two figures.
pub fn loss_text(loss: f64) -> String {
    match loss.abs() {
        0.01..1000.0 => fixed(loss, 3),
        // Two figures that keep their zero: 0.0070, not 0.007.
        1e-9..0.01 => {
            let decimals = 1.0 - loss.abs().log10().floor();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 3 and 10")]
            let decimals = decimals as u8;
            fixed(loss, decimals)
        }
        100_000.0.. => scientific(loss),
        _ => format::shown(loss),
    }
}

fn percent(part: u32, whole: u32) -> f64 {
    100.0 * f64::from(part) / f64::from(whole.max(1))
}

fn steps_axis<M>(spec: &RunSpec<M>) -> Scale {
    Scale::Linear { low: 0.0, high: f64::from(spec.steps()) }
}

/// Where epochs begin: each but the first, or every few of many.
fn epoch_marks<M>(spec: &RunSpec<M>, label: impl Fn(u32) -> String) -> Vec<Mark> {
    let each = spec.steps_per_epoch();
    let every = spec.epochs.div_ceil(MOST_MARKS).max(1);
    (1..=spec.epochs)
        .step_by(every as usize)
        .skip(1)
        .map(|epoch| Mark { at: f64::from((epoch - 1) * each), label: label(epoch) })
        .collect()
}

fn train_line(curve: &Curve, label: impl Fn(f64) -> String) -> Line {
    let label = curve.smoothed().map(|value| label(f64::from(value))).unwrap_or_default();
    Line { points: curve.smoothed_points().collect(), ink: Ink::Train, stroke: Stroke::Solid, label }
}

fn test_line(points: Vec<(f64, f64)>, label: impl Fn(f64) -> String) -> Line {
    let label = points.last().map(|(_, value)| label(*value)).unwrap_or_default();
    Line { points, ink: Ink::Test, stroke: Stroke::Diamonds, label }
}

fn table(curve: &Curve, tests: impl Iterator<Item = (u32, String)>, text: impl Fn(f64) -> String) -> Vec<TableRow> {
    let sampled = curve.sample(TABLE_STEPS);
    let mut rows: Vec<TableRow> = sampled
        .map(|bucket| TableRow { step: bucket.last, train: Some(text(f64::from(bucket.smoothed))), test: None })
        .collect();
    for (step, value) in tests {
        match rows.binary_search_by_key(&step, |row| row.step) {
            Ok(at) => {
                if let Some(row) = rows.get_mut(at) {
                    row.test = Some(value);
                }
            }
            Err(at) => rows.insert(at, TableRow { step, train: None, test: Some(value) }),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(step: u32, loss: f32, correct: u32) -> StepReport {
        StepReport { step, loss, correct, batch: 64 }
    }

    fn trained() -> Record {
        let mut record = Record::default();
        for i in 1..=1876 {
            record.take(&step(i, 2.3 / (1.0 + i as f32 / 30.0), (64 * i / (i + 20)).min(64)));
        }
        record.tests = vec![
            EpochReport { epoch: 1, step: 938, test_loss: 0.0702, test_correct: 9784, test_images: 10_000 },
            EpochReport { epoch: 2, step: 1876, test_loss: 0.0418, test_correct: 9862, test_images: 10_000 },
        ];
        record
    }

    #[test]
    fn a_test_counts_mistakes() {
        let test = trained().tests[1];
        assert_eq!((mistakes(&test), format!("{:.2}", accuracy(&test))), (138, "98.62".into()));
    }

    #[test]
    fn an_echoed_step_is_left_out() {
        let mut record = Record::default();
        for i in [1, 2, 2, 1, 3] {
            record.take(&step(i, 1.0, 32));
        }
        assert_eq!((record.step, record.loss.buckets().len()), (3, 3));
        assert_eq!(record.accuracy.smoothed(), Some(50.0));
    }

    #[test]
    fn the_plots_say_what_their_lines_are() {
        let (record, spec) = (trained(), RunSpec::default());
        let labels = |plot: Plot<'_>| plot.lines.into_iter().map(|line| line.label).collect::<Vec<_>>();
        let loss = record.loss_plot(&spec);
        assert_eq!(loss.x, Scale::Linear { low: 0.0, high: 2814.0 });
        assert_eq!(loss.marks.iter().map(|mark| mark.at).collect::<Vec<_>>(), [938.0, 1876.0]);
        assert_eq!(labels(loss), ["train 0.037", "test 0.042"]);
        let accuracy = record.accuracy_plot(&spec);
        assert_eq!(accuracy.y, Scale::Linear { low: 80.0, high: 100.0 });
        assert_eq!(labels(accuracy), ["train 98.4", "test 98.62"]);
        assert_eq!(labels(Record::default().loss_plot(&spec)), ["", ""]);
    }

    #[test]
    fn a_rate_set_on_the_way_is_marked_between_the_epochs() {
        let mut record = trained();
        record.rates.push(RateChange { after: 1000, rate: 0.01, exact: true });
        let plot = record.loss_plot(&RunSpec::default());
        let labels: Vec<_> = plot.marks.into_iter().map(|mark| mark.label).collect();
        assert_eq!(labels, ["epoch 2", "rate 0.01", "epoch 3"]);
        let sentence = |exact, step| RateChange { after: 1240, rate: 0.01, exact }.sentence(step);
        assert_eq!(sentence(true, 1240), "0.01 from step 1,241 on");
        assert_eq!(sentence(true, 1241), "0.01 since step 1,241");
        assert_eq!(sentence(false, 2000), "0.01 since about step 1,241");
    }

    #[test]
    fn of_many_epochs_some_are_marked() {
        let marks = |epochs| epoch_marks(&RunSpec { epochs, ..RunSpec::default() }, |epoch| epoch.to_string());
        let labels = |epochs| marks(epochs).into_iter().map(|mark| mark.label).collect::<Vec<_>>().join(" ");
        assert_eq!(labels(1), "");
        assert_eq!(labels(4), "2 3 4");
        assert_eq!(labels(100), "11 21 31 41 51 61 71 81 91");
    }

    #[test]
    fn a_table_is_short_and_holds_every_test() {
        let record = trained();
        let rows = record.loss_table();
        assert!(rows.len() <= TABLE_STEPS + 2, "{} rows", rows.len());
        assert!(rows.windows(2).all(|pair| pair[0].step < pair[1].step));
        let tests: Vec<_> = rows.iter().filter_map(|row| Some((row.step, row.test.clone()?))).collect();
        assert_eq!(tests, [(938, "0.070".into()), (1876, "0.042".into())]);
        assert_eq!(record.accuracy_table().last().map(|row| row.test.clone()), Some(Some("98.62".into())));
        assert!(Record::default().loss_table().is_empty());
    }

    #[test]
    fn a_loss_keeps_its_width_while_it_changes() {
        let check = |loss: f64, expect: &str| assert_eq!(loss_text(loss), expect);
        check(LN_10, "2.303");
        check(0.04, "0.040");
        check(0.031_4, "0.031");
        check(0.0083, "0.0083");
        check(0.000_7, "0.00070");
        check(0.0, "0");
        check(54_321.7, "54322");
        check(1.2556e26, "1.26 × 10²⁶");
    }
}
