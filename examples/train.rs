//! Trains LeNet natively, with the engine that runs in the browser.
//!
//! ```text
//! cargo run --release --example train -- --data assets/data/mnist [--seed 1] [--epochs 3] [--batch 64]
//!     [--optimizer sgd|nesterov|adam|adamw] [--rate 0.05] [--schedule linear|constant] [--momentum 0.9] [--decay 0]
//!     [--images 60000] [--out lenet.safetensors]
//! ```

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a command prints, and may look at the clock")]

use std::{env, error::Error, fmt::Display, fs, io::Read as _, path::Path, str::FromStr, sync::Arc, time::Instant};

use flate2::read::GzDecoder;
use receptive::{
    data::{self, Dataset, Split},
    train::{Event, OptimizerKind, RunSpec, Schedule, Trainer},
};

fn main() -> Result<(), Box<dyn Error>> {
    let (mut folder, mut out) = ("assets/data/mnist".to_owned(), None);
    let mut spec = RunSpec::default();
    let mut arguments = env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--data" => folder = value,
            "--out" => out = Some(value),
            "--seed" => spec.seed = read(&name, &value)?,
            "--epochs" => spec.epochs = read(&name, &value)?,
            "--batch" => spec.batch = read(&name, &value)?,
            "--images" => spec.train_images = read(&name, &value)?,
            "--rate" => spec.learning_rate = read(&name, &value)?,
            "--momentum" => spec.momentum = read(&name, &value)?,
            "--decay" => spec.weight_decay = read(&name, &value)?,
            "--schedule" => spec.schedule = schedule(&value)?,
            "--optimizer" => spec.optimizer = optimizer(&value)?,
            _ => return Err(format!("{name} is no option of this command").into()),
        }
    }
    let folder = Path::new(&folder);
    let split = |set| -> Result<Split, Box<dyn Error>> {
        let images = gunzip(&folder.join(format!("{set}-images-idx3-ubyte.gz")))?;
        let labels = gunzip(&folder.join(format!("{set}-labels-idx1-ubyte.gz")))?;
        Ok(Split::new(data::images(images)?, data::labels(labels)?)?)
    };
    let dataset = Arc::new(Dataset { train: split("train")?, test: split("t10k")? });
    let trainer = train(spec, dataset)?;
    if let Some(out) = out {
        fs::write(&out, trainer.network().to_safetensors()?)?;
        println!("wrote {out}");
    }
    Ok(())
}

fn train(spec: RunSpec, dataset: Arc<Dataset>) -> Result<Trainer, Box<dyn Error>> {
    println!("{spec:?}");
    let mut trainer = Trainer::new(spec, dataset)?;
    let (mut loss, mut images, mut seconds) = (0.0, 0_u32, 0.0);
    loop {
        let start = Instant::now();
        let event = trainer.advance()?;
        match event {
            Event::Part => seconds += start.elapsed().as_secs_f64(),
            Event::Step(report) => {
                seconds += start.elapsed().as_secs_f64();
                loss += f64::from(report.loss) * f64::from(report.batch);
                images += report.batch;
            }
            Event::Testing { .. } | Event::Share | Event::Waiting => {}
            Event::Epoch(report) => {
                println!(
                    "epoch {} of {}, step {}: training loss {:.4}, test loss {:.4}, test accuracy {:.2} %, {:.0} examples/s",
                    report.epoch,
                    trainer.spec().epochs,
                    report.step,
                    loss / f64::from(images),
                    report.test_loss,
                    100.0 * f64::from(report.test_correct) / f64::from(report.test_images),
                    f64::from(images) / seconds,
                );
                (loss, images, seconds) = (0.0, 0, 0.0);
            }
            Event::Finished => return Ok(trainer),
        }
    }
}

fn gunzip(path: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let file = fs::File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut bytes = Vec::new();
    GzDecoder::new(file).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read<T: FromStr<Err: Display>>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|error| format!("{name} can't be {value}: {error}"))
}

fn optimizer(name: &str) -> Result<OptimizerKind, String> {
    match name {
        "sgd" => Ok(OptimizerKind::Sgd),
        "nesterov" => Ok(OptimizerKind::Nesterov),
        "adam" => Ok(OptimizerKind::Adam),
        "adamw" => Ok(OptimizerKind::AdamW),
        _ => Err(format!("{name} is no optimiser; they are sgd, nesterov, adam and adamw")),
    }
}

fn schedule(name: &str) -> Result<Schedule, String> {
    match name {
        "linear" => Ok(Schedule::Linear),
        "constant" => Ok(Schedule::Constant),
        _ => Err(format!("{name} is no schedule; they are linear and constant")),
    }
}
