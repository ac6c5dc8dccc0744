//! Trains LeNet natively, with the engine that runs in the browser.
//!
//! ```text
//! cargo run --release --example train -- --data assets/data/mnist --recipe fast --seeds 11..15 --validate
//! ```
//!
//! Settings have the names of the page's link, and the same defaults:
//!
//! ```text
//! --recipe fast|course|best|sigmoid                  what the other settings are applied to
//! --model lenet|sigmoid|own --layers "c6k5;relu;m2;f;l10" --optimizer sgd|nesterov|adam|adamw
//! --lr 0.05 --schedule linear|constant|step|cosine|onecycle --momentum 0.9 --decay 0 --smoothing 0
//! --augment none|shift|affine|elastic --batch 64 --epochs 3 --seed 1 --train 60000
//! ```
//!
//! What is no setting:
//!
//! ```text
//! --data FOLDER     MNIST's four files, gzip-compressed; assets/data/mnist by default
//! --seeds A..B      one run for each seed from A to B, then mean and standard deviation
//! --validate        learn from the first 50,000 training images, test on the last 10,000 of them:
//!                   settings are chosen so, and the test images stay unseen
//! --out FILE        write the weights of the (one) run as safetensors with PyTorch's names
//! ```

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a command prints, and may look at the clock")]

use std::{
    env,
    error::Error,
    fs,
    io::{self, IsTerminal as _, Read as _, Write as _},
    ops::RangeInclusive,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use flate2::read::GzDecoder;
use receptive::{
    data::{self, Dataset, Split, TEST_IMAGES, TRAIN_IMAGES},
    lab::train::{Field, Model, Recipe, Settings, Verdict, duration, judge, own_network},
    link::{self, Fields, Warning},
    model::{Graph, Network, Safetensors as _, Trainable},
    num::format::count,
    train::{EpochReport, Event, RunSpec, StepReport, Trainer},
};

/// Characters of the progress bar.
const BAR: usize = 30;
/// It is drawn again after this time.
const DRAW_EVERY: Duration = Duration::from_millis(100);

fn main() -> Result<(), Box<dyn Error>> {
    if env::args().any(|argument| argument == "--help") {
        println!("{}", usage());
        return Ok(());
    }
    let Command { folder, mut spec, layers, seeds, validate, out } = Command::read(env::args().skip(1))?;
    let dataset = Arc::new(load(Path::new(&folder), validate)?);
    if validate {
        spec.train_images = spec.train_images.min(u32::try_from(dataset.train.len())?);
    }
    describe(&spec, validate);
    let mut results = Vec::new();
    for seed in seeds.clone() {
        let spec = RunSpec { seed, ..spec };
        let (weights, result) = match spec.model.kind() {
            Some(kind) => train::<Network>(spec.with_model(kind), &dataset)?,
            None => train::<Graph>(spec.with_model(own_network(&layers)), &dataset)?,
        };
        println!("seed {seed}: {}", result.sentence(validate));
        results.push(result);
        if let Some(out) = &out {
            fs::write(out, weights)?;
            println!("wrote {out}");
        }
    }
    if results.len() > 1 {
        println!("seeds {} to {}: {}", seeds.start(), seeds.end(), summary(&results, validate));
    }
    Ok(())
}

/// What was asked for.
struct Command {
    folder: String,
    spec: RunSpec<Model>,
    /// Of a network of one's own.
    layers: String,
    seeds: RangeInclusive<u32>,
    validate: bool,
    out: Option<String>,
}

impl Command {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let (mut folder, mut seeds, mut validate, mut out) = ("assets/data/mnist".to_owned(), None, false, None);
        let mut fields = Fields::new();
        while let Some(argument) = arguments.next() {
            let name = argument.strip_prefix("--").ok_or_else(|| format!("{argument} is no option"))?;
            if name == "validate" {
                validate = true;
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{argument} needs a value"))?;
            match name {
                "data" => folder = value,
                "out" => out = Some(value),
                "seeds" => seeds = Some(range(&value)?),
                setting => fields.push((setting.to_owned(), value)),
            }
        }
        let (spec, layers) = settings(&fields)?;
        let seeds = seeds.unwrap_or(spec.seed..=spec.seed);
        if out.is_some() && seeds.start() != seeds.end() {
            return Err("--out writes the weights of one run: it goes with --seed, not with --seeds".into());
        }
        Ok(Self { folder, spec, layers, seeds, validate, out })
    }
}

/// The comment at the head of this file.
fn usage() -> String {
    let lines = include_str!("train.rs").lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

/// The run that `fields`, named as in the page's link, make.
fn settings(fields: &Fields) -> Result<(RunSpec<Model>, String), String> {
    let (settings, warnings) = link::train::decode(fields);
    if let Some(warning) = warnings.first() {
        return Err(match warning {
            Warning::UnknownField { name } => format!("--{name} is no option of this command"),
            Warning::Unreadable { name, value, why } => format!("--{name} {value} can't be read: {why}"),
            other => other.to_string(),
        });
    }
    let wrong = |settings: &Settings| Field::ALL.into_iter().find_map(|field| settings.error(field));
    let spec = settings.spec().ok_or_else(|| wrong(&settings).map_or_else(String::new, |error| error.to_string()))?;
    if let (Model::Own, Verdict::Wrong(error)) = (spec.model, judge(settings.layers())) {
        return Err(error.sentence);
    }
    Ok((spec, settings.layers().to_owned()))
}

fn range(text: &str) -> Result<RangeInclusive<u32>, String> {
    let parse = |(first, last): (&str, &str)| Some(first.parse().ok()?..=last.parse().ok()?);
    let range = text.split_once("..").and_then(parse).filter(|range| !range.is_empty());
    range.ok_or_else(|| format!("--seeds {text} can't be read: two counts, such as 1..5"))
}

fn load(folder: &Path, validate: bool) -> Result<Dataset, Box<dyn Error>> {
    let gunzip = |name: String| -> Result<Vec<u8>, Box<dyn Error>> {
        let path = folder.join(name);
        let file = fs::File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut bytes = Vec::new();
        GzDecoder::new(file).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let split = |set| -> Result<Split, Box<dyn Error>> {
        let images = data::images(gunzip(format!("{set}-images-idx3-ubyte.gz"))?)?;
        let labels = data::labels(gunzip(format!("{set}-labels-idx1-ubyte.gz"))?)?;
        Ok(Split::new(images, labels)?)
    };
    let train = split("train")?;
    let (train, test) = if validate { train.split_at(TRAIN_IMAGES - TEST_IMAGES) } else { (train, split("t10k")?) };
    Ok(Dataset { train, test })
}

/// What is trained.
fn describe(spec: &RunSpec<Model>, validate: bool) {
    let lenet = spec.model.kind().map(|kind| spec.with_model(kind));
    let recipe = lenet.and_then(|spec| Recipe::of(&RunSpec { train_images: RunSpec::DEFAULT.train_images, ..spec }));
    println!("recipe: {}", recipe.map_or("none", |recipe| recipe.name));
    let RunSpec { model, optimizer, learning_rate, schedule, label_smoothing, augment, .. } = spec;
    println!("model {model:?}, optimizer {optimizer:?}, rate {learning_rate}, schedule {schedule:?}");
    let RunSpec { momentum, weight_decay, batch, epochs, train_images, .. } = spec;
    println!("momentum {momentum}, decay {weight_decay}, smoothing {label_smoothing}, augmentation {augment:?}");
    let tested = if validate { "the last 10,000 training images" } else { "the test images" };
    println!("{epochs} epochs of {} images, batch {batch}; tested on {tested}", count(u64::from(*train_images)));
}

/// What a run came to.
struct Outcome {
    last: EpochReport,
    examples: u64,
    /// Time in training steps.
    training: Duration,
    /// Time from the first step to the last test.
    whole: Duration,
}

impl Outcome {
    fn accuracy(&self) -> f64 {
        100.0 * f64::from(self.last.test_correct) / f64::from(self.last.test_images.max(1))
    }

    fn examples_per_second(&self) -> f64 {
        self.examples as f64 / self.training.as_secs_f64()
    }

    fn sentence(&self, validate: bool) -> String {
        let mistakes = self.last.test_images - self.last.test_correct;
        format!(
            "{} accuracy {:.2} %, {mistakes} mistakes in {}; {:.1} s with all tests, {:.1} s of it training at {:.0} examples/s",
            set(validate),
            self.accuracy(),
            count(u64::from(self.last.test_images)),
            self.whole.as_secs_f64(),
            self.training.as_secs_f64(),
            self.examples_per_second(),
        )
    }
}

fn set(validate: bool) -> &'static str {
    if validate { "validation" } else { "test" }
}

/// Trains to the end; the weights as a file.
fn train<N: Trainable>(spec: RunSpec<N::Spec>, dataset: &Arc<Dataset>) -> Result<(Vec<u8>, Outcome), Box<dyn Error>> {
    let plan = spec.clone().with_model(());
    let mut trainer: Trainer<N> = Trainer::new(spec, Arc::clone(dataset))?;
    let mut progress = Progress::new(&plan);
    let (start, mut training) = (Instant::now(), Duration::ZERO);
    let (mut loss, mut images, mut examples) = (0.0, 0, 0);
    let mut last = None;
    loop {
        let began = Instant::now();
        match trainer.advance()? {
            Event::Part => training += began.elapsed(),
            Event::Step(report) => {
                training += began.elapsed();
                loss += f64::from(report.loss) * f64::from(report.batch);
                images += u64::from(report.batch);
                examples += u64::from(report.batch);
                progress.draw(&report, training);
            }
            Event::Testing { .. } | Event::Share | Event::Waiting => {}
            Event::Epoch(report) => {
                progress.clear();
                println!(
                    "  epoch {} of {}, step {}: training loss {:.4}, test loss {:.4}, accuracy {:.2} %",
                    report.epoch,
                    plan.epochs,
                    count(u64::from(report.step)),
                    loss / images as f64,
                    report.test_loss,
                    100.0 * f64::from(report.test_correct) / f64::from(report.test_images.max(1)),
                );
                (loss, images, last) = (0.0, 0, Some(report));
            }
            Event::Finished => break,
        }
    }
    let last = last.ok_or("a run without an epoch")?;
    Ok((trainer.network().to_safetensors()?, Outcome { last, examples, training, whole: start.elapsed() }))
}

/// Mean and standard deviation (of a sample) over runs.
fn summary(results: &[Outcome], validate: bool) -> String {
    let runs = results.len() as f64;
    let mean = |of: &dyn Fn(&Outcome) -> f64| results.iter().map(of).sum::<f64>() / runs;
    let accuracy = mean(&Outcome::accuracy);
    let variance = results.iter().map(|result| (result.accuracy() - accuracy).powi(2)).sum::<f64>() / (runs - 1.0);
    let lowest = results.iter().map(Outcome::accuracy).fold(f64::INFINITY, f64::min);
    let highest = results.iter().map(Outcome::accuracy).fold(0.0, f64::max);
    format!(
        "{} accuracy {accuracy:.3} % ± {:.3} (lowest {lowest:.2}, highest {highest:.2}); mean {:.1} s with all tests, {:.0} examples/s",
        set(validate),
        variance.sqrt(),
        mean(&|result| result.whole.as_secs_f64()),
        mean(&Outcome::examples_per_second),
    )
}

/// A line on the terminal that is written over; nothing where there is no terminal.
struct Progress {
    spec: RunSpec<()>,
    drawn: Option<Instant>,
    is_on: bool,
}

impl Progress {
    fn new(spec: &RunSpec<()>) -> Self {
        Self { spec: *spec, drawn: None, is_on: io::stderr().is_terminal() }
    }

    fn draw(&mut self, report: &StepReport, training: Duration) {
        if !self.is_on || self.drawn.is_some_and(|drawn| drawn.elapsed() < DRAW_EVERY) {
            return;
        }
        self.drawn = Some(Instant::now());
        let (step, steps) = (report.step, self.spec.steps());
        let share = f64::from(step) / f64::from(steps);
        let filled = step as usize * BAR / steps as usize;
        let left = training.as_secs_f64() * (1.0 - share) / share;
        let examples = share * f64::from(self.spec.epochs) * f64::from(self.spec.train_images);
        let line = format!(
            "[{}{}] {:3.0} %, step {} of {}, loss {:.3}, {:.0} examples/s, {} left",
            "#".repeat(filled),
            "·".repeat(BAR - filled),
            100.0 * share,
            count(u64::from(step)),
            count(u64::from(steps)),
            report.loss,
            examples / training.as_secs_f64(),
            duration(left),
        );
        // A terminal that is gone is no reason to stop training.
        self.is_on = write!(io::stderr(), "\r{line}\x1b[K").and_then(|()| io::stderr().flush()).is_ok();
    }

    fn clear(&mut self) {
        if self.drawn.take().is_some() {
            self.is_on = write!(io::stderr(), "\r\x1b[K").is_ok();
        }
    }
}
