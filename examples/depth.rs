//! Trains the networks of the page `#/depth` natively, with the engine that runs in the browser.
//!
//! ```text
//! cargo run --release --example depth -- "depth=8,18,30&norm=none" --seeds 1..3
//! ```
//!
//! Settings are the page's link. For each network: the final training loss (the mean of the last 20 steps) of each seed
//! and their mean, and the gradient norm of the first and the last convolution, over the first 20 steps and the last.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a command prints, and looks at the clock")]

use std::{env, error::Error, fmt::Write as _, fs, io::Read as _, path::Path, sync::Arc, time::Instant};

use flate2::read::GzDecoder;
use receptive::{
    data::{self, Dataset, DatasetKind, Split},
    lab::train::files,
    link::{self, Link},
    model::Graph,
    train::{Event, Trainer},
};

/// Steps whose mean is told.
const WINDOW: usize = 20;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let query = arguments.iter().find(|argument| !argument.starts_with("--") && argument.contains('='));
    let seeds = arguments.iter().position(|argument| argument == "--seeds").and_then(|at| arguments.get(at + 1));
    let (first, last) = match seeds {
        Some(seeds) => seeds.split_once("..").ok_or("--seeds takes two counts, such as 1..3")?,
        None => ("1", "1"),
    };
    let (link, _) = Link::decode(&format!("#/depth?{}", query.map_or("", String::as_str)));
    let (settings, warnings) = link::depth::decode(&link.fields);
    if let Some(warning) = warnings.first() {
        return Err(warning.to_string().into());
    }
    let dataset = Arc::new(load(settings.data)?);
    for plan in settings.plans() {
        let (mut losses, mut line) = (Vec::new(), format!("{} {}:", plan.skip.name(), plan.depth));
        let start = Instant::now();
        for seed in first.parse()?..=last.parse::<u32>()? {
            let mut spec = plan.spec.clone();
            spec.seed = seed;
            let mut trainer: Trainer<Graph> = Trainer::new(spec, Arc::clone(&dataset))?;
            let run = run(&mut trainer)?;
            write!(line, " {:.2}", run.loss)?;
            if seed.to_string() == first {
                write!(line, " ({})", run.norms)?;
            }
            losses.push(run.loss);
        }
        let mean = losses.iter().sum::<f64>() / losses.len().max(1) as f64;
        println!("{line}, mean {mean:.3}, {:.1} s a run", start.elapsed().as_secs_f64() / losses.len().max(1) as f64);
    }
    Ok(())
}

struct Run {
    loss: f64,
    norms: String,
}

fn run(trainer: &mut Trainer<Graph>) -> Outcome<Run> {
    let mut steps: Vec<(f64, f64, f64)> = Vec::new();
    loop {
        match trainer.advance()? {
            Event::Step(report) => {
                let norms = trainer.norms();
                // The linear layer is the last.
                let of = |at: usize| norms.get(at).copied().map_or(0.0, f64::from);
                steps.push((f64::from(report.loss), of(0), of(norms.len().saturating_sub(2))));
            }
            Event::Finished => break,
            _ => {}
        }
    }
    let mean = |steps: &[(f64, f64, f64)], of: fn(&(f64, f64, f64)) -> f64| {
        steps.iter().map(of).sum::<f64>() / steps.len().max(1) as f64
    };
    let (early, _) = steps.split_at(WINDOW.min(steps.len()));
    let (_, late) = steps.split_at(steps.len().saturating_sub(WINDOW));
    let norms = format!(
        "gradient norms {:.4} first, {:.4} last layer; at the end {:.4}, {:.4}",
        mean(early, |step| step.1),
        mean(early, |step| step.2),
        mean(late, |step| step.1),
        mean(late, |step| step.2)
    );
    Ok(Run { loss: mean(late, |step| step.0), norms })
}

fn load(kind: DatasetKind) -> Outcome<Dataset> {
    let [train_images, train_labels, test_images, test_labels] =
        files(kind).each_ref().map(|file| unpack(&file.path()));
    let split = |images: Outcome<Vec<u8>>, labels: Outcome<Vec<u8>>| -> Outcome<Split> {
        Ok(Split::new(data::images(images?)?, data::labels(labels?)?)?)
    };
    Ok(Dataset { train: split(train_images, train_labels)?, test: split(test_images, test_labels)? })
}

fn unpack(path: &str) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(fs::File::open(Path::new(path))?).read_to_end(&mut bytes)?;
    Ok(bytes)
}
